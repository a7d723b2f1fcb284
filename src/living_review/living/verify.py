"""A reader's own copy of a paper, in which every printed form of the data is looked for at its place.

The copy stays with the reader. What is reported, and written if asked, is the name of each row, whether
its printed form was found, and the digest of the file: no word of the paper.

A text layer is no page. Columns run into each other, signs are lost, a table is where its page was
set. So a form is looked for as a run of words, numbers and signs, without regard to blanks, line
breaks, hyphens at line ends, ligatures and kinds of dashes; its place is the stretch of text between
the heading that its locator names and the next one. What is in the copy but not there is *elsewhere*. A
figure has no text: what is in one alone is not found, which is no issue of the row.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from living_review import evidence
from living_review.evidence import EvidenceError, Review, Study, locator

AT_PLACE, ELSEWHERE, NOT_FOUND = "at its place", "elsewhere", "not found"
RESULTS = (AT_PLACE, ELSEWHERE, NOT_FOUND)
# Headings that begin a part, at the start of a line; the parts are those of `locator`.
HEADINGS = {
    "abstract": r"abstract|summary",
    "introduction": r"introduction|background",
    "methods": r"(?:patients|materials?|subjects) and methods|methods",
    "case_reports": r"case (?:reports?|series|presentations?)",
    "results": r"results",
    "discussion": r"discussion|comments?",
    "conclusion": r"conclusions?",
    "references": r"references|literature cited",
}
SAME = {"background": "introduction", "case_report": "case_reports", "conclusions": "conclusion"}
# Parts that come before the first heading where a copy has no heading of theirs.
FRONT = ("title", "title_page", "abstract", "introduction")
CAPTION = r"^\W*(table|fig(?:ure)?)\.?\s*([0-9]+|[ivx]+)\b"
RUNNING_HEAD = 3  # words that are so often alone at the start of a line are page headers, not parts
REACH = 6_000  # characters behind a caption in which the cells of its table are looked for
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*|[^\w\s]")
MARK = "\x1f"


class VerifyError(EvidenceError):
    """The copy cannot be read, or is of no study; the message says what to do."""


class Found(NamedTuple):
    """What became of one row: ``table/id`` and a word of :data:`RESULTS`."""

    row: str
    result: str


def verify(review: Review, path: Path, study_id: str | None = None) -> tuple[Study, list[Found], str]:
    """Look for every printed form of a study in a copy of its paper.

    Parameters
    ----------
    review : Review
    path : Path
        A PDF with a text layer, or its text as ``.txt`` in UTF-8.
    study_id : str, optional
        Default: the study whose DOI, or else whose title, is in the copy.

    Returns
    -------
    tuple
        The study, what became of each row, and the SHA-256 of the file.

    Raises
    ------
    VerifyError
        If there is no such file, no text in it, or no study that it is of.
    """
    text = read(path)
    study = review.study(study_id) if study_id else recognise(review, text)
    copy = Copy(text)
    found = [Found(row, copy.look(printed, where)) for row, printed, where in forms(study)]
    return study, found, hashlib.sha256(path.read_bytes()).hexdigest()


def read(path: Path) -> str:
    """Return the text of a copy."""
    if not path.is_file():
        raise VerifyError(f"no file {path}: name your copy of the paper, a PDF or its text as .txt")
    if path.suffix.lower() == ".txt":
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise VerifyError(f"{path} is not in UTF-8: save it so, or give the PDF") from error
    try:
        import pypdf
        from pypdf.errors import PyPdfError
    except ImportError as error:
        raise VerifyError(
            'a PDF is read by pypdf, which is not installed: pip install "living-review[verify]", or '
            "give its text as .txt"
        ) from error
    try:
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    except (PyPdfError, ValueError, KeyError, OSError) as error:
        raise VerifyError(
            f"{path} cannot be read as a PDF ({type(error).__name__}: {error})"
        ) from error
    if not text.strip():
        raise VerifyError(f"{path} holds pictures of pages and no text: give its text as .txt")
    return text


def recognise(review: Review, text: str) -> Study:
    """Return the study that a copy is of: by its DOI, or else by its title.

    Parameters
    ----------
    review : Review
        The opened evidence.
    text : str
        The text layer of the copy.

    Returns
    -------
    Study
        The study.

    Raises
    ------
    VerifyError
        If it shows those of no study, or of several.
    """
    whole = _run(text)
    missing = review.vocabulary["missing"]
    for key in ("doi", "title"):
        named = [
            study
            for study in map(review.study, review.folders)
            if str(study.meta[key]) not in missing and _run(str(study.meta[key])) in whole
        ]
        if len(named) == 1:
            return named[0]
    raise VerifyError(
        f"the copy shows neither DOI nor title of one study: name it ({', '.join(review.folders)})"
    )


def forms(study: Study) -> Iterator[tuple[str, str, str]]:
    """Yield ``table/id``, printed form and locator of each row, but of claims, which repeat others'."""
    for table in study.schemas:
        if table == "claims" or not study.has(table):
            continue
        header, rows = evidence.read_rows(study.folder / f"{table}.csv")
        for row in rows:
            cells = dict(zip(header, row, strict=True))
            yield f"{table}/{cells['id']}", cells["printed"], cells["locator"]


