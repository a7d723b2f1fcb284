"""What would fall with a study: the statements, verdicts and numbers that change without it.

The review is computed as it is and once more without the study (:meth:`Review.without`, the rule by
which a retired study is out of all counts), and the two are compared. So it is no judgement of
importance, and nothing is said of two studies that fall together. Quotations are not among it: what a
paper printed about another stays printed, whatever becomes of the other.
"""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from living_review.evidence import Review
from living_review.synthesis import context, counts, coverage, endpoints, pooling, verdicts
from living_review.synthesis.verdicts import Statement, Verdict

GONE, NOT_POOLED = "none", "not pooled"


class Change(NamedTuple):
    """A number of the review, with and without the study; :data:`GONE` where there is none then."""

    name: str
    before: str
    after: str


class Turn(NamedTuple):
    """A verdict that rests on the study, with and without it."""

    before: Verdict
    after: Verdict

    @property
    def stands(self) -> bool:
        """Whether the verdict is the same word without the study."""
        return self.before.verdict == self.after.verdict


class Fall(NamedTuple):
    """What changes without a study.

    Attributes
    ----------
    study_id, label : str
    is_source : bool
        Whether it is a source; else a study beside the sources.
    statements : tuple of Statement
        Statements of the source, which nobody makes then.
    turns : tuple of Turn
        Verdicts on statements of other studies that rest on other rows without it.
    numbers : tuple of Change
        Numbers of the review that are others, or none.
    """

    study_id: str
    label: str
    is_source: bool
    statements: tuple[Statement, ...]
    turns: tuple[Turn, ...]
    numbers: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.statements or self.turns or self.numbers)


def of_study(review: Review, study_id: str) -> Fall:
    """Return what would fall with one study: a second for a source, less for a study beside them.

    Only what can change is computed: statements, verdicts and counts of the diseases that the study is
    about, so that a chapter reads no table of a source on another disease.

    Parameters
    ----------
    review : Review
    study_id : str
        A source, or a study of ``data/context/studies.csv``.

    Returns
    -------
    Fall
        Statements, verdicts and counts that would change.

    Raises
    ------
    KeyError
        If there is no such study.
    """
    if study_id in review.study_ids:
        return _of_source(review, study_id)
    return _of_later(review, study_id, _Before(review))


def of_all(review: Review) -> list[Fall]:
    """Return what would fall with each study of which something hangs, sources first.

    A study beside the sources is asked only if a verdict or a set for pooling rests on a row of it
    (:func:`carrying`): nothing can change without the others.
    """
    falls = [_of_source(review, study) for study in review.study_ids]
    return [*(fall for fall in falls if not fall.is_empty), *of_later(review)]


def of_later(review: Review) -> list[Fall]:
    """Return what would fall with each study beside the sources of which something hangs, by name."""
    before = _Before(review)
    falls = [_of_later(review, study, before) for study in before.carrying]
    return [fall for fall in falls if not fall.is_empty]


class _Before:
    """What is the same for every study that is asked about: computed once."""

    def __init__(self, review: Review) -> None:
        self.studies = context.studies(review).set_index("study_id")
        self.results = context.results(review)
        self.verdicts = {v.statement.statement_id: v for v in verdicts.verdicts(review)}
        self.pools = pooling.of_rows(review, self.results)
        self.carrying = carrying(review, list(self.verdicts.values()), self.pools)
        self.study_of = self.results.set_index("result_id")["study_id"].to_dict()


def _of_source(review: Review, study_id: str) -> Fall:
    after = review.without(study_id)
    beside = context.studies(review).set_index("study_id")["disease"]
    diseases = {str(review.study(study_id).meta["indication"])}
    diseases |= set(beside[beside.index.isin(after.out)])  # where it is beside the sources too
    old, new = ([v for d in sorted(diseases) for v in verdicts.verdicts(r, d)] for r in (review, after))
    then = {verdict.statement.statement_id: verdict for verdict in new}
    changes = _changes(*(_of_diseases(r, diseases) for r in (review, after)))
    return Fall(
        study_id,
        review.study(study_id).label,
        True,
        tuple(v.statement for v in old if v.statement.statement_id not in then),
        _turns(old, then),
        changes,
    )


def _of_diseases(review: Review, diseases: set[str]) -> dict[str, str]:
    found = numbers(review, diseases)
    for disease in sorted(diseases):
        found |= pooled(review, disease)
    return found


