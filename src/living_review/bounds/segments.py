"""What the curve can be, and when: the union over all paths of a graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from living_review.bounds.engine import NEVER, Clock, Graph, Limit, State


@dataclass
class Piece:
    """Values that the curve can take from ``start`` on, until before ``end``."""

    start: Limit
    end: Limit | None
    low: Fraction
    high: Fraction
    deaths: tuple[int, int]
    at_risk: tuple[int, int]


class Pieces:
    """Pieces joined where they stand for the same stretch of time."""

    def __init__(self) -> None:
        self._found: dict[tuple[Limit, Limit | None], Piece] = {}

    def add(
        self,
        start: Limit,
        end: Limit | None,
        values: tuple[Fraction, Fraction],
        deaths: tuple[int, int],
        at_risk: int,
    ) -> None:
        """Add a stretch; one of no length is left out.

        Parameters
        ----------
        start, end : Limit
            Ends of the stretch; None for no end.
        values : tuple of Fraction
            Least and greatest survival.
        deaths : tuple of int
            Fewest and most deaths.
        at_risk : int
            Patients at risk.
        """
        if end is not None and start >= end:
            return
        old = self._found.get((start, end))
        if old is None:
            self._found[start, end] = Piece(start, end, *values, deaths, (at_risk, at_risk))
            return
        old.low, old.high = min(old.low, values[0]), max(old.high, values[1])
        old.deaths = (min(old.deaths[0], deaths[0]), max(old.deaths[1], deaths[1]))
        old.at_risk = (min(old.at_risk[0], at_risk), max(old.at_risk[1], at_risk))

    def all(self) -> list[Piece]:
        """Return the pieces."""
        return list(self._found.values())


def of_graph(graph: Graph) -> list[Piece]:
    """Return what the curve can be and when, exactly (see :class:`Piece`)."""
    found = Pieces()
    rules, clock = graph.rules, graph.rules.clock
    for r, level in graph.levels.items():
        d = rules.denominator[r]
        for state, deaths in level.items():
            s = Fraction(state.numerator, d)
            if r == 0:
                if state.numerator == 0:
                    found.add(clock.start(state.earliest), None, (s, s), deaths, 0)
                continue  # the last patient was censored: added below, with the state before
            latest = rules.latest(r, state)
            for behind in graph.ways[r][state].later:
                start = state.earliest
                for phase, floor in ((state.s, behind.s_floor), (state.g, behind.g_floor)):
                    if isinstance(phase, tuple):
                        # strictly later than where the flat step began, if a time lies between
                        apart = phase[3] == "X" and floor % 3 < 2
                        start = max(start, floor + (2 - floor % 3) * apart)
                end = min(latest, behind.cap)
                limit = None if end == NEVER else clock.end(end)
                stop = None if limit is None else (limit, 0)
                found.add(clock.start(start), stop, (s, s), deaths, r)
            if state not in graph.moves[r]:
                _continuations(found, graph, r, state, deaths)
                continue
            if r == 1:
                for letter, child, tied in graph.moves[r][state]:
                    if letter in "cC" and child in graph.ways[0]:
                        # the curve ends at the last time, which still belongs to it
                        end = state.block[1] if tied and state.block is not None else latest
                        limit = None if end == NEVER else clock.end(end)
                        stop = None if limit is None else (limit, int(end % 3 == 1))
                        found.add(clock.start(child.earliest), stop, (s, s), deaths, 0)
    return found.all()


def _continuations(found: Pieces, graph: Graph, r: int, state: State, deaths: tuple[int, int]) -> None:
    """Add what follows a settled state, from which every continuation agrees."""
    problem, rules, clock = graph.problem, graph.rules, graph.rules.clock
    s = Fraction(state.numerator, rules.denominator[r])
    left = None if problem.deaths is None else problem.deaths - state.deaths
    base = state.earliest
    if not rules.convention.ties and base % 3 < 2:
        base += 2 - base % 3
    starts = []
    for x in range(1, r + 1):
        start = base
        if problem.lower_bounds:
            others = problem.n - r - state.placed + x
            start = max(start, clock.not_before(problem.lower_bounds[others - 1]))
        starts.append(start)
        least = 0 if left is None else max(0, left - (r - x))
        most = x if left is None else min(x, left)
        for when, end, (together, may_die) in _instants(starts, clock):
            dying = most if may_die else min(most, x - together)
            if dying < least:
                continue
            low, high = _range(r, x, together, least, dying)
            counts = (deaths[0] + least, deaths[1] + dying)
            found.add(when, end, (s * low, s * high), counts, r - x)


def _instants(
    starts: list[int], clock: Clock
) -> Iterator[tuple[Limit, Limit | None, tuple[int, bool]]]:
    """Yield the instant at which the last of some patients can leave at the earliest, and after it.

    With each comes how many must then leave at that very instant, and whether deaths are possible.
    """
    last = starts[-1]
    after = clock.start(last)
    if last % 3 < 2:
        time = after[0]
        at_once = sum(x // 3 == last // 3 for x in starts)
        yield after, (time, 1), (at_once, last % 3 == 0)
        after = (time, 1)
    yield after, None, (0, True)


def _range(r: int, x: int, together: int, least: int, most: int) -> tuple[Fraction, Fraction]:
    """Return by what S can be multiplied while x of r leave, the last of them at one time.

    S falls most if those who are censored leave first, and least if those who die do; but at one time
    deaths come first.
    """
    free = x - together
    below = r - free
    late = min(together, most)
    early = min(free, most - late)
    low = Fraction(below - late, below + early) if below + early else Fraction(1)
    early = min(free, least)
    late = least - early
    high = Fraction(r - early, r) * (Fraction(below - late, below) if late else 1)
    return low, high
