"""What a notebook reads, seen from inside the process that runs it.

Inputs are observed, not declared: a declaration is a second copy of the truth and drifts from the
code. Python announces each ``open``, ``os.listdir`` and ``os.scandir`` to audit hooks (PEP 578);
an existence test (``os.stat``) is not announced, so that one function is wrapped while we look.

Standard library only, and no other module of the project: :mod:`living_review.build.update` sends
the text of this file to the kernel, where the package need not be importable yet.

What is not seen: files read by another program started from a notebook (reported as a fault),
the content of a file whose size or date alone is asked for, the clock and the environment.
"""

from __future__ import annotations

import contextlib
import fnmatch
import hashlib
import importlib
import json
import os
import stat as stat_module
import sys
import threading
from collections.abc import Iterator
from typing import Any

# Folders that hold nothing a reader sees: made by tools, never committed.
IGNORED_FOLDERS = frozenset(
    {".git", ".venv", "_build", "__pycache__", ".ipynb_checkpoints", "node_modules", ".stamps"}
    | {".pytest_cache", ".ruff_cache", ".hypothesis", ".snakemake", "my_notebooks"}
)
IGNORED_NAMES = ("*.egg-info", "*.pyc", "*~", ".*.swp", ".#*", ".DS_Store")

# Started by the font and C libraries to look around the system; they read nothing of ours.
SYSTEM_PROGRAMS = frozenset({"fc-list", "uname", "ldconfig", "gcc", "cc", "ld", "objdump"})

WRITING = os.O_WRONLY | os.O_RDWR
CHANGING_EVENTS = frozenset(
    {"os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.link", "os.symlink"}
)
PROGRAM_EVENTS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"})
FORK_EVENTS = frozenset({"os.fork", "os.forkpty"})
NETWORK_EVENTS = frozenset({"socket.connect", "socket.getaddrinfo"})

_IMPORTLIB = os.path.dirname(importlib.__file__)


def ignored(relative: str) -> bool:
    """Say whether a path inside the project is made by a tool rather than by a writer."""
    parts = relative.split("/")
    return any(
        part in IGNORED_FOLDERS or any(fnmatch.fnmatchcase(part, p) for p in IGNORED_NAMES)
        for part in parts
    )


def listing_digest(folder: str) -> str:
    """Return the SHA-256 of the names in a folder, or ``absent``.

    Folders end in ``/``, so that a file that becomes a folder counts. What tools leave behind
    does not.
    """
    try:
        with os.scandir(folder) as entries:
            names = sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry in entries
                if not ignored(entry.name)
            )
    except (FileNotFoundError, NotADirectoryError):
        return "absent"
    return hashlib.sha256("\n".join(names).encode("utf-8", "surrogateescape")).hexdigest()


