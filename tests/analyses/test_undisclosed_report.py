"""What a report says of undisclosed groups and of groups by probability; nothing is lost in the CSV."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fairwitness.audit.analyses.undisclosed import analyse
from fairwitness.audit.rows.membership import membership
from fairwitness.audit.run import run_audit
from fairwitness.audit.studies import sections
from fairwitness.audit.tally import Axis, Tally
from fairwitness.report_templates.analyses import membership as membership_section
from fairwitness.report_templates.analyses import undisclosed as undisclosed_section
from fairwitness.report_templates.charts import counts
from fairwitness.report_templates.document import Paragraph, Table
from fairwitness.report_templates.pictures import CurveChart, DotChart

PARTS = (undisclosed_section, membership_section)
COUNTS = {"black<b>": (30, 100), "white": (50, 120), "asian": (20, 60), None: (6, 20)}


def audited(groups=COUNTS, **fields):
    cells = {}
    for group, (x, n) in groups.items():
        cells |= {(group, "selected"): x, (group, "not_selected"): n - x}
    tally = Tally.of([Axis("race", "protected"), Axis("hired", "decision")], cells)
    generator = np.random.default_rng(0)
    p = generator.beta(1, 1, 300).round(3)
    people = pd.DataFrame({"p": 0.98 * p, "q": 0.98 * (1 - p), "r": 0.02, "hired": generator.integers(0, 2, 300)})
    study = membership(people, probabilities={"A": "p", "B": "q", "C": "r"}, decision="hired")
    result = run_audit(tally, **fields)
    return result.to_dict() | sections([analyse(tally, result.tables, result.plan), study])


@pytest.fixture(scope="module")
def audit():
    return audited()


def of(audit, part, kind):
    return [block for block in part.section(audit).blocks if isinstance(block, kind)]


def test_without_its_part_of_audit_json_nothing_is_said(audit):
    bare = {key: value for key, value in audit.items() if key not in ("undisclosed", "membership")}
    for part in PARTS:
        assert part.section(bare) is None
        assert not [*part.lines(bare), *part.can(bare), *part.cannot(bare), *part.absent(bare)]
        assert all(not rows for _, _, rows in part.tables(bare))


def test_the_chart_shows_bounds_and_says_whose_screen_could_change(audit):
    (chart,) = of(audit, undisclosed_section, DotChart)
    assert "could change the four-fifths screen of" in chart.title
    assert "black<b>" in chart.title  # as text; the renderer escapes
    dot = next(d for d in chart.panels[0].dots if d.label == "black<b>")
    assert (dot.value, dot.low, dot.high) == pytest.approx((0.72, 30 / 114 / (56 / 126), dot.high))
    assert dot.detail == counts({"selected": 30, "n": 100})
    assert "white" not in [d.label for d in chart.panels[0].dots]  # the reference is in the table
    assert dot.shown_interval in chart.description


def test_the_curve_runs_along_the_odds(audit):
    (chart,) = of(audit, undisclosed_section, CurveChart)
    assert {curve.label for curve in chart.curves} == {"black<b>", "asian"}
    for curve in chart.curves:
        heights = [p.y for p in curve.points]
        assert heights == sorted(heights, reverse=True)
        assert chart.up.reach[0] <= min(heights)


def test_a_screen_that_stays_is_said_to_stay():
    audit = audited({"black": (20, 100), "white": (60, 120), None: (1, 3)})
    (chart,) = of(audit, undisclosed_section, DotChart)
    assert chart.title == "Whoever the undisclosed are, the four-fifths screen stays as it is"
    assert not list(undisclosed_section.lines(audit))


def test_the_first_page_says_it_where_the_undisclosed_decide(audit):
    (line,) = undisclosed_section.lines(audit)
    assert "the undisclosed could make it" in line.headline
    assert "20 of the decisions" in line.because


def test_every_reference_is_named():
    for rule, said in (("rest", "everybody else"), ("overall", "everybody"), ("white", "white")):
        audit = audited(reference=rule)
        (chart,) = of(audit, undisclosed_section, DotChart)
        assert f"Impact ratio to {said}" in chart.subtitle
        assert of(audit, undisclosed_section, Table)


def test_what_cannot_be_said_stands_among_the_absent():
    tally = Tally.of(
        [Axis("race", "protected"), Axis("hired", "decision")],
        {
            ("a", "selected"): 3,
            ("a", "not_selected"): 7,
            ("b", "selected"): 6,
            ("b", "not_selected"): 4,
            (None, None): 5,
        },
    )
    result = run_audit(tally)
    audit = result.to_dict() | sections([analyse(tally, result.tables, result.plan)])
    (row,) = undisclosed_section.absent(audit)
    assert "does not say how many of the undisclosed were selected" in row[-1].text
    assert not of(audit, undisclosed_section, Table)
    assert any("does not say" in p.text for p in of(audit, undisclosed_section, Paragraph))


def test_groups_by_probability_have_intervals_and_bounds(audit):
    (chart,) = of(audit, membership_section, DotChart)
    known = [d for d in chart.panels[0].dots if d.value is not None]
    assert all(d.floor[0] <= d.low and d.high <= d.floor[1] for d in known)
    (table,) = of(audit, membership_section, Table)
    assert len(table.rows) == 3
    few = [row for row in membership_section.absent(audit) if row[0].text == "C"]
    assert few
    assert "fewer than 30 people" in few[0][-1].text.lower()


def test_tables_keep_full_precision(audit):
    written = {name: (header, rows) for part in PARTS for name, header, rows in part.tables(audit)}
    header, rows = written["undisclosed"]
    row = dict(zip(header, next(r for r in rows if "black<b>" in r), strict=True))
    found = next(g for g in audit["undisclosed"]["tables"][0]["groups"] if g["group"] == ["black<b>"])
    assert row["impact_ratio_low"] == found["estimates"]["impact_ratio"]["low"]
    assert row["with_sampling_error_high"] == found["with_sampling_error"]["high"]
    assert row["could_change"] is True
    header, rows = written["undisclosed_curve"]
    assert len(rows) == 3 * len(audit["undisclosed"]["odds"])
    assert all(len(r) == len(header) for r in rows)
    header, rows = written["membership"]
    assert [dict(zip(header, r, strict=True))["is_reference"] for r in rows].count(True) == 1
