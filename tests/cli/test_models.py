"""A model on the command line: audited, asked about the same rows again, searched for alternatives, in one report."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

N = 400


@pytest.fixture
def people(tmp_path):
    """Rows in which the points of women are 10 lower, and whether they were hired follows the points loosely."""
    rows = [
        {"id": i, "sex": "FM"[i % 2], "points": (i * 37) % 100 - 10 * (i % 2 == 0), "degree": "abc"[i % 3]}
        for i in range(N)
    ]
    frame = pd.DataFrame(rows)
    frame["hired"] = ((frame["points"] + (frame["id"] * 53) % 60) > 70).astype(int)
    path = tmp_path / "people.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(autouse=True)
def _module(tmp_path, monkeypatch):
    """A module with a screener that sees points, and one that sees the sex as well."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "screeners_of_tests.py").write_text(
        "def blind(rows):\n    return rows['points'] > 50\n\n\n"
        "def seeing(rows):\n    return (rows['points'] > 50) | ((rows['sex'] == 'M') & (rows['points'] > 30))\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(folder)


def test_the_decisions_of_a_model_are_audited_and_whether_it_reads_the_attribute_is_said(run, people):
    asked = ("--model", "screeners_of_tests:seeing", "--feature", "points", "--feature", "sex", "--protected", "sex")
    said = run("audit", people, *asked, "--view", "internal")
    assert said.code == 0, said.err
    assert "■ The model:" in said.out
    audit = json.loads(Path("fairwitness-report/audit.json").read_text(encoding="utf-8"))
    model = audit["model"]
    assert (model["name"], model["kind"], model["answers"]["n"]) == ("screeners_of_tests:seeing", "function", N)
    (reads,) = model["reads_protected"]
    assert (reads["attribute"], reads["static"]) == ("sex", "reads")
    assert reads["dynamic"]["changed"] > 0
    assert audit["data"]["rows"] == N
    assert run("verify", "fairwitness-report").code == 0


def test_predictions_of_a_vendor_are_joined_by_the_unit(run, people, tmp_path):
    scores = pd.read_csv(people)[["id", "points"]].rename(columns={"points": "score"}).sample(frac=1, random_state=0)
    scores.to_csv(tmp_path / "scores.csv", index=False)
    flags = ("--model", "scores.csv", "--unit", "id", "--select-at-least", "50", "--protected", "sex", "--json")
    audit = json.loads(run("audit", people, *flags).out)
    by_hand = pd.read_csv(people).query("sex == 'F' and points >= 50")
    (women,) = [g for g in audit["tables"][0]["groups"] if g["group"] == ["F"]]
    assert women["selected"] == len(by_hand)


def test_a_tally_has_no_rows_to_ask_about(run, people):
    assert run("audit", people, "--protected", "sex", "--decision", "hired", "--out", "first").code == 0
    said = run("audit", "first/tally.json", "--model", people)
    assert said.code == 2
    assert "needs rows" in said.err


def test_a_study_is_taken_over_into_the_audit(run, people):
    said = run("proxies", people, "--protected", "sex", "--decision", "hired", "--out", "study", "--view", "internal")
    assert said.code == 0, said.err
    assert "■ Proxies:" in said.out
    study = json.loads(Path("study/audit.json").read_text(encoding="utf-8"))
    assert study["tables"] == []
    assert {feature["feature"] for feature in study["proxies"][0]["features"]} >= {"points", "degree"}
    flags = ("--protected", "sex", "--decision", "hired", "--with", "study", "--out", "both")
    assert run("audit", people, *flags, "--view", "internal").code == 0
    both = json.loads(Path("both/audit.json").read_text(encoding="utf-8"))
    assert both["proxies"] == study["proxies"]
    assert both["tables"]


