"""Tables of patients one by one over time: what happened when, and what a change amounts to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile

import pandas as pd

from living_review.evidence import Review, Study
from living_review.report import citing, sections
from living_review.stats import dates, lesions
from living_review.stats import timelines as courses
from living_review.stats.dates import MONTHS_IN
from living_review.stats.timelines import event_markers, format_change, month_values, since_start

ML_IN_DL = 100


def by_window(
    findings: pd.DataFrame,
    ends: Mapping[str, float],
    aspects: Mapping[str, Sequence[str]],
    windows: Mapping[str, Callable[[float], bool]],
    study: Study,
) -> pd.DataFrame:
    """Return what is said of each patient in each window of time, aspect by aspect.

    Parameters
    ----------
    findings : pandas.DataFrame
        ``patient``, ``endpoint_class``, ``time`` (months) and ``finding``, in reading order.
    ends : mapping of str to float
        Months followed, by patient: the patients of the table, in its order.
    aspects : mapping of str to sequence of str
        Name of a row and the endpoint classes that it takes.
    windows : mapping of str to callable
        Name of a column and whether a number of months belongs to it.
    study : Study
        For the patients' names.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = []
    for patient, end in ends.items():
        for aspect, classes in aspects.items():
            own = findings[(findings["patient"] == patient) & findings["endpoint_class"].isin(classes)]
            row = {"Patient": sections.patient_label(study, patient), "What": aspect}
            for window, inside in windows.items():
                said = own.loc[own["time"].map(inside).astype(bool), "finding"]
                row[window] = "; ".join(said) or "not reported"
            rows.append(row | {"Last follow-up, months": f"{end:g}"})
    return pd.DataFrame(rows)


def changes(
    readings: pd.DataFrame, labels: Mapping[str, str], moments: Mapping[float, str], study: Study
) -> pd.DataFrame:
    """Return the readings of each patient beside the change, computed and as printed.

    Parameters
    ----------
    readings : pandas.DataFrame
        Rows of ``measurements`` with ``time`` as a number; ``percent_change`` rows are what is printed.
    labels : mapping of str to str
        Measures and what a reader calls them.
    moments : mapping of float to str
        Times and the heads of their columns; the change runs from the first to the last.
    study : Study
        For the patients' names.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.

    Notes
    -----
    Scores of a scale are subtracted, other readings are compared in percent of the first.
    """
    rows = []
    chosen = readings[readings["measure"].isin(labels)]
    for (patient, measure), own in chosen.groupby(["patient", "measure"], sort=False):
        values = own[own["statistic"] == "value"].set_index("time")["value"]
        printed = own.loc[own["statistic"] == "percent_change", "printed"]
        row = {"Patient": sections.patient_label(study, patient), "Reading": labels[measure]}
        row |= {head: f"{values[t]:g}" if t in values else "–" for t, head in moments.items()}
        first, *_, last = moments
        row["Change, computed"] = format_change(values[first], values[last], points=_is_score(own))
        row["Change, printed"] = printed.iloc[0].strip("()") if len(printed) else "–"
        rows.append(row)
    return pd.DataFrame(rows)


def _is_score(rows: pd.DataFrame) -> bool:
    return bool((rows.loc[rows["statistic"] == "value", "unit"] == "score").all())


def text_beside_table(
    text: pd.DataFrame, table: pd.DataFrame, labels: Mapping[str, str], study: Study
) -> pd.DataFrame:
    """Return first and last readings that the running text prints, beside those of a table.

    Parameters
    ----------
    text, table : pandas.DataFrame
        Rows of ``measurements``; the text's differ by ``timing``, the table's by ``time``.
    labels : mapping of str to str
        Measures and what a reader calls them.
    study : Study
        For the patients' names.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = []
    spoken, printed = (f[f["statistic"] == "value"] for f in (text, table))
    for (patient, measure), own in spoken.groupby(["patient", "measure"], sort=False):
        ends = [own.loc[own["timing"] == t, "value"].iloc[0] for t in ("baseline", "on_treatment")]
        beside = printed[(printed["patient"] == patient) & (printed["measure"] == measure)]
        beside = beside.sort_values("time")["value"].iloc[[0, -1]].tolist()
        rows.append(
            {
                "Patient": sections.patient_label(study, patient),
                "Reading": labels[measure],
                "Text": f"{ends[0]:g} to {ends[1]:g}",
                "Change by the text": format_change(*ends, points=_is_score(own)),
                "Table 1": f"{beside[0]:g} to {beside[1]:g}",
                "Change by the table": format_change(*beside, points=_is_score(own)),
            }
        )
    return pd.DataFrame(rows)


def times(events: pd.DataFrame, study: Study, review: Review) -> pd.DataFrame:
    """Return printed times one by one: whose, what runs, how long, and whether it had ended.

    Parameters
    ----------
    events : pandas.DataFrame
        Rows of ``events``; ``event`` is 0 where the time was still running at the last report.
    study : Study
        For the patients' names.
    review : Review
        For the words of the endpoints.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = []
    for row in events.to_dict("records"):
        named = row["patient"] != "not_applicable"
        long = sections.format_time(row["time"], row["time_unit"])
        rows.append(
            {
                "Patient": sections.patient_label(study, row["patient"]) if named else "not named",
                "Time": f"{review.word('endpoints', row['endpoint'])}: {long}",
                "At its end": f"{'' if row['event'] else 'running; '}{row['reason']}",
                "Where": row["locator"],
            }
        )
    return pd.DataFrame(rows)


