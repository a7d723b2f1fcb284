"""How the audit says what it compared: words in place of signs, and what each number counts.

``44 (severe symptoms: detailed) is less than 84 (patients: total)`` and not ``44 is not ≥ 84``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from living_review.audit import expression
from living_review.audit.expression import SCALES, Side, number, show
from living_review.evidence.codes import AMBIGUOUS, NOT_APPLICABLE, NOT_REPORTED
from living_review.evidence.references import Cell
from living_review.stats import dates

# What says, in each table, what the number of a row is of.
ABOUT = {
    "counts": ("characteristic", "category"),
    "outcomes": ("definition",),
    "adverse_events": ("term",),
    "events": ("endpoint",),
    "measurements": ("statistic", "measure"),
    "statistics": ("statistic", "quantity"),
    "quoted": ("study_quoted", "quantity"),
    "studies": ("drug",),
    "results": ("definition",),
    "quoted_sources": ("label", "quantity"),
    "groups": ("label",),
}
# Groups and kinds of value that need no naming, and codes.
PLAIN = {"all", "total", "value", "", NOT_REPORTED, NOT_APPLICABLE, AMBIGUOUS}
FLAGS = {"event": {"0": "not ended", "1": "ended"}}
COUNTS = ("n", "events", "patients", "value", "n_enrolled")
GROUPED = ("counts", "statistics")  # tables in which two rows may differ by their group alone
NAMED = 4  # more numbers than this are given without what they are of
HOLDS = {
    "at_most": "at most",
    "at_least": "at least",
    "less_than": "less than",
    "more_than": "more than",
    "equal": "the same as",
}
SEVERAL_WORDS = 3  # more alternatives than this are not repeated: what was found is listed


def join_words(texts: Sequence[str], most: int = 14) -> str:
    """Join as in speech: ``1, 2 and 3``; of many the first ones and how many there are.

    Parameters
    ----------
    texts : sequence of str
        What is joined.
    most : int, optional
        How many are named before the rest is counted.

    Returns
    -------
    str
        An empty text for none.
    """
    if len(texts) > most:
        return f"{', '.join(texts[:most])}, … ({len(texts)} in all)"
    return ", ".join(texts[:-1]) + " and " + texts[-1] if len(texts) > 1 else "".join(texts)


def format_amount(cell: Cell) -> str:
    """Write a number with its unit: ``16.4 ng/dl``, ``2 weeks``, ``98.3%``; a score has none."""
    if cell.number is None or cell.unit == "score":
        return number(cell)
    return number(cell) + expression.unit_text(cell.unit, cell.number)


def describe(cell: Cell) -> str:
    """State what a number is of, in the words of its row; empty if the row has none."""
    words = [cell.row.get(column, "") for column in ABOUT.get(cell.table, ())]
    words = [SCALES.get(w, w.replace("_", " ")) for w in words if w not in PLAIN]
    text = (": " if cell.table == "counts" else " ").join(words).replace("p value ", "p value of ")
    group = cell.row.get("group", "")
    if text and group not in PLAIN and cell.table in GROUPED:
        text += f", {group.replace('_', ' ')}"
    return text


def format_described(cell: Cell) -> str:
    """Write a number and what it is of: ``44 (severe symptoms: detailed)``."""
    what = describe(cell)
    return format_amount(cell) + (f" ({what})" if what else "")


def format_list(cells: Sequence[Cell]) -> str:
    """Write numbers, each with what it is of if they are few and differ in it; else the unit once."""
    few = len(cells) <= NAMED and len({describe(c) for c in cells}) > 1
    return join_words(
        [format_described(c) for c in cells] if few or len(cells) == 1 else format_amounts(cells)
    )


def format_amounts(cells: Sequence[Cell]) -> list[str]:
    """Write numbers one by one; a unit that they share is behind the last."""
    shared = len({c.unit for c in cells}) == 1 and cells[0].unit != "percent"
    return [number(c) if shared else format_amount(c) for c in cells[:-1]] + [format_amount(cells[-1])]


def format_compared(cell: Cell) -> str:
    """Write a number or word as it is compared; a date with the name of its month."""
    return (
        dates.format_date(cell.text)
        if cell.unit == "date" and cell.text[:1].isdigit()
        else number(cell)
    )


def format_side(one: Side, unit: str | None, *, plain: bool = False) -> str:
    """Write one side of a comparison: a number, or the arithmetic with what its numbers are of.

    Parameters
    ----------
    one : Side
        The side.
    unit : str or None
        The unit in which it is shown.
    plain : bool, optional
        The result alone, without arithmetic.

    Returns
    -------
    str
        For readers.
    """
    if len(one.cells) == 1:
        return format_amount(one.cells[0]) if plain else format_described(one.cells[0])
    text = f"{one.written()} = {show(one.total(unit))}"
    cells = list(dict.fromkeys(one.cells))
    if len(cells) > NAMED or not any(map(describe, cells)):
        return text
    return f"{text} ({'; '.join(f'{number(c)} {describe(c)}'.strip() for c in cells)})"


def relation(rule: str, left: Fraction, right: Fraction, *, holds: bool, many: bool = False) -> str:
    """Return how two numbers compare, in the direction that the rule asks about.

    Parameters
    ----------
    rule : str
        What is asked: a key of ``HOLDS``.
    left, right : Fraction
        The numbers, in one unit.
    holds : bool
        Whether the rule is kept.
    many : bool, optional
        Plural.

    Returns
    -------
    str
        For instance *is below*.
    """
    verb = "are" if many else "is"
    if holds:
        return f"{verb} {HOLDS[rule]}"
    if left == right:
        return f"{verb} not {HOLDS[rule]}"
    return f"{verb} {'less' if left < right else 'more'} than"


def format_comparison(
    rule: str, sides: Sequence[Side], unit: str | None, *, holds: bool
) -> tuple[str, str]:
    """Write a comparison of two sides: in short, and as a sentence with what the numbers are of.

    Parameters
    ----------
    rule : str
        What is asked: a key of ``HOLDS``.
    sides : sequence of Side
        Two sides.
    unit : str or None
        The unit in which they are shown.
    holds : bool
        Whether the rule is kept.

    Returns
    -------
    tuple of str
        The short form, and the sentence.
    """
    left, right = (s.total(unit) for s in sides)
    verb = relation(rule, left, right, holds=holds)
    plain = (
        len({describe(c) for s in sides for c in s.cells}) == 1
    )  # both of the same: need not be said
    first, second = (format_side(s, unit, plain=plain) for s in sides)
    return f"{show(left)} against {show(right)}", f"{first} {verb} {second}"


def format_bound(
    rule: str, cells: Sequence[Cell], wrong: Sequence[Cell], bound: Fraction, written: str
) -> str:
    """Write that numbers keep a bound, or which of them do not.

    Parameters
    ----------
    rule : str
        What is asked: a key of ``HOLDS``.
    cells : sequence of Cell
        All cells compared.
    wrong : sequence of Cell
        Those that break the bound.
    bound : Fraction
        The bound, exact.
    written : str
        The bound, for readers.

    Returns
    -------
    str
        A clause.
    """
    reported = wrong or cells
    first = reported[0].number or Fraction(0)
    verb = relation(rule, first, bound, holds=not wrong, many=len(reported) > 1)
    if wrong and len(reported) > 1:
        verb = f"are not {HOLDS[rule]}"
    if bound == 0 and wrong and first == 0:
        whole = join_words([describe(c) or number(c) for c in reported])
        return f"none is counted ({whole})"
    every = "all of " if len(reported) > 1 and not wrong else ""
    of = f" ({len(wrong)} of {len(cells)})" if wrong and len(cells) > 1 else ""
    return f"{every}{format_list(reported)} {verb} {written}{of}"


def format_tally(word: str | None, cells: Sequence[Cell], hits: Sequence[Cell]) -> tuple[str, str]:
    """Write how many cells are a word, in short and in full: ``partial response in 5 of 7``.

    Parameters
    ----------
    word : str or None
        The word counted, several joined by ``|``; None for whatever is given.
    cells : sequence of Cell
        All cells looked at.
    hits : sequence of Cell
        Those that hold the word.

    Returns
    -------
    tuple of str
        The short form, and the full one.
    """
    of = f"{len(hits)} of {len(cells)}"
    if word is None:
        return (f"given in {of}",) * 2
    words, column = word.split("|"), cells[0].column
    if len(words) > SEVERAL_WORDS:
        return of, f"{of}: {join_words(list(dict.fromkeys(map(number, hits))))}"
    shown = [FLAGS.get(column, {}).get(w) or SCALES.get(w, w.replace("_", " ")) for w in words]
    what = " or ".join(shown)
    if column in COUNTS and not hits:
        return (f"none of {len(cells)} is {what}",) * 2
    if column in COUNTS:
        reported = describe(hits[0]) if len(hits) == 1 else ""
        return f"{what} in {of}", f"{what} in {of}" + f" ({reported})" * bool(reported)
    if hits and hits[0].unit and hits[0].number is not None:
        what = format_amount(hits[0])
    elif all(w.isdecimal() for w in words) and column not in FLAGS:
        what = f"{column.replace('_', ' ')} {what}"
    if cells[0].table == "adverse_events" and not any(map(_is_patient, cells)):
        # Kinds of harm that a table lists: neither patients nor events.
        places = {c.locator.partition(",")[:2] for c in cells}
        where, inside = next(iter(places)) if len(places) == 1 else ("", "")
        rows = f"rows of {where}" if inside else "rows"
        some = f"{len(hits)} of the {len(cells)}" if hits else f"none of the {len(cells)}"
        return (f"{what} in {some} {rows}",) * 2
    return (f"{what} in {of}",) * 2


def _is_patient(cell: Cell) -> bool:
    return cell.row.get("patient", "not_applicable") != "not_applicable"


def format_others(cells: Sequence[Cell], hits: Iterable[Cell]) -> str:
    """Write what the cells say that are no hit, each thing once; empty if there are none.

    Parameters
    ----------
    cells : sequence of Cell
        All cells looked at.
    hits : iterable of Cell
        Those that hold the word.

    Returns
    -------
    str
        Begins with ``; the rest``.
    """
    found = set(hits)
    others = [c for c in cells if c not in found]
    if not others:
        return ""
    if others[0].column in COUNTS:
        return f"; the rest: {format_list(others)}"
    words = dict.fromkeys(FLAGS.get(c.column, {}).get(c.text) or number(c) for c in others)
    return f"; the rest: {join_words(list(words))}"
