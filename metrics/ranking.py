"""Figures of one ranked pool: how visible each group is, how many of it stand at the top, how far the order departs.

A ranking is a table of counts, one row for each block of people who share a place, best first, and one column a
group: ``blocks[..., b, g]``; leading axes are replicates.  Without ties every block has one person.  ``others`` counts
people of no group that is compared; they hold their places.  Within a tied block every order is as likely as any other,
and figures are expected values over these orders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.counts import quotient

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats

ATTENTION = 0.5  # of the attention left, what each place takes


class Top(NamedTuple):
    """How many of each group stand in the first k places.

    Attributes
    ----------
    expected : array of float
        Over all orders of the block that the last of the k places falls into.
    fewest, most : array of int
        In the worst and the best of these orders, each group by itself.
    tied : bool
        Whether these differ: the cut-off falls inside a block of several groups.
    """

    expected: Floats
    fewest: NDArray[np.int64]
    most: NDArray[np.int64]
    tied: bool


def exposure(n: int) -> Floats:
    """Return the exposure of places 1 to n: 1 / log2(1 + i).

    References
    ----------
    Singh & Joachims, "Fairness of exposure in rankings", KDD 2018, doi:10.1145/3219819.3220088.

    Examples
    --------
    >>> exposure(3).tolist()  # 1/log2(2), 1/log2(3), 1/log2(4)
    [1.0, 0.6309297535714575, 0.5]
    """
    return np.reciprocal(np.log2(np.arange(2, n + 2, dtype=np.float64)))


def attention(n: int, share: float = ATTENTION) -> Floats:
    """Return the geometric attention of places 1 to n: p·(1 - p)^(i - 1).

    Parameters
    ----------
    n : int
    share : float
        p, strictly between 0 and 1: what each place takes of the attention that is left.

    References
    ----------
    Biega, Gummadi & Weikum, "Equity of attention", SIGIR 2018, doi:10.1145/3209978.3210063.

    Examples
    --------
    >>> attention(3).tolist()
    [0.5, 0.25, 0.125]
    """
    return np.multiply(share, np.power(1 - share, np.arange(n, dtype=np.float64)))


def mean_weights(blocks: ArrayLike, weights: ArrayLike, others: ArrayLike = 0) -> Floats:
    """Return the mean weight of each group's places, such as its exposure.

    Parameters
    ----------
    blocks : array of int, shape (..., blocks, groups)
    weights : array of float
        Of places 1 to n, at least as many as there are people.
    others : array of int, shape (blocks,)

    Returns
    -------
    array of float, shape (..., groups)
        nan for a group without people.

    Notes
    -----
    Everybody in a tied block has the block's mean weight: exactly the mean over all its orders.

    References
    ----------
    Singh & Joachims, "Fairness of exposure in rankings", KDD 2018, doi:10.1145/3219819.3220088.

    Examples
    --------
    First a, then a and b tied: b has the mean of places 2 and 3, a that and the first.

    >>> mean_weights([[1, 0], [1, 1]], [1.0, 0.6, 0.4]).tolist()
    [0.75, 0.5]
    """
    table = _by_group(blocks)
    starts, sizes = _places(table, others)
    total = np.concatenate([[0.0], np.cumsum(np.asarray(weights, np.float64))])
    each = quotient(total[starts + sizes] - total[starts], sizes)
    return quotient(table @ np.nan_to_num(each), table.sum(axis=-1))


def top(blocks: ArrayLike, k: int, others: ArrayLike = 0) -> Top:
    """Return how many of each group stand in the first k places.

    Parameters
    ----------
    blocks : array of int, shape (..., blocks, groups)
    k : int
        At least 0; beyond the number of people, everybody is in.
    others : array of int, shape (blocks,)

    References
    ----------
    Geyik, Ambler & Kenthapadi, "Fairness-aware ranking in search & recommendation systems", KDD 2019,
    doi:10.1145/3292500.3330691, for the count in the top k; the cut-off inside a tie is our own.

    Examples
    --------
    Three share places 2 to 4, and k is 2: one of them is in.  Of b, which has two of them, 2/3 are expected.

    >>> found = top([[1, 0], [1, 2]], 2)
    >>> found.expected.round(4).tolist(), found.fewest.tolist(), found.most.tolist(), found.tied
    ([1.3333, 0.6667], [1, 0], [2, 1], True)
    """
    table = _by_group(blocks)
    starts, sizes = _places(table, others)
    seats = np.clip(k - starts, 0, sizes)
    inside = (seats > 0) & (seats < sizes)
    whole, cut = (np.rint(table @ part.astype(np.float64)).astype(np.int64) for part in (seats == sizes, inside))
    left, size = int(seats[inside].sum()), int(sizes[inside].sum())
    fewest, most = whole + np.maximum(0, left - (size - cut)), whole + np.minimum(left, cut)
    return Top(whole + cut * (left / max(size, 1)), fewest, most, bool((most > fewest).any()))


def skew(expected_in_top: ArrayLike, n: ArrayLike, k: float, total: float) -> Floats:
    """Return skew@k: the logarithm of a group's share of the first k places over its share of the pool.

    Parameters
    ----------
    expected_in_top, n : array of float
        How many of each group stand in the first k places, and how many there are.
    k, total : float
        The same of all groups together.

    Returns
    -------
    array of float
        Natural logarithm: 0 in proportion, negative where the group has less.  nan if nobody of it is in the first k
        places (the logarithm has no end), or the group, or the top, is empty.

    References
    ----------
    Geyik, Ambler & Kenthapadi, "Fairness-aware ranking in search & recommendation systems", KDD 2019,
    doi:10.1145/3292500.3330691.

    Examples
    --------
    One of the first five places, and 40 % of the pool: ln(.2 / .4).

    >>> round(float(skew(1, 4, 5, 10)), 6)
    -0.693147
    """
    share = np.asarray(quotient(np.asarray(expected_in_top) * float(total), np.asarray(n) * float(k)))
    return np.log(np.where(share > 0, share, np.nan))[()]


def ndkl(blocks: ArrayLike, desired: ArrayLike | None = None, others: ArrayLike = 0, most: int | None = None) -> Floats:
    """Return how far the make-up of the top of a ranking departs from that of the pool, over all lengths of the top.

    Parameters
    ----------
    blocks : array of int, shape (..., blocks, groups)
        Replicates have as many people in each block as one another.
    desired : array of float, shape (groups,), optional
        Shares that add up to 1; by default the groups' shares of this pool.
    others : array of int, shape (blocks,)
        They hold places, and are in no share.
    most : int, optional
        Only lengths up to this.

    Returns
    -------
    array of float, shape (...)
        At least 0, in nats.  nan with nobody, or with somebody of a group whose desired share is 0.

    Notes
    -----
    Normalized discounted cumulative Kullback-Leibler divergence: (1/Z) Σ KL(D_i ‖ D) / log2(i + 1) with Z = Σ
    1/log2(i + 1), where D_i are the groups' shares of the first i places.  Lengths at which nobody of a known group has
    come yet are left out of both sums.  Where places are tied, D_i are the shares expected over the tied block's
    orders; the figure is then at most the mean of what each order would give.  It is never 0 without ties, since the
    first place is all of one group: compare it with what exchanging the groups at random gives.

    References
    ----------
    Geyik, Ambler & Kenthapadi, "Fairness-aware ranking in search & recommendation systems", KDD 2019,
    doi:10.1145/3292500.3330691.

    Examples
    --------
    Two people, a before b: KL at length 1 is ln 2, at length 2 nothing; divided by Z = 1 + 1/log2(3).

    >>> value = ndkl([[1, 0], [0, 1]])
    >>> round(float(value), 6), round(float(np.log(2) / (1 + 1 / np.log2(3))), 6)
    (0.425001, 0.425001)
    """
    table = _by_group(blocks)
    _, sizes = _places(table, others)
    total = int(sizes.sum())
    n = total if most is None else min(most, total)
    groups = table[(0,) * (table.ndim - 2)].sum(axis=-1)
    wanted = quotient(groups, groups.sum()) if desired is None else np.asarray(desired, np.float64)
    if not groups.sum() or np.any((groups > 0) & ~(wanted > 0)):
        return np.full(table.shape[:-2], np.nan)[()]
    so_far = _so_far(table, sizes, n)
    known = so_far[(0,) * (table.ndim - 2)].sum(axis=0)
    weights = np.where(known > 0, exposure(n), 0.0)
    per_head = weights / weights.sum() / np.where(known > 0, known, 1.0)
    departure: Floats = -((per_head * known) @ np.log(np.where(known > 0, known, 1.0))) * np.ones(table.shape[:-2])
    for g in range(len(groups)):
        departure += _surprise(so_far[..., g, :], float(wanted[g])) @ per_head
    return np.maximum(departure, 0.0)[()]


def _by_group(blocks: ArrayLike) -> Floats:
    """Return a table of blocks with the groups before the blocks."""
    return np.ascontiguousarray(np.swapaxes(np.asarray(blocks, np.float64), -1, -2))


def _places(table: Floats, others: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many places lie before each block, and how many it has."""
    first = table[(0,) * (table.ndim - 2)]
    sizes = first.sum(axis=0).astype(np.int64) + np.asarray(others, np.int64)
    return np.cumsum(sizes) - sizes, sizes


def _so_far(table: Floats, sizes: NDArray[np.int64], n: int) -> Floats:
    """Return how many of each group are expected in the first 1 to n places."""
    if (sizes == 1).all():
        return np.cumsum(table[..., :n], axis=-1)
    block = np.repeat(np.arange(len(sizes)), sizes)[:n]
    shares = (table / np.maximum(sizes, 1))[..., block]
    return np.cumsum(shares, axis=-1)


def _surprise(counts: Floats, wanted: float) -> Floats:
    """Return c·ln(c / wanted), and 0 at 0; whole counts are looked up."""
    most = int(counts.max(initial=0.0))
    whole = counts.astype(np.intp)
    table = np.arange(most + 1.0)
    table[1:] *= np.log(table[1:] / wanted)
    looked_up: Floats = table[whole]
    if (whole == counts).all():
        return looked_up
    return np.where(counts > 0, counts * np.log(np.where(counts > 0, counts, 1.0) / (wanted or 1.0)), 0.0)
