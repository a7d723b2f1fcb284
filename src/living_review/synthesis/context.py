"""Studies beside the sources, as rows that a verdict or a figure can be made of.

Nothing here is part of the synthesis of the sources. Every choice is made by coded columns of
``data/context``; no word of a note, a title or a definition decides anything.

* A study that is a source of the review, known by its folder's name or its DOI, counts as a source.
* A randomised trial is a contrast (:func:`contrasts`): its arms are paired where endpoint, criterion,
  definition, subgroup, time and harm are the same; a row that is itself a comparison is shown alone.
* A study belongs to a tier by its design (:func:`tier`): randomised, prospective, retrospective.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from living_review.evidence import Review, family_name
from living_review.evidence.codes import MISSING, known
from living_review.evidence.recall import recalled
from living_review.stats import contrasts as two_arms
from living_review.stats.contrasts import Difference

SYSTEMIC = ("oral", "intravenous")
RANDOMISED, PROSPECTIVE, RETROSPECTIVE = TIERS = ("randomised", "prospective", "retrospective")
SIGNIFICANT = 0.05
# Two results of a trial are of one question if they agree in these.
QUESTION = (
    *("study_id", "endpoint_class", "criterion", "definition_id", "subgroup", "harm"),
    *("time_months", "time_kind", "scope"),
)
# Statistics that are themselves a comparison of arms.
COMPARING = (
    "statement",
    "p_value",
    "difference",
    "odds_ratio",
    "risk_ratio",
    "standardised_difference",
)
# Columns that both tables have, and what the study's is called beside the result's.
OF_STUDY = {"drug": "study_drug", "n_enrolled": "study_enrolled", "scope": "study_scope"}


class Contrast(NamedTuple):
    """A randomised comparison: the rows it is made of, and where it points.

    ``direction`` is ``better``, ``unchanged`` or ``worse`` for who got the drug; empty where neither
    counts nor a test are printed. ``basis`` says what it rests on: ``counts`` (the interval of the
    difference), ``test`` (a printed p value) or ``reported`` (the row is the comparison).
    """

    experimental: dict[str, Any]
    control: dict[str, Any] | None
    difference: Difference | None
    direction: str
    basis: str

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of the rows of ``context/results``."""
        both = (self.experimental, self.control)
        return tuple(row["result_id"] for row in both if row is not None)


def label(study: dict[str, Any]) -> str:
    """Return what a study is called: first author and year; the journal where no author was read.

    Examples
    --------
    >>> label({"authors": "Hammer J, Seront E, et al", "year": 2018, "design": "case_series"})
    'Hammer 2018'
    """
    if study["design"] == "label":
        return f"{study['drug'].capitalize()}, product information"
    name = study["authors"].partition(",")[0]
    if not known(name):
        # A journal is printed with year and volume behind its name.
        words = study["journal"].partition(";")[0].split()
        name = " ".join(word for word in words if not word.isdigit())
    elif name != study["authors"] or " et al" not in name:
        name = family_name(name)
    when = f" {int(study['year'])}" if known(study["year"]) else ", year not known"
    return name + when + (" (review)" if study["design"] == "review" else "")


@recalled
def studies(review: Review) -> pd.DataFrame:
    """Return the studies beside the sources with ``label``, ``tier`` and ``is_source``."""
    found = review.records("studies", "context")
    dois = {str(s.meta["doi"]).lower() for s in review.studies} - set(MISSING)
    rows = found.to_dict("records")
    return found.assign(
        label=[label(row) for row in rows],
        tier=[tier(row) for row in rows],
        is_source=np.array(
            [r["study_id"] in review.study_ids or r["doi"].lower() in dois for r in rows], dtype=bool
        ),
    )


def tier(study: dict[str, Any]) -> str:
    """Return how strong a design is: randomised, prospective, or retrospective where not said."""
    if study["randomised"] == "yes":
        return RANDOMISED
    return PROSPECTIVE if study["enrolment"] == "prospective" else RETROSPECTIVE


@recalled
def results(review: Review, disease: str | None = None) -> pd.DataFrame:
    """Return results with what their study is, in file order.

    Parameters
    ----------
    review : Review
    disease : str, optional
        Of studies of this disease alone.

    Returns
    -------
    pandas.DataFrame
        The columns of ``context/results`` and of :func:`studies`; where both have one, that of the
        study is called as :data:`OF_STUDY` says. ``scope`` is the row's own. ``is_ours``: of the
        class of drugs under review.
    """
    beside = studies(review).drop(columns=["note", "readings", "n_enrolled_missing"], errors="ignore")
    beside = beside.rename(columns=OF_STUDY)
    rows = review.records("results", "context").merge(beside, on="study_id", how="left")
    rows = rows.assign(
        is_source=rows["is_source"].astype(bool),
        is_ours=np.array(rows["drug_class"] == review.topic.drug_class, dtype=bool),
    )
    return rows if disease is None else rows[rows["disease"] == disease].reset_index(drop=True)


