"""Which patterns of data give a printed survival or signed-rank p value; use it on your own paper.

Like :mod:`living_review.audit.search`: numbers as printed, exact fractions, the simplest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from living_review.audit.search import USUAL, fits, spans


def survivals_giving(printed: str, n: int, conventions: Sequence[str] = USUAL) -> list[tuple[int, ...]]:
    """Find the orders of deaths and censorings that give a printed Kaplan-Meier survival.

    An estimate is a product of (r - 1) / r over the deaths, where r are at risk: which r occur depends
    on how many were censored before. Deaths at one time give the same product.

    Parameters
    ----------
    printed : str
        The survival in percent as printed, without the sign.
    n : int
        Number of patients; at most 18.
    conventions : sequence of str
        Rounding conventions to allow.

    Returns
    -------
    list of tuple of int
        The numbers at risk at each death, the fewest deaths first; empty if it is impossible.

    Raises
    ------
    ValueError
        If there are more than 18 patients: the search would not end.

    Examples
    --------
    Ten patients, 78.8% alive at one year: one death among ten, one among eight, and two censored.

    >>> survivals_giving("78.8", 10)
    [(10, 8)]
    """
    if n > 18:
        raise ValueError(f"{n} patients: the search takes at most 18")
    ends = spans(printed, conventions)
    least, most = min(low for low, _ in ends) / 100, max(high for _, high in ends) / 100
    found: list[tuple[int, ...]] = []

    def follow(at_risk: int, alive: Fraction, deaths: tuple[int, ...]) -> None:
        if alive <= most and fits(alive * 100, printed, conventions):
            found.append(deaths)
        for r in range(at_risk, 0, -1):
            left = alive * (r - 1) / r
            if left >= least:
                follow(r - 1, left, (*deaths, r))

    follow(n, Fraction(1), ())
    return sorted(found, key=lambda deaths: (len(deaths), [-r for r in deaths]))


@dataclass(frozen=True)
class SignedRank:
    """One way to get a p value from the Wilcoxon signed-rank test.

    Attributes
    ----------
    n : int
        Pairs that changed.
    ties : tuple of int
        Sizes of the groups of equal changes, largest first; empty without ties.
    variant : str
        ``exact``, ``normal`` or ``continuity`` (normal with continuity correction); two-sided.
    p : float
        The p value before rounding.
    """

    n: int
    ties: tuple[int, ...]
    variant: str
    p: float

    def __str__(self) -> str:
        groups = " and ".join(map(str, self.ties))
        how = {
            "exact": "exact",
            "normal": "normal approximation",
            "continuity": "normal approximation with continuity correction",
        }
        ties = f"ties of {groups}" if groups else "no ties"
        return f"all in one direction, {ties}, {how[self.variant]}"


def least_signed_rank(n: int) -> float:
    """Return the least p value that a signed-rank test of n pairs can give, one-sided.

    All changes go one way; the exact test then gives 1 / 2**n, the normal approximation least if all
    are equal, and one-sided half of the two-sided value. A smaller p cannot come from n pairs.

    Examples
    --------
    >>> [round(least_signed_rank(n), 4) for n in (3, 5, 10)]
    [0.0416, 0.0127, 0.0008]
    """
    from living_review.bounds import signed_rank

    return min(signed_rank.p_value((n,), 0, "normal") / 2, 0.5**n)


def signed_rank_giving(printed: str, largest: int = 14, smallest: int = 1) -> list[SignedRank]:
    """Find sample sizes, ties and variants of the signed-rank test that give a printed p value.

    Every change is taken to have one direction, as where every patient is scored *better*: the
    statistic is then at its extreme and the p value depends on the number of pairs, the ties and
    the variant of the test alone. :mod:`living_review.bounds.signed_rank` goes further: it lists the
    scores themselves, given median and range.

    Parameters
    ----------
    printed : str
        The two-sided p value as printed.
    largest, smallest : int
        Numbers of pairs to try.

    Returns
    -------
    list of SignedRank
        Fewest tied pairs first, then fewest pairs. The exact variant is listed without ties only: at
        the extreme they do not change it.

    Examples
    --------
    >>> print(signed_rank_giving("0.018")[0].n, signed_rank_giving("0.018")[0])
    7 all in one direction, no ties, normal approximation
    """
    from living_review.bounds import signed_rank

    found = [
        SignedRank(n, ties, variant, signed_rank.p_value((*ties, *[1] * (n - sum(ties))), 0, variant))
        for variant in signed_rank.VARIANTS
        for n, ties in signed_rank.one_sided_sizes(printed, variant, largest)
        if n >= smallest and not (variant == "exact" and ties)
    ]
    return sorted(found, key=lambda one: (sum(one.ties), one.n))
