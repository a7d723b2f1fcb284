"""Which numbers of the built book lead to the evidence they rest on, and which do not.

Read are sentences, lists, tables, captions, and the text alternatives of figures. A number leads to
evidence if it is in a link to a card; if it is in a row of a table with such a link; or if its table or
figure has a link to the rows behind it. A number that is no result is named in
``data/review/trace_allowed.csv``, with the reason.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from living_review.build import leads
from living_review.build.leads import NUMBER, VOID, Allowed
from living_review.report import citing

TO_CARD = frozenset({"lr-num", "lr-source"})
BEHIND = "lr-rows"  # the link of a table or a figure
# Text that shows no number of its own: drawings (their words are in the alternative), code, formulas.
NOT_READ = frozenset({"script", "style", "pre", "math", "textarea", "template"})
BLOCKS = frozenset(
    {
        "p",
        "li",
        "dd",
        "dt",
        "td",
        "th",
        "figcaption",
        "caption",
        "summary",
        "desc",
        "h1",
        "h2",
        "h3",
        "h4",
    }
)
WORDS_AROUND, LONGEST = 45, 160
EVIDENCE = "evidence"  # the folder of the cards


@dataclass(frozen=True)
class Number:
    """A number on a page: where it is, the words around it, and what it leads to."""

    page: str
    part: str
    region: str
    text: str
    words: str
    sentence: str
    leads_to: tuple[str, ...]  # addresses of cards
    allowed: str = ""  # why it is no result

    @property
    def cited(self) -> bool:
        """Whether it leads to evidence."""
        return bool(self.leads_to)


@dataclass
class _Block:
    """A paragraph, a cell or the like: its text, with the links in it."""

    kind: str
    region: str
    part: str
    classes: str
    text: str = ""
    spans: list[tuple[int, int, str]] = field(default_factory=list)  # begin, end, address
    row: int = 0  # of which row of a table it is a cell
    whole: int = 0  # which table or figure it belongs to


class _Reader(HTMLParser):
    """Read the article of a page into blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[_Block] = []
        self.rows: dict[int, list[str]] = {}
        self.wholes: dict[int, list[str]] = {}
        self._open: list[tuple[str, dict[str, str]]] = []
        self._blocks: list[_Block] = []
        self._folds: list[_Block] = []  # words of the open folds
        self._part = ""
        self._row = self._whole = self._count = 0
        self._region = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            if tag == "br" and self._blocks:
                self._blocks[-1].text += " "
            return
        values = {k: v or "" for k, v in attrs}
        classes = values.get("class", "")
        self._open.append((tag, values))
        if not self._inside():
            return
        if self._is_whole(tag, classes) or (tag == "table" and not self._whole):
            self._count += 1
            self._whole = self._count
            self._region = values.get("id") or self._region
            for words in self._folds:  # on which a table or figure opens: they are its caption
                words.whole = words.whole or self._whole
        if tag == "tr":
            self._count += 1
            self._row = self._count
            if rows := values.get("data-rows"):
                self.rows[self._row] = [citing.place(reference) for reference in rows.split()]
        if tag in BLOCKS:
            kind = {"desc": "alt", "figcaption": "caption"}.get(tag, tag)
            kind = "cell" if tag in ("td", "th") else kind
            region = f"{kind}:{self._region}" if self._region else kind
            note = "lr-note" in classes
            block = _Block(
                kind, region, self._part, classes, row=self._row, whole=self._whole if not note else 0
            )
            self._blocks.append(block)
            self.blocks.append(block)
            if tag == "summary":
                self._folds.append(block)
        if tag == "a" and BEHIND in classes.split() and self._whole:
            self.wholes.setdefault(self._whole, []).append(values.get("href", ""))
        if tag == "a" and TO_CARD & set(classes.split()) and self._row:
            row = self.rows.setdefault(self._row, [])
            row += [values.get("href", "")] if values.get("href", "") not in row else []

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while self._open:
            name, values = self._open.pop()
            if name in BLOCKS and self._blocks:
                block = self._blocks.pop()
                if name == "h2":
                    self._part = " ".join(block.text.split()).rstrip("#").strip()
            if name == "tr":
                self._row = 0
            if name == "details" and self._folds:
                self._folds.pop()
            if self._is_whole(name, values.get("class", "")) or (
                name == "table"
                and not any(self._is_whole(t, v.get("class", "")) for t, v in self._open)
            ):
                self._whole, self._region = 0, ""
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self._inside() or not self._blocks:
            return
        tags = [tag for tag, _ in self._open]
        if NOT_READ & set(tags) or ("svg" in tags and "desc" not in tags):
            return
        if any(
            "headerlink" in v.get("class", "") or BEHIND in v.get("class", "") for _, v in self._open
        ):
            return
        block = self._blocks[-1]
        start = len(block.text)
        block.text += data
        for tag, values in self._open:
            if tag == "a" and TO_CARD & set(values.get("class", "").split()):
                block.spans.append((start, len(block.text), values.get("href", "")))

    def _inside(self) -> bool:
        return any(tag == "article" for tag, _ in self._open)

    @staticmethod
    def _is_whole(tag: str, classes: str) -> bool:
        return tag == "figure" or (tag == "div" and "lr-table" in classes)


