"""Evidence cards: for each row of the evidence what it holds, how it was read and what rests on it.

A card has an address of its own, ``evidence/<study>.html#<table>-<row>``, to which tables, figures and
prose lead. It shows the printed form and its place, every value with the group it is of, what the two
readings said, the claims of the audit that use the row, and which versions changed it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

import pandas as pd
from markupsafe import Markup

from living_review import audit
from living_review.evidence import Review, Study, read_rows, row_history
from living_review.evidence.references import Cells
from living_review.extraction import agreement
from living_review.report import citing, corrections, display, lineage, sections, tipping
from living_review.report.citing import CONTEXT, NOT_PRINTED, address, anchor, place

OWN = {"id", "printed", "locator", "note", "group", "patient"}  # shown in lines of their own


@dataclass(frozen=True)
class Page:
    """A page of evidence cards: its name in addresses, its title and what it shows."""

    name: str
    title: str
    body: Markup


def with_links(frame: pd.DataFrame) -> pd.DataFrame:
    """Link the place of each row of a table of evidence to its card.

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
    return [make(review) for make in makers(review).values()]


def makers(review: Review) -> dict[str, Callable[[Review], Page]]:
    """Return how each page is made, by what it is about: a build makes only those that changed."""

    def of_study(review: Review, study_id: str) -> Page:
        every = review.with_retired()
        return study_page(every, every.study(study_id))

    found: dict[str, Callable[[Review], Page]] = {
        study_id: partial(of_study, study_id=study_id) for study_id in review.with_retired().study_ids
    }
    if (review.data / "context" / "studies.csv").is_file():
        found["context"] = context_page
    return found | {"review": records_page}


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
    results = audit.audit(review, study.study_id)
    claims = _claims(results)
    readings = _readings(review, study)
    tips = tipping.of_rows(review, study)
    cells = Cells(review.root)
    wrong = corrections.reporter(review)
    history = row_history.History(review)
    parts = []
    for table in review.study_schemas:
        if not study.has(table):
            if table == "claims":  # a set of the claims of all studies leads here as well
                parts.append(Markup('<section id="claims"></section>'))
            continue
        rows = cells.rows(study.study_id, table)
        if table == "claims":
            parts.append(_claim_cards(study, rows, results, history, wrong))
            continue
        cards = Markup("\n").join(
            _card(
                study,
                table,
                row,
                readings.get((table, row["id"]), ""),
                claims[f"{table}/{row['id']}"],
                tips.get(f"{table}/{row['id']}", ""),
                history,
                wrong,
            )
            for row in rows
        )
        title = table.replace("_", " ").capitalize()
        parts.append(Markup('<section id="{}"><h2>{}</h2>{}</section>').format(table, title, cards))
    parts.append(_study_card(study, history))
    mark, _ = display.retired_mark(study.study_id, review)
    lead = Markup("<h1>The evidence of {}</h1>{}").format(study.label, Markup(mark)) + Markup(
        "<p>Every row that was read from the paper, with the characters as "
        "printed, the place, what the readings say and the claims that rest on it. "
        '<a href="../notebooks/{}.html">'
        'The chapter</a> · <a href="../data/{}/study.yaml">The study</a></p>'
    ).format(study.study_id, study.study_id)
    return Page(study.study_id, f"Evidence of {study.label}", lead + Markup("\n").join(parts))


def _claim_cards(
    study: Study,
    rows: list[dict[str, str]],
    results: list[audit.Result],
    history: row_history.History,
    wrong: corrections.Line,
) -> Markup:
    """Return a card for each claim: what is printed, its verdict and arithmetic, the rows it names."""
    of = {result.claim: result for result in results}
    cards = []
    for row in rows:
        lines = _printed(row)
        if result := of.get(row["id"]):
            lines.append(("Verdict", _claim(result)))
            named = dict.fromkeys(
                reference.rpartition(".")[0].replace(":", "/") for reference in result.references
            )
            if named:
                links = (_to(reference, study.study_id, page=study.study_id) for reference in named)
                lines.append(("Rests on", Markup(" · ").join(links)))
        lines += [*_note(row), ("Versions", history.sentence(study.study_id, "claims", row["id"]))]
        lines.append(wrong(study.study_id, "claims", row["id"], row["locator"]))
        cards.append(_frame(anchor("claims", row["id"]), f"claims / {row['id']}", lines))
    joined = Markup("\n").join(cards)
    return Markup('<section id="claims"><h2>Claims of the audit</h2>{}</section>').format(joined)


