"""The workflows: pinned, with no more rights than they need, each job a target that runs anywhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
NAMES = ["check", "fresh", "publish", "watch"]
# What may write, and what for.
WRITES = {("publish", "publish"): {"contents"}, ("watch", "tell"): {"contents", "issues"}}


def workflow(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))


def steps(name: str) -> list[tuple[str, dict[str, Any]]]:
    return [(job, s) for job, about in workflow(name)["jobs"].items() for s in about["steps"]]


def zizmor(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("zizmor")
    command = [program, "--offline", "--no-progress", "--persona", "auditor", folder]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_there_are_these_four() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == NAMES


def test_the_linter_finds_nothing() -> None:
    result = zizmor(FOLDER)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (r"@[0-9a-f]{40} # v[\d.]+", "@v4", "unpinned-uses"),
        (r"permissions: \{\}", "permissions: write-all", "excessive-permissions"),
        (r"run: make lint", "run: echo ${{ github.event.pull_request.title }}", "template-injection"),
        (r"persist-credentials: false", "fetch-depth: 1", "artipacked"),
    ],
)
def test_the_linter_finds_what_is_planted(tmp_path: Path, old: str, new: str, found: str) -> None:
    text, number = re.subn(old, new, (FOLDER / "check.yml").read_text(encoding="utf-8"))
    assert number
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "check.yml").write_text(text, encoding="utf-8")
    result = zizmor(tmp_path / ".github" / "workflows")
    assert result.returncode != 0
    assert found in result.stdout


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_pinned_by_its_digest_and_says_its_version(name: str) -> None:
    text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (.+)", text)
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_one_action_has_one_digest_everywhere() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in FOLDER.iterdir())
    pinned = re.findall(r"uses: (\S+)@([0-9a-f]{40})", texts)
    assert len(set(pinned)) == len({name for name, _ in pinned})


@pytest.mark.parametrize("name", NAMES)
def test_no_job_may_do_more_than_it_needs(name: str) -> None:
    about = workflow(name)
    assert about["permissions"] == {}
    for job, what in about["jobs"].items():
        rights = what["permissions"]
        writes = {right for right, level in rights.items() if level != "read"}
        assert writes == WRITES.get((name, job), set()), job
        assert "timeout-minutes" in what


@pytest.mark.parametrize("name", NAMES)
def test_each_job_is_a_target_of_make(name: str) -> None:
    targets = set(
        re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    called: dict[str, set[str]] = {}
    for job, step in steps(name):
        called.setdefault(job, set()).update(re.findall(r"make ([a-z]+)", step.get("run", "")))
    assert all(called.values()), called
    assert set().union(*called.values()) <= targets


def test_the_search_and_the_resolve_come_each_month() -> None:
    for name in ("watch", "fresh"):
        (when,) = workflow(name)[True]["schedule"]  # YAML 1.1 reads the key `on` as true
        assert re.fullmatch(r"\d+ \d+ \d+ \* \*", when["cron"])


def test_the_issue_is_opened_whatever_became_of_the_search() -> None:
    assert workflow("watch")["jobs"]["tell"]["if"] == "always()"
    last = steps("watch")[-1][1]["run"]
    assert last.count("gh issue create") == 1
    assert not re.search(r"^\s*(if|then).*gh issue", last, re.MULTILINE)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_what_they_run_is_valid_shell(name: str) -> None:
    for _, step in steps(name):
        if "run" in step:
            subprocess.run(["bash", "-n", "-c", step["run"]], check=True)
