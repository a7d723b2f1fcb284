"""Oracles: counts made by hand from the five sources, and small reviews built for one rule each.

No test here names the rule's result by running the rule: each expected number is written out from
the printed papers or from the rows that the test itself writes.
"""

import csv
import shutil

import pandas as pd
import pytest
import yaml

from living_review import evidence, report, synthesis
from living_review.synthesis import counts, drug, endpoints

ROOT = evidence.find_root()
BLANK = "not_reported"


@pytest.fixture(scope="module")
def review(looked_up):
    return looked_up


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
    row = only(counts.proportions_of(review.study(study_id)).query("endpoint_class == @key"))
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


def test_analgesics_withdrawn_and_analgesics_lowered_are_two_endpoints(review):
    found = counts.proportions_of(review.study("hua_2014")).query("endpoint_class == 'analgesic_use'")
    assert {r.criterion: (r.events, r.n_evaluable) for r in found.itertuples()} == {
        "in_words": (3, 3),
        "analgesics_withdrawn": (2, 3),
    }


def test_a_response_by_recist_and_a_smaller_area_never_stand_in_one_group(review):
    lines = synthesis.forest_rows(review)
    group = lines.query("of == 'evaluable' and events == 5 and n == 7")["group"].iloc[0]
    assert group == "Measured lesion response: RECIST 1.1"
    assert "carolino_2025" not in set(lines.loc[lines["group"] == group, "study_id"])
    rows = report.what_if.payload(review)["rows"]
    assert {row["outcome"] for row in rows} == set(lines["group"])


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


def test_the_map_leaves_out_what_only_a_conclusion_claims(review):
    cells = synthesis.evidence_map(review)
    stable = cells[(cells["study_id"] == "carolino_2025") & (cells["endpoint_class"] == "stability")]
    assert stable.empty


def test_some_with_and_some_without_the_result_is_mixed(review):
    assert cell(review, "benson_2014", "lesion_response")["direction"] == "mixed"
    assert cell(review, "hua_2014", "symptom_improvement")["direction"] == "better"


def cell(review, study_id, key):
    cells = synthesis.evidence_map(review)
    return only(cells[(cells["study_id"] == study_id) & (cells["endpoint_class"] == key)])


@pytest.mark.parametrize(
    ("study_id", "direction", "text"),
    [("benson_2014", "better", "0 of 1"), ("hua_2014", "worse", "1 of 1")],
)
def test_relapse_is_out_of_those_followed_after_stopping(review, study_id, direction, text):
    found = cell(review, study_id, "relapse")
    assert (found["direction"], found["text"]) == (direction, text)


def test_who_stopped_or_paused_and_was_followed_is_read_from_rows(review):
    assert set(synthesis.off_drug(review.study("benson_2014"))) == {"p2"}
    assert set(synthesis.off_drug(review.study("hua_2014"))) == {"p1"}
    assert synthesis.off_drug(review.study("carolino_2025")) == {}


def test_survival_without_a_printed_number_is_of_the_patients_of_its_group(review):
    assert cell(review, "benson_2014", "survival")["text"] == "10 patients"


def test_a_row_of_the_map_is_one_endpoint(review):
    cells, rows, _ = synthesis.map_with_names(review)
    assert set(rows) == set(cells["row"])
    assert len(rows) == len(cells[["endpoint_class", "criterion"]].drop_duplicates())
    first = [rows.index(f"Measured lesion response: {c}") for c in ("RECIST 1.1", "any smaller area")]
    assert first == sorted(first), "criteria are in the order of the vocabulary"


def test_each_verdict_on_an_outcome_stands_in_one_cell_of_the_map(review):
    cells, _, _ = synthesis.map_with_names(review)
    marked = cells[cells["verdict"] != ""]
    judged = {
        (v.statement.study_id, v.statement.says): v.verdict
        for v in synthesis.verdicts.verdicts(review)
        if v.statement.endpoint_class != synthesis.verdicts.USE
    }
    assert len(marked) == len(judged)
    assert sorted(marked["verdict"]) == sorted(judged.values())
    by_row = dict(zip(marked["study_id"] + ": " + marked["row"], marked["verdict"], strict=True))
    assert by_row["benson_2014: Measured lesion response: RECIST 1.1"] == "confirmed"
    assert by_row["nadal_2016: Any response: whatever the criterion"] == "contradicted"
    # That no tumour became smaller is a finding that lesions were stable, and one criterion of two.
    assert by_row["hua_2014: Lesion stable: on scans, no threshold"] == "confirmed"
    assert "hua_2014: Less use of analgesics: in words" not in by_row


