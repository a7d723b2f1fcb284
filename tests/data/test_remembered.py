"""What is remembered of a study gives the answer that it would give anew, whatever changes."""

import json
import random
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from living_review import audit, cli, evidence, files, validation
from living_review.audit import engine
from living_review.evidence import model
from living_review.evidence import tables as text_tables
from living_review.evidence.memory import FOLDER, Memory
from living_review.evidence.references import Cells
from living_review.validation import cells as validation_cells
from living_review.validation import issues

ROOT = Path(__file__).parents[2]
NAMES = ("data/carolino_2025", "data/nathan_2015", "data/schema", "data/context")


@pytest.fixture
def project(tmp_path):
    for name in NAMES:
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "data" / "review").mkdir()
    for name in ("vocabulary.yaml", "review/quoted_sources.csv"):
        shutil.copy(ROOT / "data" / name, tmp_path / "data" / name)
    path = tmp_path / "data" / "nathan_2015" / "claims.csv"
    header, rows = evidence.read_rows(path)
    rows[0][header.index("inputs")] = "carolino_2025:statements/*.finding"
    evidence.write_rows(path, [header, *rows])
    return tmp_path


def change(path, rng):
    header, rows = evidence.read_rows(path)
    row = rng.choice(rows)
    row[rng.randrange(len(row))] = rng.choice(["", "7", "not_reported", "=1", "x y", row[0]])
    evidence.write_rows(path, [header, *rows])


def test_after_any_change_the_answer_is_the_one_without_memory(project):
    rng = random.Random(5)
    places = [p for p in sorted((project / "data").glob("*_20*/*.csv"))]
    for turn in range(8):
        remembered = validation.check_all(project, remember=True)
        assert remembered == validation.check_all(project)
        if turn % 2:
            assert validation.check_all(project, remember=True) == remembered  # nothing changed
        change(rng.choice(places), rng)


def test_nothing_is_computed_again_that_is_as_it_was(project, monkeypatch):
    first = validation.check(project, remember=True)
    asked = []
    real = validation._check_study
    monkeypatch.setattr(
        validation, "_check_study", lambda r, f, *a: asked.append(f.name) or real(r, f, *a)
    )
    assert validation.check(project, remember=True) == first
    assert asked == []
    path = project / "data" / "carolino_2025" / "statements.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    validation.check(project, remember=True)
    assert asked == ["carolino_2025", "nathan_2015"]  # the second names a cell of the first


@pytest.fixture
def three(tmp_path):
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import scale

    return scale, scale.make(tmp_path / "three", 3)


@pytest.fixture
def work(monkeypatch):
    """How often each file was read, and each study checked and audited."""
    done = Counter()

    def counted(module, name, of):
        real = getattr(module, name)

        def wrapper(*args):
            done[of(*args)] += 1
            return real(*args)

        monkeypatch.setattr(module, name, wrapper)

    for module, name in ((files, "read_csv"), (model, "read_rows"), (evidence, "read_rows")):
        counted(module, name, lambda path: "/".join(path.parts[-2:]))
    counted(validation, "_check_study", lambda _, folder, *rest: f"check {folder.name}")
    counted(engine, "_study", lambda study, _: f"audit {study}")
    assert text_tables.files is files
    return done


def test_each_table_is_read_once_by_check_and_audit(three, work):
    assert validation.check_all(three[1], remember=True) == []
    own = {path: count for path, count in work.items() if path.startswith("study_")}
    assert len(own) == 3 * len(list((ROOT / "data" / "benson_2014").glob("*.csv")))
    assert set(own.values()) == {1}


def test_of_a_change_in_one_study_that_study_alone_is_checked_and_audited(three, work):
    scale, root = three
    assert validation.check_all(root, remember=True) == []
    work.clear()
    scale.touch(root, 2)
    work.clear()  # to change a file is to read it, too
    assert validation.check_all(root, remember=True) == []
    changed = scale.name_of(2)
    assert {name for name in work if "study_" in name and changed not in name} == set()
    assert work[f"check {changed}"] == work[f"audit {changed}"] == 1


