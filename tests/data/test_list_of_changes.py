"""The list of changes against versions and pages: each issue planted once in a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from living_review import cli, evidence, validation

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the records about the review, alone; pages are those of the book."""
    shutil.copytree(ROOT / "data" / "schema", tmp_path / "data" / "schema")
    shutil.copytree(ROOT / "data" / "review", tmp_path / "data" / "review")
    shutil.copy(ROOT / "data" / "vocabulary.yaml", tmp_path / "data" / "vocabulary.yaml")
    shutil.copy(ROOT / "_toc.yml", tmp_path)
    return tmp_path


def append(project: Path, name: str, line: str) -> None:
    with (project / "data" / "review" / name).open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")


def issues(project: Path) -> list[validation.Issue]:
    """Return what is wrong with versions and changes; the rest of the project is not here."""
    own = [f"data/review/{name}.csv" for name in ("versions", "changes")]
    return [issue for issue in validation.check(project) if issue.file in own]


def newest(project: Path) -> str:
    return evidence.Review(project).version


def next_version(project: Path) -> str:
    """State another version: the newest row again, with a number above it."""
    path = project / "data" / "review" / "versions.csv"
    header, rows = evidence.read_rows(path)
    major, minor, _ = rows[-1][header.index("version")].split(".")
    rows.append([*rows[-1]])
    rows[-2][header.index("revision")] = "0" * 40
    rows[-1][header.index("version")] = f"{major}.{int(minor) + 1}.0"
    evidence.write_rows(path, [header, *rows])
    return newest(project)


def test_the_records_alone_are_valid(project: Path) -> None:
    assert issues(project) == []


def test_a_page_that_is_none(project: Path) -> None:
    append(project, "changes.csv", f"{newest(project)},notebooks/hua_2041,data,A dose corrected")
    (issue,) = issues(project)
    assert (issue.column, issue.found) == ("page", "'notebooks/hua_2041'")
    assert "book/cite" in issue.expected
    assert issue.todo.startswith("Did you mean 'notebooks/hua_2014'? ")
    assert issue.row == len((project / "data/review/changes.csv").read_text().splitlines())


def test_the_first_page_of_the_book_is_a_page(project: Path) -> None:
    append(project, "changes.csv", f"{newest(project)},book/index,text,Words of the summary")
    assert issues(project) == []


def test_a_version_that_is_none(project: Path) -> None:
    append(project, "changes.csv", "0.0.9,notebooks/hua_2014,data,A dose corrected")
    (issue,) = issues(project)
    assert (issue.column, issue.found) == ("version", "'0.0.9'")


def test_a_newest_version_that_says_nothing_of_any_page(project: Path) -> None:
    version = next_version(project)
    (issue,) = issues(project)
    assert issue.found == f"no row of {version}, the newest version"
    assert "living-review diff" in issue.todo
    append(project, "changes.csv", f"{version},notebooks/hua_2014,data,A dose corrected")
    assert issues(project) == []


def test_no_list_of_changes_at_all(project: Path) -> None:
    (project / "data" / "review" / "changes.csv").unlink()
    assert [f.found for f in issues(project)] == [f"no row of {newest(project)}, the newest version"]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("{newest},notebooks/hua_2014,dose,A dose corrected", "kind"),
        ("{newest},hua_2014,data,A dose corrected", "page"),
        ("{newest},notebooks/hua_2014,data,A dose corrected.", "what"),
        ("0.1,notebooks/hua_2014,data,A dose corrected", "version"),
    ],
)
def test_a_cell_that_the_schema_refuses(project: Path, line: str, column: str) -> None:
    append(project, "changes.csv", line.format(newest=newest(project)))
    assert column in {issue.column for issue in issues(project)}


def test_contents_that_cannot_be_read_are_an_issue_and_no_traceback(project: Path, capsys) -> None:
    (project / "_toc.yml").write_text("root: [")
    assert cli.main(["--root", str(project), "check"]) == 1
    assert "_toc.yml" in capsys.readouterr().out
