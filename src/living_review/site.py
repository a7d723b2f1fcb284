"""After the build: make the site self-contained and light, add what a static site needs.

``living-review finish`` does this to ``_build/html``. It may run again on what it finished.
"""

from __future__ import annotations

import gzip
import html
import json
import os
import posixpath
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from living_review import terms

CARD = "_static/card.png"  # the picture that other sites show beside a link to this one
# What Sphinx and the theme write and no page of ours asks for.
UNUSED = (
    "objects.inv",
    "searchindex.js",
    "genindex.html",
    ".buildinfo",
    "_sources",
    "_sphinx_design_static",
)
# Names, operators, punctuation and space of highlighted code; see the few colours in living-review.css.
UNCOLOURED = re.compile(
    r'<span class="(?:n|o|p|w|nn|nf|nb|nc|bp|fm|vm|nd|ne|na|nt|err)">([^<]*)</span>'
)
REFERENCE = re.compile(r'<(\w+)\b[^>]*?\s(src|href|action|data)="([^"]*)"')
CSS_REFERENCE = re.compile(r"url\(\s*['\"]?([^'\")]+)")
FETCHED = {"script", "link", "img", "iframe", "source", "video", "audio", "object", "embed", "form"}
LINK_RELATIONS_NOT_FETCHED = re.compile(r'rel="(?:canonical|license|author|alternate)"')
FOREIGN = re.compile(r"^(?:https?:)?//")


class SiteError(Exception):
    """The built site cannot be finished; the message says where, what was found and what to do."""


@dataclass(frozen=True)
class Weight:
    """Sizes of a site in bytes."""

    total: int
    downloads: int
    pages: dict[str, int]  # HTML without figures, compressed


def finish(folder: Path, base_url: str = "", root: Path | None = None) -> Weight:
    """Finish a built site in place.

    Parameters
    ----------
    folder : Path
        Where ``jupyter-book build`` wrote the HTML.
    base_url : str, optional
        Address the site will have; without it the sitemap is left out (its addresses must be whole)
        and everything else works from any place, ``file://`` included.
    root : Path, optional
        Top folder of the project: its notebooks become downloads, and the picture for links is drawn.

    Returns
    -------
    Weight

    Raises
    ------
    SiteError
        If the folder holds no built book, or if a page would ask another host for something.
    """
    if not (folder / "search.html").is_file():
        raise SiteError(f"{folder} holds no built book: run `make book` first")
    for name in UNUSED:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if root is not None:
        from living_review import bundle, card

        bundle.write_all(root, folder / "downloads")
        card.write(root, folder / CARD)
    _lighten(folder)
    _front_page(folder)
    _addresses(folder, base_url)
    _terms(folder)
    if foreign := list(foreign_references(folder)):
        raise SiteError("the site would ask other hosts:\n" + "\n".join(foreign))
    _prune(folder)
    write_search_index(folder)
    write_sitemap(folder, base_url)
    return weigh(folder)


def pages(folder: Path) -> list[Path]:
    """Return every page of the site, in order of its path."""
    return sorted(folder.rglob("*.html"))


def _front_page(folder: Path) -> None:
    """Make ``index.html`` the first page itself; the builder writes a bare redirect there."""
    redirect = folder / "index.html"
    found = re.search(r'content="0; url=([^"]+)"', redirect.read_text(encoding="utf-8"))
    target = found[1] if found else "book/index.html"
    source = folder / target
    if not source.is_file():
        return  # the first page stands at the top already
    place = posixpath.dirname(target)

    def moved(match: re.Match[str]) -> str:
        address = html.unescape(match[2])
        if re.match(r"^(?:[a-z][a-z+.-]*:|//|#|$)", address):
            return match[0]
        path, mark, rest = re.match(r"([^?#]*)([?#]?)(.*)", address, re.S).groups()
        path = posixpath.normpath(posixpath.join(place, path)) if path else target
        return f'{match[1]}="{html.escape(path + mark + rest)}"'

    text = re.sub(r'\b(href|src|action)="([^"]*)"', moved, source.read_text(encoding="utf-8"))
    text = text.replace('data-root="../"', 'data-root=""')
    redirect.write_text(text, encoding="utf-8")


def _lighten(folder: Path) -> None:
    """Take off the marks of code that the style sheet does not colour: half the weight of code."""
    for page in pages(folder):
        text = page.read_text(encoding="utf-8")
        page.write_text(UNCOLOURED.sub(r"\1", text), encoding="utf-8")


def _addresses(folder: Path, base_url: str) -> None:
    """Write the whole address of a page into its head and its citation, if the site has one."""
    base = base_url.rstrip("/")
    for page in pages(folder):
        text = page.read_text(encoding="utf-8")
        if "<!--lr-address" not in text:
            continue
        place = page.relative_to(folder).as_posix()
        here = html.escape(f"{base}/{'book/index.html' if place == 'index.html' else place}")
        head = f'<link rel="canonical" href="{here}">\n<meta property="og:url" content="{here}">\n'
        above = "../" * place.count("/")
        card = (
            f'<meta property="og:image" content="{html.escape(f"{base}/" if base else above)}{CARD}">'
        )
        text = text.replace("<!--lr-address-head-->", (head if base else "") + card)
        text = text.replace("<!--lr-address-->", f" {here}" if base else "")
        page.write_text(text, encoding="utf-8")


