"""The same gates in plain Python and in unittest."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

import fairwitness as fw
from fairwitness.audit.tally import Axis, Tally


def tally(f, m):
    """Selected and n of two groups."""
    cells = {}
    for group, (selected, n) in (("F", f), ("M", m)):
        cells[group, "selected"], cells[group, "not_selected"] = selected, n - selected
    return Tally.of([Axis("sex", "protected"), Axis("hired", "decision")], cells)


LOW, EVEN = tally((300, 1000), (600, 1000)), tally((590, 1000), (600, 1000))


def test_a_check_returns_what_it_looked_at():
    checked = fw.check(fw.run_audit(EVEN), "impact_ratio", at_least="4/5")
    (row,) = checked.rows
    assert (row.by, row.group, row.figure, row.verdict) == (("sex",), ("F",), "0.98", "within")  # 0.59 / 0.60
    assert row.counts == "590/1,000 vs M 600/1,000"
    assert checked.failed == ()


def test_a_gate_that_fails_is_an_assertion_and_an_error_of_ours():
    with pytest.raises(AssertionError, match=r"impact_ratio\(sex\) at least 0.80: beyond threshold") as caught:
        fw.check(fw.run_audit(LOW), "impact_ratio", at_least=0.8)
    assert isinstance(caught.value, fw.FairwitnessError)
    assert type(caught.value) is fw.ThresholdExceeded
    assert caught.value.checked.rows[0].figure == "0.50"  # 0.3 / 0.6
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301 -- our own


def test_the_plans_gate_holds_unless_the_call_says_otherwise():
    few = tally((3, 8), (6, 8))
    strict = fw.run_audit(few, gate={"inconclusive": "fail"})
    with pytest.raises(fw.ThresholdExceeded, match="inconclusive"):
        fw.check(strict, "impact_ratio", at_least=0.8)
    assert fw.check(strict, "impact_ratio", at_least=0.8, inconclusive="show").rows[0].verdict == "inconclusive"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({}, "give exactly one of at_least and at_most"),
        ({"at_least": 0.8, "at_most": 0.9}, "give exactly one of at_least and at_most"),
        ({"at_most": 0.8}, "a line for impact_ratio is given with at_least"),
        ({"at_least": "four fifths"}, "the threshold must be a number or a fraction such as '4/5'"),
        ({"at_least": 0.8, "evidence": "sure"}, "'gate.evidence': found 'sure'"),
        ({"at_least": 0.8, "by": ("sex", "race")}, "the audit has no table by 'sex, race'; it has 'sex'"),
    ],
)
def test_a_question_that_does_not_fit_is_said(line, said):
    with pytest.raises(fw.FairwitnessError) as caught:
        fw.check(fw.run_audit(EVEN), "impact_ratio", **line)
    assert said in str(caught.value)
    assert not isinstance(caught.value, AssertionError)


def test_no_worse_than_a_tally():
    # The ratio falls from 0.983 to 0.5: 0.51 of it is left, and the margin leaves 0.9.
    with pytest.raises(fw.ThresholdExceeded, match="beyond threshold") as caught:
        fw.check_no_worse(LOW, EVEN, "impact_ratio", margin=0.1)
    (row,) = caught.value.checked.rows
    assert row.figure == "0.51 times"
    assert row.counts == "0.98 → 0.50, 590/1,000 → 300/1,000 vs M 600/1,000 → 600/1,000"
    # From 0.5 to 0.75: half as much again, so it is no worse, and a change for the better is no cause for attention.
    (row,) = fw.check_no_worse(tally((450, 1000), (600, 1000)), LOW, "impact_ratio", margin=0.1).rows
    assert (row.figure, row.verdict, row.attention) == ("1.50 times", "within", False)


def test_a_difference_is_compared_in_points():
    # −30 points against −1: 29 lost.
    with pytest.raises(fw.ThresholdExceeded) as caught:
        fw.check_no_worse(LOW, EVEN, "rate_difference", margin=0.05)
    assert caught.value.checked.rows[0].figure == "−29.0 points"


def test_both_scores_and_decisions_are_told_apart(tmp_path):
    lines = ["sex,hired,points"] + [
        f"{s},{int(i % 2 == 0)},{i + (100 if s == 'M' else 0)}" for s in "FM" for i in range(100)
    ]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    audit = fw.run_audit(fw.load(tmp_path / "a.csv", protected="sex", decision="hired", score="points"))
    with pytest.raises(fw.ThresholdExceeded) as caught:
        fw.check(audit, "impact_ratio", at_least=0.5)
    # Half of either sex is hired; all men score above the median of 99.5, and no woman.
    assert [(row.measure, row.counts, row.verdict) for row in caught.value.checked.rows] == [
        ("selection_rate", "50/100 vs F 50/100", "within"),
        ("scoring_rate", "0/100 vs M 100/100", "beyond"),
    ]
    assert "impact_ratio(sex, scoring rate) at least 0.50: beyond threshold" in str(caught.value)


UNITTEST = """
import unittest
import fairwitness as fw
from fairwitness.audit.tally import Axis, Tally
cells = {("F", "selected"): 300, ("F", "not_selected"): 700, ("M", "selected"): 600, ("M", "not_selected"): 400}
audit = fw.run_audit(Tally.of([Axis("sex", "protected"), Axis("hired", "decision")], cells))
class Gate(unittest.TestCase):
    def test_holds(self):
        fw.check(audit, "impact_ratio", at_least=0.4)
    def test_fails(self):
        fw.check(audit, "impact_ratio", at_least=0.8)
    def test_faulty(self):
        fw.check(audit, "impact_ration", at_least=0.8)
