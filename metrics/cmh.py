"""The Cochran–Mantel–Haenszel test: whether two groups are selected alike where they competed with one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from fairwitness.metrics.counts import floats, quotient

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats

ENOUGH = 5  # selections that must be free to move either way, after Mantel and Fleiss


class CMH(NamedTuple):
    """χ² on one degree of freedom, without and with continuity correction, and their p."""

    statistic: Floats
    p: Floats
    statistic_corrected: Floats
    p_corrected: Floats


class Score(NamedTuple):
    """Summed over strata: selected of the focal group, how many are expected at equal rates, and the variance."""

    observed: Floats
    expected: Floats
    variance: Floats


def score(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Score:
    """Return selected, expected and variance of the focal group's selections, summed over strata.

    With K selected of N in a stratum: E = nf·K/N and V = nf·nr·K·(N - K)/(N²·(N - 1)), the hypergeometric ones.
    E less selected is the shortfall over all strata.

    Parameters
    ----------
    xf, nf, xr, nr : array of int, strata last
        Selected and total of the focal and of the reference group in each stratum.

    Returns
    -------
    Score

    Examples
    --------
    1 of 2 against 2 of 2: E = 2·3/4, V = 2·2·3·1/(16·3).

    >>> [float(part) for part in score([1], [2], [2], [2])]
    [1.0, 1.5, 0.25]
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    selected, total = xf + xr, nf + nr
    one = np.maximum(total, 1)
    # A stratum of one group is left out of all three sums, so that they speak of the same people.
    both = (nf > 0) & (nr > 0)
    variance = nf * nr * selected * (total - selected) / (one**2 * np.maximum(total - 1, 1))
    parts = (xf * both, nf * selected / one * both, variance)
    return Score(*(np.asarray(np.sum(part, axis=-1)) for part in parts))


