"""Figures over strata: statsmodels, enumeration and scipy give the same; relabelling, splitting and scaling hold."""

from __future__ import annotations

import itertools
import time
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import fisher_exact, hypergeom, nchypergeom_fisher
from statsmodels.stats.contingency_tables import StratifiedTable

from fairwitness.metrics.cmh import clustered_cmh, cmh, default_test, mantel_fleiss, score
from fairwitness.metrics.conditional_odds_ratio import conditional_odds_ratio
from fairwitness.metrics.decomposition import decompose
from fairwitness.metrics.disparity import impact_ratio, odds_ratio, rate_difference
from fairwitness.metrics.exact_by_pool import exact_by_pool
from fairwitness.metrics.exact_tests import mid_p
from fairwitness.metrics.homogeneity import breslow_day, woolf
from fairwitness.metrics.logistic import adjusted_effect
from fairwitness.metrics.mantel_haenszel import (
    exact_odds_ratio,
    exact_risk_difference,
    exact_risk_ratio,
    mantel_haenszel_odds_ratio,
    mantel_haenszel_risk_difference,
    mantel_haenszel_risk_ratio,
)
from fairwitness.metrics.mantel_haenszel_intervals import (
    greenland_robins,
    klingenberg,
    risk_ratio_score,
    robins_breslow_greenland,
)
from fairwitness.metrics.multiple_events import multiple_events, null_sum
from fairwitness.metrics.ratio_intervals import katz
from fairwitness.metrics.strata import informative, uninformative_because


def some(seed, strata, most=60, least=1):
    """Random strata in which both groups are, rates of all sizes."""
    rng = np.random.default_rng(seed)
    nf, nr = rng.integers(least, most + 1, (2, strata))
    rate = rng.uniform(0.1, 0.8, strata)
    return rng.binomial(nf, rate), nf, rng.binomial(nr, np.clip(rate * 1.2, 0, 1)), nr


def cells(xf, nf, xr, nr):
    return [np.array([[a, n - a], [c, m - c]], float) for a, n, c, m in zip(xf, nf, xr, nr, strict=True)]


stratum = st.tuples(*[st.integers(0, 6)] * 4).map(lambda t: (t[0], t[0] + t[1], t[2], t[2] + t[3]))
pools = st.lists(stratum, min_size=1, max_size=4).map(lambda rows: tuple(np.array(rows).T))


@pytest.mark.parametrize("seed", range(20))
def test_statsmodels_gives_the_same(seed):
    strata = some(seed, 2 + seed % 5, least=8)
    table = StratifiedTable(cells(*strata))
    assert mantel_haenszel_odds_ratio(*strata) == pytest.approx(table.oddsratio_pooled, rel=1e-12)
    assert robins_breslow_greenland(*strata, 0.95) == pytest.approx(table.oddsratio_pooled_confint(), rel=1e-9)
    assert cmh(*strata).statistic == pytest.approx(table.test_null_odds(correction=False).statistic, rel=1e-9)
    plain, tarone = table.test_equal_odds(), table.test_equal_odds(adjust=True)
    ours = breslow_day(*strata)
    assert (ours.statistic, ours.p) == pytest.approx((plain.statistic, plain.pvalue), rel=1e-6)
    assert (ours.tarone_statistic, ours.tarone_p) == pytest.approx((tarone.statistic, tarone.pvalue), rel=1e-6)


def test_one_stratum_is_the_two_by_two_table():
    one = tuple(np.array([v]) for v in (12, 40, 30, 60))
    assert mantel_haenszel_risk_ratio(*one) == pytest.approx(impact_ratio(12, 40, 30, 60))
    assert mantel_haenszel_odds_ratio(*one) == pytest.approx(odds_ratio(12, 40, 30, 60))
    assert mantel_haenszel_risk_difference(*one) == pytest.approx(rate_difference(12, 40, 30, 60))
    assert greenland_robins(*one, 0.9) == pytest.approx(katz(12, 40, 30, 60, 0.9))
    exact = multiple_events(*one)
    assert exact.p == pytest.approx(fisher_exact([[12, 28], [30, 30]]).pvalue, rel=1e-9)
    assert exact.mid_p == pytest.approx(mid_p(12, 40, 30, 60), rel=1e-9)


