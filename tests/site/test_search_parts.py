"""A large book's index is in parts: whatever is asked for, they answer as the whole does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from looking import Visit, search_index
from playwright.sync_api import Browser, Page
from test_search import ABOUT

from living_review.build import search_index as build_index

PART = 60_000  # characters: a dozen parts of what would be one
# Words inside of words, of one and two characters, of several words, in capitals, of no page.
MORE = ("itis", "e", "7", "95% CI", "sore mouth", "NF1", "47.5", "mtor", "−", "zzzz", "rash grade")
SHOWN = """(list) => [...list.children].map((li) => [
    li.querySelector("a").getAttribute("href"), li.querySelector("p").innerHTML])"""


@pytest.fixture(scope="module")
def split(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The search alone, with the same index in small parts."""
    folder = tmp_path_factory.mktemp("split")
    shutil.copytree(site / "_static", folder / "_static")
    shutil.copy(site / "search.html", folder)
    build_index.write(folder, search_index(site), PART)
    return folder


def ask(page: Page, words: str) -> list[list[str]]:
    page.fill("#lr-q", words)
    page.wait_for_function(
        "(q) => new URL(location).searchParams.get('q') === q"
        " && !/^Reading/.test(document.getElementById('lr-found').textContent)",
        arg=words,
    )
    return page.locator("#lr-results").evaluate(SHOWN)


def said(page: Page) -> str:
    return page.locator("#lr-found").text_content() or ""


def test_parts_answer_as_the_whole_does(browser: Browser, site: Path, split: Path) -> None:
    with (
        Visit(browser, f"{(site / 'search.html').as_uri()}?q=sirolimus") as whole,
        Visit(browser, f"{(split / 'search.html').as_uri()}?q=sirolimus") as parts,
    ):
        whole.page.wait_for_selector("#lr-results a")
        for words in (*ABOUT, *MORE):
            expected = ask(whole.page, words)
            assert ask(parts.page, words) == expected, words
            assert said(parts.page).startswith(said(whole.page).rstrip(".")), words
        assert whole.problems == parts.problems == []


def test_what_no_part_holds_is_not_loaded_and_what_was_is_said(browser: Browser, split: Path) -> None:
    number = len(list((split / build_index.FOLDER).glob("part-*.js")))
    assert number > 10
    with Visit(browser, f"{(split / 'search.html').as_uri()}?q=grapefruit") as visit:
        visit.page.wait_for_selector("#lr-results a")
        loaded = visit.page.locator('script[src*="search/part-"]').count()
        assert 0 < loaded < number / 2
        assert said(visit.page).endswith(f"{loaded} of {number} parts of the index.")
        ask(visit.page, "zzzz")
        assert visit.page.locator('script[src*="search/part-"]').count() == loaded


def test_a_part_that_is_gone_is_said(browser: Browser, split: Path, tmp_path: Path) -> None:
    shutil.copytree(split, tmp_path / "gone")
    for path in (tmp_path / "gone" / build_index.FOLDER).glob("part-*.js"):
        path.unlink()
    with Visit(browser, f"{(tmp_path / 'gone' / 'search.html').as_uri()}?q=sirolimus") as visit:
        visit.page.locator("#lr-found", has_text="cannot be read").wait_for()
        assert "search/part-" in said(visit.page)
