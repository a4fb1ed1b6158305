"""The report of studies: each says its figures, its limits and what it could not evaluate, and is absent where it was not made."""

from __future__ import annotations

import json
import re
import sys
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from sample_audit import HOSTILE, resume_audit  # noqa: E402 -- lies beside
from sample_studies import (  # noqa: E402
    BLACK,
    STUDIES,
    WHITE,
    candidates,
    crowded_audit,
    decision,
    hostile_studies_audit,
    model,
    read,
    refused_audit,
    sparse_audit,
    studied_audit,
    swap,
    texts_audit,
    unchosen_audit,
    withheld_audit,
    without_tables,
)

from fairwitness.audit import numerals  # noqa: E402
from fairwitness.audit.evidence.canonical import canonical_json, csv_bytes  # noqa: E402
from fairwitness.report_templates import methods, words  # noqa: E402
from fairwitness.report_templates.build import build  # noqa: E402
from fairwitness.report_templates.charts import TALLEST  # noqa: E402
from fairwitness.report_templates.document import Definitions, FindingLine, Findings, Heading, Paragraph, Table  # noqa: E402
from fairwitness.report_templates.figures import draw  # noqa: E402
from fairwitness.report_templates.pictures import DotChart, ParetoChart, StripChart, TwinChart  # noqa: E402
from fairwitness.report_templates.render import render_fragment, render_html  # noqa: E402
from fairwitness.report_templates.study_methods import STUDY_METHODS, used  # noqa: E402
from fairwitness.report_templates.study_tables import study_tables  # noqa: E402

KEYS = {
    "model": "model",
    "user_metrics": "user-metrics",
    "proxies": "proxies",
    "counterfactual": "counterfactual",
    "alternatives": "alternatives",
}
CHARTS = (DotChart, ParetoChart, StripChart, TwinChart)
FIGURE = re.compile(r"−?\d+(?:,\d{3})*(?:\.\d+)?")


def section(document, name):
    return next(s for s in document.sections if s.id == name)


def ids(document):
    return [s.id for s in document.sections]


def of(document, name, kind):
    return [b for b in section(document, name).blocks if isinstance(b, kind)]


def table(document, caption):
    return next(
        b for s in document.sections for b in s.blocks if isinstance(b, Table) and b.caption.startswith(caption)
    )


def row(found, head):
    cells = next(r for r in found.rows if r[0].text == head)
    return {
        c.title if c.title not in ("Ratio", "AUC") else f"{c.title} {c.note}".strip(): cell
        for c, cell in zip(found.columns, cells, strict=True)
    }


def lines(audit):
    return {
        line.topic: line for b in section(build(audit), "summary").blocks if isinstance(b, Findings) for line in b.lines
    }


def bullets(audit, title):
    (columns,) = section(build(audit), "conclusions").blocks
    return " ".join(next(found.items for found in columns.lists if found.title == title))


# -- what is there, and in which order ------------------------------------------------------------------------


def test_the_order_of_reading():
    order = ids(build(studied_audit()))
    assert order.index("model") == order.index("decision") + 1
    followed = [name for name in order if name in ("results", "intersections", *KEYS.values(), "not-evaluated")]
    assert followed == ["model", "results", "intersections", "user-metrics", "proxies", "counterfactual", "alternatives", "not-evaluated"]  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_a_study_that_is_absent_has_no_section_and_no_line(key):
    audit = studied_audit()
    topics = set(lines(audit))
    del audit[key]
    document = build(audit)
    assert KEYS[key] not in ids(document)
    assert len(topics - set(lines(audit))) == 1
    assert not [path for path, _, _ in study_tables(audit) if Path(path).stem.startswith(key)]


def test_an_audit_without_studies_is_as_it_was():
    document = build(resume_audit())
    assert not set(KEYS.values()) & set(ids(document))
    text = render_html(document)
    for word in ("ounterfactual", "lternative", "roxies", "placebo", "The figures of studies"):
        assert word not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)


# -- counterfactual résumés ------------------------------------------------------------------------------------


