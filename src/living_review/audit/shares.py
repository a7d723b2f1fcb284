"""The interval of a percentage, by every usual method.

References
----------
Newcombe RG. Two-sided confidence intervals for the single proportion. Stat Med 1998;17:857-872.
"""

from __future__ import annotations

from math import sqrt

from scipy import special

from living_review.audit.inputs import InputError, Inputs
from living_review.audit.reading import Check, Reading
from living_review.audit.significance import digits_of_nearest, level_of, quantile


def wilson(k: int, n: int, z: float, *, corrected: bool = False) -> tuple[float, float]:
    """Return Wilson's limits of a share, with or without continuity correction."""
    p = k / n
    if not corrected:
        middle, half = p + z * z / 2 / n, z * sqrt(p * (1 - p) / n + z * z / 4 / n / n)
        return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    below = z * z - 1 / n + 4 * n * p * (1 - p) + (4 * p - 2)
    above = z * z - 1 / n + 4 * n * p * (1 - p) - (4 * p - 2)
    low = (2 * n * p + z * z - (z * sqrt(max(0.0, below)) + 1)) / (2 * (n + z * z)) if k else 0.0
    high = (2 * n * p + z * z + (z * sqrt(max(0.0, above)) + 1)) / (2 * (n + z * z)) if k < n else 1.0
    return max(0.0, low), min(1.0, high)


def share_interval(given: Inputs) -> Check:
    """Recompute the interval of a percentage by every usual method."""
    k, n = given.whole("count"), given.whole("n", 1)
    if k > n:
        raise InputError(f"count = {k} is above n = {n}")
    level = level_of(given)
    z, tail, p = quantile(level), (1 - level) / 2, k / n
    low = float(special.betaincinv(k, n - k + 1, tail)) if k else 0.0
    high = float(special.betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
    half = z * sqrt(p * (1 - p) / n)
    middle = (k + z * z / 2) / (n + z * z)
    coull = z * sqrt(middle * (1 - middle) / (n + z * z))
    plus = (k + 2) / (n + 4)
    four = z * sqrt(plus * (1 - plus) / (n + 4))
    jeffreys = [float(special.betaincinv(k + 0.5, n - k + 0.5, q)) for q in (tail, 1 - tail)]
    methods = {
        "exact (Clopper-Pearson)": (low, high),
        "Wilson": wilson(k, n, z),
        "normal (Wald)": (p - half, p + half),
        "Wilson with continuity correction": wilson(k, n, z, corrected=True),
        "Wald with continuity correction": (p - half - 0.5 / n, p + half + 0.5 / n),
        "Agresti-Coull": (middle - coull, middle + coull),
        "two successes and two failures added": (plus - four, plus + four),
        "Jeffreys": (jeffreys[0], jeffreys[1]),
        "Jeffreys, ends at 0 and 1": (jeffreys[0] if k else 0.0, jeffreys[1] if k < n else 1.0),
    }
    if k in (0, n):
        one = float(1 - (1 - level) ** (1 / n))
        methods["one-sided exact"] = (0.0, one) if k == 0 else (1 - one, 1.0)
    readings = [
        Reading(
            tuple(100 * v for v in values),
            (),
            name,
            usual=name.startswith(("exact", "Wilson", "normal")) and "continuity" not in name,
        )
        for name, (lo, hi) in methods.items()
        for values in {(p, lo, hi), (p, max(0.0, lo), min(1.0, hi))}
    ]
    readings += [
        Reading(tuple(v / 100 for v in r.values), (), f"{r.how}, as a proportion", usual=r.usual)
        for r in readings
    ]
    readings.sort(key=lambda r: not r.usual)
    return Check(tuple(readings), arithmetic=f"{k} of {n}", explain=digits_of_nearest(readings))
