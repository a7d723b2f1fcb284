"""One order of deaths and censorings: when each patient can have left, and the printed interval.

For a given order the times form a chain, earliest and latest times known. A printed confidence interval
of the median adds to that, in one of two ways.

* Limits read off the curve's own limits (Brookmeyer and Crowley; ``plain``, ``log``, ``log-log``): each
  limit is the time of one known death, so it is one more earliest and latest time.
* ``spss``: median plus and minus z SE, with SE(median) = SE(S(median)) / f and
  f = (S(u) - S(l)) / (l - u), where u is the last time of death with S >= 0.55 and l the first with
  S <= 0.45 (Collett, Modelling Survival Data in Medical Research; IBM SPSS Statistics Algorithms, KM).
  It ties three times together. The set of (u, median, l) that agree is a convex body with rational
  corners but for one square root, which is taken to 40 digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import exp, isqrt, log, sqrt

from living_review.bounds.engine import NOT_REACHED, Limit, Rules
from living_review.bounds.rounding import Interval

CI_METHODS = ("spss", "plain", "log", "log-log")
HALF = Fraction(1, 2)
EPSILON = Fraction(1, 20)
Z95 = Fraction(196, 100)
_SCALE = 10**40


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
    before. ``anchor`` holds positions and attainable times of the deaths that the interval ties
    together.
    """

    order: str
    earliest: tuple[Limit, ...]
    latest: tuple[Fraction | None, ...]
    tied: frozenset[int] = frozenset()
    anchor: tuple[tuple[int, Fraction], ...] = ()

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
            if high[i + 1] is not None:
                high[i] = high[i + 1] if high[i] is None else min(high[i], high[i + 1])
        out: list[tuple[float, int]] = []
        last = Fraction(0)
        open_end = max([x for x in high if x is not None] + low) + 1
        for i, letter in enumerate(self.letters):
            start = max(low[i], last)
            end = open_end if high[i] is None else high[i]
            if i not in self.tied:
                last = start + (end - start) / (len(low) - i + 1)
            out.append((last, int(letter == "D")))
        return [(float(t), e) for t, e in out]


def steps(order: str, tied: frozenset[int] = frozenset()) -> list[Step]:
    """Return the curve's values at the times of death of an order."""
    n, s, total = len(order), Fraction(1), Fraction(0)
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
    return out


def chain(order: str, rules: Rules) -> tuple[list[Limit], list[Fraction | None]]:
    """Return earliest and latest time of each patient of an order."""
    n = len(order)
    numerator, placed = 1, 0
    earliest: list[Limit] = []
    latest: list[Fraction | None] = []
    for i, letter in enumerate(order):
        r = n - i
        limit = rules.status(r, numerator, placed).latest
        latest.append(None if limit is None else limit[0])
        numerator *= r - 1 if letter in "dD" else r
        placed += letter.islower()
        earliest.append(rules.status(r - 1, numerator, placed).earliest)
    return earliest, latest


def tie_choices(order: str, ties: bool) -> Iterator[frozenset[int]]:
    """Yield the sets of deaths that may share the time of the death just before."""
    letters = order.upper()
    places = [i for i in range(1, len(letters)) if letters[i - 1 : i + 1] == "DD"] if ties else []
    for flags in product((False, True), repeat=len(places)):
        yield frozenset(p for p, flag in zip(places, flags, strict=True) if flag)


def with_interval(
    order: str,
    rules: Rules,
    ci: tuple[Interval | str, Interval | str] | None,
    method: str,
    z: Fraction = Z95,
    *,
    ties: bool = False,
) -> list[Pattern]:
    """Return the patterns of an order that agree with the interval (none, if none does).

    Parameters
    ----------
    order : str
        Letters D and C.
    rules : Rules
        The other figures.
    ci : pair of Interval or "not reached", optional
        Printed limits of the median.
    method : str
        One of :data:`CI_METHODS`.
    z : Fraction
        Normal quantile.
    ties : bool
        Whether deaths next to each other may fall on one time.
    """
    found = []
    for tied in tie_choices(order, ties):
        earliest, latest = chain(order, rules)
        for i in sorted(tied, reverse=True):
            latest[i - 1] = latest[i] = _least(latest[i - 1], latest[i])
        for i in sorted(tied):
            earliest[i] = earliest[i - 1] = max(earliest[i - 1], earliest[i])
        if not _possible(earliest, latest):
            continue
        if ci is None:
            found.append(Pattern(order, tuple(earliest), tuple(latest), tied))
        elif method == "spss":
            found += _tied_together(order, tied, earliest, latest, ci, z)
        else:
            found += _from_limits(order, tied, earliest, latest, ci, method, z)
    return found


