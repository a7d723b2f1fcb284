"""Kernels forked from a process that has the packages loaded: a kernel provisioner of Jupyter.

Whatever starts kernels by jupyter_client can use it: ``living-review update`` does, nbval by
:func:`by_default`, others by the variable ``JUPYTER_DEFAULT_PROVISIONER_NAME``. Where a kernel cannot
be forked, or not without a doubt that it equals a fresh one
(:meth:`living_review.build.template.Template.why_not`), a fresh one is started: the same, slower.
:data:`REFUSALS` keeps the reasons, for reports.

The first kernel of a process is a fresh one: the template loads beside it.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from living_review.build import staleness, template, tracing
from living_review.build.kernel import KERNEL_ENVIRONMENT

NAME = "living-review-forked"  # as registered in pyproject.toml
# In the order of who imports whom: with a package, those before it count as imported.
PACKAGES = (
    "markupsafe", "yaml", "lazy_loader", "numpy", "scipy.special", "pandas", "scipy.optimize",
    "scipy.stats", "matplotlib", "matplotlib.figure", "matplotlib.pyplot",
    "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg", "seaborn", "lifelines",
)  # fmt: skip
# Why kernels were not forked, in the order in which it came up.
REFUSALS: dict[str, None] = {}


def register() -> str:
    """Register the provisioner with Jupyter, installed or not, and return its name."""
    KernelProvisionerFactory.provisioners[NAME] = EntryPoint(
        NAME, f"{__name__}:ForkedProvisioner", KernelProvisionerFactory.GROUP_NAME
    )
    return NAME


def by_default() -> None:
    """Make this process fork the kernels of every tool that asks for no other provisioner."""
    KernelProvisionerFactory.instance().default_provisioner_name = register()


def possible() -> bool:
    """Return whether this system can fork kernels: Linux, whose processes can be asked for threads."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and Path("/proc/self/task").is_dir()


class ForkedProcess:
    """A kernel that is no child of this process, with the part of ``Popen`` that Jupyter asks for.

    Parameters
    ----------
    pid : int
        Its number.
    handle : int
        A file descriptor of the process (``pidfd``): unlike its number it is never reused.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, handle: int) -> None:
        self.pid, self._handle = pid, handle
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return None while it runs, then 0; how it ended is known to its parent alone."""
        if self.returncode is None and select.select([self._handle], [], [], 0)[0]:
            self.returncode = 0
            os.close(self._handle)
        return self.returncode

    def wait(self) -> int:
        """Wait for its end."""
        if self.returncode is None:
            select.select([self._handle], [], [])
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Terminate it."""
        self.send_signal(signal.SIGTERM)


class Template:
    """The process with the packages loaded, from its owner's side.

    Parameters
    ----------
    python : list of str
        Interpreter and its options.
    environment : dict of str to str
        Of the kernels, but for what each has of its own.
    """

    def __init__(self, python: list[str], environment: dict[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lr-template-")
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair()
        self._stream = self._socket.makefile("rwb")
        self.ready = False
        self.dropped = ""  # why its owner ended it, for those who still wait to fork from it
        with theirs:
            self.process = subprocess.Popen(
                [*python, template.__file__, str(theirs.fileno()), ",".join(PACKAGES)],
                cwd=self._folder.name,  # neither the project nor anything else to read
                env={k: v for k, v in environment.items() if k not in template.OWN},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def fork(self, wanted: dict[str, Any], output: tuple[int, int]) -> tuple[ForkedProcess | None, str]:
        """Fork a kernel, after a wait until the packages are loaded.

        Parameters
        ----------
        wanted : dict of str to object
            See :meth:`living_review.build.template.Template.why_not`; ``argv`` and ``orig_argv``.
        output : tuple of int
            File descriptors of its standard output and error stream.

        Returns
        -------
        tuple of ForkedProcess or None, str
            The kernel, or why there is none.
        """
        with self._lock:
            try:
                if not self.ready:
                    self.ready = bool(self._line())
                socket.send_fds(self._socket, [b"+"], list(output))
                self._stream.write(json.dumps(wanted).encode() + b"\n")
                self._stream.flush()
                _, handles, *_ = socket.recv_fds(self._socket, 1, 1)
                answer = self._line()
            except (OSError, ValueError, IndexError):
                return None, self.dropped or "the template has ended"
        if pid := answer.get("pid"):
            return ForkedProcess(int(pid), handles[0]), ""
        for handle in handles:
            os.close(handle)
        return None, str(answer["refused"])

    def _line(self) -> dict[str, Any]:
        return json.loads(self._stream.readline())

    def close(self) -> None:
        """End it, and with it its kernels."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=0.2)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._socket.close()
        self._folder.cleanup()


