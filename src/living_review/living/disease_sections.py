"""The sections of diseases in chapters across studies: one template, a section for each disease.

A chapter says where its sections begin: a cell with ``"sections": NAME`` in its metadata, a name of
:data:`TEMPLATES`. The cells after it whose metadata name a ``disease`` are made here, from the diseases
of the sources and their words in ``indications``; nobody edits them. ``living-review check`` names a
disease without a section, :func:`write` makes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from living_review import files
from living_review.evidence import Review
from living_review.living.chapter_template import Cell, cell

MARK, DISEASE = "sections", "disease"  # keys of a cell's metadata
CALL = 'report.by_disease.{}(review, "{}")'
# Of each template the parts of a section: what is added to the id of the cell, its kind, and its call.
TEMPLATES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "findings": (("", "shown", "findings"),),
    "later": (
        ("-verdicts", "shown", "later_verdicts"),
        ("-results", "folded", "later_results"),
        ("-rest", "shown", "later_rest"),
        ("-tables", "shown", "later_tables"),
    ),
    "practical": (
        ("-silent", "shown", "silent"),
        ("-facts", "shown", "facts"),
        ("-authors", "shown", "recommended"),
    ),
}
LONGEST = 48  # of a disease in the id of a cell, which may have 64 characters


def section(template: str, disease: str, word: str) -> list[Cell]:
    """Return the cells of one section: a heading, and a call for each part.

    Parameters
    ----------
    template : str
        A key of :data:`TEMPLATES`.
    disease : str
        A word of ``indications``.
    word : str
        What it means: the heading.

    Returns
    -------
    list of Cell
        Id, kind and source of each.
    """
    short = disease[:LONGEST]
    parts = [(short + end, kind, CALL.format(call, disease)) for end, kind, call in TEMPLATES[template]]
    return [(f"h-{short}", "markdown", f"## {word}"), *parts]


def diseases(review: Review) -> list[str]:
    """Return the diseases of all studies, retired ones too, in the order of the chapters."""
    there = {str(review.study(name).meta["indication"]) for name in review.folders}
    known = review.vocabulary["indications"]
    listed = dict.fromkeys((*review.vocabulary["context_diseases"], *known))
    return [disease for disease in listed if disease in there and disease in known]


def with_sections(content: dict[str, Any], words: dict[str, str]) -> dict[str, Any]:
    """Return a notebook with a section for each disease where it says that they begin.

    A cell whose source is as it was keeps its outputs.

    Parameters
    ----------
    content : dict
        The notebook.
    words : dict of str to str
        Diseases, with their headings, in order.

    Returns
    -------
    dict
        Another notebook.
    """
    old = {c["id"]: c for c in content["cells"] if DISEASE in c.get("metadata", {})}
    cells = []
    for own in content["cells"]:
        if DISEASE in own.get("metadata", {}):
            continue
        cells.append(own)
        if template := own.get("metadata", {}).get(MARK):
            made = (cell(c, **{DISEASE: d}) for d, w in words.items() for c in section(template, d, w))
            cells += [old[c["id"]] if _is_same(c, old.get(c["id"])) else c for c in made]
    return content | {"cells": cells}


def _is_same(new: dict[str, Any], old: dict[str, Any] | None) -> bool:
    parts = ("cell_type", "source", "metadata")
    return old is not None and all(new[part] == old[part] for part in parts)


def changes(review: Review) -> dict[Path, str]:
    """Return the notebooks whose sections are not those of the data, as they should be.

    Parameters
    ----------
    review : Review
        The opened evidence.

    Returns
    -------
    dict of Path to str
        The text of each.
    """
    words = {disease: review.word("indications", disease) for disease in diseases(review)}
    out = {}
    for path, content in _with_mark(review.root):
        wanted = with_sections(content, words)
        if wanted != content:
            out[path] = json.dumps(wanted, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    return out


def _with_mark(root: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        content: Any = files.read_json(path, files.LARGEST_NOTEBOOK)
        try:
            marked = any(MARK in c.get("metadata", {}) for c in content["cells"])
        except (LookupError, TypeError, AttributeError):
            continue  # no notebook: the check says so
        if marked:
            yield path, content


def write(review: Review) -> list[str]:
    """Write the sections that are missing, and take away those of diseases of no source.

    Parameters
    ----------
    review : Review
        The opened evidence.

    Returns
    -------
    list of str
        The notebooks that were changed.
    """
    found = changes(review)
    for path, text in found.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return [path.relative_to(review.root).as_posix() for path in found]


def between(template: str, head: Iterable[Cell], tail: Iterable[Cell]) -> Iterator[dict[str, Any]]:
    """Yield the cells of a new chapter, with the mark at the end of its first part.

    Parameters
    ----------
    template : str
        A key of :data:`TEMPLATES`.
    head, tail : iterable of Cell
        What comes before and after the sections.

    Yields
    ------
    dict
        A cell.
    """
    *before, last = head
    yield from map(cell, before)
    yield cell(last, **{MARK: template})
    yield from map(cell, tail)
