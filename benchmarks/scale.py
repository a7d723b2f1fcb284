"""Measure ``check``, ``audit`` and ``export`` of many studies: cold, again, with one study changed.

``python benchmarks/scale.py 10 1000`` writes projects of so many copies of one study, with numbers of
their own, into a temporary folder and prints seconds of one processor and megabytes of each command.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import synthetic

from living_review import evidence

# As on a machine where Python keeps what it compiled.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

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
    note = header.index("note")
    rows[0][note] = f"{rows[0][note]} Seen again.".strip()
    evidence.write_rows(path, [header, *rows])


def measure(root: Path, *arguments: str) -> dict[str, float]:
    """Run a command in its own process; return processor seconds, megabytes and its code."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "--root", str(root), *arguments],
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds, megabytes, code = done.stderr.split("\n")[-2].split()
    return {"seconds": float(seconds), "megabytes": float(megabytes), "code": int(code)}


def rows(root: Path, studies: int) -> list[str]:
    """Return lines of a table: each command cold, again, and with one study changed."""
    lines = []
    commands = {"check": ["check"], "audit": ["audit"], "export": ["export", str(root / "out")]}
    for name, arguments in commands.items():
        found = [measure(root, *arguments), measure(root, *arguments)]
        touch(root, 1)
        found.append(measure(root, *arguments))
        seconds = " | ".join(f"{one['seconds']:.1f}" for one in found)
        lines.append(f"| {studies} | {name} | {seconds} | {max(f['megabytes'] for f in found):.0f} |")
        print(lines[-1], flush=True)
    return lines


def main() -> None:
    """Make projects and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", type=int, nargs="*", default=[10, 100, 1000])
    options = parser.parse_args()
    print("| studies | command | cold | again | one changed | MB |\n|---|---|---|---|---|---|")
    for studies in options.studies:
        with tempfile.TemporaryDirectory() as folder:
            rows(make(Path(folder) / "project", studies), studies)


if __name__ == "__main__":
    main()
