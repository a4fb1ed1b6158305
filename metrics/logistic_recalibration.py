"""How a score and an outcome go together: a logistic curve fitted to counts, its slope, and two compared.

Of a score that is a probability, the slope on its log odds says whether the score is too bold or too timid.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.estimate import Status

_STEPS = 100
_CONVERGED = 1e-13  # of the log-likelihood, relative
_FARTHEST = 60  # doublings of a standard error, in which an interval's end is looked for


class LogisticFit(NamedTuple):
    """The likeliest curve: P(positive) = 1/(1 + exp(−intercept − slope·x)).

    Attributes
    ----------
    intercept, slope : float
    log_likelihood : float
    slope_error : float
        Its standard error.
    """

    intercept: float
    slope: float
    log_likelihood: float
    slope_error: float


class LikelihoodRatio(NamedTuple):
    """A likelihood-ratio test: its χ², degrees of freedom and p."""

    statistic: float
    df: int
    p: float


def logistic_fit(x: ArrayLike, negatives: ArrayLike, positives: ArrayLike) -> LogisticFit | None:
    """Return the likeliest logistic curve of an outcome in x.

    Parameters
    ----------
    x : array of float, shape (levels,)
        A score, or its log odds (`log_odds`).
    negatives, positives : array of int, shape (levels,)
        How many people of either outcome have each score.

    Returns
    -------
    LogisticFit or None
        None where there is no likeliest curve: an outcome is missing, all have one score, or some cut-off tells the
        outcomes apart without overlap.

    References
    ----------
    Albert & Anderson, "On the existence of maximum likelihood estimates in logistic regression models" (1984),
    doi:10.1093/biomet/71.1.1.

    Examples
    --------
    At 0 one of four is positive, at 1 three of four: odds 1/3 and 3, intercept −ln 3, slope 2·ln 3.

    >>> fit = logistic_fit([0, 1], [3, 1], [1, 3])
    >>> round(fit.intercept, 6), round(fit.slope, 6)
    (-1.098612, 2.197225)
    """
    at, n, y = _borne(x, negatives, positives)
    if not _overlap(at, n - y, y):
        return None
    middle = float(at @ n / n.sum())
    spread = math.sqrt(float((at - middle) ** 2 @ n / n.sum()))
    z = (at - middle) / spread
    start = math.log(float(y.sum() / (n - y).sum()))
    (a, b), reached, information = _climb(
        np.stack([np.ones_like(z), z]), n, y, np.array([start, 0.0]), np.zeros_like(z)
    )
    error = math.sqrt(float(information[0, 0] / (information[0, 0] * information[1, 1] - information[0, 1] ** 2)))
    return LogisticFit(float(a - b * middle / spread), float(b / spread), reached, error / spread)


def recalibration_slope(x: ArrayLike, negatives: ArrayLike, positives: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the slope of the log odds of a positive outcome in x.

    Parameters
    ----------
    x : array of float, shape (levels,)
        The log odds of a score that is a probability: then 1 is a slope in agreement with the score; less, and high
        scores are too high and low ones too low.  Of any other score, the score itself.
    negatives, positives : array of int, shape (levels,)
        How many people of either outcome have each score.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        ``undefined_no_positives``, ``undefined_no_negatives``, or ``undefined`` where no curve is the likeliest.

    Notes
    -----
    The interval holds every slope that a likelihood-ratio test does not reject, with the intercept fitted anew under
    each (``profile_likelihood``).

    References
    ----------
    Cox, "Two further applications of a model for binary regression" (1958), doi:10.1093/biomet/45.3-4.562.
    Venzon & Moolgavkar, "A method for computing profile-likelihood-based confidence intervals" (1988),
    doi:10.2307/2347496.

    Examples
    --------
    Scores .25 and .75, of which .25 and .75 are positive: as they say.

    >>> found = recalibration_slope(log_odds([0.25, 0.75]), [3, 1], [1, 3])
    >>> round(found.value, 6)
    1.0
    """
    at, n, y = _borne(x, negatives, positives)
    total = int(n.sum())
    if not y.any() or not (n - y).any():
        missing: Status = "undefined_no_negatives" if y.any() else "undefined_no_positives"
        return Estimate.undefined(missing if total else "undefined_empty_group", level=level, n=total)
    fit = logistic_fit(at, n - y, y)
    if fit is None:
        return Estimate.undefined("undefined", level=level, n=total)
    ends = [_end(at, n, y, fit, sign * normal_quantile(level)) for sign in (-1, 1)]
    return Estimate(fit.slope, ends[0], ends[1], level, "profile_likelihood", "ok", total)


def log_odds(probability: ArrayLike) -> Floats:
    """Return ln(p/(1 − p)), for probabilities between 0 and 1, both excluded.

    Examples
    --------
    >>> log_odds([0.5, 0.75]).round(6).tolist()
    [0.0, 1.098612]
    """
    p = np.asarray(probability, np.float64)
    return np.asarray(np.log(p) - np.log1p(-p))


