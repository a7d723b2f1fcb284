"""Which version changed a row: changes planted in copies of one study are named, nothing else is.

Oracle: what was planted. No copy has a history of git, so what is read comes from the stored table.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from living_review import evidence
from living_review.evidence import row_history, write_rows
from living_review.living.diff import history
from living_review.report import evidence_cards

ROOT = evidence.find_root()
STUDY, TABLE = "hua_2014", "events"
VERSIONS = ("1.0.0", "1.1.0", "2.0.0")


def edit(root: Path, name: str, change: Callable[[list[dict[str, str]]], None]) -> None:
    path = root / "data" / name
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    header = list(rows[0])
    change(rows)
    write_rows(path, [header, *([row[column] for column in header] for row in rows)])


def only_our_versions(rows: list[dict[str, str]]) -> None:
    rows[:] = [rows[0] | {"version": v, "revision": "not_applicable"} for v in VERSIONS]


@pytest.fixture
def states(tmp_path: Path) -> list[Path]:
    """Three copies of a project with one study, still the same."""
    first = tmp_path / VERSIONS[0]
    for folder in ("schema", STUDY, "review", "context"):
        out = shutil.ignore_patterns("readings", "row_versions.csv")
        shutil.copytree(ROOT / "data" / folder, first / "data" / folder, ignore=out)
    for name in ("vocabulary.yaml", "review.yaml"):
        shutil.copy(ROOT / "data" / name, first / "data" / name)
    edit(first, "review/versions.csv", only_our_versions)
    roots = [first, *(tmp_path / version for version in VERSIONS[1:])]
    for root in roots[1:]:
        shutil.copytree(first, root)
    return roots


def stored(states: list[Path]) -> evidence.Review:
    """Return the newest state with what its versions changed, as ``diff --write`` stores it."""
    reviews = [evidence.load(root) for root in states]
    lines = history.lines_of(list(zip(VERSIONS, reviews, strict=True)))
    write_rows(states[-1] / row_history.FILE, [history.HEADER, *lines])
    return evidence.load(states[-1])


def sentence(review: evidence.Review, row: str, table: str = TABLE) -> str:
    return row_history.History(review).sentence(STUDY, table, row)


def first_row(states: list[Path]) -> str:
    return evidence.load(states[0]).study(STUDY).table(TABLE)["id"].iloc[0]


def test_a_planted_change_is_named_with_its_version_and_columns(states: list[Path]) -> None:
    row = first_row(states)
    for root in states[1:]:
        edit(root, f"{STUDY}/{TABLE}.csv", lambda rows: rows[0].update(time="9", time_unit="day"))
    edit(states[2], f"{STUDY}/{TABLE}.csv", lambda rows: rows[0].update(note="Read once more"))

    review = stored(states)

    others = set(review.study(STUDY).table(TABLE)["id"]) - {row}
    assert sentence(review, row).startswith("Since version 1.0.0; changed in 1.1.0 (time")
    assert sentence(review, row).endswith(") and 2.0.0 (note)")
    assert {sentence(review, other) for other in others} == {"Since version 1.0.0, unchanged"}


def test_a_row_that_came_later_or_came_back_is_of_the_version_that_added_it(states: list[Path]) -> None:
    row = first_row(states)
    edit(states[0], f"{STUDY}/{TABLE}.csv", lambda rows: rows[0].update(note="As it was before"))
    edit(states[1], f"{STUDY}/{TABLE}.csv", lambda rows: rows.pop(0))

    review = stored(states)

    assert sentence(review, row) == "Since version 2.0.0, unchanged"


def test_a_changed_description_of_a_study_is_named(states: list[Path]) -> None:
    path = states[2] / "data" / STUDY / "study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("journal:", "journal: Another, once"), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text

    said = row_history.History(stored(states)).sentence(STUDY, row_history.DESCRIPTION)

    assert said == "Since version 1.0.0; changed in 2.0.0 (journal)"


def test_of_a_table_that_changed_since_nothing_is_said(states: list[Path]) -> None:
    row = first_row(states)
    stored(states)
    edit(states[2], f"{STUDY}/{TABLE}.csv", lambda rows: rows[-1].update(note="Changed afterwards"))

    review = evidence.load(states[2])

    assert sentence(review, row) == row_history.NOT_COMPARED
    claim = review.study(STUDY).table("claims")["id"].iloc[0]
    assert sentence(review, claim, "claims") == "Since version 1.0.0, unchanged"


def test_before_the_first_known_revision_nothing_is_claimed(states: list[Path]) -> None:
    """No revision is named and there is no history: the newest version alone is known."""
    history.write(states[2], evidence.load(states[2]))
    review = evidence.load(states[2])
    assert sentence(review, first_row(states)) == "Since version 2.0.0 or an earlier one, unchanged"


def test_without_the_stored_table_only_a_single_version_is_known(states: list[Path]) -> None:
    row = first_row(states)
    assert sentence(evidence.load(states[0]), row) == row_history.NOT_COMPARED
    edit(states[0], "review/versions.csv", lambda rows: rows.__delitem__(slice(1, None)))
    assert sentence(evidence.load(states[0]), row) == "Since version 1.0.0, the first"


def test_the_card_of_a_row_shows_it(states: list[Path]) -> None:
    row = first_row(states)
    edit(states[2], f"{STUDY}/{TABLE}.csv", lambda rows: rows[0].update(note="Read once more"))
    review = stored(states)

    body = str(evidence_cards.study_page(review, review.study(STUDY)).body)

    _, _, card = body.partition(f'id="{evidence_cards.anchor(TABLE, row)}"')
    card, _, _ = card.partition("</article>")
    said = "Since version 1.0.0; changed in 2.0.0 (note)"
    assert f"<dt>Versions</dt><dd>{said}</dd>" in card
    assert body.count(said) == 1


def test_what_is_stored_is_of_the_tables_as_they_are() -> None:
    review = evidence.load(ROOT)
    known = row_history.History(review)
    cards = [(study, t) for study in review.with_retired().study_ids for t in review.study_schemas]
    cards = [place for place in cards if row_history.path_of(review.data, *place).is_file()]
    cards += [("context", "results"), ("context", "studies")]
    old = [place for place in cards if known.sentence(*place) == row_history.NOT_COMPARED]
    assert old == [], "run: make changes"
