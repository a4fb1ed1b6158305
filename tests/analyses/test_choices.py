"""The other side's choices: each equals the audit made afresh with it, and which change the answer is known by hand."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from scipy import stats

import fairwitness as fw
from fairwitness.audit.analyses.choices import analyse
from fairwitness.audit.counting.repeats import REPEAT
from fairwitness.audit.tally import Axis, Count, Tally

LINE = {"name": "line", "metric": "impact_ratio", "at_least": "4/5", "source": "a test"}
SAME = ("verdict", "difference", "screen", "attention", "estimate", "low", "high", "level", "test", "p", "p_adjusted")


def tally_of(groups, *, unknown=None, aside=(), **more):
    """Return a tally from {label: (selected, n)}."""
    cells = {}
    for label, (x, n) in {**groups, **({None: unknown} if unknown else {})}.items():
        cells[(label, "selected")], cells[(label, "not_selected")] = x, n - x
    for label, reason, n in aside:
        cells[(label, f"set_aside:{reason}")] = n
    return Tally.of(
        [Axis("race", "protected"), Axis("hired", "decision")], {k: v for k, v in cells.items() if v}, **more
    )


def choices(result):
    return analyse(result.tally, result.tables, result.plan)


def of(result, *group, policy="four-fifths"):
    return next(d for d in choices(result).disputed if d.made.group == group and d.made.policy == policy)


def answer(disputed, kind, choice):
    return next(a for a in disputed.answers if (a.kind, a.choice) == (kind, choice))


def asked(disputed, kind):
    return [a.choice for a in disputed.answers if a.kind == kind]


def afresh(tally, group, policy="four-fifths", **fields):
    """Return the finding of an audit made anew."""
    result = fw.run_audit(tally, intersect="none", **fields)
    return next((f for f in result.findings if f.group == group and f.policy == policy), None)


def check(a, f):
    """Check that an answer is a finding of an audit made afresh."""
    assert a.finding is not None
    for name in SAME:
        ours, theirs = getattr(a.finding, name), getattr(f, name)
        assert ours == pytest.approx(theirs, rel=1e-12) if isinstance(ours, float) else ours == theirs, name


# white 120/200 = .60 is the highest; black 66/150 = .44, ratio .733; asian 28/60 = .467, ratio .778; other 2/10 = .2
FOUR = {"white": (120, 200), "black": (66, 150), "asian": (28, 60), "other": (2, 10)}
TALLY = tally_of(FOUR, unknown=(30, 50), aside=[("black", "withdrawn", 20), ("white", "withdrawn", 15)])


@pytest.fixture(scope="module")
def four():
    return fw.run_audit(TALLY)


def test_the_audit_itself_is_not_among_the_other_choices(four):
    """Default plan: highest, screen_and_test, 0.95, no group left out; z decides for black, so z is no other choice."""
    black = of(four, "black")
    assert black.compared_with == ("white",)
    assert asked(black, "reference") == ["largest", "overall", "rest"]
    assert asked(black, "rule") == ["clear", "point"]
    assert asked(black, "level") == ["0.9", "0.99"]
    assert asked(black, "left_out") == ["groups of fewer than 30"]  # other has 10 of 420, which is over 2 %
    assert asked(black, "family") == ["each comparison by itself", "reference named beforehand"]
    # the pairs with `other` are too few for z, but the largest p of the six pairs moves no other's adjusted p
    assert "mid_p" in asked(black, "test")
    assert "fisher_exact" in asked(black, "test")


@pytest.mark.parametrize("rule", ["largest", "overall", "rest"])
def test_another_reference_is_the_audit_with_that_reference(four, rule):
    for group in (("black",), ("asian",), ("other",)):
        check(answer(of(four, *group), "reference", rule), afresh(TALLY, group, reference=rule))


@pytest.mark.parametrize("level", [0.9, 0.99])
def test_another_level_is_the_audit_at_that_level(four, level):
    for group in (("black",), ("asian",)):
        check(answer(of(four, *group), "level", f"{level:g}"), afresh(TALLY, group, level=level))


@pytest.mark.parametrize("rule", ["clear", "point"])
def test_another_rule_is_a_policy_with_that_rule(four, rule):
    for group in (("black",), ("asian",), ("other",)):
        result = fw.run_audit(TALLY, policy=[LINE | {"rule": rule}])
        fresh = next(f for f in result.findings if f.group == group and f.policy == "line")
        check(answer(of(four, *group), "rule", rule), fresh)


def test_leaving_small_groups_out_is_the_audit_that_leaves_them_out(four):
    """`other` (10) is left out: black and asian keep their ratios, the family of pairs shrinks from 6 to 3."""
    a = answer(of(four, "black"), "left_out", "groups of fewer than 30")
    check(a, afresh(TALLY, ("black",), min_n=30))
    assert a.finding.m == 3
    gone = answer(of(four, "other"), "left_out", "groups of fewer than 30")
    assert (gone.finding.verdict, gone.finding.status, gone.changes) == ("not_evaluable", "below_min_n", True)


def test_the_reference_named_beforehand_has_the_smaller_family(four):
    a = answer(of(four, "black"), "family", "reference named beforehand")
    check(a, afresh(TALLY, ("black",), reference="white"))
    assert (of(four, "black").made.m, a.finding.m) == (6, 3)


def test_each_comparison_by_itself_has_p_as_it_is(four):
    for group in ("black", "asian", "other"):
        a = answer(of(four, group), "family", "each comparison by itself")
        pair = tally_of({name: FOUR[name] for name in ("white", group)})
        check(a, afresh(pair, (group,)))
        assert a.finding.p_adjusted == a.finding.p == of(four, group).made.p


def holm_over(p_of, pair, pairs):
    """Holm's adjusted p of one pair, by its definition."""
    ordered = sorted(p_of(*each) for each in pairs)
    own = p_of(*pair)
    steps = [min(1, (len(ordered) - i) * p) for i, p in enumerate(ordered) if p <= own]
    return max(steps)


