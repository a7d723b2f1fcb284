"""Bounds on a Kaplan-Meier curve of which only a summary is printed.

From the number of patients and a few printed figures, :func:`survival` finds every order of deaths and
censorings that agrees with all of them, and what the curve can therefore be at each time. Nothing is
estimated or drawn at random; the result is what the summary forces, and no more.

Conventions, all of them stated because results depend on them:

* A printed figure stands for the closed interval of values that round to it.
* At equal times deaths come before censorings. Patients may share a time unless ``ties=False``.
* Where packages differ (median at S = 0.5, ties in the follow-up, numbers at risk, intervals), the
  bounds hold under every usual convention, unless one is named; see
  :mod:`living_review.bounds.conventions`. What each alone would give is in the result.
* S is compared as a fraction of whole numbers.
* Survival is printed at a time only if somebody was observed until then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

from living_review.bounds import engine, outer, segments
from living_review.bounds.conventions import EITHER, Convention, choices, relevant
from living_review.bounds.forced import MOST_PATTERNS, SurvivalBounds, listed
from living_review.bounds.patterns import QUANTILES, Pattern, chains
from living_review.bounds.rounding import Number, exact
from living_review.bounds.segments import Piece
from living_review.bounds.summary import ContradictorySummaryError, Printed, Summary, read

if TYPE_CHECKING:
    import pandas as pd

METHODS = ("auto", "exact", "outer")
AUTO_STATES = 60_000
CONTRADICTION_STATES = 4_000  # for each set of figures that may contradict each other
AUTO_PATHS = 20_000
AUTO_CHAINS = 2_000  # orders, with who shares a time, to which an interval is applied
MOST_STATES = 1_000_000


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
    at_risk: Mapping[Number, int | tuple[int, int]] | None = None,
    deaths_by: Mapping[Number, int | tuple[int, int]] | None = None,
    last: Printed | None = None,
    landmark_ci: Mapping[Number, tuple[Printed, Printed]] | None = None,
    median_rule: str = EITHER,
    follow_up_ties: str = EITHER,
    at_risk_rule: str = EITHER,
    ci_method: str = EITHER,
    software: str | None = None,
    ties: bool = True,
    z: Number | None = None,
    method: str = "auto",
    max_states: int | None = None,
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
    at_risk : mapping of time to number (or pair), optional
        Numbers at risk as printed under the axis.
    deaths_by : mapping of time to number (or pair), optional
        Deaths up to and at a time.
    last : printed number, optional
        The longest time of all patients.
    landmark_ci : mapping of time to pair of printed survivals, optional
        95% limits of survival at a time; all orders are listed for them.
    median_rule : {"either", "first", "midpoint"}
        Where the median is if S is exactly one half on a flat step.
    follow_up_ties : {"either", "deaths", "flipped"}
        What comes first at equal times in the reverse Kaplan-Meier estimate.
    at_risk_rule : {"either", "before", "after"}
        Whether those who leave at the time itself are still counted as at risk.
    ci_method : {"either", "spss", "plain", "log", "log-log"}
        How the package made the intervals (see :mod:`living_review.bounds.patterns`).
    software : {"R", "SAS", "SPSS", "Stata", "lifelines"}, optional
        The package that the paper names: only its rules are tried.
    ties : bool
        Whether patients may share a time. ``False`` if the times are known to be all different.
    z : number, optional
        Normal quantile of the intervals (default: 1.96 and 1.959964 are both tried).
    method : {"auto", "exact", "outer"}
        ``outer`` follows S on a fine grid and rounds outwards: any n, no intervals, never too narrow.
        ``auto`` is exact as long as that is quick, then outer; ``given_up`` of the result says what
        was left out.
    max_states : int, optional
        Size at which the exact computation stops.

    Returns
    -------
    SurvivalBounds

    Raises
    ------
    ContradictorySummaryError
        If no data set agrees; the message names the smallest set of figures that contradict each other.
    TooManyStatesError
        If ``method="exact"`` is too large.
    ValueError
        If an argument makes no sense.
    """
    summary = read(
        n,
        landmarks=landmarks,
        median=median,
        ci=ci,
        follow_up=follow_up,
        lower_bounds=lower_bounds,
        exact_times=exact_times,
        deaths=deaths,
        at_risk=at_risk,
        deaths_by=deaths_by,
        last=last,
        landmark_ci=landmark_ci,
    )
    allowed = choices(
        median_rule=median_rule,
        follow_up_ties=follow_up_ties,
        at_risk_rule=at_risk_rule,
        ci_method=ci_method,
        ties=ties,
        software=software,
    )
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; expected one of {', '.join(METHODS)}")
    solver = _Solver(allowed, method, max_states, QUANTILES if z is None else (exact(z),))
    found = solver.solve(summary)
    if found is None:
        raise solver.contradiction(summary)
    return found


