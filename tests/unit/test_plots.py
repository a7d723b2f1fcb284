"""Oracle: the artists on the axes, counted and measured; never pixels."""

import matplotlib as mpl
import pandas as pd
import pytest

from living_review.plots import basic, theme, timelines

mpl.use("Agg")


@pytest.fixture
def ax():
    import matplotlib.pyplot as plt

    fig, ax = theme.figure()
    yield ax
    plt.close(fig)


def test_words_stand_at_their_times_without_a_point_and_the_earliest_is_highest(ax):
    ax.set_xlim(0, 40)
    found = pd.DataFrame({"time": [36, 6, 12], "text": ["stable", "less", "none"]})
    timelines.words(ax, found, top=10, step=2)
    assert {line.get_marker() for line in ax.lines} == {"None"}
    assert [t.get_text() for t in ax.texts] == ["less", "none", "stable"]
    assert [t.xy for t in ax.texts] == [(6, 10), (12, 8), (36, 6)]
    assert [t.get_ha() for t in ax.texts] == ["left", "left", "right"]


def readings(**columns):
    rows = {"label": "one", "look": "teal_circle", "time": [0, 12], "value": [9, 0]}
    return pd.DataFrame(rows | columns)


def test_readings_of_different_kinds_are_not_joined(ax):
    timelines.courses(ax, readings(joined=False), names=None)
    assert not ax.lines
    assert [len(points.get_offsets()) for points in ax.collections] == [2]
    timelines.courses(ax, readings(), names=None)
    assert [list(line.get_xdata()) for line in ax.lines] == [[0, 12]]


def test_a_course_writes_its_own_text_in_place_of_the_value(ax):
    timelines.courses(ax, readings(text=["9 (maximum)", ""], below=True), names="after")
    assert [t.get_text() for t in ax.texts] == ["9 (maximum)", "one"]
    assert ax.texts[0].get_va() == "top"


def test_a_course_leaves_the_names_of_the_axes_alone(ax):
    ax.set_xlabel("Weeks")
    timelines.courses(ax, readings())
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Weeks", "")


def test_patients_of_one_study_differ_and_none_has_the_colour_of_another_study():
    people = pd.DataFrame(
        {"label": list("abcd"), "look": ["plum_up", "plum_up", "rust_left", "plum_up"]}
    )
    styles = timelines.patient_styles(pd.concat([people, people]))
    assert [*styles["palette"].values()] == [
        theme.COLOURS["plum"],
        theme.INK,
        theme.COLOURS["rust"],
        theme.MUTED,
    ]
    for style in ("dashes", "markers"):
        assert len(set(styles[style].values())) == len(styles[style]) == 4


def test_two_patients_of_a_study_are_drawn_apart_in_colour_and_dash(ax):
    two = pd.concat([readings(), readings(label="two", value=[8, 3])])
    timelines.courses(ax, two)
    one, other = ax.lines
    assert one.get_color() != other.get_color()
    assert one.get_marker() != other.get_marker()
    assert not one.is_dashed()
    assert other.is_dashed()


def test_names_and_words_of_a_swimmer_stand_above_their_bar_at_the_two_edges(ax):
    rows = pd.DataFrame({"label": ["a", "b"], "time": [30, 6], "end": ["30 d", "6 d"]})
    timelines.swimmer(ax, rows.assign(marks=[[(30, "X")], [(6, "v")]]), unit="months")
    assert [(t.get_text(), t.xy[0], t.get_ha()) for t in ax.texts] == [
        ("a", 0, "left"),
        ("30 d", 1, "right"),
        ("b", 0, "left"),
        ("6 d", 1, "right"),
    ]
    bars = [patch for patch in ax.patches if not patch.get_gid()]
    for text, bar in zip(ax.texts[::2], bars, strict=True):
        assert text.get_va() == "bottom"
        assert text.xy[1] < bar.get_y()  # the axis runs downwards


def test_a_hollow_bar_is_an_outline(ax):
    rows = pd.DataFrame({"label": ["a", "b"], "time": [5, 3], "hollow": [True, False]})
    timelines.swimmer(ax, rows, unit="months")
    bars = [patch for patch in ax.patches if not patch.get_gid()]  # without the bands of the rows
    assert [mpl.colors.to_hex(p.get_facecolor()) == "#ffffff" for p in bars] == [True, False]


def test_courses_write_the_highest_value_above_and_keep_names_apart(ax):
    ax.set(ylim=(0, 10), xlim=(-5, 13))
    rows = pd.DataFrame(
        {
            "label": ["one", "one", "two", "two"],
            "look": "teal_circle",
            "time": [0, 12, 0, 12],
            "value": [9, 0, 8, 3],
        }
    )
    timelines.courses(ax, rows, gap=0.2)
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
            "look": "teal_circle",
        }
    )
    basic.evidence_map(ax, cells, ["A", "B"], ["x"])
    height = {t.get_text(): t.xy[1] for t in ax.texts}
    assert list(height) == ["A", "B", "▲ p", "▼ q", "· r", "x"]
    assert height["x"] < 0 < height["A"] < height["▲ p"]
    assert height["▼ q"] == pytest.approx(height["▲ p"] + 1)
    assert height["· r"] == pytest.approx(height["▼ q"] + 1 + basic.NAME)
    lower = basic.evidence_map_height(cells[1:], ["A", "B"], ["x"])
    assert basic.evidence_map_height(cells, ["A", "B"], ["x"]) > lower


