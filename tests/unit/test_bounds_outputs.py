"""Restricted means, two arms and pooled proportions: truth inside, and ends attained where claimed."""

import math
import random
from fractions import Fraction as F
from itertools import product

import pytest

from living_review import bounds
from living_review.bounds import margins, means, reconstruct, two_arms


def true_mean(data, until):
    """The area by its definition, the last value held."""
    total, last, s, left = F(0), F(0), F(1), len(data)
    for t, e in sorted(data, key=lambda x: (x[0], -x[1])):
        total += s * (min(t, until) - min(last, until))
        last = t
        if e:
            s *= F(left - 1, left)
        left -= 1
    return total + s * max(F(0), until - last)


def draw(rng, n, scale=1.0):
    deaths = [F(round(1000 * rng.expovariate(0.4 / scale)), 1000) for _ in range(n)]
    ends = [F(round(1000 * rng.uniform(1, 5)), 1000) for _ in range(n)]
    return sorted((min(a, b) + F(1, 1000), int(a <= b)) for a, b in zip(deaths, ends, strict=True))


def told(data, times=(1, 2), **more):
    """Survival at times, deaths and numbers at risk of a study."""

    def s(t):
        value, left = F(1), len(data)
        for x, e in data:
            if x <= t and e:
                value *= F(left - 1, left)
            left -= 1
        return value

    last = max(t for t, _ in data)
    at = {t: f"{float(s(t)):.1%}" for t in times if t <= last}
    risk = {t: sum(x >= t for x, _ in data) for t in times}
    deaths = sum(e for _, e in data)
    return bounds.survival(len(data), landmarks=at, at_risk=risk, deaths=deaths, **more)


def test_restricted_mean_against_every_order_of_a_small_summary():
    """No figure but the landmark: every order, its patients as early and as late as can be."""
    found = bounds.survival(4, landmarks={1: "75%"}, ties=False)
    least, most = [], []
    for letters in product("DC", repeat=4):
        s, left, curve = F(1), 4, [F(1)]
        for x in letters:
            s *= F(left - 1, left) if x == "D" else 1
            left -= 1
            curve.append(s)
        fits = [i for i, x in enumerate(curve) if F(745, 1000) <= x <= F(755, 1000)]
        if not fits:
            continue
        # so many have left by time 1; the next leaves later, and one is seen until then
        early = [F(0) if i < fits[0] else F(1) for i in range(4)]
        late = [F(1) if i < fits[0] else F(3) for i in range(4)]
        for ends, times in ((least, early), (most, late)):
            area = curve[4] * 3
            area += sum((curve[i] - curve[i + 1]) * t for i, t in enumerate(times))
            ends.append(area)
    assert means.restricted_mean(found, 3) == (min(least), max(most))


def test_restricted_mean_holds_the_truth_and_is_narrower_than_the_band():
    rng = random.Random(4)
    for _ in range(25):
        data = draw(rng, rng.randint(4, 9))
        found = told(data)
        low, high = means.restricted_mean(found, 3)
        assert low <= true_mean(data, F(3)) <= high
        band = means._of_band(found, F(3))
        assert band[0] <= low
        assert high <= band[1]


def test_benson_to_four_years():
    """Values of an independent sum over the 24 orders."""
    found = bounds.survival(
        10,
        landmarks={1: "78.8%"},
        median="2.4",
        follow_up="1.9",
        ci=("0.3", "4.5"),
        software="SPSS",
        follow_up_ties="deaths",
        ties=False,
    )
    low, high = means.restricted_mean(found, 4)
    assert (round(float(low), 2), round(float(high), 2)) == (1.56, 2.75)


def peto(first, second):
    """Observed less expected deaths of the first arm, and the variance, by their definitions."""
    difference = variance = 0.0
    for t in sorted(t for arm in (first, second) for t, e in arm if e):
        a, b = (sum(x >= t for x, _ in arm) for arm in (first, second))
        p = a / (a + b)
        difference += any(x == t and e for x, e in first) - p
        variance += p * (1 - p)
    return difference, variance


def untied(rng):
    while True:
        arms = draw(rng, rng.randint(5, 9)), draw(rng, rng.randint(5, 9), 2.0)
        times = [t for arm in arms for t, _ in arm]
        if len(set(times)) == len(times) and all(any(e for _, e in arm) for arm in arms):
            return arms


