"""The search: its records, decisions and notices against each other, and against the newest version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from living_review.evidence import search_plan
from living_review.validation.issues import Issue, Table

NONE_RUN = "none run"
ALONE = "not_applicable"


def check_plan(root: Path) -> Iterator[Issue]:
    """Yield what is wrong with ``data/review/search.yaml``; a copy may be without it."""
    if not (root / search_plan.FILE).is_file():
        return
    for issue in search_plan.issues(root):
        yield Issue(search_plan.FILE, None, issue.key, issue.found, issue.expected, "Correct it.")


def check_search(records: dict[str, Table]) -> Iterator[Issue]:
    """Yield what points at nothing, decisions without the reason they need, and a search nobody states.

    Parameters
    ----------
    records : dict
        The readable tables of ``data/review/``; those of a search that was never run are not there.
    """
    found = {row["id"]: row for _, row in _rows(records, "records")}
    runs = {row["run"] for _, row in _rows(records, "searches")}
    for name in ("records", "notices"):
        for number, row in _rows(records, name):
            if row["first_run"] not in runs:
                yield _issue(
                    records[name], number, "first_run", row, "a run of searches.csv", "Add its row."
                )
    for number, row in _rows(records, "records"):
        other = row["same_as"]
        if other != ALONE and (other not in found or other == row["id"]):
            yield _issue(
                records["records"], number, "same_as", row, "another record of this file", "Correct it."
            )
        if (other == ALONE) != (row["matched_by"] == ALONE) and row["matched_by"] != "hand":
            yield _issue(
                records["records"],
                number,
                "matched_by",
                row,
                "what the two have in common, where same_as names a record, and only there",
                "Say what it is; `hand` if a person decided.",
            )
    for number, row in _rows(records, "screening"):
        table = records["screening"]
        if row["record"] not in found:
            yield _issue(table, number, "record", row, "a record of records.csv", "Correct it.")
        if (row["decision"] == "exclude") == (row["reason"] == ALONE):
            yield _issue(
                table,
                number,
                "reason",
                row,
                "a reason for what is excluded, and for nothing else",
                "Correct the reason or the decision.",
            )
    yield from _last_search(records)


def _last_search(records: dict[str, Table]) -> Iterator[Issue]:
    """Hold what the newest version calls the last search against the log."""
    if "versions" not in records:
        return
    *_, (number, newest) = records["versions"].cells()
    days = [
        row["date_to"]
        for _, row in _rows(records, "searches")
        if row["source"] != "file" and row["status"] == "complete"
    ]
    before = [day for day in days if day <= newest.get("date", "")]
    expected = max(before, default=NONE_RUN)
    if newest.get("last_search") != expected:
        yield _issue(
            records["versions"],
            number,
            "last_search",
            newest,
            f"{expected!r}, the last day of data/review/searches.csv up to the day of the version",
            "Write the same.",
        )


def _rows(records: dict[str, Table], name: str) -> Iterator[tuple[int, dict[str, str]]]:
    for number, row in records[name].cells() if name in records else ():
        yield number, defaultdict(str, row)  # a column that is lacking is an issue of its own


def _issue(
    table: Table, number: int, column: str, row: dict[str, str], expected: str, todo: str
) -> Issue:
    return Issue(table.file, number, column, repr(row.get(column)), expected, todo)
