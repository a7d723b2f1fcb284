"""The sections that every study chapter has: the same table for the same question in each of them.

A function takes a study (and, where the review's own records are needed, the review) and returns a
data frame whose columns are named for readers, or the HTML of a small mark. Nothing is computed
here beyond looking up, ordering and the exact interval beside a count.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup

from living_review.evidence import Review, Study, patients, ratings
from living_review.evidence.references import Cells
from living_review.report import citing, display
from living_review.stats import dates

CERTAINTY = {4: "⊕⊕⊕⊕", 3: "⊕⊕⊕◯", 2: "⊕⊕◯◯", 1: "⊕◯◯◯", None: "–"}
ANSWER_SIGNS = {
    **{"yes": "✓", "probably_yes": "✓", "probably_no": "✗", "no": "✗", "no_information": "?"},
    **{"low": "✓", "high": "✗", "unclear": "?", "not_applicable": "–"},
}
VERDICT_SIGNS = {
    "reproduced": "✓",
    "reproduced by truncation": "✓",
    "rounding": "≈",
    "not checkable": "?",
}
READ_ONCE = "one; nobody has extracted it a second time, so reading errors may remain"


def _mark(kind: str, which: object, sign: str, word: str) -> Markup:
    """Return a symbol and a word, with a class for their colour; a screen reader says the word."""
    return Markup(
        '<span class="lr-{0} lr-{0}-{1}"><span aria-hidden="true">{2}</span> {3}</span>'
    ).format(kind, which, sign, word)


def certainty_mark(level: int | None, review: Review) -> Markup:
    """Return the mark of a certainty of evidence: symbol and word.

    Parameters
    ----------
    level : int or None
        From 1 (very low) to 4 (high); None if not rated.
    review : Review

    Returns
    -------
    Markup
        HTML.
    """
    code = ratings.code(level)
    return _mark("certainty", code, CERTAINTY[level], review.vocabulary["certainty"][code])


def verdict_mark(verdict: str) -> Markup:
    """Return the mark of a verdict of the audit: symbol and word."""
    return _mark("verdict", verdict.replace(" ", "-"), VERDICT_SIGNS.get(verdict, "✗"), verdict)


def at_a_glance(study: Study, review: Review, facts: Mapping[str, str]) -> display.HtmlOutput:
    """Show the *At a glance* card of a study.

    Parameters
    ----------
    study : Study
    review : Review
    facts : mapping of str to str
        Lines that the chapter adds; they come before funding, conflicts of interest and certainty.

    Returns
    -------
    HtmlOutput
        Shown by a notebook as the last line of a cell.
    """
    meta = study.meta
    words: dict[str, object] = {
        "Disease": review.word("indications", meta["indication"]),
        "Who": meta["population"],
        "Design": meta["design"],
        "Drug": ", ".join(review.word("drugs", d) for d in meta["drugs"]),
        "Patients": meta["n_patients"],
        **facts,
        "Funding": meta["funding"],
        "Conflicts of interest": meta["conflicts"],
        "Text read": meta["access"],
        **({"Readings": READ_ONCE} if meta["readings"] == 1 else {}),
        "Certainty": certainty_mark(ratings.least(review, study.study_id), review),
    }
    return display.summary_box(study.label, words)


def how_sure(study_id: str, review: Review) -> str:
    """State in one sentence how certain the results of a study are and why, from the rated steps.

    Parameters
    ----------
    study_id : str
    review : Review

    Returns
    -------
    str
        The level or levels of its outcomes and the domains for which most of them were rated down;
        for a study without a rating the reason.
    """
    levels = ratings.levels(review, study_id).values()
    steps = review.records("certainty")
    steps = steps[steps["study_id"] == study_id]
    rated = sorted({level for level in levels if level is not None})
    if not rated:
        reason = str(steps["reason"].iloc[0]).rstrip(".")
        return f"Not rated: {reason[0].lower()}{reason[1:]}."
    words = " to ".join(review.word("certainty", ratings.code(level)).lower() for level in rated)
    change = pd.to_numeric(steps["change"], errors="coerce")
    down = steps.loc[change < 0, "domain"].value_counts()
    domains = [
        word.lower()
        for domain, word in review.vocabulary["grade_domains"].items()
        if down.get(domain, 0) * 2 > len(levels)
    ]
    listed = f"{', '.join(domains[:-1])} and {domains[-1]}" if len(domains) > 1 else "".join(domains)
    start = change[steps["domain"] == "start"].unique()
    low = (
        "without a comparison group the rating starts low, and it goes down"
        if list(start) == [2]
        else "rated down"
    )
    return f"{words.capitalize()} certainty: {low} for {listed}."


def for_display(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """Choose and rename columns for readers; missing codes come back as words.

    Parameters
    ----------
    frame : pandas.DataFrame
        As :meth:`living_review.evidence.Study.table` returns it.
    columns : dict
        Column of the table and what a reader calls it, in reading order.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    out = pd.DataFrame(index=frame.index)
    for name, label in columns.items():
        values = frame[name].astype(object)
        if f"{name}_missing" in frame:
            values = values.where(frame[f"{name}_missing"] == "", frame[f"{name}_missing"])
        out[label] = [_plain(v) for v in values]
    if rows := citing.rows_of(frame):
        out = citing.with_rows(out, rows)
    return out.reset_index(drop=True)


