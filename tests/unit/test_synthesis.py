"""Oracles: counts made by hand from the five sources, and small reviews built for one rule each.

No test here names the rule's result by running the rule: each expected number is written out from
the printed papers or from the rows that the test itself writes.
"""

import csv
import shutil

import pandas as pd
import pytest
import yaml

from living_review import evidence, synthesis
from living_review.synthesis import counts, drug

ROOT = evidence.find_root()
BLANK = "not_reported"


@pytest.fixture(scope="module")
def review():
    return evidence.load(ROOT)


def add_study(root, study_id, meta, **tables):
    """Write a study folder: of each row only what the test says, the rest not reported."""
    folder = root / "data" / study_id
    folder.mkdir()
    base = {
        "study_id": study_id,
        "authors": ["Sixth A"],
        "year": 2026,
        "indication": "pecoma",
        "drugs": ["everolimus"],
        "n_patients": 4,
        "groups": {"all": {"label": "All patients", "n": 4}},
    }
    (folder / "study.yaml").write_text(yaml.safe_dump(base | meta), encoding="utf-8")
    schemas = evidence.load_schemas(root)
    for table, rows in tables.items():
        names = [c["name"] for c in schemas[table].fields]
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as stream:
            out = csv.DictWriter(stream, names, restval=BLANK, lineterminator="\n")
            out.writeheader()
            for i, row in enumerate(rows):
                assert set(row) <= set(names), "the test wrote a column the schema does not have"
                group = {"patient": "not_applicable"} if "patient" in names else {}
                fixed = {"id": f"r{i}", "locator": "Results", "printed": "x", "note": ""}
                out.writerow(fixed | group | row)


@pytest.fixture
def empty(tmp_path):
    """A review of no study: schemas, vocabulary and the records about the review."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data" / "schema", data / "schema")
    shutil.copy(ROOT / "data" / "vocabulary.yaml", data)
    return tmp_path


@pytest.fixture
def sixth(tmp_path):
    """The real review with a study added: three patients judged, a fourth not."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("readings"))
    said = {"endpoint_class": "symptom_improvement", "locator": "Table 1, row 1"}
    add_study(
        tmp_path,
        "sixth_2026",
        {},
        responses=[
            said | {"patient": "p1", "category": "improved"},
            said | {"patient": "p2", "category": "not_improved"},
            said | {"patient": "p3", "category": "improved"},
            said | {"patient": "p4", "category": "not_evaluable"},
        ],
        events=[
            {"patient": "p1", "endpoint": "follow_up", "time": "52", "time_unit": "week", "event": "0"},
        ],
        measurements=[
            {"patient": "p1", "measure": "pain", "scale": "vas", "statistic": "value"}
            | {"timing": "baseline", "value": "6", "unit": "score"},
        ],
        adverse_events=[
            {"patient": "p1", "term": "Sore lips", "preferred_term": "mucositis", "patients": "1"}
            | {"counts_what": "patients"},
        ],
        doses=[
            {"group": "all", "drug": "everolimus", "role": "study_drug", "dose": "10", "unit": "mg/day"}
        ],
        statistics=[
            {"group": "all", "statistic": "target", "lower": "5", "upper": "10", "unit": "ng/ml"}
        ],
    )
    return evidence.load(tmp_path)


# --- the real review --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("study_id", "key", "expected"),
    [
        ("benson_2014", "symptom_improvement", (7, 10, 10)),
        ("benson_2014", "lesion_response", (5, 7, 10)),
        ("benson_2014", "stability", (1, 7, 10)),
        ("benson_2014", "progression", (1, 7, 10)),
        ("hua_2014", "symptom_improvement", (3, 3, 3)),
        ("hua_2014", "stability", (3, 3, 3)),
        ("carolino_2025", "lesion_response", (2, 2, 2)),
        ("nadal_2016", "any_response", (84, 84, 84)),
        ("nathan_2015", "lesion_appearance", (13, 14, 14)),
    ],
)
def test_counts_of_the_five_sources_against_counting_by_hand(review, study_id, key, expected):
    row = counts.proportions_of(review.study(study_id)).set_index("endpoint_class").loc[key]
    assert (row["events"], row["n_evaluable"], row["n_treated"]) == expected


