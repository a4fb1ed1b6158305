"""pytest-xdist: the same answers, the same files, however many workers."""

from __future__ import annotations

import pytest

SUITE = """
import pytest
ROLES = {"decision": "advanced", "protected": "race"}
def test_a(fairness):
    fairness.audit("holdout.csv", **ROLES).check("impact_ratio", at_least=0.8)
def test_b(fairness):
    fairness.audit("holdout.csv", **ROLES).check("rate_difference", at_most=0.05)
@pytest.mark.fairness(min_n=30)
def test_c(fairness):
    fairness.audit("few.csv", **ROLES).check("impact_ratio", at_least=0.8)
class TestD:
    def test_d(self, fairness):
        fairness.audit("few.csv", **ROLES, name="few").check("impact_ratio", at_least=0.8)
    def test_e(self, fairness):
        fairness.audit("equal.csv", **ROLES).check_no_worse_than_baseline("impact_ratio", margin=0.1)
"""
DATA = {
    "holdout.csv": {"Black": (176, 530), "White": (997, 1636)},
    "few.csv": {"F": (3, 8), "M": (25, 60), "X": (21, 50)},
    "equal.csv": {"F": (900, 2000), "M": (1000, 2000)},
}


def folder(path):
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in path.rglob("*") if p.is_file()}


@pytest.fixture
def suite(write):
    for name, groups in DATA.items():
        write(groups, name)
    return SUITE


def test_two_workers_tell_and_write_what_one_process_does(run, suite, pytester):
    alone = run(suite, "--fairness-report", "out", "--fairness-update-baseline", "-p", "no:xdist", fresh=True)
    assert (alone.passed, alone.failed) == (2, 3)
    report = folder(pytester.path / "out")
    baseline = (pytester.path / "fairness-baseline.json").read_bytes()
    assert len({name.split("/")[0] for name in report}) == 4
    (pytester.path / "fairness-baseline.json").unlink()
    for options in (("-n", "2", "--dist", "load"), ("-n", "2", "--dist", "loadscope")):
        spread = run(suite, "--fairness-report", "out", "--fairness-update-baseline", *options, fresh=True)
        assert (spread.passed, spread.failed) == (2, 3)
        assert spread.section == alone.section
        assert folder(pytester.path / "out") == report
        assert (pytester.path / "fairness-baseline.json").read_bytes() == baseline
        (pytester.path / "fairness-baseline.json").unlink()


def test_the_failure_text_comes_through_from_a_worker(run, suite):
    ran = run(suite, "-n", "1", "-k", "test_a", fresh=True)
    assert "E         Black  0.54  [0.48, 0.62]  176/530 vs White 997/1,636  beyond threshold" in ran.out
    assert "gating/check.py" not in ran.out


def test_a_worker_that_dies_is_not_passed_over_in_silence(run, write, pytester):
    write(DATA["equal.csv"], "equal.csv")
    test = """
import os
def test_a(fairness):
    fairness.audit("equal.csv", decision="advanced", protected="race").check("impact_ratio", at_least=0.8)
def test_b():
    os._exit(3)
"""
    ran = run(test, "-n", "1", "--fairness-report", "out", fresh=True)
    assert ran.code == 1
    assert "1 within" in ran.section[0]
    assert "not written, because their worker crashed: 'equal.csv'" in ran.told
    assert not (pytester.path / "out").exists()
