"""The sweep of requisitions: every one by itself, exactly, in the order in which to look."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import fairwitness as fw
from fairwitness.audit.tally import Axis, Tally
from fairwitness.metrics.exact_by_pool import exact_by_pool
from fairwitness.metrics.exact_tests import fisher_exact, mid_p
from fairwitness.metrics.multiplicity import benjamini_hochberg
from fairwitness.report_templates.build import build
from fairwitness.report_templates.document import Table
from fairwitness.report_templates.study_tables import study_tables


def tally_of(strata, repeats=0):
    """Return a tally from {requisition: {label: (selected, n)}}."""
    cells = {}
    for stratum, groups in strata.items():
        for label, (x, n) in groups.items():
            cells[(label, stratum, "selected")], cells[(label, stratum, "not_selected")] = x, n - x
    axes = [Axis("group", "protected"), Axis("req", "stratum"), Axis("decision", "decision")]
    return Tally.of(axes, {k: v for k, v in cells.items() if v}, repeats=repeats)


def sweep_of(result, i=0):
    return result.to_dict()["requisitions"][i]


def rows(sweep):
    return [dict(zip(sweep["columns"], row, strict=True)) for row in sweep["rows"]]


MANY = {f"r{i}": {"a": (i % 4, 8), "b": (4, 8)} for i in range(12)} | {"worst": {"a": (0, 30), "b": (20, 30)}}


def test_every_exact_test_is_that_of_its_own_table():
    """scipy's Fisher and mid-P, one table at a time, on tables of every small margin."""
    tables = np.array(
        [(a, n, c, m) for n, m in itertools.product(range(7), repeat=2) for a in range(n + 1) for c in range(m + 1)]
    ).T
    found = exact_by_pool(*tables)
    told = (
        (tables[1] > 0)
        & (tables[3] > 0)
        & (tables[0] + tables[2] > 0)
        & (tables[0] + tables[2] < tables[1] + tables[3])
    )
    assert np.isnan(found.p[~told]).all()
    np.testing.assert_allclose(found.p[told], fisher_exact(*tables[:, told]), rtol=1e-12)
    np.testing.assert_allclose(found.mid_p[told], mid_p(*tables[:, told]), rtol=1e-9)


def test_each_requisition_by_hand_and_in_order():
    sweep = sweep_of(fw.run_audit(tally_of(MANY), reference="b"))
    found = rows(sweep)
    assert found[0]["requisition"] == "worst"
    # 20 of 60 selected, 30 of them a's: 10 expected, 10 short
    assert (found[0]["expected"], found[0]["shortfall"], found[0]["selected"], found[0]["others_n"]) == (10, 10, 0, 30)
    p = [e["mid_p"] for e in found]
    assert p == sorted(p)
    assert [e["p_adjusted"] for e in found] == pytest.approx(benjamini_hochberg(p).tolist())
    assert (sweep["m"], sweep["requisitions"], sweep["standing_out"]) == (13, 13, 1)


def test_totals_are_over_all_requisitions():
    result = fw.run_audit(tally_of(MANY), reference="b")
    total = sweep_of(result)["totals"][0]
    assert total["shortfall"] == pytest.approx(sum(e["shortfall"] for e in rows(sweep_of(result))))
    assert total["mantel_haenszel_risk_ratio"] == {
        k: v
        for k, v in result.to_dict()["tables"][0]["stratified"]["mantel_haenszel_risk_ratio"][0].items()
        if k != "group"
    }


def test_requisitions_that_tell_nothing_come_last_and_are_in_no_family():
    strata = MANY | {"alone": {"a": (1, 5)}, "none": {"a": (0, 4), "b": (0, 5)}, "others": {"b": (2, 5)}}
    sweep = sweep_of(fw.run_audit(tally_of(strata), reference="b"))
    assert (sweep["m"], sweep["uninformative"]) == (13, 2)
    last = rows(sweep)[-2:]
    assert {e["requisition"] for e in last} == {"alone", "none"}
    assert all(e["mid_p"] is None and e["p_adjusted"] is None for e in last)
    assert "others" not in {e["requisition"] for e in rows(sweep)}  # nobody of a was in it


def test_a_group_is_held_against_everybody_else():
    strata = {"x": {"a": (1, 10), "b": (5, 10), "c": (6, 10)}}
    found = {e["group"]: e for e in rows(sweep_of(fw.run_audit(tally_of(strata))))}
    assert (found["a"]["others_selected"], found["a"]["others_n"]) == (11, 20)
    assert found["a"]["fisher_p"] == pytest.approx(float(fisher_exact(1, 10, 11, 20)))


def test_stages_and_groups_in_one_run():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"group": rng.choice(list("abc"), 3000), "req": rng.integers(0, 40, 3000)})
    frame["screen"] = rng.random(3000) < 0.6
    frame["hired"] = frame["screen"] & (rng.random(3000) < 0.4)
    result = fw.run_audit(fw.load(frame, protected="group", decision="hired", stages=["screen"], stratum="req"))
    sweep = sweep_of(result)
    stages = {e["stage"] for e in rows(sweep)}
    assert stages == {None, "screen"}
    assert len(sweep["totals"]) == 4  # two compared groups, at the screen and at the decision
    hired = next(e for e in rows(sweep) if e["stage"] == "screen")
    own = frame[(frame["group"] == hired["group"]) & (frame["req"].astype(str) == hired["requisition"])]
    assert (hired["selected"], hired["n"]) == (int(own["screen"].sum()), len(own))


def test_ratios_of_no_difference_seldom_stand_out():
    """200 sweeps of 60 requisitions with equal rates: something stands out in about one of twenty, at most."""
    rng = np.random.default_rng(7)
    nf, nr = rng.integers(5, 40, (2, 200, 60))
    rate = rng.uniform(0.05, 0.5, (200, 60))
    p = exact_by_pool(*(c.ravel() for c in (rng.binomial(nf, rate), nf, rng.binomial(nr, rate), nr))).mid_p
    out = [np.nanmin(benjamini_hochberg(row)) <= 0.05 for row in p.reshape(200, 60)]
    assert np.mean(out) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def test_the_report_has_ten_and_the_csv_all():
    strata = {f"r{i}": {"a": (i % 5, 12), "b": (5, 12)} for i in range(50)}
    audit = fw.run_audit(tally_of(strata)).to_dict()
    table = next(
        b for s in build(audit).sections for b in s.blocks if isinstance(b, Table) and "look first" in b.caption
    )
    assert len(table.rows) == 10
    assert any("40 further" in note for note in table.notes)
    found = {path: made for path, _, made in study_tables(audit)}
    assert len(found["tables/requisitions.csv"]) == 50


def test_several_decisions_of_a_person_in_one_requisition_are_said():
    frame = pd.DataFrame(
        {"g": list("aabb") * 30, "req": "x", "hired": [0, 1, 1, 1] * 30, "person": [f"p{i // 2}" for i in range(120)]}
    )
    roles = {"protected": "g", "decision": "hired", "stratum": "req"}
    assert sweep_of(fw.run_audit(fw.load(frame, **roles)))["independent"]
    assert not sweep_of(fw.run_audit(fw.load(frame, cluster="person", **roles)))["independent"]
    apart = frame.assign(req=["x", "y"] * 60)  # each person once in either
    assert sweep_of(fw.run_audit(fw.load(apart, cluster="person", **roles)))["independent"]


def test_without_strata_there_is_no_sweep():
    tally = Tally.of([Axis("g", "protected"), Axis("d", "decision")], {("a", "selected"): 3, ("b", "not_selected"): 3})
    assert "requisitions" not in fw.run_audit(tally).to_dict()
