"""Design effects: how much less than independent decisions the same number in clusters, or with weights, tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.linearised import variance_of

if TYPE_CHECKING:
    from fairwitness.metrics.linearised import Spread


def not_less_than_independent(found: Spread) -> Spread:
    """Return the spread with no variance below that of as many independent decisions.

    Few clusters can look more alike than chance makes them: a design effect below 1 is not believed.

    References
    ----------
    Korn & Graubard, "Confidence intervals for proportions with small expected number of positive counts estimated from
    survey data", Survey Methodology 24 (1998), 193-201.

    Examples
    --------
    Two clusters of four with one selected each seem not to vary at all; eight decisions at ¼ have 3/128.

    >>> from fairwitness.metrics.linearised import spread_of_clusters
    >>> alike = spread_of_clusters([[1], [1]], [[4], [4]])
    >>> alike.covariance.tolist(), not_less_than_independent(alike).covariance.tolist()
    ([[0.0]], [[0.0234375]])
    """
    raised = np.array(found.covariance)
    at = np.diag_indices_from(raised)
    raised[at] = np.maximum(raised[at], found.rates * (1 - found.rates) * found.independent)
    return found._replace(covariance=raised)


def if_rates_were_equal(found: Spread) -> Spread:
    """Return the spread that the rates would have about a common one, with the same design effects and correlations.

    A group's variance is that of independent decisions at the common rate, times the group's own design effect: its
    variance by that of as many independent decisions at its own rate, at least 1, and 1 where nobody or everybody is
    selected.

    References
    ----------
    Kish, "Survey Sampling" (1965), section 8.2, for the design effect.

    Examples
    --------
    Clusters of four of one mind, none of ten selected in one group and two of ten in the other: the common rate is .1.

    >>> from fairwitness.metrics.linearised import spread_of_clusters
    >>> n = np.kron(np.eye(2), [[4]] * 10)
    >>> found = if_rates_were_equal(spread_of_clusters(n * ([[0]] * 18 + [[1]] * 2), n))
    >>> found.covariance[0, 0].round(6).tolist(), round(0.1 * 0.9 / 40, 6)
    (0.00225, 0.00225)
    >>> found.covariance[1, 1].round(6).tolist(), round(0.1 * 0.9 / 40 * 4 * 10 / 9, 6)
    (0.01, 0.01)
    """
    raised = np.diag(not_less_than_independent(found).covariance)
    own = found.rates * (1 - found.rates) * found.independent
    varies = own > 0
    effect = np.where(varies, raised / np.where(varies, own, 1.0), 1.0)
    scale = np.where(varies, 1 / np.sqrt(np.where(varies, raised, 1.0)), 0.0)
    error = np.sqrt(found.common * (1 - found.common) * found.independent * effect)
    correlation = found.covariance * np.outer(scale, scale)
    np.fill_diagonal(correlation, 1.0)
    return found._replace(covariance=correlation * np.outer(error, error))


def design_effect(found: Spread, n: tuple[int, int]) -> float:
    """Return how many times larger the variance of a difference is than with as many independent decisions.

    Parameters
    ----------
    found : Spread
        Of two groups.
    n : tuple of int
        Decisions of each.

    Returns
    -------
    float
        1 where the variance is not known.

    References
    ----------
    Kish, "Survey Sampling" (1965), section 8.2.

    Examples
    --------
    Ten clusters of four of one mind, half of them selected, in each group: 4 · 10/9.

    >>> from fairwitness.metrics.linearised import spread_of_clusters
    >>> x = np.kron(np.eye(2), [[4], [0]] * 5)
    >>> round(design_effect(spread_of_clusters(x, np.kron(np.eye(2), [[4], [4]] * 5)), (40, 40)), 4)
    4.4444
    """
    if not found.enough:
        return 1.0
    independent = float((found.rates * (1 - found.rates) / np.array(n)).sum())
    variance = variance_of(not_less_than_independent(found), (1.0, -1.0))
    return variance / independent if independent > 0 and variance > 0 else 1.0
