"""The interfaces that are searched: PubMed (E-utilities), Europe PMC, Crossref.

Each source yields what it finds page by page, so that every page can be put on disk before the next is
asked for, and takes up where it stopped. Known habits of the services that this module answers to:

* E-utilities say errors with status 200; without ``retmax`` they give 20 ids; of one query no id beyond
  the 9,999th can be had, so a window with more is split by date; one bad id spoils a whole fetch, so a
  fetch that fails is halved until the bad one is alone;
* Europe PMC pages by a cursor and now and then gives a page that is empty before the end;
* JSON may hold control characters, XML may be cut.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from living_review.living.http import BadBodyError, Client, FetchError, RefusedError, UnreadableError
from living_review.living.records import NONE, Record, clean, clean_doi, clean_year, plain_title

CEILING = 9_999  # ids of one PubMed query that can be had
CHUNK = 200  # records of one fetch
PAGE = 1_000  # records of one page of Europe PMC
DAY = datetime.timedelta(days=1)
_ILLEGAL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # in XML 1.0


@dataclass(frozen=True)
class Window:
    """Days of entry that are asked for, both included."""

    first: datetime.date
    last: datetime.date

    def halves(self) -> tuple[Window, Window]:
        """Split into two windows; one day cannot be split.

        Raises
        ------
        FetchError
            If it is one day.
        """
        if self.first == self.last:
            raise FetchError(
                f"PubMed: more than {CEILING:,} records on {self.first}, which cannot be had; make the "
                "strategy narrower"
            )
        middle = self.first + (self.last - self.first) // 2
        return Window(self.first, middle), Window(middle + DAY, self.last)


@dataclass(frozen=True)
class Page:
    """What came of one step: records, and how to go on after it.

    Attributes
    ----------
    records : tuple of Record
    found : int
        How many records the service says there are for the step's query.
    state : dict
        Plain data from which the source goes on, laid over the state before; None after the last page.
    """

    records: tuple[Record, ...]
    found: int
    state: dict[str, Any] | None


def read_json(body: bytes) -> dict[str, Any]:
    """Return a JSON object; control characters within texts are let pass.

    Raises
    ------
    BadBodyError
        If it is none: an error page, or cut.
    """
    try:
        found = json.loads(body.decode("utf-8", errors="replace"), strict=False)
    except ValueError:
        raise BadBodyError("an answer that is no JSON") from None
    if not isinstance(found, dict):
        raise BadBodyError("an answer that is no JSON object")
    return found


def read_xml(body: bytes) -> etree._Element:
    """Return the top of an XML document; nothing outside it is loaded.

    Raises
    ------
    BadBodyError
        If it is malformed or empty.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        return etree.fromstring(_ILLEGAL.sub(b" ", body), parser)
    except etree.XMLSyntaxError:
        raise BadBodyError("an answer that is no XML") from None


# --- PubMed ----------------------------------------------------------------------------------------


@dataclass
class PubMed:
    """PubMed by NCBI's E-utilities: ``esearch`` for the ids, ``efetch`` for the records."""

    client: Client
    name: str = field(default="pubmed", init=False)

    def pages(self, query: str, window: Window, state: dict[str, Any] | None) -> Iterator[Page]:
        """Yield the records of a query that entered PubMed within a window.

        Parameters
        ----------
        query : str
            In PubMed's syntax.
        window : Window
            Of the date of entry (``edat``).
        state : dict or None
            The state after the last page that is on disk; None to begin.

        Yields
        ------
        Page
            A page of records, with the state to resume from.
        """
        if state is None:
            ids = self._ids(query, window)
            state = {"ids": ids, "done": 0}
            yield Page((), len(ids), state if ids else None)
        ids = state["ids"]
        for start in range(state["done"], len(ids), CHUNK):
            done = min(start + CHUNK, len(ids))
            records = tuple(self._fetch(ids[start:done]))
            yield Page(records, len(ids), {"done": done} if done < len(ids) else None)

    def _ids(self, query: str, window: Window) -> list[str]:
        count, ids = self._search(query, window, 0)
        if count > CEILING:
            earlier, later = window.halves()
            ids = self._ids(query, earlier) + self._ids(query, later)
            return list(dict.fromkeys(ids))
        while len(ids) < count:
            _, more = self._search(query, window, len(ids))
            ids += more
        return list(dict.fromkeys(ids))

    def _search(self, query: str, window: Window, start: int) -> tuple[int, list[str]]:
        parameters = {
            "db": "pubmed",
            "term": query,
            "retmode": "json",
            "retstart": str(start),
            "retmax": str(CEILING - start),
            "datetype": "edat",
            "mindate": window.first.strftime("%Y/%m/%d"),
            "maxdate": window.last.strftime("%Y/%m/%d"),
        }

        def read(body: bytes) -> tuple[int, list[str]]:
            found = read_json(body).get("esearchresult")
            if not isinstance(found, dict) or "ERROR" in found:
                raise BadBodyError("an error with status 200")
            try:
                count, ids = int(found["count"]), [str(i) for i in found["idlist"]]
            except (KeyError, TypeError, ValueError):
                raise BadBodyError("an answer without count or ids") from None
            if start < min(count, CEILING) and not ids:
                raise BadBodyError(f"an empty list although there are {count}")
            return count, ids

        return self.client.ask("esearch.fcgi", parameters, read)

    def _fetch(self, ids: list[str]) -> list[Record]:
        """Return a record for each id, in their order; halved where a fetch as a whole fails."""
        parameters = {"db": "pubmed", "id": ",".join(ids), "retmode": "xml"}
        try:
            got = self.client.ask("efetch.fcgi", parameters, _pubmed_records, post=True)
        except (RefusedError, UnreadableError) as error:
            if isinstance(error, RefusedError) and error.status in (401, 403):
                raise
            if len(ids) == 1:
                return [Record(self.name, ids[0], pmid=ids[0], fetched=False)]
            half = len(ids) // 2
            return self._fetch(ids[:half]) + self._fetch(ids[half:])
        lacking = [i for i in ids if i not in got]
        if lacking and len(ids) > 1:
            # Left out without a word: asked for once more, by themselves.
            half = (len(lacking) + 1) // 2
            for part in (lacking[:half], lacking[half:]):
                got |= {r.source_id: r for r in (self._fetch(part) if part else ())}
        elif lacking:
            got[ids[0]] = Record(self.name, ids[0], pmid=ids[0], fetched=False)
        return [got[i] for i in ids]


