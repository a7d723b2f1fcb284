"""The command and its forms, on a small review of two studies written here."""

import csv
import io
import json

import pytest

from living_review import evidence
from living_review.audit import audit, changed, report, touching
from living_review.cli import main
from living_review.validation import issues, links

ROOT = evidence.find_root()
CLAIMS = (
    ["total", "sum", "counts/all.n", "counts/a.n counts/b.n", "reproduced", "not_applicable"],
    [
        "share",
        "percentage",
        "counts/a.percent",
        "counts/a.n / counts/all.n",
        "arithmetic error",
        "7 | 10",
    ],
    ["words", "statement", "not_applicable", "counts/a.n", "definition conflict", "Read it."],
)


@pytest.fixture
def small(tmp_path):
    """Write a review of two studies with three claims each; return its top folder."""
    data = tmp_path / "data"
    (data / "schema").mkdir(parents=True)
    (data / "vocabulary.yaml").write_text(
        (ROOT / "data" / "vocabulary.yaml").read_text("utf-8"), "utf-8"
    )
    for name in ("counts", "claims"):
        text = (ROOT / "data" / "schema" / f"{name}.json").read_text("utf-8")
        (data / "schema" / f"{name}.json").write_text(text, "utf-8")
    for study in ("first_2001", "second_2002"):
        folder = data / study
        folder.mkdir()
        (folder / "study.yaml").write_text(f"study_id: {study}\ngroups: {{}}\n", "utf-8")
        write(
            folder,
            "counts",
            ["id", "n", "percent", "printed", "locator"],
            [
                ["a", "5", "50", "5 (50)", "Table"],
                ["b", "2", "29", "2 (29)", "Table"],
                ["all", "7", "100", "7", "Table"],
            ],
        )
        write(
            folder,
            "claims",
            [
                "id",
                "kind",
                "target",
                "inputs",
                "parameters",
                "verdict",
                "explanation",
                "headline",
                "printed",
                "locator",
                "note",
            ],
            [
                [*row[:4], "not_applicable", *row[4:], "not_applicable", "x", "Table", ""]
                for row in CLAIMS
            ],
        )
    return tmp_path


def write(folder, name, header, rows):
    evidence.write_rows(folder / f"{name}.csv", [header, *rows])


def test_csv_has_the_eight_columns_and_a_line_for_each_claim(small, capsys):
    assert main(["--root", str(small), "audit"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert list(rows[0]) == list(report.COLUMNS)
    assert [(r["study"], r["claim"]) for r in rows] == [
        (s, c[0]) for s in ("first_2001", "second_2002") for c in CLAIMS
    ]
    assert rows[1]["arithmetic"] == "5 / 7 × 100 = 71.428… → 71%; printed 50%"
    assert rows[2]["recomputed"] == "judged by reading"


def test_one_study_and_json(small, capsys):
    assert main(["--root", str(small), "audit", "second_2002", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {r["study"] for r in rows} == {"second_2002"}
    assert rows[1]["references"] == [f"second_2002:counts/{c}" for c in ("a.percent", "a.n", "all.n")]
    assert "5 of 10 would give it" in rows[1]["explained_by"]


def test_markdown_keeps_its_columns_when_a_cell_holds_a_bar(small, capsys):
    assert main(["--root", str(small), "audit", "--format", "md"]) == 0
    lines = capsys.readouterr().out.strip().split("\n")
    assert len(lines) == 2 + 2 * len(CLAIMS)
    assert {line.replace("\\|", "").count("|") for line in lines} == {len(report.COLUMNS) + 1}


def test_a_conflict_is_a_finding_and_not_a_failure(small):
    assert main(["--root", str(small), "audit", "--fail-on", "CHANGED"]) == 0


def test_a_wrong_digit_fails_and_is_named(small, capsys):
    path = small / "data" / "first_2001" / "counts.csv"
    path.write_text(path.read_text("utf-8").replace("b,2,", "b,3,"), "utf-8")
    assert main(["--root", str(small), "audit", "--format", "csv"]) == 0
    assert main(["--root", str(small), "audit", "--fail-on", "CHANGED"]) == 1
    said = capsys.readouterr().err
    assert "first_2001/total: accepted 'reproduced', computed 'arithmetic error'" in said
    assert "1 verdicts differ" in said


def test_issues_are_listed_together_and_end_with_a_message(small, capsys):
    path = small / "data" / "first_2001" / "claims.csv"
    path.write_text(path.read_text("utf-8").replace("counts/all.n", "counts/none.n"), "utf-8")
    assert main(["--root", str(small), "audit"]) == 2
    said = capsys.readouterr().err
    assert said.count("data/first_2001/claims.csv") == 2
    assert "counts/none.n" in said


def test_no_such_study_is_a_message(small, capsys):
    assert main(["--root", str(small), "audit", "third_2003"]) == 2
    assert "no study 'third_2003'" in capsys.readouterr().err


def test_conflicts_that_touch_a_number(small):
    results = audit(evidence.load(small))
    assert changed(results) == []
    hit = touching(results, ["first_2001:counts/a"])
    assert [(r.study, r.claim) for r in hit] == [("first_2001", "share"), ("first_2001", "words")]
    assert touching(results, ["first_2001:counts/b.n"]) == []


@pytest.mark.parametrize(
    ("column", "wrong", "expected"),
    [
        ("inputs", "counts/al.n counts/b.n", "an id of first_2001/counts (near: all)"),
        ("inputs", "counts/a.m counts/b.n", "a column of counts"),
        ("target", "figures/a.n", "a table that first_2001 has"),
        ("inputs", "7", "table/id.column"),
        ("parameters", "colour=red", "kind sum knows decimals, else, is, rounded, scale, whole"),
        ("inputs", "counts/a.n +", "the inputs end without a reference"),
    ],
)
def test_validation_names_the_row_and_the_issue_of_a_claim(small, column, wrong, expected):
    path = small / "data" / "first_2001" / "claims.csv"
    header, rows = evidence.read_rows(path)
    rows[0][header.index(column)] = wrong
    table = issues.Table("data/first_2001/claims.csv", header, rows)
    found = list(links.check_claims(small, {"first_2001": {"claims": table}}))
    assert len(found) == 1
    assert (found[0].file, found[0].row) == ("data/first_2001/claims.csv", 2)
    assert expected in found[0].expected