def test_a_new_vocabulary_or_schema_makes_all_anew(project):
    validation.check(project, remember=True)
    path = project / "data" / "vocabulary.yaml"
    path.write_text(path.read_text().replace("  everolimus: Everolimus\n", ""))
    assert validation.check(project, remember=True) == validation.check(project)


def test_a_memory_that_was_damaged_is_none(project):
    sound = validation.check(project, remember=True)
    for path in (project / FOLDER / "check").glob("*.json"):
        path.write_text(path.read_text()[:-20])
    assert validation.check(project, remember=True) == sound
    for path in (project / FOLDER / "check").glob("*.json"):
        path.write_text("[]")
    assert validation.check(project, remember=True) == sound


def test_a_table_that_was_missing_and_appears_is_noticed(project):
    cells, seen = Cells(project), []
    memory = Memory(project, "own")
    memory.answer("nathan_2015", cells, lambda: seen.append(cells.rows("review", "later")) or 1)
    memory.answer("nathan_2015", cells, lambda: seen.append(1) or 1)
    assert len(seen) == 1
    (project / "data" / "review" / "later.csv").write_text("id\na\n")
    Memory(project, "own").answer("nathan_2015", Cells(project), lambda: seen.append(1) or 1)
    assert len(seen) == 2


def test_the_audit_prints_the_same_from_memory(project, capsys):
    for study in ("nathan_2015", "carolino_2025"):
        path = project / "data" / study / "claims.csv"
        header, rows = evidence.read_rows(ROOT / "data" / study / "claims.csv")
        evidence.write_rows(path, [header, *(r for r in rows if ":" not in f"{r[2]} {r[3]}")])
    printed = []
    for _ in range(2):
        assert cli.main(["--root", str(project), "audit", "--format", "json"]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    expected = [r.as_dict() for r in audit.audit(evidence.load(project))]
    assert json.loads(printed[0]) == json.loads(json.dumps(expected))
    assert printed[0] == json.dumps(expected, indent=2, ensure_ascii=False) + "\n"


def test_of_very_many_issues_of_a_file_the_first_are_listed(project):
    path = project / "data" / "nathan_2015" / "statements.csv"
    header, rows = evidence.read_rows(path)
    evidence.write_rows(
        path, [header, *([f"{r[0]}_{n}", " ", *r[2:]] for n in range(300) for r in rows)]
    )
    own = [f for f in validation.check(project) if f.file.endswith("statements.csv")]
    assert len(own) == validation.MOST + 1
    assert "more issues" in own[-1].found


def tables():
    schemas = evidence.load_schemas(ROOT)
    for path in sorted((ROOT / "data").glob("*/*.csv")):
        folder = path.parent.name
        key = f"{folder}_{path.stem}" if folder in evidence.RECORDS else path.stem
        yield issues.read(path, path.name), schemas[key]


def test_every_table_of_the_project_is_judged_without_the_library():
    assert [t.file for t, schema in tables() if not validation_cells.is_plainly_valid(t, schema)] == []


def test_what_is_judged_valid_the_library_finds_valid_too(monkeypatch):
    """The oracle is frictionless: it refuses no table that the short way takes."""
    rng = random.Random(3)
    words = ["", " ", "7", "-1", "1.5", "999", "1e3", "x", "not_reported", "yes", "٣", "p1", "2"]
    chosen = [(t, s) for t, s in tables() if len(t.rows) < 60]
    accepted = 0
    for _ in range(60):
        table, schema = rng.choice(chosen)
        rows = [list(row) for row in table.rows]
        row = rng.choice(rows)
        if rng.random() < 0.2:
            row[:] = rng.choice(rows)
        else:
            row[rng.randrange(len(row))] = rng.choice(words)
        damaged = issues.Table(table.file, table.header, rows)
        if validation_cells.is_plainly_valid(damaged, schema):
            accepted += 1
            with monkeypatch.context() as patch:
                patch.setattr(validation_cells, "is_plainly_valid", lambda *_: False)
                assert list(validation_cells.check_cells(damaged, schema)) == []
    assert accepted > 5
