"""A pull request must not turn a gate green by taking the evidence away."""

from __future__ import annotations

import re

import pytest

from fairwitness.audit.comparing.baseline import baseline_of
from fairwitness.audit.errors import FairwitnessError, ThresholdExceeded
from fairwitness.audit.gating.check import check
from fairwitness.audit.gating.checked import public_view
from fairwitness.audit.gating.no_worse import check_no_worse
from fairwitness.audit.gating.text import message
from fairwitness.audit.run import run_audit
from fairwitness.audit.tally import Axis, Tally

BEFORE = {"White": (600, 1500), "Black": (190, 500), "Asian": (200, 500)}
WORSE = BEFORE | {"Black": (100, 500)}


def tally(groups, unknown=(0, 0)):
    """A release of {group: (selected, n)}, and how many of unknown race are selected and not."""
    cells = {(g, "selected"): x for g, (x, n) in groups.items()}
    cells |= {(g, "not_selected"): n - x for g, (x, n) in groups.items()}
    cells |= {(None, "selected"): unknown[0], (None, "not_selected"): unknown[1]}
    return Tally.of([Axis("race", "protected"), Axis("hired", "decision")], {k: v for k, v in cells.items() if v})


def stopped(new, last=None, **asked):
    with pytest.raises(ThresholdExceeded) as caught:
        check_no_worse(run_audit(new), run_audit(last or tally(BEFORE)), "impact_ratio", **({"margin": "0.1"} | asked))
    return caught.value.checked


DROPPED = {g: c for g, c in WORSE.items() if g != "Black"}
RENAMED = DROPPED | {"black": WORSE["Black"]}
SPLIT = DROPPED | {f"Black {i}": (4, 20) for i in range(25)}


@pytest.mark.parametrize("groups", [DROPPED, RENAMED, SPLIT], ids=["dropped", "renamed", "split"])
def test_a_group_that_the_last_release_had_cannot_go_missing(groups):
    checked = stopped(tally(groups))
    people = "people" if groups is SPLIT else "500 people"  # beside 25 small groups no number is given
    (reason,) = checked.failed
    assert reason == (
        f"the last release decided on {people} of race: Black, this one on none; a group that is missing is not a "
        "group treated no worse."
    )
    assert reason in message(checked, public=True).replace("\n", " ")


def test_nor_be_left_without_a_decision():
    empty = tally(DROPPED)
    axes = [Axis("race", "protected", ("Asian", "Black", "White")), empty.axes[1]]
    checked = stopped(Tally.of(axes, empty.cells))
    assert "the last release decided on 500 people of race: Black, this one on none" in checked.failed[0]


def test_nor_go_missing_from_a_baseline():
    kept = baseline_of(run_audit(tally(BEFORE)), "last")
    with pytest.raises(ThresholdExceeded, match="decided on 500 people of race: Black, this one on none"):
        check_no_worse(run_audit(tally(DROPPED)), kept, "impact_ratio", margin="0.1")


def test_a_small_group_that_goes_missing_is_told_without_its_number():
    checked = stopped(tally(BEFORE), tally(BEFORE | {"Sami": (5, 23)}))
    assert "the last release decided on people of race: Sami, this one on none" in checked.failed[0]
    assert "23" not in message(checked, public=True)


def test_a_new_group_is_shown_and_stops_nothing():
    checked = check_no_worse(
        run_audit(tally(BEFORE | {"Sami": (150, 400)})), run_audit(tally(BEFORE)), "impact_ratio", margin="0.3"
    )
    assert {row.group: row.verdict for row in checked.rows}["Sami",] == "not_evaluable"


