"""CONTRIBUTING: what its table *Where do I change …* names is there; every tool has a target."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (?P<what>[^|]+) \| `(?P<file>[^`|]+)` \| (?:`(?P<name>\w+)` )?\|$", re.MULTILINE)
FEWEST = 25


def table(text: str) -> list[dict[str, str | None]]:
    """Return the rows of the table: what is changed, in which file, under which name."""
    part = text.partition("## Where do I change")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")][1:]
    found = [m.groupdict() for m in ROW.finditer(part)]
    assert len(found) == len(lines), "a row is not | what | `file` | `name` |"
    return found


def wrong(row: dict[str, str | None], root: Path = ROOT) -> str:
    """Return what is wrong with a row; nothing if file and name are there."""
    path = root / str(row["file"])
    if not path.is_file():
        return f"no file {row['file']}"
    name, text = row["name"], path.read_text(encoding="utf-8")
    if name is None:
        return ""
    if path.suffix == ".py":
        defined = {
            n.name for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.ClassDef)
        }
        defined |= set(re.findall(r"^([A-Z_]+)\b[^=\n]*=", text, re.MULTILINE))
        return "" if name in defined else f"no {name} in {row['file']}"
    return "" if re.search(rf"\b{name}\b", text) else f"no {name} in {row['file']}"


def test_every_file_and_name_is_there() -> None:
    rows = table((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert len(rows) >= FEWEST
    assert len({row["what"] for row in rows}) == len(rows)
    assert [found for found in map(wrong, rows) if found] == []


def test_a_file_or_name_that_is_gone_is_named() -> None:
    assert wrong({"file": "src/living_review/rooms.py", "name": None}) == (
        "no file src/living_review/rooms.py"
    )
    own = {"file": "src/living_review/stats/units.py", "name": "WEEKS"}
    assert wrong(own) == "no WEEKS in src/living_review/stats/units.py"
    assert wrong({**own, "name": "DAYS_IN"}) == ""


def test_every_package_of_the_source_is_described() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    part = text.partition("## What may import what")[2].partition("\n## ")[0]
    packages = {p.parent.name for p in ROOT.glob("src/living_review/*/__init__.py")}
    assert {name for name in packages if f"`{name}`" not in part} == set()


def test_every_tool_and_benchmark_has_a_target_or_is_imported_by_one() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    scripts = [*ROOT.glob("tools/*.py"), *ROOT.glob("benchmarks/*.py")]
    called = {p for p in scripts if f"{p.parent.name}/{p.name}" in makefile}
    programs = {p for p in scripts if "__main__" in p.read_text(encoding="utf-8")}
    assert sorted(p.name for p in programs - called) == []


def test_benchmarks_and_tools_import_nothing_from_tests() -> None:
    helpers = {p.stem for p in ROOT.glob("tests/**/*.py")}
    for path in (*ROOT.glob("tools/*.py"), *ROOT.glob("benchmarks/*.py")):
        text = path.read_text(encoding="utf-8")
        nodes = list(ast.walk(ast.parse(text)))
        imported = {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
        imported |= {str(n.module) for n in nodes if isinstance(n, ast.ImportFrom)}
        assert imported & helpers == set(), path.name
        assert '"tests" / ' not in text.replace('ROOT / "tests" / "reference"', ""), path.name
