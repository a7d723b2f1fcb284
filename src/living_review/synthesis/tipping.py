"""How far a count of a later study would have to move before a verdict is another word.

Each count that decides is moved by one patient at a time, the others kept, and the verdict is asked for
again by the rule that gave it. A verdict that a licence gave has no such value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from living_review.evidence import Review
from living_review.synthesis import context, verdicts
from living_review.synthesis.context import RANDOMISED
from living_review.synthesis.verdicts import Verdict


class Tip(NamedTuple):
    """The nearest counts at which a verdict is another.

    Attributes
    ----------
    verdict : Verdict
        As it is.
    row : str
        A row of ``data/context/results.csv`` that decides.
    events, n : int
        Its count.
    below, above : tuple of int and str, or None
        The nearest smaller and larger count at which the verdict is another, and that verdict; None if
        no possible count gives another.
    """

    verdict: Verdict
    row: str
    events: int
    n: int
    below: tuple[int, str] | None
    above: tuple[int, str] | None


def tips(review: Review) -> list[Tip]:
    """Return the tipping values of all verdicts that rest on counts.

    Parameters
    ----------
    review : Review

    Returns
    -------
    list of Tip
        In the order of the statements and of the rows that decide.
    """
    return [tip for verdict in verdicts.verdicts(review) for tip in of_verdict(review, verdict)]


def of_verdict(review: Review, verdict: Verdict) -> Iterator[Tip]:
    """Yield the tipping values of a verdict: one for each count that decides.

    Parameters
    ----------
    review : Review
    verdict : Verdict
        One of :func:`living_review.synthesis.verdicts.verdicts`.

    Yields
    ------
    Tip
        None for a verdict that licences gave, or nobody's rows.
    """
    if not verdict.tier:
        return
    rows = context.results(review, verdict.statement.disease)
    deciding = rows[rows["result_id"].isin(verdict.rows)]
    for place in deciding.index[deciding["events"].notna() & deciding["n"].notna()]:
        events, n = int(deciding.loc[place, "events"]), int(deciding.loc[place, "n"])
        below = _first(verdict, deciding, place, range(events - 1, -1, -1))
        above = _first(verdict, deciding, place, range(events + 1, n + 1))
        yield Tip(verdict, str(deciding.loc[place, "result_id"]), events, n, below, above)


def _first(
    verdict: Verdict, deciding: pd.DataFrame, place: int, counts: range
) -> tuple[int, str] | None:
    for events in counts:
        moved = deciding.copy()
        moved.loc[place, "events"] = events
        if (word := _word(verdict, moved)) != verdict.verdict:
            return events, word
    return None


def _word(verdict: Verdict, deciding: pd.DataFrame) -> str:
    """Return the verdict that the rule of a verdict gives on other counts."""
    statement = verdict.statement
    if verdict.tier == RANDOMISED:
        found = [c.direction for c in context.contrasts(deciding)]
        return verdicts.direction(found, statement.direction)
    return verdicts.by_counts(statement, deciding, verdict.tier)[0]