class Templates:
    """The one template of this process, and who has to wait for it."""

    def __init__(self) -> None:
        self._key: object = None
        self._template: Template | None = None
        self._lock = threading.Lock()

    def get(self, key: object, python: list[str], environment: dict[str, str]) -> Template | None:
        """Return the template of a key; None to the first who asks for it: it does not wait.

        Parameters
        ----------
        key : object
            All that a template's content depends on.
        python : list of str
            Interpreter and its options.
        environment : dict of str to str
            Of the kernels.

        Returns
        -------
        Template or None
            The template, which may still be loading.
        """
        with self._lock:
            if self._template is not None and self._key == key:
                return self._template
            self._close()
            self._key, self._template = key, Template(python, environment)
            return None

    def close(self) -> None:
        """End the template."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._template is not None:
            self._template.close()
        self._key = self._template = None

    def drop(self, which: Template, why: str) -> None:
        """End a template that is of no use any more; the next who asks starts another.

        Parameters
        ----------
        which : Template
            Perhaps ended by another already.
        why : str
            What it reports to those that wait to fork from it.
        """
        with self._lock:
            if self._template is which:
                which.dropped = why
                self._close()


TEMPLATES = Templates()
atexit.register(TEMPLATES.close)


class ForkedProvisioner(LocalProvisioner):
    """Forks a kernel from the template; starts a fresh one where that is not possible."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:  # noqa: ANN401
        """Start the kernel that ``cmd`` names.

        Parameters
        ----------
        cmd : list of str
            As Jupyter would start it as a process.
        **kwargs : object
            As for :class:`subprocess.Popen`; ``cwd`` and ``env`` count.

        Returns
        -------
        dict
            How to connect to it.
        """
        kwargs["env"] = KERNEL_ENVIRONMENT | dict(kwargs.get("env") or os.environ)
        try:
            forked = await self._forked(cmd, kwargs)
        except asyncio.CancelledError:
            TEMPLATES.close()  # nobody waits for what it would fork
            raise
        if forked is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process, self.pid, self.pgid = forked, forked.pid, forked.pid  # type: ignore[assignment]
        return self.connection_info

    async def _forked(self, cmd: list[str], kwargs: dict[str, Any]) -> ForkedProcess | None:
        module = cmd.index("-m") if "-m" in cmd else 0
        if not possible():
            REFUSALS.setdefault("this system forks no kernels")
            return None
        if not module or cmd[module + 1] != "ipykernel_launcher":
            return None
        environment = {k: str(v) for k, v in kwargs["env"].items()}
        folder = os.path.realpath(kwargs.get("cwd") or os.curdir)
        try:
            root = staleness.find_project(Path(folder))
        except staleness.StalenessError:
            root = Path(folder)
        shared = {k: v for k, v in environment.items() if k not in template.OWN}
        python = cmd[:module]
        key = (python, sys.version, staleness.Tree(root).lock(), shared)
        found = TEMPLATES.get(key, python, shared)
        if found is None:
            return None
        wanted = {
            "cwd": folder,
            "env": environment,
            "root": str(root),
            "ignored": sorted(tracing.IGNORED_FOLDERS),
            "argv": [_launcher(), *cmd[module + 2 :]],
            "orig_argv": cmd,
        }
        with open(os.devnull, "wb") as nowhere:
            output = (
                _handle(kwargs.get("stdout"), 1, nowhere),
                _handle(kwargs.get("stderr"), 2, nowhere),
            )
            loop = asyncio.get_running_loop()
            forked, why = await loop.run_in_executor(None, found.fork, wanted, output)
        if why:
            REFUSALS.setdefault(why)
            if " changed " in why or "ended" in why:
                TEMPLATES.drop(found, why)
        return forked


def _launcher() -> str:
    import ipykernel

    return str(Path(ipykernel.__file__).parents[1] / "ipykernel_launcher.py")


def _handle(wanted: Any, own: int, nowhere: Any) -> int:  # noqa: ANN401
    """Return the file descriptor that Popen would take for an argument."""
    if wanted is None:
        return own
    if wanted == subprocess.DEVNULL:
        return nowhere.fileno()
    return wanted if isinstance(wanted, int) else wanted.fileno()


def warm(seconds: float = 60) -> None:
    """Wait until the template, if there is one, has loaded: for tests and measurements."""
    end = time.monotonic() + seconds
    found = TEMPLATES._template
    while found is not None and not found.ready and time.monotonic() < end:
        if select.select([found._socket], [], [], 0.1)[0]:
            return
