"""The claims of the five sources: every accepted verdict is what the data give, and slips show."""

import random
from collections import Counter

import pytest

from living_review import evidence
from living_review.audit import audit, changed, conventions, engine, report
from living_review.audit.claim import PARAMETERS
from living_review.evidence.references import Cells
from living_review.validation import cells as cells_of
from living_review.validation import issues

REVIEW = evidence.load()
RESULTS = audit(REVIEW)
LEAST = 350


def test_enough_claims_and_every_study_has_some():
    assert len(RESULTS) >= LEAST
    assert {r.study for r in RESULTS} == set(REVIEW.study_ids)


def test_computed_verdicts_are_the_accepted_ones():
    off = changed(RESULTS)
    assert not off, "\n" + report.changes(off)


def test_verdicts_are_words_of_the_vocabulary():
    assert {r.verdict for r in RESULTS} <= set(REVIEW.vocabulary["verdicts"])
    assert set(REVIEW.vocabulary["claim_kinds"]) == set(PARAMETERS)


def test_what_does_not_reproduce_has_arithmetic_and_explanation():
    bare = [
        f"{r.study}/{r.claim}"
        for r in RESULTS
        if r.verdict != "reproduced" and not (r.arithmetic.strip() and len(r.explanation.split()) >= 4)
    ]
    assert not bare


def test_what_reproduces_has_its_arithmetic_too():
    assert not [f"{r.study}/{r.claim}" for r in RESULTS if not r.arithmetic.strip()]


def test_most_claims_are_computed_and_not_judged():
    judged = Counter(r.study for r in RESULTS if r.judged)
    assert sum(judged.values()) < 0.25 * len(RESULTS), judged


def test_each_study_has_its_three_headlines():
    for study in REVIEW.study_ids:
        ranks = sorted(r.headline for r in RESULTS if r.study == study and r.headline)
        assert ranks == [1, 2, 3], study


def test_a_remark_of_an_interview_is_not_reproduced_by_another_study():
    borrowed = [
        r.claim
        for r in RESULTS
        if r.study == "nathan_2015"
        and r.verdict == "reproduced"
        and any(name.startswith("review:") for name in r.references)
    ]
    assert not borrowed


VERDICTS = [  # by hand from the papers: what is printed there, and what it comes to
    ("carolino_2025", "area_p1_change", "arithmetic error", "−28.395… to −28.263…"),
    ("carolino_2025", "level_p2_4w", "text and table disagree", "16.4 ng/dl is outside 10 to 15"),
    ("carolino_2025", "age_p1_treatment", "definition conflict", "47 + 3 + 1 = 51 years"),
    ("benson_2014", "duration_median_product_limit", "definition conflict", "158 days; printed 128"),
    ("benson_2014", "survival_1_year_count", "reproduced", "9/10 × 7/8 = 78.75"),
    ("benson_2014", "site_skull_table_2", "definition conflict", "skull (Table I, row Skull); bone"),
    ("benson_2014", "succeed_weeks", "reproduced", "17.7 − 14.6 = 3.1 → 3 weeks"),
    ("benson_2014", "abstract_accounts", "definition conflict", "7 + 2 = 9; printed 10"),
    ("benson_2014", "bissler_volume", "quoted wrongly", "(100 − 53.2) / 100 × 100 = 46.8%"),
    ("nadal_2016", "shares_age_total", "rounding", "= 100.1%"),
    ("nadal_2016", "shares_level_total", "rounding", "= 99.9%"),
    ("nadal_2016", "time_interval", "reproduced", "numbers 9 and 19 (log)"),
]


@pytest.mark.parametrize(("study", "claim", "verdict", "arithmetic"), VERDICTS)
def test_verdicts_that_a_second_look_changed(study, claim, verdict, arithmetic):
    [found] = [r for r in RESULTS if (r.study, r.claim) == (study, claim)]
    assert found.verdict == verdict
    assert arithmetic in found.arithmetic


def test_inputs_never_hold_a_number():
    for study in REVIEW.study_ids:
        claims = REVIEW.study(study).table("claims")
        for text in [*claims["inputs"], *claims["target"]]:
            assert not [t for t in text.split() if t.replace(".", "").isdigit()], text


def test_a_table_s_rounding_habit_is_found():
    best = conventions(REVIEW, "nadal_2016")[0]
    assert best.convention == "half up"
    assert best.of > 60
    assert best.fits / best.of > 0.9


def _with_a_wrong_digit(text, dice):
    places = [i for i, c in enumerate(text) if c.isdigit()]
    i = dice.choice(places)
    return text[:i] + dice.choice([d for d in "0123456789" if d != text[i]]) + text[i + 1 :]


def _numeric_inputs():
    """All cells with a number that some computed claim rests on, in a fixed order."""
    cells = Cells(REVIEW.root)
    found = {}
    for result in RESULTS:
        if result.judged:
            continue
        for name in result.references:
            cell = cells.find(name, result.study)[0]
            if cell.number is not None and cell.table != "groups" and cell.study != "review":
                found[name] = cell
    return [found[name] for name in sorted(found)]


def _caught(cell, wrong):
    """Whether a wrong digit in one cell is an issue of validation or changes a verdict."""
    cells = Cells(REVIEW.root)
    row = next(r for r in cells.rows(cell.study, cell.table) if r["id"] == cell.id)
    row[cell.column] = wrong
    schema = REVIEW.schemas[cell.table]
    table = issues.Table("x.csv", list(row), [list(row.values())])
    if list(cells_of.check_rows(table, schema, cell.table)):
        return "validation"
    for result in RESULTS:
        if cell.name not in result.references:
            continue
        claim = next(r for r in cells.rows(result.study, "claims") if r["id"] == result.claim)
        if engine.check(result.study, claim, cells).is_changed:
            return "verdict"
    return None


def test_fifty_planted_digits_are_caught():
    dice = random.Random(2016)
    chosen = dice.sample(_numeric_inputs(), 50)
    how = Counter()
    missed = []
    for cell in chosen:
        wrong = _with_a_wrong_digit(cell.text, dice)
        caught = _caught(cell, wrong)
        how[caught] += 1
        if caught is None:
            missed.append(f"{cell.name}: {cell.text} -> {wrong}")
    assert how[None] <= 5, missed


def test_planted_digits_change_verdicts_even_without_validation():
    """The audit alone, without the check that a value is in its printed form."""
    dice = random.Random(84)
    hits = 0
    for cell in dice.sample(_numeric_inputs(), 50):
        cells = Cells(REVIEW.root)
        row = next(r for r in cells.rows(cell.study, cell.table) if r["id"] == cell.id)
        row[cell.column] = _with_a_wrong_digit(cell.text, dice)
        try:
            hits += any(
                engine.check(
                    result.study,
                    next(r for r in cells.rows(result.study, "claims") if r["id"] == result.claim),
                    cells,
                ).is_changed
                for result in RESULTS
                if cell.name in result.references
            )
        except evidence.EvidenceError:
            hits += 1
    assert hits >= 40


@pytest.mark.parametrize("study", REVIEW.study_ids)
def test_one_study_alone_gives_the_same(study):
    assert audit(REVIEW, study) == [r for r in RESULTS if r.study == study]
