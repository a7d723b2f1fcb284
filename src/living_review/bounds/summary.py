"""A printed summary of a survival curve, read into exact numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from living_review.bounds.engine import NOT_REACHED, Problem
from living_review.bounds.rounding import Interval, Number, exact, printed

Printed = Number | Interval | tuple[Number, Number]


_NOT_REACHED = {NOT_REACHED, "nr", "not yet reached", "not_reached"}


def whole(value: object, name: str) -> int:
    """Return a whole number as such, whatever its type (``10.0`` is 10).

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
    """No data set agrees with the figures of the summary taken together."""


def read(
    n: int,
    *,
    landmarks: Mapping[Number, Printed] | None = None,
    median: Printed | None = None,
    ci: tuple[Printed, Printed] | None = None,
    follow_up: Printed | None = None,
    lower_bounds: Iterable[Number] | None = None,
    exact_times: Iterable[tuple[Number, int]] | None = None,
    deaths: int | None = None,
) -> tuple[Problem, tuple[Interval | str, Interval | str] | None]:
    """Turn the arguments of :func:`survival` into exact numbers; complain about what makes no sense."""
    n = whole(n, "n")
    if n < 1:
        raise ValueError(f"n is {n}; expected the number of patients, at least 1")

    def figure(value: Printed | None, name: str) -> Interval | str | None:
        if value is None:
            return value
        if isinstance(value, str) and " ".join(value.lower().split()).strip(".") in _NOT_REACHED:
            return NOT_REACHED
        interval = printed(value)
        if interval.high < 0:
            raise ValueError(f"{name} is {value!r}; expected a time, not negative")
        return Interval(max(interval.low, Fraction(0)), interval.high, interval.text)

    points = []
    for time, value in (landmarks or {}).items():
        if isinstance(value, (int, float)) and value in (0, 1):
            raise ValueError(
                f"survival at {time} is {value!r}, which has no digits; write '100%' or '0%'"
            )
        if exact(time) < 0:
            raise ValueError(f"survival at {time}: expected a time that is not negative")
        s = printed(value)
        if s.high < 0 or s.low > 1:
            raise ValueError(f"survival at {time} is {value!r}; expected 0 to 1, or a text with %")
        points.append((exact(time), s))
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
    problem = Problem(
        n=n,
        landmarks=tuple(sorted(points, key=lambda x: x[0])),
        median=figure(median, "median"),
        follow_up=figure(follow_up, "follow_up"),
        lower_bounds=tuple(sorted(bounds + [Fraction(0)] * rest)) if bounds else (),
        exact=known,
        deaths=deaths,
    )
    limits = None
    if ci is not None:
        if median is None or median == NOT_REACHED:
            raise ValueError("ci is the interval of the median: give the median too")
        limits = (figure(ci[0], "lower limit"), figure(ci[1], "upper limit"))
        low, high = limits
        if isinstance(low, Interval) and isinstance(high, Interval) and low.low > high.high:
            raise ValueError(
                f"limits {low.text} and {high.text} in the wrong order; expected lower, upper"
            )
    return problem, limits


def figures_in_turn(
    problem: Problem, ci: tuple[Interval | str, Interval | str] | None
) -> list[tuple[str, Problem, bool]]:
    """Return the figures in the order in which they are added: words, problem so far, with interval."""

    def text(value: Interval | str) -> str:
        return value if isinstance(value, str) else value.text

    bare = problem.without("landmarks", "median", "follow_up", "lower_bounds", "exact", "deaths")
    out = [(f"{problem.n} patients", bare, False)]
    now = bare
    if problem.deaths is not None:
        now = replace(now, deaths=problem.deaths)
        out.append((f"{problem.deaths} deaths", now, False))
    for i, (time, s) in enumerate(problem.landmarks, 1):
        now = replace(now, landmarks=problem.landmarks[:i])
        out.append((f"survival {s.text} at {float(time):g}", now, False))
    if problem.median is not None:
        now = replace(now, median=problem.median)
        out.append((f"median {text(problem.median)}", now, False))
    if problem.follow_up is not None:
        now = replace(now, follow_up=problem.follow_up)
        out.append((f"median follow-up {text(problem.follow_up)}", now, False))
    if ci is not None:
        out.append((f"interval {text(ci[0])} to {text(ci[1])}", now, True))
    if problem.exact:
        # Known patients replace as many lower bounds, so both come in one step.
        now = replace(now, exact=problem.exact, lower_bounds=problem.lower_bounds)
        out.append(("times of single patients", now, ci is not None))
    elif problem.lower_bounds:
        now = replace(now, lower_bounds=problem.lower_bounds)
        out.append(("times of single patients", now, ci is not None))
    return out
