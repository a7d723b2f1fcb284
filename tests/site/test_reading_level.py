"""Each part in plain language states its reading level, the right one, and is plain."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from looking import Visit, search_index
from playwright.sync_api import Browser

from living_review import evidence
from living_review.stats import readability

TOPIC = evidence.load(Path(__file__).resolve().parents[2]).topic
ID = "in-plain-language"
STATED = re.compile(r'<p class="lr-level"[^>]*>(.*?)</p>', re.DOTALL)


class _Part(HTMLParser):
    """Read the paragraphs of one section of a page, the stated level apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.depth = 0  # of sections, from the part on
        self.where = ""
        self.paragraphs: list[str] = []
        self.stated: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "section" and (self.depth or values.get("id") == ID):
            self.depth += 1
        elif tag == "p" and self.depth:
            self.where = "stated" if values.get("class") == "lr-level" else "paragraphs"
            getattr(self, self.where).append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "section" and self.depth:
            self.depth -= 1
        elif tag == "p":
            self.where = ""

    def handle_data(self, data: str) -> None:
        if self.where:
            getattr(self, self.where)[-1] += data


def level_issues(page: str) -> list[str]:
    """Return what is wrong with the reading level of a page; nothing for one without such a part."""
    part = _Part()
    part.feed(page)
    if f'id="{ID}"' not in page:
        return ["a level is stated and nothing is in plain language"] if STATED.search(page) else []
    try:
        level = readability.measure("\n\n".join(part.paragraphs), TOPIC.syllables)
    except ValueError:
        return ["the part in plain language has no text"]
    issues = []
    if part.stated != [f"Reading level: {level}"]:
        issues.append(f"stated is {part.stated}, measured {level}")
    if round(level.ease) < readability.PLAIN:
        issues.append(f"harder than plain English: {level}")
    return issues


PLAIN = "The drug helped some of them. We do not know how many, or for how long."
HARD = (
    "Retrospective observational investigations without randomised comparators systematically "
    "overestimate therapeutic effectiveness."
)


def page(text: str, stated: str | None = None) -> str:
    level = f'<p class="lr-level"><a href="#">Reading level</a>: {stated}</p>' if stated else ""
    return (
        f'<section id="x"><p>{HARD}</p><section id="{ID}"><h2>In plain language</h2>'
        f"<div><p>{text}</p></div>{level}</section><section><p>{HARD}</p></section></section>"
    )


def said(text: str) -> str:
    return str(readability.measure(text))


def test_a_plain_part_with_its_level_passes_and_a_page_without_one_too() -> None:
    assert level_issues(page(PLAIN, said(PLAIN))) == []
    assert level_issues(f"<section><p>{HARD}</p></section>") == []


@pytest.mark.parametrize(
    ("planted", "issue"),
    [
        (page(PLAIN), "stated is [], measured"),
        (page(PLAIN, said(HARD)), "measured"),
        (page(PLAIN.replace("some", "29% to 96%"), said(PLAIN)), "measured"),
        (page(HARD, said(HARD)), "harder than plain English"),
        (page("", said(PLAIN)), "has no text"),
        (f'<p class="lr-level">{said(PLAIN)}</p>', "nothing is in plain language"),
    ],
)
def test_a_planted_issue_is_named(planted: str, issue: str) -> None:
    assert any(issue in found for found in level_issues(planted))


def test_every_part_in_plain_language_states_its_level_and_is_plain(site: Path) -> None:
    # By their whole path: a chapter and its page of evidence have one name.
    issues = {
        p.relative_to(site).as_posix(): level_issues(p.read_text(encoding="utf-8"))
        for p in site.rglob("*.html")
    }
    assert "notebooks/benson_2014.html" in issues
    assert {name: found for name, found in issues.items() if found} == {}


def test_every_study_and_what_they_say_together_is_reported_in_plain_language(site: Path) -> None:
    pages = {
        p.stem for p in (site / "notebooks").glob("*.html") if f'id="{ID}"' in p.read_text("utf-8")
    }
    assert pages >= {*evidence.load().study_ids, "synthesis"}


def test_the_level_leads_to_what_it_means(browser: Browser, site: Path) -> None:
    meaning = (site / "book" / "glossary.html").read_text(encoding="utf-8")
    assert 'id="term-reading-level"' in html.unescape(meaning)
    with Visit(browser, (site / "notebooks" / "hua_2014.html").as_uri()) as visit:
        visit.page.get_by_role("link", name="Reading level").click()
        visit.page.wait_for_url("**/glossary.html#term-reading-level")


def test_the_level_is_no_find_of_the_search(site: Path) -> None:
    assert not [entry for entry in search_index(site) if "Reading level: Flesch" in entry[3]]
