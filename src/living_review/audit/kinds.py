"""The kinds of claim, and what happens where an input is missing or a unit does not convert."""

from __future__ import annotations

from collections.abc import Callable

from living_review.audit import counts, lists, pairs, pvalues, statements, times
from living_review.audit.claim import Claim, InvalidClaimError
from living_review.audit.expression import Missing, UnitsDiffer
from living_review.audit.outcome import NOT_CHECKABLE, UNIT, Outcome

KINDS: dict[str, Callable[[Claim], Outcome]] = {
    "percentage": counts.percentage,
    "sum": counts.total,
    "median": lists.median,
    "mean": lists.mean,
    "range": lists.limits,
    "change": pairs.change,
    "difference": pairs.difference,
    "duration": times.duration,
    "ratio": pairs.ratio,
    "product_limit": times.product_limit,
    "test": pvalues.test,
    "equality": pairs.equality,
    "unit": pairs.unit,
    "statement": statements.statement,
}


def compute(claim: Claim) -> Outcome:
    """Compute a claim; a missing input makes it not checkable, a unit that differs in kind a conflict.

    Raises
    ------
    InvalidClaimError
        If the claim does not have the inputs or the target that its kind needs.
    """
    try:
        return KINDS[claim.kind](claim)
    except Missing as missing:
        return Outcome(NOT_CHECKABLE, "", str(missing))
    except UnitsDiffer as units:
        return Outcome(UNIT, "", f"units do not convert: {units}")
    except ZeroDivisionError:
        return Outcome(NOT_CHECKABLE, "", "the denominator is zero")
    except ValueError as error:  # cells that no computation of this kind can take
        raise InvalidClaimError(f"{claim.where}: {error}") from error
