"""What 2×2 tables say of their odds ratio, given their margins: Fisher's noncentral hypergeometric distribution.

Given how many people each group has and how many were selected in all, the focal group's selections x have
probabilities in proportion to pmf(x)·e^{δx}, where pmf is the hypergeometric distribution and δ the logarithm of the
odds ratio.  The rate at which anybody is selected is gone from it, so it may differ from one table to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.strata import informative
from fairwitness.metrics.tilted_sums import Tables, log_factorials, log_pmf, tilted_sums

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats


class LogLikelihood(NamedTuple):
    """The logarithm of the likelihood of log odds ratios δ, relative to equal odds, row by row.

    Attributes
    ----------
    value : array, rows by log odds ratios
        log of the probability of what was seen at each δ over that at 0.  It is concave in δ.
    slope, curvature : array, rows by log odds ratios
        Its first derivative (selections seen less expected), and its second (less their variance).
    most : array, rows
        What the value stays below at any δ: less the logarithm of the probability at equal odds.
    """

    value: Floats
    slope: Floats
    curvature: Floats
    most: Floats

    def summed(self) -> LogLikelihood:
        """Return the likelihood of the first row, of the first two rows together, and so on."""
        return LogLikelihood(*(np.cumsum(part, axis=0) for part in self))


def log_likelihood(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, log_odds: ArrayLike) -> LogLikelihood:
    """Return what the tables of each row say together of one odds ratio, given each table's margins.

    Parameters
    ----------
    xf, nf, xr, nr : array of int, rows by tables
        Selected and total of the focal and of the reference group.  A table in which a group has nobody, or nobody or
        everybody was selected, says nothing and adds 0.
    log_odds : array of float
        The log odds ratios δ, between -10 and 10.

    Returns
    -------
    LogLikelihood

    References
    ----------
    Fisher, "The logic of inductive inference", Journal of the Royal Statistical Society 98 (1935), 39-82,
    doi:10.2307/2342435.  Breslow & Day, "Statistical Methods in Cancer Research", volume 1 (1980), section 4.2.

    Examples
    --------
    1 of 2 against 1 of 2: the focal group has 0, 1 or 2 of the two selections with weights 1, 4 and 1.  At an odds
    ratio of 3 they are 1, 12 and 9; so 1 has 12/22 where it had 4/6, and (12 + 18)/22 are expected.

    >>> found = log_likelihood([[1]], [[2]], [[1]], [[2]], [np.log(3)])
    >>> bool(np.isclose(found.value[0, 0], np.log((12 / 22) / (4 / 6)))), round(float(found.slope[0, 0]), 9)
    (True, -0.363636364)
    """
    xf, nf, xr, nr = (np.atleast_2d(np.asarray(column, np.int64)) for column in (xf, nf, xr, nr))
    deltas = np.asarray(log_odds, np.float64)
    value, slope, curvature = np.zeros((3, xf.shape[0], deltas.size))
    made = LogLikelihood(value, slope, curvature, most=np.zeros(xf.shape[0]))
    row, column = np.nonzero(informative(xf, nf, xr, nr))
    if not row.size:
        return made
    x, focal, reference = (counts[row, column] for counts in (xf, nf, nr))
    selected = x + xr[row, column]
    tables = Tables(focal, reference, selected, np.maximum(0, selected - reference), np.minimum(focal, selected))
    order = np.argsort(tables.most - tables.least, kind="stable")
    row, x, tables = row[order], x[order], Tables(*(counts[order] for counts in tables))
    log_factorial = log_factorials(int((focal + reference).max()))
    for part, sums in tilted_sums(tables, log_factorial, deltas):
        belongs = (row[part] == np.arange(xf.shape[0])[:, None]).astype(np.float64)
        made.value[...] += belongs @ (x[part, None] * deltas - sums.log)
        made.slope[...] += belongs @ (x[part, None] - sums.mean)
        made.curvature[...] -= belongs @ sums.variance
    np.add.at(made.most, row, -log_pmf(x, tables, log_factorial))
    return made
