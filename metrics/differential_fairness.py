"""Differential fairness: the largest log ratio of any outcome's probability between any two groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats
from fairwitness.metrics.simultaneous import all_pairs_ratios

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

CONCENTRATION = 1.0  # one imagined decision in each group, half of it selected


def differential_fairness(selected: ArrayLike, n: ArrayLike, concentration: float = CONCENTRATION) -> Floats:
    """Return the smoothed differential fairness of a table: ε, the largest |ln(p_i / p_j)|.

    Parameters
    ----------
    selected, n : array of int, shape (..., groups)
        Selected and total of each group.
    concentration : float, at least 0
        Decisions imagined in each group, half of them selected: p = (x + c/2) / (n + c).

    Returns
    -------
    float or array of shape (...)
        Over both outcomes, being selected and not being selected, and all pairs of groups.  0 if all rates are equal;
        ε means that no outcome is more than e^ε times as likely in one group as in another.  nan with fewer than two
        groups, or an empty group, and where a group has none of an outcome and nothing is imagined.

    Notes
    -----
    The largest of many noisy ratios grows with the number of groups, also where all true rates are equal: read it
    beside its interval and beside what chance alone gives.

    References
    ----------
    Foulds, Islam, Keya & Pan, "An intersectional definition of fairness", ICDE 2020,
    doi:10.1109/ICDE48307.2020.00203.

    Examples
    --------
    Rates 1/4 and 1/2 without smoothing: ln 2 for being selected, ln 1.5 for not being selected.

    >>> bool(differential_fairness([1, 2], [4, 4], concentration=0) == np.log(2))
    True
    """
    x, sizes = floats(selected, n)
    if x.shape[-1] < 2:
        return np.full(x.shape[:-1], np.nan)[()]
    empty = np.any(sizes == 0, axis=-1)
    total = np.where(sizes == 0, 1.0, sizes) + concentration
    spreads = []
    for chosen in (x, sizes - x):
        smooth = (chosen + concentration / 2) / total
        least, most = np.min(smooth, axis=-1), np.max(smooth, axis=-1)
        none = least <= 0
        spreads.append(np.where(none, np.nan, np.log(np.where(none, 1.0, most) / np.where(none, 1.0, least))))
    return np.where(empty, np.nan, np.maximum(*spreads))[()]


def differential_fairness_interval(selected: ArrayLike, n: ArrayLike, level: float) -> tuple[float, float]:
    """Return an interval for the differential fairness of the true rates.

    Parameters
    ----------
    selected, n : array of int, shape (groups,)
        Selected and total of each group, at least two.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float
        low = 0 where no pair of groups is shown to differ; high = inf where some group may have none of an outcome.

    Notes
    -----
    From simultaneous score intervals for all ratios of selection rates and of rejection rates, each set at
    (1 + level) / 2, so that both hold together at ``level``: ε is at least the largest distance of any interval from 1,
    and at most the farthest end of any.  Nothing is smoothed in it.  A bootstrap would lie too high, since every
    replicate takes the largest of ratios noisier than the data's own.

    References
    ----------
    As `simultaneous.all_pairs_ratios`.

    Examples
    --------
    >>> low, high = differential_fairness_interval([50, 50], [100, 100], 0.95)
    >>> low, high > 0
    (0.0, True)
    """
    x, sizes = floats(selected, n)
    least, most = [0.0], [0.0]
    for chosen in (x, sizes - x):
        lows, highs = all_pairs_ratios(chosen, sizes, (1 + level) / 2)
        known = lows > 0  # a pair of which nothing is known, neither having the outcome, is nan
        least.append(float(np.log(np.max(lows[known]))))  # of two inverse intervals, one is beyond 1 if either is
        most.append(float(np.log(np.max(np.where(np.isnan(highs), np.inf, highs)))))
    return max(least), max(most)
