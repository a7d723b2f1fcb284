"""Tables of the appraisal and the certainty read twice: agreement, rules, every decision."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from living_review.evidence import Review
from living_review.evidence.ratings import GRADE
from living_review.extraction import ratings
from living_review.stats import kappa

OUTCOMES = {"first": "As the first", "second": "As the second", "both": "Kept", "neither": "As neither"}
PARTS = {"question": "questions", "rating": "ratings of concern"}


def _line(name: str, found: kappa.Agreement) -> dict[str, object]:
    value = "not defined" if found.kappa is None else written(found.kappa)
    return {
        "Checklist": name,
        "Compared": found.n,
        "Same": f"{found.same} ({found.same / found.n:.0%})",
        "Kappa": value,
    }


def written(value: float) -> str:
    """Return a kappa with two decimals, a true minus and no minus zero."""
    return f"{round(value, 2) + 0:.2f}".replace("-", "−")


def agreement(pairs: pd.DataFrame, review: Review) -> pd.DataFrame:
    """Return the agreement line by line: each checklist, all of them, GRADE and each of its domains.

    Parameters
    ----------
    pairs : pandas.DataFrame
        As :func:`living_review.extraction.ratings.pairs` returns them.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    grade = pairs["checklist"] == GRADE
    steps = ratings.agreed(pairs[grade])
    lines = [
        *(_line(scale_name(review, *k), v) for k, v in ratings.by_scale(pairs[~grade]).items()),
        _line("Appraisal, all", ratings.appraised(pairs)),
        *(_line(scale_name(review, *k), v) for k, v in ratings.by_scale(pairs[grade]).items()),
        _line(f"{review.vocabulary['checklist_names'][GRADE]}, all steps", steps),
    ]
    return pd.DataFrame(lines)


def scale_name(review: Review, checklist: str, kind: str) -> str:
    """Return what was compared, for readers: ``ROBIS, questions``; ``GRADE, imprecision``.

    Parameters
    ----------
    review : Review
        The opened evidence.
    checklist : str
        Its word in the vocabulary.
    kind : str
        As :func:`living_review.extraction.ratings.part` returns it.

    Returns
    -------
    str
        For readers.
    """
    name = review.vocabulary["checklist_names"][checklist]
    return f"{name}, {PARTS.get(kind) or review.word('grade_domains', kind).lower()}"


def item_name(review: Review, checklist: str, item: str) -> str:
    """Return an item as readers know it: ``JBI, 2``; ``GRADE, survival: imprecision``.

    Parameters
    ----------
    review : Review
        The opened evidence.
    checklist : str
        Its word in the vocabulary.
    item : str
        The item.

    Returns
    -------
    str
        For readers.
    """
    name = review.vocabulary["checklist_names"][checklist]
    outcome, _, domain = item.partition("/")
    if not domain:
        return f"{name}, {item}"
    words = review.word("endpoint_classes", outcome), review.word("grade_domains", domain)
    return f"{name}, {words[0].lower()}: {words[1].lower()}"


def decisions(decided: pd.DataFrame, review: Review, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return every decision: where, both readings, what holds now, and why.

    Parameters
    ----------
    decided : pandas.DataFrame
        As :func:`living_review.extraction.ratings.decided` returns it.
    labels : mapping
        Names of the studies; what is no study is all sources together.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    return pd.DataFrame(
        {
            "Study": labels.get(row["study_id"], "All sources"),
            "Item": item_name(review, row["checklist"], row["item"]),
            "First reading": _word(row["first"]),
            "Second reading": "–" if row["kind"] == "one_reading" else _word(row["second"]),
            "Settled": _word(row["settled"]),
            "Why it was settled": review.word("settled_kinds", row["kind"]),
            "Reason": row["reason"],
        }
        for row in decided.to_dict("records")
    )


def _word(answer: str) -> str:
    """Return an answer or a step for readers; the readers' own words are not all of the vocabulary."""
    return answer.replace("-", "−").replace("_", " ").capitalize()


def counts(decided: pd.DataFrame, review: Review) -> pd.DataFrame:
    """Return how many decisions went which way, by checklist and by why they were needed.

    Parameters
    ----------
    decided : pandas.DataFrame
        Rows of ``settled_appraisal``.
    review : Review
        The opened evidence.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    names = review.vocabulary["checklist_names"]
    found = decided.assign(
        Checklist=decided["checklist"].map(names),
        Why=[review.word("settled_kinds", k) for k in decided["kind"]],
        way=decided["outcome"].map(OUTCOMES),
    )
    table = found.pivot_table(
        index=["Checklist", "Why"], columns="way", values="item", aggfunc="count", sort=False
    )
    table = table.reindex(columns=[w for w in OUTCOMES.values() if w in table]).astype("Int64")
    return table.astype(object).where(table.notna(), "–").reset_index().rename(columns={"Why": "What"})


def rules(review: Review) -> pd.DataFrame:
    """Return the rules by which answers were settled."""
    rows = review.records("rating_rules")
    names = review.vocabulary["checklist_names"]
    items = [i.replace("_", " ") for i in rows["item"]]
    return pd.DataFrame(
        {
            "Item": [f"{names[c]}, {i}" for c, i in zip(rows["checklist"], items, strict=True)],
            "Rule": rows["rule"],
        }
    )


def limits(review: Review) -> pd.DataFrame:
    """Return the limits of the rule for imprecision: patients, step, reason."""
    rows = review.records("imprecision")
    ends = [f"to {n - 1}" for n in rows["fewest"].iloc[1:]] + ["and more"]
    return pd.DataFrame(
        {
            "Patients": [f"{n} {end}" for n, end in zip(rows["fewest"], ends, strict=True)],
            "Levels": [str(c).replace("-", "−") for c in rows["change"]],
            "Why": rows["reason"],
        }
    )
