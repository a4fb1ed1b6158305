"""Intervals of Mantel–Haenszel figures.

Their variances hold in both limits in which one works: few large strata, and many strata of a few people each.
``inflation`` multiplies a variance by how much less the people of a cluster tell than independent ones (1 otherwise).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats, quotient
from fairwitness.metrics.mantel_haenszel import (
    mantel_haenszel_odds_ratio,
    mantel_haenszel_risk_difference,
    mantel_haenszel_risk_ratio,
    odds_ratio_parts,
    risk_ratio_parts,
    weight,
)
from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

    Interval = tuple[Floats, Floats]


def greenland_robins(
    xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float, inflation: float = 1.0
) -> Interval:
    """Return Greenland and Robins' interval for the Mantel–Haenszel ratio of rates, normal on the logarithm.

    With T = Σ(nf·nr·(xf + xr) - xf·xr·N)/N², and R and S numerator and denominator of the ratio, the variance of its
    logarithm is T/(R·S).

    Parameters
    ----------
    xf, nf, xr, nr : array of int, strata last
        Selected and total of the focal and of the reference group in each stratum.
    level : float
        Confidence level, between 0 and 1.
    inflation : float
        Of the variance.

    Returns
    -------
    low, high : float or array
        nan if nobody of one of the groups is selected where both are (see `risk_ratio_score`), or everybody of both.

    References
    ----------
    Greenland & Robins, "Estimation of a common effect parameter from sparse follow-up data", Biometrics 41 (1985),
    doi:10.2307/2530643.

    Examples
    --------
    One stratum: Katz's interval, ln ½ ± 1.96·√(1/5 - 1/10 + 1/10 - 1/10).

    >>> low, high = greenland_robins([5], [10], [10], [10], 0.95)
    >>> round(float(low), 4), round(float(high), 4)
    (0.269, 0.9293)
    """
    above, below = risk_ratio_parts(xf, nf, xr, nr)
    spread = _spread(xf, nf, xr, nr)
    spread = np.where(spread > 0, spread, np.nan)  # all are selected wherever both groups are: nothing varies
    error = normal_quantile(level) * np.sqrt(inflation * quotient(spread, above * below))
    ratio = mantel_haenszel_risk_ratio(xf, nf, xr, nr)
    return ratio * np.exp(-error), ratio * np.exp(error)


def risk_ratio_score(
    xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float, inflation: float = 1.0
) -> Interval:
    """Return the interval of all ratios ρ with (R - ρ·S)² ≤ z²·ρ·T, in the notation of `greenland_robins`.

    ρ·T estimates the variance of R - ρ·S where ρ is the ratio, and does not vanish where nobody of one group is
    selected.  It is to the ratio what `klingenberg` is to the difference.

    Parameters
    ----------
    xf, nf, xr, nr : array of int, strata last
        Selected and total of the focal and of the reference group in each stratum.
    level : float
        Confidence level, between 0 and 1.
    inflation : float
        Of the variance.

    Returns
    -------
    low, high : float or array
        low = 0 if nobody in the focal group is selected, high = inf if nobody in the reference group is; nan if nobody
        or everybody is selected wherever both groups are.

    References
    ----------
    The variance is that of Greenland & Robins (1985), doi:10.2307/2530643; the inversion is as in Klingenberg (2014).

    Examples
    --------
    0 of 10 against 5 of 10: R = 0, S = 2.5, T = 10·10·5/400 = 1.25, so ρ ≤ 3.8415·1.25/6.25.

    >>> low, high = risk_ratio_score([0], [10], [5], [10], 0.95)
    >>> float(low), round(float(high), 4)
    (0.0, 0.7683)
    """
    above, below = risk_ratio_parts(xf, nf, xr, nr)
    slack = normal_quantile(level) ** 2 * inflation * _spread(xf, nf, xr, nr)
    middle = above * below + slack / 2
    # ρ²·S² - 2ρ·middle + R² ≤ 0; the smaller root is written so that nothing cancels
    larger = middle + np.sqrt(np.maximum(middle**2 - (above * below) ** 2, 0))
    nothing = slack == 0
    low = np.where(nothing, np.nan, quotient(above**2, larger))
    high = np.where(nothing, np.nan, np.where(below == 0, np.inf, quotient(larger, below**2)))
    return low[()], high[()]


def robins_breslow_greenland(
    xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float, inflation: float = 1.0
) -> Interval:
    """Return Robins, Breslow and Greenland's interval for the Mantel–Haenszel odds ratio, normal on the logarithm.

    Parameters
    ----------
    xf, nf, xr, nr : array of int, strata last
        Selected and total of the focal and of the reference group in each stratum.
    level : float
        Confidence level, between 0 and 1.
    inflation : float
        Of the variance.

    Returns
    -------
    low, high : float or array
        nan if the odds ratio is 0 or undefined.

    References
    ----------
    Robins, Breslow & Greenland, "Estimators of the Mantel-Haenszel variance consistent in both sparse data and
    large-strata limiting models", Biometrics 42 (1986), doi:10.2307/2531052.

    Examples
    --------
    One stratum: Woolf's, ln 1 ± 1.96·√(4/5).

    >>> low, high = robins_breslow_greenland([5], [10], [5], [10], 0.95)
    >>> round(float(low), 4), round(float(high), 4)
    (0.1732, 5.7722)
    """
    above, below = odds_ratio_parts(xf, nf, xr, nr)
    ratio = mantel_haenszel_odds_ratio(xf, nf, xr, nr)
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    total = np.maximum(nf + nr, 1)
    agree, cross = (xf + nr - xr) / total, (nf - xf + xr) / total
    r, s = xf * (nr - xr) / total, (nf - xf) * xr / total
    variance = (
        quotient(np.sum(agree * r, axis=-1), 2 * above**2)
        + quotient(np.sum(agree * s + cross * r, axis=-1), 2 * above * below)
        + quotient(np.sum(cross * s, axis=-1), 2 * below**2)
    )
    error = normal_quantile(level) * np.sqrt(inflation * variance)
    return ratio * np.exp(-error), ratio * np.exp(error)


def klingenberg(
    xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float, inflation: float = 1.0
) -> Interval:
    """Return Klingenberg's interval for the Mantel–Haenszel difference of rates.

    It holds the differences δ with (d - δ)² ≤ z²·(δ·P + Q)/W²: Sato's variance, in which δ is not replaced by its
    estimate.  So it has a width also where nobody, or everybody, of one group is selected.

    Parameters
    ----------
    xf, nf, xr, nr : array of int, strata last
        Selected and total of the focal and of the reference group in each stratum.
    level : float
        Confidence level, between 0 and 1.
    inflation : float
        Of the variance.

    Returns
    -------
    low, high : float or array
        Between -1 and 1; nan if no stratum has people of both groups, or if nobody or everybody is selected in all of
        them: then it has no width to give.

    References
    ----------
    Klingenberg, "A new and improved confidence interval for the Mantel-Haenszel risk difference", Statistics in
    Medicine 33 (2014), 2968-2983.  Sato, Greenland & Robins, "On the variance estimator for the
    Mantel-Haenszel risk difference", Biometrics 45 (1989), 1323-1324.

    Examples
    --------
    5 of 10 against 5 of 10: d = 0, P = 0, Q = (5·5 + 5·5)/40, W = 5: ± 1.96·√1.25/5.

    >>> low, high = klingenberg([5], [10], [5], [10], 0.95)
    >>> round(float(low), 4), round(float(high), 4)
    (-0.4383, 0.4383)
    """
    whole = weight(nf, nr)
    gap = mantel_haenszel_risk_difference(xf, nf, xr, nr)
    slope, rest = _sato(xf, nf, xr, nr)
    chi = normal_quantile(level) ** 2 * inflation
    middle = gap + chi * quotient(slope, whole**2) / 2
    reach = np.sqrt(np.maximum(middle**2 - gap**2 + chi * quotient(rest, whole**2), 0))
    reach = np.where(rest > 0, reach, np.nan)  # Q is 0 only where no stratum has both selected and not selected
    return np.maximum(middle - reach, -1.0), np.minimum(middle + reach, 1.0)


def _spread(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return T of Greenland and Robins; a stratum with one group only adds nothing."""
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    total = np.maximum(nf + nr, 1)
    return np.asarray(np.sum((nf * nr * (xf + xr) - xf * xr * total) / total**2, axis=-1))


def _sato(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> tuple[Floats, Floats]:
    """Return ΣP and ΣQ of Sato's variance; a stratum with one group only adds nothing."""
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    total = np.maximum(nf + nr, 1)
    slope = (nf**2 * xr - nr**2 * xf + nf * nr * (nr - nf) / 2) / total**2
    rest = (xf * (nr - xr) + xr * (nf - xf)) / (2 * total)
    return np.asarray(np.sum(slope, axis=-1)), np.asarray(np.sum(rest, axis=-1))