def _of_later(review: Review, study_id: str, before: _Before) -> Fall:
    label, disease = (str(before.studies.loc[study_id, column]) for column in ("label", "disease"))
    if study_id not in before.carrying:
        return Fall(study_id, label, False, (), (), ())
    after = review.without(study_id)
    old = [verdict for verdict in before.verdicts.values() if verdict.statement.disease == disease]
    turns: tuple[Turn, ...] = ()
    # A verdict is another only if a row that gave it is gone: the rows that decide are all of its rows.
    if any(before.study_of.get(row) in after.out for verdict in old for row in verdict.rows):
        then = {v.statement.statement_id: v for v in verdicts.verdicts(after, disease)}
        turns = _turns(old, then)
    # Sets are made for each endpoint and design on its own: those without the study stay as they are.
    asked = [pool for pool in before.pools if pool.rows["study_id"].isin(after.out).any()]
    sets = {(pool.disease, pool.endpoint_class, pool.tier) for pool in asked}
    known = [p for p in before.pools if (p.disease, p.endpoint_class, p.tier) in sets]
    rows = before.results[~before.results["study_id"].isin(after.out)]
    keys = zip(rows["disease"], rows["endpoint_class"], rows["tier"], strict=True)
    then_pools = pooling.of_rows(review, rows[[key in sets for key in keys]]) if sets else []
    changes = _changes(_in_words(review, known), _in_words(review, then_pools))
    return Fall(study_id, label, False, (), turns, changes)


def _turns(old: list[Verdict], then: dict[str, Verdict]) -> tuple[Turn, ...]:
    pairs = ((v, then.get(v.statement.statement_id)) for v in old)
    return tuple(
        Turn(v, other)
        for v, other in pairs
        if other is not None and (v.verdict, v.rows) != (other.verdict, other.rows)
    )


def carrying(
    review: Review, found: list[Verdict] | None = None, pools: list[pooling.Pool] | None = None
) -> list[str]:
    """Return the studies beside the sources that a verdict or a set for pooling rests on, by name.

    Parameters
    ----------
    review : Review
    found : list of Verdict, optional
        Its verdicts, if they are known.
    pools : list of Pool, optional
        Its sets for pooling, likewise.

    Returns
    -------
    list of str
        Names of studies.
    """
    rows = {row for verdict in found or verdicts.verdicts(review) for row in verdict.rows}
    for pool in pooling.pools(review) if pools is None else pools:
        rows |= set(pool.rows["result_id"])
    results = context.results(review).set_index("result_id")["study_id"]
    named = {str(results[row]) for row in rows if row in results.index}
    return sorted(named - set(review.study_ids))


def numbers(review: Review, diseases: Container[str] | None = None) -> dict[str, str]:
    """Return the numbers that readers see across studies, by what they are of.

    Parameters
    ----------
    review : Review
    diseases : container of str, optional
        Whose counts; all by default.

    Returns
    -------
    dict
        Sources, their patients and diseases; for each result of a disease the counts shown side
        by side.
    """
    sizes = [s.meta["n_patients"] for s in review.studies]
    found = {
        "Sources": str(len(review.study_ids)),
        "Patients in the sources": str(sum(n for n in sizes if isinstance(n, int))),
        "Diseases": str(len(coverage.diseases(review))),
    }
    of = [s for s in review.studies if diseases is None or s.meta["indication"] in diseases]
    for row in counts.all_proportions(review, of).to_dict("records"):
        result = endpoints.heading(review, row["endpoint_class"], row["criterion"])
        name = f"{review.word('indications', row['indication'])}. {result}"
        told = f"{row['events']} of {row['n_evaluable']} in {row['label']}"
        found[name] = f"{found[name]}; {told}" if name in found else told
    return found


def pooled(review: Review, disease: str | None = None) -> dict[str, str]:
    """Return whether later studies of a disease, endpoint and design are pooled, and to what.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str, optional
        Its word in the vocabulary; None for all.

    Returns
    -------
    dict of str to str
        What is pooled, by name of the set.
    """
    return _in_words(review, pooling.pools(review, disease))


def _in_words(review: Review, pools: list[pooling.Pool]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pool in pools:
        word = review.word("endpoint_classes", pool.endpoint_class)
        name = f"{review.word('context_diseases', pool.disease)}. {word}: {pool.tier} later studies"
        if pool.judged is not None:
            share = pool.judged
            found[name] = f"pooled {share.estimate:.0%} ({share.lower:.0%} to {share.upper:.0%})"
        found.setdefault(name, NOT_POOLED)
    return found


def _changes(old: dict[str, str], new: dict[str, str]) -> tuple[Change, ...]:
    names = dict.fromkeys([*old, *new])
    pairs = (Change(name, old.get(name, GONE), new.get(name, GONE)) for name in names)
    # Studies that were not pooled, and would not be: nothing that a reader saw changes.
    return tuple(c for c in pairs if c.before != c.after and {c.before, c.after} != {GONE, NOT_POOLED})
