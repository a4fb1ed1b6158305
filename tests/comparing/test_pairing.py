"""The same people in two releases: eight cells by hand, and what becomes of those who cannot be matched."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from scipy.stats import binom, binomtest

import fairwitness as fw
from fairwitness.audit.comparing.pairing import matched_in_words, paired, paired_columns
from fairwitness.audit.comparing.release import compare_releases
from fairwitness.audit.comparing.released import released

F, M = (40, 5, 20, 35), (50, 8, 4, 38)  # both, the new only, the old only, neither


def cells(tally):
    return {key: count.n for key, count in tally.cells.items()}


def test_eight_cells_by_hand(people, loaded):
    old, new = people(F=F, M=M)
    yes, no = "selected", "not_selected"
    assert cells(paired(loaded(old), loaded(new))) == {
        ("F", yes, yes): 40, ("F", no, yes): 5, ("F", yes, no): 20, ("F", no, no): 35,
        ("M", yes, yes): 50, ("M", no, yes): 8, ("M", yes, no): 4, ("M", no, no): 38,
    }  # fmt: skip


def test_figures_and_mcnemar_by_hand(people, loaded):
    # Women 60/100 then and 45/100 now, men 54 and 58: 60/54 and 45/58.  Men are the reference: 112 of 200 to 105.
    old, new = people(F=F, M=M)
    (change,) = compare_releases(loaded(old), loaded(new), margin="0.02").changes
    assert (change.old.selected, change.new.selected, change.old.reference_selected, change.new.reference_selected) == (
        60,
        45,
        54,
        58,
    )
    assert change.change == pytest.approx((45 / 58) / (60 / 54), rel=1e-15)
    assert (change.mcnemar.only_new, change.mcnemar.only_old) == (5, 20)
    assert change.mcnemar.exact == pytest.approx(binomtest(5, 25, 0.5).pvalue)
    assert change.mcnemar.mid_p == pytest.approx(2 * binom.cdf(5, 25, 0.5) - binom.pmf(5, 25, 0.5))
    assert change.reference_mcnemar.exact == pytest.approx(binomtest(8, 12, 0.5).pvalue)


def test_matching_sees_what_independent_samples_do_not(people, loaded):
    old, new = people(F=(300, 2, 20, 178), M=(330, 3, 3, 164))
    (matched,) = compare_releases(loaded(old), loaded(new), margin="0.02").changes
    (apart,) = compare_releases(loaded(old, unit=()), loaded(new, unit=()), margin="0.02").changes
    assert matched.change == apart.change
    assert matched.verdict == "beyond"
    assert apart.verdict == "inconclusive"
    assert matched.high - matched.low < (apart.high - apart.low) / 2
    assert (matched.paired, apart.paired) == (True, False)
    assert apart.mcnemar is None


def test_true_positives_of_matched_people(people, loaded):
    # Outcome positive for the first 45 of each group: women 40 both and 5 new only; men 45 both.
    old, new = people(F=F, M=M)
    good = [1] * 45 + [0] * 55
    new = new.append_column("good", pa.array(good + good))
    (change,) = compare_releases(
        loaded(old), loaded(new, label="good"), metric="equal_opportunity_difference", margin=0, label_scope="all"
    ).changes
    assert (change.old.selected, change.old.n, change.new.selected) == (40, 45, 45)
    assert (change.reference, change.mcnemar.only_new, change.mcnemar.only_old) == (("M",), 5, 0)


def test_who_cannot_be_matched_is_counted_with_the_reason(loaded):
    old = pa.table({"id": [1, 2, 3, 4], "sex": ["F", "F", "M", "M"], "hired": ["yes", "no", "yes", "gone"]})
    new = pa.table({"id": [2, 3, 4, 5], "sex": ["F", "M", "M", "F"], "hired": ["yes", "left", "yes", "no"]})
    meant = {"favorable": "yes", "unfavorable": "no"}
    both = paired(
        loaded(old, **meant, set_aside={"gone": "withdrew"}), loaded(new, **meant, set_aside={"left": "withdrew"})
    )
    assert cells(both) == {
        ("F", "not_selected", "selected"): 1,
        ("F", "selected", "set_aside:not in this release"): 1,
        ("F", "set_aside:not in the last release", "not_selected"): 1,
        ("M", "selected", "set_aside:withdrew"): 1,
        ("M", "set_aside:withdrew", "selected"): 1,
    }
    assert matched_in_words(both) == (
        "1 people were decided on in both releases; set aside: 1 not in the last release, 1 not in this release, "
        "1 withdrew (last release), 1 withdrew (this release)."
    )
    assert (both.sources[0].rows, both.sources[1].rows, both.decisions) == (4, 4, 5)


def test_each_release_has_its_own_words_for_the_decision(people, loaded):
    old, new = people(F=F, M=M)
    words = pa.array(["advance" if d else "stop" for d in old["hired"].to_pylist()])
    renamed = pa.table({"person": old["id"], "sex": old["sex"], "decided": words})
    base = loaded(renamed, decision="decided", favorable="advance", unfavorable="stop", unit="person")
    assert cells(paired(base, loaded(new))) == cells(paired(loaded(old), loaded(new)))


def test_units_are_matched_whatever_type_carries_them(people, loaded, tmp_path):
    old, new = people(F=F, M=M)
    expected = cells(paired(loaded(old), loaded(new)))
    text = old.set_column(0, "id", old["id"].cast(pa.string()))
    floats = old.set_column(0, "id", old["id"].cast(pa.float64()))
    (tmp_path / "old.csv").write_text(old.to_pandas().to_csv(index=False), encoding="utf-8")
    for other in (text, floats, old.to_pandas(), tmp_path / "old.csv"):
        assert cells(paired(loaded(other), loaded(new))) == expected


def test_a_unit_of_two_columns(loaded):
    old = pa.table({"who": ["a", "a", "b"], "job": [1, 2, 1], "sex": ["F", "F", "M"], "hired": [1, 0, 1]})
    new = pa.table({"job": [2, 1, 1], "who": ["a", "a", "b"], "sex": ["F", "F", "M"], "hired": [1, 0, 1]})
    both = paired(*(loaded(t, unit=["who", "job"]) for t in (old, new)))
    assert cells(both) == {
        ("F", "not_selected", "selected"): 1, ("F", "selected", "not_selected"): 1, ("M", "selected", "selected"): 1
    }  # fmt: skip


def test_attributes_cut_into_bins_are_cut_in_both(loaded):
    old = pa.table({"id": range(6), "age": [24, 30, 39, 50, 60, 70], "hired": [1, 0, 1, 0, 1, 0]})
    new = pa.table({"id": range(6), "age": [25, 31, 40, 51, 61, 71], "hired": [1, 1, 1, 0, 1, 0]})
    both = paired(*(loaded(t, protected="age", bins={"age": [40]}) for t in (old, new)))
    assert cells(both) == {
        ("40+", "not_selected", "not_selected"): 2, ("40+", "selected", "selected"): 2,
        ("<40", "not_selected", "selected"): 1, ("<40", "selected", "selected"): 1,
    }  # fmt: skip
    # Of six people only the one who became 40 is in another bin.
    assert "'age': of 6 people in both releases 1 have another value" in both.warnings[0]


def test_other_attributes_in_the_last_release_are_counted_and_this_releases_hold(loaded):
    old = pa.table({"id": [1, 2, 3, 4], "sex": ["F", "M", "M", None], "hired": [1, 0, 1, 0]})
    new = pa.table({"id": [1, 2, 3, 4], "sex": ["F", "M", "F", "M"], "hired": [1, 0, 1, 0]})
    both = paired(loaded(old), loaded(new))
    assert both.warnings == (
        "'sex': of 3 people in both releases 1 have another value in the last release's data; this release's count.",
    )
    assert cells(both)["F", "selected", "selected"] == 2


def test_people_who_are_mostly_others_are_refused(loaded):
    old = pa.table({"id": [1, 2, 3], "sex": ["F", "M", "M"], "hired": [1, 0, 1]})
    new = pa.table({"id": [1, 2, 3], "sex": ["M", "F", "M"], "hired": [1, 0, 1]})
    with pytest.raises(fw.FairwitnessError, match=r"of 3 people in both releases 2 have another value.*more than half"):
        paired(loaded(old), loaded(new))


def test_true_outcomes_are_compared_by_what_they_mean(loaded):
    base = {"id": [1, 2, 3, 4], "sex": ["F", "M", "F", "M"], "hired": [1, 0, 1, 0]}
    old, new = pa.table(base | {"good": ["yes", "no", "no", ""]}), pa.table(base | {"good": [1, 0, 1, 0]})
    both = paired(loaded(old, label="good", label_positive="yes"), loaded(new, label="good"))
    assert both.warnings[0].startswith("'good': of 3 people in both releases 1 have another value")


def test_the_last_release_may_have_no_more_than_unit_and_decision(people, loaded, tmp_path):
    old, new = people(F=F, M=M)
    bare = old.drop_columns(["sex"])
    expected = cells(paired(loaded(old), loaded(new)))
    assert cells(paired(released(bare, loaded(new).roles, to_match=True), loaded(new))) == expected
    (tmp_path / "v1.csv").write_text(bare.to_pandas().to_csv(index=False), encoding="utf-8")
    (change,) = compare_releases(tmp_path / "v1.csv", loaded(new), margin="0.02").changes
    assert change.paired
    gone = compare_releases(bare.slice(1), loaded(new), margin="0.02")  # the first is a woman of whom it knows nothing
    assert "199 people were decided on in both releases; set aside: 1 not in the last release." in gone.notes
    later = compare_releases(bare, loaded(new.slice(1)), margin="0.02")
    assert "set aside: 1 not in this release." in later.notes[1]


def test_two_columns_of_one_source(people, loaded):
    old, new = people(F=F, M=M)
    side = new.append_column("before", old["hired"])
    both = paired_columns(loaded(side, protected=["sex", "before"], unit=()), "before")
    by_columns = compare_releases(None, both, margin="0.02").changes
    by_unit = compare_releases(loaded(old), loaded(new), margin="0.02").changes
    assert by_columns == by_unit
    strange = loaded(
        side.set_column(3, "before", pa.array(["maybe", "yes"] * 100)), protected=["sex", "before"], unit=()
    )
    with pytest.raises(fw.FairwitnessError, match="decision 'before'"):
        paired_columns(strange, "before")


def test_a_paired_tally_is_kept_and_audited_like_any_other(people, loaded, tmp_path):
    old, new = people(F=F, M=M)
    both = paired(loaded(old), loaded(new))
    both.save(tmp_path / "both.json")
    again = fw.Tally.load(tmp_path / "both.json")
    assert again == both
    assert compare_releases(None, again, margin=0).changes == compare_releases(None, both, margin=0).changes
    assert (
        fw.run_audit(both, resamples=200).findings == fw.run_audit(fw.tally(loaded(new)), resamples=200).findings
    )  # of the new release


def test_repeats_that_disagree_are_refused_and_a_choice_is_heeded(loaded):
    old = pa.table({"id": [1, 1, 2], "sex": ["F", "F", "M"], "hired": [1, 0, 1]})
    new = pa.table({"id": [1, 2], "sex": ["F", "M"], "hired": [1, 1]})
    with pytest.raises(fw.FairwitnessError, match="1 of 2 units have repeats that disagree"):
        paired(loaded(old), loaded(new))
    with pytest.raises(
        fw.FairwitnessError, match=r"1 rows repeat a unit \('id'\), and in a pair each release decides once"
    ):
        paired(loaded(old, duplicates="keep"), loaded(new))
    both = paired(loaded(old, duplicates="last"), loaded(new))
    assert cells(both) == {("F", "not_selected", "selected"): 1, ("M", "selected", "selected"): 1}
    assert "--duplicates last" in both.warnings[0]


@pytest.mark.parametrize(
    ("old_roles", "new_roles", "message"),
    [
        ({"unit": ()}, {}, "people are matched by a unit"),
        ({}, {"unit": ["id", "sex2"]}, "1 columns in the pyarrow frame and 2 in the pyarrow frame"),
        ({"decision": None, "score": "points"}, {}, "a paired comparison needs a decision"),
        ({"weight": "points"}, {}, "counts people, not weights"),
    ],
)
def test_what_cannot_be_matched(loaded, old_roles, new_roles, message):
    table = pa.table({"id": [1, 2], "sex": ["F", "M"], "sex2": ["F", "M"], "hired": [1, 0], "points": [1, 2]})
    with pytest.raises(fw.FairwitnessError, match=re.escape(message)):
        paired(loaded(table, **old_roles), loaded(table, **new_roles))


@pytest.mark.parametrize("empty", [None, "", float("nan")])
def test_a_row_without_a_unit_is_refused(loaded, empty):
    ids = [1.0, empty] if isinstance(empty, float) else ["1", empty]
    table = pa.table({"id": ids, "sex": ["F", "M"], "hired": [1, 0]})
    with pytest.raises(fw.FairwitnessError, match="'id': 1 rows have no unit"):
        paired(loaded(table), loaded(table))


def test_nobody_in_both(loaded):
    old = pa.table({"id": [1, 2], "sex": ["F", "M"], "hired": [1, 0]})
    new = pa.table({"id": ["A1", "A2"], "sex": ["F", "M"], "hired": [1, 0]})
    with pytest.raises(fw.FairwitnessError, match=r"No unit stands in both.*Check the columns named with --unit"):
        paired(loaded(old), loaded(new))


def test_scores_beside_a_decision_are_left_alone(people, loaded):
    old, new = people(F=F, M=M)
    scored = [t.append_column("points", pa.array(range(200))) for t in (old, new)]
    found = compare_releases(*(loaded(t, score="points") for t in scored), margin="0.02")
    assert found.changes == compare_releases(loaded(old), loaded(new), margin="0.02").changes
    side = scored[1].append_column("before", old["hired"])
    both = paired_columns(loaded(side, protected=["sex", "before"], unit=(), score="points"), "before")
    assert compare_releases(None, both, margin="0.02").changes == found.changes


def test_rows_and_counts_do_not_go_together(people, release):
    old, _ = people(F=F, M=M)
    with pytest.raises(fw.FairwitnessError, match="nobody said which column is what"):
        compare_releases(old, release(F=(1, 2)), margin=0)
    with pytest.raises(fw.FairwitnessError):
        compare_releases(42, release(F=(1, 2)), margin=0)
