"""No worse than the last release: the baseline's way from a person's desk to a pull request."""

from __future__ import annotations

import json

LAST = {"F": (800, 2000), "M": (1000, 2000)}  # ratio 0.80
WORSE = {"F": (500, 2000), "M": (1000, 2000)}  # ratio 0.50, and 0.50 / 0.80 = 0.625
BETTER = {"F": (850, 2000), "M": (1000, 2000)}  # ratio 0.85
GATE = """
def test_release(fairness):
    audit = fairness.audit("holdout.csv", decision="advanced", protected="race"{more})
    audit.check_no_worse_than_baseline("impact_ratio", margin=0.1)
"""


def test_without_a_baseline_the_check_fails_and_says_what_to_do(run, write, pytester):
    write(LAST)
    ran = run(GATE.format(more=""))
    assert (ran.code, ran.failed) == (1, 1)
    assert "The gate fails: there is no fairness-baseline.json yet. Run pytest --fairness-update-baseline" in ran.out
    assert not (pytester.path / "fairness-baseline.json").exists()


def test_the_run_that_writes_the_baseline_still_fails_and_the_next_holds(run, write, pytester):
    write(LAST)
    ran = run(GATE.format(more=""), "--fairness-update-baseline")
    assert (ran.code, ran.failed) == (1, 1)
    assert "baseline written: fairness-baseline.json ('holdout.csv')" in ran.told
    held = json.loads((pytester.path / "fairness-baseline.json").read_text(encoding="utf-8"))
    assert [g["n"] for g in held["audits"]["holdout.csv"]["tables"][0]["groups"]] == [2000, 2000]
    ran = run(GATE.format(more=""))
    assert (ran.code, ran.passed) == (0, 1)
    assert ran.section == ["1 within"]


def test_worse_than_the_last_release_fails_with_both_figures(run, write):
    write(LAST)
    run(GATE.format(more=""), "--fairness-update-baseline")
    write(WORSE)
    ran = run(GATE.format(more=""))
    assert (ran.code, ran.failed) == (1, 1)
    first, second = ran.error_lines()[:2]
    assert first == (
        "fairwitness.ThresholdExceeded: impact_ratio(race) no worse than in the last release by more than 10\u202f%: "
        "beyond threshold"
    )
    assert second.startswith(("  F  0.62 times  [", "  F  0.63 times  ["))  # 0.625 lies between
    assert second.endswith("]  0.80 → 0.50, 800/2,000 → 500/2,000 vs M 1,000/2,000 → 1,000/2,000  beyond threshold")
    assert "Independent samples: the baseline holds no rows" in ran.told


def test_updating_never_turns_a_gate_green(run, write):
    write(LAST)
    run(GATE.format(more=""), "--fairness-update-baseline")
    write(WORSE)
    ran = run(GATE.format(more=""), "--fairness-update-baseline")
    assert (ran.code, ran.failed) == (1, 1)  # held against the old file
    assert "baseline written" in ran.told


def test_a_better_release_is_within(run, write):
    write(LAST)
    run(GATE.format(more=""), "--fairness-update-baseline")
    write(BETTER)
    assert run(GATE.format(more="")).section == ["1 within"]


def test_in_ci_it_is_refused_before_a_test_runs_unless_forced(run, write, pytester, monkeypatch):
    monkeypatch.setenv("CI", "true")
    write(LAST)
    ran = run(GATE.format(more=""), "--fairness-update-baseline")
    assert ran.code == 4
    assert "--fairness-update-baseline is refused where CI is set" in ran.out
    assert "collected" not in ran.out
    assert not (pytester.path / "fairness-baseline.json").exists()
    ran = run(GATE.format(more=""), "--fairness-update-baseline=force")
    assert (ran.code, ran.failed) == (1, 1)
    assert (pytester.path / "fairness-baseline.json").exists()


def test_the_flag_swallows_no_path(run, write):
    write(LAST)
    # pytest 7 itself warns when usage is wrong and pluggy is new.
    ran = run(GATE.format(more=""), "--fairness-update-baseline", "test_gate.py", fresh=True, strict=False)
    assert ran.code == 4
    assert "found 'test_gate.py'. Write --fairness-update-baseline=force, or put the flag behind the paths." in ran.out
    assert run(None, "test_gate.py", "--fairness-update-baseline").failed == 1


def test_another_file_is_named_by_the_option(run, write, pytester):
    write(LAST)
    run(GATE.format(more=""), "--fairness-update-baseline", "--fairness-baseline", "last.json")
    assert (pytester.path / "last.json").exists()
    assert run(GATE.format(more=""), "--fairness-baseline", "last.json").passed == 1
    assert run(GATE.format(more="")).failed == 1


