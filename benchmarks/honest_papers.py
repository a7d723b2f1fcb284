"""Papers whose every printed number is right, and the same papers with planted errors.

Raw data are drawn, statistics come from numpy and scipy.stats (not from the audit), and each number is
printed by one of the usual ways of rounding. The audit must call none of them wrong. Errors are planted
in the printed text or in an input, in ways that happen.

python benchmarks/honest_papers.py --statistics 20000 --write   # data/review/audit_figures.csv
"""

from __future__ import annotations

import argparse
import ast
import csv
import decimal
import hashlib
import math
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.stats import contingency

from living_review.audit import paper

ROOT = Path(__file__).resolve().parents[1]
SEED = 20261128
POWER = 0.9  # planted errors count where the audit says, of the honest number, that it has this power
ROUNDINGS = {
    "half up": decimal.ROUND_HALF_UP,
    "half even": decimal.ROUND_HALF_EVEN,
    "cut off": decimal.ROUND_DOWN,
}
CODE = (
    "paper",
    "paper_kinds",
    "printed",
    "inputs",
    "reading",
    "significance",
    "intervals",
    "tables",
    "ranks",
    "effects",
    "shares",
    "spread",
    "grim",
    "totals",
)
FIGURES = ROOT / "data" / "review" / "audit_figures.csv"


@dataclass
class Claim:
    """A row of the table, and what planting an error needs."""

    kind: str
    printed: str
    inputs: dict[str, str]
    swap: dict[str, str] = field(default_factory=dict)  # inputs that a slip may take instead
    wrong: str = (
        ""  # a whole printed text that a slip may give (another group's, a total without a part)
    )

    def row(self) -> dict[str, str]:
        given = "; ".join(f"{k} = {v}" for k, v in self.inputs.items())
        return {"kind": self.kind, "printed": self.printed, "from": given}