def test_a_verdict_of_the_map_is_a_sign_behind_the_text_and_no_sign_of_a_direction(ax):
    cells = pd.DataFrame(
        {"row": "A", "column": ["x", "y"], "direction": "better", "look": "teal_circle"}
    )
    cells = cells.assign(text=["p\n1 of 2", "q"], verdict=["weaker", ""])
    basic.evidence_map(ax, cells, ["A"], ["x", "y"])
    assert {"▲ p\n1 of 2 ~", "▲ q"} <= {t.get_text() for t in ax.texts}
    assert len(set(basic.VERDICT_SIGNS.values()) - set("▲▼=◆·")) == len(basic.VERDICT_SIGNS)


def test_a_forest_grows_with_its_lines_and_headings():
    rows = pd.DataFrame({"group": ["a", "a", "b"]})
    one_group = basic.forest_height(rows.assign(group="a"))
    assert basic.forest_height(rows[:2]) < one_group < basic.forest_height(rows)


def test_a_label_that_would_meet_its_text_is_broken_and_gets_space():
    import matplotlib.pyplot as plt

    rows = pd.DataFrame(
        {"label": ["a few words that go on for long", "short"], "text": "1 of 2: 1% to 99%"}
    )
    rows = rows.assign(estimate=0.5, lower=0.01, upper=0.99)
    fig, ax = basic.forest_figure(rows.assign(text=""), "Share")
    assert [t.get_text() for t in ax.texts] == list(rows["label"])
    plt.close(fig)
    long = rows.assign(text="x" * 30)
    fig, ax = basic.forest_figure(long, "Share")
    assert ax.texts[0].get_text() == "a few words that\ngo on for long"
    assert basic.forest_height(long) > basic.forest_height(rows.assign(text=""))
    plt.close(fig)


def test_heads_of_a_map_stand_on_two_levels_and_the_outer_ones_stay_inside(ax):
    cells = pd.DataFrame(
        {"row": ["A"], "column": "x", "direction": "none", "text": "p", "look": "teal_circle"}
    )
    basic.evidence_map(ax, cells, ["A"], ["x", "y", "z"])
    heads = [t for t in ax.texts if t.get_text() in "xyz"]
    assert [t.get_ha() for t in heads] == ["left", "center", "right"]
    assert heads[0].xy[1] == heads[2].xy[1] < heads[1].xy[1]


LONG = "Paroxysmal nocturnal haemoglobinuria improved by two points: judged by a committee"
NAMED = "van den Berg-Schwarzenegger van der Meulen 2022a, of all treated *"


def clashes(fig) -> list[str]:
    """Words of a figure that leave it, and pairs of words that meet."""
    fig.canvas.draw()
    drawn = [t for ax in fig.axes for t in ax.texts]
    boxes = [(t.get_text(), t.get_window_extent(fig.canvas.get_renderer())) for t in drawn]
    out = [
        text for text, box in boxes if box.x0 < 0 or box.x1 > fig.bbox.width or box.y1 > fig.bbox.height
    ]
    pairs = ((a, b) for i, a in enumerate(boxes) for b in boxes[:i])
    return out + [f"{a[0]} | {b[0]}" for a, b in pairs if a[1].overlaps(b[1])]


@pytest.mark.parametrize("group", ["Short", LONG])
@pytest.mark.parametrize("label", ["Li 2020a", NAMED])
def test_words_of_a_forest_neither_meet_nor_leave_the_figure(group, label):
    import matplotlib.pyplot as plt

    theme.apply()
    rows = pd.DataFrame(
        {"group": [group, group, "Other"], "label": label, "text": "235 of 4641: 16% to 24%"}
    )
    fig, ax = basic.forest_figure(rows.assign(estimate=0.5, lower=0.1, upper=0.9), "Share of patients")
    assert clashes(fig) == []
    first = ax.texts[0]
    theme.note(ax, "Other words", first.xy, xycoords=first.xycoords)
    assert clashes(fig)
    plt.close(fig)


@pytest.mark.parametrize("number", [1, 6, 7, 13])
def test_a_map_of_many_diseases_with_long_names_is_several_maps_in_which_nothing_meets(number):
    import matplotlib.pyplot as plt

    theme.apply()
    names = ("Hereditary haemorrhagic telangiectasia", "Gout", "Paroxysmal nocturnal haemoglobinuria")
    columns = [f"{names[i % 3]} {i}" for i in range(number)]
    cells = pd.DataFrame(
        {"row": "Harm", "column": columns, "direction": "better", "look": "teal_circle"}
    )
    cells = pd.concat([cells.assign(text=f"Study{x}\n12 patients") for x in "AB"])
    fig = basic.evidence_maps(cells, ["Harm"], columns)
    assert len(fig.axes) == -(-number // basic.COLUMNS)
    assert clashes(fig) == []
    shown = [t.get_text().replace("\n", " ") for ax in fig.axes for t in ax.texts]
    assert set(columns) <= set(shown)
    plt.close(fig)
