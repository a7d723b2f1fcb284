"""Docstrings: what a public function takes and gives is written; its examples give what is printed."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

import living_review

PACKAGE = Path(living_review.__file__).parent
MODULES = sorted(m.name for m in pkgutil.walk_packages([str(PACKAGE)], "living_review."))
FEW = 2  # a function of one parameter says what it takes in its first line


def functions(body: list[ast.stmt], of: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield public functions and methods with their names."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from functions(node.body, f"{of}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_":
            yield f"{of}{node.name}", node


def lacking(source: str) -> list[str]:
    """Return the functions with several parameters that lack a section, and which one."""
    found = []
    for name, node in functions(ast.parse(source).body):
        a = node.args
        names = [x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg) if x]
        if len([n for n in names if n not in ("self", "cls")]) < FEW:
            continue
        doc = ast.get_docstring(node) or ""
        gives = node.returns is not None and ast.unparse(node.returns) != "None"
        if "Parameters\n---" not in doc:
            found.append(f"{name}: Parameters")
        if gives and not any(f"{s}\n---" in doc for s in ("Returns", "Yields")):
            found.append(f"{name}: Returns")
    return found


def test_every_public_function_says_what_it_takes_and_gives() -> None:
    found = {
        p.relative_to(PACKAGE).as_posix(): lacking(p.read_text(encoding="utf-8"))
        for p in sorted(PACKAGE.rglob("*.py"))
        if PACKAGE / "starter" / "project" not in p.parents  # files that a new review is given
    }
    assert {name: those for name, those in found.items() if those} == {}


def test_a_section_that_is_missing_is_named() -> None:
    planted = '''
    class Shown:
        def one(self, a: int) -> int:
            """Return it."""
        def two(self, a: int, b: int) -> int:
            """Return both."""
        def done(self, a: int, b: int) -> None:
            """Take both.

            Parameters
            ----------
            a, b : int
            """
    def _own(a: int, b: int) -> int: ...
    '''
    assert lacking(textwrap.dedent(planted)) == ["Shown.two: Parameters", "Shown.two: Returns"]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_come_out_as_printed(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
