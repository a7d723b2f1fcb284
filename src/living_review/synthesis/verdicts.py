"""What later studies say of a statement of the sources: a verdict by a named rule over rows.

The statements are rows of ``data/review/statements_judged.csv``; the verdict is computed here, never
typed. A rule reads coded columns alone. In the order in which they are asked:

``randomised_direction``
    A randomised comparison of the drug with none: *confirmed* if every trial points where the statement
    does; *contradicted* if one points against it; else *weaker*. It judges the direction, not the size.
    A comparison points by its counts where both arms print them, whatever p is printed; else by the
    printed test, or by what the trial says of it.
``everyone_or_nobody``
    The statement is of all or of none; prospective counts with both denominators: *confirmed* if each
    says the same of all who were judged and of all who were enrolled; *contradicted* if in one of them
    the interval, by either denominator, lies wholly apart from the source's; else *weaker*.
``share_within``
    The statement is a share: *confirmed* if each share, by either denominator, lies within the source's
    interval or is more favourable; *contradicted* if one interval lies apart from it; else *weaker*.
``retrospective_limit``
    Nothing better than retrospective counts: they are read as above, but cannot confirm, for successes
    are likelier to be written up; what they would confirm is *untested*.
``licensed_alternative``
    Of a statement on the use of the drug: *superseded* if an agency has approved a drug of another
    class for the disease and is known to have approved no drug under review for it; *confirmed* if one
    is approved; else *untested*.
``nothing_comparable``
    No row may decide: *untested*.

Why a row may not decide is said of each row (:func:`roles`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from living_review.evidence import Review
from living_review.evidence.codes import MISSING, known
from living_review.evidence.recall import recalled
from living_review.stats.proportions import Proportion, clopper_pearson
from living_review.synthesis import context
from living_review.synthesis.context import PROSPECTIVE, RANDOMISED, Contrast

USE = "recommendation"
APPROVED = ("approved",)
ANY_APPROVAL = ("approved", "approved_conditional", "approved_accelerated")


class Statement(NamedTuple):
    """A statement of a source, with its count of those judged and of all treated where it has one."""

    statement_id: str
    disease: str
    study_id: str
    endpoint_class: str
    direction: str
    extent: str
    says: str
    statement: str
    rows: tuple[str, ...]
    judged: Proportion | None
    treated: Proportion | None


class Verdict(NamedTuple):
    """A verdict, the rule that gave it, the tier of design, and the rows of ``data/context``."""

    statement: Statement
    verdict: str
    rule: str
    tier: str
    rows: tuple[str, ...]


def statements(review: Review, disease: str | None = None) -> list[Statement]:
    """Return the statements of the sources, those of one disease if it is named, in file order.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str, optional
        Its word in the vocabulary; None for all.

    Returns
    -------
    list of Statement
        With the rows each rests on.
    """
    found = review.records("statements_judged").to_dict("records")
    return [_statement(review, row) for row in found if disease in (None, row["disease"])]


def _statement(review: Review, row: dict[str, Any]) -> Statement:
    study = review.study(row["study_id"])
    places = tuple(row["rows"].split())
    judged = treated = None
    if row["extent"] != "not_counted":
        events, n = _count([study.row(place) for place in places])
        whole = study.meta["n_patients"]
        judged = clopper_pearson(events, n)
        treated = clopper_pearson(events, max(n, int(whole)) if known(whole) else n)
    names = ("statement_id", "disease", "study_id", "endpoint_class", "direction", "extent", "says")
    own = {name: row[name] for name in (*names, "statement")}
    return Statement(**own, rows=places, judged=judged, treated=treated)


def _count(rows: list[pd.Series]) -> tuple[int, int]:
    """Return events and patients: of a count, or of patients each with a finding in words."""
    if "events" in rows[0]:
        return int(rows[0]["events"]), int(rows[0]["n"])
    better = {row["patient"] for row in rows if row["direction"] == "better"}
    return len(better), len({row["patient"] for row in rows})


# --- Which rows may decide ------------------------------------------------------------------------


@recalled
def roles(review: Review, statement: Statement) -> pd.DataFrame:
    """Return every result of the disease but harms, and why it decides or does not.

    Parameters
    ----------
    review : Review
    statement : Statement
        Not one on the use of the drug, which licences decide.

    Returns
    -------
    pandas.DataFrame
        As :func:`living_review.synthesis.context.results`, with ``role``, a word of ``row_roles``.
    """
    rows = context.results(review, statement.disease)
    rows = rows[rows["endpoint_class"] != "harm"]
    role = {row["result_id"]: _refused(review, row, statement) for row in rows.to_dict("records")}
    left = rows[rows["result_id"].map(role) == ""]
    single = left[left["tier"] != RANDOMISED]
    counts = single[context.with_both_denominators(single)]
    role |= dict.fromkeys(single["result_id"], "no_count")
    role |= dict.fromkeys(counts["result_id"], "other_definition")
    counts = context.chosen(counts)
    role |= dict.fromkeys(counts["result_id"], "overlap")
    pointing = [c for c in context.contrasts(left) if c.direction]
    role |= dict.fromkeys(left.loc[left["tier"] == RANDOMISED, "result_id"], "no_count")
    best = RANDOMISED if pointing else ""
    role |= dict.fromkeys((row for c in pointing for row in c.rows), "decides")
    for tier in context.TIERS[1:]:
        own = counts[counts["tier"] == tier]
        printed = context.once_for_overlaps(own[own["derived"] == "no"])
        if best:
            role |= dict.fromkeys(own["result_id"], "lesser_design")
        elif len(printed):
            best = tier
            role |= dict.fromkeys(own.loc[own["derived"] == "yes", "result_id"], "beside")
            role |= dict.fromkeys(printed["result_id"], "decides")
        else:
            role |= dict.fromkeys(own["result_id"], "computed")
    return rows.assign(role=rows["result_id"].map(role)).reset_index(drop=True)


def answering(review: Review, endpoint_class: str) -> tuple[str, ...]:
    """Return the endpoint classes of later studies that answer a statement of a class.

    Parameters
    ----------
    review : Review
        The opened evidence.
    endpoint_class : str
        Of the statement.

    Returns
    -------
    tuple of str
        As ``answering_classes`` of the vocabulary says; none for a class that it does not name.
    """
    return tuple(review.vocabulary["answering_classes"].get(endpoint_class, ()))


def counts_a_part(review: Review, criteria: pd.Series) -> pd.Series:
    """Return whether results count a part of those who responded: ``partial_criteria``.

    Parameters
    ----------
    review : Review
        The opened evidence.
    criteria : pandas.Series
        Of results.

    Returns
    -------
    pandas.Series
        Of bool.
    """
    return criteria.isin(list(review.vocabulary["partial_criteria"]))


def _refused(review: Review, row: dict[str, Any], statement: Statement) -> str:
    """Return why a row can have no say, whatever the other rows are; empty if it can."""
    asked = (
        ("is_source", row["is_source"]),
        ("out_of_scope", row["scope"] != "in_scope"),
        ("review", row["is_review"] == "yes"),
        ("other_class", not row["is_ours"]),
        ("topical", row["route"] not in context.SYSTEMIC),
        ("other_endpoint", row["endpoint_class"] not in answering(review, statement.endpoint_class)),
        (
            "part",
            row["subgroup"] != "all"
            or row["criterion"] in review.vocabulary["partial_criteria"]
            or row["arm_kind"] not in ("single", "experimental", "control"),
        ),
        ("other_definition", row["definition_id"] != "own"),
        ("not_the_question", row["tier"] == RANDOMISED and row["compares"] != "no_drug"),
    )
    return next((role for role, holds in asked if holds), "")


# --- The rules ------------------------------------------------------------------------------------


def verdicts(review: Review, disease: str | None = None) -> list[Verdict]:
    """Return the verdict on each statement, those of one disease if it is named.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str, optional
        Its word in the vocabulary; None for all.

    Returns
    -------
    list of Verdict
        In the order of the statements.
    """
    return [judge(review, statement) for statement in statements(review, disease)]


@recalled
def judge(review: Review, statement: Statement) -> Verdict:
    """Return the verdict on one statement, by the first rule that has rows (see the module's text).

    Parameters
    ----------
    review : Review
        The opened evidence.
    statement : Statement
        One of :func:`statements`.

    Returns
    -------
    Verdict
        With its rule and the rows that gave it.
    """
    if statement.endpoint_class == USE:
        return _licensed(review, statement)
    rows = roles(review, statement)
    deciding = rows[rows["role"] == "decides"]
    if deciding.empty:
        return Verdict(statement, "untested", "nothing_comparable", "", ())
    tier = str(deciding["tier"].iloc[0])
    ids = tuple(deciding["result_id"])
    if tier == RANDOMISED:
        found = direction([c.direction for c in context.contrasts(deciding)], statement.direction)
        return Verdict(statement, found, "randomised_direction", tier, ids)
    if statement.judged is None:
        return Verdict(statement, "untested", "nothing_comparable", "", ())
    found, rule = by_counts(statement, deciding, tier)
    return Verdict(statement, found, rule, tier, ids)


def by_counts(statement: Statement, deciding: pd.DataFrame, tier: str) -> tuple[str, str]:
    """Return the verdict that counts without a comparison give, and its rule.

    Parameters
    ----------
    statement : Statement
        With a count of its own.
    deciding : pandas.DataFrame
        Rows of results, with ``events``, ``n`` and ``n_enrolled``.
    tier : str
        The tier of design of all of them.

    Returns
    -------
    tuple of str and str
        Verdict and rule.
    """
    counts = [shares(row) for row in deciding.to_dict("records")]
    of_share = statement.extent == "share"
    found = (share_within if of_share else everyone_or_nobody)(statement, counts)
    if tier != PROSPECTIVE:
        return ("untested" if found == "confirmed" else found), "retrospective_limit"
    return found, "share_within" if of_share else "everyone_or_nobody"


def shares(row: dict[str, Any]) -> tuple[Proportion, Proportion]:
    """Return the share of those judged and of those enrolled, with exact intervals."""
    events, n, enrolled = (int(row[column]) for column in ("events", "n", "n_enrolled"))
    return clopper_pearson(events, n), clopper_pearson(events, max(n, enrolled))


def direction(found: Iterable[str], said: str) -> str:
    """Judge where randomised comparisons point against where a statement does.

    Parameters
    ----------
    found : iterable of str
        Directions of the comparisons.
    said : str
        ``better``, ``worse`` or ``unchanged``.

    Returns
    -------
    str
        ``confirmed``, ``weaker`` or ``contradicted``.
    """
    found = set(found)
    opposite = {"better": {"worse"}, "worse": {"better"}, "unchanged": {"better", "worse"}}[said]
    if found == {said}:
        return "confirmed"
    return "contradicted" if found & opposite else "weaker"


def everyone_or_nobody(statement: Statement, counts: list[tuple[Proportion, Proportion]]) -> str:
    """Judge a statement of all or of none against counts of those judged and of those enrolled.

    Parameters
    ----------
    statement : Statement
        One of :func:`statements`.
    counts : list of tuple of Proportion
        For each study: of those judged, of those enrolled.

    Returns
    -------
    str
        ``confirmed``, ``weaker`` or ``contradicted``.
    """
    if any(_apart(statement, share) for both in counts for share in both):
        return "contradicted"
    ends = {p.estimate for both in counts for p in both}
    return "confirmed" if ends == {1.0 if statement.extent == "all" else 0.0} else "weaker"


def share_within(statement: Statement, counts: list[tuple[Proportion, Proportion]]) -> str:
    """Judge a share against counts of those judged and of those enrolled.

    Parameters
    ----------
    statement : Statement
        One of :func:`statements`.
    counts : list of tuple of Proportion
        For each study: of those judged, of those enrolled.

    Returns
    -------
    str
        ``confirmed``, ``weaker`` or ``contradicted``.
    """
    if any(_apart(statement, share) for both in counts for share in both):
        return "contradicted"
    lower, upper = _span(statement)
    worse = [
        p.estimate > upper if statement.direction != "better" else p.estimate < lower
        for both in counts
        for p in both
    ]
    return "weaker" if any(worse) else "confirmed"


def _span(statement: Statement) -> tuple[float, float]:
    """Return the ends of what the source's own interval leaves open, by both its denominators."""
    both = [p for p in (statement.judged, statement.treated) if p is not None]
    return min(p.lower for p in both), max(p.upper for p in both)


def _apart(statement: Statement, share: Proportion) -> bool:
    """Return whether an interval lies wholly on the less favourable side of the source's."""
    lower, upper = _span(statement)
    # Of a statement that nothing changed the events are what should not have happened.
    return share.upper < lower if statement.direction == "better" else share.lower > upper


def _licensed(review: Review, statement: Statement) -> Verdict:
    rows = review.records("regulatory", "context")
    rows = rows[rows["disease"] == statement.disease]
    ours = rows["drug_class"] == review.topic.drug_class
    other = ~ours & ~rows["drug_class"].isin(("none", *MISSING)) & rows["status"].isin(APPROVED)
    without = set(rows.loc[ours, "agency"]) - set(
        rows.loc[ours & rows["status"].isin(ANY_APPROVAL), "agency"]
    )
    instead = rows[other & rows["agency"].isin(without)]
    rule = "licensed_alternative"
    if len(instead):
        beside = rows[ours & rows["agency"].isin(instead["agency"])]
        ids = (*instead["regulatory_id"], *beside["regulatory_id"])
        return Verdict(statement, "superseded", rule, "", ids)
    approved = rows[ours & rows["status"].isin(APPROVED)]
    if len(approved):
        return Verdict(statement, "confirmed", rule, "", tuple(approved["regulatory_id"]))
    return Verdict(statement, "untested", "nothing_comparable", "", ())


def comparisons(review: Review, verdict: Verdict) -> list[Contrast]:
    """Return the randomised comparisons that a verdict rests on.

    Parameters
    ----------
    review : Review
        The opened evidence.
    verdict : Verdict
        One of :func:`verdicts`.

    Returns
    -------
    list of Contrast
        In file order.
    """
    rows = context.results(review, verdict.statement.disease)
    return context.contrasts(rows[rows["result_id"].isin(verdict.rows)])
