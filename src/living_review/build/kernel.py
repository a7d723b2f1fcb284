"""Run the cells of one notebook in a kernel of their own, and bring back what it read.

nbclient executes; here is what it leaves to its caller: an environment without a user's own settings,
the observer, and error messages that name the cell.
"""

from __future__ import annotations

import ast
import asyncio
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from living_review.build import tracing

CELL_TIMEOUT = 600  # seconds; no cell of a living review should need a tenth of it
OUTPUT_LIMIT = 10_000_000  # characters of one cell's outputs; the site as a whole weighs less
# Characters of one printed line: nbclient looks for carriage returns in time that grows as the square.
LINE_LIMIT = 50_000
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
# Compiled code is identified by size and second of change: none of the project is kept where it could
# be taken for that of a later edit (see :func:`living_review.build.update.forget_bytecode`).
NOT_PASSED_ON = frozenset({"PYTHONWARNINGS", "PYTHONPYCACHEPREFIX"})
BYTECODE_OFF = {"PYTHONDONTWRITEBYTECODE": "1"}
# One thread a kernel: kernels share the cores, and the sum of a split array depends on the split.
KERNEL_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "COLUMNS": "80",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class RunError(Exception):
    """A notebook did not run cleanly; the message names the cell and the last line of the error."""


async def run_in_kernel(
    notebook: dict[str, Any], path: Path, root: Path, *, forked: bool = False
) -> dict[str, Any]:
    """Run the cells in a kernel of their own, from the notebook's folder, and return what was read.

    The kernel is started here rather than by nbclient, whose handlers for Ctrl-C know of one
    kernel only.

    Parameters
    ----------
    notebook : dict of str to object
        The notebook as JSON; its outputs are replaced.
    path : pathlib.Path
        Its file.
    root : pathlib.Path
        Top folder of the project.
    forked : bool
        Fork the kernel where that is possible (:mod:`living_review.build.forked`): faster.

    Returns
    -------
    dict of str to object
        What the kernel saw: see :mod:`living_review.build.tracing`.
    """
    import nbformat
    from jupyter_client import AsyncKernelManager
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    node = nbformat.reads(json.dumps(notebook), as_version=4)
    with tempfile.TemporaryDirectory(prefix="lr-") as folder:
        manager = AsyncKernelManager(
            kernel_name=KERNEL["name"],
            kernel_spec_manager=_this_python(forked),
            transport="tcp" if os.name == "nt" else "ipc",
            connection_file=f"{folder}/kernel.json",
        )
        client = _limited_client()(
            node, km=manager, timeout=CELL_TIMEOUT, record_timing=False, force_raise_errors=True,
            coalesce_streams=True,
        )  # fmt: skip
        with Path(folder, "stderr").open("wb") as errors:
            await manager.start_kernel(
                cwd=str(path.parent),
                env=kernel_environment(root, folder),
                extra_arguments=["--HistoryManager.enabled=False"],
                stdout=errors,
                stderr=errors,
            )
        client.kc = channels = manager.client()
        try:
            channels.start_channels(stdin=False)  # nobody is there to answer input()
            try:
                await channels.wait_for_ready(timeout=120)
            except RuntimeError:
                lines = Path(folder, "stderr").read_text(errors="replace").strip().splitlines()
                raise RunError(f"the kernel did not start: {(lines or ['no word why'])[-1]}") from None
            client.reset_execution_trackers()
            await _ask(client, "None", before=_observer_source(root))
            number = 0
            for index, cell in enumerate(node.cells):
                if cell.cell_type != "code":
                    continue
                number += 1
                cell.execution_count, cell.outputs = None, []
                try:
                    await client.async_execute_cell(
                        cell, index, execution_count=client.code_cells_executed + 1
                    )
                except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                    task = asyncio.current_task()
                    if task is not None and task.cancelling():
                        raise asyncio.CancelledError from None  # nbclient took it for a death
                    why = client.refusal or _last_line(error)
                    raise RunError(f"{where(number, cell)}: {why}") from None
                if client.refusal:  # said after the cell's end
                    raise RunError(f"{where(number, cell)}: {client.refusal}")
                if words := stderr_text(cell.outputs):
                    raise RunError(f"{where(number, cell)}: a warning or error text: {words}")
            seen = json.loads(await _ask(client, "_living_review_observer.OBSERVER.report_json()"))
        finally:
            channels.stop_channels()
            await manager.shutdown_kernel(now=True)
    notebook["cells"] = json.loads(json.dumps(node.cells))
    return seen


