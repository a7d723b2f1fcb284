"""Oracle: three patients written here, their months counted on the fingers."""

import pandas as pd
import pytest

from living_review import evidence
from living_review.report import timelines as report_timelines
from living_review.stats import timelines as stats_timelines

START = pd.Series({"p1": "2010-04", "p2": "2011-01"})
NONE = "not_reported"


@pytest.fixture(scope="module")
def study():
    return evidence.load().study("carolino_2025")


def rows(**columns):
    return pd.DataFrame(columns)


def test_the_first_dose_of_the_study_drug_is_the_start():
    doses = rows(
        patient=["p1", "p1", "p1", "p2"],
        role=["analgesic", "study_drug", "study_drug", "study_drug"],
        change=["start", "start", "increase", "start"],
        start=["2009-01", "2010-04", "2010-07", "2011-01"],
    )
    assert stats_timelines.starts(doses).to_dict() == START.to_dict()


def test_dates_and_durations_become_months_and_what_has_no_time_has_none():
    timed = rows(
        patient=["p1", "p2", "p1", "p3"],
        time=["2010-10", "2.5", NONE, "6"],
        time_unit=["date", "year", NONE, "month"],
    )
    found = stats_timelines.since_start(timed, START)
    assert stats_timelines.month_values(found, -1) == [6, 30, -1, -1]
    assert stats_timelines.format_times(found[1:3], "no time") == ["30 months", "no time"]
    assert stats_timelines.with_months(timed, START)["time"].tolist() == [6, 30]


def test_a_printed_duration_goes_before_a_date_as_the_last_report():
    events = rows(patient=["p1", "p1"], time=["2013-05", "36"], time_unit=["date", "month"])
    assert stats_timelines.month_values(stats_timelines.last_reports(events, START)["months"]) == [36]
    assert stats_timelines.month_values(stats_timelines.last_reports(events[:1], START)["months"]) == [
        37
    ]


def test_scores_say_their_kind_and_only_one_kind_is_joined():
    found = stats_timelines.scores(
        rows(
            patient=["p1", "p1", "p2", "p2", "p2"],
            measure=["pain"] * 4 + ["weight"],
            statistic=["maximum", "value", "average", "average", "value"],
            time=[NONE, "1", NONE, "1", "1"],
            time_unit=[NONE, "year", NONE, "year", "year"],
            value=[9, 0, 8, 3, 60],
        ),
        "pain",
        START,
        before=-5,
    )
    assert found["time"].tolist() == [-5, 12, -5, 12]
    assert found["joined"].tolist() == [False, False, True, True]
    assert stats_timelines.scores_by_patient(found)["p1"] == "9 (maximum), then 0 (kind not said)"


def test_a_medicine_is_placed_by_its_timing_then_its_stop_then_its_start():
    doses = rows(
        patient="p1",
        start=[NONE, "2010-05", "2010-05", NONE],
        start_unit=[NONE, "date", "date", NONE],
        stop=["2010-10", "2010-10", NONE, NONE],
        stop_unit=["date", "date", NONE, NONE],
        timing=["baseline", "on_treatment", "on_treatment", "on_treatment"],
    )
    assert stats_timelines.medication_times(doses, START, "sirolimus") == [
        "before sirolimus",
        "6 months",
        "1 months",
        "not reported",
    ]


def test_marks_keep_the_order_of_the_bars():
    happened = rows(patient=["p2", "p1", "p2"], time=[3, 1, 2], mark=["v", "X", "X"])
    assert stats_timelines.event_markers(happened, ["p1", "p2"]) == [
        [(1, "X")],
        [(3, "v"), (2, "X")],
    ]


def readings():
    return rows(
        patient="p1",
        measure=["area", "area", "area", "pain", "pain"],
        statistic=["value", "value", "percent_change", "value", "value"],
        time=[3.0, 0.0, 3.0, 0.0, 3.0],
        timing=["on_treatment", "baseline", "on_treatment", "baseline", "on_treatment"],
        value=[75, 100, -20, 8, 3],
        unit=["mm2", "mm2", "percent", "score", "score"],
        printed=["75", "100", "(–20%)", "8", "3"],
    )


