"""The summary of gates as the parser of GitHub reads it (cmarkgfm, GitHub's own fork of cmark)."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from fairwitness.audit.errors import printable
from fairwitness.audit.pipelines.markdown import summary

OURS = {"h2", "h3", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "ul", "li"}


class Page(HTMLParser):
    """The tags of a page, its cells, and its text outside of code."""

    def __init__(self, markdown):
        super().__init__(convert_charrefs=True)
        self.tags, self.cells, self.plain, self.within = set(), [], "", []
        html = cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)
        self.feed(html)

    def handle_starttag(self, tag, attrs):  # noqa: ARG002 -- the parser's signature
        self.tags.add(tag)
        self.within.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag):  # noqa: ARG002 -- the parser's signature
        self.within.pop()

    def handle_data(self, data):
        if {"td", "th"} & set(self.within):
            self.cells[-1] += data
        if "code" not in self.within:
            self.plain += data


def test_a_summary_is_a_tally_and_a_table(row, check):
    made = check(
        row("Black", by="race"),
        row("Asian", "inconclusive", by="race", attention=True),
        row("White", "within", by="race", note=""),
        failed=("beyond threshold: race: Black.",),
    )
    text = summary([made], public=False, report="out/report.html")
    page = Page(text)
    assert text.splitlines()[:3] == ["## fairwitness", "", "**1 beyond, 1 attention, 1 within, 1 inconclusive**"]
    assert "The gate fails: beyond threshold: race: Black." in page.plain
    assert "`out/report.html`" in text
    assert page.cells[:7] == ["By", "Group", "Figure", "Interval", "Counts", "Verdict", "Note"]
    assert page.cells[7:14] == [
        "race", "Black", "0.54", "[0.48, 0.62]", "176/530 vs Black 997/1,636", "◆ beyond threshold",
        "147 fewer selections than at the rate of Black.",
    ]  # fmt: skip
    assert page.cells[19] == "○ inconclusive, ▲ attention"
    assert "3,000 rows in." in page.plain
    assert page.tags <= OURS


def test_figures_and_counts_need_no_code(row, check):
    """What fairwitness writes itself stays readable as it is."""
    note = "With 80 % power these data could have shown a ratio of 0.71 or less; p < 0.001, 1.2 points."
    text = summary([check(row(note=note, interval="[0.12, ∞]"))], public=False)
    assert f"| 0.54 | [0.12, ∞] | 176/530 vs F 997/1,636 | ◆ beyond threshold | {note} |" in text


def test_a_hostile_label_is_shown_and_does_nothing(row, check, hostile):
    made = check(
        row(hostile, by=hostile),
        row("next"),
        title=f"impact_ratio at least 0.80 {hostile}",
        data=hostile,
        footer=(f"{hostile} was set aside.", hostile),
        failed=(f"beyond threshold: {hostile}.", hostile),
    )
    page = Page(summary([made], public=False, report=hostile))
    assert page.tags <= OURS  # no link, picture, script, second table or line break of its own
    assert len(page.cells) == 3 * 7
    assert re.sub(r"\s+", " ", page.cells[8]).startswith(re.sub(r"\s+", " ", printable(hostile)[:70]))
    assert page.cells[15] == "next"
    assert not re.search(r"[@#$`*_~\\<|{}]|:\w|www\.|\bGH-", page.plain), "a host would make something of it"


def test_foreign_text_holds_no_invisible_character(row, check, hostile):
    text = summary([check(row(hostile))], public=False)
    assert all(c.isprintable() or c == "\n" for c in text)


def test_long_labels_are_cut_and_their_length_is_said(row, check):
    text = summary([check(row("L" * 10_000))], public=False)
    assert "(10,000 characters)" in text
    assert len(text) < 2_000


def test_labels_survive_markdown_and_html(row, check):
    for label in ("A|B", "A\\|B\\", "`` a ` b ```", "<b>&amp;", "*x*"):
        assert Page(summary([check(row(label))], public=False)).cells[8] == label


@pytest.mark.parametrize("count", ["7", "1,234", "0.41", "0.07", "0.93"])
def test_the_public_summary_hides_small_counts_in_every_byte(row, check, count):
    small = row(
        "Few", "inconclusive", small=True, figure="0.41", interval="[0.07, 0.93]", counts="7/9 vs M 1,234/2,000",
        note="7 of 9.",
    )  # fmt: skip
    internal, public = (summary([check(small)], public=p) for p in (False, True))
    assert count in internal
    assert count not in public
    cells = Page(public).cells[7:14]
    assert cells == ["sex", "Few", "", "", "withheld: small numbers", "○ inconclusive", ""]


def test_no_check_is_said():
    assert "no figure" in summary([], public=True)


def test_html_of_ours_is_none(row, check):
    """A summary holds no raw HTML, so a host that forbids it shows the same."""
    assert "<" not in re.sub(r"`[^`]*`", "", unescape(summary([check(row())], public=False)))
