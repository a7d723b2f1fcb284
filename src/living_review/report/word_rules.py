"""What must hold of the rows on which words of a text rest: rules by name.

A sentence like *no tumour became smaller* holds no number that would change with the evidence. Where
the prose of a chapter cites such words, it names a rule (:mod:`.prose`); if the rows do not obey it,
the chapter cannot be made until somebody has rewritten the sentence.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from living_review.evidence import EvidenceError, Review, Study

LOW = 2  # the step of certainty from which patients without a comparison group start


class WordingError(EvidenceError):
    """Words of a text say what their rows do not."""


def require(review: Review, study: Study, words: str, rule: str, rows: list[str]) -> None:
    """Refuse words whose rows do not obey a rule.

    Parameters
    ----------
    review : Review
    study : Study
        The study of the rows.
    words : str
        As they are in the text.
    rule : str
        A word of the list ``word_rules``.
    rows : list of str
        As ``table/id``.

    Raises
    ------
    EvidenceError
        If there is no such rule.
    WordingError
        If the rows do not obey it.
    """
    rules = review.vocabulary["word_rules"]
    if rule not in rules:
        raise EvidenceError(f"there is no rule {rule!r}; there are: {', '.join(rules)}")
    if not holds(review, study, rule, rows):
        what = " ".join(rows) or "the certainty"
        raise WordingError(
            f"{words!r} no longer holds: {rules[rule]!r} is not so of {what}; rewrite the sentence, "
            "or correct the evidence"
        )


def holds(review: Review, study: Study, rule: str, rows: list[str]) -> bool:
    """Return whether rows obey a rule.

    Parameters
    ----------
    review : Review
    study : Study
        The study of the rows.
    rule : str
        A word of the list ``word_rules``.
    rows : list of str
        As ``table/id``.

    Returns
    -------
    bool
        Whether each of them does.
    """
    if rule == "no_comparison":
        certainty = review.records("certainty")
        own = certainty[(certainty["study_id"] == study.study_id) & (certainty["domain"] == "start")]
        return bool(len(own) and (own["change"] <= LOW).all())
    found = [study.row(row) for row in rows]
    if rule == "most_common":
        return _most_common(study, found)
    if rule == "different_units":
        return len({row["unit"] for row in found}) > 1
    if rule == "partial_response":
        return any(row["category"] in ("partial_response", "complete_response") for row in found)
    if rule == "falls":
        return _falls(pd.DataFrame(found))
    return all(EACH[rule](row) for row in found)


def _count(row: pd.Series) -> tuple[float, float]:
    """Return how many a row counts, and of how many; NA where it does not say."""
    if "events" in row:
        return row["events"], row["n"]
    if "patients" in row:
        return row["patients"], row["n"]
    return row["n"], row["denominator"]


EACH: dict[str, Callable[[pd.Series], bool]] = {
    "every_better": lambda row: row["direction"] == "better",
    "every_worse": lambda row: row["direction"] == "worse",
    "every_no_change": lambda row: row["direction"] == "no_change",
    "named": lambda row: True,
    "some": lambda row: bool(_count(row)[0] > 0),
    "none": lambda row: bool(_count(row)[0] == 0),
    "all": lambda row: bool(_count(row)[0] == _count(row)[1]),
    "most": lambda row: bool(_count(row)[0] > _count(row)[1] / 2),
    "weeks": lambda row: row["unit"] == "week",
}


def _most_common(study: Study, found: list[pd.Series]) -> bool:
    harms = study.once("adverse_events")
    of_groups = harms[~harms["preferred_term"].isin(["none", "not_reported"])]
    of_groups = of_groups[
        of_groups["grade"].isin(["any", "not_reported"]) & of_groups["patients"].notna()
    ]
    others = of_groups[~of_groups["id"].isin([row["id"] for row in found])]
    return bool(min(row["patients"] for row in found) >= others["patients"].max())


def _falls(rows: pd.DataFrame) -> bool:
    rows = rows.assign(time=rows["time"].astype(float)).sort_values("time")
    ends = rows.groupby(["patient", "measure"])["value"].agg(["first", "last"])
    return bool((ends["last"] < ends["first"]).all())
