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

from living_review import cli
from living_review.build import update

ALL = {"about", "alpha_2001", "audit", "beta_2002", "gamma_2003", "since", "synthesis"}
STUDIES = {"alpha_2001", "beta_2002", "gamma_2003"}


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
    assert book.stale_names(root) == set()
    assert book.update(root).done == ()


def _cell(number: int, **change: Any) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"][number].update(change)


# What is edited, how, and exactly which notebooks that makes stale.
EDITS: dict[str, tuple[Callable[[Path], object], set[str]]] = {
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
        {"beta_2002"},
    ),
    "study folder added": (
        lambda r: book.add_study(r, "delta_2020", [1], notebook=False),
        {"audit", "synthesis"},
    ),
    "study folder removed": (
        lambda r: shutil.rmtree(r / "data/alpha_2001"),
        {"alpha_2001", "audit", "synthesis"},
    ),
    "a file that was looked for appears": (
        lambda r: write(r, "data/later.csv", "1"),
        {"since", "audit", "synthesis"},  # the latter two list data/
    ),
    "module edited": (
        lambda r: append(r, "src/smallbook/stats.py", "# more\n"),
        STUDIES | {"audit"},
    ),
    "module imported by way of the package": (
        lambda r: append(r, "src/smallbook/__init__.py", "X = 1\n"),
        ALL - {"about"},
    ),
    "module imported late, inside a function": (
        lambda r: append(r, "src/smallbook/lazy.py", "X = 1\n"),
        {"synthesis"},
    ),
    "module removed": (lambda r: (r / "src/smallbook/words.py").unlink(), STUDIES),
    "module that nobody imports": (
        lambda r: write(r, "src/smallbook/unused.py", "X = 1\n"),
        set(),
    ),
    "lock edited": (lambda r: write(r, "requirements.txt", "pytest>=7\n"), ALL),
    "lock commented": (lambda r: append(r, "requirements.txt", "# note\n"), set()),
    "code edited": (
        lambda r: change_notebook(r, "about", _cell(1, source="print('other')")),
        {"about"},
    ),
    "prose edited": (lambda r: change_notebook(r, "about", _cell(0, source="# Other")), set()),
    "code cells swapped": (
        lambda r: change_notebook(r, "audit", lambda n: n["cells"].reverse()),
        {"audit"},
    ),
    "digit in an output edited": (
        lambda r: change_notebook(
            r, "audit", lambda n: n["cells"][2]["outputs"][0].update(text=["alpha 12\n"])
        ),
        {"audit"},
    ),
    "outputs cleared": (
        lambda r: change_notebook(r, "about", _cell(1, outputs=[], execution_count=None)),
        {"about"},
    ),
    "count out of order": (
        lambda r: change_notebook(r, "audit", _cell(1, execution_count=9)),
        {"audit"},
    ),
    "record removed": (
        lambda r: change_notebook(r, "about", lambda n: n["metadata"].clear()),
        {"about"},
    ),
    "record broken": (
        lambda r: change_notebook(r, "about", lambda n: n["metadata"]["living_review"].pop("inputs")),
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
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_makes_exactly_its_readers_stale(what: str, root: Path) -> None:
    edit, expected = EDITS[what]
    edit(root)
    assert book.stale_names(root) == expected
    result = book.update(root)
    assert {path.stem for path in (*result.done, *result.failed)} == expected
    assert book.stale_names(root) == {path.stem for path in result.failed}


def test_an_edit_taken_back_leaves_nothing_stale(root: Path) -> None:
    path = root / "data/alpha_2001/values.csv"
    old = path.read_bytes()
    path.write_bytes(old + b"3\n")
    assert book.stale_names(root)
    path.write_bytes(old)
    assert book.stale_names(root) == set()


def test_two_edits_of_one_size_in_one_second_are_distinguished(root: Path) -> None:
    """Python's compiled files are identified by size and second of change; a run must not."""
    source = root / "src/smallbook/stats.py"
    for factor in (2, 3):
        source.write_text(source.read_text().replace("FACTOR = 1", f"FACTOR = {factor}"))
        os.utime(source, (1_700_000_000, 1_700_000_000))
        result = update.update(root, only=[root / "notebooks/alpha_2001.ipynb"], say=lambda _: 0)
        assert not result.failed
        source.write_text(source.read_text().replace(f"FACTOR = {factor}", "FACTOR = 1"))
        output = book.contents(root)["alpha_2001"]["cells"][3]["outputs"][0]["text"]
        assert output == [f"{11 * factor} cases\n"]


def test_a_file_that_changes_while_it_is_read_keeps_the_notebook_stale(root: Path) -> None:
    data = root / "data/alpha_2001/values.csv"
    data.write_text("value\n5\n")
    before = (root / "notebooks/alpha_2001.ipynb").read_bytes()

    async def slow(notebook: dict[str, Any], path: Path, top: Path) -> dict[str, Any]:
        seen = await book.run_here(notebook, path, top)
        if path.stem == "alpha_2001":
            data.write_text("value\n6\n")
        return seen

    result = book.update(root, execute=slow)
    assert "values.csv changed while it ran" in result.failed[root / "notebooks/alpha_2001.ipynb"]
    assert (root / "notebooks/alpha_2001.ipynb").read_bytes() == before
    assert "alpha_2001" in book.stale_names(root)


def test_a_notebook_edited_while_it_runs_keeps_the_edit(root: Path) -> None:
    path = root / "notebooks/about.ipynb"
    change_notebook(root, "about", _cell(1, source="print('new')"))

    async def edited(notebook: dict[str, Any], where: Path, top: Path) -> dict[str, Any]:
        seen = await book.run_here(notebook, where, top)
        change_notebook(root, "about", _cell(1, source="print('newer')"))
        return seen

    result = book.update(root, execute=edited)
    assert "edited while it ran" in result.failed[path]
    assert "newer" in path.read_text()
    assert book.stale_names(root) == {"about"}


def test_packages_that_differ_from_the_lock_are_refused(root: Path) -> None:
    write(root, "requirements.txt", "pytest==0.1\nno-such-package-here==1\n")
    with pytest.raises(update.RunError, match=r"pytest is .*, pinned ==0\.1.*not installed"):
        book.update(root)
    assert book.stale_names(root) == ALL


def test_stale_says_what_and_why_and_executes_nothing(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--root", str(root), "stale"]) == 0
    assert capsys.readouterr().out == ""
    append(root, "data/beta_2002/values.csv", "7\n")
    shutil.rmtree(root / "data/alpha_2001")
    before = {p: p.read_bytes() for p in (root / "notebooks").iterdir()}
    assert cli.main(["--root", str(root), "stale"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "notebooks/alpha_2001.ipynb: data/alpha_2001/values.csv is gone; data/alpha_2001/ is gone"
    )
    assert "notebooks/beta_2002.ipynb: data/beta_2002/values.csv changed" in lines
    assert {p: p.read_bytes() for p in (root / "notebooks").iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "text", "message"),
    [
        (["stale"], "not json", "notebooks/about.ipynb: not a Jupyter notebook"),
        (["stale"], "[]", "notebooks/about.ipynb: not a Jupyter notebook"),
        (["update", "nothere"], None, "no notebook 'nothere' in notebooks/: there are about,"),
    ],
)
def test_a_users_mistake_is_a_message(
    arguments: list[str],
    text: str | None,
    message: str,
    root: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if text is not None:
        write(root, "notebooks/about.ipynb", text)
    assert cli.main(["--root", str(root), *arguments]) == 2
    assert message in capsys.readouterr().err
