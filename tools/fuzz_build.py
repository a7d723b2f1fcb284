"""Attack the build at random: malformed notebooks, ways of reading, edits in any order, kills.

A case is survived if nothing ends in a traceback or hangs, nothing is lost, and no notebook or page
passes as fresh that is not. ``make fuzz`` runs these at length beside :mod:`fuzz`, which has the
command line; a short run is in the tests. A case is drawn by its number:
``tools/fuzz_build.py kills --first 17 --cases 1``.
"""

from __future__ import annotations

import functools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fuzz
import readings
import small_book as book
import small_site

from living_review.build import kernel as build_kernel
from living_review.build import render, staleness
from living_review.build import update as build_update

SECONDS = 180  # the longest cases start a kernel
CELL_SECONDS = 30  # in place of the limit of a cell, which is longer than that of a case
WITH_KERNEL = 40  # one case of so many runs a cell that only a kernel of its own survives
SIGNALS = [signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT]

# A cell that fails or is refused where it runs, and does no harm to this process.
CELLS = [
    *("1 / 0", "raise ValueError('x' * 100_000)", "def f(): f()\nf()", "x = [\n", "open('nowhere')"),
    *("import nowhere", "print(undefined)", "open('new', 'w')", "print('/home/someone/x')"),
    *("print(object())", "print('2026-01-02 10:11:12')", "\x00", "'\\ud800'", "print('\\ud800')"),
    *("assert False", "del print", "open('about.ipynb').read()", "int('9' * 10_000)", "yield 1"),
    *("raise Exception", "raise OSError(28, 'No space left')", "raise UnicodeError", "await x"),
]
# A cell that ends or fills the process that it runs in.
KERNEL_CELLS = [
    *("raise SystemExit", "raise KeyboardInterrupt", "import os; os._exit(3)", "exit()", "input()"),
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "import sys; sys.setrecursionlimit(10**8)\ndef f(): f()\nf()",
    *("while True: print('x' * 1000)", "print('x' * 1_000_000)", "'x' * 20_000_000"),
    *("import warnings; warnings.warn('x')", "import sys; sys.stderr.write('x')"),
    *("import sys; sys.stdout.close(); print(1)", "import os; os.close(1); os.close(2); print(1)"),
    *("get_ipython().kernel.do_shutdown(False)", "raise BaseException", "%magic_that_is_not_there"),
]


class WrongError(Exception):
    """Something passed as fresh that is not, or was lost."""


def run(case: Callable[[int, Path], bool], cases: int, first: int) -> fuzz.Outcome:
    """Run the cases, each in a folder of its own; a case returns whether it was refused."""
    outcome = fuzz.Outcome()
    for number in range(first, first + cases):
        outcome.tried += 1
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
            try:
                with fuzz.time_limit(SECONDS):
                    outcome.refused += case(number, Path(name).resolve())
            except Exception:  # whatever it is: that is what is looked for
                outcome.broken.append(f"case {number}: {traceback.format_exc()[-1500:]}")
    return outcome


def _books(folder: Path) -> dict[str, bytes]:
    found = {}
    for path in (folder / "notebooks").glob("*.ipynb"):
        found[path.name] = path.read_bytes() if path.is_file() else b""
    return found


def _of_a_run(text: bytes) -> list[Any]:
    """Return what must not differ in a notebook that passes as fresh."""
    notebook = json.loads(text)
    parts = [["".join(c["source"]), c.get("outputs")] for c in staleness.code_cells(notebook)]
    record = notebook["metadata"]["living_review"]
    return [parts, {key: record[key] for key in sorted(record) if key != "seal"}]


def notebook_case(sound: Path, number: int, folder: Path) -> bool:
    """Damage a notebook, or give it a bad cell; say whether it is refused.

    Raises
    ------
    WrongError
        If it passes as fresh, if a run that failed changed it, or if another notebook changed.
    """
    rng = random.Random(f"notebook {number}")
    root = Path(shutil.copytree(sound, folder / "root"))
    path = rng.choice(sorted((root / "notebooks").glob("*.ipynb")))
    content = path.read_bytes()
    options: dict[str, Any] = {}
    draw = rng.random()
    if number % WITH_KERNEL == 7 or draw < 0.3:
        kernel = number % WITH_KERNEL == 7
        notebook = json.loads(content)
        at = rng.choice(staleness.code_cells(notebook))
        at["source"] = rng.choice(KERNEL_CELLS if kernel else CELLS)
        path.write_text(json.dumps(notebook))
        options = {"execute": build_update.run_in_kernel} if kernel else {}
        build_kernel.CELL_TIMEOUT = CELL_SECONDS
    elif draw < 0.6:
        path.write_bytes(fuzz._bytes(content, rng))
    elif draw < 0.95:
        path.write_bytes(fuzz._node(content, rng))
    else:
        path.unlink()
        path.mkdir() if draw < 0.97 else path.symlink_to(path.name)
    damaged = _books(root)
    try:
        stale = {item.path for item in staleness.stale(root)}
        if path not in stale and _of_a_run(damaged[path.name]) != _of_a_run(content):
            raise WrongError(f"{path.name} passes as fresh")
        result = book.update(root, only=[path], **options)
    except staleness.StalenessError:
        refused = True
    else:
        refused = bool(result.failed)
        if not refused and path in {item.path for item in staleness.stale(root, [path])}:
            raise WrongError(f"{path.name} is stale after its run")
    if refused and _books(root) != damaged:
        raise WrongError("a run that was refused changed a notebook")
    after = {name: text for name, text in _books(root).items() if name != path.name}
    if after != {name: text for name, text in damaged.items() if name != path.name}:
        raise WrongError("another notebook changed")
    return refused


