"""Two arms of a randomised trial as one contrast: the difference of two proportions."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from living_review.stats.proportions import Proportion, format_percent, wilson


class Difference(NamedTuple):
    """A difference of two proportions with its interval; all three numbers lie in [-1, 1]."""

    first: Proportion
    second: Proportion
    estimate: float
    lower: float
    upper: float
    level: float
    method: str

    def __str__(self) -> str:
        return format_difference(self)


def newcombe(
    events: int, n: int, events_control: int, n_control: int, level: float = 0.95
) -> Difference:
    """Return the difference of two independent proportions with Newcombe's hybrid score interval.

    Parameters
    ----------
    events, n : int
        How many of how many in the first arm; a positive difference means more events there.
    events_control, n_control : int
        The same in the second arm.
    level : float
        Confidence level in (0, 1).

    Returns
    -------
    Difference

    Raises
    ------
    ValueError
        If a count is impossible.

    Notes
    -----
    Method 10 of Newcombe, Stat Med 1998;17:873-890: the Wilson score limits of the two proportions
    are combined, without a correction for continuity. It keeps within [-1, 1] and has limits where
    an arm has no event or only events, where Wald's interval has width zero.

    Examples
    --------
    >>> print(newcombe(56, 70, 48, 80))
    56 of 70 (80%) against 48 of 80 (60%): difference 20 percentage points (95% CI 5 to 33)
    """
    first, second = wilson(events, n, level), wilson(events_control, n_control, level)
    difference = first.estimate - second.estimate
    below = sqrt((first.estimate - first.lower) ** 2 + (second.upper - second.estimate) ** 2)
    above = sqrt((first.upper - first.estimate) ** 2 + (second.estimate - second.lower) ** 2)
    return Difference(
        first, second, difference, difference - below, difference + above, level, "Newcombe"
    )


def format_difference(d: Difference) -> str:
    """Write a contrast so that both counts, the difference and its interval are never apart.

    Parameters
    ----------
    d : Difference

    Returns
    -------
    str
        The difference and its limits in percentage points; a minus sign where it is negative.
    """
    arms = " against ".join(
        f"{p.events} of {p.n} ({format_percent(p.estimate)})" for p in (d.first, d.second)
    )
    estimate, lower, upper = (_points(x) for x in (d.estimate, d.lower, d.upper))
    level = format_percent(d.level)
    return f"{arms}: difference {estimate} percentage points ({level} CI {lower} to {upper})"


def _points(share: float) -> str:
    return format_percent(share).removesuffix("%").replace("-", "\N{MINUS SIGN}")