def _pubmed_records(body: bytes) -> dict[str, Record]:
    top = read_xml(body)
    if top.tag != "PubmedArticleSet":
        raise BadBodyError("an error with status 200")
    found = (_pubmed_record(article) for article in top)
    return {record.source_id: record for record in found if record is not None}


def _pubmed_record(article: etree._Element) -> Record | None:
    pmid = clean(article.findtext(".//PMID"))
    if not pmid.isdigit():
        return None
    # By whole paths: a list of references holds ids of other articles, too.
    dois = [
        element.text
        for place in (
            "PubmedData/ArticleIdList/ArticleId[@IdType='doi']",
            "BookDocument/ArticleIdList/ArticleId[@IdType='doi']",
            "MedlineCitation/Article/ELocationID[@EIdType='doi']",
        )
        for element in article.iterfind(place)
    ]
    title = _words(article.find(".//ArticleTitle"))
    if title == Record.title:
        title = _words(article.find(".//BookTitle"))
    dates = (".//JournalIssue/PubDate", ".//Book/PubDate", ".//ArticleDate")
    years = (clean_year(_words(article.find(place))) for place in dates)
    names = (
        clean(f"{a.findtext('LastName') or ''} {a.findtext('Initials') or ''}")
        if a.findtext("CollectiveName") is None
        else clean(a.findtext("CollectiveName"))
        for a in article.iterfind(".//AuthorList/Author")
    )
    parts = (_words(part) for part in article.iterfind(".//Abstract/AbstractText"))
    return Record(
        source="pubmed",
        source_id=pmid,
        pmid=pmid,
        doi=next((d for d in map(clean_doi, dois) if d != Record.doi), Record.doi),
        year=next((y for y in years if y != Record.year), Record.year),
        title=title,
        authors=clean("; ".join(n for n in names if n != Record.authors)),
        journal=clean(article.findtext(".//ISOAbbreviation") or article.findtext(".//Journal/Title")),
        abstract=" ".join(part for part in parts if part != Record.title),
    )


def _words(element: etree._Element | None) -> str:
    return clean(None if element is None else " ".join(map(str, element.itertext())))


# --- Europe PMC ------------------------------------------------------------------------------------


@dataclass
class EuropePmc:
    """Europe PMC by its REST interface, paged by cursor."""

    client: Client
    name: str = field(default="europe_pmc", init=False)

    def pages(self, query: str, window: Window, state: dict[str, Any] | None) -> Iterator[Page]:
        """Yield the records of a query that were first indexed within a window; as :class:`PubMed`.

        Parameters
        ----------
        query : str
            The query in the syntax of the service.
        window : Window
            First and last day.
        state : dict of str to object or None
            Where to resume; None to begin.

        Yields
        ------
        Page
            A page of records, with the state to resume from.

        Raises
        ------
        FetchError
            If the cursor ends before as many records came as the service says there are.
        """
        dated = f"({query}) AND (FIRST_IDATE:[{window.first} TO {window.last}])"
        cursor, had = (state["cursor"], state["had"]) if state else ("*", 0)
        while True:
            found, rows, after = self._page(dated, cursor, had)
            had += len(rows)
            last = had >= found
            if not last and (not after or after == cursor):
                raise FetchError(f"Europe PMC: its cursor ended after {had} of {found} records")
            yield Page(tuple(rows), found, None if last else {"cursor": after, "had": had})
            if last:
                return
            cursor = after

    def _page(self, query: str, cursor: str, had: int) -> tuple[int, list[Record], str]:
        parameters = {
            "query": query,
            "format": "json",
            "resultType": "core",
            "pageSize": str(PAGE),
            "cursorMark": cursor,
        }

        def read(body: bytes) -> tuple[int, list[Record], str]:
            answer = read_json(body)
            try:
                found = int(answer["hitCount"])
                rows = [r for r in map(_europe_pmc_record, answer["resultList"]["result"]) if r]
            except (KeyError, TypeError, ValueError, AttributeError):
                raise BadBodyError("an error with status 200") from None
            if not rows and had < found:
                raise BadBodyError(f"an empty page after {had} of {found}")
            return found, rows, str(answer.get("nextCursorMark") or "")

        return self.client.ask("search", parameters, read)


