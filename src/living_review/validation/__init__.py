"""Validate ``data/``: every issue at once, each with file, row, column, found, expected, what to do.

Cells are checked against their Table Schema by frictionless (:mod:`.cells`), numbers against their
printed form (:mod:`.printed`) and numbers they follow from (:mod:`.sizes`), when a row is of
(:mod:`.timing`), numbers printed twice against the row that stands for them (:mod:`.repeats`), locators
in :mod:`.locators`, what a study is in :mod:`.description`, and what a row points at in :mod:`.links`.
Checked for the whole project are the book (:mod:`.contents`) and its references
(:mod:`.bibliography`), the records about studies (:mod:`.records`), the versions (:mod:`.versions`)
and what they changed (:mod:`.changelog`), appraisal and certainty against their rules
(:mod:`.ratings`), studies beside the sources against each other (:mod:`.context`), and the search
(:mod:`.search`). What takes a computation is in :mod:`.computed`.
"""

from __future__ import annotations

import difflib
import functools
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from living_review import evidence, files
from living_review.evidence import shapes
from living_review.evidence.memory import Memory
from living_review.evidence.references import Cells
from living_review.evidence.tables import TextTables
from living_review.validation import bibliography, contents
from living_review.validation.cells import check_cells, check_header, check_rows
from living_review.validation.changelog import check_changes
from living_review.validation.computed import check_settled, check_verdicts
from living_review.validation.context import check_context
from living_review.validation.description import check_description, read_schema
from living_review.validation.errata import check_errata
from living_review.validation.findings import check_findings
from living_review.validation.issues import Issue, Table, read, unreadable
from living_review.validation.judged import check_judged, check_pointers
from living_review.validation.lifecycle import check_lifecycle
from living_review.validation.links import check_claims, check_links
from living_review.validation.locators import check_locators
from living_review.validation.looks import check_looks
from living_review.validation.people import check_people
from living_review.validation.printed import numbers_in
from living_review.validation.publishing import check_publishable
from living_review.validation.ratings import check_ratings
from living_review.validation.records import check_records
from living_review.validation.repeats import check_repeats
from living_review.validation.search import check_plan, check_search
from living_review.validation.sizes import check_sizes
from living_review.validation.timing import check_timing
from living_review.validation.topic import check_topic
from living_review.validation.unfilled import (
    TO_FILL_IN,
    check_unfilled_book,
    check_unfilled_cells,
    check_unfilled_description,
)
from living_review.validation.versions import check_versions
from living_review.validation.words import check_answered, check_words

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

__all__ = ["Issue", "check", "check_all", "check_publishable", "numbers_in", "of_study"]

VOCABULARY = "data/vocabulary.yaml"
MOST = 200  # issues of a file that are listed


def check(root: Path, *, remember: bool = False) -> list[Issue]:
    """Check all evidence under a project root, without what takes a computation (:func:`check_all`).

    Parameters
    ----------
    root : Path
        Top of the project (holds ``data/``, and ``notebooks/``, ``_toc.yml``, ``book/`` if it is
        the whole project).
    remember : bool
        Use again what was answered about studies whose files are as they were
        (:mod:`living_review.evidence.memory`): the same answer, sooner.

    Returns
    -------
    list of Issue
        Sorted by file, row and column, :data:`MOST` of a file at most; empty if the data are valid.
    """
    return _in_order(set(_check(root, Memory(root, "check") if remember else None)))


def check_all(root: Path, *, remember: bool = False) -> list[Issue]:
    """Check all that :func:`check` does, and what takes a computation: seconds for a few studies.

    Verdicts and the comparison of the readings are computed from tables that are valid, so both wait
    until nothing else is wrong with what they read. Parameters and result are those of :func:`check`.

    Parameters
    ----------
    root : Path
        Top of the project.
    remember : bool
        Take what was found of a study before, if none of its files changed.

    Returns
    -------
    list of Issue
        Sorted by file, row and column.
    """
    memory = Memory(root, "check") if remember else None
    audited = Memory(root, "audit", memory) if remember else None
    issues = set(_check(root, memory, audited))
    if any(map(_is_computed_from, (issue.file for issue in issues))):
        return _in_order(issues)
    issues |= set(check_verdicts(root, audited))
    open_ = ("/readings/", "/settled.csv")
    if contents.is_whole(root) and not any(part in issue.file for issue in issues for part in open_):
        issues |= set(check_settled(root))
    return _in_order(issues)


