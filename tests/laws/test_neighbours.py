"""fairlearn and aif360 give the same figures, to 1e-12, on 200 generated data sets.

Where they differ by convention, the difference is written down as a test of its own.
"""

from __future__ import annotations

import fairlearn.metrics as fairlearn
import numpy as np
import pandas as pd
import pytest

from fairwitness.metrics.disparity import impact_ratio, rate_difference
from fairwitness.metrics.rates import RATES, parts, rate
from fairwitness.metrics.table import metric
from fairwitness.metrics.table_disparity import average_odds, average_odds_difference

SEEDS = range(200)
SEXES, RACES = ("F", "M"), ("a", "b", "c")
GROUPS = [(s, r) for s in SEXES for r in RACES]

# Name of ours: name in fairlearn.
RATES_OF_FAIRLEARN = {
    "selection_rate": fairlearn.selection_rate,
    "true_positive_rate": fairlearn.true_positive_rate,
    "false_positive_rate": fairlearn.false_positive_rate,
    "true_negative_rate": fairlearn.true_negative_rate,
    "false_negative_rate": fairlearn.false_negative_rate,
}
TABLE_METRICS_OF_FAIRLEARN = (
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "equal_opportunity_difference",
    "equal_opportunity_ratio",
    "equalized_odds_difference",
    "equalized_odds_ratio",
)
# Methods of aif360's ClassificationMetric, for one group; they bear our names.
RATES_OF_AIF360 = (
    "selection_rate",
    "true_positive_rate",
    "false_positive_rate",
    "true_negative_rate",
    "false_negative_rate",
    "positive_predictive_value",
    "negative_predictive_value",
    "accuracy",
)
# Without a denominator (an empty group; nobody selected, or everybody) aif360 gives 0 for these, and we nothing.
ZERO_IN_AIF360 = ("positive_predictive_value", "negative_predictive_value", "accuracy")


def data_set(seed):
    """Decisions and outcomes of two to six groups; the others are empty.  Every group has positives and negatives."""
    rng = np.random.default_rng(seed)
    there = rng.choice(len(GROUPS), size=rng.integers(2, len(GROUPS) + 1), replace=False)
    blocks = []
    for place in sorted(there):
        n = int(rng.integers(2, 40))
        truth = rng.random(n) < rng.uniform(0.1, 0.9)
        truth[:2] = True, False
        blocks.append((np.full(n, place), truth, rng.random(n) < rng.uniform(0, 1)))
    place, truth, chosen = (np.concatenate(column) for column in zip(*blocks, strict=True))
    order = rng.permutation(len(place))
    return place[order], truth[order].astype(int), chosen[order].astype(int)


def counted(place, truth, chosen):
    def count(mask):
        return np.array([int(np.sum(mask & (place == i))) for i in range(len(GROUPS))])

    return {
        "selected": count(chosen == 1),
        "not_selected": count(chosen == 0),
        "true_positive": count((truth == 1) & (chosen == 1)),
        "false_positive": count((truth == 0) & (chosen == 1)),
        "false_negative": count((truth == 1) & (chosen == 0)),
        "true_negative": count((truth == 0) & (chosen == 0)),
    }


def same(ours, theirs):
    """Equal to 1e-12; their NaN or infinity is our undefined."""
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    np.testing.assert_allclose(ours, np.where(np.isfinite(theirs), theirs, np.nan), rtol=0, atol=1e-12)


def test_fairlearn():
    empty = 0
    for seed in SEEDS:
        place, truth, chosen = data_set(seed)
        counts = counted(place, truth, chosen)
        features = pd.DataFrame({"sex": [GROUPS[p][0] for p in place], "race": [GROUPS[p][1] for p in place]})
        frame = fairlearn.MetricFrame(
            metrics=RATES_OF_FAIRLEARN, y_true=truth, y_pred=chosen, sensitive_features=features
        )
        by_group = frame.by_group.reindex(pd.MultiIndex.from_tuples(GROUPS))
        empty += int(by_group["selection_rate"].isna().sum())
        for name in RATES_OF_FAIRLEARN:
            same(rate(counts, RATES[name]), by_group[name])
        spread, share = frame.difference(), frame.ratio()  # what its functions below return, many at once
        for ours, theirs in (
            ("demographic_parity_difference", spread["selection_rate"]),
            ("demographic_parity_ratio", share["selection_rate"]),
            ("equal_opportunity_difference", spread["true_positive_rate"]),
            ("equal_opportunity_ratio", share["true_positive_rate"]),
            ("equalized_odds_difference", np.max([spread["true_positive_rate"], spread["false_positive_rate"]])),
            ("equalized_odds_ratio", np.fmin(share["true_positive_rate"], share["false_positive_rate"])),
        ):
            same(metric(ours).compute(counts), theirs)
    assert empty > 100  # groups that the data sets do not have


