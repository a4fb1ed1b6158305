"""The report as a text: every figure is the audit's, every label is inert, the same audit makes the same bytes."""

from __future__ import annotations

import copy
import os
import re
import subprocess
import sys
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from sample_audit import HOSTILE, hostile_audit, labelled_audit, lone_audit, resume_audit, wide_audit  # noqa: E402 -- lies beside
from sample_studies import EVERY  # noqa: E402

from fairwitness.audit import numerals  # noqa: E402
from fairwitness.report_templates import words  # noqa: E402
from fairwitness.report_templates.build import build  # noqa: E402
from fairwitness.report_templates.document import Table  # noqa: E402
from fairwitness.report_templates.figures import draw  # noqa: E402
from fairwitness.report_templates.pictures import DotChart  # noqa: E402
from fairwitness.report_templates.render import render_fragment, render_html  # noqa: E402

FIGURE = re.compile(r"−?\d+(?:,\d{3})*(?:\.\d+)?")
VOID = {"meta", "img", "br", "hr", "input", "link", "path", "circle"}


class Page(HTMLParser):
    """What a page holds: its elements, its text, and the text of its tables' cells."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.open, self.cells, self.words = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)
        if "td" in self.open:
            self.cells[-1] += data

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def text(self):
        return "".join(self.words)


def section(document, name):
    return next(s for s in document.sections if s.id == name)


def tables(document):
    return [b for s in document.sections for b in s.blocks if isinstance(b, Table)]


def charts(document):
    return [b for s in document.sections for b in s.blocks if isinstance(b, DotChart)]


def table(document, caption):
    return next(t for t in tables(document) if t.caption.startswith(caption))


def column(document, caption, title):
    found = table(document, caption)
    place = [c.title for c in found.columns].index(title)
    return {row[0].text: row[place] for row in found.rows}


@pytest.fixture(scope="module", params=EVERY)
def audit(request):
    return EVERY[request.param]()


@pytest.fixture(scope="module")
def html(audit):
    return render_html(build(audit))


# -- what it says ----------------------------------------------------------------------------------------------


def test_the_table_of_a_known_audit_in_words():
    # 157/2,435 = 6.45%, 235/2,435 = 9.65%; ratio 157/235 = 0.668; difference -3.20 points; 2,435·392/4,870 - 157 = 39.
    document = build(resume_audit())
    row = {
        title: column(document, "By race, compared with white", title)["black"]
        for title in ("Called back", "Rate", "Ratio", "Difference", "Against its share", "p", "Verdict")
    }
    assert (row["Called back"].text, row["Called back"].note) == ("157", "of 2,435")
    assert row["Rate"].text == "6.4\u202f%"
    assert (row["Ratio"].text, row["Difference"].text) == ("0.67", "−3.2")
    assert row["Against its share"].text == "39 fewer"
    assert row["p"].text == "< 0.001"
    assert [b.text for b in row["Verdict"].badges] == ["Beyond threshold"]


def test_the_first_page_gives_sentences_choices_and_the_digest_of_the_plan():
    page = Page(render_html(build(resume_audit())))
    before_conclusions = page.text[: page.text.index("It can say")]
    for said in (
        "157 of 2,435 were called back",
        "3 beyond threshold, 2 inconclusive",
        "reference white (default highest); level 0.9 (default 0.95)",
        resume_audit()["audit"]["plan_sha256"],
        "no finding of law",
    ):
        assert said in before_conclusions


def test_attention_stands_beside_a_verdict_and_before_it():
    audit = resume_audit()
    audit["findings"][0] |= {"verdict": "within", "attention": True}
    document = build(audit)
    line = section(document, "summary").blocks[1].lines[0]
    assert [b.text for b in line.badges] == ["Attention", "Within threshold"]
    assert [b.text for b in column(document, "By race, compared", "Verdict")["black"].badges] == [
        "Attention",
        "Within threshold",
    ]


def test_a_policy_without_threshold_gives_no_verdict_and_no_line():
    document = build(labelled_audit())
    verdicts = column(document, "By age, compared", "Verdict")
    assert [b.text for b in verdicts["40–54"].badges] == ["Attention"]
    assert all(chart.line is None for chart in charts(document))
    assert charts(document)[0].scale == "difference"


def test_what_could_not_be_evaluated_is_listed_with_its_reason():
    document = build(labelled_audit())
    reasons = column(document, "Figures that are not there", "Reason")
    assert reasons["unstated"].text.startswith("The group's share is under")
    assert reasons["80+"].text == "The group has no decisions"
    said = " ".join(b.text for b in section(document, "not-evaluated").blocks if hasattr(b, "text"))
    assert "23 decisions: age is not disclosed" in said
    assert "985 decisions: the outcome is unknown" in said


def test_set_asides_and_undisclosed_groups_are_counted():
    document = build(labelled_audit())
    assert column(document, "Decisions set aside", "Decisions")["Withdrawn"].text == "41"
    assert column(document, "Decisions set aside", "age")["Withdrawn"].text == "18–39 20, not disclosed 21"
    assert column(document, "Decisions about people", "Of them selected")["age"].text == "11"


def test_intersections_are_called_exploratory_and_compared_within_each_attribute():
    document = build(resume_audit())
    assert section(document, "intersections").blocks[0].text.startswith("Exploratory")
    assert [r[1].text for r in table(document, "By race and gender: one attribute").rows] == ["gender: f", "gender: m"]


def test_sections_with_nothing_to_say_are_left_out_but_three():
    ids = [s.id for s in build(lone_audit()).sections]
    assert {"conclusions", "not-evaluated", "reproduce"} <= set(ids)
    assert not {"policies", "intersections", "errors", "further"} & set(ids)


def test_a_figure_keeps_its_side_of_the_threshold_when_rounded():
    audit = resume_audit()
    race = audit["tables"][0]["groups"][0]["estimates"]["impact_ratio"]
    race["value"] = 0.7996
    assert column(build(audit), "By race, compared", "Ratio")["black"].text == "0.7996"
    race["value"] = 0.796
    assert column(build(audit), "By race, compared", "Ratio")["black"].text == "0.796"


def test_many_findings_share_lines_and_none_beyond_is_left_out():
    audit = wide_audit(k=50)
    beyond = [f for f in audit["findings"] if f["verdict"] == "beyond"]
    lines = section(build(audit), "summary").blocks[1].lines
    assert len(lines) <= 12
    said = " ".join(f"{line.headline} {line.because}" for line in lines)
    named = sum(words.group(f["group"]) in said for f in beyond)
    further = sum(
        int(n)
        for n in re.findall(r"and (\d+) more", " ".join(x.headline for x in lines if x.badges[0].look == "beyond"))
    )
    assert named + further >= len(beyond) > 0


def test_charts_of_one_table_share_their_axis_and_fit_a_page():
    drawn = [c for c in charts(build(wide_audit(k=50))) if len(c.panels[0].dots) > 1]
    assert len({c.reach for c in drawn if "2 of" in c.title or "(1 of" in c.title}) <= 2  # one for each of two tables
    heights = [float(re.search(r'viewBox="0 0 760 ([\d.]+)"', draw(c, "wide"))[1]) for c in drawn]
    assert max(heights) * 688 / 760 < 994 - 60  # at the width of an A4 page: its height, less the caption


# -- that it is true -------------------------------------------------------------------------------------------


def numbers(content):
    if isinstance(content, dict):
        content = content.values()
    if isinstance(content, list | tuple) or not isinstance(content, str | int | float | bool | None):
        for part in content:
            yield from numbers(part)
    elif isinstance(content, int | float) and not isinstance(content, bool):
        yield content


def texts(content):
    if isinstance(content, dict):
        content = [*content.keys(), *content.values()]
    if isinstance(content, list):
        return " ".join(texts(part) for part in content)
    return content if isinstance(content, str) else ""


def e_values(audit):
    """Yield the e-values of periods, whose logarithms to base 10 are in the audit."""
    for entry in audit.get("periods", ()):
        for g in entry["groups"]:
            for test in (
                g["equality"],
                g["drift"],
                *(row[name] for row in g["periods"] for name in ("equality", "drift")),
            ):
                if test and test["statistic"] is not None:
                    e = 10 ** test["statistic"]
                    yield f"{e:.2g}" if e < 100 else f"{e:,.0f}"


def sayable(audit):
    """Return every way to write a number of the audit, and every figure in its texts."""
    line = Fraction(4, 5)
    said = set(FIGURE.findall(texts(audit)))
    levels = [c["choice"] for f in audit.get("choices", ()) for c in f["answers"] if c["kind"] == "level"]
    said |= {figure for level in levels for figure in FIGURE.findall(numerals.level(float(level)))}
    said |= {figure for e in e_values(audit) for figure in FIGURE.findall(e)}
    for v in numbers(audit):
        shown = [str(v), words.people(v), numerals.number(v), *(words.decimals(v, places) for places in range(9))]
        if isinstance(v, float) and abs(v) <= 1:
            shown += [numerals.percent(v), numerals.points(v), numerals.p_value(v)]
        if v >= 0:
            shown += [numerals.ratio(v), numerals.ratio(v, line)]
        shown.append(words.against_share(v))
        said |= {figure for text in shown for figure in FIGURE.findall(text)}
    return said


def unknown_figures(html, audit):
    said = sayable(audit)
    return {f for cell in Page(html).cells for f in FIGURE.findall(cell) if f not in said}


def test_every_figure_in_a_table_is_in_the_audit(audit, html):
    assert unknown_figures(html, audit) == set()


def test_a_figure_that_is_not_in_the_audit_would_be_found():
    audit = resume_audit()
    other = copy.deepcopy(audit)
    other["tables"][0]["groups"][0]["estimates"]["impact_ratio"]["value"] = 7.7777
    assert unknown_figures(render_html(build(other)), audit) == {"7.78"}


def test_no_absent_figure_is_shown_as_a_number(html):
    assert not re.search(r"\b(?:nan|inf|None|Undefined)\b", Page(html).text)


# -- that it is inert ------------------------------------------------------------------------------------------


def test_labels_stay_text():
    html = render_html(build(hostile_audit()))
    page = Page(html)
    assert not {"script", "img", "b", "i", "iframe", "a:href"} & {tag for tag, _ in page.elements}
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
    assert {a["href"][0] for a in page.all("a")} == {"#"}
    for label in HOSTILE:
        assert words.label(label) in page.text
    assert "{{ 7*7 }}{% for x in y %}" in page.text


def test_what_cannot_be_seen_is_shown():
    html = render_html(build(hostile_audit()))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f]", html)
    text = Page(html).text
    assert "evil\\u202etxt.exe" in text
    assert "red\\x1b[31mcell\\x00" in text
    assert "White\\x20" in text


def test_foreign_labels_are_isolated():
    html = render_html(build(hostile_audit()))
    assert "<bdi>مرشحون 12</bdi>" in html
    assert "<strong>" in html
    assert "<bdi>مرشحون</bdi> 12 0." in html  # in a sentence: the figures that follow stay on their side


def test_texts_in_drawings_are_escaped_and_drawn_as_text():
    drawings = [draw(chart, width) for chart in charts(build(hostile_audit())) for width in ("wide", "narrow")]
    for drawing in drawings:
        assert "<script" not in drawing
        assert 'role="img"' in drawing
        assert re.search(r"<title id=.+</title><desc id=.+</desc>", drawing)
        assert not re.search(r"<(?:style|image|use|metadata)\b|xlink|https?:", drawing)
    for text in ("&lt;script&gt;alert(1)&lt;/script&gt;", "$x$ \\frac{1}{2} %s {0}", "中文标签", "evil\\u202etxt.exe"):
        assert sum(f">{text}" in drawing for drawing in drawings) >= 2


def test_a_page_loads_nothing_and_says_so(html):
    page = Page(html)
    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert not page.all("script") + page.all("link") + page.all("img") + page.all("iframe")
    assert "url(" not in html
    assert "@import" not in html


# -- how it is made --------------------------------------------------------------------------------------------


def test_structure(html):
    page = Page(html)
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("header")) == len(page.all("footer")) == 1
    assert len(page.all("caption")) == len(page.all("table"))
    assert {th.get("scope") for th in page.all("th")} == {"col", "row"}
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_size(request, html):
    # "funnel" is all there can be: two attributes and both crossed, decided three times and scored, and every analysis
    everything = request.node.callspec.params["audit"] == "funnel"
    assert len(html.encode()) < (700_000 if everything else 500_000)


def test_the_demonstration_is_small():
    assert len(render_html(build(EVERY["demo"]())).encode()) < 115_000


def test_many_groups_stay_under_a_megabyte():
    assert len(render_html(build(wide_audit(k=50))).encode()) < 1_000_000


@pytest.mark.parametrize("sample", ["resume", "hostile", "studied", "hostile studies"])
def test_the_same_audit_makes_the_same_bytes_in_another_process(sample):
    html = render_html(build(EVERY[sample]()))
    code = (
        "import sys; sys.stdout.reconfigure(encoding='utf-8', newline=''); from sample_studies import EVERY\n"
        "from fairwitness.report_templates.build import build; from fairwitness.report_templates.render import render_html\n"
        f"print(render_html(build(EVERY[{sample!r}]())), end='')"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": str(HERE), "LC_ALL": "C", "TZ": "Asia/Shanghai"}
    other = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert other.stdout.decode() == html


def test_a_notebook_gets_a_small_piece_whose_styles_concern_nothing_else():
    html = render_fragment(build(resume_audit()))
    assert html.strip().startswith('<div class="fairwitness">')
    assert html.strip().endswith("</div>")
    assert len(html) < 40_000
    assert "157" in Page(html).text
    styles = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    rules = [selector.strip() for part in re.findall(r"([^{}]+)\{", styles) for selector in part.split(",")]
    assert rules
    assert all(rule.startswith(".fairwitness") for rule in rules)


# -- that it can be read ---------------------------------------------------------------------------------------


def luminance(colour):
    parts = colour.lstrip("#")
    parts = "".join(2 * c for c in parts) if len(parts) == 3 else parts
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (int(parts[i : i + 2], 16) / 255 for i in (0, 2, 4))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    """WCAG 2.2, success criterion 1.4.3: (L1 + 0.05) / (L2 + 0.05)."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_contrast(scheme):
    html = render_html(build(resume_audit()))
    colours = dict(re.findall(r"--(\w+): (#\w+)", re.findall(r":root \{(.*?)\}", html, re.DOTALL)[scheme]))
    verdicts = ("beyond", "attention", "inconclusive", "within")
    for text in ("ink", "soft", "link", *verdicts):
        assert contrast(colours[text], colours["paper"]) >= 4.5, text
    assert contrast(colours["ink"], colours["wash"]) >= 4.5
    for mark in verdicts:
        assert contrast(colours[mark], colours["band"]) >= 3, mark
    assert contrast(colours["soft"], colours["band"]) >= 4.5  # counts in the grid stand on the band
    assert contrast(colours["chosen"], colours["paper"]) >= 4.5  # its name stands beside it
    assert contrast(colours["chosen"], colours["band"]) >= 4.5
    for mark in ("ink", "soft"):  # a dot on the noise floor, and the floor's ends
        assert contrast(colours[mark], colours["floor"]) >= 3, mark
