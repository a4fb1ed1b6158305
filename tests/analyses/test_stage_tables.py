"""Tables of a funnel's stages, beside that of the decision."""

from __future__ import annotations

from fairwitness.audit.gating.tables import tables_of
from fairwitness.audit.run import run_audit
from fairwitness.audit.tally import Axis, Tally

AXES = [Axis("sex", "protected"), Axis("hired", "decision"), Axis("exam", "stage"), Axis("interview", "stage")]


def funnel(**cells):
    """Return a tally from counts named by group, exam and interview, such as ``F_yes_no=3``."""
    words = {"yes": "selected", "no": "not_selected", "none": None}
    made = {}
    for name, n in cells.items():
        sex, exam, interview = name.split("_")
        end = words[interview] or ("not_selected" if exam == "no" else "set_aside:in progress")
        made[sex, end, words[exam], words[interview]] = n
    return Tally.of(AXES, made)


def test_each_stage_has_a_table_of_those_who_entered_it():
    tally = funnel(F_yes_yes=10, F_yes_no=20, F_no_none=70, F_yes_none=4, M_yes_yes=30, M_yes_no=30, M_no_none=40)
    tables = {
        t.stage: {row.group: (row.count.selected, row.count.n) for row in t.rows} for t in run_audit(tally).tables
    }
    assert tables == {
        None: {("F",): (10, 100), ("M",): (30, 100)},  # the four who wait are in no rate
        "exam": {("F",): (34, 104), ("M",): (60, 100)},
        "interview": {("F",): (10, 30), ("M",): (30, 60)},
    }


def test_a_finding_says_of_which_stage_it_is():
    result = run_audit(funnel(F_yes_yes=5, F_yes_no=5, F_no_none=90, M_yes_yes=60, M_no_none=40))
    said = {f.stage: f.headline for f in result.findings}
    assert "F: selected at 0.08 times" in said[None]
    assert "F: came through exam at 0.17 times the rate of M, 10 of 100" in said["exam"]
    assert "F: came through interview at 0.50 times the rate of M, 5 of 10" in said["interview"]
    assert list(result.table("sex", stage="exam")["selected"]) == [10, 60]


def test_where_the_named_reference_does_not_come_to_a_stage_nobody_is_compared_there():
    tally = funnel(F_yes_yes=5, F_yes_no=5, M_no_none=9, X_yes_yes=5, X_no_none=5)
    tables = {t.stage: t for t in run_audit(tally, reference="M").tables}
    assert tables["exam"].reference.groups == (("M",),)
    assert tables["interview"].reference.groups == ()
    ratios = {row.group: row.estimates["impact_ratio"].status for row in tables["interview"].rows}
    assert ratios == {("F",): "single_group", ("M",): "undefined_empty_group", ("X",): "single_group"}


def test_a_gate_looks_at_the_decision():
    result = run_audit(funnel(F_yes_yes=10, F_no_none=90, M_yes_yes=60, M_no_none=40))
    assert [t.stage for t in tables_of(result, None)] == [t.stage for t in tables_of(result, "sex")] == [None]
