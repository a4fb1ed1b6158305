"""Confidence intervals for one rate, x of n."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats
from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats


def wilson(x: ArrayLike, n: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Return Wilson's score interval, without continuity correction.

    Parameters
    ----------
    x, n : int or array of int
        Selected and total.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or array
        Exactly 0 at x = 0 and exactly 1 at x = n.  nan if n = 0.

    References
    ----------
    Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927), doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    At x = 0 the upper end is z² / (n + z²) = 3.8415 / 13.8415.

    >>> low, high = wilson(0, 10, 0.95)
    >>> float(low), round(float(high), 6)
    (0.0, 0.277533)
    """
    return wilson_limits(x, n, normal_quantile(level))


def wilson_limits(x: ArrayLike, n: ArrayLike, quantile: float) -> tuple[Floats, Floats]:
    """Return the ends of Wilson's interval for any quantile, and for numbers that need not be whole.

    Parameters
    ----------
    x, n : float or array
        Selected and total, or what so many are worth.
    quantile : float
        Of the normal distribution, or of another.

    Examples
    --------
    >>> low, high = wilson_limits(0, 2.5, 1.0)  # 1 / (2.5 + 1)
    >>> float(low), round(float(high), 6)
    (0.0, 0.285714)
    """
    x, n = floats(x, n)
    square = quantile**2
    n = np.where(n == 0, np.nan, n)
    # The ends solve (n + z²)p² - (2x + z²)p + x²/n = 0; the smaller root is had from the product of the roots.
    sum_of_both = 2 * x + square + np.sqrt(square * (square + 4 * x * (n - x) / n))
    low = 2 * x * (x / n) / sum_of_both
    high = sum_of_both / (2 * (n + square))
    return low[()], np.where(x == n, 1.0, high)[()]


def clopper_pearson(x: ArrayLike, n: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Return the exact interval of Clopper and Pearson: never covers less than ``level``, often much more.

    Parameters
    ----------
    x, n : int or array of int
        Selected and total.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or array
        0 at x = 0 and 1 at x = n.  nan if n = 0.

    References
    ----------
    Clopper & Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
    Biometrika 26 (1934), doi:10.1093/biomet/26.4.404.

    Examples
    --------
    At x = 0 the upper end is 1 - .025^(1/10).

    >>> round(float(clopper_pearson(0, 10, 0.95)[1]), 6), round(1 - 0.025**0.1, 6)
    (0.308497, 0.308497)
    """
    x, n = floats(x, n)
    return _beta_quantiles(x, n, level, (x, n - x + 1), (x + 1, n - x))


def jeffreys(x: ArrayLike, n: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Return the equal-tailed posterior interval under Jeffreys' prior Beta(½, ½).

    Parameters
    ----------
    x, n : int or array of int
        Selected and total.
    level : float
        Probability of the interval, between 0 and 1.

    Returns
    -------
    low, high : float or array
        The lower end is set to 0 at x = 0 and the upper end to 1 at x = n, as the reference advises.  nan if n = 0.

    References
    ----------
    Brown, Cai & DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16 (2001),
    doi:10.1214/ss/1009213286.

    Examples
    --------
    >>> low, high = jeffreys(0, 10, 0.95)
    >>> float(low), round(float(high), 6)
    (0.0, 0.217196)
    """
    x, n = floats(x, n)
    posterior = (x + 0.5, n - x + 0.5)
    return _beta_quantiles(x, n, level, posterior, posterior)


def _beta_quantiles(
    x: Floats, n: Floats, level: float, below: tuple[Floats, Floats], above: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Return the lower quantile of one Beta distribution and the upper one of another; 0 and 1 at the edges."""
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    none, every = x == 0, x == n
    low = np.where(none, 0.0, betaincinv(np.where(none, 1.0, below[0]), below[1], tail))
    high = np.where(every, 1.0, betaincinv(above[0], np.where(every, 1.0, above[1]), 1 - tail))
    return np.where(n == 0, np.nan, low)[()], np.where(n == 0, np.nan, high)[()]
