"""Order statistics, log-rank and signed-rank bounds against R, lifelines, scipy and enumeration."""

import itertools
import json
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from living_review import bounds
from living_review.bounds import logrank, order_statistics, signed_rank

R = json.loads((Path(__file__).parents[1] / "reference" / "bounds.json").read_text())


# --- order statistics ----------------------------------------------------------------------------


@pytest.mark.parametrize("row", R["places"], ids=lambda r: f"{r['n']}-{r['method']}")
def test_places_of_the_limits_against_r(row):
    ranks = order_statistics.interval_ranks(row["n"], row["method"])
    expected = [0 if row.get(k) in (None, "NA") else row[k] for k in ("lower", "median", "upper")]
    assert list(ranks) == expected


def test_places_of_the_binomial_interval_have_the_level_and_no_narrower_pair_has():
    from scipy.stats import binom

    for n in (8, 15, 25, 40):
        low, _, high = order_statistics.interval_ranks(n, "binomial")
        assert 1 - 2 * binom.cdf(low - 1, n, 0.5) >= 0.95
        assert 1 - 2 * binom.cdf(low, n, 0.5) < 0.95
        assert high == n + 1 - low


def test_counts_against_every_sorted_list():
    """Lists of 5 whole numbers from 1 to 6 with minimum 1, maximum 6 and median 3."""
    found = order_statistics.order_bounds(5, minimum=1, maximum=6, places={3: 3})
    lists = [
        x
        for x in itertools.combinations_with_replacement(range(1, 7), 5)
        if x[0] == 1 and x[4] == 6 and x[2] == 3
    ]
    for v in range(1, 7):
        by = [sum(x <= v for x in y) for y in lists]
        before = [sum(x < v for x in y) for y in lists]
        assert found.count_by(v) == (min(by), max(by))
        assert found.count_by(v, strictly=True) == (min(before), max(before))
        for w in range(v + 1, 8):
            inside = [sum(v <= x < w for x in y) for y in lists]
            assert found.count_in(v, w) == (min(inside), max(inside))


def test_counts_in_an_arm_against_every_split():
    for total in range(8):
        splits = {k for k in range(total + 1) if k <= 4 and total - k <= 3}
        assert order_statistics.split_count((total, total), 4, 3) == (min(splits), max(splits))


def test_values_out_of_order_are_refused():
    with pytest.raises(
        bounds.ContradictorySummaryError, match="place 1 of the sorted list would be at least 4"
    ):
        order_statistics.order_bounds(5, minimum=4, maximum=9, places={3: 2})


def test_rounded_places_are_wider_than_exact_ones():
    exact = order_statistics.order_bounds(9, places={5: bounds.printed("2", rule="exact")})
    rounded = order_statistics.order_bounds(9, places={5: bounds.printed("2")})
    assert exact.count_by(2) == (5, 9)
    assert rounded.count_by(2) == (0, 9)
    assert rounded.count_by("2.5") == (5, 9)


# --- log-rank ------------------------------------------------------------------------------------


def test_difference_and_variance_of_an_order_against_r():
    case = R["logrank"]["no_ties"]
    first = sum(case["first"])
    found = logrank.orders(first, 12 - first, (0, 1))
    mask = sum(1 << i for i, x in enumerate(case["first"]) if x)
    where = np.flatnonzero(found.members == mask)
    assert len(where) == 1
    assert found.difference[where[0]] == pytest.approx(case["difference"], abs=1e-9)
    assert found.variance[where[0]] == pytest.approx(case["variance"], abs=1e-9)


def test_orders_that_agree_against_lifelines():
    """Every order of 4 and 3: the same orders have the p-value by lifelines."""
    from lifelines.statistics import logrank_test

    window = bounds.printed("0.3", decimals=1)
    agree = set()
    for places in itertools.combinations(range(7), 4):
        a, b = [i + 1 for i in places], [i + 1 for i in range(7) if i not in places]
        if float(window.low) <= logrank_test(a, b).p_value <= float(window.high):
            agree.add(sum(1 << i for i in places))
    found = logrank.orders(4, 3, window)
    assert found.total == 35
    assert set(found.members.tolist()) == agree
    assert 0 < found.agree < 35
    assert sum(found.faster) == found.agree


def test_sampled_orders_with_ties_against_r_and_seed():
    case = R["logrank"]["ties"]
    first = sum(case["first"])
    found = logrank.sample(first, 12 - first, (0, 1), draws=4000, seed=3)
    again = logrank.sample(first, 12 - first, (0, 1), draws=4000, seed=3)
    assert found.drawn == 4000
    assert np.array_equal(found.difference, again.difference)
    # all tied at one time: no variance, so never kept, and no warning
    assert found.agree <= 4000


def test_statistic_with_ties_against_r(monkeypatch):
    """Feed the sampler R's order and tie structure and compare the statistic."""
    case = R["logrank"]["ties"]
    times, labels = np.array(case["time"]), np.array(case["first"], dtype=bool)
    order = np.argsort(times, kind="stable")
    links = times[order][1:] == times[order][:-1]

    class Fixed:
        def permuted(self, x, axis):
            return np.repeat(labels[order][None, :], len(x), axis=0)

        def random(self, shape):
            return np.where(links, 0.0, 0.9)[None, :] if shape[1] > 1 else np.full(shape, 0.5)

    monkeypatch.setattr(np.random, "default_rng", lambda seed: Fixed())
    found = logrank.sample(int(labels.sum()), int((~labels).sum()), (0, 1), draws=1)
    assert found.difference[0] == pytest.approx(case["difference"], abs=1e-9)
    ratio = np.exp(case["difference"] / case["variance"])
    assert found.hazard_ratios[0] == pytest.approx(ratio, abs=1e-9)