def test_the_figures_of_a_swap():
    # 14 + 71 of 2,000 pairs differ: 4.25%; net (14 − 71)/2,000 = −2.85 points; ratio (93 + 14)/(93 + 71) = 0.652.
    document = build(studied_audit())
    effect = row(table(document, "first_name: names, effect on decisions"), "black against white")
    assert (effect["Changed"].text, effect["Net"].text, effect["Ratio"].text, effect["Names random"].text) == (
        "4.2\u202f%",
        "−2.9",
        "0.65",
        "< 0.001",
    )
    counts = row(table(document, "first_name: names, pairs of decisions"), "black against white")
    assert [c.text for c in counts.values()] == ["black against white", "2,000", "14", "71", "93", "1,822"]
    placebo = row(table(document, "first_name: names, effect on decisions"), "Placebo")
    assert (placebo["Changed"].text, placebo["Names random"].text, placebo["McNemar"].text) == (
        "1.0\u202f%",
        "",
        "0.820",
    )  # 20 of 2,000


def test_the_first_page_says_the_swap_in_one_sentence_and_its_limit():
    line = lines(studied_audit())["Counterfactual résumés"]
    assert line.headline.startswith(
        "first_name swapped (names): of 2,000 pairs 14 were selected only as black, 71 only as white; net −2.9 points (95\u202f% interval −"
    )
    assert "p\xa0<\xa00.001" in line.headline
    assert "4.2\u202f% of decisions changed, within one group 1.0\u202f%" in line.because
    assert "no causal proof" in line.because
    assert "4,000 questions about 1,000 résumés" in bullets(studied_audit(), "It can say")
    assert "What a person's group causes" in bullets(studied_audit(), "It cannot say")


def test_three_tests_stand_side_by_side_and_it_is_said_which_to_read_when():
    found = table(build(studied_audit()), "first_name: names, effect on decisions")
    assert [(c.title, c.note) for c in found.columns[-3:]] == [
        ("Names random", "p"),
        ("Any change", "p"),
        ("McNemar", "p"),
    ]
    notes = " ".join(found.notes)
    assert "a sample of their group's, and so are the résumés: it is the p to read about the groups" in notes
    assert "read it about these values, not about the groups" in notes
    assert "McNemar, mid-P: takes each pair for independent of all others" in notes
    one_each = [v | {"group": g} for v, g in zip(swap()["variants"][:2], ("black", "white"), strict=True)]
    effect = decision(14, 71, 93, 1822, 0.01)
    attribute = without_tables(
        counterfactual=[swap(kind="attribute", variants=one_each, decision=effect, placebo=None)]
    )
    found = table(build(attribute), "first_name: the attribute itself, effect on decisions")
    assert "Résumés random" in [c.title for c in found.columns]
    assert "Each group has one value, so it is about these values" in " ".join(found.notes)
    assert "McNemar" not in " ".join(found.notes)


def test_figures_of_one_column_have_as_many_decimals():
    """Areas under a curve have three; what has a unit of its own has those that the finest figure deserves."""

    def decimals(cells):
        return {len(n.partition(".")[2]) for c in cells for n in FIGURE.findall(f"{c.text} {c.note}")}

    audit = studied_audit()
    whole = audit["proxies"][0]["features"][0]
    whole["auc"] |= {"value": 1.0, "low": 0.996, "high": 1.0}
    whole["mutual_information"] |= {"value": 0.684, "low": 0.633, "high": 0.7}
    document = build(audit)
    carrying = table(document, "What carries race")
    assert decimals(r[1] for r in carrying.rows) == {3}
    assert (carrying.rows[0][1].text, carrying.rows[0][1].note) == ("1.000", "0.996–1.000")
    assert len(decimals(r[2] for r in carrying.rows)) == 1
    tried = table(document, "Alternatives: validity and impact ratio")
    assert decimals(r[i] for r in tried.rows for i in (2, 4)) == {3}
    for caption in ("cost by race", "mean_absolute_error by race"):
        assert len(decimals(r[2] for r in table(document, caption).rows)) == 1
    texts = texts_audit()
    texts["counterfactual"][0]["placebo"]["score"]["difference"] |= {"value": 0.0001, "low": -0.0009, "high": 0.0011}
    document = build(texts)
    scores = table(document, "text: names, effect on scores")
    assert decimals(r[i] for r in scores.rows for i in (2, 3)) == {4}
    (drawn,) = [c for c in of(document, "counterfactual", DotChart) if "score" in c.key]
    assert [d.shown for d in drawn.panels[0].dots] == [r[2].text for r in scores.rows if r[0].text != "Placebo"]


