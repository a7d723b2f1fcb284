"""Locators: each must name a distinct place, not words alone."""

from __future__ import annotations

from collections.abc import Iterator

from living_review.evidence import locator
from living_review.validation.issues import Issue, Table


def check_locators(table: Table) -> Iterator[Issue]:
    """Yield the locators of a study's table that cannot be read into their parts."""
    for number, row in table.cells():
        if "locator" not in row:
            return
        try:
            locator.parse(row["locator"])
        except locator.LocatorError as error:
            yield Issue(
                table.file,
                number,
                "locator",
                repr(row["locator"]),
                "a place: Table II, row 3, column Sex; Footnote a, Table I; Results, Treatment",
                f"{str(error).partition(': ')[2].capitalize()}.",
            )
