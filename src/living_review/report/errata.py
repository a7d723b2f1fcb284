"""Letters to journals about what does not reproduce as printed: neutral, with the arithmetic.

One letter for a study, a numbered point for each material issue of the audit. Every number in it is
the audit's; whether it was sent, and what came of it, is a row of ``data/review/errata.csv``.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup, escape

from living_review import audit
from living_review.audit import Issue
from living_review.evidence import EvidenceError, Review, Study
from living_review.stats import dates
from living_review.stats.number_words import in_words

WIDTH = 88  # characters of a line of the letter
MATERIAL = "material"
# How an arithmetic is announced that computes nothing but sets places side by side.
BESIDE = ("equality", "statement", "unit")
ASKS = (
    "Could you tell us for each point which reading is right? If a correction is published, this "
    "review names it. What you answer is named as your answer, and only with your consent."
)


class ErratumError(EvidenceError):
    """There is nothing to write about; the message says so."""


def issues(review: Review, study_id: str) -> list[Issue]:
    """Return the material issues of a study, in the order of its claims.

    Parameters
    ----------
    review : Review
        The opened evidence.
    study_id : str
        Name of the study's folder.

    Returns
    -------
    list of Issue
        Material issues.
    """
    found = audit.distinct_issues(audit.audit(review, study_id))
    return [issue for issue in found if issue.materiality == MATERIAL]


def letter(review: Review, study_id: str, issue: str | None = None) -> str:
    """Return the letter about a study as plain text, in lines of at most :data:`WIDTH` characters.

    Parameters
    ----------
    review : Review
    study_id : str
    issue : str, optional
        Only this issue; default all that are material.

    Returns
    -------
    str
        Plain text.

    Raises
    ------
    ErratumError
        If the study has no material issue, or none of that name.
    """
    blocks = paragraphs(review, study_id, issue)
    return "\n\n".join("\n".join(textwrap.fill(line, WIDTH) for line in block) for block in blocks)


def paragraphs(review: Review, study_id: str, issue: str | None = None) -> list[list[str]]:
    """Return the letter as paragraphs of lines; parameters and errors as of :func:`letter`.

    Parameters
    ----------
    review : Review
        The opened evidence.
    study_id : str
        Name of the study's folder.
    issue : str, optional
        Only this issue; default all that are material.

    Returns
    -------
    list of list of str
        Lines of each paragraph.
    """
    found = issues(review, study_id)
    if not found:
        raise ErratumError(f"{study_id} has no material issue: there is nothing to write about")
    if issue is not None:
        names = ", ".join(one.name for one in found)
        found = [one for one in found if one.name == issue]
        if not found:
            raise ErratumError(f"{study_id} has no material issue {issue!r}; there are: {names}")
    return [*_opening(review.study(study_id), len(found)), *_points(found), [ASKS], ["With thanks"]]


def _opening(study: Study, n: int) -> list[list[str]]:
    meta = study.meta
    authors = ", ".join(meta["authors"][:3]) + ", et al" * (len(meta["authors"]) > 3)
    named = f"{authors}. {meta['title']}. {meta['journal']} {meta['year']}"
    if str(meta["doi"]).startswith("10."):
        named += f". doi:{meta['doi']}"
    return [
        ["To the editors and the authors"],
        [named],
        [
            "For a living review the numbers that the paper prints were computed again from the "
            f"numbers that it also prints. In {in_words(n)} point{'s' * (n > 1)} that a reader would "
            "use we could not reconcile them. What we had of the paper: "
            f"{meta['access'].rstrip('.')}. The mistake may be ours, and we should be glad to learn "
            "how the numbers are meant."
        ],
    ]


def _points(found: Sequence[Issue]) -> list[list[str]]:
    told = []
    for number, issue in enumerate(found, start=1):
        lines = [f"{number}. {_name(issue.name)}"]
        for finding in issue.findings:
            lines.append(f"{finding.locator}. Printed: “{finding.printed}”.")
            if finding.arithmetic:
                how = "Side by side" if finding.kind in BESIDE else "Computed"
                lines.append(f"{how}: {finding.arithmetic}.")
            if finding.explained_by:
                lines.append(f"It would agree as: {finding.explained_by}.")
        told.append([*lines, issue.findings[0].explanation])
    return told


def _name(issue: str) -> str:
    return issue.replace("_", " ").capitalize()


def table(review: Review) -> pd.DataFrame:
    """Return the tracker for readers: source, issue, state, the day of it, and what came of it.

    The columns are ``Source``, ``Issue``, ``State``, ``Since`` and ``What came of it``; ``Since`` is
    the day of the last step.
    """
    lines = []
    for row in review.records("errata").to_dict("records"):
        days = [row[day] for day in ("corrected", "answered", "sent") if _is_known(row[day], review)]
        lines.append(
            {
                "Source": review.study(row["study_id"]).label,
                "Issue": _name(row["issue"]),
                "State": review.word("erratum_states", row["state"]),
                "Since": dates.format_date(days[0]) if days else "–",
                "What came of it": row["answer"] if _is_known(row["answer"], review) else "–",
            }
        )
    columns = ["Source", "Issue", "State", "Since", "What came of it"]
    return pd.DataFrame(lines, columns=columns)


def _is_known(cell: str, review: Review) -> bool:
    return bool(cell) and cell not in review.vocabulary["missing"]


def summary(review: Review) -> str:
    """Return in words how many letters' points are in which state."""
    states = review.records("errata")["state"].value_counts()
    said = [
        f"{states[state]} {word.lower()}"
        for state, word in review.vocabulary["erratum_states"].items()
        if state in states
    ]
    return f"Points: {sum(states)}; of these {', '.join(said)}." if len(states) else "There is none."


def letters(review: Review) -> Markup:
    """Return every letter as HTML, folded, one for each source with a material issue."""
    told = Markup("")
    for study_id in dict.fromkeys(review.records("errata")["study_id"]):
        to, paper, *rest = (
            Markup("<br>").join(escape(line) for line in block)
            for block in paragraphs(review, study_id)
        )
        blocks = [to, Markup("<cite>{}</cite>").format(paper), *rest]
        body = Markup("").join(Markup("<p>{}</p>").format(block) for block in blocks)
        title = f"Letter on {review.study(study_id).label}"
        fold = Markup('<details class="lr-fold"><summary>{}</summary>{}</details>')
        told += fold.format(title, body)
    return told
