"""The flow of records, PRISMA 2020, counted from the files of the search; no count is typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from living_review.living.screening import Publication

NOT_FOUND = "not_found"  # the reason of a full text that could not be had: its own box in the diagram


@dataclass(frozen=True)
class Flow:
    """How many records there are at each box of the diagram.

    Each is counted by itself, none as what is left of another; :meth:`issues` holds them against each
    other.

    Attributes
    ----------
    identified : dict
        Records by source.
    linked : int
        Records of a publication that another record stands for.
    publications : int
        Those whose title and abstract are screened.
    undecided, conflicts, excluded : int
        Of these.
    sought : int
        Full texts that were asked for.
    not_found, unread, full_text_conflicts : int
        Of these.
    reasons : dict
        Full texts that were read and excluded, by reason.
    included : int
    """

    identified: dict[str, int]
    linked: int
    publications: int
    undecided: int
    conflicts: int
    excluded: int
    sought: int
    not_found: int
    unread: int
    full_text_conflicts: int
    reasons: dict[str, int]
    included: int

    def issues(self) -> list[str]:
        """Return what does not add up, a line each; nothing if all does."""
        sums = {
            "records = linked + publications": (
                sum(self.identified.values()),
                self.linked + self.publications,
            ),
            "publications = undecided + conflicts + excluded + sought": (
                self.publications,
                self.undecided + self.conflicts + self.excluded + self.sought,
            ),
            "sought = not found + unread + conflicts + excluded + included": (
                self.sought,
                self.not_found
                + self.unread
                + self.full_text_conflicts
                + sum(self.reasons.values())
                + self.included,
            ),
        }
        return [f"{what}: {a} and {b}" for what, (a, b) in sums.items() if a != b]


def flow(records: list[dict[str, str]], publications: Iterable[Publication]) -> Flow:
    """Count the flow.

    Parameters
    ----------
    records : list of dict
        Rows of ``data/review/records.csv``.
    publications : iterable of Publication
        As :func:`living_review.living.screening.publications` returns them.

    Returns
    -------
    Flow
        Counts of each step.
    """
    listed = list(publications)
    first = Counter(p.abstract.state for p in listed)
    read = [p for p in listed if p.abstract.state == "include"]
    second = Counter(p.full_text.state for p in read)
    out = [p.full_text.reason for p in read if p.full_text.state == "exclude"]
    return Flow(
        identified=dict(Counter(row["source"] for row in records)),
        linked=sum(row["same_as"] != "not_applicable" for row in records),
        publications=len(listed),
        undecided=first["undecided"],
        conflicts=first["conflict"],
        excluded=first["exclude"],
        sought=first["include"],
        not_found=out.count(NOT_FOUND),
        unread=second["undecided"],
        full_text_conflicts=second["conflict"],
        reasons=dict(Counter(reason for reason in out if reason != NOT_FOUND)),
        included=second["include"],
    )
