"""Chromium for the tests of the page: Debian's, headless, and cut off from the network."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden"
sys.path.insert(0, str(GOLDEN))

QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def chromium(need):
    """A running Chromium."""
    need("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory):
    """Return the address of a sample's report, made once."""
    from sample_studies import EVERY

    from fairwitness.report_templates.build import build
    from fairwitness.report_templates.render import render_html

    folder = tmp_path_factory.mktemp("reports")

    def address(sample):
        path = folder / f"{sample}.html"
        if not path.exists():
            path.write_text(render_html(build(EVERY[sample]())), encoding="utf-8")
        return path.as_uri()

    return address


@pytest.fixture
def show(chromium, report):
    """Open a sample's report: ``show("resume", width=320, scheme="dark", media="print")``."""
    contexts = []

    def show(sample, *, width=1280, scheme="light", media="screen", javascript=True):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, java_script_enabled=javascript
        )
        contexts.append(context)
        page = context.new_page()
        page.emulate_media(media=media, color_scheme=scheme)
        page.requests = []
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(report(sample))
        return page

    yield show
    for context in contexts:
        context.close()
