"""What a gate shows in public beside groups that it hides: nothing from which they could be computed."""

from __future__ import annotations

import pandas as pd
import pytest

from fairwitness.audit.counting.roles import load
from fairwitness.audit.errors import ThresholdExceeded
from fairwitness.audit.gating.carried import to_json
from fairwitness.audit.gating.check import check
from fairwitness.audit.gating.checked import FEW, public_view
from fairwitness.audit.gating.no_worse import check_no_worse
from fairwitness.audit.run import run_audit
from fairwitness.audit.tally import Axis, Tally
from fairwitness.audit.testing.terminal import differences


def by_race(groups):
    cells = {}
    for group, (selected, n) in groups.items():
        cells |= {(group, "selected"): selected, (group, "not_selected"): n - selected}
    return Tally.of([Axis("race", "protected"), Axis("hired", "decision")], cells)


def answer(tally, metric="impact_ratio", line="0.01", **fields):
    return check(run_audit(tally, resamples=200, **fields), metric, at_least=line)


def in_public(checked):
    return {row.group[0]: row for row in public_view(checked).rows}


# C, 5 selected of 40, hides behind B
FOUR = {"A": (500, 1000), "B": (30, 70), "C": (5, 40), "D": (400, 1000)}


def test_an_adjusted_p_value_is_not_shown_beside_hidden_groups():
    # Holm's adjusted value of D against A may be that of a pair with C in it
    checked = answer(by_race(FOUR))
    (own,) = [row for row in checked.rows if row.group == ("D",)]
    rows = in_public(checked)
    assert {group for group, row in rows.items() if row.counts == FEW} == {"B", "C"}
    assert own.attention
    assert own.details["p_adjusted"] is not None
    assert own.note
    assert "p_adjusted" not in rows["D"].details
    assert rows["D"].note == ""
    assert (rows["D"].figure, rows["D"].interval) == (own.figure, own.interval) != ("", "")
    assert all("p_adjusted" not in row["details"] for row in to_json(checked, public=True)["rows"])


def test_where_nothing_is_hidden_everything_is_shown():
    checked = answer(by_race({"A": (500, 1000), "D": (400, 1000)}))
    assert public_view(checked).rows == checked.rows


@pytest.mark.parametrize(("exclude_under", "shown"), [(0.0, {"A", "D"}), (0.025, set())])
def test_everybody_is_not_told_where_that_is_some_of_the_hidden(exclude_under, shown):
    # C, 40 of 2,110, is 1.9 %: left out of everybody, so that everybody less A and D is B, and the total less that C
    rows = in_public(answer(by_race(FOUR), reference="overall", exclude_under=exclude_under))
    assert {group for group, row in rows.items() if row.counts != FEW} == shown


def test_everybody_is_not_told_where_few_are_undisclosed():
    tally = by_race({"A": (500, 1000), "B": (200, 500), "D": (400, 1000), None: (3, 5)})
    rows = in_public(answer(tally, reference="rest"))
    assert {row.counts for row in rows.values()} == {FEW}


def test_a_group_that_was_small_in_the_last_release_is_hidden():
    old = by_race({"A": (500, 1000), "B": (30, 70), "D": (400, 1000), None: (3, 5)})
    new = by_race({"A": (500, 1000), "B": (30, 70), "D": (400, 1000), None: (30, 50)})
    rows = in_public(check_no_worse(new, old, "impact_ratio", margin="0.2", inconclusive="show"))
    # the last release's total less A and D would be B and the five
    assert rows["B"].counts == FEW
    assert rows["D"].counts != FEW
    assert rows["D"].note == ""


def people(selected, disagreeing):
    """Return two releases of 400 people each of A and D; on the first of each the releases disagree, both ways."""
    rows = []
    for group, n in selected.items():
        for i in range(400):
            was = i < n
            now = not was if i in (*range(disagreeing), *range(399, 399 - disagreeing, -1)) else was
            rows.append({"id": f"{group}{i}", "race": group, "old": int(was), "new": int(now)})
    frame = pd.DataFrame(rows)
    return (load(frame, protected="race", decision=release, unit="id", favorable="1") for release in ("old", "new"))


@pytest.mark.parametrize(("disagreeing", "few"), [(3, True), (30, False)])
def test_matched_people_on_whom_releases_disagree_are_not_told_where_they_are_few(disagreeing, few):
    old, new = people({"A": 200, "D": 160}, disagreeing)
    checked = check_no_worse(new, old, "impact_ratio", margin="0.2", inconclusive="show")
    assert f"D {disagreeing} gained and {disagreeing} lost" in checked.rows[0].note
    row = in_public(checked)["D"]
    assert row.counts == "0.80 → 0.80, 160/400 → 160/400 vs A 200/400 → 200/400"
    assert (row.note == "", row.interval == "", row.details == {}) == (few, few, few)


def test_two_audits_that_differ_are_told_apart_without_counts(monkeypatch):
    audits = [run_audit(by_race(FOUR | {"C": (x, 40)}), resamples=200) for x in (5, 6)]
    monkeypatch.setenv("CI", "")
    assert any("5 of 40" in line for line in differences(*audits))
    monkeypatch.setenv("CI", "true")
    assert not any("of 40" in line for line in differences(*audits))


def test_the_message_of_a_gate_that_fails_is_fit_for_the_public(monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(ThresholdExceeded) as failed:
        answer(by_race(FOUR), line="0.8")
    assert "5/40" not in str(failed.value)
    assert "30/70" not in str(failed.value)
    assert FEW in str(failed.value)
