"""One screener as an estimator, an ONNX model, a skops file, a pickle and a file of predictions: the same decisions."""

from __future__ import annotations

import hashlib
import os
import pickle
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import feather, parquet
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from fairwitness.audit.counting.count import tally
from fairwitness.audit.counting.roles import load
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.models import predictions as predictions_file
from fairwitness.audit.models.deciding import with_decisions
from fairwitness.audit.models.load import load_model

FEATURES = ["points", "years", "degree"]


def people(n, seed):
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": [f"p{i:04}" for i in range(n)],
            "sex": random.choice(["F", "M"], n),
            "points": random.integers(0, 11, n),
            "years": random.normal(5, 2, n),
            "degree": random.choice(["none", "bachelor", "master"], n),
        }
    )


@pytest.fixture(scope="module")
def applicants():
    return people(300, 1)


@pytest.fixture(scope="module")
def screener():
    """A pipeline that learned on other people that points and a degree count."""
    rows = people(400, 2)
    hired = rows["points"] + 2 * (rows["degree"] == "master") + rows["years"] / 4 > 7
    columns = make_column_transformer((StandardScaler(), ["points", "years"]), (OneHotEncoder(), ["degree"]))
    return make_pipeline(columns, LogisticRegression()).fit(rows[FEATURES], hired.astype(int))


def as_onnx(screener, **options):
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType

    types = [("points", Int64TensorType), ("years", FloatTensorType), ("degree", StringTensorType)]
    made = to_onnx(screener, initial_types=[(name, kind([None, 1])) for name, kind in types], options=options)
    return made.SerializeToString()


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@pytest.fixture(params=["estimator", "onnx", "onnx without ZipMap", "skops", "pickle", "joblib", "predictions"])
def source(request, screener, applicants, tmp_path, need):
    """What to load, and the options that it takes."""
    match request.param:
        case "estimator":
            return screener, {}
        case "onnx" | "onnx without ZipMap":
            need("onnx")
            path = tmp_path / "screener.onnx"
            path.write_bytes(as_onnx(screener, **({} if request.param == "onnx" else {"zipmap": False})))
            return path, {}
        case "skops":
            need("skops")
            import skops.io

            skops.io.dump(screener, tmp_path / "screener.skops")
            return tmp_path / "screener.skops", {}
        case "pickle" | "joblib":
            path = tmp_path / "screener.bin"
            if request.param == "pickle":
                path.write_bytes(pickle.dumps(screener))
            else:
                joblib.dump(screener, path, compress=3)
            return path, {"trust": digest(path), "timeout": 120}
    scores = screener.predict_proba(applicants[FEATURES])[:, 1]
    made = pd.DataFrame({"id": applicants["id"], "score": scores}).sample(frac=1, random_state=0)
    made.to_csv(tmp_path / "scores.csv", index=False)
    return tmp_path / "scores.csv", {"unit": "id"}


def counted(applicants, model):
    made = with_decisions(applicants, model, withheld=["id", "sex"])
    return tally(load(made, protected="sex", decision="decision"))


def test_the_same_screener_makes_the_same_tally(source, screener, applicants):
    given_source, options = source
    scores = screener.predict_proba(applicants[FEATURES])[:, 1]
    assert abs(scores - 0.4).min() > 1e-4  # no decision hangs on the sixth digit, which is where ONNX ends
    model = load_model(given_source, at_least=0.4, **options)
    if isinstance(given_source, Path):
        assert (model.name, model.sha256) == (given_source.name, digest(given_source))
        given_source.write_bytes(b"something else")  # what was read and digested is what is asked
    else:
        assert (model.name, model.sha256) == ("Pipeline", None)
    assert model.score(applicants) == pytest.approx(scores, abs=1e-6)
    expected = counted(applicants, lambda rows: screener.predict_proba(rows[FEATURES])[:, 1] >= 0.4)
    assert 0 < expected.cells[("F", "selected")].n < 150  # it does decide
    assert counted(applicants, model).digest == expected.digest


# -- estimators --------------------------------------------------------------------------------------------------------


