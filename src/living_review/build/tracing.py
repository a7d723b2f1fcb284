"""What a notebook reads, seen from inside the process that runs it.

Inputs are observed, not declared: a declaration is a second copy of the truth and drifts from the
code. Python announces each ``open``, ``os.listdir`` and ``os.scandir`` to audit hooks (PEP 578). Some
things are not announced, or not in full, and have a watch of their own while we look: questions about
a path (``os.stat`` and its like) and paths below an open folder, by wrapped functions; what an import
looks for and does not find, by a finder before all others that never finds anything.

Standard library only, and no other module of the project: :mod:`living_review.build.kernel` sends
the text of this file to the kernel, where the package need not be importable yet.

What can neither be seen nor refused is listed with the ways of reading in
``data/review/ways_of_reading.csv``, which the tests hold against this module.
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
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any
from urllib.parse import unquote

# Folders that hold nothing a reader sees: made by tools, never committed.
IGNORED_FOLDERS = frozenset(
    {".git", ".venv", "_build", "__pycache__", ".ipynb_checkpoints", "node_modules", ".stamps"}
    | {".pytest_cache", ".ruff_cache", ".hypothesis", ".snakemake", "my_notebooks"}
)
IGNORED_NAMES = ("*.egg-info", "*.pyc", "*~", ".*.swp", ".#*", ".DS_Store")

# Started by the font and C libraries to look around the system; they read nothing of ours.
SYSTEM_PROGRAMS = frozenset({"fc-list", "uname", "ldconfig", "gcc", "cc", "ld", "objdump"})

# Of what tools make, this is read by Python itself and not by a notebook.
OF_PYTHON = frozenset({".venv", "__pycache__", "node_modules"})

# Outside the project a notebook reads what is installed, and nothing else.
INSTALLED = (
    *("/usr", "/etc", "/proc", "/sys", "/dev", "/lib", "/lib64", "/bin", "/sbin", "/opt/X11"),
    *("/System", "/Library", "/var/cache/fontconfig", "/var/lib"),
)
OF_A_USER = (".cache", ".config", ".local", ".fonts", ".matplotlib", ".ipython", ".jupyter", "Library")
FOLDERS_IN_VARIABLES = ("IPYTHONDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")

WRITING = os.O_WRONLY | os.O_RDWR
# What changes a path, and which arguments of the event are paths, each with its folder's descriptor.
CHANGING_EVENTS: dict[str, tuple[tuple[int, int | None], ...]] = {
    "os.remove": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.mkdir": ((0, 2),),
    "os.truncate": ((0, None),),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
}
PROGRAM_EVENTS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"})
FORK_EVENTS = frozenset({"os.fork", "os.forkpty"})
NETWORK_EVENTS = frozenset({"socket.connect", "socket.getaddrinfo"})
MODULE_ENDINGS = (".py", ".so", ".pyd", ".pyc")
ALL_NAMES = "*"  # of a folder where imports start: any new name could be found before another

_IMPORTLIB = os.path.dirname(importlib.__file__)


def ignored(relative: str) -> bool:
    """Return whether a path inside the project is made by a tool rather than by a writer."""
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
                entry.name + ("/" if _is_folder(entry) else "")
                for entry in entries
                if not ignored(entry.name)
            )
    except (FileNotFoundError, NotADirectoryError):
        return "absent"
    return hashlib.sha256("\n".join(names).encode("utf-8", "surrogateescape")).hexdigest()


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links
        return False


def importable(folder: str, names: Sequence[str] | None = None) -> list[str]:
    """Return what an import could find in a folder: modules, and packages with their first file.

    Parameters
    ----------
    folder : str
        Place of a package, or an entry of ``sys.path``.
    names : sequence of str, optional
        Look for these only.

    Returns
    -------
    list of str
        Sorted; ``absent`` alone if there is no such folder.
    """
    try:
        with os.scandir(folder) as entries:
            there = [(entry.name, _is_folder(entry)) for entry in entries]
    except (FileNotFoundError, NotADirectoryError):
        return ["absent"]
    found = []
    for name, is_folder in there:
        stem = name.partition(".")[0]
        if not stem.isidentifier() or (names is not None and stem not in names):
            continue
        if is_folder and stem == name and name not in IGNORED_FOLDERS:
            with contextlib.suppress(OSError):
                first = [n for n in os.listdir(os.path.join(folder, name)) if n.startswith("__init__.")]
                found.append(f"{name}/{','.join(sorted(first))}")
        elif not is_folder and name.endswith(MODULE_ENDINGS):
            found.append(name)
    return sorted(found)


def importable_digest(folder: str, names: str) -> str:
    """Return the digest of what :func:`importable` gives.

    Parameters
    ----------
    folder : str
        Place of a package, or an entry of ``sys.path``.
    names : str
        Names of modules as in a record, separated by spaces; :data:`ALL_NAMES` for all.

    Returns
    -------
    str
        SHA-256.
    """
    found = importable(folder, None if names == ALL_NAMES else names.split())
    return hashlib.sha256("\n".join(found).encode("utf-8", "surrogateescape")).hexdigest()


def kind_of(path: str) -> str:
    """Return ``file``, ``directory`` or ``absent``; of a link also where it leads."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        kind = "absent"
    else:
        kind = "directory" if stat_module.S_ISDIR(mode) else "file"
    try:
        return f"link to {os.readlink(path)}: {kind}"
    except (OSError, ValueError):
        return kind


