"""Every kind of claim on small tables: hand arithmetic, R and published examples as oracles.

Each test also plants the failure: the same claim with a wrong digit must get another verdict.
"""

import pytest

from living_review.audit import claim
from living_review.audit.statements import RULES

FREIREICH = {  # 6-MP and placebo, weeks in remission: Freireich 1963, in Cox 1972 and many textbooks
    "mp": "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+",
    "pl": "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23",
}


def values(**texts):
    return {k: {"value": v} for k, v in texts.items()}


@pytest.mark.parametrize(
    ("printed", "verdict"),
    [
        ("36.9", "reproduced"),
        ("36.8", "arithmetic error"),
        ("37.0", "arithmetic error"),
        ("37.9", "arithmetic error"),
    ],
)
def test_percentage_by_hand(check, printed, verdict):
    tables = {"counts": {"a": {"n": "31", "denominator": "84", "percent": printed}}}
    result = check(tables, "percentage", "counts/a.percent", "counts/a.n / counts/a.denominator")
    assert result.verdict == verdict
    assert result.arithmetic.startswith("31 / 84 × 100 = 36.904… → 36.9%")


def test_percentage_of_a_difference(check):
    tables = {"counts": {"a": {"n": "40", "percent": "66.7"}, "all": {"n": "84"}, "no": {"n": "24"}}}
    result = check(tables, "percentage", "counts/a.percent", "counts/a.n / counts/all.n - counts/no.n")
    assert (result.verdict, result.arithmetic) == (
        "reproduced",
        "40 / (84 − 24) × 100 = 66.666… → 66.7%",
    )


def test_percentage_says_which_denominator_fits(check):
    tables = {"counts": {"a": {"n": "5", "denominator": "7", "percent": "50"}}}
    result = check(
        tables,
        "percentage",
        "counts/a.percent",
        "counts/a.n / counts/a.denominator",
        "else=definition_conflict",
    )
    assert result.verdict == "definition conflict"
    assert "5 of 10 would give it" in result.explained_by


@pytest.mark.parametrize(("n", "verdict"), [("5", "reproduced"), ("7", "arithmetic error")])
def test_grim_for_a_percentage_without_count(check, n, verdict):
    tables = {"quoted": {"a": {"percent": "80", "n": n}}}
    result = check(tables, "percentage", "quoted/a.percent", "quoted/a.n", "count=any")
    assert result.verdict == verdict


def test_joint_sample_size_of_quoted_percentages(check):
    tables = {"quoted": {"a": {"percent": "63.6"}, "b": {"percent": "94.5"}}}
    result = check(tables, "percentage", "quoted/a.percent", "quoted/b.percent", "count=any n=any")
    assert result.verdict == "not checkable"
    assert "35 / 55 = 63.6%, 52 / 55 = 94.5%" in result.arithmetic


@pytest.mark.parametrize(("total", "verdict"), [("67", "reproduced"), ("66", "arithmetic error")])
def test_sum_has_no_rounding_of_whole_numbers(check, total, verdict):
    tables = {"counts": {k: {"n": v} for k, v in {"m": "31", "f": "36", "all": total}.items()}}
    assert check(tables, "sum", "counts/all.n", "counts/m.n counts/f.n").verdict == verdict


def test_sum_of_rounded_percentages(check):
    tables = {
        "counts": {k: {"percent": v} for k, v in {"a": "33.3", "b": "66.6", "t": "100.0"}.items()}
    }
    assert check(tables, "sum", "counts/t.percent", "counts/a.percent counts/b.percent").verdict == (
        "arithmetic error"
    )
    loose = check(tables, "sum", "counts/t.percent", "counts/a.percent counts/b.percent", "rounded=yes")
    assert loose.verdict == "rounding"


def test_median_and_mean_by_hand_and_what_was_left_out(check):
    days = dict(a="7", b="16", c="56", d="94", e="98", f="158", g="217", h="311", i="637", j="1366")
    tables = {
        "events": {f"t_{k}": {"time": v, "time_unit": "day", "patient": k} for k, v in days.items()},
        "statistics": {
            k: {"value": v, "unit": "day"}
            for k, v in {"all": "128", "some": "187.5", "mean": "296", "odd": "1000"}.items()
        },
    }
    assert check(tables, "median", "statistics/all.value", "events/t_*.time").verdict == "reproduced"
    assert check(tables, "mean", "statistics/mean.value", "events/t_*.time").verdict == "reproduced"
    some = check(tables, "median", "statistics/some.value", "events/t_*.time")
    assert some.verdict == "arithmetic error"
    assert some.explained_by.startswith("exactly the median without a (7) and b (16), the smallest")
    odd = check(tables, "median", "statistics/odd.value", "events/t_*.time")
    assert odd.explained_by == ""


