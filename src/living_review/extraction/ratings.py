"""Appraisal and certainty read twice: which answers pair, how far they agree, what settles them.

Two readers answered the same checklists without seeing each other's answers. Their tables are kept as
they were in ``data/review/readings/first`` and ``.../second``; rows pair by study, checklist and item,
steps of GRADE by study, outcome and domain.

The readers did not write in the same words, so answers are compared as :data:`COMPARED_AS` says. For
a whole domain the first wrote *yes* where concern is low and *no* where it is high, and *partly* in
between, which the second's scale does not have. In the questions of ROBIS the first wrote *partly* for
both *probably yes* and *probably no*, and *unclear* for *no information*.
"""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

import pandas as pd

from living_review import evidence
from living_review.evidence import ratings, reads
from living_review.evidence.ratings import GRADE
from living_review.extraction import agreement
from living_review.stats import kappa

QUESTION, RATING = "question", "rating"
KEY = ["study_id", "checklist", "item"]
COMPARED_AS = {
    ("first", "murad", RATING): {"yes": "low", "no": "high"},
    ("first", "robis", RATING): {"yes": "low", "no": "high"},
    ("first", "robis", QUESTION): {"unclear": "no_information"},
    ("second", "robis", QUESTION): {"probably_yes": "partly", "probably_no": "partly"},
}
STEPS = ("-3", "-2", "-1", "0")  # in their order, for the weights


def part(review: evidence.Review, checklist: str, item: str) -> str:
    """Return what an item is: a ``question``, a ``rating`` of concern, or the domain of a step.

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
        ``question``, ``rating`` or a domain of GRADE.
    """
    if checklist == GRADE:
        return item.partition("/")[2]
    rated: Container[str] = review.vocabulary["rests_on"].get(checklist, {})
    return RATING if item in rated else QUESTION


def read(review: evidence.Review, which: str) -> pd.DataFrame:
    """Return one reader's answers and steps: ``study_id``, ``checklist``, ``item``, ``answer``.

    Studies that a reader did not appraise at all, every answer being *not applicable*, are left out,
    and so are outcomes that were not rated. A domain of GRADE without a row is a step of 0.

    Parameters
    ----------
    review : Review
        The opened evidence.
    which : str
        ``first`` or ``second``.

    Returns
    -------
    pandas.DataFrame
        One row for each answer.
    """
    folder = review.data / "review" / "readings" / which
    reads.note("readings/ratings")
    answers, changes = (
        table[~table["study_id"].isin(review.out)]
        for table in (_text(folder / "appraisal.csv"), _text(folder / "certainty.csv"))
    )
    appraised = answers.groupby("study_id")["answer"].transform(lambda a: (a != "not_applicable").any())
    answers = answers.loc[appraised, [*KEY, "answer"]]
    steps = []
    for (study, outcome), rows in changes.groupby(["study_id", "outcome"], sort=False):
        step = dict(zip(rows["domain"], rows["change"], strict=True))
        if step[ratings.START] != "0":
            steps += [(study, GRADE, f"{outcome}/{d}", step.get(d, "0")) for d in ratings.DOWN]
    return pd.concat([answers, pd.DataFrame(steps, columns=[*KEY, "answer"])], ignore_index=True)


def _text(path: Path) -> pd.DataFrame:
    header, rows = evidence.read_rows(path)
    return pd.DataFrame(rows, columns=header)


def pairs(review: evidence.Review) -> pd.DataFrame:
    """Return every item that both readers answered.

    Returns
    -------
    pandas.DataFrame
        ``study_id``, ``checklist``, ``item``, ``part`` (see :func:`part`), ``first`` and ``second`` in
        the readers' words, ``first_as`` and ``second_as`` as they are compared, ``same``.
    """
    both = read(review, "first").merge(read(review, "second"), on=KEY, suffixes=("_1", "_2"))
    both = both.rename(columns={"answer_1": "first", "answer_2": "second"})
    both["part"] = [part(review, c, i) for c, i in zip(both["checklist"], both["item"], strict=True)]
    for which in agreement.READINGS:
        both[f"{which}_as"] = [
            compared_as(which, row["checklist"], row["part"], row[which])
            for row in both.to_dict("records")
        ]
    return both.assign(same=both["first_as"] == both["second_as"])


def compared_as(which: str, checklist: str, kind: str, answer: str) -> str:
    """Return the word as which a reader's answer is compared (:data:`COMPARED_AS`).

    Parameters
    ----------
    which : str
        ``first`` or ``second``.
    checklist : str
        Its word in the vocabulary.
    kind : str
        As :func:`part` returns it.
    answer : str
        What the reader wrote.

    Returns
    -------
    str
        The word to compare.
    """
    return COMPARED_AS.get((which, checklist, kind), {}).get(answer, answer)


