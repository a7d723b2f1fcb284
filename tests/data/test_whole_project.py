"""What only the whole project can lack or contradict: each issue planted once in a small project."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from living_review import cli, evidence, validation

ROOT = Path(__file__).parents[2]
STUDY = "benson_2014"


def edit(project: Path, name: str, old: str, new: str) -> None:
    path = project / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} not in {name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def rewrite(project: Path, name: str, change: Callable[[dict[str, str]], bool]) -> None:
    """Change the rows of a table as mappings; those for which ``change`` returns False are left out."""
    header, rows = evidence.read_rows(project / name)
    kept = [row for row in (dict(zip(header, cells, strict=True)) for cells in rows) if change(row)]
    evidence.write_rows(project / name, [header, *([row[c] for c in header] for row in kept)])


def opening(study: str) -> str:
    cell = {"cell_type": "code", "source": [f'study = review.study("{study}")\n']}
    return json.dumps({"cells": [cell]})


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of one study with all that belongs to it."""
    root = tmp_path_factory.mktemp("project")
    for name in ("data/schema", f"data/{STUDY}"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("vocabulary.yaml", "review.yaml"):
        shutil.copy(ROOT / "data" / name, root / "data")
    for which in ("first", "second"):
        name = f"data/review/readings/{which}/{STUDY}"
        shutil.copytree(ROOT / name, root / name)
    for name in ("appraisal", "certainty", "settled", "errata", "versions", "changes"):
        shutil.copy(ROOT / f"data/review/{name}.csv", root / "data/review")
    for name in ("appraisal", "certainty", "settled", "errata"):
        rewrite(root, f"data/review/{name}.csv", lambda row: row["study_id"] == STUDY)
    page = f"notebooks/{STUDY}"
    rewrite(
        root, "data/review/changes.csv", lambda row: not row.update(page=page) and row["what"] != ""
    )
    rewrite(root, "data/review/changes.csv", _first_of_each_version())
    claims = f"data/{STUDY}/claims.csv"  # without those that point at what is left out here
    rewrite(root, claims, lambda row: ":" not in row["target"] + row["inputs"])
    header, rows = evidence.read_rows(root / claims)
    left = {row[header.index("issue")] for row in rows}
    rewrite(root, "data/review/errata.csv", lambda row: row["issue"] in left)
    for name in ("pyproject.toml", "CITATION.cff"):
        shutil.copy(ROOT / name, root)
    (root / "book").mkdir()
    shutil.copy(ROOT / "book/references.bib", root / "book")
    (root / "book/index.md").write_text("# Book\n")
    (root / "notebooks").mkdir()
    (root / f"{page}.ipynb").write_text(opening(STUDY))
    (root / "_toc.yml").write_text(f"root: book/index\nchapters:\n- file: {page}\n")
    return root


def _first_of_each_version() -> Callable[[dict[str, str]], bool]:
    seen: set[str] = set()
    return lambda row: not (row["version"] in seen or seen.add(row["version"]))


@pytest.fixture
def project(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "project"))


def no_row_of(name: str) -> Callable[[Path], None]:
    def plant(project: Path) -> None:
        rewrite(
            project,
            f"data/review/{name}.csv",
            lambda row: bool(row.update(study_id="li_2020a")) or True,
        )
        shutil.copytree(project / "data" / STUDY, project / "data/li_2020a")

    return plant


def gone(name: str) -> Callable[[Path], None]:
    def plant(project: Path) -> None:
        header, rows = evidence.read_rows(project / f"data/review/{name}.csv")
        at = header.index("study_id")
        again = [*rows[0][:at], "gone_1999", *rows[0][at + 1 :]]
        evidence.write_rows(project / f"data/review/{name}.csv", [header, *rows, again])

    return plant


def older_version_without_revision(project: Path) -> None:
    path = project / "data/review/versions.csv"
    header, rows = evidence.read_rows(path)
    older = dict(zip(header, rows[0], strict=True)) | {"version": "0.0.1", "revision": "not_applicable"}
    evidence.write_rows(path, [header, [older[c] for c in header], *rows])


def date_that_is_none(project: Path) -> None:
    rewrite(
        project, "data/review/versions.csv", lambda row: not row.update(next_review_due="2027-02-30")
    )


