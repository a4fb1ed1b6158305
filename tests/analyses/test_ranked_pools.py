"""Ranked pools: who stands at the top by score, pool by pool; ties as expectations; chance by dealing within pools."""

from __future__ import annotations

import json
from itertools import combinations
from math import log, log2

import numpy as np
import pytest
from scipy.stats import hypergeom

from fairwitness.audit.analyses.ranked_pools import analyse
from fairwitness.audit.judging.group_table import group_tables
from fairwitness.audit.plan import AuditPlan
from fairwitness.audit.tally import Axis, Count, Tally
from fairwitness.metrics.multiple_events import multiple_events

YES, NO = "selected", "not_selected"


def tally(pools, *, order="high", stratum="job", decided=True, **fields):
    """Pools as texts, best first: one letter a person, tied people in brackets; the first k after a bar are not selected.

    "M(FM)|F" has M first, then F and M tied, all three selected, and F who was not.
    """
    cells = {}
    for name, text in pools.items():
        score, inside, selected = 1000.0, False, "|" in text
        for letter in text:
            if letter in "()":
                inside = letter == "("
                score -= 1
            elif letter == "|":
                selected = False
            else:
                outcome = (YES if selected else NO) if decided else "scored"
                key = (None if letter == "?" else letter, outcome, score if order == "high" else -score, name)
                cells[key] = cells.get(key, 0) + 1
                score -= 0 if inside else 1
    axes = [Axis("sex", "protected"), Axis("hired", "decision"), Axis("points", "score", order=order)]
    if stratum is None:
        merged = {}
        for key, n in cells.items():
            merged[key[:-1]] = merged.get(key[:-1], 0) + n
        return Tally.of(axes, merged, **fields)
    return Tally.of([*axes, Axis(stratum, "stratum")], cells, **fields)


def ranked(counted, **plan):
    asked = AuditPlan(**plan)
    made = analyse(counted, tuple(group_tables(counted, asked)), asked)
    return json.loads(json.dumps(made.to_json(), allow_nan=False))


def of(attribute, group):
    return next(g for g in attribute["groups"] if g["group"] == [group])


TOY = "MMM|FMMFMFF"  # Geyik et al.'s kind of list: women at 4, 7, 9 and 10


def test_a_pool_by_hand():
    """Women at 4, 7, 9 and 10: mean of 1/log2(1 + i); the first three are men, of whom 1.8 are expected."""
    (sex,) = ranked(tally({"a": TOY}), reference="M")["attributes"]
    women, men = of(sex, "F"), of(sex, "M")
    exposed = [np.mean([1 / log2(1 + i) for i in places]) for places in ((4, 7, 9, 10), (1, 2, 3, 5, 6, 8))]
    assert women["exposure"]["mean"]["value"] == pytest.approx(exposed[0])
    assert women["exposure"]["ratio"]["value"] == pytest.approx(exposed[0] / exposed[1])
    attended = [np.mean([0.5**i for i in places]) for places in ((4, 7, 9, 10), (1, 2, 3, 5, 6, 8))]
    assert women["attention"]["ratio"]["value"] == pytest.approx(attended[0] / attended[1])
    assert (women["top_k"]["observed"], women["top_k"]["expected"]) == (0, pytest.approx(1.2))
    assert women["top_k"]["skew"]["status"] == "undefined_no_selections"  # ln 0 has no value
    assert men["top_k"]["skew"]["value"] == pytest.approx(log(1.0 / 0.6))
    assert men["top_k"]["times_expected"]["value"] == pytest.approx(3 / 1.8)
    law = hypergeom(10, 4, 3)
    assert women["top_k"]["test"]["p"] == pytest.approx(law.pmf(0))  # 2·½·P(0): both tails, the one seen by half
    assert women["top_k"]["test"]["method"] == "multiple_events_mid_p"
    assert women["top_k"]["range"] == [law.ppf(0.025), law.ppf(0.975)]
    assert men["exposure"]["test"] is None  # the reference is compared with nothing


