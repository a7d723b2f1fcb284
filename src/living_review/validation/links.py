"""What a single table cannot know: the patients and groups that rows name, and the cells of claims."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from living_review import evidence
from living_review.evidence.references import Cells
from living_review.validation.issues import Issue, Table, listed


def check_links(
    folder: Path,
    tables: dict[str, Table],
    meta: dict[str, Any],
    schemas: dict[str, evidence.Schema],
) -> Iterator[Issue]:
    """Patients and groups that rows name must exist.

    Without groups in its description, which is an issue of its own, no row is asked for its group.

    Parameters
    ----------
    folder : pathlib.Path
        The study's folder.
    tables : dict of str to Table
        Its tables, by name.
    meta : dict of str to object
        Its ``study.yaml``.
    schemas : dict of str to Schema
        Schemas, by name of the table.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    known = {
        "patients": {row.get("id") for _, row in tables["patients"].cells()}
        if "patients" in tables
        else set(),
        "groups": set(meta.get("groups") or {}),
    }
    home = {
        "patients": f"data/{folder.name}/patients.csv",
        "groups": f"groups of data/{folder.name}/study.yaml",
    }
    for name, table in tables.items():
        for field in schemas[name].fields:
            target = field.get("references")
            if target not in known or (target == "groups" and "groups" not in meta):
                continue
            for number, row in table.cells():
                cell = row.get(field["name"], "")
                if cell and cell not in schemas[name].missing and cell not in known[target]:
                    there = listed(filter(None, known[target]), 40)
                    yield Issue(
                        table.file,
                        number,
                        field["name"],
                        repr(cell),
                        f"one of {home[target]}: {there}",
                        "Correct it or add it there.",
                    )


def check_claims(
    root: Path, tables: dict[str, dict[str, Table]], cells: Cells | None = None
) -> Iterator[Issue]:
    """Every reference of a claim must name cells that exist; every parameter one its kind knows.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    tables : dict of str to dict of str to Table
        Tables of each study, by name.
    cells : Cells, optional
        The cells to read; default: those of the project.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    from living_review.audit import claim
    from living_review.evidence.references import (
        OPERATORS,
        InvalidReferenceError,
        UnreadableTableError,
    )

    cells = cells or Cells(root)
    for study, found in tables.items():
        if "claims" not in found:
            continue
        for number, row in found["claims"].cells():
            if _readable(study, row, cells):
                continue
            dangling = False
            for column in ("target", "inputs"):
                for token in row.get(column, "").split():
                    if token == "not_applicable" or token in OPERATORS:
                        continue
                    try:
                        cells.find(token, study)
                    except UnreadableTableError:
                        dangling = True  # the file has its own issue in the list
                    except InvalidReferenceError as error:
                        dangling = True
                        yield Issue(
                            found["claims"].file,
                            number,
                            column,
                            repr(token),
                            error.expected,
                            "Correct the reference.",
                        )
            if dangling or not {"id", "kind", "parameters", "inputs", "target"} <= row.keys():
                continue
            try:
                claim.read(study, row, cells)
            except claim.InvalidClaimError as error:
                yield Issue(
                    found["claims"].file,
                    number,
                    "parameters",
                    repr(row["parameters"]),
                    str(error).partition(": ")[2],
                    "Correct the claim.",
                )


def _readable(study: str, row: dict[str, str], cells: Cells) -> bool:
    """Return whether a claim can be read as a whole; if not, each of its references is asked for."""
    from living_review.audit import claim

    try:
        claim.read(study, row, cells)
    except (claim.InvalidClaimError, LookupError):
        return False
    return True
