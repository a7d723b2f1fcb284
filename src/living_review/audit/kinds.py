"""What each kind of claim computes: exact value in, verdict and written arithmetic out."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from living_review.audit import expression, rounding
from living_review.audit.claim import Claim, ClaimFault
from living_review.audit.expression import Missing, Side, UnitsDiffer, number, show, value

ARITHMETIC = "arithmetic error"
TEXT_AND_TABLE = "text and table disagree"
UNIT = "unit conflict"
NOT_CHECKABLE = "not checkable"


@dataclass(frozen=True)
class Outcome:
    """What the computation says, before it is compared with the accepted verdict."""

    verdict: str
    recomputed: str
    arithmetic: str
    explained_by: str = ""


Kind = Callable[[Claim], Outcome]


def compute(claim: Claim) -> Outcome:
    """Compute a claim; a missing input makes it not checkable, a unit that differs in kind a conflict.

    Raises
    ------
    ClaimFault
        If the claim does not have the inputs or the target that its kind needs.
    """
    try:
        return KINDS[claim.kind](claim)
    except Missing as missing:
        return Outcome(claim.mismatch(NOT_CHECKABLE), "", str(missing))
    except UnitsDiffer as units:
        return Outcome(UNIT, "", f"units do not convert: {units}")
    except ZeroDivisionError:
        return Outcome(NOT_CHECKABLE, "", "the denominator is nought")


def scaled(claim: Claim, x: Fraction) -> Fraction:
    """Apply ``scale=``: a factor between the computed and the printed quantity (1000, 1/100)."""
    return x * Fraction(claim.parameters.get("scale", "1"))


def against(claim: Claim, x: Fraction, steps: str, *, ends: bool = False) -> Outcome:
    """Compare an exact value with the printed one.

    Parameters
    ----------
    claim : Claim
        Its target is the printed number.
    x : Fraction
        The recomputed value in the unit of the target.
    steps : str
        The arithmetic so far, up to the equals sign.
    ends : bool
        Whether a value that ends at the printed digits leaves rounding no room: a total of whole
        numbers that is off by one is an error and not a rounding.
    """
    goal = claim.goal()
    printed, decimals = claim.printed(), claim.decimals
    x = scaled(claim, x)
    verdict = rounding.judge(x, printed, decimals)
    exact_here = (x * 10**decimals).denominator == 1
    if verdict == rounding.ROUNDING and ends and exact_here:
        verdict = None
    convention = "truncation" if verdict == rounding.TRUNCATED else "half up"
    shown = f"{rounding.rounded(x, decimals, convention):f}".replace("-", "−")
    if exact_here:
        shown = rounding.written(x)
    if verdict == rounding.REPRODUCED and Fraction(rounding.rounded(x, decimals)) != printed:
        shown = f"{rounding.rounded(x, decimals, 'half even'):f}"
    unit = expression.unit_text(goal.unit, x)
    arithmetic = f"{steps} = {rounding.written(x)}"
    arithmetic += "" if exact_here else f" → {shown}"
    arithmetic += unit
    if verdict not in (rounding.REPRODUCED, rounding.TRUNCATED):
        arithmetic += f"; printed {number(goal)}{expression.unit_text(goal.unit, printed)}"
    return Outcome(verdict or claim.mismatch(ARITHMETIC), shown + unit, arithmetic)


def _loosened(claim: Claim, outcome: Outcome, formula: Callable[[dict], Fraction]) -> Outcome:
    """With ``rounded=yes``: a difference that unrounded inputs could make is *rounding*."""
    fine = (rounding.REPRODUCED, rounding.TRUNCATED)
    if claim.parameters.get("rounded") != "yes" or outcome.verdict in fine:
        return outcome
    values = [scaled(claim, formula(shift)) for shift in expression.corners(claim.cells)]
    low, high = min(values), max(values)
    span = f"inputs before rounding give {rounding.written(low)} to {rounding.written(high)}"
    within = rounding.possible(low, high, claim.printed(), claim.decimals)
    verdict = rounding.ROUNDING if within else outcome.verdict
    return Outcome(verdict, outcome.recomputed, f"{outcome.arithmetic}; {span}", outcome.explained_by)


def _two(claim: Claim) -> tuple[Side, Side]:
    """Return the two sides of a claim; two plain references need no separator."""
    if len(claim.sides) == 2:
        return claim.sides[0], claim.sides[1]
    cells = claim.cells
    if len(claim.sides) == 1 and len(cells) == 2:
        return Side((("+", (cells[0],)),)), Side((("+", (cells[1],)),))
    raise ClaimFault(f"{claim.where}: kind {claim.kind} needs two inputs, or two sides around / or to")


def percentage(claim: Claim) -> Outcome:
    """Part over whole in percent: ``part / whole``, each side a sum or difference.

    ``count=any``: only the whole is known; is there a whole number of cases that gives the
    percentage (GRIM)? With several printed percentages as inputs and ``n=any``, the smallest number
    of cases that gives all of them.
    """
    if claim.parameters.get("count") == "any":
        return _percentage_of_some_count(claim)
    part, whole = _two(claim)
    top, bottom = part.total(), whole.total()
    steps = f"{part.bracketed()} / {whole.bracketed()} × 100"
    outcome = against(claim, top / bottom * 100, steps)
    if outcome.verdict in (rounding.REPRODUCED, rounding.TRUNCATED):
        return outcome
    return _because(outcome, _other_counts(claim, top, bottom))


def _because(outcome: Outcome, *reasons: str) -> Outcome:
    text = "; ".join(r for r in reasons if r)
    return Outcome(outcome.verdict, outcome.recomputed, outcome.arithmetic, text)


def _other_counts(claim: Claim, top: Fraction, bottom: Fraction) -> str:
    """Say which count or which denominator near at hand would give the printed percentage."""
    from living_review.audit import search

    printed, found = claim.goal().text, []
    if "round up" in rounding.fitting(top / bottom * 100, claim.printed(), claim.decimals):
        found.append("rounding up at any rest gives the printed value")
    counts = search.counts_giving(printed, int(bottom)) if bottom.denominator == 1 else []
    if counts and int(top) not in counts:
        found.append(f"{_some(counts)} of {bottom} would give it")
    wholes = search.denominators_giving(printed, int(top), 4 * int(bottom)) if top else []
    if wholes:
        found.append(f"{top} of {_some(wholes)} would give it")
    return "; ".join(found)


def _some(numbers: list[int], most: int = 4) -> str:
    texts = [str(n) for n in numbers[:most]] + ["…"] * (len(numbers) > most)
    return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " or " + texts[-1]


def _percentage_of_some_count(claim: Claim) -> Outcome:
    from living_review.audit import search

    goal = claim.goal()
    if claim.parameters.get("n") == "any":
        texts = list(dict.fromkeys([goal.text, *(c.text for c in claim.cells)]))
        for cell in (goal, *claim.cells):
            value(cell)
        sizes = search.common_denominators(texts, 1000)
        joint = f"{' and '.join(t + '%' for t in texts)}: smallest n that gives "
        joint += ("all " if len(texts) > 1 else "it ") + (
            f"is {sizes[0]}" if sizes else "is above 1000"
        )
        if sizes:
            joint += ": " + ", ".join(
                f"{search.counts_giving(t, sizes[0])[0]} / {sizes[0]} = {t}%" for t in texts
            )
        return Outcome(claim.mismatch(NOT_CHECKABLE), "", joint, joint)
    whole = claim.sides[0].total()
    counts = search.counts_giving(goal.text, int(whole))
    if counts:
        x = Fraction(100 * counts[0]) / whole
        return against(claim, x, f"{counts[0]} / {claim.sides[0].bracketed()} × 100")
    near = min(range(int(whole) + 1), key=lambda k: abs(Fraction(100 * k) / whole - claim.printed()))
    outcome = against(claim, Fraction(100 * near) / whole, f"{near} / {whole} × 100")
    return _because(
        outcome,
        f"no whole number of {whole} gives {goal.text}%: the nearest is {near}",
    )


def sum_(claim: Claim) -> Outcome:
    """A total of its parts, exactly; parts may be subtracted or multiplied."""
    side = _one(claim)
    return against(claim, side.total(_unit(claim)), side.written(), ends=True)


def _one(claim: Claim) -> Side:
    if len(claim.sides) != 1:
        raise ClaimFault(f"{claim.where}: kind {claim.kind} takes references, no separator")
    return claim.sides[0]


def _unit(claim: Claim) -> str | None:
    """Return the unit to compute in: that of the target, else that of the first input."""
    return (claim.target[0].unit if claim.target else None) or claim.cells[0].unit


def _list(claim: Claim) -> list[Fraction]:
    unit = _unit(claim)
    return [value(cell, unit) for cell in claim.cells]


def _middle(values: list[Fraction]) -> Fraction:
    return Fraction(statistics.median(values))


def median(claim: Claim) -> Outcome:
    """The middle of listed values; for an even number the middle of the two in the middle."""
    values = sorted(_list(claim))
    steps = f"median of {', '.join(map(rounding.written, values))}"
    outcome = against(claim, _middle(values), steps, ends=True)
    return _explained_by_subset(claim, outcome, "median")


def mean(claim: Claim) -> Outcome:
    """The arithmetic mean of listed values."""
    values = _list(claim)
    steps = f"({' + '.join(map(rounding.written, values))}) / {len(values)}"
    outcome = against(claim, sum(values, Fraction(0)) / len(values), steps)
    return _explained_by_subset(claim, outcome, "mean")


def _explained_by_subset(claim: Claim, outcome: Outcome, statistic: str) -> Outcome:
    from living_review.audit import search

    if outcome.verdict in (rounding.REPRODUCED, rounding.TRUNCATED) or len(claim.cells) > 24:
        return outcome
    found = search.subsets_giving(_list(claim), claim.goal().text, statistic, most_left_out=4)
    if not found:
        return outcome
    out = found[0].left_out
    names = " and ".join(
        f"{cell.row.get('patient', cell.id)} ({number(cell)})" for cell in (claim.cells[i] for i in out)
    )
    text = f"exactly the {statistic} without {names}"
    values = _list(claim)
    if len(found) > 1:
        smallest = sorted(values[i] for i in out) == sorted(values)[: len(out)]
        text += ", the smallest" if smallest else ""
        text += f"; {len(found)} ways to leave {len(out)} out give it, fewer left out none"
    return _because(outcome, text)


def range_(claim: Claim) -> Outcome:
    """The smallest and the largest of listed values; target: two cells, or one and ``end=``."""
    values = sorted(_list(claim))
    ends = {"minimum": values[0], "maximum": values[-1], "width": values[-1] - values[0]}
    steps = f"smallest {rounding.written(values[0])}, largest {rounding.written(values[-1])}"
    if end := claim.parameters.get("end"):
        if end not in ends:
            raise ClaimFault(f"{claim.where}: end={end}; there are: {', '.join(ends)}")
        return against(claim, ends[end], f"{steps}; {end}", ends=True)
    if len(claim.target) != 2:
        raise ClaimFault(f"{claim.where}: a range needs two target cells, or end=minimum or maximum")
    printed = [value(c) for c in claim.target]
    verdicts = [
        rounding.judge(x, p, c.decimals)
        for x, p, c in zip((values[0], values[-1]), printed, claim.target, strict=True)
    ]
    shown = f"{rounding.written(values[0])} to {rounding.written(values[-1])}"
    if all(v == rounding.REPRODUCED for v in verdicts):
        return Outcome(rounding.REPRODUCED, shown, f"{steps} of {len(values)}")
    both = " to ".join(number(c) for c in claim.target)
    inexact = all(v and v != rounding.ROUNDING for v in verdicts)
    verdict = rounding.TRUNCATED if inexact else claim.mismatch(ARITHMETIC)
    return Outcome(verdict, shown, f"{steps} of {len(values)}; printed {both}")


def change(claim: Claim) -> Outcome:
    """From before to after, in percent of before: ``before to after``, each side may be a product.

    The sign of the change is compared only if the printed number has one; ``direction=decrease`` or
    ``increase`` says what the paper calls it; ``remaining=yes`` compares what is left instead.
    """
    before, after = _two(claim)
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
    outcome = _loosened(claim, against(claim, formula(), steps), formula)
    if outcome.verdict in (rounding.REPRODUCED, rounding.TRUNCATED):
        return outcome
    return _because(outcome, _other_change(claim, before.total(unit), after.total(unit)))


def _other_change(claim: Claim, old: Fraction, new: Fraction) -> str:
    """Say which other reading of the same two numbers gives the printed percentage."""
    readings = {
        "rounding up at any rest gives it": (None, Fraction(0)),
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
    first, second = _two(claim)
    unit = _unit(claim)

    def formula(shift: dict | None = None) -> Fraction:
        x = second.total(unit, shift) - first.total(unit, shift)
        return x if claim.parameters.get("signed") == "yes" else abs(x)

    swap = claim.parameters.get("signed") != "yes" and second.total(unit) < first.total(unit)
    a, b = (first, second) if swap else (second, first)
    outcome = against(claim, formula(), f"{a.written()} − {b.bracketed()}", ends=True)
    return _loosened(claim, outcome, formula)


def ratio(claim: Claim) -> Outcome:
    """One side over the other: times as high, dose per surface, events per year."""
    top, bottom = _two(claim)

    def formula(shift: dict | None = None) -> Fraction:
        unit = top.cells[0].unit if top.cells[0].unit == bottom.cells[0].unit else None
        try:
            return top.total(unit, shift) / bottom.total(top.cells[0].unit, shift)
        except UnitsDiffer:  # mg over m2: the quotient has a unit of its own
            return top.total(None, shift) / bottom.total(None, shift)

    outcome = against(claim, formula(), f"{top.bracketed()} / {bottom.bracketed()}")
    return _loosened(claim, outcome, formula)


def equality(claim: Claim) -> Outcome:
    """The same quantity in two or more places: numbers in one unit, or words."""
    places = [*claim.target, *claim.cells]
    if len(places) < 2:
        raise ClaimFault(f"{claim.where}: an equality needs two places")
    listed = "; ".join(
        f"{number(c)}{' ' + c.unit if c.unit else ''} ({c.locator or c.table})" for c in places
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
    return Outcome(claim.mismatch(TEXT_AND_TABLE), others, f"{listed}: {_apart(low, high)}")


def _apart(low: Fraction, high: Fraction) -> str:
    return f"they differ by {show(high - low)}"


def unit(claim: Claim) -> Outcome:
    """The unit printed in one place against the unit in others; the numbers are not compared."""
    places = [*claim.target, *claim.cells]
    words = [c.unit or c.text for c in places]
    listed = "; ".join(f"{w} ({c.locator or c.table})" for w, c in zip(words, places, strict=True))
    others = ", ".join(dict.fromkeys(words[1:]))
    if len(set(words)) == 1:
        return Outcome(rounding.REPRODUCED, others, listed)
    factor = ""
    sizes = [expression.SIZES.get(w) for w in dict.fromkeys(words)]
    if len(sizes) == 2 and sizes[0] and sizes[1] and sizes[0][0] == sizes[1][0]:
        larger, smaller = sorted((sizes[0][1], sizes[1][1]), reverse=True)
        factor = f": apart by a factor of {rounding.written(larger / smaller)}"
    return Outcome(claim.mismatch(UNIT), others, listed + factor)


def _statement(claim: Claim) -> Outcome:
    from living_review.audit import statements

    return statements.statement(claim)


def _duration(claim: Claim) -> Outcome:
    from living_review.audit import times

    return times.duration(claim)


def _product_limit(claim: Claim) -> Outcome:
    from living_review.audit import times

    return times.product_limit(claim)


def _test(claim: Claim) -> Outcome:
    from living_review.audit import pvalues

    return pvalues.test(claim)


KINDS: dict[str, Kind] = {
    "percentage": percentage,
    "sum": sum_,
    "median": median,
    "mean": mean,
    "range": range_,
    "change": change,
    "difference": difference,
    "duration": _duration,
    "ratio": ratio,
    "product_limit": _product_limit,
    "test": _test,
    "equality": equality,
    "unit": unit,
    "statement": _statement,
}