def enumerated(xf, nf, xr, nr):
    """Every way to draw the pools' margins, weighed exactly."""
    law = {}
    ranges = [range(max(0, a + c - m), min(n, a + c) + 1) for a, n, c, m in zip(xf, nf, xr, nr, strict=True)]
    for drawn in itertools.product(*ranges):
        ways = Fraction(1)
        for x, a, n, c, m in zip(drawn, xf, nf, xr, nr, strict=True):
            ways *= Fraction(comb(n, x) * comb(m, a + c - x), comb(n + m, a + c))
        law[sum(drawn)] = law.get(sum(drawn), 0) + ways
    return law


@given(pools)
def test_the_exact_test_is_enumeration(strata):
    strata = tuple(column.tolist() for column in strata)
    told = [i for i in range(len(strata[0])) if informative(*(c[i] for c in strata))]
    found = multiple_events(*strata)
    assert (found is None) == (not told)
    assume(told)
    kept = tuple([column[i] for i in told] for column in strata)
    law, s = enumerated(*kept), sum(kept[0])
    less, own = sum(p for x, p in law.items() if x < s), law[s]
    greater = 1 - less - own
    assert found.selected == s
    assert found.p == pytest.approx(float(sum(p for p in law.values() if p <= own)), rel=1e-9)
    assert (found.p_less, found.p_greater) == pytest.approx((float(less + own), float(greater + own)), rel=1e-9)
    assert found.mid_p == pytest.approx(min(1.0, float(2 * min(less, greater) + own)), rel=1e-9)
    mean = sum(x * p for x, p in law.items())
    assert found.expected == pytest.approx(float(mean))
    assert found.variance == pytest.approx(float(sum((x - mean) ** 2 * p for x, p in law.items())))


def test_two_thousand_pools_of_two_hundred_take_less_than_a_second():
    rng = np.random.default_rng(5)
    n = rng.integers(150, 251, 2000)
    nf, selected = rng.binomial(n, 0.45), rng.binomial(n, 0.3)
    xf = rng.hypergeometric(nf, n - nf, selected)
    started = time.perf_counter()
    exact = multiple_events(xf, nf, selected - xf, n - nf)
    assert time.perf_counter() - started < 1
    # as many selections as these are nearly normal
    assert exact.p == pytest.approx(cmh(xf, nf, selected - xf, n - nf).p_corrected, rel=0.02)


def test_a_wide_pool_keeps_its_tails():
    null = null_sum([40_000], [30_000], [100_000])
    x = null.start + np.arange(null.pmf.size)
    assert null.pmf == pytest.approx(hypergeom.pmf(x, 100_000, 40_000, 30_000), rel=1e-7)
    assert null.pmf[[0, -1]].max() < 1e-299


def test_a_p_is_never_zero():
    """100 pools in which all 20 selected of 40 are of the reference group: 0 is impossible to draw, not to happen."""
    strata = [np.full(100, v) for v in (0, 20, 20, 20)]
    found = multiple_events(*strata)
    assert 0 < found.p < 1e-290
    assert 0 < found.mid_p < 1e-290
    one = exact_by_pool([50_000], [100_000], [30_000], [100_000])  # 91 standard deviations: far under 1e-300
    assert 0 < one.p[0] < 1e-290
    assert 0 < one.mid_p[0] < 1e-290


@given(pools)
def test_the_exact_fractions_are_the_figures(strata):
    rows = list(zip(*(column.tolist() for column in strata), strict=True))
    for exact, figure in (
        (exact_risk_ratio, mantel_haenszel_risk_ratio),
        (exact_odds_ratio, mantel_haenszel_odds_ratio),
        (exact_risk_difference, mantel_haenszel_risk_difference),
    ):
        value = exact(rows)
        assert float(figure(*strata)) == pytest.approx(np.nan if value is None else float(value), nan_ok=True)


