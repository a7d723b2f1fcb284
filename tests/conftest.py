"""What several test folders share: the built site."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import chromium
import pytest

from living_review import evidence

ROOT = Path(__file__).resolve().parents[1]


# What the book is made from.
READ = ["src", "book", "data", "notebooks", "_config.yml", "_toc.yml", "requirements.txt"]
READ += ["pyproject.toml", "README.md", "CITATION.cff", "CHANGELOG.md", "LICENSE", "LICENSE-DATA"]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the book in a copy of the project, warnings as errors: once for all workers of a session.

    Only one test may change the copy, that of a later study: it goes on from a site that was built.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "built"
    shared.mkdir(exist_ok=True)
    told = shared / "told"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes second waits for the site, or for its fault
        if not told.exists():
            told.write_text(build(shared / "book", shared / "site"), encoding="utf-8")
    if fault := told.read_text(encoding="utf-8"):
        pytest.fail(fault)
    return shared / "book"


def build(root: Path, site: Path) -> str:
    """Copy the project and build its site, of which a second copy is made; return why that failed."""
    for name in READ:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, root / name)
    command = [sys.executable, "-m", "living_review.cli", "--root", root, "render", "--allow-stale"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        return f"the book does not build:\n{run.stdout}\n{run.stderr}"
    shutil.copytree(root / "_build" / "html", site)
    return ""


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Path:
    """Return the finished site of the committed notebooks; no test may write into it.

    ``LIVING_REVIEW_SITE`` names a finished site to look at instead of building one.
    """
    if ready := os.environ.get("LIVING_REVIEW_SITE"):
        return Path(ready).resolve()
    return request.getfixturevalue("built").with_name("site")


# The sources that were looked up by hand for what the tests expect: one that is added changes nothing.
LOOKED_UP = ["benson_2014", "carolino_2025", "hua_2014", "nadal_2016", "nathan_2015"]


@pytest.fixture(scope="session")
def looked_up() -> evidence.Review:
    """Return the review with no sources but those that were looked up by hand."""
    review = evidence.load(ROOT)
    review.study_ids = LOOKED_UP
    return review


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what runs on request, and what needs a browser where there is none."""
    if "on_request" not in config.option.markexpr:
        left = [item for item in items if item.get_closest_marker("on_request")]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
    if not chromium.left_out():
        return
    without = [item for item in items if "browser" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if item not in without]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """State what was left out, once."""
    if chromium.left_out():
        terminalreporter.write_line(f"LEFT OUT: {chromium.MISSING}", yellow=True)
