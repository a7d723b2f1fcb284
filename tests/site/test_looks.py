"""What a reader sees: long tables on a phone, our fonts and colours; and two gates seen to fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from looking import Visit, in_print, on_a_phone
from playwright.sync_api import Browser


@pytest.fixture
def planted(site: Path, tmp_path: Path):
    """Give the address of a page of the site with something put at the start of its text."""

    def plant(problem: str) -> str:
        text = (site / "book" / "cite.html").read_text(encoding="utf-8")
        start = '<article class="lr-text">'
        text = text.replace("../_static", (site / "_static").as_uri()).replace(start, start + problem)
        page = tmp_path / "planted.html"
        page.write_text(text, encoding="utf-8")
        return page.as_uri()

    return plant


def table(kind: str, cell: str) -> str:
    return f"<div class='lr-table {kind}' id='here'><table><tbody><tr>{cell}</tr></tbody></table></div>"


@pytest.mark.parametrize(
    ("problem", "named"),
    [
        (table("lr-fits", "<td style='min-width: 30rem'>too wide</td>"), ["here"]),
        (table("lr-stack", "<td>1 of 3</td>"), ["here"]),
        (table("lr-stack' style='--h1:\"Patients\"", "<td>1 of 3</td>"), []),
    ],
)
def test_a_table_that_scrolls_or_loses_its_headings_is_named(browser, planted, problem, named) -> None:
    with Visit(browser, planted(problem), width=390) as visit:
        assert on_a_phone(visit) == named


def rows_shown(visit: Visit, name: str) -> int:
    return visit.page.locator(f"#{name} tbody tr:visible").count()


def many(name: str, caption: str, rows: int = 20) -> str:
    body = "".join(f"<tr id='{name}-{i}'><th scope='row'>{i}</th></tr>" for i in range(rows))
    return (
        f"<div class='lr-table lr-stack' id='{name}' tabindex='0'><table><caption>{caption}</caption>"
        f"<tbody>{body}</tbody></table></div>"
    )


def test_on_a_phone_a_long_table_begins_with_its_first_rows_and_harms_are_whole(
    browser: Browser, planted
) -> None:
    address = planted(
        many("doses", "Doses") + many("harms", "Harms by grade") + many("short", "Ages", rows=10)
    )
    with Visit(browser, address, width=390) as visit:
        shown = {name: rows_shown(visit, name) for name in ("doses", "harms", "short")}
        assert shown == {"doses": 6, "harms": 20, "short": 10}
        visit.page.emulate_media(media="print")
        assert rows_shown(visit, "doses") == 20
        visit.page.emulate_media(media="screen")
        visit.page.get_by_role("button", name="Show all 20 rows of: Doses").press("Enter")
        assert rows_shown(visit, "doses") == 20
        assert visit.page.evaluate("document.activeElement.id") == "doses"
    with Visit(browser, f"{address}#doses-15", width=390) as visit:
        assert rows_shown(visit, "doses") == 20  # a link into the table shows it whole
    with Visit(browser, address) as visit:
        assert rows_shown(visit, "doses") == 20
        assert visit.page.get_by_role("button", name="Show all").count() == 0


def test_a_figure_higher_than_a_page_is_named(browser: Browser, planted) -> None:
    tall = (
        "<figure class='lr-figure' id='tall'><svg viewBox='0 0 9 99' "
        "style='max-height: none !important; height: 90rem'></svg></figure>"
    )
    with Visit(browser, planted(tall)) as visit:
        assert in_print(visit) == ["higher than a page: tall"]


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_the_fonts_are_our_own_from_a_folder_and_from_a_server(browser, site, served, scheme) -> None:
    address = f"{served}/book/cite.html" if scheme == "http" else (site / "book/cite.html").as_uri()
    with Visit(browser, address) as visit:
        faces = visit.page.evaluate(
            "document.fonts.ready.then((all) => [...all].map((f) => [f.family, f.style, f.status]))"
        )
    status = {(family.strip('"'), style): status for family, style, status in faces}
    assert status == dict.fromkeys(
        [("Literata", "normal"), ("Literata", "italic"), ("Inter", "normal")], "loaded"
    )


GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_reader_s_choice_of_colours_goes_before_the_system_s_and_paper_is_white(
    browser: Browser, site: Path, system
) -> None:
    with Visit(browser, (site / "book/cite.html").as_uri(), color_scheme=system) as visit:
        grounds = {"asked of the system": visit.page.evaluate(GROUND)}
        for choice in ("light", "dark"):
            visit.page.evaluate(f"document.documentElement.dataset.colours = '{choice}'")
            grounds[choice] = visit.page.evaluate(GROUND)
        assert grounds["asked of the system"] == grounds[system]
        assert grounds["light"] != grounds["dark"]
        visit.page.emulate_media(media="print")
        assert visit.page.evaluate(GROUND) == "rgb(255, 255, 255)"
        assert visit.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
