"""What is hidden, merged and left out, in tables small enough to follow by hand."""

from __future__ import annotations

import json
from itertools import product

import pytest

from fairwitness.audit.disclosure import MERGED, coarsened, hidden_groups, in_public, publishable_tables
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.plan import AuditPlan
from fairwitness.audit.run import run_audit
from fairwitness.audit.tally import Axis, Count, Source, Tally

PLAN = AuditPlan(resamples=200)


def by_race(groups, **options):
    """Return a tally of one attribute from (selected, not selected) of each group."""
    cells = {}
    for group, (selected, rejected) in groups.items():
        cells |= {(group, "selected"): selected, (group, "not_selected"): rejected}
    cells = {key: n for key, n in cells.items() if n}
    return Tally.of([Axis("race", "protected"), Axis("hired", "decision")], cells, **options)


def hidden(tally, by="race", **options):
    return {group[0] for group in hidden_groups(tally, PLAN, **options)[by,]}


def counts(tally, by="race"):
    """Return (selected, n) of each group of one table."""
    table = next(t for t in run_audit(tally, PLAN).tables if t.by == (by,))
    return {row.group[0]: (row.count.selected, row.count.n) for row in table.rows}


# -- one attribute -----------------------------------------------------------------------------------------------


def test_nothing_small_nothing_hidden():
    tally = by_race({"A": (80, 90), "B": (10, 10)})
    assert hidden(tally) == set()
    assert coarsened(tally, PLAN).tally == tally


@pytest.mark.parametrize("small", [(9, 40), (40, 9), (0, 40), (40, 0)])
def test_a_small_group_hides_behind_the_smallest_other(small):
    # C alone would be the total minus A and B; B, 70 people, is smaller than A, 170
    tally = by_race({"A": (80, 90), "B": (30, 40), "C": small})
    assert hidden(tally) == {"B", "C"}
    left = coarsened(tally, PLAN)
    assert counts(left.tally) == {"A": (80, 170), MERGED: (30 + small[0], 70 + sum(small))}
    assert any("'B', 'C' are counted as one group" in w for w in left.tally.warnings)


def test_two_small_groups_that_are_large_together_need_no_third():
    # 5 + 6 = 11 selected, 20 + 20 not
    assert hidden(by_race({"A": (80, 90), "B": (12, 12), "C": (5, 20), "D": (6, 20)})) == {"C", "D"}


def test_two_small_groups_that_are_small_together_take_the_smallest_third():
    # 5 + 4 = 9 selected: with B, the smallest of the others, 9 + 12
    assert hidden(by_race({"A": (80, 90), "B": (12, 12), "C": (5, 20), "D": (4, 20)})) == {"B", "C", "D"}


def test_where_all_would_have_to_hide_nothing_is_left():
    tally = by_race({"A": (80, 90), "B": (3, 40)})
    assert hidden(tally) == {"A", "B"}
    assert coarsened(tally, PLAN) is None
    assert publishable_tables(tally, PLAN).tables == ()


def test_few_undisclosed_people_are_a_small_group_like_any_other():
    tally = by_race({"A": (80, 90), "B": (60, 70), "C": (30, 40), None: (3, 1)})
    assert hidden(tally) == {"C"}
    left = coarsened(tally, PLAN)
    assert counts(left.tally) == {"A": (80, 170), "B": (60, 130), MERGED: (33, 74)}
    assert any("'C' and people whose group is not disclosed are counted as one" in w for w in left.tally.warnings)


def test_many_undisclosed_people_stay_undisclosed():
    tally = by_race({"A": (80, 90), "B": (60, 70), None: (30, 10)})
    left = coarsened(tally, PLAN)
    assert hidden(tally) == set()
    assert run_audit(*left).tables[0].counts.unknown == 40


def test_a_label_that_nobody_bears_is_left_out_and_hides_nobody():
    axes = [Axis("race", "protected", ("A", "B", "Z")), Axis("hired", "decision")]
    tally = Tally.of(axes, by_race({"A": (80, 90), "B": (60, 70)}).cells)
    assert hidden(tally) == {"Z"}
    left = coarsened(tally, PLAN)
    assert counts(left.tally) == {"A": (80, 170), "B": (60, 130)}
    assert left.tally.warnings == ("Disclosure: 'race': labels without a counted decision are left out.",)


