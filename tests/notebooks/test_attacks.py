"""What once let a wrong number pass as fresh, or ended in a traceback: each attack, kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import small_book as book
import small_site

from living_review import cli
from living_review.build import bundle, kernel, render, staleness, update


def git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    return subprocess.run(
        ["git", *who, *arguments], cwd=root, check=True, capture_output=True, text=True
    )


def test_a_clean_merge_of_two_runs_is_stale(root: Path) -> None:
    """Git joins the records of two runs line by line; no run ever gave the result."""
    path = root / "notebooks/audit.ipynb"
    for name, number in (("a", "5"), ("k", "0"), ("m", "0"), ("z", "1")):
        (root / "data" / name).write_text(number)
    names_read = "print(max(int(open(f'../data/{n}').read()) for n in 'akmz'))"
    book.write_notebook(path, (names_read,))
    book.update(root)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "start")
    for branch, name, number in (("one", "a", "3"), ("two", "z", "4")):
        git(root, "checkout", "-q", "-b", branch, "main")
        (root / "data" / name).write_text(number)
        book.update(root)
        git(root, "commit", "-qam", branch)
    # Of the seal, both sides have their own: one is taken, and all other lines join without a word.
    git(root, "merge", "-q", "--no-edit", "-X", "ours", "one")
    merged = json.loads(path.read_text())
    assert merged["cells"][1]["outputs"][0]["text"] == ["3\n"], "the truth is 4"
    inputs = merged["metadata"]["living_review"]["inputs"]
    now = staleness.Tree(root)
    assert inputs == {name: now.content(name) for name in inputs}, "every line is true"
    assert "audit" in book.stale_names(root)


@pytest.mark.parametrize("part", ["inputs", "listings", "modules", "searched"])
def test_a_record_with_an_emptied_list_is_stale(part: str, root: Path) -> None:
    path = root / "notebooks/alpha_2001.ipynb"
    notebook = json.loads(path.read_text())
    notebook["metadata"]["living_review"][part] = {}
    path.write_text(json.dumps(notebook))
    assert book.stale_names(root) == {"alpha_2001"}


def _cell(**change: Any) -> dict[str, Any]:
    return book.cell("1", "x") | change


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in book.cell("1", "x").items() if key != name}


MALFORMED: dict[str, dict[str, Any]] = {
    "no source": {"cells": [_without("source")]},
    "no metadata": {"cells": [_without("metadata")]},
    "no cell type": {"cells": [_without("cell_type")]},
    "a number for a cell": {"cells": [7]},
    "null for a source": {"cells": [_cell(source=None)]},
    "numbers in a source": {"cells": [_cell(source=[1, 2])]},
    "null for outputs": {"cells": [_cell(outputs=None)]},
    "null for tags": {"cells": [_cell(metadata={"tags": None})]},
    "half a surrogate pair": {"cells": [_cell(source="'\ud800'")]},
    "version as text": {"nbformat": "4"},
    "version 3": {"nbformat": 3},
    "version 5": {"nbformat": 5},
    "no minor version": {"nbformat_minor": None},
    "another language": {"metadata": {"kernelspec": {"name": "ir", "language": "R"}}},
}


@pytest.mark.parametrize("what", MALFORMED)
@pytest.mark.parametrize("command", ["stale", "update"])
def test_a_malformed_notebook_is_a_message(
    what: str, command: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (root / "notebooks/odd.ipynb").write_text(json.dumps(sound | MALFORMED[what]))
    assert cli.main(["--root", str(root), command]) == 2
    assert "notebooks/odd.ipynb: " in capsys.readouterr().err


def test_a_folder_a_dangling_link_and_deep_nesting_are_all_named_at_once(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "notebooks/a.ipynb").mkdir()
    (root / "notebooks/b.ipynb").symlink_to("nowhere")
    (root / "notebooks/c.ipynb").write_text("[" * 100_000)
    assert cli.main(["--root", str(root), "stale"]) == 2
    error = capsys.readouterr().err
    assert all(f"notebooks/{name}.ipynb: " in error for name in "abc")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_an_unreadable_input_is_a_message_and_not_the_code_for_stale(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "data/alpha_2001/values.csv").chmod(0)
    assert cli.main(["--root", str(root), "stale"]) == 2
    assert "values.csv: Permission denied" in capsys.readouterr().err


def test_a_loop_of_links_is_a_message_and_not_the_code_for_stale(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = root / "data/alpha_2001/values.csv"
    path.unlink()
    path.symlink_to("values.csv")
    assert cli.main(["--root", str(root), "stale"]) == 2
    assert "values.csv: Too many levels of symbolic links" in capsys.readouterr().err


def test_packages_are_compared_with_the_lock_though_nothing_is_stale(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(update, "environment_issues", lambda _: ["pandas is 9.9, pinned ==2.2"])
    assert cli.main(["--root", str(root), "update"]) == 2
    assert "pandas is 9.9" in capsys.readouterr().err


# What a cell does, and the words it is refused with.
LIMITED = {
    "input": ("input()", "does not support input requests"),
    "endless": ("while True:\n    print('x' * 1000)", "puts out more than"),
    "long_line": ("print('x' * 1_000_000)", "prints a line of more than"),
    "long_line_in_pieces": (
        "import sys, time\nfor _ in range(40):\n    sys.stdout.write('x' * 2000)\n"
        "    sys.stdout.flush()\n    time.sleep(0.01)",
        "prints a line of more than",
    ),
    "large_result": ("'x' * 20_000_000", "puts out more than"),
}


def test_what_a_cell_puts_out_and_asks_for_has_limits(tmp_path: Path) -> None:
    root = book.make(tmp_path / "root")
    for path in (root / "notebooks").iterdir():
        path.unlink()
    for name, (code, _) in LIMITED.items():
        book.write_notebook(root / f"notebooks/{name}.ipynb", (code,))
    failed = {path.stem: why for path, why in update.update(root, say=lambda _: 0).failed.items()}
    assert {name: words in failed[name] for name, (_, words) in LIMITED.items()} == dict.fromkeys(
        LIMITED, True
    )


def test_an_output_that_no_file_can_hold_is_refused_and_others_run(tmp_path: Path) -> None:
    root = book.make(tmp_path / "root")
    path = root / "notebooks/about.ipynb"
    book.write_notebook(path, ("print('\\ud800')",))
    result = book.update(root)
    assert list(result.failed) == [path]
    assert "half of a pair of surrogates" in result.failed[path]
    assert book.stale_names(root) == {"about"}


def test_the_kernel_is_this_python_whatever_jupyter_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "jupyter/kernels/python3/kernel.json"
    spec.parent.mkdir(parents=True)
    other = [sys.executable, "-c", "import sys; sys.exit('the other Python')"]
    spec.write_text(json.dumps({"argv": other, "display_name": "x", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    root = book.make(tmp_path / "root")
    assert not update.update(root, only=[root / "notebooks/about.ipynb"], say=lambda _: 0).failed


def test_old_bytecode_is_not_run_under_a_new_digest(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same size, same second: beside a notebook, and where PYTHONPYCACHEPREFIX points."""
    import py_compile

    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path / "compiled"))
    path, source = root / "notebooks/about.ipynb", root / "notebooks/others.py"
    book.write_notebook(path, ("import others\nprint(others.Y)",))
    for prefix in (None, str(tmp_path / "compiled")):
        monkeypatch.setattr(sys, "pycache_prefix", prefix)
        source.write_text("Y = 1\n")
        os.utime(source, (1_700_000_000, 1_700_000_000))
        py_compile.compile(str(source))
    source.write_text("Y = 2\n")
    os.utime(source, (1_700_000_000, 1_700_000_000))
    assert not update.update(root, only=[path], say=lambda _: 0).failed
    assert book.contents(root)["about"]["cells"][1]["outputs"][0]["text"] == ["2\n"]
    assert not list((root / "notebooks").rglob("*.pyc"))
    assert "PYTHONPYCACHEPREFIX" not in kernel.kernel_environment(root, "x")


