"""What differs between two states of the evidence, found by program.

Compared are the tables of the studies and ``study.yaml``, the records about the review but for those of
:data:`NO_EVIDENCE`, the verdicts of the audit and the counts that the synthesis chooses. Cells are
compared as text: every character of the evidence has a meaning. Verdicts and counts of both states are
computed with the code of today, so that they differ because of the data alone. For the same reason the
counts of a state from before a column was coded by the review (``"coded": "review"`` in its schema) are
computed with the codes that the other state gives to the same rows; a row that only it has gets none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd

from living_review import files
from living_review.evidence import RECORDS, EvidenceError, Review, Schema, Study, read_rows
from living_review.evidence.snapshots import CompareError
from living_review.files import UnreadableFileError

# Records about versions or the search, and words that are explained: no evidence.
NO_EVIDENCE = frozenset(
    {"versions", "changes", "glossary", "abbreviations", "robustness"}
    | {"searches", "records", "screening", "notices", "search_faults"}
)
# What reading evidence of another shape can raise; said in `not_compared`, whatever it was.
OTHER_SHAPE = (
    *(EvidenceError, UnreadableFileError, LookupError, ValueError),
    *(TypeError, AttributeError, ArithmeticError),
)

Table = tuple[list[str], list[list[str]]]


@dataclass(frozen=True)
class Row:
    """A row that only one of the two states has."""

    study: str
    table: str
    row: str
    cells: dict[str, str]

    def __str__(self) -> str:
        said = [self.cells[c] for c in ("printed", "locator") if self.cells.get(c)]
        return f"{self.study}:{self.table}/{self.row}" + (f": {', '.join(said)}" if said else "")


@dataclass(frozen=True)
class Cell:
    """A cell that says something else."""

    study: str
    table: str
    row: str
    column: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.study}:{self.table}/{self.row}.{self.column}: {self.before} → {self.after}"


@dataclass(frozen=True)
class Outcome:
    """The verdict of a claim, or a count of the synthesis, that comes out otherwise."""

    study: str
    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.study}, {self.name}: {self.before} → {self.after}"


@dataclass(frozen=True)
class State:
    """Which evidence was compared."""

    version: str
    digest: str
    studies: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """What differs between an old and a new state of the evidence.

    Attributes
    ----------
    added, removed : tuple of Row
        Rows of one state only, in file order; of a study of one state only, all its rows.
    changed : tuple of Cell
        Cells of rows that both have.
    verdicts : tuple of Outcome
        Claims of both whose verdict, as the audit computes it, is another.
    counts : tuple of Outcome
        Counts that the synthesis chooses; ``none`` where a state has none.
    not_compared : tuple of str
        What could not be compared, and why: a column or a key that one state lacks, for example.
    pages : tuple of str
        Chapters whose last run read a table in which something differs: each may have changed.
    """

    old: State
    new: State
    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    changed: tuple[Cell, ...]
    verdicts: tuple[Outcome, ...]
    counts: tuple[Outcome, ...]
    not_compared: tuple[str, ...]
    pages: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs and everything was compared."""
        return not any(getattr(self, f.name) for f in fields(self) if f.name not in ("old", "new"))

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data."""
        return {"same": self.is_same} | asdict(self)


def compare(old: Review, new: Review) -> Comparison:
    """Compare two states of the evidence.

    Parameters
    ----------
    old, new : Review
        As ``evidence.load`` returns them; their schemas may differ.

    Returns
    -------
    Comparison
        What was added, removed and changed.

    Raises
    ------
    CompareError
        If a file of either cannot be read at all.
    """
    before, after = _tables(old), _tables(new)
    found = _Found([], [], [], [])
    for place in sorted(before.keys() | after.keys()):
        key = _key(place, new) or _key(place, old)
        _compare_table(place, before.get(place), after.get(place), key, found)
    claims = _verdicts(old, "OLD", found), _verdicts(new, "NEW", found)
    counts = _counts(old, new, "OLD", found), _counts(new, old, "NEW", found)
    differ: list[Row | Cell] = [*found.added, *found.removed, *found.changed]
    return Comparison(
        _state(old),
        _state(new),
        tuple(found.added),
        tuple(found.removed),
        tuple(found.changed),
        _differ(*claims),
        _differ(*counts, none="none"),
        tuple(found.not_compared),
        tuple(_readers(new, {(x.study, x.table) for x in differ})),
    )


def _readers(review: Review, differ: set[tuple[str, str]]) -> Iterator[str]:
    """Yield the chapters whose record says that they read one of the tables."""
    read = {f"data/{study}/{t if t == 'study.yaml' else t + '.csv'}" for study, t in differ}
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
    except (*OTHER_SHAPE, OSError):
        version = "unknown"
    return State(version, review.digest, tuple(review.study_ids))


@dataclass
class _Found:
    added: list[Row]
    removed: list[Row]
    changed: list[Cell]
    not_compared: list[str]


def _tables(review: Review) -> dict[tuple[str, str], Table]:
    """Return every table of a state as text; ``study.yaml`` has a row for each of its values."""
    found: dict[tuple[str, str], Table] = {}
    for study in [*review.study_ids, *RECORDS]:
        for path in sorted((review.data / study).glob("*.csv")):
            if study != "review" or path.stem not in NO_EVIDENCE:
                try:
                    found[study, path.stem] = read_rows(path)
                except UnreadableFileError as error:
                    raise CompareError(f"{path} cannot be read: {error}") from error
    for study in review.study_ids:
        path = review.data / study / "study.yaml"
        try:
            values = list(_leaves(files.read_yaml(path)))
        except UnreadableFileError as error:
            raise CompareError(f"{path} cannot be read: {error}") from error
        found[study, "study.yaml"] = (["id", "value"], [[name, value] for name, value in values])
    return found


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from _leaves(inside, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        yield name, "; ".join(map(str, value))
    else:
        yield name, str(value)


def _key(place: tuple[str, str], review: Review) -> list[str]:
    """Return the columns that name a row; none for a table whose rows have no name."""
    study, table = place
    if table == "study.yaml":
        return ["id"]
    schema = review.schemas.get(f"{study}_{table}" if study in RECORDS else table)
    return list(schema.descriptor.get("primaryKey", [])) if schema else []


def _compare_table(
    place: tuple[str, str], old: Table | None, new: Table | None, key: list[str], found: _Found
) -> None:
    # A table that one state lacks is an empty one with the other's columns.
    old_header, old_rows = old or (new[0] if new else [], [])
    new_header, new_rows = new or (old_header, [])
    name = ":".join(place)
    for header, other, which in ((old_header, new_header, "OLD"), (new_header, old_header, "NEW")):
        if only := [column for column in header if column not in other]:
            found.not_compared.append(f"{name}: only {which} has a column {', '.join(only)}")
    common = [column for column in new_header if column in old_header]
    if missing := [column for column in key if column not in common]:
        found.not_compared.append(f"{name}: without {', '.join(missing)} no row can be found again")
        return
    before, after = (
        _by_key(header, rows, key or common)
        for header, rows in ((old_header, old_rows), (new_header, new_rows))
    )
    found.added += [Row(*place, _named(k), after[k]) for k in after if k not in before]
    found.removed += [Row(*place, _named(k), before[k]) for k in before if k not in after]
    for k in (k for k in after if k in before):
        pairs = ((column, before[k].get(column, ""), after[k].get(column, "")) for column in common)
        found.changed += [Cell(*place, _named(k), c, a, b) for c, a, b in pairs if a != b]


def _by_key(
    header: list[str], rows: list[list[str]], key: list[str]
) -> dict[tuple[str, ...], dict[str, str]]:
    """Return rows by their key; the second of one name gets a number, so that none is lost."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        cells = dict(zip(header, row, strict=False))
        name = tuple(cells.get(column, "") for column in key)
        seen[name] += 1
        found[(*name, f"({seen[name]})") if seen[name] > 1 else name] = cells
    return found


