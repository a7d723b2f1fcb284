"""The one reader of tables: the characters of each cell, read once, from which types are made.

Numbers as floats (:meth:`Study.table`) and cells with the digits that were printed
(:class:`living_review.evidence.references.Cells`) are two views of what is read here.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from living_review import files


class TextTable(NamedTuple):
    """A table as characters: the header, and a row of cells for each line."""

    header: list[str]
    rows: list[list[str]]

    def named(self) -> list[dict[str, str]]:
        """Return each row by column; a short row has blanks at its end."""
        blank = dict.fromkeys(self.header, "")
        return [blank | dict(zip(self.header, row, strict=False)) for row in self.rows]


class TextTables:
    """The tables below ``data/``, each read when it is first asked for.

    Parameters
    ----------
    data : Path
        The folder ``data/`` of a project.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self._read: dict[tuple[str, str], TextTable | None] = {}

    def get(self, folder: str, table: str) -> TextTable | None:
        """Return ``data/<folder>/<table>.csv``; None if there is no such file.

        Parameters
        ----------
        folder : str
            A study, or the name of a folder of records.
        table : str
            Name of the file without its ending.

        Returns
        -------
        TextTable or None
            Its rows as text.

        Raises
        ------
        UnreadableFileError
            If the file is there and cannot be read.
        """
        place = folder, table
        if place not in self._read:
            path = self.data / folder / f"{table}.csv"
            self._read[place] = TextTable(*files.read_csv(path)) if path.is_file() else None
        return self._read[place]

    def forget(self, but: Iterable[str]) -> None:
        """Forget the tables of all folders but some: of a thousand studies one is held."""
        kept = set(but)
        self._read = {place: table for place, table in self._read.items() if place[0] in kept}
