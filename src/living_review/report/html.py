"""Data frame in, accessible HTML out: caption, scoped headers, aligned numbers, a frame to scroll."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup, escape

from living_review.evidence import codes
from living_review.report import citing

DATE = re.compile(r"\d{4}-\d\d(-\d\d)?")
NUMBER = re.compile(r"^[<>≤≥~]?\s*[-−+]?\d[\d,.\s]*\s*(%|\([^)]*\))?$")
INTERVAL = re.compile(r"(\d+% CI )?\d[\d.]*% to \d|\d+% CI \d[\d.]* to \d")
WORDS_FOR_NA = "not reported"
# Cells that hold no finding are set back, so that the eye meets those that do.
NOTHING = {
    WORDS_FOR_NA,
    "not applicable",
    "not evaluable",
    "not printed",
    "not computed",
    "not assessable",
    "–",
}
# Characters: a cell of more than SHORT takes a line of its own on a phone; SHORT cells are paired
# there, SHORTEST ones three to a line.
SHORT, SHORTEST = 27, 15
LONG = 60  # characters; columns with a longer cell are widened, two at most
# A table stays one on a phone if its columns fit: CSS pixels of text, of a letter, between columns.
PHONE, LETTER, GAP = 356, 7.4, 13


def format_cell(value: object) -> Markup:
    """Return what a reader sees for a value: no ``nan``, no ``inf``, true minus signs.

    What is HTML already (:class:`markupsafe.Markup`) passes; everything else is escaped.
    """
    if isinstance(value, Markup):
        return value
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return Markup(WORDS_FOR_NA)
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            return Markup("not reached")
        value = f"{value:.10g}"
    text = str(value)
    if citing.is_marked(text):
        return citing.linked_markup(text)
    if re.fullmatch(r"-\d[\d.,]*%?", text):
        text = "−" + text[1:]
    if text == codes.NOT_APPLICABLE:  # the question does not arise: a dash, read out in words
        return Markup('<span role="img" aria-label="not applicable">–</span>')
    if text in codes.MISSING:
        text = text.replace("_", " ")
    # The two ends of an interval stay on one line.
    return escape(INTERVAL.sub(lambda m: m[0].replace(" ", "\u00a0"), text))


TO_EVIDENCE = '="../evidence/'


# What prose of ours is made of beside Markdown: a link inside the site, emphasis, a line end.
TAG = re.compile(
    r"</?(?:strong|em|sup|sub|a|p)>|<br>"
    r"|<(?:a|p|span|strong) (?:class|id|href)="
    r"\"(?:[a-z][a-z -]*|#[\w-]+|(?:[\w.{}-]+/)*[\w-]+\.html(?:#[\w-]+)?)\">|</span>"
)


def prose(markdown: str) -> str:
    """Return Markdown in which no text of the data can become HTML or a command of the page builder.

    The one place that all prose passes, of cells and of facts in pages. A ``<`` that begins no plain
    tag of :data:`TAG` is written as an entity, and so is the brace that would name a fact.

    Examples
    --------
    >>> prose("p <0.05, <strong>firm</strong> <img src=x onerror=alert(1)>")
    'p &lt;0.05, <strong>firm</strong> &lt;img src=x onerror=alert(1)>'
    """
    parts, at = [], 0
    for found in TAG.finditer(markdown):
        parts += [markdown[at : found.start()].replace("<", "&lt;"), found[0]]
        at = found.end()
    parts.append(markdown[at:].replace("<", "&lt;"))
    return without_commands("".join(parts))


def without_commands(text: str) -> str:
    """Return text without the pairs of signs that Jinja would take for its own."""
    return re.sub(r"\{(?=[{%#])", "&#123;", text)


FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9.,]*%?$)")


def csv_text(frame: pd.DataFrame) -> str:
    """Return a frame as CSV that no spreadsheet takes for more than text and numbers.

    A text that would be read as a formula gets an apostrophe before it; ``-5`` stays a number and a
    dash alone a dash. A line end inside a cell is a line feed, which is quoted.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per row; the index is left out.
    """
    safe = frame.map(_csv_cell)
    safe.columns = [_csv_cell(str(column)) for column in frame.columns]
    return safe.to_csv(index=False, lineterminator="\n")


def _csv_cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = re.sub(r"\r\n?", "\n", value)
    return f"'{text}" if FORMULA.match(value) else text


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
) -> Markup:
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
    markupsafe.Markup
        A ``div`` that scrolls by itself (focusable, so that a keyboard can scroll it) with the
        table inside; rows carry no index.
    """
    of = citing.rows_of(frame) if citing.ROWS in frame else None
    frame = frame.drop(columns=citing.ROWS, errors="ignore")
    columns = [str(c) for c in frame.columns]
    body = [[format_cell(v) for v in row] for row in frame.itertuples(index=False, name=None)]
    texts = [[_words(text) for text in row] for row in body]
    numeric = [_is_numeric([row[i] for row in body]) for i in range(len(columns))]
    long = _long(texts, len(columns))
    frame_classes = _classes(classes, columns, texts, numeric)
    style = Markup(' style="{}"').format(_labels(columns)) if "lr-stack" in frame_classes else ""
    heads = [
        Markup(f'<th scope="col"{_kind(n=numeric[i], w=i in long)}>')
        + _together(column)
        + Markup("</th>")
        for i, column in enumerate(columns)
    ]
    rows = []
    before = ""
    for number, said in enumerate(texts):
        row, attribute = _leading(body[number], of[number] if of else [])
        cells = []
        for i, text in enumerate(row):
            head = row_header and i == 0
            kind = _kind(
                n=numeric[i],
                w=i in long,
                m=not head and said[i] in NOTHING,
                again=head and said[i] == before and "lr-explore" not in classes,
                one=_is_one(said[i]),
                bare=head and not any(c.isalpha() for c in said[i]),
            )
            tag = 'th scope="row"' if head else "td"
            cells.append(f"<{tag}{kind}>{text}</{tag.split(maxsplit=1)[0]}>")  # text is escaped above
        before = said[0]
        rows.append(f"<tr{attribute}>{''.join(cells)}</tr>\n")
    whole = Markup(
        '<div class="{classes}" id="{name}" role="region" tabindex="0" aria-labelledby="{name}-caption"'
        '{style}>\n<table>\n<caption id="{name}-caption">{caption}</caption>\n'
        "<thead><tr>\n{heads}\n</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>"
    ).format(
        classes=" ".join(frame_classes),
        name=name,
        style=style,
        caption=caption,
        heads=Markup("\n").join(heads),
        rows=Markup("".join(rows)),
    )
    return (
        whole + Markup('\n<p class="lr-note">{}</p>').format(citing.linked_markup(note))
        if note
        else whole
    )


