"""References: how a row of one table points at cells of others, by name and never by number.

``events/p1_time_on_treatment.time``
    one cell of the same study: table, row id, column
``rossi_2027:counts/tab1_n_total.n``
    a cell of another study; ``context:studies/rossi_2027.n_enrolled`` a cell of
    ``data/context/``, ``review:quoted_sources/...`` one of ``data/review/``
``events/p*_time_on_treatment.time``
    all rows whose id fits the pattern, in file order
``events/*[endpoint=time_on_treatment;patient=p1|p2].time``
    all rows that fit the conditions (``=`` or ``!=``; ``|`` between alternatives; ``_`` for a blank)
``groups/evaluable.n``
    a group of ``study.yaml``
``+ - x / to versus``
    standing alone between references: how they are combined
"""

from __future__ import annotations

import fnmatch
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

from living_review import evidence
from living_review.evidence import reads, shapes
from living_review.evidence.tables import TextTables
from living_review.files import UnreadableFileError

TOKEN = re.compile(
    r"(?:(?P<study>review|context|[a-z]+(?:_[a-z]+)*_\d{4}[a-z]?):)?(?P<table>[a-z_]+)/(?P<id>[A-Za-z0-9_*]+)"
    r"(?:\[(?P<conditions>[^\]\s]*)\])?\.(?P<column>\w+)"
)
CONDITION = re.compile(r"(?P<column>\w+)(?P<sign>!?=)(?P<words>.+)")
SEPARATORS = ("/", "to", "versus")
OPERATORS = (*SEPARATORS, "+", "-", "x")
UNIT_COLUMNS = {
    "value": "unit",
    "lower": "unit",
    "upper": "unit",
    "dose": "unit",
    "dose_upper": "unit",
    "time": "time_unit",
    "start": "start_unit",
    "stop": "stop_unit",
}


class InvalidReferenceError(evidence.EvidenceError):
    """A reference that names nothing; ``expected`` says what would be right."""

    def __init__(self, token: str, expected: str) -> None:
        super().__init__(f"{token!r}: expected {expected}")
        self.expected = expected


class UnreadableTableError(InvalidReferenceError):
    """A reference into a file that is not UTF-8 or not CSV: the issue is the file's."""


@dataclass(frozen=True)
class Cell:
    """One cell of the evidence, as text, with the row it is in."""

    study: str
    table: str
    column: str
    row: dict[str, str] = field(hash=False, compare=False)
    id: str = ""

    @property
    def text(self) -> str:
        """The characters in the CSV file: the digits printed are the precision known."""
        return self.row[self.column]

    @property
    def name(self) -> str:
        """``study:table/id.column``: the cell's place in the data package."""
        return f"{self.study}:{self.table}/{self.id}.{self.column}"

    @property
    def number(self) -> Fraction | None:
        """The exact value of the digits; None for a missing code or a word."""
        return _exact(self.text)

    @property
    def decimals(self) -> int:
        """Digits after the point."""
        return len(self.text.partition(".")[2]) if self.number is not None else 0

    @property
    def unit(self) -> str | None:
        """The word of ``vocabulary.yaml`` that is in the unit column of the row; None if none."""
        if self.column == "percent":
            return "percent"
        word = self.row.get(UNIT_COLUMNS.get(self.column, ""), "")
        return word if word not in ("", "none", "not_reported", "not_applicable") else None

    @property
    def printed(self) -> str:
        """What the paper prints there."""
        return self.row.get("printed", self.text)

    @property
    def locator(self) -> str:
        """Where the paper prints it; for a record that has no such column, which record it is."""
        if self.study in evidence.RECORDS and "locator" not in self.row:
            return f"{self.table}, {self.id}".replace("_", " ")
        return self.row.get("locator", "")


@functools.lru_cache(maxsize=4096)
def _exact(text: str) -> Fraction | None:
    try:
        return Fraction(Decimal(text.replace(",", "")))
    except (InvalidOperation, ValueError, OverflowError):  # a word; or infinity, which no cell may hold
        return None


def _same(words: str, text: str) -> bool:
    return any(w.replace("_", " ").lower() == text.replace("_", " ").lower() for w in words.split("|"))


