"""The exact test of every pool by itself, thousands of pools in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.hypergeometric import LEAST, hypergeometric_pools
from fairwitness.metrics.strata import informative

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

_TIE = 1e-7  # tables this near in probability count as equally likely, as in scipy and R


class ExactByPool(NamedTuple):
    """Fisher's exact p and the doubled mid-P of each pool, nan where a pool is not informative."""

    p: Floats
    mid_p: Floats


def exact_by_pool(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> ExactByPool:
    """Return Fisher's exact test and the doubled mid-P of many 2×2 tables at once.

    They are those of `fairwitness.metrics.exact_tests`, of all tables in one array.

    Parameters
    ----------
    xf, nf, xr, nr : array of int
        Selected and total of the focal and of the reference group in each pool; whole numbers.

    Returns
    -------
    ExactByPool
        Never 0: of what is less likely than can be computed, the most that it can be.

    References
    ----------
    Fisher (1935), doi:10.2307/2342435; Lancaster (1961), doi:10.1080/01621459.1961.10482105.

    Examples
    --------
    All of 3 against none of 3: 1 of 20 tables on either side; and a pool in which nobody is selected.

    >>> found = exact_by_pool([3, 0], [3, 2], [0, 0], [3, 2])
    >>> found.p.round(6).tolist(), found.mid_p.round(6).tolist()
    ([0.1, nan], [0.05, nan])
    """
    columns = [np.atleast_1d(np.asarray(column, np.int64)) for column in (xf, nf, xr, nr)]
    told = informative(*columns)
    p, mid = np.full((2, *told.shape), np.nan)
    if not told.any():
        return ExactByPool(p, mid)
    x, n, y, m = (column[told] for column in columns)
    pools = hypergeometric_pools(n, x + y, n + m)
    seen = x[pools.pool]
    own = pools.summed(np.where(pools.x == seen, pools.pmf, 0.0))
    less = pools.summed(np.where(pools.x < seen, pools.pmf, 0.0))
    greater = pools.summed(np.where(pools.x > seen, pools.pmf, 0.0))
    rare = pools.pmf <= own[pools.pool] * (1 + _TIE)
    p[told] = np.clip(pools.summed(np.where(rare, pools.pmf, 0.0)), 2 * LEAST, 1)
    mid[told] = np.clip(2 * np.minimum(less, greater) + own, 2 * LEAST, 1)
    return ExactByPool(p, mid)
