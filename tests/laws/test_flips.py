"""Flips, their intervals and tests; the sign-flip test; who is ranked first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest, permutation_test, t

from fairwitness.metrics.crossing import crossing_of
from fairwitness.metrics.effect_intervals import rate_interval
from fairwitness.metrics.flips import PairTable, net_interval, net_test, pair_table, ratio_interval
from fairwitness.metrics.paired_change import mcnemar
from fairwitness.metrics.ranked_first import ranked_first
from fairwitness.metrics.rate_intervals import wilson
from fairwitness.metrics.sign_flip import sign_flip
from fairwitness.metrics.swap_effect import effect

SEEDS = st.integers(0, 2**32 - 1)


def pairs_of(only_a, only_b, both, neither):
    """Independent pairs of decisions with these counts, under one name a group."""
    a = np.repeat([1, 0, 1, 0], [only_a, only_b, both, neither])
    b = np.repeat([0, 1, 1, 0], [only_a, only_b, both, neither])
    n = len(a)
    each = np.repeat(np.arange(n), 2)
    at = crossing_of(np.tile([0, 1], n), (1, -1), each, block=each)
    return np.stack([a, b], axis=1), at


def test_two_published_tables():
    """200 pairs of a name swap: 22 flip, 10 net; and the test of 37 that flip, 25 against 12."""
    table = PairTable(16, 6, 60, 118)
    assert (table.pairs, table.flip_rate, table.net) == (200, 0.11, 0.05)
    exact, mid_p, _ = mcnemar(16, 6)
    assert exact == pytest.approx(0.052478790283203125)  # 2·P(X <= 6), X binomial of 22 and 1/2
    exact, mid_p, chi_square = mcnemar(25, 12)
    assert (exact, mid_p, chi_square) == pytest.approx((0.04703102743951604, 0.03355243967962451, 13**2 / 37))


def restricted_variance(table, difference):
    """Return the variance of a pair at the likeliest cells with this difference, searched for."""
    b, c, n = table.only_a, table.only_b, table.pairs

    def cost(p_c):
        p_b = p_c + difference
        cells = np.array([p_b, p_c, 1 - p_b - p_c])
        counts = np.array([b, c, n - b - c])
        return -float((counts * np.log(np.maximum(cells, 1e-300))).sum())

    low, high = max(0.0, -difference), (1 - difference) / 2
    found = minimize_scalar(cost, bounds=(low, high), method="bounded", options={"xatol": 1e-12})
    p_c = min((found.x, low, high), key=cost)
    return 2 * p_c + difference - difference**2


@pytest.mark.parametrize("counts", [(16, 6, 60, 118), (1, 0, 20, 29), (0, 7, 1, 12), (5, 5, 0, 10)])
def test_the_net_interval_ends_where_the_restricted_score_statistic_is_t(counts):
    """Of independent pairs: (net - end)² = t²·(V + (v(end) - v(net))/m), m pairs' worth of variance between them."""
    answers, at = pairs_of(*counts)
    table, net = pair_table(answers[:, 0], answers[:, 1]), effect(at, answers.ravel())
    n = table.pairs
    assert net.variance == pytest.approx((table.flip_rate - table.net**2) / (n - 1))
    quantile = t(n - 1).ppf(0.975)
    for end in net_interval(net, table, 0.95):
        variance = net.variance + (restricted_variance(table, end) - (n - 1) * net.variance) / (n - 1)
        assert abs(net.value - end) == pytest.approx(quantile * variance**0.5, rel=1e-4)


def test_no_flip_is_no_certainty():
    answers, at = pairs_of(0, 0, 10, 30)
    table, net = pair_table(answers[:, 0], answers[:, 1]), effect(at, answers.ravel())
    low, high = net_interval(net, table, 0.95)
    t2 = t(39).ppf(0.975) ** 2
    assert (low, high) == pytest.approx((-t2 / (40 + t2), t2 / (40 + t2)))
    assert net_test(net, table) == (0.0, 1.0)
    low, high = ratio_interval(net, net, table, 10, 0.95)
    assert (low, high) == pytest.approx((10 / (10 + t2), (10 + t2) / 10))


