"""Which notebooks are older than what they were computed from, and why. Executes nothing.

Each notebook carries the record of its last run in ``metadata.living_review``: the digests of the
files it opened, the folders it listed, the paths it looked for, the project's modules it imported and
those it could have imported in their place, its own code, its outputs, the lock file, and the Python
version. A notebook is fresh if all of them are still so. Standard library only: this runs before every
build.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from living_review.build import digest, tracing

RECORD = "living_review"
FORMAT = 3  # raise it when the same run would be recorded or written differently
LOCK = "requirements.txt"


class StalenessError(Exception):
    """A notebook or the project cannot be read; the message says where and what to do."""


@dataclass(frozen=True)
class Stale:
    """A notebook that must run again, and each reason, most informative first."""

    path: Path
    reasons: tuple[str, ...]

    def why(self, at_most: int = 3) -> str:
        """Return the reasons as one line."""
        shown = "; ".join(self.reasons[:at_most])
        more = len(self.reasons) - at_most
        return f"{shown}; and {more} more" if more > 0 else shown


class Tree:
    """The project's files as they are now; each is hashed once, however many notebooks read it."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._content: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._importable: dict[tuple[str, str], str] = {}
        self._lock: str | None = None

    def content(self, relative: str) -> str:
        """Return the SHA-256 of a file, or ``directory`` or ``absent``."""
        if relative not in self._content:
            path = self.root / relative
            try:
                self._content[relative] = digest.of_file(path)
            except (FileNotFoundError, NotADirectoryError):
                self._content[relative] = "absent"
            except IsADirectoryError:
                self._content[relative] = "directory"
        return self._content[relative]

    def names(self, relative: str) -> str:
        """Return the digest of the names in a folder, or ``absent``."""
        if relative not in self._names:
            self._names[relative] = tracing.listing_digest(str(self.root / relative))
        return self._names[relative]

    def importable(self, relative: str, names: str) -> str:
        """Return the digest of what an import of these names could find in a folder.

        Parameters
        ----------
        relative : str
            The folder, below the top of the project.
        names : str
            Names of modules, separated by spaces.

        Returns
        -------
        str
            SHA-256.
        """
        if (relative, names) not in self._importable:
            there = str(self.root / relative)
            self._importable[relative, names] = tracing.importable_digest(there, names)
        return self._importable[relative, names]

    def kind(self, relative: str) -> str:
        """Return ``file``, ``directory`` or ``absent``; of a link also where it leads."""
        return tracing.kind_of(str(self.root / relative))

    def lock(self) -> str:
        """Return the digest of what the lock file pins, comments aside, or ``absent``."""
        if self._lock is None:
            try:
                text = (self.root / LOCK).read_text(encoding="utf-8")
            except FileNotFoundError:
                self._lock = "absent"
            else:
                pins = sorted(lock_lines(text))
                self._lock = digest.of_text("\n".join(pins))
        return self._lock


