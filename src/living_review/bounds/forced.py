"""What a printed summary forces about a survival curve: the answer, at a time and as a band."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from living_review.bounds import engine
from living_review.bounds.conventions import Convention
from living_review.bounds.engine import Graph, Problem
from living_review.bounds.patterns import QUANTILES, Pattern, chains, with_intervals
from living_review.bounds.rounding import Number, exact
from living_review.bounds.segments import Piece
from living_review.bounds.summary import Summary

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


@dataclass(frozen=True, eq=False)
class SurvivalBounds:
    """What a printed summary forces about a survival curve.

    Attributes
    ----------
    summary : Summary
        The summary as exact numbers.
    deaths : (int, int)
        Fewest and most deaths in all.
    pieces : list of Piece
        Values that the curve can take, and when.
    states : int
        Size of the computation.
    method : str
        ``exact``, or ``outer``: then the envelope is certain to contain the exact one.
    given_up : tuple of str
        Printed figures that were not used, in words.
    conventions : tuple of Convention
        The ways to make a summary under which some data agree.
    alone : dict of Convention to SurvivalBounds
        What each convention alone forces, if more than one agrees; what holds under all is here.
    """

    summary: Summary
    deaths: tuple[int, int]
    pieces: list[Piece] = field(repr=False)
    states: int
    method: str = "exact"
    given_up: tuple[str, ...] = ()
    conventions: tuple[Convention, ...] = ()
    alone: dict[Convention, SurvivalBounds] = field(default_factory=dict, repr=False)
    graph: Graph | None = field(default=None, repr=False)
    listed: list[Pattern] | None = field(default=None, repr=False)

    @property
    def problem(self) -> Problem:
        """The part of the summary that needs no single orders."""
        return self.summary.problem

    @cached_property
    def count(self) -> int | None:
        """Number of orders of deaths and censorings that agree.

        ``None`` for ``method="outer"``, or if there are too many to distinguish those that agree under
        several conventions.
        """
        if self.method == "outer":
            return None
        if self.graph is not None and self.listed is None and not self._ambiguous:
            return self.graph.paths
        try:
            return len({p for p in self.orders()})
        except ValueError:
            return None

    @property
    def _ambiguous(self) -> bool:
        """Whether one order can be several paths."""
        convention, p = self.conventions[0], self.problem
        midpoint = convention.median_rule == "midpoint"
        return bool(p.exact) or midpoint or convention.follow_up_ties == "flipped"

    def orders(self, most: int = MOST_PATTERNS) -> set[str]:
        """Return every order that agrees, as letters D and C from first to last.

        Raises
        ------
        ValueError
            If there are too many to list, or the method was ``outer``.
        """
        if self.alone:
            return set().union(*(x.orders(most) for x in self.alone.values()))
        if self.listed is not None:
            return {p.letters for p in self.listed}
        graph = self._listable(most)
        return {"".join(m.letter for m in path).upper() for path in engine.paths(graph)}

    def _listable(self, most: int) -> Graph:
        """Return the graph, if its orders are not too many to list."""
        if self.graph is None:
            raise ValueError("orders cannot be listed by the outer method")
        if self.graph.paths > most:
            raise ValueError(f"{self.graph.paths:,} orders agree: too many to list")
        return self.graph

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
        rows: list[tuple[float, ...]] = []
        for a, b in pairwise(times):
            lower, upper, deaths, at_risk = self.at((a + b) / 2)
            if lower is None or upper is None or deaths is None or at_risk is None:
                continue
            values = (float(lower), float(upper), *deaths, *at_risk)
            if rows and rows[-1][2:] == values:
                rows[-1] = (rows[-1][0], float(b), *values)
            else:
                rows.append((float(a), float(b), *values))
        return pd.DataFrame(rows, columns=_BAND)

    def patterns(self, most: int = MOST_PATTERNS) -> list[Pattern]:
        """Return every order that agrees, with the times it allows; some more than once.

        An order comes again for each set of patients that must share a time, and for each convention.

        Raises
        ------
        ValueError
            If there are too many to list, or the method was ``outer``.
        """
        if self.alone:
            return [p for x in self.alone.values() for p in x.patterns(most)]
        if self.listed is not None:
            return self.listed
        return listed(self._listable(most), self.summary)

    def shared(self) -> dict[str, object]:
        """Return what every order that agrees has in common.

        Returns
        -------
        dict
            ``first``: letters with which all orders begin; ``at_risk``: how many were at risk at each
            of the deaths among them; ``deaths``: fewest and most deaths; ``orders``: how many.
        """
        orders = sorted(self.orders())
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


def listed(graph: Graph, summary: Summary, quantiles: Sequence[Fraction] = QUANTILES) -> list[Pattern]:
    """List the paths of a graph with the times they allow: those that give the printed intervals.

    Parameters
    ----------
    graph : Graph
        As :func:`living_review.bounds.engine.explore` returns it.
    summary : Summary
        The printed figures.
    quantiles : sequence of Fraction, optional
        Normal quantiles to try.

    Returns
    -------
    list of Pattern
        One for each path.
    """
    if graph.chains is None:
        graph.chains = chains(graph)
    return [
        p
        for base in graph.chains
        for p in with_intervals(
            base, graph.rules.convention, summary.ci, summary.landmark_ci, quantiles
        )
    ]
