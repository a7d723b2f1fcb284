"""Studies beside the sources: what they count, shown for context, never part of the synthesis."""

from __future__ import annotations

import re

import pandas as pd

from living_review.evidence import Review
from living_review.stats import proportions

PROSPECTIVE = re.compile(r"\b(prospective|phase|trial|randomised|RCT)", re.IGNORECASE)
NO_DRUG = re.compile(r"\b(placebo|vehicle)\b", re.IGNORECASE)
ON_SKIN = re.compile(r"\b(topical|gel|hyftor)\b", re.IGNORECASE)
NAMED = re.compile(r"^([A-Z][\w'’-]+(?:-[A-Z]\w+)?) [A-Z]{1,3},")


def counted(review: Review) -> pd.DataFrame:
    """Return the studies and arms that give a count, with its exact interval, largest first.

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``label``, ``design``, ``population``, ``drug``, ``outcome``, ``events``, ``n``,
        ``estimate``, ``lower``, ``upper``, ``text``, ``derived`` (the count was derived from a
        percentage), ``prospective`` (by the words of its design), ``on_drug`` (not a placebo arm),
        ``systemic`` (not put on the skin).
    """
    rows = review.records("later_evidence")
    rows = rows[rows["events"].notna() & (rows["denominator"] > 0)]
    out = []
    for row in rows.to_dict("records"):
        p = proportions.clopper_pearson(int(row["events"]), int(row["denominator"]))
        limits = f"{proportions.format_percent(p.lower)} to {proportions.format_percent(p.upper)}"
        out.append(
            {
                **{k: row[k] for k in ("study_id", "design", "population", "drug", "outcome")},
                "label": label(row["citation"]),
                **{k: getattr(p, k) for k in ("events", "n", "estimate", "lower", "upper")},
                "text": f"{p.events} of {p.n}: {limits}",
                "derived": row["derived_count"] == "yes",
                "prospective": is_prospective(row["design"]),
                "on_drug": not NO_DRUG.search(row["drug"]),
                "systemic": not ON_SKIN.search(row["drug"]),
            }
        )
    return pd.DataFrame(out).sort_values("n", ascending=False, kind="stable", ignore_index=True)


def listed(review: Review) -> pd.DataFrame:
    """Return every study and arm for readers: name, whom, outcome, harms, and what was read of it."""
    rows = review.records("later_evidence").to_dict("records")
    return pd.DataFrame(
        [
            {
                "Study": label(row["citation"]),
                "Whom": row["population"] + ("" if pd.isna(row["n"]) else f" (n = {int(row['n'])})"),
                "Outcome": row["outcome"] + _without_total(row),
                "Harms": row["ae_facts"],
                "What was read": "; ".join(t for t in (row["access"], row["note"]) if t),
            }
            for row in rows
        ]
    )


def _without_total(row: dict) -> str:
    """Write a count whose denominator was not read: it stands in no other table."""
    if pd.isna(row["events"]) or not pd.isna(row["denominator"]):
        return ""
    return f" ({int(row['events'])} patients, of how many was not read)"


def is_prospective(design: str) -> bool:
    """Tell whether the words of a design say that patients were enrolled before the outcome."""
    return bool(PROSPECTIVE.search(design)) and "retrospective" not in design.lower()


def label(citation: str) -> str:
    """Return first author and year of a citation, with the arm if it names one.

    Examples
    --------
    >>> label("Adams DM, Trenor CC 3rd, et al. Efficacy of sirolimus. Pediatrics 2016;137(2)")
    'Adams 2016'
    >>> label("EXIST-1 - placebo arm")
    'EXIST-1, placebo arm'
    """
    name, year = NAMED.match(citation), re.search(r"\b(?:19|20)\d\d\b", citation)
    arm = citation.rpartition(" - ")[2] if " - " in citation else ""
    if name is None and year is not None and "authors not" in citation:
        return f"authors not read, {year[0]}"
    if name is None:
        return citation.replace(" - ", ", ")[:40].strip()
    if year is None:
        return f"{name[1]}, year not read"
    return f"{name[1]} {year[0]}" + (f", {arm}" if len(arm) in range(1, 25) else "")
