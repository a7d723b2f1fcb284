"""What a printed summary forces about data that nobody published."""

import lazy_loader

from living_review.bounds.conventions import SOFTWARE, Convention
from living_review.bounds.engine import NOT_REACHED, TooManyStatesError
from living_review.bounds.forced import At, SurvivalBounds
from living_review.bounds.patterns import EPSILON, HALF, Z95
from living_review.bounds.rounding import DAYS_IN_YEAR, Interval, in_weeks, in_years, printed
from living_review.bounds.summary import ContradictorySummaryError
from living_review.bounds.survival import survival, survival_steps

__all__ = [
    "DAYS_IN_YEAR",
    "EPSILON",
    "HALF",
    "NOT_REACHED",
    "SOFTWARE",
    "Z95",
    "At",
    "ContradictorySummaryError",
    "Convention",
    "Interval",
    "SurvivalBounds",
    "TooManyStatesError",
    "in_weeks",
    "in_years",
    "printed",
    "survival",
    "survival_steps",
]

# Modules that nothing here imports: loaded when they are first asked for.
__getattr__, _, _ = lazy_loader.attach(
    __name__,
    submodules={
        "logrank",
        "margins",
        "means",
        "order_statistics",
        "reconstruct",
        "signed_rank",
        "two_arms",
    },
)
