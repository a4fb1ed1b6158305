"""A test for the mean of two differences in rates: average odds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats, quotient

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

    Pair = tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]


def mean_difference_z(first: Pair, second: Pair) -> tuple[Floats, Floats]:
    """Return the z of the mean of two independent differences in rates, and its two-sided p.

    Parameters
    ----------
    first, second : tuple of (xf, nf, xr, nr)
        Counts of the focal and of the reference group for each rate: true positives of the positives and false
        positives of the negatives, for average odds.

    Returns
    -------
    z, p : float or array
        nan if a group is empty for one of the rates, or if nobody or everybody counts for both.

    Notes
    -----
    z = (d1 + d2) / √(v1 + v2), with d the difference and v = p̄(1 − p̄)(1/nf + 1/nr) its variance at the pooled rate.
    The rates are independent, since their denominators share nobody.

    Examples
    --------
    d1 = −0.2, d2 = 0; v1 = .25·(2/100), v2 = .09·(2/100): z = −0.2/√.0068.

    >>> z, p = mean_difference_z((40, 100, 60, 100), (10, 100, 10, 100))
    >>> round(float(z), 6)
    -2.425356
    """
    from scipy.special import ndtr

    d1, v1 = _difference(first)
    d2, v2 = _difference(second)
    z = quotient(d1 + d2, np.sqrt(v1 + v2))
    return z, 2 * ndtr(-np.abs(z))


def _difference(pair: Pair) -> tuple[Floats, Floats]:
    xf, nf, xr, nr = floats(*pair)
    pooled = quotient(xf + xr, nf + nr)
    return quotient(xf, nf) - quotient(xr, nr), pooled * (1 - pooled) * (quotient(1, nf) + quotient(1, nr))
