"""Oracle: the marks in the HTML by which the style sheet lays a table out."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from living_review import tables


def frame_of(shown: str) -> str:
    return shown[: shown.index(">")]


def classes(frame: pd.DataFrame, given: str = "") -> set[str]:
    return set(re.search(r'class="([^"]*)"', tables.to_html(frame, "C", "n", classes=given))[1].split())


LONG = "a reason that takes more than one line of a column, however wide the column is made"


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        ({"Harm": ["rash"], "Patients": [3]}, {"lr-fits"}),
        ({"Harm": ["rash"], "Why": [LONG]}, {"lr-fits"}),
        ({"Harm": ["rash"], "About": [LONG], "Why": [LONG]}, {"lr-stack"}),
        ({key: ["neurofibromatosis"] for key in "abcde"}, {"lr-stack", "lr-short"}),
        ({key: ["78.8% to 90%"] for key in "abcdefgh"}, {"lr-stack", "lr-shortest"}),
        ({key: ["neurofibromatosis " * 3] for key in "abcde"}, {"lr-stack"}),
    ],
)
def test_on_a_phone_a_table_fits_or_is_read_row_by_row(columns, wanted):
    assert classes(pd.DataFrame(columns)) == {"lr-table", *wanted}


def test_a_table_that_says_how_it_is_laid_out_keeps_that():
    frame = pd.DataFrame({"Verdict": ["reproduced"], "Claim": [LONG], "Why": [LONG]})
    assert classes(frame, "lr-claims lr-explore") == {"lr-table", "lr-claims", "lr-explore"}
    assert classes(pd.DataFrame({"A": ["b"]}), "lr-stack") == {"lr-table", "lr-stack"}


def test_the_headings_of_a_stacked_table_stand_on_its_frame_whatever_signs_they_hold():
    frame = pd.DataFrame({"'No change' is": [LONG], 'a "b" \\ <c>': [LONG], "Benson (n = 10)": [LONG]})
    said = re.search(r' style="([^"]*)"', frame_of(tables.to_html(frame, "C", "n")))[1]
    assert said == (
        r"--h1:'\'No change\' is';--h2:'a &quot;b&quot; \\ &lt;c&gt;';--h3:'Benson (n"
        "\u00a0=\u00a0"
        "10)'"
    )
    assert " style=" not in tables.to_html(pd.DataFrame({"A": ["b"]}), "C", "n")


def test_a_name_that_repeats_and_a_cell_without_a_finding_are_marked():
    frame = pd.DataFrame(
        {"Patient": ["One", "One", "Two"], "Dose": ["2 mg", None, "not_applicable"], "No": [1, 2, 3]}
    )
    shown = tables.to_html(frame, "C", "n")
    assert shown.count('<th scope="row" class="again">One</th>') == 1
    assert shown.count('<td class="m">') == 2
    assert '<td class="m">2 mg' not in shown
    # A table that is sorted and filtered has no lasting neighbours.
    assert "again" not in tables.to_html(frame, "C", "n", classes="lr-explore")


def test_at_most_two_columns_are_given_room():
    frame = pd.DataFrame({"a": ["x"], "b": [LONG], "c": [LONG + "!"], "d": [LONG + "!!"]})
    shown = tables.to_html(frame, "C", "n")
    assert re.findall(r'<th scope="col" class="w">(.)</th>', shown) == ["c", "d"]
    assert "class=" not in tables.to_html(pd.DataFrame({"a": ["x"], "b": ["y"]}), "C", "n")[60:]
