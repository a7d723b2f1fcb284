"""Audit any paper: one table of claims in, a verdict for each out.

A row holds what is printed, the kind of claim and the numbers it should follow from::

    claim,place,kind,printed,from
    responders,Table 2,percentage,36.9%,count = 31; n = 84

Every usual convention, variant of a test and rounding of the inputs is tried before a number is called
wrong, and what fits is named. Nothing here reads ``data/``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isfinite
from pathlib import Path

from living_review.audit import rounding
from living_review.audit.inputs import InputError, Inputs
from living_review.audit.outcome import ARITHMETIC, NOT_CHECKABLE, TEXT_AND_TABLE
from living_review.audit.paper_kinds import KINDS, Kind
from living_review.audit.printed import Figure, figures
from living_review.audit.reading import DECISION, LAST_DIGIT, OTHER, Check

NEEDED = ("kind", "printed", "from")
OPTIONAL = ("claim", "place", "materiality", "note")
MATERIALITY = ("material", "minor", "wording")
TO_JUDGE = "to be judged"
VERDICTS = (
    rounding.REPRODUCED,
    rounding.TRUNCATED,
    rounding.ROUNDING,
    OTHER,
    NOT_CHECKABLE,
    LAST_DIGIT,
    TEXT_AND_TABLE,
    ARITHMETIC,
    DECISION,
)
FINDINGS = (LAST_DIGIT, TEXT_AND_TABLE, ARITHMETIC, DECISION)
MOST_BYTES = 20_000_000


class InvalidPaperError(Exception):
    """A table of claims that cannot be read; lists every problem with row and column."""


@dataclass(frozen=True)
class PaperResult:
    """What the audit says of one claim.

    Attributes
    ----------
    claim, place, kind, printed, inputs : str
        As in the table; a claim without a name has that of its row.
    recomputed : str
        What the inputs give as printed.
    verdict : str
        One of :data:`VERDICTS`.
    explanation : str
        The convention that fits, or what else would give the printed number.
    arithmetic : str
        The computation in words.
    power : float or None
        The chance that a wrong digit would have been seen, from 0 to 1; None if nothing was checked.
    materiality : str
        Of a finding: ``material``, ``minor``, ``wording`` or ``to be judged``; else empty.
    row : int
        Row of the table, the heading being 1.
    note : str
        As in the table.
    """

    claim: str
    place: str
    kind: str
    printed: str
    inputs: str
    recomputed: str
    verdict: str
    explanation: str
    arithmetic: str
    power: float | None
    materiality: str
    row: int
    note: str = ""

    @property
    def is_finding(self) -> bool:
        """Whether no usual method gives the printed number."""
        return self.verdict in FINDINGS

    def as_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        return asdict(self)


def read(path: Path | str) -> list[dict[str, str]]:
    """Read a table of claims.

    Parameters
    ----------
    path : path
        A CSV file in UTF-8 with a heading; see the module. Empty rows are left out.

    Returns
    -------
    list of dict
        One for each row, with its number under ``row``.

    Raises
    ------
    InvalidPaperError
        If the file cannot be read, a column is missing or unknown, or a row is too long.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidPaperError(f"{path}: {error.strerror or error}; name a CSV file") from error
    if len(raw) > MOST_BYTES:
        raise InvalidPaperError(f"{path}: {len(raw):,} bytes; expected at most {MOST_BYTES:,}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InvalidPaperError(
            f"{path}, line {line}: not UTF-8; save the file as CSV UTF-8"
        ) from error
    try:
        return list(_rows(text, path))
    except csv.Error as error:
        raise InvalidPaperError(f"{path}: not a CSV file: {error}") from error


