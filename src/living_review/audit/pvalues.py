"""Printed p-values: recomputed where the data are printed, searched for where they are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import isnan

from living_review.audit import patterns, rounding
from living_review.audit.claim import Claim, InvalidClaimError
from living_review.audit.expression import Missing, Side, number, value
from living_review.audit.outcome import (
    ARITHMETIC,
    DEFINITION,
    NOT_CHECKABLE,
    Outcome,
    against,
    because,
)


def test(claim: Claim) -> Outcome:
    """Recompute a p value: ``test=fisher``, ``logrank`` or ``wilcoxon_signed_rank``.

    Fisher's exact test (two-sided, as R) takes ``events / n versus events / n``; the log-rank test
    takes two sides of event times; the signed-rank test takes the sample size alone.

    Where the test gives another p, the other usual tests of the same data are tried. If one of them
    gives it, the p is reproduced and the arithmetic says by which; with ``named=yes``, where the paper
    names the test of this p, it is a *definition conflict*.
    """
    name = claim.parameters.get("test")
    if name not in TESTS:
        raise InvalidClaimError(f"{claim.where}: test={name}; there are: {', '.join(TESTS)}")
    return TESTS[name](claim)


def _first_that_fits(claim: Claim, tests: Iterable[tuple[str, float]]) -> Outcome:
    """Compare with the test that the claim asks for, then with the others; cut digits fit last."""
    found = [
        (name, against(claim, Fraction(repr(float(p))), f"{name}: p"))
        for name, p in tests
        if not isnan(p)
    ]
    if not found:
        return Outcome(NOT_CHECKABLE, "", "no usual test is defined for these data")
    asked = found[0][1]
    fits = {name: o for verdict in rounding.GOOD for name, o in found if o.verdict == verdict}
    if not fits:
        return because(asked, "tried without success: " + "; ".join(name for name, _ in found))
    name, outcome = next(iter(fits.items()))
    if outcome is asked or (claim.parameters.get("named") == "yes" and asked.fits):
        return asked
    verdict = DEFINITION if claim.parameters.get("named") == "yes" else outcome.verdict
    text = f"{asked.arithmetic}; {outcome.arithmetic}"
    return Outcome(verdict, outcome.recomputed, text, f"it is the p value of the {name}")


def _fisher(claim: Claim) -> Outcome:
    from scipy.stats import chi2_contingency, fisher_exact

    if claim.separators != ["/", "versus", "/"]:
        raise InvalidClaimError(f"{claim.where}: test=fisher takes events / n versus events / n")
    a, n, b, m = (side.total() for side in claim.sides)
    for events, size in ((a, n), (b, m)):
        if not (events.denominator == size.denominator == 1 and 0 <= events <= size):
            counts = " of ".join(map(rounding.format_fraction, (events, size)))
            return Outcome(NOT_CHECKABLE, "", f"{counts} are no counts of patients")
    table = [[int(a), int(n - a)], [int(b), int(m - b)]]

    def tests() -> Iterator[tuple[str, float]]:
        what = f"of {a} of {n} against {b} of {m}, two-sided"
        yield f"Fisher's exact test {what}", fisher_exact(table).pvalue
        if all(map(sum, table)) and all(map(sum, zip(*table, strict=True))):  # else no expectation
            yield "chi-squared test", chi2_contingency(table, correction=False).pvalue
            yield "chi-squared test with Yates' correction", chi2_contingency(table).pvalue

    return _first_that_fits(claim, tests())


def _logrank(claim: Claim) -> Outcome:
    from lifelines.statistics import logrank_test

    if claim.separators != ["versus"]:
        raise InvalidClaimError(f"{claim.where}: test=logrank takes times versus times")
    times = [[float(value(c, claim.cells[0].unit)) for c in side.cells] for side in claim.sides]
    flags = [_flags(side) for side in claim.sides]
    sizes = " and ".join(str(len(t)) for t in times)
    weights = {
        f"log-rank test of {sizes} patients": None,
        "Gehan-Wilcoxon test": "wilcoxon",
        "Tarone-Ware test": "tarone-ware",
        "Peto-Peto test": "peto",
    }
    return _first_that_fits(
        claim,
        ((name, logrank_test(*times, *flags, weightings=w).p_value) for name, w in weights.items()),
    )


def _flags(side: Side) -> list[int]:
    for cell in side.cells:
        if cell.row.get("event") not in ("0", "1"):
            raise Missing(cell)
    return [int(cell.row["event"]) for cell in side.cells]


def _signed_rank(claim: Claim) -> Outcome:
    """State what a signed-rank p allows when the changes are not printed.

    With the size alone a p is neither right nor wrong, unless it is below what all changes in one
    direction give. ``same_direction=yes``, where the paper says that they were, makes the p a matter of
    ties and variant alone, and all of these are tried (up to 20 pairs).
    """
    printed, size = claim.goal().text, _size(claim)
    if size is None:
        return _any_size(claim)
    if claim.parameters.get("same_direction") == "yes" and not claim.limit and size <= 20:
        found = patterns.signed_rank_giving(printed, largest=size, smallest=size)
        if found:
            text = f"n = {size}, {found[0]}: p = {found[0].p:.4f}"
            return Outcome(rounding.REPRODUCED, printed, text)
        text = f"no ties and no usual variant with n = {size} give p = {number(claim.goal())}"
        return Outcome(claim.mismatch(ARITHMETIC), "", text)
    least = Fraction(patterns.least_signed_rank(size))
    text = f"n = {size}: p is at least {float(least):.2g}, one-sided; printed {claim.limit or printed}"
    if claim.limit:
        possible = claim.limit.holds(least) if claim.limit.is_upper else claim.limit.holds(Fraction(1))
    else:
        possible = rounding.possible(least, Fraction(1), claim.printed(), claim.decimals)
    if possible:
        text += "; the changes are not printed"
    return Outcome(claim.mismatch(NOT_CHECKABLE if possible else ARITHMETIC), "", text)


def _size(claim: Claim) -> int | None:
    if len(claim.cells) != 1 or (size := claim.cells[0].number) is None:
        return None
    if size.denominator != 1 or size < 1:
        raise InvalidClaimError(
            f"{claim.where}: a sample size of {size}; expected a whole number above zero"
        )
    return int(size)


def _any_size(claim: Claim) -> Outcome:
    printed = claim.goal().text
    if claim.limit:
        return Outcome(claim.mismatch(NOT_CHECKABLE), "", f"sample size not printed; p {claim.limit}")
    found = patterns.signed_rank_giving(printed, largest=14)
    sizes = sorted({one.n for one in found})
    listed = ", ".join(map(str, sizes)) or "none up to 14"
    text = (
        f"sample size not printed; p = {printed} is possible, if all changed in one direction, "
        f"with n = {listed}"
    )
    simple = f"simplest: n = {found[0].n}, {found[0]}" if found else ""
    return Outcome(claim.mismatch(NOT_CHECKABLE), "", text, simple)


TESTS = {"fisher": _fisher, "logrank": _logrank, "wilcoxon_signed_rank": _signed_rank}
