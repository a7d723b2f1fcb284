"""Load the evidence in ``data/``: a review is a set of study folders, a study is a set of tables.

The folder layout is the interface: ``data/<study_id>/study.yaml`` and ``data/<study_id>/*.csv``
with a Table Schema for each table in ``data/schema/``. Missing values are words (``not_reported``,
``not_applicable``, ``not_evaluable``, ``ambiguous``), never blanks; loading turns them into NA in
number columns and keeps the word beside it in ``<column>_missing``.

A paper prints many numbers more than once, and each place is a row. To count, add up or fit,
take :meth:`Review.once` (or :meth:`Study.once`): one row for each quantity.

Validation is in :mod:`living_review.validation`; loading assumes valid data and fails loudly.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from living_review.evidence import locator, reads, shapes
from living_review.evidence.recall import recalled
from living_review.evidence.tables import TextTables
from living_review.evidence.topic import Topic
from living_review.evidence.topic import read as read_topic
from living_review.files import read_csv as read_rows

# Said wherever the tables are handed out, and where they are handed out without repeats.
PRINTED_TWICE = """\
Beware: a number that a paper prints in several places is several rows. The column same_as names the
row that stands for it; not_applicable marks the row that counts. Before you count, add up or fit, keep
one row for each quantity:

    review.once("events")                            # in Python, with this package
    events[events["same_as"] == "not_applicable"]    # with pandas alone

Parts and their total, and a patient and the group, are different quantities: both are rows. What a
paper quotes from others (quoted) is no result of its own."""
PRINTED_ONCE = """\
One row for each quantity: rows that repeat what another row stands for are left out. Parts and
their total, and a patient and the group, are different quantities: both are rows. What a paper quotes
from others (quoted) is no result of its own."""
# What a scaffold writes where a person has to: valid nowhere, so `check` leads from one to the next.
TO_FILL = "to_fill"
# Folders of data/ that are no study: records about the review, and studies beside the sources.
RECORDS = ("review", "context")


class EvidenceError(Exception):
    """The evidence cannot be read; the message says where, what was found and what to do."""


def find_root(start: Path | None = None) -> Path:
    """Return the top of the project: the folder that holds ``data/vocabulary.yaml``.

    Parameters
    ----------
    start : Path, optional
        Where to look first; its parents follow. Default: the working folder, so that a copy of
        ``notebooks/`` and ``data/`` without the rest of the project works too.

    Raises
    ------
    EvidenceError
        If neither the start nor any parent holds the data, nor, where no start is named, the installed
        package's own tree.
    """
    first = (start or Path.cwd()).resolve()
    places = [first, *first.parents]
    if start is None:
        places += Path(__file__).resolve().parents
    for place in places:
        if (place / "data" / "vocabulary.yaml").is_file():
            return place
    raise EvidenceError(
        f"no data/vocabulary.yaml in {first} or any folder above it: run this from inside the "
        "project, or name its top folder (on the command line: living-review --root FOLDER ...); "
        "`living-review init FOLDER` begins a project"
    )


def write_rows(path: Path, rows: list[list[str]]) -> None:
    """Write text rows as CSV: UTF-8, commas, line feeds.

    Parameters
    ----------
    path : pathlib.Path
        The file; it is replaced.
    rows : list of list of str
        The header first.
    """
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


@dataclass(frozen=True)
class Schema:
    """A Table Schema with its vocabulary words filled in as ``enum`` constraints."""

    name: str
    descriptor: dict[str, Any]

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The field descriptors, in column order."""
        return self.descriptor["fields"]

    @property
    def missing(self) -> set[str]:
        """The words that stand for a missing value."""
        return set(self.descriptor["missingValues"]) - {""}

    @property
    def key(self) -> str:
        """The column that names a row; ``id`` where none or several do."""
        columns = self.descriptor.get("primaryKey", [])
        return str(columns[0]) if len(columns) == 1 else "id"


