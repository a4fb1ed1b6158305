"""The area under the curve agrees with scipy, scikit-learn, pROC and the definition, and its interval covers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from fairwitness.metrics.auc import auc, auc_covariance, auc_difference
from fairwitness.metrics.cross_fitted_auc import cross_fitted_auc

RUNS = 1000
ALLOWED = stats.binom(RUNS, 0.95).interval(0.99)  # how often of 1,000 a 95 % interval may cover

scored = st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=2, max_size=40).filter(
    lambda rows: 0 < sum(label for _, label in rows) < len(rows)
)


def by_definition(scores, labels):
    """DeLong's placements by comparing every pair, and the variance from them."""
    scores, labels = np.asarray(scores, float), np.asarray(labels, bool)
    above = scores[labels][:, None] > scores[~labels][None]
    pairs = above + 0.5 * (scores[labels][:, None] == scores[~labels][None])
    return pairs.mean(axis=1), pairs.mean(axis=0)


@given(scored)
def test_the_area_is_mann_whitney_and_scikit_learn(rows):
    scores, labels = map(np.array, zip(*rows, strict=True))
    u = stats.mannwhitneyu(scores[labels], scores[~labels]).statistic
    value = auc(scores, labels).value
    assert value == pytest.approx(u / (labels.sum() * (~labels).sum()), abs=1e-12)
    assert value == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)


@given(scored)
def test_turning_the_score_round_turns_the_interval_round(rows):
    scores, labels = map(np.array, zip(*rows, strict=True))
    one, other = auc(scores, labels), auc(-scores, labels)
    assert (1 - other.value, 1 - other.high, 1 - other.low) == pytest.approx((one.value, one.low, one.high), abs=1e-9)
    assert one.low <= one.value <= one.high
    assert one.low < one.high  # never of width 0
    assert one.low >= 0
    assert one.high <= 1


@given(scored)
def test_only_the_order_of_scores_matters(rows):
    scores, labels = map(np.array, zip(*rows, strict=True))
    assert auc(np.exp(scores.astype(float)), labels) == auc(scores, labels)


def test_the_covariance_is_that_of_the_definition():
    rng = np.random.default_rng(0)
    labels = rng.random(60) < 0.4
    scores = np.round(rng.normal(size=(3, 60)) + labels, 1)  # with ties
    areas, covariance = auc_covariance(scores, labels)
    placed = [by_definition(row, labels) for row in scores]
    m, n = labels.sum(), (~labels).sum()
    expected = np.cov([p for p, _ in placed]) / m + np.cov([q for _, q in placed]) / n
    np.testing.assert_allclose(areas, [p.mean() for p, _ in placed], rtol=1e-12)
    np.testing.assert_allclose(covariance, expected, rtol=1e-10)
    difference = auc_difference(scores[0], scores[1], labels)
    variance = expected[0, 0] + expected[1, 1] - 2 * expected[0, 1]
    assert difference.value == pytest.approx(areas[0] - areas[1], abs=1e-12)
    assert difference.high - difference.low == pytest.approx(2 * stats.norm.ppf(0.975) * math.sqrt(variance), rel=1e-9)


# Good and poor outcomes of 113 patients by the 50 values of S100B that occur, in order, as the sensitivities and
# specificities in the tests of the R package pROC have them; area and variance are printed there (test-roc.R, test-var.R).
GOOD = [int(n) for n in "05326667403443212001000101110101011210200000000000"]
POOR = [int(n) for n in "10003122112101000110111011101010200011011112111111"]


def test_s100b_as_proc_has_it():
    values = np.arange(50)
    scores = np.concatenate([np.repeat(values, GOOD), np.repeat(values, POOR)])
    labels = np.repeat([False, True], [72, 41])
    areas, covariance = auc_covariance(scores, labels)
    assert areas[0] == pytest.approx(0.73136856368563685, abs=1e-15)
    assert covariance[0, 0] == pytest.approx(0.00266868245717244, abs=1e-16)
    # The logit interval by hand: ln(.7314/.2686) = 1.0017; 1.96·√.0026687/(.7314·.2686) = .5154; so .6192 to .8201.
    found = auc(scores, labels)
    assert (found.low, found.high, found.method) == (
        *(pytest.approx(e, abs=2e-4) for e in (0.6192, 0.8201)),
        "delong_logit",
    )


