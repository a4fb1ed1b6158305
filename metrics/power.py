"""What a test could have shown: power, and the smallest departure from parity it detects.  For planning alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats, quotient
from fairwitness.metrics.score_statistic import bisect, normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats


def power(pf: ArrayLike, pr: ArrayLike, nf: ArrayLike, nr: ArrayLike, alpha: float) -> Floats:
    """Return the chance that the two-sided pooled Z test rejects in the direction of the true difference.

    Parameters
    ----------
    pf, pr : float or array
        The true rates, between 0 and 1.
    nf, nr : float or array
        The groups' sizes, above 0.
    alpha : float
        The test's level.

    Returns
    -------
    float or array
        Between 0 and 1, by the normal approximation: pooled variance under equal rates, separate variances under the
        true ones.  Approximate for small groups.

    References
    ----------
    Fleiss, Levin & Paik, "Statistical Methods for Rates and Proportions", 3rd ed. (2003), chapter 4,
    doi:10.1002/0471445428.

    Examples
    --------
    R's ``power.prop.test(n = 50, p1 = .50, p2 = .75)`` prints 0.740.

    >>> round(float(power(0.50, 0.75, 50, 50, alpha=0.05)), 3)
    0.74
    """
    from scipy.special import ndtr

    pf, pr, nf, nr = floats(pf, pr, nf, nr)
    pooled = (nf * pf + nr * pr) / (nf + nr)
    under_equal = np.sqrt(pooled * (1 - pooled) * (1 / nf + 1 / nr))
    under_true = np.sqrt(pf * (1 - pf) / nf + pr * (1 - pr) / nr)
    margin = np.abs(pr - pf) - normal_quantile(1 - alpha) * under_equal
    certain = np.where(margin > 0, 1.0, 0.0)  # rates of 0 and 1 only: the difference does not vary
    return np.where(under_true == 0, certain, ndtr(margin / np.where(under_true == 0, 1.0, under_true)))[()]


def minimum_detectable_ratio(nf: ArrayLike, nr: ArrayLike, xr: ArrayLike, alpha: float, wanted: float = 0.8) -> Floats:
    """Return the largest impact ratio below 1 that the test would have detected with the power wanted.

    Parameters
    ----------
    nf, nr : int or array of int
        The groups' sizes.
    xr : int or array of int
        Selected in the reference group, whose rate is taken as the true one.
    alpha : float
        The test's level: (1 - confidence level) divided by the number of tests in the family.
    wanted : float
        The power, between alpha and 1.

    Returns
    -------
    float or array
        Between 0 and 1.  nan if not even a ratio near 0 reaches the power, a group is empty, or nobody in the
        reference group is selected.

    References
    ----------
    The power is that of `power`.  Why it decides nothing about data already seen: Hoenig & Heisey, "The abuse of
    power", The American Statistician 55 (2001), doi:10.1198/000313001300339897.

    Examples
    --------
    >>> round(float(minimum_detectable_ratio(2435, 2435, 235, alpha=0.05)), 4)
    0.7677
    """
    nf, nr, xr = floats(nf, nr, xr)
    pr = quotient(xr, nr)
    undefined = (nf == 0) | ~(pr > 0)
    nf, nr, pr = (np.where(undefined, 0.5, a) for a in (nf, nr, pr))

    def lacking(ratio: Floats) -> Floats:
        return -power(ratio * pr, pr, nf, nr, alpha)

    ratio = bisect(lacking, np.full(pr.shape, -wanted), np.zeros(pr.shape), np.ones(pr.shape))
    reached = power(np.zeros(pr.shape), pr, nf, nr, alpha) >= wanted
    return np.where(undefined | ~reached, np.nan, ratio)[()]


def smallest_loss(
    rate: Floats, errors: Callable[[Floats], tuple[Floats, Floats]], alpha: float, wanted: float
) -> Floats:
    """Return the smallest loss of a rate that a two-sided test would show with the power wanted.

    Parameters
    ----------
    rate : array
        Taken as the true one; no more can be lost.
    errors : function
        From a loss to two standard errors of the loss seen: if there were none, as the test reckons, and as it is.
    alpha, wanted : float
        Level and power of the test.

    Returns
    -------
    array
        The smallest w with w ≥ z(1 - alpha/2)·(first error) + z(wanted)·(second error).  nan if there is none.

    Examples
    --------
    Errors that do not depend on the loss: (1.96 + .84)·.05.

    >>> constant = np.array(0.05)
    >>> round(float(smallest_loss(np.array(0.5), lambda loss: (constant, constant), alpha=0.05, wanted=0.8)), 4)
    0.1401
    """
    tail, reach = normal_quantile(1 - alpha), normal_quantile(2 * wanted - 1)

    def spare(loss: Floats) -> Floats:
        under_none, under_true = errors(loss)
        return loss - tail * under_none - reach * under_true

    none = np.zeros_like(rate)
    most = np.where(rate > 0, rate, none)
    loss = bisect(spare, none, none, most)
    return np.where((most > 0) & (spare(most) >= 0), loss, np.nan)
