"""Hypergeometric distributions of many pools at once, as one long array cut into pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats

    Ints = NDArray[np.int64]

LEAST = 1e-300  # probability below which an end of a distribution is cut off


class Pools(NamedTuple):
    """The distributions of the focal group's selections, one after the other.

    Attributes
    ----------
    x, pmf : array
        Every possible number of selections, and its probability.
    pool : array of int
        Which pool an entry belongs to.
    starts : array of int
        Where each pool begins.
    """

    x: Ints
    pmf: Floats
    pool: Ints
    starts: Ints

    def summed(self, of: Floats) -> Floats:
        """Return the sum of an array of entries over each pool."""
        return np.asarray(np.add.reduceat(of, self.starts))


def hypergeometric_pools(nf: ArrayLike, selected: ArrayLike, n: ArrayLike) -> Pools:
    """Return the distributions of the focal group's selections in many pools, the margins of each held.

    Parameters
    ----------
    nf, selected, n : array of int
        Of each pool: people of the focal group, people selected, people; at least one pool, none without people.

    Returns
    -------
    Pools
        In wide pools without the numbers whose probability is under 1e-300.

    Examples
    --------
    2 selected of 2 and 2, 1 selected of 1 and 1.

    >>> found = hypergeometric_pools([2, 1], [2, 1], [4, 2])
    >>> found.x.tolist(), (6 * found.pmf).round(9).tolist()
    ([0, 1, 2, 0, 1], [1.0, 4.0, 1.0, 3.0, 3.0])
    """
    from scipy.special import gammaln

    nf, selected, n = (np.atleast_1d(np.asarray(column, np.int64)) for column in (nf, selected, n))
    mean = nf * selected / n
    # Beyond it a hypergeometric tail is under 1e-300, by Bernstein's inequality: t² = 2·ln(1e300)·(variance + t/3).
    reach = 231 + np.sqrt(231**2 + 1382 * mean * (1 - selected / n))
    low = np.maximum(np.maximum(0, selected - (n - nf)), np.floor(mean - reach).astype(np.int64))
    high = np.minimum(np.minimum(nf, selected), np.ceil(mean + reach).astype(np.int64))
    sizes = high - low + 1
    ends = np.cumsum(sizes)
    pool, starts = np.repeat(np.arange(nf.size), sizes), ends - sizes
    x = np.arange(ends[-1]) - starts[pool] + low[pool]
    chosen, focal, others = selected[pool], nf[pool], (n - nf)[pool]
    log = -np.sum([gammaln(part + 1.0) for part in (x, focal - x, chosen - x, others - chosen + x)], axis=0)
    pmf = np.exp(log - np.maximum.reduceat(log, starts)[pool])
    pmf /= np.add.reduceat(pmf, starts)[pool]
    return Pools(x, pmf, pool, starts)
