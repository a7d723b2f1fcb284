"""What the p-value of a log-rank test says about two groups of which nobody was censored.

Without equal times the test depends only on which places of the common order belong to which group, and
all such assignments can be listed. With equal times there are too many; they are drawn at random, and
what is found that way shows what is possible, never what is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from living_review.bounds.rounding import Interval, Number, printed
from living_review.bounds.summary import ContradictorySummaryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_ORDERS = 6_000_000
_TOO_CLOSE = 1e-10


@dataclass(frozen=True)
class LogRankOrders:
    """Orders of two groups that agree with a p-value.

    Attributes
    ----------
    total, agree : int
        Orders in all, and those whose p-value rounds to the printed one.
    difference : array
        Observed minus expected events of the first group: above 0 where it is the faster one.
    variance : array
        Its variance.
    members : array of int
        For each order a number whose bit k - 1 says whether place k belongs to the first group.
    """

    total: int
    agree: int
    difference: NDArray = field(repr=False)
    variance: NDArray = field(repr=False)
    members: NDArray = field(repr=False)

    @property
    def hazard_ratios(self) -> NDArray:
        """Peto's estimate exp((O - E) / V), first group to second."""
        return np.exp(self.difference / self.variance)

    @property
    def faster(self) -> tuple[int, int]:
        """Number of orders in which the first, and the second group is the faster one."""
        return int((self.difference > 0).sum()), int((self.difference < 0).sum())

    def first_group_among(self, places: int) -> tuple[int, int]:
        """Return fewest and most members of the first group among the first places of the order."""
        mask = (1 << places) - 1
        counts = np.bitwise_count(self.members & mask)
        return int(counts.min()), int(counts.max())


def _window(p: Number | Interval) -> tuple[float, float]:
    from scipy.special import chdtri  # what scipy.stats calls, without its half second of import

    interval = printed(p, within=(0, 1))
    return float(chdtri(1, float(interval.high))), float(chdtri(1, float(interval.low)))


def orders(first: int, second: int, p: Number | Interval) -> LogRankOrders:
    """List all orders of two uncensored groups without equal times, and keep those with the p-value.

    Parameters
    ----------
    first, second : int
        Sizes of the groups.
    p : printed number
        Two-sided p-value of the log-rank test with the hypergeometric variance (R's ``survdiff``).

    Returns
    -------
    LogRankOrders

    Raises
    ------
    ContradictorySummaryError
        If no order has that p-value.
    ValueError
        If there are too many orders to list.
    """
    total = comb(first + second, first)
    if total > MOST_ORDERS:
        raise ValueError(f"{total:,} orders of {first} and {second}: too many to list; use sample()")
    n = first + second
    # states[a]: all partial orders with a of the first group still waiting
    states: dict[int, tuple[NDArray, NDArray, NDArray]] = {
        first: (np.zeros(1), np.zeros(1), np.zeros(1, dtype=np.int64))
    }
    for place in range(n):
        left = n - place
        new: dict[int, list[tuple[NDArray, NDArray, NDArray]]] = {}
        for a, (oe, v, members) in states.items():
            share = a / left
            v_next = v + share * (1 - share)
            if a > 0:
                new.setdefault(a - 1, []).append((oe + 1 - share, v_next, members | (1 << place)))
            if left - a > 0:
                new.setdefault(a, []).append((oe - share, v_next, members))
        states = {}
        for a, some in new.items():
            oe, v, members = (np.concatenate(x) for x in zip(*some, strict=True))
            states[a] = (oe, v, members)
    oe, v, members = states[0]
    low, high = _window(p)
    statistic = oe**2 / v
    if (np.abs(statistic - low) < _TOO_CLOSE).any() or (np.abs(statistic - high) < _TOO_CLOSE).any():
        raise ArithmeticError("a statistic lies on the limit of the printed p-value; cannot decide")
    keep = (statistic >= low) & (statistic <= high)
    if not keep.any():
        raise ContradictorySummaryError(
            f"none of the {total:,} orders of {first} and {second} without equal times has a "
            f"log-rank p of {printed(p).text}"
        )
    return LogRankOrders(total, int(keep.sum()), oe[keep], v[keep], members[keep])


@dataclass(frozen=True)
class LogRankSample:
    """Random orders with equal times: how many were drawn, how many agree, and what those show."""

    seed: int
    drawn: int
    agree: int
    difference: NDArray = field(repr=False)
    hazard_ratios: NDArray = field(repr=False)
    first_by: dict[int, tuple[int, int]]

    @property
    def faster(self) -> tuple[int, int]:
        """Number of agreeing draws in which the first, and the second group is the faster one."""
        return int((self.difference > 0).sum()), int((self.difference < 0).sum())


def sample(
    first: int,
    second: int,
    p: Number | Interval,
    *,
    separate: Sequence[int] = (),
    draws: int = 100_000,
    seed: int = 1,
) -> LogRankSample:
    """Draw orders of two uncensored groups with equal times, and keep those with the p-value.

    Parameters
    ----------
    first, second, p
        As for :func:`orders`.
    separate : sequence of int
        Places of the common order, from 1, of which no two may share a time.
    draws, seed : int
        Number of random orders and seed of the generator. Neighbouring places are tied with a
        probability that is itself drawn anew for each order.

    Returns
    -------
    LogRankSample
        ``first_by`` gives, for each of ``separate``, fewest and most members of the first group up to
        and with all who share the time of that place.
    """
    rng = np.random.default_rng(seed)
    n = first + second
    labels = np.zeros((draws, n), dtype=bool)
    labels[:, :first] = True
    labels = rng.permuted(labels, axis=1)
    tied = rng.random((draws, n - 1)) < rng.random((draws, 1))
    wanted = sorted(set(separate))
    for a, b in pairwise(wanted):
        # cut one link between two places that must differ
        cut = rng.integers(a - 1, b - 1, size=draws)
        tied[np.arange(draws), cut] = False
    oe, v = np.zeros(draws), np.zeros(draws)
    size, ones = np.zeros(draws), np.zeros(draws)
    waiting, waiting_first = np.full(draws, float(n)), np.full(draws, float(first))
    group_end = np.column_stack([~tied, np.ones(draws, dtype=bool)])
    for place in range(n):
        size += 1
        ones += labels[:, place]
        e = group_end[:, place]
        share = waiting_first[e] / waiting[e]
        oe[e] += ones[e] - size[e] * share
        factor = np.where(waiting[e] > 1, (waiting[e] - size[e]) / np.maximum(waiting[e] - 1, 1), 0)
        v[e] += size[e] * share * (1 - share) * factor
        waiting[e] -= size[e]
        waiting_first[e] -= ones[e]
        size[e] = ones[e] = 0
    low, high = _window(p)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = oe**2 / v
        keep = (v > 0) & (statistic >= low) & (statistic <= high)
        ratios = np.exp(oe[keep] / v[keep])
    by: dict[int, tuple[int, int]] = {}
    so_far = labels.cumsum(axis=1)
    for place in wanted:
        ends = place - 1 + group_end[:, place - 1 :].argmax(axis=1)
        counts = so_far[np.arange(draws), ends][keep]
        by[place] = (int(counts.min()), int(counts.max())) if counts.size else (0, first)
    return LogRankSample(seed, draws, int(keep.sum()), oe[keep], ratios, by)
