"""Results of later studies in words: a row, a count, a comparison."""

from __future__ import annotations

from typing import Any

from living_review.evidence import Review
from living_review.evidence.codes import known
from living_review.stats.proportions import Proportion, clopper_pearson
from living_review.synthesis import context, verdicts
from living_review.synthesis.context import Contrast

STATISTICS = ["summary_statistics", "further_statistics"]
# Endpoint classes in one word, where a line of a figure has no space for more.
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
    """Say what a randomised comparison found: counts and difference, or what is printed of it.

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
    what = SHORT.get(row["endpoint_class"], row["endpoint_class"].replace("_", " "))
    found = contrast.difference
    reported = without_counts(contrast) if found is None else str(found)
    return f"{row['drug']} against {other['drug'] if other else row['comparator']}, {what}: {reported}"


# Where a randomised comparison points, for who got the drug.
POINTS = {"better": "better on the drug", "unchanged": "no difference", "worse": "worse on the drug"}


def without_counts(contrast: Contrast) -> str:
    """Say where a comparison points whose counts are not printed, with the printed p value."""
    p = contrast.experimental["p_value"]
    reported = [POINTS.get(contrast.direction, "not tested"), f"p {p}" if known(p) else "", "no counts"]
    return ", ".join(filter(None, reported))


def small(words: str) -> str:
    """Let a word begin small inside a sentence, an abbreviation excepted."""
    return words[0].lower() + words[1:] if words[1:2].islower() else words


def criterion(review: Review, row: dict[str, Any]) -> str:
    """Say how a result was judged, and by whom if not by the study.

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
    """Name the drug where it is not an mTOR inhibitor for the whole body.

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
    if row["drug_class"] != context.DRUG_CLASS:
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
    unit = {"percent": "%", "none": ""}.get(row["unit"], f" {row['unit'].replace('_', ' ')}")
    value = f"{row['value']:.10g}".replace("-", "−") + unit
    if row["statistic"] == "proportion":
        return f"{value}, no count"
    return f"{review.word(STATISTICS, row['statistic']).lower()} {value}"


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
        what = small(review.word("denominator_kinds", row["denominator_kind"]))
        return f"{int(row['events'])}{of} ({what})"
    return amount(review, row)