def test_an_estimator_decides_by_itself_and_scores_its_last_class(screener, applicants):
    model = load_model(screener)
    assert model.predict(applicants) == screener.predict(applicants[FEATURES]).tolist()
    assert model.inputs == tuple(FEATURES)
    assert model.facts["score"] == "predict_proba"
    assert (model.facts["classes"], model.facts["positive"]) == (["0", "1"], "1")


@pytest.mark.parametrize("positive", [0, "0", 0.0, np.int64(0)])
def test_the_class_that_means_selected_may_be_named(positive, screener, applicants):
    model = load_model(screener, positive=positive)
    assert model.score(applicants) == pytest.approx(screener.predict_proba(applicants[FEATURES])[:, 0])


def test_a_class_that_is_not_there(screener):
    with pytest.raises(FairwitnessError, match=r"positive: the model has no class 'advance'.*Its classes are '0', '1'"):
        load_model(screener, positive="advance")


def test_a_decision_function_is_a_score_too(applicants):
    rows = applicants[["points", "years"]]
    fitted = LinearSVC().fit(rows, np.where(rows["points"] > 5, "no", "yes"))
    assert (load_model(fitted).score(rows) == fitted.decision_function(rows)).all()  # of "yes"
    assert (load_model(fitted, positive="no").score(rows) == -fitted.decision_function(rows)).all()
    three = LinearSVC().fit(rows, np.digitize(rows["points"], [3, 7]))
    assert (load_model(three, positive=0).score(rows) == three.decision_function(rows)[:, 0]).all()


def test_a_regression_gives_scores(applicants):
    rows = applicants[["points", "years"]]
    fitted = Ridge().fit(rows, rows["points"] / 10)
    assert (load_model(fitted, top=0.3).score(rows) == fitted.predict(rows)).all()
    with pytest.raises(FairwitnessError, match=r"positive: the model does not tell its classes"):
        load_model(fitted, positive=1)


def test_an_estimator_fitted_on_an_array_is_given_one(applicants):
    values = applicants[["points", "years"]].to_numpy()
    fitted = LogisticRegression().fit(values, values[:, 0] > 5)
    model = load_model(fitted, features=["points", "years"])  # a frame would make scikit-learn warn, an error here
    assert (model.score(applicants) == fitted.predict_proba(values)[:, 1]).all()


def test_a_pipeline_that_begins_with_texts_is_given_one_column():
    rows = pd.DataFrame({"id": [1, 2, 3, 4], "resume": ["python sql", "cook", "python", "waiter"]})
    fitted = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(rows["resume"], [1, 0, 1, 0])
    assert load_model(fitted, features="resume").predict(rows) == [1, 0, 1, 0]
    with pytest.raises(FairwitnessError, match=r"reads one column of texts, and is given 'id', 'resume'"):
        load_model(fitted).predict(rows)


def test_a_cut_off_needs_an_estimator_with_scores(applicants):
    class Rule:
        classes_ = np.array([0, 1])

        def predict(self, rows):
            return (rows["points"] > 5).astype(int)

    with pytest.raises(FairwitnessError, match=r"neither predict_proba nor decision_function"):
        load_model(Rule(), top=0.1)
    assert sum(load_model(Rule()).predict(applicants)) == int((applicants["points"] > 5).sum())


def test_wrapped_estimators(applicants):
    rows = applicants[["points", "years"]]
    hired = rows["points"] > 5
    for fitted in (
        CalibratedClassifierCV(LinearSVC(), cv=2).fit(rows, hired),
        KNeighborsClassifier(3).fit(rows, hired),
    ):
        assert (load_model(fitted).score(rows) == fitted.predict_proba(rows)[:, 1]).all()
    boosted = GradientBoostingRegressor(n_estimators=3).fit(rows, rows["points"])
    assert (load_model(boosted).score(rows) == boosted.predict(rows)).all()


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(30)), batch=st.sampled_from([None, 1, 7]))
def test_rows_in_another_order_get_their_answers_in_that_order(order, batch, screener):
    rows = people(30, 5)
    scores = load_model(screener).score(rows)
    assert load_model(screener, batch=batch).score(rows.iloc[order]) == pytest.approx(scores[order], abs=1e-12)


