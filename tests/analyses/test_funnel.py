"""The funnel: Connecticut v. Teal seen both ways, and everything that makes stages hard to compare."""

from __future__ import annotations

import json
from math import exp, log, prod

import pytest

from fairwitness.audit.analyses.funnel import analyse
from fairwitness.audit.counting.stages import check_monotone, last_step, stage_tallies
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.judging.group_table import group_tables
from fairwitness.audit.plan import AuditPlan
from fairwitness.audit.tally import Axis, Count, Tally
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.significance import pooled_z

YES, NO, WAITS, LEFT = "selected", "not_selected", "set_aside:pending", "set_aside:withdrew"


def tally(stages, cells, *, decision="hired", **fields):
    """A tally by one attribute; keys are group, decision, stages."""
    axes = [Axis("race", "protected"), Axis(decision, "decision"), *(Axis(name, "stage") for name in stages)]
    return Tally.of(axes, cells, **fields)


def funnel(counted, **plan):
    asked = AuditPlan(**plan)
    made = analyse(counted, tuple(group_tables(counted, asked)), asked)
    return json.loads(json.dumps(made.to_json(), allow_nan=False))


def of(step, group):
    return next(g for g in step["groups"] if g["group"] == [group])


# 457 U.S. 440: of 48 black and 259 white candidates 26 and 206 passed the exam, and 11 and 35 were promoted.
TEAL = {
    ("black", YES, YES): 11, ("black", NO, YES): 15, ("black", NO, NO): 22,
    ("white", YES, YES): 35, ("white", NO, YES): 171, ("white", NO, NO): 53,
}  # fmt: skip
# 400 women and 600 men: 160 and 300 screened in, 72 and 120 interviewed, 20 and 30 offered; as the loader counts them.
TOY = {
    ("F", NO, NO, None, None): 240, ("F", NO, YES, NO, None): 88, ("F", NO, YES, YES, NO): 52, ("F", YES, YES, YES, YES): 20,
    ("M", NO, NO, None, None): 300, ("M", NO, YES, NO, None): 180, ("M", NO, YES, YES, NO): 90, ("M", YES, YES, YES, YES): 30,
}  # fmt: skip


def test_teal_the_component_and_the_bottom_line_stand_side_by_side():
    found = funnel(tally(["exam"], TEAL, decision="promoted"), reference="white")
    assert found["steps"] == ["exam", "promoted"]
    (race,) = found["attributes"]
    exam, promoted = race["steps"]
    black = of(exam, "black")
    assert (black["selected"], black["entered"]) == (26, 48)
    assert black["ratio"]["value"] == pytest.approx((26 / 48) / (206 / 259))
    assert round(black["ratio"]["value"], 3) == 0.681
    assert round(black["test"]["statistic"], 2) == -3.76
    assert black["four_fifths"] == "below"
    low, high = koopman(26, 48, 206, 259, 0.95)
    assert (black["ratio"]["low"], black["ratio"]["high"]) == pytest.approx((float(low), float(high)))
    line = next(b for b in race["bottom_line"] if b["group"] == ["black"])
    assert (line["selected"], line["n"]) == (11, 48)
    assert round(line["impact_ratio"]["value"], 2) == 1.70
    assert line["agrees"] is True
    # Of those who passed the exam 11 of 26 and 35 of 206 were promoted: 2.49 times the rate.
    assert of(promoted, "black")["ratio"]["value"] == pytest.approx((11 / 26) / (35 / 206))


def test_teal_by_the_highest_bottom_line_the_exam_is_still_seen_as_a_component():
    """The bottom line's highest rate is that of black candidates; the exam's own highest is that of white ones."""
    (race,) = funnel(tally(["exam"], TEAL, decision="promoted"))["attributes"]
    assert race["reference"]["used"] == ["black"]
    exam = race["steps"][0]
    assert exam["highest"] == [["white"]]
    assert of(exam, "black")["to_highest"]["value"] == pytest.approx((26 / 48) / (206 / 259))
    assert of(exam, "black")["four_fifths"] == "below"
    assert of(exam, "black")["ratio"]["value"] == 1.0
    assert of(exam, "white")["ratio"]["value"] == pytest.approx((206 / 259) / (26 / 48))


