"""What an input contributes: by hand, exact where it can be, and with intervals that cover."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from fairwitness.metrics.contribution import change_estimate, composition_estimate, composition_part

RUNS = 300
ALLOWED = stats.binom(RUNS, 0.95).interval(0.99)


def test_composition_by_hand():
    # Shares of two levels .75/.25 and .25/.75; rates .5 and .2 in one group, .3 and .4 in the other.
    # (.75 − .25)·(.5 + .3)/2 + (.25 − .75)·(.2 + .4)/2 = .2 − .15.
    table = [[[30, 30], [16, 4]], [[14, 6], [36, 24]]]
    assert composition_part(table) == pytest.approx(0.05)
    assert composition_part(np.array(table)[::-1]) == pytest.approx(-0.05)


def test_all_of_a_gap_goes_with_an_input_that_decides():
    assert composition_part([[[20, 0], [0, 80]], [[60, 0], [0, 40]]]) == pytest.approx(0.4)


def test_none_of_a_gap_goes_with_an_input_that_both_groups_have_alike():
    assert composition_part([[[10, 40], [25, 25]], [[40, 10], [40, 10]]]) == pytest.approx(0)


def test_parts_and_rest_make_the_whole_where_a_level_is_empty():
    # The second group is not in the third level; the other's rate, 1, stands for both: (.2 − 0)·1.
    table = np.array([[[20, 20], [20, 20], [0, 20]], [[25, 25], [25, 25], [0, 0]]])
    n = table.sum(axis=-1)
    shares, first = n / n.sum(axis=-1, keepdims=True), table[0, :, 1] / n[0]
    rest = ((shares[0] + shares[1]) / 2 * (first - np.array([0.5, 0.5, 1.0]))).sum()
    gap = table[0, :, 1].sum() / 100 - table[1, :, 1].sum() / 100
    assert composition_part(table) == pytest.approx(gap - rest)


def test_an_empty_group_is_undefined():
    assert composition_estimate([[[0, 0]], [[3, 4]]], level=0.95, draws=10, seed=0).status == "undefined_empty_group"
    assert change_estimate([0, 1], [[0, 0], [3, 4]], level=0.95, draws=10, seed=0).status == "undefined_empty_group"


def test_a_model_that_never_changes_has_no_interval():
    found = change_estimate([0.0], [[10], [20]], level=0.95, draws=100, seed=0)
    assert (found.value, found.low, found.high) == (0, None, None)


def test_intervals_of_compositions_cover():
    # Levels .7/.3 and .4/.6, rates .6 and .3 in both groups: (.7 − .4)·.6 + (.3 − .6)·.3 = .09.
    rng = np.random.default_rng(6)
    shares = np.array([[0.7, 0.3], [0.4, 0.6]])[..., None] * np.array([[0.4, 0.6], [0.7, 0.3]]) / 2
    covered = 0
    for seed in range(RUNS):
        table = rng.multinomial(600, shares.ravel()).reshape(2, 2, 2)
        found = composition_estimate(table, level=0.95, draws=400, seed=seed)
        covered += found.low <= 0.09 <= found.high
    assert ALLOWED[0] <= covered <= ALLOWED[1]


def test_intervals_of_changes_cover():
    # Changes of 0 and 1 in .3 and .1 of the groups: .2.
    rng = np.random.default_rng(7)
    covered = 0
    for seed in range(RUNS):
        x, y = rng.binomial(300, 0.3), rng.binomial(200, 0.1)
        found = change_estimate([0, 1], [[300 - x, x], [200 - y, y]], level=0.95, draws=400, seed=seed)
        covered += found.low <= 0.2 <= found.high
    assert ALLOWED[0] <= covered <= ALLOWED[1]
