"""The picture of the audit: a dot for each claim, by study and verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from living_review import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Families of verdicts: colour and mark differ together, so that neither is needed alone.
GOOD, NEAR, BAD, OPEN = style.ACCENT, "#7a5b00", "#a1284f", style.MUTED
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


def dots(
    ax: Axes,
    counts: pd.DataFrame,
    studies: Sequence[str],
    labels: Sequence[str],
    *,
    across: int = 9,
) -> Axes:
    """Draw a dot for each claim: a column for each study, a band for each verdict.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Its figure's height is set to what the dots need.
    counts : pandas.DataFrame
        ``study``, ``verdict``, ``claims`` (a number); order of verdicts as in the frame.
    studies, labels : sequence of str
        The columns, and what is written above them.
    across : int
        Dots in a row of a cell.

    Returns
    -------
    matplotlib.axes.Axes
    """
    number = {(r.study, r.verdict): int(r.claims) for r in counts.itertuples(index=False)}
    pitch = across + 2.5
    y = 0.0
    for column, label in enumerate(labels):
        ax.text(column * pitch, y, label, weight="bold", size=9.5, va="bottom")
    y += 1.6
    for verdict in dict.fromkeys(counts["verdict"]):
        most = max(number.get((s, verdict), 0) for s in studies)
        if not most:
            continue
        colour, mark = LOOKS.get(verdict, (OPEN, "o"))
        total = sum(number.get((s, verdict), 0) for s in studies)
        ax.text(0, y, f"{verdict.capitalize()}: {total}", size=10, color=colour, va="center")
        y += 1.45
        for column, study in enumerate(studies):
            n = number.get((study, verdict), 0)
            if not n:
                ax.text(column * pitch, y, "–", size=9, color=style.MUTED, va="center", ha="center")
                continue
            ax.plot(
                [column * pitch + i % across for i in range(n)],
                [y + i // across for i in range(n)],
                mark,
                color=colour,
                markerfacecolor="white" if verdict in HOLLOW else colour,
                markersize=4.6,
                markeredgewidth=1,
                linestyle="none",
                clip_on=False,
            )
            last = column * pitch + (n - 1) % across
            ax.text(last + 0.8, y + (n - 1) // across, f"{n}", size=9, va="center", color=style.INK)
        y += (most - 1) // across + 1.7
    ax.set_xlim(-0.6, pitch * len(studies) - 0.5)
    ax.set_ylim(y - 0.7, -0.9)
    ax.set_axis_off()
    width = ax.figure.get_figwidth()
    ax.figure.set_size_inches(width, width * (y + 0.2) / (pitch * len(studies)) * 1.18)
    return ax
