"""Bounds on survival curves against linear programming, full enumeration, lifelines and simulation."""

import itertools
import random
import runpy
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from living_review import bounds
from living_review.bounds import patterns

BENCHMARK = runpy.run_path(str(Path(__file__).resolve().parents[2] / "benchmarks" / "bounds.py"))
PRINTING = runpy.run_path(
    str(Path(__file__).resolve().parents[2] / "benchmarks" / "printing.py"), run_name="printing"
)
BENSON = {"landmarks": {1: "78.8%"}, "median": "2.4", "follow_up": "1.9"}
# One convention, no equal times: what the linear programs below assume.
PLAIN = {"median_rule": "first", "follow_up_ties": "deaths", "ci_method": "spss", "ties": False}
GAP = 1e-6


# --- another code path: one linear program for each order -------------------------------------------


def lp_rows(order, figures):
    """Constraints A t <= b on the times of one order, or None: written from the definitions."""
    n, rows, rhs = len(order), [], []

    def limit(i, sign, value):
        row = np.zeros(n)
        row[i] = sign
        rows.append(row)
        rhs.append(sign * value)

    s, g = [Fraction(1)], [Fraction(1)]
    for i, x in enumerate(order):
        f = Fraction(n - i - 1, n - i)
        s.append(s[-1] * f if x == "D" else s[-1])
        g.append(g[-1] * f if x == "C" else g[-1])
    for i in range(n - 1):
        row = np.zeros(n)
        row[i], row[i + 1] = 1, -1
        rows.append(row)
        rhs.append(0)
    for t, value in figures.get("landmarks", {}).items():
        window = bounds.printed(value)
        inside = [i for i in range(n + 1) if s[i] in window]
        if not inside:
            return None
        if inside[0]:
            limit(inside[0] - 1, 1, t)
        if inside[-1] < n:
            limit(inside[-1], -1, t + GAP)
        elif s[n] > 0:
            limit(n - 1, -1, t)
    for name, curve in (("median", s), ("follow_up", g)):
        if name not in figures:
            continue
        reached = [i for i in range(n + 1) if curve[i] <= Fraction(1, 2)]
        if figures[name] == bounds.NOT_REACHED:
            if reached:
                return None
            continue
        if not reached:
            return None
        window = bounds.printed(figures[name])
        limit(reached[0] - 1, 1, float(window.high))
        limit(reached[0] - 1, -1, float(window.low))
    for i, b in enumerate(sorted(figures.get("lower_bounds", []))):
        limit(i, -1, b)
    if "deaths" in figures and order.count("D") != figures["deaths"]:
        return None
    if "ci" in figures:
        total, spots, dies = 0.0, {}, [i for i, x in enumerate(order) if x == "D"]
        for i in dies:
            if s[i + 1] >= Fraction(11, 20):
                spots["u"] = i
            total += 1 / ((n - i) * (n - i - 1)) if n - i > 1 else np.nan
            if s[i + 1] <= Fraction(1, 2) and "m" not in spots:
                spots["m"] = i
                error = float(s[i + 1]) * np.sqrt(total)
            if s[i + 1] <= Fraction(9, 20) and "l" not in spots:
                spots["l"] = i
        if len(spots) < 3 or not np.isfinite(error):
            return None
        u, m, ell = spots["u"], spots["m"], spots["l"]
        k = 1.96 * error / float(s[u + 1] - s[ell + 1])
        for sign, value in zip((-1, 1), figures["ci"], strict=True):
            window = bounds.printed(value)
            for side, end in ((1, window.high), (-1, window.low)):
                row = np.zeros(n)
                row[m] += side
                row[ell] += side * sign * k
                row[u] -= side * sign * k
                rows.append(row)
                rhs.append(side * float(end))
    return rows, rhs, [float(x) for x in s]


def lp_feasible(rows, rhs):
    from scipy.optimize import linprog

    n = len(rows[0])
    return linprog(np.zeros(n), A_ub=rows, b_ub=rhs, bounds=[(0, 50)] * n).status == 0


def lp_orders(n, figures):
    found = set()
    for letters in itertools.product("DC", repeat=n):
        built = lp_rows("".join(letters), figures)
        if built is not None and lp_feasible(built[0], built[1]):
            found.add("".join(letters))
    return found


