"""Resampling decisions by resampling their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats


def cell_draws(cells: ArrayLike, draws: int, seed: int | Sequence[int]) -> NDArray[np.int64]:
    """Return bootstrap replicates of a contingency table: one multinomial draw over all its cells each.

    Parameters
    ----------
    cells : array of int, shape (groups, kinds)
        How many decisions of each group fall into each kind (selected, not selected; or the four error counts).
    draws : int
        How many replicates.
    seed : int or sequence of int
        Of NumPy's default generator; the same seed gives the same replicates.

    Returns
    -------
    array of int, shape (draws, groups, kinds)
        Every replicate has as many decisions as the table.

    Notes
    -----
    Drawing N rows with replacement and counting them has exactly this law, so no row is needed.  That holds for
    independent rows only: where a person or an advertisement has several rows, the clusters must be resampled.
    Group sizes vary from replicate to replicate.  Where they were fixed by design, draw each group by itself.

    References
    ----------
    Efron & Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 6, doi:10.1201/9780429246593.

    Examples
    --------
    >>> cell_draws([[3, 7], [6, 4]], draws=5, seed=0).sum(axis=(1, 2)).tolist()
    [20, 20, 20, 20, 20]
    """
    table = np.asarray(cells, dtype=np.int64)
    total = int(table.sum())
    if total == 0:
        return np.zeros((draws, *table.shape), dtype=np.int64)
    flat = np.random.default_rng(seed).multinomial(total, table.ravel() / total, size=draws)
    return flat.reshape(draws, *table.shape)


def percentile_interval(replicates: ArrayLike, level: float) -> tuple[Floats, Floats, Floats]:
    """Return the percentile interval of a statistic's replicates, and the share of replicates that are undefined.

    Parameters
    ----------
    replicates : array of float, shape (draws, ...)
        nan where the statistic is undefined in that replicate.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or array
        Quantiles of the defined replicates.  nan if none is defined, or if all of them are equal: a group in which
        nobody is selected gives the same rate in every replicate, which is no evidence that the true rate is 0.  Take
        a score interval there.
    share_undefined : float or array
        Between 0 and 1, to be reported beside the interval.

    References
    ----------
    Efron & Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13, doi:10.1201/9780429246593.

    Examples
    --------
    The middle half of 0, 1, 2, 3 and 4; and a statistic that never varies.

    >>> [float(v) for v in percentile_interval([0, 1, 2, 3, 4], 0.5)]
    [1.0, 3.0, 0.0]
    >>> [float(v) for v in percentile_interval([0, 0, 0, np.nan], 0.95)]
    [nan, nan, 0.25]
    """
    values = np.asarray(replicates, dtype=np.float64)
    undefined = np.isnan(values)
    varies = np.fmin.reduce(values, axis=0) < np.fmax.reduce(values, axis=0)  # False where nothing is defined
    usable = np.where(varies, values, 0.0)
    low, high = np.nanquantile(usable, [(1 - level) / 2, (1 + level) / 2], axis=0)
    nothing = np.full_like(low, np.nan)
    return np.where(varies, low, nothing)[()], np.where(varies, high, nothing)[()], undefined.mean(axis=0)