def contrasts(rows: pd.DataFrame) -> list[Contrast]:
    """Pair the arms of randomised trials.

    Parameters
    ----------
    rows : pandas.DataFrame
        As :func:`results` returns them; rows of other designs are passed over.

    Returns
    -------
    list of Contrast
        One for each experimental arm and control arm of one question, in file order; a row without a
        control arm whose statistic compares (:data:`COMPARING`) is itself the comparison.
    """
    arms = rows[(rows["tier"] == RANDOMISED) & rows["arm_kind"].isin(("experimental", "control"))]
    questions: dict[tuple[object, ...], list[dict[str, Any]]] = {}
    for arm in arms.to_dict("records"):  # once: a frame for each question costs more than its rows
        key = tuple(None if pd.isna(arm[column]) else arm[column] for column in QUESTION)
        questions.setdefault(key, []).append(arm)
    out = []
    for question in questions.values():
        control = [arm for arm in question if arm["arm_kind"] == "control"]
        for arm in (arm for arm in question if arm["arm_kind"] == "experimental"):
            if control:
                out += [_contrast(arm, other) for other in control]
            elif arm["statistic"] in COMPARING:
                out.append(_contrast(arm, None))
    return out


def _contrast(arm: dict[str, Any], control: dict[str, Any] | None) -> Contrast:
    if control is None:
        said = arm["direction"] if known(arm["direction"]) else ""
        return Contrast(arm, None, None, said, "reported")
    if has_count(arm) and has_count(control):
        found = two_arms.newcombe(
            *(int(row[column]) for row in (arm, control) for column in ("events", "n"))
        )
        side = (found.lower > 0) - (found.upper < 0)
        return Contrast(arm, control, found, _turned(arm["direction"], side), "counts")
    p = p_value(arm)
    if p is not None and p >= SIGNIFICANT:
        return Contrast(arm, control, None, "unchanged", "test")
    if p is None or not (known(arm["value"]) and known(control["value"])):
        return Contrast(arm, control, None, "", "")
    side = 1 if abs(arm["value"]) > abs(control["value"]) else -1
    return Contrast(arm, control, None, _turned(arm["direction"], side), "test")


def _turned(meaning: str, side: int) -> str:
    """Return where a contrast points: what its events mean for a patient, and which arm has more."""
    if side == 0:
        return "unchanged"
    return meaning if side > 0 else {"better": "worse", "worse": "better"}.get(meaning, "")


def p_value(row: dict[str, Any]) -> float | None:
    """Return a printed p value, or the bound that is printed for it; None where none is printed."""
    text = row["p_value"].lstrip("<>=")
    return float(text) if known(text) else None


def has_count(row: dict[str, Any]) -> bool:
    """Return whether a row counts patients out of patients."""
    return known(row["events"]) and known(row["n"]) and row["denominator_kind"] in PATIENTS


def with_both_denominators(rows: pd.DataFrame) -> pd.Series:
    """Return which rows count patients and say how many were enrolled in the arm as well."""
    counted = rows["events"].notna() & rows["n"].notna() & rows["denominator_kind"].isin(PATIENTS)
    return counted & rows["n_enrolled"].notna()


PATIENTS = ("enrolled", "treated", "evaluable", "stopped", "responders")


def chosen(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each study: printed before computed, then most patients, then the latest.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows that say the same kind of thing, as :func:`results` returns them.
    """
    order = rows.assign(
        computed=rows["derived"] == "yes",
        fewer=-rows["n"].astype("Float64").fillna(0),
        earlier=-rows["time_months"].fillna(0),
    )
    order = order.sort_values(["computed", "fewer", "earlier"], kind="stable")
    return rows.loc[sorted(order.drop_duplicates("study_id").index)]


def once_for_overlaps(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each overlap group: most patients enrolled, then the latest year."""
    order = rows.assign(
        fewer=-rows["n_enrolled"].astype("Float64").fillna(0),
        older=-rows["year"].astype("Float64").fillna(0),
    )
    order = order.sort_values(["fewer", "older"], kind="stable")
    return rows.loc[sorted(order.drop_duplicates("overlap_group").index)]


def relapses(review: Review, disease: str) -> pd.DataFrame:
    """Return what happened after the drug was stopped, in scope, best design first.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        Its word in the vocabulary.

    Returns
    -------
    pandas.DataFrame
        Rows of ``context/results``.
    """
    rows = results(review, disease)
    rows = rows[(rows["endpoint_class"] == "relapse") & (rows["scope"] == "in_scope")]
    return in_order(rows)


def relapses_after_stopping(review: Review, disease: str) -> pd.DataFrame:
    """Return the counts of :func:`relapses` among patients who stopped the drug.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        Its word in the vocabulary.

    Returns
    -------
    pandas.DataFrame
        Rows of ``context/results`` with ``events`` and ``n``, of studies that are no sources.
    """
    rows = relapses(review, disease)
    rows = rows[(rows["denominator_kind"] == "stopped") & rows["events"].notna() & rows["n"].notna()]
    return rows[rows["is_ours"] & ~rows["is_source"]]


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows by design, best first, then by number of patients."""
    return rows.assign(
        place=rows["tier"].map(TIERS.index), fewer=-rows["n"].astype("Float64").fillna(0)
    ).sort_values(["place", "fewer"], kind="stable", ignore_index=True)


def harms(review: Review, disease: str) -> pd.DataFrame:
    """Return what studies beside the sources report of harm, those of other organs with it.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        Its word in the vocabulary.

    Returns
    -------
    pandas.DataFrame
        Rows of ``context/results``.
    """
    rows = [results(review, d) for d in review.topic.beside.get(disease, (disease,))]
    found = pd.concat([part for part in rows if len(part)] or rows[:1], ignore_index=True)
    return found[(found["endpoint_class"] == "harm") & ~found["is_source"]]
