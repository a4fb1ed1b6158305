"""One group against one other under equal true rates: how often the default test rejects, and in which direction.

Nothing is simulated: the probabilities of all tables that can occur are summed.
"""

from __future__ import annotations

import numpy as np

from fairwitness.metrics.significance import default_test, rejected

NEGLIGIBLE = 1e-12  # chance of a count that is left out of the sum


def chances(n: int, n_other: int, rate: float, *alphas: float) -> list[tuple[float, float]]:
    """Return for each alpha the chance that the group is found to be the lower one, and the higher one.

    Parameters
    ----------
    n, n_other : int
        Sizes of the two groups.
    rate : float
        The true rate of both, between 0 and 1.
    *alphas : float
        Levels at which the unadjusted p-value of the default test rejects.
    """
    (x, chance), (x_other, chance_other) = _counts(n, rate), _counts(n_other, rate)
    of_table = chance[:, None] * chance_other[None, :]
    _, p = default_test(x[:, None], n, x_other[None, :], n_other)
    lower = x[:, None] * n_other < x_other[None, :] * n
    found = []
    for alpha in alphas:
        hit = rejected(p, alpha)
        found.append((float(of_table[hit & lower].sum()), float(of_table[hit & ~lower].sum())))
    return found


def _counts(n: int, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the counts that can occur and their binomial chances."""
    from scipy.stats import binom

    x = np.arange(n + 1)
    chance = binom.pmf(x, n, rate)
    return x[chance > NEGLIGIBLE], chance[chance > NEGLIGIBLE]
