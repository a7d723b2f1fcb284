"""The book about the evidence: its contents, a chapter and a reference for each study."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from living_review import files
from living_review.validation.issues import Issue, unreadable

TOC, CONFIGURATION, REFERENCES = "_toc.yml", "_config.yml", "book/references.bib"
SUFFIXES = ("", ".md", ".ipynb")


def is_whole(root: Path) -> bool:
    """Return whether this is the whole project: a copy of some data has no table of contents."""
    return (root / TOC).is_file()


def pages(root: Path) -> tuple[list[str], Issue | None]:
    """Return the pages that ``_toc.yml`` lists, or the issue that makes it unreadable."""
    if not is_whole(root):
        return [], None
    try:
        content = files.read_yaml(root / TOC)
    except files.UnreadableFileError as error:
        return [], unreadable(error, TOC)
    if not isinstance(content, dict) or "root" not in content:
        return [], Issue(
            TOC,
            None,
            None,
            "no root",
            "format, root and chapters of the book",
            "Write it as Jupyter Book expects it.",
        )
    return list(_files(content)), None


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
        if (root / CONFIGURATION).is_file():
            todo = "Add it: the contents of the book, as Jupyter Book expects them."
            yield Issue(TOC, None, None, "no such file", f"one beside {CONFIGURATION}", todo)
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
    try:
        entries = files.read_bibtex(root / REFERENCES) if (root / REFERENCES).is_file() else {}
    except files.UnreadableFileError as error:
        yield unreadable(error, REFERENCES)
        entries = None
    yield from _addresses(entries or {})
    for study, meta in metas.items():
        yield from _chapter(root, study, listed)
        key = str(meta.get("citation_key", study))
        if entries is not None and key not in entries:
            yield Issue(
                f"data/{study}/study.yaml",
                None,
                "citation_key",
                repr(key),
                "a key of book/references.bib",
                "Add the entry to book/references.bib.",
            )


def check_sections(
    root: Path, metas: dict[str, dict[str, Any]], vocabulary: Mapping[str, Any]
) -> Iterator[Issue]:
    """Yield diseases of the sources without their section in a chapter that has one for each.

    Such a chapter has a cell whose metadata have the key ``sections``; the cells of a section name
    their ``disease`` there (:mod:`living_review.living.disease_sections` writes them).

    Parameters
    ----------
    root : Path
        Top of the project.
    metas : dict
        The description of each study.
    vocabulary : mapping of str to object
        The lists of ``data/vocabulary.yaml``.

    Yields
    ------
    Issue
        One for each section that is missing, or has another heading, or is of no source's disease.
    """
    words = vocabulary.get("indications", {})
    wanted = {str(meta.get("indication")): study for study, meta in metas.items()}
    wanted = {disease: study for disease, study in wanted.items() if disease in words}
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        cells = _cells(path)
        if not any("sections" in metadata for _, metadata in cells):
            continue
        heads = {m["disease"]: text for text, m in cells if "disease" in m and text.startswith("## ")}
        for disease in dict.fromkeys((*wanted, *heads)):
            expected = f"## {words[disease]}" if disease in wanted else "none: no source is on it"
            found = heads.get(disease, f"no section on {disease}, of {wanted.get(disease)}")
            if found != expected:
                todo = "Run `living-review sections`: it writes the sections of all diseases."
                name = path.relative_to(root).as_posix()
                yield Issue(name, None, disease, found, expected, todo)


def _addresses(entries: dict[str, dict[str, str]]) -> Iterator[Issue]:
    """Yield links of references that are no addresses of pages and no DOIs."""
    for key, entry in entries.items():
        for name, pattern, expected in (
            ("url", r"https?://[^\s<>\"']+", "an address: https://..."),
            ("doi", r"10\.[0-9]{4,}/[^\s<>\"']+", "a DOI: 10.1234/..."),
        ):
            if name in entry and not re.fullmatch(pattern, entry[name]):
                yield Issue(
                    REFERENCES, None, f"{key}.{name}", repr(entry[name]), expected, "Correct it."
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
    return "\n".join(text for text, metadata in _cells(path, "code"))


def _cells(path: Path, kind: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Return source and metadata of the cells of a notebook, those of one kind if it is named."""
    try:
        cells = files.read_json(path, files.LARGEST_NOTEBOOK)["cells"]
        return [
            ("".join(c["source"]), dict(c.get("metadata", {})))
            for c in cells
            if kind in ("", c["cell_type"])
        ]
    except (files.UnreadableFileError, LookupError, TypeError, ValueError):
        return []
