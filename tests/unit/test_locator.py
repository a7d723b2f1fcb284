"""Oracle: places written here and taken apart by eye, and every locator of ``data/``."""

import pytest

from living_review import evidence
from living_review.evidence import locator
from living_review.evidence.locator import Locator, LocatorError, parse
from living_review.validation.issues import Table
from living_review.validation.locators import check_locators


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Table II, row 3, column Sex", Locator("Table", 2, "3", "Sex")),
        ("Table 2, row > 18 years, column All", Locator("Table", 2, "> 18 years", "All")),
        ("Table I, row Gender, females", Locator("Table", 1, "Gender, females")),
        ("Table IV, block Sex, column All", Locator("Table", 4, None, "All", "Sex")),
        ("Table I, WHO status", Locator("Table", 1, section="WHO status")),
        ("Table II footnote", Locator("Footnote", 2)),
        ("Footnote *, Table II", Locator("Footnote", 2, section="*")),
        ("Figure 1 legend", Locator("Figure", 1)),
        ("Supplementary Table 3, row 1", Locator("Supplementary Table", 3, "1")),
        ("Results, Treatment; Table II", Locator("Results", section="Treatment")),
        ("Title (of the interview)", Locator("Title", section="of the interview")),
        ("Discussion", Locator("Discussion")),
    ],
)
def test_a_locator_is_read_into_its_parts(text: str, place: Locator) -> None:
    assert parse(text) == place


@pytest.mark.parametrize("text", ["Table", "Table, row 1", "Table IIII, row 1", "Table 1 row 2", ""])
def test_a_locator_without_a_place_is_refused(text: str) -> None:
    with pytest.raises(LocatorError):
        parse(text)


def test_the_codes_of_a_place_are_the_same_however_its_number_is_printed() -> None:
    codes = locator.columns(["Table II, row 1", "Table 2, column A", "Case reports, Patient 2"])
    assert codes["part_of"] == ["table_2", "table_2", "case_reports"]
    assert codes["section"] == ["not_applicable", "not_applicable", "patient_2"]


def test_every_locator_of_the_evidence_names_its_part() -> None:
    review = evidence.load()
    frames = [review.table(name) for name in review.schemas if "_" not in name]
    placed = [frame for frame in frames if "locator" in frame]
    assert sum(map(len, placed)) > 1000
    for frame in placed:
        tables = frame[frame["locator"].str.match("Table ")]
        assert tables["part_of"].str.fullmatch(r"(table|footnote)_[1-9]").all()
        assert not frame["part_of"].str.contains(r"[^a-z0-9_]").any()


def test_the_check_names_row_and_remedy_of_a_place_without_number() -> None:
    table = Table("data/x/events.csv", ["id", "locator"], [["a", "Abstract"], ["b", "Table, row 1"]])
    (issue,) = check_locators(table)
    assert (issue.row, issue.column) == (3, "locator")
    assert "needs its number" in issue.todo
