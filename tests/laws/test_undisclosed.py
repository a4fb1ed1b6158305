"""Bounds for undisclosed groups equal brute-force enumeration; the curve runs between them."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fairwitness.metrics.disclosure_odds import ODDS, rates_at_odds, tipping_odds
from fairwitness.metrics.membership import joint_bounds, membership_spread
from fairwitness.metrics.undisclosed import (
    Undisclosed,
    difference_bounds,
    extreme_tables,
    rate_bounds,
    ratio_bounds,
)


def shared_out(people, groups):
    """Yield every way to share people out among groups."""
    if groups == 1:
        yield (people,)
        return
    for first in range(people + 1):
        for rest in shared_out(people - first, groups - 1):
            yield (first, *rest)


def every_table(groups, unknown):
    for chosen, refused in product(
        shared_out(unknown.selected, len(groups)), shared_out(unknown.rejected, len(groups))
    ):
        yield [Fraction(x + s, n + s + t) for (x, n), s, t in zip(groups, chosen, refused, strict=True)]


tables = st.lists(st.integers(1, 7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=4)
undisclosed = st.builds(Undisclosed, st.integers(0, 4), st.integers(0, 5))


@given(tables, undisclosed)
@settings(max_examples=150, deadline=None)
def test_bounds_equal_enumeration_whichever_group_comes_out_highest(groups, unknown):
    rates = list(every_table(groups, unknown))
    differences = [r[0] - max(r[1:]) for r in rates]
    assert difference_bounds(groups[0], groups[1:], unknown) == (min(differences), max(differences))
    assert rate_bounds(groups[0], unknown) == (min(r[0] for r in rates), max(r[0] for r in rates))
    found = ratio_bounds(groups[0], groups[1:], unknown)
    highest = [max(r[1:]) for r in rates]
    if all(highest):
        ratios = [r[0] / top for r, top in zip(rates, highest, strict=True)]
        assert found == (min(ratios), max(ratios))
    else:
        assert found.high is None


@given(tables, undisclosed)
@settings(max_examples=60, deadline=None)
def test_the_extreme_tables_are_shares_of_the_undisclosed(groups, unknown):
    for (x, n), (other_x, other_n) in extreme_tables(groups[0], groups[1:], unknown):
        assert 0 <= x - groups[0][0] <= unknown.selected
        assert 0 <= (n - x) - (groups[0][1] - groups[0][0]) <= unknown.rejected
        assert any(
            0 <= other_x - a <= unknown.selected and 0 <= (other_n - other_x) - (b - a) <= unknown.rejected
            for a, b in groups[1:]
        )


def test_the_highest_group_may_change():
    """As disclosed B is highest; with both undisclosed selected in C it is C, and A's ratio is smaller than with B."""
    groups, unknown = [(4, 10), (6, 10), (1, 2)], Undisclosed(2, 0)
    low = ratio_bounds(groups[0], groups[1:], unknown).low
    assert low == Fraction(4, 10) / Fraction(3, 4)
    with_b_alone = ratio_bounds(groups[0], [groups[1]], unknown).low
    assert low < with_b_alone


def test_many_undisclosed_are_spread_without_counting_them_one_by_one():
    groups = [(300_000, 900_000), (500_000, 1_000_000), (400_000, 500_000), (90_000, 100_000)]
    found = ratio_bounds(groups[0], groups[1:], Undisclosed(10_000, 700_000))
    # 490,000 rejected would bring the third, 155,555 the fourth... the line where 700,000 are used up:
    # 400,000/λ - 500,000 + 90,000/λ - 100,000 = 700,000, so λ = 490,000/1,300,000, below the second's ½, which needs
    # some too: 990,000/λ = 2,300,000.
    line = 990_000 / 2_300_000
    assert float(found.high) == pytest.approx(310_000 / 910_000 / line, rel=1e-5)


@given(tables, undisclosed)
@settings(max_examples=60, deadline=None)
def test_nothing_undisclosed_leaves_nothing_open(groups, unknown):
    assume(max(x / n for x, n in groups[1:]) > 0)
    nobody = Undisclosed(0, 0)
    low, high = ratio_bounds(groups[0], groups[1:], nobody)
    assert low == high == Fraction(*groups[0]) / max(Fraction(*g) for g in groups[1:])
    wider = ratio_bounds(groups[0], groups[1:], unknown)
    assert wider.low <= low
    assert wider.high is None or wider.high >= high


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), min_size=2, max_size=4),
    st.builds(Undisclosed, st.integers(0, 20), st.integers(0, 20)),
)
@settings(max_examples=60, deadline=None)
def test_the_curve_falls_and_stays_within_the_bounds(pairs, unknown):
    groups = [(x, x + rejected) for x, rejected in pairs]
    x, n = np.array(groups).T
    odds = np.array([1e-12, *ODDS, 1e12])
    first, second = rates_at_odds(x, n, unknown, (0, 1), odds)
    ratios = first / second
    assert (np.diff(ratios) <= 1e-12).all()
    low, high = ratio_bounds(groups[0], [groups[1]], unknown)
    assert float(low) - 1e-9 <= ratios.min()
    assert ratios.max() <= float(high) + 1e-9
    if len(groups) == 2:  # far out it reaches them
        assert ratios[-1] == pytest.approx(float(low), rel=1e-4)
        assert ratios[0] == pytest.approx(float(high), rel=1e-4)


