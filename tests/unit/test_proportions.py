"""Exact intervals against R, and the words they are written in."""

import json
from pathlib import Path

import numpy as np
import pytest

from living_review.stats import proportions

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "binomial.json").read_text())


def test_exact_against_r_binom_test():
    for row in REFERENCE["rows"]:
        p = proportions.clopper_pearson(row["events"], row["n"])
        assert p.lower == pytest.approx(row["lower"], abs=1e-9), row
        assert p.upper == pytest.approx(row["upper"], abs=1e-9), row


def test_wilson_against_agresti_and_coull_1998_ten_of_ten():
    # Agresti and Coull, Am Stat 1998;52:119-126: 10 of 10 gives 0.722 to 1.
    p = proportions.wilson(10, 10)
    assert (round(p.lower, 3), p.upper) == (0.722, 1.0)


@pytest.mark.parametrize(("events", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_impossible_counts_are_refused(events, n):
    with pytest.raises(ValueError, match="events must lie between"):
        proportions.clopper_pearson(events, n)


def test_half_is_rounded_up_as_readers_do():
    assert proportions.format_percent(0.125) == "13%"
    assert proportions.format_percent(0.285, 0) == "29%"
    assert proportions.format_percent(1 / 84, 1) == "1.2%"
    assert proportions.format_percent(np.float64(0.125)) == "13%"


def test_written_keeps_count_denominator_and_interval_together():
    assert (
        proportions.format_proportion(proportions.clopper_pearson(0, 3))
        == "0 of 3 (0%, 95% CI 0% to 71%)"
    )


def test_the_level_is_written_with_its_digits():
    assert "99.5% CI" in proportions.format_proportion(proportions.clopper_pearson(5, 7, 0.995))
    assert "95% CI" in proportions.format_proportion(proportions.clopper_pearson(5, 7))


def test_some_are_never_none_and_not_all_are_never_all():
    assert proportions.format_proportion(proportions.clopper_pearson(1, 1000)).startswith(
        "1 of 1000 (0.1%"
    )
    assert proportions.format_proportion(proportions.clopper_pearson(999, 1000)).startswith(
        "999 of 1000 (99.9%"
    )


@pytest.mark.parametrize(("events", "n"), [(2.5, 5), (2, 5.5)])
def test_counts_are_whole(events, n):
    with pytest.raises(ValueError, match="whole"):
        proportions.clopper_pearson(events, n)
