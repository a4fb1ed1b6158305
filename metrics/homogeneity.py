"""Whether strata agree: tests that one odds ratio serves for all of them.

They are weak where strata are small: a large p is no licence to pool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.counts import floats
from fairwitness.metrics.mantel_haenszel import mantel_haenszel_odds_ratio
from fairwitness.metrics.strata import informative

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats


class BreslowDay(NamedTuple):
    """χ² of Breslow and Day, the same with Tarone's correction, their p, and the degrees of freedom."""

    statistic: float
    p: float
    tarone_statistic: float
    tarone_p: float
    df: int


class Woolf(NamedTuple):
    """χ² of Woolf, its p, and the degrees of freedom."""

    statistic: float
    p: float
    df: int


def breslow_day(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> BreslowDay:
    """Return Breslow and Day's test that the odds ratio is the same in all strata, and Tarone's correction of it.

    In each stratum the selections expected of the focal group are those that have the Mantel–Haenszel odds ratio with
    the stratum's own margins, a root of a quadratic.

    Parameters
    ----------
    xf, nf, xr, nr : array of int
        Selected and total of the focal and of the reference group in each stratum.

    Returns
    -------
    BreslowDay
        df is the number of informative strata minus 1.  nan with fewer than two of them, or if the Mantel–Haenszel odds
        ratio is 0 or undefined.

    References
    ----------
    Breslow & Day, "Statistical Methods in Cancer Research", volume 1 (1980), section 4.4.  Tarone, "On heterogeneity
    tests based on efficient scores", Biometrika 72 (1985), doi:10.1093/biomet/72.1.91.

    Examples
    --------
    Odds ratios 4 and 1/4, so 1 in common: (6 - 5)²·4·4/10² ... each variance is 1/(4/5) = 1.25, twice 1/1.25.

    >>> test = breslow_day([6, 4], [10, 10], [4, 6], [10, 10])
    >>> round(test.statistic, 6), round(test.tarone_statistic, 6), test.df
    (1.6, 1.6, 1)
    """
    columns = floats(xf, nf, xr, nr)
    kept = informative(*columns)
    xf, nf, xr, nr = (column[kept] for column in columns)
    df = max(int(kept.sum()) - 1, 0)
    common = float(mantel_haenszel_odds_ratio(xf, nf, xr, nr))
    if df == 0 or not 0 < common < np.inf:
        return BreslowDay(np.nan, np.nan, np.nan, np.nan, df)
    fitted = _fitted(nf, xf + xr, nr, common)
    parts = (fitted, nf - fitted, xf + xr - fitted, nr - xf - xr + fitted)
    variance = 1 / np.sum([1 / part for part in parts], axis=0)
    off = xf - fitted
    statistic = float(np.sum(off**2 / variance))
    tarone = statistic - float(np.sum(off) ** 2 / np.sum(variance))
    return BreslowDay(statistic, _p(df, statistic), tarone, _p(df, tarone), df)


def woolf(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Woolf:
    """Return Woolf's test that the odds ratio is the same in all strata: how far their logarithms spread.

    Parameters
    ----------
    xf, nf, xr, nr : array of int
        Selected and total of the focal and of the reference group in each stratum.

    Returns
    -------
    Woolf
        nan with fewer than two informative strata, or if in any of them nobody or everybody of a group is selected.

    References
    ----------
    Woolf, "On estimating the relation between blood group and disease", Annals of Human Genetics 19 (1955),
    doi:10.1111/j.1469-1809.1955.tb01348.x.

    Examples
    --------
    ln 2.25 and -ln 2.25, each of variance 5/6: 2·(ln 2.25)²·6/5.

    >>> test = woolf([6, 4], [10, 10], [4, 6], [10, 10])
    >>> round(test.statistic, 4), test.df
    (1.5783, 1)
    """
    columns = floats(xf, nf, xr, nr)
    kept = informative(*columns)
    xf, nf, xr, nr = (column[kept] for column in columns)
    df = max(int(kept.sum()) - 1, 0)
    cells = np.stack([xf, nf - xf, xr, nr - xr])
    if df == 0 or np.any(cells == 0):
        return Woolf(np.nan, np.nan, df)
    log = np.log(cells[0]) - np.log(cells[1]) - np.log(cells[2]) + np.log(cells[3])
    precision = 1 / np.sum(1 / cells, axis=0)
    common = np.sum(precision * log) / np.sum(precision)
    statistic = float(np.sum(precision * (log - common) ** 2))
    return Woolf(statistic, _p(df, statistic), df)


def _fitted(nf: Floats, selected: Floats, nr: Floats, common: float) -> Floats:
    """Return the focal group's selections that have a common odds ratio ψ and a stratum's margins.

    With K selected: a·(nr - K + a) = ψ·(nf - a)·(K - a), so (1 - ψ)·a² + (nr - K + ψ·(nf + K))·a - ψ·nf·K = 0.  The
    root inside the margins is written with its conjugate: nothing cancels, and ψ = 1 is no exception.
    """
    linear = nr - selected + common * (nf + selected)
    root = np.sqrt(linear**2 + 4 * (1 - common) * common * nf * selected)
    return np.asarray(2 * common * nf * selected / (linear + root))


def _p(df: int, statistic: float) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))
