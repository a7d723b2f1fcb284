"""The reference values cover what the review meets, and say what made them."""

import json
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "reference"


def test_each_reference_names_the_versions_that_made_it():
    for path in FOLDER.glob("*.json"):
        source = json.loads(path.read_text())["source"]
        assert source["R"].startswith("R version"), path.name
        # The tests of the audit of any paper are in R itself.
        assert path.stem == "audit_paper" or source["survival"], path.name


def test_binomial_reference_covers_every_cell_up_to_25():
    rows = json.loads((FOLDER / "binomial.json").read_text())["rows"]
    have = {(r["events"], r["n"]) for r in rows}
    assert {(e, n) for n in range(1, 26) for e in range(n + 1)} <= have


def test_survival_reference_holds_the_times_of_benson_2014():
    from living_review import evidence

    events = evidence.load().study("benson_2014").table("events")
    rows = events[
        (events["endpoint"] == "time_on_treatment") & events["locator"].str.startswith("Table II")
    ]
    ten = json.loads((FOLDER / "survival.json").read_text())["sets"]["ten"]
    again = "a time was corrected: run `Rscript tests/reference/make_reference.R`"
    assert rows["time"].astype(float).tolist() == ten["times"], again
    assert rows["event"].astype(int).tolist() == ten["events"], again
