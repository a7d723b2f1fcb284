"""A book of a few small notebooks, edited at random, and an executor that needs no kernel.

The executor runs cells with ``exec`` in this process under the same observer, records and writer
as the real one; what is left out is the kernel alone. A thousand sequences of edits take minutes
instead of days.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import io
import json
import os
import random
import shutil
import sys
from pathlib import Path
from typing import Any

from living_review.build import staleness, tracing
from living_review.build import update as build_update

MODULES = {
    "__init__.py": '"""Small."""\n',
    "evidence.py": (
        "import os\nfrom pathlib import Path\n\n"
        "DATA = Path(__file__).resolve().parents[2] / 'data'\n\n\n"
        "def study(name):\n"
        "    rows = (DATA / name / 'values.csv').read_text().split()[1:]\n"
        "    return [int(row) for row in rows]\n\n\n"
        "def studies():\n"
        "    return sorted(p.parent.name for p in DATA.glob('*/values.csv'))\n\n\n"
        "def tables(name):\n"
        "    return sorted(n for n in os.listdir(DATA / name) if n.endswith('.csv'))\n"
    ),
    "stats.py": "FACTOR = 1\n\n\ndef total(values):\n    return FACTOR * sum(values)\n",
    "lazy.py": "BASE = 100\n",
    "words.py": "UNIT = 'cases'\n",
}
FIXED = {
    "audit": (
        "from smallbook import evidence, stats",
        "for name in evidence.studies():\n    print(name, stats.total(evidence.study(name)))",
    ),
    "synthesis": (
        "from smallbook import evidence",
        "values = [v for name in evidence.studies() for v in evidence.study(name)]",
        "def bounds():\n    from smallbook import lazy\n    return lazy.BASE + max(values, default=0)",
        "print(bounds())",
    ),
    "about": ("print('a page that reads nothing')",),
    "since": (
        "from smallbook import evidence",
        "extra = evidence.DATA / 'later.csv'",
        "print(extra.read_text() if extra.exists() else 'nothing later')",
    ),
}


def study_cells(name: str) -> tuple[str, ...]:
    """Return the code of a study's notebook."""
    return (
        "from smallbook import evidence, words",
        f"values = evidence.study({name!r})",
        "from smallbook.stats import total\nprint(total(values), words.UNIT)",
        f"print(evidence.tables({name!r}))",
    )


def cell(source: str, name: str, kind: str = "code") -> dict[str, Any]:
    """Return a notebook cell."""
    body: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": {}, "source": source}
    return body | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def write_notebook(path: Path, sources: tuple[str, ...]) -> None:
    """Write a notebook that was never run."""
    cells = [cell("# Title", "title", "markdown")]
    cells += [cell(source, f"c{i}") for i, source in enumerate(sources)]
    path.write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    )


def make(root: Path, studies: tuple[str, ...] = ("alpha_2001", "beta_2002", "gamma_2003")) -> Path:
    """Write the book into an empty folder."""
    for folder in ("data", "notebooks", "src/smallbook"):
        (root / folder).mkdir(parents=True)
    for name, text in MODULES.items():
        (root / "src/smallbook" / name).write_text(text)
    for number, name in enumerate(studies):
        add_study(root, name, [number + 1, 10 * (number + 1)])
    for name, sources in FIXED.items():
        write_notebook(root / "notebooks" / f"{name}.ipynb", sources)
    (root / "requirements.txt").write_text("# pins\npytest>=8\n")
    return root


def add_study(root: Path, name: str, values: list[int], notebook: bool = True) -> None:
    """Add a study's folder and, unless asked not to, its notebook."""
    folder = root / "data" / name
    folder.mkdir(exist_ok=True)
    (folder / "values.csv").write_text("\n".join(["value", *map(str, values)]) + "\n")
    if notebook:
        write_notebook(root / "notebooks" / f"{name}.ipynb", study_cells(name))


async def run_here(notebook: dict[str, Any], path: Path, root: Path) -> dict[str, Any]:
    """Run the cells in this process: the kernel's part of the work, without a kernel."""
    for name in [n for n in sys.modules if n.split(".")[0] == "smallbook"]:
        del sys.modules[name]
    importlib.invalidate_caches()
    sys.path[:0] = ["", str(root / "src")]  # as in a kernel
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    folder = Path.cwd()
    os.chdir(path.parent)
    space: dict[str, Any] = {}
    tracing.OBSERVER.start(str(root))
    try:
        code = [c for c in notebook["cells"] if c["cell_type"] == "code"]
        for count, item in enumerate(code, start=1):
            out = io.StringIO()
            try:
                with contextlib.redirect_stdout(out):
                    exec("".join(item["source"]), space)
            except Exception as error:
                raise build_update.RunError(f"{type(error).__name__}: {error}") from None
            text = out.getvalue()
            item["execution_count"] = count
            item["outputs"] = (
                [{"name": "stdout", "output_type": "stream", "text": text}] if text else []
            )
        return tracing.OBSERVER.report()
    finally:
        tracing.OBSERVER.stop()
        os.chdir(folder)
        for entry in ("", str(root / "src")):
            sys.path.remove(entry)
        sys.dont_write_bytecode = before


