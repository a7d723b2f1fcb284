"""One page of the built site, finished: light, with its own address, its terms explained.

What a page becomes depends on its own bytes, on the address of the site and on the glossary, so that
a large book finishes only what the builder wrote anew (:class:`Memory`); the rest is remembered.
"""

from __future__ import annotations

import gzip
import html
import json
import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from living_review.build import backlinks, digest, glossary, leads, trace

CARD = "_static/card.png"  # the picture that other sites show beside a link to this one
GLOSSARY = "book/glossary.html"
# The first is a copy of a page, the others hold no prose.
NOT_LISTED = ("index.html", "search.html", "404.html")
# Names, operators, punctuation and space of highlighted code; see the few colours in living-review.css.
UNCOLOURED = re.compile(
    r'<span class="(?:n|o|p|w|nn|nf|nb|nc|bp|fm|vm|nd|ne|na|nt|err)">([^<]*)</span>'
)
# Of the theme, for a service that no page uses: none of it runs, and the policy of the page forbids it.
DEAD_SCRIPT = re.compile(
    r"""<script(?: type="text/x-thebe-config")?>\s*(?:\{|kernelName\b)[^<]*</script>\s*"""
)
REFERENCE = re.compile(r'<(\w+)\b[^>]*?\s(src|href|action|data)="([^"]*)"')
FETCHED = {"script", "link", "img", "iframe", "source", "video", "audio", "object", "embed", "form"}
LINK_RELATIONS_NOT_FETCHED = re.compile(r'rel="(?:canonical|license|author|alternate)"')
FOREIGN = re.compile(r"^(?:https?:)?//")
OUTSIDE = re.compile(r"^(?:[a-z][a-z+.-]*:|//|#)")
# The builder turns links of pages and of Markdown cells into addresses; what a cell showed is the
# output of a program and stays as it is, so that a link to another notebook still names the notebook.
NOTEBOOK_LINK = re.compile(r'(<a\b[^>]*?\shref="(?![a-z][a-z+.-]*:|//)[^"#?]*)\.ipynb(?=["#])')
FIGURE = re.compile(r'<figure class="lr-figure".*?</figure>', re.DOTALL)


@dataclass(frozen=True)
class Page:
    """A finished page and what the site needs to know of it."""

    text: str
    named: list[str]  # files that it asks for, by their place in the site
    foreign: list[str]  # what it would ask another host for
    sections: list[dict[str, Any]]  # for the search: a :class:`Section` each
    weight: int  # bytes, compressed, without its figures
    shown: Sequence[Sequence[str]] = ()  # of which cards of the evidence (:mod:`.backlinks`)


def postprocess_page(
    text: str,
    place: str,
    base: str,
    found: dict[str, tuple[str, str]],
    allowed: Sequence[leads.Allowed] = (),
) -> Page:
    """Finish one page.

    Parameters
    ----------
    text : str
        HTML as the builder wrote it; a page that was finished stays as it is.
    place : str
        Its place in the site: ``notebooks/audit.html``.
    base : str
        Address of the site without a slash at its end, or an empty string.
    found : dict
        The terms of the glossary (see :func:`living_review.build.glossary.read_glossary`).
    allowed : sequence of Allowed, optional
        Numbers that are no results and lead nowhere (see :func:`living_review.build.leads.add`).

    Returns
    -------
    Page
        The page, with what was seen in it.
    """
    # Marks of code that the style sheet does not colour are half the weight of code.
    text = _address(UNCOLOURED.sub(r"\1", DEAD_SCRIPT.sub("", text)), place, base)
    text = NOTEBOOK_LINK.sub(r"\1.html", text)
    if place not in (GLOSSARY, "search.html", "404.html"):
        address = posixpath.relpath(GLOSSARY, posixpath.dirname(place) or ".")
        text = glossary.explain(text, found, address)
    text = leads.add(text, place, allowed)
    # The audit repeats what is in the chapters: found there, and a quarter of the index.
    again = "lr-claims" if place == "notebooks/audit.html" else ""
    return Page(
        text,
        named=sorted(set(_named(text, place))),
        foreign=list(_foreign(text, place)),
        sections=[]
        if place in NOT_LISTED
        else [asdict(section) for section in sections(text, without=again)],
        weight=weight(text),
        shown=backlinks.of_page(text, place),
    )