def test_range_in_another_unit(check):
    tables = {
        "events": {
            "t_a": {"time": "2", "time_unit": "week"},
            "t_b": {"time": "1", "time_unit": "year"},
        },
        "statistics": {"r": {"lower": "0.5", "upper": "12", "unit": "month"}},
    }
    limits = "statistics/r.lower statistics/r.upper"
    assert (
        check(tables, "range", limits, "events/t_*.time").verdict == "reproduced"
    )  # 14 d = 0.46 months
    tables["statistics"]["r"]["upper"] = "13"
    assert check(tables, "range", limits, "events/t_*.time").verdict == "arithmetic error"


@pytest.mark.parametrize(
    ("before", "after", "printed", "parameters", "verdict"),
    [
        ("28", "23", "-18", "", "reproduced"),
        ("28", "23", "18", "", "reproduced"),
        ("28", "23", "18", "direction=decrease", "reproduced"),
        ("28", "23", "18", "direction=increase", "arithmetic error"),
        ("1299", "931", "-29", "rounded=yes", "arithmetic error"),
        ("1299", "931", "-38", "", "arithmetic error"),
        ("10", "4", "40", "remaining=yes", "reproduced"),
        ("10", "4", "40", "", "arithmetic error"),
        ("4", "3", "27", "rounded=yes", "rounding"),
    ],
)
def test_change_by_hand(check, before, after, printed, parameters, verdict):
    tables = {"m": values(a=before, b=after) | {"c": {"value": printed, "unit": "percent"}}}
    result = check(tables, "change", "m/c.value", "m/a.value to m/b.value", parameters)
    assert result.verdict == verdict


def test_change_finds_what_remains_quoted_as_lost(check):
    tables = {"m": values(a="10", b="4") | {"c": {"value": "40", "unit": "percent"}}}
    result = check(tables, "change", "m/c.value", "m/a.value to m/b.value")
    assert "what remains" in result.explained_by


def test_change_of_an_area_from_its_sides(check):
    tables = {"m": values(a="4", b="5", c="2", d="5") | {"p": {"value": "50", "unit": "percent"}}}
    result = check(tables, "change", "m/p.value", "m/a.value x m/b.value to m/c.value x m/d.value")
    assert result.verdict == "reproduced"
    assert "(4 × 5 − (2 × 5)) / (4 × 5) × 100 = 50" in result.arithmetic


@pytest.mark.parametrize(
    ("start", "end", "printed", "unit", "verdict"),
    [
        ("2010-04", "2013-05", "37", "month", "reproduced"),
        ("2010-04", "2013-05", "36", "month", "rounding"),  # 30 April to 1 May is possible
        ("2010-04", "2013-05", "35", "month", "arithmetic error"),
        ("2010-04", "2013-05", "3", "year", "reproduced"),
        ("2012-02-28", "2012-03-01", "2", "day", "reproduced"),  # a leap year
        ("2011-02-28", "2011-03-01", "3", "day", "arithmetic error"),
        ("2008", "2010", "2", "year", "reproduced"),
    ],
)
def test_duration_by_hand(check, start, end, printed, unit, verdict):
    tables = {
        "events": {"a": {"time": start, "time_unit": "date"}, "b": {"time": end, "time_unit": "date"}},
        "statistics": {"d": {"value": printed, "unit": unit}},
    }
    result = check(tables, "duration", "statistics/d.value", "events/a.time to events/b.time")
    assert result.verdict == verdict


def test_ratio_and_dose_per_surface(check):
    tables = {
        "doses": {"d": {"dose": "2", "unit": "mg/day"}},
        "m": values(surface="1.25") | {"p": {"value": "1.6", "unit": "mg/m2/day"}},
    }
    assert check(tables, "ratio", "m/p.value", "doses/d.dose / m/surface.value").verdict == "reproduced"
    tables["m"]["surface"]["value"] = "1.52"
    assert check(tables, "ratio", "m/p.value", "doses/d.dose / m/surface.value").verdict != "reproduced"


def test_difference_by_hand(check):
    tables = {"m": values(a="9", b="2.5", c="6.5", d="6.4")}
    assert check(tables, "difference", "m/c.value", "m/a.value to m/b.value").verdict == "reproduced"
    wrong = check(tables, "difference", "m/d.value", "m/a.value to m/b.value")
    assert wrong.verdict == "arithmetic error"


