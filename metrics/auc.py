"""The area under the ROC curve: how often a score ranks a positive above a negative, with DeLong's variance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.placements import (
    checked_scores,
    delong_variance,
    logit_interval,
    newcombe_auc,
    placements,
)
from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.estimate import Status

_ROUNDING = 1e-12  # placements are multiples of 1/2n


def auc(scores: ArrayLike, labels: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the probability that a positive scores higher than a negative; a tie counts one half.

    Parameters
    ----------
    scores : array of float, shape (n,)
        Higher means more like a positive.  Only their order matters, so ±inf are allowed; nan is not.
    labels : array of bool or of 0 and 1, shape (n,)
        True, or 1, for positives.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        ``undefined_no_positives`` or ``undefined_no_negatives`` where a class is missing.

    Raises
    ------
    ValueError
        Scores that are nan, labels that are neither true nor false, or not as many as scores.

    Notes
    -----
    The interval is DeLong's, made on the logit scale so that it stays between 0 and 1 (``delong_logit``).  DeLong's
    variance is estimated from how the placements of each class vary; where a class has fewer than 20 members, or
    where all its placements are alike (a perfect score, a constant one, a rare mark that nobody of a class bears),
    it is too small or 0.  There the interval is Newcombe's fifth (``newcombe_auc``), whose variance depends on the two
    numbers and on the area alone; it is never of width 0.

    Drawn 1,500 times each, with classes of 2 to 500, areas of .5 to .98 and scores from continuous to binary, 95 %
    intervals by that rule covered the true area in at least 92 % of draws, but for seven of 165 cases: two classes of
    3 (.85 and .89), and areas of .9 or .98 with heavy ties, unequal spread or few of one class (.88 to .92).  The plain
    interval, and the logit one without that rule, fell to .1.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson, "Comparing the areas under two or more correlated receiver operating
    characteristic curves" (1988), doi:10.2307/2531595.
    Sun & Xu, "Fast implementation of DeLong's algorithm" (2014), doi:10.1109/LSP.2014.2337313.
    Newcombe, "Confidence intervals for an effect size measure based on the Mann-Whitney statistic, part 2" (2006),
    method 5, doi:10.1002/sim.2324.

    Examples
    --------
    Positives score 3 and 2, negatives 1 and 2.  Of the four pairs, three are in order and one is tied: 3.5 / 4.

    >>> auc([3, 2, 1, 2], [1, 1, 0, 0]).value
    0.875
    """
    given, positive = checked_scores(scores, labels)
    m, n = int(positive.sum()), int((~positive).sum())
    if m == 0:
        return Estimate.undefined("undefined_no_positives", level=level, n=m + n)
    if n == 0:
        return Estimate.undefined("undefined_no_negatives", level=level, n=m + n)
    of_positives, of_negatives = placements(given, positive)
    area = float(of_positives.mean())
    z = normal_quantile(level)
    variance = delong_variance(of_positives, of_negatives)
    if variance is None:
        low, high = newcombe_auc(area, m, n, z)
        return Estimate(area, low, high, level, "newcombe_auc", "ok", m + n)
    low, high = logit_interval(area, math.sqrt(variance), z)
    return Estimate(area, low, high, level, "delong_logit", "ok", m + n)


def auc_covariance(scores: ArrayLike, labels: ArrayLike) -> tuple[Floats, Floats]:
    """Return the areas of several scores of the same rows, and DeLong's covariance of them.

    Parameters
    ----------
    scores : array of float, shape (k, n)
        One row of scores for each model.
    labels : array of bool or of 0 and 1, shape (n,)
        True, or 1, for positives.

    Returns
    -------
    areas : array, shape (k,)
        nan where a class is missing.
    covariance : array, shape (k, k)
        nan where a class has fewer than two members.

    Raises
    ------
    ValueError
        As `auc`.

    Examples
    --------
    By hand: positives lie above 2/2 and 1.5/2 of the negatives, negatives below 2/2 and 1.5/2 of the positives.
    Each class's placements have variance 1/32, divided by 2 members, and the two add up: 1/32.

    >>> areas, covariance = auc_covariance([[3, 2, 1, 2]], [1, 1, 0, 0])
    >>> float(areas[0]), float(covariance[0, 0])
    (0.875, 0.03125)
    """
    each = np.atleast_2d(np.asarray(scores, dtype=np.float64))
    checked = [checked_scores(row, labels) for row in each]
    positive = checked[0][1]
    m, n = int(positive.sum()), int((~positive).sum())
    nothing = np.full((len(each), len(each)), np.nan)
    if m == 0 or n == 0:
        return nothing[0], nothing
    both = [placements(row, positive) for row, _ in checked]
    of_positives, of_negatives = (np.stack(side) for side in zip(*both, strict=True))
    areas = of_positives.mean(axis=1)
    if m == 1 or n == 1:
        return areas, nothing
    return areas, np.atleast_2d(np.cov(of_positives)) / m + np.atleast_2d(np.cov(of_negatives)) / n


def auc_difference(scores_a: ArrayLike, scores_b: ArrayLike, labels: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the area of one score less that of another, on the same rows.

    Parameters
    ----------
    scores_a, scores_b : array of float, shape (n,)
        Two scores of the same rows; higher means more like a positive.
    labels : array of bool or of 0 and 1, shape (n,)
        True, or 1, for positives.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        A minus B.  Without an interval (``low`` and ``high`` None) where the variance of the difference is 0 or cannot
        be estimated: both scores put the rows in the same order or both are perfect, or a class has one member.
        Undefined where a class is missing.

    Notes
    -----
    The interval is DeLong's, symmetric about the difference and cut at ±1.  With fewer than about 20 members in a class
    it is too short.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988), doi:10.2307/2531595.

    Examples
    --------
    >>> auc_difference([3, 2, 1, 2], [2, 3, 1, 2], [1, 1, 0, 0]).value
    0.0
    >>> auc_difference([4, 3, 2, 1], [1, 2, 3, 4], [1, 1, 0, 0]).value
    1.0
    """
    a, positive = checked_scores(scores_a, labels)
    b, _ = checked_scores(scores_b, labels)
    m, n = int(positive.sum()), int((~positive).sum())
    if m == 0 or n == 0:
        missing: Status = "undefined_no_positives" if m == 0 else "undefined_no_negatives"
        return Estimate.undefined(missing, level=level, n=m + n)
    each = [x - y for x, y in zip(placements(a, positive), placements(b, positive), strict=True)]
    difference = float(each[0].mean())
    steady = all(np.ptp(side) < _ROUNDING for side in each)
    if steady or min(m, n) == 1:
        return Estimate(difference, None, None, level, None, "ok", m + n)
    reach = normal_quantile(level) * math.sqrt(sum(float(side.var(ddof=1)) / len(side) for side in each))
    return Estimate(
        difference, max(-1.0, difference - reach), min(1.0, difference + reach), level, "delong", "ok", m + n
    )
