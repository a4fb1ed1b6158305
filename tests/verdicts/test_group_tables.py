"""Tables from counts: who is compared with whom, who is left out, and every figure by hand."""

from __future__ import annotations

import pytest

import fairwitness as fw

RESUMES = {
    ("black", "f"): (125, 1886),
    ("black", "m"): (32, 549),
    ("white", "f"): (184, 1860),
    ("white", "m"): (51, 575),
}


def rows(result, by=("group",)):
    table = next(t for t in result.tables if t.by == by)
    return {r.group[0] if len(by) == 1 else r.group: r for r in table.rows}


def value(row, name):
    return row.estimates[name].value


def test_connecticut_v_teal(tally_of):
    # 457 US 440: Black 26 of 48, White 206 of 259 passed.
    # ratio (26/48)/(206/259) = .681027…; pooled share: 48·232/307 − 26 = 10.2736…; at White's rate: 48·206/259 − 26 = 12.1776…
    row = rows(fw.run_audit(tally_of({"black": (26, 48), "white": (206, 259)})))["black"]
    assert value(row, "impact_ratio") == pytest.approx(26 * 259 / (48 * 206), rel=1e-15)
    assert row.comparison.shortfall == pytest.approx(48 * 232 / 307 - 26)
    assert row.comparison.shortfall_vs_reference == pytest.approx(48 * 206 / 259 - 26)
    assert row.four_fifths == "below"
    assert row.comparison.selections_to_four_fifths == (5, 4)
    assert row.comparison.tests.others["pooled_z"]["statistic"] == pytest.approx(-3.7573854722682936)


def test_the_reference_is_the_highest_rate_and_all_tied_ones_are_listed(tally_of):
    result = fw.run_audit(tally_of({"a": (5, 10), "b": (50, 100), "c": (20, 100)}))
    table = result.tables[0]
    assert table.reference.groups == (("a",), ("b",))
    assert [f.group for f in result.findings] == [("c",)]
    comparison = rows(result)["c"].comparison
    assert (comparison.reference_selected, comparison.reference_n) == (50, 100)  # computed with the larger one


def test_a_group_under_the_share_is_listed_but_never_the_reference(tally_of):
    # rare: 19 of 1,019 known = 1.86 %, and the highest rate; 20 of 1,000 would be exactly 2 %
    result = fw.run_audit(tally_of({"a": (500, 800), "b": (100, 200), "rare": (19, 19)}), exclude_under=0.02)
    found = rows(result)
    assert (found["rare"].count.status, found["rare"].count.n, value(found["rare"], "selection_rate")) == (
        "excluded",
        19,
        1.0,
    )
    assert found["rare"].estimates["impact_ratio"].status == "excluded"
    assert value(found["b"], "impact_ratio") == pytest.approx(0.5 / 0.625)
    assert found["b"].four_fifths == "not_below"  # .5/.625 is exactly 4/5
    assert {f.group[0]: f.verdict for f in result.findings}["rare"] == "not_evaluable"


def test_exactly_the_share_is_kept(tally_of):
    result = fw.run_audit(tally_of({"a": (490, 980), "b": (10, 20)}), exclude_under="0.02")
    assert rows(result)["b"].count.status == "ok"


def test_below_min_n(tally_of):
    found = rows(fw.run_audit(tally_of({"a": (10, 40), "b": (20, 40), "c": (9, 9)}), min_n=10))
    assert found["c"].count.status == "below_min_n"
    assert value(found["a"], "impact_ratio") == 0.5


def test_reference_overall_counts_the_group_itself(tally_of):
    # F 10 of 40, M 30 of 60: overall 40 of 100.  Ratio .25/.4 = .625, difference −.15.
    found = rows(fw.run_audit(tally_of({"F": (10, 40), "M": (30, 60)}), reference="overall"))
    assert value(found["F"], "impact_ratio") == pytest.approx(0.625)
    assert value(found["F"], "rate_difference") == pytest.approx(-0.15)
    rest = rows(fw.run_audit(tally_of({"F": (10, 40), "M": (30, 60)}), reference="rest"))["F"].estimates["impact_ratio"]
    whole = found["F"].estimates["impact_ratio"]
    for against_rest, against_all in ((rest.low, whole.low), (rest.high, whole.high)):
        assert against_all == pytest.approx(against_rest / (0.4 * against_rest + 0.6))


