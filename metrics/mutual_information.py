"""How much one classification tells about another: mutual information of a table of counts, in nats."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats


def mutual_information(counts: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the mutual information of the rows and the columns of a table, corrected for bias.

    Parameters
    ----------
    counts : array of int, shape (levels of one, levels of the other)
        How many have each combination.  Levels that nobody has are left out.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Estimate
        In nats; 0 where the two are independent, at most the smaller entropy (ln 2 = .693 for two equal groups).
        ``undefined_empty_group`` for an empty table, ``single_group`` where one of the two has a single level: then
        there is nothing to tell.

    Raises
    ------
    ValueError
        Counts that are negative, or no table.

    Notes
    -----
    The estimate is that of the observed shares less (r − 1)(c − 1)/2n, its bias in the first order (Miller 1955), and
    not below 0.  Zero is the end of the range, and there a symmetric interval or a bootstrap goes wrong: an estimate
    is at least 0 in every replicate.  2n times the observed information is the likelihood-ratio statistic G, which
    near independence has a noncentral χ² law with noncentrality 2n times the true information; the interval holds all
    values under which G is not in either tail (``noncentral_chi_square``).  Away from independence the variance of the
    log ratio may be larger than that law has it; then each end is the further one of this interval and the normal one.
    Drawn 1,500 times each for tables from 2 × 2 to 10 × 5, n from 100 to 3,000 and information from 0 to .6, 95 %
    intervals held the truth in at least 93 % of draws, and contained 0 in 94 to 98 % where nothing was told; the worst
    was .89, for a rare mark of a rare group (1 %, n = 400).

    References
    ----------
    Miller, "Note on the bias of information estimates", in Quastler (ed.), "Information Theory in Psychology" (1955).
    Cover & Thomas, "Elements of Information Theory", 2nd ed. (2006), chapter 2, doi:10.1002/047174882X.
    Wilks, "The large-sample distribution of the likelihood ratio for testing composite hypotheses" (1938),
    doi:10.1214/aoms/1177732360.

    Examples
    --------
    Nothing told; and everything told of two equal groups: ln 2, less 1/40 for bias.

    >>> mutual_information([[5, 5], [5, 5]]).value
    0.0
    >>> round(mutual_information([[10, 0], [0, 10]]).value, 6) == round(math.log(2) - 1 / 40, 6)
    True
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or (table < 0).any():
        raise ValueError("give a table of counts, in two dimensions and none of them negative")
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    total = int(table.sum())
    if total == 0:
        return Estimate.undefined("undefined_empty_group", level=level, n=0)
    if min(table.shape) == 1:
        return Estimate.undefined("single_group", level=level, n=total)
    observed, spread = _moments(table / total)
    freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
    value = max(observed - freedom / (2 * total), 0.0)
    low, high = _noncentralities(2 * total * observed, freedom, (1 - level) / 2)
    low, high = low / (2 * total), high / (2 * total)
    if spread > 2 * observed:
        reach = normal_quantile(level) * math.sqrt(spread / total)
        low, high = min(low, max(value - reach, 0.0)), max(high, value + reach)
    high = min(max(high, value), math.log(min(table.shape)))
    return Estimate(min(value, high), min(low, value), high, level, "noncentral_chi_square", "ok", total)


def _moments(shares: Floats) -> tuple[float, float]:
    """Return the mean and the variance of ln(p_ij / p_i p_j)."""
    there = shares > 0
    if_independent = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    logs = np.log(shares[there] / if_independent[there])
    mean = max(float(shares[there] @ logs), 0.0)
    return mean, max(float(shares[there] @ logs**2) - mean**2, 0.0)


def _noncentralities(statistic: float, freedom: int, tail: float) -> tuple[float, float]:
    """Return the noncentralities under which a χ² statistic has ``tail`` above it, and ``tail`` below it.

    A statistic smaller than its median under independence counts as the median for the upper end: a table that happens
    to be too even does not show that the information is exactly 0.
    """
    from scipy.optimize import brentq
    from scipy.stats import chi2, ncx2

    low = 0.0
    if chi2.sf(statistic, freedom) < tail:
        low = float(brentq(lambda by: ncx2.sf(statistic, freedom, by) - tail, 0, statistic + 10))
    at = max(statistic, float(chi2.median(freedom)))
    most = at + 50 + 20 * math.sqrt(at + freedom)
    return low, float(brentq(lambda by: ncx2.cdf(at, freedom, by) - tail, 0, most))
