"""Whether a model reads a protected attribute: what it says, what its answers show, and what neither proves."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.models.column_changes import LEVELS
from fairwitness.audit.models.dropped_columns import dropped_columns
from fairwitness.audit.models.load import load_model
from fairwitness.audit.models.model import Answers, Model
from fairwitness.audit.models.named_columns import lines_naming
from fairwitness.audit.models.reading import reads_protected
from fairwitness.audit.models.scoring import decisions_of
from fairwitness.audit.models.section import ModelSection

N = 60
PEOPLE = pd.DataFrame(
    {
        "sex": ["F", "M", "F"] * 20,
        "age": [20 + i for i in range(N)],
        "points": [i % 10 for i in range(N)],
    }
)


def asked_of(ask, rows=PEOPLE, protected=("sex",), kind="function", inputs=None, **more):
    model = Model("screener", kind, ask, inputs=inputs, **more)
    return reads_protected(model, rows, list(protected))


def deciding(decide):
    return lambda rows, _: Answers.of(np.asarray(decide(rows)), len(rows))


# -- asked -------------------------------------------------------------------------------------------------------


def test_every_row_is_asked_with_every_other_value():
    seen = []

    def ask(rows, _):
        seen.append(rows)
        return Answers.of((rows["sex"] == "M").to_numpy(), len(rows))

    (reads,) = asked_of(ask)
    same, again, exchanged, *levels = seen
    pd.testing.assert_frame_equal(same, PEOPLE)
    pd.testing.assert_frame_equal(again, PEOPLE)
    # the 20 men as women, the 40 women as men: and nothing else changes
    assert [(len(rows), set(rows["sex"])) for rows in levels] == [(20, {"F"}), (40, {"M"})]
    pd.testing.assert_frame_equal(
        levels[0][["age", "points"]], PEOPLE[PEOPLE["sex"] == "M"][["age", "points"]].reset_index(drop=True)
    )
    men = np.random.default_rng(0).permutation((PEOPLE["sex"] == "M").to_numpy())
    assert len(exchanged) == (men != (PEOPLE["sex"] == "M")).sum()
    assert (reads.dynamic.status, reads.dynamic.asked) == ("ok", len(exchanged) + 60)
    assert reads.dynamic.changed == reads.dynamic.asked  # the decision is the sex
    assert "The model reads the column: of the answers to" in reads.because
    assert "Whether other columns carry the attribute, this check does not say." in reads.because


def test_a_model_that_does_not_read_it():
    (reads,) = asked_of(deciding(lambda rows: rows["points"] > 5))
    assert (reads.dynamic.asked >= 60, reads.dynamic.changed, reads.dynamic.score_changed) == (True, 0, None)
    assert reads.because.startswith("No answer changed in")
    assert "That does not prove that none ever does." in reads.because
    assert reads.static == "unknown"


def test_the_change_of_some_answers_is_counted():
    # women need more than 5 points, men more than 3: with 4 or 5 points the answer depends on the sex
    (reads,) = asked_of(deciding(lambda rows: rows["points"] > np.where(rows["sex"] == "F", 5, 3)), PEOPLE.iloc[:30])
    # rows 0 to 29: of F as M, points of rows 0, 2, 3, 5, …: each of the 30 rows is asked once with the other level
    between = sum(p in (4, 5) for p in PEOPLE["points"][:30])
    sexes, points = PEOPLE["sex"][:30].to_numpy(), PEOPLE["points"][:30].to_numpy()
    other = sexes[np.random.default_rng(0).permutation(30)]
    exchanged = other != sexes
    assert reads.dynamic.asked == 30 + exchanged.sum()
    assert reads.dynamic.changed == between + (exchanged & np.isin(points, [4, 5])).sum()


def test_scores_that_change_and_decisions_that_do_not():
    def ask(rows, _):
        return Answers(None, (rows["points"] / 10 + 0.01 * (rows["sex"] == "M")).to_numpy(float))

    (reads,) = asked_of(ask, at_least=0.55)  # 0.50 + 0.01 is below, 0.60 is above
    assert (reads.dynamic.changed, reads.dynamic.score_changed) == (0, reads.dynamic.asked)
    assert reads.dynamic.largest_score_change == pytest.approx(0.01)
    assert "scores changed, by at most 0.01, but no decision" in reads.because
    (only,) = asked_of(ask)  # no cut-off: the score is the answer
    assert only.dynamic.changed == only.dynamic.asked


def test_the_last_bits_of_a_score_are_no_reading():
    def ask(rows, _):
        return Answers(None, (rows["points"] / 10 + 1e-9 * (rows["sex"] == "M")).to_numpy(float))

    (reads,) = asked_of(ask)
    assert (reads.dynamic.changed, reads.dynamic.score_changed, reads.dynamic.largest_score_change) == (0, 0, 0.0)


def test_a_share_at_the_top_is_fixed_on_the_rows_as_they_are():
    def ask(rows, _):
        return Answers(None, (rows["points"] + 100 * (rows["sex"] == "M")).to_numpy(float))

    # the top third are the men, whose scores are 100 to 109; cut anew among 40 women made men, a third of them were
    (reads,) = asked_of(ask, top=1 / 3)
    assert reads.dynamic.changed == reads.dynamic.asked


def test_chance_is_told_from_reading():
    def ask(rows, draw):
        drawn = np.random.default_rng([draw, len(rows)]).random(len(rows))
        return Answers.of(drawn > 0.5, len(rows))

    (reads,) = asked_of(ask)
    assert reads.because.startswith("The model answers by chance: asked again unchanged,")
    again = np.random.default_rng([0, N]).random(N) > 0.5, np.random.default_rng([1, N]).random(N) > 0.5
    assert f"unchanged, {(again[0] != again[1]).sum()} of 60 answers were others" in reads.because
    assert "reads the column" not in reads.because


def test_an_attribute_of_many_values_is_set_to_ten_of_them():
    seen = []

    def ask(rows, _):
        seen.append(rows)
        return Answers.of((rows["age"] > 50).to_numpy(), len(rows))

    (reads,) = asked_of(ask, protected=["age"])
    levels = [set(rows["age"]) for rows in seen[3:]]
    # ages 20 to 79, from the youngest to the oldest in nine steps of 59 / 9 = 6.56 years
    assert levels == [{age} for age in (20, 27, 33, 40, 46, 53, 59, 66, 72, 79)]
    assert len(levels) == LEVELS
    assert {str(rows["age"].dtype) for rows in seen} == {"int64"}
    assert reads.dynamic.changed > 0


def test_missing_values_and_encoded_columns_stay_what_they_are():
    people = PEOPLE.assign(sex=pd.Categorical(["F", None, "M"] * 20))
    seen = []

    def ask(rows, _):
        seen.append(rows)
        return Answers.of((rows["sex"] == "M").to_numpy(), len(rows))

    (reads,) = asked_of(ask, people)
    assert {str(rows["sex"].dtype) for rows in seen} == {"category"}
    assert [len(rows) for rows in seen[3:]] == [40, 40]  # of 20 of each, those who do not have the value already
    assert reads.dynamic.changed > 0


def test_no_more_rows_than_allowed_are_asked():
    asked = []

    def ask(rows, _):
        asked.append(len(rows))
        return Answers.of((rows["sex"] == "M").to_numpy(), len(rows))

    model = Model("screener", "function", ask)
    first = reads_protected(model, PEOPLE, ["sex"], most=12, seed=5)
    assert max(asked) == 12
    assert len(asked) == 5
    assert reads_protected(model, PEOPLE, ["sex"], most=12, seed=5) == first


@pytest.mark.parametrize(("kind", "most"), [("onnx", 2000), ("function", 2000), ("endpoint", 200), ("command", 200)])
def test_questions_that_may_cost_are_fewer(kind, most):
    asked = []

    def ask(rows, _):
        asked.append(len(rows))
        return Answers.of((rows["points"] > 5).to_numpy(), len(rows))

    asked_of(ask, pd.concat([PEOPLE] * 40), kind=kind)  # 2,400 rows
    assert max(asked) == most
    assert sum(asked) <= 13 * most


def test_one_value_cannot_be_changed():
    (reads,) = asked_of(deciding(lambda rows: rows["points"] > 5), PEOPLE[PEOPLE["sex"] == "F"])
    assert (reads.dynamic.status, reads.dynamic.asked) == ("ok", 0)
    assert reads.because.startswith("The column has one value in the rows")


def test_a_model_that_refuses_other_values():
    def ask(rows, _):
        if not rows["sex"].equals(PEOPLE["sex"]):
            raise ValueError("Applicant 77")
        return Answers.of((rows["points"] > 5).to_numpy(), len(rows))

    (reads,) = asked_of(ask)
    assert reads.dynamic.status == "not_asked"
    assert "With other values in the column, the model did not answer: " in reads.because
    assert "Applicant" not in reads.because


def test_a_model_that_does_not_answer_at_all_is_an_error():
    with pytest.raises(FairwitnessError, match="raised ValueError"):
        asked_of(lambda rows, _: (_ for _ in ()).throw(ValueError(rows)))


# -- not asked ---------------------------------------------------------------------------------------------------


def test_one_attribute_that_is_given_and_one_that_is_not():
    sex, age = asked_of(
        deciding(lambda rows: rows["sex"] == "M"), protected=["sex", "age"], inputs=("sex",), kind="onnx"
    )
    assert (sex.attribute, sex.static, sex.dynamic.changed) == ("sex", "reads", sex.dynamic.asked)
    assert (age.attribute, age.static, age.dynamic.status) == ("age", "does_not_read", "not_given")


@pytest.mark.parametrize("rows", [PEOPLE, None])
def test_a_column_that_the_model_is_not_given(rows):
    def never(*_):
        raise AssertionError("it was asked")

    (reads,) = asked_of(never, rows, inputs=("points",), kind="onnx")
    assert (reads.static, reads.dynamic.status) == ("does_not_read", "not_given")
    assert reads.because == (
        "The model is not given the column. Whether other columns carry the attribute, this check does not say."
    )


def test_predictions_are_not_asked(tmp_path):
    file = tmp_path / "predictions.csv"
    file.write_text("selected\n" + "1\n" * N, encoding="utf-8")
    (reads,) = reads_protected(load_model(file), PEOPLE, ["sex"])
    assert (reads.static, reads.dynamic.status) == ("unknown", "not_asked")
    assert reads.because.startswith("The answers were made beforehand; from what, is not known.")


# -- what it says of itself --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "static"),
    [("onnx", "reads"), ("estimator", "reads"), ("skops", "reads"), ("endpoint", "unknown"), ("command", "unknown")],
)
def test_a_column_that_the_model_is_given(kind, static):
    (reads,) = asked_of(deciding(lambda rows: rows["points"] > 5), inputs=("sex", "points"), kind=kind)
    assert reads.static == static


def test_an_estimator_that_drops_the_column():
    columns = ["points", "sex"]
    encode = make_column_transformer((OneHotEncoder(), ["sex"]), remainder="passthrough")
    drop = make_column_transformer(("passthrough", ["points"]))
    for first, static, changed in ((encode, "reads", True), (drop, "does_not_read", False)):
        fitted = make_pipeline(first, LogisticRegression()).fit(PEOPLE[columns], PEOPLE["sex"] == "F")
        (reads,) = reads_protected(load_model(fitted), PEOPLE, ["sex"])
        assert (reads.static, bool(reads.dynamic.changed or reads.dynamic.score_changed)) == (static, changed)
    assert reads.static_because == "The model is given the column, and its first step drops it."


@pytest.mark.parametrize(
    ("transformers", "remainder", "dropped"),
    [
        ([("a", "passthrough", ["points"])], "drop", ("age", "sex")),
        ([("a", "passthrough", ["points"])], "passthrough", ()),
        ([("a", "drop", ["sex"]), ("b", "passthrough", ["points", "age"])], "drop", ("sex",)),
        ([("a", "drop", ["sex"]), ("b", OneHotEncoder(), ["sex"])], "drop", ("points", "age")),
        ([("a", "passthrough", [0]), ("b", "drop", [1])], "passthrough", ("age",)),
        ([("a", "passthrough", np.array([True, False, True]))], "drop", ("age",)),
        ([("a", "passthrough", slice(0, 2))], "drop", ()),  # not worked out
        ([("a", "passthrough", [])], "drop", ("points", "age", "sex")),
    ],
)
def test_dropped_columns(transformers, remainder, dropped):
    made = ColumnTransformer(transformers, remainder=remainder).fit(PEOPLE[["points", "age", "sex"]])
    assert dropped_columns(made) == dropped
    assert dropped_columns(LogisticRegression().fit(PEOPLE[["points", "age"]], PEOPLE["sex"])) == ()


SOURCE = b'''"""Does not look at sex."""
def score(rows):
    "sex is not read"
    kept = rows.drop(columns="sex")
    return rows.age + rows["ra" + "ce"] + f"{rows['region']}".count("e") + helper(town=1)
'''


@pytest.mark.parametrize(
    ("column", "lines"), [("sex", [4]), ("age", [5]), ("race", []), ("region", [5]), ("town", [5]), ("score", [])]
)
def test_source_is_searched_for_the_name(column, lines):
    assert lines_naming(SOURCE, column) == lines


def test_a_function_of_a_module(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "screening_7f3", raising=False)
    source = 'def select(rows):\n    sexes = rows["sex"]\n    return (rows["points"] > 5) & (sexes == "F")\n'
    (tmp_path / "screening_7f3.py").write_text(source, encoding="utf-8")
    model = load_model("screening_7f3:select")
    sex, age = reads_protected(model, PEOPLE, ["sex", "age"])
    assert (sex.static, sex.static_because) == ("reads", "The source screening_7f3.py names 'sex' (line 2).")
    assert (age.static, age.dynamic.changed) == ("unknown", 0)
    assert "does not name 'age', but code can put names together" in age.static_because
    (tmp_path / "screening_7f3.py").write_text(source + "# changed\n", encoding="utf-8")
    (sex,) = reads_protected(model, PEOPLE, ["sex"])
    assert sex.static == "unknown"  # that is no longer the source that answered
    monkeypatch.delitem(sys.modules, "screening_7f3")


# -- the section -------------------------------------------------------------------------------------------------


def test_the_section_of_the_record():
    fitted = LogisticRegression().fit(PEOPLE[["points", "age"]], PEOPLE["sex"] == "F")
    model = load_model(fitted, top=0.25)
    scored = decisions_of(PEOPLE, model, roles={"protected": ["sex"], "unit": "age"}, features=["points", "age"])
    assert scored.sample is None
    made = ModelSection(model, scored, reads_protected(scored.model, scored.sample, ["sex"]))
    told = json.loads(json.dumps(made.to_json(), allow_nan=False))
    assert made.section == "model"
    assert told["cutoff"] == {"rule": "top", "value": scored.model.at_least, "share": 0.25}
    assert told["answers"] == {"n": 60, "sha256": scored.answers_sha256, "output": "decision"}
    assert told["trusted"] is False
    assert told["reads_protected"] == [
        {
            "attribute": "sex",
            "static": "does_not_read",
            "static_because": "The column is not among those that the model is given.",
            "dynamic": {
                "status": "not_given",
                "asked": 0,
                "changed": 0,
                "score_changed": None,
                "largest_score_change": None,
            },
            "because": "The model is not given the column. Whether other columns carry the attribute, this check does "
            "not say.",
        }
    ]
