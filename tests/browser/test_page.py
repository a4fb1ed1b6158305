"""The report in Chromium: nothing is cut off, nothing is loaded, everybody can read it, and it prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sample_audit import HOSTILE
from sample_studies import EVERY

from fairwitness.report_templates import words

LAYOUT = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")
A4 = 688  # pixels between margins of 14 mm
A4_HEIGHT = 994  # and between 16 and 18 mm
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LAID_OUT = [name for name in EVERY if name not in ("refused", "unchosen", "withheld")]  # what they show, others show
WIDEST = "* { font-family: 'DejaVu Sans' !important }"  # a face wider than those the page asks for


@pytest.mark.parametrize("sample", LAID_OUT)
@pytest.mark.parametrize("width", [1280, 768, 641, 640, 320])
def test_nothing_is_cut_off_on_screens(show, sample, width):
    assert show(sample, width=width).evaluate(LAYOUT) == []


@pytest.mark.parametrize("sample", LAID_OUT)
def test_nothing_is_cut_off_on_paper(show, sample):
    assert show(sample, width=A4, media="print").evaluate(LAYOUT) == []


@pytest.mark.parametrize("sample", ["resume", "wide", "labelled", "studied", "texts", "funnel"])
@pytest.mark.parametrize(("width", "media"), [(1280, "screen"), (320, "screen"), (A4, "print")])
def test_nothing_is_cut_off_in_a_wide_face(show, sample, width, media):
    page = show(sample, width=width, media=media)
    page.add_style_tag(content=WIDEST)
    assert page.evaluate(LAYOUT) == []


def test_the_search_for_what_is_cut_off_finds_it(show):
    page = show("resume", width=320)
    page.add_style_tag(
        content="h1 { white-space: nowrap } pre { white-space: pre; overflow: hidden } svg text { font-size: 5px !important }"
    )
    found = " ".join(page.evaluate(LAYOUT))
    assert "the page scrolls" in found
    assert "cut off" in found
    assert "5.0 px" in found


def test_chinese_labels_have_letters(show, need):
    need("cjk")
    page = show("hostile")
    cell = page.locator("th[scope=row] bdi", has_text="中文标签").first
    assert cell.bounding_box()["width"] > 60


@pytest.mark.parametrize("sample", EVERY)
def test_nothing_is_requested(show, report, sample):
    assert show(sample).requests == [report(sample)]


def test_it_is_whole_without_javascript(show):
    with_it, without = (show("resume", javascript=on) for on in (True, False))
    assert without.locator("script").count() == 0
    assert without.locator("body").inner_text() == with_it.locator("body").inner_text()
    assert without.locator("svg.wide").first.bounding_box()["height"] > 100


def test_hostile_labels_do_nothing(show):
    said = []
    page = show("hostile")
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.reload()
    assert said == []
    assert page.evaluate("document.scripts.length + document.images.length") == 0
    names = page.locator("th[scope=row] bdi").all_inner_texts()
    assert {words.label(label) for label in HOSTILE} <= set(names)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("sample", "width"),
    [
        ("demo", 1280),
        ("demo", 320),
        ("labelled", 1280),
        ("lone", 320),
        ("studied", 1280),
        ("studied", 320),
        ("texts", 1280),
        ("admissions", 1280),
        ("funnel", 1280),
        ("funnel", 320),
        ("surveyed", 1280),
    ],
)
def test_accessibility(show, sample, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = show(sample, width=width, scheme=scheme)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert found.violations_count == 0, found.generate_report()


def test_the_search_for_barriers_finds_them(show):
    from axe_playwright_python.sync_playwright import Axe

    page = show("lone", width=320)
    page.evaluate("document.documentElement.removeAttribute('lang'); document.querySelector('h1').style.color = '#ccc'")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert {rule["id"] for rule in found.response["violations"]} == {"html-has-lang", "color-contrast"}


def test_tables_are_tables_at_every_width(show):
    for width in (1280, 320):
        snapshot = show("resume", width=width).locator("table").first.aria_snapshot()
        assert "columnheader" in snapshot
        assert "rowheader" in snapshot
        assert snapshot.count("row ") >= 5


def test_the_first_key_press_leads_to_the_findings(show):
    page = show("resume")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the findings"
    assert page.locator(".skip").bounding_box()["x"] >= 0


def test_one_drawing_of_each_chart_is_shown(show):
    for width, shown in ((1280, "wide"), (320, "narrow")):
        page = show("resume", width=width)
        for chart in page.locator("figure").all():
            visible = [svg.get_attribute("class") for svg in chart.locator("svg").all() if svg.is_visible()]
            assert visible == [shown]


def test_dark_mode_is_dark_and_paper_is_white(show):
    def paper(page):
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert paper(show("resume")) == "rgb(255, 255, 255)"
    assert paper(show("resume", scheme="dark")) == "rgb(21, 23, 26)"
    assert paper(show("resume", scheme="dark", media="print")) == "rgb(255, 255, 255)"


@pytest.mark.parametrize(
    "sample",
    [
        *("demo", "resume", "wide", "labelled", "scored", "studied", "crowded", "texts", "sparse"),
        *("admissions", "funnel", "surveyed"),
    ],
)
def test_title_block_and_summary_fill_one_printed_page(show, sample):
    page = show(sample, width=A4, media="print")
    box = page.locator("#summary").bounding_box()
    assert box["y"] + box["height"] < A4_HEIGHT


@pytest.mark.parametrize("sample", ["resume", "wide", "hostile", "studied", "texts", "hostile studies", "funnel"])
def test_no_chart_is_higher_than_a_printed_page(show, sample):
    page = show(sample, width=A4, media="print")
    assert max(figure.bounding_box()["height"] for figure in page.locator("figure").all()) < A4_HEIGHT


def test_print_rules(show):
    page = show("resume", width=A4, media="print")

    def style(selector, name):
        return page.locator(selector).first.evaluate(f"element => getComputedStyle(element).{name}")

    assert style("thead", "display") == "table-header-group"
    assert style("tbody tr", "breakInside") == style("figure", "breakInside") == "avoid"
    assert style("nav", "display") == style(".skip", "display") == "none"


def test_it_prints_on_pages_of_a4(show, tmp_path):
    pdf = show("resume").pdf(path=tmp_path / "report.pdf", format="A4")
    for box in re.findall(rb"/MediaBox\s*\[([\d. ]+)\]", pdf):
        assert [float(end) for end in box.split()] == pytest.approx([0, 0, 595.3, 841.9], abs=1)  # points
    assert 5 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 12
