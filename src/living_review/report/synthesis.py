"""What the page over all sources says of them: its card, and how sure one can be."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
from markupsafe import Markup

from living_review import audit, synthesis
from living_review.evidence import Review, ratings
from living_review.plots.basic import VERDICT_SIGNS
from living_review.report import audit as report_audit
from living_review.report import harms
from living_review.stats import lesions, proportions
from living_review.stats.number_words import in_words, share_in_words

UNCONTROLLED = 2  # the level at which evidence without a comparison group starts


def drugs_in_words(review: Review) -> str:
    """State how many of all patients took which drug: ``one 111 of 113, another 1, …``."""
    taken = synthesis.drugs_taken(review).groupby("drug", sort=False)["patients"].sum()
    taken = taken.sort_values(ascending=False, kind="stable")
    words = [review.word("drugs", str(d)).split(" (")[0].lower() for d in taken.index]
    if not words:
        return "not reported"
    first, *rest = [f"{w} {n}" for w, n in zip(words, taken, strict=True)]
    return ", ".join([f"{first} of {taken.sum()}", *rest])


def better(review: Review) -> str:
    """State in how many sources most people got better: ``four of the five``."""
    return share_in_words(len(synthesis.mostly_better(review)), len(review.study_ids))


def map_marks(review: Review, cells: pd.DataFrame) -> tuple[str, str]:
    """State which verdicts of later studies the evidence map shows, and with which sign.

    Parameters
    ----------
    review : Review
    cells : pandas.DataFrame
        As :func:`living_review.synthesis.coverage.map_with_names` returns them.

    Returns
    -------
    tuple of str
        A sentence with a count for each word, for the text alternative; a sentence with the sign of
        each word, for the caption.
    """
    n = cells["verdict"].value_counts()
    shown = {
        key: (word[0].lower() + word[1:], n[key])
        for key, word in review.vocabulary["later_verdicts"].items()
        if key in n
    }
    marked = ", ".join(f"{word} {count}" for word, count in shown.values())
    signs = ", ".join(f"{VERDICT_SIGNS[key]} {word}" for key, (word, _) in shown.items())
    alt = f"Later studies judge {(cells['verdict'] != '').sum()} cells: {marked}."
    return alt, f"A sign behind a text is what later studies say of it: {signs}."


def areas(review: Review) -> str:
    """State by how much lesions changed in area and, as that implies, in diameter; empty without any.

    Sources whose patients have an area before and on treatment, each in a sentence of its own.
    """
    reported = []
    for study in review.studies:
        found = lesions.areas(study.once("measurements"))
        if found.empty:
            continue
        enough = int((found["diameter"] <= lesions.PARTIAL_RESPONSE).sum())
        area, diameter = (
            " and ".join(_percent(c) for c in found[column]) for column in ("change", "diameter")
        )
        reported.append(
            f"In {study.label} the largest area changed by {area}, about {diameter} in diameter if the "
            f"shape stayed. A partial response by RECIST 1.1 asks for a fall in diameter of "
            f"{-lesions.PARTIAL_RESPONSE:.0f}% or more: {enough} of {len(found)} would reach it."
        )
    return " ".join(reported)


def _percent(change: float) -> str:
    return f"{change:.0f}%".replace("-", "−")


def context_sentence(review: Review, result_id: str) -> str:
    """Return the count of a study that is no source, as Markdown: share, limits, whom, and its address.

    Parameters
    ----------
    review : Review
    result_id : str
        A row of ``context/results`` with a count.

    Returns
    -------
    str
        Markdown.
    """
    row = synthesis.context.results(review).set_index("result_id").loc[result_id]
    share = proportions.clopper_pearson(int(row["events"]), int(row["n"]))
    counted = f"{proportions.format_proportion(share)} patients with {row['population']}"
    return f"{counted} ([{row['label']}](https://doi.org/{row['doi']}))"


def is_uncontrolled(review: Review) -> bool:
    """Return whether no source has a comparison group, by its groups and its rating of certainty."""
    if any(study.control for study in review.studies):
        return False
    steps = review.records("certainty")
    starts = steps[(steps["study_id"] == "synthesis") & (steps["domain"] == ratings.START)]
    return bool((starts["change"] <= UNCONTROLLED).all())


def is_controlled(review: Review) -> bool:
    """Return whether every source has a control arm."""
    return bool(review.study_ids) and all(study.control for study in review.studies)


def answer(review: Review) -> dict[str, str | Markup]:
    """Return the lines that open the page: found, harm, how sure, and what it does not mean."""
    if not review.study_ids:
        return {"Found": "There is no source yet."}
    rows = synthesis.all_proportions(review)
    unchanged = rows[rows["endpoint_class"].isin(["stability", "progression"])]
    grew = " and ".join(dict.fromkeys(unchanged["label"]))
    same = f"; lesions that stayed the same or grew are counted in {grew}" if grew else ""
    found = f"In {better(review)} most of the patients described got better in some way{same}."
    return {
        "Found": found,
        "Harm": harms.worst(review),
        "How sure": certainty_sentence(review),
        "What it means and what it does not": f"{compared(review)}, and reports of success are the "
        "likeliest to be written: the counts show what was seen, not how often patients are helped.",
    }


def certainty_sentence(review: Review) -> str:
    """State in one sentence how sure one can be of what all sources say together."""
    found = [x for x in ratings.levels(review, "synthesis").values() if x is not None]
    if not found:
        return "What the sources say together was not rated."
    lowest = min(found)
    word = review.word("certainty", ratings.code(lowest)).lower()
    alike = found.count(lowest)
    rest = {review.word("certainty", ratings.code(x)).lower() for x in found} - {word}
    others = f", the other {in_words(len(found) - alike)} {' or '.join(sorted(rest))}" if rest else ""
    outcomes, how_many = in_words(len(found)), share_in_words(alike, len(found))
    return (
        f"What the sources say together was rated for {outcomes} outcomes: the certainty is {word} in "
        f"{how_many}{others}."
    )


def compared(review: Review) -> str:
    """Return whether any source has a comparison group."""
    if is_controlled(review):
        return "Every source has a comparison group"
    return (
        "No source has a comparison group"
        if is_uncontrolled(review)
        else "Most sources have no comparison group"
    )


def not_known(review: Review) -> str:
    """State how little is printed of single patients, and what changes of area amount to."""
    follow, scores = synthesis.follow_up(review), synthesis.points(synthesis.pain(review))
    everyone = scores[["study_id", "patient"]].drop_duplicates()
    silent = [s for s in review.studies if s.table("adverse_events").empty]
    n = len(review.study_ids)
    return f"""
