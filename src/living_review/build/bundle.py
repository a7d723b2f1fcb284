"""A chapter as one file: the notebook, the data it reads and the package, to rerun without a network.

What a notebook reads is known: its last run recorded it (see :mod:`.staleness`). It
is in ``notebooks/`` beside ``data/``, as in the project, so that its links to tables hold; the
package is beside it, where Python looks first. The same sources give the same bytes.
"""

from __future__ import annotations

import functools
import json
import re
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

from living_review.build import digest
from living_review.build.staleness import StalenessError

# The oldest time that a zip can hold: the day of packing must not change the bytes.
NO_TIME = (1980, 1, 1, 0, 0, 0)
ALWAYS = (
    "data/vocabulary.yaml",
    "data/review.yaml",
    "data/schema",
    "LICENSE",
    "LICENSE-DATA",
    "CITATION.cff",
)
TO_RUN = ("ipykernel", "nbclient", "nbformat")
README = """{name}
A chapter of the living review "{title}", version {version}.

notebooks/{name}.ipynb    the notebook, with the results of its last run
notebooks/living_review/  the Python package that it uses
data/                     the evidence that it reads, as CSV; data/schema/ says what the columns mean
requirements.txt          what else it needs, with the versions it was last run with

Links to other chapters and to pages of the book lead nowhere here: they are in the book itself.

To run it again (Python 3.11 or newer):

    python -m venv .venv
    .venv/bin/pip install -r requirements.txt jupyterlab
    .venv/bin/jupyter lab notebooks/{name}.ipynb

Once the packages are installed no network is needed.

{printed_twice}

In Google Colab: upload this zip under "Files", then run in a new notebook

    !unzip -q {name}.zip
    %cd {name}
    !pip install -q -r requirements.txt
    !jupyter execute --inplace notebooks/{name}.ipynb

and download notebooks/{name}.ipynb with its new results.

Text and data: CC BY 4.0; code: MIT.
"""


def shared(root: Path) -> dict[str, Path]:
    """Return what every bundle holds: the schemas, the licences, the package."""
    found: dict[str, Path] = {}
    for relative in ALWAYS:
        path = root / relative
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        found.update({f.relative_to(root).as_posix(): f for f in files if f.is_file()})
    own = root / "src" / "living_review"
    package = own if own.is_dir() else Path(__file__).resolve().parents[1]  # else: as installed
    for file in sorted(package.rglob("*.py")):
        found[f"notebooks/living_review/{file.relative_to(package).as_posix()}"] = file
    return found


def contents(root: Path, notebook: Path, common: dict[str, Path] | None = None) -> dict[str, Path]:
    """Return what a bundle holds: place inside it, and the file of the project.

    Parameters
    ----------
    root : Path
        Top folder of the project.
    notebook : Path
        A notebook that has been run; one without a record of its run gets all data.
    common : dict, optional
        What :func:`shared` gives, for a caller that asks for many.

    Returns
    -------
    dict of str to pathlib.Path
        Sorted by place.
    """
    record = json.loads(notebook.read_text(encoding="utf-8"))["metadata"].get("living_review", {})
    read = [p for p in record.get("inputs", {"data": ""}) if p.split("/")[0] in ("data", "book")]
    found = dict(shared(root) if common is None else common)
    for relative in read:
        path = root / relative
        # The names come from a file that a hand can edit: none may lead out of the project.
        if ".." in Path(relative).parts or not path.resolve().is_relative_to(root.resolve()):
            raise StalenessError(
                f"notebooks/{notebook.name}: its record names {relative!r}: run it again"
            )
        files = sorted(path.rglob("*")) if relative == "data" else [path]
        found.update({f.relative_to(root).as_posix(): f for f in files if f.is_file()})
    found[f"notebooks/{notebook.name}"] = notebook
    return dict(sorted(found.items()))


def requirements(root: Path) -> str:
    """Return the exact versions of what the package depends on directly, from the lock file.

    A review that takes the package from an index pins that alone: then it is what is installed.
    """
    if not (root / "pyproject.toml").is_file():
        return _installed()
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in project["dependencies"]]
    locked = dict(
        re.findall(r"^([\w.-]+)==(\S+)", (root / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    )
    return "".join(f"{n}=={locked[n]}\n" for n in sorted({*names, *TO_RUN}) if n in locked)


def _installed() -> str:
    """Return what the installed package depends on, in the versions that are installed."""
    from packaging.requirements import Requirement

    asked = map(Requirement, metadata.requires("living-review") or [])
    names = {r.name for r in asked if r.marker is None or r.marker.evaluate({"extra": ""})}
    return "".join(f"{name}=={metadata.version(name)}\n" for name in sorted({*names, *TO_RUN}))


def write(root: Path, notebook: Path, folder: Path, version: str) -> Path:
    """Write ``<notebook>.zip`` into a folder and return its path.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    notebook : pathlib.Path
        A notebook of the project.
    folder : pathlib.Path
        Where the bundle goes.
    version : str
        Version of the review, for the note inside.

    Returns
    -------
    pathlib.Path
        The file written.
    """
    from living_review.evidence import PRINTED_TWICE, topic

    name = notebook.stem
    entries = {place: path.read_bytes() for place, path in contents(root, notebook).items()}
    entries["README.txt"] = README.format(
        name=name, title=topic.title(root), version=version, printed_twice=PRINTED_TWICE
    ).encode()
    entries["requirements.txt"] = requirements(root).encode()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
        for place, content in sorted(entries.items()):
            info = zipfile.ZipInfo(f"{name}/{place}", NO_TIME)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            bundle.writestr(info, content)
    return target


def plans(root: Path, folder: Path) -> Iterator[tuple[Path, str, Callable[[], Path]]]:
    """Yield for every notebook its bundle, the digest of what goes into it, and how to write it.

    A bundle of that digest need not be written again: packing takes a sixth of a second.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    folder : pathlib.Path
        Where the bundles go.

    Yields
    ------
    tuple of pathlib.Path, str, callable
        Path, digest, and a function that writes it.
    """
    from living_review import evidence
    from living_review.evidence import topic

    version = evidence.load(root).version
    of_file = functools.cache(digest.of_file)
    # What the two texts of a bundle are made from: this module, the version, the requirements.
    same = [of_file(Path(__file__)), topic.title(root), version, requirements(root)]
    common = shared(root)
    for notebook in sorted((root / "notebooks").glob("*.ipynb")):
        files = [f"{place} {of_file(path)}" for place, path in contents(root, notebook, common).items()]
        made_from = "\n".join([notebook.stem, *same, *files])
        yield (
            folder / f"{notebook.stem}.zip",
            digest.of_text(made_from),
            functools.partial(write, root, notebook, folder, version),
        )
