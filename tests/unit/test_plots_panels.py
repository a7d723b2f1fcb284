"""Oracle: the artists on each of several axes, counted and measured; never pixels."""

import matplotlib as mpl
import pandas as pd
import pytest

from living_review.plots import basic, panels, theme, timelines
from living_review.stats import survival

mpl.use("Agg")


@pytest.fixture
def axes():
    import matplotlib.pyplot as plt

    fig, axes = theme.figure(4, rows=2)
    yield axes
    plt.close(fig)


def texts(ax):
    return [t.get_text() for t in ax.texts]


def test_steps_that_are_not_printed_are_dotted_and_what_has_no_dose_is_dashed(axes):
    steps = pd.DataFrame(
        {
            "patient": ["p1", "p1", "p2", "p2", "p2"],
            "label": ["One", "One", "Two", "Two", "Two"],
            "months": [0, 6, 0, 12, None],
            "dose": [1.0, 4, 1, 2, 3],
            "change": ["start", "increase", "start", "increase", "increase"],
            "gradual": [False, False, False, True, False],
            "text": "3 mg tried",
        }
    )
    panels.dose_steps(axes, steps, {"p1": 36.0, "p2": 30.0})
    assert [line.get_linestyle() for line in axes[0].lines] == ["None", "-", "--"]
    assert [line.get_linestyle() for line in axes[1].lines] == ["None", ":", "--"]
    assert [list(ax.lines[-1].get_xdata()) for ax in axes] == [[6, 36], [12, 30]]
    assert texts(axes[0]) == ["1 mg", "4 mg"]
    assert texts(axes[1]) == ["1 mg", "2 mg", "3 mg tried"]


def test_words_stand_above_the_scale_and_make_no_point(axes):
    scores = pd.DataFrame(
        {
            "patient": ["p1", "p1", "p2"],
            "title": ["One", "One", "Two"],
            "look": "teal_circle",
            "time": [-5.5, 12, -5.5],
            "value": [9, 0, 8],
            "joined": [False, False, True],
        }
    )
    told = pd.DataFrame({"patient": ["p1"], "time": [6], "text": ["less"]})
    panels.scores_and_words(axes, scores, told, scale=(0, 10), before=-5.5, until=36)
    assert [ax.get_title() + ax.get_title(loc="left") for ax in axes] == ["One", "Two"]
    assert [len(points.get_offsets()) for points in axes[0].collections] == [2]
    assert {line.get_marker() for line in axes[0].lines} == {"None"}
    assert next(t for t in axes[0].texts if t.get_text() == "less").xy[1] > 10
    assert [t.get_text() for t in axes[1].get_xticklabels()][:3] == ["before", "0", "6"]


def test_one_value_of_two_patients_is_written_once(axes):
    readings = pd.DataFrame(
        {
            "measure": ["pain"] * 4 + ["girth"] * 2,
            "patient": ["p1", "p1", "p2", "p2", "p1", "p2"],
            "label": ["One", "One", "Two", "Two", "One", "Two"],
            "look": "teal_circle",
            "time": [0, 3, 0, 3, 0, 0],
            "value": [8, 3, 5, 3, 20, 30],
        }
    )
    titles = {"pain": "Pain", "girth": "Girth"}
    panels.measures(axes, readings, titles, floors={"girth": 15})
    assert texts(axes[0]).count("3") == 1
    assert {"One", "Two", "8", "5"} < set(texts(axes[0]))
    assert [ax.get_ylim()[0] for ax in axes] == [0, 15]
    colours = [{t.get_text(): t.get_color() for t in ax.texts} for ax in axes]
    assert colours[0]["Two"] == colours[1]["Two"] != colours[0]["One"]


def test_each_scale_has_its_own_axes_and_readings(axes):
    readings = pd.DataFrame(
        {"label": ["a", "b"], "look": "teal_circle", "scale": ["nrs", "vas"], "time": [0, 12]}
        | {"value": [9, 4]}
    )
    panels.scales(axes, readings, {"nrs": "Numbers", "vas": "Line"})
    assert [len(ax.lines) for ax in axes] == [1, 1]
    assert ["9" in texts(axes[0]), "9" in texts(axes[1])] == [True, False]


def test_a_course_is_named_after_its_last_reading_and_the_lower_is_written_below(axes):
    rows = pd.DataFrame(
        {"label": ["One", "One", "Two"], "look": "teal_circle"}
        | {"time": [2, 4, 2], "value": [13, 18, 9]}
    )
    timelines.courses(axes[0], rows, names="after")
    places = {t.get_text(): t.get_va() for t in axes[0].texts}
    assert places["18"] == "baseline"
    assert places["9"] == "top"
    assert next(t for t in axes[0].texts if t.get_text() == "One").xy == (4, 18)


def test_targets_are_bands_the_narrower_the_darker(axes):
    ranges = pd.DataFrame({"lower": [5, 10], "upper": [15, 15], "text": ["wide", "narrow"]})
    timelines.targets(axes[0], ranges, at=0.2)
    wide, narrow = axes[0].patches
    assert (wide.get_y(), wide.get_height()) == (5, 10)
    assert narrow.get_alpha() > wide.get_alpha()
    assert texts(axes[0]) == ["wide", "narrow"]


def test_stacked_shares_fill_the_bar_and_write_the_counts(axes):
    parts = pd.DataFrame({"same": [3, 1], "other": [1, 1]}, index=["a", "b"])
    basic.stacked_shares(axes[0], parts)
    ends = [p.get_x() + p.get_width() for p in axes[0].patches]
    assert ends == [0.75, 0.5, 1, 1]
    assert texts(axes[0]) == ["3", "1", "1", "1"]


def test_a_time_summary_draws_range_limits_and_median(axes):
    days = {"minimum": 1, "lower": 7, "median": 14, "upper": 70, "maximum": 180}
    basic.time_summary(axes[0], days, "rust_square")
    assert [list(line.get_xdata()) for line in axes[0].lines] == [[1, 180], [7, 70], [14]]
    low, high = axes[0].get_xlim()
    assert low < 1
    assert high > 180


def test_numbers_at_risk_stand_under_their_times():
    import matplotlib.pyplot as plt

    times, events, grid = [2, 4, 6], [1, 0, 1], [0, 3, 6]
    curve = survival.kaplan_meier(times, events)
    fig, ax = basic.curve_over_risks(curve, survival.risk_rows(times, events, grid), grid)
    below = fig.axes[1]
    assert fig.axes[0] is ax
    assert ax.get_xlim() == below.get_xlim()
    at_risk = [t for t in below.texts if t.xy[1] == 0 and t.get_text().isdigit()]
    assert [(t.xy[0], t.get_text()) for t in at_risk] == [(0, "3"), (3, "2"), (6, "1")]
    plt.close(fig)


def test_a_forest_figure_is_as_high_as_its_lines_need():
    import matplotlib.pyplot as plt

    rows = pd.DataFrame({"label": ["a"] * 9, "estimate": 0.5, "lower": 0.2, "upper": 0.8})
    fig, ax = basic.forest_figure(rows, "Share")
    assert fig.get_figheight() == basic.forest_height(rows)
    assert ax.get_xlabel() == "Share"
    plt.close(fig)