def _study_card(study: Study, history: row_history.History) -> Markup:
    """Return the card of the description of a study: its patients and groups."""
    groups = Markup(" · ").join(
        Markup("{} <b>{}</b>").format(group["label"], str(group["n"]).replace("_", " "))
        for group in study.meta["groups"].values()
    )
    patients = str(study.meta["n_patients"]).replace("_", " ")
    lines: list[tuple[str, Markup | str]] = [
        ("Patients", patients),
        ("Groups", groups),
        ("Where", Markup('<a href="../data/{}/study.yaml">study.yaml</a>').format(study.study_id)),
        ("Versions", history.sentence(study.study_id, row_history.DESCRIPTION)),
    ]
    card = _frame("study", "study / description", lines)
    return Markup("<section><h2>The study and its groups</h2>{}</section>").format(card)


def _to(
    reference: str, home: str = "", cards_of: Collection[str] | None = None, page: str = ""
) -> Markup:
    """Return a link to evidence, in the words of its name; the words alone if its page is not made.

    On a ``page`` of cards a link to the same page is short: of thousands it is a tenth of the page.
    """
    words = " / ".join(part for part in reference.split("/") if part != home).replace("_", " ")
    if reference.startswith(f"{citing.RECORDS}/"):  # of a record, the whole table has a card
        reference = "/".join(reference.split("/")[:2])
    where = place(reference)
    if cards_of is not None and PurePosixPath(where.partition("#")[0]).stem not in cards_of:
        return Markup("{}").format(words)
    return Markup('<a href="{}">{}</a>').format(where.removeprefix(f"../evidence/{page}.html"), words)


def context_page(review: Review) -> Page:
    """Return the cards of studies beside the sources: who they are, results, licences, facts."""
    studies = {row["study_id"]: row for row in review.records("studies", CONTEXT).to_dict("records")}
    wrong = corrections.reporter(review)
    history = row_history.History(review)
    parts = []
    tips = tipping.of_results(review)
    for table, key in citing.CONTEXT_KEYS.items():
        cards = []
        for row in review.records(table, CONTEXT).to_dict("records"):
            shown = {k: str(v) for k, v in row.items() if k not in {key, "printed", "locator", "note"}}
            lines: list[tuple[str, Markup | str]] = []
            if row.get("study_id") in studies:
                lines.append(("Study", _identified(studies[row["study_id"]])))
            lines += _printed(row) if "printed" in row else []
            lines += [("Values", _values(shown)), *_note(row)]
            if table == "results" and row[key] in tips:
                lines.append(("Tipping value", tips[row[key]]))
            lines.append(("Versions", history.sentence(CONTEXT, table, row[key])))
            lines.append(wrong(CONTEXT, table, row[key], str(row.get("locator", ""))))
            cards.append(_frame(anchor(table, row[key]), f"{table} / {row[key]}", lines))
        section = Markup('<section id="{}"><h2>{}</h2>{}</section>')
        parts.append(section.format(table, table.capitalize(), Markup("\n").join(cards)))
    lead = Markup(
        "<h1>The evidence of later studies</h1><p>Studies beside the sources and what they report, as "
        'settled from two readings. <a href="../notebooks/since.html">What later studies say</a></p>'
    )
    return Page(CONTEXT, "Evidence of later studies", lead + Markup("\n").join(parts))


def records_page(review: Review) -> Page:
    """Return a card for each table that the review keeps about itself, and for its readings."""
    cards = []
    for name, schema in review.schemas.items():
        folder, _, table = name.partition("_")
        if folder not in (citing.RECORDS, CONTEXT) or table in citing.CONTEXT_KEYS:
            continue
        path = review.data / folder / f"{table}.csv"
        size = f"{len(read_rows(path)[1]):,}" if path.is_file() else "none yet"
        where = Markup('<a href="../data/{0}/{1}.csv">data/{0}/{1}.csv</a>').format(folder, table)
        lines: list[tuple[str, Markup | str]] = [
            ("One row is", str(schema.descriptor["description"])),
            ("Rows", size),
            ("Where", where if path.is_file() else f"data/{folder}/{table}.csv"),
        ]
        cards.append(_frame(f"{folder}-{table}", f"{folder} / {table}", lines))
    plan = Markup("data/review/search.yaml")
    if (review.root / plan).is_file():
        plan = Markup('<a href="../{}">{}</a>').format(plan, plan)
    cards.append(_frame("review-search", "review / search", [("Where", plan)]))
    readings = review.data / "review" / "readings"
    for name in sorted({p.name for p in readings.glob("*/*") if p.is_dir()} | {"ratings"}):
        folders = [p.parent.name for p in sorted(readings.glob(f"*/{name}"))] or ["first", "second"]
        listed = ", ".join(f"data/review/readings/{folder}" for folder in folders)
        cards.append(
            _frame(f"readings-{name}", f"readings / {name}".replace("_", " "), [("Where", listed)])
        )
    lead = Markup(
        "<h1>What the review notes about itself</h1><p>Tables of judgements, searches, decisions and "
        "validation, and the readings before they were settled.</p>"
    )
    body = lead + Markup("<section><h2>Tables</h2>{}</section>").format(Markup("\n").join(cards))
    return Page(citing.RECORD_PAGE, "Records of the review", body)