def test_the_bottom_line_is_the_product_of_the_stages_under_one_reference():
    (race,) = funnel(tally(["screen", "interview", "offer"], TOY), reference="M")["attributes"]
    ratios = [of(step, "F")["ratio"]["value"] for step in race["steps"]]
    assert ratios == pytest.approx([0.8, 1.125, 10 / 9])
    assert prod(ratios) == pytest.approx(1.0)
    assert [of(step, "F")["cumulative_ratio"]["value"] for step in race["steps"]] == pytest.approx([0.8, 0.9, 1.0])
    logs = [of(step, "F")["log_ratio"] for step in race["steps"]]
    assert [part["value"] for part in logs] == pytest.approx([log(0.8), log(1.125), log(10 / 9)])
    for part, step in zip(logs, race["steps"], strict=True):
        assert exp(part["low"]) == pytest.approx(of(step, "F")["ratio"]["low"])
        assert exp(part["high"]) == pytest.approx(of(step, "F")["ratio"]["high"])


def test_without_a_decision_of_its_own_the_last_stage_is_the_bottom_line():
    """As the loader makes it: the decision is what the stages amount to, and is no further step."""
    counted = tally(["screen", "interview", "offer"], TOY)
    assert last_step(counted) is None
    found = funnel(counted, reference="M")
    assert found["steps"] == ["screen", "interview", "offer"]
    assert found["decision"] is None
    assert all(line["agrees"] for line in found["attributes"][0]["bottom_line"])


@pytest.mark.parametrize("rule", ["rest", "overall", "largest", "highest", "M"])
def test_ratios_multiply_under_every_reference_rule(rule):
    cells = {**TEAL, ("asian", YES, YES): 9, ("asian", NO, YES): 10, ("asian", NO, NO): 11}
    cells = {("M" if k[0] == "white" else k[0], *k[1:]): n for k, n in cells.items()}
    (race,) = funnel(tally(["exam"], cells), reference=rule)["attributes"]
    for group in ("black", "asian", "M"):
        values = [of(step, group)["ratio"]["value"] for step in race["steps"]]
        assert of(race["steps"][-1], group)["cumulative_ratio"]["value"] == pytest.approx(prod(values))
        line = next(b for b in race["bottom_line"] if b["group"] == [group])
        assert line["impact_ratio"]["value"] == pytest.approx(prod(values))
        assert line["agrees"] is True


def test_everybody_in_the_bottom_line_of_the_whole():
    """Against all 307 candidates 46 were promoted: (11/48)/(46/307)."""
    (race,) = funnel(tally(["exam"], TEAL), reference="overall")["attributes"]
    assert of(race["steps"][-1], "black")["cumulative_ratio"]["value"] == pytest.approx((11 / 48) / (46 / 307))
    assert of(race["steps"][0], "black")["ratio"]["value"] == pytest.approx((26 / 48) / (232 / 307))


# -- who is in which rate ------------------------------------------------------------------------------------------

HALF_WAY = {  # of 40 a and 50 b 20 and 30 passed the screen; 4 a and 10 b wait for the interview or left
    ("a", NO, NO, None): 20, ("a", YES, YES, YES): 4, ("a", NO, YES, NO): 12, ("a", WAITS, YES, None): 4,
    ("b", NO, NO, None): 20, ("b", YES, YES, YES): 5, ("b", NO, YES, NO): 15, ("b", WAITS, YES, WAITS): 7,
    ("b", LEFT, YES, LEFT): 3,
}  # fmt: skip


def test_who_is_in_progress_or_withdrew_is_in_no_rate_of_the_stage_and_is_counted():
    found = funnel(tally(["screen", "interview"], HALF_WAY), reference="b")
    (race,) = found["attributes"]
    interview = race["steps"][1]
    assert (of(interview, "a")["selected"], of(interview, "a")["entered"]) == (4, 16)
    assert (of(interview, "b")["selected"], of(interview, "b")["entered"]) == (5, 20)
    assert of(interview, "a")["ratio"]["value"] == pytest.approx(1.0)
    assert interview["set_aside"] == [
        {"group": ["a"], "reason": "not reached", "n": 4},
        {"group": ["b"], "reason": "pending", "n": 7},
        {"group": ["b"], "reason": "withdrew", "n": 3},
    ]
    assert of(race["steps"][0], "b")["entered"] == 50  # all of them had been screened


