"""When a row is of, in the course of the drug under review, goes with what else the row says."""

from __future__ import annotations

from collections.abc import Iterator

from living_review.validation.issues import Issue, Table

NONE = "not_applicable"
# The timing that goes with why a drug was given.
TIMING_OF_ROLE = {"prior": "baseline", "later": "after_treatment"}
# Classes of statements that are no findings about anybody.
NO_FINDINGS = ("method", "recommendation")


def check_timing(tables: dict[str, Table]) -> Iterator[Issue]:
    """Yield doses and statements whose ``timing`` contradicts their role, class or direction.

    Parameters
    ----------
    tables : dict of str to Table
        The tables of one study.

    Yields
    ------
    Issue
        One for each row that is wrong.
    """
    for name, due in (("doses", _due_for_dose), ("statements", _due_for_statement)):
        table = tables.get(name)
        for number, row in table.cells() if table else ():
            expected = due(row) if "timing" in row else ""
            if expected:
                found = repr(row["timing"])
                what = "Correct the timing, or what the row says it is about."
                yield Issue(table.file if table else "", number, "timing", found, expected, what)


def _due_for_dose(row: dict[str, str]) -> str:
    """Return what is in place of a wrong timing; empty if the timing goes with the role."""
    role, timing = row.get("role", ""), row["timing"]
    due = TIMING_OF_ROLE.get(role)
    if due is not None and timing != due:
        return f"{due!r}, as the role is {role!r}"
    if due is None and role == "study_drug" and timing in TIMING_OF_ROLE.values():
        return "on_treatment or paused, as this is the drug under review"
    return ""


def _due_for_statement(row: dict[str, str]) -> str:
    own, timing = row.get("endpoint_class", ""), row["timing"]
    if own in NO_FINDINGS and timing != NONE:
        return f"{NONE!r}, as the class is {own!r}"
    of_patient = row.get("patient", NONE) != NONE and row.get("direction", "none") != "none"
    if of_patient and own not in NO_FINDINGS and timing == NONE:
        return "when it was, as something happened to a patient: baseline, on_treatment, ..."
    return ""
