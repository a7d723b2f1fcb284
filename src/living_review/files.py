"""Read text files that people write: CSV, YAML, JSON, BibTeX; an issue names file, line and remedy.

Nothing in a file can make the reader hang, fill the memory or say something that is not written there:
files, cells and nesting have a limit, a YAML alias or tag is refused, a key occurs once, a number
is a number only in plain digits, and a date stays the text that it is.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import yaml

LARGEST = 1_000_000  # bytes of a YAML, JSON or BibTeX file; the largest of the project has 25,000
LARGEST_TABLE = 20_000_000  # bytes of a CSV file
LARGEST_NOTEBOOK = 100_000_000
LONGEST = 10_000  # characters of a cell or of a text in YAML; the longest of the project has 900
DEEPEST = 20  # brackets, braces or indents inside each other
# What cannot be seen but changes what is read: control characters, marks of width and of direction.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
PLAIN_INTEGER = re.compile(r"(?!-0$)-?(?:0|[1-9][0-9]{0,14})")
PLAIN_NUMBER = re.compile(r"(?!-0\.0+$)-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
CONSTANTS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]', re.DOTALL)
BIB_ENTRY = re.compile(r"@(\w+)\s*\{\s*([^\s,{}\"@]+)\s*,")
BIB_FIELD = re.compile(r"\s*([A-Za-z][\w-]*)\s*=\s*")


class UnreadableFileError(Exception):
    """A file that cannot be read as what it is.

    Attributes
    ----------
    path : Path
        The file.
    line : int or None
        Where, from 1; None if it is the file as a whole.
    column : str or None
        The column of a table.
    found, expected, todo : str
        What is there, what should, and what to do.
    """

    def __init__(
        self,
        path: Path,
        line: int | None,
        found: str,
        expected: str,
        todo: str,
        column: str | None = None,
    ) -> None:
        self.path, self.line, self.column = path, line, column
        self.found, self.expected, self.todo = found, expected, todo
        place = ":".join(str(part) for part in (path, line, column) if part is not None)
        super().__init__(f"{place}: found {found}; expected {expected}. {todo}")


def read_text(path: Path, largest: int = LARGEST) -> str:
    """Return the text of a file, without a byte order mark.

    Parameters
    ----------
    path : Path
        A file; what is none (a folder, a pipe) is refused and not waited for.
    largest : int
        Bytes that it may have.

    Returns
    -------
    str
        The text.

    Raises
    ------
    UnreadableFileError
        If there is no such file, it cannot be opened, is too large or is not UTF-8.
    """
    try:
        with open(path, "rb", opener=_open_at_once) as stream:
            is_file = stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
            content = stream.read(largest + 1) if is_file else b""
    except OSError as error:
        found = (error.strerror or type(error).__name__).lower()
        raise UnreadableFileError(
            path, None, found, "a file that can be read", "Add it, or correct its name or rights."
        ) from error
    if not is_file:
        raise UnreadableFileError(path, None, "no plain file", "a file", "Put a file in its place.")
    if len(content) > largest:
        raise UnreadableFileError(
            path, None, f"more than {largest:,} bytes", "a file of at most that size", "Shorten it."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            path,
            content[: error.start].count(b"\n") + 1,
            f"byte {content[error.start]:#04x}",
            "UTF-8 text",
            "Save the file as UTF-8.",
        ) from error


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_csv(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of a CSV file as text; a BOM and Windows line ends are accepted.

    Raises
    ------
    UnreadableFileError
        If :func:`read_text` fails, a quotation does not end, or a cell is longer than :data:`LONGEST`.
    """
    text = read_text(path, LARGEST_TABLE)
    csv.field_size_limit(LARGEST_TABLE)  # ours is the limit, and it names the cell
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if row and max(map(len, row)) > LONGEST:
                place = max(range(len(row)), key=lambda i: len(row[i]))
                header = rows[0] if rows else row
                column = header[place][:80] if place < len(header) else None
                raise _too_long(path, len(rows) + 1, len(row[place]), column)
            rows.append(row)
    except csv.Error as error:
        raise UnreadableFileError(
            path, reader.line_num or None, str(error), "a CSV file", "Correct the quoting."
        ) from error
    return (rows[0], rows[1:]) if rows else ([], [])


def _too_long(path: Path, line: int, length: int, column: str | None) -> UnreadableFileError:
    return UnreadableFileError(
        path,
        line,
        f"a text of {length:,} characters",
        f"at most {LONGEST:,}",
        "Shorten it; a quotation mark that is never closed makes a long text, too.",
        column,
    )


