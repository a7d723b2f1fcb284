"""Sentences of the pages of two states, and the data behind their figures, without building a site.

A chapter is read from its stored outputs, which hold every number that a reader sees; a page of prose
from its Markdown, with its substitutions (``{{ n_studies }}``) computed from the data of its own
state by the code of today. A sentence, an item of a list, a row of a table, an alt text is one unit.
Of a figure the data behind it are compared, line by line, which holds every computed curve and bound;
the picture itself is not. Nor are the marks that links carry, the line of version and digest under a
title, and code.

A unit that only moved on its page did not change. One that changed is paired with the unit on the
other side that shares most of its words.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import lxml.html

from living_review import files
from living_review.evidence import Review
from living_review.living.diff.results import OTHER_SHAPE, explain
from living_review.report import titles

CELLS = " · "  # between the cells of a row of a table
PAGE = "what_changed.md"  # shows a stored comparison
ALIKE = 0.5  # the share of words that two forms of one sentence have in common, at least
SKIPPED = frozenset({"script", "style", "svg", "button", "template"})
NOT_SAID = ("lr-version", "lr-links", "lr-citation")  # classes: digests, links to files
INLINE = frozenset(
    {"a", "abbr", "b", "code", "em", "i", "mark", "q", "small", "span", "strong", "sub", "sup", "u"}
    | {"cite", "kbd", "label", "time", "wbr", "dfn"}
)
NAMED = re.compile(r"\{\{\s*(\w+)\s*\}\}")
MARKS = re.compile(r"\*\*|\*(?=\w)|(?<=\w)\*|`")
END = re.compile(r"(?<=[.!?])(?:[”\")\]]*)\s+(?=[A-Z“\"(\[])")


@dataclass
class Page:
    """What a page says: its units in order, and the data behind each figure as lines."""

    units: list[str] = field(default_factory=list)
    figures: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sentence:
    """A sentence, item or row of a page that is new, gone (one side is empty) or changed."""

    page: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """``added``, ``removed``, ``changed``, or ``numbers`` if nothing but numbers changed."""
        if not (self.before and self.after):
            return "added" if self.after else "removed"
        return "numbers" if _without_numbers(self.before) == _without_numbers(self.after) else "changed"

    def __str__(self) -> str:
        said = {"added": f"+ {self.after}", "removed": f"- {self.before}"}
        return f"{self.page}: {said.get(self.kind, f'{self.before} → {self.after}')}"


@dataclass(frozen=True)
class FigureData:
    """A figure whose data differ: lines that only one state has, as CSV."""

    page: str
    figure: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    def __str__(self) -> str:
        if not (self.before and self.after):
            return f"{self.page}, figure {self.figure}: {'new' if self.after else 'gone'}"
        return (
            f"{self.page}, figure {self.figure}: {len(self.before)} lines of its data became "
            f"{len(self.after)} others"
        )


def numbers(text: str) -> list[str]:
    """Return the numbers of a text, in order of size as text.

    Examples
    --------
    >>> numbers("5 of 7 (71%), or 1,250")
    ['1,250', '5', '7', '71']
    """
    return sorted(re.findall(r"\d(?:[\d.,]*\d)?", text))


def _without_numbers(text: str) -> str:
    return re.sub(r"[\d.,]*\d", "0", text)


def compare(
    old: Review, new: Review, facts: Callable[[Review, set[str]], dict[str, str]]
) -> tuple[list[Sentence], list[FigureData], list[str]]:
    """Compare the pages of two states.

    Parameters
    ----------
    old, new : Review
        The two states; one without ``notebooks/`` and ``book/`` has no pages.
    facts : callable
        What prose pages show by name, of a state, for the names that are wanted.

    Returns
    -------
    tuple of list
        Sentences, figures, and what could not be compared, and why.
    """
    failed: list[str] = []
    sides = []
    for review, which in ((old, "OLD"), (new, "NEW")):
        sides.append(read(review, facts, which, failed))
    before, after = sides
    if not (before and after):
        if before or after:
            without = "NEW" if before else "OLD"
            failed.append(f"{without} has no pages, so no sentence and no figure was compared")
        return [], [], failed
    sentences: list[Sentence] = []
    figures: list[FigureData] = []
    for name in dict.fromkeys([*after, *before]):
        one, other = before.get(name, Page()), after.get(name, Page())
        if one is None or other is None:  # said already
            continue
        sentences += [Sentence(name, a, b) for a, b in paired(one.units, other.units)]
        figures += _figures(name, one.figures, other.figures)
    return sentences, figures, failed


def _figures(page: str, old: dict[str, list[str]], new: dict[str, list[str]]) -> Iterator[FigureData]:
    for name in dict.fromkeys([*new, *old]):
        lines = [side.get(name, []) for side in (old, new)]
        if lines[0] != lines[1]:
            yield FigureData(page, name, *(tuple(only) for only in _only(*lines)))


def _only(old: Iterable[str], new: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return what only one of two lists has, in its order, a thing that is there twice as two."""
    left: list[list[str]] = []
    for own, other in ((list(old), Counter(new)), (list(new), Counter(old))):
        only = []
        for unit in own:
            if other[unit]:
                other[unit] -= 1
            else:
                only.append(unit)
        left.append(only)
    return left[0], left[1]


