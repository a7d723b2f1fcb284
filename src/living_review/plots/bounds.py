"""Pictures of bounds: bands between what a summary allows, never a line that could pass for data."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from living_review.plots import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Thickness of a band where it has collapsed to one value, as a share of the axis: still a bar.
THINNEST = 0.024
FILLS = theme.AREAS[::-1]
CERTAIN = theme.ACCENT


@dataclass(frozen=True)
class Layer:
    """One band.

    Parameters
    ----------
    envelope : pandas.DataFrame
        ``start``, ``end``, ``lower``, ``upper``; one row for each stretch of time.
    label : str
        For the legend.
    """

    envelope: pd.DataFrame
    label: str


@dataclass(frozen=True)
class Mark:
    """A figure that the paper prints: where it lies, with its rounding, and its words."""

    x: tuple[float, float]
    y: tuple[float, float]
    text: str


def layers(envelopes: Mapping[str, pd.DataFrame]) -> list[Layer]:
    """Return the layers of :func:`band` from envelopes by their words, the wider first."""
    return [Layer(envelope, label) for label, envelope in envelopes.items()]


def points(printed: Mapping[str, tuple[float, float]]) -> list[Mark]:
    """Return the marks of :func:`band` from words and the point where each printed figure lies."""
    return [Mark((float(x),) * 2, (float(y),) * 2, text) for text, (x, y) in printed.items()]


def band(
    ax: Axes,
    layers: Sequence[Layer],
    *,
    marks: Sequence[Mark] = (),
    title: str,
    x_label: str,
    y_label: str,
    until: float,
    start: float = 0.0,
    log: bool = False,
    certain: str | None = "Only one value possible",
    legend: bool = True,
) -> Axes:
    """Draw bounds as filled bands.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    layers : sequence of Layer
        At most two, the wider first.
    marks : sequence of Mark
        Printed figures.
    title, x_label, y_label : str
        Words; the title must contain *bounds*.
    until, start : float
        Ends of the horizontal axis.
    log : bool
        Whether time is shown on a logarithmic axis; ``start`` is then above 0.
    certain : str, optional
        Legend of stretches where the last layer has one value only; ``None`` does not mark them.
    legend : bool
        Whether to write the legend, under the axes.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the title does not say that these are bounds, or there are more than two layers.
    """
    from matplotlib.patches import Patch
    from matplotlib.ticker import LogLocator, NullLocator

    if "bounds" not in title.lower():
        raise ValueError(f"title {title!r}: a picture of bounds says so; put the word bounds in")
    if not 0 < len(layers) <= len(FILLS):
        raise ValueError(f"{len(layers)} layers; expected 1 or 2")
    fills = FILLS[-len(layers) :]
    handles = []
    for layer, fill in zip(layers, fills, strict=True):
        _bars(ax, _within(_joined(layer.envelope), start, until), fill)
        handles.append(Patch(facecolor=fill, label=textwrap.fill(layer.label, 40)))
    if certain is not None:
        last = _within(_joined(layers[-1].envelope), start, until)
        single = last[last["upper"] - last["lower"] < 1e-9]
        for i in range(len(single)):
            _bars(ax, single.iloc[[i]], CERTAIN)
        if len(single):
            handles.append(Patch(facecolor=CERTAIN, label=certain))
    for mark in marks:
        x, y = sum(mark.x) / 2, sum(mark.y) / 2
        ax.plot(
            [x],
            [y],
            marker="D",
            color="white",
            markeredgecolor=theme.INK,
            markersize=8,
            zorder=4,
            linestyle="none",
        )
        right = x > (start + until) / 2 and not log
        side, shift = ("right", -9) if right else ("left", 9)
        text = mark.text.replace(": ", ":\n")
        theme.note(ax, text, (x, y), (shift, 9), ha=side, va="baseline", zorder=5)
    if log:
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.xaxis.set_major_formatter(lambda v, _: f"{v:g}")
        ax.xaxis.set_minor_locator(NullLocator())
    ax.set(xlim=(start, until), ylim=(-0.02, 1.04), xlabel=x_label, ylabel=y_label)
    ax.set_title(title)
    ax.yaxis.set_major_formatter(lambda v, _: f"{100 * v:.0f}%")
    theme.quiet_grid(ax, "y")
    if legend:
        ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.17))
    return ax


def _joined(envelope: pd.DataFrame) -> pd.DataFrame:
    """Join neighbouring stretches with the same band, so that no seam shows."""
    new = envelope[["lower", "upper"]].diff().abs().sum(axis=1).gt(1e-12).cumsum()
    kept = {"start": "first", "end": "last", "lower": "first", "upper": "first"}
    return envelope.groupby(new, sort=False).agg(kept)


def _within(bands: pd.DataFrame, start: float, until: float) -> pd.DataFrame:
    """Cut stretches to the ends of the axis; what lies outside goes."""
    cut = bands.assign(start=bands["start"].clip(lower=start), end=bands["end"].clip(upper=until))
    return cut[cut["end"] > cut["start"]]


def _bars(ax: Axes, bands: pd.DataFrame, fill: str) -> None:
    """Draw stretches as one area (two would show a seam), never so thin that it looks like a line."""
    parted = (bands["start"] > bands["end"].shift() + 1e-9).cumsum()
    for _, run in bands.groupby(parted, sort=False):
        middle = (run["lower"] + run["upper"]) / 2
        half = ((run["upper"] - run["lower"]) / 2).clip(lower=THINNEST / 2)
        ax.fill_between(
            run[["start", "end"]].to_numpy().ravel(),
            (middle - half).repeat(2),
            (middle + half).repeat(2),
            color=fill,
            linewidth=0,
            edgecolor="none",
            zorder=2,
        )
