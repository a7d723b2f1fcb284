"""One order of deaths and censorings: when each patient can have left, and the printed intervals.

For a given order the times form a chain, earliest and latest times known. A printed confidence interval
of the median adds to that, in one of two ways.

* Limits read off the curve's own limits (Brookmeyer and Crowley; ``plain``, ``log``, ``log-log``): each
  limit is the time of one known death, so it is one more earliest and latest time.
* ``spss``: median plus and minus z SE, with SE(median) = SE(S(median)) / f and
  f = (S(u) - S(l)) / (l - u), where u is the last time of death with S >= 0.55 and l the first with
  S <= 0.45 (Collett, Modelling Survival Data in Medical Research; IBM SPSS Statistics Algorithms, KM).
  It ties three times together. The set of (u, median, l) that agree is a convex body with rational
  corners but for one square root, which is taken to 40 digits. The lower limit can be negative; where
  0 is printed it may have been.

Where packages differ in what they print when S is 0 (R gives no limit there, lifelines gives 0), and in
the digits of the normal quantile (1.96 or 1.959964), both are allowed. Deaths next to each other may
share a time: then the curve has no value between them. Only ties at the steps that an interval is read
from matter, so only these are tried.

With an interval the bounds are those of the closure: an order that is possible only in the limit, as
two times come together, is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import exp, isqrt, log, sqrt
from typing import overload

from living_review.bounds.conventions import CI_METHODS, Convention
from living_review.bounds.engine import NEVER, NOT_REACHED, Graph, Limit, Move, Rules, State, paths
from living_review.bounds.rounding import Interval, as_interval

__all__ = ["CI_METHODS", "Pattern", "Step", "limits_of_s", "spss_places", "steps", "with_intervals"]
HALF = Fraction(1, 2)
EPSILON = Fraction(1, 20)
Z95 = Fraction(196, 100)
QUANTILES = (Z95, Fraction(1959964, 1000000))
FAR = Fraction(10**12)
_SCALE = 10**40
Pair = tuple[Interval | str, Interval | str]
Line = tuple[Fraction | int, Fraction | int, Fraction]  # a, b, c of a m + b w = c


@dataclass(frozen=True)
class Step:
    """The curve at a time of death: positions of those who die, S after it, Greenwood's sum."""

    first: int
    last: int
    s: Fraction
    greenwood: Fraction | None


@dataclass(frozen=True)
class Pattern:
    """An order that agrees, with the times it allows.

    ``earliest[i]`` and ``latest[i]`` are the attainable ends of the time of patient ``i`` in this order
    (``None``: no upper limit). ``tied`` holds positions of deaths that fall on the time of the death
    before. ``anchor`` holds positions and attainable times of patients whose times are tied together by
    the interval or by a midpoint. ``open_end``: the latest time of the last is not attained.
    """

    order: str
    earliest: tuple[Limit, ...]
    latest: tuple[Fraction | None, ...]
    tied: frozenset[int] = frozenset()
    anchor: tuple[tuple[int, Fraction], ...] = ()
    open_end: bool = False

    @property
    def letters(self) -> str:
        """The order without the mark of patients whose times are known."""
        return self.order.upper()

    @property
    def deaths(self) -> int:
        """Number of deaths."""
        return self.letters.count("D")

    @property
    def at_risk_at_deaths(self) -> tuple[int, ...]:
        """How many were at risk at each death."""
        n = len(self.order)
        return tuple(n - i for i, letter in enumerate(self.letters) if letter == "D")

    def survival(self) -> list[Fraction]:
        """Return S after 0, 1, ..., n patients have left."""
        s, values, n = Fraction(1), [Fraction(1)], len(self.order)
        for i, letter in enumerate(self.letters):
            s *= Fraction(n - i - 1, n - i) if letter == "D" else 1
            values.append(s)
        return values

    def times(self) -> list[tuple[float, int]]:
        """Return one set of times and events (1 death) that agrees: an example, not an estimate."""
        low = [x[0] for x in self.earliest]
        high: list[Fraction | None] = list(self.latest)
        for position, time in self.anchor:
            low[position] = high[position] = time
        for i in range(1, len(low)):
            low[i] = max(low[i], low[i - 1])
        for i in reversed(range(len(high) - 1)):
            high[i] = _least(high[i], high[i + 1])
        out: list[tuple[Fraction, int]] = []
        last = Fraction(0)
        open_end = max([x for x in high if x is not None] + low) + 1
        for i, letter in enumerate(self.letters):
            start = max(low[i], last)
            top = high[i]
            end = open_end if top is None else top
            if i not in self.tied:
                last = start + (end - start) / (len(low) - i + 1)
            out.append((last, int(letter == "D")))
        return [(float(t), e) for t, e in out]


