"""Files that say what the tables hold: a vocabulary, a table's schema, a description of a study.

Each is read, and refused if it has not the shape on which everything else relies, so that an issue is
named where it is and not where it takes effect.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from living_review import files
from living_review.files import UnreadableFileError

DESCRIPTION = "study.json"  # of data/schema: describes study.yaml, not a table
# Lists that the checks themselves read, whatever the schemas name.
NEEDED = ("missing", "looks", "allowed_answers", "rests_on")
# A review need not have diseases that are kinds of others, or what later studies are asked.
MAY_BE_EMPTY = ("wider_disease", "answering_classes", "partial_criteria", "poolable_classes")
TYPES = ("string", "integer", "number")
REFERENCES = ("patients", "groups", "studies")


def read_vocabulary(path: Path) -> dict[str, Any]:
    """Return the lists of the vocabulary: words and what they mean.

    Raises
    ------
    UnreadableFileError
        If it cannot be read, a list is missing, or a list is not words with a meaning each.
    """
    return _first(path, files.read_yaml(path), vocabulary_issues)


def read_schema(path: Path, vocabulary: dict[str, Any]) -> dict[str, Any]:
    """Return a Table Schema as it is written, its lists of words not yet filled in.

    Parameters
    ----------
    path : Path
        A file of ``data/schema/``.
    vocabulary : dict
        As :func:`read_vocabulary` gives it: the lists that fields may name.

    Returns
    -------
    dict
        The schema.

    Raises
    ------
    UnreadableFileError
        If it cannot be read or has not the shape of a schema.
    """
    return _first(path, files.read_json(path), lambda content: schema_issues(content, vocabulary))


def read_description(path: Path) -> dict[str, Any]:
    """Return a ``study.yaml``: a mapping, its groups mappings by name.

    Raises
    ------
    UnreadableFileError
        If it cannot be read or is no mapping.
    """
    return _first(path, files.read_yaml(path), _description_issues)


ShapeIssue = tuple[str | None, str, str]  # where, found, expected
Wrong = Callable[[Any], Iterable[ShapeIssue]]


def _first(path: Path, content: Any, wrong: Wrong) -> dict[str, Any]:  # noqa: ANN401
    for where, found, expected in wrong(content):
        raise UnreadableFileError(path, None, found, expected, "Correct it.", where)
    return content


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}..."


def _description_issues(content: object) -> Iterator[ShapeIssue]:
    if not isinstance(content, dict):
        yield None, _show(content), "keys and values"
        return
    groups = content.get("groups", {})
    if not isinstance(groups, dict) or not all(isinstance(g, dict) for g in groups.values()):
        yield "groups", _show(groups), "a label and a size for each group"


def vocabulary_issues(content: object) -> Iterator[ShapeIssue]:
    """Yield what is no vocabulary: where, what was found, what was expected.

    Parameters
    ----------
    content : object
        As :func:`living_review.files.read_yaml` gives it.
    """
    if not isinstance(content, dict):
        yield None, _show(content), "lists of words, each with its meaning"
        return
    for name in NEEDED:
        if name not in content:
            yield name, "no such list", "the list, as the checks read it"
    for name, words in content.items():
        shape, expected = {
            "allowed_answers": (_is_lists, "a list of words for each checklist"),
            "rests_on": (
                lambda w: isinstance(w, dict) and all(map(_is_lists, w.values())),
                "a list of questions for each rating of each checklist",
            ),
            "graver_by_criterion": (
                lambda w: isinstance(w, dict) and all(map(_is_words, w.values())),
                "for each harm a harm for each criterion",
            ),
            **dict.fromkeys(
                ("tables_of_kind", "checklists_of_kind", "harms_by_severity", "answering_classes"),
                (_is_lists, "a list of words for each key"),
            ),
        }.get(name, (_is_words, "words, each with a text that says what it means"))
        if not (words or name in MAY_BE_EMPTY) or not shape(words):
            yield name, _show(words), expected


def _is_words(words: object) -> bool:
    return isinstance(words, dict) and all(isinstance(m, str) and m.strip() for m in words.values())


def _is_texts(words: object) -> bool:
    return isinstance(words, list) and all(isinstance(word, str) for word in words)


def _is_lists(words: object) -> bool:
    return isinstance(words, dict) and all(map(_is_texts, words.values()))


def schema_issues(content: object, vocabulary: dict[str, Any]) -> Iterator[ShapeIssue]:
    """Yield what is no Table Schema: where, what was found, what was expected.

    Parameters
    ----------
    content : object
        As :func:`living_review.files.read_json` gives it.
    vocabulary : dict
        The lists that fields may name.

    Returns
    -------
    iterator of tuple
        Where, what was found, what was expected.
    """
    if not isinstance(content, dict):
        yield None, _show(content), "an object with fields"
        return
    columns = content.get("fields")
    if not isinstance(columns, list) or not columns:
        yield "fields", _show(columns), "a list of columns"
        return
    missing: Any = content.get("missingValues")
    if not _is_texts(missing) or "" not in missing:
        yield "missingValues", _show(missing), 'a list of words, "" among them'
    names = [c.get("name") for c in columns if isinstance(c, dict)]
    key = content.get("primaryKey", [])
    if not _is_texts(key):
        yield "primaryKey", _show(key), "a list of columns"
    for place, column in enumerate(columns):
        if not isinstance(column, dict) or not isinstance(column.get("name"), str):
            yield f"fields.{place}", _show(column), "a column with a name"
            continue
        for issue in _column_issues(column, vocabulary):
            yield (f"fields.{column['name']}.{issue[0]}", *issue[1:])
        if names.count(column["name"]) > 1:
            yield f"fields.{column['name']}", "the column a second time", "each column once"


def _column_issues(column: dict[str, Any], vocabulary: dict[str, Any]) -> Iterator[ShapeIssue]:
    if (kind := column.get("type")) not in TYPES:
        yield "type", _show(kind), f"one of {', '.join(TYPES)}"
    if not isinstance(words := column.get("description"), str):
        yield "description", _show(words), "a text"
    lists = column.get("vocabulary", [])
    for named in [lists] if isinstance(lists, str) else lists if isinstance(lists, list) else [lists]:
        if not isinstance(named, str) or not isinstance(vocabulary.get(named), dict):
            yield "vocabulary", _show(named), "the name of a list of data/vocabulary.yaml"
    if lists == [] and "vocabulary" in column:
        yield "vocabulary", "no list", "at least one list of data/vocabulary.yaml"
    begins = column.get("begins_with")
    if begins is not None and not (isinstance(begins, str) and begins in vocabulary):
        yield "begins_with", _show(begins), "the name of a list of data/vocabulary.yaml"
    target = column.get("references", "groups")
    if target not in REFERENCES:
        yield "references", _show(target), f"one of {', '.join(REFERENCES)}"
    yield from _limit_issues(column.get("constraints", {}))


def _limit_issues(limits: object) -> Iterator[ShapeIssue]:
    if not isinstance(limits, dict):
        yield "constraints", _show(limits), "an object"
        return
    if "enum" in limits and (not isinstance(limits["enum"], list) or not limits["enum"]):
        yield "constraints.enum", _show(limits["enum"]), "a list of words"
    for name in ("minimum", "maximum"):
        if isinstance(limit := limits.get(name, 0), bool) or not isinstance(limit, int | float):
            yield f"constraints.{name}", _show(limit), "a number"
    try:
        re.compile(limits.get("pattern", ""))
    except (re.error, TypeError, RecursionError, OverflowError):
        yield "constraints.pattern", _show(limits["pattern"]), "a regular expression"
