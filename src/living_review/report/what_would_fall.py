"""What would fall with a study, for readers: a few lines for one, a table for all.

The comparison is :mod:`living_review.synthesis.what_would_fall`; a chapter shows :func:`of_source`, the
page of later studies :func:`of_later`.
"""

from __future__ import annotations

import pandas as pd

from living_review.evidence import Review
from living_review.report import display
from living_review.synthesis import what_would_fall
from living_review.synthesis.verdicts import Verdict
from living_review.synthesis.what_would_fall import GONE, Change, Fall, Turn


def of_study(review: Review, study_id: str) -> display.HtmlOutput:
    """Show what would fall with one study, as a list: seconds for a source.

    Parameters
    ----------
    review : Review
    study_id : str
        A source, or a study of ``data/context/studies.csv``.

    Returns
    -------
    HtmlOutput
        Shown by a notebook as the last line of a cell.
    """
    return display.text(words(what_would_fall.of_study(review, study_id), review))


def of_source(review: Review, study_id: str) -> pd.DataFrame:
    """Return what would change without a source, a line for each thing.

    Parameters
    ----------
    review : Review
    study_id : str
        A source.

    Returns
    -------
    pandas.DataFrame
        ``What``, ``Now`` and ``Without it``.
    """
    fall = what_would_fall.of_study(review, study_id)
    rows = [
        ("A statement that later studies are held against", s.says, "gone") for s in fall.statements
    ]
    for turn in fall.turns:
        disease = review.word("indications", turn.before.statement.disease)
        rows.append(
            (
                f"Verdict on “{turn.before.statement.says}” ({disease})",
                _verdict(turn.before, review),
                "the same, on fewer rows" if turn.stands else _verdict(turn.after, review),
            )
        )
    rows += [(c.name, c.before, "none" if c.after == GONE else c.after) for c in fall.numbers]
    return pd.DataFrame(rows, columns=["What", "Now", "Without it"])


def of_later(review: Review) -> pd.DataFrame:
    """Return what would change without each later study of which something hangs, one line each.

    Returns
    -------
    pandas.DataFrame
        ``Study``, ``Verdicts that turn``, ``Verdicts on fewer rows`` and ``Numbers that change``; a
        study that is not in it changes nothing.
    """
    found = [_line(fall, review) for fall in what_would_fall.of_later(review)]
    return pd.DataFrame(found).drop(columns=["Kind", "Statements that go"], errors="ignore")


def words(fall: Fall, review: Review) -> str:
    """Return what would fall with a study, as Markdown: a sentence, then a line for each thing.

    Parameters
    ----------
    fall : Fall
        As :func:`living_review.synthesis.what_would_fall.of_study` returns it.
    review : Review
        The opened evidence.

    Returns
    -------
    str
        Markdown.

    Notes
    -----
    Verdicts that remain on fewer rows are counted, not listed.
    """
    turned = [turn for turn in fall.turns if not turn.stands]
    fewer = len(fall.turns) - len(turned)
    lines = [f"- Statement that nobody makes then: {s.statement}." for s in fall.statements]
    lines += [f"- {_turn(turn, review)}" for turn in turned]
    lines += [f"- {_change(change)}" for change in fall.numbers]
    head = f"**Without {fall.label}**"
    if not lines and not fewer:
        return f"{head} no statement, verdict or number of this review would change."
    stand = "" if not fewer else f" {fewer} verdict{'s' * (fewer > 1)} would remain, on fewer rows."
    if not lines:
        return f"{head} nothing would change but this:{stand}"
    return "\n".join([f"{head} this would change.{stand}", "", *lines])


def table(review: Review) -> pd.DataFrame:
    """Return what would fall with each study of which something hangs, one line each.

    Returns
    -------
    pandas.DataFrame
        ``Study``, ``Kind``, ``Statements that go``, ``Verdicts that turn``, ``Verdicts on fewer rows``
        and ``Numbers that change``; a study that is not in it changes nothing.
    """
    return pd.DataFrame([_line(fall, review) for fall in what_would_fall.of_all(review)])


def _line(fall: Fall, review: Review) -> dict[str, object]:
    turned = [turn for turn in fall.turns if not turn.stands]
    return {
        "Study": fall.label,
        "Kind": "Source" if fall.is_source else "Later study",
        "Statements that go": "; ".join(s.statement for s in fall.statements) or "–",
        "Verdicts that turn": "; ".join(_turn(t, review) for t in turned) or "–",
        "Verdicts on fewer rows": len(fall.turns) - len(turned),
        "Numbers that change": "; ".join(map(_change, fall.numbers)) or "–",
    }


def _verdict(verdict: Verdict, review: Review) -> str:
    return review.word("later_verdicts", verdict.verdict).lower()


def _turn(turn: Turn, review: Review) -> str:
    old, new = (review.word("later_verdicts", v.verdict).lower() for v in (turn.before, turn.after))
    disease = review.word("indications", turn.before.statement.disease)
    return f"{disease}, “{turn.before.statement.says}”: {old}, then {new}"


def _change(change: Change) -> str:
    then = "none then" if change.after == GONE else f"then {change.after}"
    return f"{change.name}: {change.before}, {then}"