def same_version_again(project: Path) -> None:
    path = project / "data/review/versions.csv"
    header, rows = evidence.read_rows(path)
    evidence.write_rows(path, [header, *rows, [*["0.0.1"], *rows[-1][1:]]])


# What is planted: how, the file that is named, and words of the message.
PLANTED: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "appraisal of a study that is gone": (gone("appraisal"), "appraisal.csv", "'gone_1999'"),
    "certainty of a study that is gone": (gone("certainty"), "certainty.csv", "'gone_1999'"),
    "settled of a study that is gone": (gone("settled"), "settled.csv", "'gone_1999'"),
    "reading of a study that is gone": (
        lambda p: shutil.copytree(
            p / f"data/review/readings/first/{STUDY}", p / "data/review/readings/first/gone_1999"
        ),
        "readings/first/gone_1999",
        "a reading of no study",
    ),
    "study without appraisal": (
        no_row_of("appraisal"),
        "data/review/appraisal.csv",
        f"no row of {STUDY}",
    ),
    "study without certainty": (
        no_row_of("certainty"),
        "data/review/certainty.csv",
        f"no row of {STUDY}",
    ),
    "no appraisal at all": (
        lambda p: (p / "data/review/appraisal.csv").unlink(),
        "data/review/appraisal.csv",
        f"no row of {STUDY}",
    ),
    "study read once": (
        lambda p: shutil.rmtree(p / f"data/review/readings/second/{STUDY}"),
        f"readings/second/{STUDY}",
        "no second reading",
    ),
    "empty reading": (
        lambda p: [f.unlink() for f in (p / f"data/review/readings/first/{STUDY}").iterdir()],
        f"readings/first/{STUDY}",
        "no first reading",
    ),
    "contents without a file": (
        lambda p: edit(p, "_toc.yml", "chapters:\n", "chapters:\n- file: book/gone\n"),
        "_toc.yml",
        "book/gone, which is not there",
    ),
    "contents without the chapter": (
        lambda p: edit(p, "_toc.yml", f"- file: notebooks/{STUDY}\n", "- file: book/index\n"),
        "_toc.yml",
        f"no notebooks/{STUDY}",
    ),
    "contents that cannot be read": (
        lambda p: (p / "_toc.yml").write_text("root: ["),
        "_toc.yml",
        "valid YAML",
    ),
    "no chapter": (
        lambda p: (p / f"notebooks/{STUDY}.ipynb").unlink(),
        f"notebooks/{STUDY}.ipynb",
        "a chapter for each study",
    ),
    "copied chapter": (
        lambda p: (p / f"notebooks/{STUDY}.ipynb").write_text(opening("hua_2014")),
        f"notebooks/{STUDY}.ipynb",
        "a chapter that opens hua_2014",
    ),
    "no reference": (
        lambda p: (p / "book/references.bib").write_text(""),
        f"data/{STUDY}/study.yaml",
        "a key of book/references.bib",
    ),
    "version in pyproject.toml": (
        lambda p: edit(p, "pyproject.toml", '\nversion = "', '\nversion = "9'),
        "pyproject.toml",
        "as the last row of data/review/versions.csv",
    ),
    "version in CITATION.cff": (
        lambda p: edit(p, "CITATION.cff", "\nversion: ", "\nversion: 9"),
        "CITATION.cff",
        "as the last row of data/review/versions.csv",
    ),
    "no version in CITATION.cff": (
        lambda p: edit(p, "CITATION.cff", "\nversion: ", "\nedition: "),
        "CITATION.cff",
        "found None",
    ),
    "day of release": (
        lambda p: edit(p, "CITATION.cff", "date-released: 2", "date-released: 1"),
        "CITATION.cff",
        "as the last row of data/review/versions.csv",
    ),
    "day that is none": (date_that_is_none, "versions.csv", "a day of the calendar"),
    "version below the one before": (same_version_again, "versions.csv", "a version above"),
    "older version without revision": (
        older_version_without_revision,
        "versions.csv",
        "the commit that holds the version",
    ),
}  # fmt: skip


