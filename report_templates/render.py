"""A document as HTML: one file that loads nothing, runs nothing and escapes every text."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from fairwitness.report_templates.document import Document
    from fairwitness.report_templates.figures import Width
    from fairwitness.report_templates.pictures import DotChart, GridChart

WIDTHS: tuple[Width, ...] = ("wide", "narrow")
FOLDER = Path(__file__).parent / "html"
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]+")
"""Letters that would pull the figures beside them to their other side."""


def render_html(document: Document) -> str:
    """Write a document as a page of its own.

    Parameters
    ----------
    document : Document

    Returns
    -------
    str
        HTML with its style inside: no script, no request, the same text every time.
    """
    return _environment().get_template("report.html").render(document=document)


def render_fragment(document: Document) -> str:
    """Write the summary and the tables, to be shown inside a notebook's page.

    Parameters
    ----------
    document : Document

    Returns
    -------
    str
        One ``<div>`` whose styles concern nothing else; it takes text colour and paper from the page around it.
    """
    return _environment().get_template("fragment.html").render(document=document)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["isolated"] = _isolated
    environment.globals["drawn"] = _drawn
    return environment


def _isolated(text: str) -> Markup:
    """Escape a text, and set its right-to-left words apart, so that figures beside them keep their places."""
    from markupsafe import Markup, escape

    parts, end = [], 0
    for found in RIGHT_TO_LEFT.finditer(text):
        parts += [escape(text[end : found.start()]), Markup("<bdi>"), escape(found.group()), Markup("</bdi>")]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def _drawn(chart: DotChart | GridChart) -> Markup:
    """Return a chart's two drawings, their texts escaped."""
    from markupsafe import Markup

    from fairwitness.report_templates.figures import draw

    # Safe: whatever stands in an SVG of ours is escaped when it is drawn.
    return Markup("\n").join(Markup(draw(chart, width)) for width in WIDTHS)  # noqa: S704 -- see above