def test_counts_given_in_words_are_marked_and_have_their_limits(review):
    """Nadal: all cases, of 84; Nathan: all but one, of 14. Everyone else prints numbers."""
    lines = synthesis.forest_rows(review)
    marked = lines[lines["inferred"]]
    assert {(r.study_id, r.events, r.n) for r in marked.itertuples()} == {
        ("nadal_2016", 84, 84),
        ("nathan_2015", 13, 14),
    }
    assert marked["label"].str.endswith(" *").all()
    assert not lines.loc[~lines["inferred"], "label"].str.contains("*", regex=False).any()
    assert lines[["lower", "upper"]].notna().all(axis=None)


def test_the_other_printed_count_of_analgesics_stands_beside_the_chosen_one(review):
    other = synthesis.also_printed(review)
    found = other[(other["study_id"] == "hua_2014") & (other["endpoint_class"] == "analgesic_use")]
    assert [(r.events, r.n) for r in found.itertuples()] == [(2, 3)]


def test_follow_up_is_of_fifteen_patients_with_units_made_months(review):
    times = synthesis.follow_up(review)
    assert times.groupby("study_id").size().to_dict() == {
        "benson_2014": 10,
        "carolino_2025": 2,
        "hua_2014": 3,
    }
    by = times.set_index(["study_id", "patient"])["months"]
    assert by["benson_2014", "p2"] == pytest.approx(1366 / 30.4375)
    assert by["hua_2014", "p2"] == 30
    assert by["carolino_2025", "p1"] == 5


def test_the_transformation_is_a_mark_at_its_month(review):
    times = synthesis.follow_up(review).set_index(["study_id", "patient"])
    assert times.loc[("hua_2014", "p3"), "happened"] == [(36.0, "malignant_transformation")]


def test_a_maximum_and_a_plain_value_are_not_one_line(review):
    scores = synthesis.pain(review).set_index(["study_id", "patient"])
    assert not scores.loc[("hua_2014", "p1"), "joined"].any()
    assert scores.loc[("hua_2014", "p2"), "joined"].all()


def test_a_score_printed_in_table_and_text_enters_once(review):
    scores = synthesis.pain(review)
    own = scores[(scores["study_id"] == "carolino_2025") & (scores["patient"] == "p1")]
    assert own["value"].tolist() == [8, 5, 3]
    assert own["locator"].str.startswith("Table").all()


def test_patients_without_information_on_harm_are_not_in_the_denominator(review):
    assert drug.informed_on_harm(review.study("nadal_2016")) == 84 - 24


@pytest.mark.parametrize(
    ("study_id", "term", "expected"),
    [
        ("nadal_2016", "mucositis", (12, 12, 60)),
        ("nadal_2016", "infection", (3, 3, 60)),
        ("benson_2014", "infection", (2, 4, 10)),
        ("benson_2014", "oedema", (1, 1, 10)),
        ("benson_2014", "treatment_related_death", (0, 0, 10)),
        ("benson_2014", "pneumonitis", (0, 0, 1)),
        ("carolino_2025", "none", (1, 1, 2)),
        ("carolino_2025", "rash", (1, 1, 2)),
        ("hua_2014", "malignancy", (1, 1, 3)),
    ],
)
def test_harms_of_the_five_sources_against_counting_by_hand(review, study_id, term, expected):
    row = drug.harms_of(review.study(study_id)).set_index("term").loc[term]
    assert (row["low"], row["high"], row["n"]) == expected


def test_a_harm_told_without_a_count_and_a_harm_not_told_differ(review):
    table = synthesis.harm_matrix(review).set_index("Harm")
    bleeding = next(h for h in table.index if h.startswith("Bleeding"))
    assert table.loc[bleeding, "Benson 2014 (n = 10)"] == "told, not counted"
    assert table.loc[bleeding, "Hua 2014 (n = 3)"] == "no report"


