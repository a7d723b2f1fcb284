"""The package is self-contained: a wheel in an empty environment makes a review that builds and passes.

What the package depends on comes from the environment of the tests, so that no network is needed; the
package itself, with all that it brings along, comes from the wheel alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("src", "book", "data", ".github", "setup.py", "pyproject.toml", "README.md")
pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path, ok: bool = True) -> str:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert (done.returncode == 0) is ok, said
    return said


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in (*SOURCES, "LICENSE", "LICENSE-DATA"):
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, source / name, ignore=ignored)
        else:
            shutil.copy(place, source)
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    run(*pip, "--wheel-dir", target, source, cwd=target)
    (made,) = target.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def empty(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs of an environment with the wheel, and with what it depends on."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", wheel, cwd=folder)
    (site,) = folder.glob("lib/python*/site-packages")
    # A folder that is named here is searched last, and its own .pth files, among them that of the
    # working copy, are not followed.
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def test_the_wheel_holds_what_a_review_needs_and_no_answer_about_a_study(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        asked = archive.read("living_review/engine/data/review/appraisal.csv").decode()
    for name in (
        "engine/book/_ext/site_pages.py",
        "engine/book/_static/living-review.css",
        "engine/book/_templates/layout.html",
        "engine/data/schema/outcomes.json",
        "starter/project/tests/test_review.py",
        "starter/project/.github/workflows/check.yml",
        "starter/example/outcomes.csv",
    ):
        assert f"living_review/{name}" in names
    assert not any(name.endswith("study.yaml") and "/engine/" in name for name in names)
    assert "jbi_case_series" in asked
    assert not re.search(r"^\w", asked.split("\n", 1)[1], re.MULTILINE)


def test_a_review_made_with_the_wheel_alone_builds_and_passes_its_tests(empty, tmp_path):
    where = run(empty / "python", "-c", "import living_review; print(living_review)", cwd=tmp_path)
    assert str(empty.parent) in where
    assert "inside the project" in run(empty / "living-review", "check", cwd=tmp_path, ok=False)
    run(empty / "living-review", "init", "review", "--title", "Examplin", cwd=tmp_path)
    project = tmp_path / "review"
    # The environment that `make install` makes is here already.
    (project / ".venv").symlink_to(empty.parent)
    (project / ".venv" / ".made").touch()
    assert "index.html" in run("make", "book", cwd=project)
    assert (project / "_build/html/_static/living-review.css").is_file()
    assert " passed" in run("make", "test", cwd=project)
    assert "to_write" in run("make", "publishable", cwd=project, ok=False)
    assert "asks for nothing" in run("make", "upgrade", cwd=project)
