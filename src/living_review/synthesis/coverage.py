"""What is known of which disease: the evidence map, and what nobody reports.

**What stands in a cell** (:func:`evidence_map`), for each study and endpoint class the first of:

* the chosen count (:func:`living_review.synthesis.counts.proportions_of`): events of evaluable
  patients, * if given in words. All of them had the result: its direction; some: *mixed*; none: *no
  change*;
* pain score: patients with a score before and one on treatment of the same statistic;
* time to response and survival: how many patients the estimate is of; time on treatment: how many
  patients have a time of their own printed; no direction;
* harm: patients with information on harm;
* a group count of another class, without a direction of its own;
* otherwise findings in words that have a direction: how many patients of all treated they are told
  of, if findings of groups do not point elsewhere; else *words only*. Several directions are *mixed*.
  What a title, introduction, discussion or conclusion says is not a finding, nor is a sentence that
  is about no patient and no group of the study.

How a study was done, treatment, imaging and recommendations are not outcomes and have no row.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from living_review.evidence import Review, Study
from living_review.synthesis.counts import (
    FAVOURABLE,
    PROGRESSION,
    on_drug,
    proportions_of,
    star,
    treated,
)
from living_review.synthesis.drug import harms_of, informed_on_harm
from living_review.synthesis.individual_patients import CODES, pain

NOT_OUTCOMES = ("method", "treatment", "recommendation", "imaging", "biological_response")
NOT_FINDINGS = ("Title", "Introduction", "Discussion", "Conclusion")
ESTIMATES = {"time_to_response": "median", "survival": ""}


class Cell(NamedTuple):
    """A cell of the map: direction, what is written, and the rows that no other room shows."""

    direction: str
    text: str
    rows: tuple[str, ...] = ()


def outcome_classes(review: Review) -> list[str]:
    """Return the endpoint classes that are outcomes, in vocabulary order."""
    return [c for c in review.vocabulary["endpoint_classes"] if c not in NOT_OUTCOMES]


def evidence_map(review: Review) -> pd.DataFrame:
    """Return what is known of what: a row for each study and endpoint class with a finding.

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``label``, ``indication``, ``endpoint_class`` (vocabulary keys), ``row`` and
        ``column`` (their words), ``direction`` (vocabulary key), ``text`` and ``rows`` (``table/id`` of
        what the number was read from, where no other function of this package shows it).
    """
    scores = pain(review)
    out = []
    for study in review.studies:
        cells = _of_words(study)
        cells |= _of_outcomes(study)
        cells |= _of_estimates(study)
        cells |= _of_times(study)
        cells |= _of_pain(scores[scores["study_id"] == study.study_id])
        cells |= _of_counts(study)
        cells |= _of_harms(study)
        for key in outcome_classes(review):
            if key in cells:
                out.append(
                    {
                        "study_id": study.study_id,
                        "label": study.label,
                        "indication": study.meta["indication"],
                        "endpoint_class": key,
                        "row": review.word("endpoint_classes", key),
                        "column": review.word("indications", study.meta["indication"]),
                        **cells[key]._asdict(),
                    }
                )
    return pd.DataFrame(out)


def diseases(review: Review) -> list[str]:
    """Return the diseases of the sources in words, each once, in the order of the sources."""
    words = (review.word("indications", s.meta["indication"]) for s in review.studies)
    return list(dict.fromkeys(words))


def map_with_names(review: Review) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Return :func:`evidence_map` with the first author above each text, and its rows and columns.

    Returns
    -------
    tuple
        The cells, and the words of outcomes and diseases in vocabulary order.
    """
    cells = evidence_map(review).drop(columns="rows")
    names = {s.study_id: s.first_author for s in review.studies}
    named = zip(cells["study_id"], cells["text"], strict=True)
    cells["text"] = [f"{names[study]}\n{text}" for study, text in named]
    rows = [r for r in review.vocabulary["endpoint_classes"].values() if r in set(cells["row"])]
    return cells, rows, [c for c in review.vocabulary["indications"].values() if c in diseases(review)]


