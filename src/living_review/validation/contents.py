"""The book about the evidence: its contents, a chapter and a reference for each study."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from living_review.validation.issues import Issue, first_line

TOC = "_toc.yml"
SUFFIXES = ("", ".md", ".ipynb")


def is_whole(root: Path) -> bool:
    """Return whether this is the whole project: a copy of some data has no table of contents."""
    return (root / TOC).is_file()


def pages(root: Path) -> tuple[list[str], Issue | None]:
    """Return the pages that ``_toc.yml`` lists, or the issue that makes it unreadable."""
    if not is_whole(root):
        return [], None
    try:
        return list(_files(yaml.safe_load((root / TOC).read_text(encoding="utf-8")))), None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return [], Issue(
            TOC, None, None, first_line(error), "valid YAML in UTF-8", "Correct the syntax."
        )


def _files(node: Any) -> Iterator[str]:  # noqa: ANN401  (what YAML gives)
    if isinstance(node, dict):
        yield from (str(value) for key, value in node.items() if key in ("file", "root"))
        node = list(node.values())
    if isinstance(node, list):
        for inside in node:
            yield from _files(inside)


def check_contents(root: Path, metas: dict[str, dict[str, Any]]) -> Iterator[Issue]:
    """Yield pages that are not there, and studies without chapter, place in the book or reference.

    Parameters
    ----------
    root : Path
        Top of the project; without ``_toc.yml`` there is no book to ask for.
    metas : dict
        The description of each study.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    if not is_whole(root):
        return
    listed, issue = pages(root)
    if issue:
        yield issue
        return
    for page in listed:
        if not any((root / f"{page}{suffix}").is_file() for suffix in SUFFIXES):
            yield Issue(
                TOC,
                None,
                None,
                f"{page}, which is not there",
                "a page (.md) or a notebook (.ipynb) of that name",
                "Add the file, or take the entry out.",
            )
    bib = root / "book" / "references.bib"
    entries = bib.read_text(encoding="utf-8") if bib.is_file() else ""
    keys = set(re.findall(r"@\w+\{([^,\s]+),", entries))
    for study, meta in metas.items():
        yield from _chapter(root, study, listed)
        key = str(meta.get("citation_key", study))
        if key not in keys:
            yield Issue(
                f"data/{study}/study.yaml",
                None,
                "citation_key",
                repr(key),
                "a key of book/references.bib",
                "Add the entry to book/references.bib.",
            )


def _chapter(root: Path, study: str, listed: list[str]) -> Iterator[Issue]:
    name = f"notebooks/{study}"
    if name not in listed:
        yield Issue(TOC, None, None, f"no {name}", "every chapter listed", "List it.")
    path = root / f"{name}.ipynb"
    if not path.is_file():
        yield Issue(
            f"{name}.ipynb",
            None,
            None,
            "no such file",
            "a chapter for each study",
            "Add the notebook.",
        )
        return
    opened = set(re.findall(r"""\b(?:study|start)\(\s*['"](\w+)['"]""", _code(path)))
    if study not in opened:
        others = ", ".join(sorted(opened)) or "no study"
        yield Issue(
            f"{name}.ipynb",
            None,
            None,
            f"a chapter that opens {others}",
            f'report.chapter.start("{study}")',
            "A copied chapter must be about its own study: change the study, the text and the names.",
        )


def _code(path: Path) -> str:
    """Return the code of a notebook; of one that cannot be read nothing (running it says why)."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    except (ValueError, LookupError, TypeError):
        return ""
