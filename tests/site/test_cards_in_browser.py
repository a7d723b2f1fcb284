"""A reader's way from a number to its card, by keyboard, in Chromium; print shows none of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from looking import Visit
from playwright.sync_api import Browser

TARGET = """() => {
  const card = document.querySelector(":target");
  const { top } = card.getBoundingClientRect();
  return { seen: top >= 0 && top < innerHeight, words: card.innerText };
}"""


@pytest.mark.parametrize(
    ("page", "link", "card"),
    [
        ("notebooks/harms.html", "#harms-grave .lr-source", "evidence/"),  # a count in a table
        ("notebooks/harms.html", "#harms-other .lr-num", "evidence/"),  # a number in a cell's words
        ("notebooks/harms.html", "#harms-whom .lr-rows", "evidence/computed.html"),  # a whole table
        ("notebooks/synthesis.html", "#synthesis-forest .lr-rows", "evidence/computed.html"),
        ("notebooks/bounds.html", "p > .lr-num", "evidence/computed.html"),  # a sentence
        ("book/index.html", "#disease-table .lr-source", "evidence/"),
        ("notebooks/nadal_2016.html", "#nadal-treatment .lr-marks a", "evidence/nadal_2016.html"),
        ("notebooks/since.html", "#since-nf1 .lr-marks a:last-child", "evidence/"),  # a later study
    ],
)
def test_one_keystroke_leads_from_a_number_to_its_card_and_back(
    browser: Browser, site: Path, page: str, link: str, card: str
) -> None:
    with Visit(browser, (site / page).as_uri()) as visit:
        visit.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        first = visit.page.locator(link).first
        first.focus()
        assert first.evaluate("e => e === document.activeElement")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url(f"**/{card}**")
        found = visit.page.evaluate(TARGET)
        assert found["seen"]
        assert len(found["words"]) > 20
        visit.page.go_back()
        assert visit.page.url.endswith(page)
        assert visit.problems == []


def test_a_card_leads_back_to_the_page_that_shows_it(browser: Browser, site: Path) -> None:
    address = (site / "evidence" / "hua_2014.html").as_uri()
    with Visit(browser, f"{address}#outcomes-abs_malignant") as visit:
        backs = visit.page.locator(".lr-ev dd a[href^='../notebooks/hua_2014.html']")
        assert backs.count() > 20
        assert "Shown on" in visit.page.locator(".lr-ev").first.inner_text()


LAID_OUT = """() => [...document.querySelectorAll(".lr-ev > h3")]
  .map((head) => head.checkVisibility({ contentVisibilityAuto: true }))"""


def test_cards_are_laid_out_when_they_come_into_view_and_all_in_print(
    browser: Browser, site: Path
) -> None:
    address = (site / "evidence" / "nadal_2016.html").as_uri()
    with Visit(browser, address) as visit:
        cards = visit.page.locator(".lr-ev")
        assert cards.count() > 500
        visit.page.wait_for_function(f"() => !({LAID_OUT})().at(-1)")
        assert 0 < sum(visit.page.evaluate(LAID_OUT)) < 30
        last = cards.last.get_attribute("id")
        visit.page.goto(f"{address}#{last}")
        visit.page.wait_for_function(f"() => ({LAID_OUT})().at(-1)")
        assert visit.page.evaluate(TARGET)["seen"]
        visit.page.emulate_media(media="print")
        visit.page.wait_for_function(f"() => ({LAID_OUT})().every(Boolean)")


HIGHER = """() => {
  const cards = [...document.querySelectorAll(".lr-ev")];
  const size = (card) => getComputedStyle(card).containIntrinsicBlockSize;  // auto 456px
  const expected = cards.map((card) => parseFloat(size(card).slice(5)));
  cards.forEach((card) => { card.style.contentVisibility = "visible"; });
  return Math.max(...cards.map((card, i) => card.querySelector("dl").getBoundingClientRect().bottom
    - card.querySelector("h3").getBoundingClientRect().top - expected[i]));
}"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", ["nadal_2016", "context", "computed"])
def test_no_card_is_higher_than_the_space_it_has_before_it_is_laid_out(
    browser: Browser, site: Path, page: str, width: int
) -> None:
    """Links of two cards over each other are too small a target to a check that sees both."""
    with Visit(browser, (site / "evidence" / f"{page}.html").as_uri(), width) as visit:
        assert visit.page.evaluate(HIGHER) <= 16  # the space between two cards


def test_print_shows_no_link_to_the_rows_behind(browser: Browser, site: Path) -> None:
    with Visit(browser, (site / "notebooks" / "harms.html").as_uri()) as visit:
        links = visit.page.locator(".lr-rows")
        assert links.first.is_visible()
        visit.page.emulate_media(media="print")
        assert not any(links.nth(i).is_visible() for i in range(links.count()))
        style = "e => getComputedStyle(e).textDecorationLine"
        assert visit.page.locator(".lr-num").first.evaluate(style) == "none"
