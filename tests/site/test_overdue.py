"""A page whose review date has passed says so at its top, whenever it was built."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from looking import Visit
from playwright.sync_api import Browser

from living_review import evidence


@pytest.mark.parametrize(("days", "shown"), [(0, False), (1, True)])
def test_the_day_after_the_review_date_every_page_says_so(
    browser: Browser, site: Path, days: int, shown: bool
) -> None:
    due = str(evidence.load().records("versions")["next_review_due"].iloc[-1])
    with Visit(browser, (site / "book" / "methods.html").as_uri()) as visit:
        noon = datetime.datetime.fromisoformat(due) + datetime.timedelta(days=days, hours=12)
        visit.page.clock.set_fixed_time(noon)
        visit.page.reload()
        assert visit.page.locator(".lr-overdue").is_visible() is shown
        assert visit.axe({}) == []