def durations(rows: pd.DataFrame, time: str = "time", missing: str = "not reported") -> list[str]:
    """Write printed durations as they are: ``3 months``; ``missing`` for dates and no time.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with the unit in ``<time>_unit``.
    time : str, optional
        The column of times.
    missing : str, optional
        Written where there is none.

    Returns
    -------
    list of str
        As many as rows.
    """
    columns = zip(rows[time], rows[f"{time}_unit"], strict=True)
    return [f"{t} {u}s" if u in MONTHS_IN else missing for t, u in columns]


def in_months(rows: pd.DataFrame, missing: str = "not reported") -> list[str]:
    """Write printed durations in months: ``12 months`` for a year; ``missing`` where there is none.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with ``time`` and ``time_unit``.
    missing : str, optional
        Written where there is none.

    Returns
    -------
    list of str
        As many as rows.
    """
    columns = zip(rows["time"], rows["time_unit"], strict=True)
    return [f"{float(t) * MONTHS_IN[u]:g} months" if u in MONTHS_IN else missing for t, u in columns]


def relative_to_target(value: float, target: Mapping[str, float]) -> str:
    """State where a value lies beside a target: ``below``, ``within`` (ends included) or ``above``.

    Parameters
    ----------
    value : float
        In the unit of the target.
    target : mapping of str to float
        Its ``lower`` and ``upper`` limit.

    Returns
    -------
    str
        One word.
    """
    return "below" if value < target["lower"] else "above" if value > target["upper"] else "within"