HIDDEN = {
    "a fiftieth of the rows": tally({g: (round(x / 50), n // 50) for g, (x, n) in WORSE.items()}),
    "half of the rejected without a race": tally(WORSE | {"Black": (100, 300)}, unknown=(0, 200)),
    "almost nobody selected": tally({"White": (3, 1500), "Black": (0, 500), "Asian": (1, 500)}),
}


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_weaker_evidence_is_never_within(hidden):
    shown = check_no_worse(run_audit(hidden), run_audit(tally(BEFORE)), "impact_ratio", margin="0.1")
    assert "within" not in {row.verdict for row in shown.rows if row.group == ("Black",)}
    stopped(hidden, inconclusive="fail")


def test_nobody_selected_stops():
    nobody = run_audit(tally({g: (0, n) for g, (_, n) in WORSE.items()}))
    with pytest.raises(ThresholdExceeded, match="nothing could be evaluated"):
        check(nobody, "impact_ratio", at_least="0.80")
    with pytest.raises(ThresholdExceeded, match="nothing could be evaluated"):
        check_no_worse(nobody, run_audit(tally(BEFORE)), "impact_ratio", margin="0.1")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"level": 0.999}, "'level' differ, so that the question is not the same. level was '0.95' and is '0.999'."),
        ({"reference": "Black"}, "reference was 'highest' and is 'Black'. Audit both releases by one plan"),
    ],
)
def test_a_question_that_the_baseline_was_not_made_for_is_refused(changed, said):
    kept = baseline_of(run_audit(tally(BEFORE)), "last")
    with pytest.raises(FairwitnessError, match=re.escape(said)):
        check_no_worse(run_audit(tally(WORSE), **changed), kept, "impact_ratio", margin="0.1")


def test_how_many_were_decided_on_is_told_and_that_they_are_fewer():
    half = {g: (x // 4, n // 4) for g, (x, n) in BEFORE.items()}  # 375 + 125 + 125 = 625 of 2,500
    checked = check_no_worse(
        run_audit(tally(half, unknown=(20, 30))), run_audit(tally(BEFORE)), "impact_ratio", margin="0.1"
    )
    told = (
        "Decisions by race: 2,500 counted and 0 unknown in the last release, 625 counted and 50 unknown in this one.",
        "Decisions by race: fewer than half as many as the last release; with so few, a loss may go unseen.",
    )
    assert checked.footer[-2:] == told
    assert public_view(checked).footer[-2:] == told


def test_half_as_many_are_not_fewer_than_half():
    half = {g: (x // 2, n // 2) for g, (x, n) in BEFORE.items()}
    checked = check_no_worse(run_audit(tally(half)), run_audit(tally(BEFORE)), "impact_ratio", margin="0.1")
    assert not any("fewer than half" in note for note in checked.footer)


@pytest.mark.parametrize(
    ("groups", "unknown"), [(BEFORE, (4, 3)), (BEFORE | {"Sami": (5, 23)}, (0, 0))], ids=["unknown", "small group"]
)
def test_no_number_is_told_in_public_from_which_few_people_follow(groups, unknown):
    last = baseline_of(run_audit(tally(BEFORE)), "last")
    checked = check_no_worse(run_audit(tally(groups, unknown)), last, "impact_ratio", margin="0.3")
    assert any(note.startswith("Decisions by race: 2,500 counted in the last release") for note in checked.footer)
    assert not any("Decisions by race" in note for note in public_view(checked).footer)


def of_two_attributes(*names):
    cells = {}
    for sex, race, x, n in (
        ("F", "Black", 40, 200),
        ("F", "White", 90, 200),
        ("M", "Black", 80, 200),
        ("M", "White", 90, 200),
    ):
        cells |= {(sex, race, "selected"): x, (sex, race, "not_selected"): n - x}
    axes = [Axis("sex", "protected"), Axis("race", "protected"), Axis("hired", "decision")]
    return Tally.of(axes, cells).margin(*names, "hired")


@pytest.mark.parametrize("kept", ["a tally", "a baseline"])
def test_an_attribute_that_the_last_release_was_counted_by_cannot_go_missing(kept):
    last = run_audit(of_two_attributes("sex", "race"))
    before = last if kept == "a tally" else baseline_of(last, "last")
    now = run_audit(of_two_attributes("sex"))
    with pytest.raises(FairwitnessError, match="was counted by 'race', and this one is not"):
        check_no_worse(now, before, "impact_ratio", margin="0.1")
    assert {row.by for row in check_no_worse(now, before, "impact_ratio", margin="0.1", by="sex").rows} == {("sex",)}
