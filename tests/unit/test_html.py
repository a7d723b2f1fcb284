"""Oracle: the marks in the HTML by which the style sheet lays a table out."""

from __future__ import annotations

import re
from html import unescape

import pandas as pd
import pytest

from living_review.report import html


def frame_of(shown: str) -> str:
    return shown[: shown.index(">")]


def classes(frame: pd.DataFrame, given: str = "") -> set[str]:
    return set(re.search(r'class="([^"]*)"', html.to_html(frame, "C", "n", classes=given))[1].split())


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
    said = re.search(r' style="([^"]*)"', frame_of(html.to_html(frame, "C", "n")))[1]
    assert "<" not in said
    assert unescape(said) == (
        r"""--h1:'\'No change\' is';--h2:'a "b" \\ <c>';--h3:'Benson (n"""
        "\u00a0=\u00a0"
        "10)'"
    )
    assert " style=" not in html.to_html(pd.DataFrame({"A": ["b"]}), "C", "n")


def test_a_name_that_repeats_and_a_cell_without_a_finding_are_marked():
    frame = pd.DataFrame(
        {"Patient": ["One", "One", "Two"], "Dose": ["2 mg", None, "not_applicable"], "No": [1, 2, 3]}
    )
    shown = html.to_html(frame, "C", "n")
    assert shown.count('<th scope="row" class="again">One</th>') == 1
    assert len(re.findall(r'<td class="m[ "]', shown)) == 2
    assert '<td class="m">2 mg' not in shown
    # A table that is sorted and filtered has no lasting neighbours.
    assert "again" not in html.to_html(frame, "C", "n", classes="lr-explore")


def test_an_interval_stays_on_one_line_and_so_do_a_date_and_two_short_words():
    assert html.format_cell("5 of 7 (71%, 95% CI 29% to 96%)") == (
        "5 of 7 (71%, 95%\u00a0CI\u00a029%\u00a0to\u00a096%)"
    )
    assert html.format_cell("1 of 10 (0% to 45%)") == "1 of 10 (0%\u00a0to\u00a045%)"
    assert (
        html.format_cell("158 days (95% CI 7 to 300)")
        == "158 days (95%\u00a0CI\u00a07\u00a0to\u00a0300)"
    )
    assert html.format_cell("5 to 15 ng/ml") == "5 to 15 ng/ml"
    shown = html.to_html(
        pd.DataFrame({"Source": ["Benson 2014"], "Day": ["2026-11-22"], "Why": [LONG]}), "C", "n"
    )
    assert re.findall(r' class="one">([^<]*)<', shown) == ["Benson 2014", "2026-11-22"]


def test_at_most_two_columns_are_widened():
    frame = pd.DataFrame({"a": ["x"], "b": [LONG], "c": [LONG + "!"], "d": [LONG + "!!"]})
    shown = html.to_html(frame, "C", "n")
    assert re.findall(r'<th scope="col" class="w">(.)</th>', shown) == ["c", "d"]
    assert "class=" not in html.to_html(pd.DataFrame({"a": ["x"], "b": ["y"]}), "C", "n")[60:]
