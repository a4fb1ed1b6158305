"""Which answers share a résumé, a job, a name: all that the spread of their mean depends on but the answers themselves.

A résumé is shown under names of one group and of another, and each name stands on many résumés: names and résumés are
crossed.  Answers with the same name are alike, and so are answers to résumés for the same job, so neither names nor
jobs can be ignored, and neither is nested in the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats

    Ints = NDArray[np.int64]

_NOTHING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """The arrangement of n answers, made by `crossing_of`.

    Attributes
    ----------
    role : array of int, shape (n,)
        On which side of the comparison an answer stands.
    coefficients : array of float, shape (roles,)
        The estimate is the sum of the means of the roles, each multiplied by its coefficient.
    weight : array of float, shape (n,)
        Hence of every answer.
    block : array of int, shape (n,), or None
        Whose mean is taken out: the résumé, answers to which are compared with one another only.
    cluster : array of int, shape (n,)
        The job, or the résumé: answers in different clusters have nothing in common but their names.
    share : array of float, shape (clusters,)
        Of the answers.
    effective_clusters : float
        How many clusters of one size would weigh as these do.
    name, cell : array of int, shape (shown,)
        Names that are random, and the pairs of name and cluster, of every showing of such a name.
    shown : array of int, shape (shown,)
        Which answer that is.
    cell_name, cell_cluster : array of int, shape (cells,)
    name_shown : array of float, shape (names,)
        How often each is shown.
    side : array of int, shape (names,)
        Which of the populations below a name is drawn from.
    population : array of int, shape (sides,)
        Those of which several names are shown, as `crossing_of` was given them.
    sizes : array of int, shape (sides,)
        How many names are shown of each.
    excess : array of float, shape (sides,)
        By how much the names' variance raises that of the estimate above what differs between clusters anyway.
    solve : array of float, shape (sides, sides)
        From mean squares between names to their variance.
    """

    role: Ints
    coefficients: Floats
    weight: Floats
    block: Ints | None
    cluster: Ints
    share: Floats
    effective_clusters: float
    name: Ints
    cell: Ints
    shown: Ints
    cell_name: Ints
    cell_cluster: Ints
    name_shown: Floats
    side: Ints
    population: Ints
    sizes: Ints
    excess: Floats
    solve: Floats


def crossing_of(
    role: ArrayLike,
    coefficients: Sequence[float],
    cluster: ArrayLike,
    *,
    block: ArrayLike | None = None,
    names: ArrayLike | None = None,
    side: ArrayLike = (),
) -> Crossing:
    """Return the arrangement of answers whose means by role are to be combined.

    Parameters
    ----------
    role : array of int, shape (n,)
        0, 1, …; each has at least one answer.
    coefficients : sequence of float
        What the mean of each role is multiplied by: ``(1, -1)`` for a difference, ``(1,)`` for a mean.
    cluster : array of int, shape (n,)
        Any numbers.
    block : array of int, shape (n,), optional
        Nested in the clusters; every block has as many answers in every role.  Their means are taken out.  Only for
        coefficients that add up to 0.
    names : array of int, shape (n,) or (n, k), optional
        The name or the k names under which each answer was given.
    side : array of int, one entry a name
        Which population each name belongs to.  Where only one name of a population is shown, it is fixed: the
        estimate is about that name.

    Returns
    -------
    Crossing

    Examples
    --------
    Two résumés, each under one name of two in either group.

    >>> c = crossing_of([0, 1, 0, 1], (1, -1), [7, 7, 8, 8], block=[7, 7, 8, 8], names=[0, 2, 1, 3], side=[0, 0, 1, 1])
    >>> c.weight.tolist(), c.effective_clusters, c.sizes.tolist()
    ([0.5, -0.5, 0.5, -0.5], 2.0, [2, 2])
    """
    roles, clusters = np.asarray(role, np.int64), _numbered(cluster)
    times_role = np.asarray(coefficients, np.float64)
    weight = (times_role / np.bincount(roles))[roles]
    share = np.bincount(clusters) / len(clusters)
    blocks = None if block is None else _numbered(block)
    name, shown, populations = _random_names(names, side)
    population, kinds = np.unique(populations, return_inverse=True)
    cells, cell = np.unique(name * len(share) + clusters[shown], return_inverse=True)
    cell_name, cell_cluster = cells // len(share), cells % len(share)
    times = np.bincount(name, minlength=len(kinds)).astype(np.float64)
    sizes = np.bincount(kinds)
    net = _sums(cell, weight[shown], len(cells))
    excess = _excess(net, cell_name, cell_cluster, share, kinds)
    solve = _solve(blocks, name, shown, cell, (cell_name, cell_cluster), times, kinds, len(share))
    return Crossing(
        roles, times_role, weight, blocks, clusters, share, float(1 / (share**2).sum()),
        name, cell, shown, cell_name, cell_cluster, times, kinds, population, sizes, excess, solve,
    )  # fmt: skip


def spread_between(values: Floats, places: Ints, sizes: Ints) -> Floats:
    """Return the sum of squares about the mean within each set of places, over its size less 1; the rest of it is 0.

    Examples
    --------
    Two names of three have the values 1 and 2: squares about 1 are 0, 1 and 1, over 2.

    >>> spread_between(np.array([1.0, 2.0]), np.array([0, 0]), np.array([3])).tolist()
    [1.0]
    """
    squares, sums = _sums(places, values**2, len(sizes)), _sums(places, values, len(sizes))
    spread: Floats = (squares - sums**2 / sizes) / (sizes - 1)
    return spread


def _numbered(labels: ArrayLike) -> Ints:
    return np.unique(np.asarray(labels), return_inverse=True)[1].astype(np.int64)


def _sums(places: Ints, values: Floats, size: int) -> Floats:
    sums: Floats = np.bincount(places, weights=values, minlength=size).astype(np.float64)
    return sums


def _random_names(names: ArrayLike | None, side: ArrayLike) -> tuple[Ints, Ints, Ints]:
    """Return the name and the answer of every showing of a name beside which others are shown, and the names' sides."""
    nothing = np.zeros(0, np.int64)
    if names is None:
        return nothing, nothing, nothing
    given = np.asarray(names, np.int64)
    given = given.reshape(len(given), -1)
    answer = np.repeat(np.arange(len(given)), given.shape[1])
    seen, name = np.unique(given.ravel(), return_inverse=True)
    kinds = np.asarray(side, np.int64)[seen]
    several = np.bincount(kinds)[kinds] > 1
    place = np.cumsum(several) - 1
    kept = several[name]
    return place[name[kept]], answer[kept], kinds[several]


