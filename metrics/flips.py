"""Decisions on the same résumé shown as two groups: how many flip, to whose advantage, and their intervals.

Where few decisions flip, the spread of those that did says little about those that could have.  So the intervals here
are score intervals: a value is held against the variance that decisions would have if it were the true one, as in
Wilson's interval of a rate and Tango's of a paired difference, and the names' part is added to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.counts import quotient
from fairwitness.metrics.effect_intervals import reached, t_quantile, two_sided_p, variance_if
from fairwitness.metrics.ratio_intervals import koopman

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from fairwitness.metrics.effect_intervals import Interval
    from fairwitness.metrics.swap_effect import Effect


_WIDEST = 40.0  # of a logarithm: no ratio of two counts is as large


class PairTable(NamedTuple):
    """Pairs of decisions about the same résumé, by whom they select: whole numbers, unless places are shared."""

    only_a: float
    only_b: float
    both: float
    neither: float

    @property
    def pairs(self) -> float:
        """How many there are."""
        return self.only_a + self.only_b + self.both + self.neither

    @property
    def flip_rate(self) -> float:
        """Share of pairs in which one is selected and the other is not; nan without pairs."""
        return float(quotient(self.only_a + self.only_b, self.pairs))

    @property
    def net(self) -> float:
        """Share selected as a, less the share selected as b; nan without pairs."""
        return float(quotient(self.only_a - self.only_b, self.pairs))


def pair_table(a: ArrayLike, b: ArrayLike) -> PairTable:
    """Count pairs of decisions.

    Parameters
    ----------
    a, b : array of bool, of one shape
        Whether the résumé is selected as a, and as b.

    References
    ----------
    Heckman & Siegelman, "The Urban Institute audit studies: their methods and findings", in Fix & Struyk (eds.),
    Clear and Convincing Evidence (1993), 187-258.

    Examples
    --------
    >>> table = pair_table([True, True, False, False], [True, False, False, False])
    >>> table, table.flip_rate, table.net
    (PairTable(only_a=1, only_b=0, both=1, neither=2), 0.25, 0.25)
    """
    first, second = np.asarray(a, bool), np.asarray(b, bool)
    return PairTable(
        int((first & ~second).sum()), int((~first & second).sum()),
        int((first & second).sum()), int((~first & ~second).sum()),
    )  # fmt: skip


def net_test(net: Effect, table: PairTable) -> tuple[float, float]:
    """Return the statistic of no net effect, and its two-sided p-value; (0, 1) where no decision flips.

    Parameters
    ----------
    net : Effect
        Of the decisions: `effect` with coefficients (1, -1).
    table : PairTable
        The same decisions, counted.

    Notes
    -----
    `net_interval` at any level holds 0 if and only if the p-value is at least 1 less that level.

    Examples
    --------
    One cluster a pair and one name a group: nothing but the restricted variance of 10 flips among 100 pairs counts,
    and the statistic is near McNemar's, (8 - 2)/√10 = 1.897.

    >>> from fairwitness.metrics.swap_effect import Effect
    >>> table = PairTable(8, 2, 40, 50)
    >>> net = Effect(0.06, (0.10 - 0.06**2) / 99, 99.0, (0.10 - 0.06**2) / 99, 100.0, ())
    >>> statistic, p = net_test(net, table)
    >>> round(statistic, 3), round(p, 3)
    (1.888, 0.062)
    """
    if not table.only_a + table.only_b:
        return 0.0, 1.0
    statistic = net.value / float(np.sqrt(_net_variance(net, table)(0.0)))
    return statistic, two_sided_p(statistic, net.df)


def net_interval(net: Effect, table: PairTable, level: float) -> Interval:
    """Return the interval of the net effect.

    Parameters
    ----------
    net : Effect
        Of the decisions: `effect` with coefficients (1, -1), of two clusters or more.
    table : PairTable
        The same decisions, counted.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float
        Between -1 and 1.  Never a single point: where no decision flips, it is Tango's interval for no flip in as many
        pairs as there are effective clusters.

    References
    ----------
    Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample design",
    Statistics in Medicine 17 (1998), 891-908,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B.

    Examples
    --------
    No flip in 50 clusters: t²/(50 + t²), with t = 2.0096 at 49 degrees of freedom.

    >>> from fairwitness.metrics.swap_effect import Effect
    >>> low, high = net_interval(Effect(0.0, 0.0, 49.0, 0.0, 50.0, ()), PairTable(0, 0, 20, 80), 0.95)
    >>> round(low, 4), round(high, 4), round(2.0096**2 / (50 + 2.0096**2), 4)
    (-0.0747, 0.0747, 0.0747)
    """
    return reached(net.value, _net_variance(net, table), t_quantile(net.df, level), -1.0, 1.0)


def ratio_interval(
    log_ratio: Effect, net: Effect, table: PairTable, clusters_selected: float, level: float
) -> Interval | None:
    """Return the interval of the impact ratio: the share selected as a over the share selected as b.

    Parameters
    ----------
    log_ratio : Effect
        Of the decisions divided by the share selected in their group, with coefficients (1, -1): the logarithm's
        linear part.  Of any answers, where a share is 0.
    net : Effect
        Of the decisions.
    table : PairTable
        The same decisions, counted.
    clusters_selected : float
        In how many effective clusters somebody is selected.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or None
        None where nobody is selected as b.  Where nobody is selected as a, it is Koopman's for as many decisions as
        there are effective clusters; where no decision flips, m/(m + t²) to its inverse for m clusters with a
        selection, which is Wilson's limit for m of m selected again.

    Notes
    -----
    On the logarithm, with Student's t.  To its variance is added what flips would add to it if the ratio in question
    were the true one, at the same mean share selected.

    Examples
    --------
    No flip in 50 clusters, 20 of which have a selection: 20/(20 + 2.0096²).

    >>> from fairwitness.metrics.swap_effect import Effect
    >>> still = Effect(0.0, 0.0, 49.0, 0.0, 50.0, ())
    >>> low, high = ratio_interval(still, still, PairTable(0, 0, 20, 80), 20, 0.95)
    >>> round(low, 4), round(1 / high, 4), round(20 / (20 + 2.0096**2), 4)
    (0.832, 0.832, 0.832)
    """
    selected_a, selected_b = table.both + table.only_a, table.both + table.only_b
    if not selected_b:
        return None
    if not selected_a:
        n = net.effective_clusters
        low, high = koopman(0, n, selected_b / table.pairs * n, n, level)
        return float(low), float(high)
    if not table.only_a + table.only_b:
        limit = clusters_selected / (clusters_selected + t_quantile(net.df, level) ** 2)
        return limit, 1 / limit
    mean = (selected_a + selected_b) / (2 * table.pairs)
    of_net = _net_variance(net, table)
    here = of_net(net.value)
    base = log_ratio.variance if log_ratio.variance > 0 else here / mean**2

    def variance(log: float) -> float:
        wanted = 2 * mean * float(np.tanh(log / 2))  # the difference of two shares of this ratio and this mean
        return base + max(0.0, of_net(float(np.clip(wanted, -1, 1))) - here) / mean**2

    centre = float(np.log(selected_a / selected_b))
    ends = reached(centre, variance, t_quantile(log_ratio.df, level), centre - _WIDEST, centre + _WIDEST)
    return float(np.exp(ends[0])), float(np.exp(ends[1]))


def _net_variance(net: Effect, table: PairTable) -> Callable[[float], float]:
    """Return the variance of the net effect, by what the net effect truly is."""
    only_a, only_b = table.only_a / table.pairs, table.only_b / table.pairs

    def restricted(difference: float) -> float:
        """Return the variance of one pair at the likeliest shares that have the difference, as Tango has them."""
        linear = (2 - only_a + only_b) * difference - only_a - only_b
        root = float(np.sqrt(max(0.0, linear**2 + 8 * only_b * difference * (1 - difference))))
        return (root - linear) / 2 + difference * (1 - difference)

    return variance_if(net, restricted)
