"""Where a score puts each positive among the negatives, and each negative among the positives; intervals from that."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats

FEWEST_FOR_DELONG = 20  # in each class; below, the variance of its placements is itself too uncertain


def checked_scores(scores: ArrayLike, labels: ArrayLike) -> tuple[Floats, NDArray[np.bool_]]:
    """Return scores as floats and labels as booleans.

    Raises
    ------
    ValueError
        As `auc`.
    """
    given, told = np.asarray(scores, dtype=np.float64), np.asarray(labels)
    if given.ndim != 1 or given.shape != told.shape:
        raise ValueError(
            f"scores of shape {given.shape} and labels of shape {told.shape}: give one label for each score"
        )
    if np.isnan(given).any():
        raise ValueError("a score is nan: leave its row out, or score it")
    positive = told.astype(bool)
    if not np.array_equal(positive, told):
        raise ValueError("a label is neither true nor false: give booleans, or 0 and 1")
    return given, positive


def placements(scores: Floats, positive: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return for each positive the share of negatives below it, and for each negative of positives above it.

    Parameters
    ----------
    scores : array of float, shape (n,)
    positive : array of bool, shape (n,)
        At least one true and one false.

    Notes
    -----
    They come from mid-ranks among all and among its own class, in O(n log n).

    Examples
    --------
    >>> [side.tolist() for side in placements(np.array([3.0, 2, 1, 2]), np.array([True, True, False, False]))]
    [[1.0, 0.75], [1.0, 0.75]]
    """
    from scipy.stats import rankdata

    above, below = scores[positive], scores[~positive]
    ranks = rankdata(scores)
    of_positives = (ranks[positive] - rankdata(above)) / len(below)
    of_negatives = 1 - (ranks[~positive] - rankdata(below)) / len(above)
    return of_positives, of_negatives


def delong_variance(of_positives: Floats, of_negatives: Floats) -> float | None:
    """Return DeLong's variance of an area from its placements, or None where they are too few or do not vary."""
    m, n = len(of_positives), len(of_negatives)
    if min(m, n) < FEWEST_FOR_DELONG or np.ptp(of_positives) == 0 or np.ptp(of_negatives) == 0:
        return None
    return float(of_positives.var(ddof=1)) / m + float(of_negatives.var(ddof=1)) / n


def logit_interval(area: float, error: float, z: float) -> tuple[float, float]:
    """Return an area ± z standard errors, made on the logit scale: always between 0 and 1.

    Examples
    --------
    >>> [round(end, 4) for end in logit_interval(0.5, 0.05, 1.96)]
    [0.4032, 0.5968]
    """
    centre, reach = math.log(area / (1 - area)), z * error / (area * (1 - area))
    return 1 / (1 + math.exp(reach - centre)), 1 / (1 + math.exp(-centre - reach))


def newcombe_auc(area: float, m: int, n: int, z: float) -> tuple[float, float]:
    """Return Newcombe's fifth interval of an area: all θ with |area − θ| ≤ z·√variance(θ).

    Parameters
    ----------
    area : float
        Between 0 and 1.
    m, n : int
        How many positives and negatives, at least 1 each.
    z : float

    Examples
    --------
    A perfect score of one positive and one negative shows little.

    >>> [round(end, 3) for end in newcombe_auc(1.0, 1, 1, 1.96)]
    [0.207, 1.0]
    """
    from scipy.optimize import brentq

    half = (m + n) / 2 - 1

    def excess(theta: float) -> float:
        spread = 1 + half * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return (theta - area) ** 2 - z * z * theta * (1 - theta) * spread / (m * n)

    # At θ = 0 and at θ = 1 the variance is 0: the root sought lies strictly between, unless the area is there itself.
    low = 0.0 if area <= 0 else float(brentq(excess, 0, min(area, 1 - 1e-9), xtol=1e-14))
    high = 1.0 if area >= 1 else float(brentq(excess, max(area, 1e-9), 1, xtol=1e-14))
    return low, high
