"""Pair the rows of two readings of one table and find the cells in which they differ.

Each reader chose the names (``id``) and the order of rows, so rows are paired by what they say.

A *value column* is one whose cells can be right or wrong: numbers, times, units, vocabulary words,
patients, the drug of a dose, the readings of an ambiguous cell. ``group`` is one where both readers
use the same key; a key that only one reader made is a name, not a value. Everything else (finding,
reason, definition, note, ...) is free text and never counts as a disagreement. Nor does a column
that the review codes once the readings are settled (``"coded": "review"`` in its schema).

A *cell* is counted where at least one reader gives a value: two cells that both hold a missing code
agree about nothing that is printed, and would flatter the result. Where both are missing but the
codes differ (``not_reported`` against ``not_applicable``), the difference has the kind ``code`` and
is counted apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from living_review import evidence

# How much each part of a row weighs in deciding which two rows refer to the same thing. The place
# weighs as much as the values, because one number printed in two places is two rows.
WEIGHTS = {"values": 0.30, "printed": 0.25, "locator": 0.25, "words": 0.20}
# Two rows less alike than this are not the same row: chosen so that two rows that share their place
# and all values may pair, and two that share only one of these and nothing else do not.
ALIKE = 0.45
# ... and rows whose wording (printed form and other words, each from 0 to 1) is less alike than this
# in sum are not either: many statements of one section have the same class and direction.
WORDED = 0.20
STOP = frozenset(
    {"a", "an", "and", "at", "by", "for", "from", "in", "is", "of", "on", "or", "that", "the", "to"}
    | {"was", "were", "with"}
)
TIMES = ("time", "start", "stop")
NAMED = ("drug", "readings")
NOT_WORDS = ("printed", "locator", "note")
# What a reading says in a column that the schema got after it was made.
NOT_READ = "not_reported"


@dataclass(frozen=True)
class Reading:
    """One reader's rows of one table, as text."""

    schema: evidence.Schema
    rows: list[dict[str, str]]
    groups: frozenset[str]

    @cached_property
    def columns(self) -> list[str]:
        """Names of the columns, in the order of the schema."""
        return [column["name"] for column in self.schema.fields]


@dataclass(frozen=True)
class Comparison:
    """What two readings of one table have in common.

    Attributes
    ----------
    pairs : list of tuple of int
        Row numbers (from 0) in the first and the second reading that say the same thing.
    differences : list of dict
        One for each differing value cell: ``first_id``, ``second_id``, ``column``, ``first``,
        ``second`` and ``kind`` (``value``: two values; ``missing``: a value against a missing code;
        ``code``: two missing codes).
    cells : int
        Value cells of paired rows in which at least one reader gives a value.
    """

    first: Reading
    second: Reading
    pairs: list[tuple[int, int]]
    differences: list[dict[str, str]]
    cells: int

    @property
    def only_first(self) -> list[dict[str, str]]:
        """Rows that only the first reader has, in file order."""
        found = {i for i, _ in self.pairs}
        return [row for i, row in enumerate(self.first.rows) if i not in found]

    @property
    def only_second(self) -> list[dict[str, str]]:
        """Rows that only the second reader has, in file order."""
        found = {j for _, j in self.pairs}
        return [row for j, row in enumerate(self.second.rows) if j not in found]

    def summary(self) -> dict[str, int]:
        """Return the counts of this table (columns of :func:`by_table`)."""
        real = [d for d in self.differences if d["kind"] != "code"]
        return {
            "first": len(self.first.rows),
            "second": len(self.second.rows),
            "matched": len(self.pairs),
            "identical": len(self.pairs) - len({d["first_id"] for d in real}),
            "cells": self.cells,
            "same": self.cells - len(real),
            "codes": len(self.differences) - len(real),
            "only_first": len(self.only_first),
            "only_second": len(self.only_second),
        }


def value_columns(schema: evidence.Schema) -> list[str]:
    """Return the columns whose cells can be right or wrong (see the module's text)."""
    return [
        column["name"]
        for column in schema.fields
        if column.get("coded") != "review"
        and (
            column["type"] in ("number", "integer")
            or "vocabulary" in column
            or column.get("references") in ("patients", "groups")
            or column["name"] in TIMES + NAMED
        )
    ]


def canonical(cell: str) -> str:
    """Return a cell in the one form in which two readers' cells are compared: ``48.0`` is ``48``."""
    text = " ".join(cell.casefold().replace("–", "-").split())
    try:
        return f"{float(text):.12g}" if re.fullmatch(r"-?\d+(\.\d+)?", text) else text
    except ValueError:  # pragma: no cover - the pattern admits numbers only
        return text


@cache
def tokens(text: str) -> frozenset[str]:
    """Return the numbers and words of a text, lower case, plural ``s`` cut, numbers in one form."""
    found = re.findall(r"\d+(?:\.\d+)?|[a-z]+", re.sub(r"(?<=\d),(?=\d{3})", "", text.casefold()))
    return frozenset(
        canonical(t) if t[0].isdigit() else t.rstrip("s") or t for t in found if t not in STOP
    )


