"""The engine with real kernels: what it refuses, what it leaves behind, what it writes."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import small_book as book

from living_review import cli
from living_review.build import staleness, update

# Each cell is refused, for the reason beside it.
REFUSED = {
    "raises": ("x = 1", "1 / 0", "code cell 2 (id c1): ZeroDivisionError: division by zero"),
    "raises_and_says_it_may": ("#", "raise ValueError('no')", "ValueError: no"),
    "warns": ("import warnings", "warnings.warn('look')", "UserWarning: look"),
    "stderr": ("import sys", "print('oh', file=sys.stderr)", "a warning or error text: oh"),
    "path": ("import os", "print(os.getcwd())", "is in the output"),
    "home": ("1", "print('/home/someone/x.csv')", "a path of this machine"),
    "download": (
        "import base64",
        "print('data:text/csv;base64,' + base64.b64encode(b'a,/home/me/x').decode())",
        "a path of this machine is in the output: /home/me",
    ),
    "host": ("import socket", "print(socket.gethostname() * 2, '/tmp/x')", "is in the output"),
    "clock": ("import datetime", "print(datetime.datetime.now())", "a time stamp"),
    "address": ("1", "object()", "a memory address"),
    "writes": ("1", "open('../data/new.csv', 'w').close()", "it writes data/new.csv"),
    "removes": ("import os", "os.remove('../data/alpha_2001/values.csv.x')", "FileNotFoundError"),
    "reads_a_notebook": ("1", "x = open('about.ipynb').read()", "it reads notebooks/about.ipynb"),
    "program": ("import subprocess", "x = subprocess.run(['true'])", "it starts another program"),
    "fork": (
        "import os",
        "if os.fork() == 0:\n    os._exit(0)",
        "it splits off a process",
    ),
    "network": (
        "import socket",
        "try:\n    socket.create_connection(('127.0.0.1', 9), 0.1)\nexcept OSError:\n    pass",
        "it asks the network",
    ),
    "dies": ("import os", "os._exit(3)", "code cell 2 (id c1): Kernel died"),
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, update.Update]:
    root = book.make(tmp_path_factory.mktemp("refused") / "root")
    for path in (root / "notebooks").iterdir():
        if path.stem != "about":
            path.unlink()
    for name, (first, second, _) in REFUSED.items():
        path = root / "notebooks" / f"{name}.ipynb"
        book.write_notebook(path, (first, second))
        if name == "raises_and_says_it_may":
            notebook = json.loads(path.read_text())
            notebook["cells"][2]["metadata"]["tags"] = ["raises-exception"]
            path.write_text(json.dumps(notebook))
    before = {p.stem: p.read_bytes() for p in (root / "notebooks").iterdir()}
    result = update.update(root, say=lambda _: None)
    after = {p.stem: p.read_bytes() for p in (root / "notebooks").iterdir()}
    assert before.pop("about") != after.pop("about"), "the one good notebook was written"
    assert before == after, "old outputs stand"
    return root, result


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_stand_in_a_book_is_refused_and_stays_stale(
    name: str, refused: tuple[Path, update.Update]
) -> None:
    root, result = refused
    path = root / "notebooks" / f"{name}.ipynb"
    assert REFUSED[name][2] in result.failed[path]
    assert path in [item.path for item in staleness.stale(root)]


def test_kernel_and_in_process_runs_record_and_write_the_same(tmp_path: Path) -> None:
    """The property test leaves the kernel out: here is what allows that."""
    one, two = book.make(tmp_path / "one"), book.make(tmp_path / "two")
    lines: list[str] = []
    assert not update.update(one, say=lines.append).failed
    assert not book.update(two).failed
    assert book.contents(one) == book.contents(two)
    assert len(lines) == 7
    assert lines[0].startswith("[1/7] notebooks/")
    assert lines[0].endswith(" s")
    assert sorted(p.name for p in one.iterdir()) == sorted(
        ["_build", "data", "notebooks", "requirements.txt", "src"]
    )


@pytest.mark.parametrize("parts", [1, 2, 3, 9])
def test_shards_run_in_several_checkouts_are_together_what_one_run_gives(
    parts: int, tmp_path: Path
) -> None:
    """How a service with many machines would run a book of a thousand studies."""
    whole = book.make(tmp_path / "whole")
    joined = Path(shutil.copytree(whole, tmp_path / "joined"))
    ran: list[str] = []
    for number in range(1, parts + 1):
        checkout = Path(shutil.copytree(whole, tmp_path / f"machine{number}"))
        done = book.update(checkout, shard=(number, parts)).done
        ran += [path.name for path in done]
        for path in done:
            shutil.copy(path, joined / "notebooks")
    assert sorted(ran) == sorted(p.name for p in (whole / "notebooks").iterdir())
    assert staleness.stale(joined) == []
    assert not book.update(whole).failed
    assert book.contents(joined) == book.contents(whole)


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "-1/3", "1/0", "1/2/3"])
def test_a_shard_that_is_none_is_a_message(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["update", f"--shard={text}"])
    assert end.value.code == 2
    assert "expected K/N with K from 1 to N" in capsys.readouterr().err


def test_updates_together_do_not_wait_for_each_other_and_another_waits_for_them(
    tmp_path: Path,
) -> None:
    root = book.make(tmp_path / "root")
    said: list[str] = []
    with update.only_update(root, said.append, together=True):
        with update.only_update(root, said.append, together=True):
            assert said == []
        stream = (root / "_build" / ".update-lock").open("a+")
        with pytest.raises(BlockingIOError):
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_second_run_gives_the_same_bytes_whatever_hash_seed_clock_zone_and_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = book.make(tmp_path / "one"), book.make(tmp_path / "elsewhere" / "two")
    only = "alpha_2001"
    for root, seed, zone in ((one, "1", "UTC"), (two, "2", "Asia/Tokyo")):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        monkeypatch.setenv("TZ", zone)
        assert not update.update(root, only=[root / f"notebooks/{only}.ipynb"], say=lambda _: 0).failed
    assert (one / f"notebooks/{only}.ipynb").read_bytes() == (
        two / f"notebooks/{only}.ipynb"
    ).read_bytes()


def _start(root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "living_review.cli", "--root", str(root), "update"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(update.__file__).parents[1])},
    )


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    """A book whose notebooks take their time."""
    root = book.make(tmp_path / "root")
    for path in (root / "notebooks").iterdir():
        path.unlink()
    for name in ("one", "two"):
        book.write_notebook(
            root / f"notebooks/{name}.ipynb", ("import time", "time.sleep(4)", "print(1)")
        )
    return root


def _kernels_of(pid: int) -> list[int]:
    import psutil

    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_update_that_is_cut_short_leaves_the_tree_as_it_was(
    sign: signal.Signals, waiting: Path
) -> None:
    import psutil

    for path in (waiting / "notebooks").iterdir():  # so that none ends by itself
        path.write_text(path.read_text().replace("sleep(4)", "sleep(600)"))
    before = {p: p.read_bytes() for p in waiting.rglob("*") if p.is_file()}
    process = _start(waiting)
    deadline = time.monotonic() + 120
    while len(_kernels_of(process.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.8)
    kernels = _kernels_of(process.pid)
    assert len(kernels) == 2
    process.send_signal(sign)
    text, _ = process.communicate(timeout=120)
    if sign != signal.SIGKILL:
        assert process.returncode == 130
        assert text.strip() == "living-review: interrupted; unfinished work was left unchanged"
    after = {p: p.read_bytes() for p in waiting.rglob("*") if p.is_file() and "_build" not in p.parts}
    assert after == before
    assert len(staleness.stale(waiting)) == 2
    deadline = time.monotonic() + 60
    while any(map(psutil.pid_exists, kernels)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(psutil.pid_exists, kernels)), "no kernel outlives its update"
    assert not list((waiting / "_build").glob("*.part"))


def test_two_updates_at_once_run_each_notebook_once(waiting: Path) -> None:
    shutil.copytree(waiting, waiting.with_name("alone"))
    first = _start(waiting)
    deadline = time.monotonic() + 120
    while not (waiting / "_build/.update-lock").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    second = _start(waiting)
    texts = [p.communicate(timeout=240)[0] for p in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], texts
    assert sum(text.count("notebooks/one.ipynb") for text in texts) == 1
    assert sum("another update of this project is running" in text for text in texts) == 1
    assert not staleness.stale(waiting)
