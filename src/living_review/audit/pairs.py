"""Kinds about two sides: change, difference, ratio, equality, unit."""

from __future__ import annotations

from fractions import Fraction

from living_review.audit import expression, rounding
from living_review.audit.claim import Claim, InvalidClaimError
from living_review.audit.expression import UnitsDiffer, number, place, show, value
from living_review.audit.outcome import (
    TEXT_AND_TABLE,
    UNIT,
    Outcome,
    against,
    because,
    loosened,
    two_sides,
    working_unit,
)


def change(claim: Claim) -> Outcome:
    """From before to after, in percent of before: ``before to after``, each side may be a product.

    The sign of the change is compared only if the printed number has one; ``direction=decrease`` or
    ``increase`` says what the paper calls it; ``remaining=yes`` compares what is left instead.
    """
    before, after = two_sides(claim)
    direction = claim.parameters.get("direction")
    sign = -1 if direction == "decrease" else 1
    unit = before.cells[0].unit if len(before.cells) == 1 else None

    def formula(shift: dict | None = None) -> Fraction:
        old, new = before.total(unit, shift), after.total(unit, shift)
        if claim.parameters.get("remaining") == "yes":
            return new / old * 100
        x = (new - old) / old * 100
        return sign * x if direction else x if claim.printed() < 0 else abs(x)

    if claim.parameters.get("remaining") == "yes":
        steps = f"{after.bracketed()} / {before.bracketed()} × 100"
    else:
        falls = after.total(unit) < before.total(unit)
        as_decrease = direction == "decrease" or (not direction and falls and claim.printed() >= 0)
        first, second = (before, after) if as_decrease else (after, before)
        steps = f"({first.written()} − {second.bracketed()}) / {before.bracketed()} × 100"
    outcome = loosened(claim, against(claim, formula(), steps), formula)
    if outcome.verdict in (rounding.REPRODUCED, rounding.TRUNCATED):
        return outcome
    return because(outcome, _other_change(claim, before.total(unit), after.total(unit)))


def _other_change(claim: Claim, old: Fraction, new: Fraction) -> str:
    """Say which other reading of the same two numbers gives the printed percentage."""
    readings = {
        "always rounding up gives it": (None, Fraction(0)),
        "it is what remains, not what was lost": ("half up", new / old * 100),
        "it is the change in percent of the later value": ("half up", abs(new - old) / new * 100),
        "it is the plain difference": ("half up", abs(new - old)),
        "it is the change of a side if the areas are squares": (
            "half up",
            abs(1 - Fraction(float(new / old) ** 0.5)) * 100 if new > 0 and old > 0 else Fraction(0),
        ),
    }
    printed = abs(claim.printed())
    exact = abs(new - old) / old * 100
    for text, (how, x) in readings.items():
        if how is None:
            if "round up" in rounding.fitting(exact, printed, claim.decimals):
                return text
        elif Fraction(rounding.rounded(x, claim.decimals)) == printed:
            return text
    return ""


def difference(claim: Claim) -> Outcome:
    """One side less the other: without sign, unless ``signed=yes`` (second less first)."""
    first, second = two_sides(claim)
    unit = working_unit(claim)

    def formula(shift: dict | None = None) -> Fraction:
        x = second.total(unit, shift) - first.total(unit, shift)
        return x if claim.parameters.get("signed") == "yes" else abs(x)

    swap = claim.parameters.get("signed") != "yes" and second.total(unit) < first.total(unit)
    a, b = (first, second) if swap else (second, first)
    outcome = against(claim, formula(), f"{a.written()} − {b.bracketed()}", ends=True)
    return loosened(claim, outcome, formula)


def ratio(claim: Claim) -> Outcome:
    """One side over the other: times as high, dose per surface, events per year."""
    top, bottom = two_sides(claim)

    def formula(shift: dict | None = None) -> Fraction:
        unit = top.cells[0].unit if top.cells[0].unit == bottom.cells[0].unit else None
        try:
            return top.total(unit, shift) / bottom.total(top.cells[0].unit, shift)
        except UnitsDiffer:  # mg over m2: the quotient has a unit of its own
            return top.total(None, shift) / bottom.total(None, shift)

    outcome = against(claim, formula(), f"{top.bracketed()} / {bottom.bracketed()}")
    return loosened(claim, outcome, formula)


def equality(claim: Claim) -> Outcome:
    """Compare one quantity in two or more places: numbers in one unit, or words."""
    places = [*claim.target, *claim.cells]
    if len(places) < 2:
        raise InvalidClaimError(f"{claim.where}: an equality needs two places")
    listed = "; ".join(
        f"{number(c)}{expression.unit_text(c.unit, c.number or Fraction(2))} ({place(c, claim.study)})"
        for c in places
    )
    others = ", ".join(dict.fromkeys(number(c) for c in claim.cells))
    if all(c.number is None for c in places):
        words = {c.text.replace("_", " ").lower() for c in places}
        verdict = rounding.REPRODUCED if len(words) == 1 else claim.mismatch(TEXT_AND_TABLE)
        return Outcome(verdict, others, listed)
    units = {c.unit for c in places} - expression.NEUTRAL
    values = [value(c, places[0].unit) for c in places]
    # A place with fewer digits agrees if it is the other one rounded.
    coarse = min(c.decimals for c in places)
    low, high = min(values), max(values)
    allowed = Fraction(claim.parameters.get("tolerance", "0"))
    if high - low <= allowed:
        return Outcome(rounding.REPRODUCED, others, listed)
    if len(units) > 1 and len({value(c) for c in places}) == 1:
        return Outcome(UNIT, others, f"{listed}: one number, different units")
    coarsest = [x for x, c in zip(values, places, strict=True) if c.decimals == coarse]
    judged = {rounding.judge(x, coarsest[0], coarse) for x in values}
    if len(set(coarsest)) == 1 and judged <= {rounding.REPRODUCED}:
        return Outcome(rounding.REPRODUCED, others, f"{listed}: equal after rounding")
    if len(set(coarsest)) == 1 and judged <= {rounding.REPRODUCED, rounding.TRUNCATED}:
        return Outcome(rounding.TRUNCATED, others, f"{listed}: equal after cutting digits off")
    return Outcome(
        claim.mismatch(TEXT_AND_TABLE),
        others,
        f"{listed}: they differ by {show(high - low, places[0].unit)}",
    )


def unit(claim: Claim) -> Outcome:
    """Compare the unit printed in one place with that in others; the numbers are left aside."""
    places = [*claim.target, *claim.cells]
    words = [c.unit or c.text for c in places]
    listed = "; ".join(f"{w} ({place(c, claim.study)})" for w, c in zip(words, places, strict=True))
    others = ", ".join(dict.fromkeys(words[1:]))
    if len(set(words)) == 1:
        return Outcome(rounding.REPRODUCED, others, listed)
    factor = ""
    sizes = [expression.SIZES.get(w) for w in dict.fromkeys(words)]
    if len(sizes) == 2 and sizes[0] and sizes[1] and sizes[0][0] == sizes[1][0]:
        larger, smaller = sorted((sizes[0][1], sizes[1][1]), reverse=True)
        factor = f": apart by a factor of {rounding.format_fraction(larger / smaller)}"
    return Outcome(claim.mismatch(UNIT), others, listed + factor)
