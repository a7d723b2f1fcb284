"""Oracles: the volume of a ball, and dimensions multiplied by hand."""

import math

import pandas as pd
import pytest

from living_review.stats import lesions

FIELDS = ["patient", "lesion", "component", "value", "unit", "printed"]


def rows(*cells):
    frame = pd.DataFrame(cells, columns=FIELDS)
    return frame.assign(
        measure="lesion_dimension", time="not_reported", time_unit="not_reported", locator="Text"
    )


def test_ellipsoid_with_equal_diameters_is_a_ball():
    assert lesions.ellipsoid(6, 6, 6) == pytest.approx(4 / 3 * math.pi * 3**3)


def test_a_diameter_of_zero_is_refused():
    with pytest.raises(ValueError, match="positive"):
        lesions.ellipsoid(1, 0, 1)


def test_three_dimensions_give_a_volume_in_cubic_centimetres():
    found = lesions.sizes(
        rows(
            ["p1", "a", 2, 20, "mm", "10 × 20 × 30 mm"],
            ["p1", "a", 1, 10, "mm", "10 × 20 × 30 mm"],
            ["p1", "a", 3, 30, "mm", "10 × 20 × 30 mm"],
        )
    )
    assert found["dimensions"].tolist() == ["10 × 20 × 30 mm"]
    assert found["volume_cm3"].tolist() == pytest.approx([math.pi / 6 * 1 * 2 * 3])


def test_two_dimensions_give_no_volume():
    found = lesions.sizes(
        rows(["p1", "a", 1, 20, "cm", "20 × 13 cm"], ["p1", "a", 2, 13, "cm", "20 × 13 cm"])
    )
    assert found["dimensions"].tolist() == ["20 × 13 cm"]
    assert found["volume_cm3"].isna().all()


@pytest.mark.parametrize(("area", "diameter"), [(-75, -50), (0, 0), (44, 20), (-100, -100)])
def test_an_area_goes_with_the_square_of_its_diameter(area, diameter):
    assert lesions.diameter_change(area) == pytest.approx(diameter)


def test_no_more_than_a_whole_area_can_go():
    with pytest.raises(ValueError, match="-101"):
        lesions.diameter_change(-101)


def reading(patient, timing, time, value, statistic="value"):
    return {
        **{"id": f"{patient}_{timing}_{time}", "patient": patient, "measure": "lesion_area"},
        **{"lesion": "leg", "timing": timing, "time": time, "value": value, "statistic": statistic},
    }


def test_the_last_area_on_treatment_is_held_against_the_one_before_it():
    found = lesions.areas(
        pd.DataFrame(
            [
                reading("p1", "baseline", "0", 100.0),
                reading("p1", "on_treatment", "12", 25.0),  # as numbers, 12 is after 3
                reading("p1", "on_treatment", "3", 90.0),
                reading("p1", "on_treatment", "12", -75.0, "percent_change"),
                reading("p2", "on_treatment", "3", 50.0),  # nothing before treatment
            ]
        )
    )
    assert found["patient"].tolist() == ["p1"]
    assert found["change"].tolist() == [-75]
    assert found["diameter"].tolist() == pytest.approx([-50])
    assert found["rows"].tolist() == [("p1_baseline_0", "p1_on_treatment_12")]


def test_no_dimensions_give_an_empty_table_with_its_columns():
    found = lesions.sizes(rows(["p1", "a", 1, 20, "cm", "20 cm"]).assign(measure="pain"))
    assert found.empty
    assert "volume_cm3" in found
