"""Bounds for many patients: the curve followed on a fine grid, rounded outwards.

The exact computation keeps every value that S can take, and their number grows exponentially. Here S
is kept only as one of ``CELLS`` narrow cells, and a comparison counts only where it holds in the whole
cell. No curve that agrees is lost, so the band contains the exact one; curves that miss a printed
figure by less than about ``n / CELLS`` also pass, and make it wider where there are any. Known times of
single patients are used as lower bounds, and printed intervals not at all. Several conventions are
taken together: only what follows under each of them counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from living_review.bounds.conventions import Convention
from living_review.bounds.engine import NOT_REACHED, START, Limit, Problem
from living_review.bounds.rounding import Interval
from living_review.bounds.segments import Piece

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELLS = 20_000
_NEVER = np.iinfo(np.int64).max


class Outer(NamedTuple):
    """What the outer method finds: fewest and most deaths, pieces, and cells in use."""

    deaths: tuple[int, int]
    pieces: list[Piece]
    states: int


class _Grid:
    """Earliest and latest times of each cell at each number at risk, as ranks."""

    def __init__(self, problem: Problem, conventions: Sequence[Convention], cells: int) -> None:
        self.p, self.m = problem, cells
        self.midpoint = any(c.median_rule == "midpoint" for c in conventions)
        self.flipped = any(c.follow_up_ties == "flipped" and c.ties for c in conventions)
        known = [t for t, _ in problem.exact]
        bounds = sorted(list(problem.lower_bounds) + known)
        self.bounds = [Fraction(0)] * (problem.n - len(bounds)) + bounds
        times = {Fraction(0), *self.bounds, *(t for t, _ in problem.landmarks)}
        times |= {t for t, *_ in problem.at_risk} | {t for t, *_ in problem.deaths_by}
        for figure in (problem.median, problem.follow_up, problem.last):
            if isinstance(figure, Interval):
                times |= {figure.low, figure.high}
        self.times = sorted(times)
        self.rank = {t: 2 * i for i, t in enumerate(self.times)}

    def limit(self, code: int) -> Limit:
        """Return the time of a rank."""
        return (self.times[code // 2], code % 2)

    # Each printed figure narrows the limits in its own way: read from top to bottom.
    def level(self, r: int) -> tuple[NDArray, NDArray, NDArray]:  # noqa: C901
        """Return earliest rank, latest rank and certainly forbidden, for each cell."""
        p, m = self.p, self.m
        k = np.arange(m + 1)
        seen = p.n - r
        earliest = np.full(m + 1, self.rank[self.bounds[seen - 1]] if seen else 0, dtype=np.int64)
        latest = np.full(m + 1, _NEVER, dtype=np.int64)
        forbidden = np.zeros(m + 1, dtype=bool)
        for time, s in p.landmarks:
            code = self.rank[time]
            # whole cell above the highest value: the time is still to come
            latest[k > floor(s.high * m)] = np.minimum(latest[k > floor(s.high * m)], code)
            below = k + 1 < ceil(s.low * m)
            earliest[below] = np.maximum(earliest[below], code + 1)
            if r == 0:
                earliest = np.maximum(earliest, code)
        for time, fewest, most in p.at_risk:
            if r > most:
                latest = np.minimum(latest, self.rank[time])
            if r < fewest:
                earliest = np.maximum(earliest, self.rank[time])
        if p.last is not None:
            if r:
                latest = np.minimum(latest, self.rank[p.last.high])
            else:
                earliest = np.maximum(earliest, self.rank[p.last.low])
        if p.deaths_by:
            # S is highest if the deaths came first, lowest if last: that bounds their number.
            most_dead = np.minimum(seen, np.floor(p.n * (1 - k / m) + 1e-9))
            least_dead = np.ceil(r * np.maximum(0, m - k - 1) / (k + 1) - 1e-9)
            for time, fewest, most in p.deaths_by:
                few, many = most_dead < fewest, least_dead > most
                latest[few] = np.minimum(latest[few], self.rank[time])
                earliest[many] = np.maximum(earliest[many], self.rank[time] + 1)
        half = m // 2  # cells are even in number; arrays are compared with whole numbers only
        followed = Fraction(2 * r * m, p.n)
        # Exactly one half is not yet passed where the median is put further on.
        gone = k + 1 < half if self.midpoint else k + 1 <= half
        # Censorings before deaths at equal times: G is at most r/n + 1 - S.
        certain = Fraction(r * m, p.n) + half if self.flipped else followed
        censored = k > ceil(certain) if self.midpoint else k >= ceil(certain)
        for figure, crossed, pending in (
            (p.median, gone, k > m // 2),
            (p.follow_up, censored, k + 1 < floor(followed)),
        ):
            if figure == NOT_REACHED:
                forbidden |= crossed
            elif isinstance(figure, Interval):
                low, high = self.rank[figure.low], self.rank[figure.high]
                earliest[crossed] = np.maximum(earliest[crossed], low)
                latest[pending] = np.minimum(latest[pending], high)
        return earliest, latest, forbidden

    def after_last_death(self) -> int:
        """Return the earliest rank of the last patient if that patient dies."""
        codes = [self.rank[self.bounds[-1]]] + [
            self.rank[t] + 1 for t, s in self.p.landmarks if s.low > 0
        ]
        codes += [self.rank[t] for t, fewest, _ in self.p.at_risk if fewest]
        for figure in (self.p.median, self.p.last):
            if isinstance(figure, Interval):
                codes.append(self.rank[figure.low])
        if isinstance(self.p.follow_up, Interval) and not self.flipped:
            codes.append(self.rank[self.p.follow_up.low])
        return max(codes)


# One pass over the numbers at risk, whose arrays every step shares: taken apart, it would hand them on.
def survival(  # noqa: C901, PLR0915
    problem: Problem, conventions: Sequence[Convention], *, cells: int = CELLS
) -> Outer | None:
    """Return bounds that contain the exact ones, or ``None`` if no data set agrees.

    Parameters
    ----------
    problem : Problem
        The summary.
    conventions : sequence of Convention
        The ways in which it can have been made.
    cells : int, even
        Cells of S between 0 and 1.

    Returns
    -------
    Outer or None
        Every exact bound lies within it.
    """
    n, grid = problem.n, _Grid(problem, conventions, cells)
    k = np.arange(cells + 1)
    levels = [grid.level(r) for r in range(n + 1)]
    alive = [np.zeros(cells + 1, dtype=bool) for _ in range(n + 1)]
    fewest = [np.full(cells + 1, n + 1) for _ in range(n + 1)]
    most = [np.full(cells + 1, -1) for _ in range(n + 1)]
    alive[n][cells], fewest[n][cells], most[n][cells] = True, 0, 0
    last_death = grid.after_last_death()

    def moves(r: int) -> list[tuple[NDArray, NDArray, int]]:
        """Return the moves with r at risk: from which cells, to which cells, deaths."""
        latest = levels[r][1]
        out = []
        earliest_below, latest_below, forbidden = levels[r - 1]
        targets = [(k, 0)]
        if r > 1:
            targets += [(k * (r - 1) // r, 1), ((k + 1) * (r - 1) // r, 1)]
        for to, dies in targets:
            fine = (earliest_below[to] <= latest) & ~forbidden[to]
            if r == 1:
                fine &= latest_below[to] == _NEVER
            out.append((np.flatnonzero(fine), to, dies))
        return out

    def dies_last() -> NDArray:
        """Return the cells with one at risk from which the last patient can die."""
        fine = last_death <= levels[1][1]
        if problem.median == NOT_REACHED:
            fine = np.zeros_like(fine)
        if isinstance(problem.follow_up, Interval):
            fine &= k + 1 >= floor(Fraction(2 * cells, n))
        return fine

    for r in range(n, 0, -1):
        for cells_from, to, dies in moves(r):
            here = cells_from[alive[r][cells_from]]
            np.logical_or.at(alive[r - 1], to[here], True)
            np.minimum.at(fewest[r - 1], to[here], fewest[r][here] + dies)
            np.maximum.at(most[r - 1], to[here], most[r][here] + dies)
    able = [np.zeros(cells + 1, dtype=bool) for _ in range(n + 1)]
    further_low = [np.full(cells + 1, n + 1) for _ in range(n + 1)]
    further_high = [np.full(cells + 1, -1) for _ in range(n + 1)]
    able[0], further_low[0][:], further_high[0][:] = alive[0].copy(), 0, 0
    for r in range(1, n + 1):
        for cells_from, to, dies in moves(r):
            here = cells_from[alive[r][cells_from] & able[r - 1][to[cells_from]]]
            able[r][here] = True
            further_low[r][here] = np.minimum(further_low[r][here], further_low[r - 1][to[here]] + dies)
            further_high[r][here] = np.maximum(
                further_high[r][here], further_high[r - 1][to[here]] + dies
            )
        if r == 1:
            last = alive[1] & dies_last()
            able[1] |= last
            further_low[1][last] = np.minimum(further_low[1][last], 1)
            further_high[1][last] = np.maximum(further_high[1][last], 1)
    if problem.deaths is not None:
        for r in range(n + 1):
            able[r] &= fewest[r] + further_low[r] <= problem.deaths
            able[r] &= most[r] + further_high[r] >= problem.deaths
    if not able[n][cells]:
        return None
    pieces = _pieces(grid, levels, able, fewest, most)
    if (able[1] & dies_last()).any():
        total = (int(fewest[1][able[1]].min()) + 1, int(most[1][able[1]].max()) + 1)
        pieces.append(Piece(grid.limit(last_death), None, Fraction(0), Fraction(0), total, (0, 0)))
    total = (int(further_low[n][cells]), int(further_high[n][cells]))
    if problem.deaths is not None:
        total = (problem.deaths, problem.deaths)
    size = int(sum(a.sum() for a in able))
    return Outer(total, pieces, size)


def _pieces(
    grid: _Grid,
    levels: list[tuple[NDArray, NDArray, NDArray]],
    able: list[NDArray],
    fewest: list[NDArray],
    most: list[NDArray],
) -> list[Piece]:
    out = []
    for r in range(1, len(levels)):
        earliest, latest, _ = levels[r]
        here = np.flatnonzero(able[r])
        if not here.size:
            continue
        kinds = np.unique(np.stack([earliest[here], latest[here]]), axis=1).T
        for start, end in kinds:
            mine = here[(earliest[here] == start) & (latest[here] == end)]
            stop = None if end == _NEVER else (grid.limit(int(end))[0], int(r == 1))
            out.append(
                Piece(
                    grid.limit(int(start)) if start else START,
                    stop,
                    Fraction(int(mine[0]), grid.m),
                    min(Fraction(1), Fraction(int(mine[-1]) + 1, grid.m)),
                    (int(fewest[r][mine].min()), int(most[r][mine].max())),
                    (0 if r == 1 else r, r),  # the last may be censored and the curve end
                )
            )
    return out
