"""Kinds about counts: percentages (GRIM included) and totals."""

from __future__ import annotations

from fractions import Fraction

from living_review.audit import expression, rounding, search
from living_review.audit.claim import Claim
from living_review.audit.expression import Side, value
from living_review.audit.outcome import (
    ARITHMETIC,
    NOT_CHECKABLE,
    Outcome,
    against,
    because,
    loosened,
    one_side,
    settled,
    two_sides,
    working_unit,
)


def percentage(claim: Claim) -> Outcome:
    """Part over whole in percent: ``part / whole``, each side a sum or difference.

    ``count=any``: only the whole is known; is there a whole number of cases that gives the
    percentage (GRIM)? With several printed percentages as inputs and ``n=any``, the smallest number
    of cases that gives all of them.
    """
    if claim.parameters.get("count") == "any":
        return _percentage_of_some_count(claim)
    part, whole = two_sides(claim)
    top, bottom = part.total(), whole.total()
    steps = f"{part.bracketed()} / {whole.bracketed()} × 100"
    outcome = against(claim, top / bottom * 100, steps)
    if settled(claim, outcome):
        return outcome
    return because(outcome, _other_counts(claim, top, bottom))


def _other_counts(claim: Claim, top: Fraction, bottom: Fraction) -> str:
    """State which count or which denominator near at hand would give the printed percentage."""
    printed, found = claim.goal().text, []
    if "round up" in rounding.fitting(top / bottom * 100, claim.printed(), claim.decimals):
        found.append("always rounding up gives the printed value")
    counts = search.counts_giving(printed, int(bottom)) if bottom.denominator == 1 else []
    if counts and int(top) not in counts:
        found.append(f"{_some(counts)} of {bottom} would give it")
    wholes = search.denominators_giving(printed, int(top), 4 * int(bottom)) if top else []
    if wholes:
        found.append(f"{top} of {_some(wholes)} would give it")
    return "; ".join(found)


def _some(numbers: list[int], most: int = 4) -> str:
    if len(numbers) > most and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]} to {numbers[-1]}"
    texts = [str(n) for n in numbers[:most]] + ["…"] * (len(numbers) > most)
    return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " or " + texts[-1]


def _percentage_of_some_count(claim: Claim) -> Outcome:
    goal = claim.goal()
    if claim.parameters.get("n") == "any":
        texts = list(dict.fromkeys([goal.text, *(c.text for c in claim.cells)]))
        for cell in (goal, *claim.cells):
            value(cell)
        # Only the smallest is reported: look near before looking far.
        sizes = next(filter(None, (search.common_denominators(texts, n) for n in (60, 1000))), [])
        joint = f"{' and '.join(t + '%' for t in texts)}: the smallest number of patients that gives "
        joint += ("all " if len(texts) > 1 else "it ") + (
            f"is {sizes[0]}" if sizes else "is above 1000"
        )
        if sizes:
            joint += ": " + ", ".join(
                f"{search.counts_giving(t, sizes[0])[0]} / {sizes[0]} = {t}%" for t in texts
            )
        return Outcome(claim.mismatch(NOT_CHECKABLE), "", joint, joint)
    whole = claim.sides[0].total()
    if claim.limit:
        end = Fraction(0) if claim.limit.is_upper else whole
        return against(claim, end / whole * 100, f"{end} / {claim.sides[0].bracketed()} × 100")
    counts = search.counts_giving(goal.text, int(whole))
    if counts:
        x = Fraction(100 * counts[0]) / whole
        return against(claim, x, f"{counts[0]} / {claim.sides[0].bracketed()} × 100")
    near = min(range(int(whole) + 1), key=lambda k: abs(Fraction(100 * k) / whole - claim.printed()))
    outcome = against(claim, Fraction(100 * near) / whole, f"{near} / {whole} × 100")
    return because(
        outcome,
        f"no whole number of {whole} gives {goal.text}%: the nearest is {near}",
    )


def total(claim: Claim) -> Outcome:
    """Add the parts, exactly; parts may be subtracted or multiplied.

    ``whole=100`` instead of a target: the parts are all the shares of a whole, each rounded by itself.
    """
    side, unit = one_side(claim), working_unit(claim)
    if "whole" in claim.parameters:
        return _shares(claim, side)
    outcome = against(claim, side.total(unit), side.written())
    return loosened(claim, outcome, lambda shift: side.total(unit, shift))


def _shares(claim: Claim, side: Side) -> Outcome:
    whole, found = Fraction(claim.parameters["whole"]), side.total()
    unit = expression.unit_text(side.cells[0].unit, found)
    steps = f"{side.written()} = {rounding.format_fraction(found)}{unit}"
    if found == whole:
        return Outcome(rounding.REPRODUCED, rounding.format_fraction(found) + unit, steps)
    # A share is at most half a unit of its last place too large, and less than one too small if cut.
    last = sum((Fraction(1, 10**c.decimals) for c in side.cells), Fraction(0))
    within = whole - last < found <= whole + last / 2
    verdict = rounding.ROUNDING if within else claim.mismatch(ARITHMETIC)
    return Outcome(verdict, rounding.format_fraction(found) + unit, steps)