def _least(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return b if a is None else a if b is None else min(a, b)


def _possible(earliest: Sequence[Limit], latest: Sequence[Fraction | None]) -> bool:
    return all(b is None or a <= (b, 0) for a, b in zip(earliest, latest, strict=True))


def _narrow(
    earliest: list[Limit],
    latest: list[Fraction | None],
    low: dict[int, Fraction],
    high: dict[int, Fraction],
) -> bool:
    """Put narrower ends in for some positions and carry them along the chain; False if none is left."""
    for i, t in low.items():
        earliest[i] = max(earliest[i], (t, 0))
    for i, t in high.items():
        latest[i] = _least(latest[i], t)
    for i in range(1, len(earliest)):
        earliest[i] = max(earliest[i], earliest[i - 1])
    for i in reversed(range(len(latest) - 1)):
        latest[i] = _least(latest[i], latest[i + 1])
    return _possible(earliest, latest)


def limits_of_s(step: Step, method: str, z: float) -> tuple[float, float]:
    """Return the pointwise limits of S at a step by a transform (R's ``conf.type``)."""
    s = float(step.s)
    if step.greenwood is None:
        # S = 0: R and lifelines give no limit here; nothing of it is at or below one half but S itself.
        return 0.0, float("nan")
    v = sqrt(step.greenwood)
    if method == "plain":
        return s - z * s * v, s + z * s * v
    if method == "log":
        return s * exp(-z * v), s * exp(z * v)
    half = z * v / log(s)  # negative: log S < 0
    return exp(log(s) * exp(-half)), exp(log(s) * exp(half))


def _from_limits(
    order: str,
    tied: frozenset[int],
    earliest: list[Limit],
    latest: list[Fraction | None],
    ci: tuple[Interval | str, Interval | str],
    method: str,
    z: Fraction,
) -> list[Pattern]:
    low: dict[int, Fraction] = {}
    high: dict[int, Fraction] = {}
    curve = steps(order, tied)
    limits = [limits_of_s(x, method, float(z)) for x in curve]
    for side, figure in enumerate(ci):
        values = [x[side] for x in limits]
        if any(abs(v - 0.5) < 1e-9 for v in values):
            raise ArithmeticError(
                f"order {order}: a limit of S equals 0.5 to nine digits; cannot decide"
            )
        where = next((x for x, v in zip(curve, values, strict=True) if v <= 0.5), None)
        if (where is None) != (figure == NOT_REACHED):
            return []
        if where is not None:
            low[where.last] = max(low.get(where.last, figure.low), figure.low)
            high[where.first] = min(high.get(where.first, figure.high), figure.high)
    if not _narrow(earliest, latest, low, high):
        return []
    return [Pattern(order, tuple(earliest), tuple(latest), tied)]


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


def _tied_together(
    order: str,
    tied: frozenset[int],
    earliest: list[Limit],
    latest: list[Fraction | None],
    ci: tuple[Interval | str, Interval | str],
    z: Fraction,
) -> list[Pattern]:
    places = spss_places(steps(order, tied))
    if places is None or NOT_REACHED in ci:
        return []
    u, m, ell = places
    k = _root((z * m.s / (u.s - ell.s)) ** 2 * m.greenwood)
    box = [(earliest[x.last][0], latest[x.first]) for x in places]
    solved = solve_interval(box, k, ci[0], ci[1], same=m is ell)
    if solved is None:
        return []
    ranges, example = solved
    low = {x.first: r[0] for x, r in zip(places, ranges, strict=True)}
    high = {x.last: r[1] for x, r in zip(places, ranges, strict=True)}
    if not _narrow(earliest, latest, low, high):
        return []
    anchor = tuple((x.first, t) for x, t in zip(places, example, strict=True))
    return [Pattern(order, tuple(earliest), tuple(latest), tied, anchor)]


def solve_interval(
    box: Sequence[tuple[Fraction, Fraction | None]],
    k: Fraction,
    lower: Interval,
    upper: Interval,
    *,
    same: bool,
) -> tuple[list[tuple[Fraction, Fraction]], tuple[Fraction, ...]] | None:
    """Find all (u, m, l) in a box with u <= m <= l and m -/+ k (l - u) in the printed limits.

    The problem is linear in m and w = l - u. Its feasible set is a polygon; the attainable ends of u
    and l are extremes of piecewise linear functions on it, which lie on crossings of the lines below.

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
    # Half-planes a m + b w <= c
    planes = [
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
        guides = []
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