def read_json(path: Path, largest: int = LARGEST) -> Any:  # noqa: ANN401  (what JSON holds)
    """Return the content of a JSON file.

    Parameters
    ----------
    path : Path
        The file.
    largest : int
        Bytes that it may have.

    Returns
    -------
    object
        What the file holds.

    Raises
    ------
    UnreadableFileError
        If it is no JSON, a key occurs twice in an object, it is nested beyond :data:`DEEPEST`, or a
        number is none (``NaN``) or too large.
    """
    text = read_text(path, largest)
    _scan_json(path, text)
    try:
        content = json.loads(text, parse_constant=_no_number, parse_float=_finite)
        json.dumps(content, ensure_ascii=False).encode()  # a lone half of a pair of surrogates fails
    except json.JSONDecodeError as error:
        raise UnreadableFileError(
            path, error.lineno, error.msg, "valid JSON", "Correct the syntax."
        ) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(
            path, None, " ".join(str(error).split())[:200], "valid JSON", "Correct the value."
        ) from error
    return content


def _no_number(word: str) -> float:
    raise ValueError(f"{word}, which is no number")


def _finite(word: str) -> float:
    if (number := float(word)) in (float("inf"), float("-inf")):
        raise ValueError(f"{word[:40]}, a number without end")
    return number


def _scan_json(path: Path, text: str) -> None:
    """Refuse nesting without end and keys that occur twice; the rest is for the parser to say."""
    keys: list[set[str] | None] = []  # of each open object; None for an open list
    before = ""
    for token in JSON_TOKEN.finditer(text):
        sign = token[0]
        if sign in "{[":
            keys.append(set() if sign == "{" else None)
            if len(keys) > DEEPEST:
                raise _too_deep(path, text.count("\n", 0, token.start()) + 1)
        elif sign in "}]":
            if keys:
                keys.pop()
        elif sign != "," and keys and (names := keys[-1]) is not None and before in "{,":
            if sign in names:
                raise _twice(path, text.count("\n", 0, token.start()) + 1, sign[1:-1])
            names.add(sign)
        before = sign


def _too_deep(path: Path, line: int) -> UnreadableFileError:
    return UnreadableFileError(
        path, line, "deeper nesting", f"at most {DEEPEST} levels", "Write it flatter."
    )


def _twice(path: Path, line: int, key: str) -> UnreadableFileError:
    return UnreadableFileError(
        path,
        line,
        f"the key {key[:80]!r} a second time",
        "each key once",
        "Delete one of the two.",
        key[:80],
    )


