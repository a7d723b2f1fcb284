"""The index of the search: one file, or for a large book parts that are loaded when a query needs them.

An entry is a section of a page: address, title of the page, heading, prose, tables. Which parts can
hold a word, if only inside of another, is said by runs of three characters (n-grams): a part that
lacks one of those of a word does not hold it. They lie in a file for each first character.
"""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from living_review.build import packing

Entry: TypeAlias = Sequence[Any]

MAIN, FOLDER = "search-index.js", "search"
LARGEST = 1_200_000  # characters of a part: under 1 MB even of words that hardly compress
LEAD = 2_000  # characters of the first section of a page that the ranking looks at, with room
LONGEST = 3  # characters of an n-gram


def write(folder: Path, entries: Sequence[Entry], largest: int = LARGEST) -> None:
    """Write the index into a site: ``search-index.js``, and for a large book ``search/``.

    Parameters
    ----------
    folder : Path
        The built site.
    entries : sequence of Entry
        In the order in which equal ones are listed.
    largest : int, optional
        Characters of JSON that a part has at most, unless a single entry has more.
    """
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    parts = list(_parts(entries, largest))
    if len(parts) < 2:
        _write(folder / MAIN, entries)
        return
    (folder / FOLDER).mkdir()
    leads = {
        page: (at, prose) for at, (_, page, heading, prose, _) in enumerate(entries) if not heading
    }
    holding: dict[str, int] = defaultdict(int)
    first = 0
    for number, part in enumerate(parts):
        here = range(first, first + len(part))
        first = here.stop
        # What says what a page is about lies in another part than some of its sections.
        elsewhere = {e[1]: leads[e[1]] for e in part if e[1] in leads and leads[e[1]][0] not in here}
        cut = {page: text[: max(LEAD, text.find("\n"))] for page, (_, text) in elsewhere.items()}
        packing.write_part(folder, f"{FOLDER}/part-{number}", [part, cut])
        for gram in grams(fold("\n".join(map(_words, part)))):
            holding[gram] |= 1 << number
    by_letter: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for gram, mask in sorted(holding.items()):
        by_letter[letter(gram)][f"{mask:x}"].append(gram)
    for name, masks in by_letter.items():
        packing.write_part(folder, f"{FOLDER}/letter-{name}", masks)
    _write(folder / MAIN, {"entries": len(entries), "parts": len(parts), "letters": sorted(by_letter)})


def _write(path: Path, content: object) -> None:
    body = packing.packed(json.dumps(content, ensure_ascii=False, separators=(",", ":")))
    path.write_text(f'window.livingReviewIndex="{body}";\n', encoding="utf-8")


def _parts(entries: Iterable[Entry], largest: int) -> Iterator[list[Entry]]:
    part: list[Entry] = []
    size = 0
    for entry in entries:
        own = len(json.dumps(entry, ensure_ascii=False))
        if part and size + own > largest:
            yield part
            part, size = [], 0
        part.append(entry)
        size += own
    if part:
        yield part


def _words(entry: Entry) -> str:
    """Return all words of a section, a line for each piece."""
    _, page, heading, prose, tables = entry
    rows = (cell for caption, rows in tables for cell in (caption, *(c for row in rows for c in row)))
    return "\n".join((heading or page, prose, *rows))


def fold(text: str) -> str:
    """Return a text as the search compares it: ``fold`` of ``book/_static/search.js``, to the letter.

    Examples
    --------
    >>> fold("Tumour œdema, Büro-Chef, randomized")
    'tumor œdema, buro chef, randomised'
    """
    text = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", text)).replace("\u2212", "-")
    text = re.sub(r"\b[A-Z]{3,}\b", "\\g<0>\u0001", text, flags=re.ASCII)
    text = re.sub(r"(?<=[^\W\d_])-(?=[^\W\d_])", " ", text).lower().replace("z", "s")
    return re.sub("[ao]e", "e", text).replace("our", "or")


def grams(text: str) -> set[str]:
    """Return the runs of one, two and three characters of a text, none across lines.

    Examples
    --------
    >>> sorted(grams("abca"))
    ['a', 'ab', 'abc', 'b', 'bc', 'bca', 'c', 'ca']
    """
    longest = {text[at : at + LONGEST] for at in range(len(text))}
    found = {gram[:size] for gram in longest for size in range(1, LONGEST + 1)}
    return {gram for gram in found if "\n" not in gram}


def letter(gram: str) -> str:
    """Return which file names an n-gram: that of its first letter or digit, or one for all others."""
    return gram[0] if gram[0].isascii() and gram[0].isalnum() else "other"
