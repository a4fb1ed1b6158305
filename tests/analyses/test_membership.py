"""Rates by probability of membership, from rows: figures, refusals of labels, and that no person is labelled."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.rows.membership import membership
from fairwitness.metrics.membership import membership_spread


def people(n=400, seed=0):
    generator = np.random.default_rng(seed)
    a = generator.beta(0.8, 0.8, n).round(4)
    hired = (generator.random(n) < 0.5 - 0.3 * a).astype(int)
    return pd.DataFrame({"p_a": a, "p_b": (1 - a).round(4), "hired": hired})


GROUPS = {"A": "p_a", "B": "p_b"}


def figures(made, name):
    return next(g for g in made.to_json()["groups"] if g["group"] == name)


def test_figures_by_hand():
    data = people()
    made = membership(data, probabilities=GROUPS, decision="hired")
    rates = {g: (data[c] * data.hired).sum() / data[c].sum() for g, c in GROUPS.items()}
    assert made.reference == max(rates, key=rates.get) == "B"
    found = figures(made, "A")
    assert found["expected"] == pytest.approx(data.p_a.sum())
    assert found["estimates"]["selection_rate"]["value"] == pytest.approx(rates["A"])
    assert found["estimates"]["impact_ratio"]["value"] == pytest.approx(rates["A"] / rates["B"])
    assert found["estimates"]["rate_difference"]["value"] == pytest.approx(rates["A"] - rates["B"])
    for name, e in found["estimates"].items():
        assert e["low"] < e["value"] < e["high"], name
        bound = found["bounds"][name]
        assert bound["low"] <= e["value"] <= bound["high"]
        assert bound["method"] == "joint_bounds"
    # the difference's interval respects that a person is in both groups
    gap = np.array([1, -1]) @ membership_spread(data[["p_a", "p_b"]], data.hired).covariance @ [1, -1]
    width = found["estimates"]["rate_difference"]["high"] - found["estimates"]["rate_difference"]["low"]
    assert width == pytest.approx(2 * 1.96 * np.sqrt(gap), rel=0.03)
    json.dumps(made.to_json(), allow_nan=False)


def test_labels_are_refused_with_the_reason():
    data = people()
    labels = (data[["p_a", "p_b"]] > 0.5).astype(int)
    with pytest.raises(FairwitnessError, match="these are labels, not probabilities") as raised:
        membership(data.assign(**labels), probabilities=GROUPS, decision="hired")
    assert "off even where the probabilities" in str(raised.value)
    names = data.assign(p_a=np.where(data.p_a > 0.5, "A", "B"))
    with pytest.raises(FairwitnessError, match="no numbers"):
        membership(names, probabilities=GROUPS, decision="hired")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"p_a": 1.2}, "between 0 and 1"),
        ({"p_b": 0.95}, "add up to more than 1"),
    ],
)
def test_numbers_that_are_no_probabilities_are_refused(change, message):
    with pytest.raises(FairwitnessError, match=message):
        membership(people().assign(**change), probabilities=GROUPS, decision="hired")


def test_one_column_for_two_groups_is_refused():
    with pytest.raises(FairwitnessError, match="a column of its own"):
        membership(people(), probabilities={"A": "p_a", "B": "p_a"}, decision="hired")


def test_a_reference_must_be_a_group():
    assert membership(people(), probabilities=GROUPS, decision="hired", reference="A").reference == "A"
    with pytest.raises(FairwitnessError, match="no group 'C'"):
        membership(people(), probabilities=GROUPS, decision="hired", reference="C")


def test_groups_of_few_expected_people_have_no_figure():
    data = people(400)
    data["p_c"] = 0.05
    data["p_b"] = (1 - data.p_a - 0.05).clip(lower=0)
    data["p_a"] = data.p_a.clip(upper=0.95)
    made = membership(data, probabilities=GROUPS | {"C": "p_c"}, decision="hired")
    found = figures(made, "C")
    assert found["expected"] == pytest.approx(20)
    assert {e["status"] for e in found["estimates"].values()} == {"below_min_n"}
    assert {e["status"] for e in found["bounds"].values()} == {"below_min_n"}


def test_people_without_probability_or_decision_are_left_out_and_counted():
    data = people(400).astype({"hired": object})
    data.loc[:9, "p_a"] = np.nan
    data.loc[20:24, "hired"] = None
    made = membership(data, probabilities=GROUPS, decision="hired")
    assert (made.n, made.left_out) == (385, 15)


def test_no_row_and_no_label_leaves():
    """Group level only: as many entries as groups, whoever the people are."""
    made = membership(people(), probabilities=GROUPS, decision="hired").to_json()
    assert len(made["groups"]) == 2
    assert set(made) == {"decision", "n", "left_out", "reference", "classes", "groups"}


def test_order_of_rows_does_not_matter():
    data = people()
    one = membership(data, probabilities=GROUPS, decision="hired").to_json()
    other = membership(data.sample(frac=1, random_state=1), probabilities=GROUPS, decision="hired").to_json()
    for a, b in zip(one["groups"], other["groups"], strict=True):
        for name in a["estimates"]:
            assert a["estimates"][name]["value"] == pytest.approx(b["estimates"][name]["value"])
            assert a["bounds"][name]["low"] == pytest.approx(b["bounds"][name]["low"])
