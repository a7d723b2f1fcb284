"""What a printed summary forces about data that nobody published."""

from living_review.bounds.engine import NOT_REACHED, TooManyStatesError
from living_review.bounds.rounding import Interval, in_weeks, in_years, printed
from living_review.bounds.summary import ContradictorySummaryError
from living_review.bounds.survival import (
    At,
    SurvivalBounds,
    survival,
    survival_steps,
)

__all__ = [
    "NOT_REACHED",
    "At",
    "ContradictorySummaryError",
    "Interval",
    "SurvivalBounds",
    "TooManyStatesError",
    "in_weeks",
    "in_years",
    "printed",
    "survival",
    "survival_steps",
]
