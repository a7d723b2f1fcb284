"""Time between printed dates, no more precise than what is printed.

A paper that prints *April 2010* leaves the day open. A difference of two such dates is given three
times: counted as printed, and between the closest and the farthest pair of days that the print
allows. Conventions: a year has 365.25 days and a month is a twelfth of it; the difference as printed
counts in the coarser of the two precisions (April 2010 to May 2013 is 37 months).
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import NamedTuple

from living_review.stats.units import DAYS_IN

DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
DAYS_IN_MONTH = float(DAYS_IN["month"])
MONTHS_IN = {u: float(DAYS_IN[u] / DAYS_IN["month"]) for u in ("day", "week", "month", "year")}


class Months(NamedTuple):
    """A time in months: as printed, and the least and the most that the print allows."""

    value: float
    lower: float
    upper: float

    @property
    def is_exact(self) -> bool:
        """Whether the print leaves nothing open."""
        return self.lower == self.upper

    @property
    def is_by_the_year(self) -> bool:
        """Whether one of the dates is a year alone: then a year is open, else two months at most."""
        return self.upper - self.lower > 11


def date_bounds(text: str) -> tuple[date, date, str]:
    """Return the first and the last day that a printed date can mean, and its precision.

    Parameters
    ----------
    text : str
        ``2010``, ``2010-04`` or ``2010-04-12``.

    Raises
    ------
    ValueError
        If the text is not such a date.

    Examples
    --------
    >>> date_bounds("2010-04")
    (datetime.date(2010, 4, 1), datetime.date(2010, 4, 30), 'month')
    """
    match = DATE.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r}: a date is written 2010, 2010-04 or 2010-04-12")
    year, month, day = (int(g) if g else 0 for g in match.groups())
    if not month:
        return date(year, 1, 1), date(year, 12, 31), "year"
    if not day:
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), "month"
    return date(year, month, day), date(year, month, day), "day"


def format_date(text: str) -> str:
    """Write a printed date with the name of its month.

    Examples
    --------
    >>> format_date("2010-04"), format_date("2010")
    ('April 2010', '2010')
    """
    first, _, precision = date_bounds(text)
    if precision == "year":
        return text
    day = f"{first.day} " if precision == "day" else ""
    return f"{day}{calendar.month_name[first.month]} {first.year}"


def months_between(start: str, end: str) -> Months:
    """Return the months from one printed date to another; negative if the end comes first.

    Parameters
    ----------
    start, end : str
        Dates as :func:`date_bounds` reads them.

    Returns
    -------
    Months
        ``value`` in whole months or years if a day is missing; ``lower`` and ``upper`` from the
        days that the two dates leave possible.

    Examples
    --------
    >>> months_between("2010-04", "2013-05").value
    37.0
    >>> [round(m, 1) for m in months_between("2010-04", "2013-05")]
    [37.0, 36.0, 38.0]
    """
    (first, last, precision), (first_end, last_end, precision_end) = (
        date_bounds(start),
        date_bounds(end),
    )
    lower = (first_end - last).days / DAYS_IN_MONTH
    upper = (last_end - first).days / DAYS_IN_MONTH
    years = first_end.year - first.year
    if "year" in (precision, precision_end):
        value = 12.0 * years
    elif "month" in (precision, precision_end):
        value = 12.0 * years + first_end.month - first.month
    else:
        value = lower
    return Months(value, lower, upper)


def months_since(start: str, time: str | float, unit: str) -> Months:
    """Return the months from a start to a printed time: a date, or a duration counted from it.

    Parameters
    ----------
    start : str
        Printed date of the start.
    time : str or float
        A date if ``unit`` is ``date``; else a number of that unit. A printed duration is taken as it
        is: how far it was rounded is not known.
    unit : {"date", "day", "week", "month", "year"}

    Returns
    -------
    Months
        With the uncertainty of dates without a day.

    Raises
    ------
    ValueError
        If the unit is none of these or the time is not a number of it.

    Examples
    --------
    >>> months_since("2010-04", "2.5", "year").value
    30.0
    """
    if unit == "date":
        return months_between(start, str(time))
    if unit not in MONTHS_IN:
        raise ValueError(f"{time} {unit}: the unit of a time is date, {', '.join(MONTHS_IN)}")
    value = float(time) * MONTHS_IN[unit]
    return Months(value, value, value)


def format_months(time: Months) -> str:
    """Write a time in months with what the print leaves open.

    Where only a year is printed there is no month to name: the limits are alone.

    Examples
    --------
    >>> format_months(months_between("2010-04", "2013-05"))
    '37 months (36 to 38, as the days are not printed)'
    >>> format_months(months_between("2010-04", "2009-07"))
    '9 months before (8 to 10, as the days are not printed)'
    >>> format_months(months_between("2010-04", "2009"))
    '3 to 16 months before (only a year is printed)'
    """
    before = " before" if time.upper < 0 else ""
    head = f"{abs(time.value):.3g} months{before}"
    if time.is_exact:
        return head
    least, most = sorted((abs(time.lower), abs(time.upper)))
    limits = f"{least:.0f} to {most:.0f}"
    if time.lower < 0 < time.upper:
        limits = f"{-time.lower:.0f} before to {time.upper:.0f} after"
    if time.is_by_the_year:
        unit = ", in months" if time.lower < 0 < time.upper else f" months{before}"
        return f"{limits}{unit} (only a year is printed)"
    return f"{head} ({limits}, as the days are not printed)"
