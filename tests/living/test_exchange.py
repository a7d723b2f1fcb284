"""Out to other tools and back: nothing lost, and every entry that cannot be read is named."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import pytest
import rispy
import search_faults

from living_review.evidence import EvidenceError
from living_review.living import exchange, screening, store

DAY = datetime.date(2026, 12, 2)


@pytest.fixture
def found(bench: search_faults.Bench) -> search_faults.Bench:
    bench.server.europe_pmc["1001"].doi = bench.server.pubmed["2"].doi
    bench.watch()
    return bench


def test_ris_and_csv_hold_each_publication_once_with_its_abstract(
    found: search_faults.Bench, tmp_path: Path
) -> None:
    assert exchange.export(found.root, tmp_path / "out.ris") == 11
    entries = rispy.loads((tmp_path / "out.ris").read_text(encoding="utf-8"))
    assert {e["id"] for e in entries} == {p.record["id"] for p in screening.load(found.root)}
    second = next(e for e in entries if e["id"] == "pubmed:2")
    assert second["abstract"] == "Of 2."
    assert (second["doi"], second["accession_number"]) == ("10.1000/made.2", "2")
    assert second["authors"] == ["Made AB"]
    exchange.export(found.root, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [r["record_id"] for r in rows] == [e["id"] for e in entries]
    assert [r["title"] for r in rows] == [e["title"] for e in entries]


def test_none_but_the_undecided(found: search_faults.Bench, tmp_path: Path) -> None:
    for who in ("ann", "bob"):
        screening.decide(found.root, [screening.Decision("pubmed:1", "abstract", who, "include")])
    assert exchange.export(found.root, tmp_path / "out.csv", undecided=True) == 10


@pytest.mark.parametrize("ending", ["ris", "csv"])
def test_what_another_database_gave_comes_in_and_back_again(
    bench: search_faults.Bench, tmp_path: Path, ending: str
) -> None:
    bench.watch()
    path = tmp_path / f"embase.{ending}"
    exchange.export(bench.root, path)
    had = store.read_table(bench.root, "records")
    row = exchange.import_records(bench.root, path, "pecoma", today=DAY)
    assert (row["found"], row["new"], row["linked"]) == ("12", "0", "12")  # all known already
    now = store.read_table(bench.root, "records")
    assert now[: len(had)] == had
    stands = {r["same_as"] for r in now[len(had) :]}
    assert stands == {r["id"] for r in had}
    again = exchange.import_records(bench.root, path, "pecoma", today=DAY)
    assert (again["new"], again["linked"]) == ("0", "0")
    assert store.read_table(bench.root, "records") == now


def test_a_file_does_not_move_the_day_of_the_search(bench: search_faults.Bench, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("Title,Publication Year\nSirolimus in another invented series,2023\n")
    row = exchange.import_records(bench.root, path, "pecoma", today=search_faults.TODAY)
    assert (row["found"], row["new"]) == ("1", "1")
    bench.watch()
    first = [r for r in bench.table("searches") if r["source"] == "pubmed"]
    assert first[0]["date_from"] == "2024-01-01"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "title,doi\n,\nB,\n ,\n", "entry 1: no title.*entry 3: no title"),
        ("a.csv", "title\n", "no entry"),
        ("a.txt", "x", "expected an ending"),
        ("a.csv", 'title\n"open\n', "cannot be read"),
        ("a.ris", "", "no entry"),
        ("gone.ris", None, "no file"),
    ],
)
def test_a_bad_file_is_said_and_nothing_is_added(
    bench: search_faults.Bench, tmp_path: Path, name: str, text: str | None, said: str
) -> None:
    before = bench.bytes_of_data()
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(EvidenceError, match=said):
        exchange.import_records(bench.root, tmp_path / name, "pecoma")
    assert bench.bytes_of_data() == before


def test_an_unknown_strategy_is_said(bench: search_faults.Bench, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("title\nB\n")
    with pytest.raises(EvidenceError, match="strategy 'colds': expected one of pecoma"):
        exchange.import_records(bench.root, tmp_path / "a.csv", "colds")


# What three tools write, and the decision that is in it.
ELSEWHERE = {
    "table.csv": "record_id,decision,reason\npubmed:1,include,\npubmed:2,exclude,opinion\npubmed:3,,\n",
    "asreview.csv": "record_id,title,asreview_label\npubmed:1,a,1\npubmed:2,b,0\npubmed:3,c,\n",
    "rayyan.ris": (
        'TY  - JOUR\nDO  - 10.1000/made.1\nN1  - RAYYAN-INCLUSION: {"ann"=>"Included"}\nER  - \n'
        'TY  - JOUR\nAN  - 2\nN1  - RAYYAN-INCLUSION: {"ann"=>"Excluded"}\nER  - \n'
        "TY  - JOUR\nAN  - 3\nER  - \n"
    ),
    "asreview.ris": (
        "TY  - JOUR\nID  - pubmed:1\nN1  - ASReview_relevant\nER  - \n"
        "TY  - JOUR\nTI  - Sirolimus in an invented series of lesions, number 2\n"
        "N1  - ASReview_irrelevant\nER  - \n"
        "TY  - JOUR\nID  - pubmed:3\nN1  - ASReview_not_seen\nER  - \n"
    ),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_decisions_made_elsewhere(found: search_faults.Bench, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(ELSEWHERE[name], encoding="utf-8")
    assert exchange.import_decisions(found.root, path, "ann", reason="opinion") == 2
    rows = [r for r in found.table("screening") if r["screener"] == "ann"]
    assert [(r["record"], r["decision"], r["reason"]) for r in rows] == [
        ("pubmed:1", "include", "not_applicable"),
        ("pubmed:2", "exclude", "opinion"),
    ]
    assert found.table("screening")[0] == search_faults.DECISION  # what was there is there
    assert exchange.import_decisions(found.root, path, "ann", reason="opinion") == 0


def test_decisions_on_nothing_or_without_a_reason_are_all_said(
    found: search_faults.Bench, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("record_id,label_included\npubmed:77,1\npubmed:2,0\npubmed:1,1\n")
    before = found.bytes_of_data()
    with pytest.raises(EvidenceError, match=r"entry 1: no record.*entry 2: excluded without a reason"):
        exchange.import_decisions(found.root, path, "ann")
    assert found.bytes_of_data() == before
