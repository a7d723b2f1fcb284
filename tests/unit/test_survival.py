"""Kaplan-Meier against R's survfit, and the conventions of the review."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from living_review.stats import survival

SETS = json.loads((Path(__file__).parents[1] / "reference" / "survival.json").read_text())["sets"]


@pytest.fixture(params=sorted(SETS))
def pair(request):
    reference = SETS[request.param]
    return survival.kaplan_meier(reference["times"], reference["events"]), reference


def test_curve_against_r_survfit(pair):
    curve, r = pair
    curve = curve[curve["time"] > 0]
    assert curve["time"].tolist() == r["time"]
    assert curve["at_risk"].tolist() == r["n_risk"]
    assert curve["events"].tolist() == r["n_event"]
    assert curve["censored"].tolist() == r["n_censor"]
    np.testing.assert_allclose(curve["survival"], r["survival"], atol=1e-10)


@pytest.mark.parametrize("name", sorted(SETS))
def test_the_exact_curve_against_r_survfit(name):
    r = SETS[name]
    times = [Fraction(str(time)) for time in r["times"]]
    (zero, whole), *curve = survival.product_limit(times, r["events"])
    assert (zero, whole) == (0, 1)
    assert [float(time) for time, _ in curve] == r["time"]
    np.testing.assert_allclose([float(share) for _, share in curve], r["survival"], atol=1e-10)


def test_log_log_limits_against_r_where_survival_is_between_0_and_1(pair):
    curve, r = pair
    curve = curve[curve["time"] > 0]
    inside = ((curve["survival"] > 0) & (curve["survival"] < 1)).to_numpy()
    for column in ("lower", "upper"):
        expected = np.array([np.nan if v is None else v for v in r[column]], dtype=float)
        np.testing.assert_allclose(curve[column].to_numpy()[inside], expected[inside], atol=1e-9)
        assert np.isnan(curve[column].to_numpy()[~inside]).all()


def test_median_and_its_limits_against_r(pair):
    curve, r = pair
    value, lower, upper = survival.median(curve)
    if 0.5 in curve["survival"].tolist():  # R: middle of the flat step; here: its start
        assert value == curve.loc[curve["survival"] == 0.5, "time"].iloc[0]
    else:
        assert value == r["median"]
    assert lower == r["median_lower"]
    assert upper == r["median_upper"]


def test_follow_up_by_reverse_kaplan_meier_against_r():
    r = SETS["ten"]
    assert survival.follow_up(r["times"], r["events"]).value == r["follow_up"]


def test_median_of_no_events_is_not_reached_in_words():
    curve = survival.kaplan_meier([3, 5, 8], [0, 0, 0])
    assert (
        survival.format_quantile(survival.median(curve), "days")
        == "not reached (95% CI not estimable to not reached)"
    )


def test_floating_point_does_not_move_the_median():
    # 0.9 * 8/9 * 7/8 * 6/7 * 5/6 is 0.5 exactly, but not in floating point.
    curve = survival.kaplan_meier(list(range(1, 11)), [1] * 10)
    assert survival.median(curve).value == 5


@pytest.mark.parametrize(
    ("times", "events", "message"),
    [
        ([1, 2], [1], "as many of each"),
        ([0, 1], [1, 1], "positive"),
        ([1, 2], [1, 2], "0 \\(censored\\) or 1"),
        ([1, 2], [1, 0.4], "0 \\(censored\\) or 1"),
    ],
)
def test_impossible_input_is_refused(times, events, message):
    with pytest.raises(ValueError, match=message):
        survival.kaplan_meier(times, events)
