"""The mutation test: it must see what a notebook shows, and must miss what no page uses."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import mutate  # noqa: E402

SCHEMA = {
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "n", "type": "integer"},
        {"name": "value", "type": "number"},
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
        'id,n,value,printed\na,7,41.70,"7, of 9"\nb,not_reported,0,none\n'
    )
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in CELLS]
    (tmp_path / "notebooks/page.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}}))
    return tmp_path


def test_every_number_and_nothing_else_is_changed(root: Path) -> None:
    found = mutate.changes(root, random.Random(1))
    assert [(c.row_id, c.column, c.old) for c in found] == [
        ("a", "n", "7"),
        ("a", "value", "41.70"),
        ("b", "value", "0"),
    ]
    assert found[0].new in ("6", "8")
    assert found[1].new in ("41.69", "41.71")
    assert found[2].new == "1"


def test_one_cell_is_written_and_the_others_stay(root: Path) -> None:
    change = mutate.changes(root, random.Random(1))[1]
    mutate.write(root, change)
    assert (root / change.file).read_text() == (
        f'id,n,value,printed\na,7,{change.new},"7, of 9"\nb,not_reported,0,none\n'
    )


def _shown(path: Path) -> list[str]:
    return list(mutate.shown(path))


def test_what_a_cell_shows_as_its_value_is_seen_and_a_digest_is_not(root: Path) -> None:
    """The value of a cell goes another way than what it prints; a digest changes with anything."""
    path = root / "notebooks/page.ipynb"
    before = mutate.in_a_fork(_shown, path)
    shown, not_shown, _ = mutate.changes(root, random.Random(1))
    original = (root / shown.file).read_bytes()
    mutate.write(root, not_shown)
    assert mutate.in_a_fork(_shown, path) == before
    (root / shown.file).write_bytes(original)
    mutate.write(root, shown)
    after = mutate.in_a_fork(_shown, path)
    assert after[:2] == before[:2]
    assert after[2] != before[2]


def test_the_report_lists_what_nothing_noticed(root: Path) -> None:
    one, two, three = mutate.changes(root, random.Random(1))
    text = mutate.report([(one, "schema"), (two, ""), (three, "notebook page")], 3, None, 1.0)
    assert "**Noticed: 2 of 3, 66.7%**" in text
    assert f"| data/one/counts.csv | a | value | 41.70 | {two.new} |" in text