def test_an_estimator_of_another_version_is_recorded(need, tmp_path, applicants):
    need("skops")
    import skops.io

    rows = applicants[["points", "years"]]
    fitted = LogisticRegression().fit(rows, rows["points"] > 5)
    data = skops.io.dumps(fitted)
    import sklearn

    there = sklearn.__version__.encode()
    (tmp_path / "old.skops").write_bytes(rezipped(data, lambda _, content: content.replace(there, b"1.0.0")))
    assert load_model(tmp_path / "old.skops").facts["saved_with"].startswith("scikit-learn 1.0.0, and asked with")


def rezipped(data, change):
    import io
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(made, "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, change(name, archive.read(name)))
    return made.getvalue()


# -- functions and what is no model ------------------------------------------------------------------------------------


def test_a_function_in_memory(applicants):
    assert load_model(lambda rows: rows["points"], name="points, not a lambda").name == "points, not a lambda"
    model = load_model(lambda rows: rows["points"] / 10, features="points", top=0.2, batch=50)
    assert (model.kind, model.inputs, model.sha256) == ("function", ("points",), None)
    assert (model.score(applicants) == applicants["points"] / 10).all()

    def by_points(rows):
        return rows["points"] > 5

    assert load_model(by_points).name == "by_points"


@pytest.mark.parametrize(
    ("given_source", "message"),
    [
        (LogisticRegression, r"is the class LogisticRegression"),
        (42, r"A int is no model"),
        (None, r"A NoneType is no model"),
        (b"\x80\x04.", r"not read from bytes"),
    ],
)
def test_what_is_no_model(given_source, message):
    with pytest.raises(FairwitnessError, match=message):
        load_model(given_source)


@pytest.mark.parametrize("features", [[], ["points", "points"]])
def test_features_are_named_once(features, screener):
    with pytest.raises(FairwitnessError, match=r"features: name the columns, at least one and each once"):
        load_model(screener, features=features)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"trust": "0" * 64}, r"Pipeline: 'trust' says nothing about a model of the kind estimator"),
        ({"hosts": "example.org", "headers": {"a": "b"}}, r"'headers', 'hosts' say nothing"),
        ({"cache": "kept", "version": "7"}, r"'cache', 'version' say nothing"),
        ({"prediction": "score"}, r"'prediction' says nothing"),
        ({"at_least": 0.5, "top": 0.1}, r"two cut-offs"),
    ],
)
def test_options_that_do_not_apply(options, message, screener):
    with pytest.raises(FairwitnessError, match=message):
        load_model(screener, **options)


def test_a_model_that_is_loaded_already_may_be_given_another_cut(screener, applicants):
    model = load_model(screener)
    again = load_model(model, at_least=0.9, name="strict")
    assert (again.name, again.kind, again.inputs) == ("strict", "estimator", tuple(FEATURES))
    assert sum(again.predict(applicants)) < sum(model.predict(applicants))


def test_a_string_is_no_model_for_the_plugin(applicants):
    with pytest.raises(FairwitnessError, match=r"fw\.load_model reads files that cannot"):
        with_decisions(applicants, "screener.onnx")


def test_a_loaded_model_is_one_for_the_plugin(screener, applicants):
    made = with_decisions(applicants, load_model(screener), withheld=["id", "sex"])
    assert made["decision"].tolist() == screener.predict(applicants[FEATURES]).tolist()
    with pytest.raises(FairwitnessError, match=r"was fitted on 'degree', which it does not see unless told so"):
        with_decisions(applicants, load_model(screener), withheld=["degree"])


# -- predictions -------------------------------------------------------------------------------------------------------

ROWS = pd.DataFrame({"id": ["007", "012", "100"], "job": ["a", "a", "b"], "sex": ["F", "M", "F"]})


@pytest.fixture
def predictions(tmp_path):
    def predictions(text, **options):
        path = tmp_path / "predictions.csv"
        path.write_text(text, encoding="utf-8")
        return load_model(path, **options)

    return predictions


