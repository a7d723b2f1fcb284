"""Validate ``data/``: every fault at once, each with file, row, column, found, expected, what to do.

Cells are checked against their Table Schema by frictionless; what a single table cannot know (words
of the vocabulary, patients, groups, claims, the book's own lists) is checked here.
"""

from __future__ import annotations

import csv
import difflib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from living_review import evidence

# Columns whose number must be legible in the printed form (or the locator) of the same row.
PRINTED_NUMBERS = {
    "patients": ["age_years"],
    "doses": ["dose", "dose_upper"],
    "measurements": ["value"],
    "events": ["time"],
    "counts": ["n", "percent"],
    "outcomes": ["events", "percent"],
    "adverse_events": ["patients"],
    "statistics": ["value", "lower", "upper"],
    "quoted": ["value", "lower", "upper", "events"],
}
WORDS = dict(
    zero=0,
    one=1,
    two=2,
    three=3,
    four=4,
    five=5,
    six=6,
    seven=7,
    eight=8,
    nine=9,
    ten=10,
    eleven=11,
    twelve=12,
    thirteen=13,
    fourteen=14,
    fifteen=15,
    sixteen=16,
    seventeen=17,
    eighteen=18,
    nineteen=19,
    twenty=20,
)
NONE = {"-", "–", "—", "no", "none", "not", "without", "never", "nor"}
ONE = {"a", "an", "one", "once", "single", "both", "all", "half", "first", "sole", "per", "final"}


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in the data, said so that a person can mend it."""

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str
    todo: str

    def __str__(self) -> str:
        place = ":".join(str(p) for p in (self.file, self.row, self.column) if p is not None)
        return f"{place}: found {self.found}; expected {self.expected}. {self.todo}"

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as plain data, for ``--format json``."""
        return asdict(self)


def check(root: Path) -> list[Fault]:
    """Check all evidence under a project root.

    Parameters
    ----------
    root : Path
        Top of the project (holds ``data/``, and ``notebooks/``, ``_toc.yml``, ``book/`` if it is
        the whole project).

    Returns
    -------
    list of Fault
        Sorted by file, row and column; empty if the data are valid.
    """

    def place(fault: Fault) -> tuple[str, int, str, str, str]:
        return fault.file, fault.row or 0, fault.column or "", fault.found, fault.expected

    return sorted(set(_check(root)), key=place)


def _check(root: Path) -> Iterator[Fault]:
    try:
        schemas = evidence.load_schemas(root)
    except (yaml.YAMLError, json.JSONDecodeError, KeyError) as error:
        yield Fault(
            "data/schema or data/vocabulary.yaml",
            None,
            None,
            _first_line(error),
            "readable schemas and vocabulary",
            "Correct the syntax.",
        )
        return
    tables: dict[str, dict[str, Table]] = {}
    metas: dict[str, dict[str, Any]] = {}
    for folder in sorted(p for p in (root / "data").iterdir() if p.is_dir()):
        if folder.name == "schema":
            continue
        if folder.name == "review":
            yield from _check_tables(root, folder, schemas, "review_", {})
            continue
        meta, faults = _check_meta(root, folder)
        yield from faults
        metas[folder.name] = meta
        found: dict[str, Table] = {}
        yield from _check_tables(root, folder, schemas, "", found)
        tables[folder.name] = found
        yield from _check_links(folder, found, meta, schemas)
    yield from _check_claims(root, tables)
    yield from _check_book(root, metas)


