"""Each disease of the sources has its section in the chapters across studies, made by one template."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from living_review import cli, evidence, validation
from living_review.living import disease_sections
from living_review.validation.contents import check_sections

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ("practical", "since", "synthesis")
NEW = "keloid"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("data", "notebooks", "book"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("_toc.yml", "pyproject.toml", "CITATION.cff"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def with_a_new_disease(root: Path) -> None:
    """Let a source be on a disease that the vocabulary has just been told of."""
    edit(root / "data/vocabulary.yaml", "\nindications:\n", f"\nindications:\n  {NEW}: Keloid\n")
    edit(root / "data/nathan_2015/study.yaml", "indication: tsc_skin_tumours", f"indication: {NEW}")


def cells(root: Path, name: str) -> list[dict]:
    return json.loads((root / f"notebooks/{name}.ipynb").read_text(encoding="utf-8"))["cells"]


def issues(root: Path) -> list[str]:
    review = evidence.load(root)
    metas = {name: review.study(name).meta for name in review.folders}
    found = check_sections(root, metas, review.vocabulary)
    return [f"{i.file}: {i.column}: {i.found}" for i in found]


def test_the_sections_of_this_review_are_those_that_the_template_makes():
    assert disease_sections.changes(evidence.load(ROOT)) == {}
    assert {path.stem for path, _ in disease_sections._with_mark(ROOT)} == set(CHAPTERS)


def test_a_disease_without_a_section_is_named_and_the_command_writes_it(project, capsys):
    with_a_new_disease(project)
    gone, missing = "## Tuberous-sclerosis skin tumours", f"no section on {NEW}, of nathan_2015"
    assert set(issues(project)) == {
        f"notebooks/{name}.ipynb: {place}"
        for name in CHAPTERS
        for place in (f"{NEW}: {missing}", f"tsc_skin_tumours: {gone}")
    }
    assert any("living-review sections" in i.todo for i in validation.check(project))
    assert cli.main(["--root", str(project), "sections"]) == 0
    assert issues(project) == []
    for name in CHAPTERS:
        own = [c for c in cells(project, name) if c["metadata"].get("disease") == NEW]
        assert "".join(own[0]["source"]) == "## Keloid"
        assert all(f'(review, "{NEW}")' in "".join(c["source"]) for c in own[1:])
        assert len(own) == 1 + len(disease_sections.TEMPLATES[template(project, name)])
    capsys.readouterr()
    assert cli.main(["--root", str(project), "sections"]) == 0
    assert "each chapter has the sections" in capsys.readouterr().out


def template(root: Path, name: str) -> str:
    return next(c["metadata"]["sections"] for c in cells(root, name) if "sections" in c["metadata"])


def test_the_other_sections_keep_their_outputs_and_their_order(project):
    path = project / "notebooks/since.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    shown = next(c for c in content["cells"] if c["id"] == "pecoma-verdicts")
    shown["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["kept"]}]
    path.write_text(json.dumps(content), encoding="utf-8")
    before = [c for c in cells(project, "since") if c["metadata"].get("disease") != "tsc_skin_tumours"]
    with_a_new_disease(project)
    disease_sections.write(evidence.load(project))
    after = [c for c in cells(project, "since") if c["metadata"].get("disease") != NEW]
    assert after == before
    assert shown in after


def test_a_heading_that_says_something_else_is_named(project):
    edit(project / "data/vocabulary.yaml", "pecoma: PEComa\n", "pecoma: A rare sarcoma\n")
    assert "notebooks/since.ipynb: pecoma: ## PEComa" in issues(project)
    disease_sections.write(evidence.load(project))
    assert issues(project) == []


def test_the_id_of_a_cell_is_no_longer_than_notebooks_allow():
    for kind in disease_sections.TEMPLATES:
        made = disease_sections.section(kind, "a_disease_with_a_very_long_name" * 3, "Long")
        assert max(len(name) for name, *_ in made) <= 64


def test_each_part_of_a_section_is_a_function_that_there_is():
    from living_review.report import by_disease

    calls = {call for parts in disease_sections.TEMPLATES.values() for *_, call in parts}
    assert {name for name in calls if not callable(getattr(by_disease, name, None))} == set()