def test_rates_so_far_are_product_limits_where_some_are_undecided():
    (race,) = funnel(tally(["screen", "interview"], HALF_WAY), reference="b")["attributes"]
    a = of(race["steps"][1], "a")
    assert a["cumulative_rate"]["value"] == pytest.approx((20 / 40) * (4 / 16))
    assert a["cumulative_rate"]["method"] == "wilson_product_limit"
    assert a["cumulative_ratio"]["value"] == pytest.approx((20 / 40) * (4 / 16) / ((30 / 50) * (5 / 20)))
    assert a["cumulative_ratio"]["method"] == "koopman_product_limit"
    assert a["cumulative_ratio"]["low"] < a["cumulative_ratio"]["value"] < a["cumulative_ratio"]["high"]
    # The bottom line has 4 of 36 and 5 of 40, and differs: both are shown, and that they differ is said.
    line = next(b for b in race["bottom_line"] if b["group"] == ["a"])
    assert line["impact_ratio"]["value"] == pytest.approx((4 / 36) / (5 / 40))
    assert line["agrees"] is False
    assert any("14 people came to a stage" in c for c in race["caveats"])
    assert any("do not multiply to the bottom line" in c for c in race["caveats"])


def test_whom_a_stage_left_undecided_and_the_decision_rejected_is_pointed_out():
    """A person who waits or withdrew is not a rejection."""
    early = {**{k: n for k, n in HALF_WAY.items() if k[1] != WAITS}, ("a", NO, YES, None): 4, ("b", NO, YES, WAITS): 7}
    (race,) = funnel(tally(["screen", "interview"], early), reference="b")["attributes"]
    assert any(
        c.startswith("11 people who were not decided upon at a stage count as not selected") for c in race["caveats"]
    )


def test_a_group_missing_from_a_stage_is_reported_with_its_reason():
    """Trap: nobody of c comes past the screen, d has nobody who was decided upon, and e is declared and absent."""
    cells = {**HALF_WAY, ("c", NO, NO, None): 9, ("d", YES, YES, None): 3}
    counted = tally(["screen", "interview"], cells)
    axes = [Axis("race", "protected", ("e",)), *counted.axes[1:]]
    (race,) = funnel(Tally.of(axes, counted.cells), reference="b")["attributes"]
    screen, interview = race["steps"]
    assert {m["group"][0]: m["because"] for m in screen["missing"]} == {"e": "the data have nobody of this group"}
    assert {m["group"][0]: m["because"] for m in interview["missing"]} == {
        "c": "nobody of the group came past 'screen'",
        "d": "all 3 who came so far are undecided here",
        "e": "nobody of the group entered 'screen'",
    }
    for group in ("c", "d"):
        assert of(interview, group)["ratio"]["status"] == "undefined_empty_group"
        assert of(interview, group)["ratio"]["value"] is None
    # Nobody of c passed the screen, so nobody of c can pass all stages: that rate is known, and it is 0.
    assert of(interview, "c")["cumulative_rate"]["value"] == 0.0
    assert of(interview, "d")["cumulative_rate"]["status"] == "undefined_empty_group"


def test_a_group_of_whom_nobody_passes_has_a_ratio_of_nought_and_no_part_of_the_logarithm():
    cells = {("a", NO, NO): 9, ("b", YES, YES): 5, ("b", NO, NO): 5}
    (race,) = funnel(tally(["exam"], cells), reference="b")["attributes"]
    a = of(race["steps"][0], "a")
    assert a["ratio"]["value"] == 0.0
    assert a["log_ratio"]["status"] == "undefined_no_selections"
    assert a["log_ratio"]["value"] is None


def test_groups_left_out_of_the_audits_tables_are_left_out_of_every_stage():
    """c is 3 of 93 and under 5 %; d of min-n has too few. Both are listed with their rates, and compared with nothing."""
    cells = {**HALF_WAY, ("c", YES, YES, YES): 3}
    (race,) = funnel(tally(["screen", "interview"], cells), exclude_under=0.05)["attributes"]
    assert race["reference"]["used"] != ["c"]  # its rate is the highest
    for step in race["steps"]:
        assert ["c"] not in step["highest"]
        assert of(step, "c")["ratio"]["status"] == "excluded"
        assert of(step, "c")["rate"]["value"] == 1.0
        assert of(step, "c")["four_fifths"] == "not_evaluable"
        assert of(step, "c")["test"] is None
    (race,) = funnel(tally(["screen", "interview"], cells), min_n=18, reference="b")["attributes"]
    screen, interview = race["steps"]
    assert of(screen, "a")["ratio"]["status"] == "ok"
    assert of(interview, "a")["ratio"]["status"] == "below_min_n"  # 16 entered
    assert of(interview, "a")["cumulative_ratio"]["status"] == "below_min_n"
    assert of(screen, "c")["ratio"]["status"] == "below_min_n"


