"""Printed figures as a paper writes them: comparator, digits, unit of the last place.

A figure keeps what its digits say: the span of values that any usual way of rounding prints so. Half up
and half even share one closed span (a tie belongs to both neighbours); cutting digits off has its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

NUMBER = re.compile(
    r"(?P<op>[<>≤≥=]|<=|>=)?\s*"
    r"(?P<sign>(?<![\d%.·)])[-−+])?"
    r"(?P<digits>[1-9]\d{0,2}(?:,\d{3})+(?:[.·]\d+)?(?!\d)|\d*[.·,]\d+|\d+)"
    r"(?:\s*[×x*]\s*10\s*\^?\s*(?P<power>[-−+]?\d+)|[eE](?P<exponent>[-−+]?\d+))?"
    r"\s*(?P<percent>%)?"
)
THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
LEVEL = re.compile(
    r"\d+(?:\.\d+)?\s*%\s*(?:CI|CrI|confidence(?:\s+(?:interval|limits))?)\s*:?", re.IGNORECASE
)
NOT_SIGNIFICANT = re.compile(r"(?:p\s*=?\s*)?(?:n\.?\s?s\.?|not significant)", re.IGNORECASE)
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
WORDS = re.compile(r"[A-Za-zχ]+|[()\[\];:,/±]|to\b|[–—-]")
TINY = 1e-6  # of a unit of the last place: what floating point may be off, far below any rounding


@dataclass(frozen=True)
class Figure:
    """One printed number.

    Attributes
    ----------
    text : str
        The characters, with the comparator and the percent sign.
    op : {'=', '<', '>'}
        What it says of the value; ``≤`` and ``≥`` are read as ``<`` and ``>``.
    value : Fraction
        The number as printed; a percentage stays in percent.
    unit : Fraction
        One in the last printed place.
    percent : bool
        Whether a percent sign follows.
    """

    text: str
    op: str
    value: Fraction
    unit: Fraction
    percent: bool = False

    @cached_property
    def number(self) -> float:
        """The printed value."""
        return float(self.value)

    @cached_property
    def step(self) -> float:
        """One in the last place."""
        return float(self.unit)

    @cached_property
    def rounded_from(self) -> tuple[float, float]:
        """Least and greatest value that rounds to it; both ends belong to it."""
        return float(self.value - self.unit / 2), float(self.value + self.unit / 2)

    @cached_property
    def cut_from(self) -> tuple[float, float]:
        """Least and greatest value that is cut off to it; the end away from zero does not belong."""
        if self.value == 0:
            return -self.step, self.step
        away = float(self.value + (self.unit if self.value > 0 else -self.unit))
        return (self.number, away) if self.value > 0 else (away, self.number)

    @cached_property
    def span(self) -> tuple[float, float]:
        """Least and greatest value that is rounded or cut off to it."""
        ends = (*self.rounded_from, *self.cut_from)
        return min(ends), max(ends)

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole number, printed without decimals."""
        return self.op == "=" and self.value.denominator == 1 and self.unit >= 1

    def fits(self, low: float, high: float) -> str:
        """State how some value between two limits is printed so: ``rounded``, ``cut`` or nothing.

        Parameters
        ----------
        low, high : float
            Ends of a closed span of values; equal for one value.

        Returns
        -------
        str
            ``rounded``, ``cut`` or an empty text.
        """
        slack = TINY * self.step
        if self.op == "<":
            return "rounded" if low <= self.number + slack else ""
        if self.op == ">":
            return "rounded" if high >= self.number - slack else ""
        start, end = self.rounded_from
        if low <= end + slack and high >= start - slack:
            return "rounded"
        start, end = self.cut_from
        if self.value >= 0 and low < end - slack and high >= start - slack:
            return "cut"
        if self.value <= 0 and high > start + slack and low <= end + slack:
            return "cut"
        return ""

    def near(self, low: float, high: float) -> bool:
        """Whether some value between the limits is within a unit of the last place of the rounding.

        Parameters
        ----------
        low, high : float
            Ends of the values, both included.

        Returns
        -------
        bool
            True if there is one.
        """
        start, end = self.rounded_from
        return self.op == "=" and low <= end + 1.001 * self.step and high >= start - 1.001 * self.step


