"""Printed summaries as :mod:`living_review.bounds` reads them: the digits are the precision known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from living_review import bounds
from living_review.bounds import order_statistics


def survival_summary(point: Mapping, median: Mapping, follow_up: Mapping, at: float) -> dict:
    """Return the keywords of :func:`living_review.bounds.survival` for a printed summary.

    Parameters
    ----------
    point, median, follow_up : mapping
        Rows of ``statistics``: survival at a time in percent, the median with its limits, the median
        follow-up; times in one unit.
    at : float
        The time of the survival.
    """
    return {
        "landmarks": {at: f"{point['value']:g}%"},
        "median": f"{median['value']:g}",
        "follow_up": f"{follow_up['value']:g}",
        "ci": (f"{median['lower']:g}", f"{median['upper']:g}"),
    }


@dataclass(frozen=True)
class Answered:
    """What a printed time to response forces: counts by week, the band, and where the print lies.

    Attributes
    ----------
    by_week : dict of str to (int, int)
        Fewest and most who had responded by each printed week, lower limit first.
    band : pandas.DataFrame
        As :meth:`living_review.bounds.order_statistics.OrderBounds.envelope` returns it.
    points : dict of str to (float, float)
        Words of each printed figure, its week and the share that it stands for.
    start, until : float
        The printed range, in weeks.
    """

    by_week: dict[str, tuple[int, int]]
    band: pd.DataFrame
    points: dict[str, tuple[float, float]]
    start: float
    until: float


def responses(time: Mapping, minimum: Mapping, maximum: Mapping, n: int) -> Answered:
    """Return what a median time to response with its limits and range forces for ``n`` patients.

    Parameters
    ----------
    time, minimum, maximum : mapping
        Rows of ``statistics``: the median with its limits in weeks, and the ends of the range.
    n : int
        Patients, all of whom responded.

    Notes
    -----
    The limits are taken as those of R's default (log), where the source names no other definition.
    """
    weeks = {
        k: f"{time[v]:g}" for k, v in (("lower", "lower"), ("median", "value"), ("upper", "upper"))
    }
    ends: dict[str, Fraction] = {
        name: bounds.in_weeks(f"{row['value']:g}", row["unit"])
        for name, row in (("minimum", minimum), ("maximum", maximum))
    }
    ranks = order_statistics.interval_ranks(n, "log")
    places = {getattr(ranks, k): bounds.printed(w, rule="exact") for k, w in weeks.items()}
    forced = order_statistics.order_bounds(n, places=places, **ends)
    return Answered(
        by_week={w: forced.count_by(w) for w in weeks.values()},
        band=forced.envelope(ends["maximum"]),
        points={f"{w} wk": (float(w), getattr(ranks, k) / n) for k, w in weeks.items()},
        start=float(ends["minimum"]),
        until=float(ends["maximum"]),
    )
