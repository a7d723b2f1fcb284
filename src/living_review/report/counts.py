"""Counts of patients as tables: shares with their limits, harms, one column a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from living_review.evidence import Review, Study
from living_review.evidence.locator import parse
from living_review.report import citing, sections
from living_review.stats import proportions

SHARE_COLUMNS = ["characteristic", "category", "n", "denominator"]


def proportion(row: Mapping[str, Any], events: str = "events", n: str = "n") -> proportions.Proportion:
    """Return the share, with its exact interval, that the counts of a row give.

    Parameters
    ----------
    row : mapping
        A row of the evidence.
    events, n : str
        Its columns of counts.

    Returns
    -------
    Proportion
        With its exact 95% limits.
    """
    return proportions.clopper_pearson(int(row[events]), int(row[n]))


def patients_among(rows: pd.DataFrame, n: int) -> proportions.Proportion:
    """Return how many of ``n`` patients have a row at least, with the exact interval.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with ``patient``.
    n : int
        Patients of the group.

    Returns
    -------
    Proportion
        With its exact 95% limits.
    """
    return proportions.clopper_pearson(rows["patient"].nunique(), n)


def with_share(frame: pd.DataFrame, events: str, n: str) -> list[str]:
    """Return ``5 of 7 (71%, 95% CI 29% to 96%)`` for each row, ``5 (no total printed)`` without n.

    A count that the paper gives in words (column ``in_words``) says so.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of the evidence.
    events, n : str
        Columns of the count and of its denominator.

    Returns
    -------
    list of str
        As many as rows.
    """
    out = []
    for _, row in frame.iterrows():
        if pd.isna(row[events]):
            out.append(str(row.get(f"{events}_missing", "not reported")).replace("_", " "))
        elif pd.isna(row[n]):
            out.append(f"{int(row[events])} ({sections.no_total(row.get(f'{n}_missing'))})")
        else:
            share = proportions.format_proportion(
                proportions.clopper_pearson(int(row[events]), int(row[n]))
            )
            out.append(share + (", in words" if row.get("in_words") == "yes" else ""))
    return out


def harms(study: Study, review: Review, frame: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the harms of a study: printed term, grade, patients with exact interval, place.

    Parameters
    ----------
    study : Study
        The opened study.
    review : Review
        The opened evidence.
    frame : pandas.DataFrame, optional
        Rows of ``adverse_events``; all of the study without.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    frame = study.table("adverse_events") if frame is None else frame
    out = sections.for_display(frame, {"term": "Printed term"})
    out.insert(0, "Harm", [review.word("harm_terms", t) for t in frame["preferred_term"]])
    out["Grade"] = [review.word("grades", g) for g in frame["grade"]]
    shares = with_share(frame, "patients", "n")
    columns = zip(shares, frame["patient"], frame["patients"], strict=True)
    out["Patients"] = [
        share if p == "not_applicable" else _in_one(study, p, n) for share, p, n in columns
    ]
    out["Printed"] = frame["printed"].tolist()
    out["Where"] = frame["locator"].tolist()
    return out


def _in_one(study: Study, patient: str, count: object) -> str:
    """Name the person that a row is about: no share is formed of one; a zero says so."""
    return ("not in " if count == 0 else "") + sections.patient_label(study, patient)


def harms_by_grade(frame: pd.DataFrame, review: Review) -> pd.DataFrame:
    """Return harms with a column for each grade; an ambiguous cell shows all its readings.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of ``adverse_events``: one for each printed term and grade.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    order = [g for g in review.vocabulary["grades"] if g in set(frame["grade"])]
    rows = []
    for term, cells in frame.groupby("term", sort=False):
        row: dict[str, object] = {"Harm": str(term)}
        for grade in order:
            found = cells[cells["grade"] == grade]
            row[review.word("grades", grade)] = _count_or_readings(found) if len(found) else "–"
        of = frame.attrs.get("study")
        row[citing.ROWS] = [f"{of}/adverse_events/{name}" for name in cells["id"]] if of else []
        rows.append(row)
    return pd.DataFrame(rows)


