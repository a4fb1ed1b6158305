"""The report's sections on scores, and on scores and outcomes: every figure is the audit's, nothing runs, nothing is cut."""

from __future__ import annotations

import re

import pytest

import fairwitness as fw
from fairwitness.audit.analyses import calibration as held
from fairwitness.audit.analyses import scores as scored
from fairwitness.audit.tally import Axis, Tally
from fairwitness.metrics.further_figures import FIGURES
from fairwitness.report_templates.analyses import calibration, scores
from fairwitness.report_templates.document import Paragraph, Table
from fairwitness.report_templates.figures import draw
from fairwitness.report_templates.pictures import CurveChart

HOSTILE = "<script>alert(1)</script>\u202e"
# score: (negative, positive)
WOMEN = {0.2: (40, 10), 0.4: (30, 20), 0.6: (15, 20), 0.8: (5, 10)}
MEN = {0.2: (20, 5), 0.4: (20, 20), 0.6: (20, 25), 0.8: (10, 30)}


def content(groups, *, label=True, edges=(), order="high", **fields):
    """The content of audit.json with both sections."""
    axes = [
        Axis("sex", "protected"),
        Axis("hired", "decision"),
        Axis("good", "label"),
        Axis("p", "score", edges=edges, order=order),
    ]
    cells = {}
    for group, counts in groups.items():
        for score, pair in counts.items():
            told = "selected" if score >= 0.6 else "not_selected"
            for outcome, n in zip(("negative", "positive"), pair, strict=True):
                cells[group, told, outcome, score] = n
    tally = Tally.of(axes, cells)
    if not label:
        tally = tally.margin("sex", "hired", "p")
    result = fw.run_audit(tally, resamples=300, reference="M" if "M" in groups else "highest", **fields)
    audit = result.to_dict()
    for made in (m.analyse(tally, result.tables, result.plan) for m in (scored, held)):
        if made is not None:
            audit[made.section] = made.to_json()
    return audit


def tables_of(section):
    return {b.caption: b for b in section.blocks if isinstance(b, Table)}


def row(table, head):
    cells = next(r for r in table.rows if r[0].text == head)
    return {c.title: cell.text for c, cell in zip(table.columns, cells, strict=True)}


def charts_of(section):
    return [b for b in section.blocks if isinstance(b, CurveChart)]


def test_the_section_says_the_figures_of_the_audit():
    audit = content({"F": WOMEN, "M": MEN})
    found = row(tables_of(scores.section(audit))["By sex: scores, compared with M"], "F")
    e = next(g for g in audit["scores"][0]["groups"] if g["group"] == ["F"])["compared"]["estimates"]
    assert found["People"] == "150"
    assert found["Better placed"] == f"{e['auc']['value']:.3f}"
    assert found["Hedges' g"].replace("−", "-") == f"{e['hedges_g']['value']:.2f}"
    # at .6 and above 50 of 150 against 85 of 150
    swept = row(tables_of(scores.section(audit))["By sex: the ratio at other cut-offs"], "F")
    assert swept["Ratio at the cut-off in use"] == "0.59"
    assert swept["Lowest at"] == "at or above 0.8"


def test_scores_and_outcomes_say_the_figures_of_the_audit():
    audit = content({"F": WOMEN, "M": MEN})
    section = calibration.section(audit)
    found = row(tables_of(section)["By sex: scores and outcomes"], "F")
    assert found["Positive"] == "60"
    # mean prediction (.2·50 + .4·50 + .6·35 + .8·15)/150 = .42; 60/150 = .4
    assert found["In the large"] == "−2.0"
    assert "One curve for both" in row(tables_of(section)["By sex: compared with M"], "F")
    (chart,) = charts_of(section)
    assert chart.diagonal
    assert [c.label for c in chart.curves] == ["F", "M (reference)"]


def test_the_chart_of_ratios_marks_the_cut_off_in_use_and_tiny_rates():
    audit = content({"F": {**WOMEN, 0.9: (0, 1)}, "M": {**MEN, 0.9: (0, 2)}})
    distributions, ratios = charts_of(scores.section(audit))
    assert ratios.upright == (0.6, "in use")
    assert [p.faint for p in ratios.curves[0].points] == [False, False, False, True]
    assert ratios.curves[0].points[-1].low is None
    assert "fewer than five" in ratios.footnote
    assert len(distributions.curves) == 2


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_charts_are_drawn_alike_twice_and_hold_no_script(width):
    audit = content({HOSTILE: WOMEN, "M": MEN})
    for chart in (*charts_of(scores.section(audit)), *charts_of(calibration.section(audit))):
        drawn = draw(chart, width)
        assert drawn == draw(chart, width)
        assert "<script" not in drawn
        assert "\u202e" not in drawn
        assert all(
            float(size) >= 12
            for size in re.findall(r"font-size: ?([\d.]+)px|font: ([\d.]+)px", drawn)
            for size in size
            if size
        )


