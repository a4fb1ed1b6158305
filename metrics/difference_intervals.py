"""Confidence intervals for differences between a focal and a reference group.

The score interval holds every value of the parameter that a score test does not reject.  The maximum-likelihood
rates under such a value are a closed formula of the Lagrange multiplier λ, and in λ the squared score statistic
increases.  So each end is one bisection on λ, and nothing cancels: not at rates of 0 or 1, nor with ten million
decisions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats, quotient
from fairwitness.metrics.disparity import cohens_h
from fairwitness.metrics.rate_intervals import wilson
from fairwitness.metrics.score_curves import lowered
from fairwitness.metrics.score_statistic import bisect, enlarged, normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

    Interval = tuple[Floats, Floats]


def newcombe(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float) -> Interval:
    """Return Newcombe's hybrid score interval for the rate difference, from the two Wilson intervals.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or array
        Between -1 and 1; nan if a group is empty.

    References
    ----------
    Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine
    17 (1998), method 10.

    Examples
    --------
    The paper's example (a), printed as .0524 to .3339.

    >>> low, high = newcombe(56, 70, 48, 80, 0.95)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0524, 0.3339)
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    pf, pr = quotient(xf, nf), quotient(xr, nr)
    (lf, uf), (lr, ur) = wilson(xf, nf, level), wilson(xr, nr, level)
    return pf - pr - np.hypot(pf - lf, ur - pr), pf - pr + np.hypot(uf - pf, pr - lr)


def mee(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float) -> Interval:
    """Return Mee's score interval for the rate difference.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or array
        Between -1 and 1; nan if a group is empty.

    References
    ----------
    Mee, "Confidence bounds for the difference between two probabilities", Biometrics 40 (1984), 1175-1176.

    Examples
    --------
    Newcombe's example (a), printed as .0533 to .3377.

    >>> low, high = mee(56, 70, 48, 80, 0.95)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0533, 0.3377)
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    return _difference_interval(xf, nf, xr, nr, np.full(xf.shape, normal_quantile(level)))


def miettinen_nurminen_difference(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float) -> Interval:
    """Return Miettinen and Nurminen's score interval for the rate difference: `mee` with the variance x N/(N - 1).

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or array
        As `mee`.

    References
    ----------
    Miettinen & Nurminen, "Comparative analysis of two rates", Statistics in Medicine 4 (1985),
    doi:10.1002/sim.4780040211.

    Examples
    --------
    Newcombe's example (a), printed as .0528 to .3382.

    >>> low, high = miettinen_nurminen_difference(56, 70, 48, 80, 0.95)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0528, 0.3382)
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    return _difference_interval(xf, nf, xr, nr, enlarged(normal_quantile(level), nf + nr))


def cohens_h_interval(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float) -> Interval:
    """Return the normal interval for Cohen's h, whose standard error √(1/nf + 1/nr) does not depend on the rates.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or array
        Cut at ±π; nan if a group is empty.  Rough where a rate is 0 or 1.

    References
    ----------
    Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd ed. (1988), chapter 6.

    Examples
    --------
    0 ± 1.96·√(2/50).

    >>> low, high = cohens_h_interval(10, 50, 10, 50, 0.95)
    >>> round(float(low), 6), round(float(high), 6)
    (-0.391993, 0.391993)
    """
    h = cohens_h(xf, nf, xr, nr)
    error = normal_quantile(level) * np.sqrt(quotient(1, nf) + quotient(1, nr))
    return np.maximum(h - error, -np.pi), np.minimum(h + error, np.pi)


def _difference_interval(xf: Floats, nf: Floats, xr: Floats, nr: Floats, z: Floats) -> Interval:
    return _difference_low(xf, nf, xr, nr, z)[()], (-_difference_low(xr, nr, xf, nf, z))[()]


def _difference_low(xf: Floats, nf: Floats, xr: Floats, nr: Floats, z: Floats) -> Floats:
    """Return the lower end for pf - pr.

    With λ the multiplier of pf - pr = δ, each constrained rate solves a quadratic, and the squared statistic is
    λ²·(pf(1 - pf)/nf + pr(1 - pr)/nr).
    """
    nothing = (nf == 0) | (nr == 0)
    xf, nf, xr, nr = (np.where(nothing, 1.0, a) for a in (xf, nf, xr, nr))

    def rates(lam: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        return *lowered(xf, nf, lam), *lowered(nr - xr, nr, lam)  # the reference's rejections are lowered too

    def squared(lam: Floats) -> Floats:
        pf, qf, qr, pr = rates(lam)
        return lam**2 * (pf * qf / nf + pr * qr / nr)

    # λ(x/n - p) is a part of the squared statistic, and p ≤ x/λ: at λ = n(1 + z²/x) that part alone is z².
    enough = [n * (1 + z**2 / np.maximum(x, 1.0)) for x, n in ((xf, nf), (nr - xr, nr))]
    far = np.where(xf == 0, enough[1], enough[0])
    lam = bisect(squared, z**2, np.zeros_like(far), far)
    pf, _, _, pr = rates(lam)
    low = np.where((xf == 0) & (xr == nr), -1.0, pf - pr)
    return np.where(nothing, np.nan, low)