def update(root: Path, **options: Any) -> build_update.Update:  # noqa: ANN401
    """Update the book without kernels, saying nothing."""
    options.setdefault("execute", run_here)
    return build_update.update(root, jobs=1, say=lambda _: None, **options)


def stale_names(root: Path) -> set[str]:
    """Return the names of the notebooks that are out of date."""
    return {item.path.stem for item in staleness.stale(root)}


def clean_copy(root: Path, to: Path) -> Path:
    """Copy the book with every output and record taken out: what a full run starts from."""
    shutil.copytree(root, to, ignore=shutil.ignore_patterns("_build", "__pycache__"))
    for path in (to / "notebooks").glob("*.ipynb"):
        notebook = json.loads(path.read_text())
        notebook["metadata"] = {}
        for item in notebook["cells"]:
            if item["cell_type"] == "code":
                item["execution_count"], item["outputs"] = None, []
        path.write_text(json.dumps(notebook))
    return to


def contents(root: Path) -> dict[str, Any]:
    """Return what every notebook holds, record included, however another editor laid it out."""
    found = {}
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        notebook = json.loads(path.read_text())
        for item in notebook["cells"]:
            item["source"] = "".join(item["source"])
        found[path.stem] = notebook
    return found


# --- Edits: each takes the book and a random generator, changes something, says what. ------------


def _study(root: Path, rng: random.Random) -> Path | None:
    found = sorted(p.parent for p in (root / "data").glob("*/values.csv"))
    return rng.choice(found) if found else None


def _notebook(root: Path, rng: random.Random) -> tuple[Path, dict[str, Any]]:
    path = rng.choice(sorted((root / "notebooks").glob("*.ipynb")))
    return path, json.loads(path.read_text())


def edit_data(root: Path, rng: random.Random) -> str:
    """Change, add or take away a number of a study."""
    if (folder := _study(root, rng)) is None:
        return "no data"
    rows = (folder / "values.csv").read_text().split()
    rows.insert(rng.randrange(1, len(rows) + 1), str(rng.randrange(4)))
    if len(rows) > 3:
        rows.pop(rng.randrange(1, len(rows)))
    (folder / "values.csv").write_text("\n".join(rows) + "\n")
    return f"data of {folder.name}"


def edit_table(root: Path, rng: random.Random) -> str:
    """Add another table to a study, or take it away."""
    if (folder := _study(root, rng)) is None:
        return "no data"
    path = folder / rng.choice(["harms.csv", "notes.txt"])
    path.unlink() if path.exists() else path.write_text("x\n")
    return f"{folder.name}/{path.name}"


def edit_later(root: Path, rng: random.Random) -> str:
    """Make, change or remove a file that one notebook only looks for."""
    path = root / "data" / "later.csv"
    if path.exists() and rng.random() < 0.5:
        path.unlink()
    else:
        path.write_text(f"{rng.randrange(3)}\n")
    return "later.csv"


def edit_module(root: Path, rng: random.Random) -> str:
    """Change a module that some notebooks import, directly, through another, or late."""
    name, old, new = rng.choice(
        [
            ("stats.py", "FACTOR = ", f"FACTOR = {rng.randrange(1, 4)}"),
            ("lazy.py", "BASE = ", f"BASE = {rng.randrange(100, 104)}"),
            ("words.py", "UNIT = ", f"UNIT = '{rng.choice(['cases', 'lives'])}'"),
            ("__init__.py", '"""', f'"""Small {rng.randrange(3)}."""'),
        ]
    )
    path = root / "src/smallbook" / name
    lines = [new if line.startswith(old) else line for line in path.read_text().splitlines()]
    path.write_text("\n".join(lines) + "\n")
    return f"module {name}"


def edit_import(root: Path, rng: random.Random) -> str:
    """Make one module import another, or no longer."""
    path = root / "src/smallbook/words.py"
    text = path.read_text()
    line = "from smallbook import lazy\nUNIT += str(lazy.BASE)\n"
    path.write_text(text.replace(line, "") if line in text else text + line)
    return "an import"


def edit_unused(root: Path, rng: random.Random) -> str:
    """Add a module that nobody imports."""
    (root / "src/smallbook/unused.py").write_text(f"X = {rng.randrange(9)}\n")
    return "unused module"


def edit_shadow(root: Path, rng: random.Random) -> str:
    """Put a package in front of a module that notebooks import, or take it away."""
    name, text = rng.choice(
        [("lazy", f"BASE = {rng.randrange(9)}\n"), ("words", f"UNIT = 'u{rng.randrange(9)}'\n")]
    )
    folder = root / "src/smallbook" / name
    if folder.exists():
        shutil.rmtree(folder)
    else:
        folder.mkdir()
        (folder / "__init__.py").write_text(text)
    return f"package {name} in front of the module"


