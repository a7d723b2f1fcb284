"""The picture of the audit: a dot for each claim, by study and verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from living_review.plots import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Families of verdicts: colour and mark differ together, so that neither is needed alone.
GOOD, NEAR, BAD, OPEN = theme.ACCENT, "#7a5b00", "#a1284f", theme.MUTED
LOOKS = {
    "reproduced": (GOOD, "o"),
    "reproduced by truncation": (GOOD, "o"),
    "rounding": (NEAR, "s"),
    "arithmetic error": (BAD, "X"),
    "text and table disagree": (BAD, "D"),
    "unit conflict": (BAD, "^"),
    "definition conflict": (BAD, "v"),
    "quoted wrongly": (BAD, "P"),
    "not checkable": (OPEN, "o"),
}
HOLLOW = {"reproduced by truncation", "not checkable"}


# Units across the figure: one is the distance of two dots. A count stands in the gap at the right.
WIDTH, LEAST, GAP = 62, 6, 5


def columns(most: Sequence[int]) -> list[int]:
    """Return how many dots stand side by side for each study, so that the tallest cell is lowest.

    Parameters
    ----------
    most : sequence of int
        The largest number of dots in one cell of each study.
    """
    room = WIDTH - GAP * len(most)
    rows = 1
    while sum(max(LEAST, -(-n // rows)) for n in most) > max(room, LEAST * len(most)):
        rows += 1
    return [max(LEAST, -(-n // rows)) for n in most]


def dots(ax: Axes, counts: pd.DataFrame, studies: Sequence[str], labels: Sequence[str]) -> Axes:
    """Draw a dot for each claim: a column for each study, a band for each verdict.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The only axes of its figure, whose height is set to what the dots need.
    counts : pandas.DataFrame
        ``study``, ``verdict``, ``claims`` (a number); order of verdicts as in the frame.
    studies, labels : sequence of str
        The columns, and what is written above them.

    Returns
    -------
    matplotlib.axes.Axes
    """
    number = {(r.study, r.verdict): int(r.claims) for r in counts.itertuples(index=False)}
    verdicts = list(dict.fromkeys(counts["verdict"]))
    wide = columns([max(number.get((s, v), 0) for v in verdicts) for s in studies])
    left = [sum(wide[:i]) + GAP * i for i in range(len(wide))]
    for x, label in zip(left, labels, strict=True):
        ax.text(x - 0.5, 0, label.replace(" ", "\n"), weight="bold", size=theme.SMALL, va="bottom")
    y = 2.0
    for verdict in verdicts:
        colour, mark = LOOKS.get(verdict, (OPEN, "o"))
        cells = [number.get((s, verdict), 0) for s in studies]
        ax.text(
            -0.5,
            y,
            f"{verdict.capitalize()}: {sum(cells)}",
            size=theme.SMALL,
            color=colour,
            va="center",
        )
        y += 2.3
        for x, across, n in zip(left, wide, cells, strict=True):
            if not n:
                ax.text(x, y, "–", size=theme.SMALL, color=theme.MUTED, va="center", ha="center")
                continue
            ax.plot(
                [x + i % across for i in range(n)],
                [y + i // across for i in range(n)],
                mark,
                color=colour,
                markerfacecolor="white" if verdict in HOLLOW else colour,
                markersize=3.8,
                markeredgewidth=1,
                linestyle="none",
                clip_on=False,
            )
            ax.text(x + min(n, across) - 0.1, y, f"{n}", size=theme.SMALL, va="center", color=theme.INK)
        y += max((n - 1) // a for n, a in zip(cells, wide, strict=True) if n) + 2.8
    ax.set_xlim(-0.7, max(WIDTH, left[-1] + wide[-1] + GAP) - 0.7)
    ax.set_ylim(y - 1.6, -5)
    ax.set_axis_off()
    ax.set_aspect("equal")
    width = ax.figure.get_figwidth()
    ax.figure.set_size_inches(width, width * (y + 3.4) / (ax.get_xlim()[1] + 0.7))
    return ax
