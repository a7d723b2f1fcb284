"""p values: from a test statistic, from an interval and back, from tables, summaries and values.

Every usual variant of a test is a reading: other tails, corrections, approximations. The distributions
are those of :mod:`scipy.special`.

References
----------
Altman DG, Bland JM. How to obtain the P value from a confidence interval. BMJ 2011;343:d2304.
Campbell I. Chi-squared and Fisher-Irwin tests of two-by-two tables. Stat Med 2007;26:3661-3675.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import numpy as np
from scipy import special

from living_review.audit.inputs import InputError, Inputs
from living_review.audit.printed import Figure
from living_review.audit.reading import Box, Check, Floats, Reading, evaluate

ONE_TAILED = "one-tailed"
OPPOSITE = "one-tailed, the effect in the other direction"
ANOTHER_TEST = "another test of the same data, near to Wald's"
# How far the z of another usual test (score, likelihood ratio, exact, log-rank, t) may lie from Wald's.
Z_APART, Z_SHARE = 0.5, 0.15
STATISTICS = ("t", "F", "chi2", "z", "r", "rho", "Q")
P_INPUTS = (*STATISTICS, "df", "df1", "df2", "n", "tails", "alpha", "times")


def two_tailed(z: Floats) -> Floats:
    """Return the two-tailed p of a standard normal deviate."""
    return 2 * special.ndtr(-np.abs(z))


def t_two_tailed(t: Floats, df: Floats) -> Floats:
    """Return the two-tailed p of Student's t."""
    return 2 * special.stdtr(df, -np.abs(t))


def decides(alpha: float) -> Callable[[Box], bool | None]:
    """Return what says whether a p value is below alpha: None if a span holds both."""

    def decide(box: Box) -> bool | None:
        low, high = box[0]
        if high < alpha or (high == alpha and low < alpha):  # p < 0.05 says that it is below
            return True
        if low > alpha or (low == alpha and high > alpha):
            return False
        return None if low != high else low < alpha

    return decide


def _alpha(given: Inputs) -> float:
    alpha = given.number("alpha", 0.05)
    if not 0 < alpha < 1:
        raise InputError(f"alpha = {given.texts['alpha']}; expected a number between 0 and 1")
    return alpha


def _level(given: Inputs) -> float:
    """Return the level of an interval as a share; given in percent, 95 by default."""
    level = given.number("level", 95)
    if not 50 <= level < 100:
        raise InputError(f"level = {given.texts['level']}; expected percent from 50 to below 100")
    return level / 100


def quantile(level: float) -> float:
    """Return the normal quantile of a two-sided interval."""
    return float(special.ndtri(0.5 + level / 2))


def p_value(given: Inputs) -> Check:
    """Recompute a p value from one test statistic with its degrees of freedom."""
    named = [name for name in STATISTICS if name in given]
    if len(named) != 1:
        raise InputError(f"expected one test statistic of {', '.join(STATISTICS)}, not {len(named)}")
    name = named[0]
    stat = given.figure(name, 0 if name in ("F", "chi2", "Q") else None)
    one_tailed = given.word("tails", ("1", "2"), "2") == "1"
    times = given.whole("times", 1) if "times" in given else 1
    readings = [
        _corrected(reading, times) for reading in _readings_of(name, stat, given, one_tailed=one_tailed)
    ]
    rank = name == "rho" and given.whole("n", 3) < 30 if "n" in given else name == "rho"
    words = f"p of {name} = {stat.text}"
    for part in ("df", "df1", "df2", "n"):
        if part in given:
            words += f", {part} = {given.texts[part]}"
    return Check(
        tuple(readings),
        arithmetic=words + (f", times {times}" if times > 1 else ""),
        decide=decides(_alpha(given)),
        explain=_tail_explanation(readings),
        unclear="the p value of a rank correlation in a small sample may be exact" if rank else "",
    )


