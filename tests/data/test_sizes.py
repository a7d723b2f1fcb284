"""Numbers that follow from others: each slip planted once in a small table, and seen."""

import pytest

from living_review.validation import numbers_in
from living_review.validation.issues import Table
from living_review.validation.sizes import check_sizes

META = {"groups": {"all": {"n": 10}, "stopped": {"n": 7}, "told": {"n": "not_reported"}}}


def table(name, *rows):
    header = list(rows[0])
    return {name: Table(f"data/x/{name}.csv", header, [[r[k] for k in header] for r in rows])}


def columns(tables):
    return [(f.row, f.column) for f in check_sizes(tables, META)]


def outcome(group, n, printed="six patients", patient="not_applicable"):
    return {"group": group, "patient": patient, "n": n, "printed": printed}


@pytest.mark.parametrize("name", ["outcomes", "adverse_events", "statistics"])
def test_a_denominator_is_the_size_of_its_own_group(name):
    """Another group's size, one off, is the slip that a list of all sizes would let pass."""
    assert columns(table(name, outcome("all", "10"), outcome("stopped", "7"))) == []
    assert columns(table(name, outcome("all", "10"), outcome("all", "7"))) == [(3, "n")]


def test_a_denominator_of_a_group_of_unknown_size_is_printed():
    assert columns(table("outcomes", outcome("told", "6"))) == []
    assert columns(table("outcomes", outcome("told", "5"))) == [(2, "n")]


def test_a_row_about_one_patient_is_of_one():
    assert columns(table("adverse_events", outcome("not_applicable", "1", patient="p7"))) == []
    assert columns(table("adverse_events", outcome("not_applicable", "2", patient="p7"))) == [(2, "n")]


def test_a_quoted_study_has_a_size_that_one_of_its_rows_prints():
    rows = [
        {"study_quoted": "A 2010", "group": "PEComa", "n": "3", "printed": "series of 3 patients"},
        {"study_quoted": "A 2010", "group": "PEComa", "n": "3", "printed": "in one"},
        {"study_quoted": "B 2011", "group": "PEComa", "n": "3", "printed": "in one"},
    ]
    assert columns(table("quoted", *rows)) == [(4, "n")]


def test_a_printed_total_is_the_size_of_its_group():
    total = {"group": "all", "characteristic": "patients", "category": "total", "n": "10"}
    part = {"group": "all", "characteristic": "sex", "category": "female", "n": "8"}
    assert columns(table("counts", total, part)) == []
    assert columns(table("counts", total | {"n": "9"}, part)) == [(2, "n")]


def test_a_harm_of_one_patient_counts_one_patient():
    row = {"patient": "p2", "group": "not_applicable", "patients": "1", "counts_what": "patients"}
    events = row | {"patients": "3", "counts_what": "events"}
    assert columns(table("adverse_events", row, row | {"patients": "0"}, events)) == []
    assert columns(table("adverse_events", row | {"patients": "2"})) == [(2, "patients")]


def test_dimensions_of_a_lesion_are_numbered_in_order():
    def row(lesion, component):
        return {"patient": "p1", "lesion": lesion, "component": component, "locator": "Table 1"}

    good = [row("thigh", "1"), row("thigh", "2"), row("pelvis", "1"), row("arm", "not_applicable")]
    assert columns(table("measurements", *good)) == []
    assert columns(table("measurements", row("thigh", "1"), row("thigh", "3"))) == [(3, "component")]
    assert columns(table("measurements", row("thigh", "2"))) == [(2, "component")]


def test_a_printed_change_stands_at_the_time_of_a_reading():
    reading = {"patient": "p1", "measure": "area", "time": "3", "statistic": "value"}
    change = reading | {"statistic": "percent_change"}
    assert columns(table("measurements", reading, change)) == []
    assert columns(table("measurements", reading, change | {"time": "2"})) == [(3, "time")]


def test_a_level_stands_beside_a_confidence_interval_only():
    row = {"group": "all", "interval": "confidence", "level": "95"}
    assert columns(table("statistics", row)) == []
    assert columns(table("statistics", row | {"interval": "range"})) == [(2, "level")]


def test_follow_up_ends_with_a_report_and_not_with_an_event():
    row = {"endpoint": "follow_up", "event": "0"}
    assert columns(table("events", row, {"endpoint": "time_on_treatment", "event": "1"})) == []
    assert columns(table("events", row | {"event": "1"})) == [(2, "event")]


def test_digits_that_end_a_word_or_a_unit_are_no_numbers():
    assert numbers_in("TSC1 and TSC2; 3 mg/m2") == {3}