def test_every_printed_term_stands_under_its_harmonised_term(review):
    shown = " ".join(synthesis.harm_matrix(review)["Harm"]).lower()
    terms = review.table("adverse_events")["term"].str.lower()
    assert [t for t in terms if t not in shown] == []


def test_the_map_leaves_out_what_only_a_conclusion_claims(review):
    cells = synthesis.evidence_map(review)
    stable = cells[(cells["study_id"] == "carolino_2025") & (cells["endpoint_class"] == "stability")]
    assert stable.empty


def test_some_with_and_some_without_the_result_is_mixed(review):
    cells = synthesis.evidence_map(review).set_index(["study_id", "endpoint_class"])
    assert cells.loc[("benson_2014", "lesion_response"), "direction"] == "mixed"
    assert cells.loc[("hua_2014", "symptom_improvement"), "direction"] == "better"


def test_gaps_and_map_share_out_every_disease(review):
    for row in synthesis.gaps(review).to_dict("records"):
        named = [w for k in ("known", "missing") for w in row[k].split("; ") if w != "none"]
        assert len(named) == len(set(named)) == 5


# --- a sixth study ----------------------------------------------------------------------------------


def test_a_sixth_study_appears_everywhere_by_itself(sixth):
    lines = synthesis.forest_rows(sixth)
    own = lines[lines["study_id"] == "sixth_2026"]
    assert [(r.events, r.n, r.of) for r in own.itertuples()] == [(2, 3, "evaluable"), (2, 4, "treated")]
    times = synthesis.follow_up(sixth).set_index("study_id")
    assert times.loc["sixth_2026", "months"] == pytest.approx(52 * 7 / 30.4375)
    assert "Sixth 2026, 1" in set(synthesis.pain(sixth)["label"])
    assert "sixth_2026" in set(synthesis.doses(sixth)["study_id"])
    assert "sixth_2026" in set(synthesis.targets(sixth)["study_id"])
    harms = synthesis.harm_matrix(sixth)
    sore = harms[harms["Harm"].str.startswith("Sore mouth")].iloc[0]
    assert sore["Sixth 2026 (n = 4)"] == "1 of 4 (1% to 81%)"
    assert "sore lips" in sore["Harm"]
    cells = synthesis.evidence_map(sixth).set_index(["study_id", "endpoint_class"])
    assert cells.loc[("sixth_2026", "symptom_improvement"), "text"] == "2 of 3"


def test_a_sixth_study_changes_no_line_of_the_others(review, sixth):
    before, after = synthesis.forest_rows(review), synthesis.forest_rows(sixth)
    rest = after[after["study_id"] != "sixth_2026"].reset_index(drop=True)
    pd.testing.assert_frame_equal(before, rest)


# --- one rule each ----------------------------------------------------------------------------------

CLASS = {"endpoint_class": "symptom_improvement", "definition": "better", "criterion": BLANK}


def chosen(empty, **tables):
    add_study(empty, "rule_2026", tables.pop("meta", {}), **tables)
    return synthesis.proportions_of(evidence.load(empty).study("rule_2026"))


def only(frame):
    assert len(frame) == 1
    return frame.iloc[0]


def test_a_table_beats_the_text_and_the_text_beats_the_abstract(empty):
    rows = [
        CLASS | {"group": "all", "events": "3", "n": "4", "locator": "Abstract"},
        CLASS | {"group": "all", "events": "2", "n": "4", "locator": "Results"},
        CLASS | {"group": "all", "events": "1", "n": "4", "locator": "Table 2, row 1"},
    ]
    row = only(chosen(empty, outcomes=rows))
    assert (row["events"], row["source"]) == (1, "group count in a table")
    others = synthesis.also_printed(evidence.load(empty))
    assert others["events"].tolist() == [3, 2]


def test_patients_in_words_beat_a_group_count_in_a_table(empty):
    told = {"endpoint_class": "symptom_improvement", "subject": "pain", "finding": "gone"}
    row = only(
        chosen(
            empty,
            outcomes=[CLASS | {"group": "all", "events": "4", "n": "4", "locator": "Table 1, row 1"}],
            statements=[
                told | {"patient": "p1", "direction": "better"},
                told | {"patient": "p2", "direction": "no_change"},
            ],
        )
    )
    assert (row["events"], row["n_evaluable"], row["n_treated"]) == (1, 2, 4)


