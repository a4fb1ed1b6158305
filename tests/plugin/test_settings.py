"""Where the settings of an audit come from, and where its files are looked for."""

from __future__ import annotations

import pytest

GATE = """
import pytest
{marker}
def test_it(fairness):
    audit = fairness.audit("holdout.csv", decision="advanced", protected="race"{more})
    print("min_n", audit.result.plan.min_n, "level", audit.result.plan.level, "evidence", audit.gate.evidence)
    audit.check("impact_ratio", at_least=0.1)
"""
PYPROJECT = {
    "pyproject_dot_toml": '[tool.fairwitness]\nmin_n = 3\nlevel = 0.9\n[tool.fairwitness.gate]\nevidence = "clear"\n'
}
EQUAL = {"F": (500, 1000), "M": (500, 1000)}


@pytest.mark.parametrize(
    ("marker", "more", "expected"),
    [
        ("", "", "min_n 3 level 0.9 evidence clear"),
        ("@pytest.mark.fairness(min_n=5)", "", "min_n 5 level 0.9 evidence clear"),
        ("@pytest.mark.fairness(min_n=5, evidence='point')", ", min_n=7", "min_n 7 level 0.9 evidence point"),
        ("@pytest.mark.fairness(level=0.99)", ", evidence='assured'", "min_n 3 level 0.99 evidence assured"),
    ],
)
def test_call_over_marker_over_pyproject(run, write, marker, more, expected):
    write(EQUAL)
    assert expected in run(GATE.format(marker=marker, more=more), "-s", **PYPROJECT).out


def test_the_nearer_marker_wins(run, write):
    write(EQUAL)
    test = """
import pytest
pytestmark = pytest.mark.fairness(min_n=5, level=0.9)
@pytest.mark.fairness(min_n=6)
class TestIt:
    @pytest.mark.fairness(seed=4)
    def test_it(self, fairness):
        plan = fairness.audit("holdout.csv", decision="advanced", protected="race").result.plan
        assert (plan.min_n, plan.level, plan.seed) == (6, 0.9, 4)
"""
    assert run(test).passed == 1


def test_roles_may_stand_in_pyproject(run, write):
    write(EQUAL)
    test = "def test_it(fairness):\n    fairness.audit('holdout.csv').check('impact_ratio', at_least=0.8)\n"
    text = '[tool.fairwitness.data]\ndecision = "advanced"\nprotected = ["race"]\n'
    assert run(test, pyproject_dot_toml=text).passed == 1


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ("@pytest.mark.fairness(min_m=30)", "@pytest.mark.fairness: unknown field 'min_m'. Did you mean 'min_n'?"),
        ("@pytest.mark.fairness(inconclusiv='fail')", "unknown field 'inconclusiv'. Did you mean 'inconclusive'?"),
        ("@pytest.mark.fairness(decision='advanced')", "@pytest.mark.fairness: unknown field 'decision'."),
        ("@pytest.mark.fairness(inconclusive='maybe')", "found 'maybe'. Give 'show', 'fail' or 'skip'."),
        ("@pytest.mark.fairness(30)", "found '30' without a name. Write @pytest.mark.fairness(min_n=30)."),
    ],
)
def test_a_marker_that_no_plan_knows_is_an_error_at_set_up(run, write, marker, said):
    write(EQUAL)
    ran = run(GATE.format(marker=marker, more=""))
    assert (ran.code, ran.errors, ran.failed, ran.passed) == (1, 1, 0, 0)
    assert said in ran.out
    assert "ERROR at setup of test_it" in ran.out
    assert "During handling" not in ran.out


def test_a_field_that_no_plan_knows_fails_with_a_suggestion(run, write):
    write(EQUAL)
    assert (
        "fairness.audit: unknown field 'protcted'. Did you mean 'protected'?"
        in run(GATE.format(marker="", more=", protcted=1")).out
    )


def test_a_pyproject_that_no_plan_knows_is_said(run, write):
    write(EQUAL)
    ran = run(GATE.format(marker="", more=""), pyproject_dot_toml="[tool.fairwitness]\nmin_m = 3\n")
    assert "pyproject.toml, [tool.fairwitness]: unknown field 'min_m'. Did you mean 'min_n'?" in ran.out


def test_no_protected_attribute_is_said(run, write):
    write(EQUAL)
    test = "def test_it(fairness):\n    fairness.audit('holdout.csv', decision='advanced')\n"
    assert "fairness.audit: no protected attribute. Name the columns" in run(test).out


