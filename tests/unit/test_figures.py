"""Oracle: the artists on the axes, counted and measured; never pixels."""

import matplotlib as mpl
import pandas as pd
import pytest

from living_review import figures, figures_courses, style

mpl.use("Agg")


@pytest.fixture
def ax():
    import matplotlib.pyplot as plt

    fig, ax = style.figure()
    yield ax
    plt.close(fig)


def test_words_stand_at_their_times_without_a_point_and_the_earliest_is_highest(ax):
    ax.set_xlim(0, 40)
    found = pd.DataFrame({"time": [36, 6, 12], "text": ["stable", "less", "none"]})
    figures_courses.words(ax, found, top=10, step=2)
    assert {line.get_marker() for line in ax.lines} == {"None"}
    assert [t.get_text() for t in ax.texts] == ["less", "none", "stable"]
    assert [t.xy for t in ax.texts] == [(6, 10), (12, 8), (36, 6)]
    assert [t.get_ha() for t in ax.texts] == ["left", "left", "right"]


def test_readings_of_different_kinds_are_not_joined(ax):
    readings = pd.DataFrame({"time": [0, 12], "value": [9, 0], "joined": [False, False]})
    figures_courses.course(ax, readings, label="")
    assert ax.lines[0].get_linestyle() == "None"
    figures_courses.course(ax, readings.drop(columns="joined"), label="")
    assert ax.lines[1].get_linestyle() == "-"


def test_a_course_writes_its_own_text_in_place_of_the_value(ax):
    readings = pd.DataFrame({"time": [0, 12], "value": [9, 0], "text": ["9 (maximum)", ""]})
    figures_courses.course(ax, readings, label="Patient 1", below=True)
    assert [t.get_text() for t in ax.texts] == ["9 (maximum)", "", "Patient 1"]
    assert ax.texts[0].get_va() == "top"


def test_a_mark_at_the_end_of_a_swimmer_keeps_clear_of_the_words_after_it(ax):
    rows = pd.DataFrame({"label": ["a", "b"], "time": [30, 30], "end": ["30", "30"]})
    figures_courses.swimmer(ax, rows.assign(marks=[[(30, "X", "")], [(6, "v", "")]]), unit="months")
    marked, plain = (t.get_position()[0] for t in ax.texts if t.get_text() == "30")
    assert marked > plain > 30


def test_a_hollow_bar_is_an_outline(ax):
    rows = pd.DataFrame({"label": ["a", "b"], "time": [5, 3], "hollow": [True, False]})
    figures_courses.swimmer(ax, rows, unit="months")
    assert [mpl.colors.to_hex(p.get_facecolor()) == "#ffffff" for p in ax.patches] == [True, False]


def test_courses_write_the_highest_value_above_and_keep_names_apart(ax):
    ax.set(ylim=(0, 10), xlim=(-5, 13))
    rows = pd.DataFrame(
        {
            "label": ["one", "one", "two", "two"],
            "study_id": "x",
            "time": [0, 12, 0, 12],
            "value": [9, 0, 8, 3],
            "joined": True,
        }
    )
    figures_courses.courses(ax, rows, gap=0.2)
    above = {t.get_text() for t in ax.texts if t.get_va() == "baseline" and t.get_text()}
    assert above == {"9", "3"}
    names = {t.get_text(): t.xy[1] for t in ax.texts if t.get_ha() == "right"}
    assert names == {"one": 9, "two": 7}


def test_a_cell_of_the_map_with_two_sources_makes_its_row_twice_as_high(ax):
    cells = pd.DataFrame(
        {
            "row": ["A", "A", "B"],
            "column": "x",
            "direction": ["better", "worse", "none"],
            "text": ["p", "q", "r"],
            "study_id": "s",
        }
    )
    figures.evidence_map(ax, cells, ["A", "B"], ["x"])
    assert [(t.get_text(), t.get_position()[1]) for t in ax.texts] == [
        ("▲ p", 0.5),
        ("▼ q", 1.5),
        ("· r", 2.5),
    ]
    assert figures.evidence_map_height(cells, ["A", "B"]) > figures.evidence_map_height(
        cells[1:], ["A", "B"]
    )


def test_a_forest_grows_with_its_lines_and_headings():
    rows = pd.DataFrame({"group": ["a", "a", "b"]})
    one_group = figures.forest_height(rows.assign(group="a"))
    assert figures.forest_height(rows[:2]) < one_group < figures.forest_height(rows)
