"""Both parts have to be shown: each part against an independent calculation, and the size of the whole."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logit
from scipy.stats import binom, norm
from sklearn.metrics import roc_auc_score

from fairwitness.audit.alternatives.candidates import Outcome, Pair
from fairwitness.audit.alternatives.equal_within_noise import against, not_less_valid
from fairwitness.audit.alternatives.impact import no_better
from fairwitness.audit.alternatives.validity import excess, validity_of

PAIR = Pair(focal=0, reference=1, below=True)


def wanted(given="auc", margin=0.02, draws=500):
    return validity_of(given, margin=margin, level=0.95, draws=draws, seed=3)


def decisions(focal, reference):
    """Return (base, new) decisions of each group from counts: both, new only, base only, neither."""
    rows = [np.repeat([[1, 1], [0, 1], [1, 0], [0, 0]], counts, axis=0) for counts in (focal, reference)]
    made = np.concatenate(rows).astype(float)
    group = np.repeat([0, 1], [len(r) for r in rows])
    label = np.arange(len(made)) % 3 > 0
    return tuple(Outcome(label, group, made[:, i], made[:, i]) for i in (0, 1))


def drawn(seed, n=400, gain=0.0, loss=0.0):
    """People with a base score and another that is as good; ``gain`` lifts the focal group in the latter."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n)
    skill = rng.normal(size=n)
    label = rng.random(n) < norm.cdf(1.2 * skill)
    base = skill + 0.7 * (group == 1) + rng.normal(scale=0.5, size=n)
    new = base + gain * (group == 0) + loss * rng.normal(size=n) + rng.normal(scale=0.05, size=n)
    cut = 0.4
    return tuple(Outcome(label, group, s, (s >= cut).astype(float)) for s in (base, new))


def test_the_error_of_a_difference_of_areas_is_delongs_on_the_logit_scale():
    """From all pairs: each person's mean of "ranked right" over the other class, its covariance over both scores."""
    old, new = drawn(1, n=120, gain=0.5, loss=0.4)
    kernel = [
        (s.score[s.label][:, None] > s.score[~s.label]) + 0.5 * (s.score[s.label][:, None] == s.score[~s.label])
        for s in (new, old)
    ]
    areas = [k.mean() for k in kernel]
    each = kernel[0] / (areas[0] * (1 - areas[0])) - kernel[1] / (areas[1] * (1 - areas[1]))  # slopes of the logit
    m, n = each.shape
    error = np.sqrt(each.mean(axis=1).var(ddof=1) / m + each.mean(axis=0).var(ddof=1) / n)
    beyond = logit(areas[0]) - logit(areas[1] - 0.02)
    assert excess(wanted(), new, old) == pytest.approx((beyond, error))
    assert not_less_valid(beyond, error) == pytest.approx(norm.sf(beyond / error))


def test_the_error_of_a_difference_of_precisions_is_that_of_drawing_the_people_anew():
    old, new = drawn(2, n=600, gain=0.6, loss=0.3)
    beyond, found = excess(wanted("precision_at_selection_rate"), new, old)
    rng, redrawn = np.random.default_rng(0), []
    for _ in range(3000):
        at = rng.integers(0, 600, 600)
        redrawn.append(np.subtract(*(s.label[at] @ s.chance[at] / s.chance[at].sum() for s in (new, old))))
    assert beyond == pytest.approx(new.label[new.chance == 1].mean() - old.label[old.chance == 1].mean() + 0.02)
    assert found == pytest.approx(np.std(redrawn), rel=0.08)


def test_a_utility_s_error_is_that_of_drawing_the_same_people_for_both():
    """A mean of 0 and 1: its difference has the standard error of paired shares."""
    old, new = drawn(3, n=500, gain=0.6)
    beyond, found = excess(wanted(lambda _, selected, __: selected.mean(), draws=3000), new, old)
    each = new.chance - old.chance
    assert beyond == pytest.approx(each.mean() + 0.02)
    assert found == pytest.approx(each.std() / np.sqrt(500), rel=0.06)