def test_areas_change_in_percent_and_scores_in_points_beside_what_is_printed(study):
    assert stats_timelines.changes(readings(), "area").loc["p1"].tolist() == [100, 75, -25]
    labels = {"area": "Area", "pain": "Pain"}
    table = report_timelines.changes(
        readings(), labels, {0: "Before", 1: "1 month", 3: "3 months"}, study
    )
    assert table["Change, computed"].tolist() == ["−25.0%", "−5 points"]
    assert table["Change, printed"].tolist() == ["–20%", "–"]
    assert table["1 month"].tolist() == ["–", "–"]
    assert (
        stats_timelines.format_first_and_last(readings()[2:], {"pain": "Pain, 0 to 10"})
        == "pain 8 to 3"
    )


def test_the_text_stands_beside_the_table(study):
    text = readings().assign(value=[74, 101, -20, 8, 3])
    shown = report_timelines.text_beside_table(
        text, readings(), {"area": "Area", "pain": "Pain"}, study
    )
    assert shown["Text"].tolist() == ["101 to 74", "8 to 3"]
    assert shown["Table 1"].tolist() == ["100 to 75", "8 to 3"]
    assert shown["Change by the table"].tolist() == ["−25.0%", "−5 points"]


@pytest.mark.parametrize(
    ("value", "word"), [(4.9, "below"), (5, "within"), (15, "within"), (15.1, "above")]
)
def test_the_ends_of_a_target_are_within_it(value, word):
    assert report_timelines.relative_to_target(value, {"lower": 5, "upper": 15}) == word


def test_a_level_per_decilitre_is_a_hundredth(study):
    levels = rows(patient=["p1"], time=["2"], printed=["13.3"], unit=["ng/dl"], value=[13.3])
    shown = report_timelines.levels_in_both_units(levels, {"lower": 5, "upper": 15}, study).iloc[0]
    assert shown["If the unit of the text holds"] == "13.3 ng/mL: within the target"
    assert shown["If the heading of the table holds"] == "0.133 ng/mL: below the target"
    assert shown["Printed in Table 1"] == "13.3 ng/dL"


def test_a_window_takes_what_was_said_in_it_and_silence_is_said(study):
    said = rows(patient="p1", endpoint_class=["pain", "pain"], time=[6, 7], finding=["less", "none"])
    windows = {"At 6": lambda t: t == 6, "Later": lambda t: t > 8}
    table = report_timelines.by_window(
        said, {"p1": 30.0, "p2": 3.0}, {"Pain": ["pain"]}, windows, study
    )
    assert table["At 6"].tolist() == ["less", "not reported"]
    assert table["Later"].tolist() == ["not reported", "not reported"]
    assert table["Last follow-up, months"].tolist() == ["30", "3"]


def test_bars_end_with_what_happened_or_the_last_report(study):
    last = rows(months=[stats_timelines.Months(30, 30, 30), stats_timelines.Months(6, 6, 6)]).set_index(
        pd.Index(["p1", "p2"])
    )
    happened = rows(patient=["p2"], time=[6.0], mark=["X"])
    bars = report_timelines.bars(last, happened, {"p2": "malignant"}, study)
    assert bars["end"].tolist() == ["30 months, last report", "6 months, malignant"]
    assert bars["marks"].tolist() == [[], [(6.0, "X")]]


def test_days_on_treatment_are_ongoing_until_an_event():
    events = rows(patient=["p1", "p10"], time=["94", "98"], event=[1, 0])
    bars = stats_timelines.on_treatment(events, {"p1": "stable", "p10": "smaller"}, "x")
    assert bars["label"].tolist() == ["Patient 1", "Patient 10"]
    assert bars["ongoing"].tolist() == [False, True]
    assert bars["end"].tolist() == ["94 d, stable", "98 d, smaller"]


def test_the_end_that_all_notes_share_is_reported_once():
    texts, end = report_timelines.without_common_end(pd.Series(["New. Seen twice.", "Seen twice."]))
    assert (texts, end) == (["New.", "not_applicable"], "Seen twice.")


def test_durations_are_written_as_printed_and_in_months():
    timed = rows(time=["1", "6", "2010-10", NONE], time_unit=["year", "month", "date", NONE])
    assert report_timelines.durations(timed) == ["1 years", "6 months"] + ["not reported"] * 2
    assert report_timelines.in_months(timed) == ["12 months", "6 months"] + ["not reported"] * 2