def test_at_odds_1_the_undisclosed_are_like_those_who_disclosed_among_the_selected_and_the_rejected():
    # 8 of 10 and 2 of 10, and half as many again of each kind: rates stay.  Only rejected undisclosed: rates fall alike.
    first, second = rates_at_odds([8, 2], [10, 10], Undisclosed(5, 5), (0, 1), 1.0)
    assert (first, second) == pytest.approx((0.8, 0.2))
    first, second = rates_at_odds([8, 2], [10, 10], Undisclosed(0, 10), (0, 1), 1.0)
    assert (first, second) == pytest.approx((8 / 12, 2 / 18))


@pytest.mark.parametrize(("line", "there"), [(0.58, False), (0.6, True), (0.9, True), (0.92, False)])
def test_the_line_is_crossed_only_between_the_bounds(line, there):
    """The bounds are .592 and .910."""
    found = tipping_odds([30, 50], [100, 120], Undisclosed(6, 14), (0, 1), line)
    assert (found is not None) == there


# -- probabilities of membership -----------------------------------------------------------------------------------


def test_certain_probabilities_give_the_groups_own_rates():
    generator = np.random.default_rng(0)
    group, y = generator.integers(0, 2, 200), generator.integers(0, 2, 200)
    found = membership_spread(np.eye(2)[group], y)
    assert found.rates == pytest.approx([y[group == g].mean() for g in (0, 1)])
    n = np.bincount(group)
    assert np.diag(found.covariance) == pytest.approx(found.rates * (1 - found.rates) / (n - 1))
    assert found.covariance[0, 1] == 0


def test_weights_are_right_and_labels_wrong_where_probabilities_are_right():
    """20,000 people; selection depends on what the probability is made of alone.  Labels exaggerate the difference."""
    generator = np.random.default_rng(1)
    p = generator.beta(0.7, 0.7, 20_000)
    member = generator.random(20_000) < p
    y = generator.random(20_000) < 0.6 - 0.4 * p
    truth = np.array([y[member].mean(), y[~member].mean()])
    both = np.stack([p, 1 - p], axis=1)
    weighted = membership_spread(both, y)
    labelled = membership_spread(both > 0.5, y).rates
    errors = np.sqrt(np.diag(weighted.covariance))
    assert (np.abs(weighted.rates - truth) < 4 * errors).all()
    assert np.abs(labelled - truth).max() > 5 * errors.max()


def test_the_spread_is_that_of_drawing_people_anew():
    generator = np.random.default_rng(2)
    p = generator.dirichlet([1, 1, 1], 400)
    y = generator.random(400) < 0.3 + 0.4 * p[:, 0]
    found = membership_spread(p, y)
    drawn = []
    for _ in range(3000):
        at = generator.integers(0, 400, 400)
        drawn.append((p[at] * y[at, None]).sum(axis=0) / p[at].sum(axis=0))
    assert np.cov(np.array(drawn).T) == pytest.approx(found.covariance, rel=0.12, abs=2e-5)


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 4)), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_joint_bounds_equal_enumeration_of_who_is_a_member(classes):
    """Classes of four of whom m are of the first group and k selected: every way to choose them."""
    people, chosen, best, worst = [], [], 0, 0
    for m, k in classes:
        people += [[m / 4, 1 - m / 4]] * 4
        chosen += [1] * k + [0] * (4 - k)
    by_class = {}
    for i, share in enumerate(people):
        by_class.setdefault(round(share[0], 1), []).append(chosen[i])
    for share, decisions in by_class.items():
        members = round(sum(p[0] for p in people if round(p[0], 1) == share))
        taken = [
            sum(d for d, in_it in zip(decisions, pattern, strict=True) if in_it)
            for pattern in product((0, 1), repeat=len(decisions))
            if sum(pattern) == members
        ]
        worst, best = worst + min(taken), best + max(taken)
    found = joint_bounds(people, chosen)
    assert (found.low[0], found.high[0]) == pytest.approx((worst, best))
    # what one group has not, the other has
    assert found.low[0] + found.high[1] == pytest.approx(sum(chosen))
    assert found.classes == len(by_class)