def _corrected(reading: Reading, times: int) -> Reading:
    if times == 1:
        return reading

    def up(p: float) -> float:
        return min(1.0, p * times)

    boxes = tuple(tuple((up(a), up(b)) for a, b in box) for box in reading.boxes)
    how = f"{reading.how}, " if reading.how else ""
    return Reading(
        tuple(map(up, reading.values)), boxes, f"{how}corrected for {times} tests", reading.usual
    )


def _tail_explanation(readings: Sequence[Reading]) -> Callable[[Sequence[Figure]], str]:
    def explain(printed: Sequence[Figure]) -> str:
        one, p = printed[0], readings[0].values[0]
        if one.op != "=" or not p:
            return ""
        for times in range(2, 11):
            if one.fits(p * times, p * times):
                return f"it is {times} times the p value: a correction for {times} tests would give it"
        for power in (-2, -1, 1, 2):
            if one.fits(p * 10**power, p * 10**power) and p * 10**power <= 1:
                return "the same digits with the point in another place"
        return ""

    return explain


def _readings_of(name: str, stat: Figure, given: Inputs, *, one_tailed: bool) -> list[Reading]:
    if name == "z":
        return _tails(lambda z: two_tailed(z), [stat], one_tailed=one_tailed)
    if name in ("chi2", "Q"):
        df = given.whole("df", 1)
        found = [evaluate(lambda x: special.chdtrc(df, np.maximum(x, 0)), [stat])]
        return found + (_halves(found[0]) if df == 1 and name == "chi2" else [])
    if name in ("r", "rho"):
        return _correlation(stat, given, one_tailed=one_tailed)
    if name == "F":
        return _f(stat, given)
    df_printed = given.figure("df", 0.5)
    df = _exact_if_whole(df_printed)
    found = _tails(t_two_tailed, [stat, df], one_tailed=one_tailed)
    if df_printed.is_whole:
        near = (max(0.5, df_printed.number - 0.5), df_printed.number + 1)
        welch = evaluate(
            lambda t, d: t_two_tailed(t, d),
            [stat],
            "degrees of freedom rounded",
            usual=False,
            more=[near],
        )
        found.append(welch)
    normal = evaluate(two_tailed, [stat], "normal distribution in place of t", usual=False)
    return [*found, normal]


def _exact_if_whole(one: Figure) -> Figure | float:
    return one.number if one.is_whole else one


def _tails(
    formula: Callable[..., Floats], inputs: Sequence[Figure | float], *, one_tailed: bool
) -> list[Reading]:
    two = evaluate(formula, inputs, "two-tailed" if one_tailed else "", usual=not one_tailed)
    halves = _halves(two)
    if one_tailed:
        return [*(Reading(h.values, h.boxes, "", usual=True) for h in halves), two]
    return [two, *halves]


def _halves(two: Reading) -> list[Reading]:
    """Return the one-tailed readings of a two-tailed one, in both directions."""
    same = tuple(tuple((a / 2, b / 2) for a, b in box) for box in two.boxes)
    other = tuple(tuple((1 - b / 2, 1 - a / 2) for a, b in box) for box in two.boxes)
    p = two.values[0]
    return [
        Reading((p / 2,), same, ONE_TAILED, usual=False),
        Reading((1 - p / 2,), other, OPPOSITE, usual=False),
    ]


def _correlation(stat: Figure, given: Inputs, *, one_tailed: bool) -> list[Reading]:
    if abs(stat.value) > 1:
        raise InputError(f"r = {stat.text}; expected a correlation from -1 to 1")
    df = given.whole("df", 1) if "df" in given else given.whole("n", 3) - 2

    def p(r: Floats) -> Floats:
        r = np.clip(r, -1, 1)
        return t_two_tailed(r * np.sqrt(df / np.maximum(1 - r * r, 1e-300)), np.float64(df))

    return _tails(p, [stat], one_tailed=one_tailed)


