"""Measure ``check`` and ``audit`` of many studies: cold, with one study changed, and their memory.

``python benchmarks/scale.py 1000`` writes a project of so many copies of one study, with numbers of
their own, into a temporary folder and prints seconds of one processor and megabytes of each command.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import synthetic

from living_review import evidence

LETTERS = "abcdefghij"

ROOT = synthetic.ROOT
MEASURED = """\
import resource, sys
from living_review import cli
code = cli.main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, code, file=sys.stderr)
"""


def name_of(number: int) -> str:
    """Return the id of a study: digits as letters, since an id is a name and a year."""
    return f"study_{''.join(LETTERS[int(digit)] for digit in str(number))}_2020"


def make(root: Path, studies: int) -> Path:
    """Write valid data of so many studies, without a book."""
    data = root / "data"
    for folder in ("schema", "context"):
        shutil.copytree(ROOT / "data" / folder, data / folder)
    (data / "review").mkdir()
    shutil.copy(ROOT / "data" / "review" / "quoted_sources.csv", data / "review")
    text = (ROOT / "data" / "vocabulary.yaml").read_text(encoding="utf-8")
    looks = "".join(f"  look_{n}: generated\n" for n in range(1, studies + 1))
    assert "\nlooks:\n" in text, "the vocabulary has a list of looks, a line each"
    (data / "vocabulary.yaml").write_text(text.replace("\nlooks:\n", f"\nlooks:\n{looks}"))
    for number in range(1, studies + 1):
        name = name_of(number)
        shutil.copytree(ROOT / "data" / synthetic.PATTERN, data / name)
        path = data / name / "study.yaml"
        own = path.read_text(encoding="utf-8").replace(
            f"study_id: {synthetic.PATTERN}", f"study_id: {name}"
        )
        lines = [f"look: look_{number}" if x.startswith("look: ") else x for x in own.split("\n")]
        path.write_text("\n".join(lines), encoding="utf-8")
    return root


def touch(root: Path, number: int) -> None:
    """Change one study: a word of a note."""
    path = root / "data" / name_of(number) / "statements.csv"
    header, rows = evidence.read_rows(path)
    rows[0][header.index("note")] += " seen again"
    evidence.write_rows(path, [header, *rows])


def measure(root: Path, *arguments: str) -> dict[str, float]:
    """Run a command in its own process; return processor seconds, megabytes and its code."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "--root", str(root), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds, megabytes, code = done.stderr.split("\n")[-2].split()
    return {"seconds": float(seconds), "megabytes": float(megabytes), "code": int(code)}


def main() -> None:
    """Make a project and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", type=int, nargs="?", default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = make(Path(folder) / "project", options.studies)
        for name, arguments in (("check", ["check"]), ("audit", ["audit"])):
            print(name, "cold", json.dumps(measure(root, *arguments)), flush=True)
            print(name, "again", json.dumps(measure(root, *arguments)), flush=True)
            touch(root, 1)
            print(name, "one changed", json.dumps(measure(root, *arguments)), flush=True)
    print(f"largest child: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
