"""The parts of chapters across studies, each in one call: a part without rows says so in a sentence.

A review may have one study or none, no claims, no second reading, no time of a single patient. A
chapter of these calls holds for it as it does for many studies.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from living_review import audit, extraction, plots, synthesis
from living_review.evidence import Review, Study
from living_review.report import audit as report_audit
from living_review.report import (
    citing,
    context,
    context_tables,
    display,
    harms,
    sections,
    what_would_fall,
)
from living_review.report import counts as report_counts
from living_review.report import extraction as report_extraction
from living_review.report import synthesis as report_synthesis
from living_review.report.display import HtmlOutput
from living_review.stats import contrasts, proportions

CLAIMS = "lr-explore lr-claims"
# Of one study, counts of one outcome agree in these; its arms, the one on the drug first.
ONE_OUTCOME = ("endpoint_class", "definition", "criterion", "time", "time_unit")
ARMS = ("experimental", "control")
# What a reader calls the marks on a patient's bar, and which columns are offered as CSV.
MARKS = {sign: name for name, sign in plots.theme.MARKERS.items()}
MARKS |= {sign: f"triangle {MARKS[sign]}" for sign in "^v<"}
TIME_COLUMNS = ["study_id", "label", "months", "endpoint", "event", "reason", "time_unit", "locator"]


def evidence_map(review: Review) -> HtmlOutput:
    """Show which outcome is known of which disease."""
    cells, rows, columns = synthesis.map_with_names(review)
    if cells.empty:
        return display.text("No source says anything of an outcome yet.")
    plots.theme.apply()
    looked = cells.assign(look=cells["study_id"].map(review.looks))
    fig = plots.basic.evidence_maps(looked, rows, columns)
    empty = len(rows) * len(columns) - len(cells[["row", "column"]].drop_duplicates())
    widest = cells.groupby("row")["column"].nunique()
    alt, signs = report_synthesis.map_marks(review, cells)
    return display.figure(
        fig,
        "synthesis-map",
        alt=f"Evidence map of {len(rows)} outcomes by {len(columns)} diseases: {empty} of "
        f"{len(rows) * len(columns)} cells are empty; {widest.idxmax()} is reported for "
        f"{widest.max()} diseases. {alt}",
        folded="Evidence map: what is known of which disease, by outcome",
        caption="▲ in favour of treatment, ▼ against it, = no change, ◆ both ways, · no direction; "
        "source, and patients with the result of those who could be judged, or patients reported on; "
        "* given in words (all). Relapse is of those followed off the drug: ▲ beside a zero says that "
        "nothing came back. An empty cell means that no source says anything, not that nothing "
        f"happened. {signs}",
        data=cells.assign(text=cells["text"].str.replace("\n", ": ")),
    )


def forest(review: Review) -> HtmlOutput:
    """Show the share of patients with each outcome, source by source."""
    lines = synthesis.forest_rows(review)
    if lines.empty:
        return display.text("No source counts patients with an outcome out of a printed total yet.")
    plots.theme.apply()
    drawn = lines.assign(look=lines["study_id"].map(review.looks))
    fig, _ = plots.basic.forest_figure(drawn, "Share of patients, exact 95% interval (Clopper-Pearson)")
    judged = lines[lines["of"] == "evaluable"]
    full = judged[judged["events"] == judged["n"]]
    wide = float((lines["upper"] - lines["lower"]).max())
    return display.figure(
        fig,
        "synthesis-forest",
        alt=f"Shares of patients by outcome and source, never pooled: {len(full)} of {len(judged)} "
        "counts are everyone who was judged; the widest interval spans "
        f"{proportions.format_percent(wide)} of the scale.",
        caption="Shares of patients with each outcome, with exact 95% limits. They reflect "
        "chance only, not who was chosen to be reported. A star marks a count that the paper gives in "
        "words, such as all, beside the size of the group.",
        data=lines,
    )


def arms(review: Review) -> HtmlOutput:
    """Show both arms of each comparison, with the difference and its interval."""
    rows = [line for study in review.studies for line in _arms_of(study, review)]
    return _table(
        pd.DataFrame(rows),
        "No source counts an outcome in two arms.",
        caption="Arm on the drug against control, outcome by outcome (Newcombe's 95% interval)",
        name="synthesis-arms",
        note="Nothing is added up across sources. A positive difference means more events on the drug.",
        classes="lr-stack",
    )


def _arms_of(study: Study, review: Review) -> list[dict[str, str]]:
    """Return a line for each outcome that one experimental and one control arm count."""
    kinds = {name: about.get("arm") for name, about in study.groups.items()}
    rows = study.once("outcomes").dropna(subset=["events", "n"])
    rows = rows.assign(arm=rows["group"].map(kinds)).dropna(subset="arm")
    lines = []
    for _, both in rows.groupby(list(ONE_OUTCOME), sort=False):
        found = {arm: part.to_dict("records") for arm, part in both.groupby("arm")}
        if [len(found.get(arm, ())) for arm in ARMS] != [1, 1]:
            continue  # which arm is to be held against which is not said
        (drug,), (control,) = (found[arm] for arm in ARMS)
        sizes = (drug["events"], drug["n"], control["events"], control["n"])
        difference = contrasts.newcombe(*map(int, sizes))
        lines.append(
            {
                "Source": study.label,
                "Outcome": review.word("endpoint_classes", drug["endpoint_class"]),
                "What counts": drug["definition"],
                "Drug against control": str(difference),
                "Where": drug["locator"],
            }
        )
    return lines


def gaps(review: Review) -> HtmlOutput:
    """Show for which outcomes no source says anything of which disease."""
    if not review.study_ids:
        return display.text("There is no source yet, so nothing is known of any outcome.")
    heads = {"endpoint_class": "Outcome", "known": "Some finding in", "missing": "Nothing in"}
    return _table(
        synthesis.gaps(review).rename(columns=heads),
        "Every outcome that is named is reported for every disease.",
        caption="What the sources say nothing about",
        name="synthesis-gaps",
        folded=True,
    )


def certainty(review: Review) -> HtmlOutput:
    """Show how certain all sources together are, outcome by outcome."""
    return _table(
        sections.certainty_by_outcome("synthesis", review),
        "What the sources say together was not rated: each source's chapter rates its own.",
        caption="How sure: the certainty of what all sources say together, outcome by outcome",
        name="synthesis-certainty",
        folded=True,
    )


def counts(review: Review) -> HtmlOutput:
    """Show which count of each source was chosen, and where it is printed."""
    chosen = synthesis.all_proportions(review)
    if chosen.empty:
        return display.text("No source counts patients with an outcome yet.")
    counted = chosen.assign(in_words=chosen["inferred"].map({True: "yes", False: "no"}))
    classes = zip(chosen["endpoint_class"], chosen["criterion"], strict=True)
    shown = chosen.assign(
        outcome=[synthesis.heading(review, key, criterion) for key, criterion in classes],
        of_judged=report_counts.with_share(counted, "events", "n_evaluable"),
        of_treated=report_counts.with_share(counted, "events", "n_treated"),
    )
    heads = {"outcome": "Outcome", "label": "Source", "definition": "What counts"}
    heads |= {"of_judged": "Of those judged", "of_treated": "Of all treated"}
    heads |= {"source": "Taken from", "locator": "Where"}
    return display.table(
        sections.for_display(shown, heads),
        caption="The counts of the figure, what counts in each source and where it is printed",
        name="synthesis-counts",
        folded=True,
        classes="lr-explore",
    )


def times(review: Review) -> HtmlOutput:
    """Show the time of each patient whose own time is printed."""
    follow = synthesis.follow_up(review)
    if follow.empty:
        return display.text("No source prints the time of a single patient.")
    plots.theme.apply()
    bars = synthesis.bars(follow)
    bars = citing.with_references(bars, citing.rows_of(bars))
    fig, ax = plots.theme.figure(0.8 + 0.42 * len(bars))
    plots.timelines.swimmer(ax, bars.assign(look=bars["study_id"].map(review.looks)), unit="months")
    hollow = int(bars["hollow"].sum())
    return display.figure(
        fig,
        "synthesis-swimmer",
        alt=f"Times of {len(bars)} patients, {hollow} as follow-up and {len(bars) - hollow} as time on "
        f"treatment, from {bars['time'].min():.1f} to {bars['time'].max():.1f} months; "
        f"{int(bars['ongoing'].sum())} were still on the drug.",
        caption="Patients one by one, longest first. Filled: time on treatment; outline: follow-up. An "
        f"arrow means still on the drug when last reported.{_marks(review)}",
        data=bars[TIME_COLUMNS],
    )


def _marks(review: Review) -> str:
    said = (f"{MARKS.get(mark, mark)}: {words}" for mark, words in review.topic.marks.values())
    listed = "; ".join(said)
    return f" {listed[:1].upper()}{listed[1:]}." if listed else ""


def doses(review: Review) -> HtmlOutput:
    """Show every printed dose of a drug under review."""
    rows = synthesis.doses(review)
    if rows.empty:
        return display.text("No source prints a dose.")
    rows = rows.assign(
        written=[f"{d:g} {u}" for d, u in zip(rows["dose"], rows["unit"], strict=True)],
        kind=[review.word("dose_statistics", s) for s in rows["statistic"]],
        drug=rows["drug"].str.replace("_", " "),
    )
    heads = {"label": "Source", "whom": "Group", "drug": "Drug", "written": "Dose"}
    heads |= {"kind": "What the dose is", "when": "From", "locator": "Where"}
    return display.table(
        sections.for_display(rows, heads),
        caption="Every printed dose of a drug under review, once",
        name="synthesis-doses",
        folded=True,
        classes="lr-explore",
    )


def downloads(review: Review) -> HtmlOutput:
    """Show the tables of every study as files."""
    return _table(
        sections.downloads_of_all(review),
        "There is no source yet.",
        caption="The evidence behind this page, source by source",
        name="synthesis-downloads",
    )


# --- Harms ----------------------------------------------------------------------------------------


def harm_denominators(review: Review) -> HtmlOutput:
    """Show of how many patients of each source harms are known."""
    return _table(
        harms.denominators(review),
        "There is no source yet.",
        caption="Patients with information on harm, source by source",
        name="harms-whom",
    )


def harms_by_severity(review: Review) -> HtmlOutput:
    """Show every harm that is counted, the most serious first."""
    return _table(
        harms.table(review, *review.vocabulary["harm_severity"]),
        "No harm is counted; that is not the same as none.",
        caption="Harms: patients, of those with information (exact 95% limits)",
        name="harms-all",
        note=harms.NOTE,
        classes=harms.LOOK,
    )


def harms_not_assessable(review: Review) -> HtmlOutput:
    """Show for each disease the serious harms that nobody counts."""
    return _table(
        harms.not_assessable(review, context.diseases(review)),
        "No serious harm is left without a count.",
        caption="Not assessable: serious harms that nobody counts, by disease",
        name="harms-unknown",
    )


# --- Later studies --------------------------------------------------------------------------------


def later_at_a_glance(review: Review) -> HtmlOutput:
    """Show the verdicts of later studies, disease by disease."""
    if review.records("studies", "context").empty:
        return display.text("No study beside the sources has been read yet.")
    lines = [
        f"- **{review.word('indications', d)}.** {context.verdict_line(review, d, '')}"
        for d in context.diseases(review)
    ]
    return display.text("\n".join(lines))


def pooling(review: Review) -> HtmlOutput:
    """Show every set of counts that might be pooled, and what is against it."""
    return _table(
        context_tables.refusals(review),
        "There are no counts of later studies that might be pooled.",
        caption="Sets of counts that might be pooled, and why they are not",
        name="since-pooling",
        note="A star marks a count computed from a percentage.",
        classes="lr-explore",
        folded=True,
    )


def would_fall(review: Review) -> HtmlOutput:
    """Show what would change without one of the later studies."""
    return _table(
        what_would_fall.of_later(review),
        "No verdict rests on a later study.",
        caption="What would change without a later study",
        name="since-would-fall",
        classes="lr-stack",
        folded=True,
    )


def elsewhere(review: Review) -> HtmlOutput:
    """Show later studies of organs and diseases that no source is about."""
    return _table(
        context_tables.elsewhere(review),
        "There is no later study of another organ or disease.",
        caption="Later studies of other organs and diseases",
        name="since-elsewhere",
        classes="lr-explore",
        folded=True,
    )


# --- The audit ------------------------------------------------------------------------------------


def audit_results(review: Review) -> list[audit.Result]:
    """Return every claim, recomputed."""
    return audit.audit(review)


def audit_summary(results: Sequence[audit.Result]) -> HtmlOutput:
    """Return how many claims reproduce."""
    if not results:
        return display.text(
            "No claim of a source has been written down yet, so nothing was recomputed."
        )
    return display.text(report_audit.summary(results))


def audit_picture(results: Sequence[audit.Result], review: Review) -> HtmlOutput:
    """Show how many claims of each source got which verdict.

    Parameters
    ----------
    results : sequence of Result
        As :func:`audit_results` gives them.
    review : Review
        The opened evidence.

    Returns
    -------
    HtmlOutput
        A figure, or that there is none.
    """
    if not results:
        return display.text("There is nothing to draw.")
    plots.theme.apply()
    verdicts = report_audit.verdict_counts(results, review)
    studies = {r.study: review.study(r.study).label for r in results}
    fig, ax = plots.theme.figure(plots.audit.overview_height(len(studies)))
    plots.audit.overview(ax, verdicts, studies)
    good = sum(r.verdict in report_audit.GOOD for r in results)
    conflicts = len(report_audit.conflicts(results))
    return display.figure(
        fig,
        name="audit-overview",
        data=verdicts,
        alt=f"Of {len(results)} claims in {len(studies)} sources {good} reproduce, {conflicts} "
        f"conflict and {len(results) - good - conflicts} cannot be checked.",
        caption="How many claims of each source got which verdict, with the total of each verdict "
        "above; more is darker, a dash means none. Round marks reproduce, the square is a matter of "
        "rounding, pointed marks are conflicts; the last column cannot be checked.",
    )


def audit_conflicts(results: Sequence[audit.Result], review: Review) -> HtmlOutput:
    """Show the claims that do not reproduce, what matters most first.

    Parameters
    ----------
    results : sequence of Result
        As :func:`audit_results` gives them.
    review : Review
        The opened evidence.

    Returns
    -------
    HtmlOutput
        A table, or that there is none.
    """
    return _claims(
        report_audit.conflicts(results),
        review,
        "No claim is in conflict with what the same source prints.",
        caption="Claims that do not reproduce, what matters most first",
        name="audit-conflicts",
    )


def audit_open(results: Sequence[audit.Result], review: Review) -> HtmlOutput:
    """Show the claims that nobody can check.

    Parameters
    ----------
    results : sequence of Result
        As :func:`audit_results` gives them.
    review : Review
        The opened evidence.

    Returns
    -------
    HtmlOutput
        A table, or that there is none.
    """
    return _claims(
        [r for r in results if r.verdict == "not checkable"],
        review,
        "Every claim could be checked.",
        caption="Claims that cannot be checked from what is printed",
        name="audit-open",
    )


def audit_touching(results: Sequence[audit.Result], review: Review) -> HtmlOutput:
    """Show the conflicts that touch a number of the synthesis, and which value is shown there.

    Parameters
    ----------
    results : sequence of Result
        As :func:`audit_results` gives them.
    review : Review
        The opened evidence.

    Returns
    -------
    HtmlOutput
        A table, or that there is none.
    """
    used = synthesis.rows_used(review)
    if not report_audit.touching(results, used, review):
        return display.text("No conflict touches a number of the synthesis.")
    return display.table(
        report_audit.touching_table(results, used, review),
        caption="Conflicts that touch a number of the synthesis, and which value is shown there",
        name="audit-touching",
        classes=CLAIMS,
        row_header=False,
        folded=True,
    )


def _claims(
    chosen: list[audit.Result], review: Review, none: str, *, caption: str, name: str
) -> HtmlOutput:
    if not chosen:
        return display.text(none)
    rows = report_audit.table(report_audit.ordered(chosen, review), review)
    return display.table(
        rows, caption=caption, name=name, classes=CLAIMS, row_header=False, folded=True
    )


# --- The readings ---------------------------------------------------------------------------------


def agreement(review: Review) -> HtmlOutput:
    """Show how far two readings of each study agree."""
    by_table = extraction.agreement.by_table(review)
    if by_table.empty:
        return display.text("No source was read by two people yet, so there is no agreement to state.")
    return display.table(
        report_extraction.by_study(by_table, _labels(review)),
        name="extraction-by-study",
        caption="Agreement of the two readings before settling, by study",
        note="Only in one: rows only in the first + rows only in the second reading. Of these, "
        "elsewhere: the other reader has much the same printed fragment, from the same place, in "
        "another table.",
    )


def settled(review: Review) -> HtmlOutput:
    """Show every difference of two readings, as it was settled."""
    rows = review.records("settled")
    if rows.empty:
        return display.text("There is no difference between readings to settle.")
    labels = _labels(review)
    heads = {"study": "Study", "table": "Table", "kind": "Difference", "first": "First reading"}
    heads |= {"second": "Second reading", "settled": "Settled"}
    return display.table(
        sections.for_display(rows.assign(study=rows["study_id"].map(labels)), heads),
        caption="Every difference, as it was settled",
        name="extraction-settled-list",
        classes="lr-explore",
        folded=True,
    )


def _labels(review: Review) -> dict[str, str]:
    return {study_id: review.study(study_id).label for study_id in review.folders}


def _table(rows: pd.DataFrame, none: str, *, caption: str, name: str, **options: object) -> HtmlOutput:
    """Show a table, or say in a sentence that there is nothing to show."""
    if rows.empty:
        return display.text(none)
    return display.table(rows, caption=caption, name=name, **options)  # type: ignore[arg-type]
