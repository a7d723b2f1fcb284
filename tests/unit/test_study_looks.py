"""A study keeps its look, whatever others come: nothing is computed from a name or an order."""

from __future__ import annotations

import shutil

import pytest

from living_review import evidence
from living_review.evidence import looks

ROOT = evidence.find_root()


def test_a_new_study_gets_the_first_look_that_nobody_has():
    assert looks.next_free(["a", "b", "c"], {"b", "a"}) == "c"
    assert looks.next_free(["a", "b", "c"], ["c", "b"]) == "a"


def test_if_every_look_is_taken_the_message_says_what_to_do():
    with pytest.raises(evidence.EvidenceError, match="add a pair of a colour"):
        looks.next_free(["a"], ["a"])


def test_adding_and_removing_studies_changes_the_look_of_no_other(tmp_path):
    review = evidence.load(ROOT)
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("review"))
    before = review.looks
    assert len(set(before.values())) == len(before) == len(review.study_ids)
    for new in ("aaa_1999", "mmm_2015", "zzz_2030"):  # first, in the middle, last
        taken = evidence.load(tmp_path).looks
        folder = shutil.copytree(tmp_path / "data" / "hua_2014", tmp_path / "data" / new)
        text = (folder / "study.yaml").read_text(encoding="utf-8")
        free = looks.next_free(review.vocabulary["looks"], taken.values())
        text = text.replace("study_id: hua_2014", f"study_id: {new}")
        (folder / "study.yaml").write_text(text.replace(taken["hua_2014"], free), encoding="utf-8")
        after = evidence.load(tmp_path).looks
        assert after == taken | {new: free}
        assert len(set(after.values())) == len(after)
    shutil.rmtree(tmp_path / "data" / "benson_2014")
    assert evidence.load(tmp_path).looks.items() >= before.items() - {
        ("benson_2014", before["benson_2014"])
    }
