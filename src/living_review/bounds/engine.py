"""Every order of deaths and censorings that agrees with a summary, found without listing them.

The idea. Write the patients in the order in which they leave observation; each leaves by death (D) or
by censoring (C). After some of them have left, two whole numbers say all that matters: how many are
still at risk, ``r``, and the numerator ``N`` of the Kaplan-Meier estimate over the common denominator
``n (n-1) ... (r+1)``: a death multiplies ``N`` by ``r - 1``, a censoring by ``r``. Whether the curve
has passed a printed value is a comparison of whole numbers; S = 0.45 reached exactly is reached.

Every printed figure becomes an *earliest* or a *latest* time of the patient at whom the curve passes a
value, so that the orders that agree are the paths through a graph of states ``(r, N)`` in which an edge
is open if no earliest time so far exceeds a latest time still to come. Times need not be listed:
for a given order they form a chain with limits, and such a chain has a solution exactly if this holds.

The censoring curve G (reverse Kaplan-Meier, for follow-up) needs no state of its own: with deaths
before censorings at equal times ``S G = r / n``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import comb, factorial, floor

from living_review.bounds.rounding import Interval

NOT_REACHED = "not reached"
# A time limit is (time, side): side 0 is the time itself, side 1 just after it. None is no limit.
Limit = tuple[Fraction, int]
START: Limit = (Fraction(0), 0)


class TooManyStatesError(RuntimeError):
    """The exact computation would need more states than allowed."""


@dataclass(frozen=True)
class Problem:
    """A summary in exact numbers; times in one unit.

    Parameters
    ----------
    n : int
        Patients.
    landmarks : tuple of (time, Interval)
        Survival at a time, as a probability.
    median, follow_up : Interval, "not reached" or None
        Kaplan-Meier median, and median of the reverse Kaplan-Meier estimate.
    lower_bounds : tuple of Fraction
        Times that patients are known to have reached, ascending; one for each patient that is not in
        ``exact``.
    exact : tuple of (time, event)
        Patients whose time and event (1 death, 0 censoring) are known, ascending.
    deaths : int or None
        Total number of deaths.
    """

    n: int
    landmarks: tuple[tuple[Fraction, Interval], ...] = ()
    median: Interval | str | None = None
    follow_up: Interval | str | None = None
    lower_bounds: tuple[Fraction, ...] = ()
    exact: tuple[tuple[Fraction, int], ...] = ()
    deaths: int | None = None

    def without(self, *names: str) -> Problem:
        """Return the problem without some of its figures."""
        empty = {"landmarks": (), "lower_bounds": (), "exact": ()}
        return replace(self, **{name: empty.get(name) for name in names})


@dataclass(frozen=True)
class Status:
    """What a state implies: earliest time of the last patient, latest time of the next."""

    earliest: Limit
    latest: Limit | None
    settled: bool  # nothing printed limits what follows, except lower bounds of single patients
    forbidden: bool
    # the same limits as whole numbers, for fast comparison
    rank: int
    latest_rank: int


@dataclass
class Piece:
    """Values that the curve can take from ``start`` on, until before ``end``."""

    start: Limit
    end: Limit | None
    low: Fraction
    high: Fraction
    deaths: tuple[int, int]
    at_risk: tuple[int, int]


@dataclass
class Graph:
    """States that lie on at least one order which agrees.

    ``levels[r]`` maps (N, known placed, deaths or 0) to (fewest, most deaths so far); ``ways`` maps the
    same states to (orders that complete them, fewest, most further deaths).
    """

    problem: Problem
    levels: dict[int, dict[tuple[int, int, int], tuple[int, int]]] = field(default_factory=dict)
    ways: dict[int, dict[tuple[int, int, int], tuple[int, int, int]]] = field(default_factory=dict)
    states: int = 0

    @property
    def count(self) -> int:
        """Number of orders that agree (with known patients: of orders with these patients placed)."""
        return self.ways[self.problem.n].get((1, 0, 0), (0, 0, 0))[0]

    @property
    def deaths(self) -> tuple[int, int]:
        """Fewest and most deaths in all."""
        return self.ways[self.problem.n][(1, 0, 0)][1:]


class Rules:
    """The comparisons of one problem, made once for each number at risk."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        n = problem.n
        self.denominator = {r: factorial(n) // factorial(r) for r in range(n + 1)}
        self.n_exact = len(problem.exact)
        times = {Fraction(0), *problem.lower_bounds, *(t for t, _ in problem.exact)}
        times |= {t for t, _ in problem.landmarks}
        for figure in (problem.median, problem.follow_up):
            if isinstance(figure, Interval):
                times |= {figure.low, figure.high}
        self._rank = {t: 2 * i for i, t in enumerate(sorted(times))}
        self._cuts: dict[int, list[int]] = {}
        self._known: dict[tuple[int, int, int], Status] = {}
        for r in range(n + 1):
            d = self.denominator[r]
            cuts = {0}
            for _, s in problem.landmarks:
                cuts |= {floor(s.high * d), -floor(-s.low * d) - 1}
            if problem.median is not None:
                cuts.add(d // 2)
            if problem.follow_up is not None:
                cuts.add(-(-2 * r * d // n) - 1)
            self._cuts[r] = sorted(c for c in cuts if c >= 0)

    def status(self, r: int, numerator: int, placed: int) -> Status:
        """Return what a state implies (see :class:`Status`)."""
        cuts = self._cuts[r]
        region = bisect_left(cuts, numerator)
        key = (r, region, placed)
        found = self._known.get(key)
        if found is None:
            example = cuts[region] if region < len(cuts) else cuts[-1] + 1
            found = self._known[key] = self._derive(r, example, placed)
        return found

    def _derive(self, r: int, numerator: int, placed: int) -> Status:
        p, d = self.problem, self.denominator[r]
        dead = numerator == 0
        earliest, latest = START, None
        settled, forbidden = True, False

        def not_before(limit: Limit) -> None:
            nonlocal earliest
            earliest = max(earliest, limit)

        def not_after(time: Fraction) -> None:
            nonlocal latest
            latest = (time, 0) if latest is None else min(latest, (time, 0))

        others = p.n - r - placed
        if p.lower_bounds and others > 0:
            not_before((p.lower_bounds[others - 1], 0))
        if placed:
            not_before((p.exact[placed - 1][0], 0))
        if placed < self.n_exact:
            not_after(p.exact[placed][0])
        for time, s in p.landmarks:
            if numerator > floor(s.high * d):
                not_after(time)
            if numerator <= -floor(-s.low * d) - 1:
                not_before((time, 1))
            else:
                settled = False
            if r == 0 and not dead:
                # A curve is printed at a time only if somebody was observed until then.
                not_before((time, 0))
        halves = [(p.median, 2 * numerator <= d)]
        # After the last death G stays what it was, and the edge into that state has checked it.
        halves.append((p.follow_up, dead or 2 * r * d <= p.n * numerator))
        for figure, crossed in halves:
            if figure is None:
                continue
            if figure == NOT_REACHED:
                settled = False
                forbidden |= crossed and not (dead and figure is p.follow_up)
            elif crossed:
                not_before((figure.low, 0))
            else:
                not_after(figure.high)
        if p.median == NOT_REACHED and dead:
            forbidden = True
        return Status(
            earliest,
            latest,
            settled and latest is None,
            forbidden,
            self._rank[earliest[0]] + earliest[1],
            len(self._rank) * 2 if latest is None else self._rank[latest[0]] + latest[1],
        )

    def censored_half(self, r: int, numerator: int) -> bool:
        """Tell whether the censoring curve has come to one half."""
        return 2 * r * self.denominator[r] <= self.problem.n * numerator

    def children(
        self, r: int, state: tuple[int, int, int]
    ) -> Iterator[tuple[str, tuple[int, int, int], Status]]:
        """Yield the moves from a state with ``r`` at risk: letter, state, status.

        The letter is D or C; in lower case the patient is one whose time is known.
        """
        numerator, placed, deaths = state
        p = self.problem
        latest = self.status(r, numerator, placed).latest_rank
        moves = [("D", numerator * (r - 1), placed), ("C", numerator * r, placed)]
        if self.n_exact:
            others = p.n - r - placed
            if others >= p.n - self.n_exact:
                moves = []
            if placed < self.n_exact:
                event = p.exact[placed][1]
                moves.append(("d" if event else "c", numerator * (r - event), placed + 1))
        for letter, new, now_placed in moves:
            dies = letter in "dD"
            count = deaths + dies if p.deaths is not None else 0
            if p.deaths is not None and not p.deaths - (r - 1) <= count <= p.deaths:
                continue
            if new == 0 and isinstance(p.follow_up, Interval) and not self.censored_half(r, numerator):
                continue
            status = self.status(r - 1, new, now_placed)
            if status.forbidden or status.rank > latest:
                continue
            if r == 1 and status.latest is not None:
                continue
            yield letter, (new, now_placed, count), status


def explore(problem: Problem, *, max_states: int = 3_000_000) -> tuple[Graph, Rules]:
    """Find all states that lie on an order which agrees with the summary.

    Raises
    ------
    TooManyStatesError
        If more than ``max_states`` states are met; the message says how far it came.
    """
    rules, graph = Rules(problem), Graph(problem)
    level: dict[tuple[int, int, int], tuple[int, int]] = {(1, 0, 0): (0, 0)}
    moves: dict[int, dict[tuple[int, int, int], list[tuple[str, tuple[int, int, int]]]]] = {}
    for r in range(problem.n, 0, -1):
        graph.levels[r] = level
        moves[r], below = {}, {}
        for state, (fewest, most) in level.items():
            if rules.status(r, *state[:2]).settled:
                continue
            out = moves[r][state] = []
            for letter, child, _ in rules.children(r, state):
                out.append((letter, child))
                dies = letter in "dD"
                known = below.get(child)
                low, high = fewest + dies, most + dies
                below[child] = (min(low, known[0]), max(high, known[1])) if known else (low, high)
        graph.states += len(level)
        if graph.states + len(below) > max_states:
            raise TooManyStatesError(
                f"more than {max_states:,} states after {problem.n - r + 1} of {problem.n} patients; "
                "use method='outer', which always ends, or give more figures of the summary"
            )
        level = below
    graph.levels[0] = level
    graph.ways[0] = {state: (1, 0, 0) for state in level}
    for r in range(1, problem.n + 1):
        ways = graph.ways[r] = {}
        for state in graph.levels[r]:
            if state not in moves[r]:  # settled: every continuation agrees
                left = None if problem.deaths is None else problem.deaths - state[2]
                ways[state] = (2**r, 0, r) if left is None else (comb(r, left), left, left)
                continue
            total, fewest, most = 0, problem.n, 0
            for letter, child in moves[r][state]:
                known = graph.ways[r - 1].get(child)
                if known is None:
                    continue
                dies = letter in "dD"
                total += known[0]
                fewest, most = min(fewest, known[1] + dies), max(most, known[2] + dies)
            if total:
                ways[state] = (total, fewest, most)
    for r in graph.levels:
        graph.levels[r] = {s: v for s, v in graph.levels[r].items() if s in graph.ways[r]}
    return graph, rules


def pieces(graph: Graph, rules: Rules) -> list[Piece]:
    """Return what the curve can be and when: the union over all orders that agree, exactly."""
    problem, found = graph.problem, {}

    def add(
        start: Limit, end: Limit | None, s: Fraction, deaths: tuple[int, int], at_risk: int
    ) -> None:
        old = found.get((start, end))
        if old is None:
            found[start, end] = Piece(start, end, s, s, deaths, (at_risk, at_risk))
            return
        old.low, old.high = min(old.low, s), max(old.high, s)
        old.deaths = (min(old.deaths[0], deaths[0]), max(old.deaths[1], deaths[1]))
        old.at_risk = (min(old.at_risk[0], at_risk), max(old.at_risk[1], at_risk))

    for r, level in graph.levels.items():
        d = rules.denominator[r]
        tails: dict[tuple[Limit, int, int | None], tuple[int, int, int]] = {}
        for state, (fewest, most) in level.items():
            status = rules.status(r, *state[:2])
            s = Fraction(state[0], d)
            end = status.latest
            if r == 1 and end is not None:
                end = (end[0], 1)  # the last time itself belongs to the curve
            if r == 0 and s > 0:
                continue  # the last patient was censored: added below, with the state before
            add(status.earliest, end, s, (fewest, most), r)
            if r == 1 and not status.settled:
                for letter, child, after in rules.children(r, state):
                    if letter in "cC" and child in graph.ways[0]:
                        # the curve ends at the last time, which still belongs to it
                        add(after.earliest, end, s, (fewest, most), 0)
            if status.settled and r:
                left = None if problem.deaths is None else problem.deaths - state[2]
                key = (status.earliest, state[1], left)
                old = tails.get(key, (state[0], fewest, most))
                tails[key] = (min(old[0], state[0]), min(old[1], fewest), max(old[2], most))
        for (start, placed, left), (numerator, fewest, most) in tails.items():
            for x in range(1, r + 1):
                others = problem.n - r - placed + x
                bound = (problem.lower_bounds[others - 1], 0) if problem.lower_bounds else START
                when = max(start, bound)
                s = Fraction(numerator, d)
                die = x if left is None else min(x, left)
                if x == r and left != r:
                    # everybody has left; the curve is highest if those who die do so first
                    high = s if left is None else s * Fraction(r - left, r)
                    add(when, None, high, (fewest, most + die), 0)
                # x more have left; the curve is lowest if the censored among them left first
                first = x - die
                if r > first:
                    add(when, None, s * Fraction(r - x, r - first), (fewest, most + die), r - x)
    return list(found.values())


def orders(graph: Graph, rules: Rules) -> Iterator[str]:
    """Yield every order that agrees, as a string of D and C (lower case: patients with known time)."""

    def walk(r: int, state: tuple[int, int, int], so_far: str) -> Iterator[str]:
        if r == 0:
            yield so_far
            return
        for letter, child, _ in rules.children(r, state):
            known = child in graph.ways[r - 1] or rules.status(r, *state[:2]).settled
            if known:
                yield from walk(r - 1, child, so_far + letter)

    yield from walk(graph.problem.n, (1, 0, 0), "")
