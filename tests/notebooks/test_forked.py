"""Forked kernels give what fresh ones give, and are refused where they might not."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest
import small_book as book

from living_review.build import forked, kernel, staleness, template, update

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not forked.possible(), reason="this system forks no kernels")
SMALL = ("nathan_2015", "practical")


@pytest.fixture(autouse=True)
def _no_template_is_left() -> Any:
    forked.REFUSALS.clear()
    yield
    forked.TEMPLATES.close()


def run(path: Path, *, in_fork: bool) -> tuple[list[Any], dict[str, Any]]:
    """Run a notebook of the book; return its cells and what was read. Nothing is written."""
    notebook = staleness.read(path)
    seen = asyncio.run(kernel.run_in_kernel(notebook, path, ROOT, forked=in_fork))
    return notebook["cells"], seen


def ready(root: Path = ROOT) -> None:
    """Let the template load: who asks first gets a fresh kernel."""
    about = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    asyncio.run(kernel.run_in_kernel(about, root / "notebooks" / "none.ipynb", root, forked=True))
    forked.warm()


def differences(names: list[str]) -> list[str]:
    ready()
    found = []
    for name in names:
        path = ROOT / "notebooks" / f"{name}.ipynb"
        if run(path, in_fork=True) != run(path, in_fork=False):
            found.append(name)
    return [*found, *forked.REFUSALS]  # a kernel that was not forked shows nothing


def test_small_notebooks_read_and_show_the_same_in_a_forked_kernel() -> None:
    assert differences(list(SMALL)) == []


@pytest.mark.slow
def test_every_notebook_reads_and_shows_the_same_in_a_forked_kernel(
    request: pytest.FixtureRequest,
) -> None:
    if "slow" not in request.config.option.markexpr:
        pytest.skip("on request (make edits): nbval forks, and test_same_bytes.py does not")
    assert differences([path.stem for path in staleness.notebooks(ROOT)]) == []


STATE = """
import json, os, random, signal, sys, threading, warnings
import numpy, pandas, matplotlib.pyplot, scipy.stats
print(json.dumps({
    "environ": {k: v for k, v in os.environ.items() if k not in ("IPYTHONDIR", "JPY_PARENT_PID")},
    "argv": sys.argv[:1], "path": sys.path, "flags": str(sys.flags), "cwd": os.getcwd(),
    "main": sorted(vars(sys.modules["__main__"])), "filters": sorted(map(str, warnings.filters)),
    "backend": matplotlib.get_backend(), "rc": str(matplotlib.rcParams), "signals": str(
        [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)]),
    "threads": sorted(t.name.split("-")[0] for t in threading.enumerate()),
    "spec": str(numpy.__spec__), "loader": str(pandas.__loader__), "umask": os.umask(0o22),
}))
"""


def cell_output(root: Path, source: str, *, in_fork: bool) -> str:
    path = root / "notebooks" / "probe.ipynb"
    book.write_notebook(path, (source,))
    notebook = staleness.read(path)
    asyncio.run(kernel.run_in_kernel(notebook, path, root, forked=in_fork))
    return "".join(notebook["cells"][1]["outputs"][0]["text"])


def test_a_forked_kernel_has_the_state_of_a_fresh_one(tmp_path: Path) -> None:
    root = book.make(tmp_path / "root")
    ready(root)
    texts = [cell_output(root, STATE, in_fork=in_fork) for in_fork in (True, False)]
    one, two = (json.loads(re.sub(r"0x[0-9a-f]{6,}", "somewhere", text)) for text in texts)
    assert not forked.REFUSALS
    assert one == two


def test_packages_that_nobody_imported_are_not_there(tmp_path: Path) -> None:
    root = book.make(tmp_path / "root")
    ready(root)
    source = "import sys\nprint(*{'numpy', 'pandas', 'matplotlib', 'scipy', 'yaml'} & set(sys.modules))"
    assert cell_output(root, source, in_fork=True) == "\n"


def test_chance_differs_from_fork_to_fork(tmp_path: Path) -> None:
    root = book.make(tmp_path / "root")
    ready(root)
    source = "import random, numpy\nprint(random.random(), numpy.random.rand())"
    texts = [cell_output(root, source, in_fork=True).split() for _ in range(2)]
    assert not set(texts[0]) & set(texts[1])


# What a package does when it is loaded, or what comes up later, and the beginning of the refusal.
THREAD = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
ASKS = "import os\nos.path.exists('{asked}')"
REFUSED = {
    "threads": (THREAD, "", "loading the packages started 1 threads"),
    "environment": ("import os\nos.environ['X'] = '1'", "", "loading the packages changed the env"),
    "other_environment": ("", "wanted['env']['TZ'] = 'Asia/Tokyo'", "the environment is not that of"),
    "upgraded": ("", "dose.write_text('VALUE = 2')", "{packages}/dose.py changed since"),
    "removed": ("", "dose.unlink()", "{packages}/dose.py changed since"),
    "reads_the_project": ("open('{root}/data/later.csv')", "", "the template has loaded data/later"),
    "asks_for_a_file": (
        ASKS.format(asked="{root}/data/none.csv"), "", "the template has loaded data/none.csv"),
    "module_of_the_project": (
        "import sys\nsys.path.insert(0, '{root}/src')\nimport smallbook", "",
        "the template has loaded src/smallbook",
    ),
    "working_folder": (ASKS.format(asked="rc"), "(cwd / 'rc').touch()", "a package reads rc in the"),
    "hidden_in_the_folder": ("", "(cwd / 'dose.py').touch()", "dose in {root}/notebooks would shadow"),
    "hidden_in_the_path": ("", "(root / 'src/json').mkdir()", "json in {root}/src would shadow"),
    "none": (ASKS.format(asked="rc"), "", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_fork_that_might_differ_from_a_fresh_kernel_is_refused(what: str, tmp_path: Path) -> None:
    root, packages, empty = book.make(tmp_path / "root"), tmp_path / "packages", tmp_path / "empty"
    (root / "data" / "later.csv").touch()
    packages.mkdir()
    empty.mkdir()
    loading, later, words = (text.replace("{root}", str(root)) for text in REFUSED[what])
    (packages / "dose.py").write_text(f"{loading}\nVALUE = 1\n")
    program = f"""