def test_selections_on_one_side_only():
    answers, at = pairs_of(0, 8, 0, 32)
    table, net = pair_table(answers[:, 0], answers[:, 1]), effect(at, answers.ravel())
    low, high = ratio_interval(net, net, table, 8, 0.95)
    assert low == 0
    assert 0 < high < 1
    other = pair_table(answers[:, 1], answers[:, 0])
    assert ratio_interval(net, net, other, 8, 0.95) is None  # nobody is selected as b


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.integers(1, 12), st.sampled_from([0.8, 0.95]))
def test_intervals_turn_with_the_groups_and_hold_what_was_found(only_a, only_b, both, neither, level):
    if only_a + only_b + both + neither < 2:
        return
    answers, at = pairs_of(only_a, only_b, both, neither)
    there, net = pair_table(answers[:, 0], answers[:, 1]), effect(at, answers.ravel())
    back, other = pair_table(answers[:, 1], answers[:, 0]), effect(at, answers[:, ::-1].ravel())
    low, high = net_interval(net, there, level)
    assert (-high, -low) == pytest.approx(net_interval(other, back, level), abs=1e-9)
    assert -1 <= low <= there.net <= high <= 1
    assert low < high
    p = net_test(net, there)[1]
    assert p == pytest.approx(net_test(other, back)[1])
    if abs(p - (1 - level)) > 1e-6:
        assert (low <= 0 <= high) == (p > 1 - level)
    if both + only_a and both + only_b:
        rates = answers.mean(axis=0)
        log, turned = effect(at, (answers / rates).ravel()), effect(at, (answers / rates)[:, ::-1].ravel())
        ends = ratio_interval(log, net, there, 5, level)
        assert (1 / ends[1], 1 / ends[0]) == pytest.approx(ratio_interval(turned, other, back, 5, level), rel=1e-6)


def test_a_rate_of_independent_decisions_is_near_wilsons():
    y = np.repeat([1, 0], [30, 270])
    found = effect(crossing_of(np.zeros(300, int), (1,), np.arange(300)), y)
    assert rate_interval(found, 0.95) == pytest.approx(wilson(30, 300, 0.95), abs=0.0005)


def test_decisions_counted_twice_are_no_more_evidence():
    """The same answers, each twice from its job, clustered: the interval of half as many."""
    y = np.repeat([1, 0], [30, 270])
    once = effect(crossing_of(np.zeros(300, int), (1,), np.arange(300)), y)
    twice = effect(crossing_of(np.zeros(600, int), (1,), np.tile(np.arange(300), 2)), np.tile(y, 2))
    assert rate_interval(twice, 0.95) == pytest.approx(rate_interval(once, 0.95))


# -- signs flipped -----------------------------------------------------------------------------------------------


@given(st.integers(0, 9), st.integers(0, 4))
def test_with_one_pair_a_cluster_flips_are_mcnemars_exact_test(only_a, only_b):
    apart = np.repeat([1, -1, 0], [only_a, only_b, 3])
    found = sign_flip(apart, np.arange(len(apart)))
    n = only_a + only_b
    assert found.p == pytest.approx(binomtest(only_a, n).pvalue if n else 1.0)
    assert found.exact