def test_that_nothing_changed_says_nothing_of_other_columns():
    audit = without_tables(counterfactual=[swap(decision=decision(0, 0, 98, 1902, 1.0))])
    line = lines(audit)["Counterfactual résumés"]
    assert line.headline.startswith("first_name swapped (names): no decision changed in 2,000 pairs")
    assert "says nothing of other columns" in line.because
    assert "whatever its other columns carry" in bullets(audit, "It cannot say")
    assert "whatever its other columns carry" not in bullets(studied_audit(), "It cannot say")
    (chart,) = of(build(audit), "counterfactual", DotChart)
    assert chart.title == "black against white: selected equally often"


def test_the_placebo_is_the_band_behind_the_effect():
    audit = studied_audit()
    (chart,) = of(build(audit), "counterfactual", DotChart)
    (dot,) = chart.panels[0].dots
    net = audit["counterfactual"][0]["placebo"]["decision"]["net"]
    assert dot.floor == (net["low"], net["high"])
    assert dot.shown_floor == f"placebo {numerals.points(net['low'])} to {numerals.points(net['high'])}"
    assert "Grey band" in chart.footnote
    assert "var(--floor)" in draw(chart, "wide")
    audit["counterfactual"][0]["placebo"] = None
    (chart,) = of(build(audit), "counterfactual", DotChart)
    assert chart.panels[0].dots[0].floor is None
    assert "Grey band" not in chart.footnote
    assert "var(--floor)" not in draw(chart, "wide")


def test_two_swaps_of_one_field_are_two_studies():
    """Women's names, then men's, then the women's again under other names: three swaps of the same field and kind."""
    women, men = ("black female", "white female"), ("black male", "white male")
    again = swap(*women, variants=swap(*women)["variants"][::2])
    audit = without_tables(counterfactual=[swap(*women), swap(*men), again])
    found = [b.text for b in of(build(audit), "counterfactual", Heading)]
    named = "first_name: names, black female and white female"
    assert found == [f"{named} (1)", "first_name: names, black male and white male", f"{named} (2)"]
    captions = [t.caption for t in of(build(audit), "counterfactual", Table) if "effect on decisions" in t.caption]
    assert captions == [f"{head}, effect on decisions" for head in found]
    assert of(build(texts_audit()), "counterfactual", Heading)[0].text == "text: names"  # three pairs
    html = render_html(build(audit))
    assert f"Also swapped, and told below: {named} (2)." in html


def test_every_name_is_in_the_chart_and_in_the_table():
    document = build(studied_audit())
    (chart,) = of(document, "counterfactual", StripChart)
    assert [panel.title for panel in chart.panels] == ["black: 9 names", "white: 9 names"]
    for panel, names in zip(chart.panels, (BLACK, WHITE), strict=True):
        assert {dot.label for dot in panel.dots} == set(names)
        assert [dot.value for dot in panel.dots] == sorted(dot.value for dot in panel.dots)
    assert {r[0].text for r in table(document, "first_name: each name").rows} == {*BLACK, *WHITE}
    assert all(f">{name}<" in draw(chart, "wide") for name in (*BLACK, *WHITE))


def test_of_forty_names_the_first_and_the_last_have_their_labels_in_the_chart():
    found = of(build(texts_audit()), "counterfactual", StripChart)
    assert [len(p.dots) for chart in found for p in chart.panels] == [40, 40, 40]
    for chart in found:
        drawn = draw(chart, "narrow")
        for panel in chart.panels:
            ends = {panel.dots[0].label, panel.dots[-1].label}
            assert {d.label for d in panel.dots if f">{d.label}<" in drawn} == ends
        assert float(re.search(r'viewBox="0 0 288 ([\d.]+)"', drawn)[1]) < TALLEST + 60


def test_a_single_name_a_group_has_no_chart_of_names():
    assert not of(build(sparse_audit()), "counterfactual", StripChart)


def test_the_largest_of_several_pairs_is_told_and_its_p_is_adjusted():
    audit = texts_audit()
    document = build(audit)
    first = next(line for b in section(document, "summary").blocks if isinstance(b, Findings) for line in b.lines)
    assert first.topic == "Counterfactual résumés"
    assert first.headline.startswith("text swapped (names): mean score of black less that of white −0.020")
    assert "The largest of 3 pairs" in first.because
    scores = table(document, "text: names, effect on scores")
    assert any("adjusted by Holm's method over 3 pairs of groups" in note for note in scores.notes)
    p = row(scores, "black against white")["Names random"]
    assert (p.text, p.note) == ("< 0.001", "unadj. < 0.001")  # 3 × 0.0001
    p = row(scores, "asian against black")["Names random"]
    assert (p.text, p.note) == ("0.930", "unadj. 0.310")
    assert not any("Holm" in note for note in table(build(studied_audit()), "first_name: names, effect").notes)