def lp_envelope(n, figures, t):
    values = []
    for order in lp_orders(n, figures):
        rows, rhs, s = lp_rows(order, figures)
        for i in range(n + 1):
            more, ends = [], []
            if i:
                more.append(np.eye(n)[i - 1])
                ends.append(t)
            if i < n:
                more.append(-np.eye(n)[i])
                ends.append(-t - GAP)
            elif s[n] > 0:
                continue
            if lp_feasible([*rows, *more], [*rhs, *ends]):
                values.append(s[i])
    return min(values), max(values)


CASES = {
    "landmark": (5, {"landmarks": {1: "60%"}}),
    "two landmarks": (6, {"landmarks": {1: "83%", 2: "50%"}}),
    "median and follow-up": (6, {"median": "2.0", "follow_up": "1.5"}),
    "median after follow-up": (6, {"landmarks": {1: "83%"}, "median": "3.0", "follow_up": "2.0"}),
    "median not reached": (5, {"median": "not reached", "follow_up": "2.0"}),
    "follow-up not reached": (5, {"follow_up": "not reached", "landmarks": {2: "40%"}}),
    "lower bounds": (5, {"landmarks": {1: "75%"}, "lower_bounds": [0.2, 0.5, 1.4, 1.5, 3]}),
    "deaths": (6, {"landmarks": {1: "67%"}, "deaths": 4}),
    "interval": (6, {"median": "2.0", "ci": ("0.2", "3.8")}),
    "interval and landmark": (6, {"landmarks": {1: "80%"}, "median": "2.0", "ci": ("0.5", "3.5")}),
}


@pytest.mark.parametrize("case", CASES)
def test_orders_and_envelope_against_linear_programs(case):
    n, figures = CASES[case]
    found = bounds.survival(n, **figures, **PLAIN)
    orders = lp_orders(n, figures)
    assert orders, "a case must be satisfiable to test anything"
    assert {p.letters for p in found.patterns()} == orders
    assert found.count == len(orders)
    totals = [o.count("D") for o in orders]
    assert found.deaths == (min(totals), max(totals))
    for t in (0.3, 1.23, 1.97, 3.3):
        lower, upper = lp_envelope(n, figures, t)
        here = found.at(str(t))
        assert float(here.lower) == pytest.approx(lower)
        assert float(here.upper) == pytest.approx(upper)


@pytest.mark.parametrize(("at_one", "deaths"), [("75%", None), ("50%", 3), ("75%", 1)])
def test_envelope_against_every_data_set_on_a_grid(at_one, deaths):
    """All data sets of 4 patients on a grid of times, ties included, by the estimate's definition."""
    grid = [0.5, 1, 1.5, 2, 2.5]
    points = [(t, e) for t in grid for e in (0, 1)]
    window = bounds.printed(at_one)
    curve_of = PRINTING["Curve"].of
    seen = {}
    for data in itertools.combinations_with_replacement(points, 4):
        if max(t for t, _ in data) < 1 or (deaths is not None and sum(e for _, e in data) != deaths):
            continue
        curve = curve_of(list(data))
        if curve.at(1) in window:
            for t in (0.5, 0.75, 1, 1.75, 2):
                # after the last death S stays 0; after a last censoring there is no estimate
                if t <= max(x for x, _ in data) or curve.at(t) == 0:
                    seen.setdefault(t, set()).add(curve.at(t))
    found = bounds.survival(4, landmarks={1: at_one}, deaths=deaths)
    for t, values in seen.items():
        assert found.at(t)[:2] == (min(values), max(values)), t


# --- Benson's summary ----------------------------------------------------------------------------


def test_orders_left_as_figures_are_added():
    steps = bounds.survival_steps(10, **BENSON, ci=("0.3", "4.5"), software="SPSS")
    assert list(steps["orders"]) == [1024, 128, 118, 42, 24]
    assert steps.iloc[-1][["deaths_min", "deaths_max"]].tolist() == [3, 6]


