"""One proportion from several series: the binomial-normal model by its exact likelihood.

The log odds of an event in series i are ``mu + tau * z`` with z standard normal; the number of events
is binomial. Nothing is approximated by a normal distribution, and no series needs a correction for
zero events. Which series may be pooled at all is decided in :mod:`living_review.synthesis.pooling`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import inf, isfinite
from typing import NamedTuple

import numpy as np
from scipy import optimize, special

NODES = 41  # of the Gauss-Hermite rule, centred and scaled for each series
FARTHEST = 30.0  # log odds beyond which a proportion counts as 0 or 1
WIDEST = 10.0  # largest tau that is looked at


class Pooled(NamedTuple):
    """A pooled proportion; shares lie in [0, 1], ``tau`` is a standard deviation of log odds."""

    estimate: float
    lower: float
    upper: float
    tau: float
    prediction: tuple[float, float] | None
    log_likelihood: float
    series: int
    level: float


def log_likelihood(events: Sequence[int], n: Sequence[int], mu: float, tau: float) -> float:
    """Return the log-likelihood of the binomial-normal model, the binomial coefficients included.

    Parameters
    ----------
    events, n : sequence of int
        How many of how many, series by series.
    mu : float
        Mean log odds over series.
    tau : float
        Standard deviation of the log odds between series, not negative.

    Returns
    -------
    float

    Notes
    -----
    Adaptive Gauss-Hermite quadrature (Liu and Pierce, Biometrika 1994;81:624-629): the nodes of each
    series lie around the mode of its own integrand, scaled by the curvature there.
    """
    return float(_over_taus(events, n, mu, np.array([float(tau)]))[0])


def _over_taus(events: Sequence[int], n: Sequence[int], mu: float, taus: np.ndarray) -> np.ndarray:
    """Return the log-likelihood at each of several taus (shape T)."""
    k, size, tau = np.asarray(events, float), np.asarray(n, float), taus[:, None]
    z = np.zeros((len(taus), len(k)))
    for _ in range(100):  # Newton's method; the integrand is log-concave in z
        p = special.expit(mu + tau * z)
        step = (tau * (k - size * p) - z) / (-(tau**2) * size * p * (1 - p) - 1)
        z = z - np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    p = special.expit(mu + tau * z)
    scale = 1 / np.sqrt(1 + tau**2 * size * p * (1 - p))
    nodes, weights = _rule()
    at = z[..., None] + np.sqrt(2) * scale[..., None] * nodes
    log_odds = mu + tau[..., None] * at
    integrand = k[:, None] * log_odds - size[:, None] * np.logaddexp(0, log_odds) - at**2 / 2
    inside = special.logsumexp(integrand + nodes**2, axis=-1, b=weights) + np.log(
        scale / np.sqrt(np.pi)
    )
    coefficient = special.gammaln(size + 1) - special.gammaln(k + 1) - special.gammaln(size - k + 1)
    return (inside + coefficient).sum(axis=-1)


@cache
def _rule() -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = special.roots_hermite(NODES)
    return nodes, weights


def _profile(events: Sequence[int], n: Sequence[int], mu: float) -> tuple[float, float]:
    """Return the greatest log-likelihood at ``mu`` over tau, and that tau."""
    grid = np.concatenate([[0.0], np.geomspace(0.02, WIDEST, 14)])
    for _ in range(8):  # the same number of points ever closer around the best
        values = _over_taus(events, n, mu, grid)
        best = int(np.argmax(values))
        ends = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
        peak = float(values[best]), float(grid[best])
        grid = np.linspace(*ends, 9)
    return peak


def pool(events: Sequence[int], n: Sequence[int], level: float = 0.95) -> Pooled:
    """Pool proportions of several series by maximum likelihood.

    Parameters
    ----------
    events, n : sequence of int
        How many of how many, series by series; at least two series.
    level : float
        Confidence level in (0, 1), of the interval and of the prediction interval.

    Returns
    -------
    Pooled
        The median proportion over series (``expit(mu)``) with its profile-likelihood interval;
        ``prediction``, where the proportion of a new series is expected, needs three series or more.

    Raises
    ------
    ValueError
        If there are fewer than two series, or a count is impossible.

    Notes
    -----
    Where no series has an event, or all have only events, the likelihood has no maximum inside: the
    estimate is 0 or 1 and the interval has one limit. The prediction interval is that of Higgins,
    Thompson and Spiegelhalter (J R Stat Soc A 2009;172:137-159) on the log odds, with k - 2 degrees
    of freedom and the standard error from the curvature of the likelihood.

    Examples
    --------
    >>> found = pool([9, 22, 16], [12, 25, 16])
    >>> round(found.estimate, 2), found.lower < found.estimate < found.upper
    (0.89, True)
    """
    if len(events) != len(n) or len(n) < 2:
        raise ValueError(f"{len(events)} and {len(n)} counts: pooling needs two series or more")
    for k, size in zip(events, n, strict=True):
        if size < 1 or not 0 <= k <= size:
            raise ValueError(f"{k} of {size}: events must lie between 0 and n, and n be at least 1")
    total, whole = sum(events), sum(n)
    middle = -inf if total == 0 else inf if total == whole else float(special.logit(total / whole))
    drop = float(special.chdtri(1, 1 - level)) / 2
    if not isfinite(middle):
        edge = FARTHEST if middle > 0 else -FARTHEST
        top = _profile(events, n, edge)[0]
        inner = optimize.brentq(
            lambda m: _profile(events, n, m)[0] - top + drop, -edge, edge, xtol=1e-6
        )
        limit = float(special.expit(inner))
        lower, upper = (limit, 1.0) if middle > 0 else (0.0, limit)
        return Pooled(float(middle > 0), lower, upper, 0.0, None, top, len(n), level)
    grid = middle + np.linspace(-6, 6, 13)  # the mean over series lies near that of all patients
    best = int(np.argmax([_profile(events, n, m)[0] for m in grid]))
    near = (grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)])
    found = optimize.minimize_scalar(
        lambda m: -_profile(events, n, m)[0], bounds=near, options={"xatol": 1e-8}
    )
    mu = float(found.x)
    top, tau = _profile(events, n, mu)
    limits = [_limit(events, n, mu, top - drop, side) for side in (-1, 1)]
    prediction = _prediction(events, n, mu, tau, level) if len(n) >= 3 else None
    share, lower, upper = (float(special.expit(x)) for x in (mu, *limits))
    return Pooled(share, lower, upper, tau, prediction, top, len(n), level)


def _limit(events: Sequence[int], n: Sequence[int], mu: float, height: float, side: int) -> float:
    """Return where the profile likelihood falls to a height, below or above its maximum."""
    step = 0.5
    while abs(mu + side * step) < FARTHEST and _profile(events, n, mu + side * step)[0] > height:
        step *= 2
    if _profile(events, n, mu + side * step)[0] > height:
        return side * inf
    ends = sorted((mu, mu + side * step))
    return float(optimize.brentq(lambda m: _profile(events, n, m)[0] - height, *ends, xtol=1e-7))


def _prediction(
    events: Sequence[int], n: Sequence[int], mu: float, tau: float, level: float
) -> tuple[float, float]:
    h = 1e-3
    at = [_profile(events, n, mu + d)[0] for d in (-h, 0, h)]
    information = -(at[0] - 2 * at[1] + at[2]) / h**2
    spread = np.sqrt(tau**2 + 1 / information)
    t = float(special.stdtrit(len(n) - 2, 0.5 + level / 2))
    return float(special.expit(mu - t * spread)), float(special.expit(mu + t * spread))


def leave_one_out(events: Sequence[int], n: Sequence[int], level: float = 0.95) -> list[Pooled]:
    """Return :func:`pool` without each series in turn, in their order.

    Parameters
    ----------
    events, n : sequence of int
        As :func:`pool` takes them; at least three series.
    level : float
        Confidence level in (0, 1).

    Returns
    -------
    list of Pooled
    """
    return [
        pool([k for j, k in enumerate(events) if j != i], [s for j, s in enumerate(n) if j != i], level)
        for i in range(len(n))
    ]
