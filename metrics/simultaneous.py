"""Intervals for all ratios of a table at once: they hold however the decisions chose whom to compare."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats
from fairwitness.metrics.ratio_intervals import koopman

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

_NODES = 401
_WIDEST = 9.0  # standard deviations; what lies farther out has no part in sixteen digits


@lru_cache(maxsize=256)
def range_quantile(level: float, groups: int) -> float:
    """Return what the range of independent standard normal variables stays below with a given probability.

    Parameters
    ----------
    level : float
        Between 0 and 1.
    groups : int
        How many variables, at least 2.

    Returns
    -------
    float
        The studentized range with infinitely many degrees of freedom: q with k·∫ φ(z)·(Φ(z) - Φ(z - q))^(k-1) dz =
        level.

    References
    ----------
    Tukey, "The problem of multiple comparisons" (1953), in "The Collected Works of John W. Tukey" VIII (1994).
    Harter, "Tables of range and studentized range", Annals of Mathematical Statistics 31 (1960),
    doi:10.1214/aoms/1177705684.

    Examples
    --------
    Of two, √2 times the normal quantile; of three and of ten as tabulated, 3.31 and 4.47.

    >>> round(range_quantile(0.95, 2) / 2**0.5, 6)
    1.959964
    >>> round(range_quantile(0.95, 3), 2), round(range_quantile(0.95, 10), 2)
    (3.31, 4.47)
    """
    from scipy.optimize import brentq
    from scipy.special import ndtr

    z, step = np.linspace(-_WIDEST, _WIDEST, _NODES, retstep=True)  # the integrand is 0 at both ends, and smooth
    density = step * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)

    def short(q: float) -> float:
        return groups * float(np.sum(density * (ndtr(z) - ndtr(z - q)) ** (groups - 1))) - level

    return float(brentq(short, 0.0, 2 * _WIDEST, xtol=1e-12))


def all_pairs_level(level: float, groups: int) -> float:
    """Return the level at which the intervals of all pairs of groups, each by itself, hold together at ``level``.

    Parameters
    ----------
    level : float
        Between 0 and 1.
    groups : int
        How many groups are compared with one another; with fewer than 2 the level itself.

    Returns
    -------
    float
        The probability of -q/√2 ≤ Z ≤ q/√2 with q of `range_quantile`.  With two groups ``level``.

    Notes
    -----
    For k groups the largest of all standardised differences has, with many decisions, the law of the range over √2;
    with unequal numbers the intervals cover more (Hayter 1984).

    References
    ----------
    Hayter, "A proof of the conjecture that the Tukey-Kramer multiple comparisons procedure is conservative", Annals of
    Statistics 12 (1984), doi:10.1214/aos/1176346392.

    Examples
    --------
    >>> round(all_pairs_level(0.95, 2), 9), round(all_pairs_level(0.95, 3), 4)
    (0.95, 0.9809)
    """
    from scipy.special import erf

    return level if groups < 2 else float(erf(range_quantile(level, groups) / 2))


def several_level(level: float, comparisons: int) -> float:
    """Return the level at which so many intervals, each by itself, hold together at ``level``: level^(1/m).

    Parameters
    ----------
    level : float
        Between 0 and 1.
    comparisons : int
        How many; with fewer than 2 the level itself.

    References
    ----------
    Šidák, "Rectangular confidence regions for the means of multivariate normal distributions", Journal of the American
    Statistical Association 62 (1967), doi:10.1080/01621459.1967.10482935.

    Examples
    --------
    .99² = .9801.

    >>> round(several_level(0.9801, 2), 9)
    0.99
    """
    return float(level ** (1 / max(comparisons, 1)))


def all_pairs_ratios(selected: ArrayLike, n: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Return score intervals for the ratios of every group's rate to every other's that hold all at once.

    Parameters
    ----------
    selected, n : array of int, shape (groups,)
        Selected and total of each group.
    level : float
        Probability that all intervals hold, between 0 and 1.

    Returns
    -------
    low, high : array, shape (groups, groups)
        Of rate[i] / rate[j]; low = 0, high = inf and nan as in `koopman`; 1 on the diagonal.

    Notes
    -----
    Koopman's interval with q/√2 in the place of the normal quantile, q of `range_quantile`.  Since all pairs are in,
    the intervals hold for the group with the highest rate as the reference, although the decisions chose it.

    References
    ----------
    Agresti, Bini, Bertaccini & Ryu, "Simultaneous confidence intervals for comparing binomial parameters", Biometrics
    64 (2008), doi:10.1111/j.1541-0420.2008.00990.x.

    Examples
    --------
    Wider than the plain interval for the same two groups.

    >>> low, high = all_pairs_ratios([30, 40, 50], [100, 100, 100], 0.95)
    >>> bool(low[0, 2] < koopman(30, 100, 50, 100, 0.95)[0]), low[1, 1] == high[1, 1] == 1.0
    (True, np.True_)
    """
    x, sizes = floats(selected, n)
    i, j = np.triu_indices(x.size, 1)
    below, above = koopman(x[i], sizes[i], x[j], sizes[j], all_pairs_level(level, x.size))
    low, high = np.eye(x.size), np.eye(x.size)
    low[i, j], high[i, j] = below, above
    with np.errstate(divide="ignore"):  # the intervals of a ratio and of its inverse are inverses; of 0, no limit
        low[j, i], high[j, i] = 1 / above, 1 / below
    return low, high
