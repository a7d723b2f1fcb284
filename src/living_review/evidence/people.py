"""Who answers for the review: authors, reviewers, contact and repository, from a file of the data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from living_review import files

FILE = "data/review/people.yaml"
NOT_NAMED = "not_named"
ROLES = ("extraction", "appraisal", "clinical", "statistics", "patients", "editing")
KEYS = ("authors", "reviewers", "contact", "repository")


@dataclass(frozen=True)
class Person:
    """A person who answers for a part of the review."""

    name: str
    role: str
    conflicts: str
    orcid: str = ""


@dataclass(frozen=True)
class People:
    """Those who answer for the review; empty, or :data:`NOT_NAMED`, where nobody is named."""

    authors: tuple[Person, ...]
    reviewers: tuple[Person, ...]
    contact: str
    repository: str

    @property
    def anyone_named(self) -> bool:
        """Whether a person, a contact or a repository is named."""
        return bool(self.authors or self.reviewers or {self.contact, self.repository} - {NOT_NAMED})


def problems(content: object) -> list[tuple[str, str, str]]:
    """Return what is wrong with the content of the file: what was found, what was expected, what to do.

    Parameters
    ----------
    content : object
        As YAML gives it.
    """
    if not isinstance(content, dict) or set(content) != set(KEYS):
        keys = ", ".join(content) if isinstance(content, dict) else type(content).__name__
        return [(keys or "nothing", f"the keys {', '.join(KEYS)}", "Name each of them once.")]
    found = []
    for key in ("authors", "reviewers"):
        rows = content[key]
        if not isinstance(rows, list):
            found.append(
                (
                    f"{key}: {rows!r}",
                    "a list, empty if nobody is named",
                    "Write [] or one entry a person.",
                )
            )
            continue
        found += [wrong for row in rows for wrong in _wrong_person(key, row)]
    for key in ("contact", "repository"):
        if not isinstance(content[key], str) or not content[key].strip():
            found.append(
                (f"{key}: {content[key]!r}", f"an address or {NOT_NAMED}", "Write one of the two.")
            )
    repository = content["repository"]
    if isinstance(repository, str) and repository != NOT_NAMED and repository.count("/") != 1:
        found.append((f"repository: {repository!r}", "owner/name", "Name it without host."))
    return found


def _wrong_person(key: str, row: object) -> list[tuple[str, str, str]]:
    needed = {"name", "role", "conflicts"}
    if not isinstance(row, dict) or not needed <= set(row) <= needed | {"orcid"}:
        return [(f"{key}: {row!r}", "name, role, conflicts and perhaps orcid", "Give each of them.")]
    if row["role"] not in ROLES:
        return [(f"{key}: role {row['role']!r}", f"one of {', '.join(ROLES)}", "Choose a role.")]
    empty = [k for k in needed if not str(row[k]).strip()]
    return [(f"{key}: no {k}", f"the {k} of a person", "Give it.") for k in empty]


def read(root: Path) -> People:
    """Read the file.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.

    Raises
    ------
    ValueError
        The file is not as :func:`problems` expects it; ``living-review check`` says what and where.
    """
    path = root / FILE
    if not path.is_file():
        return People((), (), NOT_NAMED, NOT_NAMED)
    content: Any = files.read_yaml(path)
    if wrong := problems(content):
        raise ValueError(f"{FILE}: found {wrong[0][0]}; expected {wrong[0][1]}")
    people = {key: tuple(Person(**row) for row in content[key]) for key in ("authors", "reviewers")}
    return People(**people, contact=content["contact"], repository=content["repository"])
