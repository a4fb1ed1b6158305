"""What is said of a change: figures by hand, who is the reference, which verdict, and why there is none."""

from __future__ import annotations

import json
import math
import re

import pytest

import fairwitness as fw
from fairwitness.audit.comparing.release import compare_releases
from fairwitness.audit.tally import Axis, Tally


def only(comparison):
    (change,) = comparison.changes
    return change


def by_group(comparison):
    return {c.group[0]: c for c in comparison.changes}


def test_figures_by_hand(release):
    # Women 48/80 then, 24/80 now; men 60/80 in both: 0.6/0.75 = 0.8, 0.3/0.75 = 0.4; 0.4/0.8 = 0.5.
    # The difference: -15 points then, -45 now: -30.
    old, new = release(F=(48, 80), M=(60, 80)), release(F=(24, 80), M=(60, 80))
    ratio = only(compare_releases(old, new, margin="0.02"))
    assert (ratio.old.value, ratio.new.value, ratio.change) == (0.8, 0.4, 0.5)
    assert (ratio.old.selected, ratio.old.n, ratio.new.selected, ratio.new.n) == (48, 80, 24, 80)
    assert (ratio.old.reference_selected, ratio.new.reference_n) == (60, 80)
    assert ratio.reference == ("M",)
    assert (ratio.margin, ratio.threshold) == (0.02, 0.98)
    assert ratio.low < 0.5 < ratio.high
    assert (ratio.verdict, ratio.direction, ratio.difference, ratio.attention) == ("beyond", "worse", "shown", False)
    difference = only(compare_releases(old, new, margin="0.02", metric="rate_difference"))
    assert difference.change == pytest.approx(-0.30, abs=1e-15)
    assert difference.threshold == -0.02
    assert difference.verdict == "beyond"


def test_true_positive_rates_by_hand(with_outcomes):
    # Of positives: women 40/50 then, 20/50 now; men 40/50 in both: 0.8/0.8 = 1 then, 0.4/0.8 now: 0.5.
    # The false positives, 90 women now, raise the women's selection rate and must not matter.
    old, new = with_outcomes(F=(40, 10, 5), M=(40, 10, 5)), with_outcomes(F=(20, 30, 90), M=(40, 10, 5))
    change = only(
        compare_releases(old, new, metric="equal_opportunity_ratio", margin=0.05, reference="M", label_scope="all")
    )
    assert (change.rate, change.old.n, change.new.n, change.change) == ("true_positive_rate", 50, 50, 0.5)
    with pytest.raises(fw.FairwitnessError, match="label_scope = 'all' or 'selected'"):
        compare_releases(old, new, metric="equal_opportunity_ratio", margin=0.05)


def test_score_test_of_no_change_for_one_reference_without_change(people, loaded):
    # Nobody of the men changed, so all the evidence is the women's 5 gained and 20 lost: McNemar's
    # (5 - 20)/sqrt(5 + 20) = -3, to which the score test at no difference reduces.
    old, new = people(F=(40, 5, 20, 35), M=(60, 0, 0, 40))
    change = only(compare_releases(loaded(old), loaded(new), margin="0.02", metric="rate_difference"))
    assert change.paired
    assert change.change == pytest.approx(-0.15)
    assert change.p_no_change == pytest.approx(math.erfc(3 / math.sqrt(2)), rel=1e-6)


def test_the_reference_is_the_highest_rate_of_both_releases_together(release):
    # A 60 + 20 of 200, B 50 + 40 of 200, C 10 + 10: B with .45 is the reference though A had the best rate then.
    old = release(A=(60, 100), B=(50, 100), C=(10, 100))
    new = release(A=(20, 100), B=(40, 100), C=(10, 100))
    assert {c.reference for c in compare_releases(old, new, margin=0.02).changes} == {("B",)}
    named = compare_releases(old, new, margin=0.02, reference="C")
    assert {c.group for c in named.changes} == {("A",), ("B",)}
    assert "above the reference group's in both" in by_group(named)["B"].because


def test_a_rule_for_one_release_is_no_rule_for_two_and_that_is_said(release):
    old = release(A=(60, 100), B=(50, 100))
    assert "'largest' is a rule for one release" in compare_releases(old, old, margin=0, reference="largest").notes[-1]
    assert "no group 'Z'" in compare_releases(old, old, margin=0, reference="Z").notes[-1]


