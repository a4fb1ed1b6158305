"""The search of subgroups: what is found, what it costs, and that nothing is found where there is nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fairwitness.audit.analyses import subgroup_search
from fairwitness.audit.analyses.subgroup_search import analyse
from fairwitness.audit.analyses.subgroup_table import subgroup_table
from fairwitness.audit.plan import AuditPlan
from fairwitness.audit.tally import Axis, Tally
from fairwitness.metrics.ratio_intervals import koopman

ASKED = AuditPlan(search_subgroups=True)


def tally_of(cells, *, names=("race", "sex"), controls=(), unknown=None, set_aside=0, **more):
    made = {}
    for key, (selected, n) in cells.items():
        made[(*key, "selected")], made[(*key, "not_selected")] = selected, n - selected
    if unknown:
        made[(None, *next(iter(cells))[1:], "selected")] = unknown
    if set_aside:
        made[(*next(iter(cells)), "set_aside:withdrawn")] = set_aside
    axes = [Axis(name, "protected") for name in names] + [Axis(name, "control") for name in controls]
    return Tally.of([*axes, Axis("hired", "decision")], made, **more)


def searched(tally, plan=ASKED):
    (entry,) = analyse(tally, (), plan).to_json()
    json.dumps(entry, allow_nan=False)
    return entry


PLANTED = {(race, sex): (30 if (race, sex) == ("c", "f") else 120, 300) for race in "abcd" for sex in "fm"}
EQUAL = {(race, sex): (120, 300) for race in "abcd" for sex in "fm"}


def test_it_has_to_be_asked_for():
    assert analyse(tally_of(PLANTED), (), AuditPlan()) is None


def test_a_planted_subgroup_is_found_in_both_ways():
    """Of 2,400 people 870 are selected; of the 300 of the subgroup 108.75 would be, and 30 are."""
    entry = searched(tally_of(PLANTED))
    fewer = entry["whole"][0]
    assert fewer["subgroup"] == [{"attribute": "race", "labels": ["c"]}, {"attribute": "sex", "labels": ["f"]}]
    assert (fewer["n"], fewer["selected"]) == (300, 30)
    assert fewer["expected"] == pytest.approx(300 * 870 / 2400)
    assert fewer["odds_ratio"] == pytest.approx((30 / 270) / (870 / 1530), rel=1e-6)
    assert fewer["p"] == 0.001
    assert (entry["method"], entry["replicates"], entry["subgroups"]) == ("exact", 999, 45)
    half = entry["halves"][0]
    assert half["subgroup"] == fewer["subgroup"]
    assert half["searched"] + half["tested"] == 2400
    assert half["ratio"]["high"] < 0.8
    low, high = koopman(half["selected"], half["n"], half["others_selected"], half["others_n"], 0.95)
    assert (half["ratio"]["low"], half["ratio"]["high"]) == pytest.approx((low, high), rel=1e-9)


def test_where_all_rates_are_equal_nothing_departs():
    entry = searched(tally_of(EQUAL))
    assert all(found["subgroup"] == [] and found["n"] is None and found["p"] == 1.0 for found in entry["whole"])


def test_the_half_that_is_tested_was_not_searched():
    """60 times 8 cells at one rate: p of the second half is at most .05 in about 1 of 20."""
    generator = np.random.default_rng(2)
    few = []
    for i in range(60):
        cells = {key: (int(generator.binomial(300, 0.4)), 300) for key in EQUAL}
        entry = searched(tally_of(cells), AuditPlan(search_subgroups=True, seed=i))
        few += [half["test"]["p"] <= 0.05 for half in entry["halves"] if half["test"]["p"] is not None]
    assert np.mean(few) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / len(few))


def test_the_halves_are_those_of_rows_dealt_out():
    """Cells add up again, and a cell of 300 has 150 in a half, with the hypergeometric variance 300·⅛·7/8·…"""
    table = subgroup_table(tally_of(PLANTED))
    sizes = []
    for seed in range(400):
        first, second = table.halves((seed,))
        assert (first.n + second.n == table.n).all()
        assert (first.selected + second.selected == table.selected).all()
        assert first.n.sum() == 1200
        sizes.append(first.n[0, 0])
    # of 2,400 people 1,200 are drawn, 300 of them in the cell: n K/N (1 - K/N)(N - n)/(N - 1)
    variance = 1200 * (300 / 2400) * (1 - 300 / 2400) * 1200 / 2399
    assert abs(np.mean(sizes) - 150) < 5 * np.sqrt(variance / 400)
    assert np.var(sizes) == pytest.approx(variance, rel=0.3)


def test_within_controls_a_rate_that_the_control_explains_is_none():
    """Women apply where few are admitted: in each department they fare as men do, or slightly better."""
    cells = {("f", "A"): (80, 100), ("m", "A"): (640, 800), ("f", "B"): (90, 900), ("m", "B"): (10, 100)}
    tally = tally_of(cells, names=("sex",), controls=("dept",))
    entry = searched(tally)
    assert (entry["attributes"], entry["controls"]) == (["sex"], ["dept"])
    assert all(found["subgroup"] == [] for found in entry["whole"])
    planted = cells | {("f", "A"): (50, 100)}
    found = searched(tally_of(planted, names=("sex",), controls=("dept",)))["whole"][0]
    assert found["subgroup"] == [{"attribute": "sex", "labels": ["f"]}, {"attribute": "dept", "labels": ["A"]}]
    assert found["expected"] == pytest.approx(100 * 690 / 900)  # of the department
    halves = searched(tally_of(planted, names=("sex",), controls=("dept",)))["halves"]
    assert {half["test"]["name"] for half in halves} == {"cmh"}


def test_within_controls_few_decisions_are_tested_exactly():
    """A half of 16 people in two departments: what could move by less than five is no matter for χ²."""
    few = {("f", "A"): (0, 4), ("m", "A"): (4, 4), ("f", "B"): (0, 4), ("m", "B"): (4, 4)}
    halves = searched(tally_of(few, names=("sex",), controls=("dept",)))["halves"]
    assert {half["test"]["name"] for half in halves} <= {"multiple_events_mid_p", None}
    assert any(half["test"]["p"] is not None for half in halves)


def test_unknown_and_set_aside_people_are_in_no_subgroup():
    entry = searched(tally_of(PLANTED, unknown=7, set_aside=5))
    assert (entry["n"], entry["unknown"]) == (2400, 7)
    assert entry["whole"][0]["n"] == 300


@pytest.mark.parametrize(
    ("tally", "why"),
    [
        (tally_of({("a",): (3, 10), ("b",): (5, 10)}, names=("race",)), "has fewer"),
        (tally_of(dict.fromkeys(EQUAL, (0, 10))), "nobody or everybody"),
        (tally_of(EQUAL, repeats=3), "repeat"),
        (tally_of(EQUAL, weighted=True), "weighted"),
    ],
)
def test_what_cannot_be_searched_says_why(tally, why):
    entry = searched(tally)
    assert entry["status"] == "undefined"
    assert why in entry["because"]
    assert entry["whole"] == entry["halves"] == []


def test_too_many_subgroups_are_searched_by_aif360_in_one_half(monkeypatch):
    monkeypatch.setattr(subgroup_search, "MOST_IN_FULL", 0)
    entry = searched(tally_of(PLANTED))
    assert (entry["method"], entry["whole"], entry["replicates"]) == ("aif360", [], None)
    assert "may miss" in entry["because"]
    assert entry["halves"][0]["subgroup"] == [
        {"attribute": "race", "labels": ["c"]},
        {"attribute": "sex", "labels": ["f"]},
    ]


def test_the_same_answer_twice_and_in_any_order():
    again = tally_of(dict(reversed(PLANTED.items())))
    assert searched(again) == searched(tally_of(PLANTED))


def test_two_axes_in_the_other_order_find_the_same_subgroup():
    turned = tally_of({(sex, race): counts for (race, sex), counts in PLANTED.items()}, names=("sex", "race"))
    found = searched(turned)["whole"][0]
    assert sorted(part["attribute"] for part in found["subgroup"]) == ["race", "sex"]
    assert found["score"] == pytest.approx(searched(tally_of(PLANTED))["whole"][0]["score"], rel=1e-9)