class Copy:
    """The text of a paper, cut at its headings.

    Parameters
    ----------
    text : str
        Line by line, as a text layer has it.
    """

    def __init__(self, text: str) -> None:
        text = _plain(text)
        self.whole = _run(text)
        self.parts: dict[str, list[str]] = {}
        for part, start, stop in _parts(text):
            self.parts.setdefault(part, []).append(_run(text[start:stop]))

    def look(self, printed: str, where: str) -> str:
        """Return whether a printed form is at a place, elsewhere, or not found.

        Parameters
        ----------
        printed : str
            As the data hold it; fragments are separated by semicolons or dots of omission.
        where : str
            A locator; of several places each counts.

        Returns
        -------
        str
            One of ``RESULTS``.
        """
        pieces = [_run(piece) for piece in re.split(r";\s|\s*(?:…|\.\.\.)\s*", _plain(printed))]
        pieces = [piece for piece in pieces if piece.strip(MARK)]
        if not all(piece in self.whole for piece in pieces):
            return NOT_FOUND
        here = [text for part in _places(where) for text in self.parts.get(part, [])]
        return AT_PLACE if all(any(p in text for text in here) for p in pieces) else ELSEWHERE


def _places(where: str) -> list[str]:
    try:
        parts = [locator.parse(place).part_of for place in where.split("; ")]
    except locator.LocatorError:
        return []
    # A footnote is under its table.
    return [SAME.get(part, part).replace("footnote_", "table_") for part in parts]


def _parts(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield part, start and stop of every stretch of text; stretches of tables lie in others."""
    seen = sorted(
        (match.start(), part, match[1].casefold())
        for part, words in HEADINGS.items()
        for match in re.finditer(
            rf"^\W*({words})(?=\s*(?:$|[.:(]))", text, re.IGNORECASE | re.MULTILINE
        )
    )
    often = Counter(words for _, _, words in seen)
    heads = [(start, part) for start, part, words in seen if often[words] < RUNNING_HEAD]
    stops = [start for start, _ in heads[1:]] + [len(text)]
    for (start, part), stop in zip(heads, stops, strict=True):
        yield part, start, stop
    front = max((start for start, part in heads if part in FRONT), default=-1)
    body = next((start for start, part in heads if start > front and part not in FRONT), len(text))
    for part in FRONT:
        yield part, 0, body
    for match in re.finditer(CAPTION, text, re.IGNORECASE | re.MULTILINE):
        kind = "table" if match[1].lower() == "table" else "figure"
        number = ROMAN.get(match[2].lower()) or match[2]
        yield f"{kind}_{number}", match.start(), min(match.start() + REACH, len(text))


def _plain(text: str) -> str:
    """Return a text without what a page adds: ligatures, soft hyphens, hyphens at ends of lines."""
    text = unicodedata.normalize("NFKC", text).replace("\N{SOFT HYPHEN}", "")
    text = re.sub("[\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}]", "-", text)
    text = re.sub("[‘’ʼ`´]", "'", re.sub("[“”„]", '"', text)).replace("·", ".")
    return re.sub(r"(?<=[^\W\d])-\s*(?=[^\W\d])", "", text)


def _run(text: str) -> str:
    """Return words, numbers and signs in one string in which each has a border."""
    return MARK + MARK.join(TOKEN.findall(_plain(text).casefold())) + MARK


def report(study: Study, found: list[Found], digest: str) -> str:
    """Return in words what was found, and the names of the rows that were not.

    Parameters
    ----------
    study : Study
        The opened study.
    found : list of Found
        What was looked for, with the result.
    digest : str
        Digest of the file.

    Returns
    -------
    str
        Lines of text.
    """
    counts = Counter(row.result for row in found)
    lines = [f"{study.label}: {len(found)} printed forms, file {digest[:12]}"]
    lines += [f"  {result}: {counts[result]}" for result in RESULTS]
    for result in RESULTS[1:]:
        lines += ["", f"{result.capitalize()}:"] if counts[result] else []
        lines += [f"  {row.row}" for row in found if row.result == result]
    return "\n".join(lines)


def write(path: Path, study: Study, found: list[Found], digest: str) -> None:
    """Write what became of each row as CSV: study, row, result, digest of the file; no word of it.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    study : Study
        The opened study.
    found : list of Found
        What was looked for, with the result.
    digest : str
        Digest of the file.
    """
    rows = [[study.study_id, row.row, row.result.replace(" ", "_"), digest] for row in found]
    evidence.write_rows(path, [["study_id", "row", "result", "file_sha256"], *rows])
