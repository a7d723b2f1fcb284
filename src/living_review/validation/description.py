"""``study.yaml``: what a study is, against its schema, the vocabulary and its own numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from living_review import files
from living_review.evidence import TO_FILL
from living_review.validation.issues import Issue, did_you_mean, first_line, unreadable

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

SCHEMA = "data/schema/study.json"
WHOLE = ("all", "total")  # names of the group of all patients


def read_schema(root: Path, vocabulary: dict[str, dict[str, str]]) -> Validator | Issue:
    """Return what a ``study.yaml`` must be, or what is wrong with the schema that says so.

    Parameters
    ----------
    root : Path
        Top of the project.
    vocabulary : dict
        The lists of ``data/vocabulary.yaml``, filled in where the schema names them.

    Returns
    -------
    Validator or Issue
        The validator, or what is wrong with the schema.
    """
    import jsonschema

    try:
        schema = files.read_json(root / SCHEMA)
        _resolve(schema, vocabulary)
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        list(validator.iter_errors({"groups": {"all": {}}}))  # what it names must be there
    except files.UnreadableFileError as error:
        return unreadable(error, SCHEMA)
    except Exception as error:  # whatever the library makes of a schema that is none
        return _unusable(error)
    return validator


def _unusable(error: Exception) -> Issue:
    return Issue(
        *(SCHEMA, None, None, f"a schema that cannot be used: {first_line(error)}"),
        "a JSON Schema, its vocabularies lists of data/vocabulary.yaml",
        "Correct the schema; no study.yaml was checked.",
    )


def check_description(
    root: Path, folder: Path, schema: Validator
) -> tuple[dict[str, Any], list[Issue]]:
    """Read the description of a study.

    Parameters
    ----------
    root, folder : Path
        Top of the project, and the folder of the study.
    schema : Validator
        From :func:`read_schema`.

    Returns
    -------
    tuple
        The description without the keys that are wrong, empty if it cannot be read, and what is
        wrong with it.
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
        meta = files.read_yaml(path)
    except files.UnreadableFileError as error:
        return {}, [unreadable(error, name)]
    issues = list(_against_schema(meta, schema, name))
    if not isinstance(meta, dict):
        return {}, issues
    # What is wrong by itself is not held against anything else: one issue, one message.
    wrong = {str(issue.column).partition(".")[0] for issue in issues}
    meta = {key: value for key, value in meta.items() if key not in wrong}
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
    meta: Any,  # noqa: ANN401  (what YAML gives)
    schema: Validator,
    name: str,
) -> Iterator[Issue]:
    try:
        errors = list(itertools.islice(schema.iter_errors(meta), 100))
    except Exception as error:  # as above, found by this study alone
        yield _unusable(error)
        return
    for broken in errors:
        where = ".".join(str(p) for p in broken.absolute_path) or "the file"
        if broken.validator == "enum" and "vocabulary" in dict(broken.schema):  # type: ignore[arg-type]
            yield _no_such_word(broken, name, where)
        else:
            yield Issue(
                name,
                None,
                where,
                broken.message[:160],
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
    return Issue(
        name,
        None,
        where,
        repr(error.instance),
        f"a word of the vocabulary {error.schema['vocabulary']!r}: {', '.join(words)}",
        did_you_mean(error.instance, words) + "Use a listed word, or add it to data/vocabulary.yaml.",
    )


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