def test_a_group_that_is_called_merged_already_goes_with_the_others():
    tally = by_race({"A": (80, 90), "B": (60, 70), MERGED: (90, 90), "C": (1, 30)})
    assert hidden(tally) == {"C", MERGED}
    assert counts(coarsened(tally, PLAN).tally) == {"A": (80, 170), "B": (60, 130), MERGED: (91, 211)}


# -- several attributes ------------------------------------------------------------------------------------------


def crossed(amounts, names=("race", "sex"), **options):
    """Return a tally from (selected, not selected) of each combination."""
    cells = {}
    for group, (selected, rejected) in amounts.items():
        cells |= {(*group, "selected"): selected, (*group, "not_selected"): rejected}
    axes = [*(Axis(name, "protected") for name in names), Axis("hired", "decision")]
    return Tally.of(axes, {key: n for key, n in cells.items() if n}, **options)


LARGE = dict.fromkeys(product("AB", "FM"), (20, 30))


def test_large_combinations_stay_crossed():
    left = coarsened(crossed(LARGE), PLAN)
    assert [t.by for t in run_audit(*left).tables] == [("race",), ("sex",), ("race", "sex")]


def test_one_small_combination_leaves_the_single_attributes():
    # race: A 27/87, B 40/100; sex: F 27/87, M 40/100; the combination A, F has 7 selected
    tally = crossed(LARGE | {("A", "F"): (7, 30)})
    for plan in (PLAN, PLAN.model_copy(update={"intersect": (("race", "sex"),)})):
        assert hidden_groups(tally, plan)["race", "sex"] == set(product("AB", "FM"))
        assert [t.by for t in publishable_tables(tally, plan).tables] == [("race",), ("sex",)]
        left = coarsened(tally, plan)
        result = run_audit(*left)
        assert [(t.by, t.kind) for t in result.tables] == [(("race",), "confirmatory"), (("sex",), "confirmatory")]
        assert any("intersections are left out" in w for w in result.warnings)
        assert result.to_dict()["data"]["decisions"] == 187
    assert counts(left.tally) == {"A": (27, 87), "B": (40, 100)}
    assert counts(left.tally, "sex") == {"F": (27, 87), "M": (40, 100)}


def test_a_combination_nobody_is_in_is_small():
    amounts = {key: n for key, n in LARGE.items() if key != ("A", "F")}
    tally = crossed(amounts)
    assert hidden_groups(tally, PLAN)["race", "sex"]
    assert coarsened(tally, PLAN).tally.axis("table")


def test_known_combinations_are_hidden_where_those_of_undisclosed_people_are_few():
    # All four combinations are large, and so are the 25 people of undisclosed sex; but of them 5 are of race A,
    # which race A (105) less its women and men (50 + 50) would tell.
    tally = crossed(LARGE | {("A", None): (3, 2), ("B", None): (10, 10)})
    shown = hidden_groups(tally, PLAN)
    assert shown["race",] == shown["sex",] == set()
    assert shown["race", "sex"] == set(product("AB", "FM"))


def test_groups_merged_in_one_attribute_are_merged_in_its_intersections():
    # race C has 8 selected and hides behind B; B and C together have 24 and 24 selected women and men
    amounts = LARGE | {("A", "F"): (40, 40), ("A", "M"): (40, 40), ("C", "F"): (4, 30), ("C", "M"): (4, 30)}
    tables = {t.by: t for t in publishable_tables(crossed(amounts), PLAN).tables}
    found = {g.group: (g.selected, g.n) for g in tables["race", "sex"].groups}
    assert found == {("A", "F"): (40, 80), ("A", "M"): (40, 80), (MERGED, "F"): (24, 84), (MERGED, "M"): (24, 84)}
    assert hidden_groups(crossed(amounts), PLAN)["race", "sex"] == set(product("ABC", "FM"))


def test_three_tables_in_a_circle_would_tell_what_is_in_none_of_them():
    # Of 2 × 2 × 2 selected all tables of two are large. With all three of them there is one degree of freedom, +t on
    # (0,0,0), (0,1,1), (1,0,1), (1,1,0) and -t on the others; 0 in a cell of each sort leaves t = 0 alone.
    amounts = dict.fromkeys(product("ab", "cd", "ef"), (20, 30))
    amounts |= {("a", "c", "e"): (0, 30), ("b", "d", "f"): (0, 30)}
    tally = crossed(amounts, names=("x", "y", "z"))
    shown = {by for by, groups in hidden_groups(tally, PLAN).items() if not groups}
    assert shown == {("x",), ("y",), ("z",), ("x", "y"), ("x", "z")}
    assert {t.by for t in publishable_tables(tally, PLAN).tables} == shown
    # where the cross of all three is large, the circle tells nothing small
    large = crossed(dict.fromkeys(product("ab", "cd", "ef"), (20, 30)), names=("x", "y", "z"))
    assert not any(hidden_groups(large, PLAN).values())


