"""Printed summaries as :mod:`living_review.bounds` reads them, and what they force as tables.

The digits are the precision known: a printed number goes in as its characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, SupportsFloat

import pandas as pd

from living_review import bounds
from living_review.bounds import logrank, order_statistics, signed_rank

WHOLE = "{:.0f}"
BEST_GRADE = 5  # the highest grade that the source prints


def format_span(pair: Sequence[SupportsFloat], form: str = "{:.1%}") -> str:
    """Write the lowest and the highest value, or the one value that both are.

    Parameters
    ----------
    pair : sequence of SupportsFloat
        Lowest and highest value.
    form : str, optional
        How each is written.

    Returns
    -------
    str
        ``lowest to highest``, or one value.

    Examples
    --------
    >>> format_span((0.25, 0.5)), format_span((3, 3), "{:.0f}")
    ('25.0% to 50.0%', '3')
    """
    low, high = (form.format(float(x)) for x in pair)
    return low if low == high else f"{low} to {high}"


def characters(row: Mapping, column: str) -> str:
    """Return a printed number as its characters.

    Parameters
    ----------
    row : mapping
        A row of the evidence as text.
    column : str
        Its column.

    Returns
    -------
    str
        With every digit that is printed.

    Raises
    ------
    TypeError
        If the row holds numbers: their last digits are lost.
    """
    if not isinstance(row[column], str):
        raise TypeError(f"{column} is {row[column]!r}, a number; take the row from Study.characters")
    return row[column]


def survival_summary(
    point: Mapping, median: Mapping, follow_up: Mapping, at: float, software: str | None = None
) -> dict:
    """Return the keywords of :func:`living_review.bounds.survival` for a printed summary.

    Parameters
    ----------
    point, median, follow_up : mapping
        Rows of ``statistics`` as characters: survival at a time in percent, the median with its
        limits, the median follow-up; times in one unit.
    at : float
        The time of the survival.
    software : str, optional
        The package that the paper names; see :data:`living_review.bounds.SOFTWARE`.

    Returns
    -------
    dict
        Numbers as text, so that no printed digit is lost.
    """
    return {
        "software": software,
        "landmarks": {at: f"{characters(point, 'value')}%"},
        "median": characters(median, "value"),
        "follow_up": characters(follow_up, "value"),
        "ci": (characters(median, "lower"), characters(median, "upper")),
    }


def scenarios(days: Mapping[str, int], alive: Mapping[str, int]) -> dict[str, dict]:
    """Return what durations of treatment add to a survival summary, under three assumptions.

    Parameters
    ----------
    days : mapping of str to int
        Days on treatment by patient: each is a time at which the patient was alive.
    alive : mapping of str to int
        Days to which patients were seen alive when the paper was written.

    Returns
    -------
    dict of str to dict
        Keywords of :func:`living_review.bounds.survival`. *A*: follow-up ended with the paper. *B*:
        those alive then may have been followed longer. *C*: durations as earliest times only.
    """
    year = bounds.in_years
    return {
        "A": {
            "exact_times": [(year(t), 0) for t in alive.values()],
            "lower_bounds": [year(t) for p, t in days.items() if p not in alive],
        },
        "B": {"lower_bounds": [year(alive.get(p, t)) for p, t in days.items()]},
        "C": {"lower_bounds": [year(t) for t in days.values()]},
    }


def with_and_without(
    n: int, summary: Mapping, days: Iterable[object]
) -> tuple[bounds.SurvivalBounds, bounds.SurvivalBounds]:
    """Return what a summary forces alone, and with times in days at which patients were alive.

    Parameters
    ----------
    n : int
        Patients.
    summary : mapping
        Keywords of :func:`living_review.bounds.survival`.
    days : iterable of object
        Times in days.

    Returns
    -------
    tuple of SurvivalBounds
        Without the times, and with them.
    """
    alive = [bounds.in_years(int(str(t))) for t in days]
    return bounds.survival(n, **summary), bounds.survival(n, **summary, lower_bounds=alive)


def without(summary: Mapping, *names: str) -> dict:
    """Return a summary without some of its figures or choices.

    Parameters
    ----------
    summary : mapping
        Keywords of :func:`living_review.bounds.survival`.
    *names : str
        Keywords to leave out.

    Returns
    -------
    dict
        A copy.
    """
    return {k: v for k, v in summary.items() if k not in names}


def by_convention(
    found: bounds.SurvivalBounds, times: Sequence[str], together: str = "All together"
) -> pd.DataFrame:
    """Return what holds under all conventions, and what each alone would give.

    Parameters
    ----------
    found : SurvivalBounds
        Under several conventions.
    times : sequence of str
        At which survival is shown.
    together : str
        Words for the first row.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = {together: found} | {str(c).capitalize(): x for c, x in found.alone.items()}
    return pd.DataFrame(
        {
            "Convention": words,
            "Orders": f"{x.count:,}" if x.count is not None else "not listed",
            "Deaths": format_span(x.deaths, WHOLE),
            **{f"Alive at {t}": _alive(x, t) for t in times},
        }
        for words, x in rows.items()
    )


