"""Several axes above each other that share their time axis: one for each patient, measure or scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from living_review.plots import theme
from living_review.plots.timelines import courses, patient_styles, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE: dict[str, Any] = {"size": theme.HEAD, "pad": 3}


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
        for at in zip(x, y, strict=True):
            theme.note(ax, f"{at[1]:g} mg", at, (0, 7), ha="center", va="baseline")
        for text in own.loc[own["months"].isna() & (own["change"] == "increase"), "text"]:
            at = (x[-1] + until[patient]) / 2, y[-1] + 1.4
            theme.note(ax, text, at, style="italic", ha="center", va="baseline")
        ax.set_title(own["label"].iloc[0], **TITLE)
        ax.set_ylim(0, 1.35 * float(steps["dose"].max()))
        theme.quiet_grid(ax, "y")


def scores_and_words(
    axes: Sequence[Axes],
    scores: pd.DataFrame,
    reported: pd.DataFrame,
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
        ``patient``, ``title`` and what :func:`.timelines.courses` reads besides ``label``.
    reported : pandas.DataFrame
        ``patient`` and what :func:`.timelines.words` reads.
    scale : tuple of float
        Lowest and highest score.
    before : float
        Where readings without a time are drawn, below zero.
    until : float
        Months to which the patients were followed.
    """
    low, high = scale
    axes[-1].set_xlim(2.2 * before, until + 3)
    step = 0.24 * (high - low)
    for ax, (patient, own) in zip(axes, scores.groupby("patient"), strict=True):
        ax.axvline(0, color=theme.MUTED, linewidth=1, linestyle=":")
        # Words are above the scale: values of a line are written below it.
        courses(ax, own.assign(label=own["title"], below=own["joined"].all()), names=None)
        words(ax, reported[reported["patient"] == patient], top=high + 0.14 * (high - low), step=step)
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
    """Draw the courses of several patients, a measure on each axes.

    Parameters
    ----------
    axes : sequence of matplotlib.axes.Axes
        One for each measure, from the top.
    readings : pandas.DataFrame
        ``measure`` and what :func:`.timelines.courses` reads.
    titles : mapping of str to str
        Measures in the order of the axes, and their titles.
    floors : mapping of str to float, optional
        Where the axis of a measure starts if not at zero.
    """
    styles = patient_styles(readings)
    for ax, (measure, title) in zip(axes, titles.items(), strict=True):
        own = readings[readings["measure"] == measure]
        floor, top = (floors or {}).get(measure, 0.0), float(own["value"].max())
        ax.set_ylim(floor, floor + 1.35 * (top - floor))
        ax.locator_params(axis="y", nbins=4, integer=True, steps=[1, 5, 10])
        ax.set_title(title, **TITLE)
        theme.quiet_grid(ax, "y")
        courses(ax, own, styles=styles)


def scales(axes: Sequence[Axes], readings: pd.DataFrame, titles: Mapping[str, str]) -> None:
    """Draw the scores of many patients, a scale of zero to ten on each axes.

    Parameters
    ----------
    axes : sequence of matplotlib.axes.Axes
        One for each scale, from the top.
    readings : pandas.DataFrame
        ``scale`` and what :func:`.timelines.courses` reads, times in months.
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
