"""A study that falls: one row of ``data/review/lifecycle.csv`` takes it out of every count.

Its data stay and stay valid, and its chapter says at the top what happened. Without the row everything
is as it was before, byte for byte.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from living_review import evidence
from living_review.evidence import EvidenceError, Review

PLACE = "data/review/lifecycle.csv"


class RetireError(EvidenceError):
    """The study cannot be retired or let in again; the message says why and what to do."""


def retire(
    root: Path,
    study_id: str,
    *,
    state: str | None,
    reason: str | None,
    notice: str | None = None,
    today: datetime.date | None = None,
) -> str:
    """Take a study out of all counts.

    Parameters
    ----------
    root : Path
        Top of the project.
    study_id : str
        A source, or a study of ``data/context/studies.csv``.
    state : str
        A word of ``lifecycle_states`` of the vocabulary.
    reason : str
        What happened, in neutral words: readers see it.
    notice : str, optional
        DOI or address of the notice; of a superseded study the report that takes its place.
    today : datetime.date, optional
        Default: the day of the clock.

    Returns
    -------
    str
        What was written, and what to do next.

    Raises
    ------
    RetireError
        If there is no such study, if it is out already, or if a word is missing. Nothing is changed
        then.
    """
    review = evidence.load(root)
    states = review.vocabulary["lifecycle_states"]
    if state not in states:
        raise RetireError(f"--reason {state}: expected one of {', '.join(states)}")
    if not reason or len(reason.strip()) < 10:
        raise RetireError(
            '--because is missing: say in a few neutral words what happened ("The journal retracted it '
            'at the request of its authors"); readers see it'
        )
    if study_id in review.out:
        raise RetireError(
            f"{study_id} is out already: see {PLACE}; to let it count again: "
            f"living-review retire {study_id} --undo"
        )
    _ask_for(review, study_id)
    if state == "superseded":
        if notice is None:
            raise RetireError("--notice is missing: name the study that takes its place")
        _ask_for(review, notice)
    header = [field["name"] for field in review.schemas["review_lifecycle"].fields]
    path = root / PLACE
    rows = evidence.read_rows(path)[1] if path.is_file() else []
    day = (today or datetime.date.today()).isoformat()
    row = [study_id, state, day, notice or "not_reported", reason.strip(), ""]
    evidence.write_rows(path, [header, *rows, row])
    return (
        f"{PLACE}: {study_id} is {state} and out of all counts. Next: living-review check (a rating "
        "that counted its patients may need another step), make book, and a row for each page that "
        "changed in data/review/changes.csv"
    )


def reinstate(root: Path, study_id: str) -> str:
    """Count a study again: its row goes, and with the last row the file.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.
    study_id : str
        Name of the study's folder.

    Returns
    -------
    str
        What was done, in words.

    Raises
    ------
    RetireError
        If the study has no row.
    """
    path = root / PLACE
    header, rows = evidence.read_rows(path) if path.is_file() else ([], [])
    left = [row for row in rows if row[0] != study_id]
    if len(left) == len(rows):
        told = ", ".join(row[0] for row in rows) or "no study"
        raise RetireError(f"{study_id} is not retired: {PLACE} holds {told}")
    if left:
        evidence.write_rows(path, [header, *left])
    else:
        path.unlink()
    return f"{study_id} counts again. Next: make book"


def _ask_for(review: Review, study_id: str) -> None:
    header, rows = evidence.read_rows(review.data / "context" / "studies.csv")
    beside = [row[header.index("study_id")] for row in rows]
    if study_id not in review.folders and study_id not in beside:
        import difflib

        near = difflib.get_close_matches(study_id, [*review.folders, *beside], 3)
        raise RetireError(
            f"no study {study_id!r} in data/ or data/context/studies.csv"
            + (f"; near: {', '.join(near)}" if near else "")
        )