def _named(key: Sequence[str]) -> str:
    text = " ".join(key)
    return text if len(text) <= 90 else text[:88] + " …"


def _verdicts(review: Review, which: str, found: _Found) -> dict[tuple[str, str], str]:
    from living_review.audit import engine
    from living_review.evidence.references import Cells

    cells, out = Cells(review.root, review.texts), {}
    for study in review.study_ids:
        for row in cells.rows(study, "claims"):
            claim = row.get("id", "")
            try:
                out[study, f"claim {claim}"] = engine.check(study, row, cells).verdict
            except OTHER_SHAPE as error:
                found.not_compared.append(f"{which} {study}, claim {claim}: {_said(error)}")
    return out


def _counts(review: Review, other: Review, which: str, found: _Found) -> dict[tuple[str, str], str]:
    from living_review import synthesis

    out = {}
    for study in review.study_ids:
        try:
            coded = _coded(review.study(study), other)
            for row in synthesis.proportions_of(coded).to_dict("records"):
                words = "{events} of {n_evaluable} judged, of {n_treated} treated".format_map(row)
                name = f"{row['endpoint_class']}, {row['criterion']}"
                out[study, name] = words + (" (in words)" if row["inferred"] else "")
        except OTHER_SHAPE as error:
            found.not_compared.append(f"{which} {study}, counts of the synthesis: {_said(error)}")
    return out


