"""What prose pages show is computed again only when what it was made from changed."""

from __future__ import annotations

import shutil
from pathlib import Path

from living_review import evidence
from living_review.build import kept
from living_review.report import titles

ROOT = Path(__file__).resolve().parents[2]


def test_made_again_after_a_change_of_what_was_read_and_of_nothing_else(tmp_path: Path) -> None:
    root, store, made = tmp_path / "project", tmp_path / "kept.json", []
    shutil.copytree(ROOT / "data", root / "data")
    (root / "book").mkdir()
    page = root / "book" / "page.md"
    page.write_text("# A title\n")

    def rows(review: evidence.Review) -> int:
        made.append("rows")
        return len(review.study("nathan_2015").table("statements"))

    def length(review: evidence.Review) -> int:
        made.append("length")
        return len((review.root / "book" / "page.md").read_text())

    def now() -> dict[str, int]:
        made.clear()
        return kept.made(root, store, {"rows": rows, "length": length})

    first = now()
    assert made == ["rows", "length"]
    assert now() == first
    assert made == []
    page.write_text("# Another title\n")
    assert now() == first | {"length": first["length"] + 6}
    assert made == ["length"]
    table = root / "data" / "nathan_2015" / "statements.csv"
    header, lines = evidence.read_rows(table)
    evidence.write_rows(table, [header, *lines[1:]])
    assert now()["rows"] == first["rows"] - 1
    assert made == ["rows"]
    (root / "requirements.txt").write_text("pandas==9.9.9\n")
    now()
    assert made == ["rows", "length"], "another package may compute another number"


def test_titles_are_those_of_now_and_escaped(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    page = tmp_path / "book" / "page.md"
    texts = {"fact": f"<a>{titles.title_later('book/page')}</a> and {{n}}"}
    for title, shown in (("One", "One"), ("Two < three", "Two &lt; three")):
        page.write_text(f"# {title}\n")
        filled = titles.with_titles(tmp_path, texts)
        assert filled == {"fact": f"<a>{shown}</a> and {{n}}"}
