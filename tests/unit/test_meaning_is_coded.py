"""No code selects rows by words of free text: what counts is in a coded column."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FREE = {"locator", "note", "qualifier", "definition", "design"}
READING = {"contains", "startswith", "endswith", "match", "fullmatch", "extract", "search", "findall"}
QUERY = re.compile(rf"\b(?:{'|'.join(FREE)})\.str\.|['\"] in (?:{'|'.join(FREE)})\b")
# Modules whose work is the words themselves: locators are parsed here, input is checked here.
OF_WORDS = ("evidence/locator.py", "validation/")


def _names(node: ast.AST) -> set[str]:
    """Return the free columns that an expression is made of; a list of columns is not among them."""
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name | ast.Attribute):
            found.add(part.id if isinstance(part, ast.Name) else part.attr)
        elif isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Constant):
            found.add(part.slice.value)
        elif isinstance(part, ast.Call) and ast.unparse(part.func).endswith(".get"):
            found |= {a.value for a in part.args if isinstance(a, ast.Constant)}
    return found & FREE


def selections(source: str) -> Iterator[int]:
    """Yield the lines on which words of a free column are searched."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            read = node.func.attr in READING and (node.func.value, *node.args)
            if read and any(_names(part) for part in read):
                yield node.lineno
            if node.func.attr == "query" and any(QUERY.search(ast.unparse(a)) for a in node.args):
                yield node.lineno
        elif isinstance(node, ast.Compare) and any(isinstance(o, ast.In | ast.NotIn) for o in node.ops):
            words = isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
            looked_for = words or isinstance(node.left, ast.JoinedStr)
            yield from [node.lineno] * (looked_for and any(map(_names, node.comparators)))


def sources() -> Iterator[tuple[str, str]]:
    """Yield the modules and the code cells of the notebooks, each with its name."""
    package = ROOT / "src/living_review"
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix()
        if not name.startswith(OF_WORDS):
            yield name, path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                yield f"{path.name}, {cell['id']}", "".join(cell["source"])


@pytest.mark.parametrize(
    "planted",
    [
        'rows[rows["locator"].str.startswith("Table III")]',
        'rows["qualifier"].str.contains("before sirolimus", regex=False)',
        'early = f"before {drug}" in row["note"].lower()',
        "found = 'pause' not in row.note",
        'found = "pause" in row.get("note", "")',
        're.search("randomi[sz]ed", study["design"])',
        'locator.startswith(("Abstract", "Title"))',
        "rows.query(\"definition.str.contains('pain')\")",
    ],
)
def test_a_planted_search_for_words_is_found(planted: str) -> None:
    assert list(selections(planted)) == [1]


@pytest.mark.parametrize(
    "coded",
    [
        'rows[rows["part_of"] == "table_3"]',
        'rows[rows["timing"] == "baseline"]',
        'page.table("words", rows, "subject printed locator note")',
        'columns = {k: row[k] for k in ("printed", "locator")}',
        'if "locator" in row: places.append(row["locator"])',
        'row["design"] in DESIGNS',
    ],
)
def test_a_coded_column_is_no_search(coded: str) -> None:
    assert list(selections(coded)) == []


def test_no_module_and_no_notebook_selects_by_words_of_free_text() -> None:
    found = {name: lines for name, source in sources() if (lines := list(selections(source)))}
    assert found == {}
