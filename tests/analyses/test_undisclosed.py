"""What undisclosed groups could change, from a tally: bounds, curve, the screen's answer, and what is not said."""

from __future__ import annotations

import json
from itertools import product

import pytest

from fairwitness.audit.analyses.undisclosed import analyse
from fairwitness.audit.run import run_audit
from fairwitness.audit.tally import Axis, Count, Tally

SEX, HIRED = Axis("sex", "protected"), Axis("hired", "decision")


def tally_of(groups, unknown, **more):
    """Return a tally from {group: (selected, n)} and (selected, n) of the undisclosed."""
    cells = {}
    for group, (x, n) in {**groups, None: unknown}.items():
        cells |= {(group, "selected"): x, (group, "not_selected"): n - x}
    return Tally.of([SEX, HIRED], {key: n for key, n in cells.items() if n}, **more)


def section(tally, **plan):
    result = run_audit(tally, **plan)
    found = analyse(tally, result.tables, result.plan)
    made = found.to_json()
    json.dumps(made, allow_nan=False)
    return made


def group(made, name, table=0):
    return next(g for g in made["tables"][table]["groups"] if g["group"] == [name])


TWO = {"F": (30, 100), "M": (50, 120)}


def test_bounds_around_the_figures_of_those_who_disclosed():
    made = section(tally_of(TWO, (6, 20)))
    table = made["tables"][0]
    assert (table["unknown"], table["unknown_selected"]) == (20, 6)
    assert table["share"] == pytest.approx(20 / 240)
    found = group(made, "F")
    ratio = found["estimates"]["impact_ratio"]
    assert (ratio["value"], ratio["low"], ratio["high"]) == pytest.approx(
        (0.72, 30 / 114 / (56 / 126), 36 / 106 / (50 / 134))
    )
    assert ratio["method"] == "worst_case"
    sampled = found["with_sampling_error"]
    assert sampled["low"] < ratio["low"] < ratio["high"] < sampled["high"]
    assert found["against"] == [["M"]]


def test_the_screen_says_whether_the_undisclosed_could_change_it():
    could = group(section(tally_of(TWO, (6, 20))), "F")
    assert could["screen"]["could_change"]
    assert (could["screen"]["disclosed"], could["screen"]["low"], could["screen"]["high"]) == (
        "below",
        "below",
        "not_below",
    )
    assert "could make it not below four fifths" in could["screen"]["because"]
    cannot = group(section(tally_of({"F": (20, 100), "M": (60, 120)}, (1, 4))), "F")
    assert not cannot["screen"]["could_change"]
    assert "whoever the undisclosed are" in cannot["screen"]["because"]
    # 0.72 is below without them; on the curve the line is where it must be
    odds = could["tipping_odds"]
    on_curve = {p["odds"]: p["impact_ratio"] for p in could["curve"]}
    assert on_curve[1 / 3] > 0.8 > on_curve[1 / 2]
    assert 1 / 3 < odds < 1 / 2


def test_the_undisclosed_are_no_group_and_are_not_taken_for_rejected():
    """Trap 13."""
    tally = tally_of(TWO, (6, 20))
    result = run_audit(tally)
    assert [g.group for g in result.tables[0].counts.groups] == [("F",), ("M",)]
    made = section(tally)
    assert {tuple(g["group"]) for g in made["tables"][0]["groups"]} == {("F",), ("M",)}
    # taken for rejected women the rate would be 30/120, for rejected people of both groups less too: not the value
    assert group(made, "F")["estimates"]["selection_rate"]["value"] == pytest.approx(0.3)
    everything_rejected = section(tally_of(TWO, (0, 20)))
    assert group(everything_rejected, "F")["estimates"]["selection_rate"]["low"] == pytest.approx(30 / 120)
    assert group(everything_rejected, "F")["estimates"]["selection_rate"]["high"] == pytest.approx(30 / 100)


