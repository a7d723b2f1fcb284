"""Kinds about listed values: median, mean, range."""

from __future__ import annotations

from living_review.audit import rounding, search
from living_review.audit.claim import Claim, InvalidClaimError
from living_review.audit.expression import number, person, value
from living_review.audit.outcome import ARITHMETIC, Outcome, against, because, listed, settled


def median(claim: Claim) -> Outcome:
    """Recompute the median of listed values; of an even number the mean of the middle two."""
    values = sorted(listed(claim))
    steps = f"median of {', '.join(map(rounding.format_fraction, values))}"
    outcome = against(claim, search.statistic_of(values, "median"), steps)
    return _explained_by_subset(claim, outcome, "median")


def mean(claim: Claim) -> Outcome:
    """Recompute the arithmetic mean of listed values."""
    values = listed(claim)
    steps = f"({' + '.join(map(rounding.format_fraction, values))}) / {len(values)}"
    outcome = against(claim, search.statistic_of(values, "mean"), steps)
    return _explained_by_subset(claim, outcome, "mean")


def _explained_by_subset(claim: Claim, outcome: Outcome, statistic: str) -> Outcome:
    if settled(claim, outcome) or len(claim.cells) > 24:
        return outcome
    found = search.subsets_giving(listed(claim), claim.goal().text, statistic, most_left_out=4)
    if not found:
        return outcome
    out = found[0].left_out
    without = [claim.cells[i] for i in out]
    names = " and ".join(f"{person(c.row.get('patient', c.id))} ({number(c)})" for c in without)
    text = f"exactly the {statistic} without {names}"
    values = listed(claim)
    if len(found) > 1:
        smallest = sorted(values[i] for i in out) == sorted(values)[: len(out)]
        text += ", the smallest" if smallest else ""
        text += f"; {len(found)} choices of {len(out)} to leave out give it, and no choice of fewer"
    return because(outcome, text)


def limits(claim: Claim) -> Outcome:
    """Recompute the smallest and the largest value; target: two cells, or one and ``end=``."""
    values = sorted(listed(claim))
    ends = {"minimum": values[0], "maximum": values[-1], "width": values[-1] - values[0]}
    smallest, largest = (rounding.format_fraction(values[i]) for i in (0, -1))
    steps = f"smallest {smallest}, largest {largest}"
    if end := claim.parameters.get("end"):
        if end not in ends:
            raise InvalidClaimError(f"{claim.where}: end={end}; there are: {', '.join(ends)}")
        return against(claim, ends[end], f"{steps}; {end}")
    if len(claim.target) != 2:
        raise InvalidClaimError(
            f"{claim.where}: a range needs two target cells, or end=minimum or maximum"
        )
    printed = [value(c) for c in claim.target]
    verdicts = [
        rounding.judge(x, p, c.decimals)
        for x, p, c in zip((values[0], values[-1]), printed, claim.target, strict=True)
    ]
    shown = f"{rounding.format_fraction(values[0])} to {rounding.format_fraction(values[-1])}"
    if all(v == rounding.REPRODUCED for v in verdicts):
        return Outcome(rounding.REPRODUCED, shown, f"{steps} of {len(values)}")
    both = " to ".join(number(c) for c in claim.target)
    verdict = rounding.TRUNCATED if all(verdicts) else claim.mismatch(ARITHMETIC)
    return Outcome(verdict, shown, f"{steps} of {len(values)}; printed {both}")