def test_hazard_ratio_holds_the_truth_with_and_without_the_printed_p():
    from scipy.stats import chi2

    rng = random.Random(9)
    narrowed = 0
    for _ in range(25):
        first, second = untied(rng)
        difference, variance = peto(first, second)
        truth = math.exp(difference / variance)
        a, b = told(first), told(second)
        free = two_arms.hazard_ratio(a, b)
        assert free.lower <= truth <= free.upper
        p = f"{chi2.sf(difference**2 / variance, 1):.3f}"
        if p == "0.000":
            continue
        half = 1.959964 / math.sqrt(variance)
        ends = tuple(f"{math.exp(difference / variance + x):.2f}" for x in (-half, half))
        with_p = two_arms.hazard_ratio(a, b, p=p)
        with_all = two_arms.hazard_ratio(a, b, p=p, interval=ends, ratio=f"{truth:.2f}")
        for found in (with_p, with_all):
            assert found.lower <= truth * 1.0001
            assert found.upper >= truth * 0.9999
        assert with_all.upper - with_all.lower < 0.02
        narrowed += with_p.upper - with_p.lower < free.upper - free.lower
        assert ("first" if truth < 1 else "second") in with_p.favours
    assert narrowed > 10


def test_a_ratio_that_the_arms_do_not_allow_is_refused():
    arms = [bounds.survival(6, landmarks={1: s}, deaths=3, at_risk={1: 3}) for s in ("50%", "50%")]
    with pytest.raises(bounds.ContradictorySummaryError, match="hazard ratio"):
        two_arms.hazard_ratio(*arms, ratio="40", interval=("39.9", "40.1"))


def test_differences_are_between_the_extremes_of_the_arms():
    a = bounds.survival(4, landmarks={1: "75%"})
    b = bounds.survival(4, landmarks={1: "50%"})
    assert two_arms.difference(a, b, 1) == (F(1, 4), F(1, 4))


def test_pooled_shares_against_every_way_to_fill_what_is_missing():
    parts = [margins.Part((2, 3), (5, 6)), margins.Part((1, 1), (4, 7))]
    shares = {F(e1 + e2, n1 + n2) for e1, e2, n1, n2 in product((2, 3), (1,), (5, 6), (4, 5, 6, 7))}
    assert margins.pooled(parts) == (min(shares), max(shares))
    contrast = {F(e1, n1) - F(1, n2) for e1, n1, n2 in product((2, 3), (5, 6), (4, 5, 6, 7))}
    assert margins.contrast(*parts) == (min(contrast), max(contrast))


def freireich():
    """6-MP arm of Freireich 1963: known times, as lifelines ships them."""
    from lifelines import datasets

    rows = datasets.load_leukemia().query("Rx == 0")
    pairs = ((F(int(t)), int(e)) for t, e in zip(rows["t"], rows["status"], strict=True))
    return sorted(pairs, key=lambda x: (x[0], -x[1]))


def digitised(data, digits=2):
    """The steps of the curve as a reader of the figure would note them."""
    s, left, out = F(1), len(data), []
    for t, e in data:
        if e:
            s *= F(left - 1, left)
            out.append((t, s))
        left -= 1
    return [(t, round(s, digits)) for t, s in dict(out).items()]


def test_rebuilt_times_of_published_data_lie_inside_the_bounds_and_near_the_truth():
    data = freireich()
    risk = {t: sum(x >= t for x, _ in data) for t in (0, 5, 10, 15, 20, 25)}
    found = reconstruct.rebuild(digitised(data), risk, deaths=sum(e for _, e in data))
    assert len(found.data) == len(data)
    assert not found.outside
    assert abs(sum(e for _, e in found.data) - sum(e for _, e in data)) <= 1
    end = digitised(data)[-1][0]
    truth = true_mean(data, end)
    assert abs(found.mean - truth) < F(1, 2)
    assert found.spread[0] <= truth <= found.spread[1]
    assert found.spread[0] < found.spread[1]


def test_a_rebuilding_that_does_not_fit_is_seen():
    data = freireich()
    risk = {t: sum(x >= t for x, _ in data) for t in (0, 10, 15)}
    points = digitised(data)
    moved = [(t, s - F(1, 4) * (i > 2)) for i, (t, s) in enumerate(points)]
    with pytest.raises(bounds.ContradictorySummaryError):
        reconstruct.rebuild(moved, risk, deaths=9)
    with pytest.raises(ValueError, match="begin at time 0"):
        reconstruct.rebuild(points, {5: 17})
