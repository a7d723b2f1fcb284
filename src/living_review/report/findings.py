"""Tables of findings in words, where only part of a report could be read, and of quoted reports."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from living_review.evidence import Review, Study
from living_review.evidence.locator import parse
from living_review.report import citing


def statements_with_source(study: Study, review: Review, *classes: str) -> pd.DataFrame:
    """Return statements of some endpoint classes, with the text they come from.

    For a study that was read through reports about it.

    Parameters
    ----------
    study : Study
        The opened study.
    review : Review
        The opened evidence.
    *classes : str
        Endpoint classes.

    Returns
    -------
    pandas.DataFrame
        Rows of ``statements`` with ``source`` (the text that their locator is a
        place of) and ``towards`` (the direction in words).
    """
    rows = study.table("statements")
    rows = rows[rows["endpoint_class"].isin(classes)]
    return rows.assign(
        source=[parse(place).source for place in rows["locator"]],
        towards=[review.word("directions", d) for d in rows["direction"]],
    )


def condition_of(study: Study, group: str) -> str:
    """Return what the patients of a group have: *Keloid* for a group *Patients with a keloid*.

    Parameters
    ----------
    study : Study
        The opened study.
    group : str
        Its name in ``study.yaml``.

    Returns
    -------
    str
        For readers.
    """
    label = str(study.groups[group]["label"]).removeprefix("Patients with ").removeprefix("a ")
    return label.capitalize()


def medians(
    rows: pd.DataFrame, study: Study, p_values: pd.DataFrame, durations: pd.DataFrame
) -> pd.DataFrame:
    """Return medians with their ranges as rows of :func:`living_review.plots.basic.forest`.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``value``, ``lower`` and ``upper``, by group.
    study : Study
        For the groups' names and the colour.
    p_values, durations : pandas.DataFrame
        ``value``, by group: p-values, and months of treatment.

    Returns
    -------
    pandas.DataFrame
        As :func:`living_review.plots.basic.forest` reads them.
    """
    names = [condition_of(study, str(g)) for g in rows.index]
    printed = zip(names, rows["value"], rows["lower"], rows["upper"], strict=True)
    drawn = pd.DataFrame(
        {
            "label": [f"{name} {v:g} ({a:g} to {b:g})" for name, v, a, b in printed],
            "estimate": rows["value"],
            "lower": rows["lower"],
            "upper": rows["upper"],
            "look": study.look,
            "text": [
                f"P = {p_values.loc[g, 'value']:g} · treated {durations.loc[g, 'value']:g} months"
                for g in rows.index
            ],
        }
    )
    return citing.with_references(drawn, citing.rows_of(rows))


def medians_table(
    rows: pd.DataFrame, names: Mapping[str, str], p_values: pd.DataFrame, durations: pd.DataFrame
) -> pd.DataFrame:
    """Return medians with their ranges as a table, a row for each group.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``value``, ``lower`` and ``upper``, by group.
    names : mapping of str to str
        What readers call the groups.
    p_values, durations : pandas.DataFrame
        ``printed``, and ``value`` with ``unit``, by group.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    lasted = [durations.loc[g] for g in rows.index]
    return pd.DataFrame(
        {
            "Kind of lesion": [names[str(g)] for g in rows.index],
            "Median grade": rows["value"],
            "Lowest": rows["lower"],
            "Highest": rows["upper"],
            "P, as printed": [p_values.loc[g, "printed"] for g in rows.index],
            "Median treatment": [f"{d['value']:g} {d['unit']}s" for d in lasted],
            "Patients": "not printed",
        }
    )


def quoted_reports(quoted: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Return a table that a paper prints of other reports: a row for each, a column for each heading.

    Parameters
    ----------
    quoted : pandas.DataFrame
        Rows of ``quoted`` whose locator ends with ``column <heading>``.
    columns : mapping of str to str
        Headings as printed, and what readers get in their place.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    said = quoted["finding"].where(quoted["finding"] != "not_applicable", quoted["printed"])
    share = [
        f" ({p:g}%)" if u == "percent" else ""
        for p, u in zip(quoted["value"], quoted["unit"], strict=True)
    ]
    cells = quoted.assign(text=said + share, part=[parse(x).column for x in quoted["locator"]])
    rows = []
    for name, own in cells.groupby("study_quoted", sort=False):
        text = {head: "; ".join(own.loc[own["part"] == key, "text"]) for key, head in columns.items()}
        rows.append({"Report": str(name)} | {k: v or "not reported" for k, v in text.items()})
    return pd.DataFrame(rows)
