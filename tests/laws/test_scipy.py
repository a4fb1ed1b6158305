"""scipy, and intervals solved in another way, give the same figures on a thousand random tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq, minimize_scalar

from fairwitness.metrics.difference_intervals import mee, miettinen_nurminen_difference
from fairwitness.metrics.disparity import cohens_h, impact_ratio, odds_ratio, phi
from fairwitness.metrics.exact_tests import fisher_exact, mid_p, mid_p_min_likelihood
from fairwitness.metrics.multiplicity import benjamini_hochberg
from fairwitness.metrics.rate_intervals import clopper_pearson, jeffreys, wilson
from fairwitness.metrics.ratio_intervals import katz, koopman, miettinen_nurminen_ratio, odds_ratio_score
from fairwitness.metrics.significance import chi_square, default_test, omnibus_chi_square, pooled_z


def tables(count, *, most, seed):
    """Random tables, rates of all sizes, both groups with decisions and the margins not degenerate."""
    rng = np.random.default_rng(seed)
    nf, nr = rng.integers(1, most + 1, (2, 2 * count))
    base = rng.beta(0.5, 0.5, 2 * count)
    xf, xr = rng.binomial(nf, base), rng.binomial(nr, np.clip(base * rng.uniform(0.5, 2, 2 * count), 0, 1))
    usable = (xf + xr > 0) & (xf + xr < nf + nr)
    return np.stack([xf, nf, xr, nr])[:, usable][:, :count]


def as_cells(xf, nf, xr, nr):
    return [[xf, nf - xf], [xr, nr - xr]]


MANY = tables(1000, most=400, seed=0)


def test_fisher_exact():
    expected = [stats.fisher_exact(as_cells(*t)).pvalue for t in MANY.T]
    np.testing.assert_array_equal(fisher_exact(*MANY), expected)


def test_chi_square_and_pooled_z():
    expected = [stats.chi2_contingency(as_cells(*t), correction=False)[:2] for t in MANY.T]
    statistic, p = np.array(expected).T
    np.testing.assert_allclose(chi_square(*MANY)[0], statistic, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(chi_square(*MANY)[1], p, rtol=1e-9)
    z, p_z = pooled_z(*MANY)
    np.testing.assert_allclose(p_z, 2 * stats.norm.sf(np.abs(z)), rtol=1e-12)
    np.testing.assert_allclose(phi(*MANY) ** 2, statistic / (MANY[1] + MANY[3]), rtol=1e-9, atol=1e-15)


def test_mid_p_is_a_sum_of_probabilities():
    doubled, by_likelihood = [], []
    for xf, nf, xr, nr in MANY.T:
        selected = xf + xr
        support = np.arange(max(0, selected - nr), min(nf, selected) + 1)
        law = stats.hypergeom.pmf(support, nf + nr, nf, selected)
        at = law[support == xf][0]
        sides = law[support < xf].sum(), law[support > xf].sum()
        tied = np.isclose(law, at, rtol=1e-7, atol=0)
        doubled.append(min(1.0, 2 * (min(sides) + at / 2)))
        by_likelihood.append(law[(law < at) & ~tied].sum() + law[tied].sum() / 2)
    np.testing.assert_allclose(mid_p(*MANY), doubled, rtol=1e-9)
    np.testing.assert_allclose(mid_p_min_likelihood(*MANY), by_likelihood, rtol=1e-9)


def test_omnibus_chi_square():
    rng = np.random.default_rng(1)
    for _ in range(100):
        n = rng.integers(1, 300, rng.integers(2, 15))
        x = rng.binomial(n, rng.uniform(0.1, 0.9))
        if 0 < x.sum() < n.sum():
            expected = stats.chi2_contingency([x, n - x], correction=False)
            found = omnibus_chi_square(np.append(x, 0), np.append(n, 0))  # an empty group is left out
            assert found == pytest.approx((expected.statistic, expected.dof, expected.pvalue), rel=1e-9)


@pytest.mark.parametrize(("x", "n"), [([0, 0], [5, 5]), ([5, 5], [5, 5]), ([3, 0], [5, 0]), ([], [])])
def test_omnibus_chi_square_is_undefined(x, n):
    statistic, _, p = omnibus_chi_square(x, n)
    assert math.isnan(statistic)
    assert math.isnan(p)


def test_single_rate_intervals():
    x, n = MANY[:2, :150]
    for level in (0.8, 0.95, 0.999999):
        for ours, method in ((wilson, "wilson"), (clopper_pearson, "exact")):
            expected = [
                stats.binomtest(int(a), int(b)).proportion_ci(level, method=method) for a, b in zip(x, n, strict=True)
            ]
            np.testing.assert_allclose(np.array(ours(x, n, level)).T, expected, rtol=1e-9, atol=1e-12)
        low, high = jeffreys(x, n, level)
        tail = (1 - level) / 2
        np.testing.assert_allclose(low, np.where(x == 0, 0, stats.beta.ppf(tail, x + 0.5, n - x + 0.5)), rtol=1e-9)
        np.testing.assert_allclose(high, np.where(x == n, 1, stats.beta.isf(tail, x + 0.5, n - x + 0.5)), rtol=1e-9)


def test_katz_is_relative_risk_of_scipy():
    low, high = katz(*MANY, 0.9)
    defined = (MANY[0] > 0) & (MANY[2] > 0)
    assert np.isnan(low[~defined]).all()
    for t, a, b in zip(MANY.T[defined], low[defined], high[defined], strict=True):
        risk = stats.contingency.relative_risk(int(t[0]), int(t[1]), int(t[2]), int(t[3]))
        assert (a, b) == pytest.approx(tuple(risk.confidence_interval(0.9)), rel=1e-12)
        assert impact_ratio(*t) == pytest.approx(risk.relative_risk, rel=1e-15)


def test_odds_ratio_and_cohens_h():
    for t in tables(200, most=60, seed=3).T:
        sample = stats.contingency.odds_ratio(as_cells(*t), kind="sample").statistic
        assert odds_ratio(*t) == pytest.approx(sample if math.isfinite(sample) else math.nan, rel=1e-12, nan_ok=True)
    xf, nf, xr, nr = MANY
    expected = 2 * np.arcsin(np.sqrt(xf / nf)) - 2 * np.arcsin(np.sqrt(xr / nr))
    np.testing.assert_allclose(cohens_h(*MANY), expected, rtol=0, atol=1e-12)


def test_benjamini_hochberg():
    p = np.random.default_rng(4).random(50) ** 3
    np.testing.assert_allclose(benjamini_hochberg(p), stats.false_discovery_control(p), rtol=1e-12)


# The score intervals again, the long way: at each value of the parameter maximise the likelihood numerically under
# the constraint, form the score statistic, and look for where it is z.


def _likelihood(x, n, p):
    return (x * math.log(p) if x else 0.0) + ((n - x) * math.log1p(-p) if n - x else 0.0)


def _variances(pf, nf, pr, nr):
    return pf * (1 - pf) / nf, pr * (1 - pr) / nr


def _statistic(kind, value, xf, nf, xr, nr):
    """The score statistic for ratio, difference or odds ratio = value, from a numerical maximum."""
    focal = {
        "ratio": lambda pr: value * pr,
        "difference": lambda pr: pr + value,
        "odds": lambda pr: value * pr / (1 - pr + value * pr),
    }[kind]
    tiny = 1e-13
    low, high = {
        "ratio": (tiny, min(1, 1 / value) - tiny),
        "difference": (max(0, -value) + tiny, min(1, 1 - value) - tiny),
        "odds": (tiny, 1 - tiny),
    }[kind]
    found = minimize_scalar(
        lambda pr: -_likelihood(xf, nf, focal(pr)) - _likelihood(xr, nr, pr),
        bounds=(low, high), method="bounded", options={"xatol": 1e-13, "maxiter": 500},
    )  # fmt: skip
    pr = found.x
    pf = focal(pr)
    vf, vr = _variances(pf, nf, pr, nr)
    if kind == "ratio":
        return (xf / nf - value * xr / nr) / math.sqrt(vf + value**2 * vr)
    if kind == "difference":
        return (xf / nf - xr / nr - value) / math.sqrt(vf + vr)
    return (xf - nf * pf) * math.sqrt(1 / (nf * pf * (1 - pf)) + 1 / (nr * pr * (1 - pr)))


ORDINARY = [t for t in tables(60, most=80, seed=5).T.tolist() if 0 < t[0] < t[1] and 0 < t[2] < t[3]][:25]


@pytest.mark.parametrize(
    ("kind", "interval", "correction"),
    [
        ("ratio", koopman, False),
        ("ratio", miettinen_nurminen_ratio, True),
        ("difference", mee, False),
        ("difference", miettinen_nurminen_difference, True),
        ("odds", odds_ratio_score, False),
    ],
)
def test_score_intervals_by_numerical_maximum_likelihood(kind, interval, correction):
    z = stats.norm.ppf(0.975)
    assert len(ORDINARY) == 25
    for t in ORDINARY:
        scale = math.sqrt((t[1] + t[3] - 1) / (t[1] + t[3])) if correction else 1.0
        low, high = interval(*t, 0.95)
        assert _statistic(kind, low, *t) * scale == pytest.approx(z, rel=1e-5)
        assert _statistic(kind, high, *t) * scale == pytest.approx(-z, rel=1e-5)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.9999])
def test_koopman_ends_are_roots_of_the_published_equation(level):
    """Koopman's equation with the restricted rates of his quadratic, solved by scipy's brentq."""
    z2 = stats.norm.ppf((1 + level) / 2) ** 2

    def excess(log_ratio, xf, nf, xr, nr):
        rho, n = math.exp(log_ratio), nf + nr
        b = -(nf * rho + xf + nr + xr * rho)
        pr = (-b - math.sqrt(b * b - 4 * n * rho * (xf + xr))) / (2 * n * rho)
        pf = rho * pr
        vf, vr = _variances(pf, nf, pr, nr)
        return (xf / nf - rho * xr / nr) ** 2 - z2 * (vf + rho**2 * vr)

    for t in ORDINARY:
        low, high = koopman(*t, level)
        middle = math.log(impact_ratio(*t))
        assert math.log(low) == pytest.approx(brentq(excess, -12, middle, args=tuple(t), xtol=1e-14), abs=1e-9)
        assert math.log(high) == pytest.approx(brentq(excess, middle, 12, args=tuple(t), xtol=1e-14), abs=1e-9)


def test_large_numbers():
    """Ten million in each group: near the normal limit, nothing lost to rounding."""
    t = (4_999_000, 10_000_000, 5_000_000, 10_000_000)
    z, p = pooled_z(*t)
    assert z == pytest.approx(-1000 / math.sqrt(2 * 10_000_000 * 0.49995 * 0.50005), rel=1e-9)  # -1000 / √(2n·p̄·q̄)
    assert mid_p(*t) == pytest.approx(p, rel=1e-3)
    assert str(default_test(*t)[0]) == "pooled_z"
    for interval in (koopman, miettinen_nurminen_ratio, katz):
        low, high = interval(*t, 0.95)
        # ln ratio ± 1.96·√((1/x_f - 1/n_f) + (1/x_r - 1/n_r)), which all agree with here
        error = 1.959963984540054 * math.sqrt(1 / t[0] - 1 / t[1] + 1 / t[2] - 1 / t[3])
        assert (math.log(low), math.log(high)) == pytest.approx(
            (math.log(0.9998) - error, math.log(0.9998) + error), abs=1e-9
        )


def test_rare_selections_among_many():
    """3 against 9 of ten million: Poisson counts, whose ratio interval is that of 3 of 12 on the odds scale.

    Given 12 in all, the focal count is binomial with odds equal to the ratio; Wilson's interval for 3/12 gives
    p/(1 - p).  The score intervals agree in the limit of rare events.
    """
    low, high = koopman(3, 10_000_000, 9, 10_000_000, 0.95)
    a, b = wilson(3, 12, 0.95)
    assert (low, high) == pytest.approx((a / (1 - a), b / (1 - b)), rel=1e-5)


def test_rare_rejections_among_many():
    """Of ten million each, 3 and 9 are not selected: near a ratio of 1, ratio - 1 and difference are one and the same."""
    t = (9_999_997, 10_000_000, 9_999_991, 10_000_000)
    for ratio, difference in ((koopman, mee), (miettinen_nurminen_ratio, miettinen_nurminen_difference)):
        (a, b), (low, high) = ratio(*t, 0.95), difference(*t, 0.95)
        assert (a - 1, b - 1) == pytest.approx((low, high), rel=1e-5)
        assert low < 6e-7 < high  # (9 - 3) / 10⁷ lies between
