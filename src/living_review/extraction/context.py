"""Two independent readings of the studies beside the sources: how far they agree, what is settled.

The readings are in ``data/review/readings/first/context`` and ``.../second/context``, each in the
tables of ``data/context``. Rows of ``results`` are paired by what they say
(:mod:`.matching`) where they are about the same arm, subgroup and harm of a study. Rows of the other
tables are paired by their name: a study, a decision of an agency and a practical fact
got the same name where both readings have it.

The decisions are rows of ``data/context/settled.csv``, one for each difference; what differed, what
counts now and what was gone back to are words of the vocabulary.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from living_review import evidence
from living_review.evidence import reads
from living_review.extraction.matching import Comparison, Reading, compare, compare_rows

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("studies", "results", "regulatory", "guidance")
READINGS = ("first", "second")
# Columns that both readings filled. Others were coded once for both, or name things: they agree
# about nothing.
COMPARED = {
    "studies": ("year", "subtype", "design", "n_enrolled", "n_analysed", "doi", "pmid"),
    "regulatory": ("disease", "agency", "status", "date"),
    "guidance": ("disease",),
}
# Columns of ``results`` that are no part of what a row says, or that belong to the whole study.
APART = ("result_id", "study_id", "former_id", "readings", "n_enrolled")
# Rows that differ in one of these are about different things, whatever else they share.
ABOUT = ("study_id", "arm_kind", "subgroup", "harm")


def read(review: evidence.Review, which: str) -> dict[str, Reading]:
    """Load one reader's tables of the studies beside the sources; a table not filled is empty.

    Parameters
    ----------
    review : Review
        Gives the schemas and the place of the readings.
    which : {"first", "second"}
        Which reading.

    Returns
    -------
    dict of str to Reading
        By name of the table.
    """
    folder = _folder(review, which)
    reads.note("readings/context")
    found = {}
    for table in TABLES:
        schema, path = _compared(review.schemas[f"context_{table}"], table), folder / f"{table}.csv"
        header, rows = evidence.read_rows(path) if path.is_file() else ([], [])
        named = [dict(zip(header, row, strict=True)) for row in rows]
        found[table] = Reading(schema, named, frozenset())
    return found


def _folder(review: evidence.Review, which: str) -> Path:
    if which not in READINGS:
        raise ValueError(f"{which!r}: a reading is one of {', '.join(READINGS)}")
    return review.data / "review" / "readings" / which / "context"


def _compared(schema: evidence.Schema, table: str) -> evidence.Schema:
    """Return the schema with the columns alone in which two readings can agree.

    A number that is no quantity (a DOI, a date, a printed p value) is compared as a word of its own.
    """
    chosen = COMPARED.get(table, [c["name"] for c in schema.fields if c["name"] not in APART])
    fields = [
        c | {"type": "number"} if _of_its_own(c) else c for c in schema.fields if c["name"] in chosen
    ]
    return evidence.Schema(schema.name, schema.descriptor | {"fields": fields})


def _of_its_own(column: dict[str, object]) -> bool:
    return column["name"] in ("doi", "pmid", "date", "p_value")


def comparisons(review: evidence.Review) -> dict[str, list[Comparison]]:
    """Compare each table of the two readings: one comparison, of ``results`` one for each subject."""
    first, second = (read(review, which) for which in READINGS)
    compared = {t: [_by_name(first[t], second[t])] for t in TABLES if t != "results"}
    of_first, of_second = (_by_subject(r["results"]) for r in (first, second))
    empty = Reading(first["results"].schema, [], frozenset())
    compared["results"] = [
        compare(of_first.get(subject, empty), of_second.get(subject, empty))
        for subject in sorted(of_first.keys() | of_second.keys())
    ]
    return compared


def _by_subject(reading: Reading) -> dict[tuple[str, ...], Reading]:
    rows = defaultdict(list)
    for row in reading.rows:
        rows[tuple(row[column] for column in ABOUT)].append(row)
    return {subject: Reading(reading.schema, found, frozenset()) for subject, found in rows.items()}


def _by_name(first: Reading, second: Reading) -> Comparison:
    place = {row[second.schema.key]: j for j, row in enumerate(second.rows)}
    named = [(i, place.get(row[first.schema.key])) for i, row in enumerate(first.rows)]
    return compare_rows(first, second, [(i, j) for i, j in named if j is not None])


def by_table(review: evidence.Review) -> pd.DataFrame:
    """Count what two readings share, for each table.

    Returns
    -------
    pandas.DataFrame
        ``table`` and the counts of :meth:`living_review.extraction.matching.Comparison.summary`, as in
        :func:`living_review.extraction.agreement.by_table`.
    """
    lines = []
    for table, found in comparisons(review).items():
        counts = pd.DataFrame([c.summary() for c in found]).sum()
        lines.append({"table": table, **counts.astype(int).to_dict()})
    return pd.DataFrame(lines)


def differences(review: evidence.Review) -> pd.DataFrame:
    """List every difference of the two readings: a cell, or a row that only one of them has.

    Returns
    -------
    pandas.DataFrame
        ``table``, ``kind`` (of cells ``value``, ``missing`` or ``code``; of rows ``only_first`` or
        ``only_second``), ``first_id``, ``second_id``, ``column``, ``first`` and ``second``;
        ``not_applicable`` where a difference has none.
    """
    lines = []
    for table, found in comparisons(review).items():
        for result in found:
            lines += [{"table": table, **difference} for difference in result.differences]
            for which in READINGS:
                for row in getattr(result, f"only_{which}"):
                    name = {f"{which}_id": row[result.first.schema.key]}
                    lines.append({"table": table, "kind": f"only_{which}", **name})
    columns = ["table", "kind", "first_id", "second_id", "column", "first", "second"]
    return pd.DataFrame(lines, columns=columns).fillna("not_applicable")


def unsettled(review: evidence.Review) -> pd.DataFrame:
    """Compare the differences found by program with the decisions of ``data/context/settled.csv``.

    Returns
    -------
    pandas.DataFrame
        The differences without a decision, and the decisions without a difference: the columns of
        :func:`differences` and ``lacks`` (``decision`` or ``difference``); empty if all are settled.
    """
    found = differences(review)
    columns = list(found.columns)
    settled = review.records("settled", "context")[columns]
    both = found.merge(settled, how="outer", indicator="lacks")
    both["lacks"] = both["lacks"].map({"left_only": "decision", "right_only": "difference"})
    return both[both["lacks"].notna()].reset_index(drop=True)