@pytest.mark.parametrize("name", TABLE_METRICS_OF_FAIRLEARN)
def test_fairlearn_functions_by_name(name):
    for seed in SEEDS[:30]:
        place, truth, chosen = data_set(seed)
        counts = counted(place, truth, chosen)
        ours = metric(name).compute(counts)
        theirs = getattr(fairlearn, name)(truth, chosen, sensitive_features=place)
        if (
            name == "equalized_odds_ratio"
            and not rate(counts, RATES["true_positive_rate"])[counts["selected"] > 0].any()
        ):
            continue  # 0/0 stands first there, and Python's min returns a NaN that it meets first
        same(ours, theirs)


def test_fairlearn_gives_a_group_without_positives_a_rate_of_zero_and_we_none():
    truth, chosen, group = [1, 1, 0, 0, 0], [1, 0, 1, 0, 1], ["a", "a", "a", "b", "b"]
    counts = {
        "true_positive": np.array([1, 0]),
        "false_negative": np.array([1, 0]),
        "false_positive": np.array([1, 1]),
        "true_negative": np.array([0, 1]),
    }
    assert fairlearn.equal_opportunity_difference(truth, chosen, sensitive_features=group) == 0.5
    assert np.isnan(metric("equal_opportunity_difference").compute(counts))
    assert rate(counts, RATES["true_positive_rate"]).tolist() == pytest.approx([0.5, np.nan], nan_ok=True)


def test_aif360(aif360):
    dataset, classification_metric = aif360
    absent = undefined_ratio = zeros = 0
    for seed in SEEDS:
        place, truth, chosen = data_set(seed)
        counts = counted(place, truth, chosen)
        frame = pd.DataFrame({"group": place.astype(float), "label": truth.astype(float)})
        real = dataset(df=frame, label_names=["label"], protected_attribute_names=["group"])
        predicted = real.copy()
        predicted.labels = chosen[:, None].astype(float)
        focal, reference = np.random.default_rng(seed).choice(len(GROUPS), size=2, replace=False)
        theirs = classification_metric(real, predicted, [{"group": focal}], [{"group": reference}])
        with np.errstate(divide="ignore", invalid="ignore"):
            for name in RATES_OF_AIF360:
                ours = rate(counts, RATES[name])
                for group, privileged in ((focal, False), (reference, True)):
                    value = getattr(theirs, name)(privileged=privileged)
                    if name in ZERO_IN_AIF360 and np.isnan(ours[group]):
                        assert value == 0.0
                        zeros += 1
                    else:
                        same(ours[group], value)
            (x, n), (tp, p) = (parts(counts, RATES[name]) for name in ("selection_rate", "true_positive_rate"))
            odds = average_odds(counts)
            same(
                rate_difference(x[focal], n[focal], x[reference], n[reference]), theirs.statistical_parity_difference()
            )
            same(impact_ratio(x[focal], n[focal], x[reference], n[reference]), theirs.disparate_impact())
            same(
                rate_difference(tp[focal], p[focal], tp[reference], p[reference]), theirs.equal_opportunity_difference()
            )
            same(odds[focal] - odds[reference], theirs.average_odds_difference())
            undefined_ratio += not np.isfinite(theirs.disparate_impact())
        two = {name: column[[focal, reference]] for name, column in counts.items()}
        same(average_odds_difference(two, reference=1), odds[focal] - odds[reference])
        absent += n[focal] == 0 or n[reference] == 0
    assert absent > 20
    assert undefined_ratio >= absent
    assert zeros > 20
