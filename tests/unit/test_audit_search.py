"""The search: published GRIM examples, enumeration by brute force, scipy for the signed-rank test."""

import doctest
import itertools
import statistics
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from living_review.audit import patterns, rounding, search


def test_examples_in_the_docstrings():
    for module in (search, patterns, rounding):
        outcome = doctest.testmod(module)
        assert outcome.attempted > 2
        assert outcome.failed == 0


@pytest.mark.parametrize(
    ("mean", "n", "possible"),
    [
        ("5.19", 28, False),  # Brown and Heathers 2017, the worked example
        ("5.18", 28, True),
        ("3.45", 20, True),
        ("3.44", 18, True),
        ("3.45", 18, False),
    ],
)
def test_grim_against_brown_and_heathers(mean, n, possible):
    assert bool(search.grim(mean, n)) is possible


def test_grim_items_multiply_the_cases():
    assert not search.grim("5.19", 28)
    assert search.grim("5.19", 28, items=4)  # 581 / 112 = 5.1875


def test_counts_against_brute_force():
    for n in (1, 7, 14, 25, 59, 84):
        for printed in ("0", "50", "14.3", "36.9", "66.7", "98.8", "100.0", "12.55"):
            places = search.decimals_of(printed)
            brute = [
                k
                for k in range(n + 1)
                if any(
                    Fraction(rounding.rounded(Fraction(100 * k, n), places, c)) == Fraction(printed)
                    for c in search.USUAL
                )
            ]
            assert search.counts_giving(printed, n) == brute


@st.composite
def percentages(draw):
    """Draw a percentage as printed, with up to two decimals; the even and the round ones often."""
    places = draw(st.integers(0, 2))
    return f"{draw(st.integers(0, 110 * 10**places)) / 10**places:.{places}f}"


@settings(max_examples=150, deadline=None)
@given(
    percentages(), st.integers(0, 60), st.sets(st.sampled_from(list(rounding.CONVENTIONS)), min_size=1)
)
def test_closed_forms_against_the_scan(printed, k, conventions):
    """Denominators and counts in closed form are those that a scan of all of them finds."""
    used = sorted(conventions)
    scan = [n for n in range(max(k, 1), 160) if search.fits(Fraction(100 * k, n), printed, used)]
    assert search.denominators_giving(printed, k, 159, used) == scan
    n = k + 1
    counts = [c for c in range(n + 1) if search.fits(Fraction(100 * c, n), printed, used)]
    assert search.counts_giving(printed, n, used) == counts


def test_joint_denominator_of_two_quoted_percentages():
    # 35/55 = 63.636…, 52/55 = 94.545…: no smaller n gives both.
    assert search.common_denominators(["63.6", "94.5"], 54) == []
    assert search.common_denominators(["63.6", "94.5"], 55) == [55]
    assert search.common_denominators(["63.6", "94.5"], 100, ["half up"]) == [55]


def test_denominator_of_a_percentage_without_one():
    assert 60 in search.denominators_giving("66.7", 40, 84)
    assert 84 not in search.denominators_giving("66.7", 40, 84)


def test_median_without_two_early_stops():
    days = [94, 1366, 637, 7, 56, 217, 158, 16, 311, 98]
    assert statistics.median(days) == 128
    found = search.subsets_giving(days, "187.5")
    assert {len(one.left_out) for one in found} == {2}
    assert [days[i] for i in found[0].left_out] == [7, 16]
    assert statistics.median(d for d in days if d not in (7, 16)) == 187.5


@pytest.mark.parametrize("statistic", ["median", "mean"])
def test_subsets_against_brute_force(statistic):
    values, printed = [3, 8, 2, 11, 5, 5], "4"
    found = search.subsets_giving(values, printed, statistic)
    how = statistics.median if statistic == "median" else statistics.fmean
    for out in range(len(values)):
        brute = [
            left
            for left in itertools.combinations(range(len(values)), out)
            if int(how([v for i, v in enumerate(values) if i not in left]) + 0.5) == 4
            or int(how([v for i, v in enumerate(values) if i not in left])) == 4
        ]
        if brute:
            assert sorted(one.left_out for one in found) == sorted(brute)
            return
    pytest.fail("the brute force found nothing")


def test_no_subset_is_said_plainly():
    assert search.subsets_giving([1, 2, 3], "50") == []
    with pytest.raises(ValueError, match="at most 24"):
        search.subsets_giving(list(range(30)), "3")


@pytest.mark.parametrize(
    ("differences", "method", "correction"),
    [
        ([1, 2, 3, 4, 5, 6, 7], "approx", False),
        ([1, 2, 2, 2, 5], "approx", False),
        ([1, 2, 3], "approx", False),
        ([1, 2, 3, 4, 4, 6, 7, 8], "approx", True),
        ([1, 2, 3, 4, 5, 6], "exact", False),
    ],
)
def test_signed_rank_against_scipy(differences, method, correction):
    from scipy.stats import wilcoxon

    p = wilcoxon(differences, method=method, correction=correction).pvalue
    n, printed = len(differences), f"{p:.4f}"
    ties = tuple(sorted((t for d in set(differences) if (t := differences.count(d)) > 1), reverse=True))
    variant = "exact" if method == "exact" else "continuity" if correction else "normal"
    found = patterns.signed_rank_giving(printed, largest=n, smallest=n)
    assert (n, ties, variant) in {(one.n, one.ties, one.variant) for one in found}
    match = next(one for one in found if (one.ties, one.variant) == (ties, variant))
    assert match.p == pytest.approx(p, abs=1e-12)


def test_three_printed_p_values_fix_the_number_of_pairs():
    sizes = {p: {one.n for one in patterns.signed_rank_giving(p)} for p in ("0.018", "0.039", "0.109")}
    assert sizes == {"0.018": {7}, "0.039": {5}, "0.109": {3}}
    assert {one.ties for one in patterns.signed_rank_giving("0.039")} == {(3,)}


def test_unrounded_inputs_by_hand():
    def fall(before, after):
        return (before - after) / before * 100

    low, high, fits = search.unrounded(["1299", "931"], fall, "29")
    assert not fits  # no rounding of the two areas makes it 29
    assert float(low) == pytest.approx(100 * (1298.5 - 931.5) / 1298.5)
    assert float(high) == pytest.approx(100 * (1299.5 - 930.5) / 1299.5)
    assert search.unrounded(["4", "3"], fall, "27")[2]