@given(SEEDS)
def test_all_signs_are_those_of_scipy(seed):
    apart = np.random.default_rng(seed).integers(-9, 10, size=8).astype(float)  # whole: sums without rounding
    expected = permutation_test((apart,), np.sum, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip(apart, np.arange(8)).p == pytest.approx(expected.pvalue)


def test_clusters_are_exchanged_whole():
    """Four clusters of ten equal differences: 2 of 16 assignments, however many pairs there are."""
    found = sign_flip(np.ones(40), np.repeat(np.arange(4), 10))
    assert found == (2 / 16, 16, True)


def test_drawn_signs_never_give_nothing():
    found = sign_flip(np.ones(40), np.arange(40), draws=99, seed=3)
    assert found == (0.01, 99, False)  # none of 99 reaches it, and the one seen is counted
    assert sign_flip(np.ones(40), np.arange(40), draws=99, seed=3) == found


def test_drawn_signs_are_near_all_signs():
    apart = np.random.default_rng(1).normal(0.3, 1, size=12)
    every, drawn = sign_flip(apart, np.arange(12)), sign_flip(apart, np.arange(12), draws=4000, seed=1)
    assert every.exact
    assert not drawn.exact
    assert drawn.p == pytest.approx(every.p, abs=4 * (0.25 / 4000) ** 0.5)


# -- ranked first ------------------------------------------------------------------------------------------------


def lists(scores, clusters=None, names=None, side=None, level=0.95):
    n, groups = np.shape(scores)[:2]
    clusters = np.arange(n) if clusters is None else clusters
    names = np.tile(np.arange(groups), (n, 1)) if names is None else names
    return ranked_first(scores, clusters, names=names, side=np.arange(groups) if side is None else side, level=level)


def test_a_shared_place_counts_for_each_in_part():
    """Four lists of three: one group alone twice, two together, all three together."""
    found = lists([[3, 1, 1], [5, 2, 4], [1, 7, 7], [2, 2, 2]])
    assert [one.times for one in found.groups] == pytest.approx([2 + 1 / 3, 1 / 2 + 1 / 3, 1 / 2 + 1 / 3])
    assert (found.lists, found.ties, found.expected) == (4, 2, pytest.approx(4 / 3))
    assert found.groups[1].impact_ratio.value == pytest.approx((5 / 6) / (7 / 3))
    assert found.groups[0].impact_ratio.value == 1


@given(SEEDS, st.integers(2, 4))
def test_shares_add_up_and_follow_their_groups(seed, groups):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, size=(20, groups)).astype(float)
    order = rng.permutation(groups)
    there, other = lists(scores), lists(scores[:, order], names=np.tile(order, (20, 1)))
    assert sum(one.share.value for one in there.groups) == pytest.approx(1)
    assert other.p == pytest.approx(there.p)
    for at, one in zip(order, other.groups, strict=True):
        assert one.share.value == pytest.approx(there.groups[at].share.value)
        assert (one.share.low, one.share.high) == pytest.approx(
            (there.groups[at].share.low, there.groups[at].share.high)
        )
        assert one.share.low <= one.share.value <= one.share.high


def test_of_two_groups_the_p_value_is_that_of_one_comparison():
    rng = np.random.default_rng(2)
    found = lists(rng.normal((0.4, 0), 1, (60, 2)))
    assert found.p == found.groups[0].p == pytest.approx(found.groups[1].p)
    low, high = found.groups[0].share.low, found.groups[0].share.high
    assert (low <= 0.5 <= high) == (found.p > 0.05)


def test_draws_of_a_list_are_not_independent():
    """The same scores drawn three times: three times the lists, and the same interval."""
    scores = np.random.default_rng(3).normal(size=(40, 2))
    once, thrice = lists(scores), lists(np.repeat(scores[:, :, None], 3, axis=2))
    assert (thrice.lists, thrice.groups[0].times) == (120, 3 * once.groups[0].times)
    assert (thrice.groups[0].share.low, thrice.p) == pytest.approx((once.groups[0].share.low, once.p))


def test_who_is_never_first_has_a_ratio_of_nothing_with_an_upper_end():
    found = lists(np.tile([[1.0, 2.0]], (30, 1)))
    never = found.groups[0]
    assert (never.times, never.share.value, never.impact_ratio.value, never.impact_ratio.low) == (0, 0, 0, 0)
    assert 0 < never.impact_ratio.high < 1
    assert found.p < 0.001


def test_one_job_gives_shares_without_intervals():
    found = lists([[1.0, 2.0], [3.0, 0.0]], clusters=[4, 4])
    assert (found.groups[0].share.value, found.groups[0].share.low, found.groups[0].share.method) == (0.5, None, None)
    assert np.isnan(found.p)
