"""Tables within strata: figures by hand and as published, Simpson's reversal, and which comparison decides."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import fairwitness as fw
from fairwitness.audit.tally import Axis, Tally
from fairwitness.datasets import bundled
from fairwitness.metrics.cmh import cmh
from fairwitness.metrics.multiple_events import multiple_events

LINE = {"name": "line", "metric": "impact_ratio", "at_least": "4/5", "source": "a test"}


def tally_of(strata, *, by="group", repeats=0, aside=()):
    """Return a tally from {stratum: {label: (selected, n)}}."""
    cells = {}
    for stratum, groups in strata.items():
        for label, (x, n) in groups.items():
            cells[(label, stratum, "selected")], cells[(label, stratum, "not_selected")] = x, n - x
    for label, stratum, reason, n in aside:
        cells[(label, stratum, f"set_aside:{reason}")] = n
    axes = [Axis(by, "protected"), Axis("dept", "stratum"), Axis("decision", "decision")]
    return Tally.of(axes, {k: v for k, v in cells.items() if v}, repeats=repeats)


def within(result, i=0):
    return result.to_dict()["tables"][i]["stratified"]


def of(entries, *group):
    return next(e for e in entries if e["group"] == list(group))


# rates 20 % and 20 %, then 80 % and 80 %: alike in both departments, and 26 % against 74 % in all
ALIKE = {"hard": {"a": (36, 180), "b": (4, 20)}, "easy": {"a": (16, 20), "b": (144, 180)}}
# 30 % against 60 % in both
APART = {"one": {"a": (30, 100), "b": (60, 100)}, "two": {"a": (45, 150), "b": (90, 150)}}


@pytest.fixture(scope="module")
def berkeley():
    return fw.run_audit(
        fw.load(
            bundled.path("ucb_admissions"),
            protected="Gender",
            decision="Admit",
            favorable="Admitted",
            count="Freq",
            stratum="Dept",
        )
    )


def test_berkeley_as_published(berkeley):
    """Bickel, Hammel & O'Connell, Science 187 (1975); R's ?mantelhaen.test prints .9047 for men to women."""
    table = within(berkeley)
    assert (table["column"], table["strata"], table["uninformative"], table["not_stated"]) == ("Dept", 6, 0, 0)
    figures = {name: of(table[name], "Female") for name in table if name.startswith("mantel_haenszel")}
    assert figures["mantel_haenszel_risk_ratio"]["value"] == pytest.approx(1.058307423589208, abs=1e-9)
    assert figures["mantel_haenszel_odds_ratio"]["value"] == pytest.approx(1 / 0.9046968, rel=1e-6)
    assert figures["mantel_haenszel_risk_difference"]["value"] == pytest.approx(0.018425196190852512, abs=1e-9)
    test, homogeneous = of(table["cmh"], "Female"), of(table["breslow_day"], "Female")
    assert (test["statistic"], test["p"]) == (pytest.approx(1.5246, abs=1e-4), pytest.approx(0.2169, abs=1e-4))
    assert (test["statistic_corrected"], test["p_corrected"]) == (
        pytest.approx(1.4269, abs=1e-4),
        pytest.approx(0.2323, abs=1e-4),
    )
    assert (homogeneous["statistic"], homogeneous["p"]) == (
        pytest.approx(18.83, abs=5e-3),
        pytest.approx(0.0021, abs=1e-4),
    )
    assert homogeneous["tarone_p"] == pytest.approx(0.0020714, abs=1e-6)
    assert of(table["multiple_events"], "Female")["p"] == pytest.approx(0.2277625, abs=1e-6)


def test_berkeley_is_a_reversal_told_in_one_plain_paragraph(berkeley):
    told = of(within(berkeley)["simpson"], "Female")
    assert told["flag"] is True
    assert "\n" not in told["because"]
    for said in ("557 of 1,835", "1,198 of 2,691", "0.68", "1.06", "opposite directions", "−14.2 points"):
        assert said in told["because"]
    parts = of(within(berkeley)["decomposition"], "Female")
    assert parts["within"] + parts["composition"] == pytest.approx(557 / 1835 - 1198 / 2691)
    assert parts["standardised_focal"] == pytest.approx(0.42995538, abs=1e-8)


def test_berkeley_is_inconclusive_whichever_decides(berkeley):
    """All decisions are beyond four fifths, the departments are not: neither settles the other, and both are printed."""
    pooled = berkeley.findings[0]
    stratified = fw.run_audit(berkeley.tally, decides="stratified").findings[0]
    assert pooled.decides == "pooled"
    assert stratified.decides == "stratified"
    for finding in (pooled, stratified):
        assert (finding.verdict, finding.attention) == ("inconclusive", True)
        assert "0.68" in finding.because
        assert "1.06" in finding.because
        assert "differ" in finding.because
    assert pooled.estimate == pytest.approx(0.6818298)
    assert pooled.beside["estimate"] == pytest.approx(1.0583074)
    assert (stratified.estimate, stratified.low, stratified.high) == (
        pytest.approx(1.0583074),
        pytest.approx(0.97043915),
        pytest.approx(1.15413171),
    )
    assert (stratified.test, stratified.p) == ("cmh", pytest.approx(0.21692, abs=1e-5))
    assert stratified.beside["estimate"] == pytest.approx(0.6818298)
    assert stratified.beside["verdict"] == "beyond"


def test_the_same_from_the_saved_tally(berkeley, tmp_path):
    berkeley.tally.save(tmp_path / "tally.json")
    assert within(fw.run_audit(Tally.load(tmp_path / "tally.json"))) == within(berkeley)


def test_rabbits():
    """R's ?mantelhaen.test: exact p .03994.  Two doses tell nothing: nobody cured, and everybody."""
    cured = {
        "1/8": ((0, 6), (0, 5)),
        "1/4": ((3, 6), (0, 6)),
        "1/2": ((6, 6), (2, 6)),
        "1": ((5, 6), (6, 6)),
        "4": ((2, 2), (5, 5)),
    }
    tally = tally_of({dose: {"none": a, "1.5h": b} for dose, (a, b) in cured.items()}, by="delay")
    result = fw.run_audit(tally, reference="none", policy=[LINE])
    table = within(result)
    assert of(table["multiple_events"], "1.5h")["p"] == pytest.approx(0.0399449, abs=1e-6)
    assert of(table["mantel_haenszel_odds_ratio"], "1.5h")["value"] == pytest.approx(1 / 7)
    assert (table["strata"], table["uninformative"]) == (5, 2)
    listed = of(table["uninformative_strata"], "1.5h")
    assert (listed["nobody_selected"], listed["everybody_selected"], listed["one_group"]) == (["1/8"], ["4"], [])
    # 6 may move between what is expected and the ends: too few for χ², so mid-P of the exact test decides
    assert of(table["tests"], "1.5h")["default"] == "multiple_events_mid_p"
    assert of(table["tests"], "1.5h")["p"] == of(table["multiple_events"], "1.5h")["mid_p"]


