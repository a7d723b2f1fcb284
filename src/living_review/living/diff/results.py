"""Results of two states of the evidence, by the code of today: what differs.

Both states are computed with the same code, so that they differ because of the data alone. For the
same reason the counts of a state from before a column was coded by the review (``"coded": "review"``
in its schema) are computed with the codes that the other state gives to the same rows; a row that
only it has gets none. What the code of today cannot read in an old state is reported as not compared,
and nothing is concluded from its absence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from living_review.evidence import EvidenceError, Review, Schema, Study, ratings
from living_review.files import UnreadableFileError

# What reading evidence of another shape can raise; said in `not_compared`, whatever it was.
OTHER_SHAPE = (
    *(EvidenceError, UnreadableFileError, LookupError, ValueError),
    *(TypeError, AttributeError, ArithmeticError, OSError),
)
NONE = "none"
WHOLE = "review"  # where a result is of no single study
AT = re.compile(r"(?P<of>.+)_at_(?P<time>\d+)_(?P<unit>[a-z]+?)s?")

Named = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class Outcome:
    """A result that differs; ``none`` where a state has none."""

    study: str
    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.study}, {self.name}: {self.before} → {self.after}"


def compare(old: Review, new: Review) -> tuple[dict[str, tuple[Outcome, ...]], list[str]]:
    """Compare every result of :data:`OF_A_STUDY` and :data:`OF_THE_REVIEW`.

    Parameters
    ----------
    old, new : Review
        The two states.

    Returns
    -------
    tuple of dict and list of str
        What differs, by kind of result, and what could not be computed, and why.
    """
    found: dict[str, tuple[Outcome, ...]] = {"studies": _studies(old, new)}
    failed: list[str] = []
    pairs = ((old, new, "OLD"), (new, old, "NEW"))
    for kind, make in OF_A_STUDY.items():
        sides = [_of_studies(kind, make, *pair, failed) for pair in pairs]
        found[kind] = _differ(*sides, only_both=kind == "claims")
    for kind, of_all in OF_THE_REVIEW.items():
        sides = [_of_review(kind, of_all, review, which, failed) for review, _, which in pairs]
        found[kind] = _differ(*sides)
    return found, failed


def _studies(old: Review, new: Review) -> tuple[Outcome, ...]:
    """Return the sources that came, went, or count no longer."""
    states = [{s: _state(review, s) for s in review.folders} for review in (old, new)]
    names = dict.fromkeys([*states[1], *states[0]])
    pairs = ((name, *(state.get(name, NONE) for state in states)) for name in names)
    return tuple(Outcome(name, "source", a, b) for name, a, b in pairs if a != b)


def _state(review: Review, study: str) -> str:
    return review.retired[study]["state"] if study in review.retired else "active"


Results = dict[tuple[str, str], str | None]  # by study and name; None where it could not be computed


def _of_studies(
    kind: str,
    make: Callable[[Review, Study], Named],
    review: Review,
    other: Review,
    which: str,
    failed: list[str],
) -> Results:
    out: Results = {}
    for name in review.study_ids:
        try:
            study = review.study(name)
            if kind in CODED:
                study = _coded(study, other)
            out |= {(name, what): said for what, said in make(review, study)}
        except _PartError as error:
            out |= {(name, what): said for what, said in error.rest.items()}
            failed += [f"{which} {name}, {what}" for what in error.failed]
        except OTHER_SHAPE as error:
            out[name, ""] = None
            failed.append(f"{which} {name}, {kind}: {explain(error)}")
    return out


def _of_review(
    kind: str, make: Callable[[Review], Results], review: Review, which: str, failed: list[str]
) -> Results:
    try:
        return make(review)
    except OTHER_SHAPE as error:
        failed.append(f"{which} {kind}: {explain(error)}")
        return {("", ""): None}


def _differ(old: Results, new: Results, *, only_both: bool = False) -> tuple[Outcome, ...]:
    """Return what differs; nothing of what could not be computed on one side."""
    unknown = {key for side in (old, new) for key, value in side.items() if value is None}
    out = []
    for key in dict.fromkeys([*new, *old]):
        if unknown & {key, (key[0], ""), ("", "")} or (only_both and not (key in old and key in new)):
            continue
        before, after = (side.get(key) or NONE for side in (old, new))
        if before != after:
            out.append(Outcome(*key, before, after))
    return tuple(out)


class _PartError(Exception):
    """Some results of a study cannot be computed; the others can."""

    def __init__(self, rest: dict[str, str | None], failed: list[str]) -> None:
        super().__init__(failed)
        self.rest, self.failed = rest, failed


def explain(error: Exception) -> str:
    """Return an error as one short line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]


