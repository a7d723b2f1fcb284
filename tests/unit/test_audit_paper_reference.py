"""The kinds of any paper against R: every number of tests/reference/audit_paper.json is a reading."""

import json
from pathlib import Path

import pytest

from living_review.audit.inputs import Inputs
from living_review.audit.paper_kinds import KINDS

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "audit_paper.json"
ROWS = json.loads(REFERENCE.read_text("utf-8"))["rows"]
COVERED = {
    "p_value",
    "table_test",
    "chi2",
    "odds_ratio",
    "risk_ratio",
    "risk_difference",
    "share_interval",
    "mann_whitney",
    "t_test",
    "mean_interval",
    "standard_error",
    "standard_deviation",
    "p_from_interval",
    "interval_from_p",
    "symmetry",
}


def tolerance(row: dict) -> float:
    """R finds Fisher's odds ratio and limits by a search that ends at a relative 1e-4."""
    return 1e-3 if row["kind"] == "odds_ratio" and "fisher" in row["call"] else 2e-6


def readings(row: dict) -> list[tuple[float, ...]]:
    kind = KINDS[row["kind"]]
    return [r.values for r in kind.check(Inputs(row["inputs"], kind.names)).readings]


def test_the_reference_covers_the_kinds_that_r_computes():
    assert {row["kind"] for row in ROWS} == COVERED


@pytest.mark.parametrize("kind", sorted(COVERED))
def test_each_value_of_r_is_a_reading(kind):
    rows = [row for row in ROWS if row["kind"] == kind]
    missing = [
        (row["call"], row["inputs"], row["value"])
        for row in rows
        if not any(
            values[: len(row["value"])] == pytest.approx(row["value"], rel=tolerance(row), abs=1e-9)
            for values in readings(row)
        )
    ]
    assert not missing


@pytest.mark.parametrize(
    ("test", "call"),
    [
        ("chi2", "chisq.test(m, correct = FALSE)"),
        ("yates", "chisq.test(m)"),
        ("fisher", "fisher.test(m)"),
        ("trend", "prop.trend.test"),
        ("student", "t.test(x, y)$p.value"),
    ],
)
def test_a_named_test_is_the_first_reading(test, call):
    rows = [r for r in ROWS if r["call"] == call and f"test = {test}" in r["inputs"]]
    assert rows
    for row in rows:
        assert readings(row)[0] == pytest.approx(row["value"], rel=2e-6)
