"""Small groups of intersections: what stands beside the raw rates, and that chance does not choose the worst-off."""

from __future__ import annotations

import json
import time

import pytest

from fairwitness.audit.analyses.intersections import analyse
from fairwitness.audit.judging.group_table import group_tables
from fairwitness.audit.plan import AuditPlan
from fairwitness.audit.tally import Axis, Tally
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.simultaneous import all_pairs_level

CALLBACKS = {
    ("black", "f"): (125, 1886),
    ("black", "m"): (32, 549),
    ("white", "f"): (184, 1860),
    ("white", "m"): (51, 575),
}


def tally_of(groups, *, axes=(), weighted=False, repeats=0, cluster=False):
    cells = {}
    for labels, (selected, n) in groups.items():
        extra = (1,) if cluster else ()
        cells[(*labels, "selected", *extra)], cells[(*labels, "not_selected", *extra)] = selected, n - selected
    names = axes or tuple(Axis(name, "protected") for name in ("race", "sex", "age")[: len(next(iter(groups)))])
    more = (Axis("ad", "cluster"),) if cluster else ()
    kept = {key: n for key, n in cells.items() if n}
    return Tally.of((*names, Axis("hired", "decision"), *more), kept, weighted=weighted, repeats=repeats)


def analysed(groups, *, tally=None, **plan_fields):
    tally, plan = tally or tally_of(groups), AuditPlan(**plan_fields)
    made = analyse(tally, tuple(group_tables(tally, plan)), plan)
    content = made.to_json()
    json.dumps(content, allow_nan=False)
    return content[-1]


def test_callbacks_by_race_and_sex():
    """32/549 against 184/1860: 549·184 = 101,016 and 32·1860 = 59,520, the ratio .5892."""
    entry = analysed(CALLBACKS)
    worst = entry["worst"]
    assert (worst["group"], worst["best"], worst["evaluated"]) == (["black", "m"], ["white", "f"], 4)
    assert worst["ratio"]["value"] == pytest.approx(59520 / 101016, rel=1e-12)
    assert worst["ratio"]["low"] < worst["ratio"]["value"] < worst["ratio"]["high"] < 1
    assert 0.7 < worst["test"]["null_median"] < 0.9
    assert 0 < worst["test"]["p"] < 0.05
    assert entry["simultaneous"]["comparisons"] == 6
    assert entry["simultaneous"]["level_of_each"] == pytest.approx(all_pairs_level(0.95, 4))


def test_raw_rates_stand_beside_the_shrunk_ones_as_they_are():
    tally, plan = tally_of(CALLBACKS), AuditPlan()
    tables = tuple(group_tables(tally, plan))
    entry = analyse(tally, tables, plan).to_json()[0]
    raw = {row.group: row.estimates["selection_rate"].to_json() for row in tables[-1].rows}
    mean = entry["shrinkage"]["law"]["mean"]
    for g in entry["groups"]:
        assert g["rate"] == raw[tuple(g["group"])]
        between = sorted([g["rate"]["value"], mean])
        assert between[0] <= g["shrunk_rate"]["value"] <= between[1]
    smallest, largest = (
        next(g for g in entry["groups"] if g["group"] == name) for name in (["black", "m"], ["white", "f"])
    )
    moved = [
        abs(g["shrunk_rate"]["value"] - g["rate"]["value"]) / abs(g["rate"]["value"] - mean)
        for g in (smallest, largest)
    ]
    assert moved[0] > moved[1]


def test_the_ratio_is_the_tables_with_a_wider_interval():
    entry = analysed(CALLBACKS)
    (g,) = (g for g in entry["groups"] if g["group"] == ["black", "m"])
    low, high = koopman(32, 549, 184, 1860, 0.95)
    assert g["impact_ratio"]["value"] == pytest.approx(59520 / 101016, rel=1e-12)
    assert g["impact_ratio"]["low"] < low
    assert g["impact_ratio"]["high"] > high
    assert g["impact_ratio"]["method"] == "koopman_all_pairs"
    assert g["probability_below"]["line"] == 0.8
    assert g["probability_below"]["jeffreys"] > g["probability_below"]["fitted"]  # drawn towards the others


@pytest.mark.parametrize("reference", ["highest", "largest", "overall", "rest", "white, f"])
def test_every_reference_rule(reference):
    entry = analysed(CALLBACKS, reference=reference)
    ratios = {tuple(g["group"]): g["impact_ratio"] for g in entry["groups"]}
    rates = {group: x / n for group, (x, n) in CALLBACKS.items()}
    x, n = (sum(counts[i] for counts in CALLBACKS.values()) for i in (0, 1))
    whole = {
        "overall": dict.fromkeys(rates, x / n),
        "rest": {g: (x - CALLBACKS[g][0]) / (n - CALLBACKS[g][1]) for g in rates},
        "largest": dict.fromkeys(rates, rates["black", "f"]),
    }.get(reference, dict.fromkeys(rates, rates["white", "f"]))
    compared = {group: ratio for group, ratio in ratios.items() if ratio is not None}
    assert len(compared) == (4 if reference in ("overall", "rest") else 3)
    assert entry["simultaneous"]["method"] == ("koopman_all_pairs" if reference == "highest" else "koopman_several")
    for group, ratio in compared.items():
        assert ratio["value"] == pytest.approx(rates[group] / whole[group], rel=1e-9)
        assert ratio["low"] < ratio["value"] < ratio["high"]
    assert entry["worst"]["group"] == ["black", "m"]  # against the highest rate, whatever the reference