def test_what_all_orders_share():
    found = bounds.survival(10, **BENSON, ci=("0.3", "4.5"), software="SPSS")
    assert found.shared() == {"first": "DCD", "at_risk": (10, 8), "deaths": (3, 6), "orders": 24}
    assert found.at(1).deaths == (2, 2)
    assert found.at(1)[:2] == (Fraction(63, 80), Fraction(63, 80))


def test_what_the_interval_of_another_package_leaves():
    """Log-log limits give it only if the last to leave dies and a limit of 0 is given there."""
    for method in ("plain", "log"):
        with pytest.raises(bounds.ContradictorySummaryError, match=r"interval 0\.3 to 4\.5"):
            bounds.survival(10, **BENSON, ci=("0.3", "4.5"), ci_method=method)
    other = bounds.survival(10, **BENSON, ci=("0.3", "4.5"), ci_method="log-log")
    assert other.count == 16
    assert all(p.survival()[-1] == 0 for p in other.patterns())
    either = bounds.survival(10, **BENSON, ci=("0.3", "4.5"))
    assert either.count == 28
    assert {c.ci_method for c in either.conventions} == {"spss", "log-log"}


def test_a_value_reached_exactly_is_reached():
    """63/80 x 6/7 x 5/6 x 4/5 = 0.45; in floating point it is more."""
    curve = patterns.steps("DCDDDDCCCC")
    assert curve[-1].s == Fraction(9, 20)
    assert float(np.prod([1 - 1 / r for r in (10, 8, 7, 6, 5)])) > 0.45
    assert patterns.spss_places(curve)[2].last == 5


def test_half_a_unit_belongs_to_the_printed_figure():
    """0.7875 is printed 78.8% or 78.7% by rule of the package: both must find it."""
    assert Fraction(63, 80) in bounds.printed("78.8%")
    assert Fraction(63, 80) in bounds.printed("78.7%")
    assert bounds.survival(10, landmarks={1: "78.7%"}).at(1).lower == Fraction(63, 80)


def test_lifelines_confirms_every_order():
    from lifelines import KaplanMeierFitter

    found = bounds.survival(10, **BENSON, ci=("0.3", "4.5"), **PLAIN)
    confirmed = set()
    for pattern in found.patterns():
        times, events = zip(*pattern.times(), strict=True)
        assert sorted(times) == list(times)
        assert len(set(times)) == 10
        fit = KaplanMeierFitter().fit(times, events)
        reverse = KaplanMeierFitter().fit(times, [1 - e for e in events])
        assert abs(fit.predict(1.0) - 0.788) <= 0.0005 + 1e-9
        g = reverse.survival_function_["KM_estimate"]
        assert 1.85 <= g[g <= 0.5 + 1e-9].index[0] <= 1.95
        s = fit.survival_function_["KM_estimate"]
        at_deaths = s[s.index.isin([t for t, e in zip(times, events, strict=True) if e])]
        u = at_deaths[at_deaths >= 0.55 - 1e-9].index[-1]
        m = at_deaths[at_deaths <= 0.50 + 1e-9].index[0]
        ell = at_deaths[at_deaths <= 0.45 + 1e-9].index[0]
        assert 2.35 <= m <= 2.45
        table = fit.event_table[fit.event_table.index <= m]
        r, d = table["at_risk"], table["observed"]
        error = s[m] * np.sqrt((d / (r * (r - d))).sum())
        half = 1.96 * error * (ell - u) / (s[u] - s[ell])
        assert 0.25 - 1e-9 <= m - half <= 0.35 + 1e-9
        assert 4.45 - 1e-9 <= m + half <= 4.55 + 1e-9
        confirmed.add(pattern.letters)
    assert len(confirmed) == found.count == 24


def test_a_death_and_a_censoring_on_one_day_add_no_order():
    """All orders, with the reverse estimate taking the censoring first at a shared time."""
    found = set()
    for letters in itertools.product("DC", repeat=10):
        links = [i for i in range(9) if letters[i : i + 2] == ("D", "C")]
        for shared in itertools.chain.from_iterable(
            itertools.combinations(links, k) for k in range(len(links) + 1)
        ):
            if tied_order_is_possible(letters, shared):
                found.add("".join(letters))
    plain = bounds.survival(10, **BENSON)
    assert found == plain.orders()
    assert len(found) == 42


