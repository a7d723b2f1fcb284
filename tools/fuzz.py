"""Throw damaged evidence at ``living-review check``: nothing may end in a traceback or hang.

``make fuzz`` runs this at length and writes what was tried into ``data/review/robustness.csv``; a short
run is in the tests. Each case is one damage to one file of a small project, drawn by a seed, so
that a case can be had again: ``tools/fuzz.py evidence --first 17 --cases 1``.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from living_review import evidence, validation

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "data" / "review" / "robustness.csv"
STUDY = "hua_2014"
SECONDS = 30  # a check of the small project takes a fraction of one
ROWS = 6  # of each table of the small project

WORDS = [
    *("", " ", "null", "~", "true", "yes", "-1", "-0", "+5", "1e3", "1e999", "1e-400", "inf", "nan"),
    *("99999999999999999999", "1_000", "0x10", "٣", "１", "2026-02-30", "2020-13-01", "1:30"),
    *("\x00", "\x1b[31m", "\u202eabc", "a\u200bb", "\ufeff", "=1+1", "@x", "javascript:alert(1)"),
    *("[]", "{}", "- a", "{a: b}", "*x", "&x", "!!int x", "!!timestamp z", "!!python/none", "<<: *a"),
    *("x" * 200_000, '"', "'", "|", ">", "%", "@", "`", "---", "...", "\t", "not_reported", "groups"),
    *("events/*.time", "groups/all.n", "(", "[", "\\", "a: b: c", "<img src=x onerror=alert(1)>"),
]
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
)
VALUES: list[Any] = [None, True, 0, -1, 10**30, 1.5, "", "x", "(", [], {}, [[]], [None], ["x"]]
VALUES += [{"": None}]


@dataclass
class Outcome:
    """What came of the cases of one fuzzer."""

    tried: int = 0
    refused: int = 0
    broken: list[str] = field(default_factory=list)  # ended in a traceback or did not end

    @property
    def survived(self) -> int:
        """Cases that ended as a check must: with named issues, or with none."""
        return self.tried - len(self.broken)


class HangError(Exception):
    """A case that did not end in time."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`HangError` in the block when its time is over."""

    def ring(*_: object) -> None:
        raise HangError(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def small_project(root: Path) -> Path:
    """Write a valid project with one short study, its book and the records that name no other study."""
    data = root / "data"
    shutil.copytree(ROOT / "data" / "schema", data / "schema")
    for name in ("vocabulary.yaml", "review.yaml"):
        shutil.copy(ROOT / "data" / name, data)
    (data / STUDY).mkdir()
    shutil.copy(ROOT / "data" / STUDY / "study.yaml", data / STUDY)
    for path in sorted((ROOT / "data" / STUDY).glob("*.csv")):
        header, rows = evidence.read_rows(path)
        if path.stem == "claims":
            rows = [r for r in rows if ":" not in f"{r[2]} {r[3]}"]
        if path.stem != "patients":
            rows = rows[:ROWS]
        evidence.write_rows(data / STUDY / path.name, [header, *rows])
    (data / "review").mkdir()
    for name in ("glossary", "versions", "rating_rules", "imprecision"):
        shutil.copy(ROOT / "data" / "review" / f"{name}.csv", data / "review")
    for name, word in (("appraisal", STUDY), ("certainty", STUDY), ("changes", "book/index")):
        header, rows = evidence.read_rows(ROOT / "data" / "review" / f"{name}.csv")
        evidence.write_rows(data / "review" / f"{name}.csv", [header, *(r for r in rows if word in r)])
    for which in ("first", "second"):
        shutil.copytree(data / STUDY, data / "review" / "readings" / which / STUDY)
    for name in ("book", "notebooks"):
        (root / name).mkdir()
    shutil.copy(ROOT / "book" / "references.bib", root / "book")
    (root / "book" / "index.md").write_text("# A review\n")
    cell = {"cell_type": "code", "source": f"review.study({STUDY!r})", "metadata": {}, "outputs": []}
    (root / "notebooks" / f"{STUDY}.ipynb").write_text(json.dumps({"cells": [cell]}))
    (root / "_toc.yml").write_text(
        f"format: jb-book\nroot: book/index\nchapters:\n- file: notebooks/{STUDY}\n"
    )
    return root


def files_of(root: Path) -> list[Path]:
    """Return the files that a case may damage; those that are no table come up often."""
    tables = sorted(root.glob("data/*/*.csv"))
    named = ["data/vocabulary.yaml", f"data/{STUDY}/study.yaml", "_toc.yml", "book/references.bib"]
    other = [*(root / name for name in named), *sorted(root.glob("data/schema/*.json"))]
    few = [root / name for name in named] * 8
    return [*tables, *few, *other]


def _bytes(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    lines = content.split(b"\n")
    line = rng.randrange(len(lines))
    word = rng.choice(WORDS).encode()
    kinds: list[Callable[[], bytes]] = [
        lambda: content[:at],
        lambda: content[at:],
        lambda: content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :],
        lambda: content[:at] + word + content[at:],
        lambda: content[:at] + rng.choice([b"\xff", b"\xc3", b"\xed\xa0\x80"]) + content[at:],
        lambda: b"\n".join([*lines[:line], *lines[line + 1 :]]),
        lambda: b"\n".join([*lines[: line + 1], *lines[line:]]),
        lambda: b"\n".join(
            [*lines[:line], lines[line].split(b":")[0] + b": " + word, *lines[line + 1 :]]
        ),
        lambda: b"\n".join([*lines[:line], lines[line][:1] * 3 + lines[line], *lines[line + 1 :]]),
        lambda: rng.choice([b"[", b"- ", b"{a: ", b"? ", b'{"a":']) * rng.choice([50, 5000, 100_000]),
        lambda: BOMB.encode() + content,
        lambda: content + BOMB.encode(),
        lambda: b"",
        lambda: content.decode("utf-8", "replace").encode("utf-16"),
        lambda: rng.choice(WORDS).encode(),
        lambda: content.replace(b"\n", rng.choice([b"\r", b"\r\n", b"\x0b", b"\n\n"])),
    ]
    return rng.choice(kinds)()


def _node(content: bytes, rng: random.Random) -> bytes:
    """Change, delete or rename one node of a JSON document: valid JSON of another shape."""
    tree = json.loads(content)
    places: list[tuple[Any, Any]] = []
    todo = [tree]
    while todo:
        node = todo.pop()
        for key in node if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], dict | list):
                todo.append(node[key])
    node, key = rng.choice(places)
    kind = rng.randrange(3)
    if kind == 0:
        del node[key]
    elif kind == 1 and isinstance(node, dict):
        node[rng.choice(["", "x", "name", "fields", "$ref", "vocabulary", "pattern"])] = node.pop(key)
    else:
        node[key] = rng.choice([*VALUES, *WORDS])
    return json.dumps(tree).encode()


