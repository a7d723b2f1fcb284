"""Percentages, totals, shared denominators and plain arithmetic of printed numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from living_review.audit import rounding, search
from living_review.audit.inputs import InputError, Inputs
from living_review.audit.outcome import TEXT_AND_TABLE
from living_review.audit.printed import TINY, Figure
from living_review.audit.reading import Check, Fit, Floats, Reading, evaluate

LARGEST_GROUP = 2000


def percentage(given: Inputs) -> Check:
    """Recompute a percentage from its count; without one, ask whether any count gives it (GRIM)."""
    n = given.whole("n", 1)
    if "count" not in given:
        return _some_percentage(n)
    k = given.whole("count")
    value = 100 * k / n

    def explain(printed: Sequence[Figure]) -> str:
        one, found = printed[0], []
        if one.op != "=":
            return ""
        if "round up" in rounding.fitting(Fraction(100 * k, n), one.value, _places(one)):
            return "always rounding up gives it"
        low, high = (float(x) for x in one.rounded_from)
        counts = [
            x
            for x in range(max(0, int(low * n / 100)), int(high * n / 100) + 2)
            if x <= n and one.fits(100 * x / n, 100 * x / n)
        ]
        if counts:
            found.append(f"{_some(counts)} of {n} would give it")
        text = f"{float(one.value):.{_places(one)}f}"
        sizes = search.denominators_giving(text, k, 4 * n) if k and one.value > 0 else []
        if sizes:
            found.append(f"{k} of {_some(sizes)} would give it")
        return "; ".join(found)

    readings = (
        Reading((value,)),
        Reading((value / 100,), (), "as a proportion", usual=True),
        Reading((100 - value,), (), "the others are counted", usual=False),
    )
    return Check(readings, arithmetic=f"{k} / {n} × 100", explain=explain)


def _places(one: Figure) -> int:
    return max(0, len(str(one.unit.denominator)) - 1)


def _some(numbers: Sequence[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"


def _counts(one: Figure, n: int) -> list[int]:
    """Return the counts of n that give a printed percentage."""
    low, high = one.span
    first, last = max(0, int(low * n / 100) - 1), min(n, int(high * n / 100) + 1)
    return [k for k in range(first, last + 1) if one.fits(100 * k / n, 100 * k / n)]


def _some_percentage(n: int) -> Check:
    def possible(printed: Sequence[Figure]) -> Fit | None:
        one = printed[0]
        if one.op != "=":
            return Fit(rounding.REPRODUCED, "a limit: some count keeps it")
        found = {one.fits(100 * k / n, 100 * k / n) for k in _counts(one, n)}
        if not found:
            return None
        return Fit(rounding.REPRODUCED if "rounded" in found else rounding.TRUNCATED)

    def explain(printed: Sequence[Figure]) -> str:
        k = round(printed[0].number * n / 100)
        near = ", ".join(f"{x} of {n} is {100 * x / n:.4g}%" for x in (k - 1, k, k + 1) if 0 <= x <= n)
        sizes = [m for m in range(max(1, n - 10), n + 11) if m != n and _counts(printed[0], m)]
        also = f"; possible with n = {', '.join(map(str, sizes[:6]))}" if sizes else ""
        return f"nearest: {near}{also}"

    return Check(
        possible=possible,
        arithmetic=f"a count of {n}, in percent",
        explain=explain,
        shown="possible counts",
    )


def common_denominator(given: Inputs) -> Check:
    """Test whether percentages can be of one group: of ``n``, or of any size up to ``largest``."""
    sizes: Sequence[int] = (
        [given.whole("n", 1)]
        if "n" in given
        else range(1, (given.whole("largest", 1) if "largest" in given else 1000) + 1)
    )
    if len(sizes) > LARGEST_GROUP:
        raise InputError(f"largest = {len(sizes)}; expected at most {LARGEST_GROUP}")
    wholes = np.array(sizes)

    def keep(one: Figure) -> npt.NDArray[np.bool_]:
        """State of each size whether some count of it is printed so: a whole number in a span."""
        slack, v, u = TINY * one.step, one.number, one.step
        fits = np.zeros(len(wholes), dtype=bool)
        for low, high in ((v - u / 2 - slack, v + u / 2 + slack), (v - slack, v + u - slack)):
            least, most = np.ceil(low * wholes / 100), np.floor(high * wholes / 100)
            fits |= np.minimum(most, wholes) >= np.maximum(least, 0)
        return fits

    masks: dict[Fraction, npt.NDArray[np.bool_]] = {}

    def mask(one: Figure) -> npt.NDArray[np.bool_]:
        if one.value not in masks:
            masks[one.value] = keep(one)
        return masks[one.value]

    def possible(printed: Sequence[Figure]) -> Fit | None:
        if any(one.op != "=" for one in printed):
            raise InputError("a limit among the percentages; expected numbers")
        fits = np.logical_and.reduce([mask(one) for one in printed])
        if not fits.any():
            return None
        smallest = int(wholes[int(np.argmax(fits))])
        group = "" if "n" in given else f"possible from n = {smallest} on"
        return Fit(rounding.REPRODUCED, group)

    def explain(printed: Sequence[Figure]) -> str:
        alone = [one.text for one in printed if not keep(one).any()]
        if alone:
            return f"no count gives {', '.join(alone)}"
        return "each is possible by itself, but not all with one group"

    words = f"counts of {sizes[0]}" if "n" in given else f"one group of up to {sizes[-1]}"
    return Check(possible=possible, arithmetic=words, explain=explain, shown="possible counts")


def total(given: Inputs) -> Check:
    """Add up a column: counts exactly, rounded parts with what rounding allows."""
    parts = given.several("parts")
    exact = sum((p.value for p in parts), Fraction(0))
    rounded = given.word("rounded", ("yes", "no"), "no") == "yes"
    ends = [p.span if rounded or p.unit < 1 else (p.number, p.number) for p in parts]
    box = ((sum(low for low, _ in ends), sum(high for _, high in ends)),)

    def explain(printed: Sequence[Figure]) -> str:
        gap = printed[0].value - exact
        if len(parts) <= 12:
            left = [p.text for p in parts if -p.value == gap]
            if left:
                return f"it is the total without {left[0]}"
            twice = [p.text for p in parts if p.value == gap]
            if twice:
                return f"it is the total with {twice[0]} counted twice"
        if gap.denominator == 1 and gap % 9 == 0 and printed[0].is_whole:
            return "two digits that changed places would make a difference like this"
        return ""

    words = " + ".join(p.text for p in parts)
    return Check((Reading((float(exact),), (box,)),), arithmetic=words, explain=explain)


def _two(given: Inputs, first: str, second: str) -> list[Figure | float]:
    found: list[Figure | float] = []
    for name in (first, second):
        one = given.figure(name)
        found.append(
            one.number if one.is_whole and given.word("exact", ("yes", "no")) == "yes" else one
        )
    return found


def ratio(given: Inputs) -> Check:
    """Divide one printed number by another."""
    inputs = _two(given, "first", "second")
    if given.figure("second").value == 0:
        raise InputError("second is zero: nothing can be divided by it")
    readings = (
        evaluate(lambda a, b: a / b, inputs),
        evaluate(lambda a, b: 100 * a / b, inputs, "in percent", usual=False),
        evaluate(lambda a, b: b / a, inputs, "the other way round", usual=False),
    )
    a, b = given.texts["first"], given.texts["second"]
    return Check(readings, arithmetic=f"{a} / {b}", explain=_digits(readings))


def difference(given: Inputs) -> Check:
    """Subtract one printed number from another; the sign counts only if one is printed."""
    inputs = _two(given, "first", "second")
    readings = (
        evaluate(lambda a, b: a - b, inputs),
        evaluate(lambda a, b: b - a, inputs, "the other way round"),
    )
    a, b = given.texts["first"], given.texts["second"]
    return Check(readings, arithmetic=f"{a} − {b}")


def percent_change(given: Inputs) -> Check:
    """Change from before to after, in percent of before."""
    inputs = _two(given, "before", "after")
    before = given.figure("before")
    if before.rounded_from[0] <= 0 <= before.rounded_from[1]:
        raise InputError("before is zero: a change in percent of it is not defined")

    def change(a: Floats, b: Floats) -> Floats:
        return (b - a) / np.abs(a) * 100

    readings = (
        evaluate(change, inputs),
        evaluate(lambda a, b: -change(a, b), inputs, "the size of the fall"),
        evaluate(lambda a, b: 100 * b / a, inputs, "what is left, in percent", usual=False),
        evaluate(
            lambda a, b: (b - a) / np.abs(b) * 100, inputs, "in percent of the later value", usual=False
        ),
    )
    a, b = given.texts["before"], given.texts["after"]
    return Check(readings, arithmetic=f"({b} − {a}) / {a} × 100", explain=_digits(readings))


def _digits(readings: Sequence[Reading]) -> Callable[[Sequence[Figure]], str]:
    def explain(printed: Sequence[Figure]) -> str:
        one, x = printed[0], readings[0].values[0]
        found = [p for p in (-2, -1, 1, 2) if one.fits(x * 10.0**p, x * 10.0**p)]
        return "the same digits with the point in another place" if found else ""

    return explain


def same(given: Inputs) -> Check:
    """Compare one quantity in two places: the coarser has to be a rounding of the finer."""
    other = given.numbers_in("other")

    def possible(printed: Sequence[Figure]) -> Fit | None:
        if len(printed) != len(other):
            raise InputError(f"{len(printed)} numbers here, {len(other)} in the other place")
        verdicts = [_agree(a, b) for a, b in zip(printed, other, strict=True)]
        if not all(verdicts):
            return None
        return Fit(next(v for v in ORDER if v in verdicts))

    return Check(
        possible=possible,
        arithmetic=f"elsewhere {given.texts['other']}",
        mismatch=TEXT_AND_TABLE,
        shown=given.texts["other"],
    )


ORDER = (rounding.TRUNCATED, rounding.REPRODUCED)


def _agree(a: Figure, b: Figure) -> str:
    if a.op != b.op:
        fine, limit = (a, b) if a.op == "=" else (b, a)
        if fine.op != "=":
            return ""
        return rounding.REPRODUCED if limit.fits(fine.number, fine.number) else ""
    if a.op != "=":
        return rounding.REPRODUCED if a.value == b.value else ""
    fine, coarse = (a, b) if a.unit <= b.unit else (b, a)
    how = coarse.fits(fine.number, fine.number)
    return {"rounded": rounding.REPRODUCED, "cut": rounding.TRUNCATED}.get(how, "")