def tied_order_is_possible(letters, shared):
    n, reverse = len(letters), list(letters)
    for i in shared:
        reverse[i : i + 2] = "CD"
    s, g = [1.0], [1.0]
    for i in range(n):
        f = 1 - 1 / (n - i)
        s.append(s[-1] * f if letters[i] == "D" else s[-1])
        g.append(g[-1] * f if reverse[i] == "C" else g[-1])

    def first(curve, level):
        return next((i for i, x in enumerate(curve) if x <= level + 1e-12), None)

    places = first(s, 0.7885), first(s, 0.5), first(g, 0.5)
    if None in places:
        return False
    low, high = [0.0] * n, [99.0] * n
    below = first(s, 0.7875 - 1e-9)
    low[below - 1] = 1.0001
    for place, (a, b) in zip(places, ((0, 1), (2.35, 2.45), (1.85, 1.95)), strict=True):
        if place:
            low[place - 1], high[place - 1] = max(low[place - 1], a), min(high[place - 1], b)
    for _ in range(2):
        for i in shared:
            low[i] = low[i + 1] = max(low[i : i + 2])
            high[i] = high[i + 1] = min(high[i : i + 2])
        low = list(itertools.accumulate(low, max))
        high = list(itertools.accumulate(high[::-1], min))[::-1]
    return all(a <= b for a, b in zip(low, high, strict=True))


def test_lifelines_confirms_orders_under_a_log_log_interval():
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    figures = {"median": "2.0", "ci": ("0.5", "3.1")}
    found = bounds.survival(7, **figures, **(PLAIN | {"ci_method": "log-log"}))
    assert found.count > 0
    for pattern in found.patterns():
        times, events = zip(*pattern.times(), strict=True)
        limits = median_survival_times(KaplanMeierFitter().fit(times, events).confidence_interval_)
        low, high = limits.to_numpy()[0]
        assert 0.45 <= low <= 0.55
        assert 3.05 <= high <= 3.15


def printed_by(software, data, *, seed=1, **options):
    options = {"digits": 1, "percent_digits": 1, "landmarks": [1, 2]} | options
    return PRINTING["summarise"](data, software, random.Random(seed), **options)


def test_known_times_narrow_the_orders_and_the_truth_stays_in():
    times = ["0.4", "0.9", "1.1", "1.9", "2.6", "3.0"]
    data = [(Fraction(t), 1 - i % 2) for i, t in enumerate(times)]
    figures = printed_by("R", data)
    free = bounds.survival(6, **figures)
    known = bounds.survival(6, **figures, exact_times=[(0.9, 0), (1.9, 0)], lower_bounds=[0.3, 1, 2, 2])
    assert known.count < free.count
    assert "DCDCDC" in known.orders()
    assert BENCHMARK["check"](data, known)[1] == 0


# --- errors --------------------------------------------------------------------------------------


def test_a_contradiction_names_the_smallest_set_of_figures():
    with pytest.raises(bounds.ContradictorySummaryError) as caught:
        bounds.survival(10, landmarks={1: "78.8%"}, median="0.5", deaths=6, follow_up="1.0")
    assert caught.value.figures == ("survival 78.8% at 1", "median 0.5")
    assert "survival 78.8% at 1 together with median 0.5" in str(caught.value)
    assert "smallest set" in str(caught.value)


def test_an_impossible_probability_is_named_alone():
    with pytest.raises(bounds.ContradictorySummaryError) as caught:
        bounds.survival(3, landmarks={1: "95%"}, median="2")
    assert caught.value.figures == ("survival 95% at 1",)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "number of patients"),
        ({"n": 3, "landmarks": {1: 78.8}}, "0 to 1, or a text with %"),
        ({"n": 3, "lower_bounds": [1, 1, 1, 1]}, "too many"),
        ({"n": 3, "ci": ("1", "2")}, "give the median too"),
        ({"n": 3, "median": "two"}, "not a number"),
        ({"n": 3, "ci_method": "guess"}, "expected one of spss"),
        ({"n": 3, "method": "guess"}, "expected one of auto, exact, outer"),
    ],
)
def test_senseless_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        bounds.survival(**arguments)