def test_other_audits_in_the_file_stay(run, write, pytester):
    write(LAST)
    both = GATE.format(more="") + GATE.format(more=', name="other"').replace("test_release", "test_other")
    run(both, "--fairness-update-baseline")
    run(None, "-k", "test_other", "--fairness-update-baseline")
    held = json.loads((pytester.path / "fairness-baseline.json").read_text(encoding="utf-8"))
    assert sorted(held["audits"]) == ["holdout.csv", "other"]


def test_only_audits_that_are_compared_are_in_it(run, write, pytester):
    write(LAST)
    plain = "\ndef test_plain(fairness):\n    fairness.audit('holdout.csv', decision='advanced', protected='race', name='plain')\n"
    run(GATE.format(more="") + plain, "--fairness-update-baseline")
    held = json.loads((pytester.path / "fairness-baseline.json").read_text(encoding="utf-8"))
    assert sorted(held["audits"]) == ["holdout.csv"]


def test_no_comparison_writes_no_baseline(run, write, pytester):
    write(LAST)
    test = "def test_it(fairness):\n    fairness.audit('holdout.csv', decision='advanced', protected='race')\n"
    ran = run(test, "--fairness-update-baseline")
    assert "no baseline was written: no test asks check_no_worse_than_baseline" in ran.told
    assert not (pytester.path / "fairness-baseline.json").exists()


def test_two_audits_of_one_name_write_no_baseline(run, write):
    write(LAST)
    two = GATE.format(more="") + GATE.format(more=", min_n=7").replace("test_release", "test_other")
    ran = run(two, "--fairness-update-baseline")
    assert ran.code == 1
    assert "no baseline was written: two different audits are called 'holdout.csv'." in ran.told


def test_a_baseline_counted_by_another_plan_is_refused(run, write):
    write(LAST)
    run(GATE.format(more=""), "--fairness-update-baseline")
    ran = run(GATE.format(more=", min_n=30"))
    assert ran.failed == 1
    assert "by another plan: 'min_n' differ" in ran.out


def people(lost):
    """1,000 of each sex, 500 advanced; the new release drops ``lost`` of the women advanced by the old one."""
    old, new = ["id,race,advanced"], ["id,race,advanced"]
    for i in range(2000):
        sex, then = "FM"[i % 2], int(i < 1000)
        now = int(then and not (sex == "F" and i < 2 * lost))
        old.append(f"{i},{sex},{then}")
        new.append(f"{i},{sex},{now}")
    return "\n".join(old) + "\n", "\n".join(new) + "\n"


PAIRED = """
def test_release(fairness):
    audit = fairness.audit("holdout.csv", decision="advanced", protected="race")
    audit.check_no_worse_than_baseline("impact_ratio", margin=0.02, baseline="last.csv"{unit})
"""


def test_predictions_of_the_last_release_are_paired_by_a_unit(run):
    old, new = people(25)  # 500 to 475 of 1,000 women: 475/500 = 0.95 of the old ratio
    ran = run(PAIRED.format(unit=', unit="id"'), holdout_dot_csv=new, last_dot_csv=old)
    assert ran.failed == 1
    assert "F  0.95 times  [" in ran.out
    assert "The same people: F 0 gained and 25 lost (McNemar: exact p < 0.001, mid-P < 0.001); M 0 gained" in ran.told
    assert "Paired: each person's two decisions are matched." in ran.told


def test_the_same_predictions_without_a_unit_are_independent_and_see_less(run):
    old, new = people(25)
    ran = run(PAIRED.format(unit=""), holdout_dot_csv=new, last_dot_csv=old)
    assert ran.passed == 1
    assert ran.section[0] == "1 inconclusive"
    assert "Independent samples: nobody's two decisions are matched." in ran.told


def test_a_unit_for_a_baseline_file_is_refused(run, write):
    write(LAST)
    test = GATE.format(more="").replace("margin=0.1", 'margin=0.1, unit="id"')
    assert "unit: the baseline file holds no rows" in run(test).out


def test_a_run_that_was_interrupted_writes_no_baseline(run, write, pytester):
    write(LAST)
    ran = run(
        GATE.format(more="") + "def test_z():\n    raise KeyboardInterrupt\n", "--fairness-update-baseline", fresh=True
    )
    assert ran.code == 2
    assert "no baseline was written: the run was interrupted" in ran.out
    assert not (pytester.path / "fairness-baseline.json").exists()
