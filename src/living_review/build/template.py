"""The process from which kernels are forked: packages loaded, no module of the project.

A program, run by :mod:`living_review.build.forked` and by nobody else: ``python template.py SOCKET
PACKAGES``. Most of a kernel's start is the import of pandas, scipy and matplotlib; here that is done
once. Standard library only.

A forked kernel must give what a fresh one gives, so that

* it is refused where it could not: threads, another environment, a loaded file that changed, a file
  that would shadow a package, something that was read of the project or from the working folder;
* the loaded packages are hidden in the child until something imports them. ``sys.modules`` is
  that of a fresh kernel, and what a package looks for in the working folder when it is imported is
  looked for again at that moment, where the observer of the run sees it.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":
    del sys.path[0]  # the folder of this file: it would offer modules of the project

import contextlib
import gc
import importlib
import importlib.machinery
import json
import os
import random
import signal
import socket
import time
import warnings
from collections.abc import Iterator
from itertools import islice
from types import ModuleType
from typing import Any

# What a kernel has loaded before its first cell, of its own accord.
KERNEL_MODULES = ("ipykernel.kernelapp", "ipykernel.ipkernel", "IPython.core.completerlib")
# Set for each kernel alone; the rest of the environment is the template's.
OWN = frozenset(
    {"IPYTHONDIR", "JPY_PARENT_PID", "JPY_SESSION_NAME", "PYTHONPATH", "PYTEST_CURRENT_TEST"}
)
CODE = (".py", ".pyc", ".so")


class Refusal(Exception):
    """A kernel cannot be forked; the message says why."""


def signature(path: str) -> tuple[int, ...] | None:
    """Return what changes when a file does: size, times, the file itself; None if it is gone."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


class Reads:
    """What this process opens, lists and looks for while it loads: whole paths, and bare ones."""

    def __init__(self) -> None:
        self.whole: set[str] = set()
        self.bare: set[str] = set()
        self.active = True
        sys.addaudithook(self._hook)
        self._stat = os.stat

        def stat(path: Any, *args: Any, **kwargs: Any) -> os.stat_result:  # noqa: ANN401
            self._see(path, sys._getframe(1).f_code.co_filename)
            return self._stat(path, *args, **kwargs)

        os.stat = stat

    def stop(self) -> None:
        """Stop looking."""
        self.active = False
        os.stat = self._stat

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if self.active and event in ("open", "os.listdir", "os.scandir"):
            self._see(args[0], sys._getframe(1).f_code.co_filename)

    def _see(self, path: Any, caller: str) -> None:  # noqa: ANN401
        if (
            caller.startswith(("<frozen importlib", "<frozen zipimport"))
            or f"{os.sep}importlib{os.sep}" in caller
        ):
            return  # modules: known by themselves
        with contextlib.suppress(TypeError):
            text = os.fsdecode(os.curdir if path is None else path)
            (self.whole if os.path.isabs(text) else self.bare).add(text)


