"""Kappa against published examples, another program's values, and what must hold for any table."""

import itertools

import numpy as np
import pytest

from living_review.stats import kappa

# Cohen 1968, Psychological Bulletin 70:213-220: 200 patients, three diagnoses, two judges.
COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
# Fleiss, Statistical Methods for Rates and Proportions (1981), table 13.1: 100 patients.
FLEISS = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
# Agresti, Categorical Data Analysis (1990): 91 couples, four ordered answers.
COUPLES = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]


@pytest.mark.parametrize(
    ("weights", "printed"),
    [
        (None, 0.492),
        ([[0, 1, 3], [1, 0, 6], [3, 6, 0]], 0.348),
        ([[0, 1, 4], [1, 0, 6], [2, 2, 0]], 0.353),  # one direction is worse than the other
    ],
)
def test_cohens_own_example(weights, printed):
    assert round(kappa.from_table(COHEN, weights).kappa, 3) == printed


def test_the_example_of_fleiss():
    found = kappa.from_table(FLEISS)
    assert (found.n, found.same) == (100, 89)
    assert found.expected == pytest.approx(1 - 0.66)
    assert round(found.kappa, 2) == 0.68


def test_linear_weights_as_in_scikit_learn():
    """``cohen_kappa_score`` of scikit-learn 1.7, without weights and with ``weights="linear"``."""
    assert kappa.from_table(COUPLES).kappa == pytest.approx(0.1293302540415704)
    weighted = kappa.from_table(COUPLES, kappa.linear(4))
    assert weighted.kappa == pytest.approx(0.23738062755798095)


def test_linear_weights_count_the_steps_apart():
    assert kappa.linear(3).tolist() == [[0, 1, 2], [1, 0, 1], [2, 1, 0]]


def test_chance_is_the_mean_over_all_ways_to_shuffle_one_reader():
    first, second = list("aabbc"), list("abbca")
    weights = kappa.linear(3)
    shuffled = [
        kappa.cohen(first, order, "abc", weights).observed for order in itertools.permutations(second)
    ]
    assert kappa.cohen(first, second, "abc", weights).expected == pytest.approx(np.mean(shuffled))


def test_neither_the_unit_of_the_weights_nor_an_unused_category_matters():
    first, second = list("aabbccab"), list("abbbcaac")
    found = kappa.cohen(first, second, "abc", kappa.linear(3))
    assert kappa.cohen(first, second, "abc", 7 * kappa.linear(3)).kappa == pytest.approx(found.kappa)
    assert kappa.cohen(first, second, "abcd", kappa.linear(4)).kappa == pytest.approx(found.kappa)


def test_readers_who_agree_throughout_and_readers_without_a_choice():
    assert kappa.cohen(list("abca"), list("abca")).kappa == 1
    assert kappa.cohen(list("aaaa"), list("aaaa")).kappa is None
    assert kappa.cohen(list("aaaa"), list("abab")).kappa == 0


def test_two_sets_together_keep_the_margins_of_each():
    one, two = kappa.cohen(list("aabb"), list("abab")), kappa.cohen(list("xxyy"), list("xxyy"))
    both = kappa.together([one, two])
    assert (both.n, both.same) == (8, 6)
    assert both.kappa == pytest.approx(1 - (4 * 0.5 + 0) / (4 * 0.5 + 4 * 0.5))
    pooled = kappa.cohen(list("aabbxxyy"), list("ababxxyy"))
    assert pooled.kappa > both.kappa  # which would count the sets as agreement


@pytest.mark.parametrize(
    ("counts", "weights", "message"),
    [
        ([[1, 2, 3], [4, 5, 6]], None, "square"),
        ([[0, 0], [0, 0]], None, "no items"),
        ([[1, -1], [0, 2]], None, "zero or more"),
        ([[1, 0], [0, 2]], [[1, 1], [1, 0]], "zero on the diagonal"),
        ([[1, 0], [0, 2]], [[0]], "2 by 2"),
    ],
)
def test_a_table_that_is_none_is_refused(counts, weights, message):
    with pytest.raises(ValueError, match=message):
        kappa.from_table(counts, weights)


def test_an_answer_that_is_no_category_is_named():
    with pytest.raises(ValueError, match="maybe"):
        kappa.cohen(["yes", "maybe"], ["yes", "no"], ["yes", "no"])
