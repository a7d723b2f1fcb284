"""The prose of a chapter: ``book/chapters/<study>.md``, Markdown in which values are named.

A heading ``## harms`` names a part of the chapter, a heading ``### caption`` under it a text of that
part; a text right under ``##`` is the part itself. A text may hold

- ``{ongoing}``, a variable of the notebook, perhaps with what follows in a format string of Python
  (``{off[time]}``, ``{middle:g}``), or a patient by id (``{p2}``); a method is called
  (``{days.max:g}``), and ``!n`` counts rows (``{times!n}``);
- ``{statements/p2_response.finding}``, a cell of the study, not cited;
- ``[{ongoing}](times)``, a number that leads to the rows it rests on: rows of the study as
  ``table/row``, or the name of a variable that holds such rows, or several; how it was computed may
  follow in quotation marks;
- ``[nobody died](none: adverse_events/deaths)``, words that lead to their rows, with what must hold of
  these: a word of the list ``word_rules`` (:mod:`.word_rules`); ``no_comparison:`` names no rows;
- ``[](outcomes/improved)``, a share with its exact interval, and ``[](doses/first.dose)`` or
  ``[:g](doses/first.dose)``, a cell, both cited.

A result is thus computed in the notebook or is in ``data/``, and is never typed.
"""

from __future__ import annotations

import inspect
import re
import string
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from living_review import files
from living_review.evidence import EvidenceError, Review, Study
from living_review.report import citing, counts, lineage, sections, word_rules
from living_review.stats.proportions import Proportion

FOLDER = "book/chapters"
CITED = re.compile(r'\[((?:\{[^{}]*\}|[^\[\]{}])*)\]\(([^()"]+?)(?:\s+"([^"]*)")?\)')
RULE = re.compile(r"(\w+):\s*(.*)", re.DOTALL)
ONE_FIELD = re.compile(r"\{(\w+)\}")
OTHER_PAGE = re.compile(r"\.ipynb|\.md|://|^#")
HEADING = re.compile(r"^(##|###) (.+)$", re.MULTILINE)


def parts(text: str) -> dict[str, str]:
    r"""Return the texts of a file by heading: ``plain``, or ``harms/caption`` of one under another.

    Parameters
    ----------
    text : str
        What the file holds.

    Returns
    -------
    dict of str to str
        Without the headings; a heading without text is left out.

    Raises
    ------
    EvidenceError
        If a heading is there twice.

    Examples
    --------
    >>> parts("## plain\n\nAll.\n\n## harms\n\n### note\n\nA dash\nis zero.\n")
    {'plain': 'All.', 'harms/note': 'A dash\nis zero.'}
    """
    found: dict[str, str] = {}
    part, place = "", 0
    name = ""
    marks = [*HEADING.finditer(text), None]
    for mark in marks:
        body = text[place : mark.start() if mark else len(text)].strip()
        if body and name:
            if name in found:
                raise EvidenceError(f"the heading {name!r} is there twice: keep one")
            found[name] = body
        if mark:
            part = mark[2].strip() if mark[1] == "##" else part
            name = part if mark[1] == "##" else f"{part}/{mark[2].strip()}"
            place = mark.end()
    return found


