"""Lists of the vocabulary that decide something: words of other lists, and nothing else decides."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import pytest
import yaml

from living_review import evidence
from living_review.synthesis import pooling, verdicts
from living_review.validation.issues import read
from living_review.validation.words import check_answered, check_words

ROOT = Path(__file__).resolve().parents[2]
FILE = "data/review/statements_judged.csv"


@pytest.fixture
def vocabulary():
    return copy.deepcopy(dict(evidence.load(ROOT).vocabulary))


def test_the_lists_of_this_review_name_words_that_are_there(vocabulary):
    assert list(check_words(vocabulary)) == []


@pytest.mark.parametrize(
    ("name", "key", "inside", "place", "found"),
    [
        ("answering_classes", "growth", ["function"], "answering_classes", "'growth'"),
        ("answering_classes", "function", ["walking"], "answering_classes.function", "'walking'"),
        ("partial_criteria", "half_gone", "A half", "partial_criteria", "'half_gone'"),
        ("poolable_classes", "walking", "Who walks", "poolable_classes", "'walking'"),
        ("harms_by_severity", "fatal", ["rash"], "harms_by_severity", "'fatal'"),
        ("harms_by_severity", "death", ["hiccups"], "harms_by_severity.death", "'hiccups'"),
        ("wider_disease", "gout", "pecoma", "wider_disease", "'gout'"),
        ("graver_by_criterion", "hiccups", {}, "graver_by_criterion", "'hiccups'"),
        ("graver_by_criterion", "rash", {"seen": "death"}, "graver_by_criterion.rash", "'seen'"),
        ("graver_by_criterion", "rash", {"counted": "bad"}, "graver_by_criterion.rash", "'bad'"),
    ],
)
def test_a_word_that_is_in_no_list_is_reported(vocabulary, name, key, inside, place, found):
    vocabulary[name] = {**vocabulary[name], key: inside}
    (issue,) = check_words(vocabulary)
    assert (issue.column, issue.found) == (place, found)


def test_a_statement_that_nothing_can_answer_is_reported(vocabulary):
    judged = read(ROOT / FILE, FILE)
    assert list(check_answered(judged, vocabulary)) == []
    del vocabulary["answering_classes"]["relapse"]
    (issue,) = check_answered(judged, vocabulary)
    assert (issue.column, issue.found) == ("endpoint_class", "'relapse'")


def with_lists(tmp_path: Path, **lists: object) -> evidence.Review:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / "data/vocabulary.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8")) | lists
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return evidence.load(tmp_path)


def test_what_answers_a_statement_is_what_the_list_says(tmp_path):
    known = evidence.load(ROOT).vocabulary["answering_classes"]
    review = with_lists(tmp_path, answering_classes=known | {"lesion_response": ["function"]})
    found = {v.statement.statement_id: v.verdict for v in verdicts.verdicts(review)}
    assert found["pecoma_response"] == "untested"


def test_what_may_be_pooled_is_what_the_list_says(tmp_path):
    review = with_lists(tmp_path, poolable_classes={"relapse": "It comes back"})
    assert {p.endpoint_class for p in pooling.pools(review)} <= {"relapse"}
    assert {p.endpoint_class for p in pooling.pools(evidence.load(ROOT))} - {"relapse"}


def test_a_criterion_that_counts_a_part_decides_nothing(tmp_path):
    review = with_lists(tmp_path, partial_criteria={"recist": "Made up"})
    statement = next(s for s in verdicts.statements(review) if s.statement_id == "pecoma_response")
    rows = verdicts.roles(review, statement)
    assert set(rows.loc[rows["criterion"] == "recist", "role"]) <= {
        "part",
        "other_endpoint",
        "is_source",
    }
    assert "part" in set(rows.loc[rows["criterion"] == "recist", "role"])