def test_the_word_na_is_a_group_in_a_study_as_it_is_in_an_audit(run, people):
    words = pd.read_csv(people)
    words["sex"] = words["sex"].map({"F": "NA", "M": "null"})
    words.loc[:19, "sex"] = "not said"
    words.loc[20:29, "sex"] = ""
    words.to_csv(people, index=False)
    flags = ("--protected", "sex", "--unknown", "not said", "--json")
    audit = json.loads(run("audit", people, *flags, "--decision", "hired").out)
    assert sorted(g["group"][0] for g in audit["tables"][0]["groups"]) == ["NA", "null"]
    (study,) = json.loads(run("proxies", people, *flags, "--decision", "hired").out)["proxies"]
    assert (study["groups"], study["unknown"]) == (["NA", "null"], 30)
    asked = (*flags, "--label", "hired", "--jurisdiction", "us", "--family", "cutoff", "--withheld", "id")
    search = json.loads(run("alternatives", people, *asked).out)["alternatives"]
    assert {search["group"], search["reference"]} == {"NA", "null"}
    assert sum(search["rows"].values()) == N - 30


def test_a_search_cuts_ages_into_bins(run, people):
    asked = ("--protected", "points", "--bin", "points:40", "--label", "hired", "--jurisdiction", "us", "--json")
    said = run("alternatives", people, *asked, "--family", "cutoff", "--feature", "id")
    search = json.loads(said.out)["alternatives"]
    assert {search["group"], search["reference"]} == {"<40", "40+"}


def test_a_study_that_was_changed_since_is_not_taken_over(run, people):
    assert run("proxies", people, "--protected", "sex", "--decision", "hired", "--out", "study").code == 0
    path = Path("study/audit.json")
    path.write_text(path.read_text(encoding="utf-8").replace('"points"', '"merits"'), encoding="utf-8")
    said = run("audit", people, "--protected", "sex", "--decision", "hired", "--with", "study", "--out", "both")
    assert said.code == 2
    assert "audit.json changed" in said.err
    assert not Path("both").exists()


def test_an_audit_without_a_study_has_nothing_to_take_over(run, people):
    assert run("audit", people, "--protected", "sex", "--decision", "hired", "--out", "plain").code == 0
    said = run("audit", people, "--protected", "sex", "--decision", "hired", "--with", "plain", "--out", "both")
    assert said.code == 2
    assert "no study" in said.err


@pytest.mark.parametrize("command", ["proxies", "alternatives", "counterfactual"])
def test_where_everybody_may_read_a_study_is_not_made(run, people, monkeypatch, command):
    monkeypatch.setenv("CI", "true")
    said = run(command, people)
    assert said.code == 2
    assert "--view internal" in said.err
    assert list(Path.cwd().glob("fairwitness-*")) == []


def test_the_public_view_names_the_studies_that_it_leaves_out(run, people):
    assert run("proxies", people, "--protected", "sex", "--decision", "hired", "--out", "study").code == 0
    flags = ("--protected", "sex", "--decision", "hired", "--with", "study", "--view", "public")
    assert run("audit", people, *flags).code == 0
    audit = json.loads(Path("fairwitness-report/audit.json").read_text(encoding="utf-8"))
    assert "proxies" not in audit
    assert audit["studies_withheld"] == ["analyses", "proxies"]
    assert "proxies" in Path("fairwitness-report/report.html").read_text(encoding="utf-8")


def test_a_search_without_a_jurisdiction_is_refused(run, people):
    said = run("alternatives", people, "--label", "hired", "--protected", "sex")
    assert said.code == 2
    assert "jurisdiction" in said.err


def test_a_search_leaves_its_record(run, people):
    flags = ("--label", "hired", "--protected", "sex", "--jurisdiction", "us", "--withheld", "id", "--family", "cutoff")
    said = run("alternatives", people, *flags, "--out", "search")
    assert said.code == 0, said.err
    search = json.loads(Path("search/audit.json").read_text(encoding="utf-8"))["alternatives"]
    assert search["jurisdiction"] == "us"
    assert {candidate["family"] for candidate in search["candidates"]} == {"baseline", "cutoff"}
    assert any("2000e-2(l)" in law["citation"] for law in search["law"])