def same_curve(x: ArrayLike, groups: Sequence[tuple[ArrayLike, ArrayLike]]) -> LikelihoodRatio | None:
    """Test that one logistic curve serves all groups: the same score stands for the same odds in each.

    Parameters
    ----------
    x : array of float, shape (levels,)
    groups : sequence of (negatives, positives)
        How many people of either outcome have each score, group by group.

    Returns
    -------
    LikelihoodRatio or None
        With two degrees of freedom for each group but one: its intercept, and its slope.  None where a group has no
        likeliest curve.

    Notes
    -----
    What is called differential prediction: that a group's outcomes are better, or worse, or go up less with the score
    than those of people with the same score in another.

    References
    ----------
    Cleary, "Test bias: prediction of grades of Negro and White students in integrated colleges" (1968),
    doi:10.1111/j.1745-3984.1968.tb00613.x.
    Society for Industrial and Organizational Psychology, "Principles for the validation and use of personnel selection
    procedures", 5th ed. (2018), doi:10.1017/iop.2018.195.

    Examples
    --------
    The same counts twice: nothing speaks against one curve.

    >>> same_curve([0, 1], [([3, 1], [1, 3]), ([3, 1], [1, 3])]).p
    1.0
    """
    from scipy.special import chdtrc

    at = np.asarray(x, np.float64)
    each = [(np.asarray(negatives, np.float64), np.asarray(positives, np.float64)) for negatives, positives in groups]
    together = tuple(np.sum(side, axis=0) for side in zip(*each, strict=True))
    fits = [logistic_fit(at, *counts) for counts in each]
    pooled = logistic_fit(at, *together)
    if pooled is None or any(fit is None for fit in fits):
        return None
    gained = math.fsum(fit.log_likelihood for fit in fits if fit is not None) - pooled.log_likelihood
    statistic, df = max(0.0, 2 * gained), 2 * (len(each) - 1)
    rounding = 1e-9 * max(1.0, abs(pooled.log_likelihood))
    statistic = 0.0 if statistic < rounding else statistic
    return LikelihoodRatio(statistic, df, float(chdtrc(df, statistic)))


def _borne(x: ArrayLike, negatives: ArrayLike, positives: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return the levels that somebody has, how many, and how many of them are positive."""
    at = np.asarray(x, np.float64)
    y = np.asarray(positives, np.float64)
    n = y + np.asarray(negatives, np.float64)
    return at[n > 0], n[n > 0], y[n > 0]


def _overlap(at: Floats, negatives: Floats, positives: Floats) -> bool:
    """Whether the outcomes overlap in x, so that a likeliest curve exists."""
    high, low = at[positives > 0], at[negatives > 0]
    return bool(high.size and low.size and high.min() < low.max() and low.min() < high.max())


def _climb(design: Floats, n: Floats, y: Floats, start: Floats, offset: Floats) -> tuple[Floats, float, Floats]:
    """Return the likeliest coefficients by Newton's method, the log-likelihood there, and the information."""

    def value(beta: Floats) -> float:
        eta = offset + beta @ design
        return float(y @ eta - n @ np.logaddexp(0, eta))

    beta, reached = start, value(start)
    for _ in range(_STEPS):
        p = _curve(offset + beta @ design)
        information = (design * (n * p * (1 - p))) @ design.T
        step = np.linalg.lstsq(information, design @ (y - n * p))[0]
        for _ in range(_STEPS):  # the likelihood has one top: half a step, often enough, leads up
            tried = value(beta + step)
            if tried >= reached - _CONVERGED * abs(reached):
                break
            step = step / 2
        beta, gained, reached = beta + step, tried - reached, tried
        if gained <= _CONVERGED * max(1.0, abs(reached)):
            break
    p = _curve(offset + beta @ design)
    return beta, reached, (design * (n * p * (1 - p))) @ design.T


def _curve(eta: Floats) -> Floats:
    """Return 1/(1 + exp(−η)), without overflow."""
    return np.asarray((1 + np.tanh(eta / 2)) / 2)


def _end(at: Floats, n: Floats, y: Floats, fit: LogisticFit, z: float) -> float:
    """Return the slope on one side at which twice the loss of log-likelihood is z²."""
    from scipy.optimize import brentq

    middle = float(at @ n / n.sum())
    ones, centred = np.ones((1, len(at))), at - middle
    intercept = np.array([fit.intercept + fit.slope * middle])

    def excess(slope: float) -> float:
        reached = _climb(ones, n, y, intercept, slope * centred)[1]
        return 2 * (fit.log_likelihood - reached) - z * z

    step = z * fit.slope_error
    for _ in range(_FARTHEST):
        if excess(fit.slope + step) > 0:
            break
        step *= 2
    return float(brentq(excess, fit.slope, fit.slope + step, xtol=1e-9 * abs(step), rtol=1e-12))