def test_three_groups_equal_enumeration_from_the_tally():
    groups, unknown = {"a": (2, 6), "b": (3, 5), "c": (1, 4)}, (2, 4)
    made = section(tally_of(groups, unknown))
    ratios = []
    for s in product(range(3), repeat=2):
        for t in product(range(3), repeat=2):
            if sum(s) > 2 or sum(t) > 2:
                continue
            selected, refused = (*s, 2 - sum(s)), (*t, 2 - sum(t))
            rates = [(x + k) / (n + k + r) for (x, n), k, r in zip(groups.values(), selected, refused, strict=True)]
            ratios.append(rates[0] / max(rates[1:]))
    found = group(made, "a")["estimates"]["impact_ratio"]
    assert (found["low"], found["high"]) == pytest.approx((min(ratios), max(ratios)))
    assert group(made, "a")["against"] == [["b"], ["c"]]


@pytest.mark.parametrize(
    ("reference", "value"), [("M", 0.72), ("largest", 0.72), ("rest", 0.72), ("overall", 0.3 / (80 / 220))]
)
def test_every_reference(reference, value):
    made = section(tally_of(TWO, (6, 20)), reference=reference)
    found = group(made, "F")["estimates"]["impact_ratio"]
    assert found["value"] == pytest.approx(value)
    assert found["low"] < found["value"] < found["high"]
    if reference == "overall":  # everybody's rate is known, whoever they are: 86/240
        assert (found["low"], found["high"]) == pytest.approx((30 / 114 / (86 / 240), 36 / 106 / (86 / 240)))
        difference = group(made, "F")["estimates"]["rate_difference"]
        assert difference["low"] == pytest.approx(30 / 114 - 86 / 240)


def test_nothing_is_said_where_everybody_disclosed():
    tally = tally_of(TWO, (0, 0))
    result = run_audit(tally)
    assert analyse(tally, result.tables, result.plan) is None


def test_unknown_outcomes_have_no_bounds():
    tally = Tally.of(
        [SEX, HIRED],
        {
            ("F", "selected"): 3,
            ("F", "not_selected"): 7,
            ("M", "selected"): 6,
            ("M", "not_selected"): 4,
            (None, None): 5,
        },
    )
    table = section(tally)["tables"][0]
    assert table["groups"] == []
    assert "how many of the undisclosed were selected" in table["because"]


def test_weighted_decisions_have_no_bounds_and_say_why():
    cells = {(g, o): Count(10, 10 * 10**6, 10 * 10**12) for g in ("F", "M", None) for o in ("selected", "not_selected")}
    table = section(Tally.of([SEX, HIRED], cells, weighted=True))["tables"][0]
    assert table["groups"] == []
    assert "weights" in table["because"]


def test_clustered_decisions_have_bounds_without_sampling_error():
    cells = {}
    for i in range(50):
        for g in ("F", "M", None):
            cells[g, "selected" if (i + len(g or "")) % 3 == 0 else "not_selected", i] = 1 + i % 2
    made = section(Tally.of([SEX, HIRED, Axis("ad", "cluster")], cells))
    found = made["tables"][0]["groups"][0]
    assert found["with_sampling_error"] is None
    assert found["estimates"]["impact_ratio"]["low"] is not None
    assert "not independent" in made["tables"][0]["because"]


def test_no_upper_end_where_the_others_may_have_none_selected():
    made = section(tally_of({"F": (3, 10), "M": (0, 10)}, (1, 2)), reference="M")
    found = group(made, "F")["estimates"]["rate_difference"]
    assert found["low"] == pytest.approx(3 / 11 - 1 / 11)
    assert group(made, "F")["estimates"]["impact_ratio"]["status"] == "undefined_no_selections"
    assert group(made, "F")["screen"]["disclosed"] == "not_evaluable"


def test_groups_left_out_are_not_held_against_anything():
    made = section(tally_of(TWO | {"X": (1, 2)}, (6, 20)), min_n=5)
    assert {tuple(g["group"]) for g in made["tables"][0]["groups"]} == {("F",), ("M",)}


def test_the_same_from_a_saved_tally(tmp_path):
    tally = tally_of(TWO, (6, 20))
    tally.save(tmp_path / "tally.json")
    assert section(Tally.load(tmp_path / "tally.json")) == section(tally)
