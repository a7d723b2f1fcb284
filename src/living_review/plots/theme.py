"""How figures look: one place for colours, marks, fonts and the settings that keep SVG bytes fixed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette, darkened where needed to stand on white with a contrast of at least 4.5:
# told apart with any form of colour blindness, and always paired with a mark of its own.
ACCENT = "#0b5c7a"
INK = "#1d2429"
MUTED = "#56616b"
GRID = "#dfe4e8"
BAND = "#b9d6e2"
# Areas, from the darkest to the lightest; words on them are in INK, on ACCENT in white.
AREAS = ("#8fbdd1", "#dde9ef")
PALETTE = {
    "hua_2014": "#0b5c7a",
    "nadal_2016": "#a04000",
    "nathan_2015": "#00694d",
    "carolino_2025": "#8a3a78",
    "benson_2014": "#5a4fa2",
}
MARKERS = {
    "hua_2014": "o",
    "nadal_2016": "s",
    "nathan_2015": "D",
    "carolino_2025": "^",
    "benson_2014": "v",
}
SPARE = ("#7a5b00", "#00616b", "#a1284f", "#3f6212", "#4a5568")
SPARE_MARKERS = ("P", "X", "<", ">", "h")

# A phone of 390 px leaves a figure about 366 px. At this width (inches) the smallest words (points)
# are about 11 px there; a wider figure or smaller words cannot be read without zooming.
WIDTH = 4.6
SMALL = 10
HEAD = 10.5


def with_css_variables(svg: str) -> str:
    """Let a page give the colours of a figure others for a dark ground, each by a name of its own.

    ``#0b5c7a`` becomes ``var(--f-0b5c7a,#0b5c7a)``: the colour itself wherever the page says nothing.
    The dark colours stand in book/_static/living-review.css.
    """
    return re.sub(r"(?<=: )#([0-9a-f]{6})\b", r"var(--f-\1,#\1)", svg)


def colour(study_id: str) -> str:
    """Return the colour of a study: the same in every figure, also for a study added later."""
    return PALETTE.get(study_id) or SPARE[zlib.crc32(study_id.encode()) % len(SPARE)]


def marker(study_id: str) -> str:
    """Return the matplotlib marker of a study."""
    return MARKERS.get(study_id) or SPARE_MARKERS[zlib.crc32(study_id.encode()) % len(SPARE_MARKERS)]


def apply() -> None:
    """Set matplotlib's defaults for the book: readable at phone width, text as text, fixed bytes."""
    import matplotlib as mpl

    mpl.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "living-review",
            "font.family": "sans-serif",
            "font.sans-serif": ["DejaVu Sans"],
            "font.size": HEAD,
            "axes.titlesize": 11,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "axes.labelsize": HEAD,
            "axes.labelcolor": INK,
            "axes.edgecolor": MUTED,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": False,
            "axes.axisbelow": True,
            "grid.color": GRID,
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "xtick.labelsize": SMALL,
            "ytick.labelsize": SMALL,
            "legend.frameon": False,
            "lines.linewidth": 2,
            "lines.markersize": 7,
            "figure.facecolor": "white",
            "savefig.facecolor": "white",
            "legend.fontsize": SMALL,
            "figure.figsize": (WIDTH, 4),
            "figure.constrained_layout.use": True,
            # Room at the sides, in inches: a browser's font may be wider than the one measured here.
            "figure.constrained_layout.w_pad": 0.08,
        }
    )


def quiet_grid(ax: Axes, axis: str = "x") -> None:
    """Draw a light grid along one axis, behind the data."""
    ax.grid(visible=True, axis=axis, color=GRID, linewidth=0.8)
    ax.tick_params(length=0)


def figure(
    height: float = 4, *, width: float = WIDTH, rows: int = 1, heights: Sequence[float] | None = None
) -> tuple[Figure, Any]:
    """Return a figure and its axes: one, or ``rows`` above each other that share their x axis.

    Parameters
    ----------
    height, width : float
        Inches; the default width keeps letters readable on a phone.
    rows : int
        How many axes stand above each other.
    heights : sequence of float, optional
        Relative heights of the rows.
    """
    import matplotlib.pyplot as plt

    return plt.subplots(
        rows, 1, figsize=(width, height), sharex=rows > 1, height_ratios=heights, squeeze=True
    )
