"""Gates of prose, table of contents, site and lock file; each returns a list of issues."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from living_review.stats import number_words

# --- Numbers typed into prose. --------------------------------------------------------------------

# Digits in these places are no results: code, links, citations, names with a digit in them.
NOT_PROSE = re.compile(
    r"^(```|~~~|:::).*?^\1\s*$"  # fenced code and directives
    r"|\A---\n.*?\n---\n"  # front matter
    r"|<!--.*?-->|^%.*?$"  # comments
    r"|<style.*?</style>|<[^>]+>"  # markup
    r"|\{\{.*?\}\}"  # a fact by name
    r"|\{[\w:-]+\}`[^`]*`"  # a role: citation, reference
    r"|\{[^{}`\n]*\}|^##+ [a-z][\w-]*$"  # prose of a chapter: a value and a part by name
    r"|`[^`\n]*`"
    r"|\]\([^)\n]*\)"  # where a link goes
    r"|https?://\S+|\b10\.\d{4,}/\S+|doi:\S+"
    r"|^\s*\d+\.(?=\s)",  # the number of a list item
    re.DOTALL | re.MULTILINE,
)
YEAR = re.compile(r"(?:19|20)\d\d")
PLACE = re.compile(
    r"\b(?:Tables?|Figures?|Fig\.|Sections?|Parts?|Items?|Steps?|Rows?|Chapters?|Version|Python|v)"
    r"\s*$"
)
NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?![\w.]*\w)")
VERSION = re.compile(r"(?<![\w.])\d+\.\d+\.\d+(?![\w.]*\w)")
# How many sources there are changes with every source that is added; in words it is a result as well.
# "Three or more" states a rule and counts nothing.
WORD = rf"\b({'|'.join(word for word, n in number_words.WORDS.items() if n > 1)})\b(?!\s+or\s+more\b)"
COUNTED = r"(?:sources|documents|papers|studies|diseases|reports|chapters)"
SAID_OF_ALL = r"(?:say|tell|share|report|have|are|were|together)"
SOURCES = (  # "five source documents"; "four of them"; "in all five,", "what the five say"
    re.compile(rf"{WORD}(?:\s+[\w-]+){{0,2}}?\s+{COUNTED}\b", re.IGNORECASE),
    re.compile(rf"{WORD}(?=\s+of\s+(?:them|these|those)\b)", re.IGNORECASE),
    re.compile(rf"\b(?:all|the|of)\s+{WORD}(?=\s*[,.?!)]|\s+{SAID_OF_ALL}\b)", re.IGNORECASE),
)


@dataclass(frozen=True)
class Typed:
    """A number typed into prose, in digits or in words."""

    file: str
    line: int
    number: str
    before: str
    after: str

    def __str__(self) -> str:
        context = f"{self.before[-40:]}{self.number}{self.after[:40]}"
        return f"{self.file}:{self.line}: the number {self.number} is typed: …{context}…"

    def within(self, text: str) -> bool:
        """Return whether the number is in ``text`` here: an entry allows no other beside it."""
        return any(
            self.before.endswith(text[: m.start()]) and self.after.startswith(text[m.end() :])
            for m in re.finditer(re.escape(self.number), text)
        )


def numbers_in(text: str, file: str, first_line: int = 1) -> Iterator[Typed]:
    """Yield what a reader would take for a result: numbers, versions, how many sources there are."""
    blank = NOT_PROSE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    spans = [found.span() for found in VERSION.finditer(blank)]
    spans += [found.span(1) for pattern in SOURCES for found in pattern.finditer(blank)]
    for found in NUMBER.finditer(blank):
        if not YEAR.fullmatch(found[0]) and not PLACE.search(blank[: found.start()][-20:]):
            spans.append(found.span())
    for start, end in sorted(set(spans)):
        yield Typed(
            file,
            first_line + blank[:start].count("\n"),
            blank[start:end],
            re.sub(r"\s+", " ", text[max(0, start - 80) : start]),
            re.sub(r"\s+", " ", text[end : end + 80]),
        )


def typed_numbers(root: Path) -> Iterator[Typed]:
    """Yield the numbers typed into the prose of the book: README, contents, pages, notebooks.

    In a notebook both the Markdown cells and the fixed parts of texts that code shows are prose.
    """
    for path in [root / "README.md", root / "_toc.yml", *sorted((root / "book").rglob("*.md"))]:
        if path.exists():
            name = path.relative_to(root).as_posix()
            yield from numbers_in(path.read_text(encoding="utf-8"), name)
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            name = f"notebooks/{path.name}[{cell.get('id')}]"
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                yield from numbers_in(source, name)
            elif cell["cell_type"] == "code":
                for line, text in shown_texts(source):
                    yield from numbers_in(text, name, line)


SHOWN = {"text", "table", "figure", "card", "glance"}
SHOWN_ARGUMENTS = {"alt", "caption", "note", "markdown"}


def shown_texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield the fixed parts of the texts that a cell shows, with their line in the cell."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name not in SHOWN:
            continue
        parts = [k.value for k in call.keywords if k.arg in SHOWN_ARGUMENTS]
        parts += call.args[:1] if name == "text" else []
        for part in parts:
            yield part.lineno, _fixed(part)


def _fixed(node: ast.expr) -> str:
    """Return the typed characters of an expression that makes a text; values become a space."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else " "
    if isinstance(node, ast.JoinedStr):
        return "".join(_fixed(v) if isinstance(v, ast.Constant) else "{{ }}" for v in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _fixed(node.left) + _fixed(node.right)
    return " "


def allowed_numbers(path: Path) -> list[dict[str, str]]:
    """Read the allow-list: ``text`` around the number, ``reason``; both must say something."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    for entry in entries:
        if set(entry) != {"text", "reason"} or len(entry["reason"].split()) < 4:
            raise ValueError(f"{path.name}: an entry needs text and a reason: {entry}")
    return entries


def prose_issues(root: Path, allowed: list[dict[str, str]]) -> list[str]:
    """Return the typed numbers that no entry allows, and the entries that allow nothing."""
    used = set()
    issues = []
    for typed in typed_numbers(root):
        fits = [entry["text"] for entry in allowed if typed.within(entry["text"])]
        used.update(fits)
        if not fits:
            issues.append(str(typed))
    issues += [
        f"allowed, but nowhere in the book: {entry['text']!r}"
        for entry in allowed
        if entry["text"] not in used
    ]
    return issues


# --- Table of contents. ---------------------------------------------------------------------------


def toc_files(root: Path) -> list[str]:
    """Return the files of ``_toc.yml``."""

    def walk(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (str(v) for k, v in node.items() if k in ("file", "root"))
            for value in node.values():
                yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    return list(walk(yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))))


def toc_issues(root: Path) -> list[str]:
    """Return notebooks and pages that no reader can reach, and entries without a file."""
    listed = toc_files(root)
    names = {re.sub(r"\.(md|ipynb)$", "", name) for name in listed}
    pages = [*sorted((root / "notebooks").glob("*.ipynb")), *sorted((root / "book").rglob("*.md"))]
    pages = [p for p in pages if p.parent.name != "chapters"]  # prose that the notebooks show
    there = {p.relative_to(root).with_suffix("").as_posix() for p in pages}
    issues = [f"{name} is not in _toc.yml" for name in sorted(there - names)]
    issues += [f"_toc.yml names {name}, which is not there" for name in sorted(names - there)]
    issues += [f"_toc.yml names {name} twice" for name in sorted(names) if listed.count(name) > 1]
    return issues


# --- The built site. ------------------------------------------------------------------------------


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.repeated: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is None:
                continue
            if name in ("href", "src"):
                self.links.append(value)
            elif name == "id" or (name == "name" and tag == "a"):
                if name == "id" and value in self.ids:
                    self.repeated.append(value)
                self.ids.add(value)


def link_issues(site: Path) -> list[str]:
    """Return links inside the built site that lead nowhere, those in raw HTML included."""
    pages = {}
    for path in sorted(site.rglob("*.html")):
        pages[path.resolve()] = reader = _Links()
        reader.feed(path.read_text(encoding="utf-8"))
    issues = []
    for path, page in pages.items():
        name = path.relative_to(site.resolve()).as_posix()
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or link == "#":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target = target / "index.html"
            if not target.exists():
                issues.append(f"{name}: {link} leads to no file")
            elif (
                parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids
            ):
                issues.append(f"{name}: {link} leads to no place on that page")
    return issues


# --- The lock file. -------------------------------------------------------------------------------


def lock_issues(pyproject: str, locked: str) -> list[str]:
    """Return where the lock file does not give what the project asks for; asks no index.

    Parameters
    ----------
    pyproject, locked : str
        Text of ``pyproject.toml`` and ``requirements.txt``.
    """
    asked = tomllib.loads(pyproject)
    issues = []
    joined = re.sub(r"\\\n\s*", " ", locked)  # a requirement and its hashes are one line
    lines = [line.strip() for line in joined.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("#")]
    pins: dict[str, Version] = {}
    for requirement in lines:
        line, *hashes = re.split(r"\s+--hash=", requirement)
        if not hashes or not all(re.fullmatch("sha256:[0-9a-f]{64}", value) for value in hashes):
            issues.append(f"without its hash: {line}")
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==([^\s;]+)(?:\s*;.*)?", line)
        if match is None:
            issues.append(f"not an exact pin: {line}")
        else:
            pins[_canonical(match[1])] = Version(match[2])
    # What a cluster needs is for those who have one: it is neither locked nor installed by `make`.
    groups = [g for name, g in asked.get("dependency-groups", {}).items() if name != "cluster"]
    for text in [*asked["project"]["dependencies"], *(line for group in groups for line in group)]:
        wanted = Requirement(text)
        pin = pins.get(_canonical(wanted.name))
        if pin is None:
            issues.append(f"{wanted.name} is asked for and not pinned: run `make lock`")
        elif pin not in wanted.specifier:
            issues.append(f"{wanted.name} is pinned to {pin}, asked for {wanted.specifier}")
    return issues


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
