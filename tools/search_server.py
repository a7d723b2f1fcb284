"""A server that speaks the three interfaces of the search, as well or as badly as it is told.

It holds invented records and answers on this machine alone. A *fault* is a function that is given each
request first; what it returns is the answer, and None lets the request pass.
"""

from __future__ import annotations

import datetime
import http.server
import json
import re
import threading
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

FIRST = datetime.date(2024, 1, 1)


@dataclass(frozen=True)
class Request:
    """What was asked: the interface, the path below it, the parameters."""

    interface: str
    path: str
    parameters: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What is answered.

    Attributes
    ----------
    cut : int
        Bytes that are promised and not sent.
    drop : bool
        Close the connection without a word.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    drop: bool = False


Fault = Callable[[Request], Answer | None]


@dataclass
class Item:
    """An invented publication."""

    number: str
    day: datetime.date
    title: str | None
    doi: str | None = None
    pmid: str | None = None
    year: str | None = "2024"


def some(count: int, start: int = 1, days: int = 300) -> dict[str, Item]:
    """Return invented publications, spread over a span of days."""
    return {
        str(n): Item(
            str(n),
            FIRST + datetime.timedelta(days=n % days),
            f"Sirolimus in an invented series of lesions, number {n}",
            doi=f"10.1000/made.{n}",
        )
        for n in range(start, start + count)
    }


class Server:
    """The three interfaces on one port of this machine."""

    def __init__(self) -> None:
        self.pubmed: dict[str, Item] = some(7)
        self.europe_pmc: dict[str, Item] = some(5, start=1001)
        self.works: dict[str, dict[str, Any]] = {}
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one packet: two would wait for each other

            def do_GET(self) -> None:
                parts = urllib.parse.urlsplit(self.path)
                self._answer(parts.path, parts.query)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._answer(self.path, body)

            def _answer(self, path: str, query: str) -> None:
                interface, _, rest = path.strip("/").partition("/")
                asked = dict(urllib.parse.parse_qsl(query))
                answer = outer.answer(Request(interface, rest, asked, dict(self.headers)))
                if answer.drop:
                    self.close_connection = True
                    return
                try:
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(answer.body) + answer.cut))
                    self.end_headers()
                    self.wfile.write(answer.body)
                except OSError:
                    self.close_connection = True  # who asked is gone
                if answer.cut:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self.http.shutdown()
        self.http.server_close()

    @property
    def bases(self) -> dict[str, str]:
        """The addresses of the three interfaces."""
        names = ("pubmed", "europe_pmc", "crossref")
        return {name: f"http://127.0.0.1:{self.http.server_port}/{name}" for name in names}

    def answer(self, request: Request) -> Answer:
        """Answer a request, unless a fault does."""
        self.requests.append(request)
        for fault in self.faults:
            answer = fault(request)
            if answer is not None:
                return answer
        if request.interface == "crossref" and request.path == "works":
            return self._titles(request.parameters["query.bibliographic"])
        if request.interface == "crossref":
            return self._work(request.path.removeprefix("works/"))
        if request.interface == "europe_pmc":
            return self._europe_pmc(request.parameters)
        return self._esearch(request) if "esearch" in request.path else self._efetch(request)

    def _esearch(self, request: Request) -> Answer:
        asked = request.parameters
        first, last = (_day(asked[k].replace("/", "-")) for k in ("mindate", "maxdate"))
        ids = [i.number for i in self.pubmed.values() if first <= i.day <= last]
        start, most = int(asked.get("retstart", 0)), int(asked.get("retmax", 20))
        if start + most > 9_999:
            return Answer(json.dumps({"esearchresult": {"ERROR": "beyond the first 9,999"}}).encode())
        found = {"count": str(len(ids)), "idlist": ids[:9_999][start : start + most]}
        return Answer(json.dumps({"esearchresult": found}).encode())

    def _efetch(self, request: Request) -> Answer:
        ids = request.parameters["id"].split(",")
        if any(i not in self.pubmed for i in ids):
            return Answer(b"one of the ids is none", 400)
        return Answer(articles([self.pubmed[i] for i in ids]))

    def _europe_pmc(self, asked: dict[str, str]) -> Answer:
        days = re.search(r"FIRST_IDATE:\[(\S+) TO (\S+)\]", asked["query"])
        assert days is not None
        first, last = map(_day, days.groups())
        items = [i for i in self.europe_pmc.values() if first <= i.day <= last]
        start = 0 if asked["cursorMark"] == "*" else int(asked["cursorMark"])
        end = start + int(asked.get("pageSize", 25))
        rows = [_row(i) for i in items[start:end]]
        answer = {"hitCount": len(items), "nextCursorMark": str(min(end, len(items)))}
        return Answer(json.dumps({**answer, "resultList": {"result": rows}}).encode())

    def _work(self, doi: str) -> Answer:
        doi = urllib.parse.unquote(doi)
        if doi not in self.works:
            return Answer(b"Resource not found.", 404)
        return Answer(json.dumps({"message": {"DOI": doi, **self.works[doi]}}).encode())

    def _titles(self, title: str) -> Answer:
        """Answer with the works of this title, and with one of another, as a search by words does."""
        items = [{"DOI": d, **w} for d, w in self.works.items() if w.get("title") == [title]]
        items.append({"DOI": "10.1000/other", "title": ["Something else"]})
        return Answer(json.dumps({"message": {"items": items}}).encode())


def articles(items: list[Item]) -> bytes:
    """Return publications as PubMed's XML."""
    return f"<PubmedArticleSet>{''.join(map(_article, items))}</PubmedArticleSet>".encode()


def _article(item: Item) -> str:
    title = f"<ArticleTitle>{escape(item.title)}</ArticleTitle>" if item.title else ""
    year = f"<Year>{item.year}</Year>" if item.year else ""
    doi = f'<ArticleId IdType="doi">{item.doi}</ArticleId>' if item.doi else ""
    return (
        f"<PubmedArticle><MedlineCitation><PMID>{item.number}</PMID><Article><Journal><JournalIssue>"
        f"<PubDate>{year}</PubDate></JournalIssue><ISOAbbreviation>J Made</ISOAbbreviation></Journal>"
        f"{title}<Abstract><AbstractText>Of {item.number}.</AbstractText></Abstract><AuthorList>"
        "<Author><LastName>Made</LastName><Initials>AB</Initials></Author></AuthorList></Article>"
        f"</MedlineCitation><PubmedData><ArticleIdList>{doi}</ArticleIdList><ReferenceList><Reference>"
        '<ArticleIdList><ArticleId IdType="doi">10.1000/cited</ArticleId></ArticleIdList>'
        "</Reference></ReferenceList></PubmedData></PubmedArticle>"
    )


def _row(item: Item) -> dict[str, Any]:
    row = {"id": item.number, "source": "MED", "title": item.title, "doi": item.doi}
    row |= {"pmid": item.pmid, "pubYear": item.year, "authorString": "Made AB, Up C."}
    return {key: value for key, value in row.items() if value is not None}


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)