def test_an_attribute_without_a_table_is_left_out():
    # sex: F has 4 + 4 selected, so that both F and M would hide
    tally = crossed({("A", "F"): (4, 30), ("B", "F"): (4, 30), ("A", "M"): (20, 30), ("B", "M"): (20, 30)})
    left = coarsened(tally, PLAN)
    assert left.tally.attributes == ("race",)
    assert any(w.startswith("Disclosure: 'sex': too few decisions to show any group") for w in left.tally.warnings)


# -- outcomes ----------------------------------------------------------------------------------------------------


def labelled(groups):
    """Return a tally from (true positives, false positives, false negatives, true negatives, …) of each group.

    The fifth and sixth number are selected and rejected people of unknown outcome.
    """
    kinds = [("selected", "positive"), ("selected", "negative"), ("not_selected", "positive")]
    kinds += [("not_selected", "negative"), ("selected", None), ("not_selected", None)]
    cells = {(g, *kind): n for g, numbers in groups.items() for kind, n in zip(kinds, numbers, strict=False) if n}
    return Tally.of([Axis("race", "protected"), Axis("hired", "decision"), Axis("good", "label")], cells)


def test_outcomes_are_kept_where_all_are_large():
    tally = labelled({"A": (50, 40, 30, 20), "B": (10, 11, 12, 13)})
    left = coarsened(tally, PLAN)
    assert left.tally == tally
    assert run_audit(*left).to_dict()["data"]["label"]["known"] == 186


@pytest.mark.parametrize("few", [(9, 40, 40, 40), (40, 9, 40, 40), (40, 40, 0, 40), (40, 40, 40, 9, 0, 0)])
def test_outcomes_are_left_out_where_one_is_small(few):
    tally = labelled({"A": (90, 90, 90, 90), "B": (60, 60, 60, 60), "C": few})
    assert hidden(tally) == set()
    assert hidden(tally, outcomes=True) == {"B", "C"}
    left = coarsened(tally, PLAN)
    assert left.tally.axis("label") is None
    assert any("the outcome 'good' is left out" in w for w in left.tally.warnings)
    assert counts(left.tally)["C"] == (few[0] + few[1] + sum(few[4:5]), sum(few))


def test_people_of_unknown_outcome_are_a_kind_of_their_own():
    # if TP and FP are told, the selected less both are those of unknown outcome: 3 of C, and none of A and B
    tally = labelled({"A": (90, 90, 90, 90), "B": (60, 60, 60, 60), "C": (40, 40, 40, 40, 3, 0)})
    assert hidden(tally) == set()
    assert hidden(tally, outcomes=True) == {"A", "B", "C"}
    assert coarsened(tally, PLAN).tally.axis("label") is None


def test_outcomes_are_kept_where_the_decisions_hide_the_same_groups():
    tally = labelled({"A": (90, 90, 90, 90), "B": (60, 60, 60, 60), "C": (2, 1, 50, 40)})
    left = coarsened(tally, PLAN)
    groups = {row.group[0]: row.count.outcomes for row in run_audit(*left).tables[0].rows}
    assert groups[MERGED] == {"true_positive": 62, "false_positive": 61, "false_negative": 110, "true_negative": 100}


def test_what_is_hidden_in_decisions_is_hidden_in_outcomes():
    # decisions: C has 5 selected and hides behind B; outcomes: A and D have few false negatives as well
    groups = {"A": (90, 90, 3, 90), "B": (20, 20, 20, 20), "C": (3, 2, 50, 40), "D": (60, 60, 2, 60)}
    tally = labelled(groups | {"E": (70, 70, 70, 70)})
    assert hidden(tally) == {"B", "C"}
    assert hidden(tally, outcomes=True) == {"A", "B", "C", "D"}


def test_label_known_counts_nobody_twice_in_tables():
    kinds = list(product(("selected", "not_selected"), ("positive", "negative")))
    axes = [Axis("race", "protected"), Axis("sex", "protected"), Axis("hired", "decision"), Axis("good", "label")]
    cells = {(*key, *kind): 20 for key in product("AB", "FM") for kind in kinds} | {
        ("A", "F", "selected", "positive"): 5
    }
    left = coarsened(Tally.of(axes, cells), PLAN)
    assert left.tally.axis("table")
    # 15 of 20 each, and 5
    assert run_audit(*left).to_dict()["data"]["label"]["known"] == 15 * 20 + 5


