"""What may not reach readers although the data are valid: words to write, studies that are made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from living_review import files
from living_review.evidence.topic import CONFIGURATION, TO_WRITE
from living_review.validation.contents import pages
from living_review.validation.issues import Issue

TODO = "Write it, and take the mark out."
NAMED_FILES = (CONFIGURATION, "data/review.yaml", "data/vocabulary.yaml", "CITATION.cff")


def check_publishable(root: Path) -> Iterator[Issue]:
    """Yield what keeps a valid review from being published.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.

    Yields
    ------
    Issue
        One for each line that waits for words, and for each study that is made up.
    """
    listed, _ = pages(root)
    places = [*NAMED_FILES, *(f"{page}{end}" for page in listed for end in (".md", ".ipynb"))]
    for name in places:
        path = root / name
        if path.is_file():
            yield from _waiting(name, path)
    for path in sorted((root / "data").glob("*/study.yaml")):
        content = files.read_yaml(path)
        if isinstance(content, dict) and content.get("made_up"):
            study = path.parent.name
            yield Issue(
                f"data/{study}/study.yaml",
                None,
                "made_up",
                "a study that does not exist",
                "studies that do",
                f"Take it out: living-review new-study {study} --undo --force",
            )


def _waiting(name: str, path: Path) -> Iterator[Issue]:
    """Yield each line of a file, or cell of a notebook, that waits to be written."""
    text = files.read_text(path, files.LARGEST_NOTEBOOK)
    found: list[tuple[int | None, str | None, str]]
    if path.suffix == ".ipynb":
        parts = [(cell.get("id", "?"), "".join(cell["source"])) for cell in json.loads(text)["cells"]]
        found = [(None, f"cell {cell}", source) for cell, source in parts if TO_WRITE in source]
    else:
        lines = enumerate(text.split("\n"), start=1)
        found = [(number, None, line) for number, line in lines if TO_WRITE in line]
    for number, where, words in found:
        shown = " ".join(words[words.index(TO_WRITE) :].split())[:60]
        yield Issue(name, number, where, repr(shown), "words of your own", TODO)