import os, sys
sys.path[:0] = [{str(packages)!r}, {str(Path(template.__file__).parent)!r}]
import pathlib, template
del sys.path[1]
root, packages = pathlib.Path({str(root)!r}), pathlib.Path({str(packages)!r})
cwd, dose = root / "notebooks", packages / "dose.py"
wanted = {{"env": dict(os.environ) | {{"PYTHONPATH": str(root / "src")}}, "cwd": str(cwd),
          "root": str(root), "ignored": [".venv"]}}
template.KERNEL_MODULES = ()
it = template.Template(["dose"])
it.modules = [path for path in it.modules if not path.endswith("template.py")]
{later}
print(it.why_not(wanted))
"""
    text = subprocess.run(
        [sys.executable, "-c", program], cwd=empty, capture_output=True, text=True, check=True
    ).stdout
    expected = words.replace("{packages}", str(packages))
    assert text.startswith(expected) if expected else text == "\n"


@pytest.fixture
def dosed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A book whose notebooks use a package of an environment of their own, forked with it loaded."""
    place = tmp_path / "env"
    venv.create(place)
    packages = next(place.glob("lib/*/site-packages"))
    here = [p for p in sys.path if p.endswith("site-packages")]
    (packages / "these.pth").write_text("\n".join(here))
    (packages / "dose.py").write_text(
        "import os\nVALUE = open('doserc').read() if os.path.exists('doserc') else '1'\n"
    )
    python = str(place / "bin" / "python")
    command = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    monkeypatch.setattr("ipykernel.kernelspec.make_ipkernel_cmd", lambda: command)
    monkeypatch.setattr(forked, "PACKAGES", ("dose",))
    root = book.make(tmp_path / "root")
    for path in (root / "notebooks").iterdir():
        path.unlink()
    for name in ("one", "two", "three"):
        book.write_notebook(root / f"notebooks/{name}.ipynb", ("import dose", "print(dose.VALUE)"))
    return root, packages


def shown(root: Path) -> list[str]:
    return [staleness.read(p)["cells"][2]["outputs"][0]["text"][0] for p in staleness.notebooks(root)]


def test_a_package_that_is_upgraded_while_the_template_lives_is_the_new_one(
    dosed: tuple[Path, Path],
) -> None:
    root, packages = dosed
    assert not update.update(root, say=lambda _: None).failed
    forked.warm()
    (packages / "dose.py").write_text("VALUE = '2'\n")
    said: list[str] = []
    assert not update.update(root, force=True, say=said.append).failed
    assert shown(root) == ["2\n"] * 3
    assert "dose.py changed since the template loaded it" in said[-1]


def test_what_a_package_looks_for_when_it_is_imported_is_in_the_record_of_who_imports_it(
    dosed: tuple[Path, Path],
) -> None:
    root, _ = dosed
    book.write_notebook(root / "notebooks/zero.ipynb", ("print('none')", "print('1')"))
    for in_fork in (True, False):
        assert not update.update(root, force=True, say=lambda _: None, forked=in_fork).failed
        records = [staleness.read(p)["metadata"]["living_review"] for p in staleness.notebooks(root)]
        assert ["notebooks/doserc" in r["looked_for"] for r in records] == [True, True, True, False]
    (root / "notebooks" / "doserc").write_text("3")
    assert [s.path.stem for s in staleness.stale(root)] == ["one", "three", "two"]
    assert not update.update(root, say=lambda _: None).failed
    assert shown(root) == ["3\n", "3\n", "3\n", "1\n"]


def test_a_lock_file_that_changed_gets_another_template(dosed: tuple[Path, Path]) -> None:
    root, _ = dosed
    assert not update.update(root, say=lambda _: None).failed
    first = forked.TEMPLATES._template
    (root / staleness.LOCK).write_text("pytest>=8.1\n")
    assert not update.update(root, say=lambda _: None).failed
    assert first is not None
    assert first.process.poll() is not None
    assert forked.TEMPLATES._template is not first


def test_no_forked_kernel_outlives_its_template(tmp_path: Path) -> None:
    root = book.make(tmp_path / "root")
    environment = kernel.kernel_environment(root, str(tmp_path))
    it = forked.Template([sys.executable], environment)
    wanted = {
        "cwd": str(root / "notebooks"), "env": environment, "root": str(root), "ignored": [],
        "argv": ["kernel", "-f", str(tmp_path / "kernel.json")], "orig_argv": [],
    }  # fmt: skip
    with open(os.devnull, "wb") as nowhere:
        started, why = it.fork(wanted, (nowhere.fileno(), nowhere.fileno()))
    assert started is not None, why
    assert started.poll() is None
    it.close()
    assert started.wait() == 0
