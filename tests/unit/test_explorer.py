"""The rows of the evidence explorer: nothing lost, nothing invented, each kind read rightly."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from living_review import evidence
from living_review.report import explorer
from living_review.stats import proportions


@pytest.fixture(scope="module")
def review() -> evidence.Review:
    return evidence.load()


@pytest.fixture(scope="module")
def rows(review: evidence.Review) -> list[explorer.Row]:
    return explorer.rows(review)


def row(rows: list[explorer.Row], ref: str) -> explorer.Row:
    return next(r for r in rows if r.ref == ref)


def test_every_row_that_the_papers_print_is_there_once(review, rows) -> None:
    expected = {
        f"{study.study_id}/{table}/{row_id}"
        for study in review.studies
        for table in explorer.READERS
        for row_id in study.table(table)["id"]
    }
    own = [r for r in rows if r.kind != explorer.LATER]
    assert len(own) == len(expected)
    assert {r.ref for r in own} == expected


def test_every_result_of_a_study_beside_the_sources_is_there_and_marked(review, rows) -> None:
    beside = [r for r in rows if r.kind == explorer.LATER]
    assert beside
    assert {r.ref.rpartition("/")[0] for r in beside} == {"context/results"}
    known = set(review.records("results", "context")["result_id"])
    assert {r.ref.rpartition("/")[2] for r in beside} <= known


def test_printed_and_locator_are_the_cells_of_the_table(review, rows) -> None:
    for found in (r for r in rows if r.kind != explorer.LATER):
        study, table, row_id = found.ref.split("/")
        cells = review.study(study).row(f"{table}/{row_id}")
        assert found.where == cells["locator"]
        assert found.printed == (cells["printed"] if explorer.known(cells["printed"]) else "")


def test_no_missing_code_and_no_nan_reaches_a_reader(rows) -> None:
    shown = " ".join(f"{r.what} | {r.whom} | {r.result} | {r.endpoint}" for r in rows)
    assert re.findall(r"\bnan\b|<NA>|\bnot_\w+", shown) == []


def test_a_row_that_prints_a_quantity_once_more_names_the_one_that_stands(review, rows) -> None:
    told = row(rows, "nadal_2016/counts/abs_sirolimus")
    assert told.stands == "nadal_2016/counts/drug_sirolimus_total"
    assert row(rows, told.stands).stands == ""
    again = sum(
        len(review.table(t)) - len(review.once(t))
        for t in explorer.READERS
        if "same_as" in review.table(t)
    )
    assert sum(bool(r.stands) for r in rows) == again > 0
    table = explorer.plain_table(rows, review, lambda _: "")
    assert table.count("printed again; row ") == again


def test_an_outcome_says_by_which_criterion_it_was_judged(rows) -> None:
    assert row(rows, "benson_2014/outcomes/res_partial_response").what.endswith("(RECIST 1.1)")


def test_a_missing_number_says_why(rows) -> None:
    assert row(rows, "hua_2014/outcomes/abs_stability").result == "ambiguous"


def test_a_count_given_in_words_says_so_and_has_its_interval(rows) -> None:
    told = row(rows, "nadal_2016/outcomes/efficacy_total").result
    assert told == "84 of 84 (100%) in words, 95% CI 96% to 100%"


@pytest.mark.parametrize(
    ("ref", "column"),
    [
        ("benson_2014/outcomes/abs_partial_response", "events"),
        ("hua_2014/outcomes/abs_pain_alleviated", "events"),
        ("nadal_2016/statistics/abs_time_to_response", "value"),
        ("carolino_2025/measurements/p1_serum_2w", "value"),
        ("nadal_2016/adverse_events/mouth_sores", "patients"),
    ],
)
def test_the_result_begins_with_the_number_of_the_table(review, rows, ref: str, column: str) -> None:
    study, place = ref.split("/", 1)
    value = review.study(study).value(f"{place}.{column}")
    assert row(rows, ref).result.startswith(f"{value:g}")


def test_an_ambiguous_denominator_is_named(rows) -> None:
    assert "total ambiguous" in row(rows, "benson_2014/outcomes/abs_partial_response").result


def test_an_interval_carries_its_level(rows) -> None:
    assert "95% CI" in row(rows, "nadal_2016/statistics/abs_time_to_response").result


def test_every_count_with_a_total_carries_its_exact_interval_and_no_other_row_does(
    review, rows
) -> None:
    places = {"outcomes": ("events", "n"), "adverse_events": ("patients", "n")}
    places |= {"counts": ("n", "denominator")}
    seen = 0
    for found in (r for r in rows if r.kind != explorer.LATER):
        study, table, row_id = found.ref.split("/")
        if table not in places:
            continue
        cells = review.study(study).row(f"{table}/{row_id}")
        part, whole = (cells[column] for column in places[table])
        if cells.get("counts_what") == "events" or not (explorer.known(part) and explorer.known(whole)):
            assert " CI " not in found.result, found.ref
            continue
        seen += 1
        limits = str(proportions.clopper_pearson(int(part), int(whole))).split(", ")[1].rstrip(")")
        assert found.result.endswith(f", {limits}"), found.ref
    assert seen > 100


def test_a_count_of_events_gets_no_interval_for_an_event_is_no_patient() -> None:
    row = {"preferred_term": "", "term": "rash", "grade": "", "patients": 2, "n": 5, "readings": ""}
    patients = explorer._harm(row | {"counts_what": "patients"}, None, None)[2]
    assert patients == "2 of 5, 95% CI 5% to 85%"
    assert explorer._harm(row | {"counts_what": "events"}, None, None)[2] == "2 of 5 events"


def test_of_two_verdicts_on_a_row_the_worse_is_shown(review) -> None:
    class Study:
        study_id = "s"

        def has(self, table: str) -> bool:
            return table == "claims"

        def table(self, name: str):
            import pandas as pd

            return pd.DataFrame(
                {
                    "target": ["counts/a.n counts/c.n", "counts/a.n", "counts/b.n", "not_applicable"],
                    "verdict": ["arithmetic error", "reproduced", "reproduced", "not checkable"],
                }
            )

    assert explorer._verdicts(Study()) == {
        "counts/a": "arithmetic error",
        "counts/b": "reproduced",
        "counts/c": "arithmetic error",
    }


def test_the_order_of_verdicts_names_every_verdict(review) -> None:
    assert set(explorer.ORDER) == set(review.vocabulary["verdicts"])


def test_the_payload_and_the_plain_table_hold_the_same_rows(review, rows) -> None:
    payload = json.loads(json.dumps(explorer.payload(rows, review, lambda _: "")))
    assert [r[0] for r in payload["rows"]] == [r.ref for r in rows]
    assert explorer.plain_table(rows, review, lambda _: "").count("<tr>") == len(rows) + 1


def test_few_rows_are_one_part_and_many_are_none_above_a_megabyte(review, rows) -> None:
    assert explorer.split(rows) == [rows]
    many = [
        dataclasses.replace(r, study=f"{r.study}{n}", ref=f"{n}{r.ref}") for n in range(9) for r in rows
    ]
    parts = explorer.split(many)
    assert [r for part in parts for r in part] == many
    assert len(parts) > 5
    for part in (parts[0], parts[-1]):
        table = explorer.plain_table(part, review, lambda study: f"../notebooks/{study}.html")
        assert len(str(table).encode()) < 1_500_000  # before the builder takes from it what it can
        assert len(json.dumps(list(map(explorer.values, part))).encode()) < 1_200_000


def test_a_study_is_divided_only_if_no_part_holds_it(rows) -> None:
    some = rows[:40]
    small = explorer.split(some, 2_000)
    assert [r for part in small for r in part] == some
    assert len(small) > 3
    two = [dataclasses.replace(r, study=f"s{n // 20}") for n, r in enumerate(some)]
    size = max(sum(len(json.dumps(explorer.values(r))) for r in two[at : at + 20]) for at in (0, 20))
    assert [len(part) for part in explorer.split(two, size)] == [20, 20]


def test_the_catalogue_says_what_can_be_chosen_in_each_part(review, rows) -> None:
    parts = explorer.split(rows, 50_000)
    told = explorer.catalogue(parts, review, lambda _: "")
    assert told["rows"] == []
    assert sum(part["rows"] for part in told["parts"]) == len(rows)
    for part, one in zip(parts, told["parts"], strict=True):
        assert one["holds"]["study"] == sorted({r.source for r in part})
        assert "" not in one["holds"]["verdict"]
        words = told["certaintyWords"]
        assert one["holds"]["certainty"] == sorted({words[r.certainty] for r in part})
