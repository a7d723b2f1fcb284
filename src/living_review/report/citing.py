"""Numbers in prose that lead to the rows they rest on.

A cited number is text between marks (characters of Unicode's private use area, which no source
prints), so that it passes through f-strings like any other; :mod:`.display` turns the marks into links
where text is shown, and takes them out where a link cannot be (the text alternative of a figure). A
mark that reaches a drawing is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import pandas as pd
from markupsafe import Markup, escape

from living_review.evidence import Study
from living_review.stats.proportions import Proportion

OPEN, BETWEEN, CLOSE = "\ue000", "\ue001", "\ue002"
MARKED = re.compile(f"{OPEN}([^{BETWEEN}]*){BETWEEN}([^{BETWEEN}]*){BETWEEN}([^{CLOSE}]*){CLOSE}")
NAMED = 3  # rows that the note names one by one; of more it says how many there are
Evidence: TypeAlias = str | pd.DataFrame
CONTEXT = "context"  # the page of cards of the studies beside the sources
RECORDS, READINGS = "review", "readings"  # what the review noted itself, and what was read twice
RECORD_PAGE, SET_PAGE = "records", "computed"  # the pages of cards of records, and of computed sets
CONTEXT_KEYS = {
    "results": "result_id",
    "studies": "study_id",
    "regulatory": "regulatory_id",
    "guidance": "guidance_id",
}
NOT_PRINTED = {"", "not_applicable"}


def anchor(table: str, row: str) -> str:
    """Return the id of the card of a row on its page.

    Parameters
    ----------
    table : str
        Name of the table.
    row : str
        Id of the row.

    Returns
    -------
    str
        Unique on its page.

    Examples
    --------
    >>> anchor("events", "p2_time_on_treatment")
    'events-p2_time_on_treatment'
    """
    return f"{table}-{row}"


def address(study_id: str, reference: str, up: str = "../") -> str:
    """Return the address of the card of a row.

    Parameters
    ----------
    study_id : str
        Or :data:`CONTEXT`.
    reference : str
        ``table/row``, perhaps with ``.column``.
    up : str
        From the page that links to the top of the site.

    Returns
    -------
    str
        Relative to the page that links.

    Examples
    --------
    >>> address("rossi_2027", "events/p1_end.time")
    '../evidence/rossi_2027.html#events-p1_end'
    """
    table, _, row = reference.partition("/")
    return f"{up}evidence/{study_id}.html#{anchor(table, row.partition('.')[0])}"


ROWS = "_rows"  # a column that says what each row of a table for readers rests on; never shown


def place(reference: str, up: str = "../") -> str:
    """Return the address of evidence: the card of a row, or the part of a table.

    Parameters
    ----------
    reference : str
        ``study/table/row``, ``study/table``, ``review/table`` or ``context/table`` (see
        :mod:`living_review.evidence.reads`).
    up : str
        From the page that links to the top of the site.

    Returns
    -------
    str
        Relative to the page that links.

    Examples
    --------
    >>> place("rossi_2027/events/p1_end"), place("review/settled")
    ('../evidence/rossi_2027.html#events-p1_end', '../evidence/records.html#review-settled')
    """
    folder, table, *row = reference.split("/")
    if folder in (RECORDS, READINGS) or (folder == CONTEXT and table not in CONTEXT_KEYS):
        return f"{up}evidence/{RECORD_PAGE}.html#{folder}-{table}"
    if table == "groups":  # of the description of a study, which has one card
        table, row = "study", []
    return f"{up}evidence/{folder}.html#{'-'.join([table, *row])}"


def with_rows(shown: pd.DataFrame, rows: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Return a table for readers that says what each row rests on.

    Parameters
    ----------
    shown : pandas.DataFrame
        As a reader will see it.
    rows : sequence of sequence of str
        References for each row, as :func:`place` takes them; none where there is none.

    Returns
    -------
    pandas.DataFrame
        With the column :data:`ROWS`.
    """
    return shown.assign(**{ROWS: [list(dict.fromkeys(of)) for of in rows]})


def with_references(frame: pd.DataFrame, rows: Sequence[Sequence[str]] | None) -> pd.DataFrame:
    """Return a frame that says what each row rests on, also of some of its rows and columns.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its index names its rows.
    rows : sequence of sequence of str or None
        References for each row, as :func:`place` takes them; None if they are not known.

    Returns
    -------
    pandas.DataFrame
        The same, with the references in ``attrs``, which pandas keeps through selections.
    """
    if rows is not None:
        frame.attrs["rows"] = dict(zip(frame.index, map(list, rows), strict=True))
    return frame


def rows_of(frame: pd.DataFrame) -> list[list[str]] | None:
    """Return the references of the evidence behind each row of a frame, or None if it does not say.

    Parameters
    ----------
    frame : pandas.DataFrame
        Says it in the column :data:`ROWS`; by :func:`with_references`; in ``rows`` (``table/row``) and
        ``study_id``; or is rows of a table of :meth:`living_review.evidence.Study.table`,
        ``Review.table`` or ``Review.records``, whose ``attrs`` say which.
    """
    if ROWS in frame:
        return [list(of) for of in frame[ROWS]]
    if named := frame.attrs.get("rows"):
        return [named[row] for row in frame.index] if named.keys() >= set(frame.index) else None
    if "rows" in frame and "study_id" in frame:
        pairs = zip(frame["study_id"], frame["rows"], strict=True)
        return [[f"{study}/{row}" for row in rows] for study, rows in pairs]
    table, folder = frame.attrs.get("table"), frame.attrs.get("folder")
    if folder == CONTEXT and (key := CONTEXT_KEYS.get(str(table))) in frame:
        return [[f"{CONTEXT}/{table}/{row}"] for row in frame[key]]
    if table is None or folder or "id" not in frame:
        return None
    studies = frame["study_id"] if "study_id" in frame else [frame.attrs.get("study")] * len(frame)
    if any(study is None for study in studies):
        return None
    return [[f"{study}/{table}/{row}"] for study, row in zip(studies, frame["id"], strict=True)]


