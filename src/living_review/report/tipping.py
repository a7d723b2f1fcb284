"""How far a number would have to move before the book says something else, in words for its card."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from living_review.evidence import Review, Study
from living_review.synthesis import tipping


def of_rows(review: Review, study: Study) -> dict[str, str]:
    """Return what a card says of the tipping value of a row that the answer of a chapter cites.

    Parameters
    ----------
    review : Review
        With ``data/review/tipping.csv``; without it nothing is said.
    study : Study
        The study of the rows.

    Returns
    -------
    dict of str to str
        By ``table/id``.
    """
    if not (review.data / "review" / "tipping.csv").is_file():
        return {}
    rows = review.records("tipping")
    own = rows[rows["study_id"] == study.study_id].to_dict("records")
    return {row["row"]: _sentence(row) for row in own}


def _sentence(row: Mapping[str, object]) -> str:
    said = "The chapter cites it in " + ", ".join(
        f"plain language, sentence {slot.removeprefix('plain ')}" if slot.startswith("plain ") else slot
        for slot in str(row["sentences"]).split("; ")
    )
    ends = [
        f"{side} {row[key]:g}"
        for key, side in (("lower", "down to"), ("upper", "up to"))
        if pd.notna(row[key])
    ]
    if not ends:
        return f"{said}. No value that was tried changes the words, only the number itself."
    column = str(row["column"]).replace("_", " ")
    return f"{said}. The words change if {column} goes from {row['now']:g} {' or '.join(ends)}."


def of_results(review: Review) -> dict[str, str]:
    """Return what a card says of the tipping value of a later count that decides a verdict.

    Parameters
    ----------
    review : Review

    Returns
    -------
    dict of str to str
        By the id of the result.
    """
    said: dict[str, str] = {}
    for tip in tipping.tips(review):
        statement = f"“{tip.verdict.statement.statement}” ({tip.verdict.verdict})"
        moves = [
            f"{events} of {tip.n} would make it {word}"
            for events, word in filter(None, (tip.below, tip.above))
        ]
        rest = " or ".join(moves) or "no other count of this study alone would change that"
        said[tip.row] = f"{said.get(tip.row, '')} It decides {statement}; {rest}.".strip()
    return said