# Groups whose rates stay at one half in thousands settle the question; 30 of each do not.
@pytest.mark.parametrize(
    ("old", "new", "verdict", "direction", "attention"),
    [
        ((2500, 5000), (2500, 5000), "within", "same", False),
        ((15, 30), (15, 30), "inconclusive", "same", False),
        ((2500, 5000), (2000, 5000), "beyond", "worse", False),
        ((2000, 5000), (2500, 5000), "within", "better", False),  # a change for the better asks for no attention
        ((25000, 50000), (24000, 50000), "within", "worse", True),  # 4 % less, shown, within a margin of 10 %
    ],
)
def test_verdicts(release, old, new, verdict, direction, attention):
    same = (old[1] * 3 // 5, old[1])
    change = only(compare_releases(release(F=old, M=same), release(F=new, M=same), margin="0.1"))
    assert (change.verdict, change.direction, change.attention) == (verdict, direction, attention)


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [("point", "beyond"), ("clear", "inconclusive"), ("assured", "inconclusive"), ("screen_and_test", "inconclusive")],
)
def test_the_rule_decides(release, evidence, verdict):
    old, new = release(F=(15, 30), M=(20, 30)), release(F=(12, 30), M=(20, 30))
    change = only(compare_releases(old, new, margin="0.1", evidence=evidence))
    assert (change.verdict, change.rule) == (verdict, evidence)


def test_the_line_is_compared_exactly(release):
    # 0.49/0.50 = 0.98 exactly: on the line of a margin of 2 %, which is not below it.
    old, new = release(F=(50, 100), M=(50, 100)), release(F=(49, 100), M=(50, 100))
    assert only(compare_releases(old, new, margin="0.02", evidence="point", reference="M")).verdict == "within"
    assert only(compare_releases(old, new, margin="0.0199", evidence="point", reference="M")).verdict == "beyond"


def test_groups_that_cannot_be_compared_are_named_with_the_reason(release):
    old = release(A=(500, 1000), B=(500, 1000), only_old=(5, 10), tiny=(5, 10))
    new = release(A=(500, 1000), B=(500, 1000), only_new=(5, 10), tiny=(5, 10))
    found = by_group(compare_releases(old, new, margin="0.02", min_n=11))
    assert {g: (c.status, c.verdict) for g, c in found.items() if g not in "AB"} == {
        "only_new": ("below_min_n", "not_evaluable"),
        "only_old": ("not_in_new", "not_evaluable"),
        "tiny": ("below_min_n", "not_evaluable"),
    }
    assert by_group(compare_releases(old, new, margin="0.02"))["only_new"].status == "not_in_old"
    assert "this release does not have the group" in found["only_old"].headline
    assert "5 of 10 (50.0" in found["only_old"].headline
    assert found["tiny"].change is None
    assert found["tiny"].settle is None


def test_nobody_selected_is_no_ratio_and_still_a_difference(release):
    old, new = release(F=(0, 50), M=(30, 50)), release(F=(10, 50), M=(30, 50))
    ratio = only(compare_releases(old, new, margin="0.02"))
    assert (ratio.status, ratio.verdict, ratio.change, ratio.low) == (
        "undefined_no_selections",
        "not_evaluable",
        None,
        None,
    )
    assert "nobody was selected where the figure needs it" in ratio.headline
    assert only(compare_releases(old, new, margin="0.02", metric="rate_difference")).change == pytest.approx(0.2)
    gone = only(compare_releases(new, old, margin="0.02"))  # from 10 of 50 to none is 0 times, not undefined
    assert (gone.change, gone.low) == (0, 0)


def test_one_group_and_a_reference_that_is_missing(release):
    alone = release(F=(20, 50))
    assert only(compare_releases(alone, alone, margin=0)).status == "single_group"
    old, new = release(F=(20, 50), X=(20, 50)), release(F=(20, 50), X=(20, 50), M=(20, 50))
    found = compare_releases(old, new, margin=0, reference="M")
    assert {c.status for c in found.changes} == {"no_reference", "not_in_old"}
    assert {c.verdict for c in found.changes} == {"not_evaluable"}


def test_p_values_are_adjusted_over_the_groups_compared(release):
    # By Holm: the smallest of three times 3, the next times 2.
    old = release(A=(60, 100), B=(50, 100), C=(50, 100), D=(50, 100))
    new = release(A=(60, 100), B=(30, 100), C=(40, 100), D=(50, 100))
    found = by_group(compare_releases(old, new, margin=0.02))
    assert {c.m for c in found.values()} == {3}
    assert found["B"].p_adjusted == pytest.approx(3 * found["B"].p_no_change)
    assert found["C"].p_adjusted == pytest.approx(2 * found["C"].p_no_change)


