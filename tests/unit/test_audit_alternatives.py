"""Nothing is called an error before the other usual ways are tried, and nothing passes for free.

Oracles: hand arithmetic, R 4.2.2 (survfit, fisher.test, chisq.test), a published table of p values.
"""

import pytest

from living_review import evidence
from living_review.audit import audit, claim, patterns, search

TESTS = pytest.mark.parametrize


def numbers(**texts):
    """Return rows of one table: a value, with its unit after a blank if it has one."""
    cells = {k: [*v.split(), "none"][:2] for k, v in texts.items()}
    return {k: {"value": value, "unit": unit} for k, (value, unit) in cells.items()}


# --- rounding


@TESTS(
    ("part", "whole", "printed"),
    [("50", "100", "51"), ("5", "7", "70"), ("50", "100", "49"), ("31", "84", "37.0")],
)
def test_one_unit_off_is_no_rounding(check, part, whole, printed):
    tables = {"c": {"a": {"n": part, "all": whole, "percent": printed}}}
    assert check(tables, "percentage", "c/a.percent", "c/a.n / c/a.all").verdict == "arithmetic error"


def test_a_mean_of_two_printed_three_is_no_rounding(check):
    tables = {"m": numbers(a="1", b="2", c="3", mean="3")}
    result = check(tables, "mean", "m/mean.value", "m/a.value m/b.value m/c.value")
    assert result.verdict == "arithmetic error"


def test_what_the_inputs_can_have_been_before_rounding_decides(check):
    # 4 and 3 can be 4.4 and 2.6: a fall of 23% to 41%; 1299 and 931 leave 28.26% to 28.40% only.
    fall = {"m": numbers(a="4", b="3", p="27", q="50")}
    loose = [
        check(fall, "change", f"m/{k}.value", "m/a.value to m/b.value", "rounded=yes") for k in "pq"
    ]
    assert [r.verdict for r in loose] == ["rounding", "arithmetic error"]
    area = {"m": numbers(a="1299", b="931", p="-29")}
    strict = check(area, "change", "m/p.value", "m/a.value to m/b.value", "rounded=yes")
    assert strict.verdict == "arithmetic error"
    assert "give −28.395… to −28.263…" in strict.arithmetic
    assert strict.explained_by == "always rounding up gives it"


@TESTS(
    ("start", "end", "printed", "unit", "verdict"),
    [
        ("2020-01-01", "2020-01-10", "9", "day", "reproduced"),
        ("2020-01-01", "2020-01-10", "10", "day", "reproduced"),  # the first and the last day counted
        ("2020-01-01", "2020-01-10", "8", "day", "arithmetic error"),
        ("2020-01-01", "2020-01-10", "11", "day", "arithmetic error"),
        ("2019-12-31", "2020-01-01", "1", "month", "arithmetic error"),
    ],
)
def test_days_between_or_days_counted(check, start, end, printed, unit, verdict):
    tables = {
        "e": {"a": {"time": start, "time_unit": "date"}, "b": {"time": end, "time_unit": "date"}},
        "s": numbers(d=f"{printed} {unit}"),
    }
    result = check(tables, "duration", "s/d.value", "e/a.time to e/b.time")
    assert result.verdict == verdict
    assert ("both days counted" in result.arithmetic) == (printed == "10")


def test_expected_rounding_of_one_share_has_a_limit(check):
    tables = {"s": numbers(a="1.1 percent", b="1.2 percent", c="1.3 percent")}
    near = check(tables, "equality", "s/a.value", "s/b.value", "else=rounding")
    far = check(tables, "equality", "s/a.value", "s/c.value", "else=rounding")
    assert (near.verdict, far.verdict) == ("rounding", "text and table disagree")
    with pytest.raises(claim.InvalidClaimError, match="else=rounding"):
        check(tables, "sum", "s/a.value", "s/b.value", "else=rounding")


