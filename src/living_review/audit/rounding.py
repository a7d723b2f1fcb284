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


def rounded(x: Fraction, decimals: int, convention: str = "half up") -> Decimal:
    """Round an exact value to a number of decimals.

    Parameters
    ----------
    x : Fraction
        The exact value.
    decimals : int
        Digits after the point.
    convention : {'half up', 'half even', 'truncation', 'round up'}
        *Half up* takes a tie away from nought, *round up* anything beyond the last digit.

    Examples
    --------
    >>> [str(rounded(Fraction(125, 1000), 2, c)) for c in CONVENTIONS]
    ['0.13', '0.12', '0.12', '0.13']
    """
    scaled = x * 10**decimals
    whole, rest = divmod(abs(scaled), 1)
    # Only the first digit beyond matters, and whether anything follows it: exact for any fraction.
    tail = Decimal(0) if rest == 0 else Decimal("0.5") if rest == Fraction(1, 2) else None
    if tail is None:
        tail = Decimal("0.25") if rest < Fraction(1, 2) else Decimal("0.75")
    size = (Decimal(int(whole)) + tail).to_integral_value(CONVENTIONS[convention])
    return (size if scaled >= 0 else -size).scaleb(-decimals) + Decimal(0)


def fitting(x: Fraction, printed: Fraction, decimals: int) -> tuple[str, ...]:
    """Return the conventions by which an exact value is printed so.

    Examples
    --------
    >>> fitting(Fraction(100, 84), Fraction(11, 10), 1)
    ('truncation',)
    """
    return tuple(c for c in CONVENTIONS if Fraction(rounded(x, decimals, c)) == printed)


def judge(x: Fraction, printed: Fraction, decimals: int) -> str | None:
    """Return the verdict that rounding alone can give; None if it cannot explain the difference.

    Returns
    -------
    str or None
        ``reproduced`` by half up or half even; ``reproduced by truncation`` if only cutting gives
        it; ``rounding`` if it differs by one unit in the last printed place.
    """
    fits = fitting(x, printed, decimals)
    if {"half up", "half even"} & set(fits):
        return REPRODUCED
    if "truncation" in fits:
        return TRUNCATED
    if abs(Fraction(rounded(x, decimals)) - printed) <= Fraction(1, 10**decimals):
        return ROUNDING
    return None


def possible(low: Fraction, high: Fraction, printed: Fraction, decimals: int) -> bool:
    """Whether some value between two limits is printed so, by any convention but *round up*."""
    half = Fraction(1, 2 * 10**decimals)
    unit = 2 * half
    below = printed - half if printed >= 0 else printed - unit
    above = printed + unit if printed >= 0 else printed + half
    return low <= above and high >= below


def format_fraction(x: Fraction, places: int = 3) -> str:
    """Write a value: whole if it ends, else cut after ``places`` digits with an ellipsis.

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