def test_the_first_page_has_one_line_of_each():
    audit = content({"F": WOMEN, "M": MEN})
    (of_scores,), (of_outcomes,) = list(scores.lines(audit)), list(calibration.lines(audit))
    assert of_scores.headline.startswith("F: one of them has a better score than one of M with probability 0.3")
    assert "p\xa0" in of_outcomes.headline
    for module in (scores, calibration):
        assert list(module.can(audit))
        assert list(module.cannot(audit))
        assert list(module.absent(audit)) == []


def test_an_audit_without_scores_says_nothing():
    audit = content({"F": WOMEN, "M": MEN})
    for name in ("scores", "calibration"):
        del audit[name]
    for module in (scores, calibration):
        assert module.section(audit) is None
        assert [*module.lines(audit), *module.can(audit), *module.cannot(audit), *module.absent(audit)] == []
        assert [rows for _, _, rows in module.tables(audit) if rows] == []


def test_without_outcomes_there_are_scores_alone():
    audit = content({"F": WOMEN, "M": MEN}, label=False)
    assert scores.section(audit) is not None
    assert "calibration" not in audit


def test_tables_have_a_cell_for_every_column_and_full_precision():
    audit = content({"F": WOMEN, "M": MEN})
    made = {name: (header, rows) for module in (scores, calibration) for name, header, rows in module.tables(audit)}
    assert set(made) == {"scores", "score_sweep", "calibration", "calibration_bins"}
    for header, rows in made.values():
        assert len(set(header)) == len(header)
        assert rows
        assert all(len(r) == len(header) for r in rows)
    header, rows = made["scores"]
    of_women = dict(zip(header, next(r for r in rows if r[1] == "F"), strict=True))
    e = next(g for g in audit["scores"][0]["groups"] if g["group"] == ["F"])["compared"]["estimates"]
    assert of_women["cohens_d"] == e["cohens_d"]["value"]
    assert of_women["auc_low"] == e["auc"]["low"]


def test_bins_show_bounds_and_say_why_figures_are_missing():
    groups = {"F": dict(enumerate(WOMEN.values())), "M": dict(enumerate(MEN.values()))}
    axes = [Axis("sex", "protected"), Axis("hired", "decision"), Axis("good", "label")]
    cells = {
        (g, "scored", outcome, s): n
        for g, counts in groups.items()
        for s, pair in counts.items()
        for outcome, n in zip(("negative", "positive"), pair, strict=True)
    }
    tally = Tally.of([*axes, Axis("p", "score", edges=(0.3, 0.5, 0.7), median=0.5)], cells)
    result = fw.run_audit(tally, resamples=300, reference="M")
    audit = result.to_dict()
    for made in (m.analyse(tally, result.tables, result.plan) for m in (scored, held)):
        audit[made.section] = made.to_json()
    texts = " ".join(
        b.text for b in (*scores.section(audit).blocks, *calibration.section(audit).blocks) if isinstance(b, Paragraph)
    )
    assert texts.count("counted in bins") == 2
    cell = next(
        r for r in tables_of(calibration.section(audit))["By sex: scores and outcomes"].rows if r[0].text == "F"
    )
    assert any(c.note.startswith("between") for c in cell)
    assert list(calibration.absent(audit))
    (chart,) = charts_of(calibration.section(audit))
    assert not chart.diagonal  # what a bin predicts is not known


def test_every_figure_that_can_be_explained_is_in_the_audit():
    audit = content({"F": WOMEN, "M": MEN})
    for section in ("scores", "calibration"):
        (g,) = [g for g in audit[section][0]["groups"] if g["compared"]]
        there = {*g["compared"]["estimates"], *g["compared"]["tests"], *g.get("estimates", ()), *g["compared"]}
        named = [f.name for f in FIGURES if f.section == section]
        assert named
        assert set(named) <= there