# --- Of one study ---------------------------------------------------------------------------------


def _claims(review: Review, study: Study) -> Named:
    from living_review.audit import engine
    from living_review.evidence.references import Cells

    cells = Cells(review.root, review.texts)
    out: dict[str, str | None] = {}
    failed = []
    for row in cells.rows(study.study_id, "claims"):
        name = f"claim {row.get('id', '')}"
        try:
            out[name] = engine.check(study.study_id, row, cells).verdict
        except OTHER_SHAPE as error:
            out[name] = None
            failed.append(f"{name}: {explain(error)}")
    if failed:
        raise _PartError(out, failed)
    return iter([(name, str(verdict)) for name, verdict in out.items()])


def _proportions(review: Review, study: Study) -> Named:
    """Yield every share that the synthesis chooses, with its exact interval."""
    del review
    from living_review import synthesis
    from living_review.stats.proportions import clopper_pearson, format_interval

    for row in synthesis.proportions_of(study).to_dict("records"):
        words = "{events} of {n_evaluable} judged, of {n_treated} treated".format_map(row)
        share = format_interval(clopper_pearson(int(row["events"]), int(row["n_evaluable"])))
        name = f"{row['endpoint_class']}, {row['criterion']}"
        yield name, f"{words}, {share}" + (" (in words)" if row["inferred"] else "")


def _medians(review: Review, study: Study) -> Named:
    """Yield the median of every endpoint of which individual times are printed (Kaplan-Meier)."""
    del review
    from living_review.stats import survival

    rows = study.once("events")
    rows = rows[rows["event"].isin([0, 1]) & (rows["patient"] != "not_applicable")]
    for (endpoint, unit), part in rows.groupby(["endpoint", "time_unit"], sort=False):
        if len(part) < 2 or unit == "date":
            continue
        curve = survival.kaplan_meier(part["time"].astype(float), part["event"].astype(int))
        found = survival.format_quantile(survival.median(curve), f"{unit}s", 1)
        yield f"median of {endpoint}", f"{found}, {len(part)} patients"


def _bounds(review: Review, study: Study) -> Named:
    """Yield what a printed survival summary forces, under every usual convention.

    Survival at a time, the median with its confidence limits, and the median follow-up of one group,
    as rows of ``statistics``; of a summary that lacks one of them nothing is computed.
    """
    del review
    from living_review import bounds
    from living_review.report.bounds import survival_summary

    rows = study.once("statistics").to_dict("records")
    medians = {(r["group"], r["quantity"]): r for r in rows if r["statistic"] == "median"}
    for row in rows:
        at = AT.fullmatch(str(row["quantity"]))
        if at is None or row["statistic"] != "probability" or row["group"] not in study.groups:
            continue
        middle, seen = (medians.get((row["group"], what)) for what in (at["of"], "follow_up"))
        if middle is None or seen is None or {middle["unit"], seen["unit"]} != {at["unit"]}:
            continue
        printed = [study.characters(f"statistics/{part['id']}") for part in (row, middle, seen)]
        time = int(at["time"])
        summary = survival_summary(printed[0], printed[1], printed[2], time)
        found = bounds.survival(int(study.groups[row["group"]]["n"]), **summary)
        here = found.at(time)
        by_then, left = here.deaths or ("?", "?"), here.at_risk or ("?", "?")
        yield (
            f"bounds of {at['of']}",
            f"{found.deaths[0]} to {found.deaths[1]} deaths, {by_then[0]} to {by_then[1]} by "
            f"{at['unit']} {time}, then {left[0]} to {left[1]} at risk; "
            f"{'orders not listed' if found.count is None else f'{found.count} orders'}",
        )


