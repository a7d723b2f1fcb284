"""What the page over all sources says of them: its card, and how sure one can be."""

from __future__ import annotations

from living_review import synthesis
from living_review.evidence import Review, ratings
from living_review.report import sections
from living_review.stats import proportions

UNCONTROLLED = 2  # the level at which evidence without a comparison group starts


def summary_box_rows(review: Review) -> dict[str, object]:
    """Return the card *All sources*: label and value in reading order, the certainty last."""
    studies = list(review.studies)
    sizes = [n for n in map(synthesis.treated, studies) if n]
    follow = synthesis.follow_up(review)
    drugs = (review.word("mtor_inhibitors", d) for s in studies for d in s.meta["drugs"])
    level = ratings.least(review, "synthesis")
    mark = sections.certainty_mark(level, review)
    marks = set(sections.certainty_by_outcome("synthesis", review)["How sure"])
    one = marks <= {mark, sections.certainty_mark(None, review)}
    timed = follow["study_id"].nunique()
    return {
        "Sources": ", ".join(s.label for s in studies),
        "Diseases": ", ".join(synthesis.diseases(review)),
        "Patients in a source": f"{min(sizes)} to {max(sizes)}",
        "Drugs": ", ".join(dict.fromkeys(drugs)),
        "Patients with a time of their own": f"{len(follow)}, in {timed} of {len(studies)} sources",
        f"How sure, {'whatever the outcome' if one else 'at worst'}": mark,
    }


def context_sentence(review: Review, result_id: str) -> str:
    """Return the count of a study that is no source, as Markdown: share, limits, whom, and its address.

    Parameters
    ----------
    review : Review
    result_id : str
        A row of ``context/results`` with a count.
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
