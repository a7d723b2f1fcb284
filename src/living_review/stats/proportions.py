"""Exact intervals for proportions, and how they are written."""

from __future__ import annotations

from typing import NamedTuple


class Proportion(NamedTuple):
    """A proportion with its interval: ``estimate``, ``lower`` and ``upper`` lie in [0, 1]."""

    events: int
    n: int
    estimate: float
    lower: float
    upper: float
    level: float
    method: str

    def __str__(self) -> str:
        return format_proportion(self)


def clopper_pearson(events: int, n: int, level: float = 0.95) -> Proportion:
    """Return a proportion with its Clopper-Pearson interval.

    Parameters
    ----------
    events, n : int
        How many of how many, ``0 <= events <= n`` and ``n >= 1``.
    level : float
        Confidence level in (0, 1).

    Returns
    -------
    Proportion

    Raises
    ------
    ValueError
        If the counts are impossible.

    Notes
    -----
    Clopper and Pearson, Biometrika 1934;26:404-413. The limits are quantiles of beta distributions;
    coverage is at least ``level`` for every true proportion. At 0 of n the interval is one-sided in
    effect, but each tail keeps ``(1 - level) / 2``, as in R's ``binom.test``.

    Examples
    --------
    >>> print(clopper_pearson(5, 7))
    5 of 7 (71%, 95% CI 29% to 96%)
    """
    from scipy.special import betaincinv

    events, n = _check(events, n, level)
    tail = (1 - level) / 2
    lower = 0.0 if events == 0 else float(betaincinv(events, n - events + 1, tail))
    upper = 1.0 if events == n else float(betaincinv(events + 1, n - events, 1 - tail))
    return Proportion(events, n, events / n, lower, upper, level, "Clopper-Pearson")


def wilson(events: int, n: int, level: float = 0.95) -> Proportion:
    """Return a proportion with its Wilson score interval (J Am Stat Assoc 1927;22:209-212).

    Offered as an alternative to :func:`clopper_pearson` for readers who ask what the choice changes;
    same parameters, errors and return value.

    Parameters
    ----------
    events : int
        Successes.
    n : int
        Trials; at least 1.
    level : float, optional
        Confidence level.

    Returns
    -------
    Proportion
        The share, with its limits.
    """
    from scipy.special import ndtri

    events, n = _check(events, n, level)
    z = float(ndtri(1 - (1 - level) / 2))
    p = events / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    lower = 0.0 if events == 0 else middle - half
    upper = 1.0 if events == n else middle + half
    return Proportion(events, n, p, lower, upper, level, "Wilson")


def _check(events: int, n: int, level: float) -> tuple[int, int]:
    if int(events) != events or int(n) != n:
        raise ValueError(f"{events} of {n}: expected whole numbers")
    if n < 1 or not 0 <= events <= n:
        raise ValueError(f"{events} of {n}: events must lie between 0 and n, and n be at least 1")
    if not 0 < level < 1:
        raise ValueError(f"level {level}: must lie between 0 and 1")
    return int(events), int(n)


def format_percent(share: float, digits: int = 0) -> str:
    """Write a share as a percentage, half rounded up as readers expect (0.125 -> 13%).

    Parameters
    ----------
    share : float
        Between 0 and 1.
    digits : int, optional
        Decimals.

    Returns
    -------
    str
        With a percent sign.

    Examples
    --------
    >>> format_percent(0.125), format_percent(30 / 84, 1)
    ('13%', '35.7%')
    """
    from decimal import ROUND_HALF_UP, Decimal

    step = Decimal(1).scaleb(-digits)
    # repr gives the shortest decimal of the float: 0.285 * 100 must not become 28.499999...
    return f"{(Decimal(repr(float(share))) * 100).quantize(step, ROUND_HALF_UP)}%"


def format_proportion(p: Proportion) -> str:
    """Write a proportion so that count, denominator and interval are never apart."""
    estimate = format_percent(p.estimate)
    if (estimate == "0%" and p.events) or (estimate == "100%" and p.events < p.n):
        ends = (_none, _all)
        digits = next(
            d for d in range(1, 20) if format_percent(p.estimate, d) not in [end(d) for end in ends]
        )
        estimate = format_percent(p.estimate, digits)
    return f"{p.events} of {p.n} ({estimate}, {format_interval(p)})"


def format_interval(p: Proportion) -> str:
    """Write the limits of a proportion with their level: ``95% CI 29% to 96%``."""
    return f"{100 * p.level:.10g}% CI {format_percent(p.lower)} to {format_percent(p.upper)}"


def _none(digits: int) -> str:
    return format_percent(0, digits)


def _all(digits: int) -> str:
    return format_percent(1, digits)
