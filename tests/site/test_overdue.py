"""Every page says how old the review is; a passed review date is said by the reader's clock."""

from __future__ import annotations

import datetime
import html
import re
from pathlib import Path

import pytest
from looking import Visit
from lxml import etree
from playwright.sync_api import Browser

from living_review import evidence
from living_review.living import feed, status

STATUS = re.compile(r'<p class="lr-status">(.*?)</p>', re.DOTALL)


@pytest.mark.parametrize("page", ["book/methods", "book/index", "notebooks/hua_2014", "search"])
@pytest.mark.parametrize(("days", "shown"), [(-1, False), (0, False), (1, True), (400, True)])
def test_from_the_day_after_the_review_date_every_page_says_so(
    browser: Browser, site: Path, page: str, days: int, shown: bool
) -> None:
    due = str(evidence.load().records("versions")["next_review_due"].iloc[-1])
    with Visit(browser, (site / f"{page}.html").as_uri()) as visit:
        noon = datetime.datetime.fromisoformat(due) + datetime.timedelta(days=days, hours=12)
        visit.page.clock.set_fixed_time(noon)
        visit.page.reload()
        assert visit.page.locator(".lr-overdue").is_visible() is shown
        if page == "book/methods":
            assert visit.axe({}) == []


def test_every_page_says_how_old_it_is(site: Path) -> None:
    line = status.status_line(evidence.load())
    pages = [path for path in site.rglob("*.html") if path != site / "index.html"]
    assert len(pages) > 10
    for path in pages:
        (found,) = STATUS.findall(path.read_text(encoding="utf-8"))
        assert html.unescape(re.sub(r"<[^>]+>", "", found)).startswith(line), path


def test_the_feed_is_there_and_its_entries_lead_to_pages(site: Path) -> None:
    top = etree.parse(site / feed.FILE).getroot()
    links = [link.get("href") for link in top.iterfind(".//{*}link")]
    assert len(links) > 1
    for link in links:
        assert (site / link).is_file(), link
    page = (site / "notebooks" / "hua_2014.html").read_text(encoding="utf-8")
    assert re.search(
        r'<link rel="alternate" type="application/atom\+xml"[^>]*href="\.\./feed\.xml"', page
    )