def _europe_pmc_record(row: dict[str, Any]) -> Record | None:
    if not row.get("id"):
        return None
    journal = (row.get("journalInfo") or {}).get("journal") or {}
    year = clean_year(str(row.get("pubYear") or row.get("firstPublicationDate") or ""))
    authors = clean(row.get("authorString"))
    return Record(
        source="europe_pmc",
        source_id=clean(f"{row.get('source') or 'x'}/{row['id']}").lower().replace(" ", "_"),
        pmid=clean(row.get("pmid")),
        doi=clean_doi(row.get("doi")),
        year=year,
        title=clean(re.sub(r"</?[a-zA-Z][^>]*>", "", row.get("title") or "")),
        authors=authors if authors == Record.authors else "; ".join(authors.rstrip(".").split(", ")),
        journal=clean(journal.get("isoabbreviation") or journal.get("title")),
        abstract=clean(re.sub(r"</?[a-zA-Z][^>]*>", " ", row.get("abstractText") or "")),
    )


# --- Crossref --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Notice:
    """A notice on a publication: retraction, correction, expression of concern."""

    doi: str
    notice_doi: str
    kind: str  # as Crossref codes it: retraction, correction, erratum, ...
    date: str
    reported_by: str  # publisher, retraction-watch


@dataclass
class Crossref:
    """Crossref by its REST interface: what became of a publication whose DOI is known."""

    client: Client
    name: str = field(default="crossref", init=False)

    def notices(self, doi: str) -> list[Notice] | None:
        """Return the notices on a publication (``updated-by``); None if Crossref does not know it.

        The same notice reported by the publisher and by Retraction Watch is one, with both named.
        """

        def read(body: bytes) -> list[dict[str, Any]]:
            message = read_json(body).get("message")
            if not isinstance(message, dict) or "DOI" not in message:
                raise BadBodyError("an error with status 200")
            return message.get("updated-by") or []

        try:
            found = self.client.ask(f"works/{doi}", {}, read)
        except RefusedError as error:
            if error.status in (400, 404):
                return None
            raise
        return merge_notices(_notice(doi, row) for row in found)

    def find(self, title: str, year: str) -> str | None:
        """Return the DOI of a publication that has none; None unless one, and only one, has its title.

        Parameters
        ----------
        title, year : str
            As the record has them. A year, where both have one, may differ by one.

        Returns
        -------
        str or None
            The DOI, or None.
        """

        def read(body: bytes) -> list[dict[str, Any]]:
            message = read_json(body).get("message")
            if not isinstance(message, dict) or not isinstance(message.get("items"), list):
                raise BadBodyError("an error with status 200")
            return message["items"]

        asked = {"query.bibliographic": title, "rows": "5", "select": "DOI,title,issued"}
        wanted = plain_title(title)
        found = set()
        for item in self.client.ask("works", asked, read):
            parts = ((item.get("issued") or {}).get("date-parts") or [[None]])[0]
            given = str(parts[0]) if parts and parts[0] else NONE
            near = NONE in (year, given) or abs(int(year) - int(given)) <= 1
            if near and wanted in {plain_title(clean(text)) for text in item.get("title") or []}:
                found.add(clean_doi(item.get("DOI")))
        return found.pop() if len(found) == 1 else None


def _notice(doi: str, row: dict[str, Any]) -> Notice:
    parts = ((row.get("updated") or {}).get("date-parts") or [[]])[0]
    return Notice(
        doi=doi,
        notice_doi=clean_doi(row.get("DOI")),
        kind=re.sub(r"[^a-z]+", "_", clean(row.get("type")).lower()).strip("_"),
        date="-".join(f"{int(p):02d}" for p in parts) or NONE,
        reported_by=clean(row.get("source")),
    )


def merge_notices(notices: Iterable[Notice]) -> list[Notice]:
    """Return each notice once, with all sources that reported it; the earliest date counts."""
    merged: dict[tuple[str, str, str], Notice] = {}
    for new in notices:
        key = (new.doi, new.notice_doi, new.kind)
        old = merged.get(key, new)
        by = {*old.reported_by.split(" "), *new.reported_by.split(" ")}
        named = " ".join(sorted(by - {NONE})) or NONE
        merged[key] = Notice(*key, min(old.date, new.date), named)  # a date sorts before not_reported
    return list(merged.values())
