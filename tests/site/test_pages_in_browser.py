"""Every page in Chromium: widths, colours, console, network, axe; and each gate seen to fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from looking import Visit, in_print, look, on_a_phone
from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

CLEAN = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A page</title>'
    '<link rel="icon" href="data:,"></head>'
    "<body><main><h1>A page</h1><p>Some words.</p>{}</main></body></html>"
)


@pytest.fixture
def planted(tmp_path: Path):
    def plant(problem: str) -> str:
        page = tmp_path / "page.html"
        page.write_text(CLEAN.format(problem), encoding="utf-8")
        return page.as_uri()

    return plant


def looked_at(browser: Browser, address: str) -> list[str]:
    with Visit(browser, address) as visit:
        return look(visit)


def test_a_clean_page_passes_every_check(browser: Browser, planted) -> None:
    assert looked_at(browser, planted("")) == []


@pytest.mark.parametrize(
    ("problem", "named"),
    [
        ('<p style="width: 2000px">wide</p>', "sticks out: <p style"),
        ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="9">', "axe: image-alt"),
        ('<p style="color: #999; background: #fff">pale</p>', "axe: color-contrast"),
        (
            '<img alt="x" src="https://elsewhere.invalid/x.png">',
            "request to another host: https://else",
        ),
        ('<img alt="x" src="missing.png">', "request failed: file:"),
        (
            "<style>@media (prefers-color-scheme: dark) { p{color: #333; background: #222}}</style>",
            "390 px, dark: axe: color-contrast",
        ),
        (
            "<div style='font: 9px/10px serif'><a style='display: block' href='#a'>one</a>"
            "<a style='display: block' href='#b'>two</a></div>",
            "axe: target-size",
        ),
        ("<script>console.error('no')</script>", "console: no"),
        ("<script>nothing()</script>", "script error: nothing is not defined"),
    ],
)
def test_a_planted_issue_is_named(browser: Browser, planted, problem: str, named: str) -> None:
    assert any(named in found for found in looked_at(browser, planted(problem)))


def test_an_issue_of_one_width_only_is_named_with_it(browser: Browser, planted) -> None:
    found = looked_at(browser, planted('<p style="width: 500px">wide for a phone</p>'))
    assert [f[:15] for f in found] == ["390 px, light: ", "390 px, dark: s"]


CARD = "<article class='lr-ev'><dl><div><dt>Group {0}</dt><dd>{1}</dd></div></dl></article>"
ROW = "<table><caption>Groups</caption><tbody><tr><th scope='row'>Group {0}</th><td>{1}</td></tr>"
EACH_WIDTH = {"1280 px, light", "768 px, light", "390 px, light"}
EACH_COLOUR = {"1280 px, light", "1280 px, dark", "390 px, dark"}


@pytest.mark.parametrize(
    ("different", "named", "where"),
    [
        ("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>", "image-alt", EACH_WIDTH),
        ("<a href='#a' style='display: block; height: 30px'></a>", "link-name", EACH_WIDTH),
        ("<span style='color: #999'>of nine</span>", "color-contrast", EACH_COLOUR),
        ("<span class='pale'>of nine</span>", "color-contrast", EACH_COLOUR),
    ],
)
@pytest.mark.parametrize("alike", [CARD, ROW])
def test_what_differs_among_many_that_are_alike_is_named_each_time(
    browser: Browser, planted, alike: str, different: str, named: str, where: set[str]
) -> None:
    start, body, row = alike.rpartition("<tbody>")
    parts = [row.format(n, different if n == 25 else "of nine") for n in range(30)]
    style = "<style>.pale { color: #999 }</style>"
    found = looked_at(browser, planted("".join([style, start, body, *parts])))
    assert {problem.split(": ")[0] for problem in found if f"axe: {named}" in problem} == where


def test_links_too_close_in_one_card_of_many_that_are_alike_are_named(browser, planted) -> None:
    """Sizes follow the words, which are no part of what is compared: every card is looked at."""
    style = "<style>.lr-ev a { display: block; width: 3rem; font: 9px/10px serif }</style>"
    links = CARD.format(0, "<a href='#a'>{0}</a><a href='#b'>{0}</a>")
    wraps = [links.format("words that wrap over many lines")] * 30
    assert looked_at(browser, planted("".join([style, *wraps]))) == []
    wraps[25] = links.format("a")
    found = looked_at(browser, planted("".join([style, *wraps])))
    named = {problem.split(": ")[0] for problem in found if "axe: target-size" in problem}
    assert named == {"1280 px, light", "390 px, light"}


def test_every_page_at_three_widths_in_light_and_dark_and_in_print(
    browser: Browser, site: Path, served: str
) -> None:
    problems = {}
    for page in sorted(site.rglob("*.html")):
        place = page.relative_to(site).as_posix()
        if place == "index.html":
            continue  # a copy of book/index.html; the next test opens it
        with Visit(browser, f"{served}/{place}") as visit:
            if found := look(visit) + in_print(visit):
                problems[place] = found
    assert problems == {}


def test_every_page_from_the_file_system_and_on_a_phone(browser: Browser, site: Path) -> None:
    problems = {}
    for page in sorted(site.rglob("*.html")):
        with Visit(browser, page.as_uri(), width=390) as visit:
            if found := on_a_phone(visit) + visit.problems:
                problems[page.relative_to(site).as_posix()] = found
    assert problems == {}


@pytest.mark.parametrize(
    "problem",
    [
        "<table><tr><td style='min-width: 900px'>wide</td></tr></table>",
        "<table><tr><td style='width: 1px; overflow-wrap: anywhere'>squeezed</td></tr></table>",
    ],
)
def test_a_table_cut_or_squeezed_in_print_is_named(browser: Browser, planted, problem: str) -> None:
    with Visit(browser, planted(problem)) as visit:
        assert any("<td" in found for found in in_print(visit))
    with Visit(browser, planted("<table><tr><td>fits</td></tr></table>")) as visit:
        assert in_print(visit) == []


def test_the_choice_of_colours_is_kept_on_the_next_page(browser: Browser, served: str) -> None:
    with Visit(browser, f"{served}/index.html", color_scheme="light") as visit:
        visit.page.get_by_role("button", name="Dark colours").click()
        visit.page.goto(f"{served}/search.html")
        assert visit.page.evaluate("document.documentElement.dataset.colours") == "dark"
        assert visit.page.get_by_role("button", name="Light colours").count() == 1


def test_the_contents_open_and_close_by_keyboard_on_a_phone(browser: Browser, served: str) -> None:
    with Visit(browser, f"{served}/index.html", width=390) as visit:
        contents = visit.page.get_by_role("navigation", name="Contents")
        assert not contents.is_visible()
        visit.page.get_by_role("button", name="Contents").focus()
        visit.page.keyboard.press("Enter")
        assert contents.is_visible()
        visit.page.keyboard.press("Escape")
        assert not contents.is_visible()


def test_the_first_tab_stop_leads_past_the_navigation(browser: Browser, served: str) -> None:
    with Visit(browser, f"{served}/index.html") as visit:
        visit.page.keyboard.press("Tab")
        visit.page.keyboard.press("Enter")
        assert visit.page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_link_to_a_disease_arrives_at_once_and_under_the_header(
    browser: Browser, site: Path, width: int
) -> None:
    """No long scroll through the page, and no heading hidden by the header or far below it."""
    with Visit(browser, (site / "index.html").as_uri(), width=width) as visit:
        links = visit.page.locator("p", has_text="Straight to a disease").locator("a")
        addresses = links.evaluate_all("(all) => all.map((a) => a.href)")
        assert len(addresses) > 1
        for address in addresses:
            visit.page.goto(address)
            place, header = visit.page.evaluate(
                """(id) => [document.getElementById(id), document.querySelector("header")]
                    .map((e) => e.getBoundingClientRect())""",
                address.partition("#")[2],
            )
            assert header["bottom"] <= place["top"] < header["bottom"] + 40, (address, place, header)
