"""Inequality of benefits and consistency, by hand and against aif360; the search against aif360's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fairwitness.audit.bridges.subset_scan import aif360_scan, members
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.rows.consistency import consistency as consistency_of_rows
from fairwitness.audit.rows.neighbours import nearby
from fairwitness.metrics.consistency import consistency, consistency_at_random
from fairwitness.metrics.differential_fairness import differential_fairness
from fairwitness.metrics.generalized_entropy import benefit_counts, between_groups, generalized_entropy
from fairwitness.metrics.subset_scan import best_odds_ratio, scan

CELLS = st.lists(st.tuples(*[st.integers(0, 12)] * 4), min_size=2, max_size=4)
KINDS = ("true_positive", "false_positive", "false_negative", "true_negative")


def people_of(cells):
    """Return rows (group, true, chosen) and counts by group."""
    rows = [
        (g, int(kind in ("true_positive", "false_negative")), int(kind in ("true_positive", "false_positive")))
        for g, cell in enumerate(cells)
        for kind, n in zip(KINDS, cell, strict=True)
        for _ in range(n)
    ]
    counts = dict(zip(KINDS, np.array(cells).T, strict=True))
    return np.array(rows), benefit_counts(counts)


@settings(max_examples=10)
@given(CELLS)
def test_aif360_gives_the_same_entropies_and_differential_fairness(aif360, cells):
    """At alpha = 0 aif360 0.6.1 divides by the mean benefit once more than the formula in its own documentation."""
    assume(all(sum(cell) for cell in cells))
    rows, people = people_of(cells)
    assume((1 + rows[:, 2] - rows[:, 1]).any())
    data_set, metric = aif360
    frame = pd.DataFrame(rows, columns=["group", "true", "said"]).astype(float)
    named = {"protected_attribute_names": ["group"], "favorable_label": 1, "unfavorable_label": 0}
    truth = data_set(df=frame[["group", "true"]], label_names=["true"], **named)
    said = data_set(df=frame[["group", "said"]].rename(columns={"said": "true"}), label_names=["true"], **named)
    theirs = metric(truth, said, unprivileged_groups=[{"group": 0.0}], privileged_groups=[{"group": 1.0}])
    whole = people.sum(axis=0)
    for alpha in (1, 2, 0.5, 3):
        assert generalized_entropy(whole, alpha=alpha) == pytest.approx(
            theirs.generalized_entropy_index(alpha), abs=1e-12
        )
    if whole[0]:
        assert np.isnan(generalized_entropy(whole, alpha=0))
    else:
        mean = whole @ [0, 1, 2] / whole.sum()
        expected = theirs.generalized_entropy_index(0) * mean
        assert generalized_entropy(whole, alpha=0) == pytest.approx(expected, abs=1e-12)
    groups = [[{"group": float(g)}] for g in range(len(cells))]
    for alpha in (1, 2):
        expected = theirs._between_group_generalized_entropy_index(groups, alpha)
        assert between_groups(people, alpha=alpha) == pytest.approx(expected, abs=1e-12)
    selected, n = np.bincount(rows[:, 0], weights=rows[:, 2]), np.bincount(rows[:, 0])
    same = metric(said, said, unprivileged_groups=[{"group": 0.0}], privileged_groups=[{"group": 1.0}])
    expected = same.smoothed_empirical_differential_fairness()
    assert differential_fairness(selected, n) == pytest.approx(expected, abs=1e-12)


@given(CELLS, st.sampled_from([0.5, 1.0, 2.0, 3.0]))
def test_between_and_within_add_up(cells, alpha):
    """Within: Σ (n_g/N)·(μ_g/μ)^α·GE_g."""
    _, people = people_of(cells)
    benefits = people @ [0.0, 1.0, 2.0]
    sizes = people.sum(axis=1)
    assume((benefits > 0).all())
    mean = benefits.sum() / sizes.sum()
    within = np.sum(sizes / sizes.sum() * (benefits / sizes / mean) ** alpha * generalized_entropy(people, alpha=alpha))
    whole = float(generalized_entropy(people.sum(axis=0), alpha=alpha))
    assert float(between_groups(people, alpha=alpha)) + within == pytest.approx(whole, abs=1e-12)
    assert float(between_groups(people, alpha=alpha)) <= whole + 1e-12


@given(CELLS, st.integers(2, 9))
def test_entropy_knows_neither_scale_nor_order(cells, times):
    _, people = people_of(cells)
    whole = people.sum(axis=0)
    assume(whole @ [0, 1, 2] > 0)
    value = float(generalized_entropy(whole))
    assert float(generalized_entropy(times * whole)) == pytest.approx(value, abs=1e-12)
    assert float(generalized_entropy(whole[::-1], [6.0, 3.0, 0.0])) == pytest.approx(value, abs=1e-12)
    assert float(between_groups(people[::-1])) == pytest.approx(float(between_groups(people)), abs=1e-12, nan_ok=True)


def test_entropies_that_are_not_defined():
    assert np.isnan(generalized_entropy([3, 0, 0]))  # every benefit is 0
    assert np.isnan(generalized_entropy([0, 0, 0]))  # nobody
    assert np.isnan(generalized_entropy([1, 2, 0], alpha=0))  # ln 0
    assert float(generalized_entropy([0, 5, 0], alpha=0)) == 0.0


# -- consistency -------------------------------------------------------------------------------------------------

POINTS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 1)), min_size=6, max_size=25)


@given(POINTS, st.randoms(), st.booleans())
def test_consistency_knows_no_order_of_rows(points, random, itself):
    """Even with many people at one place, or at one distance."""
    shuffled = random.sample(points, len(points))
    values = [
        consistency(rows[:, 2], nearby(rows[:, :2], rows[:, 2], 3, itself=itself))
        for rows in (np.array(points), np.array(shuffled))
    ]
    assert values[0] == pytest.approx(values[1], abs=1e-12)
    assert 0 <= values[0] <= 1


@given(POINTS, st.booleans())
def test_neighbours_by_sorting_every_distance(points, itself):
    """Of those at the distance of the last neighbour, each counts by the share of places that are left."""
    rows = np.array(points, float)
    y = rows[:, 2]
    found = nearby(rows[:, :2], y, 3, itself=itself)
    for i in range(len(rows)):
        distance = np.hypot(*(rows[:, :2] - rows[i, :2]).T)
        others = np.arange(len(rows)) != i
        wanted = 2 if itself else 3
        last = np.sort(distance[others])[wanted - 1]
        nearer, level = others & (distance < last - 1e-9), others & (abs(distance - last) <= 1e-9)
        total = y[nearer].sum() + (wanted - nearer.sum()) * y[level].mean() + (y[i] if itself else 0)
        assert found[i] == pytest.approx(total / 3, abs=1e-12)


def test_aif360_gives_the_same_consistency(aif360):
    """300 people in two continuous features, so that no distances are equal."""
    generator = np.random.default_rng(0)
    x = generator.normal(size=(300, 2))
    y = (x[:, 0] + generator.normal(size=300) > 0).astype(int)
    data_set, metric = aif360
    frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "group": 1.0, "y": y.astype(float)})
    frame.loc[0, "group"] = 0.0
    made = data_set(
        df=frame.assign(group=0.0), label_names=["y"], protected_attribute_names=["group"], favorable_label=1, unfavorable_label=0
    )  # fmt: skip
    theirs = metric(made, made, unprivileged_groups=[{"group": 0.0}], privileged_groups=[{"group": 1.0}])
    expected = float(np.ravel(theirs.consistency(5))[0])
    ours = consistency_of_rows(frame[["a", "b", "y"]], features=["a", "b"], decision="y", scale=False)
    assert ours.estimate.value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("itself", [True, False])
def test_what_it_would_be_at_random_by_shuffling(itself):
    """The decisions of 40 people dealt out 4,000 times: within 5 standard errors."""
    generator = np.random.default_rng(3)
    points, y = generator.normal(size=(40, 2)), np.arange(40) < 9
    values = [
        consistency(drawn, nearby(points, drawn, 4, itself=itself))
        for drawn in (generator.permutation(y).astype(int) for _ in range(1500))
    ]
    expected = consistency_at_random(9, 40, 4, itself=itself)
    assert abs(np.mean(values) - expected) < 5 * np.std(values) / np.sqrt(len(values))


def test_a_feature_in_other_units_changes_nothing_once_scaled():
    generator = np.random.default_rng(6)
    people = pd.DataFrame(generator.normal(size=(60, 2)), columns=["a", "b"]).assign(y=lambda d: (d.a > 0).astype(int))
    one = consistency_of_rows(people, features=["a", "b"], decision="y")
    other = consistency_of_rows(people.assign(a=people.a * 1000 + 7), features=["b", "a"], decision="y")
    assert other.estimate.value == pytest.approx(one.estimate.value, abs=1e-12)
    raw = consistency_of_rows(people.assign(a=people.a * 1000), features=["a", "b"], decision="y", scale=False)
    assert raw.estimate.value > one.estimate.value  # a alone decides who is near, and who is selected


def test_labels_missing_values_and_set_asides():
    """Two jobs, decided on in opposite ways; one row without a job, one set aside."""
    people = pd.DataFrame(
        {"job": [*["clerk"] * 5, *["guard"] * 5, None, "guard"], "d": [*["yes"] * 5, *["no"] * 5, "no", "left"]}
    )
    made = consistency_of_rows(
        people, features="job", decision="d", favorable="yes", unfavorable="no", set_aside={"left": "withdrawn"}
    )
    assert (made.n, made.left_out, made.selected, made.estimate.value) == (10, 2, 5, 1.0)
    assert made.estimate.low is None
    assert made.to_json()[0]["because"] == "too few people for an interval"


def test_all_decided_on_alike_has_a_value_and_says_why_no_interval():
    people = pd.DataFrame({"a": range(50), "d": [1] * 50})
    made = consistency_of_rows(people, features="a", decision="d", favorable="1")
    assert (made.estimate.value, made.at_random, made.estimate.low) == (1.0, 1.0, None)
    assert "all were decided on in the same way" in made.because


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"features": [], "decision": "d"}, "name at least one feature"),
        ({"features": ["d"], "decision": "d"}, "not the decision"),
        ({"features": ["a"], "decision": "d", "neighbours": 99}, "99 neighbours each"),
        ({"features": ["b"], "decision": "d"}, "no column"),
        ({"features": ["name"], "decision": "d"}, "every value is another"),
        ({"features": ["a"], "decision": "d", "level": 95}, "no confidence level"),
    ],
)
def test_what_cannot_be_asked_is_said(asked, said):
    people = pd.DataFrame({"a": [1, 2, 3], "d": [0, 1, 1], "name": ["Ann", "Bob", "Cyd"]})
    with pytest.raises(FairwitnessError, match=said) as error:
        consistency_of_rows(people, **asked)
    assert "Ann" not in str(error.value)


# -- the search --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("aif360")  # imports it without its noise
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("direction", ["fewer", "more"])
def test_the_search_of_all_subgroups_is_never_beaten_by_aif360s(seed, direction):
    """aif360's climbs from ten starts; what it finds by cells has the score that rows give."""
    from aif360.detectors.mdss.MDSS import MDSS
    from aif360.detectors.mdss.ScoringFunctions import Bernoulli

    generator = np.random.default_rng(seed)
    n = generator.integers(1, 40, (3, 2, 3))
    x = generator.binomial(n, np.where(np.arange(3) == 1, 0.15, 0.4)[:, None, None])
    p = np.full(n.shape, x.sum() / n.sum())
    ours = scan(x, n, p, direction)
    inside = members(n.shape, ours.levels)
    best = best_odds_ratio(x[inside], n[inside], p[inside])[1]
    cells = aif360_scan(x, n, p, direction, seed=seed)
    assert best >= 0.98 * cells.score - 0.01
    rows = pd.DataFrame(np.repeat(np.argwhere(n > 0), n[n > 0], axis=0), columns=["a", "b", "c"])
    chosen = np.concatenate([np.arange(total) < some for some, total in zip(x[n > 0], n[n > 0], strict=True)])
    direct = MDSS(Bernoulli(direction={"fewer": "negative", "more": "positive"}[direction]))
    found = {"abc"[axis]: list(levels) for axis, levels in enumerate(cells.levels) if levels}
    of_rows = rows, pd.Series(np.full(len(rows), p.flat[0])), pd.Series(chosen.astype(float))
    assert cells.score == pytest.approx(direct.score_current_subset(*of_rows, found, 0.0), abs=0.002)
    _, climbed = direct.scan(*of_rows, 0.0, 10, seed=seed)
    assert best >= 0.98 * climbed - 0.01


@pytest.mark.usefixtures("aif360")
def test_aif360s_search_leaves_numpys_generator_as_it_was():
    before = np.random.get_state()  # noqa: NPY002 -- the global generator is what this is about
    aif360_scan(np.array([[5, 6], [1, 9]]), np.full((2, 2), 12), np.full((2, 2), 21 / 48), "fewer")
    after = np.random.get_state()  # noqa: NPY002 -- likewise
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
