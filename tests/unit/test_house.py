"""The house: evidence flows one way, and no module imports what stands after it."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "living_review"


def imports(path: Path) -> set[str]:
    """Modules of the package that a file imports when it is itself imported (not inside functions)."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("living_review"):
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {a.name for a in node.names}
    return found


def graph(package: Path) -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {}
    for path in package.rglob("*.py"):
        name = path.relative_to(package).parts[0].removesuffix(".py")
        edges.setdefault(name, set()).update(imports(path) - {name})
    return edges


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Return the modules that cannot be put in an order in which each imports only earlier ones."""
    left = {k: v & edges.keys() for k, v in edges.items()}
    while free := [k for k, v in left.items() if not v & left.keys()]:
        for name in free:
            del left[name]
    return sorted(left)


# Modules that know how things look or run; nothing that computes may import them.
OUTSIDE = {
    "page",
    "rooms",
    "tables",
    "style",
    "figures",
    "facts",
    "site",
    "rendering",
    "execution",
    "cli",
}
COMPUTE = {"evidence", "references", "dates", "proportions", "survival", "lesions", "courses", "later"}
COMPUTE |= {"bounds", "pairing", "agreement", "audit", "validation"}


def test_modules_can_be_put_in_one_order():
    assert circle(graph(PACKAGE)) == []


def test_a_circle_is_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["a", "b", "c"]


def test_what_computes_does_not_import_what_shows():
    edges = graph(PACKAGE)
    assert edges.keys() >= COMPUTE
    assert {k: v & OUTSIDE for k, v in edges.items() if k in COMPUTE and v & OUTSIDE} == {}


def test_there_is_no_utils_and_every_module_says_what_it_is_for():
    for path in PACKAGE.rglob("*.py"):
        assert path.stem not in ("utils", "helpers", "common", "misc"), path
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path
