"""Tipping values of verdicts: found by moving counts, tried here by changing the file itself."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from living_review import evidence
from living_review.report import tipping as shown
from living_review.synthesis import tipping, verdicts

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tips() -> list[tipping.Tip]:
    return tipping.tips(evidence.load(ROOT))


def verdict_with(folder: Path, row_id: str, events: int, statement: str) -> str:
    """The verdict when the count of one result is another in the file."""
    shutil.copytree(ROOT / "data", folder / "data", dirs_exist_ok=True)
    path = folder / "data" / "context" / "results.csv"
    with (ROOT / "data" / "context" / "results.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        if row["result_id"] == row_id:
            row["events"] = str(events)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    found = verdicts.verdicts(evidence.load(folder))
    return next(v.verdict for v in found if v.statement.statement_id == statement)


def test_the_verdict_changes_at_the_tipping_value_and_not_before(
    tips: list[tipping.Tip], tmp_path: Path
) -> None:
    tip = next(t for t in tips if t.below and t.events - t.below[0] > 1)
    statement = tip.verdict.statement.statement_id
    there, word = tip.below
    assert verdict_with(tmp_path, tip.row, there, statement) == word != tip.verdict.verdict
    assert verdict_with(tmp_path, tip.row, there + 1, statement) == tip.verdict.verdict


def test_a_verdict_of_licences_has_no_tipping_value(tips: list[tipping.Tip]) -> None:
    assert tips
    assert {t.verdict.rule for t in tips} & {"licensed_alternative", "nothing_comparable"} == set()


def test_the_card_says_how_far(tips: list[tipping.Tip]) -> None:
    said = shown.of_results(evidence.load(ROOT))
    assert set(said) == {t.row for t in tips}
    tip = next(t for t in tips if t.below)
    assert f"{tip.below[0]} of {tip.n} would make it {tip.below[1]}" in said[tip.row]


def test_a_row_that_no_value_moves_says_so() -> None:
    review = evidence.load(ROOT)
    said = shown.of_rows(review, review.study("hua_2014"))
    assert "goes from 3 down to 2" in said["outcomes/abs_pain_alleviated"]
    assert "No value that was tried" in said["events/p3_transformation_months"]
