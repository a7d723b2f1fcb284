"""Which scores can lie behind the p-value of a Wilcoxon signed-rank test.

A paper that prints a median, a range and a p-value leaves only so many sets of scores. The test
compares each score with the grade that means *no change*; differences of zero are dropped (Wilcoxon's
rule), equal differences share their mean rank. Three variants are in use:

* ``normal``: normal approximation, variance corrected for ties (SPSS);
* ``continuity``: the same with a continuity correction of 1/2 (R with ties or more than 49 values);
* ``exact``: the permutation distribution given the ties (R without ties; SPSS "exact").

Scores are handled as whole numbers of a small unit, rank sums doubled, so ties are ties.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, lcm
from typing import TYPE_CHECKING

import numpy as np

from living_review.bounds.rounding import Interval, Number, exact, printed

if TYPE_CHECKING:
    from numpy.typing import NDArray

VARIANTS = ("normal", "continuity", "exact")
MOST_SETS = 4_000_000


@lru_cache(maxsize=200_000)
def _null_distribution(ties: tuple[int, ...]) -> tuple[int, ...]:
    """Count sign patterns up to each doubled rank sum; ties are sizes of groups from small to large."""
    size = sum(ties) * (sum(ties) + 1) + 1
    ways = np.zeros(size, dtype=np.int64)
    ways[0] = 1
    before = 0
    for t in ties:
        rank = 2 * before + t + 1  # doubled mean rank of the group
        for _ in range(t):
            shifted = np.zeros_like(ways)
            shifted[rank:] = ways[: size - rank]
            ways = ways + shifted
        before += t
    return tuple(int(x) for x in ways.cumsum())


def p_value(ties: Sequence[int], doubled: int, variant: str) -> float:
    """Return the two-sided p-value.

    Parameters
    ----------
    ties : sequence of int
        How many differences share each absolute value, from the smallest on (all 1: no ties).
    doubled : int
        Twice the sum of the ranks of one sign.
    variant : str
        One of :data:`VARIANTS`.

    Returns
    -------
    float
        Between 0 and 1.
    """
    from scipy.special import ndtr

    n = sum(ties)
    if n == 0:
        return 1.0
    total = n * (n + 1)
    small = min(doubled, total - doubled)
    if variant == "exact":
        return min(1.0, 2 * _null_distribution(tuple(ties))[small] / 2**n)
    if variant not in VARIANTS:
        raise ValueError(f"unknown variant {variant!r}; expected one of {', '.join(VARIANTS)}")
    variance = n * (n + 1) * (2 * n + 1) / 24 - sum(t**3 - t for t in ties) / 48
    gap = (total / 2 - small) / 2
    if variant == "continuity":
        gap = max(0.0, gap - 0.5)
    return float(2 * ndtr(-gap / variance**0.5))


def one_sided_sizes(p: Number | Interval, variant: str, most: int) -> list[tuple[int, tuple[int, ...]]]:
    """Find patients and ties that give a p-value if nobody changed in the other direction.

    Then the rank sum of the other side is 0, and only the number of patients who changed and the
    sizes of the groups of equal changes matter, whatever the scale and however a change was formed.
    Patients without a change are dropped by the test and do not count here.

    Parameters
    ----------
    p : printed number
        Two-sided p-value.
    variant : str
        One of :data:`VARIANTS`.
    most : int
        Largest number of patients who changed.

    Returns
    -------
    list of (n, ties)
        ``ties`` are the sizes of the groups of equal scores larger than 1, descending.
    """
    interval = printed(p, within=(0, 1))
    found = []
    for n in range(1, most + 1):
        for groups in _partitions(n, n):
            value = p_value(groups, 0, variant)
            if _rounds_to(value, interval):
                found.append((n, tuple(g for g in groups if g > 1)))
    return found


def no_change_grades(
    ranges: Iterable[tuple[Number, Number]], partly: Iterable[tuple[Number, Number]] = ()
) -> dict[str, tuple[Fraction | None, Fraction | None]]:
    """Find where the grade of *no change* can lie if nobody got worse on one scale of change.

    Parameters
    ----------
    ranges : iterable of (lowest, highest)
        Every printed range of grades on that scale.
    partly : iterable of (lowest, highest)
        Of these, the ranges in which some but not all improved: the others have the grade of *no
        change*, so it lies within.

    Returns
    -------
    dict
        For ``"higher"`` and ``"lower"`` (which grade is the better one) the lowest and the highest
        grade that can mean *no change*, ``None`` where there is no limit; a direction that nothing
        fits is left out.

    Examples
    --------
    Ranges 1 to 5 and 3 to 5: where only some improved in the second, no change is 5 and lower better.

    >>> no_change_grades([(1, 5), (3, 5)])
    {'higher': (None, Fraction(1, 1)), 'lower': (Fraction(5, 1), None)}
    >>> no_change_grades([(1, 5), (3, 5)], partly=[(3, 5)])
    {'lower': (Fraction(5, 1), Fraction(5, 1))}
    """
    ends = [(exact(low), exact(high)) for low, high in ranges]
    inside = [(exact(low), exact(high)) for low, high in partly]
    least, most = min(low for low, _ in ends), max(high for _, high in ends)
    found = {}
    for better, low, high in (("higher", None, least), ("lower", most, None)):
        lows = [x for x in (low, *(a for a, _ in inside)) if x is not None]
        highs = [x for x in (high, *(b for _, b in inside)) if x is not None]
        if not (lows and highs and max(lows) > min(highs)):
            found[better] = (max(lows, default=None), min(highs, default=None))
    return found


def _partitions(n: int, most: int) -> Iterator[tuple[int, ...]]:
    if n == 0:
        yield ()
        return
    for first in range(min(n, most), 0, -1):
        for rest in _partitions(n - first, first):
            yield (first, *rest)


def _rounds_to(value: float, interval: Interval) -> bool:
    return float(interval.low) - 1e-12 <= value <= float(interval.high) + 1e-12


@dataclass(frozen=True)
class ScoreSet:
    """A set of scores that agrees: sorted scores, and how many differ from *no change*."""

    scores: tuple[Fraction, ...]
    tested: int
    variant: str
    p: float


def _counts(values: int, n: int) -> NDArray:
    """Return all ways to spread n over some values, each used any number of times."""
    table: dict[int, NDArray] = {k: np.array([[k]], dtype=np.int8) for k in range(n + 1)}
    for _ in range(values - 1):
        table = {
            k: np.concatenate(
                [
                    np.column_stack([np.full(len(table[k - x]), x, dtype=np.int8), table[k - x]])
                    for x in range(k + 1)
                ]
            )
            for k in range(n + 1)
        }
    return table[n]


def score_sets(
    n: int,
    p: Number | Interval,
    *,
    scale: Sequence[Number],
    no_change: Number,
    median: Number | Interval | None,
    minimum: Number,
    maximum: Number,
    variants: Sequence[str] = VARIANTS,
) -> list[ScoreSet]:
    """Find all sets of n scores that give the printed median, range and p-value.

    Parameters
    ----------
    n : int
        Patients.
    p : printed number
        Two-sided p-value.
    scale : sequence of numbers
        Scores that the scale allows.
    no_change : number
        The grade against which the test was made.
    median : printed number or Interval
        Median; the mean of the two middle scores if n is even. ``None``: unknown.
    minimum, maximum : number
        Range; both were given to somebody.
    variants : sequence of str
        Variants of the test to try.

    Returns
    -------
    list of ScoreSet

    Raises
    ------
    ValueError
        If there are too many sets to list.
    """
    low, high = exact(minimum), exact(maximum)
    allowed = sorted({exact(x) for x in scale} | {low, high})
    allowed = [x for x in allowed if low <= x <= high]
    if n < 2:
        return []
    from math import comb

    size = comb(n - 2 + len(allowed) - 1, n - 2)
    if size > MOST_SETS:
        raise ValueError(f"{size:,} sets of {n} scores on {len(allowed)} grades: too many to list")
    counts = _counts(len(allowed), n - 2)
    counts[:, 0] += 1
    counts[:, -1] += 1
    null = exact(no_change)
    unit = lcm(*(x.denominator for x in [*allowed, null]))
    grades = np.array([int(x * unit) for x in allowed])
    if median is not None:
        middle = printed(median) if not isinstance(median, Interval) else median
        reached = counts.cumsum(axis=1)
        left = grades[(reached >= (n + 1) // 2).argmax(axis=1)]
        right = grades[(reached >= n // 2 + 1).argmax(axis=1)]
        twice = 2 * unit
        # Whole numbers on both sides: an array compared with a fraction is a loop in Python.
        lowest, highest = ceil(middle.low * twice), floor(middle.high * twice)
        counts = counts[(left + right >= lowest) & (left + right <= highest)]
    return list(
        _agreeing(counts, allowed, grades - int(null * unit), printed(p, within=(0, 1)), variants)
    )


def _agreeing(
    counts: NDArray, allowed: list[Fraction], differences: NDArray, p: Interval, variants: Sequence[str]
) -> Iterator[ScoreSet]:
    sizes = sorted({abs(int(d)) for d in differences if d})
    above = np.stack([counts[:, differences == s].sum(axis=1) for s in sizes], axis=1).astype(np.int64)
    below = np.stack([counts[:, differences == -s].sum(axis=1) for s in sizes], axis=1).astype(np.int64)
    groups = above + below
    before = groups.cumsum(axis=1) - groups
    doubled = (below * (2 * before + groups + 1)).sum(axis=1)
    n = groups.sum(axis=1)
    ties = (groups**3 - groups).sum(axis=1)
    total = n * (n + 1)
    small = np.minimum(doubled, total - doubled)
    for variant in variants:
        if variant == "exact":
            values = np.array(
                [
                    p_value(tuple(g[g > 0].tolist()), int(w), "exact")
                    for g, w in zip(groups, small, strict=True)
                ]
            )
        else:
            from scipy.special import ndtr

            variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48
            gap = (total / 2 - small) / 2 - (0.5 if variant == "continuity" else 0)
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.where(
                    n > 0, 2 * ndtr(-np.maximum(gap, 0) / np.sqrt(np.maximum(variance, 1e-300))), 1.0
                )
        fits = (values >= float(p.low) - 1e-12) & (values <= float(p.high) + 1e-12)
        for i in np.flatnonzero(fits):
            scores = tuple(x for x, c in zip(allowed, counts[i], strict=True) for _ in range(c))
            yield ScoreSet(scores, int(n[i]), variant, float(values[i]))


def forced_scores(sets: Sequence[ScoreSet]) -> dict[Fraction, tuple[int, int]]:
    """Return for each score how often it occurs at least and at most over all sets that agree."""
    scores = {x for s in sets for x in s.scores}
    return {
        x: (min(s.scores.count(x) for s in sets), max(s.scores.count(x) for s in sets))
        for x in sorted(scores)
    }
