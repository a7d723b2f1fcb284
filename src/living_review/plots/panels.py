"""Several axes above each other that share their time axis: one for each patient, measure or scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from living_review.plots import theme
from living_review.plots.timelines import course, courses, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE = {"size": theme.HEAD, "pad": 3}


def dose_steps(axes: Sequence[Axes], steps: pd.DataFrame, until: Mapping[str, float]) -> None:
    """Draw each patient's dose over time, and how far it was followed without a printed dose.

    Parameters
    ----------
    axes : sequence of matplotlib.axes.Axes
        One for each patient, from the top.
    steps : pandas.DataFrame
        ``patient``, ``label``, ``months`` (NA: a dose without a time, only written), ``dose``,
        ``change``, ``gradual`` (bool: the steps between are not printed) and ``text``, written for an
        increase without a time.
    until : mapping of str to float
        Months to which a patient was followed: the last dose is dashed up to there.
    """
    for ax, (patient, own) in zip(axes, steps.groupby("patient"), strict=True):
        timed = own.dropna(subset="months")
        x, y = timed["months"].tolist(), timed["dose"].tolist()
        ax.plot(x, y, "o", color=theme.ACCENT)
        if own["gradual"].any():
            ax.plot(x, y, ":", color=theme.ACCENT)
        else:
            ax.step(x, y, where="post", color=theme.ACCENT)
        ax.plot([x[-1], until[patient]], [y[-1]] * 2, "--", color=theme.ACCENT)
        for time, dose in zip(x, y, strict=True):
            ax.annotate(
                f"{dose:g} mg",
                (time, dose),
                xytext=(0, 7),
                textcoords="offset points",
                size=theme.SMALL,
                ha="center",
            )
        for text in own.loc[own["months"].isna() & (own["change"] == "increase"), "text"]:
            middle = (x[-1] + until[patient]) / 2
            ax.text(middle, y[-1] + 1.4, text, size=theme.SMALL, style="italic", ha="center")
        ax.set_title(own["label"].iloc[0], **TITLE)
        ax.set_ylim(0, 1.35 * float(steps["dose"].max()))
        theme.quiet_grid(ax, "y")


def scores_and_words(
    axes: Sequence[Axes],
    scores: pd.DataFrame,
    told: pd.DataFrame,
    *,
    scale: tuple[float, float],
    before: float,
    until: float,
) -> None:
    """Draw each patient's scores as points and what is said in words as text at its time.

    Parameters
    ----------
    axes : sequence of matplotlib.axes.Axes
        One for each patient, from the top; they share their time in months.
    scores : pandas.DataFrame
        ``patient``, ``title``, ``study_id`` and what :func:`.figures_courses.course` reads.
    told : pandas.DataFrame
        ``patient`` and what :func:`.figures_courses.words` reads.
    scale : tuple of float
        Lowest and highest score.
    before : float
        Where readings without a time stand, below nought.
    until : float
        Months to which the patients were followed.
    """
    low, high = scale
    axes[-1].set_xlim(2.2 * before, until + 3)
    step = 0.24 * (high - low)
    for ax, (patient, own) in zip(axes, scores.groupby("patient"), strict=True):
        ax.axvline(0, color=theme.MUTED, linewidth=1, linestyle=":")
        colour = theme.colour(own["study_id"].iloc[0])
        course(ax, own, label="", colour=colour, below=bool(own["joined"].all()))
        words(ax, told[told["patient"] == patient], top=high + 0.14 * (high - low), step=step)
        ax.set_title(own["title"].iloc[0], **TITLE)
        ax.set_ylim(low - 0.06 * (high - low), high + 0.3 * (high - low))
        ax.set_yticks([low, (low + high) / 2, high])
    months = range(0, int(until) + 1, 6)
    axes[-1].set_xticks([before, *months], ["before", *map(str, months)])
    axes[-1].set_xlabel("Months since the start of treatment")


def measures(
    axes: Sequence[Axes],
    readings: pd.DataFrame,
    titles: Mapping[str, str],
    floors: Mapping[str, float] | None = None,
) -> None:
    """Draw the courses of several patients, a measure on each axes; names stand before the first point.

    Where two patients have the same value at a time it is written once.

    Parameters
    ----------
    axes : sequence of matplotlib.axes.Axes
        One for each measure, from the top.
    readings : pandas.DataFrame
        ``measure``, ``patient``, ``label``, ``study_id``, ``mark``, ``time`` and ``value``, by time.
    titles : mapping of str to str
        Measures in the order of the axes, and their titles.
    floors : mapping of str to float, optional
        Where the axis of a measure starts if not at nought.
    """
    for ax, (measure, title) in zip(axes, titles.items(), strict=True):
        own = readings[readings["measure"] == measure]
        high = own[own["time"] == own["time"].min()].set_index("patient")["value"].idxmax()
        highest = own.loc[own["patient"] == high, ["time", "value"]]
        for patient, line in own.groupby("patient"):
            line = line.assign(text=[f"{v:g}" for v in line["value"]])
            if patient != high:
                same = line[["time", "value"]].merge(highest)["time"]
                line.loc[line["time"].isin(same), "text"] = ""
            first = line.iloc[0]
            colour = theme.colour(first["study_id"])
            course(ax, line, label="", colour=colour, mark=first["mark"], below=patient != high)
            ax.annotate(
                first["label"],
                (first["time"], first["value"]),
                xytext=(-9, 0),
                textcoords="offset points",
                ha="right",
                va="center",
                size=theme.SMALL,
            )
        floor, top = (floors or {}).get(measure, 0.0), float(own["value"].max())
        ax.set_ylim(floor, floor + 1.35 * (top - floor))
        ax.locator_params(axis="y", nbins=4, integer=True, steps=[1, 5, 10])
        ax.set_title(title, **TITLE)
        theme.quiet_grid(ax, "y")


def scales(axes: Sequence[Axes], readings: pd.DataFrame, titles: Mapping[str, str]) -> None:
    """Draw the scores of many patients, a scale of nought to ten on each axes.

    Parameters
    ----------
    axes : sequence of matplotlib.axes.Axes
        One for each scale, from the top.
    readings : pandas.DataFrame
        ``scale`` and what :func:`.figures_courses.courses` reads, times in months.
    titles : mapping of str to str
        Scales in the order of the axes, and their titles.
    """
    last = float(readings["time"].max())
    for ax, (scale, title) in zip(axes, titles.items(), strict=True):
        ax.set(ylim=(-2, 13), xlim=(-0.64 * last, last * 1.22), yticks=[0, 5, 10])
        ax.set_xticks(range(0, int(last) + 1, 3))
        ax.set_title(title, size=theme.HEAD)
        theme.quiet_grid(ax, "y")
        courses(ax, readings[readings["scale"] == scale])
    axes[-1].set_xlabel("Months on treatment")
