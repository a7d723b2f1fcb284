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


def results(browser: Browser, site: Path, words: str) -> list[dict[str, str]]:
    """Return the results in their order: address and passage."""
    read = """(all) => all.map((li) => ({
        address: li.querySelector("a").href, passage: li.querySelector("p").textContent }))"""
    with Visit(browser, f"{(site / 'search.html').as_uri()}?q={words.replace(' ', '+')}") as visit:
        visit.page.wait_for_selector("#lr-results a")
        return visit.page.locator("#lr-results li").evaluate_all(read)


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("mucositis", "/harms.html"),  # a harm
        ("everolimus", "/since.html"),  # a drug of later studies
        ("interactions", "/practical.html"),  # a practical fact
        ("plexiform neurofibroma", "#nf1-plexiform-neurofibroma"),  # a disease: its section
    ],
)
def test_the_page_about_a_thing_is_among_the_first_three(
    browser: Browser, site: Path, words: str, page: str
) -> None:
    first = [result["address"] for result in results(browser, site, words)[:3]]
    assert any(page in address for address in first), first


@pytest.mark.parametrize(
    ("one", "other"),
    [("randomised", "randomized"), ("tumour", "tumor"), ("oedema", "edema"), ("anaemia", "anemia")],
)
def test_both_spellings_find_the_same(browser: Browser, site: Path, one: str, other: str) -> None:
    found = [[r["address"] for r in results(browser, site, word)] for word in (one, other)]
    assert found[0] == found[1] != []


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
        visit.page.locator("#lr-found:not(:empty)").wait_for(state="attached")
        assert visit.page.locator("#lr-found").text_content().startswith("Nothing holds all of: zzzz")
