"""What is known of which disease: the evidence map, and what nobody reports.

**What is in a cell** (:func:`evidence_map`), for each study and endpoint class the first of:

* relapse: of the patients followed off the drug (:func:`off_drug`) those with a finding against it;
  all of them: *worse*, some: *mixed*, none: *better*. The count is of relapses, as its row is named;
* harm: patients with information on harm;
* the chosen counts (:func:`living_review.synthesis.counts.proportions_of`), each in the row of its
  criterion: events of evaluable patients, * if given in words. All of them had the result: its
  direction; some: *mixed*; none: *no change*;
* pain score: patients with a score before and one on treatment of the same statistic;
* time to response and survival: how many patients the estimate is of, printed with it or else the size
  of its group; time on treatment: how many patients have individual times; no direction;
* a group count of another class, with its direction;
* otherwise findings in words that have a direction: how many patients of all treated they are reported
  of, if findings of groups do not point elsewhere; else *words only*. Several directions are *mixed*.
  What a title, introduction, discussion or conclusion says is not a finding, nor is a sentence that
  is about no patient and no group of the study.

How a study was done, treatment, imaging and recommendations are not outcomes and have no row.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from living_review.evidence import Review, Study
from living_review.evidence.codes import MISSING
from living_review.evidence.recall import recalled
from living_review.synthesis.counts import on_drug, proportions_of, star, treated
from living_review.synthesis.drug import harms_of, informed_on_harm
from living_review.synthesis.endpoints import IN_WORDS, counted, heading
from living_review.synthesis.individual_patients import pain
from living_review.synthesis.verdicts import Verdict, verdicts

NOT_OUTCOMES = ("method", "treatment", "recommendation", "imaging", "biological_response")
NOT_FINDINGS = ("title", "title_page", "introduction", "discussion", "conclusion", "conclusions")
ESTIMATES = {"time_to_response": "median", "survival": ""}
STOPS = ("stop", "interrupt")
RELAPSE = "relapse"
# Where a statement that nothing changed is in the map.
UNCHANGED = {"lesion_response": "stability"}
MAP_COLUMNS = (
    *("study_id", "label", "indication", "endpoint_class", "criterion", "row", "column"),
    *("direction", "text", "rows"),
)


class Cell(NamedTuple):
    """A cell of the map: direction, text, the rows that no other section shows, criterion."""

    direction: str
    text: str
    rows: tuple[str, ...] = ()
    criterion: str = ""


def outcome_classes(review: Review) -> list[str]:
    """Return the endpoint classes that are outcomes, in vocabulary order."""
    return [c for c in review.vocabulary["endpoint_classes"] if c not in NOT_OUTCOMES]


@recalled
def evidence_map(review: Review) -> pd.DataFrame:
    """Return what is known of what: a row for each study, endpoint class and criterion with a finding.

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``label``, ``indication``, ``endpoint_class`` (vocabulary keys), ``criterion``
        (empty where the class has none), ``row`` and ``column`` (their words), ``direction``
        (vocabulary key), ``text`` and ``rows`` (``table/id`` of what the number was read from, where no
        other function of this package shows it).
    """
    scores = pain(review)
    out: list[dict[str, object]] = []
    for study in review.studies:
        cells = _of_words(study)
        cells |= _of_outcomes(study)
        cells |= _of_estimates(study)
        cells |= _of_times(study)
        cells |= _of_pain(scores[scores["study_id"] == study.study_id])
        cells |= _of_counts(study)
        cells |= _of_harms(study)
        cells |= _of_relapse(study)
        for key in outcome_classes(review):
            out.extend(
                {
                    "study_id": study.study_id,
                    "label": study.label,
                    "indication": study.meta["indication"],
                    "endpoint_class": key,
                    "criterion": cell.criterion,
                    "row": heading(review, key, cell.criterion)
                    if cell.criterion
                    else review.word("endpoint_classes", key),
                    "column": review.word("indications", study.meta["indication"]),
                    **{k: getattr(cell, k) for k in ("direction", "text", "rows")},
                }
                for cell in cells.get(key, [])
            )
    return pd.DataFrame(out, columns=list(MAP_COLUMNS))


def off_drug(study: Study) -> dict[str, tuple[str, ...]]:
    """Return the patients who stopped or paused the drug and of whom something is said after that.

    Returns
    -------
    dict of str to tuple of str
        Patients, and ``table/id`` of the rows that say it: that the drug was stopped or paused (a dose
        step, or a time on or off treatment that ended), and what came after (a time off treatment, a
        finding on relapse, a judgement after treatment).
    """
    doses = study.table("doses")
    doses = doses[(doses["role"] == "study_drug") & doses["change"].isin(STOPS)]
    events = study.once("events")
    ended = events[(events["endpoint"] == "time_on_treatment") & (events["event"] == 1)]
    watched = events[events["endpoint"] == "time_off_treatment"]
    said = study.table("statements")
    said = said[(said["endpoint_class"] == RELAPSE) & (said["direction"] != "none")]
    judged = study.once("responses")
    judged = judged[judged["timing"] == "after_treatment"]

    stopped = _by_patient(("doses", doses), ("events", ended), ("events", watched))
    after = _by_patient(("events", watched), ("statements", said), ("responses", judged))
    return {p: tuple(dict.fromkeys([*stopped[p], *rows])) for p, rows in after.items() if p in stopped}


def _by_patient(*tables: tuple[str, pd.DataFrame]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, rows in tables:
        for row in rows[~rows["patient"].isin(MISSING)].to_dict("records"):
            found.setdefault(row["patient"], []).append(f"{name}/{row['id']}")
    return found


def diseases(review: Review) -> list[str]:
    """Return the diseases of the sources in words, each once, in the order of the sources."""
    words = (review.word("indications", s.meta["indication"]) for s in review.studies)
    return list(dict.fromkeys(words))


def map_with_names(review: Review) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Return :func:`evidence_map` with the first author above each text, and its rows and columns.

    Returns
    -------
    tuple
        The cells, with the ``verdict`` of later studies on each (:func:`verdict_of_cells`), and the
        words of outcomes and diseases in vocabulary order.
    """
    cells = evidence_map(review).drop(columns="rows")
    cells["verdict"] = verdict_of_cells(review, cells)
    names = {s.study_id: s.first_author for s in review.studies}
    named = zip(cells["study_id"], cells["text"], strict=True)
    cells["text"] = [f"{names[study]}\n{text}" for study, text in named]
    columns = [c for c in review.vocabulary["indications"].values() if c in diseases(review)]
    return cells, _rows(review, cells), columns


