"""Results as text: csv, json and Markdown, the same columns in each."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

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
    if form == "json":
        return json.dumps([r.as_dict() for r in results], indent=2, ensure_ascii=False)
    lines = [[str(row[c]) for c in COLUMNS] for row in map(as_row, results)]
    if form == "csv":
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows([COLUMNS, *lines])
        return stream.getvalue().rstrip("\n")
    if form != "md":
        raise ValueError(f"form {form!r}: csv, json or md")
    head = [list(COLUMNS), ["---"] * len(COLUMNS)]
    return "\n".join("| " + " | ".join(map(_escape, line)) + " |" for line in head + lines)


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
    lines = [
        f"{r.study}/{r.claim}: accepted {r.accepted!r}, computed {r.verdict!r}: {r.arithmetic}"
        for r in results
    ]
    lines.append(
        f"{len(results)} verdicts differ from those in claims.csv: correct the data, or accept the new "
        "verdict there"
    )
    return "\n".join(lines)
