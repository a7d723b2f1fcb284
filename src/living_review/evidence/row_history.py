"""In which version a row of the evidence came, and which versions changed it.

``data/review/row_versions.csv`` says so; ``living-review diff --write`` compares the stated versions
and writes it, so that a copy without history shows the same. A table that changed since is recognised
by its digest: of its rows nothing is said then.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from living_review import files
from living_review.evidence.model import Review, read_rows

FILE = "data/review/row_versions.csv"
TABLE, ROW = "table", "row"  # the two kinds of lines
ADDED = "added"
DESCRIPTION = "study.yaml"  # the description of a study, which has one card
WHOLE = "not_applicable"  # in place of a row: the table, or the description
NOT_COMPARED = "Not known: the table was changed after the versions were last compared"


class Event(NamedTuple):
    """A version that added or changed a row; ``what`` is ``added`` or the columns, by semicolons."""

    version: str
    what: str


class History:
    """What is stored, ready to be asked row by row.

    Parameters
    ----------
    review : Review
        With ``data/review/row_versions.csv``, or with a single version: then all rows are of that.
    """

    def __init__(self, review: Review) -> None:
        self._data = review.data
        self._first: dict[tuple[str, str], tuple[str, str]] = {}
        self._events: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
        self._versions = list(review.records("versions")["version"])
        if (review.root / FILE).is_file():
            for line in review.records("row_versions").itertuples(index=False):
                if line.kind == TABLE:
                    self._first[line.study, line.table] = line.version, line.what
                else:
                    event = Event(line.version, line.what)
                    self._events[line.study, line.table, line.row].append(event)
        self._current: dict[tuple[str, str], bool] = {}

    def sentence(self, study: str, table: str, row: str = WHOLE) -> str:
        """Return since when the evidence has a row, and what changed it, for a reader.

        Parameters
        ----------
        study : str
            Folder below ``data/``: a study, or ``context``.
        table : str
            Name of the table, or ``study.yaml``.
        row : str, optional
            The row's id; without it the description of the study.

        Returns
        -------
        str
            Such as *Since version 0.1.0; changed in 0.3.0 (time, note)*.
        """
        if not self._first:
            only = len(self._versions) == 1
            return f"Since version {self._versions[0]}, the first" if only else NOT_COMPARED
        if not self._is_current(study, table):
            return NOT_COMPARED
        first = self._first[study, table][0]
        since = f"Since version {first}"
        if first != self._versions[0]:
            since += " or an earlier one"
        events = self._events.get((study, table, row), [])
        if events and events[0].what == ADDED:
            since, events = f"Since version {events[0].version}", events[1:]
        if not events:
            return f"{since}, unchanged"
        changes = (f"{e.version} ({e.what.replace('; ', ', ').replace('_', ' ')})" for e in events)
        return f"{since}; changed in {' and '.join(changes)}"

    def _is_current(self, study: str, table: str) -> bool:
        place = study, table
        if place not in self._current:
            path = path_of(self._data, *place)
            stored = self._first.get(place, ("", ""))[1]
            self._current[place] = path.is_file() and digest_of_table(path) == stored
        return self._current[place]


def path_of(data: Path, study: str, table: str) -> Path:
    """Return the file of a table.

    Parameters
    ----------
    data : pathlib.Path
        The folder ``data``.
    study : str
        Folder in it.
    table : str
        Name of the table, or ``study.yaml``.

    Returns
    -------
    pathlib.Path
        Which need not exist.
    """
    return data / study / (table if table == DESCRIPTION else f"{table}.csv")


def digest_of_table(path: Path) -> str:
    """Return a digest of what a table holds, whatever the line ends of its file are."""
    if path.suffix == ".csv":
        text = json.dumps(read_rows(path), ensure_ascii=False)
    else:
        text = files.read_text(path)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def columns(names: Iterable[str]) -> str:
    """Return names of changed columns as an event has them, each once."""
    return "; ".join(dict.fromkeys(names))