@lru_cache(maxsize=4_000)
def steps(order: str, tied: frozenset[int] = frozenset()) -> tuple[Step, ...]:
    """Return the curve's values at the times of death of an order.

    Parameters
    ----------
    order : str
        A letter for each patient who leaves, in order.
    tied : frozenset of int, optional
        Places in the order that share their time with the place before.

    Returns
    -------
    tuple of Step
        One for each death.
    """
    n, s = len(order), Fraction(1)
    total: Fraction | None = Fraction(0)
    out: list[Step] = []
    for i, letter in enumerate(order.upper()):
        if letter != "D":
            continue
        r = n - i
        s *= Fraction(r - 1, r)
        # Greenwood's sum over tied deaths telescopes: one by one gives the same as all at once.
        total = None if r == 1 or total is None else total + Fraction(1, r * (r - 1))
        first = out.pop().first if i in tied else i
        out.append(Step(first, i, s, total))
    return tuple(out)


@dataclass(frozen=True)
class Chain:
    """A path through the graph as limits of times: what is common to all its patterns.

    ``links`` holds positions of patients who leave at the very time of the one before; ``apart`` those
    of deaths known not to; ``sums`` holds (i, j, least, greatest) of the sum of two times.
    """

    order: str
    earliest: tuple[Limit, ...]
    latest: tuple[Fraction | None, ...]
    links: frozenset[int]
    apart: frozenset[int]
    sums: tuple[tuple[int, int, Fraction, Fraction], ...]
    open_end: bool


def chain(path: Sequence[Move], rules: Rules) -> Chain:
    """Return the limits of the times along a path.

    Parameters
    ----------
    path : sequence of Move
        Moves from the first to the last patient.
    rules : Rules
        The rules the path obeys.

    Returns
    -------
    Chain
        Limits of the time of each place.
    """
    n, clock, problem = len(path), rules.clock, rules.problem
    state = rules.start()
    earliest, latest, sums = [], [], []
    begun: dict[str, int] = {}
    rank = NEVER
    together, alone = _ties(path)
    for i, (_, after, _tied) in enumerate(path):
        rank = rules.latest(n - i, state)
        if i in together and state.block is not None:
            rank = min(rank, state.block[1])
        latest.append(None if rank == NEVER else clock.end(rank))
        earliest.append(clock.start(after.earliest))
        for curve, figure in (("s", problem.median), ("g", problem.follow_up)):
            was, now = getattr(state, curve), getattr(after, curve)
            if isinstance(was, tuple) and not isinstance(now, tuple):
                half = as_interval(figure)
                sums.append((begun[curve], i, 2 * half.low, 2 * half.high))
            elif isinstance(now, tuple) and not isinstance(was, tuple):
                begun[curve] = i
        state = after
    order = "".join(m.letter for m in path)
    ends = (together, alone, tuple(sums), rank != NEVER and rank % 3 == 2)
    return Chain(order, tuple(earliest), tuple(latest), *ends)