def kind_of(path: str) -> str:
    """Return ``file``, ``directory`` or ``absent``."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return "absent"
    return "directory" if stat_module.S_ISDIR(mode) else "file"


def content_of(path: str) -> str:
    """Return the SHA-256 of a file, or ``directory`` or ``absent``."""
    if (kind := kind_of(path)) != "file":
        return kind
    with open(path, "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest()


# What the interpreter may hand to an audit hook in place of a path.
PathArgument = str | bytes | os.PathLike[str] | int | None


class Observer:
    """Collects what this process reads below one folder between :meth:`start` and :meth:`stop`."""

    def __init__(self) -> None:
        self.root = ""
        self.active = False
        self.installed = False
        self._busy = threading.local()
        self._clear()

    def _clear(self) -> None:
        self.opened: set[str] = set()
        self.probed: set[str] = set()
        self.kinds: dict[str, str] = {}
        self.first: dict[str, str] = {}  # what stood at each path when it was first met
        self.listed: dict[str, str] = {}
        self.executed: set[str] = set()
        self.faults: dict[str, None] = {}
        self._folders: dict[str, str] = {}

    def start(self, root: str) -> None:
        """Look from now on at what is read below ``root``."""
        self.root = os.path.realpath(root)
        self._clear()
        if not self.installed:  # an audit hook cannot be taken out again
            sys.addaudithook(self._hook)
            self.installed = True
        self._wrap_stat()
        self.active = True

    def stop(self) -> None:
        """Stop looking; what was seen stays until the next start."""
        self.active = False
        os.stat = self._real_stat

    def report(self) -> dict[str, Any]:
        """Return what was seen so far, paths relative to the root."""
        for module in list(sys.modules.values()):
            path = getattr(module, "__file__", None)
            if isinstance(path, str) and (relative := self._inside(path)):
                self.executed.add(relative)
        return {
            "opened": sorted(self.opened - self.executed),
            "probed": sorted(self.probed - self.opened - self.executed),
            "listed": dict(sorted(self.listed.items())),
            "modules": sorted(path for path in self.executed if path.endswith(".py")),
            "faults": list(self.faults),
            "first": dict(sorted(self.first.items())),
            "kinds": {p: k for p, k in sorted(self.kinds.items()) if p not in self.first},
        }

    def report_json(self) -> str:
        """Return :meth:`report` as text, for the way out of a kernel."""
        return json.dumps(self.report())

    def _inside(self, path: PathArgument) -> str | None:
        """Return the path relative to the root with ``/``, or None if it is not of the project."""
        if isinstance(path, int) or path is None:
            return None
        try:
            text = os.path.abspath(os.fsdecode(path))
        except (TypeError, ValueError):
            return None
        if text == self.root:
            return "."
        if not text.startswith(self.root + os.sep):
            text = self._resolve(text)  # a way in through a link
            if not text.startswith(self.root + os.sep):
                return "." if text == self.root else None
        relative = text[len(self.root) + 1 :].replace(os.sep, "/")
        return None if ignored(relative) else relative

    def _resolve(self, path: str) -> str:
        """Follow the links of a path's folder, each folder once: the libraries open thousands."""
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        return os.path.join(self._folders[folder], name)

    @contextlib.contextmanager
    def _quietly(self) -> Iterator[None]:
        self._busy.now = True
        try:
            yield
        finally:
            self._busy.now = False

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.active or getattr(self._busy, "now", False):
            return
        if event == "open":
            self._on_open(args[0], args[2], sys._getframe(1).f_code.co_filename)
        elif event in ("os.scandir", "os.listdir"):
            self._on_listing(args[0], sys._getframe(1).f_code.co_filename)
        elif event == "exec":
            relative = self._inside(getattr(args[0], "co_filename", None))
            if relative and not relative.startswith("<"):
                self.executed.add(relative)
                self._meet(relative)
        elif event == "sqlite3.connect":
            self._on_open(args[0], 0, "")
        elif event in CHANGING_EVENTS:
            if relative := self._inside(args[0]):
                self._fault(f"changes {relative}: a notebook only reads the project")
        elif event in PROGRAM_EVENTS:
            self._on_program(event, args[0])
        elif event in FORK_EVENTS:
            self._fault("splits off a process: what that reads cannot be observed")
        elif event in NETWORK_EVENTS:
            self._on_network(event, args)

    def _on_open(self, path: PathArgument, flags: object, caller: str) -> None:
        relative = self._inside(path)
        if relative is None or _by_import(caller):
            return
        if isinstance(flags, int) and flags & WRITING:
            self._fault(f"writes {relative}: a notebook only reads the project")
        elif relative.endswith(".ipynb"):
            self._fault(f"reads {relative}: put what two notebooks share in a module")
        else:
            self.opened.add(relative)
            self._meet(relative)

    def _on_listing(self, path: PathArgument, caller: str) -> None:
        relative = self._inside("." if path is None else path)
        if relative is None or relative in self.listed or _by_import(caller):
            return
        with self._quietly():
            self.listed[relative] = listing_digest(os.path.join(self.root, relative))

    def _meet(self, relative: str) -> None:
        """Keep the content of a path at first sight: it may change while the run goes on."""
        if relative not in self.first:
            with self._quietly():
                self.first[relative] = content_of(os.path.join(self.root, relative))

    def _on_program(self, event: str, program: str | bytes | os.PathLike[str]) -> None:
        try:
            name = os.path.basename(os.fsdecode(program)).split(" ")[0]
        except TypeError:
            name = str(program)
        if name not in SYSTEM_PROGRAMS:
            self._fault(f"starts another program ({name}): what that reads cannot be observed")

    def _on_network(self, event: str, args: tuple[Any, ...]) -> None:
        address = args[1] if event == "socket.connect" else args[0]
        if isinstance(address, str) and event == "socket.connect":
            return  # a local socket
        self._fault("asks the network: a result must follow from the project alone")

    def _fault(self, text: str) -> None:
        self.faults[text] = None

    def _wrap_stat(self) -> None:
        if not hasattr(self, "_real_stat"):
            self._real_stat = os.stat
        real = self._real_stat

        def stat(path: Any, *args: Any, **kwargs: Any) -> os.stat_result:  # noqa: ANN401
            if self.active and not getattr(self._busy, "now", False):
                relative = self._inside(path)
                new = relative and relative not in self.probed
                if relative and new and not _by_import(sys._getframe(1).f_code.co_filename):
                    self.probed.add(relative)
                    with self._quietly():
                        self.kinds[relative] = kind_of(os.path.join(self.root, relative))
            return real(path, *args, **kwargs)

        # Libraries ask these sets what os.stat can do.
        for able in (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks):
            if real in able:
                able.add(stat)
        os.stat = stat


def _by_import(filename: str) -> bool:
    """Say whether the import system asked: what it loads is observed as modules."""
    return filename.startswith(("<frozen importlib", "<frozen zipimport")) or (
        filename.startswith(_IMPORTLIB + os.sep)
    )


OBSERVER = Observer()