class Cells:
    """Every cell of the evidence as text, read once.

    ``asked`` holds the tables that were asked for, as pairs of study and table.

    Parameters
    ----------
    root : Path
        Top of the project.
    texts : TextTables, optional
        Tables that were read before (``review.texts``), so that none is read twice.
    """

    def __init__(self, root: Path, texts: TextTables | None = None) -> None:
        self.data = root / "data"
        self.texts = texts or TextTables(self.data)
        self.asked: set[tuple[str, str]] = set()
        self._tables: dict[tuple[str, str], list[dict[str, str]]] = {}
        self._by_id: dict[tuple[str, str], dict[str, list[dict[str, str]]]] = {}

    def forget_studies(self) -> None:
        """Forget the tables of studies, and keep the records: of a thousand studies one is read."""
        for place in [place for place in self._tables if place[0] not in evidence.RECORDS]:
            del self._tables[place]
            self._by_id.pop(place, None)
        self.texts.forget(but=evidence.RECORDS)

    def rows(self, study: str, table: str) -> list[dict[str, str]]:
        """Return the rows of a table as mappings of text; an empty list if there is no such file.

        Parameters
        ----------
        study : str
            Name of the study's folder.
        table : str
            Name of the table.

        Returns
        -------
        list of dict of str to str
            Column and text of each row.
        """
        reads.note(f"{study}/{'study' if table == 'groups' else table}")
        return self._rows(study, table)

    def _rows(self, study: str, table: str) -> list[dict[str, str]]:
        self.asked.add((study, table))
        if (study, table) not in self._tables:
            self._tables[study, table] = list(self._read(study, table))
        return self._tables[study, table]

    def _read(self, study: str, table: str) -> Iterator[dict[str, str]]:
        if table == "groups":
            path = self.data / study / "study.yaml"
            meta = shapes.read_description(path) if path.is_file() else {}
            for key, group in (meta.get("groups") or {}).items():
                text = {k: str(v) for k, v in group.items()}
                yield {"id": key, "printed": text.get("n", ""), "locator": "study.yaml, groups"} | text
            return
        if read := self.texts.get(study, table):
            for row, named in zip(read.rows, read.named(), strict=True):
                yield {"id": row[0] if row else "", **named}

    def _named(self, study: str, table: str, pattern: str) -> list[dict[str, str]]:
        """Return the rows whose id fits a pattern, in file order."""
        rows = self._tables[study, table]
        if "*" in pattern:
            return [r for r in rows if fnmatch.fnmatchcase(r["id"], pattern)]
        if (study, table) not in self._by_id:
            by_id = self._by_id.setdefault((study, table), {})
            for row in rows:
                by_id.setdefault(row["id"], []).append(row)
        return self._by_id[study, table].get(pattern, [])

    def find(self, token: str, home: str) -> list[Cell]:
        """Return the cells that a reference names, in file order.

        Parameters
        ----------
        token : str
            A reference, see the module's text.
        home : str
            The study that a reference without a study refers to.

        Returns
        -------
        list of Cell
            At least one.

        Raises
        ------
        ReferenceFault
            If the reference is malformed or names nothing.
        """
        match = TOKEN.fullmatch(token)
        if not match:
            raise InvalidReferenceError(token, "table/id.column, or study:table/id.column")
        study, table, column = match["study"] or home, match["table"], match["column"]
        try:
            rows = self._rows(study, table)
        except UnreadableFileError as error:
            raise UnreadableTableError(token, f"a readable {study}/{table}") from error
        if not rows:
            raise InvalidReferenceError(token, f"a table that {study} has")
        if column not in rows[0]:
            raise InvalidReferenceError(token, f"a column of {table}: {', '.join(rows[0])}")
        found = self._named(study, table, match["id"])
        for part in filter(None, (match["conditions"] or "").split(";")):
            condition = CONDITION.fullmatch(part)
            if not condition or condition["column"] not in rows[0]:
                raise InvalidReferenceError(token, f"conditions column=word; found {part!r}")
            wanted = condition["sign"] == "="
            found = [r for r in found if _same(condition["words"], r[condition["column"]]) == wanted]
        if not found:
            import difflib

            near = difflib.get_close_matches(match["id"], [r["id"] for r in rows], 1)
            raise InvalidReferenceError(
                token, f"an id of {study}/{table}" + (f" (near: {near[0]})" if near else "")
            )
        of = f"{study}/{'study' if table == 'groups' else table}"
        reads.note(*(of if table == "groups" else f"{of}/{row['id']}" for row in found))
        return [Cell(study, table, column, r, r["id"]) for r in found]
