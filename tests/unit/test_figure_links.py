"""Rows of a figure as links to their evidence. Oracle: where matplotlib drew each row."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from living_review import evidence
from living_review.build import checks
from living_review.plots import basic, theme, timelines
from living_review.report import citing, context_figure, display

ALT = "Two of three patients got better in one study, all in the other."
LINK = re.compile(r'<a href="([^"]+)"><title>([^<]*)</title><path d="M(\d+) ([\d.]+)H(\d+)V([\d.]+)H')


def forest() -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "label": ["One & all", "Two"],
            "text": ["2 of 3", "4 of 4"],
            "estimate": [0.67, 1.0],
            "lower": [0.1, 0.4],
            "upper": [0.99, 1.0],
        }
    )
    return citing.with_references(rows, [["a_2020/outcomes/x"], ["b_2021/doses/y", "b_2021/doses/z"]])


def shown(rows: pd.DataFrame, data: pd.DataFrame | None) -> str:
    theme.apply()
    fig, _ = basic.forest_figure(rows, "Share of patients")
    return str(display.figure(fig, "fig-one", ALT, ALT, data).content)


def test_each_row_of_a_forest_is_a_link_to_its_card_in_its_own_words() -> None:
    rows = forest()

    found = LINK.findall(shown(rows, rows[["label", "text"]]))

    assert [link[:2] for link in found] == [
        ("../evidence/a_2020.html#outcomes-x", "One &amp; all, 2 of 3: evidence"),
        ("../evidence/b_2021.html#doses-y", "Two, 4 of 4: evidence, the first of 2 rows"),
    ]


def test_a_link_is_over_the_mark_of_its_row() -> None:
    rows = forest()
    theme.apply()
    fig, ax = basic.forest_figure(rows, "Share of patients")
    fig.canvas.draw()
    height = fig.get_figheight() * 72
    marks = [line.get_xydata()[0] for line in ax.lines if len(line.get_xydata()) == 1]
    places = [height - ax.transData.transform(at)[1] * 72 / fig.dpi for at in marks]

    found = LINK.findall(str(display.figure(fig, "fig-one", ALT, ALT, rows).content))

    bands = [(float(top), float(foot)) for *_, top, _, foot in found]
    assert len(places) == len(bands) == 2
    for y, (top, foot) in zip(places, bands, strict=True):
        assert top < y < foot
        assert foot - top >= 24 * 72 / 96  # what a finger must hit (WCAG 2.2), in points
    assert bands[0][1] <= bands[1][0]


def test_rows_that_are_sorted_when_drawn_keep_their_evidence() -> None:
    rows = pd.DataFrame({"label": ["Short", "Long"], "time": [2.0, 9.0]})
    rows = citing.with_references(rows, [["a_2020/events/s"], ["a_2020/events/l"]])
    theme.apply()
    fig, ax = theme.figure(2)
    timelines.swimmer(ax, rows, unit="months")

    found = LINK.findall(str(display.figure(fig, "fig-two", ALT, ALT, rows[["time"]]).content))

    assert [(link[0][-1], link[1].split(",")[0]) for link in found] == [("l", "Long"), ("s", "Short")]


@pytest.mark.parametrize("data", [None, pd.DataFrame({"label": ["One", "Two"]})])
def test_without_known_evidence_a_figure_has_no_links_and_no_bands(data: pd.DataFrame | None) -> None:
    page = shown(forest(), data)
    assert "lr-marks" not in page
    assert theme.ROW not in page


def test_the_picture_stays_one_image_and_its_check_sees_no_second_one() -> None:
    rows = forest()
    page = shown(rows, rows)
    (figure,) = checks.html_figures(page)
    assert figure.issues() == []
    again = page.replace('<svg class="lr-marks"', "<svg")
    assert any("2 drawings" in issue for issue in checks.html_figures(again)[0].issues())


@pytest.mark.parametrize("disease", ["nf1_plexiform_neurofibroma", "venous_malformation"])
def test_the_rows_of_several_axes_are_counted_through(disease: str) -> None:
    review = evidence.load()
    rows = [row for *_, part in context_figure.figure_parts(review, disease) for row in part.index]
    assert rows == list(context_figure.figure_data(review, disease).index)
    assert len(rows) == len(set(rows)) > 3