def test_another_test_decides_all_pairs(four):
    """Fisher's p from scipy, Holm by its definition over all six pairs."""

    def fisher(a, b):
        (xa, na), (xb, nb) = FOUR[a], FOUR[b]
        return stats.fisher_exact([[xa, na - xa], [xb, nb - xb]]).pvalue

    names = list(FOUR)
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    for group in ("black", "asian", "other"):
        a = answer(of(four, group), "test", "fisher_exact")
        assert a.finding.test == "fisher_exact"
        assert a.finding.p == pytest.approx(fisher("white", group), rel=1e-9)
        assert a.finding.p_adjusted == pytest.approx(holm_over(fisher, ("white", group), pairs), rel=1e-9)
        assert a.finding.estimate == of(four, group).made.estimate


def test_what_was_set_aside_counted_as_decided(four):
    """20 black and 15 white withdrew: as not selected 66/170 and 120/215, as selected 86/170 and 135/215."""
    counted = {
        "withdrawn: counted as not selected": {"white": (120, 215), "black": (66, 170)},
        "withdrawn: counted as selected": {"white": (135, 215), "black": (86, 170)},
    }
    black = of(four, "black")
    assert asked(black, "set_aside") == list(counted)
    for choice, changed in counted.items():
        a = answer(black, "set_aside", choice)
        (xb, nb), (xw, nw) = changed["black"], changed["white"]
        assert a.finding.estimate == pytest.approx((xb / nb) / (xw / nw))
        check(a, afresh(tally_of(FOUR | changed, unknown=(30, 50)), ("black",)))


def test_the_undisclosed_given_to_either_side(four):
    """50 undisclosed, 30 of them selected: to white the 30 and to black the 20, or the other way round."""
    black = of(four, "black")
    given = {
        "selected: white; not selected: black": {"white": (150, 230), "black": (66, 170)},
        "selected: black; not selected: white": {"white": (120, 220), "black": (96, 180)},
    }
    assert asked(black, "undisclosed") == list(given)
    for choice, changed in given.items():
        check(answer(black, "undisclosed", choice), afresh(tally_of(FOUR | changed), ("black",)))


def test_of_two_groups_the_undisclosed_are_at_the_ends():
    """Every way to share 4 undisclosed (2 selected) between two groups: none has a ratio beyond the two choices'."""
    groups, unknown = {"a": (5, 12), "b": (9, 13)}, (2, 4)
    result = fw.run_audit(tally_of(groups, unknown=unknown), reference="b")
    ratios = [
        ((5 + s) / (12 + s + r)) / ((9 + 2 - s) / (13 + 4 - s - r)) for s in range(3) for r in range(3)
    ]  # s of the selected and r of the others to a
    ends = [answer(of(result, "a"), "undisclosed", c).finding.estimate for c in asked(of(result, "a"), "undisclosed")]
    assert ends == [pytest.approx(min(ratios)), pytest.approx(max(ratios))]


