"""Terms of the glossary explained in place: the first time on each page.

Works on finished pages, not on their sources: a changed explanation is then on every page of the next
build, also on those that the builder did not read again.
"""

from __future__ import annotations

import html
import re

ENTRY = re.compile(r'<dt id="(term-[\w-]+)">(.*?)</dt>\s*<dd>(.*?)</dd>', re.DOTALL)
TAG = re.compile(r"(<!--.*?-->|<[^>]*>)", re.DOTALL)
NAME = re.compile(r"</?\s*([a-zA-Z][\w-]*)")
# Where a word is not prose: links, headings, code, drawings, controls, tables and what is folded.
NO_PROSE = frozenset(
    re.findall(
        r"\w+",
        "a h1 h2 h3 h4 h5 h6 code pre svg math script style noscript summary button label table dl "
        "details blockquote",
    )
)


def read_glossary(glossary: str) -> dict[str, tuple[str, str]]:
    """Return the terms of the built glossary page: in lower case, with id and meaning."""
    found = {}
    for name, term, meaning in ENTRY.findall(glossary):
        plain = html.unescape(term).lower()
        both = re.fullmatch(r"(.+) \((.+)\)", plain)  # a name with its abbreviation
        for word in both.groups() if both else (plain,):
            found[word] = (name, html.unescape(re.sub(r"<[^>]+>", "", meaning)))
    return found


def explain(page: str, terms: dict[str, tuple[str, str]], glossary: str) -> str:
    """Return a page whose first use of each term in prose is a link that carries the meaning.

    Parameters
    ----------
    page : str
        HTML with one ``article``; nothing outside it is touched.
    terms : dict
        As :func:`read_glossary` returns it.
    glossary : str
        Address of the glossary from this page.

    Returns
    -------
    str
        The page, in HTML.
    """
    start, end = page.find("<article"), page.rfind("</article>")
    if start < 0 or not terms or 'class="lr-term"' in page or "citation-list" in page:
        return page
    longest = sorted(terms, key=len, reverse=True)
    words = re.compile(
        r"(?<![\w-])("
        + "|".join(re.escape(html.escape(t, quote=False)) for t in longest)
        + r")s?(?![\w-])",
        re.IGNORECASE,
    )
    seen: set[str] = set()

    def link(match: re.Match[str]) -> str:
        name, meaning = terms[html.unescape(match[1]).lower()]
        if name in seen:
            return match[0]
        seen.add(name)
        return (
            f'<a class="lr-term" href="{glossary}#{name}" data-meaning="{html.escape(meaning)}">'
            f"{match[0]}</a>"
        )

    out, inside, paragraph = [], 0, 0
    for piece in TAG.split(page[start:end]):
        if not piece.startswith("<"):
            out.append(words.sub(link, piece) if paragraph and not inside else piece)
            continue
        out.append(piece)
        if (name := NAME.match(piece)) and not piece.endswith("/>"):
            tag, step = name[1].lower(), -1 if piece.startswith("</") else 1
            if tag in NO_PROSE:
                inside += step
            elif tag in ("p", "li"):
                # The line of data and version and the line of links are no prose.
                paragraph = 0 if step < 0 or 'class="lr-' in piece else 1
    return page[:start] + "".join(out) + page[end:]
