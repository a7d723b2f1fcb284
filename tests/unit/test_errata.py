"""Letters about what does not reproduce as printed, and their tracker: complete, neutral, from data."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from living_review import audit, cli, evidence, validation
from living_review.report import errata

ROOT = evidence.find_root()
TRACKER = "data/review/errata.csv"
# Words that would accuse.
HARSH = ("wrong", "error", "mistaken", "false", "fail", "sloppy", "misconduct", "incorrect", "fraud")


@pytest.fixture(scope="module")
def review() -> evidence.Review:
    return evidence.load(ROOT)


def material(review: evidence.Review) -> list[audit.Issue]:
    found = audit.distinct_issues(audit.audit(review))
    return [issue for issue in found if issue.materiality == "material"]


def test_every_material_finding_stands_in_a_letter_with_its_arithmetic(review: evidence.Review) -> None:
    for study in {issue.study for issue in material(review)}:
        text = " ".join(errata.letter(review, study).split())
        for issue in (i for i in material(review) if i.study == study):
            for finding in issue.findings:
                assert " ".join(f"Printed: “{finding.printed}”".split()) in text
                assert " ".join(finding.arithmetic.split()) in text


def test_a_letter_accuses_nobody_beyond_the_words_of_the_data(review: evidence.Review) -> None:
    opening = errata.paragraphs(review, "hua_2014")[:3]
    ours = " ".join(line for block in opening for line in block) + errata.ASKS
    assert [word for word in HARSH if word in ours.casefold()] == []
    assert "The mistake may be ours" in ours


def test_one_issue_alone_is_one_point(review: evidence.Review) -> None:
    text = errata.letter(review, "benson_2014", "time_on_treatment")
    assert "1. Time on treatment" in text
    assert "2. " not in text.replace("2. Printed", "")
    assert "In one point that" in text
    assert max(map(len, text.splitlines())) <= errata.WIDTH


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hua_2014", "--issue", "none_such"], "no material issue 'none_such'; there are: "),
        (["nobody_2020"], "no study 'nobody_2020'"),
    ],
)
def test_what_there_is_not_is_a_message(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert cli.main(["--root", str(ROOT), "erratum", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_the_tracker_has_a_line_for_each_issue_and_says_what_became_of_it(
    review: evidence.Review,
) -> None:
    shown = errata.table(review)
    assert len(shown) == len(material(review))
    html = errata.letters(review)
    assert html.count("<details") == len({issue.study for issue in material(review)})
    assert "<p>To the editors and the authors</p><p><cite>Benson C," in html
    assert "[" not in html.partition("</summary>")[2][:20]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("data", "book", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("_toc.yml", "pyproject.toml", "CITATION.cff"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


N = "not_applicable"


@pytest.mark.parametrize(
    ("cells", "column", "expected"),
    [
        (None, "issue", "a row for each material issue"),
        (["another_name", "not_sent", N, N, N, N], "issue", "calls material"),
        ([None, "sent", N, N, N, N], "sent", "the day, as the state is sent"),
        ([None, "not_sent", "2026-12-01", N, N, N], "sent", "as the state is not_sent"),
        ([None, "answered", "2026-12-05", "2026-12-01", N, "x"], "sent", "days in the order"),
        ([None, "lost", N, N, N, N], "state", "a word of the vocabulary"),
    ],
)
def test_a_planted_error_of_the_tracker_is_an_issue(
    project: Path, cells: list[str | None] | None, column: str, expected: str
) -> None:
    header, rows = evidence.read_rows(project / TRACKER)
    if cells is None:
        rows = rows[1:]
    else:
        rows[0][1:7] = [rows[0][1] if c is None else c for c in cells]
    evidence.write_rows(project / TRACKER, [header, *rows])
    issues = [i for i in validation.check(project) if i.file == TRACKER]
    assert any(i.column == column and expected in i.expected for i in issues), issues


def test_a_letter_that_was_answered_shows_its_day(project: Path) -> None:
    header, rows = evidence.read_rows(project / TRACKER)
    rows[0][2:7] = ["answered", "2026-12-01", "2027-01-05", N, "The second number is meant"]
    evidence.write_rows(project / TRACKER, [header, *rows])
    assert [i for i in validation.check(project) if i.file == TRACKER] == []
    line = errata.table(evidence.load(project)).iloc[0]
    assert (line["State"], line["Since"]) == ("Answered", "5 January 2027")
    assert line["What came of it"] == "The second number is meant"