def reading_case(sound: Path, number: int, folder: Path) -> bool:
    """Read in some way, in some dress, and change what was read; say whether it was refused.

    Raises
    ------
    WrongError
        If it was missed in silence.
    """
    name, way = readings.drawn(number)
    try:
        found = readings.outcome(sound, folder, way)
    except RuntimeError:
        return True  # the dress does not fit: such a cell does not run, and nothing is recorded
    if found != readings.expected()[name]:
        raise WrongError(f"{name} is {found} in\n{way.code}")
    return found == readings.REFUSED


def edit_case(base: Path, number: int, folder: Path) -> bool:
    """Apply a sequence of edits and updates, and compare with a full clean run.

    Raises
    ------
    WrongError
        If the two differ.
    """
    root = Path(shutil.copytree(base, folder / "edited"))
    did = book.sequence(root, number)
    if found := book.differences(root, folder / "clean"):
        raise WrongError(f"{found} after {', '.join(did)}")
    return False


UPDATE = """
import asyncio, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import small_book as book
async def slowly(notebook, path, top):
    time.sleep(0.05)
    return await book.run_here(notebook, path, top)
print("go", flush=True)
book.update(Path(sys.argv[1]), execute=slowly)
"""


def _end(process: subprocess.Popen[str], rng: random.Random) -> None:
    """Send a signal to a process that was started in a session of its own, and wait for its end."""
    sign = rng.choice(SIGNALS)
    if sign == signal.SIGKILL and process.poll() is None:
        os.killpg(process.pid, sign)
    else:
        process.send_signal(sign)
    process.communicate(timeout=60)


def kill_case(base: Path, number: int, folder: Path) -> bool:
    """End an update or a render at some moment; the next one must be as if nothing had been.

    Raises
    ------
    WrongError
        If something was lost, half-written, or passes as fresh.
    """
    rng = random.Random(f"kill {number}")
    (_kill_update if number % 2 else _kill_render)(base, rng, folder)
    return False


def _kill_update(base: Path, rng: random.Random, folder: Path) -> None:
    root = Path(shutil.copytree(base, folder / "root"))
    for edit in (book.edit_data, rng.choice([book.edit_module, book.edit_data, book.edit_later])):
        edit(root, rng)
    before = _books(root)
    clean = Path(shutil.copytree(root, folder / "clean"))
    book.update(clean)
    process = subprocess.Popen(
        [sys.executable, "-c", UPDATE, str(root), str(Path(__file__).parent)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(rng.uniform(0, 0.6))
    _end(process, rng)
    wanted = _books(clean)
    for name, text in _books(root).items():
        if text not in (before[name], wanted[name]):
            raise WrongError(f"{name} is neither as before nor as after a run")
    book.update(root)
    if _books(root) != wanted or staleness.stale(root):
        raise WrongError("an update after a kill differs from a clean one")
    left = {p.relative_to(root) for p in root.rglob("*") if "_build" not in p.parts}
    if left != {p.relative_to(clean) for p in clean.rglob("*") if "_build" not in p.parts}:
        raise WrongError("a kill left something behind")


def _kill_render(_: Path, rng: random.Random, folder: Path) -> None:
    root = small_site.make(folder / "pages")
    index = render.site(root) / "index.html"
    small_site.start_render(root).communicate(timeout=60)
    good = "sound"
    for turn in range(2):
        (root / "page.md").write_text(text := f"{rng.choice(['valid', 'error'])} {turn}")
        process = small_site.start_render(root, slow=0.4)
        _wait(rng, root / "_build" / render.BUILDING)
        _end(process, rng)
        if index.read_text() not in (good, text) or "error" in index.read_text():
            raise WrongError("a kill left another page than the one before")
        again = small_site.start_render(root)
        said = "".join(again.communicate(timeout=60))
        if "error" in text:
            if "the site was not built" not in said:
                raise WrongError(f"a kill hid an error: {said}")
        elif index.read_text() != text:
            raise WrongError(f"the page is old after a kill: {said}")
        else:
            good = text


def _wait(rng: random.Random, mark: Path) -> None:
    """Wait for some moment of a render: before it begins, or more often while it builds."""
    if rng.random() < 0.3:
        time.sleep(rng.uniform(0, 1))
        return
    deadline = time.monotonic() + 60
    while not mark.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(rng.uniform(0, 0.6))


def _fuzzer(
    case: Callable[[Path, int, Path], bool], make: Callable[[Path], Path]
) -> Callable[[int, int], fuzz.Outcome]:
    def runs(cases: int, first: int = 0) -> fuzz.Outcome:
        with tempfile.TemporaryDirectory() as name:
            sound = make(Path(name).resolve() / "sound")
            return run(functools.partial(case, sound), cases, first)

    return runs


def _fresh_book(root: Path) -> Path:
    book.make(root)
    if failed := book.update(root).failed:
        raise SystemExit(f"the small book does not run itself: {failed}")
    return root


FUZZERS: dict[str, Callable[[int, int], fuzz.Outcome]] = {
    "notebooks": _fuzzer(notebook_case, _fresh_book),
    "ways_of_reading": _fuzzer(reading_case, readings.make),
    "edits": _fuzzer(edit_case, _fresh_book),
    "kills": _fuzzer(kill_case, _fresh_book),
}


if __name__ == "__main__":
    fuzz.FUZZERS |= FUZZERS
    sys.exit(fuzz.main())
