"""Oracle: the words of the front page's table, which say what its bars draw."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from living_review import audit, evidence
from living_review.report import substitutions, summary_of_findings
from living_review.stats import number_words, proportions

LINKS = re.compile(
    r"<span data-set=[^>]*>"
    r'|<(?:a|div) (?:class="lr-\w+" )?(?:href|data-set)=[^>]*>|</a>|</span>(?=$)'
)


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    """The facts of the pages as a reader sees them: without links to evidence and their marks."""
    marked = substitutions.compute(evidence.load())
    return {name: LINKS.sub("", text) for name, text in marked.items()}


def test_each_bar_of_the_findings_is_drawn_where_its_words_say(found):
    bars = re.findall(
        r"--from:(\d+);--to:(\d+);--at:(\d+)\" aria-hidden=\"true\"></span>"
        r"\d+ of \d+ \((\d+)%; (\d+)% to (\d+)%\)",
        found["disease_table"].replace("\u00a0", " "),
    )
    assert len(bars) == found["disease_table"].count("--from:")
    assert len(bars) >= 5
    for low, high, at, *words in bars:
        assert all(abs(int(a) - int(b)) <= 1 for a, b in zip((at, low, high), words, strict=True))


def test_counts_of_sources_and_diseases_are_those_of_the_data(found):
    review = evidence.load()
    assert found["n_studies_in_words"] == number_words.in_words(len(review.study_ids))
    diseases = {study.meta["indication"] for study in review.studies}
    assert number_words.WORDS[found["n_diseases_in_words"]] == len(diseases)
    assert found["diseases"].count(",") + found["diseases"].count(" and ") == len(diseases) - 1
    assert "PEComa" in found["diseases"]
    assert "vascular anomalies" in found["diseases"]


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        *((5, 5, "all five"), (4, 6, "four of the six"), (0, 2, "none of the two")),
        *((1, 1, "the only one"), (3, 21, "three of the 21")),
    ],
)
def test_a_share_in_words(part, whole, words):
    assert number_words.share_in_words(part, whole) == words


def test_the_version_before_is_named_once_there_is_one(monkeypatch):
    review = evidence.load()
    rows = pd.DataFrame({"version": ["0.1.0"], "date": ["2026-11-22"]})
    monkeypatch.setattr(review, "records", lambda _: rows)
    assert "no earlier one" in substitutions._version_before(review)
    rows.loc[1] = ["0.2.0", "2027-01-02"]
    assert (
        substitutions._version_before(review)
        == "The version before this one is 0.1.0 of 22 November 2026."
    )


def test_what_is_said_in_words_alone_gets_no_bar():
    drawn = summary_of_findings.found
    assert "lr-share" not in drawn("Symptoms", "all, in the paper's words")
    assert "lr-share" in drawn("Symptoms", "5 of 7", proportions.clopper_pearson(5, 7))


def test_the_tables_of_the_evidence_are_those_that_studies_have(found):
    review = evidence.load()
    named = set(re.findall(r'<th scope="row"[^>]*>(\w+)</th>', found["tables_list"]))
    assert named == set(review.study(review.study_ids[0]).schemas)


def test_what_can_be_checked_and_what_not_are_all_claims(found):
    claims = evidence.load().table("claims")
    cannot = int((claims["verdict"] == "not checkable").sum())
    assert int(found["n_checkable"]) + cannot == len(claims)


def test_issues_are_counted_once_and_not_by_their_claims(found):
    results = audit.audit(evidence.load())
    issues = audit.distinct_issues(results)
    assert int(found["n_issues"]) == len(issues) < sum(r.is_finding for r in results)
    material = sum(issue.materiality == "material" for issue in issues)
    assert int(found["n_material"]) == material > 0
