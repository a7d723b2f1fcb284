"""A study added by the commands alone: what they make, where they lead, what they refuse, how it goes.

The walk of the page *Add a study*: Hammer 2018 from its abstract, read by one person.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import hammer
import pytest

from living_review import cli, evidence, validation
from living_review.living import chapter_template, differences
from living_review.report import chapter

ROOT = Path(__file__).parents[2]
PARTS = ("data", "book", "notebooks", "_toc.yml", "pyproject.toml", "CITATION.cff")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for name in PARTS:
        place = ROOT / name
        shutil.copytree(place, root / name) if place.is_dir() else shutil.copy(place, root)
    return root


@pytest.fixture
def project(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "project"))


def state(root: Path) -> dict[str, bytes]:
    """Every file but those of the build, with its bytes."""
    files = (p for p in root.rglob("*") if p.is_file())
    named = {p.relative_to(root).as_posix(): p.read_bytes() for p in files}
    return {name: data for name, data in named.items() if not name.startswith("_build/")}


def run(root: Path, *arguments: str) -> int:
    return cli.main(["--root", str(root), *arguments])


def add(root: Path, readings: int = 1) -> None:
    assert run(root, *hammer.NEW, "--readings", str(readings)) == 0
    hammer.read(root)
    if readings == 2:
        hammer.read(root, "second")


def test_the_commands_alone_lead_to_a_study_without_an_issue(project: Path) -> None:
    add(project)
    assert run(project, "check", hammer.STUDY) == 1
    assert run(project, "differences", hammer.STUDY, "--write") == 0
    hammer.fill(project)
    assert validation.check_all(project) == []
    study = evidence.load(project).study(hammer.STUDY)
    assert (study.label, study.meta["readings"], study.meta["text_read"]) == (
        "Hammer 2018",
        1,
        "abstract",
    )


def test_every_place_that_waits_is_named_and_a_reading_comes_first(project: Path) -> None:
    before = state(project)
    assert run(project, *hammer.NEW, "--readings", "1") == 0
    issues = validation.of_study(project, validation.check_all(project), hammer.STUDY)
    assert "readings/first" in issues[0].file
    made = {name: data for name, data in state(project).items() if data != before.get(name)}
    waiting = {name for name, data in made.items() if b"to_fill" in data}
    readings = f"data/review/readings/first/{hammer.STUDY}"
    assert waiting - {i.file for i in issues} == {f"{readings}/study.yaml"}
    assert issues[-1].file == f"notebooks/{hammer.STUDY}.ipynb"


def test_a_cell_that_waits_is_one_issue_with_what_its_column_means(project: Path) -> None:
    add(project)
    assert run(project, "differences", hammer.STUDY, "--write") == 0
    issues = validation.check_all(project)
    (issue,) = (i for i in issues if i.file.endswith("/outcomes.csv") and i.column == "criterion")
    assert issue.found == "'to_fill'"
    assert "How it was judged" in issue.expected
    assert "clinical_judgement" in issue.expected  # the words, so that nobody looks for their list
    assert issue.todo.startswith("Decide it")
    same = [i for i in issues if i.column == "same_as"]
    (issue,) = (i for i in same if i.file.endswith("/counts.csv") and i.row == 2)
    assert issue.todo.startswith("Write not_applicable, unless")
    assert not any(i.file.endswith("/outcomes.csv") for i in same), "a row alone stands for no other"


def test_undo_leaves_nothing(project: Path) -> None:
    before = state(project)
    assert run(project, *hammer.NEW) == 0
    assert state(project) != before
    assert run(project, "new-study", hammer.STUDY, "--undo") == 0
    assert state(project) == before
    assert not (project / "data" / hammer.STUDY).exists()


def test_undo_keeps_what_somebody_filled_until_it_is_told_twice(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(project)
    add(project)
    filled = state(project)
    assert run(project, "new-study", hammer.STUDY, "--undo") == 2
    assert "readings/first/hammer_2018/outcomes.csv" in capsys.readouterr().err
    assert state(project) == filled
    assert run(project, "new-study", hammer.STUDY, "--undo", "--force") == 0
    assert state(project) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hua_2014"], "data/hua_2014"),
        (["rossi-2027"], "no name of a study"),
        (["rossi_2027", "--kind", "poem"], "there are case-series, trial, review, abstract"),
        (["rossi_2027", "--doi", "https://doi.org/10.1/x"], "is no DOI"),
        (["rossi_2027", "--doi", "10.1542/PEDS.2013-1224"], "the DOI of hua_2014"),
        (["hammer_2018", "--from-context", "hamer_2018"], "near: hammer_2018"),
        (["hammer_2018", "--from-context", "hammer_2018", "--doi", "10.1234/x"], "not the DOI of"),
        (["rossi_2027", "--undo"], "did not make rossi_2027"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    before = state(project)
    assert run(project, "new-study", *arguments) == 2
    assert message in capsys.readouterr().err
    assert state(project) == before


def test_it_refuses_to_overwrite_what_it_made(project: Path) -> None:
    assert run(project, *hammer.NEW) == 0
    before = state(project)
    assert run(project, *hammer.NEW) == 2
    assert state(project) == before


@pytest.mark.parametrize("kind", ["case-series", "trial", "review", "abstract"])
def test_a_kind_has_its_tables_with_the_columns_of_the_schema(project: Path, kind: str) -> None:
    assert run(project, "new-study", "rossi_2027", "--kind", kind) == 0
    review = evidence.load(project)
    tables = review.vocabulary["tables_of_kind"][kind]
    for place in ("data", "data/review/readings/first", "data/review/readings/second"):
        folder = project / place / "rossi_2027"
        wanted = [t for t in tables if place == "data" or t != "claims"]
        assert sorted(p.stem for p in folder.glob("*.csv")) == sorted(wanted)
    for table in tables:
        header, rows = evidence.read_rows(project / f"data/rossi_2027/{table}.csv")
        assert (header, rows) == ([f["name"] for f in review.schemas[table].fields], [])


def test_every_key_of_study_yaml_is_explained(project: Path) -> None:
    assert run(project, "new-study", "rossi_2027") == 0
    text = (project / "data/rossi_2027/study.yaml").read_text(encoding="utf-8")
    schema = json.loads((ROOT / "data/schema/study.json").read_text(encoding="utf-8"))
    lines = text.splitlines()
    for key in schema["required"]:
        place = next(i for i, line in enumerate(lines) if line.startswith(f"{key}:"))
        assert lines[place - 1].startswith("#"), key


def test_the_template_has_all_parts_in_the_stated_order() -> None:
    notebook = json.loads(chapter_template.notebook("rossi_2027", ["patients", "events", "quoted"]))
    texts = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "markdown"]
    heads = [line[3:] for text in texts for line in text.splitlines() if line.startswith("## ")]
    assert heads == list(chapter.ORDER)
    code = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    assert max(len(line) for source in code for line in source.splitlines()) <= 104
    for source in code:
        compile(source, "cell", "exec")


# --- Two readings ---------------------------------------------------------------------------------


@pytest.fixture
def read_twice(project: Path) -> Path:
    """Two readings that differ in a value, in a code and in a row."""
    add(project, readings=2)
    second = project / f"data/review/readings/second/{hammer.STUDY}"
    for name, old, new in (
        ("outcomes.csv", "16,16,yes", "17,16,yes"),
        (
            "doses.csv",
            "not_reported,not_applicable,not_reported,not_app",
            "not_applicable,not_applicable,not_reported,not_app",
        ),
    ):
        text = (second / name).read_text(encoding="utf-8")
        assert old in text
        (second / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    rows = (second / "statements.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (second / "statements.csv").write_text("".join(rows[:-1]), encoding="utf-8")
    return project


def test_differences_are_lines_for_the_file_of_decisions(read_twice: Path) -> None:
    found = differences.lines(evidence.load(read_twice), hammer.STUDY)
    told = {(x["table"], x["kind"], x["first"], x["second"]) for x in found}
    assert told == {
        (
            "doses",
            "cell: two missing codes",
            "all_sirolimus.dose = not_reported",
            "all_sirolimus.dose = not_applicable",
        ),
        ("outcomes", "cell: two values", "abs_symptoms.events = 16", "abs_symptoms.events = 17"),
        ("statements", "rows only in the first reading (1)", "abs_tolerated", "no row"),
    }
    assert {x["settled"] for x in found} == {"to_fill"}


def test_a_difference_that_is_settled_is_not_listed_again(
    read_twice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(read_twice, "differences", hammer.STUDY) == 1
    assert run(read_twice, "differences", hammer.STUDY, "--write") == 0
    events = read_twice / f"data/{hammer.STUDY}/outcomes.csv"
    assert "to_fill,16,yes" in events.read_text(encoding="utf-8")
    path = read_twice / "data/review/settled.csv"
    words = {
        "abs_tolerated": "kept: the abstract says so",
        "abs_symptoms": "16 (as the first reading): all who were assessed",
        "all_sirolimus": "not_reported (as the first reading): a dose was given",
    }
    header, rows = evidence.read_rows(path)
    for row in rows:
        said = [w for key, w in words.items() if key in row[3] and row[5] == "to_fill"]
        row[5] = said[0] if said else row[5]
    evidence.write_rows(path, [header, *rows])
    capsys.readouterr()
    assert run(read_twice, "differences", hammer.STUDY) == 0
    assert capsys.readouterr().out.strip() == ",".join(differences.COLUMNS)


def test_each_line_that_waits_for_a_decision_is_an_issue(read_twice: Path) -> None:
    run(read_twice, "differences", hammer.STUDY, "--write")
    open_ = [i for i in validation.check_all(read_twice) if i.file == "data/review/settled.csv"]
    assert len(open_) == 3
    assert {i.column for i in open_} == {"settled"}


def test_a_study_read_once_has_nothing_to_compare(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(project)
    assert run(project, "differences", hammer.STUDY) == 2
    assert "declares readings: 1" in capsys.readouterr().err


def test_a_missing_reading_is_a_message(read_twice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(read_twice / f"data/review/readings/second/{hammer.STUDY}")
    assert run(read_twice, "differences", hammer.STUDY) == 2
    assert "no second reading" in capsys.readouterr().err


# --- New words ------------------------------------------------------------------------------------


def test_a_new_disease_drug_and_harm_need_a_word_and_a_disease_its_sections(project: Path) -> None:
    add(project)
    run(project, "differences", hammer.STUDY, "--write")
    hammer.fill(project)
    folder = project / "data" / hammer.STUDY
    for name, old, new in (
        ("study.yaml", "indication: venous_malformation", "indication: keloid"),
        ("study.yaml", "- sirolimus", "- zotarolimus"),
        ("doses.csv", "all,sirolimus", "all,zotarolimus"),
        ("adverse_events.csv", "mucositis,mucositis", "mucositis,hiccups"),
    ):
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    assert {i.column for i in validation.check_all(project)} >= {"indication", "drugs.0"}
    words = project / "data/vocabulary.yaml"
    text = words.read_text(encoding="utf-8")
    for place, word in (
        ("indications:\n", "  keloid: Keloid\n"),
        ("drugs:\n", "  zotarolimus: Zotarolimus\n"),
        ("harm_terms:\n", "  hiccups: Hiccups\n"),
    ):
        text = text.replace(place, place + word, 1)
    words.write_text(text, encoding="utf-8")
    waiting = {i.column for i in validation.check_all(project)}
    assert waiting == {"keloid"}, "the disease has no section yet"
    assert run(project, "sections") == 0
    assert validation.check_all(project) == []


# --- The whole book -------------------------------------------------------------------------------


def command(root: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "living_review.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root / "src")},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def with_study(tmp_path: Path) -> Path:
    """The whole project, with no change of its source code, and the study."""
    names = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, text=True, check=True)
    for name in names.stdout.splitlines():
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    add(tmp_path)
    run(tmp_path, "differences", hammer.STUDY, "--write")
    hammer.fill(tmp_path)
    return tmp_path


def test_the_chapter_of_the_study_and_the_synthesis_run(with_study: Path) -> None:
    command(with_study, "update", hammer.STUDY, "synthesis")
    for name in (hammer.STUDY, "synthesis"):
        cells = json.loads((with_study / f"notebooks/{name}.ipynb").read_text(encoding="utf-8"))[
            "cells"
        ]
        shown = json.dumps([c["outputs"] for c in cells if c["cell_type"] == "code"])
        assert "Hammer 2018" in shown, name


@pytest.mark.on_request
def test_the_book_with_the_study_is_built(with_study: Path) -> None:
    """Every page that the study enters runs, and the site is built."""
    command(with_study, "update")
    command(with_study, "render")
    site = with_study / "_build" / "html"
    assert "Hammer 2018" in (site / "notebooks/hammer_2018.html").read_text(encoding="utf-8")
    assert "Hammer 2018" in (site / "notebooks/synthesis.html").read_text(encoding="utf-8")
