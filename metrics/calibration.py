"""Whether a score that is a probability says what comes true: on average, and in squared error."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.rate_intervals import wilson

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

    Bound = tuple[float, float]


def in_the_large(predicted: ArrayLike, negatives: ArrayLike, positives: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the share of positive outcomes less the mean predicted probability of one.

    Parameters
    ----------
    predicted : array of float, shape (levels,)
        The score, a probability of a positive outcome, between 0 and 1.
    negatives, positives : array of int, shape (levels,)
        How many people of either outcome have each score.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        Positive where outcomes are better than the score says.  ``undefined_empty_group`` where there is nobody.

    Notes
    -----
    The scores are taken as given, and chance is in the outcomes: the interval is Wilson's of the share, moved by the
    mean prediction.  Since people differ in their chances, the share varies a little less than Wilson has it, and the
    interval is a little too wide.

    References
    ----------
    Cox (1958), doi:10.1093/biomet/45.3-4.562.
    Van Calster et al., "Calibration: the Achilles heel of predictive analytics" (2019), doi:10.1186/s12916-019-1466-7.

    Examples
    --------
    Of four with a prediction of .25, two are positive: .5 − .25.

    >>> in_the_large([0.25], [2], [2]).value
    0.25
    """
    p, n, y = _counted(predicted, negatives, positives)
    total, positive = float(n.sum()), float(y.sum())
    if not total:
        return Estimate.undefined("undefined_empty_group", level=level, n=0)
    mean = float(p @ n) / total
    low, high = wilson(positive, total, level)
    return Estimate(
        positive / total - mean, float(low) - mean, float(high) - mean, level, "wilson_scores_given", "ok", int(total)
    )


def in_the_large_bound(low: ArrayLike, high: ArrayLike, negatives: ArrayLike, positives: ArrayLike) -> Bound:
    """Return the least and the greatest `in_the_large` that scores counted in bins allow.

    Parameters
    ----------
    low, high : array of float, shape (bins,)
        Between which two probabilities the scores of each bin lie.

    Examples
    --------
    >>> in_the_large_bound([0.0, 0.5], [0.5, 1.0], [1, 1], [1, 1])
    (-0.25, 0.25)
    """
    below, n, y = _counted(low, negatives, positives)
    above, _, _ = _counted(high, negatives, positives)
    total = float(n.sum())
    if not total:
        return float("nan"), float("nan")
    share = float(y.sum()) / total
    return share - float(above @ n) / total, share - float(below @ n) / total


def brier(predicted: ArrayLike, negatives: ArrayLike, positives: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the mean squared distance of predicted probabilities from outcomes.

    Parameters
    ----------
    predicted : array of float, shape (levels,)
        Between 0 and 1.
    negatives, positives : array of int, shape (levels,)
        How many people of either outcome have each score.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        Between 0 and 1; 0 where every prediction was certain and right.  Without an interval where all squared errors
        are alike, or one person only.

    Notes
    -----
    Σ(p − y)²/n, with Student's interval of a mean (``mean_t``), cut at 0 and 1.  It measures how well outcomes are told
    together with how well probabilities are kept, and depends on how frequent positive outcomes are: groups in which
    they are not equally frequent differ under the same quality of prediction.

    References
    ----------
    Brier, "Verification of forecasts expressed in terms of probability" (1950),
    doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Examples
    --------
    Predictions .25 and .75, outcomes 0 and 1: .0625 each.

    >>> brier([0.25, 0.75], [1, 0], [0, 1]).value
    0.0625
    """
    from scipy.special import stdtrit

    p, n, y = _counted(predicted, negatives, positives)
    total = float(n.sum())
    if not total:
        return Estimate.undefined("undefined_empty_group", level=level, n=0)
    errors = np.concatenate([p**2, (1 - p) ** 2])
    borne = np.concatenate([n - y, y])
    value = float(errors @ borne) / total
    squares = float((errors - value) ** 2 @ borne)
    if total < 2 or squares <= 1e-12 * total:
        return Estimate(value, None, None, level, None, "ok", int(total))
    reach = float(stdtrit(total - 1, (1 + level) / 2)) * math.sqrt(squares / (total - 1) / total)
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach), level, "mean_t", "ok", int(total))


def brier_bound(low: ArrayLike, high: ArrayLike, negatives: ArrayLike, positives: ArrayLike) -> Bound:
    """Return the least and the greatest `brier` that scores counted in bins allow.

    Parameters
    ----------
    low, high : array of float, shape (bins,)
        Between which two probabilities the scores of each bin lie.

    Examples
    --------
    One positive and one negative somewhere between 0 and .5: at best .5² + 0², at worst 1² + .5², over 2.

    >>> brier_bound([0.0], [0.5], [1], [1])
    (0.125, 0.625)
    """
    below, n, y = _counted(low, negatives, positives)
    above, _, _ = _counted(high, negatives, positives)
    total = float(n.sum())
    if not total:
        return float("nan"), float("nan")
    best, worst = (
        float(wrongly**2 @ (n - y) + (1 - rightly) ** 2 @ y) / total
        for wrongly, rightly in ((below, above), (above, below))
    )
    return best, worst


def _counted(p: ArrayLike, negatives: ArrayLike, positives: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return probabilities, how many have each, and how many of them are positive, as floats."""
    y = np.asarray(positives, np.float64)
    return np.asarray(p, np.float64), y + np.asarray(negatives, np.float64), y
