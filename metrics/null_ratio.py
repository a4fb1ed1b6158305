"""How small the smallest ratio of a table comes out when all true rates are equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import quotient
from fairwitness.metrics.design_effect import if_rates_were_equal

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import ArrayLike

    from fairwitness.metrics.linearised import Spread


@dataclass(frozen=True, slots=True)
class NullRatio:
    """The law of the smallest ratio to the highest rate, if all groups shared one true rate.

    Attributes
    ----------
    median, p05 : float
        Middle and 5 % point; nan if no draw has a defined ratio.
    p_below_threshold : float
        Share of the defined draws whose smallest ratio lies strictly below the threshold.
    share_undefined : float
        Share of the draws in which nobody at all is selected.
    """

    median: float
    p05: float
    p_below_threshold: float
    share_undefined: float


def null_worst_ratio(n: ArrayLike, selected_total: int, threshold: Fraction, draws: int, seed: int) -> NullRatio:
    """Draw every group's selections at the pooled rate, and look at the smallest ratio to the highest rate.

    Parameters
    ----------
    n : array of int
        The groups' sizes, held fixed.  Empty groups are left out.
    selected_total : int
        Selected in all groups together.
    threshold : Fraction
        A ratio; draws are compared with it in whole numbers.
    draws : int
        How many tables to draw.
    seed : int
        Of NumPy's default generator.

    Returns
    -------
    NullRatio
        All nan with fewer than two groups or nobody selected.

    Notes
    -----
    With many groups some ratio below four fifths is usual: the smallest of many noisy ratios to the largest of many
    noisy rates.  The figure shows how usual for these group sizes.

    Examples
    --------
    Everybody selected: every ratio is 1.

    >>> from fractions import Fraction
    >>> null_worst_ratio([10, 20], 30, Fraction(4, 5), draws=100, seed=0)
    NullRatio(median=1.0, p05=1.0, p_below_threshold=0.0, share_undefined=0.0)
    """
    sizes = np.asarray(n, dtype=np.int64)
    sizes = sizes[sizes > 0]
    if sizes.size < 2 or selected_total == 0:
        return NullRatio(np.nan, np.nan, np.nan, np.nan)
    selected = np.random.default_rng(seed).binomial(sizes, selected_total / sizes.sum(), size=(draws, sizes.size))
    defined = selected.any(axis=1)
    selected = selected[defined]
    if not len(selected):
        return NullRatio(np.nan, np.nan, np.nan, 1.0)
    rates = selected / sizes
    low, high = rates.argmin(axis=1), rates.argmax(axis=1)
    row = np.arange(len(selected))
    above, below = selected[row, low] * sizes[high], selected[row, high] * sizes[low]
    smallest = above / below
    beyond = above * threshold.denominator < below * threshold.numerator
    return NullRatio(
        float(np.median(smallest)), float(np.quantile(smallest, 0.05)), float(beyond.mean()), float(1 - defined.mean())
    )


def null_worst_ratio_of_rates(found: Spread, threshold: Fraction, draws: int, seed: int) -> NullRatio:
    """Do the same for rates whose decisions are in clusters or have weights, from their spread.

    Parameters
    ----------
    found : Spread
        Of the groups' rates.
    threshold : Fraction
        A ratio.
    draws : int
    seed : int
        Of NumPy's default generator.

    Returns
    -------
    NullRatio
        All nan where nobody or everybody is selected.

    Notes
    -----
    Rates are drawn from the normal distribution about their common rate, with the spread of `if_rates_were_equal`.  A
    rate below 0 is taken for 0.

    Examples
    --------
    Two groups, each of 50 clusters with one of two selected, or none, or both.

    >>> from fractions import Fraction
    >>> from fairwitness.metrics.linearised import spread_of_clusters
    >>> x = np.kron(np.eye(2), [[1]] * 40 + [[0]] * 5 + [[2]] * 5)
    >>> law = null_worst_ratio_of_rates(spread_of_clusters(x, np.kron(np.eye(2), [[2]] * 50)), Fraction(4, 5), 500, 0)
    >>> 0.8 < law.median < 1, law.p05 < law.median
    (True, True)
    """
    p = found.common
    if not 0 < p < 1:
        return NullRatio(np.nan, np.nan, np.nan, np.nan)
    covariance = if_rates_were_equal(found).covariance
    generator = np.random.default_rng(seed)
    drawn = generator.multivariate_normal(np.full(len(covariance), p), covariance, draws, "ignore", method="eigh")
    rates = np.maximum(drawn, 0.0)
    smallest = quotient(rates.min(axis=1), rates.max(axis=1))
    smallest = smallest[np.isfinite(smallest)]
    if not len(smallest):
        return NullRatio(np.nan, np.nan, np.nan, 1.0)
    return NullRatio(
        float(np.median(smallest)),
        float(np.quantile(smallest, 0.05)),
        float((smallest < float(threshold)).mean()),
        1 - len(smallest) / draws,
    )
