"""Oracle: the evidence itself, and small tables written here."""

import pandas as pd
import pytest

from living_review import evidence
from living_review.report import counts, sections, timelines


@pytest.fixture(scope="module")
def review():
    return evidence.load()


def test_a_patient_is_called_as_the_paper_calls_them(review):
    assert sections.patient_label(review.study("carolino_2025"), "p1") == "Case\N{NO-BREAK SPACE}1"
    # No group of one represents this patient: the number alone names them.
    assert sections.patient_label(review.study("benson_2014"), "p7") == "Patient\N{NO-BREAK SPACE}7"


def test_a_harm_of_one_person_names_the_person_and_forms_no_share(review):
    study = review.study("carolino_2025")
    shown = counts.harms(study, review).set_index("Printed term")["Patients"]
    assert shown["pruritic rash"] == "Case\N{NO-BREAK SPACE}2"
    assert shown["no reported side effects"] == "Case\N{NO-BREAK SPACE}1"
    assert shown["Rash"] == "not reported"


def test_a_harm_that_one_person_did_not_have_says_so(review):
    study = review.study("benson_2014")
    shown = counts.harms(study, review).set_index("Printed term")["Patients"]
    assert shown["pneumonitis"] == "not in Patient\N{NO-BREAK SPACE}7"


def test_a_finding_stands_with_its_time(review):
    rows = pd.DataFrame(
        {
            "finding": ["no pain", "new lesion", "stable", "kept"],
            "time": ["6", "2012-07", "1", "not_reported"],
            "time_unit": ["month", "date", "year", "not_reported"],
        }
    )
    assert sections.with_time(rows) == [
        "no pain (6 months)",
        "new lesion (July 2012)",
        "stable (1 year)",
        "kept",
    ]


def test_a_dose_of_some_patients_says_of_whom_and_how_many(review):
    given = sections.doses(review.study("benson_2014"), review)["Given"]
    assert given[0].replace("\N{NO-BREAK SPACE}", " ").endswith(": Patient on temsirolimus (n = 1)")
    everyone = sections.doses(review.study("carolino_2025"), review)["Given"]
    assert not everyone.str.contains("(n", regex=False).any()


def test_a_time_says_whether_it_was_still_running(review):
    study = review.study("benson_2014")
    events = study.table("events").query("id in ['p1_time_on_treatment', 'p3_time_on_treatment']")
    shown = timelines.times(events, study, review).set_index("Patient")
    assert shown["Time"].tolist() == ["Time on treatment: 94 days", "Time on treatment: 637 days"]
    assert shown["At its end"].str.startswith("running; ").tolist() == [False, True]


def counted(n, denominator, percent, row="Male", group="total"):
    place = f"Table I, row {row}, column X"
    return {
        "id": row.lower(),
        "characteristic": "mTOR inhibitors",
        "category": row.lower(),
        "n": n,
        "denominator": denominator,
        "percent": percent,
        "group": group,
        "locator": place,
    }


def test_a_printed_percentage_stands_beside_the_computed_one_and_says_if_they_differ(review):
    study = review.study("nadal_2016")
    cells = [
        counted(31, 84, 36.9),
        counted(1, 84, 1.1, "Everolimus"),
        counted(0, 84, float("nan"), "None (Drug)"),
    ]
    shown = counts.by_group(pd.DataFrame(cells), study)
    assert shown["All patients (n = 84)"].tolist() == ["31 (36.9 = 36.9)", "1 (1.1 ≠ 1.2)", "0 (– 0.0)"]
    assert shown["Row"].tolist() == ["Male", "Everolimus", "None"]
    assert set(shown["Of"]) == {"mTOR inhibitors"}
    assert counts.percentages_agree(pd.DataFrame(cells)) == [True, False]


def test_shares_leave_out_counts_without_a_denominator():
    rows = pd.DataFrame([counted(5, 7, None), counted(5, None, None)])
    told = counts.shares(rows)
    assert told["text"].tolist() == ["5 of 7: 29% to 96%"]
    assert told["group"].tolist() == ["mTOR inhibitors"]


def test_an_ambiguous_denominator_is_called_so():
    row = {"events": 5, "n": None, "n_missing": "ambiguous"}
    assert counts.with_share(pd.DataFrame([row]), "events", "n") == ["5 (total ambiguous)"]


def test_certainty_by_outcome_adds_the_steps_and_stops_at_very_low(review):
    table = sections.certainty_by_outcome("synthesis", review).set_index("Outcome")
    steps = review.records("certainty").query("study_id == 'synthesis' and outcome == 'survival'")
    assert steps["change"].sum() < 1, "the case this test is about"
    assert "Very low" in table.loc["Survival", "How sure"]
    assert "Not rated" in sections.certainty_by_outcome("nathan_2015", review)["How sure"].iloc[0]


def test_downloads_of_all_link_every_table_of_every_study(review):
    shown = sections.downloads_of_all(review)
    assert len(shown) == len(review.study_ids)
    links = " ".join(shown["Tables (rows)"])
    assert links.count("<a href") == sum(s.has(t) for s in review.studies for t in s.schemas)
