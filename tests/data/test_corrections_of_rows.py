"""What a second look at the papers corrected: each oracle is the paper, read again."""

import re
from itertools import chain

import pandas as pd
import pytest

from living_review import evidence, synthesis
from living_review.stats import dates, timelines

REVIEW = evidence.load()
DATED = {
    "events": [("time", "time_unit")],
    "measurements": [("time", "time_unit")],
    "statements": [("time", "time_unit")],
    "doses": [("start", "start_unit"), ("stop", "stop_unit")],
}
ACCEPTED = [s for s in REVIEW.studies if "accepted" in set(s.table("statements")["id"])]


def counted(study_id, endpoint_class):
    chosen = synthesis.proportions_of(REVIEW.study(study_id)).set_index("endpoint_class")
    return tuple(int(chosen.loc[endpoint_class, c]) for c in ("events", "n_evaluable", "n_treated"))


def test_to_go_on_working_is_no_improvement():
    """Carolino: one took up her work again, the other *continues* his, with no limit told before."""
    assert counted("carolino_2025", "function") == (1, 2, 2)


def test_a_count_from_findings_stands_where_its_best_place_is():
    """The abstract repeats Carolino's results; the counts are made from the case reports."""
    used = synthesis.rows_used(REVIEW)
    own = used[(used["study_id"] == "carolino_2025") & (used["section"] == "Responses")]
    assert own["reference"].str.contains("statements/abs_").any()
    assert not own["stands"].str.contains("Abstract").any()


def test_no_organ_is_removed_that_the_paper_does_not_name():
    """Hua prints cystectomy and panhysterectomy of a girl: bladder and uterus, no ovaries or tubes."""
    tables = (REVIEW.study("hua_2014").table(t) for t in ("statements", "patients"))
    cells = chain.from_iterable(t.astype(str).to_numpy().ravel() for t in tables)
    assert not [c for c in cells if re.search(r"adnexa|ovar(?!ies and tubes)|salping", c)]


def test_a_sentence_without_a_time_gets_none():
    row = REVIEW.study("hua_2014").row("outcomes/abs_stability")
    assert (row["time"], row["time_unit"]) == ("not_reported", "not_reported")


def test_the_time_of_a_malignant_change_is_one_figure_on_every_page():
    study = REVIEW.study("hua_2014")
    last = timelines.last_reports(study.table("events"), timelines.starts(study.table("doses")))
    follow = synthesis.follow_up(REVIEW).query("study_id == 'hua_2014'").set_index("patient")
    assert dict(zip(last.index, timelines.month_values(last["months"]), strict=True)) == (
        follow["months"].to_dict()
    )


def test_a_response_kept_after_stopping_is_one_patient_and_not_nine():
    row = REVIEW.study("benson_2014").row("statements/abs_maintained_response")
    assert (row["patient"], row["group"]) == ("p2", "not_applicable")


def test_who_the_patient_of_the_figure_is_stays_open():
    """No printed date excludes patient 2, who was treated longest."""
    rows = REVIEW.study("benson_2014").table("measurements").query("group == 'figure_1_patient'")
    assert len(rows) >= 6
    assert rows["note"].str.contains("fits patients 2, 3 and 9").all()


def test_each_keyword_of_a_search_that_counts_twelve_has_its_row():
    rows = REVIEW.study("nadal_2016").table("statements")
    terms = rows[rows["subject"] == "disease keyword of the search"]
    assert terms["printed"].nunique() == 12
    assert (terms["printed"] == terms["finding"]).all()


def test_two_papers_print_the_day_of_acceptance():
    assert {s.study_id for s in ACCEPTED} >= {"carolino_2025", "hua_2014"}


@pytest.mark.parametrize("study", ACCEPTED, ids=lambda s: s.study_id)
def test_nothing_is_later_than_the_day_on_which_a_paper_was_accepted(study):
    end = dates.date_bounds(study.row("statements/accepted")["time"])[1]
    told = []
    for table, columns in DATED.items():
        rows = study.table(table)
        for time, unit in columns:
            told += list(rows.loc[rows[unit] == "date", time]) if unit in rows else []
    assert told
    assert not [t for t in told if dates.date_bounds(t)[0] > end]
    start = timelines.starts(study.table("doses"))
    start = start[start.str.match(dates.DATE)]
    events = study.table("events")
    for patient, months in zip(events["patient"], timelines.since_start(events, start), strict=True):
        if months is not None and pd.notna(months.value):
            assert months.value <= dates.months_between(start[patient], str(end)).upper


def test_nothing_of_a_record_stands_as_the_abstract_of_a_paper():
    """Nathan: the rows that came from a record of the abstract are replaced by its print."""
    study = REVIEW.study("nathan_2015")
    places = [locator for t in study.schemas for locator in study.table(t)["locator"]]
    assert len(places) > 50
    assert "Abstract (of the paper)" not in places
    assert {"Abstract, Results", "News report (Healio, 2015-09-17)"} <= set(places)


def test_the_test_that_an_abstract_names_is_named():
    rows = REVIEW.study("nathan_2015").table("statistics").query("statistic == 'p_value'")
    assert set(rows["method"]) == {"Wilcoxon signed-rank test"}
    assert rows["printed"].str.startswith("Wilcoxon signed rank test, P = ").all()


def test_what_is_not_in_the_abstract_is_not_located_there():
    row = REVIEW.study("nathan_2015").row("counts/snippet_women")
    assert row["n"] == 26
    assert row["locator"].startswith("Methods, Patients")
    assert "screened" not in row["category"]


def test_any_response_is_not_called_better_symptoms():
    """Nadal counts clinical, laboratory and imaging signs alike."""
    study = REVIEW.study("nadal_2016")
    chosen = synthesis.proportions_of(study).set_index("endpoint_class")
    assert "symptom_improvement" not in chosen.index
    assert counted("nadal_2016", "any_response") == (84, 84, 84)
    assert chosen.loc["any_response", "inferred"]


def test_a_certainty_is_rated_for_every_class_that_a_source_counts():
    rated = REVIEW.records("certainty").groupby("study_id")["outcome"].agg(set)
    for study in REVIEW.studies:
        results = set(synthesis.proportions_of(study)["endpoint_class"])
        counted_classes = results & set(REVIEW.vocabulary["endpoint_classes"])  # not what got worse
        assert counted_classes <= rated[study.study_id], study.study_id
        assert counted_classes <= rated["synthesis"], study.study_id
