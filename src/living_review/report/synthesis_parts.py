"""Parts of the page over all sources that only some reviews have rows for, each in one call.

Pain scores, printed times and target levels of single patients or of studies, and results that the
rule of choice did not take. A part without rows says so in a sentence.
"""

from __future__ import annotations

from living_review import plots, synthesis
from living_review.evidence import Review
from living_review.report import counts as report_counts
from living_review.report import display, sections
from living_review.report.display import HtmlOutput


def also_printed(review: Review) -> HtmlOutput:
    """Show the group results that were not chosen and say something else than the chosen count."""
    other = synthesis.also_printed(review)
    if other.empty:
        return display.text("No source prints another count of a result than the one that was chosen.")
    other = other.assign(
        share=report_counts.with_share(other, "events", "n"),
        outcome=[synthesis.class_word(review, key) for key in other["endpoint_class"]],
    )
    heads = {"label": "Source", "outcome": "Outcome", "definition": "What counts"}
    heads |= {"group_label": "Of whom", "share": "Patients", "printed": "Printed", "locator": "Where"}
    return display.table(
        sections.for_display(other, heads),
        caption="Also printed: group results that the rule did not choose and that say something else",
        name="synthesis-also",
    )


def pain(review: Review) -> HtmlOutput:
    """Show the pain scores of single patients, each on its own scale."""
    drawn = synthesis.points(synthesis.pain(review))
    if drawn.empty:
        return display.text("No source prints a pain score of a single patient.")
    plots.theme.apply()
    scales = {s: review.word("scales", s) for s in dict.fromkeys(drawn["scale"])}
    fig, _ = plots.theme.figure(0.7 + 2.4 * len(scales), rows=len(scales))
    plots.panels.scales(fig.axes, drawn.assign(look=drawn["study_id"].map(review.looks)), scales)
    after = drawn[drawn["timing"] != "baseline"].sort_values("time")
    later = after.groupby(["study_id", "patient"])["value"].last()
    everyone = drawn[["study_id", "patient"]].drop_duplicates()
    ends = f"between {later.min():g} and {later.max():g}" if len(later) else "not printed"
    return display.figure(
        fig,
        "synthesis-pain",
        alt=f"Pain scores of {len(everyone)} patients on {len(scales)} scales; {len(later)} of them "
        f"have a score on treatment, the last of each {ends}.",
        caption=f"Every individual pain score in the sources: {len(everyone)} patients. Words beside a "
        "number say that it is a maximum, an average or a peak. All scales run from no pain at the "
        "bottom to the worst at the top.",
        data=drawn,
    )


def times(review: Review) -> HtmlOutput:
    """Show the printed times behind the bars of patients."""
    follow = synthesis.follow_up(review)
    if follow.empty:
        return display.text("There is no time to list.")
    printed = [
        f"{time} {unit}{'' if float(time) == 1 else 's'}"
        for time, unit in zip(follow["time"], follow["time_unit"], strict=True)
    ]
    shown = follow.assign(
        printed_time=printed,
        rounded=follow["months"].round(1),
        kind=follow["endpoint"].map(review.vocabulary["endpoints"]),
    )
    heads = {"label": "Patient", "kind": "What the time is", "printed_time": "As printed"}
    heads |= {"rounded": "Months", "reason": "At the end", "locator": "Where"}
    return display.table(
        sections.for_display(shown, heads),
        caption="The times of the figure",
        name="synthesis-times",
        folded=True,
        classes="lr-explore",
    )


def targets(review: Review) -> HtmlOutput:
    """Show the target levels in blood, with units as printed."""
    rows = synthesis.targets(review)
    if rows.empty:
        return display.text("No source prints a target level in blood.")
    ends = zip(rows["lower"], rows["upper"], rows["unit"], strict=True)
    rows = rows.assign(range=[f"{low:g} to {high:g} {unit}" for low, high, unit in ends])
    heads = {"label": "Source", "range": "Target level in blood", "printed": "Printed"}
    heads |= {"locator": "Where", "note": "Note"}
    return display.table(
        sections.for_display(rows, heads),
        caption="Target levels, units as printed: nanograms per millilitre and per decilitre differ a "
        "hundredfold",
        name="synthesis-targets",
    )
