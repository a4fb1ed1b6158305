"""Mistakes that audits of decisions are known to make, and for each a test that fails when it is made here.

Some are tested where the thing itself is: ``ELSEWHERE`` names these tests, and one test sees to it that they are there.
The others are tested below, each under the name of its mistake.

 1. 0/0 counted as within                                    below
 2. four fifths compared in floats                           verdicts/test_group_tables.py, test_clusters_and_weights.py
 3. at the median counted as above it                        golden/test_known_audits.py
 4. a category under 2 % as denominator, or out of the list  verdicts/test_group_tables.py
 5. the median of those of known group only                  analyses/test_scores.py
 6. the first or the largest group silently the reference    below
 7. requisitions poured into one 2×2 table                   analyses/test_stratified.py
 8. Yates' correction by default                             laws/test_scipy.py
 9. p = 0 from a permutation                                 below
10. Holm without monotonicity, or m counting undefined tests laws/test_relations.py
11. undefined replicates dropped in silence                  below
12. weights taken for counts in exact tests                  verdicts/test_clusters_and_weights.py
13. unknown as a group, or as not selected                   verdicts/test_group_tables.py
14. a cell of one as the worst group                         analyses/test_intersections.py
15. groups left out of the data but not of the results       below
16. average odds that cancel, read as none                   laws/test_metric_table.py
17. the average over pools taken for one ranking             analyses/test_ranked_pools.py
18. a score interval for the difference that is none         oracles/test_cases.py
19. withdrawn counted as rejected                            engines/test_counts.py, verdicts/test_group_tables.py, analyses/…
20. a declared category that nobody bears disappears         verdicts/test_group_tables.py, engines/test_counts.py
21. a group that is missing from a stage                     analyses/test_funnel.py
22. rounded first, compared afterwards                       below
23. one applicant's applications as independent              verdicts/test_clusters_and_weights.py
24. within because too few data showed nothing               below
25. Holm over k - 1 where the data chose the reference       verdicts/test_group_tables.py, analyses/test_stratified.py
26. a group that is left out as reference                    below
27. a difference above the line as a clean bill              below

References
----------
1: NaN compared with a line is false, IEEE 754-2019, 5.11.  2, 22, 27: 29 CFR 1607.4(D).  3, 4, 5: 6 RCNY 5-300, 5-301.
7: Simpson, Journal of the Royal Statistical Society B 13 (1951), 238-241.  8: Agresti, Categorical Data Analysis, 3rd ed.
(2013), 3.2.  9: Phipson & Smyth (2010), doi:10.2202/1544-6115.1585.  10, 25: Holm, Scandinavian Journal of Statistics 6
(1979), 65-70.  11: Efron & Tibshirani (1993), doi:10.1201/9780429246593.  19: Questions and Answers on the Uniform
Guidelines, 44 FR 11996 (1979), question 15.  24: Altman & Bland, BMJ 311 (1995), doi:10.1136/bmj.311.7003.485; Hoenig &
Heisey, The American Statistician 55 (2001), doi:10.1198/000313001300339897.
"""

from __future__ import annotations

import ast
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import fairwitness as fw
from fairwitness.audit.tally import Axis, Tally
from fairwitness.metrics.abroca import abroca_test
from fairwitness.metrics.equal_rates import share_as_extreme
from fairwitness.metrics.four_fifths import four_fifths
from fairwitness.metrics.power import minimum_detectable_ratio
from fairwitness.metrics.ranked_null import share_at_least, two_sided_share
from fairwitness.metrics.sign_flip import sign_flip
from fairwitness.report_templates.results import whole_table

