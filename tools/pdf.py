"""Print the built site as PDF: the whole book with contents and page numbers, and each page by itself.

Written into ``downloads/pdf`` of the site, with a link at the foot of every page; a page that is
rendered again loses its link, so that no old PDF is offered. Needs a built book and Chromium.

    python tools/pdf.py [HTMLDIR]
"""

from __future__ import annotations

import argparse
import html
import posixpath
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import chromium
import pypdf
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
BOOK = "book.pdf"
FOLDER = "downloads/pdf"
SIZE = "A4"
NAV = re.compile(r'<nav class="lr-nav".*?</nav>', re.DOTALL)
LINK = re.compile(r'<a [^>]*?href="([^"#]+\.html)"')
ARTICLE = re.compile(r'<article class="lr-text">(.*?)</article>', re.DOTALL)
TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
ATTRIBUTE = re.compile(r'\b(id|for|aria-labelledby|aria-describedby)="([^"]+)"')
HREF = re.compile(r'href="([^"]*)"')
LEFT_OUT = (
    "explorer",
)  # thousands of rows that exist to be filtered: they are in the downloads as tables
END, MARK = "</footer>", '<p class="lr-pdf">'
NUMBERS = "@page { @bottom-right { content: counter(page); font: 8pt sans-serif; } }"
CONTENTS = """
.lr-contents { list-style: none; padding: 0; } .lr-contents a { display: flex; gap: 0.5em; }
.lr-contents a::after { content: attr(data-page); margin-left: auto; }
.lr-part { break-before: page; }
"""


@dataclass(frozen=True)
class Part:
    """A page of the site as a part of the book: its address, title and content."""

    address: str
    title: str
    content: str

    @property
    def slug(self) -> str:
        """The name of the page in ids of the book."""
        return self.address.removesuffix(".html").replace("/", "-")


def parts(site: Path) -> list[Part]:
    """Return the pages of the book in the order of its contents, without what is no reading matter."""
    front = (site / "index.html").read_text(encoding="utf-8")
    nav = NAV.search(front)
    listed = LINK.findall(nav[0]) if nav else []
    addresses = list(dict.fromkeys(["index.html", *map(posixpath.normpath, listed)]))
    chosen = [a for a in addresses if Path(a).stem not in LEFT_OUT and (site / a).is_file()]
    return [part for a in chosen if (part := _part(site, a))]


def _part(site: Path, address: str) -> Part | None:
    page = (site / address).read_text(encoding="utf-8")
    article = ARTICLE.search(page)
    if not article:
        return None
    title = TITLE.search(article[1])
    plain = re.sub(r"<a class=\"headerlink.*?</a>|<[^>]+>", "", title[1]).strip() if title else address
    return Part(address, html.unescape(plain).rstrip("#"), article[1])


def inside(part: Part, known: dict[str, str]) -> str:
    """Return the content of a part with ids of its own, and links that lead inside the book.

    Parameters
    ----------
    part : Part
    known : dict of str to str
        Slug of each page of the book, by address.
    """

    def own(match: re.Match[str]) -> str:
        return f'{match[1]}="{" ".join(f"{part.slug}--{i}" for i in match[2].split())}"'

    def link(match: re.Match[str]) -> str:
        target, _, anchor = match[1].partition("#")
        if "://" in target or target.startswith("mailto:"):
            return match[0]
        here = posixpath.dirname(part.address)
        there = posixpath.normpath(posixpath.join(here, target)) if target else part.address
        if there not in known:
            return 'href="#"'
        return f'href="#{known[there]}{f"--{anchor}" if anchor else ""}"'

    return HREF.sub(link, ATTRIBUTE.sub(own, part.content))


