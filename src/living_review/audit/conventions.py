"""Which way of rounding fits the percentages of a paper taken together."""

from __future__ import annotations

from dataclasses import dataclass

from living_review import evidence
from living_review.audit import claim, rounding
from living_review.audit.expression import Missing
from living_review.audit.outcome import two_sides
from living_review.evidence.references import Cells


@dataclass(frozen=True)
class Fit:
    """How well one convention fits the percentages of a study.

    Attributes
    ----------
    convention : str
        A name in :data:`living_review.audit.rounding.CONVENTIONS`.
    fits, of : int
        How many of how many percentages it gives as printed.
    """

    convention: str
    fits: int
    of: int


def conventions(review: evidence.Review, study: str, cells: Cells | None = None) -> list[Fit]:
    """Compare the rounding conventions over all percentages of a study.

    Only percentages within one unit in the last place of the exact value count: one that is off by
    more is of other counts, and no convention makes it right.

    Parameters
    ----------
    review : Review
        As ``evidence.load()`` returns it.
    study : str
        The study.
    cells : Cells, optional
        The cells to read; default: those of the review's ``data/``.

    Returns
    -------
    list of Fit
        One for each convention, the best first; equal ones in the order half up, half even,
        truncation, round up. Empty if the study has no percentage that counts.
    """
    cells = cells or Cells(review.root, review.texts)
    fitting: list[tuple[str, ...]] = []
    for row in cells.rows(study, "claims"):
        if row["kind"] != "percentage":
            continue
        one = claim.read(study, row, cells)
        if "count" in one.parameters:
            continue
        try:
            part, whole = two_sides(one)
            x, printed = part.total() / whole.total() * 100, one.printed()
        except (Missing, ZeroDivisionError):
            continue
        if rounding.near(x, printed, one.decimals):
            fitting.append(rounding.fitting(x, printed, one.decimals))
    fits = [
        Fit(convention=name, fits=sum(name in names for names in fitting), of=len(fitting))
        for name in rounding.CONVENTIONS
    ]
    return sorted(fits, key=lambda f: -f.fits) if fitting else []
