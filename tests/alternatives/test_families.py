"""Every family of candidates does what the library, or scikit-learn by hand, does with the same rows."""

from __future__ import annotations

import logging
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from fairlearn.reductions import DemographicParity, ErrorRate, ExponentiatedGradient
from scipy.sparse import csr_matrix
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from fairwitness.audit.alternatives.people import Columns, read_people
from fairwitness.audit.alternatives.reductions import mixture
from fairwitness.audit.alternatives.reweighing import weights
from fairwitness.audit.alternatives.splits import split

COLUMNS = Columns("good", "group", (), (), None)
SHARES = (0.5, 0.25, 0.25)
FEATURES = ["skill", "experience", "club"]


@pytest.fixture
def parts(people):
    return split(read_people(people, COLUMNS, None).people, SHARES, 0)


def only(found, family):
    return [a.candidate for a in found.candidates if a.candidate.family == family]


def by_hand(parts, change=lambda rows: rows, weight=None):
    """Fit a scaled logistic regression to the training part; return its scores of the validation part."""
    train, validation = change(parts.train.rows), change(parts.validation.rows)
    scaler = StandardScaler().fit(train)
    model = LogisticRegression().fit(scaler.transform(train), parts.train.label, sample_weight=weight)
    return model.predict_proba(scaler.transform(validation))[:, 1]


def test_the_baseline_is_the_pipeline_with_the_top_share_selected(search, parts):
    found = search(families=[]).baseline
    score = by_hand(parts)
    share = parts.train.label.mean()
    assert found.candidate.score(parts.validation.rows) == pytest.approx(score)
    assert found.candidate.cut == pytest.approx(np.quantile(score, 1 - share))
    selected = score >= found.candidate.cut
    b, a = (selected[parts.validation.group == g].mean() for g in _codes(parts, "B", "A"))
    assert found.validation.impact_ratio.value == pytest.approx(b / a)
    assert found.validation.validity.value == pytest.approx(roc_auc_score(parts.validation.label, score))


def _codes(parts, *names):
    """Groups are numbered as they first appear; of the planted people B is the smaller."""
    by_size = np.argsort(np.bincount(parts.train.group))
    return [by_size[0] if name == "B" else by_size[1] for name in names]


def test_a_dropped_feature_is_as_if_it_had_never_been_given(search, parts):
    (first, *_) = only(search(families=["drop"]), "drop")
    assert first.dropped == ("club",)
    assert first.columns == ("skill", "experience")
    score = by_hand(parts, lambda rows: rows[["skill", "experience"]])
    assert first.score(parts.validation.rows) == pytest.approx(score, abs=1e-6)


def test_features_are_tried_alone_and_together_first_those_that_tell_more_than_they_add(search):
    sets = [c.dropped for c in only(search(families=["drop"], most_features=3), "drop")]
    assert sets[0] == ("club",)
    assert {len(s) for s in sets} == {1, 2}  # all three at once would leave nothing
    assert all(s[0] == "club" for s in sets if len(s) == 2)


def test_a_pipeline_that_names_its_columns_can_lose_one(search, people):
    named = make_pipeline(
        make_column_transformer((StandardScaler(), FEATURES), (OneHotEncoder(), ["town"])), LogisticRegression()
    )
    data = people.assign(town=np.where(np.arange(len(people)) % 3 == 0, "Ash", "Elm"))
    dropped = {c.dropped for c in only(search(data=data, pipeline=named, most_features=4), "drop")}
    assert ("club",) in dropped
    assert ("town",) in dropped


def test_a_capped_feature_is_clipped_at_the_training_part_s_tenths(search, parts):
    made = {c.what.split("'")[1]: c for c in only(search(families=["cap"]), "cap")}
    ordered = np.sort(parts.train.rows["skill"])
    low, high = ordered[int(0.1 * (len(ordered) - 1))], ordered[int(np.ceil(0.9 * (len(ordered) - 1)))]
    score = by_hand(parts, lambda rows: rows.assign(skill=rows["skill"].clip(low, high)))
    assert made["skill"].score(parts.validation.rows) == pytest.approx(score)


def test_words_and_yes_or_no_are_not_capped(search, people):
    data = people.assign(yes=people["club"] > 1, few=(people["skill"] > 0).astype(int))
    found = search(data=data, pipeline=LogisticRegression(), families=["cap"], most_features=9)
    assert {c.what.split("'")[1] for c in only(found, "cap")} <= set(FEATURES)


def test_weights_are_expected_over_counted_people_of_a_group_and_outcome():
    """Groups of 6 and 4 with 4 and 1 positive: 6·5/10/4, 6·5/10/2, 4·5/10/1 and 4·5/10/3."""
    group, label = np.array([0] * 6 + [1] * 4), np.array([1, 1, 1, 1, 0, 0, 1, 0, 0, 0], bool)
    assert weights(group, label) == pytest.approx([0.75] * 4 + [1.5] * 2 + [2.0] + [2 / 3] * 3)


def test_reweighing_gives_those_weights_to_the_last_step(search, parts):
    (made,) = only(search(families=["reweighing"]), "reweighing")
    group, label = parts.train.group, parts.train.label
    counted = {(g, y): ((group == g) & (label == y)).sum() for g in (0, 1) for y in (False, True)}
    weight = np.array(
        [
            (group == g).sum() * (label == y).sum() / len(label) / counted[g, y]
            for g, y in zip(group, label, strict=True)
        ]
    )
    assert made.score(parts.validation.rows) == pytest.approx(by_hand(parts, weight=weight), abs=1e-5)