def _ties(path: Sequence[Move]) -> tuple[frozenset[int], frozenset[int]]:
    """Return who shares the time of the one before where that changes G, and deaths that must not."""
    links, apart, begun, begun_apart = set(), set(), 0, False
    for i, (letter, after, tied) in enumerate(path):
        dies = letter in "dD"
        if not tied:
            begun = i
            begun_apart = dies and i > 0 and path[i - 1].letter in "dD"
        elif not dies and after.block != path[i - 1].state.block:
            # a censoring in a block of deaths: all of the block counts
            links |= set(range(begun + 1, i + 1))
            if begun_apart:
                apart.add(begun)
        elif not dies:
            links.add(i)
    return frozenset(links), frozenset(apart)


def _phases(state: State) -> tuple[object, object]:
    s, g = (x[0] if isinstance(x, tuple) else x for x in (state.s, state.g))
    return s, g


def chains(graph: Graph) -> list[Chain]:
    """Return the chains of a graph: one for each order and each need of equal times.

    A path on which more patients share a time than change the censoring curve's median adds nothing
    if no patient can be earlier on it, and is left out.
    """
    found: dict[tuple, list[tuple[frozenset[int], list[int], list[Move]]]] = {}

    def adds_nothing(links: frozenset[int], ranks: list[int], other: tuple) -> bool:
        return other[0] <= links and all(a <= b for a, b in zip(other[1], ranks, strict=True))

    for path in paths(graph):
        links, apart = _ties(path)
        order = "".join(m.letter for m in path)
        deaths = frozenset(i for i in links if order[i] in "dD")
        key = (order, tuple(_phases(m.state) for m in path), deaths, apart)
        ranks = [m.state.earliest for m in path]
        kept = found.setdefault(key, [])
        if any(adds_nothing(links, ranks, other) for other in kept):
            continue
        kept[:] = [x for x in kept if not adds_nothing(x[0], x[1], (links, ranks))]
        kept.append((links, ranks, path))
    return [chain(path, graph.rules) for kept in found.values() for *_, path in kept]


def with_intervals(
    base: Chain,
    convention: Convention,
    ci: Pair | None = None,
    landmark_ci: Sequence[tuple[Fraction, Interval, Interval]] = (),
    quantiles: Sequence[Fraction] = QUANTILES,
) -> list[Pattern]:
    """Return the patterns of a chain that agree with printed intervals (none, if none does).

    Parameters
    ----------
    base : Chain
        A path through the graph of the other figures.
    convention : Convention
        How the intervals were made.
    ci : pair of Interval or "not reached", optional
        Printed limits of the median.
    landmark_ci : sequence of (time, lower, upper)
        Printed limits of survival at a time.
    quantiles : sequence of Fraction
        Normal quantiles to try.

    Returns
    -------
    list of Pattern
        One for each set of times that gives the intervals.
    """
    found: dict[tuple, Pattern] = {}
    method = convention.ci_method or "plain"
    places = [_landmark_places(base.order, method, *x, quantiles) for x in landmark_ci]
    for spans in product(*places):
        low: dict[int, Fraction] = {}
        after: dict[int, Fraction] = {}
        high: dict[int, Fraction] = {}
        for (time, *_), (first, last) in zip(landmark_ci, spans, strict=True):
            if first:
                high[first - 1] = _least(high.get(first - 1), time)
            if last < len(base.order):
                after[last] = max(after.get(last, time), time)
        if ci is None:
            choices: tuple[Choice, ...] = (Choice(),)
        elif convention.ci_method == "spss":
            choices = _spss_choices(base.order.upper(), ci, quantiles, ties=convention.ties)
        else:
            order = base.order.upper()
            choices = _limit_choices(order, ci, method, quantiles, ties=convention.ties)
        for choice in choices:
            pattern = _fitted(base, choice, low, after, high)
            if pattern is not None:
                found.setdefault((pattern.earliest, pattern.latest, pattern.tied), pattern)
    return list(found.values())


@dataclass(frozen=True)
class Choice:
    """One way in which an order can give a printed interval.

    ``links``: deaths that must share the time of the one before, ``apart``: that must not; ``low`` and
    ``high``: limits of times by position; ``body``: positions of u, median and l with k, and the
    printed limits.
    """

    links: frozenset[int] = frozenset()
    apart: frozenset[int] = frozenset()
    low: tuple[tuple[int, Fraction], ...] = ()
    high: tuple[tuple[int, Fraction], ...] = ()
    body: tuple[int, int, int, Fraction, Interval, Interval] | None = None