# The order in which a new study is filled: the first issue in it is what to do next.
STEPS = (
    "readings/first",
    "readings/second",
    "settled.csv",
    "study.yaml",
    ".csv",
    "appraisal.csv",
    "certainty.csv",
    "references.bib",
    "_toc.yml",
    ".ipynb",
)


def of_study(root: Path, issues: list[Issue], study_id: str) -> list[Issue]:
    """Return the issues of one study, in the order in which a study is filled.

    Parameters
    ----------
    root : Path
    issues : list of Issue
        As :func:`check_all` returns them.
    study_id : str

    Returns
    -------
    list of Issue
        Those of its files.
    """
    rows: dict[str, list[list[str]]] = {}

    def is_own(issue: Issue) -> bool:
        if study_id in f"{issue.file} {issue.column} {issue.found}":
            return True
        path = root / issue.file
        if issue.row is None or path.suffix != ".csv" or not path.is_file():
            return False
        if issue.file not in rows:
            rows[issue.file] = evidence.read_rows(path)[1]
        place = issue.row - 2
        return 0 <= place < len(rows[issue.file]) and study_id in rows[issue.file][place][:2]

    def step(issue: Issue) -> int:
        # The longest part that fits says most: a table of a reading is no settled table.
        return STEPS.index(max((part for part in STEPS if part in issue.file), key=len, default=".csv"))

    return sorted(filter(is_own, issues), key=step)


def _is_computed_from(file: str) -> bool:
    """Return whether verdicts are computed from a file: of a study, or what studies are set against."""
    return file.startswith("data/") and not file.startswith("data/review/")


def _in_order(issues: set[Issue]) -> list[Issue]:
    """Return issues in the order of their places; of very many in a file the first."""
    # A cell that waits to be filled is one issue, not also a wrong word, a wrong number and a gap.
    waiting = {(f.file, f.row, f.column) for f in issues if f.todo in TO_FILL_IN}
    issues = {f for f in issues if f.todo in TO_FILL_IN or (f.file, f.row, f.column) not in waiting}
    ordered = sorted(issues, key=lambda f: (f.file, f.row or 0, f.column or "", f.found, f.expected))
    kept: list[Issue] = []
    for file, group in itertools.groupby(ordered, key=lambda f: f.file):
        own = list(group)
        kept += own[:MOST]
        if len(own) > MOST:
            more = f"{len(own) - MOST} more issues, or even more"
            kept.append(Issue(file, None, None, more, "none", "Correct those above; the rest follows."))
    return kept


def _check(root: Path, memory: Memory | None = None, audited: Memory | None = None) -> Iterator[Issue]:
    issues = list(_shapes(root))
    yield from issues
    if issues:  # what the tables are held against is wrong itself
        return
    schemas = evidence.load_schemas(root)
    vocabulary = shapes.read_vocabulary(root / VOCABULARY)
    described = read_schema(root, vocabulary)
    if isinstance(described, Issue):
        yield described
        return
    metas: dict[str, dict[str, Any]] = {}
    records: dict[str, Table] = {}
    cells = Cells(root)
    sound: set[str] = set()  # folders in which nothing is wrong
    for folder in sorted(p for p in (root / "data").iterdir() if p.is_dir()):
        if folder.name == "schema":
            continue
        if folder.name in evidence.RECORDS:
            own = records if folder.name == "review" else {}
            issues = list(_check_tables(root, folder, schemas, f"{folder.name}_", own))
            if folder.name == "context":
                issues += check_context(own)
            yield from issues
            if not issues:
                sound.add(folder.name)
            continue
        ask = functools.partial(_check_study, root, folder, schemas, described, cells)
        metas[folder.name], found = _remembered(folder.name, ask, cells, memory, audited, sound)
        yield from check_unfilled_book(root, folder.name)
        yield from found
        cells.forget_studies()
    if "versions" in records:
        yield from check_versions(root, records["versions"])
    yield from check_changes(root, records)
    yield from check_search(records)
    yield from check_plan(root)
    yield from check_ratings(root, records)
    yield from check_lifecycle(root, records.get("lifecycle"), metas)
    yield from check_people(root)
    yield from check_topic(root, vocabulary)
    yield from check_words(vocabulary)
    yield from check_answered(records.get("statements_judged"), vocabulary)
    yield from check_looks(metas, vocabulary.get("looks", {}))
    yield from contents.check_contents(root, metas)
    yield from contents.check_sections(root, metas, vocabulary)
    yield from bibliography.check_bibliography(root, metas)
    if contents.is_whole(root):
        yield from check_records(root, records, metas)
        yield from check_judged(records.get("statements_judged"), _Tables(root), metas)
    yield from _pointing(root, records, metas)