def test_a_pipeline_of_ones_own_is_found_where_python_looks(run, people, tmp_path, monkeypatch):
    (tmp_path / "pipelines_of_tests.py").write_text(
        "from sklearn.tree import DecisionTreeClassifier\n\n\n"
        "def pipeline():\n    return DecisionTreeClassifier(max_depth=2, random_state=0)\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    flags = ("--label", "hired", "--protected", "sex", "--jurisdiction", "us", "--feature", "points")
    assert (
        run("alternatives", people, *flags, "--family", "cutoff", "--pipeline", "pipelines_of_tests:pipeline").code == 0
    )


def test_the_same_rows_are_asked_again_with_the_attribute_swapped(run, people):
    asked = (
        "--model",
        "screeners_of_tests:seeing",
        "--feature",
        "points",
        "--feature",
        "sex",
        "--swap",
        "attribute:sex",
    )
    said = run("counterfactual", people, *asked, "--out", "swapped")
    assert said.code == 0, said.err
    (study,) = json.loads(Path("swapped/audit.json").read_text(encoding="utf-8"))["counterfactual"]
    points = pd.read_csv(people)["points"]
    only_men = int(((points > 30) & (points <= 50)).sum())
    assert {study["decision"]["only_a"], study["decision"]["only_b"]} == {0, only_men}
    assert study["decision"]["pairs"] == N


def test_a_blind_model_flips_nothing(run, people):
    asked = ("--model", "screeners_of_tests:blind", "--feature", "points", "--swap", "attribute:sex", "--json")
    (study,) = json.loads(run("counterfactual", people, *asked).out)["counterfactual"]
    assert study["decision"]["only_a"] == study["decision"]["only_b"] == 0
    assert study["decision"]["flip_rate"]["high"] > 0  # 400 rows do not show that there is none


def test_rows_are_scored_elsewhere_and_brought_back(run, people):
    asked = ("--swap", "attribute:sex", "--seed", "3")
    said = run("counterfactual", people, *asked, "--rows-out", "questions.csv")
    assert (said.code, said.err) == (0, "")
    questions = pd.read_csv("questions.csv")
    assert len(questions) == 2 * N
    from screeners_of_tests import seeing

    back = questions[["fairwitness_row"]].assign(decision=seeing(questions).astype(int))
    back.sample(frac=1, random_state=1).to_csv("answers.csv", index=False)
    elsewhere = json.loads(run("counterfactual", people, *asked, "--model", "answers.csv", "--json").out)
    here = ("--model", "screeners_of_tests:seeing", "--feature", "points", "--feature", "sex", "--json")
    decided = json.loads(run("counterfactual", people, *asked, *here).out)
    assert elsewhere["counterfactual"][0]["decision"] == decided["counterfactual"][0]["decision"]


@pytest.mark.parametrize(("swap", "said"), [("race", "KIND:COLUMN"), ("rade:race", "rade"), (None, "--swap")])
def test_a_swap_that_says_too_little_is_refused(run, people, swap, said):
    flags = () if swap is None else ("--swap", swap)
    answer = run("counterfactual", people, "--model", "screeners_of_tests:blind", *flags)
    assert answer.code == 2
    assert said in answer.err


def test_what_a_decision_means_can_be_said(run, people):
    frame = pd.read_csv(people).assign(hired=lambda rows: rows["hired"].map({0: "no", 1: "yes"}))
    frame.to_csv(people, index=False)
    flags = ("--protected", "sex", "--decision", "hired", "--favorable", "yes", "--unfavorable", "no", "--json")
    (told,) = json.loads(run("proxies", people, *flags).out)["proxies"]
    assert told["decisions"] == "column"


def test_a_loaded_model_keeps_its_cut_off():
    import fairwitness as fw

    made = fw.load_model(fw.load_model(lambda rows: rows["points"], top=0.25, name="points"))
    assert made.top == 0.25
