"""A trial that is added beside the sources moves the pages that show it; taken out, nothing is left.

The book itself is built in a copy; its notebooks are run and its pages built twice more: with a made-up
trial in ``data/context``, and without it again.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from living_review import evidence
from living_review.build import render, staleness, update

# Pages that show the verdict on PEComa: the front page, its source, the map, later studies.
TELLING = {
    "book/index.html",
    "notebooks/benson_2014.html",
    "notebooks/since.html",
    "notebooks/synthesis.html",
}


def plant(path: Path, like: str, **cells: str) -> None:
    """Add a row to a table that is like another one but for some cells."""
    header, rows = evidence.read_rows(path)
    row = list(next(r for r in rows if r[0] == like))
    for column, value in cells.items():
        row[header.index(column)] = value
    evidence.write_rows(path, [header, *rows, row])


def pages(root: Path) -> dict[str, bytes]:
    """Return the files of the site."""
    site = render.site(root)
    return {str(p.relative_to(site)): p.read_bytes() for p in sorted(site.rglob("*")) if p.is_file()}


def built_again(root: Path) -> dict[str, bytes]:
    """Run what is out of date, build the site, and return its files."""
    result = update.update(root, say=lambda _: None)
    assert result.failed == {}
    assert render.render(root) == "rendered"
    return pages(root)


@pytest.mark.slow
def test_a_made_up_trial_moves_its_pages_and_taken_out_again_restores_every_byte(built):
    root = built
    assert staleness.stale(root) == [], "bring the notebooks up to date first: make update"
    before = pages(root)

    context = root / "data" / "context"
    kept = {name: (context / name).read_bytes() for name in ("studies.csv", "results.csv")}
    plant(
        context / "studies.csv", "maruani_2021", study_id="made_up_2026", overlap_group="made_up",
        doi="10.1000/made.up", pmid="not_reported", disease="pecoma", subtype="malignant_pecoma",
        authors="Madeup A", year="2026", n_enrolled="80",
    )  # fmt: skip
    plant(
        context / "results.csv", "maruani_2021_response", result_id="made_up_2026_response",
        study_id="made_up_2026", direction="unchanged",
    )  # fmt: skip
    after = built_again(root)
    changed = {name for name in before if after.get(name) != before[name]}
    assert changed >= TELLING
    for name in TELLING:
        assert b"Weaker than stated" in after[name], name
    assert "Madeup 2026" in after["notebooks/since.html"].decode()
    assert {"notebooks/hua_2014.html", "notebooks/bounds.html"}.isdisjoint(changed)

    for name, content in kept.items():
        (context / name).write_bytes(content)
    again = built_again(root)
    assert [name for name in {*before, *again} if again.get(name) != before.get(name)] == []
