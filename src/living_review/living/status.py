"""How old the review is: version, evidence, last search and what it found, next look."""

from __future__ import annotations

from dataclasses import dataclass

from living_review.evidence import Review
from living_review.evidence.search_plan import SOURCES
from living_review.living import screening, store
from living_review.living.prisma import Flow, flow
from living_review.living.watch import NOTICES
from living_review.stats import dates


@dataclass(frozen=True)
class LastSearch:
    """The newest run of the search.

    Attributes
    ----------
    run, day : str
        Its name, and the day up to which it asked.
    is_complete : bool
        Whether every source answered to the end.
    found : int
        Publications that no search had found before.
    notices : int
        New notices on publications of ``data/``.
    """

    run: str
    day: str
    is_complete: bool
    found: int
    notices: int


def last_search(review: Review) -> LastSearch | None:
    """Return the newest run that asked a source; None if no search was run. A file is no such run."""
    rows = [r for r in store.read_table(review.root, "searches") if r["source"] != "file"]
    if not rows:
        return None
    run = rows[-1]["run"]
    own = [row for row in rows if row["run"] == run]
    latest = {(row["source"], row["strategy"]): row for row in own}
    return LastSearch(
        run=run,
        day=own[-1]["date_to"],
        is_complete=all(row["status"] == "complete" for row in latest.values()),
        found=sum(int(row["new"]) for (source, _), row in latest.items() if source in SOURCES),
        notices=sum(int(row["new"]) for (_, strategy), row in latest.items() if strategy == NOTICES),
    )


def search_in_words(review: Review) -> str:
    """State when the last search was and what it found.

    Returns
    -------
    str
        ``"no search was run"``, ``"searched 1 December 2026: nothing new"``, ``"searched 1 December
        2026: 12 new, 3 not decided yet"``.
    """
    last = last_search(review)
    if last is None:
        return "no search was run"
    day = dates.format_date(last.day)
    if not last.is_complete:
        return f"the search of {day} stopped before its end"
    said = [f"{last.found:,} new"] if last.found else []
    if last.notices:
        said.append(f"{last.notices} notice{'s' if last.notices > 1 else ''} on publications in it")
    counts = current_flow(review)
    if open_ := counts.undecided + counts.conflicts + counts.unread + counts.full_text_conflicts:
        said.append(f"{open_:,} not decided yet")
    return f"searched {day}: {', '.join(said) or 'nothing new'}"


def current_flow(review: Review) -> Flow:
    """Return the flow of records as the files are now."""
    return flow(store.read_table(review.root, "records"), screening.load(review.root))


def status_line(review: Review) -> str:
    """Return the line that is on every page."""
    newest = review.records("versions").iloc[-1]
    up_to = dates.format_date(newest["evidence_up_to"])
    due = dates.format_date(newest["next_review_due"])
    search = search_in_words(review)
    return (
        f"Version {newest['version']}. Evidence up to {up_to}. {search[0].upper()}{search[1:]}. "
        f"Next review due {due}."
    )
