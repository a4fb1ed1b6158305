"""Who is ranked first out of one résumé of each group, all alike but for the name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.crossing import crossing_of
from fairwitness.metrics.effect_intervals import part_by_part, rate_interval, rate_p
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.flips import PairTable, ratio_interval
from fairwitness.metrics.multiplicity import holm
from fairwitness.metrics.swap_effect import effect

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.crossing import Crossing


class First(NamedTuple):
    """How often one group is ranked first.

    Attributes
    ----------
    times : float
        First places; a place that k share counts 1/k for each.
    share : Estimate
    impact_ratio : Estimate
        Over the group that is first most often.
    p : float
        Of the share expected, two-sided, not adjusted; nan where there is one cluster only.
    """

    times: float
    share: Estimate
    impact_ratio: Estimate
    p: float


class RankedFirst(NamedTuple):
    """Who is ranked first.

    Attributes
    ----------
    lists : int
    ties : int
        Lists whose first place is shared.
    expected : float
        First places of each group if the name made no difference.
    groups : tuple of First
    p : float
        The smallest p-value of the groups, adjusted by Holm's method; of two groups there is one.
    """

    lists: int
    ties: int
    expected: float
    groups: tuple[First, ...]
    p: float


def ranked_first(
    scores: ArrayLike, cluster: ArrayLike, *, names: ArrayLike, side: ArrayLike, level: float
) -> RankedFirst:
    """Return who is ranked first.

    Parameters
    ----------
    scores : array of float, shape (lists, groups) or (lists, groups, draws)
        Higher is better.  Draws of one list are lists of their own, but not independent.
    cluster : array of int, shape (lists,)
        The job, or the résumé.
    names : array of int, shape (lists, groups)
        Under which name.
    side : array of int, one entry a name
        Its group.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    RankedFirst

    Notes
    -----
    Names are random as in `effect`, all those on a list.  Intervals of ratios do not allow for the choice of the group
    that they are over, which the data make.

    References
    ----------
    Yin, Alba & Nicoletti tested a language model so for Bloomberg (7 March 2024): shares ranked first, and their ratio.

    Examples
    --------
    Three lists of two: a is first, then both, then b.

    >>> found = ranked_first([[2, 1], [1, 1], [0, 3]], [0, 1, 2], names=[[0, 1]] * 3, side=[0, 1], level=0.95)
    >>> found.lists, found.ties, [g.times for g in found.groups], found.groups[0].share.value
    (3, 1, [1.5, 1.5], 0.5)
    """
    given = np.asarray(scores, np.float64)
    given = given.reshape(given.shape[0], given.shape[1], -1)
    lists, groups, draws = given.shape
    best = given == given.max(axis=1, keepdims=True)
    tied = best.sum(axis=1, keepdims=True)
    place = (best / tied).mean(axis=2)
    times = place.sum(axis=0) * draws
    leader = int(times.argmax())
    whole = crossing_of(np.zeros(lists, np.int64), (1,), cluster, names=names, side=side)
    shares = [effect(whole, place[:, g]) for g in range(groups)]
    p = [rate_p(share, 1 / groups) for share in shares]
    n = lists * draws
    made = []
    for g in range(groups):
        ends = None if np.isnan(shares[g].variance) else rate_interval(shares[g], level)
        low, high = ends or (None, None)
        share = Estimate(float(times[g] / n), low, high, level, "crossed_score" if ends else None, "ok", n)
        made.append(First(float(times[g]), share, _ratio(place, g, leader, whole, n, level), p[g]))
    adjusted = holm(p if groups > 2 else p[:1])
    return RankedFirst(lists * draws, int((tied > 1).sum()), n / groups, tuple(made), float(np.min(adjusted)))


def _ratio(place: Floats, g: int, leader: int, whole: Crossing, n: int, level: float) -> Estimate:
    """Return the impact ratio of a group over the one that is first most often."""
    first, other = place[:, g], place[:, leader]
    a, b = float(first.mean()), float(other.mean())
    net = part_by_part(effect(whole, first - other))
    if g == leader or np.isnan(net.variance):
        return Estimate(a / b, None, None, level, None, "ok", n)
    log_ratio = part_by_part(effect(whole, first / (a or 1.0) - other / b))
    table = PairTable(a * n, b * n, 0, (1 - a - b) * n)
    ends = ratio_interval(log_ratio, net, table, net.effective_clusters, level)
    low, high = ends or (None, None)
    return Estimate(a / b, low, high, level, "crossed_log" if ends else None, "ok", n)