def test_a_better_ratio_is_shown_by_a_score_test_of_the_paired_ratio():
    """If only new selections in the focal group change, ln ratio rises by ln(24/16); the p-value is near the Wald one."""
    base, new = decisions((16, 8, 0, 76), (40, 0, 0, 60))
    wald = np.log(24 / 16) / np.sqrt(1 / 16 - 1 / 24)  # the variance of ln of two nested counts
    assert no_better(new, base, PAIR) == pytest.approx(norm.sf(wald), abs=0.01)
    assert no_better(base, new, PAIR) > 0.99
    assert no_better(base, base, PAIR) == 0.5


def test_where_the_group_was_above_parity_a_lower_ratio_is_better():
    base, new = decisions((40, 0, 0, 60), (16, 8, 0, 76))
    assert no_better(new, base, Pair(0, 1, below=False)) < 0.01
    assert no_better(new, base, PAIR) > 0.99


@pytest.mark.parametrize(("gained", "verdict"), [(20, "better_and_as_valid"), (75, "not_shown")])
def test_a_ratio_as_far_on_the_other_side_of_parity_is_no_better(gained, verdict):
    """From 20/40 to 40/40, or to 95/40; the positives are selected by both."""
    base, new = decisions((20, gained, 0, 80 - gained), (40, 0, 0, 60))
    base, new = (Outcome(np.arange(200) % 9 > 0, s.group, s.score, s.chance) for s in (base, new))
    found = against(wanted("precision_at_selection_rate", margin=0.2), new, base, PAIR)
    assert max(found.validity_p, found.ratio_p) < 0.01
    assert found.verdict == verdict
    assert ("past parity" in found.because) is (verdict == "not_shown")


def test_exchanging_the_groups_and_the_side_changes_nothing():
    base, new = drawn(4, gain=0.5)
    swapped = [Outcome(s.label, 1 - s.group, s.score, s.chance) for s in (base, new)]
    assert no_better(new, base, PAIR) == pytest.approx(no_better(swapped[1], swapped[0], Pair(1, 0, below=True)))


def test_with_a_lot_the_ratio_is_tested_by_its_bootstrap_error():
    base, new = drawn(5, n=500, gain=0.1)
    by_lot = Outcome(new.label, new.group, new.score, np.clip(new.chance, 0.02, 0.98))
    change_of, rng = [], np.random.default_rng(0)

    def log_ratio(seen, at):
        return np.log(np.divide(*(seen.chance[at][seen.group[at] == g].mean() for g in (0, 1))))

    for _ in range(2000):
        at = rng.integers(0, 500, 500)
        change_of.append(log_ratio(by_lot, at) - log_ratio(base, at))
    everybody = np.arange(500)
    z = (log_ratio(by_lot, everybody) - log_ratio(base, everybody)) / np.std(change_of)
    assert norm.isf(no_better(by_lot, base, PAIR)) == pytest.approx(z, rel=0.08)


def test_a_ratio_without_selections_cannot_be_compared():
    base, new = decisions((16, 8, 0, 76), (0, 0, 40, 60))
    assert no_better(new, base, PAIR) is None
    found = against(wanted("precision_at_selection_rate"), new, base, PAIR)
    assert (found.verdict, found.p) == ("not_evaluable", None)


def test_where_the_old_one_selects_nobody_of_the_group_any_selection_of_the_new_one_counts():
    base, new = decisions((0, 20, 0, 80), (40, 0, 0, 60))
    assert no_better(new, base, PAIR) < 0.001


def test_both_parts_have_to_be_shown_and_p_is_the_larger():
    base, new = drawn(6, n=3000, gain=0.35)
    found = against(wanted(), new, base, PAIR)
    assert found.p == max(found.validity_p, found.ratio_p)
    assert found.verdict == "better_and_as_valid"
    assert "as valid within 0.02" in found.because
    base, worse = drawn(6, n=3000, gain=0.35, loss=0.6)
    found = against(wanted(), worse, base, PAIR)
    assert found.verdict == "not_shown"
    assert found.ratio_p < 0.05 < found.validity_p == found.p
    base, same = drawn(6, n=3000, loss=0.01)
    found = against(wanted(), same, base, PAIR)
    assert (found.verdict, found.p) == ("not_shown", found.ratio_p)


