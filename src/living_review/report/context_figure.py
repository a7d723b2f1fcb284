"""The figure of a disease: the source on top, then later studies, best design first."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pandas as pd

from living_review.evidence import Review
from living_review.evidence.recall import recalled
from living_review.plots import context as plots
from living_review.report import citing
from living_review.report import context_words as words
from living_review.report.citing import ROWS
from living_review.stats.proportions import Proportion, format_percent
from living_review.synthesis import context, verdicts
from living_review.synthesis.context import Contrast, known
from living_review.synthesis.verdicts import Statement

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NO_ALL = ("adults", "children")  # subgroups used where a trial prints no result of all


@recalled
def figure_parts(review: Review, disease: str) -> list[tuple[str, str, pd.DataFrame]]:
    """Return what :func:`living_review.plots.context.figure` draws of a disease, the source on top.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        Its word in the vocabulary.

    Returns
    -------
    list of tuple of str, pandas.DataFrame
        Kind of axis, its label, and the rows of each part.
    """
    trials = [_trial_line(review, c) for c in _trials(review, disease) if c.difference is not None]
    rows = _of_benefit(review, disease)
    singles = _by_kind(review, context.in_order(rows[_drawn(rows)]))
    own = [_single_line(review, row) for row in singles.to_dict("records")]
    share = "Share of patients, exact 95% interval"
    points = "Difference in percentage points,\ndrug minus control, 95% interval (Newcombe)"
    source = pd.DataFrame(
        [_source_line(review, s) for s in verdicts.statements(review, disease) if s.judged]
    )
    parts = [
        ("share", share, source),
        ("difference", points, pd.DataFrame(trials)),
        ("share", share, pd.DataFrame(own)),
    ]
    sizes = [len(rows) for _, _, rows in parts]
    for (_, _, rows), before in zip(parts, itertools.accumulate(sizes, initial=0), strict=False):
        rows.index += before  # the lines of the figure, counted through
    return parts


def _trials(review: Review, disease: str) -> list[Contrast]:
    """Return the randomised comparisons in scope, those with counts first."""
    arms = context.results(review, disease)
    arms = arms[(arms["scope"] == "in_scope") & ~arms["is_source"] & (arms["endpoint_class"] != "harm")]
    return _asked(context.contrasts(arms))


def _asked(found: list[Contrast]) -> list[Contrast]:
    """Leave out earlier times of a comparison that is drawn at a later one, and what says nothing."""
    last: dict[tuple[object, ...], Contrast] = {}
    for contrast in found:
        row, other = contrast.experimental, contrast.control
        key = (
            *(row[c] for c in ("study_id", "drug", "endpoint_class", "criterion", "definition_id")),
            *(row["subgroup"], other["drug"] if other else ""),
        )
        if key not in last or _rank(contrast) >= _rank(last[key]):
            last[key] = contrast
    kept = [c for c in last.values() if c.direction or c.experimental["statistic"] != "statement"]
    return sorted(kept, key=lambda c: (c.difference is None, c.experimental["route"] == "topical"))


def _rank(contrast: Contrast) -> tuple[bool, float]:
    time = contrast.experimental["time_months"]
    return contrast.difference is not None, time if known(time) else 0.0


def _of_benefit(review: Review, disease: str) -> pd.DataFrame:
    """Return one result for each study and endpoint class that answers a statement on the disease."""
    asked = {
        c
        for s in verdicts.statements(review, disease)
        for c in verdicts.answering(review, s.endpoint_class)
        if s.endpoint_class != "relapse"
    }
    rows = context.results(review, disease)
    rows = rows[
        (rows["scope"] == "in_scope")
        & ~rows["is_source"]
        & (rows["is_review"] == "no")
        & (rows["tier"] != context.RANDOMISED)
        & rows["endpoint_class"].isin(asked)
        & (rows["arm_kind"] == "single")
        & (rows["definition_id"] == "own")
        & ~verdicts.counts_a_part(review, rows["criterion"])
    ]
    whole = rows[rows["subgroup"] == "all"]
    parts = rows[rows["subgroup"].isin(NO_ALL) & ~rows["study_id"].isin(whole["study_id"])]
    found = [
        context.chosen(own)
        for _, own in pd.concat([whole, parts]).groupby(["endpoint_class", "subgroup"], sort=False)
    ]
    return pd.concat(found) if found else rows


def _drawn(rows: pd.DataFrame) -> pd.Series:
    """Return which results the figure draws: counts of the best design, all others are in a table."""
    counted = rows["events"].notna() & rows["n"].notna()
    ahead = counted & (rows["tier"] == context.PROSPECTIVE)
    return ahead if ahead.any() else counted


def not_drawn(review: Review, disease: str) -> pd.DataFrame:
    """Return the results of later studies that the figure has no line for, best design first.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        Its word in the vocabulary.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    trials = [_trial_line(review, c) for c in _trials(review, disease) if c.difference is None]
    found = [(line, line["text"]) for line in trials]
    rows = _of_benefit(review, disease)
    rows = _by_kind(review, context.in_order(rows[~_drawn(rows)]))
    for row in rows.to_dict("records"):
        star = " *" if row["derived"] == "yes" else ""
        found.append((_single_line(review, row), words.result(review, row) + star))
    return pd.DataFrame(
        [
            {
                "Study and result": line["label"],
                "Found": told,
                "Design and kind of lesion": line["group"],
                ROWS: line[ROWS],
            }
            for line, told in found
        ]
    )