def verdict_of_cells(review: Review, cells: pd.DataFrame) -> list[str]:
    """Return what later studies say of each cell of the map: a word of ``later_verdicts``, or nothing.

    A cell has a verdict where a statement of its source is judged that is of its endpoint class and,
    where the rows of the statement name a criterion, of that criterion. Statements on the use of the
    drug have no cell.

    Parameters
    ----------
    review : Review
    cells : pandas.DataFrame
        With ``study_id``, ``endpoint_class`` and ``criterion``.

    Returns
    -------
    list of str
        In the order of the cells; empty for a cell on which nothing is judged.
    """
    judged: dict[tuple[str, str], list[tuple[Verdict, set[str]]]] = {}
    for verdict in verdicts(review):
        said = verdict.statement
        key = UNCHANGED.get(said.endpoint_class) if said.direction == "unchanged" else None
        place = said.study_id, key or said.endpoint_class
        judged.setdefault(place, []).append((verdict, _criteria(review, verdict)))
    return [
        next(
            (
                verdict.verdict
                for verdict, criteria in judged.get((study, key), [])
                if not criteria or criterion in criteria
            ),
            "",
        )
        for study, key, criterion in zip(
            cells["study_id"], cells["endpoint_class"], cells["criterion"], strict=True
        )
    ]


def _criteria(review: Review, verdict: Verdict) -> set[str]:
    study = review.study(verdict.statement.study_id)
    rows = [study.row(place) for place in verdict.statement.rows]
    return {row["criterion"] for row in rows if row.get("criterion") in review.vocabulary["criteria"]}


def _rows(review: Review, cells: pd.DataFrame) -> list[str]:
    """Return the words of the rows, classes and in each its criteria in the order of the vocabulary."""
    classes, criteria = outcome_classes(review), ["", *review.vocabulary["criteria"], *MISSING]
    places = [
        (classes.index(key), criteria.index(criterion), row)
        for key, criterion, row in zip(
            cells["endpoint_class"], cells["criterion"], cells["row"], strict=True
        )
    ]
    return list(dict.fromkeys(row for *_, row in sorted(places)))


def gaps(review: Review) -> pd.DataFrame:
    """Return, for each outcome, the diseases for which no study here has a finding.

    Returns
    -------
    pandas.DataFrame
        ``endpoint_class``, ``known`` and ``missing`` (words of diseases, joined), vocabulary order.
    """
    cells = evidence_map(review)
    present = {s.meta["indication"] for s in review.studies}
    diseases = [d for d in review.vocabulary["indications"] if d in present]
    out = []
    for key in outcome_classes(review):
        have = set(cells.loc[cells["endpoint_class"] == key, "indication"])
        words = {d: review.word("indications", d) for d in diseases}
        out.append(
            {
                "endpoint_class": review.word("endpoint_classes", key),
                "known": "; ".join(words[d] for d in diseases if d in have) or "none",
                "missing": "; ".join(words[d] for d in diseases if d not in have) or "none",
            }
        )
    return pd.DataFrame(out)


