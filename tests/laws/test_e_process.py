"""E-processes: no bet pays on average under its null hypothesis, by enumeration of everything that can happen."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import hypergeom, nchypergeom_fisher

from fairwitness.metrics.e_process import BETS, LOG_ODDS, anytime_p, e_process, first_reaching
from fairwitness.metrics.likelihood_curve import maximum
from fairwitness.metrics.noncentral_hypergeometric import log_likelihood
from fairwitness.metrics.tilted_sums import SAMPLED, Tables, log_factorials, tilted_sums

TABLE = st.tuples(st.integers(0, 12), st.integers(0, 12)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)
STREAM = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(TABLE, min_size=width, max_size=width), min_size=1, max_size=4)
)


def columns(stream):
    return np.moveaxis(np.array(stream), 2, 0)


# Four periods of unlike margins and unlike rates: people of either group, and selected of both.
MARGINS = ((2, 3, 2), (3, 1, 2), (2, 2, 3), (1, 4, 1))


@cache
def everything():
    """Every course of four periods: the focal group's selections, and the e-process of each course."""
    possible = [range(max(0, k - nr), min(nf, k) + 1) for nf, nr, k in MARGINS]
    nf, nr, k = (np.array(column)[:, None] for column in zip(*MARGINS, strict=True))
    courses = list(product(*possible))
    return courses, [e_process(np.array(x)[:, None], nf, k - np.array(x)[:, None], nr, 0.95) for x in courses]


def chances(odds_ratio):
    """Return the probability of every course with an odds ratio, or with one odds ratio a period."""
    of = np.broadcast_to(odds_ratio, 4)
    laws = [nchypergeom_fisher(nf + nr, nf, k, psi) for (nf, nr, k), psi in zip(MARGINS, of, strict=True)]
    return np.array([np.prod([law.pmf(x) for law, x in zip(laws, course, strict=True)]) for course in everything()[0]])


def test_under_equal_odds_the_bet_on_a_difference_is_worth_its_stake_after_every_period():
    weights = chances(1.0)
    assert weights.sum() == pytest.approx(1, rel=1e-12)
    e = np.exp([found.equality for found in everything()[1]])
    assert weights @ e == pytest.approx(np.ones(4), rel=1e-12)
    best = e.max(axis=1)
    for line in np.unique(best):  # and so it is whenever one stops
        assert weights @ (best >= line) <= 1 / line + 1e-12


def test_given_the_past_as_well():
    """A martingale: of courses with the same first three periods the mean after the fourth is the value before."""
    courses, found = everything()
    weights, e = chances(1.0), np.exp([each.equality for each in found])
    for past in {course[:3] for course in courses}:
        same = [i for i, course in enumerate(courses) if course[:3] == past]
        assert weights[same] @ e[same, 3] / weights[same].sum() == pytest.approx(e[same[0], 2], rel=1e-12)


@pytest.mark.parametrize("odds_ratio", [1 / 50, 0.3, 0.7, 1.0, 2.5, 20.0])
def test_while_the_odds_ratio_stays_the_same_the_bet_on_drift_is_worth_less_than_its_stake(odds_ratio):
    weights, e = chances(odds_ratio), np.exp([found.drift for found in everything()[1]])
    assert (weights @ e <= 1 + 1e-12).all()
    best = e.max(axis=1)
    for line in np.unique(best):  # and so it is whenever one stops
        assert weights @ (best >= line) <= 1 / line + 1e-12


@pytest.mark.parametrize("odds_ratio", [0.2, 1.0, 3.0])
def test_the_confidence_sequence_covers_after_every_period_at_once(odds_ratio):
    covered = [bool(((f.low <= odds_ratio) & (odds_ratio <= f.high)).all()) for f in everything()[1]]
    assert chances(odds_ratio) @ covered >= 0.95


@given(STREAM)
def test_likelihoods_are_those_of_scipy(stream):
    xf, nf, xr, nr = columns(stream)
    deltas = np.array([-3.0, -0.4, 0.0, 1.1])
    found = log_likelihood(xf, nf, xr, nr, deltas)
    for t, row in enumerate(stream):
        laws = [
            [(x, nchypergeom_fisher(f + r, f, x + y, np.exp(d))) for x, f, y, r in row if f and r and 0 < x + y < f + r]
            for d in deltas
        ]
        logs = [sum(law.logpmf(x) for x, law in of) for of in laws]
        assert found.value[t] == pytest.approx(np.array(logs) - logs[2], abs=1e-9)
        assert found.most[t] == pytest.approx(-logs[2], abs=1e-9)
        assert found.slope[t] == pytest.approx([sum(x - law.mean() for x, law in of) for of in laws], abs=1e-7)
        assert found.curvature[t] == pytest.approx([-sum(law.var() for _, law in of) for of in laws], abs=1e-6)


@pytest.mark.parametrize("margins", [(60_000, 50_000, 30_000), (9_000, 900_000, 8_200), (5_000, 5_000_000, 4_600_000)])
def test_where_not_every_count_is_added_the_sums_are_the_same(margins):
    nf, nr, k = margins
    least, most = max(0, k - nr), min(nf, k)
    assert most - least >= SAMPLED
    table = Tables(*(np.array([n]) for n in (nf, nr, k, least, most)))
    [(_, found)] = tilted_sums(table, log_factorials(nf + nr), LOG_ODDS)
    counts = np.arange(least, most + 1)
    logs = hypergeom(nf + nr, nf, k).logpmf(counts)
    for g in (0, 20, 40, 47, 80):
        tilted = logs + counts * LOG_ODDS[g]
        weights = np.exp(tilted - tilted.max())
        mean = weights @ counts / weights.sum()
        assert found.log[0, g] == pytest.approx(tilted.max() + np.log(weights.sum()), rel=1e-9, abs=1e-6)
        assert found.mean[0, g] == pytest.approx(mean, rel=1e-6)
        assert found.variance[0, g] == pytest.approx(weights @ (counts - mean) ** 2 / weights.sum(), rel=1e-4)


