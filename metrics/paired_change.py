"""The change of a disparity from an old release to a new one, both of which decided on the same applicants.

Every applicant was selected by both releases, by the new one only, by the old one only, or by neither.  What the
releases agree on varies little, so a far smaller change can be shown than between different applicants.  Tests and
intervals are score tests and intervals at the restricted maximum likelihood of these four probabilities: what Tango
does for one group's difference of rates, and Nam and Blackwelder for one group's ratio, done with two groups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.counts import floats, quotient
from fairwitness.metrics.paired_curves import paired_difference_curve, paired_ratio_curve
from fairwitness.metrics.power import smallest_loss
from fairwitness.metrics.score_curves import parameter, score_interval, signed_statistic
from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.score_curves import Scale


class Pairs(NamedTuple):
    """Applicants of the focal (f) and the reference (r) group, by which release selects them.

    ``new``: only the new one; ``old``: only the old one.  Each is an int or an array of int; they broadcast.
    """

    both_f: ArrayLike
    new_f: ArrayLike
    old_f: ArrayLike
    neither_f: ArrayLike
    both_r: ArrayLike
    new_r: ArrayLike
    old_r: ArrayLike
    neither_r: ArrayLike


def change(counts: Pairs, scale: Scale) -> Floats:
    """Return the change: the new difference of rates less the old one, or the new impact ratio over the old one.

    Parameters
    ----------
    counts : Pairs
        Applicants by which release selects them.
    scale : {"difference", "ratio"}
        Of the disparity.

    Returns
    -------
    float or array
        Below 0, or below 1, if the focal group has lost ground.  nan if a group is empty; on the ratio scale also if
        either release selects nobody in the reference group, or the old one nobody in the focal group.

    Examples
    --------
    Of 100 in each group, 30 and 50 selected now, 40 and 50 before: (.3 - .5) - (.4 - .5), and .6 / .8.

    >>> counts = Pairs(28, 2, 12, 58, 45, 5, 5, 45)
    >>> round(float(change(counts, "difference")), 9), round(float(change(counts, "ratio")), 9)
    (-0.1, 0.75)
    """
    both_f, new_f, old_f, neither_f, both_r, new_r, old_r, neither_r = floats(*counts)
    if scale == "difference":
        focal = quotient(new_f - old_f, both_f + new_f + old_f + neither_f)
        return (focal - quotient(new_r - old_r, both_r + new_r + old_r + neither_r))[()]
    return quotient(quotient(both_f + new_f, both_f + old_f), quotient(both_r + new_r, both_r + old_r))


def change_z(counts: Pairs, scale: Scale, null: ArrayLike) -> Floats:
    """Return the score statistic of a change, which is about standard normal if that is the true change.

    Parameters
    ----------
    counts : Pairs
        Applicants by which release selects them; whole numbers.
    scale : {"difference", "ratio"}
        Of the disparity.
    null : float or array
        The change in question: no change is 0 or 1, the largest loss that is not worse -margin or 1 - margin.
        Between -2 and 2, or above 0.

    Returns
    -------
    float or array
        Positive if the data lie above ``null``; 0 if they agree with it.  nan if a group is empty or ``null`` out of
        range; on the ratio scale also if every change fits the data equally well: nobody is selected both where
        selections raise the change (focal now, reference before) and where they lower it.

    References
    ----------
    For one group: Tango, "Equivalence test and confidence interval for the difference in proportions for the
    paired-sample design", Statistics in Medicine 17 (1998), 891-908,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B; Nam & Blackwelder, "Analysis of the ratio of
    marginal probabilities in a matched-pair setting", Statistics in Medicine 21 (2002), 689-699, doi:10.1002/sim.1017.

    Examples
    --------
    Two groups of 3 about whom the releases agree, against a change of -1/2.  That is likeliest as a loss of 1/4 in one
    group and a gain of 1/4 in the other, and Pearson's statistic is 3 · (1/4) / (3/4) in each.

    >>> round(float(change_z(Pairs(2, 0, 0, 1, 2, 0, 0, 1), "difference", -1 / 2)) ** 2, 9)
    2.0
    """
    *cells, null = floats(*counts, null)
    curve = paired_difference_curve if scale == "difference" else paired_ratio_curve
    return signed_statistic(curve, cells, _swapped(cells), _estimate(cells, scale), parameter(null, scale))[()]


def change_interval(counts: Pairs, scale: Scale, level: float) -> tuple[Floats, Floats]:
    """Return the score interval of the change: the values of which `change_z` lies within ±z.

    Parameters
    ----------
    counts : Pairs
        Applicants by which release selects them; whole numbers.
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
    As `change_z`.

    Examples
    --------
    Where the releases agree on everybody, their number still bounds what may have been missed.

    >>> low, high = change_interval(Pairs(2, 0, 0, 1, 2, 0, 0, 1), "difference", 0.95)
    >>> round(float(low), 4), round(float(high), 4)  # 2 · 3w/(1 - w) = 1.96² at w = .3903, twice
    (-0.7807, 0.7807)
    """
    cells = floats(*counts)
    curve = paired_difference_curve if scale == "difference" else paired_ratio_curve
    ends = score_interval(curve, cells, _swapped(cells), _estimate(cells, scale), normal_quantile(level))
    low, high = ends if scale == "difference" else np.exp(ends)
    return low[()], high[()]


def detectable_worsening(counts: Pairs, scale: Scale, alpha: float, wanted: float = 0.8) -> Floats:
    """Return the smallest worsening that a two-sided test of no change would show with the power wanted.

    For planning: it decides nothing about the data whose sizes it uses.

    Parameters
    ----------
    counts : Pairs
        Applicants by which release selects them.  Each group's rate in both releases together, and its share of
        applicants decided differently, are taken as the true ones before a worsening.
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
    By the normal approximation, as for different applicants, except that a group's variance is its share of applicants
    decided differently, divided by its size.  Those who are lost are decided differently too, so they add to it.

    References
    ----------
    As `fairwitness.metrics.release_change.detectable_worsening`.

    Examples
    --------
    Nobody is decided differently so far, and only the loss w itself varies: w = 1.96·√(w/n) + .84·√(w(1 - w)/n).

    >>> counts = Pairs(500, 0, 0, 500, 500, 0, 0, 500)
    >>> round(float(detectable_worsening(counts, "difference", alpha=0.05)), 4)  # about 2.8²/1000
    0.0078
    """
    both_f, new_f, old_f, neither_f, both_r, new_r, old_r, neither_r = floats(*counts)
    nf, nr = both_f + new_f + old_f + neither_f, both_r + new_r + old_r + neither_r
    pf, pr = quotient(both_f + (new_f + old_f) / 2, nf), quotient(both_r + (new_r + old_r) / 2, nr)
    reference = quotient(new_r + old_r, nr**2)

    def errors(loss: Floats) -> tuple[Floats, Floats]:
        weight = 1.0 if scale == "difference" else quotient(pf - loss / 2, pr) ** 2
        alike = quotient(new_f + old_f, nf**2) + quotient(loss, nf) + weight * reference
        return np.sqrt(alike), np.sqrt(alike - quotient(loss**2, nf))

    loss = smallest_loss(np.asarray(pf), errors, alpha, wanted)
    return (loss if scale == "difference" else quotient(loss, pf))[()]


def mcnemar(only_new: ArrayLike, only_old: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return McNemar's test that a group's rate is the same in both releases: exact p, mid-P, and χ².

    Parameters
    ----------
    only_new, only_old : int or array of int
        Members of the group whom only the new release selects, and only the old one.

    Returns
    -------
    exact, mid_p : float or array
        Two-sided: twice the smaller binomial tail at 1/2, at most 1; the mid-P counts half of the number seen.
        1 if the two numbers are equal, so also if the releases agree on everybody.
    chi_square : float or array
        Without continuity correction; nan if the releases agree on everybody.

    References
    ----------
    McNemar, Psychometrika 12 (1947), 153-157, doi:10.1007/BF02295996.  Fagerland, Lydersen & Laake, "The McNemar test
    for binary matched-pairs data: mid-p and asymptotic are better than exact conditional", BMC Medical Research
    Methodology 13 (2013), 91, doi:10.1186/1471-2288-13-91.

    Examples
    --------
    1 against 5: 2·(1 + 6)/64, then 2·(1 + 3)/64, and 4²/6.

    >>> exact, mid_p, chi_square = mcnemar(1, 5)
    >>> round(float(exact), 6), round(float(mid_p), 6), round(float(chi_square), 4)
    (0.21875, 0.125, 2.6667)
    """
    from scipy.stats import binom

    only_new, only_old = floats(only_new, only_old)
    n, fewer = only_new + only_old, np.minimum(only_new, only_old)
    both_tails, at = 2 * binom.cdf(fewer, n, 0.5), binom.pmf(fewer, n, 0.5)
    return (
        np.minimum(1.0, both_tails)[()],
        np.minimum(1.0, both_tails - at)[()],
        quotient((only_new - only_old) ** 2, n),
    )


def _estimate(cells: list[Floats], scale: Scale) -> Floats:
    """Return the change of the difference, or the logarithm of that of the ratio, which may be infinite."""
    if scale == "difference":
        return np.asarray(change(Pairs(*cells), scale))
    both_f, new_f, old_f, _, both_r, new_r, old_r, _ = cells
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log((both_f + new_f) * (both_r + old_r) / ((both_f + old_f) * (both_r + new_r)))


def _swapped(cells: list[Floats]) -> list[Floats]:
    """Return the counts with the releases exchanged."""
    both_f, new_f, old_f, neither_f, both_r, new_r, old_r, neither_r = cells
    return [both_f, old_f, new_f, neither_f, both_r, old_r, new_r, neither_r]