def weight(text: str) -> int:
    """Return the bytes of a page, compressed and without its figures."""
    return len(gzip.compress(FIGURE.sub("", text).encode(), mtime=0))


def _address(text: str, place: str, base: str) -> str:
    """Write the whole address of a page into its head and its citation, if the site has one."""
    here = html.escape(f"{base}/{'book/index.html' if place == 'index.html' else place}")
    head = f'<link rel="canonical" href="{here}">\n<meta property="og:url" content="{here}">\n'
    above = html.escape(f"{base}/") if base else "../" * place.count("/")
    card = f'<meta property="og:image" content="{above}{CARD}">'
    text = text.replace("<!--lr-address-head-->", (head if base else "") + card)
    return text.replace("<!--lr-address-->", f" {here}" if base else "")


def _named(text: str, place: str) -> Iterator[str]:
    named = [m[3] for m in REFERENCE.finditer(text)]
    named += re.findall(r'<meta property="og:image" content="([^"]+)"', text)
    for address in named:
        if not OUTSIDE.match(address):
            path = re.split(r"[?#]", html.unescape(address))[0]
            yield posixpath.normpath(posixpath.join(posixpath.dirname(place), path))


def _foreign(text: str, place: str) -> Iterator[str]:
    for match in REFERENCE.finditer(text):
        tag, _, address = match.groups()
        if tag not in FETCHED or not FOREIGN.match(address):
            continue
        if tag == "link" and LINK_RELATIONS_NOT_FETCHED.search(match[0]):
            continue
        yield f"{place}: <{tag}> asks for {address}"


class PageCache:
    """Finished pages of earlier builds, each under the digest of all that it was made from."""

    def __init__(self, folder: Path | None, allowed: Sequence[leads.Allowed] = ()) -> None:
        self.folder = folder
        self.allowed = allowed
        self._used: set[str] = set()
        modules = (__file__, *(str(m.__file__) for m in (glossary, leads, trace, backlinks)))
        self._code = digest.of_files((f, Path(f)) for f in modules) + digest.of_text(repr(allowed))

    def finish(self, text: str, place: str, base: str, found: dict[str, tuple[str, str]]) -> Page:
        """Return what :func:`postprocess_page` gives, from memory where nothing is new.

        Parameters
        ----------
        text : str
            The page as the builder wrote it.
        place : str
            Its path in the site.
        base : str
            Address of the site; empty for none.
        found : dict of str to tuple of str
            Terms of the glossary.

        Returns
        -------
        Page
            The page, with what was seen in it.
        """
        if self.folder is None:
            return postprocess_page(text, place, base, found, self.allowed)
        made_from = json.dumps([self._code, text, place, base, sorted(found.items())])
        name = f"{digest.of_text(made_from)}.json"
        self._used.add(name)
        try:
            return Page(**json.loads((self.folder / name).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):  # not there, or cut off by an interruption
            page = postprocess_page(text, place, base, found, self.allowed)
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(json.dumps(asdict(page)), encoding="utf-8")
            return page

    def forget_the_rest(self) -> None:
        """Remove what no page of this build used."""
        if self.folder is not None and self.folder.is_dir():
            for name in set(os.listdir(self.folder)) - self._used:
                (self.folder / name).unlink()


@dataclass
class Section:
    """What the search knows of a section of a page."""

    id: str
    heading: str = ""
    prose: str = ""  # a line for each paragraph, entry of a list or definition
    tables: list[Table] = field(default_factory=list)


@dataclass
class Table:
    """A table as the search knows it: ``rows`` are pairs of the row's heading and its other cells."""

    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)

    def add(self, words: str, into: str) -> None:
        """Add words to the last row.

        Parameters
        ----------
        words : str
            As they come.
        into : str
            ``head`` for the heading of the row; anything else for its cells.
        """
        if self.rows:
            self.rows[-1][into != "head"] += words


