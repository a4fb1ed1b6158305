"""What one input contributes to a difference in rates: by the groups' composition, or by what goes without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.bootstrap import cell_draws, percentile_interval
from fairwitness.metrics.counts import quotient
from fairwitness.metrics.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats


def composition_part(counts: ArrayLike) -> Floats:
    """Return the part of a difference in rates that goes with the composition of the groups.

    Parameters
    ----------
    counts : array of int, shape (..., 2, levels, 2)
        By group, level of the input, and decision: first not selected, then selected.

    Returns
    -------
    float or array
        Of the rate of the first group less that of the second.  nan where a group is empty.

    Notes
    -----
    Σ over levels of (share₁ − share₂) · (rate₁ + rate₂)/2.  The rest of the difference goes with different rates in the
    same level.  Where nobody of a group is in a level, the other group's rate stands for both.

    References
    ----------
    Kitagawa, "Components of a difference between two rates" (1955), doi:10.1080/01621459.1955.10501299.

    Examples
    --------
    Rates .9 with a degree and .1 without, in both groups; 8 of 10 and 4 of 10 have one: (.8 − .4)(.9) + (.2 − .6)(.1).

    >>> round(float(composition_part([[[18, 2], [8, 72]], [[54, 6], [4, 36]]])), 6)
    0.32
    """
    table = np.asarray(counts, dtype=np.float64)
    n = table.sum(axis=-1)
    shares = quotient(n, n.sum(axis=-1, keepdims=True))
    rates = quotient(table[..., 1], n)
    rates = np.where(np.isnan(rates), rates[..., ::-1, :], rates)
    middle = np.nan_to_num(rates).mean(axis=-2)  # 0 where the level is empty: its shares are 0 as well
    part: Floats = ((shares[..., 0, :] - shares[..., 1, :]) * middle).sum(axis=-1)
    return part


def composition_estimate(counts: ArrayLike, *, level: float, draws: int, seed: int) -> Estimate:
    """Return `composition_part` with the percentile interval of a bootstrap of persons.

    Parameters
    ----------
    counts : array of int, shape (2, levels, 2)
        By group, level of the input, and decision.
    level : float
        Confidence level, between 0 and 1.
    draws : int
        How many replicates.
    seed : int
        Of the draws.

    Returns
    -------
    Estimate
        ``undefined_empty_group`` where a group is empty.  Without an interval where all replicates are alike.

    Examples
    --------
    >>> e = composition_estimate([[[18, 2], [8, 72]], [[54, 6], [4, 36]]], level=0.95, draws=200, seed=0)
    >>> e.low < 0.32 < e.high
    True
    """
    return _bootstrapped(composition_part, np.asarray(counts, dtype=np.int64), level, draws, seed)


def change_estimate(changes: ArrayLike, counts: ArrayLike, *, level: float, draws: int, seed: int) -> Estimate:
    """Return a difference of two groups' mean changes, with the percentile interval of a bootstrap of persons.

    Parameters
    ----------
    changes : array of float, shape (kinds,)
        How much a person's decision changes: the decision (0 or 1) less the share of selections without the input.
    counts : array of int, shape (2, kinds)
        How many persons of each group have which change.
    level : float
        Confidence level, between 0 and 1.
    draws : int
        How many replicates.
    seed : int
        Of the draws.

    Returns
    -------
    Estimate
        The first group's mean less the second's: how much of the difference in rates goes without the input.
        Undefined and without an interval as `composition_estimate`.

    Examples
    --------
    Half of one group and a fifth of the other are selected because of the input: .5 − .2.

    >>> change_estimate([0, 1], [[5, 5], [8, 2]], level=0.95, draws=200, seed=0).value
    0.3
    """
    worth = np.asarray(changes, dtype=np.float64)

    def difference(table: NDArray[np.int64]) -> Floats:
        means = quotient(table @ worth, table.sum(axis=-1))
        apart: Floats = means[..., 0] - means[..., 1]
        return apart

    return _bootstrapped(difference, np.asarray(counts, dtype=np.int64), level, draws, seed)


def _bootstrapped(
    statistic: Callable[[NDArray[np.int64]], Floats], table: NDArray[np.int64], level: float, draws: int, seed: int
) -> Estimate:
    n, groups = int(table.sum()), table.reshape(len(table), -1)
    if (groups.sum(axis=1) == 0).any():
        return Estimate.undefined("undefined_empty_group", level=level, n=n)
    replicates = statistic(cell_draws(groups, draws, seed).reshape(draws, *table.shape))
    low, high, _ = percentile_interval(replicates, level)
    value = float(statistic(table))
    if np.isnan(low):
        return Estimate(value, None, None, level, None, "ok", n)
    return Estimate(value, float(low), float(high), level, "bootstrap_percentile", "ok", n)
