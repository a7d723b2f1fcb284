"""What an issue is, and a table as read: text cells that know their row in the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from living_review import evidence
from living_review.evidence.tables import TextTables
from living_review.files import UnreadableFileError


@dataclass(frozen=True, order=True)
class Issue:
    """One thing wrong in the data, said so that a person can correct it."""

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str
    todo: str

    def __str__(self) -> str:
        place = ":".join(str(p) for p in (self.file, self.row, self.column) if p is not None)
        return f"{place}: found {self.found}; expected {self.expected}. {self.todo}"

    def as_dict(self) -> dict[str, Any]:
        """Return the issue as plain data, for ``--format json``."""
        return asdict(self)


@dataclass
class Table:
    """A CSV file as read: text cells with the file's row numbers (the header is row 1)."""

    file: str
    header: list[str]
    rows: list[list[str]]

    def cells(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield row number and the row as a mapping; ragged rows are cut to the header."""
        yield from enumerate(self._mappings, start=2)

    @cached_property
    def _mappings(self) -> list[dict[str, str]]:
        return [dict(zip(self.header, row, strict=False)) for row in self.rows]  # asked by every check


def listed(words: Iterable[str], most: int = 20) -> str:
    """Return words joined by commas, in order; of very many the first, and how many more there are.

    Parameters
    ----------
    words : iterable of str
        What there is.
    most : int
        How many are named.

    Returns
    -------
    str
        The names, or how many more there are.
    """
    ordered = sorted(words)
    more = [f"and {len(ordered) - most} more"] if len(ordered) > most else []
    return ", ".join([*ordered[:most], *more]) or "none"


def did_you_mean(found: object, words: Iterable[str]) -> str:
    """Return the question for the word that is nearest to what was found.

    Parameters
    ----------
    found : object
        What was written.
    words : iterable of str
        What could have been meant.

    Returns
    -------
    str
        The question with a space after it, or nothing where no word is near.
    """
    near = difflib.get_close_matches(str(found), list(map(str, words)), 1)
    return f"Did you mean {near[0]!r}? " if near else ""


def first_line(error: Exception) -> str:
    """Return what an error says, on one line."""
    return " ".join(str(error).split())[:200]


def unreadable(error: UnreadableFileError, name: str) -> Issue:
    """Return the issue of a file that cannot be read; ``name`` is its place in the project.

    Parameters
    ----------
    error : UnreadableFileError
        What a guarded reader raised.
    name : str
        The file, from the top of the project.

    Returns
    -------
    Issue
        The same as an issue.
    """
    return Issue(name, error.line, error.column, error.found, error.expected, error.todo)


def read(path: Path, name: str, texts: TextTables | None = None) -> Table | Issue:
    """Read a CSV file, or return the issue that makes it unreadable.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    name : str
        How messages call it.
    texts : TextTables, optional
        Where it is read, and kept for the next call.

    Returns
    -------
    Table or Issue
        The table, or what is wrong with the file.
    """
    try:
        kept = texts.get(path.parent.name, path.stem) if texts else None
        header, rows = kept or evidence.read_rows(path)
    except UnreadableFileError as error:
        return unreadable(error, name)
    if not header:
        return Issue(
            name,
            None,
            None,
            "an empty file",
            "a header and at least one row",
            "Add rows, or delete the file.",
        )
    if not rows:
        return Issue(
            name, 1, None, "a header only", "at least one row", "Add rows, or delete the file."
        )
    return Table(name, header, rows)
