"""The mutation test: it must see what a notebook shows, and must miss what no page uses."""

from __future__ import annotations

import json
import random
from pathlib import Path

import mutate
import mutations
import pytest

ROOT = Path(__file__).resolve().parents[2]

SCHEMA = {
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "n", "type": "integer"},
        {"name": "value", "type": "number"},
        {"name": "time", "type": "string"},
        {"name": "printed", "type": "string"},
    ]
}
CELLS = [
    "import csv\nrows = list(csv.DictReader(open('../data/one/counts.csv')))",
    "class Shown:\n    def __init__(self, text):\n        self.text = text\n"
    "    def __repr__(self):\n        return 'shown'\n"
    "    def _repr_html_(self):\n        return self.text",
    "Shown('<p class=\"lr-version\">digest ' + str(rows) + '</p>' + rows[0]['n'])",
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("data/one", "data/schema", "data/review", "notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "data/schema/counts.json").write_text(json.dumps(SCHEMA))
    (tmp_path / "data/one/counts.csv").write_text(
        'id,n,value,time,printed\na,7,41.70,2012-12,"7, of 9"\nb,not_reported,0,not_reported,none\n'
    )
    (tmp_path / "data/one/study.yaml").write_text(
        "study_id: one\nn_patients: 9\ngroups:\n  all:\n    label: All\n    n: 9\n"
    )
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in CELLS]
    (tmp_path / "notebooks/page.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}}))
    return tmp_path


def test_every_number_and_nothing_else_is_changed(root: Path) -> None:
    found = mutations.changes(root, random.Random(1))
    assert [(c.row_id, c.column, c.old) for c in found] == [
        ("one", "n_patients", "9"),
        ("all", "n", "9"),
        ("a", "n", "7"),
        ("a", "value", "41.70"),
        ("a", "time", "2012-12"),
        ("b", "value", "0"),
    ]
    assert found[0].new in ("8", "10")
    assert found[2].new in ("6", "8")
    assert found[3].new in ("41.69", "41.71")
    assert found[4].new == "2012-11"
    assert found[5].new == "1"


def test_one_cell_is_written_and_the_others_stay(root: Path) -> None:
    found = mutations.changes(root, random.Random(1))
    mutations.write(root, found[3])
    assert (root / found[3].file).read_text() == (
        "id,n,value,time,printed\n"
        f'a,7,{found[3].new},2012-12,"7, of 9"\nb,not_reported,0,not_reported,none\n'
    )
    mutations.write(root, found[1])
    assert (root / found[1].file).read_text() == (
        f"study_id: one\nn_patients: 9\ngroups:\n  all:\n    label: All\n    n: {found[1].new}\n"
    )


def _shown(path: Path) -> list[str]:
    return list(mutate.shown(path))


def test_what_a_cell_shows_as_its_value_is_seen_and_a_digest_is_not(root: Path) -> None:
    """The value of a cell goes another way than what it prints; a digest changes with anything."""
    path = root / "notebooks/page.ipynb"
    before = mutate.in_a_fork(_shown, path)
    _, _, shown, not_shown, *_ = mutations.changes(root, random.Random(1))
    original = (root / shown.file).read_bytes()
    mutations.write(root, not_shown)
    assert mutate.in_a_fork(_shown, path) == before
    (root / shown.file).write_bytes(original)
    mutations.write(root, shown)
    after = mutate.in_a_fork(_shown, path)
    assert after[:2] == before[:2]
    assert after[2] != before[2]


def test_what_is_seen_in_its_table_is_an_issue_of_validation(tmp_path: Path) -> None:
    """The short cut must say nothing that the whole of validation does not say."""
    mine = mutate.copy(ROOT, tmp_path)
    every = mutations.changes(mine, random.Random(3))
    seen = unseen = 0
    for change in random.Random(3).sample(every, 40):
        original = (mine / change.file).read_bytes()
        mutations.write(mine, change)
        if mutate.is_seen_in_its_table(mine, change):
            seen += 1
            if seen <= 5:
                assert mutate.in_a_fork(mutate._issues, mine), change
        else:
            unseen += 1
        (mine / change.file).write_bytes(original)
    assert seen > 5
    assert unseen > 5


def test_the_report_lists_what_nothing_noticed(root: Path) -> None:
    _, _, one, two, three, four = mutations.changes(root, random.Random(1))
    sample = [(one, "validation"), (two, ""), (four, "notebook page")]
    text = mutations.report(sample, 3, None, 1.0, [(three, "")])
    assert "**Noticed: 2 of 3, 66.7%**" in text
    assert "3 tried" in text
    assert "In 2 a change was noticed" in text
    assert f"| data/one/counts.csv | a | value | 41.70 | {two.new} |" in text
    assert f"| data/one/counts.csv | a | time | 2012-12 | {three.new} |" in text
