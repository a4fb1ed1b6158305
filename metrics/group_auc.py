"""How often a member of one group scores above one of another: the area A, and its bound where scores are binned.

The same area is that of the ROC curve, where the two groups are people of positive and of negative outcome.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.placements import FEWEST_FOR_DELONG, logit_interval, newcombe_auc
from fairwitness.metrics.score_levels import moments, upwards
from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats


class MannWhitney(NamedTuple):
    """A Mann–Whitney test: its z, positive where the first group scores higher, and two-sided p."""

    z: float
    p: float


def group_auc(higher: ArrayLike, lower: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the probability that a member of one group scores above one of another; a tie counts one half.

    Parameters
    ----------
    higher, lower : array of int, shape (levels,)
        How many of either group have each score, in increasing order.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        0.5 where neither scores higher.  ``undefined_empty_group`` where a group has nobody.

    Notes
    -----
    A = U/(n₁·n₂), with U the Mann–Whitney statistic.  The interval is that of `fairwitness.metrics.auc.auc`, which has
    the same figure from one row a person: DeLong's on the logit scale, Newcombe's fifth for fewer than 20 in a group.

    References
    ----------
    Mann & Whitney, "On a test of whether one of two random variables is stochastically larger than the other" (1947),
    doi:10.1214/aoms/1177730491.
    Vargha & Delaney, "A critique and improvement of the CL common language effect size statistics of McGraw and Wong"
    (2000), doi:10.3102/10769986025002101.
    DeLong, DeLong & Clarke-Pearson (1988), doi:10.2307/2531595.  Newcombe (2006), doi:10.1002/sim.2324.

    Examples
    --------
    Scores 2 and 3 against 1 and 2: three of four pairs in order, one tied.

    >>> group_auc([0, 1, 1], [1, 1, 0]).value
    0.875
    """
    sides = [np.asarray(side, np.int64) for side in (higher, lower)]
    m, n = (int(side.sum()) for side in sides)
    if m == 0 or n == 0:
        return Estimate.undefined("undefined_empty_group", level=level, n=m + n)
    area, variance = _area(*sides)
    z = normal_quantile(level)
    if variance is None:
        return Estimate(area, *newcombe_auc(area, m, n, z), level, "newcombe_auc", "ok", m + n)
    return Estimate(area, *logit_interval(area, math.sqrt(variance), z), level, "delong_logit", "ok", m + n)


def group_auc_bound(higher: ArrayLike, lower: ArrayLike) -> tuple[float, float]:
    """Return the least and the greatest area that scores counted in bins allow: all ties settled one way, or the other.

    Parameters
    ----------
    higher, lower : array of int, shape (bins,)
        How many of either group have their score in each bin.

    Returns
    -------
    low, high : float
        nan where a group has nobody.  Equal where no bin holds members of both.

    Examples
    --------
    As in `group_auc`: the pair within a bin may be in order, or not.

    >>> group_auc_bound([0, 1, 1], [1, 1, 0])
    (0.75, 1.0)
    """
    above, under = np.asarray(higher, np.int64), np.asarray(lower, np.int64)
    pairs = float(above.sum()) * float(under.sum())
    if not pairs:
        return float("nan"), float("nan")
    low, high = upwards(under) @ above / pairs
    return float(low), float(high)


def group_auc_in_bins(higher: ArrayLike, lower: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the area of scores counted in bins, with an interval that holds whatever their order within bins.

    Parameters
    ----------
    higher, lower : array of int, shape (bins,)
        How many of either group have their score in each bin, in increasing order.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        The value counts pairs within a bin by one half.  The interval runs from the lower end of that of the least area
        to the upper end of that of the greatest.

    Examples
    --------
    >>> found = group_auc_in_bins([0, 1, 1], [1, 1, 0])
    >>> found.value, found.high == group_auc([0, 1, 1], [2, 0, 0]).high
    (0.875, True)
    """
    above, under = np.asarray(higher, np.int64), np.asarray(lower, np.int64)
    middle = group_auc(above, under, level)
    first, second = (np.stack([side, np.zeros_like(side)], axis=1).ravel() for side in (above, under))
    least = group_auc(first, np.roll(second, 1), level)  # within each bin the first group below the second
    greatest = group_auc(np.roll(first, 1), second, level)
    return replace(middle, low=least.low, high=greatest.high)


def mann_whitney(higher: ArrayLike, lower: ArrayLike) -> MannWhitney:
    """Test that two groups' scores have the same distribution, by how often one scores above the other.

    Parameters
    ----------
    higher, lower : array of int, shape (levels,)
        How many of either group have each score, in increasing order.

    Returns
    -------
    MannWhitney
        nan where a group has nobody, or all have the same score.

    Notes
    -----
    z = (U − n₁n₂/2)/√(n₁n₂/12·(N + 1 − Σ(t³ − t)/(N(N − 1)))), t the number of people at each score; without
    continuity correction.  An approximation for groups of about 10 and more.

    References
    ----------
    Mann & Whitney (1947), doi:10.1214/aoms/1177730491.
    Lehmann, "Nonparametrics: Statistical Methods Based on Ranks" (1975), chapter 1, section 4: ties.

    Examples
    --------
    U = 3.5 of 4, ties 2: variance 4/12·(5 − 6/12) = 1.5, z = 1.5/√1.5.

    >>> round(mann_whitney([0, 1, 1], [1, 1, 0]).z, 4)
    1.2247
    """
    from scipy.special import ndtr

    sides = [np.asarray(side, np.float64) for side in (higher, lower)]
    m, n = (float(side.sum()) for side in sides)
    total, tied = m + n, sides[0] + sides[1]
    if not m or not n or tied.max() == total:
        return MannWhitney(float("nan"), float("nan"))
    variance = m * n / 12 * (total + 1 - float((tied**3 - tied).sum()) / (total * (total - 1)))
    statistic = float(upwards(sides[1]).mean(axis=0) @ sides[0])
    z = (statistic - m * n / 2) / math.sqrt(variance)
    return MannWhitney(z, 2 * float(ndtr(-abs(z))))


def _area(higher: np.ndarray, lower: np.ndarray) -> tuple[float, float | None]:
    """Return the area, and DeLong's variance or None where placements are too few or do not vary."""
    m, n = int(higher.sum()), int(lower.sum())
    of_higher: Floats = upwards(lower).mean(axis=0) / n
    of_lower: Floats = 1 - upwards(higher).mean(axis=0) / m
    first, second = moments(of_higher, higher), moments(of_lower, lower)
    alike = any(np.ptp(side[borne > 0]) == 0 for side, borne in ((of_higher, higher), (of_lower, lower)))
    if min(m, n) < FEWEST_FOR_DELONG or alike:
        return first.mean, None
    return first.mean, first.variance / m + second.variance / n
