"""What several test folders share: the built site."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import chromium
import pytest

from living_review import evidence

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the book from the committed notebooks, warnings as errors, and finish it: once a session.

    The workers of a session share it, so that no test may write into it. ``LIVING_REVIEW_SITE`` names
    a finished site to look at instead of building one.
    """
    if ready := os.environ.get("LIVING_REVIEW_SITE"):
        return Path(ready).resolve()
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "site"
    shared.mkdir(exist_ok=True)
    told, out = shared / "told", shared / "book"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes second waits for the site, or for its fault
        if not told.exists():
            told.write_text(build_site(out), encoding="utf-8")
    if fault := told.read_text(encoding="utf-8"):
        pytest.fail(fault)
    return out / "_build" / "html"


def build_site(out: Path) -> str:
    """Build and finish the book of this project in a folder; return why that failed, or nothing."""
    run = subprocess.run(
        [
            *(Path(sys.executable).with_name("jupyter-book"), "build", ROOT, "--path-output", out),
            *("-W", "-n", "--keep-going", "--quiet"),
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if run.returncode != 0:
        return f"the book does not build:\n{run.stdout}\n{run.stderr}"
    from living_review.build import postprocess as finishing

    folder = out / "_build" / "html"
    try:
        finishing.postprocess(folder, more=finishing.extras(ROOT, out / "extras"))
    except finishing.SiteError as fault:
        return str(fault)
    return ""


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
