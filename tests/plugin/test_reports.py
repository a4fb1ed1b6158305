"""--fairness-report: what is written, where, and what is never written over."""

from __future__ import annotations

import json

import pytest

from fairwitness.audit.evidence.manifest import verify_folder

EQUAL = {"F": (500, 1000), "M": (500, 1000)}
HIRING = {"Black": (176, 530), "White": (997, 1636)}
ONE = """
def test_it(fairness):
    fairness.audit("holdout.csv", decision="advanced", protected="race").check("impact_ratio", at_least=0.8)
"""
TWO = """
def test_it(fairness):
    fairness.audit("holdout.csv", decision="advanced", protected="race").check("impact_ratio", at_least=0.8)
    fairness.audit("holdout.csv", decision="advanced", protected="race", name="Zweite Stufe: {extra}/ü")
"""


def test_one_audit_is_the_folder_itself(run, write, pytester):
    write(EQUAL)
    ran = run(ONE, "--fairness-report", "out")
    assert ran.section == ["1 within   report: out/report.html"]
    assert verify_folder(pytester.path / "out") == ()
    audit = json.loads((pytester.path / "out" / "audit.json").read_text(encoding="utf-8"))
    assert [g["selected"] for g in audit["tables"][0]["groups"]] == [500, 500]
    assert audit["data"]["source"] == "holdout.csv"


def test_a_report_is_written_though_tests_fail(run, write, pytester):
    write(HIRING)
    ran = run(ONE, "--fairness-report", "some/where/out")
    assert ran.failed == 1
    assert "report: some/where/out/report.html" in ran.section[0]
    assert verify_folder(pytester.path / "some/where/out") == ()


def test_several_audits_have_a_folder_each_with_a_safe_name(run, write, pytester):
    write(EQUAL)
    ran = run(TWO, "--fairness-report", "out")
    assert ran.section[0] == "1 within   report: out"
    folders = sorted(place.name for place in (pytester.path / "out").iterdir())
    assert folders == ["Zweite-Stufe-extra", "holdout.csv"]
    assert all(verify_folder(pytester.path / "out" / name) == () for name in folders)


def test_the_same_audit_in_two_tests_is_one_report(run, write, pytester):
    write(EQUAL)
    assert run(ONE + ONE.replace("test_it", "test_again"), "--fairness-report", "out").passed == 2
    assert (pytester.path / "out" / "report.html").is_file()


def test_a_report_replaces_a_report_one_or_several(run, write, pytester):
    write(EQUAL)
    for test, expected in ((ONE, "report.html"), (TWO, "holdout.csv"), (TWO, "holdout.csv"), (ONE, "report.html")):
        assert run(test, "--fairness-report", "out").passed == 1
        assert (pytester.path / "out" / expected).exists()
    assert not (pytester.path / "out" / "holdout.csv").exists()
    assert verify_folder(pytester.path / "out") == ()


@pytest.mark.parametrize("what", ["foreign", "added", "file", "below"])
def test_anything_else_is_refused_before_a_test_runs(run, write, pytester, what):
    write(EQUAL)
    out = pytester.path / "out"
    if what == "file":
        out.write_text("mine", encoding="utf-8")
    else:
        if what == "added":
            run(ONE, "--fairness-report", "out")
        if what == "below":
            run(TWO, "--fairness-report", "out")
        out.mkdir(exist_ok=True)
        (out / ("holdout.csv" if what == "below" else ".") / "mine.txt").write_text("mine", encoding="utf-8")
    ran = run(ONE, "--fairness-report", "out")
    assert ran.code == 4
    assert "out is left as it is, because it holds something that is no report of this kind." in ran.out
    assert "collected" not in ran.out
    mine = out if what == "file" else out / ("holdout.csv" if what == "below" else ".") / "mine.txt"
    assert mine.read_text(encoding="utf-8") == "mine"


def test_a_run_that_audits_nothing_says_that_there_is_no_report(run, pytester):
    ran = run("def test_it(fairness): pass\n", "--fairness-report", "out")
    assert ran.section == ["no figure", "no audit, so no report in out"]
    assert not (pytester.path / "out").exists()


def test_what_cannot_be_written_fails_the_run(run, write, pytester):
    write(EQUAL)
    ran = run(
        ONE + "    (__import__('pathlib').Path(__file__).with_name('out')).write_text('mine')\n",
        "--fairness-report",
        "out",
    )
    assert (ran.passed, ran.code) == (1, 1)
    assert "out is left as it is, because it holds something that is no report of this kind." in ran.told
    assert (pytester.path / "out").read_text(encoding="utf-8") == "mine"


def test_the_folder_holds_the_same_bytes_whatever_the_order_of_tests(run, write, pytester):
    write(EQUAL)
    write(HIRING, "other.csv")
    other = ONE.replace("holdout", "other").replace("test_it", "test_other")
    for name, test in (("forth", ONE + other), ("back", other + ONE)):
        run(test, "--fairness-report", name)
    forth, back = (
        {
            path.relative_to(pytester.path / name): path.read_bytes()
            for path in (pytester.path / name).rglob("*.*")
            if path.is_file()
        }
        for name in ("forth", "back")
    )
    assert forth == back
    assert len(forth) > 8
