"""The tests of this review: its data are valid, its pages come from them, no link leads nowhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from living_review import audit, evidence, validation
from living_review.build import render, staleness

ROOT = Path(__file__).resolve().parents[1]


def test_the_data_are_valid():
    assert [str(issue) for issue in validation.check_all(ROOT)] == []


def test_every_notebook_was_run_with_what_is_there_now():
    assert [f"{item.path.name}: {item.why()}" for item in staleness.stale(ROOT)] == []


def test_every_claim_has_the_verdict_that_was_accepted():
    results = audit.audit(evidence.load(ROOT))
    assert [f"{r.study} {r.claim}: {r.verdict}" for r in results if r.is_changed] == []


def test_every_study_has_its_reading_and_its_chapter():
    review = evidence.load(ROOT)
    for study in review.studies:
        assert (ROOT / "notebooks" / f"{study.study_id}.ipynb").is_file()
        assert (review.data / "review/readings/first" / study.study_id / "study.yaml").is_file()


class Links(HTMLParser):
    """The addresses and the names of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.ids |= {named["id"]} if named.get("id") else set()
        if tag == "a" and named.get("href"):
            self.links.append(named["href"])


@pytest.fixture(scope="module")
def site() -> Path:
    render.render(ROOT)
    return render.site(ROOT)


def test_every_link_of_the_site_leads_somewhere(site):
    pages = {page: Links(page) for page in site.rglob("*.html")}
    broken = []
    for page, found in pages.items():
        for link in found.links:
            place, _, name = link.partition("#")
            if re.match(r"[a-z]+:", link) or "?" in link:
                continue
            target = (page.parent / place).resolve() if place else page
            known = pages[target].ids if target in pages else set()
            if not target.exists() or (name and target in pages and name not in known):
                broken.append(f"{page.relative_to(site)}: {link}")
    assert broken == []


def test_no_page_shows_a_number_that_could_not_be_computed(site):
    wrong = re.compile(r"\bnan\b|\bNone of None\b|&lt;NA&gt;|\{\{|Traceback")
    assert [p.name for p in site.rglob("*.html") if wrong.search(p.read_text(encoding="utf-8"))] == []