def test_no_undisclosed_where_nobody_knows_whether_they_were_selected():
    cells = {
        ("a", "selected"): 5,
        ("a", "not_selected"): 7,
        ("b", "selected"): 9,
        ("b", "not_selected"): 4,
        (None, None): 3,
    }
    result = fw.run_audit(Tally.of([Axis("race", "protected"), Axis("hired", "decision")], cells))
    assert asked(of(result, "a"), "undisclosed") == []


# -- which change the answer, by arithmetic -----------------------------------------------------------------------


def test_which_choices_change_the_answer_by_hand():
    """F 30/100 and M 45/100: ratio .667, below 4/5; pooled p = 75/200, z = -.15/√(.375·.625·.02) = -2.191, p .028.

    At 0.99 p is not below .01: inconclusive.  Fisher's p is .041 and mid-P .029: beyond as before.  The 95 % interval
    of the ratio reaches over 4/5: under the rule of the whole interval inconclusive.  By the estimate alone: beyond.
    Against all together .30/.375 is 4/5 exactly, which is not below; and there, as against the rest, both groups are
    compared with somebody, so that p is doubled to .057.  Both groups are the largest: M, with the higher rate, is it.
    """
    result = fw.run_audit(tally_of({"F": (30, 100), "M": (45, 100)}))
    f = of(result, "F")
    assert (f.made.verdict, f.made.difference) == ("beyond", "shown")
    assert f.made.p == pytest.approx(2 * stats.norm.sf(0.15 / (0.375 * 0.625 * 0.02) ** 0.5))
    assert f.made.high > 0.8
    changed = {(a.kind, a.choice) for a in f.answers if a.changes}
    assert changed == {("level", "0.99"), ("rule", "clear")} | {("reference", other) for other in ("overall", "rest")}
    overall = answer(f, "reference", "overall").finding
    assert (overall.screen, overall.difference) == ("not_below", "not_shown")
    assert overall.p_adjusted == pytest.approx(2 * f.made.p)
    tied = answer(f, "reference", "largest")
    assert (tied.finding.estimate, tied.finding.verdict) == (f.made.estimate, "beyond")
    assert asked(f, "family") == []  # one comparison: nothing was adjusted
    at_99 = answer(f, "level", "0.99").finding
    assert (at_99.verdict, at_99.difference) == ("inconclusive", "not_shown")


def test_a_group_that_becomes_the_reference_has_no_answer_and_that_is_a_change():
    """F 40/100 and M 30/50 = .60: M is the highest, F the largest."""
    result = fw.run_audit(tally_of({"F": (40, 100), "M": (30, 50)}))
    a = answer(of(result, "F"), "reference", "largest")
    assert (a.finding, a.changes, a.compared_with) == (None, True, ("F",))
    assert a.because == "The group is the reference then: others are compared with it."


def test_where_all_would_be_the_reference_there_is_no_answer_and_no_change():
    result = fw.run_audit(tally_of({"F": (40, 100), "M": (20, 50)}), reference="M")
    a = answer(of(result, "F"), "reference", "highest")
    assert (a.finding, a.changes) == (None, False)
    assert a.because == "All groups are the reference then: nobody is compared."


def test_exclusion_is_strict_and_undone_where_the_plan_has_it():
    """2 of 100 is not under 2 %, 1 of 100 is; a plan that leaves groups under 5 % out is asked without, and with 2 %."""
    at_line = fw.run_audit(tally_of({"a": (40, 60), "b": (20, 38), "c": (1, 2)}))
    assert asked(of(at_line, "b"), "left_out") == ["groups of fewer than 30"]
    under = fw.run_audit(tally_of({"a": (40, 60), "b": (20, 39), "c": (1, 1)}))
    assert asked(of(under, "b"), "left_out") == ["groups under 2 %", "groups of fewer than 30"]
    # c is the highest and the reference: under 2 % it is left out, and a is the reference
    assert answer(of(under, "b"), "left_out", "groups under 2 %").compared_with == ("a",)
    plan = fw.run_audit(tally_of({"a": (40, 60), "b": (20, 37), "c": (1, 3)}), exclude_under=Decimal("0.05"))
    c = of(plan, "c")  # left out by the plan, and asked all the same: that is what is disputed
    assert c.made.status == "excluded"
    assert {(a.choice, a.changes) for a in c.answers if a.kind == "left_out"} == {
        ("no group for its share", True), ("groups under 2 %", True)}  # fmt: skip


