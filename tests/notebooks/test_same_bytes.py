"""Each notebook, run again elsewhere, gives the same bytes: another folder, hash seed, time zone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import small_book as book

from living_review.build import staleness, update

ROOT = Path(__file__).resolve().parents[2]
READ = ["src", "book", "data", "_config.yml", "_toc.yml", "requirements.txt", "pyproject.toml"]
READ += ["README.md", "CITATION.cff", "CHANGELOG.md", "LICENSE", "LICENSE-DATA"]
pytestmark = pytest.mark.slow


def run_again(root: Path, to: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run every notebook of a book in a copy, and return the names of those that differ."""
    to.mkdir(parents=True)
    for name in [*READ, "notebooks"]:
        if (root / name).is_dir():
            shutil.copytree(root / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (root / name).exists():
            shutil.copy(root / name, to / name)
    monkeypatch.setenv("PYTHONHASHSEED", "20")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    # Fresh kernels: those of nbval are forked, and both are held against the stored outputs.
    result = update.update(to, force=True, say=lambda _: None, forked=False)
    assert result.failed == {}
    return [
        path.stem
        for path in staleness.notebooks(root)
        if path.read_bytes() != (to / "notebooks" / path.name).read_bytes()
    ]


PLANTED = {
    "order_of_a_set": "print(list({'alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'}))",
    "clock": "import time\nprint(time.perf_counter_ns())",
    "zone": "import time\nprint(time.localtime(0).tm_hour)",
    "process": "import os\nprint(os.getpid())",
    "chance": "import random\nprint(random.random())",
    "folder": "from pathlib import Path\nprint(len(str(Path.cwd())))",
}


def test_what_is_not_the_same_twice_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = book.make(tmp_path / "one")
    for path in (root / "notebooks").iterdir():
        path.unlink()
    for name, source in {**PLANTED, "sound": "print(sorted({'b', 'a'}))"}.items():
        book.write_notebook(root / "notebooks" / f"{name}.ipynb", (source,))
    monkeypatch.setenv("PYTHONHASHSEED", "10")
    monkeypatch.setenv("TZ", "UTC")
    assert update.update(root, say=lambda _: None).failed == {}
    assert run_again(root, tmp_path / "another-place" / "two", monkeypatch) == sorted(PLANTED)


def test_every_notebook_of_the_book_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_again(ROOT, tmp_path / "copy", monkeypatch) == []
