"""Which tests run, and what the plugin is to those that are none of its business."""

from __future__ import annotations

HEAVY = ("numpy", "pandas", "narwhals", "pydantic", "typer", "duckdb", "scipy", "pyarrow")
MIXED = """
import pytest
def test_plain(): pass
def test_fixture(fairness): pass
@pytest.mark.fairness
def test_marker(): pass
"""


def test_only_runs_tests_with_fixture_or_marker(run):
    ran = run(MIXED, "--fairness-only", "-v")
    assert (ran.passed, ran.deselected) == (2, 1)
    assert "test_plain" not in ran.out


def test_skip_leaves_them_out(run):
    ran = run(MIXED, "--fairness-skip", "-v")
    assert (ran.passed, ran.deselected) == (1, 2)
    assert "test_plain PASSED" in ran.out


def test_both_are_refused(run):
    ran = run(MIXED, "--fairness-skip", "--fairness-only")
    assert ran.code == 4
    assert "--fairness-only and --fairness-skip leave no test together." in ran.out


def test_the_marker_is_registered_and_explained(run):
    assert run(MIXED).passed == 3  # under --strict-markers
    assert "@pytest.mark.fairness(**settings): fields of the audit plan" in run(None, "--markers").out


def test_options_are_explained_in_one_group(run):
    out = run(None, "--help").out
    group = out[out.index("fairwitness: audits of automated decisions") :]
    for option in ("report", "baseline", "update-baseline", "only", "skip"):
        assert f"--fairness-{option}" in group


def test_without_the_plugin_nothing_else_breaks(run):
    ran = run("def test_plain(): pass\ndef test_fixture(fairness): pass\n", "-p", "no:fairwitness", fresh=True)
    assert (ran.passed, ran.errors) == (1, 1)
    assert "fixture 'fairness' not found" in ran.out


def test_a_run_without_audits_has_no_section_and_loads_nothing_heavy(run):
    test = f"""
import atexit, sys
heavy = {HEAVY!r}
atexit.register(lambda: print("LOADED", [name for name in heavy if name in sys.modules]))
def test_plain(): pass
"""
    ran = run(test, fresh=True)
    assert ran.passed == 1
    assert ran.section == []
    assert "LOADED []" in ran.out


def test_a_run_with_workers_and_without_audits_loads_nothing_heavy(run):
    test = f"""
import sys
def test_plain(): assert not [name for name in {HEAVY!r} if name in sys.modules]
"""
    assert run(test, "-n", "2", fresh=True).passed == 1


def test_a_fixture_that_audits_nothing_has_no_section(run):
    assert run("def test_it(fairness): pass\n").section == []