def _this_python(forked: bool) -> Any:  # noqa: ANN401
    """Return a finder of kernels that knows one: this very Python.

    What is installed under the name ``python3`` may be another one (``JUPYTER_PATH``, a user's own
    kernels), whose packages nobody compared with the lock file.
    """
    from ipykernel.kernelspec import make_ipkernel_cmd
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

    provisioner = "local-provisioner"
    if forked:
        from living_review.build.forked import register

        provisioner = register()

    class ThisPython(KernelSpecManager):
        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
            return KernelSpec(
                argv=make_ipkernel_cmd(),
                metadata={"kernel_provisioner": {"provisioner_name": provisioner}},
                **{k: KERNEL[k] for k in ("display_name", "language")},
            )

    return ThisPython()


def _limited_client() -> Any:  # noqa: ANN401
    """Return nbclient's client with a limit on what a cell may put out."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionComplete

    class LimitedClient(NotebookClient):
        refusal = ""
        _cell, _length, _line = -1, 0, 0

        def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:  # noqa: ANN401
            if cell_index != self._cell:
                self._cell, self._length, self._line = cell_index, 0, 0
            content = msg["content"]
            if msg["msg_type"] == "stream":
                text = content["text"]
                self._length += len(text)
                lengths = [len(line) for line in text.split("\n")]
                lengths[0] += self._line
                self._line = lengths[-1]
                if max(lengths) > LINE_LIMIT:
                    self._refuse(f"prints a line of more than {LINE_LIMIT:,} characters")
            elif msg["msg_type"] in ("display_data", "execute_result", "update_display_data"):
                self._length += sum(len(str(value)) for value in content.get("data", {}).values())
            if self._length > OUTPUT_LIMIT:
                self._refuse(f"puts out more than {OUTPUT_LIMIT:,} characters")
            if self.refusal:
                # Ends the reading of messages: as long as there are more, nothing else has its turn.
                raise CellExecutionComplete
            return super().process_message(msg, cell, cell_index)

        def _refuse(self, why: str) -> None:
            if not self.refusal:
                self.refusal = why
                if self.task_poll_for_reply is not None:
                    self.task_poll_for_reply.cancel()

    return LimitedClient


async def _ask(client: Any, expression: str, before: str = "") -> Any:  # noqa: ANN401
    """Run code and get the value of an expression, unseen by the notebook and its counts."""
    message = client.kc.execute(
        before,
        silent=True,
        store_history=False,
        user_expressions={
            "answer": expression.replace(
                "_living_review_observer", "__import__('_living_review_observer')"
            )
        },
    )
    reply = await client.async_wait_for_reply(message)
    content = reply["content"]
    answer = content.get("user_expressions", {}).get("answer", {})
    if content["status"] != "ok" or answer.get("status") != "ok":
        failed = content if content["status"] != "ok" else answer
        raise RunError(f"the kernel could not be observed: {failed.get('evalue')}")
    return ast.literal_eval(answer["data"]["text/plain"])


def _observer_source(root: Path) -> str:
    """Return code that sets up the observer and leaves no name in the notebook's own space."""
    source = Path(tracing.__file__).read_text(encoding="utf-8")
    setup = (
        "import sys, types\n"
        "module = types.ModuleType('_living_review_observer')\n"
        "sys.modules[module.__name__] = module\n"
        f"exec(compile({source!r}, '<observer>', 'exec'), module.__dict__)\n"
        f"module.OBSERVER.start({str(root)!r})\n"
    )
    return f"exec({setup!r}, {{}})"


def kernel_environment(root: Path, private: str) -> dict[str, str]:
    """Return the environment of a kernel: this tree's code first, no start-up files of a user.

    Parameters
    ----------
    root : pathlib.Path
        Top folder of the project.
    private : str
        A folder for what the kernel writes of its own.

    Returns
    -------
    dict of str to str
        Variables of the environment.
    """
    environment = {k: v for k, v in os.environ.items() if k not in NOT_PASSED_ON}
    environment |= KERNEL_ENVIRONMENT | BYTECODE_OFF | {"IPYTHONDIR": private}
    if (root / "src").is_dir():
        rest = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = str(root / "src") + (os.pathsep + rest if rest else "")
    return environment


def stderr_text(outputs: list[dict[str, Any]]) -> str:
    """Return the last line that a cell wrote to its error stream; a warning ends up there."""
    text = "".join(
        "".join(out["text"])
        for out in outputs
        if out["output_type"] == "stream" and out["name"] == "stderr"
    )
    if warning := re.search(r"\w*Warning: .*", text):
        return warning[0]
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else text


def where(number: int, cell: dict[str, Any]) -> str:
    """Return how a message names a code cell: its number and its id.

    Parameters
    ----------
    number : int
        Its number among the code cells, from 1.
    cell : dict of str to object
        The cell as JSON.

    Returns
    -------
    str
        For a message.
    """
    return f"code cell {number} (id {cell.get('id', 'none')})"


def _last_line(error: Exception) -> str:
    name, value = getattr(error, "ename", None), getattr(error, "evalue", None)
    if name:
        return f"{name}: {value}".strip()
    lines = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()
    return lines[0] if lines else type(error).__name__
