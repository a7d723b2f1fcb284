"""Measure the build against a stock Jupyter Book that executes everything; writes build.md.

Every figure is a median of ``--repeat`` runs in one temporary copy of the project on one machine,
the kinds of run taking turns, so that the ratios hold where the seconds do not. ``--big`` adds
books of 50 and 200 synthetic studies (a quarter of an hour).
"""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import synthetic

from living_review import evidence

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "benchmarks" / "build.md"
COPIED = ["src", "book", "data", "notebooks", "_config.yml", "_toc.yml", "requirements.txt"]
COPIED += ["README.md", "CITATION.cff", "CHANGELOG.md", "pyproject.toml", "conftest.py"]
COPIED += ["LICENSE", "LICENSE-DATA"]
STOCK = "stock `jupyter-book build`"
STUDY_FILE = "data/benson_2014/statements.csv"
FOLLOWED = ("data/carolino_2025/measurements.csv", "data/nathan_2015/quoted.csv")


def run(root: Path, *command: str) -> float:
    """Run a command of this Python in a book; return the seconds it took.

    Raises
    ------
    SystemExit
        If it failed: no figure then.
    """
    environment = os.environ | {"PYTHONPATH": str(root / "src")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # it doubles the time of every import
    start = time.perf_counter()
    result = subprocess.run(
        [sys.executable, *command],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - start
    if result.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{result.stdout}\n{result.stderr}")
    return took


def ours(root: Path) -> float:
    """Return the seconds of what ``make book`` does when the environment is there."""
    cli = ["-m", "living_review.cli", "--root", str(root)]
    return run(root, *cli, "update") + run(root, *cli, "render")


def copy(to: Path) -> Path:
    """Copy what the book is made from."""
    to.mkdir(parents=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, to / name)
    return to


def stock(root: Path) -> float:
    """Return the seconds of a stock build that executes what its setting says.

    ``--all``: without it a second build reads no page again and executes nothing, *force* or not.
    """
    program = "from jupyter_book.cli.main import main; main()"
    return run(root, "-c", program, "build", ".", "--all", "--path-output", "_build/stock", "--quiet")


def make_stock(to: Path, how: str = "force") -> Path:
    """Copy the book for the stock build: the same but for the execution of notebooks."""
    root = copy(to)
    config = root / "_config.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(
        re.sub(r'execute_notebooks: "?off"?', f"execute_notebooks: {how}", text), encoding="utf-8"
    )
    return root


def edit(root: Path, number: int, file: str = STUDY_FILE) -> None:
    """Change a remark in the last row of a study's table, another at each call."""
    path = root / file
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    text = re.sub(r" \[bench -?\d+\]", "", lines[-1])
    quoted = text.endswith('"')
    body = text[:-1] if quoted else text
    lines[-1] = f"{body} [bench {number}]" + ('"' if quoted else "")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def medians(kinds: dict[str, Callable[[int], float]], repeat: int) -> dict[str, float]:
    """Run each kind in turn, so that a slow minute of the machine falls on all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in kinds}
    for turn in range(repeat):
        for name, work in kinds.items():
            seconds[name].append(work(turn))
            print(f"  {name}: {seconds[name][-1]:.2f} s", flush=True)
    return {name: statistics.median(values) for name, values in seconds.items()}


def real_book(folder: Path, repeat: int) -> list[str]:
    """Measure the project's own book; return lines of the table."""
    root, other = copy(folder / "ours"), make_stock(folder / "stock")
    cached = make_stock(folder / "cache", "cache")
    ours(root)
    stock(cached)  # fills its cache

    def prose(turn: int) -> float:
        with (root / "book" / "methods.md").open("a", encoding="utf-8") as page:
            page.write(f"\nMeasured {turn}.\n")
        return ours(root)

    def changed(turn: int) -> float:
        edit(root, turn)
        return ours(root)

    def everything(turn: int) -> float:
        # A module that every notebook imports: all run again, and every page is read again.
        module = root / "src" / "living_review" / "evidence" / "model.py"
        with module.open("a", encoding="utf-8") as stream:
            stream.write(f"# {turn}\n")
        return ours(root)

    def with_cache(turn: int) -> float:
        edit(cached, turn)
        return stock(cached)

    found = medians(
        {
            "stock, `force`": lambda _: stock(other),
            "stock, `cache`, one study's CSV changed": with_cache,
            "everything stale": everything,
            "one study's CSV changed": changed,
            "a prose page changed": prose,
            "nothing changed": lambda _: ours(root),
        },
        repeat,
    )
    base = found["stock, `force`"]
    goals = {
        "everything stale": 0.30,
        "one study's CSV changed": 0.15,
        "a prose page changed": 0.08,
        "nothing changed": 0.01,
    }
    lines = [f"| {STOCK}, `force` | {base:.1f} | 1 | |"]
    seconds = found["stock, `cache`, one study's CSV changed"]
    lines.append(
        f"| {STOCK}, `cache`, one study's CSV changed | {seconds:.1f} | {seconds / base:.2f} |"
        f" {_shown(cached)} |"
    )
    for name, goal in goals.items():
        share = found[name] / base
        lines.append(f"| {name} | {found[name]:.1f} | {share:.3f} | {_met(share, goal)} |")
    return [*lines, *_followed(root)]


def _shown(root: Path) -> str:
    """Return whether a page names its data: a chapter prints the digest of its study."""
    study = evidence.load(root).study(STUDY_FILE.split("/")[1])
    page = root / "_build" / "stock" / "_build" / "html" / "notebooks" / f"{study.study_id}.html"
    right = study.digest in page.read_text(encoding="utf-8")
    return "shows the data as they are" if right else "**shows the data before the change**"


def _followed(root: Path) -> list[str]:
    """State which notebooks an edit makes stale, for two tables that few chapters use."""
    lines = []
    for file in FOLLOWED:
        edit(root, 99, file)
        cli = [sys.executable, "-m", "living_review.cli", "--root", str(root), "stale"]
        environment = os.environ | {"PYTHONPATH": str(root / "src")}
        text = subprocess.run(cli, env=environment, capture_output=True, text=True, check=False).stdout
        names = [Path(line.partition(":")[0]).stem for line in text.splitlines()]
        lines.append(f"| a cell of `{file}` | | | stale: {', '.join(names)} |")
        edit(root, -1, file)
        ours(root)
    return lines


WHY = """
## Why goals are missed

Stale chapters take most of it: their own computing, above all that on bounds, and Sphinx, which reads
and writes every page when the engine's code changed. A table of a study makes those chapters stale that
show it (the last two rows). A page of prose costs the start of Sphinx and its extensions."""


def _met(value: float, goal: float, unit: str = "") -> str:
    return f"under {goal:g}{unit}: {'yes' if value < goal else '**no**'}"


def nbval(folder: Path, repeat: int) -> list[str]:
    """Measure nbval as `make test` runs it against nbval alone: serial, each kernel started afresh."""
    root, other = copy(folder / "nbval"), copy(folder / "nbval-stock")
    (other / "conftest.py").unlink()
    arguments = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env"]
    two = ["-n", "2", "--dist", "loadscope"]
    found = medians(
        {
            "nbval alone, serial": lambda _: run(other, *arguments, "notebooks"),
            "nbval alone, two workers": lambda _: run(other, *arguments, *two, "notebooks"),
            "nbval, kernels forked, serial": lambda _: run(root, *arguments, "notebooks"),
            "nbval, kernels forked, two workers": lambda _: run(root, *arguments, *two, "notebooks"),
        },
        repeat,
    )
    base = found["nbval alone, serial"]
    lines = []
    for name, seconds in found.items():
        goal = _met(seconds / base, 0.35) if name.endswith("forked, two workers") else ""
        lines.append(f"| {name} | {seconds:.1f} | {seconds / base:.2f} | {goal} |")
    return lines


# What a user might pick instead: how it builds and executes, and what keeps it from being there.
OTHERS = {
    "Quarto": (
        ["quarto", "render", "notebooks", "--execute"],
        "not installed: `pip install quarto-cli` fetches the program from github.com",
    ),
    "mystmd": (["myst", "build", "--execute", "--html"], "not installed: `pip install mystmd`"),
}


def others(folder: Path) -> list[str]:
    """Build the same notebooks with other builders; say why not where that fails."""
    lines = ["", "## Other builders on the same notebooks, everything executed", ""]
    lines += ["| builder | seconds | or why not |", "|---|---|---|"]
    for name, (command, reason) in OTHERS.items():
        took, error = _built(command, copy(folder / name)) if shutil.which(command[0]) else ("", reason)
        lines.append(f"| {name} | {took} | {error} |")
        print(lines[-1], flush=True)
    return lines


def _built(command: list[str], root: Path) -> tuple[str, str]:
    """Return how long another builder took, or what it said that failed."""
    (root / "myst.yml").write_text("version: 1\nproject: {}\nsite: {template: book-theme}\n")
    start = time.perf_counter()
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    took = f"{time.perf_counter() - start:.1f}"
    said = [line for line in (done.stdout + done.stderr).splitlines() if "failed" in line]
    return (took, "") if done.returncode == 0 else ("", f"fails: {(said or ['no word why'])[0]}")


def imports(repeat: int) -> list[str]:
    """Measure what a notebook waits for before its first cell has run."""
    ours_all = (
        "from living_review import evidence; from living_review.plots import basic, theme; "
        "from living_review.report import display, sections"
    )
    kinds = {
        "Python alone": "pass",
        "pandas": "import pandas",
        "matplotlib.pyplot": "import matplotlib.pyplot",
        "scipy.stats": "import scipy.stats",
        "lifelines": "import lifelines",
        "seaborn": "import seaborn",
        "living_review.evidence": "from living_review import evidence",
        "what a chapter imports at its start": ours_all,
    }
    found = medians({n: lambda _, code=c: run(ROOT, "-c", code) for n, c in kinds.items()}, repeat)
    return [f"| {name} | {seconds:.2f} |" for name, seconds in found.items()]


def big(folder: Path, sizes: Iterable[int], repeat: int) -> list[str]:
    """Measure books of synthetic studies."""
    lines = []
    for size in sizes:
        root = synthetic.make(folder / f"synthetic-{size}", size)
        shutil.copytree(ROOT / "src", root / "src", dirs_exist_ok=True)
        cli = ["-m", "living_review.cli", "--root", str(root)]
        cold = run(root, *cli, "update")
        render = run(root, *cli, "render", "--force")

        def changed(turn: int, root: Path = root) -> float:
            synthetic.touch(root, 3, 1000 + turn)
            return ours(root)

        found = medians({"nothing": lambda _, root=root: ours(root), "one": changed}, repeat)
        lines.append(
            f"| {size} | {cold:.0f} ({cold / size:.2f}) | {render:.1f} | {found['nothing']:.1f} |"
            f" {found['one']:.1f} |"
        )
        print(lines[-1], flush=True)
    return lines


def compile_environment() -> None:
    """Compile the installed packages, as pip does: some machines lose the compiled files.

    Without them every Python that starts compiles pandas again (1.3 s instead of 0.5 s).
    """
    compileall.compile_dir(sysconfig.get_path("purelib"), quiet=2)


def main() -> int:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--big", action="store_true", help="books of 50 and 200 studies, too")
    parser.add_argument("--only", choices=("book", "nbval", "others", "imports", "big"), default="")
    parser.add_argument("--sizes", default="50,200", help="of the synthetic books")
    options = parser.parse_args()

    def wanted(part: str) -> bool:
        return options.only == part or (not options.only and (part != "big" or options.big))

    lines = [
        "# How long the build takes",
        "",
        f"Made by `make bench`: Python {platform.python_version()}, {os.cpu_count()} cores, medians"
        f" of {options.repeat} run(s) taking turns in one temporary copy. Seconds are of one machine;"
        " the ratios are what is promised.",
    ]
    compile_environment()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name).resolve()
        if wanted("book"):
            lines += ["", "## This book", "", "| what | seconds | of the stock build | |"]
            lines += ["|---|---|---|---|", *real_book(folder, options.repeat)]
            lines += WHY.splitlines()
        if wanted("nbval"):
            lines += ["", "## Its notebooks tested", "", "| what | seconds | of nbval alone | |"]
            lines += ["|---|---|---|---|", *nbval(folder, options.repeat)]
        if wanted("others"):
            lines += others(folder)
        if wanted("imports"):
            lines += ["", "## Time to the first cell", "", "| import | seconds |", "|---|---|"]
            lines += imports(options.repeat)
        if wanted("big"):
            sizes = [int(size) for size in options.sizes.split(",")]
            lines += ["", "## Synthetic books", ""]
            lines += ["Goals at 200 studies: nothing changed under 6 s, one CSV under 15 s.", ""]
            lines += [
                "| studies | cold, all run (per study) | full render | nothing changed | one CSV |"
            ]
            lines += ["|---|---|---|---|---|"]
            lines += big(folder, sizes, options.repeat)
    text = "\n".join(lines) + "\n"
    print(text)
    if not options.only:
        REPORT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