def _terms(folder: Path) -> None:
    """Explain the terms of the glossary in place, on every page but the glossary itself."""
    glossary = folder / "book" / "glossary.html"
    if not glossary.is_file():
        return
    found = terms.read(glossary.read_text(encoding="utf-8"))
    for page in pages(folder):
        if page != glossary and page.name not in ("search.html", "404.html"):
            address = Path(os.path.relpath(glossary, page.parent)).as_posix()
            text = page.read_text(encoding="utf-8")
            page.write_text(terms.explain(text, found, address), encoding="utf-8")


def foreign_references(folder: Path) -> Iterator[str]:
    """Yield what a browser would ask another host for when it shows a page of the site."""
    for page in pages(folder):
        text = page.read_text(encoding="utf-8")
        for match in REFERENCE.finditer(text):
            tag, _, address = match.groups()
            if tag not in FETCHED or not FOREIGN.match(address):
                continue
            if tag == "link" and LINK_RELATIONS_NOT_FETCHED.search(match[0]):
                continue
            yield f"{page.relative_to(folder).as_posix()}: <{tag}> asks for {address}"
    for sheet in sorted(folder.rglob("*.css")):
        for address in CSS_REFERENCE.findall(sheet.read_text(encoding="utf-8")):
            if FOREIGN.match(address) and _used(folder, sheet):
                yield f"{sheet.relative_to(folder).as_posix()}: asks for {address}"


def _used(folder: Path, file: Path) -> bool:
    return file.resolve() in _referenced(folder)


def _referenced(folder: Path) -> set[Path]:
    """Return the files of the site that a page names, and those that its style sheets name."""
    found: set[Path] = set()
    for page in pages(folder):
        text = page.read_text(encoding="utf-8")
        named = [m[3] for m in REFERENCE.finditer(text)]
        named += re.findall(r'<meta property="og:image" content="([^"]+)"', text)
        for address in named:
            if not re.match(r"^(?:[a-z][a-z+.-]*:|//|#)", address):
                found.add((page.parent / re.split(r"[?#]", html.unescape(address))[0]).resolve())
    for sheet in [f for f in found if f.suffix == ".css" and f.is_file()]:
        for address in CSS_REFERENCE.findall(sheet.read_text(encoding="utf-8")):
            found.add((sheet.parent / address.split("?")[0]).resolve())
    return found


def _prune(folder: Path) -> None:
    """Remove source maps and every asset that no page names."""
    used = _referenced(folder)
    for file in sorted(folder.rglob("*"), reverse=True):
        inside = file.relative_to(folder)
        if file.is_dir():
            if not any(file.iterdir()):
                file.rmdir()
        elif inside.as_posix() == CARD:
            continue  # named by its whole address where the site has one
        elif file.suffix == ".map" or (inside.parts[0] == "_static" and file.resolve() not in used):
            file.unlink()


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
    """
    parser = _Sections(without)
    parser.feed(text)
    for section in parser.sections:
        for key in ("heading", "text"):
            section[key] = " ".join(section[key].split())
    return parser.sections


def write_search_index(folder: Path) -> None:
    """Write ``search-index.js``: a script, so that the search works from ``file://``."""
    entries = []
    for page in pages(folder):
        place = page.relative_to(folder).as_posix()
        if place in ("index.html", "search.html", "404.html"):  # the first is a copy of a page
            continue
        # The audit lists again what stands in the chapters: found there, and a quarter of the index.
        again = "lr-claims" if place == "notebooks/audit.html" else ""
        found = sections(page.read_text(encoding="utf-8"), without=again)
        for number, section in enumerate(found):
            if not section["text"] and not section["heading"]:
                continue
            address = place if number == 0 else f"{place}#{section['id']}"
            heading = "" if number == 0 else section["heading"]
            entries.append([address, found[0]["heading"], heading, section["text"]])
    body = json.dumps(entries, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    (folder / "search-index.js").write_text(f"window.livingReviewIndex={body};\n", encoding="utf-8")


def write_sitemap(folder: Path, base_url: str) -> None:
    """Write ``sitemap.xml`` and ``robots.txt``; without a base address only the latter."""
    base = base_url.rstrip("/")
    robots = "User-agent: *\nAllow: /\n"
    sitemap = folder / "sitemap.xml"
    if base:
        listed = [p.relative_to(folder).as_posix() for p in pages(folder)]
        listed = [p for p in listed if p not in ("index.html", "search.html", "404.html")]
        body = "".join(f"  <url><loc>{html.escape(f'{base}/{p}')}</loc></url>\n" for p in listed)
        sitemap.write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}</urlset>\n',
            encoding="utf-8",
        )
        robots += f"Sitemap: {base}/sitemap.xml\n"
    else:
        sitemap.unlink(missing_ok=True)
    (folder / "robots.txt").write_text(robots, encoding="utf-8")


def weigh(folder: Path) -> Weight:
    """Return how heavy the site is; a page is weighed compressed and without its figures."""
    sizes = {f: f.stat().st_size for f in folder.rglob("*") if f.is_file()}
    downloads = sum(size for f, size in sizes.items() if f.suffix == ".zip")
    bare = {}
    for page in pages(folder):
        text = re.sub(r'<figure class="lr-figure".*?</figure>', "", page.read_text("utf-8"), flags=re.S)
        bare[page.relative_to(folder).as_posix()] = len(gzip.compress(text.encode(), mtime=0))
    return Weight(sum(sizes.values()) - downloads, downloads, bare)
