"""The study of proxies: every input has its place, contributions go with what a model or a column does."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from sklearn.linear_model import LogisticRegression

from fairwitness import FairwitnessError
from fairwitness.audit.models.load import load_model
from fairwitness.audit.proxies.decisions import widest_gap
from fairwitness.audit.proxies.groups import Groups
from fairwitness.audit.proxies.run import proxies
from fairwitness.audit.studies import sections
from fairwitness.metrics.difference_intervals import newcombe

N = 2000


@pytest.fixture(scope="module")
def applicants():
    """Women have longer gaps in their CVs, and are more often in a choir, by far; skill is alike."""
    rng = np.random.default_rng(11)
    woman = rng.random(N) < 0.45
    return pd.DataFrame(
        {
            "sex": np.where(woman, "f", "m"),
            "skill": rng.normal(size=N),
            "gap": rng.poisson(np.where(woman, 2.5, 1.0)).astype(float),
            "choir": np.where(rng.random(N) < np.where(woman, 0.7, 0.1), "yes", "no"),
            "noise": rng.normal(size=N),
            "id": [f"a{i}" for i in range(N)],
            "country": "xx",
        }
    )


def score(rows):
    return rows["skill"] - 0.5 * rows["gap"]


def of(study, attribute=0):
    return {f["feature"]: f for f in study.to_json()[attribute]["features"]}


def test_a_model_that_reads_a_proxy(applicants):
    study = proxies(applicants, protected="sex", model=load_model(score, top=0.4, name="screener"))
    entry = study.to_json()[0]
    found = of(study)
    assert (entry["decisions"], entry["method"], entry["n"], entry["unknown"]) == ("model", "shuffled_inputs", N, 0)
    assert entry["gap"]["high"] == "m"
    gap = entry["gap"]["rate_difference"]["value"]
    assert gap > 0.1
    # The gap in the CV is all that the model has of sex: without it, next to nothing is left.
    assert found["gap"]["contribution"]["value"] == pytest.approx(gap, abs=0.06)
    assert found["gap"]["contribution"]["low"] > 0.1
    # The choir carries sex better still, and the model does not read it.
    assert found["choir"]["auc"]["value"] > found["gap"]["auc"]["value"] > 0.7
    for unread in ("choir", "noise", "id", "country"):
        assert found[unread]["contribution"]["value"] == 0
        assert "no decision of the model changed" in found[unread]["because"]
    assert abs(found["skill"]["contribution"]["value"]) < 0.1
    assert entry["together"]["auc"]["low"] > found["choir"]["auc"]["value"]


def test_every_input_is_there_with_a_status(applicants):
    found = of(proxies(applicants, protected="sex"))
    assert {name: f["status"] for name, f in found.items()} == {
        "skill": "ok", "gap": "ok", "choir": "ok", "noise": "ok", "id": "identifier", "country": "constant",
    }  # fmt: skip
    assert all(f["contribution"] is None for f in found.values())
    assert "every value is another" in found["id"]["because"]
    assert found["noise"]["auc"]["low"] <= 0.5 <= found["noise"]["auc"]["high"]


def test_a_column_of_decisions(applicants):
    hired = np.where(score(applicants) > 0, "offer", "no").astype(object)
    hired[:50] = "withdrew"
    data = applicants.assign(outcome=hired)
    study = proxies(
        data,
        protected="sex",
        decision="outcome",
        favorable="offer",
        unfavorable="no",
        set_aside={"withdrew": "withdrew"},
    )
    entry, found = study.to_json()[0], of(study)
    assert (entry["decisions"], entry["method"]) == ("column", "kitagawa")
    assert entry["gap"]["rate_difference"]["n"] == N - 50
    rates = data[50:].groupby("sex")["outcome"].agg(lambda given: (given == "offer").mean())
    assert entry["gap"]["rate_difference"]["value"] == pytest.approx(rates["m"] - rates["f"])
    assert found["gap"]["contribution"]["value"] == pytest.approx(entry["gap"]["rate_difference"]["value"], abs=0.05)
    assert abs(found["noise"]["contribution"]["value"]) < 0.02
    assert found["id"]["contribution"] is None


def test_what_two_inputs_tell_only_together():
    rng = np.random.default_rng(0)
    group, key = rng.integers(0, 2, 1000), rng.integers(0, 2, 1000)
    data = pd.DataFrame(
        {"sex": np.where(group, "f", "m"), "key": key, "lock": key ^ group, "noise": rng.normal(size=1000)}
    )
    study = proxies(data, protected="sex")
    found = of(study)
    assert max(found[name]["auc"]["value"] for name in ("key", "lock")) < 0.56
    assert study.attributes[0].together.value > 0.99


def test_inputs_that_say_the_same_are_named_and_shuffled_together(applicants):
    data = applicants.assign(singer=(applicants["choir"] == "yes").astype(int))
    model = load_model(lambda rows: ((rows["choir"] == "yes") & (rows["singer"] == 1)).astype(int))
    found = of(proxies(data, protected="sex", features=["skill", "choir", "singer"], model=model))
    assert "holds the same as 'singer'; shuffled together with 'singer'" in found["choir"]["because"]
    assert found["choir"]["contribution"] == found["singer"]["contribution"]
    share = {sex: (part["choir"] == "yes").mean() for sex, part in data.groupby("sex")}
    # Shuffled together, both rates become that of all: the whole gap goes.
    assert found["choir"]["contribution"]["value"] == pytest.approx(share["m"] - share["f"], abs=0.03) or found[
        "choir"
    ]["contribution"]["value"] == pytest.approx(share["f"] - share["m"], abs=0.03)


def test_a_copy_of_the_attribute_is_called_one(applicants):
    data = applicants.assign(title=np.where(applicants["sex"] == "f", "Ms", "Mr"))
    found = of(proxies(data, protected="sex", features=["title", "noise"]))
    assert found["title"]["because"] == "holds the same as the attribute itself"
    assert found["title"]["auc"]["value"] == 1


def test_several_attributes_and_what_is_not_disclosed(applicants):
    rng = np.random.default_rng(1)
    sex = applicants["sex"].mask(pd.Series(rng.random(N) < 0.1)).where(applicants.index != 0, "prefer not to say")
    age = pd.Series(rng.integers(20, 65, N)).astype(float).where(applicants.index != 1)
    data = applicants.assign(sex=sex, age=age, born=2026 - age)
    study = proxies(
        data, protected=["sex", "age"], unknown="prefer not to say", bins={"age": [40]}, features=["gap", "born"]
    )
    by_sex, by_age = study.to_json()
    assert by_sex["unknown"] == sex.isna().sum() + 1
    assert by_sex["groups"] == ["f", "m"]
    assert by_age["groups"] == ["<40", "40+"]
    assert (by_age["n"], by_age["unknown"]) == (N - 1, 1)
    assert of(study, 1)["born"]["auc"]["value"] == 1


def test_an_estimator_says_which_columns_it_reads(applicants):
    rows = applicants[["skill", "gap"]]
    fitted = LogisticRegression().fit(rows, applicants["skill"] > 0.3 * applicants["gap"])
    found = of(proxies(applicants, protected="sex", model=fitted))
    assert set(found) == {"skill", "gap"}
    more = of(proxies(applicants, protected="sex", model=fitted, features=["gap", "choir"]))
    assert more["choir"]["contribution"] is None
    assert more["choir"]["because"] == "the model does not read it"
    assert more["gap"]["contribution"]["value"] == found["gap"]["contribution"]["value"]


def test_a_file_of_predictions_is_held_like_a_column(applicants, tmp_path):
    pd.DataFrame({"id": applicants["id"], "said": score(applicants) > 0}).to_csv(tmp_path / "said.csv", index=False)
    model = load_model(tmp_path / "said.csv", unit="id", prediction="said")
    entry = proxies(applicants, protected="sex", model=model, features=["gap", "skill", "id"]).to_json()[0]
    assert (entry["decisions"], entry["method"]) == ("model", "kitagawa")
    column = proxies(
        applicants.assign(said=score(applicants) > 0), protected="sex", decision="said", features=["gap", "skill", "id"]
    ).to_json()[0]
    assert [f["contribution"] for f in entry["features"]] == [f["contribution"] for f in column["features"]]


def test_labels_that_a_shuffle_makes_disappear_keep_their_meaning():
    # Nobody but one is offered a job, and only by two inputs together; after a shuffle, most often nobody.
    data = pd.DataFrame({"sex": ["f", "m"] * 30, "a": [1] + [0] * 59, "b": [1] + [0] * 59, "c": range(60)})
    model = load_model(lambda rows: np.where((rows["a"] == 1) & (rows["b"] == 1) & (rows["c"] == 0), "offer", "no"))
    found = of(proxies(data, protected="sex", model=model, favorable="offer"))
    assert found["c"]["contribution"]["value"] == pytest.approx(1 / 30, abs=0.02)


def test_no_value_of_an_input_is_told(applicants):
    told = json.dumps(proxies(applicants, protected="sex", model=load_model(score, top=0.4)).to_json(), allow_nan=False)
    assert '"choir"' in told
    for value in ("a17", '"yes"', '"xx"'):
        assert value not in told


def test_it_is_a_study_and_repeats_itself(applicants):
    small = applicants.head(300)
    one, again = (proxies(small, protected="sex", seed=4).to_json() for _ in range(2))
    assert one == again
    study = proxies(small, protected="sex", seed=4)
    assert sections([study])["proxies"] == one


def test_rows_of_files_and_of_other_engines(applicants, tmp_path):
    import polars as pl

    small = applicants.head(200).drop(columns=["noise"]).round({"skill": 3})
    small.to_csv(tmp_path / "rows.csv", index=False)
    small.to_parquet(tmp_path / "rows.parquet")
    expected = proxies(small, protected="sex").to_json()
    for source in (tmp_path / "rows.csv", tmp_path / "rows.parquet", pl.from_pandas(small)):
        assert proxies(source, protected="sex").to_json() == expected


def test_a_word_of_a_protected_column_is_a_label_whatever_pandas_makes_of_it(applicants, tmp_path):
    """NA may be North Africa, and 1.50 is what the file calls a group: only an empty cell says nothing."""
    words = np.array(["NA", "null", "1.50", ""])[np.arange(N) % 4]
    applicants.assign(sex=words).to_csv(tmp_path / "rows.csv", index=False)
    entry = proxies(tmp_path / "rows.csv", protected="sex", features=["gap"]).to_json()[0]
    assert (entry["groups"], entry["unknown"]) == (["1.50", "NA", "null"], N // 4)
    told = proxies(tmp_path / "rows.csv", protected="sex", features=["gap"], unknown=["NA", "null"]).to_json()[0]
    assert (told["groups"], told["unknown"]) == (["1.50"], 3 * N // 4)
    codes = np.array(["9.0", "1.0", "2.0"])[np.arange(N) % 3]
    applicants.assign(sex=codes).to_csv(tmp_path / "codes.csv", index=False)
    coded = proxies(tmp_path / "codes.csv", protected="sex", features=["gap"], unknown="9.0").to_json()[0]
    assert coded["groups"] == ["1.0", "2.0"]


def test_the_widest_of_several_gaps_has_an_interval_for_all_pairs():
    """Five groups of 40, all selected at a rate of .3: the widest gap is named after the fact, in 300 draws.

    Each interval by itself would miss 0 for the widest in far more than 5 % of draws (a range of five); 28 is the
    99.9 % point of 5 %.
    """
    groups = Groups(tuple("ABCDE"), np.repeat(np.arange(5), 40))
    rng, missed, alone = np.random.default_rng(0), 0, 0
    for _ in range(300):
        chosen = rng.random(200) < 0.3
        gap = widest_gap(chosen, groups, 0.95)
        x = [int(chosen[groups.codes == g].sum()) for g in (gap.high, gap.low)]
        missed += gap.estimate.low > 0
        alone += float(newcombe(x[0], 40, x[1], 40, 0.95)[0]) > 0
    assert gap.pairs == 10
    assert alone > 60
    assert missed <= binom.ppf(0.999, 300, 0.05) == 28


def test_contributions_to_the_widest_of_several_gaps_have_wider_intervals_and_the_same_values(applicants):
    hired = (score(applicants) > 0).astype(int)
    three = applicants.assign(sex=np.where(np.arange(N) % 3 == 0, "x", applicants["sex"]), hired=hired)
    entry = proxies(three, protected="sex", decision="hired", features=["gap", "skill"]).to_json()[0]
    pair = three[three["sex"].isin([entry["gap"]["high"], entry["gap"]["low"]])]
    alone = proxies(pair, protected="sex", decision="hired", features=["gap", "skill"]).to_json()[0]
    figures = [
        (wide["contribution"], narrow["contribution"])
        for wide, narrow in zip(entry["features"], alone["features"], strict=True)
    ]
    for wide, narrow in [(entry["gap"]["rate_difference"], alone["gap"]["rate_difference"]), *figures]:
        assert wide["value"] == pytest.approx(narrow["value"], abs=0.02)  # tenths of all rows, or of the pair's
        assert wide["high"] - wide["low"] > 1.1 * (narrow["high"] - narrow["low"])
        assert wide["level"] == 0.95


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"protected": "sexx"}, r"no column 'sexx'"),
        ({"protected": "sex", "features": ["skil"]}, r"no column 'skil'.*Did you mean 'skill'"),
        ({"protected": "sex", "decision": "choir"}, r"not clear what these values mean"),
        ({"protected": "sex", "decision": "sex"}, r"named as a decision and as a protected attribute"),
        ({"protected": "sex", "decision": "choir", "features": ["choir"]}, r"cannot be an input to it"),
        ({"protected": "sex", "features": []}, r"at least one input"),
        ({"protected": "skill"}, r"groups, more than 50\. Cut it into bins"),
        ({"protected": "sex", "bins": {"sex": [1]}}, r"not all values are finite numbers"),
        ({"protected": "sex", "decision": "choir", "model": score}, r"two sources of decisions"),
        ({"protected": "sex", "model": score}, r"scores and no decisions"),
    ],
)
def test_what_cannot_be_done_is_said(applicants, asked, words):
    with pytest.raises(FairwitnessError, match=words):
        proxies(applicants, **asked)


def test_the_word_nan_is_no_age_that_is_not_known():
    data = pd.DataFrame({"age": ["20", "nan", "40"] * 20, "x": range(60)})
    with pytest.raises(FairwitnessError, match="not all values are finite numbers"):
        proxies(data, protected="age", bins={"age": [30]})
    told = proxies(data, protected="age", bins={"age": [30]}, unknown="nan").to_json()[0]
    assert (told["groups"], told["unknown"]) == (["<30", "30+"], 20)


def test_one_group_or_nobody_is_no_error():
    data = pd.DataFrame({"sex": ["f"] * 30, "x": range(30), "d": [0, 1] * 15})
    entry = proxies(data, protected="sex", decision="d").to_json()[0]
    assert entry["together"]["auc"]["status"] == "single_group"
    assert entry["gap"] is None
    empty = proxies(data.assign(sex=None), protected="sex").to_json()[0]
    assert (empty["n"], empty["groups"], empty["unknown"]) == (0, [], 30)
    assert empty["features"][0]["auc"]["value"] is None


def test_infinite_numbers_are_no_error():
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"sex": ["f", "m"] * 100, "x": rng.normal(size=200), "y": rng.choice([1.0, math.nan], 200)})
    data.loc[:3, "x"] = [math.inf, -math.inf, math.nan, 0]
    assert proxies(data, protected="sex").to_json()[0]["together"]["auc"]["status"] == "ok"
