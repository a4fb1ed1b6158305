"""The worst-off group of a table: which groups can be asked about at all, and how small the smallest ratio is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats, quotient
from fairwitness.metrics.significance import mid_p, rejected
from fairwitness.metrics.simultaneous import all_pairs_ratios

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats


def can_be_told(n: ArrayLike, selected_total: int, level: float) -> NDArray[np.bool_]:
    """Say of each group whether it is large enough that any outcome could be told from chance.

    Parameters
    ----------
    n : array of int, shape (groups,)
        The groups' sizes.
    selected_total : int
        Selected in all groups together.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    array of bool
        Whether the least favourable outcome that the totals allow, as few of the group selected as possible, would be
        rejected as equal to everybody else's rate at (1 - level) / groups, by the mid-P test.

    Notes
    -----
    A group of one has a rate of 0 or 1, and in a table of many groups one of them is the lowest.  The rule reads the
    totals only, never how the group fared, so leaving groups out by it selects nothing.

    References
    ----------
    Tarone, "A modified Bonferroni method for discrete data", Biometrics 46 (1990), doi:10.2307/2531456: what cannot
    become significant whatever is seen is no part of the family.

    Examples
    --------
    Of 101 people 50 were selected.  That the one person of the first group was not tells nothing.

    >>> can_be_told([1, 100], 50, 0.95).tolist()
    [False, False]
    >>> can_be_told([20, 100], 50, 0.95).tolist()
    [True, True]
    """
    sizes = np.asarray(n, dtype=np.int64)
    total = int(sizes.sum())
    fewest = np.maximum(0, selected_total - (total - sizes))
    p = np.asarray(mid_p(fewest, sizes, selected_total - fewest, total - sizes))
    return rejected(p, (1 - level) / max(sizes.size, 1))


def smallest_ratio(selected: ArrayLike, n: ArrayLike) -> Floats:
    """Return the lowest rate divided by the highest.

    Parameters
    ----------
    selected, n : array of int, shape (..., groups)
        Selected and total of each group.

    Returns
    -------
    float or array of shape (...)
        Between 0 and 1; nan if nobody is selected, or with an empty group.

    Examples
    --------
    >>> float(smallest_ratio([10, 30, 40], [100, 100, 100]))
    0.25
    """
    rates = quotient(selected, n)
    return quotient(np.min(rates, axis=-1), np.max(rates, axis=-1))


def smallest_ratio_interval(selected: ArrayLike, n: ArrayLike, level: float) -> tuple[float, float]:
    """Return an interval for the smallest ratio of any group's true rate to any other's.

    Parameters
    ----------
    selected, n : array of int, shape (groups,)
        Selected and total of each group, at least two.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float
        The smallest lower and the smallest upper end of the intervals of `all_pairs_ratios`; high at most 1.  0 and 1
        where nothing is known: nobody is selected, or a group is empty.

    Notes
    -----
    When the intervals of all pairs hold, the smallest true ratio lies between these two ends, whichever pair has it.
    So the interval holds at ``level`` although the decisions chose the pair that is shown; the smallest of many noisy
    ratios by itself is too small on average.

    References
    ----------
    As `simultaneous.all_pairs_ratios`.

    Examples
    --------
    Two groups: the ordinary interval.

    >>> low, high = smallest_ratio_interval([36, 16], [40, 80], 0.95)
    >>> round(1 / high, 2), round(1 / low, 2)
    (2.94, 7.15)
    """
    x, sizes = floats(selected, n)
    lows, highs = all_pairs_ratios(x, sizes, level)
    return float(np.min(np.nan_to_num(lows, nan=0.0))), float(np.fmin.reduce(highs, axis=None, initial=1.0))
