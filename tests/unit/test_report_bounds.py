"""Oracle: five patients whose sorted times are fixed by hand."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from living_review import bounds, evidence
from living_review.bounds import order_statistics, printed
from living_review.plots import bounds as plots_bounds
from living_review.report import bounds as report_bounds


def row(value, lower=None, upper=None, unit="week"):
    return {"value": value, "lower": lower, "upper": upper, "unit": unit}


def test_a_summary_keeps_the_digits_printed():
    found = report_bounds.survival_summary(row("79.0"), row("2.40", "1.1", "3.7"), row("3.0"), 1)
    assert found == {
        "software": None,
        "landmarks": {1: "79.0%"},
        "median": "2.40",
        "follow_up": "3.0",
        "ci": ("1.1", "3.7"),
    }
    assert bounds.printed(found["follow_up"]).high == Fraction(305, 100)  # not 3.5
    with pytest.raises(TypeError, match=r"Study\.characters"):
        report_bounds.survival_summary(row(79.0), row("2.4", "1.1", "3.7"), row("3.5"), 1)


def test_characters_of_a_row_are_those_of_the_file():
    study = evidence.load().study("nadal_2016")
    whole = study.row("statistics/res_time_p_value")
    assert float(study.characters("statistics/res_time_p_value")["value"]) == whole["value"]
    with pytest.raises(evidence.EvidenceError, match="names 0 rows"):
        study.characters("statistics/no_such_row")


def test_the_median_of_responses_is_reached_by_more_than_half_and_the_end_by_the_last():
    found = report_bounds.responses(row("4", "2", "10"), row("7", unit="day"), row("20"), 25)
    assert (found.start, found.until) == (1, 20)
    assert list(found.by_week) == ["2", "4", "10"]
    low, high = found.by_week["4"]
    assert 13 <= low <= high < 25
    assert found.points["4 wk"] == (4, pytest.approx(13 / 25))
    assert found.band["upper"].iloc[-1] == pytest.approx(24 / 25)  # the last one answers at the end


def test_layers_and_points_are_what_the_band_reads():
    assert [layer.label for layer in plots_bounds.layers({"a": None, "b": None})] == ["a", "b"]
    assert plots_bounds.points({"m": (2, 0.5)}) == [plots_bounds.Mark((2, 2), (0.5, 0.5), "m")]


def test_scenarios_differ_in_what_is_known_of_those_alive_at_the_end():
    found = report_bounds.scenarios({"p1": 100, "p2": 400}, {"p2": 500})
    at = {k: [float(x) for x in v["lower_bounds"]] for k, v in found.items()}
    assert at["A"] == [pytest.approx(100 / 365.25)]
    assert [(pytest.approx(500 / 365.25), 0)] == [(float(t), e) for t, e in found["A"]["exact_times"]]
    assert at["B"] == [pytest.approx(100 / 365.25), pytest.approx(500 / 365.25)]
    assert at["C"] == [pytest.approx(100 / 365.25), pytest.approx(400 / 365.25)]


def test_a_summary_that_nothing_fits_has_no_orders():
    fits = {"landmarks": {1: "50%"}}
    assert report_bounds.orders_with(2, fits) > 0
    assert report_bounds.orders_with(2, fits, landmarks={1: "97%"}) == 0


def test_counts_of_two_groups_follow_from_the_margins_alone():
    times = order_statistics.order_bounds(
        5, minimum=1, maximum=9, places={3: printed("4", rule="exact")}
    )
    table = report_bounds.by_week(times, ["4"], {"A": 4, "B": 1}).set_index("Group")
    assert table.loc["All", "By week 4"] == "3 to 4"
    assert table.loc["A", "By week 4"] == "2 to 4"  # at most one of the responders is B
    assert table.loc["B", "By week 4"] == "0 to 1"


def test_a_reading_names_places_and_counts():
    weeks, ends = {"lower": "1", "median": "2", "upper": "10"}, {"minimum": 0, "maximum": 20}
    row = report_bounds.reading(25, weeks, ends, "log")
    assert row["Places of the limits"] == "9 and 19"  # by hand from R's default, 25 events
    assert row["By week 2"].startswith("13 to")


def test_grades_hold_every_part_once():
    assert len(report_bounds.grades(2)) == 11
    assert len(report_bounds.grades(4, 3)) == 21 + 16 - 6  # whole grades are in both


def _scipy_p(changes, *, corrected=False):
    from scipy.stats import wilcoxon

    return wilcoxon(changes, method="approx", correction=corrected).pvalue


def test_the_variant_that_gives_every_p_value_and_how_many_changed_against_scipy():
    """Seven, five and three changes in one direction, as scipy tests them; the second with ties."""
    lists = {"a": [1, 2, 3, 4, 5, 6, 7], "b": [1, 2, 3, 3, 3], "c": [1, 2, 3]}
    printed = {name: f"{_scipy_p(changes):.3f}" for name, changes in lists.items()}
    assert printed == {"a": "0.018", "b": "0.039", "c": "0.109"}
    assert report_bounds.variants_for_all(printed, 14) == {"normal": {"a": [7], "b": [5], "c": [3]}}
    corrected = {"d": f"{_scipy_p([1, 2, 3, 4, 5, 6], corrected=True):.3f}"}
    assert report_bounds.variants_for_all(corrected, 14)["continuity"]["d"] == [6]


def test_changed_and_seen_span_every_set_that_agrees():
    sets = [SimpleNamespace(tested=3, scores=(1,) * n) for n in (5, 6)]
    assert report_bounds.changed_of_seen(sets) == "3 of 5 to 6"
