"""Kinds about two sides: change, difference, ratio, equality, unit."""

from __future__ import annotations

from fractions import Fraction

from living_review.audit import expression, rounding
from living_review.audit.claim import Claim, InvalidClaimError
from living_review.audit.expression import Limit, UnitsDiffer, number, place, show, value
from living_review.audit.outcome import (
    TEXT_AND_TABLE,
    UNIT,
    Outcome,
    against,
    because,
    loosened,
    settled,
    two_sides,
    working_unit,
)
from living_review.evidence.references import Cell


def change(claim: Claim) -> Outcome:
    """From before to after, in percent of before: ``before to after``, each side may be a product.

    The sign of the change is compared only if the printed number has one; ``direction=decrease`` or
    ``increase`` says what the paper calls it (a decrease may be printed with or without its minus);
    ``remaining=yes`` compares what is left instead. From below zero, *in percent of before* is of its
    size: −10 to −5 is a rise of 50%.
    """
    before, after = two_sides(claim)
    direction = claim.parameters.get("direction")
    sign = -1 if direction == "decrease" else 1
    unit = before.cells[0].unit if len(before.cells) == 1 else None

    def formula(shift: dict | None = None) -> Fraction:
        old, new = before.total(unit, shift), after.total(unit, shift)
        if claim.parameters.get("remaining") == "yes":
            return new / old * 100
        x = (new - old) / abs(old) * 100
        if claim.printed() < 0:
            return abs(x) if direction == "increase" else x  # a rise is not printed with a minus
        return sign * x if direction else abs(x)

    if claim.parameters.get("remaining") == "yes":
        steps = f"{after.bracketed()} / {before.bracketed()} × 100"
    else:
        falls = after.total(unit) < before.total(unit)
        as_decrease = direction == "decrease" or (not direction and falls and claim.printed() >= 0)
        first, second = (before, after) if as_decrease else (after, before)
        base = before.bracketed() if before.total(unit) > 0 else f"|{before.written()}|"
        steps = f"({first.written()} − {second.bracketed()}) / {base} × 100"
    outcome = loosened(claim, against(claim, formula(), steps), formula)
    if settled(claim, outcome):
        return outcome
    return because(outcome, _other_change(claim, formula(), before.total(unit), after.total(unit)))


def _other_change(claim: Claim, x: Fraction, old: Fraction, new: Fraction) -> str:
    """State which other reading of the same two numbers gives the printed percentage."""
    printed, decimals = claim.printed(), claim.decimals
    if "round up" in rounding.fitting(x, printed, decimals):
        return "always rounding up gives it"
    if rounding.judge(-x, printed, decimals):
        return f"the size is right, but it is a {'rise' if new > old else 'fall'}"
    readings = {
        "it is what remains, not what was lost": new / old * 100,
        "it is the change in percent of the later value": abs(new - old) / new * 100 if new else None,
        "it is the plain difference": abs(new - old),
        "it is the change of a side if the areas are squares": (
            abs(1 - Fraction(float(new / old) ** 0.5)) * 100 if new > 0 and old > 0 else None
        ),
    }
    for text, y in readings.items():
        if y is not None and Fraction(rounding.rounded(y, decimals)) == abs(printed):
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
    outcome = against(claim, formula(), f"{a.written()} − {b.bracketed()}")
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
    """Compare one quantity in two or more places: numbers in one unit, or words.

    A place that is printed more coarsely agrees if it is the other one rounded. A coarser unit of time
    agrees if the finer number is the same time by a usual calendar (365 days, 52 weeks or 12 months are
    a year); if only rounding to the coarser unit makes them one (13 months, 1 year) it is *rounding*.
    ``else=rounding`` allows for one unit in the last place: one quantity, rounded in two ways.
    """
    places = [*claim.target, *claim.cells]
    if len(places) < 2:
        raise InvalidClaimError(f"{claim.where}: an equality needs two places")
    listed = "; ".join(
        f"{number(c)}{expression.unit_text(c.unit, c.number or Fraction(2))} ({place(c, claim.study)})"
        for c in places
    )
    others = ", ".join(dict.fromkeys(number(c) for c in claim.cells))
    limits = [limit for c in places if (limit := expression.limit(c))]
    if limits and all(c.number is not None or expression.limit(c) for c in places):
        fits = _limits_fit(limits, [value(c) for c in places if c.number is not None])
        return Outcome(rounding.REPRODUCED if fits else _differ(claim), others, listed)
    if all(c.number is None for c in places):
        words = {c.text.replace("_", " ").lower() for c in places}
        return Outcome(rounding.REPRODUCED if len(words) == 1 else _differ(claim), others, listed)
    units = {c.unit for c in places} - expression.NEUTRAL
    values = [value(c, places[0].unit) for c in places]
    low, high = min(values), max(values)
    if high - low <= Fraction(claim.parameters.get("tolerance", "0")):
        return Outcome(rounding.REPRODUCED, others, listed)
    if len(units) > 1 and len({value(c) for c in places}) == 1:
        return Outcome(UNIT, others, f"{listed}: one number, different units")
    coarse = max(places, key=expression.step)
    found = {_agreement(c, coarse) for c in places}
    for verdict, how in HOW_EQUAL.items():
        if None not in found and verdict in found:
            return Outcome(verdict, others, f"{listed}: {how}")
    text = f"{listed}: they differ by {show(high - low, places[0].unit)}"
    if claim.parameters.get("else") == "rounding" and high - low <= Fraction(1, 10**coarse.decimals):
        return Outcome(rounding.ROUNDING, others, text)
    return Outcome(_differ(claim), others, text)


HOW_EQUAL = {  # the weakest agreement among the places is the verdict
    rounding.ROUNDING: "equal only if rounded to the coarser unit",
    rounding.TRUNCATED: "equal after cutting digits off",
    rounding.REPRODUCED: "equal after rounding",
}


def _differ(claim: Claim) -> str:
    expected = claim.mismatch(TEXT_AND_TABLE)
    return TEXT_AND_TABLE if expected == rounding.ROUNDING else expected


def _limits_fit(limits: list[Limit], numbers: list[Fraction]) -> bool:
    """Whether numbers keep all limits, and the limits allow a number at all."""
    uppers = [limit.bound for limit in limits if limit.is_upper]
    lowers = [limit.bound for limit in limits if not limit.is_upper]
    possible = not uppers or not lowers or max(lowers) < min(uppers)
    return possible and all(limit.holds(x) for limit in limits for x in numbers)


def _agreement(cell: Cell, coarse: Cell) -> str | None:
    """State how a number agrees with a more coarsely printed one; None if it does not."""
    printed, decimals = value(coarse), coarse.decimals
    rounded = rounding.judge(value(cell, coarse.unit), printed, decimals)
    units = (str(coarse.unit), str(cell.unit))
    if units[0] == units[1] or {expression.SIZES.get(u, ("",))[0] for u in units} != {"time"}:
        return rounded
    for days in expression.calendars(*units):
        x = printed * days[units[0]] / days[units[1]]
        if rounding.judge(x, value(cell), cell.decimals) == rounding.REPRODUCED:
            return rounding.REPRODUCED
    return rounding.ROUNDING if rounded == rounding.REPRODUCED else None


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
