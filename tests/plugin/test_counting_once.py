"""Checks on the same data count them once in a run, and never what has changed."""

from __future__ import annotations

import pytest

from fairwitness.audit.testing import counted

EQUAL = {"F": (500, 1000), "M": (500, 1000)}


@pytest.fixture
def counts(monkeypatch):
    """How many times decisions were counted."""
    made = []

    def counting(decisions):
        made.append(decisions)
        return counting.real(decisions)

    counting.real = counted.tally
    monkeypatch.setattr(counted, "tally", counting)
    return made


def test_ten_checks_in_many_tests_count_a_file_once(run, write, counts):
    write(EQUAL)
    test = """
import pytest
@pytest.mark.parametrize("i", range(5))
def test_it(fairness, i):
    audit = fairness.audit("holdout.csv", decision="advanced", protected="race")
    audit.check("impact_ratio", at_least=0.8)
    audit.check("rate_difference", at_most=0.2)
"""
    assert run(test).passed == 5
    assert len(counts) == 1


def test_another_plan_is_judged_anew_and_not_counted_anew(run, write, counts):
    write(EQUAL)
    test = """
import pytest
@pytest.mark.parametrize("min_n", [0, 2000])
def test_it(fairness, min_n):
    audit = fairness.audit("holdout.csv", decision="advanced", protected="race", min_n=min_n)
    verdict = audit.result.findings[0].verdict if audit.result.findings else None
    print(f"min_n {min_n}: {[t.counts.groups[0].status for t in audit.result.tables]}")
"""
    ran = run(test, "-s")
    assert "min_n 0: ['ok']" in ran.out
    assert "min_n 2000: ['below_min_n']" in ran.out
    assert len(counts) == 1


def test_other_roles_are_counted_anew(run, write, counts):
    write(EQUAL)
    test = """
def test_it(fairness):
    fairness.audit("holdout.csv", decision="advanced", protected="race")
    fairness.audit("holdout.csv", decision="advanced", protected="race", favorable=["1"], unfavorable=["0"])
"""
    assert run(test).passed == 1
    assert len(counts) == 2


def test_a_file_that_changed_is_counted_anew(run, write, counts):
    write(EQUAL)
    test = """
import pathlib
def test_it(fairness):
    path = pathlib.Path(__file__).with_name("holdout.csv")
    def selected():
        return fairness.audit("holdout.csv", decision="advanced", protected="race").result.tables[0].counts.groups[0].selected
    assert selected() == 500
    path.write_text(path.read_text() + "F,1\\n")
    assert selected() == 501
"""
    assert run(test).passed == 1
    assert len(counts) == 2


def test_a_frame_is_counted_once_and_anew_after_a_change_in_place(run, counts):
    test = """
import pandas as pd
people = pd.DataFrame({"sex": ["F", "M"] * 20, "other": range(40), "hired": [0, 1, 1, 1] * 10})
def selected(fairness):
    return fairness.audit(people, decision="hired", protected="sex").result.tables[0].counts.groups[0].selected
def test_one(fairness):
    assert selected(fairness) == selected(fairness) == 10
def test_two(fairness):
    assert selected(fairness) == 10
def test_three(fairness):
    people.loc[0, "hired"] = 1
    assert selected(fairness) == 11
"""
    assert run(test).passed == 3
    assert len(counts) == 2


def test_a_frame_that_is_gone_lends_its_place_to_no_other(run, counts):
    """The frame of the first test is kept alive, so that the second's cannot stand at its address."""
    test = """
import pytest, pyarrow as pa
@pytest.mark.parametrize("selected", [0, 1])
def test_it(fairness, selected):
    people = pa.table({"sex": ["F", "M"] * 20, "hired": [selected, 1] * 20})
    counts = fairness.audit(people, decision="hired", protected="sex").result.tables[0].counts
    assert counts.groups[0].selected == 20 * selected
"""
    assert run(test).passed == 2
    assert len(counts) == 2


def test_a_model_is_asked_once(run, counts):
    test = """
import pytest, pandas as pd
people = pd.DataFrame({"sex": ["F", "M"] * 20, "points": range(40)})
asked = []
def model(rows):
    asked.append(1)
    return rows["points"] > 20
@pytest.mark.parametrize("i", range(3))
def test_it(fairness, i):
    fairness.audit(people, model=model, protected="sex")
    assert len(asked) == 1
"""
    assert run(test).passed == 3
    assert len(counts) == 1
