"""Which version added or changed each row of the evidence, from all stated versions.

Written to ``data/review/row_versions.csv`` with what the newest version changed (:mod:`.stored`), and
read by :mod:`living_review.evidence.row_history`. Compared are the columns that both of two versions
have: that a later version has one more column is no change of a row.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from living_review.evidence import Review, row_history, snapshots, write_rows
from living_review.evidence.row_history import ADDED, DESCRIPTION, ROW, TABLE, WHOLE
from living_review.living.diff import tables
from living_review.report.citing import CONTEXT, CONTEXT_KEYS

HEADER = ["kind", "study", "table", "row", "version", "what"]
Key = tuple[str, str, str]  # study, table, row


def write(root: Path, newest: Review) -> Path:
    """Compare each stated version with the next, and store what that says of each row.

    The comparison begins with the first version from which on every revision is known here.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project, whose history is asked.
    newest : Review
        This copy, which is the newest version.

    Returns
    -------
    pathlib.Path
        The file.
    """
    versions = list(newest.records("versions")["version"])
    with contextlib.ExitStack() as opened:
        states = [(versions[-1], newest)]
        for version in reversed(versions[:-1]):
            try:
                state = opened.enter_context(snapshots.open_snapshot(version, root))
            except snapshots.CompareError:
                break  # from here on nothing is known: what is older is called so
            states.insert(0, (version, state))
        lines = lines_of(states)
    path = root / row_history.FILE
    write_rows(path, [HEADER, *lines])
    return path


def lines_of(states: Sequence[tuple[str, Review]]) -> list[list[str]]:
    """Return the lines of the file for states of the review, from the oldest to the newest.

    Parameters
    ----------
    states : sequence of tuple of str and Review
        Versions, each with its evidence.

    Returns
    -------
    list of list of str
        For each table of the newest state the first version compared and the digest of the table; for
        each of its rows the versions that added or changed it.
    """
    events: dict[Key, list[tuple[str, str]]] = defaultdict(list)
    for (_, old), (version, new) in pairwise(states):
        for key, what in _events(old, new).items():
            if what == ADDED:
                events[key] = []  # what was there under this name before is gone
            events[key].append((version, what))
    newest, first = states[-1][1], states[0][0]
    found = []
    for study, table in _tables(newest):
        path = row_history.path_of(newest.data, study, table)
        found.append([TABLE, study, table, WHOLE, first, row_history.digest_of_table(path)])
        own = ((row, those) for (s, t, row), those in events.items() if (s, t) == (study, table))
        found += [[ROW, study, table, row, *event] for row, those in own for event in those]
    return found


def _events(old: Review, new: Review) -> dict[Key, str]:
    """Return the rows of the newer state that it added or changed, and the columns."""
    old, new = old.with_retired(), new.with_retired()  # they keep their cards
    compared = tables.compare(old, new)
    there = set(_tables(new))
    found: dict[Key, str] = {}
    changed: dict[Key, list[str]] = defaultdict(list)
    for row in compared.added:
        if row.table == DESCRIPTION and row.study in old.study_ids:
            changed[row.study, row.table, WHOLE].append(row.row.partition(".")[0])
        elif (row.study, row.table) in there:
            found[row.study, row.table, WHOLE if row.table == DESCRIPTION else row.row] = ADDED
    for row in compared.removed:
        if row.table == DESCRIPTION and row.study in new.study_ids:
            changed[row.study, row.table, WHOLE].append(row.row.partition(".")[0])
    for cell in compared.changed:
        if cell.table == DESCRIPTION:
            changed[cell.study, cell.table, WHOLE].append(cell.row.partition(".")[0])
        elif (cell.study, cell.table) in there:
            changed[cell.study, cell.table, cell.row].append(cell.column)
    return found | {key: row_history.columns(names) for key, names in changed.items()}


def _tables(review: Review) -> list[tuple[str, str]]:
    """Return the tables whose rows have cards: of the studies, and of those beside them."""
    studies = review.with_retired().study_ids
    found = [(s, path.stem) for s in studies for path in sorted((review.data / s).glob("*.csv"))]
    beside = [(CONTEXT, t) for t in CONTEXT_KEYS if (review.data / CONTEXT / f"{t}.csv").is_file()]
    return [*found, *((study, DESCRIPTION) for study in studies), *beside]
