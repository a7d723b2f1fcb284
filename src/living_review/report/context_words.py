"""Results of later studies in words: how a row, a count and a comparison are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from living_review.evidence import Review
from living_review.stats.proportions import Proportion, clopper_pearson
from living_review.synthesis import context, verdicts
from living_review.synthesis.context import Contrast, known
from living_review.synthesis.verdicts import Statement, Verdict

STATISTICS = ["summary_statistics", "further_statistics"]
# Endpoint classes in one word, where a line of a figure has no room for more.
SHORT = {
    "symptom_improvement": "symptoms",
    "pain_score": "pain",
    "lesion_response": "lesion",
    "biological_response": "blood",
    "quality_of_life": "quality of life",
    "function": "function",
    "progression": "growth",
    "relapse": "relapse",
}


def short(endpoint_class: str) -> str:
    """Return an endpoint class in a word or two, for a line of a figure."""
    return SHORT.get(endpoint_class, endpoint_class.replace("_", " "))


def of_both(judged: Proportion, whole: Proportion, of: str = "treated") -> str:
    """Write a count out of those judged and, where it is another, out of all.

    Parameters
    ----------
    judged : Proportion
        Of those judged.
    whole : Proportion
        Of all.
    of : str, optional
        What all are: ``treated``, ``enrolled``.

    Returns
    -------
    str
        With exact 95% intervals.
    """
    if judged == whole:
        return str(judged)
    return f"{judged} of those judged, {whole} of all {of}"


def study_count(row: dict[str, Any]) -> str:
    """Write the study and its count, out of those judged and of those enrolled."""
    return f"{row['label']}: {of_both(*verdicts.shares(row), 'enrolled')}"


def contrast_words(review: Review, contrast: Contrast) -> str:
    """State what a randomised comparison found: counts and difference, or what is printed of it.

    Parameters
    ----------
    review : Review
        The opened evidence.
    contrast : Contrast
        The comparison.

    Returns
    -------
    str
        For readers.
    """
    row, other = contrast.experimental, contrast.control
    what = short(row["endpoint_class"])
    found = contrast.difference
    told = without_counts(contrast) if found is None else str(found)
    return (
        f"{row['drug']} against {other['drug'] if other else AGAINST[row['compares']]}, {what}: {told}"
    )


# What a comparison is with, where no arm of its own is printed.
AGAINST = {"no_drug": "no drug", "added_treatment": "the drug alone", "other_treatment": "another"}
# Where a randomised comparison points, for who got the drug.
POINTS = {"better": "better on the drug", "unchanged": "no difference", "worse": "worse on the drug"}


def without_counts(contrast: Contrast) -> str:
    """State where a comparison points whose counts are not printed, with the printed p value."""
    p = contrast.experimental["p_value"]
    told = [POINTS.get(contrast.direction, "not tested"), f"p {p}" if known(p) else "", "no counts"]
    return ", ".join(filter(None, told))


def small(words: str) -> str:
    """Return a word with a small first letter, as inside a sentence; an abbreviation as it is."""
    second = words[1:].lstrip()[:1]
    return words[0].lower() + words[1:] if second.islower() else words


def criterion(review: Review, row: dict[str, Any]) -> str:
    """State how a result was judged, and by whom if not by the study.

    Parameters
    ----------
    review : Review
        The opened evidence.
    row : dict of str to object
        A row of ``context/results``.

    Returns
    -------
    str
        For readers.
    """
    words = small(review.word("criteria", row["criterion"]))
    return words + (" by the agency" if row["definition_id"] == "agency" else "")


def which_drug(review: Review, row: dict[str, Any]) -> str:
    """Name the drug where it is of another class, or not for the whole body.

    Parameters
    ----------
    review : Review
        The opened evidence.
    row : dict of str to object
        A row of ``context/results``.

    Returns
    -------
    str
        For readers; empty if there is nothing to say.
    """
    if row["drug_class"] != review.topic.drug_class:
        return f" ({row['drug']}, {small(review.word('drug_classes', row['drug_class']))})"
    return " (on the skin)" if row["route"] not in context.SYSTEMIC else ""


def amount(review: Review, row: dict[str, Any]) -> str:
    """Write a result that is no count: its value with unit, or that none is printed.

    Parameters
    ----------
    review : Review
        The opened evidence.
    row : dict of str to object
        A row of ``context/results``.

    Returns
    -------
    str
        For readers.
    """
    if not known(row["value"]):
        said = row["direction"] if known(row["direction"]) else ""
        where = review.word("result_directions", said).lower() if said else ""
        return ", ".join(filter(None, (where, "no count")))
    of = {"percent": "%", "none": ""}.get(row["unit"], f" {unit(row['unit'], row['value'])}")
    value = f"{row['value']:.10g}".replace("-", "−") + of
    if row["statistic"] == "proportion":
        return f"{value}, no count"
    return f"{review.word(STATISTICS, row['statistic']).lower()} {value}"


def unit(name: str, value: float | None) -> str:
    """Write a unit; a unit of time in the plural unless there is one of it.

    Parameters
    ----------
    name : str
        The unit.
    value : float or None
        The number, for singular or plural.

    Returns
    -------
    str
        For readers.
    """
    several = name in TIMES and value != 1
    return name.replace("_", " ") + ("s" if several else "")


TIMES = ("hour", "day", "week", "month", "year", "cycle")


def result(review: Review, row: dict[str, Any]) -> str:
    """Write what a row found: a count with its exact interval, another count, or a value.

    Parameters
    ----------
    review : Review
        The opened evidence.
    row : dict of str to object
        A row of ``context/results``.

    Returns
    -------
    str
        For readers.
    """
    if context.has_count(row):
        return str(clopper_pearson(int(row["events"]), int(row["n"])))
    if known(row["events"]):
        of = f" of {int(row['n'])}" if known(row["n"]) else ""
        if not known(row["denominator_kind"]):
            return f"{int(row['events'])}{of or ', of how many is not reported'}"
        what = small(review.word("denominator_kinds", row["denominator_kind"]))
        return f"{int(row['events'])}{of} ({what})"
    return amount(review, row)


def statement_words(review: Review, statement: Statement) -> str:
    """Write a statement, its source and, where it counts patients, the count with its interval.

    Parameters
    ----------
    review : Review
        The opened evidence.
    statement : Statement
        The statement.

    Returns
    -------
    str
        For readers.
    """
    source = review.study(statement.study_id).label
    if statement.judged is None or statement.treated is None:
        return f"{statement.statement} ({source})"
    return f"{statement.statement} ({source}): {of_both(statement.judged, statement.treated)}"


def evidence_words(review: Review, verdict: Verdict) -> list[str]:
    """Write what a verdict rests on: decisions of agencies, randomised comparisons or counts.

    Parameters
    ----------
    review : Review
        The opened evidence.
    verdict : Verdict
        The verdict.

    Returns
    -------
    list of str
        A text for each.
    """
    if is_licence(verdict):
        groups = decisions(review, verdict).groupby(["agency", "status"], sort=False)
        return [
            f"{joined(own['drug'])}: {small(review.word('regulatory_statuses', status))}, "
            f"{review.word('agencies', agency)}"
            for (agency, status), own in groups
        ]
    if verdict.tier == context.RANDOMISED:
        return [
            f"{c.experimental['label']}, {contrast_words(review, c)}"
            for c in verdicts.comparisons(review, verdict)
        ]
    rows = context.results(review, verdict.statement.disease)
    rows = rows[rows["result_id"].isin(verdict.rows)]
    return [study_count(row) for row in rows.to_dict("records")]


def is_licence(verdict: Verdict) -> bool:
    """Return whether decisions of agencies gave the verdict."""
    return verdict.rule == "licensed_alternative"


def decisions(review: Review, verdict: Verdict) -> pd.DataFrame:
    """Return the rows of ``context/regulatory`` that a verdict rests on.

    Parameters
    ----------
    review : Review
        The opened evidence.
    verdict : Verdict
        The verdict.

    Returns
    -------
    pandas.DataFrame
        Rows of ``context/regulatory``.
    """
    rows = review.records("regulatory", "context").set_index("regulatory_id")
    return rows.loc[list(verdict.rows)]


def joined(words: Iterable[str]) -> str:
    """Join words, each once, in order."""
    return ", ".join(dict.fromkeys(words))


def marks(review: Review, row: dict[str, Any]) -> str:
    """Return what a reader must know of a row: organ, review, one reader only.

    Parameters
    ----------
    review : Review
        The opened evidence.
    row : dict of str to object
        A row of ``context/results``.

    Returns
    -------
    str
        For readers; empty if there is nothing to say.
    """
    told = [
        small(review.word("context_scopes", row["scope"])) if row["scope"] != "in_scope" else "",
        "review" if row["is_review"] == "yes" else "",
        "on the skin" if row["route"] == "topical" else "",
        "read once" if row["readings"] == 1 else "",
    ]
    return f" ({', '.join(filter(None, told))})" if any(told) else ""
