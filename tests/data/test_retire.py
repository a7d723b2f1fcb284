"""A study that falls leaves every count, its data stay, and it comes back to the byte."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from living_review import cli, evidence, synthesis, validation
from living_review.extraction import agreement
from living_review.living import retire
from living_review.report import display, explorer, substitutions
from living_review.synthesis import context, verdicts

ROOT = Path(__file__).parents[2]
WHY = "The journal withdrew it at the request of its authors"
SOURCES = evidence.load(ROOT).folders
# What reports the past, letters in which another paper may quote it, names of files: no counts.
HISTORY = {"versions_table", "changes_table", "retired_studies", "errata_letters", "inputs_check"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for name in ("data", "book", "notebooks", "_toc.yml", "pyproject.toml", "CITATION.cff"):
        place = ROOT / name
        shutil.copytree(place, root / name) if place.is_dir() else shutil.copy(place, root)
    return root


@pytest.fixture
def project(kept: Path) -> Path:
    """The one copy, in which every study is active again after each test."""
    yield kept
    (kept / retire.PLACE).unlink(missing_ok=True)


def run(root: Path, *arguments: str) -> int:
    return cli.main(["--root", str(root), *arguments])


def out(root: Path, study: str, state: str = "retracted", **more: str) -> evidence.Review:
    retire.retire(root, study, state=state, reason=WHY, **more)
    return evidence.load(root)


def bytes_of(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def number(fact: str) -> int:
    """The number of a fact, without the mark of what was read for it."""
    return int(re.sub("<[^>]+>", "", fact))


@pytest.mark.parametrize("study", SOURCES)
def test_a_retired_source_is_in_no_count_and_on_no_page_of_facts(project: Path, study: str) -> None:
    before = evidence.load(project)
    label, disease = before.study(study).label, before.study(study).meta["indication"]
    patients = before.study(study).meta["n_patients"]
    then = substitutions.compute(before, ("n_patients", "n_studies"))
    review = out(project, study)
    assert study not in review.study_ids
    facts = substitutions.compute(review)
    assert [n for n, v in facts.items() if n not in HISTORY and (label in v or study in v)] == []
    assert label in facts["retired_studies"]
    assert number(facts["n_patients"]) == number(then["n_patients"]) - patients
    assert number(facts["n_studies"]) == number(then["n_studies"]) - 1
    for table in review.study_schemas:
        assert study not in set(review.table(table).get("study_id", []))
    assert study not in set(synthesis.all_proportions(review)["study_id"])
    assert not any(s.study_id == study for s in verdicts.statements(review, disease))
    assert study not in agreement.studies(review)
    assert study not in set(context.studies(review)["study_id"])
    assert label not in {row.source for row in explorer.rows(review)}


def test_its_chapter_shows_all_that_it_showed_and_says_at_the_top_what_happened(project: Path) -> None:
    study = "hua_2014"
    out(project, study, notice="10.1000/notice")
    review = evidence.load(project, keep=study)
    rows = review.records("appraisal")
    assert len(rows[rows["study_id"] == study])
    line = display.provenance_line(review.study(study), review)
    assert "Hua 2014: retracted" in line.plain
    assert WHY in line.content
    assert "10.1000/notice" in line.plain
    other = display.provenance_line(review.study("benson_2014"), review)
    assert "retracted" not in other.plain


def test_its_data_stay_and_stay_valid(project: Path) -> None:
    before = bytes_of(project / "data" / "hua_2014")
    out(project, "hua_2014")
    assert bytes_of(project / "data" / "hua_2014") == before
    assert validation.check_all(project) == []


def test_a_rating_that_counted_its_patients_is_named_if_its_step_is_another(project: Path) -> None:
    out(project, "nadal_2016")
    issues = validation.check_all(project)
    assert {(i.file, i.column) for i in issues} == {("data/review/certainty.csv", "change")}


def test_a_paper_is_out_as_a_source_and_beside_the_sources(project: Path) -> None:
    before = evidence.load(project)
    rows = context.studies(before)
    both = rows.loc[rows["is_source"], "study_id"]
    assert len(both), "a source that stands beside the sources too"
    for study in both:
        review = out(project, study)
        left = context.studies(review)
        assert study not in set(left["study_id"])
        assert len(left) == len(rows) - 1
        retire.reinstate(project, study)


def test_a_study_beside_the_sources_is_out_of_its_verdicts(project: Path) -> None:
    review = out(project, "weiss_2014")
    found = {v.statement.statement_id: v.verdict for v in verdicts.verdicts(review)}
    assert found["nf1_size"] == "untested"


def test_it_comes_back_to_the_byte(project: Path) -> None:
    before = bytes_of(project)
    facts = substitutions.compute(evidence.load(project))
    assert run(project, "retire", "hua_2014", "--reason", "retracted", "--because", WHY) == 0
    assert run(project, "retire", "weiss_2014", "--reason", "retired", "--because", WHY) == 0
    assert substitutions.compute(evidence.load(project)) != facts
    assert run(project, "retire", "hua_2014", "--undo") == 0
    assert run(project, "retire", "weiss_2014", "--undo") == 0
    assert bytes_of(project) == before
    assert substitutions.compute(evidence.load(project)) == facts


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hua_2041", "--reason", "retracted", "--because", WHY], "near: hua_2014"),
        (["hua_2014", "--reason", "boring", "--because", WHY], "one of retracted, superseded, retired"),
        (["hua_2014", "--reason", "retracted"], "--because is missing"),
        (["hua_2014", "--reason", "superseded", "--because", WHY], "--notice is missing"),
        (["hua_2014", "--undo"], "hua_2014 is not retired"),
    ],
)
def test_what_cannot_be_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    before = bytes_of(project)
    assert run(project, "retire", *arguments) == 2
    assert message in capsys.readouterr().err
    assert bytes_of(project) == before


def test_a_study_is_retired_once(project: Path) -> None:
    out(project, "hua_2014")
    with pytest.raises(retire.RetireError, match="out already"):
        out(project, "hua_2014")


@pytest.mark.parametrize(
    ("row", "column", "found"),
    [
        (
            "nobody_2020,retracted,2026-11-28,not_reported,It was withdrawn,",
            "study_id",
            "'nobody_2020'",
        ),
        ("hua_2014,superseded,2026-11-28,nobody_2020,A later report,", "notice", "'nobody_2020'"),
        ("hua_2014,superseded,2026-11-28,hua_2014,A later report,", "notice", "'hua_2014'"),
        ("hua_2014,dull,2026-11-28,not_reported,It was withdrawn,", "state", "'dull'"),
        ("hua_2014,retired,28.11.2026,not_reported,It was withdrawn,", "date", "'28.11.2026'"),
    ],
)
def test_a_wrong_row_is_an_issue(project: Path, row: str, column: str, found: str) -> None:
    header = "study_id,state,date,notice,reason,note"
    (project / retire.PLACE).write_text(f"{header}\n{row}\n", encoding="utf-8")
    issues = [i for i in validation.check(project) if i.file == retire.PLACE]
    assert [(i.row, i.column) for i in issues] == [(2, column)]
    assert found in issues[0].found


def test_the_day_is_that_of_the_clock(project: Path) -> None:
    day = datetime.date(2027, 2, 3)
    retire.retire(project, "hua_2014", state="retired", reason=WHY, today=day)
    assert evidence.load(project).retired["hua_2014"]["date"] == "2027-02-03"


@pytest.mark.slow
def test_pages_across_studies_run_without_it(tmp_path: Path) -> None:
    """Oracle: its name is in no output of the pages that count, and the notebooks run."""
    names = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, text=True, check=True)
    for name in names.stdout.splitlines():
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    out(tmp_path, "nathan_2015")
    pages = ("synthesis", "audit", "since", "extraction")
    done = subprocess.run(
        [sys.executable, "-m", "living_review.cli", "update", *pages],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "src")},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for page in pages:
        text = (tmp_path / f"notebooks/{page}.ipynb").read_text(encoding="utf-8")
        assert not re.search("Nathan|Retracted", text), page
