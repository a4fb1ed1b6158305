"""Each lint that `make check` runs over this tree can find something, and leaves alone what it should."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

HERE = Path(__file__).parent
WORDS, TEMPLATES, PLACES = (runpy.run_path(str(HERE / f"{name}.py")) for name in ("words", "templates", "places"))
NOTHING_ALLOWED = WORDS["exceptions"]("allowed = []")


def found_words(file, text, allowed=NOTHING_ALLOWED):
    return [place.word for place in WORDS["words"](file, text, allowed, set())]


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("audit/x.py", "# a violation of the rule", ["violation"]),
        ("audit/x.py", "violates = 1", ["violates"]),
        ("audit/x.py", 'say = "The group is Biased"', ["Biased"]),
        ("audit/x.py", 'say = f"{n} groups passed"', ["passed"]),
        ("audit/x.py", 'say = "违规"', ["违规"]),
        ("report_templates/html/x.html", "<p>The model is fair and non-compliant.</p>", ["non-compliant", "fair"]),
        ("report_templates/locale/x.po", 'msgstr "合规"', ["合规"]),
        ("README.md", "an unbiased, unfair model", ["unbiased", "unfair"]),
    ],
)
def test_word_lint_finds(file, text, words):
    assert found_words(file, text) == words


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("audit/x.py", "import fairwitness, fairlearn  # fairness, a bias audit"),
        ("audit/x.py", "def f():\n    'Pass a path; fails on none.'\n    pass"),
        ("audit/x.py", "raise TypeError  # pass it on, it failed"),
        ("audit/x.py", 'say = "beyond the threshold; within; inconclusive"'),
        ("README.md", "make test passes"),
    ],
)
def test_word_lint_leaves_alone(file, text):
    assert found_words(file, text) == []


def test_an_exception_to_the_word_lint_holds_for_its_files_and_its_text_only():
    allowed = WORDS["exceptions"]('[[allowed]]\ntext = "the biased coin"\nfiles = "docs/*.md"\nreason = "a coin"\n')
    assert found_words("docs/coin.md", "the biased coin", allowed) == []
    assert found_words("docs/coin.md", "the biased coin, a biased model", allowed) == ["biased"]
    assert found_words("README.md", "the biased coin", allowed) == ["biased"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<img src="https://example.org/a.png">', "loads something from outside"),
        ('<script src="//example.org/a.js">', "loads something from outside"),
        ('<link rel="stylesheet" href="a.css">', "loads something from outside"),
        ("@import 'a.css'", "loads something from outside"),
        ("a { background: url( 'http://example.org/a.png') }", "loads something from outside"),
        ('<p class="a" onclick="f()">', "has an inline event handler"),
        ('<a href="javascript:f()">', "has a javascript: address"),
        ("<form>", "has a frame, an object or a form"),
        ("{% autoescape false %}", "turns escaping off"),
        ("<p class={{ x }}>", "puts a value into an attribute without quotes"),
        ("\n{{ x.y | safe }}", "leaves 'x.y' unescaped"),
    ],
)
def test_template_lint_finds(text, what):
    assert [place.what for place in TEMPLATES["template"]("report_templates/html/x.html", text)] == [what]


def test_template_lint_leaves_links_to_sources_and_quoted_values_alone():
    text = '<a href="https://doi.org/{{ doi }}">{{ title }}</a><svg xmlns="http://www.w3.org/2000/svg" class="{{ x }}">'
    assert list(TEMPLATES["template"]("report_templates/html/x.html", text)) == []


def test_template_lint_finds_an_environment_that_does_not_escape_and_text_made_markup():
    source = "Environment(autoescape=True)\njinja2.Environment()\nEnvironment(autoescape=escape)\nMarkup(label)\nMarkup('<bdi>')\n"
    places = [(p.line, p.what) for p in TEMPLATES["renderer"]("report_templates/x.py", source)]
    assert places == [
        (2, "makes a Jinja Environment without autoescape=True"),
        (3, "makes a Jinja Environment without autoescape=True"),
        (4, "declares Markup(label) to be markup"),
    ]


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("docs/x.md", "see /home/ann/data.csv", "/home/a"),
        ("audit/x.py", 'OPEN = "/root/x"', "/root/x"),
        ("docs/x.md", r"C:\Users\ann", "C:\\Users\\"),
        ("constraints.txt", "numpy @ https://example.org/numpy.whl", " @ "),
        ("constraints-lowest.txt", "--find-links here", "--find-links"),
    ],
)
def test_place_lint_finds(file, text, place):
    assert [found for _, found in PLACES["named"](file, text)] == [place]


def test_place_lint_leaves_addresses_and_relative_paths_alone():
    assert list(PLACES["named"]("docs/x.md", "https://example.org/home/ann and docs/work/x")) == []
