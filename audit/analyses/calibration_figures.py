"""What a score predicts, where it is a probability, and one group's figures of how well it came true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from fairwitness.audit.analyses.score_counts import IN_BINS, NEGATIVES, NO_OUTCOME, POSITIVES
from fairwitness.metrics.calibration import brier, brier_bound, in_the_large, in_the_large_bound
from fairwitness.metrics.calibration_error import (
    debiased_calibration_error,
    equal_width,
    expected_calibration_error,
    reliability,
)
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.group_auc import group_auc, group_auc_bound, group_auc_in_bins
from fairwitness.metrics.logistic_recalibration import log_odds, recalibration_slope
from fairwitness.metrics.rate_intervals import wilson
from fairwitness.metrics.score_levels import block_starts, moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fairwitness.audit.analyses.score_counts import ScoreCounts
    from fairwitness.metrics.counts import Floats

    Ints = NDArray[np.int64]
    SlopeIn = Literal["log_odds", "standard_deviations"]

BINS = 10
OF_PROBABILITIES = ("in_the_large", "brier", "calibration_error")
NO_PROBABILITY = (
    "the score does not lie between 0 and 1 throughout, so it is not a probability to be held against outcomes"
)
CERTAIN = "some scores are exactly 0 or 1, whose log odds are infinite"
ALIKE = "all scores are alike"


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What each level of a score predicts; arrays have the best scores last.

    Attributes
    ----------
    probabilities : bool
        Whether the score is taken for a probability of the positive outcome: it lies between 0 and 1 throughout.
    binned : bool
    low, high : array of float, shape (levels,)
        Between which probabilities each level lies: equal, but for bins.
    slope_at : array of float, shape (levels,), or None
        Where a logistic curve is fitted.
    slope_in : {"log_odds", "standard_deviations"} or None
        What that is: the log odds of a probability; of another score, its standard deviations.
    place : array of int, shape (levels,)
        The bin of each level, for reliability.
    ends : tuple of (float or None, float or None)
        From where to where each bin reaches: probabilities, or scores; None without end.
    undefined : tuple of (tuple of str, str)
        Figures that are not there, and why.
    """

    probabilities: bool
    binned: bool
    low: Floats
    high: Floats
    slope_at: Floats | None
    slope_in: SlopeIn | None
    place: Ints
    ends: tuple[tuple[float | None, float | None], ...]
    undefined: tuple[tuple[tuple[str, ...], str], ...]


def prediction_of(scores: ScoreCounts) -> Prediction:
    """Return what a score predicts of a positive outcome.

    Where low scores are good, a score is taken for the probability of the outcome that is not positive, and 1 less the
    score is held against outcomes.
    """
    low, high = _ends(scores)
    probabilities = bool(low[np.isfinite(low)].min(initial=0) >= 0 and high[np.isfinite(high)].max(initial=1) <= 1)
    known = scores.best_last(scores.everybody[:NO_OUTCOME].sum(axis=0))
    if probabilities:
        low, high = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
        place = _tenths(low, high, turned=scores.axis.order == "low")
        if scores.axis.order == "low":
            low, high = 1 - high[::-1], 1 - low[::-1]
        tenths: list[tuple[float | None, float | None]] = [(i / BINS, (i + 1) / BINS) for i in range(BINS)]
        ends = _reach(place, low, high) if scores.binned else tenths
    else:
        low, high = scores.best_last(low), scores.best_last(high)
        starts = block_starts(known, BINS)
        place = np.searchsorted(starts, np.arange(len(known)), side="right") - 1
        ends = _reach(place, low, high)
    slope_at, slope_in, why = _slope(scores, low, known, probabilities=probabilities)
    missing: dict[str, tuple[str, ...]] = {}
    if not probabilities or scores.binned:
        missing[IN_BINS if probabilities else NO_PROBABILITY] = OF_PROBABILITIES
    if why:
        missing[why] = (*missing.get(why, ()), "slope", "same_curve")
    undefined = tuple((names, because) for because, names in missing.items())
    return Prediction(probabilities, scores.binned, low, high, slope_at, slope_in, place, tuple(ends), undefined)


def _ends(scores: ScoreCounts) -> tuple[Floats, Floats]:
    """Return between which scores each level lies, in increasing order; bins at either end may be without one."""
    if not scores.binned:
        return scores.levels, scores.levels
    within = np.array([-np.inf, *scores.axis.edges, np.inf])
    at = scores.levels.astype(np.intp)
    return within[at], within[at + 1]


def _tenths(low: Floats, high: Floats, *, turned: bool) -> Ints:
    """Return the tenth of the predicted probability of each level, the best scores last; a bin's is where it begins."""
    if not turned:
        return np.asarray(equal_width(low, BINS))
    edges = np.arange(1, BINS) / BINS  # 1 − s lies in [.1, .2) where s lies in (.8, .9]: 1 − .9 itself is rounded
    return np.asarray(BINS - 1 - np.searchsorted(edges, high, side="left"))[::-1]