def _rows(text: str, path: Path) -> Iterable[dict[str, str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    heading = [name.strip() for name in next(reader, [])]
    faults = [f"column {name!r} is missing" for name in NEEDED if name not in heading]
    known = (*NEEDED, *OPTIONAL)
    faults += [
        f"column {n!r} is unknown; there are {', '.join(known)}" for n in heading if n not in known
    ]
    faults += [f"column {n!r} is there twice" for n in dict.fromkeys(heading) if heading.count(n) > 1]
    if faults:
        hint = "; separate columns by commas" if len(heading) == 1 and ";" in heading[0] else ""
        raise InvalidPaperError("\n".join(f"{path}, row 1: {fault}{hint}" for fault in faults))
    wrong = []
    rows = []
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(heading):
            wrong.append(
                f"{path}, row {number}: {len(cells)} cells; expected {len(heading)} "
                "(put a cell that holds a comma in double quotes)"
            )
        row = dict(zip(heading, (cell.strip() for cell in cells), strict=False))
        rows.append({"row": str(number), **row})
    if wrong:
        raise InvalidPaperError("\n".join(wrong))
    return rows


def audit_paper(source: Path | str | Iterable[Mapping[str, str]]) -> list[PaperResult]:
    """Check every claim of a paper.

    Parameters
    ----------
    source : path or iterable of mapping
        A CSV file (:func:`read`), or rows with the same columns: ``kind``, ``printed``, ``from`` and,
        if wanted, ``claim``, ``place``, ``materiality`` and ``note``.

    Returns
    -------
    list of PaperResult
        In the order of the rows.

    Raises
    ------
    InvalidPaperError
        If claims cannot be checked as they are written; the message lists all, with row and column.

    Examples
    --------
    >>> rows = [{"kind": "p_value", "printed": "p = .02", "from": "t = 2.31; df = 48"}]
    >>> [(r.verdict, r.recomputed) for r in audit_paper(rows)]
    [('reproduced by truncation', '0.02523')]
    """
    if isinstance(source, (str, Path)):
        rows: list[Mapping[str, str]] = list(read(source))
        name = f"{source}, "
    else:
        rows, name = list(source), ""
    results, faults = [], []
    seen: dict[str, int] = {}
    for position, row in enumerate(rows, start=2):
        number = int(row.get("row", position))
        label = row.get("claim") or f"row {number}"
        if label in seen:
            faults.append(
                f"{name}row {number}, column claim: {label!r} is also the name of row {seen[label]}"
            )
        seen[label] = number
        try:
            results.append(check(row, number, label))
        except ColumnError as fault:
            faults.append(f"{name}row {number}, column {fault.column}: {fault}")
    if faults:
        raise InvalidPaperError("\n".join(faults))
    return results


class ColumnError(Exception):
    """A cell that cannot be used; :attr:`column` names its column."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def check(row: Mapping[str, str], number: int, label: str) -> PaperResult:
    """Check one claim.

    Parameters
    ----------
    row : mapping of str to str
        Column and text of the row.
    number : int
        Line of the row in the file.
    label : str
        How messages call the claim.

    Returns
    -------
    PaperResult
        Verdict and arithmetic.

    Raises
    ------
    ColumnError
        If a cell cannot be used.
    """
    kind = KINDS.get(row.get("kind", ""))
    if kind is None:
        raise ColumnError("kind", f"{row.get('kind', '')!r}; there are {', '.join(KINDS)}")
    word = row.get("materiality", "")
    if word and word not in MATERIALITY:
        raise ColumnError(
            "materiality", f"{word!r}; there are {', '.join(MATERIALITY)}, or leave it empty"
        )
    try:
        given = Inputs(row.get("from", ""), kind.names or ("n",))
        prepared = kind.check(given)
    except InputError as error:
        raise ColumnError("from", str(error)) from error
    printed = _printed(row.get("printed", ""), kind, given)
    if prepared.unsigned:
        printed = [replace(f, value=abs(f.value)) for f in printed]
    try:
        verdict, explanation = _verdict(prepared, printed)
        power = prepared.power(printed) if verdict != NOT_CHECKABLE else None
    except InputError as error:
        raise ColumnError("printed", str(error)) from error
    return PaperResult(
        claim=label,
        place=row.get("place", ""),
        kind=kind.name,
        printed=row["printed"],
        inputs=row.get("from", ""),
        recomputed=_recomputed(prepared, len(printed)),
        verdict=verdict,
        explanation=explanation,
        arithmetic=prepared.arithmetic,
        power=power,
        materiality=_materiality(verdict, word),
        row=number,
        note=row.get("note", ""),
    )


def _printed(text: str, kind: Kind, given: Inputs) -> list[Figure]:
    try:
        found = figures(text, given.texts.get("alpha", "0.05"))
    except ValueError as error:
        raise ColumnError("printed", str(error)) from error
    if len(found) not in kind.numbers:
        numbers = " or ".join(map(str, kind.numbers)) if len(kind.numbers) < 4 else "one or more"
        raise ColumnError(
            "printed", f"{text!r} holds {len(found)} numbers; {kind.name} expects {numbers}"
        )
    if kind.name in P_KINDS and not 0 <= found[0].value <= 1 and "gives" not in given:
        raise ColumnError("printed", f"{text!r}: a p value lies from 0 to 1")
    return found


P_KINDS = ("p_value", "p_from_interval", "table_test", "mann_whitney", "t_test")


def _verdict(prepared: Check, printed: Sequence[Figure]) -> tuple[str, str]:
    if found := prepared.fit(printed):
        return found.verdict, found.how
    if prepared.unclear or not (prepared.readings or prepared.possible):
        return NOT_CHECKABLE, prepared.unclear
    verdict = prepared.misfit(printed)
    return verdict, prepared.explain(printed) if prepared.explain else ""


def _recomputed(prepared: Check, numbers: int) -> str:
    if prepared.shown or not prepared.readings:
        return prepared.shown
    return ", ".join(_written(x) for x in prepared.readings[0].values[:numbers])


def _written(x: float) -> str:
    if not isfinite(x) or abs(x) > 1e299:
        return "no limit"
    if x == round(x) and abs(x) < 1e15:
        return f"{x:.0f}"
    return f"{x:.4g}" if abs(x) >= 1e-4 else f"{x:.2e}"


def _materiality(verdict: str, said: str) -> str:
    """State how much a finding matters: as the table says, else by what a computer can see."""
    if verdict not in FINDINGS:
        return ""
    if said:
        return said
    return {DECISION: "material", LAST_DIGIT: "minor"}.get(verdict, TO_JUDGE)