def computed_page(sets: Mapping[str, lineage.Source], cards_of: Collection[str]) -> Page:
    """Return a card for each set of evidence that sentences, tables or figures were computed from.

    Parameters
    ----------
    sets : mapping of str to Source
        By name.
    cards_of : collection of str
        Names of the pages of cards that the site has: what would lead to another is named alone,
        as the later studies of a review that has none yet.

    Returns
    -------
    Page
        Each card names the functions, and leads to the rows and tables.
    """
    cards = []
    for name, source in sorted(sets.items()):
        lines: list[tuple[str, Markup | str]] = []
        if source.by:
            code = Markup(", ").join(Markup("<code>{}</code>").format(by) for by in source.by)
            lines.append(("Computed by", code))
        groups: dict[str, list[Markup]] = defaultdict(list)
        for reference in source.rows:
            folder = reference.partition("/")[0]
            groups[folder].append(_to(reference, folder, cards_of))
        for folder, links in groups.items():
            lines.append((folder.replace("_", " ").capitalize(), Markup(" · ").join(links)))
        functions = [".".join(by.split(".")[-2:]) for by in source.by]
        cards.append(_frame(name, ", ".join(functions[:2]) or "read as it is", lines))
    lead = Markup(
        "<h1>What computed numbers rest on</h1><p>A number that is counted over many rows leads here: "
        "which functions computed it, and from which rows or tables. The list is noted by the program "
        "while it computes, not written by hand; a table that is read is named even where few of its "
        "rows matter.</p>"
    )
    body = lead + Markup("<section><h2>Sets</h2>{}</section>").format(Markup("\n").join(cards))
    return Page(citing.SET_PAGE, "What computed numbers rest on", body)


def _identified(study: Mapping[str, object]) -> Markup:
    links = [
        Markup('<a href="{}{}">{}</a>').format(where, study[key], study[key])
        for key, where in (("doi", "https://doi.org/"), ("pmid", "https://pubmed.ncbi.nlm.nih.gov/"))
        if str(study[key]) not in {"", "not_reported", "not_applicable", "none"}
    ]
    return Markup(" · ").join([Markup("{}").format(study["title"]), *links])


def _card(
    study: Study,
    table: str,
    row: Mapping[str, str],
    reading: str,
    claims: list[audit.Result],
    tip: str,
    history: row_history.History,
    wrong: corrections.Line,
) -> Markup:
    shown = {k: v for k, v in row.items() if k not in OWN}
    lines = [*_printed(row), ("Values", _values(shown))]
    if who := _patient_or_group(study, row):
        lines.insert(0, ("Patients", who))
    lines += [("Readings", reading)] if reading else []
    lines += _note(row)
    lines += [("Tipping value", tip)] if tip else []
    if claims:
        lines.append(("Claims", Markup("<br>").join(_claim(claim) for claim in claims)))
    lines.append(("Versions", history.sentence(study.study_id, table, row["id"])))
    lines.append(wrong(study.study_id, table, row["id"], row.get("locator", "")))
    return _frame(anchor(table, row["id"]), f"{table} / {row['id']}", lines)


def _frame(name: str, title: str, lines: list[tuple[str, Markup | str]]) -> Markup:
    body = Markup("").join(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*line) for line in lines)
    return Markup(
        '<article class="lr-ev" id="{}" data-unsearched><h3>{}</h3><dl>{}</dl></article>'
    ).format(name, title, body)


def _printed(row: Mapping[str, object]) -> list[tuple[str, Markup | str]]:
    printed = str(row["printed"])
    where = str(row.get("locator") or row.get("source") or "not stated")
    quoted = f"“{printed}”" if printed not in NOT_PRINTED else "not printed as such"
    return [("Printed", quoted), ("Where", where)]


def _note(row: Mapping[str, object]) -> list[tuple[str, Markup | str]]:
    return [("Note", str(row["note"]))] if str(row.get("note") or "") else []


def _values(cells: Mapping[str, str]) -> Markup:
    shown = ((k, v) for k, v in cells.items() if str(v) not in NOT_PRINTED)
    each = (
        Markup("{} <b>{}</b>").format(k.replace("_", " "), str(v).replace("_", " ")) for k, v in shown
    )
    return Markup(" · ").join(each)


def _patient_or_group(study: Study, row: Mapping[str, str]) -> str:
    patient, group = row.get("patient", "not_applicable"), row.get("group", "not_applicable")
    if patient not in NOT_PRINTED:
        return sections.patient_label(study, patient)
    if group in NOT_PRINTED or group not in study.groups:
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
    """State of each row whether both readings had it and where they differed, by table and row."""
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
