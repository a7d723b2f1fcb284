"""The list of changes against what it speaks of: the pages of the book and the versions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from living_review.validation.issues import Issue, Table, first_line

FILE = "data/review/changes.csv"


def check_changes(root: Path, records: dict[str, Table]) -> Iterator[Issue]:
    """Yield rows of no page or no version, and a newest version that says nothing of any page.

    Parameters
    ----------
    root : Path
        Top of the project; without ``_toc.yml`` it has no pages to ask for.
    records : dict
        The readable tables of ``data/review/``.
    """
    if "versions" not in records:
        return
    versions = [row.get("version", "") for _, row in records["versions"].cells()]
    rows = list(records["changes"].cells()) if "changes" in records else []
    pages, toc_fault = _pages(root / "_toc.yml")
    if toc_fault:
        yield toc_fault
    for number, row in rows:
        if row.get("version") not in versions:
            yield Issue(
                FILE,
                number,
                "version",
                repr(row.get("version")),
                f"a version of data/review/versions.csv: {', '.join(versions)}",
                "Correct it, or add the version there.",
            )
        if pages and row.get("page") not in pages:
            yield Issue(
                FILE,
                number,
                "page",
                repr(row.get("page")),
                f"a page of _toc.yml: {', '.join(sorted(pages))}",
                "Write the page as _toc.yml names it.",
            )
    told = {row.get("version") for _, row in rows}
    unreadable = "changes" not in records and (root / FILE).is_file()  # has a fault of its own
    if versions and versions[-1] not in told and not unreadable:
        yield Issue(
            FILE,
            None,
            "version",
            f"no row of {versions[-1]}, the newest version",
            "at least one row for each page that it changed",
            "Add them; `living-review compare` says what differs.",
        )


def _pages(toc: Path) -> tuple[set[str], Issue | None]:
    if not toc.is_file():
        return set(), None
    try:
        return set(_files(yaml.safe_load(toc.read_text(encoding="utf-8")))), None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return set(), Issue(
            toc.name, None, None, first_line(error), "valid YAML in UTF-8", "Correct the syntax."
        )


def _files(node: Any) -> Iterator[str]:  # noqa: ANN401  (what YAML gives)
    if isinstance(node, dict):
        yield from (str(value) for key, value in node.items() if key in ("file", "root"))
        node = list(node.values())
    if isinstance(node, list):
        for inside in node:
            yield from _files(inside)
