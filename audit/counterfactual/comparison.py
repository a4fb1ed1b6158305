"""Answers compared pair by pair: the same résumé shown as one group and as the other, or under two names of a group."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple

from fairwitness.audit.counterfactual.result import DecisionEffect, McNemar, ScoreEffect, Test, Variance
from fairwitness.metrics.estimate import Estimate

if TYPE_CHECKING:
    import numpy as np

    from fairwitness.metrics.crossing import Crossing
    from fairwitness.metrics.flips import PairTable
    from fairwitness.metrics.swap_effect import Effect

    Array = np.ndarray[Any, Any]


class Arranged(NamedTuple):
    """Which answers belong together.

    Attributes
    ----------
    contrast : Crossing
        Of answers in an array of shape (units, 2, slots): a unit is a résumé, or a résumé and a group of it.
    pairs : Crossing
        Of pairs in an array of shape (units, slots).
    cluster : array of int, shape (units, slots)
        To which cluster each pair belongs.
    joined : bool
        Every value of one side is always beside the same value of the other, so that they are one random value.
    """

    contrast: Crossing
    pairs: Crossing
    cluster: Array
    joined: bool


def arranged(variant: Array, cluster: Array, side: Array) -> Arranged:
    """Arrange answers that are to be compared.

    Parameters
    ----------
    variant : array of int, shape (units, 2, slots)
        What was shown on either side.
    cluster : array of int, shape (units,)
        The job or the résumé of each unit.
    side : array of int, one entry a variant
        Its group.
    """
    import numpy as np

    from fairwitness.metrics.crossing import crossing_of

    units, _, slots = variant.shape
    unit = np.repeat(np.arange(units), 2 * slots)
    role = np.tile(np.repeat([0, 1], slots), units)
    contrast = crossing_of(role, (1, -1), cluster[unit], block=unit, names=variant.ravel(), side=side)
    both = variant.transpose(0, 2, 1).reshape(-1, 2)
    first, second, together = (len(np.unique(names, axis=0)) for names in (both[:, 0], both[:, 1], both))
    apart = side[both[:, 0]] != side[both[:, 1]]
    same = both[:, 0] == both[:, 1]  # a row asked again
    joined = bool(apart.all() or same.all()) and first == second == together > 1
    names = both[:, :1] if joined else both
    of_pair = np.repeat(cluster, slots)
    pairs = crossing_of(np.zeros(len(of_pair), np.int64), (1,), of_pair, names=names, side=side)
    return Arranged(contrast, pairs, of_pair.reshape(units, slots), joined)


def decision_effect(selected: Array, at: Arranged, *, level: float, seed: int) -> DecisionEffect:
    """Return what decisions show; the test is not adjusted yet.

    Parameters
    ----------
    selected : array of bool, shape (units, 2, slots, draws)
    at : Arranged
    level : float
        Confidence level of the intervals.
    seed : int
        Of the sign-flip test.
    """
    import numpy as np

    from fairwitness.metrics.effect_intervals import rate_interval
    from fairwitness.metrics.flips import net_interval, net_test, pair_table
    from fairwitness.metrics.paired_change import mcnemar
    from fairwitness.metrics.sign_flip import sign_flip
    from fairwitness.metrics.swap_effect import effect

    a, b = selected[:, 0], selected[:, 1]
    table, share = pair_table(a, b), selected.mean(axis=-1)
    net, flips = _effect(share, at), effect(at.pairs, (a != b).mean(axis=-1).ravel())
    several = not np.isnan(net.variance)  # clusters, of which there must be two for any interval
    statistic, p = net_test(net, table) if several else (np.nan, np.nan)
    alone = a.shape[2] == 1 and len(np.unique(at.cluster)) == at.cluster.size
    exact, mid_p, _ = mcnemar(table.only_a, table.only_b)
    n = int(table.pairs)
    return DecisionEffect(
        table,
        _estimate(table.flip_rate, rate_interval(flips, level) if several else None, "crossed_score", n, level),
        _estimate(table.net, net_interval(net, table, level) if several else None, "crossed_score", n, level),
        _impact_ratio(share, table, net, at, level),
        McNemar(float(exact), float(mid_p)) if alone else None,
        sign_flip((share[:, 0] - share[:, 1]).ravel(), at.cluster.ravel(), seed=seed),
        Test(statistic, net.df, p, p, 1) if several else None,
    )


def score_effect(score: Array, at: Arranged, *, level: float, seed: int) -> ScoreEffect:
    """Return what scores show; the test is not adjusted yet.

    Parameters
    ----------
    score : array of float, shape (units, 2, slots, draws)
    at : Arranged
    level : float
        Confidence level of the intervals.
    seed : int
        Of the sign-flip test.
    """
    import numpy as np

    from fairwitness.metrics.effect_intervals import t_interval, two_sided_p
    from fairwitness.metrics.sign_flip import sign_flip
    from fairwitness.metrics.swap_effect import effect

    mean = score.mean(axis=-1)
    found, n = _effect(mean, at), score[:, 0].size
    distance = effect(at.pairs, np.abs(score[:, 0] - score[:, 1]).mean(axis=-1).ravel())
    around = t_interval(distance, level)
    test = None
    if found.variance > 0:
        statistic = found.value / float(np.sqrt(found.variance))
        test = Test(statistic, found.df, p := two_sided_p(statistic, found.df), p, 1)
    return ScoreEffect(
        _estimate(found.value, t_interval(found, level), "crossed_t", n, level),
        _estimate(distance.value, around and (max(0.0, around[0]), around[1]), "crossed_t", n, level),
        sign_flip((mean[:, 0] - mean[:, 1]).ravel(), at.cluster.ravel(), seed=seed),
        test,
    )


def variance_of(answers: Array, at: Arranged, populations: tuple[int, int]) -> Variance | None:
    """Return what answers of shape (units, 2, slots, draws) vary by; None with one unit or one cluster only."""
    from fairwitness.metrics.answer_variance import components
    from fairwitness.metrics.swap_effect import effect

    mean = answers.mean(axis=-1).ravel()
    found = effect(at.contrast, mean)
    names = found.names
    parts = None if isnan(found.variance) else components(at.contrast, mean, names)
    if parts is None:
        return None
    of = {name.population: variance for name, variance in zip(names, parts.names, strict=True)}
    return Variance(of.get(populations[0]), of.get(populations[1]), parts.resumes, parts.rest)


def _effect(answers: Array, at: Arranged) -> Effect:
    """Return the mean of one side less that of the other, of answers of shape (units, 2, slots)."""
    from fairwitness.metrics.swap_effect import effect

    if at.joined:
        return effect(at.pairs, (answers[:, 0] - answers[:, 1]).ravel())
    return effect(at.contrast, answers.ravel())


def _impact_ratio(share: Array, table: PairTable, net: Effect, at: Arranged, level: float) -> Estimate:
    import numpy as np

    from fairwitness.metrics.flips import ratio_interval

    n, rates = int(table.pairs), share.mean(axis=(0, 2))
    if not rates[1]:
        return Estimate.undefined("undefined_no_selections", level=level, n=n)
    ratio = (table.both + table.only_a) / (table.both + table.only_b)
    if np.isnan(net.variance):
        return _estimate(ratio, None, "", n, level)
    chosen = len(np.unique(at.cluster[share.any(axis=1)]))
    log_ratio = _effect(share / np.where(rates == 0, 1.0, rates)[:, None], at)
    return _estimate(ratio, ratio_interval(log_ratio, net, table, chosen, level), "crossed_log", n, level)


def _estimate(value: float, ends: tuple[float, float] | None, method: str, n: int, level: float) -> Estimate:
    if ends is None:
        return Estimate(value, None, None, level, None, "ok", n)
    return Estimate(value, ends[0], ends[1], level, method, "ok", n)