def _by_kind(review: Review, rows: pd.DataFrame) -> pd.DataFrame:
    """Put rows of one design in the order of the vocabulary's kinds of lesion."""
    order = list(review.vocabulary["context_subtypes"])
    kinds = rows.assign(kind=rows["subtype"].map(order.index))
    return kinds.sort_values(["place", "kind"], kind="stable")


def _source_line(review: Review, statement: Statement) -> dict[str, Any]:
    label = review.study(statement.study_id).label
    return {
        "group": f"The source: {label}",
        "label": statement.statement
        if statement.direction == "better"
        else "Tumour or lesion became smaller",
        "mark": "source",
        ROWS: [f"{statement.study_id}/{row}" for row in statement.rows],
        **_shares(statement.judged, statement.treated, "treated"),
    }


def _shares(judged: Proportion | None, whole: Proportion | None, of: str) -> dict[str, Any]:
    if judged is None or whole is None:
        raise ValueError("a statement without a count has no share to draw")
    other = judged != whole
    second = {f"{k}_enrolled": getattr(whole, k) if other else NONE for k in ENDS}
    text = f"{judged.events} of {judged.n}" + (f"; {of} {whole.n}" if other else "")
    return {"text": text, **{k: getattr(judged, k) for k in ENDS}, **second}


ENDS = ("estimate", "lower", "upper")


NONE = float("nan")


def _single_line(review: Review, row: dict[str, Any]) -> dict[str, Any]:
    whose = f", {review.word('subgroups', row['subgroup']).lower()}" if row["subgroup"] != "all" else ""
    how = f": {words.criterion(review, row)}" if known(row["criterion"]) else ""
    kind = (
        f": {words.small(review.word('context_subtypes', row['subtype']))}"
        if row["study_scope"] == "in_scope"
        else ""
    )
    what = words.short(row["endpoint_class"])
    line = {
        "group": review.word("evidence_tiers", row["tier"]) + kind,
        "label": f"{row['label']}{words.which_drug(review, row)}{whose}, {what}{how}",
        "mark": row["tier"],
        ROWS: [f"{citing.CONTEXT}/results/{row['result_id']}"],
    }
    if context.has_count(row):
        enrolled = row["n_enrolled"] if known(row["n_enrolled"]) else row["n"]
        judged, whole = verdicts.shares({**row, "n_enrolled": enrolled})
        shown = _shares(judged, whole, "enrolled")
        shown["text"] += " *" if row["derived"] == "yes" else ""
        return line | shown
    return line | {
        "text": words.amount(review, row),
        **dict.fromkeys((*ENDS, *(f"{k}_enrolled" for k in ENDS)), NONE),
    }


