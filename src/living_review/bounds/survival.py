"""Bounds on a Kaplan-Meier curve of which only a summary is printed.

From the number of patients and a few printed figures, :func:`survival` finds every order of deaths and
censorings that agrees with all of them, and what the curve can therefore be at each time. Nothing is
estimated or drawn at random; the result is what the summary forces, and no more.

Conventions, all of them stated because results depend on them:

* A printed figure stands for the closed interval of values that round to it.
* At equal times deaths come before censorings, also in the reverse Kaplan-Meier estimate.
* The median is the first time with S <= 0.5; median follow-up the first time at which the reverse
  estimate is at or below 0.5. S is compared as a fraction of whole numbers.
* Survival is printed at a time only if somebody was observed until then.
* A death and a censoring share a time only as a limiting case; deaths may share one. With ``spss``
  limits deaths are taken one by one unless ``ties=True``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from living_review.bounds import engine
from living_review.bounds.engine import Graph, Piece, Problem, Rules
from living_review.bounds.patterns import CI_METHODS, Z95, Pattern, with_interval
from living_review.bounds.rounding import Interval, Number, exact
from living_review.bounds.summary import ContradictorySummaryError, Printed, figures_in_turn, read

if TYPE_CHECKING:
    import pandas as pd

MOST_PATTERNS = 200_000
_BAND = ["start", "end", "lower", "upper", "deaths_min", "deaths_max", "at_risk_min", "at_risk_max"]


class At(NamedTuple):
    """What a summary forces at one time: all ends are attained by some data set that agrees."""

    lower: Fraction | None
    upper: Fraction | None
    deaths: tuple[int, int] | None
    at_risk: tuple[int, int] | None


@dataclass(frozen=True)
class SurvivalBounds:
    """What a printed summary forces about a survival curve.

    Attributes
    ----------
    problem : Problem
        The summary as exact numbers.
    count : int or None
        Number of orders of deaths and censorings that agree (``None`` for ``method="outer"``).
    deaths : (int, int)
        Fewest and most deaths in all.
    pieces : list of Piece
        Values that the curve can take, and when.
    states : int
        Size of the computation.
    method : str
        ``exact``, or ``outer``: then the envelope is certain to contain the exact one.
    """

    problem: Problem
    count: int | None
    deaths: tuple[int, int]
    pieces: list[Piece] = field(repr=False)
    states: int
    method: str = "exact"
    ci: tuple[Interval | str, Interval | str] | None = None
    ci_method: str = "spss"
    _patterns: list[Pattern] | None = field(default=None, repr=False)

    def at(self, time: Number) -> At:
        """Return the bounds of S, of the deaths so far and of the number at risk at a time.

        Parameters
        ----------
        time : number
            In the unit of the summary. Deaths at that very time are counted; so is who has left.

        Returns
        -------
        At
            ``None`` throughout where no curve that agrees reaches.
        """
        t, marks = exact(time), self.breakpoints
        i = bisect_left(marks, t)
        # Stretches of time as whole numbers: even at a breakpoint, odd between two.
        place = 2 * i if i < len(marks) and marks[i] == t else 2 * i - 1
        if place not in self._answers:
            here = [p for start, end, p in self._placed if start <= place < end]
            self._answers[place] = (
                At(
                    min(p.low for p in here),
                    max(p.high for p in here),
                    (min(p.deaths[0] for p in here), max(p.deaths[1] for p in here)),
                    (min(p.at_risk[0] for p in here), max(p.at_risk[1] for p in here)),
                )
                if here
                else At(None, None, None, None)
            )
        return self._answers[place]

    @cached_property
    def _answers(self) -> dict[int, At]:
        return {}

    @cached_property
    def _placed(self) -> list[tuple[int, int, Piece]]:
        rank = {t: 2 * i for i, t in enumerate(self.breakpoints)}
        beyond = 2 * len(rank)
        return [
            (rank[p.start[0]] + p.start[1], beyond if p.end is None else rank[p.end[0]] + p.end[1], p)
            for p in self.pieces
        ]

    @cached_property
    def breakpoints(self) -> list[Fraction]:
        """Times at which the bounds can change."""
        times = {p.start[0] for p in self.pieces} | {p.end[0] for p in self.pieces if p.end}
        return sorted(times | {Fraction(0)})

    def envelope(self, until: Number | None = None) -> pd.DataFrame:
        """Return the band as a table: one row for each stretch of time between breakpoints.

        Parameters
        ----------
        until : number, optional
            End of the last stretch, which has none of its own (default: a fifth beyond the last
            breakpoint).

        Returns
        -------
        pandas.DataFrame
            ``start``, ``end`` (unit of the summary), ``lower``, ``upper`` (probabilities),
            ``deaths_min``, ``deaths_max``, ``at_risk_min``, ``at_risk_max``; valid between the ends.
        """
        import pandas as pd

        times = list(self.breakpoints)
        last = exact(until) if until is not None else times[-1] * Fraction(6, 5) or Fraction(1)
        times = [t for t in times if t < last] + [last]
        rows = []
        for a, b in pairwise(times):
            lower, upper, deaths, at_risk = self.at((a + b) / 2)
            if lower is None:
                continue
            values = (float(lower), float(upper), *deaths, *at_risk)
            if rows and rows[-1][2:] == values:
                rows[-1] = (rows[-1][0], float(b), *values)
            else:
                rows.append((float(a), float(b), *values))
        return pd.DataFrame(rows, columns=_BAND)

    def patterns(self, most: int = MOST_PATTERNS) -> list[Pattern]:
        """Return every order that agrees, with the times it allows.

        Raises
        ------
        ValueError
            If there are more than ``most``, or the method was ``outer``.
        """
        if self._patterns is not None:
            return self._patterns
        if self.count is None or self.count > most:
            raise ValueError(f"{self.count or 'an unknown number of'} orders agree: too many to list")
        graph, rules = engine.explore(self.problem)
        return _patterns(graph, rules, None, self.ci_method, Z95, ties=False)

    def shared(self) -> dict[str, object]:
        """Return what every order that agrees has in common.

        Returns
        -------
        dict
            ``first``: letters with which all orders begin; ``at_risk``: how many were at risk at each
            of the deaths among them; ``deaths``: fewest and most deaths; ``orders``: how many.
        """
        orders = sorted({p.letters for p in self.patterns()})
        first = ""
        for letters in zip(*orders, strict=True):
            if len(set(letters)) > 1:
                break
            first += letters[0]
        n = self.problem.n
        return {
            "first": first,
            "at_risk": tuple(n - i for i, x in enumerate(first) if x == "D"),
            "deaths": self.deaths,
            "orders": len(orders),
        }


def survival(
    n: int,
    *,
    landmarks: Mapping[Number, Printed] | None = None,
    median: Printed | None = None,
    ci: tuple[Printed, Printed] | None = None,
    follow_up: Printed | None = None,
    lower_bounds: Iterable[Number] | None = None,
    exact_times: Iterable[tuple[Number, int]] | None = None,
    deaths: int | None = None,
    ci_method: str = "spss",
    ties: bool = False,
    method: str = "exact",
    max_states: int = 3_000_000,
) -> SurvivalBounds:
    """Find what a printed summary forces about a survival curve.

    Parameters
    ----------
    n : int
        Patients.
    landmarks : mapping of time to printed survival, optional
        For example ``{1: "78.8%"}``; text keeps the digits of the paper. A pair gives limits.
    median : printed number or "not reached", optional
        Kaplan-Meier median, in the unit of the times.
    ci : pair of printed numbers (or "not reached"), optional
        Its 95% confidence interval, by ``ci_method``. All orders are listed for it: for small n.
    follow_up : printed number or "not reached", optional
        Median follow-up by reverse Kaplan-Meier.
    lower_bounds : iterable of numbers, optional
        Times that single patients are known to have reached; it need not be known which patient of
        the curve they are. Fewer than n: the rest is taken to be 0.
    exact_times : iterable of (time, event), optional
        Patients whose time is known, with event 1 (death) or 0 (censoring). ``lower_bounds`` are then
        those of the others.
    deaths : int, optional
        Total number of deaths.
    ci_method : {"spss", "plain", "log", "log-log"}
        How the package made the interval (see :mod:`living_review.bounds.patterns`).
    ties : bool
        With ``ci``: also consider deaths that share a time.
    method : {"exact", "outer"}
        ``outer`` follows S on a fine grid and rounds outwards: any n, no interval, never too narrow.
    max_states : int
        Size at which the exact computation stops with an error.

    Returns
    -------
    SurvivalBounds

    Raises
    ------
    ContradictorySummaryError
        If no data set agrees; the message names the figure that left none.
    TooManyStatesError
        If the exact computation is too large.
    ValueError
        If an argument makes no sense.
    """
    problem, limits = read(
        n,
        landmarks=landmarks,
        median=median,
        ci=ci,
        follow_up=follow_up,
        lower_bounds=lower_bounds,
        exact_times=exact_times,
        deaths=deaths,
    )
    if ci_method not in CI_METHODS:
        raise ValueError(f"unknown ci_method {ci_method!r}; expected one of {', '.join(CI_METHODS)}")
    if method == "outer":
        from living_review.bounds import outer

        found = outer.survival(problem)
    elif method == "exact":
        found = _exact(problem, limits, ci_method, ties, max_states)
    else:
        raise ValueError(f"unknown method {method!r}; expected exact or outer")
    if found is None:
        raise ContradictorySummaryError(_blame(problem, limits, ci_method, ties, max_states, method))
    return found


def _patterns(
    graph: Graph,
    rules: Rules,
    ci: tuple[Interval | str, Interval | str] | None,
    ci_method: str,
    z: Fraction,
    *,
    ties: bool,
) -> list[Pattern]:
    return [
        p
        for order in engine.orders(graph, rules)
        for p in with_interval(order, rules, ci, ci_method, z, ties=ties)
    ]


def _exact(
    problem: Problem,
    ci: tuple[Interval | str, Interval | str] | None,
    ci_method: str,
    ties: bool,
    max_states: int,
) -> SurvivalBounds | None:
    graph, rules = engine.explore(problem, max_states=max_states)
    if graph.count == 0:
        return None
    if ci is None and not problem.exact:
        return SurvivalBounds(
            problem, graph.count, graph.deaths, engine.pieces(graph, rules), graph.states
        )
    if graph.count > MOST_PATTERNS:
        raise engine.TooManyStatesError(
            f"{graph.count:,} orders agree before the interval or the known times are applied, which "
            f"are checked one by one; the limit is {MOST_PATTERNS:,}: leave ci out"
        )
    patterns = _patterns(graph, rules, ci, ci_method, Z95, ties=ties)
    if not patterns:
        return None
    totals = [p.deaths for p in patterns]
    return SurvivalBounds(
        problem,
        len({p.letters for p in patterns}),
        (min(totals), max(totals)),
        _pieces_of(patterns),
        graph.states,
        ci=ci,
        ci_method=ci_method,
        _patterns=patterns,
    )


def _pieces_of(patterns: Sequence[Pattern]) -> list[Piece]:
    """Return what the curve can be and when, from listed patterns."""
    found: dict[tuple[object, ...], Piece] = {}
    for p in patterns:
        n, dead = len(p.order), 0
        for i, s in enumerate(p.survival()):
            if i:
                dead += p.letters[i - 1] == "D"
            if i in p.tied:
                continue  # inside a tie the curve does not stop
            start = p.earliest[i - 1] if i else engine.START
            end = None if i == n else p.latest[i]
            if i == n and s > 0:
                end = p.latest[n - 1]  # after the last censoring the curve has ended
            if end is not None:
                end = (end, int(i >= n - 1))
            key = (start, end, s, dead, n - i)
            found.setdefault(key, Piece(start, end, s, s, (dead, dead), (n - i, n - i)))
    return list(found.values())


def survival_steps(n: int, *, ci_method: str = "spss", **figures: object) -> pd.DataFrame:
    """Count the orders that remain as each printed figure is added.

    Parameters
    ----------
    n : int
        Patients.
    ci_method : str
        As in :func:`survival`.
    **figures
        As in :func:`survival`.

    Returns
    -------
    pandas.DataFrame
        ``added`` (words), ``orders`` (count), ``deaths_min``, ``deaths_max``.
    """
    import pandas as pd

    problem, limits = read(n, **figures)
    rows = []
    for words, part, with_ci in figures_in_turn(problem, limits):
        found = _exact(part, limits if with_ci else None, ci_method, False, 3_000_000)
        rows.append((words, found.count, *found.deaths) if found else (words, 0, None, None))
    return pd.DataFrame(rows, columns=["added", "orders", "deaths_min", "deaths_max"])


def _blame(
    problem: Problem,
    ci: tuple[Interval | str, Interval | str] | None,
    ci_method: str,
    ties: bool,
    max_states: int,
    method: str,
) -> str:
    """Say which figure, added to those before it, left no data set."""
    before, agreed = None, ""
    given = []
    for words, part, with_ci in figures_in_turn(problem, ci):
        try:
            if method == "outer":
                from living_review.bounds import outer

                found = outer.survival(part)
            else:
                found = _exact(part, ci if with_ci else None, ci_method, ties, max_states)
        except engine.TooManyStatesError:
            given.append(words)
            continue
        if found is None:
            rest = " and ".join(given[1:]) or "nothing else"
            return (
                f"no pattern of {problem.n} patients gives {rest} and {words}: "
                f"{words} left none of the {agreed}patterns that agreed before it. Check how the "
                "figure was rounded, its unit, and whether it is of the same patients"
            )
        before = found.count
        agreed = f"{before:,} " if before is not None else ""
        given.append(words)
    return f"no pattern of {problem.n} patients agrees with the whole summary"
