"""Counts of patients with a result: which one of a study enters a comparison.

**Which row enters a forest** (:func:`proportions_of`). For each study and endpoint class one count is
chosen, the first of: patient by patient in ``responses``; patient by patient in ``statements``; a
group count in a table; in the text; in the abstract (patient-level beats aggregate, table beats text,
text beats abstract). Among group counts of one rank the largest denominator wins, then the first
printed. Every group count that says something else is shown beside it (:func:`also_printed`).

* In ``responses`` a patient whose category is *not evaluable* is treated, but not evaluable. A
  complete or partial response counts as response, *improved* as improvement, stable disease as
  stability, progressive disease as progression. One row a patient: a table beats the text.
* In ``statements`` a patient counts if at least one finding has the direction that the class asks for
  (:data:`FAVOURABLE`) and none is against treatment; evaluable are patients with a finding that has a
  direction, or a time on the drug: whoever was looked at and is told to be neither better nor worse
  stays in the denominator. Findings from before the drug (:func:`on_drug`) and of groups are never
  counted. What counts is named by a group count that agrees, if one is printed, else by each patient's
  first finding.
* In ``outcomes`` a count needs both of its numbers. One that the paper gives in words (*all*, 100%;
  column ``in_words``) is marked ``inferred``: it has its interval, and a star beside it. Definitions
  that speak of getting worse (:data:`UNFAVOURABLE`) make a class of their own, *progression*.
* Both denominators are kept: those who could be evaluated and all who were treated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from living_review.evidence import Review, Study
from living_review.stats import proportions
from living_review.synthesis.individual_patients import CODES, locator_rank

# Endpoint classes that a count of patients can answer, and the direction that counts as the event.
FAVOURABLE = {
    "symptom_improvement": "better",
    "any_response": "better",
    "lesion_response": "better",
    "lesion_appearance": "better",
    "stability": "no_change",
    "analgesic_use": "better",
    "function": "better",
}
# ... and those of them that say whether patients or their lesions got better.
GOT_BETTER = ("symptom_improvement", "any_response", "lesion_response", "lesion_appearance")
PROGRESSION = "progression"
CATEGORIES = {
    "improved": "",  # the class of its own row
    "complete_response": "lesion_response",
    "partial_response": "lesion_response",
    "stable_disease": "stability",
    "progressive_disease": PROGRESSION,
}
NO_EVENT = ("not_improved", "not_evaluable")
UNFAVOURABLE = re.compile(r"progress|relapse|regrow|resist|deteriorat|death", re.I)
SOURCES = (
    "patient by patient, in categories",
    "patient by patient, in words",
    "group count in a table",
    "group count in the text",
    "group count in the abstract",
)


def treated(study: Study) -> int | None:
    """Return how many patients a study tells of; None where it does not say."""
    n = study.meta["n_patients"]
    return int(n) if isinstance(n, int) else None


def class_word(review: Review, key: str) -> str:
    """Return the words of an endpoint class, also of the added class *progression*."""
    return "Lesion progressed" if key == PROGRESSION else review.word("endpoint_classes", key)


def joined(values: Iterable[object], sep: str = "; ") -> str:
    """Join words, each once, in order."""
    return sep.join(dict.fromkeys(str(v) for v in values))


def proportions_of(study: Study) -> pd.DataFrame:
    """Return the chosen count for each endpoint class of a study (rule at the top of this module).

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``label``, ``indication``, ``endpoint_class``, ``definition``, ``events``,
        ``n_evaluable``, ``n_treated``, ``source``, ``inferred``, ``locator``, ``rows`` (``table/id`` of
        every row that was counted).
    """
    outcomes = _from_outcomes(study)
    found = sorted(
        [*_from_responses(study), *_from_statements(study, outcomes), *outcomes],
        key=lambda row: (row["rank"], -row["n_evaluable"]),
    )
    chosen: dict[str, dict] = {}
    for row in found:
        chosen.setdefault(row["endpoint_class"], row)
    head = {"study_id": study.study_id, "label": study.label, "indication": study.meta["indication"]}
    columns = [*head, "endpoint_class", "definition", "events", "n_evaluable", "n_treated"]
    rows = [{**head, **row, "source": SOURCES[row["rank"]]} for row in chosen.values()]
    return pd.DataFrame(rows, columns=[*columns, "source", "inferred", "locator", "rows"])


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
        rows = study.table("outcomes")
        rows = rows[rows["endpoint_class"].isin(FAVOURABLE)]
        keep = []
        for row in rows.to_dict("records"):
            counts = _counts(row)
            keep.append(counts is None or (_class(row), *counts[:2]) not in known)
        rows = rows[keep]
        if len(rows):
            labels = [study.groups.get(g, {}).get("label", g) for g in rows["group"]]
            rows = rows.assign(endpoint_class=[_class(r) for r in rows.to_dict("records")])
            out.append(rows.assign(study_id=study.study_id, label=study.label, group_label=labels))
    if out:
        return pd.concat(out, ignore_index=True)
    return pd.DataFrame(columns=["study_id", "label", "group_label", *_columns(review, "outcomes")])


def _columns(review: Review, table: str) -> list[str]:
    return [c["name"] for c in review.schemas[table].fields]


def _from_responses(study: Study) -> list[dict]:
    rows = study.table("responses")
    rows = rows[rows["category"].isin([*CATEGORIES, *NO_EVENT])]
    rows = rows.assign(place=rows["locator"].map(locator_rank)).sort_values("place", kind="stable")
    rows = rows.drop_duplicates(["patient", "endpoint_class"])
    out = []
    for own, part in rows.groupby("endpoint_class", sort=False):
        judged = part[part["category"] != "not_evaluable"]
        if judged.empty:
            continue
        kinds = judged["category"].map(lambda c, own=str(own): CATEGORIES.get(c, "none") or own)
        by = joined(c for c in judged["criterion"] if c not in CODES)
        for key in dict.fromkeys([str(own), *kinds[kinds != "none"]]):
            words = joined(judged.loc[kinds == key, "category"], " or ").replace("_", " ")
            out.append(
                {
                    "rank": 0,
                    "endpoint_class": key,
                    "definition": f"{words or 'no such patient'} ({by or 'criterion not reported'})",
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
    """Return the statements with a direction, less those whose qualifier says *before* the drug."""
    rows = _not_before(study)
    return rows[rows["direction"] != "none"]


def _not_before(study: Study) -> pd.DataFrame:
    rows = study.table("statements")
    before = rf"\bbefore (?:treatment|the study drug|{'|'.join(study.meta['drugs'])})"
    return rows[~rows["qualifier"].str.contains(before)]


def _from_statements(study: Study, outcomes: list[dict]) -> list[dict]:
    rows = _not_before(study)
    rows = rows[(rows["direction"] != "none") | ~rows["time"].isin(CODES)]
    rows = rows[~rows["patient"].isin(CODES)]
    rows = rows.assign(place=rows["locator"].map(locator_rank)).sort_values("place", kind="stable")
    named = sorted(outcomes, key=lambda row: row["rank"])
    out = []
    for key, wanted in FAVOURABLE.items():
        part = rows[rows["endpoint_class"] == key]
        if part.empty:
            continue
        seen = part.groupby("patient", sort=False)["direction"].agg(set)
        good = seen.map(lambda words, wanted=wanted: wanted in words and "worse" not in words)
        first = part[part["patient"].isin(good[good].index) & (part["direction"] == wanted)]
        first = first.drop_duplicates("patient").sort_values("patient")
        words = joined(first["subject"] + ": " + first["finding"])
        k, n = int(good.sum()), len(good)
        agreeing = [
            o for o in named if (o["endpoint_class"], o["events"], o["n_evaluable"]) == (key, k, n)
        ]
        words = agreeing[0]["definition"] if agreeing else words
        out.append(
            {
                "rank": 1,
                "endpoint_class": key,
                "definition": words or "no such patient",
                "events": k,
                "n_evaluable": n,
                "n_treated": treated(study) or n,
                "inferred": False,
                "locator": joined(first["locator"] if len(first) else part["locator"]),
                "rows": tuple("statements/" + part["id"]),
            }
        )
    return out


def _from_outcomes(study: Study) -> list[dict]:
    out = []
    for row in study.table("outcomes").to_dict("records"):
        counts = _counts(row)
        if row["endpoint_class"] not in FAVOURABLE or counts is None:
            continue
        when = "" if row["time"] in CODES else f", {row['time']} {row['time_unit']}"
        how = "" if row["criterion"] in CODES else f" ({row['criterion']})"
        out.append(
            {
                "rank": 2 + locator_rank(row["locator"]),
                "endpoint_class": _class(row),
                "definition": row["definition"] + when + how,
                "events": counts[0],
                "n_evaluable": counts[1],
                "n_treated": treated(study) or counts[1],
                "inferred": counts[2],
                "locator": row["locator"],
                "rows": (f"outcomes/{row['id']}",),
            }
        )
    return out


def _class(row: dict) -> str:
    return PROGRESSION if UNFAVOURABLE.search(row["definition"]) else row["endpoint_class"]


def _counts(row: dict) -> tuple[int, int, bool] | None:
    """Return events, denominator and whether they are given in words; None if there is no count."""
    if pd.notna(row["events"]) and pd.notna(row["n"]) and row["n"] > 0:
        return int(row["events"]), int(row["n"]), row.get("in_words") == "yes"
    return None


def all_proportions(review: Review) -> pd.DataFrame:
    """Return :func:`proportions_of` over all studies, classes in the order of :data:`FAVOURABLE`."""
    order = [*FAVOURABLE, PROGRESSION]
    frames = [f for f in map(proportions_of, review.studies) if len(f)]
    frame = pd.concat(frames, ignore_index=True)
    return frame.sort_values("endpoint_class", key=lambda s: s.map(order.index), kind="stable")


def counts_in_words(chosen: pd.DataFrame, endpoint_class: str) -> str:
    """Return the chosen counts of one class as words, each with its source and exact 95% limits.

    ``5 of 7 (Benson 2014, 95% CI 29% to 96%), 84 of 84 * (Nadal 2016, 95% CI 96% to 100%)``; a star
    marks a count that the paper gives in words.
    """
    rows = chosen[chosen["endpoint_class"] == endpoint_class]
    return ", ".join(
        f"{r.events} of {r.n_evaluable}{star(r.inferred)} ({r.label}, {_limits(r)})"
        for r in rows.itertuples()
    )


def star(inferred: object) -> str:
    """Return the mark of a count that the paper gives in words, else nothing."""
    return " *" if inferred else ""


def _limits(row: tuple) -> str:
    p = proportions.clopper_pearson(row.events, row.n_evaluable)
    return f"95% CI {proportions.format_percent(p.lower)} to {proportions.format_percent(p.upper)}"


def forest_rows(review: Review) -> pd.DataFrame:
    """Return the lines of the forest: a line for each denominator of each chosen count.

    Returns
    -------
    pandas.DataFrame
        What :func:`living_review.plots.basic.forest` draws (``group``, ``label``, ``estimate``,
        ``lower``, ``upper``, ``text``, ``study_id``) and ``events``, ``n``, ``of`` (*evaluable* or
        *treated*), ``inferred``.
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
                    "group": class_word(review, row["endpoint_class"]),
                    "label": words + star(row["inferred"]),
                    **{k: getattr(p, k) for k in ("estimate", "lower", "upper", "events", "n")},
                    "text": text,
                    "of": of,
                    "study_id": row["study_id"],
                    "inferred": row["inferred"],
                }
            )
    return pd.DataFrame(lines)
