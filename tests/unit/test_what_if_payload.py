"""What if: the numbers shipped with the page, for the review and for every count up to forty.

Oracle: the intervals of stats.proportions, themselves tested against R.
"""

import json

import pandas as pd
import pytest

from living_review import evidence, synthesis
from living_review.plots import theme
from living_review.report import what_if
from living_review.stats import proportions

REVIEW = evidence.load()
METHODS = {"exact": proportions.clopper_pearson, "wilson": proportions.wilson}


@pytest.fixture(scope="module")
def payload():
    return json.loads(json.dumps(what_if.payload(REVIEW), allow_nan=False))


def test_every_chosen_count_is_shipped_once_for_each_denominator(payload):
    chosen = synthesis.all_proportions(REVIEW).to_dict("records")
    assert len(payload["rows"]) == len(chosen)
    for row, count in zip(payload["rows"], chosen, strict=True):
        assert (row["study"], row["definition"]) == (count["study_id"], count["definition"])
        for key in payload["denominators"]:
            n = count[f"n_{key}"]
            star = " *" if count["inferred"] else ""
            assert row["out_of"][key]["count"] == f"{count['events']} of {n}{star}"
            assert row["out_of"][key]["at"] == count["events"] / n


def test_a_count_comes_with_the_limits_of_each_method_in_numbers_and_words(payload):
    assert payload["rows"]
    for share in (share for row in payload["rows"] for share in row["out_of"].values()):
        events, n = map(int, share["count"].removesuffix(" *").split(" of "))
        assert share["everyone"] is (events == n)
        for key, interval in METHODS.items():
            p = interval(events, n)
            assert (share["limits"][key]["from"], share["limits"][key]["to"]) == (p.lower, p.upper)
            ends = [proportions.format_percent(end) for end in (p.lower, p.upper)]
            assert share["limits"][key]["text"] == " to ".join(ends)
    assert payload["methods"] == {"exact": "Clopper-Pearson", "wilson": "Wilson"}


def test_a_count_in_words_has_its_interval_and_a_star(monkeypatch):
    row = {"study_id": "hua_2014", "label": "Hua 2014", "endpoint_class": "stability"}
    row |= {"criterion": "imaging_judgement"}
    row |= {"definition": "d", "events": 3, "n_evaluable": 3, "n_treated": 4, "inferred": True}
    monkeypatch.setattr(synthesis, "all_proportions", lambda review: pd.DataFrame([row]))
    (made,) = what_if.payload(REVIEW)["rows"]
    assert [share["limits"]["exact"]["text"] for share in made["out_of"].values()] == [
        "29% to 100%",
        "19% to 99%",
    ]
    assert [share["count"] for share in made["out_of"].values()] == ["3 of 3 *", "3 of 4 *"]


def test_each_source_looks_as_in_the_figure_above(payload):
    for study, source in payload["studies"].items():
        look = REVIEW.study(study).look
        assert source["colour"] == theme.colour(look)
        assert source["marker"] == theme.marker_path(theme.marker(look), 10)
        assert source["label"] == REVIEW.study(study).label
    shapes = [source["marker"] for source in payload["studies"].values()]
    assert len(set(shapes)) == len(shapes)
