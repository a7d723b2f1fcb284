"""Every page in Chromium: widths, colours, console, network, axe; and each gate seen to fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from looking import Visit, look
from playwright.sync_api import Browser

CLEAN = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A page</title>'
    '<link rel="icon" href="data:,"></head>'
    "<body><main><h1>A page</h1><p>Some words.</p>{}</main></body></html>"
)

# What leaves the paper at the right, and columns squeezed to a letter a line to avoid that.
CUT = """() => [...document.querySelectorAll("table, svg, pre, th, td")]
  .filter((e) => {
    const box = e.getBoundingClientRect();
    const squeezed = e.matches("th, td") && box.width > 0 && box.width < 20
      && e.textContent.trim().length > 4 && box.height > 60;
    return box.right > innerWidth + 1 || squeezed;
  })
  .map((e) => e.outerHTML.slice(0, 100))"""
A4 = 673  # CSS pixels of 210 mm less two margins of 16 mm


def cut_in_print(browser: Browser, address: str) -> list[str]:
    with Visit(browser, address, width=A4) as visit:
        visit.page.emulate_media(media="print")
        visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        return visit.page.evaluate(CUT)


@pytest.fixture
def planted(tmp_path: Path):
    def plant(fault: str) -> str:
        page = tmp_path / "page.html"
        page.write_text(CLEAN.format(fault), encoding="utf-8")
        return page.as_uri()

    return plant


def test_a_clean_page_passes_every_check(browser: Browser, planted) -> None:
    assert look(browser, planted("")) == []


@pytest.mark.parametrize(
    ("fault", "named"),
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
def test_a_planted_issue_is_named(browser: Browser, planted, fault: str, named: str) -> None:
    assert any(named in found for found in look(browser, planted(fault)))


def test_an_issue_of_one_width_only_is_named_with_it(browser: Browser, planted) -> None:
    found = look(browser, planted('<p style="width: 500px">wide for a phone</p>'))
    assert [f[:15] for f in found] == ["390 px, light: ", "390 px, dark: s"]


def test_every_page_at_three_widths_in_light_and_dark(
    browser: Browser, site: Path, served: str
) -> None:
    faults = {}
    for page in sorted(site.rglob("*.html")):
        place = page.relative_to(site).as_posix()
        if place == "index.html":
            continue  # a copy of book/index.html; the next test opens it
        if found := look(browser, f"{served}/{place}"):
            faults[place] = found
    assert faults == {}


def test_every_page_from_the_file_system(browser: Browser, site: Path) -> None:
    faults = {}
    for page in sorted(site.rglob("*.html")):
        with Visit(browser, page.as_uri()) as visit:
            if visit.heard:
                faults[page.relative_to(site).as_posix()] = visit.heard
    assert faults == {}


def test_no_table_is_cut_or_squeezed_when_a_page_is_printed(browser: Browser, site: Path) -> None:
    faults = {
        p.relative_to(site).as_posix(): cut_in_print(browser, p.as_uri())
        for p in sorted(site.rglob("*.html"))
    }
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize(
    "fault",
    [
        "<table><tr><td style='min-width: 900px'>wide</td></tr></table>",
        "<table><tr><td style='width: 1px; overflow-wrap: anywhere'>squeezed</td></tr></table>",
    ],
)
def test_a_table_cut_or_squeezed_in_print_is_named(browser: Browser, planted, fault: str) -> None:
    assert any("<td" in found for found in cut_in_print(browser, planted(fault)))
    assert cut_in_print(browser, planted("<table><tr><td>fits</td></tr></table>")) == []


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
