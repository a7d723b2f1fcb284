"""The walk on the page *Add a study*: what the page says is what its rows add up to."""

from __future__ import annotations

import csv
import re

from living_review import evidence
from living_review.living import page

ROOT = evidence.find_root()


def test_the_page_says_the_minutes_of_the_rows() -> None:
    with (ROOT / "data/review/walk.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    facts = page.compute(evidence.load(ROOT), {"walk_minutes", "walk_table"})
    whole, machine = (
        round(sum(int(r["seconds"]) for r in rows if r["by"] in who and r["walk"] == "study") / 60)
        for who in (("person", "machine"), ("machine",))
    )
    said = re.sub(r"<[^>]+>", "", facts["walk_minutes"])
    assert said.startswith(f"{whole} minutes on ")
    assert said.endswith(f"of which {machine} were computing time")
    assert all(row["step"] in facts["walk_table"] for row in rows if row["walk"] == "study")


def test_each_walk_has_its_own_table() -> None:
    facts = page.compute(evidence.load(ROOT), {"walk_of_a_review", "walk_table"})
    with (ROOT / "data/review/walk.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["walk"] for row in rows} == {"study", "review"}
    for name, walk in (("walk_table", "study"), ("walk_of_a_review", "review")):
        own = [row for row in rows if row["walk"] == walk]
        assert all(row["step"] in facts[name] for row in own)
        assert facts[name].count("<tr") == 1 + len(own)


def test_no_time_is_typed_into_the_page() -> None:
    text = (ROOT / "book" / "add_a_study.md").read_text(encoding="utf-8")
    assert "{{ walk_minutes }}" in text
    assert re.findall(r"\b(?:\d+|ten|twelve|\w+teen) minutes\b", text) == []
