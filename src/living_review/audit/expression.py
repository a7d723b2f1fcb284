"""References of a claim turned into exact values, units converted, the arithmetic written out."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from operator import ge, gt, le, lt

from living_review.audit import rounding
from living_review.evidence.references import OPERATORS, SEPARATORS, Cell
from living_review.stats.units import DAYS_IN

# One unit in terms of the first of its kind.
SIZES: dict[str, tuple[str, Fraction]] = {
    **{unit: ("time", days) for unit, days in DAYS_IN.items()},
    "mm": ("length", Fraction(1)),
    "cm": ("length", Fraction(10)),
    "mm2": ("area", Fraction(1)),
    "cm2": ("area", Fraction(100)),
    "ng/ml": ("concentration", Fraction(1)),
    "ng/dl": ("concentration", Fraction(1, 100)),
    "mg/day": ("dose rate", Fraction(1)),
    "mg/week": ("dose rate", Fraction(1, 7)),
}
# Days of a year by the calendars in use: Julian, common, leap, 52 weeks, 12 months of 30 days; and of
# a month beside a twelfth of these: four weeks, the longest.
YEARS = (Fraction(1461, 4), Fraction(365), Fraction(366), Fraction(364), Fraction(360))
MONTHS = (Fraction(28), Fraction(31))
# Columns whose name is no word for a reader.
COLUMNS = {"ae_facts": "harms", "age_years": "age", "n": "count", "events": "count"}
SCALES = {"nrs": "NRS", "vas": "VAS", "pga": "PGA"}
NEUTRAL = {None, "none", "percent", "patients", "events", "publications"}


SIDES = {"<": lt, "≤": le, ">": gt, "≥": ge}
NAMED_SIDES = {"less_than": "<", "at_most": "≤", "more_than": ">", "at_least": "≥"}
LIMIT = re.compile(r"\s*(?P<sign><=|>=|[<≤>≥])\s*(?P<digits>\d[\d,]*(?:\.\d+)?|\.\d+)\s*%?\s*")


class Missing(Exception):
    """An input has no number: the claim cannot be computed."""

    def __init__(self, cell: Cell) -> None:
        what, code = COLUMNS.get(cell.column, cell.column.replace("_", " ")), number(cell)
        shown = "" if cell.printed == cell.text else f" of “{cell.printed}”"
        if cell.table == "patients":
            shown = f" of {person(cell.id)}"
        super().__init__(f"{what}{shown} ({cell.locator or cell.table}): {code}")


class UnitsDiffer(Exception):
    """Two values have units that do not convert into each other."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} against {second}")


def convert(x: Fraction, unit: str | None, to: str | None) -> Fraction:
    """Convert a value between units of one kind.

    Parameters
    ----------
    x : Fraction
        The value.
    unit : str or None
        The unit it is in; None for a bare number.
    to : str or None
        The unit wanted; None leaves the value as it is.

    Returns
    -------
    Fraction
        The same quantity in ``to``.

    Raises
    ------
    UnitsDiffer
        If the two are of different kinds (``mg/m2/day`` and ``mg/kg/day``).
    """
    if unit == to or unit in NEUTRAL or to in NEUTRAL:
        return x
    if unit in SIZES and to in SIZES and SIZES[unit][0] == SIZES[to][0]:
        return x * SIZES[unit][1] / SIZES[to][1]
    raise UnitsDiffer(str(unit), str(to))


def calendars(*units: str) -> Iterator[dict[str, Fraction]]:
    """Yield the days in each unit of time by every usual calendar, the Julian year first."""
    days = {u: size for u, (kind, size) in SIZES.items() if kind == "time"}
    for year in YEARS:
        yield days | {"year": year, "month": year / 12}
    if "year" not in units:  # a year has twelve months whatever their length
        for month in MONTHS:
            yield days | {"month": month}


def step(cell: Cell) -> Fraction:
    """Return one unit in the last printed place, in the smallest unit of its kind."""
    return SIZES.get(str(cell.unit), ("", Fraction(1)))[1] / 10**cell.decimals


