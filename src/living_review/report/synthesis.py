"""What the page over all sources says of them: its card, and how sure one can be."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from living_review import synthesis
from living_review.evidence import Review, ratings
from living_review.plots.basic import VERDICT_SIGNS
from living_review.report import sections
from living_review.stats import lesions, proportions
from living_review.stats.number_words import share_in_words
from living_review.synthesis import counts, drug

UNCONTROLLED = 2  # the level at which evidence without a comparison group starts


def summary_box_rows(review: Review) -> dict[str, object]:
    """Return the card *All sources*: label and value in reading order, the certainty last."""
    studies = list(review.studies)
    sizes = [n for n in map(synthesis.treated, studies) if n]
    follow = synthesis.follow_up(review)
    level = ratings.least(review, "synthesis")
    mark = sections.certainty_mark(level, review)
    marks = set(sections.certainty_by_outcome("synthesis", review)["How sure"])
    one = marks <= {mark, sections.certainty_mark(None, review)}
    timed = follow["study_id"].nunique()
    return {
        "Sources": ", ".join(s.label for s in studies),
        "Diseases": ", ".join(synthesis.diseases(review)),
        "Patients in a source": f"{min(sizes)} to {max(sizes)}",
        "Drugs": drugs_in_words(review),
        "Patients with individual times": f"{len(follow)}, in {timed} of {len(studies)} sources",
        f"How sure, {'whatever the outcome' if one else 'at worst'}": mark,
    }


def drugs_in_words(review: Review) -> str:
    """Say how many of all patients took which drug: ``sirolimus 111 of 113, everolimus 1, …``."""
    taken = synthesis.drugs_taken(review).groupby("drug", sort=False)["patients"].sum()
    taken = taken.sort_values(ascending=False, kind="stable")
    words = [review.word("mtor_inhibitors", str(d)).split(" (")[0].lower() for d in taken.index]
    first, *rest = [f"{w} {n}" for w, n in zip(words, taken, strict=True)]
    return ", ".join([f"{first} of {taken.sum()}", *rest])


def better(review: Review) -> str:
    """Say in how many sources most people got better: ``four of the five``."""
    return share_in_words(len(synthesis.mostly_better(review)), len(review.study_ids))


def findings(review: Review, *results: str) -> str:
    """Return a Markdown list: an item for each endpoint, result and criterion, with its counts.

    Parameters
    ----------
    review : Review
        The opened evidence.
    *results : str
        Keys of the vocabulary's ``results``.

    Returns
    -------
    str
        Markdown.
    """
    reported = synthesis.counts_in_words(review, synthesis.all_proportions(review), *results)
    return "\n".join(f"- **{name}** in {counts}." for name, counts in reported)


def map_marks(review: Review, cells: pd.DataFrame) -> tuple[str, str]:
    """Say which verdicts of later studies the evidence map shows, and with which sign.

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


def harm_matrix(review: Review) -> pd.DataFrame:
    """Return harms by study: a row for each harmonised term, the printed terms under it.

    Returns
    -------
    pandas.DataFrame
        First column the harm (HTML); then a column for each study that reports harms, headed by its
        label and the patients with information. ``no report`` where a study is silent on a term.
    """
    studies = [s for s in review.studies if len(s.table("adverse_events"))]
    found = {s.study_id: synthesis.harms_of(s).set_index("term") for s in studies}
    rows = []
    for term, words in review.vocabulary["harm_terms"].items():
        having = [f.loc[term] for f in found.values() if term in f.index]
        if not having:
            continue
        printed = counts.joined(t for r in having for t in r["printed_terms"].split("; "))
        harm = Markup('{}<br><span class="lr-unit">printed: {}</span>').format(words, printed)
        row: dict[str, object] = {"Harm": harm}
        for study in studies:
            table = found[study.study_id]
            head = f"{study.label} (n = {synthesis.informed_on_harm(study) or 'not reported'})"
            reported = term in table.index
            row[head] = drug.harm_words(study, review, table.loc[term]) if reported else "no report"
        rows.append(row)
    return pd.DataFrame(rows)


def areas(review: Review) -> str:
    """Say by how much lesions changed in area and, as that amounts to, in diameter; empty without any.

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
    """Return whether no source has a comparison group, by where its rating of certainty starts."""
    steps = review.records("certainty")
    starts = steps[(steps["study_id"] == "synthesis") & (steps["domain"] == ratings.START)]
    return bool((starts["change"] <= UNCONTROLLED).all())
