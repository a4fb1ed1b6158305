"""The change of a disparity from an old release to a new one, each of which decided on applicants of its own.

The disparity is that of a focal group to a reference group, so there are four independent rates.  The change of a
difference is a difference of differences, the change of a ratio a ratio of ratios.  Tests and intervals are score tests
and intervals at the restricted maximum likelihood: what Farrington and Manning, Mee, and Koopman do with two rates,
done with four.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.counts import floats, quotient
from fairwitness.metrics.disparity import impact_ratio, rate_difference
from fairwitness.metrics.power import smallest_loss
from fairwitness.metrics.score_curves import difference_curve, parameter, ratio_curve, score_interval, signed_statistic
from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.score_curves import Curve, Scale


class Releases(NamedTuple):
    """Selected (x) and total (n) of the focal (f) and the reference (r) group, in the new and in the old release.

    Each is an int or an array of int; they broadcast.
    """

    xf_new: ArrayLike
    nf_new: ArrayLike
    xr_new: ArrayLike
    nr_new: ArrayLike
    xf_old: ArrayLike
    nf_old: ArrayLike
    xr_old: ArrayLike
    nr_old: ArrayLike


def change(counts: Releases, scale: Scale) -> Floats:
    """Return the change: the new difference of rates less the old one, or the new impact ratio over the old one.

    Parameters
    ----------
    counts : Releases
        Selected and total.
    scale : {"difference", "ratio"}
        Of the disparity.

    Returns
    -------
    float or array
        Below 0, or below 1, if the focal group has lost ground.  nan if a group is empty; on the ratio scale also if in
        either release nobody in the reference group is selected, or in the old one nobody in the focal group.

    Examples
    --------
    Rates of .3 and .5 now, of .4 and .5 before: (.3 - .5) - (.4 - .5), and .6 / .8.

    >>> counts = Releases(30, 100, 50, 100, 40, 100, 50, 100)
    >>> round(float(change(counts, "difference")), 9), round(float(change(counts, "ratio")), 9)
    (-0.1, 0.75)
    """
    if scale == "difference":
        return (rate_difference(*counts[:4]) - rate_difference(*counts[4:]))[()]
    return quotient(impact_ratio(*counts[:4]), impact_ratio(*counts[4:]))


def change_z(counts: Releases, scale: Scale, null: ArrayLike) -> Floats:
    """Return the score statistic of a change, which is about standard normal if that is the true change.

    Parameters
    ----------
    counts : Releases
        Selected and total; whole numbers.
    scale : {"difference", "ratio"}
        Of the disparity.
    null : float or array
        The change in question: no change is 0 or 1, the largest loss that is not worse -margin or 1 - margin.
        Between -2 and 2, or above 0.

    Returns
    -------
    float or array
        Positive if the data lie above ``null``; 0 if they agree with it.  nan if a group is empty or ``null`` out of
        range; on the ratio scale also if every change fits the data equally well: nobody is selected both in a group
        whose selections raise the change (focal now, reference before) and in one whose selections lower it.

    References
    ----------
    For two rates: Farrington & Manning, Statistics in Medicine 9 (1990), 1447-1454, doi:10.1002/sim.4780091208.
    For any number: Rao, "Large sample tests of statistical hypotheses concerning several parameters", Mathematical
    Proceedings of the Cambridge Philosophical Society 44 (1948), doi:10.1017/S0305004100023987.

    Examples
    --------
    One of two selected, four times, against a change of 1.  The likeliest rates with such a change are 3/4, 1/4, 1/4
    and 3/4, and their standard error √(4 · 3/16 / 2).

    >>> round(float(change_z(Releases(1, 2, 1, 2, 1, 2, 1, 2), "difference", 1)), 6)
    -1.632993
    """
    *cells, null = floats(*counts, null)
    curve = _difference_curve if scale == "difference" else _ratio_curve
    return signed_statistic(curve, cells, _swapped(cells), _estimate(cells, scale), parameter(null, scale))[()]


def change_interval(counts: Releases, scale: Scale, level: float) -> tuple[Floats, Floats]:
    """Return the score interval of the change: the values of which `change_z` lies within ±z.

    Parameters
    ----------
    counts : Releases
        Selected and total; whole numbers.
    scale : {"difference", "ratio"}
        Of the disparity.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or array
        Between -2 and 2; on the ratio scale from 0, and to inf where there is no upper limit.  nan where `change_z` is
        for every value.

    References
    ----------
    As `change_z`.  For two rates: Mee, Biometrics 40 (1984), 1175-1176, and Koopman, Biometrics 40 (1984), 513-517,
    doi:10.2307/2531405.

    Examples
    --------
    Exchanging the releases inverts the ratio's interval.

    >>> low, high = change_interval(Releases(30, 100, 50, 100, 40, 100, 50, 100), "ratio", 0.95)
    >>> swapped_low, _ = change_interval(Releases(40, 100, 50, 100, 30, 100, 50, 100), "ratio", 0.95)
    >>> bool(low < 0.75 < high), round(float(high * swapped_low), 9)
    (True, 1.0)
    """
    cells = floats(*counts)
    curve = _difference_curve if scale == "difference" else _ratio_curve
    ends = score_interval(curve, cells, _swapped(cells), _estimate(cells, scale), normal_quantile(level))
    low, high = ends if scale == "difference" else np.exp(ends)
    return low[()], high[()]


def detectable_worsening(counts: Releases, scale: Scale, alpha: float, wanted: float = 0.8) -> Floats:
    """Return the smallest worsening that a two-sided test of no change would show with the power wanted.

    For planning: it decides nothing about the data whose sizes it uses.

    Parameters
    ----------
    counts : Releases
        Selected and total.  Each group's rate in both releases together is taken as the true one before a worsening.
    scale : {"difference", "ratio"}
        Of the disparity.
    alpha : float
        The test's level.
    wanted : float
        The power, between .5 and 1.

    Returns
    -------
    float or array
        What the focal group's rate loses: in points, or as a share of it.  nan if losing all would not do, or a
        group is empty.

    Notes
    -----
    By the normal approximation: the smallest loss w with w ≥ z(1 - alpha/2)·e0 + z(wanted)·e1, where e0 is the standard
    error if the focal group had its average rate after the loss in both releases, and e1 with the rates as they are.
    On the ratio scale both groups' errors, and w, are taken relative to the rate of e0.

    References
    ----------
    Fleiss, Levin & Paik, "Statistical Methods for Rates and Proportions", 3rd ed. (2003), chapter 4,
    doi:10.1002/0471445428, for two rates.  Why it decides nothing: Hoenig & Heisey, "The abuse of power", The American
    Statistician 55 (2001), doi:10.1198/000313001300339897.

    Examples
    --------
    With 1,000 each and rates of .5 the errors are about √(4 · .25 / 1000) = .0316, and 2.8 of them .0886.

    >>> counts = Releases(500, 1000, 500, 1000, 500, 1000, 500, 1000)
    >>> round(float(detectable_worsening(counts, "difference", alpha=0.05)), 3)
    0.088
    """
    xf_new, nf_new, xr_new, nr_new, xf_old, nf_old, xr_old, nr_old = floats(*counts)
    pf, pr = quotient(xf_new + xf_old, nf_new + nf_old), quotient(xr_new + xr_old, nr_new + nr_old)
    reference = pr * (1 - pr) * (quotient(1, nr_new) + quotient(1, nr_old))

    def errors(loss: Floats) -> tuple[Floats, Floats]:
        less = pf - loss
        average = pf - loss * quotient(nf_new, nf_new + nf_old)
        weight = 1.0 if scale == "difference" else quotient(average, pr) ** 2
        before, under_none = quotient(pf * (1 - pf), nf_old), average * (1 - average)
        alike = under_none * (quotient(1, nf_new) + quotient(1, nf_old))
        true = quotient(less * (1 - less), nf_new) + before
        return np.sqrt(alike + weight * reference), np.sqrt(true + weight * reference)

    loss = smallest_loss(np.asarray(pf), errors, alpha, wanted)
    return (loss if scale == "difference" else quotient(loss, pf))[()]


def _estimate(cells: list[Floats], scale: Scale) -> Floats:
    """Return the change of the difference, or the logarithm of that of the ratio, which may be infinite."""
    if scale == "difference":
        return np.asarray(change(Releases(*cells), scale))
    xf_new, nf_new, xr_new, nr_new, xf_old, nf_old, xr_old, nr_old = cells
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log((xf_new * nr_new) * (xr_old * nf_old) / ((xr_new * nf_new) * (xf_old * nr_old)))


def _swapped(cells: list[Floats]) -> list[Floats]:
    """Return the counts with the releases exchanged."""
    return cells[4:] + cells[:4]


def _difference_curve(cells: list[Floats]) -> Curve:
    xf_new, nf_new, xr_new, nr_new, xf_old, nf_old, xr_old, nr_old = cells
    return difference_curve(
        np.stack([xf_new, nr_new - xr_new, nf_old - xf_old, xr_old]), _present(nf_new, nr_new, nf_old, nr_old)
    )


def _ratio_curve(cells: list[Floats]) -> Curve:
    xf_new, nf_new, xr_new, nr_new, xf_old, nf_old, xr_old, nr_old = cells
    return ratio_curve(
        np.stack([xf_new, xr_old]), _present(nf_new, nr_old), np.stack([xr_new, xf_old]), _present(nr_new, nf_old)
    )


def _present(*n: Floats) -> Floats:
    """Return group sizes along a first axis, nan where a group is empty."""
    sizes = np.stack(n)
    return np.where(sizes == 0, np.nan, sizes)
