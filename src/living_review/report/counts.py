"""Counts of patients as tables: shares with their limits, harms, one column a group."""

from __future__ import annotations

import pandas as pd

from living_review.evidence import Review, Study
from living_review.report import sections
from living_review.stats import proportions


def with_share(frame: pd.DataFrame, events: str, n: str) -> list[str]:
    """Return ``5 of 7 (71%, 95% CI 29% to 96%)`` for each row, ``5 (no total printed)`` without n.

    A count that the paper gives in words (column ``in_words``) says so.
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
    """Return the harms of a study: printed term, grade, patients with exact interval, place."""
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
    """Name the person that a row is about: no share is formed of one; a nought says so."""
    return ("not in " if count == 0 else "") + sections.patient_label(study, patient)


def harms_by_grade(frame: pd.DataFrame, review: Review) -> pd.DataFrame:
    """Return harms with a column for each grade; an ambiguous cell shows all its readings.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of ``adverse_events``: one for each printed term and grade.
    """
    order = [g for g in review.vocabulary["grades"] if g in set(frame["grade"])]
    rows = []
    for term, cells in frame.groupby("term", sort=False):
        row: dict[str, object] = {"Harm": str(term)}
        for grade in order:
            found = cells[cells["grade"] == grade]
            row[review.word("grades", grade)] = _count_or_readings(found) if len(found) else "–"
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
    """
    named = counts["locator"].str.extract(r"row (.+?)(?: \(|, column|$)")[0]
    counts = counts.assign(named=named.fillna(counts["category"]))
    rows = []
    for (block, line), cells in counts.groupby(["characteristic", "named"], sort=False):
        row: dict[str, object] = {"Row": str(line), "Of": str(block).replace("mtor", "mTOR")}
        for cell in cells.to_dict("records"):
            about = study.groups[cell["group"]]
            row[f"{about['label']} (n = {about['n']})"] = _beside(cell)
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


def shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Return counts that have a denominator as the rows of :func:`living_review.plots.basic.forest`.

    Parameters
    ----------
    counts : pandas.DataFrame
        ``characteristic`` (becomes the group), ``category`` (the label), ``n`` and ``denominator``;
        rows without both numbers are left out.
    """
    rows = []
    for cell in counts.dropna(subset=["n", "denominator"]).to_dict("records"):
        p = proportions.clopper_pearson(int(cell["n"]), int(cell["denominator"]))
        limits = f"{proportions.format_percent(p.lower)} to {proportions.format_percent(p.upper)}"
        group = str(cell["characteristic"]).replace("mtor", "mTOR")
        rows.append(
            {
                "group": group if group.startswith("mTOR") else group[0].upper() + group[1:],
                "label": cell["category"],
                **{k: getattr(p, k) for k in ("events", "n", "estimate", "lower", "upper")},
                "text": f"{p.events} of {p.n}: {limits}",
            }
        )
    return pd.DataFrame(rows)