def _alive(found: bounds.SurvivalBounds, time: str) -> str:
    here = found.at(time)
    if here.lower is None or here.upper is None:
        return "no curve that agrees reaches it"
    return format_span((here.lower, here.upper))


def validation_table(checks: pd.DataFrame) -> pd.DataFrame:
    """Return how often the truth lay outside the bounds, by package and by published study.

    Parameters
    ----------
    checks : pandas.DataFrame
        The records ``bounds_validation``.
    """
    simulated = checks["kind"] == "simulated"
    groups = [
        (f"Simulated, as {name} prints", g)
        for name, g in checks[simulated].groupby("software", sort=False)
    ]
    for title, g in checks[~simulated].groupby("title", sort=False):
        groups.append((f"{title} ({g['n_min'].iloc[0]}), each package", g))
    return pd.DataFrame(
        {
            "Summaries": words,
            "Studies": f"{g['studies'].sum():,}",
            "Exact": f"{g['exact'].sum():,}",
            "With interval": f"{g['interval_used'].sum():,}",
            "Checks": f"{g['times_checked'].sum():,}",
            "Truth outside": f"{g['times_outside'].sum():,}",
            "Mean width of the band": f"{g['mean_width'].astype(float).median():.2f}",
        }
        for words, g in groups
    )


def orders_with(n: int, summary: Mapping, **change: object) -> int | None:
    """Count the orders of deaths and censorings that agree with a changed summary; 0 if none does.

    ``None`` if they are too many to count.

    Parameters
    ----------
    n : int
        Patients.
    summary : mapping
        Keywords of :func:`living_review.bounds.survival`.
    **change : object
        Keywords that differ.

    Returns
    -------
    int or None
        The number of orders, or None.
    """
    try:
        return bounds.survival(n, **{**summary, **change}).count
    except bounds.ContradictorySummaryError:
        return 0


def orders_table(
    alone: bounds.SurvivalBounds, found: Mapping[str, bounds.SurvivalBounds]
) -> pd.DataFrame:
    """Return every order that agrees with a summary, and the scenarios in which it is possible.

    Parameters
    ----------
    alone : SurvivalBounds
        Bounds of the summary alone.
    found : mapping of str to SurvivalBounds
        Bounds by name of the scenario.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    agree = {k: f.orders() for k, f in found.items()}
    none = f"none of {', '.join(agree)}"
    return pd.DataFrame(
        {
            "Order": order,
            "Deaths": p.deaths,
            "At risk at the deaths": ", ".join(map(str, p.at_risk_at_deaths)),
            "Survival at the end": f"{float(p.survival()[-1]):.1%}",
            "Possible in": " ".join(k for k in agree if order in agree[k]) or none,
        }
        for order, p in sorted({p.letters: p for p in alone.patterns()}.items())
    )


def in_weeks(time: Mapping) -> dict[str, str]:
    """Return the printed limits and median of a time in weeks, as characters: lower, median, upper."""
    columns = {"lower": "lower", "median": "value", "upper": "upper"}
    return {name: characters(time, column) for name, column in columns.items()}


def ends_in_weeks(minimum: Mapping, maximum: Mapping) -> dict[str, Fraction]:
    """Return the ends of a printed range in weeks: ``minimum`` and ``maximum``.

    Parameters
    ----------
    minimum, maximum : mapping
        Rows of the evidence with value and unit, as text.

    Returns
    -------
    dict of str to Fraction
        Exact weeks.
    """
    return {
        name: bounds.in_weeks(characters(row, "value"), row["unit"])
        for name, row in (("minimum", minimum), ("maximum", maximum))
    }


def sorted_times(
    n: int,
    weeks: Mapping[str, str],
    ends: Mapping[str, Fraction],
    method: str = "log",
    rule: str = "exact",
) -> tuple[order_statistics.Ranks, order_statistics.OrderBounds]:
    """Bound the sorted times of ``n`` patients if the interval of the median was made by a method.

    Parameters
    ----------
    n : int
        Patients, none censored.
    weeks, ends : mapping
        As :func:`in_weeks` and :func:`ends_in_weeks` return them.
    method : str
        One of ``order_statistics.INTERVAL_METHODS``.
    rule : str
        How a printed week is read; see :func:`living_review.bounds.printed`.

    Returns
    -------
    Ranks, OrderBounds
        Which of the sorted times the printed ones are, and what follows.
    """
    ranks = order_statistics.interval_ranks(n, method)
    places = {getattr(ranks, k): bounds.printed(w, rule=rule) for k, w in weeks.items()}
    return ranks, order_statistics.order_bounds(
        n, places=places, minimum=ends.get("minimum"), maximum=ends.get("maximum")
    )


def reading(
    n: int, weeks: Mapping[str, str], ends: Mapping[str, Fraction], method: str, rule: str = "exact"
) -> dict[str, str]:
    """Return one reading of a printed interval as a row: places of its limits, and counts by week.

    Parameters
    ----------
    n : int
        Patients.
    weeks : mapping of str to str
        Weeks as printed, by their name in the table.
    ends : mapping of str to Fraction
        As :func:`ends_in_weeks` returns them.
    method : str
        How the limits were found.
    rule : str, optional
        How printed values were rounded.

    Returns
    -------
    dict of str to str
        Heading and text of each column.
    """
    ranks, found = sorted_times(n, weeks, ends, method, rule)
    edge = {k: bounds.printed(w, rule=rule) for k, w in weeks.items()}
    before = found.count_by(edge["lower"].low, strictly=True)
    return {
        "Interval": method if rule == "exact" else f"{method}, times rounded",
        "Places of the limits": f"{ranks.lower} and {ranks.upper}",
        **{f"By week {weeks[k]}": format_span(found.count_by(edge[k].high), WHOLE) for k in weeks},
        f"Before week {weeks['lower']}": format_span(before, WHOLE),
    }


def by_week(
    found: order_statistics.OrderBounds, weeks: Iterable[str], arms: Mapping[str, int]
) -> pd.DataFrame:
    """Return how many had responded by each week: of all, and of each of two groups by the margins.

    Parameters
    ----------
    found : OrderBounds
        What the summary forces.
    weeks : iterable of str
        Weeks, as text.
    arms : mapping of str to int
        Name and size of two groups.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    table = pd.DataFrame({"Group": ["All", *arms], "Patients": [sum(arms.values()), *arms.values()]})
    sizes = list(arms.values())
    for week in weeks:
        total = found.count_by(week)
        parts = [order_statistics.split_count(total, *pair) for pair in (sizes, sizes[::-1])]
        table[f"By week {week}"] = [format_span(c, WHOLE) for c in (total, *parts)]
    return table


