"""Axes in, axes out: the kinds of figure of this book. None of them computes a statistic.

Patients followed one by one over time are in :mod:`living_review.plots.timelines`, several axes
above each other in :mod:`living_review.plots.panels`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from living_review.plots import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer
    from matplotlib.figure import Figure


# Characters of the smallest size that fit across a figure, with some space to spare:
# a browser's font may be wider than the one the figure is laid out with.
LINE_CHARACTERS, HEADING_CHARACTERS = 49, 44


def forest(ax: Axes, rows: pd.DataFrame, *, share: bool = True) -> Axes:
    """Draw estimates with intervals, one line each, grouped under headings.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    rows : pandas.DataFrame
        ``label``, ``estimate``, ``lower``, ``upper``; optional ``group`` (heading; rows of a group
        are listed together), ``text`` (written at the right edge), ``look`` (colour and marker). A
        label that would meet its text is broken into lines.
    share : bool
        Whether values are shares in [0, 1], shown as percentages.

    Returns
    -------
    matplotlib.axes.Axes
    """
    y = 0.0
    previous = None
    for name, row in zip(rows.index, rows.to_dict("records"), strict=True):
        group = row.get("group")
        if group is not None and group != previous:
            y += PART if previous is not None else 0
            across: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "va": "baseline"}
            heading = _heading(group)
            y += MORE * (len(heading) - 1)  # ``y`` is that of its last line
            theme.note(ax, "\n".join(heading), (0, y), weight="bold", **across)
            y += 1
            previous = group
        look = row.get("look")
        colour, mark = (theme.colour(look), theme.marker(look)) if look else (theme.ACCENT, "o")
        label = _lines(row)
        y += MORE * (len(label) - 1)
        ax.plot([row["lower"], row["upper"]], [y, y], color=colour, solid_capstyle="butt")
        ax.plot(row["estimate"], y, mark, color=colour, clip_on=False)
        text = row.get("text") or ""
        label_above(ax, y - 0.17, "\n".join(label), text)
        top = y - 0.62 - MORE * (len(label) - 1)
        theme.mark_row(ax, (top, y + 0.3), name, f"{row.get('label', '')}, {text}")
        y += 1.15
    ax.set_ylim(y - 0.5, -0.8)
    theme.quiet_grid(ax, "x")
    if share:
        ax.set_xlim(-0.01, 1.01)
        ax.set_xticks(np.linspace(0, 1, 5), ["0%", "25%", "50%", "75%", "100%"])
    return ax


def forest_height(rows: pd.DataFrame) -> float:
    """Return the height in inches at which no line of a :func:`forest` touches its neighbour."""
    named = rows.loc[rows["group"] != rows["group"].shift(), "group"] if "group" in rows else []
    groups = len(named)
    more = sum(len(_lines(row)) - 1 for row in rows.to_dict("records"))
    more += sum(len(_heading(group)) - 1 for group in named)
    return round(0.8 + 0.36 * (1.15 * len(rows) + (1 + PART) * groups + MORE * more + 0.3), 1)


# Heights in steps of a forest: of a further line of a label, and of the space before a heading.
MORE, PART = 0.5, 0.2


def _heading(group: str) -> list[str]:
    """Return the heading of a group, broken where it would leave the figure: bold is wider."""
    return textwrap.wrap(group, HEADING_CHARACTERS) or [""]


def _lines(row: Mapping) -> list[str]:
    """Return the label of a line of a :func:`forest`, broken where it would meet its text."""
    space = LINE_CHARACTERS - len(row.get("text") or "") - 2
    return textwrap.wrap(str(row.get("label", "")), max(space, 12)) or [""]


def label_above(ax: Axes, y: float, label: str, text: str) -> None:
    """Write a label at the left edge and its text at the right edge, both on the baseline ``y``.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    y : float
        Height, in data coordinates.
    label : str
        At the left.
    text : str
        At the right; empty for none.
    """
    across: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "va": "bottom"}
    theme.note(ax, label, (0, y), **across)
    if text:
        theme.note(ax, text, (1, y), ha="right", color=theme.MUTED, **across)


def forest_figure(rows: pd.DataFrame, label: str) -> tuple[Figure, Axes]:
    """Return a figure with a :func:`forest` of shares, as high as its lines need.

    Parameters
    ----------
    rows : pandas.DataFrame
        As :func:`forest` reads them.
    label : str
        What the axis shows, and which interval.

    Returns
    -------
    tuple of matplotlib.figure.Figure, matplotlib.axes.Axes
        The figure and its axes.
    """
    fig, ax = theme.figure(forest_height(rows))
    forest(ax, rows).set_xlabel(label)
    return fig, ax


def survival_curve(ax: Axes, curve: pd.DataFrame, *, label: str = "", colour: str = "") -> Axes:
    """Draw a Kaplan-Meier curve as steps, its limits as a band, a tick at each censoring.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    curve : pandas.DataFrame
        As :func:`living_review.stats.survival.kaplan_meier` returns it.
    label : str
        Written beside the end of the curve.
    colour : str
        Default: the accent colour.

    Returns
    -------
    matplotlib.axes.Axes
        The same axes.
    """
    colour = colour or theme.ACCENT
    ax.step(curve["time"], curve["survival"], where="post", color=colour)
    # Limits hold until the next time, also where that next time itself has none (S = 0).
    ends = curve["time"].shift(-1).fillna(curve["time"].iloc[-1])
    for row, end in zip(curve.to_dict("records"), ends, strict=True):
        if row["lower"] == row["lower"]:
            ax.fill_between(
                [row["time"], end], row["lower"], row["upper"], color=theme.BAND, alpha=0.6, linewidth=0
            )
    cut = curve[(curve["censored"] > 0) & (curve["time"] > 0)]
    ax.plot(cut["time"], cut["survival"], "|", color=theme.INK, markersize=12, markeredgewidth=2)
    if label:
        end = curve["time"].iloc[-1], curve["survival"].iloc[-1]
        theme.note(ax, label, end, (4, 4), color=colour, size=theme.HEAD, va="baseline")
    ax.set_ylim(0, 1.03)
    ax.set_xlim(left=0)
    ax.set_yticks(np.linspace(0, 1, 5), ["0%", "25%", "50%", "75%", "100%"])
    theme.quiet_grid(ax, "y")
    return ax


def curve_over_risks(
    curve: pd.DataFrame, rows: Mapping[str, Sequence[int]], grid: Sequence[float]
) -> tuple[Figure, Axes]:
    """Return a figure with a :func:`survival_curve` above its :func:`risk_table`.

    Parameters
    ----------
    curve : pandas.DataFrame
        As :func:`living_review.stats.survival.kaplan_meier` returns it.
    rows : mapping of str to sequence of int
        As :func:`living_review.stats.survival.risk_rows` returns them.
    grid : sequence of float
        Times at which the numbers are given.

    Returns
    -------
    tuple of matplotlib.figure.Figure and matplotlib.axes.Axes
        The figure and the axes of the curve.
    """
    fig, (above, below) = theme.figure(4.4, rows=2, heights=(4, 1.1))
    survival_curve(above, curve)
    risk_table(below, grid, rows)
    above.tick_params(labelbottom=True)
    return fig, above


def risk_table(ax: Axes, grid: Sequence[float], rows: Mapping[str, Sequence[int]]) -> Axes:
    """Write the numbers at risk (and events, and censored) under a curve, aligned with its axis.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Shares its x axis with the curve.
    grid : sequence of float
        Times at which the numbers are given.
    rows : mapping of str to sequence of int
        Label and one number for each time of the grid.

    Returns
    -------
    matplotlib.axes.Axes
        The same axes.
    """
    ax.set_ylim(len(rows) - 0.4, -0.6)
    for y, (label, numbers) in enumerate(rows.items()):
        left: dict[str, Any] = {
            "xycoords": ax.get_yaxis_transform(),
            "color": theme.MUTED,
            "ha": "right",
        }
        theme.note(ax, label, (-0.06, y), **left)
        for x, number in zip(grid, numbers, strict=True):
            theme.note(ax, str(number), (x, y), ha="center")
    ax.axis("off")
    return ax


def bars(ax: Axes, labels: Sequence[str], values: Sequence[int], texts: Sequence[str]) -> Axes:
    """Draw counts as horizontal bars, with the label and the count in words above each.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    labels : sequence of str
        Names, from top to bottom.
    values : sequence of int
        Counts, as many.
    texts : sequence of str
        Counts in words, as many.

    Returns
    -------
    matplotlib.axes.Axes
        The same axes.
    """
    import seaborn as sns

    sns.barplot(x=values, y=labels, color=theme.ACCENT, saturation=1, width=0.34, orient="h", ax=ax)
    for y, (label, text) in enumerate(zip(labels, texts, strict=True)):
        label_above(ax, y - 0.2, label, text)
    ax.set(ylim=(len(labels) - 0.6, -0.7), xlim=(0, max(values) * 1.02))
    ax.locator_params(axis="x", integer=True)
    theme.quiet_grid(ax, "x")
    return ax


def stacked_shares(ax: Axes, parts: pd.DataFrame) -> Axes:
    """Draw counts as bars of equal length, split by share, with each count written in its part.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    parts : pandas.DataFrame
        A row for each bar, from the top (its index is the label), a column for each part, at most four.

    Returns
    -------
    matplotlib.axes.Axes
        The same axes.
    """
    import seaborn as sns

    share = parts.div(parts.sum(axis=1), axis=0)
    faces, edge = [theme.ACCENT, *theme.AREAS, "white"], theme.AREAS[0]
    share.plot.barh(stacked=True, color=faces, edgecolor=edge, width=0.7, legend=False, ax=ax)
    for drawn, face in zip(cast("list[BarContainer]", ax.containers), faces, strict=False):
        ink = "white" if face == theme.ACCENT else theme.INK
        ax.bar_label(drawn, parts[drawn.get_label()], label_type="center", color=ink, size=theme.SMALL)
    ax.set(xlim=(0, 1), xticks=[0, 0.5, 1], xticklabels=["0%", "50%", "100%"], ylabel="")
    ax.invert_yaxis()
    ax.tick_params(length=0)
    sns.despine(ax=ax, left=True, bottom=True)
    return ax


def time_summary(ax: Axes, days: Mapping[str, float], look: str) -> Axes:
    """Draw the summary of a time on a log axis: range as a line, limits as a bar, median as a mark.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    days : mapping of str to float
        ``minimum``, ``lower``, ``median``, ``upper`` and ``maximum``, in days and above zero.
    look : str
        Of the study: its colour and marker.

    Returns
    -------
    matplotlib.axes.Axes
        The same axes.
    """
    import seaborn as sns

    colour = theme.colour(look)
    ax.plot([days["minimum"], days["maximum"]], [0, 0], color=colour, linewidth=2)
    limits = [days["lower"], days["upper"]]
    ax.plot(limits, [0, 0], color=colour, linewidth=11, alpha=0.35, solid_capstyle="butt")
    ax.plot(days["median"], 0, theme.marker(look), color=colour, markersize=11)
    middle = (limits[0] * limits[1]) ** 0.5
    for x, text, y in (
        (days["minimum"], "first", -0.45),
        (days["maximum"], "last", -0.45),
        (days["median"], "median", 0.35),
        (middle, "95% limits of the median", -0.45),
    ):
        ax.text(x, y, text, ha="center", va="center")
    ax.set(xscale="log", xlim=(0.75 * days["minimum"], 1.5 * days["maximum"]), ylim=(-0.8, 0.7))
    ax.set_yticks([])
    ticks = {1: "1 day", 7: "1 wk", 14: "2 wk", 30.4375: "1 mo", 70: "10 wk", 182.625: "6 mo"}
    ax.set_xticks(list(ticks), list(ticks.values()))
    ax.minorticks_off()
    sns.despine(ax=ax, left=True)
    return ax


def evidence_map(ax: Axes, cells: pd.DataFrame, rows: Sequence[str], columns: Sequence[str]) -> Axes:
    """Draw what is known of what: a mark in each cell of rows by columns.

    The name of a row is above its cells, and the heads of the columns on two levels in turn, each
    with a stem: a phone has no space for names at the side nor for long words beside each other.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    cells : pandas.DataFrame
        ``row``, ``column`` (words of the two lists), ``direction`` (a word of the vocabulary),
        ``text`` (written in the cell, may have two lines) and ``look``; ``verdict``, if there is one,
        puts the sign of :data:`VERDICT_SIGNS` behind the text. Several in one cell are below each
        other and make their row as many times as high (:func:`evidence_map_height`).
    rows, columns : sequence of str
        Labels in reading order; those of columns are broken into lines here.

    Returns
    -------
    matplotlib.axes.Axes
        The same axes.
    """
    import seaborn as sns

    signs = {"better": "▲", "worse": "▼", "no_change": "=", "mixed": "◆", "none": "·"}
    deep = _deepest(cells, rows)
    ends = np.cumsum([d + NAME for d in deep])
    tops = dict(zip(rows, ends - deep, strict=True))
    edges = np.arange(-0.5, len(columns))
    for row, top, high in zip(rows, tops.values(), deep, strict=True):
        theme.note(ax, row, (-0.5, top - NAME / 2), weight="bold")
        ax.axhline(top + high, color=theme.GRID, linewidth=1)
        ax.vlines(edges[1:-1], top, top + high, color=theme.GRID, linewidth=1)
    for (row, column), found in cells.groupby(["row", "column"], sort=False):
        x, step = columns.index(column), deep[rows.index(row)] / len(found)
        for i, cell in enumerate(found.to_dict("records")):
            later = VERDICT_SIGNS.get(cell.get("verdict"), "")
            text = f"{signs[cell['direction']]} {cell['text']} {later}".rstrip()
            at = x, tops[row] + (i + 0.5) * step
            theme.note(ax, text, at, ha="center", color=theme.colour(cell["look"]))
    _heads(ax, columns)
    ax.axhline(0, color=theme.MUTED, linewidth=0.8)
    ax.set(xlim=(edges[0], edges[-1]), ylim=(ends[-1], -_levels(columns)[1]), xticks=[], yticks=[])
    sns.despine(ax=ax, left=True, bottom=True)
    return ax


COLUMNS = 5  # of a map; more columns go into further maps below


def evidence_maps(cells: pd.DataFrame, rows: Sequence[str], columns: Sequence[str]) -> Figure:
    """Return a figure of an :func:`evidence_map`, or of several below each other for many columns.

    Parameters
    ----------
    cells : pandas.DataFrame
        As :func:`evidence_map` reads them.
    rows, columns : sequence of str
        Labels in reading order. A map has :data:`COLUMNS` at most, and the rows that have a cell in it.

    Returns
    -------
    matplotlib.figure.Figure
        As high as the maps need.
    """
    import matplotlib.pyplot as plt

    number = -(-len(columns) // COLUMNS)
    size = -(-len(columns) // number)
    parts = []
    for start in range(0, len(columns), size):
        named = columns[start : start + size]
        own = cells[cells["column"].isin(named)]
        parts.append((own, [r for r in rows if number == 1 or r in set(own["row"])], named))
    heights = [evidence_map_height(*part) for part in parts]
    fig, axes = plt.subplots(
        len(parts), 1, figsize=(theme.WIDTH, sum(heights)), height_ratios=heights, squeeze=False
    )
    for ax, (own, there, named) in zip(axes[:, 0], parts, strict=True):
        evidence_map(ax, own, there, named)
    return fig


# What later studies say of a cell; none of these is a sign of a direction.
VERDICT_SIGNS = {
    "confirmed": "✓",
    "weaker": "~",
    "contradicted": "✗",
    "superseded": "»",
    "untested": "?",
}
# Heights in cells of an evidence map: the name of a row; the lower level of heads above all rows, and
# both levels; a further line of a head that has more than three.
NAME, LOWER, HEADS, LINE = 0.66, 1.5, 3.2, 0.45


def _levels(columns: Sequence[str]) -> tuple[float, float]:
    """Return how high the lower level of heads is, and how high both are, by their longest heads."""
    more = [max(0, _head(word).count("\n") - 2) * LINE for word in columns]
    lower = LOWER + max(more[1::2], default=0)
    return lower, lower + HEADS - LOWER + max(more[::2], default=0)


def _head(word: str) -> str:
    return textwrap.fill(word, 16)


def _heads(ax: Axes, columns: Sequence[str]) -> None:
    """Write the heads of a map's columns above zero, high and low in turn; the outer ones inwards."""
    last, lower = len(columns) - 1, _levels(columns)[0]
    for x, word in enumerate(columns):
        foot = 0.15 if x % 2 else lower + 0.1
        side = "left" if x == 0 else "right" if x == last else "center"
        at = x + {"left": -0.5, "right": 0.5, "center": 0}[side]
        theme.note(ax, _head(word), (at, -foot), ha=side, va="bottom", multialignment="center")
        if not x % 2:
            ax.vlines(x, -foot, 0, color=theme.MUTED, linewidth=0.8)


def evidence_map_height(cells: pd.DataFrame, rows: Sequence[str], columns: Sequence[str]) -> float:
    """Return the height in inches at which nothing in an :func:`evidence_map` overlaps.

    Parameters
    ----------
    cells : pandas.DataFrame
        As :func:`evidence_map` reads them.
    rows, columns : sequence of str
        Names of the rows, and heads of the columns.

    Returns
    -------
    float
        Inches.
    """
    heads = _levels(columns)[1]
    return round(0.1 + 0.41 * (sum(_deepest(cells, rows)) + NAME * len(rows) + heads), 1)


def _deepest(cells: pd.DataFrame, rows: Sequence[str]) -> list[int]:
    """Return, for each row, how many are in its fullest cell; at least one."""
    sizes = cells.groupby(["row", "column"]).size()
    return [int(sizes[r].max()) if r in sizes.index else 1 for r in rows]
