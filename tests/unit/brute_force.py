"""Bounds by brute force: every way to group patients by time, from the definitions alone.

Nothing here is shared with the package. A *structure* is a sequence of times, each with so many deaths
and censorings; its curve, its censoring curve, its medians and its numbers at risk follow from their
definitions. Each printed figure then limits the times of the structure, ends open or closed, and the
times must ascend strictly.
"""

from __future__ import annotations

import itertools
from fractions import Fraction as F
from functools import cache

LOW, HIGH = (F(0), 1), (F(10**6), 0)  # times are above 0


@cache
def structures(n):
    """Every sequence of (deaths, censorings) with n patients in all."""
    if n == 0:
        return ((),)
    return tuple(
        ((d, size - d), *rest)
        for size in range(1, n + 1)
        for d in range(size + 1)
        for rest in structures(n - size)
    )


@cache
def curves(groups, flipped):
    """S and G after 0, 1, ... groups; deaths, and patients left."""
    left = sum(d + c for d, c in groups)
    s, g, dead = [F(1)], [F(1)], [0]
    at_risk = [left]
    for d, c in groups:
        s.append(s[-1] * F(left - d, left))
        base = left if flipped else left - d
        g.append(g[-1] * (F(base - c, base) if c else 1))
        dead.append(dead[-1] + d)
        left -= d + c
        at_risk.append(left)
    return s, g, dead, at_risk


def medians(groups, curve, kind, rule):
    """Ways in which a program gives the median: ('time', i), ('sum', i, j) or ('none',)."""
    events = [i for i, x in enumerate(groups) if x[kind]]
    first = next((i for i in events if curve[i + 1] <= F(1, 2)), None)
    if first is None:
        return [("none",)]
    if rule == "first" or curve[first + 1] < F(1, 2):
        return [("time", first)]
    after = [i for i in events if i > first]
    if after:
        return [("sum", first, after[0])]
    last = len(groups) - 1
    return [("time", first), ("sum", first, last), ("none",)]


class Times:
    """Limits on strictly ascending times."""

    def __init__(self, size):
        self.low, self.high, self.sums = [LOW] * size, [HIGH] * size, []

    def copy(self):
        new = Times(0)
        new.low, new.high, new.sums = list(self.low), list(self.high), list(self.sums)
        return new

    def at_least(self, i, t, *, strictly=False):
        self.low[i] = max(self.low[i], (F(t), int(strictly)))

    def at_most(self, i, t, *, strictly=False):
        self.high[i] = min(self.high[i], (F(t), -int(strictly)))

    def split(self, left, t, *, before=False):
        """So many groups are at or before t (or before it), the others after."""
        if left:
            self.at_most(left - 1, t, strictly=before)
        if left < len(self.low):
            self.at_least(left, t, strictly=not before)

    def possible(self):
        low, high = list(self.low), list(self.high)
        for i in range(1, len(low)):
            low[i] = max(low[i], (low[i - 1][0], 1))
        for i in reversed(range(len(high) - 1)):
            high[i] = min(high[i], (high[i + 1][0], -1))
        for a, b in zip(low, high, strict=True):
            if a[0] > b[0] or (a[0] == b[0] and (a[1] or b[1])):
                return False
        for i, j, least, most in self.sums:
            bottom, top = low[i][0] + low[j][0], high[i][0] + high[j][0]
            if i == j:
                bottom, top = 2 * low[i][0], 2 * high[i][0]
            if bottom > most or (bottom == most and (low[i][1] or low[j][1])):
                return False
            if top < least or (top == least and (high[i][1] or high[j][1])):
                return False
        return len(self.sums) < 2 or self.both_sums(low, high)

    def both_sums(self, low, high):
        """Two sums at once: a linear program with the slack of the strict ends maximised."""
        from scipy.optimize import linprog

        n = len(low)
        rows, rhs = [], []

        def add(pairs, value, strict):
            row = [0.0] * (n + 1)
            for i, x in pairs:
                row[i] += x
            row[n] = float(strict)
            rows.append(row)
            rhs.append(float(value))

        for i in range(n):
            add([(i, -1)], -low[i][0], low[i][1])
            add([(i, 1)], high[i][0], -high[i][1])
            if i:
                add([(i - 1, 1), (i, -1)], 0, 1)
        for i, j, least, most in self.sums:
            add([(i, 1), (j, 1)], most, 0)
            add([(i, -1), (j, -1)], -least, 0)
        cost = [0.0] * n + [-1.0]
        found = linprog(cost, A_ub=rows, b_ub=rhs, bounds=[(0, None)] * n + [(0, 1)])
        return found.status == 0 and -found.fun > 1e-9


