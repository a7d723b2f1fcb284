"""The versions of the review: real dates, and one number in all the files that name it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from living_review import files
from living_review.validation.cells import is_day
from living_review.validation.issues import Issue, Table


def check_versions(root: Path, table: Table) -> Iterator[Issue]:
    """Yield dates that are no days, versions out of order, and files that name another version.

    Parameters
    ----------
    root : Path
        Top of the project; files that a copy of the data lacks are not asked for.
    table : Table
        ``data/review/versions.csv``.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    before: tuple[int, ...] = ()
    for number, row in table.cells():
        month = row.get("evidence_up_to", "")
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}", month) and not is_day(f"{month}-01"):
            yield Issue(
                table.file,
                number,
                "evidence_up_to",
                repr(month),
                "a month of the calendar",
                "Correct the date.",
            )
        if re.fullmatch(r"\d+\.\d+\.\d+", row.get("version", "")):
            parts = tuple(map(int, row["version"].split(".")))
            if parts <= before:
                yield Issue(
                    table.file,
                    number,
                    "version",
                    repr(row["version"]),
                    f"a version above {'.'.join(map(str, before))}, the row before",
                    "Put the versions in their order, the newest last.",
                )
            before = parts
    *earlier, (_, newest) = table.cells()
    for number, row in earlier:
        if row.get("revision") == "not_applicable":
            yield Issue(
                table.file,
                number,
                "revision",
                repr(row["revision"]),
                "the commit that holds the version, so that a later one can be compared with it",
                "Write the full name of the commit with which it was published (`git log` lists them).",
            )
    for file, what, found in _named(root):
        column = "date" if what == "date-released" else "version"
        if found != newest.get(column):
            yield Issue(
                file,
                None,
                what,
                repr(found),
                f"{newest.get(column)!r}, as the last row of {table.file}",
                "Write the same in both.",
            )


def _named(root: Path) -> Iterator[tuple[str, str, str | None]]:
    """Yield what other files say: the file, the key, and the value as text (None: not there)."""
    project, citation = root / "pyproject.toml", root / "CITATION.cff"
    if project.is_file():
        try:
            said = tomllib.loads(files.read_text(project))
        except (tomllib.TOMLDecodeError, files.UnreadableFileError):
            said = {}
        own = said.get("project")
        yield project.name, "project.version", own.get("version") if isinstance(own, dict) else None
    if citation.is_file():
        try:
            cited = files.read_yaml(citation)
        except files.UnreadableFileError:
            cited = None
        for key in ("version", "date-released"):
            value = cited.get(key) if isinstance(cited, dict) else None
            yield citation.name, key, None if value is None else str(value)
