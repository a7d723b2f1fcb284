"""Which rows of the evidence are behind a number of the synthesis, and by which rule each was taken.

The functions of this package say what they read in their columns ``rows`` or ``id``; here these are
put together, so that a finding about a row (a conflict of the audit, for example) can be held against
every number that was made from it. Rows whose words alone are shown are left out: they give no number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from living_review.evidence import Review
from living_review.evidence.recall import recalled
from living_review.synthesis.counts import SOURCES, all_proportions
from living_review.synthesis.coverage import evidence_map
from living_review.synthesis.drug import (
    doses,
    format_events,
    grade_words,
    harms_of,
    informed_on_harm,
    silent_on_harm,
    targets,
)
from living_review.synthesis.endpoints import heading
from living_review.synthesis.individual_patients import follow_up, pain

COLUMNS = ["study_id", "reference", "section", "value", "rule"]
RULES = {
    SOURCES[0]: "counted patient by patient, which takes precedence over any printed group count",
    SOURCES[1]: "counted from the findings on each patient, which take precedence over a group count",
    SOURCES[2]: "a group count in a table takes precedence over one in the text or the abstract",
    SOURCES[3]: "a group count in the text takes precedence over one in the abstract",
    SOURCES[4]: "no better place prints a count",
    "pain": "each patient's own score; if it is printed twice, from the preferred place",
    "follow_up": "follow-up before time on treatment; if it is printed twice, from the preferred place",
    "happened": "a mark on the patient's bar; if it is printed twice, from the preferred place",
    "doses": "every printed dose of a drug under review, once, from the preferred place",
    "targets": "every printed range in every printed unit: none is chosen",
    "harms": "of the rows on one harm, the count of the most patients, of all grades if there is one",
    "informed": "patients without any information on harm are not in the denominator",
    "map": "what the source prints of it, shown on the map with its patients only",
}
_Row = tuple[str, str, str, str, str]


@recalled
def rows_used(review: Review) -> pd.DataFrame:
    """Return the rows of the evidence behind the numbers of the synthesis.

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``reference`` (``study:table/id``), ``section`` (where on the page the number is),
        ``value`` (the number shown there, in words), ``rule`` (why this one), ``locator`` (where
        the row is printed) and ``stands`` (where the number is taken from). A row behind two numbers
        is listed twice; the map repeats nothing that another section shows.
    """
    rows = [*_counts(review), *_pain(review), *_times(review), *_doses(review), *_harms(review)]
    shown = {row[1] for row in rows}
    rows += [row for row in _map(review) if row[1] not in shown]
    frame = pd.DataFrame(rows, columns=COLUMNS).drop_duplicates(ignore_index=True)
    places = [
        review.study(study).row(reference.partition(":")[2])["locator"]
        for study, reference in zip(frame["study_id"], frame["reference"], strict=True)
    ]
    chosen = _chosen_places(review)
    keys = zip(frame["reference"], frame["value"], places, strict=True)
    return frame.assign(locator=places, stands=[chosen.get((r, v), p) for r, v, p in keys])


def _chosen_places(review: Review) -> dict[tuple[str, str], str]:
    """Return where the chosen counts are printed, by reference and value.

    A count made from findings rests on every finding of its class, also those that the abstract
    repeats; it is listed once, at its preferred place.
    """
    return {
        (f"{row['study_id']}:{place}", _share(review, row)): row["locator"]
        for row in all_proportions(review).to_dict("records")
        for place in row["rows"]
    }


def _share(review: Review, row: dict) -> str:
    share = f"{row['events']} of {row['n_evaluable']}{', in words' if row['inferred'] else ''}"
    what = heading(review, row["endpoint_class"], row["criterion"])
    return f"{what[0].lower()}{what[1:]}: {share}"


def _counts(review: Review) -> Iterator[_Row]:
    for row in all_proportions(review).to_dict("records"):
        study, value = row["study_id"], _share(review, row)
        for place in row["rows"]:
            yield study, f"{study}:{place}", "Responses", value, RULES[row["source"]]


def _pain(review: Review) -> Iterator[_Row]:
    for row in pain(review).to_dict("records"):
        kind = "" if row["statistic"] == "value" else f" ({row['statistic']})"
        when = "" if pd.isna(row["months"]) else f" at {row['months']:.3g} months"
        when = " before treatment" if row["timing"] == "baseline" else when
        value = f"{row['label']}: {row['value']:g}{kind}{when}"
        study = row["study_id"]
        yield study, f"{study}:measurements/{row['id']}", "Pain course", value, RULES["pain"]


def _times(review: Review) -> Iterator[_Row]:
    section, words = "Time of each patient", review.vocabulary["endpoints"]
    for row in follow_up(review).to_dict("records"):
        study, (own, *marks) = row["study_id"], row["rows"]
        value = f"{row['label']}: {row['time']} {row['time_unit']}s, {words[row['endpoint']].lower()}"
        yield study, f"{study}:{own}", section, value, RULES["follow_up"]
        for place, (months, what) in zip(marks, row["happened"], strict=True):
            value = f"{row['label']}: {words[what].lower()} at {months:.3g} months"
            yield study, f"{study}:{place}", section, value, RULES["happened"]


def _doses(review: Review) -> Iterator[_Row]:
    section = "Doses and target levels"
    for row in doses(review).to_dict("records"):
        study, value = row["study_id"], f"{row['whom']}: {row['drug']} {row['dose']:g} {row['unit']}"
        yield study, f"{study}:doses/{row['id']}", section, value, RULES["doses"]
    for row in targets(review).to_dict("records"):
        study, value = row["study_id"], f"target {row['lower']:g} to {row['upper']:g} {row['unit']}"
        yield study, f"{study}:statistics/{row['id']}", section, value, RULES["targets"]


def _how_many(row: dict[str, Any]) -> str:
    if pd.isna(row["high"]):
        return "not counted" if pd.isna(row["events"]) else format_events(int(row["events"]))
    some = f"{row['low']}" if row["low"] == row["high"] else f"{row['low']} or {row['high']}"
    return some if pd.isna(row["n"]) else f"{some} of {row['n']}"


def _harms(review: Review) -> Iterator[_Row]:
    for study in review.studies:
        for row in harms_of(study).to_dict("records"):
            value = f"{review.word('harm_terms', row['term']).lower()}: {_how_many(row)}"
            grade = grade_words(review, row["grade"])
            value += f", {grade} only" if grade else ""
            for place in row["rows"]:
                yield study.study_id, f"{study.study_id}:{place}", "Harms", value, RULES["harms"]
        for place in silent_on_harm(study)["id"]:
            value = f"harms are out of {informed_on_harm(study)} patients"
            reference = f"{study.study_id}:counts/{place}"
            yield study.study_id, reference, "Harms", value, RULES["informed"]


def _map(review: Review) -> Iterator[_Row]:
    for row in evidence_map(review).to_dict("records"):
        value = f"{row['row'].lower()}: {row['text']}"
        for place in row["rows"]:
            yield row["study_id"], f"{row['study_id']}:{place}", "Evidence map", value, RULES["map"]