TESTS = Path(__file__).parents[1]
ELSEWHERE = {
    2: ("verdicts/test_group_tables.py::test_exactly_four_fifths_is_not_below",
        "verdicts/test_clusters_and_weights.py::test_weighted_screens_compare_exactly"),
    3: ("golden/test_known_audits.py::test_ties_at_the_median_are_not_above_it",),
    4: ("verdicts/test_group_tables.py::test_a_group_under_the_share_is_listed_but_never_the_reference",),
    5: ("analyses/test_scores.py::test_the_median_is_that_of_everybody_of_undisclosed_group_too",),
    7: ("analyses/test_stratified.py::test_alike_within_and_apart_in_all_is_no_pooled_two_by_two",),
    8: ("laws/test_scipy.py::test_chi_square_and_pooled_z",),
    10: ("laws/test_relations.py::test_adjusted_p_values",),
    12: ("verdicts/test_clusters_and_weights.py::test_weights_decide_the_rates_and_are_never_counts",),
    13: ("verdicts/test_group_tables.py::test_the_not_disclosed_are_counted_and_are_no_group",),
    14: ("analyses/test_intersections.py::test_a_cell_of_one_does_not_drive_the_worst_group",),
    16: ("laws/test_metric_table.py::test_average_odds_can_cancel",),
    17: ("analyses/test_ranked_pools.py::test_over_pools_figures_are_averages_and_sums_never_one_list",),
    18: ("oracles/test_cases.py::test_no_known_wrong_value",),
    19: ("engines/test_counts.py::test_a_withdrawn_applicant_is_set_aside_and_not_rejected",
         "verdicts/test_group_tables.py::test_what_is_set_aside_leaves_the_denominator",
         "analyses/test_funnel.py::test_who_is_in_progress_or_withdrew_is_in_no_rate_of_the_stage_and_is_counted"),
    20: ("verdicts/test_group_tables.py::test_a_declared_category_that_nobody_bears_is_reported",
         "engines/test_counts.py::test_declared_categories_that_nobody_bears_are_levels"),
    21: ("analyses/test_funnel.py::test_a_group_missing_from_a_stage_is_reported_with_its_reason",),
    23: ("verdicts/test_clusters_and_weights.py::test_the_same_applicant_in_several_requisitions_is_one_cluster",),
    25: ("verdicts/test_group_tables.py::test_the_family_is_all_pairs_for_the_highest_and_the_named_ones_otherwise",
         "analyses/test_stratified.py::test_all_pairs_are_the_family_where_decisions_chose_the_reference"),
}  # fmt: skip
RULES = ("screen_and_test", "clear", "assured", "point")


def tally_of(groups, *, declared=(), unknown=None):
    """Return a tally from {label: (selected, n)}."""
    cells = {}
    for label, (x, n) in {**groups, **({None: unknown} if unknown else {})}.items():
        cells[(label, "selected")], cells[(label, "not_selected")] = x, n - x
    axes = [Axis("race", "protected", declared), Axis("hired", "decision")]
    return Tally.of(axes, {k: v for k, v in cells.items() if v})


def line(rule):
    return {"name": rule, "metric": "impact_ratio", "at_least": "4/5", "rule": rule, "source": "a test"}


def findings(groups, **fields):
    result = fw.run_audit(tally_of(groups), policy=[line(rule) for rule in RULES], **fields)
    return result, [f for f in result.findings if f.policy in RULES]


def test_every_mistake_has_a_test():
    here = {int(name.split("_")[1]) for name in globals() if name.startswith("test_") and name[5:7].isdigit()}
    assert here | {*ELSEWHERE} == {*range(1, 28)}
    for places in ELSEWHERE.values():
        for place in places:
            file, _, name = place.partition("::")
            parsed = ast.parse((TESTS / file).read_text(encoding="utf-8"))
            assert name in {node.name for node in parsed.body if isinstance(node, ast.FunctionDef)}, place


@pytest.mark.parametrize(
    ("groups", "fields"),
    [
        ({"a": (0, 10), "b": (0, 20)}, {"reference": "b"}),  # nobody is selected: 0/0
        ({"a": (0, 400), "b": (0, 400), "c": (0, 400)}, {"reference": "rest"}),
        ({"a": (19, 20), "b": (40, 41), "c": (100, 100)}, {"min_n": 30}),  # a is below the least number
        ({"a": (1, 1), "b": (40, 50), "c": (40, 50)}, {"exclude_under": Decimal("0.02")}),  # a is left out
    ],
)
def test_01_what_is_undefined_is_never_within_and_trips_the_last_gate(groups, fields):
    result, found = findings(groups, **fields)
    mine = [f for f in found if f.group == ("a",)]
    assert {(f.policy, f.verdict, f.estimate) for f in mine} == {(rule, "not_evaluable", None) for rule in RULES}
    assert {*mine} <= {*result.tripped("inconclusive")}


