"""How small the smallest ratio of a table comes out when all true rates are equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import ArrayLike


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
