"""Variances, tests and intervals of clustered and weighted rates, against statsmodels, the jackknife and each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.api import OLS

from fairwitness.metrics.cluster_bootstrap import cluster_draws, weighted_draws
from fairwitness.metrics.design_effect import if_rates_were_equal, not_less_than_independent
from fairwitness.metrics.difference_intervals import newcombe
from fairwitness.metrics.effect_intervals import t_quantile
from fairwitness.metrics.linearised import degrees_of_freedom, spread_of_clusters, spread_of_rows, variance_of
from fairwitness.metrics.linearised_intervals import robust_pair, robust_rate
from fairwitness.metrics.linearised_tests import equal_rates_z, mean_difference_robust_z, rao_scott
from fairwitness.metrics.significance import omnibus_chi_square, pooled_z

GENERATOR = np.random.default_rng(20_240_611)


def clustered(clusters, groups=2, most=5, sizes_differ=True, seed=0):
    """Clusters of several decisions on each group, alike within a cluster."""
    generator = np.random.default_rng(seed)
    n = generator.integers(0 if sizes_differ else most, most + 1, (clusters, groups))
    n[n.sum(axis=1) == 0] = 1
    p = generator.beta(2, 3, (clusters, 1))
    return generator.binomial(n, np.broadcast_to(p, n.shape)), n


def rows_of(x, n):
    """One row a decision: outcome, group, cluster."""
    rows = [(i < x[c, g], g, c) for c in range(len(n)) for g in range(n.shape[1]) for i in range(n[c, g])]
    return (np.array(column) for column in zip(*rows, strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_covariance_is_that_of_statsmodels_but_for_the_finite_sample_factor(seed):
    x, n = clustered(30, groups=3, seed=seed)
    y, group, cluster = rows_of(x, n)
    fitted = OLS(y.astype(float), np.eye(3)[group]).fit(cov_type="cluster", cov_kwds={"groups": cluster})
    found = spread_of_clusters(x, n)
    assert found.rates == pytest.approx(fitted.params)
    clusters, rows, k = 30, len(y), 3
    theirs = clusters / (clusters - 1) * (rows - 1) / (rows - k)
    share = n / n.sum(axis=0)
    factor = 1 / np.sqrt(1 - (share**2).sum(axis=0))  # ours: 1 less the sum of squared shares, group by group
    assert found.covariance == pytest.approx(np.asarray(fitted.cov_params()) / theirs * np.outer(factor, factor))


def test_with_clusters_of_one_size_the_factor_is_g_over_g_minus_1():
    x, n = clustered(25, sizes_differ=False)
    y, group, cluster = rows_of(x, n)
    plain = {"groups": cluster, "use_correction": False}
    fitted = OLS(y.astype(float), np.eye(2)[group]).fit(cov_type="cluster", cov_kwds=plain)
    assert spread_of_clusters(x, n).covariance == pytest.approx(np.asarray(fitted.cov_params()) * 25 / 24)


def test_weighted_rates_are_those_of_a_weighted_regression_with_robust_errors():
    from statsmodels.api import WLS

    y = GENERATOR.integers(0, 2, 200)
    group = GENERATOR.integers(0, 2, 200)
    w = GENERATOR.gamma(2.0, 1.0, 200)
    fitted = WLS(y.astype(float), np.eye(2)[group], weights=w).fit(cov_type="HC0")
    sums = [[w[(group == g) & (y == k)].sum() for g in (0, 1)] for k in (1, 0)]
    squares = [[(w[(group == g) & (y == k)] ** 2).sum() for g in (0, 1)] for k in (1, 0)]
    found = spread_of_rows(*sums, tuple(squares), 200)
    kish = np.array([sum(s[g] for s in squares) / sum(s[g] for s in sums) ** 2 for g in (0, 1)])
    assert found.rates == pytest.approx(fitted.params)
    assert np.diag(found.covariance) == pytest.approx(np.diag(fitted.cov_params()) / (1 - kish))
    as_clusters = spread_of_clusters(np.eye(2)[group] * (w * y)[:, None], np.eye(2)[group] * w[:, None])
    assert found.covariance == pytest.approx(as_clusters.covariance)
    assert found.overlap == pytest.approx(as_clusters.overlap)


@pytest.mark.parametrize("scale", ["difference", "log ratio"])
def test_the_variance_of_a_difference_and_of_a_log_ratio_is_nearly_the_jackknifes(scale):
    x, n = clustered(400, seed=7)
    w = np.random.default_rng(8).gamma(3.0, 1.0, (400, 1))
    x, n = x * w, n * w
    found = spread_of_clusters(x, n)

    def value(keep):
        a, b = x[keep].sum(axis=0) / n[keep].sum(axis=0)
        return a - b if scale == "difference" else np.log(a / b)

    left_out = [value(np.arange(400) != c) for c in range(400)]
    jackknife = 399 / 400 * ((left_out - np.mean(left_out)) ** 2).sum()
    gradient = (1, -1) if scale == "difference" else (1 / found.rates[0], -1 / found.rates[1])
    assert variance_of(found, gradient) == pytest.approx(jackknife, rel=0.02)


def test_with_one_decision_to_a_cluster_z_is_the_pooled_z_but_for_n_less_1():
    xf, nf, xr, nr = 12, 60, 30, 80
    x = np.zeros((140, 2))
    n = np.repeat(np.eye(2), [60, 80], axis=0)
    x[:12, 0], x[60:90, 1] = 1, 1
    z, df, p = equal_rates_z(spread_of_clusters(x, n))
    pooled = 42 / 140
    expected = (xf / nf - xr / nr) / np.sqrt(pooled * (1 - pooled) * (1 / 59 + 1 / 79))
    assert z == pytest.approx(expected)
    assert z == pytest.approx(float(pooled_z(xf, nf, xr, nr)[0]), rel=0.01)
    assert 59 < df < 138  # between the smaller group's and both groups'
    assert 0 < p < 1


def test_for_two_groups_rao_scott_is_the_square_of_z():
    found = spread_of_clusters(*clustered(50, seed=3))
    z, _, p = equal_rates_z(found)
    statistic, df, same_p = rao_scott(found)
    assert (statistic, df, same_p) == pytest.approx((z**2, 1.0, p))


def test_rao_scott_of_single_decisions_is_pearsons_chi_square():
    generator = np.random.default_rng(4)
    n = np.eye(4)[generator.integers(0, 4, 4000)]
    x = n * (generator.random((4000, 1)) < 0.4)
    statistic, df, _ = rao_scott(spread_of_clusters(x, n))
    pearson, its_df, _ = omnibus_chi_square(x.sum(axis=0), n.sum(axis=0))
    assert statistic == pytest.approx(pearson, rel=0.01)
    assert df == pytest.approx(its_df, rel=0.01)


def test_pairs_of_one_mind_are_worth_half_of_their_number():
    """Trap: several decisions on one person taken for independent ones."""
    x, n = np.zeros((100, 2)), np.repeat(np.eye(2) * 2, 50, axis=0)
    x[:10, 0], x[50:70, 1] = 2, 2
    z, _, _ = equal_rates_z(spread_of_clusters(x, n))
    assert z == pytest.approx(float(pooled_z(10, 50, 20, 50)[0]) * np.sqrt(49 / 50))
    assert abs(z) < abs(float(pooled_z(20, 100, 40, 100)[0])) * 0.72
    low, high = robust_rate(spread_of_clusters(x, n), 0, 0.95)
    twice = robust_rate(spread_of_clusters(x / 2, n / 2), 0, 0.95)
    assert (low, high) == pytest.approx(twice)


def test_intervals_of_many_single_decisions_are_newcombes():
    x, n = np.zeros((4000, 2)), np.repeat(np.eye(2), 2000, axis=0)
    x[:300, 0], x[2000:2500, 1] = 1, 1
    found = robust_pair(spread_of_clusters(x, n), "rate_difference", 0.95)
    assert found == pytest.approx(newcombe(300, 2000, 500, 2000, 0.95), abs=2e-4)


def test_a_ratios_interval_holds_1_if_and_only_if_the_differences_holds_0():
    for seed in range(40):
        found = spread_of_clusters(*clustered(12, seed=seed))
        low, high = robust_pair(found, "rate_difference", 0.95)
        ratio_low, ratio_high = robust_pair(found, "impact_ratio", 0.95)
        assert (low <= 0 <= high) == (ratio_low <= 1 <= ratio_high)


def test_nobody_selected_bounds_the_ratio_from_above_only():
    x, n = clustered(30, seed=2)
    x[:, 0] = 0
    found = spread_of_clusters(x, n)
    low, high = robust_pair(found, "impact_ratio", 0.95)
    assert low == 0
    assert 0 < high < 1
    assert robust_rate(found, 0, 0.95)[0] == 0
    x, n = clustered(30, seed=2)
    x[:, 1] = 0
    assert robust_pair(spread_of_clusters(x, n), "impact_ratio", 0.95)[1] == np.inf


@pytest.mark.parametrize(("clusters", "there"), [(4, False), (5, True)])
def test_under_five_clusters_there_is_neither_interval_nor_test(clusters, there):
    found = spread_of_clusters([[1, 2], [0, 3], [2, 2], [1, 3], [0, 1]][:clusters], [[4, 4]] * clusters)
    results = [*equal_rates_z(found), *robust_rate(found, 0, 0.95), *robust_pair(found, "impact_ratio", 0.95)]
    assert np.isfinite(results).all() == there


def test_a_group_in_one_cluster_has_no_variance():
    n = [[4, 0], [4, 0], [4, 0], [4, 0], [4, 8]]
    found = spread_of_clusters([[1, 0], [2, 0], [0, 0], [3, 0], [1, 4]], n)
    assert np.isnan(found.covariance[1, 1])
    assert np.isnan(equal_rates_z(found)).all()
    assert np.isnan(robust_pair(found, "impact_ratio", 0.95)).all()


def test_degrees_of_freedom_are_welchs_where_no_cluster_has_two_groups():
    x = np.kron(np.eye(2), np.array([[1], [0], [2], [3], [1], [2]]))
    x[6:, 1] *= [1, 0, 1, 0, 1, 2]
    found = spread_of_clusters(x, np.kron(np.eye(2), np.full((6, 1), 4)))
    v = np.diag(found.covariance)
    assert degrees_of_freedom(found) == pytest.approx(v.sum() ** 2 / (v**2 / 5).sum())


def test_average_odds_of_the_same_rate_twice_are_its_difference():
    x, n = clustered(60, seed=9)
    twice = spread_of_clusters(np.hstack([x, x]), np.hstack([n, n]))
    found = not_less_than_independent(spread_of_clusters(x, n))
    z, _, _ = mean_difference_robust_z(twice)
    gap = found.rates[0] - found.rates[1]
    # where the design effect is above 1 nothing is raised, and the variance is that of the one difference
    assert z == pytest.approx(gap / np.sqrt(variance_of(found, (1, -1))), rel=1e-6)


cluster_tables = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)), min_size=6, max_size=20
)


@given(cluster_tables, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_order_labels_and_counting_alike_clusters_at_once_change_nothing(cells, random):
    table = np.array(cells)
    n = table[:, :2] + table[:, 2:]
    x = table[:, :2]
    assume((n.sum(axis=0) > 0).all())
    found = spread_of_clusters(x, n)
    order = list(range(len(n)))
    random.shuffle(order)
    both = np.hstack([x, n])
    profiles, times = np.unique(both, axis=0, return_counts=True)
    at_once = spread_of_clusters(profiles[:, :2], profiles[:, 2:], times)
    shuffled = spread_of_clusters(x[order], n[order])
    swapped = spread_of_clusters(x[:, ::-1], n[:, ::-1])
    for other in (at_once, shuffled):
        assert other.covariance == pytest.approx(found.covariance, nan_ok=True)
        assert other.clusters == found.clusters
    assert swapped.covariance[::-1, ::-1] == pytest.approx(found.covariance, nan_ok=True)
    z, df, p = equal_rates_z(found)
    assert (-equal_rates_z(swapped)[0], *equal_rates_z(swapped)[1:]) == pytest.approx((z, df, p), nan_ok=True)


@given(cluster_tables, st.floats(0.01, 1000))
@settings(max_examples=40, deadline=None)
def test_scaling_all_weights_changes_nothing(cells, scale):
    table = np.array(cells, float)
    x, n = table[:, :2], table[:, :2] + table[:, 2:]
    assume((n.sum(axis=0) > 0).all())
    one = spread_of_clusters(x, n, independent=[0.1, 0.1])
    other = spread_of_clusters(x * scale, n * scale, independent=[0.1, 0.1])
    assert other.covariance == pytest.approx(one.covariance, nan_ok=True)
    assert equal_rates_z(other) == pytest.approx(equal_rates_z(one), nan_ok=True, rel=1e-6)


def test_design_effects_and_correlations_survive_the_hypothesis():
    found = spread_of_clusters(*clustered(200, seed=11))
    equal = if_rates_were_equal(found)

    def effects(spread, p):
        return np.diag(spread.covariance) / (p * (1 - p) * spread.independent)

    def correlation(spread):
        return spread.covariance[0, 1] / np.sqrt(np.prod(np.diag(spread.covariance)))

    assert effects(equal, found.common) == pytest.approx(effects(found, found.rates))
    assert correlation(equal) == pytest.approx(correlation(found))


@pytest.mark.parametrize("times", [[3, 2, 4], [30, 20, 400]])
def test_bootstrap_of_clusters_has_the_moments_of_drawing_them_one_by_one(times):
    """Both ways of drawing: profile by profile, and cluster by cluster."""
    profiles = np.array([[2.0, 0.0], [0.0, 3.0], [1.0, 1.0]])
    drawn = cluster_draws(profiles, times, 20_000, 0)
    total = sum(times)
    share = np.array(times) / total
    mean = total * share @ profiles
    covariance = total * ((profiles.T * share) @ profiles - np.outer(share @ profiles, share @ profiles))
    assert drawn.mean(axis=0) == pytest.approx(mean, rel=0.02)
    assert np.cov(drawn.T) == pytest.approx(covariance, rel=0.06, abs=0.02 * covariance.max())


def test_weighted_replicates_spread_as_the_linearised_variance_says():
    w = np.random.default_rng(5).gamma(2.0, 1.0, 900)
    y = np.arange(900) % 3 == 0
    sums, squares = np.array([w[y].sum(), w[~y].sum()]), np.array([(w[y] ** 2).sum(), (w[~y] ** 2).sum()])
    drawn = weighted_draws(sums, squares, 20_000, 0)
    rates = drawn[:, 0] / drawn.sum(axis=1)
    found = spread_of_rows(sums[:1], sums[1:], (squares[:1], squares[1:]), 900)
    assert rates.var() == pytest.approx(found.covariance[0, 0], rel=0.05)


def test_t_reaches_further_than_z_where_clusters_are_few():
    found = spread_of_clusters(*clustered(8, seed=1))
    few = robust_rate(found, 0, 0.95)
    as_if_many = found._replace(overlap=found.overlap / 1000)
    many = robust_rate(as_if_many, 0, 0.95)
    assert few[0] < many[0] < many[1] < few[1]
    assert t_quantile(float(found.effective[0]) - 1, 0.95) > 2.3