def test_who_is_ranked_first_is_told_once_for_all_pairs_of_groups():
    document = build(texts_audit())
    (ranked,) = [t for t in of(document, "counterfactual", Table) if t.caption.endswith("who is ranked first")]
    # 250 lists of three: 83.3 by lot.  61 of 250 is 24.4%.
    assert [c.text for c in row(ranked, "black").values()] == ["black", "61", "83.3", "24.4\u202f%", "0.63"]
    assert "3 with a tie" in ranked.notes[0]


def test_a_report_of_texts_alone_begins_with_the_study():
    document = build(texts_audit())
    assert isinstance(section(document, "summary").blocks[0], Findings)
    assert "could be compared" not in render_html(document)
    assert not {"results", "intersections", "errors", "further", "decision", "policies"} & set(ids(document))
    assert {"conclusions", "not-evaluated", "reproduce", "counterfactual", "model", "data"} <= set(ids(document))
    assert "How often the people" not in bullets(texts_audit(), "It can say")
    assert not [f for f in document.facts if f.name in ("Decisions", "Not disclosed")]
    audit = texts_audit()
    audit["audit"]["notes"] = ["No jurisdiction was named."]  # is about thresholds, of which there are none here
    assert "No jurisdiction was named." not in render_html(build(audit))


# -- the model -------------------------------------------------------------------------------------------------


def test_whether_the_model_reads_an_attribute():
    found = table(build(studied_audit()), "Does the model read")
    race, gender = (row(found, name) for name in ("race", "gender"))
    assert (race["By its inputs"].text, race["Answers changed"].text) == ("not among its inputs", "0")
    assert (gender["By its inputs"].text, gender["Answers changed"].text) == ("among its inputs", "312")
    assert (gender["Scores changed"].text, gender["Largest change of a score"].text) == ("936", "0.0734")
    headline = lines(studied_audit())["The model"].headline
    assert headline == (
        "screener.onnx: 0 of 4,870 answers changed with race alone changed; "
        "312 of 4,870 answers, and 936 of the scores, changed with gender alone changed."
    )
    assert "column alone" in lines(studied_audit())["The model"].because
    assert "through other columns" in bullets(studied_audit(), "It cannot say")


def test_a_model_that_was_not_given_the_column_says_so():
    audit = without_tables(model=model(reads_protected=[read("race", "does_not_read", status="not_given")]))
    assert lines(audit)["The model"].headline == "screener.onnx: race is not among its inputs."
    found = table(build(audit), "Does the model read")
    assert "Answers changed" not in [c.title for c in found.columns]


def test_what_could_run_code_is_said():
    assert "SHA-256 was named" in render_html(build(sparse_audit()))
    assert "SHA-256 was named" not in render_html(build(studied_audit()))


# -- alternatives ----------------------------------------------------------------------------------------------


def test_the_chosen_alternative_is_told_by_the_figures_of_the_test_part():
    # On the test part 0.884 against 0.655, AUC 0.639 against 0.644; where it was chosen 0.902 and 0.641.
    line = lines(studied_audit())["Alternatives"]
    assert line.headline.startswith(
        "Of 11 alternatives drop-postcode was chosen: impact ratio 0.88 (95\u202f% interval"
    )
    assert line.headline.endswith("as it is 0.66.")
    assert "AUC 0.639 (" in line.because
    assert (
        "as it is 0.644, on 1,462 rows of the test part: better ratio, and as valid within the margin." in line.because
    )
    assert line.because.endswith("Found and not adopted, it is itself evidence.")
    assert "adopted is itself evidence" in bullets(studied_audit(), "It cannot say")
    shown = row(table(build(studied_audit()), "Alternatives: validity"), "drop-postcode")
    assert (shown["Ratio to choose"].text, shown["Ratio test part"].text) == ("0.90", "0.88")
    assert shown["Alternative"].note == "chosen, on the frontier"


