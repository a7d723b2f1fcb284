"""On each card of the evidence: what leads to it on the built pages."""

from __future__ import annotations

import html
import math
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from living_review.build.trace import EVIDENCE, Number, numbers

MOST = 6  # sentences that a card quotes; of more it says how many there are
CARD_END = re.compile(
    r'(<article class="lr-ev" id="([^"]+)")(?: style="[^"]*")?(.*?)(</dl></article>)', re.DOTALL
)
HEADING = re.compile(r"<h3>(.*?)</h3>", re.DOTALL)
VALUE = re.compile(r"<dt>(.*?)</dt><dd>(.*?)</dd>", re.DOTALL)
# Characters of a line of a card, on a page, on a phone, and of its labels: rather too few.
WIDE, NARROW, LABEL = 60, 27, 10
TITLE = re.compile(r"<h1[^>]*>(.*?)(?:<a class=\"headerlink|</h1>)", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


class Shown(NamedTuple):
    """Where something is shown: the card it leads to, the page, its title, and the words there."""

    card: str
    page: str
    title: str
    words: str


def of_page(text: str, place: str) -> list[Shown]:
    """Return what a built page shows of which card, each sentence, table or figure once.

    Parameters
    ----------
    text : str
        The finished page, in HTML.
    place : str
        Its place in the site; a page of cards and the copy of the first page show nothing.

    Returns
    -------
    list of Shown
        In the order of the page.
    """
    if place.startswith(f"{EVIDENCE}/") or place == "index.html":
        return []
    title = TITLE.search(text)
    name = " ".join(html.unescape(TAG.sub("", title[1])).split()) if title else place
    found = (
        Shown(_target(place, address), place, name, _words(number))
        for number in numbers(text, place)
        for address in number.leads_to
    )
    return list(dict.fromkeys(found))


def _target(place: str, address: str) -> str:
    path, _, card = address.partition("#")
    return f"{posixpath.normpath(posixpath.join(posixpath.dirname(place), path))}#{card}"


def _words(number: Number) -> str:
    # Of a table the name is enough: its cells are many and say little without their heads.
    kind, _, name = number.region.partition(":")
    whole = name.partition(".")[0].replace("-", " ")
    if not name or kind == "p":
        return f"“{number.sentence}”"
    return f"{'figure' if kind == 'alt' else 'table or figure'} {whole}"


def by_card(shown: Iterable[Sequence[str]]) -> dict[str, list[Shown]]:
    """Return what leads to each card, by the card's address in the site.

    Parameters
    ----------
    shown : iterable of sequence of str
        Of all pages, as :func:`of_page` returns it.

    Returns
    -------
    dict of str to list of Shown
        In the order given.
    """
    found: dict[str, list[Shown]] = defaultdict(list)
    for one in shown:
        found[one[0]].append(Shown(*one))
    return found


def add(text: str, place: str, found: Mapping[str, list[Shown]]) -> str:
    """Return a page of cards in which each card lists where it is shown, and says how high it will be.

    The browser lays out a card when it comes into view (living-review.css). Until then it has the
    height of as many lines as the card is expected to have.

    Parameters
    ----------
    text : str
        The page, in HTML.
    place : str
        Its place in the site: ``evidence/rossi_2027.html``.
    found : mapping of str to list of Shown
        As :func:`by_card` returns it.

    Returns
    -------
    str
        The page; a card that nothing leads to says so.
    """

    def with_list(card: re.Match[str]) -> str:
        of = found.get(f"{place}#{card[2]}", [])
        listed = "<br>".join(_lines(of, place)) or "no page shows it by itself"
        body = f"{card[3]}<div><dt>Shown on</dt><dd>{listed}</dd></div>"
        high = f"--wide:{_height(body, WIDE)};--narrow:{_height(body, NARROW)}"
        return f'{card[1]} style="{high}"{body}{card[4]}'

    return CARD_END.sub(with_list, text)


def _height(body: str, characters: int) -> int:
    """Return how many lines the values of a card take, and its name beyond one: rather too many."""
    name = HEADING.search(body)
    lines = math.ceil(len(html.unescape(TAG.sub("", name[1]))) / characters) - 1 if name else 0
    for label, value in VALUE.findall(body):
        before = lines
        shown = re.sub(r"</summary>.*?</details>", "", value, flags=re.DOTALL)  # closed
        for part in shown.split("<br>"):
            text = html.unescape(TAG.sub("", part))
            lines += max(1, math.ceil(len(text) / characters))
        lines = max(lines, before + math.ceil(len(label) / LABEL))
    return lines


def _lines(of: list[Shown], place: str) -> Iterator[str]:
    by_page: dict[str, list[Shown]] = defaultdict(list)
    for one in of:
        by_page[one.page].append(one)
    for page, those in by_page.items():
        address = posixpath.relpath(page, posixpath.dirname(place))
        quoted = dict.fromkeys(one.words for one in those)
        said = "; ".join(html.escape(words) for words in list(quoted)[:MOST])
        more = f"; and {len(quoted) - MOST} more" if len(quoted) > MOST else ""
        yield f'<a href="{address}">{html.escape(those[0].title)}</a>: {said}{more}'
