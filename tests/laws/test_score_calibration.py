"""Scores and outcomes: the figures agree with scikit-learn and statsmodels and with counting every possibility."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve
from statsmodels.api import GLM, Logit, families

from fairwitness.metrics.abroca import abroca, abroca_test
from fairwitness.metrics.calibration import brier, brier_bound, in_the_large, in_the_large_bound
from fairwitness.metrics.calibration_error import (
    debiased_calibration_error,
    equal_width,
    expected_calibration_error,
    reliability,
)
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.group_auc import group_auc
from fairwitness.metrics.independent_difference import independent_difference
from fairwitness.metrics.logistic_recalibration import log_odds, logistic_fit, recalibration_slope, same_curve
from fairwitness.metrics.rate_intervals import wilson

SCORES = np.array([0.1, 0.3, 0.35, 0.6, 0.8, 0.95])
side = st.lists(st.integers(0, 5), min_size=6, max_size=6).map(np.array).filter(lambda c: c.sum() > 0)
group = st.tuples(side, side).map(np.stack)  # negatives, positives
few = st.lists(st.integers(0, 1), min_size=4, max_size=4).map(np.array).filter(lambda c: c.sum() > 0)
few_of_both = st.tuples(few, few).map(np.stack)


def rows(table, scores=SCORES):
    """One score and one outcome a person."""
    return np.concatenate([np.repeat(scores, part) for part in table]), np.repeat([0, 1], table.sum(axis=1))


# -- the area between ROC curves -------------------------------------------------------------------------------


def fine(table, at):
    """scikit-learn's curve, interpolated."""
    across, up, _ = roc_curve(rows(table)[1], rows(table)[0], drop_intermediate=False)
    return np.interp(at, across, up)


@given(group, group)
def test_abroca_is_the_integral_of_scikit_learns_curves(f, r):
    at = (np.arange(20_000) + 0.5) / 20_000
    assert abroca(f, r) == pytest.approx(np.abs(fine(f, at) - fine(r, at)).mean(), abs=2e-4)


@given(group, group)
def test_abroca_is_at_least_the_difference_of_areas_and_knows_no_direction(f, r):
    areas = [roc_auc_score(rows(side)[1], rows(side)[0]) for side in (f, r)]
    assert [group_auc(side[1], side[0]).value for side in (f, r)] == pytest.approx(areas, abs=1e-12)
    assert abs(areas[0] - areas[1]) - 1e-12 <= abroca(f, r) <= 1
    assert abroca(f, r) == pytest.approx(abroca(r, f), abs=1e-12)
    assert abroca(f, f) == pytest.approx(0, abs=1e-12)
    assert abroca(3 * f, 5 * r) == pytest.approx(abroca(f, r), abs=1e-12)


@given(group, group)
def test_turning_score_and_outcome_round_leaves_abroca_as_it_is(f, r):
    """ROC of the mirrored problem is the curve mirrored at the rising diagonal's perpendicular: the same area."""
    assert abroca(f[::-1, ::-1], r[::-1, ::-1]) == pytest.approx(abroca(f, r), abs=1e-9)


def test_curves_that_cross_do_not_cancel():
    """Both areas are .75.  One curve rises to .5, runs to .5, rises to 1 and runs on; the other rises to .5 and slopes to 1.

    Between them lie .5·x up to .5 and .5·(1 − x) from there: .0625 + .0625.
    """
    f = [[1, 0, 1, 0], [0, 1, 0, 1]]
    r = [[2, 0, 0, 0], [1, 0, 0, 1]]
    assert (group_auc(f[1], f[0]).value, group_auc(r[1], r[0]).value) == (0.75, 0.75)
    assert abroca(f, r) == pytest.approx(0.125, abs=1e-15)


