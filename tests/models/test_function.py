"""A model in a module of the user's: what is imported, from where, and what is said when it cannot be."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter

import pandas as pd
import pytest

import fairwitness as fw
from fairwitness.audit.models.function import function_model

ROWS = pd.DataFrame({"points": [7, 4], "name": "Ann Ominous"})


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Return a function that writes a module where Python looks."""
    monkeypatch.syspath_prepend(tmp_path)
    written = []

    def write(text, name="screening_of_a_test"):
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        written.append(name.replace("/", "."))
        return path

    yield write
    for name in list(sys.modules):
        if name.split(".")[0] in {each.split(".")[0] for each in written}:
            del sys.modules[name]


def test_a_function(module):
    path = module("def score(rows):\n    return rows['points'] / 10\n")
    model = function_model("screening_of_a_test:score")
    assert model.score(ROWS).tolist() == [0.7, 0.4]
    assert (model.name, model.kind, model.inputs) == ("screening_of_a_test:score", "function", None)
    assert model.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert model.to_json()["facts"]["source"] == "screening_of_a_test.py"


def test_the_digest_is_of_the_file_that_the_function_is_written_in(module):
    module("from screening_inside import score\n")
    inside = module("def score(rows):\n    return rows['points'] > 5\n", name="screening_inside")
    model = function_model("screening_of_a_test:score")
    assert model.predict(ROWS) == [True, False]
    assert model.sha256 == hashlib.sha256(inside.read_bytes()).hexdigest()


def test_the_columns_a_name_and_a_batch(module):
    module("calls = []\ndef score(rows):\n    calls.append(list(rows))\n    return [0.5] * len(rows)\n")
    model = function_model("screening_of_a_test:score", features=["points"], name="the screener", batch=1)
    assert model.score(ROWS).tolist() == [0.5, 0.5]
    assert model.name == "the screener"
    assert sys.modules["screening_of_a_test"].calls == [["points"], ["points"]]


def test_a_method_and_a_fitted_estimator(module):
    module(
        "import pandas as pd\n"
        "from sklearn.tree import DecisionTreeClassifier\n"
        "class Screener:\n"
        "    @staticmethod\n"
        "    def score(rows):\n"
        "        return rows['points']\n"
        "tree = DecisionTreeClassifier().fit(pd.DataFrame({'points': [4, 7]}), ['no', 'yes'])\n"
    )
    assert function_model("screening_of_a_test:Screener.score").score(ROWS).tolist() == [7.0, 4.0]
    tree = function_model("screening_of_a_test:tree", positive="no")
    assert tree.predict(ROWS) == ["yes", "no"]
    assert tree.score(ROWS).tolist() == [0.0, 1.0]
    assert tree.inputs == ("points",)
    assert tree.sha256 is None  # the source says nothing of what was fitted


@pytest.mark.parametrize(
    ("text", "reference", "said"),
    [
        ("", "screening_of_a_test", "does not name a function. Write module:function."),
        ("", "screening_of_a_test:", "does not name a function"),
        ("", ":score", "does not name a function"),
        ("", "../screening:score", "does not name a function"),
        ("", "screening_of_a_test:score()", "does not name a function"),
        ("", "no_such_module_of_a_test:score", "no module 'no_such_module_of_a_test' where Python looks"),
        ("", "screening_of_a_test.inner:score", "no module 'screening_of_a_test.inner' where Python looks"),
        ("def scores(rows): pass", "screening_of_a_test:score", "has no 'score'. Did you mean 'scores'?"),
        ("score = 7", "screening_of_a_test:score", "A int is no model"),
        ("class Score: pass", "screening_of_a_test:Score", "The model is the class Score"),
        (
            "import no_such_module_of_a_test",
            "screening_of_a_test:score",
            "needs 'no_such_module_of_a_test', which is not installed",
        ),
        (
            "\nraise ValueError('Ann Ominous')",
            "screening_of_a_test:score",
            "raised ValueError (screening_of_a_test.py, line 2",
        ),
        ("import sys; sys.exit('Ann Ominous')", "screening_of_a_test:score", "raised SystemExit"),
        ("def score(:", "screening_of_a_test:score", "raised SyntaxError"),
        ("from math import Ann_Ominous", "screening_of_a_test:score", "raised ImportError"),
    ],
)
def test_what_cannot_be_imported(module, text, reference, said):
    module(text)
    with pytest.raises(fw.FairwitnessError) as caught:
        function_model(reference)
    assert said in str(caught.value)
    assert "Ominous" not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise ValueError(rows['name'][0])", "The model raised ValueError (screening_of_a_test.py, line 2, in score)"),
        ("return rows['name'][0][:0] + 'ab'", "a single str, for 2 rows"),
        ("return [0.5]", "1 predictions for 2 rows"),
        ("return [0.5, None]", "1 of the model's 2 predictions are missing"),
        ("return None", "a single NoneType"),
    ],
)
def test_what_a_function_may_not_answer(module, body, said):
    module(f"def score(rows):\n    {body}\n")
    with pytest.raises(fw.FairwitnessError) as caught:
        function_model("screening_of_a_test:score").score(ROWS)
    assert said in str(caught.value)
    assert "Ominous" not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"


def test_the_current_folder_is_searched_only_when_that_is_said(tmp_path):
    """``-P``, as a command that is installed runs: what lies in the current folder is not imported unasked."""
    (tmp_path / "screening.py").write_text("def score(rows):\n    return rows['points'] / 10\n")
    program = (
        "import pandas as pd\nfrom fairwitness.audit.models.function import function_model\n"
        "try: print(function_model('screening:score').score(pd.DataFrame({'points': [7]})))\n"
        "except Exception as error: print(error)"
    )
    words = [sys.executable, "-P", "-c", program]
    for path, said in (("", "PYTHONPATH=. before the command"), (".", "[0.7]")):
        env = {"PYTHONPATH": path} if path else {}
        ran = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True, env=env)
        assert said in ran.stdout


def test_answers_are_kept(module, tmp_path):
    module("asked = []\ndef score(rows):\n    asked.extend(rows['points'])\n    return rows['points'] / 10\n")
    given = {"cache": tmp_path / "answers.db", "version": "1"}
    for _ in range(2):
        assert function_model("screening_of_a_test:score", **given).score(ROWS).tolist() == [0.7, 0.4]
    asked = sys.modules["screening_of_a_test"].asked
    assert Counter(asked) == {7: 1, 4: 1}
    function_model("screening_of_a_test:score", **given | {"version": "2"}).score(ROWS)
    assert Counter(asked) == {7: 2, 4: 2}
    with pytest.raises(fw.FairwitnessError, match="version = '1'"):
        function_model("screening_of_a_test:score", cache=tmp_path / "answers.db")
