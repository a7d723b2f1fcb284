"""Staleness, tested against what each edit must and must not make stale."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import small_book as book

from living_review import cli, execution, freshness

ALL = {"about", "alpha_2001", "audit", "beta_2002", "gamma_2003", "since", "synthesis"}
STUDIES = {"alpha_2001", "beta_2002", "gamma_2003"}
PACKAGE_USERS = ALL - {"about"}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = book.make(tmp_path_factory.mktemp("book") / "root")
    assert not book.update(root).failed
    return root


@pytest.fixture
def root(fresh: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fresh, tmp_path / "root"))


def names(root: Path) -> set[str]:
    return {item.path.stem for item in freshness.stale(root)}


def write(root: Path, relative: str, text: str) -> None:
    (root / relative).write_text(text)


def change_notebook(root: Path, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    path = root / "notebooks" / f"{name}.ipynb"
    notebook = json.loads(path.read_text())
    change(notebook)
    path.write_text(json.dumps(notebook))


def append(root: Path, relative: str, text: str) -> None:
    write(root, relative, (root / relative).read_text() + text)


def test_a_fresh_book_has_nothing_stale_and_nothing_to_do(root: Path) -> None:
    assert names(root) == set()
    assert book.update(root).done == ()


@pytest.mark.parametrize(
    ("edit", "expected"),
    {
        "csv edited": (
            lambda r: append(r, "data/beta_2002/values.csv", "7\n"),
            {"beta_2002", "audit", "synthesis"},
        ),
        "csv removed": (
            lambda r: (r / "data/beta_2002/values.csv").unlink(),
            {"beta_2002", "audit", "synthesis"},
        ),
        "table added to a study": (
            lambda r: write(r, "data/beta_2002/harms.csv", "x\n"),
            {"beta_2002", "audit", "synthesis"},  # the two look into each folder for a table
        ),
        "study folder added": (
            lambda r: book.add_study(r, "delta_2020", [1], notebook=False),
            {"audit", "synthesis"},
        ),
        "study folder removed": (
            lambda r: shutil.rmtree(r / "data/alpha_2001"),
            {"alpha_2001", "audit", "synthesis", "since"} - {"since"},
        ),
        "file looked for appears": (lambda r: write(r, "data/later.csv", "1"), None),
        "module edited": (
            lambda r: append(r, "src/smallbook/stats.py", "# more\n"),
            STUDIES | {"audit"},
        ),
        "module imported by another": (
            lambda r: append(r, "src/smallbook/__init__.py", "X = 1\n"),
            PACKAGE_USERS,
        ),
        "module imported late, inside a function": (
            lambda r: append(r, "src/smallbook/lazy.py", "X = 1\n"),
            {"synthesis"},
        ),
        "module removed": (
            lambda r: (r / "src/smallbook/words.py").unlink(),
            STUDIES,
        ),
        "module that nobody imports": (
            lambda r: write(r, "src/smallbook/unused.py", "X = 1\n"),
            set(),
        ),
        "lock edited": (lambda r: write(r, "requirements.txt", "pytest>=7\n"), ALL),
        "lock commented": (lambda r: append(r, "requirements.txt", "# note\n"), set()),
        "code edited": (
            lambda r: change_notebook(
                r, "about", lambda n: n["cells"][1].update(source="print('other')")
            ),
            {"about"},
        ),
        "prose edited": (
            lambda r: change_notebook(r, "about", lambda n: n["cells"][0].update(source="# Other")),
            set(),
        ),
        "code cells swapped": (
            lambda r: change_notebook(r, "audit", lambda n: n["cells"].reverse()),
            {"audit"},
        ),
        "outputs edited": (
            lambda r: change_notebook(
                r, "audit", lambda n: n["cells"][2]["outputs"][0].update(text=["alpha 12\n"])
            ),
            {"audit"},
        ),
        "outputs cleared": (
            lambda r: change_notebook(
                r, "about", lambda n: n["cells"][1].update(outputs=[], execution_count=None)
            ),
            {"about"},
        ),
        "counts out of order": (
            lambda r: change_notebook(r, "audit", lambda n: n["cells"][1].update(execution_count=9)),
            {"audit"},
        ),
        "record removed": (
            lambda r: change_notebook(r, "about", lambda n: n["metadata"].clear()),
            {"about"},
        ),
        "record broken": (
            lambda r: change_notebook(
                r, "about", lambda n: n["metadata"]["living_review"].pop("inputs")
            ),
            {"about"},
        ),
        "other Python": (
            lambda r: change_notebook(
                r, "about", lambda n: n["metadata"]["living_review"].update(python="3.9")
            ),
            {"about"},
        ),
        "what tools leave behind": (
            lambda r: [
                write(r, "data/.DS_Store", ""),
                write(r, "data/alpha_2001/values.csv~", ""),
                (r / "data/__pycache__").mkdir(),
            ],
            set(),
        ),
        "date of a file alone": (lambda r: os.utime(r / "data/alpha_2001/values.csv"), set()),
    }.items(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def _unused(edit: object, expected: object) -> None: ...
