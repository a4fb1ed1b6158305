"""A model: asked in batches, checked, cut; and what it says of itself."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.models.deciding import with_decisions
from fairwitness.audit.models.estimator import function_in_memory
from fairwitness.audit.models.model import Answers, Model

PEOPLE = pd.DataFrame({"points": [7, 2, 9, 4], "sex": ["F", "M", "F", "M"]}, index=[3, 3, 0, 8])


def by(function, **fields):
    return replace(function_in_memory(function, name="screener"), **fields)


def points(rows):
    return rows["points"] / 10


# -- answers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "decision", "score"),
    [
        ([0.2, 0.7], None, [0.2, 0.7]),
        ([3, 5], None, [3.0, 5.0]),
        ([0, 1], [0, 1], [0.0, 1.0]),
        ([True, False], [True, False], None),
        (["advance", "reject"], ["advance", "reject"], None),
        (np.array(["a", "b"]), ["a", "b"], None),
    ],
)
def test_numbers_are_scores_and_anything_else_a_decision(values, decision, score):
    made = Answers.of(values, 2)
    assert (None if made.decision is None else made.decision.tolist()) == decision
    assert (None if made.score is None else made.score.tolist()) == score
    assert made.score is None or made.score.dtype == np.float64


# -- asking ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("batch", "asked"), [(None, [4]), (1, [1, 1, 1, 1]), (3, [3, 1]), (4, [4]), (9, [4])])
def test_rows_are_asked_about_in_batches_with_an_index_of_their_own(batch, asked):
    seen = []

    def model(rows):
        seen.append(list(rows.index))
        return points(rows)

    assert by(model, batch=batch).score(PEOPLE).tolist() == [0.7, 0.2, 0.9, 0.4]
    assert seen == [list(range(n)) for n in asked]


@given(st.permutations(range(4)), st.sampled_from([None, 1, 2, 3]))
def test_rows_in_another_order_get_their_answers_in_that_order(order, batch):
    model = by(points, batch=batch)
    assert model.score(PEOPLE.iloc[list(order)]).tolist() == model.score(PEOPLE)[list(order)].tolist()


def test_a_model_sees_its_inputs_in_their_order_and_no_other_column():
    seen = []
    model = by(lambda rows: seen.append(list(rows.columns)) or [True] * len(rows), inputs=("sex", "points"))
    model.predict(PEOPLE.assign(name="Ann"))
    assert seen == [["sex", "points"]]
    with pytest.raises(FairwitnessError, match=r"screener reads columns of the rows: no column 'points'"):
        model.predict(PEOPLE[["sex"]])


def test_a_polars_frame_is_given_as_pandas(need):
    need("polars")
    import polars as pl

    assert by(points).score(pl.DataFrame({"points": [7, 2]})).tolist() == [0.7, 0.2]


def test_the_draw_is_handed_on():
    model = Model("by chance", "function", lambda rows, draw: Answers.of([draw / 10] * len(rows), len(rows)))
    assert model.answers(PEOPLE, 3).score.tolist() == [0.3] * 4


def test_batches_of_which_some_happen_to_be_zeros_and_ones_are_scores():
    made = by(lambda rows: rows["points"] - 1, batch=1).answers(pd.DataFrame({"points": [1, 2, 8]}))  # 0, 1, 7
    assert made.decision is None
    assert made.score.tolist() == [0.0, 1.0, 7.0]


def test_a_model_that_changes_its_rows_changes_a_copy():
    def spoil(rows):
        rows["points"] = 0
        return [True] * len(rows)

    people = PEOPLE.copy()
    by(spoil).predict(people)
    by(spoil, batch=2).predict(people)
    assert people.equals(PEOPLE)


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda rows: [True] * (len(rows) + 1), r"screener: The model made 5 predictions for 4 rows"),
        (lambda _: [0.1, np.nan, 0.2, 0.3], r"screener: 1 of the model's 4 predictions are missing"),
        (lambda _: [0.1, np.inf, 0.2, 0.3], r"screener: Some of the model's predictions are infinite"),
        (lambda _: ["yes", 1, "no", 0], r"screener: The model's predictions are of type 'int', 'str'"),
        (lambda rows: rows["nobody"], r"screener: The model raised KeyError \("),
        (lambda _: sys.exit(0), r"screener: The model raised SystemExit \("),
    ],
)
def test_answers_that_are_not_one_value_for_each_row(answer, message):
    with pytest.raises(FairwitnessError, match=message) as refused:
        by(answer).answers(PEOPLE)
    assert refused.value.__context__ is None  # nothing that a traceback could print


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (Answers(None, None), r"gives neither decisions nor scores"),
        (Answers(None, np.array(["a", "b", "c", "d"], object)), r"scores are text"),
        (Answers(np.array([1, 0, 1, 0]), np.array([0.1, 0.2, 0.3])), r"made 3 predictions for 4 rows"),
        (Answers(None, np.array([1, 2, 3, np.nan])), r"1 of the model's 4 predictions are missing"),
    ],
)
def test_answers_are_checked_whoever_made_them(answers, message):
    with pytest.raises(FairwitnessError, match=message):
        Model("m", "endpoint", lambda *_: answers).answers(PEOPLE)


class Lazy:
    """An answer that is computed when it is looked at, as a tensor may be, and fails then."""

    def __array__(self, *_, **__):
        raise RuntimeError("Ann Ominous")


def test_an_answer_that_fails_when_it_is_looked_at():
    lazy = Model("m", "estimator", lambda *_: Answers(Lazy(), None))
    with pytest.raises(
        FairwitnessError, match=r"^m: The model raised RuntimeError \(test_model\.py.*on 4 rows"
    ) as told:
        lazy.answers(PEOPLE)
    assert "Ann" not in str(told.value)
    with pytest.raises(FairwitnessError, match=r"^The model raised RuntimeError \(test_model\.py") as told:
        with_decisions(PEOPLE, lambda _: Lazy())
    assert "Ann" not in str(told.value)


@pytest.mark.parametrize("made", [["\ud800"] * 4, np.array(["\udfff"] * 4)])
def test_texts_with_half_a_character_are_no_decisions(made):
    with pytest.raises(FairwitnessError, match=r"texts with half a character \(a lone surrogate"):
        by(lambda _: made).answers(PEOPLE)


def test_batches_of_different_kinds():
    model = by(lambda rows: ["advance"] if rows["points"][0] > 5 else [True], batch=1)
    with pytest.raises(FairwitnessError, match=r"some batches with one kind .* 'booleans', 'labels'"):
        model.answers(PEOPLE)


def test_no_rows():
    with pytest.raises(FairwitnessError, match=r"no rows"):
        by(points).answers(PEOPLE.head(0))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"at_least": 0.5, "top": 0.1}, r"two cut-offs"),
        ({"at_least": np.nan}, r"at_least: nan is no score"),
        ({"top": 0}, r"top: 0 is no share"),
        ({"top": 1.0}, r"top: 1.0 is no share"),
        ({"top": 8}, r"top: 8 is no share"),
        ({"batch": 0}, r"batch: 0 rows"),
    ],
)
def test_settings_that_mean_nothing(fields, message):
    with pytest.raises(FairwitnessError, match=message):
        by(points, **fields)


# -- cut-offs ----------------------------------------------------------------------------------------------------------


def test_selected_is_who_scores_at_least():
    assert by(points, at_least=0.7).predict(PEOPLE) == [True, False, True, False]
    assert by(points, at_least=0.7000001).predict(PEOPLE) == [False, False, True, False]


def test_selected_is_the_share_at_the_top():
    # sorted .2 .4 .7 .9; the median is .55, so half of them score at least it
    model = by(points, top=0.5)
    assert model.predict(PEOPLE) == [True, False, True, False]
    assert model.cut_on(PEOPLE).at_least == pytest.approx(0.55)
    # the cut is of all rows, and not of each batch
    assert by(points, top=0.5, batch=1).predict(PEOPLE) == [True, False, True, False]


def test_ties_at_the_cut_are_all_selected():
    # of 1 2 2 2 the quantile .75 lies at rank 2.25 of 0..3, which is a 2: three score at least 2
    people = pd.DataFrame({"points": [1, 2, 2, 2]})
    assert by(lambda rows: rows["points"], top=0.25).predict(people) == [False, True, True, True]


def test_a_cut_that_is_fixed_stays_where_it_is():
    fixed = by(points, top=0.5).cut_on(PEOPLE)
    better = PEOPLE.assign(points=PEOPLE["points"] + 5)
    assert fixed.predict(better) == [True, True, True, True]  # .7 and .9 were below .55 before
    assert by(points, top=0.5).predict(better) == [True, False, True, False]
    assert fixed.cut_on(better) is fixed


def test_scores_without_a_cut_off_are_no_decisions():
    with pytest.raises(FairwitnessError, match=r"gives scores and no decisions.*at_least = a score, or top = a share"):
        by(points).predict(PEOPLE)


def test_a_cut_off_needs_scores():
    for cut in ({"top": 0.5}, {"at_least": 0.5}):
        with pytest.raises(FairwitnessError, match=r"gives no scores, so that no cut-off applies"):
            by(lambda rows: rows["points"] > 5, **cut).predict(PEOPLE)


def test_decisions_count_as_scores_where_they_are_zero_and_one():
    assert by(lambda rows: rows["points"] > 5).score(PEOPLE).tolist() == [1.0, 0.0, 1.0, 0.0]
    with pytest.raises(FairwitnessError, match=r"gives no scores, and its decisions are not 0 and 1"):
        by(lambda rows: ["yes"] * len(rows)).score(PEOPLE)


# -- telling -----------------------------------------------------------------------------------------------------------


def test_what_the_record_says():
    told = by(points, sha256="ab", inputs=("points",), top=0.5, batch=3, facts={"host": "localhost"}).to_json()
    assert json.loads(json.dumps(told)) == {
        "name": "screener",
        "kind": "function",
        "sha256": "ab",
        "inputs": ["points"],
        "cutoff": {"rule": "top", "value": None, "share": 0.5},
        "batch": 3,
        "facts": {"host": "localhost"},
    }
    assert by(points, at_least=0.5).to_json()["cutoff"] == {"rule": "at_least", "value": 0.5, "share": None}
    assert by(points).to_json()["cutoff"] == {"rule": "none", "value": None, "share": None}
