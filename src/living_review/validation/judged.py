"""Records of the review that point at rows of the sources: each rests on rows that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from living_review.validation.issues import Issue, Table, listed


def check_judged(
    judged: Table | None, tables: Mapping[str, Mapping[str, Table]], metas: Mapping[str, dict[str, Any]]
) -> Iterator[Issue]:
    """Yield statements of no source, of another disease than their source's, or resting on no row.

    Parameters
    ----------
    judged : Table or None
        ``data/review/statements_judged.csv``; None if it cannot be read.
    tables : mapping
        The readable tables of each study.
    metas : mapping
        The description of each study.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    for number, row in judged.cells() if judged else ():
        file, study = judged.file if judged else "", row.get("study_id", "")
        if study not in metas:
            there = listed(metas)
            what = "Correct it; if the study is gone, take its statements out."
            yield Issue(file, number, "study_id", repr(study), f"a study of data/: {there}", what)
            continue
        disease = metas[study].get("indication")
        if row.get("disease") != disease:
            found, what = repr(row.get("disease")), "Correct the disease or the study."
            yield Issue(file, number, "disease", found, f"{disease!r}, as {study} says", what)
        for place in row.get("rows", "").split():
            table, _, row_id = place.partition("/")
            own = tables[study].get(table)
            if own is None or row_id not in {r.get("id") for _, r in own.cells()}:
                expected, what = f"a row of data/{study}, as table/id", "Correct the reference."
                yield Issue(file, number, "rows", repr(place), expected, what)


def check_pointers(
    pointing: Table | None, tables: Mapping[str, Mapping[str, Table]]
) -> Iterator[Issue]:
    """Yield rows of ``harm_rows`` or ``topic_rows`` that name no row of a source.

    Parameters
    ----------
    pointing : Table or None
        The table; None if it cannot be read.
    tables : mapping
        The readable tables of each study.

    Yields
    ------
    Issue
        One for each reference that names nothing.
    """
    for number, row in pointing.cells() if pointing else ():
        file, study, place = pointing.file if pointing else "", row["study_id"], row["row"]
        if study not in tables:
            there = ", ".join(sorted(tables)) or "none"
            what = "Correct it; if the study is gone, take its rows out."
            yield Issue(file, number, "study_id", repr(study), f"a study of data/: {there}", what)
            continue
        name, _, row_id = place.partition("/")
        own = tables[study].get(name)
        if own is None or row_id not in {r.get("id") for _, r in own.cells()}:
            expected, what = f"a row of data/{study}, as table/id", "Correct the reference."
            yield Issue(file, number, "row", repr(place), expected, what)
