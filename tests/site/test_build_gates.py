"""The build itself: every fault that the builder can see fails it, each planted once."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from living_review import execution, freshness, rendering

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
    (root / "book" / "index.md").write_text("# Book\n\n## Part\n\n[Here](index.md#part)\n")
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
    result = subprocess.run(
        ["jupyter-book", *rendering.COMMAND] if False else _command(),
        cwd=root,
        capture_output=True,
        text=True,
    )
    lines = re.sub(r"\x1b\[[0-9;]*m", "", result.stderr).splitlines()
    return result.returncode, {
        what: "\n".join(line for line in lines if f"book/{name}.md" in line)
        for what, name in names.items()
    }


def _command() -> list[str]:
    import sys

    return [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"] + list(
        rendering.COMMAND
    )