class HiddenModules:
    """Loaded packages that are hidden, group by group; a group is restored when something imports it.

    A group is what one import of the list loaded. With it come all groups before it, which it may
    need; what it looked for in the working folder is looked for, and its warning filters apply.
    """

    def __init__(
        self, groups: list[dict[str, ModuleType]], probes: list[list[str]], filters: list[list[Any]]
    ) -> None:
        self.groups, self.probes, self.filters = groups, probes, filters
        self.group_of = {name: number for number, group in enumerate(groups) for name in group}

    def hide(self) -> None:
        """Take the modules out of ``sys.modules``, and come before the other finders."""
        for name in self.group_of:
            sys.modules.pop(name, None)
        added = [one for group in self.filters for one in group]
        _set_filters([one for one in warnings.filters if one not in added])
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how to import a hidden module: by what is loaded already.

        Parameters
        ----------
        name : str
            The module.
        path, target : object
            What the import system hands to each finder; not needed.

        Returns
        -------
        importlib.machinery.ModuleSpec or None
            None for what the template has not loaded, which another finder handles.
        """
        number = self.group_of.get(name)
        if number is None:
            return None
        module = self.groups[number][name]
        self._restore(number, but=name)
        own = module.__spec__
        return importlib.machinery.ModuleSpec(
            name,
            Loaded(module, own),  # type: ignore[arg-type]
            origin=getattr(own, "origin", None),
            is_package=hasattr(module, "__path__"),
        )

    def _restore(self, number: int, but: str) -> None:
        groups = zip(self.groups, self.probes, self.filters, strict=True)
        for group, probes, filters in islice(groups, number + 1):
            if any(name in self.group_of for name in group):
                _set_filters([*filters, *warnings.filters])
                for probe in probes:
                    with contextlib.suppress(FileNotFoundError):
                        os.stat(probe)  # where the observer sees it; see Template.why_not
                        os._exit(1)  # it appeared since the fork: a fresh kernel would have read it
            for name, module in group.items():
                # That which is being imported is put there by the import system; if it finds it there,
                # it takes it for imported meanwhile and executes it again.
                if self.group_of.pop(name, None) is not None and name != but:
                    sys.modules.setdefault(name, module)


def _set_filters(filters: list[Any]) -> None:
    # The list itself is known to C code; without the second line it keeps what it found before.
    warnings.filters[:] = filters  # type: ignore[index]
    warnings._filters_mutated()  # type: ignore[attr-defined]


class Loaded:
    """Imports a module that is loaded: nothing is executed."""

    def __init__(self, module: ModuleType, spec: importlib.machinery.ModuleSpec | None) -> None:
        self.module, self.spec = module, spec

    def create_module(self, spec: object) -> ModuleType:
        """Return the module."""
        return self.module

    def exec_module(self, module: ModuleType) -> None:
        """Restore the spec that the import system has just replaced."""
        module.__spec__ = self.spec


class Template:
    """Loads the packages, and forks kernels as long as its owner is there."""

    def __init__(self, packages: list[str]) -> None:
        self.environment = dict(os.environ)
        self.folder = os.getcwd()
        started = time.time_ns()
        os.environ["JPY_PARENT_PID"] = str(os.getpid())  # read when ipykernel is loaded
        for name in KERNEL_MODULES:
            importlib.import_module(name)
        # As ipykernel sets it before a cell may import matplotlib.
        os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        reads = Reads()
        groups, probes, filters = [], [], []
        for package in packages:
            before, seen, had = set(sys.modules), set(reads.bare), list(warnings.filters)
            with contextlib.suppress(ImportError):  # what is not installed is not loaded
                importlib.import_module(package)
            new = set(sys.modules) - before
            groups.append({n: sys.modules[n] for n in new if _can_be_hidden(n, sys.modules[n])})
            probes.append(sorted(reads.bare - seen))
            filters.append([one for one in warnings.filters if one not in had])
        reads.stop()
        self.hidden = HiddenModules(groups, probes, filters)
        self.reads = reads.whole
        modules = [path for m in list(sys.modules.values()) if (path := _file(m))]
        self.modules = [path for path in modules if path != _file(sys.modules["__main__"])]
        files = {*self.modules, *(path for path in self.reads if os.path.isfile(path))}
        self.files = {path: signature(path) for path in sorted(files)}
        self.names = {name.partition(".")[0] for name in sys.modules} | {
            "sitecustomize",
            "usercustomize",
        }
        late = [p for p, s in self.files.items() if s and max(s[1:3]) > started and p in self.modules]
        self.unusable = f"{late[0]} changed while it was loaded" if late else ""
        if threads := _threads() - 1:
            self.unusable = f"loading the packages started {threads} threads"
        changed = {
            k
            for k in self.environment.keys() | os.environ.keys()
            if k not in OWN | {"MPLBACKEND"} and self.environment.get(k) != os.environ.get(k)
        }
        if changed:
            self.unusable = (
                f"loading the packages changed the environment: {', '.join(sorted(changed))}"
            )
        self.kernels: list[int] = []

    def why_not(self, wanted: dict[str, Any]) -> str:
        """Return why a kernel forked from here might differ from a fresh one; empty if it cannot.

        Parameters
        ----------
        wanted : dict of str to object
            ``cwd`` and ``env`` of the kernel, ``root`` of the project, and ``ignored``: names of
            folders whose content is no part of the project.

        Returns
        -------
        str
            A reason, or nothing.
        """
        if self.unusable:
            return self.unusable
        if threads := _threads() - 1:
            return f"the template has {threads} threads beside its own"
        for name in self.environment.keys() | wanted["env"].keys():
            if name not in OWN and self.environment.get(name) != wanted["env"].get(name):
                return f"the environment is not that of the template: {name}"
        for path, was in self.files.items():
            if signature(path) != was:
                return f"{path} changed since the template loaded it"
        return self._of_the_project(wanted) or self._shadowed(wanted)

    def _of_the_project(self, wanted: dict[str, Any]) -> str:
        root, ignored = wanted["root"], set(wanted["ignored"])
        for path in (*self.modules, *sorted(self.reads)):
            inside = os.path.relpath(os.path.realpath(path), root)
            if not inside.startswith(os.pardir) and not ignored & set(inside.split(os.sep)):
                return f"the template has loaded {inside} of the project"
        for probe in (probe for probes in self.hidden.probes for probe in probes):
            if os.path.exists(os.path.join(wanted["cwd"], probe)):
                return f"a package reads {probe} in the working folder when it is loaded"
        return ""

    def _shadowed(self, wanted: dict[str, Any]) -> str:
        for place in (wanted["cwd"], *_pythonpath(wanted["env"])):
            for name in sorted(_importable(place) & self.names):
                return f"{name} in {place} would shadow what the template has loaded"
        return ""

    def serve(self, owner: socket.socket) -> None:
        """Fork a kernel for each request until the owner is gone."""
        stream = owner.makefile("rwb")
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who asked for a kernel waits for it
        gc.collect()
        gc.freeze()
        stream.write(
            json.dumps({"loaded": len(self.files), "unusable": self.unusable}).encode() + b"\n"
        )
        stream.flush()
        while True:
            token, handles, *_ = socket.recv_fds(owner, 1, 2)
            if not token:
                break
            wanted = json.loads(stream.readline())
            answer: dict[str, object]
            if why := self.why_not(wanted):
                answer, pid = {"refused": why}, 0
            else:
                pid = os.fork()
                if pid == 0:
                    self._run_kernel(wanted, handles, owner.fileno())
                answer = {"pid": str(pid)}
            for handle in handles:
                os.close(handle)
            kernel = os.pidfd_open(pid) if pid else os.open(os.devnull, os.O_RDONLY)
            socket.send_fds(owner, [b"+"], [kernel])
            if pid:
                self.kernels.append(kernel)
            else:
                os.close(kernel)
            stream.write(json.dumps(answer).encode() + b"\n")
            stream.flush()
        for kernel in self.kernels:  # no kernel outlives its owner
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(kernel, signal.SIGKILL)

    def _run_kernel(self, wanted: dict[str, Any], handles: list[int], owner: int) -> None:
        """Run a kernel with what a fresh process would have, and nothing of the template's."""
        try:
            os.setsid()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(owner)
            for kernel in self.kernels:
                os.close(kernel)
            for number, handle in enumerate(handles, start=1):
                os.dup2(handle, number)
                os.close(handle)
            os.chdir(wanted["cwd"])
            environment = dict(wanted["env"], JPY_PARENT_PID=str(os.getppid()))
            for name in os.environ.keys() - environment.keys():
                del os.environ[name]
            os.environ.update(environment)
            sys.path[:0] = _pythonpath(wanted["env"])
            sys.argv[:], sys.orig_argv[:] = wanted["argv"], wanted["orig_argv"]
            importlib.invalidate_caches()
            random.seed()
            if "numpy" in sys.modules:
                sys.modules["numpy"].random.seed()
            self.hidden.hide()
            from ipykernel import kernelapp

            kernelapp.launch_new_instance()
        except SystemExit as end:
            os._exit(end.code if isinstance(end.code, int) else 1)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)


