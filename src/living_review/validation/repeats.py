"""A quantity that is printed twice: one of its rows represents it, the others name that row.

Counts use the representing rows alone (:meth:`living_review.evidence.Study.once`), so a repeat that
is not marked counts a patient twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from living_review.validation.issues import Issue, Table

COLUMN, STANDS = "same_as", "not_applicable"
# What two rows of one quantity agree in, whatever their places print.
SAME = {
    "events": ("endpoint",),
    "outcomes": ("endpoint_class",),
    "responses": ("endpoint_class", "timing"),
    "measurements": ("measure", "statistic"),
    "statistics": ("quantity", "statistic"),
    "counts": ("characteristic",),
    "adverse_events": ("preferred_term",),
    "doses": ("drug", "role"),
}
# What no two rows that count may agree in, in the tables from which patients are counted or followed.
ONE = {
    "events": ("patient", "group", "endpoint"),
    "responses": ("patient", "endpoint_class", "criterion", "timing", "time", "time_unit"),
    "measurements": (
        *("patient", "group", "measure", "lesion", "component", "statistic", "scale"),
        *("time", "time_unit", "timing"),
    ),
}
# A patient can have several of these.
SEVERAL = ("time_to_harm", "harm_duration")


def check_repeats(tables: dict[str, Table]) -> Iterator[Issue]:
    """Yield repeats that name no row that stands for them, and rows that count and repeat each other.

    Parameters
    ----------
    tables : dict of str to Table
        The tables of one study.
    """
    for name, table in tables.items():
        if name in SAME and COLUMN in table.header:
            yield from _named(table, SAME[name])
            yield from _twice(table, ONE.get(name, ()))


def _named(table: Table, same: tuple[str, ...]) -> Iterator[Issue]:
    rows = {row.get("id", ""): row for _, row in table.cells()}
    for number, row in table.cells():
        reported = row.get(COLUMN, "")
        if reported in (STANDS, ""):
            continue
        other = rows.get(reported)
        if other is None or reported == row.get("id"):
            expected = f"another row of {table.file}, or {STANDS}"
            todo = f"Name the row that stands for this quantity; if it is this one, write {STANDS}."
        elif other.get(COLUMN) != STANDS:
            expected = f"a row that stands for its quantity; {reported} names {other.get(COLUMN)}"
            todo = "Name the row that represents the quantity."
        elif differ := [c for c in same if row.get(c) != other.get(c)]:
            expected = ", ".join(f"{c} {row.get(c)!r}, as in this row" for c in differ)
            todo = "Name a row of the same quantity: another one cannot stand for it."
        else:
            continue
        yield Issue(table.file, number, COLUMN, repr(reported), expected, todo)


def _twice(table: Table, key: tuple[str, ...]) -> Iterator[Issue]:
    seen: dict[tuple[str | None, ...], str] = {}
    for number, row in table.cells():
        if not key or row.get(COLUMN) != STANDS or row.get("endpoint") in SEVERAL:
            continue
        what = tuple(row.get(c) for c in key)
        if what in seen:
            yield Issue(
                table.file,
                number,
                COLUMN,
                repr(STANDS),
                f"{seen[what]!r}, which agrees with this row in {', '.join(key)}",
                "Keep one of the two and name it in the other: a patient before a group, a table "
                "before the text, the text before the abstract. If they are two things, say in which "
                "column they differ.",
            )
        seen.setdefault(what, row.get("id", ""))
