"""The effect of a swap: classical analyses where the arrangement is classical, and relations that hold for all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from fairwitness.metrics.answer_variance import components
from fairwitness.metrics.crossing import crossing_of
from fairwitness.metrics.effect_intervals import rate_interval, rate_p, t_interval, two_sided_p
from fairwitness.metrics.swap_effect import effect

SEEDS = st.integers(0, 2**32 - 1)


def crossed(resumes, names, slots, seed, *, per_job=1):
    """Résumés under some names of two groups, each résumé under other ones; answers have the shape (résumés, 2, slots)."""
    rng = np.random.default_rng(seed)
    name = np.array([[rng.permutation(names)[:slots] + g * names for g in (0, 1)] for _ in range(resumes)])
    job = np.arange(resumes) // per_job
    return name, job


def arrangement(name, job, names):
    resumes, _, slots = name.shape
    each = np.repeat(np.arange(resumes), 2 * slots)
    role = np.tile(np.repeat([0, 1], slots), resumes)
    return crossing_of(role, (1, -1), job[each], block=each, names=name.ravel(), side=np.repeat([0, 1], names))


def test_every_name_on_every_resume_is_the_classical_analysis_of_variance():
    """Résumés x names within groups, both random: each mean square against its own error (Winer's quasi-F).

    Of the cells y[résumé, group, name]: V = MS(résumé x group) / (R·N/2) for the difference of means, plus
    (MS(name) - MS(name x résumé)) / (R·N) for the names of each group.
    """
    rng = np.random.default_rng(5)
    resumes, names = 7, 4
    y = rng.normal(size=(resumes, 1, 1)) + rng.normal(size=(1, 2, names)) + rng.normal(size=(resumes, 2, names))
    apart = y[:, 0].mean(axis=1) - y[:, 1].mean(axis=1)
    variance, terms = apart.var(ddof=1) / resumes, []
    for g in (0, 1):
        cells = y[:, g]
        rest = cells - cells.mean(axis=0) - cells.mean(axis=1, keepdims=True) + cells.mean()
        of_names = resumes * cells.mean(axis=0).var(ddof=1)
        of_rest = (rest**2).sum() / ((resumes - 1) * (names - 1))
        variance += (of_names - of_rest) / (resumes * names)
        terms.append((of_names - of_rest) / resumes)
    name = np.broadcast_to(np.arange(2 * names).reshape(2, names), y.shape)
    found = effect(arrangement(name, np.arange(resumes), names), y.ravel())
    assert found.value == pytest.approx(y[:, 0].mean() - y[:, 1].mean())
    assert found.variance == pytest.approx(variance)
    assert [part.variance for part in found.names] == pytest.approx(terms)
    assert 1 <= found.df <= resumes - 1 + 2 * (names - 1)


def test_one_name_a_group_is_the_t_test_of_the_jobs_differences():
    rng = np.random.default_rng(6)
    resumes, per_job = 24, 3
    y = rng.normal(size=(resumes, 2, 1))
    name = np.broadcast_to(np.array([[0], [1]]), y.shape)
    found = effect(arrangement(name, np.arange(resumes) // per_job, 1), y.ravel())
    of_jobs = (y[:, 0] - y[:, 1]).reshape(-1, per_job).mean(axis=1)
    expected = ttest_1samp(of_jobs, 0.0)
    low, high = t_interval(found, 0.95)
    assert (low, high) == pytest.approx(tuple(expected.confidence_interval(0.95)))
    assert found.names == ()
    assert two_sided_p(found.value / found.variance**0.5, found.df) == pytest.approx(expected.pvalue)


@pytest.mark.parametrize(("slots", "per_job"), [(1, 1), (2, 1), (2, 4), (3, 2)])
def test_what_names_add_is_unbiased(slots, per_job):
    """The estimates are quadratic, so that of independent names is the sum of those of each name alone.

    A unit of variance among the names of a group must be estimated as 1 there and as 0 in the other group, and the
    variance of the effect as the sum of the squares of what each name is multiplied by in it.  What is left is the
    taking out of means, of the order of one over the number of jobs.
    """
    names, resumes = 4, 240
    name, job = crossed(resumes, names, slots, seed=slots, per_job=per_job)
    at = arrangement(name, job, names)
    for g in (0, 1):
        alone = [effect(at, (name == n).astype(float).ravel()) for n in range(g * names, (g + 1) * names)]
        of_sides = np.sum([[part.variance for part in found.names] for found in alone], axis=0)
        assert of_sides == pytest.approx(np.eye(2)[g], abs=6 * per_job / resumes)
        whole = sum(found.between_clusters + sum(part.added for part in found.names) for found in alone)
        true = sum(found.value**2 for found in alone)
        assert whole == pytest.approx(true, rel=6 * per_job / resumes)


@given(SEEDS, st.sampled_from([1, 2, 3]), st.sampled_from([1, 3]))
def test_exchanging_the_groups_changes_the_sign(seed, slots, per_job):
    rng = np.random.default_rng(seed)
    name, job = crossed(12, 4, slots, seed, per_job=per_job)
    y = rng.normal(size=name.shape)
    there, back = (
        effect(arrangement(name, job, 4), y.ravel()),
        effect(arrangement((name[:, ::-1] + 4) % 8, job, 4), y[:, ::-1].ravel()),
    )
    assert back.value == pytest.approx(-there.value)
    assert back.variance == pytest.approx(there.variance)
    assert back.df == pytest.approx(there.df)
    assert [p.variance for p in back.names] == pytest.approx([p.variance for p in there.names][::-1])


@given(SEEDS)
def test_resumes_in_another_order_and_other_numbers_for_names_and_jobs(seed):
    rng = np.random.default_rng(seed)
    name, job = crossed(12, 4, 2, seed, per_job=3)
    y = rng.normal(size=name.shape)
    order, jobs = rng.permutation(12), rng.permutation(4) * 7
    renamed = np.concatenate([rng.permutation(4), rng.permutation(4) + 4])
    there = effect(arrangement(name, job, 4), y.ravel())
    other = effect(arrangement(renamed[name[order]], jobs[job[order]], 4), y[order].ravel())
    assert other[:5] == pytest.approx(there[:5])


@given(SEEDS, st.floats(-5, 5), st.floats(0.1, 10))
def test_a_constant_for_each_resume_changes_nothing_and_a_factor_scales(seed, least, factor):
    rng = np.random.default_rng(seed)
    name, job = crossed(12, 4, 2, seed, per_job=2)
    y, base = rng.normal(size=name.shape), least + rng.normal(size=(12, 1, 1))
    at = arrangement(name, job, 4)
    there, other = effect(at, y.ravel()), effect(at, (factor * (y + base)).ravel())
    assert other.value == pytest.approx(factor * there.value)
    assert other.variance == pytest.approx(factor**2 * there.variance)
    assert other.df == pytest.approx(there.df)


@given(SEEDS)
def test_everything_twice_for_the_same_jobs_is_no_more_evidence(seed):
    """Every résumé sent to its job a second time, with the same answers: the job is what is independent."""
    rng = np.random.default_rng(seed)
    name, job = crossed(12, 4, 2, seed, per_job=3)
    y = rng.normal(size=name.shape)
    once = effect(arrangement(name, job, 4), y.ravel())
    twice = effect(arrangement(np.tile(name, (2, 1, 1)), np.tile(job, 2), 4), np.tile(y, (2, 1, 1)).ravel())
    assert twice[:5] == pytest.approx(once[:5])


def test_a_name_that_always_stands_beside_the_same_one_or_on_one_resume_only_breaks_nothing():
    rng = np.random.default_rng(7)
    name = np.stack([np.arange(5), np.arange(5) + 5], axis=1)[:, :, None]  # each on one résumé
    found = effect(arrangement(name, np.arange(5), 5), rng.normal(size=name.shape).ravel())
    assert found.variance == pytest.approx(found.between_clusters)  # between résumés is between names as well
    paired = np.tile(name, (6, 1, 1))
    again = effect(arrangement(paired, np.arange(30), 5), rng.normal(size=paired.shape).ravel())
    assert np.isfinite(again.variance)
    assert again.variance > 0


def test_one_job_gives_no_variance_and_equal_answers_give_none_either():
    name, _ = crossed(6, 4, 2, 1)
    y = np.random.default_rng(0).normal(size=name.shape)
    one = effect(arrangement(name, np.zeros(6, int), 4), y.ravel())
    assert np.isnan(one.variance)
    assert t_interval(one, 0.95) is None
    still = effect(arrangement(name, np.arange(6), 4), np.repeat(y[:, 0, 0], 4))
    assert (still.value, still.variance) == (0.0, 0.0)
    assert t_interval(still, 0.95) is None


def test_rounding_is_no_variance():
    """Every pair differs by .1, to the last bit or not."""
    name, job = crossed(30, 4, 2, 2)
    y = (
        np.random.default_rng(0).uniform(size=(30, 1, 1)) * 1000
        + np.array([0.1, 0.0]).reshape(1, 2, 1)
        + np.zeros(name.shape)
    )
    found = effect(arrangement(name, job, 4), y.ravel())
    assert found.value == pytest.approx(0.1)
    assert found.variance == 0


def test_what_answers_vary_by():
    """Every name on every résumé, without chance: variances of three résumés and of three names of either group."""
    resume, name_a, name_b = np.array([0.0, 1.0, 5.0]), np.array([1.0, 2.0, 6.0]), np.array([0.0, 0.0, 3.0])
    y = resume[:, None, None] + np.stack([name_a, name_b])
    name = np.broadcast_to(np.arange(6).reshape(2, 3), y.shape)
    at = arrangement(name, np.arange(3), 3)
    found = components(at, y.ravel(), effect(at, y.ravel()).names)
    assert found.names == pytest.approx((7.0, 3.0))  # about 3: (4 + 1 + 9)/2; about 1: (1 + 1 + 4)/2
    assert found.resumes == pytest.approx(7.0)  # (4 + 1 + 9)/2
    assert found.rest == pytest.approx(0.0, abs=1e-12)


@given(SEEDS, st.sampled_from([0.05, 0.5, 0.95]), st.sampled_from([0.8, 0.95]))
def test_a_rate_is_rejected_exactly_where_its_interval_does_not_reach(seed, expected, level):
    rng = np.random.default_rng(seed)
    name, job = crossed(15, 3, 1, seed)
    y = rng.uniform(size=15) < rng.uniform()
    pairs = crossing_of(np.zeros(15, int), (1,), job, names=name[:, :, 0], side=[0, 0, 0, 1, 1, 1])
    found = effect(pairs, y)
    low, high = rate_interval(found, level)
    assert 0 <= low <= found.value <= high <= 1
    assert low < high
    p = rate_p(found, expected)
    if abs(p - (1 - level)) > 1e-6:
        assert (low <= expected <= high) == (p > 1 - level)
