"""Link what a page shows to the evidence it rests on.

A notebook's output and a fact of a prose page say in ``data-set`` on what set of evidence they rest
(see :mod:`living_review.report.lineage`). Here each number in their sentences becomes a quiet link to
the card of that set, and each table and figure gets one link. Numbers that lead to a row already, and
numbers that are no results (``data/review/trace_allowed.csv``), stay as they are.
"""

from __future__ import annotations

import fnmatch
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from living_review import files
from living_review.evidence import EvidenceError

ALLOWED = "data/review/trace_allowed.csv"
PIECES = re.compile(r"(<!--.*?-->|<[^>]*>)", re.DOTALL)
TAG = re.compile(r"</?(\w+)")
START = r"(?<![\w.])(?<!&#)"  # the digits of &#39; are an apostrophe
NUMBER = re.compile(rf"{START}\d[\d,.]*\d%?|{START}\d%?")
# A number with what belongs to it: 12 of 60 (20%, 95% CI 11% to 32%) is one link, not six.
JOINED = r"[\s\u00a0](?:of|to|or)[\s\u00a0]|[\s\u00a0]\(|, (?=\d+% CI)| CI |[–-]"
RUN = re.compile(rf"{START}\d[\d,.]*(?<=\d)%?(?:(?:{JOINED})\d[\d,.]*(?<=\d)%?)*\)?")
VOID = frozenset({"br", "img", "input", "hr", "meta", "link", "wbr", "path", "source", "use", "col"})
# No link is put into these: not in another link, not where text is a name or code.
NO_LINK = frozenset(
    {"a", "code", "pre", "script", "style", "svg", "math", "button", "table", "figure", "summary"}
    | {"h1", "h2", "h3", "h4", "dt", "label", "textarea"}
)
SET = re.compile(r' data-set="([^"]*)"(?: data-from="[^"]*" data-by="([^"]*)")?')
TO_SET = '<a class="lr-num" href="{}" data-meaning="{}">{}</a>'
ROWS = ' <a class="lr-rows" href="{}">Rows behind it</a>'


@dataclass(frozen=True)
class Allowed:
    """A number that is no result: where it may be, how it looks with its words, and why."""

    page: str
    region: str
    pattern: re.Pattern[str]
    reason: str


def read_allowed(root: Path) -> list[Allowed]:
    """Read ``data/review/trace_allowed.csv``; none if the project has no such file.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.

    Returns
    -------
    list of Allowed
        In the order of the file.

    Raises
    ------
    UnreadableFileError
        If the file is not CSV in UTF-8.
    EvidenceError
        With every row whose pattern is no regular expression, or that gives no reason.
    """
    path = root / ALLOWED
    if not path.is_file():
        return []
    header, rows = files.read_csv(path)
    found, wrong = [], []
    for number, cells in enumerate(rows, start=2):
        row = dict(zip(header, cells, strict=False))
        try:
            pattern = re.compile(row["pattern"])
        except (KeyError, re.error) as error:
            wrong.append(f"{ALLOWED}, row {number}, pattern: {error}; expected a regular expression")
            continue
        if not row.get("reason", "").strip():
            wrong.append(f"{ALLOWED}, row {number}, reason: empty; expected why this is no result")
        found.append(Allowed(row["page"], row["region"], pattern, row["reason"]))
    if wrong:
        raise EvidenceError("\n".join(wrong))
    return found


def spans(text: str, allowed: Sequence[Allowed]) -> Iterator[tuple[int, int]]:
    """Yield where in a text the numbers are that are no results.

    Parameters
    ----------
    text : str
        Without tags.
    allowed : sequence of Allowed
        Those that hold at this place.

    Yields
    ------
    tuple of int
        Begin and end.
    """
    for one in allowed:
        for match in one.pattern.finditer(text):
            yield match.span()


def at(allowed: Sequence[Allowed], page: str, region: str | None = None) -> list[Allowed]:
    """Return what is allowed on a page, and in a region if one is named.

    Parameters
    ----------
    allowed : sequence of Allowed
        Of the project.
    page : str
        Its place in the site: ``notebooks/audit.html``.
    region : str, optional
        As :mod:`.trace` names it; default: what is allowed in every region.

    Returns
    -------
    list of Allowed
        In their order.
    """
    return [
        one
        for one in allowed
        if fnmatch.fnmatchcase(page, one.page)
        and (one.region == "*" if region is None else fnmatch.fnmatchcase(region, one.region))
    ]


def add(text: str, place: str, allowed: Sequence[Allowed] = ()) -> str:
    """Return a page whose outputs and facts lead to the sets of evidence they rest on.

    Parameters
    ----------
    text : str
        The page, in HTML.
    place : str
        Its place in the site.
    allowed : sequence of Allowed
        Numbers that are no results.

    Returns
    -------
    str
        The page, without the marks from which the links were made.
    """
    if "data-set=" not in text:
        return text
    here, up = at(allowed, place), "../" * place.count("/")
    out: list[str] = []
    inside: list[tuple[str, str, str]] = [("", "", "")]  # tag, address and words of the set in force
    for piece in PIECES.split(text):
        tag = (TAG.match(piece) or ("", ""))[1].lower()
        _, address, said = inside[-1]
        if not piece.startswith("<"):
            free = address and not any(outer in NO_LINK for outer, _, _ in inside)
            out.append(_linked(piece, address, said, here) if free else piece)
        elif piece.startswith("</"):
            out += [ROWS.format(address)] if tag in ("caption", "figcaption") and address else []
            out.append(piece)
            while len(inside) > 1 and inside.pop()[0] != tag:
                pass
        else:
            if marked := SET.search(piece):
                address = f"{up}evidence/computed.html#{marked[1]}"
                by = ", ".join((marked[2] or "").split()[:2])  # the card names them all
                said = f"Computed by {by}." if by else "Computed from the rows to which this leads."
            out.append(SET.sub("", piece))
            if tag and tag not in VOID and not piece.endswith("/>"):
                inside.append((tag, address, said))
    return "".join(out)


def _linked(piece: str, address: str, said: str, allowed: Sequence[Allowed]) -> str:
    """Return text whose numbers are links, but for those that are no results."""
    kept = list(spans(piece, allowed))

    def link(match: re.Match[str]) -> str:
        at = (match.start() + number.start() for number in NUMBER.finditer(match[0]))
        if all(any(begin <= i < end for begin, end in kept) for i in at):
            return match[0]
        words, rest = match[0], ""
        if words.count(")") > words.count("("):
            words, rest = words[:-1], ")"
        return TO_SET.format(address, html.escape(said), words) + rest

    return RUN.sub(link, piece)