def test_reference_rest_is_everybody_else(tally_of):
    found = rows(fw.run_audit(tally_of({"a": (10, 20), "b": (6, 20), "c": (2, 10)}), reference="rest"))
    assert value(found["a"], "impact_ratio") == pytest.approx((10 / 20) / (8 / 30))
    assert len({r.comparison.tests.m for r in found.values()} | {3}) == 1


def test_a_named_reference_with_the_lower_rate_is_said_so(tally_of):
    result = fw.run_audit(tally_of({"F": (30, 300), "M": (90, 300)}), reference="F")
    (finding,) = result.findings
    assert finding.group == ("M",)
    assert finding.estimate == pytest.approx(3.0)
    assert finding.difference == "shown"
    assert finding.attention
    assert "lower rate" in finding.because


def test_a_named_reference_that_is_left_out_is_refused(tally_of):
    with pytest.raises(fw.FairwitnessError, match="left out of comparisons"):
        fw.run_audit(tally_of({"a": (5, 9), "b": (50, 100), "c": (20, 100)}), reference="a", min_n=10)


def test_an_unknown_reference_is_refused_with_a_suggestion(tally_of):
    with pytest.raises(fw.FairwitnessError, match="Did you mean 'white'"):
        fw.run_audit(tally_of({"black": (5, 9), "white": (50, 100)}), reference="whyte")


def test_the_family_is_all_pairs_for_the_highest_and_the_named_ones_otherwise(tally_of):
    groups = {"a": (50, 100), "b": (40, 100), "c": (30, 100), "d": (45, 100)}
    highest = rows(fw.run_audit(tally_of(groups)))["c"].comparison.tests
    named = rows(fw.run_audit(tally_of(groups), reference="a"))["c"].comparison.tests
    assert (highest.m, named.m) == (6, 3)
    # a against c has the smallest p of either family, so Holm multiplies it by m
    assert highest.p_adjusted == pytest.approx(6 * highest.p)
    assert named.p_adjusted == pytest.approx(3 * named.p)


def test_contrasts_hold_the_other_attribute_fixed(tally_of):
    table = fw.run_audit(tally_of(RESUMES, by=("race", "gender"))).tables[-1]
    found = {
        (c.attribute, tuple(c.within.values())): c.comparison.estimates["impact_ratio"].value for c in table.contrasts
    }
    assert found["race", ("f",)] == pytest.approx((125 / 1886) / (184 / 1860))  # .670
    assert found["race", ("m",)] == pytest.approx((32 / 549) / (51 / 575))  # .657
    assert {c.comparison.tests.m for c in table.contrasts} == {4}
    assert table.kind == "exploratory"


def test_the_not_disclosed_are_counted_and_are_no_group(tally_of):
    table = fw.run_audit(tally_of({"a": (10, 20), "b": (5, 20)}, unknown=(3, 7))).tables[0]
    assert (table.counts.known, table.counts.unknown, table.counts.unknown_selected) == (40, 7, 3)
    assert [r.group for r in table.rows] == [("a",), ("b",)]


def test_what_is_set_aside_leaves_the_denominator(tally_of):
    tally = tally_of({"a": (10, 20), "b": (5, 20)}, set_aside={("b", "withdrawn"): 4})
    result = fw.run_audit(tally)
    assert rows(result)["b"].count.n == 20
    (entry,) = result.to_dict()["data"]["set_aside"]
    assert (entry["reason"], entry["n"], entry["by"]) == (
        "withdrawn",
        4,
        [{"attribute": "group", "group": "b", "n": 4}],
    )


