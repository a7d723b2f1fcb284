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

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from living_review.bounds import engine, outer
from living_review.bounds.engine import Piece, Problem
from living_review.bounds.forced import MOST_PATTERNS, SurvivalBounds, listed
from living_review.bounds.patterns import CI_METHODS, Pattern
from living_review.bounds.rounding import Interval, Number
from living_review.bounds.summary import ContradictorySummaryError, Printed, figures_in_turn, read

if TYPE_CHECKING:
    import pandas as pd


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
        found = outer.survival(problem)
    elif method == "exact":
        found = _exact(problem, limits, ci_method, ties, max_states)
    else:
        raise ValueError(f"unknown method {method!r}; expected exact or outer")
    if found is None:
        raise ContradictorySummaryError(_blame(problem, limits, ci_method, ties, max_states, method))
    return found


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
    patterns = listed(graph, rules, ci, ci_method, ties=ties)
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
