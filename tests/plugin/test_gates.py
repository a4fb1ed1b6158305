"""When a test fails, what it says, and what is only shown."""

from __future__ import annotations

import re
import textwrap

import pytest

HIRING = {"Black": (176, 530), "White": (997, 1636)}  # 0.3321 and 0.6094: the ratio is 0.5449
EQUAL = {"F": (500, 1000), "M": (500, 1000)}
GATE = """
def test_screening_model(fairness):
    audit = fairness.audit("holdout.csv", decision="advanced", protected=["race"])
    audit.check("impact_ratio", at_least=0.80{more})
"""
# 3 of 8 against 6 of 8: half the rate, and nothing that so few could show.
FEW = {"F": (3, 8), "M": (6, 8)}
# 800 of 1,000 against 900 of 1,000: the ratio 0.89 is above 0.8 by far, and the difference is shown (z = 6.3).
SMALL_BUT_REAL = {"F": (800, 1000), "M": (900, 1000)}


def test_beyond_fails_with_figures_interval_and_counts(run, write):
    write(HIRING)
    ran = run(GATE.format(more=""))
    assert (ran.code, ran.failed) == (1, 1)
    # (176/530) / (997/1636) = 0.3321 / 0.6094 = 0.5449; 530 × 0.6094 − 176 = 147.0
    assert ran.error_lines() == [
        "fairwitness.ThresholdExceeded: impact_ratio(race) at least 0.80: beyond threshold",
        "  Black  0.54  [0.48, 0.62]  176/530 vs White 997/1,636  beyond threshold",
        "    147 fewer selections than at the rate of White.",
        "  2,166 rows in, 2,166 counted, 0 unknown.",
        "  The gate fails: beyond threshold: race: Black.",
    ]


def test_a_failure_ends_at_the_users_line_and_shows_none_of_our_frames(run, write):
    write(HIRING)
    ran = run(GATE.format(more=""))
    assert '>       audit.check("impact_ratio", at_least=0.80)' in ran.out
    assert "test_gate.py:4: ThresholdExceeded" in ran.out
    assert "gating/check.py" not in ran.out
    assert "fixture.py" not in ran.out


def test_a_bad_question_is_one_message_at_the_users_line(run, write):
    write(HIRING)
    ran = run(GATE.format(more="").replace("impact_ratio", "impact_ration"))
    assert "fairwitness.FairwitnessError: policy 'impact_ration': no metric 'impact_ration' compares groups." in ran.out
    assert "Did you mean 'impact_ratio'?" in ran.out
    assert "policy.py" not in ran.out


def test_within_passes_and_the_section_says_so(run, write):
    write(EQUAL)
    ran = run(GATE.format(more=""))
    assert (ran.code, ran.passed) == (0, 1)
    assert ran.section == ["1 within"]


def test_inconclusive_passes_and_is_shown_with_what_would_settle_it(run, write):
    write(FEW)
    ran = run(GATE.format(more=""))
    assert (ran.code, ran.passed) == (0, 1)
    assert ran.section[0] == "1 inconclusive"
    assert "    F  0.50  [" in "\n".join(ran.section)
    assert "3/8 vs M 6/8" in "\n".join(ran.section)
    needed = re.search(r"About ([\d,]+) decisions .* would settle it, (\d+) times as many\.", ran.told)
    assert int(needed[1].replace(",", "")) == 16 * int(needed[2])  # 8 of each


@pytest.mark.parametrize("where", ["call", "audit", "marker", "pyproject"])
def test_inconclusive_fails_where_it_is_asked_to(run, write, where):
    write(FEW)
    test = GATE.format(more=', inconclusive="fail"' if where == "call" else "")
    if where == "audit":
        test = test.replace('["race"])', '["race"], inconclusive="fail")')
    if where == "marker":
        test = "import pytest\n@pytest.mark.fairness(inconclusive='fail')" + test
    files = {"pyproject_dot_toml": '[tool.fairwitness.gate]\ninconclusive = "fail"\n'} if where == "pyproject" else {}
    ran = run(test, **files)
    assert (ran.code, ran.failed) == (1, 1)
    assert "The gate fails: inconclusive (inconclusive = fail): race: F." in ran.out


