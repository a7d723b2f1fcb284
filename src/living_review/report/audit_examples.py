"""Examples of the search for explanations, chosen from the data of a review by rule.

The group whose size is bound most closely by two percentages that are printed without it; the median
that does not reproduce and does when the fewest values are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from living_review import audit
from living_review.audit import search
from living_review.evidence import Review
from living_review.evidence.codes import MISSING
from living_review.report import audit as report_audit
from living_review.report import context_words as words
from living_review.report import display
from living_review.report.display import HtmlOutput

LARGEST = 150  # the largest size that is tried
MOST_VALUES = 24  # of which subsets are searched


class Sizes(NamedTuple):
    """Two percentages of one group, as printed, and the sizes of the group that allow both."""

    study_id: str
    printed: tuple[str, str]
    sizes: tuple[int, ...]


class Median(NamedTuple):
    """A median as printed, its unit, the values it is of, and which are left out to reproduce it."""

    study_id: str
    printed: str
    unit: str
    values: tuple[float, ...]
    left_out: tuple[tuple[float, ...], ...]


def sizes(review: Review) -> Sizes | None:
    """Return the two quoted percentages of one group that leave the fewest sizes possible.

    They are quoted from one work on one group, and the number of patients is not printed.

    Parameters
    ----------
    review : Review
        The opened evidence.

    Returns
    -------
    Sizes or None
        None where no two percentages of one group are printed without its size.
    """
    found = []
    for study in review.studies:
        rows = study.table("quoted")
        rows = rows[(rows["unit"] == "percent") & rows["n"].isna() & rows["value"].notna()]
        for _, own in rows.groupby(["study_quoted", "reference", "group"], sort=False):
            percentages = dict.fromkeys(f"{value:g}" for value in own["value"])
            for first, second in combinations(percentages, 2):
                allowed = tuple(search.common_denominators([first, second], LARGEST))
                if allowed:
                    found.append(Sizes(study.study_id, (first, second), allowed))
    return min(found, key=lambda example: len(example.sizes), default=None)


def median(review: Review, results: Sequence[audit.Result]) -> Median | None:
    """Return the median in conflict with its values that is reproduced without the fewest of them.

    Parameters
    ----------
    review : Review
        The opened evidence.
    results : sequence of Result
        Claims, recomputed.

    Returns
    -------
    Median or None
        None where every median is reproduced, or none is however many values are left out.
    """
    found = []
    for result in report_audit.conflicts(results):
        if result.kind != "median" or len(result.references) > MOST_VALUES + 1:
            continue
        study = review.study(result.study)
        target, *cells = (_text(review, name) for name in result.references)
        if not all(text and text not in MISSING for text in (target, *cells)):
            continue
        values = tuple(map(float, cells))
        subsets = search.subsets_giving(list(values), target, "median")
        if subsets:
            place = result.references[0].partition(":")[2].rpartition(".")[0]
            unit = str(study.characters(place).get("unit", ""))
            out = tuple(tuple(values[i] for i in subset.left_out) for subset in subsets)
            found.append(Median(result.study, f"{float(target):g}", unit, values, out))
    return min(found, key=lambda example: len(example.left_out[0]), default=None)


def _text(review: Review, name: str) -> str:
    """Return the characters of a cell by its name, ``study:table/id.column``."""
    study, _, place = name.partition(":")
    row, _, column = place.rpartition(".")
    return str(review.study(study).characters(row)[column])


def of_sizes(review: Review) -> HtmlOutput:
    """Show the example of :func:`sizes`, or that there is none."""
    example = sizes(review)
    if example is None:
        return display.text("No source prints two percentages of one group without its size.")
    first, second = example.printed
    return display.text(f"""
Two percentages of one group, {first}% and {second}%, are printed without its size
({review.study(example.study_id).label}).
`search.common_denominators({list(example.printed)}, {LARGEST})` finds the sizes that allow both:
{list(example.sizes)}.
""")


def of_median(review: Review, results: Sequence[audit.Result]) -> HtmlOutput:
    """Show the example of :func:`median`, or that there is none.

    Parameters
    ----------
    review : Review
        The opened evidence.
    results : sequence of Result
        Claims, recomputed.

    Returns
    -------
    HtmlOutput
        A paragraph.
    """
    example = median(review, results)
    if example is None:
        return display.text("No printed median is in conflict with the values it is of.")
    unit = "" if example.unit in ("", "none", *MISSING) else f" {words.unit(example.unit, None)}"
    left_out = " and ".join(f"{value:g}" for value in example.left_out[0])
    label, values = review.study(example.study_id).label, len(example.values)
    return display.text(f"""
A median of {example.printed}{unit} is printed and is not the median of the {values} values in the table
({label}). `search.subsets_giving(values, "{example.printed}")` leaves out as few as possible: the first
of {len(example.left_out)} answers is the median without {left_out}{unit}.
""")
