"""How far scores would have to be moved to turn one group's distribution into the other's: the Wasserstein distance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.score_levels import moments

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Wasserstein(NamedTuple):
    """The distance between two groups' distributions.

    Attributes
    ----------
    distance : float
        In the score's unit; at least the size of the difference of the means.
    standardised : float
        In standard deviations within the groups, pooled: the same whatever the unit.  nan where there is none.
    by_chance : float
        What the distance would be on average if the same scores were dealt to groups of these sizes at random.  No
        distance is ever 0.
    by_chance_standardised : float
        The same in standard deviations.
    """

    distance: float
    standardised: float
    by_chance: float
    by_chance_standardised: float


def wasserstein(scores: ArrayLike, focal: ArrayLike, reference: ArrayLike) -> Wasserstein:
    """Return the average distance by which scores must be moved to turn one distribution into the other.

    Parameters
    ----------
    scores : array of float, shape (levels,)
        Increasing.
    focal, reference : array of int, shape (levels,)
        How many of either group have each score.

    Returns
    -------
    Wasserstein
        nan where a group has nobody.

    Notes
    -----
    W₁ = ∫|F_f − F_r|.  By chance: at each score the number of focal members below it is hypergeometric, whose mean
    absolute deviation from n_f·k/N is 2v(N − k − n_f + v)·P(X = v)/N with v = ⌊n_f·k/N⌋ + 1; the mean of the integral
    is the integral of the means.

    References
    ----------
    Vallender, "Calculation of the Wasserstein distance between probability distributions on the line" (1974),
    doi:10.1137/1118101.
    Diaconis & Zabell, "Closed form summation for classical distributions: variations on a theme of de Moivre" (1991),
    doi:10.1214/ss/1177011699: the mean absolute deviation.

    Examples
    --------
    Scores 1 and 3 against 4 and 6: each moved by 3.  Dealt otherwise, 1 and 4 against 3 and 6, or 1 and 6 against 3 and
    4, it is 2; so by chance (3 + 2 + 2)/3.

    >>> found = wasserstein([1, 3, 4, 6], [1, 1, 0, 0], [0, 0, 1, 1])
    >>> found.distance, round(found.by_chance, 12)
    (3.0, 2.333333333333)
    """
    at = np.asarray(scores, np.float64)
    f, r = (np.asarray(side, np.int64) for side in (focal, reference))
    m, n = int(f.sum()), int(r.sum())
    if not m or not n:
        return Wasserstein(*[float("nan")] * 4)
    gaps = np.diff(at)
    apart = np.abs(np.cumsum(f) / m - np.cumsum(r) / n)[:-1]
    distance = float(apart @ gaps)
    by_chance = float(_mean_apart(np.cumsum(f + r)[:-1].astype(np.float64), m, m + n) @ gaps)
    squares = sum((part.n - 1) * part.variance for part in (moments(at, f), moments(at, r)) if part.n > 1)
    spread = math.sqrt(squares / (m + n - 2)) if m + n > 2 else 0.0
    unit = 1 / spread if spread else float("nan")
    return Wasserstein(distance, distance * unit, by_chance, by_chance * unit)


def _mean_apart(k: np.ndarray, m: int, total: int) -> np.ndarray:
    """Return the mean of |F_f − F_r| where k of all scores are below, over all ways to deal them."""
    from scipy.special import gammaln

    def ways(whole: ArrayLike, part: ArrayLike) -> np.ndarray:
        whole, part = np.asarray(whole, np.float64), np.asarray(part, np.float64)
        return np.asarray(gammaln(whole + 1) - gammaln(part + 1) - gammaln(whole - part + 1))

    v = np.floor(m * k / total) + 1
    possible = (v <= np.minimum(k, m)) & (total - k - m + v >= 0)
    u = np.where(possible, v, np.maximum(0.0, k + m - total))
    share = np.exp(ways(k, u) + ways(total - k, m - u) - ways(float(total), float(m)))
    deviation = np.where(possible, 2 * v * (total - k - m + v) * share / total, 0.0)
    return deviation * total / (m * (total - m))
