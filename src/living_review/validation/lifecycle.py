"""Studies that are out of all counts: each must be there, and what takes its place must count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from living_review import evidence
from living_review.validation.issues import Issue, Table


def check_lifecycle(
    root: Path, table: Table | None, metas: Mapping[str, Mapping[str, Any]]
) -> Iterator[Issue]:
    """Yield rows of no study, and of studies superseded by one that is not there or out itself.

    Parameters
    ----------
    root : Path
    table : Table or None
        ``data/review/lifecycle.csv``; None if every study is active.
    metas : mapping
        The description of each source, by its id.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    if table is None or not {"study_id", "state", "notice"} <= set(table.header):
        return
    path = root / "data" / "context" / "studies.csv"
    beside = {row[0] for row in evidence.read_rows(path)[1] if row} if path.is_file() else set()
    known = beside | set(metas)
    out = {row.get("study_id") for _, row in table.cells()}
    for number, row in table.cells():
        study = row.get("study_id", "")
        if study not in known:
            yield Issue(
                table.file,
                number,
                "study_id",
                repr(study),
                "a source, or a study of data/context/studies.csv",
                "Correct the id, or delete the row if the study is gone.",
            )
        notice = row.get("notice", "")
        if row.get("state") == "superseded" and (notice not in known or notice in out):
            yield Issue(
                table.file,
                number,
                "notice",
                repr(notice),
                "the study_id of the report that takes its place, which counts",
                "Name it; if it is not in this review, the state is retired.",
            )
