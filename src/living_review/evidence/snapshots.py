"""Another copy of the project to compare with: a folder, or what is unpacked for a moment.

What is unpacked is a revision of git, with its notebooks and prose pages beside its data, or a data
package (``evidence.zip`` of the site), which holds the data alone.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from living_review import files
from living_review.evidence import EvidenceError, Review, read_rows, shapes, topic
from living_review.files import UnreadableFileError

LISTED = "`git log --oneline -- data` lists revisions"
DESCRIPTOR = "datapackage.json"
# What the pages of a revision are made of, beside its data.
OF_PAGES = ("notebooks", "book", "_toc.yml")
LARGEST_PACKAGE = 200_000_000  # bytes of a data package, unpacked; that of the project has 2,000,000


class CompareError(EvidenceError):
    """Another state of the evidence cannot be had or read; the message says what to name instead."""


class Snapshot(Review):
    """The evidence of another copy, and what it does not have itself.

    Attributes
    ----------
    borrowed : tuple of str
        Lists of the vocabulary that the programs of today need and an older copy lacks: those of this
        project stand in for them.
    """

    borrowed: tuple[str, ...] = ()


@contextlib.contextmanager
def open_snapshot(name: str, root: Path) -> Iterator[Snapshot]:
    """Open the evidence of another copy of the project; a revision is gone again afterwards.

    Parameters
    ----------
    name : str
        A folder that holds ``data/``, or a data package (``evidence.zip``), or else a revision
        (``HEAD~3``), or else a version of the review whose revision ``data/review/versions.csv`` gives
        (``0.1.0``).
    root : Path
        Top of this copy of the project, whose history is asked.

    Yields
    ------
    Snapshot
        The evidence of the copy.

    Raises
    ------
    CompareError
        If it is none of them, if git cannot be asked, or if there is no evidence in it.
    """
    if not name.strip():
        raise CompareError("nothing is named to compare with: name a folder or a revision")
    place = Path(name)
    if place.is_dir():
        yield _review(place, f"the folder {name}")
        return
    with tempfile.TemporaryDirectory(prefix="living-review-") as folder:
        if place.is_file():
            _unpack(place, Path(folder))
            yield _review(Path(folder), f"the data package {name}", root)
            return
        commit = _revision(name, root)
        there = _git(root, "ls-tree", "--name-only", commit).stdout.decode().splitlines()
        if "data" not in there:
            raise CompareError(f"revision {name} holds no data/: {LISTED}")
        wanted = ("data", *(part for part in OF_PAGES if part in there))
        packed = _git(root, "archive", "--format=zip", commit, "--", *wanted)
        if packed.returncode:
            raise CompareError(f"revision {name} cannot be read: {_first_line(packed)}")
        with zipfile.ZipFile(io.BytesIO(packed.stdout)) as archive:
            archive.extractall(folder)
        yield _review(Path(folder), f"revision {name}", root)


def _unpack(path: Path, folder: Path) -> None:
    """Unpack a data package, or say what the file is instead."""
    whole = "name an evidence.zip of the site, or the folder that holds data/"
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if DESCRIPTOR not in archive.namelist():
                raise CompareError(f"{path} holds no {DESCRIPTOR}, so it is no data package: {whole}")
            if sum(entry.file_size for entry in entries) > LARGEST_PACKAGE:
                raise CompareError(f"{path} unpacks to more than {LARGEST_PACKAGE:,} bytes: {whole}")
            # `extractall` keeps what it writes inside the folder, whatever the names say.
            archive.extractall(folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise CompareError(
            f"{path} is a file, and no zip that can be read ({error}): {whole}"
        ) from error


def _review(place: Path, called: str, lender: Path | None = None) -> Snapshot:
    # Not evidence.find_root: it would climb, and find this very project above a wrong folder.
    path = place / "data" / "vocabulary.yaml"
    if not path.is_file():
        raise CompareError(
            f"{called} holds no data/vocabulary.yaml: name the top of a copy of the project"
        )
    try:
        borrowed = (*_borrow(path, lender), *_borrow_topic(place, lender)) if lender else ()
        found = Snapshot(place)
    except UnreadableFileError as error:
        raise CompareError(
            f"the schemas or the vocabulary of {called} cannot be read: {error}"
        ) from error
    found.borrowed = borrowed
    return found


def _borrow(path: Path, lender: Path) -> tuple[str, ...]:
    """Add the lists that an unpacked, older vocabulary lacks; a folder of a user is left as it is."""
    own, other = files.read_yaml(path), files.read_yaml(lender / "data" / "vocabulary.yaml")
    if not isinstance(own, dict) or not isinstance(other, dict):
        return ()
    lists = {name: other[name] for name in shapes.NEEDED if name in other and name not in own}
    if lists:
        # JSON is YAML: what is written so is read back as it was.
        more = (f"{name}: {json.dumps(words)}\n" for name, words in lists.items())
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{''.join(more)}", encoding="utf-8")
    return tuple(lists)


def _borrow_topic(place: Path, lender: Path) -> tuple[str, ...]:
    """Give an unpacked state from before the topic was data that of this project.

    Without it no later study would be of the drugs under review, and verdicts would seem to change.
    """
    if (place / topic.FILE).is_file() or not (lender / topic.FILE).is_file():
        return ()
    shutil.copyfile(lender / topic.FILE, place / topic.FILE)
    return (topic.FILE,)


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
