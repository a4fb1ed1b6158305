"""What is drawn follows the law it is said to follow; the same seed gives the same draws."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from fairwitness.metrics.bootstrap import cell_draws, percentile_interval
from fairwitness.metrics.disparity import impact_ratio
from fairwitness.metrics.null_ratio import null_worst_ratio
from fairwitness.metrics.rate_intervals import wilson
from fairwitness.metrics.table_disparity import demographic_parity_ratio

LINE = Fraction(4, 5)
# 6 RCNY 5-301(b), the intersectional table of the rule's own example: applicants of the 14 categories
NEW_YORK = [205, 190, 412, 226, 87, 321, 24, 115, 385, 164, 32, 295, 17, 98]


def test_the_same_seed_gives_the_same_draws():
    cells = [[3, 7], [6, 4]]
    np.testing.assert_array_equal(cell_draws(cells, 50, seed=7), cell_draws(cells, 50, seed=7))
    assert (cell_draws(cells, 50, seed=7) != cell_draws(cells, 50, seed=8)).any()
    assert null_worst_ratio([30, 40], 20, LINE, 99, seed=1) == null_worst_ratio([30, 40], 20, LINE, 99, seed=1)


def test_cell_draws_have_the_mean_and_variance_of_rows_drawn_with_replacement():
    """Of N rows, cell c: mean N·p, variance N·p(1 - p), covariance of two cells -N·p·q; each within 5 standard errors."""
    cells, draws = np.array([[30, 70, 0], [5, 60, 35]]), 40_000
    replicates = cell_draws(cells, draws, seed=4).reshape(draws, -1)
    n, p = cells.sum(), cells.ravel() / cells.sum()
    assert (replicates.sum(axis=1) == n).all()
    assert (replicates[:, 2] == 0).all()  # nobody is drawn from an empty cell
    variance = n * p * (1 - p)
    assert (np.abs(replicates.mean(axis=0) - n * p) <= 5 * np.sqrt(variance / draws)).all()
    assert (np.abs(replicates.var(axis=0) - variance) <= 5 * variance * np.sqrt(2 / draws)).all()
    assert np.cov(replicates[:, 0], replicates[:, 1])[0, 1] == pytest.approx(-n * p[0] * p[1], rel=0.1)


def test_a_table_without_decisions_stays_empty():
    assert not cell_draws([[0, 0], [0, 0]], 3, seed=0).any()


def test_percentile_interval_leaves_undefined_replicates_out_and_says_how_many():
    values = [math.nan, 1, 2, 3, 4, 5, math.nan, 6, 7, 8]  # 8 defined; the middle half of 1..8 is 2.75..6.25
    low, high, share = percentile_interval(values, 0.5)
    assert (low, high, share) == (2.75, 6.25, 0.2)


def test_a_statistic_that_never_varies_has_no_percentile_interval():
    """Nobody of 12 selected: every replicate's ratio is 0, and [0, 0] would claim to know that the true rate is 0."""
    replicates = cell_draws([[0, 12], [20, 20]], 500, seed=0)
    counts = {"selected": replicates[..., 0], "not_selected": replicates[..., 1]}
    low, high, undefined = percentile_interval(demographic_parity_ratio(counts), 0.95)
    assert math.isnan(low)
    assert math.isnan(high)
    assert undefined < 0.01
    assert wilson(0, 12, 0.95)[1] > 0.2  # what a score interval says instead: up to 24 %


def test_percentile_intervals_of_several_statistics_at_once():
    values = np.column_stack([np.arange(101.0), np.zeros(101), np.full(101, math.nan)])
    low, high, share = percentile_interval(values, 0.9)
    np.testing.assert_allclose(low, [5, math.nan, math.nan])
    np.testing.assert_allclose(high, [95, math.nan, math.nan])
    np.testing.assert_array_equal(share, [0, 0, 1])


def exact_null(sizes, selected_total, line):
    """Enumerate every outcome of independent binomials at the pooled rate."""
    p = Fraction(selected_total, sum(sizes))
    below = none = Fraction(0)
    for x in product(*(range(n + 1) for n in sizes)):
        weight = math.prod(
            (Fraction(math.comb(n, a)) * p**a * (1 - p) ** (n - a) for n, a in zip(sizes, x, strict=True)),
            start=Fraction(1),
        )
        rates = [Fraction(a, n) for a, n in zip(x, sizes, strict=True)]
        if max(rates) == 0:
            none += weight
        elif min(rates) / max(rates) < line:
            below += weight
    return float(below / (1 - none)), float(none)


@pytest.mark.parametrize(("sizes", "selected"), [((10, 12), 8), ((5, 10, 15), 12), ((4, 5), 2)])
def test_null_worst_ratio_against_enumeration(sizes, selected):
    """With sizes 5, 10 and 15 a ratio of exactly 4/5 is common, and does not count as below."""
    draws = 100_000
    found = null_worst_ratio([*sizes, 0], selected, LINE, draws, seed=5)  # an empty group is left out
    for seen, p in zip(
        (found.p_below_threshold, found.share_undefined), exact_null(sizes, selected, LINE), strict=True
    ):
        assert abs(seen - p) <= 5 * math.sqrt(p * (1 - p) / (draws * 0.5))


def test_null_worst_ratio_of_the_new_york_example():
    """Equal rates of .48 in its 14 categories: 97 % show a ratio below .80; median .64, 5 % point .44."""
    assert sum(NEW_YORK) == 2571
    found = null_worst_ratio(NEW_YORK, round(0.48 * 2571), LINE, 20_000, seed=0)
    assert found.p_below_threshold == pytest.approx(0.97, abs=0.005 + 0.005)
    assert found.median == pytest.approx(0.64, abs=0.005 + 0.005)
    assert found.p05 == pytest.approx(0.44, abs=0.005 + 0.01)
    assert found.share_undefined == 0


@pytest.mark.parametrize(("sizes", "selected"), [([10], 3), ([10, 0], 3), ([], 0), ([10, 10], 0)])
def test_null_worst_ratio_is_undefined(sizes, selected):
    found = null_worst_ratio(sizes, selected, LINE, 10, seed=0)
    assert math.isnan(found.median)
    assert math.isnan(found.p_below_threshold)


def test_null_worst_ratio_where_no_draw_has_a_selection():
    """One draw for two people at rate ½ has nobody selected one time in four."""
    found = [null_worst_ratio([1, 1], 1, LINE, draws=1, seed=seed) for seed in range(40)]
    empty = [f for f in found if f.share_undefined == 1]
    assert 3 <= len(empty) <= 20
    assert all(math.isnan(f.median) and math.isnan(f.p_below_threshold) for f in empty)


def test_the_percentile_interval_of_a_pair_is_near_the_score_interval_when_numbers_are_large():
    """4,000 and 5,000 of 10,000 each: both are near .8·exp(±1.96·√(1/4000 - 1/10000 + 1/5000 - 1/10000))."""
    replicates = cell_draws([[4000, 6000], [5000, 5000]], 4000, seed=9)
    ratio = impact_ratio(
        replicates[:, 0, 0], replicates[:, 0].sum(axis=1), replicates[:, 1, 0], replicates[:, 1].sum(axis=1)
    )
    error = 1.959963984540054 * math.sqrt(1 / 4000 - 1 / 10000 + 1 / 5000 - 1 / 10000)
    low, high, undefined = percentile_interval(ratio, 0.95)
    assert undefined == 0
    assert (low, high) == pytest.approx((0.8 * math.exp(-error), 0.8 * math.exp(error)), abs=0.002)
