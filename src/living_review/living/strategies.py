"""What is searched for, and as whom: ``data/review/search.yaml``."""

from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from living_review.evidence import EvidenceError

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
        Address at which the services can reach the reviewers; None if none is configured.
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
    since: datetime.date
    overlap: int
    screeners: int
    strategies: tuple[Strategy, ...]

    @property
    def agent(self) -> str:
        """``User-Agent``: the tool, and the address where one is configured."""
        return f"{self.tool} (mailto:{self.email})" if self.email else self.tool

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
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, ten times as fast
    try:
        found = yaml.load((root / FILE).read_text(encoding="utf-8"), Loader=loader)
    except FileNotFoundError:
        raise EvidenceError(f"{FILE} is not there: it holds the strategies of the search") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{FILE} cannot be read: {' '.join(str(error).split())[:200]}") from None
    words = (root / "data" / "vocabulary.yaml").read_text(encoding="utf-8")
    vocabulary = yaml.load(words, Loader=loader)
    faults = list(_faults(found, set(vocabulary["indications"])))
    if faults:
        raise EvidenceError(f"{FILE}: " + "; ".join(faults))
    contact = found["contact"]
    return Plan(
        tool=contact["tool"],
        email=None if contact["email"] == "not_configured" else contact["email"],
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


def _line(text: str) -> str:
    return " ".join(text.split())


def _faults(found: Any, diseases: set[str]) -> list[str]:  # noqa: ANN401  (whatever the file holds)
    if not isinstance(found, dict):
        return ["expected keys and values"]
    out = []
    contact = found.get("contact")
    if not isinstance(contact, dict) or not re.fullmatch(
        r"[\w.-]+(/[\w.-]+)?", str(contact.get("tool"))
    ):
        out.append("contact.tool: expected a name without spaces")
    elif not (contact.get("email") == "not_configured" or _EMAIL.fullmatch(str(contact.get("email")))):
        out.append(
            f"contact.email: found {contact.get('email')!r}; expected an address or not_configured"
        )
    if not isinstance(found.get("since"), datetime.date):
        out.append(f"since: found {found.get('since')!r}; expected a day such as 1999-01-01")
    for key, least in (("overlap_days", 0), ("screeners", 1)):
        if not isinstance(found.get(key), int) or found[key] < least:
            out.append(f"{key}: found {found.get(key)!r}; expected a number from {least}")
    blocks: dict[str, Any] = {"drug": found.get("drug")}
    if isinstance(found.get("diseases"), dict) and found["diseases"]:
        blocks |= {f"diseases.{name}": block for name, block in found["diseases"].items()}
        unknown = sorted(set(found["diseases"]) - diseases)
        out += [
            f"diseases.{name}: expected a word of indications in vocabulary.yaml" for name in unknown
        ]
    else:
        out.append("diseases: expected a strategy for each disease")
    for name, block in blocks.items():
        for source in SOURCES:
            text = block.get(source) if isinstance(block, dict) else None
            if not isinstance(text, str) or not text.strip():
                out.append(f"{name}.{source}: expected a query")
            elif not _balanced(text):
                out.append(f"{name}.{source}: a bracket or a quotation mark is left open")
    return out


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
