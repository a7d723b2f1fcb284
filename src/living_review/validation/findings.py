"""Every finding of the audit says how much it matters and which issue it is; nothing else does."""

from __future__ import annotations

from collections.abc import Iterator

from living_review.validation.issues import Issue, Table

NONE = "not_applicable"


def check_findings(table: Table | None) -> Iterator[Issue]:
    """Yield claims whose ``materiality`` and ``issue`` do not go with their verdict or each other.

    Parameters
    ----------
    table : Table or None
        The claims of one study.
    """
    from living_review.audit.outcome import is_finding

    matter: dict[str, tuple[str, int]] = {}
    if table is None:
        return
    for number, row in table.cells():
        if not {"verdict", "materiality", "issue"} <= row.keys():
            return  # the header has its own issue
        for column in ("materiality", "issue"):
            if (row[column] != NONE) != is_finding(row["verdict"]):
                wanted = "a word" if is_finding(row["verdict"]) else NONE
                yield Issue(
                    table.file,
                    number,
                    column,
                    repr(row[column]),
                    f"{wanted}, as the verdict is {row['verdict']!r}",
                    "Say how much the finding matters and which issue it is, or correct the verdict.",
                )
        first, there = matter.setdefault(row["issue"], (row["materiality"], number))
        if row["materiality"] != first:
            yield Issue(
                table.file,
                number,
                "materiality",
                repr(row["materiality"]),
                f"{first!r}, as in row {there}, which is the same issue",
                "Give one issue one materiality, or two issues two names.",
            )
