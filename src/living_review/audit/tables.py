"""Tests of tables of counts: χ² with and without correction, Fisher, and what else is usual.

References
----------
Campbell I. Chi-squared and Fisher-Irwin tests of two-by-two tables. Stat Med 2007;26:3661-3675.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log

import numpy as np
from scipy import special

from living_review.audit.inputs import InputError, Inputs
from living_review.audit.ranks import rank_sum
from living_review.audit.reading import Check, Reading
from living_review.audit.significance import (
    ONE_TAILED,
    OPPOSITE,
    alpha_of,
    decides,
    nearest_statistic,
    nearest_test,
)


def _chi2(table: Sequence[Sequence[int]]) -> tuple[float, float]:
    """Return Pearson's and the likelihood-ratio statistic."""
    t = np.array(table, dtype=float)
    expected = np.outer(t.sum(1), t.sum(0)) / t.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        g = 2 * np.nansum(np.where(t > 0, t * np.log(t / expected), 0))
    return float(((t - expected) ** 2 / expected).sum()), float(g)


def _two_by_two(table: Sequence[Sequence[int]]) -> tuple[float, float, float]:
    """Return χ² of a 2×2 table plain, with Yates's correction and with N − 1."""
    (a, b), (c, d) = table
    n = a + b + c + d
    product = float(a + b) * (c + d) * (a + c) * (b + d)
    gap = abs(a * d - b * c)
    yates = n * max(0.0, gap - n / 2) ** 2 / product
    plain = n * float(gap) ** 2 / product
    return plain, yates, plain * (n - 1) / n


def fisher(table: Sequence[Sequence[int]]) -> dict[str, float]:
    """Return the p values that are called Fisher's exact test of a 2×2 table.

    ``two-sided`` adds all tables no likelier than the observed one (R, SAS, SPSS); ``doubled`` takes
    twice the smaller tail; ``mid-p`` counts the observed table half.
    """
    (a, b), (c, d) = table
    row, column, n = a + b, a + c, a + b + c + d
    low, high = max(0, row + column - n), min(row, column)
    k = np.arange(low, high + 1)
    log = (
        special.gammaln(column + 1)
        - special.gammaln(k + 1)
        - special.gammaln(column - k + 1)
        + special.gammaln(n - column + 1)
        - special.gammaln(row - k + 1)
        - special.gammaln(n - column - row + k + 1)
    )
    p = np.exp(log - special.logsumexp(log))
    at = a - low
    left, right = float(p[: at + 1].sum()), float(p[at:].sum())
    as_likely = p <= p[at] * (1 + 1e-7)
    two = float(p[as_likely].sum())
    return {
        "two-sided": min(1.0, two),
        "doubled": min(1.0, 2 * min(left, right)),
        "mid-p": min(1.0, two - float(p[as_likely & np.isclose(p, p[at], rtol=1e-7)].sum()) / 2),
        "doubled mid-p": min(1.0, 2 * (min(left, right) - float(p[at]) / 2)),
        "one-tailed": min(left, right),
        OPPOSITE: max(left, right),
    }


TABLE_TESTS = ("chi2", "yates", "n-1", "fisher", "g", "trend", "mann_whitney")


def table_test(given: Inputs) -> Check:
    """Recompute the p value of a table of counts by every usual test."""
    table = given.table("table")
    found = dict(_table_p(table))
    named = given.word("test", TABLE_TESTS)
    if named and named not in {name for name, _ in found}:
        raise InputError(f"test = {named} is not computed for a table of this size")
    readings = [
        Reading(
            (p,),
            (),
            TEST_NAMES[name] + (f", {variant}" if variant else ""),
            usual=(not variant) and (name == named if named else name in ("chi2", "fisher")),
            opposite=variant.endswith(OPPOSITE) and given.word("tails", ("1", "2"), "2") != "1",
        )
        for (name, variant), p in found.items()
    ]
    readings.sort(key=lambda r: not r.usual)
    sparse = min(len(table), len(table[0])) >= 2 and len(table) * len(table[0]) > 4
    t = np.array(table, dtype=float)
    low = float((np.outer(t.sum(1), t.sum(0)) / t.sum()).min())
    exact = "an exact test of this table is not computed here" if sparse and low < 15 else ""
    return Check(
        tuple(readings),
        arithmetic="; ".join(f"{r.how} {r.values[0]:.4g}" for r in readings if r.usual),
        decide=decides(alpha_of(given)),
        explain=nearest_test(readings),
        unclear=exact,
    )


