"""Resampling what is not a table of independent decisions: whole clusters, or decisions with weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

_SELDOM = 10  # clusters to a profile, above which a multinomial draw is the quicker one


def cluster_draws(profiles: ArrayLike, times: ArrayLike, draws: int, seed: int) -> Floats:
    """Return bootstrap replicates of a table's cells: whole clusters are drawn with replacement.

    Parameters
    ----------
    profiles : array of float, shape (profiles, cells)
        What a cluster holds in each cell: counts, or sums of weights.  Clusters of the same content are one profile.
    times : array of int, shape (profiles,)
        How many clusters have that content.
    draws : int
    seed : int
        Of NumPy's default generator.

    Returns
    -------
    array of float, shape (draws, cells)
        Every replicate has as many clusters as there are.

    Notes
    -----
    A multinomial draw over the distinct profiles: in law the same as drawing clusters one by one, and quicker where
    profiles are few.

    References
    ----------
    Davison & Hinkley, "Bootstrap Methods and their Application" (1997), section 3.8, doi:10.1017/CBO9780511802843.
    Field & Welsh, "Bootstrapping clustered data", Journal of the Royal Statistical Society B 69 (2007),
    doi:10.1111/j.1467-9868.2007.00593.x.

    Examples
    --------
    One cluster of two and two empty-handed ones: a replicate has 0, 2, 4 or 6 in the first cell.

    >>> made = cluster_draws([[2, 0], [0, 2]], [1, 2], draws=200, seed=0)
    >>> np.unique(made[:, 0]).tolist(), np.unique(made.sum(axis=1)).tolist()
    ([0.0, 2.0, 4.0, 6.0], [6.0])
    """
    content = np.asarray(profiles, np.float64)
    how_many = np.asarray(times, np.int64)
    total = int(how_many.sum())
    if total == 0:
        return np.zeros((draws, content.shape[1]))
    generator = np.random.default_rng(seed)
    if total > _SELDOM * len(content):
        return np.asarray(generator.multinomial(total, how_many / total, size=draws) @ content)
    profile = np.repeat(np.arange(len(content)), how_many)
    picked = (profile[generator.integers(0, total, total)] for _ in range(draws))
    return np.stack([np.bincount(one, minlength=len(content)) @ content for one in picked])


def weighted_draws(weights: ArrayLike, squares: ArrayLike, draws: int, seed: int) -> Floats:
    """Return replicates of the sums of weights in a table's cells, from the sums and the sums of squares alone.

    Parameters
    ----------
    weights, squares : array of float
        Of each cell: Σw and Σw² over its decisions.
    draws : int
    seed : int
        Of NumPy's default generator.

    Returns
    -------
    array of float, shape (draws, *cells)
        An empty cell stays empty.

    Notes
    -----
    The Bayesian bootstrap multiplies each decision's weight by an independent exponential draw.  A cell's sum then has
    mean Σw and variance Σw²; here it is drawn from the gamma distribution with these moments, which is exact where the
    weights in a cell are equal.

    References
    ----------
    Rubin, "The Bayesian bootstrap", Annals of Statistics 9 (1981), doi:10.1214/aos/1176345338.

    Examples
    --------
    Weights 3, 1 and 1: mean 5, variance 11.

    >>> made = weighted_draws([5, 0], [11, 0], draws=20_000, seed=0)
    >>> round(float(made[:, 0].mean())), round(float(made[:, 0].var())), float(made[:, 1].max())
    (5, 11, 0.0)
    """
    sums, of_squares = np.asarray(weights, np.float64), np.asarray(squares, np.float64)
    there = of_squares > 0
    shape = np.where(there, sums**2 / np.where(there, of_squares, 1.0), 0.0)
    scale = np.where(there, of_squares / np.where(there, sums, 1.0), 0.0)
    return np.asarray(np.random.default_rng(seed).standard_gamma(shape, size=(draws, *sums.shape)) * scale)