def test_importing_aif360_leaves_the_user_s_log_as_it_was():
    """In a process of its own: aif360 is imported once, and says then what it lacks."""
    code = (
        "import logging, numpy as np;"
        "from fairwitness.audit.alternatives.reweighing import weights;"
        "weights(np.array([0, 0, 1, 1]), np.array([True, False, True, False]));"
        "print(logging.getLogger().handlers, logging.root.manager.disable)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (ran.stdout.strip(), ran.stderr) == ("[] 0", "")
    assert logging.root.manager.disable == 0


@pytest.mark.filterwarnings("ignore::DeprecationWarning:fairlearn")
def test_exponentiated_gradient_is_fairlearn_s_on_the_prepared_rows(search, parts):
    found = search(families=["exponentiated_gradient"])
    made = {c.id: c for c in only(found, "exponentiated_gradient")}["exponentiated-gradient-0.01"]
    scaler = StandardScaler().fit(parts.train.rows)
    cut = found.baseline.candidate.cut
    oracle = ExponentiatedGradient(
        LogisticRegression(),
        DemographicParity(difference_bound=0.01),
        objective=ErrorRate(costs={"fp": cut, "fn": 1 - cut}),
    ).fit(scaler.transform(parts.train.rows), parts.train.label.astype(int), sensitive_features=parts.train.group)
    rows = scaler.transform(parts.validation.rows)
    expected = sum(w * p.predict_proba(rows)[:, 1] for w, p in zip(oracle.weights_, oracle.predictors_, strict=True))
    assert made.score(parts.validation.rows) == pytest.approx(expected)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:fairlearn")
def test_a_mixture_of_models_without_probabilities_is_the_expected_decision(people):
    rows, label = people[FEATURES].to_numpy()[:800], people["good"].to_numpy()[:800]
    oracle = ExponentiatedGradient(LinearSVC(), DemographicParity(), max_iter=8).fit(
        rows, label, sensitive_features=people["group"][:800]
    )
    vote = mixture(list(oracle.predictors_), oracle.weights_.to_numpy())
    assert vote(rows) == pytest.approx(oracle._pmf_predict(rows)[:, 1])


def test_the_grid_search_offers_models_that_come_nearer_parity_in_training(search, parts):
    found = search(families=["grid_search"])
    made = only(found, "grid_search")
    assert made

    def gap(candidate):
        chances = candidate.chances(parts.train.rows)
        return abs(np.subtract(*(chances[parts.train.group == g].mean() for g in (0, 1))))

    nearest = min(map(gap, made))
    assert nearest < gap(found.baseline.candidate) / 2


def test_a_pipeline_that_makes_sparse_matrices_is_retrained_too(search):
    sparse = make_pipeline(StandardScaler(), FunctionTransformer(csr_matrix), LogisticRegression())
    found = search(pipeline=sparse, families=["exponentiated_gradient", "reweighing"])
    assert {a.candidate.family for a in found.candidates} == {"baseline", "exponentiated_gradient", "reweighing"}


def test_a_single_estimator_and_a_pipeline_within_a_pipeline_are_retrained_too(search):
    for pipeline in (LogisticRegression(), make_pipeline(StandardScaler(), make_pipeline(LogisticRegression()))):
        found = search(pipeline=pipeline, families=["reweighing", "exponentiated_gradient"])
        assert {c.family for a in found.candidates if (c := a.candidate)} >= {"reweighing", "exponentiated_gradient"}


def test_a_classifier_without_probabilities_is_searched_by_its_decision_function(search, parts):
    found = search(pipeline=make_pipeline(StandardScaler(), LinearSVC()))
    scaler = StandardScaler().fit(parts.train.rows)
    model = LinearSVC().fit(scaler.transform(parts.train.rows), parts.train.label)
    assert found.baseline.candidate.score(parts.validation.rows) == pytest.approx(
        model.decision_function(scaler.transform(parts.validation.rows)), abs=1e-4
    )


def test_cut_offs_are_moved_for_everybody_to_the_shares_asked_for(search, parts):
    made = only(search(families=["cutoff"], cutoffs=[0.1, 0.9]), "cutoff")
    score = by_hand(parts)
    assert [c.cut for c in made] == pytest.approx([np.quantile(score, 0.9), np.quantile(score, 0.1)])
    assert {c.columns for c in made} == {tuple(FEATURES)}
    shares = [float(c.id.removeprefix("cutoff-")) for c in only(search(families=["cutoff"]), "cutoff")]
    base = parts.train.label.mean()
    assert shares == pytest.approx([base * t for t in (0.5, 0.75, 1.25, 1.5)], abs=1e-3)  # twice is beyond everybody


def test_bands_keep_the_share_and_lose_the_order_within(search, parts):
    found = search(families=["banding"], band_widths=[0.5])
    (made,) = only(found, "banding")
    chances = made.chances(parts.validation.rows)
    assert chances.mean() == pytest.approx(parts.train.label.mean())
    assert len(np.unique(made.score(parts.validation.rows))) < 20
    (banded,) = [a for a in found.candidates if a.candidate is made]
    assert banded.validation.impact_ratio.method == "delta_log"


def test_a_column_that_is_no_feature_may_break_ties(search, people):
    data = people.assign(day=np.arange(len(people)) % 100)
    found = search(data=data, features=FEATURES, families=["banding", "drop"], tie_break="day")
    assert all("day" in c.columns for c in only(found, "banding"))
    assert not any("day" in c.columns for c in only(found, "drop"))
    assert found.baseline.candidate.columns == tuple(FEATURES)
    assert "day" not in pd.Index(found.baseline.candidate.columns)