class Prose(string.Formatter):
    """The texts of one chapter, filled in when they are asked for.

    Parameters
    ----------
    review : Review
    study : Study
        Of that review.
    values : mapping of str to object
        The variables that the texts may name: those of the notebook, which may still grow.
    path : pathlib.Path
        The file; one that is not there holds no text.
    """

    def __init__(self, review: Review, study: Study, values: Mapping[str, object], path: Path) -> None:
        self.review, self.study, self.values, self.path = review, study, values, path
        self._texts = self._read() if path.is_file() else {}

    def _read(self) -> dict[str, str]:
        try:
            return parts(files.read_text(self.path))
        except EvidenceError as error:
            raise EvidenceError(f"{self.path.name}: {error}") from error

    def __contains__(self, name: object) -> bool:
        return name in self._texts

    def text(self, name: str) -> str:
        """Return a text with its values, as it is broken into lines and paragraphs.

        Parameters
        ----------
        name : str
            Of :func:`parts`.

        Returns
        -------
        str
            Markdown with the marks of :mod:`.citing`.

        Raises
        ------
        EvidenceError
            If there is no such text, or it names what is not there; all such names at once.
        """
        where = f"{FOLDER}/{self.path.name}"
        if name not in self._texts:
            raise EvidenceError(f"{where}: there is no text {name!r}: write it under that heading")
        shown, place = "", 0
        wrong: list[str] = []
        for mark in CITED.finditer(self._texts[name]):
            if OTHER_PAGE.search(mark[2]):
                continue
            pieces = ((self._filled, self._texts[name][place : mark.start()]), (self._cited, mark))
            shown += "".join(self._tried(make, piece, wrong) for make, piece in pieces)
            place = mark.end()
        shown += self._tried(self._filled, self._texts[name][place:], wrong)
        if wrong:
            raise EvidenceError(f"{where}, {name}: {'; '.join(wrong)}: correct it there")
        return shown

    def below(self, part: str) -> list[str]:
        """Return the names of the texts under a heading, in the order of the file."""
        names = (name.partition("/") for name in self._texts)
        return [name for own, _, name in names if own == part and name]

    def line(self, name: str, default: str | None = None) -> str:
        """Return a text on one line; ``default``, if there is one, where the file holds none.

        Parameters
        ----------
        name : str
            Of :func:`parts`.
        default : str, optional
            What replaces a text that is not there.

        Returns
        -------
        str
            As of :meth:`text`.
        """
        if default is not None and name not in self:
            return default
        return " ".join(self.text(name).split("\n"))

    def _tried(self, make: Any, piece: Any, wrong: list[str]) -> str:  # noqa: ANN401
        try:
            return make(piece)
        except (KeyError, AttributeError, IndexError, ValueError, EvidenceError) as error:
            said = piece if isinstance(piece, str) else piece[0]
            named = " ".join(said.split()) if isinstance(piece, re.Match) else "a field"
            wrong.append(f"{named}: {error.args[0] if error.args else error}")
            return ""

    def _filled(self, text: str) -> str:
        return self.vformat(text, (), self.values)

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """Return what a field names: a cell of the study, a patient, else a variable.

        Parameters
        ----------
        field_name : str
            What is between the braces, before a colon.
        args, kwargs : sequence, mapping
            As :class:`string.Formatter` gives them.

        Returns
        -------
        tuple
            The value, and the name it was found under.
        """
        if "/" in field_name:
            return self.study.value(field_name), field_name
        if field_name not in kwargs and field_name in set(self.study.table("patients")["id"]):
            return sections.patient_label(self.study, field_name), field_name
        variable = re.split(r"[.\[]", field_name)[0]
        if variable not in kwargs:
            raise KeyError(f"the notebook has no {field_name!r}")
        lineage.take(variable)
        value, first = super().get_field(field_name, args, kwargs)
        return value() if inspect.ismethod(value) else value, first

    def convert_field(self, value: Any, conversion: str | None) -> Any:  # noqa: ANN401
        """Return a value as its conversion asks for it: ``!n`` counts what it holds.

        Parameters
        ----------
        value : object
            What the field names.
        conversion : str or None
            The letter after ``!``.

        Returns
        -------
        object
        """
        return len(value) if conversion == "n" else super().convert_field(value, conversion)  # type: ignore[arg-type]

    def _cited(self, mark: re.Match[str]) -> str:
        if rule := RULE.fullmatch(mark[2]):
            return self._ruled_words(mark, rule[1], rule[2].split())
        inner, names, how = mark[1], mark[2].split(), mark[3] or ""
        if not inner or inner.startswith(":"):
            return self._cell(names[0], inner[1:])
        rows = [self._rows(name.rstrip(",")) for name in names]
        one = ONE_FIELD.fullmatch(inner)
        value = self.values.get(one[1]) if one else None
        if isinstance(value, Proportion):
            return str(citing.cite_proportion(self.study, value, *rows))
        shown = self._filled(" ".join(inner.split()))
        return citing.cite(self.study, shown, *rows, how=" ".join(how.split()))

    def _ruled_words(self, mark: re.Match[str], rule: str, names: list[str]) -> str:
        evidence = tuple(self._rows(name) for name in names)
        rows = list(dict.fromkeys(citing.references(self.study, evidence)))
        words = " ".join(mark[1].split())
        word_rules.require(self.review, self.study, words, rule, rows)
        if not rows:
            return words
        return citing.cite(self.study, words, *rows, how=" ".join((mark[3] or "").split()))

    def _cell(self, name: str, form: str) -> str:
        if "." not in name:
            return str(
                citing.cite_proportion(self.study, counts.proportion(self.study.row(name)), name)
            )
        return citing.cite(self.study, format(self.study.value(name), form), name)

    def _rows(self, name: str) -> citing.Evidence:
        if "/" in name:
            return name
        rows = self.values.get(name)
        lineage.take(name)
        if not isinstance(rows, pd.DataFrame):
            raise KeyError(f"{name!r} is no rows: name rows as table/row, or a table of the notebook")
        return rows