def cmh(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> CMH:
    """Return the Cochran–Mantel–Haenszel χ² and its p, without and with continuity correction.

    (Σ(xf - E))²/ΣV; corrected, ½ is taken off the size of the sum, but not more than it has.  Strata that are not
    informative add nothing.

    Parameters
    ----------
    xf, nf, xr, nr : array of int, strata last
        Selected and total of the focal and of the reference group in each stratum.

    Returns
    -------
    CMH
        nan if no stratum is informative.

    References
    ----------
    Mantel & Haenszel (1959), doi:10.1093/jnci/22.4.719; Cochran, "Some methods for strengthening the common χ² tests",
    Biometrics 10 (1954), doi:10.2307/3001616.

    Examples
    --------
    Twice 0 of 2 against 2 of 2: E = 1 and V = 1/3 each, (0 - 2)²/(2/3), and (2 - ½)²/(2/3).

    >>> test = cmh([0, 0], [2, 2], [2, 2], [2, 2])
    >>> round(float(test.statistic), 6), round(float(test.statistic_corrected), 6)
    (6.0, 3.375)
    """
    seen, expected, variance = score(xf, nf, xr, nr)
    off = np.abs(seen - expected)
    plain, corrected = quotient(off**2, variance), quotient(np.maximum(off - 0.5, 0) ** 2, variance)
    return CMH(plain, _p(plain), corrected, _p(corrected))


def mantel_fleiss(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike) -> Floats:
    """Return how far the focal group's selections can move from what is expected, in the direction with less room.

    With the margins of every stratum held: min(ΣE - Σ max(0, K - nr), Σ min(K, nf) - ΣE).  From 5 on the χ²
    distribution serves for the Cochran–Mantel–Haenszel test, however small the strata.

    Parameters
    ----------
    xf, nf, xr, nr : array of int, strata last
        Selected and total of the focal and of the reference group in each stratum.

    References
    ----------
    Mantel & Fleiss, "Minimum expected cell size requirements for the Mantel-Haenszel one-degree-of-freedom chi-square
    test and a related rapid procedure", American Journal of Epidemiology 112 (1980), 129-134.

    Examples
    --------
    3 selected of 2 and 2: E = 1.5, between 1 and 2.

    >>> float(mantel_fleiss([1], [2], [2], [2]))
    0.5
    """
    xf, nf, xr, nr = floats(xf, nf, xr, nr)
    both = (nf > 0) & (nr > 0)
    selected = (xf + xr) * both
    expected = np.sum(nf * selected / np.maximum(nf + nr, 1), axis=-1)
    least = np.sum(np.maximum(selected - nr, 0), axis=-1)
    most = np.sum(np.minimum(selected, nf), axis=-1)
    return np.asarray(np.minimum(expected - least, most - expected))


def default_test(
    xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike
) -> Literal["cmh", "multiple_events_mid_p"] | None:
    """Say which test decides for one set of strata: by its margins alone, never by its outcome.

    Parameters
    ----------
    xf, nf, xr, nr : array of int
        Selected and total of the focal and of the reference group in each stratum.

    Returns
    -------
    {"cmh", "multiple_events_mid_p"} or None
        ``cmh`` where `mantel_fleiss` is at least 5, otherwise the exact test; None if no stratum is informative.

    Examples
    --------
    >>> default_test([1], [2], [2], [2]), default_test([50], [90], [60], [90]), default_test([1], [2], [0], [0])
    ('multiple_events_mid_p', 'cmh', None)
    """
    if not score(xf, nf, xr, nr).variance > 0:
        return None
    return "cmh" if mantel_fleiss(xf, nf, xr, nr) >= ENOUGH else "multiple_events_mid_p"


def clustered_cmh(
    selected: ArrayLike, n: ArrayLike, focal: ArrayLike, stratum: NDArray[np.int64], cluster: NDArray[np.int64]
) -> tuple[float, float, float]:
    """Return the Cochran–Mantel–Haenszel test where decisions on one person, or one advertisement, belong together.

    Each decision adds (focal - nf/N)·(selected - K/N) of its stratum to the score of its cluster.  Clusters are
    independent, decisions within one need not be, in the same stratum or in several.

    Parameters
    ----------
    selected, n : array of int
        Of each cell.
    focal : array of bool
        Whether the cell is of the focal group.
    stratum, cluster : array of int
        Which the cell belongs to, from 0.

    Returns
    -------
    statistic, p, design_effect : float
        χ² on one degree of freedom, and by how much its variance exceeds that of independent decisions.  nan with
        fewer than two clusters, or if no stratum is informative.

    References
    ----------
    Zhang & Boos, "Mantel-Haenszel test statistics for correlated binary data", Biometrics 53 (1997),
    1185-1198.

    Examples
    --------
    Two people of each group who apply twice are two, not four, of each: 0 of 4 against 4 of 4 in one stratum.

    >>> once, twice = np.ones(4, int), np.full(4, 2)
    >>> focal, chosen, people = np.array([1, 1, 0, 0]), np.array([0, 0, 1, 1]), np.arange(4)
    >>> nowhere = np.zeros(4, int)
    >>> a = clustered_cmh(chosen, once, focal, nowhere, people)
    >>> b = clustered_cmh(2 * chosen, twice, focal, nowhere, people)
    >>> a[0] == b[0], round(a[0], 6)
    (True, 3.0)
    """
    x, people, is_focal = (np.asarray(part, np.float64) for part in (selected, n, focal))
    strata = int(stratum.max(initial=-1)) + 1
    total = np.bincount(stratum, people, strata)
    chosen = np.bincount(stratum, x, strata)
    focal_n = np.bincount(stratum, people * is_focal, strata)
    rate, share = (part / np.maximum(total, 1) for part in (chosen, focal_n))
    own = (is_focal - share[stratum]) * (x - people * rate[stratum])
    of_cluster = np.bincount(cluster, own)
    clusters = int(np.unique(cluster).size)
    focal_x = np.bincount(stratum, x * is_focal, strata)
    plain = score(focal_x, focal_n, chosen - focal_x, total - focal_n).variance
    if clusters < 2 or not plain > 0:
        return float("nan"), float("nan"), float("nan")
    variance = float(np.sum(of_cluster**2)) * clusters / (clusters - 1)
    statistic = float(quotient(np.sum(own) ** 2, variance))
    return statistic, float(_p(np.asarray(statistic))), float(variance / plain)


def _p(statistic: Floats) -> Floats:
    from scipy.special import chdtrc

    return np.asarray(chdtrc(1, statistic))[()]