def test_k_is_the_number_selected_in_the_pool_or_the_one_asked_for():
    counted = tally({"a": "M|FMF", "b": "MF|MFFF"})
    (sex,) = ranked(counted)["attributes"]
    assert [pool["k"] for pool in sex["by_pool"]] == [1, 2]
    found = ranked(counted, top_k=3)
    assert found["k"] == {"rule": "top_k", "value": 3}
    assert [pool["k"] for pool in found["attributes"][0]["by_pool"]] == [3, 3]
    # MFM of MFMF and MFM of MFMFFF: one and one of the women, of 3·2/4 + 3·4/6 = 3.5 expected.
    women = of(found["attributes"][0], "F")["top_k"]
    assert (women["observed"], women["expected"]) == (2, pytest.approx(3.5))


def test_low_scores_first_where_low_is_good():
    high, low = (ranked(tally({"a": TOY}, order=order), reference="M") for order in ("high", "low"))
    assert low["order"] == "low"
    assert low["attributes"] == high["attributes"]


def test_over_pools_figures_are_averages_and_sums_never_one_list():
    """Trap: in each pool a woman is first of two, and the pools' scores lie apart.

    Two pools of "F then M" at scores 9, 8 and 3 more "M then F" at scores 5, 4: one list would put all of the first
    two pools above the others.
    """
    pools = {"a": "F|M", "b": "F|M", "c": "M|F"}
    (sex,) = ranked(tally(pools), reference="M")["attributes"]
    women = of(sex, "F")
    second = 1 / log2(3)
    assert women["exposure"]["mean"]["value"] == pytest.approx((1 + 1 + second) / 3)
    assert women["exposure"]["ratio"]["value"] == pytest.approx((2 + second) / (1 + 2 * second))
    assert women["top_k"]["observed"] == 2
    assert women["top_k"]["expected"] == pytest.approx(1.5)
    assert sex["ndkl"]["value"]["value"] == pytest.approx(log(2) / (1 + second))  # the same in all three
    # Scores of a pool moved by any amount change nothing: they were never compared with another pool's.
    counted = tally(pools)
    moved = {(g, d, s + (500 if job == "c" else 0), job): c for (g, d, s, job), c in counted.cells.items()}
    assert ranked(Tally.of(counted.axes, moved), reference="M")["attributes"] == [sex]
    (single,) = ranked(tally({"x": "".join(p.replace("|", "") for p in pools.values())}), top_k=3)["attributes"]
    assert of(single, "F")["exposure"]["ratio"]["value"] != pytest.approx(women["exposure"]["ratio"]["value"])


def test_top_k_over_pools_is_the_exact_test_of_the_convolved_hypergeometrics():
    pools = {"a": "MMMF|FMFFMF", "b": "MM|MFFF", "c": "FM|MFMM"}
    (sex,) = ranked(tally(pools))["attributes"]
    women = of(sex, "F")["top_k"]
    inside, focal, n, k = [1, 0, 1], [5, 3, 2], [10, 6, 6], [4, 2, 2]
    taken = np.subtract(k, inside)
    expected = multiple_events(inside, focal, taken, np.subtract(n, focal))
    assert women["test"]["p"] == pytest.approx(expected.mid_p)
    assert women["test"]["p_exact"] == pytest.approx(expected.p)
    assert women["expected"] == pytest.approx(expected.expected)
    assert women["test"]["p_adjusted"] == women["test"]["p"]  # of two groups both have one and the same test


def test_of_three_groups_each_is_tested_against_all_others_and_adjusted():
    (sex,) = ranked(tally({"a": "ABACB|CACBCCAB"}))["attributes"]
    p = {g: of(sex, g)["top_k"]["test"] for g in "ABC"}
    law = {g: hypergeom(13, {"A": 4, "B": 4, "C": 5}[g], 5) for g in "ABC"}
    seen = {"A": 2, "B": 2, "C": 1}
    for g in "ABC":
        tails = [law[g].cdf(seen[g]), law[g].sf(seen[g] - 1)]
        assert p[g]["p"] == pytest.approx(min(1.0, 2 * (min(tails) - law[g].pmf(seen[g]) / 2)))
    smallest = min(p.values(), key=lambda t: t["p"])
    assert smallest["p_adjusted"] == pytest.approx(min(1.0, 3 * smallest["p"]))