def _trial_line(review: Review, contrast: Contrast) -> dict[str, Any]:
    row, other = contrast.experimental, contrast.control
    whose = (
        f" ({words.small(review.word('subgroups', row['subgroup']))})"
        if row["subgroup"] != "all"
        else ""
    )
    against = f"{row['drug']} against {other['drug'] if other else words.AGAINST[row['compares']]}"
    place = ", on the skin" if row["route"] not in context.SYSTEMIC else ""
    what = words.short(row["endpoint_class"])
    how = words.criterion(review, row)
    line = {
        "group": review.word("evidence_tiers", context.RANDOMISED),
        "label": f"{row['label']}{whose}, {against}{place}, {what}: {how}",
        "mark": "randomised",
        ROWS: [f"{citing.CONTEXT}/results/{name}" for name in contrast.rows],
        **{f"{k}_enrolled": NONE for k in ENDS},
    }
    found = contrast.difference
    if found is None:
        return line | {"text": words.without_counts(contrast), **dict.fromkeys(ENDS, NONE)}
    star = " *" if "yes" in (row["derived"], other["derived"] if other else "") else ""
    first, second = found.first, found.second
    text = f"{first.events} of {first.n} v {second.events} of {second.n}{star}"
    return line | {"text": text, **{k: getattr(found, k) for k in ENDS}}


def figure(review: Review, disease: str) -> Figure:
    """Return the figure of a disease: the source on top, then later studies by design.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        Its word in the vocabulary.

    Returns
    -------
    matplotlib.figure.Figure
        Drawn, not yet shown.
    """
    return plots.figure(figure_parts(review, disease))


def figure_data(review: Review, disease: str) -> pd.DataFrame:
    """Return the numbers of the figure, the axes they are on first.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        Its word in the vocabulary.

    Returns
    -------
    pandas.DataFrame
        For the download behind the figure.
    """
    parts = [rows.assign(axes=kind) for kind, _, rows in figure_parts(review, disease) if len(rows)]
    return pd.concat(parts, ignore_index=True)


def figure_words(review: Review, disease: str) -> dict[str, str]:
    """Return the text alternative and the caption of the figure of a disease.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        Its word in the vocabulary.

    Returns
    -------
    dict of str to str
        ``alt`` and ``caption``.
    """
    rows = figure_data(review, disease)
    counted = rows[rows["estimate"].notna()]
    n = counted["mark"].value_counts()
    ends = counted[counted["mark"] == context.PROSPECTIVE]["estimate"]
    shares = (
        f"from {format_percent(ends.min())} to {format_percent(ends.max())} in prospective studies."
        if len(ends)
        else "no prospective study gives a count."
    )
    tiers = {"source": "source", **dict.fromkeys(context.TIERS)}
    sizes = ", ".join(f"{tier} {n.get(tier, 0)}" for tier in tiers)
    alt = f"{review.word('indications', disease)}, counts drawn: {sizes}. Shares run {shares}"
    bare = sum(c.difference is None for c in _trials(review, disease))
    told = f" {bare} randomised comparison{'s' * (bare != 1)} among them." if bare else ""
    return {"alt": alt, "caption": f"{review.word('indications', disease)}. {CAPTION}{told}"}


CAPTION = (
    "Diamonds: the source. Squares: differences between randomised arms. Dots: prospective "
    "studies. A thin line below counts everyone enrolled or treated, where that is another number. "
    "A star marks a count computed from a percentage. Criteria differ from line to line, and nothing "
    "is pooled. Retrospective studies, and results without a count, are in a table below."
)


def subtypes(review: Review, disease: str) -> pd.DataFrame:
    """Return the counts of benefit by kind of lesion: of each kind those of its best design alone.

    Parameters
    ----------
    review : Review
        The opened evidence.
    disease : str
        Its word in the vocabulary.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = _of_benefit(review, disease)
    rows = rows[(rows["drug_class"] == review.topic.drug_class) & rows["route"].isin(context.SYSTEMIC)]
    rows = context.in_order(rows[context.with_both_denominators(rows) & (rows["derived"] == "no")])
    out = []
    for key in review.vocabulary["context_subtypes"]:
        own = rows[rows["subtype"] == key]
        best = own[own["place"] == own["place"].min()]
        if len(best):
            best = context.once_for_overlaps(context.chosen(best))
            told = [words.study_count(row) for row in best.to_dict("records")]
            out.append(
                {
                    "Kind of lesion": review.word("context_subtypes", key),
                    "Best design": review.word("evidence_tiers", best["tier"].iloc[0]),
                    "Better": "; ".join(told),
                }
            )
    return pd.DataFrame(out)