def test_alike_within_and_apart_in_all():
    result = fw.run_audit(tally_of(ALIKE))
    table = within(result)
    assert of(table["mantel_haenszel_risk_ratio"], "a")["value"] == pytest.approx(1)
    assert of(table["simpson"], "a")["flag"] is True  # a difference is shown in all, and not within
    assert of(table["decomposition"], "a")["within"] == pytest.approx(0, abs=1e-12)
    finding = result.findings[0]
    assert (finding.verdict, finding.attention) == ("inconclusive", True)


def test_alike_within_and_apart_in_all_is_no_pooled_two_by_two():
    """Where strata decide, requisitions are never put together: the ratio is 1, not 52/148."""
    finding = fw.run_audit(tally_of(ALIKE), decides="stratified").findings[0]
    assert finding.estimate == pytest.approx(1)
    assert finding.beside["estimate"] == pytest.approx(52 / 148)


@pytest.mark.parametrize("decides", ["pooled", "stratified"])
def test_two_answers_that_agree_are_the_answer(decides):
    finding = fw.run_audit(tally_of(APART), decides=decides).findings[0]
    assert (finding.estimate, finding.verdict, finding.attention) == (pytest.approx(0.5), "beyond", False)
    assert finding.beside["verdict"] == "beyond"
    assert "differ" not in finding.because.replace("difference", "")


def test_without_a_line_two_answers_that_differ_are_marked():
    finding = fw.run_audit(tally_of(ALIKE), jurisdiction="eu", decides="stratified").findings[0]
    assert (finding.metric, finding.verdict, finding.attention) == ("rate_difference", None, True)
    assert finding.estimate == pytest.approx(0, abs=1e-12)
    assert finding.method == "klingenberg"


