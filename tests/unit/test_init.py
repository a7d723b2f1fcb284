"""A review from nothing: what ``init`` writes is valid, what it refuses, and what an engine asks."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml
from test_topic import named, words_of_the_topic

from living_review import cli, evidence, package_data, validation
from living_review.starter import init, upgrade

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("new") / "review"
    init.init(root, "Examplin in example disease", "A. Rossi")
    return root


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "review"))


def run(root: Path, *arguments: str) -> int:
    return cli.main(["--root", str(root), *arguments])


def test_what_it_writes_is_valid_and_has_one_study_that_says_it_is_made_up(made):
    assert validation.check_all(made) == []
    (study,) = evidence.load(made).studies
    assert study.meta["made_up"] is True
    assert study.label == "Example 2020"
    for table in ("claims", "quoted", "events"):
        assert not study.has(table)
    assert not (made / "data/context").exists()


def test_nothing_of_this_reviews_topic_is_in_it(made):
    words = words_of_the_topic()
    texts = {p: p.read_text(encoding="utf-8") for p in made.rglob("*") if p.is_file()}
    found = {p.relative_to(made).as_posix(): named(text, words) for p, text in texts.items()}
    # Looks of studies name colours and shapes; "_2020" and the like are no studies of this review.
    assert {name: there for name, there in found.items() if there} == {}


def test_every_key_of_the_topic_is_explained(made):
    lines = (made / "data/review.yaml").read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines):
        if re.match(r"[a-z_]+:", line):
            assert lines[number - 1].startswith("#"), line


def test_the_gate_refuses_placeholders_and_the_made_up_study(project, capsys):
    assert run(project, "check") == 0
    assert run(project, "check", "--publish") == 1
    said = capsys.readouterr().out
    for place in ("data/review.yaml", "book/index.md", "notebooks/synthesis.ipynb:cell h-unknown"):
        assert place in said
    assert "data/example_2020/study.yaml:made_up: found a study that does not exist" in said


def test_the_gate_opens_when_all_is_written(project, capsys):
    for path in [
        *project.glob("book/*.md"),
        *project.glob("notebooks/*"),
        project / "data/review.yaml",
    ]:
        path.write_text(path.read_text(encoding="utf-8").replace("to_write", "written"))
    assert run(project, "new-study", "example_2020", "--undo", "--force") == 0
    assert [str(i) for i in validation.check_publishable(project)] == []


def test_without_its_last_study_the_data_are_valid(project):
    assert run(project, "new-study", "example_2020", "--undo", "--force") == 0
    assert [str(issue) for issue in validation.check_all(project)] == []
    assert evidence.load(project).study_ids == []
    assert run(project, "new-study", "van_den_berg_2020a", "--kind", "trial") == 0
    listed = yaml.safe_load((project / "_toc.yml").read_text())["parts"][0]["chapters"]
    assert {"file": "notebooks/van_den_berg_2020a"} in listed


def test_a_folder_with_something_in_it_is_left_as_it_is(tmp_path, capsys):
    (tmp_path / "thesis.docx").write_text("years of work")
    assert cli.main(["init", str(tmp_path)]) == 2
    assert "holds thesis.docx" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_file_and_a_place_inside_a_review_are_refused(project, capsys):
    assert cli.main(["init", str(project / "_toc.yml")]) == 2
    assert "is a file" in capsys.readouterr().err
    assert cli.main(["init", str(project / "another")]) == 2
    assert "inside the review" in capsys.readouterr().err


@pytest.mark.parametrize("title", ["", 'a "b"', "a\nb", "{{ n }}", "<b>"])
def test_a_title_that_would_break_a_file_is_refused(tmp_path, title, capsys):
    assert cli.main(["init", str(tmp_path / "new"), "--title", title]) == 2
    assert "the title" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_an_empty_repository_keeps_its_own_readme_and_licence(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "README.md").write_text("Mine.")
    init.init(tmp_path)
    assert (tmp_path / "README.md").read_text() == "Mine."
    assert validation.check_all(tmp_path) == []


def test_outside_a_project_every_command_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for command in (["check"], ["upgrade"], ["update"], ["render"], ["new-study", "rossi_2027"]):
        assert cli.main(command) == 2
        said = capsys.readouterr().err
        assert said.startswith("living-review: no ")
        assert "inside the project" in said


def test_the_forms_offer_the_diseases_and_drugs_of_the_new_review(made):
    form = yaml.safe_load((made / ".github/ISSUE_TEMPLATE/new_paper.yml").read_text())
    options = {b["id"]: b["attributes"]["options"] for b in form["body"] if b.get("type") == "dropdown"}
    assert options["disease"] == ["Example disease (made up)", "Another disease"]
    assert options["drug"] == ["Examplin (made up)", "Another drug"]


# --- A newer engine -------------------------------------------------------------------------------


def test_a_new_review_owes_the_engine_nothing(made):
    assert upgrade.steps(made) == []


def test_an_older_review_is_told_each_step_and_helped_where_it_can_be(project, capsys):
    schema = project / "data/schema/outcomes.json"
    content = json.loads(schema.read_text())
    content["fields"] = [f for f in content["fields"] if f["name"] != "criterion"]
    schema.write_text(json.dumps(content))
    (project / "data/schema/events.json").unlink()
    words = project / "data/vocabulary.yaml"
    words.write_text(words.read_text().replace("\nlifecycle_states:", "\nother_states:"))
    topic = project / "data/review.yaml"
    topic.write_text(topic.read_text().replace("schema: 1", "schema: 0").replace("beside: {}\n", ""))
    lock = project / "requirements.txt"
    lock.write_text(re.sub("==.*", "==0.0.1", lock.read_text()))
    assert run(project, "upgrade") == 1
    said = capsys.readouterr().out
    for step in (
        "requirements.txt: asks for living-review 0.0.1",
        "data/review.yaml: for the form 1",
        "data/review.yaml: beside: no such key",
        "data/schema/outcomes.json: adds criterion: change the tables (--write does it)",
        "data/schema/events.json: is not there yet",
        "data/vocabulary.yaml: has no list lifecycle_states",
    ):
        assert step in said
    assert run(project, "upgrade", "--write") == 1  # what is left needs a person
    left = [step.place for step in upgrade.steps(project)]
    assert left == ["requirements.txt", "data/review.yaml", "data/review.yaml"]
    assert "lifecycle_states" in evidence.load(project).vocabulary


def test_sections_that_another_engine_wrote_are_named_and_written_anew(project, capsys):
    path = project / "notebooks/since.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("later_verdicts", "verdicts_of_old"), encoding="utf-8")
    assert run(project, "upgrade") == 1
    assert "notebooks/since.ipynb: its sections of diseases are not those" in capsys.readouterr().out
    assert run(project, "upgrade", "--write") == 0
    assert upgrade.steps(project) == []
    assert "later_verdicts" in path.read_text(encoding="utf-8")


def test_a_review_of_the_time_before_topics_is_told_what_to_add(project):
    (project / "data/review.yaml").unlink()
    (step,) = upgrade.steps(project)
    assert "is missing: say in data/review.yaml" in str(step)


# --- The package ----------------------------------------------------------------------------------


def test_every_file_that_the_package_takes_along_is_there():
    assert [name for name in package_data.INCLUDED if not package_data.path(name).exists()] == []


def test_what_a_review_installs_is_what_the_engine_tests_with():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras, groups = project["project"]["optional-dependencies"], project["dependency-groups"]
    assert sorted(extras["book"]) == sorted(groups["book"])
    assert set(extras["test"]) <= set(groups["checks"])