@settings(max_examples=12)
@given(few_of_both, few_of_both)
def test_the_permutation_p_value_is_near_the_share_of_all_ways_to_deal(f, r):
    """Positives and negatives dealt anew, each among themselves; by drawing 2,000 times, within 5 standard errors."""
    both, seen, areas = f + r, abroca(f, r), []
    people = [np.repeat(np.arange(4), part) for part in both]
    for chosen in product(*(combinations(range(len(p)), int(n)) for p, n in zip(people, f.sum(axis=1), strict=True))):
        dealt = np.stack([np.bincount(p[list(c)], minlength=4) for p, c in zip(people, chosen, strict=True)])
        areas.append(abroca(dealt, both - dealt))
    exact = np.mean(np.array(areas) >= seen - 1e-9)
    found = abroca_test(f, r, 2000, seed=1)
    assert found.area == pytest.approx(seen, abs=1e-12)
    assert abs(found.p - exact) <= 5 * np.sqrt(exact * (1 - exact) / 2000) + 1 / 2001
    assert abs(found.by_chance - np.mean(areas)) <= 5 * np.std(areas) / np.sqrt(2000) + 1e-9


def test_a_permutation_p_value_is_never_nought():
    """A perfect score in one group, the same turned round in the other: no draw of 200 is as far apart."""
    f, r = np.array([[60, 0], [0, 60]]), np.array([[0, 60], [60, 0]])
    assert abroca_test(f, r, 200, seed=0).p == 1 / 201


def test_groups_that_differ_in_base_rates_only_are_not_told_apart():
    """The same curve, 20 % against 60 % positive: the areas agree, whatever the shares; the test says so."""
    f = np.array([[160, 80, 80], [10, 20, 50]]) * 2
    r = np.array([[40, 20, 20], [15, 30, 75]]) * 2
    assert abroca(f, r) == pytest.approx(0, abs=1e-12)
    assert abroca_test(f, r, 500, seed=0).p == 1.0


def test_a_long_score_is_cut_by_everybodys_scores():
    rng = np.random.default_rng(0)
    f, r = (rng.multinomial(4000, np.ones(6000) / 6000).reshape(2, 3000) for _ in range(2))
    found = abroca_test(f, r, 200, seed=0)
    assert found.levels == 15
    assert found.area == pytest.approx(abroca(f, r), abs=0.05)


def test_a_group_without_positives_has_no_curve():
    assert np.isnan(abroca([[1, 1], [0, 0]], [[1, 0], [0, 1]]))
    assert np.isnan(abroca_test([[1, 1], [0, 0]], [[1, 0], [0, 1]], 200, 0).p)


# -- the slope -------------------------------------------------------------------------------------------------


def overlapping(table):
    low, high = SCORES[table[0] > 0], SCORES[table[1] > 0]
    return high.min() < low.max() and low.min() < high.max()


@given(group)
def test_the_slope_and_its_interval_are_those_of_statsmodels(table):
    """From one row a person; at each end, twice the log-likelihood with the slope held there is 1.96² lower."""
    assume(overlapping(table))
    scores, outcomes = rows(table)
    x = log_odds(scores)
    fit = Logit(outcomes, np.column_stack([np.ones(len(x)), x])).fit(disp=0, tol=1e-10)
    found, ours = recalibration_slope(log_odds(SCORES), *table), logistic_fit(log_odds(SCORES), *table)
    assert found.value == pytest.approx(fit.params[1], abs=1e-6)
    assert (ours.intercept, ours.slope_error) == pytest.approx((fit.params[0], fit.bse[1]), rel=1e-5, abs=1e-5)
    for end in (found.low, found.high):
        held = Logit(outcomes, np.ones((len(x), 1)), offset=end * x).fit(disp=0)
        assert 2 * (fit.llf - held.llf) == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-5)


@given(side, st.integers(1, 5), st.booleans())
def test_where_a_cut_off_separates_the_outcomes_there_is_no_slope(everybody, cut, turned):
    lower, upper = np.where(np.arange(6) < cut, everybody, 0), np.where(np.arange(6) >= cut, everybody, 0)
    assume(lower.any() and upper.any())
    table = (upper, lower) if turned else (lower, upper)
    assert recalibration_slope(log_odds(SCORES), *table).status == "undefined"