def paired(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Yield what differs between two lists of units, in the order of the second, then what is gone.

    Parameters
    ----------
    old, new : list of str
        Units of a page.

    Yields
    ------
    tuple of str
        The unit before and after; one is empty where there is no partner with :data:`ALIKE` of its
        words.
    """
    gone, came = _only(old, new)
    by_word = defaultdict(list)
    for place, unit in enumerate(gone):
        for word in _words(unit):
            by_word[word].append(place)
    candidates = []
    for at, unit in enumerate(came):
        shared = Counter(place for word in _words(unit) for place in by_word[word])
        own = len(_words(unit))
        for place, n in shared.items():
            alike = n / (own + len(_words(gone[place])) - n)
            if alike >= ALIKE:
                candidates.append((-alike, abs(place - at), at, place))
    partner: dict[int, int] = {}
    for _, _, at, place in sorted(candidates):
        if at not in partner and place not in partner.values():
            partner[at] = place
    for at, unit in enumerate(came):
        yield (gone[partner[at]] if at in partner else "", unit)
    taken = set(partner.values())
    for place, unit in enumerate(gone):
        if place not in taken:
            yield unit, ""


@lru_cache(maxsize=20_000)
def _words(unit: str) -> frozenset[str]:
    """Return the words of a unit; a number is a number whatever its digits, so that they may change."""
    return frozenset(re.findall(r"\w+", _without_numbers(unit).lower()))


# --- Reading a state ------------------------------------------------------------------------------


def read(
    review: Review,
    facts: Callable[[Review, set[str]], dict[str, str]],
    which: str = "",
    failed: list[str] | None = None,
) -> dict[str, Page | None]:
    """Return what every page of a state says, by the name that ``_toc.yml`` has for it.

    Parameters
    ----------
    review : Review
        The state.
    facts : callable
        As in :func:`compare`.
    which : str, optional
        What the state is called where something cannot be read.
    failed : list of str, optional
        Takes a line for everything that cannot be read.

    Returns
    -------
    dict of str to Page or None
        None for a page that cannot be read.
    """
    failed = [] if failed is None else failed
    # Not the page that shows a comparison: it would quote itself.
    prose = [p for p in sorted((review.root / "book").glob("*.md")) if p.name != PAGE]
    texts = {path: files.read_text(path) for path in prose}
    wanted = {name for text in texts.values() for name in NAMED.findall(text)}
    known = titles.with_titles(review.root, _facts(review, wanted, facts, which, failed))
    found: dict[str, Page | None] = {}
    for path in sorted((review.root / "notebooks").glob("*.ipynb")):
        name = f"notebooks/{path.stem}"
        try:
            found[name] = _notebook(path)
        except OTHER_SHAPE as error:
            found[name] = None
            failed.append(f"{which} {name}: {explain(error)}")
    for path, text in texts.items():
        filled = NAMED.sub(lambda m: known.get(m[1], m[0]), text)
        found[f"book/{path.stem}"] = Page(list(of_markdown(filled)))
    return found


def _facts(
    review: Review,
    wanted: set[str],
    facts: Callable[[Review, set[str]], dict[str, str]],
    which: str,
    failed: list[str],
) -> dict[str, str]:
    """Return facts one by one, so that one that an old state cannot give costs no other."""
    known: dict[str, str] = {}
    for name in sorted(wanted):
        try:
            known |= facts(review, {name})
        except OTHER_SHAPE as error:
            failed.append(f"{which} book/, {name} on its pages: {explain(error)}")
    return known


def _notebook(path: Path) -> Page:
    page = Page()
    for cell in files.read_json(path, files.LARGEST_NOTEBOOK)["cells"]:
        if cell["cell_type"] == "markdown":
            page.units += of_markdown("".join(cell["source"]))
        elif cell["cell_type"] == "code" and "remove-output" not in _tags(cell):
            for output in cell["outputs"]:
                _output(output, page)
    return page


def _tags(cell: dict[str, Any]) -> list[str]:
    return list(cell.get("metadata", {}).get("tags", []))


def _output(output: dict[str, Any], page: Page) -> None:
    data = output.get("data", {})
    for mime, read_as in (("text/markdown", of_markdown), ("text/html", of_html)):
        if mime in data:
            text = "".join(data[mime])
            page.units += read_as(text)
            page.figures |= figure_data(text)
            return
    page.units += [line for line in "".join(data.get("text/plain", "")).splitlines() if line.strip()]


FIGURE = re.compile(r'<a download="([\w-]+)\.csv" href="data:text/csv;base64,([A-Za-z0-9+/=]+)"')


def figure_data(text: str) -> dict[str, list[str]]:
    """Return the data behind the figures of an output: lines of CSV by the figure's name."""
    found = {}
    for name, packed in FIGURE.findall(text):
        try:
            found[name] = base64.b64decode(packed, validate=True).decode().splitlines()
        except (binascii.Error, UnicodeDecodeError):
            found[name] = [packed]
    return found


def split(text: str) -> list[str]:
    """Return the sentences of a text on one line.

    Examples
    --------
    >>> split("Tumours  shrank in 5 of 7 (71%). Nobody was compared.")
    ['Tumours shrank in 5 of 7 (71%).', 'Nobody was compared.']
    """
    return [part for part in END.split(" ".join(text.split())) if part.strip()]


def of_markdown(text: str) -> Iterator[str]:
    """Yield the units of a Markdown text: headings, items, rows of tables and sentences; no code.

    Parameters
    ----------
    text : str
        Markdown as MyST reads it.

    Yields
    ------
    str
        Plain text.
    """
    text = re.sub(r"^```.*?^```\s*$", "", text, flags=re.DOTALL | re.MULTILINE)
    paragraph: list[str] = []
    for raw in [*text.splitlines(), ""]:
        line = raw.strip()
        starts = re.match(r"(?:[-*+]|\d+\.|:|#+|>)\s+", line)
        if paragraph and (not line or starts or _interrupts(line)):
            yield from _inline("\n".join(paragraph))
            paragraph = []
        if not line or re.fullmatch(r"\([\w-]+\)=|\|[\s|:-]+\||-{3,}|:{3,}.*", line):
            continue
        if line.startswith("|"):
            cells = (" ".join(_inline(cell)) for cell in line.strip("|").split("|"))
            yield CELLS.join(cells)
            continue
        paragraph.append(line[starts.end() :] if starts else line)
        if line.startswith("#"):
            yield from _inline(paragraph.pop())


def _interrupts(line: str) -> bool:
    """Return whether a line ends the paragraph before it: a row of a table, or a block of HTML.

    A link or another inline tag at the beginning of a line is part of the sentence that goes on there.
    """
    tag = re.match(r"</?([a-zA-Z]\w*)", line)
    return line.startswith("|") or (line[0] == "<" and not (tag and tag[1].lower() in INLINE))


def _inline(text: str) -> Iterator[str]:
    """Yield the sentences of a paragraph without marks; HTML in it is read as such."""
    text = re.sub(r"\{cite(?::\w+)?\}`([^`]+)`", r"[\1]", text)
    text = re.sub(r"\{[\w:-]+\}`([^`<]+)(?:<[^`>]*>)?`", r"\1", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    if re.search(r"<[a-zA-Z/]", text):
        yield from of_html(MARKS.sub("", text))
    else:
        yield from split(html.unescape(MARKS.sub("", text)))


def of_html(text: str) -> Iterator[str]:
    """Yield the units of HTML: a row of a table is one, and so is an alt text of a figure.

    Parameters
    ----------
    text : str
        A part of a page.

    Yields
    ------
    str
        Plain text.
    """
    if not text.strip():
        return
    loose: list[str] = []
    for node in lxml.html.fragments_fromstring(text):
        if isinstance(node, str):
            loose.append(node)
        else:
            yield from _units(node, loose)
    yield from split("".join(loose))


def _units(node: lxml.html.HtmlElement, loose: list[str]) -> Iterator[str]:
    """Yield the units of an element; text that no block ends yet is left in ``loose``."""
    tag = node.tag if isinstance(node.tag, str) else "comment"
    classes = node.get("class", "").split()
    if tag == "svg":
        yield from split(" ".join(d.text_content() for d in node.iter() if _is_alt(d)))
    elif tag == "comment" or tag in SKIPPED or any(name in classes for name in NOT_SAID):
        pass
    elif tag == "tr":
        yield CELLS.join(" ".join(_inside(cell)) for cell in node if isinstance(cell.tag, str))
    else:
        block = tag not in INLINE
        if block:
            yield from _flush(loose)
        loose.append(node.text or "")
        for inside in node:
            yield from _units(inside, loose)
        if block:
            yield from _flush(loose)
    loose.append(node.tail or "")


def _inside(cell: lxml.html.HtmlElement) -> Iterator[str]:
    loose: list[str] = []
    yield from _units(cell, loose)
    yield from _flush(loose)


def _is_alt(node: lxml.html.HtmlElement) -> bool:
    return isinstance(node.tag, str) and node.tag.rpartition("}")[2] == "desc"


def _flush(loose: list[str]) -> Iterator[str]:
    text = "".join(loose)
    loose.clear()
    yield from split(text)
