"""Tests of equal rates where decisions come in clusters or have weights: by pair, and of all groups at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.design_effect import if_rates_were_equal, not_less_than_independent
from fairwitness.metrics.effect_intervals import two_sided_p
from fairwitness.metrics.linearised import degrees_of_freedom, variance_of

if TYPE_CHECKING:
    from fairwitness.metrics.linearised import Spread

_ROUNDING = 1e-15  # of a variance that is 0, as where pairs are always of one mind


def equal_rates_z(found: Spread) -> tuple[float, float, float]:
    """Return the robust z of equal rates in two groups, its degrees of freedom, and its two-sided p by Student's t.

    Parameters
    ----------
    found : Spread
        Of the focal and of the reference group.

    Returns
    -------
    statistic, df, p : float
        The statistic is negative if the focal rate is the lower one.  nan with fewer than five clusters, with a group
        in one cluster alone, or if nobody or everybody is selected.

    Notes
    -----
    The variance is the one under the hypothesis, as in the pooled z: `if_rates_were_equal`.  With one decision to a
    cluster the statistic is the pooled z, but for n - 1 in place of n.  With each group's own rate, as in regression
    with standard errors robust to clusters, the test rejects far too often where hardly anybody of a small group is
    selected.  Degrees of freedom are `degrees_of_freedom`'s.  Sizes are tabulated in docs/clusters_and_weights.md.

    References
    ----------
    Liang & Zeger, "Longitudinal data analysis using generalized linear models", Biometrika 73 (1986),
    doi:10.1093/biomet/73.1.13.  Cameron & Miller, "A practitioner's guide to cluster-robust inference", Journal of
    Human Resources 50 (2015), doi:10.3368/jhr.50.2.317, for few clusters.

    Examples
    --------
    Twenty pairs: both are selected in 5, only the second in 10, neither in 5.  Each rate, ¼ and ¾, has the variance
    (3/16)/19, and their covariance is (5/20 - 3/16)/19.  At the common rate ½ all is by a third more.

    >>> from fairwitness.metrics.linearised import spread_of_clusters
    >>> both, second, neither = [[1, 1]] * 5, [[0, 1]] * 10, [[0, 0]] * 5
    >>> z, df, p = equal_rates_z(spread_of_clusters(both + second + neither, [[1, 1]] * 20))
    >>> round(z, 6), round(-0.5 / ((1 / 4 + 1 / 4 - 2 / 12) / 19) ** 0.5, 6), round(df, 6), round(p, 4)
    (-3.774917, -3.774917, 19.0, 0.0013)
    """
    if not found.enough or not 0 < found.common < 1:
        return _NOTHING
    equal = if_rates_were_equal(found)
    variance, df = variance_of(equal, (1.0, -1.0)), degrees_of_freedom(equal)
    if not variance > _ROUNDING:
        return _NOTHING
    statistic = float((found.rates[0] - found.rates[1]) / np.sqrt(variance))
    return statistic, df, two_sided_p(statistic, df)


def rao_scott(found: Spread) -> tuple[float, float, float]:
    """Return Rao and Scott's χ² of equal rates in all groups, with their second-order correction, its df and its p.

    Parameters
    ----------
    found : Spread
        Of all groups.

    Returns
    -------
    statistic, df, p : float
        df is seldom whole.  nan where `equal_rates_z` is.

    Notes
    -----
    Pearson's χ² of as many independent decisions is, under clustering, a sum of χ² of one degree of freedom, each
    times a generalised design effect λ.  With λ's mean m and squared coefficient of variation a², χ²/m/(1 + a²) has
    nearly the χ² distribution on df = (k - 1)/(1 + a²).  Divided by df it is held against F on df and df times the
    clusters' degrees of freedom.  For two groups it is the square of `equal_rates_z`, with its p.

    References
    ----------
    Rao & Scott, "On chi-squared tests for multiway contingency tables with cell proportions estimated from survey
    data", Annals of Statistics 12 (1984), doi:10.1214/aos/1176346391.  Thomas & Rao, "Small-sample comparisons of level
    and power for simple goodness-of-fit statistics under cluster sampling", Journal of the American Statistical
    Association 82 (1987), doi:10.1080/01621459.1987.10478474, for F.

    Examples
    --------
    Decisions come in fours of one mind, in three groups of 50 clusters: Pearson's χ² by 4 · 50/49.

    >>> from fairwitness.metrics.linearised import spread_of_clusters
    >>> from fairwitness.metrics.significance import omnibus_chi_square
    >>> n = np.repeat(np.eye(3) * 4, 50, axis=0)
    >>> x = n * np.concatenate([np.arange(50) < k for k in (20, 25, 30)])[:, None]
    >>> statistic, df, p = rao_scott(spread_of_clusters(x, n))
    >>> round(omnibus_chi_square(x.sum(0), n.sum(0))[0] / statistic, 4), round(4 * 50 / 49, 4), round(df, 4)
    (4.0816, 4.0816, 2.0)
    """
    from scipy.special import fdtrc

    rate = found.common
    if not found.enough or len(found.rates) < 2 or not 0 < rate < 1:
        return _NOTHING
    equal = if_rates_were_equal(found)
    contrast = np.eye(len(found.rates))[1:] - np.eye(len(found.rates))[0]
    gaps = contrast @ found.rates
    if_independent = contrast @ np.diag(rate * (1 - rate) * found.independent) @ contrast.T
    pearson = float(gaps @ np.linalg.solve(if_independent, gaps))
    effects = np.linalg.eigvals(np.linalg.solve(if_independent, contrast @ equal.covariance @ contrast.T)).real
    mean = float(effects.mean())
    if not mean > _ROUNDING:
        return _NOTHING
    varied = float((effects**2).mean() / mean**2)  # 1 + a²
    statistic, df = pearson / mean / varied, len(gaps) / varied
    return statistic, df, float(fdtrc(df, df * degrees_of_freedom(equal), statistic / df))


def mean_difference_robust_z(found: Spread) -> tuple[float, float, float]:
    """Return the robust z of the mean of two differences of rates, such as those of true and false positive rates.

    Parameters
    ----------
    found : Spread
        Of four rates: focal and reference of the one, focal and reference of the other.

    Returns
    -------
    statistic, df, p : float
        As `equal_rates_z`, with each rate's own variance: there is no common rate under the hypothesis.

    References
    ----------
    Binder, "On the variances of asymptotically normal estimators from complex surveys", International Statistical
    Review 51 (1983), doi:10.2307/1402588.

    Examples
    --------
    Where all four rates are the same in every cluster, the two differences do not vary, and there is no test.

    >>> from fairwitness.metrics.linearised import spread_of_clusters
    >>> alike = spread_of_clusters([[0] * 4, [1] * 4, [1] * 4, [0] * 4, [1] * 4], [[1] * 4] * 5)
    >>> mean_difference_robust_z(alike)
    (nan, nan, nan)
    """
    halves = np.array([0.5, -0.5, 0.5, -0.5])
    raised = not_less_than_independent(found)
    variance = variance_of(raised, halves) if found.enough else float("nan")
    if not variance > _ROUNDING:
        return _NOTHING
    statistic, df = float(halves @ found.rates / np.sqrt(variance)), degrees_of_freedom(raised)
    return statistic, df, two_sided_p(statistic, df)


_NOTHING = (float("nan"), float("nan"), float("nan"))