def content_of(path: str) -> str:
    """Return the SHA-256 of a file, or ``directory`` or ``absent``."""
    try:
        if stat_module.S_ISDIR(os.stat(path).st_mode):
            return "directory"
        with open(path, "rb") as stream:
            return hashlib.sha256(stream.read()).hexdigest()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return "absent"


# What the interpreter may hand to an audit hook in place of a path.
PathArgument = str | bytes | os.PathLike[str] | int | None


class _Lookups:
    """A finder of modules that finds none: it records what every import looks for, found or not."""

    def __init__(self, record: Callable[[str, Sequence[str] | None], None]) -> None:
        self._record = record

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> None:
        """Record which module is looked for in which folders, and leave it to the next finder."""
        self._record(name, path)


class Observer:
    """Collects what this process reads below one folder between :meth:`start` and :meth:`stop`."""

    def __init__(self) -> None:
        self.root = ""
        self.active = False
        self.installed = False
        self._busy = threading.local()
        self._real: dict[str, Callable[..., Any]] = {}
        self._lookups = _Lookups(self._on_lookup)
        self._clear()

    def _clear(self) -> None:
        self.opened: set[str] = set()
        self.probed: set[str] = set()
        self.kinds: dict[str, str] = {}
        self.first: dict[str, str] = {}  # what was at each path when it was first read
        self.listed: dict[str, str] = {}
        self.executed: set[str] = set()
        self.searched: dict[str, dict[str, list[str]]] = {}  # folder, name, what could be found
        self.violations: dict[str, None] = {}
        self._folders: dict[str, str] = {}
        self._known: dict[str, str | None] = {}
        self._made: set[str] = set()  # outside the project, by this process
        self._installed: tuple[str, ...] = ()
        self._before: frozenset[str] = frozenset()  # modules that were there at the start

    def start(self, root: str) -> None:
        """Observe from now on what is read below ``root``."""
        self.root = os.path.realpath(root)
        self._clear()
        self._installed = self._places_installed()
        self._before = frozenset(sys.modules)
        if not self.installed:  # an audit hook cannot be taken out again
            sys.addaudithook(self._hook)
            self.installed = True
        self._wrap()
        sys.meta_path.insert(0, self._lookups)  # type: ignore[arg-type]
        self.active = True

    def stop(self) -> None:
        """Stop observing; what was seen is kept until the next start."""
        self.active = False
        for name, real in self._real.items():
            setattr(os, name, real)
        if self._lookups in sys.meta_path:
            sys.meta_path.remove(self._lookups)  # type: ignore[arg-type]

    def report(self) -> dict[str, Any]:
        """Return what was seen so far, paths relative to the root."""
        with self._quietly():
            modules = self._modules()
            self._search_again()
        return {
            "opened": sorted(self.opened - modules),
            "probed": sorted(self.probed - self.opened - modules),
            "listed": dict(sorted(self.listed.items())),
            "modules": sorted(modules),
            "searched": {
                folder: ALL_NAMES if ALL_NAMES in names else " ".join(sorted(names))
                for folder, names in sorted(self.searched.items())
            },
            "violations": list(self.violations),
            "first": dict(sorted(self.first.items())),
            "kinds": {p: k for p, k in sorted(self.kinds.items()) if p not in self.first},
        }

    def report_json(self) -> str:
        """Return :meth:`report` as text, to get it out of a kernel."""
        return json.dumps(self.report())

    def _modules(self) -> set[str]:
        """Return the code of the project that ran; note where its imports could find other code.

        By what is loaded, not by what was looked for alone: a module may have been loaded before the
        observer was there.
        """
        found = {path for path in self.executed if path.endswith(".py")}
        for entry in sys.path:
            self._search(entry, ALL_NAMES)
        for name, module in list(sys.modules.items()):
            path = getattr(module, "__file__", None)
            if isinstance(path, str):
                folder, file = os.path.split(path)
                if (above := self._of_folder(folder)) is not None:
                    found.add(file if above == "." else f"{above}/{file}")
                elif name not in self._before and not self._may_read(path):
                    self._violation(
                        f"imports {name} from outside the project, where nobody installed it"
                    )
            for folder in _folders_of(module):
                self._search(folder, "__init__")
            parent, _, last = name.rpartition(".")
            for folder in _folders_of(sys.modules.get(parent)):
                self._search(folder, last)
        return {path for path in found if os.path.isfile(os.path.join(self.root, path))}

    def _on_lookup(self, name: str, path: Sequence[str] | None) -> None:
        if not self.active or getattr(self._busy, "now", False):
            return
        with self._quietly():
            for entry in sys.path if path is None else path:
                self._search(entry, ALL_NAMES if path is None else name.rpartition(".")[2])

    def _search(self, folder: str, name: str) -> None:
        """Note that a name is looked for in a folder, and what could be found there at first."""
        relative = self._of_folder(folder) if isinstance(folder, str) else None
        if relative is None:
            return
        names = self.searched.setdefault(relative, {})
        if name not in names:
            there = os.path.join(self.root, relative)
            names[name] = importable(there, None if name == ALL_NAMES else [name])

    def _search_again(self) -> None:
        for folder, names in self.searched.items():
            for name, first in names.items():
                there = os.path.join(self.root, folder)
                if importable(there, None if name == ALL_NAMES else [name]) != first:
                    self._violation(f"looks for modules in {folder}, where others came while it ran")

    def _places_installed(self) -> tuple[str, ...]:
        """Return the folders outside the project that hold what is installed, links followed or not."""
        home = os.path.expanduser("~")
        places = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, *INSTALLED]
        places += [os.path.dirname(os.__file__), *(os.path.join(home, name) for name in OF_A_USER)]
        places += [os.environ.get(name, "") for name in FOLDERS_IN_VARIABLES]
        outside = (entry for entry in sys.path if entry and self._relative(entry) is None)
        places += [e for e in outside if not self.root.startswith(os.path.realpath(e) + os.sep)]
        both = {path for place in places if place for path in (place, os.path.realpath(place))}
        return tuple(sorted(path.rstrip(os.sep) for path in both if path.rstrip(os.sep)))

    def _may_read(self, path: str) -> bool:
        """Return whether a path outside the project is installed, or was made by this process."""
        return any(
            text == place or text.startswith(place + os.sep)
            for text in {os.path.abspath(path), self._resolve(os.path.abspath(path))}
            for place in (*self._installed, *self._made)
        )

    def _inside(self, path: PathArgument) -> str | None:
        """Return the path relative to the root with ``/``, or None if it is not of the project."""
        relative = self._relative(path)
        return None if relative is None or ignored(relative) else relative

    def _of_folder(self, folder: str) -> str | None:
        """Return what :meth:`_inside` does, each folder once: thousands of modules are in few."""
        if not os.path.isabs(folder):
            return self._inside(folder or ".")
        if folder not in self._known:
            self._known[folder] = self._inside(folder)
        return self._known[folder]

    def _relative(self, path: PathArgument) -> str | None:
        """Return the path relative to the root with ``/``, or None if it is outside."""
        if path is None:
            return None
        if isinstance(path, int):
            path = self._of_descriptor(path)
        try:
            text = os.path.abspath(os.fsdecode(path or ""))
        except (TypeError, ValueError):
            return None
        if text == self.root:
            return "."
        if not text.startswith(self.root + os.sep):
            text = self._resolve(text)  # a way in through a link
            if not text.startswith(self.root + os.sep):
                return "." if text == self.root else None
        return text[len(self.root) + 1 :].replace(os.sep, "/")

    def _of_descriptor(self, descriptor: int) -> str | None:
        """Return the path of an open folder or file, or None where the system does not say."""
        with self._quietly():
            try:
                return os.readlink(f"/proc/self/fd/{descriptor}")
            except OSError:
                pass
            try:
                import fcntl

                return os.fsdecode(fcntl.fcntl(descriptor, 50, bytes(1024)).rstrip(b"\0"))  # macOS
            except (ImportError, OSError):
                return None

    def _at(self, path: PathArgument, folder: int | None) -> PathArgument:
        """Return the whole path of one that is given relative to an open folder."""
        if folder is None or folder < 0 or isinstance(path, int) or path is None:
            return path
        if os.path.isabs(os.fsdecode(path)):
            return path
        if (above := self._of_descriptor(folder)) is None:
            self._violation("reads below an open folder, whose place cannot be known here")
            return None
        return os.path.join(above, os.fsdecode(path))

    def _resolve(self, path: str) -> str:
        """Follow the links of a path's folder, each folder once: the libraries open thousands."""
        folder, name = os.path.split(path)
        if folder not in self._folders:
            with self._quietly():
                self._folders[folder] = os.path.realpath(folder)
        return os.path.join(self._folders[folder], name)

    @contextlib.contextmanager
    def _quietly(self) -> Iterator[None]:
        before = getattr(self._busy, "now", False)
        self._busy.now = True
        try:
            yield
        finally:
            self._busy.now = before

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.active or getattr(self._busy, "now", False):
            return
        if event == "open":
            self._on_open(args[0], args[2], sys._getframe(1))
        elif event in ("os.scandir", "os.listdir"):
            self._on_listing(args[0], sys._getframe(1))
        elif event == "exec":
            name = getattr(args[0], "co_filename", None)
            if name and not name.startswith("<") and (relative := self._inside(name)):
                self.executed.add(relative)
                self._meet(relative)
        elif event == "sqlite3.connect":
            self._on_database(args[0])
        elif event in CHANGING_EVENTS:
            self._on_change(event, args)
        elif event in PROGRAM_EVENTS:
            self._on_program(event, args[0])
        elif event in FORK_EVENTS:
            self._violation("splits off a process: what that reads cannot be observed")
        elif event in NETWORK_EVENTS:
            self._on_network(event, args)

    def _on_open(self, path: PathArgument, flags: object, caller: FrameType | None) -> None:
        relative = self._relative(path)
        how = flags if isinstance(flags, int) else 0
        if relative is None:
            if not isinstance(path, int) and not _loads_a_module(caller):
                self._on_outside(path, how)
        elif ignored(relative):
            self._refuse_ignored(relative)
        elif how & WRITING:
            self._violation(f"writes {relative}: a notebook only reads the project")
        elif relative.endswith(".ipynb"):
            self._violation(f"reads {relative}: put what two notebooks share in a module")
        else:
            self.opened.add(relative)
            self._meet(relative)

    def _on_outside(self, path: PathArgument, flags: int = 0) -> None:
        try:
            text = os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return
        if flags & os.O_CREAT or flags & WRITING == os.O_WRONLY:
            self._made.add(text)
        elif not self._may_read(text):
            self._violation(f"reads {text}: it is outside the project, so that nobody else has it")

    def _refuse_ignored(self, relative: str) -> None:
        parts = relative.split("/")
        of_python = any(part in OF_PYTHON or part.endswith(".egg-info") for part in parts)
        if not of_python and not self._may_read(os.path.join(self.root, relative)):
            self._violation(f"reads {relative}: a file that tools make is no part of the project")

    def _on_listing(self, path: PathArgument, caller: FrameType | None) -> None:
        if _by_import(caller):
            return
        relative = self._relative("." if path is None else path)
        if relative is None:
            self._on_outside(self._of_descriptor(path) if isinstance(path, int) else path)
        elif ignored(relative):
            self._refuse_ignored(relative)
        elif relative not in self.listed:
            with self._quietly():
                self.listed[relative] = listing_digest(os.path.join(self.root, relative))

    def _on_database(self, name: PathArgument) -> None:
        text = os.fsdecode(name) if isinstance(name, str | bytes | os.PathLike) else ""
        if text.startswith("file:"):
            text = unquote(text[len("file:") :].split("?")[0].split("#")[0]).removeprefix("//localhost")
            text = text.removeprefix("//") if text.startswith("///") else text
        if text and not text.startswith(":memory:"):
            self._on_open(text, 0, None)

    def _on_change(self, event: str, args: tuple[Any, ...]) -> None:
        for place, folder in CHANGING_EVENTS[event]:
            path = self._at(args[place], None if folder is None else args[folder])
            if relative := self._inside(path):
                self._violation(f"changes {relative}: a notebook only reads the project")
            elif event in ("os.mkdir", "os.rename") and self._relative(path) is None:
                with contextlib.suppress(TypeError):
                    self._made.add(os.path.abspath(os.fsdecode(path)))  # type: ignore[arg-type]

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
            self._violation(f"starts another program ({name}): what that reads cannot be observed")

    def _on_network(self, event: str, args: tuple[Any, ...]) -> None:
        address = args[1] if event == "socket.connect" else args[0]
        if isinstance(address, str) and event == "socket.connect":
            return  # a local socket
        self._violation("asks the network: a result must follow from the project alone")

    def _violation(self, text: str) -> None:
        self.violations[text] = None

    def _on_probe(self, path: PathArgument, folder: int | None, caller: FrameType) -> None:
        if _by_import(caller):
            return
        relative = self._relative(self._at(path, folder))
        if relative is None or relative in self.probed or isinstance(path, int):
            return
        if ignored(relative):
            self._refuse_ignored(relative)
            return
        self.probed.add(relative)
        with self._quietly():
            self.kinds[relative] = kind_of(os.path.join(self.root, relative))

    def _wrap(self) -> None:
        """Replace the functions that report nothing to audit hooks, or too little, by our own."""
        for name in ("stat", "lstat", "access", "readlink", "open"):
            real = self._real.setdefault(name, getattr(os, name))
            wrapped = self._opening(real) if name == "open" else self._probing(real, name)
            # Libraries ask these sets what a function can do.
            for able in (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks):
                if real in able:
                    able.add(wrapped)
            setattr(os, name, wrapped)
        with contextlib.suppress(ImportError):
            self._refuse_spawning()

    def _probing(self, real: Callable[..., Any], name: str) -> Callable[..., Any]:
        def probe(path: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            if self.active and not getattr(self._busy, "now", False):
                caller = sys._getframe(1)
                # A path is followed folder by folder: of these, links count, which are then read.
                if name != "lstat" or caller.f_code.co_name != "_joinrealpath":
                    self._on_probe(path, kwargs.get("dir_fd"), caller)
            return real(path, *args, **kwargs)

        return probe

    def _opening(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def opening(path: Any, flags: int, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            folder = kwargs.get("dir_fd")
            if folder is None or not self.active or getattr(self._busy, "now", False):
                return real(path, flags, *args, **kwargs)
            self._on_open(self._at(path, folder), flags, None)
            with self._quietly():  # the hook hears the path without its folder
                return real(path, flags, *args, **kwargs)

        return opening

    def _refuse_spawning(self) -> None:
        """Notice processes that :mod:`multiprocessing` starts; :mod:`subprocess` announces its own."""
        import _posixsubprocess

        real = self._real_fork_exec = getattr(self, "_real_fork_exec", _posixsubprocess.fork_exec)

        def fork_exec(*args: Any) -> Any:  # noqa: ANN401
            caller = sys._getframe(1).f_code.co_filename
            if self.active and os.path.basename(caller) != "subprocess.py":
                self._violation("starts a process: what that reads cannot be observed")
            return real(*args)

        _posixsubprocess.fork_exec = fork_exec


def _folders_of(module: object) -> list[str]:
    """Return where the modules of a package are looked for."""
    try:
        return [folder for folder in module.__path__ if isinstance(folder, str)]  # type: ignore[attr-defined]
    except Exception:  # not a package, or an object that makes believe to be a module
        return []


def _by_import(caller: FrameType | None) -> bool:
    """Return whether the import system asked: what it looks for and loads is observed as such."""
    filename = "" if caller is None else caller.f_code.co_filename
    return filename.startswith(("<frozen importlib", "<frozen zipimport")) or (
        filename.startswith(_IMPORTLIB + os.sep)
    )


def _loads_a_module(caller: FrameType | None) -> bool:
    """Return whether a file is opened for an import; ``loader.get_data`` may also read data."""
    return _by_import(caller) and caller is not None and _by_import(caller.f_back)


OBSERVER = Observer()