def test_a_missing_outcome_is_named():
    assert recalibration_slope([0, 1], [1, 1], [0, 0]).status == "undefined_no_positives"
    assert recalibration_slope([0, 1], [0, 0], [1, 1]).status == "undefined_no_negatives"
    assert recalibration_slope([0, 1], [0, 0], [0, 0]).status == "undefined_empty_group"


@given(group, st.floats(0.1, 10), st.floats(-5, 5))
def test_the_slope_is_per_unit_of_the_score(table, factor, shift):
    assume(overlapping(table))
    one, other = recalibration_slope(SCORES, *table), recalibration_slope(factor * SCORES + shift, *table)
    for a, b in ((one.value, other.value), (one.low, other.low), (one.high, other.high)):
        assert b * factor == pytest.approx(a, rel=1e-5, abs=1e-5)


def test_extreme_scores_do_not_overflow():
    found = recalibration_slope(log_odds([1e-12, 0.5, 1 - 1e-12]), [10**6, 50, 1], [1, 50, 10**6])
    assert found.value == pytest.approx(np.log(10**6) / -log_odds(1e-12), rel=1e-6)  # a line through ±ln 10⁶


def test_two_groups_of_one_curve_by_statsmodels():
    """Likelihood ratio of a model with a group's own intercept and slope to one without."""
    f, r = np.array([[9, 7, 5, 4, 2, 1], [1, 2, 4, 5, 6, 7]]), np.array([[8, 8, 7, 5, 4, 3], [2, 1, 3, 2, 5, 4]])
    x = log_odds(np.concatenate([SCORES, SCORES]))
    of_focal = np.repeat([1.0, 0.0], 6)
    outcomes = np.concatenate([f[::-1].T, r[::-1].T])
    one = GLM(outcomes, np.column_stack([np.ones(12), x]), family=families.Binomial()).fit(tol=1e-12)
    own = GLM(outcomes, np.column_stack([np.ones(12), x, of_focal, of_focal * x]), family=families.Binomial()).fit(
        tol=1e-12
    )
    found = same_curve(log_odds(SCORES), [tuple(f), tuple(r)])
    assert found.df == 2
    assert found.statistic == pytest.approx(2 * (own.llf - one.llf), abs=1e-8)
    assert found.p == pytest.approx(stats.chi2.sf(found.statistic, 2), abs=1e-12)
    assert same_curve(log_odds(SCORES), [tuple(f), ([3, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 3])]) is None  # separated


# -- in the large, Brier, reliability --------------------------------------------------------------------------


@given(group)
def test_brier_is_scikit_learns(table):
    scores, outcomes = rows(table)
    assert brier(SCORES, *table).value == pytest.approx(brier_score_loss(outcomes, scores), abs=1e-12)
    expected = stats.ttest_1samp((scores - outcomes) ** 2, 0).confidence_interval(0.95)
    found = brier(SCORES, *table)
    if found.low is not None:
        assert (found.low, found.high) == pytest.approx((max(0, expected.low), min(1, expected.high)), abs=1e-9)


@given(group)
def test_in_the_large_is_the_share_less_the_mean_prediction(table):
    scores, outcomes = rows(table)
    found, (low, high) = in_the_large(SCORES, *table), wilson(table[1].sum(), table.sum(), 0.95)
    mean = scores.mean()
    assert (found.value, found.low, found.high) == pytest.approx(
        (outcomes.mean() - mean, low - mean, high - mean), abs=1e-12
    )


