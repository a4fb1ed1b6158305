"""The exact common odds ratio: what the sum over strata says of it, given every stratum's margins.

With one ratio ψ of the odds in all strata the focal group's selections s have probabilities in proportion to
pmf(s)·ψ^s, where pmf is the distribution at ψ = 1.  It is conditional logistic regression on the group, with a constant
for each stratum that need not be estimated: so it holds however many strata there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.multiple_events import null_sum
from fairwitness.metrics.strata import informative

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats

FARTHEST = 50.0  # of a logarithm of odds; nobody measures beyond it


class ConditionalOddsRatio(NamedTuple):
    """The conditional maximum-likelihood estimate and its exact interval; inf where there is no limit."""

    value: float
    low: float
    high: float


def conditional_odds_ratio(
    xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float
) -> ConditionalOddsRatio | None:
    """Return the common odds ratio by conditional maximum likelihood, with its exact interval.

    Parameters
    ----------
    xf, nf, xr, nr : array of int
        Selected and total of the focal and of the reference group in each stratum; whole numbers.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    ConditionalOddsRatio or None
        None if no stratum is informative, or the sum seen is too unlikely at equal odds to be told from impossible.
        The value is 0, or inf, if no fewer, or no more, of the focal group could have been selected.

    References
    ----------
    Gart, "Point and interval estimation of the common odds ratio in the combination of 2 × 2 tables with fixed
    marginals", Biometrika 57 (1970), doi:10.1093/biomet/57.3.471.  Breslow & Day, "Statistical Methods in Cancer
    Research", volume 1 (1980), chapter 7.

    Examples
    --------
    1 of 2 against 1 of 2: symmetric, so 1.  The upper limit has (1 + 4ψ)/(1 + 4ψ + ψ²) = .025.

    >>> found = conditional_odds_ratio([1], [2], [1], [2], 0.95)
    >>> round(found.value, 6), round((1 + 4 * found.high) / (1 + 4 * found.high + found.high**2), 6)
    (1.0, 0.025)
    """
    columns = [np.asarray(column, np.int64) for column in (xf, nf, xr, nr)]
    kept = informative(*columns)
    if not kept.any():
        return None
    xf, nf, xr, nr = (column[kept] for column in columns)
    null = null_sum(nf, xf + xr, nf + nr)
    seen, s = int(xf.sum()), null.start + np.arange(null.pmf.size, dtype=np.float64)
    least, most = int(np.sum(np.maximum(0, xf + xr - nr))), int(np.sum(np.minimum(nf, xf + xr)))
    if not s[0] <= seen <= s[-1]:
        return None
    log, centred, tail = np.log(null.pmf), s - seen, (1 - level) / 2

    def tilted(log_ratio: float) -> Floats:
        weights = log + centred * log_ratio
        weights = np.exp(weights - weights.max())
        return np.asarray(weights / weights.sum())

    def solve(short: Callable[[Floats], float]) -> float:
        from scipy.optimize import brentq

        return float(np.exp(brentq(lambda log_ratio: short(tilted(log_ratio)), -FARTHEST, FARTHEST, xtol=1e-13)))

    value = 0.0 if seen == least else np.inf if seen == most else solve(lambda p: float(p @ centred))
    low = 0.0 if seen == least else solve(lambda p: float(p[centred >= 0].sum()) - tail)
    high = np.inf if seen == most else solve(lambda p: tail - float(p[centred <= 0].sum()))
    return ConditionalOddsRatio(value, low, high)
