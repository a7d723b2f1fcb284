"""Pages of evidence cards are kept; each is made again when something that it read changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from living_review import evidence
from living_review.report import evidence_cards

ROOT = Path(__file__).resolve().parents[2]
TWO = ("hua_2014", "nathan_2015")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is made, of two studies; the rest would be the same again."""
    found: list[str] = []
    every = evidence_cards.makers

    def noted(name: str, make: Callable[[evidence.Review], evidence_cards.Page]) -> Callable:
        def note(review: evidence.Review) -> evidence_cards.Page:
            found.append(name)
            return make(review)

        return note

    def makers(review: evidence.Review) -> dict[str, Callable]:
        return {name: noted(name, every(review)[name]) for name in TWO}

    monkeypatch.setattr(evidence_cards, "makers", makers)
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_ext"))
    return found


def test_a_cell_makes_the_page_of_its_study_again_and_no_other(made: list[str], tmp_path: Path) -> None:
    import evidence_pages

    root = tmp_path / "project"
    shutil.copytree(ROOT / "data", root / "data")
    kept = tmp_path / "kept.json"

    def pages() -> dict[str, str]:
        made.clear()
        return {page.name: str(page.body) for page in evidence_pages.cards(root, kept)}

    first = pages()
    assert made == list(TWO)
    assert pages() == first
    assert made == []
    table = root / "data/nathan_2015/statements.csv"
    header, rows = evidence.read_rows(table)
    rows[0][header.index("note")] = "changed here"
    evidence.write_rows(table, [header, *rows])
    now = pages()
    assert made == ["nathan_2015"]
    assert "changed here" in now["nathan_2015"]
    assert now["hua_2014"] == first["hua_2014"]
    kept.write_text(kept.read_text()[:50])
    assert pages() == now
    assert made == list(TWO), "half a file is none"
