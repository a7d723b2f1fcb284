"""Oracle: tables of two or three lines that can be filled in by hand."""

import pandas as pd

from living_review.bounds import order_statistics
from living_review.report import margins


def harm(term, grade, printed, readings="not_applicable"):
    return {"term": term, "grade": grade, "printed": printed, "readings": readings}


def test_only_rows_that_lost_a_cell_are_listed_and_the_total_counts_all():
    whole = [harm("rash", g, p) for g, p in (("1-2", "3"), ("3-4", "-"), ("any", "3"))]
    lost = [harm("oedema", g, "- 1", "0|1") for g in ("1-2", "3-4", "any")]
    table = margins.lost_cells(pd.DataFrame(whole + lost), 10).set_index("Harm")
    assert list(table.index) == ["oedema", "All rows of the table, summed"]
    assert table.loc["oedema", "Any grade"] == "1"
    assert table.loc["oedema", "Grade 1-2"] == "0 to 1"
    assert table.loc["All rows of the table, summed", "Grade 1-2"] == "3 to 4"


def test_the_others_cannot_fill_more_than_they_are():
    # Six have a harm; at most two of them have the other one only.
    assert margins.any_of({"a": 3, "b": 4, "c": 2}, ["a", "b"], 6) == (4, 6)


def test_an_age_on_the_edge_may_count_in_either_band():
    found = order_statistics.order_bounds(1, minimum=24, maximum=24, places={})
    assert margins.in_band(found, 2, 24) == (0, 1)
    assert margins.in_band(found, 24, 156) == (0, 1)
    assert margins.in_band(found, 156, 216) == (0, 0)
