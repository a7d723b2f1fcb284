"""Records about studies: none of a study that is gone, and none missing of one that is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from living_review.evidence import RECORDS
from living_review.validation.issues import Issue, Table, listed
from living_review.validation.issues import read as read_table

# The records with rows of studies, and which rows are of no study but of all together.
OF_STUDIES = {
    "appraisal": (),
    "certainty": ("synthesis",),
    "errata": (),
    "settled": (),
    "settled_appraisal": ("synthesis",),
}
# What every study must have, and what to do about one that has none.
NEEDED = {
    "appraisal": "Appraise it, one row per item; what cannot be appraised gets rows that say so.",
    "certainty": (
        "Rate it step by step; what cannot be rated has the one row not_rated, with the reason."
    ),
}


def check_records(
    root: Path, records: dict[str, Table], studies: Mapping[str, Mapping[str, Any]]
) -> Iterator[Issue]:
    """Yield rows and readings of no study, and studies not appraised, rated or read as they declare.

    Parameters
    ----------
    root : Path
        Top of the whole project: of a copy with some studies nothing can be said here.
    records : dict
        The readable tables of ``data/review/``.
    studies : mapping
        The studies of ``data/`` and what their ``study.yaml`` holds.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    there = listed(studies)
    for name, others in OF_STUDIES.items():
        if name not in records:
            continue
        for number, row in records[name].cells():
            if row.get("study_id") not in (*studies, *others):
                yield Issue(
                    records[name].file,
                    number,
                    "study_id",
                    repr(row.get("study_id")),
                    f"a study of data/: {there}",
                    "Correct it; if the study is gone, take its rows out.",
                )
    for name, remedy in NEEDED.items():
        path = f"data/review/{name}.csv"
        if name not in records and (root / path).is_file():
            continue  # unreadable, which is an issue of its own
        had = {row.get("study_id") for _, row in records[name].cells()} if name in records else set()
        for study in sorted(set(studies) - had):
            yield Issue(path, None, "study_id", f"no row of {study}", "rows of each study", remedy)
    for which in ("first", "second"):
        yield from _readings(root, which, studies)


def _readings(root: Path, which: str, studies: Mapping[str, Mapping[str, Any]]) -> Iterator[Issue]:
    place = f"data/review/readings/{which}"
    folder = root / place
    read = {path.name for path in folder.iterdir() if path.is_dir()} if folder.is_dir() else set()
    for study in sorted(read - {*studies, *RECORDS}):
        yield Issue(
            f"{place}/{study}",
            None,
            None,
            "a reading of no study",
            f"a study of data/ of that name: {listed(studies)}",
            "Rename the folder; if the study is gone, take its readings out.",
        )
    for study, meta in sorted(studies.items()):
        once = meta.get("readings") == 1
        if which == "second" and once:
            if study in read:
                yield Issue(
                    f"data/{study}/study.yaml",
                    None,
                    "readings",
                    f"1, and {place}/{study}",
                    "2 where a second reading is there",
                    "Declare both readings, or take the second out.",
                )
            continue
        yield from _reading(root, f"{place}/{study}", which)


def _reading(root: Path, place: str, which: str) -> Iterator[Issue]:
    folder = root / place
    tables = sorted(folder.glob("*.csv"))
    if not (folder / "study.yaml").is_file() or not tables:
        remedy = "Put them there as they were before anything was settled."
        if which == "second":
            remedy += " If nobody has read it a second time, study.yaml says readings: 1."
        yield Issue(
            place,
            None,
            None,
            f"no {which} reading",
            "study.yaml and the tables as this reader filled them",
            remedy,
        )
    for path in tables:
        table = read_table(path, path.relative_to(root).as_posix())
        if isinstance(table, Issue):
            yield table