def lock_lines(text: str) -> list[str]:
    """Return the requirements of a lock file without comments, blank lines and hashes.

    Hashes distinguish the files of one version, by system and Python: all give the same results.
    """
    lines = (line.split(" #")[0].split("--hash=")[0].strip(" \t\\") for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def python_version() -> str:
    """Return the Python version that counts for a record: outputs hold across patch releases."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def find_project(start: Path | None = None) -> Path:
    """Return the top of the project: the nearest folder upward that holds ``notebooks/``.

    Parameters
    ----------
    start : Path, optional
        Where to look first (default: the working folder).

    Raises
    ------
    StalenessError
        If none holds it.
    """
    first = (start or Path.cwd()).resolve()
    for place in (first, *first.parents):
        if (place / "notebooks").is_dir():
            return place
    raise StalenessError(
        f"no folder notebooks/ in {first} or above it: run this from inside the project, or name its "
        "top folder (living-review --root FOLDER ...)"
    )


def notebooks(root: Path) -> list[Path]:
    """Return the project's notebooks in name order.

    Raises
    ------
    StalenessError
        If there is no folder ``notebooks/``.
    """
    folder = root / "notebooks"
    if not folder.is_dir():
        raise StalenessError(f"no folder notebooks/ in {root.name}/: run this in the project")
    return sorted(p for p in folder.glob("*.ipynb") if not p.name.startswith("."))


def read(path: Path) -> dict[str, Any]:
    """Read a notebook as plain JSON.

    Raises
    ------
    StalenessError
        If it is not a notebook.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        return parse(path.read_bytes(), name)
    except OSError as error:
        raise StalenessError(f"{name}: cannot be read ({error.strerror})") from None


def parse(text: bytes, name: str) -> dict[str, Any]:
    """Read the bytes of a notebook; ``name`` is for the message of a StalenessError.

    Parameters
    ----------
    text : bytes
        Bytes of the file.
    name : str
        How messages call it.

    Returns
    -------
    dict of str to object
        The notebook as JSON.
    """
    try:
        notebook = json.loads(text)
        if not isinstance(notebook["cells"], list) or not isinstance(notebook["metadata"], dict):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StalenessError(
            f"{name}: not a Jupyter notebook ({type(error).__name__}): "
            "restore it from version control, or remove it"
        ) from None
    if problem := _malformed(notebook):
        raise StalenessError(f"{name}: {problem}; repair it in Jupyter, or restore it")
    return notebook


# One question for each part that the schema of notebooks asks for and the engine relies on.
def _malformed(notebook: dict[str, Any]) -> str | None:
    """Return what keeps a notebook from being read or run, or None."""
    version, minor = notebook.get("nbformat"), notebook.get("nbformat_minor")
    if type(version) is not int or version != 4 or type(minor) is not int or minor < 0:
        return f"expected nbformat 4 and a whole number as nbformat_minor, found {version!r}, {minor!r}"
    kernel, info = (notebook["metadata"].get(k, {}) for k in ("kernelspec", "language_info"))
    if not isinstance(kernel, dict) or not isinstance(info, dict):
        return "kernelspec and language_info must be objects"
    language = kernel.get("language") or info.get("name") or "python"
    if str(language).lower() != "python":
        return f"its language is {language!r}: only Python notebooks are run"
    for number, cell in enumerate(notebook["cells"], start=1):
        here = f"cell {number}"
        if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
            return f"{here} is no code, markdown or raw cell"
        if not _is_text(cell.get("source")):
            return f"the source of {here} is not text"
        metadata = cell.get("metadata")
        if not isinstance(metadata, dict) or not isinstance(metadata.get("tags", []), list):
            return f"the metadata of {here} is not an object with a list of tags"
        if not isinstance(cell.get("id", ""), str):
            return f"the id of {here} is not text"
        outputs = cell.get("outputs", []) if cell["cell_type"] == "code" else []
        if not isinstance(outputs, list) or not all(isinstance(out, dict) for out in outputs):
            return f"the outputs of {here} are not a list of objects"
    return None


def _is_text(source: object) -> bool:
    lines = source if isinstance(source, list) else [source]
    try:
        return all(isinstance(line, str) and line.encode("utf-8") is not None for line in lines)
    except UnicodeEncodeError:  # half of a surrogate pair: no kernel takes it
        return False


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the code cells."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def code_digest(notebook: dict[str, Any]) -> str:
    """Return the digest of what is executed: the code cells in order, and tags that skip one."""
    parts = [
        ["".join(cell["source"]), "skip-execution" in cell["metadata"].get("tags", [])]
        for cell in code_cells(notebook)
    ]
    return _digest(parts)


def outputs_digest(notebook: dict[str, Any]) -> str:
    """Return the digest of outputs and execution counts as they are in the file."""
    return _digest([[c.get("execution_count"), c.get("outputs")] for c in code_cells(notebook)])


def _digest(value: object) -> str:
    return digest.of_text(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def record(notebook: dict[str, Any], seen: dict[str, Any], tree: Tree) -> dict[str, Any]:
    """Return the record of a run: what was seen, with the digests as they are now.

    Parameters
    ----------
    notebook : dict
        The notebook with its new outputs, as it will be in the file.
    seen : dict
        :meth:`living_review.build.tracing.Observer.report` of the run.
    tree : Tree
        The project's files.

    Returns
    -------
    dict of str to object
        As it is in the notebook's metadata.
    """
    made = {
        "format": FORMAT,
        "python": python_version(),
        "lock": tree.lock(),
        "code": code_digest(notebook),
        "outputs": outputs_digest(notebook),
        "inputs": {path: tree.content(path) for path in seen["opened"]},
        "listings": dict(seen["listed"]),
        "looked_for": {path: tree.kind(path) for path in seen["probed"]},
        "modules": {path: tree.content(path) for path in seen["modules"]},
        "searched": {
            folder: {"names": names, "found": tree.importable(folder, names)}
            for folder, names in seen["searched"].items()
        },
    }
    return made | {"seal": seal(made)}


def seal(made: dict[str, Any]) -> str:
    """Return the digest that binds a record together, itself left out.

    Version control merges a record line by line: two branches that each ran the notebook can give
    a record of a run that never was, each line of it true by itself.

    Parameters
    ----------
    made : dict of str to object
        What :func:`record` gives, with or without its seal.

    Returns
    -------
    str
        SHA-256 of its canonical form.
    """
    return _digest({key: value for key, value in made.items() if key != "seal"})


def reasons(notebook: dict[str, Any], tree: Tree) -> tuple[str, ...]:
    """Return why a notebook is stale; nothing if it is fresh.

    Parameters
    ----------
    notebook : dict of str to object
        The notebook as JSON.
    tree : Tree
        The files as they are now.

    Returns
    -------
    tuple of str
        Sentences; empty if it is fresh.
    """
    old = notebook["metadata"].get(RECORD)
    if not isinstance(old, dict) or old.get("format") != FORMAT:
        return ("has not been run by `living-review update`",)
    if old.get("seal") != seal(old):
        return ("the record of its last run is not of one piece (a merge, or an edit by hand)",)
    try:
        return tuple(_differences(old, notebook, tree))
    except (KeyError, TypeError, AttributeError):  # edited by hand, or a bad merge
        return ("the record of its last run cannot be read",)


# One question for each thing that a record holds.
def _differences(  # noqa: C901
    old: dict[str, Any], notebook: dict[str, Any], tree: Tree
) -> list[str]:
    found: list[str] = []
    if old["code"] != code_digest(notebook):
        found.append("its code changed")
    for path, was in old["inputs"].items():
        if (now := tree.content(path)) != was:
            found.append(f"{path} {_change(was, now)}")
    for path, was in old["listings"].items():
        if (now := tree.names(path)) != was:
            gone = now == "absent"
            found.append(f"{path}/ is gone" if gone else f"{path}/ holds other files than before")
    for path, kind in old["looked_for"].items():
        if (now := tree.kind(path)) != kind:
            found.append(f"{path} {_change(kind, now)}")
    for path, was in old["modules"].items():
        if (now := tree.content(path)) != was:
            found.append(f"{path} {_change(was, now)}")
    found += [
        f"{folder}/ holds a module that an import would find before another, or no longer does"
        for folder, was in old["searched"].items()
        if tree.importable(folder, was["names"]) != was["found"]
    ]
    if old["lock"] != tree.lock():
        found.append(f"{LOCK} changed")
    if old["python"] != python_version():
        found.append(f"Python is {python_version()}, was {old['python']}")
    if old["outputs"] != outputs_digest(notebook):
        found.append("its outputs are not those of its last run")
    return found


def _change(before: str, now: str) -> str:
    if now == "absent":
        return "is gone"
    return "is new" if before == "absent" else "changed"


def stale(root: Path, among: Iterable[Path] | None = None) -> list[Stale]:
    """Return the notebooks whose outputs are older than their inputs, in name order.

    Parameters
    ----------
    root : Path
        Top folder of the project.
    among : iterable of Path, optional
        Look at these notebooks only.

    Returns
    -------
    list of Stale
        With the reasons of each.

    Raises
    ------
    StalenessError
        If a notebook cannot be read.
    """
    tree = Tree(root)
    found, errors = [], []
    for path in notebooks(root) if among is None else among:
        try:
            why = reasons(read(path), tree)
        except StalenessError as error:
            errors.append(str(error))
            continue
        if why:
            found.append(Stale(path, why))
    if errors:
        raise StalenessError("\n".join(errors))
    return found
