"""Mantel–Haenszel figures: one ratio, odds ratio or difference for many strata, each stratum compared with itself.

With a = selected and n = total of the focal (f) and the reference group (r) in each stratum, N = nf + nr.
A stratum in which one of the groups has nobody adds nothing to any of them.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats, quotient

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

    Strata = Iterable[tuple[int, int, int, int]]


def mantel_haenszel_risk_ratio(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return the Mantel–Haenszel ratio of rates: Σ(xf·nr/N) / Σ(xr·nf/N).

    It is the impact ratio of people who competed for the same selections.

    Parameters
    ----------
    xf, nf, xr, nr : array of int, strata last
        Selected and total of the focal and of the reference group in each stratum.

    Returns
    -------
    float or array
        nan if nobody in the reference group is selected in a stratum that both groups are in.

    References
    ----------
    Nurminen, "Asymptotic efficiency of general noniterative estimators of common relative risk", Biometrika 68 (1981),
    doi:10.1093/biomet/68.2.525.  Rothman, Greenland & Lash, "Modern Epidemiology", 3rd ed. (2008), chapter 15.

    Examples
    --------
    1 of 2 against 4 of 4, and 2 of 4 against 2 of 2: (1·4/6 + 2·2/6) / (4·2/6 + 2·4/6).

    >>> float(mantel_haenszel_risk_ratio([1, 2], [2, 4], [4, 2], [4, 2]))
    0.5
    """
    return quotient(*risk_ratio_parts(xf, nf, xr, nr))


def mantel_haenszel_odds_ratio(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return the Mantel–Haenszel odds ratio: Σ(xf·(nr - xr)/N) / Σ((nf - xf)·xr/N).

    Where many are selected it lies much farther from 1 than the ratio of rates.

    Parameters
    ----------
    xf, nf, xr, nr : array of int, strata last
        Selected and total of the focal and of the reference group in each stratum.

    Returns
    -------
    float or array
        nan if its denominator is 0.

    References
    ----------
    Mantel & Haenszel, "Statistical aspects of the analysis of data from retrospective studies of disease", Journal of
    the National Cancer Institute 22 (1959), doi:10.1093/jnci/22.4.719.

    Examples
    --------
    1 of 2 against 3 of 4, and 2 of 4 against 1 of 2: (1·1/6 + 2·1/6) / (1·3/6 + 2·1/6).

    >>> round(float(mantel_haenszel_odds_ratio([1, 2], [2, 4], [3, 1], [4, 2])), 6)
    0.6
    """
    return quotient(*odds_ratio_parts(xf, nf, xr, nr))


def mantel_haenszel_risk_difference(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return the Mantel–Haenszel difference of rates: the mean of xf/nf - xr/nr with the weights nf·nr/N.

    Parameters
    ----------
    xf, nf, xr, nr : array of int, strata last
        Selected and total of the focal and of the reference group in each stratum.

    Returns
    -------
    float or array
        nan if no stratum has people of both groups.

    References
    ----------
    Greenland & Robins, "Estimation of a common effect parameter from sparse follow-up data", Biometrics 41 (1985),
    doi:10.2307/2530643.

    Examples
    --------
    -½ and -½, whatever the weights.

    >>> float(mantel_haenszel_risk_difference([1, 2], [2, 4], [4, 2], [4, 2]))
    -0.5
    """
    above, below = risk_ratio_parts(xf, nf, xr, nr)
    return quotient(above - below, weight(nf, nr))


def risk_ratio_parts(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> tuple[Floats, Floats]:
    """Return numerator and denominator of the Mantel–Haenszel ratio of rates.

    Examples
    --------
    >>> [float(part) for part in risk_ratio_parts([1], [2], [3], [2])]
    [0.5, 1.5]
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    total = np.maximum(nf + nr, 1)
    return np.sum(xf * nr / total, axis=-1), np.sum(xr * nf / total, axis=-1)


def odds_ratio_parts(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> tuple[Floats, Floats]:
    """Return numerator and denominator of the Mantel–Haenszel odds ratio.

    Examples
    --------
    >>> [float(part) for part in odds_ratio_parts([1], [2], [1], [2])]
    [0.25, 0.25]
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    total = np.maximum(nf + nr, 1)
    return np.sum(xf * (nr - xr) / total, axis=-1), np.sum((nf - xf) * xr / total, axis=-1)


def weight(nf: ArrayLike, nr: ArrayLike) -> Floats:
    """Return the sum over strata of nf·nr/N: how many comparisons they hold.

    Examples
    --------
    >>> float(weight([2, 5], [2, 0]))
    1.0
    """
    nf, nr = floats(nf, nr)
    return np.asarray(np.sum(nf * nr / np.maximum(nf + nr, 1), axis=-1))


def exact_risk_ratio(strata: Strata) -> Fraction | None:
    """Return the Mantel–Haenszel ratio of rates as a fraction, so that no rounding moves it across a line.

    Parameters
    ----------
    strata : iterable of (xf, nf, xr, nr)

    Returns
    -------
    Fraction or None
        None where it is undefined.

    Examples
    --------
    >>> exact_risk_ratio([(48, 80, 60, 80), (4, 10, 5, 10)])
    Fraction(4, 5)
    """
    both = _of_both(strata)
    above = _summed((xf * nr, nf + nr) for xf, nf, xr, nr in both)
    below = _summed((xr * nf, nf + nr) for xf, nf, xr, nr in both)
    return above / below if below else None


def exact_risk_difference(strata: Strata) -> Fraction | None:
    """Return the Mantel–Haenszel difference of rates as a fraction, None where it is undefined.

    Examples
    --------
    >>> exact_risk_difference([(1, 2, 4, 4), (2, 4, 2, 2), (3, 3, 0, 0)])
    Fraction(-1, 2)
    """
    both = _of_both(strata)
    gap = _summed((xf * nr - xr * nf, nf + nr) for xf, nf, xr, nr in both)
    whole = _summed((nf * nr, nf + nr) for _, nf, _, nr in both)
    return gap / whole if whole else None


def exact_odds_ratio(strata: Strata) -> Fraction | None:
    """Return the Mantel–Haenszel odds ratio as a fraction, None where it is undefined.

    Examples
    --------
    >>> exact_odds_ratio([(1, 2, 3, 4), (2, 4, 1, 2)])
    Fraction(3, 5)
    """
    both = _of_both(strata)
    above = _summed((xf * (nr - xr), nf + nr) for xf, nf, xr, nr in both)
    below = _summed(((nf - xf) * xr, nf + nr) for xf, nf, xr, nr in both)
    return above / below if below else None


def _of_both(strata: Strata) -> list[tuple[int, int, int, int]]:
    return [s for s in strata if s[1] and s[3]]


def _summed(parts: Iterable[tuple[int, int]]) -> Fraction:
    """Return the sum of quotients: whole numbers over each divisor first, as strata of one size are many."""
    by_divisor: defaultdict[int, int] = defaultdict(int)
    for part, divisor in parts:
        by_divisor[divisor] += part
    return sum((Fraction(part, divisor) for divisor, part in by_divisor.items()), Fraction(0))
