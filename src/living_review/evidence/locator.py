"""Where in a paper something is printed: a locator, read once into its parts.

A locator is written for readers (``Table II, row 3, column Sex``; ``Results, Treatment``). Code that
selects rows by place takes the parts, in Python from here, in a table of a study from the columns
``part_of`` and ``section``, never the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

ROMAN = {"I": 1, "V": 5, "X": 10}
NUMBERED = ("Table", "Figure")
TABLE = re.compile(
    r"(?P<kind>(?:Supplement\w* )?(?:Table|Figure)) (?P<number>[0-9]+|[IVX]+)"
    r"(?:,? (?P<under>footnote|legend))?(?:, (?P<rest>.+))?"
)
FOOTNOTE = re.compile(r"Footnote (?P<mark>\S+), Table (?P<number>[0-9]+|[IVX]+)")
INSIDE = re.compile(
    r"(?:block (?P<block>.+?)(?:, |$))?(?:row (?P<row>.+?)(?:, (?=column )|$))?"
    r"(?:column (?P<column>.+))?"
)
NO_SECTION = "not_applicable"


class LocatorError(ValueError):
    """A locator that names no place; the message says what is wrong and how one is written."""


@dataclass(frozen=True)
class Locator:
    """One place in a paper.

    Attributes
    ----------
    kind : str
        The part of the paper: ``Table``, ``Footnote``, ``Results``, ...
    number : int or None
        Of a table, of a figure, or of the table to which a footnote belongs.
    row, column : str or None
        Heads of the row and of the column of a table, as printed.
    section : str or None
        What is after the part: a section under its heading, the mark of a footnote, a block of a
        table.
    """

    kind: str
    number: int | None = None
    row: str | None = None
    column: str | None = None
    section: str | None = None

    @property
    def part_of(self) -> str:
        """The part as a code: ``table_2``, ``footnote_1``, ``case_reports``."""
        code = _code(self.kind)
        return code if self.number is None else f"{code}_{self.number}"

    @property
    def source(self) -> str:
        """The text it is a place of: ``paper``, or the ``interview`` or ``news report`` about it."""
        if self.kind == "Interview" or self.section == "of the interview":
            return "interview"
        return "news report" if self.kind == "News report" else "paper"


def parse(text: str) -> Locator:
    """Return the place that a locator names; of several, joined by semicolons, the first.

    Parameters
    ----------
    text : str
        As in the column ``locator``: the part, then after commas the row, the column or the section.

    Raises
    ------
    LocatorError
        If a table or figure has no number, or something is in it that is neither block, row,
        column nor section.

    Examples
    --------
    >>> parse("Table II, row 3, column Sex")
    Locator(kind='Table', number=2, row='3', column='Sex', section=None)
    >>> parse("Table II footnote").part_of, parse("Footnote a, Table II").part_of
    ('footnote_2', 'footnote_2')
    >>> parse("Results, Treatment").section
    'Treatment'
    """
    first = text.partition("; ")[0].strip()
    if found := FOOTNOTE.fullmatch(first):
        return Locator("Footnote", _number(found["number"], text), section=found["mark"])
    if found := TABLE.fullmatch(first):
        number = _number(found["number"], text)
        if found["under"] == "footnote":
            return Locator("Footnote", number, section=found["rest"])
        rest = found["rest"] or ""
        inside = INSIDE.fullmatch(rest)
        if inside is None or not rest:  # a section of the table, by its heading
            return Locator(found["kind"], number, section=found["rest"])
        return Locator(found["kind"], number, inside["row"], inside["column"], inside["block"])
    if re.match(rf"(?:Supplement\w* )?(?:{'|'.join(NUMBERED)})\b", first):
        raise LocatorError(
            f"{text!r}: a table or figure needs its number, then a comma: Table II, row 3, column Sex"
        )
    kind, _, section = first.partition(", ")
    bare, _, aside = kind.partition(" (")
    if not bare:
        raise LocatorError(f"{text!r}: no part of the paper; write one first: Results, Treatment")
    return Locator(bare, section=section or aside.removesuffix(")") or None)


def columns(locators: Iterable[str]) -> dict[str, list[str]]:
    """Return the columns that replace locators in a table: ``part_of`` and ``section``, as codes.

    Examples
    --------
    >>> columns(["Results, Safety and toxicity", "Table 1"])
    {'part_of': ['results', 'table_1'], 'section': ['safety_and_toxicity', 'not_applicable']}
    """
    places = [parse(text) for text in locators]
    return {
        "part_of": [place.part_of for place in places],
        "section": [_code(place.section) if place.section else NO_SECTION for place in places],
    }


def _code(words: str) -> str:
    return re.sub(r"\W+", "_", words.lower()).strip("_") or words


def _number(text: str, locator: str) -> int:
    if text.isdigit():
        return int(text)
    values = [ROMAN[letter] for letter in text]
    number = sum(-v if v < n else v for v, n in zip(values, [*values[1:], 0], strict=True))
    if _roman(number) != text:
        raise LocatorError(f"{locator!r}: {text} is no number; write Table II or Table 2")
    return number


def _roman(number: int) -> str:
    out = ""
    for value, letters in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        out += letters * (number // value)
        number %= value
    return out