def test_the_pareto_plot_has_the_frontier_the_choice_and_the_policy_s_line():
    audit = studied_audit()
    there, test = of(build(audit), "alternatives", ParetoChart)
    assert {p.label: p.role for p in there.points if p.role != "other"} == {
        "as it is": "baseline", "chosen: drop-postcode": "chosen", "cutoff-0.12": "frontier", "drop-postcode-years": "frontier", "eg-0.02": "frontier",
    }  # fmt: skip
    assert [p.label for p in there.points if p.on_frontier] == [
        "cutoff-0.12",
        "chosen: drop-postcode",
        "drop-postcode-years",
        "eg-0.02",
    ]
    assert not any(p.on_frontier for p in test.points)  # it was found on the other part
    assert there.up.line.value == Fraction(4, 5)
    assert ">below 4/5<" in draw(there, "wide")
    audit["policies"] = []
    assert of(build(audit), "alternatives", ParetoChart)[0].up.line is None
    assert "4/5" not in draw(of(build(audit), "alternatives", ParetoChart)[0], "wide")


def test_a_candidate_without_a_ratio_is_in_the_table_and_among_what_could_not_be_evaluated():
    document = build(sparse_audit())
    assert not of(document, "alternatives", ParetoChart)
    assert row(table(document, "Alternatives: validity"), "drop-a")["Ratio to choose"].text == "–"
    absent = [[c.text for c in r] for r in table(document, "Figures that are not there").rows]
    assert [
        "drop-a",
        "Alternatives, part to choose",
        "974",
        "Impact ratio",
        "Nobody was selected where the figure needs it",
    ] in absent


def test_nothing_chosen_is_said_and_is_no_evidence():
    line = lines(unchosen_audit())["Alternatives"]
    assert line.headline == "Of 11 alternatives none was chosen as better by its impact ratio and as valid."
    assert line.because == ""
    compared = table(build(unchosen_audit()), "Alternatives: held against")
    assert row(compared, "drop-postcode")["Against the model as it is"].text == "Not shown to be better and as valid"


def test_everything_refused_is_listed_with_its_source():
    document = build(refused_audit())
    assert lines(refused_audit())["Alternatives"].headline == "No alternative could be made."
    assert not of(document, "alternatives", ParetoChart)
    refused = table(document, "Alternatives that were not offered")
    assert row(refused, "Group thresholds")["Source"].text == "42 U.S.C. 2000e-2(l)"
    assert row(refused, "Banding by group")["Source"].text == ""
    note = [b.text for b in of(document, "alternatives", Paragraph)]
    assert refused_audit()["alternatives"]["note"] in note


# -- proxies and user metrics ----------------------------------------------------------------------------------


def test_proxies_stand_beside_their_contribution_the_best_first():
    document = build(studied_audit())
    chart = of(document, "proxies", TwinChart)[0]
    assert [left.label for left, _ in chart.rows][:2] == ["postcode", "years"]
    assert all(left.label == right.label for left, right in chart.rows)
    shown = row(table(document, "What carries race"), "postcode")
    assert (shown["AUC of telling the attribute"].text, shown["Contribution"].text) == ("0.740", "2.1")
    line = lines(studied_audit())["Proxies"]
    assert (
        line.headline
        == "All features together tell race with an AUC of 0.781 (95\u202f% interval 0.768–0.794), postcode alone with 0.740."
    )
    assert line.because.startswith(
        "postcode contributes most to the difference: 2.1 points (95\u202f% interval 1.5 to 2.7)."
    )
    assert "Carrying is not causing." in line.because
    assert "carrying is not causing" in bullets(studied_audit(), "It cannot say")


def test_a_feature_without_figures_gives_its_own_reason():
    document = build(sparse_audit())
    absent = [[c.text for c in r] for r in table(document, "Figures that are not there").rows]
    assert ["a", "Proxies of race", "30", "AUC, mutual information", "Has the same value in every row"] in absent


def test_a_metric_of_the_user_s_own_keeps_its_unit():
    document = build(studied_audit())
    assert row(table(document, "cost by race"), "black")["Figure"].text == "1,250"
    assert row(table(document, "mean_absolute_error by race"), "white")["Figure"].text == "0.187"
    headline = lines(studied_audit())["Metrics of your own"].headline
    assert (
        headline
        == "mean_absolute_error by race: from 0.187 (white) to 0.213 (black); cost by race: from 1,188 (white) to 1,250 (black)."
    )


# -- the public view -------------------------------------------------------------------------------------------


