"""How long a chapter is before its appendix: eight screens of 900 px at 1280 px."""

from __future__ import annotations

from pathlib import Path

import pytest
from looking import Visit
from playwright.sync_api import Browser

from living_review import evidence

SCREEN, SCREENS = 900, 8
CHAPTERS = [*evidence.load().study_ids, "synthesis", "harms"]
WHERE = """() => {
  const of = (h) => h.firstChild.textContent.trim() === "Appendix";
  const found = [...document.querySelectorAll("h2")].find(of);
  return found ? found.getBoundingClientRect().top + scrollY : null;
}"""


def before_the_appendix(browser: Browser, page: Path) -> float | None:
    """Return the pixels above the heading *Appendix*; None if there is none."""
    with Visit(browser, page.as_uri()) as visit:
        return visit.page.evaluate(WHERE)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_at_most_eight_screens_long_before_its_appendix(
    browser: Browser, site: Path, chapter: str
) -> None:
    height = before_the_appendix(browser, site / "notebooks" / f"{chapter}.html")
    assert height is not None
    assert height <= SCREEN * SCREENS


def test_a_longer_chapter_would_be_seen(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "long.html"
    page.write_text('<div style="height: 7300px"></div><h2>Appendix</h2>', encoding="utf-8")
    assert before_the_appendix(browser, page) > SCREEN * SCREENS
    page.write_text("<h2>Data</h2>", encoding="utf-8")
    assert before_the_appendix(browser, page) is None
