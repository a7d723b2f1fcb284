"""Summaries of known data as five packages print them: a code path of its own, from definitions.

Times are grouped, never tied by accident: at one time deaths come before censorings in the curve. What
differs between packages is what :mod:`living_review.bounds.conventions` names, and is written here
again, so that an error there cannot hide. R's rules were compared with R 4 and survival 3.5
(``tests/reference/make_bounds.R``); those of SAS, SPSS and Stata follow their documentation.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from fractions import Fraction

HALF = Fraction(1, 2)
NOT_REACHED = "not reached"
SOFTWARE = ("R", "SAS", "SPSS", "Stata", "lifelines")
# conf.type by package: its default, and what its users choose
TRANSFORMS = {
    "R": ("log", "log", "log-log", "plain"),
    "SAS": ("log-log", "log-log", "log", "plain"),
    "Stata": ("log-log",),
    "lifelines": ("log-log",),
}
Data = list[tuple[Fraction, int]]


@dataclass
class Curve:
    """Product-limit estimate by its definition, in fractions."""

    steps: list[tuple[Fraction, Fraction]] = field(default_factory=list)  # time, estimate from there
    greenwood: list[Fraction | None] = field(default_factory=list)
    last: Fraction = Fraction(0)

    @classmethod
    def of(cls, data: Data, *, reverse: bool = False, flipped: bool = False) -> Curve:
        """Estimate the curve, or with ``reverse`` that of censoring.

        ``flipped``: by exchanging the indicator, so that censorings come first at equal times.
        """
        out = cls(last=max(t for t, _ in data))
        s, total = Fraction(1), Fraction(0)
        for t in sorted({x for x, _ in data}):
            dead = sum(x == t and e == 1 for x, e in data)
            left = sum(x == t and e == 0 for x, e in data)
            at_risk = sum(x >= t for x, _ in data)
            events = left if reverse else dead
            if reverse and not flipped:
                at_risk -= dead
            if events:
                s *= 1 - Fraction(events, at_risk)
                if total is not None:
                    gone = at_risk == events
                    total = None if gone else total + Fraction(events, at_risk * (at_risk - events))
                out.steps.append((t, s))
                out.greenwood.append(total)
        return out

    def at(self, t: Fraction) -> Fraction:
        """Return the estimate at a time."""
        return next((s for x, s in reversed(self.steps) if x <= t), Fraction(1))

    def first_at_most(self, level: Fraction) -> int | None:
        """Return the index of the first step at or below a level."""
        return next((i for i, (_, s) in enumerate(self.steps) if s <= level), None)


def median(curve: Curve, software: str, rng: random.Random) -> Fraction | None:
    """Return the median as a package gives it; ``None`` if it has none."""
    i = curve.first_at_most(HALF)
    if i is None:
        return None
    time, s = curve.steps[i]
    if s < HALF or software not in ("R", "SAS"):
        return time
    if i + 1 < len(curve.steps):
        return (time + curve.steps[i + 1][0]) / 2
    if software == "SAS":
        return None
    # R's quantile() goes on to the last time, its print() stays
    return rng.choice((time, (time + curve.last) / 2))


def spss_interval(curve: Curve) -> tuple[float, float] | None:
    """Return the 95% limits of the median as SPSS documents them, or None where it has none."""
    above = [t for t, s in curve.steps if s >= Fraction(11, 20)]
    m, low = curve.first_at_most(HALF), curve.first_at_most(Fraction(9, 20))
    if not above or m is None or low is None or curve.greenwood[m] is None:
        return None
    u, ell = above[-1], curve.steps[low][0]
    density = float(curve.at(u) - curve.at(ell)) / float(ell - u)
    middle, s = curve.steps[m]
    half = 1.96 * float(s) * float(curve.greenwood[m]) ** 0.5 / density
    return float(middle) - half, float(middle) + half


def limits(s: Fraction, greenwood: Fraction | None, kind: str, software: str) -> tuple[float, float]:
    """Return the 95% limits of S."""
    z, x = 1.959963984540054, float(s)
    if greenwood is None:
        return (0.0, 0.0) if software == "lifelines" else (math.nan, math.nan)
    v = float(greenwood) ** 0.5
    if kind == "plain":
        return max(0.0, x - z * x * v), min(1.0, x + z * x * v)
    if kind == "log":
        return x * math.exp(-z * v), min(1.0, x * math.exp(z * v))
    half = z * v / math.log(x)
    return math.exp(math.log(x) * math.exp(-half)), math.exp(math.log(x) * math.exp(half))


def interval(curve: Curve, software: str, kind: str) -> tuple[float | None, float | None] | None:
    """Return the 95% limits of the median; ``None`` for a limit that is not reached."""
    if software == "SPSS":
        return spss_interval(curve)
    pairs = [
        limits(s, g, kind, software) for (_, s), g in zip(curve.steps, curve.greenwood, strict=True)
    ]
    if any(abs(x - 0.5) < 1e-9 for pair in pairs for x in pair):
        return None  # equal to one half but for rounding errors: packages differ by accident
    found = []
    for side in (0, 1):
        i = next((i for i, x in enumerate(pairs) if x[side] <= 0.5), None)
        found.append(None if i is None else float(curve.steps[i][0]))
    return found[0], found[1]


def percent(s: Fraction, digits: int) -> str:
    """Write a survival in percent, exact halves to the even digit."""
    return f"{float(round(s * 100, digits)):.{digits}f}%"


def time(t: Fraction | float | None, digits: int) -> str:
    """Write a time; exact halves to the even digit."""
    if t is None:
        return NOT_REACHED
    return f"{float(round(Fraction(t), digits)):.{digits}f}"


def summarise(
    data: Data,
    software: str,
    rng: random.Random,
    *,
    digits: int,
    percent_digits: int,
    landmarks: list[int],
    with_interval: bool = False,
) -> dict:
    """Return what a paper would print of these data: the arguments of ``bounds.survival``."""
    curve = Curve.of(data)
    flipped = rng.random() < 0.75
    censored = Curve.of(data, reverse=True, flipped=flipped)
    out: dict = {"landmarks": {}}
    for t in landmarks:
        if t <= curve.last:
            out["landmarks"][t] = percent(curve.at(Fraction(t)), percent_digits)
    middle = median(curve, software, rng)
    out["median"] = time(middle, digits)
    out["follow_up"] = time(median(censored, software, rng), digits)
    if rng.random() < 0.3:
        out["deaths"] = sum(e for _, e in data)
    if rng.random() < 0.3:
        strict = rng.random() < 0.3
        out["at_risk"] = {
            t: sum(x > t if strict else x >= t for x, _ in data) for t in out["landmarks"]
        }
    if rng.random() < 0.2:
        out["last"] = time(curve.last, digits)
    if with_interval and middle is not None:
        kind = rng.choice(TRANSFORMS.get(software, ("plain",)))
        found = interval(curve, software, kind)
        if found is not None:
            lower, upper = found
            if software == "SPSS" and lower < 0 and rng.random() < 0.5:
                lower = 0.0
            out["ci"] = (time(lower, digits), time(upper, digits))
    return out
