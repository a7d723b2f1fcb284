"""Measure what grows with the number of studies: commands, files of the site, built books.

``python benchmarks/scale.py 10 1000`` writes projects of so many copies of one study into a temporary
folder, measures seconds of one processor and megabytes of memory, and writes ``benchmarks/scale.md``.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import resource
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
TABLE = Path(__file__).with_suffix(".md")
ROWS = 200  # of a study, on average
TEXT = """\
# A thousand studies

Made by `make scale`: {machine}. Seconds are those of a processor, with all processes that a command
starts, since other work may share the machine. Each study is a copy of one of this review; what the
audit computed for one number may serve its copies, so that studies with other numbers may take longer.

## Commands

Goals at 1,000: cold under 60 s and 400 MB, one study changed under 3 s, nothing changed under 1 s.

| studies | command | cold, s | again, s | one changed, s | MB |
|---|---|---|---|---|---|
{commands}

## Files that a page loads

Goal: none above 1,000 kB. The explorer loads its first part at once and others when asked, the search
those parts that can hold a word of the query. The plain table is for readers without scripts;
its size is that before the builder leaves out classes and end tags.

| studies | rows | parts of rows | data in the explorer's page, kB | largest part, kB | plain page, kB \
| largest file of the search, kB | files of the search | search in all, MB |
|---|---|---|---|---|---|---|---|---|
{pages}

## Books

| studies | update of all, s | render of all, s | stale, one changed, s | update of one, s \
| render of one, s | site, MB |
|---|---|---|---|---|---|---|
{books}

A book of 1,000 is not built here: a chapter takes {each} s of kernel and Sphinx in the largest of
these, which would be {minutes} minutes of a processor.

## What breaks first

A search for a word that is in every part loads the whole index (last column), and the explorer all its
rows if a reader asks for them. The page with the cards of one study grows with its rows and is not
divided.
"""
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


def commands(root: Path, studies: int) -> list[str]:
    """Return lines of a table: each command cold, again, and with one study changed."""
    lines = []
    named = {"check": ["check"], "audit": ["audit"], "export": ["export", str(root / "out")]}
    for name, arguments in named.items():
        if name != "export":  # which remembers nothing; check and audit share what they remember
            shutil.rmtree(root / "_build", ignore_errors=True)
        found = [measure(root, *arguments), measure(root, *arguments)]
        touch(root, 1)
        found.append(measure(root, *arguments))
        seconds = " | ".join(f"{one['seconds']:.1f}" for one in found)
        lines.append(f"| {studies} | {name} | {seconds} | {max(f['megabytes'] for f in found):.0f} |")
        print(lines[-1], flush=True)
    return lines


def pages(studies: int, folder: Path) -> str:
    """Return a line of a table: the largest file of explorer, plain table and index of the search.

    Rows are those of this review, repeated under other names until there are 200 for each study;
    sections are made of these rows, fifteen to a study, each with as many words as a usual one.
    """
    # Not above: a process counts the memory of the one that starts it as its own.
    from living_review.build import packing, search_index
    from living_review.report import explorer

    review = evidence.load(ROOT)
    real = explorer.rows(review)
    wanted = studies * ROWS
    many = [
        dataclasses.replace(row, study=f"{row.study}_{turn}", source=f"{row.source} {turn}")
        for turn in range(wanted // len(real) + 1)
        for row in real
    ][:wanted]
    parts = explorer.split(many)
    if len(parts) == 1:
        told = explorer.payload(many, review, str)
    else:
        told = explorer.catalogue(parts, review, str)
        for number, part in enumerate(parts):
            packing.write_part(folder, f"explorer-{number}", list(map(explorer.values, part)))
    known = list(told["studies"].values())
    told["studies"] = {row.study: known[0] for row in many} | {
        f"more_{n}": known[n % len(known)] for n in range(studies)
    }
    page = len(packing.packed(json.dumps(told, ensure_ascii=False)))
    plain = len(str(explorer.plain_table(parts[0], review, str)).encode())
    largest = max((p.stat().st_size for p in folder.glob("explorer-*.js")), default=0)
    prose = " ".join(f"{row.what} {row.whom} {row.result} {row.note}" for row in real).split()
    sections = []
    for study in range(studies):
        for part in range(15):
            start = (study * 7919 + part * 104729) % len(prose)
            words = " ".join((prose * 2)[start : start + 400])
            head = f"Part {part}" if part else ""
            sections.append([f"{name_of(study)}.html#{part}", name_of(study), head, words, []])
    search_index.write(folder, sections)
    index = [p.stat().st_size for p in (folder / "search-index.js", *folder.glob("search/*.js"))]
    sizes = [page, largest, plain, max(index)]
    kilobytes = " | ".join(f"{size / 1000:.0f}" for size in sizes)
    parted, whole = f"{wanted:,} | {len(parts)}", f"{len(index)} | {sum(index) / 1e6:.1f}"
    return f"| {studies} | {parted} | {kilobytes} | {whole} |"


def book(root: Path, studies: int) -> tuple[str, float]:
    """Build a book with a chapter for each study, change one; return a line of a table, and seconds."""
    synthetic.make(root, studies)
    shutil.copytree(ROOT / "src", root / "src", dirs_exist_ok=True)
    cold = [used(root, "update"), used(root, "render")]
    synthetic.touch(root, 1, 1000)
    again = [used(root, "stale"), used(root, "update"), used(root, "render")]
    size = sum(p.stat().st_size for p in (root / "_build" / "html").rglob("*") if p.is_file())
    seconds = " | ".join(f"{one:.1f}" for one in [*cold, *again])
    return f"| {studies} | {seconds} | {size / 1e6:.1f} |", sum(cold)


def used(root: Path, *arguments: str) -> float:
    """Return processor seconds of a command, with those of the kernels and builders it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "living_review.cli", "--root", str(root), *arguments]
    subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=arguments[0] != "stale")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Make projects, measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--books", type=int, nargs="*", default=[10], help="studies of built books")
    options = parser.parse_args()
    found: dict[str, list[str]] = {"commands": [], "pages": [], "books": []}
    for studies in options.studies:
        with tempfile.TemporaryDirectory() as folder:
            found["commands"] += commands(make(Path(folder) / "project", studies), studies)
    each = 0.0
    for studies in options.books:
        with tempfile.TemporaryDirectory() as folder:
            line, seconds = book(Path(folder) / "book", studies)
            found["books"].append(line)
            print(line, flush=True)
            each = seconds / studies
    for studies in options.studies:
        with tempfile.TemporaryDirectory() as folder:
            found["pages"].append(pages(studies, Path(folder)))
            print(found["pages"][-1], flush=True)
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    text = TEXT.format(
        machine=machine,
        each=f"{each:.1f}",
        minutes=f"{each * 1000 / 60:.0f}",
        **{name: "\n".join(lines) for name, lines in found.items()},
    )
    TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
