"""Each rule says what it says: a verdict follows from the exact value, the interval and the test, and from nothing else."""

from __future__ import annotations

from fractions import Fraction

import pytest

from fairwitness.audit.judging.policy import Evidence, Policy, judge

LINE = Fraction(4, 5)


def policy(rule, side="at_least", threshold=LINE):
    return Policy("p", "P", "impact_ratio", threshold, side, rule, "source", "", "plan", "", "")


def ratio(value, low, high, rejected, *, one_sided=None):
    narrow = one_sided or (low, high)
    return Evidence(None if value is None else Fraction(value), low, high, *narrow, rejected)


@pytest.mark.parametrize(
    ("evidence", "verdict", "attention"),
    [
        (ratio("0.67", 0.55, 0.81, True), "beyond", False),  # below the line and a difference shown
        (ratio("0.67", 0.40, 1.10, False), "inconclusive", False),  # below, but not told from parity
        (ratio("0.95", 0.85, 1.06, False), "within", False),  # the interval does not reach the line
        (ratio("0.90", 0.84, 0.96, True), "within", True),  # within, yet a real difference: attention
        (ratio("0.90", 0.71, 1.13, False), "inconclusive", False),  # the interval reaches the line
        (ratio("0.85", 0.78, 0.92, True), "inconclusive", True),  # a difference shown, the line not settled
        (ratio("0.80", 0.60, 1.00, True), "inconclusive", True),  # exactly on the line is not below it
        (ratio("0.90", 0.79, 1.03, False, one_sided=(0.81, 1.01)), "within", False),  # the one-sided limit decides
        (ratio(None, None, None, None), "not_evaluable", False),
        (ratio(None, None, None, True), "not_evaluable", True),  # no ratio, but a difference is shown
        (ratio("0.90", None, None, False), "inconclusive", False),  # without an interval nothing is within
    ],
)
def test_screen_and_test(evidence, verdict, attention):
    judged = judge(policy("screen_and_test"), evidence)
    assert (judged.verdict, judged.attention) == (verdict, attention)


@pytest.mark.parametrize("rule", ["clear", "assured"])
@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (ratio("0.60", 0.45, 0.79, False), "beyond"),  # the whole interval, whatever the test says
        (ratio("0.60", 0.45, 0.81, True), "inconclusive"),
        (ratio("0.90", 0.80, 1.01, False), "within"),  # the line itself is on the right side
        (ratio("0.90", 0.79, 1.01, False), "inconclusive"),
        (ratio("0.00", 0.00, None, False), "inconclusive"),  # an end without limit is never on one side
        (ratio("1.50", 0.85, None, True), "within"),
    ],
)
def test_clear_and_assured(rule, evidence, verdict):
    assert judge(policy(rule), evidence).verdict == verdict


@pytest.mark.parametrize(("value", "verdict"), [("0.7999999", "beyond"), ("4/5", "within"), ("0.81", "within")])
def test_point_compares_the_exact_value(value, verdict):
    assert judge(policy("point"), ratio(value, None, None, None)).verdict == verdict


@pytest.mark.parametrize(
    ("value", "low", "high", "rejected", "verdict"),
    [
        ("-0.08", -0.12, -0.04, True, "beyond"),  # the size of a signed difference is bounded
        ("0.08", 0.04, 0.12, True, "beyond"),
        ("-0.05", -0.09, 0.01, True, "inconclusive"),  # exactly the line is not above it
        ("0.01", -0.03, 0.05, False, "within"),
        ("0.01", -0.06, 0.04, False, "inconclusive"),  # the other end reaches over
    ],
)
def test_at_most_bounds_the_size_of_a_difference(value, low, high, rejected, verdict):
    line = policy("screen_and_test", "at_most", Fraction(1, 20))
    assert judge(line, ratio(value, low, high, rejected)).verdict == verdict


def test_without_a_line_there_is_no_verdict_but_the_difference_is_told():
    none = policy(None, None, None)
    judged = judge(none, ratio("-0.03", -0.05, -0.01, True))
    assert (judged.verdict, judged.screen, judged.difference, judged.attention) == (None, None, "shown", True)
    assert judge(none, ratio(None, None, None, None)).verdict == "not_evaluable"


@pytest.mark.parametrize("rule", ["screen_and_test", "clear", "assured", "point"])
def test_what_is_undefined_is_never_within(rule):
    assert judge(policy(rule), ratio(None, 0.9, 1.1, False)).verdict == "not_evaluable"
