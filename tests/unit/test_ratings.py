"""Certainty adds up in one place; two readings of the judgements pair, differences are settled."""

import pandas as pd
import pytest

from living_review import evidence, extraction, report
from living_review.evidence import ratings
from living_review.evidence.references import Cells
from living_review.stats import kappa, proportions

GRADE = ratings.GRADE


@pytest.fixture(scope="module")
def review():
    return evidence.load()


@pytest.fixture(scope="module")
def pairs(review):
    return extraction.ratings.pairs(review)


def steps(**changes):
    return pd.DataFrame({"domain": list(changes), "change": list(changes.values())})


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({"start": 2}, 2),
        ({"start": 2, "imprecision": -1}, 1),
        ({"start": 2, "risk_of_bias": -2, "imprecision": -2}, 1),  # the scale ends at very low
        ({"start": 4, "imprecision": -1}, 3),
        ({"not_rated": pd.NA}, None),
    ],
)
def test_the_level_is_the_sum_of_the_steps_and_the_scale_ends(changes, level):
    assert ratings.level(steps(**changes)) == level


def test_what_is_not_rated_has_no_level_and_is_never_very_low(review):
    found = ratings.levels(review)
    assert {found[key] for key in found if key[0] == "nathan_2015"} == {None}
    assert found["synthesis", "resistance"] is None
    assert ratings.least(review, "nathan_2015") is None
    assert ratings.least(review, "synthesis") == ratings.LOWEST  # of those that are rated
    marks = report.sections.certainty_by_outcome("synthesis", review).set_index("Outcome")["How sure"]
    assert "Not rated" in marks[review.word("endpoint_classes", "resistance")]
    rated = [level for (body, _), level in found.items() if body == "synthesis" and level is not None]
    assert marks.str.contains("Very low").sum() == len(rated)


def test_every_page_takes_the_same_level(review):
    from living_review.report import explorer, substitutions

    found = ratings.levels(review)
    for (study, outcome), level in found.items():
        if study != "synthesis":
            assert explorer._levels(review.study(study), review).get(outcome) == level
    words = {review.word("certainty", ratings.code(x)).lower() for x in found.values() if x}
    assert set(substitutions.compute(review, {"how_sure"})["how_sure"].split(" or ")) == words


def test_the_rating_step_by_step_ends_with_what_it_adds_up_to(review):
    table = report.sections.certainty("benson_2014", review)
    survival = table[table["Outcome"] == review.word("endpoint_classes", "survival")]
    last = survival.iloc[-1]
    assert last["Domain"] == "Resulting certainty"
    total = survival["Levels"].iloc[:-1].astype(int).sum()
    assert last["Levels"] == f"= {total}".replace("-", "−")
    assert last["Why"].startswith("Very low")
    assert "(n = 10)" in " ".join(survival["Domain"])


def test_patients_are_added_and_taken_away(review):
    cells = Cells(review.root)
    with_harms = "nadal_2016:groups/total.n - nadal_2016:counts/res_no_harm_data.n"
    alone = ratings.patients(cells, with_harms, "synthesis")
    assert alone == 84 - 24
    both = ratings.patients(cells, f"{with_harms} hua_2014:groups/all.n", "synthesis")
    assert both == alone + review.study("hua_2014").groups["all"]["n"]
    with pytest.raises(evidence.EvidenceError, match="not_reported"):
        ratings.patients(cells, "groups/with_harm_information.n", "nadal_2016")
    with pytest.raises(evidence.EvidenceError, match="above zero"):
        ratings.patients(cells, "groups/all.n - groups/all.n", "hua_2014")


def test_the_lower_limit_is_where_an_exact_interval_can_cover_half_of_the_scale(review):
    """The widest 95% Clopper-Pearson interval of a share of n, over every count from 0 to n."""

    def widest(n):
        return max(x.upper - x.lower for x in (proportions.clopper_pearson(k, n) for k in range(n + 1)))

    fewest, second, third = review.records("imprecision")["fewest"]
    assert (fewest, third) == (1, 400)
    assert widest(second - 1) > 0.5 > widest(second)


def test_the_same_number_of_patients_is_the_same_step(review):
    rows = review.records("certainty").query("domain == 'imprecision'")
    cells = Cells(review.root)
    found: dict[int, set[int]] = {}
    for row in rows.to_dict("records"):
        n = ratings.patients(cells, row["patients"], row["study_id"])
        found.setdefault(n, set()).add(row["change"])
    assert len(found) > 5
    assert all(len(changes) == 1 for changes in found.values())
    by_size = [min(found[n]) for n in sorted(found)]
    assert by_size == sorted(by_size)


# --- Two readings.


def test_both_readings_stand_as_they_were_and_pair(review, pairs):
    per_study = pairs.groupby(["checklist", "part", "study_id"]).size()
    assert set(per_study["jbi_case_series", "question"]) == {10}
    assert set(per_study["murad", "rating"]) == {4}
    assert set(per_study["robis", "question"]) == {5 + 5 + 5 + 6}
    assert set(per_study["robis", "rating"]) == {4 + 1}
    steps_of = pairs[pairs["checklist"] == GRADE].groupby("part").size()
    assert sorted(steps_of.index) == sorted(ratings.DOWN)
    assert steps_of.nunique() == 1
    assert not pairs.duplicated(["study_id", "checklist", "item"]).any()
    assert "nathan_2015" not in set(pairs["study_id"])  # neither reader appraised it


