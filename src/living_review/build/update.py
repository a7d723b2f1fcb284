"""Run stale notebooks in place: nbclient executes, this module decides, observes and writes.

A run is all or nothing. The outputs and the record of what was read replace the old file in one
step when the run is over and clean; until then, and after a failure or an interruption, the old
outputs are kept and the notebook stays stale. Nothing of the machine (path, clock, host, order of a
set) may be in the outputs: the same inputs give the same bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from living_review.build import checks, staleness
from living_review.build.kernel import KERNEL, LANGUAGE, RunError, run_in_kernel, where

WORTH_A_TEMPLATE = 3  # notebooks: fewer have run before the template of forked kernels has loaded

# Executes the cells of a notebook (plain JSON, changed in place) and returns what was read.
Executor = Callable[[dict[str, Any], Path, Path], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Update:
    """What an update did: notebooks run, notebooks that failed with the reason, seconds each."""

    done: tuple[Path, ...]
    failed: dict[Path, str]
    seconds: dict[Path, float]


def update(
    root: Path,
    *,
    jobs: int = 2,
    force: bool = False,
    only: list[Path] | None = None,
    say: Callable[[str], None] = print,
    execute: Executor | None = None,
    forked: bool = True,
    shard: tuple[int, int] = (1, 1),
    together: bool = False,
) -> Update:
    """Run the stale notebooks, at most ``jobs`` at once, and write their outputs in place.

    Parameters
    ----------
    root : Path
        Top folder of the project.
    jobs : int
        Notebooks at once.
    force : bool
        Also run what is up to date.
    only : list of Path, optional
        Run only these.
    say : callable
        Takes a progress line for each notebook: what, why, seconds.
    execute : callable, optional
        Runs the cells; default :func:`run_in_kernel`.
    forked : bool
        Fork the kernels where there are several to start (:mod:`living_review.build.forked`).
    shard : tuple of int
        ``(2, 3)``: the second of three parts of the notebooks that are to run. On machines with the
        same files the parts are the same, have nothing in common, and are together the whole.
    together : bool
        Run beside other updates that say so too, each with notebooks of its own: an engine that
        knows which notebook is whose starts several. Others still wait.

    Returns
    -------
    Update
        What ran, and what failed.

    Raises
    ------
    living_review.build.staleness.StalenessError
        If a notebook cannot be read.
    RunError
        If the environment is not the one of the lock file.
    KeyboardInterrupt
        After clean-up: kernels ended, nothing half-written.
    """
    root = root.resolve()
    with only_update(root, say, together=together):
        todo = staleness.stale(root, only)  # read after the wait: the other update may have done it
        if force:
            known = {item.path: item for item in todo}
            paths = staleness.notebooks(root) if only is None else only
            todo = [known.get(p, staleness.Stale(p, ("asked for",))) for p in paths]
        todo = part(todo, *shard)
        if not todo:
            return Update((), {}, {})
        if issues := environment_issues(root):
            raise RunError(refusal(issues))
        forget_bytecode(root)
        kernels = partial(run_in_kernel, forked=forked and len(todo) >= WORTH_A_TEMPLATE)
        try:
            done = asyncio.run(_run_all(root, todo, jobs, say, execute or kernels))
        except asyncio.CancelledError:  # SIGTERM
            raise KeyboardInterrupt from None
        for why in _refusals():
            say(f"kernels were started one by one, which takes longer: {why}")
        return done


def part(todo: list[staleness.Stale], number: int, parts: int) -> list[staleness.Stale]:
    """Return one of several parts of what is to run; all machines must divide it in the same way.

    Parameters
    ----------
    todo : list of Stale
        What is to run, in name order.
    number : int
        Which part, from 1.
    parts : int
        How many there are.

    Returns
    -------
    list of Stale
        Every ``parts``-th. Size and time of a notebook are not asked: they differ between machines.

    Raises
    ------
    ValueError
        If there is no such part.
    """
    if not 1 <= number <= parts:
        raise ValueError(f"there is no part {number} of {parts}")
    return todo[number - 1 :: parts]


def _refusals() -> list[str]:
    """Return why kernels were not forked since this was asked last."""
    module = sys.modules.get("living_review.build.forked")
    if module is None:
        return []
    found = list(module.REFUSALS)
    module.REFUSALS.clear()
    return found


async def _run_all(
    root: Path, todo: list[staleness.Stale], jobs: int, say: Callable[[str], None], run: Executor
) -> Update:
    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
        # Ended from outside: leave by the same way as Ctrl-C.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    places = asyncio.Semaphore(max(1, jobs))
    past = _past_seconds(root)
    # Longest first, so that the last one does not run alone.
    order = sorted(todo, key=lambda s: (-past.get(s.path.name, s.path.stat().st_size), s.path))
    done: list[Path] = []
    failed: dict[Path, str] = {}
    seconds: dict[Path, float] = {}
    finished = 0

    async def one(item: staleness.Stale) -> None:
        nonlocal finished
        async with places:
            start = time.perf_counter()
            try:
                await run_one(root, item.path, run)
            except (RunError, staleness.StalenessError, OSError) as error:
                failed[item.path] = str(error)
            else:
                done.append(item.path)
            seconds[item.path] = time.perf_counter() - start
        finished += 1
        name = item.path.relative_to(root).as_posix()
        took = f"{seconds[item.path]:.1f} s"
        say(f"[{finished}/{len(todo)}] {name}  {item.why()}  {took}")
        if item.path in failed:
            say(f"{name}: {failed[item.path]}\n  Its old outputs are kept, and it stays out of date.")

    async with asyncio.TaskGroup() as group:
        for item in order:
            group.create_task(one(item))
    _remember_seconds(root, {p.name: round(s, 2) for p, s in seconds.items() if p in done})
    return Update(tuple(sorted(done)), failed, seconds)


async def run_one(root: Path, path: Path, run: Executor) -> None:
    """Run one notebook and put the result in its place, or leave it as it was.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    path : pathlib.Path
        The notebook's file.
    run : Executor
        What executes it.

    Raises
    ------
    RunError
        If a cell raised or warned, an output holds something of this machine, the notebook did
        something that cannot be observed, or something it read changed while it ran.
    """
    before = path.read_bytes()
    notebook = staleness.parse(before, f"{path.parent.name}/{path.name}")
    started = time.time_ns()
    seen = await run(notebook, path, root)
    text = finish(notebook, seen, root)
    late = [
        name
        for name in [*seen["opened"], *seen["modules"], staleness.LOCK]
        if _changed_since(root / name, started)
    ]
    now = staleness.Tree(root)
    late += [name for name, was in seen.get("first", {}).items() if now.content(name) != was]
    late += [name for name, was in seen.get("kinds", {}).items() if now.kind(name) != was]
    late += [f"{n}/" for n, d in seen["listed"].items() if staleness.Tree(root).names(n) != d]
    if late:
        raise RunError(f"{late[0]} changed while it ran: run `living-review update` again")
    if path.read_bytes() != before:
        raise RunError("it was edited while it ran: the edit was kept; run it again")
    replace(path, text, root)


def _changed_since(path: Path, moment: int) -> bool:
    # The change time, not the modification time: a copy that keeps its date cannot hide.
    try:
        return path.stat().st_ctime_ns > moment
    except FileNotFoundError:
        return False  # looked for and not there, or gone: the record will say so


def finish(notebook: dict[str, Any], seen: dict[str, Any], root: Path) -> str:
    """Bring an executed notebook into its one form, with its record, and return its text.

    Parameters
    ----------
    notebook : dict of str to object
        The executed notebook as JSON.
    seen : dict of str to object
        What the run read.
    root : pathlib.Path
        Top folder of the project.

    Returns
    -------
    str
        The file's text.

    Raises
    ------
    RunError
        If the run did what it must not, or an output holds what it must not.
    """
    import nbformat

    if seen["violations"]:
        raise RunError(f"it {seen['violations'][0]}")
    for number, cell in enumerate(staleness.code_cells(notebook), start=1):
        cell["metadata"].pop("execution", None)
        if not "".join(cell["source"]).strip():
            cell["execution_count"], cell["outputs"] = None, []
        if not _is_encodable(cell["outputs"]):
            raise RunError(f"{where(number, cell)}: an output holds half of a pair of surrogates")
        if issues := checks.output_issues(cell["outputs"], root):
            raise RunError(f"{where(number, cell)}: {issues[0]}")
    metadata = notebook["metadata"]
    metadata.pop("widgets", None)
    metadata["kernelspec"], metadata["language_info"] = dict(KERNEL), dict(LANGUAGE)
    metadata.pop(staleness.RECORD, None)
    notebook["nbformat"], notebook["nbformat_minor"] = 4, max(5, notebook["nbformat_minor"])
    for index, cell in enumerate(notebook["cells"]):
        cell.setdefault("id", f"cell-{index}")
    node = nbformat.reads(json.dumps(notebook), as_version=4)
    # The digests are of the notebook as it will be in the file: lines split, keys in order.
    written = json.loads(nbformat.writes(node, version=nbformat.NO_CONVERT))
    written["metadata"][staleness.RECORD] = staleness.record(written, seen, staleness.Tree(root))
    return json.dumps(written, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def _is_encodable(outputs: list[dict[str, Any]]) -> bool:
    try:
        json.dumps(outputs, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:  # no file can hold it
        return False
    return True


def replace(path: Path, text: str, root: Path) -> None:
    """Put ``text`` in the place of a file in one step; no reader sees half of it.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    text : str
        What it holds from now on.
    root : pathlib.Path
        Top folder of the project.
    """
    folder = root / "_build"  # ignored by version control: even a kill leaves nothing in the tree
    folder.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=path.stem, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        Path(name).chmod(path.stat().st_mode & 0o777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def forget_bytecode(root: Path) -> None:
    """Remove the compiled form of the project's modules.

    Python takes compiled code for current if the source has the same size and the same second of
    change: two edits within a second would run the old code under the digest of the new.
    """
    for place in ("src", "notebooks"):
        for folder in (root / place).rglob("__pycache__"):
            shutil.rmtree(folder, ignore_errors=True)


def refusal(issues: list[str]) -> str:
    """Return the message about packages that are not those of the lock file.

    Parameters
    ----------
    issues : list of str
        What :func:`environment_issues` found.

    Returns
    -------
    str
        The first of them, how many more, and what to do.
    """
    return (
        f"the environment is not the one of {staleness.LOCK}: "
        + "; ".join(issues[:3])
        + (f"; and {len(issues) - 3} more" if len(issues) > 3 else "")
        + ". Run `make install`, then again."
    )


def environment_issues(root: Path) -> list[str]:
    """Return where the installed packages differ from the exact pins of the lock file.

    Outputs recorded under a lock file must come from what it pins: a changed lock file with old
    packages would date old numbers as new.
    """
    from importlib import metadata

    from packaging.requirements import InvalidRequirement, Requirement

    try:
        lines = staleness.lock_lines((root / staleness.LOCK).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    issues = []
    for line in lines:
        if line.startswith("-"):
            continue
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            issues.append(f"{line!r} is not a pin")
            continue
        if wanted.marker and not wanted.marker.evaluate():
            continue
        try:
            there = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            issues.append(f"{wanted.name} is not installed")
        else:
            if not wanted.specifier.contains(there, prereleases=True):
                issues.append(f"{wanted.name} is {there}, pinned {wanted.specifier}")
    return issues


@contextlib.contextmanager
def only_update(root: Path, say: Callable[[str], None], *, together: bool = False) -> Iterator[None]:
    """Hold the project's update lock; wait for another update and say so.

    The lock is the kernel's (``flock``): it ends with its process, so that a killed update leaves
    no lock behind.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    say : callable
        Called with a sentence while it waits.
    together : bool
        Share the lock with others that do.

    Yields
    ------
    None
        Nothing; the lock is held meanwhile.
    """
    try:
        import fcntl
    except ImportError:  # no flock on this system: one update at a time is up to the user
        yield
        return
    (root / "_build").mkdir(exist_ok=True)
    with (root / "_build" / ".update-lock").open("a+") as stream:
        kind = fcntl.LOCK_SH if together else fcntl.LOCK_EX
        try:
            fcntl.flock(stream, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another update of this project is running: waiting for it")
            fcntl.flock(stream, kind)
        yield


def _past_seconds(root: Path) -> dict[str, float]:
    try:
        return json.loads((root / "_build" / ".update-seconds.json").read_text())
    except (OSError, ValueError):
        return {}


def _remember_seconds(root: Path, seconds: dict[str, float]) -> None:
    path = root / "_build" / ".update-seconds.json"
    with contextlib.suppress(OSError):
        path.write_text(json.dumps(_past_seconds(root) | seconds, indent=1, sort_keys=True))
