"""Loading: types, missing codes, references, the errors a reader of the data meets."""

import doctest
import re

import pytest

from living_review import cli, evidence
from living_review.stats import survival


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


def test_a_quantity_that_is_printed_twice_is_one_row_of_once(review):
    study = review.study("benson_2014")

    def median(events):
        times = events[events["endpoint"] == "time_on_treatment"]
        return survival.median(survival.kaplan_meier(times["time"].astype(float), times["event"])).value

    assert median(study.once("events")) == 158
    assert median(study.table("events")) != 158
    assert median(review.once("events").query("study_id == 'benson_2014'")) == 158


def test_once_leaves_out_what_another_row_stands_for_and_nothing_else(review):
    for table in ("events", "outcomes", "responses", "measurements", "counts", "doses"):
        everything, once = review.table(table), review.once(table)
        named = everything[everything["same_as"] != "not_applicable"]
        assert len(once) == len(everything) - len(named)
        stands = set(zip(once["study_id"], once["id"], strict=True))
        assert set(zip(named["study_id"], named["same_as"], strict=True)) <= stands


def test_the_example_of_once_and_of_the_page_on_the_data_give_what_they_say(review):
    found = doctest.DocTestFinder().find(evidence.Study.once, globs=vars(evidence))
    ran = doctest.DocTestRunner().run(found[0])
    assert ran.failed == 0 < ran.attempted
    page = (review.root / "book" / "data.md").read_text(encoding="utf-8")
    (code,) = (c for c in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "kaplan_meier" in c)
    *lines, last = [line.partition("#")[0] for line in code.strip().splitlines()]
    names: dict = {}
    exec("\n".join(lines), names)
    assert eval(last, names) == 158


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda r: r.study("benson_2014").once("statements"), "use table\\('statements'\\)"),
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
