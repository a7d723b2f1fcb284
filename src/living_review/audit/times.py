"""Kinds about time: differences of dates as precise as they are printed, product-limit estimates."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from living_review.audit import rounding
from living_review.audit.claim import Claim, InvalidClaimError
from living_review.audit.expression import SIZES, Missing, convert, number, show, value
from living_review.audit.outcome import ARITHMETIC, Outcome, against, two_sides
from living_review.evidence.references import Cell
from living_review.stats.dates import date_bounds, format_date


def duration(claim: Claim) -> Outcome:
    """From one printed date to another, in the unit of the target.

    The nominal difference counts in the coarser of the two precisions (April 2010 to May 2013 is 37
    months). Where the printed number differs from it but some pair of days within the printed dates
    gives it, the verdict is ``rounding``.
    """
    first, second = two_sides(claim)
    cells = (first.cells[0], second.cells[0])
    spans = []
    for cell in cells:
        try:
            spans.append(date_bounds(cell.text))
        except ValueError as error:
            if cell.text.startswith(("not_", "ambiguous")):
                raise Missing(cell) from error
            raise InvalidClaimError(f"{claim.where}: {error}") from error
    goal = claim.goal()
    unit = goal.unit
    if unit not in SIZES or SIZES[unit][0] != "time":
        raise InvalidClaimError(
            f"{claim.where}: the target of a duration needs a unit of time, not {unit}"
        )
    (a0, a1, p), (b0, b1, q) = spans
    nominal = _nominal(a0, b0, p, q, unit)
    steps = f"{format_date(cells[0].text)} to {format_date(cells[1].text)}"
    outcome = against(claim, nominal, steps)
    if outcome.verdict in (rounding.REPRODUCED, rounding.TRUNCATED):
        return outcome
    low = convert(Fraction((b0 - a1).days), "day", unit)
    high = convert(Fraction((b1 - a0).days), "day", unit)
    days = (
        f"the days are not printed: {rounding.format_fraction(low)} to {show(high, unit)} is possible"
    )
    if p == q == "day":
        return outcome
    fits = rounding.possible(low, high, claim.printed(), claim.decimals)
    verdict = rounding.ROUNDING if fits else claim.mismatch(ARITHMETIC)
    return Outcome(verdict, outcome.recomputed, f"{outcome.arithmetic}; {days}")


def _nominal(a: date, b: date, p: str, q: str, unit: str) -> Fraction:
    months = Fraction((b.year - a.year) * 12 + b.month - a.month)
    if "year" in (p, q):
        return convert(Fraction(b.year - a.year), "year", unit)
    if "month" in (p, q):
        return convert(months, "month", unit)
    if unit in ("month", "year"):  # completed months, then days as a share of a month
        whole = months - (b.day < a.day)
        rest = b.day - a.day if b.day >= a.day else b.day - a.day + 30
        return convert(whole + Fraction(rest) / SIZES["month"][1], "month", unit)
    return convert(Fraction((b - a).days), "day", unit)


def product_limit(claim: Claim) -> Outcome:
    """Make a Kaplan-Meier estimate from the rows of ``events`` that the inputs name.

    ``quantity=median`` (default), ``lower`` or ``upper`` (limit of the median), or ``survival`` with
    ``at=`` and ``at_unit=``; ``reverse=yes`` for follow-up; ``events=all`` counts each as an event.
    """
    from living_review.stats import survival

    unit = claim.cells[0].unit or "day"
    times = [value(c, unit) for c in claim.cells]
    flags = []
    for cell in claim.cells:
        flag = cell.row.get("event", "")
        if claim.parameters.get("events") != "all" and flag not in ("0", "1"):
            raise Missing(Cell(cell.study, cell.table, "event", cell.row, cell.id))
        flags.append(1 if claim.parameters.get("events") == "all" else int(flag))
    if claim.parameters.get("reverse") == "yes":
        flags = [1 - f for f in flags]
    curve = survival.kaplan_meier([float(t) for t in times], flags)
    listed = ", ".join(
        number(c) + ("" if f else "+")
        for c, f in sorted(zip(claim.cells, flags, strict=True), key=lambda pair: value(pair[0], unit))
    )
    steps = f"Kaplan-Meier of {listed} {unit}s (+ censored)"
    quantity = claim.parameters.get("quantity", "median")
    if quantity == "survival":
        when = Fraction(claim.parameters["at"])
        when_there = convert(when, claim.parameters.get("at_unit", unit), unit)
        share = Fraction(str(survival.survival_at(curve, float(when_there))["survival"]))
        x = share * 100 if claim.goal().unit == "percent" else share
        return against(claim, x, f"{steps}: at {number_text(when)}")
    if quantity not in ("median", "lower", "upper"):
        raise InvalidClaimError(f"{claim.where}: quantity={quantity}: median, lower, upper or survival")
    found = survival.median(curve)
    x = {"median": found.value, "lower": found.lower, "upper": found.upper}[quantity]
    if x is None:
        verdict = claim.mismatch(ARITHMETIC)
        text = f"{steps}: {quantity} not reached; printed {number(claim.goal())}"
        return Outcome(verdict, "not reached", text)
    inside = convert(Fraction(str(x)), unit, claim.goal().unit)
    return against(claim, inside, f"{steps}: {quantity}", ends=True)


def number_text(x: Fraction) -> str:
    """Write a time given as a parameter."""
    return rounding.format_fraction(x)
