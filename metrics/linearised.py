"""Rates whose decisions are not independent, or not equally weighted: how they spread, together and apart.

A rate is a ratio of two sums over clusters.  To first order it is off by the mean of what each cluster adds to it, and
what clusters add is independent from one cluster to the next, whatever goes on inside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.counts import quotient

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

FEWEST_CLUSTERS = 5  # four clusters cannot reject at .05: the statistic of G clusters is at most √(G - 1)
FEW_CLUSTERS = 40  # below, a reader is warned
_ALONE = 1e-12


class Spread(NamedTuple):
    """The rates of k groups, and what is known of their sampling.

    Attributes
    ----------
    rates : array of float, shape (k,)
        nan for a group without decisions.
    covariance : array of float, shape (k, k)
        Of the rates.  nan for a group whose decisions are all in one cluster.
    overlap : array of float, shape (k, k)
        Sum over clusters of the product of their shares in two groups; the diagonal is 1 / effective clusters.
    total : array of float, shape (k,)
        Decisions, or the sum of their weights.
    independent : array of float, shape (k,)
        What p(1 - p) is to be multiplied by for the variance of as many independent decisions: 1/n, and with weights
        Σw²/(Σw)².
    clusters : int
        In which any of the groups has a decision; with weights alone, decisions.
    """

    rates: Floats
    covariance: Floats
    overlap: Floats
    total: Floats
    independent: Floats
    clusters: int

    @property
    def effective(self) -> Floats:
        """How many clusters of one size would weigh as these do, by group."""
        return np.asarray(quotient(1.0, np.diag(self.overlap)))

    @property
    def common(self) -> float:
        """The rate of all groups together."""
        return float(quotient(self.rates @ self.total, self.total.sum()))

    @property
    def enough(self) -> bool:
        """Whether an interval or a test may rest on it: five clusters or more, and two or more in each group."""
        shares = np.diag(self.overlap)
        return self.clusters >= FEWEST_CLUSTERS and bool(((shares > 0) & (shares < 1 - _ALONE)).all())


def spread_of_clusters(
    selected: ArrayLike,
    total: ArrayLike,
    times: ArrayLike = 1,
    independent: ArrayLike | None = None,
) -> Spread:
    """Return the spread of rates whose decisions come in clusters.

    Parameters
    ----------
    selected, total : array of float, shape (clusters, k)
        Each cluster's selected and all decisions in each of k groups, or the sums of their weights.
    times : int or array of int, shape (clusters,)
        How many clusters have exactly these counts.
    independent : array of float, shape (k,), optional
        Σw²/(Σw)² over the decisions of each group.  By default 1/n: decisions of equal weight.

    Returns
    -------
    Spread

    Notes
    -----
    Cluster c adds u = (x_c - p·n_c)/n to a group's rate p = x/n.  The covariance of two rates is Σ u·u' over clusters,
    divided by √((1 - S)(1 - S')), where S is the sum of the squared shares n_c/n.  That makes it right on average for
    independent decisions, and is the factor G/(G - 1) where G clusters are of one size; statsmodels multiplies by
    G/(G - 1) · (N - 1)/(N - k) whatever their sizes.  Clusters are taken as drawn with replacement.

    References
    ----------
    Liang & Zeger, "Longitudinal data analysis using generalized linear models", Biometrika 73 (1986),
    doi:10.1093/biomet/73.1.13.  Binder, "On the variances of asymptotically normal estimators from complex surveys",
    International Statistical Review 51 (1983), doi:10.2307/1402588.  For effective clusters: Carter, Schnepel &
    Steigerwald, "Asymptotic behavior of a t-test robust to cluster heterogeneity", Review of Economics and Statistics
    99 (2017), doi:10.1162/REST_a_00639.

    Examples
    --------
    Two of four and none of four are each one away from one of four: (1² + 1²)/8² · 2/(2 - 1).

    >>> found = spread_of_clusters([[2], [0]], [[4], [4]])
    >>> found.rates.tolist(), found.covariance.round(9).tolist(), found.effective.tolist()
    ([0.25], [[0.0625]], [2.0])
    """
    x, n = (np.asarray(a, np.float64) for a in (selected, total))
    m = np.broadcast_to(np.asarray(times, np.float64), len(n))
    whole = m @ n
    share = _shares(n, whole)
    rates = np.asarray(quotient(m @ x, whole))
    off = _shares(x, whole) - rates * share
    overlap = (share * m[:, None]).T @ share
    alone = np.diag(overlap) > 1 - _ALONE
    factor = np.sqrt(np.where(alone, np.nan, 1 / np.where(alone, 1.0, 1 - np.diag(overlap))))
    covariance = (off * m[:, None]).T @ off * np.outer(factor, factor)
    least = quotient(1.0, whole) if independent is None else np.asarray(independent, np.float64)
    return Spread(rates, covariance, overlap, whole, np.asarray(least), int(m[(n > 0).any(axis=1)].sum()))


def spread_of_rows(selected: ArrayLike, others: ArrayLike, squares: tuple[ArrayLike, ArrayLike], n: int) -> Spread:
    """Return the spread of rates of independent decisions that have weights: every decision is its own cluster.

    Parameters
    ----------
    selected, others : array of float, shape (k,)
        Sum of the weights of the selected, and of the others, in each of k groups.
    squares : tuple of two arrays of float, shape (k,)
        Sums of the squared weights of the same.
    n : int
        How many decisions there are.

    Returns
    -------
    Spread
        As `spread_of_clusters` with one decision to a cluster.

    References
    ----------
    Kish, "Survey Sampling" (1965), for the effective number; Binder (1983), as above, for the variance.

    Examples
    --------
    Weights 2 and 1 are selected, 1 is not: p = 3/4, and (4/16 + 1/16)·(1/4)² + (1/16)·(3/4)² is divided by 1 - 6/16.

    >>> found = spread_of_rows([3], [1], ([5], [1]), 3)
    >>> found.rates.tolist(), round(float(found.covariance[0, 0]), 9), (5 / 256 + 9 / 256) / (10 / 16)
    ([0.75], 0.0875, 0.0875)
    """
    x, y, xx, yy = (np.asarray(a, np.float64) for a in (selected, others, *squares))
    whole = x + y
    rates = np.asarray(quotient(x, whole))
    share = np.asarray(quotient(xx + yy, whole**2))
    alone = ~(share < 1 - _ALONE)
    variance = quotient(xx * (1 - rates) ** 2 + yy * rates**2, whole**2 * np.where(alone, 0.0, 1 - share))
    return Spread(rates, np.diag(np.atleast_1d(variance)), np.diag(share), whole, share, n)


def variance_of(found: Spread, gradient: ArrayLike) -> float:
    """Return the variance of a function of the rates, by its derivatives.

    Parameters
    ----------
    found : Spread
    gradient : array of float, shape (k,)
        (1, -1) for a difference; (1/p, -1/p') for the logarithm of a ratio.

    Examples
    --------
    Pairs in which one, both and none are selected: as first, p = 2/3, as second 1/3; what pairs add to the difference
    is (0, 1, 0) less their share of it.

    >>> pairs = spread_of_clusters([[1, 0], [1, 1], [0, 0]], [[1, 1]] * 3)
    >>> round(variance_of(pairs, (1, -1)), 6) == round(((2 / 3) ** 2 + 2 / 9) / 9 * 3 / 2, 6)
    True
    """
    slope = np.asarray(gradient, np.float64)
    return float(slope @ found.covariance @ slope)


def degrees_of_freedom(found: Spread) -> float:
    """Return the degrees of freedom of the variance of a difference between groups.

    Returns
    -------
    float
        G - 1 where all groups are in the same G clusters of one size; Welch's where no cluster has two groups.  nan
        where nothing varies.

    Notes
    -----
    Satterthwaite's, (Σv)² / ΣΣ w·w'·O(1 - O), where v is a group's variance, O the overlap, and w = v/(1 - O) with the
    group's own O.

    References
    ----------
    Satterthwaite, "An approximate distribution of estimates of variance components", Biometrics Bulletin 2 (1946),
    doi:10.2307/3002019.  Bell & McCaffrey, "Bias reduction in standard errors for linear regression with multi-stage
    samples", Survey Methodology 28 (2002), 169-181, do the same for regression.

    Examples
    --------
    >>> round(degrees_of_freedom(spread_of_clusters([[0, 1]] * 5 + [[1, 0]] * 5, [[1, 1]] * 10)), 6)
    9.0
    """
    variance, own = np.diag(found.covariance), np.diag(found.overlap)
    weight = variance / (1 - own)
    spread = float(weight @ (found.overlap * (1 - found.overlap)) @ weight)
    return float(quotient(variance.sum() ** 2, spread))


def _shares(part: Floats, whole: Floats) -> Floats:
    return np.where(whole == 0, 0.0, part / np.where(whole == 0, 1.0, whole))