def _reach(place: Ints, low: Floats, high: Floats) -> list[tuple[float | None, float | None]]:
    """Return the least and the greatest score of each bin that has levels."""
    made: list[tuple[float | None, float | None]] = []
    for i in range(int(place.max()) + 1):
        at = place == i
        least, most = (low[at].min(), high[at].max()) if at.any() else (np.nan, np.nan)
        made.append((float(least) if np.isfinite(least) else None, float(most) if np.isfinite(most) else None))
    return made


def _slope(
    scores: ScoreCounts, predicted: Floats, known: Ints, *, probabilities: bool
) -> tuple[Floats | None, SlopeIn | None, str | None]:
    """Return where a logistic curve is fitted, what that is, and why it cannot be."""
    if scores.binned:
        return None, None, IN_BINS
    there = known > 0
    at = np.zeros(len(known))
    if probabilities:
        if not ((predicted[there] > 0) & (predicted[there] < 1)).all():
            return None, None, CERTAIN
        own = scores.levels if scores.axis.order == "high" else scores.levels[::-1]
        at[there] = log_odds(own[there]) * (1 if scores.axis.order == "high" else -1)
        return at, "log_odds", None
    own = scores.levels if scores.axis.order == "high" else -scores.levels[::-1]
    of = moments(own, known)
    if not of.variance > 0:
        return None, None, ALIKE
    return (own - of.mean) / of.variance**0.5, "standard_deviations", None


def of_group(outcomes: Ints, predicted: Prediction, level: float) -> dict[str, Any]:
    """Return one group's figures.

    Parameters
    ----------
    outcomes : array of int, shape (2, levels)
        Negatives and positives, the best scores last.
    predicted : Prediction
    level : float

    Returns
    -------
    dict
        ``estimates`` by name; ``raw_calibration_error``, which must not be compared between groups; ``bounds`` of
        figures that bins leave open.
    """
    negatives, positives = outcomes[NEGATIVES], outcomes[POSITIVES]
    n = int(outcomes.sum())
    estimates = {"auc": _auc(outcomes, predicted, level)}
    estimates |= {name: Estimate.undefined("undefined", level=level, n=n) for name in ("slope", *OF_PROBABILITIES)}
    raw, bounds = None, {}
    if predicted.slope_at is not None:
        estimates["slope"] = recalibration_slope(predicted.slope_at, negatives, positives, level)
    if predicted.binned and n:
        ends = (predicted.low, predicted.high, negatives, positives)
        if predicted.probabilities:
            bounds = {"in_the_large": list(in_the_large_bound(*ends)), "brier": list(brier_bound(*ends))}
        if estimates["auc"].value is not None:
            bounds["auc"] = list(group_auc_bound(positives, negatives))
    elif predicted.probabilities:
        bins = reliability(predicted.low, negatives, positives, predicted.place, BINS)
        estimates["in_the_large"] = in_the_large(predicted.low, negatives, positives, level)
        estimates["brier"] = brier(predicted.low, negatives, positives, level)
        estimates["calibration_error"] = debiased_calibration_error(bins, level)
        raw = expected_calibration_error(bins) if n else None
    return {"estimates": estimates, "raw_calibration_error": raw, "bounds": bounds or None}


def _auc(outcomes: Ints, predicted: Prediction, level: float) -> Estimate:
    """Return how often a positive has the better score than a negative of the same group."""
    n = int(outcomes.sum())
    if not outcomes[POSITIVES].any():
        return Estimate.undefined("undefined_no_positives" if n else "undefined_empty_group", level=level, n=n)
    if not outcomes[NEGATIVES].any():
        return Estimate.undefined("undefined_no_negatives", level=level, n=n)
    area = group_auc_in_bins if predicted.binned else group_auc
    return area(outcomes[POSITIVES], outcomes[NEGATIVES], level)


def reliability_rows(outcomes: Ints, predicted: Prediction, level: float) -> list[dict[str, Any]]:
    """Return for each bin that somebody is in what was predicted, and the share of positive outcomes.

    Parameters
    ----------
    outcomes : array of int, shape (2, levels)
        Negatives and positives, the best scores last.
    predicted : Prediction
    level : float
    """
    bins = reliability(predicted.low, outcomes[NEGATIVES], outcomes[POSITIVES], predicted.place, len(predicted.ends))
    says = predicted.probabilities and not predicted.binned
    made = []
    for i, (begin, end) in enumerate(predicted.ends):
        n, x = int(bins.n[i]), int(bins.positives[i])
        if n:
            low, high = wilson(x, n, level)
            made.append(
                {
                    "from": begin,
                    "to": end,
                    "n": n,
                    "positives": x,
                    "predicted": float(bins.predicted[i]) if says else None,
                    "observed": Estimate(x / n, float(low), float(high), level, "wilson", "ok", n).to_json(),
                }
            )
    return made