def test_the_marks_of_the_map_are_counted_in_words_with_their_signs(review):
    cells = pd.DataFrame({"verdict": ["confirmed", "", "untested", "confirmed"]})
    alt, caption = report.synthesis.map_marks(review, cells)
    assert alt == "Later studies judge 3 cells: confirmed 2, untested 1."
    assert caption.endswith("✓ confirmed, ? untested.")


def test_patients_by_drug_against_the_sources(review):
    taken = synthesis.drugs_taken(review).set_index(["study_id", "drug"])["patients"].to_dict()
    expected = {
        ("benson_2014", "sirolimus"): 9,
        ("benson_2014", "temsirolimus"): 1,
        ("carolino_2025", "sirolimus"): 2,
        ("hua_2014", "sirolimus"): 3,
        ("nadal_2016", "sirolimus"): 83,
        ("nadal_2016", "everolimus"): 1,
        ("nathan_2015", "sirolimus"): 14,
    }
    assert {k: taken.get(k) for k in expected} == expected
    for study_id in {study for study, _ in expected}:
        n = sum(k for (study, _), k in taken.items() if study == study_id)
        assert n == counts.treated(review.study(study_id))


def test_most_got_better_by_a_count_or_by_a_word(review):
    basis = synthesis.mostly_better(review)
    assert {k: basis.get(k) for k in ("benson_2014", "carolino_2025", "hua_2014")} == {
        **dict.fromkeys(("benson_2014", "carolino_2025", "hua_2014"), "count")
    }
    assert basis["nadal_2016"] == basis["nathan_2015"] == "word"


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
    harms = [x for x in synthesis.harms.of_sources(sixth) if x.study_id == "sixth_2026"]
    (sore,) = [x for x in harms if x.harm == "mucositis"]
    assert report.harms.amount(sixth, sore) == "1 of 4 (1% to 81%)"
    assert sore.printed == "sore lips"
    assert cell(sixth, "sixth_2026", "symptom_improvement")["text"] == "2 of 3"


def test_a_sixth_study_changes_no_line_of_the_others(sixth):
    before, after = (synthesis.forest_rows(r) for r in (evidence.load(ROOT), sixth))
    rest = after[after["study_id"] != "sixth_2026"].reset_index(drop=True)
    pd.testing.assert_frame_equal(before, rest)


# --- one rule each ----------------------------------------------------------------------------------

CLASS = {"endpoint_class": "symptom_improvement", "definition": "pain less", "direction": "better"}


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
    told = {
        "endpoint_class": "symptom_improvement",
        "subject": "pain",
        "finding": "x",
        "direction": "better",
    }
    before = told | {"patient": "p1", "timing": "baseline", "qualifier": "a year before everolimus"}
    during = told | {"patient": "p2", "timing": "on_treatment", "qualifier": "as before treatment"}
    row = only(chosen(empty, statements=[before, during]))
    assert (row["events"], row["n_evaluable"]) == (1, 1)


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


@pytest.mark.parametrize(
    ("endpoint_class", "direction", "definition", "result"),
    [
        ("lesion_response", "worse", "got larger", "progression"),
        ("lesion_response", "better", "lesion did not progress", "lesion_response"),
        ("stability", "better", "no relapse, no regrowth, no progression", "stability"),
        ("stability", "no_change", "did not progress", "stability"),
        ("lesion_response", "no_change", "did not progress", "stability"),
        ("symptom_improvement", "worse", "pain more", "symptom_improvement_worse"),
    ],
)
def test_what_a_count_shows_is_coded_and_never_read_from_its_words(
    empty, endpoint_class, direction, definition, result
):
    row = {"endpoint_class": endpoint_class, "direction": direction, "definition": definition}
    found = only(chosen(empty, outcomes=[row | {"group": "all", "events": "3", "n": "4"}]))
    assert found["endpoint_class"] == result
    assert found["definition"] == definition


@pytest.mark.parametrize("direction", ["none", "mixed"])
def test_a_count_without_a_direction_is_no_result_and_stands_beside(empty, direction):
    row = CLASS | {"group": "all", "events": "3", "n": "4", "direction": direction}
    assert chosen(empty, outcomes=[row]).empty
    assert len(synthesis.also_printed(evidence.load(empty))) == 1


def test_every_result_and_every_criterion_has_its_words(empty):
    review = evidence.load(empty)
    results = {
        endpoints.result_of(c, d)
        for c in endpoints.FAVOURABLE
        for d in ("better", "worse", "no_change")
    }
    assert results == set(review.vocabulary["results"])


