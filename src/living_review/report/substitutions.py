"""Named numbers and tables that prose pages show: ``{{ n_studies }}`` in a page of ``book/``.

A page never holds a number of its own; it names one of these. An unknown name is a warning of the
build, and a warning fails the build.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Container

import pandas as pd
from markupsafe import Markup

from living_review import synthesis
from living_review.evidence import Review, Study, people, ratings, reads
from living_review.report import audit_paper_page, errata, lineage, summary_of_findings, titles
from living_review.report import extraction as report_extraction
from living_review.report import harms as report_harms
from living_review.report import html as report_html
from living_review.report import synthesis as report_synthesis
from living_review.stats import dates
from living_review.stats.number_words import in_words
from living_review.synthesis import pooling


def compute(review: Review, names: Container[str] | None = None) -> dict[str, str]:
    """Return facts by name, as text or HTML ready for a page.

    Parameters
    ----------
    review : Review
    names : container of str, optional
        Those wanted; default all. In a large review some take seconds.

    Returns
    -------
    dict of str to str
    """
    return {
        name: lineage.fact(name, lambda make=make: report_html.ready(make(review)))  # type: ignore[misc]
        for name, make in SUBSTITUTIONS.items()
        if names is None or name in names
    }


def _version(column: str) -> Callable[[Review], str]:
    return lambda review: str(review.records("versions")[column].iloc[-1])


def _patients(review: Review) -> int:
    """Patients of all sources with a printed number; the sources do not overlap (see methods)."""
    reads.note(*(f"{study}/study" for study in review.study_ids))
    return sum(s.meta["n_patients"] for s in review.studies if s.meta["n_patients"] != "not_reported")


def _sources(review: Review) -> int:
    reads.note(*(f"{study}/study" for study in review.study_ids))
    return len(review.study_ids)


def _individual(review: Review) -> int:
    return len(review.table("patients"))


def _rows(review: Review) -> str:
    return f"{sum(s.size(name) for s in review.studies for name in review.study_schemas):,}"


def _claims(review: Review) -> str:
    return f"{sum(study.size('claims') for study in review.studies):,}"


def _verdict_counts(review: Review) -> Counter[str]:
    return Counter(review.table("claims")["verdict"])


def _issues(review: Review, *materiality: str) -> int:
    """Count the distinct issues of the audit: one that shows itself in three places is one."""
    claims = review.table("claims")
    claims = claims[claims["materiality"].isin(materiality or review.vocabulary["materiality"])]
    return len(claims[["study_id", "issue"]].drop_duplicates())


def _checkable(review: Review) -> int:
    return sum(_verdict_counts(review).values()) - _verdict_counts(review)["not checkable"]


def _how_sure(review: Review) -> str:
    """Every certainty that a source's outcomes were given, in words: *low or very low*."""
    levels = {level for level in ratings.levels(review).values() if level is not None}
    words = review.vocabulary["certainty"]
    return " or ".join(words[str(level)].lower() for level in sorted(levels, reverse=True))


def _diseases(review: Review) -> str:
    """Return the diseases of the sources as a list in a sentence; abbreviations keep their capitals."""
    words = [w[0].lower() + w[1:] if w[1].islower() else w for w in synthesis.diseases(review)]
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:]))) or "none yet"


def _comparison(review: Review) -> str:
    if report_synthesis.is_uncontrolled(review):
        return "None of these documents reports a comparison group"
    if report_synthesis.is_controlled(review):
        return "Each of these documents reports a comparison group"
    return "Most of these documents report no comparison group"


def _version_before(review: Review) -> str:
    rows = review.records("versions")[["version", "date"]]
    if len(rows) == 1:
        return "This is the first version: there is no earlier one to compare it with."
    version, day = rows.iloc[-2]
    return f"The version before this one is {version} of {dates.format_date(day)}."


def _disease_table(review: Review) -> str:
    """One line a disease: what got better, what did not, the gravest harms, later evidence."""
    frame = summary_of_findings.front_page(review)
    caption = summary_of_findings.caption(review)
    return _block(frame, caption, "disease-table", "lr-stack lr-answers")


def _chapter(study: Study) -> Markup:
    """Return a link to the chapter of a study from a page of ``book/``, where facts are shown."""
    return Markup('<a href="{{notebooks}}/{}.html">{}</a>').format(study.study_id, study.label)


def _studies_table(review: Review) -> str:
    reads.note(*(f"{study}/study" for study in review.study_ids))
    rows = [
        {
            "Source": _chapter(s),
            "Disease": review.word("indications", s.meta["indication"]),
            "Kind of document": s.meta["design"],
            "Drug": ", ".join(drug.replace("_", " ") for drug in s.meta["drugs"]),
            "Patients": str(s.meta["n_patients"]).replace("_", " "),
        }
        for s in review.studies
    ]
    return _folded(pd.DataFrame(rows), "The source documents", "studies-table")