def figures(text: str, alpha: str = "0.05") -> list[Figure]:
    """Read the numbers of a printed result, in their order.

    Parameters
    ----------
    text : str
        As printed: ``p < .001``, ``36.9%``, ``1.52 (95% CI 1.10 to 2.10)``, ``1.2 × 10−5``. The level
        of an interval is no number of it. A hyphen between two numbers is a dash, not a minus.
    alpha : str
        What *n.s.* is taken to mean: above this.

    Returns
    -------
    list of matplotlib.figure.Figure
        Empty if there is none.

    Raises
    ------
    ValueError
        If there is no number, or something that is neither number nor the usual words around one.

    Examples
    --------
    >>> [(f.op, str(f.value), str(f.unit)) for f in figures("p < .001")]
    [('<', '1/1000', '1/1000')]
    >>> [f.text for f in figures("1.52 (95% CI 1.10-2.10)")]
    ['1.52', '1.10', '2.10']
    """
    if NOT_SIGNIFICANT.fullmatch(text.strip()):
        text = f">{alpha}"
    plain = LEVEL.sub(" ", text.translate(SUPERSCRIPTS).replace("<=", "≤").replace(">=", "≥"))
    found = [_figure(match) for match in NUMBER.finditer(plain)]
    rest = WORDS.sub("", NUMBER.sub("", plain)).strip()
    if not found or rest:
        what = f"what is {rest[:20]!r}?" if found else "there is no number"
        raise ValueError(f"{text!r}: {what} Write numbers as the paper prints them: 0.03, <.001, 36.9%")
    return found


def figure(text: str, alpha: str = "0.05") -> Figure:
    """Read one printed number.

    Parameters
    ----------
    text : str
        As printed.
    alpha : str, optional
        What *significant* stands for.

    Returns
    -------
    matplotlib.figure.Figure
        With its printed digits.

    Raises
    ------
    ValueError
        If there is none, or more than one.
    """
    found = figures(text, alpha)
    if len(found) != 1:
        raise ValueError(f"{text!r} holds {len(found)} numbers; expected one")
    return found[0]


def _figure(match: re.Match[str]) -> Figure:
    digits = match["digits"].replace("·", ".")
    digits = digits.replace(",", "" if THOUSANDS.fullmatch(digits) else ".")
    shift = int((match["power"] or match["exponent"] or "0").replace("−", "-"))
    scale = Fraction(10) ** shift
    places = len(digits.partition(".")[2])
    sign = -1 if (match["sign"] or "") in ("-", "−") else 1
    op = {"≤": "<", "≥": ">", None: "="}.get(match["op"], match["op"])
    value = sign * Fraction(digits if digits[0] != "." else "0" + digits) * scale
    return Figure(match[0].strip(), op, value, scale / 10**places, bool(match["percent"]))


def wrong_digits(one: Figure) -> list[Figure]:
    """Return what is printed if one digit of a number is another one: each digit, the nine others.

    The zero before the point stays (0.05 does not become 1.05 by a slip of one digit).

    Examples
    --------
    >>> [float(f.value) for f in wrong_digits(figure("0.5"))][:3], len(wrong_digits(figure("0.05")))
    ([0.0, 0.1, 0.2], 18)
    """
    size, place, found = abs(one.value), one.unit, []
    sign = -1 if one.value < 0 else 1
    rest = int(size / one.unit)
    while rest or place < 1 or place == one.unit:
        if place >= 1 and size < 1 and one.unit < 1:
            break
        rest, digit = divmod(rest, 10)
        for other in range(10):
            if other != digit:
                value = one.value + sign * (other - digit) * place
                found.append(Figure(one.text, one.op, value, one.unit, one.percent))
        place *= 10
    return found
