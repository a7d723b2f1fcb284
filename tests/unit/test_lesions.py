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


def test_a_diameter_of_nought_is_refused():
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


def test_no_dimensions_give_an_empty_table_with_its_columns():
    found = lesions.sizes(rows(["p1", "a", 1, 20, "cm", "20 cm"]).assign(measure="pain"))
    assert found.empty
    assert "volume_cm3" in found
