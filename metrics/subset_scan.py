"""The search for the subgroup whose decisions differ most from what is expected, over all subsets of levels at once.

A subgroup is a set of levels on each axis: women, of any race, aged under 40.  There are many, and the one that
stands out the most always stands out; so the same search is made again in tables drawn under the null.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Literal

import numpy as np

from fairwitness.metrics.counts import floats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats

Direction = Literal["fewer", "more"]

_STEPS = np.exp(np.geomspace(0.005, 5.0, 49))  # odds ratios that are tried, each 15 % farther from 1 on the log scale
_AT_ONCE = 4_000_000  # numbers held in memory
_HALVINGS = 80


@dataclass(frozen=True, slots=True)
class Subset:
    """A subgroup that a search found.

    Attributes
    ----------
    direction : {"fewer", "more"}
        Whether fewer of it were selected than expected, or more.
    levels : tuple of tuple of int
        For each axis the places of its levels; empty where all levels are in.
    score : float
        The log-likelihood ratio as the search computes it; 0 where no subgroup differs in that direction.
    """

    direction: Direction
    levels: tuple[tuple[int, ...], ...]
    score: float


def bernoulli_score(selected: ArrayLike, n: ArrayLike, expected: ArrayLike, odds_ratio: float) -> float:
    """Return how much likelier the decisions on a subgroup are if all its expected odds are multiplied by one factor.

    Parameters
    ----------
    selected, n : array of int
        Selected and total of each cell of the subgroup.
    expected : array of float
        The share expected to be selected in each cell, between 0 and 1.
    odds_ratio : float above 0
        The factor q.

    Returns
    -------
    float
        Σ x·ln q - Σ n·ln(1 - p + q·p).

    References
    ----------
    Zhang & Neill, "Identifying significant predictive bias in classifiers" (2016), arXiv:1611.08292.

    Examples
    --------
    Nothing is likelier under the same odds.

    >>> bernoulli_score([3], [10], [0.5], 1.0)
    0.0
    """
    x, sizes, p = floats(selected, n, expected)
    return float(np.sum(x) * np.log(odds_ratio) - np.sum(sizes * np.log(1 - p + odds_ratio * p)))


def best_odds_ratio(selected: ArrayLike, n: ArrayLike, expected: ArrayLike) -> tuple[float, float]:
    """Return the factor at which the decisions on a subgroup are the likeliest, and the score there.

    Parameters
    ----------
    selected, n, expected : arrays
        As in `bernoulli_score`.

    Returns
    -------
    odds_ratio, score : float
        The factor is 0 if nobody is selected and inf if everybody is; 1, with the score 0, for a subgroup of nobody.

    References
    ----------
    As `bernoulli_score`.

    Examples
    --------
    All expected alike at ½: the odds themselves, 3/7; 3·ln(3/7) - 10·ln(1/2 + 3/14).

    >>> q, score = best_odds_ratio([3], [10], [0.5])
    >>> round(q, 9), round(score, 9)
    (0.428571429, 0.822828785)
    """
    x, sizes, p = floats(selected, n, expected)
    total = float(np.sum(x))
    if total == 0 or total == np.sum(sizes):
        left = -np.sum(sizes * np.log(np.where(sizes > 0, np.where(total == 0, 1 - p, p), 1.0)))
        return (1.0, 0.0) if not np.any(sizes) else (0.0 if total == 0 else np.inf, float(left))
    low, high = -50.0, 50.0  # of the logarithm
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        q = np.exp(middle)
        short = np.sum(sizes * q * p / (1 - p + q * p)) < total
        low, high = (middle, high) if short else (low, middle)
    q = float(np.exp(high))
    return q, bernoulli_score(x, sizes, p, q)


def size_of_search(shape: Sequence[int]) -> int:
    """Return how many subgroups are looked at one by one: those that differ on any axis but the longest.

    Parameters
    ----------
    shape : sequence of int
        How many levels each axis has.

    Notes
    -----
    On the longest axis the best levels for given others need no search: under one odds ratio each level adds to the
    score or takes from it, whatever the other levels do (Neill 2012).

    References
    ----------
    Neill, "Fast subset scan for spatial pattern detection", Journal of the Royal Statistical Society B 74 (2012),
    doi:10.1111/j.1467-9868.2011.01014.x.

    Examples
    --------
    Of axes with 2, 7 and 3 levels: (2² - 1)·(2³ - 1).

    >>> size_of_search([2, 7, 3])
    21
    """
    *others, _ = sorted(shape)
    return prod(2**levels - 1 for levels in others)


def scan(selected: ArrayLike, n: ArrayLike, expected: ArrayLike, direction: Direction) -> Subset:
    """Return the subgroup of a table that differs most from what is expected, in one direction.

    Parameters
    ----------
    selected, n : array of int, one dimension an axis
        Selected and total of each cell.
    expected : array of float of the same shape
        The share expected to be selected in each cell.
    direction : {"fewer", "more"}

    Returns
    -------
    Subset
        Of all products of sets of levels the one with the highest score, over odds ratios from e^±.005 to e^±5 on a
        fixed grid.  Levels that nobody in the subgroup has are left out.

    References
    ----------
    As `bernoulli_score` and `size_of_search`.

    Examples
    --------
    20 of 40 in each cell but one, where it is 8.

    >>> found = scan([[20, 20], [20, 8]], [[40, 40], [40, 40]], [[0.5, 0.5], [0.5, 0.5]], "fewer")
    >>> found.levels, found.score > 7
    (((1,), (1,)), True)
    """
    table = _Table.of(n, expected)
    score, chosen, at = table.best(np.asarray(selected, np.float64)[None], direction)
    x = table.folded(np.asarray(selected, np.float64)[None])[0]
    q = table.odds_ratios(direction)[at[0]]
    member = table.members[chosen[0]]
    adds = np.log(q) * (member @ x) - member @ table.cost(q) > 0
    inside = table.unfolded(member[:, None] * adds[None, :] > 0) & (np.asarray(n) > 0)
    levels = []
    for axis in range(inside.ndim):
        others = tuple(i for i in range(inside.ndim) if i != axis)
        some, all_ = inside.any(axis=others), np.asarray(n).any(axis=others)
        levels.append(() if (some == all_).all() else tuple(int(i) for i in np.flatnonzero(some)))
    return Subset(direction, tuple(levels), float(score[0]))


def scan_scores(selected: ArrayLike, n: ArrayLike, expected: ArrayLike, direction: Direction) -> Floats:
    """Return the score that `scan` finds in each of many tables.

    Parameters
    ----------
    selected : array of int, shape ``(tables, …)``
        Selected of each cell.
    n, expected : arrays of shape ``(…)``
        Total and expected share of each cell, the same in all tables.
    direction : {"fewer", "more"}

    Returns
    -------
    array of shape ``(tables,)``

    Examples
    --------
    >>> n, expected = [[40, 40], [40, 40]], [[0.5, 0.5], [0.5, 0.5]]
    >>> scan_scores([[[20, 20], [20, 8]], [[20, 20], [20, 20]]], n, expected, "fewer").round(1).tolist()
    [7.7, 0.0]
    """
    table = _Table.of(n, expected)
    return table.best(np.asarray(selected, np.float64), direction)[0]


def shuffled_within(
    selected: ArrayLike, n: ArrayLike, strata: ArrayLike, draws: int, seed: int | Sequence[int]
) -> NDArray[np.int64]:
    """Return tables in which the decisions of each stratum are dealt out anew among its cells.

    Parameters
    ----------
    selected, n : array of int
        Selected and total of each cell.
    strata : array of int of the same shape
        Cells of one number exchange decisions.
    draws : int
    seed : int or sequence of int
        Of NumPy's default generator.

    Returns
    -------
    array of int, shape ``(draws, …)``
        Every stratum keeps how many were selected.

    References
    ----------
    Good, "Permutation, Parametric and Bootstrap Tests of Hypotheses", 3rd ed. (2005), chapter 3, doi:10.1007/b138696.

    Examples
    --------
    >>> shuffled_within([2, 0, 1], [2, 3, 1], [0, 0, 1], draws=4, seed=0).sum(axis=1).tolist()
    [3, 3, 3, 3]
    """
    x, sizes, kinds = (np.asarray(a, np.int64) for a in (selected, n, strata))
    generator = np.random.default_rng(seed)
    made = np.zeros((draws, *x.shape), np.int64)
    for kind in np.unique(kinds):
        of = kinds == kind
        made[:, of] = generator.multivariate_hypergeometric(sizes[of], int(x[of].sum()), draws, method="marginals")
    return made


@dataclass(frozen=True, slots=True)
class _Table:
    """What stays the same from replicate to replicate: sizes, expectations and the subsets of all axes but one."""

    shape: tuple[int, ...]
    longest: int
    n: Floats
    expected: Floats
    members: Floats

    @classmethod
    def of(cls, n: ArrayLike, expected: ArrayLike) -> _Table:
        sizes, p = floats(n, expected)
        longest = int(np.argmax(sizes.shape))
        members = np.ones((1, 1))
        for axis, levels in enumerate(sizes.shape):
            if axis != longest:
                subsets = (np.arange(1, 2**levels)[:, None] >> np.arange(levels)) & 1
                members = np.kron(members, subsets)

        def fold(a: Floats) -> Floats:
            return np.moveaxis(a, longest, -1).reshape(-1, sizes.shape[longest])

        return cls(sizes.shape, longest, fold(sizes), fold(p), members)

    def folded(self, selected: Floats) -> Floats:
        """Return tables with the longest axis last and all others in one."""
        moved = np.moveaxis(selected, self.longest + 1, -1)
        return moved.reshape(len(selected), *self.n.shape)

    def unfolded(self, cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Undo `folded` for one table."""
        others = [levels for axis, levels in enumerate(self.shape) if axis != self.longest]
        return np.moveaxis(cells.reshape(*others, self.shape[self.longest]), -1, self.longest)

    def odds_ratios(self, direction: Direction) -> Floats:
        return 1 / _STEPS if direction == "fewer" else _STEPS

    def cost(self, q: float) -> Floats:
        """Return what every cell takes from the score."""
        return np.asarray(self.n * np.log(1 - self.expected + q * self.expected))

    def best(self, selected: Floats, direction: Direction) -> tuple[Floats, NDArray[np.intp], NDArray[np.intp]]:
        """Return of each table the best score, and the places of its subset and of its odds ratio."""
        tables = len(selected)
        score = np.zeros(tables)
        chosen, at = np.zeros(tables, np.intp), np.zeros(tables, np.intp)
        step = max(1, _AT_ONCE // (len(self.members) * self.shape[self.longest]))
        costs = [self.members @ self.cost(q) for q in self.odds_ratios(direction)]
        for start in range(0, tables, step):
            part = slice(start, start + step)
            x = np.matmul(self.members, self.folded(selected[part]))  # tables, subsets, levels
            for i, q in enumerate(self.odds_ratios(direction)):
                found = np.maximum(np.log(q) * x - costs[i], 0.0).sum(axis=-1)
                place = found.argmax(axis=1)
                value = np.take_along_axis(found, place[:, None], axis=1)[:, 0]
                better = value > score[part]
                score[part] = np.where(better, value, score[part])
                chosen[part], at[part] = np.where(better, place, chosen[part]), np.where(better, i, at[part])
        return score, chosen, at
