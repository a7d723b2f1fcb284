"""The drug and what it did besides: doses, target levels, and harms with their denominators.

**Which count of a harm** (:func:`harms_of`). Under one harmonised term a study may print several
terms, grades and places that are parts of each other. They are never added: the largest count of
patients is taken, of single patients named with the term or of any group row. Of rows split by grade
only the row *any* counts; without it the grades of one printed term are added, as a patient has one
highest grade. Rows that count events are not patients. An ambiguous count keeps its lowest and
highest reading. A harm told without a count has no count; a harm not told of is not zero.

**Out of how many** (:func:`informed_on_harm`): the denominator printed with the row; else the size of
its group if that is smaller than the study; else all patients of the study less those for whom it says
that there are no data on harm.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
from markupsafe import Markup

from living_review.evidence import Review, Study
from living_review.stats import dates, proportions
from living_review.synthesis.counts import joined, treated
from living_review.synthesis.individual_patients import CODES, locator_rank

BANDS, STEPS = ("1-2", "3-4"), ("1", "2", "3", "4", "5")


class Count(NamedTuple):
    """Patients with a harm: lowest and highest reading (None: told, not counted), of how many."""

    low: int | None
    high: int | None
    n: int | None


def informed_on_harm(study: Study) -> int | None:
    """Return for how many patients of a study there is information on harm (rule above)."""
    n, silent = treated(study), silent_on_harm(study)
    return n if n is None or silent.empty else n - int(silent["n"].max())


def silent_on_harm(study: Study) -> pd.DataFrame:
    """Return the rows of ``counts`` that tell for how many of all patients nothing is said on harm."""
    counts = study.table("counts")
    rows = counts[counts["characteristic"].str.contains("adverse") & (counts["category"] == "no data")]
    whole = [g for g, about in study.groups.items() if about["n"] == treated(study)]
    return rows[rows["group"].isin(whole) & rows["n"].notna()]


def harms_of(study: Study) -> pd.DataFrame:
    """Return one row for each harmonised harm of a study (rules at the top of this module).

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``label``, ``term`` (vocabulary key), ``low``, ``high``, ``n``, ``printed_terms``,
        ``rows`` (``table/id`` of the rows that the count is made of; none if it is told, not counted).
    """
    rows = study.table("adverse_events")
    out = []
    for term, part in rows.groupby("preferred_term", sort=False):
        best, ids = _largest(part, study, str(term))
        out.append(
            {
                "study_id": study.study_id,
                "label": study.label,
                "term": str(term),
                **best._asdict(),
                "printed_terms": joined(part["term"].str.lower()),
                "rows": tuple(f"adverse_events/{i}" for i in ids),
            }
        )
    columns = ["study_id", "label", "term", *Count._fields, "printed_terms", "rows"]
    frame = pd.DataFrame(out, columns=columns)
    return frame.astype({k: "Int64" for k in Count._fields})


def _largest(part: pd.DataFrame, study: Study, term: str) -> tuple[Count, list[str]]:
    whole = informed_on_harm(study)
    single = part[~part["patient"].isin(CODES)]
    # A patient with the term "none" is a patient without harm, whatever number stands in the row.
    had = single if term == "none" else single[single["patients"].fillna(0) > 0]
    k = had["patient"].nunique()
    # Nobody but the patients named is known to be without a harm: "not in our patient" is 0 of 1.
    n = whole if k else single["patient"].nunique()
    found = [(Count(k, k, n), list(had["id"] if k else single["id"]))] if len(single) else []
    group = part[part["patient"].isin(CODES) & (part["counts_what"] == "patients")]
    split = group["grade"].isin([*BANDS, *STEPS])
    for row in group[~split].to_dict("records"):
        found.append((_counted(row, study, whole), [row["id"]]))
    if not (group["grade"] == "any").any():
        found += _graded(group[split], study, whole)
    counted = [(c, ids) for c, ids in found if c.high is not None]
    if counted:
        return max(counted, key=lambda found: (found[0].high, found[0].n or 0))
    return Count(None, None, whole), []


def _graded(rows: pd.DataFrame, study: Study, whole: int | None) -> list[tuple[Count, list[str]]]:
    """Add the grades of each printed term; of a grade printed twice the larger count enters once."""
    out = []
    for _, term in rows.groupby("term", sort=False):
        bands = term[term["grade"].isin(BANDS)]
        pieces = []
        for _, grade in (bands if len(bands) else term).groupby("grade"):
            each = [(_counted(row, study, whole), row["id"]) for row in grade.to_dict("records")]
            known = [(c, i) for c, i in each if c.high is not None]
            if known:
                pieces.append(max(known, key=lambda piece: piece[0].high or 0))
        if pieces:
            low, high = sum(c.low or 0 for c, _ in pieces), sum(c.high or 0 for c, _ in pieces)
            out.append((Count(low, high, pieces[0][0].n), [i for _, i in pieces]))
    return out


def _counted(row: dict, study: Study, whole: int | None) -> Count:
    size = study.groups.get(row["group"], {}).get("n")
    part_of = isinstance(size, int) and size != treated(study)
    n = int(row["n"]) if pd.notna(row["n"]) else size if part_of else whole
    if pd.notna(row["patients"]):
        return Count(int(row["patients"]), int(row["patients"]), n)
    if row["readings"] not in CODES:
        readings = [int(r) for r in str(row["readings"]).split("|")]
        return Count(min(readings), max(readings), n)
    return Count(None, None, n)


def format_harm_count(count: Count) -> str:
    """Write a count of a harm with its exact 95% limits; a zero with its upper limit only.

    Examples
    --------
    >>> [format_harm_count(Count(k, k, 10)) for k in (0, 5, None)]
    ['0 of 10 (up to 31%)', '5 of 10 (19% to 81%)', 'told, not counted']
    """
    if count.low is None or count.high is None:
        return "told, not counted"
    some = f"{count.low}" if count.low == count.high else f"{count.low} or {count.high}"
    if count.n is None:
        return f"{some} (no total printed)"
    low = proportions.clopper_pearson(count.low, count.n)
    high = proportions.clopper_pearson(count.high, count.n)
    upper = proportions.format_percent(high.upper)
    limits = (
        f"up to {upper}" if count.high == 0 else f"{proportions.format_percent(low.lower)} to {upper}"
    )
    return f"{some} of {count.n} ({limits})"


def harm_matrix(review: Review) -> pd.DataFrame:
    """Return harms by study: a row for each harmonised term, the printed terms under it.

    Returns
    -------
    pandas.DataFrame
        First column the harm (HTML); then a column for each study that tells of harm, headed by its
        label and the patients with information. ``no report`` where a study is silent on a term.
    """
    studies = [s for s in review.studies if len(s.table("adverse_events"))]
    found = {s.study_id: harms_of(s).set_index("term") for s in studies}
    rows = []
    for term, words in review.vocabulary["harm_terms"].items():
        having = [f.loc[term] for f in found.values() if term in f.index]
        if not having:
            continue
        printed = joined(t for r in having for t in r["printed_terms"].split("; "))
        harm = Markup('{}<br><span class="lr-unit">printed: {}</span>').format(words, printed)
        row: dict[str, object] = {"Harm": harm}
        for study in studies:
            table = found[study.study_id]
            head = f"{study.label} (n = {informed_on_harm(study) or 'not reported'})"
            row[head] = "no report"
            if term in table.index:
                cell = table.loc[term, list(Count._fields)]
                row[head] = format_harm_count(Count(*(None if pd.isna(v) else int(v) for v in cell)))
        rows.append(row)
    return pd.DataFrame(rows)


def shared_harms(review: Review) -> list[str]:
    """Return the harms of patients in more than one source: vocabulary keys, in its order."""
    tables = [harms_of(s) for s in review.studies]
    had = [f.loc[(f["term"] != "none") & (f["high"] > 0).fillna(False), "term"] for f in tables]
    sources = pd.concat(had).value_counts()
    return [t for t in review.vocabulary["harm_terms"] if sources.get(t, 0) > 1]


def doses(review: Review) -> pd.DataFrame:
    """Return every dose of a drug under review once, from the best place it is printed in.

    Returns
    -------
    pandas.DataFrame
        Rows of ``doses`` with ``study_id``, ``label``, ``whom`` and ``when``; of rows of one patient,
        or of groups, that agree in drug, dose, unit, kind and time the one in a table is kept, then in
        the text, then in the abstract.
    """
    out = []
    for study in review.studies:
        rows = study.table("doses")
        rows = rows[(rows["role"] == "study_drug") & rows["dose"].notna()]
        whom = [
            study.groups.get(g, {}).get("label", "not reported") if p in CODES else _named(p, study)
            for p, g in zip(rows["patient"], rows["group"], strict=True)
        ]
        when = [
            dates.format_date(t) if u == "date" else t.replace("_", " ") if u in CODES else f"{u} {t}"
            for t, u in zip(rows["start"], rows["start_unit"], strict=True)
        ]
        rows = rows.assign(study_id=study.study_id, label=study.label, whom=whom, when=when)
        rows = rows.assign(place=rows["locator"].map(locator_rank)).sort_values("place", kind="stable")
        keys = ["patient", "drug", "dose", "unit", "statistic", "start"]
        out.append(rows.drop_duplicates(keys).sort_index())
    full = [frame for frame in out if len(frame)]
    return pd.concat(full, ignore_index=True) if full else pd.DataFrame(columns=["study_id"])


def _named(patient: str, study: Study) -> str:
    number = patient.removeprefix("p")
    return str(study.groups.get(f"patient_{number}", {}).get("label", f"Patient {number}"))


def targets(review: Review) -> pd.DataFrame:
    """Return every printed target range of a blood level, once for each range and unit of a study."""
    out = []
    for study in review.studies:
        rows = study.table("statistics")
        rows = rows[rows["statistic"] == "target"]
        rows = rows.assign(study_id=study.study_id, label=study.label)
        rows = rows.assign(place=rows["locator"].map(locator_rank)).sort_values("place", kind="stable")
        out.append(rows.drop_duplicates(["lower", "upper", "unit"]).sort_index())
    full = [frame for frame in out if len(frame)]
    return pd.concat(full, ignore_index=True) if full else pd.DataFrame(columns=["study_id"])
