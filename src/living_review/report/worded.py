"""Claims that an answer makes in words alone: each leads to its rows, and none outlives them.

A sentence like *no tumour became smaller* holds no number that would change with the evidence.
``data/review/worded_claims.csv`` says on which rows such words rest and what must hold of them; where
it does not hold, the chapter cannot be made until somebody has rewritten the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from living_review.evidence import EvidenceError, Review, Study
from living_review.report import citing

LOW = 2  # the step of certainty from which patients without a comparison group start
FILE = "data/review/worded_claims.csv"


class WordingError(EvidenceError):
    """Words of an answer say what their rows do not."""


def cite(review: Review, study: Study, text: str) -> str:
    """Return a text in which each claim in words leads to the rows it rests on.

    Parameters
    ----------
    review : Review
    study : Study
        The study of the chapter.
    text : str
        Perhaps with marks of :mod:`.citing`; its words may be broken over lines.

    Returns
    -------
    str
        With marks around the words of :data:`FILE` that are in it.

    Raises
    ------
    WordingError
        If rows do not obey the rule of words that are in the text; all of them at once.
    """
    wrong = []
    for claim in claims(review, study):
        place = re.search(r"\s+".join(map(re.escape, claim["words"].split())), text)
        if place is None:
            continue
        rows = [] if claim["rows"] == "not_applicable" else claim["rows"].split()
        if not holds(review, study, claim["rule"], rows):
            meant = review.word("word_rules", claim["rule"])
            wrong.append(f"{claim['words']!r}: {meant[0].lower()}{meant[1:]}; {' '.join(rows)} do not")
        elif rows:
            marked = citing.cite(study, place[0], *rows)
            text = f"{text[: place.start()]}{marked}{text[place.end() :]}"
    if wrong:
        each = "\n".join(f"  {w}" for w in wrong)
        raise WordingError(
            f"{study.study_id}: words of the answer no longer hold ({FILE}):\n{each}\n"
            "Rewrite the sentence in the chapter and its row, or correct the evidence."
        )
    return text


def claims(review: Review, study: Study) -> list[dict[str, str]]:
    """Return the claims in words of a study.

    Parameters
    ----------
    review : Review
    study : Study
        The study of the chapter.

    Returns
    -------
    list of dict
        Rows of :data:`FILE`; none where there is no file.
    """
    if not (review.root / FILE).is_file():
        return []
    rows = review.records("worded_claims")
    return rows[rows["study_id"] == study.study_id].to_dict("records")


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
        return bool((own["change"] <= LOW).all())
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
