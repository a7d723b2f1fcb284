"""The chapter of a new study: every section of :data:`living_review.report.chapter.ORDER`.

A cell is a call of :mod:`living_review.report.chapter`; its words are in a file of prose beside it
(:mod:`living_review.report.prose`), where what nobody but a person can write is ``to_fill``. Change the
template here when the parts of a chapter change: a test holds its headings to the stated order and
runs it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from living_review.evidence import TO_FILL

Cell = tuple[str, str, str]  # id, kind (markdown, shown, folded), source
PARTICLES = {  # of family names
    *("af", "da", "de", "del", "den", "der", "di", "do", "dos", "du", "el", "la", "le", "ten", "ter"),
    *("van", "von", "zu"),
}
TAGS = {"shown": ["remove-input"], "folded": ["hide-input"]}


def notebook(study_id: str, tables: Collection[str]) -> str:
    """Return the chapter as the text of a notebook.

    Parameters
    ----------
    study_id : str
    tables : collection of str
        The tables that the study may feed: a section says so where one of them is not there.

    Returns
    -------
    str
        JSON.
    """
    return assemble(_cells(study_id, tables))


def assemble(parts: Iterable[Cell]) -> str:
    """Return cells as the text of a notebook that was not run yet.

    Parameters
    ----------
    parts : iterable of tuple of str
        Id, kind (``markdown``, ``shown`` or ``folded``) and source of each cell.

    Returns
    -------
    str
        JSON.
    """
    return as_text(map(cell, parts))


def cell(part: Cell, **metadata: str) -> dict[str, Any]:
    """Return a cell as a notebook holds it, not yet run.

    Parameters
    ----------
    part : tuple of str
        Id, kind and source.
    **metadata : str
        What its metadata say besides how it is shown.

    Returns
    -------
    dict
        Of the format of notebooks.
    """
    name, kind, source = part
    made: dict[str, Any] = {"cell_type": "markdown", "id": name, "metadata": {**metadata}}
    if kind != "markdown":
        made |= {"cell_type": "code", "execution_count": None, "outputs": []}
        made["metadata"]["tags"] = list(TAGS[kind])
    return made | {"source": source.strip("\n").splitlines(keepends=True)}


def as_text(cells: Iterable[dict[str, Any]]) -> str:
    """Return cells of :func:`cell` as the text of a notebook."""
    language = {"name": "python", "pygments_lexer": "ipython3"}
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": language}
    content = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _named(words: list[str]) -> str:
    """Return a family name: particles keep their small letters, as in *van den Berg*."""
    return " ".join(w if w in PARTICLES and w != words[-1] else w.capitalize() for w in words)


def prose(study_id: str) -> str:
    """Return the prose of the chapter, to be filled.

    Parameters
    ----------
    study_id : str

    Returns
    -------
    str
        Markdown for :mod:`living_review.report.prose`.
    """
    *words, year = study_id.split("_")
    title = f"{_named(words)} {year}"
    return f"# {title}: the prose of its chapter\n" + PROSE.replace("TO_FILL", TO_FILL)


def _cells(study_id: str, tables: Collection[str]) -> Iterator[Cell]:
    name = _named(study_id.rpartition("_")[0].split("_"))
    year = study_id.rpartition("_")[2]
    yield (
        "title",
        "markdown",
        f"# {name} {year}: {TO_FILL} (the disease)\n\n{TO_FILL} (what the study is, and what of it was "
        f"read) {{cite}}`{study_id}`.",
    )
    yield "start", "shown", START.format(study_id)
    yield from _section("The answer", "h-answer")
    yield "answer", "shown", ANSWER
    yield from _section("In plain language", "h-plain")
    yield "plain", "shown", 'page.text("plain")'
    yield from _section("At a glance", "h-glance")
    yield "glance", "shown", "page.at_a_glance()"
    yield from _section("Patients", "h-patients")
    if "patients" in tables:
        yield "patients", "folded", PATIENTS
    yield "counts", "folded", COUNTS
    yield from _section("Results", "h-results")
    yield "outcomes", "folded", OUTCOMES
    if "events" in tables:
        yield "times", "folded", TIMES
    yield "estimates", "folded", ESTIMATES
    yield "words", "folded", WORDS
    yield from _section("Harms", "h-harms")
    yield "harms", "folded", HARMS
    yield from _section("Dose, monitoring and stopping", "h-practical")
    yield "doses", "folded", DOSES
    yield from _section("What reproduces and what does not", "h-audit")
    yield "audit-words", "shown", "page.audit_summary()"
    yield "audit-conflicts", "folded", "page.audit_conflicts()"
    yield from _section("Appraisal", "h-appraisal")
    yield "appraisal", "folded", "page.appraisal()"
    yield from _section("Data and downloads", "h-data")
    yield "downloads", "folded", "page.downloads()"
    yield from _section("Appendix", "h-appendix")
    yield "methods", "folded", METHODS
    yield "audit-rest", "folded", "page.audit_rest()"
    yield "certainty", "folded", "page.certainty()"
    yield "would-fall", "folded", "page.would_fall()"
    if "quoted" in tables:
        yield "h-quoted", "markdown", "### What the paper quotes from others"
        yield "quoted", "folded", QUOTED


def _section(title: str, name: str) -> Iterator[Cell]:
    yield name, "markdown", f"## {title}"


START = """
from living_review import report

