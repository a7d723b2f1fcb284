"""Change one number of ``data/`` at a time, without updating anything, and see what notices.

A change counts as noticed if validation names it, if the audit of the printed claims ends
otherwise, if a number or table that a prose page shows changes, or if a notebook that reads the file,
run again, shows something else than it shows now (what nbval compares). Digests of the data and
downloads of whole tables do not count. What is not noticed is a number that no page uses: use it,
check it against another, or leave it out of the data.

Changed are the number columns of the tables, times and dates, and the sizes in ``study.yaml``.

Notebooks run in this process, forked for each change from one that has the libraries loaded; only
notebooks that were seen to read the changed file run, and each stops at the first other output.
"""

from __future__ import annotations

import argparse
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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mutations import GOAL, Change, changes, report, write

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "benchmarks" / "mutation.md"
# What follows from any change of a file, whether or not a page uses the number: digests, downloads.
WHOLE_FILES = re.compile(
    r'<p class="lr-version">.*?</p>|Review version \S+ · data of [^\n]*|href="data:[^"]*"', re.DOTALL
)


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
        # The shell restores its own hook while a cell runs: it shows the value of a cell.
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
    from living_review.build import tracing

    tracing.OBSERVER.start(str(root))
    texts = list(shown(path))
    tracing.OBSERVER.stop()
    return {"texts": texts, "opened": set(tracing.OBSERVER.report()["opened"])}


def audited(root: Path, study: str) -> list[tuple[str, ...]]:
    """Return what the audit of a study says, in comparable form."""
    from living_review import audit, evidence

    results = [r.as_dict() for r in audit.audit(evidence.load(root), study)]
    return [tuple(str(r.get(k)) for k in ("claim", "recomputed", "verdict")) for r in results]


def stated(root: Path) -> dict[str, str]:
    """Return what the prose pages show of the data, but for the digest and numbers of rows."""
    from living_review import evidence
    from living_review.report import substitutions

    return {k: v for k, v in substitutions.compute(evidence.load(root)).items() if k != "data_digest"}


def is_seen_in_its_table(root: Path, change: Change) -> bool:
    """Run the part of validation that looks at one table: quick, and what it finds the whole finds."""
    import yaml

    from living_review import evidence, validation
    from living_review.validation import cells, issues, sizes

    folder = (root / change.file).parent
    if folder.name in evidence.RECORDS:
        tables = {Path(change.file).stem: issues.read(root / change.file, change.file)}
        meta, prefix = {}, f"{folder.name}_"
    else:
        tables = {p.stem: issues.read(p, p.name) for p in sorted(folder.glob("*.csv"))}
        meta, prefix = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8")), ""
        if next(iter(sizes.check_sizes(tables, meta)), None):
            return True
    name = Path(change.file).stem
    if name not in tables:
        return False
    schema = evidence.load_schemas(root)[prefix + name]
    assert validation
    return next(iter(cells.check_rows(tables[name], schema, name)), None) is not None


def noticed(root: Path, change: Change, start: dict[str, Any]) -> str:
    """Return what notices the change: ``validation``, ``audit``, ``page``, a notebook, or nothing."""
    from living_review import validation

    os.chdir(root)
    if validation.check(root):
        return "validation"
    study = change.file.split("/")[1]
    for by, ask in (("audit", lambda: audited(root, study)), ("page", lambda: stated(root))):
        known = start["audits"].get(study) if by == "audit" else start["stated"]
        try:
            if known is not None and ask() != known:
                return by
        except Exception as error:
            return f"{by} ({type(error).__name__})"
    before = start["notebooks"]
    # The chapter of the row first, then those that read little: they are likelier to show it.
    own = (study, change.row_id)
    for name in sorted(before, key=lambda n: (n not in own, len(before[n]["opened"]))):
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
    import frictionless
    import jsonschema
    import lifelines
    import matplotlib.pyplot as plt
    import scipy.stats
    from IPython.core.interactiveshell import InteractiveShell

    import living_review.audit
    import living_review.plots.basic
    import living_review.report.display
    import living_review.report.sections
    import living_review.report.substitutions
    import living_review.stats.survival
    import living_review.validation  # noqa: F401

    assert frictionless
    assert jsonschema
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
    issue = ""
    try:
        with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
            mine = copy(root, Path(folder).resolve())
            for number, change in todo.items():
                original = (mine / change.file).read_bytes()
                write(mine, change)
                quickly = is_seen_in_its_table(mine, change)
                by = "validation" if quickly else in_a_fork(noticed, mine, change, start)
                out.put((number, by))
                (mine / change.file).write_bytes(original)
    except Exception as error:
        issue = f"{type(error).__name__}: {error}"
    finally:
        out.put((None, issue))


def run(root: Path, todo: list[Change], jobs: int) -> list[tuple[Change, str]]:
    """Try the changes and return what noticed each."""
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        mine = copy(root, Path(folder).resolve())
        start: dict[str, Any] = {"notebooks": {}, "audits": {}}
        start["stated"] = in_a_fork(stated, mine)
        if issues := in_a_fork(_issues, mine):
            raise SystemExit(f"data/ is not valid before any change: {issues[0]}")
        for path in sorted((mine / "notebooks").glob("*.ipynb")):
            start["notebooks"][path.stem] = found = in_a_fork(baseline, path, mine)
            if found == "died" or any(t.startswith("raised ") for t in found["texts"]):
                raise SystemExit(f"notebooks/{path.name} does not run: repair it first")
            if in_a_fork(baseline, path, mine)["texts"] != found["texts"]:
                raise SystemExit(f"notebooks/{path.name} is not the same twice: repair it first")
        for study in sorted(p.parent.name for p in (mine / "data").glob("*/study.yaml")):
            start["audits"][study] = in_a_fork(audited, mine, study)
        return _spread(mine, todo, start, jobs)


def _issues(root: Path) -> list[str]:
    from living_review import validation

    return [str(f) for f in validation.check(root)]


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


def main() -> int:
    """Run the test, print and write what it finds; exit 1 below the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="every number (default: a sample)")
    parser.add_argument("--columns", action="store_true", help="one number of each column of a file")
    parser.add_argument("-n", "--sample", type=int, default=80, help="numbers in the sample")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--files", default="", help="only files whose path holds this")
    options = parser.parse_args()
    started = time.perf_counter()
    rng = random.Random(options.seed)
    every = [c for c in changes(ROOT, rng) if options.files in c.file]
    shuffled = rng.sample(every, len(every))
    count = len(every) if options.all else 0 if options.columns else options.sample
    sample = shuffled[:count]
    touched = {(c.file, c.column) for c in sample}
    others = {(c.file, c.column): c for c in shuffled if (c.file, c.column) not in touched}
    if options.columns:
        sample, others = list(others.values()), {}
    warm()
    results = run(ROOT, [*sample, *others.values()], options.jobs)
    inside = set(sample)
    parts = [[r for r in results if (r[0] in inside) == wanted] for wanted in (True, False)]
    seed = None if options.all else options.seed
    text = report(parts[0], len(every), seed, time.perf_counter() - started, parts[1])
    print(text)
    if not options.files and not options.columns:
        REPORT.write_text(text, encoding="utf-8")
    missed = sum(not by for _, by in parts[0])
    return 1 if missed > (1 - GOAL) * len(parts[0]) else 0


if __name__ == "__main__":
    sys.exit(main())