def _plain(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def patient_label(study: Study, patient: str) -> str:
    """Return :func:`living_review.evidence.patients.label` so that no line breaks inside it.

    Parameters
    ----------
    study : Study
        The opened study.
    patient : str
        The patient's id.

    Returns
    -------
    str
        For readers.
    """
    return patients.label(study, patient).replace(" ", "\N{NO-BREAK SPACE}")


def no_total(code: object) -> str:
    """Return what is beside a count whose denominator is missing, by the code in its cell."""
    return "total ambiguous" if code == "ambiguous" else "no total printed"


def statements(
    study: Study, *classes: str, columns: dict[str, str] | None = None, patients: bool = True
) -> pd.DataFrame:
    """Return findings in words of some endpoint classes, with time, direction, qualifier and place.

    Parameters
    ----------
    study : Study
        The opened study.
    columns : dict of str to str, optional
        Columns to show and their headings; the usual ones without.
    patients : bool, optional
        Whether to name the patient of each.
    *classes : str
        Endpoint classes.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    frame = study.table("statements")
    if classes:
        frame = frame[frame["endpoint_class"].isin(classes)]
    if not patients:
        frame = frame[frame["patient"] == "not_applicable"]
    whose = [f"{patient_label(study, p)}: " * (p != "not_applicable") for p in frame["patient"]]
    frame = frame.assign(finding=with_time(frame), subject=whose + frame["subject"])
    return for_display(
        frame,
        columns
        or {
            "subject": "About",
            "finding": "Finding, in our words",
            "qualifier": "Extent",
            "printed": "Printed",
            "locator": "Where",
        },
    )


def with_time(rows: pd.DataFrame, column: str = "finding") -> list[str]:
    """Return what a column says with its time, if one is given: ``no more pain (6 months)``.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with ``time`` and ``time_unit``.
    column : str, optional
        The column that is written.

    Returns
    -------
    list of str
        As many as rows.
    """
    columns = zip(rows[column], rows["time"], rows["time_unit"], strict=True)
    return [
        f"{said} ({format_time(time, unit)})" if time[:1].isdigit() else said
        for said, time, unit in columns
    ]


def format_time(time: str, unit: str) -> str:
    """Write a printed time: ``6 months``, ``July 2012``.

    Parameters
    ----------
    time : str
        As printed.
    unit : str
        Its unit; ``date`` for a date.

    Returns
    -------
    str
        For readers.
    """
    return dates.format_date(time) if unit == "date" else f"{time} {unit}{'s' * (float(time) != 1)}"


def doses(study: Study, review: Review, frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return dose steps: drug, what it was given for, dose with unit, when, what changed and why.

    Parameters
    ----------
    study : Study
        The opened study.
    review : Review
        The opened evidence.
    frame : pandas.DataFrame, optional
        Rows of ``doses``; all of the study without.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    frame = study.table("doses") if frame is None else frame
    rows = []
    for row in frame.to_dict("records"):
        when = _time(row, "start", review)
        until = _time(row, "stop", review)
        rows.append(
            {
                "Drug": row["drug"],
                "Given": review.word("roles", row["role"]) + _group_suffix(study, row["group"]),
                "Dose": _dose(row),
                "What the dose is": review.word("dose_statistics", row["statistic"]),
                "When": when if until in ("–", "not reported") else f"{when}, stopped: {until}",
                "Step": _reason(review.word("dose_changes", row["change"]), row["reason"]),
                "Printed": row["printed"],
                "Where": row["locator"],
            }
        )
    return pd.DataFrame(rows)


def _group_suffix(study: Study, group: str) -> str:
    """Name a group that is not everyone, with its size: who was given a dose."""
    about = study.groups.get(group, {"n": "not_reported"})
    if about["n"] in ("not_reported", study.meta["n_patients"]):
        return ""
    return f": {about['label']} (n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{about['n']})"


def _dose(row: dict[str, object]) -> str:
    if pd.isna(row["dose"]):
        return "not reported"
    upper = "" if pd.isna(row["dose_upper"]) else f" to {row['dose_upper']:g}"
    return f"{row['dose']:g}{upper} {row['unit']}"


def _time(row: dict[str, object], column: str, review: Review) -> str:
    value, unit = str(row[column]), str(row[f"{column}_unit"])
    if value == "not_applicable":
        return "–"
    if value in review.vocabulary["missing"]:
        return value.replace("_", " ")
    if unit == "date":
        return dates.format_date(value)
    return f"{unit} {value}"


def _reason(step: str, reason: object) -> str:
    reported = str(reason)
    return step if reported in ("not_reported", "not_applicable") else f"{step}: {reported}"


def quoted(study: Study) -> pd.DataFrame:
    """Return what the paper quotes from others; these are not results of this study."""
    rows = study.table("quoted")
    out = for_display(
        rows,
        {
            "study_quoted": "Quoted study",
            "group": "Group",
            "quantity": "What",
            "printed": "Printed here",
            "finding": "In our words",
            "locator": "Where",
        },
    )
    out["What"] = [str(v).replace("_", " ") for v in out["What"]]
    out["Group"] = [
        whom if pd.isna(n) else f"{whom} (n = {int(n)})"
        for whom, n in zip(out["Group"], rows["n"], strict=True)
    ]
    return out


def appraisal(study: Study, review: Review) -> pd.DataFrame:
    """Return the judgements on a study: checklist and item, answer with symbol, reason and place.

    Parameters
    ----------
    study : Study
        The opened study.
    review : Review
        The opened evidence.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = review.records("appraisal")
    rows = rows[rows["study_id"] == study.study_id]
    out = for_display(
        rows,
        {"item": "Item", "question": "Asked", "answer": "Answer", "reason": "Why", "locator": "Where"},
    )
    names = review.vocabulary["checklist_names"]
    out["Item"] = [f"{names[c]}, {i}" for c, i in zip(rows["checklist"], rows["item"], strict=True)]
    out["Answer"] = [
        _mark("answer", a, ANSWER_SIGNS[a], review.word("answers", a)) for a in rows["answer"]
    ]
    return out


def certainty(study_id: str, review: Review) -> pd.DataFrame:
    """Return how the certainty was rated: the steps of each outcome, then what they add up to.

    Parameters
    ----------
    study_id : str
        A study, or ``synthesis`` for what all say together.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows, cells = review.records("certainty"), Cells(review.root, review.texts)
    lines = []
    for outcome, steps in rows[rows["study_id"] == study_id].groupby("outcome", sort=False):
        word = review.word("endpoint_classes", str(outcome))
        for step in steps.to_dict("records"):
            domain = review.word("grade_domains", step["domain"])
            if step["domain"] == ratings.IMPRECISION:
                domain += f" (n = {ratings.patients(cells, step['patients'], study_id, review.out)})"
            change = "–" if step["domain"] == ratings.NOT_RATED else f"{step['change']:+d}"
            lines.append((word, domain, change.replace("+0", "0"), step["reason"]))
        level = ratings.level(steps)
        if level is not None:
            total = int(steps["change"].sum())
            ends = " The scale ends here, so steps beyond it change nothing." if total != level else ""
            reached = f"{review.vocabulary['certainty'][str(level)]}.{ends}"
            lines.append((word, "Resulting certainty", f"= {total}".replace("-", "−"), reached))
    return pd.DataFrame(lines, columns=["Outcome", "Domain", "Levels", "Why"])


def certainty_by_outcome(study_id: str, review: Review) -> pd.DataFrame:
    """Return one row for each outcome: its resulting certainty, and why it was rated down.

    Parameters
    ----------
    study_id : str
        A study, or ``synthesis`` for what all say together.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = review.records("certainty")
    out = []
    for outcome, steps in rows[rows["study_id"] == study_id].groupby("outcome", sort=False):
        down = steps[(steps["change"] < 0).fillna(False)]
        reasons = [review.word("grade_domains", d).lower() for d in down["domain"]]
        out.append(
            {
                "Outcome": review.word("endpoint_classes", str(outcome)),
                "How sure": certainty_mark(ratings.level(steps), review),
                "Rated down for": ", ".join(reasons) or "–",
            }
        )
    return pd.DataFrame(out)


def downloads(study: Study) -> pd.DataFrame:
    """Return the tables of a study with their number of rows and a link to each file.

    ``Printed again`` counts the rows whose quantity another row stands for (the column ``same_as``).
    """
    rows = []
    for name, schema in study.schemas.items():
        if study.has(name):
            frame = study.table(name)
            rows.append(
                {
                    "Table": _download(study, name, f"{name}.csv"),
                    "Rows": len(frame),
                    "Printed again": len(frame) - len(study.once(name)) if "same_as" in frame else 0,
                    "One row is": schema.descriptor["description"],
                }
            )
    return pd.DataFrame(rows)


def _download(study: Study, table: str, words: str) -> Markup:
    address = f"../data/{study.study_id}/{table}.csv"
    return Markup('<a href="{}" download>{}</a>').format(address, words)


def downloads_of_all(review: Review) -> pd.DataFrame:
    """Return one row for each study: its tables as links, with their number of rows."""
    rows = []
    for study in review.studies:
        links = [
            _download(study, name, name.replace("_", " "))
            + Markup(' <span class="lr-unit">({})</span>').format(len(study.table(name)))
            for name in study.schemas
            if study.has(name)
        ]
        rows.append({"Study": study.label, "Tables (rows)": Markup(" · ").join(links)})
    return pd.DataFrame(rows)