def remission(arm):
    return {
        f"{arm}_{i}": {"time": t.rstrip("+"), "time_unit": "week", "event": "0" if "+" in t else "1"}
        for i, t in enumerate(FREIREICH[arm].split())
    }


def test_product_limit_against_cox_and_oakes(check):
    # 6-MP arm: median 23 weeks, S(10) = 0.753 (Cox and Oakes 1984, section 4.3).
    tables = {
        "events": remission("mp"),
        "statistics": {
            "median": {"value": "23", "unit": "week"},
            "s10": {"value": "75.3", "unit": "percent"},
        },
    }
    kind, inputs = "product_limit", "events/mp_*.time"
    assert check(tables, kind, "statistics/median.value", inputs).verdict == "reproduced"
    at = "quantity=survival at=10"
    assert check(tables, kind, "statistics/s10.value", inputs, at).verdict == "reproduced"
    tables["events"]["mp_4"]["time"] = "17"
    assert check(tables, kind, "statistics/s10.value", inputs, at).verdict != "reproduced"


def test_a_median_that_is_not_reached_is_said_so(check):
    tables = {
        "events": {"t_a": {"time": "5", "time_unit": "day", "event": "1"}}
        | {f"t_{i}": {"time": "9", "time_unit": "day", "event": "0"} for i in "bcd"},
        "statistics": {"m": {"value": "9", "unit": "day"}},
    }
    result = check(tables, "product_limit", "statistics/m.value", "events/t_*.time")
    assert (result.recomputed, result.verdict) == ("not reached", "arithmetic error")


def test_logrank_against_the_remission_data(check):
    # Chi-squared 16.79, p = 0.0000417: R's survdiff, and the textbooks.
    tables = {
        "events": remission("mp") | remission("pl"),
        "statistics": values(p="0.0000417", q="0.0000147"),
    }
    inputs = "events/mp_*.time versus events/pl_*.time"
    assert check(tables, "test", "statistics/p.value", inputs, "test=logrank").verdict == "reproduced"
    wrong = check(tables, "test", "statistics/q.value", inputs, "test=logrank")
    assert wrong.verdict == "arithmetic error"


def test_fisher_against_the_lady_tasting_tea(check):
    tables = {"counts": {"a": {"n": "3"}, "b": {"n": "1"}, "all": {"n": "4"}}, "s": values(p="0.486")}
    inputs = "counts/a.n / counts/all.n versus counts/b.n / counts/all.n"
    assert check(tables, "test", "s/p.value", inputs, "test=fisher").verdict == "reproduced"


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (("47.5", "year"), ("47.5", "year"), "reproduced"),
        (("47.5", "year"), ("53", "year"), "text and table disagree"),
        (("48", "year"), ("47.5", "year"), "reproduced"),  # the one is the other rounded
        (("1", "year"), ("12", "month"), "reproduced"),
        (("15", "ng/ml"), ("15", "ng/dl"), "unit conflict"),
        (("1.6", "mg/m2/day"), ("1.6", "mg/kg/day"), "unit conflict"),
        (("36.5", "cm"), ("37", "cm"), "reproduced"),
        (("33.2", "cm"), ("34", "cm"), "text and table disagree"),
    ],
)
def test_equality_by_hand(check, first, second, verdict):
    tables = {
        "s": {
            k: dict(zip(("value", "unit"), v, strict=True))
            for k, v in {"a": first, "b": second}.items()
        }
    }
    assert check(tables, "equality", "s/a.value", "s/b.value").verdict == verdict


def test_equality_of_words(check):
    tables = {
        "r": {
            "a": {"category": "partial_response"},
            "b": {"category": "Partial response"},
            "c": {"category": "stable_disease"},
        }
    }
    assert check(tables, "equality", "r/a.category", "r/b.category").verdict == "reproduced"
    assert (
        check(tables, "equality", "r/a.category", "r/c.category").verdict == "text and table disagree"
    )


def test_unit_names_the_factor(check):
    tables = {"s": {"a": {"value": "10", "unit": "ng/dl"}, "b": {"value": "5", "unit": "ng/ml"}}}
    result = check(tables, "unit", "s/a.unit", "s/b.unit")
    assert result.verdict == "unit conflict"
    assert "factor of 100" in result.arithmetic