def test_a_larger_min_n_than_thirty_is_asked_with_thirty_and_without():
    result = fw.run_audit(tally_of({"a": (40, 60), "b": (20, 40), "c": (4, 10)}), min_n=50)
    b = of(result, "b")
    assert b.made.status == "below_min_n"
    assert asked(b, "left_out") == ["no group for its number", "groups of fewer than 30"]
    check(answer(b, "left_out", "groups of fewer than 30"), afresh(result.tally, ("b",), min_n=30))


def test_a_named_reference_that_a_choice_leaves_out_is_said():
    result = fw.run_audit(tally_of({"a": (40, 60), "b": (20, 40), "c": (4, 10)}), reference="c")
    a = answer(of(result, "a"), "left_out", "groups of fewer than 30")
    assert (a.finding, a.changes) == (None, False)
    assert "left out" in a.because
    assert asked(of(result, "a"), "reference") == ["highest", "largest", "overall", "rest"]


def test_a_policy_under_assured_is_not_asked_under_clear():
    """The two draw the same verdict; they differ in what a gate does with it."""
    result = fw.run_audit(tally_of({"a": (40, 60), "b": (20, 40)}), policy=[LINE | {"rule": "assured"}])
    assert asked(of(result, "b", policy="line"), "rule") == ["screen_and_test", "point"]


def test_without_a_line_the_rule_is_no_choice():
    result = fw.run_audit(tally_of({"a": (40, 60), "b": (20, 40)}), jurisdiction="eu")
    disputed = choices(result).disputed
    assert disputed
    assert all(d.made.threshold is None and asked(d, "rule") == [] for d in disputed)


def test_repeats_of_a_unit_are_never_counted_as_decisions():
    result = fw.run_audit(tally_of({"a": (40, 60), "b": (20, 40)}, aside=[("b", REPEAT, 9)]))
    assert asked(of(result, "b"), "set_aside") == []


# -- strata, clusters, weights, scores, tables of counts ----------------------------------------------------------


def of_strata(decides="pooled"):
    """Return rates of 20 % and 20 %, then 80 % and 80 %: alike in both, 26 % against 74 % in all."""
    strata = {"hard": {"a": (36, 180), "b": (4, 20)}, "easy": {"a": (16, 20), "b": (144, 180)}}
    cells = {}
    for stratum, groups in strata.items():
        for label, (x, n) in groups.items():
            cells[(label, stratum, "selected")], cells[(label, stratum, "not_selected")] = x, n - x
    tally = Tally.of([Axis("race", "protected"), Axis("dept", "stratum"), Axis("hired", "decision")], cells)
    return fw.run_audit(tally, decides=decides)


def test_every_choice_keeps_the_strata_but_the_one_about_them():
    """All decisions are beyond, within departments there is nothing: inconclusive, whatever test or level."""
    pooled = of_strata()
    a = of(pooled, "a")
    assert a.made.verdict == "inconclusive"
    assert {(x.kind, x.choice) for x in a.answers if x.changes and x.kind != "strata"} == set()
    alone = answer(a, "strata", "not heeded")
    check(alone, afresh(pooled.tally.margin("race", "hired"), ("a",)))
    assert (alone.finding.verdict, alone.changes) == ("beyond", True)
    other = answer(a, "strata", "stratified")
    check(other, of_strata("stratified").findings[0])
    assert (other.finding.estimate, other.finding.difference, other.changes) == (pytest.approx(1.0), "not_shown", True)
    assert asked(of(of_strata("stratified"), "a"), "strata") == ["pooled", "not heeded"]


def test_clusters_and_weights_not_heeded():
    """Four clusters of a and four of b; the same counts without them are an audit of independent decisions."""
    cells = {}
    for i in range(8):
        label, x = ("a", 3) if i % 2 else ("b", 7)
        cells[(label, i, "selected")], cells[(label, i, "not_selected")] = x + i % 3, 10 - x
    axes = [Axis("race", "protected"), Axis("ad", "cluster"), Axis("hired", "decision")]
    clustered = fw.run_audit(Tally.of(axes, cells))
    a = of(clustered, "a")
    check(answer(a, "clusters", "not heeded"), afresh(clustered.tally.margin("race", "hired"), ("a",)))
    assert asked(a, "test") == []  # tests for counts would take decisions for independent
    weights = {("a", "selected"): 3, ("a", "not_selected"): 1, ("b", "selected"): 1, ("b", "not_selected"): 2}
    counts = {"a": (20, 50), "b": (30, 50)}
    weighted = {}
    for (label, outcome), w in weights.items():
        x, n = counts[label]
        m = x if outcome == "selected" else n - x
        weighted[(label, outcome)] = Count(m, m * w * 10**6, m * w**2 * 10**12)
    tally = Tally.of([Axis("race", "protected"), Axis("hired", "decision")], weighted, weighted=True)
    result = fw.run_audit(tally)
    # weighted a is 60/90 and b 30/70, so b is compared with a; unweighted a is .4 and b .6, and b the reference
    b = answer(of(result, "b"), "weights", "not heeded")
    assert (b.finding, b.changes) == (None, True)
    named = of(fw.run_audit(tally, reference="b"), "a")
    check(answer(named, "weights", "not heeded"), afresh(tally_of(counts), ("a",), reference="b"))


