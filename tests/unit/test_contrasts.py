"""Differences of two proportions against published limits and against R."""

import json
from pathlib import Path

import pytest

from living_review.stats import contrasts

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "pooling.json").read_text())


@pytest.mark.parametrize(
    ("counts", "lower", "upper"),
    # Newcombe, Stat Med 1998;17:873-890, Table II, method 10.
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
    ],
)
def test_limits_are_those_that_newcombe_prints(counts, lower, upper):
    found = contrasts.newcombe(*counts)
    assert (round(found.lower, 4), round(found.upper, 4)) == (lower, upper)


@pytest.mark.parametrize("case", REFERENCE["contrasts"], ids=lambda c: "-".join(map(str, c["counts"])))
def test_limits_agree_with_r(case):
    found = contrasts.newcombe(*case["counts"])
    assert (found.lower, found.upper) == pytest.approx((case["lower"], case["upper"]), abs=1e-9)


def test_arms_swapped_change_the_sign_and_nothing_else():
    one, other = contrasts.newcombe(18, 30, 0, 32), contrasts.newcombe(0, 32, 18, 30)
    assert (one.lower, one.upper) == pytest.approx((-other.upper, -other.lower))


def test_no_event_in_either_arm_still_leaves_an_interval():
    found = contrasts.newcombe(0, 10, 0, 20)
    assert found.lower < 0 < found.upper


def test_an_impossible_count_is_refused():
    with pytest.raises(ValueError, match="11 of 10"):
        contrasts.newcombe(11, 10, 0, 10)


def test_a_fall_is_written_with_a_minus_sign():
    assert "difference −60 percentage points (95% CI −7" in str(contrasts.newcombe(0, 30, 18, 30))
