"""Search for what explains a printed number; use it on your own paper.

Every function takes numbers as they are printed (text keeps the digits that matter), computes with
exact fractions and returns plain lists, the simplest explanation first. Nothing here needs the data
of the review, except :func:`conventions`.

References
----------
Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci 2017;8:363-369.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from living_review.audit import rounding
from living_review.bounds.rounding import exact as read_number

USUAL = ("half up", "half even", "truncation")
Number = int | float | str | Decimal | Fraction


def exact(x: Number) -> Fraction:
    """Return a number as an exact fraction, as :func:`living_review.bounds.rounding.exact` reads it.

    A float is read by its shortest decimal form; ``1,234`` has a thousands separator, ``1,5`` a decimal
    comma.
    """
    return read_number(x)


def decimals_of(printed: str) -> int:
    """Return the number of digits after the point of a printed number."""
    return len(printed.partition(".")[2])


def fits(x: Fraction, printed: str, conventions: Sequence[str]) -> bool:
    """Whether an exact value is printed so by one of the conventions.

    Parameters
    ----------
    x : Fraction
        The computed value, exact.
    printed : str
        The printed value, with its digits.
    conventions : sequence of str
        Names of conventions (:mod:`living_review.audit.rounding`).

    Returns
    -------
    bool
        True if one gives it.
    """
    target, places = exact(printed), decimals_of(printed)
    return any(Fraction(rounding.rounded(x, places, c)) == target for c in conventions)


def spans(printed: str, conventions: Sequence[str]) -> list[tuple[Fraction, Fraction]]:
    """Return the least and the greatest exact value behind a printed one, for each convention.

    The ends themselves may or may not belong to it (a tie, the next number after cutting).

    Parameters
    ----------
    printed : str
        The printed value, with its digits.
    conventions : sequence of str
        Names of conventions (:mod:`living_review.audit.rounding`).

    Returns
    -------
    list of tuple of Fraction
        A pair for each convention.
    """
    target, unit = exact(printed), Fraction(1, 10 ** decimals_of(printed))
    away = unit if target >= 0 else -unit
    ends = {
        "half up": (target - unit / 2, target + unit / 2),
        "half even": (target - unit / 2, target + unit / 2),
        "truncation": (target, target + away) if target else (-unit, unit),
        "round up": (target - away, target) if target else (target, target),
    }
    return [(min(ends[c]), max(ends[c])) for c in conventions]


def _whole(ends: Sequence[tuple[Fraction, Fraction]], fits: Callable[[int], bool]) -> list[int]:
    """List the whole numbers between pairs of ends, in order; an end is kept if ``fits`` says so."""
    found: set[int] = set()
    for low, high in ends:
        if low > high:
            continue
        first, last = ceil(low), floor(high)
        found.update(range(first + (first == low), last + (last != high)))
        found.update(k for k in (first, last) if k in (low, high) and fits(k))
    return sorted(found)


def counts_giving(printed: str, n: int, conventions: Sequence[str] = USUAL) -> list[int]:
    """Find the counts of ``n`` that are printed as this percentage.

    Parameters
    ----------
    printed : str
        The percentage as printed, without the sign: ``"36.9"``.
    n : int
        The denominator.
    conventions : sequence of str
        Names in :data:`living_review.audit.rounding.CONVENTIONS`; default all but *round up*.

    Returns
    -------
    list of int
        Counts from 0 to n, ascending; empty if the percentage is impossible with this denominator.

    Examples
    --------
    >>> counts_giving("36.9", 84)
    [31]
    >>> counts_giving("50", 7)
    []
    """
    ends = [(low * n / 100, high * n / 100) for low, high in spans(printed, conventions)]
    found = _whole(ends, lambda k: fits(Fraction(100 * k, n), printed, conventions)) if n > 0 else []
    return [k for k in found if 0 <= k <= n]


def denominators_giving(
    printed: str, count: int, largest: int, conventions: Sequence[str] = USUAL
) -> list[int]:
    """Find of how many a count is printed as this percentage.

    Parameters
    ----------
    printed : str
        The percentage as printed, without the sign.
    count : int
        The numerator, not negative.
    largest : int
        The greatest denominator to return.
    conventions : sequence of str
        Rounding conventions to allow.

    Returns
    -------
    list of int
        Denominators from ``count`` (at least 1) to ``largest``, ascending.

    Examples
    --------
    >>> denominators_giving("66.7", 40, 84)
    [60]
    """
    smallest = max(count, 1)
    if count == 0:
        return list(range(1, largest + 1)) if fits(Fraction(0), printed, conventions) else []
    # 100 count / n falls as n grows: the greatest value gives the smallest n.
    ends = [
        (
            max(Fraction(100 * count) / high, Fraction(smallest)),
            min(Fraction(100 * count) / low, Fraction(largest)) if low > 0 else Fraction(largest),
        )
        for low, high in spans(printed, conventions)
        if high > 0
    ]
    return _whole(ends, lambda n: fits(Fraction(100 * count, n), printed, conventions))


def common_denominators(
    printed: Sequence[str], largest: int, conventions: Sequence[str] = USUAL
) -> list[int]:
    """Find the sample sizes that allow all of these percentages at once, smallest first.

    Parameters
    ----------
    printed : sequence of str
        Percentages of one group, as printed.
    largest : int
        The largest size to try.
    conventions : sequence of str, optional
        Names of conventions that may have been used.

    Returns
    -------
    list of int
        Sample sizes up to ``largest``, ascending.

    Examples
    --------
    A review quotes 63.6% and 94.5% of one group and not its size: at least 55 (35 and 52 of them).

    >>> common_denominators(["63.6", "94.5"], 120)
    [55, 110]
    """
    return [n for n in range(1, largest + 1) if all(counts_giving(p, n, conventions) for p in printed)]


def grim(mean: str, n: int, items: int = 1, conventions: Sequence[str] = USUAL) -> list[str]:
    """Find the totals of whole numbers that give a printed mean (the GRIM test).

    Parameters
    ----------
    mean : str
        The mean as printed.
    n : int
        Number of persons.
    items : int
        Number of whole-number items that each person's value is the mean of.
    conventions : sequence of str
        Rounding conventions to allow.

    Returns
    -------
    list of str
        The possible means, written as fractions; empty if the mean is impossible.

    Examples
    --------
    The example of Brown and Heathers: a mean of 5.19 from 28 whole numbers cannot be.

    >>> grim("5.19", 28), grim("5.18", 28)
    ([], ['145/28'])
    """
    if not isinstance(mean, str):
        raise TypeError(
            f"the mean is {mean!r}; give it as printed, '5.19', so that its digits are known"
        )
    cases = n * items
    middle = exact(mean) * cases
    reach = Fraction(cases, 10 ** decimals_of(mean)) + 1
    totals = range(int(middle - reach) - 1, int(middle + reach) + 2)
    return [f"{t}/{cases}" for t in totals if fits(Fraction(t, cases), mean, conventions)]


def unrounded(
    inputs: Sequence[str], formula: Callable[..., Fraction], printed: str
) -> tuple[Fraction, Fraction, bool]:
    """Find what a formula can give before its inputs were rounded, and whether the print fits.

    Parameters
    ----------
    inputs : sequence of str
        The inputs as printed, at most ten; each may be half a unit in its last place off.
    formula : callable
        Takes the inputs as fractions; monotone in each of them.
    printed : str
        The result as printed.

    Returns
    -------
    low, high, fits
        Least and greatest value of the formula; whether some value between is printed so.

    Examples
    --------
    From 4 to 3 is a fall of 25%; 27% is possible if both were rounded, 50% is not.

    >>> fall = lambda before, after: (before - after) / before * 100
    >>> unrounded(["4", "3"], fall, "27")[2], unrounded(["4", "3"], fall, "50")[2]
    (True, False)
    """
    if len(inputs) > 10:
        raise ValueError(f"{len(inputs)} inputs: the search takes at most 10")
    ends = [
        (
            exact(x) - Fraction(1, 2 * 10 ** decimals_of(x)),
            exact(x) + Fraction(1, 2 * 10 ** decimals_of(x)),
        )
        for x in inputs
    ]
    values = [formula(*corner) for corner in itertools.product(*ends)]
    low, high = min(values), max(values)
    return low, high, rounding.possible(low, high, exact(printed), decimals_of(printed))


@dataclass(frozen=True)
class Subset:
    """A choice of values that gives the printed statistic.

    Attributes
    ----------
    left_out : tuple of int
        Positions of the values left out.
    kept : tuple of Fraction
        The values that remain, in their order.
    value : Fraction
        The statistic of those, exactly.
    """

    left_out: tuple[int, ...]
    kept: tuple[Fraction, ...]
    value: Fraction


def statistic_of(values: Sequence[Fraction], statistic: str) -> Fraction:
    """Return the exact median or mean of values.

    Parameters
    ----------
    values : sequence of Fraction
        At least one, in one unit.
    statistic : str
        ``median`` or ``mean``.

    Returns
    -------
    Fraction
        In the unit of the values.
    """
    if statistic == "mean":
        return sum(values, Fraction(0)) / len(values)
    if statistic != "median":
        raise ValueError(f"statistic {statistic!r}: median or mean")
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def subsets_giving(
    values: Sequence[Number],
    printed: str,
    statistic: str = "median",
    most_left_out: int = 5,
    conventions: Sequence[str] = USUAL,
) -> list[Subset]:
    """Find the values that must be left out to get a printed median or mean.

    Parameters
    ----------
    values : sequence of number
        All values, as printed; at most 24.
    printed : str
        The statistic as printed.
    statistic : {'median', 'mean'}
        What was printed.
    most_left_out : int
        Give up beyond this many.
    conventions : sequence of str
        Rounding conventions to allow.

    Returns
    -------
    list of Subset
        All subsets with the smallest number left out; those that leave out the smallest values
        first. Empty if none does, or if the full list does not need an explanation beyond itself.

    Raises
    ------
    ValueError
        If there are more than 24 values: the search would not end.

    Notes
    -----
    A match is a candidate, not a proof: with many values some subset fits almost any number. Read
    how many subsets fit, and whether the one found has a meaning (two early drop-outs).

    Examples
    --------
    >>> days = [94, 1366, 637, 7, 56, 217, 158, 16, 311, 98]
    >>> [[days[i] for i in s.left_out] for s in subsets_giving(days, "187.5")][0]
    [7, 16]
    """
    if len(values) > 24:
        raise ValueError(f"{len(values)} values: the search takes at most 24")
    numbers = [exact(v) for v in values]
    for out in range(min(most_left_out, len(numbers) - 1) + 1):
        found = []
        for left in itertools.combinations(range(len(numbers)), out):
            kept = tuple(x for i, x in enumerate(numbers) if i not in left)
            x = statistic_of(kept, statistic)
            if fits(x, printed, conventions):
                found.append(Subset(left, kept, x))
        if found:
            return sorted(found, key=lambda s: sorted(numbers[i] for i in s.left_out))
    return []