def test_one_finding_against_treatment_takes_a_patient_out_of_the_events(empty):
    told = {"endpoint_class": "symptom_improvement", "subject": "pain", "finding": "x", "patient": "p1"}
    row = only(chosen(empty, statements=[told | {"direction": d} for d in ("better", "worse")]))
    assert (row["events"], row["n_evaluable"]) == (0, 1)


def test_a_finding_from_before_the_drug_does_not_count(empty):
    told = {"endpoint_class": "symptom_improvement", "subject": "pain", "finding": "x", "patient": "p1"}
    before = told | {"direction": "no_change", "qualifier": "a year before everolimus"}
    assert chosen(empty, statements=[before]).empty


def test_a_group_finding_is_never_counted_as_patients(empty):
    said = {"endpoint_class": "symptom_improvement", "subject": "pain", "finding": "x", "group": "all"}
    assert chosen(empty, statements=[said | {"direction": "better"}]).empty


def test_words_about_nobody_in_the_study_have_no_place_on_the_map(empty):
    said = {"endpoint_class": "relapse", "subject": "x", "finding": "x", "direction": "better"}
    said |= {"locator": "Abstract"}
    add_study(empty, "rule_2026", {}, statements=[said | {"group": "not_applicable"}])
    add_study(empty, "rule_2027", {}, statements=[said | {"group": "all"}])
    cells = synthesis.evidence_map(evidence.load(empty))
    assert cells["study_id"].tolist() == ["rule_2027"]


def test_getting_worse_is_not_a_lesion_response(empty):
    rows = [
        {"endpoint_class": "lesion_response", "group": "all", "events": "2", "n": "4"}
        | {"definition": "rapid progression"}
    ]
    assert only(chosen(empty, outcomes=rows))["endpoint_class"] == "progression"


@pytest.mark.parametrize(("in_words", "marked"), [("yes", True), ("no", False)])
def test_a_count_in_words_counts_and_is_marked(empty, in_words, marked):
    row = CLASS | {"group": "all", "events": "4", "n": "4", "in_words": in_words}
    frame = chosen(empty, outcomes=[row])
    assert [(r.events, r.n_evaluable, r.inferred) for r in frame.itertuples()] == [(4, 4, marked)]


def test_a_percentage_without_a_count_is_not_counted(empty):
    assert chosen(empty, outcomes=[CLASS | {"group": "all", "percent": "100"}]).empty


def test_complete_and_partial_responses_are_responses_and_table_beats_text(empty):
    base = {"endpoint_class": "lesion_response", "criterion": "RECIST 1.1"}
    frame = chosen(
        empty,
        responses=[
            base | {"patient": "p1", "category": "progressive_disease", "locator": "Results"},
            base | {"patient": "p1", "category": "complete_response", "locator": "Table 1, row 1"},
            base | {"patient": "p2", "category": "partial_response", "locator": "Table 1, row 2"},
            base | {"patient": "p3", "category": "stable_disease", "locator": "Table 1, row 3"},
        ],
    ).set_index("endpoint_class")
    assert frame["events"].to_dict() == {"lesion_response": 2, "stability": 1}
    assert set(frame["n_evaluable"]) == {3}


def test_a_printed_follow_up_beats_time_on_treatment_and_a_date_is_no_time(empty):
    timed = {"patient": "p1", "event": "0"}
    add_study(
        empty,
        "rule_2026",
        {},
        events=[
            timed
            | {"endpoint": "time_on_treatment", "time": "9", "time_unit": "month"}
            | {"locator": "Table 1, row 1"},
            timed | {"endpoint": "follow_up", "time": "2011-05", "time_unit": "date"},
            timed | {"endpoint": "follow_up", "time": "2", "time_unit": "year"},
        ],
    )
    times = synthesis.follow_up(evidence.load(empty))
    assert times[["months", "endpoint"]].to_numpy().tolist() == [[24.0, "follow_up"]]


