"""A small language for statements that can be computed: a rule, its inputs and at most one word.

No rule means that a reader judged the statement; the verdict is then the accepted one and is shown
as judged by reading. Rules never evaluate text: the names below are all there are.
"""

from __future__ import annotations

import itertools
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from living_review.audit import rounding
from living_review.audit.claim import Claim, ClaimFault
from living_review.audit.expression import SCALES, Missing, number, show, value
from living_review.audit.outcome import TEXT_AND_TABLE, Outcome
from living_review.references import Cell

COMPARISONS = {
    "at_most": ("≤", lambda a, b: a <= b),
    "at_least": ("≥", lambda a, b: a >= b),
    "less_than": ("<", lambda a, b: a < b),
    "more_than": (">", lambda a, b: a > b),
    "equal": ("=", lambda a, b: a == b),
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
        return Outcome(verdict, "", side_by_side([*claim.target, *claim.cells]))
    if rule not in RULES:
        raise ClaimFault(f"{claim.where}: rule={rule}; there are: {', '.join(RULES)}")
    cells = claim.cells
    if claim.parameters.get("missing") == "ignore":
        cells = [c for c in cells if c.text not in ("not_reported", "not_applicable")]
    holds, recomputed, text = _apply(claim, rule, cells)
    verdict = rounding.REPRODUCED if holds else claim.mismatch(TEXT_AND_TABLE)
    return Outcome(verdict, recomputed, text)


def side_by_side(cells: list[Cell]) -> str:
    """Write the printed fragments with their places, each once."""
    places = dict.fromkeys(f"“{c.printed}” ({c.locator or c.table})" for c in cells)
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
        raise ClaimFault(f"{claim.where}: rule={claim.parameters['rule']} needs value=")
    return claim.parameters["value"]


def _bound(claim: Claim) -> tuple[Fraction, str]:
    if "value" in claim.parameters:
        return Fraction(claim.parameters["value"]), claim.parameters["value"]
    if not claim.target:
        raise ClaimFault(f"{claim.where}: rule={claim.parameters['rule']} needs a target or value=")
    return value(claim.goal()), number(claim.goal())


def _listed(cells: list[Cell], most: int = 14) -> str:
    texts = [number(c) for c in cells]
    return ", ".join(texts[:most]) + (f", … ({len(texts)} in all)" if len(texts) > most else "")


def _apply(claim: Claim, rule: str, cells: list[Cell]) -> tuple[bool, str, str]:
    if rule in ("all_equal", "none_equal", "count", "most"):
        return _counting(claim, rule, cells)
    if rule in ("known", "missing"):
        gone = [c for c in cells if c.text in MISSING]
        text = f"{len(gone)} of {len(cells)} not reported"
        return (not gone if rule == "known" else len(gone) == len(cells)), text, text
    if rule in ("same", "differ"):
        words = {c.text.lower() for c in cells}
        text = f"{_listed(cells)}: {'alike' if len(words) == 1 else 'not alike'}"
        return (len(words) == 1) == (rule == "same"), _listed(cells), text
    unit = _unit_of(claim, cells)
    values = [value(c, unit) for c in cells]
    if rule in ("increasing", "decreasing"):
        pairs = itertools.pairwise(values)
        holds = all(a <= b if rule == "increasing" else a >= b for a, b in pairs)
        return holds, _listed(cells), f"{_listed(cells)}: {rule if holds else 'not ' + rule}"
    if rule == "between":
        if len(claim.target) != 2:
            raise ClaimFault(f"{claim.where}: rule=between needs two target cells")
        low, high = (value(c, unit) for c in claim.target)
        outside = [c for c, x in zip(cells, values, strict=True) if not low <= x <= high]
        limits = " to ".join(number(c) for c in claim.target)
        text = f"{_listed(outside) or 'none'} outside {limits}; inputs: {_listed(cells)}"
        return not outside, f"{len(outside)} of {len(cells)} outside", text
    if rule == "sum_at_most":
        bound, written = _bound(claim)
        total = sum(values, Fraction(0))
        sign = "≤" if total <= bound else ">"
        text = f"{' + '.join(number(c) for c in cells)} = {show(total)} {sign} {written}"
        return total <= bound, show(total), text
    if rule in ("largest", "smallest"):
        extreme = max(values) if rule == "largest" else min(values)
        bound = value(claim.goal(), unit)
        holds = bound >= extreme if rule == "largest" else bound <= extreme
        sign = "≥" if rule == "largest" else "≤"
        text = f"{number(claim.goal())} {'' if holds else 'is not '}{sign} {_listed(cells)}"
        return holds, show(extreme), text
    sign, test = COMPARISONS[rule]
    if len(claim.sides) == 2:
        left, right = (side.total(unit) for side in claim.sides)
        sides = [side.written() for side in claim.sides]
        holds = test(left, right)
        text = f"{sides[0]} {sign if holds else 'is not ' + sign} {sides[1]}"
        return holds, show(left), text
    bound, written = _bound(claim)
    wrong = [c for c, x in zip(cells, values, strict=True) if not test(x, bound)]
    if len(cells) == 1:
        text = f"{number(cells[0])} {'is not ' if wrong else ''}{sign} {written}"
        return not wrong, number(cells[0]), text
    text = f"{_listed(cells)}: all {sign} {written}"
    if wrong:
        text = f"{_listed(wrong)}: not {sign} {written} ({len(wrong)} of {len(cells)})"
    return not wrong, f"{len(cells) - len(wrong)} of {len(cells)}", text


MISSING = ("not_reported", "not_applicable", "not_evaluable", "ambiguous")


def _unit_of(claim: Claim, cells: list[Cell]) -> str | None:
    units = [c.unit for c in (*claim.target, *cells) if c.unit]
    return units[0] if units else None


def _counting(claim: Claim, rule: str, cells: list[Cell]) -> tuple[bool, str, str]:
    word = claim.parameters.get("value")
    if rule != "count":
        word = _word(claim)
    if word is None:
        hits = [c for c in cells if c.text not in MISSING]
        what = "known"
    else:
        unknown = [c for c in cells if c.text in MISSING[:1] + MISSING[3:] and not _is(c, word)]
        if unknown and claim.parameters.get("missing") is None and rule != "count":
            raise Missing(unknown[0])
        hits = [c for c in cells if _is(c, word)]
        what = " or ".join(SCALES.get(w, w.replace("_", " ")) for w in word.split("|"))
    tally = f"{len(hits)} of {len(cells)} {'are ' * what.isdecimal()}{what}"
    if rule == "all_equal":
        return len(hits) == len(cells), tally, f"{tally}: {_listed(cells)}"
    if rule == "none_equal":
        return not hits, tally, f"{tally}: {_listed(cells)}"
    if rule == "most":
        return 2 * len(hits) > len(cells), tally, f"{tally}: {_listed(cells)}"
    goal = claim.goal()
    how = claim.parameters.get("is", "equal")
    if how not in COMPARISONS:
        raise ClaimFault(f"{claim.where}: is={how}; there are: {', '.join(COMPARISONS)}")
    holds = COMPARISONS[how][1](Fraction(len(hits)), value(goal))
    return holds, str(len(hits)), f"{tally}; printed {number(goal)}"
