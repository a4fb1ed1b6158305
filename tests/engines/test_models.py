"""Models as sources: what they are given, what is refused, and that no row is told."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import feather, parquet
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fairwitness.audit.counting.count import tally
from fairwitness.audit.counting.roles import load
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.models.deciding import with_decisions

PEOPLE = {
    "sex": ["F", "M", "F", "M", "M", "F"],
    "points": [1, 9, 8, 2, 7, 3],
    "years": [0.5, 4.0, 6.0, 1.5, 3.0, 2.0],
    "good": [0, 1, 1, 0, 1, 1],
}
PASSED = [False, True, True, False, True, False]  # points > 5


class NoColumn:
    """Like a tensor on another device."""

    def __array__(self, dtype=None, copy=None):
        raise TypeError("Applicant 77")


def by_points(rows):
    return rows["points"] > 5


@pytest.fixture
def people():
    return pd.DataFrame(PEOPLE)


@pytest.fixture(scope="module")
def screener():
    """A pipeline that learned on other people that points decide: it says 1 above 5 and 0 below."""
    points = list(range(11))
    rows = pd.DataFrame({"points": [p for p in points if p != 5], "years": [2.0] * 10})
    return make_pipeline(StandardScaler(), LogisticRegression(C=1e6)).fit(rows, rows["points"] > 5)


# -- what it gives -----------------------------------------------------------------------------------------------


def test_every_engine_gets_the_same_column(constructor):
    made = with_decisions(constructor(PEOPLE), lambda rows: [p > 5 for p in rows["points"]], withheld=["sex", "good"])
    counted = tally(load(made, protected="sex", decision="decision"))
    # F: 1 and 3 points are not above 5, 8 is; M: 9 and 7 are, 2 is not
    assert {key: c.n for key, c in counted.cells.items()} == {
        ("F", "not_selected"): 2,
        ("F", "selected"): 1,
        ("M", "not_selected"): 1,
        ("M", "selected"): 2,
    }


def test_a_frame_of_pandas_or_polars_stays_one(people, need):
    need("polars")
    import polars as pl

    assert with_decisions(people, by_points)["decision"].tolist() == PASSED
    assert with_decisions(pl.DataFrame(PEOPLE), by_points)["decision"].to_list() == PASSED
    assert with_decisions(pl.LazyFrame(PEOPLE), by_points)["decision"].to_list() == PASSED
    assert isinstance(with_decisions(pl.DataFrame(PEOPLE), by_points), pl.DataFrame)


def test_a_polars_model_sees_a_polars_frame(need):
    need("polars")
    import polars as pl

    made = with_decisions(pl.DataFrame(PEOPLE), lambda rows: rows.select(pl.col("points") > 5))
    assert made["decision"].to_list() == PASSED


def test_an_estimator_sees_the_columns_it_was_fitted_on(people, screener):
    # "sex" would break the scaler; "points" and "years" stand in another order than when it was fitted
    made = with_decisions(people[["years", "sex", "good", "points"]], screener, withheld=["sex", "good"])
    assert made["decision"].tolist() == PASSED


def test_a_function_sees_everything_but_what_is_withheld(people):
    seen = []
    with_decisions(people, lambda rows: seen.append(list(rows.columns)) or by_points(rows), withheld=["sex", "good"])
    assert seen == [["points", "years"]]  # and it is called once


def test_what_is_named_is_seen_in_that_order(people):
    seen = []
    with_decisions(
        people,
        lambda rows: seen.append(list(rows.columns)) or by_points(rows),
        features=["points", "sex"],
        withheld=["sex"],
    )
    assert seen == [["points", "sex"]]


@pytest.mark.parametrize("engine", ["pandas", "polars", "pyarrow"])
def test_a_model_that_changes_its_rows_changes_a_copy(engine, people, need):
    if engine == "polars":
        need("polars")
    import_of = {"pandas": lambda: people, "pyarrow": lambda: pa.table(PEOPLE)}
    if engine == "polars":
        import polars as pl

        import_of["polars"] = lambda: pl.DataFrame(PEOPLE)
    source = import_of[engine]()

    def spoil(rows):
        answer = [p > 5 for p in rows["points"]]
        if engine == "polars":
            rows.insert_column(0, pl.Series("new", [0] * len(rows)))
        else:
            rows["points"] = 0
            rows.loc[0, "years"] = -1.0
            rows.pop("sex")
        return answer

    made = with_decisions(source, spoil)
    assert list(made["points"].to_pylist() if engine == "pyarrow" else made["points"]) == PEOPLE["points"]
    assert list(made["years"].to_pylist() if engine == "pyarrow" else made["years"]) == PEOPLE["years"]
    names = source.column_names if engine == "pyarrow" else list(source.columns)
    assert names == list(PEOPLE)


@pytest.mark.parametrize(
    "answer",
    [
        np.array([0, 1, 1, 0, 1, 0]),
        np.array([[0], [1], [1], [0], [1], [0]]),
        [0, 1, 1, 0, 1, 0],
        (0.0, 1.0, 1, 0, 1, 0),
        pd.DataFrame({"y": [0, 1, 1, 0, 1, 0]}),
        pa.array([0, 1, 1, 0, 1, 0]),
        pa.chunked_array([[0, 1, 1], [0, 1, 0]]),
    ],
    ids=["array", "n×1", "list", "tuple", "frame", "arrow", "chunks"],
)
def test_one_value_for_each_row_in_any_form(answer, people):
    assert with_decisions(people, lambda _: answer)["decision"].tolist() == [0, 1, 1, 0, 1, 0]


def test_labels_and_scores(people):
    words = with_decisions(people, lambda rows: np.where(by_points(rows), "advance", "reject"), into="outcome")
    assert words["outcome"].tolist() == ["reject", "advance", "advance", "reject", "advance", "reject"]
    scored = with_decisions(people, lambda rows: rows["points"] / 10, into="score")
    assert scored["score"].tolist() == [0.1, 0.9, 0.8, 0.2, 0.7, 0.3]
    assert tally(load(scored, protected="sex", score="score")).axis("score").name == "score"


def test_rows_keep_their_index(people):
    odd = people.set_index(pd.Index([7, 7, 3, 1, 0, 9]))
    made = with_decisions(odd, by_points)
    assert made.index.tolist() == [7, 7, 3, 1, 0, 9]
    assert made["decision"].tolist() == PASSED


# -- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "xlsx", "parquet", "feather"])
def test_a_file_of_any_kind(ending, tmp_path, people, screener):
    path = tmp_path / f"holdout.{ending}"
    if ending in ("csv", "tsv"):
        people.to_csv(path, index=False, sep="," if ending == "csv" else "\t")
    elif ending == "jsonl":
        people.to_json(path, orient="records", lines=True)
    elif ending == "xlsx":
        people.to_excel(path, index=False)
    elif ending == "parquet":
        parquet.write_table(pa.table(PEOPLE), path)
    else:
        feather.write_feather(pa.table(PEOPLE), path)
    made = with_decisions(path, screener, withheld=["sex", "good"])
    assert made.column("decision").to_pylist() == PASSED
    counted = tally(load(made, protected=["sex", "years"], bins={"years": [2]}, decision="decision", label="good"))
    assert counted.decisions == 6
    assert counted.axes[1].levels == ("2+", "<2")


def test_in_a_text_file_the_model_sees_what_pandas_reads_and_the_audit_what_is_written(tmp_path):
    path = tmp_path / "holdout.csv"
    path.write_text("group,code,points\nNone,007,1\nNA,012,\nB,100,9\n", encoding="utf-8")
    seen = []

    def model(rows):
        seen.append(rows)
        return rows["points"].fillna(0) > 5

    made = with_decisions(path, model, withheld=["group"])
    assert seen[0]["points"].isna().tolist() == [False, True, False]
    assert seen[0]["code"].tolist() == [7, 12, 100]
    assert made.column("group").to_pylist() == ["None", "NA", "B"]
    assert made.column("code").to_pylist() == ["007", "012", "100"]


def test_a_blank_line_of_a_single_feature_is_a_row(tmp_path):
    path = tmp_path / "holdout.csv"
    path.write_text("sex,points\nF,1\nM,\nM,9\n", encoding="utf-8")
    made = with_decisions(path, lambda rows: rows["points"].notna(), features="points")
    assert made.column("decision").to_pylist() == [True, False, True]


# -- what it refuses ---------------------------------------------------------------------------------------------


def test_a_model_is_not_read_from_a_file(people, tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("it was unpickled",))

    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(Trap()))
    for given in (path, str(path), path.read_bytes()):
        with pytest.raises(FairwitnessError, match=r"not read from a file: a pickle runs whatever code"):
            with_decisions(people, given)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (LogisticRegression, "is the class LogisticRegression. Give a fitted instance"),
        (42, "A int is no model. Give an estimator with a method predict, or a function."),
    ],
)
def test_what_is_no_model(model, message, people):
    with pytest.raises(FairwitnessError, match=message):
        with_decisions(people, model)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda rows: [1] * (len(rows) - 1), r"made 5 predictions for 6 rows"),
        (lambda rows: np.ones((len(rows), 2)), r"are 6 × 2: two for each row, as of predict_proba.*threshold"),
        (lambda rows: np.ones((len(rows), 3)), r"are 6 × 3, for 6 rows\. Return one value"),
        (lambda _: 1, r"are a single int, for 6 rows"),
        (lambda _: None, r"are a single NoneType, for 6 rows"),
        (lambda rows: {"a": [1] * len(rows)}, r"are a single dict, for 6 rows"),
        (lambda rows: (1 for _ in range(len(rows))), r"are a single generator, for 6 rows"),
        (lambda _: [[1], [1, 2], [3], [4], [5], [6]], r"of type 'list'"),
        (lambda _: NoColumn(), r"no column of values"),
        (lambda _: [1, True, 0, 1, 0, 1], r"of type 'bool', 'int'"),
        (lambda _: [1, None, 0, 1, 0, 1], r"1 of the model's 6 predictions are missing"),
        (lambda _: np.array([1, np.nan, 0, np.nan, 0, 1]), r"2 of the model's 6 predictions are missing"),
        (lambda _: pd.array([1, pd.NA, 0, 1, 0, 1], "Int64"), r"1 of the model's 6 predictions are missing"),
        (lambda _: [0.5, np.inf, 0.1, 0.2, 0.3, 0.4], r"infinite"),
        (lambda _: [1, "no", 0, 1, 0, 1], r"of type 'int', 'str'"),
        (lambda _: np.array([1, "no", 0, 1, 0, 1], object), r"of type 'int', 'str'"),
        (lambda _: np.array(["2020-01-01"] * 6, "datetime64[D]"), r"of type 'date'"),
        (lambda _: [b"x"] * 6, r"of type 'bytes'"),
        (lambda rows: by_points(rows).sort_values(), r"come with another index than its rows"),
        (lambda rows: by_points(rows).set_axis(range(1, 7)), r"come with another index than its rows"),
    ],
)
def test_predictions_that_are_not_one_value_for_each_row(answer, message, people):
    with pytest.raises(FairwitnessError, match=message):
        with_decisions(people, answer)


def test_a_model_that_raises_is_named_by_the_kind_of_error_and_the_place(people):
    people["points"] = "Applicant 77"

    def broken(rows):
        raise KeyError(rows["points"][0])

    with pytest.raises(FairwitnessError) as refused:
        with_decisions(people, broken, features=["points"])
    message = str(refused.value)
    assert "raised KeyError (test_models.py, line " in message
    assert "in broken) on 6 rows with the columns 'points'." in message
    assert "Applicant 77" not in message
    assert refused.value.__context__ is None  # nothing that a traceback could print


def test_a_pipeline_that_raises(people, screener):
    people["points"] = "Applicant 77"
    with pytest.raises(FairwitnessError, match=r"raised ValueError \(") as refused:
        with_decisions(people, screener, withheld=["sex", "good"])
    assert "Applicant 77" not in str(refused.value)
    assert refused.value.__context__ is None


def test_columns_that_are_missing(people, screener):
    with pytest.raises(FairwitnessError, match=r"no column 'point'.*Did you mean 'points'\?"):
        with_decisions(people, by_points, features=["point"])
    with pytest.raises(FairwitnessError, match=r"no column 'years'"):
        with_decisions(people.drop(columns="years"), screener)


@pytest.mark.parametrize("features", [[], ["points", "points"]])
def test_features_are_named_once(features, people):
    with pytest.raises(FairwitnessError, match=r"at least one and each once"):
        with_decisions(people, by_points, features=features)


def test_a_model_fitted_on_what_is_withheld_must_be_told(people):
    people["sex"] = [0, 1, 0, 1, 1, 0]
    fitted = LogisticRegression().fit(people[["sex", "points"]], people["good"])
    with pytest.raises(FairwitnessError, match=r"was fitted on 'sex', which it does not see unless told so"):
        with_decisions(people, fitted, withheld=["sex", "good"])
    made = with_decisions(people, fitted, features=["sex", "points"], withheld=["sex", "good"])
    assert len(made["decision"]) == 6


def test_nothing_left_to_see(people):
    with pytest.raises(FairwitnessError, match=r"no column is left for the model"):
        with_decisions(people[["sex"]], by_points, withheld=["sex"])


@pytest.mark.parametrize("into", ["good", "Good"])
def test_a_column_that_is_there_already(into, people):
    with pytest.raises(FairwitnessError, match=r"there is a column '[Gg]ood' already.*decision = 'model_decision'"):
        with_decisions(people, by_points, into=into)


def test_no_rows(people):
    with pytest.raises(FairwitnessError, match=r"no rows"):
        with_decisions(people.head(0), by_points)


def test_what_is_no_source():
    with pytest.raises(FairwitnessError, match=r"A builtins.dict is no source of rows"):
        with_decisions({"points": [1]}, by_points)