def _remembered(
    study: str,
    ask: Callable[[], tuple[dict[str, Any], list[Issue]]],
    cells: Cells,
    memory: Memory | None,
    audited: Memory | None,
    sound: set[str],
) -> tuple[dict[str, Any], list[Issue]]:
    """Return what is asked of a study, from memory where nothing is new; note if it is sound.

    The audit comes when all is valid. That of a study that was read anew is answered here, while its
    tables are at hand, if nothing is wrong with them and with what else its claims name.
    """
    from living_review import audit

    asked: set[str] | None = None

    def answer() -> list[Any]:
        nonlocal asked
        meta, found = ask()
        asked = {name for name, _ in cells.asked}
        return [meta, [issue.as_dict() for issue in found]]

    meta, found = memory.answer(study, cells, answer) if memory else answer()
    if not found:
        sound.add(study)
    if audited and asked is not None and asked | {study} <= sound:
        audit.remember(study, cells, audited, only_changed=True)
    return meta, [Issue(**issue) for issue in found]


def _pointing(
    root: Path, records: dict[str, Table], metas: dict[str, dict[str, Any]]
) -> Iterator[Issue]:
    """Yield what is wrong with records that point at rows of studies."""
    whole, read_of = contents.is_whole(root), _Tables(root)
    if "errata" in records:
        tables = {study: read_of[study] for study in metas}
        yield from check_errata(records["errata"], tables, whole=whole)
    for name in ("harm_rows", "topic_rows") if whole else ():
        named = records.get(name)
        if named is not None:
            pointed = {row["study_id"] for _, row in named.cells()} & set(metas)
            yield from check_pointers(named, {study: read_of[study] for study in pointed})


def _check_study(
    root: Path,
    folder: Path,
    schemas: dict[str, evidence.Schema],
    described: Validator,
    cells: Cells,
) -> tuple[dict[str, Any], list[Issue]]:
    """Return what a study is, and what is wrong with it: all that its own files decide."""
    meta, issues = check_description(root, folder, described)
    issues += check_unfilled_description(root, folder.name, meta)
    found: dict[str, Table] = {}
    issues += _check_tables(root, folder, schemas, "", found, cells.texts)
    issues += check_links(folder, found, meta, schemas)
    issues += check_sizes(found, meta)
    issues += check_timing(found)
    issues += check_repeats(found)
    for table in found.values():
        issues += check_locators(table)
    issues += check_findings(found.get("claims"))
    issues += check_claims(root, {folder.name: found}, cells)
    return meta, issues


class _Tables(dict[str, dict[str, Table]]):
    """The readable tables of each study, read when they are asked for: of a thousand a few are."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root

    def __missing__(self, study: str) -> dict[str, Table]:
        tables = {p.stem: read(p, p.name) for p in sorted((self.root / "data" / study).glob("*.csv"))}
        self[study] = {name: table for name, table in tables.items() if isinstance(table, Table)}
        return self[study]


def _shapes(root: Path) -> Iterator[Issue]:
    """Yield what is wrong with the vocabulary and the schemas themselves."""
    vocabulary: Any = {}
    places = [root / VOCABULARY, *sorted((root / "data" / "schema").glob("*.json"))]
    for path in places:
        name = path.relative_to(root).as_posix()
        try:
            if path is places[0]:
                vocabulary = files.read_yaml(path)
                wrong = list(shapes.vocabulary_issues(vocabulary))
            else:
                content = files.read_json(path)
                if path.name == shapes.DESCRIPTION:
                    continue  # asked of it where studies are held against it
                wrong = list(shapes.schema_issues(content, vocabulary))
        except files.UnreadableFileError as error:
            yield unreadable(error, name)
            wrong = []
        for where, found, expected in wrong:
            yield Issue(name, None, where, found, expected, "Correct it.")
        if path is places[0] and (wrong or not isinstance(vocabulary, dict) or not vocabulary):
            return  # every schema that names a list would be called wrong


def _check_tables(
    root: Path,
    folder: Path,
    schemas: dict[str, evidence.Schema],
    prefix: str,
    into: dict[str, Table],
    texts: TextTables | None = None,
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
        table = read(path, name, texts)
        if isinstance(table, Issue):
            yield table
            continue
        into[path.stem] = table
        header_issues = list(check_header(table, schema))
        yield from header_issues
        if not header_issues:  # under a wrong header every cell would be called wrong
            yield from itertools.islice(check_cells(table, schema), MOST + 1)
            yield from check_unfilled_cells(table, schema)
            yield from itertools.islice(check_rows(table, schema, path.stem), MOST + 1)
