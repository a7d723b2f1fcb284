"""Terms of the glossary in the browser: hover, focus, tap, Escape."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from looking import Visit
from playwright.sync_api import Browser


@pytest.fixture
def address(site: Path) -> str:
    return (site / "notebooks" / "benson_2014.html").as_uri()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    with Visit(browser, address) as visit:
        yield visit


def test_the_meaning_shows_on_hover_and_stays_while_the_pointer_is_on_it(visit: Visit) -> None:
    term, tip = visit.page.locator(".lr-term").first, visit.page.locator("#lr-tip")
    term.hover()
    assert tip.text_content() == term.get_attribute("data-meaning")
    tip.hover()
    visit.page.wait_for_timeout(400)
    assert tip.is_visible()
    assert visit.overflow() == []


def test_the_meaning_shows_on_focus_is_announced_and_closes_with_escape(visit: Visit) -> None:
    term, tip = visit.page.locator(".lr-term").first, visit.page.locator("#lr-tip")
    term.focus()
    assert tip.is_visible()
    assert term.get_attribute("aria-describedby") == "lr-tip"
    visit.page.keyboard.press("Escape")
    assert not tip.is_visible()
    assert term.get_attribute("aria-describedby") is None


def test_the_first_tap_explains_and_the_second_follows(browser: Browser, address: str) -> None:
    with Visit(browser, address, width=390, has_touch=True, is_mobile=True) as visit:
        term = visit.page.locator(".lr-term").first
        term.tap()
        assert visit.page.locator("#lr-tip").is_visible()
        assert visit.page.url == address
        term.tap()
        visit.page.wait_for_url("**/glossary.html#term-*")


def test_an_open_explanation_has_no_issue_for_axe(visit: Visit) -> None:
    visit.page.locator(".lr-term").first.focus()
    assert visit.axe({}) == []
