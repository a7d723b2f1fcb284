"""Keep what a search found: on disk before anything is called done, whole or not at all.

``data/review/`` holds the tables (records, searches, notices, screening decisions). What a run has
fetched so far, and abstracts, are in ``_build/search/``: an interrupted run goes on from there; if it
is deleted, the run is fetched again and nothing of the tables is lost.
"""

from __future__ import annotations

import contextlib
import csv
import fcntl
import io
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from living_review import evidence
from living_review.evidence import reads
from living_review.living.records import Record

WORK = Path("_build") / "search"
ABSTRACTS = "abstracts.jsonl"


class StoreError(Exception):
    """Something could not be kept, or is in use; the message says what, and what to do."""


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that, whenever the machine stops, the old or the new one is there whole.

    Written beside it, flushed to the disk, renamed, and the folder flushed.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    data : bytes
        Its bytes.

    Raises
    ------
    StoreError
        If the disk is full or the place cannot be written to; the old file is as it was.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise StoreError(
            f"{path.name} could not be written ({error.strerror}); it is as it was"
        ) from None


@contextlib.contextmanager
def locked(root: Path, name: str, wait: float = 0.0) -> Iterator[None]:
    """Hold a lock while something is done that only one process at a time may do.

    Parameters
    ----------
    root : Path
    name : str
        Of what is done, for the message.
    wait : float, optional
        Seconds to wait for another one that holds it.

    Yields
    ------
    None
        Nothing; the lock is held meanwhile.

    Raises
    ------
    StoreError
        If another process holds it. A process that died holds nothing.
    """
    folder = root / WORK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / f"{name}.lock").open("w")
    except OSError as error:
        raise StoreError(f"{folder} cannot be written to ({error.strerror})") from None
    with stream:
        until = time.monotonic() + wait
        while not _taken(stream):
            if time.monotonic() >= until:
                raise StoreError(f"another {name} is running: wait until it has ended")
            time.sleep(0.02)
        yield


def _taken(stream: IO[str]) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


# --- tables ----------------------------------------------------------------------------------------


def columns(root: Path, name: str) -> list[str]:
    """Return the columns of a table of ``data/review/``, from its schema.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.
    name : str
        Name of the table.

    Returns
    -------
    list of str
        Names in order.
    """
    schema = json.loads((root / "data" / "schema" / f"review_{name}.json").read_text(encoding="utf-8"))
    return [column["name"] for column in schema["fields"]]


def read_table(root: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of a table of ``data/review/`` as text; none if there is no such file yet.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.
    name : str
        Name of the table.

    Returns
    -------
    list of dict of str to str
        Column and text of each row.

    Raises
    ------
    StoreError
        If the file's columns are not those of its schema.
    """
    path = root / "data" / "review" / f"{name}.csv"
    reads.note(f"review/{name}")
    if not path.is_file():
        return []
    header, rows = evidence.read_rows(path)
    if header != columns(root, name) or any(len(row) != len(header) for row in rows):
        raise StoreError(f"data/review/{name}.csv is damaged: `living-review check` says where")
    return [dict(zip(header, row, strict=True)) for row in rows]


def write_table(root: Path, name: str, rows: list[dict[str, str]]) -> None:
    """Write a table of ``data/review/`` whole; a table without rows is not written.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.
    name : str
        Name of the table.
    rows : list of dict of str to str
        Column and text of each row.
    """
    if not rows:
        return
    header = columns(root, name)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([row[column] for column in header] for row in rows)
    write_whole(root / "data" / "review" / f"{name}.csv", stream.getvalue().encode())


# --- a run under way -------------------------------------------------------------------------------


@dataclass
class Run:
    """A run as it is on disk: its name and the day up to which it asks."""

    run: str
    last_day: str


def open_run(root: Path) -> Run | None:
    """Return the run that was interrupted; None if there is none."""
    try:
        return Run(**json.loads((root / WORK / "run.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None  # not there, or damaged: a new run asks again


def begin_run(root: Path, run: Run) -> None:
    """Put a run on disk before it asks for anything.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.
    run : Run
        The run.
    """
    write_whole(root / WORK / "run.json", json.dumps(asdict(run)).encode())


def end_run(root: Path) -> None:
    """Forget a run all of whose jobs are in the log."""
    (root / WORK / "run.json").unlink(missing_ok=True)


class Journal:
    """What one job of a run has fetched so far, page by page.

    Parameters
    ----------
    root : Path
    job : str
        Name of the job, which becomes a folder.
    identity : dict
        What the pages answer to (run, query, window): pages of anything else are thrown away.
    """

    def __init__(self, root: Path, job: str, identity: dict[str, str]) -> None:
        self.folder = root / WORK / "jobs" / job
        self.identity = identity
        if self._read("job.json") != identity:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self, name: str) -> Any:  # noqa: ANN401  (JSON)
        try:
            return json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None  # not there, or damaged: fetched again

    def pages(self) -> list[dict[str, Any]]:
        """Return the pages on disk, in order; a gap ends them."""
        out: list[dict[str, Any]] = []
        while page := self._read(f"page-{len(out):05d}.json"):
            out.append(page)
        return out

    def add(self, number: int, page: dict[str, Any]) -> None:
        """Put a page on disk.

        Parameters
        ----------
        number : int
            Number of the page.
        page : dict of str to object
            As :func:`as_page` returns it.

        Raises
        ------
        StoreError
            If it could not be written.
        """
        if number == 0:
            write_whole(self.folder / "job.json", json.dumps(self.identity).encode())
        write_whole(self.folder / f"page-{number:05d}.json", json.dumps(page).encode())

    def close(self) -> None:
        """Throw the pages away: what they hold is in the tables."""
        shutil.rmtree(self.folder, ignore_errors=True)


def as_page(records: Iterable[Record], found: int, state: dict[str, Any] | None) -> dict[str, Any]:
    """Return a page of records as plain data for a journal.

    Parameters
    ----------
    records : iterable of Record
        Records of the page.
    found : int
        How many the service found in all.
    state : dict of str to object or None
        Where to resume.

    Returns
    -------
    dict of str to object
        To be written as JSON.
    """
    return {"records": [asdict(r) for r in records], "found": found, "state": state}


def keep_abstracts(root: Path, records: Iterable[Record]) -> None:
    """Add the abstracts of records to those that are kept beside the data, for screening here.

    Parameters
    ----------
    root : pathlib.Path
        Top of the project.
    records : iterable of Record
        Records with their abstracts.

    Raises
    ------
    StoreError
        If they could not be written.
    """
    lines = [json.dumps({"id": r.record_id, "abstract": r.abstract}) for r in records if r.abstract]
    if not lines:
        return
    path = root / WORK / ABSTRACTS
    before = path.read_bytes() if path.is_file() else b""
    write_whole(path, before + ("\n".join(lines) + "\n").encode())


def abstracts(root: Path) -> dict[str, str]:
    """Return the abstracts that are kept on this machine, by record."""
    path = root / WORK / ABSTRACTS
    if not path.is_file():
        return {}
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row["abstract"] for row in rows}