@given(group, st.integers(0, 10_000))
def test_bounds_of_binned_scores_hold_wherever_in_its_bin_a_score_lies(table, seed):
    low, high = np.array([0, 0.2, 0.35, 0.5, 0.7, 0.9]), np.array([0.2, 0.35, 0.5, 0.7, 0.9, 1])
    rng = np.random.default_rng(seed)
    scores = np.concatenate([rng.uniform(np.repeat(low, part), np.repeat(high, part)) for part in table])
    outcomes = np.repeat([0, 1], table.sum(axis=1))
    least, most = in_the_large_bound(low, high, *table)
    assert least - 1e-12 <= outcomes.mean() - scores.mean() <= most + 1e-12
    least, most = brier_bound(low, high, *table)
    assert least - 1e-12 <= np.mean((outcomes - scores) ** 2) <= most + 1e-12


@given(group)
def test_bounds_of_exact_scores_are_the_figure(table):
    assert in_the_large_bound(SCORES, SCORES, *table) == pytest.approx([in_the_large(SCORES, *table).value] * 2)
    assert brier_bound(SCORES, SCORES, *table) == pytest.approx([brier(SCORES, *table).value] * 2)


def test_a_bin_has_its_lower_end_exactly():
    """.7·10 is 7.000000000000001 and .29·100 is 28.999999999999996: bins go by comparing, not by multiplying."""
    assert equal_width([i / 10 for i in range(10)], 10).tolist() == list(range(10))
    assert equal_width([i / 100 for i in range(100)], 100).tolist() == list(range(100))


def test_the_raw_error_of_a_perfect_score_grows_as_the_group_shrinks_and_the_debiased_one_does_not():
    """Raw errors must not be compared between groups of 50 and of 5,000; 300 draws each."""
    rng = np.random.default_rng(0)
    levels = (np.arange(10) + 0.5) / 10
    raw, squared = {}, {}
    for n in (50, 5000):
        found = []
        for _ in range(300):
            people = rng.multinomial(n, np.ones(10) / 10)
            positive = rng.binomial(people, levels)
            bins = reliability(levels, people - positive, positive, np.arange(10), 10)
            kept = bins.n > 1
            rate = bins.positives[kept] / bins.n[kept]
            estimate = (rate - levels[kept]) ** 2 - rate * (1 - rate) / (bins.n[kept] - 1)
            found.append((expected_calibration_error(bins), bins.n[kept] @ estimate / bins.n[kept].sum()))
            value = debiased_calibration_error(bins).value
            assert value == pytest.approx(np.sqrt(max(0, found[-1][1])), abs=1e-12)
        raw[n], squared[n] = np.mean(found, axis=0)
    assert raw[50] > 5 * raw[5000]
    assert abs(squared[50]) < 0.003
    assert abs(squared[5000]) < 0.0003


def test_bins_of_one_person_are_left_out_and_counted():
    bins = reliability([0.2, 0.8], [4, 0], [1, 1], [0, 1], 2)
    assert debiased_calibration_error(bins).n == 5
    assert debiased_calibration_error(reliability([0.2], [1], [0], [0], 1)).status == "undefined"


def test_no_interval_where_squared_errors_are_all_alike():
    found = brier([0.5], [3], [4])
    assert (found.value, found.low, found.method) == (0.25, None, None)
    assert brier([0.5], [0], [0]).status == "undefined_empty_group"
    assert in_the_large([0.5], [0], [0]).status == "undefined_empty_group"


def test_the_difference_of_two_rates_is_newcombes():
    """56 of 70 less 48 of 80, published as .0524 to .3339."""
    rates = [Estimate(x / n, *map(float, wilson(x, n, 0.95)), 0.95, "wilson", "ok", n) for x, n in ((56, 70), (48, 80))]
    found = independent_difference(*rates)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
    nothing = Estimate.undefined("undefined_no_positives", level=0.95, n=3)
    assert independent_difference(rates[0], nothing).status == "undefined_no_positives"
    bare = Estimate(0.1, None, None, 0.95, None, "ok", 5)
    assert independent_difference(bare, rates[1]).low is None