def test_a_study_has_a_line_for_each_criterion(empty):
    base = {"endpoint_class": "lesion_response", "direction": "better", "group": "all", "n": "4"}
    rows = [
        base | {"definition": "partial response", "criterion": "recist_1_1", "events": "1"},
        base | {"definition": "any smaller", "criterion": "any_area_decrease", "events": "3"},
        base | {"definition": "smaller, nobody says how", "events": "2"},
    ]
    frame = chosen(empty, outcomes=rows)
    assert frame.set_index("criterion")["events"].to_dict() == {"recist_1_1": 1, "any_area_decrease": 3}


def test_a_criterion_that_nobody_names_stands_where_there_is_no_other(empty):
    row = only(chosen(empty, outcomes=[CLASS | {"group": "all", "events": "1", "n": "4"}]))
    assert row["criterion"] == BLANK
    groups = synthesis.forest_rows(evidence.load(empty))["group"]
    assert set(groups) == {"Symptoms improved: criterion not named"}


def test_patients_reported_in_words_take_the_criterion_of_a_group_result_that_agrees(empty):
    told = {"endpoint_class": "stability", "subject": "size", "finding": "x", "direction": "no_change"}
    group = {"endpoint_class": "stability", "definition": "stable", "group": "all", "n": "4"}
    group |= {"direction": "no_change", "criterion": "imaging_judgement"}
    row = only(chosen(empty, outcomes=[group], statements=[told | {"patient": "p1"}]))
    assert (row["events"], row["criterion"]) == (1, "imaging_judgement")


def test_a_quantity_printed_twice_is_one_count_and_one_patient(empty):
    said = {"endpoint_class": "symptom_improvement", "criterion": "clinical_judgement"}
    rows = [said | {"patient": f"p{i}", "category": "improved"} for i in (1, 2)]
    rows.append(said | {"patient": "p1", "category": "not_improved", "same_as": "r0"})
    timed = {"patient": "p1", "event": "0", "endpoint": "follow_up", "time_unit": "month"}
    events = [timed | {"time": "9", "same_as": "r1"}, timed | {"time": "8"}]
    row = only(chosen(empty, responses=rows, events=events))
    assert (row["events"], row["n_evaluable"]) == (2, 2)
    assert synthesis.follow_up(evidence.load(empty))["months"].tolist() == [8]


def test_a_judgement_after_treatment_is_no_response_and_makes_a_patient_followed(empty):
    said = {"endpoint_class": "lesion_response", "criterion": "recist_1_1", "patient": "p1"}
    rows = [
        said | {"category": "stable_disease", "timing": "on_treatment"},
        said | {"category": "partial_response", "timing": "after_treatment"},
    ]
    stop = {"patient": "p1", "drug": "everolimus", "role": "study_drug", "change": "stop"}
    frame = chosen(empty, responses=rows, doses=[stop]).set_index("endpoint_class")
    assert frame["events"].to_dict() == {"lesion_response": 0, "stability": 1}
    study = evidence.load(empty).study("rule_2026")
    assert synthesis.off_drug(study) == {"p1": ("doses/r0", "responses/r1")}


def test_whoever_stopped_and_is_not_reported_again_is_not_in_the_denominator(empty):
    stop = {"drug": "everolimus", "role": "study_drug", "change": "stop"}
    back = {"endpoint_class": "relapse", "subject": "pain", "finding": "x", "direction": "worse"}
    add_study(
        empty,
        "rule_2026",
        {},
        doses=[stop | {"patient": f"p{i}"} for i in (1, 2, 3)],
        statements=[
            back | {"patient": "p1"},
            back | {"patient": "p2", "direction": "better"},
            back | {"patient": "p4"},  # of whom nobody says that the drug was stopped
        ],
    )
    found = cell(evidence.load(empty), "rule_2026", "relapse")
    assert (found["direction"], found["text"]) == ("mixed", "1 of 2")


@pytest.mark.parametrize(("in_words", "expected"), [("yes", "word"), ("no", "count")])
def test_a_count_given_in_words_makes_a_source_that_is_distinguished(empty, in_words, expected):
    row = CLASS | {"group": "all", "events": "4", "n": "4", "in_words": in_words}
    add_study(empty, "rule_2026", {}, outcomes=[row])
    assert synthesis.mostly_better(evidence.load(empty)) == {"rule_2026": expected}


def test_a_word_without_the_size_of_its_group_makes_no_source(empty):
    said = {"endpoint_class": "lesion_response", "subject": "x", "finding": "most", "group": "all"}
    add_study(empty, "rule_2026", {}, statements=[said | {"direction": "better"}])
    assert synthesis.mostly_better(evidence.load(empty)) == {}


