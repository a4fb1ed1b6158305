"""Two groups' scores: the figures agree with scipy and with counting every possibility, and keep their laws."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from fairwitness.metrics.auc import auc
from fairwitness.metrics.bootstrap import cell_draws
from fairwitness.metrics.difference_intervals import newcombe
from fairwitness.metrics.group_auc import group_auc, group_auc_bound, mann_whitney
from fairwitness.metrics.kolmogorov_smirnov import ks_bound, ks_distance, ks_test
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.score_levels import block_starts, moments
from fairwitness.metrics.standardised_difference import standardised_differences
from fairwitness.metrics.threshold_sweep import sweep
from fairwitness.metrics.wasserstein import wasserstein

LEVELS = np.array([-3.0, -1.5, 0.0, 0.25, 2.0, 7.0])
counts = st.lists(st.integers(0, 6), min_size=6, max_size=6).map(np.array).filter(lambda c: c.sum() > 0)
few = st.lists(st.integers(0, 2), min_size=4, max_size=4).map(np.array).filter(lambda c: 0 < c.sum() < 6)


def rows(count, levels=LEVELS):
    return np.repeat(levels[: len(count)], count)


# -- against scipy ---------------------------------------------------------------------------------------------


@given(counts, counts)
def test_distances_are_those_of_scipy(f, r):
    focal, reference = rows(f), rows(r)
    assert ks_distance(f, r) == pytest.approx(stats.ks_2samp(focal, reference, method="asymp").statistic, abs=1e-12)
    found = wasserstein(LEVELS, f, r)
    assert found.distance == pytest.approx(stats.wasserstein_distance(focal, reference), abs=1e-12)
    assert found.distance >= abs(focal.mean() - reference.mean()) - 1e-12


@given(counts, counts)
def test_the_area_is_that_of_one_row_a_person(f, r):
    scores, labels = np.concatenate([rows(f), rows(r)]), np.repeat([1, 0], [f.sum(), r.sum()])
    found, by_rows = group_auc(f, r), auc(scores, labels)
    assert (found.value, found.low, found.high) == pytest.approx((by_rows.value, by_rows.low, by_rows.high), abs=1e-12)
    assert found.method == by_rows.method


def test_a_large_area_has_delongs_interval_as_from_rows():
    rng = np.random.default_rng(1)
    f, r = rng.multinomial(80, np.ones(30) / 30), rng.multinomial(60, np.arange(30) / 435)
    levels = np.arange(30.0)
    by_rows = auc(np.concatenate([rows(f, levels), rows(r, levels)]), np.repeat([1, 0], [80, 60]))
    found = group_auc(f, r)
    assert found.method == by_rows.method == "delong_logit"
    assert (found.value, found.low, found.high) == pytest.approx((by_rows.value, by_rows.low, by_rows.high), abs=1e-12)


@given(counts, counts)
def test_mann_whitney_is_scipys_without_continuity_correction(f, r):
    both = (f + r) > 0
    assume(both.sum() > 1)
    expected = stats.mannwhitneyu(rows(f), rows(r), use_continuity=False, method="asymptotic")
    assert mann_whitney(f, r).p == pytest.approx(expected.pvalue, abs=1e-12)


@given(counts, counts)
def test_the_mean_difference_has_welchs_interval(f, r):
    assume(f.sum() > 1 and r.sum() > 1)
    focal, reference = rows(f), rows(r)
    assume(focal.var() + reference.var() > 0)
    found = standardised_differences(LEVELS, f, r).mean_difference
    expected = stats.ttest_ind(focal, reference, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-9, abs=1e-9)


@given(counts)
def test_moments_are_numpys(f):
    assume(f.sum() > 1)
    found = moments(LEVELS, f)
    assert (found.mean, found.variance) == pytest.approx((rows(f).mean(), rows(f).var(ddof=1)), abs=1e-12)


def test_a_small_spread_around_a_large_mean_keeps_its_digits():
    """1e9 and 1e9 + 1, once each: variance 1/2."""
    assert moments([1e9, 1e9 + 1], [1, 1]).variance == 0.5


# -- by counting every possibility -----------------------------------------------------------------------------


@given(few, few)
def test_the_ks_p_value_is_the_share_of_all_ways_to_deal_the_scores(f, r):
    both = np.repeat(np.arange(4), f + r)
    seen, total, m = ks_distance(f, r), 0, int(f.sum())
    reached = 0
    for chosen in combinations(range(len(both)), m):
        dealt = np.bincount(both[list(chosen)], minlength=4)
        total += 1
        reached += ks_distance(dealt, f + r - dealt) >= seen - 1e-9
    found = ks_test(f, r)
    assert found.distance == pytest.approx(seen, abs=1e-12)
    assert found.p == pytest.approx(reached / total, abs=1e-12)
    assert found.p > 0


@given(few, few)
def test_what_the_wasserstein_distance_is_by_chance(f, r):
    both, levels = np.repeat(np.arange(4), f + r), LEVELS[:4]
    dealt = [np.bincount(both[list(chosen)], minlength=4) for chosen in combinations(range(len(both)), int(f.sum()))]
    expected = np.mean([stats.wasserstein_distance(rows(d, levels), rows(f + r - d, levels)) for d in dealt])
    assert wasserstein(levels, f, r).by_chance == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("m", "n", "shift"), [(5, 7, 0.0), (30, 44, 0.4), (60, 60, 3.0)])
def test_without_ties_the_ks_p_value_is_scipys_exact_one(m, n, shift):
    rng = np.random.default_rng(m)
    x, y = rng.normal(size=m), rng.normal(shift, 1, n)
    order = np.sort(np.concatenate([x, y]))
    found = ks_test(np.isin(order, x).astype(int), np.isin(order, y).astype(int))
    expected = stats.ks_2samp(x, y, method="exact").pvalue
    assert found.p == pytest.approx(expected, rel=1e-6)


def test_a_ks_p_value_is_never_nought():
    """500 against 500 without overlap: 2 of C(1000, 500) ways, about 7e-300."""
    assert 0 < ks_test([500, 0], [0, 500]).p < 1e-15


def test_very_many_people_or_levels_are_cut_into_parts_by_everybodys_scores():
    rng = np.random.default_rng(3)
    f, r = (rng.multinomial(50_000, np.ones(100_000) / 100_000) for _ in range(2))
    found = ks_test(f, r)
    assert found.levels == 200
    assert found.distance <= ks_distance(f, r)
    assert 0 < found.p <= 1


@given(few, few)
def test_bounds_of_binned_scores_hold_whatever_the_order_within_bins(f, r):
    """Every order of the people within each of the bins, by putting each at a place of its own."""
    rng = np.random.default_rng(int(f @ [1, 3, 9, 27] + r @ [81, 243, 729, 2187]))
    low, high = group_auc_bound(f, r)
    least, most = ks_bound(f, r)
    areas, distances = [], []
    for turn in range(40):
        order = np.array([rng.random(4 * 3), rng.random(4 * 3)])
        if turn < 2:  # one group wholly below the other in every bin
            order[turn] += 1
        place = np.repeat(np.arange(4), 3)
        inner = np.argsort(np.concatenate([place + order[0] / 3, place + order[1] / 3]), kind="stable")
        member = np.concatenate([np.repeat([1, 0], 12)])[inner]
        taken = np.concatenate([np.tile(np.arange(3), 4) < np.repeat(side, 3) for side in (f, r)])[inner]
        focal, reference = (member == 1) & taken, (member == 0) & taken
        areas.append(group_auc(focal.astype(int), reference.astype(int)).value)
        distances.append(ks_distance(focal.astype(int), reference.astype(int)))
    assert low - 1e-12 <= min(areas)
    assert max(areas) <= high + 1e-12
    assert {round(low, 9), round(high, 9)} <= {round(a, 9) for a in areas}  # both ends are reached
    assert least - 1e-12 <= min(distances)
    assert max(distances) <= most + 1e-12


# -- laws ------------------------------------------------------------------------------------------------------


@given(counts, counts)
def test_only_the_order_of_scores_matters_to_area_and_distance(f, r):
    """They never see the levels; leaving out those that nobody has changes nothing."""
    there = (f + r) > 0
    assert group_auc(f, r) == group_auc(f[there], r[there])
    assert ks_distance(f, r) == ks_distance(f[there], r[there])
    assert ks_test(f, r).p == pytest.approx(ks_test(f[there], r[there]).p, abs=1e-12)


@given(counts, counts, st.floats(0.01, 100), st.floats(-50, 50))
def test_a_change_of_unit_leaves_standardised_figures_as_they_are(f, r, factor, shift):
    assume(f.sum() > 1 and r.sum() > 1)
    assume(rows(f).var() > 0 and rows(r).var() > 0)
    one, other = (standardised_differences(levels, f, r) for levels in (LEVELS, factor * LEVELS + shift))
    for name in ("cohens_d", "hedges_g", "glass_delta"):
        a, b = getattr(one, name), getattr(other, name)
        assert (a.value, a.low, a.high) == pytest.approx((b.value, b.low, b.high), rel=1e-6, abs=1e-6)
    assert other.mean_difference.value == pytest.approx(factor * one.mean_difference.value, rel=1e-6, abs=1e-6)
    first, second = (wasserstein(levels, f, r) for levels in (LEVELS, factor * LEVELS + shift))
    assert second.distance == pytest.approx(factor * first.distance, rel=1e-6, abs=1e-9)
    assert second.standardised == pytest.approx(first.standardised, rel=1e-6, abs=1e-9)


@given(counts, counts)
def test_exchanging_the_groups_turns_signs_round(f, r):
    one, other = group_auc(f, r), group_auc(r, f)
    assert (1 - other.value, 1 - other.high, 1 - other.low) == pytest.approx((one.value, one.low, one.high), abs=1e-9)
    assert ks_test(f, r).p == pytest.approx(ks_test(r, f).p, abs=1e-12)
    assert wasserstein(LEVELS, f, r).distance == pytest.approx(wasserstein(LEVELS, r, f).distance, abs=1e-12)
    there, back = (standardised_differences(LEVELS, *pair).hedges_g for pair in ((f, r), (r, f)))
    if there.value is not None:
        assert there.value == pytest.approx(-back.value, abs=1e-12)


def test_undefined_is_said():
    nobody = standardised_differences([1, 2], [0, 0], [1, 1])
    assert {e.status for e in nobody} == {"undefined_empty_group"}
    assert group_auc([0, 0], [1, 1]).status == "undefined_empty_group"
    alike = standardised_differences([1, 2], [3, 0], [0, 4])  # no spread within the groups
    assert alike.mean_difference.value == -1
    assert {alike.cohens_d.status, alike.hedges_g.status, alike.glass_delta.status} == {"undefined"}
    alone = standardised_differences([1, 2, 3], [1, 0, 0], [0, 1, 2])  # one member: no interval
    assert (alone.hedges_g.status, alone.hedges_g.low) == ("ok", None)
    assert np.isnan(mann_whitney([3], [4]).p)
    assert np.isnan(ks_test([0, 0], [1, 1]).p)
    assert np.isnan(wasserstein([1, 2], [0, 0], [1, 1]).distance)
    assert np.isnan(wasserstein([1, 2], [3, 0], [0, 4]).standardised)


# -- the interval of g, and the band ---------------------------------------------------------------------------


def test_the_interval_of_g_covers_where_spreads_are_unequal():
    """30 against 300 with spreads 3 to 1; g = −.5/√((29·9 + 299)/328).  The textbook interval covers .63 here."""
    rng = np.random.default_rng(5)
    true, runs, hit = -0.5 / np.sqrt((29 * 9 + 299) / 328), 500, 0
    for _ in range(runs):
        x, y = rng.normal(-0.5, 3, 30), rng.normal(0, 1, 300)
        levels = np.sort(np.concatenate([x, y]))
        f, r = np.isin(levels, x).astype(int), np.isin(levels, y).astype(int)
        found = standardised_differences(levels, f, r).hedges_g
        hit += found.low <= true <= found.high
    low, high = stats.binom(runs, 0.95).interval(0.99)
    assert low <= hit <= high


def test_at_one_cut_off_the_band_is_the_interval_of_one_cut_off():
    table = np.array([[60, 40], [20, 80]])
    found = sweep(table, cell_draws(table, 400, 0), [0], [1])
    assert (found.ratio.value[0], found.difference.value[0]) == (0.5, -0.4)
    for band, interval in ((found.ratio, koopman), (found.difference, newcombe)):
        low, high = interval(40, 100, 80, 100, 0.95)
        assert band.multiplier == pytest.approx(1.96, abs=0.15)
        assert band.low[0] <= low + 1e-9
        assert band.high[0] >= high - 1e-9


def test_the_band_holds_all_true_values_at_once():
    """Two groups of 150 and 400 on 15 levels; 300 tables.  Intervals of one cut-off hold all at once far less often."""
    rng = np.random.default_rng(6)
    pf, pr = (np.exp(-((np.arange(15) - centre) ** 2) / 20) for centre in (6, 7.5))
    pf, pr = pf / pf.sum(), pr / pr.sum()
    sf, sr = 1 - np.cumsum(pf)[:-1], 1 - np.cumsum(pr)[:-1]
    runs, all_ratios, all_differences, pointwise = 300, 0, 0, 0
    for run in range(runs):
        table = np.stack([rng.multinomial(150, pf), rng.multinomial(400, pr)])
        found = sweep(table, cell_draws(table, 300, run), [0], [1])
        at = ~found.tiny
        all_ratios += np.all((found.ratio.low <= sf / sr)[at] & (sf / sr <= found.ratio.high)[at])
        all_differences += np.all((found.difference.low <= sf - sr)[at] & (sf - sr <= found.difference.high)[at])
        low, high = newcombe(found.selected, 150, found.reference_selected, 400, 0.95)
        pointwise += np.all((low <= sf - sr)[at] & (sf - sr <= high)[at])
    low, high = stats.binom(runs, 0.95).interval(0.999)
    assert low <= all_ratios <= high
    assert low <= all_differences <= high
    assert pointwise < low


def test_tiny_rates_are_marked_and_have_no_band():
    """At the top 1 of 100 against 2 of 100: 1.5 expected in each."""
    table = np.array([[50, 49, 1], [50, 48, 2]])
    found = sweep(table, cell_draws(table, 300, 0), [0], [1])
    assert found.tiny.tolist() == [False, True]
    assert np.isnan(found.ratio.low).tolist() == [False, True]
    assert found.ratio.value[1] == 0.5


def test_a_group_of_nobody_has_no_band():
    found = sweep([[0, 0], [5, 5]], cell_draws([[0, 0], [5, 5]], 300, 0), [0], [1])
    assert np.isnan(found.ratio.value).all()
    assert np.isnan(found.difference.low).all()


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60).filter(any), st.integers(1, 12))
def test_blocks_begin_at_the_first_level_and_are_not_too_many(totals, most):
    starts = block_starts(totals, most)
    assert starts[0] == 0
    assert (np.diff(starts) > 0).all()
    assert len(starts) <= max(most, 1)
    assert np.add.reduceat(np.array(totals), starts).sum() == sum(totals)
