"""A number of the data must be legible in the form in which the paper prints it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from living_review.evidence.codes import known
from living_review.stats.number_words import TENS, WORDS
from living_review.validation.issues import Issue

# Columns whose number must be legible in the printed form of the same row.
PRINTED_NUMBERS = {
    "patients": ["age_years"],
    "doses": ["dose", "dose_upper"],
    "measurements": ["value"],
    "events": ["time"],
    "counts": ["n", "percent"],
    "outcomes": ["events", "percent"],
    "adverse_events": ["patients"],
    "statistics": ["value", "lower", "upper", "level"],
    "quoted": ["value", "lower", "upper", "events"],
    "results": ["value", "lower", "upper", "spread"],
}
# What counts patients of an arm: no more of them have an event, and no more are counted than enrolled.
PATIENTS = ("enrolled", "treated", "evaluable", "stopped", "responders", "not_reported")
NONE = {"-", "–", "—", "no", "none", "not", "without", "never", "nor"}
ONE = {"a", "an", "once", "each", "single", "both", "first", "sole", "final"}


def _number(row: dict[str, str], column: str) -> float | None:
    try:
        return float(row[column])
    except (KeyError, ValueError):
        return None


def check_numbers(file: str, number: int, row: dict[str, str], table: str) -> Iterator[Issue]:
    """Yield what is wrong with the numbers of a row: parts above wholes, crossed limits, no print.

    Parameters
    ----------
    file : str
        How messages call the file.
    number : int
        Line of the row in the file.
    row : dict of str to str
        Column and text of the row.
    table : str
        Name of the table.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    # What is counted, and out of what, in each table that counts.
    wholes = {
        "counts": [("n", "denominator")],
        "outcomes": [("events", "n")],
        "quoted": [],
        "adverse_events": [("patients", "n")],
        "results": [("events", "n"), ("n", "n_enrolled")],
    }
    for part, whole in wholes.get(table, []):
        a, b = _number(row, part), _number(row, whole)
        of_patients = "denominator_kind" not in row or row["denominator_kind"] in PATIENTS
        counted = row.get("counts_what", "patients") == "patients" and of_patients
        if a is not None and b is not None and a > b and counted:
            yield Issue(
                file,
                number,
                part,
                row[part],
                f"at most the {whole} {row[whole]}",
                "Correct the count or its denominator.",
            )
    lower, upper = _number(row, "lower"), _number(row, "upper")
    if lower is not None and upper is not None and lower > upper:
        yield Issue(
            file,
            number,
            "lower",
            row["lower"],
            f"at most the upper limit {row['upper']}",
            "Exchange or correct the limits.",
        )
    if "time" in row and "time_unit" in row:
        has_time = known(row["time"])
        has_unit = row["time_unit"] not in ("not_reported", "not_applicable", "")
        if has_time and not has_unit:
            yield Issue(
                file,
                number,
                "time_unit",
                row["time_unit"],
                "a unit for the time",
                "Name the unit of the time.",
            )
    legible = numbers_in(row.get("printed", ""))
    for column in PRINTED_NUMBERS.get(table, []):
        value = _number(row, column)
        if table == "adverse_events" and value == 1 and row.get("patient", "").startswith("p"):
            continue  # a harm of one named patient is one patient, whatever is printed
        if column == "events" and row.get("in_words") == "yes":
            continue  # no number is printed: the words decide, below
        if value is not None and abs(value) not in legible:
            yield Issue(
                file,
                number,
                column,
                row[column],
                f"a number that is in the printed form {row.get('printed')!r}",
                "Correct the value, or complete the printed form.",
            )


def check_words(file: str, number: int, row: dict[str, str]) -> Iterator[Issue]:
    """Yield a count marked as given in words that the words and the size of the group do not give.

    Parameters
    ----------
    file : str
        How messages call the file.
    number : int
        Line of the row in the file.
    row : dict of str to str
        Column and text of the row.

    Yields
    ------
    Issue
        One for each thing that is wrong.
    """
    if row.get("in_words") != "yes":
        return
    whole, missed = _number(row, "n"), all_but(row.get("printed", ""))
    if whole is None or missed is None:
        yield Issue(
            file,
            number,
            "in_words",
            "yes",
            "a size of the group, and a word for all of it in the printed form",
            "Give n and the fragment with the word, or write no.",
        )
    elif _number(row, "events") != whole - missed:
        yield Issue(
            file,
            number,
            "events",
            row.get("events", ""),
            f"{whole - missed:g}, by the words {row.get('printed')!r} of a group of {whole:g}",
            "Correct the count or the group.",
        )


def all_but(text: str) -> int | None:
    """Return how many are left out by a word for all; None where there is no such word.

    Examples
    --------
    >>> all_but("in all cases"), all_but("100% efficacy"), all_but("all but one patient")
    (0, 0, 1)
    >>> all_but("most patients") is None
    True
    """
    if found := re.search(r"\b(?:all|every\w*) but (\w+)", text, re.IGNORECASE):
        named = found[1].lower()
        return WORDS.get(named, int(named) if named.isdigit() else None)
    return 0 if re.search(r"\ball\b|\bevery|\beach\b|\b100 ?%", text, re.IGNORECASE) else None


@functools.lru_cache(maxsize=4096)  # the same fragment is in many rows
def numbers_in(text: str) -> frozenset[float]:
    """Return the numbers that can be read in a printed fragment, words included.

    Thousands separators, superscripts stuck to digits (``637a``), number words up to twenty and of
    tens (``forty-six``), a dash or ``no`` as zero and ``a`` or ``single`` as one are understood.
    Digits that end a word or a unit (``TSC2``, ``mg/m2``) are no numbers.
    """
    text = text.replace("\u2013", "-").replace("\u2212", "-")
    text = re.sub(r"(?<=[A-Za-z])\d+", "", text)
    found = {
        float(m) for m in re.findall(r"\d+(?:\.\d+)?|\.\d+", re.sub(r"(?<=\d),(?=\d{3})", "", text))
    }
    words = re.findall(r"[a-z]+|[-–—]", text.lower())
    found |= {float((WORDS | TENS)[w]) for w in words if w in WORDS | TENS}
    pairs = re.findall(rf"({'|'.join(TENS)})[ -]([a-z]+)", text.lower())
    found |= {float(TENS[ten] + WORDS[one]) for ten, one in pairs if WORDS.get(one, 10) < 10}
    if NONE & set(words):
        found.add(0.0)
    if ONE & set(words):
        found.add(1.0)
    if "both" in words:
        found.add(2.0)
    return frozenset(found)
