"""What must never stand in a notebook's outputs; every function returns a list of faults.

The checks of whole notebooks, prose, site and lock file are in ``tests/``; here is what
:mod:`living_review.execution` itself refuses to write.
"""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

HOME_PATH = re.compile(r"(?<![\w.:/])/(?:home|root|Users|tmp|var/folders|private|mnt)/[\w.-]+")
WINDOWS_PATH = re.compile(r"\b[A-Z]:\\[\w.-]+")
ADDRESS = re.compile(r"\b0x[0-9a-f]{8,}\b")
TIME_STAMP = re.compile(r"\b(?:19|20)\d\d-[01]\d-[0-3]\d[T ][0-2]\d:[0-5]\d")
CLOCK_DATE = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r" [ \d]\d \d\d:\d\d"
)
EMBEDDED = re.compile(r"data:[\w/+.-]*(?:;[\w=-]+)*;base64,([A-Za-z0-9+/=]+)")


def output_texts(outputs: list[dict[str, Any]]) -> Iterator[str]:
    """Yield every text of a cell's outputs, the text of embedded downloads included."""
    for output in outputs:
        parts = [output.get("text", "")]
        parts += [v for v in output.get("data", {}).values() if isinstance(v, (str, list))]
        for part in parts:
            text = part if isinstance(part, str) else "".join(map(str, part))
            if text:
                yield text
            for inside in EMBEDDED.findall(text):
                yield base64.b64decode(inside + "==", validate=False).decode("utf-8", "replace")


@cache
def _machine_names() -> re.Pattern[str] | None:
    name = socket.gethostname()
    plain = name.lower() in {"localhost", ""} or len(name) < 4
    return None if plain else re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")


def output_faults(outputs: list[dict[str, Any]], root: Path) -> list[str]:
    """Return what of this machine or this moment stands in the outputs of a cell.

    Parameters
    ----------
    outputs : list of dict
        As in the notebook file.
    root : Path
        Top folder of the project; its own path may not stand there either.
    """
    faults = []
    for text in output_texts(outputs):
        if str(root) in text and str(root) != "/":
            faults.append(f"the project's own path stands in the output: {root}")
        for what, pattern in (
            ("a path of this machine", HOME_PATH),
            ("a path of this machine", WINDOWS_PATH),
            ("a memory address", ADDRESS),
            ("a time stamp", TIME_STAMP),
            ("a time stamp", CLOCK_DATE),
            ("the name of this machine", _machine_names()),
        ):
            if pattern and (hit := pattern.search(text)):
                faults.append(f"{what} stands in the output: {hit[0]}")
    return faults
