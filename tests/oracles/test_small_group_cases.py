"""Cases of small groups and of individuals: scipy's beta-binomial and quadrature, aif360, and closed forms."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import beta, betabinom

from fairwitness.audit.rows.neighbours import nearby
from fairwitness.metrics.beta_binomial import fit_beta_law, shrunk_rates
from fairwitness.metrics.consistency import consistency
from fairwitness.metrics.differential_fairness import differential_fairness
from fairwitness.metrics.disparity import impact_ratio, rate_difference
from fairwitness.metrics.generalized_entropy import benefit_counts, between_groups, generalized_entropy
from fairwitness.metrics.ratio_posterior import ratio_below, ratio_quantile
from fairwitness.metrics.subset_scan import bernoulli_score, best_odds_ratio


def empirical_bayes(inputs):
    names = list(inputs["groups"])
    x, n = np.array([inputs["groups"][name] for name in names]).T
    law = fit_beta_law(x, n)
    means, _, _ = shrunk_rates(law, x, n, 0.95)
    return {"alpha": law.alpha, "beta": law.beta, "posterior_means": dict(zip(names, means, strict=True))}


def bayes_ratio(inputs):
    counts = [inputs[name] for name in ("focal_selected", "focal_n", "ref_selected", "ref_n")]
    prior = tuple(inputs["prior"])
    return {
        "p_ratio_lt_0_8": ratio_below(*counts, 0.8, prior),
        "p_ratio_lt_1": ratio_below(*counts, 1.0, prior),
        "cri95": list(ratio_quantile(*counts, [0.025, 0.975], prior)),
        "median": ratio_quantile(*counts, 0.5, prior),
    }


def whole_table(inputs):
    (xf, nf), (xr, nr) = inputs["Female"], inputs["Male"]
    return {
        "statistical_parity_difference": rate_difference(xf, nf, xr, nr),
        "disparate_impact": impact_ratio(xf, nf, xr, nr),
        "smoothed_edf": differential_fairness([xf, xr], [nf, nr], inputs["concentration"]),
    }


def benefits(inputs):
    truth, chosen = np.array(inputs["y_true"]), np.array(inputs["y_pred"])
    kinds = {"true_positive": (1, 1), "false_positive": (0, 1), "false_negative": (1, 0), "true_negative": (0, 0)}
    counts = {kind: np.array([np.sum((truth == t) & (chosen == c))]) for kind, (t, c) in kinds.items()}
    people = benefit_counts(counts)[0]
    return {"gei_alpha2": generalized_entropy(people), "theil": generalized_entropy(people, alpha=1)}


def between(inputs):
    """As given, one mean benefit a person; and from groups of 2, 4 and 4 with the means 1, 1.25 and .75."""
    means = inputs["group_mean_benefit"]
    by_person = generalized_entropy(np.ones(len(means)), means)
    by_group = between_groups([[0, 2, 0], [0, 3, 1], [1, 3, 0]])
    assert by_person == pytest.approx(by_group, rel=1e-12)
    return {"value": by_group}


def nearest(inputs):
    near = nearby(inputs["X"], inputs["y"], inputs["n_neighbors"], itself=True)
    return {"value": consistency(inputs["y"], near)}


def scan(inputs):
    y, p = np.array(inputs["y"]), np.array(inputs["p"])
    q, score = best_odds_ratio(y, np.ones_like(y), p)
    assert bernoulli_score(y, np.ones_like(y), p, q) == pytest.approx(score, rel=1e-12)
    return {"q_hat": q, "score": score}


@pytest.mark.parametrize(
    ("name", "compute"),
    [
        ("empirical_bayes_betabinom", empirical_bayes),
        ("bayes_ratio_teal", bayes_ratio),
        ("bayes_ratio_zero", bayes_ratio),
        ("adult_full_aif360", whole_table),
        ("aif360_gei_theil", benefits),
        ("aif360_gei_2", benefits),
        ("aif360_between_group_gei", between),
        ("consistency_knn", nearest),
        ("mdss_bernoulli_subset", scan),
    ],
)
def test_every_expected_quantity(name, compute, case, differences):
    of_case = case(name)
    assert differences(compute(of_case["inputs"]), of_case["expected"], of_case["tolerance"]) == []


def test_the_law_is_the_likeliest_on_a_grid_of_scipys_beta_binomial(case):
    """No Beta law on a grid of 200 means and 200 strengths, nor any that Nelder and Mead find, is likelier."""
    x, n = np.array(list(case("empirical_bayes_betabinom")["inputs"]["groups"].values())).T

    def likelihood(a, b):
        return float(betabinom.logpmf(x, n, a, b).sum())

    law = fit_beta_law(x, n)
    best = likelihood(law.alpha, law.beta)
    mean, strength = np.meshgrid(np.linspace(0.01, 0.99, 200), np.geomspace(0.1, 1e4, 200))
    a, b = mean * strength, (1 - mean) * strength
    grid = betabinom.logpmf(x, n, a[..., None], b[..., None]).sum(axis=-1)
    assert best >= grid.max()
    assert best - grid.max() < 0.05  # and the grid comes near
    found = minimize(lambda t: -likelihood(*np.exp(t)), [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-8})
    assert best >= -found.fun - 1e-7


@pytest.mark.parametrize(("counts", "prior"), [((26, 48, 206, 259), (0.5, 0.5)), ((0, 3, 900, 1000), (2.0, 30.0))])
def test_the_posterior_of_a_ratio_agrees_with_draws(counts, prior):
    """A million draws from either Beta law: within 5 standard errors."""
    xf, nf, xr, nr = counts
    generator = np.random.default_rng(1)
    draws = beta.rvs(prior[0] + xf, prior[1] + nf - xf, size=10**6, random_state=generator)
    draws /= beta.rvs(prior[0] + xr, prior[1] + nr - xr, size=10**6, random_state=generator)
    for line in (0.05, 0.3, 0.8, 1.2):
        p = float(ratio_below(*counts, line, prior))
        assert abs((draws < line).mean() - p) < 5 * np.sqrt(p * (1 - p) / 10**6) + 1e-6


def test_the_highest_score_by_enumeration():
    """Every subset of five people of unlike expectations: none has a higher score than at its own best factor."""
    y, p = np.array([1, 0, 1, 1, 0]), np.array([0.3, 0.4, 0.2, 0.5, 0.3])
    for size in range(1, 6):
        for members in itertools.combinations(range(5), size):
            of = list(members)
            q, score = best_odds_ratio(y[of], np.ones(size), p[of])
            tried = [bernoulli_score(y[of], np.ones(size), p[of], each) for each in np.geomspace(1e-6, 1e6, 2001)]
            assert score >= max(tried) - 1e-9
            assert (q == 0) == (y[of].sum() == 0)
            assert np.isinf(q) == (y[of].sum() == size)
