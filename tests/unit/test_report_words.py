"""Oracle: the evidence of the sources looked up by hand, and small tables written here."""

import pandas as pd
import pytest

from living_review import synthesis
from living_review.report import extraction, findings, substitutions
from living_review.report import synthesis as report_synthesis


@pytest.fixture(scope="module")
def review(looked_up):
    return looked_up


def test_each_statement_names_the_text_that_its_locator_is_of(review):
    study = review.study("nathan_2015")
    rows = findings.statements_with_source(study, review, "symptom_improvement", "harm", "method")
    paper = rows[rows["source"] == "paper"]
    assert paper["locator"].str.startswith(("Abstract", "Title", "Methods")).all()
    assert not paper["locator"].str.contains("interview").any()
    assert set(rows["source"]) == {"paper", "interview", "news report"}
    assert set(rows["endpoint_class"]) <= {"symptom_improvement", "harm", "method"}


def test_a_group_is_called_by_what_its_patients_have(review):
    study = review.study("nathan_2015")
    assert findings.condition_of(study, "shagreen_patch") == "Shagreen patch"
    rows = pd.DataFrame({"value": [3.5], "lower": [1], "upper": [5]}, index=["shagreen_patch"])
    p_values, durations = rows.assign(value=0.04), rows.assign(value=9)
    (line,) = findings.medians(rows, study, p_values, durations).to_dict("records")
    assert line["label"] == "Shagreen patch 3.5 (1 to 5)"
    assert line["text"] == "P = 0.04 · treated 9 months"


def test_a_quoted_table_has_a_row_for_each_report_and_a_share_behind_its_words():
    quoted = pd.DataFrame(
        {
            "study_quoted": ["A 2001", "A 2001", "B 2002"],
            "finding": ["smaller", "not_applicable", "none"],
            "printed": ["x", "12", "y"],
            "value": [60.0, 12.0, None],
            "unit": ["percent", "none", "none"],
            "locator": ["Table 2, column Results", "Table 2, column Case", "Table 2, column Results"],
        }
    )
    table = findings.quoted_reports(quoted, {"Case": "Patients", "Results": "Results"})
    assert table.to_dict("list") == {
        "Report": ["A 2001", "B 2002"],
        "Patients": ["12", "not reported"],
        "Results": ["smaller (60%)", "none"],
    }


AGREEMENT = pd.DataFrame(
    {
        "study_id": ["s", "s"],
        "table": ["events", "quoted"],
        "first": [10, 4],
        "second": [9, 5],
        "matched": [8, 0],
        "identical": [6, 0],
        "cells": [40, 0],
        "same": [38, 0],
        "only_first": [2, 4],
        "only_second": [1, 5],
        "elsewhere_first": [1, 0],
        "elsewhere_second": [0, 2],
    }
)


def test_agreement_adds_up_over_tables_and_is_not_formed_of_nothing():
    shown = extraction.by_study(AGREEMENT, {"s": "Some 2001"}).set_index("Study")
    assert shown.loc["Some 2001"].equals(shown.loc["All"])
    assert shown.loc["All", "Pairs, all values the same"] == "6 (75%)"
    assert shown.loc["All", "Values the same"] == "38 of 40 (95.0%)"
    assert shown.loc["All", "Only in one"] == "6 + 6"
    by_table = extraction.by_study_and_table(AGREEMENT, {"s": "Some 2001"})
    assert by_table["Study and table"].tolist()[1] == "Some 2001: quoted results"
    assert by_table["Values the same"].tolist()[1] == "none compared"


def test_parts_count_each_pair_once():
    parts = extraction.parts(AGREEMENT, {"s": "Some 2001"})
    assert parts.loc["Some 2001"].tolist() == [6, 2, 6, 6]
    assert extraction.shares(AGREEMENT.iloc[0]) == (38 / 40, 8 / 11)


def test_two_values_are_numbers_dates_or_classes():
    found = pd.DataFrame(
        {
            "kind": ["value", "value", "value", "missing"],
            "column": ["n", "start", "direction", "n"],
            "first": ["12", "2010-04", "better", "3"],
            "second": ["12.5", "2010-05", "mixed", "not_reported"],
        }
    )
    two = extraction.two_values(found)
    assert {k: len(v) for k, v in two.items()} == {"numbers": 1, "dates": 1, "classes": 1}


