"""Appraisal and certainty against their own rules: words of each tool, ratings, steps, decisions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from living_review.evidence import EvidenceError, Review, ratings, shapes
from living_review.evidence.references import Cells, UnreadableTableError
from living_review.validation.issues import Issue, Table

AGAINST = ("no", "probably_no")
OPEN = ("unclear", "no_information")
WHOLE = "all"  # the item of a study to which a checklist cannot be put at all
NOT_APPLICABLE = "not_applicable"
COLUMNS = {
    "appraisal": {"study_id", "checklist", "item", "answer"},
    "certainty": {"study_id", "outcome", "domain", "change", "patients"},
    "imprecision": {"fewest", "change"},
    "rating_rules": {"id"},
    "settled_appraisal": {"study_id", "checklist", "item", "settled", "rule"},
}


def check_ratings(root: Path, records: dict[str, Table]) -> Iterator[Issue]:
    """Yield answers that a tool does not have, ratings and steps that contradict their rules.

    Parameters
    ----------
    root : Path
        Top of the project.
    records : dict
        The readable tables of ``data/review/``.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    words = shapes.read_vocabulary(root / "data" / "vocabulary.yaml")
    # A wrong header has an issue of its own, and a short row one for the cells that it lacks.
    records = {
        name: Table(table.file, table.header, [[*r, *[""] * len(table.header)] for r in table.rows])
        for name, table in records.items()
        if COLUMNS.get(name, {""}) <= set(table.header)
    }
    if "appraisal" in records:
        yield from _check_answers(records["appraisal"], words)
    if "certainty" in records:
        yield from _check_steps(records["certainty"])
        if "imprecision" in records:
            yield from _check_imprecision(root, records["certainty"], records["imprecision"])
    if "settled_appraisal" in records:
        yield from _check_settled(records)


def concern(answers: list[str]) -> str:
    """Return the rating that the answers to its questions give.

    Notes
    -----
    High if one question is answered no or probably no, else unclear if one is unclear or without
    information, else low: the reading of ROBIS (Whiting and others, 2016) for every rating alike.
    """
    if any(a in AGAINST for a in answers):
        return "high"
    return "unclear" if any(a in OPEN for a in answers) else "low"


def _check_answers(table: Table, words: dict[str, Any]) -> Iterator[Issue]:
    allowed, rests_on = words["allowed_answers"], words["rests_on"]
    given: dict[tuple[str, str], dict[str, str]] = {}
    for _, row in table.cells():
        given.setdefault((row["study_id"], row["checklist"]), {})[row["item"]] = row["answer"]
    for number, row in table.cells():
        checklist, item, answer = row["checklist"], row["item"], row["answer"]
        if checklist not in allowed or item == WHOLE:
            continue  # not a checklist of studies: the schema or the steps of GRADE say so
        questions = rests_on.get(checklist, {}).get(item)
        fitting = allowed["rating" if questions else checklist]
        if answer not in fitting:
            yield Issue(
                table.file,
                number,
                "answer",
                repr(answer),
                f"for item {item} of {checklist} one of {', '.join(fitting)}",
                "Answer in the words of the checklist.",
            )
            continue
        if not questions:
            continue
        others = given[row["study_id"], checklist]
        if absent := [q for q in questions if q not in others]:
            yield Issue(
                table.file,
                number,
                "item",
                f"{item!r} without {', '.join(absent)}",
                f"an answer to each question that it rests on: {', '.join(questions)}",
                "Add the rows.",
            )
        elif answer != (given_by := concern([others[q] for q in questions])):
            yield Issue(
                table.file,
                number,
                "answer",
                repr(answer),
                f"{given_by!r}, which the answers to {', '.join(questions)} give",
                "Correct the rating or the answer that it rests on.",
            )


