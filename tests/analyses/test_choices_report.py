"""What a report says of other choices: a sentence, a chart and a table each, one line on the first page, the CSV."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest

import fairwitness as fw
from fairwitness.audit.evidence.canonical import csv_bytes
from fairwitness.audit.tally import Axis, Tally
from fairwitness.report_templates.analyses import choices
from fairwitness.report_templates.build import build
from fairwitness.report_templates.document import Heading, Paragraph, Table
from fairwitness.report_templates.pictures import DotChart
from fairwitness.report_templates.render import render_html
from fairwitness.report_templates.study_tables import study_tables


def audit_of(groups, *, unknown=None, **fields):
    cells = {}
    for label, (x, n) in {**groups, **({None: unknown} if unknown else {})}.items():
        cells[(label, "selected")], cells[(label, "not_selected")] = x, n - x
    axes = [Axis("race", "protected"), Axis("hired", "decision")]
    return fw.run_audit(Tally.of(axes, {k: v for k, v in cells.items() if v}), **fields).to_dict()


def section(audit):
    return next(s for s in build(audit).sections if s.id == "choices")


def of(audit, kind):
    return [b for b in section(audit).blocks if isinstance(b, kind)]


# F .30 and M .45, as in test_choices.py: .667 beyond; "clear", 0.99, overall and rest change it
PAIR = {"F": (30, 100), "M": (45, 100)}


@pytest.fixture(scope="module")
def pair():
    return audit_of(PAIR)


def test_the_sentence_counts_what_changes_and_names_what_does_not(pair):
    said = [p.text for p in of(pair, Paragraph)][1]
    assert said == (
        "Beyond threshold. Of 9 other choices 4 change the answer: the reference (everybody together, everybody else); "
        "the rule of the verdict (whole interval); the level (99\N{NARROW NO-BREAK SPACE}% level). The test does not."
    )


def test_the_page_says_what_it_is_for(pair):
    about = of(pair, Paragraph)[0].text
    for said in ("one other choice at a time", "Choosing once the answers are known", "Two choices changed at once"):
        assert said in about


def test_the_table_marks_by_sign_and_word(pair):
    (table,) = of(pair, Table)
    rows = {row[0].text: row for row in table.rows}
    assert rows["As audited"][-1].text == ""
    assert rows["Whole interval"][-1].text == "\N{NOT EQUAL TO} another"
    assert [b.text for b in rows["Whole interval"][3].badges] == ["Attention", "Inconclusive"]
    assert rows["Estimate alone"][-1].text == "= the same"
    # .30/.375 is 4/5 exactly, and its interval's ends keep their side of the line
    assert (rows["Everybody together"][1].text, rows["As audited"][1].text) == ("0.80", "0.67")


def test_why_there_is_no_answer_stands_beside_the_choice():
    audit = audit_of({"a": (40, 60), "b": (20, 40), "c": (4, 10)}, reference="c")
    table = of(audit, Table)[0]
    (small,) = (row for row in table.rows if row[0].text == "Groups of fewer than 30")
    assert (small[3].text, small[-1].text) == ("No answer", "\N{EN DASH} none")
    assert small[0].note.startswith("who is left out; reference 'c': in the table by race this group is left out")
    assert "1 more cannot be made here: see the table." in of(audit, Paragraph)[1].text


def test_the_chart_has_the_line_and_only_what_moves(pair):
    (chart,) = of(pair, DotChart)
    assert chart.line is not None
    assert chart.line.value == Fraction(4, 5)
    dots = {d.label: d for d in chart.panels[0].dots}
    assert [*dots] == [
        "As audited", "Everybody together", "90\N{NARROW NO-BREAK SPACE}% level", "99\N{NARROW NO-BREAK SPACE}% level"]  # fmt: skip
    assert dots["As audited"].look == "beyond"
    assert dots["99\N{NARROW NO-BREAK SPACE}% level"].look == "inconclusive"
    assert chart.title == "F: 0.67 as audited, 0.67 to 0.80 over all choices"
    assert "do not depend on the test or the rule of the verdict" in chart.footnote.replace("does", "do")


def test_one_line_on_the_first_page(pair):
    (line,) = choices.lines(pair)
    assert line.headline == (
        "Of 9 other choices 4 change an answer: the reference, the rule of the verdict and the level."
    )
    assert line.headline in render_html(build(pair)).partition("What this can and cannot conclude")[0]


def test_of_many_findings_those_that_change_come_first_and_the_rest_is_in_the_csv():
    near = {f"g{i}": (66 + 4 * i, 100) for i in range(5)}  # ratios .73 to .91 to the best: a matter of choice
    far = {"low": (50, 500), "lower": (40, 500)}  # a ninth of the best: whatever is chosen
    audit = audit_of({"best": (900, 1000), **near, **far})
    found = audit["choices"]
    changed = [d for d in found if d["changed_by"]]
    assert {d["group"][0] for d in found} - {d["group"][0] for d in changed} == {*far}
    assert len(of(audit, Heading)) == len(of(audit, DotChart)) == 2
    listed = of(audit, Table)[-1]
    assert listed.caption == "Further findings that a choice changes"
    assert len(listed.rows) == len(changed) - 2
    assert of(audit, Paragraph)[-1].text.startswith("2 further findings are changed by no choice.")
    rows = {name: rows for name, _, rows in study_tables(audit)}["tables/choices.csv"]
    assert len(rows) == sum(1 + len(d["answers"]) for d in found)


def test_the_csv_has_full_precision(pair):
    (name, header, rows) = next(t for t in study_tables(pair) if t[0] == "tables/choices.csv")
    assert name == "tables/choices.csv"
    read = list(csv.DictReader(io.StringIO(csv_bytes(header, rows).decode("utf-8-sig"))))
    made = next(r for r in read if r["kind"] == "as_audited")
    assert float(made["estimate"]) == 30 / 45
    assert made["compared_with"] == "M"
    by_rest = next(r for r in read if r["choice"] == "rest")
    assert (by_rest["compared_with"], by_rest["verdict"], by_rest["changes"].lower()) == ("", "inconclusive", "true")


def test_under_a_policy_without_a_line_the_answer_is_whether_a_difference_is_shown():
    audit = audit_of(PAIR, jurisdiction="eu")
    said = " ".join(p.text for p in of(audit, Paragraph))
    assert "Difference shown. Of" in said
    assert all(chart.line is None for chart in of(audit, DotChart))


def test_hostile_labels_stay_text():
    hostile = {"<script>alert(1)</script>": (30, 100), "M\u202e & co": (45, 100)}
    page = render_html(build(audit_of(hostile, unknown=(4, 9))))
    assert "<script>alert(1)" not in page
    assert "\u202e" not in page
    assert "selected: &lt;script&gt;" in page.lower()


def test_nothing_where_there_are_no_choices(pair):
    without = {name: part for name, part in pair.items() if name != "choices"}
    assert choices.section(without) is None
    for of_it in (choices.lines, choices.can, choices.cannot, choices.absent):
        assert list(of_it(without)) == []
    assert [rows for _, _, rows in choices.tables(without) if rows] == []
