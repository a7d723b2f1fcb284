"""How long the units of time are, exactly: a year is 365.25 days and a month a twelfth of it."""

from fractions import Fraction

DAYS_IN = {
    "day": Fraction(1),
    "hour": Fraction(1, 24),
    "week": Fraction(7),
    "month": Fraction(1461, 48),
    "year": Fraction(1461, 4),
}
