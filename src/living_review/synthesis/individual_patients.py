"""Single patients: how long each was followed, and each one's pain scores.

**Which time of a patient** (:func:`follow_up`): a printed follow-up beats time on treatment; of a time
that is printed twice the row that stands for it is taken. Both are kept apart by name: neither is
survival.

**Which pain score** (:func:`pain`): individual scores only, each once. A score before treatment without
a time is at 0.
"""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from living_review.audit.expression import convert
from living_review.evidence import Review
from living_review.evidence import locator as locators
from living_review.evidence.codes import MISSING
from living_review.evidence.patients import label_across
from living_review.evidence.recall import recalled

TIMES = ("follow_up", "time_on_treatment")  # in order of preference
# What a part of a paper ranks where the same thing is printed twice; any other is running text.
RANKS = {"Table": 0, "Footnote": 0, "Abstract": 2, "Title": 2, "Title page": 2}
NUMBER = r"-?\d+(\.\d+)?"
# How a bar ends.
ENDS = {("time_on_treatment", 0): "still on drug", ("time_on_treatment", 1): "stopped"}


def as_unit(value: float | str, unit: str, to: str = "month") -> float:
    """Convert a time: a year is 365.25 days, a month a twelfth of it, a week 7 days.

    Parameters
    ----------
    value : float or str
        The time, in ``unit``.
    unit, to : str
        ``day``, ``week``, ``month`` or ``year``.

    Returns
    -------
    float
        In ``to``.

    Examples
    --------
    >>> as_unit(2.5, "year"), round(as_unit(1366, "day"), 1)
    (30.0, 44.9)
    """
    return float(convert(Fraction(str(value)), unit, to))


def locator_rank(locator: str) -> int:
    """Rank where something is printed: 0 a table or its footnote, 1 the text, 2 the abstract."""
    return RANKS.get(locators.parse(locator).kind, 1)


def _timed(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep rows of single patients whose time is a number; add ``months``."""
    rows = rows[~rows["patient"].isin(MISSING) & (rows["time_unit"] != "date")]
    rows = rows[rows["time"].astype(str).str.fullmatch(NUMBER)]
    months = [as_unit(t, u) for t, u in zip(rows["time"], rows["time_unit"], strict=True)]
    return rows.assign(months=months)


@recalled
def follow_up(review: Review) -> pd.DataFrame:
    """Return one time for each patient whose own time is printed (rule at the top of this module).

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``label``, ``patient``, ``months``, ``endpoint`` (what the time is), ``event``
        (0: not ended when last seen, 1: ended), ``reason``, ``time`` and ``time_unit`` as printed,
        ``locator``, ``happened`` (list of ``(months, endpoint)`` on the way), ``signs`` (their marker
        and words), ``rows`` (``table/id`` of the time and of what happened, in this order).
    """
    out, known = [], review.topic.marks
    for study in review.studies:
        rows = _timed(study.once("events"))
        times = rows[rows["endpoint"].isin(TIMES)]
        times = times.assign(kind=times["endpoint"].map(TIMES.index))
        times = times.sort_values("kind", kind="stable").drop_duplicates("patient")
        other = rows[rows["endpoint"].isin(list(known)) & (rows["event"] == 1)]
        for row in times.sort_index().to_dict("records"):
            mine = other[other["patient"] == row["patient"]]
            out.append(
                {
                    "study_id": study.study_id,
                    "label": label_across(study, row["patient"]),
                    **{k: row[k] for k in ("patient", "months", "endpoint", "event", "reason")},
                    **{k: row[k] for k in ("time", "time_unit", "locator")},
                    "happened": list(zip(mine["months"], mine["endpoint"], strict=True)),
                    "signs": [known[what] for what in mine["endpoint"]],
                    "rows": tuple(f"events/{i}" for i in (row["id"], *mine["id"])),
                }
            )
    columns = ["study_id", "label", "patient", "months", "endpoint", "event", "reason"]
    return pd.DataFrame(
        out, columns=[*columns, "time", "time_unit", "locator", "happened", "signs", "rows"]
    )


@recalled
def pain(review: Review) -> pd.DataFrame:
    """Return the individual pain scores of all patients (rule at the top of this module).

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``label``, ``patient``, ``scale``, ``statistic``, ``months`` (NA where a score on
        treatment has no time), ``value``, ``timing``, ``locator``; ``joined`` is False for a patient
        whose scores on one scale are different statistics: they do not make one line; ``id``.
    """
    out = []
    for study in review.studies:
        rows = study.once("measurements")
        rows = rows[
            (rows["measure"] == "pain") & ~rows["patient"].isin(MISSING) & rows["value"].notna()
        ]
        rows = rows.assign(months=_timed(rows)["months"].reindex(rows.index))
        untimed = rows["months"].isna() & (rows["timing"] == "baseline")
        rows = rows.assign(months=rows["months"].mask(untimed, 0.0))
        kinds = rows.groupby(["patient", "scale"])["statistic"].transform("nunique")
        rows = rows.assign(
            study_id=study.study_id,
            label=[label_across(study, p) for p in rows["patient"]],
            joined=kinds == 1,
        )
        out.append(rows)
    columns = ["study_id", "label", "patient", "scale", "statistic", "months", "value", "timing"]
    full = [frame for frame in out if len(frame)]
    if not full:
        return pd.DataFrame(columns=[*columns, "locator", "joined", "id"])
    return pd.concat(full, ignore_index=True)[[*columns, "locator", "joined", "id"]]


def bars(follow: pd.DataFrame) -> pd.DataFrame:
    """Return the times of :func:`follow_up` as bars of :func:`living_review.plots.timelines.swimmer`.

    Returns
    -------
    pandas.DataFrame
        ``follow`` with ``time`` (months), ``hollow`` (follow-up, not time on treatment), ``ongoing``
        (still on treatment), ``marks`` and ``end`` (the months and what happened, in words).
    """
    rows = follow.to_dict("records")
    ends = [
        [
            f"{r['months']:.1f} mo, {ENDS.get((r['endpoint'], int(r['event'])), 'last seen')}",
            *(words for _, words in r["signs"]),
        ]
        for r in rows
    ]
    return follow.assign(
        time=follow["months"],
        hollow=follow["endpoint"] == "follow_up",
        ongoing=(follow["event"] == 0) & (follow["endpoint"] == "time_on_treatment"),
        marks=[
            [(t, sign) for (t, _), (sign, _) in zip(r["happened"], r["signs"], strict=True)]
            for r in rows
        ],
        end=["; ".join(words) for words in ends],
    )


def points(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of :func:`pain` that have a time, ready to be drawn as courses.

    Returns
    -------
    pandas.DataFrame
        ``months`` is called ``time``; ``text`` is the value, with its kind if it is not a plain one.
    """
    rows = scores.dropna(subset=["months"]).rename(columns={"months": "time"}).drop(columns="id")
    kinds = zip(rows["value"], rows["statistic"], strict=True)
    return rows.assign(text=[f"{v:g}" if k == "value" else f"{v:g} ({k})" for v, k in kinds])
