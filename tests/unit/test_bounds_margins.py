"""Lost cells, overlapping groups, printed figures and the picture of bounds, by enumeration."""

import itertools
from fractions import Fraction

import pandas as pd
import pytest

from living_review import bounds
from living_review.bounds import margins
from living_review.plots import bounds as plots_bounds
from living_review.plots import theme


@pytest.mark.parametrize("cells", [[2, 2], [0, 1], [1, 1], [3], [1, 2, 3]])
def test_readings_of_a_row_against_all_rows(cells):
    """Every row of two parts and a total in which the printed cells occur in this order."""
    expected = set()
    for a, b in itertools.product(range(11), repeat=2):
        row = (a, b, a + b)
        if a + b <= 10 and any(list(x) == cells for x in itertools.combinations(row, len(cells))):
            expected.add(((a, b), a + b))
    assert {(r.parts, r.total) for r in margins.row_readings(cells, 3, n=10)} == expected


def test_a_row_that_cannot_add_up_is_refused():
    with pytest.raises(bounds.ContradictorySummaryError, match="sum of the others"):
        margins.row_readings([1, 2, 4], 3, n=10)


def test_total_of_rows():
    rows = [margins.row_readings(c, 3, n=10) for c in ([2, 2], [0, 1], [5, 0, 5])]
    assert margins.total_of_rows(rows, None) == (8, 10)
    assert margins.total_of_rows(rows, 1) == (0, 3)


def test_overlap_against_every_table_of_members():
    """Groups of 3, 2 and 1 among 4 members: all choices of members."""
    sizes, seen = {"a": 3, "b": 2, "c": 1}, {}
    for chosen in itertools.product(*(itertools.combinations(range(4), k) for k in sizes.values())):
        counts = [sum(i in g for g in chosen) for i in range(4)]
        if min(counts) >= 1:
            for k in (1, 2, 3):
                seen.setdefault(k, set()).add(sum(c >= k for c in counts))
    assert margins.overlap(sizes, 4) == {k: (min(v), max(v)) for k, v in seen.items()}


def test_overlap_that_cannot_be_is_refused():
    with pytest.raises(bounds.ContradictorySummaryError, match="expected 3 to 6"):
        margins.overlap({"a": 3, "b": 3}, 7)


def test_union_against_every_pair_of_sets():
    for k, m in itertools.product(range(1, 5), repeat=2):
        pairs = [
            (set(x), set(y))
            for x in itertools.combinations(range(5), k)
            for y in itertools.combinations(range(5), m)
        ]
        unions = {len(a | b) for a, b in pairs}
        assert margins.union([k, m], 5) == (min(unions), max(unions))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2.4", "2.35", "2.45"),
        ("78.8%", "0.7875", "0.7885"),
        ("2.40", "2.395", "2.405"),
        ("0", "-0.5", "0.5"),
        (".018", "0.0175", "0.0185"),
    ],
)
def test_printed_figures_stand_for_an_interval(text, low, high):
    found = bounds.printed(text)
    assert (found.low, found.high) == (Fraction(low), Fraction(high))


def test_printed_figures_by_other_rules():
    assert bounds.printed("4.66", rule="truncate").high == Fraction("4.67")
    assert Fraction(14, 3) in bounds.printed("4.66", rule="either")
    assert Fraction(14, 3) not in bounds.printed("4.66")
    assert bounds.printed(2.0) == bounds.printed("2")
    with pytest.raises(ValueError, match="not a number"):
        bounds.printed("2 weeks")


def test_times_in_other_units_are_exact():
    assert bounds.in_weeks(24, "hour") == Fraction(1, 7)
    assert bounds.in_years("365.25") == 1
    assert bounds.in_weeks(1, "year") == 12 * bounds.in_weeks(1, "month")
    with pytest.raises(ValueError, match="unknown unit"):
        bounds.in_weeks(1, "fortnight")


# --- picture -------------------------------------------------------------------------------------


def draw(title, rows):
    theme.apply()
    fig, ax = theme.figure(4)
    layer = plots_bounds.Layer(pd.DataFrame(rows, columns=["start", "end", "lower", "upper"]), "band")
    plots_bounds.band(ax, [layer], title=title, x_label="Years", y_label="Alive", until=3)
    return fig, ax


def areas(rows):
    import matplotlib.pyplot as plt

    fig, ax = draw("Bounds on survival", rows)
    assert not ax.lines
    filled = [c for c in ax.collections if c.get_paths()]
    assert all(c.get_linewidth()[0] == 0 for c in filled)
    plt.close(fig)
    return [c.get_paths()[0] for c in filled]


def test_band_is_filled_and_has_no_line():
    band, single = areas([(0, 1, 0.8, 1.0), (1, 2, 0.8, 0.8), (2, 3, 0.1, 0.8)])
    assert single.get_extents().height >= plots_bounds.THINNEST - 1e-9
    assert [single.contains_point((x, 0.8)) for x in (0.5, 1.5, 2.5)] == [False, True, False]
    for x, inside, outside in ((0.5, 0.9, 0.7), (1.5, 0.8, 0.75), (2.5, 0.4, 0.9)):
        assert band.contains_point((x, inside))
        assert not band.contains_point((x, outside))


def test_neighbouring_stretches_are_one_area_and_a_gap_stays_open():
    assert len(areas([(0, 1, 0.8, 1.0), (1, 3, 0.1, 0.8)])) == 1  # two would show a seam
    parts = areas([(0, 1, 0.8, 1.0), (2, 3, 0.1, 0.8)])
    assert len(parts) == 2
    assert not any(p.contains_point((1.5, 0.8)) for p in parts)


def test_a_picture_that_does_not_say_bounds_is_refused():
    import matplotlib.pyplot as plt

    with pytest.raises(ValueError, match="put the word bounds in"):
        draw("Survival", [(0, 1, 0.8, 1.0)])
    plt.close("all")
