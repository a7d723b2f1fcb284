"""One table against its schema: header, types, words, limits, keys, blanks, repeats."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from living_review import evidence
from living_review.files import UNSEEN
from living_review.validation.issues import Issue, Table, did_you_mean
from living_review.validation.printed import check_numbers, check_words

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FORMULA = re.compile(r"[=@]|[+-]\s*[A-Za-z_]\w*\s*[(|!]|[+-].*\|.*!")
PLAIN = re.compile(r"(?!-0+$)-?[0-9]{1,15}(\.[0-9]{1,15})?$")


def check_header(table: Table, schema: evidence.Schema) -> Iterator[Issue]:
    """Yield what is wrong with the header: delimiter, columns missing, unknown or out of order.

    Parameters
    ----------
    table : Table
        The file as read.
    schema : Schema
        What it may hold.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    expected = [c["name"] for c in schema.fields]
    if table.header == expected:
        return
    if len(table.header) == 1:
        for sign, word in ((";", "semicolon"), ("\t", "tab"), ("|", "bar")):
            if sign in table.header[0]:
                yield Issue(
                    table.file,
                    1,
                    None,
                    f"columns separated by a {word}",
                    "commas",
                    "Save the file with commas.",
                )
                return
    for name in [n for n in expected if n not in table.header]:
        yield Issue(
            table.file,
            1,
            name,
            "no such column",
            f"the columns {', '.join(expected)}",
            "Add the column.",
        )
    for name in [n for n in table.header if n not in expected]:
        near = difflib.get_close_matches(name, expected, 1)
        yield Issue(
            table.file,
            1,
            name or "(blank)",
            f"an unknown column {name!r}",
            "a closed schema",
            f"Remove it{f' or rename it to {near[0]}' if near else ''}.",
        )
    if sorted(table.header) == sorted(expected):
        yield Issue(
            table.file,
            1,
            None,
            "columns in another order",
            ", ".join(expected),
            "Put the columns in the order of the schema.",
        )


