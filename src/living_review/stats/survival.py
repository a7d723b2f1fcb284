"""Kaplan-Meier by lifelines, with the conventions of this review stated once.

* Limits of S(t): log-log (exponential Greenwood), as lifelines' default and R's
  ``survfit(conf.type = "log-log")``. Where S is 1 or 0 the transform is undefined and there is no
  limit; lifelines returns a number there, this module returns NA, as R does.
* Median: the smallest observed time with S(t) <= 0.5; where S stays above, *not reached* (NA). If S
  equals 0.5 exactly, R takes the middle of the flat step; lifelines and this module its start.
* Limits of the median (Brookmeyer and Crowley, Biometrics 1982;38:29-41): the first times at which
  the lower and the upper limit of S(t) are at or below 0.5; NA where that never happens.
* At risk at t: those still followed just before t, as R's ``n.risk``.
* An event and a censoring at the same time: the event comes first.
* Follow-up: reverse Kaplan-Meier (Schemper and Smith, Control Clin Trials 1996;17:343-346).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pandas as pd

# S(t) is a product of fractions held in floating point: 0.45 may come as 0.45000000000000007.
# Comparisons with a quantile are made after rounding to this many digits.
DIGITS = 12


class Quantile(NamedTuple):
    """A quantile of a survival curve in the unit of the times.

    ``None`` as value or upper limit is *not reached*: it may come with longer follow-up. ``None`` as
    lower limit is *not estimable*.
    """

    value: float | None
    lower: float | None
    upper: float | None


def kaplan_meier(times: Sequence[float], events: Sequence[int], level: float = 0.95) -> pd.DataFrame:
    """Estimate a survival curve.

    Parameters
    ----------
    times : sequence of float, length n
        Times from the start, all positive, one unit.
    events : sequence of int, length n
        1 if the event happened at that time, 0 if the time is censored.
    level : float
        Confidence level of the pointwise limits.

    Returns
    -------
    pandas.DataFrame
        One row per distinct time, from 0: ``time``, ``at_risk`` (just before it), ``events``,
        ``censored``, ``survival``, ``lower``, ``upper``.

    Raises
    ------
    ValueError
        If lengths differ, a time is not positive or an indicator is not 0 or 1.
    """
    from lifelines import KaplanMeierFitter

    _check(times, events)
    t, e = np.asarray(times, dtype=float), np.asarray(events, dtype=int)
    fit = KaplanMeierFitter(alpha=1 - level).fit(t, e)
    table = fit.event_table
    frame = pd.DataFrame(
        {
            "time": table.index.to_numpy(),
            "at_risk": table["at_risk"].to_numpy(),
            "events": table["observed"].to_numpy(),
            "censored": table["censored"].to_numpy(),
            "survival": fit.survival_function_.iloc[:, 0].round(DIGITS).to_numpy(),
            "lower": fit.confidence_interval_.iloc[:, 0].to_numpy(),
            "upper": fit.confidence_interval_.iloc[:, 1].to_numpy(),
        }
    )
    edge = frame["survival"].isin((0.0, 1.0))
    frame.loc[edge, ["lower", "upper"]] = np.nan
    return frame


def _check(times: Sequence[float | Fraction], events: Sequence[int]) -> None:
    if len(times) != len(events) or not len(times):
        raise ValueError(
            f"{len(times)} times and {len(events)} indicators: as many of each, at least one"
        )
    if not all(time > 0 for time in times):
        raise ValueError("times must be positive: count the day of the start as the first")
    if not all(event in (0, 1) for event in events):
        raise ValueError("an event indicator is 0 (censored) or 1 (event)")


def product_limit(times: Sequence[Fraction], events: Sequence[int]) -> list[tuple[Fraction, Fraction]]:
    """Estimate a survival curve in exact fractions, without limits: quick, for many small curves.

    Parameters
    ----------
    times : sequence of Fraction, length n
        Times from the start, all positive, one unit.
    events : sequence of int, length n
        1 if the event happened at that time, 0 if the time is censored.

    Returns
    -------
    list of tuple of Fraction
        Time and survival from then on: 0 and 1 first, then one for each distinct time.

    Raises
    ------
    ValueError
        As :func:`kaplan_meier`.

    Examples
    --------
    >>> [f"{time}: {share}" for time, share in product_limit([2, 5, 5, 9], [1, 1, 0, 0])]
    ['0: 1', '2: 3/4', '5: 1/2', '9: 1/2']
    """
    _check(times, events)
    curve = [(Fraction(0), Fraction(1))]
    at_risk = len(times)
    ordered = sorted(zip(times, events, strict=True))
    for time, group in groupby(ordered, key=lambda pair: pair[0]):
        own = [event for _, event in group]
        curve.append((Fraction(time), curve[-1][1] * Fraction(at_risk - sum(own), at_risk)))
        at_risk -= len(own)
    return curve


def median(curve: pd.DataFrame) -> Quantile:
    """Return the median of a curve made by :func:`kaplan_meier`, with its limits."""
    return Quantile(*(_first_at_or_below(curve, c) for c in ("survival", "lower", "upper")))


def _first_at_or_below(curve: pd.DataFrame, column: str) -> float | None:
    reached = curve.loc[curve[column].round(DIGITS) <= 0.5, "time"]
    return float(reached.iloc[0]) if len(reached) else None


def follow_up(times: Sequence[float], events: Sequence[int]) -> Quantile:
    """Return the median follow-up by reverse Kaplan-Meier: censoring is the event.

    Parameters
    ----------
    times : sequence of float
        Time of each patient, in one unit.
    events : sequence of int
        1 for an event, 0 for a censoring.

    Returns
    -------
    Quantile
        With its limits, in the unit of the times.
    """
    return median(kaplan_meier(times, [1 - e for e in events]))


def survival_at(curve: pd.DataFrame, time: float) -> pd.Series:
    """Return the row of the curve in force at a time: survival with its limits.

    Parameters
    ----------
    curve : pandas.DataFrame
        As :func:`kaplan_meier` returns it.
    time : float
        In the unit of the curve.

    Returns
    -------
    pandas.Series
        Columns as in ``curve``.
    """
    return curve[curve["time"] <= time].iloc[-1]


def risk_rows(
    times: Sequence[float], events: Sequence[int], grid: Sequence[float]
) -> dict[str, list[int]]:
    """Return the rows under a curve: at risk just before, events and censored up to, each time.

    Parameters
    ----------
    times, events : sequence, length n
        As :func:`kaplan_meier` takes them.
    grid : sequence of float
        Times to count at, in the unit of ``times``.

    Returns
    -------
    dict of str to list of int
        *At risk*, *Events* and *Censored*: a number for each time of the grid.
    """
    t, e = np.asarray(times, dtype=float), np.asarray(events, dtype=int)
    return {
        "At risk": [int((t >= g).sum()) for g in grid],
        "Events": [int(((t <= g) & (e == 1)).sum()) for g in grid],
        "Censored": [int(((t <= g) & (e == 0)).sum()) for g in grid],
    }


def format_quantile(quantile: Quantile, unit: str, digits: int = 0) -> str:
    """Write a quantile with its limits; what does not exist is *not reached*, never ``inf``.

    Parameters
    ----------
    quantile : Quantile
        As :func:`median` returns it.
    unit : str
        The unit of its times.
    digits : int, optional
        Decimals.

    Returns
    -------
    str
        For readers.

    Examples
    --------
    >>> format_quantile(Quantile(311.0, 16.0, None), "days")
    '311 days (95% CI 16 to not reached)'
    >>> format_quantile(Quantile(None, None, None), "days")
    'not reached (95% CI not estimable to not reached)'
    """

    def one(x: float | None, missing: str = "not reached") -> str:
        return missing if x is None else f"{x:,.{digits}f}"

    head = "not reached" if quantile.value is None else f"{one(quantile.value)} {unit}"
    lower = one(quantile.lower, "not estimable")
    return f"{head} (95% CI {lower} to {one(quantile.upper)})"
