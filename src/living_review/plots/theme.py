"""How figures look: one place for colours, markers, fonts and what keeps the bytes of an SVG fixed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

ACCENT = "#0b5c7a"
INK = "#1d2429"
MUTED = "#56616b"
GRID = "#dfe4e8"
BAND = "#b9d6e2"
# Areas, from the darkest to the lightest; words on them are in INK, on ACCENT in white.
AREAS = ("#8fbdd1", "#dde9ef")
# Of a study: a look of the vocabulary is one of these colours and one of these markers. Each colour
# is on white with a contrast of at least 4.5; their dark counterparts, as of all colours of this
# page, are in book/_static/living-review.css.
COLOURS = {
    "teal": "#0b5c7a",
    "rust": "#a04000",
    "green": "#00694d",
    "plum": "#8a3a78",
    "violet": "#5a4fa2",
    "crimson": "#a1284f",
    "azure": "#0a72c9",
    "olive": "#7a5b00",
    "navy": "#10296b",
    "umber": "#562a00",
}
MARKERS = {
    "circle": "o",
    "square": "s",
    "diamond": "D",
    "up": "^",
    "down": "v",
    "plus": "P",
    "cross": "X",
    "left": "<",
}
# Of the patients of one study: its own colour first, never that of another study.
PATIENT_DASHES = ("", (4, 2), (1, 1.5), (6, 2, 1.5, 2), (3, 1, 1, 1, 1, 1))
PATIENT_MARKERS = "os^Dv"

# A phone of 390 px leaves a figure about 366 px. At this width (inches) the smallest words (points)
# are about 11 px there; a wider figure or smaller words cannot be read without zooming.
WIDTH = 4.6
SMALL = 10
HEAD = 10.5

SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "living-review",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": HEAD,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": HEAD,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), INK),
    "axes.edgecolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": GRID,
    "patch.force_edgecolor": False,
    "lines.linewidth": 2,
    "lines.markersize": 7,
    "figure.figsize": (WIDTH, 4),
    "figure.constrained_layout.use": True,
    # Space at the sides, in inches: a browser's font may be wider than the one measured here.
    "figure.constrained_layout.w_pad": 0.08,
}


def apply() -> None:
    """Set seaborn's theme for the book: readable at phone width, text as text, fixed bytes."""
    import seaborn as sns

    colours = [*COLOURS.values()]
    sns.set_theme(context="paper", style="ticks", palette=colours, color_codes=False, rc=SETTINGS)


def with_css_variables(svg: str) -> str:
    """Turn the colours of a figure into variables, so that a page can give others on a dark ground.

    ``#0b5c7a`` becomes ``var(--f-0b5c7a,#0b5c7a)``: the colour itself wherever the page says nothing.
    The dark colours are in book/_static/living-review.css.
    """
    return re.sub(r"(?<=: )#([0-9a-f]{6})\b", r"var(--f-\1,#\1)", svg)


def colour(look: str) -> str:
    """Return the colour of a study's look (:attr:`living_review.evidence.Study.look`)."""
    return _parts(look)[0]


def marker(look: str) -> str:
    """Return the matplotlib marker of a study's look."""
    return _parts(look)[1]


def _parts(look: str) -> tuple[str, str]:
    colour, _, shape = look.partition("_")
    if colour not in COLOURS or shape not in MARKERS:
        raise ValueError(f"look {look!r}: expected one of the list looks in data/vocabulary.yaml")
    return COLOURS[colour], MARKERS[shape]


def marker_path(marker: str, size: float) -> str:
    """Return the outline of a matplotlib marker as path data of SVG.

    Parameters
    ----------
    marker : str
        As :func:`marker` returns it.
    size : float
        Width of a square in units of the drawing; its centre is the origin.

    Returns
    -------
    str
        The attribute ``d`` of a path.
    """
    from matplotlib.markers import MarkerStyle
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

    style = MarkerStyle(marker)
    outline = style.get_path().transformed(style.get_transform() + Affine2D().scale(size, -size))
    letters = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE4: "C"}
    parts = []
    for points, code in outline.iter_segments(simplify=False):
        numbers = " ".join(f"{round(v, 2) + 0.0:g}" for v in points)  # 0.0 makes -0 a plain 0
        parts.append("Z" if code == Path.CLOSEPOLY else letters[code] + numbers)
    return "".join(parts)


def quiet_grid(ax: Axes, axis: Literal["x", "y"] = "x") -> None:
    """Draw a light grid along one axis, behind the data.

    Along x the lines of the figure are named above themselves: there is no axis at the left.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    axis : {'x', 'y'}, optional
        ``x`` or ``y``.
    """
    import seaborn as sns

    ax.grid(visible=True, axis=axis, linewidth=0.8)
    ax.tick_params(length=0)
    if axis == "x":
        ax.set_yticks([])
        sns.despine(ax=ax, left=True)


def note(
    ax: Axes, text: str, at: tuple[float, float], shift: tuple[float, float] = (0, 0), **style: object
) -> Annotation:
    """Write small words at a point of the axes, moved by ``shift`` in points of type.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    text : str
    at : tuple of float
        In units of the axes.
    shift : tuple of float
        To the right and upwards.
    **style
        As :class:`matplotlib.text.Text` takes it.

    Returns
    -------
    Annotation
        What was written.
    """
    kept: dict[str, Any] = {"size": SMALL, "va": "center", **style}
    return ax.annotate(text, at, xytext=shift, textcoords="offset points", **kept)


# The gid of a band that :func:`mark_row` draws: then the row's label in its frame, and its words.
ROW = "lr-row"


def mark_row(ax: Axes, ends: tuple[float, float], row: object, words: str) -> None:
    """Mark the band of a row across the axes, unseen, so that a page can make it a link.

    :func:`living_review.report.display.figure` does so, to the evidence of the row. The limits of the
    axes do not follow the band.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    ends : tuple of float
        Its top and foot, in data coordinates.
    row : object
        Label of the row in the index of its frame.
    words : str
        What the row says.
    """
    from matplotlib.patches import Rectangle

    height = ends[1] - ends[0]
    band = Rectangle((0, ends[0]), 1, height, facecolor="none", edgecolor="none", clip_on=False)
    ax.add_artist(band)
    band.set_transform(ax.get_yaxis_transform())
    band.set_gid(f"{ROW}|{row}|{' '.join(words.split())}")


def figure(
    height: float = 4, *, width: float = WIDTH, rows: int = 1, heights: Sequence[float] | None = None
) -> tuple[Figure, Any]:
    """Return a figure and its axes: one, or ``rows`` above each other that share their x axis.

    Parameters
    ----------
    height, width : float
        Inches; the default width keeps text readable on a phone.
    rows : int
        Number of axes, one above the other.
    heights : sequence of float, optional
        Relative heights of the rows.

    Returns
    -------
    tuple of matplotlib.figure.Figure, object
        The figure, and one axes or an array of them.
    """
    import matplotlib.pyplot as plt

    return plt.subplots(
        rows, 1, figsize=(width, height), sharex=rows > 1, height_ratios=heights, squeeze=True
    )
