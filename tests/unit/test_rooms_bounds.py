"""Oracle: five patients whose sorted times are fixed by hand."""

import pytest

from living_review import figures_bounds, rooms_bounds


def row(value, lower=None, upper=None, unit="week"):
    return {"value": value, "lower": lower, "upper": upper, "unit": unit}


def test_a_summary_keeps_the_digits_printed():
    found = rooms_bounds.survival_summary(row(79.0), row(2.4, 1.1, 3.7), row(3.5), 1)
    assert found == {
        "landmarks": {1: "79%"},
        "median": "2.4",
        "follow_up": "3.5",
        "ci": ("1.1", "3.7"),
    }


def test_the_median_of_responses_is_reached_by_more_than_half_and_the_end_by_the_last():
    found = rooms_bounds.responses(row(4.0, 2.0, 10.0), row(7.0, unit="day"), row(20.0), 25)
    assert (found.start, found.until) == (1, 20)
    assert list(found.by_week) == ["2", "4", "10"]
    low, high = found.by_week["4"]
    assert 13 <= low <= high < 25
    assert found.points["4 wk"] == (4, pytest.approx(13 / 25))
    assert found.band["upper"].iloc[-1] == pytest.approx(24 / 25)  # the last one answers at the end


def test_layers_and_points_are_what_the_band_reads():
    assert [layer.label for layer in figures_bounds.layers({"a": None, "b": None})] == ["a", "b"]
    assert figures_bounds.points({"m": (2, 0.5)}) == [figures_bounds.Mark((2, 2), (0.5, 0.5), "m")]
