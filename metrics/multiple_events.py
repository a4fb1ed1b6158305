"""The exact multiple-events test: selections of many pools, each with its own margins, added up.

If people of both groups are selected alike, the focal group's selections of one pool are hypergeometric given the
pool's margins, and their sum over pools follows the convolution of these distributions.  It is the exact conditional
form of the Cochran–Mantel–Haenszel test, right however small the pools are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.counts import floats
from fairwitness.metrics.hypergeometric import LEAST, hypergeometric_pools
from fairwitness.metrics.strata import informative

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

_TIE = 1e-7  # sums this near in probability count as equally likely, as in scipy and R


class NullSum(NamedTuple):
    """The distribution of the sum: ``pmf[i]`` is the probability of ``start + i`` selections."""

    start: int
    pmf: Floats


class MultipleEvents(NamedTuple):
    """The focal group's selections over all pools, what is expected of them, and how unlikely they are.

    ``p`` adds up all sums no likelier than the one seen; ``p_less`` and ``p_greater`` are one-sided; ``mid_p`` counts
    the sum seen by half, doubled, and ``mid_p_less`` does so on the lower side.
    """

    selected: int
    expected: float
    variance: float
    p: float
    p_less: float
    p_greater: float
    mid_p: float
    mid_p_less: float


def multiple_events(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> MultipleEvents | None:
    """Return the exact test over pools: Σxf against the convolution of the pools' hypergeometric distributions.

    Parameters
    ----------
    xf, nf, xr, nr : array of int
        Selected and total of the focal and of the reference group in each pool; whole numbers.

    Returns
    -------
    MultipleEvents or None
        None if no pool is informative.  A p is never 0: what lies beyond the ends that were cut off is given as the
        most that it can be.

    References
    ----------
    Gastwirth & Greenhouse, "Estimating a common relative risk: application in equal employment", Journal of the
    American Statistical Association 82 (1987), 38-45.  Agresti, "Categorical Data Analysis", 3rd ed. (2013),
    section 7.3.5; R's ``mantelhaen.test`` with ``exact = TRUE``.

    Examples
    --------
    Twice 0 of 2 against 2 of 2: 0 of 4 where 2 are expected.  Each pool has 0, 1, 2 with 1/6, 4/6, 1/6, so 0 and 4
    have 1/36 each.

    >>> test = multiple_events([0, 0], [2, 2], [2, 2], [2, 2])
    >>> test.selected, round(test.expected, 6), round(36 * test.p, 6), round(36 * test.mid_p, 6)
    (0, 2.0, 2.0, 1.0)
    """
    columns = [np.asarray(column, np.int64) for column in (xf, nf, xr, nr)]
    kept = informative(*columns)
    if not kept.any():
        return None
    xf, nf, xr, nr = (column[kept] for column in columns)
    seen, null = int(xf.sum()), null_sum(nf, xf + xr, nf + nr)
    at = seen - null.start
    inside = 0 <= at < null.pmf.size
    own = float(null.pmf[at]) if inside else 0.0
    less = float(np.sum(null.pmf[: max(at, 0)]))
    greater = float(np.sum(null.pmf[max(at + 1, 0) :]))
    beyond = LEAST * 2 * nf.size
    selected, total = floats(xf + xr, nf + nr)
    return MultipleEvents(
        selected=seen,
        expected=float(np.sum(nf * selected / total)),
        variance=float(np.sum(nf * nr * selected * (total - selected) / (total**2 * (total - 1)))),
        p=min(1.0, max(float(np.sum(null.pmf[null.pmf <= own * (1 + _TIE)])), beyond)),
        p_less=min(1.0, max(less + own, beyond)),
        p_greater=min(1.0, max(greater + own, beyond)),
        mid_p=min(1.0, max(2 * min(less, greater) + own, beyond)),
        mid_p_less=min(1.0, max(less + own / 2, beyond)),
    )


def null_sum(nf: ArrayLike, selected: ArrayLike, n: ArrayLike) -> NullSum:
    """Return the distribution of the focal group's selections over all pools if both groups are selected alike.

    Pools are joined two by two, then the joined ones: so both factors of a convolution are of like width.  Ends with a
    probability below 1e-300 are cut off after each, which keeps the width near 75 standard deviations.

    Parameters
    ----------
    nf, selected, n : array of int
        Of each pool: people of the focal group, people selected, people.

    Returns
    -------
    NullSum

    Examples
    --------
    >>> null = null_sum([2, 2], [2, 2], [4, 4])
    >>> null.start, (36 * null.pmf).round(6).tolist()
    (0, [1.0, 8.0, 18.0, 8.0, 1.0])
    """
    rows = np.stack([np.atleast_1d(c) for c in (nf, selected, n)], axis=-1)
    kinds, copies = np.unique(rows, axis=0, return_counts=True)
    pools = hypergeometric_pools(*kinds.T)
    pieces = np.split(pools.pmf, pools.starts[1:])
    each = zip(pools.x[pools.starts].tolist(), pieces, copies.tolist(), strict=True)
    sums = [part for start, pmf, many in each for part in _times(_cut(start, pmf), many)]
    while len(sums) > 1:
        sums.sort(key=lambda s: s.pmf.size)
        odd = [sums.pop()] if len(sums) % 2 else []
        sums = [_joined(a, b) for a, b in zip(sums[::2], sums[1::2], strict=True)] + odd
    return sums[0]


def _times(one: NullSum, many: int) -> list[NullSum]:
    """Return equal pools joined by repeated doubling: the parts of ``many`` in binary."""
    parts = []
    while many:
        if many & 1:
            parts.append(one)
        many >>= 1
        if many:
            one = _joined(one, one)
    return parts


def _joined(a: NullSum, b: NullSum) -> NullSum:
    return _cut(a.start + b.start, np.convolve(a.pmf, b.pmf))


def _cut(start: int, pmf: Floats) -> NullSum:
    kept = np.flatnonzero(pmf >= LEAST)
    first, last = int(kept[0]), int(kept[-1])
    return NullSum(start + first, pmf[first : last + 1])
