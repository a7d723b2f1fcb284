"""Validate ``data/``: every fault at once, each with file, row, column, found, expected, what to do.

Cells are checked against their Table Schema by frictionless (:mod:`.cells`), numbers against their
printed form (:mod:`.printed`) and against numbers they follow from (:mod:`.sizes`), the list of changes
against pages and versions (:mod:`.changelog`), looks of studies against each other (:mod:`.looks`), and
what else a single table cannot know in :mod:`.links`.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from living_review import evidence
from living_review.validation.cells import check_cells, check_header, check_rows
from living_review.validation.changelog import check_changes
from living_review.validation.issues import Issue, Table, first_line, read
from living_review.validation.links import check_book, check_claims, check_links
from living_review.validation.looks import check_looks
from living_review.validation.printed import numbers_in
from living_review.validation.sizes import check_sizes

__all__ = ["Issue", "check", "numbers_in"]


def check(root: Path) -> list[Issue]:
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

    def place(fault: Issue) -> tuple[str, int, str, str, str]:
        return fault.file, fault.row or 0, fault.column or "", fault.found, fault.expected

    return sorted(set(_check(root)), key=place)


def _check(root: Path) -> Iterator[Issue]:
    try:
        schemas = evidence.load_schemas(root)
        vocabulary = evidence.Review(root).vocabulary
    except (yaml.YAMLError, json.JSONDecodeError, KeyError) as error:
        yield Issue(
            "data/schema or data/vocabulary.yaml",
            None,
            None,
            first_line(error),
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
            records: dict[str, Table] = {}
            yield from _check_tables(root, folder, schemas, "review_", records)
            yield from check_changes(root, records)
            continue
        meta, faults = _check_meta(root, folder)
        yield from faults
        metas[folder.name] = meta
        found: dict[str, Table] = {}
        yield from _check_tables(root, folder, schemas, "", found)
        tables[folder.name] = found
        yield from check_links(folder, found, meta, schemas)
        yield from check_sizes(found, meta)
    yield from check_claims(root, tables)
    yield from check_looks(metas, vocabulary.get("looks", {}))
    yield from check_book(root, metas)


def _check_meta(root: Path, folder: Path) -> tuple[dict[str, Any], list[Issue]]:
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
        meta = yaml.safe_load(path.read_text(encoding="utf-8"))
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
    import jsonschema

    schema = json.loads((root / "data" / "schema" / "study.json").read_text(encoding="utf-8"))
    faults = []
    for error in jsonschema.Draft202012Validator(schema).iter_errors(meta):
        where = ".".join(str(p) for p in error.absolute_path) or "the file"
        faults.append(
            Issue(
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
            Issue(
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
) -> Iterator[Issue]:
    for path in sorted(folder.glob("*.csv")):
        name = path.relative_to(root).as_posix()
        schema = schemas.get(prefix + path.stem)
        if schema is None:
            known = [s.removeprefix(prefix) for s in schemas if s.startswith(prefix)]
            near = difflib.get_close_matches(path.stem, known, 1)
            yield Issue(
                name,
                None,
                None,
                f"table {path.stem!r}",
                "a table of data/schema",
                f"Rename it{f' to {near[0]}.csv' if near else ''} or add its schema.",
            )
            continue
        table = read(path, name)
        if isinstance(table, Issue):
            yield table
            continue
        into[path.stem] = table
        header_faults = list(check_header(table, schema))
        yield from header_faults
        if not header_faults:  # under a wrong header every cell would be called wrong
            yield from check_cells(table, schema)
            yield from check_rows(table, schema, path.stem)
