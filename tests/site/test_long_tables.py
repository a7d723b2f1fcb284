"""Long tables of the audit: filter by study and verdict, search, sort, and links into a fold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from looking import Visit
from playwright.sync_api import Browser, Locator

from living_review import audit, evidence
from living_review.report import audit as report_audit


@pytest.fixture
def visit(browser: Browser, site: Path) -> Iterator[Visit]:
    with Visit(browser, (site / "notebooks" / "audit.html").as_uri()) as visit:
        visit.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        yield visit


def rows(visit: Visit) -> Locator:
    return visit.page.locator("#audit-conflicts tbody tr:visible")


def test_a_study_and_a_verdict_choose_the_same_claims_as_the_audit(visit: Visit) -> None:
    conflicts = report_audit.conflicts(audit.audit(evidence.load(), "benson_2014"))
    wanted = [r for r in conflicts if r.verdict == "definition conflict"]
    visit.page.get_by_role("combobox", name="Study").first.select_option("Benson 2014")
    assert rows(visit).count() == len(conflicts)
    choice = visit.page.get_by_role("combobox", name="Verdict").first
    choice.select_option(
        next(o for o in choice.locator("option").all_text_contents() if "definition conflict" in o)
    )
    assert rows(visit).count() == len(wanted)
    assert f"{len(wanted)} of " in visit.page.locator(".lr-count").first.text_content()


def test_a_search_keeps_rows_with_every_word_and_says_how_many(visit: Visit) -> None:
    visit.page.get_by_label("Search in this table").first.fill("187.5 128")
    assert rows(visit).count() >= 1
    assert all("187.5" in text and "128" in text for text in rows(visit).all_text_contents())
    visit.page.get_by_label("Search in this table").first.fill("no such word anywhere")
    assert rows(visit).count() == 0


def test_a_heading_sorts_by_keyboard_and_says_so(visit: Visit) -> None:
    head = visit.page.locator("#audit-conflicts th", has_text="Study")
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    studies = [
        t.strip()
        for t in visit.page.locator("#audit-conflicts tbody tr td:first-child").all_text_contents()
    ]
    assert studies == sorted(studies, key=str.casefold)  # "de Rossi" is sorted under D
    assert len(set(studies)) > 1
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"


def test_a_link_to_a_claim_in_a_fold_opens_the_fold(browser: Browser, site: Path) -> None:
    page = site / "notebooks" / "benson_2014.html"
    with Visit(browser, page.as_uri()) as visit:
        name = visit.page.locator("#benson-claims [id^=claim-]").first.get_attribute("id")
    with Visit(browser, f"{page.as_uri()}#{name}") as visit:
        assert visit.page.locator(f"#{name}").is_visible()
        assert visit.axe({}) == []
