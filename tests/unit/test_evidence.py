"""Loading: types, missing codes, references, the errors a reader of the data meets."""

import pytest

from living_review import evidence


@pytest.fixture(scope="module")
def review():
    return evidence.load()


def test_missing_codes_become_na_and_keep_their_word(review):
    frame = review.study("benson_2014").table("patients")
    assert frame["age_years"].isna().all()
    assert set(frame["age_years_missing"]) == {"not_reported"}


def test_value_by_reference(review):
    assert review.study("benson_2014").value("events/p3_time_on_treatment.time") == "637"


def test_table_over_all_studies_names_the_study_first(review):
    frame = review.table("statistics")
    assert frame.columns[0] == "study_id"
    assert {"hua_2014", "nadal_2016", "nathan_2015", "carolino_2025", "benson_2014"} <= set(
        frame["study_id"]
    )


def test_a_table_that_a_paper_does_not_feed_is_empty_with_its_columns(review):
    frame = review.study("nathan_2015").table("patients")
    assert frame.empty
    assert "locator" in frame


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda r: r.study("nobody_1999"), "there are: .*benson_2014"),
        (lambda r: r.study("benson_2014").table("harms"), "no table 'harms'"),
        (lambda r: r.study("benson_2014").value("events/p99.time"), "names 0 rows"),
        (
            lambda r: r.study("benson_2014").value("events/p3_time_on_treatment.when"),
            "no column 'when'",
        ),
    ],
)
def test_what_does_not_exist_is_said_plainly(review, call, message):
    with pytest.raises(evidence.EvidenceError, match=message):
        call(review)


def test_the_digest_changes_with_one_byte(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n")
    before = evidence.digest_of([tmp_path])
    (tmp_path / "a.csv").write_text("x\n2\n")
    assert evidence.digest_of([tmp_path]) != before


def test_a_folder_without_data_is_named(tmp_path):
    with pytest.raises(evidence.EvidenceError, match=r"vocabulary\.yaml"):
        evidence.find_root(tmp_path)
