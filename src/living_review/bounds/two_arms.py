"""What two summaries force about a comparison: difference of survival, and the hazard ratio.

The arms are independent: a difference lies between the extremes of its parts, and these are attained.

The hazard ratio is Peto's, from the log-rank test: exp((O - E) / V), with E and V sums over the deaths
of both arms of p and p (1 - p), where p is the first arm's share of those at risk (Yusuf, Peto and
others, Prog Cardiovasc Dis 1985;27:335-371). The k-th death of an arm lies where its bounds allow k
deaths, and p lies between what the numbers at risk allow there. That bounds E and V, never too
narrowly, and with them the ratio. A printed log-rank p gives (O - E) squared over V; a printed interval
of the ratio gives V. Both are used as they are for Peto's ratio; that of a Cox model is near it, not
equal. No two deaths share a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import exp, inf, log, sqrt

from living_review.bounds.forced import SurvivalBounds
from living_review.bounds.rounding import Interval, Number, printed
from living_review.bounds.summary import ContradictorySummaryError

Z95 = 1.959964


def difference(
    first: SurvivalBounds, second: SurvivalBounds, time: Number
) -> tuple[Fraction, Fraction] | None:
    """Return the least and greatest difference of survival at a time, first less second arm.

    ``None`` where one of the curves has ended in every data set that agrees.

    Parameters
    ----------
    first, second : SurvivalBounds
        Bounds of each arm.
    time : Number
        In the unit of the summaries.

    Returns
    -------
    tuple of Fraction or None
        Shares, between -1 and 1.
    """
    a, b = first.at(time), second.at(time)
    if a.lower is None or a.upper is None or b.lower is None or b.upper is None:
        return None
    return a.lower - b.upper, a.upper - b.lower


@dataclass(frozen=True)
class HazardRatio:
    """Bounds on Peto's hazard ratio, first to second arm.

    Attributes
    ----------
    lower, upper : float
        0 and infinity where nothing limits it.
    favours : tuple of str
        ``first`` (a ratio below 1 is possible) and ``second`` (above 1).
    deaths : (int, int)
        Fewest and most deaths in both arms that agree.
    """

    lower: float
    upper: float
    favours: tuple[str, ...]
    deaths: tuple[int, int]


def hazard_ratio(
    first: SurvivalBounds,
    second: SurvivalBounds,
    *,
    p: Number | Interval | None = None,
    ratio: Number | Interval | None = None,
    interval: tuple[Number | Interval, Number | Interval] | None = None,
) -> HazardRatio:
    """Bound the hazard ratio of two arms.

    Parameters
    ----------
    first, second : SurvivalBounds
        What the summary of each arm forces.
    p : printed number, optional
        Two-sided log-rank p-value.
    ratio : printed number, optional
        Hazard ratio, first to second.
    interval : pair of printed numbers, optional
        Its 95% confidence interval.

    Returns
    -------
    HazardRatio
        First against second arm.

    Raises
    ------
    ContradictorySummaryError
        If no numbers of deaths agree with the p-value, the ratio and its interval.
    """
    stretches = _stretches(first, second)
    parts = [_bounds_at_deaths(i, arm.deaths[1], stretches) for i, arm in enumerate((first, second))]
    chi = (0.0, inf) if p is None else _statistic(p)
    v_printed = (0.0, inf) if interval is None else _information(interval)
    goal = (-inf, inf)
    if ratio is not None:
        window = printed(ratio)
        goal = (log(window.low) if window.low > 0 else -inf, log(window.high))
    found: list[tuple[float, float]] = []
    deaths = []
    for d1 in range(first.deaths[0], first.deaths[1] + 1):
        for d2 in range(second.deaths[0], second.deaths[1] + 1):
            spans = [parts[0][k] for k in range(d1)] + [parts[1][k] for k in range(d2)]
            e = (sum(x[0] for x in spans), sum(x[1] for x in spans))
            v = (
                max(sum(x[2] for x in spans), v_printed[0]),
                min(sum(x[3] for x in spans), v_printed[1]),
            )
            if v[0] > v[1]:
                continue
            pieces = _logs((d1 - e[1], d1 - e[0]), v, chi, goal)
            if pieces:
                found += pieces
                deaths.append(d1 + d2)
    if not found:
        raise ContradictorySummaryError(
            "no deaths that the two summaries allow give the printed p-value, hazard ratio and interval"
        )
    low, high = min(x[0] for x in found), max(x[1] for x in found)
    favours = tuple(w for w, yes in (("first", low < 0), ("second", high > 0)) if yes)
    return HazardRatio(_exp(low), _exp(high), favours, (min(deaths), max(deaths)))


def _exp(x: float) -> float:
    return inf if x > 700 else exp(x)


def _statistic(p: Number | Interval) -> tuple[float, float]:
    from scipy.special import chdtri

    window = printed(p, within=(0, 1))
    low = float(window.low)
    return float(chdtri(1, float(window.high))), inf if low <= 0 else float(chdtri(1, low))


def _information(interval: tuple[Number | Interval, Number | Interval]) -> tuple[float, float]:
    lower, upper = (printed(x) for x in interval)
    if lower.low > upper.high:
        raise ValueError(f"limits {lower.text} and {upper.text} in the wrong order")
    widest = inf if lower.low <= 0 else log(upper.high / lower.low)
    narrowest = log(upper.low / lower.high) if upper.low > lower.high else 0.0
    low = 0.0 if widest == inf else (2 * Z95 / widest) ** 2
    return low, inf if narrowest == 0 else (2 * Z95 / narrowest) ** 2


@dataclass(frozen=True)
class _Stretch:
    deaths: tuple[tuple[int, int], tuple[int, int]]
    before: tuple[tuple[int, int], tuple[int, int]]
    share: tuple[float, float]


def _stretches(first: SurvivalBounds, second: SurvivalBounds) -> list[_Stretch]:
    """Return, between breakpoints and at them, deaths of both arms and the first's share at risk."""
    marks = sorted({Fraction(0), *first.breakpoints, *second.breakpoints})
    times = [t for a, b in pairwise(marks) for t in (a, (a + b) / 2)] + [marks[-1], marks[-1] + 1]
    out: list[_Stretch] = []
    # A curve that has ended has nobody at risk, and no value that `at` would return.
    ended = [
        min((p.start[0] for p in x.pieces if p.at_risk[0] == 0), default=marks[-1] + 1)
        for x in (first, second)
    ]
    before = ((0, 0), (0, 0))
    at_risk = [(x.problem.n, x.problem.n) for x in (first, second)]
    for t in times:
        here = [x.at(t) for x in (first, second)]
        deaths = (here[0].deaths or first.deaths, here[1].deaths or second.deaths)
        # Just before a death at least that one is at risk, at most those of the stretch before.
        now = [
            (0, 0) if x.at_risk is None else (0 if t >= end else x.at_risk[0], x.at_risk[1])
            for x, end in zip(here, ended, strict=True)
        ]
        most = [max(a[1], b[1]) for a, b in zip(at_risk, now, strict=True)]
        least = [min(a[0], b[0]) for a, b in zip(at_risk, now, strict=True)]
        low = least[0] / max(1, least[0] + most[1])
        high = most[0] / max(1, most[0] + least[1])
        out.append(_Stretch(deaths, before, (low, high)))
        before, at_risk = deaths, now
    return out


