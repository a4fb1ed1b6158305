"""Any metric by group: its value, an interval that covers, and a reason wherever there is no figure."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame
from scipy import stats
from sklearn.metrics import mean_absolute_error, precision_score, roc_auc_score

import fairwitness as fw
from fairwitness.audit.bridges.user_metrics import metric_by_group
from fairwitness.audit.studies import sections

RUNS = 300
ALLOWED = stats.binom(RUNS, 0.95).interval(0.99)


@pytest.fixture(scope="module")
def scored():
    rng = np.random.default_rng(2)
    good = rng.random(600) < 0.5
    return pd.DataFrame(
        {
            "sex": rng.choice(["f", "m", None], 600, p=[0.4, 0.5, 0.1]),
            "race": rng.choice(["a", "b"], 600),
            "good": good,
            "score": rng.normal(size=600) + good,
            "hours": rng.integers(1, 40, 600),
        }
    )


def test_the_values_are_metric_frames(scored):
    made = metric_by_group(
        scored, roc_auc_score, label="good", prediction="score", protected=["sex", "race"], draws=200
    )
    for attribute in ("sex", "race"):
        known = scored.dropna(subset=[attribute])
        frame = MetricFrame(
            metrics=roc_auc_score, y_true=known["good"], y_pred=known["score"], sensitive_features=known[attribute]
        )
        found = {f.group[0]: f.estimate.value for f in made.figures if f.by == (attribute,)}
        assert found == pytest.approx(frame.by_group.to_dict())
    assert made.unknown == {("sex",): scored["sex"].isna().sum(), ("race",): 0}
    assert all(f.estimate.low < f.estimate.value < f.estimate.high for f in made.figures)
    assert {f.estimate.method for f in made.figures} == {"bootstrap_percentile"}


def test_attributes_together(scored):
    made = metric_by_group(
        scored,
        mean_absolute_error,
        label="good",
        prediction="score",
        protected=["sex", "race"],
        intersect=True,
        draws=20,
    )
    assert [f.group for f in made.figures] == [("f", "a"), ("f", "b"), ("m", "a"), ("m", "b")]
    assert sum(f.n for f in made.figures) + made.unknown["sex", "race"] == 600


def test_parameters_that_have_a_value_a_row(scored):
    made = metric_by_group(
        scored,
        mean_absolute_error,
        label="good",
        prediction="score",
        protected="race",
        sample_params={"sample_weight": "hours"},
        draws=50,
    )
    part = scored[scored["race"] == "a"]
    expected = np.average(np.abs(part["good"] - part["score"]), weights=part["hours"])
    assert made.figures[0].estimate.value == pytest.approx(expected)


def test_intervals_cover():
    # The mean absolute error of standard normals about 0 is √(2/π).
    rng = np.random.default_rng(8)
    truth, covered = np.sqrt(2 / np.pi), 0
    for seed in range(RUNS):
        data = pd.DataFrame({"g": "x", "y": np.zeros(150), "p": rng.normal(size=150)})
        made = metric_by_group(
            data, lambda y, p: np.abs(y - p).mean(), label="y", prediction="p", protected="g", draws=300, seed=seed
        )
        covered += made.figures[0].estimate.low <= truth <= made.figures[0].estimate.high
    assert ALLOWED[0] <= covered <= ALLOWED[1]


def one(metric, **columns):
    data = pd.DataFrame({"g": ["x"] * len(columns["p"])} | columns)
    return metric_by_group(data, metric, label="y", prediction="p", protected="g", draws=100).figures[0]


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        (lambda *_: 1 / 0, "raised ZeroDivisionError"),
        (lambda *_: float("nan"), "no finite number"),
        (lambda *_: float("inf"), "no finite number"),
        (lambda *_: "0.5", "no finite number"),
        (lambda _, p: p, "raised TypeError"),
        (lambda *_: None, "raised TypeError"),
        (roc_auc_score, ""),  # of one class: an error in older releases of scikit-learn, nan with a warning in newer
        (
            lambda y, _: precision_score(y, 0 * y),
            "raised UndefinedMetricWarning",
        ),  # 0/0, for which scikit-learn has 0.0
    ],
)
def test_what_is_no_figure_is_undefined_with_the_reason(metric, words):
    found = one(metric, y=[1, 1, 1], p=[1, 0, 1])
    assert (found.estimate.value, found.estimate.status, found.n) == (None, "undefined", 3)
    assert words in found.because
    assert found.because


def test_the_metrics_own_message_is_not_repeated():
    def quotes_rows(_, p):
        raise ValueError(f"cannot deal with {list(p)}")

    assert one(quotes_rows, y=[1, 0], p=[4711, 0]).because == "the metric raised ValueError"


def test_undefined_replicates_are_not_forgotten():
    # One positive of 30: in (29/30)^30 = 36 % of replicates there is none.
    found = one(roc_auc_score, y=[1] + [0] * 29, p=list(range(30)))
    assert found.estimate.value == 0
    assert (found.estimate.low, found.estimate.high) == (None, None)
    assert "undefined in" in found.because
    assert "of 100 replicates" in found.because


def test_a_metric_that_never_varies_has_no_interval():
    found = one(lambda _, p: float(p.mean()), y=[1, 1], p=[1, 1])
    assert (found.estimate.value, found.estimate.low, found.estimate.method) == (1, None, None)
    assert "same in every replicate" in found.because


def test_other_warnings_reach_the_user():
    def warns(_, p):
        warnings.warn("mind the units", UserWarning, stacklevel=1)
        return float(p.mean())

    with pytest.warns(UserWarning, match="mind the units"):
        assert one(warns, y=[1, 0, 1], p=[1, 2, 3]).estimate.value == 2


def test_without_a_label_and_with_words_for_decisions():
    data = pd.DataFrame({"g": list("xxyy"), "said": ["in", "out", "in", "in"]})
    made = metric_by_group(
        data, lambda _, p: p.mean(), prediction="said", favorable="in", protected="g", name="rate", draws=10
    )
    assert [(f.group, f.estimate.value) for f in made.figures] == [(("x",), 0.5), (("y",), 1.0)]


def test_it_is_a_study(scored):
    made = metric_by_group(scored, mean_absolute_error, label="good", prediction="score", protected="sex", draws=20)
    entries = sections([made])["user_metrics"]
    assert [(e["name"], e["by"], e["group"], e["n"]) for e in entries] == [
        ("mean_absolute_error", ["sex"], [sex], int((scored["sex"] == sex).sum())) for sex in ("f", "m")
    ]
    json.dumps(entries, allow_nan=False)
    again = metric_by_group(scored, mean_absolute_error, label="good", prediction="score", protected="sex", draws=20)
    assert again == made


def test_nobody_with_a_known_group():
    with pytest.raises(fw.FairwitnessError, match="no row has a known group"):
        metric_by_group(
            pd.DataFrame({"g": [None], "p": [1]}), mean_absolute_error, prediction="p", protected="g", draws=5
        )


@pytest.mark.parametrize(
    ("options", "said"),
    [({"level": 95}, "level: 95 is no confidence level"), ({"draws": 0}, r"draws is 0\. It is at least 1")],
)
def test_options_that_make_no_sense(scored, options, said):
    with pytest.raises(fw.FairwitnessError, match=said):
        metric_by_group(scored, mean_absolute_error, label="good", prediction="score", protected="sex", **options)
