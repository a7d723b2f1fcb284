"""The explorer of a large review loads its rows in parts, and says which it has looked at."""

from __future__ import annotations

import json
import re
import runpy
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from looking import Visit
from playwright.sync_api import Browser, Page

from living_review import evidence
from living_review.build import packing
from living_review.report import explorer

LOAD = re.compile("^Load these")
PART = 60_000  # characters: a dozen parts of what would be one
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def parts() -> list[list[explorer.Row]]:
    return explorer.split(explorer.rows(evidence.load()), PART)


@pytest.fixture(scope="module")
def divided(site: Path, parts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The explorer's page alone, its rows in files."""
    folder = tmp_path_factory.mktemp("divided")
    shutil.copytree(site / "_static", folder / "_static")
    for name in ("book", "evidence"):
        (folder / name).mkdir()
    text = (site / "book" / "explorer.html").read_text(encoding="utf-8")
    data = packing.packed(json.dumps(explorer.catalogue(parts, evidence.load(), lambda _: "")))
    text = re.sub(r'(id="lr-explorer-data">)[^<]*', rf"\g<1>{data}", text)
    (folder / "book" / "explorer.html").write_text(text, encoding="utf-8")
    for number, part in enumerate(parts):
        packing.write_part(folder, f"evidence/explorer-{number}", list(map(explorer.values, part)))
    return folder


def told(page: Page) -> str:
    page.wait_for_function(
        "() => document.querySelector('.lr-explorer.is-ready')"
        " && !/^Loading|^No row fits of the 0/.test(document.querySelector('.lr-count').textContent)"
    )
    return page.locator(".lr-count").text_content() or ""


def loaded(page: Page) -> int:
    return page.locator('script[src*="evidence/explorer-"]').count()


def test_the_first_part_is_shown_and_all_can_be_loaded(browser: Browser, divided: Path, parts) -> None:
    total, first = sum(map(len, parts)), len(parts[0])
    with Visit(browser, (divided / "book" / "explorer.html").as_uri()) as visit:
        rest = f"{total - first:,} that may fit are not loaded"
        assert told(visit.page) == f"{first:,} of {first:,} loaded rows; of {total:,} in all, {rest}"
        assert loaded(visit.page) == 1
        visit.page.get_by_role("button", name=LOAD).click()
        visit.page.wait_for_function(
            "(text) => document.querySelector('.lr-count').textContent === text",
            arg=f"{total:,} of {total:,} rows",
        )
        assert loaded(visit.page) == len(parts)
        assert visit.page.get_by_role("button", name=LOAD).count() == 0
        assert visit.problems == []


def test_a_filter_that_narrows_loads_what_it_needs_and_nothing_else(
    browser: Browser, divided: Path, parts
) -> None:
    own = next(r for r in reversed(parts[-1]) if r.kind == explorer.LATER)
    wanted = [r for part in parts for r in part if r.source == own.source]
    holding = [n for n, part in enumerate(parts) if any(r.source == own.source for r in part)]
    assert len(holding) <= 3
    with Visit(browser, (divided / "book" / "explorer.html").as_uri()) as visit:
        told(visit.page)
        visit.page.get_by_label("Study").select_option(own.source)
        assert told(visit.page).startswith(f"{len(wanted):,} of ")
        assert told(visit.page).endswith("all that fit are loaded")
        assert loaded(visit.page) == len({0, *holding})
        shown = visit.page.locator(".lr-explorer tbody tr").count()
        assert shown == min(50, len(wanted))
        assert visit.problems == []


def test_a_search_is_said_to_be_over_what_is_loaded(browser: Browser, divided: Path, parts) -> None:
    with Visit(browser, f"{(divided / 'book' / 'explorer.html').as_uri()}?q=zzzz") as visit:
        first, total = len(parts[0]), sum(map(len, parts))
        assert told(visit.page).startswith(
            f"No row fits of the {first:,} that are loaded; of {total:,}"
        )


def test_rows_that_are_gone_are_said(browser: Browser, divided: Path, tmp_path: Path) -> None:
    shutil.copytree(divided, tmp_path / "gone")
    (tmp_path / "gone" / "evidence" / "explorer-0.js").unlink()
    with Visit(browser, (tmp_path / "gone" / "book" / "explorer.html").as_uri()) as visit:
        visit.page.locator(".lr-count", has_text="cannot be loaded").wait_for()


def test_pages_of_the_plain_table_lead_to_each_other_and_hold_each_row_once(
    parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extension = runpy.run_path(str(ROOT / "book" / "_ext" / "explorer_page.py"))
    whole = explorer.split
    monkeypatch.setattr(explorer, "split", lambda found: whole(found, PART))
    app = SimpleNamespace(
        outdir=str(tmp_path),
        env=SimpleNamespace(found_docs={"book/explorer"}),
        living_review=evidence.load(),
    )
    pages = {name: context["body"] for name, context, _ in extension["plain_page"](app)}
    assert len(pages) == len(parts) > 3
    for body in pages.values():
        links = set(re.findall(r'href="(rows[\w-]*)\.html"', body))
        assert len(links) == len(pages) - 1
        assert {f"evidence/{link}" for link in links} < set(pages)
        assert body.count("aria-current") == 1
    assert sum(body.count("<tr>") - 1 for body in pages.values()) == sum(map(len, parts))
    written = {p.name for p in tmp_path.rglob("explorer-*.js")}
    assert written == {f"explorer-{n}.js" for n in range(len(parts))}