def _bounds_at_deaths(
    which: int, most: int, stretches: list[_Stretch]
) -> list[tuple[float, float, float, float]]:
    """Return least and greatest p, and least and greatest p (1 - p), at each death of an arm."""
    out = []
    for k in range(1, most + 1):
        # The k-th death is where k deaths are possible, and k were not yet certain before.
        places = [s.share for s in stretches if s.deaths[which][1] >= k > s.before[which][0]]
        if not places:
            places = [stretches[-1].share]
        low, high = min(x[0] for x in places), max(x[1] for x in places)
        ends = (low * (1 - low), high * (1 - high))
        out.append((low, high, min(ends), 0.25 if low <= 0.5 <= high else max(ends)))
    return out


def _logs(
    difference: tuple[float, float],
    v: tuple[float, float],
    chi: tuple[float, float],
    goal: tuple[float, float],
) -> list[tuple[float, float]]:
    """Return what (O - E) / V can be, as at most two intervals, below and above 0.

    Given ``O - E``, V, the statistic (O - E) squared over V, and the printed logarithm.
    """
    out = []
    for sign in (-1, 1):
        a, b = sorted((sign * difference[0], sign * difference[1]))
        a = max(a, 0.0, sqrt(chi[0] * v[0]))
        b = min(b, inf if chi[1] == inf else sqrt(chi[1] * v[1]))
        if a > b:
            continue
        low = max(a / v[1] if v[1] > 0 else 0.0, sqrt(chi[0] / v[1]) if v[1] > 0 else 0.0)
        high = b / v[0] if v[0] > 0 else (inf if b > 0 else 0.0)
        if chi[1] < inf and v[0] > 0:
            high = min(high, sqrt(chi[1] / v[0]))
        ends = sorted((sign * low, sign * high))
        ends = [max(ends[0], goal[0]), min(ends[1], goal[1])]
        if ends[0] <= ends[1]:
            out.append((ends[0], ends[1]))
    return out