def _f(stat: Figure, given: Inputs) -> list[Reading]:
    df1, df2 = given.figure("df1", 0.5), given.figure("df2", 0.5)
    dfs = [_exact_if_whole(df1), _exact_if_whole(df2)]

    def p(f: Floats, a: Floats, b: Floats) -> Floats:
        return special.fdtrc(a, b, np.maximum(f, 0))

    found = [evaluate(p, [stat, *dfs])]
    if df1.value == 1:
        found += _halves(found[0])
    if df2.is_whole:
        near = [(d.number - 0.5, d.number + 1) for d in (df1, df2)]
        first = (df1.number, df1.number) if df1.value == 1 else (max(0.5, near[0][0]), near[0][1])
        more = [first, (max(0.5, near[1][0]), near[1][1])]
        found.append(evaluate(p, [stat], "degrees of freedom rounded", usual=False, more=more))
    return found


# --- intervals -------------------------------------------------------------------------------------


def _z_of(given: Inputs) -> tuple[Callable[..., Floats], list[Figure], float]:
    """Return z as a function of the printed estimate and limits, on the scale that is symmetric."""
    estimate, lower, upper = (given.figure(name) for name in ("estimate", "lower", "upper"))
    if lower.value > upper.value:
        raise InputError(f"lower = {lower.text} is above upper = {upper.text}")
    crit = quantile(_level(given))
    ratio = given.word("scale", ("ratio", "difference"), "ratio") == "ratio"
    if ratio and min(estimate.value, lower.value) <= 0:
        raise InputError(
            "a ratio and its limits are above zero; for a difference say scale = difference"
        )
    if lower.value == upper.value:
        raise InputError("both limits are one number: too coarse to compute with")

    def z(e: Floats, low: Floats, high: Floats) -> Floats:
        e, low, high = (_log(x, ratio) for x in (e, low, high))
        return e / np.maximum((high - low) / (2 * crit), 1e-300)

    return z, [estimate, lower, upper], crit


def _log(x: Floats, ratio: bool) -> Floats:
    return np.log(np.maximum(x, 1e-300)) if ratio else x


def _banded(reading: Reading) -> Reading:
    """Return the p values of tests whose z is near Wald's: score, likelihood ratio, exact, t."""
    ends = [e for box in reading.boxes for e in box[0]] or list(reading.values)
    z = [float(-special.ndtri(max(min(p, 1.0), 1e-300) / 2)) for p in (max(ends), min(ends))]
    low, high = z[0] - (Z_APART + Z_SHARE * z[0]), z[1] + Z_APART + Z_SHARE * z[1]
    span = (float(2 * special.ndtr(-high)), float(2 * special.ndtr(-max(low, 0.0))))
    return Reading(reading.values, ((span,),), ANOTHER_TEST, usual=False)


def _zero_inside(reading: Reading, inputs: Sequence[Figure], null: float) -> Reading:
    """Let p reach 1 where the estimate before rounding may be no effect at all."""
    low, high = inputs[0].span
    if not low <= null <= high:
        return reading
    boxes = tuple(((box[0][0], 1.0),) for box in reading.boxes)
    return Reading(reading.values, boxes, reading.how, reading.usual)


def p_from_interval(given: Inputs) -> Check:
    """Recompute a p value from an estimate and its interval (Wald)."""
    z, inputs, _ = _z_of(given)
    null = 1.0 if given.word("scale", ("ratio", "difference"), "ratio") == "ratio" else 0.0
    wald = _zero_inside(evaluate(lambda *x: two_tailed(z(*x)), inputs), inputs, null)
    readings = [wald, *_halves(wald)]
    if given.word("method", ("wald",)) != "wald":
        readings.append(_banded(wald))
    e, low, high = (f.text for f in inputs)
    return Check(
        tuple(readings),
        arithmetic=f"z from {e} ({low} to {high}), p two-tailed",
        decide=decides(_alpha(given)),
    )


