"""On the built site: what a chapter answers with leads to its evidence, every number of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from living_review import evidence
from living_review.build import trace

ANSWERS = ("The answer", "In plain language")
NO_RESULT = re.compile(
    r"grade 3 or 4\b|[Pp]atient \d+|[Cc]ase \d+"
)  # a class of harm, names of patients


@pytest.mark.parametrize("study", evidence.load().study_ids)
def test_every_number_of_the_answer_and_of_the_plain_words_is_cited(site: Path, study: str) -> None:
    page = (site / "notebooks" / f"{study}.html").read_text(encoding="utf-8")
    found = [n for n in trace.numbers(page, study) if n.part in ANSWERS]
    assert found
    assert [n for n in found if not n.cited and not NO_RESULT.search(n.words)] == []


def test_every_link_to_a_card_leads_to_one(site: Path) -> None:
    links = set()
    for page in site.glob("notebooks/*.html"):
        text = page.read_text(encoding="utf-8")
        links |= set(re.findall(r'href="\.\./(evidence/\w+\.html)#([\w.-]+)"', text))
    cards = {
        p.name: set(re.findall(r'id="([^"]+)"', p.read_text()))
        for p in (site / "evidence").glob("*.html")
    }
    assert len(links) > 200
    assert {link for link in links if link[1] not in cards[Path(link[0]).name]} == set()