def test_a_tie_at_the_cut_off_is_counted_by_expectation_with_the_worst_and_the_best_case():
    """M, then F, F and M share places 2 to 4, and k is 3: of 2 places among three people women expect 4/3."""
    (sex,) = ranked(tally({"a": "M(FFM)MF"}, decided=False), top_k=3)["attributes"]
    women = of(sex, "F")["top_k"]
    assert women["observed"] == pytest.approx(4 / 3)
    assert (women["fewest"], women["most"]) == (1, 2)
    assert sex["pools"]["tied"] == 1
    assert women["test"]["method"] == "within_pool_permutation"
    assert any("1 of 1 pools" in c for c in sex["caveats"])
    # Over all deals of three women to six people, the expected count of M(...)MF is a mean over 20 deals.
    counts = []
    for deal in combinations(range(6), 3):
        inside = sum(1 for i in deal if i in (1, 2, 3))
        counts.append((0 in deal) + inside * 2 / 3)
    exact = 2 * min(np.mean(np.array(counts) <= 4 / 3 + 1e-9), np.mean(np.array(counts) >= 4 / 3 - 1e-9))
    assert women["test"]["p"] == pytest.approx(min(1.0, exact), abs=0.05)


def test_a_tie_of_one_group_alone_is_no_tie():
    (sex,) = ranked(tally({"a": "F(MMM)FF"}, decided=False), top_k=2)["attributes"]
    assert sex["pools"]["tied"] == 0
    assert of(sex, "M")["top_k"]["observed"] == 1
    assert of(sex, "M")["top_k"]["test"]["method"] == "multiple_events_mid_p"


def test_scores_in_bins_are_tied_within_the_bin_and_that_is_said():
    axes = [
        Axis("sex", "protected"),
        Axis("hired", "decision"),
        Axis("points", "score", edges=(10.0, 20.0), median=10.0),
    ]
    cells = {("F", "scored", 2): 1, ("M", "scored", 2): 3, ("F", "scored", 1): 2, ("M", "scored", 0): 4}
    found = ranked(Tally.of(axes, cells), top_k=2)
    assert found["binned"] is True
    (sex,) = found["attributes"]
    assert of(sex, "F")["top_k"]["observed"] == pytest.approx(2 * 1 / 4)
    assert "Scores were counted in bins: people of one bin are taken as tied." in sex["caveats"]


def test_pools_that_tell_nothing_are_counted_and_say_why():
    pools = {"one": "FF|F", "all": "FM|", "none": "FMM", "both": "F|M", "others": "??|FM"}
    (sex,) = ranked(tally(pools))["attributes"]
    assert sex["pools"] == {"all": 5, "compared": 4, "with_top": 1, "tied": 0}
    why = {pool["pool"]: pool["because"] for pool in sex["by_pool"]}
    assert why == {
        "all": "everybody is in the first places",
        "none": "nobody was selected, so no place is looked at",
        "both": None,
        "others": "only people of no group that is compared are in the first places",
    }
    assert of(sex, "F")["top_k"]["pools"] == 1
    assert of(sex, "F")["top_k"]["expected"] == pytest.approx(0.5)


def test_people_of_unknown_or_left_out_groups_hold_their_places():
    """An undisclosed person is first: the women's places are 2 and 4 all the same, and k = 2 leaves one place."""
    (sex,) = ranked(tally({"a": "?F|MF"}), reference="M")["attributes"]
    women = of(sex, "F")
    assert women["exposure"]["mean"]["value"] == pytest.approx((1 / log2(3) + 1 / log2(5)) / 2)
    assert (women["top_k"]["observed"], women["top_k"]["expected"]) == (1, pytest.approx(2 / 3))
    assert any(c.startswith("1 people of no group that is compared hold their places") for c in sex["caveats"])
    counted = tally({"a": "X|" + "FM" * 10}, decided=True)
    (sex,) = ranked(counted, min_n=5, reference="M")["attributes"]
    assert sex["left_out"] == [{"group": ["X"], "status": "below_min_n"}]
    assert [g["group"] for g in sex["groups"]] == [["F"], ["M"]]
    assert of(sex, "F")["exposure"]["mean"]["value"] == pytest.approx(
        np.mean([1 / log2(1 + i) for i in range(2, 22, 2)])
    )


