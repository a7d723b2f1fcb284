"""The feed: RFC 4287's musts, and that it holds changes of results and no others."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from lxml import etree

from living_review import evidence
from living_review.living import feed

ROOT = Path(__file__).parents[2]
ATOM = {"a": feed.ATOM}


@pytest.fixture(scope="module")
def review() -> evidence.Review:
    return evidence.load(ROOT)


def parsed(review: evidence.Review, base: str = "") -> etree._Element:
    return etree.fromstring(feed.atom(review, "A book", base))


def test_it_has_what_an_atom_feed_must_have(review: evidence.Review) -> None:
    top = parsed(review, "https://example.org/book/")
    assert top.tag == f"{{{feed.ATOM}}}feed"
    for place in ("a:id", "a:title", "a:updated", "a:author/a:name"):
        assert len(top.findall(place, ATOM)) == 1, place
    assert top.find("a:link[@rel='self']", ATOM).get("href") == "https://example.org/book/feed.xml"
    entries = top.findall("a:entry", ATOM)
    assert entries
    for entry in entries:
        for place in ("a:id", "a:title", "a:updated", "a:content", "a:link[@rel='alternate']"):
            assert len(entry.findall(place, ATOM)) == 1, place
        moment = datetime.datetime.fromisoformat(entry.findtext("a:updated", None, ATOM))
        assert moment.tzinfo is not None
        assert entry.find("a:link", ATOM).get("href").startswith("https://example.org/book/")
    ids = [entry.findtext("a:id", None, ATOM) for entry in entries]
    assert len(set(ids)) == len(ids)
    assert all(name.startswith("urn:uuid:") for name in ids)


def test_an_entry_is_a_page_whose_results_a_version_changed(review: evidence.Review) -> None:
    rows = review.records("changes")
    results = rows[rows["kind"] == "result"]
    entries = parsed(review).findall("a:entry", ATOM)
    assert len(entries) == len(results[["version", "page"]].drop_duplicates())
    said = " ".join(entry.findtext("a:content", None, ATOM) for entry in entries)
    assert all(what in said for what in results["what"])
    assert not any(what in said for what in rows[rows["kind"] == "text"]["what"])


def test_a_change_of_a_result_is_a_new_entry_and_the_others_keep_their_names(
    review: evidence.Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [e.findtext("a:id", None, ATOM) for e in parsed(review).findall("a:entry", ATOM)]
    records = review.records
    rows = records("changes")
    new = rows.iloc[[-1]].assign(page="book/data", kind="result", what="Another count")

    def more(name: str, folder: str = "review"):
        frame = records(name, folder)
        return evidence.model.pd.concat([frame, new], ignore_index=True) if name == "changes" else frame

    monkeypatch.setattr(review, "records", more)
    after = [e.findtext("a:id", None, ATOM) for e in parsed(review).findall("a:entry", ATOM)]
    assert len(after) == len(before) + 1
    assert set(before) < set(after)


def test_without_an_address_links_are_relative(review: evidence.Review) -> None:
    links = [link.get("href") for link in parsed(review).iterfind(".//a:link", ATOM)]
    assert links
    assert not any("://" in link for link in links)