# -- scores ------------------------------------------------------------------------------------------------------


def scored(decisions=("scored",)):
    """Return a tally of two groups in which A has the scores 1 to 40 and B 21 to 60, once for each decision."""
    axes = [Axis("race", "protected"), Axis("(decision)", "decision"), Axis("points", "score")]
    cells = {("A", d, float(s)): 1 for s in range(1, 41) for d in decisions}
    cells |= {("B", d, float(s)): 1 for s in range(21, 61) for d in decisions}
    return Tally.of(axes, cells)


def test_of_scores_only_who_is_beyond_the_median_is_left():
    # the median of 1…40 and 21…60 is 30.5: 10 of A (31 to 40) and 30 of B (31 to 60) are above
    left = coarsened(scored(), PLAN)
    assert left.tally.measure == "scoring_rate"
    assert left.tally.axis("score") is None
    assert counts(left.tally) == {"A": (10, 40), "B": (30, 40)}
    assert "30.5" not in left.tally.to_json()
    assert any("of the scores 'points' only who lies beyond the median" in w for w in left.tally.warnings)
    assert run_audit(*left).tables[0].measure == "scoring_rate"


def test_of_decisions_and_scores_the_decisions_are_left():
    tally = scored(("selected", "not_selected"))
    left = coarsened(tally, PLAN)
    assert left.tally.measure == "selection_rate"
    assert counts(left.tally) == {"A": (40, 80), "B": (40, 80)}
    assert [t.measure for t in publishable_tables(tally, PLAN).tables] == ["selection_rate", "scoring_rate"]


def test_a_group_is_hidden_in_both_measures_where_few_have_no_score():
    tally = scored(("selected", "not_selected"))
    tally = Tally.of(tally.axes, tally.cells | {("A", "selected", None): Count(3)})
    assert hidden(tally) == {"A", "B"}


# -- what else could tell ----------------------------------------------------------------------------------------


def test_set_asides_rows_repeats_and_numbers_in_warnings():
    base = by_race({"A": (80, 90), "B": (60, 70)})
    tally = Tally.of(
        base.axes,
        base.cells | {("A", "set_aside:withdrawn"): Count(4)},
        repeats=3,
        sources=(Source("people.csv", "0" * 64, 304),),
        warnings=("people.csv: 3 of 304 rows repeat a unit", "'race': the labels 'A', 'a' differ only by case"),
    )
    left = coarsened(tally, PLAN).tally
    assert left.cells == base.cells
    assert left.repeats == 10
    assert left.sources[0].rows == left.decisions == 300
    assert left.warnings[0] == "'race': the labels 'A', 'a' differ only by case"
    assert not any(c.isdigit() for w in left.warnings for c in w)
    shown = run_audit(left, PLAN).to_dict()
    assert (shown["data"]["rows"], shown["data"]["counted"], shown["data"]["set_aside"]) == (300, 300, [])


def test_many_rows_that_are_not_counted_stay_told():
    base = by_race({"A": (80, 90), "B": (60, 70)})
    tally = Tally.of(base.axes, base.cells, sources=(Source("people.csv", None, 310),))
    assert coarsened(tally, PLAN).tally.sources == tally.sources


def test_a_small_shard_is_not_told():
    base = by_race({"A": (80, 90), "B": (60, 70)})
    shards = (Source("monday.csv", "1" * 64, 3), Source("tuesday.csv", "2" * 64, 297))
    assert coarsened(Tally.of(base.axes, base.cells, sources=shards), PLAN).tally.sources == (
        Source("2 sources", None, 300),
    )


@pytest.mark.parametrize(("reference", "kept"), [("A", True), ("C", False), ("largest", True)])
def test_a_reference_that_was_merged_gives_way(reference, kept):
    tally = by_race({"A": (80, 90), "B": (30, 40), "C": (2, 40)})
    plan = PLAN.model_copy(update={"reference": reference})
    left = coarsened(tally, plan)
    assert left.plan.reference == (reference if kept else "highest")
    assert any("reference" in w for w in left.tally.warnings) != kept
    run_audit(*left)


