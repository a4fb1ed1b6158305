"""Intervals where decisions come in clusters or have weights: of a rate, and of what compares two rates.

The interval of a rate is Wilson's, for as many independent decisions as would spread like the rate, with Student's t.
Intervals of two rates are joined from theirs, with the correlation that shared clusters make.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.design_effect import not_less_than_independent
from fairwitness.metrics.effect_intervals import t_quantile
from fairwitness.metrics.rate_intervals import wilson_limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fairwitness.metrics.linearised import Spread

    Limits = tuple[float, float, float]  # a value, and the two ends of its interval
    Ends = tuple[float, float]

NOTHING = (float("nan"), float("nan"))


def robust_rate(found: Spread, at: int, level: float) -> Ends:
    """Return the interval of one rate.

    Parameters
    ----------
    found : Spread
    at : int
        Which rate.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float
        Between 0 and 1.  nan without enough clusters.

    Notes
    -----
    Wilson's interval of p with n* = p(1 - p)/variance decisions, and t at (effective clusters - 1) degrees of freedom.
    Where nobody or everybody is selected, a cluster is worth one decision.  A design effect below 1 is not believed.

    References
    ----------
    Korn & Graubard, Survey Methodology 24 (1998), 193-201.  Dean & Pagano, "Evaluating confidence interval methods for
    binomial proportions in clustered surveys", Journal of Survey Statistics and Methodology 3 (2015),
    doi:10.1093/jssam/smv024.

    Examples
    --------
    No selection in 50 clusters: t²/(50 + t²), with t = 2.0096 at 49 degrees of freedom.

    >>> from fairwitness.metrics.linearised import spread_of_clusters
    >>> low, high = robust_rate(spread_of_clusters([[0]] * 50, [[3]] * 50), 0, 0.95)
    >>> low, round(high, 4)
    (0.0, 0.0747)
    """
    if not found.enough:
        return NOTHING
    p, effective = float(found.rates[at]), float(found.effective[at])
    variance = float(not_less_than_independent(found).covariance[at, at])
    worth = p * (1 - p) / variance if 0 < p < 1 else effective
    low, high = wilson_limits(p * worth, worth, t_quantile(effective - 1, level))
    return (0.0 if p == 0 else float(low)), (1.0 if p == 1 else float(high))


def correlation(found: Spread) -> float:
    """Return the correlation of two rates, 0 where one of them does not vary."""
    raised = not_less_than_independent(found).covariance
    spread = float(np.sqrt(raised[0, 0] * raised[1, 1]))
    return float(np.clip(found.covariance[0, 1] / spread, -1.0, 1.0)) if spread > 0 else 0.0


def joined_difference(first: Limits, second: Limits, r: float) -> Ends:
    """Return the interval of first - second from the intervals of both and their correlation.

    References
    ----------
    Zou & Donner, "Construction of confidence limits about effect measures: a general approach", Statistics in Medicine
    27 (2008), doi:10.1002/sim.3095.  Without correlation and with Wilson's limits it is Newcombe's interval.

    Examples
    --------
    5 - 2, 3 below and 4 above the one, 4 below and 0 above the other: 3 - √(3² + 0²) and 3 + √(4² + 4²).

    >>> low, high = joined_difference((5, 2, 9), (2, -2, 2), 0.0)
    >>> low, round(high**1, 4)
    (0.0, 8.6569)
    """
    (a, low_a, high_a), (b, low_b, high_b) = first, second
    return (
        a - b - _hypotenuse(a - low_a, high_b - b, r),
        a - b + _hypotenuse(high_a - a, b - low_b, r),
    )


def joined_ratio(first: Limits, second: Limits, r: float) -> Ends:
    """Return the interval of first / second, neither below 0, from the intervals of both and their correlation.

    It holds the ratios ρ for which `joined_difference` of first and ρ·second reaches 0.

    Returns
    -------
    low, high : float
        inf where there is no upper limit: second's interval reaches 0.

    References
    ----------
    Donner & Zou, "Closed-form confidence intervals for functions of the normal mean and standard deviation",
    Statistical Methods in Medical Research 21 (2012), doi:10.1177/0962280210383082.

    Examples
    --------
    .3 (.2 to .4) over .6 (.5 to .7): (.18 ± √(.18² - (.3² - .1²)·(.6² - .1²))) / (.6² - .1²).

    >>> low, high = joined_ratio((0.3, 0.2, 0.4), (0.6, 0.5, 0.7), 0.0)
    >>> round(low, 4), round(high, 4)  # (.18 ± .0663)/.35
    (0.3248, 0.7038)
    """
    (a, low_a, high_a), (b, low_b, high_b) = first, second
    return _root(a, a - low_a, b, high_b - b, r)[0], _root(a, high_a - a, b, b - low_b, r)[1]


def _hypotenuse(x: float, y: float, r: float) -> float:
    return float(np.sqrt(max(0.0, x**2 + y**2 - 2 * r * x * y)))


def _root(a: float, x: float, b: float, y: float, r: float) -> Ends:
    """Return the roots ρ of (a - ρb)² = x² + ρ²y² - 2ρ·r·x·y; inf for the larger one where there is none."""
    if np.isinf(x) or np.isinf(y):
        return 0.0, float("inf")
    middle = a * b - r * x * y
    inner, outer = a**2 - x**2, b**2 - y**2
    root = float(np.sqrt(max(0.0, middle**2 - inner * outer)))
    low = inner / (middle + root) if middle + root > 0 else 0.0
    high = (middle + root) / outer if outer > 0 else float("inf")
    return max(0.0, low), high


def _odds(p: float) -> float:
    return p / (1 - p) if p < 1 else float("inf")


def _angle(p: float) -> float:
    return 2 * float(np.arcsin(np.sqrt(p)))


def _turned(limits: Limits, by: Callable[[float], float]) -> Limits:
    value, low, high = (by(end) for end in limits)
    return value, low, high


def _rejected(limits: Limits) -> Limits:
    value, low, high = limits
    return 1 - value, 1 - high, 1 - low


def _ratio(f: Limits, g: Limits, r: float) -> Ends:
    return joined_ratio(f, g, r)


def _rejection_ratio(f: Limits, g: Limits, r: float) -> Ends:
    return joined_ratio(_rejected(g), _rejected(f), r)


def _odds_ratio(f: Limits, g: Limits, r: float) -> Ends:
    return joined_ratio(_turned(f, _odds), _turned(g, _odds), r)


def _cohens_h(f: Limits, g: Limits, r: float) -> Ends:
    return joined_difference(_turned(f, _angle), _turned(g, _angle), r)


JOINED: Mapping[str, Callable[[Limits, Limits, float], Ends]] = {
    "impact_ratio": _ratio,
    "rate_difference": joined_difference,
    "rejection_ratio": _rejection_ratio,
    "odds_ratio": _odds_ratio,
    "cohens_h": _cohens_h,
}
"""By the name of the metric that compares the two rates."""


def robust_pair(found: Spread, metric: str, level: float) -> Ends:
    """Return the interval of a metric that compares two groups.

    Parameters
    ----------
    found : Spread
        Of the focal and of the reference group.
    metric : str
        A key of ``JOINED``.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float
        inf where there is no upper limit.  nan without enough clusters, or for a metric that has no interval.

    Examples
    --------
    >>> from fairwitness.metrics.linearised import spread_of_clusters
    >>> apart = spread_of_clusters([[3, 0], [0, 6]] * 20, [[10, 0], [0, 10]] * 20)
    >>> low, high = robust_pair(apart, "impact_ratio", 0.95)
    >>> round(low, 2), round(high, 2)  # as of 60 and 120 of 200 independent ones, but with t at 19 degrees of freedom
    (0.39, 0.64)
    """
    if metric not in JOINED or not found.enough:
        return NOTHING
    focal, reference = ((float(found.rates[i]), *robust_rate(found, i, level)) for i in (0, 1))
    return JOINED[metric](focal, reference, correlation(found))