def test_a_bundle_holds_nothing_from_outside_the_project(root: Path) -> None:
    path = root / "notebooks/alpha_2001.ipynb"
    (root.parent / "secret").write_text("x")
    notebook = json.loads(path.read_text())
    notebook["metadata"]["living_review"]["inputs"]["data/../../secret"] = "x"
    path.write_text(json.dumps(notebook))
    with pytest.raises(staleness.StalenessError, match=r"its record names 'data/\.\./\.\./secret'"):
        bundle.contents(root, path, common={})


# What happens to the input of a cell after the cell has read it or looked for it.
SWAPS = {
    "read, then deleted": ("open(P).read()", "os.remove"),
    "read, then renamed": ("open(P).read()", "lambda p: os.rename(p, p + '.old')"),
    "found, then deleted": ("os.path.exists(P)", "os.remove"),
    "not found, then created": ("os.path.exists(P + '.new')", "lambda p: open(p + '.new', 'w')"),
    "read, then put there by a move that keeps its date": (
        "open(P).read()",
        "lambda p: (open(p + 'x', 'w').write('7'), os.replace(p + 'x', p))",
    ),
}


@pytest.mark.parametrize("what", SWAPS)
def test_an_input_that_is_swapped_while_it_runs_is_noticed(what: str, root: Path) -> None:
    cell, swap = SWAPS[what]
    path, data = root / "notebooks/about.ipynb", root / "data/later.csv"
    data.write_text("1")
    book.write_notebook(path, ("import os", f"P = '../data/later.csv'\nprint({cell})"))

    async def swapped(notebook: dict[str, Any], where: Path, top: Path) -> dict[str, Any]:
        seen = await book.run_here(notebook, where, top)
        eval(swap, {"os": os})(str(data))
        return seen

    result = book.update(root, only=[path], execute=swapped)
    assert "changed while it ran" in result.failed[path]
    assert "about" in book.stale_names(root)


