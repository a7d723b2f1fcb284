"""The Mann-Whitney (Wilcoxon rank-sum) test: of values with their ties, or of U without."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from scipy import special

from living_review.audit.inputs import InputError, Inputs
from living_review.audit.reading import Check, Floats, Reading
from living_review.audit.significance import ONE_TAILED, OPPOSITE, alpha_of, decides, nearest_test

# Of values, first with second group: beyond, no package computes the exact test by default.
MOST_PAIRS, MOST_TIED_PAIRS = 2500, 400


def _ranks(values: Floats) -> Floats:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse]


def rank_sum(x: Floats, y: Floats, *, exact: bool = True) -> Iterable[tuple[str, float]]:
    """Return the p values of the Mann-Whitney test of listed values, ties as they are."""
    both = np.concatenate([x, y])
    ranks = _ranks(both)
    m, n = len(x), len(y)
    u = float(ranks[:m].sum()) - m * (m + 1) / 2
    _, counts = np.unique(both, return_counts=True)
    total = m + n
    ties = float((counts.astype(float) ** 3 - counts).sum())
    yield from _normal_rank_sum(u, m, n, 1 - ties / (total**3 - total) if total > 1 else 1.0)
    tied = len(counts) < total
    if exact and m * n <= (MOST_TIED_PAIRS if tied else MOST_PAIRS):
        low, high, two = _permuted(ranks, m) if tied else _untied(u, m, n)
        yield "exact", two
        yield "exact, doubled tail", min(1.0, 2 * min(low, high))
        yield "exact, one-tailed", min(low, high)
        yield "exact, one-tailed, the other direction", max(low, high)


def _normal_rank_sum(u: float, m: int, n: int, ties: float) -> Iterable[tuple[str, float]]:
    deviation = abs(u - m * n / 2)
    sd = (m * n * (m + n + 1) / 12 * ties) ** 0.5
    if sd == 0:
        yield "", 1.0
        return
    for correction, name in ((0.0, ""), (0.5, "continuity correction")):
        z = max(0.0, deviation - correction) / sd
        p = float(2 * special.ndtr(-z))
        yield name, p
        yield ", ".join(filter(None, (name, ONE_TAILED))), p / 2
        # In the other direction the correction goes away from the middle.
        other = float(special.ndtr((deviation + correction) / sd))
        yield ", ".join(filter(None, (name, OPPOSITE))), other
        t = float(2 * special.stdtr(m + n - 1, -z))
        yield ", ".join(filter(None, (name, "t approximation"))), t


def _sums(ranks: tuple[int, ...], m: int) -> Floats:
    """Return the probability of each sum of m of some whole-number ranks, from 0 to the greatest."""
    size = sum(sorted(ranks)[-m:]) + 1
    ways = np.zeros((m + 1, size))
    ways[0, 0] = 1
    for rank in ranks:  # each value is in the first group or not
        ways[1:, rank:] += ways[:-1, : size - rank].copy()
    p: Floats = ways[m] / ways[m].sum()
    return p


@lru_cache(maxsize=512)
def _u_law(m: int, n: int) -> Floats:
    """Return the probability of each U without ties; the same for (m, n) and (n, m)."""
    m, n = min(m, n), max(m, n)
    return _sums(tuple(range(1, m + n + 1)), m)[m * (m + 1) // 2 :]


def _untied(u: float, m: int, n: int) -> tuple[float, float, float]:
    """Return both tails of U and the two-sided p, which is twice the smaller."""
    p, at = _u_law(m, n), round(u)
    low, high = float(p[: at + 1].sum()), float(p[at:].sum())
    return low, high, min(1.0, 2 * min(low, high))


def _permuted(ranks: Floats, m: int) -> tuple[float, float, float]:
    """Return both tails of a rank sum given its ties, and the two-sided p by distance from the mean."""
    doubled = tuple(int(r) for r in 2 * ranks)
    p, observed = _sums(doubled, m), sum(doubled[:m])
    far = abs(observed - m * sum(doubled) / len(doubled)) - 1e-9
    two = float(p[np.abs(np.arange(len(p)) - m * sum(doubled) / len(doubled)) >= far].sum())
    return float(p[: observed + 1].sum()), float(p[observed:].sum()), min(1.0, two)


def mann_whitney(given: Inputs) -> Check:
    """Recompute the p value of the Mann-Whitney (Wilcoxon rank-sum) test.

    From the values, or from U and the two sizes; then ties are not known. Ties make the variance
    smaller, so that p may be smaller than without, never greater.
    """
    if "U" in given:
        return _from_u(given)
    x, y = (np.array([f.number for f in given.several(name)]) for name in ("x", "y"))
    found = list(rank_sum(x, y))
    tied = len(np.unique(np.concatenate([x, y]))) < len(x) + len(y)
    usual = {"", "continuity correction"} | (set() if tied else {"exact"})
    readings = [Reading((p,), (), name or "normal", usual=name in usual) for name, p in found]
    readings.sort(key=lambda r: not r.usual)
    return Check(
        tuple(readings),
        arithmetic=f"ranks of {len(x)} and {len(y)} values",
        decide=decides(alpha_of(given)),
        explain=nearest_test(readings),
    )


def _from_u(given: Inputs) -> Check:
    m, n, u = given.whole("n1", 1), given.whole("n2", 1), given.figure("U", 0)
    if u.value > m * n:
        raise InputError(f"U = {u.text} is above n1 × n2 = {m * n}")
    found = dict(_normal_rank_sum(u.number, m, n, 1.0))
    readings = [
        Reading((p,), (), name or "normal", usual=name in ("", "continuity correction"))
        for name, p in found.items()
    ]
    if u.is_whole and m * n <= MOST_PAIRS:
        low, high, two = _untied(u.number, m, n)
        for name, p in (("exact", two), ("exact, one-tailed", min(low, high))):
            readings.append(Reading((p,), (), name, usual=name == "exact"))
    readings.sort(key=lambda r: not r.usual)
    top = max(p for r in readings for p in r.values if OPPOSITE not in r.how)
    # Ties make the variance smaller: p becomes smaller, and greater in the other direction.
    least = min(p for r in readings for p in r.values if OPPOSITE in r.how)
    how = "ties in the data, which make the variance smaller"
    ties = Reading((top,), (((0.0, top),), ((least, 1.0),)), how, usual=False)
    return Check(
        (*readings, ties),
        arithmetic=f"U = {u.text}, {m} and {n} values, no ties",
        decide=decides(alpha_of(given)),
        explain=nearest_test(readings),
    )
