"""What the page *Search and screening* shows, and the sentences on the search elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Container

import pandas as pd
from markupsafe import Markup

from living_review.evidence import Review
from living_review.evidence.search_plan import SOURCES, read_plan
from living_review.living import prisma, status, store
from living_review.report import lineage
from living_review.report.html import ready, to_html
from living_review.stats import dates
from living_review.stats.number_words import in_words


def compute(review: Review, names: Container[str] | None = None) -> dict[str, str]:
    """Return facts of the search by name, as ``report.substitutions.compute`` does for the book.

    Parameters
    ----------
    review : Review
        The opened evidence.
    names : container of str, optional
        Which facts; None for all.

    Returns
    -------
    dict of str to str
        Text by name.
    """
    return {
        name: lineage.fact(name, lambda make=make: ready(make(review)))  # type: ignore[misc]
        for name, make in SUBSTITUTIONS.items()
        if names is None or name in names
    }


def _sentence(review: Review) -> str:
    text = status.search_in_words(review)
    return f"{text[0].upper()}{text[1:]}"


def _search_summary(review: Review) -> str:
    if status.last_search(review) is None:
        return (
            "There is no log, no record and no decision yet, so the flow below has zeros. The "
            "documents of this review were chosen; what a search would have found besides is unknown"
        )
    return "Every run is in the log below, including those that found nothing"


def _not_done(review: Review) -> str:
    """Return the line of the methods on what is lacking."""
    if status.last_search(review) is None:
        return "There was no search, so nothing was screened and there is no list of excluded studies"
    return "The sources were chosen before the first search, and not by it"


def _flow(review: Review) -> Markup:
    counts = status.current_flow(review)
    reasons = review.vocabulary["exclusion_reasons"]
    sources = review.vocabulary["search_sources"]
    rows: list[tuple[str, str, int]] = [
        ("Identified", sources[name], counts.identified.get(name, 0)) for name in (*SOURCES, "file")
    ]
    rows += [
        ("Identified", "Linked to another record of the same publication", counts.linked),
        ("Screened", "Publications", counts.publications),
        ("Screened", "Not decided yet", counts.undecided),
        ("Screened", "Decided differently, to be settled", counts.conflicts),
        ("Screened", "Excluded by title and abstract", counts.excluded),
        ("Full text", "Sought", counts.sought),
        ("Full text", "Not found", counts.not_found),
        ("Full text", "Not decided yet", counts.unread),
        ("Full text", "Decided differently, to be settled", counts.full_text_conflicts),
        *(
            ("Full text", f"Excluded: {words[0].lower()}{words[1:]}", counts.reasons.get(reason, 0))
            for reason, words in reasons.items()
            if reason != prisma.NOT_FOUND
        ),
        ("Included", "By the search", counts.included),
        ("Included", "Sources chosen without a search", len(review.study_ids)),
    ]
    frame = pd.DataFrame(rows, columns=["Stage", "Records or publications", "Number"])
    return _block(frame, "Flow of records, after PRISMA 2020", "flow-table")


def _log(review: Review) -> Markup:
    rows = store.read_table(review.root, "searches")
    if not rows:
        return Markup("<p>The log is empty: no search was run.</p>")
    frame = pd.DataFrame(
        [
            {
                "Run": row["run"],
                "Source": review.word("search_sources", row["source"]),
                "Strategy": _strategy(review, row["strategy"]),
                "From": row["date_from"],
                "To": row["date_to"],
                "Found": int(row["found"]),
                "New": int(row["new"]),
                "Linked": int(row["linked"]),
                "State": review.word("search_statuses", row["status"]),
            }
            for row in reversed(rows)
        ]
    )
    return _block(frame, "Every run of the search", "searches-table")


def _strategy(review: Review, name: str) -> str:
    jobs = {"notices": "Notices on known publications", "dois": "DOIs of records without one"}
    return jobs.get(name) or review.vocabulary["indications"].get(name, name)


def _strategies(review: Review) -> Markup:
    plan = read_plan(review.root)
    frame = pd.DataFrame(
        [
            {
                "Disease": review.vocabulary["indications"][strategy.disease],
                "Source": review.vocabulary["search_sources"][source],
                "Query": Markup("<code>{}</code>").format(strategy.queries[source]),
            }
            for source, strategy in plan.jobs()
        ]
    )
    caption = "The strategies, written out"
    return Markup(
        '<details class="lr-fold"><summary>{} <span>({} rows)</span></summary>{}</details>'
    ).format(caption, len(frame), _block(frame, caption, "strategies-table", "lr-stack"))


def _unsearched(review: Review) -> str:
    """Name the diseases that have no strategy yet."""
    had = {strategy.disease for strategy in read_plan(review.root).strategies}
    lacking = [words for key, words in review.vocabulary["indications"].items() if key not in had]
    return f"Without a strategy so far: {', '.join(lacking)}" if lacking else "Each disease has one"


def _notices(review: Review) -> Markup:
    rows = store.read_table(review.root, "notices")
    if not rows:
        asked = status.last_search(review) is not None
        words = "None is known." if asked else "Crossref was not asked yet."
        return Markup("<p>{}</p>").format(words)
    frame = pd.DataFrame(
        [
            {
                "Publication": row["doi"],
                "Notice": row["kind"].replace("_", " "),
                "Where": row["notice_doi"],
                "Day": row["date"],
                "Dealt with": review.word("yes_no", row["answered"]),
            }
            for row in rows
        ]
    )
    return _block(frame, "Notices on publications of this review", "notices-table")


def _faults(review: Review) -> Markup:
    rows = review.records("search_faults")
    frame = pd.DataFrame(
        {
            "Where": [review.word("faulty_interfaces", word) for word in rows["interface"]],
            "What was planted": rows["fault"],
            "What the search did": rows["answer"],
            "Runs": rows["runs"],
            "Records": rows["served"],
            "Lost": rows["lost"],
        }
    )
    caption = "Faults that were planted, and what was lost"
    return Markup(
        '<details class="lr-fold"><summary>{} <span>({} rows)</span></summary>{}</details>'
    ).format(caption, len(frame), _block(frame, caption, "faults-table", "lr-stack"))


def _walk(review: Review, walk: str = "study") -> Markup:
    """Return what each step took of a walk: a study that was added, or a review that was begun."""
    rows = _steps(review, walk)
    on_a_clock = walk == "study"  # else of a processor, as its first note says
    unit = "Minutes" if on_a_clock else "Seconds"
    caption = f"{unit} that each step took, {'on a clock' if on_a_clock else 'of one processor core'}"
    frame = pd.DataFrame(
        {
            "Step": rows["step"],
            "Time of": rows["by"],
            unit: [f"{int(s) / 60:.1f}" if on_a_clock else s for s in rows["seconds"]],
            "Note": rows["note"],
        }
    )
    return _block(frame, caption, "walk-table", "lr-stack")


def _steps(review: Review, walk: str) -> pd.DataFrame:
    rows = review.records("walk")
    return rows[rows["walk"] == walk]


def _walk_duration(review: Review) -> str:
    """State how long adding a study took in all, and how much of it was computing."""
    rows = _steps(review, "study")
    own = int(rows.loc[rows["by"] == "machine", "seconds"].sum())
    whole = int(rows["seconds"].sum())
    day = dates.format_date(str(rows["date"].iloc[0]))
    return f"{round(whole / 60)} minutes on {day}, of which {round(own / 60)} were computing time"


def _count(column: str) -> Callable[[Review], str]:
    return lambda review: f"{int(review.records('search_faults')[column].sum()):,}"


def _block(frame: pd.DataFrame, caption: str, name: str, classes: str = "") -> Markup:
    return Markup(str(to_html(frame, caption, name, classes=classes)).replace("\n", ""))


SUBSTITUTIONS: dict[str, Callable[[Review], object]] = {
    "search_sentence": _sentence,
    "search_meaning": _search_summary,
    "search_not_done": _not_done,
    "flow_table": _flow,
    "searches_table": _log,
    "strategies_table": _strategies,
    "unsearched": _unsearched,
    "notices_table": _notices,
    "faults_table": _faults,
    "walk_table": _walk,
    "walk_minutes": _walk_duration,
    "walk_of_a_review": lambda review: _walk(review, "review"),
    "n_screeners": lambda review: in_words(read_plan(review.root).screeners),
    "n_search_faults": lambda review: len(review.records("search_faults")),
    "n_search_served": _count("served"),
    "n_search_lost": _count("lost"),
    "search_since": lambda review: read_plan(review.root).since.year,
    "search_overlap": lambda review: in_words(read_plan(review.root).overlap),
}
