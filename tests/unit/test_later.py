"""Oracle: citations and designs written here, and the table of later evidence."""

import pytest

from living_review import evidence
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
    rows = review.records("later_evidence")
    counted = context.counted(review)
    has_count = rows["events"].notna() & rows["denominator"].notna()
    assert sorted(counted["study_id"]) == sorted(rows.loc[has_count, "study_id"])
    assert (counted["lower"] <= counted["estimate"]).all()


def test_every_row_is_listed_with_what_was_read_of_it():
    review = evidence.load()
    shown = context.listed(review)
    assert len(shown) == len(review.records("later_evidence"))
    assert (shown["What was read"] != "").all()


def test_a_count_without_a_total_stands_with_the_outcome():
    review = evidence.load()
    rows = review.records("later_evidence")
    lone = rows["events"].notna() & rows["denominator"].isna()
    shown = context.listed(review)["Outcome"].str.endswith("patients, of how many was not read)")
    assert lone.any()
    assert (shown == lone).all()
