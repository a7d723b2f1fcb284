"""Which numbers of a built page lead to the evidence they rest on, and which do not.

A number leads there if it is in a link to an evidence card, or in a row of a table with such a link.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NUMBER = re.compile(r"(?<![\w.])\d[\d,.]*\d%?|(?<![\w.])\d%?")
BLOCK = re.compile(
    r"<(p|li|dd|figcaption|tr)\b(?P<attributes>[^>]*)>(?P<content>.*?)</\1>|<h2[^>]*>(?P<heading>.*?)</h2>",
    re.DOTALL,
)
TO_CARD = re.compile(r'<a class="lr-(?:num|source)"[^>]*>.*?</a>', re.DOTALL)
NOT_READ = re.compile(r"<(svg|script|style|pre|math)\b.*?</\1>|<a class=\"headerlink.*?</a>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
NO_RESULT = ("lr-version", "lr-changed", "lr-time", "lr-level", "lr-links", "lr-note")


@dataclass(frozen=True)
class Number:
    """A number on a page: where it is, the words around it, and whether it leads to evidence."""

    page: str
    part: str
    text: str
    words: str
    cited: bool


def numbers(page: str, name: str) -> Iterator[Number]:
    """Yield the numbers in the prose, lists, captions and tables of a page.

    Parameters
    ----------
    page : str
        HTML with one ``article``.
    name : str
        The page's address.
    """
    start, end = page.find("<article"), page.rfind("</article>")
    part = ""
    for block in BLOCK.finditer(NOT_READ.sub("", page[start:end])):
        if block["heading"] is not None:
            part = _plain(block["heading"]).rstrip("#").strip()
            continue
        if any(name in block["attributes"] for name in NO_RESULT):
            continue
        content = block["content"]
        row = block[1] == "tr"
        for text in (m[0] for link in TO_CARD.findall(content) for m in NUMBER.finditer(_plain(link))):
            yield Number(name, part, text, _plain(content)[:90], cited=True)
        rest = _plain(TO_CARD.sub(" ", content))
        cited = row and TO_CARD.search(content) is not None
        for match in NUMBER.finditer(rest):
            around = rest[max(0, match.start() - 40) : match.end() + 40]
            yield Number(name, part, match[0], around, cited)


def _plain(text: str) -> str:
    return " ".join(html.unescape(TAG.sub(" ", text)).split())


def trace(site: Path) -> list[Number]:
    """Return every number of the built book, page by page.

    Parameters
    ----------
    site : pathlib.Path
        Folder of the built site.
    """
    pages = [p for p in sorted(site.rglob("*.html")) if "evidence" not in p.parts]
    return [
        number
        for page in pages
        for number in numbers(page.read_text(encoding="utf-8"), page.relative_to(site).as_posix())
    ]