def digest_of(places: list[Path]) -> str:
    """Return the first twelve digits of a SHA-256 over names and bytes of files and of folders."""
    total = hashlib.sha256()
    for place in places:
        files = [place / name for name in sorted(os.listdir(place))] if place.is_dir() else [place]
        for file in files:
            total.update(f"{file.parent.name}/{file.name}\0".encode())
            total.update(file.read_bytes())
    return total.hexdigest()[:12]


def as_names(vocabulary: str | list[str]) -> list[str]:
    """Return the lists of the vocabulary from which a column takes its words: one or several."""
    return [vocabulary] if isinstance(vocabulary, str) else vocabulary


def load_schemas(root: Path) -> dict[str, Schema]:
    """Load every Table Schema of ``data/schema/``, lists of the vocabulary resolved.

    ``"vocabulary": NAME`` in a field becomes an ``enum`` of the words of that list, and
    ``"begins_with": NAME`` a ``pattern`` of texts that begin with one of them.

    Raises
    ------
    UnreadableFileError
        If a schema or the vocabulary cannot be read, or is no schema and no vocabulary.
    """
    vocabulary = shapes.read_vocabulary(root / "data" / "vocabulary.yaml")
    schemas = {}
    for path in sorted((root / "data" / "schema").glob("*.json")):
        if path.name == shapes.DESCRIPTION:  # describes study.yaml, not a table
            continue
        descriptor = shapes.read_schema(path, vocabulary)
        for column in descriptor["fields"]:
            if words := column.get("begins_with"):
                begins = "|".join(map(re.escape, vocabulary[words]))
                column.setdefault("constraints", {})["pattern"] = rf"^({begins})\b.*"
            if names := column.get("vocabulary"):
                words = [w for name in as_names(names) for w in vocabulary[name]]
                column.setdefault("constraints", {})["enum"] = words
        schemas[path.stem] = Schema(path.stem, descriptor)
    return schemas


def to_frame(header: list[str], rows: list[list[str]], schema: Schema) -> pd.DataFrame:
    """Turn text rows into typed columns.

    Number columns become ``float64``, integer columns ``Int64``; a missing code becomes NA there
    and is in ``<column>_missing``. Text columns keep the code as a word.

    Parameters
    ----------
    header : list of str
        Names of the columns.
    rows : list of list of str
        Text, one list for each row.
    schema : Schema
        Types of the columns.

    Returns
    -------
    pandas.DataFrame
        One column for each of the schema, and ``<column>_missing`` beside each number.
    """
    # Column by column in plain Python, one frame at the end: these are small tables, and many.
    columns: dict[str, Any] = {
        name: pd.array([row[place] for row in rows], dtype=object) for place, name in enumerate(header)
    }
    missing = schema.missing
    for column in schema.fields:
        name = column["name"]
        if column["type"] not in ("number", "integer") or name not in columns:
            continue
        texts = list(columns[name])
        kind = "Int64" if column["type"] == "integer" else "float64"
        numbers = [None if text in missing or text == "" else float(text) for text in texts]
        columns[name] = pd.array(numbers, dtype="Float64").astype(kind)
        if any(text in missing for text in texts):
            columns[f"{name}_missing"] = [text if text in missing else "" for text in texts]
    return pd.DataFrame(columns)


SUFFIXES = frozenset({"Jr", "Sr", "II", "III", "IV", "2nd", "3rd"})


def family_name(author: str) -> str:
    """Return the family name of an author who is named family name first, then initials.

    Examples
    --------
    >>> family_name("van den Berg JM"), family_name("Trenor CC 3rd"), family_name("The Trial Group")
    ('van den Berg', 'Trenor', 'The Trial Group')
    """
    words = author.split()
    if len(words) > 2 and words[-1].rstrip(".") in SUFFIXES:
        words.pop()
    initials = words[-1].replace(".", "").replace("-", "")
    if len(words) > 1 and len(initials) <= 4 and initials.isalpha() and initials.isupper():
        words.pop()
    return " ".join(words)


