"""Appraisal and certainty as rows: which are in force, and what the steps of a rating add up to.

A rating is one study (or ``synthesis``, all of them) and one outcome: its rows in
``data/review/certainty.csv``. The row *start* holds the level at which it begins, the others how many
levels a domain takes it down. What cannot be rated has the one row *not rated* and no level.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from fractions import Fraction

import pandas as pd

from living_review.evidence.model import EvidenceError, Review
from living_review.evidence.references import Cells

START, NOT_RATED, IMPRECISION = "start", "not_rated", "imprecision"
DOWN = ("risk_of_bias", "inconsistency", "indirectness", IMPRECISION, "publication_bias")
LOWEST, HIGHEST = 1, 4  # very low, high
GRADE = "grade"  # the checklist under which steps are beside answers


def level(steps: pd.DataFrame) -> int | None:
    """Return the level that a rating reaches, from 1 (very low) to 4 (high); None if it is not rated.

    Parameters
    ----------
    steps : pandas.DataFrame
        The rows of one rating: ``domain`` and ``change``.

    Notes
    -----
    GRADE (Guyatt and others, BMJ 2008;336:924-926): the steps are added to the start. The scale ends at
    both sides, so steps beyond its end are reasons and change nothing.

    Examples
    --------
    >>> level(pd.DataFrame({"domain": ["start", "imprecision"], "change": [2, -2]}))
    1
    """
    if (steps["domain"] == NOT_RATED).any():
        return None
    return min(HIGHEST, max(LOWEST, int(steps["change"].sum())))


def code(level: int | None) -> str:
    """Return the word of the vocabulary's ``certainty`` for a level."""
    return NOT_RATED if level is None else str(level)


def levels(review: Review, study_id: str | None = None) -> dict[tuple[str, str], int | None]:
    """Return the level of every rating: study (or ``synthesis``) and outcome, in file order.

    Parameters
    ----------
    review : Review
    study_id : str, optional
        Only the ratings of this study.

    Returns
    -------
    dict of tuple of str to int or None
        1 (very low) to 4 (high); None where it was not rated.
    """
    rows = review.records("certainty")
    if study_id is not None:
        rows = rows[rows["study_id"] == study_id]
    each = rows.groupby(["study_id", "outcome"], sort=False)
    return {(str(study), str(outcome)): level(steps) for (study, outcome), steps in each}


def least(review: Review, study_id: str) -> int | None:
    """Return the level of a study's least certain outcome; None if none of them is rated.

    Parameters
    ----------
    review : Review
        The opened evidence.
    study_id : str
        Name of the study's folder.

    Returns
    -------
    int or None
        1 (very low) to 4 (high).
    """
    return min((x for x in levels(review, study_id).values() if x is not None), default=None)


def patients(cells: Cells, references: str, home: str, out: Container[str] = frozenset()) -> int:
    """Return how many patients have data for an outcome.

    Parameters
    ----------
    cells : Cells
    references : str
        The cell ``patients`` of a row: references to cells, as in claims; those side by side are added,
        ``-`` takes the next one away.
    home : str
        The study that a reference without a study refers to.
    out : container of str
        Studies whose patients do not count in a rating of others (``review.out``).

    Returns
    -------
    int
        The sum over the cells.

    Raises
    ------
    EvidenceError
        If a reference names nothing, or no number, or if the sum is no number of patients.
    """
    total, sign = Fraction(0), 1
    for token in references.split():
        if token in ("+", "-"):
            sign = 1 if token == "+" else -1
            continue
        for cell in cells.find(token, home):
            if cell.study in out and cell.study != home:
                continue
            if cell.number is None:
                raise EvidenceError(f"{token!r} is {cell.text!r}: expected a number of patients")
            total += sign * cell.number
        sign = 1
    if total < 1 or total.denominator != 1:
        raise EvidenceError(f"{references!r} adds up to {total}: expected a whole number above zero")
    return int(total)


def imprecision(n: int, limits: list[tuple[int, int]]) -> int:
    """Return the step for imprecision that ``n`` patients give.

    Parameters
    ----------
    n : int
        Patients with data for the outcome, at least 1.
    limits : list of tuple of int
        Fewest patients and the step from there on, as in ``data/review/imprecision.csv``; one of them
        begins at 1.

    Returns
    -------
    int
        The step, 0 or below.

    Examples
    --------
    >>> [imprecision(n, [(1, -2), (17, -1), (400, 0)]) for n in (16, 17, 400)]
    [-2, -1, 0]
    """
    return max((fewest, change) for fewest, change in limits if fewest <= n)[1]


def standing(
    answers: Iterable[Mapping[str, str]], steps: Iterable[Mapping[str, str]]
) -> dict[tuple[str, str, str], str]:
    """Return every answer and step that is in force, by study, checklist and item.

    Parameters
    ----------
    answers, steps : iterable of mapping
        Rows of ``data/review/appraisal.csv`` and of ``certainty.csv``, as text.

    Returns
    -------
    dict
        The item of a step is ``outcome/domain``; a domain without a row is a step of 0, and an outcome
        that is not rated has none.
    """
    now = {(row["study_id"], row["checklist"], row["item"]): row["answer"] for row in answers}
    changes = {(row["study_id"], row["outcome"], row["domain"]): row["change"] for row in steps}
    for study, outcome, domain in changes:
        if domain == START:
            for step in DOWN:
                now[study, GRADE, f"{outcome}/{step}"] = changes.get((study, outcome, step), "0")
    return now