if __name__ == "__main__":
    unittest.main()
"""


def test_unittest_reports_a_failure_and_not_an_error(tmp_path):
    (tmp_path / "test_gate.py").write_text(UNITTEST, encoding="utf-8")
    ran = subprocess.run([sys.executable, "test_gate.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "FAILED (failures=1, errors=1)" in ran.stderr
    assert "FAIL: test_fails" in ran.stderr
    assert "ERROR: test_faulty" in ran.stderr


def test_unittest_cases_run_under_pytest(run):
    ran = run(UNITTEST)
    assert (ran.passed, ran.failed) == (1, 2)
    ran = run(None, "-k", "test_fails")
    assert '>       fw.check(audit, "impact_ratio", at_least=0.8)' in ran.out
    assert "gating/check.py" not in ran.out


def test_comparing_two_answers_says_in_what_they_differ(run):
    test = """
from fairwitness.audit.gating.checked import Checked, CheckedRow
def checked(figure, verdict):
    row = CheckedRow(("sex",), ("F",), figure, "", "1/2 vs M 2/2", verdict, False, "", False, {})
    return Checked("impact_ratio at least 0.80", "holdout.csv", (row,), (), ())
def test_it():
    assert checked("0.50", "inconclusive") == checked("0.50", "beyond")
"""
    ran = run(test)
    assert "E       assert two Checkeds, which differ:" in ran.out
    assert "-   F  0.50  1/2 vs M 2/2  inconclusive" in ran.out
    assert "+   F  0.50  1/2 vs M 2/2  beyond threshold" in ran.out


@pytest.mark.parametrize("public", [False, True])
def test_comparing_two_audits_says_which_findings_differ(run, monkeypatch, public):
    monkeypatch.setenv("CI", "1" if public else "")
    test = (
        UNITTEST.split("class Gate", maxsplit=1)[0]
        + """
def test_it():
    cells["F", "selected"], cells["F", "not_selected"] = 590, 410
    assert fw.run_audit(Tally.of(audit.tally.axes, cells)) == audit
"""
    )
    ran = run(test)
    assert "E       assert two AuditResults, which differ:" in ran.out
    assert ("- sex: within: F: selected at 0.98 times the rate of M" in ran.out) is not public  # 0.59 / 0.60
    assert ("+ sex: beyond: F: selected at 0.50 times the rate of M" in ran.out) is not public
    assert ("+ sex: beyond: impact_ratio F" in ran.out) is public
