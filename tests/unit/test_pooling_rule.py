"""When counts may be pooled: refusals of the data, made-up rows that just pass and just fail."""

from __future__ import annotations

import pandas as pd
import pytest

from living_review import evidence
from living_review.report import context_tables
from living_review.stats import pooling as exact
from living_review.synthesis import pooling


def rows(**columns: list) -> pd.DataFrame:
    made_up = {
        "label": ["A", "B", "C"],
        "events": [9, 22, 14],
        "n": [12, 25, 16],
        "n_enrolled": [12, 27, 19],
        "criterion": ["recist"] * 3,
        "time_months": [6.0, 12.0, 9.0],
        "derived": ["no"] * 3,
    }
    return pd.DataFrame(made_up | columns)


def test_three_alike_are_pooled_by_both_denominators():
    found = pooling.assess("pecoma", "lesion_response", "prospective", rows())
    assert found.failed == ()
    assert found.judged == exact.pool([9, 22, 14], [12, 25, 16])
    assert found.enrolled == exact.pool([9, 22, 14], [12, 27, 19])
    assert len(found.without) == 3


@pytest.mark.parametrize(
    ("changed", "failed"),
    [
        ({"time_months": [6.0, 12.1, 9.0]}, ("time",)),
        ({"time_months": [6.0, None, 9.0]}, ("time",)),
        ({"criterion": ["recist", "recist", "imaging"]}, ("criterion",)),
        ({"criterion": ["not_reported"] * 3}, ("criterion",)),
        ({"derived": ["no", "yes", "no"]}, ("computed",)),
    ],
)
def test_one_condition_that_fails_is_named_and_nothing_is_computed(changed, failed):
    found = pooling.assess("pecoma", "lesion_response", "prospective", rows(**changed))
    assert (found.failed, found.judged, found.enrolled, found.without) == (failed, None, None, ())


def test_two_studies_are_too_few():
    assert pooling.conditions(rows().head(2)) == ("studies",)


def test_every_pool_of_the_data_is_refused_and_the_slow_flow_symptoms_for_two_reasons():
    review = evidence.load()
    found = pooling.pools(review)
    assert found
    assert all(p.failed for p in found)
    assert (context_tables.refusals(review)["Pooled"] == "refused").all()
    slow_flow = next(p for p in found if p.disease == "venous_malformation" and p.tier == "prospective")
    assert slow_flow.endpoint_class == "symptom_improvement"
    assert set(slow_flow.rows["study_id"]) == {"hammer_2018", "harbers_phase_2b", "seront_2023"}
    assert slow_flow.failed == ("time", "computed")


def test_patients_of_one_group_enter_once():
    found = pooling.pools(evidence.load())
    assert all(p.rows["overlap_group"].is_unique for p in found)