def test_who_was_set_aside_or_has_no_score_or_no_pool_is_not_ranked():
    counted = tally({"a": "F|MFM"})
    cells = {k: c.n for k, c in counted.cells.items()}
    more = {("F", "set_aside:pending", 2000.0, "a"): 4, ("M", NO, None, "a"): 2, ("F", NO, 5.0, None): 3}
    (sex,) = ranked(Tally.of(counted.axes, cells | more), reference="M")["attributes"]
    assert sex["not_ranked"] == {"no_score": 2, "no_pool": 3}
    assert of(sex, "F")["exposure"] == of(ranked(counted, reference="M")["attributes"][0], "F")["exposure"]


def test_selection_against_the_order_of_the_scores_is_said():
    axes = [Axis("sex", "protected"), Axis("hired", "decision"), Axis("points", "score")]
    cells = {("F", NO, 9.0): 1, ("M", YES, 8.0): 1, ("M", YES, 3.0): 1, ("F", NO, 4.0): 1}
    (sex,) = ranked(Tally.of(axes, cells))["attributes"]
    assert "1 people were selected although their score is not among the best so many." in sex["caveats"]


def test_permutation_p_values_are_never_zero_and_say_how_many_deals():
    """Trap: 30 pools in which every man stands above every woman, and no deal comes near."""
    (sex,) = ranked(tally({f"{i:02}": "MMMM|FFFF" for i in range(30)}), resamples=500, reference="M")["attributes"]
    women = of(sex, "F")
    assert women["exposure"]["test"]["p"] == pytest.approx(2 / 501)
    assert sex["ndkl"]["test"] == {
        "statistic": sex["ndkl"]["value"]["value"], "p": 1 / 501, "method": "within_pool_permutation", "draws": 500,
    }  # fmt: skip
    assert 0 < women["top_k"]["test"]["p"] < 1e-40  # 2·½·(1/C(8,4))^30


def test_the_order_of_an_unrelated_score_departs_as_much_as_chance():
    rng = np.random.default_rng(7)
    pools = {f"{i:02}": "".join(rng.permutation(list("MMMMMFFFFF"))) for i in range(40)}
    (sex,) = ranked(tally(pools, decided=False), top_k=3, reference="M")["attributes"]
    assert sex["ndkl"]["value"]["value"] == pytest.approx(sex["ndkl"]["by_chance"], rel=0.15)
    low, high = of(sex, "F")["exposure"]["range"]
    assert low < 1 < high
    assert of(sex, "F")["exposure"]["test"]["p"] > 0.01


def test_pools_are_adjusted_together_by_benjamini_and_hochberg():
    pools = {"a": "MMMMM|FFFFF", "b": "MF|FMFM", "c": "FM|MFMF"}
    (sex,) = ranked(tally(pools))["attributes"]
    first = next(pool for pool in sex["by_pool"] if pool["pool"] == "a")
    assert first["groups"][0]["p"] == pytest.approx(1 / 252)  # 2·½·1/C(10,5)
    assert first["groups"][0]["p_adjusted"] == pytest.approx(3 / 252)
    assert first["groups"][0]["p_adjusted"] == first["groups"][1]["p_adjusted"]


@pytest.mark.parametrize("rule", ["rest", "overall", "highest", "largest"])
def test_every_reference_rule_has_its_comparison(rule):
    """Against all, the mean is over everybody: exposures 1, 1/log2 3, ½, 1/log2 5."""
    (sex,) = ranked(tally({"a": "F|MFM"}), reference=rule)["attributes"]
    weights = [1 / log2(1 + i) for i in range(1, 5)]
    women, men = np.mean(weights[::2]), np.mean(weights[1::2])
    other = {"rest": men, "overall": np.mean(weights), "highest": women if rule == "highest" else men}.get(rule, women)
    assert of(sex, "F")["exposure"]["ratio"]["value"] == pytest.approx(women / other)


