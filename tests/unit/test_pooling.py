"""The binomial-normal model against numerical integration, against R, and where R has no answer.

metafor's ``rma.glmm`` takes 7 quadrature points by default, visibly too few at small n; the
reference takes 100. With more than one point lme4, which it calls, leaves a constant out of the
log-likelihood, so that estimates are compared with R and the likelihood with numerical integration.
It fails where all series have the same proportion, and returns finite numbers where no series has an
event.
"""

import json
from math import exp
from pathlib import Path

import pytest
from scipy import integrate, special, stats

from living_review.stats import pooling

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "pooling.json").read_text())["pooled"]
FITTED = {name: case for name, case in REFERENCE.items() if not case["fails"]}


def integrated(events, n, mu, tau):
    """Return the log-likelihood by adaptive integration of the probability itself."""
    total = 0.0
    for k, size in zip(events, n, strict=True):
        value, _ = integrate.quad(
            lambda z, k=k, size=size: (
                stats.binom.pmf(k, size, special.expit(mu + tau * z)) * stats.norm.pdf(z)
            ),
            *(-12, 12),
            limit=400,
            epsabs=1e-15,
        )
        total += float(special.log1p(value - 1))
    return total


@pytest.mark.parametrize("name", FITTED)
def test_the_likelihood_is_the_integral(name):
    case = FITTED[name]
    at = (case["xi"], case["ni"], case["mu"], case["tau2"] ** 0.5)
    assert pooling.log_likelihood(*at) == pytest.approx(integrated(*at), abs=4e-6)


@pytest.mark.parametrize("name", ["three", "zeros", "wide", "random1", "random11", "random14"])
def test_estimates_agree_with_r(name):
    case = FITTED[name]
    found = pooling.pool(case["xi"], case["ni"])
    assert special.logit(found.estimate) == pytest.approx(case["mu"], abs=2e-4)
    assert found.tau**2 == pytest.approx(case["tau2"], abs=2e-3)


def test_the_limits_lie_where_the_profile_has_fallen():
    found = pooling.pool([9, 22, 16], [12, 25, 16])
    fallen = found.log_likelihood - stats.chi2.ppf(0.95, 1) / 2
    for limit in (found.lower, found.upper):
        assert pooling._profile([9, 22, 16], [12, 25, 16], special.logit(limit))[0] == pytest.approx(
            fallen, abs=1e-5
        )


def test_series_that_are_alike_give_the_binomial_answer():
    found = pooling.pool([10, 20, 15], [20, 40, 30])
    assert (found.estimate, found.tau) == pytest.approx((0.5, 0), abs=1e-5)


def test_no_event_at_all_has_no_lower_limit_and_the_upper_one_is_binomial():
    found = pooling.pool([0, 0, 0], [10, 20, 12])
    assert (found.estimate, found.lower, found.prediction) == (0, 0, None)
    assert found.upper == pytest.approx(1 - exp(-stats.chi2.ppf(0.95, 1) / 2 / 42), abs=1e-4)
    mirrored = pooling.pool([10, 20, 12], [10, 20, 12])
    assert mirrored.lower == pytest.approx(1 - found.upper, abs=1e-6)


def test_one_series_left_out_at_a_time():
    without = pooling.leave_one_out([9, 22, 16], [12, 25, 16])
    assert [w.series for w in without] == [2, 2, 2]
    assert without[2].estimate == pytest.approx(31 / 37, abs=0.03)


@pytest.mark.parametrize(("events", "n"), [([1], [2]), ([3, 1], [2, 2]), ([1, 1], [2])])
def test_what_cannot_be_pooled_is_refused(events, n):
    with pytest.raises(ValueError, match=r"series or more|must lie"):
        pooling.pool(events, n)