class Printer:
    """Prints numbers as one paper does."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.rule = rng.choices(["half up", "half even", "cut off", "mixed"], [5, 3, 1, 1])[0]
        self.leading = rng.random() < 0.8
        self.p_style = rng.choice(["2", "3", "4", "stars", "significant", "scientific"])

    def number(self, x: float | Fraction, places: int) -> str:
        rule = self.rng.choice(list(ROUNDINGS)) if self.rule == "mixed" else self.rule
        with decimal.localcontext() as context:
            context.prec = 60
            if isinstance(x, Fraction):
                value = decimal.Decimal(x.numerator) / decimal.Decimal(x.denominator)
            else:
                value = decimal.Decimal(float(x))
            out = value.quantize(decimal.Decimal(1).scaleb(-places), rounding=ROUNDINGS[rule])
        return f"{out + 0:f}".replace("-0.", "-0.") if out else f"{abs(out):f}"

    def p(self, p: float) -> str:
        style = self.p_style
        text = self._p(p, style)
        return text if self.leading else text.replace("0.", ".", 1)

    def _p(self, p: float, style: str) -> str:
        if style == "stars":
            limits = [x for x in ("0.001", "0.01", "0.05") if p < float(x)]
            return f"p < {limits[0]}" if limits else self.rng.choice(["n.s.", "p > 0.05"])
        if style == "scientific" and p < 0.01:
            text = f"{p:.1e}"
            return text if float(text) else "< 0.001"
        if style == "significant" and p > 1e-6:
            places = min(8, 1 - math.floor(math.log10(p)))
            return self.number(p, max(2, places))
        places = int(style) if style in "234" else 3
        if p < 10.0**-places:
            return f"<{10.0**-places:.{places}f}"
        return "p = " + self.number(p, places)


def sample(rng: random.Random, g: np.random.Generator, n: int) -> tuple[np.ndarray, Fraction, int, int]:
    """Return values, their grain, and items and decimals of the scale."""
    what = rng.choice(["likert5", "likert7", "nrs", "age", "items", "tenths", "halves", "count"])
    centre = rng.random()
    if what in ("likert5", "likert7", "nrs"):
        low, high = {"likert5": (1, 5), "likert7": (1, 7), "nrs": (0, 10)}[what]
        x = np.clip(np.round(g.normal(low + centre * (high - low), rng.uniform(0.3, 3), n)), low, high)
        return x, Fraction(1), 1, 0
    if what == "age":
        return np.round(g.normal(50, 14, n)).clip(1), Fraction(1), 1, 0
    if what == "count":
        return g.poisson(rng.uniform(0.5, 20), n).astype(float), Fraction(1), 1, 0
    if what == "items":
        k = rng.choice([2, 3, 4, 5, 8, 10])
        return g.integers(1, 6, (n, k)).sum(1).astype(float) / k, Fraction(1, k), k, 0
    if what == "halves":
        return np.round(g.normal(20, 5, n) * 2) / 2, Fraction(1, 2), 1, 1
    return np.round(g.normal(30, 6, n), 1), Fraction(1, 10), 1, 1


def exact(x: np.ndarray, grain: Fraction) -> list[Fraction]:
    return [round(Fraction(float(v)) / grain) * grain for v in x]


def size(rng: random.Random) -> int:
    return min(500, max(5, int(math.exp(rng.uniform(math.log(5), math.log(500))))))


def two_groups(  # noqa: PLR0915 (one group after another, as a table of a paper has them)
    rng: random.Random, g: np.random.Generator, out: Printer
) -> Iterator[Claim]:
    n1, n2 = size(rng), size(rng)
    x, grain, items, _ = sample(rng, g, n1)
    y = x[:0]
    while len(y) < n2:
        y = np.concatenate([y, g.choice(x, n2)])
    shift = float(grain) * rng.choice([0, 0, 1, 2, 3])
    y = y[:n2] + shift
    # Equal values are equal to the last bit, as they are in print: else ties would be none.
    x, y = (np.array([float(v) for v in exact(values, grain)]) for values in (x, y))
    places, places_sd = rng.choice([0, 1, 2, 2, 3]), rng.choice([1, 2, 2, 3])
    scale = {"items": str(items)} if items > 1 else {} if grain == 1 else {"step": str(float(grain))}
    fx, fy = exact(x, grain), exact(y, grain)
    mean1, mean2 = sum(fx) / n1, sum(fy) / n2
    sds = []
    for values, mean in ((fx, mean1), (fy, mean2)):
        n = len(values)
        variance = sum((v - mean) ** 2 for v in values) / (n - 1)
        with decimal.localcontext() as context:
            context.prec = 50
            sds.append(Fraction((decimal.Decimal(variance.numerator) / variance.denominator).sqrt()))
    m1, m2 = out.number(mean1, places), out.number(mean2, places)
    s1, s2 = (out.number(s, places_sd) for s in sds)
    se1 = out.number(float(sds[0]) / math.sqrt(n1), places_sd)
    yield Claim("mean", m1, {"n": str(n1), **scale}, {"n": str(n1 - 1)}, m2)
    yield Claim("sd", s1, {"mean": m1, "n": str(n1), **scale}, {"mean": m2}, se1)
    yield Claim("standard_error", se1, {"sd": s1, "n": str(n1)}, {"n": str(n2)}, s1)
    if float(s1) == 0 or float(s2) == 0 or sds[0] == 0 or sds[1] == 0:
        return
    yield Claim("standard_deviation", s1, {"se": se1, "n": str(n1)}, {"n": str(n2)}, se1)
    a, b = (float(mean1), float(sds[0])), (float(mean2), float(sds[1]))
    e = a[1] / math.sqrt(n1)
    crit = rng.choice([stats.t.ppf(0.975, n1 - 1), 1.96, stats.norm.ppf(0.975)])
    wrong = " to ".join(out.number(a[0] + k * crit * a[1], places_sd) for k in (-1, 1))
    limits = [out.number(a[0] + k * crit * e, places_sd) for k in (-1, 1)]
    yield Claim(
        "mean_interval",
        " to ".join(limits),
        {"mean": m1, "sd": s1, "n": str(n1)},
        {"n": str(n2)},
        wrong,
    )
    lo, hi = limits
    if float(hi) > float(lo):
        yield Claim(
            "standard_deviation", s1, {"lower": lo, "upper": hi, "n": str(n1)}, {"n": str(n2)}, se1
        )
    summary = {"mean1": m1, "sd1": s1, "n1": str(n1), "mean2": m2, "sd2": s2, "n2": str(n2)}
    spreads = {
        f"sd{k}": out.number(v / math.sqrt(n), places_sd) for k, v, n in ((1, a[1], n1), (2, b[1], n2))
    }
    for welch in (False, True):
        t = stats.ttest_ind(x, y, equal_var=not welch)
        if not math.isfinite(t.statistic):
            continue
        p, places_t = float(t.pvalue), rng.choice([1, 2, 2, 3])
        flip = "0.04" if p > 0.06 else "0.21"
        yield Claim("t_test", out.p(p), summary, spreads, flip)
        named = {**summary, "test": "welch" if welch else "student"}
        yield Claim("t_test", out.p(p), named, spreads, flip)
        printed = out.number(float(t.statistic), places_t)
        yield Claim(
            "t_test",
            printed,
            {**summary, "gives": "t"},
            spreads,
            out.number(-t.statistic * 2, places_t),
        )
        df = out.number(float(t.df), rng.choice([0, 1, 2])) if welch else str(n1 + n2 - 2)
        side = rng.choice(["two", "two", "one"])
        p = p if side == "two" else float(stats.t.sf(abs(t.statistic), t.df))
        tails = {"tails": "1"} if side == "one" and rng.random() < 0.5 else {}
        yield Claim("p_value", out.p(p), {"t": printed, "df": df, **tails}, {}, flip)
        if not welch:
            yield Claim(
                "p_value",
                out.p(float(t.pvalue)),
                {"F": out.number(float(t.statistic) ** 2, places_t), "df1": "1", "df2": df},
                {},
                flip,
            )
    yield from ranks(rng, out, x, y)


def ranks(rng: random.Random, out: Printer, x: np.ndarray, y: np.ndarray) -> Iterator[Claim]:
    n1, n2 = len(x), len(y)
    method = "asymptotic"
    if len(np.unique(np.concatenate([x, y]))) == n1 + n2 and n1 * n2 < 2500:
        method = rng.choice(["exact", "asymptotic"])
    side = rng.choice(["two-sided", "two-sided", "two-sided", "greater", "less"])
    found = stats.mannwhitneyu(
        x,
        y,
        use_continuity=rng.random() < 0.5,
        method=method,
        alternative=side,
    )
    p = float(found.pvalue)
    tails = one_tailed(rng, p) if side != "two-sided" else {}
    flip = "0.04" if p > 0.06 else "0.21"
    if n1 + n2 <= 60:
        values = {k: " ".join(f"{v:.12g}" for v in z) for k, z in (("x", x), ("y", y))}
        yield Claim("mann_whitney", out.p(p), {**values, **tails}, {"y": values["x"]}, flip)
    u = f"{float(found.statistic):g}" if float(found.statistic) < 1e6 else str(int(found.statistic))
    if float(u) == float(found.statistic):
        yield Claim("mann_whitney", out.p(p), {"U": u, "n1": str(n1), "n2": str(n2), **tails}, {}, flip)


def one_tailed(rng: random.Random, p: float) -> dict[str, str]:
    """State that a test is one-tailed: always where the effect goes the other way, else at times."""
    return {"tails": "1"} if p > 0.5 or rng.random() < 0.3 else {}


def other_tests(rng: random.Random, g: np.random.Generator, out: Printer) -> Iterator[Claim]:
    n, k = size(rng), rng.choice([3, 4, 5])
    groups = [g.normal(rng.uniform(0, 0.6), 1, n) for _ in range(k)]
    f = stats.f_oneway(*groups)
    places = rng.choice([1, 2, 2, 3])
    df2 = str(k * (n - 1))
    flip = "0.04" if f.pvalue > 0.06 else "0.21"
    yield Claim(
        "p_value",
        out.p(float(f.pvalue)),
        {"F": out.number(float(f.statistic), places), "df1": str(k - 1), "df2": df2},
        {"df1": str(k)},
        flip,
    )
    a = g.normal(0, 1, n)
    b = rng.uniform(-0.8, 0.8) * a + g.normal(0, 1, n)
    r = stats.pearsonr(a, b)
    flip = "0.04" if r.pvalue > 0.06 else "0.21"
    yield Claim(
        "p_value",
        out.p(float(r.pvalue)),
        {"r": out.number(float(r.statistic), rng.choice([2, 2, 3])), "n": str(n)},
        {},
        flip,
    )
    z = float(g.normal(0, 2))
    p = 2 * stats.norm.sf(abs(z))
    yield Claim(
        "p_value",
        out.p(float(p)),
        {"z": out.number(z, rng.choice([1, 2, 2, 3]))},
        {},
        "0.04" if p > 0.06 else "0.21",
    )
    df = rng.choice([1, 1, 2, 3, 5, 10, 20])
    x = float(g.chisquare(df) * rng.choice([1, 1, 2]))
    p = float(stats.chi2.sf(x, df))
    yield Claim(
        "p_value",
        out.p(p),
        {rng.choice(["chi2", "Q"]): out.number(x, rng.choice([1, 2, 2, 3])), "df": str(df)},
        {"df": str(df + 1)},
        "0.04" if p > 0.06 else "0.21",
    )


def trials(rng: random.Random, g: np.random.Generator, out: Printer) -> Iterator[Claim]:
    n1, n2 = size(rng), size(rng)
    risk = rng.uniform(0.02, 0.9)
    a, c = (
        int(g.binomial(n1, risk)),
        int(g.binomial(n2, min(0.97, max(0.02, risk * rng.uniform(0.3, 2))))),
    )
    b, d = n1 - a, n2 - c
    places = rng.choice([0, 1, 1, 2])
    percents = [out.number(Fraction(100 * k, n), places) for k, n in ((a, n1), (c, n2))]
    sign = rng.choice(["%", ""])
    yield Claim(
        "percentage", percents[0] + sign, {"count": str(a), "n": str(n1)}, {"n": str(n2)}, percents[1]
    )
    yield Claim("percentage", percents[0] + "%", {"n": str(n1)}, {"n": str(n2)}, percents[1])
    several = [
        out.number(Fraction(100 * int(k), n1), places)
        for k in g.integers(0, n1 + 1, rng.choice([2, 3, 5]))
    ]
    yield Claim(
        "common_denominator", " ".join(p + "%" for p in several), {"n": str(n1)}, {"n": str(n1 - 1)}
    )
    yield Claim("common_denominator", " ".join(p + "%" for p in several), {"largest": "500"}, {})
    method = rng.choice(["exact", "wilson", "wilsoncc", "wald"])
    low, high = share_limits(a, n1, method)
    text = f"{percents[0]}% ({out.number(100 * low, places)} to {out.number(100 * high, places)})"
    yield Claim("share_interval", text, {"count": str(a), "n": str(n1)}, {"n": str(n2)})
    share = out.number(Fraction(a, n1), rng.choice([2, 3]))
    sd = math.sqrt(a * b / n1 / (n1 - 1))
    yield Claim("sd_of_share", out.number(sd, rng.choice([2, 3])), {"mean": share, "n": str(n1)}, {})
    arms = {"events1": str(a), "n1": str(n1), "events2": str(c), "n2": str(n2)}
    off = (
        {"events1": str(a // 2 if a > n1 / 2 else a + max(2, (n1 - a) // 2))} if 1 < a < n1 - 1 else {}
    )
    yield from table_tests(rng, out, a, b, c, d)
    z = stats.norm.ppf(0.975)
    p, q = a / n1, c / n2
    if p != q:
        diff, se = Fraction(a, n1) - Fraction(c, n2), math.sqrt(p * (1 - p) / n1 + q * (1 - q) / n2)
        ends = (
            newcombe(a, n1, c, n2)
            if rng.random() < 0.4
            else (float(diff) - z * se, float(diff) + z * se)
        )
        if rng.random() < 0.5:
            one, low, high = (out.number(100 * v, 1) for v in (diff, *ends))
            text = f"{one}% ({low} to {high})"
        else:
            text = f"{out.number(diff, 3)} ({out.number(ends[0], 3)} to {out.number(ends[1], 3)})"
        yield Claim("risk_difference", text, arms, off)
        exact_nnt = 1 / abs(Fraction(a, n1) - Fraction(c, n2))
        nnt = (
            str(math.ceil(exact_nnt))
            if rng.random() < 0.5
            else out.number(exact_nnt, rng.choice([0, 1]))
        )
        yield Claim("number_needed", nnt, arms, off)
    if min(a, b, c, d) > 0:
        yield from ratios(rng, out, arms, off, (a, b, c, d))


def newcombe(a: int, n1: int, c: int, n2: int) -> tuple[float, float]:
    (l1, u1), (l2, u2) = share_limits(a, n1, "wilson"), share_limits(c, n2, "wilson")
    p, q = a / n1, c / n2
    return p - q - math.hypot(p - l1, u2 - q), p - q + math.hypot(u1 - p, q - l2)


def share_limits(k: int, n: int, method: str) -> tuple[float, float]:
    if method == "wald":
        half = stats.norm.ppf(0.975) * math.sqrt(k / n * (1 - k / n) / n)
        return max(0.0, k / n - half), min(1.0, k / n + half)
    found = stats.binomtest(k, n).proportion_ci(method=method)
    return float(found.low), float(found.high)


def table_tests(rng: random.Random, out: Printer, a: int, b: int, c: int, d: int) -> Iterator[Claim]:
    if not (a + c and b + d):
        return
    table = np.array([[a, b], [c, d]])
    text = {"table": f"{a} {b} / {c} {d}"}
    other = {"table": f"{2 * a + 1} {b} / {c} {d}"}
    tests = {
        "chi2": contingency.chi2_contingency(table, correction=False),
        "yates": contingency.chi2_contingency(table, correction=True),
        "g": contingency.chi2_contingency(table, correction=False, lambda_="log-likelihood"),
    }
    ps = {name: float(found.pvalue) for name, found in tests.items()}
    ps["fisher"] = float(stats.fisher_exact(table).pvalue)
    ps["fisher one"] = float(
        stats.fisher_exact(table, alternative=rng.choice(["less", "greater"])).pvalue
    )
    for name in rng.sample(list(ps), 3):
        flip = "0.04" if min(ps.values()) > 0.12 else "0.31" if max(ps.values()) < 0.04 else ""
        named = {"test": name} if " " not in name and rng.random() < 0.4 else {}
        tails = one_tailed(rng, ps[name]) if name == "fisher one" else {}
        yield Claim("table_test", out.p(ps[name]), {**text, **named, **tails}, other, flip)
    name = rng.choice(list(tests))
    printed = out.number(float(tests[name].statistic), rng.choice([1, 2, 2, 3]))
    yield Claim("chi2", printed, text, other)


def ratios(
    rng: random.Random, out: Printer, arms: dict[str, str], off: dict[str, str], cells: tuple[int, ...]
) -> Iterator[Claim]:
    a, b, c, d = cells
    n1, n2 = a + b, c + d
    places = rng.choice([1, 2, 2, 3])
    for kind in ("risk_ratio", "odds_ratio"):
        if kind == "risk_ratio":
            found = contingency.relative_risk(a, n1, c, n2)
            e, ci = Fraction(a * n2, n1 * c), found.confidence_interval()
            se = math.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2)
        else:
            how = rng.choice(["sample", "sample", "conditional"])
            result = contingency.odds_ratio(np.array([[a, b], [c, d]]), kind=how)
            e, ci = float(result.statistic), result.confidence_interval()
            e = Fraction(a * d, b * c) if how == "sample" else e
            se = math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
        low, high = float(ci.low), float(ci.high)
        wald = kind == "risk_ratio" or how == "sample"
        if rng.random() < 0.15:
            e, low, high = 1 / e, 1 / high, 1 / low
        one, lo, hi = (out.number(v, places) for v in (e, low, high))
        yield Claim(
            kind,
            f"{one} ({lo} to {hi})",
            arms,
            off,
            f"{one} ({lo} to {out.number(high * 1.7, places)})",
        )
        yield Claim(kind, one, arms, off)
        if float(lo) <= 0 or float(one) <= 0 or float(hi) <= float(lo) or not math.isfinite(high):
            continue
        method = {"method": "wald"} if wald and rng.random() < 0.5 else {}
        wrong = out.number(math.exp(math.log(low) * 0.8 + math.log(high) * 0.2), places)
        yield Claim("symmetry", one, {"lower": lo, "upper": hi, **method}, {}, wrong)
        parts = {"estimate": one, "lower": lo, "upper": hi}
        p = float(2 * stats.norm.sf(abs(math.log(e)) / se))
        flip = "0.04" if p > 0.2 else "0.31" if p < 0.01 else ""
        if wald:
            yield Claim("p_from_interval", out.p(p), {**parts, **method}, {}, flip)
        table = np.array([[a, b], [c, d]])
        tests = [contingency.chi2_contingency(table, correction=k).pvalue for k in (False, True)]
        tests.append(stats.fisher_exact(table).pvalue)
        yield Claim("p_from_interval", out.p(float(rng.choice(tests))), parts, {}, flip)
        text = out.number(p, 4)
        if wald and 0 < float(text) < 1:
            yield Claim(
                "interval_from_p",
                f"{lo} to {hi}",
                {"estimate": one, "p": text, **method},
                {},
                f"{lo} to {out.number(high * 1.7, places)}",
            )


def larger_tables(rng: random.Random, g: np.random.Generator, out: Printer) -> Iterator[Claim]:
    rows, columns = rng.choice([(2, 3), (3, 2), (3, 3), (2, 4), (4, 3)])
    table = g.poisson(rng.uniform(3, 40), (rows, columns))
    if not (table.sum(0).all() and table.sum(1).all()):
        return
    text = {"table": " / ".join(" ".join(map(str, row)) for row in table)}
    wrong = table.copy()
    wrong[0, 0] += max(2, wrong[0, 0] // 2)
    other = {"table": " / ".join(" ".join(map(str, row)) for row in wrong)}
    found = contingency.chi2_contingency(table)
    flip = "0.04" if found.pvalue > 0.2 else "0.31" if found.pvalue < 0.01 else ""
    yield Claim("table_test", out.p(float(found.pvalue)), text, other, flip)
    yield Claim("chi2", out.number(float(found.statistic), 2), text, other)
    column = [int(v) for v in table.ravel()]
    whole = sum(column)
    yield Claim(
        "total", str(whole), {"parts": " ".join(map(str, column))}, {}, str(whole - max(column[0], 1))
    )
    shares = [out.number(Fraction(100 * v, whole), 1) for v in column]
    yield Claim("total", "100", {"parts": " ".join(shares)}, {}, "")


def arithmetic(rng: random.Random, g: np.random.Generator, out: Printer) -> Iterator[Claim]:
    a, b = float(g.lognormal(3, 1)), float(g.lognormal(3, 1))
    places = rng.choice([0, 1, 2])
    one, two = out.number(a, places), out.number(b, places)
    if float(two) > 5 * 10.0**-places and float(one) > 5 * 10.0**-places:
        yield Claim(
            "ratio",
            out.number(a / b, rng.choice([1, 2])),
            {"first": one, "second": two},
            {"first": two},
        )
        change = (b - a) / a * 100
        text = out.number(change, rng.choice([0, 1]))
        text = text.lstrip("-") if rng.random() < 0.4 else text
        yield Claim(
            "percent_change",
            text + "%",
            {"before": one, "after": two},
            {"after": out.number(b * 1.3, places)},
        )
    yield Claim("difference", out.number(a - b, places), {"first": one, "second": two}, {})
    fine = out.number(a, 3)
    yield Claim(
        "same",
        one if out.rule == "mixed" else out.number(Fraction(fine), places),
        {"other": fine},
        {},
        two,
    )


MAKERS: tuple[Callable[..., Iterator[Claim]], ...] = (
    two_groups,
    other_tests,
    trials,
    larger_tables,
    arithmetic,
)


def honest(statistics: int, seed: int = SEED) -> list[Claim]:
    """Return at least so many claims that are right."""
    rng, g = random.Random(seed), np.random.default_rng(seed)
    found: list[Claim] = []
    while len(found) < statistics:
        out = Printer(rng)
        for make in MAKERS:
            found += make(rng, g, out)
    return found


def audit(claims: list[Claim]) -> list[paper.PaperResult]:
    return paper.audit_paper([c.row() for c in claims])


# --- planted errors --------------------------------------------------------------------------------

DIGITS = "0123456789"


def _digits(text: str) -> list[int]:
    """Return the places of digits that a slip may hit: those after leading zeros and signs."""
    body = text.partition("e")[0]
    first = next((i for i, ch in enumerate(body) if ch in "123456789"), len(body))
    return [i for i, ch in enumerate(body) if ch.isdigit() and i >= first]


def wrong_digit(claim: Claim, rng: random.Random) -> Claim | None:
    places = _digits(claim.printed)
    if not places:
        return None
    i = rng.choice(places)
    other = rng.choice([ch for ch in DIGITS if ch != claim.printed[i]])
    return replace(claim, printed=claim.printed[:i] + other + claim.printed[i + 1 :])


def swapped_digits(claim: Claim, rng: random.Random) -> Claim | None:
    text = claim.printed
    pairs = [i for i in _digits(text)[:-1] if text[i + 1].isdigit() and text[i] != text[i + 1]]
    if not pairs:
        return None
    i = rng.choice(pairs)
    return replace(claim, printed=text[:i] + text[i + 1] + text[i] + text[i + 2 :])


def moved_point(claim: Claim, rng: random.Random) -> Claim | None:
    text, points = claim.printed, [i for i, ch in enumerate(claim.printed) if ch == "."]
    points = [i for i in points if i + 2 < len(text) and text[i + 1 : i + 3].isdigit()]
    if not points:
        return None
    i = rng.choice(points)
    return replace(claim, printed=text[:i] + text[i + 1] + "." + text[i + 2 :])


def doubled_digit(claim: Claim, rng: random.Random) -> Claim | None:
    found = list(re.finditer(r"(?<![\d.])[1-9]\d*", claim.printed.partition("e")[0]))
    if not found:
        return None
    at = rng.choice(found).start()
    return replace(claim, printed=claim.printed[:at] + claim.printed[at] + claim.printed[at:])


def from_input(*names: str) -> Callable[[Claim, random.Random], Claim | None]:
    """Take other inputs; numbers only that are a fifth or more away, or the slip would not be seen."""

    def plant(claim: Claim, rng: random.Random) -> Claim | None:
        del rng
        usable = [n for n in names if n in claim.swap and far(claim.swap[n], claim.inputs[n])]
        if not usable:
            return None
        return replace(claim, inputs={**claim.inputs, **{n: claim.swap[n] for n in usable}})

    return plant


def far(wrong: str, right: str) -> bool:
    a, b = (float(text.split()[0]) for text in (wrong, right))
    return abs(a - b) >= 0.2 * abs(b) and a != b


def other_text(*kinds: str) -> Callable[[Claim, random.Random], Claim | None]:
    def plant(claim: Claim, rng: random.Random) -> Claim | None:
        del rng
        if claim.kind not in kinds or not claim.wrong:
            return None
        return replace(claim, printed=claim.wrong)

    return plant


PLANTS: dict[str, Callable[[Claim, random.Random], Claim | None]] = {
    "wrong digit": wrong_digit,
    "digits changed places": swapped_digits,
    "point in another place": moved_point,
    "digit printed twice": doubled_digit,
    "denominator of another group": from_input("n"),
    "a count copied wrongly": from_input("events1", "table"),
    "number of another group": other_text("mean", "percentage", "same", "mean_interval"),
    "standard error for standard deviation": lambda c, r: (
        other_text("sd", "standard_error", "standard_deviation")(c, r) or from_input("sd1", "sd2")(c, r)
    ),
    "p value on the other side of 0.05": other_text(
        "p_value", "t_test", "mann_whitney", "table_test", "p_from_interval"
    ),
    "wrong limit, or total without a part": other_text(
        "risk_ratio", "odds_ratio", "interval_from_p", "total", "symmetry"
    ),
}


def plant(claims: list[Claim], seed: int = SEED) -> list[tuple[str, int, Claim]]:
    """Return planted errors: kind of error, position of the honest claim, claim with the error.

    A text that says the same (0.50 for 0.5) or something no author would print is no error: it is left
    out if it cannot be read.
    """
    rng = random.Random(seed + 1)
    found = []
    for position, claim in enumerate(claims):
        for name, make in PLANTS.items():
            wrong = make(claim, rng)
            if wrong is None or same_numbers(claim, wrong):
                continue
            found.append((name, position, wrong))
    return found


def same_numbers(claim: Claim, wrong: Claim) -> bool:
    """Whether nothing is wrong: the same inputs and the same numbers; or the table is refused."""
    try:
        paper.audit_paper([wrong.row()])
    except paper.InvalidPaperError:
        return True  # a message names it: seen, but not by the computation
    if claim.inputs != wrong.inputs:
        return False
    a, b = ([float(t) for t in re.findall(r"\d*\.?\d+(?:e-\d+)?", c.printed)] for c in (claim, wrong))
    return a == b and claim.printed[:4].strip(" p=") == wrong.printed[:4].strip(" p=")


def fingerprint() -> str:
    """Return a digest of the code that the figures are about: this file and the audit of papers.

    Of what runs: comments, docstrings and the layout of lines do not count.
    """
    files = [Path(__file__), *(ROOT / "src/living_review/audit" / f"{name}.py" for name in CODE)]
    total = hashlib.sha256()
    for path in files:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list):
                node.body = [part for part in body if not is_text(part)]
        total.update(ast.dump(tree).encode())
    return total.hexdigest()[:16]


def is_text(node: ast.AST) -> bool:
    """Whether a statement is a text and nothing else, as docstrings are."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@dataclass(frozen=True)