def direction_allowed(
    listed: logrank.LogRankOrders,
    drawn: logrank.LogRankSample,
    p: str,
    arms: Sequence[str],
    place: int,
) -> pd.DataFrame:
    """Return what a log-rank p-value allows: size and direction of a difference between two groups.

    Parameters
    ----------
    listed, drawn : LogRankOrders, LogRankSample
        All orders without equal times, and random ones with them.
    p : str
        As printed.
    arms : sequence of str
        The two groups, first and second.
    place : int
        How many first responders are split into groups: the place of the median.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    kinds = (listed, drawn)
    firsts = (listed.first_group_among(place), drawn.first_by[place])
    ratios = {
        f"Ratio, {name.lower()} faster": [_ratios(f, first) for f in kinds]
        for name, first in zip(arms, (True, False), strict=True)
    }
    return pd.DataFrame(
        {
            "Times": ["none equal: all orders", "some equal: random orders"],
            "Orders": [f"{x:,}" for x in (listed.total, drawn.drawn)],
            f"With p = {p}": [f"{x.agree:,}" for x in kinds],
            **{f"{name} faster": [f"{x.faster[i]:,}" for x in kinds] for i, name in enumerate(arms)},
            **ratios,
            f"{arms[0]} among the first {place}": [format_span(c, WHOLE) for c in firsts],
        }
    )


def _ratios(found: logrank.LogRankOrders | logrank.LogRankSample, faster: bool) -> str:
    """Write the range of Peto's ratio where the first group is, or is not, the faster one."""
    values = found.hazard_ratios[(found.difference > 0) == faster]
    return f"{values.min():.2f} to {values.max():.2f}"


@dataclass(frozen=True)
class ResponseBounds:
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


def responses(time: Mapping, minimum: Mapping, maximum: Mapping, n: int) -> ResponseBounds:
    """Return what a median time to response with its limits and range forces for ``n`` patients.

    Parameters
    ----------
    time, minimum, maximum : mapping
        Rows of ``statistics`` as characters: the median with its limits in weeks, and the ends of
        the range.
    n : int
        Patients, all of whom responded.

    Returns
    -------
    ResponseBounds
        What holds for every set of times that agrees.

    Notes
    -----
    The limits are taken as those of R's default (log), where the source names no other definition.
    """
    weeks, ends = in_weeks(time), ends_in_weeks(minimum, maximum)
    ranks, forced = sorted_times(n, weeks, ends)
    return ResponseBounds(
        by_week={w: forced.count_by(w) for w in weeks.values()},
        band=forced.envelope(ends["maximum"]),
        points={f"{w} wk": (float(w), getattr(ranks, k) / n) for k, w in weeks.items()},
        start=float(ends["minimum"]),
        until=float(ends["maximum"]),
    )


