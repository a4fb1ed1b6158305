"""Confidence intervals for ratios of a focal to a reference group: of rates, of rejection rates, of odds.

The score interval holds every value of the parameter that a score test does not reject.  The maximum-likelihood
rates under such a value are a closed formula of the Lagrange multiplier λ, and in λ the squared score statistic
increases.  So each end is one bisection on λ, and nothing cancels: not at rates of 0 or 1, nor with ten million
decisions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats, quotient
from fairwitness.metrics.disparity import impact_ratio
from fairwitness.metrics.score_statistic import bisect, enlarged, normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

    Interval = tuple[Floats, Floats]


def katz(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float) -> Interval:
    """Return Katz's interval for the impact ratio, normal on the logarithm.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or array
        nan where the method fails: nobody selected in one of the groups, or everybody in both (standard error 0).

    References
    ----------
    Katz, Baptista, Azen & Pike, "Obtaining confidence intervals for the risk ratio in cohort studies",
    Biometrics 34 (1978), doi:10.2307/2530610.

    Examples
    --------
    >>> low, high = katz(27, 122, 44, 487, 0.95)
    >>> round(float(low), 4), round(float(high), 4)
    (1.5837, 3.7887)
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    variance = quotient(nf - xf, xf * nf) + quotient(nr - xr, xr * nr)
    error = normal_quantile(level) * np.sqrt(np.where(variance == 0, np.nan, variance))
    ratio = impact_ratio(xf, nf, xr, nr)
    return ratio * np.exp(-error), ratio * np.exp(error)


def koopman(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float) -> Interval:
    """Return Koopman's score interval for the impact ratio.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or array
        low = 0 if nobody in the focal group is selected, high = inf if nobody in the reference group is.
        nan if nobody is selected at all or a group is empty.

    References
    ----------
    Koopman, "Confidence intervals for the ratio of two binomial proportions", Biometrics 40 (1984),
    doi:10.2307/2531405.

    Examples
    --------
    The paper's example, printed as 2.94 to 7.15.

    >>> low, high = koopman(36, 40, 16, 80, 0.95)
    >>> round(float(low), 2), round(float(high), 2)
    (2.94, 7.15)
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    return _ratio_interval(xf, nf, xr, nr, np.full(xf.shape, normal_quantile(level)))


def miettinen_nurminen_ratio(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float) -> Interval:
    """Return Miettinen and Nurminen's score interval for the impact ratio: `koopman` with the variance x N/(N - 1).

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or array
        As `koopman`.

    References
    ----------
    Miettinen & Nurminen, "Comparative analysis of two rates", Statistics in Medicine 4 (1985),
    doi:10.1002/sim.4780040211.

    Examples
    --------
    >>> low, high = miettinen_nurminen_ratio(36, 40, 16, 80, 0.95)
    >>> round(float(low), 4), round(float(high), 4)
    (2.9346, 7.1663)
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    return _ratio_interval(xf, nf, xr, nr, enlarged(normal_quantile(level), nf + nr))


def koopman_rejection(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float) -> Interval:
    """Return Koopman's score interval for the rejection ratio, reference against focal.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or array
        As `koopman`, of those not selected.

    References
    ----------
    As `koopman`.
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    return koopman(nr - xr, nr, nf - xf, nf, level)


def odds_ratio_score(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float) -> Interval:
    """Return Cornfield's score interval for the odds ratio, without continuity correction.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or array
        low = 0 or high = inf where a cell is 0.  nan if a margin is 0: an empty group, or nobody or everybody selected.

    References
    ----------
    Cornfield, "A statistical problem arising from retrospective studies", Proceedings of the Third Berkeley Symposium
    on Mathematical Statistics and Probability 4 (1956), 135-148.

    Examples
    --------
    Swapping the groups inverts the interval.

    >>> low, high = odds_ratio_score(3, 20, 16, 80, 0.95)
    >>> round(float(1 / odds_ratio_score(16, 80, 3, 20, 0.95)[1]), 9) == round(float(low), 9)
    True
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    z = normal_quantile(level)
    low = _odds_ratio_low(xf, nf - xf, xr, nr - xr, z)
    flipped = _odds_ratio_low(xr, nr - xr, xf, nf - xf, z)
    return low[()], _inverse(flipped)[()]


def _inverse(low: Floats) -> Floats:
    """Return 1/low, inf at 0: the upper end is the inverse of the lower end with the groups exchanged."""
    return np.where(low == 0, np.inf, 1 / np.where(low == 0, 1.0, low))


def _ratio_interval(xf: Floats, nf: Floats, xr: Floats, nr: Floats, z: Floats) -> Interval:
    low = _ratio_low(xf, nf, xr, nr, z)
    return low[()], _inverse(_ratio_low(xr, nr, xf, nf, z))[()]


def _ratio_low(xf: Floats, nf: Floats, xr: Floats, nr: Floats, z: Floats) -> Floats:
    """Return the lower end for pf/pr.

    With λ the multiplier of log pf - log pr = log rho, the constrained rates are pf = (xf - λ)/(nf - λ) and
    pr = (xr + λ)/(nr + λ), and the squared statistic is λ²·((nf - xf)/(nf·(xf - λ)) + (nr - xr)/(nr·(xr + λ))),
    increasing for 0 < λ < xf.
    """
    undefined = (nf == 0) | (nr == 0) | (xf + xr == 0)
    zero = xf == 0
    xf, nf, xr, nr = (np.where(undefined | zero, 1.0, a) for a in (xf, nf, xr, nr))
    every = xf == nf

    def squared(lam: Floats) -> Floats:
        focal = np.where(every, 0.0, (nf - xf) / (nf * (xf - np.where(every, 0.0, lam))))
        return lam**2 * (focal + (nr - xr) / (nr * (xr + lam)))

    lam = bisect(squared, z**2, np.zeros_like(xf), xf)
    pf = (xf - lam) / np.where(nf == lam, 1.0, nf - lam)
    # All of the focal group selected: λ ends at nf, and a rate pf < 1 makes up what the statistic still lacks.
    lack = np.maximum(z**2 - squared(np.where(every, nf, xf / 2)), 0.0)
    pf = np.where(every, 1 / (1 + lack / nf), pf)
    low = pf * (nr + lam) / (xr + lam)
    return np.where(undefined, np.nan, np.where(zero, 0.0, low))


def _odds_ratio_low(a: Floats, b: Floats, c: Floats, d: Floats, z: float) -> Floats:
    """Return the lower end for ad/bc.

    The constrained cells are a - λ, b + λ, c + λ and d - λ, and the squared statistic is λ² times the sum of their
    inverses.
    """
    nothing = (a + b == 0) | (c + d == 0) | (a + c == 0) | (b + d == 0)
    most = np.minimum(a, d)
    zero = most == 0

    def squared(lam: Floats) -> Floats:
        inside = lam < most
        spare = np.where(inside, lam, 0.0)
        cells = [np.where(zero | nothing, 1.0, cell) for cell in (a - spare, b + lam, c + lam, d - spare)]
        return np.where(inside, lam**2 * sum(1 / cell for cell in cells), np.inf)

    lam = bisect(squared, np.full_like(a, z**2), np.zeros_like(most), most)
    below = (b + lam) * (c + lam)
    low = np.where(zero, 0.0, (a - lam) * (d - lam) / np.where(zero, 1.0, below))
    return np.where(nothing, np.nan, low)
