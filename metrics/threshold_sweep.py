"""Ratio and difference of two groups' selection rates at many cut-offs, with a band that holds for all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.counts import quotient
from fairwitness.metrics.difference_intervals import newcombe
from fairwitness.metrics.disparity import impact_ratio, rate_difference
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats

    Ints = NDArray[np.int64]

FEWEST = 5  # expected on either side of a cut-off, in either group: below, the rates there are tiny


class Band(NamedTuple):
    """One figure at every cut-off, each array of shape (cut-offs,).

    Attributes
    ----------
    value : array of float
        nan where it is undefined.
    low, high : array of float
        The band; nan at cut-offs with tiny rates; the upper end of a ratio may be inf.
    multiplier : float
        How many standard errors the band reaches: more than an interval of one cut-off.  nan where there is no band.
    """

    value: Floats
    low: Floats
    high: Floats
    multiplier: float


class Sweep(NamedTuple):
    """Two groups at every cut-off.

    Attributes
    ----------
    selected, reference_selected : array of int
        Who of either group would be selected.
    tiny : array of bool
        Where one would expect fewer than five of a group on one side of the cut-off if the rates were equal.
    ratio, difference : Band
        Focal / reference, focal − reference.
    """

    selected: Ints
    reference_selected: Ints
    tiny: NDArray[np.bool_]
    ratio: Band
    difference: Band


def sweep(counts: ArrayLike, draws: Ints, focal: Sequence[int], reference: Sequence[int], level: float = 0.95) -> Sweep:
    """Return how two groups would compare at every cut-off between the levels of a score.

    Parameters
    ----------
    counts : array of int, shape (groups, levels)
        How many of each group have each score, the best scores last.  At cut-off i, of the levels less one, those from
        level i + 1 on are selected.
    draws : array of int, shape (replicates, groups, levels)
        Bootstrap replicates of the counts (`fairwitness.metrics.bootstrap.cell_draws`): one set for all comparisons.
    focal, reference : sequence of int
        Places of the groups that are compared; several are taken together.
    level : float
        With this probability the whole band holds all true ratios (or differences) at once.

    Returns
    -------
    Sweep

    Notes
    -----
    At each cut-off the interval is Koopman's (of the ratio) or Newcombe's (of the difference), with the normal quantile
    replaced by the multiplier: the quantile of the largest standardised deviation, over all cut-offs whose rates are
    not tiny, of the replicates from the data (sup-t).  Neighbouring cut-offs share most people, so the multiplier is
    far below Bonferroni's.  Of the ratio, deviations of its logarithm are taken to first order, which is defined in
    every replicate.  A replicate in which a group is empty counts as farther off than any other.

    References
    ----------
    Montiel Olea & Plagborg-Møller, "Simultaneous confidence bands: theory, implementation, and an application to SVARs"
    (2019), doi:10.1002/jae.2656.
    Koopman (1984), doi:10.2307/2531405; Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10.

    Examples
    --------
    Two groups of ten on two levels: one cut-off, 4 of 10 against 8 of 10.

    >>> from fairwitness.metrics.bootstrap import cell_draws
    >>> table = [[6, 4], [2, 8]]
    >>> found = sweep(table, cell_draws(table, 500, 0), [0], [1])
    >>> float(found.ratio.value[0]), float(round(found.difference.value[0], 12)), bool(found.tiny[0])
    (0.5, -0.4, True)
    """
    table = np.asarray(counts, np.int64)
    (xf, nf), (xr, nr) = (_beyond(table[list(side)].sum(axis=0)) for side in (focal, reference))
    tiny = _tiny(xf, nf, xr, nr)
    of_focal = _deviations(draws[:, list(focal)].sum(axis=1), xf, nf)
    of_reference = _deviations(draws[:, list(reference)].sum(axis=1), xr, nr)
    absolute = _multiplier(of_focal - of_reference, tiny, level)
    relative = of_focal * quotient(nf, xf) - of_reference * quotient(nr, xr)  # nan where nobody is selected
    proportional = _multiplier(relative, tiny | (xf == 0) | (xr == 0), level)
    counted = (xf, nf, xr, nr)
    return Sweep(
        xf,
        xr,
        tiny,
        _band(impact_ratio(*counted), koopman, counted, tiny, proportional),
        _band(rate_difference(*counted), newcombe, counted, tiny, absolute),
    )


def _beyond(counts: Ints) -> tuple[Ints, Ints]:
    """Return how many lie beyond each cut-off, and how many there are."""
    total = counts.sum(axis=-1, keepdims=True)
    return total - np.cumsum(counts, axis=-1)[..., :-1], total


def _tiny(xf: Ints, nf: Ints, xr: Ints, nr: Ints) -> NDArray[np.bool_]:
    """Tell at which cut-offs a group has too few expected on one side; in whole numbers."""
    selected, total = xf + xr, nf + nr
    fewest = np.minimum(selected, total - selected) * np.minimum(nf, nr)
    return np.asarray(fewest < FEWEST * total)


def _deviations(draws: Ints, x: Ints, n: Ints) -> Floats:
    """Return by how much the rates of the replicates are off those of the data; nan for an empty group."""
    beyond, total = _beyond(draws)
    return quotient(beyond, total) - quotient(x, n)


def _multiplier(deviations: Floats, left_out: NDArray[np.bool_], level: float) -> float:
    """Return how many standard deviations the largest deviation reaches in this share of the replicates."""
    kept = deviations[:, ~left_out]
    lost = np.isnan(kept).any(axis=1)
    if not kept.size or lost.all():
        return float("nan")
    spread = np.sqrt((kept[~lost] ** 2).mean(axis=0))
    if not spread.any():
        return float("nan")
    largest = np.full(len(kept), np.inf)
    largest[~lost] = np.abs(kept[~lost][:, spread > 0] / spread[spread > 0]).max(axis=1)
    reached = float(np.quantile(largest, level, method="higher"))
    return max(reached, normal_quantile(level)) if np.isfinite(reached) else float("nan")


def _band(
    value: Floats,
    interval: Callable[..., tuple[Floats, Floats]],
    counted: tuple[Ints, Ints, Ints, Ints],
    tiny: NDArray[np.bool_],
    multiplier: float,
) -> Band:
    """Return a figure at every cut-off, with the interval that a multiplier makes where rates are not tiny."""
    from scipy.special import ndtr

    nothing = np.full(len(value), np.nan)
    if np.isnan(multiplier):
        return Band(value, nothing, nothing, multiplier)
    low, high = interval(*counted, 1 - 2 * float(ndtr(-multiplier)))
    return Band(value, np.where(tiny, np.nan, low), np.where(tiny, np.nan, high), multiplier)