@TESTS(
    ("shares", "verdict"),
    [
        (("33.3", "33.3", "33.4"), "reproduced"),
        (("36.9", "42.9", "20.3"), "rounding"),  # 100.1
        (("33.3", "33.3", "33.3"), "rounding"),
        (("36.9", "42.9", "20.4"), "arithmetic error"),  # 100.2: three shares give 0.15 at most
        (("33.0", "33.3", "33.3"), "arithmetic error"),
    ],
)
def test_shares_of_a_whole(check, shares, verdict):
    tables = {"c": {k: {"percent": v} for k, v in zip("abc", shares, strict=True)}}
    found = check(tables, "sum", "not_applicable", "c/a.percent c/b.percent c/c.percent", "whole=100")
    assert found.verdict == verdict


# --- signed-rank test


@TESTS(
    ("n", "p", "parameters", "verdict"),
    [
        ("10", "0.232", "", "not checkable"),  # an ordinary p: thousands of changes give it
        ("8", "0.018", "", "not checkable"),  # seven up and one unchanged, for example
        ("7", "0.018", "same_direction=yes", "reproduced"),
        ("8", "0.018", "same_direction=yes", "arithmetic error"),
        ("5", "0.001", "", "arithmetic error"),  # 1/32 is the least of the exact test
        ("5", "<0.001", "", "arithmetic error"),
        ("20", "<0.001", "", "not checkable"),
        ("10", "0.00", "", "not checkable"),  # rounded: 0.001 is printed so
        ("10", "1.2", "", "arithmetic error"),
        ("not_reported", "0.018", "", "not checkable"),
    ],
)
def test_signed_rank_with_and_without_sample_size(check, n, p, parameters, verdict):
    tables = {"s": {"p": {"value": p}, "size": {"n": n}}}
    parameters = f"test=wilcoxon_signed_rank {parameters}".strip()
    result = check(tables, "test", "s/p.value", "s/size.n", parameters)
    assert result.verdict == verdict
    assert n == "not_reported" or f"n = {n}" in result.arithmetic


def test_least_signed_rank_against_every_pattern():
    import itertools

    from scipy.stats import wilcoxon

    for n in range(2, 6):
        changes = itertools.product((-2, -1, 1, 2), repeat=n)
        normal = (wilcoxon(d, method="approx", alternative="greater").pvalue for d in changes)
        assert patterns.least_signed_rank(n) == pytest.approx(min(0.5**n, *normal))


# --- Kaplan-Meier


def events(text):
    """Return rows of events from times like ``3 5+`` (``+``: censored)."""
    return {
        f"t_{i}": {"time": t.rstrip("+"), "time_unit": "month", "event": "0" if "+" in t else "1"}
        for i, t in enumerate(text.split())
    }


@TESTS(
    ("times", "printed", "verdict"),
    [
        ("1 2 3 4", "2.5", "reproduced"),  # R and SAS
        ("1 2 3 4", "2", "reproduced"),  # lifelines and SPSS
        ("1 2 3 4", "4", "arithmetic error"),
        ("1 2 3+ 4", "3", "reproduced"),  # R: the step ends at the next death
        ("1 2 3+ 4+", "2", "reproduced"),  # R: no death ends the step
        ("1 2 3+ 4+", "3", "arithmetic error"),
        ("1 2 3", "2.5", "arithmetic error"),  # no step at one half
    ],
)
def test_median_by_both_conventions(check, times, printed, verdict):
    tables = {"events": events(times), "s": numbers(m=f"{printed} month")}
    result = check(tables, "product_limit", "s/m.value", "events/t_*.time")
    assert result.verdict == verdict
    assert ("middle of the step" in result.arithmetic) == (printed in ("2.5", "3") and "rep" in verdict)


@TESTS(
    ("times", "at", "verdict"),
    [
        ("1 2 3+", "3", "reproduced"),
        ("1 2 3+", "99", "not checkable"),
        ("1 2+ 3", "99", "arithmetic error"),  # all have died: zero, and zero for good
    ],
)
def test_survival_beyond_the_last_follow_up(check, times, at, verdict):
    tables = {"events": events(times), "s": numbers(p="33.3 percent")}
    parameters = f"quantity=survival at={at}"
    result = check(tables, "product_limit", "s/p.value", "events/t_*.time", parameters)
    assert result.verdict == verdict
    assert verdict != "not checkable" or "beyond 3 months" in result.arithmetic


