"""Bounds under every convention against brute force, R's own output and hand-made cases."""

import csv
import json
import os
import random
import runpy
from fractions import Fraction as F
from itertools import pairwise
from pathlib import Path

import brute_force
import pytest

from living_review import bounds
from living_review.bounds import conventions

# `make bounds` runs the long search.
CASES = int(os.environ.get("BOUNDS_CASES", "40"))
LARGEST = int(os.environ.get("BOUNDS_LARGEST", "4"))


# --- summaries drawn at random ----------------------------------------------------------------------


def draw(rng):
    """A small study, and some of its figures as some program prints them; sometimes wrongly."""
    n = rng.randint(2, LARGEST)
    step = rng.choice([F(1, 10), F(1, 4), F(1, 2), F(1)])
    share = rng.choice([0.4, 0.6, 0.8])
    data = [(step * rng.randint(1, int(4 / step)), int(rng.random() < share)) for _ in range(n)]
    times = sorted({t for t, _ in data})
    groups = tuple(
        (sum(e for x, e in data if x == t), sum(1 - e for x, e in data if x == t)) for t in times
    )
    rule = rng.choice(conventions.MEDIAN_RULES)
    flipped, after = rng.random() < 0.5, rng.random() < 0.5
    s, g, dead, _ = brute_force.curves(groups, flipped)
    digits = rng.choice([0, 0, 1])
    unit = F(1, 10**digits)

    def window(x):
        centre = round(x / unit) * unit + (rng.choice([-1, 1]) * unit if rng.random() < 0.1 else 0)
        centre = max(centre, unit / 2)
        return (centre - unit / 2, centre + unit / 2)

    def left(t):
        return sum(x <= t for x in times)

    figures = {}
    for name, curve, kind in (("median", s, 0), ("follow_up", g, 1)):
        if rng.random() < 0.7:
            way = rng.choice(brute_force.medians(groups, curve, kind, rule))
            if way[0] == "none":
                figures[name] = bounds.NOT_REACHED
            else:
                value = sum(times[i] for i in way[1:]) / len(way[1:])
                figures[name] = window(value)
    for t in rng.sample([1, 2, 3], rng.choice([0, 1, 1, 2])):
        if t <= times[-1] or s[-1] == 0:
            width = rng.choice([F(1, 200), F(1, 20)])
            value = s[left(t)]
            figures.setdefault("landmarks", {})[F(t)] = (value - width, value + width)
    if rng.random() < 0.2:
        figures["deaths"] = dead[-1]
    if rng.random() < 0.2:
        t = rng.choice([1, 2, 3])
        k = sum(x > t if after else x >= t for x, _ in data)
        figures["at_risk"] = {F(t): (k, k)}
    if rng.random() < 0.15:
        t = rng.choice([1, 2, 3])
        figures["deaths_by"] = {F(t): (dead[left(t)],) * 2}
    if rng.random() < 0.15:
        figures["last"] = window(times[-1])
    rest = list(data)
    if rng.random() < 0.15:
        figures["exact"] = [rest.pop(rng.randrange(len(rest)))]
    if rng.random() < 0.15:
        figures["lower_bounds"] = [t for t, _ in rest if rng.random() < 0.6]
    return n, figures


def asked(figures):
    """The same figures as arguments of ``bounds.survival``."""
    return {"exact_times" if k == "exact" else k: v for k, v in figures.items()}


def queries(rng, found):
    marks = found.breakpoints if found else [F(0), F(1), F(2)]
    times = {*marks, *((a + b) / 2 for a, b in pairwise(marks)), marks[-1] + 1} - {F(0)}
    return rng.sample(sorted(times), min(5, len(times)))


def compare(rng, n, figures, rule, ties, risk):
    """Return how many points were compared; complain where the two differ."""
    try:
        found = bounds.survival(
            n,
            **asked(figures),
            median_rule=rule,
            follow_up_ties=ties,
            at_risk_rule=risk,
            method="exact",
        )
    except bounds.ContradictorySummaryError:
        found = None
    times = queries(rng, found)
    orders, values, two_sums = brute_force.solve(
        n, figures, times, rule=rule, flipped=ties == "flipped", after=risk == "after"
    )
    case = (n, figures, rule, ties, risk)
    if found is None:
        assert not orders, case
        return 0
    if two_sums:  # two midpoints at once: never too narrow, but not exact
        assert orders <= found.orders(), case
    else:
        assert orders == found.orders(), case
    for t in times:
        seen, here = values[t], found.at(t)
        spans = [(min(x), max(x)) for x in zip(*seen, strict=True)] if seen else [(None, None)] * 3
        mine = [here[:2], here.deaths or (None, None), here.at_risk or (None, None)]
        for (low, high), (least, most) in zip(mine, spans, strict=True):
            if two_sums:
                assert least is None or low <= least <= most <= high, (case, t)
            else:
                assert (low, high) == (least, most), (case, t, here, spans)
    return len(times)