def test_the_small_project_is_valid(project: Path) -> None:
    assert [str(issue) for issue in validation.check_all(project)] == []


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_issue_is_named(what: str, project: Path) -> None:
    plant, file, words = PLANTED[what]
    plant(project)
    found = [issue for issue in validation.check(project) if issue.file.endswith(file)]
    assert any(words in str(issue) for issue in found), found


def test_a_copy_of_some_data_is_not_asked_for_the_book(project: Path) -> None:
    """A downloaded chapter holds the tables that it reads, records of other studies among them."""
    (project / "_toc.yml").unlink()
    shutil.rmtree(project / "data/review/readings")
    gone("appraisal")(project)
    (project / "data/review/changes.csv").unlink()
    assert validation.check(project) == []


def test_a_correction_that_turns_a_verdict_is_named_with_its_row(project: Path, capsys) -> None:
    edit(
        project,
        f"data/{STUDY}/counts.csv",
        ",renal,3,10,not_reported,not_applicable,Renal 3,",
        ",renal,4,10,not_reported,not_applicable,Renal 4,",
    )
    assert validation.check(project) == []
    turned = [f for f in validation.check_all(project) if f.column == "verdict"]
    _, rows = evidence.read_rows(project / f"data/{STUDY}/claims.csv")
    (row,) = [n for n, cells in enumerate(rows, start=2) if cells[0] == "site_sum"]
    (issue,) = [f for f in turned if f.row == row]
    assert issue.found == "'reproduced'"
    assert "'arithmetic error', which is computed for site_sum" in issue.expected
    assert cli.main(["--root", str(project), "check"]) == 1
    assert f"claims.csv:{row}:verdict" in capsys.readouterr().out


def test_a_difference_that_nobody_settled_is_named(project: Path) -> None:
    rewrite(project, "data/review/settled.csv", lambda row: row["table"] != "doses")
    found = [str(f) for f in validation.check_all(project)]
    assert found
    assert all("as many as the program finds" in text and "doses" in text for text in found)


def test_a_settled_row_that_does_not_say_how_is_named(project: Path) -> None:
    rewrite(project, "data/review/settled.csv", lambda row: not row.update(settled="looked up"))
    (issue,) = validation.check_all(project)
    assert "does not say how it was settled" in issue.found


def test_readings_that_cannot_be_compared_are_an_issue_and_no_traceback(project: Path) -> None:
    (project / f"data/review/readings/second/{STUDY}/study.yaml").write_text("title: no groups\n")
    (issue,) = validation.check_all(project)
    assert f"readings/second/{STUDY}/study.yaml: no groups can be read" in issue.found


def once(project: Path) -> None:
    edit(project, f"data/{STUDY}/study.yaml", "readings: 2", "readings: 1")


def test_a_study_that_declares_one_reading_needs_no_second(project: Path) -> None:
    once(project)
    (issue,) = validation.check_all(project)
    assert issue.column == "readings"
    assert "2 where a second reading is there" in issue.expected
    shutil.rmtree(project / f"data/review/readings/second/{STUDY}")
    settled = "data/review/settled.csv"
    rewrite(project, settled, lambda row: row["kind"] == "correction")
    assert validation.check_all(project) == []


def test_a_study_says_how_often_it_was_read(project: Path) -> None:
    edit(project, f"data/{STUDY}/study.yaml", "readings: 2\n", "")
    (issue,) = validation.check_all(project)
    assert "'readings' is a required property" in issue.found


def test_a_missing_second_reading_names_the_way_out(project: Path) -> None:
    shutil.rmtree(project / f"data/review/readings/second/{STUDY}")
    (issue,) = validation.check_all(project)
    assert issue.found == "no second reading"
    assert "readings: 1" in issue.todo


@pytest.mark.parametrize("text", ["", "id,printed,locator\n"], ids=["empty", "header alone"])
def test_a_table_of_a_reading_without_rows_is_a_issue(project: Path, text: str) -> None:
    name = f"data/review/readings/second/{STUDY}/doses.csv"
    (project / name).write_text(text, encoding="utf-8")
    (issue,) = validation.check_all(project)
    assert issue.file == name
    assert issue.expected in (
        "a header and at least one row",
        "at least one row",
    )
