"""Patients one by one over time: printed times as months since each patient's first dose.

A paper mixes dates and durations. Both become months since the printed start of the study drug by the
conventions of :mod:`living_review.stats.dates`; where a paper prints no time there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from living_review.stats import dates
from living_review.stats.dates import Months

# What a reading is, in a word beside it.
KINDS = {"value": "kind not said"}


def starts(doses: pd.DataFrame) -> pd.Series:
    """Return the printed date of each patient's first dose of the study drug, by patient.

    Parameters
    ----------
    doses : pandas.DataFrame
        The table ``doses`` of a study.
    """
    begun = doses[(doses["role"] == "study_drug") & (doses["change"] == "start")]
    return begun.groupby("patient")["start"].first()


def since_start(rows: pd.DataFrame, start: pd.Series, time: str = "time") -> list[Months | None]:
    """Return for each row the months from its patient's start to its time.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``patient``, a column of times and its ``<time>_unit`` (``date`` or a unit of time).
    start : pandas.Series
        As :func:`starts` returns it.
    time : str
        The column of times.

    Returns
    -------
    list of Months or None
        None where the patient has no start, or the row no time.

    Examples
    --------
    >>> rows = pd.DataFrame({"patient": ["p1"], "time": ["2010-10"], "time_unit": ["date"]})
    >>> since_start(rows, pd.Series({"p1": "2010-04"}))[0].value
    6.0
    """
    known = ("date", *dates.MONTHS_IN)
    return [
        dates.months_since(start[patient], at, unit) if patient in start and unit in known else None
        for patient, at, unit in zip(rows["patient"], rows[time], rows[f"{time}_unit"], strict=True)
    ]


def month_values(times: Iterable[Months | None], missing: float = float("nan")) -> list[float]:
    """Return the months as printed, as numbers; ``missing`` where there is no time.

    Parameters
    ----------
    times : iterable of Months or None
        Times since a start.
    missing : float, optional
        Shown where there is none.

    Returns
    -------
    list of float
        As many as times.
    """
    return [missing if t is None else t.value for t in times]


def format_times(times: Iterable[Months | None], missing: str = "not reported") -> list[str]:
    """Write times as :func:`.dates.format_months` does; ``missing`` where there is none.

    Parameters
    ----------
    times : iterable of Months or None
        Times since a start.
    missing : str, optional
        Shown where there is none.

    Returns
    -------
    list of str
        As many as times.
    """
    return [missing if t is None else dates.format_months(t) for t in times]


def with_months(rows: pd.DataFrame, start: pd.Series) -> pd.DataFrame:
    """Return the rows that have a time; their column ``time`` becomes months since the start.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with ``patient``, ``time`` and ``time_unit``.
    start : pandas.Series
        As :func:`starts` returns it.

    Returns
    -------
    pandas.DataFrame
        A copy.
    """
    at = month_values(since_start(rows, start))
    return rows.assign(time=at).dropna(subset="time")


def last_reports(events: pd.DataFrame, start: pd.Series) -> pd.DataFrame:
    """Return one time for each patient: the first printed duration, else the months to a printed date.

    A duration is the paper's own figure; months counted from two dates without days are ours, and may
    be one off.

    Parameters
    ----------
    events : pandas.DataFrame
        Rows with ``patient``, ``time`` and ``time_unit``.
    start : pandas.Series
        As :func:`starts` returns it.

    Returns
    -------
    pandas.DataFrame
        Rows of ``events`` by patient, with ``months`` (:class:`living_review.stats.dates.Months`).
    """
    events = events.assign(
        months=since_start(events, start), rank=(events["time_unit"] == "date").astype(int)
    )
    events = events.sort_values(["patient", "rank"], kind="stable")
    return events.drop_duplicates("patient").set_index("patient")


def scores(measurements: pd.DataFrame, measure: str, start: pd.Series, before: float) -> pd.DataFrame:
    """Return each patient's readings of one measure, ready to be drawn as courses.

    Parameters
    ----------
    measurements : pandas.DataFrame
        The table ``measurements`` of a study.
    measure : str
        Which of them.
    start : pandas.Series
        As :func:`starts` returns it.
    before : float
        Place on the axis of a reading without a time.

    Returns
    -------
    pandas.DataFrame
        Rows of ``measurements`` with ``time`` in months, ``text`` (value and kind) and ``joined``:
        False for a patient whose readings are of different kinds.
    """
    rows = measurements[measurements["measure"] == measure]
    texts = [
        f"{v:g} ({KINDS.get(k, k)})" for v, k in zip(rows["value"], rows["statistic"], strict=True)
    ]
    one_kind = rows.groupby("patient")["statistic"].transform("nunique") == 1
    return rows.assign(time=month_values(since_start(rows, start), before), text=texts, joined=one_kind)


def scores_by_patient(scores: pd.DataFrame) -> dict[str, str]:
    """Return each patient's readings as words: ``9 (maximum), then 0 (kind not said)``."""
    ordered = scores.sort_values("time", kind="stable")
    return {str(p): ", then ".join(own["text"]) for p, own in ordered.groupby("patient")}


