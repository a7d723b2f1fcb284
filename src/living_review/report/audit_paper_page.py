"""What the page *Audit your own paper* shows: the kinds of claim, and how well the audit does."""

from __future__ import annotations

import pandas as pd

from living_review.audit.paper_kinds import EVERY
from living_review.evidence import Review


def kinds() -> pd.DataFrame:
    """Return the kinds of claim: name, what is recomputed, what it needs, and an example that holds."""
    return pd.DataFrame(
        [
            {
                "Kind": kind.name,
                "What is recomputed": kind.what,
                "From": kind.needs + (f"; if known: {kind.may}" if kind.may else ""),
                "Example": f"printed {kind.printed}, from {kind.inputs}",
            }
            for kind in EVERY
        ]
    )


def figures(review: Review) -> pd.DataFrame:
    """Return what was called wrong: of right statistics, and of each kind of planted error."""
    rows = review.records("audit_figures")
    return pd.DataFrame(
        [
            {
                "Statistics": row["what"],
                "Called wrong": f"{row['flagged']:,} of {row['checked']:,}",
                "Where there is power": _share(row["flagged_with_power"], row["checked_with_power"]),
            }
            for row in rows.to_dict("records")
        ]
    )


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({100 * part / whole:.1f}%)"


def false_alarms(review: Review) -> str:
    """Return *k of n* for statistics that are right."""
    rows = review.records("audit_figures")
    honest = rows[rows["kind"] == "honest"].iloc[0]
    return f"{honest['flagged']:,} of {honest['checked']:,}"


def least_recall(review: Review) -> str:
    """Return the least share of planted errors found where there is power, over the kinds."""
    rows = review.records("audit_figures")
    planted = rows[rows["kind"] == "planted"]
    return f"{100 * (planted['flagged_with_power'] / planted['checked_with_power']).min():.1f}%"


def rate(review: Review, name: str) -> str:
    """Return a published rate with its sign.

    Parameters
    ----------
    review : Review
        The opened evidence.
    name : str
        A row of ``data/review/audit_base_rates.csv``.

    Returns
    -------
    str
        The rate in percent.
    """
    rows = review.records("audit_base_rates").set_index("id")
    return f"{rows.loc[name, 'value']:g}%"