def test_01_a_category_that_nobody_bears_is_never_within():
    result = fw.run_audit(tally_of({"b": (40, 50), "c": (40, 50)}, declared=("a", "b", "c")), reference="b")
    assert next(f.verdict for f in result.findings if f.group == ("a",)) == "not_evaluable"


def test_06_the_reference_is_neither_the_first_by_name_nor_the_largest_nor_the_last():
    """b has .60 of 50; a comes first with .50, c is the largest with .40, d comes last with .30."""
    groups = {"a": (50, 100), "b": (30, 50), "c": (400, 1000), "d": (30, 100)}
    table = fw.run_audit(tally_of(groups)).tables[0]
    assert (table.reference.rule, table.reference.groups) == ("highest", (("b",),))
    ratios = {row.group[0]: row.estimates["impact_ratio"].value for row in table.rows}
    assert ratios == {"a": pytest.approx(5 / 6), "b": 1.0, "c": pytest.approx(4 / 6), "d": pytest.approx(0.5)}
    named = fw.run_audit(tally_of(groups), reference="d")
    assert named.to_dict()["tables"][0]["reference"] == {"rule": "named", "groups": [["d"]]}


PERFECT, OPPOSED = [[0, 30], [30, 0]], [[30, 0], [0, 30]]  # of one group the outcome rises with the score


@pytest.mark.parametrize(
    ("p", "draws"),
    [
        (share_at_least(np.arange(99.0), 1e6), 99),
        (two_sided_share(np.arange(99.0), -1e6) / 2, 99),
        (share_as_extreme(1e6, np.arange(99.0)), 99),
        (share_as_extreme(-1e6, np.arange(99.0), small=True), 99),
        (sign_flip(np.ones(40), np.arange(40), draws=99).p, 99),  # all of one sign: once in 2³⁹
        (abroca_test(PERFECT, OPPOSED, 199, 0).p, 199),  # the draws that reach area 1 are one in 10³⁴
    ],
)
def test_09_a_permutation_p_is_never_0(p, draws):
    """What no draw reaches has the p-value (0 + 1)/(draws + 1)."""
    assert p == pytest.approx(1 / (draws + 1))


def test_11_undefined_replicates_are_counted_and_told():
    """Of 122 decisions 2 are on c: a draw with replacement has none of them with probability (120/122)^122 = .133."""
    tally = tally_of({"a": (30, 60), "b": (20, 60), "c": (1, 2)})
    result = fw.run_audit(tally)
    share = result.tables[0].disparities["demographic_parity_ratio"].undefined_replicates
    assert share == pytest.approx((120 / 122) ** 122, abs=4 * (0.133 * 0.867 / 2000) ** 0.5)
    audit = result.to_dict()
    told = audit["tables"][0]["disparities"]["demographic_parity_difference"]
    assert told["undefined_replicates"] == share
    note = f"{100 * share:.1f}\N{NARROW NO-BREAK SPACE}% of the bootstrap's draws"
    assert any(note in said for said in whole_table(audit["tables"][0], audit).notes)
    many = fw.run_audit(tally_of({"a": (30, 60), "b": (20, 60)})).to_dict()["tables"][0]
    assert "undefined_replicates" not in many["disparities"]["demographic_parity_ratio"]


def test_15_a_group_left_out_moves_no_other_groups_figures():
    """The group in the middle is left out: what stands beside a and c is as if b had never been."""
    groups = {"a": (30, 100), "b": (3, 4), "c": (50, 100), "d": (40, 90)}
    with_b = json.loads(json.dumps(fw.run_audit(tally_of(groups), min_n=10).to_dict()["tables"][0]))
    without = fw.run_audit(tally_of({name: groups[name] for name in "acd"}), min_n=10).to_dict()["tables"][0]
    assert [g["group"] for g in with_b["groups"]] == [["a"], ["b"], ["c"], ["d"]]
    for g in without["groups"]:
        (same,) = (other for other in with_b["groups"] if other["group"] == g["group"])
        for name in ("n", "selected", "estimates", "tests", "shortfall", "four_fifths", "flip_flop"):
            assert same[name] == g[name], (g["group"], name)
    b = with_b["groups"][1]
    assert (b["n"], b["selected"], b["tests"], b["four_fifths"]) == (4, 3, None, "not_evaluable")
    assert b["estimates"]["selection_rate"]["value"] == 0.75
    assert with_b["disparities"] == without["disparities"]


