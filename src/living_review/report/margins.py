"""Counts whose parts are not printed: rows that lost a cell, harms that overlap, ages in bands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

import pandas as pd

from living_review import bounds
from living_review.bounds import margins, order_statistics
from living_review.evidence import Study
from living_review.report.bounds import WHOLE, format_span

Cohort = tuple[str, order_statistics.OrderBounds]


def lost_cells(harms: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return the rows of a table of harms that lost a cell, and what the others leave open.

    Parameters
    ----------
    harms : pandas.DataFrame
        Rows of ``adverse_events`` of one printed table: two grades and their sum for each term.
    n : int
        Patients: no count is larger.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    columns = harms["grade"].nunique()
    readings = {}
    for term, rows in harms.groupby("term", sort=False):
        cells = rows["printed"].tolist()
        if rows["readings"].ne("not_applicable").any():  # the row is printed whole
            cells = rows["printed"].iloc[0].split()
        whole = [0 if c == "-" else int(c) for c in cells]
        readings[str(term)] = margins.row_readings(whole, columns, n=n)
    lost = {term: [found] for term, found in readings.items() if len(found) > 1}
    ways = {
        term: "; ".join(f"{r.parts[0]}, {r.parts[1]}, {r.total}" for r in found)
        for term, (found,) in lost.items()
    }
    lost["All rows of the table, summed"] = list(readings.values())
    heads = {"Grade 1-2": 0, "Grade 3-4": 1, "Any grade": None}
    return pd.DataFrame(
        {
            "Harm": term,
            "Ways to read the row (grade 1-2, grade 3-4, any)": ways.get(term, "not_applicable"),
            **{head: format_span(margins.total_of_rows(rows, c), WHOLE) for head, c in heads.items()},
        }
        for term, rows in lost.items()
    )


def any_of(sizes: Mapping[str, int], keys: Iterable[str], affected: int) -> tuple[int, int]:
    """Return the fewest and most patients with any of some harms, if ``affected`` have any at all.

    Parameters
    ----------
    sizes : mapping of str to int
        Patients with each harm.
    keys : iterable of str
        Harms of interest.
    affected : int
        Patients with any harm.

    Returns
    -------
    tuple of int
        The fewest and the most.
    """
    keys = list(keys)
    others = sum(v for k, v in sizes.items() if k not in keys)
    low, high = margins.union([sizes[k] for k in keys], affected)
    return max(low, affected - others), high


def in_band(
    found: order_statistics.OrderBounds, low: int, high: int, edge: Fraction = Fraction(1, 100)
) -> tuple[int, int]:
    """Return the fewest and most patients in a band of ages, in months.

    A patient whose age is exactly an edge may be counted in either band: both readings are kept.

    Parameters
    ----------
    found : OrderBounds
        What a summary of ages forces.
    low, high : int
        Ends of the band, in months.
    edge : Fraction, optional
        How far an edge is moved for the other reading, in months.

    Returns
    -------
    tuple of int
        The fewest and the most.
    """
    shifts = (0, edge)
    counts = [found.count_in(low + a, high + b) for a in shifts for b in shifts]
    return min(c[0] for c in counts), max(c[1] for c in counts)


def ages(study: Study, cohort: int) -> Cohort:
    """Return what a printed median age and its range force for one cohort, ages in months.

    Parameters
    ----------
    study : Study
        With the rows ``statistics/age_minimum_1``, ``age_median_1`` and ``age_maximum_1`` and the group
        ``age_cohort_1``.
    cohort : int
        Which of them.

    Returns
    -------
    str, OrderBounds
        Size and median as words for a column, and the bounds on the sorted ages.
    """
    month = bounds.in_weeks(1, "month")
    n = int(study.groups[f"age_cohort_{cohort}"]["n"])
    places = ("minimum", "median", "maximum")
    rows = {s: study.characters(f"statistics/age_{s}_{cohort}") for s in places}
    at = {s: bounds.in_weeks(r["value"], r["unit"]) / month for s, r in rows.items()}
    found = order_statistics.order_bounds(
        n, minimum=at["minimum"], maximum=at["maximum"], places={(n + 1) // 2: at["median"]}
    )
    middle = rows["median"]
    return f"{n} patients, median {middle['value']} {middle['unit']}s", found


def ages_by_band(
    known: Mapping[str, int],
    cohorts: Iterable[Cohort],
    bands: Mapping[str, tuple[int, int]],
    unknown: int,
) -> pd.DataFrame:
    """Return the fewest and most patients in each band of ages: known, by cohort, and of all.

    Parameters
    ----------
    known : mapping of str to int
        Patients whose band is printed, by band.
    cohorts : iterable of Cohort
        As :func:`ages` returns them.
    bands : mapping of str to (int, int)
        Limits of each band in months.
    unknown : int
        Patients of whom nothing is known: any of them may be in any band.

    Returns
    -------
    pandas.DataFrame
        For :func:`.display.table`.
    """
    rows = []
    for name, (low, high) in bands.items():
        parts = {words: in_band(found, low, high) for words, found in cohorts}
        least, most = (sum(p[i] for p in parts.values()) + int(known[name]) for i in (0, 1))
        row = {"Age at start": name, "Known one by one": int(known[name])}
        row |= {words: format_span(p, WHOLE) for words, p in parts.items()}
        rows.append(row | {"All patients": format_span((least, most + unknown), WHOLE)})
    return pd.DataFrame(rows)