def test_what_decides_alike_on_everybody_is_not_shown_to_be_better():
    base, _ = drawn(7)
    found = against(wanted(), base, base, PAIR)
    assert (found.verdict, found.p) == ("not_shown", None)
    assert "what the baseline does" in found.because


def test_validities_that_never_vary_apart_prove_nothing():
    base, _ = drawn(8)
    more = Outcome(base.label, base.group, base.score, (base.score >= 0.3).astype(float))
    found = against(wanted(), more, base, PAIR)
    assert (found.verdict, found.validity_p) == ("not_evaluable", None)


def test_one_that_is_no_better_is_called_better_no_oftener_than_one_in_twenty():
    """At the edge: as valid, the ratio unchanged. 600 draws; 48 is the 99.9 % point of a count with a share of 5 %."""
    called = sum(
        against(wanted(margin=0.05), new, base, PAIR).verdict == "better_and_as_valid"
        for base, new in (drawn(seed, n=300, loss=0.15) for seed in range(600))
    )
    assert called <= binom.ppf(0.999, 600, 0.05) == 48


def test_one_that_is_less_valid_by_the_margin_is_called_as_valid_no_oftener_than_one_in_twenty():
    """The margin is set to the true loss of area, from 200,000 people; the ratio rises much."""
    base, new = drawn(99, n=200_000, gain=0.6, loss=0.7)
    loss = np.subtract(*(roc_auc_score(s.label, s.score) for s in (base, new)))
    called = sum(
        against(wanted(margin=loss), new, base, PAIR).verdict == "better_and_as_valid"
        for base, new in (drawn(seed, n=500, gain=0.6, loss=0.7) for seed in range(600))
    )
    assert 10 < called <= 48  # a mean of 30 less those whose ratio is not shown


def test_near_a_perfect_area_a_loss_of_the_margin_is_overlooked_no_oftener_than_one_in_twenty():
    """Normal scores 2 apart, of 20 and of 200 people; to one of them noise of .7 is added, which costs .045 of area.

    The plain difference was called as valid in 10.6 % of draws. 600 draws; 48 is the 99.9 % point of 5 %.
    """
    label, group = np.repeat([True, False], [20, 200]), np.zeros(220, np.int64)
    loss = norm.cdf(2 / np.sqrt(2)) - norm.cdf(2 / np.sqrt(2 + 2 * 0.7**2))
    assert loss == pytest.approx(0.045, abs=0.001)
    rng, called = np.random.default_rng(1), 0
    for _ in range(600):
        base = 2 * label + rng.normal(size=220)
        new = base + 0.7 * rng.normal(size=220)
        old, candidate = (Outcome(label, group, s, s) for s in (base, new))
        p = not_less_valid(*excess(wanted(margin=loss), candidate, old))
        called += p is not None and p <= 0.05
    assert 10 < called <= 48


@pytest.mark.parametrize("few", [10, 19])
def test_with_fewer_than_twenty_of_an_outcome_nothing_is_said_of_areas(few):
    rng = np.random.default_rng(0)
    label, group = np.repeat([True, False], [few, 200]), np.arange(few + 200) % 2
    base, new = (Outcome(label, group, s, (s > 1).astype(float)) for s in label + rng.normal(size=(2, few + 200)))
    found = against(wanted(margin=0.5), new, base, PAIR)
    assert (found.verdict, found.validity_p) == ("not_evaluable", None)
    assert "too few people" in found.because


def test_a_perfect_area_has_no_logit_and_is_held_on_the_plain_scale():
    label, group = np.repeat([True, False], 40), np.arange(80) % 2
    perfect = label.astype(float) + np.random.default_rng(0).random(80) / 2
    worse = np.where(np.arange(80) < 5, -1.0, perfect)
    new, old = (Outcome(label, group, s, (s > 0.9).astype(float)) for s in (perfect, worse))
    beyond, error = excess(wanted(), new, old)
    assert beyond == pytest.approx(5 / 40 + 0.02)  # five positives below all negatives
    assert not_less_valid(beyond, error) < 0.05
