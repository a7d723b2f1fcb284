"""Standard English on the built pages; the list and the pages still being edited: tests/words.yaml."""

from __future__ import annotations

from pathlib import Path

import words


def test_no_page_uses_a_word_of_the_list(site: Path) -> None:
    places = {p.relative_to(site).as_posix(): p for p in site.rglob("*.html")}
    edited = {name: p for name, p in places.items() if not words.skipped(name)}
    assert {"book/methods.html", "book/data.html"} <= edited.keys()
    found = {name: words.in_page(p.read_text(encoding="utf-8")) for name, p in edited.items()}
    assert {name: those for name, those in found.items() if those} == {}
