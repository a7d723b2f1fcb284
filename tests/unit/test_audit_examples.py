"""The examples of the page of the audit come from the data by rule, or there is none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from living_review import audit, evidence
from living_review.report import audit_examples

ROOT = Path(__file__).resolve().parents[2]
QUOTED = "data/carolino_2025/quoted.csv"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path


def change(root: Path, file: str, cells: dict[str, dict[str, str]]) -> evidence.Review:
    header, rows = evidence.read_rows(root / file)
    for row in rows:
        for column, text in cells.get(row[0], {}).items():
            row[header.index(column)] = text
    evidence.write_rows(root / file, [header, *rows])
    return evidence.load(root)


def test_the_pair_that_leaves_the_fewest_sizes_is_chosen(copy):
    before = audit_examples.sizes(evidence.load(copy))
    # 1 in 81 and 80 in 81: no other size up to 150 gives both.
    pair = {"hammer_table_symptom_improvement": "98.77", "hammer_table_lesion_response": "1.23"}
    cells = {
        name: {"value": value, "group": "one", "n": "not_reported"} for name, value in pair.items()
    }
    after = audit_examples.sizes(change(copy, QUOTED, cells))
    assert before is not None
    assert after == ("carolino_2025", ("98.77", "1.23"), (81,))
    assert len(before.sizes) > 1


def test_a_group_whose_size_is_printed_is_no_example(copy):
    known = audit_examples.sizes(evidence.load(copy))
    named = {name: {"n": "55"} for name in ("ablation_complete", "ablation_improved")}
    assert audit_examples.sizes(change(copy, QUOTED, named)) != known


def test_the_median_of_a_conflict_is_the_example_and_none_if_no_subset_gives_it(copy):
    review = evidence.load(copy)
    example = audit_examples.median(review, audit.audit(review))
    assert example is not None
    without = [x for x in example.values if x not in example.left_out[0]]
    middle = sorted(without)[len(without) // 2 - 1 : len(without) // 2 + 1]
    assert sum(middle) / 2 == float(example.printed)
    target = {"res_efficacy_treatment_duration": {"value": "999"}}
    review = change(copy, "data/benson_2014/statistics.csv", target)
    assert audit_examples.median(review, audit.audit(review)) is None
    said = str(audit_examples.of_median(review, audit.audit(review)).content)
    assert "No printed median is in conflict" in said
