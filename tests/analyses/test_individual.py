"""Inequality of benefits from a tally."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fairwitness.audit.analyses.individual import analyse
from fairwitness.audit.judging.group_table import group_tables
from fairwitness.audit.plan import AuditPlan
from fairwitness.audit.run import run_audit
from fairwitness.audit.studies import sections
from fairwitness.audit.tally import Axis, Tally

OUTCOMES = {"f": (30, 10, 5, 55), "m": (40, 20, 0, 40)}  # true and false positives, false and true negatives


def tally_of(outcomes, *, unknown=(), repeats=0, cluster=False):
    cells = {}
    for group, (tp, fp, fn, tn) in outcomes.items():
        for decision, label, n in (
            ("selected", "positive", tp),
            ("selected", "negative", fp),
            ("not_selected", "positive", fn),
            ("not_selected", "negative", tn),
        ):
            if n:
                cells[(group, decision, label, *((1,) if cluster else ()))] = n
    cells |= dict(unknown)
    axes = [Axis("sex", "protected"), Axis("hired", "decision"), Axis("good", "label")]
    return Tally.of([*axes, *([Axis("ad", "cluster")] if cluster else [])], cells, repeats=repeats)


def analysed(tally, **fields):
    plan = AuditPlan(**fields)
    made = analyse(tally, tuple(group_tables(tally, plan)), plan)
    (entry,) = made.to_json()
    json.dumps(entry, allow_nan=False)
    return entry


def test_benefits_by_hand():
    """5 with benefit 0, 165 with 1, 30 with 2: μ = 225/200; Σb² = 165 + 120 = 285.

    GE(2) = (285/200/μ² - 1)/2.  Means are 105/100 and 120/100, so that ((1.05² + 1.2²)/2/μ² - 1)/2 lies between.
    """
    entry = analysed(tally_of(OUTCOMES))
    assert entry["benefits"] == {"refused_though_positive": 5, "agrees": 165, "selected_though_negative": 30}
    assert entry["mean_benefit"] == 1.125
    index = entry["indices"]["generalized_entropy"]
    assert index["value"] == pytest.approx((285 / 200 / 1.125**2 - 1) / 2, rel=1e-12)
    assert index["low"] < index["value"] < index["high"]
    theil = (165 / 1.125 * np.log(1 / 1.125) + 60 / 1.125 * np.log(2 / 1.125)) / 200
    assert entry["indices"]["theil_index"]["value"] == pytest.approx(theil, rel=1e-12)
    (by,) = entry["by"]
    split = by["indices"]["generalized_entropy"]
    assert split["between"] == pytest.approx(((1.05**2 + 1.2**2) / 2 / 1.125**2 - 1) / 2, rel=1e-12)
    assert split["between"] + split["within"] == pytest.approx(index["value"], rel=1e-12)
    assert [g["mean_benefit"]["value"] for g in by["groups"]] == [1.05, 1.2]
    assert 0 < split["test"]["p"] < 0.05
    assert split["test"]["null_median"] < split["between"]


def test_opposite_errors_cancel_between_groups_and_stay_within():
    """20 refused though positive and 20 selected though negative, against a group without errors: both means are 1."""
    entry = analysed(tally_of({"f": (30, 20, 20, 30), "m": (50, 0, 0, 50)}))
    split = entry["by"][0]["indices"]["generalized_entropy"]
    assert split["between"] == 0
    assert split["within"] == split["total"] == pytest.approx((20 * 4 + 160) / 200 / 2 - 1 / 2, rel=1e-12)
    assert split["test"]["p"] == 1.0


def test_a_benefit_of_0_has_no_logarithm():
    entry = analysed(tally_of(OUTCOMES))
    deviation = entry["indices"]["mean_log_deviation"]
    assert (deviation["value"], deviation["status"]) == (None, "undefined")
    assert "no logarithm" in deviation["because"]
    split = entry["by"][0]["indices"]["mean_log_deviation"]
    assert (split["total"], split["within"], split["share"]) == (None, None, None)
    assert split["between"] == pytest.approx(-np.log(1.05 / 1.125) / 2 - np.log(1.2 / 1.125) / 2, rel=1e-12)
    without = analysed(tally_of({"f": (30, 10, 0, 60), "m": (40, 20, 0, 40)}))
    assert without["indices"]["mean_log_deviation"]["status"] == "ok"


def test_all_refused_although_positive():
    entry = analysed(tally_of({"f": (0, 0, 5, 0), "m": (0, 0, 7, 0)}))
    assert entry["mean_benefit"] == 0
    assert all(index["value"] is None for index in entry["indices"].values())
    assert "every benefit is 0" in entry["indices"]["theil_index"]["because"]


def test_perfect_decisions_have_no_inequality_and_no_interval():
    entry = analysed(tally_of({"f": (30, 0, 0, 60), "m": (40, 0, 0, 40)}))
    index = entry["indices"]["generalized_entropy"]
    assert (index["value"], index["low"], index["method"]) == (0.0, None, None)


def test_unknown_groups_count_in_the_whole_and_in_no_group():
    unknown = [((None, "selected", "negative"), 50), (("f", "selected", None), 9), (("f", "set_aside:left", None), 4)]
    entry = analysed(tally_of(OUTCOMES, unknown=unknown))
    assert (entry["n"], entry["by"][0]["n"]) == (250, 200)
    assert entry["benefits"]["selected_though_negative"] == 80


@pytest.mark.parametrize("more", [{"repeats": 2}, {"cluster": True}])
def test_dependent_decisions_have_figures_without_interval_or_test(more):
    entry = analysed(tally_of(OUTCOMES, **more))
    assert entry["indices"]["generalized_entropy"]["value"] is not None
    assert entry["indices"]["generalized_entropy"]["low"] is None
    assert entry["by"][0]["indices"]["generalized_entropy"]["test"]["p"] is None
    assert "no interval and no test" in entry["because"]


def test_one_group_with_outcomes_is_not_split():
    entry = analysed(tally_of({"f": (30, 10, 5, 55)}))
    assert entry["by"][0]["indices"] == {}
    assert "fewer than two groups" in entry["by"][0]["because"]


def test_nothing_without_outcomes():
    tally = Tally.of(
        [Axis("sex", "protected"), Axis("hired", "decision")], {("f", "selected"): 3, ("f", "not_selected"): 5}
    )
    plan = AuditPlan()
    assert analyse(tally, tuple(group_tables(tally, plan)), plan) is None


def test_merging_the_counts_of_two_sites_is_counting_them_together():
    halves = {g: tuple(n // 5 for n in counts) for g, counts in OUTCOMES.items()}
    times = {g: tuple(5 * n for n in counts) for g, counts in halves.items()}
    one, other = analysed(tally_of(times)), analysed(tally_of(halves))
    for name in ("generalized_entropy", "theil_index"):
        assert one["indices"][name]["value"] == pytest.approx(other["indices"][name]["value"], rel=1e-12)
        assert one["by"][0]["indices"][name]["share"] == pytest.approx(
            other["by"][0]["indices"][name]["share"], rel=1e-9
        )


def test_consistency_of_rows_joins_the_section():
    import pandas as pd

    from fairwitness.audit.rows.consistency import consistency

    people = pd.DataFrame({"years": range(60), "hired": [0] * 30 + [1] * 30})
    study = consistency(people, features="years", decision="hired")
    result = run_audit(tally_of(OUTCOMES), studies=[study])
    mine = analyse(result.tally, result.tables, result.plan)
    kinds = [entry["kind"] for entry in sections([mine, study])["individual"]]
    assert kinds == ["inequality", "consistency"]
    assert study.estimate.low <= study.estimate.value <= study.estimate.high
