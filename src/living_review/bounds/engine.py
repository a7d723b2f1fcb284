"""Every order of deaths and censorings that agrees with a summary, found without listing them.

The idea. Write the patients in the order in which they leave observation; each leaves by death (D) or
by censoring (C), deaths first where they share a time. After some of them have left, a few whole
numbers say all that matters: how many are still at risk, ``r``; the numerator ``N`` of the Kaplan-Meier
estimate over the common denominator ``n (n-1) ... (r+1)`` (a death multiplies it by ``r - 1``, a
censoring by ``r``); and the earliest time of the last who left. Whether the curve has passed a printed
value is a comparison of whole numbers; S = 0.45 reached exactly is reached.

Every printed figure becomes an *earliest* or a *latest* time of the patient at whom the curve passes a
value, so that the orders that agree are the paths through a graph of states in which no earliest time
exceeds a latest one. Times need not be listed: for a given order they form a chain with limits, and
such a chain has a solution exactly if this holds. Open and closed ends are kept apart (see
:class:`Clock`).

The censoring curve G (reverse Kaplan-Meier, for follow-up) needs no number of its own if deaths come
before censorings at equal times: then ``S G = r / n``. If the indicator was flipped, censorings come
first at equal times; then G is carried along, with the deaths that share the present time.

A median at the midpoint of a flat step (see :mod:`living_review.bounds.conventions`) ties two times
together: their sum is bounded. The state carries what is known of the first until the second is met.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import comb, factorial, floor
from typing import Any, NamedTuple

from living_review.bounds.conventions import Convention
from living_review.bounds.rounding import Interval, as_interval

NOT_REACHED = "not reached"
# A limit as seen from outside: (time, side); side 0 is the time itself, side 1 just after it.
Limit = tuple[Fraction, int]
# Where a curve is relative to one half: PENDING, DONE or LAST; or on a flat step at one half: whether
# it lasts to the "next" event or the "end", lowest and highest rank of its start, and the letter noted.
Phase = int | tuple[str, int, int, str]
Block = tuple[
    int, int, bool
]  # deaths at one time, its latest rank, whether somebody was censored at it
START: Limit = (Fraction(0), 0)
NEVER = 10**9
PENDING, DONE, LAST = 0, 1, 2  # not yet at one half; past it; past it, and no further event may come


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
    at_risk : tuple of (time, fewest, most)
        Numbers at risk printed at a time.
    deaths_by : tuple of (time, fewest, most)
        Deaths up to and at a time.
    last : Interval or None
        The longest time of all patients.
    """

    n: int
    landmarks: tuple[tuple[Fraction, Interval], ...] = ()
    median: Interval | str | None = None
    follow_up: Interval | str | None = None
    lower_bounds: tuple[Fraction, ...] = ()
    exact: tuple[tuple[Fraction, int], ...] = ()
    deaths: int | None = None
    at_risk: tuple[tuple[Fraction, int, int], ...] = ()
    deaths_by: tuple[tuple[Fraction, int, int], ...] = ()
    last: Interval | None = None

    def without(self, *names: str) -> Problem:
        """Return the problem without some of its figures."""
        none = {"median", "follow_up", "deaths", "last"}
        changes: dict[str, Any] = {name: None if name in none else () for name in names}
        return replace(self, **changes)


class State(NamedTuple):
    """What matters of those who have left.

    ``numerator`` of S; ``placed`` known patients; ``deaths`` (0 if nothing depends on them);
    ``earliest`` rank of the last who left; ``s`` and ``g``: where S and G are relative to one half;
    ``censoring``: G where it is carried; ``block``: deaths at the present time, the latest rank of
    that time, and whether somebody was censored at it.
    """

    numerator: int = 1
    placed: int = 0
    deaths: int = 0
    earliest: int = 2
    s: Phase = PENDING
    g: Phase = PENDING
    censoring: Fraction | None = None
    block: Block | None = None


class Move(NamedTuple):
    """A patient leaves: the letter (lower case: one whose time is known), and the state after it."""

    letter: str
    state: State
    tied: bool  # at the very time of the one before


