"""Data frame in, accessible HTML out: caption, scoped headers, aligned numbers, a frame to scroll."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

import pandas as pd

NUMBER = re.compile(r"^[<>≤≥~]?\s*[-−+]?\d[\d,.\s]*\s*(%|\([^)]*\))?$")
WORDS_FOR_NA = "not reported"


def cell(value: object) -> str:
    """Return what a reader sees for a value: no ``nan``, no ``inf``, true minus signs.

    Strings that are already HTML (made by :class:`Html`) pass; everything else is escaped.
    """
    if isinstance(value, Html):
        return str(value)
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return WORDS_FOR_NA
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            return "not reached"
        value = f"{value:.10g}"
    text = str(value)
    if re.fullmatch(r"-\d[\d.,]*%?", text):
        text = "−" + text[1:]
    if text == "not_applicable":  # the question does not arise: a dash, read out in words
        return '<span role="img" aria-label="not applicable">–</span>'
    if text in ("not_reported", "not_evaluable", "ambiguous"):
        text = text.replace("_", " ")
    return html.escape(text, quote=False)


class Html(str):
    """Text that is already HTML and must not be escaped again."""


def _is_numeric(values: Sequence[str]) -> bool:
    shown = [v for v in values if v and v not in (WORDS_FOR_NA, "not applicable", "–", "not reached")]
    return bool(shown) and all(NUMBER.match(re.sub(r"<[^>]+>", "", v)) for v in shown)


def to_html(
    frame: pd.DataFrame,
    caption: str,
    name: str,
    *,
    note: str | None = None,
    row_header: bool = True,
    classes: str = "",
) -> str:
    """Return a table as HTML.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per row; column names are shown as they are.
    caption : str
        What the table shows and of whom.
    name : str
        The ``id`` of the table, for links; unique on the page.
    note : str, optional
        Shown under the table.
    row_header : bool
        Whether the first column names the row (a ``th`` with ``scope="row"``).
    classes : str
        Further CSS classes.

    Returns
    -------
    str
        A ``div`` that scrolls by itself (focusable, so that a keyboard can scroll it) with the
        table inside; rows carry no index.
    """
    columns = [str(c) for c in frame.columns]
    body = [[cell(v) for v in row] for row in frame.itertuples(index=False, name=None)]
    numeric = [_is_numeric([row[i] for row in body]) for i in range(len(columns))]
    out = [
        f'<div class="{f"lr-table {classes}".strip()}" id="{name}" role="region" tabindex="0" '
        f'aria-labelledby="{name}-caption">',
        "<table>",
        f'<caption id="{name}-caption">{html.escape(caption, quote=False)}</caption>',
        "<thead><tr>",
    ]
    for i, column in enumerate(columns):
        kind = ' class="n"' if numeric[i] else ""
        out.append(f'<th scope="col"{kind}>{html.escape(column, quote=False)}</th>')
    out.append("</tr></thead>")
    out.append("<tbody>")
    for row in body:
        cells = []
        for i, text in enumerate(row):
            kind = ' class="n"' if numeric[i] else ""
            tag = 'th scope="row"' if row_header and i == 0 else "td"
            cells.append(f"<{tag}{kind}>{text}</{tag.split()[0]}>")
        out.append("<tr>" + "".join(cells) + "</tr>")
    out += ["</tbody>", "</table>", "</div>"]
    if note:
        out.append(f'<p class="lr-note">{html.escape(note, quote=False)}</p>')
    return "\n".join(out)
