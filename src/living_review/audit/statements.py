"""A small language for statements that can be computed: a rule, its inputs and at most one word.

No rule means that a reader judged the statement; the verdict is then the accepted one and is shown
as judged by reading. Rules never evaluate text: the names below are all there are.
"""

from __future__ import annotations

import itertools
import operator
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from living_review.audit import expression, rounding, wording
from living_review.audit.claim import Claim, InvalidClaimError
from living_review.audit.expression import Missing, number, place, show, value
from living_review.audit.outcome import TEXT_AND_TABLE, Outcome
from living_review.evidence.codes import AMBIGUOUS, MISSING, NOT_REPORTED
from living_review.evidence.references import Cell

COMPARISONS = {
    "at_most": operator.le,
    "at_least": operator.ge,
    "less_than": operator.lt,
    "more_than": operator.gt,
    "equal": operator.eq,
}
RULES = {
    "all_equal": "every input is the word or number of value=",
    "none_equal": "no input is the word or number of value=",
    "same": "all inputs are alike",
    "differ": "the inputs are not all alike",
    "count": "as many inputs are value= (or are known at all) as the target says; is= for at_least …",
    "most": "more than half of the inputs are value=",
    "at_most": "every input is at most the target (or value=)",
    "at_least": "every input is at least the target (or value=)",
    "less_than": "every input is less than the target (or value=)",
    "more_than": "every input is more than the target (or value=)",
    "between": "every input lies between the two target cells, ends included",
    "largest": "the target is at least as large as every input",
    "smallest": "the target is at most as large as every input",
    "increasing": "each input is at least the one before",
    "decreasing": "each input is at most the one before",
    "known": "no input is missing",
    "missing": "every input is missing",
    "sum_at_most": "the inputs add up to at most the target",
}


def statement(claim: Claim) -> Outcome:
    """Compute a statement by its rule, or show the places side by side for a reader's judgement."""
    rule = claim.parameters.get("rule")
    if rule is None:
        verdict = claim.row["verdict"]
        return Outcome(verdict, "", side_by_side([*claim.target, *claim.cells], claim.study))
    if rule not in RULES:
        raise InvalidClaimError(f"{claim.where}: rule={rule}; there are: {', '.join(RULES)}")
    cells = claim.cells
    if claim.parameters.get("missing") == "ignore":
        cells = [c for c in cells if c.text not in ("not_reported", "not_applicable")]
    holds, recomputed, text = _apply(claim, rule, cells)
    verdict = rounding.REPRODUCED if holds else claim.mismatch(TEXT_AND_TABLE)
    return Outcome(verdict, recomputed, text)


def side_by_side(cells: list[Cell], home: str) -> str:
    """Write the printed fragments with their places, each once.

    Parameters
    ----------
    cells : list of Cell
        The cells that print them.
    home : str
        The study whose name is left out.

    Returns
    -------
    str
        Fragments in their order, each with its locator.
    """
    places = dict.fromkeys(f"“{c.printed}” ({place(c, home)})" for c in cells)
    return "; ".join(places)


def _is(cell: Cell, words: str) -> bool:
    for word in words.split("|"):
        try:
            if cell.number is not None and cell.number == Fraction(Decimal(word)):
                return True
        except InvalidOperation:
            pass
        if cell.text.replace("_", " ").lower() == word.replace("_", " ").lower():
            return True
    return False


def _word(claim: Claim) -> str:
    if "value" not in claim.parameters:
        raise InvalidClaimError(f"{claim.where}: rule={claim.parameters['rule']} needs value=")
    return claim.parameters["value"]


def _bound(claim: Claim, unit: str | None) -> tuple[Fraction, str]:
    if "value" in claim.parameters:
        bound = Fraction(claim.parameters["value"])
        return bound, show(bound, None if unit == "score" else unit)
    if not claim.target:
        raise InvalidClaimError(
            f"{claim.where}: rule={claim.parameters['rule']} needs a target or value="
        )
    return value(claim.goal()), wording.format_amount(claim.goal())


