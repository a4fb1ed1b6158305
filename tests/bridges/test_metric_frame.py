"""Rates by us, by MetricFrame and by aif360 agree on the same rows, and nobody is lost on the way there and back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, count, selection_rate, true_positive_rate
from sklearn.metrics import mean_absolute_error

import fairwitness as fw
from fairwitness.audit.bridges.aif360_dataset import to_aif360
from fairwitness.audit.bridges.metric_frame import from_metric_frame, to_metric_frame
from fairwitness.audit.tally import SELECTED

BOTH = {"count": count, "selection_rate": selection_rate}
PEOPLE = pd.DataFrame(
    {
        "sex": ["f", "f", "f", "m", "m", None, ""],
        "race": ["a", "b", None, "a", "a", "b", "a"],
        "passed": [1, 0, 1, 1, 1, 0, 1],
    }
)


def test_three_ways_to_the_rates_of_berkeley(berkeley, aif360):
    # Bickel, Hammel & O'Connell 1975, as R's UCBAdmissions: 1,198 of 2,691 men and 557 of 1,835 women.
    hand = {"Male": 1198 / 2691, "Female": 557 / 1835}
    frame = to_metric_frame(berkeley, BOTH, prediction="Admit", favorable="Admitted", protected="Gender")
    assert frame.by_group["selection_rate"].to_dict() == pytest.approx(hand)
    result = fw.run_audit(fw.load(berkeley, protected="Gender", decision="Admit", favorable="Admitted"))
    assert result.table("Gender")["selection_rate"].to_dict() == pytest.approx(hand)
    dataset = to_aif360(
        berkeley, decision="Admit", favorable="Admitted", protected="Gender", privileged={"Gender": "Male"}
    )
    code = {label: number for number, label in dataset.metadata["protected_attribute_maps"][0].items()}
    metric = aif360[1](
        dataset, unprivileged_groups=[{"Gender": code["Female"]}], privileged_groups=[{"Gender": code["Male"]}]
    )
    assert metric.disparate_impact() == pytest.approx(hand["Female"] / hand["Male"])
    assert metric.base_rate(privileged=False) == pytest.approx(hand["Female"])


def test_there_and_back_is_the_tally_of_the_rows(berkeley):
    frame = to_metric_frame(berkeley, BOTH, prediction="Admit", favorable="Admitted", protected=["Gender", "Dept"])
    back = from_metric_frame(frame, decision="Admit")
    assert back == fw.tally(fw.load(berkeley, protected=["Gender", "Dept"], decision="Admit", favorable="Admitted"))
    within = to_metric_frame(
        berkeley, BOTH, prediction="Admit", favorable="Admitted", protected="Gender", control="Dept"
    )
    assert from_metric_frame(within, decision="Admit").margin("Gender", "Dept", "Admit") == back


def test_people_of_whom_nothing_is_known_stay():
    frame = to_metric_frame(PEOPLE, BOTH, prediction="passed", protected="sex")
    assert frame.by_group["count"].to_dict() == {"(not disclosed)": 2, "f": 3, "m": 2}
    back = from_metric_frame(frame, decision="passed")
    assert back == fw.tally(fw.load(PEOPLE, protected="sex", decision="passed"))
    assert back.warnings == ()
    both = to_metric_frame(PEOPLE, BOTH, prediction="passed", protected=["sex", "race"])
    assert from_metric_frame(both, decision="passed") == fw.tally(
        fw.load(PEOPLE, protected=["sex", "race"], decision="passed")
    )


def test_a_value_that_means_not_disclosed():
    people = PEOPLE.fillna({"sex": "?"})
    frame = to_metric_frame(people, BOTH, prediction="passed", protected="sex", unknown="?")
    assert frame.by_group["count"].to_dict() == {"(not disclosed)": 2, "f": 3, "m": 2}


class Dropped:
    """A MetricFrame as fairlearn 0.13 makes it of groups 1, 2 and nan: two of seven rows are in no group."""

    by_group = pd.DataFrame({"count": [2.0, 3.0], "selection_rate": [0.5, 2 / 3]}, index=pd.Index([1.0, 2.0], name="g"))
    overall = pd.Series({"count": 7.0, "selection_rate": 5 / 7})


def test_rows_that_an_older_fairlearn_left_out_of_every_group_are_found_again():
    # Overall 5 of 7 were selected, 1 of 2 and 2 of 3 in the groups: 2 of the 2 others.
    tally = from_metric_frame(Dropped())
    assert {key: c.n for key, c in tally.cells.items()} == {
        (None, SELECTED): 2, ("1", SELECTED): 1, ("1", "not_selected"): 1, ("2", SELECTED): 2, ("2", "not_selected"): 1,
    }  # fmt: skip
    assert tally.warnings == (
        "2 of the 7 rows of the MetricFrame are in none of its groups: their attributes are counted as not disclosed.",
    )


def test_overall_figures_of_other_rows_are_refused(monkeypatch):
    monkeypatch.setattr(Dropped, "overall", pd.Series({"count": 7.0, "selection_rate": 1 / 7}))
    with pytest.raises(fw.FairwitnessError, match="not of the same rows"):
        from_metric_frame(Dropped())


def test_fairlearn_itself_loses_or_refuses_them():
    """What the two traps are, in whichever release is installed."""
    groups = pd.Series([1, 2, np.nan, 1, 2, np.nan, 2], name="g")
    y = [1, 0, 1, 0, 1, 1, 1]
    try:
        frame = MetricFrame(metrics=BOTH, y_true=y, y_pred=y, sensitive_features=groups)
    except ValueError as error:
        assert "missing values" in str(error)  # noqa: PT017 -- whether it raises depends on the release
    else:
        assert frame.by_group["count"].sum() == 5
        assert from_metric_frame(frame).decisions == 7


def test_labels_and_error_rates():
    people = pd.DataFrame({"sex": list("ffmm"), "good": ["yes", "yes", "no", "yes"], "said": ["in", "out", "in", "in"]})
    frame = to_metric_frame(
        people,
        true_positive_rate,
        label="good",
        label_positive="yes",
        prediction="said",
        favorable="in",
        protected="sex",
    )
    assert frame.by_group.to_dict() == {"f": 0.5, "m": 1.0}


def test_numbers_stay_numbers_and_parameters_go_along():
    people = pd.DataFrame({"sex": list("ffmm"), "true": [1.0, 2.0, 3.0, 4.0], "said": [1.5, 2.5, 3.0, 8.0]})
    frame = to_metric_frame(
        people,
        {"error": mean_absolute_error},
        label="true",
        prediction="said",
        protected="sex",
        sample_params={"error": {"sample_weight": [1, 1, 3, 1]}},
    )
    assert frame.by_group["error"].to_dict() == {"f": 0.5, "m": 1.0}  # (0·3 + 4·1)/4


@pytest.mark.parametrize(
    ("metrics", "words"),
    [
        ({"selection_rate": selection_rate}, r"a tally needs 'count'"),
        (selection_rate, r"a tally needs 'count'"),
        ({"count": count, "selection_rate": lambda *_: 0.4}, r"no whole number of people"),
    ],
)
def test_a_frame_without_counts_is_no_tally(metrics, words):
    frame = MetricFrame(metrics=metrics, y_true=[1, 0], y_pred=[1, 0], sensitive_features={"sex": ["f", "m"]})
    with pytest.raises(fw.FairwitnessError, match=words):
        from_metric_frame(frame)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"sex": ["f", "m"], "passed": [1, None]}, r"1 of 2 rows are empty.*Leave these rows out"),
        ({"sex": ["f", "(not disclosed)"], "passed": [1, 0]}, r"Give it another name"),
        ({"sexx": ["f", "m"], "passed": [1, 0]}, r"no column 'sex'.*Did you mean 'sexx'"),
    ],
)
def test_what_cannot_be_taken_there(data, words):
    with pytest.raises(fw.FairwitnessError, match=words):
        to_metric_frame(pd.DataFrame(data), selection_rate, prediction="passed", protected="sex")


def test_a_feature_named_like_the_decision():
    frame = to_metric_frame(PEOPLE.rename(columns={"sex": "decision"}), BOTH, prediction="passed", protected="decision")
    with pytest.raises(fw.FairwitnessError, match="Give decision another name"):
        from_metric_frame(frame)
