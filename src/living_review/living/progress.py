"""What a search shows while it runs, and what it says at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from living_review import evidence
from living_review.living import status, store
from living_review.living.watch import SERVICES, Outcome


class Bar:
    """A bar for each job, on a terminal; elsewhere the lines alone."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}

    def say(self, line: str) -> None:
        """Print a line above the bars."""
        self.bars.console.print(line, markup=False, highlight=False)

    def step(self, job: str, done: int, total: int) -> None:
        """Move the bar of a job."""
        self.bars.start()
        if job not in self.tasks:
            self.tasks[job] = self.bars.add_task(job, total=total)
        self.bars.update(self.tasks[job], completed=done, total=total)


@contextmanager
def bar() -> Iterator[Bar]:
    """Show progress on the standard error."""
    bars = Progress(console=Console(stderr=True), transient=True)
    try:
        yield Bar(bars)
    finally:
        if bars.live.is_started:
            bars.stop()


def report(root: Path, outcome: Outcome) -> str:
    """Return what a search came to, for a terminal and for an issue: a line for each row of the log."""
    search = status.search_in_words(evidence.load(root))
    lines = [f"{search[0].upper()}{search[1:]}.", ""]
    lines += [
        f"- {SERVICES[row['source']][0]}, {row['strategy']}: {row['found']} found, {row['new']} new, "
        f"{row['linked']} linked ({row['status']}, {row['date_from']} to {row['date_to']})"
        for row in outcome.rows
    ]
    open_ = [row for row in store.read_table(root, "notices") if row["answered"] == "no"]
    lines += [f"- not dealt with: {r['kind']} of {r['doi']} ({r['notice_doi']})" for r in open_]
    lines += [f"- {line}; what came is kept, run it again to go on" for line in outcome.stopped]
    return "\n".join(lines)
