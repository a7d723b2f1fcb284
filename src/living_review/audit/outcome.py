"""What a computation says, and how an exact value is compared with a printed one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from living_review.audit import expression, rounding
from living_review.audit.claim import Claim, InvalidClaimError
from living_review.audit.expression import Side, number, value

ARITHMETIC = "arithmetic error"
TEXT_AND_TABLE = "text and table disagree"
UNIT = "unit conflict"
DEFINITION = "definition conflict"
NOT_CHECKABLE = "not checkable"


def is_finding(verdict: str) -> bool:
    """Whether a verdict is a finding: the claim does not reproduce, and it could be checked."""
    return verdict not in (*rounding.GOOD, NOT_CHECKABLE)


@dataclass(frozen=True)
class Outcome:
    """What the computation says, before it is compared with the accepted verdict."""

    verdict: str
    recomputed: str
    arithmetic: str
    explained_by: str = ""

    @property
    def fits(self) -> bool:
        """Whether the printed number is reproduced."""
        return self.verdict in rounding.GOOD


def because(outcome: Outcome, *reasons: str) -> Outcome:
    """Add what the search found; empty reasons are left out.

    Parameters
    ----------
    outcome : Outcome
        What the check gave.
    *reasons : str
        Sentences.

    Returns
    -------
    Outcome
        The same verdict with the reasons behind its explanation.
    """
    text = "; ".join(r for r in reasons if r)
    return Outcome(outcome.verdict, outcome.recomputed, outcome.arithmetic, text)


def scaled(claim: Claim, x: Fraction) -> Fraction:
    """Apply ``scale=``: a factor between the computed and the printed quantity (1000, 1/100).

    Parameters
    ----------
    claim : Claim
        Its parameter ``scale`` is read; without one, 1.
    x : Fraction
        The computed value.

    Returns
    -------
    Fraction
        The value on the scale that is printed.
    """
    return x * Fraction(claim.parameters.get("scale", "1"))


def settled(claim: Claim, outcome: Outcome) -> bool:
    """Whether there is nothing to search for: it reproduces, or a limit and no number is printed.

    Parameters
    ----------
    claim : Claim
        The claim.
    outcome : Outcome
        What the check gave.

    Returns
    -------
    bool
        True if no search is needed.
    """
    return outcome.fits or claim.limit is not None


def against(claim: Claim, x: Fraction, steps: str) -> Outcome:
    """Compare an exact value with the printed one.

    Parameters
    ----------
    claim : Claim
        Its target is the printed number; where a limit is printed (``<0.001``, ``>90%``) the value
        has to lie on its side.
    x : Fraction
        The recomputed value in the unit of the target.
    steps : str
        The arithmetic so far, up to the equals sign.

    Returns
    -------
    Outcome
        With one of the verdicts of :mod:`living_review.audit.rounding`.
    """
    goal = claim.goal()
    printed, decimals = claim.printed(), claim.decimals
    x = scaled(claim, x)
    unit = expression.unit_text(goal.unit, x)
    written = rounding.format_fraction(x)
    arithmetic = steps if steps == written else f"{steps} = {written}"  # a total of one number
    if claim.limit:
        kept = rounding.REPRODUCED if claim.limit.holds(x) else claim.mismatch(ARITHMETIC)
        return Outcome(kept, written + unit, f"{arithmetic}{unit}; printed {claim.limit}")
    verdict = rounding.judge(x, printed, decimals)
    exact_here = (x * 10**decimals).denominator == 1
    convention = "truncation" if verdict == rounding.TRUNCATED else "half up"
    shown = f"{rounding.rounded(x, decimals, convention):f}".replace("-", "−")
    if exact_here:
        shown = rounding.format_fraction(x)
    if verdict == rounding.REPRODUCED and Fraction(rounding.rounded(x, decimals)) != printed:
        shown = f"{rounding.rounded(x, decimals, 'half even'):f}"
    arithmetic += "" if exact_here else f" → {shown}"
    arithmetic += unit
    if verdict is None:
        arithmetic += f"; printed {number(goal)}{expression.unit_text(goal.unit, printed)}"
    return Outcome(verdict or claim.mismatch(ARITHMETIC), shown + unit, arithmetic)


def loosened(claim: Claim, outcome: Outcome, formula: Callable[[dict], Fraction]) -> Outcome:
    """With ``rounded=yes``: a difference that unrounded inputs could make is *rounding*.

    Parameters
    ----------
    claim : Claim
        Its inputs are varied within their printed digits.
    outcome : Outcome
        What the exact inputs gave.
    formula : callable
        The computed value, from the values of the cells.

    Returns
    -------
    Outcome
        The outcome, with its verdict changed or as it was.
    """
    if claim.parameters.get("rounded") != "yes" or outcome.fits:
        return outcome
    values = [scaled(claim, formula(shift)) for shift in expression.corners(claim.cells)]
    low, high = min(values), max(values)
    ends = " to ".join(map(rounding.format_fraction, (low, high)))
    span = f"inputs before rounding give {ends}"
    if claim.limit:
        within = claim.limit.holds(low) or claim.limit.holds(high)
    else:
        within = rounding.possible(low, high, claim.printed(), claim.decimals)
    verdict = rounding.ROUNDING if within else outcome.verdict
    return Outcome(verdict, outcome.recomputed, f"{outcome.arithmetic}; {span}", outcome.explained_by)


def two_sides(claim: Claim) -> tuple[Side, Side]:
    """Return the two sides of a claim; two plain references need no separator."""
    if len(claim.sides) == 2:
        return claim.sides[0], claim.sides[1]
    cells = claim.cells
    if len(claim.sides) == 1 and len(cells) == 2:
        return Side((("+", (cells[0],)),)), Side((("+", (cells[1],)),))
    raise InvalidClaimError(
        f"{claim.where}: kind {claim.kind} needs two inputs, or two sides around / or to"
    )


def one_side(claim: Claim) -> Side:
    """Return the only side of a claim that takes no separator."""
    if len(claim.sides) != 1:
        raise InvalidClaimError(f"{claim.where}: kind {claim.kind} takes references, no separator")
    return claim.sides[0]


def working_unit(claim: Claim) -> str | None:
    """Return the unit to compute in: that of the target, else that of the first input."""
    return (claim.target[0].unit if claim.target else None) or claim.cells[0].unit


def listed(claim: Claim) -> list[Fraction]:
    """Return the values of all inputs, in one unit."""
    unit = working_unit(claim)
    return [value(cell, unit) for cell in claim.cells]