def test_a_computation_that_is_too_large_stops_and_says_what_to_do():
    with pytest.raises(bounds.TooManyStatesError, match="method='auto' or 'outer'"):
        bounds.survival(25, landmarks={1: "60%", 2: "45.7%"}, max_states=5_000, method="exact")


def test_what_is_given_up_is_said():
    figures = {"landmarks": {1: "60%", 2: "45.7%"}, "median": "1.8", "ci": ("1.0", "2.9")}
    found = bounds.survival(25, **figures, max_states=500)
    assert found.method == "outer"
    assert found.given_up == ("interval 1.0 to 2.9",)
    assert bounds.survival(6, **(figures | {"landmarks": {}})).given_up == ()


# --- validation on known truth -------------------------------------------------------------------


@pytest.mark.parametrize("software", PRINTING["SOFTWARE"])
def test_truth_is_inside_whichever_package_printed_the_summary(software):
    """A few of the studies of ``make bounds``, which checks a thousand for each package."""
    exact = 0
    for rounding in BENCHMARK["ROUNDINGS"]:
        for number in range(1, 11):
            data, figures = BENCHMARK["study"](software, rounding, number)
            result = BENCHMARK["one"](data, figures)
            assert result["outside"] == 0, (rounding, number, data, figures)
            exact += result["exact"]
    assert exact > 20


@pytest.mark.parametrize("software", PRINTING["SOFTWARE"])
def test_naming_the_package_keeps_the_truth_inside(software):
    for number in range(1, 16):
        data, figures = BENCHMARK["study"](software, "tenths of months", number)
        assert BENCHMARK["one"](data, figures, software=software)["outside"] == 0, number


def test_one_convention_for_all_would_lose_the_truth():
    """The test above can fail: summaries of R read as if SPSS had printed them."""
    lost = 0
    for number in range(1, 200):
        data, figures = BENCHMARK["study"]("R", "whole months", number)
        if len(data) < 8:
            figures.pop("ci", None)
            lost += BENCHMARK["one"](data, figures, software="SPSS", follow_up_ties="deaths")["outside"]
            if lost:
                break
    assert lost


def test_the_check_can_fail():
    """The same check finds the truth outside when the summary is of other data."""
    data = [(Fraction(t), e) for t, e in (("0.5", 1), ("1.5", 1), ("2.5", 0), ("3", 1))]
    wrong = bounds.survival(4, landmarks={1: "100%", 2: "75%"})
    assert BENCHMARK["check"](data, wrong)[1] > 0


def test_truth_is_inside_for_published_data():
    names = []
    for name, data, landmarks in BENCHMARK["published"]():
        figures = printed_by("R", data, landmarks=landmarks)
        outer = bounds.survival(len(data), **figures, method="outer")
        assert BENCHMARK["check"](data, outer)[1] == 0, name
        if len(data) <= 17:
            exact = bounds.survival(len(data), **figures, method="exact")
            assert BENCHMARK["check"](data, exact)[1] == 0, name
        names.append(name)
    assert len(names) >= 3


def test_outer_band_contains_the_exact_band_and_is_hardly_wider():
    """Wider by more than rounding only where an order misses a printed figure by a hair."""
    rng, excess = random.Random(3), []
    for n in (6, 9, 12, 15):
        data = BENCHMARK["simulate"](rng, n, Fraction(1, 1000))
        figures = printed_by("SPSS", data)
        rules = {k: v for k, v in PLAIN.items() if k != "ci_method"}
        exact = bounds.survival(n, **figures, **rules, method="exact")
        outer = bounds.survival(n, **figures, **rules, method="outer")
        assert outer.deaths[0] <= exact.deaths[0]
        assert exact.deaths[1] <= outer.deaths[1]
        times = [t for t in exact.breakpoints if t <= 4]
        for t in [*times, *((a + b) / 2 for a, b in itertools.pairwise(times))]:
            e, o = exact.at(t), outer.at(t)
            if e.lower is None:
                continue
            assert o.lower <= e.lower <= e.upper <= o.upper
            excess.append(float(o.upper - o.lower - e.upper + e.lower))
    assert np.median(excess) < 0.0005
    assert np.mean(np.array(excess) < 0.002) > 0.8
