"""What a claim should follow from: ``t = 2.31; df = 48`` read into figures, counts and words."""

from __future__ import annotations

import re

from living_review.audit.printed import Figure, figure, figures

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
LARGEST = 10**9  # a count beyond this is a slip, and no computation here is meant for it


class InputError(ValueError):
    """A claim that cannot be computed as it is written; says what to do."""


class Inputs:
    """Named inputs of one claim, as printed.

    Parameters
    ----------
    text : str
        ``name = value`` pairs, separated by semicolons.
    known : tuple of str
        Names that the kind takes.

    Raises
    ------
    InputError
        If a pair is no pair, a name is unknown or occurs twice.
    """

    def __init__(self, text: str, known: tuple[str, ...]) -> None:
        self.texts: dict[str, str] = {}
        for part in filter(None, (p.strip() for p in text.split(";"))):
            name, sign, value = (p.strip() for p in part.partition("="))
            if not sign or not value or not NAME.fullmatch(name):
                raise InputError(f"{part!r}; expected name = value, as in {known[0]} = 12")
            if name not in known:
                raise InputError(f"unknown name {name!r}; this kind knows {', '.join(known)}")
            if name in self.texts:
                raise InputError(f"{name!r} is given twice")
            self.texts[name] = value

    def __contains__(self, name: str) -> bool:
        return name in self.texts

    def _text(self, name: str) -> str:
        if name not in self.texts:
            raise InputError(f"{name!r} is missing: add {name} = …")
        return self.texts[name]

    def figure(self, name: str, least: float | None = None) -> Figure:
        """Return one printed number.

        Parameters
        ----------
        name : str
            Name of the input.
        least : float, optional
            The least value allowed; None for any.

        Returns
        -------
        matplotlib.figure.Figure
            With its printed digits.

        Raises
        ------
        InputError
            If it is missing, no number, a limit such as <5, or below ``least``.
        """
        text = self._text(name)
        try:
            one = figure(text)
        except ValueError as error:
            raise InputError(f"{name} = {error}") from error
        if one.op != "=":
            raise InputError(f"{name} = {text}: a limit; expected a number")
        if least is not None and one.value < least:
            raise InputError(f"{name} = {text}; expected {least:g} or more")
        return one

    def whole(self, name: str, least: int = 0) -> int:
        """Return a count: a whole number, exact.

        Parameters
        ----------
        name : str
            Name of the input.
        least : int, optional
            The least value allowed.

        Returns
        -------
        int
            The count.

        Raises
        ------
        InputError
            If it is missing, not whole or below ``least``.
        """
        one = self.figure(name)
        if not one.is_whole or not least <= one.value <= LARGEST:
            raise InputError(
                f"{name} = {self.texts[name]}; expected a whole number from {least} to {LARGEST:,}"
            )
        return int(one.value)

    def number(self, name: str, default: float) -> float:
        """Return a plain number, taken as exact, or its default.

        Parameters
        ----------
        name : str
            Name of the input.
        default : float
            Returned where the input is missing.

        Returns
        -------
        float
            The number.
        """
        return self.figure(name).number if name in self.texts else default

    def several(self, name: str) -> list[Figure]:
        """Return a list of printed numbers, separated by spaces.

        Raises
        ------
        InputError
            If it is missing or holds something else.
        """
        text = self._text(name)
        try:
            found = [figure(part) for part in text.split()]
        except ValueError as error:
            raise InputError(f"{name}: {error}; separate numbers by spaces") from error
        if any(f.op != "=" for f in found):
            raise InputError(f"{name} = {text}: a limit among them; expected numbers")
        return found

    def table(self, name: str) -> list[list[int]]:
        """Return a table of counts: ``12 28 / 8 34``, a slash between rows.

        Raises
        ------
        InputError
            If rows differ in length, there are fewer than two rows or columns, or a cell is no count.
        """
        text = self._text(name)
        rows = [row.split() for row in text.split("/")]
        if len(rows) < 2 or len(rows[0]) < 2 or len({len(row) for row in rows}) > 1:
            raise InputError(f"{name} = {text}; expected rows of equal length, as in 12 28 / 8 34")
        try:
            cells = [[int(cell) for cell in row] for row in rows]
        except ValueError:
            raise InputError(f"{name} = {text}; expected whole numbers only") from None
        if any(cell < 0 for row in cells for cell in row):
            raise InputError(f"{name} = {text}; expected no number below zero")
        if not all(map(sum, cells)) or not all(map(sum, zip(*cells, strict=True))):
            raise InputError(f"{name} = {text}; a row or a column has nobody in it: no test is defined")
        return cells

    def word(self, name: str, choices: tuple[str, ...], default: str = "") -> str:
        """Return a word out of some.

        Parameters
        ----------
        name : str
            Name of the input.
        choices : tuple of str
            The words allowed.
        default : str, optional
            Returned where the input is missing.

        Returns
        -------
        str
            One of ``choices`` or the default.

        Raises
        ------
        InputError
            If it is another word.
        """
        word = self.texts.get(name, default)
        if word != default and word not in choices:
            raise InputError(f"{name} = {word}; expected one of {', '.join(choices)}")
        return word

    def numbers_in(self, name: str) -> list[Figure]:
        """Return every number of a printed result among the inputs (an interval, for example)."""
        try:
            return figures(self._text(name))
        except InputError:
            raise
        except ValueError as error:
            raise InputError(f"{name} = {error}") from error