def test_every_convention_against_brute_force():
    rng = random.Random(20261128)
    points = 0
    for _ in range(CASES):
        n, figures = draw(rng)
        risks = conventions.AT_RISK_RULES if "at_risk" in figures else ("before",)
        for rule in conventions.MEDIAN_RULES:
            for ties in conventions.FOLLOW_UP_TIES:
                for risk in risks:
                    points += compare(rng, n, figures, rule, ties, risk)
    assert points > 10 * CASES


# --- what a program printed -------------------------------------------------------------------------


def test_the_median_of_r_at_one_half():
    """R 4.2.2 on times 1, 2, 3, 4, all deaths: S(2) = 50%, median 2.5."""
    printed = {"landmarks": {2: "50%"}, "median": "2.5", "deaths": 4}
    found = bounds.survival(4, **printed)
    assert {c.median_rule for c in found.conventions} == {"midpoint"}
    assert "DDDD" in found.orders()
    with pytest.raises(bounds.ContradictorySummaryError):
        bounds.survival(4, **printed, median_rule="first")


def test_follow_up_by_the_flipped_indicator():
    """Times 2 3 3 7 8 9, events 1 0 1 0 1 1: with the indicator exchanged it is not reached."""
    printed = {"landmarks": {6: "66.7%"}, "median": "8", "follow_up": "not reached"}
    assert "DDCCDD" in bounds.survival(6, **printed).orders()
    ours = {"median_rule": "first", "follow_up_ties": "deaths"}
    assert "DDCCDD" not in bounds.survival(6, **printed, **ours).orders()


def test_one_answer_for_all_conventions_and_each_alone():
    found = bounds.survival(6, landmarks={1: "50%"}, median="1.0", follow_up="2.0")
    assert len(found.alone) == 4
    for t in found.breakpoints[1:]:
        here = [x.at(t) for x in found.alone.values()]
        here = [x for x in here if x.lower is not None]
        assert found.at(t).lower == min(x.lower for x in here)
        assert found.at(t).upper == max(x.upper for x in here)
    assert found.orders() == set().union(*(x.orders() for x in found.alone.values()))


def test_a_named_package_leaves_its_own_rules():
    found = bounds.survival(4, median="2", software="Stata")
    assert {c.median_rule for c in found.conventions} == {"first"}
    with pytest.raises(ValueError, match="expected one of R, SAS"):
        bounds.survival(4, median="2", software="Excel")
    with pytest.raises(ValueError, match="offers none"):
        bounds.survival(4, median="2", software="SPSS", median_rule="midpoint")


# --- ends and limits --------------------------------------------------------------------------------


def test_the_last_death_is_at_its_own_time():
    found = bounds.survival(2, exact_times=[(1, 1), (3, 1)])
    assert found.at(3)[:2] == (0, 0)
    assert found.at("2.999")[:2] == (F(1, 2), F(1, 2))


def test_an_order_that_is_possible_only_in_the_limit_is_none():
    """The second would need a censoring before a death, both at 2.5."""
    figures = {"landmarks": {1: "67%"}, "median": "2", "follow_up": "3", "deaths": 2}
    assert bounds.survival(3, **figures).orders() == {"DDC"}


def test_a_curve_ends_with_its_last_censoring():
    found = bounds.survival(2, exact_times=[(1, 1), (3, 0)])
    assert found.at(3).lower == F(1, 2)
    assert found.at("3.01").lower is None


# --- more figures -----------------------------------------------------------------------------------


def test_numbers_at_risk_narrow_the_deaths():
    free = bounds.survival(8, landmarks={1: "75%", 2: "50%"})
    told = bounds.survival(8, landmarks={1: "75%", 2: "50%"}, at_risk={1: 6, 2: 4})
    assert told.at(2).at_risk[1] == 4
    assert told.at("1.99").at_risk[0] == 4  # before, or after those who leave at 2
    assert told.deaths[1] - told.deaths[0] < free.deaths[1] - free.deaths[0]
    assert told.at("1.5").deaths[0] >= 2


