"""A source is in ``study.yaml`` and in ``book/references.bib``: both must say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from living_review import files
from living_review.evidence.codes import known
from living_review.validation.issues import Issue

BIB = "book/references.bib"
COMPARED = ("title", "year", "journal", "volume", "pages", "doi")


def entries(path: Path) -> dict[str, dict[str, str]]:
    """Return the entries of a BibTeX file: their fields by key, without braces; none if unreadable.

    That a file is unreadable is said where keys are asked for (:mod:`.contents`).

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict of str to dict of str to str
        Key of each entry, and its fields by lower-case name.
    """
    try:
        found = files.read_bibtex(path) if path.is_file() else {}
    except files.UnreadableFileError:
        return {}
    return {
        key: {name: " ".join(re.sub(r"[{}\"]", "", value).split()) for name, value in fields.items()}
        for key, fields in found.items()
    }


def initials(author: str) -> str:
    """Return a name of BibTeX as ``study.yaml`` has it.

    Examples
    --------
    >>> initials("Jonville-Bera, A.-P."), initials("van den Berg, Jan Marie"), initials("Group X")
    ('Jonville-Bera AP', 'van den Berg JM', 'Group X')
    """
    family, comma, given = author.partition(",")
    letters = "".join(part[0] for part in re.split(r"[\s.-]+", given) if part)
    return f"{family.strip()} {letters}" if comma else author


def check_bibliography(root: Path, metas: dict[str, dict[str, Any]]) -> Iterator[Issue]:
    """Yield what the bibliography says of a source otherwise than its description.

    Parameters
    ----------
    root : Path
        Top of the project.
    metas : dict
        The description of each study; a study without an entry is reported elsewhere.

    Yields
    ------
    Issue
        One for each field that differs. What the source does not print may be in the bibliography.
    """
    found = entries(root / BIB)
    for study, meta in metas.items():
        key = str(meta.get("citation_key", study))
        if key not in found:
            continue
        entry = found[key]
        for field in COMPARED:
            printed = meta.get(field)
            if printed is not None and known(printed) and _plain(printed) != _plain(entry.get(field)):
                yield _differs(key, study, field, entry.get(field), str(printed))
        named = re.split(r"\s+and\s+", entry.get("author", ""))
        whole = named[-1:] != ["others"]
        written = [initials(n) for n in named if n not in ("", "others")]
        authors = [str(a) for a in meta.get("authors") or []]
        if authors and written != (authors if whole else authors[: len(written)]):
            yield _differs(key, study, "author", ", ".join(written) or None, ", ".join(authors))


def _plain(value: object) -> str:
    """Return a value so that only what differs for a reader differs: dashes and capitals do not."""
    return re.sub(r"-+|–", "-", str(value or "")).casefold().strip(" .")


def _differs(key: str, study: str, field: str, found: str | None, expected: str) -> Issue:
    return Issue(
        BIB,
        None,
        f"{key}.{field}",
        "nothing" if found is None else repr(found),
        f"{expected!r}, as in data/{study}/study.yaml",
        "Look at the paper and correct the one that is wrong.",
    )