def test_in_clusters_and_with_everybody_left_out():
    cells = {("a", 0, "selected"): 3, ("a", 1, "not_selected"): 4, ("b", 0, "selected"): 2, ("b", 2, "not_selected"): 5}
    axes = [Axis("race", "protected"), Axis("ad", "cluster"), Axis("hired", "decision")]
    # no group of 50: the plan's finding cannot be evaluated; with nobody left out b's can, and a is the highest
    (b,) = choices(fw.run_audit(Tally.of(axes, cells), min_n=50)).disputed
    assert (b.made.group, b.made.verdict) == (("b",), "not_evaluable")
    kept = answer(b, "left_out", "no group for its number")
    assert (kept.finding.estimate, kept.compared_with, kept.changes) == (pytest.approx(2 / 3), ("a",), True)


def test_scoring_rates_are_asked_by_their_own_words():
    """Who has no score is set aside; counted as above or not above the median, never as selected."""
    cells = {("a", "scored", float(s)): 4 for s in range(1, 7)} | {("b", "scored", float(s)): 4 for s in range(4, 10)}
    cells |= {("a", "scored", None): 5}
    axes = [Axis("race", "protected"), Axis("decision", "decision"), Axis("points", "score")]
    result = fw.run_audit(Tally.of(axes, cells))
    a = of(result, "a")
    assert a.made.measure == "scoring_rate"
    assert asked(a, "set_aside") == [
        "no score: counted as not scored above the median", "no score: counted as scored above the median"]  # fmt: skip
    # median of 4 each of 1–6 and 4–9: the 24th and 25th of 48 are 5: above it 4 of a (6) and 16 of b
    low = answer(a, "set_aside", "no score: counted as not scored above the median").finding
    assert low.estimate == pytest.approx((4 / 29) / (16 / 24))


def test_a_table_of_counts_is_asked_like_any_other():
    cells = {
        ("race", "a", "selected"): 40, ("race", "a", "not_selected"): 20, ("race", "b", "selected"): 20,
        ("race", "b", "not_selected"): 20, ("sex", "f", "selected"): 30, ("sex", "f", "not_selected"): 30,
        ("sex", "m", "selected"): 28, ("sex", "m", "not_selected"): 12, ("race", None, "selected"): 3,
        ("race", None, "not_selected"): 5,
    }  # fmt: skip
    axes = [Axis("table", "table"), Axis("group", "protected"), Axis("hired", "decision")]
    tables = fw.run_audit(Tally.of(axes, cells))
    race = tally_of({"a": (40, 60), "b": (20, 40)}, unknown=(3, 8))
    own = of(fw.run_audit(race), "b")
    theirs = of(tables, "b")
    assert [(a.kind, a.choice) for a in theirs.answers] == [(a.kind, a.choice) for a in own.answers]
    for mine, other in zip(own.answers, theirs.answers, strict=True):
        assert mine.changes == other.changes
        if mine.finding is not None:
            check(mine, other.finding)


# -- the section ----------------------------------------------------------------------------------------------------


def test_the_section_is_json_and_counts_nothing_twice(four, tmp_path):
    made = choices(four)
    assert made.section == "choices"
    content = json.loads(json.dumps(made.to_json(), allow_nan=False))
    assert [d["group"] for d in content] == [["asian"], ["black"], ["other"]]
    for d in content:
        kinds = {a["kind"] for a in d["answers"]}
        assert {*d["changed_by"]} | {*d["not_changed_by"]} == kinds
        assert not {*d["changed_by"]} & {*d["not_changed_by"]}
        assert len({(a["kind"], a["choice"]) for a in d["answers"]}) == len(d["answers"])
    TALLY.save(tmp_path / "tally.json")
    assert choices(fw.run_audit(Tally.load(tmp_path / "tally.json"))).to_json() == made.to_json()


def test_nothing_where_nobody_is_compared():
    assert choices(fw.run_audit(tally_of({"a": (5, 10)}))) is None