RULE_CASES = [
    ("all_equal", "value=improved", "c", "r/y*.category", "r/*.category"),
    ("none_equal", "value=improved", "c", "r/n*.category", "r/*.category"),
    ("most", "value=improved", "c", "r/*.category", "r/n*.category"),
    ("count", "value=improved", "s/two.value", "r/*.category", "r/y1.category"),
    ("at_most", "", "s/two.value", "s/one.value", "s/*.value"),
    ("at_least", "", "s/two.value", "s/t*.value", "s/*.value"),
    ("less_than", "", "s/two.value", "s/one.value", "s/two.value"),
    ("more_than", "", "s/two.value", "s/three.value", "s/two.value"),
    ("between", "", "s/one.value s/two.value", "s/two.value", "s/three.value"),
    ("largest", "", "s/two.value", "s/one.value", "s/*.value"),
    ("smallest", "", "s/two.value", "s/three.value", "s/*.value"),
    ("increasing", "", "c", "s/one.value s/two.value", "s/two.value s/one.value"),
    ("decreasing", "", "c", "s/two.value s/one.value", "s/one.value s/two.value"),
    ("same", "", "c", "r/y*.category", "r/*.category"),
    ("differ", "", "c", "r/*.category", "r/y*.category"),
    ("known", "", "c", "s/one.value", "s/gone.n"),
    ("missing", "", "c", "s/gone.n", "s/one.value"),
    ("sum_at_most", "", "s/two.value", "s/one.value", "s/*.value"),
]


@pytest.mark.parametrize(("rule", "extra", "target", "holds", "fails"), RULE_CASES)
def test_each_rule_can_hold_and_can_fail(check, rule, extra, target, holds, fails):
    tables = {
        "r": {
            k: {"category": "improved" if k[0] == "y" else "not_improved"} for k in ("y1", "y2", "n1")
        },
        "s": {
            k: {"value": v, "n": "not_reported"}
            for k, v in {"one": "1", "two": "2", "three": "3", "gone": "2"}.items()
        },
    }
    target = "not_applicable" if target == "c" else target
    parameters = f"rule={rule} {extra}".strip()
    assert check(tables, "statement", target, holds, parameters).verdict == "reproduced"
    assert check(tables, "statement", target, fails, parameters).verdict == "text and table disagree"


def test_every_rule_has_a_case():
    assert {case[0] for case in RULE_CASES} | {"equal"} >= set(RULES)


def test_a_statement_without_rule_is_judged_and_shown_side_by_side(check):
    tables = {
        "statements": {"a": {"finding": "all", "printed": "in all cases"}, "b": {"finding": "some"}}
    }
    result = check(
        tables,
        "statement",
        "not_applicable",
        "statements/a.finding statements/b.finding",
        verdict="definition conflict",
    )
    assert result.judged
    assert result.verdict == "definition conflict"
    assert "“in all cases” (Table, a)" in result.arithmetic


def test_a_missing_input_is_not_checkable(check):
    tables = {"counts": {"a": {"n": "not_reported", "denominator": "7", "percent": "50"}}}
    result = check(tables, "percentage", "counts/a.percent", "counts/a.n / counts/a.denominator")
    assert (result.verdict, result.arithmetic) == (
        "not checkable",
        "count of “not_applicable” (Table, a): not reported",
    )


@pytest.mark.parametrize(
    ("kind", "target", "inputs", "parameters", "message"),
    [
        ("percentage", "s/a.value", "s/nowhere.value / s/b.value", "", "an id of one_2000/s"),
        ("percentage", "s/a.value", "s/a.value", "", "needs two inputs"),
        ("percentage", "s/a.value", "s/a.value / ", "", "end without a reference"),
        ("sum", "s/a.value", "s/a.value + - s/b.value", "", "is where a reference should"),
        ("sum", "s/a.value", "s/a.colour", "", "a column of s"),
        ("sum", "s/a.value", "31 36", "", "table/id.column"),
        ("sum", "s/a.value", "s/b.value", "colour=red", "parameter 'colour=red'"),
        ("sum", "not_applicable", "s/b.value", "", "needs one target"),
        ("guess", "s/a.value", "s/b.value", "", "kind 'guess'"),
        ("statement", "s/a.value", "s/b.value", "rule=eval", "rule=eval"),
        ("test", "s/a.value", "s/b.value", "test=magic", "test=magic"),
    ],
)
def test_a_claim_written_wrongly_says_where_and_what(check, kind, target, inputs, parameters, message):
    with pytest.raises(claim.InvalidClaimError, match=r"data/one_2000/claims\.csv, c") as caught:
        check({"s": values(a="1", b="2")}, kind, target, inputs, parameters)
    assert message in str(caught.value)