@TESTS(
    ("printed", "n", "verdict", "words"),
    [
        ("78.8", "10", "reproduced", "9/10 × 7/8 = 78.75%"),
        ("78.8", "9", "arithmetic error", "no order of deaths and censorings among 9"),
        ("100", "4", "reproduced", "nobody died"),
    ],
)
def test_a_survival_from_the_number_of_patients_alone(check, printed, n, verdict, words):
    tables = {"s": {"p": {"value": printed, "unit": "percent"}, "size": {"value": n, "unit": "none"}}}
    result = check(tables, "product_limit", "s/p.value", "s/size.value", "times=any")
    assert result.verdict == verdict
    assert words in result.arithmetic.replace(" →", "%").replace("%%", "%")


@TESTS(
    ("lower", "upper", "n", "verdict"),
    [
        ("1", "10", "25", "reproduced"),  # R: survfit gives the 9th and the 19th of 25 (log)
        ("10", "1", "25", "arithmetic error"),
        ("1", "10", "3", "arithmetic error"),  # with three times an upper limit is not reached
    ],
)
def test_limits_of_a_median_from_the_number_of_patients_alone(check, lower, upper, n, verdict):
    tables = {"s": {"m": {"lower": lower, "upper": upper, "n": n, "unit": "week"}}}
    result = check(tables, "product_limit", "s/m.lower s/m.upper", "s/m.n", "times=any")
    assert result.verdict == verdict
    assert ("9 and 19 (log)" in result.arithmetic) == (verdict == "reproduced")


def test_orders_of_deaths_against_every_order():
    import itertools
    from fractions import Fraction

    for n in range(1, 9):
        brute = {}
        for flags in itertools.product((0, 1), repeat=n):  # 1: a death; in order of time
            for stop in range(n + 1):
                risks = tuple(n - i for i in range(stop) if flags[i])
                x = Fraction(1)
                for r in risks:
                    x *= Fraction(r - 1, r)
                brute[risks] = x
        for printed in ("50", "78.8", "66.7", "0", "87.5"):
            wanted = {k for k, x in brute.items() if search.fits(x * 100, printed, search.USUAL)}
            assert set(patterns.survivals_giving(printed, n)) == wanted


# --- units of time


@TESTS(
    ("first", "second", "verdict"),
    [
        ("365 day", "1 year", "reproduced"),
        ("366 day", "1 year", "reproduced"),
        ("52 week", "1 year", "reproduced"),
        ("30 day", "1 month", "reproduced"),
        ("4 week", "1 month", "reproduced"),
        ("26 week", "6 month", "reproduced"),
        ("180 day", "6 month", "reproduced"),
        ("29 month", "2.4 year", "reproduced"),
        ("24 hour", "1 day", "reproduced"),
        ("13 month", "1 year", "rounding"),
        ("7 month", "1 year", "rounding"),
        ("25 month", "1 year", "text and table disagree"),
        ("20 day", "1 year", "text and table disagree"),
        ("35 day", "1 week", "text and table disagree"),
        ("730 day", "1 year", "text and table disagree"),
    ],
)
@TESTS("swapped", [False, True])
def test_times_in_two_units(check, first, second, verdict, swapped):
    a, b = (second, first) if swapped else (first, second)
    assert check({"s": numbers(a=a, b=b)}, "equality", "s/a.value", "s/b.value").verdict == verdict


# --- signs