def test_predictions_are_joined_by_unit(predictions):
    model = predictions("id,score\n100,0.3\n007,0.1\n012,2e-01\n", unit="id")
    assert model.score(ROWS).tolist() == [0.1, 0.2, 0.3]
    assert model.score(ROWS.iloc[::-1]).tolist() == [0.3, 0.2, 0.1]
    assert model.facts == {"rows": 3, "column": "score", "joined_by": ["id"]}
    assert model.inputs == ("id",)


def test_predictions_are_joined_by_several_columns(predictions):
    rows = pd.DataFrame({"person": [1, 1, 2], "job": ["a", "b", "a"]})
    model = predictions("job,person,p\nb,1,0.3\na,1,0.1\na,2,0.2\n", unit=["person", "job"])
    assert model.score(rows).tolist() == [0.1, 0.3, 0.2]


def test_without_a_unit_predictions_are_taken_in_order_and_the_record_says_so(predictions):
    model = predictions("score\n0.1\n0.2\n0.3\n")
    assert model.score(ROWS).tolist() == [0.1, 0.2, 0.3]
    assert model.facts["joined_by"] == "order"
    with pytest.raises(FairwitnessError, match=r"3 predictions for 2 rows\. Without a unit they are taken in order"):
        model.score(ROWS.head(2))


def test_a_unit_is_compared_as_it_is_written(tmp_path, predictions):
    """Of a text file, a model sees 007 as 7, as pandas does; a unit must not become that."""
    source = tmp_path / "people.csv"
    source.write_text("id,sex\n007,F\n012,M\n100,F\n")
    model = predictions("id,advance\n007,1\n012,0\n100,1\n", unit="id")
    made = with_decisions(source, model, withheld=["id", "sex"])
    assert made.column("decision").to_pylist() == [1, 0, 1]
    assert with_decisions(pa.table(ROWS), model).column("decision").to_pylist() == [1, 0, 1]
    assert with_decisions(ROWS, model)["decision"].tolist() == [1, 0, 1]
    in_order = predictions("advance\n1\n0\n1\n")
    assert with_decisions(source, in_order).column("decision").to_pylist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("column", "decisions", "scores"),
    [
        (["1", "0", "1"], [1, 0, 1], [1.0, 0.0, 1.0]),
        (["True", "false", "TRUE"], [True, False, True], None),
        (["advance", "reject", "advance"], ["advance", "reject", "advance"], None),
        (["0.5", "1e-3", "2"], None, [0.5, 0.001, 2.0]),
    ],
)
def test_numbers_are_scores_and_words_decisions(column, decisions, scores, predictions):
    made = predictions("p\n" + "\n".join(column) + "\n").answers(ROWS)
    assert (None if made.decision is None else made.decision.tolist()) == decisions
    assert (None if made.score is None else made.score.tolist()) == scores