class _Sections(HTMLParser):
    """Read the sections of a page: prose apart from tables, whose cells are no sentences."""

    SKIPPED = frozenset({"svg", "script", "style", "template", "math"})
    VOID = frozenset({"br", "img", "input", "hr", "meta", "link", "wbr", "path", "source"})
    LEFT_OUT = frozenset({"lr-code", "headerlink", "lr-links", "lr-rows", "lr-time", "lr-version"})
    LINES = frozenset({"p", "li", "dd", "div", "figcaption", "pre", "section", "label"})

    def __init__(self, without: str = "") -> None:
        super().__init__(convert_charrefs=True)
        self.left_out = self.LEFT_OUT | {without} - {""}
        self.inside = False
        self.skip: list[str] = []
        self.stack: list[tuple[str, bool]] = []
        self.open: list[Section] = []
        self.sections: list[Section] = []
        self.into = "prose"  # where words go: heading, prose, caption, head (of a row), cells

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        classes = set((values.get("class") or "").split())
        if tag == "article":
            self.inside = True
        if tag == "br":
            self.handle_data(" ")
        if not self.inside or tag in self.VOID:
            return
        unsearched = tag in self.SKIPPED or "data-unsearched" in values
        if self.skip or unsearched or classes & self.left_out:
            self.skip.append(tag)
            return
        opens = tag == "section" and "id" in values
        if opens:
            self.open.append(Section(values["id"] or ""))
            self.sections.append(self.open[-1])
        self.stack.append((tag, opens))
        if self.open:
            self._enter(tag, values.get("scope") == "row", self.open[-1])

    def _enter(self, tag: str, of_row: bool, here: Section) -> None:
        """Note where the words that follow belong."""
        if tag in ("table", "summary"):  # what a fold is called stands for the table in it
            here.tables.append(Table())
            self.into = "cells" if tag == "table" else "caption"
        elif tag == "tr" and here.tables:
            here.tables[-1].rows.append(["", ""])
        elif tag in ("h1", "h2", "h3", "h4"):
            self.into = "heading"
        elif tag == "caption":
            self.into = "caption"
        elif tag == "th" and of_row:
            self.into = "head"
        elif tag == "dt":
            here.prose += "\n"
        elif tag in ("td", "th", "li", "div") and self.into in ("head", "cells"):
            here.tables[-1].add(" ", self.into)

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self.inside = False
        if not self.inside or tag in self.VOID:
            return
        if self.skip:
            if self.skip[-1] == tag:
                self.skip.pop()
            return
        if tag in ("h1", "h2", "h3", "h4", "table", "summary"):
            self.into = "prose"
        elif tag in ("caption", "th"):
            self.into = "cells"
        elif self.open and self.into == "prose" and tag in (*self.LINES, "dt"):
            self.open[-1].prose += ": " if tag == "dt" else "\n"
        if self.stack and self.stack[-1][0] == tag and self.stack.pop()[1]:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside or self.skip or not self.open:
            return
        here = self.open[-1]
        if self.into == "heading":
            here.heading += data
        elif self.into == "prose":
            here.prose += data.replace("\n", " ")
        elif self.into == "caption":
            here.tables[-1].caption += data
        else:
            here.tables[-1].add(data, self.into)


def sections(text: str, without: str = "") -> list[Section]:
    """Return the sections of a page, each with its heading, its prose and its tables.

    Elements with the class ``without`` are left out.

    Parameters
    ----------
    text : str
        The page, in HTML.
    without : str, optional
        A class of elements.

    Returns
    -------
    list of Section
        In the order of the page.
    """
    parser = _Sections(without)
    parser.feed(text)
    for section in parser.sections:
        section.heading = _one_space(section.heading)
        lines = (_one_space(line).removeprefix(": ") for line in section.prose.split("\n"))
        section.prose = "\n".join(line for line in lines if line)
        for table in section.tables:
            table.caption = _one_space(table.caption)
            table.rows = [row for row in ([*map(_one_space, row)] for row in table.rows) if any(row)]
    return parser.sections


def _one_space(text: str) -> str:
    return " ".join(text.split())