def test_sentences_have_the_figures_and_the_counts_in_them(release):
    change = only(compare_releases(release(F=(48, 80), M=(60, 80)), release(F=(24, 80), M=(60, 80)), margin="0.02"))
    plain = change.headline.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert re.fullmatch(
        r"F: impact ratio 0\.80 in the last release, 0\.40 in this one \(0\.50 times; 95 % interval 0\.\d\d to 0\.\d\d\); "
        r"selected 48 of 80 \(60\.0 %\) then and 24 of 80 \(30\.0 %\) now, "
        r"M 60 of 80 \(75\.0 %\) then and 60 of 80 \(75\.0 %\) now\.",
        plain,
    )
    because = change.because.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert because.startswith("The change, 0.50 times, is below the line of 0.98 times (a margin of 2 %).")
    assert "A change for the worse is shown (score test, p" in because
    assert because.endswith("one-sided p = 0.999.")


def test_the_text_never_rounds_a_change_across_the_line(release):
    # 0.4899/0.5 = 0.9798 is below 0.98, and two decimals would print 0.98.
    old, new = release(F=(5000, 10000), M=(6000, 10000)), release(F=(4899, 10000), M=(6000, 10000))
    assert "(0.9798 times" in only(compare_releases(old, new, margin="0.02")).headline


def test_an_intersection_is_compared_where_named():
    axes = [Axis("sex", "protected"), Axis("race", "protected"), Axis("hired", "decision")]
    cells = {(s, r, d): 50 for s in "FM" for r in "AB" for d in ("selected", "not_selected")}
    both = Tally.of(axes, cells)
    assert [c.by for c in compare_releases(both, both, margin=0).changes] == [("sex",), ("race",)]
    found = compare_releases(both, both, margin=0, by=("race", "sex"))
    assert {c.by for c in found.changes} == {("sex", "race")}
    assert len(found.changes) == 3
    assert {c.by for c in compare_releases(both, both, margin=0, by="race").changes} == {("race",)}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"metric": "odds_ratio"}, "'odds_ratio' cannot be compared"),
        ({"metric": "impact_ration"}, "Did you mean 'impact_ratio'?"),
        ({"margin": 2}, "0.02 is 2 %"),
        ({"margin": "-0.01"}, "from 0 to below 1"),
        ({"margin": "some"}, "found 'some'"),
        ({"margin": float("nan")}, "found 'nan'"),
        ({"evidence": "sure"}, "no rule 'sure'"),
        ({"by": "race"}, "no protected attribute 'race'"),
        ({"by": ("sex", "sex")}, "Name each once"),
        ({"by": ()}, "does not name"),
        ({"level": 2}, "'level'"),
        ({"metric": "equal_opportunity_difference", "label_scope": "all"}, "No true outcomes"),
    ],
)
def test_questions_that_cannot_be_asked(release, asked, message):
    old = release(F=(20, 50), M=(20, 50))
    with pytest.raises(fw.FairwitnessError, match=re.escape(message)):
        compare_releases(old, old, **({"margin": "0.02"} | asked))


def test_without_a_last_release(release):
    with pytest.raises(fw.FairwitnessError, match="No last release"):
        compare_releases(None, release(F=(20, 50), M=(20, 50)), margin=0)


def test_weighted_tallies_are_refused():
    weighted = Tally.of([Axis("sex", "protected"), Axis("hired", "decision")], {("F", "selected"): 1}, weighted=True)
    with pytest.raises(fw.FairwitnessError, match="weighted"):
        compare_releases(weighted, weighted, margin=0)


def test_gates_count_as_an_audits_do(release):
    old = release(A=(5000, 10000), B=(5000, 10000), C=(5000, 10000), D=(5, 10), E=(50, 100))
    new = release(A=(6000, 10000), B=(4000, 10000), C=(5700, 10000), E=(48, 100))
    found = compare_releases(old, new, margin="0.1")
    assert {c.group[0]: (c.verdict, c.attention) for c in found.changes} == {
        "B": ("beyond", False),
        "C": ("within", True),
        "D": ("not_evaluable", False),
        "E": ("inconclusive", False),
    }
    # D is missing from the new release, and a group that is missing trips every gate.
    counted = {
        gate: "".join(c.group[0] for c in found.tripped(gate))
        for gate in ("never", "beyond", "attention", "inconclusive")
    }
    assert counted == {"never": "", "beyond": "BD", "attention": "BCD", "inconclusive": "BCDE"}
    found.require("never")
    with pytest.raises(fw.ThresholdExceeded, match=r"Gate 'beyond': 2 of 4 changes\.\n  beyond: B: impact ratio"):
        found.require("beyond")


def test_what_is_written_has_no_number_that_json_lacks(release):
    old, new = release(F=(1, 50), M=(30, 50), X=(0, 9)), release(F=(20, 50), M=(30, 50), Y=(0, 9))
    content = compare_releases(old, new, margin="1/50").to_dict()
    json.dumps(content, allow_nan=False)  # or it raises
    assert content["schema"] == "fairwitness/comparison/v1"
    assert (content["margin"], content["threshold"]) == ("1/50", "49/50")
