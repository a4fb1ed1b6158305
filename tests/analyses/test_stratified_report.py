"""What a report says of strata: the paragraph, the chart by department, the figures, the CSV."""

from __future__ import annotations

import pytest

import fairwitness as fw
from fairwitness.audit.tally import Axis, Tally
from fairwitness.datasets import bundled
from fairwitness.report_templates.build import build
from fairwitness.report_templates.document import Paragraph, Table
from fairwitness.report_templates.pictures import DotChart, TwinChart
from fairwitness.report_templates.render import render_html
from fairwitness.report_templates.study_tables import study_tables


def tally_of(strata):
    """Return a tally from {stratum: {label: (selected, n)}}."""
    cells = {}
    for stratum, groups in strata.items():
        for label, (x, n) in groups.items():
            cells[(label, stratum, "selected")], cells[(label, stratum, "not_selected")] = x, n - x
    axes = [Axis("group", "protected"), Axis("dept", "stratum"), Axis("decision", "decision")]
    return Tally.of(axes, {k: v for k, v in cells.items() if v})


@pytest.fixture(scope="module")
def audit():
    roles = {"protected": "Gender", "decision": "Admit", "favorable": "Admitted", "count": "Freq", "stratum": "Dept"}
    return fw.run_audit(fw.load(bundled.path("ucb_admissions"), **roles)).to_dict()


def blocks(audit, kind):
    return [b for s in build(audit).sections for b in s.blocks if isinstance(b, kind)]


def test_the_reversal_stands_in_one_paragraph_and_on_the_first_page(audit):
    said = [b.text for b in blocks(audit, Paragraph) if "opposite directions" in b.text]
    assert len(said) == 1
    assert "hides" in said[0]  # what comparing within departments may hide
    page = render_html(build(audit))
    first = page.partition("What this can and cannot conclude")[0]
    # 557/1,835 − 1,198/2,691 = −14.2 points = −18.4 (departments) + 4.3 (within them), but for rounding
    assert (
        "Female: of a gap of −14.2 points to Male, −18.4 come of who is in which Dept; 4.3 are left within it." in first
    )


def test_the_chart_has_each_department_and_both_figures_together(audit):
    chart = next(c for c in blocks(audit, DotChart) if "strata" in c.key)
    assert [d.label for p in chart.panels for d in p.dots] == [*"ABCDEF", "All decisions", "Within Dept"]
    shown = {d.label: d.shown for p in chart.panels for d in p.dots}
    # 89/108 : 512/825 = 1.33 in A; .68 over all; 1.06 within
    assert (shown["A"], shown["All decisions"], shown["Within Dept"]) == ("1.33", "0.68", "1.06")
    assert "A, 89 of 108 · 512 of 825: 1.33" in chart.description


def test_figures_and_tests_are_tables(audit):
    captions = [t.caption for t in blocks(audit, Table)]
    assert "By Gender, within Dept: figures" in captions
    tests = next(t for t in blocks(audit, Table) if t.caption == "By Gender, within Dept: tests")
    row = {c.title: cell.text for c, cell in zip(tests.columns, tests.rows[0], strict=True)}
    assert row["CMH corrected"] == "0.232"  # R prints p = 0.2323
    assert row["Breslow–Day"] == "0.002"


def test_every_group_is_beside_its_reference_where_there_are_several():
    strata = {d: {"a": (30, 100), "b": (60, 100), "c": (50, 100)} for d in "xy"}
    audit = fw.run_audit(tally_of(strata)).to_dict()
    twins = next(c for c in blocks(audit, TwinChart) if "within" in c.key)
    assert [(left.label, left.shown, right.shown) for left, right in twins.rows] == [
        ("a", "0.50", "0.50"),
        ("c", "0.83", "0.83"),
    ]


def test_of_very_many_strata_there_is_no_chart_and_the_csv_has_all():
    strata = {f"r{i:03}": {"a": (3, 10), "b": (5, 10)} for i in range(200)} | {"r200": {"a": (0, 4)}}
    audit = fw.run_audit(tally_of(strata)).to_dict()
    assert not [c for c in blocks(audit, DotChart) if "strata" in c.key]
    found = {path: (header, rows) for path, header, rows in study_tables(audit)}
    header, rows = found["tables/requisitions.csv"]
    assert len(rows) == 201
    last = dict(zip(header, rows[-1], strict=True))
    assert (last["requisition"], last["others_n"], last["mid_p"]) == ("r200", 0, None)
    header, rows = found["tables/stratified.csv"]
    row = dict(zip(header, rows[0], strict=True))
    assert (row["strata"], row["informative"]) == (201, 200)
    assert row["mantel_haenszel_risk_ratio"] == pytest.approx(0.6)
    assert any("one group only in r200" in note for t in blocks(audit, Table) for note in t.notes)


def test_a_hostile_stratum_is_inert():
    name = "<script>alert(1)</script>\u202e"
    page = render_html(
        build(
            fw.run_audit(tally_of({name: {"a": (30, 100), "b": (60, 100)}, "y": {"a": (1, 9), "b": (5, 9)}})).to_dict()
        )
    )
    assert "<script>" not in page
    assert "\u202e" not in page


def test_methods_are_named_with_their_sources(audit):
    page = render_html(build(audit))
    for said in ("Greenland–Robins", "Cochran–Mantel–Haenszel", "Exact multiple events", "Gastwirth"):
        assert said in page


def test_without_strata_nothing_is_said():
    tally = Tally.of(
        [Axis("g", "protected"), Axis("d", "decision")],
        {("a", "selected"): 30, ("a", "not_selected"): 30, ("b", "selected"): 20, ("b", "not_selected"): 40},
    )
    audit = fw.run_audit(tally).to_dict()
    assert "stratified" not in audit["tables"][0]
    assert "Mantel" not in render_html(build(audit))
    assert not [path for path, _, _ in study_tables(audit) if "strat" in path]