@pytest.mark.parametrize(("low", "high", "side"), [((48, 80), (60, 80), "not_below"), ((47, 80), (60, 80), "below")])
def test_15_every_way_to_compare_with_the_line_is_on_the_same_side_of_it(low, high, side):
    """48/80 : 60/80 is 4/5 exactly.  Strict in one function and not in another would put it on both sides."""
    result, found = findings({"a": low, "b": high})
    assert {f.screen for f in found} == {side}
    (row,) = (r for r in result.tables[0].rows if r.group == ("a",))
    assert row.four_fifths == four_fifths(*low, *high) == side
    assert next(f.verdict for f in found if f.policy == "point") == ("beyond" if side == "below" else "within")


def test_22_what_rounds_to_the_line_is_not_on_it():
    """.79996 is written .80, with one decimal more as .800, and is below four fifths all the same."""
    x, n = 79_996, 100_000
    result, found = findings({"a": (x, n), "b": (n, n)})
    assert round(x / n, 3) == 0.8
    assert Fraction(x, n) < Fraction(4, 5)
    assert next(r.four_fifths for r in result.tables[0].rows if r.group == ("a",)) == "below"
    assert {f.screen for f in found} == {"below"}
    assert next(f.verdict for f in found if f.policy == "point") == "beyond"


def test_24_nothing_shown_by_few_is_not_within():
    """9 of 10 against 10 of 10: the ratio .9 is above the line and no difference is shown, which shows nothing."""
    _, found = findings({"a": (9, 10), "b": (10, 10)})
    by_test = next(f for f in found if f.policy == "screen_and_test")
    assert (by_test.screen, by_test.difference, by_test.verdict) == ("not_below", "not_shown", "inconclusive")
    assert next(f.verdict for f in found if f.policy == "clear") == "inconclusive"


def test_24_enough_power_does_not_make_within():
    """.44 against .50 of 420: a ratio of 4/5 would be shown four times out of five, none is shown, and yet the
    interval of .88 goes below 4/5."""
    assert minimum_detectable_ratio(420, 420, 210, 0.05) > 0.8
    _, found = findings({"a": (185, 420), "b": (210, 420)})
    by_test = next(f for f in found if f.policy == "screen_and_test")
    assert (by_test.screen, by_test.difference, by_test.verdict) == ("not_below", "not_shown", "inconclusive")


@pytest.mark.parametrize("fields", [{"min_n": 10}, {"exclude_under": Decimal("0.05")}])
@pytest.mark.parametrize("rule", ["highest", "largest", "overall", "rest"])
def test_26_a_group_that_is_left_out_is_compared_with_by_nobody(rule, fields):
    """c, 5 of 5, has the highest rate and is left out: the ratios are those without it."""
    groups = {"a": (20, 60), "b": (30, 50), "c": (5, 5)}
    table = fw.run_audit(tally_of(groups), reference=rule, **fields).tables[0]
    assert ("c",) not in table.reference.groups
    without = fw.run_audit(tally_of({name: groups[name] for name in "ab"}), reference=rule).tables[0]
    for row in without.rows:
        (same,) = (r for r in table.rows if r.group == row.group)
        assert same.estimates["impact_ratio"] == row.estimates["impact_ratio"]
        assert same.four_fifths == row.four_fifths


def test_27_a_difference_above_the_line_is_never_a_clean_bill():
    """.84 against .90 of 2,000 each: z = -5.7, the ratio .933 and its interval are within, and attention is asked for."""
    result, found = findings({"a": (1680, 2000), "b": (1800, 2000)})
    for f in found:
        assert (f.verdict, f.difference, f.attention) == ("within", "shown", True)
    assert {*found} <= {*result.tripped("attention")}
    assert "Attention" in result._repr_html_()
