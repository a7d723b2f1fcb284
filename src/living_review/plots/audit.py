"""The picture of the audit: how many claims of each study got which verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from living_review.plots import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Families of verdicts: colour and marker differ together, so that neither is needed alone.
GOOD, NEAR, BAD, OPEN = theme.ACCENT, theme.COLOURS["olive"], theme.COLOURS["crimson"], theme.MUTED
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

# The least count of each shade, from none to the strongest; numbers are readable on all of them.
SHADES = {0: "white", 1: theme.AREAS[1], 5: theme.BAND, 15: theme.AREAS[0]}


def overview(ax: Axes, counts: pd.DataFrame, labels: Mapping[str, str]) -> Axes:
    """Draw a table of counts: a row for each study, a column for each verdict, more is darker.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Of a figure as high as :func:`overview_height` says.
    counts : pandas.DataFrame
        ``study``, ``verdict``, ``claims`` (a number); order of verdicts as in the frame.
    labels : mapping of str to str
        Studies in order from the top, and what is written beside their row.

    Returns
    -------
    matplotlib.axes.Axes
        The same axes.
    """
    import seaborn as sns
    from matplotlib.colors import BoundaryNorm, ListedColormap

    table = counts.pivot(index="study", columns="verdict", values="claims")
    table = table.reindex(index=[*labels], columns=counts["verdict"].unique(), fill_value=0).fillna(0)
    table = table.astype(int)
    sns.heatmap(
        table,
        cmap=ListedColormap([*SHADES.values()]),
        norm=BoundaryNorm([*SHADES, 1e9], len(SHADES)),
        annot=table.astype(object).where(table > 0, "–"),
        fmt="",
        annot_kws={"color": theme.INK, "size": theme.SMALL},
        yticklabels=[*labels.values()],
        linewidths=1.5,
        linecolor="white",
        cbar=False,
        ax=ax,
    )
    ax.set(xlabel="", ylabel="")
    ax.tick_params(length=0, labelrotation=0)
    heads = [f"{v.capitalize()}: {n}" for v, n in table.sum().items()]
    ax.xaxis.tick_top()
    ax.set_xticks(ax.get_xticks(), heads, rotation=55, ha="left", rotation_mode="anchor")
    ax.tick_params(axis="x", pad=14)
    for x, (head, verdict) in enumerate(zip(ax.get_xticklabels(), table, strict=True)):
        colour, marker = LOOKS[verdict]
        head.set_color(colour)
        face = "white" if verdict in HOLLOW else colour
        ax.plot(x + 0.5, -0.3, marker, color=colour, markerfacecolor=face, clip_on=False)
    return ax


def overview_height(studies: int) -> float:
    """Return the height in inches of an :func:`overview` of some studies."""
    return round(2.1 + 0.34 * studies, 1)