def test_the_reference_is_neither_the_first_by_name_nor_the_largest_group():
    """Trap: both of Z are selected, one of two A, who is first by name, and one of four M, who are the most."""
    found = ranked(tally({"a": "ZAZM|MMAM"}))["attributes"][0]
    assert found["reference"]["used"] == ["Z"]
    assert of(found, "Z")["exposure"]["ratio"]["value"] == 1.0


def test_the_same_people_in_several_pools_are_said_to_be_taken_for_different_ones():
    """Trap: one applicant in several requisitions."""
    (sex,) = ranked(tally({"a": "FM|MF"}, repeats=2))["attributes"]
    assert "The same people may stand in several pools, which the tests take for different people." in sex["caveats"]


def test_without_strata_everybody_is_in_one_pool():
    found = ranked(tally({"a": TOY}, stratum=None), reference="M")
    assert found["stratum"] is None
    (sex,) = found["attributes"]
    assert [pool["pool"] for pool in sex["by_pool"]] == [None]
    assert sex["groups"] == ranked(tally({"a": TOY}), reference="M")["attributes"][0]["groups"]


def test_without_a_decision_and_without_k_there_is_no_top_but_the_rest():
    (sex,) = ranked(tally({"a": "MMFMF"}, decided=False), reference="M")["attributes"]
    assert of(sex, "F")["top_k"] is None
    assert sex["by_pool"][0]["because"] == "no decision says how many places to look at: top_k would"
    assert of(sex, "F")["exposure"]["ratio"]["value"] < 1


def test_no_scores_no_pools_and_reasons_where_nothing_can_be_compared():
    plan = AuditPlan()
    plain = Tally.of([Axis("sex", "protected"), Axis("hired", "decision")], {("F", YES): 3, ("M", NO): 2})
    assert analyse(plain, (), plan) is None
    (one,) = ranked(tally({"a": "FF|FF"}))["attributes"]
    assert one["because"] == "Fewer than two groups can be compared."
    (apart,) = ranked(tally({"a": "FF|F", "b": "MM|M"}))["attributes"]
    assert apart["because"] == "No pool has people of two groups that can be compared."
    axes = [Axis("sex", "protected"), Axis("hired", "decision"), Axis("points", "score")]
    weighted = Tally.of(axes, {("F", YES, 1.0): Count(3, 3_000_000, 3 * 10**12)}, weighted=True)
    assert "without weights" in analyse(weighted, (), plan).to_json()["because"]


def test_the_same_from_a_saved_tally_and_whatever_the_order_of_cells(tmp_path):
    counted = tally({"a": TOY, "b": "F(MF)|MM"})
    counted.save(tmp_path / "t.json")
    backwards = Tally.of(counted.axes, dict(reversed(counted.cells.items())))
    assert ranked(Tally.load(tmp_path / "t.json")) == ranked(backwards) == ranked(counted)


def test_another_seed_deals_anew_and_leaves_what_is_exact():
    counted = tally({"a": TOY, "b": "FM|MMF"})
    first, again, other = (ranked(counted, seed=seed, reference="M")["attributes"][0] for seed in (1, 1, 2))
    assert first == again
    assert of(first, "F")["top_k"] == of(other, "F")["top_k"]
    assert of(first, "F")["exposure"]["range"] != of(other, "F")["exposure"]["range"]


def test_merged_pools_are_those_of_the_shards():
    """Counting two requisitions apart and adding the tallies is counting them together."""
    from fairwitness.audit.merging import merge

    together = tally({"a": TOY, "b": "FM|MMF"})
    assert ranked(merge(tally({"a": TOY}), tally({"b": "FM|MMF"}))) == ranked(together)


def test_very_many_people_are_dealt_less_often_and_that_is_said():
    axes = [Axis("sex", "protected"), Axis("hired", "decision"), Axis("points", "score")]
    cells = {(g, YES if s > 7 else NO, float(s)): 1000 for g in "FM" for s in range(10)}
    (sex,) = ranked(Tally.of(axes, cells))["attributes"]
    assert sex["draws"] == 250  # 5,000,000 / 20,000
    assert any(c.startswith("Groups were dealt out 250 times, not 2,000") for c in sex["caveats"])
