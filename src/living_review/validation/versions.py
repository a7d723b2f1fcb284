"""The versions of the review: real dates, and one number in all the files that name it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import yaml

from living_review.validation.issues import Issue, Table

DATES = ("date", "next_review_due")


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
        for column in DATES:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", row.get(column, "")) and not _is_day(row[column]):
                yield Issue(
                    table.file,
                    number,
                    column,
                    repr(row[column]),
                    "a day of the calendar",
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


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _named(root: Path) -> Iterator[tuple[str, str, str | None]]:
    """Yield what other files say: the file, the key, and the value as text (None: not there)."""
    project, citation = root / "pyproject.toml", root / "CITATION.cff"
    if project.is_file():
        try:
            said = tomllib.loads(project.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            said = {}
        yield project.name, "project.version", said.get("project", {}).get("version")
    if citation.is_file():
        try:
            cited = yaml.safe_load(citation.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError):
            cited = None
        for key in ("version", "date-released"):
            value = cited.get(key) if isinstance(cited, dict) else None
            yield citation.name, key, None if value is None else str(value)
