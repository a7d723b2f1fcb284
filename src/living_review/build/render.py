"""Render the site from the stored outputs, if anything it is made from changed.

Jupyter Book renders; it reads again only what changed (see ``book/_ext/living_facts.py`` for pages
that show facts of the data). Two things are added here. Nothing changed: nothing is started, since
finding that out by starting Sphinx takes seconds. A build that failed leaves no memory: Sphinx
warns about a page when it reads it, so that a second build would ignore the error silently.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from living_review.build import digest, kernel, staleness, tracing, update

# A warning is an error (-W), a link or a citation that leads nowhere is a warning (-n), and all of
# them are listed (--keep-going). Jupyter Book alone ends with success on a broken page.
COMMAND = ("build", ".", "--path-output", "_build/pages", "-W", "-n", "--keep-going", "--quiet")
UNRELATED = frozenset({"tests", "benchmarks", "tools", ".ci", ".github"})
STAMP = ".living-review-rendered"
BUILDING = ".building"


def site(root: Path) -> Path:
    """Return the folder of the built site."""
    return root / "_build" / "html"


def workshop(root: Path) -> Path:
    """Return the folder where the builder keeps its pages and what it remembers of them.

    Not the site itself: finishing the site takes files away that the builder wants to find again.
    """
    return root / "_build" / "pages" / "_build"


def sources_digest(root: Path) -> str:
    """Return the digest of everything the site is made from: names and bytes of the project."""
    return digest.of_files(_sources(root), first=f"{sys.version_info[:2]}")


def _sources(root: Path) -> Iterator[tuple[str, Path]]:
    walked: set[str] = set()
    for folder, folders, files in os.walk(root, followlinks=True):
        here = Path(folder).relative_to(root).as_posix()
        if (place := os.path.realpath(folder)) in walked:  # a link to a folder above itself
            folders.clear()
            continue
        walked.add(place)
        folders[:] = sorted(
            name
            for name in folders
            if not tracing.ignored(name) and not (here == "." and name in UNRELATED)
        )
        for name in sorted(files):
            if not tracing.ignored(name):
                yield f"{here}/{name}", Path(folder, name)


def render(root: Path, *, force: bool = False, base_url: str = "") -> str:
    """Render the site unless it is what its sources give; return ``rendered`` or ``up to date``.

    Parameters
    ----------
    root : Path
        Top folder of the project.
    force : bool
        Render every page, whatever was there.
    base_url : str
        Address the site will have (see :func:`living_review.build.postprocess.postprocess`).

    Returns
    -------
    str
        ``rendered`` or ``up to date``.

    Raises
    ------
    living_review.build.staleness.StalenessError
        If the builder reports an error; its messages are printed above. The old site stays.
    living_review.build.postprocess.SiteError
        If the site would ask another host for something.
    """
    root = root.resolve()
    stamp = site(root) / STAMP
    now = f"{sources_digest(root)} {base_url}"
    if not force and stamp.is_file() and stamp.read_text() == now:
        return "up to date"
    with update.only_update(root, print), _interruptible():
        now = f"{sources_digest(root)} {base_url}"  # read after the wait: the other may have done it
        if not force and stamp.is_file() and stamp.read_text() == now:
            return "up to date"
        if force:
            for folder in (workshop(root), root / "_build" / "finished", root / "_build" / "extras"):
                shutil.rmtree(folder, ignore_errors=True)
        _render(root, base_url, now)
    return "rendered"


def _render(root: Path, base_url: str, now: str) -> None:
    from living_review.build import postprocess as site_module

    # Nobody who is killed can clean up: the mark stays, and the next build starts from nothing.
    mark = root / "_build" / BUILDING
    if mark.exists():
        shutil.rmtree(workshop(root), ignore_errors=True)
    mark.touch()
    try:
        more = build(root, meanwhile=lambda: site_module.extras(root, base_url=base_url))
        finished = root / "_build" / "html.part"
        shutil.rmtree(finished, ignore_errors=True)
        shutil.copytree(workshop(root) / "html", finished)
        site_module.postprocess(finished, base_url, more, memory=root / "_build" / "finished")
    except BaseException:
        # The builder warns about a page when it reads it, and Ctrl-C may leave half a page: the
        # next build must not take what is there for valid.
        shutil.rmtree(workshop(root), ignore_errors=True)
        mark.unlink(missing_ok=True)
        raise
    mark.unlink()
    if f"{sources_digest(root)} {base_url}" == now:  # else: edited meanwhile, render again
        (finished / STAMP).write_text(now)
    _swap(finished, site(root))


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """End by SIGTERM and SIGHUP in the same way as by Ctrl-C: with clean-up."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    names = [n for n in ("SIGTERM", "SIGHUP") if hasattr(signal, n)]
    if threading.current_thread() is not threading.main_thread():
        names = []  # signals are the main thread's
    before = {name: signal.signal(getattr(signal, name), interrupt) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def program() -> list[str]:
    """Return the command that builds the pages, with this Python's Jupyter Book."""
    return [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", *COMMAND]


def build(root: Path, meanwhile: Callable[[], Any] = lambda: None) -> Any:  # noqa: ANN401
    """Run the builder on what changed; ``meanwhile`` is called beside it and its result returned.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    meanwhile : callable, optional
        Work to do while the builder runs.

    Returns
    -------
    object
        What ``meanwhile`` returned.
    """
    environment = {k: v for k, v in os.environ.items() if k not in kernel.NOT_PASSED_ON}
    environment |= kernel.BYTECODE_OFF
    update.forget_bytecode(root)
    if (root / "src").is_dir():
        rest = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = str(root / "src") + (os.pathsep + rest if rest else "")
    with subprocess.Popen(program(), cwd=root, env=environment, stdout=subprocess.DEVNULL) as builder:
        try:
            made = meanwhile()
            builder.wait()
        except BaseException:
            builder.terminate()
            raise
    if builder.returncode:
        raise staleness.StalenessError(
            f"the site was not built (code {builder.returncode}): see the messages above"
        )
    return made


def _swap(new: Path, place: Path) -> None:
    old = place.with_name("html.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)