def read_yaml(path: Path, *, as_text: bool = False) -> Any:  # noqa: ANN401  (what YAML holds)
    """Return the content of a YAML file: mappings, lists, texts, numbers in plain digits, true, false.

    Keys are texts. What is no plain number, ``true``, ``false`` or ``null`` is text: a date, ``yes``,
    ``1_000``, ``1e999``, ``0x1F``, ``1:30``.

    Parameters
    ----------
    path : Path
        The file.
    as_text : bool
        Leave every value the text that it is, so that no printed digit is lost.

    Returns
    -------
    object
        What the file holds.

    Raises
    ------
    UnreadableFileError
        If it is no YAML, has an alias, an anchor, a tag, a key twice, several documents, characters
        that cannot be seen, a text longer than :data:`LONGEST`, or is nested beyond
        :data:`DEEPEST`.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where it was built
    # From the stream of events, which has no recursion: composing nodes can end the program.
    builder = _Builder(path, as_text)
    try:
        for event in yaml.parse(read_text(path), Loader=loader):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise UnreadableFileError(
            path,
            mark.line + 1 if mark else None,
            " ".join(str(getattr(error, "problem", None) or error).split())[:200],
            "valid YAML in UTF-8",
            "Correct the syntax.",
        ) from error
    return builder.content


class _Builder:
    """The content of a file from the events of its parser."""

    def __init__(self, path: Path, as_text: bool) -> None:
        self.path, self.as_text = path, as_text
        self.content: Any = None
        self.documents = 0
        self.open: list[dict[str, Any] | list[Any]] = []
        self.keys: list[str | None] = []  # of each open mapping: the key whose value is awaited

    def take(self, event: yaml.Event) -> None:
        """Take one event."""
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self._refused(line, "a second document (---)", "one document")
        if isinstance(event, yaml.AliasEvent):
            raise self._refused(line, f"the alias *{event.anchor}", "the value itself")
        if isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()
            self.keys.pop()
        if not isinstance(event, yaml.NodeEvent):
            return
        if event.anchor is not None:
            raise self._refused(line, f"the anchor &{event.anchor}", "the value itself")
        if getattr(event, "tag", None) is not None:
            raise self._refused(line, f"the tag {getattr(event, 'tag', None)}", "a value without a tag")
        if isinstance(event, yaml.ScalarEvent):
            self._put(self._scalar(event, line), line, event)
        else:
            value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._put(value, line, event)
            self.open.append(value)
            self.keys.append(None)
            if len(self.open) > DEEPEST:
                raise _too_deep(self.path, line or 1)

    def _scalar(self, event: yaml.ScalarEvent, line: int | None) -> Any:  # noqa: ANN401
        text = event.value
        if len(text) > LONGEST:
            raise _too_long(self.path, line or 1, len(text), None)
        if hidden := UNSEEN.search(text.replace("\n", "").replace("\t", "")):
            raise self._refused(line, ascii(hidden[0]), "characters that can be seen")
        is_key = self.open and isinstance(self.open[-1], dict) and self.keys[-1] is None
        if is_key or self.as_text or not event.implicit[0]:  # what is in quotation marks is text
            return text
        if text in CONSTANTS:
            return CONSTANTS[text]
        if PLAIN_INTEGER.fullmatch(text):
            return int(text)
        return float(text) if PLAIN_NUMBER.fullmatch(text) else text

    def _put(self, value: Any, line: int | None, event: yaml.NodeEvent) -> None:  # noqa: ANN401
        if not self.open:
            self.content = value
            return
        place = self.open[-1]
        if isinstance(place, list):
            place.append(value)
        elif self.keys[-1] is None:
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refused(line, "a list or mapping as a key", "a word as a key")
            if value in place:
                raise _twice(self.path, line or 1, value)
            self.keys[-1] = value
        else:
            place[self.keys[-1]] = value
            self.keys[-1] = None

    def _refused(self, line: int | None, found: str, expected: str) -> UnreadableFileError:
        return UnreadableFileError(self.path, line, found[:200], expected, "Write it out.")


def read_bibtex(path: Path) -> dict[str, dict[str, str]]:
    """Return the entries of a BibTeX file: key, and its fields by lower-case name.

    The kind of an entry is under ``entry``; values come without their outer braces or quotation
    marks, TeX in them as it is. Between entries may be lines that begin with ``%``.

    Raises
    ------
    UnreadableFileError
        If an entry does not end, a key or a field occurs twice, or something is no entry.
    """
    text = read_text(path)
    if hidden := UNSEEN.search(re.sub(r"[\n\r\t]", " ", text)):
        line = text.count("\n", 0, hidden.start()) + 1
        raise UnreadableFileError(
            path, line, ascii(hidden[0]), "characters that can be seen", "Take it out."
        )
    entries: dict[str, dict[str, str]] = {}
    at = 0
    while True:
        if skipped := re.compile(r"(?:\s+|%[^\n]*)+").match(text, at):
            at = skipped.end()
        if at == len(text):
            return entries
        line = text.count("\n", 0, at) + 1
        head = BIB_ENTRY.match(text, at)
        if head is None:
            raise _no_entry(path, line, repr(text[at : at + 40]), "an entry: @kind{key, field = {...}}")
        if head[2] in entries:
            raise _twice(path, line, head[2])
        entries[head[2]], at = _bib_fields(path, text, head)


def _bib_fields(path: Path, text: str, head: re.Match[str]) -> tuple[dict[str, str], int]:
    """Return the fields of an entry, and where the text after it begins."""
    fields, at = {"entry": head[1].lower()}, head.end()
    while True:
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n"))
        if text.startswith("}", at):
            return fields, at + 1
        line = text.count("\n", 0, at) + 1
        name = BIB_FIELD.match(text, at)
        if name is None:
            raise _no_entry(
                path, line, repr(text[at : at + 40]), f"a field of {head[2]}, or its end }}"
            )
        if (key := name[1].lower()) in fields:
            raise _twice(path, line, key)
        fields[key], at = _bib_value(path, text, name.end(), f"{key} of {head[2]}")
        after = re.compile(r"\s*(,|(?=\}))").match(text, at)
        if after is None:
            raise _no_entry(path, line, repr(text[at : at + 40]), f"a comma or }} after {key}")
        at = after.end()


def _bib_value(path: Path, text: str, start: int, what: str) -> tuple[str, int]:
    line = text.count("\n", 0, start) + 1
    if word := re.compile(r"\w+").match(text, start):
        return word[0], word.end()
    closing = {"{": "}", '"': '"'}.get(text[start : start + 1])
    depth = 0
    for at in range(start, len(text) if closing else start):
        depth += {"{": 1, "}": -1}.get(text[at], 0) if text[at - 1] != "\\" else 0
        if depth > DEEPEST:
            raise _too_deep(path, line)
        if at > start and text[at] == closing and depth == 0:
            return text[start + 1 : at], at + 1
    raise _no_entry(
        path, line, f"a value without end: {text[start : start + 40]!r}", f"the whole {what}"
    )


def _no_entry(path: Path, line: int, found: str, expected: str) -> UnreadableFileError:
    return UnreadableFileError(path, line, found, expected, "Complete or delete it.")