def _reporting_table(review: Review) -> str:
    rows = review.records("reporting")
    out = rows.rename(
        columns={
            "guideline": "Guideline",
            "item": "Item",
            "topic": "Asks for",
            "applies": "Applies",
            "what": "Here",
        }
    )[["Guideline", "Item", "Asks for", "Applies", "Here"]]
    return _block(
        out, "Items of the reporting guidelines and what this review does about each", "reporting-table"
    )


def _versions_table(review: Review) -> str:
    rows = review.records("versions")
    out = pd.DataFrame(
        {
            "Version": rows["version"],
            "Day": rows["date"],
            "Evidence up to": rows["evidence_up_to"],
            "Last search": rows["last_search"],
            "What changed in the data": rows["changed_data"],
            "What changed in the results": rows["changed_results"],
            "Next review due": rows["next_review_due"],
        }
    )
    return _folded(out, "Versions of this review", "versions-table")


def _changes_table(review: Review) -> str:
    """Every change of every page, the newest version first."""
    versions = list(review.records("versions")["version"])
    rows = review.records("changes")
    # By the versions' own order: as words, 0.10.0 would be before 0.9.0.
    rows = rows.assign(order=[-versions.index(v) if v in versions else 1 for v in rows["version"]])
    rows = rows.sort_values("order", kind="stable")
    links = {p: _link(review, p) for p in set(rows["page"])}
    out = pd.DataFrame(
        {
            "Version": rows["version"],
            "Page": [links[p] for p in rows["page"]],
            "Kind": [review.word("change_kinds", kind) for kind in rows["kind"]],
            "What changed": rows["what"],
        }
    )
    caption = "What each version changed on which page"
    return _folded(out, caption, "changes-table", "lr-stack")


def _folded(frame: pd.DataFrame, caption: str, name: str, classes: str = "") -> str:
    if frame.empty:
        return f"{caption}: none yet."
    fold = '<details class="lr-fold"><summary>{} <span>({} rows)</span></summary>{}</details>'
    return Markup(fold).format(caption, len(frame), Markup(_block(frame, caption, name, classes)))


def _link(review: Review, page: str) -> Markup:
    """Return a link to a page from a page of ``book/``, where facts are shown."""
    there = page.replace("notebooks/", "{notebooks}/", 1).removeprefix("book/")
    return Markup('<a href="{}.html">{}</a>').format(there, titles.title_later(page))


def _glossary_list(review: Review) -> str:
    rows = review.records("glossary").sort_values("term", key=lambda s: s.str.lower())
    items = Markup("").join(
        Markup('<dt id="term-{}">{}</dt><dd>{}</dd>').format(_slug(term), term, meaning)
        for term, meaning in zip(rows["term"], rows["meaning"], strict=True)
    )
    return Markup('<dl class="lr-glossary">{}</dl>').format(items)


def _abbreviations_table(review: Review) -> str:
    rows = review.records("abbreviations").query("kind == 'abbreviation'")
    shown = rows[["abbreviation", "meaning"]].rename(columns=str.capitalize)
    return _block(shown, "Abbreviations in this book and in the papers", "abbreviations")


def _people(review: Review) -> Markup:
    """Name those who answer for the review; what nobody is named for is said once, in one sentence."""
    named = people.read(review.root)
    lines = [
        (kind, f"{p.name} ({p.role}); conflicts of interest: {p.conflicts}")
        for kind, group in (("Author", named.authors), ("Reviewer", named.reviewers))
        for p in group
    ]
    addresses = {"Contact": named.contact, "Repository": named.repository}
    lines += [(what, where) for what, where in addresses.items() if where != people.NOT_NAMED]
    absent = [] if named.authors else ["authors"]
    absent += [] if named.reviewers else ["reviewers of single steps"]
    absent += [what.lower() for what, where in addresses.items() if where == people.NOT_NAMED]
    rows = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(*line) for line in lines)
    listed = f"{', '.join(absent[:-1])} and {absent[-1]}" if len(absent) > 1 else "".join(absent)
    note = Markup("<p>Not named in this version: {}.</p>").format(listed) if absent else Markup("")
    return (Markup('<dl class="lr-people">{}</dl>').format(rows) if lines else Markup("")) + note


def _tables_list(review: Review) -> str:
    rows = [
        {
            "Table": name,
            "Rows": sum(sizes),
            "Studies": sum(size > 0 for size in sizes),
            "One row is": schema.descriptor["description"],
        }
        for name, schema in review.study_schemas.items()
        for sizes in [[study.size(name) for study in review.studies]]
    ]
    return _block(pd.DataFrame(rows), "The tables of the evidence", "tables-list")