TEST_NAMES = {
    "chi2": "χ² test",
    "yates": "χ² test with continuity correction",
    "n-1": "χ² test with N − 1",
    "fisher": "Fisher's exact test",
    "g": "likelihood-ratio test",
    "trend": "test for trend",
    "mann_whitney": "Mann-Whitney test",
    "wald": "Wald test",
}


def _table_p(table: list[list[int]]) -> Iterable[tuple[tuple[str, str], float]]:
    rows, columns = len(table), len(table[0])
    plain, g = _chi2(table)
    df = (rows - 1) * (columns - 1)
    yield ("chi2", ""), float(special.chdtrc(df, plain))
    yield ("g", ""), float(special.chdtrc(df, g))
    if rows == columns == 2:
        _, yates, less = _two_by_two(table)
        for name, x in (("yates", yates), ("n-1", less)):
            yield (name, ""), float(special.chdtrc(1, x))
        for name, x in (("chi2", plain), ("yates", yates)):
            yield (name, ONE_TAILED), float(special.chdtrc(1, x)) / 2
        for variant, p in fisher(table).items():
            yield ("fisher", "" if variant == "two-sided" else variant), p
        for variant, p in _wald_of_table(table):
            yield ("wald", variant), p
    elif 2 in (rows, columns):
        turned = table if rows == 2 else [list(c) for c in zip(*table, strict=True)]
        z = _trend(turned)
        yield ("trend", ""), _normal_p(z)
        yield ("trend", ONE_TAILED), _normal_p(z) / 2
        scores = np.arange(len(turned[0]), dtype=float)
        first, second = (np.repeat(scores, row) for row in turned)
        for variant, p in rank_sum(first, second, exact=False):
            yield ("mann_whitney", variant), p


def _normal_p(z: float) -> float:
    return 2 * float(special.ndtr(-abs(z)))


def _wald_of_table(table: list[list[int]]) -> Iterable[tuple[str, float]]:
    (a, b), (c, d) = table
    n1, n2 = a + b, c + d
    p1, p2 = a / n1, c / n2
    variance = p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2
    if variance > 0:
        yield "of the difference", _normal_p((p1 - p2) / variance**0.5)
    if min(a, b, c, d) > 0:
        se = (1 / a + 1 / b + 1 / c + 1 / d) ** 0.5
        yield "of the odds ratio", _normal_p(log(a * d / b / c) / se)
    if min(a, c) > 0 and variance > 0:
        se = (1 / a - 1 / n1 + 1 / c - 1 / n2) ** 0.5
        yield "of the risk ratio", _normal_p(log(p1 / p2) / se)


def _trend(table: list[list[int]]) -> float:
    """Return z of the Cochran-Armitage test, equal steps between columns."""
    t = np.array(table, dtype=float)
    scores, n, share = np.arange(t.shape[1]), t.sum(0), t[0].sum() / t.sum()
    top = float((scores * (t[0] - n * share)).sum())
    spread = float((n * scores**2).sum() - (n * scores).sum() ** 2 / n.sum())
    variance = share * (1 - share) * spread
    return top / variance**0.5 if variance > 0 else 0.0


def chi2_statistic(given: Inputs) -> Check:
    """Recompute χ² of a table, with and without continuity correction."""
    table = given.table("table")
    plain, g = _chi2(table)
    named = given.word("test", ("chi2", "yates", "g", "n-1"))
    values = {"chi2": plain, "g": g}
    if len(table) == len(table[0]) == 2:
        _, values["yates"], values["n-1"] = _two_by_two(table)
    if named and named not in values:
        raise InputError(f"test = {named} is for a table of two rows and two columns")
    readings = [
        Reading((x,), (), TEST_NAMES[name], usual=name == (named or "chi2"))
        for name, x in sorted(values.items(), key=lambda item: item[0] != (named or "chi2"))
    ]
    text = "Σ (observed − expected)² / expected"
    return Check(tuple(readings), arithmetic=text, explain=nearest_statistic(readings))
