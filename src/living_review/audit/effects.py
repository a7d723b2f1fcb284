"""Effects of a 2×2 table with their intervals: risk ratio, odds ratio, difference, number needed.

References
----------
Newcombe RG. Interval estimation for the difference between independent proportions. Stat Med
1998;17:873-890. Miettinen O, Nurminen M. Comparative analysis of two rates. Stat Med 1985;4:213-226.
Koopman PAR. Confidence intervals for the ratio of two binomial proportions. Biometrics 1984;40:513-517.
Agresti A, Caffo B. Simple and effective confidence intervals. Am Stat 2000;54:280-288.
Altman DG. Confidence intervals for the number needed to treat. BMJ 1998;317:1309-1312.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil, exp, inf, isfinite, log, sqrt

import numpy as np
from scipy import special

from living_review.audit.inputs import InputError, Inputs
from living_review.audit.reading import Box, Check, Floats, Reading
from living_review.audit.shares import wilson
from living_review.audit.significance import digits_of_nearest, level_of, quantile

Row = tuple[str, tuple[float, float, float]]  # how, estimate, limits
HALVED = "half a case added to each cell"
STEPS = 60  # of a bisection: far below any printed digit


def _arms(given: Inputs) -> tuple[int, int, int, int]:
    a, n1 = given.whole("events1"), given.whole("n1", 1)
    c, n2 = given.whole("events2"), given.whole("n2", 1)
    for events, n, k in ((a, n1, 1), (c, n2, 2)):
        if events > n:
            raise InputError(f"events{k} = {events} is above n{k} = {n}")
    return a, n1, c, n2


def _around(estimate: float, se: float, z: float) -> tuple[float, float, float]:
    return exp(estimate), exp(estimate - z * se), exp(estimate + z * se)


def _risk_ratios(a: int, n1: int, c: int, n2: int, z: float) -> Iterator[Row]:
    if a and c:
        se = sqrt(max(0.0, 1 / a - 1 / n1 + 1 / c - 1 / n2))
        yield "", _around(log(a / n1 / (c / n2)), se, z)
    x, y, m, n = a + 0.5, c + 0.5, n1 + 0.5, n2 + 0.5
    yield HALVED, _around(log(x / m / (y / n)), sqrt(1 / x - 1 / m + 1 / y - 1 / n), z)
    m, n = n1 + 1, n2 + 1
    yield (
        HALVED + ", one to each group",
        _around(log(x / m / (y / n)), sqrt(1 / x - 1 / m + 1 / y - 1 / n), z),
    )
    if a and c:
        ratio = a / n1 / (c / n2)
        yield "Koopman's score limits", (ratio, *_score_limits(a, n1, c, n2, z, _ratio_score, 1.0))
        unbiased = sqrt((n1 + n2) / (n1 + n2 - 1))
        yield (
            "Miettinen and Nurminen's limits",
            (ratio, *_score_limits(a, n1, c, n2, z / unbiased, _ratio_score, 1.0)),
        )


def _odds_ratios(a: int, n1: int, c: int, n2: int, z: float) -> Iterator[Row]:
    b, d = n1 - a, n2 - c
    if min(a, b, c, d):
        yield "", _around(log(a * d / b / c), sqrt(1 / a + 1 / b + 1 / c + 1 / d), z)
    w, x, y, v = (k + 0.5 for k in (a, b, c, d))
    yield HALVED, _around(log(w * v / x / y), sqrt(1 / w + 1 / x + 1 / y + 1 / v), z)
    if min(a + c, b + d):
        level = 1 - 2 * float(special.ndtr(-z))
        estimate, low, high = _conditional(a, n1, c, n2, level)
        yield "conditional estimate with exact limits (Fisher)", (estimate, low, high)
        if min(b, c):
            yield "exact limits (Fisher)", (a * d / b / c, low, high)


def _risk_differences(a: int, n1: int, c: int, n2: int, z: float) -> Iterator[Row]:
    p, q = a / n1, c / n2
    d = p - q
    se = sqrt(p * (1 - p) / n1 + q * (1 - q) / n2)
    yield "", (d, d - z * se, d + z * se)
    cc = (1 / n1 + 1 / n2) / 2
    yield "continuity correction", (d, d - z * se - cc, d + z * se + cc)
    for corrected in (False, True):
        (l1, u1), (l2, u2) = (wilson(k, n, z, corrected=corrected) for k, n in ((a, n1), (c, n2)))
        name = "Newcombe's limits" + (" with continuity correction" if corrected else "")
        low, high = d - sqrt((p - l1) ** 2 + (u2 - q) ** 2), d + sqrt((u1 - p) ** 2 + (q - l2) ** 2)
        yield name, (d, low, high)
    r, s = (a + 1) / (n1 + 2), (c + 1) / (n2 + 2)
    half = z * sqrt(r * (1 - r) / (n1 + 2) + s * (1 - s) / (n2 + 2))
    yield "Agresti and Caffo's limits", (d, r - s - half, r - s + half)
    unbiased = sqrt((n1 + n2) / (n1 + n2 - 1))
    for name, factor in (("Mee's score limits", 1.0), ("Miettinen and Nurminen's limits", unbiased)):
        yield name, (d, *_score_limits(a, n1, c, n2, z / factor, _difference_score, 0.0))
    pooled = (a + c) / (n1 + n2)
    half = z * sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    yield "pooled standard error", (d, d - half, d + half)
    unequal = z * sqrt(p * (1 - p) / max(n1 - 1, 1) + q * (1 - q) / max(n2 - 1, 1))
    yield "divisors n − 1", (d, d - unequal, d + unequal)


def _ratio_score(a: int, n1: int, c: int, n2: int, ratio: float) -> float:
    """Return the score z of a risk ratio; the restricted estimates in closed form."""
    total, n = a + c, n1 + n2
    big = n * ratio
    middle = -(n1 * ratio + a + n2 + c * ratio)
    q = (-middle - sqrt(max(0.0, middle * middle - 4 * big * total))) / (2 * big)
    p = min(1.0, q * ratio)
    spread = p * (1 - p) / n1 + ratio**2 * q * (1 - q) / n2
    return (a / n1 - ratio * c / n2) / sqrt(spread) if spread > 0 else 0.0


def _difference_score(a: int, n1: int, c: int, n2: int, delta: float) -> float:
    """Return the score z of a risk difference; the restricted estimates by Miettinen and Nurminen."""
    n, total = n1 + n2, a + c
    k2 = (n1 + 2 * n2) * delta - n - total
    k1 = (n2 * delta - n - 2 * c) * delta + total
    k0 = c * delta * (1 - delta)
    third = k2 / (3 * n)
    v = third**3 - k1 * k2 / (6 * n * n) + k0 / (2 * n)
    u = sqrt(max(0.0, third**2 - k1 / (3 * n)))
    u = u if v > 0 else -u
    angle = 0.0 if u == 0 else (np.pi + np.arccos(np.clip(v / u**3, -1, 1))) / 3
    q = min(1.0, max(0.0, 2 * u * float(np.cos(angle)) - third))
    p = min(1.0, max(0.0, q + delta))
    spread = p * (1 - p) / n1 + q * (1 - q) / n2
    return (a / n1 - c / n2 - delta) / sqrt(spread) if spread > 1e-15 else 0.0


def _score_limits(
    a: int, n1: int, c: int, n2: int, z: float, score: Callable[..., float], null: float
) -> tuple[float, float]:
    """Find where the score is z and −z: on the log scale for a ratio, from −1 to 1 for a difference."""
    ratio = null == 1.0
    estimate = log(a / n1 / (c / n2)) if ratio else a / n1 - c / n2
    ends = (-25.0, 25.0) if ratio else (-1 + 1e-12, 1 - 1e-12)
    found = []
    for end, target in ((ends[0], z), (ends[1], -z)):
        inside, outside = estimate, end
        for _ in range(STEPS):
            middle = (inside + outside) / 2
            value = score(a, n1, c, n2, exp(middle) if ratio else middle)
            if abs(value) < z and value * target >= 0:
                inside = middle
            else:
                outside = middle
            if abs(outside - inside) < 1e-10:
                break
        found.append(exp(inside) if ratio else inside)
    return found[0], found[1]


def _conditional(a: int, n1: int, c: int, n2: int, level: float) -> tuple[float, float, float]:
    """Return the conditional odds ratio and its exact limits, as R's ``fisher.test`` does."""
    total = a + c
    low, high = max(0, total - n2), min(n1, total)
    k = np.arange(low, high + 1)
    weight = -(
        special.gammaln(k + 1)
        + special.gammaln(n1 - k + 1)
        + special.gammaln(total - k + 1)
        + special.gammaln(n2 - total + k + 1)
    )

    def law(theta: float) -> Floats:
        x = weight + k * theta
        p: Floats = np.exp(x - x.max())
        return p / p.sum()

    def solve(above: Callable[[Floats], bool]) -> float:
        start, end = -40.0, 40.0
        for _ in range(STEPS):
            middle = (start + end) / 2
            if above(law(middle)):
                end = middle
            else:
                start = middle
        return exp((start + end) / 2)

    tail = (1 - level) / 2
    estimate = 0.0 if a == low else inf if a == high else solve(lambda p: float(p @ k) > a)
    lower = 0.0 if a == low else solve(lambda p: float(p[k >= a].sum()) > tail)
    upper = inf if a == high else solve(lambda p: float(p[k <= a].sum()) < tail)
    return estimate, lower, upper


