"""``living-review export``: every printed place, or each quantity once, and a warning beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from living_review import evidence
from living_review.cli import main


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    header, found = evidence.read_rows(folder / f"{table}.csv")
    return [dict(zip(header, row, strict=True)) for row in found]


def test_the_tables_are_handed_out_with_a_warning(tmp_path: Path, capsys) -> None:
    assert main(["export", str(tmp_path)]) == 0
    told = (tmp_path / "README.txt").read_text(encoding="utf-8")
    assert 'events[events["same_as"] == "not_applicable"]' in told
    assert told.strip() in capsys.readouterr().out
    assert len(rows(tmp_path, "events")) == len(evidence.load().table("events"))


@pytest.mark.parametrize("table", ["events", "counts", "patients", "statements"])
def test_once_hands_out_one_row_for_each_quantity(tmp_path: Path, table: str) -> None:
    assert main(["export", "--once", str(tmp_path)]) == 0
    review = evidence.load()
    repeats = table in ("events", "counts")
    expected = review.once(table) if repeats else review.table(table)
    assert [r["id"] for r in rows(tmp_path, table)] == expected["id"].tolist()
    assert (len(expected) < len(review.table(table))) == repeats
    assert "One row for each quantity" in (tmp_path / "README.txt").read_text(encoding="utf-8")