def test_a_cell_of_one_does_not_drive_the_worst_group():
    """One person, not selected, has the lowest rate there is; and stands in the list of those not evaluated."""
    entry = analysed(CALLBACKS | {("asian", "f"): (0, 1), ("asian", "m"): (1, 2)})
    assert entry["worst"]["group"] == ["black", "m"]
    assert entry["worst"]["best"] == ["white", "f"]
    few = [g["group"] for g in entry["groups"] if not g["evaluable"]]
    assert few == [["asian", "f"], ["asian", "m"]]
    (g,) = (g for g in entry["groups"] if g["group"] == ["asian", "f"])
    assert g["rate"]["value"] == 0
    assert g["shrunk_rate"]["value"] > 0.05


def test_groups_left_out_are_in_nothing():
    entry = analysed(CALLBACKS | {("asian", "f"): (0, 8)}, min_n=20)
    (g,) = (g for g in entry["groups"] if g["group"] == ["asian", "f"])
    assert (g["status"], g["evaluable"], g["impact_ratio"]) == ("below_min_n", False, None)
    assert g["shrunk_rate"]["status"] == "below_min_n"
    without = analysed(CALLBACKS)
    assert entry["shrinkage"] == without["shrinkage"]
    assert entry["differential_fairness"] == without["differential_fairness"]


def test_a_combination_that_nobody_bears_is_listed():
    groups = {("black", "f"): (20, 100), ("white", "f"): (30, 100), ("white", "m"): (30, 100)}
    assert analysed(groups)["nobody"] == [["black", "m"]]


def test_equal_rates_leave_nothing_to_draw_towards():
    entry = analysed(dict.fromkeys(CALLBACKS, (30, 100)))
    assert entry["shrinkage"]["law"] is None
    assert "no more than chance" in entry["shrinkage"]["because"]
    assert all(g["shrunk_rate"]["status"] == "undefined" for g in entry["groups"])
    assert entry["worst"]["ratio"]["value"] == 1.0
    assert entry["worst"]["test"]["p"] > 0.9
    assert entry["differential_fairness"]["low"] == 0


@pytest.mark.parametrize(("selected", "status"), [(0, "undefined_no_selections"), (100, "undefined_no_rejections")])
def test_nobody_or_everybody_selected(selected, status):
    entry = analysed(dict.fromkeys(CALLBACKS, (selected, 100)))
    assert entry["differential_fairness"]["status"] == status
    assert entry["shrinkage"]["law"] is None
    assert entry["worst"]["group"] is None
    assert "nobody was selected, or everybody" in entry["worst"]["because"]


def test_one_group_alone():
    entry = analysed({("black", "f"): (3, 10)})
    assert entry["worst"]["because"]
    assert entry["simultaneous"] is None
    assert entry["differential_fairness"]["status"] == "single_group"


def test_an_end_without_limit_is_said():
    entry = analysed(CALLBACKS | {("asian", "f"): (0, 40)})
    assert entry["differential_fairness"]["high"] is None
    assert entry["differential_fairness"]["unbounded"] == "high"


def test_weights_and_clusters_are_refused_with_the_reason():
    for tally, why in (
        (tally_of(CALLBACKS, cluster=True), "clusters"),
        (tally_of(CALLBACKS, repeats=3), "repeat a person"),
        (tally_of(CALLBACKS, weighted=True), "weighted"),
    ):
        entry = analyse(tally, tuple(group_tables(tally_of(CALLBACKS), AuditPlan())), AuditPlan()).to_json()[0]
        assert entry["status"] == "undefined"
        assert why in entry["because"]
        assert entry["groups"] == []


def test_without_an_intersection_there_is_no_section():
    tally, plan = tally_of(CALLBACKS), AuditPlan(intersect="none")
    assert analyse(tally, tuple(group_tables(tally, plan)), plan) is None


def test_the_same_numbers_from_a_saved_tally_and_in_any_order():
    tally = tally_of(CALLBACKS)
    again = tally_of(dict(reversed(CALLBACKS.items())))
    assert analysed(CALLBACKS, tally=again) == analysed(CALLBACKS, tally=tally)


def test_renaming_the_groups_renames_the_answer():
    """Each name keeps its place in the order, so that the same draws meet the same groups."""
    names = {"black": "azure", "white": "zinc"}
    renamed = {(names[race], sex): counts for (race, sex), counts in CALLBACKS.items()}
    text = json.dumps(analysed(CALLBACKS))
    for old, new in names.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    assert json.loads(text) == analysed(renamed)


def test_two_attributes_cost_little():
    tally, plan = tally_of(CALLBACKS), AuditPlan()
    tables = tuple(group_tables(tally, plan))
    analyse(tally, tables, plan)
    times = []
    for _ in range(5):
        start = time.process_time()
        analyse(tally, tables, plan)
        times.append(time.process_time() - start)
    assert min(times) < 0.05


def test_where_nobody_of_a_large_group_is_selected_there_is_no_smallest_ratio():
    """40 selected of 240, all in twenty groups of two: the two groups of 100 can be told from chance, 0 against 0."""
    small = {(f"c{i}", "f"): (2, 2) for i in range(20)}
    worst = analysed({("a", "f"): (0, 100), ("b", "f"): (0, 100)} | small)["worst"]
    assert (worst["evaluated"], worst["group"], worst["ratio"]["value"]) == (2, None, None)
    assert worst["because"] == "nobody was selected of the groups that are large enough to be asked about"