def check_cells(table: Table, schema: evidence.Schema) -> Iterator[Issue]:
    """Types, enums, patterns, limits, keys and ragged rows: the work of frictionless.

    A table in which nothing can be wrong is not shown to it: of a valid project that is every table,
    and the library takes a hundred times as long to say so.

    Parameters
    ----------
    table : Table
        The file as read.
    schema : Schema
        What it may hold.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    if is_plainly_valid(table, schema):
        return
    from frictionless import FrictionlessException, Resource
    from frictionless import Schema as TableSchema

    descriptor = {k: v for k, v in schema.descriptor.items() if not k.startswith("$")}
    try:
        resource = Resource(
            data=[table.header, *table.rows], schema=TableSchema.from_descriptor(descriptor)
        )
    except FrictionlessException as unusable:
        yield Issue(
            f"data/schema/{schema.name}.json",
            *(None, None, "a schema that cannot be used"),
            "; ".join(str(reason.note) for reason in (unusable.reasons or [unusable.error])),
            f"Correct the schema; {table.file} was not checked.",
        )
        return
    by_name = {c["name"]: c for c in schema.fields}
    for error in resource.validate().tasks[0].errors:
        row = getattr(error, "row_number", None)
        column = getattr(error, "field_name", None)
        cell = getattr(error, "cell", None)
        yield Issue(
            table.file,
            row,
            column or None,
            repr(cell) if cell is not None else error.title.lower(),
            _expectation(by_name.get(column), error),
            _remedy(by_name.get(column), cell, error),
        )


# What a column may say for a table to be judged without the library; all else only it understands.
JUDGED = frozenset(
    {
        "name",
        "type",
        "title",
        "description",
        "vocabulary",
        "begins_with",
        "references",
        "coded",
        "constraints",
    }
)
LIMITS = frozenset({"required", "unique", "enum", "pattern", "minimum", "maximum"})


def is_plainly_valid(table: Table, schema: evidence.Schema) -> bool:
    """Return whether a table fits its schema beyond doubt; False if it does not, or if that is unclear.

    Parameters
    ----------
    table : Table
        Its header is that of the schema.
    schema : Schema
        With the words of the vocabulary filled in.

    Returns
    -------
    bool
        Whether nothing is wrong, so that the slow check can be left out.
    """
    names = [column["name"] for column in schema.fields]
    width = len(names)
    if table.header != names or any(len(row) != width for row in table.rows):
        return False
    if any(not column.keys() <= JUDGED for column in schema.fields):
        return False
    if not all(map(any, table.rows)):
        return False  # a blank row
    columns = dict(zip(names, map(list, zip(*table.rows, strict=True)), strict=True))
    missing = schema.missing | {""}
    if not all(_fits(columns[c["name"]], c, missing) for c in schema.fields):
        return False
    key = schema.descriptor.get("primaryKey", [])
    if not set(key) <= set(names) or any(not missing.isdisjoint(columns[name]) for name in key):
        return False
    return not key or len(set(zip(*(columns[name] for name in key), strict=True))) == len(table.rows)


def _fits(cells: list[str], column: dict[str, Any], missing: set[str]) -> bool:
    limits = column.get("constraints", {})
    values = [cell for cell in cells if cell not in missing]
    if not limits.keys() <= LIMITS or (limits.get("required") and len(values) < len(cells)):
        return False
    if limits.get("unique") and len(set(values)) < len(values):
        return False
    if column["type"] == "string":
        if "minimum" in limits or "maximum" in limits:
            return False
        if "enum" in limits and not set(values) <= set(limits["enum"]):
            return False
        fits = re.compile(f"^{limits['pattern']}$").match if "pattern" in limits else None
        return fits is None or all(map(fits, values))
    if "enum" in limits or "pattern" in limits:
        return False
    whole = column["type"] == "integer"
    if not all(PLAIN.match(v) and not (whole and "." in v) for v in values):
        return False
    low, high = limits.get("minimum"), limits.get("maximum")
    return all(
        (low is None or Decimal(v) >= Decimal(str(low)))
        and (high is None or Decimal(v) <= Decimal(str(high)))
        for v in values
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
        lists = " and ".join(map(repr, evidence.as_names(field.get("vocabulary", ""))))
        return f"a word of the vocabulary {lists}: {words[:300]}"
    if "begins_with" in field and "pattern" in error.note:
        words = limits["pattern"].removeprefix("^(").partition(")")[0].replace("\\", "")
        return f"a word of the vocabulary {field['begins_with']!r} first: {words.replace('|', ', ')}"
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
    if "begins_with" in field and "pattern" in error.note:
        return "Name first the part of the paper, or add the part to data/vocabulary.yaml."
    if words := field.get("constraints", {}).get("enum"):
        return did_you_mean(text, words) + "Use a listed word, or add it to data/vocabulary.yaml."
    if error.type in ("primary-key", "unique-error"):
        return "Give the row another id, or delete it if it is a repeat."
    if "required" in error.note:
        return "Fill the cell in."
    return "Correct the cell."


def _is_misleading(cell: str, kind: str | None) -> bool:
    """Return whether a cell holds digits of another script, or a number that only programs can read."""
    if not cell.isascii() and any(c.isdecimal() and not c.isascii() for c in cell):
        return True
    if kind not in ("number", "integer") or PLAIN.match(cell):
        return False
    try:
        float(cell)
    except ValueError:
        return False  # a code, or no number at all: the schema says so
    return True


def is_day(text: str) -> bool:
    """Return whether a date in the form ``2026-11-28`` is a day of the calendar."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _cell_issue(
    column: str, cell: str, kind: str | None, missing: set[str]
) -> tuple[str, str, str] | None:
    """Return what is wrong with the characters of a cell: found, expected, what to do."""
    if not cell.strip():
        codes = f"Write one of {', '.join(sorted(missing))}."
        return None if column == "note" else ("a blank cell", "a value or a missing code", codes)
    if cell != cell.strip():
        return repr(cell), "no space at either end", "Trim it."
    if UNSEEN.search(cell):
        todo = "Take out what does not show: control characters, marks of width or direction."
        return ascii(cell), "characters that can be seen", todo
    if _is_misleading(cell, kind):
        todo = "Write the number out: no sign but a minus, no exponent, no separators."
        return ascii(cell), "plain digits, with a point as decimal mark", todo
    if FORMULA.match(cell):
        todo = "Begin with another sign: a spreadsheet takes the cell for a formula."
        return repr(cell), "a text that is no formula", todo
    if column != "printed" and DAY.fullmatch(cell) and not is_day(cell):
        todo = "Correct the date; what a paper prints belongs in `printed`."
        return repr(cell), "a day of the calendar", todo
    return None


def check_rows(table: Table, schema: evidence.Schema, name: str) -> Iterator[Issue]:
    """Yield blanks, stray spaces, repeated rows, and what is wrong with the numbers of each row.

    Parameters
    ----------
    table : Table
        The file as read.
    schema : Schema
        What it may hold.
    name : str
        Name of the table.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    seen: dict[tuple[str, ...], int] = {}
    kinds = {c["name"]: c["type"] for c in schema.fields}
    sound: set[tuple[str, str]] = set()  # most cells of a column are in it more than once
    key, missing = schema.key, schema.missing
    for number, row in table.cells():
        for place in row.items():
            if place in sound:
                continue
            if issue := _cell_issue(*place, kinds.get(place[0]), missing):
                yield Issue(table.file, number, place[0], *issue)
            else:
                sound.add(place)
        content = tuple(v for k, v in row.items() if k not in (key, "note"))
        if key in kinds and content in seen:
            yield Issue(
                table.file,
                number,
                None,
                "the same row as before",
                f"another row than {seen[content]}",
                "Delete one of the two.",
            )
        seen.setdefault(content, number)
        yield from check_numbers(table.file, number, row, name)
        yield from check_words(table.file, number, row)
