"""The whole evidence as one Excel workbook: a sheet for each table, with the dictionary of its columns.

Text stays text: a cell that begins like a formula is marked as text, so that no spreadsheet computes
what a paper printed or a reader typed. Numbers are numbers where the schema says so; how they are
printed is in the column ``printed``. The same data give the same bytes.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from living_review import evidence
from living_review.build.bundle import NO_TIME

FILE = "evidence.xlsx"
NO_DAY = datetime.datetime(*NO_TIME)
# What a spreadsheet may take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_TEXT = 32_767  # characters of a cell, the limit of the format
LONGEST_NAME = 31  # characters of the name of a sheet, likewise
NAMED_BY = "study_id"

Sheet = tuple[str, list[str], list[list[str]], frozenset[str]]  # name, header, rows, columns of numbers


def write(root: Path, target: Path, title: str) -> None:
    """Write the workbook.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    target : pathlib.Path
        The ``.xlsx`` to write.
    title : str
        Title of the review.
    """
    review = evidence.load(root)
    book = Workbook(write_only=True)
    book.properties.title = title
    book.properties.creator = "living-review"
    book.properties.created = book.properties.modified = NO_DAY
    about = [[line] for line in evidence.PRINTED_TWICE.splitlines()]
    about += [["CC BY 4.0"], [f"Version {review.version}"]]
    _add(book, ("about", [title], about, frozenset()))
    _add(book, ("dictionary", *_dictionary(review), frozenset()))
    _add(book, ("vocabulary", *_vocabulary(review), frozenset()))
    for sheet in sheets(review):
        _add(book, sheet)
    packed = io.BytesIO()
    book.save(packed)
    target.write_bytes(_without_times(packed))


def sheets(review: evidence.Review) -> Iterator[Sheet]:
    """Yield every table that has a schema: those of the studies together, then the others.

    Parameters
    ----------
    review : Review

    Yields
    ------
    tuple
        Name of the sheet, header, rows as text, and which columns hold numbers.
    """
    for name, schema in review.study_schemas.items():
        header = [NAMED_BY, *(column["name"] for column in schema.fields)]
        rows = []
        for study in review.folders:
            path = review.data / study / f"{name}.csv"
            if path.is_file():
                own, found = evidence.read_rows(path)
                cells = (dict(zip(own, row, strict=True)) for row in found)
                rows += [[study, *(row[column] for column in header[1:])] for row in cells]
        if rows:
            yield name, header, rows, _numbers(schema)
    for folder in evidence.RECORDS:
        for path in sorted((review.data / folder).glob("*.csv")):
            name = f"{folder}_{path.stem}"
            if name in review.schemas:
                yield name, *evidence.read_rows(path), _numbers(review.schemas[name])


def _numbers(schema: evidence.Schema) -> frozenset[str]:
    return frozenset(c["name"] for c in schema.fields if c["type"] in ("number", "integer"))


def _dictionary(review: evidence.Review) -> tuple[list[str], list[list[str]]]:
    header = ["table", "column", "type", "meaning", "words it may hold"]
    rows = []
    for name, schema in review.schemas.items():
        rows.append([name, "", "table", str(schema.descriptor.get("description", "")), ""])
        for column in schema.fields:
            words = column.get("constraints", {}).get("enum", [])
            said = [str(column[key]) for key in ("name", "type", "description")]
            rows.append([name, *said, ", ".join(map(str, words))])
    return header, rows


def _vocabulary(review: evidence.Review) -> tuple[list[str], list[list[str]]]:
    rows = [
        [name, str(word), meaning if isinstance(meaning, str) else ", ".join(map(str, meaning))]
        for name, words in review.vocabulary.items()
        for word, meaning in words.items()
    ]
    return ["list", "word", "meaning"], rows


def _add(book: Workbook, sheet: Sheet) -> None:
    name, header, rows, numbers = sheet
    if len(name) > LONGEST_NAME:
        raise ValueError(f"the name of a sheet has at most {LONGEST_NAME} characters: {name}")
    page = book.create_sheet(name)
    page.freeze_panes = "A2"
    for place, width in enumerate(_widths(header, rows), start=1):
        page.column_dimensions[get_column_letter(place)].width = width
    heads = [_cell(page, head) for head in header]
    for head in heads:
        head.font = Font(bold=True)
    page.append(heads)
    is_number = [column in numbers for column in header]
    for row in rows:
        page.append([_cell(page, *cell) for cell in zip(row, is_number, strict=True)])


def _widths(header: list[str], rows: list[list[str]]) -> list[int]:
    longest = [max((len(row[i]) for row in [header, *rows]), default=8) for i in range(len(header))]
    return [min(60, max(8, n + 2)) for n in longest]


def _cell(page: Any, text: str, is_number: bool = False) -> Cell:  # noqa: ANN401  (untyped)
    """Return a cell: a number where the column holds numbers and the text is one, else text."""
    if is_number and (number := _number(text)) is not None:
        return WriteOnlyCell(page, number)
    cell = WriteOnlyCell(
        page, ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text[:LONGEST_TEXT])
    )
    if text.startswith(FORMULA):
        # As text in the file, and marked so that it stays text when someone edits it or saves as CSV.
        cell.data_type = "s"
        cell.style = "Normal"
        cell.quotePrefix = True
    return cell


def _number(text: str) -> int | float | None:
    try:
        value = Decimal(text)
    except ArithmeticError:
        return None  # a missing code
    if not value.is_finite():
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _without_times(packed: io.BytesIO) -> bytes:
    """Return a zip with the entries of another in order of name and without the day it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            info = zipfile.ZipInfo(name, NO_TIME)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            content = old.read(name)
            if name == "docProps/core.xml":  # openpyxl writes the moment of saving into it
                content = _dated(content)
            new.writestr(info, content)
    return out.getvalue()


def _dated(core: bytes) -> bytes:
    import re

    day = NO_DAY.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + day, core)
