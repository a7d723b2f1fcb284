"""Under the title of a page: what the newest version changed there."""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from living_review import evidence
from living_review.evidence import changelog

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))
import site_pages

LINE = re.compile(r'<p class="lr-changed"[^>]*>(.*?)</p>')


def stated(page: Path) -> list[str]:
    found = LINE.findall(page.read_text(encoding="utf-8"))
    return [html.unescape(re.sub(r"<[^>]+>", "", line)) for line in found]


@pytest.mark.parametrize(
    ("is_first", "is_newest", "shown"),
    [
        (True, True, "First version, 2 May 2027"),
        (True, False, "Unchanged since <a>version 0.2.0</a> (2 May 2027)"),
        (False, True, "Changed in <a>version 0.2.0</a> (2 May 2027): n &lt; 3; version 0.2.0 named"),
    ],
)
@pytest.mark.parametrize("found", [{"book/methods"}, set()])
def test_a_version_leads_to_the_list_of_all_changes(
    monkeypatch: pytest.MonkeyPatch, is_first: bool, is_newest: bool, shown: str, found: set[str]
) -> None:
    what = ("n < 3", "version 0.2.0 named")
    change = changelog.Change("0.2.0", "2 May 2027", what, is_first, is_newest)
    monkeypatch.setattr(changelog, "changes_of_page", lambda review, page: change)
    there = SimpleNamespace(get_relative_uri=lambda page, target: f"../{target}.html")
    app = SimpleNamespace(env=SimpleNamespace(found_docs=found), builder=there)
    line = site_pages.changed(app, None, "notebooks/a")
    if found:
        shown = shown.replace("<a>", '<a href="../book/methods.html#changes-table">')
    else:
        shown = shown.replace("<a>", "").replace("</a>", "")
    assert line == f'<p class="lr-changed" data-unsearched>{shown}</p>'


def test_a_page_that_no_version_changed_has_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changelog, "changes_of_page", lambda review, page: None)
    assert site_pages.changed(None, None, "book/index") == ""


def test_every_page_says_what_the_list_of_changes_says_of_it_and_no_other(site: Path) -> None:
    review = evidence.load()
    for page in site.rglob("*.html"):
        name = page.relative_to(site).with_suffix("").as_posix()
        if name != "index":  # a copy of book/index
            change = changelog.changes_of_page(review, name)
            assert stated(page) == ([str(change)] if change else []), name


def test_the_chapters_have_a_line(site: Path) -> None:
    for study in evidence.load().study_ids:
        assert len(stated(site / "notebooks" / f"{study}.html")) == 1


def test_all_changes_stand_beside_the_versions(site: Path) -> None:
    methods = (site / "book" / "methods.html").read_text(encoding="utf-8")
    table = methods[methods.index('id="changes-table"') :]
    rows = re.findall(r"<tr>(.*?)</tr>", table[: table.index("</table>")], re.DOTALL)
    assert len(rows) == 1 + len(evidence.load().records("changes"))
    assert methods.index('id="versions-table"') < methods.index('id="changes-table"')
