"""The section of a disease in a chapter across studies, each part in one call.

:mod:`living_review.living.disease_sections` writes a section of these calls for each disease of the
sources, so a new disease needs no cell made by hand. A part without rows says so in a sentence.
"""

from __future__ import annotations

from markupsafe import Markup

from living_review.evidence import Review
from living_review.report import context as later
from living_review.report import (
    context_figure,
    context_tables,
    display,
    practical,
    summary_of_findings,
)
from living_review.report import context_words as words
from living_review.report.display import HtmlOutput

SEVERAL = 2  # kinds of lesion of which a table is made


def findings(review: Review, disease: str) -> HtmlOutput:
    """Show what is known of a disease.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A word of ``indications``.

    Returns
    -------
    HtmlOutput
        The table of :func:`.summary_of_findings.show`, or that no source is on the disease.
    """
    if not summary_of_findings.studies(review, disease):
        return display.text(f"No source that counts is on {_name(review, disease)}.")
    return summary_of_findings.show(review, disease)


# --- What later studies say -----------------------------------------------------------------------


def later_verdicts(review: Review, disease: str) -> HtmlOutput:
    """Show the verdicts of later studies on what the sources say of a disease.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A word of ``indications``.

    Returns
    -------
    HtmlOutput
        A list, or that nothing was judged.
    """
    none = "No statement on this disease has been held against later studies yet."
    return display.text(later.verdict_text(review, disease) or none)


def later_results(review: Review, disease: str) -> HtmlOutput:
    """Show the results of the sources and of later studies: a figure, and a table by kind of lesion.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A word of ``indications``.

    Returns
    -------
    HtmlOutput
        The table is there where several kinds of lesion have a count.
    """
    parts = context_figure.figure_parts(review, disease)
    if all(rows.empty for _, _, rows in parts):
        return display.text("Neither a source nor a later study has a count to draw.")
    name = f"since-{review.topic.short(disease)}"
    figure = display.figure(
        context_figure.figure(review, disease),
        name,
        data=context_figure.figure_data(review, disease),
        **context_figure.figure_words(review, disease),
    )
    kinds = context_figure.subtypes(review, disease)
    if len(kinds) < SEVERAL:
        return figure
    caption = "who got better, by kind of lesion and the best design for it"
    table = display.table(kinds, f"{review.word('indications', disease)}: {caption}", f"{name}-kinds")
    return HtmlOutput(Markup("{}\n{}").format(figure.content, table.content), figure.plain)


def later_rest(review: Review, disease: str) -> HtmlOutput:
    """Show harms of later studies, what followed stopping, and licences.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A word of ``indications``.

    Returns
    -------
    HtmlOutput
        Three paragraphs.
    """
    return display.text(later.rest_text(review, disease))


def later_tables(review: Review, disease: str) -> HtmlOutput:
    """Show every verdict with its rows, and every later study of a disease.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A word of ``indications``.

    Returns
    -------
    HtmlOutput
        Tables behind a line, or that there are none.
    """
    return context_tables.of_disease(review, disease, f"since-{review.topic.short(disease)}")


# --- Practical facts ------------------------------------------------------------------------------


def silent(review: Review, disease: str) -> HtmlOutput:
    """Say on which questions no fact was read.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A word of ``indications``.

    Returns
    -------
    HtmlOutput
        A sentence.
    """
    return display.text(practical.silent(review, disease))


def facts(review: Review, disease: str) -> HtmlOutput:
    """Show what is printed on the use of drugs for a disease.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A word of ``indications``, or ``other`` for facts that hold whatever a drug is given for.

    Returns
    -------
    HtmlOutput
        A table, or that nothing was read.
    """
    rows = practical.table(review, disease)
    if rows.empty:
        return display.text("No fact was read.")
    day = practical.as_of(review)
    if disease == practical.OTHER:
        what = "The drugs themselves: what labels print" + (f", as of {day}" if day else "")
        return display.table(rows, what, f"practical-{practical.OTHER}")
    name = review.word("indications", disease)
    what = f"{name}: what is printed" + (f"; facts beside the sources as of {day}" if day else "")
    return display.table(rows, what, f"practical-{review.topic.short(disease)}")


def recommended(review: Review, disease: str) -> HtmlOutput:
    """Show what the authors of the sources recommend.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A word of ``indications``.

    Returns
    -------
    HtmlOutput
        A table, or that they recommend nothing.
    """
    rows = practical.recommended(review, disease)
    if rows.empty:
        return display.text("The authors of the sources recommend nothing that was read.")
    return display.table(
        rows,
        f"{review.word('indications', disease)}: what the authors of the source recommend",
        f"practical-{review.topic.short(disease)}-authors",
        folded=True,
    )


def _name(review: Review, disease: str) -> str:
    return words.small(review.word("indications", disease))