def interval_from_p(given: Inputs) -> Check:
    """Recompute an interval from an estimate and its p value (Wald)."""
    estimate, p = given.figure("estimate"), given.figure("p", 0)
    ratio = given.word("scale", ("ratio", "difference"), "ratio") == "ratio"
    if ratio and estimate.value <= 0:
        raise InputError("a ratio is above zero; for a difference say scale = difference")
    if not 0 < p.value < 1:
        raise InputError(f"p = {p.text}; expected a number between 0 and 1, printed with its digits")
    crit = quantile(_level(given))

    def limits(e: Floats, q: Floats, *shift: Floats) -> tuple[Floats, Floats]:
        e = _log(e, ratio)
        z = -special.ndtri(np.clip(q, 1e-300, 1 - 1e-12) / 2)
        if shift:
            z = np.maximum(z * (1 + shift[0] * Z_SHARE) + shift[0] * Z_APART, 1e-3)
        half = crit * np.abs(e) / z
        out = (e - half, e + half)
        return (np.exp(out[0]), np.exp(out[1])) if ratio else out

    readings = [evaluate(limits, [estimate, p])]
    if given.word("method", ("wald",)) != "wald":
        readings.append(evaluate(limits, [estimate, p], ANOTHER_TEST, usual=False, more=[(-1.0, 1.0)]))
    return Check(tuple(readings), arithmetic=f"standard error from {estimate.text} and p = {p.text}")


def symmetry(given: Inputs) -> Check:
    """Test whether a ratio lies in the geometric middle of its interval (Wald limits do).

    Profile, exact and bootstrap limits need not: unless ``method = wald`` is said, a middle that is up
    to three times as far from one limit as from the other is another convention.
    """
    lower, upper = given.figure("lower"), given.figure("upper")
    if not 0 <= lower.value < upper.value:
        raise InputError(
            f"limits {lower.text} and {upper.text}; expected two numbers above zero, in order"
        )
    if lower.rounded_from[0] <= 0:
        note = "a lower limit that rounds to zero has no logarithm that can be computed with"
        return Check(unclear=note, arithmetic=note)

    def middle(a: Floats, b: Floats) -> Floats:
        return np.sqrt(np.maximum(a, 0) * b)

    def between(a: Floats, b: Floats, share: Floats) -> Floats:
        return np.maximum(a, 1e-300) ** (1 - share) * b**share

    readings = [
        evaluate(middle, [lower, upper]),
        evaluate(lambda a, b: (a + b) / 2, [lower, upper], "symmetric without logarithms", usual=False),
    ]
    if given.word("method", ("wald",)) != "wald":
        how = "limits that need not be symmetric (profile, exact, bootstrap)"
        readings.append(evaluate(between, [lower, upper], how, usual=False, more=[(0.25, 0.75)]))

    def explain(printed: Sequence[Figure]) -> str:
        e = printed[0].number
        outside = e < lower.rounded_from[0] or e > upper.cut_from[1]
        return "the estimate lies outside its own interval" if outside else ""

    text = f"√({lower.text} × {upper.text})"
    return Check(tuple(readings), arithmetic=text, explain=explain)


