"""Decide on what a search found: two people, each alone, and what they settle together.

A decision is a row of ``data/review/screening.csv`` and stays there: a new decision is a new row. The
state of a publication is worked out from the rows, over all records that are linked to one another.
Abstracts are shown where this machine has them; they are the publishers' and stay out of ``data/``.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from living_review import evidence
from living_review.evidence.search_plan import read_plan
from living_review.living import store
from living_review.living.records import ALONE, NONE

STAGES = ("abstract", "full_text")
AGREED = "agreed"  # the screener of a decision that two settled together
NO_REASON = "not_applicable"


@dataclass(frozen=True)
class Verdict:
    """The decision on a publication at one stage.

    Attributes
    ----------
    state : {"undecided", "conflict", "include", "exclude"}
    reason : str
        Why it is excluded; ``not_applicable`` otherwise.
    decisions : tuple of dict
        The latest decision of each screener, in the order in which they were made.
    """

    state: str
    reason: str = NO_REASON
    decisions: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Publication:
    """A publication: the record that stands for it, those linked to it, and what was decided."""

    record: dict[str, str]
    linked: tuple[dict[str, str], ...]
    abstract: Verdict
    full_text: Verdict

    def verdict(self, stage: str) -> Verdict:
        """Return the decision at a stage."""
        return self.abstract if stage == "abstract" else self.full_text

    def is_open(self, stage: str) -> bool:
        """Whether a stage has begun for it: a full text is read of what title and abstract include."""
        return stage == "abstract" or self.abstract.state == "include"


def verdict(decisions: Iterable[dict[str, str]], screeners: int, stage: str) -> Verdict:
    """Return what decisions on one publication at one stage come to.

    What was settled together counts. Else the latest decision of each screener counts: with fewer than
    `screeners` of them it is undecided; if all include, or all exclude, that is the decision; else it
    is a conflict. Of a full text the reasons must agree as well: the flow diagram counts by them.

    Parameters
    ----------
    decisions : iterable of dict of str to str
        Rows of the table, oldest first.
    screeners : int
        How many must decide.
    stage : str
        ``abstract`` or ``full_text``.

    Returns
    -------
    Verdict
        The verdict with its reason.
    """
    latest: dict[str, dict[str, str]] = {}
    for row in decisions:
        latest.pop(row["screener"], None)
        latest[row["screener"]] = row
    rows = tuple(latest.values())
    if AGREED in latest:
        agreed = latest[AGREED]
        return Verdict(agreed["decision"], agreed["reason"], rows)
    if len(rows) < screeners:
        return Verdict("undecided", decisions=rows)
    said = {row["decision"] for row in rows}
    reasons = {row["reason"] for row in rows}
    if len(said) > 1 or "unclear" in said or (stage == "full_text" and len(reasons) > 1):
        return Verdict("conflict", decisions=rows)
    return Verdict(said.pop(), rows[0]["reason"], rows)


def publications(
    records: list[dict[str, str]], decisions: list[dict[str, str]], screeners: int
) -> list[Publication]:
    """Return the publications that records are of, in the order of the table, with what was decided.

    Parameters
    ----------
    records : list of dict of str to str
        Rows of the table of records.
    decisions : list of dict of str to str
        Rows of the table of decisions.
    screeners : int
        How many must decide.

    Returns
    -------
    list of Publication
        One for each publication.
    """
    above = {row["id"]: row["id"] if row["same_as"] == ALONE else row["same_as"] for row in records}
    leader: dict[str, str] = {}
    groups: dict[str, list[dict[str, str]]] = {}
    for row in records:
        name = row["id"]
        while above.get(name, name) != name:  # linked by hand to a record that is linked itself
            name = above[name]
        leader[row["id"]] = name
        groups.setdefault(name, []).append(row)
    made: dict[tuple[str, str], list[dict[str, str]]] = {}
    for decision in decisions:
        if decision["record"] in leader:
            made.setdefault((leader[decision["record"]], decision["stage"]), []).append(decision)
    out = []
    for name, rows in groups.items():
        own = next(row for row in rows if row["id"] == name)
        others = tuple(row for row in rows if row is not own)
        states = (verdict(made.get((name, s), ()), screeners, s) for s in STAGES)
        out.append(Publication(own, others, *states))
    return out


def load(root: Path) -> list[Publication]:
    """Return the publications of the project with what was decided on each."""
    records = store.read_table(root, "records")
    if not records:
        return []
    return publications(records, store.read_table(root, "screening"), read_plan(root).screeners)


def queue(found: list[Publication], screener: str, stage: str) -> list[Publication]:
    """Return what a screener has still to decide: undecided, and not decided by this one.

    Parameters
    ----------
    found : list of Publication
        As :func:`publications` returns them.
    screener : str
        Who decides.
    stage : str
        ``abstract`` or ``full_text``.

    Returns
    -------
    list of Publication
        In the order of ``found``.
    """
    return [
        p
        for p in found
        if p.is_open(stage)
        and p.verdict(stage).state == "undecided"
        and screener not in {row["screener"] for row in p.verdict(stage).decisions}
    ]


def conflicts(found: list[Publication], stage: str) -> list[Publication]:
    """Return the publications on which the screeners differ, or are unclear, at a stage.

    Parameters
    ----------
    found : list of Publication
        As :func:`publications` returns them.
    stage : str
        ``abstract`` or ``full_text``.

    Returns
    -------
    list of Publication
        In the order of ``found``.
    """
    return [p for p in found if p.is_open(stage) and p.verdict(stage).state == "conflict"]


@dataclass(frozen=True)
class Decision:
    """A decision of one person on one record at one stage."""

    record: str
    stage: str
    screener: str
    decision: str
    reason: str = NO_REASON
    note: str = ""


def decide(root: Path, decisions: Iterable[Decision], today: datetime.date | None = None) -> None:
    """Add decisions, all or none; they are on the disk when this returns.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.
    decisions : iterable of Decision
        What was decided.
    today : date, optional
        The day; by default that of the clock.

    Raises
    ------
    EvidenceError
        With every decision whose record is unknown, that has a word which is not of the vocabulary, or
        a reason without excluding, or excludes without a reason.
    StoreError
        If they could not be kept.
    """
    new = list(decisions)
    words = evidence.Review(root).vocabulary
    known = {row["id"] for row in store.read_table(root, "records")}
    issues = [f"{d.record}: {issue}" for d in new for issue in _issues(d, words, known)]
    if issues:
        raise evidence.EvidenceError("; ".join(issues))
    day = (today or datetime.datetime.now(datetime.UTC).date()).isoformat()
    with store.locked(root, "screening", wait=10):  # two may screen at once; a row takes no time
        rows = store.read_table(root, "screening")
        for decision in new:
            rows.append({**vars(decision), "number": str(len(rows) + 1), "date": day})
        store.write_table(root, "screening", rows)


def _issues(decision: Decision, words: dict[str, dict[str, str]], known: set[str]) -> Iterator[str]:
    if decision.record not in known:
        yield "no such record in data/review/records.csv"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", decision.screener):
        yield f"screener {decision.screener!r}: expected a short name in small letters"
    for value, name, others in (
        (decision.stage, "screening_stages", ()),
        (decision.decision, "screening_decisions", ()),
        (decision.reason, "exclusion_reasons", (NO_REASON,)),
    ):
        if value not in (*words[name], *others):
            yield f"{value!r}: expected one of {', '.join(words[name])}"
    if (decision.decision == "exclude") == (decision.reason == NO_REASON):
        yield "a reason belongs to what is excluded, and to nothing else"
    if decision.screener == AGREED and decision.decision == "unclear":
        yield "what is settled together is included or excluded"


# --- in the terminal -------------------------------------------------------------------------------

KEYS = {"i": "include", "e": "exclude", "u": "unclear"}
HELP = "i include · e exclude · u unclear · s later · q stop"


def screen(
    root: Path,
    screener: str,
    stage: str = "abstract",
    *,
    settle: bool = False,
    ask: Callable[[str], str] = input,
    say: Callable[[str], None] = print,
) -> int:
    """Walk through what a screener has to decide, or the conflicts; return how many were decided.

    Every decision is kept before the next record is shown; the end of the input or ``q`` stops.

    Parameters
    ----------
    root : Path
    screener : str
        Whose decisions they are. The other screener's are not shown, unless conflicts are settled.
    stage : {"abstract", "full_text"}
    settle : bool, optional
        Walk through the conflicts instead; what is decided is kept as ``agreed``.
    ask, say : callable, optional
        How to ask for a line and show one.

    Returns
    -------
    int
        The number of decisions.
    """
    reasons = evidence.Review(root).vocabulary["exclusion_reasons"]
    found = load(root)
    left = conflicts(found, stage) if settle else queue(found, screener, stage)
    texts = store.abstracts(root)
    say(f"{len(left)} to {'settle' if settle else 'decide'} ({stage.replace('_', ' ')})")
    done = 0
    for number, publication in enumerate(left, start=1):
        say(_shown(publication, texts, f"{number} of {len(left)}"))
        if settle:
            for row in publication.verdict(stage).decisions:
                say(f"  {row['screener']}: {row['decision']} {reasons.get(row['reason'], '')}".rstrip())
        try:
            key = _asked(ask, f"{HELP}: ", [*KEYS, "s", "q"])
            if key == "q":
                break
            if key == "s" or (settle and key == "u"):
                continue
            reason = NO_REASON
            if key == "e":
                for n, words in enumerate(reasons.values(), start=1):
                    say(f"  {n} {words}")
                picked = _asked(ask, "reason: ", [str(n + 1) for n in range(len(reasons))])
                reason = list(reasons)[int(picked) - 1]
        except EOFError:
            break
        who = AGREED if settle else screener
        decide(root, [Decision(publication.record["id"], stage, who, KEYS[key], reason)])
        done += 1
    return done


def _asked(ask: Callable[[str], str], prompt: str, allowed: list[str]) -> str:
    while (given := ask(prompt).strip().lower()) not in allowed:
        prompt = f"one of {', '.join(allowed)}: "
    return given


def _shown(publication: Publication, texts: dict[str, str], place: str) -> str:
    record = publication.record
    ids = (record["id"], *(row["id"] for row in publication.linked))
    abstract = next((texts[i] for i in ids if i in texts), "(no abstract on this machine)")
    lines = [
        "",
        f"[{place}] {record['title'] if record['title'] != NONE else '(no title)'}",
        f"{record['authors']}. {record['journal']} {record['year']}.".replace(NONE, "–"),
        f"{' = '.join(ids)}  doi {record['doi']}".replace(NONE, "–"),
        "",
        abstract,
        "",
    ]
    return "\n".join(lines)