def _leading(row: list[Markup], references: Sequence[str]) -> tuple[list[Markup], str]:
    """Link a row to the evidence it rests on, and name that in the row."""
    if not references or not any(map(str.strip, row)):
        return row, ""
    if not any(TO_EVIDENCE in cell for cell in row):
        free = [i for i, cell in enumerate(row) if "<" not in cell and cell.strip()]
        free += [i for i, cell in enumerate(row) if "<a " not in cell and cell.strip()]
        if free:
            row = [citing.lead(c, references) if i == free[0] else c for i, c in enumerate(row)]
    return row, f' data-rows="{escape(" ".join(references))}"'


def _words(cell_html: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", cell_html)).strip()


def _is_one(said: str) -> bool:
    """Return whether a cell is a date or two short words, which look wrong on two lines."""
    return DATE.fullmatch(said) is not None or (" " in said and len(said) <= 12)


def _kind(**classes: bool) -> str:
    chosen = " ".join(name for name, holds in classes.items() if holds)
    return f' class="{chosen}"' if chosen else ""


def _long(texts: Sequence[Sequence[str]], columns: int) -> set[int]:
    """Return the columns of long words, two at most: they are widened on a wide screen."""
    most = [max((len(row[i]) for row in texts), default=0) for i in range(columns)]
    return {i for i in sorted(range(columns), key=lambda i: -most[i])[:2] if most[i] > LONG}


def _classes(
    classes: str, columns: Sequence[str], texts: Sequence[Sequence[str]], numeric: Sequence[bool]
) -> list[str]:
    """Return the classes of the frame: on a phone a table fits, or its rows are read one by one."""
    chosen = ["lr-table", *classes.split()]
    if not {"lr-claims", "lr-stack"} & set(chosen):
        chosen.append("lr-fits" if _fits(columns, texts, numeric) else "lr-stack")
    longest = max((len(said) for row in texts for said in row[1:]), default=0)
    if "lr-stack" in chosen and len(columns) > 3 and longest <= SHORT:
        chosen.append("lr-short" if longest > SHORTEST else "lr-shortest")
    return chosen


def _fits(columns: Sequence[str], texts: Sequence[Sequence[str]], numeric: Sequence[bool]) -> bool:
    """Return whether columns fit beside each other: their longest words, and not line on line."""
    least = whole = 0
    for i, column in enumerate(columns):
        parts = [part for row in texts for part in ([row[i]] if numeric[i] else row[i].split())]
        word = max(map(len, [*parts, *column.split()]), default=0)
        least += word
        whole += max(word, min(max((len(row[i]) for row in texts), default=0), SHORT))
    gaps = len(columns) * GAP
    return least * LETTER + gaps <= PHONE and whole * LETTER + gaps <= 1.1 * PHONE


def _together(heading: str) -> str:
    """Keep *(n = 10)* on one line."""
    return heading.replace(" = ", "\u00a0=\u00a0")


def _labels(columns: Sequence[str]) -> str:
    """Return the headings as properties of the frame: on a phone they are beside each value."""
    return ";".join(
        f"--h{i}:'{_together(column).translate(QUOTED)}'" for i, column in enumerate(columns, start=1)
    )


# What ends a string of a style sheet, or its line.
QUOTED = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": " "})


def ready(fact: object) -> str:
    """Return a fact as a page may hold it: what is HTML by type stays, what is text gets no HTML.

    Parameters
    ----------
    fact : object
        What a function gives that computes a fact for prose pages.

    Returns
    -------
    str
        Markdown or HTML.
    """
    if isinstance(fact, Markup):
        return without_commands(str(fact))
    return prose(str(fact))
