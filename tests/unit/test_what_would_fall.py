"""What would fall with a study, against counts by hand and against the review without its rows."""

from __future__ import annotations

import pytest

from living_review import evidence
from living_review.report import what_would_fall as shown
from living_review.synthesis import context, verdicts, what_would_fall


@pytest.fixture(scope="module")
def review() -> evidence.Review:
    return evidence.load()


def test_a_source_takes_its_statements_and_its_patients_with_it(review: evidence.Review) -> None:
    fall = what_would_fall.of_study(review, "hua_2014")
    own = [s.statement_id for s in verdicts.statements(review) if s.study_id == "hua_2014"]
    assert [s.statement_id for s in fall.statements] == own
    changes = {c.name: (c.before, c.after) for c in fall.numbers}
    sources, patients = len(review.study_ids), sum(s.meta["n_patients"] for s in review.studies)
    assert changes["Sources"] == (str(sources), str(sources - 1))
    assert changes["Patients in the sources"] == (str(patients), str(patients - 3))


def test_the_only_trial_of_a_disease_takes_the_verdict_with_it(review: evidence.Review) -> None:
    (turn,) = what_would_fall.of_study(review, "weiss_2014").turns
    assert turn.before.statement.statement_id == "nf1_size"
    assert (turn.before.verdict, turn.after.verdict) == ("confirmed", "untested")
    assert not turn.stands


def test_a_verdict_that_stands_on_fewer_rows_is_said_to_stand(review: evidence.Review) -> None:
    fall = what_would_fall.of_study(review, "adams_2016")
    assert [t.stands for t in fall.turns] == [True]
    assert "1 verdict would remain, on fewer rows" in shown.words(fall, review)


def test_a_study_on_which_nothing_rests_changes_nothing(review: evidence.Review) -> None:
    """Oracle: every verdict computed without it, one by one."""
    carried = what_would_fall.carrying(review)
    beside = context.studies(review)
    idle = beside[~beside["study_id"].isin(carried) & ~beside["is_source"]]
    before = [(v.statement.statement_id, v.verdict, v.rows) for v in verdicts.verdicts(review)]
    chosen = list(idle["study_id"])[::20]
    assert len(chosen) > 1
    for study in chosen:
        assert what_would_fall.of_study(review, study).is_empty
        after = review.without(study)
        assert [
            (v.statement.statement_id, v.verdict, v.rows) for v in verdicts.verdicts(after)
        ] == before
    fall = what_would_fall.of_study(review, chosen[0])
    assert "no statement, verdict or number" in shown.words(fall, review)


def test_nothing_is_left_changed(review: evidence.Review) -> None:
    ids, digest = list(review.study_ids), review.digest
    what_would_fall.of_study(review, "benson_2014")
    assert (review.study_ids, review.digest) == (ids, digest)


def test_words_name_what_goes(review: evidence.Review) -> None:
    said = shown.words(what_would_fall.of_study(review, "maruani_2021"), review)
    assert said.startswith("**Without Maruani 2021** this would change.")
    assert "Venous malformation" in said
    assert "confirmed, then weaker than stated" in said


def test_a_chapter_that_keeps_its_study_sees_what_would_fall_with_it(review: evidence.Review) -> None:
    """A chapter opens the review with its own study counted, retired or not."""
    kept = evidence.load(keep="hua_2014")
    assert what_would_fall.of_study(kept, "hua_2014") == what_would_fall.of_study(review, "hua_2014")
    shown_rows = shown.of_source(kept, "hua_2014")
    assert dict(zip(shown_rows["What"], shown_rows["Without it"], strict=True))["Sources"] == str(
        len(review.study_ids) - 1
    )


def test_numbers_of_other_diseases_are_not_asked_for_and_would_not_change(
    review: evidence.Review,
) -> None:
    """Oracle: every number and set of the whole review with and without the source."""
    source = "nathan_2015"
    sides = [
        what_would_fall.numbers(state) | what_would_fall.pooled(state)
        for state in (review, review.without(source))
    ]
    differ = {name for name in sides[0] if sides[0][name] != sides[1].get(name)}
    changes = what_would_fall.of_study(review, source).numbers
    assert {c.name for c in changes} == differ


def test_a_later_study_has_a_line_if_a_verdict_turns_without_it(review: evidence.Review) -> None:
    lines = shown.of_later(review).set_index("Study")
    assert "confirmed, then untested" in lines.loc["Weiss 2014", "Verdicts that turn"]
    labels = context.studies(review).set_index("study_id")["label"]
    falls = {labels[f.study_id] for f in what_would_fall.of_later(review)}
    assert set(lines.index) == falls


def test_without_a_study_nothing_is_read_again(review: evidence.Review) -> None:
    after = review.without("hua_2014")
    assert after.texts is review.texts
    assert "hua_2014" in review.study_ids
    assert "hua_2014" not in after.study_ids