def test_strata_that_tell_nothing_settle_nothing():
    """One group in each department: within them nobody is compared."""
    apart = {"one": {"a": (30, 100)}, "two": {"b": (60, 100)}}
    table = within(fw.run_audit(tally_of(apart)))
    assert (table["strata"], table["uninformative"]) == (2, 2)
    assert of(table["uninformative_strata"], "a")["one_group"] == ["one", "two"]
    ratio = of(table["mantel_haenszel_risk_ratio"], "a")
    assert (ratio["value"], ratio["status"]) == (None, "undefined_empty_group")
    assert of(table["simpson"], "a")["flag"] is None
    assert of(table["tests"], "a")["default"] is None
    assert of(table["multiple_events"], "a")["because"]
    pooled, stratified = (fw.run_audit(tally_of(apart), decides=d).findings[0] for d in ("pooled", "stratified"))
    assert pooled.verdict == "beyond"
    assert (stratified.verdict, stratified.estimate, stratified.attention) == ("not_evaluable", None, True)
    assert "could not be evaluated, because people of both are in no stratum together" in stratified.headline


def test_not_stated_strata_and_what_was_set_aside_are_in_no_figure():
    tally = tally_of(APART | {None: {"a": (5, 7), "b": (0, 2)}}, aside=[("a", "one", "withdrawn", 40)])
    table = within(fw.run_audit(tally))
    assert (table["not_stated"], table["strata"]) == (9, 2)
    ratio = of(table["mantel_haenszel_risk_ratio"], "a")
    assert (ratio["value"], ratio["n"]) == (pytest.approx(0.5), 500)


def test_groups_left_out_of_comparisons_are_left_out_within():
    strata = {name: groups | {"few": (3, 4)} for name, groups in APART.items()}
    table = within(fw.run_audit(tally_of(strata), min_n=20))
    assert [e["group"] for e in table["cmh"]] == [["a"]]


def test_all_pairs_are_the_family_where_decisions_chose_the_reference():
    strata = {d: g | {"c": (50, 100)} for d, g in APART.items()}
    chosen, named = (within(fw.run_audit(tally_of(strata), reference=r)) for r in ("highest", "b"))
    assert (of(chosen["tests"], "a")["m"], of(named["tests"], "a")["m"]) == (3, 2)
    alone = {
        pair: cmh(*[[strata[d][g][k] for d in strata] for g in pair for k in (0, 1)]).p for pair in ("ab", "cb", "ac")
    }
    # Holm over three: c against b is the largest of them, so its own p stands
    assert of(chosen["tests"], "c")["p"] == pytest.approx(alone["cb"])
    assert of(chosen["tests"], "c")["p_adjusted"] == pytest.approx(max(alone["cb"], 2 * alone["ac"], 3 * alone["ab"]))


@pytest.mark.parametrize("rule", ["rest", "overall"])
def test_against_everybody_a_group_is_held_against_the_rest_of_its_stratum(rule):
    strata = {d: g | {"c": (50, 100)} for d, g in APART.items()}
    table = within(fw.run_audit(tally_of(strata), reference=rule))
    assert table["compared_with"] == "rest"
    # a: 30·200/300 + 45·250/400 against 110·100/300 + 140·150/400
    assert of(table["mantel_haenszel_risk_ratio"], "a")["value"] == pytest.approx((20 + 28.125) / (110 / 3 + 52.5))


def test_of_tied_references_the_largest_is_the_one():
    strata = {
        "one": {"a": (10, 40), "b": (20, 40), "c": (50, 100)},
        "two": {"a": (10, 40), "b": (20, 40), "c": (50, 100)},
    }
    result = fw.run_audit(tally_of(strata))
    assert result.tables[0].reference.groups == (("c",),)
    assert of(within(result)["by_stratum"], "a")["counts"][0]["reference_n"] == 100
    assert of(within(result)["by_stratum"], "b")["counts"][0]["reference_n"] == 100


@pytest.mark.parametrize("decides", ["pooled", "stratified"])
def test_equal_rates_in_all_hide_no_difference_within(decides):
    """370 of 500 each: both are the highest.  Within, a has 360/400 against 100/100, and 10/100 against 270/400.

    b to a: (100·400/500 + 270·100/500) / (360·100/500 + 10·400/500) = 134/80.
    """
    strata = {"one": {"a": (360, 400), "b": (100, 100)}, "two": {"a": (10, 100), "b": (270, 400)}}
    result = fw.run_audit(tally_of(strata), decides=decides)
    assert of(within(result)["mantel_haenszel_risk_ratio"], "b")["value"] == pytest.approx(134 / 80)
    assert [(f.group, f.verdict, f.attention) for f in result.findings] == [(("b",), "inconclusive", True)]
    assert result.to_dict()["requisitions"][0]["m"] == 2


