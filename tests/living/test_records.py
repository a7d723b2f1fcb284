"""Which records are one publication: cases looked at by hand, and properties of any table."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from living_review.living.records import (
    ALONE,
    NONE,
    Record,
    clean,
    clean_doi,
    clean_year,
    link_duplicates,
)
from living_review.living.watch import add_records

TITLE = "Sirolimus in venous malformations of two"


def row(name: str, **cells: str) -> dict[str, str]:
    empty = {"doi": NONE, "pmid": NONE, "title": NONE, "year": NONE, "same_as": ALONE}
    return {"id": name, "matched_by": ALONE, **empty, **cells}


@pytest.mark.parametrize(
    ("first", "second", "by"),
    [
        ({"doi": "10.1000/a"}, {"doi": "10.1000/a"}, "doi"),
        ({"pmid": "7"}, {"pmid": "7"}, "pmid"),
        ({"title": TITLE, "year": "2024"}, {"title": TITLE.upper() + "!", "year": "2025"}, "title"),
        ({"title": TITLE, "pmid": "7"}, {"title": TITLE, "doi": "10.1000/a"}, "title"),
        # what differs keeps them apart: an abstract of a meeting and the paper share their title
        ({"title": TITLE, "doi": "10.1000/a"}, {"title": TITLE, "doi": "10.1000/b"}, None),
        ({"title": TITLE, "year": "2020"}, {"title": TITLE, "year": "2024"}, None),
        ({"title": "Reply to the authors"}, {"title": "Reply to the authors"}, None),
        ({}, {}, None),
    ],
)
def test_two_records(first: dict[str, str], second: dict[str, str], by: str | None) -> None:
    a, b = link_duplicates([row("x:a", **first), row("x:b", **second)])
    assert (a["same_as"], a["matched_by"]) == (ALONE, ALONE)
    assert (b["same_as"], b["matched_by"]) == (("x:a", by) if by else (ALONE, ALONE))


def test_a_third_record_joins_two_that_shared_nothing() -> None:
    rows = [row("x:a", doi="10.1000/a"), row("x:b", pmid="7")]
    assert [r["same_as"] for r in link_duplicates(rows)] == [ALONE, ALONE]
    rows.append(row("x:c", doi="10.1000/a", pmid="7"))
    assert [r["same_as"] for r in link_duplicates(rows)] == [ALONE, "x:a", "x:a"]


def test_what_a_person_kept_apart_or_linked_stays() -> None:
    apart = row("x:b", doi="10.1000/a", matched_by="hand")
    assert link_duplicates([row("x:a", doi="10.1000/a"), apart])[1]["same_as"] == ALONE
    linked = row("x:b", same_as="x:a", matched_by="hand")
    assert link_duplicates([row("x:a"), linked])[1]["same_as"] == "x:a"


few = st.sampled_from
ROWS = st.lists(
    st.tuples(
        few([NONE, "10.1000/a", "10.1000/b", "10.1000/c"]),
        few([NONE, "1", "2", "3"]),
        few([NONE, TITLE, TITLE + " again"]),
        few([NONE, "2020", "2021", "2024"]),
    ),
    max_size=9,
)


@given(ROWS)
@settings(max_examples=150, deadline=None)
def test_none_is_left_out_and_links_lead_to_a_record_that_stands(cells: list[tuple[str, ...]]) -> None:
    keys = ("doi", "pmid", "title", "year")
    rows = [row(f"x:{n}", **dict(zip(keys, c, strict=True))) for n, c in enumerate(cells)]
    linked = link_duplicates(rows)
    assert [r["id"] for r in linked] == [r["id"] for r in rows]
    stands = {r["id"] for r in linked if r["same_as"] == ALONE}
    for number, record in enumerate(linked):
        if record["same_as"] != ALONE:
            assert record["same_as"] in stands
            assert int(record["same_as"].removeprefix("x:")) < number
    for key in ("doi", "pmid"):  # one publication has one set of records
        for value in {r[key] for r in linked} - {NONE}:
            own = {
                r["id"] if r["same_as"] == ALONE else r["same_as"] for r in linked if r[key] == value
            }
            assert len(own) == 1
    assert link_duplicates(linked) == linked


def test_a_record_found_again_fills_what_was_lacking_and_changes_nothing_else() -> None:
    bare = Record("pubmed", "7", pmid="7", fetched=False)
    (first,) = add_records([], [bare], "2026-12-01.1", "pecoma")
    first["note"] = "kept"
    full = Record("pubmed", "7", pmid="7", title="A", year="2024")
    (second,) = add_records([first], [full], "2027-01-01.1", "venous_malformation")
    assert second == first | {
        "title": "A",
        "year": "2024",
        "fetched": "yes",
        "strategies": "pecoma venous_malformation",
    }
    (third,) = add_records([second], [Record("pubmed", "7", title="Another")], "2027-02-01.1", "pecoma")
    assert third == second


@pytest.mark.parametrize(
    ("text", "expected"),
    [(" a\x00b\n c ", "a b c"), ("", NONE), (None, NONE), ("\x01", NONE)],
)
def test_texts_are_cleaned(text: str | None, expected: str) -> None:
    assert clean(text) == expected


def test_dois_and_years_are_cleaned() -> None:
    assert clean_doi("doi:10.1000/ABC.1.") == "10.1000/abc.1"
    assert clean_doi("not_reported") == NONE
    assert clean_year("Spring 2024") == "2024"
    assert clean_year("20241") == NONE
