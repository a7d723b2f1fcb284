"""A downloaded chapter runs again from its own files, and gives the same outputs."""

from __future__ import annotations

import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
from packaging.specifiers import SpecifierSet

from living_review.build import bundle, staleness

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
RUN = """
import sys, nbformat, nbclient
notebook = nbformat.read(sys.argv[1], 4)
nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
nbformat.write(notebook, sys.argv[1])
"""


def unpack(notebook: Path, folder: Path) -> Path:
    made = bundle.write(ROOT, notebook, folder, "9.9.9")
    with zipfile.ZipFile(made) as packed:
        packed.extractall(folder / "elsewhere")
    return folder / "elsewhere" / notebook.stem / "notebooks"


def shown(path: Path) -> list[dict]:
    cells = nbformat.read(path, 4).cells
    return [out.get("data", out) for cell in cells for out in cell.get("outputs", [])]


def test_a_chapter_runs_from_its_bundle_alone_and_says_the_same(tmp_path: Path) -> None:
    """One chapter is run, for time; that the others hold what they read is the next test."""
    notebook = ROOT / "notebooks" / "hua_2014.ipynb"
    assert staleness.stale(ROOT, [notebook]) == [], "bring it up to date first: make update"
    place = unpack(notebook, tmp_path)
    before = shown(place / "hua_2014.ipynb")
    assert before
    probe = place / "probe.py"
    probe.write_text("import living_review; print(living_review.__file__)")
    used = subprocess.run(
        [sys.executable, "probe.py"], cwd=place, check=True, capture_output=True, text=True
    )
    assert Path(used.stdout.strip()).parent == place / "living_review", "the bundle's own package"
    subprocess.run([sys.executable, "-c", RUN, "hua_2014.ipynb"], cwd=place, check=True)
    assert shown(place / "hua_2014.ipynb") == before


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=[p.stem for p in NOTEBOOKS])
def test_a_bundle_holds_every_file_that_the_last_run_read(notebook: Path) -> None:
    held = bundle.contents(ROOT, notebook)
    record = json.loads(notebook.read_text())["metadata"][staleness.RECORD]
    read = [p for p in record["inputs"] if (ROOT / p).is_file() and not p.startswith("src/")]
    assert read
    assert [p for p in read if p not in held] == []


def dead_links(notebook: Path, held: dict[str, Path]) -> set[str]:
    """Return the links of a notebook, shown or written, to tables that its bundle does not hold."""
    shown = json.dumps(json.loads(notebook.read_text()), ensure_ascii=False)
    linked = re.findall(r"(?:href=\\\"|\]\()(\.\./data/[^\\\")#]+)", shown)
    return {link for link in linked if posixpath.normpath(f"notebooks/{link}") not in held}


def test_every_link_of_a_bundle_to_a_table_leads_to_it() -> None:
    assert {
        p.stem: found for p in NOTEBOOKS if (found := dead_links(p, bundle.contents(ROOT, p)))
    } == {}


def test_a_link_of_a_bundle_to_no_table_is_found() -> None:
    notebook = ROOT / "notebooks" / "hua_2014.ipynb"
    held = bundle.contents(ROOT, notebook)
    del held["data/hua_2014/claims.csv"]
    assert dead_links(notebook, held) == {"../data/hua_2014/claims.csv"}


def test_a_bundle_without_a_file_it_reads_does_not_run(tmp_path: Path) -> None:
    place = unpack(ROOT / "notebooks" / "hua_2014.ipynb", tmp_path)
    (place.parent / "data" / "hua_2014" / "outcomes.csv").unlink()
    (place.parent / "data" / "vocabulary.yaml").unlink()
    run = subprocess.run(
        [sys.executable, "-c", RUN, "hua_2014.ipynb"],
        cwd=place,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    first = bundle.write(ROOT, NOTEBOOKS[0], tmp_path / "a", "1").read_bytes()
    assert bundle.write(ROOT, NOTEBOOKS[0], tmp_path / "b", "1").read_bytes() == first


def test_the_requirements_pin_every_direct_dependency() -> None:
    lines = bundle.requirements(ROOT).splitlines()
    assert {line.split("==")[0] for line in lines} >= {"pandas", "matplotlib", "lifelines", "ipykernel"}
    assert all(line.count("==") == 1 for line in lines)


def test_binder_installs_the_lock_file_with_a_python_that_the_project_supports() -> None:
    folder = ROOT / "binder"
    lines = [
        x for x in (folder / "requirements.txt").read_text().splitlines() if x and not x.startswith("#")
    ]
    assert lines == ["-r ../requirements.txt"]
    assert (folder / "../requirements.txt").resolve() == ROOT / "requirements.txt"
    python = re.fullmatch(r"python-(3\.\d+)\n", (folder / "runtime.txt").read_text())[1]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert SpecifierSet(project["requires-python"]).contains(python)


def test_a_bundle_is_packed_again_only_if_something_in_it_changed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    kept = ("data", "notebooks", "src", "LICENSE", "LICENSE-DATA", "CITATION.cff")
    for name in (*kept, "_config.yml", "pyproject.toml", "requirements.txt"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, root / name)
    before = {path.stem: made_from for path, made_from, _ in bundle.plans(root, tmp_path)}
    assert {path.stem: made_from for path, made_from, _ in bundle.plans(root, tmp_path)} == before
    table = root / "data" / "hua_2014" / "patients.csv"
    table.write_text(table.read_text() + "\n")
    after = {path.stem: made_from for path, made_from, _ in bundle.plans(root, tmp_path)}
    changed = {name for name in before if before[name] != after[name]}
    assert "hua_2014" in changed
    assert "benson_2014" not in changed


def test_a_bundle_warns_of_quantities_that_are_printed_twice(tmp_path: Path) -> None:
    place = unpack(ROOT / "notebooks" / "hua_2014.ipynb", tmp_path).parent
    told = (place / "README.txt").read_text(encoding="utf-8")
    assert 'review.once("events")' in told
    assert "{" not in told
