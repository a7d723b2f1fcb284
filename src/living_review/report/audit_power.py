"""How many wrong digits the checks notice, and which they cannot: tables for the page of the audit."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from living_review.evidence import Review
from living_review.report.evidence_cards import link
from living_review.stats.proportions import format_percent

NOTICED = ("audit", "validation")
TABLE = "audit_power"
COLUMNS = ["Source", "Numbers", "By the audit", "By validation", "By neither", "Noticed"]
STUDY = "study"  # the description of a study: its rows are groups, and have no card of their own


def by_study(review: Review) -> pd.DataFrame:
    """Return for each study how many of its numbers, typed wrong, which check notices.

    Parameters
    ----------
    review : Review
        With ``data/review/audit_power.csv``, which ``make power`` writes.

    Returns
    -------
    pandas.DataFrame
        A row for each study and one for all: ``Source``, ``Numbers``, ``By the audit``,
        ``By validation``, ``By neither`` and ``Noticed``, the share in percent.
    """
    rows = review.records(TABLE)
    labels = {study: review.study(study).label for study in review.study_ids}
    rows = rows[rows["study_id"].isin(labels)]
    parts = [(labels[study], own) for study, own in rows.groupby("study_id")]
    parts += [("All sources", rows)] if parts else []
    return pd.DataFrame([_counted(name, own) for name, own in parts], columns=COLUMNS)


def _counted(name: str, rows: pd.DataFrame) -> dict[str, object]:
    by = rows["noticed_by"].value_counts()
    noticed = sum(int(by.get(check, 0)) for check in NOTICED)
    return {
        "Source": name,
        "Numbers": len(rows),
        "By the audit": int(by.get("audit", 0)),
        "By validation": int(by.get("validation", 0)),
        "By neither": len(rows) - noticed,
        "Noticed": format_percent(noticed / len(rows)),
    }


def unnoticed(review: Review) -> pd.DataFrame:
    """Return the numbers that no check would notice if they were typed wrong, by source and table.

    Parameters
    ----------
    review : Review
        As in :func:`by_study`.

    Returns
    -------
    pandas.DataFrame
        ``Source``, ``Table`` and ``Rows``: links to their cards, with the value.
    """
    rows = review.records(TABLE)
    rows = rows[(rows["noticed_by"] == "nothing") & rows["study_id"].isin(review.study_ids)]
    found = []
    for (study, table), own in rows.groupby(["study_id", "table"], sort=False):
        shown = [
            link(study, f"{table}/{row}", f"{row}: {value}") if table != STUDY else f"{row}: {value}"
            for row, value in zip(own["row"], own["value"], strict=True)
        ]
        label = review.study(study).label
        found.append({"Source": label, "Table": table, "Rows": Markup(" · ").join(shown)})
    return pd.DataFrame(found, columns=["Source", "Table", "Rows"])