def test_the_longest_time_ends_every_curve():
    found = bounds.survival(3, last="5.0", deaths=1)
    assert found.at("5.06").lower is None or found.at("5.06").at_risk == (0, 0)
    with pytest.raises(bounds.ContradictorySummaryError) as caught:
        bounds.survival(3, last="5.0", median="7.0")
    assert caught.value.figures == ("median 7.0", "longest time 5.0")


def test_an_interval_at_a_landmark_says_how_many_were_at_risk():
    """80% of 10 without censoring: R's plain limits are 0.552 to 1; four left of five, 0.449 to 1."""
    wide = bounds.survival(10, landmarks={1: "80%"})
    told = bounds.survival(
        10, landmarks={1: "80%"}, landmark_ci={1: ("55.2%", "100%")}, ci_method="plain"
    )
    assert told.count < wide.count
    assert told.at(1).deaths == (2, 2)
    assert {o[:2] for o in told.orders()} == {"DD"}


@pytest.mark.parametrize("lower", ["-18.6", "0.0"])
def test_a_negative_lower_limit_of_spss_may_be_printed_as_it_is_or_as_zero(lower):
    """Times 1 to 6, all deaths, but the last two far away: S falls past 0.55 at 2 and 0.45 at 20."""
    data = [(F(t), 1) for t in (1, 2, 3, 20, 21, 22)]
    orders = bounds.survival(
        6, median="3", ci=(lower, "24.6"), software="SPSS", deaths=6, exact_times=data
    )
    assert orders.count == 1


def test_outer_contains_exact_under_every_convention():
    rng = random.Random(5)
    compared = 0
    for _ in range(25):
        n, figures = draw(rng)
        try:
            exact = bounds.survival(n, **asked(figures), method="exact")
        except bounds.ContradictorySummaryError:
            continue
        outer = bounds.survival(n, **asked(figures), method="outer")
        assert outer.deaths[0] <= exact.deaths[0] <= exact.deaths[1] <= outer.deaths[1], figures
        for t in queries(rng, exact):
            e, o = exact.at(t), outer.at(t)
            if e.lower is not None:
                assert o.lower <= e.lower <= e.upper <= o.upper, (n, figures, t)
                assert o.at_risk[0] <= e.at_risk[0] <= e.at_risk[1] <= o.at_risk[1], (n, figures, t)
                compared += 1
    assert compared > 50


# --- how summaries are printed, and what the stored validation says ---------------------------------

ROOT = Path(__file__).resolve().parents[2]
PRINTING = runpy.run_path(str(ROOT / "benchmarks" / "printing.py"), run_name="printing")
MEDIANS = json.loads((ROOT / "tests" / "reference" / "bounds.json").read_text())["medians"]


@pytest.mark.parametrize("case", MEDIANS, ids=str)
def test_the_printed_median_and_limits_of_r_are_those_of_r(case):
    data = [(F(t), e) for t, e in zip(case["time"], case["event"], strict=True)]
    curve = PRINTING["Curve"].of(data)
    back = PRINTING["Curve"].of(data, reverse=True, flipped=True)

    class Last:
        """R's quantile goes half way to the last time where nobody dies later."""

        @staticmethod
        def choice(options):
            return options[-1]

    def number(x):
        return None if x in (None, "NA") else x

    for found, key in ((curve, "median"), (back, "follow_up")):
        value = PRINTING["median"](found, "R", Last)
        assert (None if value is None else float(value)) == number(case[key])
    for kind in ("log", "log-log", "plain"):
        limits = PRINTING["interval"](curve, "R", kind)
        assert list(limits) == [number(case[side][kind]) for side in ("lower", "upper")]


def test_the_stored_validation_is_of_every_package_and_found_no_truth_outside():
    with (ROOT / "data" / "review" / "bounds_validation.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for software in PRINTING["SOFTWARE"]:
        mine = [r for r in rows if r["software"] == software]
        simulated = [r for r in mine if r["kind"] == "simulated"]
        assert sum(int(r["studies"]) for r in simulated) >= 1000
        assert len({r["rounding"] for r in simulated}) == 3
        assert len({r["title"] for r in mine if r["kind"] == "published"}) >= 3
        assert sum(int(r["interval_used"]) for r in simulated) > 50
    assert sum(int(r["times_outside"]) for r in rows) == 0


def test_the_stored_costs_meet_the_goals():
    with (ROOT / "data" / "review" / "bounds_cost.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert max(int(r["memory_mb"]) for r in rows) <= 300
    assert all(float(r["seconds"]) <= 5 for r in rows)
    assert all(float(r["seconds_outer"]) <= 2 for r in rows if r["n"] == "100")