def _count_or_readings(cell: pd.DataFrame) -> str:
    row = cell.iloc[0]
    if pd.isna(row["patients"]):
        return " or ".join(str(row["readings"]).split("|")) + " (ambiguous)"
    return str(int(row["patients"]))


def percentages_agree(counts: pd.DataFrame) -> list[bool]:
    """Return, for each count with a printed percentage, whether it is the count's own share.

    Parameters
    ----------
    counts : pandas.DataFrame
        Rows of ``counts``. The share of ``n`` in ``denominator`` is rounded half up to one digit after
        the point, as the percentages are printed.
    """
    printed = counts.dropna(subset=["n", "denominator", "percent"])
    return [_share_of(r) == f"{r['percent']:.1f}" for r in printed.to_dict("records")]


def _share_of(row: dict) -> str:
    return proportions.format_percent(int(row["n"]) / int(row["denominator"]), 1).removesuffix("%")


def by_group(counts: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return a table of counts with a column for each group, percentages printed and computed.

    A cell reads ``31 (36.9 = 36.9)``: the count, the percentage as printed, and as computed from the
    count; ``≠`` where they differ, ``–`` where none is printed.

    Parameters
    ----------
    counts : pandas.DataFrame
        Rows of ``counts`` whose locator names the row of a printed table (``Table I, row Male, ...``).
    study : Study
        Gives the words and sizes of the groups.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    lines = [parse(place).row for place in counts["locator"]]
    named = [(x or "").partition(" (")[0] or c for x, c in zip(lines, counts["category"], strict=True)]
    counts = counts.assign(named=named)
    rows = []
    for (block, line), cells in counts.groupby(["characteristic", "named"], sort=False):
        row: dict[str, object] = {"Row": str(line), "Of": str(block)}
        for cell in cells.to_dict("records"):
            about = study.groups[cell["group"]]
            row[f"{about['label']} (n = {about['n']})"] = _beside(cell)
        row[citing.ROWS] = [f"{study.study_id}/counts/{name}" for name in cells["id"]]
        rows.append(row)
    return pd.DataFrame(rows)


def _beside(cell: dict) -> str:
    if pd.isna(cell["n"]) or pd.isna(cell["denominator"]):
        return "not reported" if pd.isna(cell["n"]) else str(int(cell["n"]))
    share = _share_of(cell)
    if pd.isna(cell["percent"]):
        return f"{int(cell['n'])} (– {share})"
    sign = "=" if share == f"{cell['percent']:.1f}" else "≠"
    return f"{int(cell['n'])} ({cell['percent']:.1f} {sign} {share})"


def shares(counts: pd.DataFrame | Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return counts that have a denominator as the rows of :func:`living_review.plots.basic.forest`.

    Parameters
    ----------
    counts : pandas.DataFrame, or several
        ``characteristic`` (becomes the group), ``category`` (the label), ``n`` and ``denominator``;
        rows without both numbers are left out.
    """
    if not isinstance(counts, pd.DataFrame):
        parts = [citing.with_rows(part, citing.rows_of(part) or [[]] * len(part)) for part in counts]
        counts = pd.concat([part[[*SHARE_COLUMNS, citing.ROWS]] for part in parts])
    counts = counts.dropna(subset=["n", "denominator"])
    rows = []
    for cell in counts.to_dict("records"):
        p = proportions.clopper_pearson(int(cell["n"]), int(cell["denominator"]))
        limits = f"{proportions.format_percent(p.lower)} to {proportions.format_percent(p.upper)}"
        group = str(cell["characteristic"])
        if group.split(" ", maxsplit=1)[
            0
        ].islower():  # a first word with capitals of its own keeps them
            group = group[0].upper() + group[1:]
        rows.append(
            {
                "group": group,
                "label": cell["category"],
                **{k: getattr(p, k) for k in ("events", "n", "estimate", "lower", "upper")},
                "text": f"{p.events} of {p.n}: {limits}",
            }
        )
    return citing.with_references(pd.DataFrame(rows), citing.rows_of(counts))


def harm_shares(found: pd.DataFrame, review: Review) -> pd.DataFrame:
    """Return harms, the most frequent first, as the rows of :func:`living_review.plots.basic.forest`.

    Parameters
    ----------
    found : pandas.DataFrame
        As :func:`living_review.synthesis.harms_of` returns it.
    review : Review
        For the words of the harms.

    Returns
    -------
    pandas.DataFrame
        As :func:`living_review.plots.basic.forest` reads them.
    """
    lines = found.sort_values("high", ascending=False)
    words = [review.word("harm_terms", term).lower() for term in lines["term"]]
    columns = {"n": lines["high"], "denominator": lines["n"], "category": words}
    counts = pd.DataFrame({"characteristic": "Patients with", **columns})
    return shares(citing.with_references(counts, citing.rows_of(lines)))


def search_flow(counts: pd.DataFrame, study: Study, steps: Mapping[str, str]) -> pd.DataFrame:
    """Return what a search found, in the order of its steps: ``step`` and ``what`` in words.

    Parameters
    ----------
    counts : pandas.DataFrame
        Rows of ``counts``.
    study : Study
        For the words of groups of patients.
    steps : mapping of str to str
        Characteristics in order, and what readers call them.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = counts[counts["characteristic"].isin(steps)]
    rows = rows.sort_values("characteristic", key=lambda c: c.map(list(steps).index), kind="stable")
    columns = zip(rows["characteristic"], rows["group"], rows["category"], strict=True)
    what = [study.groups[g]["label"] if kind == "patients" else c for kind, g, c in columns]
    return rows.assign(step=rows["characteristic"].map(steps), what=what)


def as_counts(outcomes: pd.DataFrame, characteristic: str) -> pd.DataFrame:
    """Return rows of ``outcomes`` as rows of ``counts`` of one characteristic.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        Rows of ``outcomes``.
    characteristic : str
        What was counted.

    Returns
    -------
    pandas.DataFrame
        With the columns of ``counts``.
    """
    names = {"n": "denominator", "events": "n", "definition": "category"}
    renamed = outcomes.rename(columns=names).assign(characteristic=characteristic)[SHARE_COLUMNS]
    return citing.with_references(renamed, citing.rows_of(outcomes))


def named_in_groups(counts: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return what was counted among how many of its group: ``what`` and ``of``, both in words.

    Parameters
    ----------
    counts : pandas.DataFrame
        Rows of ``counts``.
    study : Study
        The opened study.

    Returns
    -------
    pandas.DataFrame
        The rows, with ``what`` and ``of``.
    """
    about = [study.groups[g] for g in counts["group"]]
    return counts.assign(
        what=[f"{c[0].upper()}{c[1:]}" for c in counts["category"]],
        of=[f"{n} of {g['n']}: {g['label'].lower()}" for n, g in zip(counts["n"], about, strict=True)],
    )


def named_values(values: Mapping[str, float], name: str, unit: str) -> pd.DataFrame:
    """Return the values of a summary as rows: limits of an interval say that they are limits.

    Parameters
    ----------
    values : mapping of str to float
        Value by statistic.
    name : str
        What was measured.
    unit : str
        The unit of all values.

    Returns
    -------
    pandas.DataFrame
        One row for each value.
    """
    words = {"lower": "lower limit", "upper": "upper limit"}
    return pd.DataFrame({name: [words.get(k, k) for k in values], unit: list(values.values())})


def by_category(found: pd.Series, order: Sequence[str]) -> tuple[list[int], list[str]]:
    """Return how many fell into each category, and the same with the limits of its share in words.

    Parameters
    ----------
    found : pandas.Series
        The category of each patient.
    order : sequence of str
        Categories in reading order.

    Returns
    -------
    tuple of list of int, list of str
        Counts and words, in ``order``.
    """
    counts = [int((found == category).sum()) for category in order]
    exact = [proportions.clopper_pearson(k, len(found)) for k in counts]
    limits = [[proportions.format_percent(x) for x in (p.lower, p.upper)] for p in exact]
    pairs = zip(exact, limits, strict=True)
    return counts, [f"{p.events} of {p.n}: {low} to {high}" for p, (low, high) in pairs]
