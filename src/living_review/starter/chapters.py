"""The chapters across studies that a new review begins with: thin cells that call the package.

Each part asks whether there is anything to show and says so in a sentence if not, so that the chapters
hold for one study as well as for many.
"""

from __future__ import annotations

from collections.abc import Iterator

from living_review.living.chapter_template import Cell, assemble

START = """
from living_review import evidence, report

review = evidence.load()
across = report.across
report.provenance_line(review)
"""


def notebooks(disease: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each chapter.

    Parameters
    ----------
    disease : str
        The first disease: a word of ``indications``.
    name : str
        What it is called: the heading that links lead to.

    Yields
    ------
    tuple of str and str
        Name and text of a notebook.
    """
    made = {"synthesis": _synthesis(disease, name), "harms": HARMS}
    made |= {"audit": AUDIT, "extraction": EXTRACTION}
    for chapter, cells in made.items():
        yield f"notebooks/{chapter}.ipynb", assemble(cells)


def _synthesis(disease: str, name: str) -> list[Cell]:
    return [
        *SYNTHESIS_HEAD,
        (f"h-{disease}", "markdown", f"## {name}"),
        (disease, "shown", f'across.findings(review, "{disease}")'),
        *SYNTHESIS_TAIL,
    ]


SYNTHESIS_HEAD: list[Cell] = [
    (
        "title",
        "markdown",
        "# What the sources say together\n\nto_write: what is compared here, and why nothing is "
        "pooled.",
    ),
    ("start", "shown", START),
    ("h-answer", "markdown", "## The answer"),
    ("answer", "shown", "report.answer(report.synthesis.answer(review))"),
    ("h-plain", "markdown", "## In plain language"),
    ("plain", "shown", "report.text(report.synthesis.plain_words(review))"),
]
SYNTHESIS_TAIL: list[Cell] = [
    ("h-map", "markdown", "## Comparisons across diseases"),
    ("map", "shown", "across.evidence_map(review)"),
    (
        "h-responses",
        "markdown",
        "### Responses\n\nThe lines must not be added up or averaged: ways of judging differ.",
    ),
    ("forest", "folded", "across.forest(review)"),
    ("h-arms", "markdown", "### Arms compared"),
    ("arms", "folded", "across.arms(review)"),
    ("h-unknown", "markdown", "## What is not known\n\nto_write: what no source can say."),
    ("gaps", "shown", "across.gaps(review)"),
    ("h-appendix", "markdown", "## Appendix"),
    ("h-sure", "markdown", "### How sure"),
    ("sure", "folded", "across.certainty(review)"),
    ("h-counts", "markdown", "### The counts"),
    ("counts", "folded", "across.counts(review)"),
    ("h-times", "markdown", "### Time of each patient"),
    ("swimmer", "folded", "across.times(review)"),
    ("h-doses", "markdown", "### Doses"),
    ("doses", "folded", "across.doses(review)"),
    ("h-data", "markdown", "### Data and downloads"),
    ("downloads", "folded", "across.downloads(review)"),
]
HARMS: list[Cell] = [
    (
        "title",
        "markdown",
        "# Harms, the gravest first\n\nEvery harm that the sources report, in the order of severity "
        "that `data/vocabulary.yaml` states. Nothing is added up: patients may be behind several "
        "lines. A harm that nobody counts is called *not assessable*: it may have happened or not.",
    ),
    ("start", "shown", START),
    ("h-answer", "markdown", "## The answer"),
    ("answer", "shown", "report.answer(report.harms.answer(review))"),
    ("h-plain", "markdown", "## In plain language"),
    ("plain", "shown", "report.text(report.harms.plain_words(review))"),
    ("h-whom", "markdown", "## Who can be counted"),
    ("whom", "folded", "across.harm_denominators(review)"),
    ("h-grave", "markdown", "## From the gravest"),
    ("grave", "folded", "across.harms_by_severity(review)"),
    ("h-unknown", "markdown", "## What cannot be assessed"),
    ("unknown", "folded", "across.harms_not_assessable(review)"),
]
AUDIT: list[Cell] = [
    (
        "title",
        "markdown",
        "# The audit: what reproduces and what does not\n\nEvery number in the sources that can be "
        "checked was computed again from the other numbers that the same source prints. This checks "
        "what is printed, not people.",
    ),
    ("start", "shown", START + "results = across.audit_results(review)"),
    ("h-picture", "markdown", "## At a glance"),
    ("summary", "shown", "across.audit_summary(results)"),
    ("picture", "folded", "across.audit_picture(results, review)"),
    ("h-conflicts", "markdown", "## Every conflict"),
    ("conflicts", "folded", "across.audit_conflicts(results, review)"),
    ("h-open", "markdown", "## What cannot be checked"),
    ("open", "folded", "across.audit_open(results, review)"),
    ("h-touching", "markdown", "## Which conflicts touch a number of the synthesis"),
    ("touching", "folded", "across.audit_touching(results, review)"),
    ("h-verdicts", "markdown", "## What the verdicts mean"),
    (
        "verdicts",
        "folded",
        'report.table(report.audit.meanings(review), caption="Verdicts, and when each is given", '
        'name="audit-verdicts")',
    ),
]
EXTRACTION: list[Cell] = [
    (
        "title",
        "markdown",
        "# How the data were read\n\nEvery number of this book begins as a cell that somebody took "
        "from a paper. This page shows how often two independent readings took the same cell, and how "
        "each difference was settled.",
    ),
    ("start", "shown", START),
    ("declared", "shown", "report.text(report.extraction.declared(review))"),
    ("h-agreement", "markdown", "## Agreement before settling"),
    ("agreement", "folded", "across.agreement(review)"),
    ("h-settled", "markdown", "## What differed and how it was settled"),
    ("settled", "folded", "across.settled(review)"),
]