def _excess(net: Floats, cell_name: Ints, cell_cluster: Ints, share: Floats, side: Ints) -> Floats:
    """Return what a unit of the names' variance adds to the estimate's beyond its expected spread between clusters."""
    names = len(side)
    of_name = _sums(cell_name, net, names)
    squares = _sums(cell_name, net**2, names) - 2 * of_name * _sums(cell_name, net * share[cell_cluster], names)
    between = (squares + of_name**2 * (share**2).sum()) / (1 - (share**2).sum() or np.nan)
    return _sums(side, of_name**2 - between, int(side.max(initial=-1)) + 1)


def _solve(
    block: Ints | None,
    name: Ints,
    shown: Ints,
    cell: Ints,
    of_cell: tuple[Ints, Ints],
    times: Floats,
    side: Ints,
    clusters: int,
) -> Floats:
    """Return the inverse of the expected mean squares between names, those within a cluster left out.

    A name's mean holds its own effect less that of the names beside it on the same résumés, whose mean was taken out.
    """
    from scipy import sparse

    sides, names, cells = int(side.max(initial=-1)) + 1, len(side), len(of_cell[0])
    if not sides:
        return np.zeros((0, 0))
    one = np.ones(len(name))
    held: Any = sparse.csr_matrix((one, (cell, name)), shape=(cells, names))
    if block is not None:
        size = np.bincount(block)
        beside = sparse.csr_matrix((one / size[block[shown]], (block[shown], name)), shape=(len(size), names))
        held = held - sparse.csr_matrix((one, (cell, block[shown])), shape=(cells, len(size))) @ beside
    cell_name, cell_cluster = of_cell
    held = sparse.diags(1 / times[cell_name]) @ held
    whole = sparse.csr_matrix((np.ones(cells), (cell_name, np.arange(cells))), shape=(names, cells)) @ held
    expected = np.empty((sides, sides))
    for s in range(sides):
        mine, of_side = np.flatnonzero(side[cell_name] == s), int((side == s).sum())
        part = held[mine]
        rows = (cell_cluster[mine], np.arange(len(mine)))
        by_cluster = sparse.csr_matrix((np.ones(len(mine)), rows), shape=(clusters, len(mine))) @ part
        of_names = whole[side == s]
        squares = _squares(of_names) - _squares(part)
        sums = np.asarray(of_names.sum(axis=0)).ravel() ** 2 - _squares(by_cluster)
        expected[s] = _sums(side, (squares - sums / of_side) / (of_side - 1), sides)
    # Names that are each on one cluster only, or always beside the same other name, cannot be told from these.
    solve: Floats = np.linalg.pinv(np.where(np.abs(expected) < _NOTHING, 0.0, expected), rcond=_NOTHING)
    return solve


def _squares(matrix: Any) -> Floats:
    """Return the sum of squares of every column of a sparse matrix."""
    squares: Floats = np.asarray(matrix.power(2).sum(axis=0), np.float64).ravel()
    return squares