def test_people_of_unknown_group_are_in_no_groups_rate_and_counted_where_they_wait():
    cells = {**HALF_WAY, (None, WAITS, YES, WAITS): 6, (None, NO, NO, None): 5}
    (race,) = funnel(tally(["screen", "interview"], cells), reference="b")["attributes"]
    assert {"group": None, "reason": "pending", "n": 6} in race["steps"][1]["set_aside"]
    assert {tuple(g["group"]) for g in race["steps"][0]["groups"]} == {("a",), ("b",)}


# -- tests ---------------------------------------------------------------------------------------------------------


def test_components_are_adjusted_over_all_groups_and_stages_together():
    """Two pairs, one group at two stages: Holm doubles the smaller p. A reference chosen by the outcome adds pairs."""
    (race,) = funnel(tally(["exam"], TEAL), reference="white")["attributes"]
    assert race["family"]["m"] == 2
    test = of(race["steps"][0], "black")["test"]
    assert test["p"] == pytest.approx(float(pooled_z(26, 48, 206, 259)[1]))
    assert test["p_adjusted"] == pytest.approx(2 * test["p"])
    three = {**TEAL, ("asian", YES, YES): 9, ("asian", NO, YES): 10, ("asian", NO, NO): 11}
    assert funnel(tally(["exam"], three), reference="white")["attributes"][0]["family"]["m"] == 4
    assert funnel(tally(["exam"], three))["attributes"][0]["family"]["m"] == 6  # all three pairs at each of two stages


def test_small_stages_are_tested_exactly():
    cells = {("a", YES, YES): 2, ("a", NO, NO): 4, ("b", YES, YES): 6, ("b", NO, NO): 3}
    (race,) = funnel(tally(["exam"], cells), reference="b")["attributes"]
    assert of(race["steps"][0], "a")["test"]["method"] == "mid_p"
    assert of(race["steps"][0], "a")["test"]["statistic"] is None


# -- order ---------------------------------------------------------------------------------------------------------


def test_who_passed_a_later_stage_without_an_earlier_one_is_counted_by_pattern():
    cells = {**HALF_WAY, ("a", YES, None, YES): 3, ("b", YES, NO, NO): 2}
    counted = tally(["screen", "interview"], cells)
    found = check_monotone(counted)
    assert [(f.passed, f.not_passed, f.n) for f in found] == [
        (("interview", "hired"), ("screen",), 3),
        (("hired",), ("screen", "interview"), 2),
    ]
    told = funnel(counted, reference="b")
    assert told["out_of_order"]["n"] == 5
    assert told["out_of_order"]["patterns"][0] == {
        "through": ["interview", "hired"], "not_through": ["screen"], "n": 3,
    }  # fmt: skip
    assert any(c.startswith("5 people came through a stage without") for c in told["attributes"][0]["caveats"])
    # They are in no rate of the stages that follow the one they skipped.
    assert of(told["attributes"][0]["steps"][1], "a")["entered"] == 16


def test_stages_in_the_wrong_order_are_refused():
    """90 passed the screen, 9 of them the interview: with the interview named first, 81 passed the screen alone."""
    cells = {("a", NO, NO, None): 10, ("a", NO, YES, NO): 81, ("a", YES, YES, YES): 9}
    check_monotone(tally(["screen", "interview"], cells))
    wrong = {(g, d, second, first): n for (g, d, first, second), n in cells.items()}
    with pytest.raises(
        FairwitnessError, match=r"81 people came through 'screen' without having come through 'interview'.*in the ord"
    ):
        check_monotone(tally(["interview", "screen"], wrong))
    with pytest.raises(FairwitnessError, match="Name the stages in the order"):
        tuple(group_tables(tally(["interview", "screen"], wrong), AuditPlan()))  # so no audit is made of them


# -- tallies -------------------------------------------------------------------------------------------------------


