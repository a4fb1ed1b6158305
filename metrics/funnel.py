"""Rates along a funnel: at each stage, up to each stage, and what each stage adds to a ratio of two groups.

All arrays have one row a stage, in order; further axes are groups.  ``entered`` counts those who passed every earlier
stage and were decided upon at this one; ``passed`` those of them who passed it.  Whoever is still in progress, or
withdrew, was not decided upon and is in neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats, quotient
from fairwitness.metrics.disparity import impact_ratio

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats


def cumulative_rates(passed: ArrayLike, entered: ArrayLike) -> Floats:
    """Return the rate of passing every stage up to each: the product of the stages' rates.

    Parameters
    ----------
    passed, entered : array of int, shape (stages, ...)

    Returns
    -------
    array of float, shape (stages, ...)
        Between 0 and 1.  nan from the first stage on that nobody entered, unless nobody passed one before it: then 0.

    Notes
    -----
    Where everybody who passed a stage was decided upon at the next, this is passed / applied.  Where some were not, it
    is the product-limit estimate: as if they would fare like those of their group who were.

    References
    ----------
    Kaplan & Meier, "Nonparametric estimation from incomplete observations", Journal of the American Statistical
    Association 53 (1958), doi:10.1080/01621459.1958.10501452.

    Examples
    --------
    Of 40 people 20 passed the screen; 4 of these still wait for their interview, which 4 of 16 passed: .5, .5·.25.

    >>> cumulative_rates([20, 4], [40, 16]).tolist()
    [0.5, 0.125]
    """
    rates = np.asarray(quotient(passed, entered))
    made = rates.copy()
    for stage in range(1, len(rates)):
        before = made[stage - 1]
        made[stage] = np.where(before == 0, 0.0, before * rates[stage])
    return made


def effective_counts(passed: ArrayLike, entered: ArrayLike) -> tuple[Floats, Floats]:
    """Return each cumulative rate as x of n: of how many people, all decided upon, it would be as precise as it is.

    Parameters
    ----------
    passed, entered : array of int, shape (stages, ...)

    Returns
    -------
    x, n : array of float, shape (stages, ...)
        Exactly the counts passed and applied, as long as everybody who passed a stage was decided upon at the next.
        Where some were not, n is smaller, and neither need be whole.  nan where the cumulative rate is.

    Notes
    -----
    With P the cumulative rate, Greenwood's variance is P² Σ (1 - p)/(p·entered), and that of n people P(1 - P)/n.  At
    P = 0 and P = 1, where both are 0, n is those who entered the stage divided by the rate up to it.  A score interval
    takes x of n as it takes counts.  Drawn 20,000 times each, with 20 to 1,000 applicants, two or three stages and up
    to half of those who passed one not decided upon at the next, 95 % intervals of a cumulative rate (Wilson) and of
    the ratio of two (Koopman) covered in 94 to 96 % of draws.

    References
    ----------
    Rothman, "Estimation of confidence limits for the cumulative probability of survival in life table analysis",
    Journal of Chronic Diseases 31 (1978), 557-560.
    Dorey & Korn, "Effective sample sizes for confidence intervals for survival probabilities", Statistics in Medicine 6
    (1987), doi:10.1002/sim.4780060605.

    Examples
    --------
    P = .125; its variance is .125²·(.5/20 + .75/4) = .00332, and .125·.875/.00332 = 32.9.

    >>> x, n = effective_counts([20, 4], [40, 16])
    >>> x.round(2).tolist(), n.round(2).tolist()
    ([20.0, 4.12], [40.0, 32.94])
    """
    x, n = floats(passed, entered)
    rate = cumulative_rates(x, n)
    everybody = np.ones_like(rate[0], dtype=bool)
    spread = np.add.accumulate(quotient(n - x, n * x), axis=0)
    size, made = n.copy(), x.copy()
    for stage in range(1, len(rate)):
        before, p = rate[stage - 1], rate[stage]
        everybody = everybody & (n[stage] == x[stage - 1])
        at_edge = np.where(before == 0, size[stage - 1], quotient(n[stage], before))
        some = np.where((p == 0) | (p == 1), at_edge, quotient(1 - p, p * spread[stage]))
        size[stage] = np.where(everybody, n[0], some)
        made[stage] = np.where(everybody, x[stage], p * some)
    nothing = np.isnan(rate)
    return np.where(nothing, np.nan, made), np.where(nothing, np.nan, size)


def stage_contributions(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return what each stage adds to the logarithm of the ratio of two groups: the logarithm of its own ratio.

    Parameters
    ----------
    xf, nf : array of int, shape (stages, ...)
        Passed and entered, of the focal group.
    xr, nr : array of int, shape (stages, ...)
        Passed and entered, of the reference group, which is the same at every stage.

    Returns
    -------
    array of float, shape (stages, ...)
        Negative where the stage lowers the ratio.  Their sum is the logarithm of the cumulative ratio.  nan where a
        group did not enter the stage, or nobody of one passed it: then no stage's part of the whole can be told.

    Notes
    -----
    The identity holds under one reference for all stages.  If each stage takes its own highest rate as reference, the
    stages' ratios do not multiply to that of the whole.

    References
    ----------
    29 CFR 1607.4(C), on looking at the components of a selection process; Connecticut v. Teal, 457 U.S. 440 (1982).

    Examples
    --------
    400 and 600 applied; 160 and 300 were screened in, 72 and 120 interviewed, 20 and 30 offered: ratios .8, 1.125 and
    1.111, whose product is 1.

    >>> parts = stage_contributions([160, 72, 20], [400, 160, 72], [300, 120, 30], [600, 300, 120])
    >>> parts.round(4).tolist(), round(abs(float(parts.sum())), 12)
    ([-0.2231, 0.1178, 0.1054], 0.0)
    """
    ratio = np.asarray(impact_ratio(xf, nf, xr, nr))
    return np.log(np.where(ratio > 0, ratio, np.nan))
