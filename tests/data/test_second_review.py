"""A second small review of another real question, made by the commands alone, holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import plasma
import pytest

from living_review import audit, evidence, synthesis, validation
from living_review.report import across, by_disease, substitutions
from living_review.report import harms as report_harms
from living_review.report import synthesis as report_synthesis
from living_review.stats import contrasts
from living_review.synthesis import harms


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plasma.make(tmp_path_factory.mktemp("second") / "review")


@pytest.fixture(scope="module")
def review(root: Path) -> evidence.Review:
    return evidence.load(root)


def test_it_is_valid_and_nothing_waits_to_be_written(root):
    assert [str(issue) for issue in validation.check_all(root)] == []
    assert [str(issue) for issue in validation.check_publishable(root)] == []


def test_names_of_several_words_and_letters_of_ids_stay(review):
    assert {s.label for s in review.studies} == {"Li 2020a", "van den Berg 2022", "Agarwal 2020"}
    titles = {
        s.study_id: json.loads((review.root / f"notebooks/{s.study_id}.ipynb").read_text())["cells"][0]
        for s in review.studies
    }
    assert "# van den Berg 2022:" in "".join(titles["van_den_berg_2022"]["source"])


def test_the_control_arm_is_no_patient_of_the_drug(review):
    lines = synthesis.forest_rows(review)
    assert lines[["study_id", "events", "n", "of"]].to_numpy().tolist() == [
        ["li_2020a", 27, 52, "evaluable"],
        ["van_den_berg_2022", 31, 52, "evaluable"],
        ["agarwal_2020", 44, 235, "evaluable"],
    ]


def test_both_arms_stand_side_by_side_with_their_difference(review):
    shown = str(across.arms(review).content)
    for counts in ((27, 52, 22, 51), (31, 52, 32, 51), (44, 235, 41, 229)):
        assert str(contrasts.newcombe(*counts)) in shown
    assert report_synthesis.compared(review) == "Every source has a comparison group"


def test_an_event_against_the_patient_is_not_among_what_got_better(review):
    assert set(synthesis.mostly_better(review)) == {"li_2020a", "van_den_berg_2022"}
    table = substitutions.compute(review, {"disease_table"})["disease_table"]
    better, worse = table.index("Clinical improvement"), table.index("Progression or death")
    assert table.index("44 of 235") > worse > better


def test_harm_counted_as_events_is_shown_as_events_and_never_as_patients(review):
    (line,) = (line for line in harms.of_sources(review) if line.harm == "transfusion_reaction")
    assert (line.events, line.patients, line.counted) == (2, 0, False)
    said = "2 events (patients not counted)"
    assert said in substitutions.compute(review, {"disease_table"})["disease_table"]
    assert said in str(across.harms_by_severity(review).content)
    # Nobody knows in how many patients: no share, and the harm stays without a count of patients.
    assert "2 of" not in report_harms.amount(review, line)


def test_what_is_said_of_papers_read_in_full_or_without_a_comparison_is_not_said_here(review):
    facts = str(by_disease.facts(review, "covid_19").content)
    assert "all that was read" in facts
    assert "the whole paper" not in facts
    assert "convalescent_plasma" not in facts
    assert "without a comparison group" not in str(report_harms.answer(review))


def test_a_share_that_no_number_of_the_arm_gives_is_found(review):
    found = {(r.study, r.claim): r for r in audit.audit(review)}
    assert found["li_2020a", "death_plasma"].verdict == "definition conflict"
    assert found["agarwal_2020", "primary_plasma"].verdict == "reproduced"


@pytest.fixture(scope="module")
def run_review(root: Path) -> Path:
    """The review with all its chapters run."""
    done = subprocess.run(
        [sys.executable, "-m", "living_review.cli", "--root", str(root), "update", "--jobs", "2"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.mark.parametrize("name", ["li_2020a", "synthesis", "harms", "practical", "audit", "extraction"])
def test_a_chapter_runs_and_shows_the_study(run_review, name):
    cells = json.loads((run_review / f"notebooks/{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    shown = json.dumps([c["outputs"] for c in cells if c["cell_type"] == "code"])
    assert "Li 2020a" in shown


def test_it_builds_and_passes_its_own_tests(run_review):
    """Its own tests build the site and follow every link of it."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--rootdir", str(run_review), str(run_review / "tests")],
        capture_output=True,
        text=True,
        check=False,
        cwd=run_review,
    )
    assert run.returncode == 0, run.stdout
