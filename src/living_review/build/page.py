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
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from html.parser import HTMLParser
from pathlib import Path

from living_review.build import digest, glossary

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
    sections: list[dict[str, str]]  # for the search
    weight: int  # bytes, compressed, without its figures


def postprocess_page(text: str, place: str, base: str, found: dict[str, tuple[str, str]]) -> Page:
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
    # The audit lists again what stands in the chapters: found there, and a quarter of the index.
    again = "lr-claims" if place == "notebooks/audit.html" else ""
    return Page(
        text,
        named=sorted(set(_named(text, place))),
        foreign=list(_foreign(text, place)),
        sections=[] if place in NOT_LISTED else sections(text, without=again),
        weight=weight(text),
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

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._used: set[str] = set()
        self._code = digest.of_files((f, Path(f)) for f in (__file__, glossary.__file__))

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
            return postprocess_page(text, place, base, found)
        made_from = json.dumps([self._code, text, place, base, sorted(found.items())])
        name = f"{digest.of_text(made_from)}.json"
        self._used.add(name)
        try:
            return Page(**json.loads((self.folder / name).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):  # not there, or cut off by an interruption
            page = postprocess_page(text, place, base, found)
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(json.dumps(asdict(page)), encoding="utf-8")
            return page

    def forget_the_rest(self) -> None:
        """Remove what no page of this build used."""
        if self.folder is not None and self.folder.is_dir():
            for name in set(os.listdir(self.folder)) - self._used:
                (self.folder / name).unlink()


class _Sections(HTMLParser):
    """Read the sections of a page: address, heading and words of each."""

    SKIPPED = frozenset({"svg", "script", "style", "template", "math"})
    VOID = frozenset({"br", "img", "input", "hr", "meta", "link", "wbr", "path", "source"})

    def __init__(self, without: str = "") -> None:
        super().__init__(convert_charrefs=True)
        self.without = without
        self.inside = False
        self.skip: list[str] = []
        self.stack: list[tuple[str, bool]] = []
        self.open: list[dict[str, str]] = []
        self.sections: list[dict[str, str]] = []
        self.heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        classes = (values.get("class") or "").split()
        if tag == "article":
            self.inside = True
        if not self.inside or tag in self.VOID:
            return
        if (
            self.skip
            or tag in self.SKIPPED
            or "data-unsearched" in values
            or (self.without and self.without in classes)
            or "lr-code" in classes
            or "headerlink" in classes
            or "lr-links" in classes
            or "lr-time" in classes
        ):
            self.skip.append(tag)
            return
        opens = tag == "section" and "id" in values
        if opens:
            self.open.append({"id": values["id"] or "", "heading": "", "text": ""})
            self.sections.append(self.open[-1])
        self.stack.append((tag, opens))
        self.heading = tag in ("h1", "h2", "h3", "h4")

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self.inside = False
        if not self.inside or tag in self.VOID:
            return
        if self.skip:
            if self.skip[-1] == tag:
                self.skip.pop()
            return
        self.heading = False
        if self.stack and self.stack[-1][0] == tag and self.stack.pop()[1]:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.inside and not self.skip and self.open:
            self.open[-1]["heading" if self.heading else "text"] += f" {data}"


def sections(text: str, without: str = "") -> list[dict[str, str]]:
    """Return the sections of a page, each with its words: ``id``, ``heading``, ``text``.

    Elements with the class ``without`` are left out.

    Parameters
    ----------
    text : str
        The page, in HTML.
    without : str, optional
        A class of elements.

    Returns
    -------
    list of dict of str to str
        In the order of the page.
    """
    parser = _Sections(without)
    parser.feed(text)
    for section in parser.sections:
        for key in ("heading", "text"):
            section[key] = " ".join(section[key].split())
    return parser.sections