def medication_times(doses: pd.DataFrame, start: pd.Series, drug: str) -> list[str]:
    """Return when each medicine was taken, lowered or stopped: the stop, else the start of its row.

    Parameters
    ----------
    doses : pandas.DataFrame
        Rows of ``doses``; the ``timing`` *baseline* goes before any time.
    start : pandas.Series
        As :func:`starts` returns it.
    drug : str
        Name of the study drug.

    Returns
    -------
    list of str
        As many as rows.
    """
    stops, begins = since_start(doses, start, "stop"), since_start(doses, start, "start")
    out = []
    for stop, begin, timing in zip(stops, begins, doses["timing"], strict=True):
        at = stop or begin
        early = timing == "baseline"
        out.append(f"before {drug}" if early else f"{at.value:g} months" if at else "not reported")
    return out


def event_markers(happened: pd.DataFrame, patients: Sequence[str]) -> list[list[tuple[float, str]]]:
    """Return for each patient the marks of :func:`living_review.plots.timelines.swimmer`.

    Parameters
    ----------
    happened : pandas.DataFrame
        ``patient``, ``time`` and ``mark`` (a matplotlib marker), in the order of drawing.
    patients : sequence of str
        In the order of the bars.

    Returns
    -------
    list of list of tuple of float, str
        Time in months and kind of each mark, a list for each patient.
    """
    own = [happened[happened["patient"] == p] for p in patients]
    return [[(float(t), m) for t, m in zip(h["time"], h["mark"], strict=True)] for h in own]


def changes(readings: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return each patient's first and last reading of a measure and the change in percent.

    Parameters
    ----------
    readings : pandas.DataFrame
        ``patient``, ``measure``, ``statistic`` (``value`` is read), ``time`` (a number), ``value``.

    Returns
    -------
    pandas.DataFrame
        ``first``, ``last``, ``change`` (percent of the first), by patient.
    """
    rows = readings[(readings["measure"] == measure) & (readings["statistic"] == "value")]
    ends = rows.sort_values("time").groupby("patient")["value"].agg(["first", "last"])
    return ends.assign(change=(ends["last"] / ends["first"] - 1) * 100)


def format_change(first: float, last: float, *, points: bool = False) -> str:
    """Write a change with its sign: percent of the first reading, or points of a scale.

    Parameters
    ----------
    first, last : float
        Readings, in one unit.
    points : bool, optional
        Points of a scale and no percentage.

    Returns
    -------
    str
        With a minus sign of print.

    Examples
    --------
    >>> format_change(8, 6), format_change(8, 6, points=True)
    ('−25.0%', '−2 points')
    """
    change = f"{last - first:+g} points" if points else f"{(last / first - 1) * 100:+.1f}%"
    return change.replace("-", "−")


def format_first_and_last(readings: pd.DataFrame, titles: Mapping[str, str]) -> str:
    """Return first and last readings, measure by measure and patient by patient.

    Parameters
    ----------
    readings : pandas.DataFrame
        ``measure``, ``patient`` and ``value``, by time.
    titles : mapping of str to str
        Measures in order, and what they are called up to a comma.

    Returns
    -------
    str
        A sentence without its full stop.

    Examples
    --------
    >>> rows = pd.DataFrame({"measure": "pain", "patient": ["p1", "p1"], "value": [8, 3]})
    >>> format_first_and_last(rows, {"pain": "Pain, 0 to 10"})
    'pain 8 to 3'
    """
    out = []
    for measure, title in titles.items():
        values = readings[readings["measure"] == measure].groupby("patient")["value"]
        ends = [f"{own.iloc[0]:g} to {own.iloc[-1]:g}" for _, own in values]
        out.append(f"{title.split(',')[0].lower()} {' and '.join(ends)}")
    return "; ".join(out)


def on_treatment(events: pd.DataFrame, words: Mapping[str, str], look: str) -> pd.DataFrame:
    """Return times on treatment in days as bars of :func:`living_review.plots.timelines.swimmer`.

    Parameters
    ----------
    events : pandas.DataFrame
        Rows of ``events``, one for each patient: ``event`` is 0 while treatment goes on.
    words : mapping of str to str
        What is written after the time, by patient.
    look : str
        Of the study, for the colour.

    Returns
    -------
    pandas.DataFrame
        One row for each patient.
    """
    times = events["time"].astype(float)
    return events.assign(
        label=["Patient " + p.removeprefix("p") for p in events["patient"]],
        look=look,
        ongoing=events["event"] == 0,
        end=[f"{t:g} d, {words[p]}" for t, p in zip(times, events["patient"], strict=True)],
        time=times,
    )