def test_nobody_selected_cannot_be_evaluated(tally_of):
    result = fw.run_audit(tally_of({"a": (0, 10), "b": (0, 20)}))
    assert {r.four_fifths for r in result.tables[0].rows} == {"not_evaluable"}
    assert {r.estimates["impact_ratio"].status for r in result.tables[0].rows} == {"undefined_no_selections"}
    assert {f.verdict for f in result.findings} <= {"not_evaluable"}


def test_everybody_selected_is_a_ratio_of_one_without_a_z(tally_of):
    row = next(
        r for r in fw.run_audit(tally_of({"a": (10, 10), "b": (20, 20)}), reference="b").tables[0].rows if r.comparison
    )
    assert value(row, "impact_ratio") == 1.0
    assert row.comparison.tests.others["pooled_z"]["statistic"] is None
    assert row.comparison.tests.others["fisher_exact"]["p"] == 1.0


def test_one_group_is_compared_with_nothing(tally_of):
    result = fw.run_audit(tally_of({"a": (5, 10)}))
    assert rows(result)["a"].estimates["impact_ratio"].status == "single_group"
    assert rows(result)["a"].four_fifths == "not_evaluable"


def test_a_declared_category_that_nobody_bears_is_reported(tally_of):
    found = rows(fw.run_audit(tally_of({"a": (5, 10), "b": (4, 10)}, declared=("a", "b", "c"))))
    assert found["c"].count.status == "undefined_empty_group"


def test_exactly_four_fifths_is_not_below(tally_of):
    for low, high in (((48, 80), (60, 80)), ((4, 7), (25, 35))):
        assert rows(fw.run_audit(tally_of({"f": low, "r": high})))["f"].four_fifths == "not_below"


def test_repeated_units_have_no_bootstrap_interval(tally_of):
    tally = tally_of({"a": (10, 20), "b": (5, 20)}, repeats=3)
    result = fw.run_audit(tally)
    estimate = result.tables[0].disparities["demographic_parity_difference"].estimate
    assert (estimate.value, estimate.low, estimate.high, estimate.method) == (0.25, None, None, None)
    assert any("repeat a unit" in w for w in result.warnings)


def test_a_bootstrap_at_zero_does_not_claim_certainty(tally_of):
    estimate = (
        fw.run_audit(tally_of({"a": (0, 10), "b": (6, 20)})).tables[0].disparities["demographic_parity_ratio"].estimate
    )
    assert (estimate.value, estimate.low) == (0.0, 0.0)
    assert estimate.high == pytest.approx(1.021249420560291, rel=1e-5)  # Koopman for 0/10 against 6/20


def test_error_rates_and_whole_table_disparities(tally_of):
    # outcomes as (tp, fp, fn, tn): a 2,1,0,1 of 4; b 3,0,2,1 → TPR 3/5; c 2,2,2,2: see the arithmetic in each line
    outcomes = {"a": (2, 1, 0, 1), "b": (3, 0, 2, 1), "c": (2, 2, 2, 2)}
    result = fw.run_audit(tally_of({}, outcomes=outcomes), label_scope="all")
    found = rows(result)
    assert [value(found[g], "true_positive_rate") for g in "abc"] == pytest.approx([2 / 2, 3 / 5, 2 / 4])
    assert [value(found[g], "false_positive_rate") for g in "abc"] == pytest.approx([1 / 2, 0 / 1, 2 / 4])
    assert [value(found[g], "positive_predictive_value") for g in "abc"] == pytest.approx([2 / 3, 3 / 3, 2 / 4])
    d = result.tables[0].disparities
    assert d["equal_opportunity_difference"].estimate.value == pytest.approx(1 - 0.5)
    assert d["equalized_odds_difference"].estimate.value == pytest.approx(0.5)  # both gaps are one half
    assert d["equalized_odds_ratio"].estimate.value == 0.0  # false positive rates 0 and 1/2
    assert d["predictive_parity_difference"].estimate.value == pytest.approx(0.5)
    # the highest selection rate is a's, 3 of 4.  b: (.6 − 1 + 0 − .5)/2 = −.45; c: (.5 − 1 + .5 − .5)/2 = −.25
    assert d["average_odds_difference"].estimate.value == pytest.approx(-0.45)