@pytest.mark.parametrize("ending", ["parquet", "feather", "xlsx", "jsonl", "tsv"])
def test_predictions_of_any_format(ending, tmp_path):
    made = pd.DataFrame({"id": ROWS["id"], "score": [0.25, 0.5, 1.0]})
    path = tmp_path / f"scores.{ending}"
    match ending:
        case "parquet":
            parquet.write_table(pa.table(made), path)
        case "feather":
            feather.write_feather(pa.table(made), path)
        case "xlsx":
            made.to_excel(path, index=False)
        case "jsonl":
            made.to_json(path, orient="records", lines=True)
        case "tsv":
            made.to_csv(path, sep="\t", index=False)
    assert load_model(path, unit="id").score(ROWS).tolist() == [0.25, 0.5, 1.0]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("id,score\n007,1\n012,2\n", {"unit": "id"}, r"1 of 3 rows have no prediction, and 0 of 2 predictions"),
        ("id,score\n007,1\n012,2\n100,3\n101,4\n", {"unit": "id"}, r"0 of 3 rows have no prediction, and 1 of 4"),
        ("id,score\n7,1\n12,2\n100,3\n", {"unit": "id"}, r"2 of 3 rows have no prediction, and 2 of 3.*as in the rows"),
        ("id,score\n007,1\n007,1\n012,2\n100,3\n", {"unit": "id"}, r"1 units \('id'\) have several predictions"),
        ("id,score\n007,1\n,2\n100,3\n", {"unit": "id"}, r"1 of 3 predictions have no 'id'"),
        ("id,score\n007,1\n012,\n100,3\n", {"unit": "id"}, r"1 of the model's 3 predictions are missing"),
        ("id,score\n007,1\n012,nan\n100,3\n", {"unit": "id"}, r"1 of the model's 3 predictions are missing"),
        ("id,score\n007,1\n012,inf\n100,3\n", {"unit": "id"}, r"predictions are infinite"),
        ("id,a,b\n007,1,2\n", {"unit": "id"}, r"which column is the prediction\? Beside the unit, it has 'a', 'b'"),
        ("id\n007\n", {"unit": "id"}, r"which column is the prediction\? Beside the unit, it has no column"),
        ("id,a,b\n007,1,2\n", {"unit": "id", "prediction": "c"}, r"no column 'c'"),
        ("person,score\n007,1\n", {"unit": "id", "prediction": "score"}, r"no column 'id'"),
        ("id,p\n007,no\n012,yes\n100,no\n", {"unit": "id", "top": 0.5}, r"the column 'p' holds no scores, so that no"),
        ("id,p\n007,1\n012,0\n100,1\n", {"unit": "id", "features": "id"}, r"'features' says nothing about a model of"),
    ],
)
def test_predictions_that_do_not_fit(text, options, message, predictions):
    with pytest.raises(FairwitnessError, match=message) as refused:
        predictions(text, **options).answers(ROWS)
    assert "007" not in str(refused.value)


def test_rows_without_the_unit(predictions):
    model = predictions("id,score\n007,1\n", unit="id")
    with pytest.raises(FairwitnessError, match=r"the rows: no column 'id'"):
        model.score(ROWS[["sex"]])


# -- what ONNX is given ------------------------------------------------------------------------------------------------


def test_one_matrix_is_given_the_features_in_their_order(need, tmp_path, applicants):
    need("onnx")
    from skl2onnx import to_onnx

    values = applicants[["points", "years"]].to_numpy(np.float32)
    fitted = LogisticRegression().fit(values, np.where(values[:, 0] > 5, "yes", "no"))
    path = tmp_path / "scores.csv"  # ONNX by its bytes
    path.write_bytes(to_onnx(fitted, values[:1]).SerializeToString())
    model = load_model(path, features=["points", "years"])
    assert model.kind == "onnx"
    assert model.predict(applicants) == fitted.predict(values).tolist()
    assert model.score(applicants) == pytest.approx(fitted.predict_proba(values)[:, 1], abs=1e-6)
    no = load_model(path, features=["points", "years"], positive="no")
    assert no.score(applicants) == pytest.approx(fitted.predict_proba(values)[:, 0], abs=1e-6)
    with pytest.raises(FairwitnessError, match=r"takes 2 columns and is given 5: 'id', 'sex'"):
        load_model(path).score(applicants)
    with pytest.raises(FairwitnessError, match=r"column 'degree': the model takes numbers \(float32\) here"):
        load_model(path, features=["points", "degree"]).score(applicants)
    with pytest.raises(FairwitnessError, match=r"positive: the model has no class 'maybe'"):
        load_model(path, positive="maybe")


