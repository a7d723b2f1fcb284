"""Facts carry over, sentences do not: no nine words in a row of a source are in the project.

The papers are not part of the project. Name the folder that holds their text layers in
``LIVING_REVIEW_SOURCES``; without it the comparison is left out (the planted one is not).
"""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = Path(os.environ.get("LIVING_REVIEW_SOURCES", ROOT.parent / "shared" / "sources"))
LENGTH = 9
FOLDERS = ("data", "book", "notebooks", "src")


def runs(text: str) -> list[tuple[str, ...]]:
    """Every run of nine words; runs that are mostly numbers are figures, not sentences."""
    words = re.findall(r"[a-z0-9]+", text.lower().replace("ﬁ", "fi").replace("ﬂ", "fl"))
    found = [tuple(words[i : i + LENGTH]) for i in range(len(words) - LENGTH + 1)]
    return [run for run in found if sum(any(c.isdigit() for c in word) for word in run) < 3]


def readable(path: Path) -> list[str]:
    """The lines that people wrote: of a notebook its cells, of a list of studies all but titles."""
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return "\n".join("".join(c["source"]) for c in cells).split("\n")
    if path.name == "studies.csv":  # a title may be quoted whole
        with path.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        return ["", *("; ".join(v for k, v in row.items() if k != "title") for row in rows)]
    return path.read_text(encoding="utf-8").split("\n")


def copied(paths: list[Path], sources: list[str]) -> list[str]:
    known = {run for text in sources for run in runs(text)}
    return [
        f"{path.name}:{number}: {' '.join(run)}"
        for path in paths
        for number, line in enumerate(readable(path), start=1)
        for run in runs(line)
        if run in known
    ]


def test_a_copied_sentence_is_found(tmp_path):
    sentence = "Nobody in this little made up paper was ever harmed by the drug."
    (tmp_path / "page.md").write_text(f"Some words.\n{sentence}\n", encoding="utf-8")
    found = copied([tmp_path / "page.md"], [f"Before. {sentence} After."])
    assert found[0].startswith("page.md:2: nobody in this little")


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the text layers of the papers are not here")
def test_no_sentence_of_a_source_stands_in_the_project():
    sources = [
        re.split(r"\n\s*REFERENCES", p.read_text(errors="replace"))[0] for p in SOURCES.glob("*.txt")
    ]
    paths = [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".md", ".csv", ".yaml", ".ipynb", ".py", ".json")
        # Bibliographies hold titles, which may be quoted whole.
        and path.name != "study.yaml"
    ]
    assert copied(paths, sources) == []