def test_inconclusive_skips_where_it_is_asked_to(run, write):
    write(FEW)
    ran = run(GATE.format(more=', inconclusive="skip"'), "-rs")
    assert (ran.code, ran.skipped, ran.failed) == (0, 1, 0)
    assert "SKIPPED [1] test_gate.py:4: impact_ratio(race) at least 0.80: inconclusive" in ran.out
    assert ran.section[0] == "1 inconclusive"


def test_beyond_fails_even_where_inconclusive_skips(run, write):
    write({**HIRING, "Other": (1, 3)})
    ran = run(GATE.format(more=', inconclusive="skip"'))
    assert (ran.failed, ran.skipped) == (1, 0)


def test_attention_is_shown_beside_the_verdict_and_fails_only_on_request(run, write):
    write(SMALL_BUT_REAL)
    ran = run(GATE.format(more=""))
    assert (ran.code, ran.passed) == (0, 1)
    assert ran.section[0] == "1 attention, 1 within"
    assert "within threshold, attention" in "\n".join(ran.section)
    assert "A difference is shown (pooled z test, p < 0.001)." in ran.told
    ran = run(GATE.format(more=', attention="fail"'))
    assert (ran.code, ran.failed) == (1, 1)
    assert "The gate fails: attention (attention = fail): race: F." in ran.out


def test_assured_fails_what_is_inconclusive(run, write):
    write(FEW)
    ran = run(GATE.format(more=', evidence="assured"'))
    assert (ran.code, ran.failed) == (1, 1)
    assert "impact_ratio(race) at least 0.80, rule assured: inconclusive" in ran.out
    assert "The gate fails: inconclusive (rule assured): race: F." in ran.out


def test_point_looks_at_the_estimate_alone(run, write):
    write(FEW)
    ran = run(GATE.format(more=', evidence="point"'))
    assert (ran.code, ran.failed) == (1, 1)
    assert "impact_ratio(race) at least 0.80, rule point: beyond threshold" in ran.out


def test_a_check_that_evaluates_nothing_fails(run, write):
    write({"F": (5, 20), "M": (9, 20)})
    ran = run(GATE.format(more="").replace('["race"]', '["race"], min_n=30'))
    assert (ran.code, ran.failed) == (1, 1)
    assert "The gate fails: nothing could be evaluated." in ran.out
    assert "The group has fewer decisions than the plan's min_n (30)." in ran.out


def test_one_group_alone_is_nothing_evaluated(run, write):
    write({"F": (5, 20)})
    ran = run(GATE.format(more=""))
    assert ran.failed == 1
    assert "There is one group to compare, and it takes two." in ran.out


def test_what_could_not_be_evaluated_is_shown_beside_what_could(run, write):
    write({**EQUAL, "X": (3, 8)})
    ran = run(GATE.format(more="").replace('["race"]', '["race"], min_n=30'))
    assert (ran.code, ran.passed) == (0, 1)
    assert ran.section[0] == "1 not evaluable, 1 within"
    assert "could not be evaluated" in "\n".join(ran.section)


def test_equal_rates_are_compared_and_not_passed_over(run, write):
    """Every group then is the reference; a gate that looked at nothing would fail, or be green on two people."""
    write({"F": (500, 1000), "M": (500, 1000)})
    assert run(GATE.format(more="")).section == ["1 within"]
    write({"F": (1, 2), "M": (1, 2)})
    assert run(GATE.format(more="")).section[0] == "1 inconclusive"


def test_the_line_is_compared_exactly(run, write):
    # 48/80 against 60/80 is 4/5 exactly: on the right side.  47/80 is not.
    write({"F": (48, 80), "M": (60, 80)})
    assert run(GATE.format(more=', evidence="point"')).passed == 1
    assert run(GATE.format(more=', evidence="point"').replace("0.80", '"4/5"')).passed == 1
    write({"F": (47, 80), "M": (60, 80)})
    assert run(GATE.format(more=', evidence="point"')).failed == 1


