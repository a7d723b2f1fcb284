"""The list of changes against what it refers to: the pages of the book and the versions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from living_review.validation import contents
from living_review.validation.issues import Issue, Table, did_you_mean, listed

FILE = "data/review/changes.csv"


def check_changes(root: Path, records: dict[str, Table]) -> Iterator[Issue]:
    """Yield rows of no page or no version, and a newest version that says nothing of any page.

    Parameters
    ----------
    root : Path
        Top of the project; without ``_toc.yml`` it has no pages to ask for.
    records : dict
        The readable tables of ``data/review/``.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    if "versions" not in records:
        return
    versions = [row.get("version", "") for _, row in records["versions"].cells()]
    rows = list(records["changes"].cells()) if "changes" in records else []
    pages = set(contents.pages(root)[0])
    for number, row in rows:
        if row.get("version") not in versions:
            yield Issue(
                FILE,
                number,
                "version",
                repr(row.get("version")),
                f"a version of data/review/versions.csv: {', '.join(versions)}",
                "Correct it, or add the version there.",
            )
        if pages and row.get("page") not in pages:
            yield Issue(
                FILE,
                number,
                "page",
                repr(row.get("page")),
                f"a page of _toc.yml: {listed(pages)}",
                did_you_mean(row.get("page"), pages) + "Write the page as _toc.yml names it.",
            )
    reported = {row.get("version") for _, row in rows}
    unreadable = "changes" not in records and (root / FILE).is_file()  # has an issue of its own
    if contents.is_whole(root) and versions and versions[-1] not in reported and not unreadable:
        yield Issue(
            FILE,
            None,
            "version",
            f"no row of {versions[-1]}, the newest version",
            "at least one row for each page that it changed",
            "Add them; `living-review diff VERSION` says what differs.",
        )