@pytest.mark.parametrize(
    ("scores", "labels", "status"),
    [
        ([], [], "undefined_no_positives"),
        ([1, 2], [0, 0], "undefined_no_positives"),
        ([1], [1], "undefined_no_negatives"),
    ],
)
def test_without_a_class_nothing_is_defined(scores, labels, status):
    for found in (
        auc(scores, labels),
        auc_difference(scores, scores, labels),
        cross_fitted_auc(scores, labels, labels),
    ):
        assert (found.value, found.low, found.high, found.status) == (None, None, None, status)
    assert np.isnan(auc_covariance(scores, labels)[0]).all()


@pytest.mark.parametrize(
    ("scores", "labels", "words"),
    [([1, math.nan], [0, 1], "nan"), ([1, 2], [0, 2], "neither true nor false"), ([1, 2], [0], "one label")],
)
def test_what_is_no_score_or_label_is_refused(scores, labels, words):
    with pytest.raises(ValueError, match=words):
        auc(scores, labels)


def test_a_perfect_and_a_constant_score_keep_their_doubt():
    labels = np.repeat([False, True], [50, 50])
    perfect, constant = auc(np.arange(100), labels), auc(np.zeros(100), labels)
    assert (perfect.value, perfect.high, perfect.method) == (1, 1, "newcombe_auc")
    assert 0.9 < perfect.low < 1
    assert (constant.value, constant.low + constant.high) == (0.5, pytest.approx(1))
    # Newcombe's variance at .5 with m = n = 50: .25/2500·(1 + 49·(2·.5/1.5)) = .0033667, and 1.96·√ of it = .1137;
    # its own variance at the ends is a little smaller.
    assert constant.high == pytest.approx(0.61, abs=0.005)


def test_scores_in_the_same_order_differ_by_nothing_and_have_no_interval():
    labels = np.arange(60) % 2 == 0
    scores = np.random.default_rng(0).normal(size=60) + labels
    same = auc_difference(scores, np.exp(scores), labels)
    assert (same.value, same.low, same.high, same.method) == (0, None, None, None)


@pytest.mark.parametrize(("m", "n", "apart"), [(100, 100, 0.0), (100, 300, 1.2), (40, 60, 0.8), (12, 80, 0.8)])
def test_intervals_cover_the_true_area(m, n, apart):
    rng = np.random.default_rng(1)
    truth = stats.norm.cdf(apart / math.sqrt(2))  # of two normals that far apart
    labels = np.repeat([True, False], [m, n])
    drawn = (auc(rng.normal(size=m + n) + apart * labels, labels) for _ in range(RUNS))
    covered = sum(found.low <= truth <= found.high for found in drawn)
    assert ALLOWED[0] <= covered <= ALLOWED[1]


def test_differences_cover_the_true_difference():
    rng = np.random.default_rng(2)
    labels = np.repeat([True, False], [80, 120])
    truth = stats.norm.cdf(1 / math.sqrt(2)) - stats.norm.cdf(1 / math.sqrt(4))  # the second with noise of variance 1
    covered = 0
    for _ in range(RUNS):
        one = rng.normal(size=200) + labels
        found = auc_difference(one, one + rng.normal(size=200), labels)
        covered += found.low <= truth <= found.high
    assert ALLOWED[0] <= covered <= ALLOWED[1]


def learnt(levels, labels, second):
    """Rates by level, of the other half."""
    scores = np.empty(len(labels))
    for half in (second, ~second):
        n = np.bincount(levels[~half], minlength=levels.max() + 1)
        scores[half] = ((np.bincount(levels[~half], labels[~half], levels.max() + 1) + 0.5) / (n + 1))[levels[half]]
    return scores


@pytest.mark.parametrize("kinds", [10, 40])
def test_nothing_learnt_is_seen_as_nothing(kinds):
    """Halves treated as independent would cover in about 85 % of runs."""
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(RUNS):
        labels, levels = rng.random(400) < 0.4, rng.integers(0, kinds, 400)
        second = rng.random(400) < 0.5
        found = cross_fitted_auc(learnt(levels, labels, second), labels, second)
        covered += found.low <= 0.5 <= found.high
    assert covered >= ALLOWED[0]


def test_of_two_halves_the_mean_is_taken():
    # The first half in order (1), the second the other way round (0).
    found = cross_fitted_auc([2, 1, 1, 2], [1, 0, 1, 0], [False, False, True, True])
    assert found.value == 0.5
    assert found.method == "newcombe_auc"
    assert found.n == 4
