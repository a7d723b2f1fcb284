"""Two independent readings of the same papers: how far they agree, and how differences were settled.

Two readers extracted each source without seeing the other's work. Their tables are kept, as they were
before any difference was settled, in ``data/review/readings/first`` and ``.../second``. Which rows
refer to the same thing, and which cells count, is in :mod:`living_review.extraction.matching`.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from living_review import evidence, files
from living_review.evidence import reads, shapes
from living_review.extraction.matching import Comparison, Reading, canonical, compare, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

READINGS = ("first", "second")
AGAIN = "again"
LEAST = ("id", "printed", "locator")  # what a row of any reading has
LINES = ["id", "text", "group", "item", "value", "unit", "printed", "locator", "note"]
# A row without partner counts as placed in another table if a row there is at least this like it,
# both in its place and in its printed fragment.
ELSEWHERE = 0.50
BY_TABLE = [
    *("study_id", "table", "first", "second", "matched", "identical", "cells", "same", "codes"),
    *("only_first", "only_second", "elsewhere_first", "elsewhere_second"),
]
SETTLEMENTS = ["study_id", "table", "kind", "differences", "outcome"]
# Rows of settled.csv that settle no difference between the readings: a rule for several rows, a
# description of a study, a fact that both readings had wrong or passed over, a text that was had later.
NO_DIFFERENCE = ("rule", "description", "correction", "another text")


def read(review: evidence.Review, which: str, study_id: str) -> dict[str, Reading]:
    """Load one reader's tables of one study.

    Parameters
    ----------
    review : Review
        Gives the schemas and the place of the readings.
    which : {"first", "second"}
        Which reading.
    study_id : str
        The study.

    Returns
    -------
    dict
        Table name and :class:`Reading`; empty if the study was not read.

    Raises
    ------
    EvidenceError
        If the folder of a reading lacks what a reading is: groups in ``study.yaml``, and tables with
        rows of full length and a column for the name of each row.
    """
    folder = _folder(review, which) / study_id
    if not folder.is_dir():
        return {}
    groups = _groups(folder)
    reads.note(f"readings/{study_id}")
    found = {}
    for path in sorted(folder.glob("*.csv")):
        header, rows = evidence.read_rows(path)
        schema = review.schemas.get(path.stem)
        if schema is None or not set(LEAST) <= set(header):
            raise evidence.EvidenceError(
                f"{path}: expected a table of data/schema with {', '.join(LEAST)} in its header: "
                "give the file its name, or fill the table"
            )
        if not rows or any(len(row) != len(header) for row in rows):
            raise evidence.EvidenceError(
                f"{path}: expected rows of {len(header)} cells: fill the table, or delete the file if "
                "the paper feeds no such table"
            )
        found[path.stem] = Reading(
            schema,
            [dict(zip(header, row, strict=True)) for row in rows],
            groups,
        )
    if not found:
        raise evidence.EvidenceError(
            f"{folder}: no table: put the tables of the {which} reading there, or declare readings: 1 "
            f"in data/{study_id}/study.yaml and delete the folder"
        )
    return found


def _groups(folder: Path) -> frozenset[str]:
    path = folder / "study.yaml"
    if not path.is_file():
        raise evidence.EvidenceError(
            f"{path}: no such file: a reading is its tables and study.yaml with the groups they name"
        )
    try:
        return frozenset(shapes.read_description(path)["groups"])
    except (evidence.EvidenceError, files.UnreadableFileError, LookupError, TypeError) as error:
        raise evidence.EvidenceError(
            f"{path}: no groups can be read ({' '.join(str(error).split())[:120]}): expected the key "
            "groups as in the study.yaml of other studies"
        ) from error


def again(review: evidence.Review) -> pd.DataFrame:
    """Compare the numbers of texts that were had later and read twice then.

    A reading of such a text is ``data/review/readings/again/<study>/first.csv`` or ``second.csv``:
    a row for each thing read, in the readers' own order and names (columns :data:`LINES`). Nothing
    is compared but numbers and dates: two rows are the same if text, value and unit are, and the
    group where one is named.

    Returns
    -------
    pandas.DataFrame
        A row for each study and text: ``study_id``, ``text``, numbers in the ``first`` and in the
        ``second`` reading, how many are the ``same``, and lists of the ids ``only_first`` and
        ``only_second``.

    Raises
    ------
    EvidenceError
        If a file has other columns.
    """
    lines = []
    for folder in sorted((review.data / "review" / "readings" / AGAIN).glob("*_*")):
        if folder.name in review.out:
            continue
        both = [_numbers(folder / f"{which}.csv") for which in READINGS]
        reads.note(f"readings/{folder.name}")
        for text in sorted({key[0] for keys in both for key, _ in keys}):
            first, second = ([(k, i) for k, i in keys if k[0] == text] for keys in both)
            counts = [Counter(k for k, _ in keys) for keys in (first, second)]
            lines.append(
                {
                    "study_id": folder.name,
                    "text": text,
                    "first": len(first),
                    "second": len(second),
                    "same": (counts[0] & counts[1]).total(),
                    "only_first": _left(first, counts[1]),
                    "only_second": _left(second, counts[0]),
                }
            )
    columns = ["study_id", "text", "first", "second", "same", "only_first", "only_second"]
    return pd.DataFrame(lines, columns=columns)


_Key = tuple[str, str, str, str]


def _numbers(path: Path) -> list[tuple[_Key, str]]:
    """Return what identifies each number or date of a reading, and its id."""
    header, rows = evidence.read_rows(path)
    if header != LINES:
        raise evidence.EvidenceError(
            f"{path}: columns {', '.join(header)}; expected {', '.join(LINES)}: name them so"
        )
    found = []
    for row in (dict(zip(header, cells, strict=True)) for cells in rows):
        if re.fullmatch(r"-?\d+(\.\d+)?|\d{4}-\d{2}-\d{2}", row["value"]):
            group = "all" if row["group"] == "not_reported" else row["group"]
            found.append(((row["text"], group, row["unit"], canonical(row["value"])), row["id"]))
    return found


def _left(keys: list[tuple[_Key, str]], other: Counter[_Key]) -> list[str]:
    rest, out = other.copy(), []
    for key, name in keys:
        if rest[key]:
            rest[key] -= 1
        else:
            out.append(name)
    return out


def _folder(review: evidence.Review, which: str) -> Path:
    if which not in READINGS:
        raise ValueError(f"{which!r}: a reading is one of {', '.join(READINGS)}")
    return review.data / "review" / "readings" / which


def studies(review: evidence.Review) -> list[str]:
    """Return the studies that were read twice, in alphabetical order."""
    read = [{p.name for p in _folder(review, which).glob("*_*")} for which in READINGS]
    return sorted(read[0] & read[1] & set(review.study_ids))


def comparisons(review: evidence.Review, study_id: str) -> dict[str, Comparison]:
    """Compare all tables of a study; a table that one reader did not fill counts as empty.

    Parameters
    ----------
    review : Review
        The opened evidence.
    study_id : str
        Name of the study's folder.

    Returns
    -------
    dict of str to Comparison
        By name of the table.
    """
    first, second = (read(review, which, study_id) for which in READINGS)
    compared = {}
    for table in sorted(first.keys() | second.keys()):
        schema = review.schemas[table]
        empty = Reading(schema, [], frozenset())
        compared[table] = compare(first.get(table, empty), second.get(table, empty))
    return compared


def by_table(review: evidence.Review, study_ids: Iterable[str] | None = None) -> pd.DataFrame:
    """Count what two readings share, for each study (all, or those named) and table.

    Parameters
    ----------
    review : Review
        The opened evidence.
    study_ids : iterable of str, optional
        Names of studies; None for all.

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``table``; rows of the ``first`` and ``second`` reading; rows ``matched`` and,
        of these, ``identical`` (no value cell differs); value ``cells`` compared in matched rows
        and how many are the ``same``; ``codes``, the cells in which both are missing under
        different codes; rows ``only_first`` and ``only_second``, and of these
        ``elsewhere_first`` and ``elsewhere_second``, which the other reader has in another table.
    """
    lines = []
    for study_id in studies(review) if study_ids is None else study_ids:
        compared = comparisons(review, study_id)
        for table, result in compared.items():
            line = {"study_id": study_id, "table": table, **result.summary()}
            for which in READINGS:
                line[f"elsewhere_{which}"] = len(elsewhere(compared, table, which))
            lines.append(line)
    return pd.DataFrame(lines, columns=BY_TABLE)


def elsewhere(compared: dict[str, Comparison], table: str, which: str) -> dict[str, str]:
    """Find rows without a partner that the other reader has, but in another table.

    Parameters
    ----------
    compared : dict of str to Comparison
        As :func:`comparisons` returns it.
    table : str
        Name of the table.
    which : str
        Whose rows: ``first`` or ``second``.

    Returns
    -------
    dict
        ``id`` of the row and ``table/id`` of the row most like it, where the likeness of the
        printed form and that of the locator are both at least :data:`ELSEWHERE`.
    """
    lone = getattr(compared[table], f"only_{which}")
    other = "second" if which == "first" else "first"
    candidates = [
        (f"{name}/{row['id']}", row)
        for name, result in compared.items()
        if name != table
        for row in getattr(result, other).rows
    ]
    found = {}
    for row in lone:
        best = max(
            ((_near(row, candidate), place) for place, candidate in candidates),
            default=(0.0, ""),
        )
        if best[0] >= ELSEWHERE:
            found[row["id"]] = best[1]
    return found


def _near(a: dict[str, str], b: dict[str, str]) -> float:
    def shared(column: str) -> float:
        x, y = tokens(a[column]), tokens(b[column])
        return len(x & y) / len(x | y) if x | y else 0.0

    return min(shared("printed"), shared("locator"))


def differences(review: evidence.Review, study_ids: Iterable[str] | None = None) -> pd.DataFrame:
    """List every differing value cell: study, table, the two ids, column, both values, kind.

    Parameters
    ----------
    review : Review
        The opened evidence.
    study_ids : iterable of str, optional
        Names of studies; None for all.

    Returns
    -------
    pandas.DataFrame
        One row for each cell.
    """
    lines = [
        {"study_id": study_id, "table": table, **difference}
        for study_id in study_ids or studies(review)
        for table, result in comparisons(review, study_id).items()
        for difference in result.differences
    ]
    columns = ["study_id", "table", "first_id", "second_id", "column", "first", "second", "kind"]
    return pd.DataFrame(lines, columns=columns)


def settlements(review: evidence.Review, study_id: str | None = None) -> pd.DataFrame:
    """Read ``data/review/settled.csv`` as counts.

    Parameters
    ----------
    review : Review
    study_id : str, optional
        Only of this study. A line that waits to be filled settles nothing yet and is left out.

    Returns
    -------
    pandas.DataFrame
        One line for each row of the file that settles cells or rows: ``study_id``, ``table``,
        ``kind`` (of cells ``value``, ``missing`` or ``code`` as in :class:`Comparison`; of rows
        ``only_first`` or ``only_second``), ``differences`` (how many it settles) and ``outcome``
        (of cells ``first``, ``second`` or ``neither``; of rows ``kept``, ``added`` or
        ``not added``). What settles no difference of the two readings is left out
        (:data:`NO_DIFFERENCE`).

    Raises
    ------
    EvidenceError
        If a row has a kind that is none of these, or does not say how it was settled.
    """
    kinds = {
        "two values": "value",
        "a value against none": "missing",
        "two missing codes": "code",
        "rows only in the first reading": "only_first",
        "rows only in the second reading": "only_second",
    }
    lines = []
    for row in review.records("settled").to_dict("records"):
        if study_id not in (None, row["study_id"]) or row["settled"] == evidence.TO_FILL:
            continue
        named = re.fullmatch(r"(?:cells? ?(?:alike)?: )?(.+?)(?: \((\d+)\))?", row["kind"])
        if row["kind"] in NO_DIFFERENCE:
            continue
        if named is None or named[1] not in kinds:
            raise evidence.EvidenceError(
                f"data/review/settled.csv: the kind {row['kind']!r} is none of "
                f"{', '.join([*kinds, *NO_DIFFERENCE])}: correct it"
            )
        outcome = re.search(r"as the (first|second) reading|neither(?= reading)", row["settled"])
        if named[1].startswith("rows"):
            outcome = re.match(r"kept|added|not added", row["settled"])
        if outcome is None:
            raise evidence.EvidenceError(
                f"data/review/settled.csv: {row['settled']!r} does not say how it was settled: "
                "begin with kept, added or not added, or name the reading"
            )
        lines.append(
            {
                "study_id": row["study_id"],
                "table": row["table"],
                "kind": kinds[named[1]],
                "differences": int(named[2] or 1),
                "outcome": outcome[outcome.lastindex or 0],
            }
        )
    return pd.DataFrame(lines, columns=SETTLEMENTS)


def unsettled(by_table: pd.DataFrame, differences: pd.DataFrame, settled: pd.DataFrame) -> pd.DataFrame:
    """Compare the differences found by program with those that ``settled.csv`` settles.

    Parameters
    ----------
    by_table, differences, settled : pandas.DataFrame
        As :func:`by_table`, :func:`differences` and :func:`settlements` return them.

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``table``, ``kind``, number ``found`` and number ``settled``, where the two
        numbers are not the same; empty if every difference is settled once.
    """
    place = ["study_id", "table", "kind"]
    lone = by_table.melt(place[:2], ["only_first", "only_second"], "kind", "found")
    found = pd.concat([differences.groupby(place).size(), lone.set_index(place)["found"]])
    explained = settled.groupby(place)["differences"].sum().astype(int)  # of no rows too
    both = pd.concat({"found": found[found > 0], "settled": explained}, axis=1).fillna(0).astype(int)
    return both[both["found"] != both["settled"]].reset_index()
