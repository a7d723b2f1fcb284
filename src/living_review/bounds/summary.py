"""A printed summary of a survival curve, read into exact numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, SupportsInt

from living_review.bounds.engine import NOT_REACHED, Problem
from living_review.bounds.rounding import Interval, Number, exact, printed

Printed = Number | Interval | tuple[Number, Number]


_NOT_REACHED = {NOT_REACHED, "nr", "not yet reached", "not_reached"}


def whole(value: SupportsInt | str, name: str) -> int:
    """Return a whole number as such, whatever its type (``10.0`` is 10).

    Parameters
    ----------
    value : SupportsInt or str
        The number.
    name : str
        How the message calls it.

    Returns
    -------
    int
        The same number.

    Raises
    ------
    ValueError
        If it is not whole.
    """
    try:
        number = int(value)
        if number == value:
            return number
    except (TypeError, ValueError):
        pass
    raise ValueError(f"{name} is {value!r}; expected a whole number")


class ContradictorySummaryError(ValueError):
    """No data set agrees with the figures of the summary taken together.

    ``figures`` holds the smallest set of them that contradict each other, in words.
    """

    def __init__(self, message: str, figures: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.figures = figures


@dataclass(frozen=True)
class Summary:
    """A printed summary in exact numbers: the problem, and the intervals that need single orders.

    Attributes
    ----------
    problem : Problem
    ci : pair of Interval or "not reached", or None
        Of the median.
    landmark_ci : tuple of (time, lower, upper)
        Of survival at a time.
    """

    problem: Problem
    ci: tuple[Interval | str, Interval | str] | None = None
    landmark_ci: tuple[tuple[Fraction, Interval, Interval], ...] = ()

    @property
    def needs_orders(self) -> bool:
        """Whether orders must be looked at one by one."""
        return self.ci is not None or bool(self.landmark_ci)

    def figures(self) -> dict[str, str]:
        """Return the printed figures: a key for :meth:`only`, and words."""
        p = self.problem
        out = {}
        if p.deaths is not None:
            out["deaths"] = f"{p.deaths} deaths"
        for i, (time, s) in enumerate(p.landmarks):
            out[f"landmarks:{i}"] = f"survival {s.text} at {float(time):g}"
        if p.median is not None:
            out["median"] = f"median {_text(p.median)}"
        if p.follow_up is not None:
            out["follow_up"] = f"median follow-up {_text(p.follow_up)}"
        for i, (time, low, high) in enumerate(p.at_risk):
            out[f"at_risk:{i}"] = f"{_count(low, high)} at risk at {float(time):g}"
        for i, (time, low, high) in enumerate(p.deaths_by):
            out[f"deaths_by:{i}"] = f"{_count(low, high)} deaths by {float(time):g}"
        if p.last is not None:
            out["last"] = f"longest time {p.last.text}"
        for i, (time, lower, upper) in enumerate(self.landmark_ci):
            out[f"landmark_ci:{i}"] = f"interval {lower.text} to {upper.text} at {float(time):g}"
        if self.ci is not None:
            out["ci"] = f"interval {_text(self.ci[0])} to {_text(self.ci[1])}"
        if p.exact or p.lower_bounds:
            # Known patients replace as many lower bounds, so both are one figure.
            out["patients"] = "times of single patients"
        return out

    def only(self, keys: Collection[str]) -> Summary:
        """Return the summary with some of its figures."""
        p = self.problem
        kept: dict[str, Any] = {}
        for name in ("landmarks", "at_risk", "deaths_by"):
            kept[name] = tuple(x for i, x in enumerate(getattr(p, name)) if f"{name}:{i}" in keys)
        for name in ("median", "follow_up", "deaths", "last"):
            kept[name] = getattr(p, name) if name in keys else None
        if "patients" not in keys:
            kept |= {"exact": (), "lower_bounds": ()}
        intervals = tuple(x for i, x in enumerate(self.landmark_ci) if f"landmark_ci:{i}" in keys)
        ci = self.ci if "ci" in keys else None
        return Summary(replace(p, **kept), ci, intervals)


def _text(value: Interval | str) -> str:
    return value if isinstance(value, str) else value.text


def _count(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"


# One check for each figure that can be printed, in the order of the arguments.
def read(  # noqa: C901, PLR0915
    n: int,
    *,
    landmarks: Mapping[Number, Printed] | None = None,
    median: Printed | None = None,
    ci: tuple[Printed, Printed] | None = None,
    follow_up: Printed | None = None,
    lower_bounds: Iterable[Number] | None = None,
    exact_times: Iterable[tuple[Number, int]] | None = None,
    deaths: int | None = None,
    at_risk: Mapping[Number, int | tuple[int, int]] | None = None,
    deaths_by: Mapping[Number, int | tuple[int, int]] | None = None,
    last: Printed | None = None,
    landmark_ci: Mapping[Number, tuple[Printed, Printed]] | None = None,
) -> Summary:
    """Turn the arguments of :func:`survival` into exact numbers; complain about what makes no sense.

    Parameters
    ----------
    n : int
        Patients.
    landmarks : mapping of Number to Printed, optional
        Survival at times.
    median : Printed, optional
        Median survival.
    ci : tuple of Printed, optional
        Its limits.
    follow_up : Printed, optional
        Median follow-up.
    lower_bounds : iterable of Number, optional
        Times at which a patient was still observed.
    exact_times : iterable of tuple of Number, int, optional
        Times and how they ended (1 a death, 0 a censoring).
    deaths : int, optional
        Number of deaths.
    at_risk : mapping of Number to int or tuple of int, optional
        Numbers at risk at times.
    deaths_by : mapping of Number to int or tuple of int, optional
        Deaths up to times.
    last : Printed, optional
        The longest time.
    landmark_ci : mapping of Number to tuple of Printed, optional
        Limits of survival at times.

    Returns
    -------
    Summary
        The figures as intervals of what rounds to them.
    """
    n = whole(n, "n")
    if n < 1:
        raise ValueError(f"n is {n}; expected the number of patients, at least 1")

    def read_one(value: Printed, name: str, *, negative: bool = False) -> Interval | str:
        if isinstance(value, str) and " ".join(value.lower().split()).strip(".") in _NOT_REACHED:
            return NOT_REACHED
        interval = printed(value)
        if negative:
            return interval
        if interval.high < 0:
            raise ValueError(f"{name} is {value!r}; expected a time, not negative")
        return Interval(max(interval.low, Fraction(0)), interval.high, interval.text)

    def figure(value: Printed | None, name: str) -> Interval | str | None:
        return None if value is None else read_one(value, name)

    def moment(time: Number, name: str) -> Fraction:
        if exact(time) < 0:
            raise ValueError(f"{name} at {time}: expected a time that is not negative")
        return exact(time)

    def share(value: Printed, name: str) -> Interval:
        if isinstance(value, (int, float)) and value in (0, 1):
            raise ValueError(f"{name} is {value!r}, which has no digits; write '100%' or '0%'")
        s = printed(value)
        if s.high < 0 or s.low > 1:
            raise ValueError(f"{name} is {value!r}; expected 0 to 1, or a text with %")
        return s

    def counts(given: Mapping | None, name: str) -> tuple[tuple[Fraction, int, int], ...]:
        out = []
        for time, value in (given or {}).items():
            pair = value if isinstance(value, (tuple, list)) else (value, value)
            low, high = (whole(x, f"{name} at {time}") for x in pair)
            if not 0 <= low <= high <= n:
                raise ValueError(f"{name} at {time} is {value!r}; expected 0 to {n} patients")
            out.append((moment(time, name), low, high))
        return tuple(sorted(out))

    points = tuple(
        sorted(
            (
                (moment(t, "survival"), share(s, f"survival at {t}"))
                for t, s in (landmarks or {}).items()
            ),
            key=lambda x: x[0],
        )
    )
    pairs = list(exact_times or ())
    if any(e not in (0, 1) for _, e in pairs):
        raise ValueError("the event of a known time is 0 (censored) or 1 (death)")
    # At equal times deaths come first.
    known = tuple(sorted(((exact(t), int(e)) for t, e in pairs), key=lambda x: (x[0], -x[1])))
    bounds = [exact(b) for b in lower_bounds or ()]
    rest = n - len(known) - len(bounds)
    if rest < 0:
        raise ValueError(
            f"{len(bounds)} lower bounds and {len(known)} exact times for {n} patients: too many"
        )
    if deaths is not None:
        deaths = whole(deaths, "deaths")
        if not 0 <= deaths <= n:
            raise ValueError(f"{deaths} deaths among {n} patients")
    longest = figure(last, "last")
    if isinstance(longest, str):
        raise ValueError("last is the longest time of all patients; expected a time")
    problem = Problem(
        n=n,
        landmarks=points,
        median=figure(median, "median"),
        follow_up=figure(follow_up, "follow_up"),
        lower_bounds=tuple(sorted(bounds + [Fraction(0)] * rest)) if bounds else (),
        exact=known,
        deaths=deaths,
        at_risk=counts(at_risk, "at_risk"),
        deaths_by=counts(deaths_by, "deaths_by"),
        last=longest,
    )
    limits = None
    if ci is not None:
        if median is None or (problem.median == NOT_REACHED and figure(ci[1], "") != NOT_REACHED):
            raise ValueError("ci is the interval of the median: give the median too")
        limits = (read_one(ci[0], "lower limit", negative=True), read_one(ci[1], "upper limit"))
        low, high = limits
        if isinstance(low, Interval) and isinstance(high, Interval) and low.low > high.high:
            raise ValueError(
                f"limits {low.text} and {high.text} in the wrong order; expected lower, upper"
            )
    intervals = []
    for t, (lower, upper) in (landmark_ci or {}).items():
        name = f"limit of survival at {t}"
        intervals.append((moment(t, "interval"), share(lower, name), share(upper, name)))
    return Summary(problem, limits, tuple(intervals))
