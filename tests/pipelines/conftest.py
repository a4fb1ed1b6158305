"""Answers of gates, made by hand; and labels that somebody chose to do harm."""

from __future__ import annotations

import pytest

from fairwitness.audit.gating.checked import Checked, CheckedRow

HOSTILE = {
    "pipe": "A|B",
    "backslash and pipe": "A\\|B\\",
    "end of a table": "</td></tr></table><script>alert(1)</script>",
    "another table": "x |\n| --- |\n| y",
    "workflow command": "%0A::error::owned",
    "workflow command on a line": "\n::add-mask::e",
    "old workflow command": "##[add-mask]e",
    "mention": "@team",
    "issue": "#1 org/repo#2 GH-3",
    "link": "[free](https://example.org) www.example.org ann@example.org",
    "picture": "![x](https://example.org/pixel.png)",
    "code": "`` a ` b ```",
    "entity": "&lt;img src=x&gt; &#64;team",
    "emphasis": "*_~~x~~_*",
    "formula": "$x$ $$y$$",
    "emoji": ":tada:",
    "from right to left": "\u202eevil\u202c",
    "zero width": "@\u200bteam",
    "control": "a\x1b[31mb\x00c\r\nd\u2028e",
    "long": "L" * 10_000,
    "long words": "@x " * 3_000,
    "commit": "deadbeefdeadbeef",
    "spaces": " x ",
    "Chinese": "汉族",
}


@pytest.fixture
def row():
    def make(group="F", verdict="beyond", *, by="sex", small=False, attention=False, **fields):
        shown = {
            "figure": "0.54",
            "interval": "[0.48, 0.62]",
            "counts": f"176/530 vs {group} 997/1,636",
            "note": f"147 fewer selections than at the rate of {group}.",
        }
        return CheckedRow(
            by=(by,), group=(group,), verdict=verdict, attention=attention, small=small, details={}, **(shown | fields)
        )

    return make


@pytest.fixture
def check():
    def make(*rows, failed=(), footer=("3,000 rows in.",), title="impact_ratio at least 0.80", data="holdout.csv"):
        return Checked(title, data, tuple(rows), tuple(footer), tuple(failed))

    return make


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE)
def hostile(request):
    return request.param
