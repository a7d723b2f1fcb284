"""Times rebuilt from a digitised curve and its numbers at risk, with bounds as their check.

The rebuilding follows the idea of Guyot, Ades, Ouwens and Welton (BMC Med Res Methodol 2012;12:9): in
each stretch between two printed numbers at risk, those who leave without dying are spread evenly (or
early, or late, whichever meets the points best), and at each step of the curve as many die as its
height asks for; how many are censored is moved until the next number at risk is met. The result is one
data set among many. :func:`rebuild` therefore also computes what the same points force, says whether
the rebuilt data lie inside, and gives the spread: how far the restricted mean of other data that agree
can be from theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from living_review.bounds.forced import SurvivalBounds
from living_review.bounds.means import restricted_mean
from living_review.bounds.rounding import Number, exact
from living_review.bounds.summary import Printed
from living_review.bounds.survival import survival

# Times of one stretch, how far it misses the points, S at its end and who is left.
Stretch = tuple[list[tuple[Fraction, int]], Fraction, Fraction, int]


@dataclass(frozen=True)
class Rebuilt:
    """Rebuilt times and their check.

    Attributes
    ----------
    data : tuple of (time, event)
        One data set, ascending; event 1 is a death.
    bounds : SurvivalBounds
        What the points and the numbers at risk force.
    outside : tuple of Fraction
        Times at which the rebuilt curve lies outside the bounds: the points do not give such data.
    mean : Fraction
        Restricted mean survival of the rebuilt data up to the last point.
    spread : (Fraction, Fraction)
        Least and greatest that data which agree can have.
    """

    data: tuple[tuple[Fraction, int], ...]
    bounds: SurvivalBounds
    outside: tuple[Fraction, ...]
    mean: Fraction
    spread: tuple[Fraction, Fraction]


def rebuild(
    points: Sequence[tuple[Number, Number]],
    at_risk: Mapping[Number, int],
    *,
    deaths: int | None = None,
    error: Number = "0.01",
    landmarks: int = 6,
) -> Rebuilt:
    """Rebuild times from a digitised curve.

    Parameters
    ----------
    points : sequence of (time, survival)
        Read off the curve, ascending in time; survival from 0 to 1.
    at_risk : mapping of time to number
        As printed under the axis, from time 0.
    deaths : int, optional
        Total number of deaths, if printed: a check, not an input of the rebuilding.
    error : number
        How far a point can be off in survival.
    landmarks : int
        At how many of the points the bounds are asked for.

    Returns
    -------
    Rebuilt
        Times with the curve's error.

    Raises
    ------
    ValueError
        If points or numbers are out of order.
    ContradictorySummaryError
        If no data at all give the points within the error.
    """
    curve = [(exact(t), exact(s)) for t, s in points]
    risk = sorted((exact(t), int(k)) for t, k in at_risk.items())
    if not risk or risk[0][0] != 0:
        raise ValueError("at_risk must begin at time 0 with the number of patients")
    if any(b[0] <= a[0] or b[1] > a[1] for a, b in pairwise(curve)):
        raise ValueError("points must ascend in time and not rise in survival")
    if any(b[1] > a[1] for a, b in pairwise(risk)):
        raise ValueError("numbers at risk cannot rise")
    data = _times(curve, risk)
    width = exact(error)
    step = max(1, len(curve) // landmarks)
    marks = curve[step - 1 :: step]
    chosen: dict[Number, Printed] = {t: (max(Fraction(0), s - width), s + width) for t, s in marks}
    found = survival(
        risk[0][1],
        landmarks=chosen,
        at_risk={t: k for t, k in risk if t > 0},
        deaths=deaths,
        at_risk_rule="before",
    )
    end = curve[-1][0]
    outside = [t for t, _ in marks if not _inside(found, t, _survival(data, t))]
    return Rebuilt(tuple(data), found, tuple(outside), _mean(data, end), restricted_mean(found, end))


def _times(
    curve: list[tuple[Fraction, Fraction]], risk: list[tuple[Fraction, int]]
) -> list[tuple[Fraction, int]]:
    """Return times stretch by stretch: censorings moved until the next number at risk is met."""
    data: list[tuple[Fraction, int]] = []
    s, left = Fraction(1), risk[0][1]
    end = max(curve[-1][0], risk[-1][0])
    stops = [t for t, _ in risk[1:]] + ([end] if end > risk[-1][0] else [])
    start = Fraction(0)
    for i, stop in enumerate(stops):
        last = i + 1 >= len(risk)
        inside = [(t, x) for t, x in curve if start <= t < stop or (last and t == stop)]
        goal = 0 if last else risk[i + 1][1]
        tried: list[tuple[int, Fraction, int, Stretch]] = []
        for censored in range(left - goal + 1):
            for place in (Fraction(1, 2), Fraction(0), Fraction(1)):  # evenly, early, late
                made = _stretch(inside, (start, stop), s, left, (censored, place))
                part, error, _, remaining = made
                tried.append((0 if last else abs(remaining - goal), error, len(tried), made))
        part, _, s, left = min(tried, key=lambda x: x[:3])[3]
        data += part
        start = stop
    data += [(end, 0)] * left
    return sorted(data, key=lambda x: (x[0], -x[1]))


def _stretch(
    points: list[tuple[Fraction, Fraction]],
    ends: tuple[Fraction, Fraction],
    s: Fraction,
    left: int,
    censored: tuple[int, Fraction],
) -> Stretch:
    """Return the times of one stretch, how far it misses the points, S at its end and who is left."""
    start, stop = ends
    number, place = censored
    even = [Fraction(2 * i + 1, 2 * number) for i in range(number)]
    # all evenly, or crowded towards the start or the end of the stretch
    shares = [x if place == Fraction(1, 2) else (x / 1000 + Fraction(999, 1000) * place) for x in even]
    waiting = [start + (stop - start) * x for x in shares]
    part: list[tuple[Fraction, int]] = []
    error = Fraction(0)
    for t, height in points:
        while waiting and waiting[0] < t and left:
            part.append((waiting.pop(0), 0))
            left -= 1
        if left and s > 0:
            dead = min(left, max(0, round(left * (1 - height / s))))
            part += [(t, 1)] * dead
            s *= Fraction(left - dead, left)
            left -= dead
        error = max(error, abs(s - height))
    for t in waiting[:left]:
        part.append((t, 0))
        left -= 1
    return part, error, s, left


def _survival(data: Sequence[tuple[Fraction, int]], time: Fraction) -> Fraction:
    s, left = Fraction(1), len(data)
    for t, e in data:
        if t <= time and e:
            s *= Fraction(left - 1, left)
        left -= 1
    return s


def _mean(data: Sequence[tuple[Fraction, int]], until: Fraction) -> Fraction:
    marks = sorted({Fraction(0), until, *(t for t, _ in data if t < until)})
    return sum((_survival(data, a) * (b - a) for a, b in pairwise(marks)), Fraction(0))


def _inside(found: SurvivalBounds, time: Fraction, s: Fraction) -> bool:
    here = found.at(time)
    return here.lower is not None and here.upper is not None and here.lower <= s <= here.upper