def lead(words: Markup, references: Sequence[str]) -> Markup:
    """Return words as a quiet link to the rows they rest on: the first, named with how many more.

    Parameters
    ----------
    words : Markup
        What the link shows.
    references : sequence of str
        At least one.

    Returns
    -------
    Markup
        HTML.
    """
    if len(references) == 1:
        return Markup('<a class="lr-source" href="{}">{}</a>').format(place(references[0]), words)
    said = ", ".join(reference.replace("/", " ") for reference in references[:NAMED])
    rest = f" and {len(references) - NAMED} more" if len(references) > NAMED else ""
    note = f"Rests on {said}{rest}.".replace("_", " ")
    return Markup('<a class="lr-num" href="{}" data-meaning="{}">{}</a>').format(
        place(references[0]), note, words
    )


def cite(study: Study, shown: object, *evidence: Evidence, how: str = "") -> str:
    """Return a number or words with the rows they rest on.

    Parameters
    ----------
    study : Study
    shown : object
        What a reader sees, as ``str`` gives it.
    *evidence : str or pandas.DataFrame
        Rows as ``table/row`` (a column after a dot may follow), or rows of a table of the study.
    how : str, optional
        How it was computed from them, in a few words; nothing if it is what the row says.

    Returns
    -------
    str
        The text between marks.

    Raises
    ------
    ValueError
        If no row is named, or a frame does not say of which table its rows are.
    EvidenceError
        If a named row does not exist.
    """
    rows = list(dict.fromkeys(references(study, evidence)))
    if not rows:
        raise ValueError(f"{shown!s} is cited to no row: name at least one")
    places = []
    for reference in rows[:NAMED]:
        row = study.row(reference)
        printed = str(row["printed"]) if "printed" in row else ""
        places.append(f"{f'“{printed}”, ' if printed not in NOT_PRINTED else ''}{row['locator']}")
    if len(rows) > NAMED:
        places.append(f"and {len(rows) - NAMED} more rows")
    note = "; ".join(places)
    note = f"{how[:1].upper()}{how[1:]}. From {note}." if how else f"{note}."
    return f"{OPEN}{address(study.study_id, rows[0])}{BETWEEN}{note}{BETWEEN}{shown}{CLOSE}"


def references(study: Study, evidence: tuple[Evidence, ...]) -> Iterator[str]:
    """Yield the rows that evidence names, as ``table/row``; parameters and errors as of :func:`cite`.

    Parameters
    ----------
    study : Study
        The study of the rows.
    evidence : tuple of Evidence
        As :func:`cite` takes them.

    Yields
    ------
    str
        Perhaps a row twice.
    """
    for part in evidence:
        if isinstance(part, str):
            yield from (token.partition(".")[0] for token in part.split())
            continue
        if part.attrs.get("study") != study.study_id:
            raise ValueError("rows that do not say of which table they are: name them as table/row")
        yield from (f"{part.attrs['table']}/{row}" for row in part["id"])


class CitedProportion(Proportion):
    """A proportion that is shown as a link to its rows, and computes as any other."""

    cited: str

    def __str__(self) -> str:
        return self.cited

    def __format__(self, specification: str) -> str:
        return format(self.cited, specification)


def cite_proportion(
    study: Study,
    found: Proportion,
    *evidence: Evidence,
    how: str = "exact 95% interval by Clopper and Pearson",
) -> CitedProportion:
    """Return a proportion that carries its rows; parameters and errors as of :func:`cite`.

    Parameters
    ----------
    study : Study
        The study of the rows.
    found : Proportion
        The proportion.
    how : str, optional
        How it was computed, shown with the link.
    *evidence : Evidence
        Rows it rests on, as of :func:`cite`.

    Returns
    -------
    CitedProportion
        Computes as ``found`` does.
    """
    carried = CitedProportion(*found)
    carried.cited = cite(study, str(found), *evidence, how=how)
    return carried


def plain(text: str) -> str:
    """Return a text without marks.

    Examples
    --------
    >>> plain(f"{OPEN}a.html{BETWEEN}a note{BETWEEN}3 of 3{CLOSE} patients")
    '3 of 3 patients'
    """
    return MARKED.sub(lambda match: match[3], text)


def linked(text: str, other: Callable[[str], str] = str) -> str:
    """Return a text whose marks are links, for places where HTML is allowed.

    Parameters
    ----------
    text : str
        Perhaps with marks.
    other : callable
        What becomes of the text between them; default: it is left as it is.

    Returns
    -------
    str
        HTML where the marks were.
    """
    parts, end = [], 0
    for match in MARKED.finditer(text):
        parts += [other(text[end : match.start()]), str(_link(match))]
        end = match.end()
    return "".join([*parts, other(text[end:])])


def linked_markup(text: str) -> Markup:
    """Return a text, escaped, whose marks are links; HTML as it is."""
    if isinstance(text, Markup):
        return text
    parts: list[Markup] = []
    end = 0
    for match in MARKED.finditer(text):
        parts += [escape(text[end : match.start()]), _link(match)]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def _link(match: re.Match[str]) -> Markup:
    link: Callable[..., Markup] = Markup('<a class="lr-num" href="{}" data-meaning="{}">{}</a>').format
    return link(match[1], match[2], match[3])


def is_marked(text: str) -> bool:
    """Return whether a text holds a mark, whole or in pieces."""
    return any(mark in text for mark in (OPEN, BETWEEN, CLOSE))
