"""The search from file://: what a reader would look for, and where it must lead."""

from __future__ import annotations

from pathlib import Path

import pytest
from looking import Visit, search_index
from playwright.sync_api import Browser


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("temsirolimus", "benson_2014"),  # a drug
        ("mucositis", "nadal_2016"),  # a harm
        ("Valeyrie", "references"),  # an author
        ("47.5", "benson_2014"),  # a number
        ("plexiform neurofibroma", "hua_2014"),  # words that stand together
    ],
)
def test_the_search_finds(browser: Browser, site: Path, words: str, page: str) -> None:
    with Visit(browser, f"{(site / 'search.html').as_uri()}?q={words.replace(' ', '+')}") as visit:
        visit.page.wait_for_selector("#lr-results a")  # the index is unpacked first
        links = visit.page.locator("#lr-results a").evaluate_all("(all) => all.map((a) => a.href)")
        assert any(page in link for link in links), links
        assert visit.heard == []


def test_every_result_leads_to_a_place_that_exists(site: Path) -> None:
    entries = [entry[0] for entry in search_index(site)]
    assert len(entries) > 40
    for entry in entries:
        place, _, mark = entry.partition("#")
        text = (site / place).read_text(encoding="utf-8")
        assert not mark or f'id="{mark}"' in text, entry


def test_the_index_comes_compressed(site: Path) -> None:
    text = sum(len("".join(entry).encode()) for entry in search_index(site))
    assert (site / "search-index.js").stat().st_size < 0.4 * text


def test_a_browser_that_cannot_unpack_is_sent_elsewhere(browser: Browser, site: Path) -> None:
    context = browser.new_context()
    context.add_init_script("delete window.DecompressionStream")
    page = context.new_page()
    page.goto(f"{(site / 'search.html').as_uri()}?q=sirolimus")
    assert page.locator("#lr-found").text_content().startswith("This browser is too old")
    context.close()


def test_a_search_from_the_top_of_any_page_arrives(browser: Browser, site: Path) -> None:
    with Visit(browser, (site / "notebooks" / "hua_2014.html").as_uri()) as visit:
        visit.page.get_by_label("Search the review").fill("sirolimus")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url("**/search.html?q=sirolimus")
        visit.page.wait_for_selector("#lr-results a")
        assert visit.page.locator("#lr-results li").count() > 3


def test_nothing_found_is_said(browser: Browser, site: Path) -> None:
    with Visit(browser, f"{(site / 'search.html').as_uri()}?q=zzzz") as visit:
        visit.page.wait_for_function("document.getElementById('lr-found').textContent")
        assert visit.page.locator("#lr-found").text_content().startswith("Nothing holds all of: zzzz")
