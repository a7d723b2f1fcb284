"""What printed characters say: limits, thousands, signs, words; oracle: read by hand."""

from fractions import Fraction as F

import pytest

from living_review import bounds
from living_review.audit import search
from living_review.bounds import patterns
from living_review.stats import survival


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("<0.001", 0, F(1, 1000)),
        (">90%", F(9, 10), 1),
        ("≥90%", F(9, 10), 1),
        ("1,234", F(2467, 2), F(2469, 2)),
        ("1,234.5", F(24689, 20), F(24691, 20)),
        ("1,5", F(29, 20), F(31, 20)),
        ("0,123", F(245, 2000), F(247, 2000)),
        ("1·5", F(29, 20), F(31, 20)),
        (1e-05, F(5, 1000000), F(15, 1000000)),
    ],
)
def test_a_printed_number_stands_for(text, low, high):
    found = bounds.printed(text)
    assert (found.low, found.high) == (low, high)


def test_a_negative_number_that_was_cut_off_was_lower():
    found = bounds.printed("-1.2", rule="truncate")
    assert (found.low, found.high) == (F(-13, 10), F(-12, 10))
    assert F(-129, 100) in bounds.printed("-1.2", rule="either")


def test_a_limit_without_another_end_says_so():
    with pytest.raises(ValueError, match="no upper end"):
        bounds.printed(">2.4")
    assert bounds.printed(">0.05", within=(0, 1)).high == 1
    with pytest.raises(ValueError, match="not one number"):
        bounds.rounding.exact("<2")
    with pytest.raises(ValueError, match="not a number"):
        bounds.printed("~2")


def test_the_audit_reads_commas_as_the_bounds_do():
    assert search.exact("1,5") == F(3, 2)
    assert search.exact("1,234") == 1234
    with pytest.raises(TypeError, match="as printed"):
        search.grim(5.19, 28)


@pytest.mark.parametrize("words", ["NR", "Not reached", "not  reached.", "not yet reached"])
def test_not_reached_in_other_words(words):
    assert bounds.survival(3, median=words).problem.median == bounds.NOT_REACHED


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 2.5}, "expected a whole number"),
        ({"n": "ten"}, "expected a whole number"),
        ({"n": 3, "landmarks": {-1: "50%"}}, "not negative"),
        ({"n": 3, "landmarks": {1: 1.0}}, "write '100%'"),
        ({"n": 3, "median": "2", "ci": ("4.5", "0.3")}, "wrong order"),
    ],
)
def test_what_makes_no_sense_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        bounds.survival(**arguments)


def test_a_whole_number_may_come_as_a_float():
    assert bounds.survival(10.0).count == 1024


def test_a_known_death_comes_before_a_known_censoring_of_the_same_day():
    found = bounds.survival(2, exact_times=[(3, 1), (3, 0)])
    curve = survival.kaplan_meier([3, 3], [1, 0])
    assert found.at(3).lower == F(1, 2) == F(survival.survival_at(curve, 3)["survival"])


def test_the_last_step_of_an_interval_is_no_later_than_its_first_allows():
    """A linear program over the three times gives 2.765 as the latest third death."""
    case = {"landmarks": {1: "100.0%"}, "median": "2.0", "follow_up": "3.5", "ci": ("1.3", "2.7")}
    found = bounds.survival(4, **case, ci_method="spss")
    assert next(p.latest[2] for p in found.patterns() if p.letters == "DDDC") == F(271, 98)
    (u, m, ell), _ = patterns.solve_interval(
        ((F(1), F(5)), (F(2), F(2)), (F(2), F(9))),
        F(1),
        bounds.printed((1, 1)),
        bounds.printed((3, 3)),
        same=False,
    )
    assert u == (1, 2)
    assert ell == (2, 3)  # at most m + w, as u is at most m
    assert m == (2, 2)
