"""The effect of a swap on answers: a difference of means, its variance, and what names and résumés contribute to it.

Names are a sample of those that could have been shown, and so are résumés: the interval is about names and résumés of
the same kind, not about those asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.crossing import spread_between

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.crossing import Crossing

_ROUNDING = 1e-12  # of the largest answer: smaller differences are those of adding up in another order
_LEAST_SHARE = 0.5


class OfNames(NamedTuple):
    """What the names of one population contribute.

    Attributes
    ----------
    population : int
    names : int
        How many of them are shown, two or more.
    variance : float
        Between them, estimated; below 0 by chance.
    added : float
        Hence the part of the effect's variance that is not between clusters anyway; below 0 by chance.
    """

    population: int
    names: int
    variance: float
    added: float


class Effect(NamedTuple):
    """A combination of means, and how it spreads.

    Attributes
    ----------
    value : float
    variance : float
        0 where all clusters agree; nan where there is one cluster only.
    df : float
        Degrees of freedom of the variance, at least 1; nan where there is one cluster only.
    between_clusters : float
        The variance if the names shown were all names there are.
    effective_clusters : float
        How many clusters of one size would weigh as these do.
    names : tuple of OfNames
        Of each population of which several names are shown.
    """

    value: float
    variance: float
    df: float
    between_clusters: float
    effective_clusters: float
    names: tuple[OfNames, ...]


def effect(crossing: Crossing, answers: ArrayLike) -> Effect:
    """Return the effect that answers show, with names as a random effect crossed with clusters.

    Parameters
    ----------
    crossing : Crossing
        Which answers share a résumé, a job, a name.
    answers : array of float, shape (n,)
        Scores, or decisions as 0 and 1, or their means over draws.

    Returns
    -------
    Effect

    Notes
    -----
    By moments.  Take out of every answer the mean of its block and that of its role.  The sums of what is left by
    cluster spread as résumés, jobs and chance make them; that is the variance of the effect for the names shown.  To
    it is added what names make of it:

    - The mean square between the means of a population's names, less the same within every cluster alone, has the
      names' variance as expectation, times numbers that the arrangement fixes: whatever is common to answers within a
      cluster cancels.  With every name on every résumé this is the classical analysis of variance.
    - What a unit of that variance adds to the effect's is likewise fixed by the arrangement.

    The estimate is right on average, may be small by chance, and is not taken to be less than half of the variance for
    the names shown.  Degrees of freedom are Satterthwaite's, of the mean squares between names (their number less 1)
    and of the rest (effective number of clusters less 1).

    References
    ----------
    Judd, Westfall & Kenny, "Treating stimuli as a random factor in social psychology", Journal of Personality and
    Social Psychology 103 (2012), doi:10.1037/a0028347.  Cameron, Gelbach & Miller, "Robust inference with multiway
    clustering", Journal of Business & Economic Statistics 29 (2011), doi:10.1198/jbes.2010.07136.  Satterthwaite,
    "An approximate distribution of estimates of variance components", Biometrics Bulletin 2 (1946),
    doi:10.2307/3002019.

    Examples
    --------
    One name a group, four résumés that are selected as a and b, b only, both, b only: differences 0, -1, 0, -1.  Their
    mean is -1/2, and its variance that of four numbers, (1/3)/4.

    >>> from fairwitness.metrics.crossing import crossing_of
    >>> resume = [0, 0, 1, 1, 2, 2, 3, 3]
    >>> found = effect(crossing_of([0, 1] * 4, (1, -1), resume, block=resume), [1, 1, 0, 1, 1, 1, 0, 1])
    >>> found.value, round(found.variance * 12, 9), found.df
    (-0.5, 1.0, 3.0)
    """
    y = np.asarray(answers, np.float64)
    value = float(crossing.coefficients @ (np.bincount(crossing.role, weights=y) / np.bincount(crossing.role)))
    if crossing.effective_clusters < 1 + 1e-9:
        return Effect(value, np.nan, np.nan, np.nan, 1.0, ())
    rest = centred(crossing, y)
    rest = np.where(np.abs(rest) <= _ROUNDING * np.abs(y).max(initial=0.0), 0.0, rest)
    clusters = len(crossing.share)
    sums = np.bincount(crossing.cluster, weights=crossing.weight * rest, minlength=clusters)
    between = float((sums**2).sum() / (1 - 1 / crossing.effective_clusters))
    mean_squares, own = _between_names(crossing, rest)
    weights = crossing.excess @ crossing.solve
    variance = max(between + float(weights @ (mean_squares - own)), _LEAST_SHARE * between)
    left = between - float(weights @ own)
    terms = [*((weights * mean_squares) ** 2 / (crossing.sizes - 1)), left**2 / (crossing.effective_clusters - 1)]
    spread = float(sum(terms))
    df = max(1.0, variance**2 / spread) if spread > 0 and variance > 0 else crossing.effective_clusters - 1
    of_names = crossing.solve @ (mean_squares - own)
    parts = zip(crossing.population, crossing.sizes, of_names, crossing.excess * of_names, strict=True)
    names = tuple(OfNames(int(which), int(n), float(v), float(added)) for which, n, v, added in parts)
    return Effect(value, variance, df, between, crossing.effective_clusters, names)


def centred(crossing: Crossing, y: Floats) -> Floats:
    """Return answers without the mean of their block and then of their role.

    Examples
    --------
    >>> from fairwitness.metrics.crossing import crossing_of
    >>> centred(crossing_of([0, 1, 0, 1], (1, -1), [0, 0, 1, 1], block=[0, 0, 1, 1]), np.array([0.0, 2, 4, 5])).tolist()
    [-0.25, 0.25, 0.25, -0.25]
    """
    block, role = crossing.block, crossing.role
    left = y if block is None else y - (np.bincount(block, weights=y) / np.bincount(block))[block]
    centred: Floats = left - (np.bincount(role, weights=left) / np.bincount(role))[role]
    return centred


def _between_names(crossing: Crossing, rest: Floats) -> tuple[Floats, Floats]:
    """Return, by population, the mean square between names and that within every cluster alone."""
    names, sizes = len(crossing.side), crossing.sizes
    if not names:
        return np.zeros(0), np.zeros(0)
    value = rest[crossing.shown]
    mean = np.bincount(crossing.name, weights=value, minlength=names) / crossing.name_shown
    of_cell = np.bincount(crossing.cell, weights=value) / crossing.name_shown[crossing.cell_name]
    sides = len(sizes)
    place = crossing.side[crossing.cell_name] * len(crossing.share) + crossing.cell_cluster
    own = spread_between(of_cell, place, np.repeat(sizes, len(crossing.share)))
    return spread_between(mean, crossing.side, sizes), own.reshape(sides, -1).sum(axis=1)
