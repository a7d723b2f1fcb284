"""Change one number of ``data/`` at a time, without updating anything, and see what notices.

A change counts as noticed if validation names it, if the audit of the printed claims comes out
otherwise, or if a notebook that reads the file, run again, shows something else than it shows now
(what nbval compares). Digests of the data and downloads of whole tables do not count. What is not
noticed is a number that no page uses: use it, or say why not.

Notebooks run in this process, forked for each change from one that has the libraries loaded; only
notebooks that were seen to read the changed file run, and each stops at the first other output.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import multiprocessing
import os
import random
import re
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "benchmarks" / "mutation.md"
GOAL = 0.95
# What follows from any change of a file, whether or not a page uses the number: digests, downloads.
WHOLE_FILES = re.compile(
    r'<p class="lr-version">.*?</p>|Review version \S+ · data of [^\n]*|href="data:[^"]*"', re.S
)
# Made by a program, and tested by running that program again: no reader of a paper typed them.
COMPUTED = "data/review/bounds_*.csv"
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


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
    """Return a change for every numeric cell of the evidence, file by file."""
    found = []
    for path in sorted((root / "data").glob("*/*.csv")):
        if path.relative_to(root).match(COMPUTED):
            continue
        schema = root / "data" / "schema" / f"{path.stem}.json"
        if path.parent.name == "review":
            schema = root / "data" / "schema" / f"review_{path.stem}.json"
        fields = json.loads(schema.read_text(encoding="utf-8"))["fields"]
        numeric = {f["name"] for f in fields if f["type"] in ("number", "integer")}
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream), start=1):
                name = row.get("id") or f"row {number}"
                for column in row:
                    if column in numeric and NUMBER.fullmatch(row[column] or ""):
                        file = path.relative_to(root).as_posix()
                        new = another(row[column], rng)
                        found.append(Change(file, number, name, column, row[column], new))
    return found


def another(text: str, rng: random.Random) -> str:
    """Return the number with its last digit moved by one, as a slip of the hand would."""
    _, point, decimals = text.partition(".")
    scale = 10 ** len(decimals)
    value = round(float(text) * scale) + (rng.choice((-1, 1)) if float(text) > 0 else 1)
    return f"{value / scale:.{len(decimals)}f}" if point else str(value)


def write(root: Path, change: Change) -> None:
    """Write the changed file, every other cell as it was."""
    path = root / change.file
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    rows[change.row][rows[0].index(change.column)] = change.new
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")


# --- A notebook without a kernel. -----------------------------------------------------------------


def shown(path: Path) -> Iterator[str]:
    """Run a notebook in this process and yield what each code cell shows, as text."""
    from IPython.core.displayhook import CapturingDisplayHook
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    os.chdir(path.parent)
    shell = InteractiveShell.instance()
    shell.reset(new_session=False)
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        values: list[dict[str, Any]] = []
        # The shell puts its own hook back while a cell runs: the value of a cell goes by that one.
        shell.display_trap.hook = CapturingDisplayHook(shell=shell, outputs=values)
        with capture_output() as captured:
            result = shell.run_cell("".join(cell["source"]), store_history=False)
        if not result.success:
            yield f"raised {type(result.error_in_exec or result.error_before_exec).__name__}"
            return
        parts = [captured.stdout]
        for data in [*(o.data for o in captured.outputs), *(v["data"] for v in values)]:
            parts += [str(data[kind]) for kind in sorted(data)]
        yield WHOLE_FILES.sub("", "\n".join(parts))


def in_a_fork(work: Any, *arguments: Any) -> Any:  # noqa: ANN401
    """Call a function in a fork of this process and return what it returns."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)

    def run() -> None:
        warnings.simplefilter("ignore")
        theirs.send(work(*arguments))

    process = context.Process(target=run)
    process.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        return "died"
    finally:
        process.join()


def baseline(path: Path, root: Path) -> dict[str, Any]:
    """Return what a notebook shows and which files of the project it opens."""
    from living_review import observation

    observation.OBSERVER.start(str(root))
    texts = list(shown(path))
    observation.OBSERVER.stop()
    return {"texts": texts, "opened": set(observation.OBSERVER.report()["opened"])}


def audited(root: Path, study: str) -> list[tuple[str, ...]]:
    """Return what the audit of a study says, in comparable form."""
    from living_review import audit, evidence

    results = [r.as_dict() for r in audit.audit(evidence.load(root), study)]
    return [tuple(str(r.get(k)) for k in ("claim", "recomputed", "verdict")) for r in results]


def noticed(root: Path, change: Change, before: dict[str, dict[str, Any]], verdicts: Any) -> str:  # noqa: ANN401
    """Return what notices the change: ``schema``, ``audit``, a notebook's name, or nothing."""
    from living_review import validation

    os.chdir(root)
    if validation.check(root):
        return "schema"
    study = change.file.split("/")[1]
    if study in verdicts:
        try:
            if audited(root, study) != verdicts[study]:
                return "audit"
        except Exception as fault:
            return f"audit ({type(fault).__name__})"
    for name in sorted(before, key=lambda n: (n != study, len(before[n]["texts"]))):
        if change.file not in before[name]["opened"]:
            continue
        now = shown(root / "notebooks" / f"{name}.ipynb")
        for old in before[name]["texts"]:
            if next(now, None) != old:
                return f"notebook {name}"
    return ""


# --- The run. -------------------------------------------------------------------------------------


def copy(root: Path, to: Path) -> Path:
    """Copy what the notebooks read."""
    for folder in ("data", "notebooks", "book"):
        if (root / folder).is_dir():
            shutil.copytree(root / folder, to / folder, ignore=shutil.ignore_patterns(".ipynb*"))
    for name in ("_config.yml", "_toc.yml", "requirements.txt", "README.md"):
        if (root / name).exists():
            shutil.copy(root / name, to / name)
    return to