def test_many_rows_through_onnx_are_the_same_as_few(need, tmp_path, screener):
    """Rows go through in chunks, several at once; neither changes an answer, nor does their order."""
    need("onnx")
    (tmp_path / "s.onnx").write_bytes(as_onnx(screener))
    model = load_model(tmp_path / "s.onnx")
    rows = people(40_000, 3)
    made = model.answers(rows)
    order = np.random.default_rng(4).permutation(len(rows))
    again = model.answers(rows.iloc[order])
    assert (again.score == made.score[order]).all()
    assert (again.decision == made.decision[order]).all()
    assert made.decision.tolist() == screener.predict(rows[FEATURES]).tolist()


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("points", [1.5] * 300, r"column 'points': the model takes int64 here, and some numbers .* do not fit"),
        (
            "points",
            [None] + [1] * 299,
            r"takes int64 here, which has no missing or infinite value, and the column has 1",
        ),
        ("points", ["7"] * 300, r"column 'points': the model takes numbers \(int64\) here and is given string"),
        ("degree", [1] * 300, r"column 'degree': the model takes text here and is given integer"),
        ("degree", [None] + ["none"] * 299, r"column 'degree': 1 texts are missing, and ONNX has no missing text"),
        ("years", ["five"] * 300, r"column 'years': the model takes numbers \(float32\) here and is given string"),
        ("years", [None] + [1.0] * 299, r"1 of the model's 300 predictions are missing"),
    ],
)
def test_columns_that_an_onnx_model_does_not_take(column, values, message, need, tmp_path, screener, applicants):
    need("onnx")
    (tmp_path / "s.onnx").write_bytes(as_onnx(screener))
    model = load_model(tmp_path / "s.onnx")
    with pytest.raises(FairwitnessError, match=message):
        model.score(applicants.assign(**{column: values}))


def test_columns_of_other_types_that_say_the_same(need, tmp_path, screener, applicants):
    need("onnx")
    (tmp_path / "s.onnx").write_bytes(as_onnx(screener))
    model = load_model(tmp_path / "s.onnx")
    other = applicants.astype({"points": "float32", "years": "Float64", "degree": "category"})
    assert (model.score(other) == model.score(applicants)).all()
    assert (model.score(applicants.astype({"points": "Int64", "degree": object})) == model.score(applicants)).all()


@pytest.mark.parametrize(("kind", "largest"), [("FLOAT16", 65_504), ("FLOAT", float(np.finfo(np.float32).max))])
@pytest.mark.parametrize("width", [1, 2])
def test_numbers_that_would_become_infinite_are_refused(kind, largest, width, need, tmp_path):
    """Half precision ends at 65,504: a salary of 70,000 would be infinity, and the answer whatever follows from that."""
    need("onnx")
    from onnx import TensorProto, helper

    shape = [None, width]
    graph = helper.make_graph(
        [helper.make_node("Cast", ["X"], ["wide"], to=TensorProto.FLOAT), helper.make_node("Sigmoid", ["wide"], ["p"])]
        if width == 1
        else [
            helper.make_node("Cast", ["X"], ["wide"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMin", ["wide"], ["least"], axes=[1], keepdims=1),
            helper.make_node("Sigmoid", ["least"], ["p"]),
        ],
        "graph",
        [helper.make_tensor_value_info("X", getattr(TensorProto, kind), shape)],
        [helper.make_tensor_value_info("p", TensorProto.FLOAT, [None, 1])],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    (tmp_path / "m.onnx").write_bytes(made.SerializeToString())
    model = load_model(tmp_path / "m.onnx", features=["years", "salary"][-width:])
    rows = pd.DataFrame({"years": [0, 0], "salary": [0.0, largest]})
    assert model.score(rows).tolist() == [0.5, 1.0 if width == 1 else 0.5]
    with pytest.raises(
        FairwitnessError, match=r"column 'salary': the model takes float\d\d here, at most .* are larger"
    ):
        model.score(rows.assign(salary=[0.0, largest * 1.1]))


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_predictions_that_are_replaced_while_they_are_read(ending, tmp_path, monkeypatch):
    """What is joined are the predictions that were read: the digest in the record must be theirs."""
    made = pd.DataFrame({"id": ROWS["id"], "score": [0.25, 0.5, 1.0]})
    path = tmp_path / f"scores.{ending}"
    write = made.to_csv if ending == "csv" else made.to_parquet
    write(path, index=False)
    os.utime(path, (0, 0))  # it was written long ago
    read = predictions_file.read

    def then_again(*given, **named):
        loaded = read(*given, **named)
        write(path, index=False)
        return loaded

    monkeypatch.setattr(predictions_file, "read", then_again)
    with pytest.raises(FairwitnessError, match=r"^scores\..*: the file was changed while it was read"):
        load_model(path, unit="id")