def levels_in_both_units(
    levels: pd.DataFrame, target: Mapping[str, float], study: Study
) -> pd.DataFrame:
    """Return blood levels read as nanograms per millilitre and per decilitre, against one target.

    Parameters
    ----------
    levels : pandas.DataFrame
        Rows of ``measurements``, times in weeks; ``unit`` is the printed one.
    target : mapping
        ``lower`` and ``upper`` in nanograms per millilitre.
    study : Study
        For the patients' names.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    return pd.DataFrame(
        {
            "Patient": [sections.patient_label(study, p) for p in levels["patient"]],
            "Week": [f"{float(t):g}" for t in levels["time"]],
            "Printed in Table 1": [
                f"{v} {unit_word(u)}" for v, u in zip(levels["printed"], levels["unit"], strict=True)
            ],
            "If the unit of the text holds": [
                f"{v:g} ng/mL: {relative_to_target(v, target)} the target" for v in levels["value"]
            ],
            "If the heading of the table holds": [
                f"{v:.3f} ng/mL: {relative_to_target(v, target)} the target"
                for v in levels["value"] / ML_IN_DL
            ],
        }
    )


def targets(study: Study, places: Mapping[str, str]) -> list[pd.Series]:
    """Return printed target levels, each with the words (``text``) that are beside it in a figure.

    Parameters
    ----------
    study : Study
    places : mapping of str to str
        Units as printed, and where each of them is printed.

    Returns
    -------
    list of pandas.Series
        Rows of the evidence.
    """
    rows = study.table("statistics").query("quantity == 'trough_target'")
    found = [rows[rows["unit"] == unit].iloc[0].copy() for unit in places]
    for row, place in zip(found, places.values(), strict=True):
        span = f"{row['lower']:g} to {row['upper']:g}"
        row["text"] = f"target {span},\n“{unit_word(row['unit'])}” in {place}"
    return found


def moments(rows: pd.DataFrame, review: Review) -> list[str]:
    """Write when something was measured: its date, its duration, or the phase of treatment.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``measurements``.
    review : Review
        The opened evidence.

    Returns
    -------
    list of str
        As many as rows.
    """
    columns = zip(rows["time"], rows["time_unit"], rows["timing"], strict=True)
    return [
        dates.format_date(t)
        if unit == "date"
        else f"{t} {unit}s"
        if unit in MONTHS_IN
        else review.word("timings", timing).lower()
        for t, unit, timing in columns
    ]


def unit_word(unit: str) -> str:
    """Return how readers write a unit of the vocabulary: ``ng/mL`` for ``ng/ml``."""
    return unit.replace("/ml", "/mL").replace("/dl", "/dL")


def scale_titles(rows: pd.DataFrame, study: Study, review: Review) -> list[str]:
    """Return for each reading its patient and the kind of its scale: ``Patient 1: numeric rating``.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``measurements``.
    study : Study
        The opened study.
    review : Review
        The opened evidence.

    Returns
    -------
    list of str
        As many as rows.
    """
    kinds = [review.word("scales", s).split(",")[0].lower() for s in rows["scale"]]
    return [
        f"{sections.patient_label(study, p)}: {kind}"
        for p, kind in zip(rows["patient"], kinds, strict=True)
    ]


def bars(
    last: pd.DataFrame, happened: pd.DataFrame, ends: Mapping[str, str], study: Study
) -> pd.DataFrame:
    """Return patients' times as bars of :func:`living_review.plots.timelines.swimmer`.

    Parameters
    ----------
    last : pandas.DataFrame
        As :func:`living_review.stats.timelines.last_reports` returns it.
    happened : pandas.DataFrame
        ``patient``, ``time`` and ``mark``, as :func:`.stats.timelines.event_markers` reads them.
    ends : mapping of str to str
        What happened at the end, by patient; of the others it is their last report.
    study : Study
        For names and colour.

    Returns
    -------
    pandas.DataFrame
        One row for each patient, times in months.
    """
    times = month_values(last["months"])
    words = [ends.get(p, "last report") for p in last.index]
    drawn = pd.DataFrame(
        {
            "label": [sections.patient_label(study, p) for p in last.index],
            "time": times,
            "look": study.look,
            "marks": event_markers(happened, list(last.index)),
            "end": [f"{t:g} months, {w}" for t, w in zip(times, words, strict=True)],
        }
    )
    return citing.with_references(drawn, citing.rows_of(last))


def with_names(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return rows of patients with ``label`` and ``look``, as courses are drawn from.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with ``patient``.
    study : Study
        The opened study.

    Returns
    -------
    pandas.DataFrame
        A copy with two more columns.
    """
    return rows.assign(
        label=[sections.patient_label(study, p) for p in rows["patient"]], look=study.look
    )


def doses_since(start: pd.Series, study: Study, review: Review) -> pd.DataFrame:
    """Return the doses of the study drug and of what was given before it, by months since the start.

    Parameters
    ----------
    start : pandas.Series
        As :func:`living_review.stats.timelines.starts` returns it.
    study : Study
    review : Review
        For the words of the vocabulary.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    given = study.table("doses").query("role in ['study_drug', 'prior']")
    shown = sections.doses(study, review, given)
    shown.insert(0, "Patient", [sections.patient_label(study, p) for p in given["patient"]])
    begins = given["role"].eq("study_drug") & given["change"].eq("start")
    at = courses.format_times(since_start(given, start, "start"))
    shown["Since the start"] = [
        f"the start ({dates.format_date(day)})" if begun else time
        for begun, day, time in zip(begins, given["start"], at, strict=True)
    ]
    return shown[["Patient", "Drug", "Dose", "Since the start", "Step", "Printed"]]


def dose_steps(start: pd.Series, study: Study, unit: str = "mg/day") -> pd.DataFrame:
    """Return the doses of the study drug as :func:`living_review.plots.panels.dose_steps` draws them.

    A dose that was raised as far as it was tolerated has steps before it that are not printed.

    Parameters
    ----------
    start : pandas.Series
        As :func:`living_review.stats.timelines.starts` returns it.
    study : Study
    unit : str
        Doses in other units are left out.

    Returns
    -------
    pandas.DataFrame
        Rows of ``doses`` with ``months`` since the start, ``label``, ``gradual`` and ``text``.
    """
    steps = study.table("doses").query("role == 'study_drug' and unit == @unit")
    return steps.assign(
        months=month_values(since_start(steps, start, "start")),
        label=[sections.patient_label(study, p) for p in steps["patient"]],
        gradual=steps["statistic"] == "maximum_tolerated",
        text=[f"{d:g} mg tried and not tolerated;\nthe paper gives no time" for d in steps["dose"]],
    )


def timed_doses(steps: pd.DataFrame) -> pd.DataFrame:
    """Return the doses that have a time: ``patient``, ``label``, ``months``, ``mg_per_day``."""
    timed = steps.dropna(subset="months").rename(columns={"dose": "mg_per_day"})
    timed = timed.sort_values("patient", kind="stable")
    return timed[["patient", "label", "months", "mg_per_day"]]


def sizes_before(start: pd.Series, study: Study) -> pd.DataFrame:
    """Return the lesions measured before treatment: ``who``, ``lesion``, ``volume`` and ``when``.

    Parameters
    ----------
    start : pandas.Series
        As :func:`living_review.stats.timelines.starts` returns it.
    study : Study

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    sizes = lesions.sizes(study.table("measurements"))
    seen = month_values(since_start(sizes, start))
    drug = study.meta["drugs"][0]
    undated = f"before {drug}, date not printed"
    return sizes.assign(
        who=[sections.patient_label(study, p) for p in sizes["patient"]],
        lesion=sizes["lesion"].str.replace("_", " "),
        when=[f"{-m:g} months before {drug}" if pd.notna(m) else undated for m in seen],
        volume=[f"{v:,.0f} cm³" if pd.notna(v) else "not computed" for v in sizes["volume_cm3"]],
    )