page = report.chapter.start("{}", globals())
review, study = page.review, page.study
page.provenance()
"""
ANSWER = """
outcomes = study.once("outcomes")
printed = report.counts.with_share(outcomes, "events", "n")
shares = [f"{what}: {share}" for what, share in zip(outcomes["definition"], printed, strict=True)]
shares = "; ".join(shares) or "no number of patients is printed"
page.answer()
"""
METHODS = """
page.methods("method", "treatment", patients=False)
"""
DOSES = """
page.table("doses", report.sections.doses(study, review)) if study.has("doses") else report.text(
    "No dose is given in the text that was read.")
"""
PATIENTS = """
people = study.table("patients")
page.table("patients", people.assign(who=page.who(people["id"])),
    "who age_years sex diagnosis site prior_treatment",
) if len(people) else report.text("The text that was read describes no single patient.")
"""
COUNTS = """
counts = study.table("counts")
labels = {key: group["label"] for key, group in study.groups.items()}
page.table("flow", counts.assign(whom=[labels.get(g, g) for g in counts["group"]]),
    "characteristic category whom n printed locator note",
    heads={"characteristic": "About", "category": "What", "whom": "Of whom", "n": "Number"},
) if len(counts) else report.text("No patients are counted in the text that was read.")
"""
OUTCOMES = """
page.outcomes("dated share printed locator note") if len(outcomes) else report.text(
    "No result is printed as a number of patients.")
"""
TIMES = """
events = study.table("events")
page.times(events) if len(events) else report.text("No time of a patient is printed.")
"""
ESTIMATES = """
estimates = study.table("statistics")
page.table("estimates", estimates.assign(
    quantity=estimates["quantity"].str.replace("_", " "),
    statistic=[review.word("summary_statistics", s) for s in estimates["statistic"]]),
    "quantity statistic value lower upper unit n printed locator",
) if len(estimates) else report.text("No summary is printed.")
"""
WORDS = """
results = [c for c in review.vocabulary["endpoint_classes"] if c not in ("method", "treatment", "harm")]
said = page.statements(*results, together="all")
page.table("words", said, "who subject dated towards qualifier printed locator",
    **report.chapter.LONG,
) if len(said) else report.text("No result is stated in words alone.")
"""
HARMS = """
page.harms("harms") if study.has("adverse_events") else report.text(
    "No harm is counted in the text that was read; that is not the same as none.")
"""
QUOTED = """
page.quoted() if study.has("quoted") else report.text("Nothing is quoted as a result of others.")
"""
PROSE = """
## answer

### found

{shares}; TO_FILL (what did not change, who was not judged).

### harm

TO_FILL (the most serious first; what is not said is not the same as none).

### meaning

TO_FILL (what follows, and what does not: no comparison, few patients; no advice).

## plain

TO_FILL (who was treated, what happened, what harm it did, what is not known; no advice)

## glance

### dose

TO_FILL

### target_level

TO_FILL

### follow_up

TO_FILL

### after_stopping

TO_FILL

### other_treatment

TO_FILL

### printed_for_each_patient

TO_FILL

## patients

### caption

The patients one by one

## flow

### caption

Patients, as counted and printed

## outcomes

### caption

Results of groups, with exact intervals

## times

### caption

Every printed time, and whether it was still running when reported

## estimates

### caption

Summaries, as printed

## words

### caption

Findings in words

## harms

### caption

Harms, as printed

## doses

### caption

Doses, as printed

## methods

### caption

How the study was done and how treatment was given, in our words
"""
