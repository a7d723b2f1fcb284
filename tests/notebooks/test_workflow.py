"""The Snakemake workflow runs what is stale, on several cores, and gives what one update gives."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import small_book as book

from living_review.build import staleness

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(sys.executable).parent
SNAKEMAKE = shutil.which("snakemake", path=f"{HERE}{os.pathsep}{os.environ.get('PATH', '')}")
pytestmark = pytest.mark.skipif(SNAKEMAKE is None, reason="Snakemake is not installed")


def snakemake(root: Path) -> subprocess.CompletedProcess[str]:
    command = f"{sys.executable} -m living_review.cli"
    return subprocess.run(
        [str(SNAKEMAKE), "--cores", "2", "--nocolor", "--keep-going", "--config", f"command={command}"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "XDG_CACHE_HOME": str(root / "_build")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = book.make(tmp_path / "root", ("alpha_2001",))
    for name in ("audit", "about"):
        (made / "notebooks" / f"{name}.ipynb").unlink()
    shutil.copytree(ROOT / "workflow", made / "workflow")
    return made


def written(root: Path) -> dict[str, int]:
    return {path.stem: path.stat().st_mtime_ns for path in staleness.notebooks(root)}


def test_the_workflow_gives_what_one_update_gives_and_then_follows_each_edit(
    root: Path, tmp_path: Path
) -> None:
    alone = Path(shutil.copytree(root, tmp_path / "alone"))
    assert not book.update(alone).failed
    run = snakemake(root)
    assert run.returncode == 0, run.stderr
    assert staleness.stale(root) == []
    assert book.contents(root) == book.contents(alone)

    before = written(root)
    (root / "data/alpha_2001/values.csv").write_text("value\n7\n")
    assert snakemake(root).returncode == 0
    now = written(root)
    assert {name for name in now if now[name] != before[name]} == {"alpha_2001", "synthesis"}
    assert staleness.stale(root) == []


def test_a_notebook_that_fails_fails_the_workflow_and_stays_stale(root: Path) -> None:
    book.write_notebook(root / "notebooks/since.ipynb", ("1 / 0",))
    run = snakemake(root)
    assert run.returncode != 0
    assert "ZeroDivisionError" in run.stdout + run.stderr
    assert [item.path.stem for item in staleness.stale(root)] == ["since"]