@dataclass(repr=False)
class Study:
    """One source study: its description and its tables."""

    study_id: str
    folder: Path
    schemas: dict[str, Schema]
    texts: TextTables | None = None
    meta: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self._texts = self.texts or TextTables(self.folder.parent)
        self.meta = shapes.read_description(self.folder / "study.yaml")
        self._tables: dict[str, pd.DataFrame] = {}
        self.recalled: dict[Any, Any] = {}
        self.state = 0  # another number after each change in memory

    def __repr__(self) -> str:
        """Name the study and its tables: all that it holds would fill the screen."""
        names = [name for name in self.schemas if self.has(name)]
        return f"<Study {self.study_id}: {', '.join(names)}>"

    @cached_property
    def topic(self) -> Topic:
        """The topic of the review that the study belongs to."""
        return read_topic(self.folder.parents[1])

    @cached_property
    def control(self) -> list[str]:
        """The groups that are control arms of a comparison."""
        return [name for name, about in self.groups.items() if about.get("arm") == "control"]

    @property
    def first_author(self) -> str:
        """Family name of the first author: ``van den Berg``."""
        return family_name(self.meta["authors"][0])

    @property
    def label(self) -> str:
        """First author and year, with the letter that the id has: ``Rossi 2027``, ``Li 2020a``."""
        letter = re.search(r"(?<=\d)[a-z]$", self.study_id)
        return f"{self.first_author} {self.meta['year']}{letter[0] if letter else ''}"

    @property
    def look(self) -> str:
        """Its colour and marker in figures, a word of the vocabulary that no other study has."""
        return self.meta["look"]

    def has(self, table: str) -> bool:
        """Whether the paper feeds this table."""
        return (self.folder / f"{table}.csv").is_file()

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the study; an empty frame with the schema's columns if it has none.

        Parameters
        ----------
        name : str
            A table of ``data/schema/``, e.g. ``"events"``.

        Returns
        -------
        pandas.DataFrame
            One row per row of the CSV file, in file order; a copy that may be changed. Where rows have
            a locator, ``part_of`` and ``section`` say the same as codes (:mod:`.locator`).
        """
        frame = self._whole(name).copy()
        reads.note(*[f"{self.study_id}/{name}"] if self.has(name) else [])
        return frame

    def _whole(self, name: str) -> pd.DataFrame:
        if name not in self.schemas:
            raise EvidenceError(f"no table {name!r}; there are: {', '.join(self.schemas)}")
        if name not in self._tables:
            schema = self.schemas[name]
            read = self._texts.get(self.study_id, name)
            frame = to_frame(*(read or ([c["name"] for c in schema.fields], [])), schema)
            if "locator" in frame:
                frame = frame.assign(**locator.columns(frame["locator"]))
            # Which evidence the rows are, for code that shows them: pandas keeps it through selections.
            frame.attrs = {"study": self.study_id, "table": name}
            self._tables[name] = frame
        return self._tables[name]

    def once(self, name: str) -> pd.DataFrame:
        """Return a table with one row for each quantity, even if a paper prints it several times.

        A number that the abstract, the text and a table print is three rows; the column ``same_as``
        of two of them names the third, which is kept. Counted from :meth:`table`, such a patient would
        enter three times.

        Parameters
        ----------
        name : str
            A table with a column ``same_as``: ``events``, ``outcomes``, ``responses``,
            ``measurements``, ``statistics``, ``counts``, ``adverse_events`` or ``doses``.

        Returns
        -------
        pandas.DataFrame
            The rows of :meth:`table` whose ``same_as`` names no other row, in file order. Parts and
            their total are different quantities, and so are a patient and the group: both remain.

        Raises
        ------
        EvidenceError
            If the table has no column ``same_as``.

        Examples
        --------
        Time on treatment of ten patients; one of the times is printed in a table and again in the text:

        >>> from living_review.stats import survival
        >>> study = load().study("benson_2014")
        >>> def median(events):
        ...     times = events[events["endpoint"] == "time_on_treatment"]
        ...     curve = survival.kaplan_meier(times["time"].astype(float), times["event"])
        ...     return len(times), survival.median(curve).value
        >>> median(study.once("events"))
        (10, 158.0)
        >>> median(study.table("events"))  # wrong: a patient enters twice
        (11, 217.0)
        """
        frame = self.table(name)
        if "same_as" not in frame:
            raise EvidenceError(
                f"{self.study_id}: a row of {name} never stands for another; use table({name!r})"
            )
        missing = self.schemas[name].missing
        return frame[frame["same_as"].isin(missing)].reset_index(drop=True)

    def read_as(self, name: str, frame: pd.DataFrame) -> None:
        """Replace a table by another frame, in memory only: to see what a change would do.

        Parameters
        ----------
        name : str
            Name of the table.
        frame : pandas.DataFrame
            What it holds from now on.
        """
        self._tables[name] = frame.copy()
        self.state += 1

    def size(self, table: str) -> int:
        """Return the number of rows of a table, without making it."""
        read = self._texts.get(self.study_id, table)
        reads.note(*[f"{self.study_id}/{table}"] if read else [])
        return len(read.rows) if read else 0

    def row(self, reference: str) -> pd.Series:
        """Return the row that ``table/id`` names."""
        table, _, row_id = reference.partition("/")
        frame = self._whole(table)
        found = frame[frame["id"] == row_id]
        if len(found) != 1:
            raise EvidenceError(
                f"{self.study_id}: {reference!r} names {len(found)} rows of {table}.csv; "
                "it must name one: correct the id"
            )
        reads.note(f"{self.study_id}/{table}/{row_id}")
        return found.iloc[0].copy()

    def value(self, reference: str) -> Any:  # noqa: ANN401  (a cell may be text or a number)
        """Return the cell that ``table/id.column`` names."""
        place, _, column = reference.rpartition(".")
        row = self.row(place)
        if column not in row:
            raise EvidenceError(f"{self.study_id}: no column {column!r} for {reference!r}")
        return row[column]

    def characters(self, reference: str) -> dict[str, str]:
        """Return the row that ``table/id`` names as text, with the digits that were printed."""
        table, _, row_id = reference.partition("/")
        read = self._texts.get(self.study_id, table)
        found = [row for row in read.named() if row["id"] == row_id] if read else []
        if len(found) != 1:
            raise EvidenceError(
                f"{self.study_id}: {reference!r} names {len(found)} rows of {table}.csv; "
                "it must name one: correct the id"
            )
        return found[0]

    @cached_property
    def digest(self) -> str:
        """Digest of this study's folder alone (see :func:`digest_of`)."""
        return digest_of([self.folder])

    @property
    def groups(self) -> dict[str, dict[str, Any]]:
        """Groups of patients that rows refer to: key, label and size."""
        reads.note(f"{self.study_id}/study")
        return self.meta["groups"]