def _effect(given: Inputs, rows: Callable[..., Iterator[Row]], what: str, null: float) -> Check:
    a, n1, c, n2 = _arms(given)
    z = quantile(level_of(given))
    ratio = null == 1.0
    readings: list[Reading] = []
    first = True
    for how, values in rows(a, n1, c, n2, z):
        finite = tuple(v if isfinite(v) else 1e300 for v in values)
        readings.append(Reading(finite, (), how, usual=first))
        e, low, high = finite
        turned = (1 / e, 1 / high, 1 / low) if ratio and min(finite) > 0 else (-e, -high, -low)
        if not ratio or min(finite) > 0:
            words = "the groups the other way round"
            readings.append(Reading(turned, (), ", ".join(filter(None, (words, how))), usual=False))
        first = False
    if not ratio:
        readings += [
            Reading(
                tuple(100 * v for v in r.values),
                (),
                ", ".join(filter(None, (r.how, "in percent"))),
                usual=r.usual,
            )
            for r in readings
        ]
    readings.sort(key=lambda r: not r.usual)
    return Check(
        tuple(readings),
        arithmetic=f"{what} of {a}/{n1} and {c}/{n2}",
        decide=_excludes(null),
        explain=digits_of_nearest(readings),
        unclear=""
        if min(a, c) and (ratio is False or max(a - n1, c - n2) < 0)
        else (
            "" if not ratio else "a group without cases, or with cases only, has several conventions"
        ),
    )


