"""Type each number of the studies wrong, one at a time, and see which check notices.

A wrong digit counts as noticed by the *audit* if the verdict on a claim becomes another, else by
*validation* if ``living-review check`` finds an issue. What neither notices rests on the second reading
alone. Written to ``data/review/audit_power.csv``, a row for each number, which the page of the audit
sums up; only studies whose files changed are tried again.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mutate import copy
from mutations import Change, changes, write

from living_review import audit, evidence, validation
from living_review.evidence.model import write_rows

ROOT = Path(__file__).resolve().parents[1]
FILE = Path("data", "review", "audit_power.csv")
COLUMNS = ["study_id", "table", "row", "column", "value", "tried", "noticed_by", "fingerprint"]
SEED = 5
# Claims are what is tested, and their own numbers rank them.
NOT_TRIED = ("claims",)


def numbers(root: Path, study_id: str) -> list[Change]:
    """Return a wrong digit for each number of a study, its last digit one off.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    study_id : str
        Name of the study's folder.
    """
    every = changes(root, random.Random(SEED))
    return [c for c in every if Path(c.file).parent.name == study_id and _table(c) not in NOT_TRIED]


def _table(change: Change) -> str:
    return Path(change.file).stem


def verdicts(root: Path, study_id: str) -> list[tuple[str, str]]:
    """Return the verdict on each claim of a study."""
    return [(r.claim, r.verdict) for r in audit.audit(evidence.load(root), study_id)]


def noticed_by(root: Path, change: Change, before: list[tuple[str, str]]) -> str:
    """Return what notices a change: ``audit``, ``validation`` or ``nothing``; the file is put back.

    Parameters
    ----------
    root : pathlib.Path
        A copy of the project, which may be written to.
    change : Change
    before : list of tuple of str and str
        As :func:`verdicts` returns them for the unchanged study.
    """
    path = root / change.file
    original = path.read_bytes()
    write(root, change)
    try:
        if _differs(root, path.parent.name, before):
            return "audit"
        return "validation" if validation.check(root) else "nothing"
    finally:
        path.write_bytes(original)


def _differs(root: Path, study_id: str, before: list[tuple[str, str]]) -> bool:
    try:
        return verdicts(root, study_id) != before
    except Exception:  # evidence that the audit cannot even compute with: `check` says why
        return False


def tried(root: Path, study_id: str) -> Iterator[list[str]]:
    """Yield a row of :data:`FILE` for each number of a study.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    study_id : str
        Name of the study's folder.

    Yields
    ------
    list of str
        As :data:`COLUMNS`.
    """
    mark = evidence.load(root).study(study_id).digest
    with tempfile.TemporaryDirectory(prefix="power-") as folder:
        mine = copy(root, Path(folder).resolve())
        before = verdicts(mine, study_id)
        for change in numbers(root, study_id):
            by = noticed_by(mine, change, before)
            cells = [_table(change), change.row_id, change.column, change.old, change.new]
            yield [study_id, *cells, by, mark]


def main() -> int:
    """Try the studies whose files changed, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="try every study again")
    options = parser.parse_args()
    review = evidence.load(ROOT)
    kept: dict[str, list[list[str]]] = {}
    if (ROOT / FILE).is_file() and not options.force:
        with (ROOT / FILE).open(encoding="utf-8", newline="") as stream:
            for row in list(csv.reader(stream))[1:]:
                kept.setdefault(row[0], []).append(row)
    rows: list[list[str]] = []
    for study in review.studies:
        own = kept.get(study.study_id, [])
        if {row[-1] for row in own} != {study.digest}:
            own = list(tried(ROOT, study.study_id))
        found = sum(row[-2] != "nothing" for row in own)
        print(f"{study.study_id}: {found} of {len(own)} wrong digits noticed", flush=True)
        rows += own
    write_rows(ROOT / FILE, [COLUMNS, *rows])
    return 0


if __name__ == "__main__":
    sys.exit(main())