def test_a_group_without_positives_is_left_out_and_named(tally_of):
    outcomes = {"a": (2, 1, 1, 1), "b": (3, 1, 2, 1), "none": (0, 2, 0, 2)}
    result = fw.run_audit(tally_of({}, outcomes=outcomes), label_scope="all")
    assert rows(result)["none"].estimates["true_positive_rate"].status == "undefined_no_positives"
    found = result.tables[0].disparities["equal_opportunity_difference"]
    assert found.left_out == (("none",),)
    assert found.estimate.value == pytest.approx(2 / 3 - 3 / 5)


def test_an_intersection_of_three(tally_of):
    groups = {("x", "m", "o"): (5, 10), ("x", "f", "o"): (4, 10), ("y", "m", "o"): (3, 10)}
    result = fw.run_audit(tally_of(groups, by=("a", "b", "c")), intersect=[["a", "b", "c"]])
    assert [t.by for t in result.tables] == [("a",), ("b",), ("c",), ("a", "b", "c")]


@pytest.mark.parametrize(("wanted", "words"), [([["a", "z"]], "no protected attribute 'z'"), ([["a"]], "two or more")])
def test_intersections_that_cannot_be(tally_of, wanted, words):
    with pytest.raises(fw.FairwitnessError, match=words):
        fw.run_audit(tally_of({("x", "m"): (5, 10), ("y", "m"): (3, 10)}, by=("a", "b")), intersect=wanted)


def test_nothing_counted_is_refused(tally_of):
    with pytest.raises(fw.FairwitnessError, match="Nothing to audit"):
        fw.run_audit(tally_of({}, unknown=(3, 7)))


def test_gates(tally_of):
    beyond = fw.run_audit(tally_of({"black": (157, 2435), "white": (235, 2435)}))
    open_ = fw.run_audit(tally_of({"f": (309, 3746), "m": (83, 1124)}))
    assert [len(beyond.tripped(g)) for g in ("never", "beyond", "attention", "inconclusive")] == [0, 1, 1, 1]
    assert [len(open_.tripped(g)) for g in ("never", "beyond", "attention", "inconclusive")] == [0, 0, 0, 1]
    with pytest.raises(fw.ThresholdExceeded, match="black"):
        beyond.require("beyond")
    open_.require("attention")


def test_policies_of_ones_own(tally_of):
    outcomes = {"a": (40, 10, 10, 40), "b": (20, 10, 30, 40)}
    line = {
        "name": "TPR gap",
        "metric": "equal_opportunity_difference",
        "at_most": 0.05,
        "source": "model card, section 4",
    }
    result = fw.run_audit(tally_of({}, outcomes=outcomes), label_scope="all", policy=[line])
    finding = next(f for f in result.findings if f.policy == "TPR gap")
    assert (finding.group, finding.verdict) == ((), "beyond")  # 40/50 against 20/50, z = 4.08
    assert finding.estimate == pytest.approx(0.4)
    with pytest.raises(fw.FairwitnessError, match="label_scope"):
        fw.run_audit(tally_of({}, outcomes=outcomes), policy=[line])


def test_jurisdictions_without_a_line_draw_none(tally_of):
    for name, metric in (("eu", "rate_difference"), ("cn", "rate_difference"), ("us-nyc", "impact_ratio")):
        (finding,) = fw.run_audit(tally_of({"black": (157, 2435), "white": (235, 2435)}), jurisdiction=name).findings
        assert (finding.metric, finding.threshold, finding.verdict, finding.difference) == (metric, None, None, "shown")
        assert finding.attention


def test_bins_stand_in_the_order_of_their_edges(tally_of):
    result = fw.run_audit(tally_of({"40+": (3, 10), "<25": (5, 10), "25–39": (4, 10), "100": (5, 10)}))
    assert [r.group[0] for r in result.tables[0].rows] == ["<25", "25–39", "40+", "100"]
