"""Tests of no difference between two groups, and between all groups of a table.

All are two-sided.  Arguments are scalars or arrays that broadcast; a test that does not exist is nan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats, quotient
from fairwitness.metrics.exact_tests import fisher_exact, mid_p, mid_p_min_likelihood

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats

__all__ = [
    "chi_square",
    "default_test",
    "fisher_exact",
    "mid_p",
    "mid_p_min_likelihood",
    "omnibus_chi_square",
    "pooled_z",
    "rejected",
]

_SMALLEST_EXPECTED = 5
_SMALLEST_TOTAL = 30
_ROUNDING = 1e-9  # relative; far above the error of a computed p, far below any difference that matters


def pooled_z(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> tuple[Floats, Floats]:
    """Return the pooled two-sample Z ("standard deviations") and its p; Z² is the uncorrected χ².

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.

    Returns
    -------
    statistic, p : float or array
        The statistic is negative if the focal rate is the lower one.  nan if a group is empty, or nobody or everybody
        is selected.

    References
    ----------
    Fleiss, Levin & Paik, "Statistical Methods for Rates and Proportions", 3rd ed. (2003), chapter 3,
    doi:10.1002/0471445428.

    Examples
    --------
    (.15 - .20) / √(.19·.81·(1/20 + 1/80)).

    >>> z, p = pooled_z(3, 20, 16, 80)
    >>> round(float(z), 4), round(float(p), 4)
    (-0.5098, 0.6102)
    """
    from scipy.special import ndtr

    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    selected, total = xf + xr, nf + nr
    statistic = quotient(
        (xf * nr - xr * nf) * np.sqrt(total), np.sqrt(nf * nr) * np.sqrt(selected * (total - selected))
    )
    return statistic, 2 * ndtr(-np.abs(statistic))


def chi_square(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> tuple[Floats, Floats]:
    """Return Pearson's χ² of the 2x2 table, without continuity correction, and its p: the square of `pooled_z`.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.

    Returns
    -------
    statistic, p : float or array
        nan where `pooled_z` is.

    References
    ----------
    Agresti, "Categorical Data Analysis", 3rd ed. (2013), chapter 3.

    Examples
    --------
    >>> statistic, p = chi_square(3, 20, 16, 80)
    >>> round(float(statistic), 4), round(float(p), 4)
    (0.2599, 0.6102)
    """
    z, p = pooled_z(xf, nf, xr, nr)
    return z**2, p


def default_test(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> tuple[NDArray[np.str_], Floats]:
    """Return which test each pair gets, and its p: `pooled_z` where the table is large enough, otherwise `mid_p`.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group; whole numbers.

    Returns
    -------
    names : array of str
        ``pooled_z`` if the smallest expected count is at least 5 and there are at least 30 decisions, else ``mid_p``.
        The choice depends on the margins alone and compares whole numbers.
    p : float or array
        nan if a group is empty.

    References
    ----------
    Cochran, "Some methods for strengthening the common χ² tests", Biometrics 10 (1954), doi:10.2307/3001616, for the
    smallest expected count of 5.

    Examples
    --------
    The smallest expected count is 8·14/33 = 3.39.

    >>> names, p = default_test(3, 8, 16, 25)
    >>> str(names), round(float(p), 4)
    ('mid_p', 0.2235)
    """
    xf, nf, xr, nr = np.broadcast_arrays(*(np.asarray(c, dtype=np.int64) for c in (xf, nf, xr, nr)))
    selected, total = xf + xr, nf + nr
    least = np.minimum(nf, nr) * np.minimum(selected, total - selected)
    large = (least >= _SMALLEST_EXPECTED * total) & (total >= _SMALLEST_TOTAL)
    p = np.asarray(pooled_z(xf, nf, xr, nr)[1])
    p[~large] = mid_p(*(c[~large] for c in (xf, nf, xr, nr)))
    return np.where(large, "pooled_z", "mid_p"), p[()]


def rejected(p: ArrayLike, alpha: float) -> NDArray[np.bool_]:
    """Say whether a test rejects at level alpha: p ≤ alpha, and False where there is no test.

    A p-value that is exactly alpha rejects, however its last bits came out: a mid-P is often exactly .05, and must not
    depend on which group is named first.

    Parameters
    ----------
    p : float or array
        nan where a test does not exist.
    alpha : float
        Between 0 and 1.

    Examples
    --------
    >>> rejected([0.05000000000000001, 0.0501, np.nan], 0.05).tolist()
    [True, False, False]
    """
    return np.asarray(p, dtype=np.float64) <= alpha * (1 + _ROUNDING)


def omnibus_chi_square(selected: ArrayLike, n: ArrayLike) -> tuple[float, int, float]:
    """Return Pearson's χ² for equal rates in all groups, its degrees of freedom and its p.

    Parameters
    ----------
    selected, n : array of int
        Selected and total of each group.  Empty groups are left out.

    Returns
    -------
    statistic, df, p : float, int, float
        df is the number of groups with decisions minus 1.  Statistic and p are nan with fewer than two groups, or if
        nobody or everybody is selected.

    References
    ----------
    Agresti, "Categorical Data Analysis", 3rd ed. (2013), chapter 3.

    Examples
    --------
    Rates 0, ½ and 1 of 4 each: (4·¼ + 0 + 4·¼) / ¼.

    >>> statistic, df, p = omnibus_chi_square([0, 2, 4], [4, 4, 4])
    >>> statistic, df, round(p, 4)
    (8.0, 2, 0.0183)
    """
    from scipy.special import chdtrc

    x, n_ = floats(selected, n)
    x, n_ = x[n_ > 0], n_[n_ > 0]
    df = max(int(n_.size) - 1, 0)
    pooled = float(quotient(x.sum(), n_.sum()))
    variance = pooled * (1 - pooled)
    if df == 0 or not variance > 0:
        return float("nan"), df, float("nan")
    statistic = float(np.sum(n_ * (x / n_ - pooled) ** 2) / variance)
    return statistic, df, float(chdtrc(df, statistic))
