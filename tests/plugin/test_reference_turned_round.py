"""Naming the group that is worst off as the reference does not silence a gate."""

from __future__ import annotations

import pytest

import fairwitness as fw
from fairwitness.audit.tally import Axis, Tally


def audit(reference, black):
    groups = {"White": (600, 1500), "Black": black, "Asian": (200, 500)}
    cells = {(g, "selected"): x for g, (x, _) in groups.items()}
    cells |= {(g, "not_selected"): n - x for g, (x, n) in groups.items()}
    return fw.run_audit(Tally.of([Axis("race", "protected"), Axis("hired", "decision")], cells), reference=reference)


@pytest.mark.parametrize("reference", ["highest", "White", "Black"])
def test_half_the_rate_stops_the_gate_whoever_is_the_reference(reference):
    # 100/500 is half of 600/1500; against Black the others are at 2 times its rate, and 1/2 is under 0.80
    with pytest.raises(fw.ThresholdExceeded, match="Black"):
        fw.check(audit(reference, black=(100, 500)), "impact_ratio", at_least="0.80")


def test_a_lower_reference_that_keeps_the_line_stops_nothing():
    # 180/500 against 200/500: 0.9
    assert not fw.check(audit("Black", black=(180, 500)), "impact_ratio", at_least="0.80").failed