def _excludes(null: float) -> Callable[[Box], bool | None]:
    """Return what says whether an interval leaves out no effect; None without an interval."""

    def decide(box: Box) -> bool | None:
        if len(box) < 3:
            return None
        (_, low), (high, _) = box[-2], box[-1]
        if null in (low, high):
            return None
        return not low < null < high

    return decide


def risk_ratio(given: Inputs) -> Check:
    """Recompute a risk ratio, with its interval if one is printed."""
    return _effect(given, _risk_ratios, "ratio of the risks", 1.0)


def odds_ratio(given: Inputs) -> Check:
    """Recompute an odds ratio, with its interval if one is printed."""
    return _effect(given, _odds_ratios, "ratio of the odds", 1.0)


def risk_difference(given: Inputs) -> Check:
    """Recompute a risk difference, as a proportion or in percent."""
    return _effect(given, _risk_differences, "difference of the risks", 0.0)


def number_needed(given: Inputs) -> Check:
    """Recompute a number needed to treat: 1 over the difference, rounded or rounded up."""
    a, n1, c, n2 = _arms(given)
    if a * n2 == c * n1:
        note = "both risks are equal: no number is defined"
        return Check(unclear=note, arithmetic=note)
    z = quantile(level_of(given))
    readings = []
    unclear = ""
    for how, (d, low, high) in _risk_differences(a, n1, c, n2, z):
        through_zero = low <= 0 <= high
        if through_zero and not how:
            unclear = "the interval of the difference holds zero: that of the number has no usual form"
        ends = sorted((abs(d), abs(low), abs(high)))
        values = (1 / abs(d), 1 / ends[2], 1 / ends[0]) if ends[0] > 0 else (1 / abs(d),) * 3
        readings.append(Reading(values, (), how, usual=not how))
        up = tuple(float(ceil(v - 1e-9)) for v in values)
        readings.append(Reading(up, (), ", ".join(filter(None, ("rounded up", how))), usual=False))
    percent = [round(100 * k / n) for k, n in ((a, n1), (c, n2))]
    if percent[0] != percent[1]:
        x = 100 / abs(percent[0] - percent[1])
        readings.append(Reading((x,) * 3, (), "from risks in whole percent", usual=False))
    readings.sort(key=lambda r: not r.usual)
    text = f"1 / |{a}/{n1} − {c}/{n2}|"
    explain = digits_of_nearest(readings)
    return Check(tuple(readings), arithmetic=text, explain=explain, unclear=unclear)
