"""What a search finds: a bibliographic record, and which records are one publication."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

NONE = "not_reported"
ALONE = "not_applicable"  # in ``same_as``: this record stands for its publication
# A title shorter than this ("Reply to the authors") says too little to make two records one.
SHORTEST_TITLE = 25
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass
class Record:
    """A record of a bibliographic service.

    Attributes
    ----------
    source : str
        Who gave it, a word of the vocabulary's ``search_sources``.
    source_id : str
        Its name there.
    pmid, doi, year, title, authors, journal : str
        As given, cleaned of control characters; ``not_reported`` where the service gave none. Authors
        are named family name first, separated by semicolons. A DOI is in small letters.
    abstract : str
        Never written to ``data/``: it is the publisher's.
    fetched : bool
        Whether the service gave the record itself, and not only its name.
    """

    source: str
    source_id: str
    pmid: str = NONE
    doi: str = NONE
    year: str = NONE
    title: str = NONE
    authors: str = NONE
    journal: str = NONE
    abstract: str = field(default="", repr=False)
    fetched: bool = True

    @property
    def record_id(self) -> str:
        """Its name in this review: ``pubmed:12345``."""
        return f"{self.source}:{self.source_id}"


def clean(text: str | None) -> str:
    """Return a text on one line without control characters; ``not_reported`` if nothing is left."""
    words = " ".join(_CONTROL.sub(" ", text or "").split())
    return words or NONE


def clean_doi(text: str | None) -> str:
    """Return a DOI in small letters without the address before it; ``not_reported`` if it is none.

    Examples
    --------
    >>> clean_doi("https://doi.org/10.1542/PEDS.2013-1224"), clean_doi("n/a")
    ('10.1542/peds.2013-1224', 'not_reported')
    """
    found = re.search(r"10\.\d{4,9}/\S+", clean(text))
    return found[0].lower().rstrip(".,;") if found else NONE


def clean_year(text: str | None) -> str:
    """Return the first year in a text; ``not_reported`` without one.

    Examples
    --------
    >>> clean_year("2024 Nov-Dec"), clean_year(None)
    ('2024', 'not_reported')
    """
    found = re.search(r"\b(1[89]|20)\d\d\b", text or "")
    return found[0] if found else NONE


def plain_title(title: str) -> str:
    """Return a title as small letters and digits alone, for comparison.

    Examples
    --------
    >>> plain_title("Aspirin for β-cell α-lesions: a Case-Report.")
    'aspirin for β cell α lesions a case report'
    """
    text = unicodedata.normalize("NFKD", title).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", text))


def link_duplicates(rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Return records with ``same_as`` and ``matched_by`` filled in: linked, none left out.

    Two records are one publication if they have the same DOI, the same PMID, or the same title
    (:func:`plain_title`, at least 25 characters) with years at most one apart and neither DOI nor PMID
    that differ. The earlier row stands for the later ones. A row that a person linked or kept apart
    (``matched_by`` is ``hand``) stays as it is.

    Parameters
    ----------
    rows : iterable of dict
        Rows of ``data/review/records.csv``, in file order.

    Returns
    -------
    list of dict
        As many rows, in the same order.
    """
    linked = [dict(row) for row in rows]
    groups = _Groups([row["id"] for row in linked])
    seen: dict[tuple[str, str], str] = {}
    titles: dict[str, list[dict[str, str]]] = {}
    free = [row for row in linked if row["matched_by"] != "hand"]
    for row in free:
        for key in ("doi", "pmid"):
            if row[key] != NONE:
                groups.join(row["id"], seen.setdefault((key, row[key].lower()), row["id"]), key)
        title = plain_title(row["title"])
        if row["title"] != NONE and len(title) >= SHORTEST_TITLE:
            for other in titles.setdefault(title, []):
                if _may_be_one(row, other):
                    groups.join(row["id"], other["id"], "title")
            titles[title].append(row)
    for row in free:
        first = groups.first(row["id"])
        alone = first == row["id"]
        row["same_as"] = ALONE if alone else first
        row["matched_by"] = ALONE if alone else groups.reason[row["id"]]
    return linked


class _Groups:
    """Records that are one publication; the one that comes first in the file stands for the others."""

    def __init__(self, names: list[str]) -> None:
        self.place = {name: number for number, name in enumerate(names)}
        self.above = {name: name for name in names}
        self.reason: dict[str, str] = {}

    def first(self, name: str) -> str:
        while self.above[name] != name:
            self.above[name] = self.above[self.above[name]]
            name = self.above[name]
        return name

    def join(self, one: str, other: str, by: str) -> None:
        first, last = sorted((self.first(one), self.first(other)), key=self.place.__getitem__)
        if first != last:
            self.above[last] = first
            self.reason[last] = by


def _may_be_one(row: dict[str, str], other: dict[str, str]) -> bool:
    if any(NONE not in (row[k], other[k]) and row[k] != other[k] for k in ("doi", "pmid")):
        return False
    years = (row["year"], other["year"])
    return NONE in years or abs(int(years[0]) - int(years[1])) <= 1
