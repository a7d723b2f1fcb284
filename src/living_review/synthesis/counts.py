"""Counts of patients with a result: which one of a study enters a comparison, and beside which others.

Two counts are side by side only if they are of one result, judged by one criterion
(:mod:`.endpoints`).

**Which row enters a forest** (:func:`proportions_of`). For each study, result and criterion one count
is chosen, the first of: patient by patient in ``responses``; patient by patient in ``statements``; a
group count in a table; in the text; in the abstract (patient-level beats aggregate, table beats text,
text beats abstract). Among group counts of one rank the largest denominator wins, then the first
printed. Of a quantity that is printed twice the row that stands for it is taken. Every group count that
says something else is shown beside it (:func:`also_printed`).

* In ``responses`` a patient whose category is *not evaluable* is treated, but not evaluable. A
  complete or partial response counts as response, *improved* as improvement, stable disease as
  stability, progressive disease as progression. Judgements from after the drug are left out.
* In ``statements`` a patient counts if at least one finding has the direction that the class asks for
  (:func:`.endpoints.counted`) and none is against treatment; evaluable are patients with a finding that
  has a direction, or a time on the drug: those who were assessed and are reported to be neither better
  nor worse stay in the denominator. Findings from before the drug (:func:`on_drug`) and of groups are
  never counted. What counts, and by which criterion, is named by a group count that agrees, if one is
  printed; else what counts is each patient's first finding. A group result without a count names the
  criterion too; without any the criterion is *in words*, and the count is used only where patients are
  in no category.
* In ``outcomes`` a count needs both of its numbers. One that the paper gives in words (*all*, 100%;
  column ``in_words``) is marked ``inferred``: it has its interval, and a star beside it. Without a
  direction it is no result. Where no criterion is named the count is used only if the study has no
  other count of that result.
* Both denominators are kept: those who could be evaluated and all who were treated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from living_review.evidence import Review, Study
from living_review.evidence.codes import MISSING
from living_review.evidence.recall import recalled
from living_review.stats import proportions
from living_review.synthesis.endpoints import (
    IN_WORDS,
    PROGRESSION,
    counted,
    endpoints_in_order,
    got_better,
    heading,
    result_of,
)
from living_review.synthesis.individual_patients import locator_rank

CATEGORIES = {
    "improved": "",  # the class of its own row
    "complete_response": "lesion_response",
    "partial_response": "lesion_response",
    "stable_disease": "stability",
    "progressive_disease": PROGRESSION,
}
NO_EVENT = ("not_improved", "not_evaluable")
SOURCES = (
    "patient by patient, in categories",
    "patient by patient, in words",
    "group count in a table",
    "group count in the text",
    "group count in the abstract",
)


def treated(study: Study) -> int | None:
    """Return how many patients a study reports on; None where it does not say.

    Of a comparison these are the patients of the arms on the drug: those of a control arm were not
    treated with it.
    """
    arms = [about["n"] for about in study.groups.values() if about.get("arm") == "experimental"]
    if arms:
        return sum(arms) if all(isinstance(n, int) for n in arms) else None
    n = study.meta["n_patients"]
    return int(n) if isinstance(n, int) else None


def joined(values: Iterable[object], sep: str = "; ") -> str:
    """Join words, each once, in order.

    Parameters
    ----------
    values : iterable of object
        Words.
    sep : str, optional
        What is between.

    Returns
    -------
    str
        An empty text for none.
    """
    return sep.join(dict.fromkeys(str(v) for v in values))


# Of a chosen count.
COLUMNS = (
    *("study_id", "label", "indication", "endpoint_class", "criterion", "definition", "events"),
    *("n_evaluable", "n_treated", "source", "inferred", "locator", "rows"),
)


@recalled
def proportions_of(study: Study) -> pd.DataFrame:
    """Return the chosen count for each result and criterion of a study (rules at the module's top).

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``label``, ``indication``, ``endpoint_class`` (the result), ``criterion``,
        ``definition``, ``events``, ``n_evaluable``, ``n_treated``, ``source``, ``inferred``,
        ``locator``, ``rows`` (``table/id`` of every row that was counted).
    """
    outcomes = study.once("outcomes")
    outcomes = outcomes[~outcomes["group"].isin(study.control)]
    found = sorted(
        [*_from_responses(study), *_from_statements(study, outcomes), *_from_outcomes(study, outcomes)],
        key=lambda row: (row["rank"], -row["n_evaluable"]),
    )
    chosen: dict[tuple[str, str], dict] = {}
    for row in found:
        chosen.setdefault((row["endpoint_class"], row["criterion"]), row)
    head = {"study_id": study.study_id, "label": study.label, "indication": study.meta["indication"]}
    rows = [
        {**head, **row, "source": SOURCES[row["rank"]]}
        for row in chosen.values()
        if _stands(row, [r for r in chosen.values() if r["endpoint_class"] == row["endpoint_class"]])
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _stands(row: dict, same: list[dict]) -> bool:
    """Return whether a count without a criterion of its own is beside the others of its result."""
    if row["criterion"] == IN_WORDS:
        return all(other["rank"] > 0 for other in same)
    return row["criterion"] not in MISSING or len(same) == 1


def also_printed(review: Review) -> pd.DataFrame:
    """Return the group results that were not chosen and say something else than the chosen count.

    Returns
    -------
    pandas.DataFrame
        Rows of ``outcomes`` with ``study_id``, ``label`` and ``group_label``; the count or its
        denominator may be missing or ambiguous, which is one way of saying something else.
    """
    out = []
    for study in review.studies:
        chosen = proportions_of(study)
        sizes = ("n_evaluable", "n_treated")
        known = {
            (r["endpoint_class"], r["events"], r[n]) for r in chosen.to_dict("records") for n in sizes
        }
        rows = study.table("outcomes")  # every place: another number in another place is the point
        rows = rows[rows["endpoint_class"].isin(counted(study.topic))]
        keep = []
        for row in rows.to_dict("records"):
            counts = _counts(row)
            keep.append(counts is None or (_result(study, row), *counts[:2]) not in known)
        rows = rows[keep]
        if len(rows):
            labels = [study.groups.get(g, {}).get("label", g) for g in rows["group"]]
            results = [_result(study, r) or r["endpoint_class"] for r in rows.to_dict("records")]
            rows = rows.assign(endpoint_class=results)
            out.append(rows.assign(study_id=study.study_id, label=study.label, group_label=labels))
    if out:
        return pd.concat(out, ignore_index=True)
    return pd.DataFrame(columns=["study_id", "label", "group_label", *_columns(review, "outcomes")])


def _columns(review: Review, table: str) -> list[str]:
    return [c["name"] for c in review.schemas[table].fields]


def _from_responses(study: Study) -> list[dict]:
    rows = study.once("responses")
    rows = rows[rows["category"].isin([*CATEGORIES, *NO_EVENT]) & (rows["timing"] != "after_treatment")]
    rows = rows.assign(place=rows["locator"].map(locator_rank)).sort_values("place", kind="stable")
    rows = rows.drop_duplicates(["patient", "endpoint_class", "criterion"])
    out = []
    for (own, criterion), part in rows.groupby(["endpoint_class", "criterion"], sort=False):
        judged = part[part["category"] != "not_evaluable"]
        if judged.empty:
            continue
        kinds = judged["category"].map(lambda c, own=str(own): CATEGORIES.get(c, "none") or own)
        for key in dict.fromkeys([str(own), *kinds[kinds != "none"]]):
            words = joined(judged.loc[kinds == key, "category"], " or ").replace("_", " ")
            out.append(
                {
                    "rank": 0,
                    "endpoint_class": key,
                    "criterion": str(criterion),
                    "definition": words or "no such patient",
                    "events": int((kinds == key).sum()),
                    "n_evaluable": len(judged),
                    "n_treated": treated(study) or len(part),
                    "inferred": False,
                    "locator": joined(re.sub(r", row [^,]+", "", x) for x in part["locator"]),
                    "rows": tuple("responses/" + part["id"]),
                }
            )
    return out


def on_drug(study: Study) -> pd.DataFrame:
    """Return the statements with a direction, less those on the time before the drug."""
    rows = _not_before(study)
    return rows[rows["direction"] != "none"]


def _not_before(study: Study) -> pd.DataFrame:
    rows = study.table("statements")
    return rows[rows["timing"] != "baseline"]


def _from_statements(study: Study, outcomes: list[dict]) -> list[dict]:
    rows = _not_before(study)
    rows = rows[(rows["direction"] != "none") | ~rows["time"].isin(MISSING)]
    rows = rows[~rows["patient"].isin(MISSING)]
    rows = rows.assign(place=rows["locator"].map(locator_rank)).sort_values("place", kind="stable")
    out = []
    for key, wanted in counted(study.topic).items():
        part = rows[rows["endpoint_class"] == key]
        if part.empty:
            continue
        seen = part.groupby("patient", sort=False)["direction"].agg(set)
        good = seen.map(lambda words, wanted=wanted: wanted in words and "worse" not in words)
        first = part[part["patient"].isin(good[good].index) & (part["direction"] == wanted)]
        first = first.drop_duplicates("patient").sort_values("patient")
        words = joined(first["subject"] + ": " + first["finding"])
        k, n = int(good.sum()), len(good)
        agreeing, criterion = _agreeing(study, outcomes, key, (k, n))
        out.append(
            {
                "rank": 1,
                "endpoint_class": key,
                "criterion": criterion,
                "definition": agreeing or words or "no such patient",
                "events": k,
                "n_evaluable": n,
                "n_treated": treated(study) or n,
                "inferred": False,
                "locator": joined(first["locator"] if len(first) else part["locator"]),
                "rows": tuple("statements/" + part["id"]),
            }
        )
    return out


def _agreeing(
    study: Study, outcomes: pd.DataFrame, key: str, found: tuple[int, int]
) -> tuple[str, str]:
    """Return what a group result that agrees with a count of patients calls it, and its criterion.

    One without a count of its own contradicts none: it names the criterion, but not what was counted.
    """
    rows = [row for row in outcomes.to_dict("records") if _result(study, row) == key]
    rows.sort(key=lambda row: locator_rank(row["locator"]))
    counts = [_counts(row) for row in rows]
    same = [row for row, c in zip(rows, counts, strict=True) if c is not None and c[:2] == found]
    silent = [row for row, c in zip(rows, counts, strict=True) if c is None]
    criteria = [row["criterion"] for row in (*same, *silent) if row["criterion"] not in MISSING]
    return _defined(same[0]) if same else "", criteria[0] if criteria else IN_WORDS


def _from_outcomes(study: Study, outcomes: pd.DataFrame) -> list[dict]:
    out = []
    for row in outcomes.to_dict("records"):
        counts, result = _counts(row), _result(study, row)
        if result is None or counts is None:
            continue
        out.append(
            {
                "rank": 2 + locator_rank(row["locator"]),
                "endpoint_class": result,
                "criterion": row["criterion"],
                "definition": _defined(row),
                "events": counts[0],
                "n_evaluable": counts[1],
                "n_treated": treated(study) or counts[1],
                "inferred": counts[2],
                "locator": row["locator"],
                "rows": (f"outcomes/{row['id']}",),
            }
        )
    return out


def _defined(row: dict) -> str:
    when = "" if row["time"] in MISSING else f", {row['time']} {row['time_unit']}"
    return row["definition"] + when


def _result(study: Study, row: dict) -> str | None:
    return result_of(row["endpoint_class"], row["direction"], study.topic.counted)


def _counts(row: dict) -> tuple[int, int, bool] | None:
    """Return events, denominator and whether they are given in words; None if there is no count."""
    if pd.notna(row["events"]) and pd.notna(row["n"]) and row["n"] > 0:
        return int(row["events"]), int(row["n"]), row.get("in_words") == "yes"
    return None


def all_proportions(review: Review, studies: Iterable[Study] | None = None) -> pd.DataFrame:
    """Return :func:`proportions_of` over all studies, results and criteria in vocabulary order.

    Parameters
    ----------
    review : Review
    studies : iterable of Study, optional
        Some of its studies; all by default.

    Returns
    -------
    pandas.DataFrame
        A row for each count; none where no study has one.
    """
    frames = [f for f in map(proportions_of, review.studies if studies is None else studies) if len(f)]
    if not frames:
        return pd.DataFrame(columns=list(COLUMNS))
    frame = pd.concat(frames, ignore_index=True)
    order = endpoints_in_order(review, zip(frame["endpoint_class"], frame["criterion"], strict=True))
    places = [order.index(e) for e in zip(frame["endpoint_class"], frame["criterion"], strict=True)]
    frame = frame.assign(place=places).sort_values("place", kind="stable", ignore_index=True)
    return frame.drop(columns="place")


def mostly_better(review: Review) -> dict[str, str]:
    """Return the studies that say that most of their patients got better in some way, and why.

    A study is among them if more than half of the patients in one of its chosen counts of
    :func:`.endpoints.got_better`, whatever the criterion, had the result. A count that is given in
    words, such as *all but one* beside the size of the group, counts as well, and is marked; a word
    without the size of its group, such as an interview's *most*, does not.

    Returns
    -------
    dict of str to str
        ``study_id`` and what it rests on: ``count``, or ``word`` where all such counts are in words.
    """
    out = {}
    for study in review.studies:
        chosen = proportions_of(study)
        more = chosen[2 * chosen["events"] > chosen["n_evaluable"]]
        more = more[more["endpoint_class"].isin(got_better(review.topic))]
        if len(more):
            out[study.study_id] = "word" if more["inferred"].all() else "count"
    return out


def star(inferred: object) -> str:
    """Return the mark of a count that the paper gives in words, else nothing."""
    return " *" if inferred else ""


def forest_rows(review: Review) -> pd.DataFrame:
    """Return the lines of the forest: a line for each denominator of each chosen count.

    Returns
    -------
    pandas.DataFrame
        What :func:`living_review.plots.basic.forest` draws (``group``, ``label``, ``estimate``,
        ``lower``, ``upper``, ``text``, ``study_id``) and ``events``, ``n``, ``of`` (*evaluable* or
        *treated*), ``inferred`` and ``rows`` (``table/id`` of what was counted).
    """
    lines = []
    for row in all_proportions(review).to_dict("records"):
        sizes = {"evaluable": row["n_evaluable"]}
        if row["n_treated"] != row["n_evaluable"]:
            sizes["treated"] = row["n_treated"]
        for of, n in sizes.items():
            p = proportions.clopper_pearson(row["events"], n)
            limits = f"{proportions.format_percent(p.lower)} to {proportions.format_percent(p.upper)}"
            text = f"{p.events} of {p.n}: {limits}"
            words = row["label"] + (", of all treated" if of == "treated" else "")
            lines.append(
                {
                    "group": heading(review, row["endpoint_class"], row["criterion"]),
                    "label": words + star(row["inferred"]),
                    **{k: getattr(p, k) for k in ("estimate", "lower", "upper", "events", "n")},
                    "text": text,
                    "of": of,
                    "study_id": row["study_id"],
                    "inferred": row["inferred"],
                    "rows": row["rows"],
                }
            )
    return pd.DataFrame(lines)
