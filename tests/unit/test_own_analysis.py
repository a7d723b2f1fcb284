"""What a reader is promised for an analysis of their own: examples that run, a folder left alone."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from living_review import cli
from living_review.build import render, tracing

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "book" / "api.md").read_text(encoding="utf-8")
EXAMPLES = dict(
    re.findall(r"^### (A [^\n]*)\n.*?^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
)


def run(title: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict:
    """Run an example as a script in a folder; return its names, ``_`` for what its last line shows."""
    monkeypatch.chdir(folder)
    names: dict = {}
    head, _, last = EXAMPLES[title].strip().rpartition("\n")
    try:
        with plt.rc_context():
            exec(head, names)
            names["_"] = eval(last, names)
    finally:
        plt.close("all")
    return names


def test_the_page_has_three_examples() -> None:
    assert list(EXAMPLES) == [
        "A forest of your own",
        "A Kaplan-Meier curve of your own",
        "A question to the evidence",
    ]


def test_the_forest_draws_every_row_with_its_interval(tmp_path, monkeypatch) -> None:
    names = run("A forest of your own", tmp_path, monkeypatch)
    drawn = (tmp_path / "forest.svg").read_text(encoding="utf-8")
    assert drawn.startswith("<?xml")
    ends = [line.get_xdata() for line in names["ax"].lines if len(line.get_xdata()) == 2]
    assert [tuple(e) for e in ends] == [(p.lower, p.upper) for p in names["found"]]
    assert names["found"][2].lower == 0  # none of 7
    assert names["found"][2].upper == pytest.approx(1 - 0.025 ** (1 / 7))  # by hand


def test_the_curve_is_the_product_limit_by_hand(tmp_path, monkeypatch, capsys) -> None:
    names = run("A Kaplan-Meier curve of your own", tmp_path, monkeypatch)
    assert (tmp_path / "curve.svg").is_file()
    # 8 at risk, an event at 2; 7, an event at 3 (a censoring after it); 5, at 5; 3, at 9.
    survival = 7 / 8 * 6 / 7 * 4 / 5 * 2 / 3
    assert names["curve"]["survival"].iloc[-1] == pytest.approx(survival)
    assert capsys.readouterr().out.startswith("9 months (95% CI ")


def test_the_answer_is_what_the_tables_print(monkeypatch) -> None:
    names = run("A question to the evidence", ROOT / "my_notebooks", monkeypatch)
    wanted = []
    for path in sorted(ROOT.glob("data/*/adverse_events.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            wanted += [
                (path.parent.name, row["printed"], row["locator"])
                for row in csv.DictReader(stream)
                if row["preferred_term"] == "mucositis" and row["same_as"] == "not_applicable"
            ]
    assert wanted
    shown = names["_"][["study_id", "printed", "locator"]]
    assert list(shown.itertuples(index=False, name=None)) == wanted


def test_a_notebook_of_ones_own_makes_no_page_stale(tmp_path: Path) -> None:
    (tmp_path / "my_notebooks").mkdir()
    before = render.sources_digest(tmp_path)
    (tmp_path / "my_notebooks" / "try.ipynb").write_text("not even JSON")
    assert render.sources_digest(tmp_path) == before
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "try.ipynb").write_text("not even JSON")
    assert render.sources_digest(tmp_path) != before
    assert tracing.ignored("my_notebooks/try.ipynb")


def test_git_and_ruff_leave_it_alone(tmp_path: Path) -> None:
    for line in ("my_notebooks/try.ipynb", "my_notebooks/a/b.py", "notebooks/try.ipynb"):
        ran = subprocess.run(["git", "check-ignore", "-q", line], cwd=ROOT, check=False)
        assert ran.returncode == (0 if line.startswith("my_") else 1), line
    planted = ROOT / "my_notebooks" / "planted_by_a_test.py"
    planted.write_text("import os,sys\n")
    try:
        command = [sys.executable, "-m", "ruff", "check", "--no-cache", "my_notebooks"]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    finally:
        planted.unlink()
    assert ran.returncode == 0, ran.stdout


def test_the_version_is_that_of_the_project(capsys) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["--version"])
    assert stop.value.code == 0
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert capsys.readouterr().out == f"living-review {version[1]}\n"
