"""The drug and what it did besides: who took which, doses, target levels, harms and their denominators.

**Which count of a harm** (:func:`harms_of`). Under one harmonised term a study may print several
terms, grades and places that are parts of each other. They are never added: the largest count of
patients is taken, of single patients named with the term or of any group row, and each count keeps the
grade that it is of. A row of grade *any*, or without a grade, is of all grades. Where a term is split
by grade without such a row, all grades together are added, as a patient has one highest grade; a part
of the grades is the count of that part and never of all, and is used only where no count is of all.
Rows that count events are not patients: where nothing else is counted, the largest such row is used as
``events``, and has no share. An ambiguous count keeps its lowest and highest reading. A harm
reported without a count has no count; a harm not reported is not zero.

**Out of how many** (:func:`informed_on_harm`): the denominator printed with the row; else the size of
its group if that is smaller than the study; else all patients of the study less those for whom it says
that there are no data on harm. A harm that is only said not to have occurred in a patient who is named
is no share: it is said of that patient.

**Who took which drug** (:func:`drugs_taken`): patient by patient; else the counts of the whole study;
else all patients, if the study has one drug.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from living_review.evidence import Review, Study, patients
from living_review.evidence.codes import MISSING
from living_review.evidence.recall import recalled
from living_review.stats import dates, proportions
from living_review.synthesis.counts import joined, treated
from living_review.synthesis.individual_patients import locator_rank

BANDS, STEPS = ("1-2", "3-4"), ("1", "2", "3", "4", "5")
# Grades that make up all of them; a death, grade 5, is a harm of its own.
SCALES = (set(BANDS), set(STEPS[:-1]))
ALL = "any"


class Count(NamedTuple):
    """Patients with a harm: lowest and highest reading (None: reported, not counted), of how many.

    ``grade`` is what they are a count of: ``any``, or the grades, joined by ``|``; ``not_in`` the
    patients of whom alone it is said that they did not have it.
    """

    low: int | None
    high: int | None
    n: int | None
    grade: str = ALL
    not_in: tuple[str, ...] = ()


@recalled
def informed_on_harm(study: Study) -> int | None:
    """Return for how many patients of a study there is information on harm (rule above)."""
    n, silent = treated(study), silent_on_harm(study)
    return n if n is None or silent.empty else n - int(silent["n"].max())


def silent_on_harm(study: Study) -> pd.DataFrame:
    """Return the rows of ``counts`` on patients of whom nothing is reported on harm."""
    counts = study.table("counts")
    rows = counts[counts["characteristic"].str.contains("adverse") & (counts["category"] == "no data")]
    whole = [g for g, about in study.groups.items() if about["n"] == treated(study)]
    return rows[rows["group"].isin(whole) & rows["n"].notna()]


@recalled
def harms_of(study: Study) -> pd.DataFrame:
    """Return one row for each harmonised harm of a study (rules at the top of this module).

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``label``, ``term`` (vocabulary key), the fields of :class:`Count`, ``events``
        (a number of events where no patients are counted), ``printed_terms``, ``rows`` (``table/id`` of
        the rows that the count is made of; none if it is reported, not counted).
    """
    rows, once = (
        t[~t["group"].isin(study.control)]
        for t in (study.table("adverse_events"), study.once("adverse_events"))
    )
    out = []
    for term, part in rows.groupby("preferred_term", sort=False):
        own = once[once["preferred_term"] == term]
        best, ids = _largest(own, study, str(term))
        events, event_ids = (None, ()) if best.high is not None else _events(own)
        out.append(
            {
                "study_id": study.study_id,
                "label": study.label,
                "term": str(term),
                **best._asdict(),
                "events": events,
                "printed_terms": joined(part["term"].str.lower()),
                "rows": tuple(f"adverse_events/{i}" for i in (*ids, *event_ids)),
            }
        )
    columns = ["study_id", "label", "term", *Count._fields, "events", "printed_terms", "rows"]
    frame = pd.DataFrame(out, columns=columns)
    return frame.astype({k: "Int64" for k in ("low", "high", "n", "events")})


def _events(part: pd.DataFrame) -> tuple[int | None, tuple[str, ...]]:
    """Return the largest printed number of events, and its row: several may be parts of each other."""
    rows = part[(part["counts_what"] == "events") & part["patients"].notna()]
    if rows.empty:
        return None, ()
    row = rows.loc[rows["patients"].astype(int).idxmax()]
    return int(row["patients"]), (str(row["id"]),)


def _largest(part: pd.DataFrame, study: Study, term: str) -> tuple[Count, list[str]]:
    whole = informed_on_harm(study)
    single = part[~part["patient"].isin(MISSING)]
    # A patient with the term "none" is a patient without harm, whatever number is in the row.
    had = single if term == "none" else single[single["patients"].fillna(0) > 0]
    k = had["patient"].nunique()
    found = []
    if k:
        found.append((Count(k, k, whole, _grades(had["grade"])), list(had["id"])))
    elif len(single):
        # Nobody but the patients named is known to be without a harm: "not in our patient" is 0 of 1.
        named = tuple(dict.fromkeys(single["patient"]))
        found.append((Count(0, 0, len(named), ALL, named), list(single["id"])))
    group = part[part["patient"].isin(MISSING) & (part["counts_what"] == "patients")]
    split = group["grade"].isin([*BANDS, *STEPS])
    found += [(_counted(row, study, whole), [row["id"]]) for row in group[~split].to_dict("records")]
    if not (group["grade"] == ALL).any():
        found += _graded(group[split], study, whole)
    counted = [(c, ids) for c, ids in found if c.high is not None]
    if counted:
        return max(counted, key=lambda f: (f[0].grade == ALL, f[0].high, f[0].n or 0))
    return Count(None, None, whole), []


def _grades(grades: pd.Series) -> str:
    """Return the grades that patients are named with; *any* if one of them has none."""
    named = set(grades)
    return "|".join(sorted(named)) if named <= {*BANDS, *STEPS} else ALL


def _graded(rows: pd.DataFrame, study: Study, whole: int | None) -> list[tuple[Count, list[str]]]:
    """Add the grades of each printed term; of a grade printed twice the larger count enters once."""
    out = []
    for _, term in rows.groupby("term", sort=False):
        bands = term[term["grade"].isin(BANDS)]
        pieces = {}
        for grade, own in (bands if len(bands) else term).groupby("grade"):
            each = [(_counted(row, study, whole), row["id"]) for row in own.to_dict("records")]
            known = [(c, i) for c, i in each if c.high is not None]
            if known:
                pieces[str(grade)] = max(known, key=lambda piece: piece[0].high or 0)
        if pieces:
            counts = [c for c, _ in pieces.values()]
            low, high = sum(c.low or 0 for c in counts), sum(c.high or 0 for c in counts)
            # A part of the grades is no count of all: the others may have been left out, not be zero.
            whole_scale = any(scale <= pieces.keys() for scale in SCALES)
            grade = ALL if whole_scale else "|".join(sorted(pieces))
            out.append((Count(low, high, counts[0].n, grade), [i for _, i in pieces.values()]))
    return out


def _counted(row: dict, study: Study, whole: int | None) -> Count:
    size = study.groups.get(row["group"], {}).get("n")
    part_of = isinstance(size, int) and size != treated(study)
    n = int(row["n"]) if pd.notna(row["n"]) else size if part_of else whole
    if pd.notna(row["patients"]):
        return Count(int(row["patients"]), int(row["patients"]), n)
    if row["readings"] not in MISSING:
        readings = [int(r) for r in str(row["readings"]).split("|")]
        return Count(min(readings), max(readings), n)
    return Count(None, None, n)


def format_harm_count(count: Count, grade: str = "", not_in: str = "") -> str:
    """Write a count of a harm with its exact 95% limits; a zero with its upper limit only.

    Parameters
    ----------
    count : Count
    grade : str
        The words of its grade, if it is not of all.
    not_in : str
        The names of the patients of whom alone it is said that they did not have it.

    Returns
    -------
    str
        For readers.

    Examples
    --------
    >>> [format_harm_count(Count(k, k, 10)) for k in (0, 5, None)]
    ['0 of 10 (up to 31%)', '5 of 10 (19% to 81%)', 'reported, not counted']
    >>> format_harm_count(Count(1, 1, 10, "3"), "grade 3")
    '1 of 10, grade 3 only (0% to 45%)'
    >>> format_harm_count(Count(0, 0, 1), not_in="Patient 7")
    'not in Patient 7'
    """
    if not_in:
        return f"not in {not_in}"
    if count.low is None or count.high is None:
        return "reported, not counted"
    some = f"{count.low}" if count.low == count.high else f"{count.low} or {count.high}"
    only = f", {grade} only" if grade else ""
    if count.n is None:
        return f"{some}{only} (no total printed)"
    low = proportions.clopper_pearson(count.low, count.n)
    high = proportions.clopper_pearson(count.high, count.n)
    upper = proportions.format_percent(high.upper)
    limits = (
        f"up to {upper}" if count.high == 0 else f"{proportions.format_percent(low.lower)} to {upper}"
    )
    return f"{some} of {count.n}{only} ({limits})"


def format_events(events: int) -> str:
    """Write a number of events, which is no number of patients.

    Examples
    --------
    >>> format_events(1), format_events(4)
    ('1 event (patients not counted)', '4 events (patients not counted)')
    """
    return f"{events} event{'s' * (events != 1)} (patients not counted)"


def grade_words(review: Review, grade: str) -> str:
    """Return the words of the grades a count is of: ``grade 3``, ``grade 1 or 2``; none for all.

    Parameters
    ----------
    review : Review
        The opened evidence.
    grade : str
        A word of the vocabulary's ``grades``.

    Returns
    -------
    str
        For readers.
    """
    if grade == ALL:
        return ""
    words = [review.word("grades", g).lower() for g in grade.split("|")]
    return " or ".join([words[0], *(w.removeprefix("grade ") for w in words[1:])])


def harm_words(study: Study, review: Review, row: pd.Series) -> str:
    """Write a row of :func:`harms_of`: its count, the grade it is of, or who did not have it.

    Parameters
    ----------
    study : Study
        The opened study.
    review : Review
        The opened evidence.
    row : pandas.Series
        A row of :func:`harms_of`.

    Returns
    -------
    str
        For readers.
    """
    low, high, n = (None if pd.isna(row[k]) else int(row[k]) for k in ("low", "high", "n"))
    count = Count(low, high, n, row["grade"], row["not_in"])
    if high is None and pd.notna(row.get("events")):
        return format_events(int(row["events"]))
    names = [patients.label(study, p) + _on(p, study) for p in count.not_in]
    return format_harm_count(count, grade_words(review, count.grade), " and ".join(names))


def _on(patient: str, study: Study) -> str:
    """Return the drug of a patient in brackets, where the patients of a study took different ones."""
    drugs = study.table("patients").set_index("id")["drug"]
    return f" ({drugs[patient]})" if drugs.nunique() > 1 and patient in drugs else ""


def doses(review: Review) -> pd.DataFrame:
    """Return every dose of a drug under review, each quantity once.

    Returns
    -------
    pandas.DataFrame
        Rows of ``doses`` with ``study_id``, ``label``, ``whom`` and ``when``.
    """
    out = []
    for study in review.studies:
        rows = study.once("doses")
        rows = rows[(rows["role"] == "study_drug") & rows["dose"].notna()]
        whom = [
            study.groups.get(g, {}).get("label", "not reported")
            if p in MISSING
            else patients.label(study, p)
            for p, g in zip(rows["patient"], rows["group"], strict=True)
        ]
        when = [
            dates.format_date(t) if u == "date" else t.replace("_", " ") if u in MISSING else f"{u} {t}"
            for t, u in zip(rows["start"], rows["start_unit"], strict=True)
        ]
        out.append(rows.assign(study_id=study.study_id, label=study.label, whom=whom, when=when))
    full = [frame for frame in out if len(frame)]
    return pd.concat(full, ignore_index=True) if full else pd.DataFrame(columns=["study_id"])


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


def drugs_taken(review: Review) -> pd.DataFrame:
    """Return how many patients of each study took which drug under review (rule at the module's top).

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``drug`` (vocabulary key), ``patients``, ``rows`` (``table/id`` it was counted
        from; none where the description of the study says it). A study of unknown size whose rows do
        not say it has none.
    """
    drugs = list(review.vocabulary["drugs"])
    out = [
        (study.study_id, drug, patients, ids)
        for study in review.studies
        for drug, (patients, ids) in _drugs_of(study, drugs).items()
    ]
    return pd.DataFrame(out, columns=["study_id", "drug", "patients", "rows"])


def _drugs_of(study: Study, drugs: list[str]) -> dict[str, tuple[int, tuple[str, ...]]]:
    n = treated(study)
    patients = study.table("patients")
    if n is not None and len(patients) == n and patients["drug"].isin(drugs).all():
        by = patients.groupby("drug", sort=False)["id"].agg(tuple)
        return {str(d): (len(ids), tuple(f"patients/{i}" for i in ids)) for d, ids in by.items()}
    counts = study.once("counts")
    whole = [g for g, about in study.groups.items() if about["n"] == n]
    counts = counts[counts["category"].isin(drugs) & counts["group"].isin(whole) & (counts["n"] > 0)]
    if n is not None and int(counts["n"].sum()) == n:
        rows = counts.to_dict("records")
        return {row["category"]: (int(row["n"]), (f"counts/{row['id']}",)) for row in rows}
    if n is not None and len(study.meta["drugs"]) == 1:
        return {study.meta["drugs"][0]: (n, ())}
    return {}
