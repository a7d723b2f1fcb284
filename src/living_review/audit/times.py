"""Kinds about time: differences of dates as precise as they are printed, product-limit estimates."""

from __future__ import annotations

import math
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from living_review.audit import patterns, rounding
from living_review.audit.claim import Claim, InvalidClaimError
from living_review.audit.expression import SIZES, Missing, convert, number, show, value
from living_review.audit.outcome import (
    ARITHMETIC,
    NOT_CHECKABLE,
    Outcome,
    against,
    because,
    one_side,
    two_sides,
)
from living_review.evidence.codes import MISSING
from living_review.evidence.references import Cell
from living_review.stats.dates import date_bounds, format_date

Curve: TypeAlias = list[tuple[Fraction, Fraction]]  # as survival.product_limit returns it
HALF = Fraction(1, 2)


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
            if cell.text in MISSING:
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
    if outcome.fits:
        return outcome
    if p == q == "day":
        return _both_days(claim, outcome, nominal, steps)
    low = convert(Fraction((b0 - a1).days), "day", unit)
    high = convert(Fraction((b1 - a0).days), "day", unit)
    days = (
        f"the days are not printed: {rounding.format_fraction(low)} to {show(high, unit)} is possible"
    )
    fits = rounding.possible(low, high, claim.printed(), claim.decimals)
    verdict = rounding.ROUNDING if fits else claim.mismatch(ARITHMETIC)
    return Outcome(verdict, outcome.recomputed, f"{outcome.arithmetic}; {days}")


def _both_days(claim: Claim, outcome: Outcome, nominal: Fraction, steps: str) -> Outcome:
    """Count the first and the last day, as durations of treatment often are: end - start + 1."""
    day = convert(Fraction(1), "day", claim.goal().unit)
    counted = against(claim, nominal + day, f"{steps}, both days counted,")
    return counted if counted.fits else outcome


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
    Where the curve runs at exactly one half, both usual medians are tried: the start of that step, and
    its middle (R, SAS). ``times=any``: the input is the number of patients alone; does any order of
    deaths and censorings give the printed survival? With two targets, the limits of a median without
    censoring: which of the sorted times they are, and whether there are such limits at all.
    """
    from living_review.stats import survival

    if claim.parameters.get("times") == "any":
        return _some_limits(claim) if len(claim.target) == 2 else _some_order(claim)
    quantity = claim.parameters.get("quantity", "median")
    if quantity not in ("median", "lower", "upper", "survival"):
        raise InvalidClaimError(f"{claim.where}: quantity={quantity}: median, lower, upper or survival")
    if quantity == "survival" and "at" not in claim.parameters:
        raise InvalidClaimError(f"{claim.where}: quantity=survival needs at=")
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
    curve = survival.product_limit(times, flags)
    listed = ", ".join(
        number(c) + ("" if f else "+")
        for c, f in sorted(zip(claim.cells, flags, strict=True), key=lambda pair: value(pair[0], unit))
    )
    steps = f"Kaplan-Meier of {listed} {unit}s (+ censored)"
    if quantity == "survival":
        return _survival(claim, curve, steps, unit)
    x: Fraction | None
    if quantity == "median":
        x = next((time for time, share in curve if share <= HALF), None)
    else:  # limits are computed in floating point
        found = survival.median(survival.kaplan_meier([float(t) for t in times], flags))
        limit = {"lower": found.lower, "upper": found.upper}[quantity]
        x = None if limit is None else Fraction(str(limit))
    if x is None:
        verdict = claim.mismatch(ARITHMETIC)
        text = f"{steps}: {quantity} not reached; printed {number(claim.goal())}"
        return Outcome(verdict, "not reached", text)
    outcome = _inside(claim, x, unit, f"{steps}: {quantity}")
    middle = _middle(curve) if quantity == "median" else None
    if middle is None or outcome.fits:
        return outcome
    other = _inside(claim, middle, unit, f"{steps}: median, middle of the step at one half")
    return other if other.fits else outcome


def _inside(claim: Claim, x: Fraction, unit: str, steps: str) -> Outcome:
    return against(claim, convert(x, unit, claim.goal().unit), steps)


def _middle(curve: Curve) -> Fraction | None:
    """Return the middle of the step at exactly one half; None without one that ends in an event."""
    half = [time for time, share in curve if share == HALF]
    below = [time for time, share in curve if share < HALF]
    return (half[0] + below[0]) / 2 if half and below else None


def _survival(claim: Claim, curve: Curve, steps: str, unit: str) -> Outcome:
    when = Fraction(claim.parameters["at"])
    when_there = convert(when, claim.parameters.get("at_unit", unit), unit)
    last, left = curve[-1]
    if when_there > last and left > 0:
        seen = rounding.format_fraction(last)
        return Outcome(NOT_CHECKABLE, "", f"{steps}: nobody was followed beyond {seen} {unit}s")
    share = next((share for time, share in reversed(curve) if time <= when_there), Fraction(1))
    x = share * 100 if claim.goal().unit == "percent" else share
    return against(claim, x, f"{steps}: at {rounding.format_fraction(when)}")


def _some_order(claim: Claim) -> Outcome:
    """Check whether some order of deaths and censorings gives a survival (GRIM for Kaplan-Meier)."""
    size = one_side(claim).total()
    goal = claim.goal()
    if goal.unit != "percent" or claim.limit:
        raise InvalidClaimError(f"{claim.where}: times=any needs a printed percentage as target")
    found = patterns.survivals_giving(goal.text, int(size))
    if not found:
        text = f"no order of deaths and censorings among {size} patients gives {goal.text}%"
        return Outcome(claim.mismatch(ARITHMETIC), "", text)
    factors = " × ".join(f"{r - 1}/{r}" for r in found[0])
    x = math.prod((Fraction(r - 1, r) for r in found[0]), start=Fraction(1)) * 100
    others = "no other order" if len(found) == 1 else f"{len(found) - 1} other orders"
    outcome = against(claim, x, factors or "nobody died")
    gives = "gives" if len(found) == 1 else "give"
    return because(outcome, f"{others} of deaths and censorings {gives} it")


def _some_limits(claim: Claim) -> Outcome:
    """Check which of n sorted, uncensored times are the limits of their median by usual methods."""
    from living_review.bounds import order_statistics

    size = one_side(claim).total()
    low, high = (value(cell) for cell in claim.target)
    places: dict[tuple[int, int], list[str]] = {}
    for method in order_statistics.INTERVAL_METHODS:
        ranks = order_statistics.interval_ranks(int(size), method)
        if ranks.lower and ranks.upper:
            places.setdefault((ranks.lower, ranks.upper), []).append(method)
    printed = f"printed {number(claim.target[0])} to {number(claim.target[1])}"
    if not places or low > high:
        text = f"the median of {size} times has no such limits; {printed}"
        return Outcome(claim.mismatch(ARITHMETIC), "", text)
    shown = ", or ".join(f"{a} and {b} ({', '.join(m)})" for (a, b), m in places.items())
    text = f"numbers {shown} of {size} sorted times; {printed}"
    return Outcome(rounding.REPRODUCED, "possible", text)