class _Solver:
    """One way to solve summaries: conventions, method and limits."""

    def __init__(
        self,
        conventions: Sequence[Convention],
        method: str,
        max_states: int | None,
        quantiles: Sequence[Fraction],
    ) -> None:
        self.conventions, self.method, self.quantiles = conventions, method, quantiles
        auto = method == "auto"
        self.max_states = max_states or (AUTO_STATES if auto else MOST_STATES)
        self.max_paths = AUTO_PATHS if auto else MOST_PATTERNS
        self.max_chains = AUTO_CHAINS if auto else MOST_PATTERNS

    def _wanted(self, summary: Summary) -> dict[Convention, None]:
        """Return the conventions that differ in what they make of a summary."""
        p = summary.problem
        return {
            relevant(
                c,
                halves=p.median is not None or p.follow_up is not None,
                follow_up=p.follow_up is not None,
                at_risk=bool(p.at_risk),
                ci=summary.needs_orders,
            ): None
            for c in self.conventions
        }

    def solve(self, summary: Summary) -> SurvivalBounds | None:
        """Return what a summary forces, or ``None`` if no data set agrees."""
        wanted = self._wanted(summary)
        if self.method == "outer":
            return self._outer(summary, list(wanted))
        found: dict[Convention, SurvivalBounds] = {}
        graphs: dict[Convention, engine.Graph] = {}
        try:
            for convention in wanted:  # see that none is too large before any takes its time
                self._graph(summary, convention, graphs)
            for convention in wanted:
                one = self._exact(summary, convention, graphs)
                if one is not None:
                    found[convention] = one
        except engine.TooManyStatesError:
            if self.method == "exact":
                raise
            return self._outer(summary, list(wanted))
        return union(summary, found)

    def _outer(self, summary: Summary, conventions: Sequence[Convention]) -> SurvivalBounds | None:
        found = outer.survival(summary.problem, conventions)
        if found is None:
            return None
        dropped = [
            words
            for key, words in summary.figures().items()
            if key == "ci" or key.startswith("landmark_ci")
        ]
        if summary.problem.exact:
            dropped.append("that known times are exact (used as earliest times only)")
        return SurvivalBounds(
            summary,
            found.deaths,
            found.pieces,
            found.states,
            "outer",
            tuple(dropped),
            tuple(conventions),
        )

    def _graph(
        self, summary: Summary, convention: Convention, graphs: dict[Convention, engine.Graph]
    ) -> engine.Graph:
        """Return the graph of a convention, with its orders listed if an interval needs them."""
        bare = relevant(convention, halves=True, follow_up=True, at_risk=True, ci=False)
        if bare not in graphs:
            graphs[bare] = engine.explore(summary.problem, bare, max_states=self.max_states)
        graph = graphs[bare]
        if summary.needs_orders and graph.chains is None:
            count = graph.paths
            if count <= self.max_paths:
                graph.chains = chains(graph)
                count = len(graph.chains)
            if count > (self.max_chains if graph.chains is not None else self.max_paths):
                raise engine.TooManyStatesError(
                    f"{count:,} orders agree before the interval is applied, which are checked one by "
                    "one: too many; leave the interval out, or use method='auto' or 'outer', which "
                    "do not use it"
                )
        return graph

    def _exact(
        self, summary: Summary, convention: Convention, graphs: dict[Convention, engine.Graph]
    ) -> SurvivalBounds | None:
        graph = self._graph(summary, convention, graphs)
        if graph.paths == 0:
            return None
        if not summary.needs_orders:
            pieces = segments.of_graph(graph)
            return SurvivalBounds(
                summary, graph.deaths, pieces, graph.states, conventions=(convention,), graph=graph
            )
        graph = graph.under(convention)
        patterns = listed(graph, summary, self.quantiles)
        if not patterns:
            return None
        totals = [p.deaths for p in patterns]
        return SurvivalBounds(
            summary,
            (min(totals), max(totals)),
            of_patterns(patterns),
            graph.states,
            conventions=(convention,),
            graph=graph,
            listed=patterns,
        )

    def agrees(self, summary: Summary, keys: Collection[str]) -> bool:
        """Return whether some data set agrees with some of the figures."""
        part = summary.only(keys)
        graphs: dict[Convention, engine.Graph] = {}
        try:
            for convention in self._wanted(part):
                if not part.needs_orders:
                    bare = engine.explore(part.problem, convention, max_states=self.max_states)
                    if bare.paths:
                        return True
                elif self._exact(part, convention, graphs) is not None:
                    return True
        except engine.TooManyStatesError:
            return outer.survival(part.problem, list(self._wanted(part))) is not None
        return False

    def contradiction(self, summary: Summary) -> ContradictorySummaryError:
        """Return the error that names the smallest set of figures that contradict each other."""
        figures = summary.figures()
        quick = _Solver(self.conventions, "auto", CONTRADICTION_STATES, self.quantiles)
        smallest = quick.smallest(summary, list(figures))
        words = [figures[k] for k in smallest]
        together = " together with ".join(words)
        return ContradictorySummaryError(
            f"no data of {summary.problem.n} patients give {together}, under any convention tried"
            + (": this is a smallest set of figures that contradict each other" if words[1:] else "")
            + ". Check how the figures were rounded, their units, and whether they are of the same "
            "patients",
            tuple(words),
        )

    def smallest(self, summary: Summary, keys: list[str]) -> tuple[str, ...]:
        """Return the smallest set of figures that contradict each other.

        One figure and pairs are all tried, threes if there are few figures; beyond that a set from
        which no figure can be left out is returned.
        """
        for size in range(1, min(4 if len(keys) < 8 else 3, len(keys))):
            for some in combinations(keys, size):
                if "ci" in some and "median" not in some:
                    continue
                if not self.agrees(summary, some):
                    return some
        kept = list(keys)
        for key in keys:
            fewer = [k for k in kept if k != key and (key != "median" or k != "ci")]
            if not self.agrees(summary, fewer):
                kept = fewer
        return tuple(kept)