def edit_code(root: Path, rng: random.Random) -> str:
    """Change the code of a notebook; now and then so that it raises, or no longer."""
    path, notebook = _notebook(root, rng)
    code = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    last = code[-1]
    text = "".join(last["source"]).replace("\n1/0", "")
    last["source"] = text + rng.choice(["\nprint(1)", "\nprint('two')", "", "", "\n1/0"])
    path.write_text(json.dumps(notebook))
    return f"code of {path.stem}"


def edit_prose(root: Path, rng: random.Random) -> str:
    """Change the text of a notebook."""
    path, notebook = _notebook(root, rng)
    notebook["cells"][0]["source"] = f"# Title {rng.randrange(9)}"
    path.write_text(json.dumps(notebook))
    return f"prose of {path.stem}"


def edit_outputs(root: Path, rng: random.Random) -> str:
    """Change outputs by hand, clear them, or take the record away."""
    path, notebook = _notebook(root, rng)
    code = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    what = rng.choice(["digit", "clear", "record", "count"])
    if what == "digit" and code[-1]["outputs"]:
        code[-1]["outputs"][0]["text"] = "42\n"
    elif what == "clear":
        for item in code:
            item["execution_count"], item["outputs"] = None, []
    elif what == "count":
        code[0]["execution_count"] = 17
    else:
        notebook["metadata"].pop("living_review", None)
    path.write_text(json.dumps(notebook))
    return f"outputs of {path.stem} ({what})"


def edit_lock(root: Path, rng: random.Random) -> str:
    """Change the lock file, or a comment of it."""
    path = root / "requirements.txt"
    line = rng.choice(["# a comment", "pytest>=7", "pytest>=8", "nbformat>=5"])
    path.write_text(f"# pins\n{line}\n")
    return "lock"


def edit_new_study(root: Path, rng: random.Random) -> str:
    """Add a study, with or without its notebook."""
    name = f"new_{rng.randrange(2010, 2014)}"
    with_notebook = not (root / "notebooks" / f"{name}.ipynb").exists() and rng.random() < 0.7
    add_study(root, name, [rng.randrange(5)], with_notebook)
    return f"new study {name}"


def edit_delete_study(root: Path, rng: random.Random) -> str:
    """Delete a study: its folder and its notebook, or its folder alone."""
    if (folder := _study(root, rng)) is None:
        return "no study"
    shutil.rmtree(folder)
    if rng.random() < 0.7:
        (root / "notebooks" / f"{folder.name}.ipynb").unlink(missing_ok=True)
    return f"deleted {folder.name}"


def edit_update(root: Path, rng: random.Random) -> str:
    """Update: all, some, or with a run that is cut short."""
    kind = rng.choice(["all", "some", "cut"])
    if kind == "all":
        update(root)
    elif kind == "some":
        paths = sorted((root / "notebooks").glob("*.ipynb"))
        update(root, only=rng.sample(paths, 2), force=rng.random() < 0.5)
    else:
        left = rng.randrange(4)

        async def cut(notebook: dict[str, Any], path: Path, top: Path) -> dict[str, Any]:
            nonlocal left
            left -= 1
            if left < 0:
                raise asyncio.CancelledError
            return await run_here(notebook, path, top)

        with contextlib.suppress(KeyboardInterrupt):
            update(root, execute=cut)
    return f"update ({kind})"


CHANGES = [
    *[edit_data, edit_table, edit_later, edit_module, edit_import, edit_unused, edit_shadow],
    *[edit_code, edit_prose, edit_outputs, edit_lock, edit_new_study, edit_delete_study],
]
EDITS = [*CHANGES, edit_update, edit_update]


def sequence(root: Path, seed: int, steps: int = 8) -> list[str]:
    """Apply a seeded sequence of edits and updates, then update; return what was done."""
    rng = random.Random(seed)
    return [rng.choice(EDITS)(root, rng) for _ in range(rng.randrange(2, steps + 1))]


def differences(root: Path, work: Path) -> list[str]:
    """Update, run a clean copy in full, and say where the two differ.

    A notebook that raises has no clean outputs to compare: it must be stale in both.
    """
    mine = update(root)
    clean = clean_copy(root, work)
    full = update(clean, force=True)
    failed = {p.stem for p in full.failed}
    differences = [f"{n}: not stale though it fails" for n in failed - {p.stem for p in mine.failed}]
    differences += [
        f"{p.stem}: fails here, not in a clean run" for p in mine.failed if p.stem not in failed
    ]
    left, right = contents(root), contents(clean)
    for name in sorted(left.keys() | right.keys()):
        if name not in failed and left.get(name) != right.get(name):
            differences.append(f"{name}: differs from a clean run")
    return differences
