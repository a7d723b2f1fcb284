"""Standard English on every built page; the list is tests/words.yaml."""

from __future__ import annotations

from pathlib import Path

import words


def test_no_page_uses_a_word_of_the_list(site: Path) -> None:
    places = {p.relative_to(site).as_posix(): p for p in site.rglob("*.html")}
    for page in words.load()["quotes"]:  # of earlier versions: their words stay as they were
        del places[page]
    assert {"book/errata.html", "evidence/hua_2014.html"} <= places.keys()
    found = {name: words.in_page(p.read_text(encoding="utf-8")) for name, p in places.items()}
    assert {name: those for name, those in found.items() if those} == {}