def single(review: evidence.Review) -> pd.DataFrame:
    """Return what one reader alone answered: ``study_id``, ``checklist``, ``item``, ``reading``."""
    both = read(review, "first").merge(
        read(review, "second"), on=KEY, how="outer", indicator="reading", suffixes=("_1", "_2")
    )
    lone = both[both["reading"] != "both"]
    names = {"left_only": "first", "right_only": "second"}
    return lone[[*KEY]].assign(reading=lone["reading"].astype(str).map(names)).reset_index(drop=True)


def agreed(found: pd.DataFrame) -> kappa.Agreement:
    """Return the agreement over pairs of one checklist: kappa unweighted, of GRADE by linear weights.

    Parameters
    ----------
    found : pandas.DataFrame
        Rows of :func:`pairs` with one scale of answers.
    """
    first, second = found["first_as"].tolist(), found["second_as"].tolist()
    if (found["checklist"] == GRADE).all():
        return kappa.cohen(first, second, STEPS, kappa.linear(len(STEPS)))
    return kappa.cohen(first, second)


def by_scale(found: pd.DataFrame) -> dict[tuple[str, str], kappa.Agreement]:
    """Return the agreement for questions and ratings of each checklist, and each domain of GRADE."""
    scales = {(row["checklist"], row["part"]) for row in found.to_dict("records")}
    first = found.reset_index().groupby("checklist")["index"].min()
    kinds = [QUESTION, RATING, *ratings.DOWN]
    return {
        (checklist, kind): agreed(found[(found["checklist"] == checklist) & (found["part"] == kind)])
        for checklist, kind in sorted(scales, key=lambda s: (first[s[0]], kinds.index(s[1])))
    }


def appraised(found: pd.DataFrame) -> kappa.Agreement:
    """Return the agreement over all checklists, chance taken within each scale of answers."""
    scales = by_scale(found[found["checklist"] != GRADE])
    return kappa.together(scales.values())


def decided(review: evidence.Review) -> pd.DataFrame:
    """Return ``data/review/settled_appraisal.csv`` with ``outcome``: as the first, second or neither.

    Both readings are compared in the words of the second, which are those of the tools; where there is
    one reading only, it is that one or neither.
    """
    rows = review.records("settled_appraisal")
    out = []
    for row in rows.to_dict("records"):
        kind = part(review, row["checklist"], row["item"])
        first = compared_as("first", row["checklist"], kind, row["first"])
        hit = [n for n, a in (("first", first), ("second", row["second"])) if a == row["settled"]]
        out.append("both" if len(hit) == 2 else (hit or ["neither"])[0])
    return rows.assign(outcome=out)


def unsettled(
    found: pd.DataFrame, decisions: pd.DataFrame, standing: dict[tuple[str, str, str], str]
) -> list[str]:
    """Return what is not in order between readings, decisions and what is in force; empty if all is.

    Parameters
    ----------
    found : pandas.DataFrame
        As :func:`pairs` returns it.
    decisions : pandas.DataFrame
        ``data/review/settled_appraisal.csv``.
    standing : dict
        What holds now for study, checklist and item.

    Returns
    -------
    list of str
        A line for each difference without a decision, each decision that quotes a reading wrongly or
        calls it different when it is not, and each agreed answer that changed without a decision.
    """
    rows = {tuple(row[k] for k in KEY): row for row in decisions.to_dict("records")}
    issues = []
    for pair in found.to_dict("records"):
        key = tuple(pair[k] for k in KEY)
        name, row = ", ".join(key), rows.get(key)
        if row is None:
            now = compared_as("second", pair["checklist"], pair["part"], standing.get(key, "no row"))
            if not pair["same"]:
                issues.append(f"{name}: differs and is not settled")
            elif now != pair["second_as"]:
                issues.append(f"{name}: agreed, but {standing.get(key)!r} is kept without a decision")
            continue
        if (row["first"], row["second"]) != (pair["first"], pair["second"]):
            issues.append(f"{name}: the decision quotes {row['first']!r}, {row['second']!r}")
        if (row["kind"] == "differs") == pair["same"]:
            issues.append(f"{name}: the decision calls it {row['kind']!r}")
    return issues


def stands(review: evidence.Review) -> dict[tuple[str, str, str], str]:
    """Return :func:`living_review.evidence.ratings.standing` for the tables of ``data/review/``."""
    tables = (_text(review.data / "review" / f"{name}.csv") for name in ("appraisal", "certainty"))
    return ratings.standing(*(table.to_dict("records") for table in tables))
