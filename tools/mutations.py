"""Which numbers of ``data/`` can be typed wrong, a slip of the hand in one, and the report of a run.

Beside :mod:`mutate`, which tries the slips.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from living_review.evidence import RECORDS

GOAL = 0.95
# Made by a program, and tested by running that program again: no reader of a paper typed them.
COMPUTED = ("data/review/bounds_*.csv", "data/review/audit_power.csv", "data/review/tipping.csv")
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
DATE = re.compile(r"\d{4}-\d\d(?:-\d\d)?")
TIMES = ("time", "start", "stop")  # text columns, as a date can be a month
SIZE = re.compile(r"^ *(n|n_patients): (\d+)$")


@dataclass(frozen=True)
class Change:
    """One numeric cell, what it says and what it is changed to."""

    file: str  # relative to the project
    row: int  # of the data, the first is 1
    row_id: str
    column: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.file} {self.row_id} {self.column}: {self.old} → {self.new}"


def changes(root: Path, rng: random.Random) -> list[Change]:
    """Return a change for every number of the evidence, file by file."""
    found = [c for path in sorted((root / "data").glob("*/study.yaml")) for c in _sizes(path, rng)]
    for path in sorted((root / "data").glob("*/*.csv")):
        if any(path.relative_to(root).match(name) for name in COMPUTED):
            continue
        schema = root / "data" / "schema" / f"{path.stem}.json"
        if path.parent.name in RECORDS:
            schema = root / "data" / "schema" / f"{path.parent.name}_{path.stem}.json"
        fields = json.loads(schema.read_text(encoding="utf-8"))["fields"]
        numeric = {
            f["name"] for f in fields if f["type"] in ("number", "integer") or f["name"] in TIMES
        }
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream), start=1):
                name = row.get("id") or next(iter(row.values()))
                for column in row:
                    cell = row[column] or ""
                    if column in numeric and (NUMBER.fullmatch(cell) or DATE.fullmatch(cell)):
                        file = path.relative_to(root).as_posix()
                        found.append(Change(file, number, name, column, cell, another(cell, rng)))
    return found


def _sizes(path: Path, rng: random.Random) -> Iterator[Change]:
    """Yield a change for every size in a description of a study; its row is the line."""
    owner = path.parent.name
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if match := SIZE.match(line):
            file = f"data/{path.parent.name}/{path.name}"
            yield Change(file, number, owner, match[1], match[2], another(match[2], rng))
        owner = line.strip().rstrip(":") if line.endswith(":") else owner


def another(text: str, rng: random.Random) -> str:
    """Return the number or date with its last digit moved by one, as a slip of the hand would."""
    if DATE.fullmatch(text):
        head, _, last = text.rpartition("-")
        step = rng.choice((-1, 1)) if 1 < int(last) < 12 else 1 if int(last) == 1 else -1
        return f"{head}-{int(last) + step:02}"
    _, point, decimals = text.partition(".")
    scale = 10 ** len(decimals)
    value = round(float(text) * scale) + (rng.choice((-1, 1)) if float(text) > 0 else 1)
    return f"{value / scale:.{len(decimals)}f}" if point else str(value)


def write(root: Path, change: Change) -> None:
    """Write the changed file, every other cell as it was."""
    path = root / change.file
    if path.suffix == ".yaml":
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        line = lines[change.row - 1]
        lines[change.row - 1] = line.replace(f": {change.old}", f": {change.new}")
        path.write_text("".join(lines), encoding="utf-8")
        return
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    rows[change.row][rows[0].index(change.column)] = change.new
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")


def report(
    sample: list[tuple[Change, str]],
    cells: int,
    seed: int | None,
    seconds: float,
    beyond: list[tuple[Change, str]] | None = None,
) -> str:
    """Return the result as Markdown.

    Parameters
    ----------
    sample : list of (Change, str)
        What was tried, and what noticed it: the share is of these.
    cells : int
        Numbers in the evidence.
    seed : int or None
        Of the sample; None if every number was tried.
    seconds : float
        Time taken.
    beyond : list of (Change, str), optional
        A change for each column of a file that the sample did not touch.
    """
    kinds = Counter(by.split(" ")[0] or "nothing" for _, by in sample)
    caught = len(sample) - kinds["nothing"]
    what = f"a sample of {len(sample)} (seed {seed})" if seed is not None else "all"
    tried = [*sample, *(beyond or [])]
    columns = {(c.file, c.column) for c, _ in tried}
    seen = {(c.file, c.column) for c, by in tried if by}
    lines = [
        "# Mutation test of the evidence",
        "",
        "One number of `data/` is changed at a time (its last digit moved by one) and nothing is"
        " updated; made by `make mutate`. Numbers are those of number columns, times and dates, and"
        " the sizes in `study.yaml`. Counted as noticed: an issue of validation, another result of the"
        " audit, another number on a prose page, or another output of a notebook that is run again."
        " Digests and downloads of whole tables do not count. A number that is misread together with"
        " the printed form beside it is out of reach: for that, the papers were read twice.",
        "",
        f"{cells} numbers; {what} tried in {seconds:.0f} s. **Noticed: {caught} of"
        f" {len(sample)}, {caught / max(1, len(sample)):.1%}** (goal {GOAL:.0%}).",
        "",
        "| noticed first by | changes |",
        "|---|---|",
        *[f"| {kind} | {count} |" for kind, count in kinds.most_common()],
        "",
        f"Columns of a file with a number: {len(columns)} tried, those that the sample missed with"
        f" one number each. In {len(seen)} a change was noticed.",
        "",
        "## Not noticed",
        "",
    ]
    survivors = [change for change, by in tried if not by]
    if not survivors:
        return "\n".join([*lines, "None."]) + "\n"
    lines += ["| file | row | column | is | was changed to |", "|---|---|---|---|---|"]
    lines += [f"| {c.file} | {c.row_id} | {c.column} | {c.old} | {c.new} |" for c in survivors]
    return "\n".join(lines) + "\n"