def _coded(study: Study, other: Review) -> Study:
    """Return a study with the columns that another state codes and it does not, as they are there."""
    copy = Study(study.study_id, study.folder, study.schemas)
    for table, schema in other.schemas.items():
        if table not in study.schemas:
            continue
        late = [c for c in _coded_columns(schema) if c not in _coded_columns(study.schemas[table])]
        if late:
            frame = study.table(table).drop(columns=late, errors="ignore")
            frame = frame.join(_codes(study.study_id, table, late, other), on="id")
            copy.read_as(table, frame.fillna(dict.fromkeys(late, "not_reported")))
    return copy


def _coded_columns(schema: Schema) -> list[str]:
    return [column["name"] for column in schema.fields if column.get("coded") == "review"]


def _codes(study_id: str, table: str, columns: list[str], review: Review) -> pd.DataFrame:
    if study_id not in review.study_ids:
        return pd.DataFrame(columns=columns)
    return review.study(study_id).table(table).set_index("id")[columns]


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]


def _differ(
    old: dict[tuple[str, str], str], new: dict[tuple[str, str], str], none: str | None = None
) -> tuple[Outcome, ...]:
    """Return what comes out otherwise; what one side lacks only if a word for that is given."""
    names = dict.fromkeys([*new, *old]) if none else [k for k in new if k in old]
    pairs = ((k, old.get(k, none), new.get(k, none)) for k in names)
    return tuple(Outcome(*k, str(a), str(b)) for k, a, b in pairs if a != b)


def report(comparison: Comparison) -> str:
    """Return a comparison as plain text; a study that only one state has is one line."""
    old, new = comparison.old, comparison.new
    lines = [f"{n}  version {s.version}, data {s.digest}" for n, s in (("OLD", old), ("NEW", new))]
    parts: list[tuple[str, list[str]]] = [
        ("Cells changed", list(map(str, comparison.changed))),
        ("Rows added", _rows(comparison.added, set(new.studies) - set(old.studies))),
        ("Rows removed", _rows(comparison.removed, set(old.studies) - set(new.studies))),
        ("Claims with another verdict", list(map(str, comparison.verdicts))),
        ("Other counts in the synthesis", list(map(str, comparison.counts))),
        ("Not compared", list(comparison.not_compared)),
        ("Pages that read what differs", list(comparison.pages)),
    ]
    for title, items in parts:
        if items:
            lines += ["", f"{title}:", *(f"  {item}" for item in items)]
    return "\n".join(
        [*lines, "", "The evidence is the same." if comparison.is_same else _sum(comparison)]
    )


def _rows(rows: Sequence[Row], whole: set[str]) -> list[str]:
    """Return a line for each row, but one for all rows of a study that the other state lacks."""
    out = [str(row) for row in rows if row.study not in whole]
    for study in sorted(whole):
        tables = Counter(row.table for row in rows if row.study == study)
        out.append(f"{study}, the whole study: {sum(tables.values())} rows in {len(tables)} tables")
    return out


def _sum(comparison: Comparison) -> str:
    numbers = {
        "cells changed": comparison.changed,
        "rows added": comparison.added,
        "rows removed": comparison.removed,
        "verdicts": comparison.verdicts,
        "counts": comparison.counts,
        "not compared": comparison.not_compared,
    }
    return "The evidence differs: " + ", ".join(f"{k} {len(v)}" for k, v in numbers.items()) + "."
