"""A short run of the fuzzers of the build; ``make fuzz`` is the long one. Each is seen to fail."""

from __future__ import annotations

from pathlib import Path

import fuzz_build
import pytest
import small_book as book

from living_review import evidence
from living_review.build import staleness, tracing, update

# Few kills, which start processes; the sequences of edits have a test of their own.
SHORT = {"notebooks": 30, "ways_of_reading": 20, "edits": 3, "kills": 4}


@pytest.mark.parametrize("fuzzer", SHORT)
def test_no_attack_breaks_the_build(fuzzer: str) -> None:
    outcome = fuzz_build.FUZZERS[fuzzer](SHORT[fuzzer], 0)
    assert outcome.broken == []
    assert outcome.tried == outcome.survived == SHORT[fuzzer]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fuzz_build._fresh_book(tmp_path_factory.mktemp("book") / "root")


def first_broken(fuzzer: str, cases: int, of: int = 1) -> str:
    for number in range(0, cases, of):
        if broken := fuzz_build.FUZZERS[fuzzer](1, number).broken:
            return broken[0]
    pytest.fail(f"{cases} cases did not notice it")


def test_a_notebook_that_passes_as_fresh_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staleness, "outputs_digest", lambda _: "the same")
    monkeypatch.setattr(staleness, "code_digest", lambda _: "the same")
    assert "passes as fresh" in first_broken("notebooks", 6)


def test_a_traceback_of_a_malformed_notebook_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staleness, "_malformed", lambda _: None)
    assert first_broken("notebooks", 60)


def test_a_way_of_reading_that_is_missed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing.Observer, "_on_open", lambda *_: None)
    assert "is not_seen in" in first_broken("ways_of_reading", 12)


def test_a_notebook_that_a_kill_damages_is_found(
    fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = book.update

    def half(root: Path, **options: object) -> update.Update:
        result = real(root, **options)
        if root.name == "root":
            path = next((root / "notebooks").glob("*.ipynb"))
            path.write_bytes(path.read_bytes()[:-2])
        return result

    monkeypatch.setattr(book, "update", half)
    with pytest.raises(fuzz_build.WrongError, match="differs from a clean one"):
        fuzz_build.kill_case(fresh, 1, tmp_path)


def test_an_error_that_a_kill_hides_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was before the mark: the builder remembers that it has read the page."""
    driver = fuzz_build.small_site.DRIVER
    forgetful = "import pathlib; pathlib.Path(sys.argv[1], '_build/.building').unlink(True)"
    monkeypatch.setattr(
        fuzz_build.small_site, "DRIVER", driver.replace("try:", f"{forgetful}\ntry:", 1)
    )
    monkeypatch.setattr(fuzz_build, "SIGNALS", [fuzz_build.signal.SIGKILL])
    assert "a kill hid an error" in first_broken("kills", 30, of=2)


def test_the_same_number_is_the_same_case(fresh: Path, tmp_path: Path) -> None:
    results = [fuzz_build.notebook_case(fresh, 3, tmp_path / name) for name in "ab"]
    assert results[0] == results[1]
    left, right = (fuzz_build._books(tmp_path / name / "root") for name in "ab")
    assert left == right


def test_the_figures_of_the_long_runs_are_in_the_data() -> None:
    rows = {row["fuzzer"]: row for row in evidence.load().records("robustness").to_dict("records")}
    for fuzzer in fuzz_build.FUZZERS:
        row = rows[fuzzer]
        assert row["tried"] > 3 * SHORT[fuzzer]
        assert row["survived"] == row["tried"] > row["refused"], fuzzer
