"""``living-review upgrade``: what the installed engine asks of the data of a review.

A review holds copies of the schemas and of the lists of words, so that its data say what they mean by
themselves. An engine that is newer may ask for more: each difference is a step. What needs no decision
(a schema, a list that is not there) :func:`write` takes over; then ``living-review check`` names the
cells to fill.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from living_review import evidence, files, package_data
from living_review.evidence import EvidenceError, topic
from living_review.living import disease_sections
from living_review.starter import init

LOCK, VOCABULARY, SCHEMAS = "requirements.txt", "data/vocabulary.yaml", "data/schema"
PIN = re.compile(r"^living-review(?:\[[\w,]*\])?==(\S+)", re.MULTILINE)
# What a person must do when the form of the data rises to a number.
FORMS: dict[int, str] = {
    1: "say in data/review.yaml what the review is about, and name the list of drugs in the vocabulary "
    "and in data/schema drugs",
}


@dataclass(frozen=True)
class Step:
    """One thing that the engine asks for.

    Attributes
    ----------
    place : str
        The file.
    what : str
        What differs, and what to do.
    by_itself : bool
        Whether :func:`write` does it.
    """

    place: str
    what: str
    by_itself: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.what}{' (--write does it)' if self.by_itself else ''}"


def steps(root: Path) -> list[Step]:
    """Return what the installed engine asks of a review, in the order in which to do it.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.

    Returns
    -------
    list of Step
        Empty if nothing is asked.
    """
    return [*_pin(root), *_form(root), *_schemas(root), *_lists(root), *_chapters(root)]


def write(root: Path) -> list[Step]:
    """Do the steps that need no decision, and return them.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.

    Returns
    -------
    list of Step
        What was done.
    """
    done = [step for step in steps(root) if step.by_itself]
    for step in done:
        if not step.place.startswith(SCHEMAS):
            continue
        (root / step.place).write_bytes(package_data.path(step.place).read_bytes())
    if missing := _missing_lists(root):
        path = root / VOCABULARY
        text = files.read_text(path).rstrip("\n")
        path.write_text("\n\n".join([text, *missing.values()]), encoding="utf-8", newline="\n")
    if _chapters_differ(root):
        disease_sections.write(evidence.load(root))
    return done


def _pin(root: Path) -> Iterator[Step]:
    path = root / LOCK
    text = files.read_text(path) if path.is_file() else ""
    installed = metadata.version("living-review")
    pinned = PIN.search(text)
    if pinned and pinned[1] != installed:
        yield Step(
            LOCK, f"asks for living-review {pinned[1]}, installed is {installed}: make them the same"
        )


def _form(root: Path) -> Iterator[Step]:
    path = root / topic.FILE
    if not path.is_file():
        yield Step(topic.FILE, f"is missing: {FORMS[1]}")
        return
    content: Any = files.read_yaml(path)
    here = content.get("schema") if isinstance(content, dict) else None
    if isinstance(here, int) and here < topic.SCHEMA:
        for number in range(here + 1, topic.SCHEMA + 1):
            yield Step(topic.FILE, f"for the form {number}: {FORMS[number]}; then say schema: {number}")
    elif isinstance(here, int) and here > topic.SCHEMA:
        yield Step(topic.FILE, f"has the form {here}: a newer engine is needed than is installed")
    for key, found, expected in topic.problems(content):
        yield Step(topic.FILE, f"{key}: {found}; expected {expected}")


def _schemas(root: Path) -> Iterator[Step]:
    for path in sorted(package_data.path(SCHEMAS).glob("*")):
        name, own = f"{SCHEMAS}/{path.name}", root / SCHEMAS / path.name
        if not own.is_file():
            yield Step(name, "is not there yet", by_itself=True)
        elif own.read_bytes() != path.read_bytes():
            yield Step(name, _changed(own, path), by_itself=True)


def _changed(own: Path, theirs: Path) -> str:
    """State which columns of a table another schema adds or takes away."""
    if own.suffix != ".json" or own.name == "study.json":
        return "says something else in this engine"
    columns = []
    for path in (own, theirs):
        fields = files.read_json(path).get("fields", [])
        columns.append([field["name"] for field in fields])
    new = [name for name in columns[1] if name not in columns[0]]
    gone = [name for name in columns[0] if name not in columns[1]]
    said = [f"adds {', '.join(new)}"] * bool(new) + [f"has no {', '.join(gone)}"] * bool(gone)
    return "; ".join(said) + (": change the tables" if said else "says something else in this engine")


def _missing_lists(root: Path) -> dict[str, str]:
    own = files.read_yaml(root / VOCABULARY)
    offered = init.blocks(init.vocabulary())
    return {name: block for name, block in offered.items() if name and name not in own}


def _lists(root: Path) -> Iterator[Step]:
    for name in _missing_lists(root):
        yield Step(VOCABULARY, f"has no list {name}", by_itself=True)


def _chapters(root: Path) -> Iterator[Step]:
    """Yield chapters whose sections of diseases another engine wrote."""
    for name in _chapters_differ(root):
        yield Step(name, "its sections of diseases are not those of this engine", by_itself=True)


def _chapters_differ(root: Path) -> list[str]:
    try:
        found = disease_sections.changes(evidence.load(root))
    except (EvidenceError, files.UnreadableFileError):  # what is wrong with the data comes first
        return []
    return [path.relative_to(root).as_posix() for path in found]