@dataclass(repr=False)
class Review:
    """All studies of the review, with its vocabulary and the records about the review itself."""

    root: Path
    kept: frozenset[str] = frozenset()  # studies that count here although they are retired
    left_out: frozenset[str] = frozenset()  # studies that do not count here although they are active
    schemas: dict[str, Schema] = field(init=False)
    vocabulary: dict[str, dict[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.schemas = load_schemas(self.root)
        self.vocabulary = shapes.read_vocabulary(self.root / "data" / "vocabulary.yaml")
        self.texts = TextTables(self.data)
        self._studies: dict[str, Study] = {}
        self.recalled: dict[Any, Any] = {}

    @property
    def state(self) -> object:
        """Something else after each change in memory: of a table, or of which studies count."""
        return sum(study.state for study in self._studies.values()), tuple(
            vars(self).get("study_ids", ())
        )

    def __repr__(self) -> str:
        """Name the place and the studies: all that a review holds would fill the screen."""
        return f"<Review in {self.root}: {', '.join(self.study_ids)}>"

    @property
    def data(self) -> Path:
        """The folder of the evidence."""
        return self.root / "data"

    @cached_property
    def study_schemas(self) -> dict[str, Schema]:
        """The tables that a study may have, without those that are no study's."""
        records = tuple(f"{folder}_" for folder in RECORDS)
        return {name: s for name, s in self.schemas.items() if not name.startswith(records)}

    @cached_property
    def folders(self) -> list[str]:
        """Folders of ``data/`` that hold a ``study.yaml``, retired ones too, in alphabetical order."""
        return sorted(f for f in os.listdir(self.data) if (self.data / f / "study.yaml").is_file())

    @cached_property
    def study_ids(self) -> list[str]:
        """The sources that count: those of :attr:`folders` that are not :attr:`out`, in their order."""
        return [folder for folder in self.folders if folder not in self.out]

    @cached_property
    def retired(self) -> dict[str, dict[str, str]]:
        """Rows of ``data/review/lifecycle.csv`` by study: what is out of all counts, and why.

        There is no file as long as every study is active.
        """
        path = self.data / "review" / "lifecycle.csv"
        if not path.is_file():
            return {}
        header, rows = read_rows(path)
        return {row[0]: dict(zip(header, row, strict=False)) for row in rows}

    @cached_property
    def out(self) -> frozenset[str]:
        """Studies that do not count, sources and studies beside them.

        A paper that is retired is retired everywhere: as a source, and by its DOI as a study beside the
        sources. Its rows are left out of :meth:`records` as well.
        """
        named = (self.retired.keys() - self.kept) | self.left_out
        if not named:
            return frozenset()
        path = self.data / "context" / "studies.csv"
        header, rows = read_rows(path) if path.is_file() else (["doi"], [])
        beside = {row[0]: row[header.index("doi")].lower() for row in rows}
        own = {f: str(self.study(f).meta.get("doi", "")).lower() for f in self.folders}
        missing = self.vocabulary["missing"]
        dois = {doi for of in (beside, own) for study, doi in of.items() if study in named}
        dois -= set(missing)
        same = {study for of in (beside, own) for study, doi in of.items() if doi in dois}
        return frozenset((named | same) - (self.kept - self.left_out))

    def with_retired(self) -> Review:
        """Return the review as it would be if no study were retired."""
        return self._with(self.kept | set(self.retired), self.left_out)

    def without(self, *studies: str) -> Review:
        """Return the review as it would be without some studies."""
        return self._with(self.kept, self.left_out | set(studies))

    def _with(self, kept: frozenset[str], left_out: frozenset[str]) -> Review:
        """Return the same evidence with other studies counted; nothing is read a second time."""
        other = object.__new__(Review)
        other.root, other.kept, other.left_out = self.root, frozenset(kept), frozenset(left_out)
        other.schemas, other.vocabulary, other.texts = self.schemas, self.vocabulary, self.texts
        other._studies = self._studies
        return other

    def study(self, study_id: str) -> Study:
        """Return one study.

        Raises
        ------
        EvidenceError
            If ``data/`` has no such study; the message lists those there are.
        """
        # Asked of the one folder, not of the list of all: a chapter about one study must not become
        # stale because another study was added.
        if not (self.data / study_id / "study.yaml").is_file():
            raise EvidenceError(f"no study {study_id!r}; there are: {', '.join(self.study_ids)}")
        if study_id not in self._studies:
            self._studies[study_id] = Study(
                study_id, self.data / study_id, self.study_schemas, self.texts
            )
        return self._studies[study_id]

    @property
    def studies(self) -> Iterator[Study]:
        """Every study, in alphabetical order of its id."""
        return (self.study(study_id) for study_id in self.study_ids)

    @cached_property
    def looks(self) -> dict[str, str]:
        """The look of each study, by its id."""
        return {study.study_id: study.look for study in self.studies}

    def table(self, name: str) -> pd.DataFrame:
        """Return one table over all studies, ``study_id`` first: every printed place is a row."""
        return self._joined(name, Study.table)

    def once(self, name: str) -> pd.DataFrame:
        """Return one table over all studies with one row for each quantity (:meth:`Study.once`).

        Examples
        --------
        >>> review = load()
        >>> len(review.once("events")) < len(review.table("events"))
        True
        """
        return self._joined(name, Study.once)

    def _joined(self, name: str, read: Callable[[Study, str], pd.DataFrame]) -> pd.DataFrame:
        frames = []
        for study in self.studies:
            frame = read(study, name)
            if len(frame):
                frame.insert(0, "study_id", study.study_id)
                frames.append(frame)
        if not frames:
            columns = [c["name"] for c in self.schemas[name].fields]
            return pd.DataFrame(columns=["study_id", *columns])
        joined = pd.concat(frames, ignore_index=True)
        joined.attrs = {"table": name}  # its study is said in each row
        return joined

    @recalled
    def records(self, name: str, folder: str = "review") -> pd.DataFrame:
        """Return a table that is no study's: ``data/<folder>/<name>.csv``.

        Parameters
        ----------
        name : str
            The table, e.g. ``"glossary"``.
        folder : {"review", "context"}
            ``review``: about the review itself. ``context``: studies beside the sources. Rows of
            studies that are :attr:`out` are left out.

        Returns
        -------
        pandas.DataFrame
            Typed as the schema says; missing codes are words. Empty without the file.
        """
        schema, path = self.schemas[f"{folder}_{name}"], self.data / folder / f"{name}.csv"
        reads.note(f"{folder}/{name}")
        if not path.is_file():  # a review without such rows need not have the table
            return to_frame([c["name"] for c in schema.fields], [], schema)
        header, rows = read_rows(path)
        if self.out and "study_id" in header:
            place = header.index("study_id")
            rows = [row for row in rows if row[place] not in self.out]
            if name == "certainty":
                rows = _with_patients(header, rows, self.out)
        frame = to_frame(header, rows, schema)
        frame.attrs = {"folder": folder, "table": name}
        return frame

    def word(self, vocabulary: str | list[str], key: str) -> str:
        """Return what a vocabulary word means, for a reader; missing codes are in every list.

        Parameters
        ----------
        vocabulary : str or list of str
            Name of the list, or names to look through in turn.
        key : str
            The word.

        Returns
        -------
        str
            The meaning.
        """
        missing = self.vocabulary["missing"]
        if key in missing:
            return key.replace("_", " ").capitalize()
        *others, last = as_names(vocabulary)
        found = next(
            (self.vocabulary[n] for n in others if key in self.vocabulary[n]), self.vocabulary[last]
        )
        return str(found[key])

    @cached_property
    def topic(self) -> Topic:
        """What the review is about."""
        return read_topic(self.root)

    @cached_property
    def digest(self) -> str:
        """Digest of all studies together (see :func:`digest_of`)."""
        return digest_of([self.data / study_id for study_id in self.study_ids])

    @cached_property
    def version(self) -> str:
        """The newest version named in ``data/review/versions.csv``."""
        return str(self.records("versions")["version"].iloc[-1])


def _with_patients(header: list[str], rows: list[list[str]], out: frozenset[str]) -> list[list[str]]:
    """Leave out ratings that rest on patients of studies alone that do not count."""
    outcome, patients = (header.index(column) for column in ("outcome", "patients"))
    gone = set()
    for row in rows:
        of = set(re.findall(r"(\w+):", row[patients]))
        if of and of <= out:
            gone.add((row[0], row[outcome]))
    return [row for row in rows if (row[0], row[outcome]) not in gone]


def load(root: Path | str | None = None, *, keep: str | None = None) -> Review:
    """Open the review.

    Parameters
    ----------
    root : path, optional
        Top of the project. Default: found from the working folder upwards.
    keep : str, optional
        A study that counts even if it is retired: that of the chapter about it.

    Returns
    -------
    Review

    Examples
    --------
    >>> review = load()
    >>> "benson_2014" in review.study_ids
    True
    """
    found = find_root() if root is None else find_root(Path(root))
    return Review(found, frozenset() if keep is None else frozenset({keep}))
