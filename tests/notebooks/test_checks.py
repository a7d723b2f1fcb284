"""The gates of notebooks: each on a planted issue, then all on the book's own notebooks."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from living_review.build import checks, staleness

ROOT = Path(__file__).resolve().parents[2]
BOOK = staleness.notebooks(ROOT)

FIGURE = (
    '<figure class="lr-figure" id="NAME"><svg role="img" aria-labelledby="NAME-title NAME-desc">'
    '<title id="NAME-title">Name</title><desc id="NAME-desc">Seven of nine patients NAME were '
    'better after a year</desc><path d="M 1 2 L 3 4"/></svg>'
    "<figcaption>Each dot of NAME is a patient; the line is the median.</figcaption></figure>"
)
TABLE = "<table><caption>Results</caption><tr><td>7</td></tr></table>"


def figure(name: str = "response") -> str:
    return FIGURE.replace("NAME", name)


def shown(text: str, mime: str = "text/html") -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {mime: text}}


def code(number: int, source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"c{number}",
        "execution_count": number,
        "metadata": {"tags": ["hide-input"]} if outputs else {},
        "source": source,
        "outputs": list(outputs),
    }


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {
        "cells": list(cells),
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


GOOD = notebook(
    code(1, "x = 1"),
    code(2, f"from IPython.display import HTML, display\ndisplay(HTML({TABLE!r}))", shown(TABLE)),
    code(3, f"from IPython.display import HTML, display\ndisplay(HTML({figure()!r}))",
         shown(figure())),
)  # fmt: skip


def _set(number: int, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda nb: nb["cells"][number].update(values)


def _replace(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    def change(nb: dict[str, Any]) -> None:
        data = nb["cells"][2]["outputs"][0]["data"]
        assert old in data["text/html"]
        data["text/html"] = data["text/html"].replace(old, new)

    return change


def _add(output: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda nb: nb["cells"][1]["outputs"].append(output)


def _stream(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


PLANTED: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "cleared notebook": (_set(1, outputs=[], execution_count=None), "not run or was cleared"),
    "cleared output": (_set(1, outputs=[]), "hides its code and shows nothing"),
    "counts out of order": (_set(1, execution_count=3), "ran out of order: 3, expected 2"),
    "counts from an old session": (_set(0, execution_count=14), "ran out of order: 14, expected 1"),
    "stored error": (
        _add({"output_type": "error", "ename": "KeyError", "evalue": "x", "traceback": []}),
        "raised KeyError",
    ),
    "stored warning": (_add(_stream("stderr", "UserWarning: x")), "error stream"),
    "path": (_add(_stream("stdout", "/home/someone/data.csv")), "a path of this machine"),
    "own path": (_add(_stream("stdout", f"{ROOT}/data")), "the project's own path"),
    "time stamp": (_add(_stream("stdout", "made 2026-01-02 10:11:12")), "a time stamp"),
    "clock": (_add(_stream("stdout", "Mon Jan  2 10:11:12 2026")), "a time stamp"),
    "memory address": (_add(_stream("stdout", "<X at 0x7f0123456789>")), "a memory address"),
    "path inside a download": (
        _add(shown('<a href="data:text/csv;base64,YSwvaG9tZS9tZS94">CSV</a>')),
        "/home/me",
    ),
    "png": (_add(shown("iVBORw0KGgo=", "image/png")), "a bare picture (image/png)"),
    "svg output": (_add(shown("<svg/>", "image/svg+xml")), "a bare picture (image/svg+xml)"),
    "two figures in a cell": (
        lambda nb: nb["cells"][2]["outputs"].append(shown(figure("other"))),
        "2 figures in one cell",
    ),
    "two drawings in a figure": (
        _replace("</svg>", '</svg><svg role="img"></svg>'),
        "2 drawings, expected one",
    ),
    "no role": (_replace(' role="img"', ""), 'no role="img"'),
    "no alternative text": (
        _replace(' aria-labelledby="response-title response-desc"', ""),
        "its alternative text is not there",
    ),
    "alternative text of another figure": (
        _replace('aria-labelledby="response-title response-desc"', 'aria-labelledby="other-desc"'),
        "its alternative text is not there",
    ),
    "file name as alternative text": (
        _replace("Seven of nine patients response were better after a year", "_images/ab12.svg"),
        "is a file name",
    ),
    "empty words as alternative text": (
        _replace("Seven of nine patients response were better after a year", "A figure"),
        "its alternative text says too little",
    ),
    "no caption": (
        lambda nb: nb["cells"][2]["outputs"][0]["data"].update(
            {"text/html": re.sub("<figcaption>.*</figcaption>", "", figure())}
        ),
        "its caption says too little",
    ),
    "no id": (_replace('id="response"', ""), "no id"),
}


def test_the_sound_notebook_has_no_issue() -> None:
    assert checks.notebook_issues(GOOD, ROOT) == []


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_issue_is_named(what: str) -> None:
    plant, message = PLANTED[what]
    broken = copy.deepcopy(GOOD)
    plant(broken)
    assert any(message in issue for issue in checks.notebook_issues(broken, ROOT))


def test_a_host_name_in_an_output_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.socket, "gethostname", lambda: "buildbox-17")
    checks._machine_names.cache_clear()
    named = checks.output_issues([_stream("stdout", "on buildbox-17")], ROOT)
    assert named == ["the name of this machine is in the output: buildbox-17"]
    assert checks.output_issues([_stream("stdout", "on buildbox-170")], ROOT) == []
    checks._machine_names.cache_clear()


@pytest.mark.parametrize("same", ["id", "alternative text", "caption"])
def test_two_figures_of_the_book_that_share_a_text_are_named(same: str, tmp_path: Path) -> None:
    one, two = figure("one"), figure("two")
    if same == "id":
        two = two.replace('id="two"', 'id="one"')
    elif same == "alternative text":
        two = two.replace("patients two", "patients one")
    else:
        two = two.replace("dot of two", "dot of one")
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name, text in (("a", one), ("b", two)):
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook(code(1, "x", shown(text)))))
    issues = checks.book_figure_issues(tmp_path)
    assert len(issues) == 1
    assert issues[0].startswith(f"the same {same} in a one and b ")


# --- nbval: what it compares, seen to fail. -----------------------------------------------------


def run_nbval(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *[sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
            *["--rootdir", str(folder), "--nbval", "--nbval-current-env", str(folder)],
        ],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )


def test_nbval_compares_the_text_html_of_tables_and_figures(tmp_path: Path) -> None:
    broken = {
        "good": GOOD,
        "digit_in_a_table": copy.deepcopy(GOOD),
        "path_in_an_svg": copy.deepcopy(GOOD),
        "raising": copy.deepcopy(GOOD),
    }
    broken["digit_in_a_table"]["cells"][1]["outputs"] = [shown(TABLE.replace("7", "8"))]
    broken["path_in_an_svg"]["cells"][2]["outputs"] = [shown(figure().replace("M 1 2", "M 1 3"))]
    broken["raising"]["cells"][0]["source"] = "1 / 0"
    for name, content in broken.items():
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(with_plain(content)))
    result = run_nbval(tmp_path)
    failed = set(re.findall(r"FAILED (\S+)::(Cell \d)", result.stdout)) or set(
        re.findall(r"^(\S+\.ipynb)::(Cell \d)", result.stdout, re.MULTILINE)
    )
    assert result.returncode == 1, result.stdout
    assert ("digit_in_a_table.ipynb", "Cell 1") in failed, result.stdout
    assert ("path_in_an_svg.ipynb", "Cell 2") in failed
    assert ("raising.ipynb", "Cell 0") in failed
    assert not [name for name, _ in failed if name == "good.ipynb"]


def with_plain(content: dict[str, Any]) -> dict[str, Any]:
    """Add the plain text that IPython puts beside HTML."""
    content = copy.deepcopy(content)
    for cell in content["cells"]:
        for output in cell["outputs"]:
            output["data"]["text/plain"] = "<IPython.core.display.HTML object>"
    return content


# --- The book. ---------------------------------------------------------------------------------


def test_the_book_has_notebooks() -> None:
    assert len(BOOK) >= 5


@pytest.mark.parametrize("path", BOOK, ids=lambda path: path.stem)
def test_a_notebook_of_the_book_has_no_issue(path: Path) -> None:
    assert checks.notebook_issues(staleness.read(path), ROOT) == []


def test_no_two_figures_of_the_book_share_a_text() -> None:
    assert checks.book_figure_issues(ROOT) == []


def test_no_notebook_of_the_book_is_stale() -> None:
    stale = {item.path.stem: item.why() for item in staleness.stale(ROOT)}
    assert stale == {}, "run `make update`"