def _check_steps(table: Table) -> Iterator[Issue]:
    found: dict[tuple[str, str], dict[str, int]] = {}
    for number, row in table.cells():
        domain, change = row["domain"], row["change"]
        found.setdefault((row["study_id"], row["outcome"]), {})[domain] = number
        least, most = {
            ratings.START: (ratings.LOWEST, ratings.HIGHEST),
            "publication_bias": (-1, 0),
        }.get(domain, (-2, 0))
        if domain == ratings.NOT_RATED:
            fits, expected = change == NOT_APPLICABLE, "not_applicable: nothing is rated"
        else:
            expected = f"a whole number from {least} to {most} for {domain}"
            fits = change.removeprefix("-").isdecimal() and least <= int(change) <= most
        if not fits:
            yield Issue(table.file, number, "change", repr(change), expected, "Correct the step.")
    for (study, outcome), rows in found.items():
        alone = ratings.NOT_RATED in rows
        needed = [ratings.START, ratings.IMPRECISION]
        if alone and len(rows) > 1:
            what, expected = "steps beside not_rated", "steps, or the one row not_rated"
        elif not alone and any(domain not in rows for domain in needed):
            what, expected = ", ".join(rows), f"rows for {' and '.join(needed)}, or not_rated"
        else:
            continue
        place = min(rows.values())
        yield Issue(
            table.file, place, "domain", f"{study}, {outcome}: {what}", expected, "Correct the rating."
        )


def _check_imprecision(root: Path, table: Table, limits: Table) -> Iterator[Issue]:
    try:
        steps = [(int(row["fewest"]), int(row["change"])) for _, row in limits.cells()]
    except (KeyError, ValueError):
        return  # the table of limits has issues of its own
    if 1 not in dict(steps):
        yield Issue(
            limits.file, None, "fewest", "no limit for one patient", "a row for 1", "Add the row."
        )
        return
    cells, out = Cells(root), _out(root)
    for number, row in table.cells():
        if row["domain"] != ratings.IMPRECISION:
            if row["patients"] != NOT_APPLICABLE:
                yield Issue(
                    table.file,
                    number,
                    "patients",
                    repr(row["patients"]),
                    "not_applicable: patients are counted for imprecision",
                    "Correct the cell.",
                )
            continue
        try:
            of = set(re.findall(r"(\w+):", row["patients"]))
            if of and of <= out:
                continue  # it rests on nobody now, and is shown nowhere
            n = ratings.patients(cells, row["patients"], row["study_id"], out)
        except UnreadableTableError:
            continue  # the file has an issue of its own
        except EvidenceError as error:
            yield Issue(
                table.file,
                number,
                "patients",
                repr(row["patients"]),
                str(error).partition("expected ")[2] or "references to cells",
                "Correct the reference.",
            )
            continue
        if row["change"] != str(step := ratings.imprecision(n, steps)):
            yield Issue(
                table.file,
                number,
                "change",
                repr(row["change"]),
                f"{step}, the step for {n} patients by {limits.file}",
                "Correct the step or the patients.",
            )


def _out(root: Path) -> frozenset[str]:
    """Return the studies that do not count, none of a copy in which that is not known."""
    try:
        return Review(root).out
    except (EvidenceError, LookupError, OSError, ValueError):
        return frozenset()


def _check_settled(records: dict[str, Table]) -> Iterator[Issue]:
    table = records["settled_appraisal"]
    now = ratings.standing(*(_rows(records.get(name)) for name in ("appraisal", "certainty")))
    rules = {row["id"] for row in _rows(records.get("rating_rules"))}
    for number, row in table.cells():
        key = row["study_id"], row["checklist"], row["item"]
        if row["settled"] != now.get(key):
            yield Issue(
                table.file,
                number,
                "settled",
                repr(row["settled"]),
                f"what is settled for {', '.join(key)}: {now.get(key, 'no such row')}",
                "Correct the table, or add why it changed.",
            )
        if rules and row["rule"] not in rules:
            yield Issue(
                table.file,
                number,
                "rule",
                repr(row["rule"]),
                f"an id of data/review/rating_rules.csv: {', '.join(sorted(rules))}",
                "Correct it, or add the rule there.",
            )


def _rows(table: Table | None) -> list[dict[str, str]]:
    return [row for _, row in table.cells()] if table else []