class Clock:
    """Times as ranks: three for each critical time, so that limits are compared as whole numbers.

    Rank ``3 i`` is a death at the i-th critical time, ``3 i + 1`` a censoring at it (deaths come
    first), ``3 i + 2`` any time strictly between it and the next. Times up to the first critical time
    after 0 are not distinguished from 0.
    """

    def __init__(self, times: set[Fraction]) -> None:
        self.times = sorted(times | {Fraction(0)})
        self._at = {t: 3 * i for i, t in enumerate(self.times)}

    def _place(self, time: Fraction, at: int) -> int:
        """Return a rank relative to a time; one that is not critical lies within its stretch."""
        place = self._at.get(time)
        if place is None:
            return 3 * bisect_left(self.times, time) - 1
        return max(2, place + at)

    def not_before(self, time: Fraction) -> int:
        """Return the lowest rank at or after a time."""
        return self._place(time, 0)

    def after(self, time: Fraction) -> int:
        """Return the lowest rank after a time."""
        return self._place(time, 2)

    def not_after(self, time: Fraction) -> int:
        """Return the highest rank at or before a time."""
        return self._place(time, 1)

    def before(self, time: Fraction) -> int:
        """Return the highest rank before a time."""
        return self._place(time, -1)

    def start(self, rank: int) -> Limit:
        """Return where the times of a rank begin."""
        return START if rank <= 2 else (self.times[rank // 3], int(rank % 3 == 2))

    def end(self, rank: int) -> Fraction | None:
        """Return the least upper bound of the times of a rank."""
        if rank % 3 < 2:
            return self.times[rank // 3]
        return self.times[rank // 3 + 1] if rank // 3 + 1 < len(self.times) else None

    def latest_with(self, total: Fraction, rank: int) -> int:
        """Return the highest rank that a time may have if it and one of at least ``rank`` sum to it.

        Parameters
        ----------
        total : Fraction
            The sum, in the unit of the summary.
        rank : int
            The other's least rank.

        Returns
        -------
        int
            A rank of the clock; -1 if there is none.
        """
        other = total - self.times[rank // 3]
        if other < 0:
            return -1
        return self.before(other) if rank % 3 == 2 else self.not_after(other)

    def earliest_with(self, total: Fraction, rank: int) -> int:
        """Return the lowest rank that a time may have if it and one of at most ``rank`` sum to it.

        Parameters
        ----------
        total : Fraction
            The sum, in the unit of the summary.
        rank : int
            The other's highest rank.

        Returns
        -------
        int
            A rank of the clock, 2 or higher.
        """
        if rank >= NEVER:
            return 2
        if rank % 3 < 2:
            other = total - self.times[rank // 3]
            return self.not_before(other) if other > 0 else 2
        other = total - self.times[rank // 3 + 1]
        return self.after(other) if other >= 0 else 2


class Rules:
    """The comparisons of one problem under one convention, made once for each number at risk."""

    def __init__(self, problem: Problem, convention: Convention) -> None:
        self.problem, self.convention = problem, convention
        n = self.n = problem.n
        self.denominator = [factorial(n) // factorial(r) for r in range(n + 1)]
        self.n_exact = len(problem.exact)
        times = {Fraction(0), *problem.lower_bounds, *(t for t, _ in problem.exact)}
        times |= {t for t, _ in problem.landmarks} | {t for t, *_ in problem.at_risk}
        times |= {t for t, *_ in problem.deaths_by}
        figures = [x for x in (problem.median, problem.follow_up) if isinstance(x, Interval)]
        for figure in (*figures, *filter(None, [problem.last])):
            times |= {figure.low, figure.high}
        if convention.median_rule == "midpoint":
            for figure in figures:
                ends = (2 * figure.low, 2 * figure.high)
                times |= {e - t for e in ends for t in set(times) if e - t > 0}
        self.clock = Clock(times)
        self.counts_deaths = problem.deaths is not None or bool(problem.deaths_by)
        self.carries = problem.follow_up is not None and convention.follow_up_ties == "flipped"
        self._cuts: list[list[int]] = []
        for d in self.denominator:
            cuts = {0}
            for _, s in problem.landmarks:
                cuts |= {floor(s.high * d), -floor(-s.low * d) - 1}
            self._cuts.append(sorted(c for c in cuts if c >= 0))
        self._known: dict[tuple[int, int, int, int], tuple[int, int, bool]] = {}

    def start(self) -> State:
        """Return the state in which nobody has left."""
        p = self.problem
        return State(
            s=DONE if p.median is None else PENDING,
            g=DONE if p.follow_up is None else PENDING,
            censoring=Fraction(1) if self.carries else None,
        )

    def _limits(self, r: int, state: State) -> tuple[int, int, bool]:
        """Return lowest rank of the last, highest of the next, and whether nothing more is to come."""
        cuts = self._cuts[r]
        region = bisect_left(cuts, state.numerator)
        key = (r, region, state.placed, state.deaths if self.problem.deaths_by else 0)
        found = self._known.get(key)
        if found is None:
            example = cuts[region] if region < len(cuts) else cuts[-1] + 1
            found = self._known[key] = self._derive(r, example, state.placed, key[3])
        return found

    # Each printed figure narrows the two limits in its own way: read from top to bottom.
    def _derive(  # noqa: C901
        self, r: int, numerator: int, placed: int, deaths: int
    ) -> tuple[int, int, bool]:
        p, d, clock = self.problem, self.denominator[r], self.clock
        low, high, settled = [2], [NEVER], p.last is None
        others = p.n - r - placed
        if p.lower_bounds and others > 0:
            low.append(clock.not_before(p.lower_bounds[others - 1]))
        if placed:
            low.append(clock.not_before(p.exact[placed - 1][0]))
        if placed < self.n_exact:
            high.append(clock.not_after(p.exact[placed][0]))
        for time, s in p.landmarks:
            if numerator > floor(s.high * d):
                high.append(clock.not_after(time))
            if numerator <= -floor(-s.low * d) - 1:
                low.append(clock.after(time))
            else:
                settled = False
            if r == 0 and numerator:
                # A curve is printed at a time only if somebody was observed until then.
                low.append(clock.not_before(time))
        after = self.convention.at_risk_rule == "after"
        for time, fewest, most in p.at_risk:
            if r > most:
                high.append(clock.not_after(time) if after else clock.before(time))
            if r < fewest:
                low.append(clock.after(time) if after else clock.not_before(time))
            else:
                settled = False
        for time, fewest, most in p.deaths_by:
            if deaths < fewest:
                high.append(clock.not_after(time))
            if deaths > most:
                low.append(clock.after(time))
            else:
                settled = False
        if p.last is not None:
            if r:
                high.append(clock.not_after(p.last.high))
            else:
                low.append(clock.not_before(p.last.low))
        latest = min(high)
        return max(low), latest, settled and latest == NEVER

    def latest(self, r: int, state: State) -> int:
        """Return the highest rank at which the next patient can leave.

        Parameters
        ----------
        r : int
            Patients at risk.
        state : State
            What the moves so far left open.

        Returns
        -------
        int
            A rank of the clock.
        """
        high = self._limits(r, state)[1]
        for phase, figure in ((state.s, self.problem.median), (state.g, self.problem.follow_up)):
            if not isinstance(figure, Interval):
                continue
            if phase == PENDING:
                high = min(high, self.clock.not_after(figure.high))
            elif isinstance(phase, tuple):
                high = min(high, self.clock.latest_with(2 * figure.high, phase[1]))
        return high

    def settled(self, r: int, state: State) -> bool:
        """Return whether every continuation agrees (but for lower bounds and the number of deaths).

        Parameters
        ----------
        r : int
            Patients at risk.
        state : State
            What the moves so far left open.

        Returns
        -------
        bool
            True if it does.
        """
        return state.s == DONE and state.g == DONE and self._limits(r, state)[2]

    # --- moves --------------------------------------------------------------------------------------

    def moves(self, r: int, state: State) -> Iterator[Move]:
        """Yield every way in which the next patient can leave, ``r`` being at risk.

        Parameters
        ----------
        r : int
            Patients at risk.
        state : State
            What the moves so far left open.

        Yields
        ------
        Move
            One for each rank and kind of leaving.
        """
        p = self.problem
        letters = ["D", "C"]
        if self.n_exact:
            if self.n - r - state.placed >= self.n - self.n_exact:
                letters = []
            if state.placed < self.n_exact:
                letters.append("d" if p.exact[state.placed][1] else "c")
        latest = self.latest(r, state)
        for letter in letters:
            dies = letter in "dD"
            deaths = state.deaths + (dies and self.counts_deaths)
            if p.deaths is not None and not p.deaths - (r - 1) <= deaths <= p.deaths:
                continue
            numerator = state.numerator * (r - 1 if dies else r)
            placed = state.placed + letter.islower()
            base = state._replace(numerator=numerator, placed=placed, deaths=deaths)
            low = self._limits(r - 1, base)[0]
            for step in self._times(r, state, base, dies, low, latest):
                apart = not self.convention.ties or (state.block is not None and not step.tied)
                left = self._noted(step.state, "D" if dies else "C", apart)
                high = latest
                if step.tied and state.block is not None:
                    high = min(latest, state.block[1])
                for done in self._halves(r, state, left, dies, high):
                    ended = self._end(r - 1, done, high)
                    for last in ended:
                        yield Move(letter, last, step.tied)

    def _times(
        self, r: int, state: State, base: State, dies: bool, low: int, latest: int
    ) -> Iterator[Move]:
        """Yield the state after a patient with the earliest time, once or twice if ties matter."""
        tracked = state.g == PENDING and self.carries
        e = state.earliest
        if not tracked:
            if not self.convention.ties and e % 3 < 2:
                e += 2 - e % 3
            e = _typed(max(e, low), dies)
            if e <= latest:
                yield Move("", base._replace(earliest=e, block=None, censoring=None), tied=False)
            return
        if state.block is not None:  # at the same time as those before
            size, limit, censored = state.block
            same = _typed(max(e, low), dies)
            if same <= limit and not (dies and censored):
                value = state.censoring if dies else self._censor(state.censoring, r + size)
                block: Block | None = (size + dies, limit, not dies)
                yield Move("", base._replace(earliest=same, censoring=value, block=block), tied=True)
            if e % 3 < 2:
                e += 2 - e % 3
        e = _typed(max(e, low), dies)
        if e <= latest:
            value = state.censoring if dies else self._censor(state.censoring, r)
            block = (1, latest, False) if dies else None
            yield Move("", base._replace(earliest=e, censoring=value, block=block), tied=False)

    @staticmethod
    def _noted(state: State, letter: str, apart: bool) -> State:
        """Note in a flat step whether its two ends can still fall on one time."""
        for curve in ("s", "g"):
            phase = getattr(state, curve)
            if isinstance(phase, tuple):
                later = apart or phase[3] == "X" or phase[3] + letter == "CD"
                noted: dict[str, Any] = {curve: (*phase[:3], "X" if later else letter)}
                state = state._replace(**noted)
        return state

    @staticmethod
    def _censor(value: Fraction | None, at_risk: int) -> Fraction:
        assert value is not None, "G is carried until it has passed one half"
        return value * Fraction(at_risk - 1, at_risk)

    def _halves(self, r: int, before: State, state: State, dies: bool, latest: int) -> Iterator[State]:
        """Yield the states after S or G (whichever moved) is compared with one half."""
        p = self.problem
        if dies:
            d = self.denominator[r - 1]
            sign = (2 * state.numerator > d) - (2 * state.numerator < d)
            yield from self._half(state, "s", p.median, sign, latest)
        elif before.g == PENDING:
            if self.carries:
                value = state.censoring
                assert value is not None, "G is carried until it has passed one half"
                sign = (2 * value > 1) - (2 * value < 1)
            else:
                a, b = 2 * (r - 1) * self.denominator[r - 1], p.n * state.numerator
                sign = (a > b) - (a < b)
            yield from self._half(state, "g", p.follow_up, sign, latest)
        else:
            yield from self._half(state, "g", p.follow_up, -1, latest)

    def _half(
        self, state: State, curve: str, figure: Interval | str | None, sign: int, latest: int
    ) -> Iterator[State]:
        phase = getattr(state, curve)
        if phase == LAST:
            return
        if phase == DONE or (phase == PENDING and sign > 0):
            yield state
            return
        clock, e = self.clock, state.earliest
        dies = curve == "s"
        if isinstance(phase, tuple):  # the flat step ends here
            if phase[0] != "next":
                return
            low = _typed(max(e, self._second(as_interval(figure), phase)), dies)
            if low <= latest:
                yield self._passed(state, curve, DONE, low)
            return
        flat = sign == 0 and self.convention.median_rule == "midpoint"
        if figure == NOT_REACHED:
            if flat:
                yield self._passed(state, curve, LAST, e)
            return
        figure = as_interval(figure)
        high = min(latest, clock.not_after(figure.high))
        if e > high:
            return
        at = _typed(max(e, clock.not_before(figure.low)), dies)
        if at <= high:
            yield self._passed(state, curve, LAST if flat else DONE, at)
        if flat:
            letter = "D" if dies else "C"
            yield self._passed(state, curve, ("next", e, high, letter), e)
            yield self._passed(state, curve, ("end", e, high, letter), e)

    def _second(self, figure: Interval, phase: tuple) -> int:
        """Return the lowest rank of the time at which a flat step ends."""
        clock = self.clock
        low = clock.after(figure.low) if phase[3] == "X" else clock.not_before(figure.low)
        return max(low, clock.earliest_with(2 * figure.low, phase[2]))

    @staticmethod
    def _passed(state: State, curve: str, phase: object, earliest: int) -> State:
        changes: dict[str, Any] = {curve: phase, "earliest": earliest}
        if curve == "g":
            changes |= {"censoring": None, "block": None}
        return state._replace(**changes)

    def _end(self, r: int, state: State, latest: int) -> Iterator[State]:
        """Yield the states in which nothing is missing when everybody has left."""
        if r:
            yield state
            return
        p = self.problem
        if self._limits(0, state)[1] < NEVER:
            return
        dies = state.numerator == 0
        for curve, figure in (("s", p.median), ("g", p.follow_up)):
            phase = getattr(state, curve)
            if phase == PENDING and isinstance(figure, Interval):
                return
            if isinstance(phase, tuple):
                if phase[0] != "end":
                    return
                half = as_interval(figure)
                low = _typed(max(state.earliest, self._second(half, phase)), dies)
                if low > min(latest, self.clock.latest_with(2 * half.high, phase[1])):
                    return
                passed: dict[str, Any] = {"earliest": low, curve: DONE}
                state = state._replace(**passed)
        yield state._replace(censoring=None, block=None)


def _typed(rank: int, dies: bool) -> int:
    """Return the lowest rank from one on at which a death, or a censoring, can be."""
    if dies:
        return rank + 1 if rank % 3 == 1 else rank
    return rank + 1 if rank % 3 == 0 else rank


class Behind(NamedTuple):
    """What completions of a state ask of it, as ranks: see :meth:`Graph.back`.

    ``cap``: highest rank of the next patient; ``s_cap``, ``s_floor`` and ``g_cap``, ``g_floor``: of the
    patient at whom a flat step of S, or of G, began.
    """

    cap: int = NEVER
    s_cap: int = NEVER
    s_floor: int = 2
    g_cap: int = NEVER
    g_floor: int = 2


class Ways(NamedTuple):
    """Completions of a state: paths, fewest and most further deaths, and what they ask of it."""

    total: int
    fewest: int
    most: int
    behind: frozenset[Behind]
    # the same for completions in which the next patient leaves at a later time
    later: frozenset[Behind]


_FREE = frozenset((Behind(),))


@dataclass
class Graph:
    """States that lie on at least one path which agrees.

    ``levels[r]`` maps states to (fewest, most deaths so far); ``ways`` maps them to :class:`Ways`.
    """

    problem: Problem
    rules: Rules
    levels: dict[int, dict[State, tuple[int, int]]] = field(default_factory=dict)
    moves: dict[int, dict[State, list[Move]]] = field(default_factory=dict)
    ways: dict[int, dict[State, Ways]] = field(default_factory=dict)
    states: int = 0
    chains: list | None = None  # limits along each path, once they are listed

    def under(self, convention: Convention) -> Graph:
        """Return the graph with another way to make an interval, on which it does not depend."""
        if convention == self.rules.convention:
            return self
        rules = copy(self.rules)
        rules.convention = convention
        return replace(self, rules=rules)

    @property
    def start(self) -> State:
        """The state in which nobody has left."""
        return self.rules.start()

    @property
    def paths(self) -> int:
        """Number of paths; each order has at least one."""
        found = self.ways[self.problem.n].get(self.start)
        return found.total if found else 0

    @property
    def deaths(self) -> tuple[int, int]:
        """Fewest and most deaths in all."""
        return self.ways[self.problem.n][self.start][1:3]

    def back(self, r: int, parent: State, child: State, behind: Behind) -> Behind:
        """Return what a completion asks of the state before a move.

        A flat step of S at one half that begins at x and ends at y bounds x + y. Going forward, y is
        bounded by what is known of x; here, going backward, x is bounded by what is known of y.

        Parameters
        ----------
        r : int
            Patients at risk before the move.
        parent : State
            The state before the move.
        child : State
            The state after it.
        behind : Behind
            What a completion asks of ``child``.

        Returns
        -------
        Behind
            The requirement on ``parent``.
        """
        p, clock = self.problem, self.rules.clock
        cap, *others = behind
        pairs = [others[:2], others[2:]]
        for i, (curve, figure) in enumerate((("s", p.median), ("g", p.follow_up))):
            before, after = getattr(parent, curve), getattr(child, curve)
            if isinstance(before, tuple) and not isinstance(after, tuple):
                half = as_interval(figure)
                high = clock.latest_with(2 * half.high, child.earliest)
                low = clock.earliest_with(2 * half.low, self.rules.latest(r, parent))
                pairs[i] = [high, low]
            elif isinstance(after, tuple) and not isinstance(before, tuple):
                cap = min(cap, pairs[i][0])
                pairs[i] = [NEVER, 2]
        return Behind(cap, *pairs[0], *pairs[1])


def explore(problem: Problem, convention: Convention, *, max_states: int = 3_000_000) -> Graph:
    """Find all states that lie on an order which agrees with the summary.

    Parameters
    ----------
    problem : Problem
        The summary as rules on ranks.
    convention : Convention
        The choices that the summary was made by.
    max_states : int, optional
        The number of states at which it gives up.

    Returns
    -------
    Graph
        Its states lie on at least one order that agrees.

    Raises
    ------
    TooManyStatesError
        If more than ``max_states`` states are met; the message says how far it came.
    """
    rules = Rules(problem, convention)
    graph = Graph(problem, rules)
    level: dict[State, tuple[int, int]] = {rules.start(): (0, 0)}
    for r in range(problem.n, 0, -1):
        graph.levels[r] = level
        here = graph.moves[r] = {}
        below: dict[State, tuple[int, int]] = {}
        for state, (fewest, most) in level.items():
            if rules.settled(r, state):
                continue
            out = here[state] = list(rules.moves(r, state))
            for letter, child, _ in out:
                dies = letter in "dD"
                known = below.get(child)
                low, high = fewest + dies, most + dies
                below[child] = (min(low, known[0]), max(high, known[1])) if known else (low, high)
        graph.states += len(level)
        if graph.states + len(below) > max_states:
            raise TooManyStatesError(
                f"more than {max_states:,} states after {problem.n - r + 1} of {problem.n} patients; "
                "use method='auto' or 'outer', which always end"
            )
        level = below
    graph.levels[0] = level
    _complete(graph)
    return graph


def _complete(graph: Graph) -> None:
    """Find the completions of every state, and drop the states that have none."""
    problem = graph.problem
    graph.ways[0] = {state: Ways(1, 0, 0, _FREE, _FREE) for state in graph.levels[0]}
    for r in range(1, problem.n + 1):
        ways = graph.ways[r] = {}
        below = graph.ways[r - 1]
        for state in graph.levels[r]:
            if state not in graph.moves[r]:  # settled: every continuation agrees
                left = None if problem.deaths is None else problem.deaths - state.deaths
                total, low, high = (2**r, 0, r) if left is None else (comb(r, left), left, left)
                ways[state] = Ways(total, low, high, _FREE, _FREE)
                continue
            total, fewest, most = 0, problem.n, 0
            behind: set[Behind] = set()
            later: set[Behind] = set()
            for letter, child, tied in graph.moves[r][state]:
                known = below.get(child)
                if known is None:
                    continue
                dies = letter in "dD"
                total += known.total
                fewest, most = min(fewest, known.fewest + dies), max(most, known.most + dies)
                asked = known.behind
                if any(isinstance(x, tuple) for x in (state.s, state.g, child.s, child.g)):
                    asked = frozenset(graph.back(r, state, child, b) for b in asked)
                behind.update(asked)
                if not tied:
                    later.update(asked)
            if total:
                ways[state] = Ways(total, fewest, most, frozenset(behind), frozenset(later))
        graph.levels[r] = {s: v for s, v in graph.levels[r].items() if s in ways}


def paths(graph: Graph) -> Iterator[list[Move]]:
    """Yield every path that agrees, as its moves (settled stretches are followed too)."""
    rules = graph.rules

    def walk(r: int, state: State, so_far: list[Move], free: bool) -> Iterator[list[Move]]:
        if r == 0:
            yield so_far
            return
        free = free or state not in graph.moves[r]
        for move in rules.moves(r, state) if free else graph.moves[r][state]:
            if free or move.state in graph.ways[r - 1]:
                yield from walk(r - 1, move.state, [*so_far, move], free)

    yield from walk(graph.problem.n, graph.start, [], False)