def union(summary: Summary, found: Mapping[Convention, SurvivalBounds]) -> SurvivalBounds | None:
    """Return what holds under all conventions; ``None`` if none agrees.

    Parameters
    ----------
    summary : Summary
        The printed figures.
    found : mapping of Convention to SurvivalBounds
        Bounds by convention; those that do not agree are absent.

    Returns
    -------
    SurvivalBounds or None
        Bounds that contain those of every convention.
    """
    if not found:
        return None
    if len(found) == 1:
        return next(iter(found.values()))
    joined = segments.Pieces()
    for one in found.values():
        for p in one.pieces:
            for at_risk in set(p.at_risk):
                joined.add(p.start, p.end, (p.low, p.high), p.deaths, at_risk)
    return SurvivalBounds(
        summary,
        (min(x.deaths[0] for x in found.values()), max(x.deaths[1] for x in found.values())),
        joined.all(),
        sum(x.states for x in found.values()),
        conventions=tuple(found),
        alone=dict(found),
    )


def of_patterns(patterns: Sequence[Pattern]) -> list[Piece]:
    """Return what the curve can be and when, from listed patterns."""
    found = segments.Pieces()
    for p in patterns:
        n, dead = len(p.order), 0
        for i, s in enumerate(p.survival()):
            if i:
                dead += p.letters[i - 1] == "D"
            if i in p.tied:
                continue  # between patients who leave at one time nothing happens
            start = p.earliest[i - 1] if i else engine.START
            end = None if i == n else p.latest[i]
            inside = 0
            if i == n and s > 0:
                end = p.latest[n - 1]  # after the last censoring the curve has ended
                inside = int(not p.open_end)
            stop = None if end is None else (end, inside)
            found.add(start, stop, (s, s), (dead, dead), n - i)
    return found.all()


def survival_steps(n: int, **arguments: object) -> pd.DataFrame:
    """Count the orders that remain as each printed figure is added.

    Parameters
    ----------
    n : int
        Patients.
    **arguments
        As in :func:`survival`.

    Returns
    -------
    pandas.DataFrame
        ``added`` (words), ``orders`` (count), ``deaths_min``, ``deaths_max``.
    """
    import pandas as pd

    names = ("median_rule", "follow_up_ties", "at_risk_rule", "ci_method")
    figures: dict[str, Any] = dict(arguments)
    rules: dict[str, Any] = {k: figures.pop(k, EITHER) for k in names}
    rules |= {"ties": figures.pop("ties", True), "software": figures.pop("software", None)}
    summary = read(n, **figures)
    solver = _Solver(choices(**rules), "exact", None, QUANTILES)
    rows = []
    keys: list[str] = []
    for key, words in (("", f"{n} patients"), *summary.figures().items()):
        keys.append(key)
        found = solver.solve(summary.only(keys))
        rows.append((words, found.count, *found.deaths) if found else (words, 0, None, None))
    return pd.DataFrame(rows, columns=["added", "orders", "deaths_min", "deaths_max"])
