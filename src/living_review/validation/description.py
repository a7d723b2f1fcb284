"""``study.yaml``: what a study is, against its schema, the vocabulary and its own numbers."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from living_review.evidence import TO_FILL
from living_review.validation.issues import Issue, first_line

if TYPE_CHECKING:
    from jsonschema import ValidationError

WHOLE = ("all", "total")  # names of the group of all patients


def check_description(
    root: Path, folder: Path, vocabulary: dict[str, dict[str, str]]
) -> tuple[dict[str, Any], list[Issue]]:
    """Read the description of a study.

    Parameters
    ----------
    root, folder : Path
        Top of the project, and the folder of the study.
    vocabulary : dict
        The lists of ``data/vocabulary.yaml``.

    Returns
    -------
    tuple
        The description, empty if it cannot be read, and what is wrong with it.
    """
    path = folder / "study.yaml"
    name = path.relative_to(root).as_posix()
    if not path.is_file():
        return {}, [
            Issue(
                name,
                None,
                None,
                "no study.yaml",
                "a study.yaml in every study folder",
                "Add it (data/schema/study.json says what it holds).",
            )
        ]
    try:
        text = path.read_text(encoding="utf-8")
        meta = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        return {}, [
            Issue(
                name,
                mark.line + 1 if mark else None,
                None,
                first_line(error),
                "valid YAML in UTF-8",
                "Correct the syntax.",
            )
        ]
    issues = [*_repeated_keys(text, name), *_against_schema(root, meta, vocabulary, name)]
    if not isinstance(meta, dict):
        return {}, issues
    if meta.get("study_id") not in (None, folder.name):
        issues.append(
            Issue(
                name,
                None,
                "study_id",
                repr(meta["study_id"]),
                f"{folder.name!r}",
                "Give the study the name of its folder.",
            )
        )
    return meta, [*issues, *_all_patients(meta, name)]


def _against_schema(
    root: Path,
    meta: Any,  # noqa: ANN401  (what YAML gives)
    vocabulary: dict[str, dict[str, str]],
    name: str,
) -> Iterator[Issue]:
    import jsonschema

    schema = json.loads((root / "data" / "schema" / "study.json").read_text(encoding="utf-8"))
    _resolve(schema, vocabulary)
    for error in jsonschema.Draft202012Validator(schema).iter_errors(meta):
        where = ".".join(str(p) for p in error.absolute_path) or "the file"
        if error.validator == "enum" and "vocabulary" in error.schema:
            yield _no_such_word(error, name, where)
        else:
            yield Issue(
                name,
                None,
                where,
                error.message[:160],
                "what data/schema/study.json says",
                "Correct or add the key.",
            )


def _resolve(schema: Any, vocabulary: dict[str, dict[str, str]]) -> None:  # noqa: ANN401
    """Put the words of a list where a schema names the list."""
    if isinstance(schema, dict):
        if isinstance(words := schema.get("vocabulary"), str):
            schema["enum"] = list(vocabulary[words])
        for inside in list(schema.values()):
            _resolve(inside, vocabulary)
    elif isinstance(schema, list):
        for inside in schema:
            _resolve(inside, vocabulary)


def _no_such_word(error: ValidationError, name: str, where: str) -> Issue:
    assert isinstance(error.schema, dict), "a schema that is true or false names no words"
    words = error.schema["enum"]
    near = difflib.get_close_matches(str(error.instance), words, 1)
    return Issue(
        name,
        None,
        where,
        repr(error.instance),
        f"a word of the vocabulary {error.schema['vocabulary']!r}: {', '.join(words)}",
        (f"Did you mean {near[0]!r}? " if near else "")
        + "Use a listed word, or add it to data/vocabulary.yaml.",
    )


def _repeated_keys(text: str, name: str) -> Iterator[Issue]:
    """Yield keys that stand twice in one mapping: YAML takes the last without a word."""
    nodes, seen = [yaml.compose(text, Loader=yaml.SafeLoader)], set()
    while nodes:
        node = nodes.pop()
        if id(node) in seen or not isinstance(node, yaml.CollectionNode):
            continue
        seen.add(id(node))  # an alias leads to the same node again
        if isinstance(node, yaml.SequenceNode):
            nodes += node.value
            continue
        keys: set[str] = set()
        for key, value in node.value:
            nodes.append(value)
            if key.value in keys:
                yield Issue(
                    name,
                    key.start_mark.line + 1,
                    key.value,
                    "the key a second time",
                    "each key once",
                    "Delete one of the two.",
                )
            keys.add(key.value)


def _all_patients(meta: dict[str, Any], name: str) -> Iterator[Issue]:
    """Yield a number of patients that no group has: the group of all, if one is named so."""
    groups, size = meta.get("groups"), meta.get("n_patients")
    if not isinstance(groups, dict) or not isinstance(size, int):
        return
    sizes = {key: group.get("n") for key, group in groups.items() if isinstance(group, dict)}
    whole = {key: n for key, n in sizes.items() if key in WHOLE} or sizes
    if TO_FILL in whole.values():
        return
    if whole and size not in whole.values():
        reported = ", ".join(f"{key} {n}" for key, n in whole.items())
        yield Issue(
            name,
            None,
            "n_patients",
            str(size),
            f"the size of the group of all patients ({reported})",
            "Correct the one that is wrong, or add the group of all patients as `all`.",
        )