# --- The site: the builder itself is replaced by a few lines. ------------------------------------


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return small_site.make(tmp_path / "pages")


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_killed_render_does_not_hide_an_error(sign: signal.Signals, pages: Path) -> None:
    process = small_site.start_render(pages)
    assert process.communicate(timeout=240)[0] == "rendered\n"
    (pages / "page.md").write_text("error")
    process = small_site.start_render(pages, slow=20)
    deadline = time.monotonic() + 240
    while not (pages / "reached").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    if sign == signal.SIGKILL:
        os.killpg(process.pid, sign)  # of its own session: it and its builder alone
    else:
        process.send_signal(sign)
    process.communicate(timeout=120)
    assert process.returncode == (-9 if sign == signal.SIGKILL else 130)
    again = small_site.start_render(pages)
    assert "the site was not built" in again.communicate(timeout=240)[1]
    assert (render.site(pages) / "index.html").read_text() == "sound", "the site that was stays"


def test_two_renders_at_once_both_end_well(pages: Path) -> None:
    both = [small_site.start_render(pages, slow=0.5) for _ in range(2)]
    texts = [process.communicate(timeout=240) for process in both]
    assert [process.returncode for process in both] == [0, 0], texts
    assert (render.site(pages) / "index.html").read_text() == "sound"


def test_a_row_in_a_linked_folder_counts(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/rows.csv").write_text("1\n")
    (pages / "data").mkdir()
    (pages / "data/study").symlink_to(tmp_path / "elsewhere")
    (pages / "data/loop").symlink_to(pages / "data")
    before = render.sources_digest(pages)
    (tmp_path / "elsewhere/rows.csv").write_text("2\n")
    assert render.sources_digest(pages) != before


def test_render_refuses_stale_notebooks_unless_asked(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    built: list[Path] = []
    monkeypatch.setattr(render, "render", lambda root, **_: built.append(root) or "rendered")
    command = ["--root", str(root), "render"]
    assert cli.main(command) == 0
    assert built.pop() == root
    (root / "data/beta_2002/values.csv").write_text("value\n9\n")
    assert cli.main(command) == 1
    error = capsys.readouterr().err
    assert built == []
    assert "STALE notebooks/beta_2002.ipynb: data/beta_2002/values.csv" in error
    assert "run `living-review update` first" in error
    assert cli.main([*command, "--allow-stale"]) == 0
    assert built == [root]
    assert "STALE notebooks/beta_2002.ipynb" in capsys.readouterr().err
