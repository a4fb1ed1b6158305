"""What the report says of a funnel: both views side by side, the sentences, and the tables in full precision."""

from __future__ import annotations

import pytest

from fairwitness.audit.analyses.funnel import analyse
from fairwitness.audit.judging.group_table import group_tables
from fairwitness.audit.plan import AuditPlan
from fairwitness.audit.tally import Axis, Tally
from fairwitness.report_templates.analyses import funnel
from fairwitness.report_templates.document import Bullets, Table
from fairwitness.report_templates.figures import draw
from fairwitness.report_templates.pictures import TwinChart

YES, NO, WAITS = "selected", "not_selected", "set_aside:pending"
# Connecticut v. Teal, 457 U.S. 440: 26 of 48 and 206 of 259 passed the exam; 11 and 35 were promoted.
TEAL = {
    ("black", YES, YES): 11, ("black", NO, YES): 15, ("black", NO, NO): 22,
    ("white", YES, YES): 35, ("white", NO, YES): 171, ("white", NO, NO): 53,
}  # fmt: skip


def audit(cells, **plan):
    axes = [Axis("race", "protected"), Axis("promoted", "decision"), Axis("exam", "stage")]
    tally, asked = Tally.of(axes, cells), AuditPlan(**plan)
    made = analyse(tally, tuple(group_tables(tally, asked)), asked)
    return {"funnel": made.to_json(), "data": {"source": "teal.csv"}}


def test_teal_component_and_bottom_line_stand_side_by_side_in_the_chart():
    blocks = funnel.section(audit(TEAL, reference="white")).blocks
    (chart,) = [block for block in blocks if isinstance(block, TwinChart)]
    assert chart.title == "black: 0.68 times the rate of white at exam, 1.70 at the bottom line"
    shown = [(left.label, left.shown, right.shown) for left, right in chart.rows]
    assert shown == [("exam", "0.68", "0.68"), ("promoted", "2.49", "1.70"), ("Bottom line", "", "1.70")]
    assert chart.measures[0].reach == chart.measures[1].reach  # so that the eye may compare
    for width in ("wide", "narrow"):
        assert "Bottom line" in draw(chart, width)


def test_the_table_has_counts_ratio_z_and_what_each_stage_adds():
    (table,) = [b for b in funnel.section(audit(TEAL, reference="white")).blocks if isinstance(b, Table)]
    exam = next(row for row in table.rows if row[0].text == "exam" and row[1].text == "black")
    told = {column.title: cell for column, cell in zip(table.columns, exam, strict=True)}
    assert told["Came through"].text == "26 of 48"
    assert told["Ratio"].text == "0.68"
    assert (told["p"].text, told["p"].note) == ("< 0.001", "z −3.76")
    assert told["Adds"].text == "−0.38"  # ln .681
    promoted = next(row for row in table.rows if row[0].text == "promoted" and row[1].text == "black")
    assert [cell.text for cell in promoted][-1] == "1.70"


def test_a_component_is_held_against_its_own_highest_rate_where_the_reference_is_another():
    blocks = funnel.section(audit(TEAL)).blocks  # the bottom line's highest rate is that of black candidates
    said = [item for b in blocks if isinstance(b, Bullets) and "own highest" in b.title for item in b.items]
    assert said == ["exam: white has the highest rate; black 0.68 (95\u202f% interval 0.50–0.86), below four fifths."]


def test_the_first_page_says_both():
    (line,) = funnel.lines(audit(TEAL, reference="white"))
    assert line.topic == "Funnel"
    assert line.headline == (
        "At exam, black came through at 0.68 (95\u202f% interval 0.50–0.86) times the rate of white; at the bottom line the "
        "ratio is 1.70 (95\u202f% interval 0.91–2.99)."
    )
    assert list(funnel.can(audit(TEAL))) == [
        "What each stage (exam and promoted) adds to the ratio of the bottom line, by race."
    ]
    assert len(list(funnel.cannot(audit(TEAL)))) == 1


def test_who_is_missing_or_waits_or_skipped_a_stage_is_listed():
    cells = {**TEAL, ("asian", NO, NO): 4, ("white", WAITS, WAITS): 3, ("black", YES, None): 2}
    blocks = funnel.section(audit(cells, reference="white")).blocks
    lists = {b.title: b.items for b in blocks if isinstance(b, Bullets)}
    assert lists["Groups missing from a stage"] == ("promoted: asian (nobody of the group came past 'exam')",)
    assert lists["Came to a stage and were not decided upon"] == ("exam: black 2 (not reached), white 3 (pending)",)
    assert lists["Came through a stage without one before it"] == ("2 came through promoted, and not exam.",)
    absent = [[cell.text for cell in row] for row in funnel.absent(audit(cells, reference="white"))]
    assert ["asian", "race, promoted", "0", "Rate, ratio", "Nobody of the group came past 'exam'"] in absent


def test_tables_hold_every_figure_in_full_precision():
    made = {name: (header, rows) for name, header, rows in funnel.tables(audit(TEAL, reference="white"))}
    header, rows = made["funnel"]
    assert all(len(row) == len(header) for row in rows)
    exam = dict(zip(header, next(r for r in rows if r[1:3] == ["exam", "black"]), strict=True))
    assert exam["ratio"] == pytest.approx((26 / 48) / (206 / 259), rel=1e-15)
    assert exam["statistic"] == pytest.approx(-3.7573854722682936)
    header, rows = made["funnel_bottom_line"]
    black = dict(zip(header, rows[0], strict=True))
    assert (black["selected"], black["n"], black["stages_multiply_to_it"]) == (11, 48, True)
    assert black["impact_ratio"] == pytest.approx((11 / 48) / (35 / 259), rel=1e-15)
    assert made["funnel_set_aside"][1] == []


def test_without_stages_there_is_nothing():
    nothing = {"data": {"source": "x.csv"}}
    assert funnel.section(nothing) is None
    assert [*funnel.lines(nothing), *funnel.can(nothing), *funnel.cannot(nothing), *funnel.absent(nothing)] == []
    assert all(rows == [] for _, _, rows in funnel.tables(nothing))
