"""May counts of several studies be pooled? Mostly not, and the answer says which condition failed.

Pooling is a sensitivity analysis. It needs the same disease, endpoint class and design, and of these
**one criterion**, **one time window** (every time printed, the longest at most twice the shortest),
**no count computed** from a percentage, each overlap group once, and **three studies or more**. Where
all hold, the exact binomial-normal likelihood gives the pooled share by both denominators
(:mod:`living_review.stats.pooling`); where one fails nothing is computed.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from living_review.evidence import Review
from living_review.stats import pooling
from living_review.stats.pooling import Pooled
from living_review.synthesis import context, verdicts

FEWEST = 3
WINDOW = 2.0  # the longest time is at most so many times the shortest


class Pool(NamedTuple):
    """A set of studies that somebody might want to pool, and what is against it.

    ``failed`` are words of ``pooling_conditions``. If there are none, ``judged`` and ``enrolled`` are
    the pooled shares by the two denominators, and ``without`` those of the judged with each study
    left out in turn.
    """

    disease: str
    endpoint_class: str
    tier: str
    rows: pd.DataFrame
    failed: tuple[str, ...]
    judged: Pooled | None = None
    enrolled: Pooled | None = None
    without: tuple[Pooled, ...] = ()


def pools(review: Review, disease: str | None = None) -> list[Pool]:
    """Return every set of two studies or more of one disease, endpoint class and design.

    A set of several criteria is followed by its largest part with one criterion.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str, optional
        Its word in the vocabulary; None for all.

    Returns
    -------
    list of Pool
        By disease, endpoint class and design.
    """
    return of_rows(review, context.results(review, disease))


def of_rows(review: Review, results: pd.DataFrame) -> list[Pool]:
    """Return the sets of :func:`pools` among some results.

    Parameters
    ----------
    review : Review
        The opened evidence.
    results : pandas.DataFrame
        As :func:`living_review.synthesis.context.results` returns them.

    Returns
    -------
    list of Pool
        By disease, endpoint class and design.
    """
    rows = candidates(review, results)
    out = []
    keys = ["disease", "endpoint_class", "tier"]
    for (disease_of, endpoint, tier), own in rows.groupby(keys, sort=False):
        sets = [own, *(part for _, part in own.groupby("criterion", sort=False))]
        sizes = [len(part) for part in sets[1:]]
        largest = sets[1 + sizes.index(max(sizes))]
        parts = [own] if len(largest) == len(own) else [own, largest]
        out += [assess(disease_of, endpoint, tier, part) for part in parts if len(part) > 1]
    return out


def candidates(review: Review, rows: pd.DataFrame) -> pd.DataFrame:
    """Return one count for each study and endpoint class, each overlap group once.

    Parameters
    ----------
    review : Review
        The opened evidence.
    rows : pandas.DataFrame
        As :func:`living_review.synthesis.context.results` returns them.

    Returns
    -------
    pandas.DataFrame
        Those of the classes that ``poolable_classes`` names.
    """
    rows = rows[
        (rows["tier"] != context.RANDOMISED)
        & (rows["scope"] == "in_scope")
        & (rows["is_review"] == "no")
        & ~rows["is_source"]
        & rows["is_ours"]
        & rows["route"].isin(context.SYSTEMIC)
        & (rows["subgroup"] == "all")
        & (rows["arm_kind"] == "single")
        & (rows["definition_id"] == "own")
        & rows["endpoint_class"].isin(list(review.vocabulary["poolable_classes"]))
        & ~verdicts.counts_a_part(review, rows["criterion"])
    ]
    rows = rows[context.with_both_denominators(rows)]
    keys = ["disease", "endpoint_class", "tier"]
    parts = [
        context.once_for_overlaps(context.chosen(part)) for _, part in rows.groupby(keys, sort=False)
    ]
    return pd.concat(parts) if parts else rows


def conditions(rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the conditions that fail, as words of ``pooling_conditions``; none if it may be pooled."""
    times = rows["time_months"].dropna()
    asked = {
        "studies": len(rows) >= FEWEST,
        "criterion": rows["criterion"].nunique() == 1 and context.known(rows["criterion"].iloc[0]),
        "time": len(times) == len(rows) and times.max() <= WINDOW * times.min(),
        "computed": not (rows["derived"] == "yes").any(),
    }
    return tuple(name for name, holds in asked.items() if not holds)


def assess(disease: str, endpoint_class: str, tier: str, rows: pd.DataFrame) -> Pool:
    """Pool a set of studies, or refuse.

    Parameters
    ----------
    disease : str
        Its word in the vocabulary.
    endpoint_class : str
        A word of the vocabulary's ``endpoint_classes``.
    tier : str
        The design.
    rows : pandas.DataFrame
        Rows of ``context/results``, one for each study.

    Returns
    -------
    Pool
        With its result, or with the reason why there is none.
    """
    failed = conditions(rows)
    found = Pool(disease, endpoint_class, tier, rows.reset_index(drop=True), failed)
    if failed:
        return found
    events, n, enrolled = ([int(x) for x in rows[c]] for c in ("events", "n", "n_enrolled"))
    return found._replace(
        judged=pooling.pool(events, n),
        enrolled=pooling.pool(events, [max(pair) for pair in zip(n, enrolled, strict=True)]),
        without=tuple(pooling.leave_one_out(events, n)),
    )