def damage(path: Path, rng: random.Random) -> None:
    """Damage one file: its bytes, its lines, a node of it, or its being a file."""
    content = path.read_bytes()
    draw = rng.random()
    if draw < 0.04:
        path.unlink()
        if draw < 0.02:
            path.mkdir()
        elif draw < 0.03:
            path.symlink_to(path)
    elif path.suffix == ".json" and draw < 0.6:
        path.write_bytes(_node(content, rng))
    elif path.suffix in (".yaml", ".yml") and draw < 0.4:
        # The same file as one flow mapping is JSON: damaged as such, and valid YAML of another shape.
        from living_review import files

        path.write_bytes(_node(json.dumps(files.read_yaml(path)).encode(), rng))
    else:
        path.write_bytes(_bytes(content, rng))


def evidence_case(sound: Path, number: int) -> set[str]:
    """Damage one file of a copy of the valid project and check it; return the issues."""
    rng = random.Random(f"evidence {number}")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        shutil.copytree(sound, root)
        path = rng.choice(files_of(root))
        damage(path, rng)
        with time_limit(SECONDS):
            try:
                return set(map(str, validation.check_all(root)))
            except evidence.EvidenceError as error:
                return {str(error)}  # said by the command


def run_evidence(cases: int, first: int = 0) -> Outcome:
    """Run cases of damaged evidence.

    Parameters
    ----------
    cases, first : int
        How many, and the number of the first: the same number is the same case.
    """
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        sound = small_project(Path(folder) / "sound")
        if issues := validation.check(sound):
            raise SystemExit(f"the small project is not valid itself: {issues[0]}")
        usual = set(map(str, validation.check_all(sound)))  # nothing was settled in it
        for number in range(first, first + cases):
            outcome.tried += 1
            try:
                outcome.refused += evidence_case(sound, number) != usual
            except Exception:  # whatever it is: that is what is looked for
                outcome.broken.append(f"case {number}: {traceback.format_exc()[-1500:]}")
    return outcome


FUZZERS: dict[str, Callable[[int, int], Outcome]] = {"evidence": run_evidence}


def write(fuzzer: str, outcome: Outcome) -> None:
    """Put the figures of a fuzzer into the table, one row a fuzzer."""
    header, rows = evidence.read_rows(TABLE) if TABLE.is_file() else ([], [])
    header = header or ["fuzzer", "tried", "survived", "refused", "date"]
    figures = map(str, (outcome.tried, outcome.survived, outcome.refused))
    rows = [row for row in rows if row[0] != fuzzer]
    rows.append([fuzzer, *figures, date.today().isoformat()])
    evidence.write_rows(TABLE, [header, *sorted(rows)])


def main(arguments: list[str] | None = None) -> int:
    """Run a fuzzer, show what broke, and write the figures if that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fuzzer", choices=FUZZERS)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--write", action="store_true", help=f"the figures, into {TABLE.name}")
    options = parser.parse_args(arguments)
    outcome = FUZZERS[options.fuzzer](options.cases, options.first)
    for text in outcome.broken:
        print(text)
    print(f"{options.fuzzer}: {outcome.tried} tried, {outcome.survived} survived", end=", ")
    print(f"{outcome.refused} refused")
    if options.write:
        write(options.fuzzer, outcome)
    return 1 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())