def _inputs_check(review: Review) -> Markup:
    """List the digests of the shipped files for ``freshness.js``, which computes them once more."""
    files = sorted(p for kind in ("csv", "yaml") for p in review.data.rglob(f"*.{kind}"))
    digests = {
        p.relative_to(review.root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }
    return Markup(
        '<div class="lr-inputs"><script type="application/json" id="lr-inputs">{}</script>'
        "<noscript><p>Without scripts: datapackage.json in the data package lists the digests.</p>"
        "</noscript></div>"
    ).format(Markup(json.dumps(digests, separators=(",", ":")).replace("<", "\\u003c")))


def _retired_studies(review: Review) -> str:
    """State which studies are out, and why."""
    if not review.retired:
        return "So far this has happened to none."
    labels = {study: review.study(study).label for study in review.folders}
    rows = synthesis.context.studies(review.with_retired())
    labels = dict(zip(rows["study_id"], rows["label"], strict=True)) | labels
    said = [
        f"{labels.get(study, study)} ({review.word('lifecycle_states', row['state']).lower()}, "
        f"{dates.format_date(row['date'])})"
        for study, row in review.retired.items()
    ]
    return f"Out are: {'; '.join(said)}."


def _paper_kinds(review: Review) -> str:
    del review  # the same for every review: what the program can do
    caption = "The kinds of claim; names in the third column are those of the column from"
    return _block(audit_paper_page.kinds(), caption, "paper-kinds", "lr-stack")


def _paper_figures(review: Review) -> str:
    caption = "What the audit calls wrong among right statistics and among planted errors"
    return _block(audit_paper_page.figures(review), caption, "paper-figures", "lr-stack")


def _base_rate(name: str) -> Callable[[Review], str]:
    return lambda review: audit_paper_page.rate(review, name)


def _slug(term: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in term.lower()).split())


def _not_seen_table(review: Review) -> str:
    rows = review.records("not_seen").rename(columns={"what": "Not seen", "instead": "What is done"})
    return _block(rows[["Not seen", "What is done"]], "What observation cannot see", "not-seen-table")


def _robustness_table(review: Review) -> str:
    rows = review.records("robustness")
    tried = {
        "What was tried": [name.replace("_", " ").capitalize() for name in rows["fuzzer"]],
        "Cases": rows["tried"],
        "Survived": rows["survived"],
        "Of these, refused with a message": rows["refused"],
        "Last run": rows["date"],
    }
    caption = "Random attacks on the checks and the build, and what was survived"
    return _block(pd.DataFrame(tried), caption, "robustness-table")


def _block(frame: pd.DataFrame, caption: str, name: str, classes: str = "") -> str:
    if frame.empty:
        return f"{caption}: none yet."
    return report_html.to_html(frame, caption, name, classes=classes).replace("\n", "")


SUBSTITUTIONS: dict[str, Callable[[Review], object]] = {
    "version": lambda review: review.version,
    "version_date": _version("date"),
    "evidence_up_to": _version("evidence_up_to"),
    "last_search": _version("last_search"),
    "next_review_due": _version("next_review_due"),
    "data_digest": lambda review: review.digest,
    "n_studies": _sources,
    "n_studies_in_words": lambda review: in_words(_sources(review)),
    "n_diseases_in_words": lambda review: in_words(len(synthesis.diseases(review))),
    "diseases": _diseases,
    "comparison": _comparison,
    "version_before": _version_before,
    "n_patients": _patients,
    "n_individual": _individual,
    "n_rows": _rows,
    "n_claims": _claims,
    "n_checkable": _checkable,
    "n_issues": _issues,
    "n_material": lambda review: _issues(review, "material"),
    "how_sure": _how_sure,
    "drugs_taken": report_synthesis.drugs_in_words,
    "sources_better": report_synthesis.better,
    "disease_table": _disease_table,
    "disease_links": summary_of_findings.disease_links,
    "worst_seen": report_harms.worst,
    "n_pooled": lambda review: in_words(pooling.FEWEST),
    "errata_summary": errata.summary,
    "errata_table": lambda review: _block(errata.table(review), "Points and letters", "errata-table"),
    "errata_letters": lambda review: errata.letters(review).replace("\n", ""),
    "retired_studies": _retired_studies,
    "readings_declared": report_extraction.declared,
    "n_later": lambda review: len(review.records("studies", "context")),
    "studies_table": _studies_table,
    "reporting_table": _reporting_table,
    "not_seen_table": _not_seen_table,
    "robustness_table": _robustness_table,
    "versions_table": _versions_table,
    "changes_table": _changes_table,
    "glossary_list": _glossary_list,
    "abbreviations_table": _abbreviations_table,
    "people": _people,
    "tables_list": _tables_list,
    "inputs_check": _inputs_check,
    "paper_kinds": _paper_kinds,
    "paper_figures": _paper_figures,
    "paper_false_alarms": audit_paper_page.false_alarms,
    "paper_least_recall": audit_paper_page.least_recall,
    "rate_trials": _base_rate("trials_with_extraction_errors"),
    "rate_reviews": _base_rate("reviews_with_extraction_errors"),
    "rate_precision": _base_rate("statcheck_precision"),
    "rate_recall": _base_rate("statcheck_recall"),
}