# The limits are narrowed in place, one kind of knowledge after another.
def _fitted(  # noqa: C901
    base: Chain,
    choice: Choice,
    low: dict[int, Fraction],
    after: dict[int, Fraction],
    high: dict[int, Fraction],
) -> Pattern | None:
    """Return the pattern of a chain under a choice, or None if no times agree."""
    links = base.links | choice.links
    if choice.links & base.apart or links & choice.apart:
        return None
    earliest, latest = list(base.earliest), list(base.latest)
    for i, t in (*low.items(), *choice.low):
        earliest[i] = max(earliest[i], (t, 0))
    for i, t in after.items():
        earliest[i] = max(earliest[i], (t, 1))
    for i, t in (*high.items(), *choice.high):
        latest[i] = _least(latest[i], t)
    anchor: list[tuple[int, Fraction]] = []
    for _ in range(3 if base.sums else 1):
        if not _narrow(earliest, latest, links):
            return None
        for i, j, least, most in base.sums:
            for one, other in ((i, j), (j, i)):
                end = latest[other]
                if end is not None:
                    earliest[one] = max(earliest[one], (least - end, 0))
            latest[i] = _least(latest[i], most - earliest[j][0])
            latest[j] = _least(latest[j], most - earliest[i][0])
    if choice.body is not None:
        u, m, ell, k, lower, upper = choice.body
        box = tuple((earliest[i][0], latest[i]) for i in (u, m, ell))
        solved = solve_interval(box, k, lower, upper, same=m == ell)
        if solved is None:
            return None
        ranges, example = solved
        for i, (a, b) in zip((u, m, ell), ranges, strict=True):
            earliest[i] = max(earliest[i], (a, 0))
            latest[i] = _least(latest[i], b)
        anchor += list(zip((u, m, ell), example, strict=True))
    if not _narrow(earliest, latest, links):
        return None
    for i, j, least, most in base.sums:
        x = _middle(earliest[i][0], latest[i])
        top = _least(latest[j], most - x)
        anchor += [(i, x), (j, (max(earliest[j][0], least - x) + top) / 2)]
    return Pattern(base.order, tuple(earliest), tuple(latest), links, tuple(anchor), base.open_end)


def _middle(low: Fraction, high: Fraction | None) -> Fraction:
    return low + 1 if high is None else (low + high) / 2


@overload
def _least(a: Fraction | None, b: Fraction) -> Fraction: ...


@overload
def _least(a: Fraction | None, b: Fraction | None) -> Fraction | None: ...


