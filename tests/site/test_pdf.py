"""The printed book: its contents name the page on which each part begins; old files are not offered."""

from __future__ import annotations

import re
from pathlib import Path

import pdf
import pypdf
import pytest
from playwright.sync_api import Browser

SHORT = ("book/glossary.html", "book/cite.html")


@pytest.fixture(scope="module")
def book(browser: Browser, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("pdf") / pdf.BOOK
    pdf.print_book(browser, site, [p for p in pdf.parts(site) if p.address in SHORT], target)
    return target


def test_the_book_holds_every_page_of_its_contents_but_the_explorer(site: Path) -> None:
    addresses = [part.address for part in pdf.parts(site)]
    assert addresses[0] == "index.html"
    assert "notebooks/hua_2014.html" in addresses
    assert not [a for a in addresses if "explorer" in a]
    assert len(addresses) == len(set(addresses))


def test_the_contents_name_the_page_on_which_a_part_begins(site: Path, book: Path) -> None:
    printed = [page.extract_text() for page in pypdf.PdfReader(book).pages]
    for part in pdf.parts(site):
        if part.address in SHORT:
            line = re.search(rf"^{re.escape(part.title)} (\d+)$", printed[0], re.MULTILINE)
            number = int(line[1])
            assert part.title in printed[number - 1]
            assert part.title not in "".join(printed[1 : number - 1])


def test_a_place_in_another_page_of_the_book_is_led_to_inside_the_book() -> None:
    part = pdf.Part("notebooks/a.html", "A", '<p id="x"><a href="../book/b.html#y">b</a></p>')
    assert pdf.inside(part, {"book/b.html": "book-b"}) == (
        '<p id="notebooks-a--x"><a href="#book-b--y">b</a></p>'
    )
    outside = pdf.Part("a.html", "A", '<a href="https://example.org/">e</a><a href="gone.csv">g</a>')
    assert pdf.inside(outside, {}) == '<a href="https://example.org/">e</a><a href="#">g</a>'


def test_a_page_offers_its_files_once_however_often_they_are_made(tmp_path: Path) -> None:
    page = tmp_path / "notebooks" / "a.html"
    page.parent.mkdir()
    page.write_text("<footer></footer>", encoding="utf-8")
    for _ in range(2):
        pdf.offer(tmp_path, page, "notebooks-a.pdf")
    text = page.read_text(encoding="utf-8")
    assert text.count("This page as PDF") == text.count("The whole book as PDF") == 1
    assert 'href="../downloads/pdf/notebooks-a.pdf"' in text
