"""What a person may have written is read by guarded readers alone; oracle: the syntax tree."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from living_review import validation

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "living_review"
UNGUARDED = {"read_text", "open"}  # the bytes of any file can be digested


def unguarded(source: str) -> list[str]:
    """Return the reads of a module that do not go through ``living_review.files``."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    names = []
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id == "open":
            names.append("open")
        elif isinstance(call.func, ast.Attribute) and call.func.attr in UNGUARDED:
            of = call.func.value
            if not (isinstance(of, ast.Name) and of.id == "files"):
                names.append(call.func.attr)
    return names


def test_checks_read_with_guarded_readers_alone() -> None:
    found = {}
    for path in sorted((PACKAGE / "validation").rglob("*.py")):
        if reads := unguarded(path.read_text(encoding="utf-8")):
            found[path.relative_to(PACKAGE).as_posix()] = reads
    assert found == {}


def test_an_unguarded_read_is_found() -> None:
    assert unguarded("text = path.read_text(encoding='utf-8')") == ["read_text"]
    assert unguarded("with open(path) as f: pass") == ["open"]
    assert unguarded("text = files.read_text(path)") == []


@pytest.mark.parametrize("name", ["book/references.bib", "book/chapters/hua_2014.md"])
def test_a_file_that_is_not_utf8_is_an_issue(name: str, tmp_path: Path) -> None:
    for part in ("data", "book"):
        shutil.copytree(ROOT / part, tmp_path / part)
    path = tmp_path / name
    path.write_bytes(b"\xff" + path.read_bytes())
    found = [issue for issue in validation.check_all(tmp_path) if issue.file == name]
    assert [issue for issue in found if "UTF-8" in f"{issue.found} {issue.expected}"], found