def test_nobody_of_a_group_selected_has_an_interval_all_the_same():
    table = within(fw.run_audit(tally_of({"one": {"a": (0, 10), "b": (5, 10)}, "two": {"a": (0, 12), "b": (4, 10)}})))
    ratio, odds, gap = (
        of(table[f"mantel_haenszel_{name}"], "a") for name in ("risk_ratio", "odds_ratio", "risk_difference")
    )
    assert (ratio["value"], ratio["low"], ratio["method"]) == (0, 0, "risk_ratio_score")
    assert 0 < ratio["high"] < 1
    assert (odds["value"], odds["method"]) == (0, "conditional_exact")
    assert gap["high"] < 0


def test_nothing_of_a_saved_record_is_no_number(berkeley):
    record = json.dumps([within(berkeley), [f.to_json() for f in berkeley.findings]], allow_nan=False)
    assert "NaN" not in record


# -- decisions that are not independent ----------------------------------------------------------------------------


def applications():
    """Forty people, each on five requisitions and liked on all or on none."""
    people = [("a", i < 6) for i in range(20)] + [("b", i < 12) for i in range(20)]
    return pd.DataFrame(
        {"group": g, "person": f"p{i}", "dept": f"r{r}", "hired": int(liked)}
        for i, (g, liked) in enumerate(people)
        for r in range(5)
    )


def test_the_same_applicant_in_several_requisitions_counts_once():
    """As independent rows the difference is beyond doubt; by person it is not shown, and no exact test is made."""
    roles = {"protected": "group", "decision": "hired", "stratum": "dept"}
    apart, together = (
        within(fw.run_audit(fw.load(applications(), **roles, **more))) for more in ({}, {"cluster": "person"})
    )
    assert of(apart["tests"], "a")["p"] < 0.001
    told = of(together["tests"], "a")
    assert told["default"] == "clustered_cmh"
    assert told["p"] > 0.05
    assert told["clustered_cmh"]["design_effect"] == pytest.approx(5, rel=0.05)
    assert of(together["multiple_events"], "a")["p"] is None
    assert of(together["multiple_events"], "a")["because"]
    widths = [
        of(t["mantel_haenszel_risk_difference"], "a")["high"] - of(t["mantel_haenszel_risk_difference"], "a")["low"]
        for t in (apart, together)
    ]
    assert widths[1] > 1.8 * widths[0]


def test_of_rows_that_repeat_a_unit_nothing_is_exact():
    small = {"one": {"a": (1, 4), "b": (3, 4)}, "two": {"a": (1, 5), "b": (3, 4)}}
    assert of(within(fw.run_audit(tally_of(small)))["tests"], "a")["default"] == "multiple_events_mid_p"
    repeated = within(fw.run_audit(tally_of(small, repeats=3)))
    assert of(repeated["multiple_events"], "a")["p"] is None
    assert of(repeated["tests"], "a")["default"] == "cmh"


# -- what was asked ---------------------------------------------------------------------------------------------------


def test_strata_cannot_decide_where_there_are_none():
    tally = Tally.of([Axis("g", "protected"), Axis("d", "decision")], {("a", "selected"): 3, ("b", "not_selected"): 3})
    with pytest.raises(fw.FairwitnessError, match="--stratum"):
        fw.run_audit(tally, decides="stratified")


def test_of_weighted_decisions_there_are_no_figures_within_strata_and_that_is_said():
    frame = pd.DataFrame({"g": list("ab") * 40, "dept": list("xxyy") * 20, "hired": [0, 1, 1, 1] * 20, "w": 1.5})
    decisions = fw.load(frame, protected="g", decision="hired", stratum="dept", weight="w")
    record = fw.run_audit(decisions).to_dict()
    assert "stratified" not in record["tables"][0]
    assert any("weighted" in warning and "strata" in warning for warning in record["warnings"])
    with pytest.raises(fw.FairwitnessError, match="without weights"):
        fw.run_audit(decisions, decides="stratified")


def test_a_measure_without_a_form_within_strata_says_so():
    line = {"name": "h", "metric": "cohens_h", "at_most": 0.5, "source": "a test"}
    whole = {"name": "d", "metric": "demographic_parity_difference", "at_most": 0.5, "source": "a test"}
    findings = fw.run_audit(tally_of(APART), policy=[line, whole], decides="stratified").findings
    for finding in findings[1:]:
        assert finding.beside is None
        assert "no form within strata" in finding.because


def test_a_stratum_of_a_public_view_is_left_out():
    from fairwitness.audit.public_view import public_view

    shown = public_view(fw.run_audit(tally_of(APART), decides="stratified"))
    assert shown is not None
    assert "stratified" not in shown.to_dict()["tables"][0]


