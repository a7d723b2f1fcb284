"""Whatever is edited in whatever order, an update gives what a full clean run gives.

Here a seeded sample; ``benchmarks/edits.py`` runs a thousand sequences and a few with kernels.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import small_book as book

from living_review.build import staleness, update

CHUNK = 20
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = book.make(tmp_path_factory.mktemp("base") / "root")
    assert not book.update(root).failed
    return root


def failures(base: Path, work: Path, seeds: range) -> list[str]:
    found = []
    for seed in seeds:
        root = Path(shutil.copytree(base, work / f"edited-{seed}"))
        did = book.sequence(root, seed)
        differences = book.differences(root, work / f"clean-{seed}")
        found += [f"seed {seed}: {difference} after {', '.join(did)}" for difference in differences]
        shutil.rmtree(root)
        shutil.rmtree(work / f"clean-{seed}")
    return found


@pytest.mark.parametrize("start", range(0, 100, CHUNK))
def test_update_equals_a_clean_run(start: int, base: Path, tmp_path: Path) -> None:
    assert failures(base, tmp_path, range(start, start + CHUNK)) == []


def test_update_equals_a_clean_run_with_kernels(base: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(base, tmp_path / "edited"))
    did = book.sequence(root, 4)
    clean = book.clean_copy(root, tmp_path / "clean")
    mine = update.update(root, say=lambda _: None)
    full = update.update(clean, say=lambda _: None)
    assert {p.stem for p in mine.failed} == {p.stem for p in full.failed}, did
    left, right = book.contents(root), book.contents(clean)
    good = left.keys() - {p.stem for p in full.failed}
    assert {n: left[n] for n in good} == {n: right[n] for n in good}, did


@pytest.mark.parametrize(
    "part", ["inputs", "listings", "looked_for", "modules", "searched", "lock", "code", "outputs"]
)
def test_the_property_bites_when_the_engine_forgets(
    part: str, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Take one part of the record out of the comparison: some sequence must show it."""
    compare = staleness._differences

    def forgetful(old: dict, notebook: dict, tree: staleness.Tree) -> list[str]:
        nothing = {"opened": [], "probed": [], "listed": {}, "modules": [], "searched": {}}
        now = staleness.record(notebook, nothing, tree)
        return compare(old | {part: now[part]}, notebook, tree)

    monkeypatch.setattr(staleness, "_differences", forgetful)
    start = 0
    while start < 300:
        if failures(base, tmp_path, range(start, start + 5)):
            return
        start += 5
    pytest.fail(f"300 sequences did not notice that {part} is not compared")