def test_intersections_are_checked_where_they_are_named(run):
    # F and M, A and B advance at 50 %; FA and MB never, FB and MA always.
    people = [(s, r, int(s + r in ("FB", "MA"))) for s in "FM" for r in "AB" for _ in range(100)]
    text = "sex,race,advanced\n" + "".join(f"{s},{r},{d}\n" for s, r, d in people)
    test = """
    def test_it(fairness):
        audit = fairness.audit("people.csv", decision="advanced", protected=["sex", "race"])
        audit.check("impact_ratio", at_least=0.80)
        audit.check("impact_ratio", at_least=0.80, by=("race", "sex"))
    """
    ran = run(textwrap.dedent(test), people_dot_csv=text)
    assert ran.failed == 1
    # By sex and by race one group is compared with its equal; of the four together three with the highest, 100 %.
    assert ran.section[0] == "2 beyond, 3 within"
    assert "impact_ratio(sex × race) at least 0.80: beyond threshold" in ran.out
    assert "F · A  0.00" in ran.out


def test_a_table_that_is_not_there_is_named(run, write):
    write(HIRING)
    ran = run(GATE.format(more=', by="rase"'))
    assert "by: the audit has no table by 'rase'; it has 'race'. Did you mean 'race'?" in ran.out


def labelled():
    # Of 80 F and 80 M who turned out well, 40 and 60 were advanced: 50 % and 75 %.  Of those who did not, 20 of 100.
    lines = ["sex,advanced,good"]
    for sex, chosen in (("F", 40), ("M", 60)):
        lines += [f"{sex},1,1"] * chosen + [f"{sex},0,1"] * (80 - chosen) + [f"{sex},1,0"] * 20 + [f"{sex},0,0"] * 80
    return "\n".join(lines) + "\n"


LABELLED = """
def test_it(fairness):
    audit = fairness.audit("good.csv", decision="advanced", label="good", protected="sex"{scope})
    audit.check("equal_opportunity_difference", at_most=0.05)
"""


def test_error_rates_are_checked_against_the_true_outcome(run):
    ran = run(LABELLED.format(scope=', label_scope="all"'), good_dot_csv=labelled())
    assert ran.failed == 1
    first, second = ran.error_lines()[:2]
    assert first.endswith("equal_opportunity_difference(sex) at most 0.05 (5.0 points): beyond threshold")
    assert second.startswith("  all groups  25.0 points  [")
    assert second.endswith("]  F 40/80 to M 60/80  beyond threshold")


def test_error_rates_ask_whose_outcomes_are_known(run):
    ran = run(LABELLED.format(scope=""), good_dot_csv=labelled())
    assert "State label_scope = 'all' or 'selected'." in ran.out


def test_error_rates_without_outcomes_are_refused(run, write):
    write(HIRING)
    test = (
        GATE.format(more="")
        .replace("impact_ratio", "equal_opportunity_ratio")
        .replace('["race"]', '["race"], label_scope="all"')
    )
    assert "needs the true outcome of each decision. Name its column" in run(test).out


def test_verdicts_are_told_once_in_the_order_of_the_tests_names(run, write):
    write(FEW)
    one = "def test_{}(fairness):\n    fairness.audit('holdout.csv', decision='advanced', protected='race').check('impact_ratio', at_least=0.8)\n"
    forth = run(one.format("a") + one.format("b")).section
    back = run(one.format("b") + one.format("a")).section
    assert forth == back
    assert [line for line in forth if line.startswith("test_gate.py")] == [
        "test_gate.py::test_a",
        "test_gate.py::test_b",
    ]


def test_the_same_data_give_the_same_bytes(run, write):
    write({"F": (37, 90), "M": (44, 88), "X": (12, 31)})
    assert run(GATE.format(more="")).section == run(GATE.format(more="")).section


def test_quiet_shows_the_count_alone_and_verbose_every_figure(run, write):
    write({**EQUAL, "X": (3, 8)})
    assert len(run(GATE.format(more=""), "-q").section) == 1
    assert "M  " not in "\n".join(run(GATE.format(more="")).section)
    assert "500/1,000" in "\n".join(run(GATE.format(more=""), "-v").section)


def test_labels_from_outside_cannot_move_the_cursor(run, write):
    write({"F\x1b[31m": (3, 8), "M": (6, 8)})
    ran = run(GATE.format(more=""))
    assert "\x1b[31m" not in ran.out
    assert r"F\x1b[31m" in "\n".join(ran.section)
