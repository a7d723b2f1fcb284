"""From an interval to its p value and back, and whether a ratio lies in the middle of its interval.

All three hold for intervals of the form *estimate ± quantile × standard error* (Wald), for ratios on
the log scale. Another test of the same data (score, likelihood ratio, exact, log-rank) has another p
value, and exact, profile and bootstrap limits need not be symmetric: unless ``method = wald`` is said,
a number that does not reproduce is not checkable and no error.

References
----------
Altman DG, Bland JM. How to obtain the P value from a confidence interval. BMJ 2011;343:d2304.
Altman DG, Bland JM. How to obtain the confidence interval from a P value. BMJ 2011;343:d2090.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from living_review.audit.inputs import InputError, Inputs
from living_review.audit.printed import Figure
from living_review.audit.reading import Check, Floats, Reading, evaluate
from living_review.audit.significance import (
    alpha_of,
    decides,
    level_of,
    one_tailed_of,
    quantile,
    two_tailed,
)

ANOTHER_TEST = "the method is not known: another test of the same data has another p value"


def _z_of(given: Inputs) -> tuple[Callable[..., Floats], list[Figure]]:
    """Return z as a function of the printed estimate and limits, on the scale that is symmetric."""
    estimate, lower, upper = (given.figure(name) for name in ("estimate", "lower", "upper"))
    if lower.value > upper.value:
        raise InputError(f"lower = {lower.text} is above upper = {upper.text}")
    crit = quantile(level_of(given))
    ratio, _ = _scale(given)
    if ratio and min(estimate.value, lower.value) <= 0:
        raise InputError(
            "a ratio and its limits are above zero; for a difference say scale = difference"
        )
    if lower.value == upper.value:
        raise InputError("both limits are one number: too coarse to compute with")

    def z(e: Floats, low: Floats, high: Floats) -> Floats:
        e, low, high = (_log(x, ratio) for x in (e, low, high))
        return e / np.maximum((high - low) / (2 * crit), 1e-300)

    return z, [estimate, lower, upper]


def _log(x: Floats, ratio: bool) -> Floats:
    return np.log(np.maximum(x, 1e-300)) if ratio else x


def _scale(given: Inputs) -> tuple[bool, float]:
    """Return whether it is a ratio, and the value that is no effect."""
    ratio = given.word("scale", ("ratio", "difference"), "ratio") == "ratio"
    return ratio, 1.0 if ratio else 0.0


def _is_wald(given: Inputs) -> bool:
    return given.word("method", ("wald",)) == "wald"


def p_from_interval(given: Inputs) -> Check:
    """Recompute a p value from an estimate and its interval (Wald)."""
    z, inputs = _z_of(given)
    _, null = _scale(given)
    wald = evaluate(lambda *x: two_tailed(z(*x)), inputs)
    low, high = inputs[0].span
    if low <= null <= high:  # before rounding it may be no effect at all: p may be as large as 1
        wald = replace(wald, boxes=tuple(((box[0][0], 1.0),) for box in wald.boxes))
    e, lower, upper = (f.text for f in inputs)
    return Check(
        (wald, *one_tailed_of(wald)),
        arithmetic=f"z from {e} ({lower} to {upper}), p two-tailed",
        decide=decides(alpha_of(given)),
        unclear="" if _is_wald(given) else ANOTHER_TEST,
    )


def interval_from_p(given: Inputs) -> Check:
    """Recompute an interval from an estimate and its p value (Wald)."""
    estimate, p = given.figure("estimate"), given.figure("p", 0)
    ratio, null = _scale(given)
    if ratio and estimate.value <= 0:
        raise InputError("a ratio is above zero; for a difference say scale = difference")
    if not 0 < p.value < 1:
        raise InputError(f"p = {p.text}; expected a number between 0 and 1, printed with its digits")
    crit = quantile(level_of(given))

    def limits(e: Floats, q: Floats) -> tuple[Floats, Floats]:
        e = _log(e, ratio)
        z = -special.ndtri(np.clip(q, 1e-300, 1 - 1e-12) / 2)
        half = crit * np.abs(e) / z
        out = (e - half, e + half)
        return (np.exp(out[0]), np.exp(out[1])) if ratio else out

    wald = evaluate(limits, [estimate, p])
    low, high = estimate.span
    if low <= null <= high:  # the standard error may then be anything between
        wald = replace(
            wald, boxes=tuple(tuple((min(a, null), max(b, null)) for a, b in box) for box in wald.boxes)
        )
    return Check(
        (wald,),
        arithmetic=f"standard error from {estimate.text} and p = {p.text}",
        unclear="" if _is_wald(given) else ANOTHER_TEST,
    )


def symmetry(given: Inputs) -> Check:
    """Test whether a ratio lies in the geometric middle of its interval, as with Wald limits it does.

    Profile, exact and bootstrap limits need not be symmetric: unless ``method = wald`` is said, any
    estimate inside its interval is another convention.
    """
    lower, upper = given.figure("lower"), given.figure("upper")
    if not 0 <= lower.value < upper.value:
        raise InputError(
            f"limits {lower.text} and {upper.text}; expected two numbers above zero, in order"
        )
    if lower.span[0] <= 0:
        note = "a lower limit that rounds to zero has no logarithm that can be computed with"
        return Check(unclear=note, arithmetic=note)
    readings = [evaluate(lambda a, b: np.sqrt(np.maximum(a, 0) * b), [lower, upper])]
    if not _is_wald(given):
        plain = "symmetric without logarithms"
        readings.append(evaluate(lambda a, b: (a + b) / 2, [lower, upper], plain, usual=False))
        how = "inside its interval; exact, profile and bootstrap limits need not be symmetric"
        inside = ((lower.span[0], upper.span[1]),)
        readings.append(Reading(readings[0].values, (inside,), how, usual=False))

    def explain(printed: Sequence[Figure]) -> str:
        e = printed[0].number
        outside = e < lower.span[0] or e > upper.span[1]
        if outside:
            return "the estimate lies outside its own interval"
        return "the estimate is not in the middle of the logarithms of its limits"

    return Check(tuple(readings), arithmetic=f"√({lower.text} × {upper.text})", explain=explain)