def test_whoever_is_hidden_changes_no_byte(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    # B and C together are 32 selected and 80 not, in both
    one = by_race({"A": (80, 90), "B": (30, 40), "C": (2, 40)})
    other = by_race({"A": (80, 90), "B": (28, 35), "C": (4, 45)})
    folders = [run_audit(*coarsened(tally, PLAN)).files() for tally in (one, other)]
    assert folders[0] == folders[1]
    written = [publishable_tables(tally, PLAN) for tally in (one, other)]
    assert written[0] == written[1]


# -- tables of counts --------------------------------------------------------------------------------------------


def tables(amounts):
    cells = {}
    for (table, group), (selected, rejected) in amounts.items():
        cells |= {(table, group, "selected"): selected, (table, group, "not_selected"): rejected}
    return Tally.of([Axis("category", "table"), Axis("label", "protected"), Axis("hired", "decision")], cells)


VENDOR = {("race", "A"): (80, 90), ("race", "B"): (30, 40), ("race", "C"): (2, 40), ("sex", "F"): (50, 80)}
VENDOR |= {("sex", "M"): (62, 90)}


def test_each_table_of_counts_is_coarsened_by_itself():
    left = coarsened(tables(VENDOR), PLAN)
    assert counts(left.tally) == {"A": (80, 170), MERGED: (32, 112)}
    assert counts(left.tally, "sex") == {"F": (50, 130), "M": (62, 152)}


def test_a_table_of_joined_labels_is_left_out_where_it_has_a_small_group():
    # merged by itself, it would tell what the tables of single attributes hide
    both = {
        ("both", "A | F"): (40, 50),
        ("both", "A | M"): (40, 40),
        ("both", "B | F"): (9, 20),
        ("both", "B | M"): (23, 20),
    }
    left = coarsened(tables(VENDOR | both), PLAN)
    assert left.tally.attributes == ("race", "sex")
    assert any(w.startswith("Disclosure: 'both'") for w in left.tally.warnings)


def test_few_undisclosed_people_whose_decisions_are_not_told_are_left_out():
    base = tables({key: n for key, n in VENDOR.items() if key != ("race", "C")})
    tally = Tally.of(base.axes, base.cells | {(None, None, None): Count(4)})
    left = coarsened(tally, PLAN)
    assert left.tally.cells == base.cells
    assert any("whose group and decision are not told are left out" in w for w in left.tally.warnings)
    many = coarsened(Tally.of(base.axes, base.cells | {(None, None, None): Count(40)}), PLAN)
    assert all(t.counts.unknown == 40 for t in run_audit(*many).tables)


# -- refusals, and where it is asked -----------------------------------------------------------------------------


def test_a_weighted_tally_is_refused():
    cells = {("A", "selected"): Count(20, 20_000_000, 20), ("A", "not_selected"): Count(20, 20_000_000, 20)}
    tally = Tally.of([Axis("race", "protected"), Axis("hired", "decision")], cells, weighted=True)
    with pytest.raises(FairwitnessError, match=r"weighted tally has no public view yet.*--view internal"):
        coarsened(tally, PLAN)


def test_a_clustered_tally_is_refused():
    """Without its clusters the same decisions would be taken for independent ones."""
    axes = [Axis("race", "protected"), Axis("hired", "decision"), Axis("advert", "cluster")]
    tally = Tally.of(axes, {("A", "selected", 1): 20, ("A", "not_selected", 2): 20, ("B", "selected", 1): 20})
    with pytest.raises(FairwitnessError, match=r"clustered tally has no public view yet.*--view internal"):
        coarsened(tally, PLAN)


@pytest.mark.parametrize(
    ("ci", "public"),
    [("true", True), ("1", True), ("yes", True), ("", False), ("false", False), ("False", False), ("0", False)],
)
def test_in_public_is_where_ci_is_set(ci, public, monkeypatch):
    monkeypatch.setenv("CI", ci)
    assert in_public() == public


def test_not_in_public_where_ci_is_not_set(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    assert not in_public()


def test_the_plan_of_a_coarsened_tally_audits_its_saved_file(tmp_path):
    left = coarsened(crossed(LARGE | {("A", "F"): (7, 30)}), PLAN)
    path = tmp_path / "tally.json"
    left.tally.save(path)
    assert run_audit(Tally.load(path), left.plan).to_dict()["tables"] == run_audit(*left).to_dict()["tables"]
    assert json.loads(path.read_text(encoding="utf-8"))["small_cells"]["n"] == 0
