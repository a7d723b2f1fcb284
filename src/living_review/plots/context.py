"""One figure for each disease: what a source counts on top, and below it what later studies count.

Shares are on one kind of axes and differences between randomised arms on another, so that no arm of
a trial is shown alone. Marks: a diamond is the source, a square a randomised difference, a dot a study
that is prospective, a ring a retrospective one.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from living_review.plots import theme
from living_review.plots.basic import LINE_CHARACTERS, label_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKS = {
    "source": ("D", True),
    "randomised": ("s", True),
    "prospective": ("o", True),
    "retrospective": ("o", False),
}
LINE, WORDS, HEADING, BETWEEN = 1.05, 0.52, 0.9, 0.2  # heights, in lines
INCHES = 0.36  # of a line
AXIS = 0.75  # inches for the ticks and the name of an axis
ENDS = {"share": (-0.01, 1.01), "difference": (-1.02, 1.02)}
TICKS = {
    "share": (np.linspace(0, 1, 5), ["0%", "25%", "50%", "75%", "100%"]),
    "difference": (np.linspace(-1, 1, 5), ["−100", "−50", "0", "50", "100"]),
}


def figure(parts: Sequence[tuple[str, str, pd.DataFrame]]) -> Figure:
    """Return a figure with axes above each other, each as high as its lines need.

    Parameters
    ----------
    parts : sequence of tuple
        For each axes: ``share`` or ``difference``, what the axis shows, and its lines as
        :func:`lines` reads them. Parts without lines are left out.
    """
    import matplotlib.pyplot as plt

    parts = [part for part in parts if len(part[2])]
    heights = [INCHES * _height(rows) + AXIS for _, _, rows in parts]
    fig, axes = plt.subplots(
        len(parts), 1, figsize=(theme.WIDTH, sum(heights)), height_ratios=heights, squeeze=False
    )
    for ax, (kind, name, rows) in zip(axes[:, 0], parts, strict=True):
        lines(ax, rows, kind)
        if rows["estimate"].notna().any():
            ax.set_xlabel(name)
        else:  # words alone
            ax.set_xticks([])
            ax.spines["bottom"].set_visible(False)
    return fig


def lines(ax: Axes, rows: pd.DataFrame, kind: str = "share") -> Axes:
    """Draw shares or differences, one line each, under headings.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    rows : pandas.DataFrame
        ``group`` (heading; rows of a group are together), ``label``, ``text`` (at the right edge),
        ``mark`` (a key of :data:`MARKS`), ``estimate``, ``lower``, ``upper`` and, of all who were
        enrolled, ``estimate_enrolled``, ``lower_enrolled``, ``upper_enrolled``; missing values draw
        nothing, so a result without numbers is a line of words.
    kind : {"share", "difference"}

    Returns
    -------
    matplotlib.axes.Axes
        The same axes.
    """
    y, before = 0.0, None
    for name, row in zip(rows.index, rows.to_dict("records"), strict=True):
        if row["group"] != before:
            y += BETWEEN if before is not None else 0
            heading = _heading(row["group"])
            y += WORDS * (len(heading) - 1)
            across = ax.get_yaxis_transform()
            ax.text(0, y, "\n".join(heading), transform=across, weight="bold", size=theme.SMALL)
            y, before = y + HEADING, row["group"]
        label = _lines(row)
        y += WORDS * (len(label) - 1)
        label_above(ax, y - 0.2, "\n".join(label), row["text"])
        _interval(ax, y, row, "", theme.ACCENT, 2)
        _interval(ax, y + 0.22, row, "_enrolled", theme.MUTED, 1)
        top = y - 0.65 - WORDS * (len(label) - 1)
        theme.mark_row(ax, (top, y + 0.33), name, f"{row['label']}, {row['text']}")
        y += LINE
    if kind == "difference":
        ax.axvline(0, color=theme.MUTED, linewidth=0.8)
    ax.set_ylim(y - 0.5, -0.8)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    theme.quiet_grid(ax, "x")
    ax.set_xlim(*ENDS[kind])
    ax.set_xticks(*TICKS[kind])
    return ax


def _interval(ax: Axes, y: float, row: Mapping, of: str, colour: str, width: float) -> None:
    if pd.isna(row[f"estimate{of}"]):
        return
    ends = [row[f"lower{of}"], row[f"upper{of}"]]
    ax.plot(ends, [y, y], color=colour, linewidth=width, solid_capstyle="butt")
    shape, filled = MARKS[row["mark"]]
    face, size = (colour if filled else "white"), 7 if width > 1 else 4
    ax.plot(
        row[f"estimate{of}"],
        y,
        shape,
        color=colour,
        markerfacecolor=face,
        markersize=size,
        clip_on=False,
    )


def _heading(words: str) -> list[str]:
    return textwrap.wrap(words, LINE_CHARACTERS - 7)  # bold characters are wider


def _lines(row: Mapping) -> list[str]:
    """Return a label, broken so that its last line does not meet the text at the right edge."""
    words = textwrap.wrap(row["label"], LINE_CHARACTERS)
    if words and len(words[-1]) + len(row["text"]) + 2 > LINE_CHARACTERS:
        words.append("")
    return words or [""]


def _height(rows: pd.DataFrame) -> float:
    """Return the height of the lines of an axes, in lines."""
    headings = rows.loc[rows["group"] != rows["group"].shift(), "group"]
    groups = len(headings)
    more = sum(len(_lines(row)) - 1 for row in rows.to_dict("records"))
    more += sum(len(_heading(words)) - 1 for words in headings)
    return 0.3 + LINE * len(rows) + HEADING * groups + BETWEEN * (groups - 1) + WORDS * more
