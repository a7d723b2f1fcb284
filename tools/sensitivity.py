"""What the sentences of a chapter's answer rest on, found out by changing the evidence.

The cells that make *The answer* and *In plain language* are run in this process on evidence that is
changed in memory: a sentence that says the same whatever becomes of the rows it cites rests on nothing.
How far a row would have to move before a sentence says something else in words is its tipping value.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from unittest import mock

import pandas as pd

from living_review.evidence import Review, Study, load
from living_review.evidence.model import write_rows
from living_review.report import chapter, citing, context, display, prose, sections

END = "## At a glance"  # the cells before it make the answer
HELD = "\ue003"  # represents a mark while sentences are split
SENTENCE = re.compile(f"(?<=[.!?])\\s+(?=[A-Z({HELD}])")
DIGITS = re.compile(
    r"\d[\d.,]*|\b(?:none|nobody|no|one|two|three|four|five|six|seven|eight|nine|ten)\b"
)
# What the opposite of a coded word is; a word that is not here has none.
OPPOSITE = {
    "better": "worse",
    "worse": "better",
    "no_change": "better",
    "unchanged": "better",
    "complete_response": "progressive_disease",
    "partial_response": "progressive_disease",
    "stable_disease": "partial_response",
    "progressive_disease": "partial_response",
}
CODED = ("direction", "category")
COUNTS = ("events", "patients", "n")  # whole numbers from none to everyone
MEASURED = ("value", "time", "dose", "lower", "upper", "age_years")
FACTORS = (0.0, 0.25, 0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2.0, 4.0, 10.0)
STEPS = 12  # halvings of the interval in which the words change


class Sentence(NamedTuple):
    """A sentence of a chapter's answer: where it is, what it says, and the rows it cites."""

    study: str
    slot: str
    text: str
    rows: tuple[str, ...]


class Tip(NamedTuple):
    """How far a number would have to move before the answer says something else in words.

    Attributes
    ----------
    study, row, column : str
        Which number of which row.
    now : float
        What the row says.
    lower, upper : float or None
        The nearest values found below and above at which a sentence that cites the row has other words,
        or at which the chapter refuses to be made; None if there is none.
    slots : tuple of str
        The sentences that cite the row.
    """

    study: str
    row: str
    column: str
    now: float
    lower: float | None
    upper: float | None
    slots: tuple[str, ...]


def answer(review: Review, study_id: str) -> list[Sentence]:
    """Return the sentences with which a chapter answers, made anew from the review as it is.

    The two lines that the review computes for every chapter in the same way, how sure and what later
    studies say, are not among them: their rules have tests and tipping values of their own.

    Parameters
    ----------
    review : Review
        Perhaps with tables that were changed in memory (:meth:`Study.read_as`).
    study_id : str

    Returns
    -------
    list of Sentence
        Those of *The answer* by the name of the line, those of *In plain language* by their number.

    Raises
    ------
    Exception
        Whatever a cell raises: a chapter that cannot be made from such evidence says so.
    """
    path = review.root / "notebooks" / f"{study_id}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    cited: dict[str, tuple[str, ...]] = {}
    shown: list[tuple[str, str]] = []

    def cite(study: Study, text: object, *evidence: citing.Evidence, **how: Any) -> str:  # noqa: ANN401
        marked = original(study, text, *evidence, **how)
        cited[_one_line(marked)] = tuple(dict.fromkeys(citing.references(study, evidence)))
        return marked

    def text(markdown: str) -> display.HtmlOutput:
        said = enumerate(sentences(markdown), start=1)
        shown.extend((f"plain {place}", sentence) for place, sentence in said)
        return display.HtmlOutput("", "")

    def lines(said: Mapping[str, str]) -> display.HtmlOutput:
        shown.extend((name, _one_line(str(words))) for name, words in said.items() if words)
        return display.HtmlOutput("", "")

    original = citing.cite
    with contextlib.ExitStack() as changed:
        for of, name, new in (
            (citing, "cite", cite),
            (display, "answer", lines),
            (display, "text", text),
            (context, "verdict_line", lambda *_: ""),
            (sections, "how_sure", lambda *_: ""),
            (
                chapter,
                "start",
                lambda name, values=None: chapter.Chapter(review, review.study(name), values),
            ),
        ):
            changed.enter_context(mock.patch.object(of, name, new))
        _run(_answering(cells), {})
    return [
        Sentence(
            study_id,
            slot,
            citing.plain(said),
            tuple(dict.fromkeys(row for mark, rows in cited.items() if mark in said for row in rows)),
        )
        for slot, said in shown
    ]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, whose marks are not broken.

    Parameters
    ----------
    text : str
        Prose, perhaps with marks of :mod:`.citing`.

    Returns
    -------
    list of str
        Each on one line.
    """
    marks = [match[0] for match in citing.MARKED.finditer(text)]
    held = iter(range(len(marks)))
    parts = SENTENCE.split(_one_line(citing.MARKED.sub(lambda _: f"{HELD}{next(held)}{HELD}", text)))
    back = re.compile(f"{HELD}(\\d+){HELD}")
    return [back.sub(lambda match: _one_line(marks[int(match[1])]), part) for part in parts]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _answering(cells: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the code up to the end of the answer."""
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            yield source
        elif source.startswith(END):
            return


