"""Loading: types, missing codes, references, the errors a reader of the data meets."""

import pytest

from living_review import cli, evidence


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
    with pytest.raises(evidence.EvidenceError, match=rf"vocabulary\.yaml in {tmp_path} or any"):
        evidence.find_root(tmp_path)


@pytest.mark.parametrize("command", [["check"], ["audit"], ["stale"], ["update"], ["render"]])
def test_outside_a_project_a_command_says_where_it_looked(command, tmp_path, monkeypatch, capsys):
    """And does not fall back on the copy of the project that the package came from."""
    monkeypatch.chdir(tmp_path)
    assert cli.main(command) == 2
    said = capsys.readouterr()
    assert f" in {tmp_path} or " in said.err
    assert "--root" in said.err
    assert said.out == ""


def test_check_says_what_it_checked(capsys):
    root = evidence.find_root()
    assert cli.main(["--root", str(root), "check"]) == 0
    assert f"data/ is valid ({root})" in capsys.readouterr().err


def test_a_review_and_a_study_are_shown_in_a_line(review):
    assert len(repr(review)) < 1000
    assert all(study_id in repr(review) for study_id in review.study_ids)
    study = review.study("nathan_2015")
    assert repr(study).startswith("<Study nathan_2015: ")
    assert "counts" in repr(study)
    assert "patients" not in repr(study)
    assert len(repr(study)) < 300


def test_names_of_authors_are_read_from_the_family_name_to_the_initials():
    assert evidence.family_name("van den Berg JM") == "van den Berg"
    assert evidence.family_name("Trenor CC 3rd") == "Trenor"
    assert evidence.family_name("Müller Ö") == "Müller"
    assert evidence.family_name("Regan") == "Regan"
