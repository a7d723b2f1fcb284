"""Rounding conventions: hand arithmetic, and Python's own decimal module as second oracle."""

import random
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from living_review.audit import rounding


@pytest.mark.parametrize(
    ("x", "decimals", "expected"),
    [
        (Fraction(125, 1000), 2, ["0.13", "0.12", "0.12", "0.13"]),
        (Fraction(-125, 1000), 2, ["-0.13", "-0.12", "-0.12", "-0.13"]),
        (Fraction(100, 84), 1, ["1.2", "1.2", "1.1", "1.2"]),  # Nadal prints 1 of 84 as 1.2 and as 1.1
        (Fraction(5700, 84), 1, ["67.9", "67.9", "67.8", "67.9"]),
        (Fraction(368 * 100, 1299), 0, ["28", "28", "28", "29"]),  # Carolino's area, printed 29
        (Fraction(50), 0, ["50", "50", "50", "50"]),
    ],
)
def test_each_convention_by_hand(x, decimals, expected):
    assert [f"{rounding.rounded(x, decimals, c):f}" for c in rounding.CONVENTIONS] == expected


def test_rounding_agrees_with_decimal_quantize():
    dice = random.Random(1)
    for _ in range(500):
        n, d, places = dice.randint(-9999, 9999), dice.choice([2, 4, 5, 8, 20, 125]), dice.randint(0, 3)
        with localcontext() as context:
            context.prec = 40
            exact = Decimal(n) / Decimal(d)  # these denominators end
            for name, rule in rounding.CONVENTIONS.items():
                wanted = exact.quantize(Decimal(1).scaleb(-places), rule)
                assert rounding.rounded(Fraction(n, d), places, name) == wanted


@pytest.mark.parametrize(
    ("x", "printed", "decimals", "verdict"),
    [
        (Fraction(3100, 84), "36.9", 1, "reproduced"),
        (Fraction(100, 84), "1.1", 1, "reproduced by truncation"),
        (Fraction(36800, 1299), "29", 0, None),  # only always rounding up gives it
        (Fraction(700, 84), "8.2", 1, None),
        (Fraction(50), "51", 0, None),
        (Fraction(500, 7), "50", 0, None),
        (Fraction(5, 2), "2", 0, "reproduced"),  # half even
        (Fraction(5, 2), "3", 0, "reproduced"),  # half up
    ],
)
def test_judge_by_hand(x, printed, decimals, verdict):
    assert rounding.judge(x, Fraction(printed), decimals) == verdict


def test_a_third_is_never_taken_for_a_tie():
    # 0.5 plus something too small for 28 digits is not a half.
    x = Fraction(1, 2) + Fraction(1, 10**60)
    assert rounding.rounded(x, 0, "half even") == 1
    assert rounding.rounded(Fraction(1, 2), 0, "half even") == 0


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (Fraction(3000, 84), "35.714…"),
        (Fraction(25, 2), "12.5"),
        (Fraction(-7), "−7"),
        (Fraction(0), "0"),
    ],
)
def test_written(x, text):
    assert rounding.format_fraction(x) == text