def medicines(doses: pd.DataFrame, start: pd.Series, study: Study, review: Review) -> pd.DataFrame:
    """Return medicines beside the study drug: ``who``, ``amount``, ``when``, ``what`` was done.

    Parameters
    ----------
    doses : pandas.DataFrame
        Rows of ``doses``; ``time`` of the result is the months to the stop.
    start : pandas.Series
        As :func:`living_review.stats.timelines.starts` returns it.
    study : Study
    review : Review
        For the words of the vocabulary.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    amounts = zip(doses["dose"], doses["unit"], strict=True)
    changes = [review.word("dose_changes", c).lower() for c in doses["change"]]
    return doses.assign(
        when=courses.medication_times(doses, start, study.meta["drugs"][0]),
        time=month_values(since_start(doses, start, "stop")),
        who=[sections.patient_label(study, p) for p in doses["patient"]],
        amount=[f"{d:g} {u}" if pd.notna(d) else "not printed" for d, u in amounts],
        what=[
            "taken" if c == "not_reported" else word
            for c, word in zip(doses["change"], changes, strict=True)
        ],
    )


def dated_findings(words: pd.DataFrame, after: float) -> pd.DataFrame:
    """Return findings by time, each with its date or, later than ``after`` months, its months.

    Parameters
    ----------
    words : pandas.DataFrame
        Statements with ``time`` in months and ``dated``, the finding with its time as printed.
    after : float
        Months up to which a duration is not written.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = words.sort_values("time", kind="stable")
    columns = zip(rows["finding"], rows["dated"], rows["time"], rows["time_unit"], strict=True)
    late = [
        dated if unit == "date" else f"{said} ({t:.0f} months)" if t > after else said
        for said, dated, t, unit in columns
    ]
    return rows.assign(finding=late)


def dose_table(study: Study, review: Review) -> pd.DataFrame:
    """Return all doses of a study with their patient; times are durations since the start.

    Parameters
    ----------
    study : Study
    review : Review
        For the words of the vocabulary.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    doses = study.table("doses")
    shown = sections.doses(study, review, doses)
    none = "not_applicable"
    who = ["both" if p == none else sections.patient_label(study, p) for p in doses["patient"]]
    shown.insert(0, "Patient", who)
    shown["When"] = durations(doses, "start")
    shown["Step"] = shown["Step"].str.removeprefix("Not reported: ")  # a reason without a step
    return shown[["Patient", "Drug", "Given", "Dose", "When", "Step", "Printed"]]


def without_common_end(texts: pd.Series) -> tuple[list[str], str]:
    """Return texts without the end that they all share, and that end.

    Examples
    --------
    >>> without_common_end(pd.Series(["New. Seen twice.", "Seen twice."]))
    (['New.', 'not_applicable'], 'Seen twice.')
    """
    letters = takewhile(lambda same: len(set(same)) == 1, zip(*(t[::-1] for t in texts), strict=False))
    end = "".join(same[0] for same in letters)[::-1]
    return [text.removesuffix(end).strip() or "not_applicable" for text in texts], end
