"""What two groups' counts say of the ratio of their rates under a Beta prior: a posterior, by quadrature."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

JEFFREYS = (0.5, 0.5)
_NODES = 128
_HALVINGS = 60


def ratio_below(
    xf: ArrayLike,
    nf: ArrayLike,
    xr: ArrayLike,
    nr: ArrayLike,
    line: ArrayLike,
    prior: tuple[float, float] = JEFFREYS,
) -> Floats:
    """Return the posterior probability that the focal rate is less than ``line`` times the reference rate.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.  An empty group has the prior alone.
    line : float or array
        A ratio, at least 0.
    prior : tuple of two floats above 0
        Of either rate, independently: Beta(½, ½) is Jeffreys'.  With a law fitted to all groups
        (`beta_binomial.fit_beta_law`) a small group is drawn towards the others.

    Returns
    -------
    float or array
        P(p_f < line·p_r) = ∫ F_f(line·t) f_r(t) dt, with F and f of Beta(prior[0] + x, prior[1] + n - x).

    Notes
    -----
    The integral is taken over the reference rate's probability, t = F_r⁻¹(u), by Gauss-Legendre quadrature in an angle
    that stretches both ends, u = sin²(θ/2).  No draw is made, so nothing varies from run to run.  A posterior depends
    on its prior: with few decisions, independent vague priors favour extreme ratios.

    References
    ----------
    Jeffreys, "Theory of Probability", 3rd ed. (1961), section 3.10.
    Agresti & Min, "Frequentist performance of Bayesian confidence intervals for comparing proportions in 2 x 2
    contingency tables", Biometrics 61 (2005), doi:10.1111/j.1541-0420.2005.031228.x.

    Examples
    --------
    Equal counts: below 1 with probability one half.

    >>> round(float(ratio_below(5, 10, 5, 10, 1.0)), 9)
    0.5
    """
    from scipy.special import betainc

    xf, nf, xr, nr, at = (a[..., None] for a in floats(xf, nf, xr, nr, line))
    t, weight = _nodes(xr, nr, prior)
    inside = betainc(xf + prior[0], nf - xf + prior[1], np.clip(at * t, 0.0, 1.0))
    return np.asarray(np.minimum(np.sum(weight * inside, axis=-1), 1.0))[()]


def ratio_quantile(
    xf: ArrayLike,
    nf: ArrayLike,
    xr: ArrayLike,
    nr: ArrayLike,
    probability: ArrayLike,
    prior: tuple[float, float] = JEFFREYS,
) -> Floats:
    """Return the ratio below which the posterior has a given probability.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.
    probability : float or array
        Between 0 and 1: .025 and .975 are the ends of the equal-tailed 95 % interval, .5 is the median.
    prior : tuple of two floats above 0
        As in `ratio_below`.

    References
    ----------
    As `ratio_below`.

    Examples
    --------
    >>> round(float(ratio_quantile(5, 10, 5, 10, 0.5)), 9)
    1.0
    """
    xf, nf, xr, nr, wanted = floats(xf, nf, xr, nr, probability)
    low, high = np.full(wanted.shape, -40.0), np.full(wanted.shape, 40.0)  # of the logarithm
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        short = ratio_below(xf, nf, xr, nr, np.exp(middle), prior) < wanted
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.asarray(np.exp(high))[()]


def _nodes(xr: Floats, nr: Floats, prior: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return nodes of the reference rate and their weights."""
    from scipy.special import betaincinv

    u, weight = _rule()
    return np.asarray(betaincinv(xr + prior[0], nr - xr + prior[1], u)), weight


@cache
def _rule() -> tuple[Floats, Floats]:
    """Return nodes between 0 and 1, dense at both ends, and their weights, which add up to 1."""
    node, weight = np.polynomial.legendre.leggauss(_NODES)
    angle = (node + 1) * np.pi / 2
    weight = weight * np.sin(angle)
    return np.sin(angle / 2) ** 2, weight / weight.sum()