def _run(sources: Iterator[str], names: dict[str, Any]) -> None:
    for source in sources:
        exec(compile(ast.parse(source), "a chapter", "exec"), names)


# --- The evidence, changed ------------------------------------------------------------------------


def flipped(study: Study, reference: str) -> pd.DataFrame:
    """Return a table of the study with one row that says the opposite.

    Parameters
    ----------
    study : Study
    reference : str
        ``table/id``.

    Returns
    -------
    pandas.DataFrame
        Coded words are their opposites, a count is of the others (or one more, where that is the same),
        an event did not happen, a measured value is doubled, and what was printed is other digits. Rows
        that print the same once more say it too.
    """
    table, frame, _ = _place(study, reference)
    for place in _same(frame, reference.partition("/")[2]):
        _flip(table, frame, place)
    return frame


def _same(frame: pd.DataFrame, row_id: str) -> list[int]:
    """Return where a row is, and the rows that print the same quantity."""
    row = frame[frame["id"] == row_id].iloc[0]
    if "same_as" not in frame:
        return [int(row.name)]
    first = row_id if row["same_as"] not in set(frame["id"]) else row["same_as"]
    return [int(i) for i in frame.index[(frame["id"] == first) | (frame["same_as"] == first)]]


def _flip(table: str, frame: pd.DataFrame, place: int) -> None:
    row = frame.loc[place]
    new: dict[str, Any] = {}
    for column in set(CODED) & set(frame):
        new[column] = OPPOSITE.get(row[column], row[column])
    count = next((c for c in COUNTS if c in frame and pd.notna(row[c])), None)
    if count and table in ("outcomes", "counts", "adverse_events"):
        of = row["n"] if count != "n" else row.get("denominator")
        others = of - row[count] if pd.notna(of) else 0 if row[count] else 1
        new[count] = others if others != row[count] else row[count] + 1
    if "event" in frame and pd.notna(row["event"]):
        new["event"] = 1 - row["event"]
    for column in set(MEASURED) & set(frame):
        new[column] = _doubled(row[column])
    for column in {"printed", "unit"} & set(frame):
        new[column] = f"{row[column]} 7"
    for column, value in new.items():
        frame.loc[place, column] = value


def _doubled(value: Any) -> Any:  # noqa: ANN401  (a number, or a time as text)
    if isinstance(value, str):
        return f"{float(value) * 2 + 1:g}" if re.fullmatch(r"\d+(\.\d+)?", value) else value
    return value * 2 + 1 if pd.notna(value) else value


def without(study: Study, reference: str) -> pd.DataFrame:
    """Return a table of the study without one row and those that print the same quantity.

    Parameters
    ----------
    study : Study
    reference : str
        ``table/id``.
    """
    _, frame, _ = _place(study, reference)
    return frame.drop(_same(frame, reference.partition("/")[2])).reset_index(drop=True)


def _place(study: Study, reference: str) -> tuple[str, pd.DataFrame, int]:
    table, _, row_id = reference.partition("/")
    frame = study.table(table)
    return table, frame, int(frame.index[frame["id"] == row_id][0])


def said_with(review: Review, study_id: str, reference: str, frame: pd.DataFrame) -> dict[str, str]:
    """Return what each sentence says when the table of a row is another.

    Parameters
    ----------
    review : Review
        Left as it was.
    study_id : str
    reference : str
        ``table/id``: its table is replaced.
    frame : pandas.DataFrame
        The table in its place.

    Returns
    -------
    dict of str to str
        Text by slot; empty if the chapter cannot be made from such evidence.
    """
    study = review.study(study_id)
    table = reference.partition("/")[0]
    before = study.table(table)
    study.read_as(table, frame)
    try:
        return {sentence.slot: sentence.text for sentence in answer(review, study_id)}
    except Exception:  # whatever a cell says of evidence it was not written for: it is not shown
        return {}
    finally:
        study.read_as(table, before)


def unmoved(review: Review, study_id: str) -> list[tuple[Sentence, str]]:
    """Return sentences and rows they cite that may say the opposite, or be gone, with no word changed.

    Parameters
    ----------
    review : Review
    study_id : str

    Returns
    -------
    list of tuple of Sentence and str
        Empty if each sentence rests on each row that it cites.
    """
    study, said = review.study(study_id), answer(review, study_id)
    found = []
    for row in dict.fromkeys(row for sentence in said for row in sentence.rows):
        changed = [said_with(review, study_id, row, make(study, row)) for make in (flipped, without)]
        found += [
            (sentence, row)
            for sentence in said
            if row in sentence.rows
            and all(after.get(sentence.slot) == sentence.text for after in changed)
        ]
    return found


# --- How far a number would have to move ----------------------------------------------------------


