"""No way of reading is missed in silence: it is noticed, or refused, or on the list of limits."""

from __future__ import annotations

from pathlib import Path

import pytest
import readings

from living_review import evidence
from living_review.build import tracing

EXPECTED = readings.expected()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return readings.make(tmp_path_factory.mktemp("readings") / "sound")


@pytest.mark.parametrize("name", readings.WAYS)
def test_a_way_of_reading_is_noticed_refused_or_on_the_list(
    name: str, sound: Path, tmp_path: Path
) -> None:
    assert readings.outcome(sound, tmp_path, readings.WAYS[name]) == EXPECTED[name]


def test_the_list_names_ways_that_are_tried() -> None:
    listed = set(evidence.load().records("not_seen")["way"])
    assert listed == {name for name, outcome in EXPECTED.items() if outcome == readings.NOT_SEEN}
    assert not listed & set(readings.REFUSED_WAYS)


@pytest.mark.parametrize(
    ("watch", "name"),
    [
        ("_on_probe", "access"),
        ("_on_lookup", "missing_module"),
        ("_on_listing", "listdir_of_descriptor"),
        ("_refuse_ignored", "built_folder"),
        ("_on_outside", "outside"),
        ("_at", "descriptor_below_folder"),
    ],
)
def test_without_its_watch_a_way_would_be_missed(
    watch: str, name: str, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tracing.OBSERVER
    monkeypatch.setattr(real, watch, lambda *_: None)
    if watch == "_on_lookup":
        monkeypatch.setattr(real._lookups, "_record", lambda *_: None)
    assert readings.outcome(sound, tmp_path, readings.WAYS[name]) == readings.NOT_SEEN


def test_a_number_is_the_same_case_again() -> None:
    assert readings.drawn(7) == readings.drawn(7)