def test_the_public_view_says_which_studies_it_leaves_out():
    said = "Left out of the public view, because small groups in them are not merged: proxies, metrics of your own, counterfactual résumés and alternatives."
    assert render_html(build(withheld_audit())).count(said) == 1
    assert "model" in ids(build(withheld_audit()))
    assert not {"proxies", "counterfactual", "alternatives", "user-metrics"} & set(ids(build(withheld_audit())))
    assert "Left out of the public view" not in render_html(build(studied_audit()))


# -- that it is true, and that it is inert ----------------------------------------------------------------------


def numbers(content):
    if isinstance(content, dict | list):
        for part in content.values() if isinstance(content, dict) else content:
            yield from numbers(part)
    elif isinstance(content, int | float) and not isinstance(content, bool):
        yield content


def sayable(audit):
    """Every way to write a number of the audit, how long its lists are, and the figures in its texts."""
    said = set(FIGURE.findall(repr(audit))) | {"95", "0", "1", "0.001"}  # 0.001: "p < 0.001"
    for v in {size for found in numbers(audit) for size in (found, abs(found))}:
        shown = [words.decimals(v, places) for places in range(9)]
        shown += [words.decimals(100 * v, places) for places in range(3)]
        said |= {figure for text in shown for figure in FIGURE.findall(text)}
    for name in ("counterfactual", "proxies", "user_metrics"):
        said |= {str(n) for n in range(len(audit.get(name) or ()) + 1)}
    return (
        said
        | {str(len(found)) for found in lists(audit)}
        | {str(len((audit.get("alternatives") or {}).get("candidates", ())) - 1)}
    )


def lists(content):
    if isinstance(content, dict):
        for part in content.values():
            yield from lists(part)
    elif isinstance(content, list):
        yield content
        for part in content:
            yield from lists(part)


def said_by(block):
    """Every text of a block that may hold a figure, but the fixed ones of methods and definitions."""
    if isinstance(block, Table):
        return [block.caption, *block.notes, *(t for r in block.rows for c in r for t in (c.text, c.note))]
    if isinstance(block, Findings):
        return [text for line in block.lines for text in (line.headline, line.because)]
    if isinstance(block, CHARTS):
        dots = [d for p in getattr(block, "panels", ()) for d in p.dots] + [
            d for pair in getattr(block, "rows", ()) for d in pair
        ]
        return [
            block.title,
            block.description,
            *(t for d in dots for t in (d.detail, d.shown, d.shown_interval, d.shown_floor)),
        ]
    return [getattr(block, "text", "")]


@pytest.mark.parametrize("sample", STUDIES)
def test_every_figure_of_a_study_is_in_the_audit(sample):
    audit = STUDIES[sample]()
    document, said = build(audit), sayable(audit)
    blocks = [b for s in document.sections if s.id in KEYS.values() for b in s.blocks if not isinstance(b, Definitions)]
    blocks += [
        Findings(tuple(line for line in b.lines if line.topic))
        for b in section(document, "summary").blocks
        if isinstance(b, Findings)
    ]
    found = {f for b in blocks for text in said_by(b) for f in FIGURE.findall(text.replace("SHA-256", ""))}
    assert found - said == set()
    if sample in ("studied", "texts"):
        assert len(found) > 100


def test_a_figure_of_a_study_that_is_not_in_the_audit_would_be_found():
    audit = studied_audit()
    said = sayable(audit)
    audit["counterfactual"][0]["decision"]["net"]["value"] = -0.1234
    found = {
        f for b in section(build(audit), "counterfactual").blocks for text in said_by(b) for f in FIGURE.findall(text)
    }
    assert "−12.3" in found - said


def test_every_label_of_a_chart_is_in_a_table_beside_it():
    for sample in ("studied", "texts", "unchosen"):
        document = build(STUDIES[sample]())
        for name in KEYS.values():
            if name not in ids(document):
                continue
            heads = {words.label(r[0].text) for t in of(document, name, Table) for r in t.rows}
            for chart in (b for b in section(document, name).blocks if isinstance(b, CHARTS)):
                labels = {p.label.removeprefix("chosen: ") for p in getattr(chart, "points", ())} - {"as it is"}
                labels |= {d.label for p in getattr(chart, "panels", ()) for d in p.dots}
                labels |= {left.label for left, _ in getattr(chart, "rows", ())}
                assert labels <= heads


