"""What is searched for, and as whom: ``data/review/search.yaml``."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from living_review import files
from living_review.evidence import people, reads, shapes
from living_review.evidence.model import EvidenceError

FILE = "data/review/search.yaml"
SOURCES = ("pubmed", "europe_pmc")  # those that are searched; Crossref is asked about known DOIs
_TOOL = re.compile(r"[\w.-]+(/[\w.-]+)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Strategy:
    """One search: a disease, and the query written out for each source."""

    name: str
    disease: str
    queries: dict[str, str]

    def digest(self, source: str) -> str:
        """Return twelve digits of a SHA-256 of the query: another query starts from the beginning."""
        return hashlib.sha256(self.queries[source].encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Plan:
    """All that a search follows.

    Attributes
    ----------
    tool : str
        What the requests call themselves.
    email : str or None
        Address at which the services can reach the reviewers: ``contact`` of ``people.yaml`` if it is
        an address of e-mail, else None.
    home : str or None
        Where the repository is, if it is named there.
    since : datetime.date
        First day of entry that is asked for.
    overlap : int
        Days before the last search that are asked for again, for records that were entered late.
    screeners : int
        People who decide on each record.
    strategies : tuple of Strategy
    """

    tool: str
    email: str | None
    home: str | None
    since: datetime.date
    overlap: int
    screeners: int
    strategies: tuple[Strategy, ...]

    @property
    def agent(self) -> str:
        """``User-Agent``: the tool, where it lives and whom to write to, as far as that is named."""
        about = [self.home, f"mailto:{self.email}" if self.email else None]
        known = "; ".join(filter(None, about))
        return f"{self.tool} ({known})" if known else self.tool

    def jobs(self) -> list[tuple[str, Strategy]]:
        """Return every source with every strategy, in the order in which they are asked."""
        return [(source, strategy) for strategy in self.strategies for source in SOURCES]


def read_plan(root: Path) -> Plan:
    """Read ``data/review/search.yaml``.

    A query is the block *drug* and the block of the disease, joined by AND.

    Raises
    ------
    EvidenceError
        With everything that is wrong with the file, each with what was expected.
    """
    reads.note("review/search")
    found, issues = _read(root)
    if issues:
        raise EvidenceError(f"{FILE}: " + "; ".join(map(str, issues)))
    try:
        named = people.read(root)
    except ValueError as error:
        raise EvidenceError(str(error)) from None
    has_home = named.repository != people.NOT_NAMED
    return Plan(
        tool=found["tool"],
        email=named.contact if _EMAIL.fullmatch(named.contact) else None,
        home=f"https://github.com/{named.repository}" if has_home else None,
        since=found["since"],
        overlap=found["overlap_days"],
        screeners=found["screeners"],
        strategies=tuple(
            Strategy(
                name,
                name,
                {s: f"({_line(found['drug'][s])}) AND ({_line(blocks[s])})" for s in SOURCES},
            )
            for name, blocks in found["diseases"].items()
        ),
    )


@dataclass(frozen=True)
class PlanIssue:
    """One thing that is wrong with the file: where, what it says, what was expected."""

    key: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.key}: found {self.found}, expected {self.expected}"


def issues(root: Path) -> list[PlanIssue]:
    """Return everything that is wrong with ``data/review/search.yaml``."""
    return _read(root)[1]


def _read(root: Path) -> tuple[Any, list[PlanIssue]]:
    diseases = set(shapes.read_vocabulary(root / "data" / "vocabulary.yaml")["indications"])
    try:
        found = files.read_yaml(root / FILE)
    except files.UnreadableFileError as error:
        line = f"line {error.line}" if error.line else "the file"
        return None, [PlanIssue(line, error.found, error.expected)]
    if not isinstance(found, dict):
        return None, [PlanIssue("the file", repr(found)[:40], "keys and values")]
    with contextlib.suppress(KeyError, ValueError):  # a date is text until it is known to be one
        found["since"] = datetime.date.fromisoformat(str(found["since"]))
    return found, [*_tool_issues(found), *_number_issues(found), *_query_issues(found, diseases)]


def _line(text: str) -> str:
    return " ".join(text.split())


def _tool_issues(found: dict[str, Any]) -> Iterator[PlanIssue]:
    if not _TOOL.fullmatch(str(found.get("tool"))):
        yield PlanIssue("tool", repr(found.get("tool")), "a name without spaces")


def _number_issues(found: dict[str, Any]) -> Iterator[PlanIssue]:
    if not isinstance(found.get("since"), datetime.date):
        yield PlanIssue("since", repr(found.get("since")), "a day such as 1999-01-01")
    for key, least in (("overlap_days", 0), ("screeners", 1)):
        if not isinstance(found.get(key), int) or found[key] < least:
            yield PlanIssue(key, repr(found.get(key)), f"a number from {least}")


def _query_issues(found: dict[str, Any], diseases: set[str]) -> Iterator[PlanIssue]:
    blocks: dict[str, Any] = {"drug": found.get("drug")}
    own = found.get("diseases")
    if isinstance(own, dict) and own:
        blocks |= {f"diseases.{name}": block for name, block in own.items()}
        for name in sorted(set(own) - diseases):
            yield PlanIssue("diseases", repr(name), "a word of indications in vocabulary.yaml")
    else:
        yield PlanIssue("diseases", repr(own), "a strategy for each disease")
    for name, block in blocks.items():
        for source in SOURCES:
            text = block.get(source) if isinstance(block, dict) else None
            if not isinstance(text, str) or not text.strip():
                yield PlanIssue(f"{name}.{source}", repr(text), "a query")
            elif not _balanced(text):
                yield PlanIssue(
                    f"{name}.{source}", "one left open", "closed brackets and quotation marks"
                )


def _balanced(query: str) -> bool:
    depth, quoted = 0, False
    for character in query:
        if character == '"':
            quoted = not quoted
        elif not quoted:
            depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0 and not quoted
