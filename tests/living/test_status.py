"""How old the review says it is: before a search, after one that found nothing, after one that did."""

from __future__ import annotations

import csv
import datetime
import re
import shutil
from pathlib import Path

import pytest
import search_faults

from living_review import evidence
from living_review.living import page, screening, status
from living_review.living.screening import Decision

ROOT = Path(__file__).parents[2]


@pytest.fixture
def found(bench: search_faults.Bench) -> search_faults.Bench:
    """A project with the versions of this one."""
    shutil.copy(ROOT / "data/schema/review_versions.json", bench.root / "data/schema")
    shutil.copy(ROOT / "data/review/versions.csv", bench.root / "data/review")
    (bench.root / "data/review/screening.csv").unlink()
    return bench


def words(bench: search_faults.Bench) -> str:
    return status.search_in_words(evidence.load(bench.root))


def test_without_a_log_no_search_was_run(found: search_faults.Bench) -> None:
    assert words(found) == "no search was run"
    assert "No search was run." in status.status_line(evidence.load(found.root))


def test_a_search_that_found_nothing_says_so_with_its_day(found: search_faults.Bench) -> None:
    found.server.pubmed, found.server.europe_pmc = {}, {}
    found.watch()
    assert words(found) == "searched 1 December 2026: nothing new"
    line = status.status_line(evidence.load(found.root))
    assert "Searched 1 December 2026: nothing new. Next review due 28 May 2027." in line


def test_what_was_found_and_what_is_left_to_decide(found: search_faults.Bench) -> None:
    found.server.works["10.1000/known"] = {"updated-by": [search_faults.RETRACTION]}
    found.watch()
    expected = "searched 1 December 2026: 12 new, 1 notice on publications in it, 12 not decided yet"
    assert words(found) == expected
    for who in ("ann", "bob"):
        screening.decide(found.root, [Decision("pubmed:1", "abstract", who, "exclude", "opinion")])
    assert words(found).endswith("11 not decided yet")


def test_the_next_search_that_finds_nothing_is_the_last_one(found: search_faults.Bench) -> None:
    found.watch()
    found.watch(search_faults.TODAY + datetime.timedelta(days=31))
    assert words(found) == "searched 1 January 2027: 12 not decided yet"


def test_a_search_that_stopped_is_not_called_complete(found: search_faults.Bench) -> None:
    found.plant(search_faults.always("europe_pmc", search_faults.Answer(b"", 500)))
    found.watch()
    assert words(found) == "the search of 1 December 2026 stopped before its end"


def test_the_page_of_the_project_says_what_its_log_says() -> None:
    review = evidence.load(ROOT)
    shown = page.compute(review)
    ran = (ROOT / "data/review/searches.csv").is_file()
    assert (shown["search_sentence"] == "No search was run") is not ran
    assert ("no search was run" in shown["searches_table"]) is not ran
    assert re.sub("<[^>]+>", "", shown["n_search_lost"]) == "0"
    with search_faults.OUT.open(encoding="utf-8", newline="") as stream:
        faults = list(csv.DictReader(stream))
    assert all(fault["fault"].split(",")[0] in shown["faults_table"] for fault in faults[:5])


def test_the_page_after_a_search_shows_its_rows_and_its_flow(
    found: search_faults.Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    found.watch()
    review = evidence.load(found.root)
    names = {"searches_table", "flow_table", "search_not_done", "notices_table"}
    shown = page.compute(review, names)
    assert shown["searches_table"].count("2026-12-01.1") == 4
    assert "before the first search" in shown["search_not_done"]
    assert "None is known" in shown["notices_table"]
    monkeypatch.setattr(status.store, "read_table", lambda *_: [])
    assert "12" in shown["flow_table"]
    assert "12" not in page.compute(review, names)["flow_table"]  # counted, not typed
