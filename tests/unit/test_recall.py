"""What is computed once from the tables is given again, with its reads, and never after a change."""

from __future__ import annotations

import pytest

from living_review import evidence
from living_review.evidence import reads
from living_review.evidence.recall import recalled
from living_review.synthesis import context, counts


def test_a_table_of_records_is_read_once_and_each_gets_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    review = evidence.load()
    first = review.records("versions")
    first["version"] = "changed"
    monkeypatch.setattr(evidence.model, "read_rows", None)
    assert "changed" not in set(review.records("versions")["version"])


def test_an_answer_that_is_given_again_says_what_it_was_read_from() -> None:
    review = evidence.load()
    with reads.watch() as once:
        context.results(review, "diffuse")
    with reads.watch() as again:
        context.results(review, "diffuse")
    assert {"context/results", "context/studies"} <= set(once)
    assert set(again) == set(once)


def test_no_answer_outlives_a_change_in_memory() -> None:
    study = evidence.load().study("hua_2014")
    before = counts.proportions_of(study)
    assert len(before)
    study.read_as("outcomes", study.table("outcomes").iloc[:0])
    after = counts.proportions_of(study)
    assert len(after) < len(before)


def test_another_choice_of_studies_is_another_answer() -> None:
    review = evidence.load()

    @recalled
    def n(of: evidence.Review) -> int:
        return len(list(of.studies))

    assert n(review) == n(review) > 1
    review.study_ids = review.study_ids[:1]
    assert n(review) == 1


def test_arguments_tell_answers_apart() -> None:
    review = evidence.load()
    every = context.results(review)
    for disease in every["disease"].unique():
        assert set(context.results(review, disease)["disease"]) == {disease}
    assert len(context.results(review)) == len(every)
