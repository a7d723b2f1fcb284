"""Rows and cells of two states of the evidence: which one state lacks, and which say something else.

Compared are the tables of the studies and ``study.yaml``, the studies beside the sources, and the
records about the review but for those of :data:`NO_EVIDENCE`. Cells are compared as text: every
character of the evidence has a meaning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from living_review import files
from living_review.evidence import RECORDS, Review, read_rows, topic
from living_review.evidence.snapshots import CompareError
from living_review.files import UnreadableFileError

# Records about versions or the search, what a command writes, and words that are explained.
NO_EVIDENCE = frozenset(
    {"versions", "changes", "glossary", "abbreviations", "robustness"}
    | {"searches", "records", "screening", "notices", "search_faults", "version_diff", "row_versions"}
    | {"audit_power", "tipping", "audit_figures", "not_seen", "trace_allowed", "walk"}
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


@dataclass
class Tables:
    """What differs between the tables of two states.

    Attributes
    ----------
    added, removed : list of Row
        Rows of one state only, in file order; of a study of one state only, all its rows.
    changed : list of Cell
        Cells of rows that both have.
    not_compared : list of str
        A column or a key that one state lacks.
    """

    added: list[Row]
    removed: list[Row]
    changed: list[Cell]
    not_compared: list[str]


def compare(old: Review, new: Review) -> Tables:
    """Compare the tables of two states.

    Parameters
    ----------
    old, new : Review
        Their schemas may differ.

    Returns
    -------
    Tables
        What was added, removed and changed.

    Raises
    ------
    CompareError
        If a file of either cannot be read at all.
    """
    before, after = _tables(old), _tables(new)
    found = Tables([], [], [], [])
    for place in sorted(before.keys() | after.keys()):
        key = _key(place, new) or _key(place, old)
        _compare_table(place, before.get(place), after.get(place), key, found)
    return found


def _tables(review: Review) -> dict[tuple[str, str], Table]:
    """Return every table of a state as text; a YAML file has a row for each of its values."""
    found: dict[tuple[str, str], Table] = {}
    for study in [*review.study_ids, *RECORDS]:
        for path in sorted((review.data / study).glob("*.csv")):
            if study != "review" or path.stem not in NO_EVIDENCE:
                try:
                    found[study, path.stem] = read_rows(path)
                except UnreadableFileError as error:
                    raise CompareError(f"{path} cannot be read: {error}") from error
    described = {(s, "study.yaml"): review.data / s / "study.yaml" for s in review.study_ids}
    if (review.root / topic.FILE).is_file():
        described["data", "review.yaml"] = review.root / topic.FILE
    for place, path in described.items():
        try:
            values = list(_leaves(files.read_yaml(path)))
        except UnreadableFileError as error:
            raise CompareError(f"{path} cannot be read: {error}") from error
        found[place] = (["id", "value"], [[name, value] for name, value in values])
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
    if table.endswith(".yaml"):
        return ["id"]
    schema = review.schemas.get(f"{study}_{table}" if study in RECORDS else table)
    return list(schema.descriptor.get("primaryKey", [])) if schema else []


def _compare_table(
    place: tuple[str, str], old: Table | None, new: Table | None, key: list[str], found: Tables
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
