"""The check of the search's tables: each fault planted once in what a search wrote."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
import search_faults

from living_review import validation
from living_review.living import store
from living_review.validation.issues import Table
from living_review.validation.search import check_search

PLANTED = {  # table, row, column, what is planted
    "a record of no run": ("records", 0, "first_run", "2020-01-01.1"),
    "a notice of no run": ("notices", 0, "first_run", "2020-01-01.1"),
    "linked to nothing": ("records", 1, "same_as", "pubmed:77"),
    "linked to itself": ("records", 0, "same_as", "pubmed:1"),
    "matched by nothing": ("records", 0, "matched_by", "doi"),
    "a decision on nothing": ("screening", 0, "record", "pubmed:77"),
    "a reason to include": ("screening", 0, "reason", "opinion"),
    "a version that names another search": ("versions", 0, "last_search", "none run"),
}


@pytest.fixture
def tables(bench: search_faults.Bench) -> dict[str, Table]:
    bench.server.works["10.1000/known"] = {"updated-by": [search_faults.RETRACTION]}
    bench.watch()
    out = {}
    for name in ("records", "notices", "screening", "searches"):
        rows = store.read_table(bench.root, name)
        out[name] = Table(f"data/review/{name}.csv", list(rows[0]), [list(r.values()) for r in rows])
    header = ["version", "date", "last_search"]
    out["versions"] = Table("data/review/versions.csv", header, [["9.0.0", "2027-01-01", "2026-12-01"]])
    return out


def test_what_a_search_writes_is_valid(bench: search_faults.Bench, tables: dict[str, Table]) -> None:
    assert list(check_search(tables)) == []
    shutil.rmtree(bench.root / "data" / "made_2000")  # no whole study
    own = [f for f in validation.check(bench.root) if f.file.startswith("data/review/")]
    assert own == []  # cells, by their schemas


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_fault_is_found(tables: dict[str, Table], name: str) -> None:
    table, row, column, value = PLANTED[name]
    tables[table].rows[row][tables[table].header.index(column)] = value
    (issue,) = {(i.file, i.row, i.column) for i in check_search(tables)} - {
        ("data/review/records.csv", row + 2, "matched_by") if column == "same_as" else None
    }
    assert issue == (f"data/review/{table}.csv", row + 2, column)


def test_a_version_before_the_search_may_say_none(tables: dict[str, Table]) -> None:
    tables["versions"].rows[0][1:] = ["2026-11-28", "none run"]
    assert list(check_search(tables)) == []
    tables["versions"] = replace(tables["versions"])  # it keeps what was read of it
    tables["versions"].rows[0][2] = "2026-12-01"
    assert [i.column for i in check_search(tables)] == ["last_search"]


def test_a_column_that_is_lacking_is_no_traceback(tables: dict[str, Table]) -> None:
    tables["records"].header[0] = "name"
    assert list(check_search(tables))


def test_a_fault_of_the_strategies_is_found(bench: search_faults.Bench) -> None:
    shutil.rmtree(bench.root / "data" / "made_2000")
    path = bench.root / "data/review/search.yaml"
    path.write_text(path.read_text("utf-8").replace("pecoma[tiab]", "(pecoma[tiab]"), encoding="utf-8")
    (issue,) = (f for f in validation.check(bench.root) if f.file == "data/review/search.yaml")
    assert issue.column == "diseases.pecoma.pubmed"
