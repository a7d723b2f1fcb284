"""The evidence explorer in the browser, against the rows that Python makes of the data."""

from __future__ import annotations

import base64
import csv
import json
import re
import zlib
from pathlib import Path

import pytest
from looking import Visit
from playwright.sync_api import Browser, Page

from living_review import evidence
from living_review.report import explorer


@pytest.fixture(scope="module")
def rows() -> list[explorer.Row]:
    return explorer.rows(evidence.load())


@pytest.fixture(scope="module")
def address(site: Path) -> str:
    return (site / "book" / "explorer.html").as_uri()


def count(page: Page) -> str:
    page.wait_for_selector(".lr-explorer.is-ready")  # the rows are unpacked first
    return page.locator(".lr-count").text_content()


def test_every_row_of_the_evidence_is_on_the_page(browser: Browser, address: str, rows) -> None:
    with Visit(browser, address) as visit:
        assert count(visit.page) == f"{len(rows):,} of {len(rows):,} rows"
        assert visit.page.locator(".lr-explorer tbody tr").count() == min(50, len(rows))


def test_without_javascript_the_page_leads_to_a_plain_table_of_all_rows(browser, address, rows) -> None:
    with Visit(browser, address, java_script_enabled=False) as visit:
        visit.page.get_by_role("link", name="All of them are in one plain table").click()
        visit.page.wait_for_url("**/evidence/rows.html", wait_until="load")  # not half a table
        table = visit.page.get_by_role("table")
        assert table.get_by_role("row").count() == len(rows) + 1
        assert table.get_by_role("row").nth(1).locator("th, td").count() == len(explorer.HEADINGS)
        assert "<td" not in table.inner_text()
        shown = table.get_by_role("row").nth(1).text_content()
        assert rows[0].source in shown
        assert rows[0].where in shown


def test_filters_search_and_download_agree_with_python(browser: Browser, address: str, rows) -> None:
    wanted = [r for r in rows if r.kind == "Harm" and r.disease == "PEComa" and "mucositis" in r.what]
    assert wanted
    with Visit(browser, address) as visit:
        page = visit.page
        page.get_by_label("Kind").select_option("Harm")
        page.get_by_label("Disease").select_option("PEComa")
        page.get_by_label("Search in all columns").fill("MUCOSITIS")
        page.wait_for_url(lambda address: "MUCOSITIS" in address)
        assert count(page) == f"{len(wanted):,} of {len(rows):,} rows"
        with page.expect_download() as download:
            page.get_by_role("button", name="Download these rows").click()
        with Path(download.value.path()).open(encoding="utf-8", newline="") as stream:
            saved = list(csv.DictReader(stream))
        assert [r["ref"] for r in saved] == [r.ref for r in wanted]
        assert [r["printed"] for r in saved] == [r.printed for r in wanted]
        assert visit.problems == []


def test_a_missing_number_sorts_last_in_both_directions(browser: Browser, address: str, rows) -> None:
    some = [r for r in rows if r.kind == "Outcome"]
    numbers = sorted(r.number for r in some if r.number is not None)
    assert len(numbers) < len(some), "the test needs an outcome without a number"
    for sort, first in (("3", numbers[0]), ("-3", numbers[-1])):
        with Visit(browser, f"{address}?kind=Outcome&sort={sort}") as visit:
            texts = visit.page.locator(".lr-explorer tbody tr td:nth-child(4)").all_text_contents()
            texts = [text.replace("\u00a0", " ") for text in texts]  # an interval stays on one line
            tops = {r.result for r in some if r.number == first}
            assert any(texts[0].startswith(top) for top in tops)
            last = {r.result or "–" for r in some if r.number is None}
            assert any(texts[-1].startswith(end) for end in last)