def _certainty(review: Review, study: Study) -> Named:
    for (_, outcome), level in ratings.levels(review, study.study_id).items():
        yield f"certainty of {outcome}", _level(review, level)


def _level(review: Review, level: int | None) -> str:
    return review.word("certainty", ratings.code(level)).lower()


OF_A_STUDY: dict[str, Callable[[Review, Study], Named]] = {
    "claims": _claims,
    "proportions": _proportions,
    "medians": _medians,
    "bounds": _bounds,
    "certainty": _certainty,
}
CODED = frozenset({"proportions", "medians", "bounds"})


# --- Across studies -------------------------------------------------------------------------------


def _contrasts(review: Review) -> Results:
    """Return every randomised comparison of the studies beside the sources."""
    from living_review.stats.contrasts import format_difference
    from living_review.synthesis import context

    if not _has_context(review):
        return {}
    out: Results = {}
    for contrast in context.contrasts(context.results(review)):
        row = contrast.experimental
        points = contrast.direction or "no direction"
        basis = f" by {contrast.basis}" if contrast.basis else ""
        said = f"; {format_difference(contrast.difference)}" if contrast.difference else ""
        name = f"{row['endpoint_class']} ({' against '.join(contrast.rows)})"
        out[str(row["study_id"]), name] = f"{points}{basis}{said}"
    return out


def _later(review: Review) -> Results:
    """Return the verdict of later evidence on every statement, with its rule and rows."""
    from living_review.synthesis import verdicts

    if not _has_context(review):
        return {}
    return {
        (v.statement.study_id, f"statement {v.statement.statement_id}"): (
            f"{v.verdict} ({v.rule}; {', '.join(v.rows) or 'no rows'})"
        )
        for v in verdicts.verdicts(review)
    }


def _pooled(review: Review) -> Results:
    from living_review.synthesis import what_would_fall

    if not _has_context(review):
        return {}
    return {(WHOLE, name): said for name, said in what_would_fall.pooled(review).items()}


def _across(review: Review) -> Results:
    found = ratings.levels(review, "synthesis")
    return {(WHOLE, f"certainty of {o}"): _level(review, level) for (_, o), level in found.items()}


def _has_context(review: Review) -> bool:
    return (review.data / "context" / "studies.csv").is_file()


OF_THE_REVIEW: dict[str, Callable[[Review], Results]] = {
    "contrasts": _contrasts,
    "later evidence": _later,
    "pooled": _pooled,
    "certainty across studies": _across,
}


# --- Columns that one state does not have yet -----------------------------------------------------


def _coded(study: Study, other: Review) -> Study:
    """Return a study with the columns that another state codes and it does not, as they are there."""
    copy = Study(study.study_id, study.folder, study.schemas)
    for table, schema in other.schemas.items():
        if table not in study.schemas:
            continue
        late = [c for c in _coded_columns(schema) if c not in _coded_columns(study.schemas[table])]
        if late:
            frame = study.table(table).drop(columns=late, errors="ignore")
            frame = frame.join(_codes(study.study_id, table, late, other), on="id")
            copy.read_as(table, frame.fillna(dict.fromkeys(late, "not_reported")))
    return copy


def _coded_columns(schema: Schema) -> list[str]:
    return [column["name"] for column in schema.fields if column.get("coded") == "review"]


def _codes(study_id: str, table: str, columns: list[str], review: Review) -> pd.DataFrame:
    if study_id not in review.study_ids:
        return pd.DataFrame(columns=columns)
    return review.study(study_id).table(table).set_index("id")[columns]
