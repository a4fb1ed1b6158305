"""Empirical Bayes: rates of many groups, each drawn towards what the others show, as far as its own numbers are few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.metrics.counts import floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

_STRENGTHS = np.linspace(-3.0, 14.0, 35)  # log(alpha + beta) where the search begins; beyond, no groups differ visibly
_CENTRES = (-1.0, -0.5, 0.0, 0.5, 1.0)  # around the pooled rate, on the logit scale
_FLAT = 1e-6  # least curvature of a maximum


@dataclass(frozen=True, slots=True)
class BetaLaw:
    """The law from which the groups' true rates seem to be drawn, Beta(alpha, beta), and how well it is known.

    Attributes
    ----------
    alpha, beta : float
        Above 0.
    covariance : tuple of (float, float, float)
        Of logit(alpha / (alpha + beta)) and log(alpha + beta), from the curvature of the likelihood: the variance of
        the first, the covariance, the variance of the second.
    """

    alpha: float
    beta: float
    covariance: tuple[float, float, float]

    @property
    def mean(self) -> float:
        """The rate towards which groups are drawn."""
        return self.alpha / self.strength

    @property
    def strength(self) -> float:
        """How many decisions the other groups are worth to each group: alpha + beta."""
        return self.alpha + self.beta


def fit_beta_law(selected: ArrayLike, n: ArrayLike) -> BetaLaw | None:
    """Return the Beta law under which the groups' counts are the likeliest, or None where there is none.

    Parameters
    ----------
    selected, n : array of int
        Selected and total of each group.  Empty groups tell nothing.

    Returns
    -------
    BetaLaw or None
        None where the likelihood has no maximum inside its range: fewer than two groups, nobody or everybody selected,
        or rates that differ no more than chance would make equal ones differ.  Then the likeliest law has no spread at
        all, and every rate would be drawn to the pooled one.

    Notes
    -----
    Maximises Σ log BetaBinomial(x_g; n_g, alpha, beta) in logit(alpha / (alpha + beta)) and log(alpha + beta).

    References
    ----------
    Skellam, "A probability distribution derived from the binomial distribution by regarding the probability of success
    as variable between the sets of trials", Journal of the Royal Statistical Society B 10 (1948), 257-261.
    Griffiths, "Maximum likelihood estimation for the beta-binomial distribution", Biometrics 29 (1973),
    doi:10.2307/2529131.

    Examples
    --------
    Two groups far apart; and two that could hardly be closer.

    >>> law = fit_beta_law([10, 90], [100, 100])
    >>> round(law.mean, 6), law.strength < 10
    (0.5, True)
    >>> fit_beta_law([50, 51], [100, 100]) is None
    True
    """
    from scipy.optimize import minimize
    from scipy.special import expit, logit

    def cost(at: Any) -> float:
        return -float(_log_likelihood(at, x, sizes))

    def slope(at: Any) -> Any:
        return -_derivatives(at, x, sizes)[0]

    def curve(at: Any) -> Any:
        return -_derivatives(at, x, sizes)[1]

    x, sizes = floats(selected, n)
    x, sizes = np.ravel(x[sizes > 0]), np.ravel(sizes[sizes > 0])
    if x.size < 2 or not 0 < x.sum() < sizes.sum():
        return None
    centre = float(logit(x.sum() / sizes.sum()))
    starts = np.array([(centre + shift, strength) for shift in _CENTRES for strength in _STRENGTHS])
    start = starts[int(np.argmax(_log_likelihood(starts.T[:, :, None], x, sizes)))]
    if start[1] in (_STRENGTHS[0], _STRENGTHS[-1]):
        return None
    found = minimize(cost, start, jac=slope, hess=curve, method="trust-exact", options={"gtol": 1e-9})
    best = np.asarray(found.x)
    curvature = curve(best)
    if not _STRENGTHS[0] < best[1] < _STRENGTHS[-1] or np.linalg.eigvalsh(curvature)[0] < _FLAT:
        return None
    spread = np.linalg.inv(curvature)
    strength, mean = float(np.exp(best[1])), float(expit(best[0]))
    covariance = float(spread[0, 0]), float(spread[0, 1]), float(spread[1, 1])
    return BetaLaw(strength * mean, strength * (1 - mean), covariance)


def shrunk_rates(law: BetaLaw, selected: ArrayLike, n: ArrayLike, level: float) -> tuple[Floats, Floats, Floats]:
    """Return each group's rate as the law and its own counts together make it, with an interval.

    Parameters
    ----------
    law : BetaLaw
    selected, n : array of int
        Selected and total of each group; an empty group has the law's mean.
    level : float
        Probability of the intervals, between 0 and 1.

    Returns
    -------
    value, low, high : array
        The posterior mean (alpha + x) / (alpha + beta + n), and equal-tailed ends of the Beta law with this mean and
        the variance of the posterior, enlarged because alpha and beta are themselves estimated: by what their
        covariance makes the mean vary, in the first order (Kass & Steffey 1989).

    Notes
    -----
    Of groups drawn from a Beta law (4 to 20 of them, of 10 to 400 decisions, drawn 300 times each for six laws), the
    95 % intervals held the true rate in 91 to 96 %.  Without the enlargement it was 84 to 95 %.

    References
    ----------
    Efron & Morris, "Data analysis using Stein's estimator and its generalizations", Journal of the American Statistical
    Association 70 (1975), doi:10.1080/01621459.1975.10479864.
    Kass & Steffey, "Approximate Bayesian inference in conditionally independent hierarchical models (parametric
    empirical Bayes models)", Journal of the American Statistical Association 84 (1989),
    doi:10.1080/01621459.1989.10478825.

    Examples
    --------
    None of 3 under Beta(2, 5) is 2/10, and 50 of 100 is 52/107.

    >>> value, low, high = shrunk_rates(BetaLaw(2.0, 5.0, (0.0, 0.0, 0.0)), [0, 50], [3, 100], 0.95)
    >>> value.round(4).tolist(), (low < value).all() and (value < high).all()
    ([0.2, 0.486], np.True_)
    """
    from scipy.special import betaincinv

    x, sizes = floats(selected, n)
    strength, total = law.strength, law.strength + sizes
    value = (law.alpha + x) / total
    by_centre = strength * law.mean * (1 - law.mean) / total
    by_strength = strength * (law.mean * sizes - x) / total**2
    first, both, second = law.covariance
    variance = value * (1 - value) / (total + 1)
    variance = variance + first * by_centre**2 + 2 * both * by_centre * by_strength + second * by_strength**2
    worth = np.maximum(value * (1 - value) / variance - 1, 1e-3)  # alpha + beta of the Beta law with this variance
    tails = np.array([(1 - level) / 2, (1 + level) / 2]).reshape(2, *[1] * value.ndim)
    low, high = np.asarray(betaincinv(value * worth, (1 - value) * worth, tails), np.float64)
    return value[()], low[()], high[()]


def _log_likelihood(at: Floats, x: Floats, n: Floats) -> Floats:
    """Return it at logit(mean) and log(strength): numbers, or arrays with a last axis for the groups."""
    from scipy.special import expit, gammaln

    strength = np.exp(at[1])
    a, b = strength * expit(at[0]), strength * expit(-at[0])
    each = gammaln(x + a) - gammaln(a) + gammaln(n - x + b) - gammaln(b) - gammaln(n + strength) + gammaln(strength)
    return np.asarray(np.sum(each, axis=-1))


def _derivatives(at: Floats, x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return gradient and Hessian of the log-likelihood in logit(mean) and log(strength)."""
    from scipy.special import expit, polygamma, psi

    strength, mean = np.exp(at[1]), expit(at[0])
    a, b = strength * mean, strength * expit(-at[0])
    shared = psi(strength) - psi(n + strength)
    by_a, by_b = np.sum(psi(x + a) - psi(a) + shared), np.sum(psi(n - x + b) - psi(b) + shared)
    both = np.sum(polygamma(1, strength) - polygamma(1, n + strength))
    by_aa = np.sum(polygamma(1, x + a) - polygamma(1, a)) + both
    by_bb = np.sum(polygamma(1, n - x + b) - polygamma(1, b)) + both
    turn = a * expit(-at[0])  # da / d logit(mean) = -db / d logit(mean)
    jacobian = np.array([[turn, a], [-turn, b]])
    across = (by_a - by_b) * turn
    hessian = jacobian.T @ np.array([[by_aa, both], [both, by_bb]]) @ jacobian
    hessian += np.array([[across * (1 - 2 * mean), across], [across, by_a * a + by_b * b]])
    return jacobian.T @ np.array([by_a, by_b]), hessian