@given(pools)
def test_exchanging_the_groups_inverts(strata):
    xf, nf, xr, nr = strata
    back = (xr, nr, xf, nf)
    for figure in (mantel_haenszel_risk_ratio, mantel_haenszel_odds_ratio):
        product = figure(*strata) * figure(*back)
        assert np.isnan(product) or product == pytest.approx(1) or figure(*strata) == 0
    assert mantel_haenszel_risk_difference(*strata) == pytest.approx(
        -mantel_haenszel_risk_difference(*back), nan_ok=True
    )
    low, high = klingenberg(*strata, 0.95)
    assert klingenberg(*back, 0.95) == pytest.approx((-high, -low), nan_ok=True, abs=1e-12)
    assert cmh(*strata) == pytest.approx(cmh(*back), nan_ok=True)
    here, there = multiple_events(*strata), multiple_events(*back)
    if here is not None:
        assert (here.p, here.mid_p, here.p_less) == pytest.approx((there.p, there.mid_p, there.p_greater))


@given(pools, st.randoms(use_true_random=False))
def test_the_order_of_strata_and_uninformative_ones_do_not_matter(strata, random):
    rows = list(zip(*(column.tolist() for column in strata), strict=True))
    more = [*rows, (3, 5, 0, 0), (0, 0, 2, 9), (0, 4, 0, 4), (5, 5, 2, 2)]
    random.shuffle(more)
    other = tuple(np.array(more).T)
    assert cmh(*other) == pytest.approx(cmh(*strata), nan_ok=True)
    here, there = multiple_events(*strata), multiple_events(*other)
    assert (here is None) == (there is None)
    if here is not None:
        assert (there.selected, there.p, there.mid_p) == (
            here.selected,
            pytest.approx(here.p),
            pytest.approx(here.mid_p),
        )
    assert breslow_day(*other)[:4] == pytest.approx(breslow_day(*strata)[:4], nan_ok=True)
    assert informative(*other).sum() == informative(*strata).sum()


def test_why_a_stratum_tells_nothing():
    found = uninformative_because([1, 3, 0, 0, 5], [4, 5, 0, 4, 5], [1, 0, 2, 0, 2], [4, 0, 9, 4, 2])
    assert found.tolist() == ["", "one_group", "one_group", "nobody_selected", "everybody_selected"]


def test_people_in_two_of_the_same_strata_are_not_pooled():
    """Rates of 1/10 and 1/10, then 9/10 and 9/10, with the groups spread unevenly: alike within, 1/5 to 4/5 in all."""
    strata = [np.array(v) for v in ((8, 9), (80, 10), (1, 72), (10, 80))]
    assert mantel_haenszel_risk_ratio(*strata) == pytest.approx(1)
    assert impact_ratio(17, 90, 73, 90) == pytest.approx(17 / 73)
    parts = decompose(*strata)
    assert (parts.within, parts.composition) == (pytest.approx(0, abs=1e-15), pytest.approx(-56 / 90))


@given(pools)
def test_the_parts_of_a_gap_add_up(strata):
    xf, nf, xr, nr = strata
    parts = decompose(*strata)
    if nf.sum() and nr.sum():
        assert parts.aggregate == pytest.approx(xf.sum() / nf.sum() - xr.sum() / nr.sum())
    if not np.isnan(parts.within):
        assert parts.within + parts.composition == pytest.approx(parts.aggregate, nan_ok=True)


def test_intervals_have_a_width_where_nobody_is_selected():
    none = [np.array(v) for v in ((0, 0), (10, 10), (5, 4), (10, 12))]
    assert np.isnan(greenland_robins(*none, 0.95)).all()
    low, high = risk_ratio_score(*none, 0.95)
    assert low == 0
    assert 0.1 < high < 1
    turned = [none[i] for i in (2, 3, 0, 1)]
    low, high = risk_ratio_score(*turned, 0.95)
    assert 1 < low < 10
    assert np.isinf(high)
    low, high = klingenberg(*none, 0.95)
    assert -1 < low < high < 0
    for x, m in ((0, 10), (10, 10), (0, 50)):  # nothing varies: no interval, and not one from 0 to 0
        assert np.isnan(klingenberg([x], [10], [x], [m], 0.95)).all()
    # all of 5 and of 50: sizes that differ make no interval either
    assert np.isnan(klingenberg([5], [5], [50], [50], 0.95)).all()