@dataclass(frozen=True)
class Limit:
    """A number of which only a side is printed: ``<0.001``, ``>90%``."""

    sign: str
    bound: Fraction
    printed: str

    @property
    def is_upper(self) -> bool:
        """Whether the number is below the bound."""
        return self.sign in "<≤"

    def holds(self, x: Fraction) -> bool:
        """Whether a number is on the printed side."""
        return SIDES[self.sign](x, self.bound)

    def __str__(self) -> str:
        return self.printed


def limit(cell: Cell, side: str | None = None) -> Limit | None:
    """Return the limit that a cell prints; None if it prints a number or a word.

    Parameters
    ----------
    cell : Cell
    side : str, optional
        A name in :data:`NAMED_SIDES`, for a cell that holds the bound alone.

    Returns
    -------
    Limit or None
        The number with the side it bounds, or None.
    """
    if side and cell.number is not None:
        return Limit(NAMED_SIDES[side], cell.number, f"{side.replace('_', ' ')} {number(cell)}")
    match = LIMIT.fullmatch(cell.text)
    if not match:
        return None
    sign = {"<=": "≤", ">=": "≥"}.get(match["sign"], match["sign"])
    return Limit(sign, Fraction(match["digits"].replace(",", "")), cell.text)


def value(cell: Cell, unit: str | None = None) -> Fraction:
    """Return the exact number of a cell, in a unit if one is given.

    Parameters
    ----------
    cell : Cell
        A cell that holds a number.
    unit : str, optional
        The unit wanted; None leaves it in its own.

    Returns
    -------
    Fraction
        The number, in ``unit``.
    """
    if cell.number is None:
        raise Missing(cell)
    return convert(cell.number, cell.unit, unit)


@dataclass(frozen=True)
class Side:
    """Cells between two separators, joined by ``+``, ``-`` and ``x``; products bind first."""

    terms: tuple[tuple[str, tuple[Cell, ...]], ...]

    @property
    def cells(self) -> list[Cell]:
        """All cells of the side, in order."""
        return [cell for _, cells in self.terms for cell in cells]

    def signed(self) -> Iterator[tuple[str, Cell]]:
        """Yield operator and cell; a reference to several cells adds them."""
        for operator, cells in self.terms:
            for i, cell in enumerate(cells):
                yield (operator if i == 0 or operator != "x" else "+"), cell

    def total(self, unit: str | None = None, shift: dict[Cell, Fraction] | None = None) -> Fraction:
        """Return the value of the side, exactly.

        Parameters
        ----------
        unit : str, optional
            Convert every cell to it (sums only).
        shift : dict, optional
            What to add to the printed value of a cell, to see what its rounding can do.

        Returns
        -------
        Fraction
            The sum of its cells, in ``unit``.
        """
        sums, product = Fraction(0), Fraction(0)
        for i, (operator, cell) in enumerate(self.signed()):
            x = value(cell, unit) + (shift or {}).get(cell, 0)
            if operator == "x":
                product *= x
            else:
                sums += product if i else 0
                product = -x if operator == "-" else x
        return sums + product

    def written(self) -> str:
        """Write the side as the arithmetic a reader would do."""
        parts = []
        for i, (operator, cell) in enumerate(self.signed()):
            sign = {"+": " + ", "-": " − ", "x": " × "}[operator] if i else ("−" * (operator == "-"))
            parts.append(sign + number(cell))
        return "".join(parts)

    def bracketed(self) -> str:
        """Write the side, in brackets if it has more than one cell."""
        return f"({self.written()})" if len(self.cells) > 1 else self.written()


def number(cell: Cell) -> str:
    """Write a number with a thousands separator and a real minus sign; a date as it is."""
    if cell.number is None:
        return SCALES.get(cell.text, person(cell.text))
    if cell.unit == "date":  # a year takes no separator
        return cell.text
    whole, point, rest = cell.text.replace(",", "").lstrip("-").partition(".")
    return ("−" if cell.number < 0 else "") + f"{int(whole or 0):,}{point}{rest}"