# --- tables of counts ------------------------------------------------------------------------------


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
    """Return the p values that go by the name of Fisher's exact test of a 2×2 table.

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
        "one-tailed, the other direction": max(left, right),
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
        decide=decides(_alpha(given)),
        explain=_nearest_test(readings),
        unclear=exact,
    )


def _nearest_test(readings: Sequence[Reading]) -> Callable[[Sequence[Figure]], str]:
    def explain(printed: Sequence[Figure]) -> str:
        one = printed[0]
        near = sorted(readings, key=lambda r: abs(r.values[0] - one.number))[:2]
        return "nearest: " + ", ".join(f"{r.how or 'two-tailed'} p = {r.values[0]:.4g}" for r in near)

    return explain


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
        yield ("trend", ""), float(two_tailed(np.float64(z)))
        yield ("trend", ONE_TAILED), float(two_tailed(np.float64(z))) / 2
        scores = np.arange(len(turned[0]), dtype=float)
        x, y = (np.repeat(scores, row) for row in turned)
        for variant, p in _rank_sum(x, y, exact=False):
            yield ("mann_whitney", variant), p


def _wald_of_table(table: list[list[int]]) -> Iterable[tuple[str, float]]:
    (a, b), (c, d) = table
    n1, n2 = a + b, c + d
    p1, p2 = a / n1, c / n2
    variance = p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2
    if variance > 0:
        yield "of the difference", float(two_tailed(np.float64((p1 - p2) / variance**0.5)))
    if min(a, b, c, d) > 0:
        se = (1 / a + 1 / b + 1 / c + 1 / d) ** 0.5
        yield "of the odds ratio", float(two_tailed(np.log(a * d / b / c) / se))
    if min(a, c) > 0 and variance > 0:
        se = (1 / a - 1 / n1 + 1 / c - 1 / n2) ** 0.5
        yield "of the risk ratio", float(two_tailed(np.log(p1 / p2) / se))


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
    return Check(tuple(readings), arithmetic=text, explain=_nearest_statistic(readings))


def _nearest_statistic(readings: Sequence[Reading]) -> Callable[[Sequence[Figure]], str]:
    def explain(printed: Sequence[Figure]) -> str:
        near = min(readings, key=lambda r: abs(r.values[0] - printed[0].number))
        return f"nearest: {near.how or 'as usual'} {near.values[0]:.4g}"

    return explain


# --- values and summaries --------------------------------------------------------------------------


def _ranks(values: Floats) -> Floats:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse]


def _rank_sum(x: Floats, y: Floats, *, exact: bool = True) -> Iterable[tuple[str, float]]:
    """Return the p values of the Mann-Whitney test of listed values, ties as they are."""
    both = np.concatenate([x, y])
    ranks = _ranks(both)
    m, n = len(x), len(y)
    u = float(ranks[:m].sum()) - m * (m + 1) / 2
    _, counts = np.unique(both, return_counts=True)
    total = m + n
    ties = float((counts.astype(float) ** 3 - counts).sum())
    yield from _normal_rank_sum(u, m, n, 1 - ties / (total**3 - total) if total > 1 else 1.0)
    if exact and m * n <= 2500:
        two, low, high = _exact_rank_sum(
            tuple((2 * ranks).astype(int)), m, int(round(2 * ranks[:m].sum()))
        )
        yield "exact", two
        yield "exact, doubled tail", min(1.0, 2 * min(low, high))
        yield "exact, one-tailed", min(low, high)
        yield "exact, one-tailed, the other direction", max(low, high)


def _normal_rank_sum(u: float, m: int, n: int, ties: float) -> Iterable[tuple[str, float]]:
    deviation = abs(u - m * n / 2)
    sd = (m * n * (m + n + 1) / 12 * ties) ** 0.5
    if sd == 0:
        yield "", 1.0
        return
    for correction, name in ((0.0, ""), (0.5, "continuity correction")):
        z = max(0.0, deviation - correction) / sd
        p = float(2 * special.ndtr(-z))
        yield name, p
        yield ", ".join(filter(None, (name, ONE_TAILED))), p / 2
        yield ", ".join(filter(None, (name, OPPOSITE))), 1 - p / 2
        t = float(2 * special.stdtr(m + n - 1, -z))
        yield ", ".join(filter(None, (name, "t approximation"))), t


@lru_cache(maxsize=4096)
def _exact_rank_sum(doubled: tuple[int, ...], m: int, observed: int) -> tuple[float, float, float]:
    """Return the permutation p of a rank sum: two-sided by distance from the mean, and both tails."""
    size = sum(sorted(doubled)[-m:]) + 1
    ways = np.zeros((m + 1, size))
    ways[0, 0] = 1
    for i, rank in enumerate(doubled):
        for k in range(min(m, i + 1), 0, -1):
            ways[k, rank:] += ways[k - 1, : size - rank]
    p = ways[m] / ways[m].sum()
    mean = m * sum(doubled) / len(doubled)
    sums = np.arange(size)
    two = float(p[np.abs(sums - mean) >= abs(observed - mean) - 1e-9].sum())
    return min(1.0, two), float(p[: observed + 1].sum()), float(p[observed:].sum())


def mann_whitney(given: Inputs) -> Check:
    """Recompute the p value of the Mann-Whitney (Wilcoxon rank-sum) test.

    From the values, or from U and the two sizes; then ties are not known. Ties make the variance
    smaller, so that p may be smaller than without, never greater.
    """
    if "U" in given:
        return _from_u(given)
    x, y = (np.array([f.number for f in given.several(name)]) for name in ("x", "y"))
    found = list(_rank_sum(x, y))
    tied = len(np.unique(np.concatenate([x, y]))) < len(x) + len(y)
    usual = {"", "continuity correction"} | (set() if tied else {"exact"})
    readings = [Reading((p,), (), name or "normal", usual=name in usual) for name, p in found]
    readings.sort(key=lambda r: not r.usual)
    return Check(
        tuple(readings),
        arithmetic=f"ranks of {len(x)} and {len(y)} values",
        decide=decides(_alpha(given)),
        explain=_nearest_test(readings),
    )


def _from_u(given: Inputs) -> Check:
    m, n, u = given.whole("n1", 1), given.whole("n2", 1), given.figure("U", 0)
    if u.value > m * n:
        raise InputError(f"U = {u.text} is above n1 × n2 = {m * n}")
    found = dict(_normal_rank_sum(u.number, m, n, 1.0))
    readings = [
        Reading((p,), (), name or "normal", usual=name in ("", "continuity correction"))
        for name, p in found.items()
    ]
    if u.is_whole and m * n <= 2500:
        ranks = tuple(range(2, 2 * (m + n) + 1, 2))
        two, low, high = _exact_rank_sum(ranks, m, 2 * int(u.value) + m * (m + 1))
        for name, p in (("exact", two), ("exact, one-tailed", min(low, high))):
            readings.append(Reading((p,), (), name, usual=name == "exact"))
    readings.sort(key=lambda r: not r.usual)
    top = max(p for r in readings for p in r.values if OPPOSITE not in r.how)
    ties = Reading((top,), (((0.0, top),),), "ties in the data, which make p smaller", usual=False)
    return Check(
        (*readings, ties),
        arithmetic=f"U = {u.text}, {m} and {n} values, no ties",
        decide=decides(_alpha(given)),
        explain=_nearest_test(readings),
    )


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

    def readings_with(errors: bool) -> list[Reading]:  # noqa: FBT001
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
                found += [
                    Reading(h.values, h.boxes, f"{how}, {h.how}", usual=False) for h in _halves(reading)
                ]
        return sorted(found, key=lambda r: not r.usual)

    def explain(printed: Sequence[Figure]) -> str:
        if any(r.fit(printed) for r in readings_with(not se_printed)):
            label = "standard deviations" if se_printed else "standard errors"
            return f"it comes out if the spreads are {label}"
        nearest = _nearest_test if wanted == "p" else _nearest_statistic
        return nearest(readings)(printed)

    readings = readings_with(se_printed)
    text = f"({m1.text} − {m2.text}) / standard error, n = {n1} and {n2}"
    return Check(
        tuple(readings),
        arithmetic=text,
        unsigned=wanted == "t",
        decide=decides(_alpha(given)) if wanted == "p" else None,
        explain=explain,
        unclear="paired values cannot be tested from two summaries" if "paired" in given else "",
    )


def _differences_cross_zero(m1: Figure, m2: Figure) -> bool:
    return m1.span[0] <= m2.span[1] and m2.span[0] <= m1.span[1]


def _through_zero(reading: Reading, wanted: str) -> Reading:
    """Let t reach 0, and p 1, where the means before rounding may be equal."""
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
