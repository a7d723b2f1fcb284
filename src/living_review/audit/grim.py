"""Means and standard deviations that whole numbers can have: GRIM, its extension to the SD, DEBIT.

Values of persons are multiples of a grain: 1 for whole numbers, 1/k for the mean of k whole-number
items, 0.1 or 0.5 for coarser or finer scales. Divided by the grain they are whole numbers, and all that
follows is about those.

References
----------
Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci 2017;8:363-369.
Anaya J. The GRIMMER test. PeerJ Preprints 2016;4:e2400v1 (an approximation; here it is exact).
Heathers JAJ, Brown NJL. DEBIT. 2019, https://osf.io/5vb3u.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, floor, isqrt

from living_review.audit import rounding
from living_review.audit.inputs import InputError, Inputs
from living_review.audit.printed import Figure
from living_review.audit.reading import OTHER, Check, Fit

# Of a search on a bounded scale: steps, and values. Beyond, what is not excluded counts as possible.
MOST_STEPS, MOST_VALUES = 2000, 200


@dataclass(frozen=True)
class Span:
    """Exact values behind a printed number, in whole numbers over one denominator.

    Attributes
    ----------
    low, high, over : int
        From ``low / over`` to ``high / over``.
    left, right : bool
        Whether the ends belong to it.
    """

    low: int
    high: int
    over: int
    left: bool = True
    right: bool = True


def _spans(one: Figure) -> tuple[tuple[str, Span], ...]:
    """Return the exact values behind a printed number: rounded (ends included), cut (one end)."""
    v, u = one.value, one.unit
    over = 2 * v.denominator * u.denominator
    middle, step = v.numerator * (over // v.denominator), u.numerator * (over // u.denominator)
    half = step // 2
    rounded = Span(middle - half, middle + half, over)
    if middle > 0:
        cut = Span(middle, middle + step, over, True, False)
    elif middle < 0:
        cut = Span(middle - step, middle, over, False, True)
    else:
        cut = Span(-step, step, over, False, False)
    return (rounding.REPRODUCED, rounded), (rounding.TRUNCATED, cut)


def _whole(low: int, high: int, over: int, left: bool, right: bool) -> range:
    """Return the whole numbers of a span."""
    first, last = -(-low // over), high // over
    first += not left and first * over == low
    last -= not right and last * over == high
    return range(first, last + 1)


def totals(mean: Figure, n: int, grain: Fraction) -> list[tuple[str, range]]:
    """Return the totals, in grains, that give a printed mean; rounded first, then cut off.

    Parameters
    ----------
    mean : matplotlib.figure.Figure
        The printed mean.
    n : int
        Patients.
    grain : Fraction
        The smallest step of a single value.

    Returns
    -------
    list of tuple of str, range
        Convention and the totals it allows.
    """
    up, down = n * grain.denominator, grain.numerator
    return [
        (how, _whole(s.low * up, s.high * up, s.over * down, s.left, s.right))
        for how, s in _spans(mean)
    ]


def has_squares(n: int, total: int, squares: int) -> bool:
    r"""Whether ``n`` whole numbers can have this total and this sum of squares.

    Proof
    -----
    Write :math:`S` for the total and :math:`Q` for the sum of squares. Since :math:`x^2 \equiv x`
    modulo 2, :math:`Q \equiv S` is needed. Subtract the floor :math:`m` of :math:`S/n` from every
    value: the total becomes :math:`r = S - nm`, :math:`0 \le r < n`, and the sum of squares changes
    by :math:`-2mS + nm^2` whatever the values are, so :math:`m = 0` may be assumed. The least sum of
    squares is then :math:`r` (each :math:`x^2 \ge x`); let :math:`Q = r + 2k`, :math:`k \ge 0`.

    *Four numbers, odd total b and odd sum of squares a with* :math:`4a \ge b^2`. Then
    :math:`4a - b^2 \equiv 3` modulo 8, hence by Gauss it is :math:`y_1^2+y_2^2+y_3^2` with odd
    :math:`y_i`; changing the sign of one :math:`y_i` makes :math:`b + y_1 + y_2 + y_3` divisible
    by 4. The numbers :math:`(b+y_1+y_2+y_3)/4`, :math:`(b+y_1-y_2-y_3)/4`,
    :math:`(b-y_1+y_2-y_3)/4`, :math:`(b-y_1-y_2+y_3)/4` are whole, have the total b and the sum of
    squares :math:`(b^2 + \sum y_i^2)/4 = a`.

    *Five numbers or more: every k is possible.* Let :math:`n - 4` of them be 0 or 1, with :math:`j`
    ones; four are left with :math:`b = r - j` and :math:`a = r + 2k - j = b + 2k`, and
    :math:`4a \ge b^2` must hold. For :math:`1 \le r \le n-3` take :math:`j = r - 1`, so
    :math:`b = 1` and :math:`4 + 8k \ge 1`. For :math:`r = n-2` or :math:`n-1` take
    :math:`j = r - 3`, so :math:`b = 3` and :math:`12 + 8k \ge 9`. For :math:`r = 0` and
    :math:`k \ge 1` take :math:`j = 1`, so :math:`b = -1` and :math:`-4 + 8k \ge 1`; for
    :math:`k = 0` all are 0. In each case :math:`0 \le j \le n - 4`, as :math:`n \ge 5`.

    *Four numbers, even total.* With :math:`h = b/2` the same identity asks for
    :math:`a - h^2 = z_1^2+z_2^2+z_3^2` (:math:`y_i = 2 z_i`; :math:`h + \sum z_i` is even because a
    is), which by Legendre fails for the numbers :math:`4^i(8j+7)` alone. *Two numbers* have
    :math:`2Q - S^2 = (x_1 - x_2)^2`; *three* are one and two; *one* has :math:`Q = S^2`.

    Parameters
    ----------
    n : int
        How many numbers.
    total : int
        Their sum.
    squares : int
        The sum of their squares.

    Returns
    -------
    bool
        True if they can.

    Examples
    --------
    >>> has_squares(5, 7, 11), has_squares(5, 7, 12), has_squares(2, 3, 7)
    (True, False, False)
    """
    if (squares - total) % 2 or squares * n < total * total:
        return False
    low, rest = divmod(total, n)
    squares -= 2 * low * total - n * low * low
    if squares < rest:
        return False
    if n >= 5:
        return True
    return _few(n, rest, squares)


def _few(n: int, total: int, squares: int) -> bool:
    if n == 1:
        return squares == total * total
    if n == 2:
        rest = 2 * squares - total * total
        return rest >= 0 and isqrt(rest) ** 2 == rest
    if n == 3:
        reach = isqrt(squares)
        return any(_few(2, total - x, squares - x * x) for x in range(-reach, reach + 1))
    if total % 2:
        return 4 * squares >= total * total
    rest = squares - (total // 2) ** 2
    if rest < 0:
        return False
    while rest and rest % 4 == 0:
        rest //= 4
    return rest % 8 != 7


def has_squares_between(n: int, total: int, squares: int, low: int, high: int) -> bool:
    """Whether ``n`` whole numbers from ``low`` to ``high`` can have this total and sum of squares.

    A search that leaves out what cannot be completed. With more than ``MOST_VALUES`` values, or
    beyond ``MOST_STEPS`` steps, only parity and the least and greatest sum are held against it, so that
    nothing possible is ever called impossible.

    Parameters
    ----------
    n : int
        How many numbers.
    total : int
        Their sum.
    squares : int
        The sum of their squares.
    low, high : int
        Ends of the numbers, both included.

    Returns
    -------
    bool
        True if they can, or if it was not settled.

    Examples
    --------
    >>> has_squares_between(5, 7, 11, 0, 4), has_squares_between(5, 7, 35, 0, 4)
    (True, False)
    """
    if n > MOST_VALUES:
        return (
            n * low <= total <= n * high
            and has_squares(n, total, squares)
            and squares <= _most_squares(n, total, low, high)
        )
    steps = 0

    @cache
    def follow(n: int, total: int, squares: int, most: int) -> bool:
        nonlocal steps
        steps += 1
        if steps > MOST_STEPS:
            return True
        if n == 0:
            return total == 0 and squares == 0
        if not n * low <= total <= n * most or not has_squares(n, total, squares):
            return False
        if squares > _most_squares(n, total, low, most):
            return False
        # The greatest value left is at least the mean; the greater, the fewer of them fit.
        return any(
            follow(n - 1, total - x, squares - x * x, x) for x in range(most, -(-total // n) - 1, -1)
        )

    return follow(n, total, squares, high)


def _most_squares(n: int, total: int, low: int, high: int) -> int:
    """Return the greatest sum of squares: as many values as possible at the ends."""
    if high == low:
        return n * low * low
    at_top, rest = divmod(total - n * low, high - low)
    if at_top >= n:
        return n * high * high
    return at_top * high * high + (low + rest) ** 2 + (n - at_top - 1) * low * low


def _squares(sd: Figure, n: int, total: int, grain: Fraction, divisor: int) -> list[tuple[str, range]]:
    """Return the sums of squares, in grains, that give a printed SD with this total.

    The sum of squares is SD² · divisor / grain² + total² / n; all over one denominator.
    """
    found = []
    up, down = divisor * grain.denominator**2 * n, grain.numerator**2
    for how, s in _spans(sd):
        over = s.over**2 * down * n
        shift = total * total * s.over**2 * down
        low, left = (s.low, s.left) if s.low > 0 else (0, True)
        found.append((how, _whole(low * low * up + shift, s.high**2 * up + shift, over, left, s.right)))
    return found


def sd_fits(
    sd: Figure,
    mean: Figure,
    n: int,
    grain: Fraction = Fraction(1),
    bounds: tuple[Fraction, Fraction] | None = None,
) -> Fit | None:
    """State how a printed SD is possible beside a printed mean; None if it is not.

    All totals that give the mean are looked at and, for each, all sums of squares that give the SD,
    with the divisors n − 1 and n; :func:`has_squares` is exact for each.

    Parameters
    ----------
    sd, mean : Figure
        As printed.
    n : int
        Values.
    grain : Fraction
        Every value is a multiple of it.
    bounds : pair of Fraction, optional
        Ends of the scale.

    Returns
    -------
    Fit or None
        How it fits, or None.
    """
    if sd.value < 0:
        return None
    ends = (ceil(bounds[0] / grain), floor(bounds[1] / grain)) if bounds else None
    for divisor, name in ((n - 1, ""), (n, "a standard deviation with the divisor n")):
        found = set()
        for verdict in _ways(sd, mean, n, grain, divisor, ends) if divisor else ():
            found.add(verdict)
            if verdict == rounding.REPRODUCED:
                break
        if found:
            exactly = rounding.REPRODUCED if rounding.REPRODUCED in found else rounding.TRUNCATED
            return Fit(OTHER, name) if name else Fit(exactly)
    return None


def _ways(
    sd: Figure, mean: Figure, n: int, grain: Fraction, divisor: int, ends: tuple[int, int] | None
) -> Iterator[str]:
    """Yield how digits were shortened, for each way in which some data give mean and SD."""
    for mean_how, sums in totals(mean, n, grain):
        for total in sums:
            for how, squares in _squares(sd, n, total, grain, divisor):
                if _possible(n, total, squares, ends):
                    yield how if how == mean_how else rounding.TRUNCATED


def _possible(n: int, total: int, squares: range, ends: tuple[int, int] | None) -> bool:
    """Whether some sum of squares of a range goes with a total, on a scale or without its ends."""
    first, last = squares.start, squares.stop - 1
    if ends is not None:
        if not n * ends[0] <= total <= n * ends[1]:
            return False
        last = min(last, _most_squares(n, total, *ends))
    low, rest = divmod(total, n)
    first = max(first, n * low * low + rest * (2 * low + 1))  # all as near to the mean as may be
    first += (first - total) % 2
    candidates = range(first, last + 1, 2)
    if ends is None:
        return any(has_squares(n, total, q) for q in candidates)
    return any(has_squares_between(n, total, q, *ends) for q in candidates)


def _grain(given: Inputs) -> Fraction:
    step = given.figure("step").value if "step" in given else Fraction(1)
    if step <= 0:
        raise InputError("step must be above zero")
    return step / (given.whole("items", 1) if "items" in given else 1)


def _bounds(given: Inputs) -> tuple[Fraction, Fraction] | None:
    if "minimum" not in given and "maximum" not in given:
        return None
    low, high = given.figure("minimum").value, given.figure("maximum").value
    if low >= high:
        raise InputError(f"minimum = {given.texts['minimum']} is not below maximum")
    return low, high


def mean_of_whole_numbers(given: Inputs) -> Check:
    """Test a mean (GRIM): some total of whole numbers has to give it."""
    n, grain, bounds = given.whole("n", 1), _grain(given), _bounds(given)

    def possible(printed: Sequence[Figure]) -> Fit | None:
        if printed[0].op != "=":
            return Fit(rounding.REPRODUCED, "a limit is no mean: nothing to test")
        for how, sums in totals(printed[0], n, grain):
            if bounds is None and sums:
                return Fit(how)
            if bounds and any(n * bounds[0] <= t * grain <= n * bounds[1] for t in sums):
                return Fit(how)
        return None

    def explain(printed: Sequence[Figure]) -> str:
        near = [m for d in range(1, 6) for m in (n - d, n + d) if m > 0]
        sizes = sorted(m for m in near if any(s for _, s in totals(printed[0], m, grain)))
        total = round(printed[0].value * n / grain)
        means = [f"{float(t * grain / n):.{_places(printed[0]) + 2}f}" for t in (total - 1, total)]
        text = f"possible means nearby: {means[0]} and {means[1]}"
        if sizes:
            text += f"; it is possible with n = {', '.join(map(str, sizes))}"
        return text

    grains = "" if grain == 1 else f" in steps of {rounding.format_fraction(grain)}"
    text = f"a total of {n} whole numbers{grains}, divided by {n}"
    if grains:
        text = f"a total of {n} values{grains}, divided by {n}"
    return Check(possible=possible, arithmetic=text, explain=explain, shown="possible totals")


def _places(one: Figure) -> int:
    return max(0, len(str(one.unit.denominator)) - 1)


def sd_of_whole_numbers(given: Inputs) -> Check:
    """Test an SD beside its mean: some total and some sum of squares have to give both."""
    n, grain, bounds = given.whole("n", 2), _grain(given), _bounds(given)
    mean = given.figure("mean")

    def possible(printed: Sequence[Figure]) -> Fit | None:
        if printed[0].op != "=":
            return Fit(rounding.REPRODUCED, "a limit is no standard deviation: nothing to test")
        return sd_fits(printed[0], mean, n, grain, bounds)

    def explain(printed: Sequence[Figure]) -> str:
        if not any(s for _, s in totals(mean, n, grain)):
            return f"the mean {mean.text} itself is not possible with n = {n}"
        if sd_fits(_as_standard_error(printed[0], n), mean, n, grain, bounds):
            return "possible if it is a standard error"
        tried = (_moved(printed[0], i * s) for i in range(1, 30) for s in (-1, 1))
        near = next((f for f in tried if f.value >= 0 and sd_fits(f, mean, n, grain, bounds)), None)
        return f"the nearest standard deviation that is possible is {_written(near)}" if near else ""

    text = f"all totals of {n} values that give the mean {mean.text}, and all their sums of squares"
    return Check(possible=possible, arithmetic=text, explain=explain, shown="possible sums of squares")


def _as_standard_error(one: Figure, n: int) -> Figure:
    """Return the SD of which this is the standard error: a span as wide as the print allows."""
    root = Fraction(n) ** Fraction(1, 2)
    factor = Fraction(root).limit_denominator(10**6)
    return Figure(one.text, "=", one.value * factor, one.unit * factor, one.percent)


def _moved(one: Figure, steps: int) -> Figure:
    return Figure(one.text, one.op, one.value + steps * one.unit, one.unit, one.percent)


def _written(one: Figure) -> str:
    return f"{float(one.value):.{_places(one)}f}"


def sd_of_shares(given: Inputs) -> Check:
    """DEBIT: the SD of values 0 and 1 that have a printed mean (a proportion)."""
    n, mean = given.whole("n", 2), given.figure("mean", 0)
    if mean.percent or mean.value > 1:
        raise InputError(f"mean = {mean.text}; expected a proportion from 0 to 1")
    counts = sorted({t for _, sums in totals(mean, n, Fraction(1)) for t in sums if 0 <= t <= n})

    def possible(printed: Sequence[Figure]) -> Fit | None:
        for divisor, name in ((n - 1, ""), (n, "a standard deviation with the divisor n")):
            for k in counts:
                squares = Fraction(k) - Fraction(k * k, n)  # the values are their own squares
                sd = (float(squares) / divisor) ** 0.5
                how = printed[0].fits(sd, sd)
                if how:
                    verdict = rounding.REPRODUCED if how == "rounded" else rounding.TRUNCATED
                    return Fit(OTHER if name else verdict, name)
        return None

    def explain(printed: Sequence[Figure]) -> str:
        del printed
        if not counts:
            return f"the proportion {mean.text} itself is not possible with n = {n}"
        sds = [(k * (n - k) / n / (n - 1)) ** 0.5 for k in (counts[0], counts[-1])]
        listed = " to ".join(dict.fromkeys(f"{sd:.4f}" for sd in sds))
        return f"{_some(counts)} of {n} give a standard deviation of {listed}"

    return Check(
        possible=possible,
        arithmetic=f"√(n p (1 − p) / (n − 1)) with n = {n} and every count that gives {mean.text}",
        explain=explain,
        shown="possible counts",
    )


def _some(counts: list[int]) -> str:
    return str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
