"""What may import what (``[tool.importlinter]`` in pyproject.toml): kept, and seen to be broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLANTED = {  # a module, what it must not import, and the contract that says so
    "evidence/model.py": ("living_review.report", "Evidence flows one way"),
    "extraction/matching.py": ("living_review.validation", "Evidence flows one way"),
    "living/store.py": ("living_review.build", "Evidence flows one way"),
    "synthesis/drug.py": ("markupsafe", "What computes knows no looks"),
    "build/page.py": ("living_review.evidence", "The build knows no evidence"),
    "bounds/rounding.py": (
        "living_review.stats",
        "Bounds, the tracer and the template of kernels import nothing of ours",
    ),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package and of the contracts."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "src/living_review",
        tmp_path / "src/living_review",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return tmp_path


def lint(root: Path) -> tuple[int, str]:
    """Hold the contracts against the copy; return the exit code and what is said."""
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout


def broken(said: str) -> list[str]:
    return [line.removesuffix(" BROKEN") for line in said.splitlines() if line.endswith(" BROKEN")]


def test_the_package_keeps_its_contracts(copy: Path) -> None:
    code, said = lint(copy)
    assert (code, broken(said)) == (0, []), said


def test_each_planted_import_breaks_its_contract(copy: Path) -> None:
    for module, (imported, _) in PLANTED.items():
        path = copy / "src/living_review" / module
        path.write_text(f"{path.read_text('utf-8')}\nimport {imported}\n", encoding="utf-8")
    code, said = lint(copy)
    assert code == 1
    for module, (imported, contract) in PLANTED.items():
        name = "living_review." + module.removesuffix(".py").replace("/", ".")
        assert any(line.startswith(contract) for line in broken(said)), contract
        assert f"{name} -> {imported} (" in said