def tips(review: Review, study_id: str) -> list[Tip]:
    """Return how far each number that is cited would have to move before a sentence changes.

    Parameters
    ----------
    review : Review
    study_id : str

    Returns
    -------
    list of Tip
        One for each count, value or time in the rows that are cited, found by moving it and making the
        sentences anew. That the number itself would be another is no change of the words.
    """
    study, said = review.study(study_id), answer(review, study_id)
    found = []
    for row in dict.fromkeys(row for sentence in said for row in sentence.rows):
        table, frame, place = _place(study, row)
        columns = _movable(table, frame.loc[place])
        found += [_tip(review, study_id, said, row, column) for column in columns]
    return found


def _movable(table: str, row: pd.Series) -> list[str]:
    known = {"adverse_events": "patients", "outcomes": "events", "counts": "n", "events": "time"}
    column = known.get(table, "value")
    if column not in row or pd.isna(row[column]):
        return []
    text = isinstance(row[column], str) and not re.fullmatch(r"\d+(\.\d+)?", row[column])
    return [] if text else [column]


def _tip(review: Review, study_id: str, said: list[Sentence], row: str, column: str) -> Tip:
    study = review.study(study_id)
    _, frame, place = _place(study, row)
    kind, now = type(frame.loc[place, column]), float(frame.loc[place, column])
    slots = tuple(sentence.slot for sentence in said if row in sentence.rows)
    before = {sentence.slot: DIGITS.sub("#", sentence.text) for sentence in said}

    def same(value: float) -> bool:
        moved = frame.copy()
        moved.loc[place, column] = f"{value:g}" if kind is str else value
        after = said_with(review, study_id, row, moved)
        return all(DIGITS.sub("#", after.get(slot, "")) == before[slot] for slot in slots)

    whole = column in COUNTS
    limit = _everyone(frame.loc[place], column) if whole else 0
    sides = _candidates(now, limit, whole=whole)
    below, above = (_nearest(same, now, side, whole=whole) for side in sides)
    return Tip(study_id, row, column, now, below, above, slots)


def _everyone(row: pd.Series, column: str) -> float:
    of = row.get("denominator" if column == "n" else "n")
    return float(of) if of is not None and pd.notna(of) else float(row[column]) * 2


def _candidates(now: float, limit: float, *, whole: bool) -> tuple[list[float], list[float]]:
    """Return values to try below and above, the nearest first."""
    if whole:
        below, above = range(int(now) - 1, -1, -1), range(int(now) + 1, int(limit) + 1)
        return [float(v) for v in below], [float(v) for v in above]
    values = [now * factor for factor in FACTORS]
    return [v for v in reversed(values) if v < now], [v for v in values if v > now]


def _nearest(
    same: Callable[[float], bool], now: float, tried: list[float], *, whole: bool
) -> float | None:
    """Return the nearest value at which the words are others, found by halving between two tried."""
    inside = now
    for outside in tried:
        if not same(outside):
            break
        inside = outside
    else:
        return None
    for _ in range(0 if whole else STEPS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if same(middle) else (inside, middle)
    return outside


# --- The file that the cards show -----------------------------------------------------------------

COLUMNS = ("study_id", "row", "column", "now", "lower", "upper", "sentences", "fingerprint")


def fingerprint(review: Review, study_id: str) -> str:
    """Return a digest of what the tipping values of a study rest on: evidence, cells, prose.

    Parameters
    ----------
    review : Review
    study_id : str
    """
    path = review.root / "notebooks" / f"{study_id}.ipynb"
    cells = list(_answering(json.loads(path.read_text(encoding="utf-8"))["cells"]))
    text = (review.root / prose.FOLDER / f"{study_id}.md").read_text(encoding="utf-8")
    said = [part for name, part in prose.parts(text).items() if name.startswith(("answer", "plain"))]
    total = hashlib.sha256(json.dumps([review.study(study_id).digest, cells, said]).encode())
    return total.hexdigest()[:12]


def rows(review: Review, study_id: str) -> list[list[str]]:
    """Return the lines of ``data/review/tipping.csv`` for a study.

    Parameters
    ----------
    review : Review
    study_id : str

    Returns
    -------
    list of list of str
        As :data:`COLUMNS`; a value is printed to three significant digits.
    """
    mark = fingerprint(review, study_id)
    return [
        [
            study_id,
            tip.row,
            tip.column,
            f"{tip.now:g}",
            *(
                "not_applicable" if v is None else f"{float(f'{v:.3g}'):g}"
                for v in (tip.lower, tip.upper)
            ),
            "; ".join(tip.slots),
            mark,
        ]
        for tip in tips(review, study_id)
    ]


def main(arguments: list[str] | None = None) -> int:
    """State which sentences rest on nothing; with ``--write``, write the tipping values."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write data/review/tipping.csv")
    options = parser.parse_args(arguments)
    review = load()
    idle = [
        f"{study}: {sentence.slot}: may stay although {row} says the opposite: {sentence.text}"
        for study in review.study_ids
        for sentence, row in unmoved(review, study)
    ]
    print("\n".join(idle) or "Each sentence changes with each row that it cites.")
    if options.write:
        lines = [line for study in review.study_ids for line in rows(review, study)]
        write_rows(review.data / "review" / "tipping.csv", [list(COLUMNS), *lines])
    return 1 if idle else 0


if __name__ == "__main__":
    raise SystemExit(main())