def grades(*parts: int) -> list[Fraction]:
    """Return the grades from 0 to the best in halves (2), quarters (4), thirds (3), or several."""
    return sorted({Fraction(k, d) for d in parts for k in range(BEST_GRADE * d + 1)})


def grade_sets(
    grade: Mapping,
    p: str,
    sizes: Iterable[int],
    scale: Sequence[Fraction],
    *,
    rule: str = "exact",
    no_change: object = 0,
    variants: Sequence[str] = ("normal",),
) -> list[signed_rank.ScoreSet]:
    """List the sets of grades that give a printed median, range and p-value.

    Parameters
    ----------
    grade : mapping
        Row of ``statistics`` as characters: the median with its range.
    p : str
        As printed.
    sizes : iterable of int
        Numbers of patients to try.
    scale : sequence of Fraction
        Grades that a patient can have.
    rule : str
        How the printed median is read; see :func:`living_review.bounds.printed`.
    no_change, variants
        As :func:`living_review.bounds.signed_rank.score_sets` takes them.

    Returns
    -------
    list of ScoreSet
        Each with its p-value.
    """
    median = bounds.printed(characters(grade, "value"), rule=rule)
    ends = {"minimum": characters(grade, "lower"), "maximum": characters(grade, "upper")}
    known: dict[str, Any] = {
        "scale": scale,
        "no_change": no_change,
        "variants": variants,
        "median": median,
        **ends,
    }
    return [found for k in sizes for found in signed_rank.score_sets(k, p, **known)]


def format_sizes(found: Iterable[tuple[int, Sequence[int]]]) -> str:
    """Write numbers of patients, each with its groups of equal scores.

    Examples
    --------
    >>> format_sizes([(7, (2, 2)), (7, ())])
    '7 patients, equal scores in groups of 2 and 2; 7 patients, all scores different'
    """
    ties = [
        (n, f"equal scores in groups of {' and '.join(map(str, t))}" if t else "all scores different")
        for n, t in found
    ]
    return "; ".join(f"{n} patients, {words}" for n, words in ties) or "none"


def format_grades(sets: Sequence[signed_rank.ScoreSet]) -> str:
    """Write grades with how often each must and may occur in sets that agree."""
    forced = signed_rank.forced_scores(sets)
    return "; ".join(f"{float(x):.3g}: {format_span(c, WHOLE)}" for x, c in forced.items())


def variants_for_all(p_values: Mapping[str, str], most: int) -> dict[str, dict[str, list[int]]]:
    """Return the variants of the test that give every one of several p-values, if nobody got worse.

    Parameters
    ----------
    p_values : mapping of str to str
        As printed, by lesion.
    most : int
        Patients at most.

    Returns
    -------
    dict of str to dict of str to list of int
        By variant and lesion: how many patients changed.
    """
    sizes = {
        variant: {
            name: sorted({n for n, _ in signed_rank.one_sided_sizes(p, variant, most)})
            for name, p in p_values.items()
        }
        for variant in signed_rank.VARIANTS
    }
    return {variant: own for variant, own in sizes.items() if all(own.values())}


VARIANTS = {
    "normal": "Normal approximation",
    "continuity": "With continuity correction",
    "exact": "Exact",
}


def improved_by_variant(
    p_values: Mapping[str, str], labels: Mapping[str, str], most: int
) -> pd.DataFrame:
    """Return the numbers who changed that give each p-value, by variant of the test, if none got worse.

    Parameters
    ----------
    p_values, labels : mapping of str to str
        P-values as printed and words, by lesion.
    most : int
        Patients at most.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = []
    for name, label in labels.items():
        row = {"Lesion": label, "Printed p": p_values[name]}
        for variant, words in VARIANTS.items():
            sizes = signed_rank.one_sided_sizes(p_values[name], variant, most)
            row[words] = ", ".join(map(str, sorted({n for n, _ in sizes}))) or "none"
        rows.append(row)
    return pd.DataFrame(rows)


def changed_of_seen(sets: Iterable[signed_rank.ScoreSet]) -> str:
    """Write how many changed, and how many there were, over all sets that agree.

    Examples
    --------
    >>> changed_of_seen([])
    'none agrees'
    """
    pairs = [(s.tested, len(s.scores)) for s in sets]
    if not pairs:
        return "none agrees"
    changed, seen = ([f(x) for f in (min, max)] for x in zip(*pairs, strict=True))
    return f"{format_span(changed, WHOLE)} of {format_span(seen, WHOLE)}"
