"""A comparison as plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from living_review.living.diff.comparison import Comparison
    from living_review.living.diff.tables import Row

# What each kind of result is called above its list.
TITLES = {
    "studies": "Studies",
    "claims": "Claims with another verdict",
    "proportions": "Other proportions",
    "medians": "Other medians of individual times",
    "bounds": "Other bounds",
    "certainty": "Other certainty",
    "contrasts": "Other contrasts in later trials",
    "later evidence": "Other verdicts of later evidence",
    "pooled": "Other pooled results",
    "certainty across studies": "Other certainty across studies",
}


def report(comparison: Comparison) -> str:
    """Return a comparison as plain text; a study that only one state has is one line."""
    old, new = comparison.old, comparison.new
    lines = [f"{n}  version {s.version}, data {s.digest}" for n, s in (("OLD", old), ("NEW", new))]
    parts: list[tuple[str, list[str]]] = [
        ("Cells changed", list(map(str, comparison.changed))),
        ("Rows added", _rows(comparison.added, set(new.studies) - set(old.studies))),
        ("Rows removed", _rows(comparison.removed, set(old.studies) - set(new.studies))),
    ]
    parts += [(TITLES[kind], list(map(str, found))) for kind, found in comparison.results.items()]
    parts += [
        ("Figures with other data", list(map(str, comparison.figures))),
        ("Sentences of pages", list(map(str, comparison.sentences))),
        ("Not compared", list(comparison.not_compared)),
        ("Pages that read what differs", list(comparison.readers)),
    ]
    for title, items in parts:
        if items:
            lines += ["", f"{title}:", *(f"  {item}" for item in items)]
    return "\n".join(
        [*lines, "", "The review is the same." if comparison.is_same else _sum(comparison)]
    )


def _rows(rows: Sequence[Row], whole: set[str]) -> list[str]:
    """Return a line for each row, but one for all rows of a study that the other state lacks."""
    out = [str(row) for row in rows if row.study not in whole]
    for study in sorted(whole):
        tables = Counter(row.table for row in rows if row.study == study)
        out.append(f"{study}, the whole study: {sum(tables.values())} rows in {len(tables)} tables")
    return out


def counts(comparison: Comparison) -> dict[str, int]:
    """Return how much differs, by what it is called in the last line of the report."""
    return {
        "cells changed": len(comparison.changed),
        "rows added": len(comparison.added),
        "rows removed": len(comparison.removed),
        **{kind: len(found) for kind, found in comparison.results.items()},
        "figures": len(comparison.figures),
        "sentences": len(comparison.sentences),
        "not compared": len(comparison.not_compared),
    }


def _sum(comparison: Comparison) -> str:
    found = counts(comparison).items()
    return "The review differs: " + ", ".join(f"{name} {number}" for name, number in found) + "."
