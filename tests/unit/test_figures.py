"""Oracle: the artists on the axes, counted and measured; never pixels."""

import matplotlib as mpl
import pandas as pd
import pytest

from living_review import figures, style

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
    figures.words(ax, found, top=10, step=2)
    assert {line.get_marker() for line in ax.lines} == {"None"}
    assert [t.get_text() for t in ax.texts] == ["less", "none", "stable"]
    assert [t.xy for t in ax.texts] == [(6, 10), (12, 8), (36, 6)]
    assert [t.get_ha() for t in ax.texts] == ["left", "left", "right"]


def test_readings_of_different_kinds_are_not_joined(ax):
    readings = pd.DataFrame({"time": [0, 12], "value": [9, 0], "joined": [False, False]})
    figures.course(ax, readings, label="")
    assert ax.lines[0].get_linestyle() == "None"
    figures.course(ax, readings.drop(columns="joined"), label="")
    assert ax.lines[1].get_linestyle() == "-"


def test_a_course_writes_its_own_text_in_place_of_the_value(ax):
    readings = pd.DataFrame({"time": [0, 12], "value": [9, 0], "text": ["9 (maximum)", ""]})
    figures.course(ax, readings, label="Patient 1", below=True)
    assert [t.get_text() for t in ax.texts] == ["9 (maximum)", "", "Patient 1"]
    assert ax.texts[0].get_va() == "top"


def test_a_mark_at_the_end_of_a_swimmer_keeps_clear_of_the_words_after_it(ax):
    rows = pd.DataFrame({"label": ["a", "b"], "time": [30, 30], "end": ["30", "30"]})
    figures.swimmer(ax, rows.assign(marks=[[(30, "X", "")], [(6, "v", "")]]), unit="months")
    marked, plain = (t.get_position()[0] for t in ax.texts if t.get_text() == "30")
    assert marked > plain > 30
