"""Where CI is set: no count under ten, nor one from which it follows, in any byte that a job keeps."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest

# 7/23 = 30.4 %, 211/401 = 52.6 %.  Totals are known, so that Middle is hidden with Hidden.
GROUPS = {"Hidden": (7, 23), "Middle": (211, 401), "Large": (313, 541)}
GATE = """
import pytest
def test_ratio(fairness):
    audit = fairness.audit("holdout.csv", decision="advanced", protected="race")
    audit.check("impact_ratio", at_least=0.9)
def test_difference(fairness):
    audit = fairness.audit("holdout.csv", decision="advanced", protected="race")
    audit.check("demographic_parity_difference", at_most=0.5)
def test_no_worse(fairness):
    audit = fairness.audit("holdout.csv", decision="advanced", protected="race")
    audit.check_no_worse_than_baseline("impact_ratio", margin=0.1, baseline="last.csv")
def test_skips(fairness):
    audit = fairness.audit("holdout.csv", decision="advanced", protected="race")
    audit.check("impact_ratio", at_least=0.5, inconclusive="skip")
"""
# The counts and rates of Hidden, then of Middle, from which and from the total Hidden's would follow.
TELLTALES = [
    r"\b7/23\b", r"\b9/23\b", r"\b7 of 23\b", r'"n": ?23\b', r'"selected": ?7\b', r">23<", r">7<", r"\b30\.4\b",
    r"\b0\.304", r"\b211/401\b", r"\b211 of 401\b", r'"n": ?401\b', r">401<", r"\b52\.6\b", r"\b0\.526",
]  # fmt: skip


@pytest.fixture
def in_ci(run, write, monkeypatch, tmp_path):
    write(GROUPS)
    write({"Hidden": (9, 23), "Middle": (221, 401), "Large": (313, 541)}, "last.csv")
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    def call(*options):
        ran = run(GATE, "--fairness-report", "out", "--junitxml", "junit.xml", "-rs", *options)
        return ran, summary.read_text(encoding="utf-8")

    return call


@pytest.mark.parametrize("verbosity", ["-v", "-q", "--tb=long"])
def test_small_cells_are_in_no_byte_of_terminal_junit_folder_and_summary(in_ci, pytester, verbosity):
    ran, summary = in_ci(verbosity)
    assert (ran.failed, ran.passed + ran.skipped) == (1, 3)
    junit = re.sub(r' time(stamp)?="[^"]+"', "", (pytester.path / "junit.xml").read_text(encoding="utf-8"))
    kept = {"terminal": ran.out, "summary": summary, "junit": junit}
    kept |= {
        path.name: path.read_text(encoding="utf-8") for path in (pytester.path / "out").rglob("*") if path.is_file()
    }
    assert {"report.html", "tally.json", "audit.json"} <= kept.keys()
    assert [(name, each) for name, text in kept.items() for each in TELLTALES if re.search(each, text)] == []
    assert "(merged: fewer than 10)" in kept["report.html"]
    assert "Hidden  withheld: small numbers" in ran.out


def test_the_large_ones_are_still_shown_where_that_tells_nothing(run, write, monkeypatch):
    monkeypatch.setenv("CI", "1")
    write({"Hidden": (7, 23), "Second": (70, 130), "Middle": (211, 401), "Large": (313, 541)})
    ran = run(GATE.replace("0.9)", "0.9, by='race')"), "-k", "test_ratio", "-v")
    out = "\n".join(ran.section)
    assert "Middle  0.91" in out  # (211/401) / (313/541) = 0.5262 / 0.5786 = 0.909
    assert "211/401 vs Large 313/541" in out
    assert re.search("Hidden +withheld: small numbers ", out)
    assert re.search("Second +withheld: small numbers ", out)  # else Hidden is what is missing from the total


def test_an_assertion_of_ones_own_prints_no_count(run, write, monkeypatch):
    monkeypatch.setenv("CI", "1")
    write(GROUPS)
    test = (
        GATE
        + """
def test_own(fairness):
    audit = fairness.audit("holdout.csv", decision="advanced", protected="race")
    checked = audit.check("impact_ratio", at_least=0.1)
    row = checked.rows[0]
    assert row.verdict == "beyond"
"""
    )
    ran = run(test, "-k", "test_own", "--showlocals", "-vv")
    assert "row        = CheckedRow(race: Hidden, within)" in ran.out
    assert "checked    = Checked(impact_ratio at least 0.10; holdout.csv; 2 rows)" in ran.out
    assert [each for each in TELLTALES if re.search(each, ran.out)] == []


def test_at_a_desk_everything_is_shown(run, write, monkeypatch):
    for value in (None, "", "false", "0"):
        if value is not None:
            monkeypatch.setenv("CI", value)
        write(GROUPS)
        assert "7/23 vs Large 313/541" in run(GATE, "-k", "test_ratio").out


def test_where_nothing_can_be_shown_there_is_no_report(run, write, monkeypatch, pytester):
    monkeypatch.setenv("CI", "true")
    write({"F": (3, 8), "M": (6, 8)})
    ran = run(GATE, "-k", "test_ratio", "--fairness-report", "out")
    assert "no report of holdout.csv: every group rests on a count under 10" in ran.told
    assert not (pytester.path / "out").exists()


def test_junit_carries_every_check_as_compact_json(run, write, pytester):
    write({"F\x1b\x00": (176, 530), "M": (997, 1636)})
    run(GATE, "-k", "test_ratio or test_difference", "--junitxml", "junit.xml")
    written = ET.parse(pytester.path / "junit.xml")  # noqa: S314 -- pytest wrote it a moment ago
    cases = {case.get("name"): case for case in written.iter("testcase")}
    properties = {name: {p.get("name"): p.get("value") for p in case.iter("property")} for name, case in cases.items()}
    assert {name: list(found) for name, found in properties.items()} == {
        "test_ratio": ["fairwitness"],
        "test_difference": ["fairwitness"],
    }
    (checked,) = json.loads(properties["test_ratio"]["fairwitness"])
    (row,) = checked["rows"]
    assert (checked["title"], checked["data"]) == ("impact_ratio at least 0.90", "holdout.csv")
    assert (row["by"], row["group"], row["verdict"], row["figure"]) == (["race"], ["F\x1b\x00"], "beyond", "0.54")
    assert row["details"]["estimate"] == pytest.approx((176 / 530) / (997 / 1636))
    assert checked["failed"] == ["beyond threshold: race: F\x1b\x00."]


def test_github_is_told_where_the_test_stands(run, write, monkeypatch, tmp_path):
    write({"F": (176, 530), "M": (997, 1636)})
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    ran = run(GATE, "-k", "test_ratio")
    assert "::error title=impact_ratio at least 0.90 · holdout.csv,file=test_gate.py,line=3::" in ran.out
    assert "176/530 vs M 997/1,636" in (tmp_path / "summary.md").read_text(encoding="utf-8")
