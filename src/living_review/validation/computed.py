"""What takes a computation: verdicts that changed, differences of readings not settled.

Computed from tables that are valid by themselves; what is wrong with those is said first.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from living_review import evidence
from living_review.evidence.memory import Memory
from living_review.files import UnreadableFileError
from living_review.validation.issues import Issue, unreadable

SETTLED = "data/review/settled.csv"
DIFFERENCES = {
    "value": "cells with two values",
    "missing": "cells with a value against none",
    "code": "cells with two missing codes",
    "only_first": "rows only in the first reading",
    "only_second": "rows only in the second reading",
}


def check_verdicts(root: Path, memory: Memory | None = None) -> Iterator[Issue]:
    """Yield claims whose verdict is not the accepted one: a number was corrected, or mistyped.

    Parameters
    ----------
    root : Path
        Top of the project.
    memory : Memory, optional
        What the audit of each study gave before.

    Returns
    -------
    iterator of Issue
        A row for each verdict that turned.
    """
    from living_review import audit
    from living_review.evidence.references import Cells

    cells = Cells(root)
    review = evidence.Review(root)
    for result in audit.stream(review, cells=cells, memory=memory, only_changed=True):
        rows = [row["id"] for row in cells.rows(result.study, "claims")]
        yield Issue(
            f"data/{result.study}/claims.csv",
            rows.index(result.claim) + 2,
            "verdict",
            repr(result.accepted),
            f"{result.verdict!r}, which is computed for {result.claim}: {result.arithmetic}",
            "Correct the number that is wrong; if the new verdict is right, accept it here and "
            "write its explanation anew.",
        )


def check_settled(root: Path) -> Iterator[Issue]:
    """Yield differences between the two readings that ``settled.csv`` does not settle once each."""
    from living_review.extraction import agreement

    review = evidence.Review(root)
    try:
        by_table, found = agreement.by_table(review), agreement.differences(review)
    except (evidence.EvidenceError, UnreadableFileError, LookupError, ValueError) as error:
        yield Issue(
            "data/review/readings",
            None,
            None,
            f"readings that cannot be compared: {_said(error, root)}",
            "tables with the columns of data/schema, and a study.yaml with groups",
            "Correct the reading's form; what it says stays as it was read.",
        )
        return
    try:
        settled = agreement.settlements(review)
    except UnreadableFileError as error:
        yield unreadable(error, SETTLED)
        return
    except evidence.EvidenceError as error:
        yield Issue(
            SETTLED, None, "settled", str(error).partition(": ")[2], "how it was settled", "Say it."
        )
        return
    for row in agreement.unsettled(by_table, found, settled).to_dict("records"):
        yield Issue(
            SETTLED,
            None,
            None,
            f"{row['settled']} of {row['study_id']}, {row['table']}: {DIFFERENCES[row['kind']]}",
            f"{row['found']}, as many as the program finds",
            "Settle each difference by going back to the paper, and write it down "
            f"(`living-review differences {row['study_id']}` writes the lines; see CONTRIBUTING.md).",
        )


def _said(error: Exception, root: Path) -> str:
    """Return what an error says: our own as it is, with names from the top of the project."""
    if isinstance(error, evidence.EvidenceError):
        return str(error).replace(f"{root}/", "")
    return f"{type(error).__name__}: {error}"