def _can_be_hidden(name: str, module: object) -> bool:
    # The standard library reads nothing of a project; what has no spec (what Cython's modules
    # share) is looked up by C code that asks no finder.
    return name.partition(".")[0] not in sys.stdlib_module_names and (
        getattr(module, "__spec__", None) is not None
    )


def _file(module: object) -> str | None:
    path = getattr(module, "__file__", None)
    return path if isinstance(path, str) and os.path.isabs(path) else None


def _threads() -> int:
    return len(os.listdir("/proc/self/task"))


def _pythonpath(environment: dict[str, str]) -> list[str]:
    return [place for place in environment.get("PYTHONPATH", "").split(os.pathsep) if place]


def _importable(folder: str) -> set[str]:
    """Return the names under which a folder offers modules."""

    def names() -> Iterator[str]:
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(CODE) or (entry.is_dir() and "." not in entry.name):
                    yield entry.name.partition(".")[0]

    return set(names())


def main() -> None:
    """Load what the second argument names, and serve the socket of the first."""
    owner = socket.socket(fileno=int(sys.argv[1]))
    owner.set_inheritable(False)
    captured = os.memfd_create("captured")
    for number in (1, 2):
        os.dup2(captured, number)
    template = Template(sys.argv[2].split(","))
    sys.stdout.flush()
    sys.stderr.flush()
    if size := os.fstat(captured).st_size:
        text = os.pread(captured, size, 0).decode(errors="replace").strip().splitlines() or [""]
        template.unusable = f"loading the packages printed: {text[-1]}"
    template.serve(owner)


if __name__ == "__main__":
    main()