def test_every_chart_says_what_it_shows_to_those_who_cannot_see_it():
    for make in STUDIES.values():
        for chart in (b for s in build(make()).sections for b in s.blocks if isinstance(b, CHARTS)):
            assert chart.title
            assert chart.subtitle
            assert chart.description.endswith(".")
            for width in ("wide", "narrow"):
                assert re.search(r'role="img".*<title id=.+</title><desc id=.+</desc>', draw(chart, width))


def test_methods_are_told_by_name_with_their_source():
    (_, told) = of(build(studied_audit()), "methods", Definitions)
    terms = {d.term: d for d in told.items}
    for name in ("Score, names and résumés crossed", "McNemar mid-P", "Sign-flip permutation", "DeLong, on the logit scale", "Noncentral χ²", "Shuffled inputs", "Intersection–union test", "Reweighing", "Grid search", "Banding"):  # fmt: skip
        assert terms[name].text
        assert terms[name].source
    assert "Student's t, names and résumés crossed" not in terms
    (told,) = of(build(texts_audit()), "methods", Definitions)
    assert "Student's t, names and résumés crossed" in {d.term for d in told.items}
    assert "McNemar mid-P" not in {d.term for d in told.items}
    assert methods.name_of("a_new_one\u202e") == "a new one\\u202e"


def test_hostile_labels_stay_text_and_are_shown():
    class Page(HTMLParser):
        def __init__(self, html):
            super().__init__()
            self.elements, self.words = [], []
            self.feed(html)

        def handle_starttag(self, tag, attrs):
            self.elements.append((tag, dict(attrs)))

        def handle_data(self, data):
            self.words.append(data)

    html = render_html(build(hostile_studies_audit()))
    page = Page(html)
    assert not {"script", "img", "b", "i", "iframe"} & {tag for tag, _ in page.elements}
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f]", html)
    text = "".join(page.words)
    for label in HOSTILE:
        assert words.label(label) in text
    assert not re.search(r"\b(?:nan|inf|None|Undefined)\b", text)


def test_three_groups_of_forty_names_stay_under_a_megabyte():
    assert len(render_html(build(texts_audit())).encode()) < 400_000


def test_a_notebook_shows_what_a_study_says():
    html = render_fragment(build(texts_audit()))
    assert "text swapped (names)" in html
    assert len(html) < 20_000


# -- tables of numbers -----------------------------------------------------------------------------------------


def test_the_csv_tables_hold_the_figures_in_full_precision():
    audit = studied_audit()
    found = {path: (header, rows) for path, header, rows in study_tables(audit)}
    assert sorted(found) == [f"tables/{name}.csv" for name in ("alternatives", "alternatives_refused", "counterfactual", "counterfactual_variants", "model_reads_protected", "proxies", "user_metrics")]  # fmt: skip
    header, rows = found["tables/counterfactual.csv"]
    first, placebo = (dict(zip(header, cells, strict=True)) for cells in rows)
    made = audit["counterfactual"][0]["decision"]
    assert (first["a"], first["b"], first["placebo"], first["net"]) == ("black", "white", False, made["net"]["value"])
    assert (first["only_b"], first["mcnemar_p"], first["score_difference"]) == (71, made["mcnemar"]["p"], None)
    assert (first["p_adjusted"], placebo["p_adjusted"], first["score_p"]) == (made["test"]["p_adjusted"], None, None)
    assert (placebo["placebo"], placebo["only_a"]) == (True, 11)
    header, rows = found["tables/alternatives.csv"]
    chosen = dict(zip(header, next(r for r in rows if r[0] == "drop-postcode"), strict=True))
    assert (chosen["test_impact_ratio"], chosen["p"], chosen["features_dropped"]) == (0.884, 0.012, "postcode")
    assert len(rows) == len(candidates())


@pytest.mark.parametrize("sample", STUDIES)
def test_every_csv_table_can_be_written_and_is_named_in_the_report(sample):
    audit = STUDIES[sample]()
    html = render_html(build(audit))
    for path, header, rows in study_tables(audit):
        assert csv_bytes(header, rows).count(b"\r\n") > len(rows) - 1
        assert f"In full precision: {path}." in html
    for path in re.findall(r"In full precision: (tables/[a-z_]+\.csv)\.", html):
        assert path in {name for name, _, _ in study_tables(audit)}


def test_names_shown_for_several_pairs_of_groups_are_written_once():
    rows = next(rows for path, _, rows in study_tables(texts_audit()) if path.endswith("counterfactual_variants.csv"))
    assert len(rows) == 3 * 40 + 2


