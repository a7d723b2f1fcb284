"""Patients one by one over time: bars, readings joined to a course, words at their time."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from itertools import cycle
from typing import TYPE_CHECKING, Any, Literal

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
        both are written above the bar. Optional too:
        ``look`` (its colour), ``hollow`` (bool: an outline, for a time of another kind),
        ``marks`` (list of ``(time, marker)``).
    unit : str
        Unit of the times, for the axis.

    Returns
    -------
    matplotlib.axes.Axes
        The same axes.
    """
    rows = rows.sort_values("time", ascending=False, kind="stable")
    longest = float(rows["time"].max())
    for y, (name, row) in enumerate(zip(rows.index, rows.to_dict("records"), strict=True)):
        colour = theme.colour(row["look"]) if row.get("look") else theme.ACCENT
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
        theme.mark_row(ax, (y - 0.68, y + 0.25), name, f"{row['label']}, {row.get('end', '')}")
    xlabel = unit[0].upper() + unit[1:]
    ax.set(ylim=(len(rows) - 0.6, -0.75), xlim=(0, longest * 1.07), xlabel=xlabel)
    theme.quiet_grid(ax, "x")
    return ax


def patient_styles(rows: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return how to distinguish the patients of a figure: each by colour, dash and marker.

    The first patient of a study has its colour, the next ones those of words: a colour of another
    study would say that they belong there.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``label`` and ``look``; patients in order of their first row.

    Returns
    -------
    dict of str to dict
        ``palette``, ``dashes`` and ``markers`` by label, as seaborn takes them.
    """
    people = rows[["label", "look"]].drop_duplicates("label")
    nth = people.groupby("look").cumcount()
    colours = [
        (theme.colour(look), theme.INK, theme.MUTED)[n % 3]
        for look, n in zip(people["look"], nth, strict=True)
    ]
    return {
        "palette": dict(zip(people["label"], colours, strict=True)),
        "dashes": dict(zip(people["label"], cycle(theme.PATIENT_DASHES), strict=False)),
        "markers": dict(zip(people["label"], cycle(theme.PATIENT_MARKERS), strict=False)),
    }


def courses(
    ax: Axes,
    rows: pd.DataFrame,
    *,
    styles: Mapping[str, Mapping[str, Any]] | None = None,
    names: Literal["before", "after"] | None = "before",
    gap: float = 0.09,
) -> Axes:
    """Draw the readings of patients over time, each value written beside its point.

    At each time the highest value is written above its point, the others below; one that several
    patients have is written once.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        With its limits set, with space for the names.
    rows : pandas.DataFrame
        ``label``, ``look``, ``time`` and ``value``, in any order; points of a label are joined in order
        of time. Optional: ``joined`` (False leaves points unjoined: readings of different statistics
        are not one line), ``text`` (written in place of the value), ``below`` (where it is written).
    styles : mapping, optional
        As :func:`patient_styles` returns them, for figures of several axes; default: of ``rows``.
    names : {"before", "after"}, optional
        Write each label before the first reading, or after the last; None: nowhere.
    gap : float
        Least distance between two names before their readings, as a share of the axis.

    Returns
    -------
    matplotlib.axes.Axes
        The same axes.
    """
    import seaborn as sns

    styles = styles or patient_styles(rows)
    rows = _with_texts(rows)
    titles = ax.get_xlabel(), ax.get_ylabel()
    look = {"x": "time", "y": "value", "hue": "label", "style": "label", "legend": False, "ax": ax}
    look |= {"palette": styles["palette"], "markers": styles["markers"]}
    if rows["joined"].any():
        sns.lineplot(rows[rows["joined"]], estimator=None, dashes=styles["dashes"], **look)
    if not rows["joined"].all():
        sns.scatterplot(rows[~rows["joined"]], s=60, **look)
    ax.set(xlabel=titles[0], ylabel=titles[1])
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    for row in rows[rows["text"] != ""].to_dict("records"):
        shift, va = (-9, "top") if row["below"] else (9, "baseline")
        style = {"ha": "center", "va": va, "color": styles["palette"][row["label"]], "bbox": ground}
        theme.note(ax, row["text"], (row["time"], row["value"]), (0, shift), **style)
    if names:
        _write_names(ax, rows, names, gap, styles["palette"])
    return ax


def _with_texts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return readings by time with ``joined``, and with ``text`` and ``below`` as they are written."""
    rows = rows.sort_values("value", ascending=False, kind="stable")
    rows = rows.assign(joined=rows["joined"].astype(bool) if "joined" in rows else True)
    if "text" not in rows:
        rows = rows.assign(text=[f"{v:g}" for v in rows["value"]])
    if "below" not in rows:
        # A patient of unjoined readings may have two at one time: each has its own words, both above.
        rows = rows.assign(below=rows.duplicated("time") & rows["joined"])
    again = rows.duplicated(["time", "value", "text"])
    return rows.assign(text=rows["text"].mask(again, "")).sort_values("time", kind="stable")


def _write_names(
    ax: Axes, rows: pd.DataFrame, side: str, gap: float, colours: Mapping[str, str]
) -> None:
    """Write each label beside an end of its readings; before them none meets the one above."""
    if side == "after":
        for label, own in rows.groupby("label", sort=False):
            last = own.iloc[-1]
            theme.note(ax, label, (last["time"], last["value"]), (9, 0), color=colours[str(label)])
        return
    low, high = ax.get_ylim()
    limit = float("inf")
    starts = rows.drop_duplicates("label").sort_values("value", ascending=False, kind="stable")
    for row in starts.to_dict("records"):
        y = min(row["value"], limit)
        limit = y - gap * (high - low)
        label = row["label"]
        theme.note(ax, label, (row["time"], y), (-10, 0), ha="right", color=colours[label])


def words(ax: Axes, findings: pd.DataFrame, *, top: float, step: float, foot: float = 0) -> Axes:
    """Write findings in words at their times: text on a thin stem, so that none looks like a point.

    The earliest is highest and each next one lower, so that no words meet a stem. Words of the
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
        Where the stems are.

    Returns
    -------
    matplotlib.axes.Axes
        The same axes.
    """
    middle = sum(ax.get_xlim()) / 2
    ordered = findings.sort_values("time", kind="stable").to_dict("records")
    for row in ordered:
        lines, late = textwrap.wrap(row["text"], 24), row["time"] > middle
        y, top = top - (len(lines) - 1) * step / 2, top - len(lines) * step
        ax.plot([row["time"]] * 2, [foot, y], color=theme.MUTED, linewidth=0.7, zorder=0)
        side, shift = ("right", -3) if late else ("left", 3)
        theme.note(ax, "\n".join(lines), (row["time"], y), (shift, 0), style="italic", ha=side)
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

    Returns
    -------
    matplotlib.axes.Axes
        The same axes.
    """
    for i, row in enumerate(ranges.to_dict("records")):
        alpha = min(0.35 + 0.4 * i, 1)
        ax.axhspan(row["lower"], row["upper"], color=theme.BAND, alpha=alpha, linewidth=0)
        theme.note(ax, row["text"], (at, row["lower"] + 0.3), va="bottom")
    return ax
