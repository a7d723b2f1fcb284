"""Another copy of the project to compare with: a folder, or a revision of git unpacked for a moment."""

from __future__ import annotations

import contextlib
import io
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from living_review.evidence import EvidenceError, Review, read_rows
from living_review.files import UnreadableFileError

LISTED = "`git log --oneline -- data` lists revisions"


class CompareError(EvidenceError):
    """Another state of the evidence cannot be had or read; the message says what to name instead."""


@contextlib.contextmanager
def open_snapshot(name: str, root: Path) -> Iterator[Review]:
    """Open the evidence of another copy of the project; a revision is gone again afterwards.

    Parameters
    ----------
    name : str
        A folder that holds ``data/``, or else a revision (``HEAD~3``), or else a version of the review
        whose revision ``data/review/versions.csv`` gives (``0.1.0``).
    root : Path
        Top of this copy of the project, whose history is asked.

    Yields
    ------
    Review
        The evidence of the copy.

    Raises
    ------
    CompareError
        If it is neither, if git cannot be asked, or if there is no evidence in it.
    """
    if not name.strip():
        raise CompareError("nothing is named to compare with: name a folder or a revision")
    place = Path(name)
    if place.is_file():
        raise CompareError(f"{name} is a file: unpack it, and name the folder that holds data/")
    if place.is_dir():
        yield _review(place, f"the folder {name}")
        return
    commit = _revision(name, root)
    packed = _git(root, "archive", "--format=zip", commit, "--", "data")
    if packed.returncode:
        raise CompareError(f"revision {name} holds no data/: {_first_line(packed)}")
    with tempfile.TemporaryDirectory(prefix="living-review-") as folder:
        with zipfile.ZipFile(io.BytesIO(packed.stdout)) as archive:
            archive.extractall(folder)
        yield _review(Path(folder), f"revision {name}")


def _review(place: Path, called: str) -> Review:
    # Not evidence.find_root: it would climb, and find this very project above a wrong folder.
    if not (place / "data" / "vocabulary.yaml").is_file():
        raise CompareError(
            f"{called} holds no data/vocabulary.yaml: name the top of a copy of the project"
        )
    try:
        return Review(place)
    except UnreadableFileError as error:
        raise CompareError(
            f"the schemas or the vocabulary of {called} cannot be read: {error}"
        ) from error


def _revision(name: str, root: Path) -> str:
    inside = _git(root, "rev-parse", "--git-dir")
    if inside.returncode:
        raise CompareError(
            f"{name} is no folder, and git knows no history here ({_first_line(inside)}): name a folder"
        )
    if commit := _commit(name, root):
        return commit
    stated = _stated(root)
    named = stated.get(name.removeprefix("v"))
    if named is None:
        raise CompareError(
            f"{name} is neither a folder, nor a revision that git knows, nor a version of "
            f"data/review/versions.csv ({', '.join(stated) or 'it has none'}): {LISTED}"
        )
    if commit := _commit(named, root):
        return commit
    why = "names no revision" if named == "not_applicable" else f"names {named}, which git lacks here"
    raise CompareError(
        f"of version {name} data/review/versions.csv {why}: {LISTED}; in a shallow clone "
        "`git fetch --unshallow` brings the rest of the history"
    )


def _commit(name: str, root: Path) -> str | None:
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return None if found.returncode else found.stdout.decode().strip()


def _stated(root: Path) -> dict[str, str]:
    """Return the revision of each version of the review, as the list of versions gives it."""
    path = root / "data" / "review" / "versions.csv"
    header, rows = read_rows(path) if path.is_file() else ([], [])
    cells = (dict(zip(header, row, strict=False)) for row in rows)
    return {row["version"]: row.get("revision", "not_applicable") for row in cells if "version" in row}


def _git(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", root, *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise CompareError(
            "git is not installed, so no revision can be read: name a folder with another copy"
        ) from None


def _first_line(result: subprocess.CompletedProcess[bytes]) -> str:
    return result.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
