"""Harms of the sources and of later studies in one order: the gravest first, then the most frequent.

How grave a harm is (:func:`severity`) is coded: the lists ``harms_by_severity`` and
``graver_by_criterion`` of the vocabulary, in the order of ``harm_severity``. Among harms of one rank,
and those of none, the one that happened to the most patients comes first (:func:`order`).

**Of the sources** (:func:`of_sources`): the counts of
:func:`living_review.synthesis.drug.harms_of`, and the rows that ``data/review/harm_rows.csv`` names,
which count a harm in another table or under a wider term. Two such rows are kept apart and are never
added: one patient can be behind both.

**Of later studies** (:func:`of_later`): results of the class *harm* with a drug under review, each
study once for each harm and criterion; a randomised comparison is one line with both its arms. A
study that is a source of this review is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from living_review.evidence import Review, Study
from living_review.evidence.recall import recalled
from living_review.synthesis import context, drug
from living_review.synthesis.counts import treated
from living_review.synthesis.drug import ALL, Count

OTHER = "other"
SEVERE = ("3", "4", "3-4")
# Not harms, but the absence of any, or of a kind.
NO_HARM = ("none",)
SOURCE, LATER = "source", "later"


@dataclass(frozen=True)
class Line:
    """What one study says of one harm.

    ``count`` is None where a later study prints a share or a comparison alone; ``row`` is then, and
    for every later study, its row of :func:`living_review.synthesis.context.results`; ``contrast`` is
    the randomised comparison it is the experimental arm of. Of a source, ``severe`` counts the
    patients in whom the harm was of grade 3 or 4, ``events`` is a number of events where no patients
    are counted, ``says`` what a row of ``harm_rows`` counts, and
    ``printed`` the terms it has under this harm. ``rows`` names the evidence: ``study/table/row``.
    """

    harm: str
    severity: str
    kind: str
    study_id: str
    label: str
    disease: str
    count: Count | None
    says: str = ""
    severe: int = 0
    events: int = 0
    printed: str = ""
    row: dict[str, Any] | None = None
    contrast: context.Contrast | None = None
    rows: tuple[str, ...] = ()

    @property
    def patients(self) -> int:
        """Patients with the harm, by the highest reading; 0 where they are not counted."""
        return 0 if self.count is None else self.count.high or 0

    @property
    def counted(self) -> bool:
        """Whether patients are counted out of patients for whom there is information on harm."""
        return self.count is not None and self.count.high is not None and self.count.n is not None


def severity(review: Review, harm: str, criterion: str = "") -> str:
    """Return how grave a harm is: a word of ``harm_severity``.

    Parameters
    ----------
    review : Review
    harm : str
        A word of ``harm_terms``.
    criterion : str
        By which it was judged, where a study says so.

    Returns
    -------
    str
        The key of the rank.
    """
    coded: Mapping[str, Any] = review.vocabulary
    graver = coded["graver_by_criterion"].get(harm, {})
    if criterion in graver:
        return str(graver[criterion])
    lists = coded["harms_by_severity"]
    return next((str(rank) for rank, harms in lists.items() if harm in harms), OTHER)


@recalled
def of_sources(review: Review) -> list[Line]:
    """Return what each source says of each harm."""
    return [line for study in review.studies for line in _of_source(review, study)]


def _of_source(review: Review, study: Study) -> list[Line]:
    out = []
    for row in drug.harms_of(study).to_dict("records"):
        low, high, n = (None if pd.isna(row[k]) else int(row[k]) for k in ("low", "high", "n"))
        count = Count(low, high, n, row["grade"], row["not_in"])
        rows = tuple(f"{study.study_id}/{place}" for place in row["rows"])
        events = 0 if pd.isna(row["events"]) else int(row["events"])
        found = {
            "events": events,
            "severe": _severe(study, row["term"]),
            "printed": row["printed_terms"],
            "rows": rows,
        }
        out.append(_line(review, study, row["term"], count, **found))
    pointed = review.records("harm_rows")
    pointed = pointed[(pointed["study_id"] == study.study_id) & (pointed["role"] == "count")]
    for row in pointed.to_dict("records"):
        count = _pointed(study, row["row"])
        place = (f"{study.study_id}/{row['row']}",)
        out.append(_line(review, study, row["harm"], count, says=row["says"], rows=place))
    return [line for line in out if line.harm not in NO_HARM]


def _line(review: Review, study: Study, harm: str, count: Count, **others: Any) -> Line:  # noqa: ANN401
    disease = str(study.meta["indication"])
    rank = severity(review, harm)
    return Line(harm, rank, SOURCE, study.study_id, study.label, disease, count, **others)


def _severe(study: Study, harm: str) -> int:
    """Return the most patients that one row counts under a harm at grade 3 or 4."""
    rows = study.once("adverse_events")
    rows = rows[(rows["preferred_term"] == harm) & rows["grade"].isin(SEVERE)]
    found = rows.loc[rows["counts_what"] == "patients", "patients"].dropna()
    return int(found.max()) if len(found) else 0


def _pointed(study: Study, reference: str) -> Count:
    """Return the count of a row of any table: of its own total, of its group, or of those informed."""
    row = study.row(reference)
    events = row["events"] if "events" in row else row["patients"] if "patients" in row else row["n"]
    printed = row["n"] if "events" in row or "patients" in row else None
    size = study.groups.get(row["group"], {}).get("n")
    part = isinstance(size, int) and size != treated(study)
    n = size if part else drug.informed_on_harm(study)
    if printed is not None and pd.notna(printed):
        n = int(printed)
    k = None if pd.isna(events) else int(events)
    return Count(k, k, n, ALL)


def background(review: Review, harm: str) -> list[dict[str, Any]]:
    """Return what the sources quote on how often a harm happens without regard to treatment.

    Parameters
    ----------
    review : Review
        The opened evidence.
    harm : str
        A word of ``harm_terms``.

    Returns
    -------
    list of dict
        Rows of ``quoted`` with ``label`` and ``source_id`` of the source that quotes, and ``says``.
    """
    rows = review.records("harm_rows")
    rows = rows[(rows["harm"] == harm) & (rows["role"] == "background")]
    out = []
    for row in rows.to_dict("records"):
        study = review.study(row["study_id"])
        own = {"label": study.label, "source_id": study.study_id, "says": row["says"]}
        out.append(study.row(row["row"]).to_dict() | own)
    return out


@recalled
def of_later(review: Review, disease: str | None = None) -> list[Line]:
    """Return what each later study says of each harm of a drug under review.

    Parameters
    ----------
    review : Review
    disease : str, optional
        Of studies of this disease alone.

    Returns
    -------
    list of Line
        In file order.
    """
    rows = context.results(review, disease)
    rows = rows[(rows["endpoint_class"] == "harm") & ~rows["is_source"]]
    rows = rows[(rows["is_ours"]) & (rows["arm_kind"] != "historical_control")]
    rows = rows[~rows["harm"].isin(NO_HARM)]
    paired = {c.experimental["result_id"]: c for c in context.contrasts(rows) if c.control is not None}
    rows = rows[rows["arm_kind"] != "control"]
    # Another definition or place of what the same study says is passed over.
    rows = rows.assign(other=rows["definition_id"] != "own").sort_values("other", kind="stable")
    rows = rows.drop_duplicates(["study_id", "arm", "harm", "criterion"]).sort_index()
    return [_later(review, row, paired.get(row["result_id"])) for row in rows.to_dict("records")]


def _later(review: Review, row: dict[str, Any], contrast: context.Contrast | None) -> Line:
    count = None
    of_cases = row["denominator_kind"] == "published_cases" and pd.notna(row["n"])
    if context.has_count(row) or (of_cases and pd.notna(row["events"])):
        count = Count(int(row["events"]), int(row["events"]), int(row["n"]))
    rank = severity(review, row["harm"], row["criterion"])
    own = (row["study_id"], row["label"], row["disease"])
    named = (row["result_id"],) if contrast is None else contrast.rows
    rows = tuple(f"context/results/{name}" for name in named)
    return Line(row["harm"], rank, LATER, *own, count, row=row, contrast=contrast, rows=rows)


def lines(review: Review) -> list[Line]:
    """Return every line of the sources and of later studies, in the order of harms (:func:`order`)."""
    return order(review, [*of_sources(review), *of_later(review)])


def order(review: Review, found: list[Line]) -> list[Line]:
    """Return lines by severity, then by how many patients had the harm; sources come first.

    The patients of a harm are those of all lines given, reviews left out, as their patients are counted
    in the studies they gather. They order the harms and are never shown: patients may be in two lines.

    Parameters
    ----------
    review : Review
        The opened evidence.
    found : list of Line
        The lines to put in order.

    Returns
    -------
    list of Line
        The same lines.
    """
    ranks = list(review.vocabulary["harm_severity"])
    sums = ("any", "none")  # not a harm, but all of them together: behind those with a name
    terms_ = list(review.vocabulary["harm_terms"])
    affected = Counter[tuple[str, str]]()
    for line in found:
        affected[line.severity, line.harm] += 0 if _is_review(line) else line.patients

    def place(line: Line) -> tuple[int, bool, int, int, bool, int]:
        return (
            ranks.index(line.severity),
            line.harm in sums,
            -affected[line.severity, line.harm],
            terms_.index(line.harm),
            line.kind == LATER,
            -line.patients,
        )

    return sorted(found, key=place)


def _is_review(line: Line) -> bool:
    return line.row is not None and line.row["is_review"] == "yes"


def happened(found: list[Line]) -> list[Line]:
    """Return the lines of harms that happened: to patients who are counted, or as counted events."""
    return [line for line in found if line.patients > 0 or line.events > 0]


def not_counted(review: Review, disease: str) -> list[str]:
    """Return the grave harms that neither a source nor a later study of a disease counts.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        A disease of the sources, a word of ``indications``.

    Returns
    -------
    list of str
        Words of ``harm_severity``, in its order, without the last.
    """
    own = [line for line in of_sources(review) if line.disease == disease]
    there = {
        line.severity
        for line in [*own, *of_later(review, disease)]
        if line.counted and not (line.count and line.count.not_in)
    }
    return [rank for rank in review.vocabulary["harm_severity"] if rank not in {*there, OTHER}]