class Measured:
    """How many statistics were called wrong: of all, and of those with power."""

    label: str
    checked: int
    flagged: int
    checked_with_power: int
    flagged_with_power: int


def measure(claims: list[Claim], seed: int = SEED) -> list[Measured]:
    """Return false alarms among honest claims, then what is found of each kind of planted error.

    *With power*: the audit itself says of the row, wrong or not, that it would see at least ``POWER``
    of all slips of a digit.
    """
    right = audit(claims)
    strong = [r for r in right if (r.power or 0) >= POWER]
    found = [Measured("honest", len(right), flagged(right), len(strong), flagged(strong))]
    planted = plant(claims, seed)
    results = audit([c for _, _, c in planted])
    for name in PLANTS:
        mine = [r for (kind, _, _), r in zip(planted, results, strict=True) if kind == name]
        strong = [r for r in mine if (r.power or 0) >= POWER]
        found.append(Measured(name, len(mine), flagged(mine), len(strong), flagged(strong)))
    return found


def flagged(results: list[paper.PaperResult]) -> int:
    return sum(r.is_finding for r in results)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--statistics", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--write", action="store_true", help=f"write {FIGURES.relative_to(ROOT)}")
    options = parser.parse_args()
    claims = honest(options.statistics, options.seed)
    start = time.process_time()
    alarms = [r for r in audit(claims) if r.is_finding]
    seconds = time.process_time() - start
    print(f"{len(claims)} right statistics in {seconds:.1f} s of one processor")
    for r in alarms:
        print(f"FALSE ALARM {r.kind} | {r.printed} | {r.inputs} | {r.recomputed} | {r.verdict}")
    rows = measure(claims, options.seed)
    for m in rows:
        share = m.flagged_with_power / m.checked_with_power
        print(
            f"{m.label:40} {m.flagged:6} of {m.checked:6}; "
            f"with power {m.flagged_with_power:6} of {m.checked_with_power:6} ({share:.3f})"
        )
    if options.write:
        write(rows)
    return 1 if alarms else 0


def write(rows: list[Measured]) -> None:
    with FIGURES.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        columns = ("checked", "flagged", "checked_with_power", "flagged_with_power")
        out.writerow(["id", "kind", "what", *columns, "least_power", "fingerprint", "note"])
        for m in rows:
            kind = "honest" if m.label == "honest" else "planted"
            name = "_".join(re.findall(r"[a-z0-9]+", m.label.lower()))
            what = "statistics that are right" if kind == "honest" else m.label
            cells = [getattr(m, c) for c in columns]
            out.writerow([name, kind, what, *cells, POWER, fingerprint(), ""])


if __name__ == "__main__":
    sys.exit(main())
