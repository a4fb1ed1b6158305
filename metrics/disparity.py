"""Disparities between two groups: focal against reference, always signed and in this direction.

Every function takes selected and total of the focal group (``xf``, ``nf``) and of the reference group
(``xr``, ``nr``): scalars, or arrays that broadcast.  Undefined is nan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats, quotient

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats


def impact_ratio(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return the focal group's rate divided by the reference group's: (xf/nf) / (xr/nr).

    Parameters
    ----------
    xf, nf : int or array of int
        Selected and total of the focal group.
    xr, nr : int or array of int
        Selected and total of the reference group.

    Returns
    -------
    float or array
        At least 0; 1 is parity.  nan if a group is empty or nobody in the reference group is selected.
        Nobody selected in the focal group is a ratio of 0, which is defined.

    Notes
    -----
    Computed as xf·nr / (nf·xr), whose terms are exact: the result is the float nearest to the true ratio.

    References
    ----------
    29 CFR 1607.4(D), with the reference group the one of the highest rate; 6 RCNY 5-300, "impact ratio".

    Examples
    --------
    3 of 20 against 16 of 80: .15 / .20.

    >>> float(impact_ratio(3, 20, 16, 80))
    0.75
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    return quotient(xf * nr, nf * xr)


def rate_difference(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return the focal group's rate minus the reference group's: xf/nf - xr/nr.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.

    Returns
    -------
    float or array
        Between -1 and 1; 0 is parity, negative if the focal rate is the lower one.  nan if a group is empty.

    References
    ----------
    Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine
    17 (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.

    Examples
    --------
    >>> float(rate_difference(3, 20, 16, 80))
    -0.05
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    return quotient(xf * nr - xr * nf, nf * nr)


def rejection_ratio(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return the reference group's rejection rate divided by the focal group's: (1 - xr/nr) / (1 - xf/nf).

    The ratio is turned over so that, like `impact_ratio`, it is below 1 where the focal group fares worse.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.

    Returns
    -------
    float or array
        At least 0; 1 is parity.  nan if a group is empty or nobody in the focal group is rejected.

    Notes
    -----
    Where most are selected, selection rates of 90 % and 96 % have a ratio of .94, while 10 % against 4 % are
    rejected, 2.5 times as many (here .4).  Both are shown.

    References
    ----------
    Agresti, "Categorical Data Analysis", 3rd ed. (2013), chapter 2: the relative risk, here of rejection.

    Examples
    --------
    >>> float(rejection_ratio(90, 100, 96, 100))
    0.4
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    return impact_ratio(nr - xr, nr, nf - xf, nf)


def odds_ratio(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return the sample odds ratio: (xf·(nr - xr)) / ((nf - xf)·xr).

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.

    Returns
    -------
    float or array
        At least 0; 1 is parity.  nan if a count below the line is 0 (the ratio has no finite value).

    Notes
    -----
    This is the unconditional estimate.  R's ``fisher.test`` prints the conditional one, another number.

    References
    ----------
    Agresti, "Categorical Data Analysis", 3rd ed. (2013), chapter 2.

    Examples
    --------
    (3·64) / (17·16) = 192/272.

    >>> round(float(odds_ratio(3, 20, 16, 80)), 6)
    0.705882
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    return quotient(xf * (nr - xr), (nf - xf) * xr)


def cohens_h(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return Cohen's h: 2·asin√(xf/nf) - 2·asin√(xr/nr).

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.

    Returns
    -------
    float or array
        Between -π and π; 0 is parity.  Defined at rates of 0 and 1; nan if a group is empty.

    References
    ----------
    Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd ed. (1988), chapter 6.

    Examples
    --------
    Nobody against everybody: 0 - 2·π/2.

    >>> round(float(cohens_h(0, 5, 5, 5)), 6)
    -3.141593
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    angles = [2 * np.arctan2(np.sqrt(x), np.sqrt(n - x)) for x, n in ((xf, nf), (xr, nr))]
    return np.where((nf == 0) | (nr == 0), np.nan, angles[0] - angles[1])[()]


def phi(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return the phi coefficient of the 2x2 table, negative where the focal rate is the lower one.

    Parameters
    ----------
    xf, nf, xr, nr : int or array of int
        Selected and total of the focal and of the reference group.

    Returns
    -------
    float or array
        Between -1 and 1; 0 is parity.  nan if a margin is 0: an empty group, or nobody or everybody selected.

    Notes
    -----
    φ = (ad - bc) / √(product of the margins); φ² is the uncorrected χ² divided by N.  The margins bound it below
    1, so it does not compare tables with different rates.

    References
    ----------
    Fleiss, Levin & Paik, "Statistical Methods for Rates and Proportions", 3rd ed. (2003), chapter 6,
    doi:10.1002/0471445428.

    Examples
    --------
    Nobody of 5 against all of 5.

    >>> float(phi(0, 5, 5, 5))
    -1.0
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    selected, rejected = xf + xr, nf - xf + nr - xr
    return quotient(xf * (nr - xr) - (nf - xf) * xr, np.sqrt(nf * nr) * np.sqrt(selected * rejected))
