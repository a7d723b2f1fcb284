"""What a notebook must never contain; every function returns a list of issues, empty if none.

:mod:`living_review.build.update` refuses to write outputs that :func:`output_issues` names; the tests
run the rest on every notebook of the book. The checks of prose, site and lock file are theirs alone
(``tests/site``).
"""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from living_review.build import staleness

HOME_PATH = re.compile(r"(?<![\w.:/])/(?:home|root|Users|tmp|var/folders|private|mnt)/[\w.-]+")
WINDOWS_PATH = re.compile(r"\b[A-Z]:\\[\w.-]+")
ADDRESS = re.compile(r"\b0x[0-9a-f]{8,}\b")
TIME_STAMP = re.compile(r"\b(?:19|20)\d\d-[01]\d-[0-3]\d[T ][0-2]\d:[0-5]\d")
CLOCK_DATE = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r" [ \d]\d \d\d:\d\d"
)
EMBEDDED = re.compile(r"data:[\w/+.-]*(?:;[\w=-]+)*;base64,([A-Za-z0-9+/=]+)")


def output_texts(outputs: list[dict[str, Any]]) -> Iterator[str]:
    """Yield every text of a cell's outputs, the text of embedded downloads included."""
    for output in outputs:
        parts = [output.get("text", "")]
        parts += [v for v in output.get("data", {}).values() if isinstance(v, (str, list))]
        for part in parts:
            text = part if isinstance(part, str) else "".join(map(str, part))
            if text:
                yield text
            for inside in EMBEDDED.findall(text):
                yield base64.b64decode(inside + "==", validate=False).decode("utf-8", "replace")


@cache
def _machine_names() -> re.Pattern[str] | None:
    name = socket.gethostname()
    plain = name.lower() in {"localhost", ""} or len(name) < 4
    return None if plain else re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")


def output_issues(outputs: list[dict[str, Any]], root: Path) -> list[str]:
    """Return what the outputs of a cell hold of this machine or this moment.

    Parameters
    ----------
    outputs : list of dict
        As in the notebook file.
    root : Path
        Top folder of the project; its own path may not be there either.

    Returns
    -------
    list of str
        Sentences; empty if there is nothing.
    """
    issues = []
    for text in output_texts(outputs):
        if str(root) in text and str(root) != "/":
            issues.append(f"the project's own path is in the output: {root}")
        for what, pattern in (
            ("a path of this machine", HOME_PATH),
            ("a path of this machine", WINDOWS_PATH),
            ("a memory address", ADDRESS),
            ("a time stamp", TIME_STAMP),
            ("a time stamp", CLOCK_DATE),
            ("the name of this machine", _machine_names()),
        ):
            if pattern and (hit := pattern.search(text)):
                issues.append(f"{what} is in the output: {hit[0]}")
    return issues


# --- Whole notebooks ------------------------------------------------------------------------------


def notebook_issues(notebook: dict[str, Any], root: Path) -> list[str]:
    """Return what is wrong with a notebook as it is, without running it.

    Every code cell ran, in order, without error or warning; a cell that is there to show something
    shows it; no picture but as a figure with its text; nothing of a machine in an output.

    Parameters
    ----------
    notebook : dict of str to object
        The notebook as JSON.
    root : pathlib.Path
        Top folder of the project.

    Returns
    -------
    list of str
        Sentences; empty if nothing is wrong.
    """
    issues = []
    expected = 0
    for number, cell in enumerate(staleness.code_cells(notebook), start=1):
        where = f"code cell {number} (id {cell.get('id')})"
        outputs = cell["outputs"]
        if not "".join(cell["source"]).strip():
            continue
        expected += 1
        count = cell["execution_count"]
        if count is None:
            issues.append(f"{where} was not run or was cleared")
        elif count != expected:
            issues.append(f"{where} ran out of order: {count}, expected {expected}")
        tags = set(cell["metadata"].get("tags", []))
        if not outputs and tags & {"remove-input", "hide-input"}:
            issues.append(f"{where} hides its code and shows nothing: it was cleared or is empty")
        for output in outputs:
            if output["output_type"] == "error":
                issues.append(f"{where} raised {output.get('ename')}")
            elif output.get("name") == "stderr":
                issues.append(f"{where} wrote to its error stream")
        issues += [f"{where}: {issue}" for issue in output_issues(outputs, root)]
        issues += [f"{where}: {issue}" for issue in figure_issues(outputs)]
    return issues


