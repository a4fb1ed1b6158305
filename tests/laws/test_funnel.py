"""A funnel's figures: the product of the stages is the whole, whatever is relabelled, merged or scaled."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwitness.metrics.disparity import impact_ratio
from fairwitness.metrics.funnel import cumulative_rates, effective_counts, stage_contributions
from fairwitness.metrics.rate_intervals import wilson


@st.composite
def funnels(draw, undecided=True):
    """Passed and entered of one group: each stage decides on those who passed the one before, or on some of them."""
    came, passed, entered = draw(st.integers(1, 60)), [], []
    for _ in range(draw(st.integers(1, 4))):
        entered.append(draw(st.integers(0, came)) if undecided else came)
        passed.append(draw(st.integers(0, entered[-1])))
        came = passed[-1]
    return np.array(passed), np.array(entered)


def exact_rates(passed, entered):
    """The same by fractions: None from the first stage that nobody entered, unless the rate was 0 before."""
    so_far, made = Fraction(1), []
    for x, n in zip(passed.tolist(), entered.tolist(), strict=True):
        if so_far is not None and so_far != 0:
            so_far = so_far * Fraction(x, n) if n else None
        made.append(so_far)
    return made


@given(funnels())
def test_cumulative_rates_are_the_products_of_fractions(funnel):
    found = cumulative_rates(*funnel)
    for value, expected in zip(found, exact_rates(*funnel), strict=True):
        assert np.isnan(value) if expected is None else value == pytest.approx(float(expected), rel=1e-12)


@given(funnels(undecided=False))
def test_where_everybody_is_decided_upon_the_rate_is_passed_of_applied_exactly(funnel):
    """Also from the first stage on that nobody entered: then nobody of the applicants passed."""
    passed, entered = funnel
    x, n = effective_counts(passed, entered)
    assert x.tolist() == passed.tolist()
    assert set(n.tolist()) == {entered[0]} or entered[0] == 0


@given(funnels())
def test_the_effective_number_lies_between_those_decided_upon_last_and_the_applicants(funnel):
    passed, entered = funnel
    x, n = effective_counts(passed, entered)
    rate = cumulative_rates(passed, entered)
    for stage in range(len(n)):
        if np.isnan(rate[stage]):
            assert np.isnan(n[stage])
            continue
        assert x[stage] == pytest.approx(rate[stage] * n[stage])
        assert n[stage] <= entered[0] * (1 + 1e-9)
        if rate[stage] > 0:
            assert n[stage] >= entered[stage] * (1 - 1e-9)


def test_greenwoods_variance():
    """Of 40 people 20 pass, 16 of these are decided upon and 4 pass: P = 1/8.

    Greenwood: P²·(20/(40·20) + 12/(16·4)) = (1/64)·(1/40 + 3/16) = .0033203; P(1 - P)/n gives the same at n = 32.94.
    """
    x, n = effective_counts([20, 4], [40, 16])
    assert (1 / 8) * (7 / 8) / n[1] == pytest.approx((1 / 64) * (1 / 40 + 3 / 16), rel=1e-12)
    low, high = wilson(x[1], n[1], 0.95)
    assert low < 1 / 8 < high


@given(funnels(), funnels(), st.integers(2, 5))
def test_scaling_counts_leaves_rates_and_scales_the_effective_number(a, b, times):
    for passed, entered in (a, b):
        np.testing.assert_allclose(cumulative_rates(times * passed, times * entered), cumulative_rates(passed, entered))
        scaled, once = effective_counts(times * passed, times * entered)[1], effective_counts(passed, entered)[1]
        np.testing.assert_allclose(scaled, times * once, rtol=1e-9)


@given(st.integers(1, 4).flatmap(lambda s: st.lists(st.tuples(*[st.integers(1, 30)] * 4), min_size=s, max_size=s)))
def test_contributions_add_up_to_the_logarithm_of_the_ratio(stages):
    """Under one reference for all stages; and exchanging the groups turns every sign."""
    xf, more_f, xr, more_r = np.array(stages).T
    nf, nr = xf + more_f, xr + more_r
    parts = stage_contributions(xf, nf, xr, nr)
    whole = cumulative_rates(xf, nf)[-1] / cumulative_rates(xr, nr)[-1]
    assert parts.sum() == pytest.approx(np.log(whole), abs=1e-9)
    np.testing.assert_allclose(stage_contributions(xr, nr, xf, nf), -parts, atol=1e-12)


def test_with_a_reference_of_its_own_at_each_stage_the_ratios_do_not_multiply_to_the_whole():
    """Rates .5 and .4, then .5 and .8: to the highest of each stage .8 and .625, to b throughout 1.25 and .625."""
    of_a, of_b = impact_ratio([50, 25], [100, 50], [40, 32], [100, 40])[()], (25 / 100) / (32 / 100)
    assert of_a.tolist() == [1.25, 0.625]
    assert np.prod(of_a) == pytest.approx(of_b)
    own = [0.4 / 0.5, 0.5 / 0.8]
    assert np.prod(own) == pytest.approx(0.5)  # of no group's bottom line: .25/.32 is .78


def test_no_part_can_be_told_where_nobody_passed():
    parts = stage_contributions([0, 0], [10, 0], [5, 2], [10, 5])
    assert np.isnan(parts).all()
    assert cumulative_rates([0, 0], [10, 0]).tolist() == [0.0, 0.0]
