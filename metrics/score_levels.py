"""Scores as counts: how many of a group have each score; their mean and spread, and fewer levels where there are many.

A group is an array with one count for each level of the score, levels in increasing order and the same for all groups.
Nothing needs the people one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats

    Ints = NDArray[np.int64]


class Moments(NamedTuple):
    """How many, their mean, and their variance: the sum of squares divided by n - 1, nan for fewer than two."""

    n: int
    mean: float
    variance: float


def moments(values: ArrayLike, counts: ArrayLike) -> Moments:
    """Return number, mean and variance of values, each borne by so many.

    Parameters
    ----------
    values : array of float, shape (levels,)
    counts : array of int, shape (levels,)

    Returns
    -------
    Moments
        The mean is nan where there is nobody.

    Examples
    --------
    Scores 1, 1 and 4: mean 2, squares 1 + 1 + 4 over 2.

    >>> moments([1, 4], [2, 1])
    Moments(n=3, mean=2.0, variance=3.0)
    """
    at, borne = np.asarray(values, np.float64), np.asarray(counts, np.int64)
    n = int(borne.sum())
    if n == 0:
        return Moments(0, float("nan"), float("nan"))
    first = at[np.argmax(borne > 0)]  # taken off first, so that a large score with a small spread loses no digits
    mean = float(first + (at - first) @ borne / n)
    return Moments(n, mean, float((at - mean) ** 2 @ borne) / (n - 1) if n > 1 else float("nan"))


def block_starts(totals: ArrayLike, most: int, keep: Sequence[int] = ()) -> Ints:
    """Return at which levels to begin new blocks, so that there are about ``most`` of about equal number.

    Parameters
    ----------
    totals : array of int, shape (levels,)
        Everybody, whatever their group: so the choice of blocks tells nothing of a difference between groups.
    most : int
        How many blocks, at least 1.  Where there are no more levels, every level is a block.
    keep : sequence of int
        Levels that begin a block in any case.

    Returns
    -------
    array of int
        Increasing, the first 0: to be given to ``numpy.add.reduceat``.

    Examples
    --------
    Eight people on four levels, in two blocks: 1 + 3 and 3 + 1.

    >>> block_starts([1, 3, 3, 1], 2).tolist()
    [0, 2]
    >>> block_starts([1, 3, 3, 1], 9).tolist(), block_starts([1, 3, 3, 1], 2, keep=[3]).tolist()
    ([0, 1, 2, 3], [0, 2, 3])
    """
    borne = np.asarray(totals, np.int64)
    if len(borne) <= most:
        return np.arange(len(borne))
    up_to = np.cumsum(borne)
    parts = up_to[-1] * np.arange(1, most) / most
    inner = np.searchsorted(up_to, parts) + 1
    kept = np.asarray(keep, np.int64)
    return np.unique(np.concatenate([[0], inner[inner < len(borne)], kept]))


def upwards(counts: ArrayLike) -> Floats:
    """Return how many lie below each level, and how many at it or below: an array of shape (2, levels).

    Examples
    --------
    >>> upwards([1, 0, 2]).tolist()
    [[0.0, 1.0, 1.0], [1.0, 1.0, 3.0]]
    """
    borne = np.asarray(counts, np.float64)
    up_to = np.cumsum(borne)
    return np.stack([up_to - borne, up_to])


def mean_score(values: ArrayLike, counts: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the mean of values, each borne by so many, with Student's interval.

    Parameters
    ----------
    values : array of float, shape (levels,)
    counts : array of int, shape (levels,)
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        ``undefined_empty_group`` where there is nobody; without an interval where one person is, or all are alike.

    References
    ----------
    Student, "The probable error of a mean" (1908), doi:10.1093/biomet/6.1.1.

    Examples
    --------
    1, 1 and 4: mean 2, standard error √(3/3).

    >>> found = mean_score([1, 4], [2, 1])
    >>> found.value, round(found.high - found.value, 4)
    (2.0, 4.3027)
    """
    from scipy.special import stdtrit

    n, mean, variance = moments(values, counts)
    if n == 0:
        return Estimate.undefined("undefined_empty_group", level=level, n=0)
    if not variance > 0:  # nan for one person
        return Estimate(mean, None, None, level, None, "ok", n)
    reach = float(stdtrit(n - 1, (1 + level) / 2)) * (variance / n) ** 0.5
    return Estimate(mean, mean - reach, mean + reach, level, "mean_t", "ok", n)
