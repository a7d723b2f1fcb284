"""No page is left old: an incremental build equals a full one, whatever was edited before it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from living_review import evidence
from living_review.build import render, staleness, update

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
import synthetic  # noqa: E402  (the benchmark's book serves here, too)

pytestmark = pytest.mark.slow


def change(root: Path, relative: str, old: str, new: str) -> None:
    path = root / relative
    text = path.read_text(encoding="utf-8")
    assert old in text, relative
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of two studies with stored outputs that need no run, and code of its own."""
    root = synthetic.make(tmp_path_factory.mktemp("site") / "root", 2)
    shutil.copytree(ROOT / "src", root / "src", dirs_exist_ok=True)
    # Thousands of rows that no page here shows take half of each build, for the downloads.
    shutil.rmtree(root / "data/review/readings")
    for name in ("review/audit_power", "review/version_diff", "context/settled"):
        header, rows = evidence.read_rows(root / f"data/{name}.csv")
        evidence.write_rows(root / f"data/{name}.csv", [header, *rows[:20]])
    for path in (root / "notebooks").iterdir():
        notebook = json.loads(path.read_text())
        notebook["cells"][1].update(
            execution_count=1,
            outputs=[
                {
                    "output_type": "display_data",
                    "metadata": {},
                    "data": {"text/html": f"<p>The number of {path.stem} is 12.</p>"},
                }
            ],
        )
        del notebook["cells"][2:]
        notebook["metadata"] = {"kernelspec": update.KERNEL, "language_info": update.LANGUAGE}
        path.write_text(json.dumps(notebook))
    (root / "book" / "still.md").write_text("# Still\n\nA page that names no fact.\n")
    (root / "book" / "rows.md").write_text("# Rows\n\nThere are {{ n_rows }} rows.\n")
    change(root, "_toc.yml", "chapters:\n", "chapters:\n  - file: book/still\n  - file: book/rows\n")
    assert render.render(root) == "rendered"
    kept = root.with_name("kept")
    shutil.copytree(root, kept)
    return kept


@pytest.fixture
def root(built: Path) -> Path:
    """Return the book as built, in the place where it was built: moved, all is read again."""
    place = built.with_name("root")
    shutil.rmtree(place)
    return Path(shutil.copytree(built, place))


def add_row(root: Path) -> None:
    path = root / "data" / synthetic.name_of(1) / "quoted.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, "extra_row" + lines[-1][lines[-1].index(",") :]]) + "\n")


def say_change(root: Path) -> None:
    version = evidence.load(root).version
    with (root / "data/review/changes.csv").open("a") as stream:
        stream.write(f"{version},book/still,text,Words made plainer\n")


def raise_version(root: Path) -> None:
    version = evidence.load(root).version
    change(root, "data/review/versions.csv", f"\n{version},", f"\n{version}1,")


def new_study(root: Path) -> None:
    synthetic.add_study(root, 3)
    shutil.copy(root / "notebooks/across.ipynb", root / "notebooks/study003_2020.ipynb")
    with (root / "_toc.yml").open("a") as stream:
        stream.write("  - file: notebooks/study003_2020\n")


# What is edited, and a page that must be another afterwards.
EDITS: dict[str, tuple[Callable[[Path], object], str]] = {
    "output of a notebook": (
        lambda r: change(r, "notebooks/across.ipynb", "is 12.", "is 13."),
        "notebooks/across.html",
    ),
    "data behind a fact": (add_row, "book/rows.html"),
    "text of a page": (lambda r: change(r, "book/still.md", "names no", "has no"), "book/still.html"),
    "title of a page": (lambda r: change(r, "book/still.md", "# Still", "# Calm"), "book/rows.html"),
    "order of the contents": (
        lambda r: change(
            r,
            "_toc.yml",
            "  - file: book/still\n  - file: book/rows\n",
            "  - file: book/rows\n  - file: book/still\n",
        ),
        "book/still.html",
    ),
    "a new study": (new_study, "book/still.html"),
    "a page taken out": (
        lambda r: [
            change(r, "_toc.yml", "  - file: book/rows\n", ""),
            (r / "book/rows.md").unlink(),
        ],
        "book/still.html",
    ),
    "version of the review": (raise_version, "book/still.html"),
    "what a version changed on a page": (say_change, "book/still.html"),
    "frame of the pages": (
        lambda r: change(r, "book/_templates/layout.html", "Skip to", "Jump to"),
        "book/still.html",
    ),
    "style sheet": (
        lambda r: (r / "book/_static/living-review.css").write_text("p { color: black }"),
        "_static/living-review.css",
    ),
    "code that computes a fact": (
        lambda r: change(
            r,
            "src/living_review/report/substitutions.py",
            "def _rows(review: Review) -> str:\n",
            "def _rows(review: Review) -> str:\n    return '7'\n",
        ),
        "book/rows.html",
    ),
    "configuration": (
        lambda r: change(r, "_config.yml", "html_title: mTOR", "html_title: Other mTOR"),
        "book/still.html",
    ),
}  # fmt: skip


