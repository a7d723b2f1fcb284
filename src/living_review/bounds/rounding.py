"""What a printed number says: the closed interval of values that round to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_NUMBER = re.compile(
    r"\s*(?P<sign>[<>≤≥=]?)\s*"
    r"(?P<digits>[-+−]?(?:[1-9]\d{0,2}(?:,\d{3})+(?:[.·]\d+)?|\d*[.·,]?\d+)(?:[eE][-+]?\d+)?)"
    r"\s*(?P<percent>%?)\s*"
)
# A comma before exactly three digits groups thousands (1,234); any other is a decimal comma (1,5).
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")

# The review's convention (see :mod:`living_review.stats.dates`), exactly.
DAYS_IN_YEAR = Fraction(1461, 4)

Number = int | float | str | Decimal | Fraction


@dataclass(frozen=True)
class Interval:
    """A closed interval of rational numbers, and the characters it comes from.

    Parameters
    ----------
    low, high : fractions.Fraction
        Ends; both belong to the interval.
    text : str
        How the number was printed; used in messages.
    """

    low: Fraction
    high: Fraction
    text: str = ""

    def __contains__(self, value: Fraction | int) -> bool:
        return self.low <= value <= self.high

    def times(self, factor: Fraction) -> Interval:
        """Return the interval in another unit (``factor`` new units to one old unit)."""
        return Interval(self.low * factor, self.high * factor, self.text)


def exact(value: Number) -> Fraction:
    """Return a number as an exact fraction; a float is read by its shortest decimal form.

    Raises
    ------
    ValueError
        If the text is not a number.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, float):
        # 0.1 the float is not 1/10; what the paper printed is.
        return Fraction(repr(value))
    if isinstance(value, Decimal):
        return Fraction(value)
    if isinstance(value, str):
        sign, digits, percent = _parts(value)
        if sign not in ("", "="):
            raise ValueError(f"{value!r} is a limit, not one number")
        return Fraction(digits) / (100 if percent else 1)
    return Fraction(repr(float(value)))  # numpy scalars


def _parts(text: str) -> tuple[str, str, bool]:
    """Split a printed number: sign of comparison, digits as Python reads them, whether percent."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueError(f"not a number: {text!r}; write it as the paper does, for example 2.4")
    digits = match["digits"].replace("·", ".").replace("−", "-")
    digits = digits.replace(",", "" if _THOUSANDS.fullmatch(digits) else ".")
    return match["sign"], digits, bool(match["percent"])


def printed(
    value: Number | Interval | tuple[Number, Number],
    *,
    rule: str = "round",
    decimals: int | None = None,
    within: tuple[Number, Number] | None = None,
) -> Interval:
    """Return every value that a printed number can stand for.

    Parameters
    ----------
    value : str, number, pair or Interval
        ``"78.8%"``, ``"2.4"``, ``2.4``; a fraction is exact; a pair gives the limits themselves.
        Trailing zeros count (``"2.40"`` is narrower than ``"2.4"``), so prefer text to floats.
        ``"<0.001"`` and ``">90%"`` reach to the end of ``within``.
    rule : {"round", "truncate", "either", "exact"}
        How the paper shortened it. ``round``: half a unit of the last digit each way, both ends
        included, so that no rule for exact halves has to be assumed. ``truncate``: up to one unit
        away from 0. ``either``: the union of the two. ``exact``: the value itself.
    decimals : int, optional
        Digits after the point, if the text does not show them.
    within : pair of numbers, optional
        Least and greatest value that the quantity can have, for a limit such as ``"<0.001"``.
        Default: 0 to 1 for percentages, else 0 and no greatest value.

    Returns
    -------
    Interval

    Raises
    ------
    ValueError
        If the text is not a number, the rule is unknown, or a limit has no other end.
    """
    if isinstance(value, Interval):
        return value
    if isinstance(value, tuple):
        low, high = (exact(v) for v in value)
        if low > high:
            raise ValueError(f"limits in the wrong order: {value!r}")
        return Interval(low, high, f"{value[0]} to {value[1]}")
    if rule not in ("round", "truncate", "either", "exact"):
        raise ValueError(f"unknown rule {rule!r}; expected round, truncate, either or exact")
    if isinstance(value, Fraction):
        return Interval(value, value, str(value))
    text = str(value).strip()
    if isinstance(value, float) and text.endswith(".0"):
        text = text[:-2]
    sign, digits, percent = _parts(text)
    scale = 100 if percent else 1
    centre = Fraction(digits) / scale
    if sign not in ("", "="):
        least, greatest = within or (0, 1 if percent else None)
        if sign in "<≤":
            return _ordered(exact(least), centre, text)
        if greatest is None:
            raise ValueError(f"{text!r} has no upper end: give a pair, or within=(least, greatest)")
        return _ordered(centre, exact(greatest), text)
    if decimals is None:
        decimals = max(0, -int(Decimal(digits).as_tuple().exponent))
    unit = Fraction(1, 10**decimals) / scale
    none, half = Fraction(0), unit / 2
    inward = {"round": half, "truncate": none, "either": half, "exact": none}[rule]
    outward = {"round": half, "truncate": unit, "either": unit, "exact": none}[rule]
    # Digits are cut off towards 0, so a negative number may have been lower.
    below, above = (outward, inward) if digits.startswith("-") else (inward, outward)
    return Interval(centre - below, centre + above, text)


def as_interval(figure: Interval | str | None) -> Interval:
    """Return a figure that is known to be printed as a number, and not as *not reached*.

    Raises
    ------
    TypeError
        If it is none.
    """
    if not isinstance(figure, Interval):
        raise TypeError(f"{figure!r} is no printed number")
    return figure


def _ordered(low: Fraction, high: Fraction, text: str) -> Interval:
    if low > high:
        raise ValueError(f"{text!r} lies outside the values that it can have")
    return Interval(low, high, text)


def in_years(days: Number) -> Fraction:
    """Return days as years of 365.25 days, exactly."""
    return exact(days) / DAYS_IN_YEAR


def in_weeks(value: Number, unit: str) -> Fraction:
    """Return a time in weeks, exactly; a month is a twelfth of a year of 365.25 days.

    Parameters
    ----------
    value : Number
        The time, in ``unit``.
    unit : str
        ``hour``, ``day``, ``week``, ``month`` or ``year``.

    Returns
    -------
    Fraction
        Weeks.

    Raises
    ------
    ValueError
        If the unit is not hour, day, week, month or year.
    """
    days: dict[str, Fraction | int] = {
        "hour": Fraction(1, 24),
        "day": 1,
        "week": 7,
        "month": DAYS_IN_YEAR / 12,
        "year": DAYS_IN_YEAR,
    }
    if unit not in days:
        raise ValueError(f"unknown unit of time {unit!r}; expected one of {', '.join(days)}")
    return exact(value) * days[unit] / 7
