"""Numbers that follow from others: how many a row is of, which dimension, which level, who is one.

Each of these could be typed wrong without looking wrong in its own row. Two places of a paper may
disagree, so nothing is compared here that two places print; that is the work of the audit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from living_review.validation.issues import Issue, Table
from living_review.validation.printed import numbers_in

# The column that says out of how many, in each table that has one.
WHOLES = {"counts": "denominator", **dict.fromkeys(("outcomes", "adverse_events"), "n")}
WHOLES |= {"statistics": "n"}
# Times that run to the last report: nothing has happened at their end.
WATCHED = ("follow_up", "time_off_treatment")


def check_sizes(tables: dict[str, Table], meta: dict[str, Any]) -> Iterator[Issue]:
    """Yield numbers that another number of the same study contradicts.

    Parameters
    ----------
    tables : dict of str to Table
        The tables of one study.
    meta : dict
        Its ``study.yaml``, for the sizes of its groups.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    if "groups" not in meta:
        return  # an issue of its own
    groups = meta["groups"]
    sizes = {name: g.get("n") for name, g in groups.items() if isinstance(g, dict)}
    checks: list[tuple[str, Callable[[Table], Iterator[Issue]]]] = [
        *((name, partial(_wholes, column=column, sizes=sizes)) for name, column in WHOLES.items()),
        ("quoted", _quoted_wholes),
        ("counts", partial(_totals, sizes=sizes)),
        ("adverse_events", _single_patients),
        ("measurements", _dimensions),
        ("measurements", _changes),
        ("statistics", _levels),
        ("events", _watched),
    ]
    for name, check in checks:
        if name in tables:
            yield from check(tables[name])


def _number(row: dict[str, str], column: str) -> float | None:
    try:
        return float(row[column])
    except (KeyError, ValueError):
        return None


def _wholes(table: Table, column: str, sizes: dict[str, Any]) -> Iterator[Issue]:
    """Denominators: the size of the row's own group, one for a row about one patient."""
    for number, row in table.cells():
        whole, size = _number(row, column), sizes.get(row.get("group", ""))
        if row.get("patient", "not_applicable") != "not_applicable":
            size = 1
        if whole is None or whole == size:
            continue
        if isinstance(size, int) or whole not in numbers_in(row.get("printed", "")):
            yield Issue(
                table.file,
                number,
                column,
                row[column],
                f"{size}, the size of {row.get('group')!r} in study.yaml"
                if isinstance(size, int)
                else "a number that is printed in the row, as no size of its group is known",
                "Correct it, or name the group that it counts and give its size in study.yaml.",
            )


def _quoted_wholes(table: Table) -> Iterator[Issue]:
    """Sizes of studies that the paper quotes: printed with some result of the same study."""
    reported: dict[str | None, set[float]] = defaultdict(set)
    for _, row in table.cells():
        reported[row.get("study_quoted")] |= numbers_in(f"{row.get('printed')} {row.get('group')}")
    for number, row in table.cells():
        whole = _number(row, "n")
        if whole is not None and whole not in reported[row.get("study_quoted")]:
            yield Issue(
                table.file,
                number,
                "n",
                row["n"],
                f"a number printed in a row of {row.get('study_quoted')!r}",
                "Correct it, or add the row that prints the size of that study.",
            )


def _totals(table: Table, sizes: dict[str, Any]) -> Iterator[Issue]:
    for number, row in table.cells():
        if (row.get("characteristic"), row.get("category")) != ("patients", "total"):
            continue
        total, size = _number(row, "n"), sizes.get(row.get("group", ""))
        if total is not None and isinstance(size, int) and total != size:
            yield Issue(
                table.file,
                number,
                "n",
                row["n"],
                f"{size}, the size of {row.get('group')!r} in study.yaml",
                "Correct the one that is wrong; if two places print two sizes, name two groups.",
            )


def _single_patients(table: Table) -> Iterator[Issue]:
    for number, row in table.cells():
        count = _number(row, "patients")
        named = row.get("patient", "not_applicable") != "not_applicable"
        if named and count is not None and count > 1 and row.get("counts_what") == "patients":
            yield Issue(
                table.file,
                number,
                "patients",
                row["patients"],
                f"1 or 0, as the row is about {row['patient']} alone",
                "Correct the count, or give the row a group in place of the patient.",
            )


def _dimensions(table: Table) -> Iterator[Issue]:
    """Dimensions of one lesion at one time are numbered 1, 2, 3."""
    seen: dict[tuple[str | None, ...], int] = defaultdict(int)
    where = ("patient", "group", "measure", "lesion", "statistic", "time", "time_unit", "timing")
    for number, row in table.cells():
        component = _number(row, "component")
        if component is None:
            continue
        key = tuple(row.get(c) for c in (*where, "locator"))
        seen[key] += 1
        if component != seen[key]:
            yield Issue(
                table.file,
                number,
                "component",
                row["component"],
                f"{seen[key]}, as dimensions of one lesion are numbered from 1 in their order",
                "Correct the number or the order of the rows.",
            )


def _changes(table: Table) -> Iterator[Issue]:
    """Require that a printed change is at the time of a reading of the same thing."""
    what = ("patient", "group", "measure", "time", "time_unit")
    read = {
        tuple(row.get(c) for c in what)
        for _, row in table.cells()
        if row.get("statistic") != "percent_change"
    }
    for number, row in table.cells():
        if row.get("statistic") == "percent_change" and tuple(row.get(c) for c in what) not in read:
            yield Issue(
                table.file,
                number,
                "time",
                row.get("time", ""),
                "the time of a reading of the same measure, up to which the change is",
                "Correct the time, or add the reading.",
            )


def _levels(table: Table) -> Iterator[Issue]:
    for number, row in table.cells():
        has_level = _number(row, "level") is not None
        if has_level and row.get("interval") != "confidence":
            yield Issue(
                table.file,
                number,
                "level",
                row["level"],
                "a level beside a confidence interval only",
                "Correct the level or the kind of the interval.",
            )


def _watched(table: Table) -> Iterator[Issue]:
    for number, row in table.cells():
        if row.get("endpoint") in WATCHED and _number(row, "event"):
            yield Issue(
                table.file,
                number,
                "event",
                row["event"],
                "0, as this time runs to the last report and not to something that happened",
                "Correct it, or name what happened as the endpoint.",
            )
