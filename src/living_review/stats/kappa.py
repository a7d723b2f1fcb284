"""Agreement of two readers beyond chance: Cohen's kappa, unweighted and weighted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Agreement(NamedTuple):
    """How far two readers agree on ``n`` items, of which ``same`` have the same category.

    ``observed`` and ``expected`` are the mean disagreement seen and the one expected by chance, in the
    unit of the weights (unweighted: shares of items). ``kappa`` is None where chance alone leaves no
    room for disagreement: both readers gave one and the same category throughout.
    """

    n: int
    same: int
    observed: float
    expected: float

    @property
    def kappa(self) -> float | None:
        """One minus the ratio of observed to expected disagreement."""
        return 1 - self.observed / self.expected if self.expected else None


def linear(k: int) -> np.ndarray:
    """Return disagreement weights of ``k`` ordered categories: how many steps they are apart."""
    place = np.arange(k)
    return np.abs(place[:, None] - place[None, :]).astype(float)


def from_table(counts: ArrayLike, weights: ArrayLike | None = None) -> Agreement:
    """Return the agreement of two readers from their table of counts.

    Parameters
    ----------
    counts : array_like, shape (k, k)
        Items by category of the first reader (down) and of the second (across).
    weights : array_like, shape (k, k), optional
        How bad each disagreement is, zero on the diagonal; :func:`linear` for ordered categories.
        Without weights every disagreement counts 1.

    Returns
    -------
    Agreement

    Raises
    ------
    ValueError
        If the table is not square, is empty or has a negative count, or if the weights do not fit it.

    Notes
    -----
    Unweighted: Cohen, Educational and Psychological Measurement 1960;20:37-46. Weighted: Cohen,
    Psychological Bulletin 1968;70:213-220, with weights of disagreement. Chance is the product of the
    readers' own margins. The factor by which all weights are multiplied does not matter.

    Examples
    --------
    >>> round(from_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]]).kappa, 3)
    0.492
    """
    table = np.asarray(counts, dtype=float)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise ValueError(f"a table of two readers is square; found the shape {table.shape}")
    if (table < 0).any() or not table.sum():
        raise ValueError("counts are zero or more, and one of them is more: the table holds no items")
    k = len(table)
    apart = 1 - np.eye(k) if weights is None else np.asarray(weights, dtype=float)
    if apart.shape != table.shape or np.diag(apart).any() or (apart < 0).any():
        raise ValueError(f"weights are {k} by {k}, zero on the diagonal and nowhere negative")
    n = table.sum()
    chance = np.outer(table.sum(1), table.sum(0)) / n**2
    observed, expected = float((apart * table).sum() / n), float((apart * chance).sum())
    return Agreement(round(n), round(np.trace(table)), observed, expected)


def cohen(
    first: Sequence[str],
    second: Sequence[str],
    categories: Sequence[str] | None = None,
    weights: ArrayLike | None = None,
) -> Agreement:
    """Return the agreement of two readers from their answers, item by item.

    Parameters
    ----------
    first, second : sequence
        Answers of the two readers to the same items, in the same order.
    categories : sequence, optional
        Every possible answer; in their order if weights are given. Default: those that occur.
    weights : array_like, optional
        See :func:`from_table`.

    Returns
    -------
    Agreement
        Kappa with its parts; undefined if both always gave one answer.

    Raises
    ------
    ValueError
        If the readers answered different numbers of items, or an answer is no category.
    """
    known = list(dict.fromkeys([*first, *second])) if categories is None else list(categories)
    if strange := {*first, *second} - {*known}:
        raise ValueError(f"answers that are no category: {', '.join(sorted(map(str, strange)))}")
    counts = np.zeros((len(known), len(known)))
    for a, b in zip(first, second, strict=True):
        counts[known.index(a), known.index(b)] += 1
    return from_table(counts, weights)


def together(parts: Iterable[Agreement]) -> Agreement:
    """Return the agreement over several sets of items, chance taken from the margins of each set.

    Sets with other questions have other margins; one table of all would call it agreement that both
    readers know which answers belong to which set. All parts need weights of the same unit.
    """
    parts = list(parts)
    n = sum(p.n for p in parts)
    return Agreement(
        n,
        sum(p.same for p in parts),
        sum(p.n * p.observed for p in parts) / n,
        sum(p.n * p.expected for p in parts) / n,
    )