def test_the_address_restores_what_was_chosen(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        visit.page.get_by_label("Study").select_option(index=1)
        visit.page.get_by_role("button", name="Result").click()
        chosen, shown = visit.page.url, count(visit.page)
        first = visit.page.locator(".lr-explorer tbody tr").first.text_content()
    with Visit(browser, chosen) as again:
        assert count(again.page) == shown
        assert again.page.locator(".lr-explorer tbody tr").first.text_content() == first
        assert again.page.locator("[aria-sort=ascending]").text_content() == "Result"


def test_a_nonsense_address_shows_all_rows(browser: Browser, address: str, rows) -> None:
    with Visit(browser, f"{address}?study=nobody&sort=99&page=-4") as visit:
        assert count(visit.page) == f"{len(rows):,} of {len(rows):,} rows"
        assert visit.problems == []


def test_a_search_without_result_says_what_to_do(browser: Browser, address: str) -> None:
    with Visit(browser, f"{address}?q=zzzz") as visit:
        assert count(visit.page).startswith("No row fits")
        assert not visit.page.get_by_role("table").is_visible()


def test_the_copied_citation_names_paper_place_and_version(browser, served: str, rows) -> None:
    options = {"permissions": ["clipboard-read", "clipboard-write"]}
    with Visit(browser, f"{served}/book/explorer.html", **options) as visit:
        visit.page.get_by_role("button", name="Copy the citation").first.click()
        visit.page.locator("#lr-say", has_text="Copied").wait_for(state="attached")
        copied = visit.page.evaluate("navigator.clipboard.readText()")
    review = evidence.load()
    row = rows[0]
    for part in (row.source, row.where, row.ref, review.version, f"“{row.printed}”"):
        assert part in copied


def test_it_can_be_used_by_keyboard_alone(browser: Browser, address: str) -> None:
    with Visit(browser, address) as visit:
        page = visit.page
        page.get_by_label("Search in all columns").focus()
        page.keyboard.type("sirolimus")
        stops = []
        for _ in range(12):
            page.keyboard.press("Tab")
            stops.append(
                page.evaluate("document.activeElement.id || document.activeElement.textContent")
            )
        assert stops[:6] == [
            f"lr-ex-{k}" for k in ("disease", "study", "kind", "class", "verdict", "certainty")
        ]
        assert stops[6:8] == ["Show all rows", "Download these rows (CSV)"]
        assert stops[9] == "Source"
        page.keyboard.press("Enter")  # on the heading three stops on
        assert page.locator("[aria-sort=ascending]").count() == 1


def test_twenty_thousand_rows_stay_quick(browser: Browser, site: Path, tmp_path: Path) -> None:
    text = (site / "book" / "explorer.html").read_text(encoding="utf-8")
    text = re.sub(r"<noscript>.*?</noscript>", "", text, flags=re.DOTALL)
    found = re.search(r'(id="lr-explorer-data">)(.*?)(</script>)', text, re.DOTALL)
    data = json.loads(zlib.decompress(base64.b64decode(found[2])))
    data["rows"] = (data["rows"] * (20_000 // len(data["rows"]) + 1))[:20_000]
    many = base64.b64encode(zlib.compress(json.dumps(data).encode())).decode("ascii")
    text = text[: found.start(2)] + many + text[found.end(2) :]
    page = tmp_path / "explorer.html"
    page.write_text(text.replace("../_static", (site / "_static").as_uri()), encoding="utf-8")
    with Visit(browser, page.as_uri()) as visit:
        assert count(visit.page) == "20,000 of 20,000 rows"
        times = visit.page.evaluate(
            """() => [["#lr-ex-kind", "Harm"], ["#lr-ex-kind", ""]].map(([box, value]) => {
              const select = document.querySelector(box), start = performance.now();
              select.value = value;
              select.dispatchEvent(new Event("change"));
              document.body.offsetHeight;
              return performance.now() - start;
            }).concat([...document.querySelectorAll(".lr-sort")].map((button) => {
              const start = performance.now();
              button.click();
              document.body.offsetHeight;
              return performance.now() - start;
            }))"""
        )
        ready = visit.page.evaluate("performance.getEntriesByType('navigation')[0].domComplete")
    # Measured in five runs while other work kept both cores busy: 34 to 188 ms an action, two of 45
    # at 305 and 412 ms; 0.4 to 0.7 s until ready. The limits leave room for a slower machine.
    assert max(times) < 1000, times
    assert ready < 5000