def test_settled_counts_sum_to_the_differences():
    settled = pd.DataFrame(
        {"kind": ["value", "value", "code"], "outcome": ["first", "second", "first"]}
        | {"differences": [3, 2, 1]}
    )
    table = extraction.settled_counts(settled).set_index("Difference")
    assert table.loc["Two values", ["As the first", "As the second"]].tolist() == [3, 2]
    assert table.loc["Two values", "Row kept"] == "not_applicable"


def test_the_card_of_all_sources_counts_them(review):
    facts = report_synthesis.summary_box_rows(review)
    assert facts["Sources"].count(",") == len(review.study_ids) - 1
    sizes = [s.meta["n_patients"] for s in review.studies if s.meta["n_patients"] != "not_reported"]
    assert facts["Patients in a source"] == f"{min(sizes)} to {max(sizes)}"
    timed = synthesis.follow_up(review)["study_id"]
    assert facts["Patients with individual times"] == (
        f"{len(timed)}, in {len(set(timed))} of {len(review.study_ids)} sources"
    )
    assert list(facts)[-1].startswith("How sure")
    assert report_synthesis.is_uncontrolled(review)


def test_a_bar_ends_with_what_happened_and_a_score_with_its_kind(review):
    bars = synthesis.bars(synthesis.follow_up(review)).set_index("label")
    assert bars.loc["Hua 2014, 3", "end"] == "36.0 mo, still on drug; turned malignant"
    assert bars.loc["Hua 2014, 3", "marks"] == [(36.0, "D")]
    assert bars.loc["Carolino 2025, 1", "hollow"]
    points = synthesis.points(synthesis.pain(review))
    assert "9 (maximum)" in set(points["text"])


def test_a_harm_is_shared_if_two_sources_have_a_patient_with_it(review):
    shared = synthesis.shared_harms(review)
    assert "mucositis" in shared
    assert "malignancy" not in shared
    assert "none" not in shared


def test_counts_in_words_name_their_source_and_each_criterion_has_a_line_of_its_own(review):
    chosen = synthesis.all_proportions(review)
    assert synthesis.counts_in_words(review, chosen, "lesion_response") == [
        ("Measured lesion response: RECIST 1.1", "5 of 7 (Benson 2014, 95% CI 29% to 96%)"),
        ("Measured lesion response: any smaller area", "2 of 2 (Carolino 2025, 95% CI 16% to 100%)"),
    ]
    (count,) = synthesis.counts_in_words(review, chosen, "any_response")
    assert count[1] == "84 of 84 * (Nadal 2016, 95% CI 96% to 100%)"


def test_areas_are_said_as_diameters_and_held_against_recist(review):
    assert (
        "In Carolino 2025 the largest area changed by −28% and −16%, about −15% and −8% in diameter if "
        "the shape stayed. A partial response by RECIST 1.1 asks for a fall in diameter of 30% or "
        "more: 0 of 2 would reach it."
    ) in report_synthesis.areas(review)


def test_pages_say_how_many_took_each_drug_and_count_sources_by_one_rule(review):
    told = substitutions.compute(review, ["drugs_taken", "sources_better", "sources_better_by_word"])
    patients = synthesis.drugs_taken(review)["patients"].sum()
    assert f"sirolimus 111 of {patients}" in told["drugs_taken"] or len(review.study_ids) > 5
    assert report_synthesis.summary_box_rows(review)["Drugs"] == told["drugs_taken"]
    assert told["sources_better"] == report_synthesis.better(review)
    assert "Nadal 2016 and Nathan 2015" in told["sources_better_by_word"]
    front = (review.root / "book" / "index.md").read_text(encoding="utf-8")
    assert all("{{ " + name + " }}" in front for name in told)


def test_a_study_beside_the_sources_has_its_limits_and_its_address(review):
    text = report_synthesis.context_sentence(review, "adams_2016_response")
    assert text.startswith("47 of 57 (82%, 95% CI 70% to 91%) patients with complicated")
    assert text.endswith("([Adams 2016](https://doi.org/10.1542/peds.2015-3257))")