def pages(root: Path) -> dict[str, bytes]:
    site = render.site(root)
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.name != render.STAMP
    }


# Loads what the builder is made of, nothing of the project, and is forked for each build.
LOADED = """
import json, os, sys
import matplotlib.pyplot, myst_nb, pandas, scipy.stats, sphinx.application, sphinx.builders.html
import jupyter_book.sphinx
from jupyter_book.cli.main import main
assert "living_review" not in sys.modules
for line in sys.stdin:
    asked = json.loads(line)
    if (pid := os.fork()) == 0:
        os.chdir(asked["cwd"])
        os.environ.clear()
        os.environ.update(asked["env"])
        sys.path[1:1] = asked["env"].get("PYTHONPATH", "").split(os.pathsep)
        sys.dont_write_bytecode = "PYTHONDONTWRITEBYTECODE" in asked["env"]
        sys.argv[1:] = asked["arguments"]
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else end.code is not None
        sys.stderr.flush()
        os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def loaded() -> Iterator[subprocess.Popen[str]]:
    ours = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    command = [sys.executable, "-c", LOADED]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=ours, text=True, **pipes) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def forked(loaded: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Let builds be forks of a process that has loaded the builder; gives the commands that ran.

    To start it anew takes longer than to build this book. The tests that do not ask for this start it.
    """
    ran: list[list[str]] = []

    class Fork:
        def __init__(self, command: list[str], *, cwd: Path, env: dict[str, str], **_: Any) -> None:
            assert command == render.program()
            ran.append(command)
            asked = {"cwd": str(cwd), "env": env, "arguments": list(render.COMMAND)}
            loaded.stdin.write(json.dumps(asked) + "\n")
            loaded.stdin.flush()

        def __enter__(self) -> Fork:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def wait(self) -> None:
            self.returncode = int(loaded.stdout.readline())

    builders = SimpleNamespace(Popen=Fork, DEVNULL=subprocess.DEVNULL)
    monkeypatch.setattr(render, "subprocess", builders)
    return ran


@pytest.mark.parametrize("what", EDITS)
def test_an_incremental_build_equals_a_full_one(what: str, root: Path, forked: list[list[str]]) -> None:
    before = pages(root)
    assert render.render(root) == "up to date"
    edit, page = EDITS[what]
    edit(root)
    assert render.render(root) == "rendered"
    incremental = pages(root)
    assert incremental.get(page) != before[page], f"{page} is as it was"
    render.render(root, force=True)
    full = pages(root)
    old = sorted(name for name in full.keys() | incremental.keys()
                 if full.get(name) != incremental.get(name))  # fmt: skip
    assert old == []
    assert render.render(root) == "up to date"
    assert len(forked) == 2


def test_one_page_changed_writes_that_page_and_the_first(root: Path) -> None:
    """The other half of the bargain: what did not change is not written again."""
    folder = render.workshop(root) / "html"
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*.html")}
    change(root, "notebooks/across.ipynb", "is 12.", "is 13.")
    render.render(root)
    written = {
        p.relative_to(folder).as_posix() for p, at in before.items() if p.stat().st_mtime_ns != at
    }
    assert written & {"notebooks/across.html", "book/still.html"} == {"notebooks/across.html"}
    assert "notebooks/study001_2020.html" not in written


def test_an_issue_is_reported_again_by_the_next_build(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    good = pages(root)
    change(root, "book/still.md", "A page", "{cite}`nobody_1999` A page")
    for _ in range(2):
        with pytest.raises(staleness.StalenessError, match="the site was not built"):
            render.render(root)
        assert "nobody_1999" in capfd.readouterr().err
    assert pages(root) == good, "the site that was there stays"