def test_the_exact_test_is_made_of_the_strata_of_the_pair():
    strata = {d: g | {"c": (50, 100)} for d, g in APART.items()}
    table = within(fw.run_audit(tally_of(strata), reference="b"))
    columns = [[strata[d][g][k] for d in strata] for g in "cb" for k in (0, 1)]
    assert of(table["multiple_events"], "c")["mid_p"] == pytest.approx(multiple_events(*columns).mid_p)


EVERYBODY = {"one": {"a": (5, 5), "b": (50, 50)}, "two": {"a": (0, 60)}, "three": {"b": (3, 3)}}


def test_strata_in_which_everybody_was_selected_are_no_evidence_of_anything():
    """5 of 65 against 53 of 53, and both groups are only in a stratum in which all were selected: no test, no flag."""
    table = within(fw.run_audit(tally_of(EVERYBODY)))
    told = of(table["simpson"], "a")
    assert told["flag"] is None
    assert "nothing can be told" in told["because"]
    gap = of(table["mantel_haenszel_risk_difference"], "a")
    assert (gap["value"], gap["low"], gap["high"]) == (0.0, None, None)


def test_what_a_joined_ratio_joins_is_said():
    """30 against 50 of 100 in one, none of 100 in two, all of 100 in three: (15 + 50)/(25 + 50) = 13/15, over all three.

    Only stratum one is informative, with the ratio .6: it is not what the figure is made of.
    """
    strata = {"one": {"a": (30, 100), "b": (50, 100)}, "two": dict.fromkeys("ab", (0, 100))}
    finding = fw.run_audit(
        tally_of(strata | {"three": dict.fromkeys("ab", (100, 100))}), decides="stratified"
    ).findings[0]
    assert finding.estimate == pytest.approx(13 / 15)
    assert "over 3 strata (1 informative)" in finding.headline
    assert "600 decisions in the 3 of 3 strata that both are in, 1 of them informative" in finding.rests_on


@pytest.mark.parametrize("decides", ["pooled", "stratified"])
def test_two_differences_in_opposite_directions_are_no_agreement(decides):
    """In all a is behind, 4250 against 4500 of 5000, a ratio of .944; in both strata it is ahead, .96 : .93, .8225 : .78.

    Both differences are shown, and neither figure is below 4/5: but they are not the same difference.
    """
    strata = {"one": {"a": (960, 1000), "b": (3720, 4000)}, "two": {"a": (3290, 4000), "b": (780, 1000)}}
    finding = fw.run_audit(tally_of(strata), decides=decides, reference="b").findings[0]
    both = (finding.difference, finding.beside["difference"]), (finding.screen, finding.beside["screen"])
    assert both == (("shown", "shown"), ("not_below", "not_below"))
    assert (finding.verdict, finding.attention) == ("inconclusive", True)
    assert "The two answers differ" in finding.because


def test_of_two_largest_groups_one_is_the_reference():
    """5 and 25 of 50: a ratio of .2, though both are the largest; not 1.00 for both and nothing compared."""
    result = fw.run_audit(tally_of({"one": {"a": (5, 50), "b": (25, 50)}}), reference="largest")
    assert [(f.group, f.estimate) for f in result.findings] == [(("a",), pytest.approx(0.2))]
    assert result.tables[0].reference.groups == (("b",),)


@pytest.mark.parametrize(("clusters", "told"), [(1, False), (4, False), (6, True)])
def test_few_clusters_within_strata_are_no_independent_decisions(clusters, told):
    """120 decisions of so many advertisements: with fewer than five there is neither a test nor an interval."""
    cells = {}
    for i in range(120):
        outcome = "selected" if i % 7 < (3 if i % 2 else 5) else "not_selected"
        key = ("ab"[i % 2], ("one", "two")[i // 2 % 2], outcome, 1 + i * clusters // 120)
        cells[key] = cells.get(key, 0) + 1
    axes = [Axis("group", "protected"), Axis("dept", "stratum"), Axis("d", "decision"), Axis("ad", "cluster")]
    result = fw.run_audit(Tally.of(axes, cells), decides="stratified")
    table = within(result)
    (test,) = table["tests"]
    assert (test["default"] == "clustered_cmh", test["p"] is not None) == (told, told)
    for name in ("mantel_haenszel_risk_ratio", "mantel_haenszel_odds_ratio", "mantel_haenszel_risk_difference"):
        assert (table[name][0]["low"] is not None, table[name][0]["value"] is not None) == (told, True)
    assert told or result.findings[0].verdict == "inconclusive"
    ratios = [s["impact_ratio"] for s in table["by_stratum"][0]["counts"]]
    assert all(r["value"] is not None and r["low"] is None for r in ratios)  # no stratum claims independence by itself
