"""The area under the curve of a score that was learnt from the other half of the rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.placements import checked_scores, delong_variance, logit_interval, newcombe_auc, placements
from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.estimate import Status


def cross_fitted_auc(scores: ArrayLike, labels: ArrayLike, second: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the mean of the areas in two halves, each scored by what was learnt on the other.

    Parameters
    ----------
    scores : array of float, shape (n,)
        Higher means more like a positive; each half's by what was learnt on the other half.
    labels : array of bool or of 0 and 1, shape (n,)
        True, or 1, for positives.
    second : array of bool, shape (n,)
        Which rows are the second half.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        ``undefined_no_positives`` or ``undefined_no_negatives`` where a half lacks a class.

    Raises
    ------
    ValueError
        As `auc`.

    Notes
    -----
    In each half, whatever was learnt on the other one, DeLong's standard error is that of an ordinary score.  But the
    two areas are not independent: where the score learns nothing but noise, both come from the same accident, the one
    that both halves share, and are nearly one number.  So the standard error of their mean is taken as the mean of the
    two, as of numbers that agree wholly.  It is about right for a score that knows nothing, and up to √2 too large for
    one that knows something.  Taking halves or folds for independent would be wrong: such intervals at 95 % contained
    .5 in 78 to 90 % of draws in which nothing was to be learnt, with 2, 5 and 10 folds.

    The interval is on the logit scale (``delong_halves``); where a half has fewer than 20 of a class, or its placements
    do not vary, it is Newcombe's for the smaller half (``newcombe_auc``).

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988), doi:10.2307/2531595.
    Bengio & Grandvalet, on the variance of k-fold cross-validation, Journal of Machine Learning Research 5 (2004),
    1089-1105.

    Examples
    --------
    One half is in order (area 1), the other half tied (area ½).

    >>> cross_fitted_auc([2, 1, 1, 1], [1, 0, 1, 0], [False, False, True, True]).value
    0.75
    """
    given, positive = checked_scores(scores, labels)
    later = np.asarray(second, dtype=bool)
    z, total = normal_quantile(level), len(given)
    areas, errors, sizes = [], [], []
    for half in (later, ~later):
        m, n = int(positive[half].sum()), int((~positive[half]).sum())
        if m == 0 or n == 0:
            missing: Status = "undefined_no_positives" if m == 0 else "undefined_no_negatives"
            return Estimate.undefined(missing, level=level, n=total)
        of_positives, of_negatives = placements(given[half], positive[half])
        variance = delong_variance(of_positives, of_negatives)
        areas.append(float(of_positives.mean()))
        sizes.append((m, n))
        errors.append(None if variance is None else math.sqrt(variance))
    area = (areas[0] + areas[1]) / 2
    if errors[0] is None or errors[1] is None:
        low, high = newcombe_auc(area, min(m for m, _ in sizes), min(n for _, n in sizes), z)
        return Estimate(area, low, high, level, "newcombe_auc", "ok", total)
    low, high = logit_interval(area, (errors[0] + errors[1]) / 2, z)
    return Estimate(area, low, high, level, "delong_halves", "ok", total)
