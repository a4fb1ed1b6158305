"""Whether a rate is lower than another by less than a margin: the test of Farrington and Manning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats, quotient
from fairwitness.metrics.score_curves import lowered
from fairwitness.metrics.score_statistic import bisect

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats


def restricted_rates(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, difference: ArrayLike
) -> tuple[Floats, Floats]:
    """Return the two rates under which the data are likeliest, among those with p1 - p2 = difference.

    Parameters
    ----------
    x1, n1, x2, n2 : int or array of int
        Selected and total of the two groups.
    difference : float or array
        Between -1 and 1, both excluded.

    Returns
    -------
    p1, p2 : float or array
        Between 0 and 1; nan if a group is empty or the difference is out of its range.

    References
    ----------
    Farrington & Manning, "Test statistics and sample size formulae for comparative binomial trials with null
    hypothesis of non-zero risk difference or non-unity relative risk", Statistics in Medicine 9 (1990), 1447-1454,
    doi:10.1002/sim.4780091208.

    Examples
    --------
    One of two, in both groups: p(1 - p)(p - 1/2)(1/2 - p) is greatest at 3/4 and 1/4.

    >>> p1, p2 = restricted_rates(1, 2, 1, 2, 0.5)
    >>> round(float(p1), 9), round(float(p2), 9)
    (0.75, 0.25)
    """
    x1, n1, x2, n2, difference = floats(x1, n1, x2, n2, difference)
    undefined = (n1 == 0) | (n2 == 0) | ~(np.abs(difference) < 1)
    n1, n2, difference = np.where(undefined, 1.0, n1), np.where(undefined, 1.0, n2), np.where(undefined, 0, difference)
    # One of the two differences, of selections or of rejections, falls from its estimate to the value asked for.
    falls = x1 * n2 - x2 * n1 >= difference * n1 * n2
    x, n = np.where(falls, [x1, n2 - x2], [n1 - x1, x2]), np.stack([n1, n2])
    total = 1 + np.where(falls, difference, -difference)
    far = x.sum(axis=0) / total  # p ≤ x/λ: here the rates' sum has fallen far enough
    lam = bisect(lambda lam: -lowered(x, n, lam)[0].sum(axis=0), -total, np.zeros_like(total), far)
    (pa, pb), (qa, qb) = lowered(x, n, lam)
    p1, p2 = np.minimum(np.where(falls, [pa, qb], [qa, pb]), 1.0)
    return np.where(undefined, np.nan, p1)[()], np.where(undefined, np.nan, p2)[()]


def farrington_manning(
    x_new: ArrayLike, n_new: ArrayLike, x_old: ArrayLike, n_old: ArrayLike, margin: ArrayLike
) -> tuple[Floats, Floats]:
    """Return Farrington and Manning's z, and its one-sided p, for a new rate at least the old one less a margin.

    The hypothesis to be rejected is p_new - p_old ≤ -margin.  The standard error is that of the rates of
    `restricted_rates`.

    Parameters
    ----------
    x_new, n_new, x_old, n_old : int or array of int
        Selected and total under the new and under the old rate.
    margin : float or array
        The loss that still counts as not worse, as a difference of rates: between 0 and 1, 1 excluded.

    Returns
    -------
    z, p : float or array
        z is positive if the new rate is above the old one less the margin.  nan if a group is empty, and with a margin
        of 0 if nobody or everybody is selected.

    References
    ----------
    As `restricted_rates`.

    Examples
    --------
    Of 2 each, one selected before and after, and a margin of 1/2: the standard error is √(2 · 3/4 · 1/4 / 2).

    >>> z, p = farrington_manning(1, 2, 1, 2, 0.5)
    >>> round(float(z), 6), round(float(p), 6)  # 0.5 / √0.1875
    (1.154701, 0.124107)
    """
    from scipy.special import ndtr

    x_new, n_new, x_old, n_old, margin = floats(x_new, n_new, x_old, n_old, margin)
    new, old = restricted_rates(x_new, n_new, x_old, n_old, -margin)
    error = np.sqrt(quotient(new * (1 - new), n_new) + quotient(old * (1 - old), n_old))
    z = quotient(quotient(x_new, n_new) - quotient(x_old, n_old) + margin, error)
    return z, ndtr(-z)
