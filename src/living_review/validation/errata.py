"""The tracker of letters: a row for each material issue, and days that fit its state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from living_review.validation.issues import Issue, Table

NONE = "not_applicable"
# The columns that a state has filled; the others are not applicable yet.
DAYS = ("sent", "answered", "corrected")
FILLED = {
    "not_sent": (),
    "sent": ("sent",),
    "answered": ("sent", "answered"),
    "corrected": ("corrected",),
}


def check_errata(
    table: Table | None, tables: Mapping[str, Mapping[str, Table]], *, whole: bool
) -> Iterator[Issue]:
    """Yield issues without a row, rows of no material issue, and days that do not fit.

    Parameters
    ----------
    table : Table or None
        ``data/review/errata.csv``.
    tables : mapping
        The tables of each study, for the column ``materiality`` of ``claims``.
    whole : bool
        Whether this is the whole project: in a copy of some data no missing row can be recognised.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    material = {
        (study, row.get("issue", ""))
        for study, own in tables.items()
        if "claims" in own
        for _, row in own["claims"].cells()
        if row.get("materiality") == "material"
    }
    place = table.file if table else "data/review/errata.csv"
    had = set()
    for number, row in table.cells() if table else ():
        key = row.get("study_id", ""), row.get("issue", "")
        had.add(key)
        if whole and key not in material:
            yield Issue(
                place,
                number,
                "issue",
                ", ".join(key),
                "an issue that claims.csv of the study calls material",
                "Correct the name; if the finding is gone, delete the row.",
            )
        yield from _days(place, number, row)
    for study, issue in sorted(material - had) if whole else ():
        yield Issue(
            place,
            None,
            "issue",
            f"no row of {study}, {issue}",
            "a row for each material issue",
            f"Add it: {study},{issue},not_sent,{NONE},{NONE},{NONE},{NONE},",
        )


def _days(place: str, number: int, row: Mapping[str, str]) -> Iterator[Issue]:
    state = row.get("state", "")
    if state not in FILLED:
        return  # the schema says so
    for day in DAYS:
        filled = row.get(day, NONE) != NONE
        if day in FILLED[state] and not filled:
            yield Issue(place, number, day, NONE, f"the day, as the state is {state}", "Add it.")
        # A correction may come without a letter, or without an answer.
        elif filled and day not in FILLED[state] and state != "corrected":
            yield Issue(
                place,
                number,
                day,
                repr(row[day]),
                f"{NONE}, as the state is {state}",
                "Correct the state or the day.",
            )
    days = [row[day] for day in DAYS if row.get(day, NONE) != NONE]
    if days != sorted(days):
        yield Issue(
            place, number, "sent", ", ".join(days), "days in the order of events", "Correct the days."
        )
