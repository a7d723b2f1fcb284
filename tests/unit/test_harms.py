"""Harms: their order is the coded list, their denominators are of those with information."""

from dataclasses import replace
from pathlib import Path

import pytest

from living_review import evidence
from living_review.report import harms as report_harms
from living_review.synthesis import harms
from living_review.synthesis.drug import Count
from living_review.validation.issues import read
from living_review.validation.judged import check_pointers

ROOT = Path(__file__).parents[2]
ORDER = ["death", "malignancy", "serious_infection", "pneumonitis", "stopped", "reduced", "other"]


@pytest.fixture(scope="module")
def review():
    return evidence.load()


def issues(review, lines):
    """What is out of order: a graver harm behind a lesser one, a rarer before a more frequent one."""
    ranks = [ORDER.index(line.severity) for line in lines]
    found = ["severity"] if ranks != sorted(ranks) else []
    affected = {}
    for line in lines:
        if line.row is None or line.row["is_review"] == "no":
            key = (line.severity, line.harm)
            affected[key] = affected.get(key, 0) + line.patients
    for rank in ORDER:
        named = dict.fromkeys(x.harm for x in lines if x.severity == rank and x.harm != "any")
        numbers = [affected.get((rank, harm), 0) for harm in named]
        found += ["frequency"] if numbers != sorted(numbers, reverse=True) else []
    return found


def test_the_gravest_harm_comes_first_and_then_the_most_frequent(review):
    lines = harms.lines(review)
    assert issues(review, lines) == []
    assert list(review.vocabulary["harm_severity"]) == ORDER
    assert "severity" in issues(review, lines[::-1])
    other = [x for x in lines if x.severity == "other" and x.harm != "any"]
    assert "frequency" in issues(review, [*other[-3:], *other[:-3]])


def test_every_harm_of_a_list_is_a_harm_and_in_one_list(review):
    lists = review.vocabulary["harms_by_severity"]
    named = [harm for own in lists.values() for harm in own]
    assert set(named) <= set(review.vocabulary["harm_terms"])
    assert len(named) == len(set(named))
    assert set(lists) == set(ORDER) - {"other"}


@pytest.mark.parametrize(
    ("harm", "criterion", "rank"),
    [
        ("death_infection", "counted", "death"),
        ("malignancy", "", "malignancy"),
        ("bacteraemia", "", "serious_infection"),
        ("infection", "serious_event", "serious_infection"),
        ("infection", "any_grade", "other"),
        ("mucositis", "grade_3", "other"),
    ],
)
def test_how_grave_a_harm_is_comes_from_the_vocabulary(review, harm, criterion, rank):
    assert harms.severity(review, harm, criterion) == rank


@pytest.mark.parametrize(
    ("study", "harm", "counts"),
    [
        ("hua_2014", "malignancy", [(1, 3)]),
        ("nadal_2016", "bacteraemia", [(1, 60), (1, 60)]),
        ("nadal_2016", "treatment_stopped", [(1, 60)]),
        ("nadal_2016", "dose_reduced", [(4, 60)]),
        ("benson_2014", "dose_reduced", [(5, 9), (4, 9)]),
        ("benson_2014", "treatment_stopped", [(1, 10), (1, 7)]),
        ("benson_2014", "treatment_related_death", [(0, 10)]),
    ],
)
def test_grave_harms_of_the_sources_against_counting_by_hand(review, study, harm, counts):
    own = [x.count for x in harms.of_sources(review) if (x.study_id, x.harm) == (study, harm)]
    assert [(c.high, c.n) for c in own] == counts


def test_a_harm_of_one_source_alone_is_listed(review):
    """What fewer than two sources report used to be left out: the tumour that turned malignant."""
    shown = report_harms.table(review, "death", "malignancy", "serious_infection", "pneumonitis")
    assert any(name.startswith("New or transformed malignancy") for name in shown["Harm"])
    assert (shown["In the sources"] == report_harms.NOT_ASSESSABLE).any()


def test_every_printed_term_is_shown_under_its_harmonised_term(review):
    shown = " ".join(map(str, report_harms.table(review, *ORDER)["Harm"])).lower()
    shown = shown.replace("&#39;", "'")
    terms = review.table("adverse_events").query("preferred_term != 'none'")["term"].str.lower()
    assert [t for t in terms if t not in shown] == []


def test_a_count_that_is_no_share_has_no_limits(review):
    later = {(x.study_id, x.harm): x for x in harms.of_later(review)}
    infant = later["rossler_2021", "death_infection"]
    assert report_harms.amount(review, infant) == "2 among 14"
    trial = later["parker_2019", "treatment_stopped"]
    assert report_harms.amount(review, trial) == "7 of 39 (8% to 34%)"
    randomised = later["bissler_2013", "mucositis"]
    assert report_harms.amount(review, randomised).startswith("38 of 79 (48%) against 3 of 39")


def test_pneumonitis_is_said_of_the_patient_the_paper_speaks_of(review):
    (line,) = [x for x in harms.of_sources(review) if x.harm == "pneumonitis"]
    assert report_harms.amount(review, line) == "not in Patient 7 (temsirolimus)"
    assert "pneumonitis" not in harms.not_counted(review, "pecoma"), "a later study counts it"


def test_a_harm_reported_without_a_count_differs_from_one_that_is_not_reported(review):
    other = report_harms.table(review, "other").set_index("Harm")["In the sources"]
    bleeding = next(h for h in other.index if h.startswith("Bleeding"))
    assert "reported, not counted" in other[bleeding]
    assert other["Redness where applied"] == report_harms.NOT_ASSESSABLE


def test_what_nobody_counts_is_named_for_each_disease(review):
    assert harms.not_counted(review, "nf1_plexiform_neurofibroma") == [
        *("death", "serious_infection", "pneumonitis", "stopped")
    ]
    assert "malignancy" in harms.not_counted(review, "pecoma")


def test_the_background_of_a_harm_comes_from_the_row_that_quotes_it(review):
    (line,) = report_harms.background(review, "malignancy")
    row = review.study("hua_2014").row("quoted/malignancy_risk")
    assert f"{row['value']:g} times as high" in line
    assert row["study_quoted"] in line


def test_only_those_who_had_it_count_as_patients():
    line = harms.Line("rash", "other", harms.SOURCE, "x_2020", "X 2020", "pecoma", Count(0, 0, 5))
    assert line.counted
    assert harms.happened([line, replace(line, count=Count(1, 2, 5))])[0].patients == 2


@pytest.mark.parametrize(
    ("name", "column", "new"),
    [
        ("harm_rows", "row", "outcomes/never_there"),
        ("harm_rows", "row", "nowhere/abs_stopped_harm"),
        ("harm_rows", "study_id", "nobody_2001"),
        ("topic_rows", "row", "statements/never_there"),
    ],
)
def test_a_pointer_to_nothing_is_a_issue(review, name, column, new):
    pointing = read(ROOT / "data" / "review" / f"{name}.csv", f"{name}.csv")
    tables = {
        s.study_id: {p.stem: read(p, p.name) for p in s.folder.glob("*.csv")} for s in review.studies
    }
    assert list(check_pointers(pointing, tables)) == []
    pointing = read(ROOT / "data" / "review" / f"{name}.csv", f"{name}.csv")
    pointing.rows[0][pointing.header.index(column)] = new
    assert [(i.row, i.column) for i in check_pointers(pointing, tables)] == [(2, column)]
