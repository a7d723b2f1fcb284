"""Semantic mutation: evidence that says the opposite changes each sentence that cites it."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
import sensitivity

from living_review import evidence
from living_review.report import word_rules

ROOT = Path(__file__).resolve().parents[2]
STUDIES = evidence.load(ROOT).study_ids
# Sentences that rest on no row: general knowledge, or what nobody knows because nothing is printed.
UNCITED = (
    "do not know",
    "is not known",
    "could not read",
    "could read nothing",
    "Nobody was given",
    "No child was compared",
    "Tuberous sclerosis can cause",
    "Some children are born with",
    "Some women with it took sirolimus",
    "Both were given sirolimus",
    "No harm is counted in what could be read",
)


@pytest.fixture(scope="module", params=STUDIES)
def said(request: pytest.FixtureRequest) -> list[sensitivity.Sentence]:
    return sensitivity.answer(evidence.load(ROOT, keep=request.param), request.param)


def test_every_sentence_of_an_answer_cites_rows(said: list[sensitivity.Sentence]) -> None:
    bare = [s.text for s in said if not s.rows and not any(words in s.text for words in UNCITED)]
    assert bare == []


def test_a_sentence_changes_with_the_rows_it_cites(said: list[sensitivity.Sentence]) -> None:
    """One row of each table that a sentence cites; `make tipping` tries all of them."""
    study_id = said[0].study
    review = evidence.load(ROOT, keep=study_id)
    study = review.study(study_id)
    tried = {}
    for sentence in said:
        for row in {row.partition("/")[0]: row for row in sentence.rows}.values():
            if row not in tried:
                tried[row] = [
                    sensitivity.said_with(review, study_id, row, make(study, row))
                    for make in (sensitivity.flipped, sensitivity.without)
                ]
            assert any(after.get(sentence.slot) != sentence.text for after in tried[row]), (
                f"{sentence.slot} stays although {row} says the opposite: {sentence.text}"
            )


def test_words_whose_rows_say_otherwise_are_refused() -> None:
    review = evidence.load(ROOT, keep="hua_2014")
    study = review.study("hua_2014")
    sizes = study.table("statements")
    sizes.loc[sizes["id"] == "p2_volume_1y", "direction"] = "better"
    study.read_as("statements", sizes)
    with pytest.raises(evidence.EvidenceError, match="'No tumour became smaller' no longer holds"):
        sensitivity.answer(review, "hua_2014")


@pytest.mark.parametrize("study_id", [s for s in STUDIES if s != "nathan_2015"])
def test_a_comparison_group_ends_the_words_that_there_was_none(
    study_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = evidence.load(ROOT, keep=study_id)
    steps = review.records("certainty")
    steps.loc[(steps["study_id"] == study_id) & (steps["domain"] == "start"), "change"] = 4
    own = review.records
    monkeypatch.setattr(
        review, "records", lambda name, *rest: steps if name == "certainty" else own(name, *rest)
    )
    with pytest.raises(evidence.EvidenceError, match="there was no comparison group"):
        sensitivity.answer(review, study_id)


def test_a_study_without_a_rating_is_not_said_to_have_had_no_comparison() -> None:
    review = evidence.load(ROOT, keep="nathan_2015")
    assert not word_rules.holds(review, review.study("nathan_2015"), "no_comparison", [])


def test_a_sentence_that_rests_on_nothing_is_found(tmp_path: Path) -> None:
    """The number of the sentence is typed: it stays whatever the row says."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    shutil.copytree(ROOT / "book" / "chapters", tmp_path / "book" / "chapters")
    text = (tmp_path / "book" / "chapters" / "hua_2014.md").read_text(encoding="utf-8")
    planted = text.replace("[{years}](patients)", '[8, 16 and 17](patients/p1 "typed")')
    assert planted != text
    (tmp_path / "book" / "chapters" / "hua_2014.md").write_text(planted, encoding="utf-8")
    review = evidence.load(tmp_path, keep="hua_2014")
    plain = [s for s in sensitivity.answer(review, "hua_2014") if "8, 16 and 17" in s.text]
    assert len(plain) == 1
    study = review.study("hua_2014")
    after = sensitivity.said_with(
        review, "hua_2014", "patients/p1", sensitivity.flipped(study, "patients/p1")
    )
    assert after[plain[0].slot] == plain[0].text


def test_the_tipping_values_are_those_of_these_answers() -> None:
    review = evidence.load(ROOT)
    with (ROOT / "data" / "review" / "tipping.csv").open(encoding="utf-8") as stream:
        kept = {row["study_id"]: row["fingerprint"] for row in csv.DictReader(stream)}
    now = {study: sensitivity.fingerprint(review, study) for study in kept}
    assert now == kept, "run `make tipping`: evidence, cells or prose of an answer changed"


def test_a_tipping_value_is_where_the_words_change() -> None:
    """Everyone in whom pain became less: with one patient fewer the sentence does not hold."""
    review = evidence.load(ROOT, keep="hua_2014")
    study, row = review.study("hua_2014"), "outcomes/abs_pain_alleviated"
    kept = {tip[1]: tip for tip in sensitivity.rows(review, "hua_2014")}[row]
    assert kept[3:6] == ["3", "2", "not_applicable"]
    frame = study.table("outcomes")
    frame.loc[frame["id"] == "abs_pain_alleviated", "events"] = int(kept[4])
    assert sensitivity.said_with(review, "hua_2014", row, frame) == {}  # the chapter is refused
