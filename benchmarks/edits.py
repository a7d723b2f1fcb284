"""A thousand seeded sequences of edits, each followed by an update, against full clean runs.

``make test`` runs a hundred of them. The cells run in this process under the engine's own observer,
records and writer; ``--kernels`` runs some sequences with real kernels as well.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import small_book as book  # noqa: E402

from living_review.build import update  # noqa: E402


def with_kernels(root: Path, work: Path) -> list[str]:
    """Compare an update with a clean run, both with kernels."""
    clean = book.clean_copy(root, work)
    mine = update.update(root, say=lambda _: None)
    full = update.update(clean, say=lambda _: None)
    failed = {p.stem for p in full.failed}
    if {p.stem for p in mine.failed} != failed:
        return [f"fails here: {sorted(p.stem for p in mine.failed)}, in a clean run: {failed}"]
    left, right = book.contents(root), book.contents(clean)
    names = (left.keys() | right.keys()) - failed
    return [f"{n} differs from a clean run" for n in names if left.get(n) != right.get(n)]


def main() -> int:
    """Run the sequences; exit 1 at the end if one differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--sequences", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--kernels", type=int, default=3, help="sequences with real kernels")
    options = parser.parse_args()
    differences: list[str] = []
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="edits-") as name:
        folder = Path(name).resolve()
        base = book.make(folder / "base")
        book.update(base)
        seeds = range(options.start, options.start + options.sequences)
        for number, seed in enumerate(seeds, start=1):
            root = Path(shutil.copytree(base, folder / "edited"))
            did = book.sequence(root, seed)
            real = number <= options.kernels
            found = (with_kernels if real else book.differences)(root, folder / "clean")
            differences += [f"seed {seed}: {difference} after {', '.join(did)}" for difference in found]
            shutil.rmtree(root)
            shutil.rmtree(folder / "clean")
            if number % 100 == 0:
                print(f"{number} sequences, {len(differences)} differences", flush=True)
    print(*differences, sep="\n")
    print(
        f"{options.sequences} sequences ({min(options.kernels, options.sequences)} with kernels) in "
        f"{time.perf_counter() - started:.0f} s: {len(differences)} differences"
    )
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
