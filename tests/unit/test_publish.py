"""Publishing beside the versions that are there, and the issue after each search."""

from __future__ import annotations

import datetime
from pathlib import Path

import publish as publishing
import pytest
import search_issue

DAY = datetime.date(2026, 12, 1)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "book").mkdir(parents=True)
    (folder / "index.html").write_text("first")
    (folder / "book" / "old.html").write_text("old")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_later_version_replaces_what_is_shown_and_keeps_the_earlier_one(
    site: Path, tmp_path: Path
) -> None:
    into = tmp_path / "served"
    publishing.publish(site, into, "0.9.0")
    first = files(into / "v" / "0.9.0")
    (into / "CNAME").write_text("example.org")
    (site / "index.html").write_text("second")
    (site / "book" / "old.html").unlink()
    publishing.publish(site, into, "0.10.0")
    assert files(into / "v" / "0.9.0") == first
    assert (into / "index.html").read_text() == "second"
    assert not (into / "book" / "old.html").exists()
    assert (into / "CNAME").read_text() == "example.org"
    listed = (into / "v" / "index.html").read_text()
    assert listed.index("0.10.0") < listed.index("0.9.0")  # by number, not by letter


def test_an_older_version_published_late_is_not_what_is_shown(site: Path, tmp_path: Path) -> None:
    into = tmp_path / "served"
    publishing.publish(site, into, "0.10.0")
    (site / "index.html").write_text("late")
    publishing.publish(site, into, "0.9.1")
    assert (into / "index.html").read_text() == "first"
    assert (into / "v" / "0.9.1" / "index.html").read_text() == "late"


def test_a_version_is_never_changed(site: Path, tmp_path: Path) -> None:
    into = tmp_path / "served"
    publishing.publish(site, into, "1.0.0")
    publishing.publish(site, into, "1.0.0")  # the same bytes
    before = files(into)
    (site / "index.html").write_text("other")
    with pytest.raises(publishing.PublishError, match="published already"):
        publishing.publish(site, into, "1.0.0")
    assert files(into) == before


@pytest.mark.parametrize(("version", "said"), [("latest", "no version"), ("1.0.0", "no built site")])
def test_what_cannot_be_published(tmp_path: Path, site: Path, version: str, said: str) -> None:
    folder = site if version == "latest" else tmp_path / "nothing"
    with pytest.raises(publishing.PublishError, match=said):
        publishing.publish(folder, tmp_path / "served", version)
    assert not (tmp_path / "served").exists()


@pytest.mark.parametrize(
    ("report", "title"),
    [
        ("Searched 1 December 2026: nothing new.\n\n- PubMed", "searched 1 December 2026: nothing new"),
        ("Searched 1 December 2026: 3 new.\n", "searched 1 December 2026: 3 new"),
        (None, "2026-12-01: the search could not be run"),
    ],
)
def test_there_is_an_issue_after_every_search(tmp_path: Path, report: str | None, title: str) -> None:
    if report is not None:
        path = tmp_path / "_build" / "search" / "report.md"
        path.parent.mkdir(parents=True)
        path.write_text(report, encoding="utf-8")
    told, body = search_issue.issue(tmp_path, DAY)
    assert told == title
    assert (report or "Nothing was changed").strip() in body
