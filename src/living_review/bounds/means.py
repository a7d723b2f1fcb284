"""Restricted mean survival: the area under the curve up to a time, from the same states.

The area is ``sum over deaths (drop of S) x (time of death) + S at the end x limit``: it grows with
every time of death. For a given order all times can be as late as possible together, and as early as
possible together, so the greatest and the least area are sums along a path and follow from the graph of
states without listing orders. The curve is held at its last value after the last time.

With midpoint medians or intervals, which tie single times together, the ends may not be attained; they
are never too narrow. Beyond the exact method the areas under the two edges of the band are returned.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from living_review.bounds.engine import NEVER, Graph, State
from living_review.bounds.rounding import Number, exact

if TYPE_CHECKING:
    from living_review.bounds.forced import SurvivalBounds
    from living_review.bounds.patterns import Pattern


def restricted_mean(found: SurvivalBounds, until: Number) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest restricted mean survival up to a time.

    Parameters
    ----------
    found : SurvivalBounds
        What a summary forces.
    until : number
        Limit of the area, in the unit of the summary.

    Returns
    -------
    least, greatest : Fraction
    """
    limit = exact(until)
    if limit <= 0:
        raise ValueError(f"until is {until}; expected a time above 0")
    if found.alone:
        pairs = [restricted_mean(x, limit) for x in found.alone.values()]
    elif found.listed is not None:
        pairs = [_of_pattern(p, limit) for p in found.listed]
    elif found.graph is not None:
        pairs = [
            (_of_graph(found.graph, limit, least=True), _of_graph(found.graph, limit, least=False))
        ]
    else:
        return _of_band(found, limit)
    return min(p[0] for p in pairs), max(p[1] for p in pairs)


def _of_pattern(pattern: Pattern, limit: Fraction) -> tuple[Fraction, Fraction]:
    s = pattern.survival()
    ends = []
    for times in ([x[0] for x in pattern.earliest], pattern.latest):
        total = s[-1] * limit
        for i, t in enumerate(times):
            total += (s[i] - s[i + 1]) * (limit if t is None else min(t, limit))
        ends.append(total)
    return ends[0], ends[1]


def _of_graph(graph: Graph, limit: Fraction, *, least: bool) -> Fraction:
    rules, clock = graph.rules, graph.rules.clock
    best: dict[State, Fraction] = {
        s: Fraction(s.numerator, rules.denominator[0]) * limit for s in graph.levels[0]
    }
    choose = min if least else max
    for r in range(1, graph.problem.n + 1):
        here = {}
        d, below = rules.denominator[r], rules.denominator[r - 1]
        for state in graph.levels[r]:
            s = Fraction(state.numerator, d)
            if state not in graph.moves[r]:
                here[state] = _settled(graph, r, state, limit, least=least)
                continue
            late = rules.latest(r, state)
            end = None if late == NEVER else clock.end(late)
            values = []
            for _, child, _ in graph.moves[r][state]:
                if child in best:
                    drop = s - Fraction(child.numerator, below)
                    time = clock.start(child.earliest)[0] if least else end
                    values.append(drop * (limit if time is None else min(time, limit)) + best[child])
            here[state] = choose(values)
        best = here
    return best[graph.start]


def _settled(graph: Graph, r: int, state: State, limit: Fraction, *, least: bool) -> Fraction:
    """Return the area that a settled state adds: nobody dies before the limit, or all at once."""
    problem, rules = graph.problem, graph.rules
    s = Fraction(state.numerator, rules.denominator[r])
    left = None if problem.deaths is None else problem.deaths - state.deaths
    if not least or left == 0:
        return s * limit
    start = rules.clock.start(state.earliest)[0]
    if not problem.lower_bounds:
        return s * min(start, limit)
    others = problem.n - r - state.placed
    times = [min(limit, max(start, b)) for b in problem.lower_bounds[others:]]
    total = s * limit
    for i, t in enumerate(times):
        # If few die, those who are censored before them make each death count for more; never less
        # than if all died at their earliest times.
        total -= s * Fraction(1, r) * (limit - t) if i < r else 0
    return total


def _of_band(found: SurvivalBounds, limit: Fraction) -> tuple[Fraction, Fraction]:
    marks = sorted({Fraction(0), limit, *(t for t in found.breakpoints if t < limit)})
    low = high = Fraction(0)
    ended = [p for p in found.pieces if p.at_risk[0] == 0]
    last = (Fraction(0), Fraction(1))
    for a, b in pairwise(marks):
        here = found.at((a + b) / 2)
        if here.lower is not None and here.upper is not None:
            last = (here.lower, here.upper)
        # a curve that has ended is held where it ended
        held = [p for p in ended if p.start[0] <= a]
        low += min([last[0], *(p.low for p in held)]) * (b - a)
        high += max([last[1], *(p.high for p in held)]) * (b - a)
    return low, high
