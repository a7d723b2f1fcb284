"""Counts of which only part is printed: rows that lost a cell, and groups that overlap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from living_review.bounds.summary import ContradictorySummaryError


@dataclass(frozen=True)
class RowReading:
    """One way to read a row of a table that lost cells: every part, and the total."""

    parts: tuple[int, ...]
    total: int


def row_readings(printed: Sequence[int], columns: int, *, n: int) -> list[RowReading]:
    """List every way to read a row of parts and their total of which some cells were lost.

    Parameters
    ----------
    printed : sequence of int
        The cells that are left, in the order of the columns (a dash is 0).
    columns : int
        Columns of the table: the last is the total of the others.
    n : int
        Largest count possible (patients).

    Returns
    -------
    list of RowReading
        Without repetition, ascending.

    Raises
    ------
    ContradictorySummaryError
        If no reading adds up.
    """
    from itertools import combinations

    if not 0 < len(printed) <= columns:
        raise ValueError(f"{len(printed)} cells for {columns} columns; expected 1 to {columns}")
    found = set()
    for places in combinations(range(columns), len(printed)):
        row: list[int | None] = [None] * columns
        for place, value in zip(places, printed, strict=True):
            row[place] = value
        for parts in _fill(row[:-1], n if row[-1] is None else row[-1]):
            total = sum(parts)
            if (row[-1] is None and total <= n) or total == row[-1]:
                found.add(RowReading(parts, total))
    if not found:
        raise ContradictorySummaryError(
            f"cells {list(printed)} in {columns} columns: no placing makes the last the sum of "
            "the others"
        )
    return sorted(found, key=lambda x: (x.total, x.parts))


def _fill(row: Sequence[int | None], most: int) -> Iterator[tuple[int, ...]]:
    if not row:
        yield ()
        return
    for value in range(most + 1) if row[0] is None else [row[0]]:
        for rest in _fill(row[1:], most - value if value <= most else 0):
            yield (value, *rest)


def total_of_rows(rows: Sequence[Sequence[RowReading]], column: int | None) -> tuple[int, int]:
    """Return the interval of a column's total (``None``: of the totals) over independent rows.

    Parameters
    ----------
    rows : sequence of sequence of RowReading
        For each row, its readings.
    column : int or None
        Which column is added up; None for the rows' totals.

    Returns
    -------
    tuple of int
        The least and the greatest total.
    """

    def ends(readings: Sequence[RowReading]) -> tuple[int, int]:
        values = [r.total if column is None else r.parts[column] for r in readings]
        return min(values), max(values)

    pairs = [ends(r) for r in rows]
    return sum(a for a, _ in pairs), sum(b for _, b in pairs)


def union(sizes: Sequence[int], n: int) -> tuple[int, int]:
    """Bound how many of n are in at least one of several groups that may overlap (Fréchet).

    Parameters
    ----------
    sizes : sequence of int
        Members of each group.
    n : int
        Members of all.

    Returns
    -------
    tuple of int
        The fewest and the most.
    """
    return max(sizes, default=0), min(n, sum(sizes))


def _multiplicities(union_size: int, total: int, groups: int) -> Iterator[tuple[int, ...]]:
    """Yield how many groups each member is in: non-increasing, each at least 1."""

    def walk(left: int, members: int, most: int) -> Iterator[tuple[int, ...]]:
        if members == 0:
            if left == 0:
                yield ()
            return
        for first in range(min(most, left - (members - 1)), 0, -1):
            if first * members < left:
                break
            for rest in walk(left - first, members - 1, first):
                yield (first, *rest)

    yield from walk(total, union_size, groups)


def _possible(multiplicities: Sequence[int], sizes: Sequence[int]) -> bool:
    """Return whether a table of members and groups with these margins exists (Gale-Ryser)."""
    ordered = sorted(sizes, reverse=True)
    taken = 0
    for k, size in enumerate(ordered, 1):
        taken += size
        if taken > sum(min(k, m) for m in multiplicities):
            return False
    return sum(sizes) == sum(multiplicities)


def overlap(sizes: Mapping[str, int], union_size: int) -> dict[int, tuple[int, int]]:
    """Bound how many members are in at least 1, 2, ... of the groups, the union being known.

    Parameters
    ----------
    sizes : mapping of name to count
        Groups, which may overlap.
    union_size : int
        Members of at least one group.

    Returns
    -------
    dict
        ``{2: (fewest, most), ...}``: members of at least so many groups. Ends are attained.

    Raises
    ------
    ContradictorySummaryError
        If no overlap gives that union.
    """
    values = list(sizes.values())
    fits = [m for m in _multiplicities(union_size, sum(values), len(values)) if _possible(m, values)]
    if not fits:
        low, high = union(values, sum(values))
        raise ContradictorySummaryError(
            f"groups of {values} cannot cover exactly {union_size}: expected {low} to {high}"
        )
    counts = {}
    for k in range(1, len(values) + 1):
        reached = [sum(x >= k for x in m) for m in fits]
        counts[k] = (min(reached), max(reached))
    return counts


def common_given_union(first: int, second: int, union_size: int) -> tuple[int, int]:
    """Bound the members of both of two groups inside a union of that size (others may fill it).

    Parameters
    ----------
    first, second : int
        Members of each group.
    union_size : int
        Members of the union.

    Returns
    -------
    tuple of int
        The fewest and the most.
    """
    return max(0, first + second - union_size), min(first, second)


@dataclass(frozen=True)
class Part:
    """A count and its denominator, each with fewest and most: what is printed of one group.

    Parameters
    ----------
    events, of : (int, int)
        Fewest and most events, and of how many. They need not vary together.
    """

    events: tuple[int, int]
    of: tuple[int, int]

    def __post_init__(self) -> None:
        if not 0 <= self.events[0] <= self.events[1] or not 1 <= self.of[0] <= self.of[1]:
            raise ValueError(f"{self.events} of {self.of}: expected fewest and most, of at least 1")
        if self.events[0] > self.of[1]:
            raise ValueError(f"{self.events} of {self.of}: more events than patients")


def share(part: Part) -> tuple[Fraction, Fraction]:
    """Return the least and greatest share of one group."""
    least, most = part.events
    low, high = Fraction(least, part.of[1]), min(Fraction(1), Fraction(most, max(part.of[0], most)))
    return low, high


def pooled(parts: Sequence[Part]) -> tuple[Fraction, Fraction]:
    """Return the least and greatest share of several groups together, ends attained."""
    least, most = (sum(p.events[i] for p in parts) for i in (0, 1))
    largest = sum(p.of[1] for p in parts)
    smallest = sum(max(p.of[0], min(p.events[1], p.of[1])) for p in parts)
    return Fraction(least, largest), min(Fraction(1), Fraction(most, smallest))


def contrast(first: Part, second: Part) -> tuple[Fraction, Fraction]:
    """Return the least and greatest difference of two shares, first less second, ends attained.

    Parameters
    ----------
    first, second : Part
        What is known of each share.

    Returns
    -------
    tuple of Fraction
        The least and the greatest, as shares.
    """
    a, b = share(first), share(second)
    return a[0] - b[1], a[1] - b[0]