def test_studies_that_the_first_page_has_no_room_for_are_named_in_one_line():
    """Every study's first line goes before any study's second; the browser's tests measure that the page holds all."""
    there = lines(crowded_audit())
    assert there["Counterfactual résumés"].headline.startswith("applicant_first_name swapped")
    assert "Alternatives" in there
    told = there["Further studies"].headline
    assert told.startswith("Told below: more of counterfactual résumés")
    assert told.endswith("the model.")
    assert "Further studies" not in lines(studied_audit())
    warned = [b.text for b in section(build(crowded_audit()), "summary").blocks if isinstance(b, Paragraph) and b.soft]
    assert warned[-1] == "4 more warnings stand under The data."


def test_a_line_of_the_summary_has_a_verdict_or_a_topic():
    for make in STUDIES.values():
        for b in section(build(make()), "summary").blocks:
            if isinstance(b, Findings):
                assert all(isinstance(line, FindingLine) and bool(line.badges) != bool(line.topic) for line in b.lines)


# -- what the studies really write -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real():
    """Every study of a small screener that takes a little off for women, as audit.json has them."""
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    from fairwitness.audit.alternatives.search import search_alternatives
    from fairwitness.audit.bridges.user_metrics import metric_by_group
    from fairwitness.audit.counterfactual.run import counterfactual
    from fairwitness.audit.counterfactual.swaps import AttributeSwap, NameSwap
    from fairwitness.audit.model_audit import audit_model
    from fairwitness.audit.models.load import load_model
    from fairwitness.audit.proxies.run import proxies

    random = np.random.default_rng(0)
    n = 300
    sex = random.choice(list("FM"), n)
    rows = pd.DataFrame({
        "first": random.choice(["Anne", "Brad"], n), "last": "Doe", "sex": sex, "years": random.integers(0, 20, n) / 1.0,
        "zip": (random.random(n) < 0.2 + 0.6 * (sex == "M")).astype(float), "same": 1.0,
    })  # fmt: skip
    rows["good"] = (rows["years"] + 4 * random.normal(size=n) + 2 * rows["zip"] > 10).astype(int)

    def score(given):
        return (
            given["years"] / 20
            + given["zip"] / 5
            - 0.05 * (given["sex"] == "F")
            - 0.03 * given["first"].str.contains("sha")
        )

    read = ["first", "sex", "years", "zip"]
    screener = load_model(score, features=read, top=0.3, name="screener")
    rows["said"] = screener.score(rows)
    swaps = [NameSwap(column="first", names="experiment"), AttributeSwap("sex")]
    studies = [
        counterfactual(rows, screener, swap=swaps),
        proxies(rows, protected="sex", features=["years", "zip", "same"], decision="good", draws=50),
        metric_by_group(rows, lambda y, p: float(np.mean(np.abs(y - p))), label="good", prediction="said", protected="sex", name="mean error", draws=50),
        search_alternatives(LogisticRegression(), rows, label="good", protected="sex", jurisdiction="us", features=["years", "zip"], families=["drop", "cutoff", "banding"]),
    ]  # fmt: skip
    return audit_model(rows, screener, protected="sex", reference="M", features=read, studies=studies).to_dict()


def test_what_the_studies_write_is_what_the_schema_and_the_report_expect(real):
    content = json.loads(canonical_json(real))
    schema = json.loads((HERE.parents[1] / "docs" / "schemas" / "audit.schema.json").read_text("utf-8"))
    assert [e.message for e in Draft202012Validator(schema).iter_errors(content)] == []
    document = build(content)
    assert set(KEYS.values()) <= set(ids(document))
    families = {"baseline", "drop", "cap", "cutoff"}  # told by what each candidate is
    assert set(used(content)) - families <= set(methods.METHODS) | set(STUDY_METHODS)
    html = render_html(document)
    for path, header, rows in study_tables(content):
        assert csv_bytes(header, rows)
        assert f"In full precision: {path}." in html


def test_every_figure_that_the_report_shows_of_real_studies_is_in_the_audit(real):
    content = json.loads(canonical_json(real))
    said = sayable(content)
    blocks = [
        b for s in build(content).sections if s.id in KEYS.values() for b in s.blocks if not isinstance(b, Definitions)
    ]
    found = {f for b in blocks for text in said_by(b) for f in FIGURE.findall(text.replace("SHA-256", ""))}
    assert found - said == set()
    assert len(found) > 150