@pytest.mark.parametrize(("strata", "size"), [(4, 60), (60, 4)])
def test_intervals_cover_in_few_large_and_in_many_small_strata(strata, size):
    """4,000 draws with a ratio of .75 in every stratum: each 95 % interval covers within 1.5 points of 95 %."""
    rng = np.random.default_rng(1)
    nf, nr = rng.integers(size // 2, size + 1, (2, strata))
    base = rng.uniform(0.3, 0.6, strata)
    xf, xr = rng.binomial(nf, 0.75 * base, (4000, strata)), rng.binomial(nr, base, (4000, strata))
    truth = mantel_haenszel_risk_difference(nf * 0.75 * base, nf, nr * base, nr)
    for interval, value in ((greenland_robins, 0.75), (risk_ratio_score, 0.75), (klingenberg, truth)):
        low, high = interval(xf, nf, xr, nr, 0.95)
        covered = np.mean((low <= value) & (value <= high))
        assert covered == pytest.approx(0.95, abs=0.015), interval.__name__


def test_the_conditional_odds_ratio_of_one_stratum_is_scipys():
    found = conditional_odds_ratio([3], [10], [8], [12], 0.95)
    law = nchypergeom_fisher(22, 10, 11, 1)
    assert law.mean() == pytest.approx(5)
    assert nchypergeom_fisher(22, 10, 11, found.value).mean() == pytest.approx(3)
    assert nchypergeom_fisher(22, 10, 11, found.low).sf(2) == pytest.approx(0.025)
    assert nchypergeom_fisher(22, 10, 11, found.high).cdf(3) == pytest.approx(0.025)


def test_the_conditional_odds_ratio_at_the_edge():
    none = conditional_odds_ratio([0, 0], [5, 5], [3, 2], [5, 5], 0.95)
    assert (none.value, none.low) == (0, 0)
    assert 0 < none.high < 1
    every = conditional_odds_ratio([3, 2], [5, 5], [0, 0], [5, 5], 0.95)
    assert (every.value, every.high) == (np.inf, np.inf)
    assert every.low == pytest.approx(1 / none.high)
    assert conditional_odds_ratio([0, 5], [5, 5], [0, 0], [5, 0], 0.95) is None


def test_conditional_and_unconditional_regression_part_in_many_small_pools():
    """Pairs, one of each group: the conditional estimate is c/b = 2; with a constant a pair it is (c/b)² (Andersen)."""
    strata = [np.array(v) for v in ([1] * 20 + [0] * 10, [1] * 30, [0] * 20 + [1] * 10, [1] * 30)]
    assert conditional_odds_ratio(*strata, 0.95).value == pytest.approx(2)
    x, n = np.concatenate([strata[0], strata[2]]), np.ones(60, int)
    pair = np.tile(np.arange(30), 2)
    assert adjusted_effect(x, n, np.repeat([1, 0], 30), [pair], 0.95).odds_ratio == pytest.approx(4)


def test_woolf_is_undefined_with_a_zero():
    assert np.isnan(woolf([0, 4], [10, 10], [4, 6], [10, 10]).statistic)
    assert np.isnan(breslow_day([0, 0], [10, 10], [4, 6], [10, 10]).statistic)  # the odds ratio is 0


def test_the_correction_takes_no_more_than_there_is():
    test = cmh([5], [10], [5], [10])
    assert (test.statistic, test.statistic_corrected) == (0, 0)


def test_the_default_test_looks_at_margins_alone():
    margins = (np.array([10, 12]), np.array([8, 9]), np.array([14, 11]))  # focal, selected, reference
    chosen = set()
    for a, b in itertools.product(range(9), range(10)):
        xf = np.array([a, b])
        if np.all(xf <= margins[0]) and np.all(margins[1] - xf <= margins[2]) and np.all(xf <= margins[1]):
            chosen.add(default_test(xf, margins[0], margins[1] - xf, margins[2]))
    assert chosen == {"cmh"}
    assert default_test([0, 1], [3, 3], [1, 0], [3, 3]) == "multiple_events_mid_p"
    assert default_test([0, 3], [3, 3], [0, 3], [3, 3]) is None


def test_room_to_move_by_hand():
    """4 selected of 3 and 5: E = 1.5, from 0 to 3; 7 of 4 and 4: E = 3.5, from 3 to 4.  Down 2, up 2."""
    assert mantel_fleiss([1, 3], [3, 4], [3, 4], [5, 4]) == pytest.approx(2)


def test_the_same_applicants_in_several_requisitions():
    """Forty people who each apply to five requisitions and are liked in all or in none: forty answers, not two hundred.

    Taken as independent the difference is beyond doubt; counted by person it is not.
    """
    people = 40
    focal = np.repeat([1, 0], people // 2)
    liked = np.concatenate([np.repeat([1, 0], [6, 14]), np.repeat([1, 0], [10, 10])])
    person, requisition = (a.ravel() for a in np.meshgrid(np.arange(people), np.arange(5), indexing="ij"))
    statistic, p, effect = clustered_cmh(liked[person], np.ones(200, int), focal[person], requisition, person)
    independent = cmh(np.full(5, 6), np.full(5, 20), np.full(5, 10), np.full(5, 20))
    assert independent.p < 0.005
    assert p > 0.1
    assert effect == pytest.approx(5, rel=0.05)  # five times each
    once = cmh([6], [20], [10], [20])
    assert statistic == pytest.approx(once.statistic, rel=0.05)


def test_clusters_of_one_decision_change_next_to_nothing():
    rng = np.random.default_rng(3)
    focal, strata = rng.integers(0, 2, 3000), rng.integers(0, 5, 3000)
    chosen = rng.random(3000) < 0.3
    statistic, _, effect = clustered_cmh(chosen, np.ones(3000, int), focal, strata, np.arange(3000))
    columns = [np.bincount(strata, w) for w in (chosen * focal, focal, chosen * (1 - focal), 1 - focal)]
    assert statistic == pytest.approx(cmh(*columns).statistic, rel=0.02)
    assert effect == pytest.approx(1, rel=0.02)


def test_score_of_hand_made_pools():
    """1 of 10 and 3 of 10; 0 of 6 and 2 of 10; 2 of 12 and 5 of 20: E = 2 + .75 + 2.625."""
    observed, expected, _ = score([1, 0, 2], [10, 6, 12], [3, 2, 5], [10, 10, 20])
    assert (observed, expected) == (3, 5.375)


def test_regression_says_what_is_wrong():
    dept = np.array([0, 1, 0, 1])
    focal = [1, 1, 0, 0]
    assert adjusted_effect([0, 0, 5, 4], [9, 9, 9, 9], focal, [dept], 0.95).status == "separated"
    assert (
        adjusted_effect([1, 2, 3, 4], [9, 9, 9, 9], focal, [np.array([0, 0, 1, 1])], 0.95).status == "told_by_controls"
    )
    assert adjusted_effect([0, 0, 0, 0], [9, 9, 9, 9], focal, [dept], 0.95).status == "no_variation"
    many = np.tile(np.arange(300), 2)
    wide = adjusted_effect(np.tile([1, 2], 300), np.full(600, 5), np.repeat([1, 0], 300), [many], 0.95)
    assert wide.status == "too_many_levels"
    empty = adjusted_effect([3, 0, 5, 0], [9, 7, 9, 8], focal, [dept], 0.95)
    assert (empty.status, empty.n, empty.left_out) == ("ok", 18, 15)  # in the second department nobody was selected
    assert empty.odds_ratio == pytest.approx((3 / 6) / (5 / 4))


def test_regression_by_cluster_is_that_of_statsmodels_on_rows():
    """The sandwich over departments, as statsmodels computes it from one row a person, but for its own correction."""
    import statsmodels.api as sm

    rng = np.random.default_rng(2)
    dept = rng.integers(0, 8, 900)
    focal = (rng.random(900) < 0.3 + 0.05 * dept).astype(float)
    y = (rng.random(900) < 0.2 + 0.06 * dept - 0.05 * focal).astype(float)
    design = np.column_stack([focal, *(dept == i for i in range(8))]).astype(float)
    theirs = sm.GLM(y, design, family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": dept, "use_correction": False}
    )
    key = dept * 2 + focal.astype(int)
    x, n = np.bincount(key, y, 16), np.bincount(key, minlength=16)
    at = np.arange(16)
    ours = adjusted_effect(x, n, at % 2, [at // 2], 0.95, clusters=at // 2)
    assert ours.beta == pytest.approx(theirs.params[0], rel=1e-8)
    assert ours.se == pytest.approx(theirs.bse[0] * np.sqrt(8 / 7), rel=1e-6)
    assert ours.clusters == 8