@given(STREAM)
def test_the_null_hypothesis_of_drift_is_given_its_likeliest_odds_ratio(stream):
    """No odds ratio has a higher likelihood than the one that drift is held against, wherever scipy looks."""
    counts = columns(stream)
    curves = log_likelihood(*counts, LOG_ODDS).summed()
    where, height = maximum(curves, LOG_ODDS)

    def lost(delta):
        return -log_likelihood(*counts, [delta]).summed().value[-1, 0]

    best = minimize_scalar(lost, bounds=(-9, 9), method="bounded", options={"xatol": 1e-8})
    assert -best.fun <= height[-1] + 1e-7
    if np.isfinite(where[-1]):
        assert height[-1] == pytest.approx(-best.fun, abs=1e-6)


@given(STREAM)
def test_exchanging_the_groups_inverts_the_odds_ratio_and_changes_no_evidence(stream):
    xf, nf, xr, nr = columns(stream)
    found, turned = e_process(xf, nf, xr, nr, 0.95), e_process(xr, nr, xf, nf, 0.95)
    assert turned.equality == pytest.approx(found.equality, abs=1e-9)
    assert turned.drift == pytest.approx(found.drift, abs=1e-7)
    assert turned.odds_ratio * found.odds_ratio == pytest.approx(
        np.where(np.isnan(found.odds_ratio), np.nan, 1), nan_ok=True, rel=1e-6
    )
    with np.errstate(divide="ignore"):
        assert 1 / turned.low == pytest.approx(found.high, rel=1e-6)


@given(STREAM, st.integers(1, 9), st.integers(1, 9))
def test_tables_that_tell_nothing_and_the_order_of_tables_do_not_matter(stream, nf, nr):
    nothing = [[(0, nf, 0, nr), *reversed(row), (nf, nf, nr, nr), (0, 0, 0, nr)] for row in stream]
    for found, other in zip(e_process(*columns(stream), 0.9), e_process(*columns(nothing), 0.9), strict=True):
        assert other == pytest.approx(found, abs=1e-9, rel=1e-9, nan_ok=True)


@given(STREAM)
def test_the_sequence_leaves_out_what_a_bet_from_the_first_period_on_has_ruled_out(stream):
    """Of any odds ratio: it is outside exactly when the mean likelihood of the bets is 5 times its own, or more."""
    counts = columns(stream)
    found, curves = e_process(*counts, 0.8), log_likelihood(*counts, LOG_ODDS).summed()
    bets = np.mean(np.exp(curves.value[:, BETS]), axis=1)
    asked = np.array([-2.0, -0.7, 0.0, 0.3, 3.0])
    for g, own in zip(asked, np.exp(log_likelihood(*counts, asked).summed().value).T, strict=True):
        apart = np.abs(bets / own / 5 - 1) > 1e-6  # not on the line itself
        out = (found.low > np.exp(g)) | (found.high < np.exp(g))
        assert (out == (bets >= 5 * own))[apart].all()
    inside = ~np.isnan(found.odds_ratio)
    assert (found.low <= found.odds_ratio)[inside].all()
    assert (found.odds_ratio <= found.high)[inside].all()


@given(STREAM)
def test_the_stake_is_never_lost_whole(stream):
    """What is not bet yet after t periods is 1/(t + 1) of it."""
    found = e_process(*columns(stream), 0.95)
    assert (np.exp(found.equality) >= 1 / (np.arange(len(stream)) + 2) - 1e-12).all()


@given(st.lists(st.floats(-800, 800), min_size=1))
def test_an_anytime_p_is_the_best_so_far_and_never_0(log_e):
    p = anytime_p(log_e)
    assert (p > 0).all()
    assert (np.diff(p) <= 0).all()
    reached = first_reaching(log_e, 20.0)
    assert (reached is None) == (p[-1] > 1 / 20)


def test_a_change_is_found_and_a_constant_gap_is_not_called_one():
    """2 of 10 against 8 of 10 in every month; and 5 of 10 against 5 of 10 for six months before that."""
    n, low, high, half = np.full((12, 4), 10), np.full((12, 4), 2), np.full((12, 4), 8), np.full((6, 4), 5)
    same = e_process(low, n, high, n, 0.95)
    assert first_reaching(same.drift, 20.0) is None
    changed = e_process(np.vstack([half, low[6:]]), n, np.vstack([half, high[6:]]), n, 0.95)
    assert first_reaching(changed.equality, 1.0) == 6
    assert first_reaching(changed.drift, 20.0) in (6, 7)


def test_years_of_equal_odds_do_not_hide_a_difference_for_long():
    """30 of 100 in either group for four years, then 21 of 100 against 30 of 100: seen within a year."""
    n, men = np.full((72, 1), 100), np.full((72, 1), 30)
    women = np.where(np.arange(72) < 48, 30, 21)[:, None]
    assert 48 < first_reaching(e_process(women, n, men, n, 0.95).equality, 20.0) < 60


def test_rates_that_move_for_everybody_are_no_drift():
    """Monthly rates from 10 to 80 % and back, alike for both groups: counts as near to equal as they can be."""
    rates = np.array([10, 30, 50, 80, 60, 20, 10, 40, 70, 80, 30, 10])[:, None]
    found = e_process(rates, np.full((12, 1), 100), rates, np.full((12, 1), 100), 0.95)
    assert found.equality.max() < 0
    assert found.drift.max() < 0
    assert found.odds_ratio == pytest.approx(np.ones(12))
