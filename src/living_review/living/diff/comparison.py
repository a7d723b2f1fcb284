"""Two states of the review compared: tables, results, pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

from living_review import files
from living_review.evidence import Review, digest_of
from living_review.living.diff import results, sentences, tables
from living_review.living.diff.results import OTHER_SHAPE, Outcome
from living_review.living.diff.sentences import FigureData, Sentence
from living_review.living.diff.tables import Cell, Row


@dataclass(frozen=True)
class State:
    """Which state was compared."""

    version: str
    digest: str
    studies: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """What differs between an old and a new state of the review.

    Attributes
    ----------
    old, new : State
    added, removed : tuple of Row
        Rows of one state only, in file order; of a study of one state only, all its rows.
    changed : tuple of Cell
        Cells of rows that both have.
    results : dict of str to tuple of Outcome
        Results that differ, by kind: ``studies``, ``claims`` (verdicts of the audit on
        claims that both have), ``proportions``, ``medians``, ``bounds``, ``certainty``, ``contrasts``,
        ``later evidence`` (verdicts), ``pooled``, ``certainty across studies``.
    sentences : tuple of Sentence
        Sentences, items and rows of tables of the pages.
    figures : tuple of FigureData
        Figures with other data: computed curves, bounds, counts.
    readers : tuple of str
        Chapters of the new state whose last run read a table in which something differs.
    not_compared : tuple of str
        What could not be compared, and why: a column or a key that one state lacks, for example.
    """

    old: State
    new: State
    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    changed: tuple[Cell, ...]
    results: dict[str, tuple[Outcome, ...]]
    sentences: tuple[Sentence, ...]
    figures: tuple[FigureData, ...]
    readers: tuple[str, ...]
    not_compared: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs and everything was compared."""
        rest = (getattr(self, f.name) for f in fields(self) if f.name not in ("old", "new", "results"))
        return not any(rest) and not any(self.results.values())

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data."""
        found = {"same": self.is_same} | asdict(self)
        for said, sentence in zip(found["sentences"], self.sentences, strict=True):
            said["kind"] = sentence.kind
        return found


def compare(old: Review, new: Review) -> Comparison:
    """Compare two states of the review.

    Parameters
    ----------
    old, new : Review
        As ``evidence.load`` or ``snapshots.open_snapshot`` gives them; their schemas may differ.

    Returns
    -------
    Comparison
        What differs, and what could not be compared.

    Raises
    ------
    CompareError
        If a table of either cannot be read at all.
    """
    found = tables.compare(old, new)
    others, failed = ({}, []) if _is_same(found, old, new) else results.compare(old, new)
    said, drawn, unread = sentences.compare(old, new, _facts)
    differ: list[Row | Cell] = [*found.added, *found.removed, *found.changed]
    return Comparison(
        _state(old),
        _state(new),
        tuple(found.added),
        tuple(found.removed),
        tuple(found.changed),
        others,
        tuple(said),
        tuple(drawn),
        tuple(_readers(new, {(x.study, x.table) for x in differ})),
        (*_borrowed(old, "OLD"), *_borrowed(new, "NEW"), *found.not_compared, *failed, *unread),
    )


def _is_same(found: tables.Tables, old: Review, new: Review) -> bool:
    """Return whether the same code must give the same results: all it reads is the same."""
    words = (digest_of([r.data / "vocabulary.yaml", r.data / "schema"]) for r in (old, new))
    return found == tables.Tables([], [], [], []) and len(set(words)) == 1


def _borrowed(review: Review, which: str) -> Iterator[str]:
    for name in getattr(review, "borrowed", ()):
        what = name if "/" in name else f"list {name} in its vocabulary"
        yield f"{which} has no {what}: that of this project is used instead"


def _facts(review: Review, names: set[str]) -> dict[str, str]:
    # Here, not above: the page of what changed is built without computing any of these.
    from living_review.living import page as search_page
    from living_review.report import substitutions

    return substitutions.compute(review, names) | search_page.compute(review, names)


def _readers(review: Review, differ: set[tuple[str, str]]) -> Iterator[str]:
    """Yield the chapters whose record says that they read one of the tables."""
    named = {f"data/{study}/{t if t.endswith('.yaml') else t + '.csv'}" for study, t in differ}
    read = {path.replace("data/data/", "data/") for path in named}
    if not read:
        return
    for path in sorted((review.root / "notebooks").glob("*.ipynb")):
        try:
            notebook = files.read_json(path, files.LARGEST_NOTEBOOK)
            record = notebook["metadata"]["living_review"]
            if not read.isdisjoint(record["inputs"]):
                yield f"notebooks/{path.stem}"
        except OTHER_SHAPE:
            yield f"notebooks/{path.stem}, perhaps: it has no record of what it read"


def _state(review: Review) -> State:
    try:
        version = review.version
    except OTHER_SHAPE:
        version = "unknown"
    return State(version, review.digest, tuple(review.study_ids))