def figure_issues(outputs: list[dict[str, Any]]) -> list[str]:
    """Return what is wrong with the figures of one cell.

    A figure is one ``text/html`` output: ``<figure>`` with an inline SVG that has a title and a
    description of its own, and a caption.
    """
    issues = [
        f"a bare picture ({kind}) without text of its own: show it with page.figure"
        for output in outputs
        for kind in output.get("data", {})
        if kind.startswith("image/")
    ]
    figures = [figure for text in html_texts(outputs) for figure in html_figures(text)]
    if len(figures) > 1:
        issues.append(f"{len(figures)} figures in one cell: one alternative text each needs a cell")
    for figure in figures:
        issues += [f"figure {figure.name or '(no id)'}: {issue}" for issue in figure.issues()]
    return issues


def html_texts(outputs: list[dict[str, Any]]) -> list[str]:
    """Return the HTML of a cell's outputs."""
    parts = [output.get("data", {}).get("text/html") for output in outputs]
    return ["".join(part) for part in parts if part]


@dataclass
class Figure:
    """What the HTML says of one figure."""

    name: str | None
    role: str | None = None
    labelled_by: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)  # id of title or desc -> its text
    caption: str = ""
    drawings: int = 0

    @property
    def description(self) -> str:
        """The text that stands in for the picture: the longest of those it is labelled by."""
        texts = [" ".join(self.texts.get(name, "").split()) for name in self.labelled_by]
        return max(texts, key=len, default="")

    def issues(self) -> list[str]:
        """Return what keeps a reader who does not see the picture from its content."""
        issues = []
        if not self.name:
            issues.append("no id to point at")
        if self.drawings != 1:
            issues.append(f"{self.drawings} drawings, expected one inline SVG")
        if self.role != "img":
            issues.append('the SVG has no role="img"')
        missing = [name for name in self.labelled_by if name not in self.texts]
        if not self.labelled_by or missing:
            issues.append("its alternative text is not there (aria-labelledby)")
        elif re.search(r"\.(?:svg|png|ipynb)\b", self.description):
            issues.append(f"its alternative text is a file name: {self.description!r}")
        elif len(self.description.split()) < 6:
            issues.append(f"its alternative text says too little: {self.description!r}")
        if len(self.caption.split()) < 6:
            issues.append(f"its caption says too little: {self.caption!r}")
        return issues


class _FigureReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Figure] = []
        self._figure: Figure | None = None
        self._into: tuple[str, str] | None = None  # element, id (or "" for the caption)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "figure":
            self._figure = Figure(values.get("id"))
            self.found.append(self._figure)
        elif tag == "svg" and self._figure is None and values.get("role") == "img":
            self.found.append(Figure(values.get("id"), drawings=1))  # a picture outside a figure
        elif self._figure is None:
            return
        elif tag == "svg" and "lr-marks" in (values.get("class") or ""):
            return  # links over the picture
        elif tag == "svg":
            self._figure.drawings += 1
            self._figure.role = values.get("role")
            self._figure.labelled_by = tuple((values.get("aria-labelledby") or "").split())
        elif tag in ("title", "desc") and values.get("id"):
            self._into = (tag, values["id"] or "")
        elif tag == "figcaption":
            self._into = (tag, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "figure":
            self._figure = None
        if self._into and tag == self._into[0]:
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._figure is None or self._into is None:
            return
        tag, name = self._into
        if tag == "figcaption":
            self._figure.caption += data
        else:
            self._figure.texts[name] = self._figure.texts.get(name, "") + data


def html_figures(text: str) -> list[Figure]:
    """Return the figures of a piece of HTML."""
    reader = _FigureReader()
    reader.feed(text)
    return reader.found


def book_figure_issues(root: Path) -> list[str]:
    """Return where two figures of the book share an id, an alternative text or a caption."""
    places: dict[tuple[str, str], list[str]] = {}
    for path in staleness.notebooks(root):
        for cell in staleness.code_cells(staleness.read(path)):
            for figure in (f for text in html_texts(cell["outputs"]) for f in html_figures(text)):
                own = {
                    "id": figure.name or "",
                    "alternative text": figure.description,
                    "caption": figure.caption,
                }
                for what, value in own.items():
                    places.setdefault((what, value), []).append(f"{path.stem} {figure.name}")
    return [
        f"the same {what} in {' and '.join(where)}: {value[:60]!r}"
        for (what, value), where in places.items()
        if len(where) > 1
    ]
