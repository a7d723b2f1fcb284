"""The figures on wrong digits are those of these data: counted, and a sample tried again."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import audit_power
import pytest
from mutate import copy

from living_review import evidence
from living_review.report import audit_power as shown

ROOT = Path(__file__).resolve().parents[2]
STUDIES = evidence.load(ROOT).study_ids
SAMPLE = 3  # numbers of each study; `make power` tries all


@pytest.fixture(scope="module")
def stored() -> list[dict[str, str]]:
    with (ROOT / audit_power.FILE).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("study", STUDIES)
def test_every_number_of_a_study_was_tried_as_it_is_now(
    stored: list[dict[str, str]], study: str
) -> None:
    own = [row for row in stored if row["study_id"] == study]
    digests = {row["fingerprint"] for row in own}
    assert digests == {evidence.load(ROOT).study(study).digest}, "data changed: run `make power`"
    assert len(own) == len(audit_power.numbers(ROOT, study))


@pytest.mark.parametrize("study", STUDIES)
def test_a_sample_tried_again_is_noticed_by_the_same_check(
    stored: list[dict[str, str]], study: str, tmp_path: Path
) -> None:
    kept = {
        (r["table"], r["row"], r["column"]): r["noticed_by"] for r in stored if r["study_id"] == study
    }
    mine = copy(ROOT, tmp_path)
    before = audit_power.verdicts(mine, study)
    for change in random.Random(20).sample(audit_power.numbers(ROOT, study), SAMPLE):
        key = (Path(change.file).stem, change.row_id, change.column)
        assert audit_power.noticed_by(mine, change, before) == kept[key], change


def test_the_table_counts_every_number_once(stored: list[dict[str, str]]) -> None:
    table = shown.by_study(evidence.load(ROOT))
    total = table.iloc[-1]
    assert total["Numbers"] == len(stored) == table["Numbers"][:-1].sum()
    for row in table.to_dict("records"):
        assert row["By the audit"] + row["By validation"] + row["By neither"] == row["Numbers"]


def test_the_list_names_what_nothing_notices(stored: list[dict[str, str]]) -> None:
    rows = shown.unnoticed(evidence.load(ROOT))["Rows"]
    named = sum(text.count(" · ") + 1 for text in rows)
    assert named == sum(row["noticed_by"] == "nothing" for row in stored)
