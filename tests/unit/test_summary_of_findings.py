"""The summary of findings: every row for every disease, and the five questions of the front page."""

import re

import pytest

from living_review import evidence
from living_review.report import context as later
from living_review.report import summary_of_findings as summary
from living_review.report import synthesis as report_synthesis
from living_review.stats import proportions


@pytest.fixture(scope="module")
def review():
    return evidence.load()


@pytest.fixture(scope="module")
def front(review):
    table = summary.front_page(review)
    words = table.map(lambda cell: re.sub(r"</?a\b[^>]*>", "", str(cell)))
    words = words.map(lambda cell: re.sub(r"<[^>]+>", " ", cell))
    keys = [disease for disease in later.diseases(review)]
    return {key: dict(row) for key, (_, row) in zip(keys, words.iterrows(), strict=True)}


def test_no_disease_of_the_front_page_is_without_a_finding(front):
    for cells in front.values():
        assert cells["Better"] != summary.NONE or cells["Unchanged or worse"] != summary.NONE
        assert cells["Harm"] != summary.NONE


def test_the_front_page_answers_five_questions(review, front):
    """Each answer is held against its own row of the data, not against the words that show it."""
    unchanged = front["nf1_plexiform_neurofibroma"]["Unchanged or worse"]
    assert re.search(r"No tumour became smaller\s*:\s*0 of 3", unchanged)
    row = review.study("benson_2014").row("outcomes/res_partial_response")
    share = summary.count(proportions.clopper_pearson(int(row["events"]), int(row["n"])))
    assert f"{share} of those judged" in front["pecoma"]["Better"]
    results = review.records("results", "context").set_index("result_id")
    stopped = results.loc["seront_2023_relapse"]
    came_back = f"{stopped['events']} of {stopped['n']}"
    assert came_back in front["venous_malformation"]["Later evidence"]
    assert "malignancy" in front["nf1_plexiform_neurofibroma"]["Harm"].split(":")[0]
    assert "Death from infection" in front["vascular_anomalies"]["Harm"].split(":")[0]
    assert "selumetinib" in front["nf1_plexiform_neurofibroma"]["Later evidence"]
    assert "nab-sirolimus" in front["pecoma"]["Later evidence"]


def test_every_disease_has_every_row_and_an_empty_one_says_so(review):
    for disease in later.diseases(review):
        table = summary.table(review, disease).set_index("Question")["What is known"]
        assert list(table.index) == list(summary.ROWS)
        assert all(table != "")
    venous = summary.table(review, "venous_malformation").set_index("Question")["What is known"]
    assert venous["Unchanged or worse"] == summary.NONE


def test_each_disease_of_the_sources_has_its_part_of_the_synthesis(review):
    notebook = (review.root / "notebooks" / "synthesis.ipynb").read_text(encoding="utf-8")
    for disease in later.diseases(review):
        assert f'"## {review.word("indications", disease)}"' in notebook
        assert f'report.by_disease.findings(review, \\"{disease}\\")' in notebook


def test_a_time_that_ends_treatment_is_no_time_to_effect(review):
    """Benson prints one improvement with a time, and it is how long it lasted."""
    assert summary.time_to_effect(review, "pecoma") == []
    assert summary.time_to_effect(review, "nf1_plexiform_neurofibroma") == [
        "First assessed as improved: 6 months (Hua 2014)"
    ]


def test_what_is_licensed_for_the_wider_disease_is_said_as_such(review):
    own, wider = summary.alternatives(review, "venous_malformation")
    assert own.startswith("none for venous malformation")
    assert wider.startswith("for vascular anomalies in general")


def test_a_limited_approval_is_named_as_such():
    assert summary._agency("ema", {"approved_conditional"}) == "EMA conditional"
    assert summary._agency("ema", {"approved_conditional", "approved"}) == "EMA"


def test_the_certainty_of_all_sources_is_one_sentence(review):
    said = report_synthesis.certainty_sentence(review)
    assert said.count(".") == 1
    assert "very low in " in said


def test_those_who_could_not_be_judged_are_counted(review):
    assert any(
        "could not be judged" in line and "3 of 10" in line
        for line in summary.unchanged_or_worse(review, "pecoma")
    )


def test_the_front_page_leads_straight_to_each_disease(review):
    found = re.findall(r'href="([^"]+)">([^<]+)<', summary.disease_links(review))
    assert found == [
        (
            f"{{notebooks}}/synthesis.html#{later.anchor(review, disease)}",
            review.word("indications", disease),
        )
        for disease in later.diseases(review)
    ]