def limited(groups, figures, rule, flipped, after):
    """Every set of limits on the times of a structure under which it prints the figures."""
    s, g, dead, at_risk = curves(groups, flipped)
    size, n = len(groups), at_risk[0]
    if "deaths" in figures and dead[-1] != figures["deaths"]:
        return
    start = Times(size)
    if "last" in figures:
        start.at_least(size - 1, figures["last"][0])
        start.at_most(size - 1, figures["last"][1])
    stages = []
    for t, (low, high) in figures.get("landmarks", {}).items():
        stages.append([("split", i, t, False) for i in range(size + 1) if low <= s[i] <= high])
    for t, (low, high) in figures.get("at_risk", {}).items():
        stages.append([("risk", i, t, not after) for i in range(size + 1) if low <= at_risk[i] <= high])
    for t, (low, high) in figures.get("deaths_by", {}).items():
        stages.append([("risk", i, t, False) for i in range(size + 1) if low <= dead[i] <= high])
    for name, curve, kind in (("median", s, 0), ("follow_up", g, 1)):
        if name in figures:
            window = figures[name]
            ways = medians(groups, curve, kind, rule)
            stages.append([(*w, window) for w in ways if (w[0] == "none") == (window == "not reached")])
    known = figures.get("exact", [])
    bounds = sorted(figures.get("lower_bounds", []))
    bounds = [0] * (n - len(known) - len(bounds)) + bounds
    if known:
        places = [[i for i in range(size) if groups[i][1 - e]] for _, e in known]
        stages.append([("known", x) for x in itertools.product(*places)])
    for choice in itertools.product(*stages):
        times = start.copy()
        taken = [0] * size
        fine = True
        for step in choice:
            if step[0] in ("split", "risk"):
                times.split(step[1], step[2], before=step[3])
                if step[0] == "split" and step[1] == size and s[-1] > 0:
                    times.at_least(size - 1, step[2])  # somebody was observed until then
            elif step[0] == "time":
                times.at_least(step[1], step[2][0])
                times.at_most(step[1], step[2][1])
            elif step[0] == "sum":
                times.sums.append((step[1], step[2], 2 * step[3][0], 2 * step[3][1]))
            elif step[0] == "known":
                used = {}
                for (t, e), i in zip(known, step[1], strict=True):
                    times.at_least(i, t)
                    times.at_most(i, t)
                    taken[i] += 1
                    used[i, e] = used.get((i, e), 0) + 1
                fine = all(k <= groups[i][1 - e] for (i, e), k in used.items())
        if not fine:
            continue
        others = iter(bounds)
        for i, (d, c) in enumerate(groups):
            for _ in range(d + c - taken[i]):
                bound = next(others)
                if bound:
                    times.at_least(i, bound)
        yield times


def solve(n, figures, queries, *, rule="first", flipped=False, after=False):
    """Orders that agree; at each time the (S, deaths, at risk) that are possible; two sums at once?"""
    orders, values, double = set(), {t: set() for t in queries}, False
    for groups in structures(n):
        s, _, dead, at_risk = curves(groups, flipped)
        size = len(groups)
        for times in limited(groups, figures, rule, flipped, after):
            double |= len(times.sums) > 1
            if not times.possible():
                continue
            orders.add("".join("D" * d + "C" * c for d, c in groups))
            for t in queries:
                for i in range(size + 1):
                    found = (s[i], dead[i], at_risk[i])
                    if found in values[t]:
                        continue
                    here = times.copy()
                    here.split(i, t)
                    if i == size and s[-1] > 0:
                        here.at_least(size - 1, t)  # after its last time there is no curve
                    if here.possible():
                        values[t].add(found)
    return orders, values, double
