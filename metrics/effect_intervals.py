"""Intervals and tests of an effect: Student's t for scores, score intervals for rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from fairwitness.metrics.swap_effect import Effect

    Interval = tuple[float, float]

_HALVINGS = 60


def t_interval(found: Effect, level: float) -> tuple[float, float] | None:
    """Return the interval of an effect on a score; None where nothing varies between clusters.

    Parameters
    ----------
    found : Effect
    level : float
        Confidence level, between 0 and 1.

    Examples
    --------
    t at 3 degrees of freedom is 3.182.

    >>> from fairwitness.metrics.swap_effect import Effect
    >>> low, high = t_interval(Effect(-0.5, 1 / 12, 3.0, 1 / 12, 4.0, ()), 0.95)
    >>> round(low, 3), round(high, 3)  # -.5 ± 3.182·√(1/12)
    (-1.419, 0.419)
    """
    if not found.variance > 0:
        return None
    reach = t_quantile(found.df, level) * float(np.sqrt(found.variance))
    return found.value - reach, found.value + reach


def t_quantile(df: float, level: float) -> float:
    """Return t such that Student's distribution lies within ±t with probability ``level``.

    Examples
    --------
    >>> round(t_quantile(3, 0.95), 4)
    3.1824
    """
    from scipy.special import stdtrit

    return -float(stdtrit(df, (1 - level) / 2))


def two_sided_p(statistic: float, df: float) -> float:
    """Return the p-value of Student's t.

    Examples
    --------
    >>> round(two_sided_p(3.1824, 3), 4)
    0.05
    """
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(statistic)))


def part_by_part(rate: Effect) -> Effect:
    """Return the rate with the names' parts of its variance added one by one, each at least 0.

    In a rate of pairs both names of a pair count, and the mean squares between names are much noisier than in a
    difference.  Taken off again where they are small by chance, they would leave too few degrees of freedom.

    Examples
    --------
    Ten names add 3 to 1 between 101 clusters: (1 + 3)² / (1/100 + 9/9).

    >>> from fairwitness.metrics.swap_effect import Effect, OfNames
    >>> parts = part_by_part(Effect(0.5, 4, 1, 1, 101, (OfNames(0, 10, 30, 3), OfNames(1, 10, -9, -0.9))))
    >>> parts.variance, round(parts.df, 6) == round(16 / 1.01, 6)
    (4.0, True)
    """
    if np.isnan(rate.variance):
        return rate
    added = [(max(0.0, part.added), part.names) for part in rate.names]
    variance = rate.between_clusters + sum(part for part, _ in added)
    spread = rate.between_clusters**2 / (rate.effective_clusters - 1) + sum(v**2 / (n - 1) for v, n in added)
    return rate._replace(variance=variance, df=max(1.0, variance**2 / spread) if spread else rate.df)


def rate_interval(rate: Effect, level: float) -> Interval:
    """Return the interval of a rate: of flips, of selections under one name, of first places.

    Parameters
    ----------
    rate : Effect
        Of two clusters or more; its value is between 0 and 1.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float
        Between 0 and 1: Wilson's interval, for as many decisions as the clusters are worth, widened by the names.

    References
    ----------
    Wilson, Journal of the American Statistical Association 22 (1927), doi:10.1080/01621459.1927.10502953.  For
    clusters: Korn & Graubard, "Confidence intervals for proportions with small expected number of positive counts
    estimated from survey data", Survey Methodology 24 (1998), 193-201.

    Examples
    --------
    No selection in 50 clusters: t²/(50 + t²), with t = 2.0096 at 49 degrees of freedom.

    >>> from fairwitness.metrics.swap_effect import Effect
    >>> low, high = rate_interval(Effect(0.0, 0.0, 49.0, 0.0, 50.0, ()), 0.95)
    >>> round(low, 4), round(high, 4)
    (0.0, 0.0747)
    """
    parts = part_by_part(rate)
    return reached(rate.value, variance_if(parts, _binomial), t_quantile(parts.df, level), 0.0, 1.0)


def rate_p(rate: Effect, expected: float) -> float:
    """Return the two-sided p-value of a rate that was expected; nan where there is one cluster only.

    Parameters
    ----------
    rate : Effect
        Its value is between 0 and 1.
    expected : float
        Strictly between 0 and 1.

    Notes
    -----
    `rate_interval` at any level holds the value expected if and only if the p-value is at least 1 less that level.

    Examples
    --------
    >>> from fairwitness.metrics.swap_effect import Effect
    >>> rate_p(Effect(0.5, 0.0, 49.0, 0.0, 50.0, ()), 0.5)
    1.0
    """
    if np.isnan(rate.variance):
        return float("nan")
    parts = part_by_part(rate)
    error = float(np.sqrt(variance_if(parts, _binomial)(expected)))
    return two_sided_p((rate.value - expected) / error, parts.df)


def _binomial(p: float) -> float:
    return p * (1 - p)


def variance_if(found: Effect, of_one: Callable[[float], float]) -> Callable[[float], float]:
    """Return the variance by the true value: as estimated at the value found, and otherwise as one decision's is.

    The clusters are worth as many decisions as would give the variance between them; where they all agree, each is
    worth one.
    """
    here = of_one(found.value)
    if found.between_clusters > 0:
        worth, base = max(1.0, here / found.between_clusters), found.variance
    else:
        worth = found.effective_clusters
        base = here / worth
    return lambda value: base + (of_one(value) - here) / worth


def reached(value: float, variance: Callable[[float], float], t: float, least: float, most: float) -> Interval:
    """Return the values furthest from the one found that are within t standard errors of it."""

    def within(wanted: float) -> bool:
        return (value - wanted) ** 2 <= t**2 * variance(wanted)

    def end(outside: float) -> float:
        if within(outside):
            return outside
        inside, beyond = value, outside
        for _ in range(_HALVINGS):
            middle = (inside + beyond) / 2
            if within(middle):
                inside = middle
            else:
                beyond = middle
        return inside

    return end(least), end(most)