def test_an_impossible_p_value_and_too_many_orders_are_refused():
    with pytest.raises(bounds.ContradictorySummaryError, match=r"log-rank p of 0\.0001"):
        logrank.orders(3, 3, "0.0001")
    with pytest.raises(ValueError, match=r"use sample\(\)"):
        logrank.orders(40, 40, "0.5")


# --- signed rank ---------------------------------------------------------------------------------


def ranks_of(differences):
    sizes = [abs(d) for d in differences]
    groups = Counter(sizes)
    ties = [groups[s] for s in sorted(groups)]
    negative = 0
    for d in differences:
        below, equal = sum(s < abs(d) for s in sizes), sum(s == abs(d) for s in sizes)
        negative += (2 * below + equal + 1) * (d < 0)
    return ties, negative


# R gives no exact p-value where differences are equal; those are checked by enumeration below.
P_VALUES = [
    (case, v) for case in R["signed"] for v in signed_rank.VARIANTS if isinstance(case.get(v), float)
]


def test_r_has_every_variant_with_and_without_ties():
    assert Counter(v for _, v in P_VALUES) == {"normal": 6, "continuity": 6, "exact": 4}


@pytest.mark.parametrize(
    ("case", "variant"), P_VALUES, ids=[f"n{len(c['differences'])}-{v}" for c, v in P_VALUES]
)
def test_p_value_against_r(case, variant):
    ties, negative = ranks_of(case["differences"])
    assert signed_rank.p_value(ties, negative, variant) == pytest.approx(case[variant], abs=1e-9)


def test_exact_p_value_with_ties_against_all_sign_patterns():
    sizes = [1, 2, 2, 3, 3, 3]
    ranks = [1, 2.5, 2.5, 5, 5, 5]
    total = sum(ranks)
    sums = [
        sum(r for r, s in zip(ranks, signs, strict=True) if s)
        for signs in itertools.product((0, 1), repeat=6)
    ]
    ties, negative = ranks_of([1, 2, -2, 3, 3, 3])
    observed = negative / 2
    small = min(observed, total - observed)
    expected = min(1, 2 * sum(x <= small for x in sums) / 2 ** len(sizes))
    assert signed_rank.p_value(ties, negative, "exact") == pytest.approx(expected)


def test_score_sets_against_brute_force():
    """Every multiset of 5 half points from 2 to 5 by scipy's test, written independently."""
    from scipy.stats import norm

    scale = [Fraction(k, 2) for k in range(4, 11)]
    window = bounds.printed("0.1", decimals=1)
    expected = set()
    for scores in itertools.combinations_with_replacement(scale, 5):
        if scores[0] != 2 or scores[-1] != 5 or scores[2] != 4:
            continue
        d = [x - 3 for x in scores if x != 3]
        ties, negative = ranks_of(d)
        n = len(d)
        sd = (n * (n + 1) * (2 * n + 1) / 24 - sum(t**3 - t for t in ties) / 48) ** 0.5
        p = 2 * norm.sf(abs(negative / 2 - n * (n + 1) / 4) / sd)
        if float(window.low) <= p <= float(window.high):
            expected.add(scores)
    found = signed_rank.score_sets(
        5,
        window,
        scale=scale,
        no_change=3,
        median=bounds.printed("4", rule="exact"),
        minimum=2,
        maximum=5,
        variants=["normal"],
    )
    assert {s.scores for s in found} == expected
    assert found


def test_one_sided_sizes_agree_with_score_sets():
    """p = 0.039 with all scores on one side: five patients, three of them equal, whatever the scale."""
    assert signed_rank.one_sided_sizes("0.039", "normal", 14) == [(5, (3,))]
    quarter = [Fraction(k, 4) for k in range(14, 21)]
    found = [
        s
        for n in range(2, 12)
        for s in signed_rank.score_sets(
            n,
            "0.039",
            scale=quarter,
            no_change=0,
            median="4.5",
            minimum="3.5",
            maximum=5,
            variants=["normal"],
        )
    ]
    assert [tuple(map(float, s.scores)) for s in found] == [(3.5, 4.5, 4.5, 4.5, 5.0)]
    assert signed_rank.forced_scores(found)[Fraction(9, 2)] == (3, 3)


def test_too_many_score_sets_are_refused():
    with pytest.raises(ValueError, match="too many to list"):
        signed_rank.score_sets(
            30,
            "0.05",
            scale=[Fraction(k, 12) for k in range(61)],
            no_change=0,
            median=None,
            minimum=0,
            maximum=5,
        )


def _possible(grade, better, spread, partly):
    """Whether some list of whole grades with this range has nobody worse than one grade."""
    low, high = spread
    fits = [x for x in range(low, high + 1) if (x >= grade if better == "higher" else x <= grade)]
    whole = low in fits and high in fits
    return whole and (not partly or (grade in fits and low != high))


@pytest.mark.parametrize("partly", [(), ((2, 5),), ((1, 5),), ((3, 4),), ((1, 5), (2, 5))])
def test_grades_that_can_mean_no_change_against_every_grade(partly):
    ranges = [(1, 5), (2, 5), (3, 4)]
    found = signed_rank.no_change_grades(ranges, partly)
    for better in ("higher", "lower"):
        fits = [g for g in range(8) if all(_possible(g, better, r, r in partly) for r in ranges)]
        low, high = found.get(better, (9, -1))
        told = [g for g in range(8) if (low is None or g >= low) and (high is None or g <= high)]
        assert told == fits, better
