"""Printed p-values: recomputed where the data are printed, searched for where they are not."""

from __future__ import annotations

from fractions import Fraction

from living_review.audit import rounding, search
from living_review.audit.claim import Claim, InvalidClaimError
from living_review.audit.expression import Missing, Side, number, value
from living_review.audit.outcome import ARITHMETIC, NOT_CHECKABLE, Outcome, against


def test(claim: Claim) -> Outcome:
    """Recompute a p value: ``test=fisher``, ``logrank`` or ``wilcoxon_signed_rank``.

    Fisher's exact test (two-sided, as R) takes ``events / n versus events / n``; the log-rank test
    takes two sides of event times; the signed-rank test takes the sample size and asks whether any
    pattern of ties and any usual variant of the test gives the printed p.
    """
    name = claim.parameters.get("test")
    if name not in TESTS:
        raise InvalidClaimError(f"{claim.where}: test={name}; there are: {', '.join(TESTS)}")
    return TESTS[name](claim)


def _fisher(claim: Claim) -> Outcome:
    from scipy.stats import fisher_exact

    if claim.separators != ["/", "versus", "/"]:
        raise InvalidClaimError(f"{claim.where}: test=fisher takes events / n versus events / n")
    a, n, b, m = (side.total() for side in claim.sides)
    table = [[int(a), int(n - a)], [int(b), int(m - b)]]
    p = Fraction(repr(float(fisher_exact(table).pvalue)))
    return against(claim, p, f"Fisher's exact test of {a} of {n} against {b} of {m}, two-sided: p")


def _logrank(claim: Claim) -> Outcome:
    from lifelines.statistics import logrank_test

    if claim.separators != ["versus"]:
        raise InvalidClaimError(f"{claim.where}: test=logrank takes times versus times")
    times = [[float(value(c, claim.cells[0].unit)) for c in side.cells] for side in claim.sides]
    flags = [_flags(side) for side in claim.sides]
    p = Fraction(repr(float(logrank_test(*times, *flags).p_value)))
    sizes = " and ".join(str(len(t)) for t in times)
    return against(claim, p, f"log-rank test of {sizes} patients: p")


def _flags(side: Side) -> list[int]:
    for cell in side.cells:
        if cell.row.get("event") not in ("0", "1"):
            raise Missing(cell)
    return [int(cell.row["event"]) for cell in side.cells]


def _signed_rank(claim: Claim) -> Outcome:
    printed = claim.goal().text
    size = claim.sides[0].cells[0].number if len(claim.cells) == 1 else None
    if size is not None:
        found = search.signed_rank_giving(printed, largest=int(size), smallest=int(size))
        if found:
            text = f"n = {int(size)}, {found[0]}: p = {found[0].p:.4f}"
            return Outcome(rounding.REPRODUCED, printed, text)
        text = f"no ties and no usual variant with n = {int(size)} give p = {number(claim.goal())}"
        return Outcome(claim.mismatch(ARITHMETIC), "", text)
    found = search.signed_rank_giving(printed, largest=14)
    sizes = sorted({one.n for one in found})
    listed = ", ".join(map(str, sizes)) or "none up to 14"
    text = (
        f"sample size not printed; p = {printed} is possible, if all changed in one direction, "
        f"with n = {listed}"
    )
    simple = f"simplest: n = {found[0].n}, {found[0]}" if found else ""
    return Outcome(claim.mismatch(NOT_CHECKABLE), "", text, simple)


TESTS = {"fisher": _fisher, "logrank": _logrank, "wilcoxon_signed_rank": _signed_rank}
