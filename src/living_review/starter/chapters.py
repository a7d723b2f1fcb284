"""The chapters across studies that a new review begins with: thin cells that call the package.

Each part asks whether there is anything to show and says so in a sentence if not, so that the chapters
hold for one study as well as for many.
"""

from __future__ import annotations

from collections.abc import Iterator

from living_review.living import chapter_template, disease_sections
from living_review.living.chapter_template import Cell

START = """
from living_review import evidence, report

review = evidence.load()
across = report.across
report.provenance_line(review)
"""


def notebooks() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each chapter; the sections of diseases are not in them yet.

    Yields
    ------
    tuple of str and str
        Name and text of a notebook.
    """
    for chapter, (template, head, tail) in BY_DISEASE.items():
        cells = disease_sections.between(template, head, tail)
        yield f"notebooks/{chapter}.ipynb", chapter_template.as_text(cells)
    for chapter, parts in {"harms": HARMS, "audit": AUDIT, "extraction": EXTRACTION}.items():
        yield f"notebooks/{chapter}.ipynb", chapter_template.assemble(parts)


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
    ("also", "folded", "report.synthesis_parts.also_printed(review)"),
    ("h-times", "markdown", "### Time of each patient"),
    ("swimmer", "folded", "across.times(review)"),
    ("times", "folded", "report.synthesis_parts.times(review)"),
    ("h-pain", "markdown", "### Pain course"),
    ("pain", "folded", "report.synthesis_parts.pain(review)"),
    ("h-doses", "markdown", "### Doses"),
    ("doses", "folded", "across.doses(review)"),
    ("targets", "folded", "report.synthesis_parts.targets(review)"),
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
    (
        "h-own",
        "markdown",
        "## Check your own paper\n\nThe search for explanations is a set of functions that need no "
        "data of this review. Give them numbers as they are printed.",
    ),
    ("own-paper", "shown", "report.audit_examples.of_sizes(review)"),
    ("own-median", "shown", "report.audit_examples.of_median(review, results)"),
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
SINCE_HEAD: list[Cell] = [
    (
        "title",
        "markdown",
        "# What later studies say\n\nWhat the sources say is held against studies beside them, which "
        "are tables in `data/context/`. A verdict is given by a named rule from rows of data, never by "
        "opinion. **These studies are not part of the synthesis.**",
    ),
    ("start", "shown", START),
    ("h-glance", "markdown", "## At a glance"),
    ("glance", "shown", "across.later_at_a_glance(review)"),
]
SINCE_TAIL: list[Cell] = [
    ("h-plain", "markdown", "## In plain language"),
    ("plain", "shown", "report.text(report.context.plain_words(review))"),
    ("h-appendix", "markdown", "## Appendix\n\n### Why nothing is pooled"),
    ("pooling", "folded", "across.pooling(review)"),
    ("h-would-fall", "markdown", "### What would change without one of them"),
    ("would-fall", "folded", "across.would_fall(review)"),
    ("h-elsewhere", "markdown", "### Out of scope"),
    ("elsewhere", "folded", "across.elsewhere(review)"),
]
PRACTICAL_HEAD: list[Cell] = [
    (
        "title",
        "markdown",
        "# Practical facts\n\nWhat papers, guidelines and product labels print on the use of these "
        "drugs. **These are facts as printed, not advice.** Papers differ, a label covers its own drug "
        "and disease only, and all of it may have changed since it was read.",
    ),
    ("start", "shown", START),
]
PRACTICAL_TAIL: list[Cell] = [
    ("h-other", "markdown", "## Whatever the disease"),
    ("other-facts", "shown", 'report.by_disease.facts(review, "other")'),
]
# Chapters with a section for each disease: its template, what comes before and what after.
BY_DISEASE = {
    "synthesis": ("findings", SYNTHESIS_HEAD, SYNTHESIS_TAIL),
    "since": ("later", SINCE_HEAD, SINCE_TAIL),
    "practical": ("practical", PRACTICAL_HEAD, PRACTICAL_TAIL),
}