def _least(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return b if a is None else a if b is None else min(a, b)


def _narrow(earliest: list[Limit], latest: list[Fraction | None], links: frozenset[int]) -> bool:
    """Carry limits along the chain, equal times as one; False if a patient has no time left."""
    for i in range(1, len(earliest)):
        earliest[i] = max(earliest[i], earliest[i - 1])
    for i in reversed(range(len(latest) - 1)):
        latest[i] = _least(latest[i], latest[i + 1])
    for i in sorted(links, reverse=True):
        earliest[i - 1] = max(earliest[i - 1], earliest[i])
    for i in sorted(links):
        latest[i] = _least(latest[i], latest[i - 1])
    return all(b is None or a <= (b, 0) for a, b in zip(earliest, latest, strict=True))


def limits_of_s(step: Step, method: str, z: float) -> tuple[float, float]:
    """Return the pointwise limits of S at a step by a transform (R's ``conf.type``).

    Where S is 0 there is none, as in R: not a number.

    Parameters
    ----------
    step : Step
        The step: survival and Greenwood's sum.
    method : str
        ``plain``, ``log`` or ``log-log``.
    z : float
        Quantile of the normal distribution (1.96 for 95%).

    Returns
    -------
    tuple of float
        Lower and upper limit; plain ones may lie outside 0 and 1.
    """
    s = float(step.s)
    if step.greenwood is None:
        return float("nan"), float("nan")
    v = sqrt(step.greenwood)
    if method == "plain":
        return s - z * s * v, s + z * s * v
    if method == "log":
        return s * exp(-z * v), s * exp(z * v)
    half = z * v / log(s)  # negative: log S < 0
    return exp(log(s) * exp(-half)), exp(log(s) * exp(half))


def _landmark_places(
    order: str,
    method: str,
    time: Fraction,
    lower: Interval,
    upper: Interval,
    quantiles: Sequence[Fraction],
) -> list[tuple[int, int]]:
    """Return how many can have left at a time if S has the printed limits there: runs first to last."""
    method = "plain" if method == "spss" else method
    allowed = []
    curve = steps(order)
    for left in range(len(order) + 1):
        here = next((x for x in reversed(curve) if x.last < left), None)
        if here is None or here.greenwood is None:
            ends = [(1.0, 1.0)] if here is None else [(0.0, 0.0)]
        else:
            ends = [limits_of_s(here, method, float(z)) for z in quantiles]
        allowed.append(any(_shows(a, lower) and _shows(b, upper) for a, b in ends))
    runs, start = [], None
    for left, fine in enumerate([*allowed, False]):
        if fine and start is None:
            start = left
        elif not fine and start is not None:
            runs.append((start, left - 1))
            start = None
    return runs


def _shows(value: float, printed: Interval) -> bool:
    """Return whether a limit of S can be printed so, cut at 0 and 1 or not."""
    return any(
        float(printed.low) - 1e-9 <= x <= float(printed.high) + 1e-9
        for x in (value, min(1.0, max(0.0, value)))
    )


def _deaths_and_links(order: str) -> tuple[Sequence[Step], list[int]]:
    """Return the steps of an order one by one, and how far deaths go on without a break after each."""
    curve = steps(order)
    reach = list(range(len(curve)))
    for i in reversed(range(len(curve) - 1)):
        if curve[i + 1].first == curve[i].last + 1:
            reach[i] = reach[i + 1]
    return curve, reach


def _linked(curve: Sequence[Step], first: int, last: int) -> set[int]:
    """Return the links that put deaths number ``first`` to ``last`` on one time."""
    return {curve[i].first for i in range(first + 1, last + 1)}


@lru_cache(maxsize=4_000)
def _limit_choices(
    order: str, ci: Pair, method: str, quantiles: Sequence[Fraction], *, ties: bool
) -> tuple[Choice, ...]:
    """Return the ways in which the curve's own limits give the printed ones."""
    curve, reach = _deaths_and_links(order)
    seen, found = set(), []
    for z in quantiles:
        limits = [limits_of_s(x, method, float(z)) for x in curve]
        for side in (0, 1):
            for i, x in enumerate(limits):
                if x[side] == x[side] and abs(x[side] - 0.5) < 1e-9:
                    raise ArithmeticError(
                        f"order {order}: limit {i} of S equals 0.5 to nine digits; cannot decide"
                    )
        for zero in (False, True):
            crossed = tuple(
                tuple(zero if x[side] != x[side] else x[side] <= 0.5 for x in limits) for side in (0, 1)
            )
            seen.add(crossed)
    for crossed in seen:
        sides = [
            list(_first_crossings(curve, reach, crossed[side], ci[side], ties=ties)) for side in (0, 1)
        ]
        for a, b in product(*sides):
            found.append(Choice(a[0] | b[0], a[1] | b[1], a[2] + b[2], a[3] + b[3]))
    return tuple(found)


def _first_crossings(
    curve: Sequence[Step],
    reach: Sequence[int],
    crossed: Sequence[bool],
    figure: Interval | str,
    *,
    ties: bool,
) -> Iterator[tuple[frozenset[int], frozenset[int], tuple, tuple]]:
    """Yield where a limit can be first at or below one half, as the first parts of a choice."""
    links: set[int] = set()
    for i, here in enumerate(crossed):
        if not here:
            continue
        if isinstance(figure, Interval):
            step = curve[i]
            yield (
                frozenset(links),
                frozenset(x.first for x in curve[i + 1 : i + 2]),
                ((step.first, figure.low),),
                ((step.first, figure.high),),
            )
        # To be passed over, this death must share the time of the next.
        if not ties or reach[i] == i:
            return
        links.add(curve[i + 1].first)
    if figure == NOT_REACHED:
        yield frozenset(links), frozenset(), (), ()


@lru_cache(maxsize=4_000)
def _spss_choices(
    order: str, ci: Pair, quantiles: Sequence[Fraction], *, ties: bool
) -> tuple[Choice, ...]:
    """Return the ways in which the symmetrical interval of SPSS can be the printed one."""
    curve, reach = _deaths_and_links(order)
    middle = next((i for i, x in enumerate(curve) if x.s <= HALF), None)
    above = [i for i, x in enumerate(curve) if x.s >= HALF + EPSILON]
    none = ci == (NOT_REACHED, NOT_REACHED)
    if middle is None or NOT_REACHED in ci:
        possible = none and middle is not None and _no_interval(curve, reach, ties=ties)
        return (Choice(),) if possible else ()
    lower, upper = (as_interval(x) for x in ci)
    if lower.low <= 0 <= lower.high:
        lower = Interval(-FAR, lower.high, lower.text)
    found = []
    last = len(curve) - 1
    for m in range(middle, (reach[middle] if ties else middle) + 1):
        greenwood = curve[m].greenwood
        if greenwood is None:
            continue
        below = next((i for i in range(m, last + 1) if curve[i].s <= HALF - EPSILON), None)
        if below is None:
            continue
        ends = [m] if below == m else range(below, (reach[below] if ties else below) + 1)
        for ell in ends:
            for u in reversed(above):
                # The death after u is tied to all others down to the first with S below 0.55.
                first = above[-1] + 1
                if u < above[-1] and (not ties or reach[u + 1] < first):
                    break
                links = _linked(curve, middle, m) | _linked(curve, below, ell)
                if u < above[-1]:
                    links |= _linked(curve, u + 1, first)
                apart = frozenset(curve[i + 1].first for i in (u, m, ell) if i < last)
                drop = curve[u].s - curve[ell].s
                for z in quantiles:
                    k = _root((z * curve[m].s / drop) ** 2 * greenwood)
                    body = (curve[u].first, curve[m].first, curve[ell].first, k, lower, upper)
                    found.append(Choice(frozenset(links), apart, (), (), body))
    return tuple(found)


def _no_interval(curve: Sequence[Step], reach: Sequence[int], *, ties: bool) -> bool:
    """Return whether SPSS can have no interval: one of its three times is missing."""
    middle = next(i for i, x in enumerate(curve) if x.s <= HALF)
    end = reach[middle] if ties else middle
    return (
        all(x.s < HALF + EPSILON for x in curve)
        or all(x.s > HALF - EPSILON for x in curve)
        or any(curve[i].greenwood is None for i in range(middle, end + 1))
        or (ties and curve[0].s >= HALF + EPSILON and reach[0] >= middle)
    )


def _root(x: Fraction) -> Fraction:
    """Return the square root: exact if rational, else to 40 digits."""
    top, bottom = isqrt(x.numerator), isqrt(x.denominator)
    if top * top == x.numerator and bottom * bottom == x.denominator:
        return Fraction(top, bottom)
    return Fraction(isqrt(x.numerator * _SCALE * _SCALE // x.denominator), _SCALE)


def spss_places(curve: Sequence[Step]) -> tuple[Step, Step, Step] | None:
    """Return the deaths that SPSS uses for the standard error of the median: u, median, l."""
    above = [x for x in curve if x.s >= HALF + EPSILON]
    at = next((x for x in curve if x.s <= HALF), None)
    below = next((x for x in curve if x.s <= HALF - EPSILON), None)
    if not above or at is None or below is None or at.greenwood is None:
        return None
    return above[-1], at, below


@lru_cache(maxsize=4_000)
def solve_interval(
    box: tuple[tuple[Fraction, Fraction | None], ...],
    k: Fraction,
    lower: Interval,
    upper: Interval,
    *,
    same: bool,
) -> tuple[list[tuple[Fraction, Fraction]], tuple[Fraction, ...]] | None:
    """Find all (u, m, l) in a box with u <= m <= l and m -/+ k (l - u) in the printed limits.

    The problem is linear in m and w = l - u. Its feasible set is a polygon; the attainable ends of u
    and l are extremes of piecewise linear functions on it, which lie on crossings of the lines below.

    Parameters
    ----------
    box : tuple of tuple of Fraction, Fraction or None
        Limits of u, m and l; None for no upper end.
    k : Fraction
        Factor of the width in the limits.
    lower, upper : Interval
        The printed limits, as intervals of what rounds to them.
    same : bool
        Whether m and l are one time.

    Returns
    -------
    (ranges, example) or None
        Attainable ends of u, m, l, and one point inside; None if there is none.
    """
    (u0, u1), (m0, m1), (l0, l1) = box
    m1 = m1 if m1 is not None else (lower.high + upper.high)
    u1 = m1 if u1 is None else min(u1, m1)
    widest = m1 + (upper.high - lower.low) / k + 1
    l1 = widest if l1 is None else min(l1, widest)
    if same:
        m0, m1 = max(m0, l0), min(m1, l1)
        l0, l1 = m0, m1
    # Most boxes are too small or too large for the printed limits: see that without any corner.
    least, most = max(Fraction(0), l0 - u1), l1 - u0
    if (
        u0 > u1
        or m0 > m1
        or l0 > l1
        or max(m0 - k * most, lower.low) > min(m1 - k * least, lower.high)
        or max(m0 + k * least, upper.low) > min(m1 + k * most, upper.high)
        or max(2 * m0, lower.low + upper.low) > min(2 * m1, lower.high + upper.high)
        or max(2 * k * least, upper.low - lower.high) > min(2 * k * most, upper.high - lower.low)
    ):
        return None
    # Half-planes a m + b w <= c
    planes: list[Line] = [
        (1, 0, m1),
        (-1, 0, -m0),
        (1, -k, lower.high),
        (-1, k, -lower.low),
        (1, k, upper.high),
        (-1, -k, -upper.low),
        (0, -1, Fraction(0)),
        (1, -1, u1),
    ]
    if same:
        planes += [(-1, 1, -u0)]
        guides: list[Line] = []
    else:
        planes += [
            (-1, 0, -u0),
            (1, 0, l1),
            (0, 1, l1 - u0),
            (0, -1, u1 - l0),
            (-1, -1, -l0),
        ]
        guides = [(1, 0, u1), (1, 1, l1), (0, 1, l1 - u1), (0, 1, l0 - u0), (1, -1, u0), (1, 0, l0)]
    lines = planes + guides
    corners = []
    for i, (a, b, c) in enumerate(lines):
        for d, e, f in lines[:i]:
            det = a * e - b * d
            if det == 0:
                continue
            m, w = (c * e - b * f) / Fraction(det), (a * f - c * d) / Fraction(det)
            if all(x * m + y * w <= t for x, y, t in planes):
                corners.append((m, w))
    if not corners:
        return None
    if same:
        lows = highs = [(m - w, m, m) for m, w in corners]
    else:
        lows = [(max(u0, l0 - w, m - w), m, max(l0, m, u0 + w)) for m, w in corners]
        # l is farthest where u is, and u comes before m.
        highs = [(min(u1, m, l1 - w), m, min(l1, min(u1, m) + w)) for m, w in corners]
    ranges = [
        (min(x), max(y)) for x, y in zip(zip(*lows, strict=True), zip(*highs, strict=True), strict=True)
    ]
    m, w = (sum(x) / len(corners) for x in zip(*corners, strict=True))
    u = m - w if same else (max(u0, l0 - w, m - w) + min(u1, m, l1 - w)) / 2
    return ranges, (u, m, u + w)
