"""Two readings of the studies beside the sources: what differs is found by program and settled."""

import csv
import shutil

import pandas as pd
import pytest

from living_review import evidence
from living_review.extraction import context as context_agreement

COUNTS = ["first", "second", "matched", "identical", "cells", "same", "codes"]


@pytest.fixture(scope="module")
def review():
    return evidence.load()


@pytest.fixture(scope="module")
def table(review):
    return context_agreement.by_table(review).set_index("table")


@pytest.fixture
def copy(tmp_path):
    """A project in which readings can be altered."""
    root = evidence.find_root()
    (tmp_path / "data").mkdir()
    for folder in ("schema", "context", "review"):
        shutil.copytree(root / "data" / folder, tmp_path / "data" / folder)
    shutil.copy(root / "data" / "vocabulary.yaml", tmp_path / "data" / "vocabulary.yaml")
    return evidence.load(tmp_path)


def alter(review, which, table, row_id, **cells):
    path = review.data / "review" / "readings" / which / "context" / f"{table}.csv"
    header, rows = evidence.read_rows(path)
    row = next(r for r in rows if r[0] == row_id)
    for column, value in cells.items():
        row[header.index(column)] = value
    evidence.write_rows(path, [header, *rows])


def test_every_difference_is_settled_and_every_decision_has_a_difference(review):
    assert context_agreement.unsettled(review).empty


def test_the_counts_add_up(review, table):
    for name, row in table.iterrows():
        for which in context_agreement.READINGS:
            rows = context_agreement.read(review, which)[name].rows
            assert row[which] == len(rows) == row["matched"] + row[f"only_{which}"]
        assert row["same"] <= row["cells"]
        assert row["identical"] <= row["matched"]


def test_the_differences_are_those_that_the_counts_leave(review, table):
    found = context_agreement.differences(review)
    cells = found[found["kind"].isin(["value", "missing"])].groupby("table").size()
    left = table["cells"] - table["same"]
    assert cells.reindex(table.index, fill_value=0).tolist() == left.tolist()


def test_a_reading_agrees_with_itself(copy):
    folder = copy.data / "review" / "readings"
    shutil.rmtree(folder / "second" / "context")
    shutil.copytree(folder / "first" / "context", folder / "second" / "context")
    table = context_agreement.by_table(copy)
    assert (table["first"] == table["identical"]).all()
    assert context_agreement.differences(copy).empty


def test_a_planted_number_is_found_and_is_not_settled(copy):
    before = context_agreement.differences(copy)
    alter(copy, "second", "results", row_of_count(copy), events="999")
    new = pd.concat([before, context_agreement.differences(copy)]).drop_duplicates(keep=False)
    assert {(r["column"], r["second"]) for _, r in new.iterrows()} == {("events", "999")}
    assert set(context_agreement.unsettled(copy)["lacks"]) == {"decision"}


def row_of_count(review):
    """A count of the second reading that agrees with its pair in everything."""
    for result in context_agreement.comparisons(review)["results"]:
        differs = {d["second_id"] for d in result.differences}
        for _, j in result.pairs:
            row = result.second.rows[j]
            if row["result_id"] not in differs and row["events"].isdigit():
                return row["result_id"]
    raise AssertionError("no count on which both readings agree")


def test_a_decision_that_is_taken_out_is_missed(copy):
    path = copy.data / "context" / "settled.csv"
    header, rows = evidence.read_rows(path)
    evidence.write_rows(path, [header, *rows[1:]])
    assert len(context_agreement.unsettled(copy)) == 1


def test_a_settled_value_is_the_value_that_stands(review):
    """What a decision says of a cell is what the table holds, whichever reading it follows."""
    settled = review.records("settled", "context")
    cells = settled[settled["column"] != "not_applicable"]
    words = {"first": cells["first"], "second": cells["second"]}
    for outcome, said in words.items():
        chosen = cells["outcome"] == outcome
        assert (said[chosen] == cells.loc[chosen, "settled"]).all()
    for name in context_agreement.TABLES:
        path = review.data / "context" / f"{name}.csv"
        with path.open(newline="", encoding="utf-8") as stream:
            held = {next(iter(row.values())): row for row in csv.DictReader(stream)}
        for _, row in cells[
            (cells["table"] == name) & cells["outcome"].isin([*words, "neither"])
        ].iterrows():
            assert held[row["row_id"]][row["column"]] == row["settled"], row["settled_id"]


def test_a_row_of_one_reader_says_so(review):
    """A lone row counts as read twice only where the study, or the other reading, shows it again."""
    settled = review.records("settled", "context")
    alone = settled[settled["basis"] == "one_reader"]
    for name in ("results", "studies", "regulatory", "guidance"):
        table = review.records(name, "context")
        held = dict(zip(table[table.columns[0]], table["readings"], strict=True))
        assert {held[i] for i in alone.loc[alone["table"] == name, "row_id"]} <= {1}


def test_an_unknown_reading(review):
    with pytest.raises(ValueError, match="third"):
        context_agreement.read(review, "third")