def test_a_stages_tally_keeps_what_its_table_needs_and_counts_the_set_aside():
    axes = [
        Axis("race", "protected", ("z",)), Axis("hired", "decision"), Axis("good", "label"), Axis("points", "score"),
        Axis("job", "stratum"), Axis("exam", "stage"), Axis("talk", "stage"), Axis("person", "cluster"),
    ]  # fmt: skip
    cells = {("a", NO, "positive", 3.0, "x", YES, None, 1): 2, ("a", NO, None, 2.0, "x", NO, None, 2): 5}
    names, (first, second) = zip(*stage_tallies(Tally.of(axes, cells)), strict=True)
    assert names == ("exam", "talk")
    assert [(a.name, a.role) for a in first.axes] == [
        ("race", "protected"), ("job", "stratum"), ("person", "cluster"), ("exam", "decision"),
    ]  # fmt: skip
    assert first.axes[0].levels == ("a", "z")  # a declared group that nobody bears stays declared
    assert {key[-1]: c.n for key, c in first.cells.items()} == {YES: 2, NO: 5}
    assert {key[-1]: c.n for key, c in second.cells.items()} == {"set_aside:not reached": 2}


def test_the_same_from_a_saved_tally_and_whatever_the_order_of_cells(tmp_path):
    counted = tally(["screen", "interview"], HALF_WAY)
    counted.save(tmp_path / "t.json")
    again = Tally.load(tmp_path / "t.json")
    backwards = tally(["screen", "interview"], dict(reversed(HALF_WAY.items())))
    assert funnel(again, reference="b") == funnel(backwards, reference="b") == funnel(counted, reference="b")


def test_relabelling_and_scaling():
    """Groups under other names have the same figures; ten times the counts have the same rates and ratios."""
    counted = funnel(tally(["exam"], TEAL), reference="white")["attributes"][0]["steps"]
    names = {"black": "z", "white": "c"}
    renamed = {(names[k[0]], *k[1:]): n for k, n in TEAL.items()}
    other = funnel(tally(["exam"], renamed), reference="c")["attributes"][0]["steps"]
    tenfold = funnel(tally(["exam"], {k: 10 * n for k, n in TEAL.items()}), reference="white")["attributes"][0]["steps"]
    for step, same, larger in zip(counted, other, tenfold, strict=True):
        seen, moved = of(step, "black"), of(same, "z")
        assert {k: v for k, v in seen.items() if k != "group"} == {k: v for k, v in moved.items() if k != "group"}
        assert of(larger, "black")["ratio"]["value"] == pytest.approx(seen["ratio"]["value"])
        assert of(larger, "black")["ratio"]["low"] > seen["ratio"]["low"]


def test_no_stages_no_funnel_and_weights_are_refused_with_the_reason():
    plan = AuditPlan()
    plain = Tally.of([Axis("race", "protected"), Axis("hired", "decision")], {("a", YES): 3, ("b", NO): 2})
    assert analyse(plain, (), plan) is None
    weighted = tally(["exam"], {("a", YES, YES): Count(3, 3_000_000, 3 * 10**12)}, weighted=True)
    made = analyse(weighted, (), plan).to_json()
    assert made["attributes"] == []
    assert "without weights" in made["because"]


def test_the_reference_is_neither_the_first_by_name_nor_the_largest_group():
    """Trap: of a, m and z the bottom-line rates are 1/4, 2/10 and 3/6; z has the highest, m the most people."""
    cells = {
        ("a", YES, YES): 1,
        ("a", NO, NO): 3,
        ("m", YES, YES): 2,
        ("m", NO, NO): 8,
        ("z", YES, YES): 3,
        ("z", NO, NO): 3,
    }
    (race,) = funnel(tally(["exam"], cells))["attributes"]
    assert race["reference"] == {"rule": "highest", "groups": [["z"]], "used": ["z"]}
    assert of(race["steps"][0], "m")["ratio"]["value"] == pytest.approx(0.2 / 0.5)
    (race,) = funnel(tally(["exam"], cells), reference="largest")["attributes"]
    assert of(race["steps"][0], "z")["ratio"]["value"] == pytest.approx(0.5 / 0.2)


def test_clusters_are_said_to_be_taken_for_independent():
    counted = tally(["exam"], TEAL)
    cells = {(*key, i): count for i, (key, count) in enumerate(counted.cells.items())}
    clustered = Tally.of([*counted.axes, Axis("person", "cluster")], cells)
    plan = AuditPlan(reference="white")
    made = analyse(clustered, tuple(group_tables(counted, plan)), plan).to_json()
    assert any("clusters" in c for c in made["attributes"][0]["caveats"])


def test_kept_repeats_are_said_to_make_intervals_too_short():
    (race,) = funnel(tally(["exam"], TEAL, repeats=7), reference="white")["attributes"]
    assert any("7 rows repeat a unit" in c for c in race["caveats"])
