"""Practical facts: every coded row is shown once, under one question, with who says it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from living_review import evidence
from living_review.report import context as later
from living_review.report import practical

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def review():
    return evidence.load()


def told(review, disease):
    found = practical.facts(review, disease)
    return [fact.said for fact in found], [f"{fact.whom} {fact.address}" for fact in found]


def test_each_topic_of_the_vocabulary_answers_one_question(review):
    topics = [topic for answers in practical.QUESTIONS.values() for topic in answers]
    assert sorted(topics) == sorted(review.vocabulary["guidance_topics"])


def test_every_fact_of_the_table_is_shown_but_what_stands_as_a_result(review):
    rows = review.records("guidance", "context")
    shown = {d: told(review, d)[0] for d in [*later.diseases(review), "other"]}
    missing = [
        row["guidance_id"]
        for row in rows.to_dict("records")
        if not any(row["fact"] == said for said in shown.get(row["disease"], ()))
    ]
    stopping = set(rows.loc[rows["topic"] == "stopping", "guidance_id"])
    assert set(missing) <= stopping
    assert "stopping_vase" in missing  # the count of the same study is there with its interval
    said, whom = told(review, "venous_malformation")
    assert any("33 of 61 (54%, 95% CI 41% to 67%)" in text for text in said)
    assert any("Seront 2023" in name for name in whom)


def test_the_doses_and_levels_of_the_sources_are_their_rows(review):
    said, whom = told(review, "nf1_plexiform_neurofibroma")
    given = review.study("hua_2014").once("doses").query("role == 'study_drug' and unit == 'mg/day'")
    span = f"{given['dose'].min():g} to {given['dose'].max():g} mg/day"
    assert said[0].startswith(span)
    assert "hua_2014.html" in whom[0]
    said, _ = told(review, "venous_malformation")
    units = [text for text in said if text.startswith(("5 to 15", "10 to 15"))]
    assert units == ["5 to 15 ng/ml", "10 to 15 ng/dl"]  # as printed, though they do not agree


def test_a_question_without_a_row_is_named_and_with_one_is_not(review, tmp_path):
    assert "vaccines" in practical.silent(review, "pecoma")
    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / "data/context/guidance.csv"
    header, rows = evidence.read_rows(path)
    row = list(next(r for r in rows if r[0] == "nab_breastfeeding"))
    row[0], row[header.index("topic")] = "nab_vaccines", "vaccines"
    evidence.write_rows(path, [header, *rows, row])
    assert "vaccines" not in practical.silent(evidence.load(tmp_path), "pecoma")


def test_a_row_that_one_person_read_says_so(review):
    _, whom = told(review, "other")
    assert whom
    assert all("read once" in name for name in whom)


def test_the_table_shows_every_fact_once_under_the_question_it_answers(review):
    for disease in [*later.diseases(review), "other"]:
        shown = practical.table(review, disease)
        found = practical.facts(review, disease)
        html = "".join(shown.iloc[:, 1])
        assert html.count("<li>") == len(found)
        assert not shown["Question"].duplicated().any()
    row = practical.table(review, "pecoma").set_index("Question").iloc[:, 0]
    assert "no breastfeeding" in row["Pregnancy and fertility"]


def test_what_authors_recommend_is_every_row_of_that_class(review):
    found = practical.recommended(review, "pecoma")
    said = review.study("benson_2014").table("statements")
    assert len(found) == (said["endpoint_class"] == "recommendation").sum()
