"""Exact tests of no difference between two groups: the margins of the 2×2 table are held fixed.

Given the margins, the focal group's selections are hypergeometric if both groups have the same rate.
All tests are two-sided.  Arguments are scalars or arrays that broadcast; a test that does not exist is nan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

_TIE = 1e-7  # tables this near in probability count as equally likely, as in scipy and R


def fisher_exact(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return the p of Fisher's exact test: the probability of all tables no likelier than the one seen.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group; whole numbers.

    Returns
    -------
    float or array
        1 if nobody or everybody is selected; nan if a group is empty.

    References
    ----------
    Fisher, "The logic of inductive inference", Journal of the Royal Statistical Society 98 (1935),
    doi:10.2307/2342435.

    Examples
    --------
    All of 3 against none of 3: 1 of 20 tables on either side.

    >>> round(float(fisher_exact(3, 3, 0, 3)), 6)
    0.1
    """
    from scipy.stats import fisher_exact as of_table

    columns = np.broadcast_arrays(*(np.asarray(c, dtype=np.int64) for c in (xf, nf, xr, nr)))
    shape = columns[0].shape
    tables, back = np.unique(np.stack([c.ravel() for c in columns], axis=-1), axis=0, return_inverse=True)
    p = np.array(
        [
            np.nan if 0 in (n, m) else of_table(np.array([[x, n - x], [y, m - y]])).pvalue
            for x, n, y, m in tables.tolist()
        ]
    )
    return p[back.ravel()].reshape(shape)[()]


def mid_p(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return Lancaster's mid-P, doubled: twice the smaller of P(X < x) + ½P(X = x) and P(X > x) + ½P(X = x), at most 1.

    X is hypergeometric: the focal group's selections when the margins of the table are fixed.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group; whole numbers.

    Returns
    -------
    float or array
        1 if nobody or everybody is selected; nan if a group is empty.

    References
    ----------
    Lancaster, "Significance tests in discrete distributions", Journal of the American Statistical Association 56
    (1961), doi:10.1080/01621459.1961.10482105.

    Examples
    --------
    All of 3 against none of 3: 2 · ½ · 1/20.

    >>> round(float(mid_p(3, 3, 0, 3)), 6)
    0.05
    """
    from scipy.stats import hypergeom

    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    margins = (np.maximum(nf + nr, 1), nf, xf + xr)
    at = hypergeom.pmf(xf, *margins)
    # The tail away from the mean is summed, and has its full precision however small; the other one follows.
    lower = xf * (nf + nr) <= nf * (xf + xr)
    tail = np.where(
        lower, hypergeom.cdf(np.where(lower, xf - 1, -1), *margins), hypergeom.sf(np.where(lower, nf, xf), *margins)
    )
    p = np.minimum(1.0, 2 * np.minimum(tail, 1 - tail - at) + at)
    return np.where((nf == 0) | (nr == 0), np.nan, p)[()]


def mid_p_min_likelihood(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return the other two-sided mid-P: all less likely tables, and half of those exactly as likely as the one seen.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group; whole numbers.

    Returns
    -------
    float or array
        ½ if nobody or everybody is selected; nan if a group is empty.

    References
    ----------
    Lancaster (1961), as `mid_p`, with the order of tables of `fisher_exact`: R's ``exact2x2::fisher.exact`` with
    ``midp = TRUE``.

    Examples
    --------
    All of 3 against none of 3, and its mirror image: ½ · 2/20.

    >>> round(float(mid_p_min_likelihood(3, 3, 0, 3)), 6)
    0.05
    """
    from scipy.stats import hypergeom

    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    at = hypergeom.pmf(xf, np.maximum(nf + nr, 1), nf, xf + xr)
    return fisher_exact(xf, nf, xr, nr) - (at + _mirror(xf, nf, xr, nr)) / 2


def _mirror(xf: Floats, nf: Floats, xr: Floats, nr: Floats) -> Floats:
    """Return the probability of the table beyond the mode that is as likely as the one seen; 0 if there is none."""
    from scipy.stats import hypergeom

    total, selected = np.maximum(nf + nr, 1), xf + xr
    mode = np.floor((nf + 1) * (selected + 1) / (total + 2))
    at = hypergeom.pmf(xf, total, nf, selected)
    near, far = (
        mode + np.sign(xf - mode),
        np.where(xf < mode, np.minimum(nf, selected) + 1, np.maximum(selected - nr, 0) - 1),
    )
    while np.any(apart := np.abs(far - near) > 1):  # the probability falls from the mode outwards
        middle = np.trunc((near + far) / 2)
        likelier = hypergeom.pmf(middle, total, nf, selected) > at * (1 + _TIE)
        near, far = np.where(apart & likelier, middle, near), np.where(apart & ~likelier, middle, far)
    mirrored = hypergeom.pmf(far, total, nf, selected)
    return np.where((far != xf) & (mirrored >= at * (1 - _TIE)), mirrored, 0.0)
