"""Every abbreviation on a page is explained in the glossary, or is known to be a name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from living_review import evidence
from living_review.build import postprocess

TOKEN = re.compile(r"\b[A-Z][A-Za-z]*[A-Z][A-Za-z0-9]*\b")
ORDER_OF_DEATHS = re.compile(r"[CD]{6,}")  # a string of deaths and censorings on the page of bounds
NOT_PROSE = ("script", "style", "pre", "code", "svg")
# Titles as their journals print them, and sentences of earlier versions with their code as text.
LISTS = ("references.html", "what_changed.html")


def unexplained(html: str, known: set[str]) -> set[str]:
    """Return the abbreviations in the words of a page that are not known."""
    page = BeautifulSoup(html, "html.parser")
    for element in page(NOT_PROSE):
        element.decompose()
    for element in page.select(".lr-cite, cite, .sig, .field-list dt"):  # names of the package are code
        element.decompose()
    words = set(TOKEN.findall(page.get_text(" ")))
    return {w for w in words - known if not ORDER_OF_DEATHS.fullmatch(w)}


@pytest.fixture(scope="module")
def known() -> set[str]:
    rows = evidence.load().records("abbreviations")
    return {form.strip() for cell in rows["abbreviation"] for form in cell.split(",")}


def test_every_abbreviation_is_in_the_glossary_or_a_name(site: Path, known: set[str]) -> None:
    # Cards show names of trials and journals as the papers print them.
    pages = [
        page
        for page in postprocess.pages(site)
        if page.name not in LISTS and page.parent.name != "evidence"
    ]
    found = {page.name: unexplained(page.read_text(encoding="utf-8"), known) for page in pages}
    assert {page: sorted(words) for page, words in found.items() if words} == {}


def test_an_abbreviation_that_nobody_explains_is_seen_and_code_is_not_read() -> None:
    page = "<p>Treated for XQZ and a CI</p><pre>QQQ = 1</pre>"
    assert unexplained(page, {"CI"}) == {"XQZ"}
