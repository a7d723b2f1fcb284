"""The two homes of a reference say the same: each field changed in a copy is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from living_review import evidence
from living_review.validation import bibliography

META = {
    "title": "Sirolimus in NF1: a series",
    "authors": ["Minard-Colin V", "van den Berg JM"],
    "year": 2014,
    "journal": "Pediatrics",
    "volume": "not_reported",
    "pages": "e1792-e1797",
    "doi": "10.1542/Peds.1",
}
ENTRY = """@article{one_2014,
  author = {Minard-Colin, V{\\'e}ronique and van den Berg, Jan M.},
  title = {Sirolimus in {NF1}: a series}, year = 2014, journal = "Pediatrics",
  volume = {133}, pages = {e1792--e1797}, doi = {10.1542/peds.1}
}
@misc{other_2015, title = {Another, with a comma}}
"""


def differences(tmp_path: Path, text: str) -> list[tuple[str | None, str]]:
    (tmp_path / "book").mkdir(exist_ok=True)
    (tmp_path / "book" / "references.bib").write_text(text, encoding="utf-8")
    found = bibliography.check_bibliography(tmp_path, {"one_2014": META})
    return [(i.column, i.found) for i in found]


def test_the_sources_stand_in_both_places_alike() -> None:
    review = evidence.load()
    metas = {s.study_id: s.meta for s in review.studies}
    assert list(bibliography.check_bibliography(review.root, metas)) == []
    text = (review.root / bibliography.BIB).read_text(encoding="utf-8")
    assert len(bibliography.entries(review.root / bibliography.BIB)) == text.count(
        "\n@"
    ) + text.startswith("@")


def test_capitals_dashes_and_what_the_source_does_not_print_are_no_difference(tmp_path) -> None:
    assert differences(tmp_path, ENTRY) == []


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("a series", "two series", ("one_2014.title", "'Sirolimus in NF1: two series'")),
        ("= 2014", "= 2015", ("one_2014.year", "'2015'")),
        ("e1797", "e1798", ("one_2014.pages", "'e1792--e1798'")),
        ("peds.1", "peds.2", ("one_2014.doi", "'10.1542/peds.2'")),
        (', journal = "Pediatrics"', "", ("one_2014.journal", "nothing")),
        ("Jan M.", "Jan", ("one_2014.author", "'Minard-Colin V, van den Berg J'")),
        (" and van den Berg, Jan M.", "", ("one_2014.author", "'Minard-Colin V'")),
    ],
)
def test_a_difference_is_named(tmp_path: Path, old: str, new: str, named: tuple[str, str]) -> None:
    assert old in ENTRY
    assert differences(tmp_path, ENTRY.replace(old, new)) == [named]


def test_and_others_stands_for_the_rest(tmp_path: Path) -> None:
    text = ENTRY.replace("van den Berg, Jan M.", "others")
    assert differences(tmp_path, text) == []
