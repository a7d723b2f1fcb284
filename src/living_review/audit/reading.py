"""Readings of a claim: what each usual convention gives, and whether it is what is printed.

A *reading* is one way to get the printed numbers: a test, a tail, a way to make an interval. It holds
what the inputs give as they are printed, and the least and the greatest result of
inputs that were rounded, or cut off, to what is printed. A number is called wrong only if no reading
gives it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from living_review.audit import rounding
from living_review.audit.outcome import ARITHMETIC
from living_review.audit.printed import TINY, Figure, wrong_digits

OTHER = "another convention"
LAST_DIGIT = "last digit differs"
DECISION = "decision error"
Floats = npt.NDArray[np.float64]
Box = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Reading:
    """One way to get the printed numbers.

    Attributes
    ----------
    values : tuple of float
        One for each printed number, from the inputs as printed.
    boxes : tuple of Box
        Least and greatest of each number, from inputs that were rounded or cut off to what is printed.
    how : str
        The convention in words; empty if it is what anyone would do first.
    usual : bool
        Whether the claim itself says so, or nothing else would be tried first.
    opposite : bool
        Whether it is a one-tailed test of the other direction, which nobody said: it may give a printed
        number, but excuses no limit (*n.s.* would always hold) and no decision.
    """

    values: tuple[float, ...]
    boxes: tuple[Box, ...] = ()
    how: str = ""
    usual: bool = True
    opposite: bool = False

    def fit(self, printed: Sequence[Figure]) -> str | None:
        """Return the verdict by which it gives the printed numbers; None if it does not."""
        if self.opposite and any(f.op != "=" for f in printed):
            return None
        found = [f.fits(x, x) for f, x in zip(printed, self.values, strict=False)]
        if all(found):
            if not self.usual:
                return OTHER
            return rounding.TRUNCATED if "cut" in found else rounding.REPRODUCED
        for box in self.boxes:
            if all(f.fits(low, high) for f, (low, high) in zip(printed, box, strict=False)):
                return rounding.ROUNDING if self.usual else OTHER
        return None

    def near(self, printed: Sequence[Figure]) -> bool:
        """Whether each printed number is right or one off in its last place.

        A whole number that follows exactly (a total of counts) was not rounded: one off is an error.
        """
        if any(f.unit >= 1 and x == round(x) for f, x in zip(printed, self.values, strict=False)):
            return False
        boxes = (tuple((x, x) for x in self.values), *self.boxes)
        return any(
            all(f.near(*ends) or f.fits(*ends) for f, ends in zip(printed, box, strict=False))
            for box in boxes
        )


@dataclass(frozen=True)
class Fit:
    """How printed numbers are reproduced: verdict, and the convention in words."""

    verdict: str
    how: str = ""


@dataclass(frozen=True)
class Check:
    """All that can be said of a claim before its printed numbers are looked at.

    Attributes
    ----------
    readings : tuple of Reading
        What may be printed, the most usual first.
    possible : callable, optional
        For what has no one value (a mean of whole numbers): takes the printed numbers and says how
        they fit.
    arithmetic : str
        The computation in words.
    decide : callable, optional
        Takes least and greatest value of the numbers; True or False for significant or not, None if
        both are possible.
    explain : callable, optional
        Takes the printed numbers that fit nowhere; returns what else would give them.
    mismatch : str
        The verdict if nothing fits.
    unclear : str
        Why nothing can be said although nothing fits; then the claim is not checkable.
    shown : str
        What is recomputed, if it is not the values of the first reading.
    unsigned : bool
        Whether the printed sign does not count (t may be printed for either order of two groups).
    """

    readings: tuple[Reading, ...] = ()
    possible: Callable[[Sequence[Figure]], Fit | None] | None = None
    arithmetic: str = ""
    decide: Callable[[Box], bool | None] | None = None
    explain: Callable[[Sequence[Figure]], str] | None = None
    mismatch: str = ARITHMETIC
    unclear: str = ""
    shown: str = ""
    unsigned: bool = False

    def fit(self, printed: Sequence[Figure]) -> Fit | None:
        """Return the first, best way to reproduce the printed numbers; None if there is none."""
        if self.possible is not None and (found := self.possible(printed)):
            return found
        best: Fit | None = None
        for reading in self.readings:
            verdict = reading.fit(printed)
            if verdict and (best is None or ORDER.index(verdict) < ORDER.index(best.verdict)):
                best = Fit(verdict, reading.how)
                if verdict == rounding.REPRODUCED:
                    break
        return best

    def misfit(self, printed: Sequence[Figure]) -> str:
        """Return the verdict for printed numbers that no reading gives.

        A *decision error* needs every reading to be on the other side; else one unit in the last
        place of the plain reading is distinguished from more.
        """
        if self.decide is not None:
            said = self.decide(tuple(_ends(f) for f in printed))
            meant = [r for r in self.readings if not r.opposite]
            found = {self.decide(box) for r in meant for box in (_point(r), *r.boxes)}
            if said is not None and found == {not said}:
                return DECISION
        if any(r.usual and r.near(printed) for r in self.readings):
            return LAST_DIGIT
        return self.mismatch

    def power(self, printed: Sequence[Figure]) -> float:
        """Return the chance that a wrong digit would have been seen.

        Of all numbers that differ from a printed one in one digit, the share that fits nowhere; zero
        where what fits nowhere would be left open.
        """
        if self.unclear:
            return 0.0
        caught = tried = 0
        limit = any(f.op != "=" for f in printed)
        meant = [r for r in self.readings if not (limit and r.opposite)]
        boxes = [box for r in meant for box in (_point(r), *r.boxes)]
        fitting = [[bool(f.fits(*ends)) for f, ends in zip(printed, b, strict=False)] for b in boxes]
        for at, one in enumerate(printed):
            wrong = wrong_digits(one)
            tried += len(wrong)
            # The other numbers stay as they are printed: only boxes that hold them can be meant.
            held = [
                b[at]
                for b, fits in zip(boxes, fitting, strict=True)
                if sum(fits) - fits[at] == len(fits) - 1
            ]
            missed = fits_any(wrong, held)
            if self.possible is not None:
                for i in np.flatnonzero(~missed):
                    missed[i] = self.possible([*printed[:at], wrong[i], *printed[at + 1 :]]) is not None
            caught += int((~missed).sum())
        return caught / tried


def fits_any(printed: Sequence[Figure], spans: Sequence[tuple[float, float]]) -> npt.NDArray[np.bool_]:
    """Return whether each number is how some value of some span is printed (:meth:`.Figure.fits`).

    Parameters
    ----------
    printed : sequence of Figure
        Numbers that differ in their value alone.
    spans : sequence of (float, float)
        Least and greatest values.

    Returns
    -------
    npt.NDArray of bool_
        One for each printed number.
    """
    if not spans or not printed:
        return np.zeros(len(printed), dtype=bool)
    low, high = np.array(spans).T
    value = np.array([f.number for f in printed])[:, None]
    unit, op = printed[0].step, printed[0].op
    slack = TINY * unit
    if op != "=":
        return np.any(low <= value + slack if op == "<" else high >= value - slack, axis=1)
    fits = (low <= value + unit / 2 + slack) & (high >= value - unit / 2 - slack)
    fits |= (
        (value >= 0)
        & (low < value + unit - slack)
        & (high >= np.where(value == 0, -unit, value) - slack)
    )
    fits |= (
        (value <= 0)
        & (high > value - unit + slack)
        & (low <= np.where(value == 0, unit, value) + slack)
    )
    return np.any(fits, axis=1)


ORDER = (rounding.REPRODUCED, rounding.TRUNCATED, rounding.ROUNDING, OTHER)


def _point(reading: Reading) -> Box:
    return tuple((x, x) for x in reading.values)


def _ends(one: Figure) -> tuple[float, float]:
    if one.op == "<":
        return -np.inf, one.number
    if one.op == ">":
        return one.number, np.inf
    return one.number, one.number


def evaluate(
    formula: Callable[..., Sequence[Floats] | Floats],
    inputs: Sequence[Figure | float | Floats],
    how: str = "",
    *,
    usual: bool = True,
    more: Iterable[tuple[float, float]] = (),
) -> Reading:
    """Compute a reading from inputs as printed and from every corner of what they stand for.

    Parameters
    ----------
    formula : callable
        Takes arrays, one for each input, and returns one array or several of the same shape: monotone
        in each input on either side of zero.
    inputs : sequence of Figure or float
        A number that is no figure, or is a whole one in a plain float, is exact.
    how, usual
        As in :class:`Reading`.
    more : iterable of (float, float)
        Further exact spans, each an input of its own after the others (degrees of freedom that were
        rounded): a corner at either end.

    Returns
    -------
    Reading
    """
    given = [x.number if isinstance(x, Figure) else float(x) for x in inputs]
    extra = list(more)
    columns: list[tuple[float, ...]] = [(*given, *(low for low, _ in extra))]
    shortened = any(isinstance(x, Figure) for x in inputs)
    if shortened or extra:
        axes = [
            _corners(x.span) if isinstance(x, Figure) else (given[i],) for i, x in enumerate(inputs)
        ]
        columns += itertools.product(*axes, *extra)
    table = np.array(columns, dtype=float).T
    with np.errstate(all="ignore"):
        out = formula(*table)
    results = [out] if isinstance(out, np.ndarray) else list(out)
    box = (
        tuple((float(np.nanmin(r[1:])), float(np.nanmax(r[1:]))) for r in results)
        if columns[1:]
        else ()
    )
    return Reading(tuple(float(r[0]) for r in results), (box,) if box else (), how, usual)


def _corners(ends: tuple[float, float]) -> tuple[float, ...]:
    low, high = ends
    return (low, 0.0, high) if low < 0 < high else (low, high)
