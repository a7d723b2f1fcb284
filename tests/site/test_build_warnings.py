"""The build itself: every error that the builder can see fails it, each planted once."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from living_review.build import render, staleness
from living_review.build import update as build_update

ROOT = Path(__file__).resolve().parents[2]

# What is planted on a page of its own, and what the builder must say of it.
PLANTED = {
    "warning": ("{no-such-role}`x`", 'Unknown interpreted text role "no-such-role"'),
    "heading": ("#### Skipped two levels", "Non-consecutive header level increase"),
    "link to no page": ("[x](gone.md)", "cross-reference target not found: 'gone.md'"),
    "link to no place": ("[x](index.md#nowhere)", "nowhere"),
    "citation": ("{cite}`nobody_1999`", "could not find bibtex key"),
    "fact": ("There are {{ no_such_fact }}.", "'no_such_fact' is undefined"),
    "picture": ("![A picture](gone.svg)", "image file not readable"),
}


def write(root: Path, pages: dict[str, str]) -> None:
    (root / "book").mkdir(exist_ok=True)
    (root / "book" / "index.md").write_text("# Book\n\n## Part\n\n[Here](index.md)\n")
    for name, text in pages.items():
        (root / "book" / f"{name}.md").write_text(f"# Page\n\n{text}\n")
    chapters = "".join(f"  - file: book/{name}\n" for name in pages)
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\n" + (f"chapters:\n{chapters}" if pages else "")
    )
    (root / "_config.yml").write_text(
        "title: Book\nonly_build_toc_files: true\nexecute:\n  execute_notebooks: 'off'\n"
        "bibtex_bibfiles: [book/references.bib]\n"
        "parse:\n  myst_enable_extensions: [substitution]\n"
    )
    (root / "book" / "references.bib").write_text("@misc{some_2000, title={T}, year={2000}}\n")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, str]]:
    """Build all planted pages at once; return the exit code and what was said of each page."""
    root = tmp_path_factory.mktemp("planted")
    names = {what: what.replace(" ", "-") for what in PLANTED}
    write(root, {names[what]: text for what, (text, _) in PLANTED.items()})
    result = subprocess.run(render.program(), cwd=root, capture_output=True, text=True, check=False)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", result.stderr).splitlines()
    return result.returncode, {
        what: "\n".join(line for line in lines if f"book/{name}.md" in line)
        for what, name in names.items()
    }


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_issue_fails_the_build_and_is_named(
    what: str, said: tuple[int, dict[str, str]]
) -> None:
    code, words = said
    assert code != 0
    assert PLANTED[what][1] in words[what]


def test_a_sound_book_is_built(tmp_path: Path) -> None:
    write(tmp_path, {})
    render.build(tmp_path)
    assert (render.workshop(tmp_path) / "html" / "book" / "index.html").is_file()


def test_a_raising_cell_cannot_reach_the_site(tmp_path: Path) -> None:
    """The builder alone would publish it with success; here nothing executes while building."""
    write(tmp_path, {})
    (tmp_path / "notebooks").mkdir()
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "source": "1 / 0", "outputs": []}
    notebook = {
        "cells": [cell | {"execution_count": None}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = tmp_path / "notebooks" / "raises.ipynb"
    path.write_text(json.dumps(notebook))
    result = build_update.update(tmp_path, say=lambda _: None)
    assert "ZeroDivisionError" in result.failed[path]
    assert [item.path for item in staleness.stale(tmp_path)] == [path]


def test_the_book_is_built_by_the_commands_that_are_tested_here() -> None:
    """``make book`` stops at a notebook that failed, and renders with warnings as errors."""
    recipe = (ROOT / "Makefile").read_text()
    book = re.search(r"^book:(.*)\n((?:\t.*\n)+)", recipe, re.MULTILINE)
    assert book is not None
    assert "update" in book[1].split("##")[0].split()
    assert "living-review render" in book[2]
    update = re.search(r"^update:.*\n((?:\t.*\n)+)", recipe, re.MULTILINE)
    assert update is not None
    assert "living-review update" in update[1]
    assert not re.search(r"^\t@?-", update[0] + book[0], re.MULTILINE), "no error is ignored"
    assert {"-W", "-n", "--keep-going"} <= set(render.COMMAND)
    config = (ROOT / "_config.yml").read_text()
    assert re.search(r'execute_notebooks: "?off"?', config)
    assert "only_build_toc_files: true" in config
    assert re.search(r"suppress_warnings: \[\]", config) or "suppress_warnings" not in config