def compare(first: Reading, second: Reading) -> Comparison:
    """Pair the rows of two readings of one table and list every value cell that differs.

    Parameters
    ----------
    first, second : Reading
        The same table of the same study by two readers.

    Returns
    -------
    Comparison

    Notes
    -----
    The likeness of two rows is a weighted mean (:data:`WEIGHTS`) of four parts, each from 0 to 1:
    the share of value columns that agree among those in which either has a value; and the Jaccard
    index of the words and numbers of the printed form, of the locator, and of the remaining text
    columns with the ``id``. Rows that share hardly a word (:data:`WORDED`), or whose
    locators share none, are not alike at all: one number in two places is two rows.
    The pairing is the one with the greatest total of likeness above :data:`ALIKE` (optimal
    assignment; Jonker-Volgenant as in ``scipy.optimize.linear_sum_assignment``); pairs less alike
    than that are no pairs. The same input gives the same pairs every time.
    """
    if not first.rows or not second.rows:
        return Comparison(first, second, [], [], 0)
    from scipy.optimize import linear_sum_assignment

    alike = likeness(first, second)
    # What is maximised is the likeness above the threshold: two poor pairs may not outweigh a good one.
    row, column = linear_sum_assignment(np.clip(alike - ALIKE, 0, None), maximize=True)
    pairs = [(int(i), int(j)) for i, j in zip(row, column, strict=True) if alike[i, j] > ALIKE]
    return compare_rows(first, second, pairs)


def compare_rows(first: Reading, second: Reading, pairs: list[tuple[int, int]]) -> Comparison:
    """List every value cell that differs in given pairs of rows.

    Parameters
    ----------
    first, second : Reading
        The same table by two readers.
    pairs : list of tuple of int
        Row numbers (from 0) in the first and in the second reading.

    Returns
    -------
    Comparison
        With the cells that differ.
    """
    differences: list[dict[str, str]] = []
    cells = 0
    for i, j in pairs:
        found, counted = _cells(first, second, first.rows[i], second.rows[j])
        differences += found
        cells += counted
    return Comparison(first, second, pairs, differences, cells)


def likeness(first: Reading, second: Reading) -> np.ndarray:
    """Return the likeness of every row of ``first`` (down) to every row of ``second`` (across).

    Parameters
    ----------
    first, second : Reading
        The readings.

    Returns
    -------
    numpy.ndarray
        Shape (rows of first, rows of second), each between 0 and 1.
    """
    # Names of groups are the readers' own: here they count as words.
    values = [c for c in value_columns(first.schema) if c != "group"]
    words = [c for c in first.columns if c not in values and c not in NOT_WORDS]
    parts = {
        "values": _same_values(first, second, values),
        "printed": _jaccard(first, second, ["printed"]),
        "locator": _jaccard(first, second, ["locator"]),
        "words": _jaccard(first, second, words),
    }
    worded = parts["printed"] + parts["words"] >= WORDED
    placed = parts["locator"] > 0
    return worded * placed * sum(WEIGHTS[name] * part for name, part in parts.items())


def _same_values(first: Reading, second: Reading, columns: list[str]) -> np.ndarray:
    missing = first.schema.missing
    same = np.zeros((len(first.rows), len(second.rows)))
    counted = np.zeros_like(same)
    for column in columns:
        a = np.array([canonical(row.get(column, NOT_READ)) for row in first.rows])
        b = np.array([canonical(row.get(column, NOT_READ)) for row in second.rows])
        either = ~(np.isin(a, list(missing))[:, None] & np.isin(b, list(missing))[None, :])
        same += either & (a[:, None] == b[None, :])
        counted += either
    return np.divide(same, counted, out=np.zeros_like(same), where=counted > 0)


def _jaccard(first: Reading, second: Reading, columns: list[str]) -> np.ndarray:
    """Shared share of the words of some columns, for every pair of rows, by matrix product."""
    missing = first.schema.missing
    bags = [
        [
            frozenset().union(*(tokens(row[c]) for c in columns if row.get(c, NOT_READ) not in missing))
            for row in reading.rows
        ]
        for reading in (first, second)
    ]
    index = {t: k for k, t in enumerate(sorted(frozenset().union(*bags[0], *bags[1])))}
    marks = []
    for side in bags:
        matrix = np.zeros((len(side), max(len(index), 1)))
        for r, bag in enumerate(side):
            matrix[r, [index[t] for t in bag]] = 1
        marks.append(matrix)
    shared = marks[0] @ marks[1].T
    total = marks[0].sum(1)[:, None] + marks[1].sum(1)[None, :] - shared
    return np.divide(shared, total, out=np.zeros_like(shared), where=total > 0)


def _cells(
    first: Reading, second: Reading, a: dict[str, str], b: dict[str, str]
) -> tuple[list[dict[str, str]], int]:
    """Differing value cells of one pair of rows, and how many cells were compared."""
    missing = first.schema.missing
    known = first.groups & second.groups
    found, counted = [], 0
    for column in value_columns(first.schema):
        x, y = a.get(column, NOT_READ), b.get(column, NOT_READ)
        if column == "group" and not {x, y} - missing <= known:
            continue  # a name of one reader's own
        absent = (x in missing) + (y in missing)
        counted += absent < 2
        if canonical(x) != canonical(y):
            kind = ("value", "missing", "code")[absent]
            found.append(
                {
                    "first_id": a[first.schema.key],
                    "second_id": b[second.schema.key],
                    "column": column,
                    "first": x,
                    "second": y,
                    "kind": kind,
                }
            )
    return found, counted