def _apply(claim: Claim, rule: str, cells: list[Cell]) -> tuple[bool, str, str]:
    if rule in ("all_equal", "none_equal", "count", "most"):
        return _counting(claim, rule, cells)
    if rule in ("known", "missing"):
        gone = [c for c in cells if c.text in MISSING]
        places = f"{len(gone)} of {len(cells)} places" if len(cells) > 1 else ""
        text = f"not reported{' in ' * bool(places)}{places}" if gone else "reported"
        return (not gone if rule == "known" else len(gone) == len(cells)), text, text
    shown = ", ".join(map(number, cells))
    if rule in ("same", "differ"):
        alike = len({c.text.lower() for c in cells}) == 1
        words = wording.join_words([wording.format_compared(c) for c in cells])
        text = f"{words} are {'' if alike else 'not '}the same"
        return alike == (rule == "same"), shown, text
    unit = _unit_of(claim, cells)
    values = [_known(c, unit, rule) for c in cells]
    if rule in ("increasing", "decreasing"):
        pairs = itertools.pairwise(values)
        holds = all(a <= b if rule == "increasing" else a >= b for a, b in pairs)
        never = "falls" if rule == "increasing" else "rises"
        listed = ", then ".join(wording.format_amounts(cells))
        return holds, shown, f"{listed}: it {'never ' * holds}{never}"
    if rule == "between":
        return _between(claim, cells, unit)
    if rule == "sum_at_most":
        bound, written = _bound(claim, unit)
        total = sum(values, Fraction(0))
        holds = total <= bound
        how = wording.relation("at_most", total, bound, holds=holds).removeprefix("is ")
        return holds, show(total), f"{_sum(cells)}{show(total)}, {how} {written}"
    if rule in ("largest", "smallest"):
        extreme = max(values) if rule == "largest" else min(values)
        goal = claim.goal()
        bound = value(goal, unit)
        holds = bound >= extreme if rule == "largest" else bound <= extreme
        is_one = bound in values and holds
        how = f"the {rule} of" if is_one else f"{'' if holds else 'not '}the {rule}, beside"
        found = number(goal) if holds else show(extreme)
        return holds, found, f"{wording.format_described(goal)} is {how} {wording.format_list(cells)}"
    test = COMPARISONS[rule]
    if len(claim.sides) == 2:
        holds = test(*(side.total(unit) for side in claim.sides))
        return holds, *wording.format_comparison(rule, claim.sides, unit, holds=holds)
    bound, written = _bound(claim, unit)
    wrong = [c for c, x in zip(cells, values, strict=True) if not test(x, bound)]
    for cell in wrong:  # a limit on the other side of the bound leaves it open
        if expression.limit(cell):
            raise Missing(cell)
    text = wording.format_bound(rule, cells, wrong, bound, written)
    right = f"{len(cells) - len(wrong)} of {len(cells)}"
    return not wrong, number(cells[0]) if len(cells) == 1 else right, text


def _known(cell: Cell, unit: str | None, rule: str) -> Fraction:
    """Return a number, or the bound of a printed limit where a rule asks for no more (<0.001)."""
    found = expression.limit(cell)
    asks = ("at_most", "less_than") if found and found.is_upper else ("at_least", "more_than")
    return found.bound if found and rule in asks else value(cell, unit)


def _sum(cells: list[Cell]) -> str:
    return f"{' + '.join(number(c) for c in cells)} = " if len(cells) > 1 else ""


def _between(claim: Claim, cells: list[Cell], unit: str | None) -> tuple[bool, str, str]:
    if len(claim.target) != 2:
        raise InvalidClaimError(f"{claim.where}: rule=between needs two target cells")
    low, high = (value(c, unit) for c in claim.target)
    outside = [c for c in cells if not low <= value(c, unit) <= high]
    limits = " to ".join(wording.format_amounts(claim.target))
    reported = outside or cells
    where = "outside" if outside else "within"
    verb = "is" if len(reported) == 1 else "are"
    text = f"{wording.join_words(wording.format_amounts(reported))} {verb} {where} {limits}"
    some = f"{len(outside)} of {len(cells)} " if outside and len(cells) > 1 else ""
    return not outside, some + where, text


def _unit_of(claim: Claim, cells: list[Cell]) -> str | None:
    units = [c.unit for c in (*claim.target, *cells) if c.unit]
    return units[0] if units else None


def _counting(claim: Claim, rule: str, cells: list[Cell]) -> tuple[bool, str, str]:
    word = claim.parameters.get("value")
    if rule != "count":
        word = _word(claim)
    if word is None:
        hits = [c for c in cells if c.text not in MISSING]
    else:
        unknown = [c for c in cells if c.text in (NOT_REPORTED, AMBIGUOUS) and not _is(c, word)]
        if unknown and claim.parameters.get("missing") is None and rule != "count":
            raise Missing(unknown[0])
        hits = [c for c in cells if _is(c, word)]
    short, tally = wording.format_tally(word, cells, hits)
    if rule != "count":
        holds = {
            "all_equal": len(hits) == len(cells),
            "none_equal": not hits,
            "most": 2 * len(hits) > len(cells),
        }[rule]
        return holds, short, tally + wording.format_others(cells, hits)
    goal = claim.goal()
    how = claim.parameters.get("is", "equal")
    if how not in COMPARISONS:
        raise InvalidClaimError(f"{claim.where}: is={how}; there are: {', '.join(COMPARISONS)}")
    holds = COMPARISONS[how](Fraction(len(hits)), value(goal))
    return holds, str(len(hits)), f"{tally}; printed {number(goal)}"
