"""What each version of the review changed on each page, as ``data/review/changes.csv`` says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from living_review import files
from living_review.evidence import Review
from living_review.stats import dates


@dataclass(frozen=True)
class Change:
    """What the newest version that touched a page changed there."""

    version: str
    day: str
    what: tuple[str, ...]
    is_first: bool  # the version is the first one of the review
    is_newest: bool

    def __str__(self) -> str:
        """State it in one line, for a reader of the page."""
        if not self.is_newest:
            return f"Unchanged since version {self.version} ({self.day})"
        if self.is_first:
            return f"First version, {self.day}"
        return f"Changed in version {self.version} ({self.day}): {'; '.join(self.what)}"


def changes_of_page(review: Review, page: str) -> Change | None:
    """Return the newest change of a page; None if no version says that it changed anything there.

    Parameters
    ----------
    review : Review
    page : str
        As ``_toc.yml`` names it: ``notebooks/rossi_2027``.

    Returns
    -------
    Change or None
        Version and rows, or None.
    """
    days = dict(review.records("versions")[["version", "date"]].itertuples(index=False))
    versions = list(days)  # from the first to the newest
    rows = review.records("changes")
    own = rows[(rows["page"] == page) & rows["version"].isin(versions)]
    if own.empty:
        return None
    newest = max(own["version"], key=versions.index)
    return Change(
        newest,
        dates.format_date(days[newest]),
        tuple(own.loc[own["version"] == newest, "what"]),
        is_first=newest == versions[0],
        is_newest=newest == versions[-1],
    )


def page_title(root: Path, page: str) -> str:
    """Return the title of a page, its first heading; without such a page or heading, its name.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    page : str
        As ``_toc.yml`` names it.

    Returns
    -------
    str
        Plain text.
    """
    text, notebook = root / f"{page}.md", root / f"{page}.ipynb"
    source = ""
    if text.is_file():
        source = files.read_text(text)
    elif notebook.is_file():
        cells = files.read_json(notebook, files.LARGEST_NOTEBOOK)["cells"]
        source = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    found = re.search(r"^# (.+)$", source, re.MULTILINE)
    return found[1].strip() if found else page
