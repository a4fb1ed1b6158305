"""Relations that hold for every table: groups renamed, exchanged or enlarged, outcomes exchanged, levels changed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwitness.metrics.disparity import cohens_h, impact_ratio, odds_ratio, phi, rate_difference, rejection_ratio
from fairwitness.metrics.exact_tests import fisher_exact, mid_p, mid_p_min_likelihood
from fairwitness.metrics.intervals import PAIR_INTERVALS, RATE_INTERVALS
from fairwitness.metrics.mean_difference import mean_difference_z
from fairwitness.metrics.multiplicity import benjamini_hochberg, holm
from fairwitness.metrics.power import minimum_detectable_ratio, power
from fairwitness.metrics.rate_intervals import wilson
from fairwitness.metrics.ratio_intervals import koopman, koopman_rejection
from fairwitness.metrics.significance import default_test, omnibus_chi_square, pooled_z, rejected
from fairwitness.metrics.table import METRICS

SCORE_RATIOS = ("koopman", "miettinen_nurminen_ratio")
DIFFERENCES = ("newcombe", "mee", "miettinen_nurminen_difference", "cohens_h")
OF = {  # the figure that an interval is about
    "koopman": impact_ratio,
    "miettinen_nurminen_ratio": impact_ratio,
    "katz": impact_ratio,
    "koopman_rejection": rejection_ratio,
    "newcombe": rate_difference,
    "mee": rate_difference,
    "miettinen_nurminen_difference": rate_difference,
    "odds_ratio_score": odds_ratio,
    "cohens_h": cohens_h,
}
RANGES = dict.fromkeys(DIFFERENCES, (-1, 1)) | {"cohens_h": (-math.pi, math.pi)}
LEVELS = st.sampled_from([0.5, 0.9, 0.95, 0.99, 0.9999])


@st.composite
def pairs(draw, most=2000):
    """Selected and total of two groups that have decisions."""
    nf, nr = (draw(st.integers(1, most)) for _ in range(2))
    return draw(st.integers(0, nf)), nf, draw(st.integers(0, nr)), nr


@st.composite
def error_tables(draw):
    """The counts of two to five groups with known outcomes, some of them empty."""
    k = draw(st.integers(2, 5))
    cells = np.array(draw(st.lists(st.lists(st.integers(0, 30), min_size=4, max_size=4), min_size=k, max_size=k)))
    return _with_margins(*cells.T)


def _with_margins(tp, fp, fn, tn):
    return {
        "selected": tp + fp,
        "not_selected": fn + tn,
        "true_positive": tp,
        "false_positive": fp,
        "false_negative": fn,
        "true_negative": tn,
    }


def same(a, b, rel=1e-9):
    return a == pytest.approx(b, rel=rel, abs=1e-12, nan_ok=True)


def inverted(x):
    return math.nan if math.isnan(x) else math.inf if x == 0 else 0.0 if math.isinf(x) else 1 / x


def exchanged(pair):
    return (*pair[2:], *pair[:2])


def rejected_instead(pair):
    xf, nf, xr, nr = pair
    return nf - xf, nf, nr - xr, nr


def test_every_pair_interval_is_looked_at():
    assert set(OF) == set(PAIR_INTERVALS)


@given(pairs())
def test_exchanging_the_groups(pair):
    other = exchanged(pair)
    for ratio in (impact_ratio, odds_ratio):
        there, back = ratio(*pair), ratio(*other)
        assert math.isnan(there) or there == 0 or math.isnan(back) or back == 0 or same(there * back, 1.0)
    for difference in (rate_difference, cohens_h, phi):
        assert same(difference(*pair), -difference(*other))
    for test in (fisher_exact, mid_p, mid_p_min_likelihood):
        assert same(test(*pair), test(*other))
    assert same(pooled_z(*pair)[0], -pooled_z(*other)[0])
    assert default_test(*pair)[0] == default_test(*other)[0]
    assert rejected(default_test(*pair)[1], 0.05) == rejected(default_test(*other)[1], 0.05)


@given(pairs(), LEVELS)
def test_exchanging_the_groups_turns_the_interval(pair, level):
    other = exchanged(pair)
    for name in (*SCORE_RATIOS, "katz", "odds_ratio_score"):
        low, high = PAIR_INTERVALS[name](*pair, level)
        assert same(tuple(map(inverted, PAIR_INTERVALS[name](*other, level)))[::-1], (low, high))
    for name in DIFFERENCES:
        low, high = PAIR_INTERVALS[name](*pair, level)
        a, b = PAIR_INTERVALS[name](*other, level)
        assert same((-b, -a), (low, high))


@given(pairs(), LEVELS)
def test_counting_the_rejected_instead(pair, level):
    """Differences change sign, odds ratios invert, tests stay, and the rejection ratio is the impact ratio turned over."""
    other = rejected_instead(pair)
    assert same(rate_difference(*other), -rate_difference(*pair))
    assert same(pooled_z(*other)[1], pooled_z(*pair)[1])
    assert same(mid_p(*other), mid_p(*pair))
    for name in ("newcombe", "mee", "miettinen_nurminen_difference"):
        low, high = PAIR_INTERVALS[name](*pair, level)
        a, b = PAIR_INTERVALS[name](*other, level)
        assert same((-b, -a), (low, high))
    assert same(
        PAIR_INTERVALS["odds_ratio_score"](*other, level),
        tuple(map(inverted, PAIR_INTERVALS["odds_ratio_score"](*pair, level)))[::-1],
    )
    assert same(rejection_ratio(*pair), impact_ratio(*exchanged(other)))
    assert same(koopman_rejection(*pair, level), koopman(*exchanged(other), level))


@given(pairs(), LEVELS)
def test_intervals_hold_the_estimate_and_keep_to_the_range(pair, level):
    for name, interval in PAIR_INTERVALS.items():
        value = OF[name](*pair)
        low, high = interval(*pair, level)
        if math.isnan(low):
            continue
        assert low <= high
        if not math.isnan(value):
            rounding = 1e-12 * max(1, abs(value))
            assert low - rounding <= value <= high + rounding
        bottom, top = RANGES.get(name, (0, math.inf))
        assert bottom <= low
        assert high <= top


@given(pairs())
def test_higher_levels_give_wider_intervals(pair):
    for interval in PAIR_INTERVALS.values():
        ends = np.array([interval(*pair, level) for level in (0.5, 0.8, 0.9, 0.95, 0.99)])
        if not np.isnan(ends).any():
            assert (np.diff(np.where(np.isinf(ends[:, 1]), 0, ends[:, 1])) >= -1e-12).all()
            assert (np.diff(ends[:, 0]) <= 1e-12).all()


@given(pairs(), LEVELS)
def test_an_interval_is_undefined_only_where_it_must_be(pair, level):
    """The score intervals for a ratio exist unless nobody is selected, those for a difference always."""
    xf, nf, xr, nr = pair
    for name, interval in PAIR_INTERVALS.items():
        ends = interval(*pair, level)
        nothing = {
            "koopman": xf + xr == 0,
            "miettinen_nurminen_ratio": xf + xr == 0,
            "koopman_rejection": xf + xr == nf + nr,
            "katz": xf * xr == 0 or (xf == nf and xr == nr),
            "odds_ratio_score": xf + xr in (0, nf + nr),
        }.get(name, False)
        assert np.isnan(ends).tolist() == [nothing, nothing]
    assert (koopman(*pair, level)[0] == 0) == (xf == 0 < xr)
    assert np.isinf(koopman(*pair, level)[1]) == (xr == 0 < xf)


@pytest.mark.parametrize("empty", [(0, 0, 3, 5), (3, 5, 0, 0), (0, 0, 0, 0)])
def test_nothing_is_said_of_an_empty_group(empty):
    for interval in PAIR_INTERVALS.values():
        assert np.isnan(interval(*empty, 0.95)).all()
    for function in (impact_ratio, rate_difference, cohens_h, phi, fisher_exact, mid_p, mid_p_min_likelihood):
        assert math.isnan(function(*empty))
    assert math.isnan(default_test(*empty)[1])


@given(pairs(most=300), LEVELS)
def test_one_more_selection_in_the_focal_group_raises_the_ratio_interval(pair, level):
    _, nf, xr, nr = pair
    x = np.arange(nf + 1)
    for name in (*SCORE_RATIOS, "odds_ratio_score", "mee", "newcombe"):
        low, high = PAIR_INTERVALS[name](x, nf, xr, nr, level)
        defined = ~np.isnan(low)
        assert (np.diff(low[defined]) >= -1e-12).all()
        assert (np.diff(np.where(np.isinf(high), 1e300, high)[defined]) >= -1e-12).all()


@given(pairs(most=300), st.integers(2, 50))
def test_more_decisions_at_the_same_rates(pair, factor):
    """The figures stay, Z grows with the root of the factor, and intervals shrink."""
    more = tuple(factor * c for c in pair)
    for figure in (impact_ratio, rate_difference, rejection_ratio, odds_ratio, cohens_h, phi):
        assert same(figure(*more), figure(*pair))
    assert same(pooled_z(*more)[0], pooled_z(*pair)[0] * math.sqrt(factor))
    for name in ("koopman", "mee", "newcombe"):
        (low, high), (a, b) = PAIR_INTERVALS[name](*pair, 0.95), PAIR_INTERVALS[name](*more, 0.95)
        assert math.isnan(low) or (low <= a * (1 + 1e-12) + 1e-12 and b <= high * (1 + 1e-12) + 1e-12)


@given(st.integers(0, 5000), st.integers(1, 5000), LEVELS)
def test_intervals_of_one_rate(x, n, level):
    x = min(x, n)
    for interval in RATE_INTERVALS.values():
        low, high = interval(x, n, level)
        assert 0 <= low <= x / n <= high <= 1
        assert (low == 0) == (x == 0)
        assert (high == 1) == (x == n)
        a, b = interval(n - x, n, level)
        assert same((1 - b, 1 - a), (low, high), rel=1e-7)


@given(pairs(), LEVELS)
def test_arrays_and_scalars_agree(pair, level):
    column = [np.array([c, c]) for c in pair]
    for interval in PAIR_INTERVALS.values():
        alone, together = interval(*pair, level), interval(*column, level)
        assert all(same(list(t), [a, a]) for a, t in zip(alone, together, strict=True))
    assert isinstance(wilson(pair[0], pair[1], level)[0], float)
    assert isinstance(impact_ratio(*pair), float)


@given(error_tables(), st.randoms())
def test_group_order_does_not_matter(counts, random):
    k = len(counts["selected"])
    order = random.sample(range(k), k)
    shuffled = {name: column[order] for name, column in counts.items()}
    for m in METRICS:
        if m.scope == "group":
            assert same(list(m.compute(counts)[order]), list(m.compute(shuffled)))
        elif m.scope == "table" and not m.against_reference:
            assert same(m.compute(counts), m.compute(shuffled))
        elif m.scope == "table":
            here, there = m.compute(counts, reference=order[0]), m.compute(shuffled, reference=0)
            assert same(abs(here), abs(there))  # of two equally far groups on either side, the first one is given
    n = counts["selected"] + counts["not_selected"]
    assert same(omnibus_chi_square(counts["selected"], n), omnibus_chi_square(shuffled["selected"], n[order]))


@given(error_tables())
def test_replicates_are_computed_one_by_one(counts):
    """Leading axes are replicates: a stack gives what each of its tables gives."""
    stack = {name: np.stack([column, column[::-1]]) for name, column in counts.items()}
    for m in METRICS:
        if m.scope == "pair":
            continue
        extra = {"reference": 0} if m.against_reference else {}
        each = [m.compute({name: column[i] for name, column in stack.items()}, **extra) for i in range(2)]
        np.testing.assert_array_equal(m.compute(stack, **extra), np.stack(each))


@given(pairs(), st.integers(1, 500), st.integers(1, 500))
def test_the_mean_of_two_differences(pair, nf, nr):
    """With a second rate that is 0 everywhere it is the pooled z of the first; exchanged groups change its sign."""
    nothing = (0, nf, 0, nr)
    assert same(mean_difference_z(pair, nothing), pooled_z(*pair))
    assert same(mean_difference_z(nothing, pair), pooled_z(*pair))
    z, p = mean_difference_z(pair, pair)
    assert same(z, pooled_z(*pair)[0] * math.sqrt(2))
    assert same(mean_difference_z(exchanged(pair), exchanged(pair)), (-z, p))
    assert math.isnan(mean_difference_z(nothing, nothing)[0])


@given(st.lists(st.one_of(st.floats(0, 1), st.just(math.nan)), min_size=1, max_size=30))
def test_adjusted_p_values(p):
    raw = np.array(p)
    there = ~np.isnan(raw)
    m = there.sum()
    for adjust in (holm, benjamini_hochberg):
        adjusted = adjust(raw)
        assert (np.isnan(adjusted) == ~there).all()
        assert same(list(adjust(raw[there])), list(adjusted[there]))  # tests that do not exist are outside m
        assert (adjusted[there] >= raw[there] * (1 - 1e-15)).all()
        assert (adjusted[there] <= np.minimum(1, m * raw[there]) * (1 + 1e-15)).all()
        order = np.argsort(raw[there])
        assert (np.diff(adjusted[there][order]) >= 0).all()
    assert (benjamini_hochberg(raw)[there] <= holm(raw)[there] * (1 + 1e-12)).all()


@given(st.integers(1, 5000), st.integers(1, 5000), st.floats(0.001, 1), st.sampled_from([0.05, 0.01, 0.05 / 13]))
def test_the_minimum_detectable_ratio_has_the_power_wanted(nf, nr, share, alpha):
    xr = max(1, round(nr * share))
    ratio = minimum_detectable_ratio(nf, nr, xr, alpha)
    p = xr / nr
    if math.isnan(ratio):
        assert power(0.0, p, nf, nr, alpha) < 0.8
    else:
        assert 0 <= ratio < 1
        assert power(ratio * p, p, nf, nr, alpha) == pytest.approx(0.8, abs=1e-9) or power(0.0, p, nf, nr, alpha) > 0.8
        assert (
            power(ratio * p * 0.99, p, nf, nr, alpha) >= 0.8 - 1e-12
        )  # what is farther from parity is seen more often
