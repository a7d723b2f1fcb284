"""Patients one by one over time: bars, readings joined to a course, words at their time."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from living_review.plots import theme
from living_review.plots.basic import label_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def swimmer(ax: Axes, rows: pd.DataFrame, *, unit: str) -> Axes:
    """Draw each patient's time as a bar, longest first; marks say what happened on the way.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    rows : pandas.DataFrame
        ``label``, ``time``; optional ``ongoing`` (bool: an arrow), ``end`` (written at the right edge);
        both stand above the bar. Optional too:
        ``study_id`` (colour), ``hollow`` (bool: an outline, for a time of another kind),
        ``marks`` (list of ``(time, marker)``).
    unit : str
        Unit of the times, for the axis.
    """
    rows = rows.sort_values("time", ascending=False, kind="stable")
    longest = float(rows["time"].max())
    for y, row in enumerate(rows.to_dict("records")):
        study = row.get("study_id", "")
        colour = theme.colour(study) if study else theme.ACCENT
        if row.get("hollow"):
            ax.barh(y, row["time"], height=0.28, color="white", edgecolor=colour, linewidth=1.5)
        else:
            ax.barh(y, row["time"], height=0.3, color=colour, alpha=0.85)
        if row.get("ongoing"):
            ax.annotate(
                "",
                (row["time"] + longest * 0.045, y),
                (row["time"], y),
                arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 2},
            )
        for time, marker in row.get("marks") or []:
            ax.plot(time, y, marker, color="white", markeredgecolor=theme.INK, markersize=8)
        label_above(ax, y - 0.2, row["label"], row.get("end", ""))
    ax.set_yticks([])
    ax.set_ylim(len(rows) - 0.6, -0.75)
    ax.set_xlim(0, longest * 1.07)
    ax.set_xlabel(unit[0].upper() + unit[1:])
    ax.spines["left"].set_visible(False)
    theme.quiet_grid(ax, "x")
    return ax


def course(
    ax: Axes,
    readings: pd.DataFrame,
    *,
    label: str,
    colour: str = "",
    mark: str = "o",
    below: bool = False,
) -> Axes:
    """Draw one patient's readings over time, each value written beside its point.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    readings : pandas.DataFrame
        ``time`` and ``value``, any order; points are joined in order of time. A column ``joined``
        that is False leaves a point unjoined: readings of different statistics are not one line.
        A column ``text`` is written in place of the value.
    label : str
        Written beside the last point.
    below : bool
        Write the values under the points: for the lower of two courses in one picture. A column
        ``below`` of the readings says so point by point.
    """
    colour = colour or theme.ACCENT
    readings = readings.sort_values("time", kind="stable")
    joined = bool(readings["joined"].all()) if "joined" in readings else True
    ax.plot(readings["time"], readings["value"], mark + ("-" if joined else ""), color=colour)
    for row in readings.to_dict("records"):
        ax.annotate(
            row.get("text", f"{row['value']:g}"),
            (row["time"], row["value"]),
            xytext=(0, -9 if row.get("below", below) else 9),
            textcoords="offset points",
            size=theme.SMALL,
            ha="center",
            va="top" if row.get("below", below) else "baseline",
            color=colour,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )
    last = readings.iloc[-1]
    ax.annotate(
        label,
        (last["time"], last["value"]),
        xytext=(9, 0),
        textcoords="offset points",
        size=theme.SMALL,
        va="center",
        color=colour,
    )
    return ax


def courses(ax: Axes, rows: pd.DataFrame, *, gap: float = 0.09) -> Axes:
    """Draw the readings of several patients on one axis, each named to the left of the first reading.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        With its limits set: room to the left for the names.
    rows : pandas.DataFrame
        What :func:`course` reads, with ``label`` and ``study_id``. At each time the highest value is
        written above its point, the others below; lines differ in kind as well as in colour.
    gap : float
        Least distance between two names, as a share of the axis.
    """
    rows = rows.sort_values("value", ascending=False, kind="stable")
    rows = rows.assign(below=rows.duplicated("time")).sort_values("time", kind="stable")
    # A patient of unjoined readings may have two at one time: each has its own words, both above.
    rows["below"] &= rows.get("joined", True)
    starts = rows.groupby("label", sort=False)["value"].first().sort_values(ascending=False)
    low, high = ax.get_ylim()
    places: list[float] = []
    for value in starts:
        places.append(min([float(value), *(y - gap * (high - low) for y in places[-1:])]))
    for i, (label, place) in enumerate(zip(starts.index, places, strict=True)):
        own = rows[rows["label"] == label]
        colour = theme.colour(own["study_id"].iloc[0])
        course(ax, own, label="", colour=colour, mark="os^Dv"[i % 5])
        if i % 2:
            ax.lines[-1].set_dashes((4, 2))
        ax.annotate(
            label,
            (own["time"].iloc[0], place),
            xytext=(-10, 0),
            textcoords="offset points",
            size=theme.SMALL,
            ha="right",
            va="center",
            color=colour,
        )
    return ax


def words(ax: Axes, findings: pd.DataFrame, *, top: float, step: float, foot: float = 0) -> Axes:
    """Write findings in words at their times: text on a thin stem, so that none looks like a point.

    The earliest stands highest and each next one lower, so that no words meet a stem. Words of the
    first half of the axis start at their stem, later ones end at it (set the limits first). Long words
    are broken into lines.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    findings : pandas.DataFrame
        ``time`` and ``text``, any order.
    top, step : float
        Height of the first line of words and the distance to the next line, in units of the axis.
    foot : float
        Where the stems stand.
    """
    middle = sum(ax.get_xlim()) / 2
    ordered = findings.sort_values("time", kind="stable").to_dict("records")
    for row in ordered:
        lines, late = textwrap.wrap(row["text"], 24), row["time"] > middle
        y, top = top - (len(lines) - 1) * step / 2, top - len(lines) * step
        ax.plot([row["time"]] * 2, [foot, y], color=theme.MUTED, linewidth=0.7, zorder=0)
        ax.annotate(
            "\n".join(lines),
            (row["time"], y),
            xytext=(-3 if late else 3, 0),
            textcoords="offset points",
            size=theme.SMALL,
            style="italic",
            ha="right" if late else "left",
            va="center",
            color=theme.INK,
        )
    return ax


def labelled_courses(ax: Axes, rows: pd.DataFrame) -> Axes:
    """Draw the readings of a few patients, each named after its last reading.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        With its limits set: room to the right for the names.
    rows : pandas.DataFrame
        ``patient``, ``label``, ``study_id``, ``mark``, ``time`` and ``value``, by time. The values of
        who ends lower than the highest of all are written below their points.
    """
    for _, own in rows.groupby("patient"):
        first = own.iloc[0]
        course(
            ax,
            own,
            label=first["label"],
            colour=theme.colour(first["study_id"]),
            mark=first["mark"],
            below=bool(own["value"].iloc[-1] < rows["value"].max()),
        )
    return ax


def targets(ax: Axes, ranges: pd.DataFrame, *, at: float) -> Axes:
    """Draw target ranges as bands, each darker than the one before, with their words at the left.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    ranges : pandas.DataFrame
        ``lower``, ``upper`` and ``text``, widest first.
    at : float
        Where on the axis the words start.
    """
    for i, row in enumerate(ranges.to_dict("records")):
        alpha = min(0.35 + 0.4 * i, 1)
        ax.axhspan(row["lower"], row["upper"], color=theme.BAND, alpha=alpha, linewidth=0)
        ax.text(at, row["lower"] + 0.3, row["text"], size=theme.SMALL, va="bottom")
    return ax
