"""Strata, periods, controls, stages and clusters: the same cells on every engine, whatever the order of rows."""

from __future__ import annotations

import pyarrow as pa
import pytest

from fairwitness.audit.counting.count import tally
from fairwitness.audit.counting.roles import load
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.merging import merge
from fairwitness.audit.tally import Tally

PEOPLE = {
    "sex": ["F", "M", "F", "M", "F", None],
    "hired": ["yes", "no", "no", "yes", "no", "no"],
    "requisition": ["R1", "R1", "R2", "R2", None, "R2"],
    "month": ["2026-01", "2026-01", "2026-02", "2026-02", "2026-02", "2026-02"],
    "years": [3, 7, 12, 2, 5, 4],
    "advert": ["a9", "a9", "a1", "a1", "a1", "a5"],
}


def counted(columns=PEOPLE, **roles):
    return tally(load(pa.table(columns) if isinstance(columns, dict) else columns, protected="sex", **roles))


def cells(made):
    return {key: count.n for key, count in made.cells.items()}


def test_strata_periods_and_controls_are_axes_of_their_own(constructor):
    made = counted(
        constructor(PEOPLE), decision="hired", favorable="yes", stratum="requisition", period="month",
        controls="years", bins={"years": [5]},
    )  # fmt: skip
    assert [(axis.name, axis.role) for axis in made.axes] == [
        ("sex", "protected"),
        ("hired", "decision"),
        ("requisition", "stratum"),
        ("month", "period"),
        ("years", "control"),
    ]
    assert cells(made) == {
        (None, "not_selected", "R2", "2026-02", "<5"): 1,
        ("F", "not_selected", None, "2026-02", "5+"): 1,
        ("F", "not_selected", "R2", "2026-02", "5+"): 1,
        ("F", "selected", "R1", "2026-01", "<5"): 1,
        ("M", "not_selected", "R1", "2026-01", "5+"): 1,
        ("M", "selected", "R2", "2026-02", "<5"): 1,
    }
    assert Tally.of(made.axes, made.cells).digest == made.digest


def test_clusters_are_numbered_by_what_is_in_them():
    made = counted(decision="hired", favorable="yes", cluster="advert")
    # Three adverts.  What is undisclosed comes first; then the one whose first cell is F, not selected.
    assert cells(made) == {
        (None, "not_selected", 1): 1,
        ("F", "not_selected", 2): 2,
        ("M", "selected", 2): 1,
        ("F", "selected", 3): 1,
        ("M", "not_selected", 3): 1,
    }


def test_neither_names_of_clusters_nor_the_order_of_rows_change_the_digest():
    renamed = {"a9": "zebra", "a1": "yak", "a5": "ant"}
    other = {name: column[::-1] for name, column in PEOPLE.items()}
    other["advert"] = [renamed[advert] for advert in other["advert"]]
    roles = {"decision": "hired", "favorable": "yes", "cluster": "advert"}
    assert counted(other, **roles).digest == counted(**roles).digest
    text = counted(**roles).to_json()
    assert not any(advert in text for advert in ("a9", "a5"))


def test_whole_clusters_of_two_files_merge_to_what_one_file_holds():
    roles = {"decision": "hired", "favorable": "yes", "cluster": "advert"}
    first = {name: column[:2] for name, column in PEOPLE.items()}
    rest = {name: column[2:] for name, column in PEOPLE.items()}
    assert merge(counted(first, **roles), counted(rest, **roles)).digest == counted(**roles).digest


def test_a_row_without_a_cluster_is_refused_with_the_number_of_them():
    with pytest.raises(FairwitnessError, match=r"requisition.*1 rows have no cluster"):
        counted(decision="hired", favorable="yes", cluster="requisition")


FUNNEL = {
    "sex": ["F", "F", "M", "M", "M", "F"],
    "exam": ["pass", "fail", "pass", "pass", None, "pass"],
    "interview": [1, None, 0, None, None, None],
}


def test_without_a_decision_the_last_stage_reached_decides(constructor):
    made = counted(constructor(FUNNEL), stages=["exam", "interview"], favorable="pass")
    assert [(axis.name, axis.role) for axis in made.axes[1:]] == [
        ("decision", "decision"),
        ("exam", "stage"),
        ("interview", "stage"),
    ]
    assert cells(made) == {
        ("F", "not_selected", "not_selected", None): 1,
        ("F", "selected", "selected", "selected"): 1,
        ("F", "set_aside:in progress", "selected", None): 1,
        ("M", "not_selected", "selected", "not_selected"): 1,
        ("M", "set_aside:in progress", "selected", None): 1,
        ("M", "set_aside:no stage reached", None, None): 1,
    }


def test_a_stage_whose_values_nobody_explained_is_refused():
    with pytest.raises(FairwitnessError, match=r"stage 'exam'.*not clear what these values mean.*'fail'.*'pass'"):
        counted(FUNNEL, stages=["exam", "interview"])


def test_a_withdrawal_at_a_stage_is_set_aside_with_its_reason():
    columns = FUNNEL | {"exam": ["pass", "fail", "pass", "gone", None, "pass"]}
    made = counted(columns, stages=["exam", "interview"], favorable="pass", set_aside={"gone": "withdrew"})
    assert cells(made)["M", "set_aside:withdrew", "set_aside:withdrew", None] == 1


def test_a_unit_may_be_a_person_within_a_stratum():
    columns = {"sex": ["F", "F"], "hired": [1, 0], "requisition": ["R1", "R2"], "person": ["p", "p"]}
    made = counted(columns, decision="hired", stratum="requisition", unit=["person", "requisition"])
    assert made.repeats == 0
    assert sum(cells(made).values()) == 2


def test_more_strata_than_labels_of_an_attribute_may_have():
    columns = {"sex": ["F", "M"] * 200, "hired": [1, 0] * 200, "requisition": [f"R{i // 2}" for i in range(400)]}
    assert len(cells(counted(columns, decision="hired", stratum="requisition"))) == 400
    with pytest.raises(FairwitnessError, match="200 different values in the first 400 rows, more than the 50"):
        counted(columns, decision="hired", controls="requisition")
