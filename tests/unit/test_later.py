"""Oracle: citations and designs written here, and the table of later evidence."""

import shutil

import pytest

from living_review import evidence, validation
from living_review.synthesis import context


@pytest.mark.parametrize(
    ("citation", "expected"),
    [
        ("Adams DM, Trenor CC 3rd, et al. Efficacy of sirolimus. Pediatrics 2016;137(2)", "Adams 2016"),
        ("Efficacy of a drug. Laryngoscope 2021 (authors not on page read)", "authors not read, 2021"),
        (
            "Harbers VEM, Zwerink LGJM, et al. Differences (journal/year not on page read)",
            "Harbers, year not read",
        ),
        ("Ji 2022 - monotherapy arm", "Ji 2022, monotherapy arm"),
        ("EXIST-1 - placebo arm", "EXIST-1, placebo arm"),
        (
            "Ji Y, Chen S, et al. Combination. Blood 2022;139(11) - combination arm",
            "Ji 2022, combination arm",
        ),
    ],
)
def test_a_study_is_called_by_author_year_and_arm(citation, expected):
    assert context.label(citation) == expected


@pytest.mark.parametrize(
    ("design", "expected"),
    [
        ("prospective single-arm", True),
        ("double-blind RCT phase III", True),
        ("retrospective single-centre", False),
        ("prospective/retrospective unclear", False),
        ("case series", False),
    ],
)
def test_enrolled_in_advance_by_the_words_of_the_design(design, expected):
    assert context.is_prospective(design) is expected


def test_only_rows_with_a_count_are_counted_and_none_is_lost():
    review = evidence.load()
    rows = context.studies(review)
    counted = context.counted(review)
    has_count = rows["events"].notna() & rows["denominator"].notna()
    assert sorted(counted["study_id"]) == sorted(rows.loc[has_count, "study_id"])
    assert (counted["lower"] <= counted["estimate"]).all()


def test_every_row_is_listed_with_what_was_read_of_it():
    review = evidence.load()
    shown = context.listed(review)
    assert len(shown) == len(context.studies(review))
    assert (shown["What was read"] != "").all()


def test_a_count_without_a_total_stands_with_the_outcome():
    review = evidence.load()
    rows = context.studies(review)
    lone = rows["events"].notna() & rows["denominator"].isna()
    shown = context.listed(review)["Outcome"].str.endswith("patients, of how many was not read)")
    assert lone.any()
    assert (shown == lone).all()


def test_a_study_that_is_a_source_is_left_out_and_said_to_be():
    review = evidence.load()
    assert "nathan2015" in set(context.among_sources(review)["study_id"])
    assert "nathan2015" not in set(context.studies(review)["study_id"])
    assert "Nathan 2015" in context.left_out(review)


@pytest.mark.parametrize(
    "planted",
    [
        "10.1186/s13023-018-0934-z",
        "10.1186/S13023-018-0934-Z",
        "https://doi.org/10.1186/s13023-018-0934-z",
    ],
)
def test_a_source_is_known_by_its_doi_however_that_is_written(tmp_path, planted):
    shutil.copytree(
        evidence.find_root() / "data", tmp_path / "data", ignore=shutil.ignore_patterns("readings")
    )
    review = evidence.load(tmp_path)
    before, left = context.counted(review), context.among_sources(review)
    assert "hammer2018" in set(before["study_id"]), "the test needs a study that is no source yet"
    path = tmp_path / "data" / "benson_2014" / "study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("doi: not_reported", f"doi: {planted}"), encoding="utf-8")
    review = evidence.load(tmp_path)
    now = context.among_sources(review)
    assert set(now["study_id"]) - set(left["study_id"]) == {"hammer2018"}
    assert now.set_index("study_id").loc["hammer2018", "source"] == "Benson 2014"
    gone = set(before["study_id"]) - set(context.counted(review)["study_id"])
    assert gone == {"hammer2018"}
    assert f"{len(now)} rows of the list are left out" in context.left_out(review)
    assert "not_reported" in set(context.studies(review)["doi"]), "two missing codes are not one DOI"


def test_check_finds_no_fault_with_a_study_that_is_a_source_too(tmp_path):
    data = tmp_path / "data"
    shutil.copytree(evidence.find_root() / "data", data, ignore=shutil.ignore_patterns("readings"))
    path = data / "benson_2014" / "study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("doi: not_reported", "doi: 10.1186/s13023-018-0934-z"), "utf-8")
    assert "hammer2018" in set(context.among_sources(evidence.load(tmp_path))["study_id"])
    assert [str(issue) for issue in validation.check(tmp_path)] == []
