"""One screener in seven forms: the same data give the same answers and the same counts, digest for digest."""

from __future__ import annotations

import hashlib
import json
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import fairwitness as fw
from fairwitness.audit.counting.count import tally
from fairwitness.audit.models.load import load_model
from fairwitness.audit.models.scoring import decisions_of

FEATURES = ["points", "years", "degree"]
ROLES = {"protected": ["sex", "race"], "unit": "id"}
FORMS = ("estimator", "onnx", "skops", "endpoint", "command", "callable", "predictions by unit", "predictions in order")


def applicants(n, seed):
    drawn = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": [f"{i:05}" for i in range(n)],
            "sex": drawn.choice(["F", "M"], n),
            "race": drawn.choice(["black", "white", "asian"], n),
            "points": drawn.integers(0, 11, n),
            "years": drawn.integers(0, 20, n),
            "degree": drawn.choice(["none", "BA", "MA"], n),
        }
    )


@pytest.fixture(scope="module")
def people():
    return applicants(500, 1)


@pytest.fixture(scope="module")
def screener():
    """A pipeline fitted to other people: who is invited depends on points, years and degree, and on chance."""
    others = applicants(2000, 2)
    worth = others["points"] / 3 + others["years"] / 5 + (others["degree"] == "MA")
    invited = worth + np.random.default_rng(3).normal(size=len(others)) > 3.2
    return make_pipeline(OneHotEncoder(sparse_output=False), LogisticRegression()).fit(others[FEATURES], invited * 1)


@pytest.fixture(scope="module")
def decided(screener, people):
    """What scikit-learn itself says, asked alone, with nobody near the line that single precision could move over it."""
    scores = screener.predict_proba(people[FEATURES])[:, 1]
    assert np.abs(scores - 0.5).min() > 1e-5
    assert (screener.predict(people[FEATURES]) == (scores >= 0.5)).all()
    return scores >= 0.5


NEEDED = {"onnx": "onnx", "skops": "skops", "endpoint": "http"}


@pytest.fixture
def source_of(need, folder, scoring_server, screener, people, monkeypatch):
    """Return the function that gives the screener in one form, as `load_model` takes it, and its options."""
    scores = screener.predict_proba(people[FEATURES])[:, 1].tolist()
    by_row = dict(zip(people[FEATURES].itertuples(index=False, name=None), scores, strict=True))

    def said(row):
        score = by_row[tuple(row[name] for name in FEATURES)]
        return {"score": score, "decision": score >= 0.5}

    scoring_server.score = said
    monkeypatch.syspath_prepend(folder)
    command = f"command:'{sys.executable}' '{folder / 'program.py'}'"
    forms = {
        "estimator": lambda: (screener, {}),
        "onnx": lambda: (as_onnx(screener, folder / "screener.onnx"), {}),
        "skops": lambda: (as_skops(screener, folder / "screener.skops"), {}),
        "endpoint": lambda: (scoring_server.url, {"features": FEATURES, "batch": 200}),
        "command": lambda: (command, {"features": FEATURES}),
        "callable": lambda: ("screening_one_screener:select", {"features": FEATURES}),
        "predictions by unit": lambda: (folder / "by_unit.csv", {"unit": "id", "prediction": "invited"}),
        "predictions in order": lambda: (folder / "in_order.csv", {"prediction": "invited"}),
    }

    def make(form):
        if form in NEEDED:
            need(NEEDED[form])
        return forms[form]()

    return make


def as_onnx(screener, path):
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import Int64TensorType, StringTensorType

    types = [
        ("points", Int64TensorType([None, 1])),
        ("years", Int64TensorType([None, 1])),
        ("degree", StringTensorType([None, 1])),
    ]
    path.write_bytes(to_onnx(screener, initial_types=types, options={"zipmap": False}).SerializeToString())
    return path


def as_skops(screener, path):
    import skops.io

    skops.io.dump(screener, path)
    return path