def _of_counts(study: Study) -> dict[str, list[Cell]]:
    cells: dict[str, list[Cell]] = {}
    event = counted(study.topic)
    for row in proportions_of(study).to_dict("records"):
        key = row["endpoint_class"]
        if key not in event:  # no row of the map is named for getting worse
            continue
        k, n = row["events"], row["n_evaluable"]
        direction = event[key] if k == n else "mixed" if k else "no_change"
        text = f"{k} of {n}{star(row['inferred'])}"
        cells.setdefault(key, []).append(Cell(direction, text, (), row["criterion"]))
    return cells


def _of_relapse(study: Study) -> dict[str, list[Cell]]:
    followed = off_drug(study)
    if not followed:
        return {}
    said = study.table("statements")
    said = said[(said["endpoint_class"] == RELAPSE) & (said["direction"] == "worse")]
    k, n = len(set(said["patient"]) & set(followed)), len(followed)
    direction = "worse" if k == n else "mixed" if k else "better"
    rows = tuple(place for places in followed.values() for place in places)
    return {RELAPSE: [Cell(direction, f"{k} of {n}", rows)]}


def _of_outcomes(study: Study) -> dict[str, list[Cell]]:
    rows = study.once("outcomes").dropna(subset=["events", "n"])
    rows = rows[~rows["endpoint_class"].isin(counted(study.topic))]
    rows = rows[~rows["group"].isin(study.control)]
    return {
        row["endpoint_class"]: [
            Cell(
                row["direction"],
                f"{int(row['events'])} of {int(row['n'])}",
                (f"outcomes/{row['id']}",),
            )
        ]
        for row in rows.to_dict("records")
    }


def _of_pain(scores: pd.DataFrame) -> dict[str, list[Cell]]:
    directions = []
    timed = scores.dropna(subset=["months"]).sort_values("months", kind="stable")
    for _, own in timed.groupby(["patient", "scale", "statistic"]):
        before, after = own[own["timing"] == "baseline"], own[own["timing"] != "baseline"]
        if len(before) and len(after):
            change = float(after["value"].iloc[-1]) - float(before["value"].iloc[-1])
            directions.append("better" if change < 0 else "worse" if change > 0 else "no_change")
    if not directions:
        return {}
    return {"pain_score": [Cell(_one(set(directions)), _patients(len(directions)))]}


def _of_times(study: Study) -> dict[str, list[Cell]]:
    rows = study.once("events")
    rows = rows[(rows["endpoint"] == "time_on_treatment") & ~rows["patient"].isin(MISSING)]
    n = rows["patient"].nunique()
    ids = tuple("events/" + rows["id"])
    return {"time_on_treatment": [Cell("none", _patients(n), ids)]} if n else {}


def _patients(n: int | None) -> str:
    return "n unknown" if n is None else f"{n} patient{'' if n == 1 else 's'}"


def _of_estimates(study: Study) -> dict[str, list[Cell]]:
    rows = study.once("statistics")
    cells = {}
    for key, statistic in ESTIMATES.items():
        found = rows[rows["quantity"].str.contains(key)]
        found = found[found["statistic"] == statistic] if statistic else found
        sizes = [_size(row, study) for row in found.to_dict("records")]
        known = [n for n in sizes if n is not None]
        if sizes:
            n = max(known, default=None)
            ids = [f"statistics/{i}" for i, own in zip(found["id"], sizes, strict=True) if own == n]
            cells[key] = [Cell("none", _patients(n), tuple(ids))]
    return cells


def _size(row: dict, study: Study) -> int | None:
    """Return of how many patients an estimate is: as printed with it, or else the size of its group."""
    if pd.notna(row["n"]):
        return int(row["n"])
    n = study.groups.get(row["group"], {}).get("n")
    return n if isinstance(n, int) else None


def _of_harms(study: Study) -> dict[str, list[Cell]]:
    found = harms_of(study)
    if found.empty:
        return {}
    any_harm = ((found["term"] != "none") & (found["high"].fillna(1) > 0)).any()
    text = _patients(informed_on_harm(study))
    return {"harm": [Cell("worse" if any_harm else "no_change", text)]}


def _of_words(study: Study) -> dict[str, list[Cell]]:
    rows = on_drug(study)
    rows = rows[~rows["part_of"].isin(NOT_FINDINGS)]
    rows = rows[~(rows["patient"].isin(MISSING) & rows["group"].isin(MISSING))]
    cells, classes = {}, counted(study.topic)
    for key, part in rows.groupby("endpoint_class", sort=False):
        single = part[~part["patient"].isin(MISSING)]
        direction = _one(set(part["direction"]))
        share = f"{single['patient'].nunique()} of {treated(study) or 'unknown'}"
        alone = len(single) and direction == _one(set(single["direction"]))
        ids = tuple("statements/" + single["id"]) if alone else ()
        criterion = IN_WORDS if key in classes else ""
        cells[str(key)] = [Cell(direction, share if alone else "words only", ids, criterion)]
    return cells


def _one(directions: set[str]) -> str:
    return next(iter(directions)) if len(directions) == 1 else "mixed"
