"""What the audit says for readers: words in place of signs, and what each number is of."""

import json
from pathlib import Path

import pytest

from living_review import audit, evidence
from living_review.audit import engine
from living_review.evidence.references import Cells

ROOT = Path(__file__).parents[2]


@pytest.fixture
def said(tmp_path):
    """Return a function that gives the short and the long form of one statement on small tables."""
    folder = tmp_path / "data" / "one_2000"
    folder.mkdir(parents=True)
    tables = {
        "counts": (
            "id,group,characteristic,category,n,printed,locator",
            "all,total,patients,total,84,84,Table",
            "told,total,symptoms,detailed,44,44,Results",
            "gone,total,age,not given,57,57,Table",
            "none,total,age,> 18 years,0,0,Table",
            "posters,posters,age,not given,50,50,Table",
        ),
        "statistics": (
            "id,group,quantity,statistic,value,unit,printed,locator",
            "low,all,level,target,10,ng/ml,10,Text",
            "high,all,level,target,15,ng/ml,15,Text",
            "first,all,level,value,13.3,ng/ml,13.3,Text",
            "second,all,level,value,16.4,ng/ml,16.4,Text",
            "hours,all,time,minimum,24,hour,24,Text",
            "weeks,all,time,median,2,week,2,Text",
            "months,all,time,maximum,6,month,6,Text",
            "before,all,scan,date,2009-07,date,July 2009,Text",
            "start,all,dose,date,2010-04,date,April 2010,Text",
        ),
        "events": (
            "id,patient,endpoint,time,time_unit,event,printed,locator",
            "a,p1,time_on_treatment,7,day,1,7,Table",
            "b,p2,time_on_treatment,9,day,0,9,Table",
        ),
        "patients": ("id,age_years,printed,locator", "p1,not_reported,1; Renal,Table"),
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")

    def run(parameters, inputs, target="not_applicable", kind="statement"):
        row = dict.fromkeys(("explanation", "headline"), "not_applicable")
        row |= {"id": "c", "kind": kind, "target": target, "inputs": inputs, "verdict": "reproduced"}
        row |= {"parameters": parameters, "printed": "x", "locator": "Table"}
        result = engine.check("one_2000", row, Cells(tmp_path))
        return result.recomputed, result.arithmetic

    return run


def test_a_comparison_that_fails_says_how_the_numbers_stand_and_what_they_are(said):
    short, text = said("rule=at_least", "counts/told.n versus counts/all.n")
    assert short == "44 against 84"
    assert text == "44 (symptoms: detailed) is less than 84 (patients)"


def test_a_comparison_that_holds_and_one_by_arithmetic(said):
    assert said("rule=at_most", "counts/told.n versus counts/all.n - counts/none.n")[1] == (
        "44 (symptoms: detailed) is at most 84 − 0 = 84 (84 patients; 0 age: > 18 years)"
    )
    assert said("rule=more_than", "counts/gone.n versus counts/posters.n")[1] == (
        "57 (age: not given) is more than 50 (age: not given, posters)"
    )


def test_a_bound_that_is_not_kept(said):
    assert said("rule=at_most value=0", "counts/gone.n")[1] == "57 (age: not given) is more than 0"
    assert said("rule=more_than value=0", "counts/none.n")[1] == "none is counted (age: > 18 years)"
    assert said("rule=more_than value=44", "counts/told.n")[1] == (
        "44 (symptoms: detailed) is not more than 44"
    )
    assert said("rule=less_than value=14", "statistics/first.value statistics/second.value")[1] == (
        "16.4 ng/ml (level) is more than 14 ng/ml (1 of 2)"
    )


def test_a_range_keeps_the_units_of_its_ends(said):
    ends = "statistics/low.value statistics/high.value"
    assert said("rule=between", "statistics/first.value", ends) == (
        "within",
        "13.3 ng/ml is within 10 to 15 ng/ml",
    )
    assert said("rule=between", "statistics/second.value", ends)[1].endswith(
        "is outside 10 to 15 ng/ml"
    )
    assert (
        said(
            "rule=between", "statistics/weeks.value", "statistics/hours.value statistics/months.value"
        )[1]
        == "2 weeks is within 24 hours to 6 months"
    )


def test_a_flag_is_a_word_and_a_date_has_its_month(said):
    assert said("rule=count value=1", "events/*.event", "counts/none.n")[1] == (
        "ended in 1 of 2; printed 0"
    )
    assert said("rule=most value=0", "events/*.event")[1] == "not ended in 1 of 2; the rest: ended"
    assert said("rule=same", "statistics/before.value statistics/start.value")[1] == (
        "July 2009 and April 2010 are not the same"
    )


def test_kinds_of_harm_in_a_table_are_rows_and_no_patients():
    results = {r.claim: r for r in audit.audit(evidence.load(ROOT), "benson_2014")}
    told = results["pneumonitis_none"]
    assert told.recomputed == "pneumonitis in none of the 12 rows of Table III"
    assert "of 12;" not in told.arithmetic


def test_what_is_missing_is_named_for_its_patient(said):
    text = said("not_applicable", "patients/p1.age_years", "statistics/low.value", kind="sum")[1]
    assert text == "age of patient 1 (Table): not reported"


def test_a_cell_of_another_source_is_distinguished():
    results = {r.claim: r for r in audit.audit(evidence.load(ROOT), "nadal_2016")}
    assert "(Benson 2014, Discussion)" in results["transplant_level_benson_lower"].arithmetic


def test_no_statement_is_left_in_signs():
    """Planted in words above; here nothing that a reader sees of a rule may hold a bare sign."""
    told = [r for r in audit.audit(evidence.load(ROOT)) if r.kind == "statement" and not r.judged]
    assert len(told) > 150
    signs = {
        s for r in told for s in ("≥", "≤", "is not <", "is not >", "inputs:") if s in r.arithmetic
    }
    assert signs == set(), json.dumps(sorted(signs))
