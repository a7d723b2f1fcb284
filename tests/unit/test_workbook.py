"""The workbook of the whole evidence; oracles: openpyxl reading it back, and the tables as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from living_review import evidence
from living_review.build import workbook

ROOT = evidence.find_root()


def small(root: Path) -> Path:
    """Copy one study and the words: a workbook of it takes a second."""
    for part in ("schema", "benson_2014"):
        shutil.copytree(ROOT / "data" / part, root / "data" / part)
    shutil.copy(ROOT / "data" / "vocabulary.yaml", root / "data" / "vocabulary.yaml")
    (root / "data" / "review").mkdir()
    shutil.copy(ROOT / "data/review/versions.csv", root / "data/review/versions.csv")
    return root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return small(tmp_path / "project")


def written(root: Path, name: str = "evidence.xlsx") -> openpyxl.Workbook:
    target = root.parent / name
    workbook.write(root, target, "A review")
    return openpyxl.load_workbook(target)


def cells(sheet) -> list[list[object]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_each_table_is_a_sheet_with_every_row(project: Path) -> None:
    book = written(project)
    tables = {path.stem for path in (project / "data/benson_2014").glob("*.csv")}
    assert set(book.sheetnames) == {"about", "dictionary", "vocabulary", "review_versions", *tables}
    for name in tables:
        header, rows = evidence.read_rows(project / f"data/benson_2014/{name}.csv")
        found = cells(book[name])
        assert found[0] == ["study_id", *header]
        assert len(found) == len(rows) + 1
        at = header.index("id")
        assert [row[at + 1] for row in found[1:]] == [row[at] for row in rows]


def test_numbers_are_numbers_and_printed_forms_are_text(project: Path) -> None:
    header, *rows = cells(written(project)["statistics"])
    row = next(row for row in rows if row[header.index("id")] == "res_survival_1_year")
    assert row[header.index("value")] == 78.8
    assert row[header.index("lower")] == "not_applicable"  # a missing code stays a word
    assert row[header.index("printed")].startswith("78.8")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1 x", "@SUM(A1)", '=HYPERLINK("http://x","y")'])
def test_no_text_becomes_a_formula(project: Path, text: str) -> None:
    path = project / "data/benson_2014/statements.csv"
    header, rows = evidence.read_rows(path)
    rows[0][header.index("printed")] = text
    evidence.write_rows(path, [header, *rows])
    cell = written(project)["statements"].cell(2, header.index("printed") + 2)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_no_cell_of_the_project_is_a_formula(tmp_path: Path) -> None:
    workbook.write(ROOT, tmp_path / "all.xlsx", "A review")
    book = openpyxl.load_workbook(tmp_path / "all.xlsx", read_only=True)
    assert not [c for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
    assert all(len(name) <= workbook.LONGEST_NAME for name in book.sheetnames)


def test_the_same_data_give_the_same_bytes(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(project, "one.xlsx")
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    written(project, "two.xlsx")
    one, two = ((project.parent / f"{name}.xlsx").read_bytes() for name in ("one", "two"))
    assert one == two


def test_the_dictionary_says_what_every_column_of_every_sheet_means(project: Path) -> None:
    book = written(project)
    _, *rows = cells(book["dictionary"])
    meanings = {(row[0], row[1]): row[3] for row in rows}
    for name in set(book.sheetnames) - {"about", "dictionary", "vocabulary"}:
        assert all(meanings[name, c] for c in cells(book[name])[0] if c != "study_id"), name
