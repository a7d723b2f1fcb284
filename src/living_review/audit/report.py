"""Results as text: csv, json and Markdown, the same columns in each."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence

from living_review.audit.engine import Result

COLUMNS = (
    "study",
    "claim",
    "locator",
    "printed",
    "recomputed",
    "verdict",
    "arithmetic",
    "explanation",
)
JUDGED = "judged by reading"


def render(results: Sequence[Result], form: str) -> str:
    """Return results as text.

    Parameters
    ----------
    results : sequence of Result
        From :func:`living_review.audit.audit`.
    form : {'csv', 'json', 'md'}
        ``json`` also holds kind, accepted verdict, references and what the search found.

    Returns
    -------
    str
        One line for each claim in ``csv`` and ``md``; no line end after the last.
    """
    return "\n".join(lines(results, form))


def lines(results: Iterable[Result], form: str) -> Iterator[str]:
    """Yield the text of :func:`render` in pieces, a result at a time, no line ends between.

    Parameters
    ----------
    results : iterable of Result
        From :func:`living_review.audit.stream`.
    form : {"csv", "md", "json"}
        As for :func:`render`.

    Returns
    -------
    iterator of str
        Pieces of the text.
    """
    if form == "json":
        before = "["
        for result in results:
            yield before
            text = json.dumps(result.as_dict(), indent=2, ensure_ascii=False).replace("\n", "\n  ")
            before = f"  {text},"
        yield "[]" if before == "[" else f"{before[:-1]}\n]"
        return
    if form not in ("csv", "md"):
        raise ValueError(f"form {form!r}: csv, json or md")
    write = _as_csv if form == "csv" else _as_markdown
    yield write(COLUMNS)
    if form == "md":
        yield write(["---"] * len(COLUMNS))
    for row in map(as_row, results):
        yield write([str(row[c]) for c in COLUMNS])


def _as_csv(cells: Sequence[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(cells)
    return stream.getvalue().removesuffix("\n")


def _as_markdown(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(_escape, cells)) + " |"


def as_row(result: Result) -> dict[str, str]:
    """Return the eight columns of a result; a judged statement says so in place of a value."""
    return {
        "study": result.study,
        "claim": result.claim,
        "locator": result.locator,
        "printed": result.printed,
        "recomputed": JUDGED if result.judged else result.recomputed,
        "verdict": result.verdict,
        "arithmetic": result.arithmetic,
        "explanation": result.explanation,
    }


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def changes(results: Sequence[Result]) -> str:
    """Return one line for each result that is not what was accepted, with what to do."""
    told = [
        f"{r.study}/{r.claim}: accepted {r.accepted!r}, computed {r.verdict!r}: {r.arithmetic}"
        for r in results
    ]
    told.append(
        f"{len(results)} verdicts differ from those in claims.csv: correct the data, or accept the new "
        "verdict there"
    )
    return "\n".join(told)
