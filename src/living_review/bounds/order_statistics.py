"""What a median, its interval and a range say about individual values.

Without censoring a Kaplan-Meier curve is the empirical distribution: the median is one value of the
sorted list, and each limit of its interval is another. Which one depends on how the interval was made,
and for each way it is known exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from living_review.bounds.patterns import limits_of_s, steps
from living_review.bounds.rounding import Interval, Number, exact, printed
from living_review.bounds.summary import ContradictorySummaryError

if TYPE_CHECKING:
    import pandas as pd

INTERVAL_METHODS = ("log", "log-log", "plain", "binomial")


class Ranks(NamedTuple):
    """Places in the sorted list, from 1: lower limit, median, upper limit (0: not reached)."""

    lower: int
    median: int
    upper: int


def interval_ranks(n: int, method: str = "log", level: float = 0.95) -> Ranks:
    """State which of n sorted, uncensored values are the median and the limits of its interval.

    Parameters
    ----------
    n : int
        Values.
    method : {"log", "log-log", "plain", "binomial"}
        The first three invert the limits of the survival curve (R's ``survfit``: ``conf.type``, default
        ``log``; lifelines: ``log-log``): a limit is the first time at which a limit of S is at or below
        0.5. ``binomial``: the narrowest symmetric pair of order statistics with at least the level.
    level : float
        Confidence level.

    Returns
    -------
    Ranks

    Raises
    ------
    ValueError
        If the method is unknown.
    """
    middle = (n + 1) // 2
    if method == "binomial":
        from scipy.stats import binom

        k = int(binom.ppf((1 - level) / 2, n, 0.5))
        return Ranks(k, middle, n + 1 - k if k else 0)
    if method not in INTERVAL_METHODS:
        raise ValueError(f"unknown method {method!r}; expected one of {', '.join(INTERVAL_METHODS)}")
    from scipy.special import ndtri

    z = float(ndtri((1 + level) / 2))
    limits = [limits_of_s(step, method, z) for step in steps("D" * n)]
    first = [next((k for k, x in enumerate(limits, 1) if x[side] <= 0.5), 0) for side in (0, 1)]
    return Ranks(first[0], middle, first[1])


@dataclass(frozen=True)
class OrderBounds:
    """Earliest and latest value at each place of the sorted list (place 1 is index 0)."""

    earliest: tuple[Fraction, ...]
    latest: tuple[Fraction | None, ...]

    @property
    def n(self) -> int:
        """Number of values."""
        return len(self.earliest)

    def count_by(self, value: Number, *, strictly: bool = False) -> tuple[int, int]:
        """Return fewest and most values at or below a value (or strictly below it).

        Parameters
        ----------
        value : Number
            In the unit of the summary.
        strictly : bool, optional
            Values equal to it do not count.

        Returns
        -------
        tuple of int
            The fewest and the most.
        """
        v = exact(value)

        def reaches(x: Fraction | None) -> bool:
            return x is not None and (x < v if strictly else x <= v)

        return sum(map(reaches, self.latest)), sum(map(reaches, self.earliest))

    def count_in(self, low: Number, high: Number | None) -> tuple[int, int]:
        """Return fewest and most values in ``low <= value < high`` (``None``: no upper end).

        Parameters
        ----------
        low : Number
            Lower end, included.
        high : Number or None
            Upper end, not included; None for none.

        Returns
        -------
        tuple of int
            The fewest and the most.
        """
        a = exact(low)
        b = None if high is None else exact(high)

        def inside(e: Fraction, x: Fraction | None) -> bool:
            return e >= a and (b is None or (x is not None and x < b))

        def possible(e: Fraction, x: Fraction | None) -> bool:
            return (b is None or e < b) and (x is None or x >= a)

        pairs = list(zip(self.earliest, self.latest, strict=True))
        return sum(inside(*p) for p in pairs), sum(possible(*p) for p in pairs)

    @property
    def breakpoints(self) -> list[Fraction]:
        """Values at which a count can change."""
        return sorted(set(self.earliest) | {x for x in self.latest if x is not None})

    def envelope(self, until: Number, *, among: tuple[int, int] | None = None) -> pd.DataFrame:
        """Return the band of the share at or below each value, between breakpoints.

        Parameters
        ----------
        until : number
            End of the last stretch.
        among : (int, int), optional
            Size of a sub-group and of the rest: then the share of the sub-group.

        Returns
        -------
        pandas.DataFrame
            ``start``, ``end`` (unit of the values), ``lower``, ``upper`` (shares).
        """
        import pandas as pd

        last = exact(until)
        marks = sorted({Fraction(0), *(t for t in self.breakpoints if t < last), last})
        rows = []
        for a, b in pairwise(marks):
            counts, size = self.count_by((a + b) / 2), self.n
            if among is not None:
                counts, size = split_count(counts, *among), among[0]
            rows.append((float(a), float(b), counts[0] / size, counts[1] / size))
        return pd.DataFrame(rows, columns=["start", "end", "lower", "upper"])


def order_bounds(
    n: int,
    *,
    minimum: Number | Interval | None = None,
    maximum: Number | Interval | None = None,
    places: Mapping[int, Number | Interval | tuple[Number, Number]] | None = None,
    rule: str = "exact",
) -> OrderBounds:
    """Bound each of n sorted values by those that are known.

    Parameters
    ----------
    n : int
        Values.
    minimum, maximum : printed number, optional
        Ends of the range.
    places : mapping of place to printed number
        Known places of the sorted list, from 1.
    rule : str
        How the printed numbers were shortened (see :func:`living_review.bounds.printed`).

    Returns
    -------
    OrderBounds

    Raises
    ------
    ContradictorySummaryError
        If the known values are not in ascending order.
    """
    known = dict(places or {})
    if minimum is not None:
        known[1] = minimum
    if maximum is not None:
        known[n] = maximum
    low: list[Fraction] = [Fraction(0)] * n
    high: list[Fraction | None] = [None] * n
    for place, value in known.items():
        if not 1 <= place <= n:
            raise ValueError(f"place {place} of {n} values; expected 1 to {n}")
        interval = value if isinstance(value, Interval) else printed(value, rule=rule)
        low[place - 1], high[place - 1] = interval.low, interval.high
    for i in range(1, n):
        low[i] = max(low[i], low[i - 1])
    for i in reversed(range(n - 1)):
        here, after = high[i], high[i + 1]
        if after is not None:
            high[i] = after if here is None else min(here, after)
    for i, (a, b) in enumerate(zip(low, high, strict=True), 1):
        if b is not None and a > b:
            raise ContradictorySummaryError(
                f"no {n} values agree: place {i} of the sorted list would be at least {float(a):g} "
                f"and at most {float(b):g}; check which values the interval fixes, and the units"
            )
    return OrderBounds(tuple(low), tuple(high))


def split_count(total: tuple[int, int], size: int, others: int) -> tuple[int, int]:
    """Bound how many of a count fall into one of two groups.

    Parameters
    ----------
    total : (int, int)
        Fewest and most in both groups.
    size, others : int
        Sizes of this group and of the other.

    Returns
    -------
    tuple of int
        The fewest and the most.
    """
    return max(0, total[0] - others), min(size, total[1])
