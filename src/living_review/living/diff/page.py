"""What the page *What changed* shows of :mod:`.stored`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container

import pandas as pd
from markupsafe import Markup

from living_review.evidence import Review
from living_review.living.diff import stored, words
from living_review.living.diff.sentences import numbers
from living_review.living.diff.stored import (
    CELL,
    FIGURE,
    PAGE_TOTAL,
    ROW,
    SENTENCE,
    STATE,
    TOTAL,
    Change,
)
from living_review.report import lineage, titles
from living_review.report.html import ready, to_html
from living_review.stats import dates

RESULTS = {kind.replace(" ", "_"): title for kind, title in words.TITLES.items()}
NONE_YET = "No comparison is stored: `living-review diff --write` makes it."
HOW_SENTENCES_DIFFER = {
    "changed": "Changed",
    "numbers": "Other numbers alone",
    "added": "New",
    "removed": "Gone",
}


def compute(review: Review, names: Container[str]) -> dict[str, str]:
    """Return facts of the page by name, as ``report.substitutions.compute`` does for the book.

    Parameters
    ----------
    review : Review
    names : container of str
        Those wanted.

    Returns
    -------
    dict of str to str
        Text by name, marked with what was read for it.
    """
    return {
        name: lineage.fact(name, lambda make=make: ready(make(review)))  # type: ignore[misc]
        for name, make in FACTS.items()
        if name in names
    }


def lead(review: Review) -> str:
    """State what was compared, and whether that is still what this copy holds."""
    rows = stored.read(review)
    if not rows:
        return NONE_YET
    states = {row.name: row for row in rows if row.kind == STATE}
    old, new = states["version"].before, states["version"].after
    days = dict(review.records("versions")[["version", "date"]].itertuples(index=False))
    named = (
        f"version {v} of {dates.format_date(days[v])}" if v in days else f"version {v}"
        for v in (old, new)
    )
    said = " with ".join(named)
    now = "" if states["fingerprint"].after == stored.fingerprint(review) else f" {_stale(review, new)}"
    return f"Compared is {said}.{now}"


def _stale(review: Review, compared: str) -> str:
    if compared != review.version:
        return f"**Version {review.version} came since, and was not compared yet.**"
    return "**Data, chapters or prose were edited since; what they changed is not below.**"


def totals(review: Review) -> Markup:
    """Return how much differs, as a table, or that nothing does."""
    rows = [row for row in stored.read(review) if row.kind == TOTAL]
    frame = pd.DataFrame(
        {
            "What": [words.TITLES.get(r.name, r.name.capitalize()) for r in rows],
            "Number": [int(r.after) for r in rows],
        }
    )
    return _table(frame, "How much differs", "changed-totals") if rows else Markup("")


def results(review: Review) -> Markup:
    """Return every result that differs, and every figure with other data."""
    rows = [row for row in stored.read(review) if row.kind in RESULTS]
    if not rows:
        return Markup("<p>No result differs.</p>")
    frame = pd.DataFrame(
        {
            "Result": [RESULTS[r.kind] for r in rows],
            "Of": [_study(review, r.place) for r in rows],
            "Name": [r.name.replace("_", " ") for r in rows],
            "Before": [r.before for r in rows],
            "Now": [r.after for r in rows],
        }
    )
    return _folded(frame, "Results that differ", "changed-results")


def data(review: Review) -> Markup:
    """Return how many rows and cells of each table differ."""
    found: dict[str, Counter[str]] = {}
    for row in stored.read(review):
        if row.kind in (CELL, ROW):
            what = row.kind if row.kind == CELL else "gone" if row.after == "none" else "new"
            found.setdefault(row.place, Counter())[what] += 1
    frame = pd.DataFrame(
        [
            {
                "Table": place,
                "Cells changed": number[CELL],
                "Rows added": number["new"],
                "Rows removed": number["gone"],
            }
            for place, number in found.items()
        ]
    )
    return (
        _folded(frame, "Tables in which something differs", "changed-tables") if found else Markup("")
    )


def pages(review: Review) -> Markup:
    """Return how much each page says otherwise: a line each, in the order of the book."""
    found: dict[str, Counter[str]] = {}
    for row in stored.read(review):
        if row.kind == PAGE_TOTAL:
            found.setdefault(row.place, Counter())[row.name] += int(row.after)
        elif row.kind == FIGURE:
            found.setdefault(row.place, Counter())[FIGURE] += 1
    frame = pd.DataFrame(
        [
            {
                "Page": _link(review, place),
                **{head: number[kind] for kind, head in HOW_SENTENCES_DIFFER.items()},
                "Figures with other data": number[FIGURE],
            }
            for place, number in found.items()
        ]
    )
    caption = "Sentences, items and rows of tables that differ, by page"
    return _table(frame, caption, "changed-pages", "lr-stack") if found else Markup("")


def sentences(review: Review) -> Markup:
    """Return the sentences in which a number differs, before and now, folded page by page."""
    found: dict[str, list[Change]] = {}
    for row in stored.read(review):
        if row.kind == SENTENCE and numbers(row.before) != numbers(row.after):
            found.setdefault(row.place, []).append(row)
    parts = []
    for place, rows in found.items():
        title = titles.title_later(place)
        before = [Markup("<del>{}</del>").format(r.before) for r in rows]
        frame = pd.DataFrame({"Before": before, "Now": [r.after for r in rows]})
        name = f"changed-{place.replace('/', '-').replace('_', '-')}"
        parts.append(_folded(frame, f"{title}: sentences with other numbers", name))
    # Not for the search: what a page said once would be found beside what it says.
    return Markup("<div data-unsearched>{}</div>").format(Markup("").join(parts))


def _study(review: Review, study: str) -> str:
    return review.study(study).label if study in review.folders else study.replace("_", " ")


def _link(review: Review, page: str) -> Markup | str:
    """Return a link to a page from a page of ``book/``; the name of one that is gone."""
    if not any((review.root / f"{page}{suffix}").is_file() for suffix in (".md", ".ipynb")):
        return page
    there = page.replace("notebooks/", "{notebooks}/", 1).removeprefix("book/")
    return Markup('<a href="{}.html">{}</a>').format(there, titles.title_later(page))


def _folded(frame: pd.DataFrame, caption: str, name: str) -> Markup:
    fold = '<details class="lr-fold"><summary>{} <span>({} rows)</span></summary>{}</details>'
    return Markup(fold).format(caption, len(frame), _table(frame, caption, name, "lr-stack"))


def _table(frame: pd.DataFrame, caption: str, name: str, classes: str = "") -> Markup:
    return Markup(str(to_html(frame, caption, name, classes=classes)).replace("\n", ""))


FACTS = {
    "changed_lead": lead,
    "changed_totals": totals,
    "changed_results": results,
    "changed_data": data,
    "changed_pages": pages,
    "changed_sentences": sentences,
}