@dataclass
class Table:
    """A CSV file as read: text cells with the file's row numbers (the header is row 1)."""

    file: str
    header: list[str]
    rows: list[list[str]]

    def cells(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield row number and the row as a mapping; ragged rows are cut to the header."""
        for number, row in enumerate(self.rows, start=2):
            yield number, dict(zip(self.header, row, strict=False))


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _check_meta(root: Path, folder: Path) -> tuple[dict[str, Any], list[Fault]]:
    path = folder / "study.yaml"
    name = path.relative_to(root).as_posix()
    if not path.is_file():
        return {}, [
            Fault(
                name,
                None,
                None,
                "no study.yaml",
                "a study.yaml in every study folder",
                "Add it (data/schema/study.json says what it holds).",
            )
        ]
    try:
        meta = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        return {}, [
            Fault(
                name,
                mark.line + 1 if mark else None,
                None,
                _first_line(error),
                "valid YAML in UTF-8",
                "Correct the syntax.",
            )
        ]
    import jsonschema

    schema = json.loads((root / "data" / "schema" / "study.json").read_text(encoding="utf-8"))
    faults = []
    for error in jsonschema.Draft202012Validator(schema).iter_errors(meta):
        where = ".".join(str(p) for p in error.absolute_path) or "the file"
        faults.append(
            Fault(
                name,
                None,
                where,
                error.message[:160],
                "what data/schema/study.json says",
                "Correct or add the key.",
            )
        )
    if isinstance(meta, dict) and meta.get("study_id") not in (None, folder.name):
        faults.append(
            Fault(
                name,
                None,
                "study_id",
                repr(meta["study_id"]),
                f"{folder.name!r}",
                "Give the study the name of its folder.",
            )
        )
    return (meta if isinstance(meta, dict) else {}), faults


def _check_tables(
    root: Path,
    folder: Path,
    schemas: dict[str, evidence.Schema],
    prefix: str,
    into: dict[str, Table],
) -> Iterator[Fault]:
    for path in sorted(folder.glob("*.csv")):
        name = path.relative_to(root).as_posix()
        schema = schemas.get(prefix + path.stem)
        if schema is None:
            known = [s.removeprefix(prefix) for s in schemas if s.startswith(prefix)]
            near = difflib.get_close_matches(path.stem, known, 1)
            yield Fault(
                name,
                None,
                None,
                f"table {path.stem!r}",
                "a table of data/schema",
                f"Rename it{f' to {near[0]}.csv' if near else ''} or add its schema.",
            )
            continue
        table = _read(path, name)
        if isinstance(table, Fault):
            yield table
            continue
        into[path.stem] = table
        header_faults = list(_check_header(table, schema))
        yield from header_faults
        if not header_faults:  # under a wrong header every cell would be called wrong
            yield from _check_cells(table, schema)
            yield from _check_rows(table, schema, path.stem)


def _read(path: Path, name: str) -> Table | Fault:
    try:
        header, rows = evidence.read_rows(path)
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return Fault(
            name,
            line,
            None,
            f"byte {error.object[error.start]:#04x}",
            "UTF-8 text",
            "Save the file as UTF-8.",
        )
    except csv.Error as error:
        return Fault(name, None, None, _first_line(error), "a CSV file", "Correct the quoting.")
    if not header:
        return Fault(
            name,
            None,
            None,
            "an empty file",
            "a header and at least one row",
            "Add rows, or delete the file.",
        )
    if not rows:
        return Fault(
            name, 1, None, "a header only", "at least one row", "Add rows, or delete the file."
        )
    return Table(name, header, rows)


def _check_header(table: Table, schema: evidence.Schema) -> Iterator[Fault]:
    expected = [c["name"] for c in schema.fields]
    if table.header == expected:
        return
    if len(table.header) == 1:
        for sign, word in ((";", "semicolon"), ("\t", "tab"), ("|", "bar")):
            if sign in table.header[0]:
                yield Fault(
                    table.file,
                    1,
                    None,
                    f"columns separated by a {word}",
                    "commas",
                    "Save the file with commas.",
                )
                return
    for name in [n for n in expected if n not in table.header]:
        yield Fault(
            table.file,
            1,
            name,
            "no such column",
            f"the columns {', '.join(expected)}",
            "Add the column.",
        )
    for name in [n for n in table.header if n not in expected]:
        near = difflib.get_close_matches(name, expected, 1)
        yield Fault(
            table.file,
            1,
            name or "(blank)",
            f"an unknown column {name!r}",
            "a closed schema",
            f"Remove it{f' or rename it to {near[0]}' if near else ''}.",
        )
    if sorted(table.header) == sorted(expected):
        yield Fault(
            table.file,
            1,
            None,
            "columns in another order",
            ", ".join(expected),
            "Put the columns in the order of the schema.",
        )


def _check_cells(table: Table, schema: evidence.Schema) -> Iterator[Fault]:
    """Types, enums, patterns, limits, keys and ragged rows: the work of frictionless."""
    from frictionless import Resource
    from frictionless import Schema as TableSchema

    descriptor = {k: v for k, v in schema.descriptor.items() if not k.startswith("$")}
    resource = Resource(
        data=[table.header, *table.rows], schema=TableSchema.from_descriptor(descriptor)
    )
    by_name = {c["name"]: c for c in schema.fields}
    for error in resource.validate().tasks[0].errors:
        row = getattr(error, "row_number", None)
        column = getattr(error, "field_name", None)
        cell = getattr(error, "cell", None)
        yield Fault(
            table.file,
            row,
            column or None,
            repr(cell) if cell is not None else error.title.lower(),
            _expectation(by_name.get(column), error),
            _remedy(by_name.get(column), cell, error),
        )


def _expectation(field: dict[str, Any] | None, error: Any) -> str:  # noqa: ANN401
    if field is None:
        return error.note or error.title.lower()
    limits = field.get("constraints", {})
    if error.type == "type-error":
        kind = "whole number" if field["type"] == "integer" else field["type"]
        return f"a {kind}, or a missing code"
    if "enum" in limits and "enum" in error.note:
        words = ", ".join(map(str, limits["enum"]))
        return f"a word of the vocabulary {field.get('vocabulary', '')!r}: {words[:300]}"
    if "pattern" in limits and "pattern" in error.note:
        return f"{field['description'].rstrip('.')} (pattern {limits['pattern']})"
    if error.type in ("primary-key", "unique-error"):
        return "each id once in a table"
    return error.note


def _remedy(field: dict[str, Any] | None, cell: object, error: Any) -> str:  # noqa: ANN401
    text = str(cell or "")
    if field is None:
        return "Give the row as many cells as the header."
    if error.type == "type-error" and "%" in text:
        return "A percentage is not a count: put the count here and the percentage in `percent`."
    if words := field.get("constraints", {}).get("enum"):
        near = difflib.get_close_matches(text, list(map(str, words)), 1)
        return (
            f"Did you mean {near[0]!r}? " if near else ""
        ) + "Use a listed word, or add it to data/vocabulary.yaml."
    if error.type in ("primary-key", "unique-error"):
        return "Give the row another id, or delete it if it is a repeat."
    if "required" in error.note:
        return "Fill the cell in."
    return "Correct the cell."


def _check_rows(table: Table, schema: evidence.Schema, name: str) -> Iterator[Fault]:
    seen: dict[tuple[str, ...], int] = {}
    fields = {c["name"]: c for c in schema.fields}
    for number, row in table.cells():
        for column, cell in row.items():
            if not cell.strip() and column != "note":
                yield Fault(
                    table.file,
                    number,
                    column,
                    "a blank cell",
                    "a value or a missing code",
                    f"Write one of {', '.join(sorted(schema.missing))}.",
                )
            elif cell != cell.strip():
                yield Fault(
                    table.file, number, column, repr(cell), "no space at either end", "Trim it."
                )
        content = tuple(v for k, v in row.items() if k not in ("id", "note"))
        if "id" in fields and content in seen:
            yield Fault(
                table.file,
                number,
                None,
                "the same row as before",
                f"another row than {seen[content]}",
                "Delete one of the two.",
            )
        seen.setdefault(content, number)
        yield from _check_numbers(table.file, number, row, name)


def _number(row: dict[str, str], column: str) -> float | None:
    try:
        return float(row[column])
    except (KeyError, ValueError):
        return None


def _check_numbers(file: str, number: int, row: dict[str, str], table: str) -> Iterator[Fault]:
    # What is counted, and out of what, in each table that counts.
    wholes = {
        "counts": [("n", "denominator")],
        "outcomes": [("events", "n")],
        "quoted": [],
        "adverse_events": [("patients", "n")],
        "later_evidence": [("events", "denominator")],
    }
    for part, whole in wholes.get(table, []):
        a, b = _number(row, part), _number(row, whole)
        counted = row.get("counts_what", "patients") == "patients"
        if a is not None and b is not None and a > b and counted:
            yield Fault(
                file,
                number,
                part,
                row[part],
                f"at most the {whole} {row[whole]}",
                "Correct the count or its denominator.",
            )
    lower, upper = _number(row, "lower"), _number(row, "upper")
    if lower is not None and upper is not None and lower > upper:
        yield Fault(
            file,
            number,
            "lower",
            row["lower"],
            f"at most the upper limit {row['upper']}",
            "Exchange or correct the limits.",
        )
    if "time" in row and "time_unit" in row:
        has_time = row["time"] not in (
            "not_reported",
            "not_applicable",
            "not_evaluable",
            "ambiguous",
            "",
        )
        has_unit = row["time_unit"] not in ("not_reported", "not_applicable", "")
        if has_time and not has_unit:
            yield Fault(
                file,
                number,
                "time_unit",
                row["time_unit"],
                "a unit for the time",
                "Name the unit of the time.",
            )
    legible = numbers_in(f"{row.get('printed', '')} {row.get('locator', '')}")
    for column in PRINTED_NUMBERS.get(table, []):
        value = _number(row, column)
        if table == "adverse_events" and value == 1 and row.get("patient", "").startswith("p"):
            continue  # a harm of one named patient is one patient, whatever is printed
        if value is not None and abs(value) not in legible:
            yield Fault(
                file,
                number,
                column,
                row[column],
                f"a number that stands in the printed form {row.get('printed')!r}",
                "Correct the value, or complete the printed form.",
            )


def numbers_in(text: str) -> set[float]:
    """Return the numbers that can be read in a printed fragment, words included.

    Thousands separators, superscripts stuck to digits (``637a``), number words up to twenty,
    a dash or ``no`` as nought and ``a`` or ``single`` as one are understood.
    """
    text = text.replace("\u2013", "-").replace("\u2212", "-")
    found = {
        float(m) for m in re.findall(r"\d+(?:\.\d+)?|\.\d+", re.sub(r"(?<=\d),(?=\d{3})", "", text))
    }
    words = re.findall(r"[a-z]+|[-–—]", text.lower())
    found |= {float(WORDS[w]) for w in words if w in WORDS}
    if NONE & set(words):
        found.add(0.0)
    if ONE & set(words):
        found.add(1.0)
    if "both" in words:
        found.add(2.0)
    return found


def _check_links(
    folder: Path,
    tables: dict[str, Table],
    meta: dict[str, Any],
    schemas: dict[str, evidence.Schema],
) -> Iterator[Fault]:
    """Patients and groups that rows name must exist."""
    known = {
        "patients": {row.get("id") for _, row in tables["patients"].cells()}
        if "patients" in tables
        else set(),
        "groups": set(meta.get("groups") or {}),
    }
    home = {
        "patients": f"data/{folder.name}/patients.csv",
        "groups": f"groups of data/{folder.name}/study.yaml",
    }
    for name, table in tables.items():
        for field in schemas[name].fields:
            target = field.get("references")
            if target is None:
                continue
            for number, row in table.cells():
                cell = row.get(field["name"], "")
                if cell and cell not in schemas[name].missing and cell not in known[target]:
                    there = ", ".join(sorted(filter(None, known[target]))) or "none"
                    yield Fault(
                        table.file,
                        number,
                        field["name"],
                        repr(cell),
                        f"one of {home[target]}: {there}",
                        "Correct it or add it there.",
                    )


def _check_claims(root: Path, tables: dict[str, dict[str, Table]]) -> Iterator[Fault]:
    """Every reference of a claim must name cells that exist; every parameter one its kind knows."""
    from living_review.audit import claim
    from living_review.references import OPERATORS, Cells, ReferenceFault, UnreadableFault

    cells = Cells(root)
    for study, found in tables.items():
        if "claims" not in found:
            continue
        for number, row in found["claims"].cells():
            dangling = False
            for column in ("target", "inputs"):
                for token in row.get(column, "").split():
                    if token == "not_applicable" or token in OPERATORS:
                        continue
                    try:
                        cells.find(token, study)
                    except UnreadableFault:
                        dangling = True  # the file has its own fault in the list
                    except ReferenceFault as fault:
                        dangling = True
                        yield Fault(
                            found["claims"].file,
                            number,
                            column,
                            repr(token),
                            fault.expected,
                            "Correct the reference.",
                        )
            if dangling or not {"id", "kind", "parameters", "inputs", "target"} <= row.keys():
                continue
            try:
                claim.read(study, row, cells)
            except claim.ClaimFault as fault:
                yield Fault(
                    found["claims"].file,
                    number,
                    "parameters",
                    repr(row["parameters"]),
                    str(fault).partition(": ")[2],
                    "Correct the claim.",
                )


def _check_book(root: Path, metas: dict[str, dict[str, Any]]) -> Iterator[Fault]:
    """Each study has a chapter, a place in the table of contents and an entry in the references."""
    toc, bib = root / "_toc.yml", root / "book" / "references.bib"
    if not toc.is_file():
        return
    listed = toc.read_text(encoding="utf-8")
    keys = (
        set(re.findall(r"@\w+\{([^,\s]+),", bib.read_text(encoding="utf-8")))
        if bib.is_file()
        else set()
    )
    for study, meta in metas.items():
        yield from _book_faults(root, study, str(meta.get("citation_key", study)), listed, keys)


def _book_faults(root: Path, study: str, key: str, listed: str, keys: Iterable[str]) -> Iterator[Fault]:
    if not (root / "notebooks" / f"{study}.ipynb").is_file():
        yield Fault(
            f"data/{study}",
            None,
            None,
            f"no notebooks/{study}.ipynb",
            "a chapter for each study",
            "Add the notebook.",
        )
    if not re.search(rf"\bnotebooks/{study}\b", listed):
        yield Fault("_toc.yml", None, None, f"no notebooks/{study}", "every chapter listed", "List it.")
    if key not in keys:
        yield Fault(
            f"data/{study}/study.yaml",
            None,
            "citation_key",
            repr(key),
            "a key of book/references.bib",
            "Add the entry to book/references.bib.",
        )