def test_the_words_of_two_scales_are_compared_by_what_they_mean(pairs):
    row = pairs.set_index(["study_id", "checklist", "item"]).loc
    assert row["nadal_2016", "robis", "1"]["same"]  # concern is low: yes against low
    assert row["nadal_2016", "robis", "3"]["same"]  # and high: no against high
    assert row["nadal_2016", "robis", "3.2"]["same"]  # partly against probably no
    assert row["nadal_2016", "robis", "4.2"]["same"]  # unclear against no information
    assert not row["nadal_2016", "robis", "2.2"]["same"]  # no against probably no
    assert not row["hua_2014", "murad", "ascertainment"]["same"]  # partly agrees with nothing


def test_kappa_of_the_first_checklist_from_its_table_by_hand(pairs):
    jbi = pairs[pairs["checklist"] == "jbi_case_series"]
    words = ["yes", "no", "unclear", "not_applicable"]
    table = pd.crosstab(jbi["first"], jbi["second"]).reindex(index=words, columns=words, fill_value=0)
    n, same = table.to_numpy().sum(), sum(table.loc[w, w] for w in words)
    chance = sum(table.loc[w].sum() * table[w].sum() for w in words) / n**2
    found = extraction.ratings.by_scale(pairs)["jbi_case_series", "question"]
    assert found.kappa == pytest.approx((same / n - chance) / (1 - chance))


def test_steps_are_weighted_by_how_far_apart_they_are(pairs):
    grade = pairs[pairs["checklist"] == GRADE]
    first, second = grade["first"].astype(int), grade["second"].astype(int)
    observed = (first - second).abs().mean()
    expected = sum(abs(a - b) for a in first for b in second) / len(grade) ** 2
    found = extraction.ratings.agreed(grade)
    assert found.kappa == pytest.approx(1 - observed / expected)
    assert found.kappa != pytest.approx(kappa.cohen(list(first), list(second)).kappa)


def test_every_difference_is_settled_once_and_nothing_agreed_changed_in_silence(review, pairs):
    decisions = extraction.ratings.decided(review)
    assert extraction.ratings.unsettled(pairs, decisions, extraction.ratings.stands(review)) == []


@pytest.mark.parametrize(
    ("key", "change", "line"),
    [
        (("hua_2014", "jbi_case_series", "2"), "drop", "differs and is not settled"),
        (("benson_2014", "jbi_case_series", "10"), "drop", "agreed, but 'no' is kept"),
        (("benson_2014", GRADE, "time_on_treatment/imprecision"), "drop", "agreed, but '-2' is kept"),
        (("hua_2014", "jbi_case_series", "2"), {"first": "yes"}, "quotes 'yes', 'yes'"),
        (("hua_2014", "jbi_case_series", "2"), {"kind": "agreed"}, "calls it 'agreed'"),
    ],
)
def test_a_decision_that_is_missing_or_wrong_is_reported(review, pairs, key, change, line):
    decisions = extraction.ratings.decided(review)
    this = (decisions[["study_id", "checklist", "item"]] == list(key)).all(axis=1)
    assert this.sum() == 1
    if change == "drop":
        decisions = decisions[~this]
    else:
        decisions = decisions.copy()
        decisions.loc[this, list(change)] = list(change.values())
    found = extraction.ratings.unsettled(pairs, decisions, extraction.ratings.stands(review))
    assert len(found) == 1
    assert found[0].startswith(", ".join(key))
    assert line in found[0]


def test_the_same_issue_has_one_answer(review):
    """Items on which the first reading was not of one mind with itself."""
    stands = extraction.ratings.stands(review)
    series = ("hua_2014", "carolino_2025", "benson_2014")
    assert {stands[s, "jbi_case_series", "8"] for s in series} == {"no"}  # results reported in two ways
    assert stands["nadal_2016", "robis", "3.5"] == stands["nadal_2016", "robis", "3.4"] == "no"
    assert {stands[k] for k in stands if k[2].endswith("/publication_bias")} == {"-1"}


# --- The page.


def test_the_page_has_a_line_for_each_scale_and_for_each_decision(review, pairs):
    table = report.ratings.agreement(pairs, review).set_index("Checklist")
    assert table.loc["Appraisal, all", "Compared"] + table.loc["GRADE, all steps", "Compared"] == len(
        pairs
    )
    decided = extraction.ratings.decided(review)
    labels = {s.study_id: s.label for s in review.studies}
    shown = report.ratings.decisions(decided, review, labels)
    assert len(shown) == len(decided)
    assert "GRADE, survival: imprecision" in set(shown["Item"])
    counts = report.ratings.counts(decided, review).drop(columns=["Checklist", "What"])
    assert sum(x for x in counts.to_numpy().ravel() if x != "–") == len(decided)


def test_kappa_has_a_true_minus_and_no_minus_zero():
    assert [report.ratings.written(x) for x in (-0.048, -0.001, 0.5)] == ["−0.05", "0.00", "0.50"]