def numbers(page: str, name: str, allowed: Sequence[Allowed] = ()) -> Iterator[Number]:
    """Yield the numbers in the sentences, lists, captions, tables and alternatives of a page.

    Parameters
    ----------
    page : str
        HTML with one ``article``.
    name : str
        The page's address.
    allowed : sequence of Allowed, optional
        Numbers that are no results.

    Yields
    ------
    Number
        In the order of the page.
    """
    reader = _Reader()
    reader.feed(page)
    for block in reader.blocks:
        region = f"{block.region}.{block.classes.split()[0]}" if block.classes else block.region
        here = [one for one in leads.at(allowed, name, region)]
        kept = [(span, one.reason) for one in here for span in leads.spans(block.text, [one])]
        for match in NUMBER.finditer(block.text):
            to = [address for begin, end, address in block.spans if begin <= match.start() < end]
            to = to or reader.rows.get(block.row, [])
            to = to or reader.wholes.get(block.whole, [])
            reason = next((why for (a, b), why in kept if a <= match.start() < b), "")
            around = block.text[max(0, match.start() - WORDS_AROUND) : match.end() + WORDS_AROUND]
            words = " ".join(around.split())
            sentence = _sentence(block.text, match.start(), match.end())
            yield Number(name, block.part, region, match[0], words, sentence, tuple(to), reason)


def _sentence(text: str, begin: int, end: int) -> str:
    """Return the sentence of a place in a text, the same for every number in it."""
    first = text.rfind(". ", 0, begin) + 2 if ". " in text[:begin] else 0
    last = text.find(". ", end)
    words = " ".join(text[first : last + 1 if last >= 0 else len(text)].split())
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rsplit(' ', 1)[0]} …"


def trace(site: Path) -> list[Number]:
    """Return every number of the built book, page by page.

    Parameters
    ----------
    site : pathlib.Path
        Folder of the built site.
    """
    allowed = leads.read_allowed(site)
    pages = [p for p in sorted(site.rglob("*.html")) if EVIDENCE not in p.relative_to(site).parts]
    return [
        number
        for page in pages
        if page != site / "index.html" or not (site / "book" / "index.html").is_file()  # its copy
        for number in numbers(
            page.read_text(encoding="utf-8"), page.relative_to(site).as_posix(), allowed
        )
    ]


def without(found: Sequence[Number]) -> list[Number]:
    """Return the numbers that are results and lead to no evidence."""
    return [number for number in found if not number.cited and not number.allowed]


def report(found: Sequence[Number], form: str = "text", *, every: bool = False) -> str:
    """Return the list for a reader or a program.

    Parameters
    ----------
    found : sequence of Number
        As :func:`trace` returns them.
    form : {"text", "csv", "json"}
        ``text`` counts page by page and lists what leads nowhere.
    every : bool, optional
        Whether the text lists every number.

    Returns
    -------
    str
        Without a line end at its end.
    """
    if form == "json":
        return json.dumps([asdict(number) for number in found], ensure_ascii=False, indent=1)
    if form == "csv":
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["page", "part", "region", "number", "words", "leads_to", "no_result_because"])
        writer.writerows(
            [n.page, n.part, n.region, n.text, n.words, " ".join(n.leads_to), n.allowed] for n in found
        )
        return stream.getvalue().rstrip("\n")
    missing = without(found)
    lines = []
    if every:
        lines += [f"{n.page}  {n.region}  {n.text}  {_where(n)}  | {n.words}" for n in found]
    else:
        lines += [f"{n.page}  [{n.part}] {n.region}: {n.text} | {n.words}" for n in missing]
    results = Counter(n.page for n in found if n.cited or not n.allowed)
    cited = Counter(n.page for n in found if n.cited)
    lines += [f"{page}: {cited[page]} of {count} lead to evidence" for page, count in results.items()]
    total = sum(results.values())
    share = f"{sum(cited.values())} of {total} result numbers lead to evidence"
    return "\n".join([*lines, f"{share}; {len(found) - total} are no results, each for a reason"])


def _where(number: Number) -> str:
    return " ".join(number.leads_to) or f"({number.allowed or 'NO EVIDENCE'})"