@TESTS(
    ("before", "after", "printed", "parameters", "verdict", "why"),
    [
        ("-10", "-5", "50", "direction=decrease", "arithmetic error", "but it is a rise"),
        ("-10", "-5", "50", "direction=increase", "reproduced", ""),
        ("-10", "-15", "50", "direction=decrease", "reproduced", ""),
        ("10", "12", "-20", "", "arithmetic error", "but it is a rise"),
        ("5", "10", "100", "direction=decrease", "arithmetic error", "but it is a rise"),
        ("10", "5", "50", "direction=increase", "arithmetic error", "but it is a fall"),
        ("10", "5", "-50", "direction=decrease", "reproduced", ""),
        ("10", "5", "-50", "direction=increase", "arithmetic error", "but it is a fall"),
        ("10", "12", "-21", "", "arithmetic error", ""),  # no rounding up of a wrong sign
    ],
)
def test_the_sign_of_a_change(check, before, after, printed, parameters, verdict, why):
    tables = {"m": numbers(a=before, b=after, p=f"{printed} percent")}
    result = check(tables, "change", "m/p.value", "m/a.value to m/b.value", parameters)
    assert result.verdict == verdict
    assert why in result.explained_by
    assert bool(why) == bool(result.explained_by)


# --- tests of two by two tables


def two_by_two(a, n, b, m, p):
    return {"c": {"one": {"events": a, "n": n}, "two": {"events": b, "n": m}}, "s": numbers(p=p)}


TABLE = "c/one.events / c/one.n versus c/two.events / c/two.n"


@TESTS(
    ("a", "b", "p", "by", "named"),
    [  # Gautret 2020, days 3 to 6, 20 and 16 patients; R: fisher.test and chisq.test(correct = FALSE)
        ("10", "1", "0.005", "chi-squared test: p = 0.00463", "definition conflict"),
        ("12", "4", "0.04", "chi-squared test: p = 0.0357", "reproduced by truncation"),
        ("13", "3", "0.006", "chi-squared test: p = 0.00552", "definition conflict"),
        ("14", "2", "0.001", "two-sided: p = 0.000761", "reproduced"),
    ],
)
def test_another_usual_test_is_tried_before_an_error(check, a, b, p, by, named):
    tables = two_by_two(a, "20", b, "16", p)
    result = check(tables, "test", "s/p.value", TABLE, "test=fisher")
    assert result.verdict == "reproduced"
    assert by in result.arithmetic
    strict = check(tables, "test", "s/p.value", TABLE, "test=fisher named=yes")
    assert strict.verdict == named


def test_what_no_usual_test_gives_is_an_error_and_says_what_was_tried(check):
    tables = two_by_two("10", "20", "1", "16", "0.05")
    result = check(tables, "test", "s/p.value", TABLE, "test=fisher")
    assert result.verdict == "arithmetic error"
    assert "Yates" in result.explained_by
    assert "= 0.0090" in result.arithmetic  # R: fisher.test gives 0.009091


@TESTS(("a", "n"), [("12", "10"), ("2.5", "10"), ("-1", "10")])
def test_impossible_counts_are_said_and_stop_nothing(check, a, n):
    result = check(two_by_two(a, n, "1", "16", "0.05"), "test", "s/p.value", TABLE, "test=fisher")
    assert result.verdict == "not checkable"
    assert "are no counts of patients" in result.arithmetic


def test_another_rank_test_of_survival_is_tried(check):
    # lifelines: log-rank 0.039 (R's survdiff 0.03895), Gehan-Wilcoxon 0.0455.
    tables = {
        "a": events("1 3"),
        "b": events("5 7+ 9"),
        "s": numbers(p="0.039", q="0.0455", r="0.5"),
    }
    inputs = "a/t_*.time versus b/t_*.time"
    found = [check(tables, "test", f"s/{k}.value", inputs, "test=logrank") for k in "pqr"]
    assert [r.verdict for r in found] == ["reproduced", "reproduced", "arithmetic error"]
    assert "Gehan-Wilcoxon" in found[1].arithmetic


# --- inequalities