def harm(empty, *rows, meta=None):
    base = {"preferred_term": "rash", "counts_what": "patients", "group": "all", "term": "Rash"}
    add_study(empty, "rule_2026", meta or {}, adverse_events=[base | row for row in rows])
    row = only(drug.harms_of(evidence.load(empty).study("rule_2026")))
    return tuple(None if pd.isna(row[k]) else int(row[k]) for k in ("low", "high", "n"))


def test_grades_are_added_only_where_no_total_is_printed(empty):
    grades = [{"grade": "1-2", "patients": "2"}, {"grade": "3-4", "patients": "1"}]
    assert harm(empty, *grades) == (3, 3, 4)


def test_a_printed_total_beats_the_sum_of_grades(empty):
    grades = [{"grade": "1-2", "patients": "2"}, {"grade": "3-4", "patients": "1"}]
    assert harm(empty, *grades, {"grade": "any", "patients": "2"}) == (2, 2, 4)


def test_events_are_not_patients(empty):
    told = [{"patients": "9", "counts_what": "events"}, {"patients": "1"}]
    assert harm(empty, *told) == (1, 1, 4)


def test_terms_under_one_harm_are_never_added(empty):
    assert harm(empty, {"patients": "2"}, {"patients": "1", "term": "Itching rash"}) == (2, 2, 4)


def test_a_harm_without_a_count_has_none(empty):
    assert harm(empty, {"patients": BLANK, "readings": BLANK}) == (None, None, 4)


def test_a_smaller_group_has_its_own_denominator(empty):
    groups = {"all": {"label": "All", "n": 4}, "few": {"label": "Few", "n": 2}}
    assert harm(empty, {"patients": "1", "group": "few"}, meta={"groups": groups}) == (1, 1, 2)


def test_as_unit_against_the_calendar():
    assert synthesis.as_unit(1461, "day", "year") == 4
    assert synthesis.as_unit("24", "hour", "day") == 1


# --- what stands behind the numbers -----------------------------------------------------------------


def test_every_used_row_is_a_row_of_the_evidence_with_its_place(review):
    used = synthesis.rows_used(review)
    for row in used.to_dict("records"):
        study, _, reference = row["reference"].partition(":")
        assert study == row["study_id"]
        assert review.study(study).row(reference)["locator"] == row["locator"]


def test_the_chosen_row_is_used_and_the_one_it_beats_is_not(empty):
    outcomes = [
        CLASS | {"group": "all", "events": "3", "n": "4", "locator": "Abstract"},
        CLASS | {"group": "all", "events": "1", "n": "4", "locator": "Table 2, row 1"},
    ]
    harm = {"preferred_term": "rash", "group": "all", "grade": "any", "counts_what": "patients"}
    add_study(
        empty,
        "rule_2026",
        {},
        outcomes=outcomes,
        adverse_events=[harm | {"patients": "1"}, harm | {"patients": "2"}],
    )
    used = synthesis.rows_used(evidence.load(empty)).set_index("reference")
    assert set(used.index) == {"rule_2026:outcomes/r1", "rule_2026:adverse_events/r1"}
    assert used.loc["rule_2026:outcomes/r1", "value"].endswith(": 1 of 4")
    assert "in a table goes before" in used.loc["rule_2026:outcomes/r1", "rule"]


def test_every_patient_judged_or_left_out_stands_behind_the_count(sixth):
    used = synthesis.rows_used(sixth)
    own = used[(used["study_id"] == "sixth_2026") & (used["room"] == "Responses")]
    assert own["reference"].tolist() == [f"sixth_2026:responses/r{i}" for i in range(4)]
    assert {w.partition(": ")[2] for w in own["value"]} == {"2 of 3"}
    rooms = set(used.loc[used["study_id"] == "sixth_2026", "room"])
    assert {"Pain course", "Time of each patient", "Doses and target levels", "Harms"} < rooms


def test_patients_without_information_on_harm_stand_behind_the_harms(review):
    used = synthesis.rows_used(review).set_index("reference")
    assert used.loc["nadal_2016:counts/res_no_harm_data", "value"] == "harms are out of 60 patients"