def test_a_file_is_looked_for_in_the_rootdir_first(run, write, pytester, monkeypatch):
    write(EQUAL)
    write({"F": (1, 1000), "M": (500, 1000)}, "below/holdout.csv")
    (pytester.path / "below" / "test_there.py").write_text(GATE.format(marker="", more=""), encoding="utf-8")
    monkeypatch.chdir(pytester.path / "below")
    assert run(None, "--rootdir", pytester.path, "-c", pytester.path / "pytest.ini").passed == 1


def test_and_then_where_pytest_was_called(run, write, pytester, monkeypatch):
    write(EQUAL, "below/holdout.csv")
    (pytester.path / "below" / "test_there.py").write_text(GATE.format(marker="", more=""), encoding="utf-8")
    monkeypatch.chdir(pytester.path / "below")
    assert run(None, "--rootdir", pytester.path, "-c", pytester.path / "pytest.ini").passed == 1


def test_a_file_that_is_nowhere_names_the_places(run, pytester):
    ran = run(GATE.format(marker="", more=""))
    assert f"holdout.csv: there is no such file in {pytester.path}. Give a path relative to the rootdir" in ran.out


def test_every_kind_of_source(run, write):
    write(EQUAL)
    test = """
import fairwitness as fw, pandas as pd, polars as pl, pathlib
here = pathlib.Path(__file__).parent
roles = {"decision": "advanced", "protected": "race"}
def held(audit):
    assert [row.counts for row in audit.check("impact_ratio", at_least=0.8).rows] == ["500/1,000 vs F 500/1,000"]
def test_it(fairness):
    held(fairness.audit(here / "holdout.csv", **roles))
    held(fairness.audit(str(here / "holdout.csv"), **roles))
    held(fairness.audit(pd.read_csv(here / "holdout.csv"), **roles))
    held(fairness.audit(pl.read_csv(here / "holdout.csv"), **roles))
    decisions = fw.load(here / "holdout.csv", **roles)
    held(fairness.audit(decisions))
    held(fairness.audit(fw.tally(decisions)))
    fw.tally(decisions).save(here / "tally.json")
    held(fairness.audit("tally.json"))
"""
    ran = run(test)
    assert ran.passed == 1, ran.out


def test_a_model_decides(run):
    # Points above 5 are advanced: 2 of 4 women, 4 of 4 men.
    text = "sex,points\n" + "".join(f"F,{p}\n" for p in (4, 5, 6, 7)) + "".join(f"M,{p}\n" for p in (6, 7, 8, 9))
    test = """
seen = []
def model(rows):
    seen.append(list(rows.columns))
    return rows["points"] > 5
class Estimator:
    def predict(self, rows):
        return model(rows).astype(int)
def test_it(fairness):
    for each in (model, Estimator()):
        checked = fairness.audit("holdout.csv", model=each, protected="sex").check("impact_ratio", at_least=0.1)
        assert [row.counts for row in checked.rows] == ["2/4 vs M 4/4"]
    assert seen == [["points"]] * 2
"""
    assert run(test, holdout_dot_csv=text).passed == 1


def test_a_model_is_what_load_model_returns_and_not_a_path(run):
    # Points above 5 are advanced: 2 of 4 women, 4 of 4 men.
    text = "sex,points\n" + "".join(f"F,{p}\n" for p in (4, 5, 6, 7)) + "".join(f"M,{p}\n" for p in (6, 7, 8, 9))
    test = """
from pathlib import Path
import fairwitness as fw
import pytest
def test_a_model(fairness):
    model = fw.load_model(lambda rows: rows["points"], at_least=5.5, features="points")
    checked = fairness.audit("holdout.csv", model=model, protected="sex").check("impact_ratio", at_least=0.1)
    assert [row.counts for row in checked.rows] == ["2/4 vs M 4/4"]
@pytest.mark.parametrize("path", ["screener.onnx", Path("screener.pkl"), "screening:score", "http://localhost/score"])
def test_a_path(fairness, path):
    with pytest.raises(fw.FairwitnessError, match=r"A model is not read from a file.* fw\\.load_model reads files that cannot"):
        fairness.audit("holdout.csv", model=path, protected="sex")
"""
    assert run(test, holdout_dot_csv=text).passed == 5
