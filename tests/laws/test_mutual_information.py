"""Mutual information agrees with scikit-learn and scipy, and its interval is sound at 0 and away from it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from sklearn.metrics import mutual_info_score

from fairwitness.metrics.mutual_information import mutual_information

RUNS = 1000
ALLOWED = stats.binom(RUNS, 0.95).interval(0.99)

tables = arrays(np.int64, st.tuples(st.integers(2, 5), st.integers(2, 5)), elements=st.integers(0, 60)).filter(
    lambda t: (t.sum(axis=0) > 0).sum() > 1 and (t.sum(axis=1) > 0).sum() > 1
)


@given(tables)
def test_the_value_is_scikit_learns_less_millers_bias(table):
    rows, columns = (table.sum(axis=1) > 0).sum(), (table.sum(axis=0) > 0).sum()
    plain = mutual_info_score(None, None, contingency=table)
    found = mutual_information(table)
    assert found.value == pytest.approx(max(plain - (rows - 1) * (columns - 1) / (2 * table.sum()), 0), abs=1e-9)
    assert 0 <= found.low <= found.value <= found.high <= math.log(min(rows, columns)) + 1e-12
    assert found.low < found.high


@given(tables)
def test_neither_side_is_the_first_nor_an_empty_level_a_level(table):
    found, turned = mutual_information(table), mutual_information(table.T)
    assert (found.low, found.value, found.high) == pytest.approx((turned.low, turned.value, turned.high), abs=1e-9)
    assert mutual_information(np.insert(table, 1, 0, axis=0)) == found


@given(tables)
def test_zero_is_excluded_where_the_likelihood_ratio_test_rejects(table):
    g = stats.chi2_contingency(table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0], False, lambda_="log-likelihood")
    found = mutual_information(table, 0.9)
    if found.low > 0:
        assert g.pvalue < 0.05
    if g.pvalue > 0.05:
        assert found.low == 0


def test_nothing_to_tell_is_undefined():
    assert mutual_information([[0, 0], [0, 0]]).status == "undefined_empty_group"
    assert mutual_information([[3, 0], [5, 0]]).status == "single_group"
    assert mutual_information([[3, 5]]).value is None
    with pytest.raises(ValueError, match="table of counts"):
        mutual_information([[1, -1], [2, 2]])


def test_an_even_table_does_not_show_that_nothing_is_told():
    found = mutual_information([[25, 25], [25, 25]])
    assert (found.value, found.low) == (0, 0)
    # 100 people, G = 0.  The median of χ²₁, .4549 = .6745², has 2.5 % below it at the noncentrality λ with
    # Φ(.6745 − √λ) − Φ(−.6745 − √λ) = .025.  The second term is .0005 there, so √λ = .6745 + 1.9517, λ = 6.897 = 200·I.
    assert found.high == pytest.approx(0.03448, abs=1e-5)


SHARES = {
    "nothing, two by two": np.outer([0.5, 0.5], [0.7, 0.3]),
    "nothing, ten by two": np.outer(np.full(10, 0.1), [0.7, 0.3]),
    "little": np.array([[0.375, 0.125], [0.325, 0.175]]),
    "much": np.array([[0.4, 0.1], [0.1, 0.4]]),
    "a rare mark": np.array([[0.015, 0.035], [0.095, 0.855]]),
}


@pytest.mark.parametrize("case", SHARES)
def test_intervals_cover(case):
    rng, shares = np.random.default_rng(4), SHARES[case]
    logs = np.log(shares / np.outer(shares.sum(axis=1), shares.sum(axis=0)))
    truth = float((shares * logs).sum())
    covered = 0
    for _ in range(RUNS):
        found = mutual_information(rng.multinomial(600, shares.ravel()).reshape(shares.shape))
        covered += found.low <= truth + 1e-12 and truth <= found.high
    assert covered >= ALLOWED[0]
    if case.startswith("nothing"):  # with one tail only: 97.5 %
        assert covered <= stats.binom(RUNS, 0.975).ppf(0.995)