def whole(site: Path, found: list[Part], pages: dict[str, int]) -> str:
    """Return the whole book as one page; ``pages`` are the page numbers of its parts, by slug."""
    front = (site / "index.html").read_text(encoding="utf-8")
    style = "".join(re.findall(r"<link[^>]+stylesheet[^>]*>", front))
    known = {part.address: part.slug for part in found}
    if "index.html" in known:
        known["book/index.html"] = known["index.html"]
    title = html.escape(found[0].title)
    items = "".join(
        f'<li><a href="#{p.slug}" data-page="{pages.get(p.slug, "")}">{html.escape(p.title)}</a></li>'
        for p in found
    )
    body = "".join(
        f'<section class="lr-part lr-text" id="{p.slug}">{inside(p, known)}</section>' for p in found
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}'
        f"</title>{style}<style>{NUMBERS}{CONTENTS}</style></head><body><main class='lr-text'>"
        f'<h1>{title}</h1><h2>Contents</h2><ol class="lr-contents">{items}</ol>'
        f"</main>{body}</body></html>"
    )


def page_numbers(path: Path, found: list[Part]) -> dict[str, int]:
    """Return on which page of a printed book each part begins, from where its named places lead."""
    reader = pypdf.PdfReader(path)
    places = reader.named_destinations
    starts = {p.slug: places.get(p.slug) or places.get(f"/{p.slug}") for p in found}
    numbers = {
        slug: reader.get_destination_page_number(d) for slug, d in starts.items() if d is not None
    }
    return {slug: number + 1 for slug, number in numbers.items() if number is not None}


def print_page(browser: Browser, page: Path, target: Path, *, style: str = "") -> None:
    """Print a page of the site to a file."""
    view = browser.new_page()
    view.goto(page.as_uri())
    view.evaluate("document.querySelectorAll('details.lr-fold').forEach((d) => { d.open = true; })")
    if style:
        view.add_style_tag(content=style)
    target.parent.mkdir(parents=True, exist_ok=True)
    view.pdf(path=target, format=SIZE, prefer_css_page_size=True, outline=True, tagged=True)
    view.close()


def print_book(browser: Browser, site: Path, found: list[Part], target: Path) -> dict[str, int]:
    """Print the whole book; twice or more, until its contents name the pages that it has."""
    draft = site / "_book.html"
    pages: dict[str, int] = {}
    try:
        for _ in range(4):
            draft.write_text(whole(site, found, pages), encoding="utf-8")
            print_page(browser, draft, target)
            now = page_numbers(target, found)
            if now == pages:
                break
            pages = now
    finally:
        draft.unlink(missing_ok=True)
    return pages


def offer(site: Path, page: Path, own: str | None) -> None:
    """Put the links at the foot of a page."""
    text = page.read_text(encoding="utf-8")
    text = re.sub(rf"{re.escape(MARK)}.*?</p>\n?", "", text, flags=re.DOTALL)
    up = posixpath.relpath(FOLDER, page.parent.relative_to(site).as_posix())
    links = [f'<a href="{up}/{own}" download>This page as PDF</a>'] if own else []
    links.append(f'<a href="{up}/{BOOK}" download>The whole book as PDF</a>')
    text = text.replace(END, f"{MARK}{' · '.join(links)}</p>\n{END}", 1)
    page.write_text(text, encoding="utf-8")


def main() -> int:
    """Print the site."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--only", nargs="*", help="pages by themselves, e.g. notebooks/hua_2014.html")
    options = parser.parse_args()
    site, where = options.folder.resolve(), chromium.path()
    if not where or not (site / "index.html").is_file():
        print("Needs a built book (make book) and Chromium (Debian: apt-get install chromium)")
        return 2
    found = parts(site)
    single = [p for p in found if options.only is None or p.address in options.only]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=where, args=chromium.FLAGS)
        for part in single:
            print_page(browser, site / part.address, site / FOLDER / f"{part.slug}.pdf", style=NUMBERS)
        pages = print_book(browser, site, found, site / FOLDER / BOOK)
        browser.close()
    printed = {part.address: f"{part.slug}.pdf" for part in single}
    for page in sorted(site.rglob("*.html")):
        offer(site, page, printed.get(page.relative_to(site).as_posix()))
    print(f"{len(single) + 1} files in {site / FOLDER}; the book has {len(pages)} parts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
