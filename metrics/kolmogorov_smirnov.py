"""The largest distance between two groups' distributions of a score, and how often chance alone makes it as large.

Scores are tied more often than not: whole points, deciles, bins.  The test looks at every way to deal the same scores
to groups of these sizes, ties as they are, without drawing any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.score_levels import block_starts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

LEVELS, FEW, LEVELS_OF_MANY = 1_000, 20_000, 200  # beyond so many people, fewer levels: or the test takes seconds
_NOTHING = 1e-20  # a probability that is counted as if the distance had been reached there


class KolmogorovSmirnov(NamedTuple):
    """A permutation test of the largest distance.

    Attributes
    ----------
    distance : float
        Between 0 and 1, at the levels that the test looks at.
    p : float
        The share of all ways to deal the scores in which the distance is as large.
    levels : int
        At how many levels the distributions are compared: where there are very many, fewer.
    """

    distance: float
    p: float
    levels: int


def ks_distance(focal: ArrayLike, reference: ArrayLike) -> float:
    """Return the largest distance between two distributions: max |F_f − F_r| over all scores.

    Parameters
    ----------
    focal, reference : array of int, shape (levels,)
        How many of either group have each score, in increasing order.

    Returns
    -------
    float
        0 where the distributions are alike, 1 where they do not overlap; nan where a group has nobody.

    References
    ----------
    Smirnov, "Table for estimating the goodness of fit of empirical distributions" (1948),
    doi:10.1214/aoms/1177730256.

    Examples
    --------
    Up to the second score 2 of 3 against 0 of 2.

    >>> round(ks_distance([1, 1, 1], [0, 0, 2]), 4)
    0.6667
    """
    f, r = (np.cumsum(np.asarray(side, np.float64)) for side in (focal, reference))
    if not f[-1] or not r[-1]:
        return float("nan")
    return float(np.abs(f * r[-1] - r * f[-1]).max() / (f[-1] * r[-1]))


def ks_bound(focal: ArrayLike, reference: ArrayLike) -> tuple[float, float]:
    """Return the least and the greatest distance that scores counted in bins allow.

    Parameters
    ----------
    focal, reference : array of int, shape (bins,)
        How many of either group have their score in each bin.

    Returns
    -------
    low, high : float
        At the bins' edges the distance is known; within a bin, one group may have passed and the other not begun.

    Examples
    --------
    Of the second bin's two scores, either may be the lower one.

    >>> ks_bound([1, 1], [1, 1])
    (0.0, 0.5)
    """
    f, r = (np.cumsum(np.asarray(side, np.float64)) for side in (focal, reference))
    if not f[-1] or not r[-1]:
        return float("nan"), float("nan")
    f, r = (np.concatenate([[0.0], side / side[-1]]) for side in (f, r))
    return ks_distance(focal, reference), float(max((f[1:] - r[:-1]).max(), (r[1:] - f[:-1]).max()))


def ks_test(focal: ArrayLike, reference: ArrayLike) -> KolmogorovSmirnov:
    """Test that two groups' scores have the same distribution, by the largest distance; ties are taken as they are.

    Parameters
    ----------
    focal, reference : array of int, shape (levels,)
        How many of either group have each score, in increasing order.

    Returns
    -------
    KolmogorovSmirnov
        nan where a group has nobody.

    Notes
    -----
    The number of focal members among the lowest k scores is a sum of independent binomials, one for each score, given
    that all of them add up to n_f.  So its law goes from score to score by convolution, and what reaches the distance
    seen is taken out.  What is less likely than 1e-20 is counted as reaching it: p is never 0.  This is the p-value
    of all permutations, exactly.  Tables and formulas without ties do not hold: they know nothing of which distances
    can occur between tied scores.

    Beyond 1,000 levels, or 200 with more than 20,000 people, the score is first cut into so many parts of about equal
    number, whatever the group; the test is then that of the distance at their ends.

    References
    ----------
    Schröer & Trenkler, "Exact and randomization distributions of Kolmogorov-Smirnov tests two or three samples"
    (1995), doi:10.1016/0167-9473(94)00040-P.

    Examples
    --------
    Two lower scores against two higher ones: of the six ways to deal them, two have distance 1.

    >>> found = ks_test([1, 1, 0, 0], [0, 0, 1, 1])
    >>> found.distance, round(found.p, 12)
    (1.0, 0.333333333333)
    """
    sides = np.stack([np.asarray(focal, np.int64), np.asarray(reference, np.int64)])
    m, total = int(sides[0].sum()), int(sides.sum())
    if m in (0, total):
        return KolmogorovSmirnov(float("nan"), float("nan"), 0)
    sides = sides[:, sides.sum(axis=0) > 0]
    sides = np.add.reduceat(sides, block_starts(sides.sum(axis=0), LEVELS if total <= FEW else LEVELS_OF_MANY), axis=1)
    tied = sides.sum(axis=0)
    # i of the lowest k are focal: |i/m − (k − i)/n| = |i·N − k·m|/mn, in whole numbers
    reached = int(np.abs(np.cumsum(sides[0]) * total - np.cumsum(tied) * m).max())
    distance = reached / (m * (total - m))
    p = 1.0 if reached == 0 else _share_that_reaches(tied, m, total, reached)
    return KolmogorovSmirnov(distance, min(1.0, p), len(tied))


def _share_that_reaches(tied: np.ndarray, m: int, total: int, reached: int) -> float:
    """Return the share of all ways in which |i·N − k·m| is at least ``reached`` at the end of some score."""
    chance, first, k, gone = m / total, 0, 0, 0.0
    law: Floats = np.ones(1)
    for t in tied.tolist():
        start, step = _binomial(t, chance)
        law, first, k = np.convolve(law, step), first + start, k + t
        inside = np.arange(first, first + len(law))
        out = (np.abs(inside * total - k * m) >= reached) | (law < _NOTHING)
        if out.any():
            gone += float(law[out] @ _binomial_at(m - inside[out], total - k, chance))
            kept = np.flatnonzero(~out)
            if not kept.size:
                break
            law, first = law[kept[0] : kept[-1] + 1], first + int(kept[0])
    return gone / float(_binomial_at(np.array([m]), total, chance)[0])


def _binomial(n: int, chance: float) -> tuple[int, Floats]:
    """Return the law of a binomial number, from the first value that is likelier than nothing."""
    middle, reach = n * chance, 10 * (n * chance * (1 - chance)) ** 0.5 + 25
    values = np.arange(max(0, int(middle - reach)), min(n, int(middle + reach)) + 1)
    return int(values[0]), _binomial_at(values, n, chance)


def _binomial_at(values: np.ndarray, n: int, chance: float) -> Floats:
    """Return the probabilities of values of a binomial number, 0 for impossible ones."""
    from scipy.special import gammaln, xlog1py, xlogy

    possible = (values >= 0) & (values <= n)
    x = np.where(possible, values, 0).astype(np.float64)
    ways = gammaln(n + 1.0) - gammaln(x + 1) - gammaln(n - x + 1)
    return np.where(possible, np.exp(ways + xlogy(x, chance) + xlog1py(n - x, -chance)), 0.0)
