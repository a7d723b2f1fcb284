"""Means, standard deviations, standard errors, intervals: one from the other, and t tests of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import sqrt

import numpy as np
from scipy import special

from living_review.audit.inputs import InputError, Inputs
from living_review.audit.printed import Figure
from living_review.audit.reading import Check, Floats, Reading, evaluate
from living_review.audit.significance import (
    alpha_of,
    decides,
    digits_of_nearest,
    level_of,
    nearest_statistic,
    nearest_test,
    one_tailed_of,
    quantile,
    t_two_tailed,
    two_tailed,
)

TWO_ERRORS = "two standard errors"


def _critical(n: int, level: float) -> tuple[tuple[str, float], ...]:
    t = float(special.stdtrit(n - 1, 0.5 + level / 2))
    return (
        ("t distribution", t),
        ("normal distribution", quantile(level)),
        (TWO_ERRORS, 2.0),
    )


def standard_error(given: Inputs) -> Check:
    """Recompute a standard error from the standard deviation and the number of values."""
    n, sd = given.whole("n", 2), given.figure("sd", 0)
    readings = (
        evaluate(lambda s: s / sqrt(n), [sd]),
        evaluate(lambda s: s / sqrt(n - 1), [sd], "divided by √(n − 1)", usual=False),
    )
    explain = _same_as(sd, "the standard deviation itself is printed")
    return Check(readings, arithmetic=f"{sd.text} / √{n}", explain=explain)


def _same_as(one: Figure, text: str) -> Callable[[Sequence[Figure]], str]:
    return lambda printed: text if printed[0].value == one.value else ""


def standard_deviation(given: Inputs) -> Check:
    """Recompute a standard deviation from a standard error, or from the interval of a mean."""
    n = given.whole("n", 2)
    if "se" in given:
        se = given.figure("se", 0)
        found = (
            evaluate(lambda s: s * sqrt(n), [se]),
            evaluate(lambda s: s * sqrt(n - 1), [se], "multiplied by √(n − 1)", usual=False),
        )
        explain = _same_as(se, "the standard error itself is printed")
        return Check(found, arithmetic=f"{se.text} × √{n}", explain=explain)
    lower, upper = given.figure("lower"), given.figure("upper")
    if lower.value > upper.value:
        raise InputError(f"lower = {lower.text} is above upper = {upper.text}")
    readings = tuple(
        evaluate(
            lambda a, b, k=crit: np.maximum(b - a, 0) / 2 / k * sqrt(n),
            [lower, upper],
            how,
            usual=how != TWO_ERRORS,
        )
        for how, crit in _critical(n, level_of(given))
    )
    return Check(readings, arithmetic=f"({upper.text} − {lower.text}) / 2 / quantile × √{n}")


def mean_interval(given: Inputs) -> Check:
    """Recompute the interval of a mean from its SD or SE; printed as limits, or mean and limits."""
    n, mean = given.whole("n", 2), given.figure("mean")
    if ("sd" in given) == ("se" in given):
        raise InputError("expected one of sd and se")
    errors = "se" in given
    spread = given.figure("se" if errors else "sd", 0)

    def readings_with(errors: bool) -> list[Reading]:
        found = []
        for how, crit in _critical(n, level_of(given)):
            half = crit if errors else crit / sqrt(n)
            formula = _limits_with(half)
            found.append(evaluate(formula, [mean, spread], how, usual=how != TWO_ERRORS))
        return found

    def explain(printed: Sequence[Figure]) -> str:
        if any(r.fit(printed) for r in readings_with(not errors)):
            return f"it comes out if {spread.text} is a standard {'deviation' if errors else 'error'}"
        return digits_of_nearest(readings)(printed)

    readings = readings_with(errors)
    text = f"{mean.text} ± quantile × {spread.text}" + ("" if errors else f" / √{n}")
    return Check(tuple(readings), arithmetic=text, explain=explain)


def _limits_with(half: float) -> Callable[[Floats, Floats], tuple[Floats, Floats]]:
    return lambda mean, spread: (mean - half * spread, mean + half * spread)


def t_test(given: Inputs) -> Check:
    """Recompute t or p from two means, standard deviations (or errors) and sizes."""
    m1, m2 = given.figure("mean1"), given.figure("mean2")
    n1, n2 = given.whole("n1", 2), given.whole("n2", 2)
    se_printed = "se1" in given
    s1, s2 = (given.figure(("se" if se_printed else "sd") + k, 0) for k in "12")
    if s1.value == s2.value == 0:
        raise InputError("both standard deviations are zero: t is not defined")
    wanted = given.word("gives", ("p", "t"), "p")
    named = given.word("test", ("student", "welch"))
    crossing = _differences_cross_zero(m1, m2)
    at = 1 if wanted == "p" else 0

    def readings_with(errors: bool) -> list[Reading]:
        found = []
        for test, normal in (("student", False), ("welch", False), ("welch", True)):
            formula = _t_formula(n1, n2, errors=errors, welch=test == "welch", normal=normal)
            how = "normal distribution" if normal else "Welch's t test" if test == "welch" else "t test"
            reading = evaluate(
                lambda *x, f=formula: f(*x)[at],
                [m1, s1, m2, s2],
                how,
                usual=not normal and named in ("", test),
            )
            reading = _through_zero(reading, wanted) if crossing else reading
            found.append(reading)
            if wanted == "p" and not normal:
                found += [replace(h, how=f"{how}, {h.how}") for h in one_tailed_of(reading)]
        return sorted(found, key=lambda r: not r.usual)

    def explain(printed: Sequence[Figure]) -> str:
        if any(r.fit(printed) for r in readings_with(not se_printed)):
            label = "standard deviations" if se_printed else "standard errors"
            return f"it comes out if the spreads are {label}"
        nearest = nearest_test if wanted == "p" else nearest_statistic
        return nearest(readings)(printed)

    readings = readings_with(se_printed)
    text = f"({m1.text} − {m2.text}) / standard error, n = {n1} and {n2}"
    return Check(
        tuple(readings),
        arithmetic=text,
        unsigned=wanted == "t",
        decide=decides(alpha_of(given)) if wanted == "p" else None,
        explain=explain,
        unclear="paired values cannot be tested from two summaries" if "paired" in given else "",
    )


def _differences_cross_zero(m1: Figure, m2: Figure) -> bool:
    return m1.span[0] <= m2.span[1] and m2.span[0] <= m1.span[1]


def _through_zero(reading: Reading, wanted: str) -> Reading:
    """Extend t to 0, and p to 1, where the means before rounding may be equal."""
    boxes = tuple(
        ((box[0][0], 1.0),) if wanted == "p" else ((0.0, box[0][1]),) for box in reading.boxes
    )
    return Reading(reading.values, boxes, reading.how, reading.usual)


def _t_formula(
    n1: int, n2: int, *, errors: bool, welch: bool, normal: bool
) -> Callable[..., tuple[Floats, Floats]]:
    def compute(a: Floats, s: Floats, b: Floats, r: Floats) -> tuple[Floats, Floats]:
        v1, v2 = s**2 * (n1 if errors else 1), r**2 * (n2 if errors else 1)
        e1, e2 = v1 / n1, v2 / n2
        if welch:
            se = np.sqrt(e1 + e2)
            df = (e1 + e2) ** 2 / np.maximum(e1**2 / (n1 - 1) + e2**2 / (n2 - 1), 1e-300)
        else:
            df = np.full_like(s, n1 + n2 - 2)
            se = np.sqrt(((n1 - 1) * v1 + (n2 - 1) * v2) / df * (1 / n1 + 1 / n2))
        t = np.abs(a - b) / np.maximum(se, 1e-300)
        return t, two_tailed(t) if normal else t_two_tailed(t, np.maximum(df, 0.5))

    return compute