def warm() -> None:
    """Load the libraries once, without reading any data."""
    import lifelines
    import matplotlib.pyplot as plt
    import scipy.stats
    from IPython.core.interactiveshell import InteractiveShell

    import living_review.audit
    import living_review.figures
    import living_review.page
    import living_review.rooms
    import living_review.survival
    import living_review.validation  # noqa: F401

    assert lifelines
    assert scipy.stats
    plt.switch_backend("agg")
    InteractiveShell.instance()


def work(
    root: Path,
    todo: dict[int, Change],
    start: dict[str, Any],
    out: Any,  # noqa: ANN401
) -> None:
    """Try numbered changes on an own copy of the project; put number and what noticed it."""
    fault = ""
    try:
        with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
            mine = copy(root, Path(folder).resolve())
            for number, change in todo.items():
                original = (mine / change.file).read_bytes()
                write(mine, change)
                by = in_a_fork(noticed, mine, change, start["notebooks"], start["audits"])
                out.put((number, by))
                (mine / change.file).write_bytes(original)
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"
    finally:
        out.put((None, fault))


def run(root: Path, todo: list[Change], jobs: int) -> list[tuple[Change, str]]:
    """Try the changes and return what noticed each."""
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        mine = copy(root, Path(folder).resolve())
        start: dict[str, Any] = {"notebooks": {}, "audits": {}}
        for path in sorted((mine / "notebooks").glob("*.ipynb")):
            start["notebooks"][path.stem] = found = in_a_fork(baseline, path, mine)
            if found == "died" or any(t.startswith("raised ") for t in found["texts"]):
                raise SystemExit(f"notebooks/{path.name} does not run: repair it first")
            if in_a_fork(baseline, path, mine)["texts"] != found["texts"]:
                raise SystemExit(f"notebooks/{path.name} is not the same twice: repair it first")
        for study in sorted(p.parent.name for p in (mine / "data").glob("*/study.yaml")):
            start["audits"][study] = in_a_fork(audited, mine, study)
        return _spread(mine, todo, start, jobs)


def _spread(
    root: Path, todo: list[Change], start: dict[str, Any], jobs: int
) -> list[tuple[Change, str]]:
    context = multiprocessing.get_context("fork")
    out: Any = context.Queue()
    numbered = list(enumerate(todo))
    workers = [
        context.Process(target=work, args=(root, dict(numbered[i::jobs]), start, out))
        for i in range(jobs)
    ]
    for worker in workers:
        worker.start()
    results: list[tuple[Change, str]] = []
    left = jobs
    while left:
        number, by = out.get()
        if number is None:
            left -= 1
            if by:
                raise SystemExit(f"the test could not go on: {by}")
            continue
        change = todo[number]
        results.append((change, by))
        if len(results) % 25 == 0 or not by:
            print(f"[{len(results)}/{len(todo)}] {change}: {by or 'NOT NOTICED'}", flush=True)
    for worker in workers:
        worker.join()
    return sorted(results, key=lambda r: (r[0].file, r[0].row, r[0].column))


def report(results: list[tuple[Change, str]], cells: int, seed: int | None, seconds: float) -> str:
    """Return the result as Markdown."""
    kinds = Counter(by.split(" ")[0] or "nothing" for _, by in results)
    caught = len(results) - kinds["nothing"]
    what = f"a sample of {len(results)} (seed {seed})" if seed is not None else "all"
    lines = [
        "# Mutation test of the evidence",
        "",
        "One numeric cell of `data/` is changed at a time (its last digit moved by one) and nothing is"
        " updated; made by `make mutate`. Counted as noticed: a fault of validation, another result of"
        " the audit, or another output of a notebook that is run again. Digests and downloads of whole"
        " tables do not count.",
        "",
        f"{cells} numeric cells; {what} tried in {seconds:.0f} s. **Noticed: {caught} of"
        f" {len(results)}, {caught / max(1, len(results)):.1%}** (goal {GOAL:.0%}).",
        "",
        "| noticed first by | changes |",
        "|---|---|",
        *[f"| {kind} | {count} |" for kind, count in kinds.most_common()],
        "",
        "## Not noticed",
        "",
    ]
    survivors = [change for change, by in results if not by]
    if not survivors:
        return "\n".join([*lines, "None."]) + "\n"
    lines += ["| file | row | column | is | was changed to |", "|---|---|---|---|---|"]
    lines += [f"| {c.file} | {c.row_id} | {c.column} | {c.old} | {c.new} |" for c in survivors]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run the test, print and write what it finds; exit 1 below the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="every cell (default: a sample)")
    parser.add_argument("--columns", action="store_true", help="one cell of each column of a file")
    parser.add_argument("-n", "--sample", type=int, default=120, help="cells of the sample")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--files", default="", help="only files whose path holds this")
    options = parser.parse_args()
    started = time.perf_counter()
    rng = random.Random(options.seed)
    every = [c for c in changes(ROOT, rng) if options.files in c.file]
    if options.all:
        todo = every
    elif options.columns:
        todo = list({(c.file, c.column): c for c in rng.sample(every, len(every))}.values())
    else:
        todo = rng.sample(every, min(options.sample, len(every)))
    warm()
    results = run(ROOT, todo, options.jobs)
    seed = None if options.all else options.seed
    text = report(results, len(every), seed, time.perf_counter() - started)
    print(text)
    if not options.files and not options.columns:
        REPORT.write_text(text, encoding="utf-8")
    missed = sum(not by for _, by in results)
    return 1 if missed > (1 - GOAL) * len(results) else 0


if __name__ == "__main__":
    sys.exit(main())
