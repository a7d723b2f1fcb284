"""Answers about a study that are remembered: under the digest of all that they were computed from.

With a thousand studies a command that asks each of them takes minutes; most of them are as they were.
An answer is used again only if the code, the vocabulary, the schemas, every file of the study and every
other table that was looked at have the bytes they had; else it is computed anew. A memory that cannot
be read or written is none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from living_review.evidence.references import Cells

FOLDER = "_build/.remembered"


class Memory:
    """What one command answered about each study, from run to run.

    Parameters
    ----------
    root : Path
        Top of the project; the memory lies in its ``_build``.
    name : str
        The command: its answers are kept apart.
    beside : Memory, optional
        Another of the same run, which has looked at the files: they are not read once more.
    """

    def __init__(self, root: Path, name: str, beside: Memory | None = None) -> None:
        self.data, self.folder = root / "data", root / FOLDER / name
        self._frame: str | None
        self._tables: dict[tuple[str, str], str | None] = {}
        self._own: dict[str, str | None] = {}
        if beside is not None:
            self._frame, self._tables, self._own = beside._frame, beside._tables, beside._own
            return
        package = Path(__file__).resolve().parents[1]
        frame = [*sorted(package.rglob("*.py")), self.data / "vocabulary.yaml"]
        self._frame = _digest([*frame, *sorted((self.data / "schema").glob("*.json"))])

    def answer(
        self,
        study: str,
        cells: Cells,
        compute: Callable[[], Any],
        brief: Callable[[Any], Any] | None = None,
        *,
        only_brief: bool = False,
    ) -> Any:  # noqa: ANN401
        """Return what ``compute`` gives, from memory where nothing that it read is new.

        Parameters
        ----------
        study : str
            The study; every file of its folder counts.
        cells : Cells
            What ``compute`` reads of other tables, it must read from here.
        compute : callable
            Gives the answer, as plain data that JSON holds.
        brief : callable, optional
            Makes of the answer what is kept beside it, for who needs no more.
        only_brief : bool
            Return that; a long answer is not even unpacked.

        Returns
        -------
        object
            The answer, or what is brief of it.
        """
        if study not in self._own:
            self._own[study] = self._study(study)
        own = self._own[study]
        place = self.folder / f"{study}.json"
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
            head, _, body = place.read_text(encoding="utf-8").partition("\n")
            held = json.loads(head)
            others = [(*name.split("/", 1), digest) for name, digest in held["others"].items()]
            if own and held["own"] == own and all(self._table(s, t) == d for s, t, d in others):
                return held["brief"] if only_brief else json.loads(body)
        cells.asked.clear()
        answer = compute()
        short = brief(answer) if brief else None
        asked = {(s, t): self._table(s, t) for s, t in sorted(cells.asked) if s != study}
        if own and None not in asked.values() and own == self._study(study):
            elsewhere = {f"{s}/{t}": digest for (s, t), digest in asked.items()}
            head = json.dumps({"own": own, "others": elsewhere, "brief": short})
            with contextlib.suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True)
                written = place.with_suffix(f".{os.getpid()}")
                written.write_text(f"{head}\n{json.dumps(answer)}", encoding="utf-8")
                written.replace(place)
        return short if only_brief else answer

    def _study(self, study: str) -> str | None:
        try:
            names = sorted(os.listdir(self.data / study))
        except OSError:
            return None
        found = _digest([self.data / study / name for name in names])
        return f"{self._frame} {found}" if self._frame and found else None

    def _table(self, study: str, table: str) -> str | None:
        if (study, table) not in self._tables:
            name = "study.yaml" if table == "groups" else f"{table}.csv"
            path = self.data / study / name
            self._tables[study, table] = _digest([path]) if path.exists() else "absent"
        return self._tables[study, table]


def _digest(paths: list[Path]) -> str | None:
    """Return a SHA-256 over names and bytes; None if something is no plain file or cannot be read."""
    total = hashlib.sha256()
    for path in paths:
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                return None
            content = path.read_bytes()
        except OSError:
            return None
        total.update(f"{path.name}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
        total.update(content)
    return total.hexdigest()
