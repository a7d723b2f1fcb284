"""What a scaffold left for a person to fill: every place that says so, with what belongs there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from living_review import files
from living_review.evidence import TO_FILL, Schema
from living_review.files import UnreadableFileError
from living_review.validation.issues import Issue, Table, unreadable

TO_DO = "Fill it from the paper; what the paper does not say is not_reported."
DECIDE = "Decide it: it is a code of this review and no word of the paper."
SAME_AS = (
    "Write not_applicable, unless another row prints the same quantity: then the id of the row that "
    "stands for it."
)
# An issue that says one of these stands for every other of its cell.
TO_FILL_IN = frozenset({TO_DO, DECIDE, SAME_AS})


def check_unfilled_cells(table: Table, schema: Schema) -> Iterator[Issue]:
    """Yield cells of a table that are still to be filled, with what their column means.

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
    columns = {column["name"]: column for column in schema.fields}
    for number, row in table.cells():
        for column, cell in row.items():
            if TO_FILL in cell:
                about = columns.get(column, {})
                words = about.get("constraints", {}).get("enum", ())
                expected = _expected(
                    about.get("description"), [w for w in words if w not in schema.missing]
                )
                coded = SAME_AS if column == "same_as" else DECIDE
                todo = coded if about.get("coded") == "review" else TO_DO
                yield Issue(table.file, number, column, repr(cell), expected, todo)


def check_unfilled_description(root: Path, study: str, meta: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield keys of ``study.yaml`` that are still to be filled, with what the schema says of them.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.
    study : str
        Name of the study's folder.
    meta : mapping of str to object
        Its ``study.yaml``.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    schema = files.read_json(root / "data" / "schema" / "study.json")
    for where, value in _leaves(meta):
        if TO_FILL in str(value):
            described = schema["properties"].get(where.partition(".")[0], {}).get("description")
            yield Issue(
                f"data/{study}/study.yaml", None, where, repr(value), _expected(described), TO_DO
            )


def check_unfilled_book(root: Path, study: str) -> Iterator[Issue]:
    """Yield what is still to be filled in the chapter of a study and in its reference.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.
    study : str
        Name of the study's folder.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    path = root / "notebooks" / f"{study}.ipynb"
    try:
        cells = files.read_json(path, files.LARGEST_NOTEBOOK)["cells"]
        sources = [(str(cell.get("id", "?")), "".join(cell["source"])) for cell in cells]
    except (OSError, ValueError, LookupError, TypeError, UnreadableFileError):
        sources = []  # that it is no notebook has an issue of its own
    for name, source in sources:
        if TO_FILL in source:
            yield Issue(
                f"notebooks/{study}.ipynb",
                None,
                f"cell {name}",
                repr(" ".join(source[source.index(TO_FILL) :].split())[:60]),
                "words of your own, with numbers that are looked up by code",
                "Write the cell, and take the mark out.",
            )
    prose = root / "book" / "chapters" / f"{study}.md"
    try:
        words = files.read_text(prose) if prose.is_file() else ""
    except UnreadableFileError as error:
        yield unreadable(error, f"book/chapters/{study}.md")
        return
    for number, line in enumerate(words.splitlines(), start=1):
        if TO_FILL in line:
            yield Issue(
                f"book/chapters/{study}.md",
                number,
                None,
                repr(line[line.index(TO_FILL) :][:60]),
                "words of your own, in which numbers are named and not typed",
                "Write the text, and take the mark out.",
            )
    bib = root / "book" / "references.bib"
    try:
        text = files.read_text(bib) if bib.is_file() else ""
    except UnreadableFileError as error:
        yield unreadable(error, "book/references.bib")
        return
    entry = re.search(rf"@\w+\{{{study},.*?\n\}}", text, re.DOTALL)
    if entry and TO_FILL in entry[0]:
        yield Issue(
            "book/references.bib",
            text[: entry.start() + entry[0].index(TO_FILL)].count("\n") + 1,
            study,
            TO_FILL,
            "the reference as it was published",
            "Fill it, or take the field out.",
        )


def _expected(described: str | None, words: Sequence[str] = ()) -> str:
    """State what belongs there: the words of a list, so that nobody has to look for the list."""
    what = f"one of {', '.join(words)}" if words else "a value"
    return f"{what} ({described})" if described else what


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, inside in value.items():
            yield from _leaves(inside, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for place, inside in enumerate(value):
            yield from _leaves(inside, f"{name}.{place}")
    else:
        yield name, value
