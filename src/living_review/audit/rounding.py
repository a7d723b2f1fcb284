"""How a printed number can come from an exact one: the rounding conventions papers use."""

from __future__ import annotations

from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from fractions import Fraction

CONVENTIONS = {
    "half up": ROUND_HALF_UP,
    "half even": ROUND_HALF_EVEN,
    "truncation": ROUND_DOWN,
    "round up": ROUND_UP,
}
REPRODUCED = "reproduced"
TRUNCATED = "reproduced by truncation"
ROUNDING = "rounding"
GOOD = (REPRODUCED, TRUNCATED)


# What follows the last digit: nothing, less than half of it, half, more than half.
TAILS = (Decimal(0), Decimal("0.25"), Decimal("0.5"), Decimal("0.75"))


def rounded(x: Fraction, decimals: int, convention: str = "half up") -> Decimal:
    """Round an exact value to a number of decimals.

    Parameters
    ----------
    x : Fraction
        The exact value.
    decimals : int
        Digits after the point.
    convention : {'half up', 'half even', 'truncation', 'round up'}
        *Half up* takes a tie away from zero, *round up* anything beyond the last digit.

    Returns
    -------
    Decimal
        With exactly ``decimals`` decimals.

    Examples
    --------
    >>> [str(rounded(Fraction(125, 1000), 2, c)) for c in CONVENTIONS]
    ['0.13', '0.12', '0.12', '0.13']
    """
    # In whole numbers, which are ten times as quick as fractions: this is asked more than all else.
    over, under = abs(x.numerator) * 10 ** max(decimals, 0), x.denominator * 10 ** max(-decimals, 0)
    whole, rest = divmod(over, under)
    # Only the first digit beyond matters, and whether anything follows it: exact for any fraction.
    tail = TAILS[rest and 1 + (2 * rest >= under) + (2 * rest > under)]
    size = (Decimal(whole) + tail).to_integral_value(CONVENTIONS[convention])
    return (size if x >= 0 else -size).scaleb(-decimals) + Decimal(0)


def fitting(x: Fraction, printed: Fraction, decimals: int) -> tuple[str, ...]:
    """Return the conventions by which an exact value is printed so.

    Parameters
    ----------
    x : Fraction
        The computed value, exact.
    printed : Fraction
        The printed value.
    decimals : int
        Decimals that are printed.

    Returns
    -------
    tuple of str
        Names of conventions, the usual ones first.

    Examples
    --------
    >>> fitting(Fraction(100, 84), Fraction(11, 10), 1)
    ('truncation',)
    """
    return tuple(c for c in CONVENTIONS if Fraction(rounded(x, decimals, c)) == printed)


def judge(x: Fraction, printed: Fraction, decimals: int) -> str | None:
    """Return the verdict that a usual way of rounding gives; None if none gives the printed number.

    Parameters
    ----------
    x : Fraction
        The computed value, exact.
    printed : Fraction
        The printed value.
    decimals : int
        Decimals that are printed.

    Returns
    -------
    str or None
        ``reproduced`` by half up or half even; ``reproduced by truncation`` if only cutting gives
        it. *Round up* is not a usual way: it would explain half of all numbers that are one off.
    """
    fits = fitting(x, printed, decimals)
    if {"half up", "half even"} & set(fits):
        return REPRODUCED
    return TRUNCATED if "truncation" in fits else None


def near(x: Fraction, printed: Fraction, decimals: int) -> bool:
    """Whether a printed number is at most one unit in the last place from the rounded one.

    Parameters
    ----------
    x : Fraction
        The computed value, exact.
    printed : Fraction
        The printed value.
    decimals : int
        Decimals that are printed.

    Returns
    -------
    bool
        True if it is.
    """
    return abs(Fraction(rounded(x, decimals)) - printed) <= Fraction(1, 10**decimals)


def possible(low: Fraction, high: Fraction, printed: Fraction, decimals: int) -> bool:
    """Whether some value between two limits is printed so in a usual way, cutting off included.

    Parameters
    ----------
    low, high : Fraction
        Ends of the exact values, both included.
    printed : Fraction
        The printed value.
    decimals : int
        Decimals that are printed.

    Returns
    -------
    bool
        True if there is one.

    Examples
    --------
    >>> possible(Fraction(284, 10), Fraction(286, 10), Fraction(29), 0)
    True
    >>> possible(Fraction(282, 10), Fraction(284, 10), Fraction(29), 0)
    False
    """
    if any(judge(x, printed, decimals) for x in (low, high)):
        return True
    # Between the limits lies something that is printed so if they enclose it.
    return low <= printed <= high


def format_fraction(x: Fraction, places: int = 3) -> str:
    """Write a value: whole if it ends, else cut after ``places`` digits with an ellipsis.

    Parameters
    ----------
    x : Fraction
        The value, exact.
    places : int, optional
        Digits after the point before it is cut.

    Returns
    -------
    str
        With the minus sign of print.

    Examples
    --------
    >>> [format_fraction(Fraction(a, b)) for a, b in ((3000, 84), (25, 2), (-1, 3000))]
    ['35.714…', '12.5', '−0.000333…']
    """
    sign = "−" if x < 0 else ""
    x = abs(x)
    for digits in range(7):
        if (x * 10**digits).denominator == 1:
            return sign + f"{Decimal(int(x * 10**digits)).scaleb(-digits):f}"
    while x and x * 10**places < 100 and places < 12:
        places += 1
    return sign + f"{rounded(x, places, 'truncation'):f}…"
