"""Evidence cards: for each row of the evidence what it holds, how it was read and what rests on it.

A card has an address of its own, ``evidence/<study>.html#<table>-<row>``, to which tables, figures and
prose lead. It shows the printed form and its place, every value with the group it is of, what the two
readings said, and the claims of the audit that use the row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from living_review import audit
from living_review.evidence import EvidenceError, Review, Study
from living_review.evidence.references import Cells
from living_review.extraction import agreement
from living_review.report import display, sections
from living_review.report.citing import CONTEXT, address, anchor

QUIET = {"", "not_applicable"}  # a cell that a card leaves out
OWN = {"id", "printed", "locator", "note", "group", "patient"}  # shown in lines of their own


@dataclass(frozen=True)
class Page:
    """A page of evidence cards: its name in addresses, its title and what it shows."""

    name: str
    title: str
    body: Markup


def with_links(frame: pd.DataFrame) -> pd.DataFrame:
    """Let the place of each row of a table of evidence lead to its card.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of :meth:`living_review.evidence.Study.table`, which says in ``attrs`` of which table they
        are; another frame is returned as it is.
    """
    study, table = frame.attrs.get("study"), frame.attrs.get("table")
    if not study or table == "claims" or not {"id", "locator"} <= set(frame):
        return frame
    rows = zip(frame["id"], frame["locator"], strict=True)
    return frame.assign(locator=[link(study, f"{table}/{row}", place) for row, place in rows])


def link(study_id: str, reference: str, words: object) -> Markup:
    """Return a quiet link to the card of a row; see :func:`address`.

    Parameters
    ----------
    study_id : str
        Name of the study's folder.
    reference : str
        As in :func:`address`.
    words : object
        What the link shows; escaped.

    Returns
    -------
    Markup
        HTML.
    """
    return Markup('<a class="lr-source" href="{}">{}</a>').format(address(study_id, reference), words)


def pages(review: Review) -> list[Page]:
    """Return the pages of cards: one for each study, one for the studies beside the sources.

    A source that is retired keeps its cards: its chapter leads there.
    """
    every = review.with_retired()
    own = [study_page(every, study) for study in every.studies]
    beside = (review.data / "context" / "studies.csv").is_file()
    return [*own, context_page(review)] if beside else own


def study_page(review: Review, study: Study) -> Page:
    """Return the cards of a study, table by table.

    Parameters
    ----------
    review : Review
    study : Study
        Of that review.

    Returns
    -------
    Page
        A card for each row.
    """
    unchecked = Markup("")
    try:
        results = audit.audit(review, study.study_id)
    except EvidenceError:  # what is wrong with which claim, `living-review check` says
        results = []
        unchecked = Markup("<p>Its claims could not be checked, and are left out here.</p>")
    claims = _claims(results)
    readings = _readings(review, study)
    cells = Cells(review.root)
    parts = []
    for table in review.study_schemas:
        if not study.has(table):
            continue
        if table == "claims":
            continue  # a claim has its place in the chapter
        rows = cells.rows(study.study_id, table)
        cards = Markup("\n").join(
            _card(
                study, table, row, readings.get((table, row["id"]), ""), claims[f"{table}/{row['id']}"]
            )
            for row in rows
        )
        title = table.replace("_", " ").capitalize()
        parts.append(Markup('<section id="{}"><h2>{}</h2>{}</section>').format(table, title, cards))
    mark, _ = display.retired_mark(study.study_id, review)
    lead = Markup("<h1>The evidence of {}</h1>{}").format(study.label, Markup(mark)) + Markup(
        "<p>Every row that was read from the paper, with the characters as "
        "printed, the place, what the readings say and the claims that rest on it. "
        '<a href="../notebooks/{}.html">'
        'The chapter</a> · <a href="../data/{}/study.yaml">The study</a></p>'
    ).format(study.study_id, study.study_id)
    return Page(
        study.study_id, f"Evidence of {study.label}", lead + unchecked + Markup("\n").join(parts)
    )


def context_page(review: Review) -> Page:
    """Return the cards of the results of studies beside the sources."""
    studies = {row["study_id"]: row for row in review.records("studies", "context").to_dict("records")}
    cards = []
    for row in review.records("results", "context").to_dict("records"):
        study = studies[row["study_id"]]
        shown = {
            k: str(v) for k, v in row.items() if k not in {"result_id", "printed", "locator", "note"}
        }
        lines = [("Study", _identified(study)), *_printed(row), ("Values", _values(shown)), *_note(row)]
        cards.append(
            _frame(anchor("results", row["result_id"]), f"results / {row['result_id']}", lines)
        )
    lead = Markup(
        "<h1>The evidence of later studies</h1><p>Results of studies beside the sources, as settled "
        'from two readings. <a href="../notebooks/since.html">What later studies say</a></p>'
    )
    body = lead + Markup("<section><h2>Results</h2>{}</section>").format(Markup("\n").join(cards))
    return Page(CONTEXT, "Evidence of later studies", body)


def _identified(study: Mapping[str, object]) -> Markup:
    links = [
        Markup('<a href="{}{}">{}</a>').format(where, study[key], study[key])
        for key, where in (("doi", "https://doi.org/"), ("pmid", "https://pubmed.ncbi.nlm.nih.gov/"))
        if str(study[key]) not in {"", "not_reported", "not_applicable", "none"}
    ]
    return Markup(" · ").join([Markup("{}").format(study["title"]), *links])


def _card(
    study: Study, table: str, row: Mapping[str, str], reading: str, claims: list[audit.Result]
) -> Markup:
    shown = {k: v for k, v in row.items() if k not in OWN}
    lines = [*_printed(row), ("Values", _values(shown))]
    if whom := _whom(study, row):
        lines.insert(0, ("Of whom", whom))
    lines += [("Readings", reading)] if reading else []
    lines += _note(row)
    if claims:
        lines.append(("Claims", Markup("<br>").join(_claim(claim) for claim in claims)))
    return _frame(anchor(table, row["id"]), f"{table} / {row['id']}", lines)


def _frame(name: str, title: str, lines: list[tuple[str, Markup | str]]) -> Markup:
    body = Markup("").join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*line) for line in lines)
    return Markup(
        '<article class="lr-ev" id="{}" data-unsearched><h3>{}</h3><dl>{}</dl></article>'
    ).format(name, title, body)


def _printed(row: Mapping[str, object]) -> list[tuple[str, Markup | str]]:
    printed, place = str(row["printed"]), str(row["locator"])
    quoted = f"“{printed}”" if printed not in QUIET else "not printed as such"
    return [("Printed", quoted), ("Where", place)]


def _note(row: Mapping[str, object]) -> list[tuple[str, Markup | str]]:
    return [("Note", str(row["note"]))] if str(row.get("note") or "") else []


def _values(cells: Mapping[str, str]) -> Markup:
    shown = ((k, v) for k, v in cells.items() if str(v) not in QUIET)
    each = (
        Markup("{} <b>{}</b>").format(k.replace("_", " "), str(v).replace("_", " ")) for k, v in shown
    )
    return Markup(" · ").join(each)


def _whom(study: Study, row: Mapping[str, str]) -> str:
    patient, group = row.get("patient", "not_applicable"), row.get("group", "not_applicable")
    if patient not in QUIET:
        return sections.patient_label(study, patient)
    if group in QUIET or group not in study.groups:
        return ""
    size = study.groups[group]["n"]
    many = "size not printed" if size == "not_reported" else f"{size} patients"
    return f"{study.groups[group]['label']} ({many})"


def _claim(result: audit.Result) -> Markup:
    slug = f"claim-{result.study}-{result.claim}".replace("_", "-")
    mark = sections.verdict_mark(result.verdict)
    sum_ = Markup(" <small>{}</small>").format(result.arithmetic) if result.arithmetic else Markup("")
    return Markup('{} <a href="../notebooks/{}.html#{}">{}</a>{}').format(
        mark, result.study, slug, result.claim.replace("_", " "), sum_
    )


def _claims(results: list[audit.Result]) -> defaultdict[str, list[audit.Result]]:
    """Return the claims that name each row, under test or as an ingredient, by ``table/row``."""
    found: defaultdict[str, list[audit.Result]] = defaultdict(list)
    for result in results:
        rows = {reference.partition(":")[2].rpartition(".")[0] for reference in result.references}
        for row in rows:
            found[row].append(result)
    return found


def _readings(review: Review, study: Study) -> dict[tuple[str, str], str]:
    """Say of each row whether both readings had it and where they differed, by table and row."""
    if study.meta["readings"] == 1:
        rows = ((table, row) for table in study.schemas for row in study.table(table)["id"])
        return dict.fromkeys(rows, "Read once; nobody has read it a second time.")
    if study.study_id not in agreement.studies(review):
        return {}
    decided = _decisions(review, study.study_id)
    said: dict[tuple[str, str], str] = {}
    for table, compared in agreement.comparisons(review, study.study_id).items():
        first, second = compared.first.rows, compared.second.rows
        partner = {first[a]["id"]: second[b]["id"] for a, b in compared.pairs}
        differing = defaultdict(list)
        for d in compared.differences:
            both = f"{d['column'].replace('_', ' ')}: {d['first']} and {d['second']}"
            differing[d["first_id"]].append(both)
        only = {row["id"] for row in [*compared.only_first, *compared.only_second]}
        for name in {row["id"] for row in first} | {row["id"] for row in second}:
            settled = "; ".join(decided.get((table, name), []))
            if name in differing:
                how = settled or "as the methods say"
                said[table, name] = (
                    f"Two readings differ in {'; '.join(differing[name])}. Settled: {how}"
                )
            elif name in partner:
                said[table, name] = "Two readings agree."
            elif name in only:
                how = f" Settled: {settled}" if settled else ""
                said[table, name] = f"Read by one of two readers.{how}"
    return said


def _decisions(review: Review, study_id: str) -> dict[tuple[str, str], list[str]]:
    rows = review.records("settled")
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows[rows["study_id"] == study_id].to_dict("records"):
        names = {name for name in _names(f"{row['first']} {row['second']}")}
        for name in names:
            found[row["table"], name].append(str(row["settled"]))
    return found


def _names(text: str) -> Iterator[str]:
    """Yield the rows that a settled difference names: ``row.column = value``, or ids."""
    for word in text.replace(",", " ").replace(";", " ").split():
        yield word.partition(".")[0]
