"""To aif360 and back: nobody dropped, nobody privileged by the accident of a number."""

from __future__ import annotations

import pandas as pd
import pytest

import fairwitness as fw
from fairwitness.audit.bridges.aif360_dataset import from_aif360, to_aif360

PEOPLE = pd.DataFrame(
    {
        "sex": ["f", "m", None, "f", "m", "m"],
        "race": ["b", "a", "a", "c", "b", None],
        "years": [1, 2.5, 3, 4, 5, 6],
        "w": [1.0, 0.5, 2.0, 1.0, 1.25, 1.0],
        "hired": ["yes", "yes", "no", "no", "yes", "no"],
    }
)
PRIVILEGED = {"sex": "m", "race": ["a", "b"]}


def there(people=PEOPLE, **asked):
    asked = {"decision": "hired", "favorable": "yes", "protected": ["sex", "race"], "privileged": PRIVILEGED} | asked
    return to_aif360(people, **asked)


def test_every_row_is_there_and_groups_have_their_names():
    made = there(features="years")
    assert made.labels.ravel().tolist() == [1, 1, 0, 0, 1, 0]
    assert made.feature_names == ["sex", "race", "years"]
    sex, race = made.metadata["protected_attribute_maps"]
    assert sex == {0.0: "(not disclosed)", 1.0: "f", 2.0: "m"}
    assert [race[code] for code in made.protected_attributes[:, 1]] == ["b", "a", "a", "c", "b", "(not disclosed)"]


def test_privileged_is_who_was_said_to_be(aif360):
    made = there()
    named = [
        {maps[code] for code in codes}
        for maps, codes in zip(
            made.metadata["protected_attribute_maps"], made.privileged_protected_attributes, strict=True
        )
    ]
    assert named == [{"m"}, {"a", "b"}]
    # aif360 left to itself takes the highest number: here c, of whom nobody spoke.
    plain = pd.DataFrame({"race": made.protected_attributes[:, 1], "hired": made.labels.ravel()})
    left = aif360[0](df=plain, label_names=["hired"], protected_attribute_names=["race"])
    highest = left.privileged_protected_attributes[0].tolist()
    assert [made.metadata["protected_attribute_maps"][1][code] for code in highest] == ["c"]


def test_unknown_is_neither_of_two_groups_that_are_named(aif360):
    metric = aif360[1](there(), unprivileged_groups=[{"sex": 1.0}], privileged_groups=[{"sex": 2.0}])
    assert metric.num_instances() == 6
    assert (metric.num_instances(privileged=False), metric.num_instances(privileged=True)) == (2, 3)
    assert metric.statistical_parity_difference() == pytest.approx(1 / 2 - 2 / 3)


def test_there_and_back():
    back = fw.tally(from_aif360(there()))
    assert back == fw.tally(fw.load(PEOPLE, protected=["sex", "race"], decision="hired", favorable="yes"))


def test_weights_go_along():
    made = there(weight="w")
    assert made.instance_weights.tolist() == PEOPLE["w"].tolist()
    back = fw.tally(from_aif360(made))
    there_too = fw.load(PEOPLE, protected=["sex", "race"], decision="hired", favorable="yes", weight="w")
    assert back == fw.tally(there_too)
    assert back.weighted


def test_a_data_set_that_aif360_made(aif360):
    frame = pd.DataFrame({"sex": [0, 1, 1, 0.5], "good": [1, 2, 1, 2], "x": [1, 2, 3, 4]})
    dataset = aif360[0](
        favorable_label=1, unfavorable_label=2, df=frame, label_names=["good"], protected_attribute_names=["sex"]
    )
    tally = fw.tally(from_aif360(dataset, decision="credit"))
    assert {key: c.n for key, c in tally.cells.items()} == {
        ("0", "selected"): 1, ("0.5", "not_selected"): 1, ("1", "selected"): 1, ("1", "not_selected"): 1,
    }  # fmt: skip
    assert tally.axis("decision").name == "credit"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"privileged": {"sex": "m"}}, r"of 'race', none is named; there are 'a', 'b', 'c'"),
        ({"privileged": {"sex": "M", "race": "a"}}, r"of 'sex', nobody is 'M'; there are 'f', 'm'"),
        ({"features": "hired_at"}, r"no column 'hired_at'.*Did you mean 'hired'"),
        ({"favorable": None}, r"'hired' is not 0 and 1\. Say which values are favorable"),
        ({"protected": []}, r"at least one column"),
    ],
)
def test_what_has_to_be_said(asked, words):
    with pytest.raises(fw.FairwitnessError, match=words):
        there(**asked)


def test_text_does_not_go_along():
    with pytest.raises(fw.FairwitnessError, match="takes numbers only"):
        there(PEOPLE.assign(city=list("xyzxyz")), features="city")


def test_what_is_no_data_set():
    with pytest.raises(fw.FairwitnessError, match=r"A DataFrame is no data set.*BinaryLabelDataset"):
        from_aif360(PEOPLE)
    made = there()
    made.labels[0] = 7
    with pytest.raises(fw.FairwitnessError, match=r"1 labels of the data set are neither 1 nor 0"):
        from_aif360(made)
    with pytest.raises(fw.FairwitnessError, match="Give decision another name"):
        from_aif360(there(), decision="sex")


def test_importing_it_leaves_the_log_alone(caplog):
    there()
    assert not caplog.records
