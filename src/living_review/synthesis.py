"""What all studies say together: which rows of the evidence enter a comparison, by named rules.

Nothing here knows a study by name; a study added to ``data/`` appears by itself. Nothing is pooled.

**Which row enters a forest** (:func:`proportions_of`). For each study and endpoint class one count is
chosen, the first of: patient by patient in ``responses``; patient by patient in ``statements``; a
group count in a table; in the text; in the abstract (patient-level beats aggregate, table beats
text, text beats abstract). Among group counts of one rank the largest denominator wins, then the
first printed. Every group count that was not chosen and says something else is kept beside it
(:func:`also_printed`).

* In ``responses`` a patient whose category is *not evaluable* is treated, but not evaluable. A
  complete or partial response counts as response, *improved* as improvement, stable disease as
  stability, progressive disease as progression. One row a patient: a table beats the text.
* In ``statements`` a patient counts if at least one finding on treatment has the direction that the
  class asks for (:data:`FAVOURABLE`) and none is against treatment; evaluable are patients with a
  finding that has a direction. Statements of groups are never counted.
* In ``outcomes`` a count needs both of its numbers, or one percentage of exactly 0 or 100 of a group
  whose size is known; the latter is marked ``inferred``. Definitions that speak of getting worse
  (:data:`UNFAVOURABLE`) make a class of their own, *progression*.
* Both denominators are kept: those who could be evaluated and all who were treated.

**Which time of a patient** (:func:`follow_up`): a printed follow-up beats time on treatment, a table
beats the text, the text beats the abstract; units become months (:func:`as_unit`).

**Which count of a harm** (:func:`harms`): see there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

import pandas as pd

from living_review import proportions
from living_review.audit.expression import convert
from living_review.evidence import Review, Study

CODES = ("not_reported", "not_applicable", "not_evaluable", "ambiguous")
# Endpoint classes that a count of patients can answer, and the direction that counts as the event.
FAVOURABLE = {
    "symptom_improvement": "better",
    "lesion_response": "better",
    "stability": "no_change",
    "analgesic_use": "better",
    "function": "better",
}
PROGRESSION = "progression"
CATEGORIES = {
    "improved": "",  # the class of its own row
    "complete_response": "lesion_response",
    "partial_response": "lesion_response",
    "stable_disease": "stability",
    "progressive_disease": PROGRESSION,
}
UNFAVOURABLE = re.compile(r"progress|relapse|regrow|resist|deteriorat|death", re.I)
NOT_RESULTS = ("method", "treatment", "recommendation", "imaging", "biological_response")
SOURCES = {
    0: "patient by patient (responses)",
    1: "patient by patient (findings in words)",
    2: "group count in a table",
    3: "group count in the text",
    4: "group count in the abstract",
}


def as_unit(value: float, unit: str, to: str = "month") -> float:
    """Convert a time: a year is 365.25 days, a month a twelfth of it, a week 7 days.

    Examples
    --------
    >>> as_unit(2.5, "year"), round(as_unit(1366, "day"), 1)
    (30.0, 44.9)
    """
    return float(convert(Fraction(str(value)), unit, to))


def place_rank(locator: str) -> int:
    """Rank where something is printed: 0 a table or its footnote, 1 the text, 2 the abstract."""
    if locator.startswith(("Table", "Footnote")):
        return 0
    return 2 if locator.startswith(("Abstract", "Title")) else 1


def treated(study: Study) -> int | None:
    """Return how many patients a study tells of; None where it does not say."""
    n = study.meta["n_patients"]
    return int(n) if isinstance(n, int) else None


def class_word(review: Review, key: str) -> str:
    """Return the words of an endpoint class, also of the added class *progression*."""
    return "Lesion progressed" if key == PROGRESSION else review.word("endpoint_classes", key)


def _joined(values: Iterable[str], sep: str = "; ") -> str:
    return sep.join(dict.fromkeys(str(v) for v in values))


# --- proportions -----------------------------------------------------------------------------------


def proportions_of(study: Study) -> pd.DataFrame:
    """Return the chosen count for each endpoint class of a study (rule at the top of this module).

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``label``, ``indication``, ``endpoint_class``, ``definition``, ``events``,
        ``n_evaluable``, ``n_treated`` (None where unknown), ``source``, ``inferred``, ``locator``.
    """
    found = sorted(
        [*_from_responses(study), *_from_statements(study), *_from_outcomes(study)],
        key=lambda row: (row["rank"], -row["n_evaluable"]),
    )
    chosen: dict[str, dict] = {}
    for row in found:
        chosen.setdefault(row["endpoint_class"], row)
    return _frame(study, chosen.values())


def also_printed(study: Study) -> pd.DataFrame:
    """Return the group counts that :func:`proportions_of` did not choose and that say otherwise."""
    chosen = proportions_of(study).set_index("endpoint_class")
    rest = []
    for row in _from_outcomes(study):
        if row["endpoint_class"] not in chosen.index:
            continue
        picked = chosen.loc[row["endpoint_class"]]
        same = (row["events"], row["n_evaluable"]) == (picked["events"], picked["n_evaluable"])
        if not same:
            rest.append(row)
    return _frame(study, rest)


def _frame(study: Study, rows: Iterable[dict]) -> pd.DataFrame:
    columns = ["study_id", "label", "indication", "endpoint_class", "definition", "events"]
    columns += ["n_evaluable", "n_treated", "source", "inferred", "locator"]
    return pd.DataFrame(
        [
            {
                "study_id": study.study_id,
                "label": study.label,
                "indication": study.meta["indication"],
                **row,
                "source": SOURCES[row["rank"]],
            }
            for row in rows
        ],
        columns=columns,
    )


def _from_responses(study: Study) -> list[dict]:
    rows = study.table("responses")
    rows = rows[rows["category"].isin([*CATEGORIES, "not_improved", "not_evaluable"])]
    rows = rows.assign(rank=rows["locator"].map(place_rank)).sort_values("rank", kind="stable")
    rows = rows.drop_duplicates(["patient", "endpoint_class"])
    out = []
    for own, part in rows.groupby("endpoint_class", sort=False):
        judged = part[part["category"] != "not_evaluable"]
        counted = judged["category"].map(lambda c, own=own: CATEGORIES.get(c, "none") or own)
        for key in dict.fromkeys([str(own), *counted[counted != "none"]]):
            out.append(
                {
                    "rank": 0,
                    "endpoint_class": key,
                    "definition": _defined(judged, counted == key),
                    "events": int((counted == key).sum()),
                    "n_evaluable": len(judged),
                    "n_treated": treated(study) or len(part),
                    "inferred": False,
                    "locator": _short(part["locator"]),
                }
            )
    return [row for row in out if row["n_evaluable"]]


def _defined(judged: pd.DataFrame, events: pd.Series) -> str:
    words = _joined(c.replace("_", " ") for c in judged.loc[events, "category"])
    by = _joined(c for c in judged["criterion"] if c not in CODES)
    return f"{words or 'none of the events'} ({by})" if by else words


def _short(locators: pd.Series) -> str:
    """Name a set of places by what they have in common: the table and column, or the section."""
    text = [re.sub(r", row [^,]+", "", str(x)) for x in locators]
    return _joined(text)


def _from_statements(study: Study) -> list[dict]:
    rows = study.table("statements")
    rows = rows[~rows["patient"].isin(CODES) & (rows["direction"] != "none")]
    out = []
    for key, wanted in FAVOURABLE.items():
        part = rows[rows["endpoint_class"] == key]
        if part.empty:
            continue
        by_patient = part.groupby("patient", sort=False)["direction"].agg(set)
        good = by_patient.map(lambda seen, wanted=wanted: wanted in seen and "worse" not in seen)
        picked = part[part["patient"].isin(good[good].index) & (part["direction"] == wanted)]
        out.append(
            {
                "rank": 1,
                "endpoint_class": key,
                "definition": "as told of each patient: " + _joined(picked["finding"], " / "),
                "events": int(good.sum()),
                "n_evaluable": len(good),
                "n_treated": treated(study) or len(good),
                "inferred": False,
                "locator": _joined(picked["locator"]),
            }
        )
    return out


def _from_outcomes(study: Study) -> list[dict]:
    out = []
    for row in study.table("outcomes").to_dict("records"):
        worse = bool(UNFAVOURABLE.search(row["definition"]))
        if row["endpoint_class"] not in FAVOURABLE:
            continue
        counts = _counts(row, study)
        if counts is None:
            continue
        events, n, inferred = counts
        out.append(
            {
                "rank": 2 + place_rank(row["locator"]),
                "endpoint_class": PROGRESSION if worse else row["endpoint_class"],
                "definition": row["definition"] + _at(row),
                "events": events,
                "n_evaluable": n,
                "n_treated": treated(study) or n,
                "inferred": inferred,
                "locator": row["locator"],
            }
        )
    return out


def _at(row: dict) -> str:
    return "" if row["time"] in CODES else f", {row['time']} {row['time_unit']}"


def _counts(row: dict, study: Study) -> tuple[int, int, bool] | None:
    if pd.notna(row["events"]) and pd.notna(row["n"]) and row["n"] > 0:
        return int(row["events"]), int(row["n"]), False
    size = study.groups.get(row["group"], {}).get("n")
    if pd.isna(row["events"]) and row["percent"] in (0, 100) and isinstance(size, int):
        return round(size * row["percent"] / 100), size, True
    return None


def all_proportions(review: Review) -> pd.DataFrame:
    """Return :func:`proportions_of` over all studies, endpoint classes in vocabulary order."""
    order = {key: i for i, key in enumerate([*FAVOURABLE, PROGRESSION])}
    frame = pd.concat([proportions_of(s) for s in review.studies], ignore_index=True)
    key = frame["endpoint_class"].map(order)
    return frame.iloc[key.argsort(kind="stable")].reset_index(drop=True)


def forest_rows(review: Review) -> pd.DataFrame:
    """Return the lines of the forest: a line for each denominator of each chosen count.

    Returns
    -------
    pandas.DataFrame
        What :func:`living_review.figures.forest` draws (``group``, ``label``, ``estimate``,
        ``lower``, ``upper``, ``text``, ``study_id``) and ``events``, ``n``, ``of``.
    """
    lines = []
    for row in all_proportions(review).to_dict("records"):
        sizes = {"evaluable": row["n_evaluable"]}
        if row["n_treated"] and row["n_treated"] != row["n_evaluable"]:
            sizes["treated"] = row["n_treated"]
        for of, n in sizes.items():
            p = proportions.exact(row["events"], n)
            words = f"{row['label']}, of all treated" if of == "treated" else row["label"]
            star = " *" if row["inferred"] else ""
            lines.append(
                {
                    "group": class_word(review, row["endpoint_class"]),
                    "label": words + star,
                    "estimate": p.estimate,
                    "lower": p.lower,
                    "upper": p.upper,
                    "text": f"{p.events} of {p.n}: {proportions.percent(p.lower)} to "
                    f"{proportions.percent(p.upper)}",
                    "study_id": row["study_id"],
                    "events": p.events,
                    "n": p.n,
                    "of": of,
                }
            )
    return pd.DataFrame(lines)


def what_if(review: Review) -> list[dict]:
    """Return the chosen counts as plain records, for a control that changes them on the page."""
    keys = ["study_id", "label", "endpoint_class", "definition", "events", "n_evaluable", "n_treated"]
    return all_proportions(review)[keys].to_dict("records")