@TESTS(
    ("printed", "verdict"),
    [
        ("<0.01", "reproduced"),
        ("<=0.01", "reproduced"),
        ("<0.001", "arithmetic error"),
        ("<1", "reproduced"),
        (">0.05", "arithmetic error"),
    ],
)
def test_a_p_value_printed_as_a_limit(check, printed, verdict):
    tables = two_by_two("10", "20", "1", "16", printed)  # Fisher: 0.00909
    result = check(tables, "test", "s/p.value", TABLE, "test=fisher")
    assert result.verdict == verdict
    assert f"printed {printed}" in result.arithmetic


@TESTS(("part", "verdict"), [("10", "reproduced"), ("9", "arithmetic error")])
def test_a_percentage_printed_as_a_limit(check, part, verdict):
    tables = {"c": {"a": {"n": part, "all": "10", "percent": ">90%"}}}
    assert check(tables, "percentage", "c/a.percent", "c/a.n / c/a.all").verdict == verdict


@TESTS(("p", "verdict"), [("0.0005", "reproduced"), ("0.002", "arithmetic error")])
def test_a_bare_bound_with_its_side_in_the_claim(check, p, verdict):
    tables = {"s": numbers(a=p, total="0.001")}
    found = check(tables, "sum", "s/total.value", "s/a.value", "is=less_than")
    assert found.verdict == verdict
    with pytest.raises(claim.InvalidClaimError, match="is=below"):
        check(tables, "sum", "s/total.value", "s/a.value", "is=below")


@TESTS(
    ("first", "second", "verdict"),
    [
        ("<0.001", "0.0004", "reproduced"),
        ("<0.001", "0.04", "text and table disagree"),
        ("<0.001", "<0.05", "reproduced"),
        ("<0.001", ">0.05", "text and table disagree"),
    ],
)
def test_a_limit_beside_another_place(check, first, second, verdict):
    tables = {"s": numbers(a=first, b=second)}
    assert check(tables, "equality", "s/a.value", "s/b.value").verdict == verdict


@TESTS(
    ("text", "verdict"),
    [("<0.001", "reproduced"), ("<0.1", "not checkable"), (">0.1", "not checkable")],
)
def test_a_limit_under_a_rule(check, text, verdict):
    tables = {"s": numbers(a=text)}
    parameters = "rule=less_than value=0.05"
    assert check(tables, "statement", "not_applicable", "s/a.value", parameters).verdict == verdict


# --- a bad claim is an error of that claim


@TESTS(
    ("kind", "target", "inputs", "parameters", "message"),
    [
        ("product_limit", "s/p.value", "events/t_*.time", "quantity=survival", "needs at="),
        ("product_limit", "s/p.value", "events/t_*.time", "quantity=survival at=x", "at=x"),
        ("product_limit", "s/p.value", "events/t_*.time", "", "times must be positive"),
        ("sum", "s/p.value", "s/a.value", "scale=1/0", "scale=1/0"),
        ("sum", "s/p.value", "s/a.value", "decimals=two", "decimals=two"),
    ],
)
def test_an_issue_names_its_claim(check, kind, target, inputs, parameters, message):
    tables = {"events": events("0 2 3"), "s": numbers(a="1", p="50 percent")}
    with pytest.raises(claim.InvalidClaimError, match=r"data/one_2000/claims\.csv, c") as caught:
        check(tables, kind, target, inputs, parameters)
    assert message in str(caught.value)


def test_large_denominators_take_no_time(check):
    import time

    started = time.process_time()
    tables = {"c": {"a": {"n": "500000", "all": "1000000", "percent": "51"}}}
    result = check(tables, "percentage", "c/a.percent", "c/a.n / c/a.all")
    assert time.process_time() - started < 1
    assert "505000 to 519999 of 1000000 would give it" in result.explained_by


def test_the_sources_have_no_rounding_that_nothing_gives():
    """Every verdict *rounding* shows how: inputs before rounding, days not printed, one share twice."""
    for result in audit(evidence.load()):
        if result.verdict == "rounding":
            ways = ("inputs before rounding", "days are not printed", "they differ by", "+ ")
            assert any(way in result.arithmetic for way in ways), result