def gaps(review: Review) -> pd.DataFrame:
    """Return, for each outcome, the diseases for which no study here has a finding.

    Returns
    -------
    pandas.DataFrame
        ``endpoint_class``, ``known`` and ``missing`` (words of diseases, joined), vocabulary order.
    """
    cells = evidence_map(review)
    diseases = {s.meta["indication"]: None for s in review.studies}
    diseases = [d for d in review.vocabulary["indications"] if d in diseases]
    out = []
    for key in outcome_classes(review):
        have = set(cells.loc[cells["endpoint_class"] == key, "indication"])
        words = {d: review.word("indications", d) for d in diseases}
        out.append(
            {
                "endpoint_class": review.word("endpoint_classes", key),
                "known": "; ".join(words[d] for d in diseases if d in have) or "none",
                "missing": "; ".join(words[d] for d in diseases if d not in have) or "none",
            }
        )
    return pd.DataFrame(out)


def _of_counts(study: Study) -> dict[str, Cell]:
    cells = {}
    for row in proportions_of(study).to_dict("records"):
        key = row["endpoint_class"]
        if key == PROGRESSION:
            continue
        k, n = row["events"], row["n_evaluable"]
        direction = FAVOURABLE[key] if k == n else "mixed" if k else "no_change"
        cells[key] = Cell(direction, f"{k} of {n}{star(row['inferred'])}")
    return cells


def _of_outcomes(study: Study) -> dict[str, Cell]:
    rows = study.table("outcomes").dropna(subset=["events", "n"])
    rows = rows[~rows["endpoint_class"].isin(FAVOURABLE)]
    return {
        row["endpoint_class"]: Cell(
            "none", f"{int(row['events'])} of {int(row['n'])}", (f"outcomes/{row['id']}",)
        )
        for row in rows.to_dict("records")
    }


def _of_pain(scores: pd.DataFrame) -> dict[str, Cell]:
    directions = []
    for _, own in scores.dropna(subset=["months"]).groupby(["patient", "scale", "statistic"]):
        own = own.sort_values("months", kind="stable")
        before, after = own[own["timing"] == "baseline"], own[own["timing"] != "baseline"]
        if len(before) and len(after):
            change = float(after["value"].iloc[-1]) - float(before["value"].iloc[-1])
            directions.append("better" if change < 0 else "worse" if change > 0 else "no_change")
    if not directions:
        return {}
    return {"pain_score": Cell(_one(set(directions)), _patients(len(directions)))}


def _of_times(study: Study) -> dict[str, Cell]:
    rows = study.table("events")
    rows = rows[(rows["endpoint"] == "time_on_treatment") & ~rows["patient"].isin(CODES)]
    n = rows["patient"].nunique()
    ids = tuple("events/" + rows["id"])
    return {"time_on_treatment": Cell("none", _patients(n), ids)} if n else {}


def _patients(n: int | None) -> str:
    return "n unknown" if n is None else f"{n} patient{'' if n == 1 else 's'}"


def _of_estimates(study: Study) -> dict[str, Cell]:
    rows = study.table("statistics")
    cells = {}
    for key, statistic in ESTIMATES.items():
        found = rows[rows["quantity"].str.contains(key)]
        found = found[found["statistic"] == statistic] if statistic else found
        if len(found):
            n = found["n"].max()
            ids = tuple("statistics/" + found.loc[found["n"] == n, "id"])
            cells[key] = Cell("none", _patients(None if pd.isna(n) else int(n)), ids)
    return cells


def _of_harms(study: Study) -> dict[str, Cell]:
    found = harms_of(study)
    if found.empty:
        return {}
    any_harm = ((found["term"] != "none") & (found["high"].fillna(1) > 0)).any()
    text = _patients(informed_on_harm(study))
    return {"harm": Cell("worse" if any_harm else "no_change", text)}


def _of_words(study: Study) -> dict[str, Cell]:
    rows = on_drug(study)
    rows = rows[~rows["locator"].str.startswith(NOT_FINDINGS)]
    rows = rows[~(rows["patient"].isin(CODES) & rows["group"].isin(CODES))]
    cells = {}
    for key, part in rows.groupby("endpoint_class", sort=False):
        single = part[~part["patient"].isin(CODES)]
        direction = _one(set(part["direction"]))
        told = f"{single['patient'].nunique()} of {treated(study) or 'unknown'}"
        alone = len(single) and direction == _one(set(single["direction"]))
        ids = tuple("statements/" + single["id"]) if alone else ()
        cells[str(key)] = Cell(direction, told if alone else "words only", ids)
    return cells


def _one(directions: set[str]) -> str:
    return next(iter(directions)) if len(directions) == 1 else "mixed"
