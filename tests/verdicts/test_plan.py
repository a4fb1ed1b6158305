"""The plan says what is asked; what it does not know it refuses, with a suggestion."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

import fairwitness as fw
from fairwitness.audit.plan import AuditPlan, DataPlan, GatePlan, ModelPlan, PolicyPlan, make_plan, read_plan

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/audit-plan.schema.json").read_text(encoding="utf-8"))
FULL = """
title = "Screening, autumn intake"
jurisdiction = "us"
reference = "largest"
exclude_under = 0.02
intersect = [["sex", "race"]]
label_scope = "all"

[[policy]]
name = "TPR gap"
metric = "equal_opportunity_difference"
at_most = "1/20"
source = "model card, section 4"

[data]
source = "decisions.csv"
decision = "outcome"
favorable = ["advanced"]
protected = ["sex", "race"]
set_aside = { withdrawn = "withdrew before the decision" }
bins = { age = [25, 40] }

[gate]
evidence = "clear"
inconclusive = "fail"
attention = "show"

[model]
source = "screener.onnx"
features = ["years_experience", "honors"]
top = 0.08

[[swap]]
kind = "attribute"
column = "race"
"""


def test_a_full_plan_is_read_and_agrees_with_the_published_schema(tmp_path):
    (tmp_path / "audit.toml").write_text(FULL, encoding="utf-8")
    plan = read_plan(tmp_path / "audit.toml")
    assert plan.data.set_aside == {"withdrawn": "withdrew before the decision"}
    assert str(plan.exclude_under) == "0.02"
    jsonschema.validate(tomllib.loads(FULL), SCHEMA)


def test_the_published_schema_has_every_field_and_no_other():
    assert set(SCHEMA["properties"]) == set(AuditPlan.model_fields)
    assert set(SCHEMA["$defs"]["DataPlan"]["properties"]) == set(DataPlan.model_fields)
    assert set(SCHEMA["$defs"]["PolicyPlan"]["properties"]) == set(PolicyPlan.model_fields)
    assert set(SCHEMA["$defs"]["GatePlan"]["properties"]) == set(GatePlan.model_fields)
    assert set(SCHEMA["$defs"]["ModelPlan"]["properties"]) == set(ModelPlan.model_fields)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"refrence": "largest"}, SCHEMA)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("refrence = 'x'", ["unknown field 'refrence'", "Did you mean 'reference'"]),
        ("[data]\nprotcted = ['a']", ["unknown field 'data.protcted'", "Did you mean 'protected'"]),
        ("level = 95", ["'level'", "less than 1", "found 95"]),
        ("min_n = -1", ["'min_n'", "greater than or equal to 0"]),
        ("exclude_under = 1.5", ["'exclude_under'", "less than 1"]),
        ("jurisdiction = 'mars'", ["'jurisdiction'", "'us-nyc'", "found 'mars'"]),
        ("[[policy]]\nname='a'\nmetric='impact_ratio'\nsource='s'", ["exactly one of at_least and at_most"]),
        ("[[policy]]\nname='a'\nmetric='impact_ratio'\nat_least='four fifths'\nsource='s'", ["a number or a fraction"]),
        ("[[policy]]\nname='a'\nmetric='impact_ratio'\nat_least=0.8", ["'policy.0.source' is missing"]),
        ("level = ", ["no valid TOML"]),
    ],
)
def test_what_does_not_fit_is_refused_in_one_message(tmp_path, text, words):
    (tmp_path / "audit.toml").write_text(text, encoding="utf-8")
    with pytest.raises(fw.FairwitnessError) as caught:
        read_plan(tmp_path / "audit.toml")
    message = str(caught.value)
    assert "\n" not in message or "no valid TOML" in message
    assert message.startswith(("audit.toml", str(tmp_path)))
    for word in words:
        assert word in message


def test_a_missing_file_is_named():
    with pytest.raises(fw.FairwitnessError, match="no-such-plan"):
        read_plan("no-such-plan.toml")


def test_what_differs_from_the_default_is_listed_for_the_first_page():
    plan = make_plan({"reference": "largest", "exclude_under": 0.02, "title": "told elsewhere"})
    assert [(c["field"], c["default"], c["value"]) for c in plan.changed()] == [
        ("reference", "highest", "largest"),
        ("exclude_under", "0", "0.02"),
    ]
    assert make_plan({}).changed() == []


def test_the_digest_is_that_of_the_content_not_of_the_order():
    assert make_plan({"seed": 1, "level": 0.9}).digest == make_plan({"level": 0.9, "seed": 1}).digest
    assert make_plan({"seed": 1}).digest != make_plan({"seed": 2}).digest


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"metric": "impact_ration", "at_least": 0.8}, "Did you mean 'impact_ratio'"),
        ({"metric": "selection_rate", "at_least": 0.8}, "compares groups"),
        ({"metric": "impact_ratio", "at_most": 0.8}, "is given with at_least"),
        ({"metric": "rate_difference", "at_least": 0.1}, "is given with at_most"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(tally_of, policy, words):
    with pytest.raises(fw.FairwitnessError, match=words):
        fw.run_audit(tally_of({"a": (5, 10), "b": (6, 10)}), policy=[{"name": "mine", "source": "s", **policy}])