@pytest.mark.parametrize(("events", "expected"), [("3", {"rule_2026": "count"}), ("2", {})])
def test_most_is_more_than_half_of_those_counted(empty, events, expected):
    add_study(empty, "rule_2026", {}, outcomes=[CLASS | {"group": "all", "events": events, "n": "4"}])
    assert synthesis.mostly_better(evidence.load(empty)) == expected


@pytest.mark.parametrize(("in_words", "marked"), [("yes", True), ("no", False)])
def test_a_count_in_words_counts_and_is_marked(empty, in_words, marked):
    row = CLASS | {"group": "all", "events": "4", "n": "4", "in_words": in_words}
    frame = chosen(empty, outcomes=[row])
    assert [(r.events, r.n_evaluable, r.inferred) for r in frame.itertuples()] == [(4, 4, marked)]


def test_a_percentage_without_a_count_is_not_counted(empty):
    assert chosen(empty, outcomes=[CLASS | {"group": "all", "percent": "100"}]).empty


def test_complete_and_partial_responses_are_responses_and_table_beats_text(empty):
    base = {"endpoint_class": "lesion_response", "criterion": "recist_1_1"}
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


def harm_row(empty, *rows, meta=None):
    base = {"preferred_term": "rash", "counts_what": "patients", "group": "all", "term": "Rash"}
    add_study(empty, "rule_2026", meta or {}, adverse_events=[base | row for row in rows])
    return only(drug.harms_of(evidence.load(empty).study("rule_2026")))


def harm(empty, *rows, meta=None):
    row = harm_row(empty, *rows, meta=meta)
    return tuple(None if pd.isna(row[k]) else int(row[k]) for k in ("low", "high", "n"))


def written_harm(empty, *rows):
    row = harm_row(empty, *rows)
    review = evidence.load(empty)
    return drug.harm_words(review.study("rule_2026"), review, row)


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        (["3"], "1 of 4, grade 3 only (1% to 81%)"),
        (["3", "4"], "2 of 4, grade 3 or 4 only (7% to 93%)"),
        (["3-4"], "1 of 4, grade 3 or 4 only (1% to 81%)"),
        (["1-2", "3-4"], "2 of 4 (7% to 93%)"),
        (["1", "2", "3", "4"], "4 of 4 (40% to 100%)"),
        (["1", "2", "3"], "3 of 4, grade 1 or 2 or 3 only (19% to 99%)"),
        (["any"], "1 of 4 (1% to 81%)"),
        (["not_reported"], "1 of 4 (1% to 81%)"),
    ],
)
def test_a_part_of_the_grades_is_shown_as_that_part_and_never_as_all(empty, grades, expected):
    assert written_harm(empty, *({"grade": g, "patients": "1"} for g in grades)) == expected


def test_a_count_of_all_grades_goes_before_a_larger_one_of_some(empty):
    rows = [{"grade": "3", "patients": "3"}, {"grade": "not_reported", "patients": "2", "term": "Itch"}]
    assert written_harm(empty, *rows) == "2 of 4 (7% to 93%)"


def test_patients_named_with_a_grade_keep_it(empty):
    rows = [{"patient": f"p{g}", "grade": g, "patients": "1"} for g in ("2", "3")]
    assert written_harm(empty, *rows) == "2 of 4, grade 2 or 3 only (7% to 93%)"


def test_a_harm_that_a_named_patient_did_not_have_is_no_share(empty):
    row = {"patient": "p2", "patients": "0", "grade": "not_applicable"}
    assert written_harm(empty, row) == "not in Patient 2"


def test_a_harm_printed_twice_counts_once(empty):
    rows = [{"patient": "p1", "patients": "1"}, {"patients": "3", "same_as": "r0"}]
    assert harm(empty, *rows) == (1, 1, 4)


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


# --- what the numbers rest on -----------------------------------------------------------------------


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
    assert "in a table takes precedence over" in used.loc["rule_2026:outcomes/r1", "rule"]


def test_every_patient_judged_or_left_out_stands_behind_the_count(sixth):
    used = synthesis.rows_used(sixth)
    own = used[(used["study_id"] == "sixth_2026") & (used["section"] == "Responses")]
    assert own["reference"].tolist() == [f"sixth_2026:responses/r{i}" for i in range(4)]
    assert {w.rpartition(": ")[2] for w in own["value"]} == {"2 of 3"}
    sections = set(used.loc[used["study_id"] == "sixth_2026", "section"])
    assert {"Pain course", "Time of each patient", "Doses and target levels", "Harms"} < sections


def test_patients_without_information_on_harm_stand_behind_the_harms(review):
    used = synthesis.rows_used(review).set_index("reference")
    assert used.loc["nadal_2016:counts/res_no_harm_data", "value"] == "harms are out of 60 patients"
