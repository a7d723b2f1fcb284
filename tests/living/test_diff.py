"""Two states of the evidence compared: each kind of difference planted once in a copy of the data."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from living_review import evidence
from living_review.build import data_package
from living_review.cli import main
from living_review.evidence import snapshots
from living_review.living import diff
from living_review.living.diff import page, stored

ROOT = evidence.find_root()
STUDIES = ("hua_2014", "benson_2014")


def copy(place: Path) -> Path:
    """Copy the evidence of two studies and of the review itself."""
    shutil.copytree(ROOT / "data" / "schema", place / "data" / "schema")
    shutil.copy(ROOT / "data" / "vocabulary.yaml", place / "data" / "vocabulary.yaml")
    for folder in (*STUDIES, "review"):
        skip = shutil.ignore_patterns("readings")
        shutil.copytree(ROOT / "data" / folder, place / "data" / folder, ignore=skip)
    for study in STUDIES:  # without claims that point at what this copy leaves out
        path = place / "data" / study / "claims.csv"
        header, rows = evidence.read_rows(path)
        evidence.write_rows(path, [header, *(r for r in rows if ":" not in f"{r[2]} {r[3]}")])
    return place


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def project(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "project"))


def change(root: Path, relative: str, old: str, new: str) -> None:
    path = root / "data" / relative
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} not in {relative}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def compared(old: Path, new: Path) -> diff.Comparison:
    return diff.compare(evidence.load(old), evidence.load(new))


def test_the_same_evidence_is_the_same(kept: Path, project: Path) -> None:
    found = compared(kept, project)
    assert found.is_same
    assert found.old == found.new
    assert diff.report(found).endswith("The review is the same.")


def test_a_digit_and_the_verdicts_that_it_turns(kept: Path, project: Path) -> None:
    change(project, "benson_2014/events.csv", ",637,", ",673,")
    found = compared(kept, project)
    place = ("benson_2014", "events", "p3_time_on_treatment", "time")
    assert diff.Cell(*place, "637", "673") in found.changed
    assert found.added == found.removed == found.not_compared == ()
    assert found.old.digest != found.new.digest
    text = diff.report(found)
    assert "benson_2014:events/p3_time_on_treatment.time: 637 → 673" in text
    assert "The review differs: cells changed 1, rows added 0" in text


def test_a_verdict_turned_by_a_digit_though_the_claim_is_as_it_was(kept: Path, project: Path) -> None:
    change(project, "benson_2014/counts.csv", ",renal,3,10,", ",renal,4,10,")
    found = compared(kept, project)
    turned = {o.name: (o.before, o.after) for o in found.results["claims"]}
    assert turned["claim site_sum"] == ("reproduced", "arithmetic error")
    assert {cell.table for cell in found.changed} == {"counts"}
    assert "benson_2014, claim site_sum: reproduced → arithmetic error" in diff.report(found)


def test_a_count_that_the_synthesis_chooses_otherwise(kept: Path, project: Path) -> None:
    path = project / "data" / "benson_2014" / "responses.csv"
    header, rows = evidence.read_rows(path)
    at = header.index("category")
    first = next(row for row in rows if row[at] == "partial_response")
    first[at] = "stable_disease"
    evidence.write_rows(path, [header, *rows])
    counts = {o.name: (o.before, o.after) for o in compared(kept, project).results["proportions"]}
    before, after = counts["lesion_response, recist_1_1"]
    assert before.startswith("5 of 7 judged")
    assert after.startswith("4 of 7 judged")


def uncoded(root: Path) -> None:
    """Take away what the review codes, as in a state from before there were such columns."""
    for path in (root / "data" / "schema").glob("*.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        kept = [f for f in schema.get("fields", []) if f.get("coded") != "review"]
        lost = {f["name"] for f in schema.get("fields", [])} - {f["name"] for f in kept}
        path.write_text(json.dumps(schema | {"fields": kept} if lost else schema), encoding="utf-8")
        for table in (root / "data").glob(f"*_20*/{path.stem}.csv") if lost else ():
            header, rows = evidence.read_rows(table)
            places = [i for i, name in enumerate(header) if name not in lost]
            evidence.write_rows(table, [[row[i] for i in places] for row in (header, *rows)])


def test_counts_of_a_state_without_coded_columns_differ_by_the_data_alone(
    kept: Path, project: Path
) -> None:
    uncoded(project)
    found = compared(project, kept)
    assert found.results["proportions"] == ()
    assert "hua_2014:outcomes: only NEW has a column" in " ".join(found.not_compared)
    assert "proportions" not in " ".join(found.not_compared)
    change(project, "hua_2014/outcomes.csv", "analgesics withdrawn,2,3", "analgesics withdrawn,1,3")
    (count,) = compared(project, kept).results["proportions"]
    assert count.before.startswith("1 of 3")
    assert count.after.startswith("2 of 3")


def test_a_row_that_is_gone_and_one_that_came(kept: Path, project: Path) -> None:
    path = project / "data" / "hua_2014" / "statements.csv"
    header, rows = evidence.read_rows(path)
    gone, rows[3][0] = rows[3][0], "another_name"
    evidence.write_rows(path, [header, *rows])
    found = compared(kept, project)
    assert [(r.study, r.table, r.row) for r in found.removed] == [("hua_2014", "statements", gone)]
    assert [r.row for r in found.added] == ["another_name"]
    assert found.added[0].cells == dict(zip(header, rows[3], strict=True))


def test_a_value_of_a_study_yaml(kept: Path, project: Path) -> None:
    change(project, "hua_2014/study.yaml", "n_patients: 3", "n_patients: 4")
    change(project, "hua_2014/study.yaml", "funding:", "paid_by:")
    found = compared(kept, project)
    assert found.changed == (diff.Cell("hua_2014", "study.yaml", "n_patients", "value", "3", "4"),)
    assert [row.row for row in (*found.removed, *found.added)] == ["funding", "paid_by"]


def test_a_new_study_is_one_line_in_words_and_all_its_rows_in_data(kept: Path, project: Path) -> None:
    shutil.copytree(project / "data" / "hua_2014", project / "data" / "rossi_2027")
    change(project, "rossi_2027/study.yaml", "study_id: hua_2014", "study_id: rossi_2027")
    found = compared(kept, project)
    assert {row.study for row in found.added} == {"rossi_2027"}
    assert {o.before for o in found.results["proportions"]} == {"none"}
    lines = [line for line in diff.report(found).splitlines() if "the whole study" in line]
    assert lines == [
        f"  rossi_2027, the whole study: {len(found.added)} rows in "
        f"{len({row.table for row in found.added})} tables"
    ]
    assert compared(project, kept).removed == found.added


def test_a_judgement_of_the_review_counts_and_the_list_of_versions_does_not(
    kept: Path, project: Path
) -> None:
    change(project, "review/versions.csv", "First results", "First of all results")
    change(project, "review/changes.csv", "First version of", "The first version of")
    change(project, "review/glossary.csv", "Cancer:", "A cancer:")
    assert compared(kept, project).is_same
    change(project, "review/certainty.csv", ",-1,", ",-2,")
    (cell,) = compared(kept, project).changed
    assert (cell.study, cell.table, cell.column, cell.before, cell.after) == (
        *("review", "certainty", "change", "-1", "-2"),
    )


def test_rows_without_a_name_are_distinguished_by_all_they_say(kept: Path, project: Path) -> None:
    path = project / "data" / "review" / "settled.csv"
    header, rows = evidence.read_rows(path)
    evidence.write_rows(path, [header, *rows, rows[0]])
    found = compared(kept, project)
    assert [row.cells for row in found.added] == [dict(zip(header, rows[0], strict=True))]
    assert found.removed == found.changed == ()


def notebook(root: Path, name: str, *inputs: str) -> None:
    (root / "notebooks").mkdir(exist_ok=True)
    record = {"living_review": {"inputs": dict.fromkeys(inputs, "digest")}} if inputs else {}
    (root / "notebooks" / f"{name}.ipynb").write_text(json.dumps({"metadata": record, "cells": []}))


def test_the_pages_that_read_what_differs_are_named_and_no_other(project: Path, tmp_path: Path) -> None:
    notebook(project, "one", "data/benson_2014/events.csv", "data/benson_2014/study.yaml")
    notebook(project, "other", "data/benson_2014/counts.csv")
    notebook(project, "unknown")
    before = Path(shutil.copytree(project, tmp_path / "before"))
    change(project, "benson_2014/events.csv", ",637,", ",673,")
    found = compared(before, project)
    assert [page.split(",")[0] for page in found.readers] == ["notebooks/one", "notebooks/unknown"]
    assert "Pages that read what differs:\n  notebooks/one\n" in diff.report(found)


def drop(root: Path, relative: str, column: str) -> None:
    path = root / "data" / relative
    header, rows = evidence.read_rows(path)
    at = header.index(column)
    evidence.write_rows(path, [r[:at] + r[at + 1 :] for r in [header, *rows]])


def test_a_column_that_the_old_state_lacks_is_said_and_the_rest_compared(
    project: Path, kept: Path, tmp_path: Path
) -> None:
    old = Path(shutil.copytree(kept, tmp_path / "old"))
    drop(old, "hua_2014/counts.csv", "category")
    change(old, "hua_2014/patients.csv", ",17,", ",71,")
    found = compared(old, project)
    assert "hua_2014:counts: only NEW has a column category" in found.not_compared
    assert [(c.table, c.before, c.after) for c in found.changed] == [("patients", "71", "17")]
    assert not found.is_same


def test_claims_of_another_shape_are_said_one_by_one_and_nothing_crashes(
    project: Path, kept: Path, tmp_path: Path
) -> None:
    old = Path(shutil.copytree(kept, tmp_path / "old"))
    drop(old, "hua_2014/claims.csv", "kind")
    drop(old, "benson_2014/responses.csv", "id")
    said = "\n".join(compared(old, project).not_compared)
    assert "OLD hua_2014, claim cases_abstract: KeyError: 'kind'" in said
    assert "benson_2014:responses: without id no row can be found again" in said


# --- The command. ---------------------------------------------------------------------------------


def run(new: Path, old: object, *options: str) -> int:
    return main(["--root", str(new), "diff", str(old), *options])


def test_the_command_says_0_for_the_same_and_1_for_another(kept: Path, project: Path, capsys) -> None:
    assert run(project, kept) == 0
    assert "The review is the same." in capsys.readouterr().out
    change(project, "benson_2014/events.csv", ",637,", ",673,")
    assert run(project, kept) == 1
    assert "637 → 673" in capsys.readouterr().out
    assert run(project, kept, "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert found["same"] is False
    assert found["changed"][0]["after"] == "673"
    assert found["old"]["studies"] == sorted(STUDIES)


def broken(name: str, text: str) -> Callable[[Path], object]:
    return lambda root: (root / "data" / name).write_text(text)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (lambda root: (root / "data" / "vocabulary.yaml").unlink(), "holds no data/vocabulary.yaml"),
        (broken("vocabulary.yaml", "verdicts: ["), "the schemas or the vocabulary of the folder"),
        (broken("schema/events.json", "{"), "the schemas or the vocabulary of the folder"),
        (broken("hua_2014/study.yaml", "year: ["), "hua_2014/study.yaml cannot be read"),
        (
            lambda root: (root / "data/hua_2014/counts.csv").write_bytes(b"id\n\xe9\n"),
            "hua_2014/counts.csv cannot be read",
        ),
    ],
)
def test_a_folder_that_cannot_be_compared_is_a_message_and_2(
    kept: Path, project: Path, capsys, fault: Callable[[Path], object], message: str
) -> None:
    fault(project)
    assert run(kept, project) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert shown.out == ""


def test_a_wrong_folder_inside_the_project_is_not_the_project(kept: Path, capsys) -> None:
    assert run(kept, kept / "data" / "review") == 2
    assert "name the top of a copy" in capsys.readouterr().err


def test_no_name_is_not_the_working_folder(kept: Path, capsys) -> None:
    assert run(kept, "") == 2
    assert "nothing is named" in capsys.readouterr().err


def test_a_file_is_no_folder(kept: Path, capsys) -> None:
    assert run(kept, kept / "data" / "vocabulary.yaml") == 2
    assert "is a file, and no zip that can be read" in capsys.readouterr().err


# --- git. -----------------------------------------------------------------------------------------

has_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(root: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", root, *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def history(project: Path) -> Path:
    """Return a project with a version that is tagged, and a digit changed since."""
    git(project, "init", "--quiet")
    git(project, "add", "data")
    git(project, "commit", "--quiet", "--message", "One")
    git(project, "tag", "v0.1.0")
    change(project, "benson_2014/events.csv", ",637,", ",673,")
    return project


@has_git
def test_a_revision_is_compared_with_the_work_tree(history: Path, capsys) -> None:
    assert run(history, "v0.1.0") == 1
    assert "637 → 673" in capsys.readouterr().out
    git(history, "commit", "--quiet", "--all", "--message", "Two")
    assert run(history, "HEAD") == 0
    assert run(history, "HEAD~1") == 1


@has_git
@pytest.mark.parametrize("name", ["v9.9.9", "HEAD~9", "--all", "a b"])
def test_a_revision_that_git_does_not_know_is_a_message_and_2(history: Path, capsys, name: str) -> None:
    assert main(["--root", str(history), "diff", "--", name]) == 2
    said = capsys.readouterr().err
    assert "neither a folder, nor a revision that git knows, nor a version" in said
    assert f"({', '.join(evidence.load(history).records('versions')['version'])})" in said


def give_revision(root: Path, revision: str) -> str:
    """Write a revision into the newest row of the versions; return the version."""
    path = root / "data" / "review" / "versions.csv"
    header, rows = evidence.read_rows(path)
    rows[-1][header.index("revision")] = revision
    evidence.write_rows(path, [header, *rows])
    return rows[-1][header.index("version")]


@has_git
@pytest.mark.parametrize("prefix", ["", "v"])
def test_a_version_is_the_revision_that_the_list_of_versions_names(
    history: Path, capsys, prefix: str
) -> None:
    git(history, "tag", "--delete", "v0.1.0")
    head = subprocess.run(
        ["git", "-C", history, "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    version = give_revision(history, head.stdout.strip())
    assert run(history, f"{prefix}{version}") == 1
    assert "637 → 673" in capsys.readouterr().out


@has_git
@pytest.mark.parametrize(
    ("revision", "said"),
    [("not_applicable", "names no revision: `git log"), ("0" * 40, "which git lacks here: `git log")],
)
def test_a_version_that_cannot_be_had_is_a_message_and_2(
    history: Path, capsys, revision: str, said: str
) -> None:
    git(history, "tag", "--delete", "v0.1.0")
    assert run(history, give_revision(history, revision)) == 2
    assert said in capsys.readouterr().err


@has_git
def test_a_revision_without_evidence_is_a_message_and_2(history: Path, capsys) -> None:
    git(history, "checkout", "--quiet", "--orphan", "bare")
    git(history, "rm", "--quiet", "--force", "-r", "--cached", ".")
    (history / "README").write_text("x")
    git(history, "add", "README")
    git(history, "commit", "--quiet", "--message", "No data")
    assert run(history, "bare") == 2
    assert "revision bare holds no data/" in capsys.readouterr().err


@has_git
def test_a_copy_without_a_history_is_a_message_and_2(project: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))
    assert run(project, "v0.1.0") == 2
    assert "git knows no history here" in capsys.readouterr().err


def test_a_machine_without_git_is_a_message_and_2(project: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert run(project, "v0.1.0") == 2
    assert "git is not installed" in capsys.readouterr().err


@has_git
def test_nothing_of_a_revision_is_left_behind(history: Path) -> None:
    with snapshots.open_snapshot("v0.1.0", history) as old:
        place = old.root
        assert (place / "data" / "vocabulary.yaml").is_file()
    assert not place.exists()


# --- Data packages. -------------------------------------------------------------------------------


def test_a_data_package_is_a_state(kept: Path, project: Path, tmp_path: Path, capsys) -> None:
    for name in data_package.BESIDE:
        if not (kept / name).is_file():
            shutil.copy(ROOT / name, project / name)
    (project / "book").mkdir()
    shutil.copy(ROOT / "book" / "references.bib", project / "book" / "references.bib")
    target = tmp_path / "evidence.zip"
    data_package.write(project, target, "A review")
    shutil.rmtree(project / "book")
    assert run(project, target) == 0, capsys.readouterr().out
    change(project, "benson_2014/counts.csv", ",renal,3,10,", ",renal,4,10,")
    capsys.readouterr()
    assert run(project, target) == 1
    assert "benson_2014, claim site_sum: reproduced → arithmetic error" in capsys.readouterr().out


def test_another_zip_is_a_message_and_2(kept: Path, tmp_path: Path, capsys) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    assert run(kept, tmp_path / "other.zip") == 2
    assert "holds no datapackage.json, so it is no data package" in capsys.readouterr().err


def test_an_old_vocabulary_borrows_what_it_lacks_and_says_so(project: Path, kept: Path, capsys) -> None:
    path = project / "data" / "vocabulary.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index("\nlooks:")
    end = start + re.search(r"\n(?=[a-z])", text[start + 1 :]).start() + 1
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    git(project, "init", "--quiet")
    git(project, "add", "data")
    git(project, "commit", "--quiet", "--message", "Old")
    shutil.copy(kept / "data" / "vocabulary.yaml", path)
    assert run(project, "HEAD") == 1
    said = capsys.readouterr().out
    assert "OLD has no list looks in its vocabulary: that of this project is used instead" in said
    assert "cells changed 0" in said


# --- What is stored for the page. -----------------------------------------------------------------


def test_what_is_stored_is_shown_until_something_is_edited(history: Path, capsys) -> None:
    notebook(history, "one", "data/benson_2014/events.csv")
    version = evidence.load(history).version
    path = history / "data" / "review" / "versions.csv"
    header, rows = evidence.read_rows(path)
    rows[-2][header.index("revision")] = "v0.1.0"
    evidence.write_rows(path, [header, *rows])
    assert main(["--root", str(history), "diff", "--write"]) == 0
    assert "'cells changed': 1" in capsys.readouterr().out
    review = evidence.load(history)
    assert f"with version {version} of " in page.lead(review)
    assert "edited since" not in page.lead(review)
    assert "<td>benson" not in page.results(review)
    assert "benson_2014/events" in page.data(review)
    change(history, "benson_2014/events.csv", ",94,", ",95,")
    assert "edited since" in page.lead(evidence.load(history))


def test_the_stored_comparison_is_of_the_newest_two_versions() -> None:
    review = evidence.load(ROOT)
    (versions,) = [row for row in stored.read(review) if (row.kind, row.name) == ("state", "version")]
    assert (versions.before, versions.after) == (stored.version_before(review), review.version)


def test_a_project_without_a_stored_comparison_says_so(project: Path) -> None:
    (project / stored.FILE).unlink()
    assert page.lead(evidence.load(project)) == page.NONE_YET
    assert [str(make(evidence.load(project))) for make in (page.totals, page.data, page.pages)] == [
        ""
    ] * 3


@pytest.mark.parametrize("options", [["diff"], ["diff", "0.1.0", "--write"]])
def test_a_command_that_names_too_little_or_too_much_is_a_message_and_2(
    kept: Path, capsys, options: list[str]
) -> None:
    assert main(["--root", str(kept), *options]) == 2
    assert "name what to compare with" in capsys.readouterr().err