MODULE = """
import json, math
from pathlib import Path
fitted = json.loads(Path(__file__).with_name("fitted.json").read_text())
def score_of(row):
    distance = fitted["intercept"] + sum(fitted["weights"][name][str(row[name])] for name in fitted["weights"])
    return 1 / (1 + math.exp(-distance))
def select(rows):
    return [score_of(row) >= 0.5 for row in rows.to_dict("records")]
"""
PROGRAM = """
import json, os, sys
sys.path.insert(0, os.path.dirname(__file__))  # where PYTHONSAFEPATH is set, it is not there
from screening_one_screener import score_of
for line in sys.stdin:
    score = score_of(json.loads(line))
    print(json.dumps({"score": score, "decision": score >= 0.5}))
"""


def fitted(screener):
    """What a program in another language would be given of the fitted pipeline: a weight for each value."""
    levels = [
        (name, str(level)) for name, each in zip(FEATURES, screener[0].categories_, strict=True) for level in each
    ]
    weights = {name: {} for name in FEATURES}
    for (name, level), weight in zip(levels, screener[1].coef_[0].tolist(), strict=True):
        weights[name][level] = weight
    return {"weights": weights, "intercept": float(screener[1].intercept_[0])}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, screener, people, decided):
    """What the screener is, written out for a program and a module, and what it said, in two files."""
    folder = tmp_path_factory.mktemp("screener")
    (folder / "fitted.json").write_text(json.dumps(fitted(screener)), encoding="utf-8")
    (folder / "screening_one_screener.py").write_text(MODULE, encoding="utf-8")
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    answers = pd.DataFrame({"id": people["id"], "invited": decided})
    answers.sample(frac=1, random_state=4).to_csv(folder / "by_unit.csv", index=False)
    answers.to_csv(folder / "in_order.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def reference(people, decided):
    """The count of the decisions as a column of the data, and the digest of its lines."""
    lines = "".join(f"{int(each)}\n" for each in decided)
    counted = tally(fw.load(people.assign(decision=decided), decision="decision", **ROLES))
    return counted.digest, hashlib.sha256(lines.encode()).hexdigest()


@pytest.mark.parametrize("form", FORMS)
def test_the_same_answers_and_the_same_counts(form, source_of, people, reference, tmp_path):
    source, options = source_of(form)
    model = load_model(source, **options)
    people.to_csv(tmp_path / "people.csv", index=False)
    people.to_parquet(tmp_path / "people.parquet", index=False)
    for rows in (people, tmp_path / "people.csv", tmp_path / "people.parquet"):
        scored = decisions_of(rows, model, roles=ROLES)
        assert (tally(scored.decisions).digest, scored.answers_sha256) == reference
        assert (scored.answers_n, scored.output) == (500, "decision")


@pytest.mark.parametrize("form", FORMS)
def test_the_record_says_the_same(form, source_of, people, reference):
    source, options = source_of(form)
    audit = fw.audit_model(people, load_model(source, **options), **ROLES)
    answers = audit.to_dict()["model"]["answers"]
    assert (audit.tally.digest, answers) == (reference[0], {"n": 500, "sha256": reference[1], "output": "decision"})


@pytest.mark.parametrize("form", ["estimator", "onnx", "skops", "endpoint", "command"])
def test_the_same_with_a_cut_off(form, source_of, people, reference, screener):
    source, options = source_of(form)
    scored = decisions_of(people, load_model(source, at_least=0.5, **options), roles=ROLES)
    assert (tally(scored.decisions).digest, scored.answers_sha256) == reference
    # the upper 30 %: single precision moves nobody over that line either
    scores = np.sort(screener.predict_proba(people[FEATURES])[:, 1])
    cut = np.quantile(scores, 0.7)
    assert np.abs(scores - cut).min() > 1e-6
    top = decisions_of(people, load_model(source, top=0.3, **options), roles=ROLES)
    lines = "".join(f"{int(each)}\n" for each in screener.predict_proba(people[FEATURES])[:, 1] >= cut)
    assert top.answers_sha256 == hashlib.sha256(lines.encode()).hexdigest()
    assert top.model.at_least == pytest.approx(cut, abs=1e-6)
