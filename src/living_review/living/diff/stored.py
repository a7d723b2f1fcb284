"""What the newest version changed, kept as data: ``data/review/version_diff.csv``.

A build must not wait for a comparison, which takes half a minute, nor ask git, which a downloaded
copy does not have. So ``living-review diff --write`` compares the newest version, as it is in this
copy, with the version before it, and the page *What changed* shows what is stored. The row
``fingerprint`` says of which data, chapters and prose that was: if they changed since, the page says
so. Sentences that changed are kept, before and now; of those that are new or gone the number on each
page, for they would be a second copy of the pages.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from living_review import files
from living_review.evidence import Review, topic, write_rows
from living_review.evidence.snapshots import CompareError
from living_review.living.diff import words
from living_review.living.diff.comparison import Comparison
from living_review.living.diff.sentences import CELLS, PAGE
from living_review.living.diff.tables import NO_EVIDENCE

FILE = "data/review/version_diff.csv"
HEADER = ["kind", "place", "name", "before", "after"]
STATE, TOTAL, CELL, ROW, FIGURE = "state", "total", "cell", "row", "figure"
PAGE_TOTAL, SENTENCE = "page", "sentence"
NOTHING = "not_applicable"


class Change(NamedTuple):
    """A row of the file."""

    kind: str
    place: str
    name: str
    before: str
    after: str


def version_before(review: Review) -> str:
    """Return the version before the newest one.

    Raises
    ------
    CompareError
        If there is no earlier version.
    """
    versions = list(review.records("versions")["version"])
    if len(versions) < 2:
        raise CompareError(
            "data/review/versions.csv has one version and none before it: name what to compare with"
        )
    return str(versions[-2])


def write(root: Path, comparison: Comparison, review: Review) -> Path:
    """Write a comparison of the version before with this copy.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    comparison : Comparison
        Its ``new`` is this copy.
    review : Review
        This copy.

    Returns
    -------
    pathlib.Path
        The file.
    """
    path = root / FILE
    rows = rows_of(comparison)
    rows.insert(1, Change(STATE, "review", "fingerprint", NOTHING, fingerprint(review)))
    write_rows(path, [HEADER, *([cell or NOTHING for cell in row] for row in rows)])
    return path


def rows_of(comparison: Comparison) -> list[Change]:
    """Return a comparison as rows: versions, totals, then everything that differs."""
    old, new = comparison.old, comparison.new
    rows = [Change(STATE, "review", "version", old.version, new.version)]
    rows += [
        Change(TOTAL, "review", name, NOTHING, str(number))
        for name, number in words.counts(comparison).items()
    ]
    for kind, outcomes in comparison.results.items():
        rows += [Change(kind.replace(" ", "_"), o.study, o.name, o.before, o.after) for o in outcomes]
    rows += [
        Change(CELL, f"{c.study}/{c.table}", f"{c.row}.{c.column}", c.before, c.after)
        for c in comparison.changed
    ]
    for state, found in (("added", comparison.added), ("removed", comparison.removed)):
        sides = ("none", state) if state == "added" else (state, "none")
        rows += [Change(ROW, f"{r.study}/{r.table}", r.row, *sides) for r in found]
    rows += [
        Change(FIGURE, f.page, f.figure, f"{len(f.before)} lines", f"{len(f.after)} lines")
        for f in comparison.figures
    ]
    each = Counter((s.page, s.kind) for s in comparison.sentences)
    rows += [Change(PAGE_TOTAL, page, kind, NOTHING, str(n)) for (page, kind), n in each.items()]
    pairs = [s for s in comparison.sentences if s.before and s.after]
    rows += [Change(SENTENCE, s.page, s.kind, *differing(s.before, s.after)) for s in pairs]
    return rows


def differing(before: str, after: str) -> tuple[str, str]:
    """Return two forms of a row of a table without the cells that they share, except its head.

    Parameters
    ----------
    before, after : str
        The row, its cells joined by :data:`.sentences.CELLS`.

    Returns
    -------
    tuple of str
        The cells that differ; both as they are if they have not the same number of cells.

    Examples
    --------
    >>> differing("Rash · 3 · mild", "Rash · 4 · mild"), differing("Nobody died.", "One died.")
    (('Rash · 3', 'Rash · 4'), ('Nobody died.', 'One died.'))
    """
    cells = [side.split(CELLS) for side in (before, after)]
    if len(cells[0]) != len(cells[1]) or len(cells[0]) == 1:
        return before, after
    wanted = [i for i, (a, b) in enumerate(zip(*cells, strict=True)) if i == 0 or a != b]
    return CELLS.join(cells[0][i] for i in wanted), CELLS.join(cells[1][i] for i in wanted)


def read(review: Review) -> list[Change]:
    """Return what is stored; nothing if there is no such file."""
    if not (review.root / FILE).is_file():
        return []
    return [Change(*row) for row in review.records("version_diff").itertuples(index=False)]


def fingerprint(review: Review) -> str:
    """Return a digest of all that a comparison reads of this copy: data, chapters as stored, prose.

    Digests that a chapter prints of its own data are among it, so it changes with them.
    """
    total = hashlib.sha256()
    described = (review.data / "vocabulary.yaml", review.root / topic.FILE)
    places = [*(p for p in described if p.is_file()), *sorted((review.data / "schema").glob("*.json"))]
    for folder in (*review.folders, "context", "review"):
        tables = sorted((review.data / folder).glob("*.csv"))
        own = [p for p in tables if folder != "review" or p.stem not in NO_EVIDENCE]
        places += [*own, *sorted((review.data / folder).glob("study.yaml"))]
    places += [p for p in sorted((review.root / "book").glob("*.md")) if p.name != PAGE]
    for path in places:
        total.update(f"{path.parent.name}/{path.name}\0".encode())
        total.update(path.read_bytes())
    for path in sorted((review.root / "notebooks").glob("*.ipynb")):
        cells = files.read_json(path, files.LARGEST_NOTEBOOK)["cells"]
        shown = [
            c["source"]
            if c["cell_type"] == "markdown"
            else [o.get("data") for o in c.get("outputs", [])]
            for c in cells
        ]
        total.update(f"{path.name}\0{json.dumps(shown)}".encode())
    return total.hexdigest()[:16]