Times of single patients are printed in {follow["study_id"].nunique()} of {n} sources, and in no more
than {int(follow.groupby("study_id").size().max())} patients of one. Pain has a number for
{len(everyone)} patients in {everyone["study_id"].nunique()} sources. Harms have no count in
{len(silent)} of {n}. {areas(review)}
"""


def plain_words(review: Review) -> str:
    """Return what the sources say together, in plain language."""
    if not review.study_ids:
        return "There is no report here yet."
    sizes = [n for n in map(synthesis.treated, review.studies) if n]
    return review.topic.plain_language.format(
        n_studies=len(review.study_ids),
        n_diseases=len(synthesis.diseases(review)),
        fewest=min(sizes, default=0),
        most=max(sizes, default=0),
        better=better(review),
        alone=_compared_people(review),
    )


def _compared_people(review: Review) -> str:
    if is_uncontrolled(review):
        return "nobody was compared"
    return "all were compared" if is_controlled(review) else "few were compared"


def touched(review: Review, study_ids: Collection[str]) -> str:
    """State how many conflicts of the audit name a row behind a number shown here of some sources.

    Parameters
    ----------
    review : Review
    study_ids : collection of str
        The sources.

    Returns
    -------
    str
        Such as ``5 conflicts``; empty for none.
    """
    results = [r for study in study_ids for r in audit.audit(review, study)]
    found = report_audit.touching(results, synthesis.rows_used(review), review)
    return f"{len(found)} conflict{'s' * (len(found) != 1)}" if found else ""
