"""What a ranking would look like if it had nothing to do with group: the groups exchanged at random within pools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_ROUNDING = 1e-9  # of the figure seen: figures that differ by less are tied
_BLOCK_COST = 5  # drawing one block's count costs as much as exchanging this many people


def exchanged(blocks: ArrayLike, draws: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return rankings of the same people in the same places, with their groups dealt out anew.

    Parameters
    ----------
    blocks : array of int, shape (blocks, groups)
        One pool: people of each group in each block of equal places, best first.
    draws : int
    generator : numpy.random.Generator

    Returns
    -------
    array of int, shape (draws, blocks, groups)
        Every table has the margins of the one given; each deal of groups to people is as likely as any other.

    References
    ----------
    Good, "Permutation, Parametric and Bootstrap Tests of Hypotheses", 3rd ed. (2005), chapter 3, doi:10.1007/b138696.

    Examples
    --------
    >>> drawn = exchanged([[2, 0], [1, 3]], 100, np.random.default_rng(0))
    >>> drawn.sum(axis=2).min(axis=0).tolist(), drawn.sum(axis=1).max(axis=0).tolist()
    ([2, 4], [3, 3])
    """
    table = np.asarray(blocks, np.int64)
    places, groups = table.shape
    if table.sum() > _BLOCK_COST * places * (groups - 1):
        return _dealt_to_blocks(table, draws, generator)
    return _dealt_to_people(table, draws, generator)


def _dealt_to_people(table: NDArray[np.int64], draws: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Shuffle the people's groups, and count them block by block."""
    sizes = table.sum(axis=1)
    groups = np.repeat(np.arange(table.shape[1]), table.sum(axis=0))
    shuffled = generator.permuted(np.broadcast_to(groups, (draws, groups.size)), axis=1)
    made = _empty(table, draws)
    held = np.flatnonzero(sizes)
    starts = (np.cumsum(sizes) - sizes)[held]
    for g in range(table.shape[1] if held.size else 0):
        here = shuffled == g
        counts = here if held.size == groups.size else np.add.reduceat(here, starts, axis=1, dtype=np.int64)
        if held.size == len(sizes):
            made[:, :, g] = counts
        else:
            made[:, held, g] = counts
    return made


def _dealt_to_blocks(table: NDArray[np.int64], draws: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Draw how many of each group fall into each block, one after the other: hypergeometric, given those before."""
    made = _empty(table, draws)
    left = np.broadcast_to(table.sum(axis=0), (draws, table.shape[1])).copy()
    for b, size in enumerate(table.sum(axis=1)):
        seats = np.full(draws, size)
        for g in range(table.shape[1] - 1):
            made[:, b, g] = generator.hypergeometric(left[:, g], left[:, g + 1 :].sum(axis=1), seats)
            seats -= made[:, b, g]
        made[:, b, -1] = seats
        left -= made[:, b]
    return made


def _empty(table: NDArray[np.int64], draws: int) -> NDArray[np.int64]:
    """Return room for so many tables, each group's column in one piece of memory."""
    return np.swapaxes(np.zeros((draws, table.shape[1], table.shape[0]), np.int64), 1, 2)


def share_at_least(null: ArrayLike, seen: float) -> float:
    """Return the p-value of a figure that is large where groups are apart: (1 + draws at least as large) / (1 + draws).

    Parameters
    ----------
    null : array of float
        The figure of each draw; nan, where it is undefined, counts as at least as large.
    seen : float

    Returns
    -------
    float
        Never 0.  nan if nothing was seen.

    References
    ----------
    Phipson & Smyth, "Permutation p-values should never be zero", Statistical Applications in Genetics and Molecular
    Biology 9 (2010), article 39, doi:10.2202/1544-6115.1585.

    Examples
    --------
    >>> share_at_least([1.0, 2.0, 3.0], 2.0), share_at_least([1.0, 2.0, 3.0], 9.0)
    (0.75, 0.25)
    """
    if np.isnan(seen):
        return float("nan")
    drawn = np.asarray(null, np.float64)
    reached = int((~(drawn < seen - _ROUNDING * abs(seen))).sum())
    return (1 + reached) / (1 + drawn.size)


def two_sided_share(null: ArrayLike, seen: float) -> float:
    """Return the p-value of a figure that may lie on either side: twice the smaller tail, at most 1.

    Parameters
    ----------
    null : array of float
    seen : float

    References
    ----------
    As `share_at_least`.

    Examples
    --------
    Of four draws none lies at or below 0: 2·(1 + 0)/5.

    >>> two_sided_share([1.0, 2.0, 3.0, 4.0], 0.0)
    0.4
    """
    drawn = np.asarray(null, np.float64)
    return float(np.minimum(1.0, 2 * np.fmin(share_at_least(drawn, seen), share_at_least(-drawn, -seen))))


def middle_range(null: ArrayLike, level: float) -> tuple[float, float]:
    """Return the range in which the middle of the draws lies: ``level`` of them.

    Examples
    --------
    >>> middle_range([0.0, 1.0, 2.0, 3.0, 4.0], 0.5)
    (1.0, 3.0)
    """
    low, high = np.nanquantile(np.asarray(null, np.float64), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
