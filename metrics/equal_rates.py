"""What chance alone would do: tables drawn as if all groups had one true rate, and the p-value of what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

_ROUNDING = 1e-9  # a replicate that equals what was seen, but for its last bits, is as extreme


def equal_rate_draws(n: ArrayLike, selected_total: int, draws: int, seed: int | Sequence[int]) -> NDArray[np.int64]:
    """Return tables in which the same people are selected, as many as there were, without regard to their group.

    Parameters
    ----------
    n : array of int, shape (groups,)
        The groups' sizes.
    selected_total : int
        Selected in all groups together, at most the sum of ``n``.
    draws : int
        How many tables.
    seed : int or sequence of int
        Of NumPy's default generator.

    Returns
    -------
    array of int, shape (draws, groups)
        Selected of each group: multivariate hypergeometric, which is the law of shuffling the decisions.

    References
    ----------
    Good, "Permutation, Parametric and Bootstrap Tests of Hypotheses", 3rd ed. (2005), chapter 3, doi:10.1007/b138696.

    Examples
    --------
    >>> equal_rate_draws([3, 7], 10, draws=2, seed=0).tolist()
    [[3, 7], [3, 7]]
    """
    sizes = np.asarray(n, dtype=np.int64)
    generator = np.random.default_rng(seed)
    return generator.multivariate_hypergeometric(sizes, selected_total, size=draws, method="marginals")


def shuffled_kinds(counts: ArrayLike, draws: int, seed: int | Sequence[int]) -> NDArray[np.int64]:
    """Return tables in which people keep what befell them and are dealt out anew among the groups.

    Parameters
    ----------
    counts : array of int, shape (groups, kinds)
        How many of each group fall into each kind.
    draws : int
        How many tables.
    seed : int or sequence of int
        Of NumPy's default generator.

    Returns
    -------
    array of int, shape (draws, groups, kinds)
        With the same margins: the law of shuffling people among groups.

    References
    ----------
    As `equal_rate_draws`.

    Examples
    --------
    >>> shuffled_kinds([[2, 0, 1], [1, 1, 1]], draws=4, seed=0).sum(axis=1).tolist()
    [[3, 1, 2], [3, 1, 2], [3, 1, 2], [3, 1, 2]]
    """
    table = np.asarray(counts, dtype=np.int64)
    generator = np.random.default_rng(seed)
    made = np.zeros((draws, *table.shape), np.int64)
    pool = np.broadcast_to(table.sum(axis=0), (draws, table.shape[1])).copy()
    for group, size in enumerate(table.sum(axis=1)):
        left = np.full(draws, size)
        for kind in range(table.shape[1]):
            others = pool[:, kind + 1 :].sum(axis=1)
            made[:, group, kind] = generator.hypergeometric(pool[:, kind], others, left)
            left -= made[:, group, kind]
        pool -= made[:, group]
    return made


def share_as_extreme(seen: float, replicates: ArrayLike, *, small: bool = False) -> float:
    """Return the p-value of a statistic from replicates under the null: never 0.

    Parameters
    ----------
    seen : float
        The statistic of the data.
    replicates : array of float
        Of tables drawn under the null; nan, where a replicate has no statistic, counts as extreme as what was seen.
    small : bool
        Whether small values speak against the null; otherwise large ones do.

    Returns
    -------
    float
        (1 + how many replicates are at least as extreme) / (1 + how many there are).

    References
    ----------
    Phipson & Smyth, "Permutation p-values should never be zero", Statistical Applications in Genetics and Molecular
    Biology 9 (2010), doi:10.2202/1544-6115.1585.

    Examples
    --------
    >>> share_as_extreme(5.0, [1.0, 2.0, 5.0, 9.0])
    0.6
    >>> share_as_extreme(10.0, [1.0, 2.0, 5.0, 9.0])
    0.2
    """
    values = np.asarray(replicates, dtype=np.float64)
    slack = _ROUNDING * max(1.0, abs(seen))
    less_extreme = values > seen + slack if small else values < seen - slack
    return float(1 + values.size - np.count_nonzero(less_extreme)) / (1 + values.size)
