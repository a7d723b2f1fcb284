"""A short run of the fuzzer of the evidence; ``make fuzz`` is the long one."""

import random

import fuzz
import pytest

from living_review import evidence, validation

CASES = 25


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return fuzz.small_project(tmp_path_factory.mktemp("fuzz") / "sound")


def test_the_project_that_is_damaged_is_valid(sound):
    assert [str(issue) for issue in validation.check(sound)] == []


def test_no_damage_ends_in_a_traceback_or_hangs():
    outcome = fuzz.run_evidence(CASES)
    assert outcome.broken == []
    assert outcome.tried == outcome.survived == CASES
    assert outcome.refused > CASES / 3


def test_a_check_that_breaks_or_hangs_is_counted(monkeypatch):
    monkeypatch.setattr(fuzz, "SECONDS", 0.2)
    seen = []

    def check_all(root):
        seen.append(root)
        if len(seen) == 2:
            raise KeyError("name")
        while len(seen) == 3:
            pass
        return []

    monkeypatch.setattr(fuzz.validation, "check_all", check_all)
    outcome = fuzz.run_evidence(3)
    assert (outcome.tried, outcome.survived) == (3, 1)
    assert "KeyError" in outcome.broken[0]
    assert "HangError" in outcome.broken[1]


@pytest.mark.parametrize("bomb", [fuzz.BOMB, "[" * 100_000, "- " * 100_000, "a: !!timestamp z\n"])
@pytest.mark.parametrize(
    "name",
    ["data/vocabulary.yaml", f"data/{fuzz.STUDY}/study.yaml", "_toc.yml", "data/schema/counts.json"],
)
def test_a_bomb_is_one_issue_of_its_own_file(sound, name, bomb):
    path = sound / name
    kept = path.read_bytes()
    try:
        path.write_text(bomb)
        with fuzz.time_limit(20):
            found = validation.check(sound)
    finally:
        path.write_bytes(kept)
    assert [issue.file for issue in found] == [name]


def test_the_same_number_is_the_same_damage(sound, tmp_path):
    path = sound / "book" / "references.bib"
    kept = path.read_bytes()
    results = []
    for _ in range(2):
        fuzz.damage(path, random.Random("same"))
        results.append(path.read_bytes() if path.is_file() else None)
        path.write_bytes(kept)
    assert results[0] == results[1] != kept


def test_the_figures_of_a_long_run_stand_in_the_data():
    rows = {row["fuzzer"]: row for row in evidence.load().records("robustness").to_dict("records")}
    row = rows["evidence"]
    assert row["tried"] >= 1000
    assert row["survived"] == row["tried"] > row["refused"] > 0


def test_figures_of_one_fuzzer_leave_those_of_another(tmp_path, monkeypatch):
    monkeypatch.setattr(fuzz, "TABLE", tmp_path / "robustness.csv")
    fuzz.write("notebooks", fuzz.Outcome(5, 3, ["x"]))
    fuzz.write("evidence", fuzz.Outcome(7, 2))
    fuzz.write("notebooks", fuzz.Outcome(6, 3))
    _, rows = evidence.read_rows(tmp_path / "robustness.csv")
    assert [row[:4] for row in rows] == [["evidence", "7", "7", "2"], ["notebooks", "6", "6", "3"]]
