"""p values from test statistics; what the other tests share.

Every usual variant of a test is a reading: other tails, corrections, approximations. The distributions
are those of :mod:`scipy.special`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from living_review.audit.inputs import InputError, Inputs
from living_review.audit.printed import Figure
from living_review.audit.reading import Box, Check, Floats, Reading, evaluate

ONE_TAILED = "one-tailed"
OPPOSITE = "one-tailed, the effect in the other direction"
STATISTICS = ("t", "F", "chi2", "z", "r", "rho", "Q")


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


def alpha_of(given: Inputs) -> float:
    """Return the level of significance, 0.05 by default."""
    alpha = given.number("alpha", 0.05)
    if not 0 < alpha < 1:
        raise InputError(f"alpha = {given.texts['alpha']}; expected a number between 0 and 1")
    return alpha


def level_of(given: Inputs) -> float:
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
        decide=decides(alpha_of(given)),
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
        return _tails(two_tailed, [stat], one_tailed=one_tailed)
    if name in ("chi2", "Q"):
        k = given.whole("df", 1)
        found = [evaluate(lambda x: special.chdtrc(k, np.maximum(x, 0)), [stat])]
        return found + (one_tailed_of(found[0]) if k == 1 and name == "chi2" else [])
    if name in ("r", "rho"):
        return _correlation(stat, given, one_tailed=one_tailed)
    if name == "F":
        return _f(stat, given)
    df_printed = given.figure("df", 0.5)
    df = _exact_if_whole(df_printed)
    found = _tails(t_two_tailed, [stat, df], one_tailed=one_tailed)
    if df_printed.is_whole:
        near = (max(0.5, df_printed.number - 0.5), df_printed.number + 1)
        found += _with_tails(
            evaluate(t_two_tailed, [stat], "degrees of freedom rounded", usual=False, more=[near])
        )
    return found + _with_tails(
        evaluate(two_tailed, [stat], "normal distribution in place of t", usual=False)
    )


def _with_tails(two: Reading) -> list[Reading]:
    halves = [replace(h, how=f"{two.how}, {h.how}") for h in one_tailed_of(two)]
    return [two, *halves]


def _exact_if_whole(one: Figure) -> Figure | float:
    return one.number if one.is_whole else one


def _tails(
    formula: Callable[..., Floats], inputs: Sequence[Figure | float], *, one_tailed: bool
) -> list[Reading]:
    two = evaluate(formula, inputs, "two-tailed" if one_tailed else "", usual=not one_tailed)
    halves = one_tailed_of(two)
    if one_tailed:
        return [*(Reading(h.values, h.boxes, "", usual=True) for h in halves), two]
    return [two, *halves]


def one_tailed_of(two: Reading) -> list[Reading]:
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
        return t_two_tailed(r * np.sqrt(df / np.maximum(1 - r * r, 1e-300)), np.full_like(r, df))

    return _tails(p, [stat], one_tailed=one_tailed)


def _f(stat: Figure, given: Inputs) -> list[Reading]:
    df1, df2 = given.figure("df1", 0.5), given.figure("df2", 0.5)
    dfs = [_exact_if_whole(df1), _exact_if_whole(df2)]

    def p(f: Floats, a: Floats, b: Floats) -> Floats:
        return special.fdtrc(a, b, np.maximum(f, 0))

    found = [evaluate(p, [stat, *dfs])]
    if df1.value == 1:
        found += one_tailed_of(found[0])
    if df2.is_whole:
        near = [(d.number - 0.5, d.number + 1) for d in (df1, df2)]
        first = (df1.number, df1.number) if df1.value == 1 else (max(0.5, near[0][0]), near[0][1])
        more = [first, (max(0.5, near[1][0]), near[1][1])]
        rounded = evaluate(p, [stat], "degrees of freedom rounded", usual=False, more=more)
        found += _with_tails(rounded) if df1.value == 1 else [rounded]
    return found


def nearest_statistic(readings: Sequence[Reading]) -> Callable[[Sequence[Figure]], str]:
    """Return what names the reading nearest to the printed statistic."""

    def explain(printed: Sequence[Figure]) -> str:
        near = min(readings, key=lambda r: abs(r.values[0] - printed[0].number))
        return f"nearest: {near.how or 'as usual'} {near.values[0]:.4g}"

    return explain


def digits_of_nearest(readings: Sequence[Reading]) -> Callable[[Sequence[Figure]], str]:
    """Return what names the reading whose numbers together are nearest to the printed ones."""

    def explain(printed: Sequence[Figure]) -> str:
        def gap(r: Reading) -> float:
            return sum(abs(x - f.number) for x, f in zip(r.values, printed, strict=False))

        near = min(readings, key=gap)
        shown = ", ".join(f"{x:.4g}" for x in near.values[: len(printed)])
        return f"nearest: {shown}" + (f" ({near.how})" if near.how else "")

    return explain


def nearest_test(readings: Sequence[Reading]) -> Callable[[Sequence[Figure]], str]:
    """Return what names the two readings whose p is nearest to the printed one."""

    def explain(printed: Sequence[Figure]) -> str:
        one = printed[0]
        near = sorted(readings, key=lambda r: abs(r.values[0] - one.number))[:2]
        return "nearest: " + ", ".join(f"{r.how or 'two-tailed'} p = {r.values[0]:.4g}" for r in near)

    return explain