def place(cell: Cell, home: str) -> str:
    """State where a cell is printed, with the source if it is not the one that the claim is of.

    Parameters
    ----------
    cell : Cell
    home : str
        The study of the claim.

    Returns
    -------
    str
        The locator, for readers.
    """
    where = cell.locator or cell.table
    if cell.study == home:
        return where
    if cell.study == "review" and "label" in cell.row:
        return cell.row["label"]
    if cell.study == "context" and "study_id" in cell.row:  # a study beside the sources
        name = cell.row["study_id"].replace("_", " ").capitalize()
        return f"{name}, {cell.row.get('locator', 'description of the study')}"
    return f"{cell.study.replace('_', ' ').capitalize()}, {where}"


def person(text: str) -> str:
    """Write the name of a row of patients as readers do; any other word without underscores.

    Examples
    --------
    >>> person("p7"), person("no_change")
    ('patient 7', 'no change')
    """
    name = re.fullmatch(r"p(\d+)", text)
    return f"patient {name[1]}" if name else text.replace("_", " ")


def parse(tokens: list[tuple[str, list[Cell]]]) -> tuple[list[Side], list[str]]:
    """Group cells into sides.

    Parameters
    ----------
    tokens : list of (str, list of Cell)
        The tokens of ``inputs`` with the cells they name; operators name none.

    Returns
    -------
    sides, separators
        One separator fewer than sides. Tokens side by side without an operator are added.

    Raises
    ------
    ValueError
        If an operator is where a reference should be.
    """
    sides: list[Side] = []
    separators: list[str] = []
    terms: list[tuple[str, tuple[Cell, ...]]] = []
    operator: str | None = None
    for token, cells in tokens:
        if token in SEPARATORS:
            if not terms or operator:
                raise ValueError(f"{token!r} has nothing before it")
            sides.append(Side(tuple(terms)))
            separators.append(token)
            terms = []
        elif token in OPERATORS:
            if operator or (token == "x" and not terms):
                raise ValueError(f"{token!r} is where a reference should be")
            operator = token
        else:
            terms.append((operator or "+", tuple(cells)))
            operator = None
    if operator or not terms:
        raise ValueError("the inputs end without a reference")
    sides.append(Side(tuple(terms)))
    return sides, separators


def corners(cells: list[Cell]) -> Iterator[dict[Cell, Fraction]]:
    """Yield every combination of half a printed unit more or less for each cell.

    A function that is monotone in each cell takes its extremes over all unrounded inputs here.
    At most ten cells; more would be a thousand corners and more.
    """
    cells = list(dict.fromkeys(cells))
    if len(cells) > 10:
        raise ValueError(f"{len(cells)} rounded inputs: at most 10")
    halves = [Fraction(1, 2 * 10**cell.decimals) for cell in cells]
    for signs in itertools.product((-1, 1), repeat=len(cells)):
        yield {cell: sign * half for cell, sign, half in zip(cells, signs, halves, strict=True)}


def unit_text(unit: str | None, x: Fraction) -> str:
    """Return what is behind a number: ``%``, `` days``, `` mg/day`` or nothing.

    Parameters
    ----------
    unit : str or None
        The unit; None for a bare number.
    x : Fraction
        The number, for singular or plural.

    Returns
    -------
    str
        Begins with a space where the unit is a word.
    """
    if unit == "percent":
        return "%"
    if unit in NEUTRAL or unit == "date":
        return ""
    plural = "s" if SIZES.get(str(unit), ("",))[0] == "time" and abs(x) != 1 else ""
    return f" {unit}{plural}"


def show(x: Fraction, unit: str | None = None) -> str:
    """Write a computed value with its unit.

    Parameters
    ----------
    x : Fraction
        The value, in ``unit``.
    unit : str, optional
        Its unit; None for a bare number.

    Returns
    -------
    str
        Number and unit, for readers.
    """
    return rounding.format_fraction(x) + unit_text(unit, x)
